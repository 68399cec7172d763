//! Where the values stand that are searched for images, and in whose words one is told.

use super::{At, Place};
use crate::model::{Node, Part, ValuePath};

/// In whose words an image is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Values of a chart.
    Values,
    /// A custom resource.
    CustomResource,
}

impl Owner {
    pub(super) fn place(self) -> Place {
        match self {
            Self::Values => Place::Values,
            Self::CustomResource => Place::CustomResource,
        }
    }

    pub(super) fn subject(self, inner: &ValuePath) -> String {
        match self {
            Self::Values => format!("the values name at `{inner}`"),
            Self::CustomResource => format!("`{inner}` names"),
        }
    }
}

/// Where the values that are walked through stand: in a resource, or in a string of one.
pub(super) struct Ground<'a> {
    /// The path of what the walk begins at.
    pub(super) base: ValuePath,
    /// The text that the values' spans count in.
    pub(super) source: &'a str,
    /// Whether that text is a string of the resource.
    pub(super) is_string: bool,
}

impl Ground<'_> {
    /// The place of a value.
    pub(super) fn at(&self, inner: &ValuePath, node: Node<'_>) -> At {
        if !self.is_string {
            let steps = self.base.steps().iter().chain(inner.steps());
            return At::whole(ValuePath(steps.cloned().collect()));
        }
        let span = node.span();
        let raw = self.source.get(span.range()).unwrap_or_default().trim_end();
        let quotes = usize::from(raw.len() > 1 && raw.starts_with(['"', '\'']));
        At {
            path: self.base.clone(),
            part: Some(Part {
                start: span.start as usize + quotes,
                length: raw.len() - 2 * quotes,
            }),
        }
    }
}
