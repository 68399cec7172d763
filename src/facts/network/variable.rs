//! What variables of scripts and pipelines stand for in which commands name namespaces and folders.

use std::borrow::Cow;

use super::command::unquoted;

/// The name that a word stands for: itself, or what the text gives the variable that it is.
pub(super) fn resolved(word: &str, text: &str) -> Option<String> {
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(is_of_name);
    let Some(variable) = word.strip_prefix('$') else {
        return Some(word).filter(is_name).map(str::to_owned);
    };
    let variable = variable.trim_matches(['{', '}', '(', ')']);
    let (variable, default) = variable.split_once(":-").unwrap_or((variable, ""));
    let given = assigned(variable, text).or_else(|| of_environment(variable, text));
    let named = given.unwrap_or(default);
    Some(named).filter(is_name).map(str::to_owned)
}

/// Whether a character may be one of a namespace's name.
fn is_of_name(one: char) -> bool {
    one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-'
}

/// What a text gives a variable, or its default.
pub(super) fn assigned<'t>(variable: &str, text: &'t str) -> Option<&'t str> {
    let of_line = |line: &'t str| {
        let line = line.trim().trim_start_matches("export ");
        let rest = line.strip_prefix(variable)?.trim_start();
        let rest = rest.trim_start_matches([':', '?']).strip_prefix('=')?;
        let value = unquoted(rest.trim());
        let default = value
            .split_once(":-")
            .map(|(_, rest)| rest.trim_end_matches('}'));
        Some(default.unwrap_or(value))
    };
    text.lines().find_map(of_line)
}

/// What a pipeline gives a variable in its environment, where that is one value: `NS: shop`.
fn of_environment<'t>(variable: &str, text: &'t str) -> Option<&'t str> {
    let of_line = |line: &'t str| {
        let rest = line.trim().strip_prefix(variable)?.strip_prefix(": ")?;
        rest.split(" #").next().map(|value| unquoted(value.trim()))
    };
    let mut values = text.lines().filter_map(of_line);
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// A text in which what a workflow puts in of its environment (`${{ env.NS }}`) is a variable of a shell, and one
/// word as all that it puts in.
pub(super) fn as_variables(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "${{";
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(OPEN);
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inner, rest) = part.split_once("}}").unwrap_or(("", part));
        let name = inner.trim().strip_prefix("env.").unwrap_or_default();
        found.extend(["${", name, "}", rest]);
    }
    Cow::Owned(found)
}
