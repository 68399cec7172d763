//! Values that stand on the line below their key, as YAML allows: plain ones, and those of one line behind `|`
//! or `>`.

use std::ops::Range;

use crate::facts::credentials::line::{is_comment, place};

/// A key that is open: nothing but a mark of a block, or a comment, stands behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'a> {
    pub(in crate::facts::credentials) key: &'a str,
    indent: usize,
    is_block: bool,
}

/// The key that a line leaves open.
pub(super) fn opened(line: &str) -> Option<Open<'_>> {
    let (key, rest) = line.split_once(':')?;
    let rest = rest.split('#').next().unwrap_or(rest).trim();
    let is_block = matches!(rest, "|" | "|-" | "|+" | ">" | ">-" | ">+");
    let key = key.trim_start_matches([' ', '-']);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_key = !key.is_empty() && key.bytes().all(is_name);
    (is_key && (is_block || rest.is_empty())).then(|| Open {
        key,
        indent: line.find(key).unwrap_or(0),
        is_block,
    })
}

/// The bytes of the value of an open key in the line below it, where `next` is the line behind.
pub(in crate::facts::credentials) fn value(
    open: Open<'_>,
    line: &str,
    next: Option<&str>,
) -> Option<Range<usize>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_inside = |line: &str| !line.trim().is_empty() && indent(line) > open.indent;
    let is_alone = next.is_none_or(|next| !is_inside(next) || is_comment(next));
    let text = line.trim();
    let text = if open.is_block {
        text
    } else {
        let bare = [" #", "\t#"]
            .iter()
            .filter_map(|mark| text.find(mark))
            .min();
        text[..bare.unwrap_or(text.len())].trim_end()
    };
    let quotes = ['"', '\''];
    let value = quotes
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text);
    let is_yaml = text.starts_with(['-', '{', '[', '&', '*', '!', '|', '>', '#', '%', '@', '`'])
        || text.ends_with(':')
        || text.contains(": ");
    let is_value = is_inside(line)
        && is_alone
        && !value.is_empty()
        && (open.is_block || !is_yaml)
        && !value.contains(char::is_whitespace);
    is_value.then_some(place(line, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &'static str) -> Option<&'static str> {
        let mut lines = text.lines();
        let open = opened(lines.next()?)?;
        let line = lines.next()?;
        value(open, line, lines.next()).map(|range| &line[range])
    }

    #[test]
    fn a_value_stands_on_the_line_below() {
        for text in [
            "secret:\n  x1   # of tokens\n       # more\n",
            "  - secret: # of tokens\n      \"x1\"\n",
            "secret: >-\n  x1\nother: a",
            "secret: |\n  x1",
        ] {
            assert_eq!(told(text), Some("x1"), "{text}");
        }
        for text in [
            "secret:\n  name: x1",
            "secret:\n  name:\n",
            "secret:\n  - x1",
            "secret:\nx1",
            "secret: |\n  x1\n  x2",
            "secret:\n  two words",
            "secret: x1\n  x2",
            "secret:\n  *anchor",
            "\"secret\":\n  {",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
