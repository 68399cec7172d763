//! Files that a kustomization lists and that are not there: what they would hold is not known but for their names.

use std::collections::HashSet;

use super::super::normalized;
use super::kustomization::Kustomization;
use crate::model::Resource;
use crate::network::{Selector, asked_values};

/// The last step of a path says nothing where it ends in one of these alone.
const ENDINGS: [&str; 2] = [".yaml", ".yml"];

/// Paths of such files and folders.
#[derive(Debug, Default)]
pub(super) struct Lacking(Vec<String>);

impl Lacking {
    /// What kustomizations list that nobody built.
    pub(super) fn read(resources: &[Resource], all: &[Kustomization<'_>]) -> Self {
        let roots = resources.iter().filter_map(|one| {
            let provenance = one.artifact.provenance.as_ref()?;
            Some(normalized(&provenance.rendering.root))
        });
        let roots: HashSet<String> = roots.collect();
        let files = resources
            .iter()
            .map(|one| normalized(&one.artifact.display));
        let there: HashSet<String> = files.chain(roots.iter().cloned()).collect();
        let is_there = |path: &String| {
            let is_below = |one: &String| {
                one.strip_prefix(path.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
            };
            there.contains(path) || there.iter().any(is_below)
        };
        let unbuilt = all.iter().filter(|one| !roots.contains(&one.folder));
        let uses = unbuilt.flat_map(|one| one.uses.iter());
        Self(uses.filter(|path| !is_there(path)).cloned().collect())
    }

    /// Whether the pods of a selector may be in one, which is called as one of the labels.
    pub(super) fn may_hold(&self, selector: &Selector) -> bool {
        let mut values = selector.requirements().iter().flat_map(asked_values);
        !self.0.is_empty() && values.any(|value| self.0.iter().any(|path| is_called(path, value)))
    }
}

/// Whether a file, or the folder that it is in, has a name.
fn is_called(path: &str, name: &str) -> bool {
    let mut steps = path.rsplit('/').take(2);
    steps.any(|step| {
        let mut endings = ENDINGS.iter();
        let stem = endings.find_map(|ending| step.strip_suffix(ending));
        stem.unwrap_or(step) == name
    })
}
