//! Defaults in the schema of a custom resource: the API server writes them into each object that leaves the
//! field out, and its operator runs them.

use super::form::{is_hosted, is_image_key, is_listed};
use super::{At, Image, Place};
use crate::model::{Node, Resource, ValuePath};

/// The images that are the defaults of fields in a definition's served versions.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    const SCHEMA: [&str; 2] = ["schema", "openAPIV3Schema"];
    // Most definitions have no default, and are long.
    if !resource.node().text().contains("\ndefault\n") {
        return;
    }
    let versions = resource.node().find(&["spec", "versions"]);
    let versions = versions.into_iter().flat_map(Node::items).enumerate();
    for (index, version) in versions {
        let is_served = version.get("served").and_then(Node::as_bool) != Some(false);
        if let Some(schema) = version.find(&SCHEMA).filter(|_| is_served) {
            let path = ValuePath::from_iter(["spec", "versions"]).index(index);
            let path = SCHEMA.iter().fold(path, |path, key| path.key(key));
            add(schema, &path, found);
        }
    }
}

/// Adds the defaults of the fields that a schema has, and of those within them.
fn add(schema: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let fields = schema.get("properties").into_iter().flat_map(Node::entries);
    for (key, field) in fields {
        let key = key.as_str().unwrap_or_default();
        let path = path.clone().key("properties").key(key);
        let default = field.get("default").and_then(Node::as_str);
        let is_image = |text: &&str| is_image_key(key) && (is_listed(text) || is_hosted(text));
        if let Some(text) = default.filter(is_image) {
            let at = At::whole(path.clone().key("default"));
            let subject = format!("the default of `{key}` names");
            let mut image = Image::new(at, Place::CustomResource, subject, text.to_owned());
            image.is_complete = image.reference.is_versioned();
            image.is_known_field = false;
            found.push(image);
        }
        add(field, &path, found);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key).filter(|inner| inner.is_mapping()) {
            add(inner, &path.clone().key(key), found);
        }
    }
}
