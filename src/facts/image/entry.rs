//! Entries of kustomizations that put one image in the place of another.

use super::ground::Ground;
use super::reference::bare_name;
use super::{Image, Place, written};
use crate::model::{Node, Resource, ValuePath};

/// Where a kustomization names images; the second is the older name.
pub(super) const IMAGES: [&str; 2] = ["images", "imageTags"];

/// An image that another one takes the place of.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) new_name: Option<String>,
    pub(super) is_retagged: bool,
}

/// What a kustomization replaces.
pub(super) fn entries_of(resource: &Resource) -> Vec<Entry> {
    let lists = IMAGES.into_iter().map(|key| resource.node().get(key));
    lists
        .flat_map(|list| entries(list, &resource.artifact.text))
        .collect()
}

/// What a list `images` replaces, as kustomizations and Flux write it.
pub(super) fn entries(list: Option<Node<'_>>, source: &str) -> Vec<Entry> {
    let text = |entry: Node<'_>, key: &str| {
        let text = entry.get(key).and_then(|node| written(node, source));
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let entry = |entry| {
        Some(Entry {
            name: text(entry, "name")?,
            new_name: text(entry, "newName"),
            is_retagged: text(entry, "newTag").or(text(entry, "digest")).is_some(),
        })
    };
    let items = list.into_iter().flat_map(Node::items);
    items.filter_map(entry).collect()
}

/// Whether a map puts one image in the place of another, as only kustomizations write it.
pub(super) fn is_replacement(entry: Node<'_>) -> bool {
    entry.get("name").is_some() && (entry.get("newTag").is_some() || entry.get("newName").is_some())
}

/// `{name, newName, newTag, digest}`; an entry that changes nothing is no image.
pub(super) fn image(entry: Node<'_>, ground: &Ground<'_>, path: &ValuePath) -> Option<Image> {
    let text = |key: &str| {
        let text = written(entry.get(key)?, ground.source)?;
        (!text.trim().is_empty()).then(|| text.to_owned())
    };
    let name = text("name")?;
    let (new_name, tag, digest) = (text("newName"), text("newTag"), text("digest"));
    let key = match (&new_name, &tag, &digest) {
        (Some(_), ..) => "newName",
        (None, Some(_), _) => "newTag",
        (None, None, Some(_)) => "digest",
        (None, None, None) => return None,
    };
    // Of a name with a version, another version takes the place.
    let mut reference = new_name
        .clone()
        .unwrap_or_else(|| bare_name(&name).to_owned());
    if let Some(tag) = &tag {
        reference = format!("{reference}:{tag}");
    }
    if let Some(digest) = &digest {
        reference = format!("{reference}@{digest}");
    }
    let subject = format!("the kustomization puts in the place of `{name}`");
    let at = |key| Some(ground.at(&path.clone().key(key), entry.get(key)?));
    let mut image = Image::new(at(key)?, Place::Kustomize, subject, reference);
    image.is_complete = image.reference.is_versioned();
    image.is_registry_elsewhere = new_name.is_none();
    image.tag_at = tag.and_then(|_| at("newTag"));
    Some(image)
}
