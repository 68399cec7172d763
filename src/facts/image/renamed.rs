//! Names that kustomizations put images in the place of: where nothing was built, they are no more than that,
//! and an entry that nothing built took up is told by itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::entry::{Entry, entries, entries_of};
use super::reference::bare_name;
use super::replacement::named_in;
use super::{Image, Place};
use crate::model::{Node, Resource, Role, ValuePath};

/// The entries of all kustomizations of a scan that name images anew.
#[derive(Debug, Default)]
pub(super) struct Renamed {
    /// By the name that is replaced, whether each of its entries gives a version.
    names: HashMap<String, bool>,
    /// Where entries stand that are told through what was made of them: the file, and the byte of the new name.
    told: HashSet<(Arc<str>, u32)>,
    /// New names that what was built holds anyway.
    held: HashSet<String>,
}

impl Renamed {
    /// The entries among the resources.
    pub(super) fn new(resources: &[Resource]) -> Self {
        let (mut names, mut files) = (HashMap::new(), HashSet::new());
        let mut given = HashSet::new();
        let kustomizations = resources
            .iter()
            .filter(|one| one.gvk.group == "kustomize.config.k8s.io");
        for one in kustomizations {
            for entry in entries_of(one) {
                let Some(new_name) = entry.new_name else {
                    continue;
                };
                if one.role == Role::Renaming && !one.idle_keys.contains(&entry.name) {
                    files.insert(&*one.artifact.display);
                    given.insert(new_name);
                }
                *names.entry(entry.name).or_insert(true) &= entry.is_retagged;
            }
        }
        let built = resources
            .iter()
            .filter_map(|one| one.artifact.provenance.as_ref())
            .filter(|_| !files.is_empty());
        let places = built.flat_map(|built| built.written());
        let told = places
            .filter(|place| files.contains(&*place.artifact.display))
            .map(|place| (place.artifact.display.clone(), place.span.start))
            .collect();
        let objects = resources.iter();
        let objects = objects.filter(|one| one.artifact.provenance.is_some());
        let held = named_in(objects, given.iter().map(String::as_str).collect());
        Self { names, told, held }
    }

    /// Tells images of an object that nothing was built from what becomes of them: those that have a name
    /// alone, without host, folder and version.
    pub(super) fn apply(&self, object: &Resource, images: &mut [Image]) {
        if self.names.is_empty() || object.artifact.provenance.is_some() {
            return;
        }
        let slots = images.iter_mut().filter(|image| {
            matches!(image.place, Place::Container | Place::CustomResource)
                && !image.text.contains('/')
        });
        for image in slots {
            if let Some(is_retagged) = self.names.get(&image.text) {
                image.replace(true, *is_retagged);
            }
        }
    }

    /// Whether the image of an entry is told nowhere else: nothing that was built held the name, holds the
    /// image, or gets another one in its place.
    pub(super) fn is_told(&self, kustomization: &Resource, image: &Image) -> bool {
        let mut path: ValuePath = image.at.path.clone();
        path.0.pop();
        let entry = kustomization.at(&path);
        let value = |key: &str| entry.and_then(|entry| entry.get(key));
        let is_idle = |name: &str| kustomization.idle_keys.iter().any(|key| key == name);
        let (Some(name), Some(new_name)) = (value("name"), value("newName")) else {
            // A tag for what the build lacked.
            let name = value("name").and_then(Node::as_str);
            return name.is_some_and(|name| !is_idle(name));
        };
        let start = new_name.span().start;
        let (name, new_name) = (name.as_str(), new_name.as_str());
        let is_next = name != new_name && new_name.is_some_and(|new| self.names.contains_key(new));
        let display = &kustomization.artifact.display;
        let mut told = self.told.iter();
        let is_told = told.any(|(file, at)| *file == *display && start.abs_diff(*at) < 2)
            || new_name.is_some_and(|new_name| self.held.contains(new_name));
        !name.is_none_or(is_idle) && !is_next && !is_told
    }
}

/// Tells images of the values that a HelmRelease of Flux hands to its chart that the release itself puts others
/// in their place, once the chart is rendered.
pub(super) fn apply_post_renderers(release: &Resource, images: &mut [Image]) {
    let renderers = release.node().find(&["spec", "postRenderers"]);
    let lists = renderers.into_iter().flat_map(Node::items);
    let lists = lists.map(|renderer| renderer.find(&["kustomize", "images"]));
    let given: Vec<Entry> = lists
        .flat_map(|list| entries(list, &release.artifact.text))
        .filter(|entry| entry.new_name.is_some())
        .collect();
    for image in images.iter_mut().filter(|one| one.place == Place::Values) {
        let entry = given
            .iter()
            .find(|entry| is_found(&entry.name, &image.text));
        if let Some(entry) = entry {
            image.replace(true, entry.is_retagged);
        }
    }
}

/// Whether kustomize finds an image by a name, which may hold a tag.
fn is_found(name: &str, image: &str) -> bool {
    let rest = image.strip_prefix(name);
    bare_name(image) == name || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('@'))
}
