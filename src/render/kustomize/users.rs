//! Files that a user names one by one, as a pre-commit hook does: which kustomizations use them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::graph::Graph;
use super::kustomization::FILE_NAMES;
use super::sheet::{Library, words};

/// The roots that use what is named: a file lies in or below the folder of a kustomization that
/// uses it, and only where there is one the repository is searched for those that use that.
pub(super) fn roots(named: &[PathBuf], library: &Library) -> BTreeSet<PathBuf> {
    let files = named.iter().filter(|path| path.is_file());
    let mut roots = BTreeSet::new();
    for (top, files) in by_repository(files.map(PathBuf::as_path), library) {
        let graph = Graph::of(kustomizations(&top, library), library);
        for root in graph.roots() {
            let closure = graph.closure(root);
            let uses = |file: &&PathBuf| closure.iter().any(|used| used.uses(file));
            if files.iter().any(|file| uses(&file)) {
                roots.insert(root.to_path_buf());
            }
        }
    }
    roots
}

/// Named files above which a kustomization lies, by the repository that they belong to.
fn by_repository<'a>(
    files: impl Iterator<Item = &'a Path>,
    library: &Library,
) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let mut found: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
    for file in files {
        let Some(top) = top(file, library) else {
            continue;
        };
        let file = words(library.base(), file);
        match found.iter_mut().find(|(known, _)| *known == top) {
            Some((_, files)) => files.push(file),
            None => found.push((top, vec![file])),
        }
    }
    found
}

/// The folder to search for whatever uses a file: its repository, or without one the folder that
/// the highest of the kustomizations above it lies in. `None` if there is none above it.
fn top(file: &Path, library: &Library) -> Option<PathBuf> {
    let absolute = library.absolute(file);
    let (mut highest, mut repository) = (None, None);
    for folder in absolute.ancestors().skip(1) {
        if FILE_NAMES.iter().any(|name| folder.join(name).is_file()) {
            highest = Some(folder);
        }
        if folder.join(".git").exists() {
            repository = Some(folder);
            break;
        }
    }
    let highest = highest?;
    let top = repository.or_else(|| highest.parent()).unwrap_or(highest);
    Some(library.named_like(file, top))
}

/// The folders of kustomizations below a folder, as git sees it.
fn kustomizations(top: &Path, library: &Library) -> Vec<PathBuf> {
    let root = if top.as_os_str().is_empty() {
        Path::new(".")
    } else {
        top
    };
    let walk = WalkBuilder::new(root).require_git(false).build();
    let files = walk.filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name().to_str();
        name.is_some_and(|name| FILE_NAMES.contains(&name))
    });
    let folder = |entry: ignore::DirEntry| Some(words(library.base(), entry.path().parent()?));
    files.filter_map(folder).collect()
}
