//! Objects of which no more is known than what stands literally in a text: those of templates with actions, and
//! of documents that a script or a task holds.

use std::sync::Arc;

use super::document::Document;
use super::outline::outline;
use super::reading::{Class, Read};
use super::resource::{Context, name_as_written, resources};
use super::stream::{readable_documents, with_other_branches};
use crate::model::{Artifact, Role};

/// What stands literally in a template with actions; where lines do not fit together, as those of two
/// branches do not, without these. What its actions break is told where the chart is said to be not
/// rendered.
pub(super) fn outlined(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    if let Some(outline) = outline(&artifact.text) {
        let documents = readable_documents(&outline, name);
        as_outlines(artifact, with_other_branches(&outline, documents), read);
    }
}

/// The objects of some documents, of which no more is known than what stands in them.
pub(super) fn as_outlines(artifact: &Arc<Artifact>, documents: Vec<Document>, read: &mut Read) {
    for document in documents {
        resources(artifact, document, &Context::default(), &mut read.resources);
    }
    read.resources.retain(|one| one.role == Role::Manifest);
    for resource in &mut read.resources {
        resource.role = Role::Outline;
        name_as_written(resource);
    }
    if !read.resources.is_empty() {
        read.class = Class::Manifest;
    }
}
