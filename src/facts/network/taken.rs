//! What commands put into namespaces: files and folders of the repository, some with all below them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::{folder, normalized};
use super::home::{says_there, written};
use super::target::{Target, places};
use crate::model::{Provenance, Resource, Role};
use crate::network::{DEFAULT_NAMESPACE, is_policy, namespace_of, said_namespace};

/// Namespaces by the path of what is put into them.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Files, and folders with the files in them.
    here: BTreeMap<String, BTreeSet<String>>,
    /// Folders with all below them.
    below: BTreeMap<String, BTreeSet<String>>,
    /// What is put into namespaces that nobody knows, as they are called there; likewise.
    open: Option<Box<Self>>,
    /// What is put where it says itself; likewise.
    unsaid: Option<Box<Self>>,
}

impl Taken {
    /// Finds what commands take among the files.
    pub(super) fn read(resources: &[Resource], targets: &[Target]) -> Self {
        if targets.is_empty() {
            return Self::default();
        }
        let files = resources.iter().filter(|one| is_of_folder(one));
        let files = files.flat_map(|one| {
            let built = is_policy(one) && one.artifact.is_built();
            let written = built.then(|| written(one)).flatten();
            let written = written.map(|place| Arc::clone(&place.artifact.display));
            written
                .into_iter()
                .chain([Arc::clone(&one.artifact.display)])
        });
        let mut files_and_folders = BTreeSet::new();
        for file in files.map(|file| normalized(&file)) {
            files_and_folders.insert(folder(&file).to_owned());
            files_and_folders.insert(file);
        }
        let (known, others): (Vec<&Target>, Vec<&Target>) =
            targets.iter().partition(|one| one.is_known());
        let (unsaid, open): (Vec<&Target>, Vec<&Target>) =
            others.iter().partition(|one| one.namespace.is_empty());
        let some = |targets: &[&Target]| {
            let found = Self::among(&files_and_folders, targets);
            Some(Box::new(found)).filter(|found| !found.is_empty())
        };
        Self {
            open: some(&open),
            unsaid: some(&unsaid),
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
            ..Self::default()
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
        match self.is_empty() {
            true => BTreeSet::new(),
            false => self.of_file(&normalized(&resource.artifact.display)),
        }
    }

    /// Whether commands put an object where it is from the very file that it is written in, whatever else takes it along.
    pub(super) fn takes_as_written(&self, resource: &Resource) -> bool {
        if self.is_empty() && self.unsaid.is_none() {
            return false;
        }
        let place = written(resource).filter(|_| resource.artifact.is_built());
        let artifact = place
            .as_ref()
            .map_or(&resource.artifact, |place| &place.artifact);
        let file = normalized(&artifact.display);
        let own = namespace_of(resource);
        let says_own = || {
            let said = said_namespace(resource).is_some();
            said && place.as_ref().is_none_or(|place| says_there(place, own))
        };
        let unsaid = self.unsaid.as_ref();
        self.of_file(&file).contains(own)
            || unsaid.is_some_and(|one| !one.of_file(&file).is_empty()) && says_own()
    }

    fn of_file(&self, file: &str) -> BTreeSet<&str> {
        let own = [file, folder(file)].map(|path| self.here.get(path));
        let nearest = around(file).find_map(|path| self.below.get(path));
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
