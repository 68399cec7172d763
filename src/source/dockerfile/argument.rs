//! Arguments of a Dockerfile, which a build may give other values than the file does.

use std::collections::HashMap;

/// How often an argument may lead to another.
const ROUNDS: usize = 8;

/// The defaults of arguments, by name.
#[derive(Default)]
pub(super) struct Arguments(HashMap<String, String>);

impl Arguments {
    /// Adds what an `ARG` instruction says, if that is more than a name.
    pub(super) fn add(&mut self, written: &str) {
        if let Some((name, value)) = written.split_once('=') {
            let value = self.resolved(value.trim_matches(['"', '\'']));
            self.0.insert(name.trim().to_owned(), value);
        }
    }

    /// The text with the defaults of arguments put in; what has none stays as written.
    pub(super) fn resolved(&self, text: &str) -> String {
        let mut resolved = text.to_owned();
        for _ in 0..ROUNDS {
            let next = self.replaced(&resolved);
            if next == resolved || next.len() > 1024 {
                break;
            }
            resolved = next;
        }
        resolved
    }

    fn replaced(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let (name, default, length) = if let Some(inside) = after.strip_prefix('{') {
                let end = inside.find('}').unwrap_or(inside.len());
                let (name, default) = inside[..end]
                    .split_once(":-")
                    .unwrap_or((&inside[..end], ""));
                (name, default, (end + 2).min(after.len()))
            } else {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                (&after[..end], "", end)
            };
            match self.0.get(name).map(String::as_str) {
                Some(value) => result.push_str(value),
                None if !default.is_empty() => result.push_str(default),
                None => {
                    result.push('$');
                    result.push_str(&after[..length]);
                }
            }
            rest = &after[length..];
        }
        result.push_str(rest);
        result
    }
}
