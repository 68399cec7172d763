//! Images that are handed on: variables and arguments that tell an operator which image to run,
//! and entries of a ConfigMap. How an `argument` does so is told there.

use super::argument::arguments;
use super::beside::sibling_tag;
use super::form::{is_image, is_official, is_well_known, may_name_images};
use super::ground::Owner;
use super::key::{is_pushed, lists_images};
use super::keyed::visit_keyed;
use super::reference::Reference;
use super::runner;
use super::shape::of_string;
use super::variable::{
    Variables, hands_on, is_certain_name, is_variable, listed, mark_whole, names_variable,
    variables,
};
use super::{At, Image, Place, ReadYaml, pod};
use crate::facts::gate::{Topic, Topics};
use crate::model::{Node, Resource, Role, ValuePath};

/// What variables and arguments of a resource's containers hand on, if its topics say that some do.
pub(super) fn of_pods(
    resource: &Resource,
    topics: Topics,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    if resource.pod_templates.is_empty() {
        return;
    }
    let hands_on = topics.has(Topic::HandedImages);
    for path in &resource.pod_templates {
        if let Some(template) = resource.at(path) {
            pod::visit_containers(template, path, &mut |container, path| {
                if hands_on {
                    of_container(container, &path, found);
                }
                of_documents(container, &path, read_yaml, found);
                of_scripts(container, &path, read_yaml, found);
            });
        }
    }
}

/// Images in what a variable holds: an object, or settings in YAML or JSON.
fn of_documents(
    container: Node<'_>,
    path: &ValuePath,
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let entries = container.get("env").into_iter().flat_map(Node::items);
    for (index, entry) in entries.enumerate() {
        let Some(value) = entry.get("value") else {
            continue;
        };
        of_runner(entry, &path.clone().key("env").index(index), found);
        if value.as_str().is_some_and(may_name_images) {
            let name = entry.string("name").unwrap_or_default();
            let base = path.clone().key("env").index(index).key("value");
            of_held(
                value,
                base,
                (&format!("the variable `{name}`"), Owner::CustomResource),
                read_yaml,
                found,
            );
        }
    }
}

/// Images of objects that scripts apply.
fn of_scripts(container: Node<'_>, path: &ValuePath, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    for key in ["command", "args"] {
        let words = container.get(key).into_iter().flat_map(Node::items);
        for (index, word) in words.enumerate() {
            let applies = |text: &str| text.contains("<<") && may_name_images(text);
            if word.as_str().is_some_and(applies) {
                let base = path.clone().key(key).index(index);
                of_held(
                    word,
                    base,
                    ("the script", Owner::CustomResource),
                    read_yaml,
                    found,
                );
            }
        }
    }
}

fn of_container(container: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let entries = || container.get("env").into_iter().flat_map(Node::items);
    let around = Variables::of(container);
    for (index, node) in entries().enumerate() {
        for (value, part, name) in variables(node) {
            let text = value.as_str().unwrap_or_default();
            let at = At {
                path: path.clone().key("env").index(index).key("value"),
                part: Some(part),
            };
            let text = &text[part.start..part.start + part.length];
            add(at, text, Place::Environment, names_variable(name), found);
            mark_whole(name, found);
            if !around.version(name, text) {
                mark_hosted(found);
                if let Some(image) = found.last_mut() {
                    image.is_complete |= is_certain_name(name, text);
                }
            }
            if let Some(image) = found.last_mut() {
                image.is_registry_elsewhere = around.registry(name, text);
            }
        }
    }
    for key in ["command", "args"] {
        let Some(list) = container.get(key) else {
            continue;
        };
        for argument in arguments(list) {
            let Some(text) = list.items().nth(argument.index).and_then(Node::as_str) else {
                continue;
            };
            let at = At {
                path: path.clone().key(key).index(argument.index),
                part: Some(argument.part),
            };
            let text = &text[argument.part.range()];
            add(at, text, Place::Argument, argument.subject, found);
            let is_version_beside = |flag| Variables::with_flags(container).version(flag, text);
            if argument.flag.is_some_and(|flag| !is_version_beside(flag)) {
                mark_hosted(found);
            }
        }
    }
}

/// The entry in which Knative shows what may be set, and which it never reads.
const SHOWN: &str = "_example";

/// Entries of a ConfigMap whose key says image and whose value names one with path and version, or
/// that is called as a variable is, and images in YAML that an entry holds.
pub(super) fn of_config_map(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let Some(data) = resource.node().get("data") else {
        return;
    };
    for (key, value) in data.entries() {
        let (Some(key), Some(text)) = (key.as_str(), value.as_str()) else {
            continue;
        };
        if key == SHOWN || is_object_of_file(resource, text) {
            continue;
        }
        let is_key = key.to_ascii_lowercase().ends_with("image") && !is_pushed(key);
        let is_named = is_key && text.contains('/') && is_image(text.trim(), false);
        // A bare name is what a script calls an image that it builds.
        let is_known = text.contains('/') || is_well_known(text) || is_official(text);
        if is_named || (is_variable(key) && is_known && hands_on(key, text)) {
            let at = At::whole(ValuePath::from_iter(["data", key]));
            add(at, text.trim(), Place::Config, names_entry(key), found);
            mark_whole(key, found);
            if sibling_tag(data, key, &resource.artifact.text).is_none() {
                mark_hosted(found);
            }
        } else if lists_images(key) && !text.contains(": ") {
            for part in listed(text) {
                let at = At {
                    path: ValuePath::from_iter(["data", key]),
                    part: Some(part),
                };
                let text = &text[part.start..part.start + part.length];
                add(at, text, Place::Config, names_entry(key), found);
            }
        } else if may_name_images(text) {
            let base = ValuePath::from_iter(["data", key]);
            // What a release takes its values from.
            let owner = match is_called_values(key) {
                true => Owner::Values,
                false => Owner::CustomResource,
            };
            // What has no name stands for a file that nothing makes an object of.
            let is_file = resource.role == Role::Values && resource.identity.name.is_empty();
            let what = if is_file { "file" } else { "entry" };
            let holder = format!("the {what} `{key}`");
            of_held(value, base, (&holder, owner), read_yaml, found);
        }
    }
}

/// Whether an entry that a generator made is a whole file with an object, which is told as what it is.
fn is_object_of_file(resource: &Resource, text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    let built = resource.artifact.provenance.as_ref();
    let built = built.filter(|built| built.is_of_manifests());
    built.is_some_and(|built| {
        let mut sources = built.written().map(|place| &place.artifact.text);
        has("apiVersion:")
            && has("kind:")
            && sources.any(|source| source.trim_end() == text.trim_end())
    })
}

/// Whether an entry is called as a file of values is.
fn is_called_values(key: &str) -> bool {
    key.ends_with("values.yaml") || key.ends_with("values.yml")
}

/// Images of the objects in files that Cluster API puts onto a node, such as those of static pods.
pub(super) fn of_node_files(resource: &Resource, read_yaml: ReadYaml, found: &mut Vec<Image>) {
    let mut path = ValuePath::default();
    visit_keyed(
        resource.node(),
        "files",
        Node::is_sequence,
        &mut path,
        &mut |files, path| {
            for (index, file) in files.items().enumerate() {
                let text = |key| file.string(key);
                let holds_object = |text: &str| text.contains("image: ") && text.contains("kind: ");
                let name = text("path").unwrap_or_default();
                if let Some(content) = file
                    .get("content")
                    .filter(|_| text("content").is_some_and(holds_object))
                {
                    let base = path.clone().index(index).key("content");
                    of_held(
                        content,
                        base,
                        (&format!("the file `{name}`"), Owner::CustomResource),
                        read_yaml,
                        found,
                    );
                }
            }
        },
    );
}

/// Images in YAML that a resource holds as a string, whose holder is what messages call it.
pub(super) fn of_held(
    text: Node<'_>,
    base: ValuePath,
    (holder, owner): (&str, Owner),
    read_yaml: ReadYaml,
    found: &mut Vec<Image>,
) {
    let before = found.len();
    of_string(text, "", base, owner, read_yaml, found);
    for image in &mut found[before..] {
        image.place = Place::Config;
        image.subject = format!("{holder}: {}", image.subject);
    }
}

/// Marks what was added without a tag as complete where it names its registry, as nothing beside it
/// gives one.
fn mark_hosted(found: &mut [Image]) {
    if let Some(image) = found.last_mut() {
        image.is_complete |= Reference::names_registry(&image.text);
    }
}

pub(super) fn add(at: At, text: &str, place: Place, subject: String, found: &mut Vec<Image>) {
    let mut image = Image::new(at, place, subject, text.to_owned());
    image.is_complete = image.reference.is_versioned();
    image.is_known_field = false;
    found.push(image);
}

/// What the labels that a variable gives to a runner name.
fn of_runner(entry: Node<'_>, at: &ValuePath, found: &mut Vec<Image>) {
    let text = |key| entry.string(key).unwrap_or_default();
    if text("name").ends_with(runner::VARIABLE) {
        let at = At::whole(at.clone().key("value"));
        found.extend(runner::of_labels(text("value"), &at));
    }
}

/// What a message calls an entry of a ConfigMap or a Secret.
pub(super) fn names_entry(key: &str) -> String {
    format!("the entry `{key}` names")
}
