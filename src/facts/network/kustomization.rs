//! What a kustomization says: the namespace, files and folders, and whether it may change labels.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::super::{folder, normalized};
use super::aim::Aim;
use super::relabelled::{Relabelled, speaks_of_labels};
use crate::model::{Node, Resource, Role};

/// Fields by which a kustomization may change anything.
const CHANGING: [&str; 2] = ["configurations", "transformers"];
/// Kinds of generators that make Secrets and ConfigMaps alone; others may make what nobody reads.
const MAKERS_OF_DATA: [&str; 5] = [
    "ConfigMapGenerator",
    "KSopsGenerator",
    "SecretGenerator",
    "SopsSecretGenerator",
    "ksops",
];
/// Fields that hold patches, or name the files of some.
const PATCHES: [&str; 3] = ["patches", "patchesJson6902", "patchesStrategicMerge"];
/// Fields by which it gives objects other names.
const RENAMING: [&str; 2] = ["namePrefix", "nameSuffix"];
/// Fields that list what a kustomization takes along.
const LISTS: [&str; 3] = ["resources", "bases", "components"];

/// What kustomizations may do to labels.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    /// Anything.
    pub(super) is_unknown: bool,
    /// Nothing, but objects come beside that nobody read: of another repository, or of a generator.
    pub(super) brings_more: bool,
    /// Keys to which they give a value.
    keys: BTreeSet<String>,
    /// What their patches do.
    patches: BTreeSet<Relabelled>,
    /// Whether objects may have other names by the time that patches are laid over them.
    is_renaming: bool,
    /// Those that they put into every selector of pods, too, each with the folder of the kustomization.
    pub(super) narrowing: BTreeMap<String, String>,
}

impl Change {
    /// Whether an object may get a label of one of the keys.
    pub(super) fn may_give(&self, resource: &Resource, keys: &[&str]) -> bool {
        let mut patches = self.patches.iter();
        self.is_unknown
            || keys.iter().any(|key| self.keys.contains(*key))
            || patches.any(|patch| patch.may_give(resource, keys, self.is_renaming))
    }

    /// What one who deploys a folder lays over it: the `kustomize` of an Application, or the `spec` of one of Flux's
    /// Kustomizations.
    pub(super) fn of_deployer(said: Node<'_>) -> Self {
        let is_set = |key| said.get(key).and_then(Node::as_bool) == Some(true);
        let is_apart = is_set("labelWithoutSelector") && !is_set("labelIncludeTemplates");
        let labels = said.get("commonLabels").filter(|_| !is_apart);
        let keys = labels.into_iter().flat_map(Node::entries);
        Self {
            is_unknown: false,
            brings_more: false,
            keys: keys
                .filter_map(|(key, _)| key.as_str().map(str::to_owned))
                .collect(),
            patches: patches(said)
                .flat_map(|patch| Relabelled::read(patch, &|_| None))
                .collect(),
            is_renaming: RENAMING.iter().any(|key| said.get(key).is_some()),
            narrowing: BTreeMap::new(),
        }
    }

    /// Whether it does nothing.
    pub(super) fn is_none(&self) -> bool {
        !self.is_unknown && self.keys.is_empty() && self.patches.is_empty()
    }

    /// Adds what another one may do.
    pub(super) fn add(&mut self, other: &Self) {
        self.is_unknown |= other.is_unknown;
        self.brings_more |= other.brings_more;
        let narrowing = other.narrowing.iter();
        let narrowing = narrowing.map(|(label, folder)| (label.clone(), folder.clone()));
        self.narrowing.extend(narrowing);
        self.is_renaming |= other.is_renaming;
        self.keys.extend(other.keys.iter().cloned());
        self.patches.extend(other.patches.iter().cloned());
    }
}

/// What a kustomization says.
pub(super) struct Kustomization<'a> {
    /// Where it stands.
    pub(super) folder: String,
    /// Where it puts objects.
    pub(super) namespace: Option<&'a str>,
    /// Files and folders.
    pub(super) uses: Vec<String>,
    /// Files with patches.
    pub(super) patches: Vec<String>,
    /// The policies that its patches are laid over.
    pub(super) aims: Vec<Aim>,
    /// Those of its files and folders that change what it has.
    pub(super) components: Vec<String>,
    /// What it may do to labels.
    pub(super) change: Change,
}

impl<'a> Kustomization<'a> {
    /// Reads one; patches and generators in files of their own are found by path.
    pub(super) fn of(resource: &'a Resource, files: &HashMap<String, Vec<&Resource>>) -> Self {
        let root = resource.node();
        let folder = normalized(folder(&resource.artifact.display));
        let namespace = root.string("namespace");
        let listed = |key| {
            let entries = root.get(key).into_iter().flat_map(Node::items);
            entries.filter_map(Node::as_str)
        };
        let path = |entry: &str| normalized(&format!("{folder}/{entry}"));
        let file = |entry: &str| files.get(&path(entry)).map(Vec::as_slice);
        let aims = patches(root).flat_map(|patch| Aim::read(patch, &file));
        let makes_data = |one: &&Resource| MAKERS_OF_DATA.contains(&one.gvk.kind.as_str());
        let may_make_any = |entry: &str| {
            let objects = files.get(&path(entry));
            objects.is_none_or(|objects| !objects.iter().all(makes_data))
        };
        Self {
            namespace: namespace.filter(|name| !name.is_empty()),
            uses: Self::uses_of(resource, &folder),
            patches: patch_files(root).map(path).collect(),
            aims: aims.filter(Aim::may_be_of_policy).collect(),
            components: listed("components").map(path).collect(),
            change: Change {
                is_unknown: CHANGING.iter().any(|key| root.get(key).is_some())
                    || replaces_labels(root),
                brings_more: listed("generators").any(may_make_any)
                    || entries(root).any(|entry| is_remote(entry) && !is_file(entry)),
                keys: given_keys(root),
                patches: patches(root)
                    .flat_map(|patch| Relabelled::read(patch, &file))
                    .collect(),
                is_renaming: RENAMING.iter().any(|key| root.get(key).is_some()),
                narrowing: narrowing(root)
                    .map(|label| (label, folder.clone()))
                    .collect(),
            },
            folder,
        }
    }

    /// The files and folders that one in a folder takes along.
    pub(super) fn uses_of(resource: &Resource, folder: &str) -> Vec<String> {
        let local = entries(resource.node()).filter(|entry| !is_remote(entry));
        local
            .map(|entry| normalized(&format!("{folder}/{entry}")))
            .collect()
    }

    /// Whether it takes a folder that it lies in, or its own: kustomize makes nothing of it.
    pub(super) fn takes_its_surroundings(&self) -> bool {
        let own = Path::new(&self.folder);
        // The working directory has no name, and lies around none of `../dev`.
        let lies_in = |path: &String| {
            let below = own.strip_prefix(path);
            below.is_ok_and(|below| !below.starts_with(".."))
        };
        self.uses.iter().any(lies_in)
    }
}

/// Whether an object is a kustomization as it is written.
pub(super) fn is_kustomization(resource: &Resource) -> bool {
    resource.gvk.group == "kustomize.config.k8s.io"
        && resource.role == Role::Manifest
        && resource.artifact.provenance.is_none()
}

/// What a kustomization lists, as it names that.
fn entries<'a>(root: Node<'a>) -> impl Iterator<Item = &'a str> {
    let listed = LISTS.into_iter().filter_map(move |key| root.get(key));
    listed.flat_map(Node::items).filter_map(Node::as_str)
}

/// The patches of a kustomization.
fn patches<'a>(root: Node<'a>) -> impl Iterator<Item = Node<'a>> {
    let listed = PATCHES.into_iter().filter_map(move |key| root.get(key));
    listed.flat_map(Node::items)
}

/// The files with patches of a kustomization.
fn patch_files<'a>(root: Node<'a>) -> impl Iterator<Item = &'a str> {
    let file = |patch: Node<'a>| patch.get("path").unwrap_or(patch).as_str();
    patches(root)
        .filter_map(file)
        .filter(|entry| !entry.contains('\n'))
}

/// Whether a kustomization puts values into labels or namespaces, or what it puts where stands in another file.
fn replaces_labels(root: Node<'_>) -> bool {
    let listed = root.get("replacements").into_iter();
    let mut replacements = listed.flat_map(Node::items);
    replacements.any(|one| {
        let is_elsewhere = one.get("path").is_some();
        let text = one.text();
        is_elsewhere || speaks_of_labels(text) || text.contains("metadata.namespace")
    })
}

/// The keys of the labels that a kustomization gives to pods.
fn given_keys(root: Node<'_>) -> BTreeSet<String> {
    let entries = root.get("labels").into_iter().flat_map(Node::items);
    let to_pods = entries.filter(|entry| {
        let mut into = ["includeSelectors", "includeTemplates", "fields"].into_iter();
        into.any(|key| {
            let value = entry.get(key);
            value.is_some_and(|value| value.as_bool() != Some(false))
        })
    });
    let pairs = to_pods.filter_map(|entry| entry.get("pairs"));
    let labels = pairs.chain(root.get("commonLabels"));
    let keys = labels.flat_map(Node::entries);
    keys.filter_map(|(key, _)| key.as_str().map(str::to_owned))
        .collect()
}

/// The labels that a kustomization puts into selectors, `key: value`.
fn narrowing(root: Node<'_>) -> impl Iterator<Item = String> {
    let entries = root.get("labels").into_iter().flat_map(Node::items);
    let narrowing = entries.filter(|entry| {
        let into = entry.get("includeSelectors").and_then(Node::as_bool);
        into == Some(true)
    });
    let pairs = narrowing.filter_map(|entry| entry.get("pairs"));
    let labels = root.get("commonLabels").into_iter().chain(pairs);
    let labels = labels.flat_map(Node::entries);
    labels.filter_map(|(key, value)| Some(format!("{}: {}", key.as_str()?, value.as_str()?)))
}

/// Whether an entry names one file, which brings objects of its own alone.
fn is_file(entry: &str) -> bool {
    [".yaml", ".yml"].iter().any(|end| entry.ends_with(end))
}

/// Whether an entry is no path: of another repository.
fn is_remote(entry: &str) -> bool {
    let host = entry.split('/').next().unwrap_or_default();
    entry.contains("://")
        || entry.contains("?ref=")
        || entry.starts_with("git@")
        || entry.contains('/') && !host.starts_with('.') && host.ends_with(".com")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[test]
    fn what_is_taken_from_elsewhere_comes_beside_the_files() {
        let secrets =
            read_text("apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: a}\nfiles: [x]\n");
        let files = HashMap::from([("secrets.yaml".to_owned(), secrets.iter().collect())]);
        for (text, expected) in [
            ("namePrefix: a-", false),
            ("generators: [x.yaml]", true),
            ("generators: [secrets.yaml]", false),
            ("bases: ['https://example.com/a/b?ref=main']", true),
            ("bases: ['https://example.com/a/roles.yaml']", false),
        ] {
            let text = format!(
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}\n"
            );
            let resources = read_text(&text);
            let one = Kustomization::of(&resources[0], &files);
            assert_eq!(one.change.brings_more, expected, "{text}");
        }
    }
}
