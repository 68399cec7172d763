//! What only a build would have checked: files that generators read, of kustomizations that were
//! not built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::graph::Graph;
use super::kustomization::{FILE_NAMES, Kustomization, Use};
use super::notice::notice;
use super::sheet::{Library, words};
use crate::model::Notice;
use crate::render::Request;
use crate::source::{Sources, normalized};

/// How many files are named.
const NAMED: usize = 3;
/// How far above a file that the user names a kustomization that uses it is looked for.
const FOLDERS_ABOVE: usize = 2;

/// One warning for each kustomization that was not built and reads such files.
pub(in crate::render) fn unread(sources: &Sources, request: &Request) -> Vec<Notice> {
    let library = Library::new(std::env::current_dir().unwrap_or_default(), &request.paths);
    let walked = sources.summary.kustomizations.iter();
    let mut folders: BTreeSet<PathBuf> = walked
        .filter_map(|file| Some(words(library.base(), Path::new(file).parent()?)))
        .collect();
    let is_file = |path: &&PathBuf| path.is_file();
    let files: BTreeSet<PathBuf> = request.paths.iter().filter(is_file).cloned().collect();
    if !request.is_wanted {
        folders.extend(files.iter().flat_map(|file| above(file, &library)));
    }
    if folders.is_empty() {
        return Vec::new();
    }
    let read: BTreeSet<PathBuf> = sources
        .resources
        .iter()
        .map(|resource| normalized(Path::new(&*resource.artifact.display)))
        .collect();
    let is_named_alone = request.paths.len() == files.len();
    let is_asked = |file: &Path| !is_named_alone || files.contains(file);
    let graph = Graph::of(folders.iter().cloned(), &library);
    let own = folders
        .iter()
        .filter_map(|folder| graph.kustomizations.get(folder));
    own.filter_map(|kustomization| {
        let files = only_built(kustomization);
        let left = files.filter(|file| !read.contains(*file) && is_asked(file));
        let left: BTreeSet<&Path> = left.collect();
        (!left.is_empty()).then(|| told(kustomization, &left, request.is_wanted))
    })
    .collect()
}

/// The folders of kustomizations beside and above a file.
fn above(file: &Path, library: &Library) -> Vec<PathBuf> {
    let folders = file.ancestors().skip(1).take(FOLDERS_ABOVE);
    let has_one = |folder: &&Path| FILE_NAMES.iter().any(|name| folder.join(name).is_file());
    folders
        .filter(has_one)
        .map(|folder| words(library.base(), folder))
        .collect()
}

/// The files of a kustomization that tell nothing by themselves.
fn only_built(kustomization: &Kustomization) -> impl Iterator<Item = &Path> {
    let references = kustomization.references.iter();
    references
        .filter(|reference| matches!(reference.used, Use::File | Use::Env))
        .map(|reference| reference.path.as_path())
}

fn told(kustomization: &Kustomization, files: &BTreeSet<&Path>, is_wanted: bool) -> Notice {
    let names = files.iter().take(NAMED);
    let names: Vec<String> = names.map(|file| format!("`{}`", file.display())).collect();
    let more = match files.len() - names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let reason = format!(
        "is not built, so what it reads was not checked: {}{more}",
        names.join(", ")
    );
    let help = if is_wanted {
        "scan what uses it, and mend what keeps that from being built"
    } else {
        "scan without `--no-render`"
    };
    notice(kustomization, None, reason, help.to_owned())
}
