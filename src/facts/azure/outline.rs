//! Keys and values of configuration texts that are neither YAML nor JSON: `.env`, properties,
//! ini, TOML, HCL, Fluent Bit's and nginx' configuration, attributes of XML, arguments.

use std::ops::Range;

use super::settings::Setting;

/// A key with its value in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// The key's bytes.
    pub(super) range: Range<usize>,
    pub(super) key: &'t str,
    /// The value without quotes; `None` for what opens a section.
    pub(super) value: Option<&'t str>,
    /// The section it stands in.
    section: &'t str,
}

/// The lines of a text that hold a key, in order.
pub(super) fn outline(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let start = offset + (line.len() - line.trim_start().len());
        offset += line.len();
        if trimmed.is_empty() || is_comment(trimmed) {
            continue;
        }
        if let Some(name) = section_name(trimmed) {
            section = name;
            found.push(Line {
                range: place(start, trimmed, name),
                key: name,
                value: None,
                section: "",
            });
            continue;
        }
        arguments(trimmed, start, section, &mut found);
        if let Some((key, value)) = pair(trimmed, section) {
            found.push(Line {
                range: place(start, trimmed, key),
                key,
                value: Some(value),
                section,
            });
        }
    }
    found
}

fn is_comment(line: &str) -> bool {
    ["#", "//", ";", "<!--", "--  ", "!"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

/// `[auth.azuread]`, `[[outputs.azure_monitor]]`.
fn section_name(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    let inner = inner.trim_matches(['[', ']']).trim().trim_matches('"');
    let is_name = |one: char| one.is_ascii_alphanumeric() || "._-: \"".contains(one);
    (!inner.is_empty() && inner.chars().all(is_name)).then_some(inner)
}

/// Where a part of a line stands in the text.
fn place(start: usize, line: &str, part: &str) -> Range<usize> {
    let at = part.as_ptr() as usize - line.as_ptr() as usize;
    start + at..start + at + part.len()
}

/// `--provider=azure`, `--provider azure`.
fn arguments<'t>(line: &'t str, start: usize, section: &'t str, found: &mut Vec<Line<'t>>) {
    if !line.contains("--") {
        return;
    }
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let word = word.trim_matches(['"', '\'', ',']);
        if !word.starts_with("--") || word.len() < 4 {
            continue;
        }
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (
                word,
                words.peek().copied().filter(|next| !next.starts_with('-')),
            ),
        };
        found.push(Line {
            range: place(start, line, key),
            key,
            value: Some(value.unwrap_or("true").trim_matches(['"', '\''])),
            section,
        });
    }
}

/// Key and value of a line: `key = value`, `key: value`, `Name value` in a section, `word "x" {`,
/// `key="x" value="y"`.
fn pair<'t>(line: &'t str, section: &str) -> Option<(&'t str, &'t str)> {
    if let Some(attribute) = line.find("key=\"").map(|at| &line[at + 5..]) {
        let key = attribute.split('"').next()?;
        let value = attribute.split("value=\"").nth(1)?.split('"').next()?;
        return Some((key, value));
    }
    if let Some(block) = line.strip_suffix('{') {
        let mut words = block.split_whitespace();
        let key = words.next()?.trim_end_matches([':', '=']);
        let value = words.next().unwrap_or("{").trim_matches('"');
        return is_key(key).then_some((key, value));
    }
    let line = ["export ", "set ", "ENV ", "- "]
        .iter()
        .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let separator = line.find(['=', ':']).filter(|at| {
        let key = line[..*at].trim_end().trim_matches(['"', '\'']);
        is_key(key)
    });
    match separator {
        Some(at) => {
            let key = line[..at].trim_end().trim_matches(['"', '\'']);
            let value = line[at + 1..].trim_start_matches([':', '>', '=']).trim();
            let value = value.trim_end_matches([',', ';']).trim_matches(['"', '\'']);
            Some((key, value))
        }
        None if !section.is_empty() || line.starts_with('@') => {
            let (key, value) = line.split_once(char::is_whitespace)?;
            is_key(key).then_some((key, value.trim()))
        }
        None => None,
    }
}

fn is_key(key: &str) -> bool {
    let is_part = |one: char| one.is_ascii_alphanumeric() || "_.-@$/".contains(one);
    !key.is_empty() && key.len() <= 120 && key.chars().all(is_part)
}

/// A line of an outline as a setting.
pub(super) struct LineSetting<'s, 't> {
    pub(super) kind: &'s str,
    pub(super) lines: &'s [Line<'t>],
    pub(super) position: usize,
    pub(super) above: [&'s str; 1],
    /// What stands around the text: the container, or the text itself.
    pub(super) around: &'s str,
}

impl<'s, 't> LineSetting<'s, 't> {
    pub(super) fn new(
        kind: &'s str,
        lines: &'s [Line<'t>],
        position: usize,
        around: &'s str,
    ) -> Self {
        Self {
            kind,
            lines,
            position,
            above: [lines[position].section],
            around,
        }
    }

    fn line(&self) -> &Line<'t> {
        &self.lines[self.position]
    }

    /// The lines of the section that this line opens.
    fn below(&self) -> impl Iterator<Item = &Line<'t>> {
        let key = self.line().key;
        let is_section = self.line().value.is_none();
        let rest = self.lines[self.position + 1..].iter();
        rest.take_while(move |line| is_section && line.section == key)
    }
}

impl Setting for LineSetting<'_, '_> {
    fn kind(&self) -> &str {
        self.kind
    }

    fn key(&self) -> &str {
        self.line().key
    }

    fn above(&self) -> &[&str] {
        &self.above
    }

    fn value(&self) -> Option<&str> {
        self.line().value
    }

    fn is_off(&self) -> bool {
        match self.line().value {
            Some(value) => is_nothing(value),
            None => self
                .below()
                .any(|line| line.key == "enabled" && line.value.is_some_and(is_nothing)),
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.below().any(|line| line.key.eq_ignore_ascii_case(key))
    }

    fn is_beside(&self, key: &str) -> bool {
        let section = self.line().section;
        let mut beside = self.lines.iter().filter(|line| line.section == section);
        beside.any(|line| line.key == key)
    }

    fn is_near(&self, word: &str) -> bool {
        self.around.contains(word)
    }
}

/// Whether a value says that a setting is off, or nothing at all.
pub(super) fn is_nothing(value: &str) -> bool {
    let value = value.trim();
    [
        "", "false", "no", "off", "null", "~", "\"\"", "''", "[]", "{}", "disabled", "none",
    ]
    .iter()
    .any(|nothing| value.eq_ignore_ascii_case(nothing))
}
