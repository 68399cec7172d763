//! How a tree comes to be: values in the order in which a parser reports them, aliases copied, merge
//! keys applied, keys that stand twice told.

use std::collections::HashMap;
use std::ops::Range;

use super::{Data, Node, Scalar, Slot, TooLarge, Tree};
use crate::model::Span;

/// Keys of mappings up to this size are compared one by one; larger ones are hashed.
const SMALL_MAPPING: usize = 12;

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
