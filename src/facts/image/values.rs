//! Where charts get values: values files, Flux' HelmRelease, Argo CD's Application, the charts of
//! k3s and of kustomizations. What is an image in them is told by its form.

use std::collections::BTreeMap;

use super::alone::is_word;
use super::beside::speaks_of_version;
use super::form::{is_hosted, is_registry};
use super::ground::{Ground, Owner};
use super::keyed::visit_keyed;
use super::named::REST;
use super::printed;
use super::shape::{PART_KEYS, of_string, walk};
use super::{At, Image, Place, ReadYaml, kustomize, written};
use crate::model::{Node, Resource, Step, ValuePath};

/// Ends of a parameter's name that say which part of a reference its value is.
const PARTS: [(&str, Part); 9] = [
    (".repository", Part::Repository),
    (".registry", Part::Registry),
    (".tag", Part::Tag),
    (".tagOverride", Part::Tag),
    ("Repository", Part::Repository),
    ("Registry", Part::Registry),
    ("Tag", Part::Tag),
    (".digest", Part::Digest),
    ("", Part::Whole),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Repository,
    Registry,
    Tag,
    Digest,
    Whole,
}

/// Images in a chart's values file. Where all of a chart's own values say nothing of a version, an image
/// in full has none.
pub(super) fn of_file(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let before = found.len();
    let root = resource.node();
    of_map(resource, root, ValuePath::default(), read_yaml, found);
    if resource.artifact.is_argo_source() {
        of_release(resource, read_yaml, found);
        kustomize::images_of_release(resource, found);
    }
    printed::images(resource, found);
    leave_idle(resource, found);
    let uri = &resource.artifact.uri;
    if !["values.yaml", "values.yml"]
        .iter()
        .any(|end| uri.ends_with(end))
        || tells_version(root)
    {
        return;
    }
    for image in &mut found[before..] {
        let is_whole =
            matches!(image.at.path.steps().last(), Some(Step::Key(key)) if key == "image");
        image.is_complete |= is_whole && is_hosted(&image.text);
    }
}

/// Leaves out what no template takes: images, and pull policies beside others. A name may be taken without
/// the registry beside it.
fn leave_idle(resource: &Resource, found: &mut Vec<Image>) {
    let is_idle = |path: &ValuePath| {
        let mut name = String::new();
        let mut keys = path.steps().iter().map_while(|step| match step {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        });
        keys.any(|key| {
            name.push_str(key);
            let is_idle = resource.idle_keys.contains(&name);
            name.push('.');
            is_idle
        })
    };
    let is_part = |path: &ValuePath| {
        let last = path.steps().last();
        path.steps().len() > 1
            && matches!(last, Some(Step::Key(key)) if PART_KEYS.contains(&key.as_str()))
    };
    if resource.idle_keys.is_empty() {
        return;
    }
    found.retain(|image| {
        let mut around = image.at.path.clone();
        if is_part(&around) {
            around.0.pop();
        }
        !is_idle(&around)
    });
    for image in found {
        image.policy = image.policy.take().filter(|(_, at)| !is_idle(&at.path));
    }
}

/// Whether a key says that it is a tag or a version, anywhere in some values.
fn tells_version(node: Node<'_>) -> bool {
    let mut entries = node.entries().map(|(_, value)| value).chain(node.items());
    speaks_of_version(node) || entries.any(tells_version)
}

/// Images in the values that an object of Flux, Argo CD or k3s hands to a chart.
pub(super) fn of_release(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let root = resource.node();
    if let Some(values) = root.find(&["spec", "values"]) {
        of_map(
            resource,
            values,
            ValuePath::from_iter(["spec", "values"]),
            read_yaml,
            found,
        );
    }
    if let Some(text) = root.find(&["spec", "valuesContent"]) {
        of_text(
            text,
            ValuePath::from_iter(["spec", "valuesContent"]),
            read_yaml,
            found,
        );
    }
    visit_keyed(
        root,
        "helm",
        Node::is_mapping,
        &mut ValuePath::default(),
        &mut |helm, path| {
            if let Some(values) = helm.get("valuesObject") {
                of_map(
                    resource,
                    values,
                    path.clone().key("valuesObject"),
                    read_yaml,
                    found,
                );
            }
            if let Some(text) = helm.get("values") {
                of_text(text, path.clone().key("values"), read_yaml, found);
            }
            if let Some(list) = helm.get("parameters") {
                of_parameters(resource, list, &path.clone().key("parameters"), found);
            }
        },
    );
}

/// Images in the values of a kustomization's charts.
pub(super) fn of_inline_charts(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let charts = resource.node().get("helmCharts");
    for (index, chart) in charts.into_iter().flat_map(Node::items).enumerate() {
        if let Some(values) = chart.get("valuesInline") {
            let path = ValuePath::from_iter(["helmCharts"])
                .index(index)
                .key("valuesInline");
            of_map(resource, values, path, read_yaml, found);
        }
    }
}

/// Images in the manifests that steps of Argo's workflows apply.
pub(super) fn of_manifests(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    visit_keyed(
        resource.node(),
        "resource",
        Node::is_mapping,
        &mut ValuePath::default(),
        &mut |step, path| {
            if let Some(text) = step.get("manifest") {
                let base = path.clone().key("manifest");
                of_string(text, "", base, Owner::CustomResource, read_yaml, found);
            }
        },
    );
}

fn of_map(
    resource: &Resource,
    values: Node<'_>,
    base: ValuePath,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let ground = Ground {
        base,
        source: &resource.artifact.text,
        is_string: false,
    };
    walk(values, "", &ground, Owner::Values, read_yaml, found);
}

fn of_text(node: Node<'_>, base: ValuePath, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    of_string(node, "", base, Owner::Values, read_yaml, found);
}

/// Parameters whose names differ in their last part only make one reference.
fn of_parameters(resource: &Resource, list: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    type Given<'a> = BTreeMap<Part, (&'a str, ValuePath)>;
    let mut images: BTreeMap<&str, Given<'_>> = BTreeMap::new();
    for (index, parameter) in list.items().enumerate() {
        let name = parameter
            .get("name")
            .and_then(Node::as_str)
            .unwrap_or_default();
        let value = parameter.get("value");
        let text = value.and_then(|value| written(value, &resource.artifact.text));
        let end = PARTS.iter().find(|(end, _)| name.ends_with(end));
        let (Some(text), Some((end, part))) = (text.filter(|text| !text.is_empty()), end) else {
            continue;
        };
        let prefix = &name[..name.len() - end.len()];
        if prefix.to_ascii_lowercase().ends_with("image") {
            let path = path.clone().index(index).key("value");
            images
                .entry(prefix)
                .or_default()
                .insert(*part, (text, path));
        }
    }
    for (prefix, given) in images {
        let tag = given.get(&Part::Tag);
        let registry = given.get(&Part::Registry);
        let name = given.get(&Part::Repository).or(given.get(&Part::Whole));
        // What stands alone is told where it says enough.
        let host = registry.filter(|(host, _)| is_registry(host));
        let word = tag.filter(|(tag, _)| is_word(tag));
        let Some((first, name_path)) = name.or(host).or(word) else {
            continue;
        };
        let name = if name.is_some() { first } else { REST };
        let mut text = registry.map_or_else(String::new, |(host, _)| format!("{host}/"));
        text.push_str(name);
        if let Some((tag, _)) = tag {
            text = format!("{text}:{tag}");
        }
        if let Some((digest, _)) = given.get(&Part::Digest) {
            text = format!("{text}@{digest}");
        }
        let at = registry.map_or(name_path, |(_, path)| path);
        let subject = format!("the parameters name at `{prefix}`");
        let mut image = Image::new(At::whole(at.clone()), Place::Values, subject, text);
        image.is_known_field = false;
        image.is_complete = image.reference.is_versioned();
        image.tag_at = tag.map(|(_, path)| At::whole(path.clone()));
        if image.reference.is_valid() || image.reference.is_placeholder {
            found.push(image);
        }
    }
}
