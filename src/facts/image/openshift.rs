//! What OpenShift adds: image streams and builds that take images in, and triggers that put the
//! image of a stream in the place of a container's. An object stands alone or in a Template.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::template::{is_openshift, is_template, object_of, objects};
use super::keyed::visit_keyed;
use super::reference::bare_name;
use super::{At, Image, Place};
use crate::model::{Node, Part, Resource, Step, ValuePath};

/// Kinds whose `from` names an image of a registry, where its own kind says so.
const KINDS: [&str; 5] = [
    "ImageStream",
    "ImageStreamImport",
    "ImageStreamTag",
    "BuildConfig",
    "Build",
];
/// Where a build holds a Dockerfile.
const DOCKERFILE: [&str; 2] = ["source", "dockerfile"];
/// The kind of a `from` that names an image of a registry; others name streams of the cluster.
const OF_REGISTRY: &str = "DockerImage";
/// The annotation that gives other workloads what a DeploymentConfig has as triggers.
const TRIGGERS: &str = "image.openshift.io/triggers";

/// The annotation with which names of images are looked up in streams.
const LOOKED_UP: &str = "alpha.image.policy.openshift.io/resolve-names";

/// The images that image streams and builds take in.
pub(super) fn images(resource: &Resource, found: &mut Vec<Image>) {
    if !is_openshift(resource) {
        return;
    }
    for (object, path) in objects(resource) {
        let kind = object.string("kind").unwrap_or_default();
        // A tag of a stream says outside of a spec what it is.
        let key = if kind == "ImageStreamTag" {
            "tag"
        } else {
            "spec"
        };
        let Some(spec) = object.get(key).filter(|_| KINDS.contains(&kind)) else {
            continue;
        };
        let mut path = path.key(key);
        of_dockerfile(spec, &path, found);
        let repository = spec
            .string("dockerImageRepository")
            .filter(|text| !text.is_empty());
        if let Some(repository) = repository {
            // The stream takes in every tag of it.
            let mut image = named(repository, path.clone().key("dockerImageRepository"));
            image.is_complete = false;
            found.push(image);
        }
        visit_keyed(
            spec,
            "from",
            Node::is_mapping,
            &mut path,
            &mut |from, path| {
                let name = from.string("name").filter(|name| !name.is_empty());
                let kind = from.string("kind").map(|kind| filled(resource, kind));
                if let Some(name) = name.filter(|_| kind == Some(OF_REGISTRY)) {
                    found.push(named(name, path.clone().key("name")));
                }
            },
        );
    }
}

/// The images that the Dockerfile which a build holds itself starts from; what stands in the place of the last one
/// is told by itself.
fn of_dockerfile(spec: Node<'_>, path: &ValuePath, found: &mut Vec<Image>) {
    let Some(text) = spec.find(&DOCKERFILE).and_then(Node::as_str) else {
        return;
    };
    let mut bases = bases(text);
    if spec.find(&["strategy", "dockerStrategy", "from"]).is_some() {
        bases.pop();
    }
    for base in bases.into_iter().flatten() {
        let path = DOCKERFILE
            .iter()
            .fold(path.clone(), |path, key| path.key(key));
        let mut image = named(base, path);
        image.at.part = Some(Part::within(text, base));
        found.push(image);
    }
}

/// What each stage of a Dockerfile starts from, if that is an image and written out.
fn bases(text: &str) -> Vec<Option<&str>> {
    let mut stages = vec!["scratch"];
    let mut bases = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if !words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("from"))
        {
            continue;
        }
        let mut words = words.skip_while(|word| word.starts_with("--"));
        let base = words.next();
        bases.push(base.filter(|base| !stages.contains(base) && !base.contains('$')));
        stages.extend(words.nth(1));
    }
    bases
}

/// The image that a `from` takes in, where its own kind says that a registry has it; values of charts
/// hold such ones, too.
pub(super) fn taken_in(from: Node<'_>) -> Option<(Node<'_>, &str)> {
    let name = from.get("name")?;
    let is_of_registry = from.string("kind") == Some(OF_REGISTRY);
    let reference = name.as_str().filter(|name| !name.is_empty())?;
    is_of_registry.then_some((name, reference))
}

/// A text, or what the parameter of a Template is given that it consists of.
fn filled<'a>(resource: &'a Resource, written: &'a str) -> &'a str {
    let parameter = written
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    let parameters = resource.node().get("parameters");
    let given = parameters
        .into_iter()
        .flat_map(Node::items)
        .find(|one| parameter.is_some() && one.string("name") == parameter);
    given.and_then(|one| one.string("value")).unwrap_or(written)
}

/// Marks the containers for which a trigger puts in the image of a stream. The registry of a valid
/// reference with a path stays: what it holds runs wherever no trigger works.
pub(super) fn mark_triggered(resource: &Resource, found: &mut [Image]) {
    if !resource.node().text().contains("ImageStreamTag") {
        return;
    }
    for (object, path) in objects(resource) {
        let names = triggered(object);
        let of_object = found.iter_mut().filter(|image| {
            image.place == Place::Container && image.at.path.steps().starts_with(path.steps())
        });
        for image in of_object {
            let mut container = image.at.path.clone();
            container.0.pop();
            let name = resource
                .at(&container)
                .and_then(|container| container.string("name"));
            let position = container.steps().iter().rev().find_map(|step| match step {
                Step::Index(index) => Some(index.to_string()),
                Step::Key(_) => None,
            });
            let is_fed = |name: &str| names.contains(name);
            if name.is_some_and(is_fed) || position.as_deref().is_some_and(is_fed) {
                let is_path = image.text.contains('/') && image.reference.is_valid();
                image.replace(!is_path, true);
            }
        }
    }
}

/// Leaves the registry to the streams of a Template that give its containers their images: where the stream
/// lets names be looked up in it, or the pod asks for that.
pub(super) fn mark_looked_up(resource: &Resource, found: &mut [Image]) {
    let words = resource.node().text();
    if !is_template(resource) || !words.contains("ImageStream") {
        return;
    }
    let objects = objects(resource);
    let streams = objects.iter().map(|(object, _)| *object);
    let streams = streams.filter(|object| object.string("kind") == Some("ImageStream"));
    let streams: Vec<(&str, bool)> = streams.filter_map(stream).collect();
    // Fields of what a Template holds are found by their form, too.
    let in_objects = [Place::Container, Place::CustomResource];
    let images = found.iter_mut();
    for image in images.filter(|one| in_objects.contains(&one.place)) {
        let name = bare_name(&image.text);
        let own = streams.iter().find(|(stream, _)| *stream == name);
        if own.is_some_and(|(_, is_open)| *is_open || asks_streams(resource, image)) {
            image.is_registry_elsewhere = true;
        }
    }
}

/// The name of a stream, and whether it lets names be looked up in it.
fn stream(object: Node<'_>) -> Option<(&str, bool)> {
    let is_open = object.find(&["spec", "lookupPolicy", "local"]);
    let name = object.find(&["metadata", "name"])?.as_str()?;
    Some((name, is_open.and_then(Node::as_bool) == Some(true)))
}

/// Whether the pod of an image, or what makes it, asks for names to be looked up in streams.
fn asks_streams(resource: &Resource, image: &Image) -> bool {
    let is_around = |pod: &&ValuePath| image.at.path.steps().starts_with(pod.steps());
    let mut pods = resource.pod_templates.iter();
    let pod = pods.find(is_around).and_then(|path| resource.at(path));
    let object = resource.at(&object_of(resource, &image.at.path));
    let holders = [pod, object].into_iter().flatten();
    let mut asked = holders.filter_map(|one| one.find(&["metadata", "annotations", LOOKED_UP]));
    asked.any(|value| value.as_str() == Some("*"))
}

/// The names of the containers that an object's triggers feed.
fn triggered(object: Node<'_>) -> BTreeSet<String> {
    let annotation = object.find(&["metadata", "annotations", TRIGGERS]);
    let annotated = annotation.and_then(Node::as_str).map(of_annotation);
    let triggers = object.find(&["spec", "triggers"]);
    let parameters = triggers
        .into_iter()
        .flat_map(Node::items)
        .filter(|trigger| trigger.string("type") == Some("ImageChange"))
        .filter_map(|trigger| trigger.get("imageChangeParams"));
    let names = parameters
        .filter_map(|parameters| parameters.get("containerNames"))
        .flat_map(Node::items)
        .filter_map(Node::as_str)
        .map(str::to_owned);
    names.chain(annotated.into_iter().flatten()).collect()
}

/// `[{"from": …, "fieldPath": "spec.template.spec.containers[?(@.name==\"web\")].image"}]`, or
/// `…containers[0].image`: names or positions.
fn of_annotation(text: &str) -> Vec<String> {
    let triggers: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let is_paused = |trigger: &Value| {
        matches!(&trigger["paused"], Value::Bool(true)) || trigger["paused"] == "true"
    };
    let name = |trigger: &Value| {
        let (_, index) = trigger["fieldPath"].as_str()?.rsplit_once('[')?;
        let (index, _) = index.split_once(']')?;
        let name = index
            .strip_prefix("?(@.name==")
            .map(|name| name.trim_end_matches(')'));
        Some(name.unwrap_or(index).trim_matches(['"', '\'']).to_owned())
    };
    let running = triggers.iter().filter(|trigger| !is_paused(trigger));
    running.filter_map(name).collect()
}

fn named(reference: &str, path: ValuePath) -> Image {
    let subject = format!("`{path}` names");
    Image::new(
        At::whole(path),
        Place::CustomResource,
        subject,
        reference.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_start_from_images_and_from_stages() {
        let text = "ARG A=1\nFROM --platform=linux/amd64 quay.io/shop/a:1 AS build\nRUN echo FROM b\nfrom build\nFROM scratch\nFROM $A\nFROM shop/c\n";
        let told = [Some("quay.io/shop/a:1"), None, None, None, Some("shop/c")];
        assert_eq!(bases(text), told);
    }
}
