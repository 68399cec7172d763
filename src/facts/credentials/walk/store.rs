//! Stores of which an operator makes Secrets: how it logs in where they are kept, and what a store that has no program
//! behind it holds itself.

use super::context::Context;
use super::{Visited, Walk, users};
use crate::facts::credentials::Kind;
use crate::model::Node;

/// Where a store says with which headers it asks.
const HEADERS: [&str; 4] = ["spec", "provider", "webhook", "headers"];

/// Where a store without a program behind it holds its entries, in clear: `[{key: db/password, value: x}]`.
const ENTRIES: [&str; 4] = ["spec", "provider", "fake", "data"];

impl<'r> Walk<'_, 'r> {
    /// What a store says literally.
    pub(super) fn store_of_secrets(&mut self, node: Node<'r>, context: Context<'_>) {
        if let Some(headers) = node.find(&HEADERS) {
            self.path.extend(HEADERS.map(Visited::Key));
            self.node(headers, context);
            self.path.clear();
        }
        let entries = node.find(&ENTRIES);
        for (index, entry) in entries.into_iter().flat_map(Node::items).enumerate() {
            self.path.extend(ENTRIES.map(Visited::Key));
            self.path.push(Visited::Index(index));
            self.entry_of_store(entry, context);
            self.path.clear();
        }
    }

    /// An entry: one value under a name that may be a path, or several in a map.
    fn entry_of_store(&mut self, entry: Node<'r>, context: Context<'_>) {
        let name = entry.get("key").and_then(Node::as_str).unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        for (key, value) in entry.entries() {
            let key = key.as_str().unwrap_or_default();
            self.path.push(Visited::Key(key));
            match key {
                "value" => {
                    let users = users(entry, &[]);
                    let context = Context {
                        users: &users,
                        ..context
                    };
                    self.datum(entry, name, value, Kind::Secret, context);
                }
                "valueMap" => self.data(value, Kind::Secret, context),
                _ => {}
            }
            self.path.pop();
        }
    }
}
