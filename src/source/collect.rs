//! Paths to files: walks what the user names as git sees it, in one stable order, and tells
//! charts and links apart from what is read.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder};

use super::Request;
use super::chart::{
    chart_of, chart_of_template, is_chart, is_in_chart, is_package, is_template, is_vendored,
    outermost_chart,
};
use super::dependency::Format;
use super::dockerfile::is_dockerfile;
use super::path::{normalized, shown, slashed};
use super::tracked::Tracked;
use crate::shell::is_script;

/// The name by which standard input goes.
pub(crate) const STDIN: &str = "stdin";

/// Files of editors and compilers that end in `.json` and hold comments: no manifests.
const COMMENTED_JSON: [&str; 5] = [
    "tsconfig",
    "jsconfig",
    "devcontainer",
    "settings",
    "bicepconfig",
];

/// What a file is called, behind the end of a manifest's name, of which a tool makes a manifest.
const TEMPLATE_ENDS: [&str; 8] = [
    "envsubst", "erb", "gotmpl", "j2", "jinja2", "template", "tmpl", "tpl",
];

/// Hidden folders that tools fill: what lies there is nobody's source.
const TOOL_FOLDERS: [&str; 43] = [
    ".Trash",
    ".angular",
    ".bundle",
    ".cache",
    ".cargo",
    ".dart_tool",
    ".devenv",
    ".direnv",
    ".eggs",
    ".git",
    ".gradle",
    ".hg",
    ".history",
    ".idea",
    ".jj",
    ".kube",
    ".local",
    ".m2",
    ".minikube",
    ".mypy_cache",
    ".next",
    ".nox",
    ".npm",
    ".nuget",
    ".nuxt",
    ".nx",
    ".parcel-cache",
    ".pnp",
    ".pnpm-store",
    ".pub-cache",
    ".pytest_cache",
    ".ruff_cache",
    ".rustup",
    ".svelte-kit",
    ".svn",
    ".terraform",
    ".terragrunt-cache",
    ".tox",
    ".turbo",
    ".venv",
    ".vs",
    ".vscode",
    ".yarn",
];

/// Folders into which package managers put what others wrote.
const PACKAGE_FOLDERS: [&str; 3] = ["bower_components", "node_modules", "site-packages"];

/// Folders in which programs in JavaScript, Go and Rust have their tests, with what these read and compare with;
/// Go's own tool leaves out what is called so.
const TEST_FOLDERS: [&str; 7] = [
    "__fixtures__",
    "__mocks__",
    "__snapshot__",
    "__snapshots__",
    "__test__",
    "__tests__",
    "testdata",
];

/// Where Maven and Gradle look for the sources of tests, in a folder `src`.
const TEST_SOURCES: [&str; 4] = ["integrationTest", "it", "test", "testFixtures"];

/// What walking the named paths gives.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Files to read, by path.
    pub files: Vec<Found>,
    /// Templates of manifests, from which other tools make some, and scripts, which may apply some.
    pub templates: Vec<Found>,
    /// Texts for people, with commands in them.
    pub guides: Vec<Found>,
    /// Files among a forge's settings, which are read where something else names them.
    pub settings: Vec<Found>,
    /// Folders of charts, and charts that are packed.
    pub charts: BTreeSet<ChartFolder>,
    /// Symbolic links on the walk.
    pub links: BTreeSet<String>,
    /// Folders of tests on the walk.
    pub tests: BTreeSet<String>,
    /// Paths that could not be walked, each with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// A chart: a folder, or a packed one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChartFolder {
    /// As the user named it.
    pub display: String,
    /// Relative to the scan's base, with `/`.
    pub uri: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl ChartFolder {
    /// The address of another file, as this folder has one, by how it is shown; `None` where it lies outside
    /// of the scan's base, or that is not known.
    pub(crate) fn uri_of<'f>(&self, display: &'f str) -> Option<&'f str> {
        let base = match self.uri.as_str() {
            "" | "." => self.display.as_str(),
            uri => self.display.strip_suffix(uri)?.strip_suffix('/')?,
        };
        let below = display.strip_prefix(base)?;
        below.strip_prefix('/').filter(|_| !base.is_empty())
    }
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// As the user named it.
    pub display: String,
    /// Relative to the scan's base, with `/`.
    pub uri: String,
    /// What to open; `None` for standard input.
    pub path: Option<PathBuf>,
}

/// Walks the named paths; `-` is standard input.
pub(super) fn collect(request: &Request) -> Collected {
    let mut walk = Walk {
        base: std::env::current_dir().unwrap_or_default(),
        reads_templates: request.reads_templates,
        ..Walk::default()
    };
    for path in &request.paths {
        match path.to_str() {
            Some("-") => walk.add_stdin(),
            _ if path.is_dir() => walk.folder(path, request.honour_ignore_files),
            _ => walk.named_file(path),
        }
    }
    walk.collected.files.sort();
    walk.collected.templates.sort();
    walk.collected.templates.dedup();
    walk.collected.guides.sort();
    walk.collected.guides.dedup();
    walk.collected.settings.sort();
    walk.collected.settings.dedup();
    walk.collected
}

#[derive(Default)]
struct Walk {
    base: PathBuf,
    seen: BTreeSet<PathBuf>,
    reads_templates: bool,
    collected: Collected,
}

impl Walk {
    fn add_stdin(&mut self) {
        let stdin = Found {
            display: STDIN.to_owned(),
            uri: STDIN.to_owned(),
            path: None,
        };
        if !self.collected.files.contains(&stdin) {
            self.collected.files.push(stdin);
        }
    }

    /// A named file is read whatever it is called, save a chart's template, which is no manifest.
    /// It leads to the chart that it belongs to.
    fn named_file(&mut self, path: &Path) {
        if let Some(chart) = chart_of(path) {
            self.chart(&chart, &chart);
        }
        match chart_of_template(path) {
            Some(chart) => {
                let outermost = outermost_chart(chart);
                self.chart(&outermost, &outermost);
                if self.reads_templates {
                    self.add(path, path.parent().unwrap_or(path));
                }
            }
            None if is_package(path) && !is_vendored(path) => {
                self.chart(path, path.parent().unwrap_or(path));
            }
            None if is_package(path) => {}
            None => self.add(path, path.parent().unwrap_or(path)),
        }
    }

    fn folder(&mut self, root: &Path, honour_ignore_files: bool) {
        let tracked = honour_ignore_files.then(|| Tracked::ask(root));
        self.walk(root, honour_ignore_files, None);
        let tracked = tracked.map(Tracked::paths).unwrap_or_default();
        if !tracked.is_empty() {
            self.walk(root, honour_ignore_files, Some(tracked));
        }
    }

    /// Walks a folder, or of it only some paths, whatever git ignores of these.
    fn walk(&mut self, root: &Path, honour_ignore_files: bool, only: Option<HashSet<PathBuf>>) {
        let mut builder = WalkBuilder::new(root);
        let honours_git = honour_ignore_files && only.is_none();
        let reads_templates = self.reads_templates;
        let tests = Arc::<Mutex<BTreeSet<String>>>::default();
        let passed = Arc::clone(&tests);
        let is_passed = move |entry: &DirEntry| {
            let is_passed = is_folder_of_tests(entry);
            if let (true, Ok(mut passed)) = (is_passed, passed.lock()) {
                passed.insert(shown(entry.path()));
            }
            is_passed
        };
        let is_meant = move |path: &Path| only.as_ref().is_none_or(|only| only.contains(path));
        builder
            .standard_filters(false)
            .git_ignore(honours_git)
            .git_exclude(honours_git)
            .git_global(honours_git)
            .ignore(honour_ignore_files)
            .parents(honour_ignore_files)
            .filter_entry(move |entry| {
                entry.depth() == 0
                    || (is_meant(entry.path())
                        && !is_skipped_folder(entry, reads_templates)
                        && !is_passed(entry))
            });
        if honour_ignore_files {
            builder.add_custom_ignore_filename(".landfallignore");
        }
        for entry in builder.build() {
            match entry {
                Ok(entry) => self.entry(&entry, root),
                Err(error) => self.unreadable(root, &error),
            }
        }
        if let Ok(mut tests) = tests.lock() {
            self.collected.tests.append(&mut tests);
        }
    }

    fn entry(&mut self, entry: &DirEntry, root: &Path) {
        let path = entry.path();
        let is_link = entry.path_is_symlink() && entry.depth() > 0;
        if is_link {
            self.link(path, root);
        } else if entry.file_type().is_some_and(|kind| kind.is_file()) {
            if entry.file_name() == "Chart.yaml" {
                self.chart(path.parent().unwrap_or(root), root);
            } else if is_package(path) && !is_vendored(path) {
                self.chart(path, root);
            }
            if is_of_interest(path) {
                self.add(path, root);
            }
            if path.extension().is_some_and(|end| end == "md") {
                let found = self.found(path, root);
                self.collected.guides.push(found);
            }
            if is_yaml(path) && is_setting_of_a_forge(path) {
                let found = self.found(path, root);
                self.collected.settings.push(found);
            }
            if is_template_of_manifests(path) || is_script(&path.to_string_lossy()) {
                let found = self.found(path, root);
                self.collected.templates.push(found);
            }
        }
    }

    /// What a link on the walk points to is read at its own place if that lies in the tree; a
    /// link out of the tree is not followed, which the summary tells.
    fn link(&mut self, path: &Path, root: &Path) {
        let inside = path.canonicalize().ok().zip(root.canonicalize().ok());
        let is_inside = inside.is_some_and(|(target, root)| target.starts_with(root));
        if !is_inside {
            self.collected.links.insert(shown(path));
        }
    }

    fn unreadable(&mut self, root: &Path, error: &ignore::Error) {
        let path = failing_path(error).unwrap_or(root);
        let reason = error
            .io_error()
            .map_or_else(|| "cannot be walked".to_owned(), io_reason);
        self.collected.unreadable.push((shown(path), reason));
    }

    fn chart(&mut self, path: &Path, root: &Path) {
        let (_, uri) = self.names(path, root);
        self.collected.charts.insert(ChartFolder {
            display: shown(path),
            uri: slashed(&uri),
            path: path.to_path_buf(),
        });
    }

    /// The absolute path, and the one that outputs name.
    fn names(&self, path: &Path, root: &Path) -> (PathBuf, PathBuf) {
        let absolute = normalized(&self.base.join(path));
        let uri = absolute
            .strip_prefix(&self.base)
            .ok()
            .map(Path::to_path_buf);
        let uri = uri.or_else(|| path.strip_prefix(root).ok().map(Path::to_path_buf));
        let uri = uri.unwrap_or_else(|| absolute.clone());
        (absolute, uri)
    }

    fn add(&mut self, path: &Path, root: &Path) {
        let (absolute, _) = self.names(path, root);
        if self.seen.insert(absolute) {
            let found = self.found(path, root);
            self.collected.files.push(found);
        }
    }

    fn found(&self, path: &Path, root: &Path) -> Found {
        let (_, uri) = self.names(path, root);
        Found {
            display: shown(path),
            uri: slashed(&uri),
            path: Some(path.to_path_buf()),
        }
    }
}

/// What the operating system says, without its number.
pub(crate) fn io_reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

fn failing_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            failing_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// Folders of tools, of packages and of forms, and the folder of a chart's templates unless these are read.
fn is_skipped_folder(entry: &DirEntry, reads_templates: bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_of_tool = TOOL_FOLDERS.contains(&&*name);
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (is_of_tool
            || PACKAGE_FOLDERS.contains(&&*name)
            || is_go_module(&name)
            || is_folder_of_forms(entry.path())
            || (!reads_templates && name == "templates" && is_chart(entry.path().parent())))
}

/// Whether a folder holds what unit tests of a program read, by the name that its tools have for it:
/// `__tests__`, `testdata`, `src/test/resources`.
fn is_folder_of_tests(entry: &DirEntry) -> bool {
    let mut names = entry.path().iter().rev().filter_map(|name| name.to_str());
    let is_of_tests = match names.next() {
        // Who names the folder of the tests means what lies in it.
        Some("resources") if entry.depth() > 1 => {
            names
                .next()
                .is_some_and(|name| TEST_SOURCES.contains(&name))
                && names.next() == Some("src")
        }
        name => name.is_some_and(|name| TEST_FOLDERS.contains(&name)),
    };
    is_of_tests && entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// Whether a folder of this name holds a version of a module that Go fetched: `amqp091-go@v1.3.0`.
fn is_go_module(name: &str) -> bool {
    let version = name.rsplit_once("@v").map(|(_, version)| version);
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

/// What a forge keeps beside its pipelines: forms of issues and requests.
fn is_folder_of_forms(path: &Path) -> bool {
    let name = |path: Option<&Path>| {
        let name = path.and_then(Path::file_name)?.to_str()?;
        Some(name.to_ascii_lowercase())
    };
    let is_forge = |name: String| [".github", ".gitea", ".forgejo", ".gitlab"].contains(&&*name);
    let is_form = |name: String| name.contains("template");
    name(path.parent()).is_some_and(is_forge) && name(Some(path)).is_some_and(is_form)
}

/// Whether a file of this name usually holds comments, which JSON has not.
pub(super) fn is_commented_json(name: &str) -> bool {
    name.ends_with(".json") && COMMENTED_JSON.iter().any(|stem| name.starts_with(stem))
}

fn is_of_interest(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => !is_setting_of_a_forge(path),
        // A chart's named templates.
        "tpl" if is_template(path) => true,
        "json" => Format::of(name).is_some() || !is_commented_json(name),
        _ if is_template_of_manifests(path) => !is_text_of_chart(path),
        _ => name == "Kustomization" || Format::of_path(path).is_some() || is_dockerfile(name),
    }
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|end| end.to_str());
    extension.is_some_and(|end| {
        ["yaml", "yml"]
            .iter()
            .any(|one| end.eq_ignore_ascii_case(one))
    })
}

/// Whether a file is called as one of which a tool makes a manifest: `web.yaml.tpl`.
fn is_template_of_manifests(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| made_of_template(name).is_some())
}

/// The name of the manifest that a tool makes of a template, as the template's own says: `web.yaml` of
/// `web.yaml.tpl`.
pub(super) fn made_of_template(name: &str) -> Option<&str> {
    let (rest, end) = name.rsplit_once('.')?;
    let is_yaml = rest.ends_with(".yaml") || rest.ends_with(".yml");
    (is_yaml && TEMPLATE_ENDS.contains(&end)).then_some(rest)
}

/// Whether a chart's templates read a text as a file: what becomes of it is checked where that is rendered.
/// Values of a helmfile, which may lie there too, no chart reads.
fn is_text_of_chart(path: &Path) -> bool {
    path.extension().is_none_or(|end| end != "gotmpl") && is_in_chart(path)
}

/// Files right in a forge's folder are its settings.
fn is_setting_of_a_forge(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let is_in = |name: &str| folder == Some(name.as_ref());
    [".github", ".gitea", ".forgejo", ".gitlab"]
        .into_iter()
        .any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_from_where_the_folder_of_a_chart_does() {
        for (display, uri, file, expected) in [
            (
                "/a/b/web",
                "web",
                "/a/b/web/values.yaml",
                Some("web/values.yaml"),
            ),
            ("/a/b/web", "web", "/a/b/env/dev.yaml", Some("env/dev.yaml")),
            ("/a/b/web", "web", "/a/other/dev.yaml", None),
            ("/a/b/web", "", "/a/b/web/dev.yaml", Some("dev.yaml")),
            ("b/web", "b/web", "b/web/values.yaml", None),
            ("/a/web", "shop", "/a/web/values.yaml", None),
        ] {
            let folder = ChartFolder {
                display: display.to_owned(),
                uri: uri.to_owned(),
                path: PathBuf::from(display),
            };
            assert_eq!(folder.uri_of(file), expected, "{display} {file}");
        }
    }
}
