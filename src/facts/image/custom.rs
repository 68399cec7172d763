//! Images in fields of custom resources that a table lists: `policies/images/custom_resources.yaml`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::alone::below;
use super::form::is_registry;
use super::global::Registries;
use super::ground::Ground;
use super::map::{map_image, policy};
use super::{At, Image, Place};
use crate::model::{Data, Node, Part, Resource, Step, ValuePath};

/// Where kinds of an API group name images.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldRow {
    group: String,
    /// The kinds; none means all of the group.
    #[serde(default)]
    kinds: Vec<String>,
    /// Fields that hold a reference or a map of its parts: `[]` is every item, `*` every key, `**`
    /// everything below.
    #[serde(default)]
    images: Vec<String>,
    /// Fields that hold a reference to which the operator adds the tag.
    #[serde(default)]
    unversioned: Vec<String>,
    /// Fields that hold a version or, in its place, a reference.
    #[serde(default)]
    versions: Vec<String>,
    /// References whose tag stands in another field.
    #[serde(default)]
    joined: Vec<Joined>,
    /// Fields that hold a registry, perhaps with a path, to which the operator adds the names.
    #[serde(default)]
    registries: Vec<String>,
    /// Fields that hold a reference behind `oci://`, which may be left out; what is behind another
    /// scheme is no image.
    #[serde(default)]
    addresses: Vec<String>,
}

/// What may stand before a reference that is given as an address.
const SCHEME: &str = "oci://";

/// A reference whose tag stands in another field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Joined {
    image: String,
    tag: String,
}

/// Kinds that speak of images without running any: policies, schemas, what watches a registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PassedRow {
    group: String,
    /// The kinds; none means all of the group and of groups below it.
    #[serde(default)]
    kinds: Vec<String>,
}

/// The table, read when the first custom resource asks for it.
#[derive(Debug)]
pub(crate) struct Fields {
    data: Data,
    rows: OnceLock<(Vec<FieldRow>, Vec<PassedRow>)>,
}

impl Fields {
    /// The table of some data.
    pub(crate) fn lazy(data: Data) -> Self {
        Self {
            data,
            rows: OnceLock::new(),
        }
    }

    /// Whether a kind speaks of images without running any.
    pub(super) fn are_passed(&self, group: &str, kind: &str) -> bool {
        let is_passed = |row: &PassedRow| {
            let is_below = group
                .strip_suffix(row.group.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            is_below && (row.kinds.is_empty() || row.kinds.iter().any(|passed| passed == kind))
        };
        self.rows().1.iter().any(is_passed)
    }

    /// Whether that holds for a kind whose group is not told.
    pub(super) fn are_passed_by_kind(&self, kind: &str) -> bool {
        let mut kinds = self.rows().1.iter().flat_map(|row| &row.kinds);
        kinds.any(|passed| passed == kind)
    }

    /// Adds the images that the table knows in a resource.
    pub(super) fn images(&self, resource: &Resource, found: &mut Vec<Image>) {
        let gvk = &resource.gvk;
        let is_of = |row: &&FieldRow| {
            row.group == gvk.group && (row.kinds.is_empty() || row.kinds.contains(&gvk.kind))
        };
        for row in self.rows().0.iter().filter(is_of) {
            for (fields, is_complete) in [(&row.images, true), (&row.unversioned, false)] {
                for field in fields {
                    add_field(resource, field, is_complete, found);
                }
            }
            for field in &row.versions {
                let mut given = Vec::new();
                add_field(resource, field, true, &mut given);
                found.extend(given.into_iter().filter(|image| image.text.contains('/')));
            }
            for joined in &row.joined {
                add_joined(resource, joined, found);
            }
            for field in &row.registries {
                add_texts(resource, field, of_registry, found);
            }
            for field in &row.addresses {
                add_texts(resource, field, of_address, found);
            }
        }
    }

    fn rows(&self) -> &(Vec<FieldRow>, Vec<PassedRow>) {
        self.rows.get_or_init(|| {
            (
                self.data
                    .table("images.custom_resources")
                    .unwrap_or_default(),
                self.data.table("images.passed").unwrap_or_default(),
            )
        })
    }
}

fn add_field(resource: &Resource, field: &str, is_complete: bool, found: &mut Vec<Image>) {
    let segments = segments(field);
    visit(
        resource.node(),
        &segments,
        &mut ValuePath::default(),
        &mut |node, path| {
            let image = match node.as_str() {
                Some(text) if !text.trim().is_empty() => {
                    Some(with_policy(of_string(text, path), resource))
                }
                Some(_) => None,
                None => of_map(node, path, resource),
            };
            if let Some(mut image) = image {
                image.is_complete = is_complete && (!node.is_mapping() || image.is_complete);
                found.push(image);
            }
        },
    );
}

/// Adds what `image` makes of the texts in a field.
fn add_texts(
    resource: &Resource,
    field: &str,
    image: fn(&str, &ValuePath) -> Option<Image>,
    found: &mut Vec<Image>,
) {
    let (root, segments) = (resource.node(), segments(field));
    visit(
        root,
        &segments,
        &mut ValuePath::default(),
        &mut |node, path| found.extend(node.as_str().and_then(|text| image(text, path))),
    );
}

/// The images of which a registry is told.
fn of_registry(text: &str, path: &ValuePath) -> Option<Image> {
    let start = format!("{}/", text.trim_end_matches('/'));
    let is_told = is_registry(text);
    is_told.then(|| Image {
        place: Place::CustomResource,
        subject: format!("`{path}` names"),
        is_known_field: true,
        ..below(&start, At::whole(path.clone()), None)
    })
}

/// The image behind an address.
fn of_address(text: &str, path: &ValuePath) -> Option<Image> {
    let reference = text.strip_prefix(SCHEME).unwrap_or(text);
    let is_image = !reference.trim().is_empty() && !reference.contains("://");
    let part = Part {
        start: text.len() - reference.len(),
        length: reference.len(),
    };
    is_image.then(|| {
        let mut image = of_string(reference, path);
        image.at.part = (part.start > 0).then_some(part);
        image
    })
}

fn of_string(text: &str, path: &ValuePath) -> Image {
    let subject = format!("`{path}` names");
    let at = At::whole(path.clone());
    Image::new(at, Place::CustomResource, subject, text.to_owned())
}

/// The pull policy beside an image, which the operator hands to the pods that it makes.
fn with_policy(mut image: Image, resource: &Resource) -> Image {
    let mut path = image.at.path.clone();
    path.0.pop();
    if let Some(around) = resource.at(&path) {
        image.policy = policy(around, &ground(resource), &path);
    }
    image
}

fn ground(resource: &Resource) -> Ground<'_> {
    Ground {
        base: ValuePath::default(),
        source: &resource.artifact.text,
        is_string: false,
    }
}

fn of_map(node: Node<'_>, path: &ValuePath, resource: &Resource) -> Option<Image> {
    let mut image = map_image(node, &ground(resource), path, Registries::default(), true)?;
    image.subject = format!("`{path}` names");
    Some(image)
}

fn add_joined(resource: &Resource, joined: &Joined, found: &mut Vec<Image>) {
    let first = |field: &str| {
        let mut at = None;
        visit(
            resource.node(),
            &segments(field),
            &mut ValuePath::default(),
            &mut |node, path| {
                let text = super::written(node, &resource.artifact.text);
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    at = Some((text.to_owned(), path.clone()));
                }
            },
        );
        at
    };
    let Some((name, path)) = first(&joined.image) else {
        return;
    };
    let tag = first(&joined.tag);
    let text = tag
        .as_ref()
        .map_or_else(|| name.clone(), |(tag, _)| format!("{name}:{tag}"));
    let mut image = of_string(&text, &path);
    image.is_complete = tag.is_some();
    image.tag_at = tag.map(|(_, path)| At::whole(path));
    found.push(with_policy(image, resource));
}

/// A step of a field's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment<'a> {
    Key(&'a str),
    AnyKey,
    AnyItem,
    AnyDepth,
}

fn segments(field: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    for word in field.split('.') {
        let key = word.trim_end_matches("[]");
        segments.push(match key {
            "*" => Segment::AnyKey,
            "**" => Segment::AnyDepth,
            _ => Segment::Key(key),
        });
        segments.extend((0..(word.len() - key.len()) / 2).map(|_| Segment::AnyItem));
    }
    segments
}

/// Calls `found` with every value that the segments lead to.
fn visit<'a>(
    node: Node<'a>,
    segments: &[Segment<'_>],
    path: &mut ValuePath,
    found: &mut dyn FnMut(Node<'a>, &ValuePath),
) {
    let Some((segment, rest)) = segments.split_first() else {
        return found(node, path);
    };
    match segment {
        Segment::Key(key) => {
            if let Some(value) = node.get(key) {
                visit_below(value, Step::Key((*key).to_owned()), rest, path, found);
            }
        }
        Segment::AnyDepth => {
            visit(node, rest, path, found);
            for (key, value) in node.entries().filter(|(_, value)| value.scalar().is_none()) {
                let key = key.as_str().unwrap_or_default().to_owned();
                visit_below(value, Step::Key(key), segments, path, found);
            }
            for (index, item) in node.items().enumerate() {
                visit_below(item, Step::Index(index), segments, path, found);
            }
        }
        Segment::AnyKey => {
            for (key, value) in node.entries() {
                let key = key.as_str().unwrap_or_default().to_owned();
                visit_below(value, Step::Key(key), rest, path, found);
            }
        }
        Segment::AnyItem => {
            for (index, item) in node.items().enumerate() {
                visit_below(item, Step::Index(index), rest, path, found);
            }
        }
    }
}

fn visit_below<'a>(
    node: Node<'a>,
    step: Step,
    segments: &[Segment<'_>],
    path: &mut ValuePath,
    found: &mut dyn FnMut(Node<'a>, &ValuePath),
) {
    path.0.push(step);
    visit(node, segments, path, found);
    path.0.pop();
}
