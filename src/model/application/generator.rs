//! What the generators of an ApplicationSet list.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Node, Resource, Scalar};

/// The values that a template has names for.
pub(super) type Parameters = BTreeMap<String, String>;

/// More Applications than these are not made of one ApplicationSet.
pub(super) const MOST: usize = 100;

/// The folders of files that were read, and those around them.
pub(super) struct Folders<'r>(BTreeSet<&'r str>);

impl<'r> Folders<'r> {
    pub(super) fn of(resources: &'r [Resource]) -> Self {
        let mut found = BTreeSet::new();
        for one in resources {
            let mut rest = &*one.artifact.uri;
            while let Some((folder, _)) = rest.rsplit_once('/')
                && found.insert(folder)
            {
                rest = folder;
            }
        }
        Self(found)
    }

    /// The folders that patterns match, from the nearest folder around a file below which some do.
    fn matching(&self, file: &str, patterns: &[Pattern<'_>]) -> Vec<&'r str> {
        let mut top = file;
        while !top.is_empty() {
            top = top.rsplit_once('/').map_or("", |(above, _)| above);
            let below = self.0.iter().filter_map(|folder| match top {
                "" => Some(*folder),
                _ => folder.strip_prefix(top)?.strip_prefix('/'),
            });
            let found: Vec<&str> = below.filter(|path| is_listed(path, patterns)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

/// Folders that a git generator lists, or leaves out.
struct Pattern<'a> {
    path: &'a str,
    is_left_out: bool,
}

impl<'a> Pattern<'a> {
    fn of(listed: Node<'a>) -> Option<Self> {
        Some(Self {
            path: listed.get("path")?.as_str()?,
            is_left_out: listed.get("exclude").and_then(Node::as_bool) == Some(true),
        })
    }
}

fn is_listed(path: &str, patterns: &[Pattern<'_>]) -> bool {
    let is_among = |is_left_out: bool| {
        let mut own = patterns.iter().filter(|one| one.is_left_out == is_left_out);
        own.any(|one| matches(one.path, path))
    };
    is_among(false) && !is_among(true)
}

/// Whether a path is one of a pattern, step by step.
fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_matches('/');
    let (mut steps, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (steps.next(), names.next()) {
            (None, None) => return true,
            (Some(step), Some(name)) if is_step(step, name) => {}
            _ => return false,
        }
    }
}

/// Whether a name is one of a step, in which stars stand for anything.
fn is_step(step: &str, name: &str) -> bool {
    let Some((start, mut rest)) = step.split_once('*') else {
        return step == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    while let Some((part, more)) = rest.split_once('*') {
        let Some(at) = name.find(part) else {
            return false;
        };
        (name, rest) = (&name[at + part.len()..], more);
    }
    name.ends_with(rest)
}

/// The sets of parameters that a generator gives; of one that asks a cluster or a service, a single set
/// of which nothing is known.
pub(super) fn parameters(
    set: &Resource,
    generator: Node<'_>,
    folders: &Folders<'_>,
) -> Vec<Parameters> {
    let own = |key| generator.get(key);
    let inner = |node: Node<'_>| -> Vec<Vec<Parameters>> {
        let generators = node.get("generators").into_iter().flat_map(Node::items);
        let each = generators.map(|inner| parameters(set, inner, folders));
        each.collect()
    };
    let found = if let Some(list) = own("list").filter(|list| list.get("elements").is_some()) {
        elements(list)
    } else if let Some(directories) = own("git").and_then(|git| git.get("directories")) {
        of_folders(set, directories, folders)
    } else if let Some(matrix) = own("matrix") {
        crossed(inner(matrix))
    } else if let Some(merge) = own("merge") {
        let keys = merge.get("mergeKeys").into_iter().flat_map(Node::items);
        let keys: Vec<&str> = keys.filter_map(Node::as_str).collect();
        merged(inner(merge), &keys)
    } else {
        vec![Parameters::new()]
    };
    let labels = generator.find(&["selector", "matchLabels"]);
    let is_kept = |found: &Parameters| {
        let mut asked = labels.into_iter().flat_map(Node::entries);
        asked.all(|(key, value)| {
            let known = key.as_str().and_then(|key| found.get(key));
            known.is_none_or(|known| value.as_str() == Some(known))
        })
    };
    found.into_iter().filter(is_kept).collect()
}

fn elements(list: Node<'_>) -> Vec<Parameters> {
    let elements = list.get("elements").into_iter().flat_map(Node::items);
    let read = |element: Node<'_>| {
        let mut found = Parameters::new();
        flatten(element, "", &mut found);
        found
    };
    elements.map(read).collect()
}

/// Adds the scalars of a value by the way to them, `a.b`.
fn flatten(node: Node<'_>, name: &str, found: &mut Parameters) {
    let text = match node.scalar() {
        Some(Scalar::String(text)) => Some(text.to_owned()),
        Some(Scalar::Bool(value)) => Some(value.to_string()),
        Some(Scalar::Signed(value)) => Some(value.to_string()),
        Some(Scalar::Unsigned(value)) => Some(value.to_string()),
        Some(Scalar::Float(_) | Scalar::Null) | None => None,
    };
    if let Some(text) = text {
        found.insert(name.to_owned(), text);
    }
    for (key, value) in node.entries() {
        let key = key.as_str().unwrap_or_default();
        let name = match name {
            "" => key.to_owned(),
            _ => format!("{name}.{key}"),
        };
        flatten(value, &name, found);
    }
}

fn of_folders(set: &Resource, directories: Node<'_>, folders: &Folders<'_>) -> Vec<Parameters> {
    let patterns: Vec<Pattern<'_>> = directories.items().filter_map(Pattern::of).collect();
    let found = folders.matching(&set.artifact.uri, &patterns);
    if found.is_empty() {
        return vec![Parameters::new()];
    }
    found.into_iter().map(of_folder).collect()
}

/// What a folder gives: its path, the steps of it, and its own name.
fn of_folder(path: &str) -> Parameters {
    let name = path.rsplit('/').next().unwrap_or(path);
    let plain = |one: char| {
        if one.is_ascii_alphanumeric() {
            one
        } else {
            '-'
        }
    };
    let normalized: String = name.to_ascii_lowercase().chars().map(plain).collect();
    let mut found = Parameters::from([
        ("path".to_owned(), path.to_owned()),
        ("path.path".to_owned(), path.to_owned()),
        ("path.basename".to_owned(), name.to_owned()),
        ("path.basenameNormalized".to_owned(), normalized),
    ]);
    for (at, step) in path.split('/').enumerate() {
        found.insert(format!("path[{at}]"), step.to_owned());
        found.insert(format!("index .path.segments {at}"), step.to_owned());
    }
    found
}

/// Each set of one generator with each of the others.
fn crossed(all: Vec<Vec<Parameters>>) -> Vec<Parameters> {
    let start = vec![Parameters::new()];
    all.into_iter().fold(start, |known, next| {
        let with = |one: &Parameters| {
            let both = next.iter().map(|more| joined(one, more));
            both.collect::<Vec<_>>()
        };
        known.iter().flat_map(with).take(MOST).collect()
    })
}

/// The sets of the first generator, with what the others say of the same keys.
fn merged(all: Vec<Vec<Parameters>>, keys: &[&str]) -> Vec<Parameters> {
    let mut all = all.into_iter();
    let first = all.next().unwrap_or_default();
    all.fold(first, |known, next| {
        let same = |one: &Parameters, other: &&Parameters| {
            keys.iter()
                .all(|key| one.contains_key(*key) && one.get(*key) == other.get(*key))
        };
        let with = |one: Parameters| match next.iter().find(|other| same(&one, other)) {
            Some(more) => joined(&one, more),
            None => one,
        };
        known.into_iter().map(with).collect()
    })
}

fn joined(one: &Parameters, more: &Parameters) -> Parameters {
    let mut both = one.clone();
    both.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_in_a_step() {
        for (pattern, path, expected) in [
            ("apps/*", "apps/web", true),
            ("apps/*", "apps/web/inner", false),
            ("apps/*", "apps", false),
            ("./apps/web/", "apps/web", true),
            ("apps/*-a*b", "apps/x-acb", true),
            ("apps/*-a*b", "apps/x-ac", false),
            ("*", "apps", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
