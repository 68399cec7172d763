//! Defaults in the schema of a custom resource: the API server writes them into each object that leaves the
//! field out, and its operator runs them.

use super::form::{is_hosted, is_image_key, is_listed};
use super::{At, Image, Place};
use crate::model::{Node, Resource, ValuePath};

/// Where the schema of a version stands in it.
const SCHEMA: [&str; 2] = ["schema", "openAPIV3Schema"];

/// The images that are the defaults of fields in a definition's served versions.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    // Most definitions have no default, and are long.
    if !resource.node().text().contains("\ndefault\n") {
        return;
    }
    let versions = resource.node().find(&["spec", "versions"]);
    let versions = versions.into_iter().flat_map(Node::items).enumerate();
    for (index, version) in versions {
        let is_served = version.get("served").and_then(Node::as_bool) != Some(false);
        if let Some(schema) = version.find(&SCHEMA).filter(|_| is_served) {
            let mut below = Below {
                index,
                keys: SCHEMA.to_vec(),
                found,
            };
            below.add(schema);
        }
    }
}

/// A place below a version of a definition.
struct Below<'a, 'f> {
    index: usize,
    keys: Vec<&'a str>,
    found: &'f mut Vec<Image>,
}

impl<'a> Below<'a, '_> {
    /// Adds the defaults of the fields that a schema has, and of those within them.
    fn add(&mut self, schema: Node<'a>) {
        for (key, field) in schema.entries() {
            match key.as_str() {
                Some("properties") => {
                    for (key, field) in field.entries() {
                        let key = key.as_str().unwrap_or_default();
                        self.keys.extend(["properties", key]);
                        self.add_default(key, field);
                        self.add(field);
                        self.keys.truncate(self.keys.len() - 2);
                    }
                }
                Some(key @ ("items" | "additionalProperties")) if field.is_mapping() => {
                    self.keys.push(key);
                    self.add(field);
                    self.keys.pop();
                }
                _ => {}
            }
        }
    }

    fn add_default(&mut self, key: &str, field: Node<'a>) {
        let default = || field.get("default").and_then(Node::as_str);
        let Some(text) = is_image_key(key).then(default).flatten() else {
            return;
        };
        if is_listed(text) || is_hosted(text) {
            let mut path = ValuePath::from_iter(["spec", "versions"]).index(self.index);
            for key in self.keys.iter().copied().chain(["default"]) {
                path = path.key(key);
            }
            let subject = format!("the default of `{key}` names");
            let at = At::whole(path);
            let mut image = Image::new(at, Place::CustomResource, subject, text.to_owned());
            image.is_complete = image.reference.is_versioned();
            image.is_known_field = false;
            self.found.push(image);
        }
    }
}
