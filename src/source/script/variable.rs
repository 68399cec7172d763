//! Variables of a script that it gives one literal itself: `PASSWORD=x` in a shell, `PASSWORD := x` in make. What
//! is given in several ways, or by a command, is not known.

use std::ops::Range;

use crate::shell::here_documents;

/// How many variables may stand for one another until a literal is reached.
const MOST_STEPS: usize = 4;

/// Words in front of an assignment that leave it one.
const IN_FRONT: [&str; 13] = [
    "else", "export", "do", "declare", "local", "override", "readonly", "then", "typeset", "-a",
    "-g", "-r", "-x",
];

/// The literal that a word stands for which is a variable and nothing else: `$NAME`, `${NAME}`, `$(NAME)` of make,
/// or, where the script gives it none, what `${NAME:-literal}` falls back on. In bytes of the text.
pub(super) fn value(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    literal(text, word, MOST_STEPS)
}

/// The same for a word of a here-document, in which a shell replaces variables between any quotes.
pub(super) fn in_document(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let mut meanings = meanings(text, word).into_iter();
    meanings.find_map(|meaning| literal(text, meaning, MOST_STEPS - 1))
}

fn literal(text: &str, word: Range<usize>, steps: usize) -> Option<Range<usize>> {
    let steps = steps.checked_sub(1)?;
    if !text[word.clone()].contains(['$', '`']) || text[..word.start].ends_with('\'') {
        return (!word.is_empty()).then_some(word);
    }
    let mut meanings = meanings(text, word).into_iter();
    meanings.find_map(|meaning| literal(text, meaning, steps))
}

/// The literal that a text gives to the variable of a name.
pub(super) fn of_name(text: &str, name: &str) -> Option<Range<usize>> {
    let expansion = Expansion {
        name,
        is_of_make: false,
        fallback: None,
    };
    let given = given(text, &expansion, text.len())?;
    literal(text, given, MOST_STEPS)
}

/// Whether a text gives something to the variable of a name, whatever it is.
pub(super) fn is_given(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let behind = at + name.len();
        let rest = text[behind..].trim_start_matches([' ', ':', '?', '+']);
        let is_assigned = rest.starts_with('=') && begins_statement(text, at);
        is_assigned || names_input(text, at, behind)
    })
}

/// What a word that is a variable alone may stand for, itself perhaps made of others: what the script gives it,
/// then what it falls back on.
pub(super) fn meanings(text: &str, word: Range<usize>) -> Vec<Range<usize>> {
    let at = word.start;
    let Some(expansion) = Expansion::of(text, word) else {
        return Vec::new();
    };
    let given = given(text, &expansion, at);
    given.into_iter().chain(expansion.fallback).collect()
}

/// What a word says that is a variable alone.
struct Expansion<'t> {
    name: &'t str,
    is_of_make: bool,
    fallback: Option<Range<usize>>,
}

impl<'t> Expansion<'t> {
    fn of(text: &'t str, word: Range<usize>) -> Option<Self> {
        let own = text[word.clone()].strip_prefix('$')?;
        let is_of_make = own.starts_with('(');
        let inner = match own.as_bytes() {
            [b'{', .., b'}'] | [b'(', .., b')'] => &own[1..own.len() - 1],
            _ => own,
        };
        let end = inner
            .find(|one: char| !is_of_name(one))
            .unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        let signs = [":-", ":=", "-", "="].into_iter();
        let fallback = signs
            .filter(|_| !is_of_make)
            .find_map(|sign| rest.strip_prefix(sign));
        let is_name = !name.is_empty() && (rest.is_empty() || own.starts_with('{'));
        let is_known = rest.is_empty() || fallback.is_some() || rest.starts_with([':', '?']);
        (is_name && is_known).then(|| Self {
            name,
            is_of_make,
            fallback: fallback
                .map(|fallback| bare(text, word.end - 1 - fallback.len()..word.end - 1)),
        })
    }
}

/// What a variable is given that is used at a byte, where that is once or the same each time.
fn given(text: &str, expansion: &Expansion<'_>, used: usize) -> Option<Range<usize>> {
    let here = here_documents(text);
    let is_of_script = |at: &usize| !here.iter().any(|range| range.contains(at));
    let found = text.match_indices(expansion.name).map(|(at, _)| at);
    let mut found = found.filter_map(|at| {
        let is_begin = is_of_script(&at) && begins_statement(text, at);
        if is_begin && is_of_another(text, at, used) {
            return None;
        }
        let behind = at + expansion.name.len();
        match is_begin {
            true if text[..at].ends_with("${") => default(text, behind),
            true => assignment(text, behind, expansion.is_of_make),
            false => names_input(text, at, behind).then_some(None),
        }
    });
    let first = found.next()??;
    let is_same =
        |other: Option<Range<usize>>| other.is_some_and(|other| text[other] == text[first.clone()]);
    found.all(is_same).then_some(first)
}

/// What a variable is given where nobody gave it anything: `: ${NAME:=value}`.
fn default(text: &str, behind: usize) -> Option<Option<Range<usize>>> {
    let value = text[behind..].lines().next()?.strip_prefix(":=")?;
    let value = &value[..value.find('}')?];
    let is_one = !value.is_empty() && !value.contains(['{', '`']);
    let start = behind + 2;
    Some(is_one.then(|| bare(text, start..start + value.len())))
}

/// What stands behind the name of an assignment; `None` within where it is no value alone.
fn assignment(text: &str, behind: usize, is_of_make: bool) -> Option<Option<Range<usize>>> {
    let line = text[behind..].lines().next().unwrap_or_default();
    let (start, rest) = if is_of_make {
        let sign = line.trim_start();
        let value = [":=", "?=", "="]
            .into_iter()
            .find_map(|mark| sign.strip_prefix(mark));
        let Some(value) = value else {
            return sign.starts_with("+=").then_some(None);
        };
        (behind + line.len() - value.trim_start().len(), value.trim())
    } else {
        let Some(value) = line.strip_prefix('=') else {
            return line.starts_with("+=").then_some(None);
        };
        (behind + 1, value)
    };
    let word = start..start + word_length(rest, is_of_make);
    let after = rest[word.len()..].trim_start();
    let is_alone = after.is_empty() || after.starts_with([';', '&', '|', '#', ')', '}']);
    Some(is_alone.then(|| bare(text, word)))
}

/// How far a word reaches: to its quote, or to what ends it.
fn word_length(text: &str, is_of_make: bool) -> usize {
    if is_of_make {
        return text.find(" #").unwrap_or(text.len());
    }
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].find(quote).map_or(text.len(), |at| at + 2),
        _ => {
            let mut is_in_braces = false;
            let ends = |one: char| {
                match one {
                    '{' => is_in_braces = true,
                    '}' => is_in_braces = false,
                    _ => {}
                }
                !is_in_braces && (one.is_whitespace() || ";&|)".contains(one))
            };
            text.find(ends).unwrap_or(text.len())
        }
    }
}

/// Whether nothing stands before a byte but what a statement begins behind.
pub(super) fn begins_statement(text: &str, at: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let before = line.trim_end();
    let is_apart = before.len() < line.len();
    let last = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    before.is_empty()
        || before.ends_with([';', '&', '|', '{', '('])
        || before == ": \"$"
        || (is_apart && IN_FRONT.contains(&last))
}

/// Whether an assignment is for another function than the one with a use: `local`, and its function ends between.
fn is_of_another(text: &str, at: usize, used: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let closes = |one: &str| one.trim_start().starts_with('}') && indent(one) < indent(line);
    let is_local = line.split_whitespace().any(|word| word == "local");
    is_local && (used < at || text[at..used].lines().any(closes))
}

/// Whether a loop or an input gives the variable of a name: `for NAME in`, `read -r NAME`.
fn names_input(text: &str, at: usize, behind: usize) -> bool {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let is_whole = !text[behind..].starts_with(is_of_name) && line.ends_with(' ');
    let mut words = line.split_whitespace();
    is_whole && words.any(|word| matches!(word, "for" | "read"))
}

pub(super) fn is_of_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

/// A range without the quotes around it.
pub(super) fn bare(text: &str, range: Range<usize>) -> Range<usize> {
    match text.as_bytes()[range.clone()] {
        [first @ (b'"' | b'\''), .., last] if first == last => range.start + 1..range.end - 1,
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last word of a script stands for.
    fn last(text: &str) -> Option<&str> {
        let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        value(text, start..text.len()).map(|range| &text[range])
    }

    #[test]
    fn a_variable_is_what_the_script_gives_it() {
        for text in [
            "A=x7\nrun $A",
            "  export A=\"x7\" # mine\nrun ${A}",
            "if true; then A='x7'; fi\nrun $A",
            "A=${A:-x7}\nrun $A",
            "f() {\n  local A=y\n  run $A\n}\ng() {\n  local A=x7\n  run $A",
            "f() { local A=\"x7\"\nrun $A\n}\ng() {\n  local A=x7\n  run $A",
            "A=\"${1:-x7}\"\nrun $A",
            "B=x7\nA=$B\nrun ${A:?missing}",
            "A=${B:-x7}; run $A",
            ": \"${A:=x7}\"\nrun ${A:-x7}",
            ": \"${A:=x7}\"\nrun $A",
            ": ${A:=x7}\nrun $A",
            "  : ${A:=\"x7\"} # mine\nrun $A",
            "run ${A:-x7}",
            "A := x7\nall:\n\trun $(A)",
            "A ?= x7 # mine\nall:\n\trun $(A)",
        ] {
            assert_eq!(last(text), Some("x7"), "{text}");
        }
    }

    #[test]
    fn what_is_given_otherwise_is_not_known() {
        for text in [
            "run $A",
            "A=x\nA=y\nrun $A",
            "A=x\nA=x\nA=$(cat y)\nrun $A",
            "f() {\n  local A=x\n}\nrun $A",
            "f() {\n  local A=x\n  local A=y\n  run $A",
            "A=$(openssl rand 8)\nrun $A",
            "A=x\nA+=y\nrun $A",
            "A=x\nread -rs A\nrun $A",
            "A=x\nfor A in 1 2; do run $A",
            "A=x command\nrun $A",
            "BA=x\necho A=x\nrun $A",
            "A=x\nrun $AB",
            "A=x\nrun $A-$A",
            "A=x\nrun ${A%y}",
            "A = x\nrun $A",
            "A=$A\nrun $A",
            ": ${A:=${B}}\nrun $A",
            ": ${A:=x}\nA=y\nrun $A",
            ": ${BA:=x}\nrun $A",
            "cat <<EOF\nA=x\nEOF\nrun $A",
            "A=\nrun $A",
        ] {
            assert_eq!(last(text), None, "{text}");
        }
    }
}
