//! From marks to places: which template line wrote each character of a rendering, and which key of
//! the values supplied it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::align::{Aligner, Printed};
use super::appearance::Appearance;
use super::atom::{Atom, around};
use super::chart::{Chart, ChartFile};
use super::marked::Writer;
use super::output::{Rendered, documents};
use super::reference::Variables;
use super::single::Single;
use super::text::{Text, Texts};
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
    /// What the marks of templates say.
    pub marked: MarkedRun<'a>,
    /// What the marks of values stand for.
    pub keys: Vec<Key>,
}

/// Everything from which a rendering's places are found.
pub(super) struct Tracer<'a> {
    /// The chart.
    pub chart: &'a Chart,
    /// What helm printed.
    pub output: &'a str,
    /// Its documents, by template.
    pub templates: Vec<Template<'a>>,
    /// A rendering with marks in the values, too.
    pub valued: Option<ValuedRun<'a>>,
    /// The values, those that win last.
    pub layers: &'a [Layer],
    /// What is set value by value, in no layer.
    pub set: Vec<Single>,
    /// The variables of templates.
    pub variables: &'a HashMap<Arc<str>, Variables>,
}

/// The documents that one template wrote, in order. What is known of them tells nothing of others.
pub(super) struct Template<'a> {
    name: String,
    documents: Vec<Document<'a>>,
    /// What is known of their characters, once that was looked for.
    pieces: Option<Vec<Piece>>,
}

struct Document<'a> {
    span: Range<usize>,
    /// Who wrote its characters, once that is known.
    atoms: Option<Vec<Atom<'a>>>,
}

/// The templates of an output with their documents, of which nothing is known yet.
pub(super) fn templates<'a>(output: &str) -> Vec<Template<'a>> {
    let mut templates: BTreeMap<String, Vec<Document<'a>>> = BTreeMap::new();
    for Rendered { template, span } in documents(output) {
        let documents = templates.entry(template).or_default();
        documents.push(Document { span, atoms: None });
    }
    let template = |(name, documents)| Template {
        name,
        documents,
        pieces: None,
    };
    templates.into_iter().map(template).collect()
}

impl Template<'_> {
    fn is_settled(&self) -> bool {
        self.documents
            .iter()
            .all(|document| document.atoms.is_some())
    }
}

impl<'a> Tracer<'a> {
    /// Finds who wrote the documents of which that is not known yet, in a rendering with marks.
    pub(super) fn settle(&mut self, run: &MarkedRun<'a>) {
        let output = self.output;
        self.templates.par_iter_mut().for_each(|template| {
            let Some(text) = run.texts.0.get(&template.name) else {
                return;
            };
            let mut aligner = Aligner::default();
            for document in &mut template.documents {
                if document.atoms.is_none() {
                    document.atoms =
                        atoms(output, &document.span, (run.writers, text), &mut aligner);
                }
            }
        });
    }

    /// The templates of documents of which nobody knows yet who wrote them.
    pub(super) fn lacking(&self) -> BTreeSet<String> {
        let templates = self.templates.iter();
        let lacking = templates.filter(|template| !template.is_settled());
        lacking.map(|template| template.name.clone()).collect()
    }

    /// Finds the places of documents that are settled; time for it is while helm renders the others.
    pub(super) fn place_settled(&mut self) {
        let places = |template: &Template<'_>| template.is_settled().then(|| self.places(template));
        let places: Vec<_> = self.templates.par_iter().map(places).collect();
        for (template, pieces) in self.templates.iter_mut().zip(places) {
            template.pieces = pieces;
        }
    }

    /// What is known of the characters of the output, in order.
    pub(super) fn pieces(&mut self) -> Vec<Piece> {
        let templates = std::mem::take(&mut self.templates);
        let pieces = |mut template: Template<'_>| {
            let known = template.pieces.take();
            known.unwrap_or_else(|| self.places(&template))
        };
        let mut pieces: Vec<Piece> = templates.into_par_iter().flat_map_iter(pieces).collect();
        pieces.sort_by_key(|piece| piece.span.start);
        pieces
    }

    fn places(&self, template: &Template<'_>) -> Vec<Piece> {
        let (mut pieces, mut taken) = (Vec::new(), BTreeSet::new());
        for document in &template.documents {
            let atoms = document.atoms.as_deref();
            let supplies = self.supplies((&template.name, &document.span), atoms, &mut taken);
            match atoms {
                Some(atoms) => self.add_lines(atoms, &supplies, &mut pieces),
                None => self.add_unknown((&template.name, &document.span), &supplies, &mut pieces),
            }
        }
        pieces
    }

    /// The templates of documents that do not stand letter by letter in the rendering with marks.
    pub(super) fn unsettled(&self) -> BTreeSet<String> {
        let texts = self.valued.as_ref().map(|run| &run.marked.texts.0);
        let stands = |template: &&Template<'_>| {
            let text = texts.and_then(|texts| texts.get(&template.name));
            template.documents.iter().all(|document| {
                let own = self.output[document.span.clone()].trim();
                text.is_some_and(|text| text.stripped.text.contains(own))
            })
        };
        let unsettled = self.templates.iter().filter(|template| !stands(template));
        unsettled.map(|template| template.name.clone()).collect()
    }

    /// Adds what is known of a document, line by line.
    fn add_lines(&self, atoms: &[Atom<'_>], supplies: &[Appearance], pieces: &mut Vec<Piece>) {
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
        supplies: &[Appearance],
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
        let unit = self
            .chart
            .units
            .iter()
            .find(|unit| unit.package.as_deref() == Some(package));
        let asked = unit.and_then(|unit| self.asked_at(&unit.about.name));
        asked.unwrap_or_else(|| written.clone())
    }

    /// The entry that asks for a chart of some name, else the first line of `Chart.yaml`.
    fn asked_at(&self, name: &str) -> Option<Place> {
        let file = |path: &str| {
            let mut files = self.chart.files.iter();
            files.find(|file| file.path == path && !file.is_packed)
        };
        // Charts of the first version ask in a file of its own.
        let files = ["requirements.yaml", "Chart.yaml"].into_iter();
        let mut entries = files.filter_map(|path| {
            let file = file(path)?;
            Some((file, entry_of(&file.artifact.text, name)?))
        });
        let (file, span) = entries
            .next()
            .or_else(|| Some((file("Chart.yaml")?, Span::new(0, 0))))?;
        Some(Place {
            artifact: Arc::clone(&file.artifact),
            span,
            approximate: true,
        })
    }

    /// A document that no marked rendering has: its template is all that is known.
    fn add_unknown(
        &self,
        (name, document): (&str, &Range<usize>),
        supplies: &[Appearance],
        pieces: &mut Vec<Piece>,
    ) {
        let Some(file) = template(self.chart, name) else {
            return;
        };
        let place = Place {
            artifact: Arc::clone(&file.artifact),
            span: Span::new(0, file.artifact.text.find('\n').unwrap_or(0)),
            approximate: true,
        };
        let mut at = document.start;
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
        if at < document.end {
            pieces.push(self.piece(at..document.end, &place, how, None));
        }
    }
}

/// Who wrote the characters of a document of an output, by the text of its template with marks.
fn atoms<'a>(
    output: &str,
    document: &Range<usize>,
    (writers, text): (&'a [Writer], &Text),
    aligner: &mut Aligner,
) -> Option<Vec<Atom<'a>>> {
    let pairs = aligner.pairs(output, document, &text.stripped, &text.actions)?;
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
                (same == &output[own.clone()]).then_some((writer, offset))
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

/// Where a list of charts names one of them.
fn entry_of(text: &str, name: &str) -> Option<Span> {
    let mut named = text.lines().filter_map(|line| {
        let own = line.trim_start().trim_start_matches("- ").trim_start();
        let given = own.strip_prefix("name:")?.trim();
        let is_entry = line.starts_with([' ', '-']);
        let is_named = given.trim_matches(['"', '\'']) == name;
        let start = own.as_ptr() as usize - text.as_ptr() as usize;
        (is_entry && is_named).then(|| Span::new(start, start + own.trim_end().len()))
    });
    named.next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_asked_for_by_its_name_in_a_list() {
        let text = "name: cache\ndependencies:\n- version: 1\n  name: cache-ha\n- name: 'cache'\n  version: 2\n";
        let at = |name: &str| entry_of(text, name).map(|span| &text[span.range()]);
        assert_eq!(at("cache"), Some("name: 'cache'"));
        assert_eq!(at("cache-ha"), Some("name: cache-ha"));
        assert_eq!(at("db"), None);
    }
}
