//! Kustomizations whose namespace kustomize refuses: it would make one of several Namespaces.

use std::collections::{BTreeSet, HashMap};

use super::kustomization::Kustomization;
use super::walk::by_folder;
use crate::model::Resource;

/// The objects of files by their path.
pub(super) type ByPath<'a> = HashMap<String, Vec<&'a Resource>>;

/// Takes the namespace of kustomizations that would make one of several Namespaces, which kustomize refuses: what
/// they list is then applied as it is written.
pub(super) fn leave_namespaces(all: &mut [Kustomization<'_>], objects: &ByPath<'_>) {
    let is_namespace = |one: &&&Resource| one.gvk.group.is_empty() && one.gvk.kind == "Namespace";
    let refused: Vec<usize> = {
        let folders = by_folder(all);
        let count = |position: usize| {
            let mut files = BTreeSet::new();
            collect_files(position, all, &folders, (&mut BTreeSet::new(), &mut files));
            let objects = files.into_iter().filter_map(|file| objects.get(file));
            let namespaces = objects.flatten().filter(is_namespace);
            let names: BTreeSet<&str> = namespaces.map(|one| one.identity.name.as_str()).collect();
            names.len()
        };
        let is_refused = |at: &usize| all[*at].namespace.is_some() && count(*at) > 1;
        (0..all.len()).filter(is_refused).collect()
    };
    for position in refused {
        all[position].namespace = None;
    }
}

/// Adds the files that a kustomization takes along.
fn collect_files<'k>(
    position: usize,
    all: &'k [Kustomization<'_>],
    folders: &HashMap<&str, usize>,
    (seen, files): (&mut BTreeSet<usize>, &mut BTreeSet<&'k String>),
) {
    if seen.insert(position) {
        for path in &all[position].uses {
            match folders.get(path.as_str()) {
                Some(inner) => collect_files(*inner, all, folders, (&mut *seen, &mut *files)),
                None => drop(files.insert(path)),
            }
        }
    }
}
