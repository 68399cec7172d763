//! Copies of values into whose texts something is put in, as who applies them does.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{Node, Scalar, TooLarge, Tree, TreeBuilder};

/// More values than a document may hold are in none of its parts.
const MOST_VALUES: usize = 1 << 22;
/// How deep values are read; what is deeper, `source` refuses.
const DEEPEST: usize = 256;

/// What is put into texts.
pub(super) trait Filling {
    /// A key with it.
    fn key<'t>(&self, text: &'t str) -> Cow<'t, str>;

    /// A string with it, and whether that becomes a number if it looks like one.
    fn value<'t>(&self, text: &'t str) -> (Cow<'t, str>, bool);
}

/// A copy of a value with something put in; every part keeps its place. `None` where it is too large.
pub(super) fn filled(node: Node<'_>, filling: &impl Filling) -> Option<Arc<Tree>> {
    let mut builder = TreeBuilder::new(MOST_VALUES);
    put_in(node, filling, &mut builder, DEEPEST).ok()?;
    Some(Arc::new(builder.finish().0))
}

fn put_in(
    node: Node<'_>,
    filling: &impl Filling,
    builder: &mut TreeBuilder,
    depth: usize,
) -> Result<(), TooLarge> {
    let span = node.span();
    let depth = depth.checked_sub(1).ok_or(TooLarge)?;
    if let Some(scalar) = node.scalar() {
        match scalar {
            Scalar::String(text) => {
                let (text, is_of_any_type) = filling.value(text);
                let number = text.parse().ok().filter(|_| is_of_any_type);
                let scalar = number.map_or(Scalar::String(&text), Scalar::Signed);
                builder.scalar(scalar, span)?;
            }
            other => drop(builder.scalar(other, span)?),
        }
        return Ok(());
    }
    if node.is_mapping() {
        builder.begin_mapping(span)?;
        for (key, value) in node.entries() {
            let text = key.as_str().unwrap_or_default();
            builder.key(&filling.key(text), key.span())?;
            put_in(value, filling, builder, depth)?;
        }
    } else {
        builder.begin_sequence(span)?;
        for item in node.items() {
            put_in(item, filling, builder, depth)?;
        }
    }
    builder.end(span.end as usize);
    Ok(())
}
