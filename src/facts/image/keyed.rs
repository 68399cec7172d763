//! Finds values by the key that they stand under, wherever that is.

use crate::model::{Node, Step, ValuePath};

/// Calls `found` with the outermost values under a key that have a shape, such as
/// [`Node::is_mapping`], and their paths.
pub(super) fn visit_keyed<'a>(
    node: Node<'a>,
    key: &str,
    has_shape: fn(Node<'a>) -> bool,
    path: &mut ValuePath,
    found: &mut dyn FnMut(Node<'a>, &ValuePath),
) {
    for (name, value) in node.entries().filter(|(_, value)| value.scalar().is_none()) {
        let name = name.as_str().unwrap_or_default();
        path.0.push(Step::Key(name.to_owned()));
        if name == key && has_shape(value) {
            found(value, path);
        } else {
            visit_keyed(value, key, has_shape, path, found);
        }
        path.0.pop();
    }
    for (index, item) in node.items().enumerate() {
        path.0.push(Step::Index(index));
        visit_keyed(item, key, has_shape, path, found);
        path.0.pop();
    }
}
