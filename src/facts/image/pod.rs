//! Images of pods: containers of all kinds, volumes that mount an image, and annotations that name
//! one for what is injected.

use super::form::{is_hosted, is_listed};
use super::key::is_image_key;
use super::placeholder::holds_placeholder;
use super::{At, Image, Place};
use crate::model::{Node, Resource, ValuePath};

/// The lists of containers in a pod's spec, each with what messages call its entries. The last
/// one exists in Argo's workflows only.
const LISTS: [(&str, &str); 4] = [
    ("initContainers", "init container"),
    ("containers", "container"),
    ("ephemeralContainers", "ephemeral container"),
    ("sidecars", "sidecar"),
];

/// The images of a resource's pods, in the order of the pod templates and of the lists in them. A
/// container without an image, or with an empty one, has none.
pub(super) fn images(resource: &Resource) -> Vec<Image> {
    let mut found = Vec::new();
    for template_path in &resource.pod_templates {
        let Some(template) = resource.at(template_path) else {
            continue;
        };
        let before = found.len();
        if let Some(spec) = template.get("spec") {
            let path = template_path.clone().key("spec");
            add_lists(spec, &path, &mut found);
            add_volumes(spec, &path, &mut found);
        }
        add_step(template, template_path, &mut found);
        add_annotations(template, template_path, &mut found);
        for image in &mut found[before..] {
            image.template = Some(template_path.clone());
        }
    }
    found
}

/// Annotations that tell what injects a container into a pod which image to take, such as
/// `sidecar.istio.io/proxyImage`.
fn add_annotations(template: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let keys = ["metadata", "annotations"];
    let annotations = template.find(&keys).into_iter().flat_map(Node::entries);
    for (key, value) in annotations {
        let (Some(key), Some(reference)) = (key.as_str(), value.as_str()) else {
            continue;
        };
        let is_image = |text: &str| is_listed(text) || is_hosted(text);
        if key.contains('/') && is_image_key(key) && is_image(reference) {
            let [metadata, annotations] = keys;
            let at = At::whole(path.clone().key(metadata).key(annotations).key(key));
            let subject = format!("the annotation `{key}` names");
            let mut image = Image::new(at, Place::Config, subject, reference.to_owned());
            // What has no version gets that of another annotation, or of what injects it.
            image.is_complete = image.reference.is_versioned();
            found.push(image);
        }
    }
}

/// Calls `visit` with every container of a pod template, its path and what messages call it.
pub(super) fn visit_containers<'a>(
    template: Node<'a>,
    path: &ValuePath,
    visit: &mut dyn FnMut(Node<'a>, ValuePath),
) {
    let owners = [
        template
            .get("spec")
            .map(|spec| (spec, path.clone().key("spec"))),
        Some((template, path.clone())),
    ];
    for (owner, path) in owners.into_iter().flatten() {
        for (list, _) in LISTS {
            let containers = owner.get(list).into_iter().flat_map(Node::items);
            for (index, container) in containers.enumerate() {
                visit(container, path.clone().key(list).index(index));
            }
        }
        for key in ["container", "script"] {
            if let Some(container) = owner.get(key) {
                visit(container, path.clone().key(key));
            }
        }
    }
}

fn add_lists(spec: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    for (list, noun) in LISTS {
        let Some(containers) = spec.get(list) else {
            continue;
        };
        for (index, container) in containers.items().enumerate() {
            let label = || match container.string("name") {
                Some(name) => format!("{noun} `{name}`"),
                None => format!("{noun} {}", index + 1),
            };
            let path = || path.clone().key(list).index(index);
            add(container, path, label, found);
        }
    }
}

fn add_volumes(spec: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let volumes = spec.get("volumes").into_iter().flat_map(Node::items);
    for (index, volume) in volumes.enumerate() {
        let name = volume
            .get("name")
            .and_then(Node::as_str)
            .unwrap_or_default();
        let path = path.clone().key("volumes").index(index);
        add_mounted(volume, &path, name, found);
        let Some(image) = volume.get("image") else {
            continue;
        };
        if let Some(reference) = text(image.get("reference")) {
            let path = path.key("image");
            let at = At::whole(path.clone().key("reference"));
            let subject = format!("volume `{name}` mounts");
            let mut found_image = Image::new(at, Place::Volume, subject, reference.to_owned());
            found_image.policy = policy(image, "pullPolicy", &path);
            found.push(found_image);
        }
    }
}

/// The image that a PersistentVolume has a driver mount.
pub(super) fn of_volume_source(resource: &Resource, found: &mut Vec<Image>) {
    let root = resource.node();
    let name = root.find(&["metadata", "name"]).and_then(Node::as_str);
    if let Some(spec) = root.get("spec") {
        let path = ValuePath::from_iter(["spec"]);
        add_mounted(spec, &path, name.unwrap_or_default(), found);
    }
}

/// The image that a driver for images mounts: `csi: {driver: …, volumeAttributes: {image: …}}`.
fn add_mounted(volume: Node<'_>, path: &ValuePath, name: &str, found: &mut Vec<Image>) {
    let driver = volume.find(&["csi", "driver"]).and_then(Node::as_str);
    let keys = ["csi", "volumeAttributes", "image"];
    let reference = text(volume.find(&keys)).filter(|_| driver.is_some_and(is_for_images));
    if let Some(reference) = reference {
        let path = keys.iter().fold(path.clone(), |path, key| path.key(key));
        let subject = format!("volume `{name}` mounts");
        found.push(Image::new(
            At::whole(path),
            Place::Volume,
            subject,
            reference.to_owned(),
        ));
    }
}

/// Whether a driver says by its name that it mounts images; for others an image is a disk.
fn is_for_images(driver: &str) -> bool {
    driver
        .split(['.', '-'])
        .any(|word| word == "image" || word == "images")
}

/// A step of an Argo workflow holds its containers directly.
fn add_step(template: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let name = template.string("name");
    let mut is_step = false;
    for key in ["container", "script"] {
        if let Some(container) = template.get(key) {
            is_step = true;
            let label = || format!("step `{}`", name.unwrap_or_default());
            add(container, || path.clone().key(key), label, found);
        }
    }
    if let Some(set) = template.get("containerSet") {
        is_step = true;
        add_lists(set, &path.clone().key("containerSet"), found);
    }
    if is_step {
        add_lists(template, path, found);
    }
}

fn add(
    container: Node<'_>,
    path: impl FnOnce() -> ValuePath,
    label: impl FnOnce() -> String,
    found: &mut Vec<Image>,
) {
    if let Some(reference) = text(container.get("image")) {
        let path = path();
        let subject = format!("{} runs", label());
        let at = At::whole(path.clone().key("image"));
        let mut image = Image::new(at, Place::Container, subject, reference.to_owned());
        image.policy = policy(container, "imagePullPolicy", &path);
        found.push(image);
    }
}

fn policy(node: Node<'_>, key: &str, path: &ValuePath) -> Option<(String, At)> {
    let value = text(node.get(key)).filter(|text| !holds_placeholder(text))?;
    Some((value.to_owned(), At::whole(path.clone().key(key))))
}

/// A string that says something.
fn text(node: Option<Node<'_>>) -> Option<&str> {
    node.and_then(Node::as_str)
        .filter(|text| !text.trim().is_empty())
}
