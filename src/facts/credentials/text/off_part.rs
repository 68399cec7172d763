//! Parts of YAML that are switched off: `redis: {enabled: false, …}`, told by the lines around a value.

use crate::facts::credentials::key::words::ends_ignoring_case;
use crate::facts::credentials::line::is_comment;
use crate::model::SWITCHES;

/// What keys end with that are about who may come in: where this is off, what they belong to runs all the same.
const LOGINS: [&str; 8] = [
    "auth",
    "authentication",
    "authorization",
    "security",
    "login",
    "password",
    "secret",
    "credentials",
];

/// Whether the value at a byte belongs to a part that is off, in its own map or in one around.
pub(in crate::facts::credentials) fn is_in_off_part(text: &str, at: usize) -> bool {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut own = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if (start..start + line.len()).contains(&at) {
            own = lines.len();
        }
        start += line.len();
        if let Some(line) = Line::of(line) {
            lines.push(line);
        }
    }
    let mut level = lines.get(own).map(|line| line.indent);
    let mut from = own;
    while let Some(indent) = level {
        let start = start_of_map(&lines, from, indent);
        let parent = start.and_then(|start| parent_of(&lines, start));
        let is_of_login = parent.is_some_and(|parent| lines[parent].is_about_login());
        let map = start
            .into_iter()
            .flat_map(|start| map_at(&lines[start..], indent));
        if parent.is_some() && !is_of_login && map.into_iter().any(Line::switches_off) {
            return true;
        }
        level = parent.map(|parent| lines[parent].indent);
        from = parent.unwrap_or(0);
    }
    false
}

/// A line of YAML that is no comment and not empty.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// Where its key begins, behind a dash.
    indent: usize,
    /// Where its dash stands, if it has one.
    dash: Option<usize>,
    text: &'t str,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        let item = text.strip_prefix("- ").map(str::trim_start);
        let own = item.unwrap_or(text);
        (!text.is_empty() && !is_comment(text) && text != "---").then_some(Self {
            indent: indent + text.len() - own.len(),
            dash: item.map(|_| indent),
            text: own,
        })
    }

    fn switches_off(self) -> bool {
        let (key, value) = self.text.split_once(':').unwrap_or_default();
        let value = value.split('#').next().unwrap_or_default().trim();
        value == "false" && SWITCHES.contains(&key)
    }

    fn is_about_login(self) -> bool {
        is_about_login(self.text.split(':').next().unwrap_or_default())
    }
}

/// Whether a key says who may come in, which being off switches nothing else off.
pub(in crate::facts::credentials) fn is_about_login(key: &str) -> bool {
    LOGINS.iter().any(|name| ends_ignoring_case(key, name))
}

/// The first line of the map with keys at an indentation that a line is in.
fn start_of_map(lines: &[Line<'_>], from: usize, indent: usize) -> Option<usize> {
    let mut start = from;
    for at in (0..=from).rev() {
        let line = lines[at];
        if line.indent < indent {
            break;
        }
        if line.indent == indent {
            start = at;
        }
        if line.indent == indent && line.dash.is_some() {
            break;
        }
    }
    (lines.get(start)?.indent == indent).then_some(start)
}

/// The line of the key under which the map or list stands that begins at a line.
fn parent_of(lines: &[Line<'_>], start: usize) -> Option<usize> {
    let first = lines[start];
    let is_parent = |line: &Line<'_>| match first.dash {
        Some(dash) => line.indent < dash || (line.indent == dash && line.dash.is_none()),
        None => line.indent < first.indent,
    };
    lines[..start].iter().rposition(is_parent)
}

/// The lines with the keys of the map that begins with the first of these lines.
fn map_at<'t>(lines: &[Line<'t>], indent: usize) -> Vec<Line<'t>> {
    let own = lines.iter().enumerate().take_while(|(at, line)| {
        let is_next_item = line.dash.is_some_and(|dash| dash < indent);
        *at == 0 || (line.indent >= indent && !is_next_item)
    });
    own.map(|(_, line)| *line)
        .filter(|line| line.indent == indent)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_off(text: &str) -> bool {
        is_in_off_part(text, text.find("hQ7").expect("is there"))
    }

    #[test]
    fn what_is_off_is_off_with_all_that_is_below() {
        for text in [
            "redis:\n  enabled: false\n  password: hQ7\n",
            "keyStore:\n  enable: false\n  password: hQ7\n",
            "redis:\n  # why\n  password: hQ7\n\n  enabled: false # yes\nweb: 1\n",
            "a: 1\nredis:\n  auth:\n    password: hQ7\n  image: x\n  enabled: false\n",
            "shop:\n  db:\n    install: false\n    users:\n    - name: a\n      password: hQ7\n",
            "parts:\n- name: db\n  enabled: false\n  password: hQ7\n",
            "parts:\n  - password: hQ7\n    enabled: false\n",
        ] {
            assert!(is_off(text), "{text}");
        }
        for text in [
            "enabled: false\npassword: hQ7\n",
            "redis:\n  auth:\n    enabled: false\n    password: hQ7\n",
            "redis:\n  basicAuth:\n    enabled: false\n    password: hQ7\n",
            "redis:\n  enabled: true\n  password: hQ7\n",
            "redis:\n  # enabled: false\n  password: hQ7\n",
            "redis:\n  password: hQ7\nweb:\n  enabled: false\n",
            "web:\n  enabled: false\nredis:\n  password: hQ7\n",
            "redis:\n  tls:\n    enabled: false\n  password: hQ7\n",
            "parts:\n- name: a\n  password: hQ7\n- name: b\n  enabled: false\n",
            "parts:\n- name: b\n  enabled: false\n- name: a\n  password: hQ7\n",
        ] {
            assert!(!is_off(text), "{text}");
        }
    }
}
