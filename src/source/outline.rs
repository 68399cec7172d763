//! What stands literally in a template that nothing renders: its text as YAML, each character in its
//! place, with placeholders for what its actions would print.

use std::ops::Range;

use super::fallback::stand_in;
use super::template::{Kind, Part, Piece, named_manifests, pieces};
use crate::model::HOLE;

/// What stands between documents.
const SEPARATOR: &str = "---";

/// A template as YAML of the same length. What an action would print is a placeholder that begins with
/// [`HOLE`] and keeps the literal that the action falls back on; what prints nothing, lines that are nothing but actions, and named templates are blank,
/// save those that hold a whole manifest, which are documents of their own.
/// `None` where an action is never closed.
pub(super) fn outline(text: &str) -> Option<String> {
    let outline = with_holes(text)?;
    Some(with_first_lines(text, outline))
}

/// What stands literally in a text that a tool is to make YAML of first, with actions as Go's templates
/// and Jinja have them; without the lines that hold some where one is never closed.
pub(super) fn outline_of_unmade(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for statement in statements(text).into_iter().chain(lone_directives(text)) {
        fill(&mut bytes, statement, b' ');
    }
    let plain = String::from_utf8(bytes).unwrap_or_default();
    let outline = with_holes(&plain).unwrap_or_else(|| without_unmade_lines(&plain));
    with_first_lines(text, outline)
}

/// Jinja's statements and comments.
fn statements(text: &str) -> Vec<Range<usize>> {
    const MARKS: [(&str, &str); 2] = [("{%", "%}"), ("{#", "#}")];
    let mut found = Vec::new();
    for (open, close) in MARKS {
        let mut at = 0;
        while let Some(start) = text[at..].find(open).map(|start| at + start) {
            let Some(length) = text[start..].find(close) else {
                break;
            };
            at = start + length + close.len();
            found.push(start..at);
        }
    }
    found
}

/// Lines that are nothing but a directive of Terraform or of Ruby.
fn lone_directives(text: &str) -> Vec<Range<usize>> {
    const MARKS: [(&str, &str); 2] = [("%{", "}"), ("<%", "%>")];
    let is_directive = |line: &str| {
        let whole = |(open, close): &(&str, &str)| line.starts_with(open) && line.ends_with(close);
        MARKS.iter().any(whole) && !line.starts_with("<%=")
    };
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        found.extend(is_directive(line.trim()).then_some(start..end));
        start += line.len();
    }
    found
}

/// Blanks the lines in which something is to be made first.
fn without_unmade_lines(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.contains("{{") || line.contains("{%") {
            fill(&mut bytes, start..end, b' ');
        }
        start = end;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The text with placeholders and blanks in the place of its actions.
fn with_holes(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let pieces = pieces(text)?;
    let manifests = named_manifests(text, &pieces);
    let mut pieces = pieces.into_iter().peekable();
    while let Some(Piece { part, define }) = pieces.next() {
        let is_last = pieces.peek().is_some_and(|next| next.define != define);
        let is_kept = define.as_ref().is_none_or(|name| manifests.contains(name));
        match part {
            Part::Literal(range) if !is_kept => fill(&mut bytes, range, b' '),
            Part::Literal(_) => {}
            Part::Action(action) => {
                let is_printed = action.kind == Kind::Print && is_kept;
                let is_edge = match action.kind {
                    Kind::Define => true,
                    Kind::End => is_last && is_kept,
                    _ => false,
                };
                let span = action.span;
                let is_short = !text[span.clone()].contains('\n');
                fill(&mut bytes, span.clone(), b' ');
                if is_edge && begins_line(text, span.start) && !manifests.is_empty() {
                    bytes[span.start..span.start + SEPARATOR.len()]
                        .copy_from_slice(SEPARATOR.as_bytes());
                }
                if is_printed && is_short {
                    fill(&mut bytes, span.clone(), b'_');
                    bytes[span.start..span.start + HOLE.len()].copy_from_slice(HOLE.as_bytes());
                    bytes[span.end - 1] = b')';
                    if let Some(literal) = stand_in(text, action.inner) {
                        bytes[literal.start - 1] = b'(';
                        bytes[literal.end] = b')';
                        bytes[literal.clone()].copy_from_slice(text[literal].as_bytes());
                    }
                }
            }
        }
    }
    let filled = String::from_utf8(bytes).ok()?;
    Some(without_lone_holes(filled))
}

/// Puts a comment in the place of actions that a block scalar begins with: blanks that are longer than
/// its first line would end it.
fn with_first_lines(text: &str, outline: String) -> String {
    const HEADERS: [&str; 6] = ["|", "|-", "|+", ">", ">-", ">+"];
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut filled = String::with_capacity(outline.len());
    let mut scalar: Option<usize> = None;
    for (line, source) in outline
        .split_inclusive('\n')
        .zip(text.split_inclusive('\n'))
    {
        let is_blank = line.trim().is_empty();
        let at = indent(source.trim_end());
        if is_blank && !source.trim().is_empty() && scalar.is_some_and(|above| at > above) {
            filled.push_str(&line[..at]);
            filled.push('#');
            filled.push_str(&line[at + 1..]);
            continue;
        }
        if !is_blank {
            let last = line.split_whitespace().next_back().unwrap_or_default();
            scalar = HEADERS.contains(&last).then(|| indent(line));
        }
        filled.push_str(line);
    }
    filled
}

/// Whether nothing stands before an offset in its line.
fn begins_line(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes()[at - 1] == b'\n'
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
    fn named_templates_that_are_manifests_are_documents() {
        let text = "\
{{- define \"a\" }}
apiVersion: v1
kind: Pod
name: {{ .x }}
{{- end }}
{{- define \"b\" }}
kind: x
{{- end }}
";
        let expected = [
            "---              ",
            "apiVersion: v1",
            "kind: Pod",
            "name: $(_____)",
            "---       ",
            "---              ",
            "       ",
            "          ",
        ];
        let outline = outline(text).unwrap_or_default();
        assert_eq!(outline.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_action_is_a_comment_where_a_block_scalar_begins() {
        let text = "a:\n  b: |\n    {{- /* of the shop */}}\n    c: d\n    {{- /* e */}}\n  f: |\n{{ if .x }}\n    g\n";
        let expected = "a:\n  b: |\n    #                      \n    c: d\n                 \n  f: |\n           \n    g\n";
        assert_eq!(outline(text).as_deref(), Some(expected));
    }

    #[test]
    fn other_tools_have_statements_too() {
        let text = "\
{% if shop.is_open %}
a: {{ b.c }}
{% endif %}{# d #}
e: |
  {% for f in g %}
  h
g: {{ lookup('env', \"}}\") }} # {#
";
        let expected = [
            "                     ",
            "a: $(______)",
            "                  ",
            "e: |",
            "  #               ",
            "  h",
            "g: $(______________________) # {#",
        ];
        let outline = outline_of_unmade(text);
        assert_eq!(outline.lines().collect::<Vec<_>>(), expected);
        let outline = outline_of_unmade("a: b\nc: {{ d's }}\ne: f\n");
        assert_eq!(outline, "a: b\n            \ne: f\n");
    }

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
g: {{ .Values.g | default \"ab1\" | quote }}
h: \"{{ default \"c-d\" $.h }}\"
i: {{ include \"i\" . | default \"e\" }}
j: {{ .j | default \"f: g\" }}
k: {{ (.Values.k).l | default \"m\" }}
l: {{ env \"L\" | default \"n\" }}
m: {{ .Values | getOrNil \"m.o\" | default \"p\" }}
n: {{ exec \"n\" | default \"q\" }}
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
            "g: $(_____________________(ab1)__________)",
            "h: \"$(_________(c-d)______)\"",
            "i: $(______________________________)",
            "j: $(______________________)",
            "k: $(_________________________(m)__)",
            "l: $(___________________(n)__)",
            "m: $(____________________________________(p)__)",
            "n: $(_________________________)",
        ];
        let outline = outline(text).unwrap_or_default();
        assert_eq!(outline.len(), text.len());
        let lines: Vec<&str> = outline.lines().collect();
        assert_eq!(lines, expected);
    }
}
