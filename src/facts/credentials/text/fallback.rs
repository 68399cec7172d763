//! What is taken where a variable is not set: `${DB_PASSWORD:-x}` in a shell, `${db.password:x}` in
//! settings, `os.getenv("DB_PASSWORD", "x")` and `process.env.DB_PASSWORD || 'x'` in a program.

use std::ops::Range;

use crate::facts::credentials::key::words::{contains_ignoring_case, is_screaming};
use crate::facts::credentials::line::is_comment;

/// A variable's name and what stands in for its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fallback {
    /// The bytes of the name.
    pub name: Range<usize>,
    /// The bytes of what is taken instead, without quotes.
    pub value: Range<usize>,
}

/// Marks between a variable in a program and what is taken instead.
const OTHERWISE: [&str; 4] = ["||", "??", "?:", " or "];

/// What a text takes instead of variables, whatever these mean.
pub(super) fn fallbacks(text: &str) -> Vec<Fallback> {
    let mut found = of_references(text);
    found.extend(of_calls(text));
    found.extend(of_alternatives(text));
    found.retain(|one| !is_commented(text, one.name.start));
    found
}

fn is_commented(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text.contains('\n') && is_comment(&text[line..])
}

/// `${NAME:-x}` and `${NAME:=x}` of a shell, `${a.name:x}` of Spring and others.
fn of_references(text: &str) -> Vec<Fallback> {
    let found = text.match_indices("${").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        let length = text[start..].bytes().take_while(is_name).count();
        let name = &text[start..start + length];
        let rest = text[start + length..].strip_prefix(':')?;
        let shell = rest.strip_prefix(['-', '=']);
        let value = shell.unwrap_or(rest);
        let value = &value[..value.find(['}', '\n'])?];
        let is_meant = shell.is_some() || (is_of_settings(name) && !is_of_shell(value));
        let from = value.as_ptr().addr() - text.as_ptr().addr();
        let bare = value.trim_matches(['"', '\'', '\\']);
        let from = from + value.find(bare).filter(|_| !bare.is_empty())?;
        (is_meant && !bare.contains('$')).then_some(Fallback {
            name: start..start + length,
            value: from..from + bare.len(),
        })
    });
    found.collect()
}

/// Whether a name is a variable's or a property's: `${vault:x}` and `${file:x}` say where a value is.
fn is_of_settings(name: &str) -> bool {
    name.contains(['_', '.', '-']) || is_screaming(name)
}

/// Whether what follows a colon is an operation of a shell: `${X:0:8}`, `${X: -4}`, `${X:?}`, `${X:+y}`.
fn is_of_shell(value: &str) -> bool {
    let is_number = |byte: u8| byte.is_ascii_digit() || byte == b':';
    let is_part = value.bytes().all(is_number) && (value.len() < 4 || value.contains(':'));
    is_part || value.starts_with([' ', '?', '+', '/'])
}

/// `os.getenv("NAME", "x")`, `config('NAME', default='x')`, `ENV.fetch("NAME") { "x" }`.
fn of_calls(text: &str) -> Vec<Fallback> {
    let calls = text
        .match_indices("(\"")
        .chain(text.match_indices("('"))
        .filter(|(at, _)| asks_for_setting(&text[..*at]));
    let found = calls.filter_map(|(at, _)| {
        let name = quoted(text, &text[at + 1..])?;
        let after = text[name.end + 1..].trim_start();
        let second = match after.strip_prefix(',') {
            Some(second) => without_keyword(second.trim_start()),
            None => after
                .strip_prefix(')')?
                .trim_start()
                .strip_prefix('{')?
                .trim_start(),
        };
        let value = quoted(text, second)?;
        Some(Fallback { name, value })
    });
    found.collect()
}

/// Whether a text ends with the name of a function that gives a variable or a setting.
fn asks_for_setting(head: &str) -> bool {
    let function = last_word(head);
    contains_ignoring_case(function, "env") || function == "config"
}

fn without_keyword(argument: &str) -> &str {
    ["default=", "fallback=", "default: "]
        .iter()
        .find_map(|name| argument.strip_prefix(name))
        .unwrap_or(argument)
}

/// `process.env.NAME || 'x'`, `ENV['NAME'] || 'x'`, `set ? NAME : 'x'`.
fn of_alternatives(text: &str) -> Vec<Fallback> {
    let mut found = Vec::new();
    for mark in OTHERWISE {
        for (at, _) in text.match_indices(mark) {
            let name = variable_before(text, at, matches!(mark, "??" | "?:"));
            let value = quoted(text, text[at + mark.len()..].trim_start());
            found.extend(
                name.zip(value)
                    .map(|(name, value)| Fallback { name, value }),
            );
        }
    }
    if text.contains('?') {
        found.extend(text.match_indices(" : ").filter_map(|(at, mark)| {
            let name = variable_before(text, at, false)?;
            let is_chosen = text[..name.start].trim_end().ends_with('?');
            let value = quoted(text, text[at + mark.len()..].trim_start())?;
            is_chosen.then_some(Fallback { name, value })
        }));
    }
    found
}

/// The name of the variable that a text ends with at a byte: `process.env.NAME`, `ENV["NAME"]`, `NAME`.
fn variable_before(text: &str, at: usize, may_have_dollar: bool) -> Option<Range<usize>> {
    let head = text[..at].trim_end();
    if let Some(inner) = head.strip_suffix([']', ')']) {
        let quote = inner
            .chars()
            .next_back()
            .filter(|one| matches!(one, '"' | '\''))?;
        let inner = &inner[..inner.len() - 1];
        let start = inner.rfind(quote)? + 1;
        let before = inner[..start - 1].strip_suffix(['[', '('])?;
        return contains_ignoring_case(last_word(before), "env").then_some(start..inner.len());
    }
    let word = last_word(head);
    let name = word.rsplit('.').next().unwrap_or(word);
    let has_dollar = head[..head.len() - word.len()].ends_with('$');
    let is_variable = (name.contains('_') && is_screaming(name))
        || contains_ignoring_case(&word[..word.len() - name.len()], "env.");
    (!name.is_empty() && is_variable && (may_have_dollar || !has_dollar))
        .then_some(head.len() - name.len()..head.len())
}

/// The name, with what it is a part of, that a text ends with.
fn last_word(head: &str) -> &str {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.?".contains(byte);
    let length = head.bytes().rev().take_while(is_part).count();
    &head[head.len() - length..]
}

/// What a program takes where a setting's value, which begins at a byte, is a variable of the
/// environment that is not set.
pub(super) fn of_setting(line: &str, start: usize) -> Option<Range<usize>> {
    let value = line.get(start..)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.?".contains(byte);
    let name = value.bytes().take_while(is_name).count();
    if !contains_ignoring_case(&value[..name], "env") {
        return None;
    }
    let mut rest = &value[name..];
    if let Some(arguments) = rest.strip_prefix(['(', '[']) {
        let after = behind_quotes(arguments)?.trim_start();
        if let Some(second) = after.strip_prefix(',') {
            return quoted(line, without_keyword(second.trim_start()));
        }
        rest = after.strip_prefix([')', ']'])?;
    }
    let rest = rest.trim_start();
    let other = ["||", "??", "?:", "or "]
        .iter()
        .find_map(|mark| rest.strip_prefix(mark))?;
    quoted(line, other.trim_start())
}

/// What a shell takes where the variable that is all of a value is not set: `true` of `${X:-true}`.
pub(super) fn of_variable(line: &str, value: Range<usize>) -> Option<Range<usize>> {
    let text = &line[value.clone()];
    let is_alone = text.starts_with("${") && text.find('}') == Some(text.len() - 1);
    let found = is_alone.then(|| of_references(text).pop())??.value;
    Some(value.start + found.start..value.start + found.end)
}

/// What is taken where the variable that a value is nothing but is not set: `x` of `${DB_PASSWORD:-x}`, and of
/// `${DB_PASSWORD:=x}` as Flux and `envsubst` have it.
pub(in crate::facts::credentials) fn of_substitution(value: &str) -> Option<Range<usize>> {
    let name = value.strip_prefix("${")?;
    let length = name
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let is_of_shell = name[length..].starts_with(":-") || name[length..].starts_with(":=");
    is_of_shell.then(|| of_variable(value, 0..value.len()))?
}

/// What follows a text in quotes.
fn behind_quotes(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text
        .chars()
        .next()
        .filter(|one| matches!(one, '"' | '\''))?;
    text[1..].split_once(quote).map(|(_, after)| after)
}

/// The bytes in a text of what stands in quotes where its `rest` begins.
fn quoted(text: &str, rest: &str) -> Option<Range<usize>> {
    let start = text.len() - rest.len() + 1;
    let after = behind_quotes(rest)?;
    let range = start..text.len() - after.len() - 1;
    (!text[range.clone()].contains('\n')).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, &str)> {
        let found = fallbacks(text);
        found
            .into_iter()
            .map(|one| (&text[one.name], &text[one.value]))
            .collect()
    }

    #[test]
    fn what_a_variable_falls_back_on_is_told_with_its_name() {
        for text in [
            "A=${DB_PASS:-orders}",
            ": \"${DB_PASS:=orders}\"",
            "curl -u \"admin:${DB_PASS:-\"orders\"}\" http://h",
            "password: ${DB_PASS:orders}",
            "connect(os.environ.get(\"DB_PASS\", \"orders\"))",
            "SECRET_KEY = config('DB_PASS', default='orders')",
            "x = ENV.fetch(\"DB_PASS\") { \"orders\" }",
            "const a = process.env.DB_PASS || 'orders';",
            "const a = process.env['DB_PASS'] ?? 'orders';",
            "$a = getenv('DB_PASS') ?: 'orders';",
            "a = os.environ.get('DB_PASS') or 'orders'",
            "const a = typeof DB_PASS !== 'undefined' ? DB_PASS : 'orders';",
        ] {
            assert_eq!(told(text), [("DB_PASS", "orders")], "{text}");
        }
        assert_eq!(
            told("password: ${db.password:orders}"),
            [("db.password", "orders")]
        );
    }

    #[test]
    fn a_value_may_be_nothing_but_a_variable_and_what_is_taken_instead() {
        for text in ["${A:-orders}", "${A:=orders}", "${A_1:=\"orders\"}"] {
            let found = of_substitution(text).map(|range| &text[range]);
            assert_eq!(found, Some("orders"), "{text}");
        }
        for text in [
            "${A}",
            "${A:-}",
            "${A:?is missing}",
            "${A:-$B}",
            "${A:-${B}}",
            "${A:orders}",
            "x${A:-orders}",
            "${A:-orders}/x",
        ] {
            assert_eq!(of_substitution(text), None, "{text}");
        }
    }

    #[test]
    fn other_expansions_and_choices_are_none() {
        for text in [
            "${DB_PASS}",
            "${DB_PASS:-}",
            "${DB_PASS:-$OTHER}",
            "${DB_PASS:-${OTHER}}",
            "${DB_PASS:?is missing}",
            "${DB_PASS:+x}",
            "${DB_PASS:0:8}",
            "${DB_PASS: -4}",
            "${vault:secret/data/shop}",
            "${file:/run/x:password}",
            "# A=${DB_PASS:-orders}\nx",
            "type = showPassword ? 'text' : 'password'",
            "const a = password || 'orders'",
            "[ -n \"$DB_PASS\" ] || 'orders'",
            "test $DB_PASS || 'orders'",
            "render(\"DB_PASS\", \"orders\")",
            "{\"a\": \"b ? c\", \"DB_PASS\" : \"orders\"}",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
