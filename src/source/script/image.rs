//! Images in objects of here-documents that a variable of the script gives, or a part of them.

use std::ops::Range;

use super::command::value;
use super::unquoted;
use crate::model::{Node, Span, Tree, Visited};

/// Puts what the script gives into the images of an object, as far as they stand in some ranges: a whole one at
/// its assignment, others where they are put together.
pub(super) fn fill(tree: &mut Tree, text: &str, ranges: &[Range<usize>]) {
    let mut given = Vec::new();
    if let Some(root) = tree.root().filter(|root| root.text().contains('$')) {
        root.visit_scalars(&mut |path, node| {
            let start = node.span().range().start;
            let is_within = || ranges.iter().any(|range| range.contains(&start));
            if is_image(path) && holds_variable(node) && is_within() {
                let value = value(text, unquoted(text, node));
                given.extend(value.map(|value| (node.id(), value)));
            }
        });
    }
    for (id, value) in given {
        let written = value.filled.as_deref().unwrap_or(&text[value.at.clone()]);
        // Quotes within a word of a shell are none of what it says.
        let span = Span::new(value.at.start, value.at.end);
        tree.fill(id, &written.replace(['"', '\''], ""), span);
    }
}

fn is_image(path: &[Visited<'_>]) -> bool {
    let Some(Visited::Key(key)) = path.last() else {
        return false;
    };
    key.as_str()
        .is_some_and(|key| key == "image" || key.ends_with("Image"))
}

fn holds_variable(node: Node<'_>) -> bool {
    node.as_str().is_some_and(|text| text.contains('$'))
}
