//! Images that a Secret hands on: in entries that are called as variables are, and in YAML in plain text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::form::may_name_images;
use super::ground::Owner;
use super::handed::{add, names_entry, of_held};
use super::variable::{hands_on, is_variable, mark_whole};
use super::{At, Image, Place, ReadYaml};
use crate::model::{Node, Resource, ValuePath};

/// The fields of a Secret: in plain text, and in base64.
const PLAIN: &str = "stringData";
const ENCODED: &str = "data";

/// Images of a Secret.
pub(super) fn images(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    for field in [PLAIN, ENCODED] {
        let entries = resource.node().get(field).into_iter();
        for (key, value) in entries.flat_map(Node::entries) {
            let (Some(key), Some(text)) = (key.as_str(), value.as_str()) else {
                continue;
            };
            let path = ValuePath::from_iter([field, key]);
            let is_plain = field == PLAIN;
            if is_variable(key) {
                let text = if is_plain {
                    Some(text.to_owned())
                } else {
                    decoded(text)
                };
                of_variable(key, text.as_deref().unwrap_or_default().trim(), path, found);
            } else if is_plain && may_name_images(text) {
                let holder = format!("the entry `{key}`");
                of_held(
                    value,
                    path,
                    (&holder, Owner::CustomResource),
                    read_yaml,
                    found,
                );
            }
        }
    }
}

/// A bare name is what a script calls an image that it builds.
fn of_variable(key: &str, text: &str, path: ValuePath, found: &mut Vec<Image>) {
    if text.contains('/') && hands_on(key, text) {
        add(
            At::whole(path),
            text,
            Place::Config,
            names_entry(key),
            found,
        );
        mark_whole(key, found);
    }
}

/// The text that a value encodes, whatever its line breaks; references are short.
fn decoded(value: &str) -> Option<String> {
    const LONGEST: usize = 1024;
    let compact: String = value.split_whitespace().collect();
    let bytes = STANDARD
        .decode(compact)
        .ok()
        .filter(|_| value.len() < LONGEST);
    String::from_utf8(bytes?).ok()
}
