//! One file to resources: bytes to text, text to documents, documents to resources, with every
//! way in which that can fail told.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::chart::{is_in_chart, is_template, is_values_file};
use super::collect::{Found, io_reason, is_commented_json};
use super::decode::{Undecodable, decode};
use super::dependency::{self, Format, Include, may_be_sbom, packages_by_shape};
use super::dockerfile::{self, is_dockerfile};
use super::document::{Broken, Document, Stream, read_yaml};
use super::idle;
use super::inline;
use super::json::read_json;
use super::mend::{MOST_DOCUMENTS, run_together, without_broken_lines};
use super::outline::outline;
use super::package::{FileKind, package_resources};
use super::pipeline;
use super::place::region;
use super::resource::{Context, build_file, name_as_written, resources, values};
use super::settings::{self, Generated};
use super::valued::Mentions;
use crate::model::{Artifact, Notice, Resource, Role, Span, TEMPLATE_OF_VALUES};

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Class {
    Manifest,
    DependencyFile,
    Values,
    BuildFile,
    #[default]
    NoManifest,
}

/// Ends of names that no manifest has. Whoever names such a file, as pre-commit does, asks for what
/// a generator makes of it.
const OTHER_ENDS: [&str; 13] = [
    ".env",
    ".properties",
    ".conf",
    ".cfg",
    ".ini",
    ".toml",
    ".xml",
    ".sh",
    ".sql",
    ".js",
    ".html",
    ".lua",
    ".tpl",
];

/// What reading a file gave.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub class: Class,
    pub resources: Vec<Resource>,
    pub failures: Vec<Notice>,
    /// Its text, if not all of it could be read as manifests.
    pub unread: Option<Arc<Artifact>>,
    pub warnings: Vec<Notice>,
    /// The path, if it is a kustomization.
    pub kustomization: Option<String>,
    /// Files that it includes and that are to be read as what they are included as.
    pub includes: Vec<Included>,
    /// What it says of values files.
    pub mentions: Mentions,
}

/// A file that another one includes.
#[derive(Debug)]
pub(super) struct Included {
    /// As the including file writes it.
    pub path: String,
    /// As what it is to be read.
    pub wanted: As,
    /// What to say where it cannot be read: the including file and the place of the path in it.
    pub missing: Option<Notice>,
}

/// Reads a file to its end; what fails stands in the result.
pub(super) fn read(found: &Found) -> Read {
    read_bytes(found, bytes(found.path.as_deref()))
}

/// The text of a template of manifests, if some with pods come of it: nobody knows which.
pub(super) fn read_template(found: &Found) -> Option<Arc<Artifact>> {
    let text = decode(bytes(found.path.as_deref()).ok()?).ok()?;
    let has_pods = text.contains("kind:") && text.contains("containers:");
    has_pods.then(|| Arc::new(Artifact::new(&found.display, &found.uri, text)))
}

/// Reads a file that another one includes, whatever its name.
pub(super) fn read_included(found: &Found, wanted: As) -> Read {
    read_as(found, bytes(found.path.as_deref()), wanted)
}

/// Reads a file that another one hands to a chart, whatever its name.
pub(super) fn read_values(found: &Found) -> Read {
    read_as(found, bytes(found.path.as_deref()), As::Values)
}

/// As what a file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// As what its name and its content say.
    Itself,
    Dependencies(Format),
    Values,
    /// As a text of which a generator makes an object.
    Settings(Generated),
}

/// Reads what a file holds, or what the operating system said instead.
pub(super) fn read_bytes(found: &Found, bytes: std::io::Result<Vec<u8>>) -> Read {
    read_as(found, bytes, As::Itself)
}

fn read_as(found: &Found, bytes: std::io::Result<Vec<u8>>, wanted: As) -> Read {
    let mut read = Read::default();
    match bytes {
        Err(error) => read
            .failures
            .push(unreadable(&found.display, &found.uri, io_reason(&error))),
        Ok(bytes) => match decode(bytes) {
            Ok(text) => parse(found, text, wanted, &mut read),
            // What is no text becomes `binaryData`.
            Err(_) if matches!(wanted, As::Settings(_)) => {}
            Err(undecodable) => read.failures.push(undecodable_notice(found, undecodable)),
        },
    }
    read
}

/// Reads what a tool rendered.
pub(super) fn read_rendered(artifact: Artifact) -> Read {
    let mut read = Read::default();
    manifests(
        &Arc::new(artifact),
        (None, ""),
        Context::default(),
        &mut read,
    );
    read
}

/// The failure of a path that cannot be opened.
pub(super) fn unreadable(display: &str, uri: &str, reason: String) -> Notice {
    Notice {
        display: Some(display.into()),
        uri: Some(uri.into()),
        region: None,
        rule: None,
        resource: None,
        reason: format!("cannot be read: {reason}"),
        help: Some("check the path and its permissions".to_owned()),
    }
}

fn bytes(path: Option<&Path>) -> std::io::Result<Vec<u8>> {
    match path {
        Some(path) => std::fs::read(path),
        None => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

fn undecodable_notice(found: &Found, undecodable: Undecodable) -> Notice {
    let end = undecodable.before.len();
    let artifact = Artifact::new(&found.display, &found.uri, undecodable.before);
    Notice {
        help: Some(undecodable.help.to_owned()),
        ..notice(
            &artifact,
            Span::new(end, end),
            undecodable.reason.to_owned(),
        )
    }
}

fn parse(found: &Found, text: String, wanted: As, read: &mut Read) {
    let name = found
        .path
        .as_deref()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    let path = found.path.as_deref();
    let is_template = path.is_some_and(is_template);
    // Helm prints nothing of what begins so.
    if is_template && name.starts_with('_') {
        return;
    }
    let artifact = Arc::new(Artifact::new(&found.display, &found.uri, text));
    if is_template && artifact.text.contains("{{") {
        return outlined(&artifact, name, read);
    }
    if let Some(uri) = found.uri.strip_suffix(TEMPLATE_OF_VALUES) {
        if wanted == As::Values || is_values_file(uri) {
            templated_values(&artifact, read);
        }
        return;
    }
    let format = match &wanted {
        As::Dependencies(format) => Some(*format),
        As::Itself => path.and_then(Format::of_path),
        As::Values => None,
        As::Settings(generated) => {
            read.class = Class::Values;
            read.resources
                .extend(settings::resource(&artifact, generated));
            return;
        }
    };
    if let Some(format) = format.filter(|format| format.fits(&artifact.text)) {
        read.class = Class::DependencyFile;
        return packages(format, &artifact, read);
    }
    if is_dockerfile(name) {
        read.class = Class::BuildFile;
        return dockerfile(&artifact, name, read);
    }
    if OTHER_ENDS.iter().any(|end| name.ends_with(end)) {
        return;
    }
    let is_kustomization = matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    );
    read.kustomization = is_kustomization.then(|| found.display.clone());
    let context = Context {
        is_kustomization,
        is_values: matches!(wanted, As::Values)
            || (is_values_file(&artifact.uri) && !is_kustomization),
    };
    manifests(&artifact, (path, name), context, read);
    if is_template {
        let whole = read.resources.iter_mut();
        whole
            .filter(|resource| resource.role == Role::Manifest)
            .for_each(|resource| resource.role = Role::Template);
    }
    // Beside its templates a chart keeps texts with actions that these read as files: what becomes of
    // them is checked where it is rendered.
    if !read.failures.is_empty() && artifact.text.contains("{{") && path.is_some_and(is_in_chart) {
        read.failures.clear();
        read.unread = None;
    }
}

/// What stands literally in a template with actions. What its actions break is told where the chart is
/// said to be not rendered.
fn outlined(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    let Some(outline) = outline(&artifact.text) else {
        return;
    };
    for document in documents(&outline, name).documents {
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

/// What stands literally in values of a helmfile that are a template.
fn templated_values(artifact: &Arc<Artifact>, read: &mut Read) {
    let outline = outline(&artifact.text);
    let documents = outline.map(|outline| read_yaml(&outline).documents);
    let found = documents.into_iter().flatten();
    read.resources
        .extend(found.filter_map(|document| values(artifact, document)));
    if !read.resources.is_empty() {
        read.class = Class::Values;
    }
}

/// What can be read of documents that are none as a whole: as of a template with actions, only what
/// stands there literally is told.
fn mended(artifact: &Arc<Artifact>, documents: Vec<Document>, is_values: bool, read: &mut Read) {
    for document in documents {
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

fn manifests(
    artifact: &Arc<Artifact>,
    (path, name): (Option<&Path>, &str),
    context: Context,
    read: &mut Read,
) {
    let stream = documents(&artifact.text, name);
    let is_values = (context.is_values || stream.documents.iter().any(names_registry_of_all))
        && stream.documents.iter().all(may_be_values);
    for document in stream.documents {
        let root = document.tree.root();
        if let Some(kind) = root.and_then(|root| pipeline::kind(&artifact.uri, root)) {
            read.class = Class::BuildFile;
            read.resources
                .push(build_file(artifact, document.tree, kind, name));
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
            read.mentions.add(root);
            if context.is_kustomization {
                read.includes.extend(settings::files(root));
            }
        }
        for duplicate in &document.duplicates {
            read.warnings.push(duplicate_key(artifact, *duplicate));
        }
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
    let may_hold_objects = is_values || artifact.text.contains("kind:");
    if !is_json(name) && may_hold_objects {
        for broken in stream.broken.iter().take(MOST_DOCUMENTS) {
            let (documents, unread) = without_broken_lines(&artifact.text, broken);
            let before = read.resources.len();
            mended(artifact, documents, is_values, read);
            let own = read.resources[before..].iter_mut();
            own.for_each(|one| one.unread.clone_from(&unread));
        }
    }
    if let Some(path) = path.filter(|_| is_values) {
        for own in &mut read.resources {
            own.idle_keys = idle::keys(path, own.node());
        }
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
    read.unread = (!stream.broken.is_empty()).then(|| Arc::clone(artifact));
    read.failures.extend(
        stream
            .broken
            .into_iter()
            .map(|broken| broken_notice(artifact, broken)),
    );
}

/// Whether a document holds what only values of a chart have: `global: {imageRegistry: …}`.
fn names_registry_of_all(document: &Document) -> bool {
    let root = document.tree.root();
    let registry = root.and_then(|root| root.find(&["global", "imageRegistry"]));
    registry.is_some_and(|registry| registry.as_str().is_some())
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

fn broken_notice(artifact: &Artifact, broken: Broken) -> Notice {
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

fn notice(artifact: &Artifact, span: Span, reason: String) -> Notice {
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

fn dockerfile(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    let (tree, broken) = dockerfile::read(&artifact.text);
    read.resources
        .extend(tree.map(|tree| build_file(artifact, tree, dockerfile::KIND, name)));
    read.failures
        .extend(broken.map(|broken| broken_notice(artifact, broken)));
}

fn packages(format: Format, artifact: &Arc<Artifact>, read: &mut Read) {
    match dependency::packages(format, &artifact.text) {
        Ok(packages) => {
            let file = FileKind::of(format);
            read.resources
                .extend(package_resources(artifact, packages, file));
        }
        Err(broken) => {
            let broken = Broken {
                offset: broken.offset,
                reason: broken.reason,
            };
            read.failures.push(broken_notice(artifact, broken));
        }
    }
    if matches!(format, Format::PipRequirements | Format::PipConstraints) {
        let includes = dependency::includes(&artifact.text).into_iter();
        read.includes
            .extend(includes.map(|include| included(artifact, include)));
    }
}

fn included(artifact: &Artifact, include: Include) -> Included {
    let span = Span::new(include.place.start, include.place.end);
    Included {
        path: include.path,
        wanted: As::Dependencies(match include.is_constraint {
            true => Format::PipConstraints,
            false => Format::PipRequirements,
        }),
        missing: Some(notice(artifact, span, String::new())),
    }
}
