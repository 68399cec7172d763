//! Images in outlines of templates with a condition in their midst, of which nobody knows the branch that is taken:
//! blanks stand in the place of its actions.

use super::Image;
use super::reference::Reference;
use crate::model::{Resource, Role};

/// Takes one branch of each image: the first of whole references, or all parts together where that is one.
pub(super) fn take_one(resource: &Resource, found: &mut [Image]) {
    if matches!(resource.role, Role::Outline | Role::Unreached) {
        found.iter_mut().for_each(take);
    }
}

fn take(image: &mut Image) {
    let parts: Vec<&str> = image.text.split_whitespace().collect();
    if parts.len() < 2 {
        return;
    }
    let are_whole = parts.iter().all(|part| is_whole(part));
    let text = if are_whole {
        parts[0].to_owned()
    } else {
        parts.concat()
    };
    let reference = Reference::parse(&text);
    if reference.is_valid() {
        (image.text, image.reference) = (text, reference);
    } else {
        image.reference.is_placeholder = true;
    }
}

fn is_whole(part: &str) -> bool {
    let is_name = part.starts_with(|first: char| first.is_ascii_alphanumeric());
    is_name && Reference::parse(part).is_valid()
}
