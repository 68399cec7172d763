//! Which values came out where: a rendering with marks in the values beside the true one, line by line.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::align::{common_lines, lines};
use super::atom::{Atom, identity};
use super::marker::Mark;
use super::text::{Line, Sketch};
use super::trace::Tracer;
use super::values::Key;
use crate::model::Supply;

/// How many documents of a template are compared with one line by line, those that share most with it.
const MOST_CANDIDATES: usize = 8;

impl Tracer<'_> {
    /// Where values with marks came out in a document, in order. A line counts where the marked
    /// rendering has the same line, written by the same thing, between the same others.
    pub(super) fn supplies(
        &self,
        (template, document): (&str, &Range<usize>),
        atoms: Option<&[Atom<'_>]>,
        taken: &mut BTreeSet<usize>,
    ) -> Vec<Found> {
        let Some(run) = &self.valued else {
            return Vec::new();
        };
        let Some(text) = run.marked.texts.0.get(template) else {
            return Vec::new();
        };
        let own: Vec<Line<'_>> = lines(self.output, document.clone())
            .into_iter()
            .map(|range| {
                let first = atoms.and_then(|atoms| first_atom(atoms, self.output, &range));
                let home = first.and_then(Atom::home).map(identity);
                Line::new(&self.output[range.clone()], range, home)
            })
            .collect();
        let mut best: Option<Likeness<'_>> = None;
        let sketch = Sketch::new(&self.output[document.clone()]);
        let mut candidates: Vec<(usize, &Range<usize>)> = text
            .documents
            .iter()
            .filter(|(range, _)| !taken.contains(&range.start))
            .map(|(range, other)| (sketch.shared(other), range))
            .collect();
        candidates.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        candidates.truncate(MOST_CANDIDATES);
        for (shared, range) in candidates {
            let least = best.as_ref().map_or(0, |(_, _, known)| known.len());
            if shared <= least || shared * 4 < own.len() {
                break;
            }
            let start = range.start;
            let marked = text.lines(range.clone(), run.marked.writers, atoms.is_some());
            let pairs = common_lines(&own, &marked);
            if pairs.len() * 4 >= own.len()
                && best
                    .as_ref()
                    .is_none_or(|(_, _, known)| pairs.len() > known.len())
            {
                let is_whole = pairs.len() == own.len();
                best = Some((start, marked, pairs));
                if is_whole {
                    break;
                }
            }
        }
        let Some((start, marked, pairs)) = best else {
            return Vec::new();
        };
        taken.insert(start);
        let mut found: Vec<Found> = Vec::new();
        for (own, marked) in pairs
            .iter()
            .map(|(left, right)| (&own[*left], &marked[*right]))
        {
            let marks = &text.stripped.marks;
            let first = marks.partition_point(|(at, _)| *at < marked.range.start);
            let inside = marks[first..].iter();
            for (at, mark) in inside.take_while(|(at, _)| *at <= marked.range.end) {
                let Mark::Value(number) = mark else { continue };
                let key = run.keys.get(*number as usize);
                let end = own.at(marked, at - marked.range.start);
                if let Some(next) = key.and_then(|key| self.found(key, end, own.range.start))
                    && found
                        .last()
                        .is_none_or(|last| last.span.end < next.span.end)
                {
                    found.push(next);
                }
            }
        }
        found
    }

    /// What a value's mark at an offset of the output says; `least` is where its line begins.
    fn found(&self, key: &Key, end: usize, least: usize) -> Option<Found> {
        let before = &self.output[least..end];
        let quoted = before.strip_suffix(['"', '\'']);
        let is_plain = !key.text.contains("{{");
        for text in [Some(before), quoted].into_iter().flatten() {
            if is_plain && text.ends_with(&key.text) {
                let end = least + text.len();
                return Some(Found {
                    span: end - key.text.len()..end,
                    is_whole: false,
                    supply: Arc::clone(&key.supply),
                });
            }
        }
        if let Some(start) = start_within(before, &key.text) {
            return Some(Found {
                span: least + start..end,
                is_whole: false,
                supply: Arc::clone(&key.whole),
            });
        }
        let blank = before.chars().next_back().is_none_or(char::is_whitespace);
        let supply = if is_encoded(before, &key.text) {
            &key.whole
        } else {
            &key.supply
        };
        (!blank).then(|| Found {
            span: end..end,
            is_whole: true,
            supply: Arc::clone(supply),
        })
    }
}

/// Where in a line the base64 of a text begins that ends there, where more is encoded before it: up to two
/// bytes behind it share its last characters.
fn start_within(line: &str, text: &str) -> Option<usize> {
    let (start, decoded) = encoded_end(line)?;
    let text = text.trim_end();
    let at = decoded
        .rfind(text)
        .filter(|at| !text.is_empty() && *at > 0)?;
    let behind = decoded.len() - at - text.len();
    (behind <= 2).then_some(start + at / 3 * 4)
}

/// Where the base64 begins that a line ends with, and what it encodes.
fn encoded_end(line: &str) -> Option<(usize, String)> {
    let line = line.trim_end_matches(['"', '\'']);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    let start = line.trim_end_matches(is_part).len();
    let decoded = STANDARD.decode(&line[start..]).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    (!decoded.is_empty()).then_some((start, decoded))
}

/// Whether a line ends with base64, of base64 too, of what ends with a text.
fn is_encoded(line: &str, text: &str) -> bool {
    encoded_end(line).is_some_and(|(_, decoded)| {
        let decoded = decoded.trim_ascii_end();
        !decoded.is_empty() && (decoded.ends_with(text.trim_end()) || is_encoded(decoded, text))
    })
}

/// How well a text fits a document: in how many lines, its lines, and which of them are which.
type Likeness<'a> = (usize, Vec<Line<'a>>, Vec<(usize, usize)>);

/// The atom that begins a line.
fn first_atom<'a, 'b>(
    atoms: &'b [Atom<'a>],
    output: &str,
    line: &Range<usize>,
) -> Option<&'b Atom<'a>> {
    let first = atoms.partition_point(|atom| atom.own.end <= line.start);
    let mut inside = atoms[first..]
        .iter()
        .take_while(|atom| atom.own.start < line.end);
    inside.find(|atom| {
        let start = atom.own.start.max(line.start);
        !output[start..atom.own.end].trim().is_empty()
    })
}

/// A value that came out in a document.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    /// Whether it was changed on its way, so that all that one action printed up to here is it.
    pub(super) is_whole: bool,
    pub(super) supply: Arc<Supply>,
}

impl Found {
    pub(super) fn start(&self) -> usize {
        self.span.start
    }
}
