//! Containers to which patches of kustomizations give an image: where nothing was built, what stands in the object
//! itself does not run.

use std::collections::{HashMap, HashSet};

use super::super::{folder, normalized};
use super::placeholder::holds_placeholder;
use super::{Image, ReadYaml};
use crate::model::{Node, Resource, Step, ValuePath};

/// Where kustomizations name patches, or hold them.
pub(super) const LISTS: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];

/// Where pods stand in objects.
const PODS: [&[&str]; 3] = [
    &["spec", "template", "spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["spec"],
];

/// The lists of containers in them.
const CONTAINERS: [&str; 2] = ["containers", "initContainers"];

/// A container to which a patch gives an image.
#[derive(Debug)]
pub(super) struct Patched {
    kind: String,
    /// The object's name; none where the patch is for all of the kind.
    name: Option<String>,
    slot: Slot,
}

/// Which container of an object that is.
#[derive(Debug)]
enum Slot {
    Named(String),
    /// The pointer of JSON to its image.
    At(String),
}

impl Patched {
    /// Whether an image of an object stands in it.
    pub(super) fn is_of(&self, object: &Resource, image: &Image) -> bool {
        let identity = &object.identity;
        let is_object = self.kind == identity.kind
            && self.name.as_ref().is_none_or(|name| *name == identity.name);
        is_object
            && match &self.slot {
                Slot::Named(name) => container(object, &image.at.path) == Some(name),
                Slot::At(pointer) => *pointer == pointer_to(&image.at.path),
            }
    }
}

/// The name of the container in which an image stands.
fn container<'a>(object: &'a Resource, path: &ValuePath) -> Option<&'a str> {
    let mut around = path.clone();
    around.0.pop();
    object.at(&around)?.get("name")?.as_str()
}

fn pointer_to(path: &ValuePath) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("/{key}"),
        Step::Index(index) => format!("/{index}"),
    };
    path.steps().iter().map(step).collect()
}

/// The patches of some kustomizations that lie in files.
pub(super) struct Patches<'a> {
    files: HashMap<String, Vec<&'a Resource>>,
    read_yaml: ReadYaml,
}

impl<'a> Patches<'a> {
    /// Those of some kustomizations, among the resources.
    pub(super) fn new(
        kustomizations: &[&Resource],
        resources: &'a [Resource],
        read_yaml: ReadYaml,
    ) -> Self {
        let named = |one: &&Resource| -> Vec<String> {
            let folder = folder(&one.artifact.display);
            let paths = listed(one.node()).filter_map(path_of);
            paths
                .map(|path| normalized(&format!("{folder}/{path}")))
                .collect()
        };
        let named: HashSet<String> = kustomizations.iter().flat_map(named).collect();
        let mut files: HashMap<String, Vec<&Resource>> = HashMap::new();
        let objects = resources.iter().filter(|one| {
            !named.is_empty()
                && one.artifact.provenance.is_none()
                && one.node().text().contains("image")
        });
        for object in objects {
            let path = normalized(&object.artifact.display);
            if named.contains(&path) {
                files.entry(path).or_default().push(object);
            }
        }
        Self { files, read_yaml }
    }

    /// The files.
    pub(super) fn into_files(self) -> HashSet<String> {
        self.files.into_keys().collect()
    }

    /// The containers to which a kustomization in a folder gives images.
    pub(super) fn of(&self, kustomization: &Resource, folder: &str) -> Vec<Patched> {
        let mut found = Vec::new();
        for patch in listed(kustomization.node()) {
            if let Some(path) = path_of(patch) {
                let file = self.files.get(&normalized(&format!("{folder}/{path}")));
                for object in file.into_iter().flatten() {
                    add(patch.get("target"), object.node(), &mut found);
                }
            } else if let Some(text) = text_of(patch).filter(|text| text.contains("image")) {
                for tree in (self.read_yaml)(text) {
                    let root = tree.root().into_iter();
                    root.for_each(|root| add(patch.get("target"), root, &mut found));
                }
            }
        }
        found
    }
}

fn listed(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let lists = LISTS.into_iter().filter_map(move |key| root.get(key));
    lists.flat_map(Node::items)
}

/// The text of a patch that is written out.
fn text_of(patch: Node<'_>) -> Option<&str> {
    patch.get("patch").unwrap_or(patch).as_str()
}

/// The file of a patch that lies in one.
fn path_of(patch: Node<'_>) -> Option<&str> {
    let path = patch.get("path").unwrap_or(patch).as_str()?;
    (!path.contains('\n')).then_some(path)
}

/// Adds what a patch, an operation or a list of such gives.
fn add(target: Option<Node<'_>>, patch: Node<'_>, found: &mut Vec<Patched>) {
    if patch.is_sequence() {
        return patch.items().for_each(|item| add(target, item, found));
    }
    let Some((kind, name)) = object(target, patch) else {
        return;
    };
    found.extend(slots(patch).into_iter().map(|slot| Patched {
        kind: kind.to_owned(),
        name: name.map(str::to_owned),
        slot,
    }));
}

/// Kind and name of what a patch is for; none where a pattern or labels choose it.
fn object<'a>(target: Option<Node<'a>>, patch: Node<'a>) -> Option<(&'a str, Option<&'a str>)> {
    let own = patch.get("metadata");
    let named = target.map_or(own, Some).and_then(|one| one.get("name"));
    let name = named.and_then(Node::as_str);
    let kind = target.unwrap_or(patch).get("kind")?.as_str()?;
    let is_plain = |name: &str| {
        let mut letters = name.bytes();
        letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    let is_chosen = |target: Node<'_>| {
        ["labelSelector", "annotationSelector", "namespace"]
            .iter()
            .any(|key| target.get(key).is_some())
    };
    let is_exact = name.is_none_or(is_plain) && !target.is_some_and(is_chosen);
    (is_exact && (target.is_some() || name.is_some())).then_some((kind, name))
}

/// The containers to which a patch, or an operation, gives images.
fn slots(patch: Node<'_>) -> Vec<Slot> {
    let text = |node: Node<'_>, key: &str| {
        let text = node.string(key);
        text.filter(|text| !text.is_empty() && !holds_placeholder(text))
            .map(str::to_owned)
    };
    if patch.get("op").is_some() {
        let pointer = text(patch, "path").filter(|path| path.ends_with("/image"));
        let given = pointer.filter(|_| text(patch, "value").is_some());
        return given.map(Slot::At).into_iter().collect();
    }
    let pods = PODS.iter().filter_map(|keys| patch.find(keys));
    let lists = pods.flat_map(|pod| CONTAINERS.iter().filter_map(move |list| pod.get(list)));
    let containers = lists.flat_map(Node::items);
    let given = containers.filter(|one| text(*one, "image").is_some());
    given
        .filter_map(|one| text(one, "name").map(Slot::Named))
        .collect()
}
