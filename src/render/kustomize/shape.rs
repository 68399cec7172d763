//! Which values around marked ones belong together as well: by the shape of what a source and a rendered object
//! have there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::align::{Alignment, Contributor};
use super::mark::{Mark, Role};
use super::sheet::{Link, View, scalar_text};
use crate::model::Node;

impl Alignment<'_> {
    /// Follows marked values upwards, and from what that gives downwards by shape.
    pub(super) fn complete(&mut self) {
        self.climb();
        let rendered = Arc::clone(&self.rendered);
        if let Some(root) = rendered.root() {
            self.descend(root);
        }
    }

    fn climb(&mut self) {
        let mut leaves: Vec<(u32, &Mark)> = self
            .segments
            .iter()
            .filter(|(_, segments)| segments.len() == 1)
            .map(|(node, segments)| (*node, segments[0].mark))
            .collect();
        // What is known first counts first: always the same.
        leaves.sort_by_key(|(node, _)| *node);
        for (node, mark) in leaves {
            let Some(leaf) = mark.leaf.as_ref().filter(|_| mark.role != Role::Setting) else {
                continue;
            };
            let (mut ours, mut theirs) = (node, leaf.node);
            self.add(ours, &leaf.view, theirs, mark.role, true);
            while theirs != leaf.top {
                let (above, below) = (self.rendered.parent(ours), leaf.view.parent(theirs));
                let (Some((our_parent, our_link)), Some((parent, link))) = (above, below) else {
                    break;
                };
                if !is_same_step(&self.rendered, our_link, &leaf.view, link) {
                    break;
                }
                (ours, theirs) = (our_parent, parent);
                self.add(ours, &leaf.view, theirs, mark.role, true);
            }
        }
    }

    fn descend(&mut self, node: Node<'_>) {
        let above = self
            .contributors
            .get(&node.id())
            .cloned()
            .unwrap_or_default();
        for (key, value) in node.entries() {
            let name = key.as_str().unwrap_or_default();
            for own in &above {
                let child = own.view.node(own.node).and_then(|source| source.get(name));
                if let Some(child) = child {
                    self.try_child(value, own, child);
                }
            }
            self.descend(value);
        }
        if node.is_sequence() {
            for own in &above {
                self.pair_items(node, own);
            }
        }
        for item in node.items() {
            self.descend(item);
        }
    }

    /// A child of the same name belongs together if a mark shows it, or if nothing else is known and
    /// it looks alike.
    fn try_child(&mut self, value: Node<'_>, own: &Contributor, child: Node<'_>) {
        if self.is_known(value.id(), own, child.id()) {
            return;
        }
        let is_marked_elsewhere = self.segments.contains_key(&value.id());
        if value.scalar().is_some() && is_marked_elsewhere {
            return;
        }
        let is_metadata = own.role == Role::Base && self.is_metadata(value);
        if is_metadata || self.agrees(value, child) {
            self.add(value.id(), &own.view, child.id(), own.role, false);
        }
    }

    /// An object's metadata are those of its document, whatever became of the name.
    fn is_metadata(&self, value: Node<'_>) -> bool {
        let root = self.rendered.root();
        let metadata = root.and_then(|root| root.get("metadata"));
        value.is_mapping() && metadata.is_some_and(|metadata| metadata.id() == value.id())
    }

    fn is_known(&self, rendered: u32, own: &Contributor, node: u32) -> bool {
        let known = self.contributors.get(&rendered).into_iter().flatten();
        known
            .filter(|known| Arc::ptr_eq(&known.view, &own.view))
            .any(|known| known.node == node)
    }

    fn pair_items(&mut self, sequence: Node<'_>, own: &Contributor) {
        let Some(source) = own.view.node(own.node) else {
            return;
        };
        let theirs: Vec<Node<'_>> = source.items().collect();
        let mut used: BTreeSet<u32> = BTreeSet::new();
        let mut open = Vec::new();
        for (index, item) in sequence.items().enumerate() {
            let known = self.contributors.get(&item.id()).into_iter().flatten();
            let known: Vec<u32> = known
                .filter(|known| Arc::ptr_eq(&known.view, &own.view) && known.is_marked)
                .map(|known| known.node)
                .collect();
            match known.is_empty() {
                false => used.extend(known),
                true => open.push((index, item)),
            }
        }
        for (index, item) in open {
            let is_free = |node: &&Node<'_>| !used.contains(&node.id());
            let same_place = theirs.get(index).into_iter().filter(is_free);
            let others = theirs.iter().filter(is_free);
            let found = same_place
                .chain(others)
                .find(|other| self.is_same_item(item, **other));
            if let Some(found) = found.copied() {
                used.insert(found.id());
                self.add(item.id(), &own.view, found.id(), own.role, false);
            }
        }
    }

    /// Whether two items of lists are one: what both say of it is the same, and something is.
    fn is_same_item(&self, item: Node<'_>, other: Node<'_>) -> bool {
        if item.scalar().is_some() {
            return !self.segments.contains_key(&item.id()) && self.agrees(item, other);
        }
        let mut any = false;
        for (key, value) in item.entries() {
            let theirs = key.as_str().and_then(|key| other.get(key));
            let Some(theirs) = theirs else { continue };
            if value.scalar().is_some() && !self.segments.contains_key(&value.id()) {
                if !self.agrees(value, theirs) {
                    return false;
                }
                any = true;
            }
        }
        any
    }

    /// Whether a value of a source looks like a rendered one: as far as no mark tells another
    /// origin, something in it is the same.
    fn agrees(&self, value: Node<'_>, source: Node<'_>) -> bool {
        match (value.scalar(), source.scalar()) {
            (Some(own), Some(other)) => own == other || scalar_text(own) == scalar_text(other),
            (None, None) if value.is_mapping() && source.is_mapping() => {
                let mut entries = source.entries();
                let is_empty =
                    value.entries().next().is_none() && source.entries().next().is_none();
                is_empty
                    || entries.any(|(key, theirs)| {
                        let own = key.as_str().and_then(|key| value.get(key));
                        own.is_some_and(|own| {
                            !self.segments.contains_key(&own.id()) && self.agrees(own, theirs)
                        })
                    })
            }
            (None, None) if value.is_sequence() && source.is_sequence() => {
                let is_empty = value.items().next().is_none() && source.items().next().is_none();
                is_empty
                    || value.items().any(|own| {
                        !self.segments.contains_key(&own.id())
                            && source.items().any(|theirs| self.agrees(own, theirs))
                    })
            }
            _ => false,
        }
    }
}

fn is_same_step(ours: &View, our_link: Link, theirs: &View, link: Link) -> bool {
    match (our_link, link) {
        (Link::Index(_), Link::Index(_)) => true,
        (Link::Key(own), Link::Key(other)) => {
            let name = |view: &View, key| view.node(key).and_then(Node::as_str).map(str::to_owned);
            name(ours, own) == name(theirs, other)
        }
        _ => false,
    }
}
