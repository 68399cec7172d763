//! Source lines for people, with every credential in them masked.

use std::borrow::Cow;

use crate::facts::mask_line;
use crate::model::{Artifact, Excerpt, Span};

/// Of a longer line, in characters, only a part around the marked one is shown.
const LONGEST_LINE: usize = 240;
/// How many characters of a long line stand before the marked part.
const LEAD: usize = 60;
/// How many lines of a marked region are shown.
const MOST_LINES: usize = 8;

/// The marked lines with some lines before and after; `masks` are in order and do not overlap.
/// Masked characters become `*`, one for one,
/// so that columns stay right.
pub(super) fn excerpt(artifact: &Artifact, span: Span, masks: &[Span], around: usize) -> Excerpt {
    let starts = artifact.line_starts();
    let line_of = |offset: u32| starts.partition_point(|start| *start <= offset).max(1) - 1;
    let first = line_of(span.start);
    let last = line_of(span.end.max(span.start + 1) - 1).min(first + MOST_LINES - 1);
    let (from, to) = (
        first.saturating_sub(around),
        (last + around).min(starts.len() - 1),
    );
    let cut = Line::new(artifact, first).cut(span.start);
    let (mut lines, mut marked) = (String::new(), (0, 0));
    for number in from..=to {
        let line = Line::new(artifact, number);
        let shown = line.shown(masks, cut);
        let at = |offset: u32| lines.len() + bytes(&shown, line.column(offset).saturating_sub(cut));
        let (start, end) = (at(span.start), at(span.end));
        marked.0 = if number == first { start } else { marked.0 };
        marked.1 = if number <= last { end } else { marked.1 };
        lines.push_str(&shown);
        lines.push('\n');
    }
    lines.pop();
    let region_text = lines.get(marked.0..marked.1).unwrap_or_default().to_owned();
    Excerpt {
        first_line: u32::try_from(from + 1).unwrap_or(u32::MAX),
        lines,
        marked,
        region_text,
    }
}

/// What would steer a terminal is shown as a replacement character.
fn printable(character: char) -> char {
    let steers = character.is_control() && character != '\t';
    if steers { '\u{fffd}' } else { character }
}

/// Bytes of the first `characters` characters.
fn bytes(text: &str, characters: usize) -> usize {
    text.char_indices()
        .nth(characters)
        .map_or(text.len(), |(offset, _)| offset)
}

/// A line of an artifact, without its line break.
struct Line<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Line<'a> {
    fn new(artifact: &'a Artifact, number: usize) -> Self {
        let starts = artifact.line_starts();
        let start = starts[number] as usize;
        let end = starts
            .get(number + 1)
            .map_or(artifact.text.len(), |next| *next as usize);
        Self {
            text: artifact.text[start..end].trim_end_matches(['\r', '\n']),
            start,
        }
    }

    /// How many characters stand before an offset in the artifact.
    fn column(&self, offset: u32) -> usize {
        let offset = (offset as usize).saturating_sub(self.start);
        let is_start = |byte: &&u8| **byte < 0x80 || **byte >= 0xc0;
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        before.iter().filter(is_start).count()
    }

    /// How many characters are left out before what is shown around an offset.
    fn cut(&self, offset: u32) -> usize {
        let is_long = self.text.len() > LONGEST_LINE;
        if is_long {
            self.column(offset).saturating_sub(LEAD)
        } else {
            0
        }
    }

    /// The line masked, without its first `cut` characters.
    fn shown(&self, masks: &[Span], cut: usize) -> String {
        let masked = self.masked(masks);
        let shown = mask_line(&masked);
        let is_plain = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
        if cut == 0 && shown.len() <= LONGEST_LINE && shown.bytes().all(is_plain) {
            return shown.into_owned();
        }
        let window = shown.chars().skip(cut).take(LONGEST_LINE);
        window.map(printable).collect()
    }

    /// The line with what the masks cover as `*`; quotes and blanks stay, so that it still reads
    /// as YAML or JSON.
    fn masked(&self, masks: &[Span]) -> Cow<'a, str> {
        let end = self.start + self.text.len();
        let first = masks.partition_point(|mask| mask.end as usize <= self.start);
        let masks = masks[first..].iter();
        let masks: Vec<&Span> = masks
            .take_while(|mask| (mask.start as usize) < end)
            .collect();
        if masks.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let is_kept =
            |character: char| character.is_whitespace() || matches!(character, '"' | '\'');
        let is_masked = |offset: usize| {
            masks
                .iter()
                .any(|mask| mask.range().contains(&(self.start + offset)))
        };
        let shown = |(offset, character): (usize, char)| {
            if !is_kept(character) && is_masked(offset) {
                '*'
            } else {
                character
            }
        };
        Cow::Owned(self.text.char_indices().map(shown).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_text_stands_between_its_neighbours() {
        let artifact = Artifact::new("a", "a", "one\ntwo ä three\nfour\nfive\n".to_owned());
        let found = excerpt(&artifact, Span::new(8, 10), &[], 1);
        assert_eq!(
            (found.first_line, found.lines.as_str()),
            (1, "one\ntwo ä three\nfour")
        );
        assert_eq!(&found.lines[found.marked.0..found.marked.1], "ä");
    }

    #[test]
    fn masked_characters_keep_their_columns() {
        let artifact = Artifact::new("a", "a", "key: \"ä b\" # x\n".to_owned());
        let found = excerpt(&artifact, Span::new(0, 3), &[Span::new(5, 11)], 1);
        assert_eq!(found.lines, "key: \"* *\" # x\n");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_mark_is_shown() {
        let artifact = Artifact::new(
            "a",
            "a",
            format!("{}needle{}", "x".repeat(5000), "y".repeat(5000)),
        );
        let found = excerpt(&artifact, Span::new(5000, 5006), &[], 1);
        assert_eq!(found.lines.len(), LONGEST_LINE);
        assert_eq!(found.region_text, "needle");
    }
}
