//! What a command of kubectl, oc, helm or kustomize says itself: literals of Secrets and ConfigMaps, values of
//! charts, images, patches, how it logs in, and the files that it takes in. What a variable or another command gives
//! is not known.

mod called;
mod chart;
mod input;
mod kept;
mod patch;
mod pod;
mod program;
mod stream;
mod word;

use std::ops::Range;

use self::called::called;
use self::chart::VALUES;
use self::kept::MAKERS;
pub(super) use self::program::is_program;
use self::program::{AROUND, Program};
use self::word::{bare, known};
pub(super) use self::word::{setting, value};
use super::Script;
use crate::model::{Resource, TooLarge, Tree};
use crate::source::reading::Included;
use crate::source::settings::object;

/// The version of what commands make.
const API_VERSION: &str = "v1";

/// What stands behind the name of a variable of make that is given something.
const ASSIGNS: [&str; 4] = ["=", ":=", "?=", "+="];

/// Adds what a command makes, changes or hands to a chart.
pub(super) fn resources(script: &Script<'_>, words: &[Range<usize>], found: &mut Vec<Resource>) {
    if let Some(list) = Command::of_list(&script.text, words) {
        found.extend(list.values(script, ""));
        return;
    }
    let Some(command) = Command::of(&script.text, words) else {
        return;
    };
    found.extend(command.login(script));
    match command.program {
        Program::Registry => return,
        Program::Helm => {
            found.extend(command.chart(script));
            found.extend(command.json_values(script));
            return;
        }
        Program::Argo | Program::Flux => {
            found.extend(command.values(script, ""));
            found.extend(command.kept(script));
            return;
        }
        Program::Kubectl | Program::Kustomize => {}
    }
    found.extend(command.made(script));
    found.extend(command.kept(script));
    found.extend(command.pod(script));
    found.extend(command.stream(script));
    found.extend(command.environment(script));
    found.extend(command.run_within(script));
    found.extend(command.linked(script));
    command.patch(script, found);
}

/// Whether a word is an option of helm that hands a chart values: `--set`, `--set-string=a=b`.
pub(in crate::source) fn is_value_option(word: &str) -> bool {
    let option = word.split('=').next().unwrap_or_default();
    VALUES.contains(&option)
}

/// The files of which a command makes an object, or that it hands to a chart whole.
pub(super) fn files(text: &str, words: &[Range<usize>]) -> Vec<Included> {
    let Some(command) = Command::of(text, words) else {
        return Vec::new();
    };
    match command.kind(&MAKERS) {
        _ if command.program == Program::Helm => command.files_of_values(),
        Some((_, kind)) => command.files(kind),
        None => Vec::new(),
    }
}

/// The words with which a command hands something to a cluster that may be secret.
pub(super) fn handed(text: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
    let command = Command::of_list(text, words).or_else(|| Command::of(text, words));
    command.map_or_else(Vec::new, |command| {
        let values = [command.handed_values(), command.handed_literals()];
        values.concat()
    })
}

/// A command, with its words as they stand in the text, without quotes around them.
struct Command<'t> {
    text: &'t str,
    program: Program,
    /// What it is called by.
    name: Range<usize>,
    words: Vec<Range<usize>>,
    /// The words of the command that it runs in a container.
    within: Vec<Range<usize>>,
}

impl<'t> Command<'t> {
    fn of(text: &'t str, words: &[Range<usize>]) -> Option<Self> {
        let word = |at: usize| words.get(at).map(|word| &text[word.clone()]);
        let at = usize::from(word(0).is_some_and(|first| AROUND.contains(&first)));
        let Some(program) = word(at).and_then(Program::of) else {
            return Self::of(text, &called(text, words)?);
        };
        let own = words[at + 1..].iter();
        let own = own.skip_while(|word| &text[(*word).clone()] == "--");
        // What comes behind is run in a container.
        let mut own = own.map(|word| bare(text, word.clone()));
        let is_own = |word: &Range<usize>| &text[word.clone()] != "--";
        Some(Self {
            text,
            program,
            name: words[at].clone(),
            words: own.by_ref().take_while(is_own).collect(),
            within: own.collect(),
        })
    }

    /// Options that wait in a list for the command of helm that takes them: `args=(--set a.b=c)`,
    /// `ARGS := --set a.b=c`.
    fn of_list(text: &'t str, words: &[Range<usize>]) -> Option<Self> {
        let word = |at: usize| words.get(at).map_or("", |word| &text[word.clone()]);
        let at = usize::from(ASSIGNS.contains(&word(1))) * 2;
        if !is_value_option(word(at)) {
            return None;
        }
        let own = words[at..].iter().map(|word| bare(text, word.clone()));
        Some(Self {
            text,
            program: Program::Helm,
            name: words[at].clone(),
            words: own.collect(),
            within: Vec::new(),
        })
    }

    fn word(&self, at: usize) -> &'t str {
        let word = self.words.get(at).cloned();
        word.map_or("", |word| &self.text[word])
    }

    /// The position behind some words that follow each other.
    fn behind(&self, wanted: &[&str]) -> Option<usize> {
        let ends = wanted.len()..=self.words.len();
        let follow = |end: &usize| {
            let mut pairs = wanted.iter().enumerate();
            pairs.all(|(at, word)| self.word(end - wanted.len() + at) == *word)
        };
        ends.into_iter().find(follow)
    }

    /// The position behind the words of a table that it has, and what they mean.
    fn kind(&self, table: &[(&[&str], &'static str)]) -> Option<(usize, &'static str)> {
        let mut rows = table.iter();
        rows.find_map(|(words, kind)| Some((self.behind(words)?, *kind)))
    }

    /// Options of some names, each with its value, in bytes of the text.
    fn options(&self, names: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
        let mut found = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            let written = self.word(at);
            let (name, value) = match written.split_once('=') {
                Some((name, value)) => (name, Some(word.end - value.len()..word.end)),
                None => (written, self.words.get(at + 1).cloned()),
            };
            if let Some(value) = value.filter(|_| names.contains(&name)) {
                let name = word.start..word.start + name.len();
                found.push((name, bare(self.text, value)));
            }
        }
        found
    }

    /// The two sides of the first `=` in a range.
    fn pair(&self, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let at = range.start + self.text[range.clone()].find('=')?;
        Some((range.start..at, bare(self.text, at + 1..range.end)))
    }

    fn object(
        &self,
        script: &Script<'_>,
        tree: Result<Tree, TooLarge>,
        is: (&str, &str),
        name: &str,
    ) -> Option<Resource> {
        object(script.artifact, tree.ok()?, is, name)
    }

    /// A value, or the one that a variable in its place has in the whole script.
    fn known(&self, value: Range<usize>) -> Option<Range<usize>> {
        known(self.text, value)
    }
}

#[cfg(test)]
mod tests;
