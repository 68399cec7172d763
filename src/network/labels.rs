//! Labels of objects: as they are written, and what is known of those that a controller adds.

use std::collections::{BTreeMap, BTreeSet};

use super::placeholder::is_open;

/// Labels by key.
pub(crate) type Labels = BTreeMap<String, String>;

/// Values of labels by key.
pub(crate) type LabelSet = BTreeMap<String, BTreeSet<String>>;

/// What is known of a label's value before the pod is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Given {
    /// It is this.
    Exactly(String),
    /// It begins so, and the controller makes up the rest.
    Beginning(String),
}

/// Labels that a controller gives, by key.
pub(crate) type GivenLabels = BTreeMap<&'static str, Given>;

impl Given {
    /// Whether the value may be this one.
    pub(super) fn may_be(&self, value: &str) -> bool {
        match self {
            Self::Exactly(known) => known == value,
            Self::Beginning(start) => value.len() > start.len() && value.starts_with(start),
        }
    }

    /// Whether nothing of the value is left open.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Exactly(_))
    }
}

/// Whether labels have a placeholder.
pub(crate) fn are_open(labels: &Labels) -> bool {
    let mut labels = labels.iter();
    labels.any(|(key, value)| is_open(key) || is_open(value))
}
