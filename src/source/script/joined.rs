//! Words of a script in which variables stand beside other text, or for such a word: `$REGISTRY/web:${TAG:-1}`.

use std::ops::Range;

use super::variable::meanings;

/// How many variables may stand for one another.
const MOST_STEPS: usize = 4;

/// A word with each variable replaced by what the script gives it once, or by what it falls back on; what is not
/// known stays as it is written. `None` where nothing is known.
pub(super) fn joined(text: &str, word: Range<usize>) -> Option<String> {
    let mut told = String::new();
    let is_known = join(text, word, MOST_STEPS, &mut told);
    is_known.then_some(told)
}

/// Adds what a word says, and whether a variable in it is known.
fn join(text: &str, word: Range<usize>, steps: usize, told: &mut String) -> bool {
    let mut is_known = false;
    let mut at = word.start;
    while at < word.end {
        let left = &text[at..word.end];
        let until = left.find('$').unwrap_or(left.len());
        told.push_str(&left[..until]);
        at += until;
        let end = at + expansion(&text[at..word.end]);
        let before = told.len();
        let mut all = meanings_within(text, at..end, steps).into_iter();
        let filled = all.find(|meaning| {
            told.truncate(before);
            let is_inner = join(text, meaning.clone(), steps - 1, told);
            let written = &text[meaning.clone()];
            (is_inner || !written.starts_with('$')) && is_whole(written)
        });
        if filled.is_none() {
            told.truncate(before);
            told.push_str(&text[at..end]);
        }
        is_known |= filled.is_some();
        at = end;
    }
    is_known
}

fn meanings_within(text: &str, word: Range<usize>, steps: usize) -> Vec<Range<usize>> {
    let is_single = || text[..word.start].ends_with('\'');
    if steps == 0 || word.is_empty() || is_single() {
        return Vec::new();
    }
    meanings(text, word)
}

/// Whether no command gives a part of a value, or one that is written to its end.
fn is_whole(written: &str) -> bool {
    let count = |sign| written.matches(sign).count();
    !written.contains('`') && count('(') == count(')')
}

/// How long the variable is with which a text begins: `$NAME`, `${NAME:-x}`, `$(NAME)`.
fn expansion(text: &str) -> usize {
    let Some(own) = text.strip_prefix('$') else {
        return 0;
    };
    let is_end = |open: char| {
        let close = if open == '{' { '}' } else { ')' };
        own.find(close).map_or(own.len(), |at| at + 1)
    };
    let length = match own.chars().next() {
        Some(open @ ('{' | '(')) => is_end(open),
        _ => {
            let ends = |one: char| !(one.is_ascii_alphanumeric() || one == '_');
            own.find(ends).unwrap_or(own.len())
        }
    };
    length + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the last word of a script says.
    fn last(text: &str) -> Option<String> {
        let start = text.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        joined(text, start..text.len())
    }

    #[test]
    fn a_word_is_joined_of_what_variables_stand_for() {
        for (text, expected) in [
            ("R=q.io/a\nrun $R/b:1", "q.io/a/b:1"),
            ("R=q.io/a\nT=$(git x)\nrun ${R}/b:$T", "q.io/a/b:$T"),
            (
                "R=\"${R:-q.io/a}\"\nT=latest\nI=\"${R}/b:${T}\"\nrun $I",
                "q.io/a/b:latest",
            ),
            ("R=a\nI=${R}/b:${T:-1}\nrun $I", "a/b:1"),
            ("I=q.io/$N\nrun $I", "q.io/$N"),
            ("R := q.io/a\nall:\n\trun $(R)/b:1", "q.io/a/b:1"),
        ] {
            assert_eq!(last(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_no_variable_is_known_of_says_nothing() {
        for text in [
            "run $R/b:1",
            "R=a\nR=b\nrun $R/b:1",
            "run b:1",
            "T=v$(date)\nrun b:$T",
            "A=$A\nrun $A",
            "run $",
            "run ${",
        ] {
            assert_eq!(last(text), None, "{text}");
        }
    }
}
