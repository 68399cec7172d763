//! The lines of what a template printed and of the files that it read, and which of them may be the same.

use std::borrow::Cow;
use std::ops::Range;

/// A line without the blanks around it.
pub(super) struct Line<'t> {
    /// What it says, without what a string in quotes has more.
    pub(super) text: Cow<'t, str>,
    pub(super) span: Range<usize>,
}

impl Line<'_> {
    /// Whether it is written otherwise than it reads.
    pub(super) fn is_escaped(&self) -> bool {
        self.text.len() != self.span.len()
    }
}

/// The lines of a part of a text, blank ones at both ends left out.
pub(super) fn lines(text: &str, range: Range<usize>) -> Vec<Line<'_>> {
    let mut at = range.start;
    let line = |line| {
        let text: &str = str::trim(line);
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        Line {
            text: Cow::Borrowed(text),
            span: start..start + text.len(),
        }
    };
    let mut lines: Vec<Line<'_>> = text[range].split_inclusive('\n').map(line).collect();
    let is_blank = |line: Option<&Line<'_>>| line.is_some_and(|line| line.text.is_empty());
    while is_blank(lines.last()) {
        lines.pop();
    }
    let blank = lines.iter().take_while(|line| line.text.is_empty()).count();
    lines.drain(..blank);
    lines
}

/// The lines of a text that stands in quotes on one line, as `quote` writes it.
pub(super) fn quoted<'t>(output: &'t str, line: &Line<'_>) -> Option<Vec<Line<'t>>> {
    let whole = &output[line.span.clone()];
    let inner = whole.strip_prefix('"')?.strip_suffix('"')?;
    let start = line.span.start + 1;
    let mut lines = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(step) = inner[at..].find('\\') {
        let escape = at + step;
        // A character behind it may have several bytes.
        at = escape + 1 + inner[escape + 1..].chars().next().map_or(0, char::len_utf8);
        if inner[escape..at].ends_with('n') {
            lines.push(unquoted(inner, from..escape, start));
            from = at;
        }
    }
    lines.push(unquoted(inner, from..inner.len(), start));
    (lines.len() > 1).then_some(lines)
}

/// A line of a text in quotes, which begins at an offset.
fn unquoted(inner: &str, range: Range<usize>, offset: usize) -> Line<'_> {
    let line = &inner[range.clone()];
    let text = line.trim();
    let start = offset + range.start + (line.len() - line.trim_start().len());
    let span = start..start + text.len();
    let text = match text.contains('\\') {
        true => Cow::Owned(text.replace("\\\"", "\"").replace("\\\\", "\\")),
        false => Cow::Borrowed(text),
    };
    Line { text, span }
}

/// Whether a line is another one with something in the place of its actions; one that begins with an action may
/// be any line.
pub(super) fn is_filled(line: &str, text: &str) -> bool {
    let marks = line.find("{{").zip(line.rfind("}}"));
    marks.is_some_and(|(head, end)| {
        let (head, tail) = (&line[..head], &line[end + 2..]);
        !head.is_empty()
            && text.len() > head.len() + tail.len()
            && text.starts_with(head)
            && text.ends_with(tail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_quotes_has_lines_too() {
        let output = "\"# \\\"a\\\"\\n\\tb\\\\nc\\n\\nd é\\n\"";
        let whole = lines(output, 0..output.len());
        let quoted = quoted(output, &whole[0]).expect("it stands in quotes");
        let shown: Vec<(&str, &str)> = quoted
            .iter()
            .map(|line| (&*line.text, &output[line.span.clone()]))
            .collect();
        assert_eq!(
            shown,
            [
                ("# \"a\"", "# \\\"a\\\""),
                ("\\tb\\nc", "\\tb\\\\nc"),
                ("", ""),
                ("d é", "d é"),
                ("", ""),
            ]
        );
    }

    #[test]
    fn an_action_stands_for_something() {
        assert!(is_filled("a = {{ .b }};", "a = 7;"));
        for text in ["a = ;", "b = 7;", "a = 7"] {
            assert!(!is_filled("a = {{ .b }};", text), "{text}");
        }
        assert!(!is_filled("{{ .b }}", "a") && !is_filled("a = 7", "a = 7"));
    }
}
