//! Documents of manifests and values to resources: whole ones, those of templates with actions, and what
//! can be read of broken ones.

use std::path::Path;
use std::sync::Arc;

use super::ansible;
use super::chart::is_chart;
use super::chartless::{HELP, REASON, is_chartless};
use super::collect::is_commented_json;
use super::dependency::{Package, may_be_sbom, packages_by_shape};
use super::document::{Broken, Document, Stream, read_yaml};
use super::helmfile;
use super::idle::Templates;
use super::inline;
use super::installer;
use super::listing::Helmfile;
use super::mend::{first_of_each, run_together, without_broken_lines};
use super::outline::outline_of_unmade;
use super::package::{FileKind, package_resources};
use super::pipeline;
use super::place::{Placed, location};
use super::reading::{Class, Read};
use super::resource::{Context, build_file, name_as_written, resources, values};
use super::script::Script;
use super::settings;
use super::shape_of_values::{hands_images, is_of_values, may_be_values};
use super::stream::{documents, is_json, mended_documents, with_other_branches};
use super::tested;
use super::tried::{is_beside_tests, is_test, is_tried};
use crate::model::{Artifact, Node, Notice, Resource, Role, Span, Tree};

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
    helmfile::mention(root, &mut read.mentions);
    read.includes.extend(helmfile::other_files(root));
    let helmfile = Helmfile {
        artifact: Arc::clone(artifact),
        tree: Arc::new(document.tree),
    };
    read.resources.extend(helmfile::values(&helmfile));
    if helmfile.releases().next().is_some() {
        read.helmfiles.push(helmfile);
    }
    if read.class == Class::NoManifest && !read.resources.is_empty() {
        read.class = Class::Values;
    }
    None
}

/// What stands literally in a template of a file, of which a tool makes YAML first: objects, values, a helmfile.
pub(super) fn unmade(artifact: &Arc<Artifact>, is_values: bool, read: &mut Read) {
    let outline = outline_of_unmade(&artifact.text);
    let documents = mended_documents(&outline, read_yaml(&outline));
    for document in with_other_branches(&outline, documents) {
        let root = document.tree.root();
        let is_values =
            root.is_none_or(may_be_values) && (is_values || root.is_some_and(is_of_values));
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
    let Stream {
        documents, broken, ..
    } = documents(&artifact.text, name);
    let mut roots = documents.iter().filter_map(|one| one.tree.root());
    let is_values = roots.clone().all(may_be_values)
        && (context.is_values || {
            let is_beside = path.is_some_and(|path| is_chart(path.parent()));
            roots.any(|root| is_of_values(root) || hands_images(root, is_beside))
        });
    let text = Text {
        artifact,
        path,
        name,
        context,
        is_values,
    };
    for document in documents {
        text.document(document, read);
    }
    text.rest_of_broken(&broken, read);
    text.mark(&mut read.resources);
    if broken.is_empty() || !text.is_of_other_tools() || !read.resources.is_empty() {
        text.conclude(broken, read);
    }
}

/// A text, and what is known of it before its documents are read.
struct Text<'a> {
    artifact: &'a Arc<Artifact>,
    path: Option<&'a Path>,
    name: &'a str,
    context: Context,
    /// Whether its documents are values of a chart.
    is_values: bool,
}

/// As what a document is read.
enum Kind {
    /// What it gives as examples and defaults, nobody deploys.
    Schema,
    /// A pipeline of the kind that is named.
    Pipeline(&'static str),
    Packages(Vec<Package>),
    /// Objects, values or files that other tools read.
    Other,
}

impl Text<'_> {
    fn document(&self, document: Document, read: &mut Read) {
        match self.kind(&document) {
            Kind::Schema => {}
            Kind::Pipeline(kind) => {
                read.class = Class::BuildFile;
                read.resources.push(self.pipeline(document.tree, kind));
            }
            Kind::Packages(packages) => {
                read.class = Class::DependencyFile;
                let file = FileKind::of_shape(is_json(self.name));
                read.resources
                    .extend(package_resources(self.artifact, packages, file));
            }
            Kind::Other => self.deployed(document, read),
        }
    }

    fn pipeline(&self, tree: Tree, kind: &str) -> Resource {
        let mut pipeline = build_file(self.artifact, tree, kind, self.name);
        pipeline.is_tried = self.path.is_some_and(is_test);
        pipeline
    }

    fn kind(&self, document: &Document) -> Kind {
        let Some(root) = document.tree.root() else {
            return Kind::Other;
        };
        if is_schema(root) {
            return Kind::Schema;
        }
        if let Some(kind) = pipeline::kind(&self.artifact.uri, root) {
            return Kind::Pipeline(kind);
        }
        let text = &self.artifact.text;
        let may_be_packages = !is_json(self.name) || may_be_sbom(text);
        let packages = may_be_packages.then(|| packages_by_shape(text, root));
        packages.flatten().map_or(Kind::Other, Kind::Packages)
    }

    /// A document of which something may come into a cluster.
    fn deployed(&self, document: Document, read: &mut Read) {
        if let Some(root) = document.tree.root() {
            self.named_by(root, read);
        }
        read.warnings
            .extend(told_duplicates(self.artifact, &document));
        let root = document.tree.root();
        if root.is_some_and(|root| pipeline::has_commands(&self.artifact.uri, root)) {
            let kind = pipeline::OF_OTHER_SERVICE;
            read.resources.push(self.pipeline(document.tree, kind));
            return;
        }
        if let Some(values) = root.and_then(|root| installer::values(self.name, root)) {
            read.resources.extend(values(self.artifact, document.tree));
            if read.class == Class::NoManifest && !read.resources.is_empty() {
                read.class = Class::Values;
            }
            return;
        }
        let Some(document) = read_helmfile(self.artifact, document, read) else {
            return;
        };
        if self.is_values {
            read.resources.extend(values(self.artifact, document));
        } else {
            self.objects(document, read);
        }
    }

    /// The files that a document names, and what its tasks put into a cluster.
    fn named_by(&self, root: Node<'_>, read: &mut Read) {
        read.resources
            .extend(ansible::resources(self.artifact, root));
        if pipeline::has_commands(&self.artifact.uri, root) {
            let script = Script::of_strings(self.artifact, root);
            read.resources
                .extend(script.iter().flat_map(Script::resources));
        }
        read.mentions.add(root);
        helmfile::mention(root, &mut read.mentions);
        read.tested.extend(tested::files(root));
        if self.context.is_kustomization {
            read.includes.extend(settings::files(root));
        }
    }

    fn objects(&self, document: Document, read: &mut Read) {
        let lost = run_together(&self.artifact.text, &document);
        mended(self.artifact, lost, false, read);
        let before = read.resources.len();
        resources(self.artifact, document, &self.context, &mut read.resources);
        let own = &mut read.resources[before..];
        own.iter_mut().for_each(name_as_written);
        let own = own.iter();
        read.warnings.extend(own.flat_map(inline::unread_values));
    }

    /// What can be read of broken documents where the lines that break them are left out.
    fn rest_of_broken(&self, broken: &[Broken], read: &mut Read) {
        let text = &self.artifact.text;
        let has_sign =
            self.context.is_kustomization || text.contains("kind:") || helmfile::has_sign(text);
        if is_json(self.name) || !(self.is_values || has_sign) {
            return;
        }
        for broken in first_of_each(text, broken) {
            let (documents, unread) = without_broken_lines(text, broken);
            if self.context.is_kustomization {
                let roots = documents.iter().filter_map(|one| one.tree.root());
                read.includes.extend(roots.flat_map(settings::files));
            }
            let before = read.resources.len();
            mended(self.artifact, documents, self.is_values, read);
            let own = read.resources[before..].iter_mut();
            own.for_each(|one| one.unread.clone_from(&unread));
        }
    }

    /// Marks what the templates beside values leave unused, and what is there to be tried only.
    fn mark(&self, resources: &mut [Resource]) {
        let Some(path) = self.path else {
            return;
        };
        if !self.is_values {
            if is_beside_tests(path) {
                resources.iter_mut().for_each(|own| own.is_tried = true);
            }
            return;
        }
        let templates = Templates::of(path);
        let is_of_chart = path.with_file_name("Chart.yaml").is_file();
        for own in resources {
            own.idle_keys = templates.idle_keys(own.node());
            own.template_images = templates.images();
            own.names_alone = templates.names_alone();
            own.is_tried = is_tried(path);
            own.is_base = is_of_chart;
        }
    }

    /// Whether it is called JSON, and is neither objects nor values: a log that ends in a report, a tool's settings with
    /// comments; or is called as an example of variables (`.env.example.yml`). No cluster refuses it.
    fn is_of_other_tools(&self) -> bool {
        // What is written as YAML all the same, kubectl takes, too.
        const BEGINNINGS: [&str; 8] = ["{", "[", "/", "#", "<", "---", "apiVersion", "kind"];
        let text = self.artifact.text.trim_start_matches('\u{feff}');
        let begin = text.trim_start();
        let is_comment = |line: &str| ["//", "/*"].iter().any(|one| line.starts_with(one));
        let has_comments = || text.lines().any(|line| is_comment(line.trim_start()));
        let is_other = || {
            let is_begun = BEGINNINGS.iter().any(|one| begin.starts_with(one));
            !is_begun || (has_comments() && !text.contains("\"kind\""))
        };
        let is_of_variables = self.name.starts_with(".env.") && !text.contains("kind");
        is_of_variables
            || is_commented_json(self.name)
            || (is_json(self.name) && !self.context.is_values && is_other())
    }

    /// As what the file counts, and what is told of its broken documents.
    fn conclude(&self, broken: Vec<Broken>, read: &mut Read) {
        if read.class == Class::NoManifest && !read.resources.is_empty() {
            read.class = match self.is_values {
                true => Class::Values,
                false => Class::Manifest,
            };
        }
        // Without a kind, as in a file of Docker Compose, nothing in it is an object.
        let may_be_objects = self.is_values || self.artifact.text.contains("kind");
        let is_lost = !broken.is_empty() && may_be_objects;
        read.unread = is_lost.then(|| Arc::clone(self.artifact));
        let told = broken.into_iter();
        read.failures
            .extend(told.map(|broken| broken_notice(self.artifact, broken)));
    }
}

/// Whether a document is a JSON schema: what it gives as examples and defaults, nobody deploys.
fn is_schema(root: Node<'_>) -> bool {
    let schema = root.string("$schema");
    let has = |key: &str| root.get(key).is_some();
    schema.is_some_and(|schema| schema.contains("json-schema.org/"))
        && ["properties", "definitions", "$defs"].into_iter().any(has)
        && root.get("kind").is_none_or(|kind| kind.as_str().is_none())
}

/// What is told of keys that stand twice. Where several objects stand in one document, all that the later ones share
/// with the first come of one slip.
fn told_duplicates(artifact: &Artifact, document: &Document) -> Vec<Notice> {
    let text = &artifact.text;
    let duplicates = document.duplicates.iter();
    let (outer, inner): (Vec<Span>, Vec<Span>) = duplicates
        .copied()
        .partition(|key| is_at_begin_of_line(text, *key));
    let is_twice = |name: &str| outer.iter().any(|key| &text[key.range()] == name);
    let one_for_all = outer
        .iter()
        .min_by_key(|key| key.start)
        .filter(|_| is_twice("apiVersion") && is_twice("kind"));
    let (together, each) = match one_for_all {
        Some(first) => (Some(run_into(artifact, *first)), inner),
        None => (None, document.duplicates.clone()),
    };
    let each = each.into_iter().map(|key| duplicate_key(artifact, key));
    together.into_iter().chain(each).collect()
}

fn is_at_begin_of_line(text: &str, span: Span) -> bool {
    let start = span.start as usize;
    start == 0 || text.as_bytes()[start - 1] == b'\n'
}

fn run_into(artifact: &Artifact, span: Span) -> Notice {
    Notice {
        help: Some("put `---` between them; Kubernetes takes the last of their keys".to_owned()),
        ..notice(
            artifact,
            span,
            "objects stand one after the other without `---` between them".to_owned(),
        )
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
        None if is_chartless(artifact) => (broken.offset, REASON.to_owned(), HELP),
        None if text.contains("{{") => (
            broken.offset,
            broken.reason,
            "render the template first with the tool that it belongs to",
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

/// A notice about a place in a text; in a rendered one, about what wrote it.
pub(super) fn notice(artifact: &Artifact, span: Span, reason: String) -> Notice {
    let location = location(artifact, Placed::at(span));
    Notice {
        display: Some(location.display),
        uri: Some(location.uri),
        region: Some(location.region),
        rule: None,
        resource: None,
        reason,
        help: None,
    }
}
