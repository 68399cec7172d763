//! Which values came out where: a rendering with marks in the values beside the true one, line by line.

use std::collections::BTreeSet;
use std::ops::Range;

use super::align::{common_lines, lines};
use super::appearance::Appearance;
use super::atom::{Atom, identity};
use super::marker::Mark;
use super::text::{Line, Sketch};
use super::trace::Tracer;

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
    ) -> Vec<Appearance> {
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
        let mut found: Vec<Appearance> = Vec::new();
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
                if let Some(next) =
                    key.and_then(|key| Appearance::of(key, self.output, end, own.range.start))
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
