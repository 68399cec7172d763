//! What stands literally in a template that nothing renders: its text as YAML, each character in its
//! place, with placeholders for what its actions would print.

use std::ops::Range;

use super::template::{Kind, Part, Piece, pieces};
use crate::model::HOLE;

/// A template as YAML of the same length. What an action would print is a placeholder that begins with
/// [`HOLE`]; what prints nothing, lines that are nothing but actions, and named templates are blank.
/// `None` where an action is never closed.
pub(super) fn outline(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    for Piece { part, define } in pieces(text)? {
        match part {
            Part::Literal(range) if define.is_some() => fill(&mut bytes, range, b' '),
            Part::Literal(_) => {}
            Part::Action(action) => {
                let is_printed = action.kind == Kind::Print && define.is_none();
                let span = action.span;
                let is_short = !text[span.clone()].contains('\n');
                fill(&mut bytes, span.clone(), b' ');
                if is_printed && is_short {
                    fill(&mut bytes, span.clone(), b'_');
                    bytes[span.start..span.start + HOLE.len()].copy_from_slice(HOLE.as_bytes());
                    bytes[span.end - 1] = b')';
                }
            }
        }
    }
    let outline = String::from_utf8(bytes).ok()?;
    Some(without_lone_holes(outline))
}

/// Blanks the lines that are nothing but placeholders: an action alone in its line prints lines.
fn without_lone_holes(outline: String) -> String {
    let is_hole = |word: &str| word.starts_with(HOLE);
    let mut filled = String::with_capacity(outline.len());
    for line in outline.split_inclusive('\n') {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_some() && words.all(is_hole) {
            let end = line.trim_end_matches(['\r', '\n']).len();
            filled.extend(std::iter::repeat_n(' ', end));
            filled.push_str(&line[end..]);
        } else {
            filled.push_str(line);
        }
    }
    filled
}

/// Puts one character in the place of all others, line breaks apart.
fn fill(bytes: &mut [u8], range: Range<usize>, character: u8) {
    for byte in &mut bytes[range] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = character;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_keeps_its_place() {
        let text = "\
{{- if .Values.on }}
a: {{ .Values.ä | quote }}
b: \"x-{{ include \"n\" . }}:1\"
c: {{ if .x }}one{{ else }}two{{ end }}
d:
  {{- toYaml .Values.d | nindent 2 }}
e: {{ tpl
  .Values.e }}
{{- end }}
{{ define \"n\" }}f: g{{ end }}
";
        let expected = [
            "                    ",
            "a: $(_____________________)",
            "b: \"x-$(________________):1\"",
            "c:            one          two         ",
            "d:",
            "                                     ",
            "e:       ",
            "              ",
            "          ",
            "                             ",
        ];
        let outline = outline(text).unwrap_or_default();
        assert_eq!(outline.len(), text.len());
        let lines: Vec<&str> = outline.lines().collect();
        assert_eq!(lines, expected);
    }
}
