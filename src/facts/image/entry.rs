//! What kustomizations say of images: the entries that put one in the place of another, and what else
//! decides on it.

use super::super::normalized;
use super::kustomize::IMAGES;
use super::patched::{Patched, Patches};
use super::written;
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

/// An image that another one takes the place of.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) new_name: Option<String>,
    pub(super) is_retagged: bool,
}

/// Whether what a kustomization uses lies behind an address.
fn is_remote(used: &str) -> bool {
    ["://", "?ref=", "git@", "github.com/"]
        .iter()
        .any(|sign| used.contains(sign))
}

/// What a kustomization in a folder says.
pub(super) fn kustomization(
    resource: &Resource,
    folder: &str,
    patches: &Patches<'_>,
) -> Kustomization {
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

/// What a kustomization replaces.
pub(super) fn entries_of(resource: &Resource) -> Vec<Entry> {
    let lists = IMAGES.into_iter().map(|key| resource.node().get(key));
    lists
        .flat_map(|list| entries(list, &resource.artifact.text))
        .collect()
}

/// What a list `images` replaces, as kustomizations and Flux write it.
pub(super) fn entries(list: Option<Node<'_>>, source: &str) -> Vec<Entry> {
    let text = |entry: Node<'_>, key: &str| {
        let text = entry.get(key).and_then(|node| written(node, source));
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let entry = |entry| {
        Some(Entry {
            name: text(entry, "name")?,
            new_name: text(entry, "newName"),
            is_retagged: text(entry, "newTag").or(text(entry, "digest")).is_some(),
        })
    };
    let items = list.into_iter().flat_map(Node::items);
    items.filter_map(entry).collect()
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
