//! Texts of templates with what their marks say: which thing wrote which characters, line by line.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use rayon::prelude::*;

use super::align::{Printed, lines, printed};
use super::atom::{Atom, around, identity};
use super::marked::Writer;
use super::marker::{Mark, Stripped};
use super::output::divided;
use crate::model::Artifact;

/// The texts of templates, with what their marks say.
#[derive(Debug, Default)]
pub(super) struct Texts(pub(super) HashMap<String, Text>);

#[derive(Debug)]
pub(super) struct Text {
    pub(super) stripped: Stripped,
    pub(super) actions: Vec<Printed>,
    pub(super) runs: Vec<Run>,
    /// The documents of the text, each with what tells how like another one it is.
    pub(super) documents: Vec<(Range<usize>, Sketch)>,
}

/// The lines of a document as numbers, in their order: how many of them two documents share at most
/// costs little to tell.
#[derive(Debug)]
pub(super) struct Sketch(Vec<u64>);

impl Sketch {
    pub(super) fn new(text: &str) -> Self {
        let mut numbers: Vec<u64> = text.lines().map(number).collect();
        numbers.sort_unstable();
        Self(numbers)
    }

    /// How many lines two documents have in common, whatever their order.
    pub(super) fn shared(&self, other: &Self) -> usize {
        let (mut own, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(one), Some(another)) = (own.peek(), theirs.peek()) {
            let order = one.cmp(another);
            shared += usize::from(order.is_eq());
            if order.is_le() {
                own.next();
            }
            if order.is_ge() {
                theirs.next();
            }
        }
        shared
    }
}

/// Characters of a marked text that one thing wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) span: Range<usize>,
    /// The innermost action, as an index into the text's actions.
    pub(super) action: Option<usize>,
    /// The literal chunk, with the offset at which it began.
    pub(super) literal: Option<(u32, usize)>,
}

impl Texts {
    /// The texts of a run.
    pub(super) fn new(texts: HashMap<String, Stripped>) -> Self {
        let text = |(name, stripped): (String, Stripped)| {
            let actions = printed(&stripped);
            let runs = runs(&stripped, &actions);
            let sketched = |range: Range<usize>| {
                let sketch = Sketch::new(&stripped.text[range.clone()]);
                (range, sketch)
            };
            let documents = divided(&stripped.text).into_iter().map(sketched).collect();
            let text = Text {
                stripped,
                actions,
                runs,
                documents,
            };
            (name, text)
        };
        Self(texts.into_par_iter().map(text).collect())
    }
}

impl Text {
    /// The lines of a document, with the things that wrote them if that is asked.
    pub(super) fn lines<'a>(
        &'a self,
        document: Range<usize>,
        writers: &[Writer],
        with_homes: bool,
    ) -> Vec<Line<'a>> {
        let text = &self.stripped.text;
        let home = |range: &Range<usize>| {
            let first = self.runs.partition_point(|run| run.span.end <= range.start);
            let inside = self.runs[first..].iter();
            let mut inside = inside.take_while(|run| run.span.start < range.end);
            let run = inside.find(|run| {
                let start = run.span.start.max(range.start);
                !text[start..run.span.end].trim().is_empty()
            })?;
            let literal = run
                .literal
                .and_then(|(number, _)| writers.get(number as usize));
            let atom = Atom {
                own: range.clone(),
                actions: around(&self.actions, run.action, writers),
                literal: literal.map(|writer| (writer, 0)),
            };
            atom.home().map(identity)
        };
        let lines = lines(text, document).into_iter();
        lines
            .map(|range| {
                let home = if with_homes { home(&range) } else { None };
                Line::new(&text[range.clone()], range, home)
            })
            .collect()
    }
}

fn runs(stripped: &Stripped, actions: &[Printed]) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut at, mut open, mut literal): (usize, Vec<usize>, _) = (0, Vec::new(), None);
    let mut next_action = 0;
    let mut push = |span: Range<usize>, action: Option<usize>, literal: Option<(u32, usize)>| {
        let mut start = span.start;
        for line in stripped.text[span].split_inclusive('\n') {
            let end = start + line.len();
            let is_first =
                literal.is_some_and(|(_, began)| !stripped.text[began..start].contains('\n'));
            runs.push(Run {
                span: start..end,
                action,
                literal: literal.filter(|_| is_first),
            });
            start = end;
        }
    };
    for (position, mark) in &stripped.marks {
        if *position > at {
            push(at..*position, open.last().copied(), literal);
            at = *position;
        }
        match mark {
            Mark::Literal(number) => literal = Some((*number, *position)),
            Mark::Open(number) => {
                literal = None;
                debug_assert_eq!(actions[next_action].number, *number);
                open.push(next_action);
                next_action += 1;
            }
            Mark::Close(number) => {
                literal = None;
                let matching = open
                    .iter()
                    .rposition(|index| actions[*index].number == *number);
                open.truncate(matching.unwrap_or(open.len()));
            }
            Mark::Value(_) => {}
        }
    }
    if at < stripped.text.len() {
        push(at..stripped.text.len(), open.last().copied(), literal);
    }
    runs
}

/// A line of a document, with the thing that wrote it.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) home: Option<(*const Artifact, u32)>,
    /// Equal where the text is, quotes apart.
    number: u64,
}

fn number(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    match line.contains(is_quote) {
        true => without_quotes(line).collect::<String>().hash(&mut hasher),
        false => line.hash(&mut hasher),
    }
    hasher.finish()
}

/// Quotes do not count: whether a string needs them depends on what it looks like, marks included.
impl PartialEq for Line<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bare = |text: &'_ str| text.contains(['"', '\'']);
        self.number == other.number
            && self.home == other.home
            && (self.text == other.text
                || (bare(self.text) && without_quotes(self.text).eq(without_quotes(other.text))))
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(
        text: &'a str,
        range: Range<usize>,
        home: Option<(*const Artifact, u32)>,
    ) -> Self {
        Self {
            text,
            range,
            home,
            number: number(text),
        }
    }

    /// The offset in the output that stands for an offset in a line that is equal but for quotes.
    pub(super) fn at(&self, marked: &Self, offset: usize) -> usize {
        if self.text == marked.text {
            return self.range.start + offset;
        }
        let before = without_quotes(&marked.text[..offset]).count();
        let own = self.text.char_indices().filter(|(_, one)| !is_quote(*one));
        let last = before.checked_sub(1).and_then(|last| own.clone().nth(last));
        self.range.start + last.map_or(0, |(at, one)| at + one.len_utf8())
    }
}

fn is_quote(one: char) -> bool {
    matches!(one, '"' | '\'')
}

fn without_quotes(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|one| !is_quote(*one))
}
