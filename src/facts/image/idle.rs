//! Entries of kustomizations that name an image anew and find none: where nothing was built, all that such a
//! kustomization takes in tells it.

use std::collections::{BTreeSet, HashSet};

use super::super::{folder, normalized};
use super::kustomization::{Kustomizations, is_among};
use super::{Image, Place};
use crate::model::{Node, Resource};

/// Names that entries of some kustomizations are for, by the folder, of which nothing there holds one.
#[derive(Debug, Default)]
pub(super) struct Idle(BTreeSet<(String, String)>);

impl Idle {
    /// Those of the kustomizations of which all lies among the files of a scan.
    pub(super) fn of(kustomizations: &Kustomizations, resources: &[Resource]) -> Self {
        let mut idle = Self::default();
        for (folder, position) in &kustomizations.folders {
            let one = &kustomizations.all[*position];
            let renaming = one.entries.iter().filter(|entry| entry.new_name.is_some());
            let mut names: HashSet<&str> = renaming.map(|entry| entry.name.as_str()).collect();
            if names.is_empty() || !kustomizations.is_at_hand(*position, resources) {
                continue;
            }
            let (_, mut used) = kustomizations.closure([*position]);
            used.insert(folder);
            for object in resources.iter().filter(|one| is_of(one, &used)) {
                // A name stands once in its own entry.
                let own = usize::from(is_kustomization_in(object, folder));
                let text = object.node().text();
                names.retain(|name| text.matches(name).count() <= own);
            }
            let found = names.into_iter().map(str::to_owned);
            idle.0.extend(found.map(|name| (folder.clone(), name)));
        }
        idle
    }

    /// Whether an image is that of an entry which puts it in the place of none.
    pub(super) fn holds(&self, resource: &Resource, image: &Image) -> bool {
        if self.0.is_empty() || image.place != Place::Kustomize {
            return false;
        }
        let mut path = image.at.path.clone();
        path.0.pop();
        let name = resource.at(&path).and_then(|entry| entry.get("name"));
        let folder = normalized(folder(&resource.artifact.display));
        name.and_then(Node::as_str)
            .is_some_and(|name| self.0.contains(&(folder, name.to_owned())))
    }
}

/// Whether an object stands in a file that a kustomization uses, or is one that it uses.
fn is_of(object: &Resource, used: &HashSet<&str>) -> bool {
    let folder = || normalized(folder(&object.artifact.display));
    is_among(object, used) || (is_kustomization(object) && used.contains(folder().as_str()))
}

fn is_kustomization_in(object: &Resource, wanted: &str) -> bool {
    is_kustomization(object) && normalized(folder(&object.artifact.display)) == wanted
}

fn is_kustomization(object: &Resource) -> bool {
    object.gvk.group == "kustomize.config.k8s.io"
}
