//! What helm makes anew at each run: passwords, keys, certificates. A second rendering tells which
//! characters those are; nobody wrote them anywhere.

use std::collections::BTreeMap;
use std::ops::Range;

use super::align::{common, lines};
use super::marked::Templates;
use super::output::documents;
use super::salted::Salted;
use crate::model::{Piece, Span};

/// The characters of a text that two renderings of the same have no two times, in order. The text may be
/// the first of them, and each may be of some templates alone. Documents of a template that are not
/// as many, or whose lines are not, have none.
pub(super) fn differing(text: &str, first: &str, second: &str) -> Vec<Range<usize>> {
    let [mut own, mut ones, others] = [text, first, second].map(by_template);
    let mut triples = Vec::new();
    for (template, others) in others {
        let of = |all: &mut BTreeMap<String, Vec<Range<usize>>>| all.remove(&template);
        let (Some(own), Some(ones)) = (of(&mut own), of(&mut ones)) else {
            continue;
        };
        if own.len() == ones.len() && ones.len() == others.len() {
            triples.extend(own.into_iter().zip(ones).zip(others));
        }
    }
    let mut found = Vec::new();
    for ((own, one), other) in triples {
        if first[one.clone()] == second[other.clone()] {
            continue;
        }
        let (own, one) = (lines(text, own), lines(first, one));
        let other = lines(second, other);
        if own.len() != one.len() || one.len() != other.len() {
            continue;
        }
        for ((own, one), other) in own.into_iter().zip(one).zip(other) {
            let (one, other) = (&first[one], &second[other]);
            if one == other {
                continue;
            }
            let (mut head, mut tail) = common(one, other);
            if &text[own.clone()] != one {
                let shared = common(&text[own.clone()], one);
                (head, tail) = (head.min(shared.0), tail.min(shared.1));
            }
            let differing = own.start + head..own.end - tail;
            if !differing.is_empty() {
                found.push(differing);
            }
        }
    }
    found.sort_unstable_by_key(|differing| differing.start);
    found
}

/// Where the documents of each template stand.
fn by_template(output: &str) -> BTreeMap<String, Vec<Range<usize>>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for document in documents(output) {
        let spans = found.entry(document.template).or_default();
        spans.push(document.span);
    }
    found
}

/// Of characters that differ, those that are made up: no value supplied them, and they are not what
/// somebody wrote, salted.
pub(super) fn made_up(
    templates: &Templates<'_>,
    differing: Vec<Range<usize>>,
    pieces: &[Piece],
) -> Vec<Span> {
    if differing.is_empty() {
        return Vec::new();
    }
    let salted = Salted::new(templates);
    let is_made_up = |span: &Span| {
        let mut writers = pieces.iter().filter(|piece| piece.span.overlaps(*span));
        writers.all(|piece| {
            let artifact = &piece.written.artifact;
            let text = &artifact.text[piece.written.span.range()];
            piece.supply.is_none() && !salted.holds(text, &artifact.display)
        })
    };
    let spans = differing
        .into_iter()
        .map(|range| Span::new(range.start, range.end));
    spans.filter(is_made_up).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendering_of_some_templates_tells_of_these() {
        let (a, b) = (
            "---\n# Source: web/templates/a.yaml\n",
            "---\n# Source: web/templates/b.yaml\n",
        );
        let text = format!("{a}a: one\n{b}b: \"xyz\"\nc: 1\n");
        let second = format!("{b}b: \"uvw\"\nc: 1\n");
        let found = differing(&text, &text, &second);
        let shown: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
        assert_eq!(shown, ["xyz"]);
    }

    #[test]
    fn what_differs_is_told_by_line() {
        let head = "---\n# Source: web/templates/a.yaml\n";
        let first = format!("{head}a: \"xyz\"\nb: 1\n{head}c: 1\nd: 2\n");
        let second = format!("{head}a: \"uvw\"\nb: 1\n{head}c: 1\n");
        let found = differing(&first, &first, &second);
        let shown: Vec<&str> = found.into_iter().map(|range| &first[range]).collect();
        assert_eq!(shown, ["xyz"]);
    }
}
