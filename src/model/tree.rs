//! A document's values with the place of each: an arena in preorder, so that a subtree is one
//! range of nodes and its strings are one range of text.

use std::collections::HashMap;
use std::ops::Range;

use super::{Span, Step};

/// Keys of mappings up to this size are compared one by one; larger ones are hashed.
const SMALL_MAPPING: usize = 12;

/// The values of one document, with the place of every key and value.
#[derive(Debug, Default)]
pub struct Tree {
    slots: Vec<Slot>,
    text: String,
    holds_copies: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    span: Span,
    /// Index just past the last slot of this subtree.
    end: u32,
    data: Data,
}

#[derive(Clone, Copy, Debug)]
enum Data {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(Span),
    Key(Span),
    /// A key that a later one of the same name replaces: its value counts no longer.
    Overridden(Span),
    Sequence,
    Mapping,
}

/// A scalar as Kubernetes' decoder understands it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean, also from `yes` and `off`.
    Bool(bool),
    /// An integer that fits 64 bits with a sign.
    Signed(i64),
    /// An integer that fits 64 bits only without one.
    Unsigned(u64),
    /// Any other number.
    Float(f64),
    /// Everything else.
    String(&'a str),
}

/// The document holds more values, aliases expanded, than a reader accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Tree {
    /// The first value of the document; `None` where there is none.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.node(0)
    }

    /// Whether an alias or a merge key brought values that are written elsewhere in the document.
    #[must_use]
    pub fn holds_copies(&self) -> bool {
        self.holds_copies
    }

    /// The value with an id that [`Node::id`] gave.
    #[must_use]
    pub fn node(&self, id: u32) -> Option<Node<'_>> {
        ((id as usize) < self.slots.len()).then_some(Node { tree: self, id })
    }

    /// Gives back memory that building took in advance.
    pub fn shrink(&mut self) {
        self.slots.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    fn slot(&self, id: u32) -> &Slot {
        &self.slots[id as usize]
    }
}

/// A value of a tree: cheap to copy, good for looking around.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    tree: &'a Tree,
    id: u32,
}

impl<'a> Node<'a> {
    /// Finds the value again in its tree.
    #[must_use]
    pub fn id(self) -> u32 {
        self.id
    }

    /// The value's bytes in the source: quotes and brackets included, a block scalar from its
    /// indicator, an alias of a mapping or sequence where the alias stands.
    #[must_use]
    pub fn span(self) -> Span {
        self.slot().span
    }

    /// The scalar, or `None` for a mapping or sequence.
    #[must_use]
    pub fn scalar(self) -> Option<Scalar<'a>> {
        Some(match self.slot().data {
            Data::Null => Scalar::Null,
            Data::Bool(value) => Scalar::Bool(value),
            Data::Signed(value) => Scalar::Signed(value),
            Data::Unsigned(value) => Scalar::Unsigned(value),
            Data::Float(value) => Scalar::Float(value),
            Data::Text(span) | Data::Key(span) | Data::Overridden(span) => {
                Scalar::String(&self.tree.text[span.range()])
            }
            Data::Sequence | Data::Mapping => return None,
        })
    }

    /// The string, or `None` for any other value.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match self.scalar() {
            Some(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The boolean, or `None` for any other value.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether the value is a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.slot().data, Data::Mapping)
    }

    /// Whether the value is a sequence.
    #[must_use]
    pub fn is_sequence(self) -> bool {
        matches!(self.slot().data, Data::Sequence)
    }

    /// Keys and values of a mapping in the order of the source, each key once; nothing for
    /// other values. The key is a node too: a string with its place.
    #[must_use]
    pub fn entries(self) -> Entries<'a> {
        let next = if self.is_mapping() {
            self.id + 1
        } else {
            self.slot().end
        };
        Entries {
            tree: self.tree,
            next,
            end: self.slot().end,
        }
    }

    /// The items of a sequence; nothing for other values.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        let next = if self.is_sequence() {
            self.id + 1
        } else {
            self.slot().end
        };
        Items {
            tree: self.tree,
            next,
            end: self.slot().end,
        }
    }

    /// Key and value of a mapping's entry.
    #[must_use]
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        self.entries().find(|(name, _)| name.as_str() == Some(key))
    }

    /// The value of a mapping's key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value behind several keys, one in the other.
    #[must_use]
    pub fn find(self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value one step further.
    #[must_use]
    pub fn step(self, step: &Step) -> Option<Node<'a>> {
        match step {
            Step::Key(key) => self.get(key),
            Step::Index(index) => self.items().nth(*index),
        }
    }

    /// All strings of this value and the values in it, keys included, each on a line of its own:
    /// one text to search for rare words in a single pass.
    #[must_use]
    pub fn text(self) -> &'a str {
        let slots = &self.tree.slots[self.id as usize..self.slot().end as usize];
        let text = |slot: &Slot| match slot.data {
            Data::Text(span) | Data::Key(span) | Data::Overridden(span) => Some(span),
            _ => None,
        };
        let first = slots.iter().find_map(text);
        let last = slots.iter().rev().find_map(text);
        match (first, last) {
            (Some(first), Some(last)) => &self.tree.text[first.start as usize..last.end as usize],
            _ => "",
        }
    }

    /// Calls `visit` with the path from here and the node of every scalar in this value.
    pub fn visit_scalars(self, visit: &mut dyn FnMut(&[Visited<'a>], Node<'a>)) {
        self.visit(&mut Vec::new(), visit);
    }

    fn visit(self, path: &mut Vec<Visited<'a>>, visit: &mut dyn FnMut(&[Visited<'a>], Node<'a>)) {
        if self.scalar().is_some() {
            visit(path, self);
        }
        for (key, value) in self.entries() {
            path.push(Visited::Key(key));
            value.visit(path, visit);
            path.pop();
        }
        for (index, item) in self.items().enumerate() {
            path.push(Visited::Index(index));
            item.visit(path, visit);
            path.pop();
        }
    }

    fn slot(self) -> &'a Slot {
        self.tree.slot(self.id)
    }
}

/// A step on the way of [`Node::visit_scalars`].
#[derive(Clone, Copy, Debug)]
pub enum Visited<'a> {
    /// The key's node.
    Key(Node<'a>),
    /// The index, from 0.
    Index(usize),
}

impl Visited<'_> {
    /// The step with its own text.
    #[must_use]
    pub fn to_step(&self) -> Step {
        match self {
            Self::Key(key) => Step::Key(key.as_str().unwrap_or_default().to_owned()),
            Self::Index(index) => Step::Index(*index),
        }
    }
}

/// Iterates over a mapping's keys and values.
#[derive(Debug)]
pub struct Entries<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Node<'a>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let key = Node {
                tree: self.tree,
                id: self.next,
            };
            let value = Node {
                tree: self.tree,
                id: self.next + 1,
            };
            self.next = value.slot().end;
            if matches!(key.slot().data, Data::Key(_)) {
                return Some((key, value));
            }
        }
        None
    }
}

/// Iterates over a sequence's items.
#[derive(Debug)]
pub struct Items<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.next < self.end).then(|| {
            let item = Node {
                tree: self.tree,
                id: self.next,
            };
            self.next = item.slot().end;
            item
        })
    }
}

/// Builds a [`Tree`] from what a parser reports, in its order.
#[derive(Debug)]
pub struct TreeBuilder {
    tree: Tree,
    open: Vec<u32>,
    limit: usize,
    /// Slots that merge keys brought: that they meet a key of the same name is their purpose.
    merged: Vec<Range<u32>>,
    duplicates: Vec<Span>,
}

impl TreeBuilder {
    /// A builder that refuses more than `limit` values, and more than 64 bytes of text for each.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            tree: Tree::default(),
            open: Vec::new(),
            limit,
            merged: Vec::new(),
            duplicates: Vec::new(),
        }
    }

    /// How many mappings and sequences are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The id that the next value will have.
    #[must_use]
    pub fn next_id(&self) -> u32 {
        u32::try_from(self.tree.slots.len()).unwrap_or(u32::MAX)
    }

    /// Opens a mapping; keys and values follow in turns.
    pub fn begin_mapping(&mut self, span: Span) -> Result<u32, TooLarge> {
        self.begin(span, Data::Mapping)
    }

    /// Opens a sequence.
    pub fn begin_sequence(&mut self, span: Span) -> Result<u32, TooLarge> {
        self.begin(span, Data::Sequence)
    }

    /// Closes the mapping or sequence opened last; `end` is where it ends in the source.
    /// Gives the id of what was closed.
    pub fn end(&mut self, end: usize) -> u32 {
        let Some(id) = self.open.pop() else { return 0 };
        let next = self.next_id();
        let slot = &mut self.tree.slots[id as usize];
        slot.end = next;
        slot.span = Span {
            end: Span::new(0, end).end.max(slot.span.start),
            ..slot.span
        };
        if matches!(slot.data, Data::Mapping) {
            self.override_earlier(id, next);
        }
        id
    }

    /// Adds a mapping's key.
    pub fn key(&mut self, text: &str, span: Span) -> Result<u32, TooLarge> {
        let text = self.push_text(text)?;
        self.push(span, Data::Key(text))
    }

    /// Adds a scalar.
    pub fn scalar(&mut self, scalar: Scalar<'_>, span: Span) -> Result<u32, TooLarge> {
        let data = match scalar {
            Scalar::Null => Data::Null,
            Scalar::Bool(value) => Data::Bool(value),
            Scalar::Signed(value) => Data::Signed(value),
            Scalar::Unsigned(value) => Data::Unsigned(value),
            Scalar::Float(value) => Data::Float(value),
            Scalar::String(text) => Data::Text(self.push_text(text)?),
        };
        self.push(span, data)
    }

    /// Adds what an alias stands for: a copy of the value `id`. A mapping or sequence gets the
    /// place of the alias, everything in it and a scalar keep the place where they are written.
    pub fn alias(&mut self, id: u32, alias: Span) -> Result<u32, TooLarge> {
        let copy = self.copy(id, self.tree.slot(id).end)?;
        let slot = &mut self.tree.slots[copy as usize];
        if matches!(slot.data, Data::Mapping | Data::Sequence) {
            slot.span = alias;
        }
        Ok(copy)
    }

    /// Adds the entries of the mapping `id` to the open mapping, as a merge key does. Gives
    /// `false` where `id` is no mapping.
    pub fn merge(&mut self, id: u32) -> Result<bool, TooLarge> {
        let slot = *self.tree.slot(id);
        if matches!(slot.data, Data::Mapping) {
            let first = self.copy(id + 1, slot.end)?;
            self.merged.push(first..self.next_id());
            return Ok(true);
        }
        Ok(false)
    }

    /// The ids of a sequence's items, for a merge key with several sources.
    #[must_use]
    pub fn item_ids(&self, id: u32) -> Vec<u32> {
        self.tree
            .node(id)
            .map(|node| node.items().map(Node::id).collect())
            .unwrap_or_default()
    }

    /// Whether the mapping or sequence `id` is still open, so that an alias to it is a cycle.
    #[must_use]
    pub fn is_open(&self, id: u32) -> bool {
        self.open.contains(&id)
    }

    /// Takes the key added last out of its mapping, with the value that will follow: for a merge
    /// key, which stands for the entries of its value.
    pub fn hide_last_key(&mut self) {
        if let Some(slot) = self.tree.slots.last_mut()
            && let Data::Key(text) = slot.data
        {
            slot.data = Data::Overridden(text);
        }
    }

    /// The text of a string that is already built.
    #[must_use]
    pub fn scalar_text(&self, id: u32) -> Option<String> {
        self.tree.node(id)?.as_str().map(str::to_owned)
    }

    /// The finished tree and the places of keys that stand twice in one mapping.
    #[must_use]
    pub fn finish(mut self) -> (Tree, Vec<Span>) {
        self.tree.shrink();
        (self.tree, self.duplicates)
    }

    fn begin(&mut self, span: Span, data: Data) -> Result<u32, TooLarge> {
        let id = self.push(span, data)?;
        self.open.push(id);
        Ok(id)
    }

    fn push(&mut self, span: Span, data: Data) -> Result<u32, TooLarge> {
        if self.tree.slots.len() >= self.limit {
            return Err(TooLarge);
        }
        let id = self.next_id();
        self.tree.slots.push(Slot {
            span,
            end: id + 1,
            data,
        });
        Ok(id)
    }

    fn push_text(&mut self, text: &str) -> Result<Span, TooLarge> {
        let start = self.tree.text.len();
        let end = start + text.len();
        if u32::try_from(end).is_err() || end > self.limit.saturating_mul(64) {
            return Err(TooLarge);
        }
        self.tree.text.push_str(text);
        self.tree.text.push('\n');
        Ok(Span::new(start, end))
    }

    /// Copies the slots `from..to` with their text to the end; gives the first copy's id.
    fn copy(&mut self, from: u32, to: u32) -> Result<u32, TooLarge> {
        self.tree.holds_copies = true;
        let first = self.next_id();
        let shift = first - from;
        for id in from..to {
            let slot = *self.tree.slot(id);
            let data = match slot.data {
                Data::Text(span) => Data::Text(self.copy_text(span)?),
                Data::Key(span) => Data::Key(self.copy_text(span)?),
                Data::Overridden(span) => Data::Overridden(self.copy_text(span)?),
                other => other,
            };
            let copy = self.push(slot.span, data)?;
            self.tree.slots[copy as usize].end = slot.end + shift;
        }
        Ok(first)
    }

    fn copy_text(&mut self, span: Span) -> Result<Span, TooLarge> {
        let text = self.tree.text[span.range()].to_owned();
        self.push_text(&text)
    }

    /// The last entry of a name counts, as in Kubernetes' decoder: earlier ones are marked.
    fn override_earlier(&mut self, mapping: u32, end: u32) {
        let mut keys: Vec<u32> = Vec::new();
        let mut id = mapping + 1;
        while id < end {
            keys.push(id);
            id = self.tree.slot(id + 1).end;
        }
        for (earlier, later) in self.repeated(&keys) {
            let slot = &mut self.tree.slots[earlier as usize];
            if let Data::Key(span) = slot.data {
                slot.data = Data::Overridden(span);
                if !self.is_merged(earlier) && !self.is_merged(later) {
                    self.duplicates.push(self.tree.slot(later).span);
                }
            }
        }
    }

    /// Those of `keys` whose name stands again further on, each with where it does.
    fn repeated(&self, keys: &[u32]) -> Vec<(u32, u32)> {
        let name = |id: u32| {
            Node {
                tree: &self.tree,
                id,
            }
            .as_str()
        };
        if keys.len() <= SMALL_MAPPING {
            let again = |(position, key): (usize, &u32)| {
                let later = keys[position + 1..]
                    .iter()
                    .find(|later| name(**later) == name(*key));
                later.map(|later| (*key, *later))
            };
            return keys.iter().enumerate().filter_map(again).collect();
        }
        let mut seen = HashMap::new();
        let again = |key: &u32| seen.insert(name(*key), *key).map(|later| (*key, later));
        keys.iter().rev().filter_map(again).collect()
    }

    fn is_merged(&self, id: u32) -> bool {
        self.merged.iter().any(|range| range.contains(&id))
    }
}
