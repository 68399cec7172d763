//! What narrows a rule of Cilium's that allows something: layer 7, TLS, authentication. What it lets through at most
//! is known without, so that whoever is outside of it is closed.

use super::super::field::{items, present};
use super::super::policy::{Direction, Problem};
use super::parts;
use crate::model::{Node, Resource, ValuePath};

/// The key of a rule that asks for proof of who calls.
pub(super) const RULE: &str = "authentication";

/// Keys of a group of ports, beside these.
pub(super) const GROUP: [&str; 5] = [
    "listener",
    "originatingTLS",
    "rules",
    "serverNames",
    "terminatingTLS",
];

/// The word that a policy may let less through than what is counted: once, at the first of the places.
pub(in super::super) fn problem(resource: &Resource, position: usize) -> Option<Problem> {
    let mut places = parts(resource).flat_map(|(path, spec)| {
        let rules = Direction::ALL.map(|direction| items(spec, direction.as_str(), &path));
        let rules = rules.into_iter().flatten();
        rules.flat_map(|(path, rule)| narrowing(rule, &path))
    });
    let path = places.next()?;
    let more = match places.count() {
        0 => String::new(),
        more => format!(", nor in {more} more places"),
    };
    Some(Problem {
        resource: position,
        reason: format!(
            "{}: what narrows this rule beyond peers and ports is not evaluated{more}",
            resource.identity
        ),
        path,
        help: "check by hand what it still lets through",
    })
}

fn narrowing(rule: Node<'_>, path: &ValuePath) -> Vec<ValuePath> {
    let own = present(rule, RULE).map(|_| path.clone().key(RULE));
    let groups = items(rule, "toPorts", path);
    let narrowed = groups.filter(|(_, group)| !is_any_name(*group));
    let narrowed = narrowed.flat_map(|(path, group)| {
        let keys = GROUP.into_iter();
        let keys = keys.filter(move |key| present(group, key).is_some());
        keys.map(move |key| path.clone().key(key))
    });
    own.into_iter().chain(narrowed).collect()
}

/// Whether the rules of a group let every name be asked for: they only make the answers known.
fn is_any_name(group: Node<'_>) -> bool {
    let is_known = |(key, _): (Node<'_>, Node<'_>)| matches!(key.as_str(), Some("ports" | "rules"));
    let is_of_dns = |(key, _): (Node<'_>, Node<'_>)| key.as_str() == Some("dns");
    let Some(rules) = present(group, "rules") else {
        return false;
    };
    let mut names = rules.get("dns").into_iter().flat_map(Node::items);
    group.entries().all(is_known)
        && rules.entries().all(is_of_dns)
        && names.any(|name| name.string("matchPattern") == Some("*"))
}
