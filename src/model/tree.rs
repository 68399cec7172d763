//! A document's values with the place of each: an arena in preorder, so that a subtree is one
//! range of nodes and its strings are one range of text.

pub(super) mod builder;

use std::collections::BTreeMap;

use super::{Span, Step};

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

    /// Puts another text in the place of a string, and tells where that stands. Leaves trees as they are in which
    /// strings are copies of others.
    pub fn fill(&mut self, id: u32, text: &str, span: Span) {
        let slot = &mut self.slots[id as usize];
        let Data::Text(old) = slot.data else { return };
        if self.holds_copies || u32::try_from(self.text.len() + text.len()).is_err() {
            return;
        }
        slot.span = span;
        self.text.replace_range(old.range(), text);
        for slot in &mut self.slots {
            let (Data::Text(own) | Data::Key(own) | Data::Overridden(own)) = &mut slot.data else {
                continue;
            };
            let (start, end) = (own.range().start, own.range().end);
            if start == old.range().start && end == old.range().end {
                *own = Span::new(start, start + text.len());
            } else if start >= old.range().end {
                let moved = |at: usize| at + text.len() - old.range().len();
                *own = Span::new(moved(start), moved(end));
            }
        }
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

    /// Whether it is a key of this name; by bytes, since looking up in mappings is most of what facts do.
    fn is_key(self, name: &str) -> bool {
        let Data::Key(span) = self.slot().data else {
            return false;
        };
        self.tree.text.as_bytes()[span.range()] == *name.as_bytes()
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
        self.entries().find(|(name, _)| name.is_key(key))
    }

    /// The value of a mapping's key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The string that a mapping's key has; `None` for any other value.
    #[must_use]
    pub fn string(self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Self::as_str)
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

    /// Whether another value says the same, in whichever order of keys and spelling.
    #[must_use]
    pub fn says_same(self, other: Node<'_>) -> bool {
        let has = |(key, value): (Node<'_>, Node<'_>)| {
            let same = key.as_str().and_then(|key| other.get(key));
            same.is_some_and(|same| value.says_same(same))
        };
        self.is_mapping() == other.is_mapping()
            && self.scalar() == other.scalar()
            && self.entries().count() == other.entries().count()
            && self.entries().all(has)
            && self.items().count() == other.items().count()
            && self
                .items()
                .zip(other.items())
                .all(|(one, other)| one.says_same(other))
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

/// The string values of a mapping, such as labels; what is no string is left out.
#[must_use]
pub fn string_map(node: Option<Node<'_>>) -> BTreeMap<String, String> {
    let pair = |(key, value): (Node<'_>, Node<'_>)| {
        Some((key.as_str()?.to_owned(), value.as_str()?.to_owned()))
    };
    node.map(|node| node.entries().filter_map(pair).collect())
        .unwrap_or_default()
}
