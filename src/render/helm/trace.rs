//! From marks to places: which template line wrote each character of a rendering, and which key of
//! the values supplied it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::align::{Aligner, Printed, common_lines, lines};
use super::atom::{Atom, around, identity};
use super::chart::{Chart, ChartFile};
use super::marked::Writer;
use super::marker::Mark;
use super::output::{Rendered, documents};
use super::reference::Variables;
use super::text::{Line, Sketch, Texts};
use super::values::{Key, Layer, child};
use crate::model::{Fit, Piece, Place, Span, Supply};

/// A rendering from templates with marks.
#[derive(Debug)]
pub(super) struct MarkedRun<'a> {
    /// What the marks stand for.
    pub writers: &'a [Writer],
    /// The texts of the templates, by name.
    pub texts: Texts,
}

/// A rendering from templates and values with marks.
#[derive(Debug)]
pub(super) struct ValuedRun<'a> {
    /// What the marks of templates stand for.
    pub writers: &'a [Writer],
    /// What the marks of values stand for.
    pub keys: Vec<Key>,
    /// The texts of the templates, by name.
    pub texts: Texts,
}

/// Everything from which a rendering's places are found.
pub(super) struct Tracer<'a> {
    /// The chart.
    pub chart: &'a Chart,
    /// What helm printed.
    pub output: &'a str,
    /// Renderings with marks in the templates, the one that tells most first.
    pub marked: Vec<MarkedRun<'a>>,
    /// A rendering with marks in the values, too.
    pub valued: Option<ValuedRun<'a>>,
    /// The values, those that win last.
    pub layers: &'a [Layer],
    /// What is set value by value, in no layer.
    pub set: Vec<Single>,
    /// The variables of templates.
    pub variables: &'a HashMap<Arc<str>, Variables>,
}

/// A value that is set by itself.
#[derive(Debug)]
pub(super) struct Single {
    /// Its key.
    pub key: String,
    /// The value as it is written.
    pub value: String,
    /// The supply that a finding tells.
    pub supply: Arc<Supply>,
}

/// How many documents of a template are compared with one line by line, those that share most with it.
const MOST_CANDIDATES: usize = 8;

impl Tracer<'_> {
    /// What is known of the characters of the output, and the templates of documents of which that
    /// is nothing.
    pub(super) fn pieces(&self) -> (Vec<Piece>, BTreeSet<String>) {
        let (mut pieces, mut lacking) = (Vec::new(), BTreeSet::new());
        let valued = self.valued.iter().map(|run| (run.writers, &run.texts));
        let marked = self.marked.iter().map(|run| (run.writers, &run.texts));
        let mut all: Vec<(_, _, Aligner)> = valued
            .chain(marked)
            .map(|(writers, texts)| (writers, texts, Aligner::default()))
            .collect();
        let mut taken = BTreeSet::new();
        for document in documents(self.output) {
            let atoms = all.iter_mut().find_map(|(writers, texts, aligner)| {
                self.atoms(writers, texts, &document, aligner)
            });
            let supplies = self.supplies(&document, atoms.as_deref(), &mut taken);
            match atoms {
                Some(atoms) => self.add_lines(&atoms, &supplies, &mut pieces),
                None => {
                    self.add_unknown(&document, &supplies, &mut pieces);
                    lacking.insert(document.template);
                }
            }
        }
        (pieces, lacking)
    }

    /// The templates of documents that do not stand letter by letter in the rendering with marks.
    pub(super) fn unsettled(&self) -> BTreeSet<String> {
        let stands = |document: &Rendered| {
            let texts = self.valued.as_ref().map(|run| &run.texts.0);
            let text = texts.and_then(|texts| texts.get(&document.template));
            let own = self.output[document.span.clone()].trim();
            text.is_some_and(|text| text.stripped.text.contains(own))
        };
        let documents = documents(self.output).into_iter();
        documents
            .filter(|document| !stands(document))
            .map(|document| document.template)
            .collect()
    }

    fn atoms<'a>(
        &self,
        writers: &'a [Writer],
        texts: &Texts,
        document: &Rendered,
        aligner: &mut Aligner,
    ) -> Option<Vec<Atom<'a>>> {
        let text = texts.0.get(&document.template)?;
        let pairs = aligner.pairs(self.output, document, &text.stripped, &text.actions)?;
        let mut atoms = Vec::new();
        for pair in pairs {
            if !pair.is_equal {
                let inside = innermost(&text.actions, &pair.marked);
                atoms.push(Atom {
                    own: pair.own,
                    actions: around(&text.actions, inside, writers),
                    literal: None,
                });
                continue;
            }
            let first = text
                .runs
                .partition_point(|run| run.span.end <= pair.marked.start);
            let covered = text.runs[first..].iter();
            for found in covered.take_while(|run| run.span.start < pair.marked.end) {
                let start = found.span.start.max(pair.marked.start);
                let end = found.span.end.min(pair.marked.end);
                let own = pair.own.start + start - pair.marked.start
                    ..pair.own.start + end - pair.marked.start;
                let literal = found.literal.and_then(|(number, began)| {
                    let writer = writers.get(number as usize)?;
                    let offset = writer.span.start as usize + start - began;
                    let same = writer.artifact.text.get(offset..offset + own.len())?;
                    (same == &self.output[own.clone()]).then_some((writer, offset))
                });
                atoms.push(Atom {
                    own,
                    actions: around(&text.actions, found.action, writers),
                    literal,
                });
            }
        }
        Some(atoms)
    }

    /// Adds what is known of a document, line by line.
    fn add_lines(&self, atoms: &[Atom<'_>], supplies: &[Found], pieces: &mut Vec<Piece>) {
        // Between atoms that were found line by line the breaks are missing.
        let is_in_line = |before: &Atom<'_>, next: &Atom<'_>| {
            let (end, start) = (before.own.end, next.own.start);
            let between = self.output.get(end..start).unwrap_or_default();
            !self.output[..end].ends_with('\n') && !between.contains('\n')
        };
        for line in atoms.chunk_by(is_in_line) {
            let is_blank = |atom: &&Atom<'_>| self.output[atom.own.clone()].trim().is_empty();
            let mut rest = line.iter().filter(|atom| !is_blank(atom));
            let Some(first) = rest.next() else { continue };
            let home = first.home();
            for atom in std::iter::once(first).chain(rest) {
                self.add_atom(atom, home, supplies, pieces);
            }
        }
    }

    fn add_atom(
        &self,
        atom: &Atom<'_>,
        home: Option<&Writer>,
        supplies: &[Found],
        pieces: &mut Vec<Piece>,
    ) {
        let Some((written, fit, is_packed)) = atom.written(home) else {
            return;
        };
        let mut own = atom.own.clone();
        own.end -= self.output[own.clone()].len() - self.output[own.clone()].trim_end().len();
        let is_literal = atom.literal.is_some();
        let inside = supplies
            .iter()
            .filter(|found| !is_literal && found.span.end > own.start && found.span.end <= own.end);
        let mut at = own.start;
        for found in inside {
            let start = match found.is_whole {
                true => at,
                false => found.start().max(at).min(found.span.end),
            };
            if start > at {
                pieces.push(self.piece(at..start, &written, (fit, is_packed), None));
            }
            let supply = Some(Arc::clone(&found.supply));
            if found.span.end > start {
                pieces.push(self.piece(start..found.span.end, &written, (fit, is_packed), supply));
                at = found.span.end;
            }
        }
        if at < own.end {
            let supply = match is_literal || at > own.start {
                true => None,
                false => self.named_supply(atom, &own),
            };
            let offset = at - own.start;
            let mut written = written;
            if fit == Fit::Verbatim {
                written.span.start += u32::try_from(offset).unwrap_or(0);
            }
            pieces.push(self.piece(at..own.end, &written, (fit, is_packed), supply));
        }
    }

    fn piece(
        &self,
        own: Range<usize>,
        written: &Place,
        (fit, is_packed): (Fit, bool),
        supply: Option<Arc<Supply>>,
    ) -> Piece {
        let mut written = written.clone();
        if fit == Fit::Verbatim {
            written.span.end = written.span.start + Span::new(0, own.len()).end;
        }
        let mut fit = fit;
        if is_packed {
            fit = Fit::Whole;
            written = self.nearest_own(&written, supply.as_deref());
        }
        Piece {
            span: Span::new(own.start, own.end),
            written,
            fit,
            supply,
        }
    }

    /// For what a packed chart wrote, which nobody can change where it lies: the value that was
    /// given to it, else the place where the chart is asked for.
    fn nearest_own(&self, written: &Place, supply: Option<&Supply>) -> Place {
        let given = supply.and_then(|supply| supply.place.as_ref());
        if let Some(place) = given.filter(|place| !place.artifact.display.contains("!/")) {
            return place.clone();
        }
        let (package, _) = written
            .artifact
            .display
            .split_once("!/")
            .unwrap_or_default();
        let file = self
            .chart
            .files
            .iter()
            .find(|file| file.path == "Chart.yaml");
        let unit = self
            .chart
            .units
            .iter()
            .find(|unit| unit.package.as_deref() == Some(package));
        match (file, unit) {
            (Some(file), Some(unit)) if !file.is_packed => {
                let name = format!("name: {}", unit.about.name);
                let start = file.artifact.text.rfind(&name).unwrap_or(0);
                let span = Span::new(start, start + name.len());
                Place {
                    artifact: Arc::clone(&file.artifact),
                    span,
                    approximate: true,
                }
            }
            _ => written.clone(),
        }
    }

    /// A document that no marked rendering has: its template is all that is known.
    fn add_unknown(&self, document: &Rendered, supplies: &[Found], pieces: &mut Vec<Piece>) {
        let Some(file) = template(self.chart, &document.template) else {
            return;
        };
        let place = Place {
            artifact: Arc::clone(&file.artifact),
            span: Span::new(0, file.artifact.text.find('\n').unwrap_or(0)),
            approximate: true,
        };
        let mut at = document.span.start;
        let how = (Fit::Whole, file.is_packed);
        for found in supplies {
            let start = found.start().max(at);
            if start > at {
                pieces.push(self.piece(at..start, &place, how, None));
            }
            if found.span.end > start {
                let supply = Some(Arc::clone(&found.supply));
                pieces.push(self.piece(start..found.span.end, &place, how, supply));
                at = found.span.end;
            }
        }
        if at < document.span.end {
            pieces.push(self.piece(at..document.span.end, &place, how, None));
        }
    }

    /// Where values with marks came out in a document, in order. A line counts where the marked
    /// rendering has the same line, written by the same thing, between the same others.
    fn supplies(
        &self,
        document: &Rendered,
        atoms: Option<&[Atom<'_>]>,
        taken: &mut BTreeSet<(String, usize)>,
    ) -> Vec<Found> {
        let Some(run) = &self.valued else {
            return Vec::new();
        };
        let Some(text) = run.texts.0.get(&document.template) else {
            return Vec::new();
        };
        let own: Vec<Line<'_>> = lines(self.output, document.span.clone())
            .into_iter()
            .map(|range| {
                let first = atoms.and_then(|atoms| first_atom(atoms, self.output, &range));
                let home = first.and_then(Atom::home).map(identity);
                Line::new(&self.output[range.clone()], range, home)
            })
            .collect();
        let mut best: Option<Likeness<'_>> = None;
        let sketch = Sketch::new(&self.output[document.span.clone()]);
        let mut candidates: Vec<(usize, &Range<usize>)> = text
            .documents
            .iter()
            .filter(|(range, _)| !taken.contains(&(document.template.clone(), range.start)))
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
            let marked = text.lines(range.clone(), run.writers, atoms.is_some());
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
        taken.insert((document.template.clone(), start));
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
        let blank = before.chars().next_back().is_none_or(char::is_whitespace);
        (!blank).then(|| Found {
            span: end..end,
            is_whole: true,
            supply: Arc::clone(&key.supply),
        })
    }
}

/// The file of a template that helm names, such as `web/charts/db/templates/a.yaml`.
pub(super) fn template<'a>(chart: &'a Chart, name: &str) -> Option<&'a ChartFile> {
    let (_, mut rest) = name.split_once('/')?;
    let mut unit = chart.unit()?;
    while let Some(below) = rest.strip_prefix("charts/") {
        let (key, after) = below.split_once('/')?;
        unit = child(chart, unit, key)?;
        rest = after;
    }
    let path = format!("{}{rest}", unit.folder);
    chart.files.iter().find(|file| file.path == path)
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
struct Found {
    span: Range<usize>,
    /// Whether it was changed on its way, so that all that one action printed up to here is it.
    is_whole: bool,
    supply: Arc<Supply>,
}

impl Found {
    fn start(&self) -> usize {
        self.span.start
    }
}

fn innermost(actions: &[Printed], range: &Range<usize>) -> Option<usize> {
    let holds = |action: &Printed| action.start <= range.start && action.end >= range.end;
    let holding = actions
        .iter()
        .enumerate()
        .filter(|(_, action)| holds(action));
    holding
        .min_by_key(|(index, action)| (action.end - action.start, usize::MAX - index))
        .map(|(index, _)| index)
}
