//! A helmfile as it lists the releases of charts.

use std::sync::Arc;

use crate::model::{Artifact, Node, Tree};

/// A document that lists releases.
#[derive(Clone, Debug)]
pub(crate) struct Helmfile {
    /// The file.
    pub artifact: Arc<Artifact>,
    /// The document.
    pub tree: Arc<Tree>,
}

impl Helmfile {
    /// The releases that are installed, in their order, each with the map that it is written as.
    pub(crate) fn releases(&self) -> impl Iterator<Item = Node<'_>> {
        let root = self.tree.root().into_iter();
        let all = root.flat_map(|root| root.get("releases").into_iter().flat_map(Node::items));
        all.filter(|one| one.get("chart").is_some() && !is_absent(*one))
    }
}

/// Whether a release is taken away where it is installed.
pub(super) fn is_absent(release: Node<'_>) -> bool {
    release.get("installed").and_then(Node::as_bool) == Some(false)
}
