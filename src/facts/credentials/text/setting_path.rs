//! The full names of settings in a text: its sections and the keys above a line.

use std::ops::Range;

use super::syntax::Syntax;
use crate::facts::credentials::line::place;
use crate::facts::credentials::value::off;

/// Where a text is, for the full names of its settings.
pub(super) struct Switched {
    section: String,
    /// Keys above the line with their indentation.
    above: Vec<(usize, String)>,
    pub(super) has_hosts: bool,
}

impl Switched {
    /// `None` where nothing in the text can switch authentication off.
    pub(in crate::facts::credentials) fn of(text: &str, syntax: Syntax) -> Option<Self> {
        let may = matches!(syntax, Syntax::Config | Syntax::Code) && off::may_switch(text);
        let has_hosts = text.contains("trust") && text.contains("host");
        (may || (has_hosts && syntax == Syntax::Config)).then(|| Self {
            section: String::new(),
            above: Vec::new(),
            has_hosts,
        })
    }

    /// The settings of a line by their full names, with the bytes of their values: those of a map in braces, too.
    pub(in crate::facts::credentials) fn settings(
        &mut self,
        line: &str,
    ) -> Vec<(String, Range<usize>)> {
        let Some((name, range)) = self.setting(line) else {
            return Vec::new();
        };
        let map = line[range.clone()].strip_prefix('{');
        let map = map.and_then(|map| map.strip_suffix('}'));
        let Some(map) = map.filter(|map| !map.contains(['{', '[', '"', '\''])) else {
            return vec![(name, range)];
        };
        let pairs = map.split(',').filter_map(|pair| pair.split_once(':'));
        pairs
            .map(|(key, value)| {
                let value = value.trim();
                (format!("{name}.{}", key.trim()), place(line, value))
            })
            .collect()
    }

    /// The bytes of a line that is one word below a section: a flag, as `skip-grant-tables` below `[mysqld]`.
    pub(in crate::facts::credentials) fn flag(&self, line: &str) -> Option<Range<usize>> {
        let word = line.trim();
        let is_part = |byte: u8| byte.is_ascii_lowercase() || b"-_".contains(&byte);
        let is_flag = !self.section.is_empty() && word.contains(['-', '_']);
        let start = line.len() - line.trim_start().len();
        (is_flag && word.bytes().all(is_part)).then_some(start..start + word.len())
    }

    /// The full name of a line's setting and the bytes of its value.
    fn setting(&mut self, line: &str) -> Option<(String, Range<usize>)> {
        let text = line.trim();
        let text = text.strip_prefix("export ").unwrap_or(text);
        let indent = line.len() - line.trim_start().len();
        if let Some(section) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            self.section = section.trim_matches(['[', ']', '"']).to_owned();
            return None;
        }
        let length = text.find(|one: char| one.is_whitespace() || "=:".contains(one))?;
        let key = text[..length].trim_matches(['"', '\'']);
        let rest = text[length..].trim_start_matches([' ', '\t', '=', ':']);
        self.above.retain(|(above, _)| *above < indent);
        if (rest.is_empty() && text.ends_with(':')) || rest == "{" {
            self.above.push((indent, key.to_owned()));
            return None;
        }
        let value = rest.split(" #").next().unwrap_or(rest).trim_end();
        // Jupyter: `c.ServerApp.token = ''`.
        let is_emptied = matches!(value, "''" | "\"\"");
        let bare = value.trim_matches(['"', '\'', ',', ';']);
        let value = if is_emptied { value } else { bare };
        let start = line.rfind(value).filter(|_| !value.is_empty())?;
        let above = self.above.iter().map(|(_, key)| key.as_str());
        let names: Vec<&str> = std::iter::once(self.section.as_str())
            .chain(above)
            .chain([key])
            .filter(|name| !name.is_empty())
            .collect();
        Some((names.join("."), start..start + value.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_a_script_is_a_setting() {
        let told = |line: &'static str| {
            let mut switched = Switched::of("allow_anonymous", Syntax::Config)?;
            let (name, range) = switched.settings(line).pop()?;
            Some((name, &line[range]))
        };
        for line in ["export ALLOW=true", "  ALLOW=true", "ALLOW = \"true\""] {
            assert_eq!(told(line), Some(("ALLOW".to_owned(), "true")), "{line}");
        }
        assert_eq!(
            told("security: {a: 1, authorization: disabled}"),
            Some(("security.authorization".to_owned(), "disabled"))
        );
    }

    #[test]
    fn a_word_below_a_section_is_a_flag() {
        let told = |text: &'static str| {
            let mut switched = Switched::of(text, Syntax::Config)?;
            let mut words = text.lines().filter_map(|line| {
                switched.settings(line);
                switched.flag(line).map(|range| &line[range])
            });
            words.next()
        };
        assert_eq!(
            told("[mysqld]\n  skip-grant-tables"),
            Some("skip-grant-tables")
        );
        assert_eq!(told("skip-grant-tables"), None);
        assert_eq!(told("[mysqld]\nskip-grant-tables=0"), None);
    }
}
