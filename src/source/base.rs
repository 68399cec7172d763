//! Values that others win over: what they switch off, another file may switch on.

use std::collections::BTreeSet;

use crate::model::{Node, Resource, SWITCHES, Scalar, VALUES_KIND};

/// What folders are called whose values others beside them add to.
const BASES: [&str; 5] = ["base", "common", "default", "defaults", "shared"];

/// Marks the values of which others switch on a part that is off: in the same folder, in one below it, or
/// beside it where it is called a base.
pub(super) fn mark_bases(resources: &mut [Resource]) {
    let is_values = |one: &Resource| one.gvk.kind == VALUES_KIND && !one.is_tried;
    let mut on = BTreeSet::new();
    for one in resources.iter().filter(|one| is_values(one)) {
        for path in switched(one.node(), true) {
            on.insert((folder(&one.artifact.uri).to_owned(), path.clone()));
            on.insert((folder(folder(&one.artifact.uri)).to_owned(), path));
        }
    }
    for one in resources.iter_mut().filter(|one| is_values(one)) {
        let own = folder(&one.artifact.uri);
        let is_called_base = BASES.iter().any(|name| own.ends_with(name));
        let around = is_called_base.then(|| folder(own));
        let folders: Vec<&str> = [Some(own), around].into_iter().flatten().collect();
        let mut off = switched(one.node(), false).into_iter();
        let is_on = |path: String| {
            let mut folders = folders.iter();
            folders.any(|folder| on.contains(&((*folder).to_owned(), path.clone())))
        };
        let is_base = off.any(is_on);
        one.is_base |= is_base;
    }
}

/// The folder of a file or of a folder; the outermost is empty.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The paths of the parts that values switch on, or off, three keys deep at most.
fn switched(values: Node<'_>, is_on: bool) -> Vec<String> {
    let mut paths = Vec::new();
    add_switched(values, is_on, "", 3, &mut paths);
    paths
}

fn add_switched(part: Node<'_>, is_on: bool, path: &str, depth: usize, paths: &mut Vec<String>) {
    let is_switch = |key| part.get(key).and_then(Node::scalar) == Some(Scalar::Bool(is_on));
    if !path.is_empty() && SWITCHES.into_iter().any(is_switch) {
        paths.push(path.to_owned());
    }
    if depth == 0 {
        return;
    }
    for (key, value) in part.entries().filter(|(_, value)| value.is_mapping()) {
        let key = key.as_str().unwrap_or_default();
        add_switched(value, is_on, &format!("{path}/{key}"), depth - 1, paths);
    }
}
