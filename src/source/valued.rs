//! Values files, whatever they are called: by what Argo CD, Flux, Fleet, Skaffold, helmfile,
//! kustomizations and commands of helm say they hand to charts, and by where charts keep them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::chart::{is_set_of_values, is_values_file};
use super::collect::Found;
use super::file;
use super::guide::of_guide;
use super::handed_values::{of_pipeline, of_script, scripts};
use super::helmfile::{self, is_helmfile};
use super::path::{normalized, shown};
use super::reading::{Class, Read};
use crate::model::{Artifact, HOLE, Node};

/// Keys that name values files, one or a list.
const KEYS: [&str; 4] = [
    "valueFiles",
    "valuesFile",
    "valuesFiles",
    "additionalValuesFiles",
];

/// What the documents of a file say of values files.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Paths from the root of a repository, or from a folder in it.
    paths: Vec<String>,
    /// Paths from the file's own folder.
    beside: Vec<String>,
    /// Files of generators, each with the name of the object that it becomes a part of.
    generated: Vec<(String, String)>,
    /// Names of the objects that releases take values from.
    taken: Vec<String>,
    /// Files of objects that kubectl is handed.
    applied: Vec<String>,
}

impl Mentions {
    /// Adds what a document says.
    pub(super) fn add(&mut self, root: Node<'_>) {
        let text = root.text();
        if KEYS.iter().any(|key| text.contains(key)) {
            self.visit(root, None);
        }
        self.add_releases(root);
        self.add_generators(root);
        if root.get("kind").and_then(Node::as_str) == Some("HelmRelease") {
            let from = root.find(&["spec", "valuesFrom"]).into_iter();
            let names = from.flat_map(Node::items).filter_map(|one| one.get("name"));
            self.taken.extend(names.filter_map(text_of));
        }
    }

    /// Looks for the keys in a value; `source` is the folder of the chart that Argo CD's sources
    /// name beside what they hand to helm.
    fn visit(&mut self, node: Node<'_>, source: Option<&str>) {
        let source = match (node.get("helm"), node.get("path").and_then(Node::as_str)) {
            (Some(_), Some(path)) => Some(path),
            _ => source,
        };
        for (key, value) in node.entries() {
            if !key.as_str().is_some_and(|key| KEYS.contains(&key)) {
                self.visit(value, source);
                continue;
            }
            let files = value.as_str().into_iter();
            for file in files.chain(value.items().filter_map(Node::as_str)) {
                self.add_file(file, source);
            }
        }
        node.items().for_each(|item| self.visit(item, source));
    }

    /// Whether nothing is said.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.beside.is_empty()
    }

    /// Adds a file, which may lie beside the one that names it, below the root of a repository, or below
    /// the folder `source`.
    pub(super) fn add_file(&mut self, file: &str, source: Option<&str>) {
        // `$values/prod.yaml` lies in the repository that another source calls `values`.
        let in_other = file.strip_prefix('$').and_then(|rest| rest.split_once('/'));
        if let Some((_, file)) = in_other {
            self.paths.push(file.to_owned());
            return;
        }
        self.paths.push(file.to_owned());
        self.beside.push(file.to_owned());
        if let Some(source) = source {
            self.paths.push(format!("{source}/{file}"));
        }
    }

    /// Adds a file of objects, which lies beside the one that names it, or below the root of a repository.
    pub(super) fn add_applied(&mut self, file: &str) {
        self.applied.push(file.to_owned());
    }

    /// What a helmfile hands to its releases: `releases: [{chart: x, values: [a.yaml]}]`; and its environments.
    fn add_releases(&mut self, root: Node<'_>) {
        if is_helmfile(root) {
            self.beside.extend(helmfile::files(root).map(str::to_owned));
        }
    }

    /// The generators of a kustomization: `files: [values.yaml=prod.yaml]`.
    fn add_generators(&mut self, root: Node<'_>) {
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for generator in list("configMapGenerator").chain(list("secretGenerator")) {
            let name = generator.get("name").and_then(Node::as_str);
            let files = generator.get("files").into_iter().flat_map(Node::items);
            for entry in files.filter_map(Node::as_str) {
                let (key, file) = entry.split_once('=').unwrap_or((entry, entry));
                if is_values_file(key) {
                    self.beside.push(file.to_owned());
                } else if let Some(name) = name {
                    self.generated.push((name.to_owned(), file.to_owned()));
                }
            }
        }
    }
}

fn text_of(node: Node<'_>) -> Option<String> {
    node.as_str().map(str::to_owned)
}

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
