//! Scalars from the inside: which characters of a source a decoded string stands for, line by
//! line, so that a text within a scalar has places of its own.

use std::ops::Range;

use crate::model::Span;

/// How a decoded string stands in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    lines: Vec<Line>,
}

/// A line of a decoded string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its bytes in the decoded string, without the line break.
    pub decoded: Range<usize>,
    /// Its bytes in the source.
    pub raw: Range<usize>,
}

impl Line {
    /// Whether the source has the line's characters one for one.
    pub(super) fn is_verbatim(&self) -> bool {
        self.decoded.len() == self.raw.len()
    }
}

impl Window {
    /// A text that is its own source.
    pub(super) fn whole(text: &str) -> Self {
        let lines = lines(text).map(|decoded| Line {
            raw: decoded.clone(),
            decoded,
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// How the scalar at `span` stands for a decoded string; `None` where that cannot be told
    /// exactly, as for folded lines.
    pub(super) fn of(text: &str, span: Span, decoded: &str) -> Option<Self> {
        let raw = &text[span.range()];
        let start = span.start as usize;
        if let Some(block) = Block::at(text, span) {
            let lines = block
                .is_literal
                .then(|| literal(text, block.start..span.end as usize, decoded));
            return lines?.map(|lines| Self { lines });
        }
        let lines = match raw.as_bytes().first()? {
            b'"' => quoted(raw, start, decoded)?,
            b'\'' => single(raw.get(1..raw.len() - 1)?, start + 1, decoded)?,
            _ => single(raw.trim_end(), start, decoded)?,
        };
        Some(Self { lines })
    }

    /// The same text at another place of the source.
    pub(super) fn moved(mut self, by: usize) -> Self {
        for line in &mut self.lines {
            line.raw = line.raw.start + by..line.raw.end + by;
        }
        self
    }

    /// The lines in order.
    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Where a range of the decoded string stands; `None` where its ends do not stand letter for
    /// letter in the source.
    pub(super) fn span(&self, decoded: Range<usize>) -> Option<Span> {
        let start = self.offset(decoded.start)?;
        let end = self.offset(decoded.end)?;
        Some(Span::new(start, end.max(start)))
    }

    fn offset(&self, decoded: usize) -> Option<usize> {
        let after = self
            .lines
            .partition_point(|line| line.decoded.start <= decoded);
        let line = self.lines.get(after.checked_sub(1)?)?;
        let within = decoded - line.decoded.start;
        match within {
            0 => Some(line.raw.start),
            _ if within > line.decoded.len() => Some(line.raw.end),
            _ => line.is_verbatim().then(|| line.raw.start + within),
        }
    }
}

/// A scalar that stands below its indicator, line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Where its first line begins, with its indentation.
    start: usize,
    /// Whether its lines are kept as they are.
    is_literal: bool,
}

impl Block {
    /// The block whose scalar has this span; `None` for a scalar of another style.
    pub(super) fn at(text: &str, span: Span) -> Option<Self> {
        let begin = span.start as usize;
        let raw = &text[span.range()];
        let end = if raw.starts_with(['|', '>']) {
            begin + raw.find('\n')?
        } else {
            let before = text[..begin].trim_end_matches([' ', '\n', '\r']);
            text[before.len()..begin].find('\n')? + before.len()
        };
        let line_start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let line = &text[line_start..end];
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        let head = line.trim_end_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let indicator = head
            .chars()
            .last()
            .filter(|last| matches!(last, '|' | '>'))?;
        let before = head[..head.len() - 1].chars().last();
        before.is_none_or(|before| before == ' ').then_some(Self {
            start: end + 1,
            is_literal: indicator == '|',
        })
    }
}

/// The lines of a text, without their breaks; a last line break begins no line.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end_matches('\n').len();
        start += line.len();
        range
    })
}

fn single(raw: &str, start: usize, decoded: &str) -> Option<Vec<Line>> {
    (raw == decoded).then(|| {
        vec![Line {
            decoded: 0..decoded.len(),
            raw: start..start + raw.len(),
        }]
    })
}

/// A literal block: each decoded line is a source line without its indentation.
fn literal(text: &str, range: Range<usize>, decoded: &str) -> Option<Vec<Line>> {
    let mut at = range.start;
    let mut source = text.get(range)?.split_inclusive('\n');
    let mut found = Vec::new();
    for range in lines(decoded) {
        let line = source.next()?;
        let text = line.trim_end_matches(['\n', '\r']);
        let own = decoded.get(range.clone())?;
        let indentation = text.strip_suffix(own);
        let is_blank = own.is_empty() && text.trim().is_empty();
        let indentation = match indentation {
            Some(indentation) if indentation.trim_start_matches(' ').is_empty() => {
                indentation.len()
            }
            _ if is_blank => text.len(),
            _ => return None,
        };
        found.push(Line {
            raw: at + indentation..at + indentation + own.len(),
            decoded: range,
        });
        at += line.len();
    }
    Some(found)
}

/// A double-quoted string, escapes decoded and line breaks of the source folded.
fn quoted(raw: &str, start: usize, decoded: &str) -> Option<Vec<Line>> {
    let inner = raw.get(1..raw.len() - 1)?;
    let (mut found, mut text) = (Vec::new(), String::new());
    let (mut line_start, mut raw_start) = (0, start + 1);
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let at = start + 1 + inner.len() - rest.len();
        let (character, length) = match first {
            '\\' if rest[1..].starts_with('\n') => {
                rest = rest[1..].trim_start();
                continue;
            }
            '\\' => escape(&rest[1..])?,
            // Blanks around a line break are one, and an empty line is a line break.
            ' ' | '\t' | '\n' if is_fold(rest) => {
                let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len();
                if rest[..blank].matches('\n').count() > 1 {
                    return None;
                }
                (' ', blank)
            }
            other => (other, other.len_utf8()),
        };
        rest = rest.get(length..)?;
        text.push(character);
        if character == '\n' {
            found.push(Line {
                decoded: line_start..text.len() - 1,
                raw: raw_start..at,
            });
            (line_start, raw_start) = (text.len(), at + length);
        }
    }
    if line_start < text.len() || found.is_empty() {
        found.push(Line {
            decoded: line_start..text.len(),
            raw: raw_start..start + 1 + inner.len(),
        });
    }
    (text == decoded).then_some(found)
}

/// Whether nothing but blanks stands before the next line break of the source.
fn is_fold(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t']).starts_with('\n')
}

/// The character of an escape, and how many bytes the escape takes with its backslash.
fn escape(rest: &str) -> Option<(char, usize)> {
    let code = |digits: usize| {
        let value = u32::from_str_radix(rest.get(1..=digits)?, 16).ok()?;
        Some((char::from_u32(value)?, digits + 2))
    };
    let character = match rest.chars().next()? {
        'n' => '\n',
        't' | '\t' => '\t',
        'r' => '\r',
        '0' => '\0',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        same @ ('"' | '\\' | '/' | ' ') => same,
        'x' => return code(2),
        'u' => return code(4),
        'U' => return code(8),
        _ => return None,
    };
    Some((character, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raws<'a>(text: &'a str, decoded: &str) -> Option<Vec<&'a str>> {
        let window = Window::of(text, Span::new(0, text.len()), decoded)?;
        let raw = |line: &Line| &text[line.raw.clone()];
        Some(window.lines().iter().map(raw).collect())
    }

    #[test]
    fn lines_of_a_block_are_found_without_their_indentation() {
        let text = "|-\n  a: 1\n\n    b: 2\n";
        assert_eq!(
            raws(text, "a: 1\n\n  b: 2"),
            Some(vec!["a: 1", "", "  b: 2"])
        );
        let window = Window::of(text, Span::new(0, text.len()), "a: 1\n\n  b: 2").expect("stands");
        assert_eq!(window.span(11..12), Some(Span::new(18, 19)));
    }

    #[test]
    fn a_block_is_known_by_the_line_above_it() {
        let text = "a:\n- b: |- # why\n    c\n    d\n  e: f |\n";
        let at = |needle: &str| text.find(needle).expect("stands");
        let span = Span::new(at("c\n"), at("  e:"));
        let window = Window::of(text, span, "c\nd").expect("stands");
        assert_eq!(window.lines()[1].raw, at("d\n")..at("d\n") + 1);
        assert_eq!(Block::at(text, Span::new(at("f |"), text.len() - 1)), None);
    }

    #[test]
    fn quoted_strings_are_cut_at_escaped_line_breaks() {
        assert_eq!(raws(r#""a\n\tb""#, "a\n\tb"), Some(vec!["a", r"\tb"]));
        assert_eq!(raws("\"a\\n\"", "a\n"), Some(vec!["a"]));
        assert_eq!(raws("'x y'", "x y"), Some(vec!["x y"]));
        assert_eq!(
            raws("\"a b\\n c\n  d\\n\\\n  \\  e\"", "a b\n c d\n  e"),
            Some(vec!["a b", " c\n  d", "\\\n  \\  e"])
        );
        assert_eq!(raws("x y ", "x y"), Some(vec!["x y"]));
    }

    #[test]
    fn what_is_folded_has_no_exact_places() {
        assert_eq!(raws(">\n  a\n  b\n", "a b\n"), None);
        assert_eq!(raws("'it''s'", "it's"), None);
        assert_eq!(raws("\"a\n\n  b\"", "a\nb"), None);
    }
}
