//! Documents of manifests and values to resources: whole ones, those of templates with actions, and what
//! can be read of broken ones.

use std::path::Path;
use std::sync::Arc;

use super::ansible;
use super::chart::is_chart;
use super::collect::is_commented_json;
use super::dependency::{may_be_sbom, packages_by_shape};
use super::document::{Broken, Document, Stream, read_yaml};
use super::helmfile;
use super::idle::Templates;
use super::inline;
use super::json::read_json;
use super::mend::{first_of_each, run_together, without_broken_lines};
use super::outline::{outline, outline_of_unmade};
use super::package::{FileKind, package_resources};
use super::pipeline;
use super::place::region;
use super::reading::{Class, Read};
use super::resource::{Context, build_file, name_as_written, resources, values};
use super::settings;
use super::shape_of_values::is_of_values;
use super::tested;
use super::tried::{is_beside_tests, is_test, is_tried};
use crate::model::{Artifact, Node, Notice, Role, Span};

/// What stands literally in a template with actions; where lines do not fit together, as those of two
/// branches do not, without these. What its actions break is told where the chart is said to be not
/// rendered.
pub(super) fn outlined(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    if let Some(outline) = outline(&artifact.text) {
        literal(artifact, &outline, name, read);
    }
}

/// The objects of an outline of a text; where its lines do not fit together, as far as they do.
pub(super) fn literal(artifact: &Arc<Artifact>, outline: &str, name: &str, read: &mut Read) {
    as_outlines(artifact, readable_documents(outline, name), read);
}

/// The documents of a text; where its lines do not fit together, as far as they do.
pub(super) fn readable_documents(text: &str, name: &str) -> Vec<Document> {
    let stream = documents(text, name);
    let broken = first_of_each(text, &stream.broken);
    let mended = broken.flat_map(|broken| without_broken_lines(text, broken).0);
    stream.documents.into_iter().chain(mended).collect()
}

/// The objects of some documents, of which no more is known than what stands in them.
pub(super) fn as_outlines(artifact: &Arc<Artifact>, documents: Vec<Document>, read: &mut Read) {
    for document in documents {
        resources(artifact, document, &Context::default(), &mut read.resources);
    }
    read.resources.retain(|one| one.role == Role::Manifest);
    for resource in &mut read.resources {
        resource.role = Role::Outline;
        name_as_written(resource);
    }
    if !read.resources.is_empty() {
        read.class = Class::Manifest;
    }
}

/// What a helmfile says of values files, and the values that stand in it. Another document is left as it is.
fn read_helmfile(
    artifact: &Arc<Artifact>,
    document: Document,
    read: &mut Read,
) -> Option<Document> {
    let root = document.tree.root()?;
    if !helmfile::has_sign(&artifact.text) || !helmfile::is_helmfile(root) {
        return Some(document);
    }
    read.mentions.add(root);
    read.includes.extend(helmfile::other_files(root));
    read.resources
        .extend(helmfile::values(artifact, document.tree));
    if read.class == Class::NoManifest && !read.resources.is_empty() {
        read.class = Class::Values;
    }
    None
}

/// What stands literally in a template of a file, of which a tool makes YAML first: objects, values, a helmfile.
pub(super) fn unmade(artifact: &Arc<Artifact>, is_values: bool, read: &mut Read) {
    let outline = outline_of_unmade(&artifact.text);
    let stream = read_yaml(&outline);
    let broken = first_of_each(&outline, &stream.broken);
    let rest = broken.flat_map(|broken| without_broken_lines(&outline, broken).0);
    for document in stream.documents.into_iter().chain(rest) {
        let is_values = may_be_values(&document) && (is_values || is_by_shape(&document));
        mended(artifact, vec![document], is_values, read);
    }
    let is_any = |role| read.resources.iter().any(|one| one.role == role);
    if is_any(Role::Outline) {
        read.class = Class::Manifest;
        read.resources.iter_mut().for_each(name_as_written);
    } else if is_any(Role::Values) {
        read.class = Class::Values;
    }
}

/// Whether a document has at its top what values of a chart have.
fn is_by_shape(document: &Document) -> bool {
    document.tree.root().is_some_and(is_of_values)
}

/// What can be read of documents that are none as a whole: as of a template with actions, only what
/// stands there literally is told.
fn mended(artifact: &Arc<Artifact>, documents: Vec<Document>, is_values: bool, read: &mut Read) {
    for document in documents {
        let Some(document) = read_helmfile(artifact, document, read) else {
            continue;
        };
        if is_values {
            read.resources.extend(values(artifact, document));
            continue;
        }
        let mut found = Vec::new();
        resources(artifact, document, &Context::default(), &mut found);
        found.retain(|one| one.role == Role::Manifest);
        found.iter_mut().for_each(|one| one.role = Role::Outline);
        read.resources.extend(found);
    }
}

/// What the documents of a text are: objects, values, packages, pipelines; what is broken is told, and read
/// as far as it can be.
pub(super) fn manifests(
    artifact: &Arc<Artifact>,
    (path, name): (Option<&Path>, &str),
    context: Context,
    read: &mut Read,
) {
    let stream = documents(&artifact.text, name);
    let is_told = || {
        let mut documents = stream.documents.iter();
        let is_beside = path.is_some_and(|path| is_chart(path.parent()));
        documents.any(|one| {
            is_by_shape(one) || names_registry_of_all(one) || holds_images(one, is_beside)
        })
    };
    let is_values = stream.documents.iter().all(may_be_values) && (context.is_values || is_told());
    for document in stream.documents {
        let root = document.tree.root();
        if root.is_some_and(is_schema) {
            continue;
        }
        if let Some(kind) = root.and_then(|root| pipeline::kind(&artifact.uri, root)) {
            read.class = Class::BuildFile;
            let mut pipeline = build_file(artifact, document.tree, kind, name);
            pipeline.is_tried = path.is_some_and(is_test);
            read.resources.push(pipeline);
            continue;
        }
        let by_shape = |root| packages_by_shape(&artifact.text, root);
        let may_be_shaped = !is_json(name) || may_be_sbom(&artifact.text);
        if let Some(packages) = root.filter(|_| may_be_shaped).and_then(by_shape) {
            read.class = Class::DependencyFile;
            let file = FileKind::of_shape(is_json(name));
            read.resources
                .extend(package_resources(artifact, packages, file));
            continue;
        }
        if let Some(root) = root {
            read.resources.extend(ansible::resources(artifact, root));
            read.mentions.add(root);
            read.tested.extend(tested::files(root));
            if context.is_kustomization {
                read.includes.extend(settings::files(root));
            }
        }
        for duplicate in &document.duplicates {
            read.warnings.push(duplicate_key(artifact, *duplicate));
        }
        let Some(document) = read_helmfile(artifact, document, read) else {
            continue;
        };
        if is_values {
            read.resources.extend(values(artifact, document));
        } else {
            let lost = run_together(&artifact.text, &document);
            mended(artifact, lost, false, read);
            let before = read.resources.len();
            resources(artifact, document, &context, &mut read.resources);
            let own = read.resources[before..].iter();
            read.warnings.extend(own.flat_map(inline::unread_values));
        }
    }
    let has_sign = artifact.text.contains("kind:") || helmfile::has_sign(&artifact.text);
    let may_hold_objects = is_values || has_sign;
    if !is_json(name) && may_hold_objects {
        for broken in first_of_each(&artifact.text, &stream.broken) {
            let (documents, unread) = without_broken_lines(&artifact.text, broken);
            let before = read.resources.len();
            mended(artifact, documents, is_values, read);
            let own = read.resources[before..].iter_mut();
            own.for_each(|one| one.unread.clone_from(&unread));
        }
    }
    if let Some(path) = path.filter(|_| is_values) {
        let templates = Templates::of(path);
        for own in &mut read.resources {
            own.idle_keys = templates.idle_keys(own.node());
            own.template_images = templates.images();
            own.is_tried = is_tried(path);
        }
    } else if path.is_some_and(is_beside_tests) {
        let own = read.resources.iter_mut();
        own.for_each(|own| own.is_tried = true);
    }
    if is_commented_json(name) && read.resources.is_empty() {
        return;
    }
    if read.class == Class::NoManifest && !read.resources.is_empty() {
        read.class = if is_values {
            Class::Values
        } else {
            Class::Manifest
        };
    }
    // Without a kind, as in a file of Docker Compose, nothing in it is an object.
    let may_be_objects = is_values || artifact.text.contains("kind");
    let is_lost = !stream.broken.is_empty() && may_be_objects;
    read.unread = is_lost.then(|| Arc::clone(artifact));
    read.failures.extend(
        stream
            .broken
            .into_iter()
            .map(|broken| broken_notice(artifact, broken)),
    );
}

/// Whether a document is a JSON schema: what it gives as examples and defaults, nobody deploys.
fn is_schema(root: Node<'_>) -> bool {
    let schema = root.get("$schema").and_then(Node::as_str);
    let has = |key: &str| root.get(key).is_some();
    schema.is_some_and(|schema| schema.contains("json-schema.org/"))
        && ["properties", "definitions", "$defs"].into_iter().any(has)
        && root.get("kind").is_none_or(|kind| kind.as_str().is_none())
}

/// Whether a document holds what only values of a chart have: `global: {imageRegistry: …}`.
fn names_registry_of_all(document: &Document) -> bool {
    let root = document.tree.root();
    let registry = root.and_then(|root| root.find(&["global", "imageRegistry"]));
    registry.is_some_and(|registry| registry.as_str().is_some())
}

/// Whether a document holds maps of images as only values of a chart do, with a policy to pull each; beside
/// a chart one is enough, and so it is beside other keys of such values. One is enough, too, that says by its key
/// and by all that it holds that it is an image in parts, and a list of containers beside a chart's own.
fn holds_images(document: &Document, is_beside_chart: bool) -> bool {
    const POLICY: &str = "pullPolicy";
    let root = document.tree.root();
    if root.is_some_and(|root| root.text().contains("image") && holds_parts_of_charts(root)) {
        return true;
    }
    fn count(node: Node<'_>) -> usize {
        let is_image = |key| node.get(key).and_then(Node::as_str).is_some();
        let own = node.get(POLICY).is_some() && ["image", "repository"].into_iter().any(is_image);
        let inner = node.entries().map(|(_, value)| value).chain(node.items());
        usize::from(own) + inner.map(count).sum::<usize>()
    }
    let root = document
        .tree
        .root()
        .filter(|root| root.text().contains(POLICY));
    // What `helm create` leaves in each chart's values.
    let is_of_chart = |root: Node<'_>| {
        let mut keys = ["nameOverride", "fullnameOverride"].into_iter();
        keys.any(|key| root.get(key).is_some())
    };
    let is_one_enough = is_beside_chart || root.is_some_and(is_of_chart);
    let least = if is_one_enough { 1 } else { 2 };
    root.is_some_and(|root| count(root) >= least)
}

/// Whether a value holds `image: {repository: shop/web, tag: "1"}` with nothing in it but parts of an image, or
/// `extraContainers: [{name: web, image: x}]`; what is a part of an object is none of values.
fn holds_parts_of_charts(node: Node<'_>) -> bool {
    const CONTAINERS: [&str; 4] = [
        "initContainers",
        "extraContainers",
        "extraInitContainers",
        "sidecarContainers",
    ];
    let is_container = |one: Node<'_>| one.get("name").is_some() && one.get("image").is_some();
    let mut entries = node
        .entries()
        .filter_map(|(key, value)| Some((key.as_str()?, value)));
    node.get("spec").is_none()
        && entries.any(|(key, value)| {
            (key == "image" && is_image_in_parts(value))
                || (CONTAINERS.contains(&key) && value.items().any(is_container))
                || holds_parts_of_charts(value)
        })
}

fn is_image_in_parts(map: Node<'_>) -> bool {
    const PARTS: [&str; 7] = [
        "registry",
        "repository",
        "name",
        "tag",
        "digest",
        "pullPolicy",
        "pullSecrets",
    ];
    let mut names = ["repository", "name"]
        .iter()
        .filter_map(|key| map.get(key)?.as_str());
    let mut keys = map
        .entries()
        .map(|(key, _)| key.as_str().unwrap_or_default());
    names.any(|name| name.contains('/'))
        && map.get("tag").is_some()
        && keys.all(|key| PARTS.contains(&key))
}

/// Whether a document is neither an object nor a list, such as a JSON patch.
fn may_be_values(document: &Document) -> bool {
    let root = document.tree.root();
    root.is_none_or(|root| {
        let is_object = root.get("apiVersion").is_some() && root.get("kind").is_some();
        !is_object && !root.is_sequence()
    })
}

fn is_json(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// As kubectl does: what begins with a brace is JSON, or else YAML in flow style.
pub(super) fn documents(text: &str, name: &str) -> Stream {
    let is_json_file = is_json(name);
    let first = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .next();
    if !is_json_file && first != Some('{') {
        return read_yaml(text);
    }
    let json = read_json(text);
    if json.broken.is_empty() || is_json_file {
        json
    } else {
        read_yaml(text)
    }
}

fn duplicate_key(artifact: &Artifact, span: Span) -> Notice {
    Notice {
        help: Some("remove all but one; Kubernetes takes the last".to_owned()),
        ..notice(
            artifact,
            span,
            "a key stands twice in its mapping".to_owned(),
        )
    }
}

/// What is told of a document that cannot be read.
pub(super) fn broken_notice(artifact: &Artifact, broken: Broken) -> Notice {
    let text = &artifact.text;
    let conflict = text.match_indices("<<<<<<< ").map(|(at, _)| at);
    let conflict = conflict
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .last();
    let (offset, reason, help) = match conflict {
        Some(at) => (
            at,
            "an unresolved merge conflict".to_owned(),
            "resolve the conflict",
        ),
        None if text.contains("{{") => (
            broken.offset,
            broken.reason,
            "render the template first, as with `helm template`",
        ),
        None => (
            broken.offset,
            broken.reason,
            "mend the syntax; the documents beside it are checked",
        ),
    };
    Notice {
        help: Some(help.to_owned()),
        ..notice(artifact, Span::new(offset, offset), reason)
    }
}

/// A notice about a place in a text.
pub(super) fn notice(artifact: &Artifact, span: Span, reason: String) -> Notice {
    Notice {
        display: Some(Arc::clone(&artifact.display)),
        uri: Some(Arc::clone(&artifact.uri)),
        region: Some(region(artifact, span)),
        rule: None,
        resource: None,
        reason,
        help: None,
    }
}
