//! Which values of the sources became which values of a rendered object: by the marks that its
//! values bear; `shape` goes on from there.

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

    /// Notes that a value of a source became a rendered one.
    pub(super) fn add(
        &mut self,
        rendered: u32,
        view: &Arc<View>,
        node: u32,
        role: Role,
        is_marked: bool,
    ) {
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
