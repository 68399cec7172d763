//! Texts of a chart's files that templates print (`.Files.Get`, `.Files.Glob`): each line is told where it
//! stands in its file, whatever `indent`, `quote` and `tpl` made of the rest.

mod candidate;
mod claim;
mod line;

use std::collections::HashSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::trace::Tracer;
use crate::model::{Artifact, Fit, Piece, Place, Span, Supply};
use candidate::Candidate;
use claim::Claim;
use line::{Line, lines, quoted};

/// More files than these, of those that may be in what a template prints, are not compared with it.
const MOST_FILES: usize = 64;

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
    let mut found: Vec<Candidate> = near
        .take(MOST_FILES)
        .filter_map(|file| Candidate::new(&own, file))
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
}
