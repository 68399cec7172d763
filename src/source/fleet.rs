//! Values that stand in a `fleet.yaml`, with which Rancher's Fleet says what it installs and where.

use std::sync::Arc;

use super::resource::handed;
use crate::model::{Artifact, Node, Resource, Tree};

/// How such a file is called.
const NAME: &str = "fleet.yaml";

/// Whether a document of a file is one by the file's name and by what it says of helm.
pub(super) fn is_fleet(name: &str, root: Node<'_>) -> bool {
    let is_named = name.rsplit('/').next() == Some(NAME);
    is_named && root.get("kind").is_none() && parts(root).any(|part| part.get("helm").is_some())
}

/// The values in one, each map of them by itself, called as the chart.
pub(super) fn values(artifact: &Arc<Artifact>, tree: Tree) -> Vec<Resource> {
    let tree = Arc::new(tree);
    let maps = tree.root().into_iter().flat_map(parts).filter_map(|part| {
        let helm = part.get("helm")?;
        let chart = helm.string("chart").unwrap_or_default();
        let chart = chart.rsplit('/').next().unwrap_or_default();
        let map = helm.get("values").filter(|map| map.is_mapping())?;
        Some(handed(artifact, &tree, map, chart))
    });
    maps.collect()
}

/// The whole, and what is different for some clusters.
fn parts(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let targets = root.get("targetCustomizations").into_iter();
    std::iter::once(root).chain(targets.flat_map(Node::items))
}
