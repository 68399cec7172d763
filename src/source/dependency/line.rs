//! The lines of a text in which each is an entry, with their places.

use super::word::after_mark;

/// Each line that is not empty, with the offset of its start and without blanks at its end.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = after_mark(text);
    let lines = text[offset..].split_inclusive('\n').map(move |written| {
        let start = offset;
        offset += written.len();
        (start, written.trim_end())
    });
    lines.filter(|(_, line)| !line.is_empty())
}
