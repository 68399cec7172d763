//! A key of an object as a setting.

use crate::facts::azure::outline::is_nothing;
use crate::facts::azure::settings::Setting;
use crate::model::{Node, Scalar, VALUES_KIND};

/// A key of an object as a setting.
pub(super) struct NodeSetting<'s, 'a> {
    pub(super) kind: &'s str,
    pub(super) key: &'a str,
    pub(super) above: &'s [&'a str],
    pub(super) value: Node<'a>,
    pub(super) parent: Node<'a>,
    pub(super) scopes: &'s [Node<'a>],
}

impl Setting for NodeSetting<'_, '_> {
    fn kind(&self) -> &str {
        self.kind
    }

    fn key(&self) -> &str {
        self.key
    }

    fn above(&self) -> &[&str] {
        self.above
    }

    fn value(&self) -> Option<&str> {
        match self.value.scalar()? {
            Scalar::String(text) => Some(text),
            Scalar::Bool(true) => Some("true"),
            Scalar::Bool(false) => Some("false"),
            Scalar::Null | Scalar::Signed(_) | Scalar::Unsigned(_) | Scalar::Float(_) => None,
        }
    }

    fn is_off(&self) -> bool {
        match self.value.scalar() {
            Some(Scalar::String(text)) => is_nothing(text),
            Some(Scalar::Null | Scalar::Bool(false)) => true,
            Some(_) => false,
            None => {
                let is_empty =
                    self.value.entries().next().is_none() && self.value.items().next().is_none();
                is_empty
                    || is_disabled(self.value)
                    || (self.kind == VALUES_KIND && says_nothing(self.value))
            }
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|held| !is_disabled(held))
    }

    fn is_beside(&self, key: &str) -> bool {
        self.parent.get(key).is_some()
    }

    fn is_near(&self, word: &str) -> bool {
        self.scopes.iter().any(|scope| scope.text().contains(word))
    }
}

fn is_disabled(value: Node<'_>) -> bool {
    value.get("enabled").and_then(Node::as_bool) == Some(false)
}

/// Whether nothing is filled in, as in the values that a chart has of its own.
fn says_nothing(value: Node<'_>) -> bool {
    match value.scalar() {
        Some(Scalar::String(text)) => is_nothing(text),
        Some(Scalar::Null | Scalar::Bool(_)) => true,
        Some(Scalar::Signed(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => false,
        None => {
            value.entries().all(|(_, inner)| says_nothing(inner)) && value.items().all(says_nothing)
        }
    }
}
