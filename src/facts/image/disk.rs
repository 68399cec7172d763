//! Disks of virtual machines that are imported from a registry: `registry: {url: docker://…}`.

use super::keyed::visit_keyed;
use super::{At, Image, Place};
use crate::model::{Node, Part, Resource, ValuePath};

/// What such an address begins with; other ones lead to files.
const SCHEMES: [&str; 2] = ["docker://", "oci://"];

/// The images that a resource of KubeVirt imports.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    visit_keyed(
        resource.node(),
        "registry",
        Node::is_mapping,
        &mut ValuePath::default(),
        &mut |registry, path| {
            let Some(url) = registry.string("url") else {
                return;
            };
            let reference = |scheme: &&str| url.strip_prefix(*scheme);
            let reference = SCHEMES.iter().find_map(reference);
            let Some(reference) = reference.filter(|text| !text.is_empty()) else {
                return;
            };
            let path = path.clone().key("url");
            let subject = format!("`{path}` names");
            let at = At {
                path,
                part: Some(Part {
                    start: url.len() - reference.len(),
                    length: reference.len(),
                }),
            };
            found.push(Image::new(
                at,
                Place::CustomResource,
                subject,
                reference.to_owned(),
            ));
        },
    );
}
