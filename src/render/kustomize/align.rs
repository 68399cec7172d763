//! Which values of the sources became which values of a rendered object: by the marks that its
//! values bear, and from there by the shape of what is around them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::mark::{Finder, Mark, Marked, Role};
use super::sheet::{Link, View, scalar_text};
use crate::model::{Node, Scalar};
use crate::render::decoded::base64_text;

/// A value of a source that became one of a rendered object.
#[derive(Clone, Debug)]
pub(super) struct Contributor {
    pub view: Arc<View>,
    pub node: u32,
    pub role: Role,
    /// Whether a mark shows it; else the shape of what is around does.
    pub is_marked: bool,
}

/// A part of a rendered scalar that a marked value gave.
#[derive(Clone, Debug)]
pub(super) struct Segment<'a> {
    /// The bytes of the decoded string.
    pub range: Range<usize>,
    pub mark: &'a Mark,
    /// Whether the value stands there letter for letter.
    pub is_same: bool,
}

/// What is known of the values of one rendered object.
#[derive(Debug)]
pub(super) struct Alignment<'a> {
    pub rendered: Arc<View>,
    /// By rendered value: what it was made of, what wrote it first.
    pub contributors: HashMap<u32, Vec<Contributor>>,
    /// By rendered scalar: what gave its parts.
    pub segments: HashMap<u32, Vec<Segment<'a>>>,
    /// The scalars and values that the marked build has at the same place.
    pub paired: BTreeSet<u32>,
    /// Settings that bear no mark, since other things are found by what they make.
    pub unmarked: BTreeSet<String>,
    /// What patches of the object find items of lists by.
    finders: Vec<&'a Finder>,
}

/// What the marked build has at a key. One that is an alias (`*app :`) bears the mark of what it stands
/// for.
fn entry<'n>(copy: Node<'n>, key: &str, marked: &Marked) -> Option<Node<'n>> {
    let is_same = |other: &Node<'_>| {
        let other = other.as_str();
        other.is_some_and(|other| other.len() > key.len() && marked.strip(other).0 == key)
    };
    let of_alias = || copy.entries().find(|(other, _)| is_same(other));
    copy.get(key).or_else(|| of_alias().map(|(_, value)| value))
}

/// Names of objects that end in a hash of their content, marked and true.
pub(super) type Renamed = HashMap<String, String>;

impl<'a> Alignment<'a> {
    pub(super) fn new(rendered: Arc<View>) -> Self {
        Self {
            rendered,
            contributors: HashMap::new(),
            segments: HashMap::new(),
            paired: BTreeSet::new(),
            unmarked: BTreeSet::new(),
            finders: Vec::new(),
        }
    }

    /// Reads the marks in the same object of the marked build.
    pub(super) fn take_marks(&mut self, marked: &'a Marked, object: &View, renamed: &Renamed) {
        self.unmarked.clone_from(&marked.unmarked);
        let rendered = Arc::clone(&self.rendered);
        let text = |keys: &[&str]| rendered.root()?.find(keys)?.as_str();
        let kind = text(&["kind"]).unwrap_or_default();
        let name = text(&["metadata", "name"]).unwrap_or_default();
        let finders = marked.finders.iter();
        self.finders = finders.filter(|own| own.is_about(kind, name)).collect();
        if let (Some(truth), Some(copy)) = (rendered.root(), object.root()) {
            self.pair(truth, copy, marked, renamed);
        }
    }

    fn pair(&mut self, truth: Node<'_>, copy: Node<'_>, marked: &'a Marked, renamed: &Renamed) {
        if let (Some(own), Some(other)) = (truth.scalar(), copy.scalar()) {
            self.pair_scalars(truth, own, other, marked, renamed);
        } else if truth.is_mapping() && copy.is_mapping() {
            self.paired.insert(truth.id());
            for (key, value) in truth.entries() {
                if let Some(other) = key.as_str().and_then(|key| entry(copy, key, marked)) {
                    self.pair(value, other, marked, renamed);
                }
            }
        } else if truth.is_sequence()
            && copy.is_sequence()
            && truth.items().count() == copy.items().count()
        {
            self.paired.insert(truth.id());
            for (item, other) in truth.items().zip(copy.items()) {
                self.pair(item, other, marked, renamed);
            }
        }
    }

    fn pair_scalars(
        &mut self,
        truth: Node<'_>,
        own: Scalar<'_>,
        other: Scalar<'_>,
        marked: &'a Marked,
        renamed: &Renamed,
    ) {
        if let Scalar::Signed(number) = other
            && let Some(mark) = marked.of_number(number)
        {
            self.keep(truth, vec![(mark.original.len(), mark)]);
            return;
        }
        if own == other {
            self.paired.insert(truth.id());
            return;
        }
        let Scalar::String(copy) = other else { return };
        let text = match own {
            Scalar::String(text) => text.to_owned(),
            _ => self.rendered.raw(truth).unwrap_or_default().to_owned(),
        };
        let (clean, found) = marked.strip(copy);
        let is_renamed = || renamed.get(&clean).is_some_and(|name| *name == text);
        if clean == text || (found.is_empty() && is_renamed()) {
            self.keep(truth, found);
        } else if let Some((decoded, found)) = decoded(copy, marked, &text) {
            // A Secret's data: the marks stand within what is encoded.
            let whole = found
                .into_iter()
                .next()
                .filter(|(_, mark)| mark.original == decoded);
            self.keep_whole(truth, whole.map(|(_, mark)| mark));
        } else if let [(_, mark)] = found[..] {
            // A reference that a mark cut loose from the name it refers to, or a number that is
            // written in another way.
            let is_reference = !mark.original.is_empty()
                && text.contains(&mark.original)
                && !self.is_namespace(truth);
            let is_number = truth.as_str().is_none() && clean == mark.original;
            self.keep_whole(truth, (is_reference || is_number).then_some(mark));
        }
    }

    /// Whether a value names a namespace, which a setting replaces as a whole.
    fn is_namespace(&self, value: Node<'_>) -> bool {
        let key = match self.rendered.parent(value.id()) {
            Some((_, Link::Key(key))) => self.rendered.node(key),
            _ => None,
        };
        key.and_then(Node::as_str) == Some("namespace")
    }

    fn keep(&mut self, node: Node<'_>, found: Vec<(usize, &'a Mark)>) {
        self.paired.insert(node.id());
        let text = match node.scalar() {
            Some(Scalar::String(text)) => text.to_owned(),
            _ => self.rendered.raw(node).unwrap_or_default().to_owned(),
        };
        let segment = |(at, mark): (usize, &'a Mark)| {
            let end = at + mark.tail.min(text.len().saturating_sub(at));
            let start = end.checked_sub(mark.original.len());
            let start = start.filter(|start| text.get(*start..end) == Some(mark.original.as_str()));
            Segment {
                range: start.unwrap_or(at)..end,
                mark,
                is_same: start.is_some(),
            }
        };
        let mut segments: Vec<Segment<'a>> = found.into_iter().map(segment).collect();
        // An image that nothing changed was written as a whole.
        if segments
            .last()
            .is_some_and(|last| last.is_same && last.range == (0..text.len()))
        {
            segments.retain(|segment| !segment.mark.is_name);
        }
        if !segments.is_empty() {
            self.segments.insert(node.id(), segments);
        }
    }

    fn keep_whole(&mut self, node: Node<'_>, mark: Option<&'a Mark>) {
        if let Some(mark) = mark {
            self.paired.insert(node.id());
            let raw = || self.rendered.raw(node).unwrap_or_default();
            let length = node.as_str().unwrap_or_else(raw).len();
            let segment = Segment {
                range: 0..length,
                mark,
                is_same: false,
            };
            self.segments.insert(node.id(), vec![segment]);
        }
    }

    /// Whether a patch finds an item of a list by a value that a base states, so that both decide.
    pub(super) fn is_finder(&self, value: Node<'_>) -> bool {
        let key = match self.rendered.parent(value.id()) {
            Some((_, Link::Key(key))) => self.rendered.node(key).and_then(Node::as_str),
            _ => None,
        };
        let is_same = |finder: &&Finder| {
            key == Some(finder.key.as_str())
                && value.scalar().map(scalar_text).as_deref() == Some(finder.text.as_str())
        };
        self.finders.iter().any(is_same)
    }

    /// The documents of resources that marked values come from, and how many from each.
    pub(super) fn documents(&self) -> HashMap<(*const View, u32), usize> {
        let mut found = HashMap::new();
        for segment in self.segments.values().flatten() {
            let leaf = segment.mark.leaf.as_ref();
            if let Some(leaf) = leaf.filter(|_| segment.mark.role == Role::Base) {
                let document = (Arc::as_ptr(&leaf.view), leaf.top);
                *found.entry(document).or_default() += 1;
            }
        }
        found
    }

    /// Notes where the object's document stands, if that is known.
    pub(super) fn take_origin(&mut self, view: &Arc<View>, node: u32, role: Role) {
        if let Some(root) = self.rendered.root() {
            self.add(root.id(), view, node, role, false);
        }
    }

    /// Notes which generator made the object: it gives the object's name and namespace.
    pub(super) fn take_generator(&mut self, view: &Arc<View>, node: u32) {
        let rendered = Arc::clone(&self.rendered);
        let Some(root) = rendered.root() else { return };
        let (metadata, entry) = (root.get("metadata"), view.node(node));
        for key in ["name", "namespace"] {
            let own = metadata.and_then(|metadata| metadata.get(key));
            let theirs = entry.and_then(|entry| entry.get(key));
            if let (Some(own), Some(theirs)) = (own, theirs)
                && own
                    .as_str()
                    .zip(theirs.as_str())
                    .is_some_and(|(own, theirs)| own.contains(theirs))
            {
                self.add(own.id(), view, theirs.id(), Role::Setting, false);
            }
        }
    }

    fn add(&mut self, rendered: u32, view: &Arc<View>, node: u32, role: Role, is_marked: bool) {
        let known = self.contributors.entry(rendered).or_default();
        let same = known
            .iter_mut()
            .find(|own| own.node == node && Arc::ptr_eq(&own.view, view));
        match same {
            Some(same) => same.is_marked |= is_marked,
            None => {
                known.push(Contributor {
                    view: Arc::clone(view),
                    node,
                    role,
                    is_marked,
                });
                known.sort_by_key(|own| own.role);
            }
        }
    }

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

/// What a marked and a true value of a Secret hold, if both are encoded and the same.
fn decoded<'a>(
    copy: &str,
    marked: &'a Marked,
    truth: &str,
) -> Option<(String, Vec<(usize, &'a Mark)>)> {
    let (clean, found) = marked.strip(&base64_text(copy)?);
    (!found.is_empty() && base64_text(truth)? == clean).then_some((clean, found))
}
