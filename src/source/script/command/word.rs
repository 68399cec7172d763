//! Words of a command: what is known of what they say, and their parts.

use std::ops::Range;

use crate::source::script::joined::joined;
use crate::source::script::setting::{Setting, Value, steps};
use crate::source::script::variable;

pub(super) fn known(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    match is_literal(text, &value) {
        true => Some(value),
        false => variable::value(text, value),
    }
}

/// Whether a value stands there itself: no variable and no command gives it, or a part of it.
pub(super) fn is_literal(text: &str, value: &Range<usize>) -> bool {
    let written = &text[value.clone()];
    let is_quoted = text[..value.start].ends_with('\'');
    let is_filled_in = written.match_indices('$').any(|(at, _)| {
        let next = written[at + 1..].chars().next();
        next.is_some_and(|next| next.is_ascii_alphanumeric() || "_{($@".contains(next))
    });
    !written.is_empty() && (is_quoted || !(is_filled_in || written.contains('`')))
}

/// What a word says of an image, or hands to a chart: all of it is known, or at least the host that it begins
/// with.
pub(in crate::source::script) fn value(text: &str, word: Range<usize>) -> Option<Value> {
    if let Some(known) = known(text, word.clone()) {
        return Some(known.into());
    }
    let is_told = |text: &str| !text.contains(['$', '`']) || names_host(text);
    let filled = joined(text, word.clone()).filter(|text| is_told(text));
    let is_host_written = filled.is_some() || names_host(&text[word.clone()]);
    is_host_written.then_some(Value { at: word, filled })
}

/// The setting of a path and its value: `a.b[0].c` and `x`.
pub(in crate::source::script) fn setting(
    text: &str,
    path: Range<usize>,
    value: Value,
) -> Option<Setting> {
    let names = split(text, path, b'.');
    let is_name = |key: &Range<usize>| !key.is_empty() && !text[key.clone()].starts_with('[');
    let is_named = names.iter().all(is_name);
    let keys = names.into_iter().flat_map(|key| steps(text, key)).collect();
    is_named.then_some(Setting { keys, value })
}

/// Whether a text begins with a host and a path, whatever gives the rest.
pub(super) fn names_host(text: &str) -> bool {
    let host = text.split_once('/').map(|(host, _)| host);
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    host.is_some_and(|host| host.contains('.') && host.bytes().all(is_of_host))
}

/// A range without the quotes around it, which are escaped where the text stands in a string itself.
pub(super) fn bare(text: &str, range: Range<usize>) -> Range<usize> {
    match text.as_bytes()[range.clone()] {
        [b'\\', first @ (b'"' | b'\''), .., b'\\', last] if first == last => {
            range.start + 2..range.end - 2
        }
        [first @ (b'"' | b'\''), .., last] if first == last => range.start + 1..range.end - 1,
        _ => range,
    }
}

/// The parts of a range between a sign that is not escaped, and not in braces.
pub(super) fn split(text: &str, range: Range<usize>, sign: u8) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut depth) = (Vec::new(), range.start, 0_usize);
    let bytes = text.as_bytes();
    for at in range.clone() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            byte if byte == sign && depth == 0 && (at == range.start || bytes[at - 1] != b'\\') => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(start..range.end);
    parts
}
