//! Lines of a text: where each begins, and which are comments.

use std::ops::Range;

/// The lines of a text with the offset of each, without their line breaks.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |offset, line| {
        let start = *offset;
        *offset += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    })
}

/// Where a part of a text stands in it.
pub(super) fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// Whether a line is a comment in one of the usual languages.
pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    (line.starts_with("//") && !is_of_registry(line))
        || line.starts_with("/*")
        || line.starts_with("* ")
        || line.starts_with("-- ")
        || line.starts_with("<!--")
        || line.starts_with("REM ")
        // What Kamailio defines begins so, too.
        || (line.starts_with('#') && !line.starts_with("#!define "))
        || line.starts_with(';')
        || line.starts_with('!')
}

/// Whether a line is a setting of npm for one registry: `//registry.example.com/:_authToken=x`.
pub(super) fn is_of_registry(line: &str) -> bool {
    line.starts_with("//") && line.contains("/:_")
}
