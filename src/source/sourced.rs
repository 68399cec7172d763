//! Files of variables that scripts take in: what they give to those which a script's commands hand to a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::collect::Found;
use super::file;
use super::path::normalized;
use super::script::{Sourced, of_variables, variables};
use crate::model::Resource;

/// What scripts take in, each with its own path.
pub(super) type Taken = Vec<(PathBuf, Sourced)>;

/// The variables that scripts take in and hand to a cluster, where they are given something: those of one file
/// together. `known` are the files that may be taken in, `texts` those that may be filled in.
pub(super) fn resources(taken: &Taken, known: &[&Found], texts: &[Found]) -> Vec<Resource> {
    let mut used: BTreeMap<&Found, BTreeSet<String>> = BTreeMap::new();
    for (script, own) in taken {
        let mut names = own.names.clone();
        let filled = own.filled.iter();
        let filled = filled.filter_map(|path| near(script, path, texts.iter()));
        for text in filled.filter_map(file::read_text) {
            names.extend(variables(&text.text).map(str::to_owned));
        }
        let files = own.files.iter();
        for file in files.filter_map(|path| near(script, path, known.iter().copied())) {
            used.entry(file).or_default().extend(names.iter().cloned());
        }
    }
    used.into_iter()
        .filter(|(_, names)| !names.is_empty())
        .filter_map(|(file, names)| of_variables(&file::read_text(file)?, &names))
        .collect()
}

/// The file that a script's path leads to, from its own folder or from the nearest one above.
fn near<'f>(
    script: &Path,
    path: &str,
    files: impl Iterator<Item = &'f Found> + Clone,
) -> Option<&'f Found> {
    let mut folders = script.ancestors().skip(1);
    folders.find_map(|folder| {
        let wanted = normalized(&folder.join(path));
        let is_wanted = |file: &&Found| Path::new(&file.uri) == wanted;
        files.clone().find(is_wanted)
    })
}
