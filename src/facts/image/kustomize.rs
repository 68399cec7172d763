//! The images that kustomizations put in the place of others, and those that their patches name.

use super::argument::{assignment, names_argument};
use super::custom::Fields;
use super::entry::{self, IMAGES};
use super::form::{is_hosted, is_listed};
use super::ground::{Ground, Owner};
use super::keyed::visit_keyed;
use super::patched::LISTS;
use super::reference::{Reference, bare_name};
use super::shape::of_string;
use super::targeted::is_passed;
use super::{At, Image, Place, ReadYaml};
use crate::model::{Node, Part, Resource, ValuePath};

/// Images that a kustomization names.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    for key in IMAGES {
        let list = resource.node().get(key);
        of_list(resource, list, &ValuePath::from_iter([key]), found);
    }
}

/// Images that a Kustomization of Flux names.
pub(super) fn images_of_flux(resource: &Resource, found: &mut Vec<Image>) {
    let list = resource.node().find(&["spec", "images"]);
    of_list(
        resource,
        list,
        &ValuePath::from_iter(["spec", "images"]),
        found,
    );
}

/// Images that the kustomizations of an Application, or behind the charts of Flux, name.
pub(super) fn images_of_release(resource: &Resource, found: &mut Vec<Image>) {
    visit_keyed(
        resource.node(),
        "kustomize",
        Node::is_mapping,
        &mut ValuePath::default(),
        &mut |map, path| {
            let path = path.clone().key("images");
            of_list(resource, map.get("images"), &path, found);
        },
    );
}

/// Images in patches that stand in a kustomization itself, in one of Flux or in what Argo CD and
/// charts of Flux hand to kustomize; not in those of what runs none.
pub(super) fn of_patches(
    resource: &Resource,
    fields: &Fields,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let root = resource.node();
    let mut patches = |node, path: &ValuePath| of_patch_lists(node, path, fields, read_yaml, found);
    match root.get("spec") {
        Some(spec) => {
            patches(spec, &ValuePath::from_iter(["spec"]));
            let path = &mut ValuePath::default();
            visit_keyed(root, "kustomize", Node::is_mapping, path, &mut patches);
        }
        None => patches(root, &ValuePath::default()),
    }
}

fn of_patch_lists(
    node: Node<'_>,
    path: &ValuePath,
    fields: &Fields,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    for key in LISTS {
        let patches = node.get(key).into_iter().flat_map(Node::items);
        for (index, patch) in patches.enumerate() {
            let base = path.clone().key(key).index(index);
            let (text, base) = match patch.get("patch") {
                Some(text) => (text, base.key("patch")),
                None => (patch, base),
            };
            let is_passed = is_passed(patch, fields)
                || target_kind(patch, text, read_yaml)
                    .is_some_and(|kind| fields.are_passed_by_kind(&kind));
            if !is_passed && text.as_str().is_some_and(is_inline) {
                let owner = Owner::CustomResource;
                of_string(text, "", base.clone(), owner, read_yaml, found);
                of_operations(text, &base, read_yaml, found);
            }
        }
    }
}

/// What a Kustomization of Flux puts in the place of variables whose names say image.
pub(super) fn of_substitutes(resource: &Resource, found: &mut Vec<Image>) {
    let keys = ["spec", "postBuild", "substitute"];
    let variables = resource.node().find(&keys).into_iter();
    for (key, value) in variables.flat_map(Node::entries) {
        let (Some(key), Some(text)) = (key.as_str(), value.as_str()) else {
            continue;
        };
        if key.to_ascii_lowercase().ends_with("image") && is_listed(text) {
            let at = At::whole(ValuePath::from_iter(keys).key(key));
            let subject = format!("the variable `{key}` names");
            found.push(Image::new(at, Place::Kustomize, subject, text.to_owned()));
        }
    }
}

/// The kind that a patch is for: its target says it, or its text.
fn target_kind(patch: Node<'_>, text: Node<'_>, read_yaml: ReadYaml) -> Option<String> {
    let kind = |node: Node<'_>| Some(node.get("kind")?.as_str()?.to_owned());
    let of_text = || {
        read_yaml(text.as_str()?)
            .first()
            .and_then(|tree| kind(tree.root()?))
    };
    patch.get("target").and_then(kind).or_else(of_text)
}

/// `{op: replace, path: …/image, value: …}`, or a value that is an argument naming an image.
fn of_operations(text: Node<'_>, base: &ValuePath, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let source = text.as_str().unwrap_or_default();
    let ground = Ground {
        base: base.clone(),
        source,
        is_string: true,
    };
    for tree in read_yaml(source) {
        let operations = tree.root().into_iter().flat_map(Node::items);
        found.extend(operations.filter_map(|operation| {
            of_operation(operation, |value| ground.at(&ValuePath::default(), value))
        }));
    }
}

/// The image that an operation of a JSON patch puts into a field, or hands on as an argument.
fn of_operation(operation: Node<'_>, at: impl Fn(Node<'_>) -> At) -> Option<Image> {
    let target = operation.string("path")?;
    let value = operation.get("value")?;
    let text = value.as_str().filter(|text| !text.trim().is_empty())?;
    if target.ends_with("/image") {
        let subject = format!("the patch of `{target}` names");
        let place = Place::Kustomize;
        return Some(Image::new(at(value), place, subject, text.to_owned()));
    }
    if is_variable(target) && is_hosted(text) && is_listed(text) {
        let subject = format!("the patch of `{target}` names");
        let place = Place::Environment;
        return Some(Image::new(at(value), place, subject, text.to_owned()));
    }
    let (flag, reference) = assignment(text)?;
    let at = at(value);
    let end = at
        .part
        .map_or(text.len(), |whole| whole.start + whole.length);
    let part = Part {
        start: end - reference.len(),
        length: reference.len(),
    };
    let at = At {
        part: Some(part),
        ..at
    };
    let subject = names_argument(flag);
    Some(Image::new(
        at,
        Place::Argument,
        subject,
        reference.to_owned(),
    ))
}

/// Whether a kustomization speaks of a container's variable by its path.
pub(super) fn names_variable(resource: &Resource) -> bool {
    resource.node().text().contains("/env/")
}

/// Whether an operation is about the value of a container's variable.
fn is_variable(target: &str) -> bool {
    target.contains("/env/") && target.ends_with("/value")
}

/// The image that an operation of a JSON patch in a file of its own names.
pub(super) fn of_patch_file(resource: &Resource, found: &mut Vec<Image>) {
    let at = |_: Node<'_>| At::whole(ValuePath::from_iter(["value"]));
    found.extend(of_operation(resource.node(), at));
}

/// Whether a patch is written out, and not the path of a file.
fn is_inline(text: &str) -> bool {
    text.contains('\n') || text.trim_start().starts_with(['[', '{'])
}

fn of_list(resource: &Resource, list: Option<Node<'_>>, path: &ValuePath, found: &mut Vec<Image>) {
    let ground = Ground {
        base: ValuePath::default(),
        source: &resource.artifact.text,
        is_string: false,
    };
    for (index, item) in list.into_iter().flat_map(Node::items).enumerate() {
        let path = path.clone().index(index);
        found.extend(match item.as_str() {
            Some(text) => of_override(text, path),
            None => entry::image(item, &ground, &path),
        });
    }
}

/// Argo CD's short form: `old=new:tag`, or `image:tag`.
fn of_override(text: &str, path: ValuePath) -> Option<Image> {
    let (old, reference) = text.split_once('=').unwrap_or((text, text));
    let subject = format!(
        "the kustomization puts in the place of `{}`",
        bare_name(old)
    );
    let mut image = Image::new(
        At::whole(path),
        Place::Kustomize,
        subject,
        reference.to_owned(),
    );
    image.is_complete = image.reference.is_versioned();
    // No object holds a name of which a part is to be filled in.
    let is_own = image.reference.is_placeholder && Reference::names_registry(text);
    image.is_registry_elsewhere = !text.contains('=') && !is_own;
    (!reference.is_empty()).then_some(image)
}
