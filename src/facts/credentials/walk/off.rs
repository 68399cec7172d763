//! Parts of a resource that are switched off: nobody has the default and guessed passwords in them.

use super::candidate::Candidate;
use super::context::is_disabled;
use crate::facts::credentials::text::off_part::{is_about_login, is_in_off_part};
use crate::facts::credentials::{Credential, Verdict};
use crate::model::{Node, Resource, Role, Step, ValuePath};

/// Passes over default and guessed passwords of parts that are switched off, as is what no rendering reaches, and what
/// would let everyone in there.
pub(super) fn leave_off(resource: &Resource, found: &mut [Candidate]) {
    let is_off = resource.role == Role::Unreached;
    for one in found {
        let verdict = &one.credential.verdict;
        let is_switch = matches!(verdict, Verdict::Off { .. });
        let is_guessed = matches!(verdict, Verdict::Default { .. } | Verdict::Weak);
        if (is_off && (is_switch || is_guessed))
            || (is_switch && is_of_part_that_is_off(resource, &one.credential.path))
            || (is_guessed && is_guess_of_what_is_off(resource, one))
        {
            one.credential.verdict = Verdict::Unsure;
        }
    }
}

/// Whether a switch belongs to a part of a part that is off. What its own object says is the walk's to judge: there
/// `enabled: false` is the switch itself.
fn is_of_part_that_is_off(resource: &Resource, path: &ValuePath) -> bool {
    let around = path.steps().len().saturating_sub(2);
    is_below_off(resource, &path.steps()[..around])
}

/// Whether a default or guessed password is of a part that is off.
fn is_guess_of_what_is_off(resource: &Resource, one: &Candidate) -> bool {
    let Some(node) = resource.tree.node(one.node) else {
        return false;
    };
    let own = node.as_str().filter(|text| text.contains('\n'));
    if is_of_server_elsewhere(resource, &one.credential) {
        return false;
    }
    match (own, one.credential.part) {
        (Some(text), Some(part)) => is_in_off_part(text, part.start),
        _ => {
            is_below_off(resource, one.credential.path.steps())
                || is_in_off_part(&resource.artifact.text, node.span().start as usize)
        }
    }
}

/// Whether a password is of the database that a chart uses in the place of its own, which is off, as the server
/// beside it tells: `{enabled: false, postgresServer: db.example.com, postgresPassword: x}`.
fn is_of_server_elsewhere(resource: &Resource, credential: &Credential) -> bool {
    const DATABASES: [&str; 6] = [
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mongo",
        "mongodb",
    ];
    let steps = credential.path.steps();
    let around = steps
        .split_last()
        .map(|(_, around)| ValuePath(around.to_vec()));
    let holder = around.and_then(|around| resource.at(&around));
    let is_named = |stem: &str| {
        let servers = ["Server", "Host"].map(|end| format!("{stem}{end}"));
        let given = |name: &String| {
            holder
                .and_then(|holder| holder.get(name))
                .and_then(Node::as_str)
        };
        let is_given = servers
            .iter()
            .filter_map(given)
            .any(|server| !server.is_empty());
        is_given && credential.key.starts_with(stem)
    };
    DATABASES.iter().any(|stem| is_named(stem))
}

/// Whether the `type` of an object chooses another one of its parts: `{type: internal, internal: {…}, external: {…}}`.
fn is_not_chosen(node: Node<'_>, key: &str) -> bool {
    let is_part = |key: &str| node.get(key).is_some_and(Node::is_mapping);
    let chosen = node.get("type").and_then(Node::as_str);
    chosen.is_some_and(|chosen| chosen != key && is_part(chosen) && is_part(key))
}

/// Whether a value stands in a part that is off, however that is written.
fn is_below_off(resource: &Resource, path: &[Step]) -> bool {
    let mut node = resource.node();
    for step in path {
        let Some(next) = node.step(step) else {
            return false;
        };
        let is_of_login = matches!(step, Step::Key(key) if is_about_login(key));
        let is_other = matches!(step, Step::Key(key) if is_not_chosen(node, key));
        if is_other || (!is_of_login && is_disabled(next)) {
            return true;
        }
        node = next;
    }
    false
}
