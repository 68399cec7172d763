//! Paths to files: walks what the user names as git sees it, in one stable order, and tells
//! charts and links apart from what is read.

use std::collections::{BTreeSet, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder};

use super::chart::{chart_of, chart_of_template, is_package, is_vendored, outermost_chart};
use super::kustomize::is_kustomization;
use super::path::{names_beside, normalized, shown, slashed};
use super::tracked::Tracked;
use crate::shell::{BEGINNING, begins_script, is_called_pipeline, is_called_script, is_unnamed};

mod name;
mod passed;

pub(super) use name::{is_commented_json, made_of_template};
use name::{
    is_of_interest, is_of_variables, is_setting_of_a_forge, is_template_of_manifests, is_yaml,
};
use passed::{is_folder_of_tests, is_skipped_folder};

/// The name by which standard input goes.
pub(crate) const STDIN: &str = "stdin";

/// What to read.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Whether `.ignore`, `.landfallignore` and, in a repository, `.gitignore` count.
    pub honour_ignore_files: bool,
    /// Whether templates of charts that hold no actions are read as the objects that they are, since no
    /// chart is rendered.
    pub reads_templates: bool,
}

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
    /// Files of variables, which are read where a script takes them in.
    pub variables: Vec<Found>,
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
    /// What goes beside the chart, as it is shown and as outputs name it.
    pub(crate) fn names(&self, path: &Path) -> (String, String) {
        names_beside(path, &self.display, &self.uri)
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
    walk.without_linked();
    walk.collected.files.sort();
    walk.collected.templates.sort();
    walk.collected.templates.dedup();
    walk.collected.guides.sort();
    walk.collected.guides.dedup();
    walk.collected.settings.sort();
    walk.collected.settings.dedup();
    walk.collected.variables.sort();
    walk.collected.variables.dedup();
    walk.collected
}

#[derive(Default)]
struct Walk {
    base: PathBuf,
    seen: BTreeSet<PathBuf>,
    reads_templates: bool,
    /// Files that links call kustomizations, and that have another name themselves.
    named_by_links: BTreeSet<PathBuf>,
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
            None => {
                let root = path.parent().unwrap_or(path);
                self.add(path, root);
                if is_script(path) {
                    let found = self.found(path, root);
                    self.collected.templates.push(found);
                }
            }
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
            if is_of_variables(path) {
                let found = self.found(path, root);
                self.collected.variables.push(found);
            }
            if is_template_of_manifests(path) || is_script(path) {
                let found = self.found(path, root);
                self.collected.templates.push(found);
            }
        }
    }

    /// What a link on the walk points to is read at its own place if that lies in the tree, save where the name of the
    /// link makes it what it is; a link out of the tree is not followed, which the summary tells.
    fn link(&mut self, path: &Path, root: &Path) {
        let inside = path.canonicalize().ok().zip(root.canonicalize().ok());
        let inside = inside.filter(|(target, root)| target.starts_with(root));
        let Some((target, _)) = inside else {
            self.collected.links.insert(shown(path));
            return;
        };
        if !target.is_file() {
            return;
        }
        if is_kustomization(path) {
            self.add(path, root);
            if !is_kustomization(&target) {
                self.named_by_links.insert(target);
            }
        } else if path.ends_with("Chart.yaml") {
            self.chart(path.parent().unwrap_or(root), root);
        }
    }

    /// Leaves out files that are read where a link lies, whose name says what they are.
    fn without_linked(&mut self) {
        let linked = &self.named_by_links;
        if linked.is_empty() {
            return;
        }
        let is_linked = |path: &Path| {
            let is_itself = !path.is_symlink();
            is_itself && path.canonicalize().is_ok_and(|path| linked.contains(&path))
        };
        let files = &mut self.collected.files;
        files.retain(|found| !found.path.as_deref().is_some_and(is_linked));
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

/// Whether a file holds commands; of one whose name does not tell, no more than the beginning is read.
fn is_script(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    is_called_pipeline(&path.to_string_lossy())
        || is_called_script(&name)
        || (is_unnamed(&name) && begins_script(&beginning(path)))
}

/// The first bytes of a file, as far as it can be read.
fn beginning(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(BEGINNING as u64).read_to_end(&mut bytes));
    read.map(|_| bytes).unwrap_or_default()
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
