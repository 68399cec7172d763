//! Which entries of a ConfigMap or Secret a workload takes, and what they become.

use super::entry::Entry;
use super::paired::port_variable;
use crate::model::{Node, Scalar};

/// Which entries of a ConfigMap or Secret a workload takes.
#[derive(Clone, Copy)]
pub(super) enum Taken<'t> {
    /// All, as variables of a container.
    Environment(Node<'t>),
    /// One, as the variable of the name, with the port that another says for it.
    Variable(&'t str, &'t str, Option<u16>),
    /// Those that a volume lists, or all, as files.
    Files(Node<'t>),
}

impl<'t> Taken<'t> {
    /// The port that another variable says for that of an entry.
    pub(super) fn port(self, key: &str, entries: &[Entry<'_>]) -> Option<u16> {
        match self {
            Self::Environment(_) => {
                let beside = port_variable(key)?;
                let mut entries = entries.iter();
                let port = entries.find(|entry| entry.key.eq_ignore_ascii_case(&beside))?;
                port.said()?.trim().parse().ok()
            }
            Self::Variable(_, _, port) => port,
            Self::Files(_) => None,
        }
    }

    /// Whether an entry is taken, and as which variable.
    pub(super) fn variable<'k>(self, key: &'k str) -> Option<Option<&'k str>>
    where
        't: 'k,
    {
        match self {
            Self::Environment(_) => Some(Some(key)),
            Self::Variable(asked, variable, _) => (asked == key).then_some(Some(variable)),
            Self::Files(source) => {
                let listed = source.get("items").into_iter().flat_map(Node::items);
                let mut listed = listed
                    .filter_map(|item| item.get("key")?.as_str())
                    .peekable();
                let is_taken = listed.peek().is_none() || listed.any(|listed| listed == key);
                is_taken.then_some(None)
            }
        }
    }

    /// Whether it is one of many entries that a container takes, and does not say that it uses.
    pub(super) fn is_taken_along(self, key: &str) -> bool {
        matches!(self, Self::Environment(container) if !expands(container, key))
    }

    /// Whether entries become files.
    pub(super) fn are_files(self) -> bool {
        matches!(self, Self::Files(_))
    }
}

/// Whether a container says that it uses a variable: `$X`, `${X}` or `$(X)`.
fn expands(container: Node<'_>, variable: &str) -> bool {
    let mut is_used = false;
    container.visit_scalars(&mut |_, scalar| {
        if let Some(Scalar::String(text)) = scalar.scalar() {
            is_used |= text.match_indices(variable).any(|(at, _)| {
                let before = text[..at].trim_end_matches(['{', '(']);
                let after = text[at + variable.len()..].chars().next();
                let is_longer = after.is_some_and(|next| next.is_alphanumeric() || next == '_');
                before.ends_with('$') && !is_longer
            });
        }
    });
    is_used
}
