//! The true rendering beside one with marks: which characters of the one are which of the other.
//! Nothing is matched by likeness: texts are equal, or differ only inside of what one action printed.

use std::collections::BTreeSet;
use std::ops::Range;

use super::marker::{Mark, Stripped};
use super::output::divided;

/// Characters of the true text that stand for characters of a marked one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// In the true text.
    pub own: Range<usize>,
    /// In the text of the template that bore marks.
    pub marked: Range<usize>,
    /// Whether both texts are equal there; else one action printed both.
    pub is_equal: bool,
}

/// Where an action printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Printed {
    /// The action's number.
    pub number: u32,
    /// Offset at which it began.
    pub start: usize,
    /// Offset at which it ended; none of its own text where it never did.
    pub end: usize,
    /// The action around it, as an index into all of them.
    pub around: Option<usize>,
}

/// What each action printed, in the order in which they began.
pub(super) fn printed(text: &Stripped) -> Vec<Printed> {
    let mut found: Vec<Printed> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, mark) in &text.marks {
        match mark {
            Mark::Open(number) => {
                let around = open.last().copied();
                open.push(found.len());
                found.push(Printed {
                    number: *number,
                    start: *at,
                    end: *at,
                    around,
                });
            }
            Mark::Close(number) => {
                let matching = open
                    .iter()
                    .rposition(|index| found[*index].number == *number);
                if let Some(position) = matching {
                    found[open[position]].end = *at;
                    open.truncate(position);
                }
            }
            Mark::Literal(_) | Mark::Value(_) => {}
        }
    }
    found
}

/// Finds the true documents that one template wrote in its text with marks.
#[derive(Debug, Default)]
pub(super) struct Aligner {
    /// Which documents of the marked text are taken, by where they begin.
    taken: BTreeSet<usize>,
}

impl Aligner {
    /// The pairs of a document's characters with those of the marked text, in order.
    pub(super) fn pairs(
        &mut self,
        output: &str,
        document: &Range<usize>,
        text: &Stripped,
        actions: &[Printed],
    ) -> Option<Vec<Pair>> {
        let own = output[document.clone()].trim_start_matches('\n');
        let start = document.end - own.len();
        if let Some(at) = self.equal(own, text) {
            return Some(vec![Pair {
                own: start..document.end,
                marked: at..at + own.len(),
                is_equal: true,
            }]);
        }
        let own_lines = lines(output, start..document.end);
        let candidates = divided(&text.text).into_iter();
        let candidates = candidates.filter(|range| !self.taken.contains(&range.start));
        let mut best: Option<(usize, usize, Vec<Pair>)> = None;
        for range in candidates {
            let marked_lines = lines(&text.text, range.clone());
            if marked_lines.len() != own_lines.len() {
                continue;
            }
            let twin = Twin {
                own: output,
                marked: text,
                actions,
            };
            let lines = own_lines.iter().zip(&marked_lines);
            let is_equal = |(own, marked): &(&Range<usize>, &Range<usize>)| {
                output[(*own).clone()] == text.text[(*marked).clone()]
            };
            let equal = lines.clone().filter(is_equal).count();
            if equal * 2 < own_lines.len() || best.as_ref().is_some_and(|(most, ..)| *most >= equal)
            {
                continue;
            }
            if let Some(pairs) = twin.pairs(lines) {
                best = Some((equal, range.start, pairs));
            }
        }
        let (_, start, pairs) = best?;
        self.taken.insert(start);
        Some(pairs)
    }

    /// Where the marked text holds the document letter by letter, and nothing else on its lines.
    fn equal(&mut self, own: &str, text: &Stripped) -> Option<usize> {
        let bytes = text.text.as_bytes();
        let is_whole = |at: &usize| {
            let before = bytes[..*at]
                .iter()
                .rev()
                .find(|byte| !byte.is_ascii_whitespace());
            let end = at + own.len();
            let is_end = bytes.get(end).is_none_or(u8::is_ascii_whitespace);
            is_end && (before.is_none() || bytes[at - 1] == b'\n' || bytes[at - 1] == b' ')
        };
        let found = text.text.match_indices(own).map(|(at, _)| at);
        let free = found.filter(is_whole).find(|at| !self.taken.contains(at))?;
        self.taken.insert(free);
        Some(free)
    }
}

struct Twin<'a> {
    own: &'a str,
    marked: &'a Stripped,
    actions: &'a [Printed],
}

impl Twin<'_> {
    fn pairs<'b>(
        &self,
        lines: impl Iterator<Item = (&'b Range<usize>, &'b Range<usize>)>,
    ) -> Option<Vec<Pair>> {
        let mut pairs = Vec::new();
        for (own, marked) in lines {
            let (left, right) = (&self.own[own.clone()], &self.marked.text[marked.clone()]);
            if left == right {
                pairs.push(Pair {
                    own: own.clone(),
                    marked: marked.clone(),
                    is_equal: true,
                });
                continue;
            }
            let (head, tail) = common(left, right);
            let differing = marked.start + head..marked.end - tail;
            let is_one_action = self
                .actions
                .iter()
                .any(|action| action.start <= differing.start && action.end >= differing.end);
            if !is_one_action {
                return None;
            }
            let pair = |own, marked, is_equal| Pair {
                own,
                marked,
                is_equal,
            };
            let middle = own.start + head..own.end - tail;
            pairs.push(pair(
                own.start..middle.start,
                marked.start..differing.start,
                true,
            ));
            pairs.push(pair(middle.clone(), differing.clone(), false));
            pairs.push(pair(middle.end..own.end, differing.end..marked.end, true));
        }
        Some(pairs)
    }
}

/// The lines of a part of a text, without their line breaks.
pub(super) fn lines(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut at = range.start;
    let line = |line: &str| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches('\n').len()
    };
    text[range].split_inclusive('\n').map(line).collect()
}

/// Largest number of comparisons for one pair of documents.
const MOST_COMPARISONS: usize = 4_000_000;

/// The longest row of pairs of equal lines that keeps the order of both.
pub(super) fn common_lines<T: PartialEq>(left: &[T], right: &[T]) -> Vec<(usize, usize)> {
    let head = left
        .iter()
        .zip(right)
        .take_while(|(one, other)| one == other)
        .count();
    let rest = left[head..].iter().rev().zip(right[head..].iter().rev());
    let tail = rest.take_while(|(one, other)| one == other).count();
    let (rows, columns) = (left.len() - head - tail, right.len() - head - tail);
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    if rows * columns <= MOST_COMPARISONS {
        let mut best = vec![vec![0_u32; columns + 1]; rows + 1];
        for row in (0..rows).rev() {
            for column in (0..columns).rev() {
                best[row][column] = if left[head + row] == right[head + column] {
                    best[row + 1][column + 1] + 1
                } else {
                    best[row + 1][column].max(best[row][column + 1])
                };
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < rows && column < columns {
            if left[head + row] == right[head + column] {
                pairs.push((head + row, head + column));
                (row, column) = (row + 1, column + 1);
            } else if best[row + 1][column] >= best[row][column + 1] {
                row += 1;
            } else {
                column += 1;
            }
        }
    }
    let ends = (left.len() - tail..left.len()).zip(right.len() - tail..right.len());
    pairs.extend(ends);
    pairs
}

/// How many bytes two texts share at their beginning, and how many of the rest at their end.
pub(super) fn common(left: &str, right: &str) -> (usize, usize) {
    let pairs = left.char_indices().zip(right.chars());
    let head = pairs
        .take_while(|((_, one), other)| one == other)
        .map(|((at, one), _)| at + one.len_utf8())
        .last()
        .unwrap_or(0);
    let pairs = left[head..].chars().rev().zip(right[head..].chars().rev());
    let tail = pairs
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    (head, tail)
}

#[cfg(test)]
mod tests {
    use super::super::marker::strip;
    use super::*;

    fn pairs(own: &str, marked: &str) -> Option<Vec<(String, String, bool)>> {
        let text = strip(marked);
        let document = 0..own.len();
        let found = Aligner::default().pairs(own, &document, &text, &printed(&text))?;
        let shown = |pair: Pair| {
            let own = own[pair.own].to_owned();
            (own, text.text[pair.marked].to_owned(), pair.is_equal)
        };
        Some(
            found
                .into_iter()
                .map(shown)
                .filter(|(own, ..)| !own.is_empty())
                .collect(),
        )
    }

    fn action(number: u32, text: &str) -> String {
        format!(
            "{}{text}{}",
            Mark::Open(number).text(),
            Mark::Close(number).text()
        )
    }

    #[test]
    fn an_equal_document_is_found_whole() {
        let marked = format!("x: y\n---\na: {}\nb: 2\n", action(1, "1"));
        assert_eq!(
            pairs("a: 1\nb: 2", &marked),
            Some(vec![(
                "a: 1\nb: 2".to_owned(),
                "a: 1\nb: 2".to_owned(),
                true
            )])
        );
    }

    #[test]
    fn what_one_action_prints_may_differ_and_nothing_else() {
        let marked = format!("a: {}!\nb: 2\nc: 3", action(1, "other"));
        let found = pairs("a: sum!\nb: 2\nc: 3", &marked);
        let found = found.expect("agrees");
        assert_eq!(found[1], ("sum".to_owned(), "other".to_owned(), false));
        assert_eq!(found[2], ("!".to_owned(), "!".to_owned(), true));
        let elsewhere = "a: other!\nb: 2\nc: 3";
        assert_eq!(pairs("a: sum!\nb: 2\nc: 3", elsewhere), None);
    }

    #[test]
    fn lines_in_common_keep_their_order() {
        assert_eq!(common_lines(b"abcxd", b"aycd"), [(0, 0), (2, 2), (4, 3)]);
        assert_eq!(common_lines(b"", b"a"), []);
    }

    #[test]
    fn of_equal_documents_each_is_taken_once() {
        let marked = "a: 1\n---\na: 1\n";
        let text = strip(marked);
        let mut aligner = Aligner::default();
        let mut next = || {
            let pairs = aligner.pairs("a: 1", &(0..4), &text, &[]);
            pairs.map(|pairs| pairs[0].marked.start)
        };
        assert_eq!((next(), next(), next()), (Some(0), Some(9), None));
    }
}
