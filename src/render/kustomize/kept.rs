//! What is found by its value, and so bears no mark: names of objects, and what patches find items of lists by.

use super::frame::Frame;
use crate::model::Node;

/// Keys by which patches find items of a list.
pub(super) const MERGE_KEYS: [&str; 11] = [
    "name",
    "containerPort",
    "mountPath",
    "devicePath",
    "key",
    "topologyKey",
    "ip",
    "port",
    "protocol",
    "type",
    "whenUnsatisfiable",
];

/// What an object is found by.
const NAMES: [&str; 3] = ["name", "namespace", "generateName"];

/// Where such values of an object begin; nothing where no alias can stand for one.
pub(super) fn kept(frame: &Frame<'_>, root: Node<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    if frame.view.artifact.text.contains('&') {
        let metadata = root.get("metadata").into_iter();
        let names = metadata.flat_map(|own| NAMES.iter().filter_map(move |name| own.get(name)));
        names.for_each(|name| add(frame, name, &mut found));
        add_items(frame, root, &mut found);
    }
    found
}

fn add_items(frame: &Frame<'_>, node: Node<'_>, found: &mut Vec<usize>) {
    let is_kept = frame.keeps_items && frame.is_item(node);
    for (key, value) in node.entries() {
        if is_kept && key.as_str().is_some_and(|key| MERGE_KEYS.contains(&key)) {
            add(frame, value, found);
        }
        add_items(frame, value, found);
    }
    node.items().for_each(|item| add_items(frame, item, found));
}

fn add(frame: &Frame<'_>, value: Node<'_>, found: &mut Vec<usize>) {
    let span = frame.view.span(value).filter(|_| value.scalar().is_some());
    found.extend(span.map(|span| span.start as usize));
}
