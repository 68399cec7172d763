//! Kustomizations: found, built by the real tool, and every value of what comes of it led back to
//! the base, patch, generator or setting that a person must change.

mod align;
mod build;
mod charts;
mod copy;
mod forest;
mod frame;
mod graph;
mod hints;
mod kept;
mod kustomization;
mod lacking;
mod mark;
mod marker;
mod notice;
mod origin;
mod pieces;
mod refusal;
mod renaming;
mod settings;
mod shape;
mod sheet;
mod taken_out;
mod trial;
mod unread;
mod users;
mod window;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::build::Builder;
use self::forest::{Forest, built};
use self::graph::Graph;
use self::sheet::{Library, words};
pub(super) use self::unread::unread;
use super::{Outcome, Request};
use crate::source::{Sources, normalized};

/// Builds what the sources hold, and takes out of them what was built instead. A kustomization
/// that cannot be built is a failure; of its bases are built those that can be, and what else it uses is
/// checked as it is.
pub(super) fn render(sources: &mut Sources, request: &Request) -> Vec<Outcome> {
    let base = std::env::current_dir().unwrap_or_default();
    let library = Library::new(base, &request.paths);
    let folders = folders(sources, request, &library);
    if folders.is_empty() {
        return Vec::new();
    }
    let graph = Graph::of(folders, &library);
    let roots: Vec<&Path> = graph.roots().into_iter().collect();
    let builder = Builder::find(&request.cache);
    let forest = Forest {
        graph: &graph,
        library: &library,
        builder: builder.as_ref(),
        families: graph.families(&roots),
        kube_version: &request.kube_version,
    };
    let mut outcomes = forest.outcomes_of(&roots);
    let of_bases = forest.outcomes_of_bases(&outcomes);
    outcomes.extend(of_bases);
    let built: Vec<&Path> = built(&outcomes).collect();
    taken_out::from(sources, &graph, &outcomes, &library);
    let reached = forest.reached(built.iter().copied());
    sources.summary.kustomizations.retain(|file| {
        let folder = folder_of(file, &library);
        folder.is_none_or(|folder| !reached.contains(folder.as_path()))
    });
    let absent = forest.absent(&outcomes).into_iter().map(Outcome::Failure);
    let absent: Vec<Outcome> = absent.collect();
    let mut all = each_once(outcomes.into_iter().flat_map(|one| one.outcomes));
    all.extend(absent);
    all.extend(unread(sources, request).into_iter().map(Outcome::Warning));
    all
}

/// The folders of the kustomizations to build: those that the walk has met, and those that use a named file.
fn folders(sources: &Sources, request: &Request, library: &Library) -> BTreeSet<PathBuf> {
    let named: BTreeSet<PathBuf> = request.paths.iter().map(|path| normalized(path)).collect();
    let walked = sources.summary.kustomizations.iter();
    let walked = walked.filter(|file| !named.contains(&normalized(Path::new(file))));
    let mut folders: BTreeSet<PathBuf> =
        walked.filter_map(|file| folder_of(file, library)).collect();
    folders.extend(users::roots(&request.paths, library));
    folders
}

/// The folder of a kustomization's file, as the library names it.
fn folder_of(file: &str, library: &Library) -> Option<PathBuf> {
    let file = normalized(Path::new(file));
    Some(words(library.base(), file.parent()?))
}

/// A fault of a base is told once, whoever uses it.
fn each_once(outcomes: impl Iterator<Item = Outcome>) -> Vec<Outcome> {
    let mut seen = BTreeSet::new();
    let is_new = |outcome: &Outcome| match outcome {
        Outcome::Failure(notice) | Outcome::Warning(notice) => seen.insert(notice.clone()),
        Outcome::Text(..) | Outcome::Unrendered(_) | Outcome::Rendered(_) | Outcome::Part(..) => {
            true
        }
    };
    outcomes.filter(is_new).collect()
}
