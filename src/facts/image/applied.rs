//! Which images of scripts and of pipelines a cluster pulls: not those that the script itself brings to the nodes,
//! and of pipelines none of a cluster that is there for a test alone.

use super::Image;
use crate::facts::short_lived::makes_cluster;
use crate::model::{Resource, Role};
use crate::shell::is_script;

/// What brings an image to the nodes of a cluster on the same machine.
const LOADERS: [&str; 5] = [
    "load docker-image",
    "load image-archive",
    "image load",
    "image import",
    "images import",
];

/// What makes an image on the machine itself.
const BUILDERS: [&str; 5] = [
    "docker build",
    "docker buildx",
    "docker tag",
    "podman build",
    "nerdctl build",
];

/// Leaves the images that a cluster pulls which stays.
pub(super) fn keep_pulled(resource: &Resource, found: &mut Vec<Image>) {
    if resource.role != Role::Applied || found.is_empty() {
        return;
    }
    if resource.is_tried {
        return found.clear();
    }
    let text = &resource.artifact.text;
    if !is_script(&resource.artifact.uri, text) {
        let is_tried = makes_cluster(text);
        found.retain(|image| !is_tried && image.reference.is_registry_known);
    }
    if LOADERS.iter().any(|loader| text.contains(loader)) {
        let text = text.replace("\\\n", " ");
        found.retain(|image| !is_of_machine(&text, &image.text));
    }
}

/// Whether a line of a script builds an image of this name, or brings it to the nodes.
fn is_of_machine(text: &str, reference: &str) -> bool {
    let name = match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => reference,
    };
    let is_own = |line: &str| {
        let words = LOADERS.iter().chain(&BUILDERS);
        let mut words = words.filter(|word| line.contains(**word));
        words.next().is_some() && names(line, name)
    };
    !name.is_empty() && text.lines().any(is_own)
}

/// Whether a line has a name that no other letters continue on either side.
fn names(line: &str, name: &str) -> bool {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || "-_./".contains(one);
    line.match_indices(name).any(|(at, _)| {
        let behind = &line[at + name.len()..];
        !line[..at].ends_with(is_of_name) && !behind.starts_with(is_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_builds_or_loads_is_of_the_machine() {
        let script = "docker build \\\n  -t shop/web:dev .\nkind load docker-image shop/web:dev\nk3d image import q.io/api:1\n";
        let script = script.replace("\\\n", " ");
        for reference in ["shop/web:dev", "shop/web", "q.io/api:1"] {
            assert!(is_of_machine(&script, reference), "{reference}");
        }
        for reference in ["shop/web-api:dev", "q.io/shop/web:dev", "web:dev", ""] {
            assert!(!is_of_machine(&script, reference), "{reference}");
        }
    }
}
