//! What commands put into namespaces: files and folders of the repository, some with all below them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, normalized};
use super::target::{Target, places};
use crate::model::{Provenance, Resource, Role};

/// Namespaces by the path of what is put into them.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Files, and folders with the files in them.
    here: BTreeMap<String, BTreeSet<String>>,
    /// Folders with all below them.
    below: BTreeMap<String, BTreeSet<String>>,
}

impl Taken {
    /// Finds what commands take among the files.
    pub(super) fn read(resources: &[Resource], targets: &[Target]) -> Self {
        if targets.is_empty() {
            return Self::default();
        }
        let (deep, flat): (Vec<Target>, Vec<Target>) =
            targets.iter().cloned().partition(|one| one.is_deep);
        let files = resources.iter().filter(|one| is_of_folder(one));
        let mut known = BTreeSet::new();
        for file in files.map(|one| normalized(&one.artifact.display)) {
            known.insert(folder(&file).to_owned());
            known.insert(file);
        }
        let here = places(&flat, &known);
        if !deep.is_empty() {
            let around: BTreeSet<String> = known
                .iter()
                .flat_map(|path| around(path))
                .map(str::to_owned)
                .collect();
            known.extend(around);
        }
        Self {
            here,
            below: places(&deep, &known),
        }
    }

    /// Whether commands name the file of an object itself.
    pub(super) fn has_file(&self, resource: &Resource) -> bool {
        let file = normalized(&resource.artifact.display);
        self.here.contains_key(&file)
    }

    /// The namespaces into which commands put the file of an object, or its folder; of folders with all below them, the
    /// nearest one counts.
    pub(super) fn namespaces(&self, resource: &Resource) -> BTreeSet<&str> {
        if self.here.is_empty() && self.below.is_empty() {
            return BTreeSet::new();
        }
        let file = normalized(&resource.artifact.display);
        let own = [file.as_str(), folder(&file)].map(|path| self.here.get(path));
        let nearest = around(&file).find_map(|path| self.below.get(path));
        let found = own.into_iter().flatten().chain(nearest).flatten();
        found.map(String::as_str).collect()
    }
}

/// Whether an object is deployed with the folder of its file; of a kustomization that was built, that is its own.
pub(super) fn is_of_folder(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    resource.role == Role::Manifest && provenance.is_none_or(Provenance::is_of_manifests)
}

/// A path, and all folders around it.
fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| (!path.is_empty()).then(|| folder(path)))
}
