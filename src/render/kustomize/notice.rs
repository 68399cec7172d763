//! What is told of a kustomization itself.

use std::sync::Arc;

use super::kustomization::Kustomization;
use crate::model::{Notice, Span};
use crate::source::{Placed, rendered_location};

/// A notice of a kustomization, at a place in it if there is one.
pub(super) fn notice(
    kustomization: &Kustomization,
    span: Option<Span>,
    reason: String,
    help: String,
) -> Notice {
    let artifact = &kustomization.sheet.artifact;
    let placed = Placed {
        span: span.unwrap_or_default(),
        approximate: false,
        item: None,
    };
    Notice {
        display: Some(Arc::clone(&artifact.display)),
        uri: Some(Arc::clone(&artifact.uri)),
        region: span.map(|_| rendered_location(artifact, placed).region),
        rule: None,
        resource: None,
        reason,
        help: Some(help),
    }
}
