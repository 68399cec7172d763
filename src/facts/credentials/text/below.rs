//! Values that stand on the line below their key: as YAML allows, plain ones and those of one line behind `|` or
//! `>`; between three quotes of TOML; behind a line of properties that goes on.

use std::ops::Range;

use crate::facts::credentials::line::{is_comment, place};

/// A key that is open: nothing but what says how it goes on, or a comment, stands behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'a> {
    pub(in crate::facts::credentials) key: &'a str,
    indent: usize,
    form: Form,
}

/// How a value goes on below its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As a plain value of YAML.
    Plain,
    /// As a block of YAML.
    Block,
    /// Between these quotes, which close it on its own line or on the next one.
    Quoted(&'static str),
    /// Behind a backslash.
    Continued,
}

/// The key that a line leaves open.
pub(super) fn opened(line: &str) -> Option<Open<'_>> {
    let at = line.find([':', '='])?;
    let form = match line.as_bytes()[at] {
        b'=' => of_assignment(&line[at + 1..])?,
        _ => of_yaml(&line[at + 1..])?,
    };
    let key = line[..at].trim_start_matches([' ', '-']).trim_end();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_key = !key.is_empty() && key.bytes().all(is_name);
    is_key.then(|| Open {
        key,
        indent: line.find(key).unwrap_or(0),
        form,
    })
}

fn of_yaml(rest: &str) -> Option<Form> {
    match rest.split('#').next().unwrap_or(rest).trim() {
        "" => Some(Form::Plain),
        "|" | "|-" | "|+" | ">" | ">-" | ">+" => Some(Form::Block),
        _ => None,
    }
}

/// TOML may leave out the end of the first line.
fn of_assignment(rest: &str) -> Option<Form> {
    match rest.trim() {
        "\"\"\"" | "\"\"\"\\" => Some(Form::Quoted("\"\"\"")),
        "'''" => Some(Form::Quoted("'''")),
        "\\" => Some(Form::Continued),
        _ => None,
    }
}

/// The bytes of the value of an open key in the line below it, where `next` is the line behind.
pub(in crate::facts::credentials) fn value(
    open: Open<'_>,
    line: &str,
    next: Option<&str>,
) -> Option<Range<usize>> {
    let value = match open.form {
        Form::Plain => plain(line.trim()).filter(|_| is_alone(open, line, next)),
        Form::Block => Some(without_quotes(line.trim())).filter(|_| is_alone(open, line, next)),
        Form::Quoted(quotes) => quoted(line.trim(), quotes, next),
        Form::Continued => Some(line.trim()).filter(|text| !text.ends_with('\\')),
    };
    let is_value = |value: &&str| !value.is_empty() && !value.contains(char::is_whitespace);
    value.filter(is_value).map(|value| place(line, value))
}

/// Whether a line is all that stands below its key.
fn is_alone(open: Open<'_>, line: &str, next: Option<&str>) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_inside = |line: &str| !line.trim().is_empty() && indent(line) > open.indent;
    is_inside(line) && next.is_none_or(|next| !is_inside(next) || is_comment(next))
}

/// A plain value of YAML, or one in quotes, without a comment.
fn plain(text: &str) -> Option<&str> {
    let bare = [" #", "\t#"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    let text = text[..bare.unwrap_or(text.len())].trim_end();
    let is_yaml = text.starts_with(['-', '{', '[', '&', '*', '!', '|', '>', '#', '%', '@', '`'])
        || text.ends_with(':')
        || text.contains(": ");
    (!is_yaml).then(|| without_quotes(text))
}

fn without_quotes(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

/// What stands before the quotes that close it.
fn quoted<'a>(text: &'a str, quotes: &str, next: Option<&str>) -> Option<&'a str> {
    let closed = text.strip_suffix(quotes);
    let is_closed = closed.is_some() || next.is_some_and(|next| next.trim() == quotes);
    is_closed.then_some(closed.unwrap_or(text))
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
            "secret = '''\nx1'''",
            "secret = \"\"\"\nx1\n\"\"\"",
            "db.secret=\\\n    x1",
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
            "secret = '''\nx1\nx2\n'''",
            "secret=\\\n    x1\\\n x2",
            "secret=\nx1",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
