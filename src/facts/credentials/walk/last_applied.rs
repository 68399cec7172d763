//! The copy of an object that `kubectl apply` keeps in an annotation of it: it holds what the object held when it was
//! applied, and so perhaps a credential that was taken out since.

use super::candidate::Candidate;
use crate::facts::credentials::Verdict;
use crate::model::Resource;

/// The annotation.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Passes over what the copy repeats: only what stands nowhere else in the object is told there. The data of a Secret
/// are encoded in both.
pub(super) fn leave_repeated(resource: &Resource, found: &mut [Candidate]) {
    let annotations = resource.node().find(&["metadata", "annotations"]);
    let Some(copy) = annotations.and_then(|own| own.get(LAST_APPLIED)) else {
        return;
    };
    let (whole, span) = (&resource.artifact.text, copy.span().range());
    let (own, text) = (
        resource.node().span().range(),
        copy.as_str().unwrap_or_default(),
    );
    let rest = |range: std::ops::Range<usize>| whole.get(range).unwrap_or_default();
    let (before, behind) = (rest(own.start..span.start), rest(span.end..own.end));
    for one in found.iter_mut().filter(|one| one.node == copy.id()) {
        let part = one.credential.part;
        let value = part.and_then(|part| text.get(part.start..part.start + part.length));
        let is_alone = value.is_some_and(|value| {
            !value.contains('\\') && !before.contains(value) && !behind.contains(value)
        });
        let is_switch = matches!(one.credential.verdict, Verdict::Off { .. });
        if !is_alone || is_switch || resource.gvk.kind == "Secret" {
            one.credential.verdict = Verdict::Unsure;
        }
    }
}
