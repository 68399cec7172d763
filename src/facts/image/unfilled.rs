//! Images of what was built whose names are yet to be filled in: to kustomize the name of an entry is a pattern, by
//! which it finds nothing as long as that is a placeholder.

use std::collections::HashMap;

use super::super::{folder, normalized};
use super::entry::{Entry, entries_of};
use super::placeholder::holds_placeholder;
use super::reference::bare_name;
use super::{Image, Place};
use crate::model::Resource;

/// The entries of kustomizations whose names are placeholders, by the folder.
#[derive(Debug, Default)]
pub(super) struct Unfilled(HashMap<String, Vec<Entry>>);

impl Unfilled {
    /// Those among some resources.
    pub(super) fn of(resources: &[Resource]) -> Self {
        let mut unfilled = Self::default();
        let kustomizations = resources
            .iter()
            .filter(|one| one.gvk.group == "kustomize.config.k8s.io");
        for one in kustomizations {
            let mut entries = entries_of(one);
            entries.retain(|entry| holds_placeholder(&entry.name));
            if !entries.is_empty() {
                let folder = normalized(folder(&one.artifact.display));
                unfilled.0.entry(folder).or_default().extend(entries);
            }
        }
        unfilled
    }

    /// Tells images of what was built what the kustomization makes of them once they are filled in.
    pub(super) fn apply(&self, resource: &Resource, images: &mut [Image]) {
        let built = resource.artifact.provenance.as_ref();
        let Some(built) = built.filter(|_| !self.0.is_empty()) else {
            return;
        };
        let Some(entries) = self.0.get(&normalized(built.rendering.folder())) else {
            return;
        };
        let fields = images
            .iter_mut()
            .filter(|image| matches!(image.place, Place::Container | Place::CustomResource));
        for image in fields {
            let name = bare_name(&image.text);
            if let Some(entry) = entries.iter().find(|entry| entry.name == name) {
                image.replace(entry.new_name.is_some(), entry.is_retagged);
            }
        }
    }
}
