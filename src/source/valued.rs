//! Values files, whatever they are called: by what Argo CD, Flux, Fleet, Skaffold, helmfile,
//! kustomizations and commands of helm say they hand to charts, and by where charts keep them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::chart::is_set_of_values;
use super::collect::Found;
use super::file;
use super::guide::of_guide;
use super::handed_values::{of_pipeline, of_script, scripts};
use super::mentions::Mentions;
use super::path::{normalized, shown};
use super::reading::{Class, Read};
use crate::model::{Artifact, HOLE};

/// Reads files again as values that others name so or that lie where a chart keeps them, and in which
/// nothing else was found; and those among a forge's settings that are handed to helm or kubectl, which are read
/// for it alone. `texts` are those that are no manifests, scripts and guides among them.
pub(super) fn read_named(
    files: &mut Vec<Found>,
    read: &mut Vec<Read>,
    settings: Vec<Found>,
    texts: &[Arc<Artifact>],
) {
    for read in read
        .iter_mut()
        .filter(|read| read.class == Class::BuildFile)
    {
        let pipelines = read.resources.iter();
        pipelines.for_each(|pipeline| of_pipeline(pipeline, &mut read.mentions));
    }
    let named = Named::of(files, read, texts);
    for (found, read) in files.iter().zip(read.iter_mut()) {
        let path = found.path.as_deref();
        if is_open(read) && (named.holds(&found.uri) || path.is_some_and(is_set_of_values)) {
            *read = file::read_values(found);
        }
    }
    let is_handed = |found: &Found| named.holds(&found.uri) || named.applied.holds(&found.uri);
    for found in settings.into_iter().filter(is_handed) {
        let at = files.partition_point(|one| *one < found);
        read.insert(at, file::read_values(&found));
        files.insert(at, found);
    }
}

/// Whether a file may turn out to hold values, of which nothing else was found.
fn is_open(read: &Read) -> bool {
    match read.class {
        Class::NoManifest => read.resources.is_empty(),
        Class::KeyFile => true,
        _ => false,
    }
}

/// Whether one of some files of YAML may turn out to hold values.
pub(super) fn has_open(files: &[Found], read: &[Read]) -> bool {
    let is_yaml = |found: &Found| [".yaml", ".yml"].iter().any(|end| found.uri.ends_with(end));
    let mut all = files.iter().zip(read);
    all.any(|(found, read)| is_open(read) && is_yaml(found))
}

/// Files by their paths.
#[derive(Default)]
struct Paths {
    /// As a scan names them.
    files: BTreeSet<String>,
    /// As they end, a folder at least in each.
    ends: BTreeSet<String>,
}

impl Paths {
    /// Adds a file by its path from a folder.
    fn add_beside(&mut self, folder: &Path, file: &str) {
        self.files.insert(shown(&normalized(&folder.join(file))));
    }

    /// Adds a file by its path from the root of a repository, or from a folder in it.
    fn add_below(&mut self, path: &str) {
        let path = shown(&normalized(Path::new(path.trim_start_matches('/'))));
        if path.contains('/') && !path.starts_with("..") {
            self.ends.insert(path);
        } else {
            self.files.insert(path);
        }
    }

    fn holds(&self, uri: &str) -> bool {
        let mut tails = uri.match_indices('/').map(|(at, _)| &uri[at + 1..]);
        self.files.contains(uri)
            || self.ends.contains(uri)
            || tails.any(|tail| self.ends.contains(tail))
    }
}

/// The files that the files of a scan name.
struct Named {
    /// Of values.
    values: Paths,
    /// Of objects.
    applied: Paths,
    /// Of values, with parts that a template fills in.
    filled_in: Vec<Filled>,
}

/// A path with parts that a template fills in, each within one folder's name or the file's:
/// `config/{{ .Environment.Name }}/shop.yaml`.
struct Filled(Vec<String>);

impl Filled {
    /// `None` where nothing is filled in, or no folder and no file is named in full.
    fn of(folder: &Path, file: &str) -> Option<Self> {
        const GAP: char = '*';
        let path = with_gaps(file, GAP)?;
        let names_one = |part: &str| !part.contains(GAP) && !matches!(part, "." | "..");
        let is_named = path.split('/').any(names_one);
        let path = shown(&normalized(&folder.join(&path)));
        is_named.then(|| Self(path.split(GAP).map(str::to_owned).collect()))
    }

    /// Whether a file's path may be it.
    fn fits(&self, uri: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else {
            return false;
        };
        let mut left = uri.strip_prefix(first.as_str());
        for (at, part) in rest.iter().enumerate() {
            let is_last = at + 1 == rest.len();
            let folder = left.map(|left| left.find('/').unwrap_or(left.len()));
            left = left.zip(folder).and_then(|(left, folder)| {
                let (filling, left) = if is_last {
                    (left.strip_suffix(part.as_str())?, "")
                } else {
                    left.split_once(part.as_str())?
                };
                (1..=folder).contains(&filling.len()).then_some(left)
            });
        }
        left == Some("")
    }
}

/// A path with a mark in the place of what a template fills in, `None` where there is nothing.
fn with_gaps(path: &str, gap: char) -> Option<String> {
    let mut text = String::new();
    let mut left = path;
    loop {
        let next = [("{{", "}}"), (HOLE, ")")].into_iter();
        let found = next.filter_map(|(open, close)| {
            let at = left.find(open)?;
            let end = at + left[at..].find(close)? + close.len();
            Some((at, end))
        });
        let Some((at, end)) = found.min() else {
            break;
        };
        text.push_str(&left[..at]);
        text.push(gap);
        left = &left[end..];
    }
    text.push_str(left);
    text.contains(gap).then_some(text)
}

impl Named {
    fn of(files: &[Found], read: &[Read], texts: &[Arc<Artifact>]) -> Self {
        let taken: BTreeSet<&str> = read
            .iter()
            .flat_map(|read| read.mentions.taken.iter().map(String::as_str))
            .collect();
        let of_scripts = scripts(texts).map(|script| (&*script.uri, of_script(script)));
        let guides = texts.iter().filter(|text| text.uri.ends_with(".md"));
        let of_guides = guides.map(|guide| (&*guide.uri, of_guide(guide)));
        let of_scripts: Vec<(&str, Mentions)> = of_scripts.chain(of_guides).collect();
        let files = files.iter().map(|found| found.uri.as_str());
        let all = files.zip(read.iter().map(|read| &read.mentions));
        let all = all.chain(of_scripts.iter().map(|(uri, mentions)| (*uri, mentions)));
        let (mut values, mut applied) = (Paths::default(), Paths::default());
        let mut filled_in = Vec::new();
        for (uri, mentions) in all {
            let folder = Path::new(uri).parent().unwrap_or(Path::new(""));
            let generated = mentions.generated.iter();
            let generated = generated.filter(|(name, _)| taken.contains(name.as_str()));
            let own = mentions.beside.iter();
            for file in own.chain(generated.map(|(_, file)| file)) {
                match Filled::of(folder, file) {
                    Some(filled) => filled_in.push(filled),
                    None => values.add_beside(folder, file),
                }
            }
            mentions
                .paths
                .iter()
                .for_each(|path| values.add_below(path));
            for file in &mentions.applied {
                applied.add_beside(folder, file);
                applied.add_below(file);
            }
        }
        Self {
            values,
            applied,
            filled_in,
        }
    }

    fn holds(&self, uri: &str) -> bool {
        self.values.holds(uri) || self.filled_in.iter().any(|path| path.fits(uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_fills_in_is_one_name() {
        let fits = |file: &str, uri: &str| {
            Filled::of(Path::new("deploy"), file).is_some_and(|path| path.fits(uri))
        };
        let config = "./config/{{ .Environment.Name }}/shop.yaml";
        assert!(fits(config, "deploy/config/prod/shop.yaml"));
        assert!(fits(
            "config/$(__________)/shop.yaml",
            "deploy/config/prod/shop.yaml"
        ));
        assert!(fits("../{{ .a }}/{{ .b }}-{{ .c }}.yaml/x", "a/b-c.yaml/x"));
        for uri in [
            "deploy/config/shop.yaml",
            "deploy/config//shop.yaml",
            "deploy/config/prod/eu/shop.yaml",
            "deploy/config/prod/other.yaml",
            "config/prod/shop.yaml",
        ] {
            assert!(!fits(config, uri), "{uri}");
        }
        assert!(!fits("{{ .a }}.yaml", "deploy/a.yaml"));
        assert!(!fits("shop.yaml", "deploy/shop.yaml"));
    }
}
