//! Which findings in rendered texts are one: what stands in one place is mended once, whichever charts and overlays
//! take it up, and so is what one value brings to several places.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::topic::{Told, is_on_credentials, key, without_namespace};
use crate::facts::listed;
use crate::model::{Finding, Location, RelatedLocation, Rendered, Supplied};

/// Rules about where an image comes from, whatever its version is.
const ABOUT_ORIGIN: [&str; 2] = ["image-registry", "image-registry-prefix"];
/// Rules about which version of an image is named, whatever runs it.
const ABOUT_VERSION: [&str; 2] = ["image-digest", "image-tag"];
/// Rules about pods, which are told of the line that makes them: in a loop it makes many.
const ABOUT_PODS: [&str; 1] = ["network-policy-missing"];

/// A rule, what is deployed, and the values that supplied it, each with its place.
type OfValues = (String, String, Vec<(String, Location)>);

/// The findings that are told, by where they stand and by the values of which they are.
#[derive(Default)]
pub(super) struct Joined {
    places: HashMap<Told, Vec<usize>>,
    values: BTreeMap<OfValues, usize>,
    /// The objects beside the first that one line makes, by the position of the finding and by their fingerprint.
    others: BTreeMap<usize, BTreeMap<String, String>>,
}

impl Joined {
    /// The position of the one among the told ones that a finding repeats.
    pub(super) fn position(&self, told: &[Finding], finding: &Finding) -> Option<usize> {
        let place = self.places.get(&key(&finding.rule, &finding.location));
        let mut there = place.into_iter().flatten().copied();
        let same = there.find(|at| is_same(&told[*at], finding));
        same.or_else(|| {
            let at = *self.values.get(&of_values(finding)?)?;
            (told[at].severity == finding.severity).then_some(at)
        })
    }

    /// Remembers the position of a finding that repeats none.
    pub(super) fn add(&mut self, finding: &Finding, at: usize) {
        let place = key(&finding.rule, &finding.location);
        self.places.entry(place).or_default().push(at);
        if let Some(values) = of_values(finding) {
            self.values.entry(values).or_insert(at);
        }
    }

    /// Remembers of which other object the finding at a position is told as well: one of the same rendering, or of
    /// another one of a line that is known to make several. What renderings call the same object is none.
    pub(super) fn add_other(&mut self, (at, known): (usize, &Finding), next: &Finding) {
        let is_known = known.fingerprint == next.fingerprint;
        let is_of_several = are_of_line(known, next) || self.others.contains_key(&at);
        if is_on_pods(known) && !is_known && is_of_several {
            let name = next.resource.name.clone();
            let others = self.others.entry(at).or_default();
            others.entry(next.fingerprint.clone()).or_insert(name);
        }
    }

    /// Says of findings of which other objects they are told: some in the message, all in the properties.
    pub(super) fn name_others(self, told: &mut [Finding]) {
        for (at, others) in self.others {
            let Some(finding) = told.get_mut(at) else {
                continue;
            };
            let mut names: Vec<&str> = others.values().map(String::as_str).collect();
            let more = listed(names.iter().copied());
            finding.message += &format!("; the same line makes it so for {more}");
            names.push(&finding.resource.name);
            names.sort_unstable();
            names.dedup();
            let names = json!(names);
            finding.properties.insert("workloads".to_owned(), names);
        }
    }
}

/// Adds to a finding that is told what another one knows: its renderings, its place, and the values there.
pub(super) fn take_in(known: &mut Finding, next: Finding) {
    let Some((ours, theirs)) = known.rendered.as_mut().zip(next.rendered) else {
        return;
    };
    add_new(&mut ours.renderings, theirs.renderings);
    let is_known = |one: &Supplied| {
        let mut known = ours.supplied.iter();
        known.any(|known| (&known.key, &known.location) == (&one.key, &one.location))
    };
    let mut supplied = theirs.supplied;
    supplied.retain(|one| !is_known(one));
    ours.supplied.extend(supplied);
    let place = RelatedLocation {
        message: "the same value comes in here".to_owned(),
        location: next.location,
    };
    if place.location != known.location {
        add_new(&mut known.related, vec![place]);
    }
}

fn add_new<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// What an image is made of, where all of it is known: the values, and what they become.
fn of_values(finding: &Finding) -> Option<OfValues> {
    let rendered = finding
        .rendered
        .as_ref()
        .filter(|_| is_on_images(finding))?;
    let place = |one: &Supplied| Some((one.key.clone(), one.location.clone()?));
    let places: Vec<_> = rendered.supplied.iter().map(place).collect::<Option<_>>()?;
    let deployed = rendered.excerpt.region_text.clone();
    (!places.is_empty()).then(|| (finding.rule.id.clone(), deployed, places))
}

fn is_on_images(finding: &Finding) -> bool {
    finding.rule.is_bundled && finding.rule.family == "images"
}

/// Whether findings say the same of two renderings, but for the namespaces that these are for: what is
/// rendered for none may have been judged in that of the other one.
fn say_same((known, ours): (&Finding, &Rendered), (next, theirs): (&Finding, &Rendered)) -> bool {
    let given = || [ours, theirs].into_iter().flat_map(|one| &one.namespace);
    let own = || {
        let objects = [known, next].into_iter();
        objects.flat_map(|one| &one.resource.namespace)
    };
    let shared = |rendered: &Rendered| {
        let namespaces = given().chain(own());
        namespaces.fold(rendered.common.clone(), |message, namespace| {
            without_namespace(&message, namespace)
        })
    };
    // A release may be called as a word of the message.
    known.message == next.message || ours.common == theirs.common || shared(ours) == shared(theirs)
}

/// Whether two findings are about one object of a source, wherever it is put. The renderings of one chart may
/// call it by other names.
fn are_of_one((known, ours): (&Finding, &Rendered), (next, theirs): (&Finding, &Rendered)) -> bool {
    let is_named_alike = || known.resource.name == next.resource.name || ours.root == theirs.root;
    known.fingerprint == next.fingerprint
        || known.rule.id == next.rule.id
            && known.resource.kind == next.resource.kind
            && known.path == next.path
            && is_named_alike()
}

/// Whether findings are about what stands in a source, whatever number of objects has it: an image, or a credential
/// of known values, that a template gives to several is mended in one line.
fn are_of_text(known: &Finding, next: &Finding) -> bool {
    let is_supplied = |one: &Rendered| !one.supplied.is_empty();
    let is_credential =
        is_on_credentials(&known.rule) && known.rendered.as_deref().is_some_and(is_supplied);
    (is_on_images(known) || is_credential)
        && known.rule.id == next.rule.id
        && !known.location.approximate
}

fn is_on_pods(finding: &Finding) -> bool {
    finding.rule.is_bundled && ABOUT_PODS.contains(&finding.rule.id.as_str())
}

/// Whether findings are about pods that one line makes of several objects in one rendering.
fn are_of_line(known: &Finding, next: &Finding) -> bool {
    // A library's line makes objects of several charts.
    let root = |one: &Finding| one.rendered.as_ref().map(|one| one.root.clone());
    is_on_pods(known)
        && root(known) == root(next)
        && known.rule.id == next.rule.id
        && !known.location.approximate
        && !are_apart(known, next)
}

/// Whether no rendering has both of two findings.
fn are_apart(known: &Finding, next: &Finding) -> bool {
    let renderings = [known, next].map(|one| one.rendered.as_ref().map(|one| &one.renderings));
    let [known, next] = renderings.map(|all| all.map_or(&[][..], Vec::as_slice));
    next.iter().all(|name| !known.contains(name))
}

/// Whether two findings are about where one image comes from, and their place says that itself: overlays may give
/// it a version each.
fn are_of_one_origin(known: &Finding, next: &Finding) -> bool {
    let image = |one: &Finding| Some(one.properties.get("image")?.as_str()?.to_owned());
    let name = written_name(&known.excerpt.region_text);
    let is_written = |image: String| {
        let start = image.strip_suffix(name);
        !name.is_empty() && start.is_some_and(|start| start.is_empty() || start.ends_with('/'))
    };
    ABOUT_ORIGIN.contains(&known.rule.id.as_str())
        && known.rule.id == next.rule.id
        && image(known) == image(next)
        && image(known).is_some_and(is_written)
}

/// Whether two findings are about the version of one image, which becomes the same in both places.
fn are_of_one_version(
    (known, ours): (&Finding, &Rendered),
    (next, theirs): (&Finding, &Rendered),
) -> bool {
    let image = |one: &Finding| one.properties.get("image").cloned();
    ABOUT_VERSION.contains(&known.rule.id.as_str())
        && image(known).is_some()
        && image(known) == image(next)
        && ours.excerpt.region_text == theirs.excerpt.region_text
}

/// The name of an image, as far as it is written out: `ghcr.io/a/b` of `ghcr.io/a/b:{{ .Values.tag }}`.
fn written_name(text: &str) -> &str {
    let text = text.trim_matches(['"', '\'', ' ']);
    let text = text.split(['{', '@']).next().unwrap_or_default();
    match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => text,
    }
}

/// Whether two findings are one in two renderings: what stands at one place is
/// mended once, whichever charts and overlays take it up.
fn is_same(known: &Finding, next: &Finding) -> bool {
    let (Some(ours), Some(theirs)) = (&known.rendered, &next.rendered) else {
        return false;
    };
    let places = |rendered: &Rendered| -> BTreeMap<String, _> {
        let supplied = rendered.supplied.iter();
        supplied
            .map(|supplied| (supplied.key.clone(), supplied.location.clone()))
            .collect()
    };
    // Under which name a chart's object goes is nothing of what is said of it.
    let is_on_name = known.path.to_string() == "metadata.name" && ours.root == theirs.root;
    let are_of_values = || is_on_name || places(ours) == places(theirs);
    let (own, other) = ((known, &**ours), (next, &**theirs));
    let is_of_one_origin = || are_of_one_origin(known, next);
    known.location == next.location
        && (are_of_text(known, next)
            || are_of_line(known, next)
            || (are_apart(known, next) && are_of_one(own, other)))
        && known.severity == next.severity
        && (((say_same(own, other) || are_of_one_version(own, other)) && are_of_values())
            || is_of_one_origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_image_is_what_stands_before_its_version() {
        for (text, name) in [
            ("ghcr.io/a/b:{{ .Values.tag }}", "ghcr.io/a/b"),
            ("\"nginx:1\"", "nginx"),
            ("a:5000/b", "a:5000/b"),
            ("a/b@sha256:x", "a/b"),
            ("{{ .Values.name }}:1", ""),
        ] {
            assert_eq!(written_name(text), name, "{text}");
        }
    }
}
