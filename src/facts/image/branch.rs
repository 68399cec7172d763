//! Images in outlines of templates with a condition in their midst, of which nobody knows the branch that is taken:
//! blanks stand in the place of its actions. And those of which an action prints no more than the registry.

use super::reference::Reference;
use super::{Image, Place};
use crate::model::{HOLE, Resource, Role, without_holes};

/// Takes one branch of each image: the first of whole references, or all parts together where that is one; and of
/// those that an action begins, the path without a version that it leaves.
pub(super) fn take_one(resource: &Resource, found: &mut [Image]) {
    if matches!(resource.role, Role::Outline | Role::Unreached) {
        found.iter_mut().for_each(take);
        found.iter_mut().for_each(take_path);
    }
}

/// Whatever the action at its beginning prints, a path at the end of a reference has no tag.
fn take_path(image: &mut Image) {
    let of_container = image.place == Place::Container && image.text.starts_with(HOLE);
    let Some(path) = of_container.then(|| path_behind(&image.text)).flatten() else {
        return;
    };
    image.reference = Reference::parse(&path);
    image.text = path;
    image.is_registry_elsewhere = true;
}

/// The literal path behind a placeholder; `None` where it has a version, or a further placeholder.
fn path_behind(text: &str) -> Option<String> {
    let shown = without_holes(text);
    let (_, path) = shown.split_once("}}")?;
    let reference = Reference::parse(path.trim_start_matches('/'));
    let is_path = path.contains('/') && reference.is_valid() && !reference.is_placeholder;
    (is_path && !reference.is_versioned()).then(|| path.trim_start_matches('/').to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_behind_an_action_is_taken_where_it_ends_the_reference() {
        let path = |rest: &str| path_behind(&format!("{HOLE}________){rest}"));
        assert_eq!(path("shop/web").as_deref(), Some("shop/web"));
        assert_eq!(path("/web").as_deref(), Some("web"));
        for rest in [
            "",
            "web",
            "web:1",
            "shop/web:1",
            ":shop/web",
            "-shop/web",
            "/shop/$(_____)",
            "/shop/web   :1",
        ] {
            assert_eq!(path(rest), None, "{rest}");
        }
    }
}
