//! Images in expressions of CEL, with which a policy for admission puts containers into pods.

use super::reference::Reference;
use super::{At, Image, Place};
use crate::model::{Node, Part, Resource, ValuePath};

/// The field of a container that holds its image.
const FIELD: &str = "image";

/// Images that the mutations of a MutatingAdmissionPolicy name.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    let keys = ["spec", "mutations"];
    let mutations = resource.node().find(&keys).into_iter();
    for (index, mutation) in mutations.flat_map(Node::items).enumerate() {
        for kind in ["jsonPatch", "applyConfiguration"] {
            let expression = mutation.find(&[kind, "expression"]).and_then(Node::as_str);
            let path = ValuePath::from_iter(keys).index(index).key(kind);
            for part in expression.into_iter().flat_map(literals) {
                let at = At {
                    path: path.clone().key("expression"),
                    part: Some(part),
                };
                let text = expression.unwrap_or_default()[part.range()].to_owned();
                let subject = "the expression names".to_owned();
                found.push(Image::new(at, Place::CustomResource, subject, text));
            }
        }
    }
}

/// Where texts in quotes stand in an expression that are images: `image: 'quay.io/shop/web:1'`.
fn literals(expression: &str) -> Vec<Part> {
    let fields = expression.match_indices(FIELD);
    let is_field = |at: &usize| !expression[..*at].ends_with(is_of_name);
    let ends = fields.map(|(at, _)| at).filter(is_field);
    ends.filter_map(|at| literal(expression, at + FIELD.len()))
        .collect()
}

/// The text in quotes behind the name of a field, unless something is added to it.
fn literal(expression: &str, end_of_name: usize) -> Option<Part> {
    let rest = expression[end_of_name..].trim_start_matches(['"', '\'']);
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (text, behind) = value[1..].split_once(quote)?;
    let is_whole = !behind.trim_start().starts_with('+');
    (is_whole && Reference::parse(text).is_valid()).then(|| Part {
        start: text.as_ptr() as usize - expression.as_ptr() as usize,
        length: text.len(),
    })
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.')
}
