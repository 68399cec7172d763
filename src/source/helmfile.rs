//! Values that stand in a helmfile itself: of its releases, of what these take over, and of its environments.

use std::ops::Range;
use std::sync::Arc;

use super::listing::{Helmfile, is_absent};
use super::mentions::Mentions;
use super::reading::{As, Included, Start};
use super::resource::handed;
use super::script::{is_value_option, of_paths, of_words, unquoted};
use crate::model::{Artifact, HOLE, Node, Resource, Tree};

/// What one of stands in a text that is a helmfile, or one before it is filled in.
pub(super) const SIGNS: [&str; 3] = ["releases:", "environments:", "templates:"];

/// Keys at the top of a helmfile, save those with which it is one in any case.
const KEYS: [&str; 11] = [
    "bases",
    "commonLabels",
    "environments",
    "helmBinary",
    "helmDefaults",
    "helmfiles",
    "hooks",
    "lockFilePath",
    "missingFileHandler",
    "repositories",
    "values",
];

/// Ends of the names of values files that are read for their names, or for what a helmfile says of them.
const YAML_ENDS: [&str; 4] = [".yaml", ".yml", ".yaml.gotmpl", ".yml.gotmpl"];

/// Whether a text may be a helmfile.
pub(super) fn has_sign(text: &str) -> bool {
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// Whether a document is a helmfile, `releases: [{name: db, chart: example/db}]`, or the part of one that stands
/// before its releases or in a file of its own: `environments: {prod: {values: [prod.yaml]}}`.
pub(super) fn is_helmfile(root: Node<'_>) -> bool {
    let is_object = root.get("apiVersion").is_some() || root.get("kind").is_some();
    let is_release = |one: Node<'_>| one.get("name").is_some() && one.get("chart").is_some();
    let is_file = |path: &str| path.ends_with(".env") || path.ends_with(".gotmpl") || is_yaml(path);
    let names_file = |part: Node<'_>| {
        let mut files = list(part, "values").filter_map(Node::as_str);
        files.any(is_file)
    };
    let mut parts = named(root, "environments").chain(named(root, "templates"));
    let is_known = list(root, "releases").any(is_release) || parts.any(names_file);
    !is_object && (is_known || is_first_part(root))
}

/// Whether a document is what stands before the releases: environments with values of their own, and nothing at
/// its top but what a helmfile has.
fn is_first_part(root: Node<'_>) -> bool {
    let is_own = |(key, _): (Node<'_>, _)| key.as_str().is_some_and(|key| KEYS.contains(&key));
    let gives_values = |one: Node<'_>| list(one, "values").any(Node::is_mapping);
    named(root, "environments").any(gives_values) && root.entries().all(is_own)
}

/// The values files that a helmfile names, as it writes them.
fn files<'a>(root: Node<'a>) -> impl Iterator<Item = &'a str> {
    let parts = named(root, "environments").chain(named(root, "templates"));
    let parts = parts.chain(list(root, "releases"));
    parts.flat_map(|part| list(part, "values").filter_map(Node::as_str))
}

/// Adds what a document hands to releases and environments, if it is a helmfile.
pub(super) fn mention(root: Node<'_>, mentions: &mut Mentions) {
    if is_helmfile(root) {
        files(root).for_each(|file| mentions.add_beside(file));
    }
}

/// Those whose names do not say that they are YAML, and in which nothing is to be filled in: to be read since
/// the helmfile names them, `prod.env`, `web.gotmpl`.
pub(super) fn other_files(root: Node<'_>) -> impl Iterator<Item = Included> {
    let is_open = |path: &str| path.contains(['{', '*', ' ', ':']) || path.contains(HOLE);
    let other = files(root).filter(move |path| !is_yaml(path) && !is_open(path));
    other.map(|path| Included {
        path: path.to_owned(),
        wanted: As::Values,
        missing: None,
        starts: Start::Beside,
    })
}

fn is_yaml(path: &str) -> bool {
    YAML_ENDS.iter().any(|end| path.ends_with(end))
}

/// The values in a helmfile, each map of them by itself, called as the chart; those of releases that are not
/// installed are none. Among them what opens a repository of charts.
pub(super) fn values(Helmfile { artifact, tree }: &Helmfile) -> Vec<Resource> {
    let Some(root) = tree.root() else {
        return Vec::new();
    };
    let repositories = list(root, "repositories").filter(|one| one.get("password").is_some());
    let mut found: Vec<Resource> = repositories
        .map(|one| handed(artifact, tree, one, ""))
        .collect();
    let defaults = root.get("helmDefaults");
    let environments = named(root, "environments").chain([root]).chain(defaults);
    let templates = named(root, "templates");
    let releases = list(root, "releases").filter(|one| !is_absent(*one));
    for part in environments.chain(templates).chain(releases) {
        let chart = part.string("chart");
        let chart = chart.and_then(|chart| chart.rsplit('/').next());
        let chart = chart.unwrap_or_default();
        let maps = list(part, "values").filter(|one| one.is_mapping());
        found.extend(maps.map(|map| handed(artifact, tree, map, chart)));
        found.extend(of_arguments(artifact, part));
        let set = settings(artifact, part).map(Arc::new);
        found.extend(set.iter().filter_map(|set| {
            let root = set.root()?;
            Some(handed(artifact, set, root, chart))
        }));
    }
    found
}

/// What the arguments for helm hand to a chart, `args: [--set, auth.password=x]`, and what hooks run.
fn of_arguments(artifact: &Arc<Artifact>, part: Node<'_>) -> Vec<Resource> {
    let text = &artifact.text;
    let word = |node: Node<'_>| node.as_str().map(|_| unquoted(text, node));
    let words = |node: Node<'_>| list(node, "args").filter_map(word).collect::<Vec<_>>();
    let is_option = |word: &Range<usize>| text.get(word.clone()).is_some_and(is_value_option);
    let mut own = words(part);
    let start = own.iter().position(is_option).unwrap_or(own.len());
    let mut found = of_words(artifact, &own.split_off(start));
    for hook in list(part, "hooks") {
        let command = hook.get("command").and_then(word).into_iter();
        let command: Vec<Range<usize>> = command.chain(words(hook)).collect();
        found.extend(of_words(artifact, &command));
    }
    found
}

/// What a release sets one by one: `set: [{name: auth.password, value: x}]`.
fn settings(artifact: &Artifact, release: Node<'_>) -> Option<Tree> {
    let text = &artifact.text;
    let setting = |one: Node<'_>| -> Option<(Range<usize>, Range<usize>)> {
        let part = |key| {
            let node = one.get(key)?;
            node.scalar()?;
            let range = unquoted(text, node);
            // What a template fills in stands in the tree as a placeholder alone.
            (!text.get(range.clone())?.contains(['{', '\n'])).then_some(range)
        };
        Some((part("name")?, part("value")?))
    };
    let set = list(release, "set").chain(list(release, "setString"));
    of_paths(text, set.filter_map(setting))
}

fn list<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    node.get(key).into_iter().flat_map(Node::items)
}

fn named<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    let entries = node.get(key).into_iter().flat_map(Node::entries);
    entries.map(|(_, value)| value)
}
