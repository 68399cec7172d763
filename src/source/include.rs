//! Files that others include, wherever they lie and whatever they are called: those of a
//! `requirements.txt`, and those of which a kustomization or a script makes settings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::collect::Found;
use super::dependency::Format;
use super::file;
use super::path::{normalized, shown};
use super::reading::{As, Included, Read, Start};
use crate::model::Notice;

const CONSTRAINTS: As = As::Dependencies(Format::PipConstraints);

/// Adds what the read files include, and what that includes. A file is read once; one that lies
/// beside the scanned files, or that is not there, is a warning at the place that names it.
pub(super) fn with_included(
    files: &[Found],
    read: Vec<Read>,
    warnings: &mut Vec<Notice>,
) -> Vec<Read> {
    if read.iter().all(|one| one.includes.is_empty()) {
        return read;
    }
    let base = std::env::current_dir().unwrap_or_default();
    let absolute = |found: &Found| {
        found
            .path
            .as_deref()
            .map(|path| normalized(&base.join(path)))
    };
    let mut seen: BTreeSet<PathBuf> = files.iter().filter_map(absolute).collect();
    let mut all: Vec<(Found, Read)> = files.iter().cloned().zip(read).collect();
    let mut next = 0;
    while next < all.len() {
        let includes = std::mem::take(&mut all[next].1.includes);
        let found = all[next].0.clone();
        let includes = includes
            .into_iter()
            .flat_map(|one| opened(&found, one, &base));
        for include in includes {
            match resolved(&found, &include, &base) {
                Err(reason) => warnings.extend(not_followed(include, &reason)),
                Ok(target) if seen.insert(target.path.clone().unwrap_or_default()) => {
                    let read = file::read_included(&target, include.wanted);
                    all.push((target, read));
                }
                Ok(target) if include.wanted == CONSTRAINTS => {
                    reread(&mut all, &target, next);
                }
                Ok(target) if matches!(include.wanted, As::Settings(_)) => {
                    reread_text(&mut all, &target, include.wanted);
                }
                Ok(_) => {}
            }
        }
        next += 1;
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all.into_iter().map(|(_, read)| read).collect()
}

/// Reads a file again that only its folder made requirements, and which turns out to be constraints.
fn reread(all: &mut [(Found, Read)], target: &Found, next: usize) {
    let name = target.path.as_deref().and_then(Path::file_name);
    let is_told = name.and_then(|name| name.to_str()).and_then(Format::of);
    let position = all.iter().position(|(found, _)| found.uri == target.uri);
    if let (None, Some(position)) = (is_told, position) {
        let mut read = file::read_included(target, CONSTRAINTS);
        if position <= next {
            // What it includes was followed.
            read.includes.clear();
        }
        all[position].1 = read;
    }
}

/// Reads a file again that was read for its name, and holds no object: it is a text that a generator
/// takes in, whatever is wrong with it as a manifest.
fn reread_text(all: &mut [(Found, Read)], target: &Found, wanted: As) {
    let known = all.iter_mut().find(|(found, _)| found.uri == target.uri);
    if let Some((_, read)) = known.filter(|(_, read)| read.resources.is_empty()) {
        *read = file::read_included(target, wanted);
    }
}

/// The files of a folder of which a command makes settings, sorted, each as one: it takes those that lie in it, and
/// none below. What is no folder stays as it is.
fn opened(found: &Found, include: Included, base: &Path) -> Vec<Included> {
    let As::Settings(generated) = &include.wanted else {
        return vec![include];
    };
    // From which folder a command is run it does not say.
    let is_named = include.path.contains(|one: char| one.is_alphanumeric());
    let (_, folder) = target(found, &include, base);
    if include.starts == Start::Beside || !is_named || !folder.is_dir() || folder == base {
        return vec![include];
    }
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let files = files.filter(|file| file.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.filter_map(|file| file.file_name().into_string().ok());
    let names: BTreeSet<String> = names.collect();
    let of_file = |name: &String| {
        Some(Included {
            path: format!("{}/{name}", include.path.trim_end_matches('/')),
            wanted: As::Settings(generated.of_file(name)?),
            missing: None,
            starts: include.starts,
        })
    };
    names.iter().filter_map(of_file).collect()
}

/// The folder of the including file, and where an included one lies.
fn target<'f>(found: &'f Found, include: &Included, base: &Path) -> (&'f Path, PathBuf) {
    let own = found
        .path
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let start = match include.starts {
        Start::Beside => own,
        Start::Above => start_of(own, &include.path, base),
    };
    (own, normalized(&base.join(start).join(&include.path)))
}

/// Where an included file lies. Below the folder that the scan started in, or below the including
/// file's own, as nothing else was named to be read.
fn resolved(found: &Found, include: &Included, base: &Path) -> Result<Found, String> {
    let (own, target) = target(found, include, base);
    let is_near = target.starts_with(base) || target.starts_with(normalized(&base.join(own)));
    if !is_near {
        return Err("lies outside of the folder that is scanned".to_owned());
    }
    if !target.is_file() {
        return Err("is no file".to_owned());
    }
    let uri = target
        .strip_prefix(base)
        .map_or_else(|_| shown(&target), shown);
    Ok(Found {
        display: uri.clone(),
        uri,
        path: Some(target),
    })
}

/// The nearest folder, from one upwards, in which a path leads to a file, or else to a folder.
fn start_of<'a>(own: &'a Path, path: &str, base: &Path) -> &'a Path {
    let has = |is_there: fn(&Path) -> bool| {
        let mut folders = own.ancestors();
        folders.find(|folder| is_there(&base.join(folder).join(path)))
    };
    has(Path::is_file)
        .or_else(|| has(Path::is_dir))
        .unwrap_or(own)
}

fn not_followed(include: Included, reason: &str) -> Option<Notice> {
    Some(Notice {
        reason: format!("the included file {reason}, and is not read"),
        help: Some("name it on the command line".to_owned()),
        ..include.missing?
    })
}
