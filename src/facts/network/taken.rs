//! What commands put into namespaces: files and folders of the repository, some with all below them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, normalized};
use super::target::{Target, places};
use crate::model::{Provenance, Resource, Role};
use crate::network::DEFAULT_NAMESPACE;

/// Namespaces by the path of what is put into them.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Files, and folders with the files in them.
    here: BTreeMap<String, BTreeSet<String>>,
    /// Folders with all below them.
    below: BTreeMap<String, BTreeSet<String>>,
    /// What is put into namespaces that nobody knows, as they are called there; likewise.
    open: Option<Box<Self>>,
}

impl Taken {
    /// Finds what commands take among the files.
    pub(super) fn read(resources: &[Resource], targets: &[Target]) -> Self {
        if targets.is_empty() {
            return Self::default();
        }
        let files = resources.iter().filter(|one| is_of_folder(one));
        let mut files_and_folders = BTreeSet::new();
        for file in files.map(|one| normalized(&one.artifact.display)) {
            files_and_folders.insert(folder(&file).to_owned());
            files_and_folders.insert(file);
        }
        let (known, open): (Vec<&Target>, Vec<&Target>) =
            targets.iter().partition(|one| one.is_known());
        let open = Self::among(&files_and_folders, &open);
        Self {
            open: Some(Box::new(open)).filter(|open| !open.is_empty()),
            ..Self::among(&files_and_folders, &known)
        }
    }

    fn among(files_and_folders: &BTreeSet<String>, targets: &[&Target]) -> Self {
        let (deep, flat): (Vec<&Target>, Vec<&Target>) =
            targets.iter().partition(|one| one.is_deep);
        let mut below = BTreeMap::new();
        if !deep.is_empty() {
            let around = files_and_folders.iter().flat_map(|path| around(path));
            below = places(deep, &around.map(str::to_owned).collect());
        }
        Self {
            here: places(flat, files_and_folders),
            below,
            open: None,
        }
    }

    fn is_empty(&self) -> bool {
        self.here.is_empty() && self.below.is_empty()
    }

    /// Whether commands name the file of an object itself.
    pub(super) fn has_file(&self, resource: &Resource) -> bool {
        let file = normalized(&resource.artifact.display);
        self.here.contains_key(&file)
    }

    /// The namespaces into which commands put the file of an object, or its folder; of folders with all below them, the
    /// nearest one counts.
    pub(super) fn namespaces(&self, resource: &Resource) -> BTreeSet<&str> {
        if self.is_empty() {
            return BTreeSet::new();
        }
        let file = normalized(&resource.artifact.display);
        let own = [file.as_str(), folder(&file)].map(|path| self.here.get(path));
        let nearest = around(&file).find_map(|path| self.below.get(path));
        let found = own.into_iter().flatten().chain(nearest).flatten();
        found.map(String::as_str).collect()
    }

    /// What the namespaces are called into which commands put an object that names none, where nobody knows them and it
    /// matters: of those that others name, one is called so, or the default one is among them.
    pub(super) fn open_namespaces(
        &self,
        resource: &Resource,
        named: &BTreeSet<&str>,
    ) -> BTreeSet<&str> {
        let says_own = resource.given_namespace().is_some() || resource.gvk.kind == "Namespace";
        let open = self.open.as_ref();
        let open = open.filter(|_| !named.is_empty() && !says_own && is_of_folder(resource));
        let mut found = open.map_or_else(BTreeSet::new, |open| open.namespaces(resource));
        found.retain(|name| named.contains(name) || named.contains(DEFAULT_NAMESPACE));
        found
    }

    /// Whether something is put into a namespace that nobody knows.
    pub(super) fn has_open(&self) -> bool {
        self.open.is_some()
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
