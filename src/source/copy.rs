//! Values as a chart came with them, kept beside those that somebody made of them: nobody installs the chart so.

use std::collections::BTreeSet;

use crate::model::{Resource, VALUES_KIND};

/// Words in a file's name that say so.
const KEPT: [&str; 4] = ["orig", "origin", "original", "upstream"];

/// Marks values in a file that is called as another one beside it with such a word behind, `values-origin.yaml` beside
/// `values.yaml`, unless some other file names it.
pub(super) fn mark_copies(resources: &mut [Resource]) {
    let is_values = |one: &&Resource| one.gvk.kind == VALUES_KIND;
    let files = resources.iter().filter(is_values);
    let files: BTreeSet<&str> = files.map(|one| &*one.artifact.uri).collect();
    let is_kept = |uri: &&&str| worked_on(uri).is_some_and(|other| files.contains(&*other));
    let kept: BTreeSet<String> = files
        .iter()
        .filter(is_kept)
        .map(|uri| (**uri).to_owned())
        .collect();
    if kept.is_empty() {
        return;
    }
    let is_named = |uri: &str| {
        let name = uri.rsplit('/').next().unwrap_or(uri);
        let mut others = resources.iter().filter(|one| &*one.artifact.uri != uri);
        others.any(|one| one.artifact.text.contains(name))
    };
    let kept: BTreeSet<String> = kept.into_iter().filter(|uri| !is_named(uri)).collect();
    let own = resources.iter_mut();
    own.filter(|one| kept.contains(&*one.artifact.uri))
        .for_each(|one| one.is_copy = true);
}

/// The file that somebody works on beside one that is called as what it was: `a/values.yaml` of `a/values-origin.yaml`.
fn worked_on(uri: &str) -> Option<String> {
    let (stem, end) = uri.rsplit_once('.')?;
    let (own, word) = stem.rsplit_once(['-', '_', '.'])?;
    let is_kept = KEPT.iter().any(|kept| word.eq_ignore_ascii_case(kept));
    is_kept.then(|| format!("{own}.{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_called_as_what_it_was() {
        for (uri, other) in [
            ("a/values-origin.yaml", Some("a/values.yaml")),
            ("values.orig.yaml", Some("values.yaml")),
            ("a/redis-values_UPSTREAM.yml", Some("a/redis-values.yml")),
            ("a/values-prod.yaml", None),
            ("a/origin.yaml", None),
            ("a/values-originals.yaml", None),
        ] {
            assert_eq!(worked_on(uri).as_deref(), other, "{uri}");
        }
    }
}
