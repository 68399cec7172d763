//! Files with which other tools than a helmfile say which charts they install, told by their names.

use std::sync::Arc;

use super::{devspace, fleet};
use crate::model::{Artifact, Node, Resource, Tree};

/// Reads the values in such a file.
pub(super) type Values = fn(&Arc<Artifact>, Tree) -> Vec<Resource>;

/// How the values are read of a document that is one.
pub(super) fn values(name: &str, root: Node<'_>) -> Option<Values> {
    match name {
        _ if fleet::is_fleet(name, root) => Some(fleet::values),
        _ if devspace::is_devspace(name, root) => Some(devspace::values),
        _ => None,
    }
}
