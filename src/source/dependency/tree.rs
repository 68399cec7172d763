//! What the formats on JSON and YAML share: a text to the tree of its one document, and the place
//! of a string without its quotes.

use super::super::document::{Stream, read_yaml};
use super::super::json::read_json;
use super::package::Broken;
use super::word::Word;
use crate::model::{Node, Tree};

/// The tree of a JSON file, which is an object.
pub(super) fn json(text: &str) -> Result<Tree, Broken> {
    mapping(text, read_json(text), "the file is no JSON object")
}

/// The tree of a YAML file, which is a mapping.
pub(super) fn yaml(text: &str) -> Result<Tree, Broken> {
    mapping(text, read_yaml(text), "the file is no YAML mapping")
}

fn mapping(text: &str, stream: Stream, reason: &str) -> Result<Tree, Broken> {
    if let Some(broken) = stream.broken.into_iter().next() {
        return Err(Broken::at(text, broken.offset, broken.reason));
    }
    let first = stream.documents.into_iter().next();
    let tree = first.map(|document| document.tree);
    match tree {
        Some(tree) if tree.root().is_some_and(Node::is_mapping) => Ok(tree),
        tree => {
            let root = tree.as_ref().and_then(Tree::root);
            let offset = root.map_or(0, |root| root.span().start as usize);
            Err(Broken::at(text, offset, reason))
        }
    }
}

/// A key or a scalar: a string's text, or what is written for any other; its place is between the
/// quotes. `None` for a mapping, a sequence or null.
pub(super) fn word(text: &str, node: Node<'_>) -> Option<Word> {
    let mut place = node.span().range();
    let written = text.get(place.clone())?;
    let quoted =
        |quote: char| written.len() > 1 && written.starts_with(quote) && written.ends_with(quote);
    if quoted('"') || quoted('\'') {
        place = place.start + 1..place.end - 1;
    }
    match (node.as_str(), node.scalar()) {
        (Some(decoded), _) => {
            let place = match text.get(place.clone()) {
                // A plain scalar of YAML may be followed by spaces.
                Some(written) if written.trim_end() == decoded => {
                    place.start..place.start + decoded.len()
                }
                _ => place,
            };
            Some(Word {
                text: decoded.to_owned(),
                place,
            })
        }
        (None, Some(crate::model::Scalar::Null) | None) => None,
        (None, Some(_)) => Some(Word::cut(text, place)),
    }
}

/// The entries of the mapping under a path of keys, each key as a word.
pub(super) fn entries<'t>(
    text: &'t str,
    root: Node<'t>,
    path: &[&str],
) -> impl Iterator<Item = (Word, Node<'t>)> + use<'t> {
    let entries = root.find(path).into_iter().flat_map(Node::entries);
    entries.filter_map(move |(key, value)| Some((word(text, key)?, value)))
}

/// The field of a mapping as a word.
pub(super) fn field(text: &str, node: Node<'_>, key: &str) -> Option<Word> {
    node.get(key).and_then(|value| word(text, value))
}
