//! Names of one component in Istio's operators: hub and tag stand once for all of them, or nowhere.

use super::alone::below;
use super::form::is_registry;
use super::reference::Reference;
use super::{At, Image, Place, written};
use crate::model::{Resource, ValuePath};

/// Where the hub and the tag may stand, the nearest first.
const AROUND: [&[&str]; 2] = [&["spec", "values", "global"], &["spec"]];

/// Puts together what the operator puts together; what is told nowhere, the operator knows.
pub(super) fn complete(resource: &Resource, found: &mut Vec<Image>) {
    let root = resource.node();
    let first = |key: &str| {
        AROUND.iter().find_map(|keys| {
            let node = root.find(keys)?.get(key)?;
            let text = written(node, &resource.artifact.text)?;
            let path = ValuePath::from_iter(keys.iter().copied()).key(key);
            (!text.is_empty()).then_some((text, path))
        })
    };
    let (hub, tag) = (first("hub"), first("tag"));
    if let Some((hub, path)) = &hub {
        tell_hub(hub, path, found);
    }
    let bare = found
        .iter_mut()
        .filter(|image| image.place == Place::CustomResource && !image.text.contains('/'));
    for image in bare {
        match &hub {
            Some((hub, _)) => image.text = format!("{}/{}", hub.trim_end_matches('/'), image.text),
            None => image.is_registry_elsewhere = true,
        }
        if !image.reference.is_versioned() {
            image.is_complete = tag.is_some();
            if let Some((tag, path)) = &tag {
                image.text = format!("{}:{tag}", image.text);
                image.tag_at = Some(At::whole(path.clone()));
            }
        }
        image.reference = Reference::parse(&image.text);
    }
}

/// The hub itself, where no component is named that shows it.
fn tell_hub(hub: &str, path: &ValuePath, found: &mut Vec<Image>) {
    let start = format!("{}/", hub.trim_end_matches('/'));
    let is_shown = |image: &Image| {
        image.text.starts_with(&start)
            || (image.place == Place::CustomResource && !image.text.contains('/'))
    };
    if is_registry(hub) && !found.iter().any(is_shown) {
        let mut image = below(&start, At::whole(path.clone()), None);
        image.place = Place::CustomResource;
        image.subject = format!("`{path}` names");
        found.push(image);
    }
}
