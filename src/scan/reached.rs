//! Which characters of templates renderings wrote: of what they reached, they tell themselves.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::{Resource, Span};

/// The characters of sources that came out in a rendering, by the names of their files; read when first asked for.
pub(super) struct Reached<'a> {
    resources: &'a [Resource],
    spans: OnceLock<HashMap<&'a str, Vec<Span>>>,
}

impl<'a> Reached<'a> {
    pub(super) fn new(resources: &'a [Resource]) -> Self {
        Self {
            resources,
            spans: OnceLock::new(),
        }
    }

    /// Whether a rendering wrote some of these characters.
    pub(super) fn covers(&self, display: &str, span: Span) -> bool {
        let spans = self.spans.get_or_init(|| written(self.resources));
        let mut spans = spans.get(display).into_iter().flatten();
        spans.any(|written| written.overlaps(span))
    }
}

fn written(resources: &[Resource]) -> HashMap<&str, Vec<Span>> {
    let artifacts = resources.chunk_by(|one, next| std::ptr::eq(&*one.artifact, &*next.artifact));
    let provenances = artifacts.filter_map(|own| own[0].artifact.provenance.as_ref());
    let mut spans: HashMap<&str, Vec<Span>> = HashMap::new();
    for place in provenances.flat_map(|one| one.written()) {
        let own = spans.entry(&place.artifact.display).or_default();
        own.push(place.span);
    }
    for own in spans.values_mut() {
        own.sort_unstable();
        own.dedup();
    }
    spans
}
