//! Texts of a chart's files that templates print (`.Files.Get`, `.Files.Glob`): each line is told where it
//! stands in its file, whatever `indent`, `quote` and `tpl` made of the rest.

mod line;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::align::common_lines;
use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::trace::Tracer;
use crate::model::{Artifact, Fit, Piece, Place, Span, Supply};
use line::{Line, is_filled, lines, quoted};

/// More files than these, of those that may be in what a template prints, are not compared with it.
const MOST_FILES: usize = 64;

/// Some characters of an output with their place in a file.
#[derive(Clone)]
struct Claim {
    own: Range<usize>,
    place: Place,
    fit: Fit,
}

impl Claim {
    /// Of a line that was filled in, what stands before and behind that as it is written, and what was filled in.
    fn parts(&self, output: &str) -> Vec<Self> {
        let (own, span) = (self.own.clone(), self.place.span);
        let (text, line) = (
            &output[own.clone()],
            &self.place.artifact.text[span.range()],
        );
        let filled = line.find("{{").zip(line.rfind("}}"));
        let Some((head, end)) = filled.filter(|_| self.fit == Fit::Rewritten) else {
            return vec![self.clone()];
        };
        let tail = line.len() - end - 2;
        let is_filled_in = text.len() > head + tail
            && text.starts_with(&line[..head])
            && text.ends_with(&line[end + 2..]);
        if !is_filled_in {
            return vec![self.clone()];
        }
        let part = |own: Range<usize>, at: usize, length: usize, fit| {
            let start = span.start as usize + at;
            let span = Span::new(start, start + length);
            let place = Place {
                span,
                ..self.place.clone()
            };
            (!own.is_empty()).then_some(Self { own, place, fit })
        };
        let (first, last) = (own.start + head, own.end - tail);
        let parts = [
            part(own.start..first, 0, head, Fit::Verbatim),
            part(first..last, head, end + 2 - head, Fit::Rewritten),
            part(last..own.end, end + 2, tail, Fit::Verbatim),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// The pieces of an output; those that a template read of files of its chart are of these files, as far as
/// these have them line by line.
pub(super) fn with_files(tracer: &Tracer<'_>, pieces: Vec<Piece>) -> Vec<Piece> {
    let (chart, output) = (tracer.chart, tracer.output);
    if !chart.files.iter().any(ChartFile::uses_files) {
        return pieces;
    }
    let mut told = Vec::with_capacity(pieces.len());
    for passage in pieces.chunk_by(are_of_one_action) {
        let reads_files = passage[0].written.artifact.text.contains(".Files");
        let claims = match reads_files && passage[0].fit == Fit::Whole {
            true => claims(chart, output, passage),
            false => Vec::new(),
        };
        let claims = claims.iter().flat_map(|claim| claim.parts(output));
        tell(tracer, passage, claims.collect(), &mut told);
    }
    told
}

fn are_of_one_action(one: &Piece, next: &Piece) -> bool {
    let is_same = Arc::ptr_eq(&one.written.artifact, &next.written.artifact);
    is_same
        && one.written.span == next.written.span
        && (one.fit, next.fit) == (Fit::Whole, Fit::Whole)
}

/// What files of the chart have of a passage, in order.
fn claims(chart: &Chart, output: &str, passage: &[Piece]) -> Vec<Claim> {
    let whole = passage[0].span.start as usize..passage[passage.len() - 1].span.end as usize;
    let files = files(chart, &passage[0].written);
    let mut own = lines(output, whole);
    if let [line] = &own[..] {
        let Some(quoted) = quoted(output, line) else {
            return encoded(line, &files).into_iter().collect();
        };
        own = quoted;
    }
    let known: HashSet<&str> = own.iter().map(|line| &*line.text).collect();
    let near = files
        .into_iter()
        .filter(|file| may_hold(&known, &file.text));
    let mut found: Vec<Found> = near
        .take(MOST_FILES)
        .filter_map(|file| Found::new(&own, file))
        .collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.score));
    let mut owners: Vec<Option<(usize, Claim)>> = own.iter().map(|_| None).collect();
    for found in found {
        found.claim(&own, &mut owners);
    }
    // Lines that several files have alike are of none.
    let is_alone = |line: &usize| owners[*line].as_ref().is_some_and(|(score, _)| *score > 0);
    let alone: Vec<usize> = (0..own.len()).filter(is_alone).collect();
    let claim = |line: usize| owners[line].take().map(|(_, claim)| claim);
    alone.into_iter().filter_map(claim).collect()
}

/// Whether half of a file's lines without actions or more are among those of a passage, in whatever order: without
/// that it is not what the passage has.
fn may_hold(known: &HashSet<&str>, file: &str) -> bool {
    let lines = || {
        file.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.contains("{{"))
    };
    let all = lines().count();
    // Most files have nothing in common with it, which half of their lines tell.
    let mut others = lines().filter(|line| !known.contains(line));
    all > 0 && others.nth(all / 2).is_none()
}

/// The files that a template may have read: those that its action names, else all of its chart.
fn files<'a>(chart: &'a Chart, written: &Place) -> Vec<&'a Arc<Artifact>> {
    let text = written.artifact.text.get(written.span.range());
    let action = text.unwrap_or_default();
    let is_writer = |file: &&ChartFile| Arc::ptr_eq(&file.artifact, &written.artifact);
    let template = chart.files.iter().find(is_writer);
    let Some(unit) = template.and_then(|file| chart.unit_of(&file.path)) else {
        return Vec::new();
    };
    let folder = &unit.folder;
    let is_read = |file: &&ChartFile| {
        let is_own = chart
            .unit_of(&file.path)
            .is_some_and(|of| of.folder == *folder);
        is_own && !is_template(&file.path) && !file.is_packed
    };
    let files: Vec<&ChartFile> = chart.files.iter().filter(is_read).collect();
    let is_named =
        |file: &&&ChartFile| action.contains(&format!("\"{}\"", &file.path[folder.len()..]));
    let named: Vec<&ChartFile> = files.iter().filter(is_named).copied().collect();
    let files = if named.is_empty() { files } else { named };
    files.into_iter().map(|file| &file.artifact).collect()
}

/// A file that is encoded as a whole.
fn encoded(line: &Line<'_>, files: &[&Arc<Artifact>]) -> Option<Claim> {
    let text = line.text.trim_matches(['"', '\'']);
    let is_it = |file: &&&Arc<Artifact>| {
        let length = file.text.len().div_ceil(3) * 4;
        !file.text.trim().is_empty() && length == text.len() && STANDARD.encode(&file.text) == text
    };
    let file = files.iter().find(is_it)?;
    Some(Claim {
        own: line.span.clone(),
        place: Place {
            artifact: Arc::clone(file),
            span: Span::new(0, file.text.trim_end().len()),
            approximate: false,
        },
        fit: Fit::Rewritten,
    })
}

/// A file that a passage has most lines of.
struct Found<'a> {
    file: &'a Arc<Artifact>,
    lines: Vec<Line<'a>>,
    /// Which lines of the passage are which of the file.
    pairs: Vec<(usize, usize)>,
    /// How many of them are not blank.
    score: usize,
}

impl<'a> Found<'a> {
    fn new(own: &[Line<'_>], file: &'a Arc<Artifact>) -> Option<Self> {
        let lines = lines(&file.text, 0..file.text.len());
        let theirs: Vec<&str> = lines.iter().map(|one| &*one.text).collect();
        let ours: Vec<&str> = own.iter().map(|one| &*one.text).collect();
        let pairs = common_lines(&ours, &theirs);
        let score = pairs
            .iter()
            .filter(|(line, _)| !ours[*line].is_empty())
            .count();
        // A line with an action comes out as another one.
        let may_be = |text: &&&str| !text.is_empty() && !text.contains("{{");
        let all = theirs.iter().filter(may_be).count();
        (score > 0 && score * 2 >= all).then_some(Self {
            file,
            lines,
            pairs,
            score,
        })
    }

    /// Claims the lines that nobody has claimed who fits better; those of one who fits as well are in doubt.
    fn claim(&self, own: &[Line<'_>], owners: &mut [Option<(usize, Claim)>]) {
        let all = self.all(own);
        let is_free = |line: usize| owners[line].is_none() && !own[line].text.is_empty();
        let free = all.iter().filter(|(line, ..)| is_free(*line)).count();
        let is_new = free * 2 >= self.score;
        for (line, other, fit) in all {
            match &mut owners[line] {
                Some((score, claim)) if *score == self.score => {
                    let is_same = Arc::ptr_eq(&claim.place.artifact, self.file);
                    *score = if is_same { *score } else { 0 };
                }
                Some(_) => {}
                slot if is_new && !own[line].text.is_empty() => {
                    let claim = self.at(&own[line], other, fit);
                    *slot = Some((self.score, claim));
                }
                None => {}
            }
        }
    }

    fn at(&self, own: &Line<'_>, other: usize, fit: Fit) -> Claim {
        let span = &self.lines[other].span;
        Claim {
            own: own.span.clone(),
            place: Place {
                artifact: Arc::clone(self.file),
                span: Span::new(span.start, span.end),
                approximate: false,
            },
            // In a string in quotes it is written otherwise than in the file.
            fit: if own.is_escaped() {
                Fit::Rewritten
            } else {
                fit
            },
        }
    }

    /// The pairs, and between two of them those that `tpl` filled in.
    fn all(&self, own: &[Line<'_>]) -> Vec<(usize, usize, Fit)> {
        let mut all = Vec::new();
        let mut before: Option<(usize, usize)> = None;
        for &(line, other) in &self.pairs {
            if let Some((first, second)) = before {
                let filled = self.filled_in(own, (first + 1..line, second + 1..other));
                all.extend(
                    filled
                        .into_iter()
                        .map(|(one, other)| (one, other, Fit::Rewritten)),
                );
            }
            all.push((line, other, Fit::Verbatim));
            before = Some((line, other));
        }
        all
    }

    /// Which lines of a passage are which of the file that have an action in them: one by one where both are as
    /// many, else those that begin and end as one line alone does.
    fn filled_in(
        &self,
        own: &[Line<'_>],
        (ours, theirs): (Range<usize>, Range<usize>),
    ) -> Vec<(usize, usize)> {
        let text = |other: usize| &*self.lines[other].text;
        if ours.len() == theirs.len() {
            let pairs = ours.zip(theirs);
            return pairs
                .filter(|(_, other)| text(*other).contains("{{"))
                .collect();
        }
        let only = |line: usize| {
            let mut alike = theirs
                .clone()
                .filter(|other| is_filled(text(*other), &own[line].text));
            alike.next().filter(|_| alike.next().is_none())
        };
        ours.filter_map(|line| Some((line, only(line)?))).collect()
    }
}

/// Adds the pieces of a passage with what files claim of it.
fn tell(tracer: &Tracer<'_>, passage: &[Piece], claims: Vec<Claim>, told: &mut Vec<Piece>) {
    if claims.is_empty() {
        told.extend(passage.iter().cloned());
        return;
    }
    for piece in passage {
        let mut at = piece.span.start;
        let inside = claims
            .iter()
            .map(|claim| Span::new(claim.own.start, claim.own.end));
        for claimed in inside.filter(|claimed| claimed.overlaps(piece.span)) {
            told.extend((claimed.start > at).then(|| cut(piece, at, claimed.start)));
            at = at.max(claimed.end);
        }
        told.extend((piece.span.end > at).then(|| cut(piece, at, piece.span.end)));
    }
    claims
        .iter()
        .for_each(|part| tell_part(tracer, passage, part, told));
}

/// Adds what a file has of a line: what was filled in there is supplied, what is written is not.
fn tell_part(tracer: &Tracer<'_>, passage: &[Piece], part: &Claim, told: &mut Vec<Piece>) {
    let whole = Span::new(part.own.start, part.own.end);
    let piece = |span, supply| Piece {
        span,
        written: part.place.clone(),
        fit: part.fit,
        supply,
    };
    if part.fit == Fit::Verbatim {
        told.push(piece(whole, None));
        return;
    }
    let inside = passage.iter().filter(|piece| piece.span.overlaps(whole));
    let before = told.len();
    told.extend(inside.map(|inside| {
        let span = Span {
            start: inside.span.start.max(whole.start),
            end: inside.span.end.min(whole.end),
        };
        piece(span, inside.supply.clone())
    }));
    if told[before..].iter().all(|piece| piece.supply.is_none()) {
        told.truncate(before);
        told.push(piece(whole, named(tracer, part)));
    }
}

/// The value that an action of a file names, where marks do not show which came out.
fn named(tracer: &Tracer<'_>, part: &Claim) -> Option<Arc<Supply>> {
    let file = &part.place.artifact;
    let action = file.text.get(part.place.span.range())?;
    let text = tracer.output.get(part.own.clone())?;
    let text = text.trim_matches(['"', '\'', '\\']);
    tracer.named_in_file(file, action, text)
}

fn cut(piece: &Piece, start: u32, end: u32) -> Piece {
    Piece {
        span: Span { start, end },
        ..piece.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Arc<Artifact> {
        Arc::new(Artifact::new("f", "f", text.to_owned()))
    }

    /// Which lines of files those of an output are: `file:line`, from 0.
    fn claimed(output: &str, files: &[Arc<Artifact>]) -> Vec<String> {
        let own = lines(output, 0..output.len());
        let mut owners: Vec<Option<(usize, Claim)>> = own.iter().map(|_| None).collect();
        let mut found: Vec<Found> = files
            .iter()
            .filter_map(|file| Found::new(&own, file))
            .collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
        found
            .iter()
            .for_each(|found| found.claim(&own, &mut owners));
        let shown = |owner: &Option<(usize, Claim)>| match owner {
            Some((score, claim)) if *score > 0 => {
                let at = files
                    .iter()
                    .position(|file| Arc::ptr_eq(file, &claim.place.artifact));
                let before = &claim.place.artifact.text[..claim.place.span.start as usize];
                format!("{}:{}", at.unwrap_or(99), before.matches('\n').count())
            }
            _ => "-".to_owned(),
        };
        owners.iter().map(shown).collect()
    }

    #[test]
    fn lines_are_those_of_the_file_that_was_read() {
        let one = file("a\n\nb {{ .x }}\nc\nd\n");
        let two = file("e\nf\n");
        let output = "\n    a\n\n    b 7\n    c\n    d\n";
        let files = [one, two];
        assert_eq!(claimed(output, &files), ["0:0", "-", "0:2", "0:3", "0:4"]);
        let all = "one: |\n  a\n\n  b 7\n  c\n  d\ntwo: |\n  e\n  f\n";
        assert_eq!(
            claimed(all, &files),
            ["-", "0:0", "-", "0:2", "0:3", "0:4", "-", "1:0", "1:1"]
        );
        assert_eq!(claimed("x\n  a\n  y\n", &files), ["-", "-", "-"]);
    }

    #[test]
    fn a_file_is_compared_where_half_of_its_lines_are_there() {
        let known = HashSet::from(["a", "b", "c"]);
        for text in ["a\n\n  b\n", "a\nb\nx\ny\n", "a\nx {{ .b }}\n"] {
            assert!(may_hold(&known, text), "{text}");
        }
        for text in ["a\nx\ny\n", "x\ny\nz\n", "x\n", "\n"] {
            assert!(!may_hold(&known, text), "{text}");
        }
    }

    #[test]
    fn what_a_condition_left_out_is_passed_over() {
        let text = "a\n{{ if .x }}\nb: c\n{{ else }}\nb: {{ .b }}\n{{ end }}\nd: {{ .d }}\ne\n";
        let files = [file(text)];
        assert_eq!(
            claimed("a\nb: 7\nd: 8\ne\n", &files),
            ["0:0", "0:4", "0:6", "0:7"]
        );
        assert_eq!(claimed("a\nx: 7\ne\n", &files), ["0:0", "-", "0:7"]);
    }

    #[test]
    fn of_a_line_that_was_filled_in_the_rest_is_as_it_is_written() {
        let output = "a: db://x:y@web-1:80";
        let file = file("a: db://x:y@{{ .host }}-{{ .b }}:80");
        let claim = Claim {
            own: 0..output.len(),
            place: Place {
                span: Span::new(0, file.text.len()),
                artifact: file,
                approximate: false,
            },
            fit: Fit::Rewritten,
        };
        let parts = claim.parts(output);
        let shown: Vec<_> = parts
            .iter()
            .map(|part| {
                let written = &part.place.artifact.text[part.place.span.range()];
                (&output[part.own.clone()], written, part.fit)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("a: db://x:y@", "a: db://x:y@", Fit::Verbatim),
                ("web-1", "{{ .host }}-{{ .b }}", Fit::Rewritten),
                (":80", ":80", Fit::Verbatim),
            ]
        );
    }

    #[test]
    fn the_file_that_fits_best_has_them_and_of_two_alike_neither() {
        let output = "a\nb\nc\n";
        let near = file("a\nb\nd\n");
        let whole = file("a\nb\nc\n");
        assert_eq!(
            claimed(output, &[near, whole.clone()]),
            ["1:0", "1:1", "1:2"]
        );
        assert_eq!(
            claimed(output, &[whole.clone(), file("a\nb\nc\n")]),
            ["-", "-", "-"]
        );
    }
}
