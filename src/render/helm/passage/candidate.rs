//! A file that a template may have read, beside the lines of what was printed.

use std::ops::Range;
use std::sync::Arc;

use super::claim::Claim;
use super::line::{Line, is_filled, lines};
use crate::model::{Artifact, Fit, Place, Span};
use crate::render::helm::align::common_lines;

/// A file that a passage has most lines of.
pub(super) struct Candidate<'a> {
    file: &'a Arc<Artifact>,
    lines: Vec<Line<'a>>,
    /// Which lines of the passage are which of the file.
    pairs: Vec<(usize, usize)>,
    /// How many of them are not blank.
    pub(super) score: usize,
}

impl<'a> Candidate<'a> {
    /// `None` where the passage lacks most of its lines.
    pub(super) fn new(own: &[Line<'_>], file: &'a Arc<Artifact>) -> Option<Self> {
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
    pub(super) fn claim(&self, own: &[Line<'_>], owners: &mut [Option<(usize, Claim)>]) {
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
        let mut found: Vec<Candidate> = files
            .iter()
            .filter_map(|file| Candidate::new(&own, file))
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
