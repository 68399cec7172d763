//! Commands that a script calls by a name of its own: an array or a variable that holds their beginning,
//! `K=(kubectl -n shop)`, a function that hands on what it is given, `k() { kubectl "$@"; }`, or one that runs what it
//! is given, `run_command kubectl …`.

use std::ops::Range;

use super::program::Program;
use super::word::bare;
use crate::shell::{commands, is_before_given, may_run_given};
use crate::source::script::variable::{begins_statement, meanings};

/// What stands in a function for all that it is given.
const GIVEN: [&str; 3] = ["\"$@\"", "$@", "$*"];

/// The words of a command with what its first one stands for: program and verbs, which are no options. `None` where
/// that is none of the programs that are read.
pub(super) fn called(text: &str, words: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    begun(text, words).or_else(|| handed_on(text, words))
}

/// The command that a function or a program of any name is given to run, which need not be there to be read.
fn handed_on(text: &str, words: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    let (first, given) = words.split_first()?;
    let start = given
        .iter()
        .position(|word| !is_before_given(&text[word.clone()]))?;
    let (program, own) = given[start..].split_first()?;
    let is_command = Program::of(&text[program.clone()]).is_some() && !own.is_empty();
    (is_command && may_run_given(&text[first.clone()])).then(|| given[start..].to_vec())
}

/// The words of a command whose first one stands for the beginning of another.
fn begun(text: &str, words: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    let (first, given) = words.split_first()?;
    let word = bare(text, first.clone());
    let own = match text[word.clone()].strip_prefix("${") {
        Some(name) if name.ends_with("[@]}") || name.ends_with("[*]}") => {
            of_array(text, &name[..name.len() - "[@]}".len()])
        }
        _ if text[word.clone()].starts_with('$') => of_variable(text, word),
        _ => of_function(text, &text[word]),
    }?;
    let is_word = |word: &Range<usize>| !text[word.clone()].starts_with('-');
    Program::of(&text[own.first()?.clone()])?;
    let own = own.into_iter().filter(is_word);
    Some(own.chain(given.iter().cloned()).collect())
}

/// The first command in a part of a text.
fn first_command(text: &str, part: Range<usize>) -> Option<Vec<Range<usize>>> {
    let start = part.start;
    let first = commands(&text[part]).into_iter().next()?;
    let words = first.words.into_iter();
    Some(
        words
            .map(|word| word.start + start..word.end + start)
            .collect(),
    )
}

/// What a variable holds, or falls back on.
fn of_variable(text: &str, word: Range<usize>) -> Option<Vec<Range<usize>>> {
    let held = meanings(text, word).into_iter().next()?;
    first_command(text, held)
}

/// What the array of a name holds.
fn of_array(text: &str, name: &str) -> Option<Vec<Range<usize>>> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text[at + name.len()..].strip_prefix("=(")?;
        let start = text.len() - rest.len();
        let length = rest.find(')').filter(|_| begins_statement(text, at))?;
        first_command(text, start..start + length)
    })
}

/// What the function of a name runs with all that it is given, up to there.
fn of_function(text: &str, name: &str) -> Option<Vec<Range<usize>>> {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || "_-".contains(one);
    let is_name = !name.is_empty() && name.chars().all(is_of_name);
    if !is_name || !(text.contains(GIVEN[1]) || text.contains(GIVEN[2])) {
        return None;
    }
    let mut places = text.match_indices(name);
    let body = places.find_map(|(at, _)| body(text, at, name.len()))?;
    let start = body.start;
    let mut found = commands(&text[body]).into_iter();
    found.find_map(|one| {
        let words = one.words.into_iter();
        let words = words.map(|word| word.start + start..word.end + start);
        let mut words: Vec<Range<usize>> = words.collect();
        let is_given = |word: &Range<usize>| GIVEN.contains(&&text[word.clone()]);
        let end = words.iter().position(is_given).filter(|end| *end > 0)?;
        words.truncate(end);
        Some(words)
    })
}

/// The body of the function whose name begins at a byte: on one line, or up to a brace at a line's begin.
fn body(text: &str, at: usize, length: usize) -> Option<Range<usize>> {
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    let rest = text[at + length..].trim_start_matches(' ');
    let marked = rest.strip_prefix("()");
    let is_function = match line.trim() {
        "" => marked.is_some(),
        before => before == "function",
    };
    let inner = marked.unwrap_or(rest).trim_start().strip_prefix('{');
    let inner = inner.filter(|_| is_function)?;
    let start = text.len() - inner.len();
    let first = inner.split('\n').next().unwrap_or_default().trim_end();
    let end = match first.strip_suffix('}') {
        Some(own) => own.len(),
        None => inner.find("\n}")?,
    };
    Some(start..start + end)
}
