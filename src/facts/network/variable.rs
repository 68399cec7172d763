//! What variables of scripts and pipelines stand for in which commands name namespaces and folders.

use std::ops::Range;

use super::command::unquoted;
use super::flow::{assigned, values_at_end};
use super::matrix::of_matrix;

/// The name that a word stands for: itself, or what the text gives the variable that it is.
pub(super) fn resolved(word: &str, text: &str) -> Option<String> {
    resolved_at(word, text, 0)
}

/// The same for a word of a line that begins at a byte: what its variable is given before that counts, as far as it is.
/// Of several values nobody knows which it is.
pub(super) fn resolved_at(word: &str, text: &str, line: usize) -> Option<String> {
    let variable = variable_in(word).map_or("", |one| one.name);
    let mut before = values_at_end(variable, &text[..line]);
    let last = before.pop();
    match before.is_empty() {
        true => meant(word, text, |variable| {
            last.or_else(|| assigned(variable, text))
        }),
        false => None,
    }
}

fn meant<'t>(
    word: &str,
    text: &'t str,
    given: impl FnOnce(&str) -> Option<&'t str>,
) -> Option<String> {
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(is_of_name);
    let Some(variable) = word.strip_prefix('$') else {
        return Some(word).filter(is_name).map(str::to_owned);
    };
    // A Makefile writes `$$NS` for a variable of its shell.
    let variable = variable.trim_start_matches('$');
    let variable = variable.trim_matches(['{', '}', '(', ')']);
    let (variable, default) = variable.split_once(":-").unwrap_or((variable, ""));
    let given = given(variable).or_else(|| of_environment(variable, text));
    let named = given.unwrap_or(default);
    Some(named).filter(is_name).map(str::to_owned)
}

/// The names that a word may stand for, also where a text leaves some of it open: a `*` is anything.
pub(super) fn possible(word: &str, text: &str) -> Vec<String> {
    let is_known = |name: &String| name.chars().all(|one| is_of_name(one) || one == '*');
    let mut found = vec![word.to_owned()];
    for _ in 0..MOST_VARIABLES {
        let each = found.iter().flat_map(|one| match variable_in(one) {
            None => vec![one.clone()],
            Some(variable) => {
                let (before, after) = (&one[..variable.range.start], &one[variable.range.end..]);
                let values = values(&one[variable.range.clone()], variable.name, text);
                let put = |value: String| format!("{before}{value}{after}");
                values.into_iter().map(put).collect()
            }
        });
        found = each.take(MOST_VALUES + 1).collect();
    }
    match found.len() <= MOST_VALUES && found.iter().all(is_known) {
        true => found,
        false => vec!["*".to_owned()],
    }
}

/// A path with a `*` for each variable of which nobody knows the value.
pub(super) fn with_gaps(word: &str, text: &str, line: usize) -> String {
    let (mut put, mut rest) = (String::new(), word);
    while let Some(variable) = variable_in(rest) {
        put.push_str(&rest[..variable.range.start]);
        let known = match variable.name.is_empty() {
            true => None,
            false => resolved_at(&rest[variable.range.clone()], text, line),
        };
        put.push_str(known.as_deref().unwrap_or("*"));
        rest = &rest[variable.range.end..];
    }
    put + rest
}

/// The values that a variable may have: the one that the text gives it, or those of all its loops.
fn values(word: &str, variable: &str, text: &str) -> Vec<String> {
    let any = || vec!["*".to_owned()];
    if variable.is_empty() {
        return any();
    }
    if let Some(value) = resolved(word, text) {
        return vec![value];
    }
    let begin = format!("for {variable} in ");
    let loops = text.match_indices(&begin);
    let each = loops.map(|(at, _)| listed(&text[at + begin.len()..], text));
    let each: Vec<Vec<&str>> = each.collect();
    if each.is_empty() || each.iter().any(Vec::is_empty) {
        return any();
    }
    let known = |word: &str| match word.chars().all(is_of_name) {
        true => word.to_owned(),
        false => "*".to_owned(),
    };
    each.into_iter().flatten().map(known).collect()
}

/// Whether a character may be one of a namespace's name.
pub(super) fn is_of_name(one: char) -> bool {
    one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-'
}

/// Whether a character may be one of a variable's name.
pub(super) fn is_of_variable(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

/// With more values than these, or more variables in one word, nothing is known.
const MOST_VALUES: usize = 64;
pub(super) const MOST_VARIABLES: usize = 4;
/// No more commands than these are made of one in a loop.
const MOST_COMMANDS: usize = 12;

/// A path as a command names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) path: String,
    /// Whether it begins at a folder that a variable stands for, wherever the command is run.
    pub(super) is_anchored: bool,
}

/// The paths that a word stands for: itself, or what the text gives the variables in it, several where a loop does; none
/// where one is not known. Of a folder that a variable in front stands for, what is not known is mostly one around
/// the command.
pub(super) fn named(word: &str, text: &str) -> Vec<Named> {
    named_at(word, text, 0)
}

/// The same for a word of a line that begins at a byte: what its variables are given before that counts, each value that
/// they may have then, as far as they are.
pub(super) fn named_at(word: &str, text: &str, line: usize) -> Vec<Named> {
    let mut done = Vec::new();
    let own = Named {
        path: word.to_owned(),
        is_anchored: false,
    };
    let mut open = vec![own];
    for _ in 0..=MOST_VARIABLES {
        for one in std::mem::take(&mut open) {
            match variable_in(&one.path) {
                None => done.push(one),
                Some(variable) => open.extend(filled(&one, &variable, (text, line))),
            }
        }
        open.truncate(MOST_VALUES);
    }
    match open.is_empty() {
        true => done,
        false => Vec::new(),
    }
}

/// A variable in a word: where it stands, its name, and what it is where nothing is given.
#[derive(Debug)]
pub(super) struct Variable<'w> {
    pub(super) range: Range<usize>,
    pub(super) name: &'w str,
    pub(super) default: Option<&'w str>,
}

/// The first one of a word.
pub(super) fn variable_in(word: &str) -> Option<Variable<'_>> {
    let start = word.find('$')?;
    let rest = word[start..].trim_start_matches('$');
    let begin = word.len() - rest.len();
    let close = match rest.as_bytes().first() {
        Some(b'{') => Some('}'),
        Some(b'(') => Some(')'),
        _ => None,
    };
    let (inner, end) = match close {
        Some(close) => {
            let length = rest.find(close).unwrap_or(rest.len() - 1);
            (&rest[1..length.max(1)], begin + length + 1)
        }
        None => {
            let is_other = |one: char| !is_of_variable(one);
            let length = rest.find(is_other).unwrap_or(rest.len());
            (&rest[..length], begin + length)
        }
    };
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    Some(Variable {
        range: start..end,
        name,
        default,
    })
}

/// A path with each value of a variable in its place.
fn filled(one: &Named, variable: &Variable<'_>, (text, line): (&str, usize)) -> Vec<Named> {
    let is_first = variable.range.start == 0;
    let after = &one.path[variable.range.end..];
    let put = |value: &str, is_anchored: bool| {
        let before = &one.path[..variable.range.start];
        let joined = format!("{before}{value}{after}");
        let path = match value.is_empty() && is_first {
            true => joined.trim_start_matches('/').to_owned(),
            false => joined,
        };
        Named {
            path,
            is_anchored: is_anchored || one.is_anchored,
        }
    };
    let is_name = !variable.name.is_empty();
    let mut before = values_at_end(variable.name, &text[..line]);
    let is_part = |value: &&str| !value.contains(['$', '(', '`', '~', ':']);
    if before.len() > 1 && before.iter().all(is_part) {
        return before.into_iter().map(|value| put(value, false)).collect();
    }
    let own = || {
        let own = before.pop().filter(|_| before.is_empty());
        let own = own.or_else(|| assigned(variable.name, text));
        own.or_else(|| of_environment(variable.name, text))
    };
    let given = is_name.then(own).flatten();
    let given = given.or(variable.default);
    let is_elsewhere = |value: &str| value.contains("://") || value.contains("mktemp");
    let is_made = |value: &str| {
        value.starts_with(['/', '~', '(', '"']) || value.contains("$(") || value.contains('`')
    };
    match given {
        Some(value) if is_elsewhere(value) => Vec::new(),
        Some(value) if !is_made(value) => {
            vec![put(value, false)]
        }
        // `$(dirname "$0")/charts`: what stands behind is known.
        Some(value) if is_first => {
            let known = value.rsplit([')', '}']).next().unwrap_or_default();
            let known = known.trim_start_matches('/');
            match known.contains(['$', '"', '`', ' ', '~'])
                || known == value.trim_start_matches('/')
            {
                true => vec![put("", true)],
                false => vec![put(known, true)],
            }
        }
        Some(_) => Vec::new(),
        None => match looped(variable.name, text) {
            values if !values.is_empty() => values.iter().map(|value| put(value, false)).collect(),
            _ if is_first && after.starts_with('/') => vec![put("", true)],
            _ => Vec::new(),
        },
    }
}

/// The words that a loop of the text goes through: `for s in web api; do`, `for s in "${SERVICES[@]}"`.
fn looped<'t>(variable: &str, text: &'t str) -> Vec<&'t str> {
    let begin = format!("for {variable} in ");
    let Some((_, rest)) = text.split_once(&begin) else {
        return Vec::new();
    };
    let is_plain = |word: &&str| !word.is_empty() && !word.contains(['$', '(', ')', '`', '\\']);
    let words = listed(rest, text).into_iter().filter(is_plain);
    words.take(MOST_VALUES).collect()
}

/// The words of a loop, from behind its `in`.
fn listed<'t>(rest: &'t str, text: &'t str) -> Vec<&'t str> {
    let listed = rest.split([';', '\n']).next().unwrap_or_default();
    let array = listed.trim().trim_matches(['"', '$', '{', '}', '(', ')']);
    let array = array.trim_end_matches("[@]");
    let is_variable = listed.trim().trim_start_matches('"').starts_with('$');
    let listed = match is_variable {
        true => assigned(array, text).unwrap_or_default(),
        false => listed,
    };
    let words = listed.trim_matches(['(', ')']).split_whitespace();
    words.map(unquoted).collect()
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

/// A command once for each word that a loop or a pipeline's matrix puts in the place of its first such variable.
pub(super) fn each_of_loops(command: &str, text: &str) -> Vec<String> {
    let mut rest = command;
    while let Some(variable) = variable_in(rest) {
        let values = match variable.name.is_empty() {
            true => Vec::new(),
            false => looped(variable.name, text),
        };
        let values = match values.is_empty() {
            true => of_matrix(variable.name, text),
            false => values,
        };
        if !values.is_empty() {
            let each = values.iter().take(MOST_COMMANDS);
            return each
                .map(|value| put_in(command, variable.name, value))
                .collect();
        }
        rest = &rest[variable.range.end..];
    }
    vec![command.to_owned()]
}

/// A command with a value in the place of a variable.
fn put_in(command: &str, name: &str, value: &str) -> String {
    let (mut put, mut rest) = (String::new(), command);
    while let Some(variable) = variable_in(rest) {
        let Range { start, end } = variable.range;
        put.push_str(&rest[..start]);
        put.push_str(match variable.name == name {
            true => value,
            false => &rest[start..end],
        });
        rest = &rest[end..];
    }
    put + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(word: &str, text: &str) -> Vec<String> {
        let told = |one: Named| match one.is_anchored {
            true => format!("/{}", one.path),
            false => one.path,
        };
        named(word, text).into_iter().map(told).collect()
    }

    #[test]
    fn paths_are_what_their_variables_stand_for() {
        for (word, text, expected) in [
            ("k8s/a.yaml", "", vec!["k8s/a.yaml"]),
            ("$DIR/a.yaml", "DIR=k8s", vec!["k8s/a.yaml"]),
            (
                "${FILE}",
                "FILE=\"$DIR/a.yaml\"\nDIR=k8s",
                vec!["k8s/a.yaml"],
            ),
            ("$(DIR)/a.yaml", "DIR := k8s", vec!["k8s/a.yaml"]),
            ("${DIR:-k8s}/a.yaml", "", vec!["k8s/a.yaml"]),
            (
                "k8s/$s/",
                "for s in web api; do",
                vec!["k8s/web/", "k8s/api/"],
            ),
            ("k8s/$$s.yaml", "for s in web; do", vec!["k8s/web.yaml"]),
            ("$f", "for f in k8s/*/*.yaml; do", vec!["k8s/*/*.yaml"]),
            (
                "$s",
                "ALL=(web api)\nfor s in \"${ALL[@]}\"; do",
                vec!["web", "api"],
            ),
            ("$ROOT/k8s", "", vec!["/k8s"]),
            (
                "$ROOT/k8s",
                "ROOT=$(cd \"$(dirname \"$0\")/..\" && pwd)",
                vec!["/k8s"],
            ),
            (
                "$DIR/a.yaml",
                "DIR=\"$(dirname \"$0\")/k8s\"",
                vec!["/k8s/a.yaml"],
            ),
            ("$ROOT/k8s", "ROOT=/srv/shop", vec!["/k8s"]),
            ("$URL/a.yaml", "URL=https://example.com", vec![]),
            ("$TMP/a.yaml", "TMP=$(mktemp -d)", vec![]),
            ("k8s/$NAME.yaml", "", vec![]),
            ("$1", "", vec![]),
            ("$A", "A=$A", vec![]),
        ] {
            assert_eq!(paths(word, text), expected, "{word} {text}");
        }
    }
}
