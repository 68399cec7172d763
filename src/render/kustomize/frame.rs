//! A document whose values are marked: where it stands, and how its ways relate to a resource's.

use std::path::Path;
use std::sync::Arc;

use super::mark::Role;
use super::sheet::{Link, View};
use crate::model::{Node, Span};

/// A document, or the part of one that is an object.
pub(super) struct Frame<'a> {
    pub path: &'a Path,
    pub view: &'a Arc<View>,
    pub role: Role,
    pub top: u32,
    /// Whether items of lists are found by their values.
    pub keeps_items: bool,
    /// Whether the document itself is an item of a list, as what an operation adds to one.
    pub top_is_item: bool,
}

impl Frame<'_> {
    /// Where the key of a value stands; `None` for an item of a list.
    pub(super) fn key(&self, node: Node<'_>) -> Option<Span> {
        match self.view.parent(node.id())?.1 {
            Link::Key(key) => self.view.span(self.view.node(key)?),
            Link::Index(_) => None,
        }
    }

    /// Whether a value is an item of a list.
    pub(super) fn is_item(&self, node: Node<'_>) -> bool {
        let is_top_item = self.top_is_item && node.id() == self.top;
        is_top_item || matches!(self.view.parent(node.id()), Some((_, Link::Index(_))))
    }

    /// Whether a mapping refers to an object in such a way that its namespace follows the object's.
    pub(super) fn is_subject(&self, node: Node<'_>) -> bool {
        let key = |id| match self.view.parent(id) {
            Some((_, Link::Key(key))) => self.view.node(key).and_then(Node::as_str),
            _ => None,
        };
        let above = self.view.parent(node.id()).map(|(above, _)| above);
        key(node.id()) == Some("service") || above.and_then(key) == Some("subjects")
    }
}
