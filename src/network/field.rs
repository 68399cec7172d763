//! Reads the keys of an object as the API server and the tools that write objects mean them.

use std::ops::RangeInclusive;

use super::address::{Address, block};
use super::policy::Refused;
use crate::model::{Node, Scalar, ValuePath};

/// A key's value; `null` counts as absent, as the API server has it.
pub(super) fn present<'a>(node: Node<'a>, key: &str) -> Option<Node<'a>> {
    node.get(key)
        .filter(|value| value.scalar() != Some(Scalar::Null))
}

/// The items of a list that may be absent, with their paths.
pub(super) fn items<'a>(
    node: Node<'a>,
    key: &'static str,
    path: &ValuePath,
) -> impl Iterator<Item = (ValuePath, Node<'a>)> + use<'a> {
    let list = present(node, key).map(|list| (path.clone().key(key), list));
    list.into_iter().flat_map(|(path, list)| {
        let items = list.items().enumerate();
        items.map(move |(index, item)| (path.clone().index(index), item))
    })
}

/// The addresses of a CIDR block, of which the path says where it stands or should.
pub(super) fn cidr(
    node: Option<Node<'_>>,
    path: &ValuePath,
) -> Result<RangeInclusive<Address>, Refused> {
    let range = node.and_then(Node::as_str).and_then(block);
    range.ok_or_else(|| Refused(path.clone(), "this is no CIDR block".to_owned()))
}

/// What tools write for a setting that is left out.
pub(super) fn says_nothing(value: Node<'_>) -> bool {
    matches!(
        value.scalar(),
        Some(Scalar::Null | Scalar::Bool(false) | Scalar::String(""))
    )
}

/// Refuses a mapping that says something which is not known.
pub(super) fn check_keys(node: Node<'_>, path: &ValuePath, known: &[&str]) -> Result<(), Refused> {
    let said = node.entries().filter(|(_, value)| !says_nothing(*value));
    let mut keys = said.filter_map(|(key, _)| key.as_str());
    match keys.find(|key| !known.contains(key)) {
        Some(key) => Err(Refused(
            path.clone().key(key),
            format!("`{key}` is not evaluated"),
        )),
        None => Ok(()),
    }
}
