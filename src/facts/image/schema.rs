//! Defaults in the schema of a custom resource: the API server writes them into each object that leaves the
//! field out, and its operator runs them.

use super::form::{is_hosted, is_listed, is_well_known};
use super::key::is_image_key;
use super::{At, Image, Place};
use crate::model::{Node, Part, Resource, ValuePath, Visited};

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

/// The images that are defaults in the simple schema of kro: `image: string | default="quay.io/shop/web:1"`.
pub(super) fn of_simple(resource: &Resource, found: &mut Vec<Image>) {
    const SCHEMA: [&str; 2] = ["spec", "schema"];
    let Some(schema) = resource.node().find(&SCHEMA) else {
        return;
    };
    schema.visit_scalars(&mut |path, node| {
        let Some(Visited::Key(key)) = path.last() else {
            return;
        };
        let key = key.as_str().filter(|key| is_image_key(key));
        let default = node.as_str().and_then(simple_default);
        if let (Some(key), Some(part), Some(text)) = (key, default, node.as_str()) {
            let text = &text[part.range()];
            let steps = path.iter().map(Visited::to_step);
            let mut at = At::whole(ValuePath::from_iter(SCHEMA));
            at.path.0.extend(steps);
            at.part = Some(part);
            let mut image = default_image(at, key, text);
            image.is_complete |= is_used_whole(resource, path);
            found.push(image);
        }
    });
}

/// Whether something that a schema of kro makes has a field as it is, to which nothing adds a tag:
/// `image: ${schema.spec.image}`.
fn is_used_whole(resource: &Resource, path: &[Visited<'_>]) -> bool {
    let keys = path.iter().filter_map(|step| match step {
        Visited::Key(key) => key.as_str(),
        Visited::Index(_) => None,
    });
    let keys: Vec<&str> = keys.collect();
    let whole = format!("${{schema.{}}}", keys.join("."));
    let text = resource.node().text();
    text.lines().any(|line| line == whole)
}

/// Where the default stands behind the type of a field, if it is an image.
fn simple_default(field: &str) -> Option<Part> {
    let (_, rest) = field.strip_prefix("string")?.split_once("default=")?;
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
    let text = match quote {
        Some(quote) => rest[1..].split(quote).next()?,
        None => rest.split_whitespace().next()?,
    };
    let is_image = is_listed(text) || is_hosted(text) || is_well_known(text);
    is_image.then(|| Part::within(field, text))
}

fn default_image(at: At, key: &str, text: &str) -> Image {
    let subject = format!("the default of `{key}` names");
    let mut image = Image::new(at, Place::CustomResource, subject, text.to_owned());
    image.is_complete = image.reference.is_versioned();
    image.is_known_field = false;
    image
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
        let default = || field.string("default");
        let Some(text) = is_image_key(key).then(default).flatten() else {
            return;
        };
        if is_listed(text) || is_hosted(text) {
            let mut path = ValuePath::from_iter(["spec", "versions"]).index(self.index);
            for key in self.keys.iter().copied().chain(["default"]) {
                path = path.key(key);
            }
            self.found.push(default_image(At::whole(path), key, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_stands_behind_the_type_of_a_field() {
        let told = |field: &'static str| simple_default(field).map(|part| &field[part.range()]);
        for field in [
            "string | default=\"q.io/a/b:1\"",
            "string | required=false default='q.io/a/b:1' description=\"x\"",
            "string | default=q.io/a/b:1 ",
        ] {
            assert_eq!(told(field), Some("q.io/a/b:1"), "{field}");
        }
        for field in [
            "string",
            "string | default=\"\"",
            "string | default=on",
            "integer | default=1",
        ] {
            assert_eq!(told(field), None, "{field}");
        }
    }
}
