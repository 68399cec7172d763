//! What deploys files that else would be those of tests: kustomizations, Argo CD, Flux, and commands of scripts and
//! pipelines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{Artifact, Node, Resource, Role};
use crate::shell::{commands, is_passing};
use crate::source::handed_values::files;
use crate::source::kustomize::is_kustomization;
use crate::source::path::normalized;
use crate::source::reading::{Class, Read};
use crate::source::tried::is_test;

/// Verbs of kubectl that put objects into a cluster, and options behind which these are named.
const VERBS: [&str; 3] = ["apply", "create", "replace"];
const TAKES: [&str; 4] = ["-f", "--filename", "-k", "--kustomize"];
/// Options by which it takes all below a folder.
const BELOW: [&str; 2] = ["-R", "--recursive"];

/// What deploys files.
#[derive(Default)]
pub(super) struct Takers {
    /// All that kustomizations name.
    listed: BTreeSet<PathBuf>,
    /// Folders of kustomizations, which say what is deployed of these.
    built: BTreeSet<PathBuf>,
    /// Folders from the root of a repository, or files, each with whether what is below it is deployed with it.
    folders: Vec<(PathBuf, bool)>,
}

impl Takers {
    /// Those of what was read, with what commands take. What kustomizations of tests list counts where another taker
    /// takes these in.
    pub(super) fn of(
        read: &[Read],
        commands: Vec<(PathBuf, bool)>,
        is_of_tests: impl Fn(&Path) -> bool,
    ) -> Self {
        let mut takers = Self {
            folders: commands,
            ..Self::default()
        };
        let mut waiting = Vec::new();
        for resource in read.iter().flat_map(|read| &read.resources) {
            let (group, kind) = (&*resource.gvk.group, &*resource.gvk.kind);
            match (group, kind) {
                ("argoproj.io", "Application" | "ApplicationSet")
                | ("kustomize.toolkit.fluxcd.io", "Kustomization") => takers.add_paths(resource),
                (_, "Kustomization" | "Component") => {
                    let file = normalized(Path::new(&*resource.artifact.display));
                    match is_of_tests(&file) {
                        true => waiting.push((file, resource)),
                        false => takers.add_listed(resource),
                    }
                }
                _ => {}
            }
        }
        takers.add_taken(waiting);
        takers
    }

    /// Adds those kustomizations that are taken in, also by one another.
    fn add_taken(&mut self, mut waiting: Vec<(PathBuf, &Resource)>) {
        loop {
            let (taken, left): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|(file, _)| self.take(file));
            if taken.is_empty() {
                return;
            }
            taken.iter().for_each(|(_, one)| self.add_listed(one));
            waiting = left;
        }
    }

    /// Flux deploys all below a folder, as Argo CD may be told to.
    fn add_paths(&mut self, resource: &Resource) {
        let mut paths = Vec::new();
        collect(resource.node(), &["path"], &mut paths);
        let is_deep = resource.gvk.kind == "Kustomization"
            || resource.node().text().contains("recurse: true");
        let paths = paths.iter().map(|path| path.trim_start_matches('/'));
        let folders = paths.map(|path| (normalized(Path::new(path)), is_deep));
        self.folders.extend(folders);
    }

    fn add_listed(&mut self, kustomization: &Resource) {
        let folder = folder_of(Path::new(&*kustomization.artifact.display));
        let mut texts = Vec::new();
        collect_texts(kustomization.node(), &mut texts);
        let paths = texts.iter().map(|text| normalized(&folder.join(text)));
        self.listed.extend(paths);
        self.built.insert(normalized(folder));
    }

    pub(super) fn take(&self, file: &Path) -> bool {
        let folder = folder_of(file);
        let takes = |(path, is_deep): &(PathBuf, bool)| {
            let reach = if *is_deep { usize::MAX } else { 1 };
            let mut around = folder.ancestors().take(reach);
            // Without a path it is the root, whose name nobody knows.
            let is_whole = path.as_os_str().is_empty();
            let is_itself = !is_whole && file.ends_with(path);
            // A folder's own kustomization is what is built of it.
            let is_built = |around: &Path| {
                self.built.contains(around) && !(around == folder && is_kustomization(file))
            };
            is_itself
                || around.any(|around| {
                    !is_built(around)
                        && if is_whole {
                            *is_deep
                        } else {
                            around.ends_with(path)
                        }
                })
        };
        let is_listed = self.listed.contains(file) || {
            // Of a folder kustomizations list no more than its own kustomization.
            is_kustomization(file) && self.listed.contains(folder)
        };
        is_listed || self.folders.iter().any(takes)
    }
}

fn collect_texts(node: Node<'_>, found: &mut Vec<String>) {
    found.extend(node.as_str().map(str::to_owned));
    node.entries()
        .for_each(|(_, value)| collect_texts(value, found));
    node.items().for_each(|item| collect_texts(item, found));
}

/// The files and folders that commands of scripts, and of pipelines that are not there for tests, put into a cluster
/// that stays, each with whether all below it is.
pub(super) fn applied<'a>(
    read: &[Read],
    scripts: impl Iterator<Item = &'a Arc<Artifact>>,
) -> Vec<(PathBuf, bool)> {
    let mut found = Vec::new();
    scripts.for_each(|one| add_applied(&one.text, &mut found));
    let pipelines = read.iter().filter(|read| read.class == Class::BuildFile);
    let pipelines = pipelines.flat_map(|read| &read.resources);
    for one in pipelines.filter(|one| one.role == Role::Build) {
        let text = &one.artifact.text;
        let is_for_tests = is_test(Path::new(&*one.artifact.uri)) || is_passing(text);
        if !is_for_tests && (text.contains("kubectl") || text.contains("oc ")) {
            one.node().visit_scalars(&mut |_, node| {
                let text = node.as_str();
                text.into_iter()
                    .for_each(|text| add_applied(text, &mut found));
            });
        }
    }
    found
}

/// Adds what the commands of a text take.
fn add_applied(text: &str, found: &mut Vec<(PathBuf, bool)>) {
    if !VERBS.iter().any(|verb| text.contains(verb)) {
        return;
    }
    for command in commands(text) {
        let words = command.words.iter().map(|word| &text[word.clone()]);
        let words: Vec<&str> = words.collect();
        let program = words[0].trim_start_matches(['@', '-']);
        let is_it = matches!(program.rsplit('/').next(), Some("kubectl" | "oc"));
        if is_it && words.iter().any(|word| VERBS.contains(word)) {
            let is_deep = words.iter().any(|word| BELOW.contains(word));
            let paths = files(&words, &TAKES).filter(|path| !path.starts_with('-'));
            let paths = paths.map(|path| normalized(Path::new(path)));
            let known = paths.map(|path| path.components().skip_while(is_up).collect::<PathBuf>());
            let known = known.filter(|path| !path.as_os_str().is_empty());
            found.extend(known.map(|path| (path, is_deep)));
        }
    }
}

/// Whether a step of a path leads out of a folder.
fn is_up(step: &std::path::Component<'_>) -> bool {
    *step == std::path::Component::ParentDir
}

/// Adds the texts below some keys of a document.
pub(super) fn collect(node: Node<'_>, keys: &[&str], found: &mut Vec<String>) {
    for (key, value) in node.entries() {
        if key.as_str().is_some_and(|key| keys.contains(&key)) {
            let files = value.as_str().into_iter();
            let files = files.chain(value.items().filter_map(Node::as_str));
            found.extend(files.map(str::to_owned));
        }
        collect(value, keys, found);
    }
    node.items().for_each(|item| collect(item, keys, found));
}

/// The folder of a file.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_take_files_and_folders() {
        for (text, expected) in [
            (
                "kubectl apply -n x -f tests/assets --wait=true",
                "tests/assets",
            ),
            ("\t@kubectl apply -k ../tests/assets/", "tests/assets"),
            ("oc create -f \"$ROOT/tests/a.yaml\"", "tests/a.yaml"),
            ("kubectl apply -R -f tests", "tests*"),
            ("cat a | kubectl apply -f -", ""),
            ("kubectl apply -f https://example.com/tests/a.yaml", ""),
            ("kubectl delete -f tests/assets", ""),
            ("kubectl get -f tests/assets", ""),
        ] {
            let mut found = Vec::new();
            add_applied(text, &mut found);
            let told = |(path, is_deep): (PathBuf, bool)| {
                format!("{}{}", path.display(), if is_deep { "*" } else { "" })
            };
            let found: Vec<String> = found.into_iter().map(told).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
