//! What stands above a value in a text: the keys of the braces around it, and of lines that are less indented.

use crate::facts::credentials::line::is_comment;

/// The keys that a byte of a text stands below, the nearest first.
pub(super) fn keys_above(text: &str, at: usize) -> Vec<&str> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let own = &text[start..at];
    let mut found = of_braces(own);
    let mut indent = indent_of(own, true);
    for line in text[..start].lines().rev() {
        if indent == 0 {
            break;
        }
        if line.trim().is_empty() || is_comment(line) || indent_of(line, false) >= indent {
            continue;
        }
        // The key behind a dash stands beside, not above.
        if indent_of(line, true) < indent {
            found.extend(key_of(line));
        }
        indent = indent_of(line, false);
    }
    found
}

/// Whether a byte of a text stands in an object of a list, whose first key has a dash or a bracket before it.
pub(super) fn is_in_item(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let own = &text[start..at];
    if let Some(open) = own.rfind('{') {
        return own[..open].trim_end().ends_with(['[', ',']);
    }
    let indent = indent_of(own, true);
    let is_dashed = |line: &str| line.trim_start().starts_with("- ");
    let above = text[..start].lines().rev();
    is_dashed(own)
        || above
            .filter(|line| !line.trim().is_empty() && !is_comment(line))
            .find(|line| indent_of(line, false) < indent)
            .is_some_and(|line| is_dashed(line) && indent_of(line, true) == indent)
}

/// How far a line is indented, up to its dash or to what stands behind it.
fn indent_of(line: &str, is_behind_dash: bool) -> usize {
    let is_blank = |one: char| one == ' ' || one == '\t' || (is_behind_dash && one == '-');
    line.len() - line.trim_start_matches(is_blank).len()
}

/// The keys of the braces that are open at the end of a line, the innermost first.
fn of_braces(line: &str) -> Vec<&str> {
    let mut open = Vec::new();
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'{' => open.push(key_before(&line[..at])),
            b'}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().rev().flatten().collect()
}

/// The key before `: {`, `= {` or `=> {`.
fn key_before(head: &str) -> Option<&str> {
    let key = head.trim_end_matches([' ', ':', '=', '>', '[']);
    let key = key.trim_end_matches(['"', '\'', '\\']);
    let is_end = |one: char| !(one.is_alphanumeric() || "_-.".contains(one));
    key.rsplit(is_end).next().filter(|key| !key.is_empty())
}

/// The key that a line begins with.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '\t', '-', '"', '\'']);
    let key = line.split(['"', '\'', ':', '=', ' ', '{']).next()?;
    Some(key).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_of_braces_and_of_lines() {
        for (text, keys) in [
            ("a: {b: {c: 1}, d: {x: hQ7", vec!["d", "a"]),
            (
                "\"renameByName\": {\"password\": \"hQ7",
                vec!["renameByName"],
            ),
            (
                "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": {\n      \"x\": \"hQ7",
                vec!["c", "a"],
            ),
            (
                "a:\n  b:\n    c: 1\n  # d:\n  e:\n    x: hQ7",
                vec!["e", "a"],
            ),
            ("tests:\n- name: a\n  x: hQ7", vec![]),
            ("tests:\n  - example: a\n    x: hQ7", vec!["tests"]),
            (
                "mutate { rename => { \"pwd\" => \"hQ7",
                vec!["rename", "mutate"],
            ),
            ("x: hQ7", vec![]),
        ] {
            let at = text.find("hQ7").expect("is there");
            assert_eq!(keys_above(text, at), keys, "{text}");
        }
    }

    #[test]
    fn an_item_has_a_dash_before_its_first_key() {
        for (text, expected) in [
            ("a:\n  - b: c\n    x: hQ7", true),
            ("a:\n  - x: hQ7", true),
            ("a: [{b: c}, {x: hQ7", true),
            ("a: {x: hQ7", false),
            ("a:\n  b: c\n  x: hQ7", false),
            ("- a:\n    b: c\n    x: hQ7", false),
        ] {
            let at = text.find("hQ7").expect("is there");
            assert_eq!(is_in_item(text, at), expected, "{text}");
        }
    }
}
