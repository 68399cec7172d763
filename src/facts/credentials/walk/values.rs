//! Values of a chart that are written as a text, in an entry of a ConfigMap or where an object hands them on:
//! walked as a file of values is, so that what stands beside and above a value counts there, too. What is no
//! YAML stays with `text`.

use std::ops::Range;
use std::sync::Arc;

use kube::core::GroupVersionKind;

use super::candidate::Candidate;
use super::context::Context;
use super::{Walk, candidates_around};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::facts::credentials::text::embedded::embedded;
use crate::facts::credentials::text::found::Found;
use crate::facts::credentials::text::syntax::Syntax;
use crate::model::{Artifact, Identity, Node, Part, Resource, Role, Span, Tree, VALUES_KIND};

impl Walk<'_, '_> {
    /// What stands in a string: of a chart's values what their walk finds, else what `embedded` does.
    pub(super) fn held(
        &self,
        text: &str,
        syntax: Syntax,
        kind: Kind,
        context: Context<'_>,
    ) -> Vec<Found> {
        let is_of_values = syntax == Syntax::Config
            && text.trim_end().contains('\n')
            && contains_ignoring_case(context.parent, "values");
        let values = is_of_values.then(|| self.values(text)).flatten();
        if let Some(values) = values {
            let inside = candidates_around(self.detector, &values, context.surroundings);
            let found = inside.into_iter();
            return found.filter_map(|one| lifted(one, &values, kind)).collect();
        }
        let around = context.around(context.parent);
        embedded(self.detector.known(), text, syntax, kind, around)
    }

    /// A text as a file of values; `None` where it is none.
    fn values(&self, text: &str) -> Option<Resource> {
        let mut trees = (self.detector.read_yaml)(text);
        let tree = trees.pop().filter(|_| trees.is_empty())?;
        tree.root().filter(|root| root.is_mapping())?;
        let artifact = Artifact::new(&self.artifact.display, &self.artifact.uri, text.to_owned());
        Some(resource(artifact, tree, self.is_base))
    }
}

fn resource(artifact: Artifact, tree: Tree, is_base: bool) -> Resource {
    let identity = Identity {
        api_version: String::new(),
        kind: VALUES_KIND.to_owned(),
        namespace: None,
        name: String::new(),
        origin: None,
    };
    let gvk = GroupVersionKind::gvk("", "", VALUES_KIND);
    let (artifact, tree) = (Arc::new(artifact), Arc::new(tree));
    Resource {
        is_base,
        ..Resource::bare(artifact, tree, 0, Role::Values, gvk, identity)
    }
}

/// What was found in values, at its place in their text. A field of theirs is a setting of what holds them.
fn lifted(one: Candidate, values: &Resource, kind: Kind) -> Option<Found> {
    let node = values.tree.node(one.node)?;
    let found = one.credential;
    Some(Found {
        range: place(node, found.part, &values.artifact.text),
        key: found.key,
        kind: if found.kind == Kind::Field {
            kind
        } else {
            found.kind
        },
        verdict: found.verdict,
    })
}

/// The bytes of a value, or of a part of it, in the text: without quotes where there is something in them.
fn place(node: Node<'_>, part: Option<Part>, text: &str) -> Range<usize> {
    let span = node.span();
    let written = node.as_str().and_then(|value| {
        let all = Part {
            start: 0,
            length: value.trim_end().len(),
        };
        let range = part.unwrap_or(all).range();
        span.part(text, value, range)
            .filter(|span| span.start < span.end)
    });
    written.map_or(span.range(), Span::range)
}
