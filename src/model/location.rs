//! Places in a text: byte spans while working, lines and columns when told.

use std::sync::Arc;

/// A half-open range of bytes in an artifact's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets. Texts are limited to 4 GiB when they are read, so that
    /// offsets fit; anything larger saturates.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Self {
            start: offset(start),
            end: offset(end),
        }
    }

    /// The span as a range to slice text with.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of a part of a string that this span writes: in one line, in double quotes with
    /// escapes, or in a block scalar that keeps its lines. `None` where it is folded over lines.
    #[must_use]
    pub fn part(self, source: &str, value: &str, part: std::ops::Range<usize>) -> Option<Self> {
        let raw = source.get(self.range())?;
        let (start, end) = match raw.find(value).filter(|at| *at <= 1) {
            Some(at) => (at + part.start, at + part.end),
            None if raw.starts_with('"') => escaped(raw, value, &part)?,
            None => (
                block_offset(raw, value, part.start)?,
                block_offset(raw, value, part.end.checked_sub(1)?)? + 1,
            ),
        };
        raw.get(start..end)?;
        let base = self.start as usize;
        Some(Self::new(base + start, base + end))
    }

    /// Whether the two spans share a byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Where a part of a value stands in its double quotes, one character or escape at a time; `None`
/// where the source does something else, such as fold lines.
fn escaped(raw: &str, value: &str, part: &std::ops::Range<usize>) -> Option<(usize, usize)> {
    let (mut at, mut decoded) = (1, 0);
    let (mut start, mut end) = (None, None);
    for character in value.chars() {
        if decoded == part.start {
            start = Some(at);
        }
        if decoded == part.end {
            end = Some(at);
        }
        at += written(&raw[at..], character)?;
        decoded += character.len_utf8();
    }
    let end = end.or((decoded == part.end).then_some(at));
    Some((start?, end?))
}

/// How many bytes a character takes at the start of what stands in double quotes.
fn written(raw: &str, character: char) -> Option<usize> {
    let Some(rest) = raw.strip_prefix('\\') else {
        return raw.starts_with(character).then_some(character.len_utf8());
    };
    let is_simple = match rest.chars().next()? {
        'n' => character == '\n',
        't' => character == '\t',
        'r' => character == '\r',
        '"' | '\\' | '/' => rest.starts_with(character),
        _ => false,
    };
    let digits = match rest.as_bytes().first()? {
        b'x' => 2,
        b'u' => 4,
        _ => return is_simple.then_some(2),
    };
    let code = u32::from_str_radix(rest.get(1..=digits)?, 16).ok()?;
    (char::from_u32(code) == Some(character)).then_some(2 + digits)
}

/// Where a byte of a block scalar's value stands in its source, whose lines are the value's behind
/// an indentation, below the scalar's indicator; `None` where they are not.
fn block_offset(raw: &str, value: &str, at: usize) -> Option<usize> {
    let before = value.get(..at)?;
    let number = before.matches('\n').count();
    let column = at - before.rfind('\n').map_or(0, |line_break| line_break + 1);
    let line = value.split('\n').nth(number)?;
    let skipped = usize::from(raw.starts_with(['|', '>']));
    let raw_line = raw.split('\n').nth(number + skipped)?;
    let lines = raw.split_inclusive('\n').take(number + skipped);
    let start: usize = lines.map(str::len).sum();
    let indent = raw_line
        .strip_suffix('\r')
        .unwrap_or(raw_line)
        .strip_suffix(line)?;
    let is_indent = indent.bytes().all(|byte| byte == b' ');
    is_indent.then_some(start + indent.len() + column)
}

/// A region as SARIF counts it: lines and columns from 1, columns in UTF-16 code units, the end
/// column just past the last character. A byte-order mark is no character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// First line, from 1.
    pub line: u32,
    /// Column of the first character, from 1, in UTF-16 code units.
    pub column: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// Column just past the last character, from 1, in UTF-16 code units.
    pub end_column: u32,
}

/// Where something stands: in which artifact, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The artifact as the user named it, for people.
    pub display: Arc<str>,
    /// The artifact's path relative to the scan's base, with `/`, not yet percent-encoded.
    pub uri: Arc<str>,
    /// The exact characters.
    pub region: Region,
    /// Whether the place is the nearest one known instead of the exact one.
    pub approximate: bool,
}
