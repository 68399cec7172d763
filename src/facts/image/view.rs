//! The facts about some of the images, each with which it holds: so that what is right about an image reaches
//! no rule, and costs none.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::named::Image;
use super::trust::{Trust, TrustVerdict};

/// What tells whether a fact holds an image.
struct Seen<'a> {
    image: &'a Image,
    settings: &'a Trust,
    trust: Option<TrustVerdict>,
    has_policy: bool,
    lacks_secret: bool,
}

/// A fact, and which images it holds.
type View = (&'static str, fn(&Seen) -> bool);

/// Each holds at least what its rule tells.
const VIEWS: [View; 7] = [
    ("images", |_| true),
    ("image_policies", |seen| seen.has_policy),
    ("image_prefixes", |seen| {
        use TrustVerdict::{Admitted, Refused};
        matches!(seen.trust, Some(Admitted | Refused))
    }),
    ("image_problems", |seen| seen.image.problem().is_some()),
    ("image_secrets", |seen| seen.lacks_secret),
    ("image_strangers", |seen| {
        use TrustVerdict::{Admitted, Untrusted};
        matches!(seen.trust, Some(Admitted | Untrusted))
    }),
    ("image_versions", |seen| {
        let reference = &seen.image.reference;
        let may_move = |tag: &String| seen.settings.may_move(tag);
        reference.digest.is_none() && reference.tag.as_ref().is_none_or(may_move)
    }),
];

/// Whether some facts are about images.
pub(crate) fn are_wanted(wanted: &BTreeSet<String>) -> bool {
    VIEWS.iter().any(|(fact, _)| wanted.contains(*fact))
}

/// Images as they come, in the facts that hold them.
pub(super) struct Views<'a> {
    wanted: Vec<(View, Vec<Value>)>,
    trust: &'a Trust,
}

impl<'a> Views<'a> {
    pub(super) fn new(wanted: &BTreeSet<String>, trust: &'a Trust) -> Self {
        let views = VIEWS.into_iter();
        let views = views.filter(|(fact, _)| wanted.contains(*fact));
        Self {
            wanted: views.map(|view| (view, Vec::new())).collect(),
            trust,
        }
    }

    /// Adds an image, once for each of its pull policies; with the project and the other pods of which it tells that
    /// they lack a Secret.
    pub(super) fn add(&mut self, image: &Image, lacking: Option<(String, String)>) {
        let trust = image.trust(self.trust);
        let policies = image.other_policies.iter().map(Some);
        for other in std::iter::once(None).chain(policies) {
            let seen = Seen {
                image,
                settings: self.trust,
                trust,
                has_policy: other.or(image.policy.as_ref()).is_some(),
                lacks_secret: lacking.is_some(),
            };
            let holding = self.wanted.iter_mut().filter(|((_, has), _)| has(&seen));
            let mut holding = holding.map(|(_, held)| held).peekable();
            if holding.peek().is_none() {
                continue;
            }
            let fact = image.fact(self.trust, lacking.as_ref());
            let mut fact = Some(Image::with_policy(fact, other));
            while let Some(held) = holding.next() {
                let is_last = holding.peek().is_none();
                held.extend(if is_last { fact.take() } else { fact.clone() });
            }
        }
    }

    /// The facts by name; those that hold none are left out.
    pub(super) fn facts(self) -> Map<String, Value> {
        let held = self.wanted.into_iter();
        let held = held.filter(|(_, held)| !held.is_empty());
        held.map(|((fact, _), held)| (fact.to_owned(), Value::Array(held)))
            .collect()
    }
}
