//! Pieces of a dependency file, each with its place.

use std::ops::Range;

use crate::model::Span;

/// What a piece of a file says, and the bytes that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Range<usize>,
}

impl Word {
    /// The text between two offsets of a file, as it is written.
    pub(super) fn cut(file: &str, place: Range<usize>) -> Self {
        Self {
            text: file.get(place.clone()).unwrap_or_default().to_owned(),
            place,
        }
    }

    /// The part `range` of the word's text. If the file writes the word with escapes up to there,
    /// its place is that of the whole word.
    pub(super) fn part(&self, file: &str, range: Range<usize>) -> Self {
        let written = file.get(self.place.clone()).unwrap_or_default();
        let start = self.place.start;
        let place = match self.text.get(..range.end) {
            Some(head) if written.starts_with(head) => start + range.start..start + range.end,
            _ => self.place.clone(),
        };
        Self {
            text: self.text.get(range).unwrap_or_default().to_owned(),
            place,
        }
    }
}

/// Offset of the first byte after a byte-order mark.
pub(super) fn after_mark(text: &str) -> usize {
    text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len()
}

/// A place as a span: texts end at a limit, so that offsets fit.
pub(super) fn span(place: &Range<usize>) -> Span {
    let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span {
        start: offset(place.start),
        end: offset(place.end),
    }
}
