//! One file to resources: bytes to text, text to documents, documents to resources, with every
//! way in which that can fail told.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::chart::{is_in_chart, is_template, is_values_file};
use super::collect::{Found, io_reason, made_of_template};
use super::decode::{Undecodable, decode};
use super::dependency::{self, Format, Include};
use super::dockerfile::{self, is_dockerfile};
use super::document::Broken;
use super::generated::Generated;
use super::guide::hands_values;
use super::kustomize::is_kustomization;
use super::literal::outlined;
use super::manifests::{broken_notice, manifests, notice, unmade};
use super::package::{FileKind, package_resources};
use super::reading::{As, Class, Included, Read, Start};
use super::resource::{Context, build_file};
use super::script::starts_pods;
use super::settings;
use super::tried::is_suite;
use crate::model::{Artifact, Notice, Resource, Role, Span, guarded};
use crate::shell::{feeds_cluster, holds_commands, serves_cluster};

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

/// Reads a file to its end; what fails stands in the result.
pub(super) fn read(found: &Found) -> Read {
    read_bytes(found, bytes(found.path.as_deref()))
}

/// The text of a template of manifests, if some with pods come of it: nobody knows which. That of a
/// script or a pipeline, if it puts something into a cluster or where a cluster gets it from.
pub(super) fn read_template(found: &Found) -> Option<Arc<Artifact>> {
    let text = decode(bytes(found.path.as_deref()).ok()?).ok()?;
    let has_pods = match holds_commands(&found.uri, &text) {
        true => {
            serves_cluster(&text)
                || feeds_cluster(&text)
                || starts_pods(&found.uri, &text)
                || found.uri.ends_with("fleet.yaml")
        }
        false => text.contains("kind:") && text.contains("containers:"),
    };
    has_pods.then(|| Arc::new(Artifact::new(&found.display, &found.uri, text)))
}

/// A file as it is written, if it is a text.
pub(super) fn read_text(found: &Found) -> Option<Arc<Artifact>> {
    let text = decode(bytes(found.path.as_deref()).ok()?).ok()?;
    Some(Arc::new(Artifact::new(&found.display, &found.uri, text)))
}

/// A text for people, if it says somewhere which values helm is handed.
pub(super) fn read_guide(found: &Found) -> Option<Arc<Artifact>> {
    let text = decode(bytes(found.path.as_deref()).ok()?).ok()?;
    hands_values(&text).then(|| Arc::new(Artifact::new(&found.display, &found.uri, text)))
}

/// Reads a file that another one includes, whatever its name.
pub(super) fn read_included(found: &Found, wanted: As) -> Read {
    read_as(found, bytes(found.path.as_deref()), wanted)
}

/// Reads a file that another one hands to a chart, whatever its name.
pub(super) fn read_values(found: &Found) -> Read {
    read_as(found, bytes(found.path.as_deref()), As::Values)
}

/// Reads what a file holds, or what the operating system said instead.
pub(super) fn read_bytes(found: &Found, bytes: std::io::Result<Vec<u8>>) -> Read {
    read_as(found, bytes, As::Itself)
}

/// A fault in reading one file is a failure of this file.
fn read_as(found: &Found, bytes: std::io::Result<Vec<u8>>, wanted: As) -> Read {
    let read = guarded(|| parsed(found, bytes, wanted));
    read.unwrap_or_else(|fault| Read {
        failures: vec![fault.of_file(&found.display, &found.uri)],
        ..Read::default()
    })
}

fn parsed(found: &Found, bytes: std::io::Result<Vec<u8>>, wanted: As) -> Read {
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
    let artifact = Arc::new(artifact);
    let read = guarded(|| {
        let mut read = Read::default();
        manifests(&artifact, (None, ""), Context::default(), &mut read);
        read
    });
    read.unwrap_or_else(|fault| Read {
        failures: vec![fault.of_artifact(&artifact)],
        ..Read::default()
    })
}

/// Whether a person is to fill in a template, for no tool finds anything in it: `secret.yaml.template`.
fn is_to_be_copied(name: &str, text: &str) -> bool {
    const SIGNS: [&str; 5] = ["{{", "{%", "<%", "${", "$("];
    name.ends_with(".template") && !SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether a file of YAML that holds no objects holds what opens a cluster: private keys, as they are or in
/// base64, or what Talos' machines join it with.
fn holds_keys(text: &str) -> bool {
    /// How a file of PEM begins in base64, before `C` of a certificate or another word.
    const ENCODED: &str = "LS0tLS1CRUdJTi";
    let is_key = |(at, _): (usize, &str)| !text[at + ENCODED.len()..].starts_with("BD");
    text.contains("PRIVATE KEY-----")
        || text.match_indices(ENCODED).any(is_key)
        || (text.contains("machine:")
            && text.contains("version: v1alpha1")
            && text.contains("token:"))
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
    let path = found.path.as_deref();
    let name = path
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    let is_template = path.is_some_and(is_template);
    let artifact = Arc::new(Artifact::new(&found.display, &found.uri, text));
    if is_template && (is_helper(name) || artifact.text.contains("{{")) {
        return template(&artifact, name, read);
    }
    // A helmfile fills in its values, whatever else they are called.
    let made = made_of_template(&found.uri);
    if made.is_some() || (wanted == As::Values && name.ends_with(".gotmpl")) {
        if !is_to_be_copied(name, &artifact.text) {
            let is_values = wanted == As::Values || made.is_some_and(is_values_file);
            unmade(&artifact, is_values, read);
        }
        return;
    }
    let format = match &wanted {
        As::Dependencies(format) => Some(*format),
        As::Itself => path.and_then(Format::of_path),
        As::Values => None,
        As::Settings(_) if is_suite(&artifact.text) => return,
        As::Settings(generated) => {
            read.class = Class::Values;
            read.resources
                .extend(settings::resource(&artifact, generated));
            return;
        }
    };
    if let Some(format) = format.filter(|format| format.fits(&artifact.text)) {
        return packages(format, &artifact, read);
    }
    if is_dockerfile(name) {
        return dockerfile(&artifact, name, read);
    }
    // A script that is named is read as one.
    let is_file = path.is_some() && !is_yaml(name);
    let is_of_commands = is_file && holds_commands(&found.uri, &artifact.text);
    if wanted == As::Itself && is_of_commands {
        read.class = Class::Script;
        return;
    }
    if wanted == As::Values || !OTHER_ENDS.iter().any(|end| name.ends_with(end)) {
        yaml(&artifact, (path, name), wanted == As::Values, read);
        if is_template {
            as_template(&mut read.resources);
        }
    }
}

fn is_yaml(name: &str) -> bool {
    [".yaml", ".yml"].iter().any(|end| name.ends_with(end))
}

/// Whether helm prints nothing of a template, save where another one uses what is named in it.
fn is_helper(name: &str) -> bool {
    name.starts_with('_')
}

fn template(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    if !is_helper(name) {
        outlined(artifact, name, read);
    }
    read.resources.extend(settings::of_named(artifact));
}

/// Documents of YAML or JSON; where they hold no objects, what in them opens a cluster.
fn yaml(
    artifact: &Arc<Artifact>,
    (path, name): (Option<&Path>, &str),
    are_values: bool,
    read: &mut Read,
) {
    let is_kustomization = is_kustomization(Path::new(name));
    read.kustomization = is_kustomization.then(|| artifact.display.to_string());
    let context = Context {
        is_kustomization,
        is_values: are_values
            || artifact.is_argo_source()
            || (is_values_file(&artifact.uri) && !is_kustomization),
    };
    manifests(artifact, (path, name), context, read);
    let is_open = read.class == Class::NoManifest && read.resources.is_empty();
    if is_open && is_yaml(name) && holds_keys(&artifact.text) && !is_suite(&artifact.text) {
        read.class = Class::KeyFile;
        let text = Generated::of_text("ConfigMap", name);
        read.resources.extend(settings::resource(artifact, &text));
    }
    if artifact.text.contains("{{") && path.is_some_and(is_in_chart) {
        forgive(read);
    }
}

/// Whole objects in a chart's template are what comes of it, whatever the values.
fn as_template(resources: &mut [Resource]) {
    let whole = resources.iter_mut();
    whole
        .filter(|resource| resource.role == Role::Manifest)
        .for_each(|resource| resource.role = Role::Template);
}

/// Beside its templates a chart keeps texts with actions that these read as files: what becomes of them is
/// checked where it is rendered.
fn forgive(read: &mut Read) {
    if read.failures.is_empty() {
        return;
    }
    read.failures.clear();
    read.unread = None;
    read.resources
        .retain(|resource| resource.role != Role::Outline);
}

fn dockerfile(artifact: &Arc<Artifact>, name: &str, read: &mut Read) {
    read.class = Class::BuildFile;
    let (tree, broken) = dockerfile::read(&artifact.text);
    read.resources
        .extend(tree.map(|tree| build_file(artifact, tree, dockerfile::KIND, name)));
    read.failures
        .extend(broken.map(|broken| broken_notice(artifact, broken)));
}

fn packages(format: Format, artifact: &Arc<Artifact>, read: &mut Read) {
    read.class = Class::DependencyFile;
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
        starts: Start::Beside,
    }
}
