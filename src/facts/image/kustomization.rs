//! Kustomizations of a scan: what each says of images and takes in, and which of them use which.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::{folder, normalized};
use super::entry::{Entry, entries_of};
use super::patched::{Patched, Patches};
use crate::model::{Node, Resource};

/// Keys of kustomizations for what makes objects that stand in no file.
const MAKERS: [&str; 3] = ["helmCharts", "helmChartInflationGenerator", "generators"];

/// A kustomization, or what deploys some.
#[derive(Debug, Default)]
pub(super) struct Kustomization {
    pub(super) entries: Vec<Entry>,
    /// Whether it names files of `configurations`, in which fields are told that hold images.
    pub(super) has_fields: bool,
    /// Whether it uses what lies elsewhere.
    pub(super) is_open: bool,
    /// Whether it is laid over what others use.
    pub(super) is_component: bool,
    pub(super) uses: Vec<String>,
    /// Variables of containers of which `replacements` put another value in the place.
    pub(super) variables: Vec<String>,
    /// Containers to which its patches give an image.
    pub(super) patched: Vec<Patched>,
}

impl Kustomization {
    /// Whether it puts anything in the place of an image.
    pub(super) fn replaces(&self) -> bool {
        !(self.entries.is_empty() && self.variables.is_empty() && self.patched.is_empty())
    }
}

/// The kustomizations of a scan.
#[derive(Debug, Default)]
pub(super) struct Kustomizations {
    /// All of them, with what deploys some behind those that are written.
    pub(super) all: Vec<Kustomization>,
    /// The positions of those that are written, by their folders.
    pub(super) folders: BTreeMap<String, usize>,
}

impl Kustomizations {
    /// Those that are written.
    pub(super) fn of(written: &[&Resource], patches: &Patches<'_>) -> Self {
        let mut kustomizations = Self::default();
        for resource in written {
            let folder = normalized(folder(&resource.artifact.display));
            let one = kustomization(resource, &folder, patches);
            let position = kustomizations.all.len();
            kustomizations.folders.insert(folder, position);
            kustomizations.all.push(one);
        }
        kustomizations
    }

    /// Those that no other one uses, with what deploys some, which begins at a position.
    pub(super) fn roots(&self, first_deployer: usize) -> Vec<usize> {
        let used: BTreeSet<&String> = self.all.iter().flat_map(|one| &one.uses).collect();
        let free = self
            .folders
            .iter()
            .filter(|(folder, _)| !used.contains(folder));
        let roots = free.map(|(_, position)| *position);
        roots.chain(first_deployer..self.all.len()).collect()
    }

    /// The kustomizations of which something was built.
    pub(super) fn built(&self, resources: &[Resource]) -> HashSet<usize> {
        let provenance = resources
            .iter()
            .filter_map(|one| one.artifact.provenance.as_ref());
        let roots: HashSet<&str> = provenance.map(|built| built.rendering.folder()).collect();
        let roots = roots.into_iter().map(normalized);
        self.closure(roots.filter_map(|root| self.folders.get(&root).copied()))
            .0
    }

    /// Some kustomizations with all that they use: kustomizations, and paths of these and of files.
    pub(super) fn closure(
        &self,
        roots: impl IntoIterator<Item = usize>,
    ) -> (HashSet<usize>, HashSet<&str>) {
        let mut open: Vec<usize> = roots.into_iter().collect();
        let (mut known, mut used) = (HashSet::new(), HashSet::new());
        while let Some(position) = open.pop() {
            if known.insert(position) {
                let uses = &self.all[position].uses;
                used.extend(uses.iter().map(String::as_str));
                open.extend(uses.iter().filter_map(|path| self.folders.get(path)));
            }
        }
        (known, used)
    }

    /// Whether all that a kustomization takes in is among the files of a scan. What a component is laid over, the
    /// kustomization says that uses it.
    pub(super) fn is_at_hand(&self, position: usize, resources: &[Resource]) -> bool {
        let one = &self.all[position];
        if one.is_component || self.reaches_out(position) {
            return false;
        }
        let (_, mut missing) = self.closure([position]);
        missing.retain(|used| !self.folders.contains_key(*used));
        let has_files = !missing.is_empty();
        for resource in resources
            .iter()
            .filter(|one| one.artifact.provenance.is_none())
        {
            missing.remove(normalized(&resource.artifact.display).as_str());
        }
        has_files && missing.is_empty()
    }

    /// Whether a kustomization, or one that it uses, takes in what is not among the files.
    pub(super) fn reaches_out(&self, position: usize) -> bool {
        self.is_open(position, &mut Vec::new())
    }

    fn is_open(&self, position: usize, seen: &mut Vec<usize>) -> bool {
        let one = &self.all[position];
        if one.is_open || seen.contains(&position) {
            return one.is_open;
        }
        seen.push(position);
        let mut uses = one.uses.iter();
        uses.any(|used| match self.folders.get(used) {
            Some(next) => self.is_open(*next, seen),
            None => is_folder(used),
        })
    }
}

/// Whether an object stands in a file among some paths, or was built from a kustomization among them.
pub(super) fn is_among(object: &Resource, paths: &HashSet<&str>) -> bool {
    match &object.artifact.provenance {
        Some(built) => [built.rendering.folder(), &built.rendering.root]
            .into_iter()
            .any(|root| paths.contains(normalized(root).as_str())),
        None => paths.contains(normalized(&object.artifact.display).as_str()),
    }
}

/// Whether what a kustomization uses lies behind an address.
fn is_remote(used: &str) -> bool {
    ["://", "?ref=", "git@", "github.com/"]
        .iter()
        .any(|sign| used.contains(sign))
}

/// What a kustomization in a folder says.
fn kustomization(resource: &Resource, folder: &str, patches: &Patches<'_>) -> Kustomization {
    let root = resource.node();
    let list = |key| root.get(key).into_iter().flat_map(Node::items);
    let paths = ["resources", "bases", "components", "patchesStrategicMerge"]
        .into_iter()
        .flat_map(list);
    let in_files = list("patches").filter_map(|patch| patch.get("path"));
    let uses = paths.chain(in_files).filter_map(Node::as_str);
    let mut bases = list("resources")
        .chain(list("bases"))
        .filter_map(Node::as_str);
    Kustomization {
        is_open: MAKERS.iter().any(|key| root.get(key).is_some()) || bases.any(is_remote),
        is_component: resource.gvk.kind == "Component",
        variables: variables(root),
        has_fields: list("configurations").next().is_some(),
        entries: entries_of(resource),
        patched: patches.of(resource, folder),
        uses: uses
            .map(|path| normalized(&format!("{folder}/{path}")))
            .collect(),
    }
}

/// The variables in the paths of `replacements`: `….env.[name=X].value`, where kustomize reads a pattern: `^X$`.
fn variables(root: Node<'_>) -> Vec<String> {
    fn list<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
        node.get(key).into_iter().flat_map(Node::items)
    }
    let replacements = list(root, "replacements");
    let targets = replacements.flat_map(|one| list(one, "targets"));
    let paths = targets.flat_map(|target| list(target, "fieldPaths"));
    let variable = |path: Node<'_>| {
        let (_, name) = path
            .as_str()?
            .strip_suffix("].value")?
            .rsplit_once(".env.[name=")?;
        Some(
            name.trim_start_matches('^')
                .trim_end_matches('$')
                .to_owned(),
        )
    };
    paths.filter_map(variable).collect()
}

/// Whether what a kustomization uses is no file of manifests, but a folder.
fn is_folder(used: &str) -> bool {
    ![".yaml", ".yml", ".json"]
        .iter()
        .any(|end| used.ends_with(end))
}
