//! What helm makes anew at each run: passwords, keys, certificates. A second rendering tells which
//! characters those are; nobody wrote them anywhere.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::align::{common, lines};
use super::chart::Chart;
use super::marked::is_template;
use super::output::documents;
use crate::model::{Piece, Span};

/// Functions that make something up.
const MAKING: &str = r"\b(rand[A-Z]\w*|gen[A-Z]\w*|uuidv4|shuffle)\b";
/// Functions that give another result at each run for what somebody wrote.
const SALTING: &str = r"\b(bcrypt|htpasswd|encryptAES)\b";

fn calls(cell: &'static OnceLock<Option<Regex>>, pattern: &str, text: &str) -> bool {
    let regex = cell.get_or_init(|| Regex::new(pattern).ok());
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

fn makes(text: &str) -> bool {
    static MAKES: OnceLock<Option<Regex>> = OnceLock::new();
    calls(&MAKES, MAKING, text)
}

fn salts(text: &str) -> bool {
    static SALTS: OnceLock<Option<Regex>> = OnceLock::new();
    calls(&SALTS, SALTING, text)
}

/// Whether templates of a chart make something up.
pub(super) fn makes_things_up(chart: &Chart) -> bool {
    any_template(chart, makes)
}

fn any_template(chart: &Chart, is_so: impl Fn(&str) -> bool) -> bool {
    let files = chart.files.iter();
    let mut templates = files.filter(|file| is_template(&file.path));
    templates.any(|file| is_so(&file.artifact.text))
}

/// The characters of a rendering that another one does not have, in order. Documents whose lines are
/// not as many have none.
pub(super) fn differing(first: &str, second: &str) -> Vec<Range<usize>> {
    let (ours, theirs) = (documents(first), documents(second));
    let templates = ours.iter().map(|document| &document.template);
    if !templates.eq(theirs.iter().map(|document| &document.template)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (own, other) in ours.into_iter().zip(theirs) {
        if first[own.span.clone()] == second[other.span.clone()] {
            continue;
        }
        let (own, other) = (lines(first, own.span), lines(second, other.span));
        if own.len() != other.len() {
            continue;
        }
        for (own, other) in own.into_iter().zip(other) {
            let (head, tail) = common(&first[own.clone()], &second[other.clone()]);
            let differing = own.start + head..own.end - tail;
            if !differing.is_empty() {
                found.push(differing);
            }
        }
    }
    found
}

/// Of characters that differ, those that are made up: no value supplied them, and they are not what
/// somebody wrote, salted.
pub(super) fn made_up(chart: &Chart, differing: Vec<Range<usize>>, pieces: &[Piece]) -> Vec<Span> {
    let may_be_salted = any_template(chart, salts);
    let is_made_up = |span: &Span| {
        let mut writers = pieces.iter().filter(|piece| piece.span.overlaps(*span));
        writers.all(|piece| {
            let text = &piece.written.artifact.text[piece.written.span.range()];
            piece.supply.is_none() && !salts(text) && (!may_be_salted || makes(text))
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
    fn functions_are_told_by_their_whole_name() {
        assert!(makes("{{ randAlphaNum 16 | b64enc }}") && makes("genSignedCert \"a\""));
        assert!(!makes(
            "{{ .Values.random }} {{ .Values.general }} # operand"
        ));
        assert!(salts("{{ htpasswd .Values.user .Values.password }}"));
    }

    #[test]
    fn what_differs_is_told_by_line() {
        let head = "---\n# Source: web/templates/a.yaml\n";
        let first = format!("{head}a: \"xyz\"\nb: 1\n{head}c: 1\nd: 2\n");
        let second = format!("{head}a: \"uvw\"\nb: 1\n{head}c: 1\n");
        let found = differing(&first, &second);
        let shown: Vec<&str> = found.into_iter().map(|range| &first[range]).collect();
        assert_eq!(shown, ["xyz"]);
    }
}
