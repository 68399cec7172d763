//! What a command that logs in is given on its input: `echo "$V" | docker login --password-stdin`, `<<< "$V"`.

use std::ops::Range;

use super::Command;
use super::word::{bare, is_literal};
use crate::shell::commands;

/// The option that has a program ask its input, and the one that it stands for.
const ASKS: &str = "--password-stdin";
const ASKED: &str = "--password";

impl Command<'_> {
    /// Its words with the password that a variable gives it on its input as the value of an option. What stands there
    /// literally is told where it stands.
    pub(super) fn with_input(&self, words: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let asks = |word: &Range<usize>| &self.text[word.clone()] == ASKS;
        let Some(at) = words.iter().position(asks) else {
            return words;
        };
        let given = self.handed().or_else(|| self.piped());
        let given = given.filter(|given| !is_literal(self.text, given));
        let Some(given) = given.and_then(|given| self.known(given)) else {
            return words;
        };
        let option = words[at].start..words[at].start + ASKED.len();
        let mut told = words;
        told.splice(at..=at, [option, given]);
        told
    }

    /// The word behind `<<<`.
    fn handed(&self) -> Option<Range<usize>> {
        let is_handed = |word: &&Range<usize>| {
            let before = self.text[..word.start].trim_end_matches(['"', '\'', ' ']);
            before.ends_with("<<<")
        };
        self.words.iter().find(is_handed).cloned()
    }

    /// The last word of the command before, which prints it.
    fn piped(&self) -> Option<Range<usize>> {
        let before = self.text[..self.name.start].trim_end();
        let before = before.strip_suffix("sudo").unwrap_or(before).trim_end();
        let before = before.strip_suffix('|')?.trim_end();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let last = commands(&before[start..]).pop()?;
        let word = |word: &Range<usize>| start + word.start..start + word.end;
        let (first, given) = last.words.split_first()?;
        let program = self.text[word(first)].trim_start_matches('@');
        let given = given.last().map(word)?;
        matches!(program, "echo" | "printf").then(|| bare(self.text, given))
    }
}
