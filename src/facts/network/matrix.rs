//! What a workflow puts into its commands before a shell has them: values of its environment, and of its matrix.

use std::borrow::Cow;

use super::command::unquoted;

/// What the name of a variable begins with that a workflow's matrix gives.
const OF_MATRIX: &str = "matrix_";

/// The plain words that a pipeline's matrix has for a variable: `service: [web, api]`, a list below it, or one in each
/// of its rows.
pub(super) fn of_matrix<'t>(variable: &str, text: &'t str) -> Vec<&'t str> {
    let name = variable.strip_prefix(OF_MATRIX).unwrap_or(variable);
    let begin = text.lines().position(|line| line.trim() == "matrix:");
    let Some(begin) = begin.filter(|_| !name.is_empty()) else {
        return Vec::new();
    };
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = text.lines().skip(begin);
    let own = lines.next().map_or(0, depth);
    let is_inner = |line: &&str| {
        depth(line) > own || line.trim().is_empty() || line.trim_start().starts_with("- ")
    };
    let mut lines = lines.take_while(is_inner).peekable();
    let is_other = |one: char| !one.is_alphanumeric() && !"-_./".contains(one);
    let is_plain = |word: &&str| !word.is_empty() && !word.contains(is_other);
    let item = |line: &'t str| Some(unquoted(line.trim().strip_prefix("- ")?.trim()));
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let line = line.trim().trim_start_matches("- ");
        let value = line
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(':'));
        let Some(value) = value.map(str::trim) else {
            continue;
        };
        match value.strip_prefix('[') {
            Some(list) => {
                let list = list.trim_end_matches(']').split(',');
                found.extend(list.map(|word| unquoted(word.trim())));
            }
            None if value.is_empty() => {
                while let Some(word) = lines.peek().and_then(|line| item(line)) {
                    found.push(word);
                    lines.next();
                }
            }
            None => found.push(unquoted(value)),
        }
    }
    found.retain(is_plain);
    found.dedup();
    found
}

/// A text in which what a workflow puts in of its environment (`${{ env.NS }}`) or its matrix is a variable of a shell,
/// and one word as all that it puts in.
pub(super) fn as_variables(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "${{";
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(OPEN);
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inner, rest) = part.split_once("}}").unwrap_or(("", part));
        let inner = inner.trim();
        let (kind, name) = match inner.strip_prefix("matrix.") {
            Some(name) => (OF_MATRIX, name),
            None => ("", inner.strip_prefix("env.").unwrap_or_default()),
        };
        found.extend(["${", kind, name, "}", rest]);
    }
    Cow::Owned(found)
}
