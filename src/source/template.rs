//! The text of a Go template as a row of literal chunks and actions: as much of the language as is
//! needed to say which action prints, and none of what it means.

use std::collections::HashMap;
use std::ops::Range;

/// A part of a template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text that is printed as it is.
    Literal(Range<usize>),
    /// What stands between `{{` and `}}`.
    Action(Action),
}

/// An action of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    /// From `{{` to `}}`, both included.
    pub span: Range<usize>,
    /// What stands inside, without the dashes that trim.
    pub inner: Range<usize>,
    /// Whether blanks before it are trimmed.
    pub trims_before: bool,
    /// Whether blanks after it are trimmed.
    pub trims_after: bool,
    /// What it does.
    pub kind: Kind,
}

/// What an action does, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Prints what a pipeline gives.
    Print,
    /// `if`, `else if`.
    Condition,
    /// `with`, `range`: opens a scope for what it names.
    Scope,
    /// `define`.
    Define,
    /// `block`: defines and prints.
    Block,
    /// `else` alone, also with a scope.
    Else,
    /// `end`.
    End,
    /// An assignment, a comment, `break`, `continue`.
    Silent,
}

/// A chunk or action with the named template around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it is.
    pub part: Part,
    /// The name of the `define` that it stands in.
    pub define: Option<String>,
}

/// A template's text in pieces; `None` where an action is never closed, which helm refuses too.
pub(crate) fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    // The open blocks, each with the name that a `define` gives.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|found| at + found) {
        let action = action(text, start)?;
        let define = open.iter().rev().flatten().next().cloned();
        push_literal(at..start, &define, &mut pieces);
        at = action.span.end;
        match action.kind {
            Kind::Condition if is_else(text, &action) => {}
            Kind::Condition | Kind::Scope => open.push(None),
            Kind::Define | Kind::Block => open.push(first_string(&text[action.inner.clone()])),
            Kind::End => drop(open.pop()),
            Kind::Print | Kind::Else | Kind::Silent => {}
        }
        pieces.push(Piece {
            part: Part::Action(action),
            define,
        });
    }
    push_literal(
        at..text.len(),
        &open.into_iter().rev().flatten().next(),
        &mut pieces,
    );
    Some(pieces)
}

fn push_literal(range: Range<usize>, define: &Option<String>, pieces: &mut Vec<Piece>) {
    if !range.is_empty() {
        pieces.push(Piece {
            part: Part::Literal(range),
            define: define.clone(),
        });
    }
}

fn is_else(text: &str, action: &Action) -> bool {
    word(&text[action.inner.clone()]) == "else"
}

/// The action that begins at `start`.
fn action(text: &str, start: usize) -> Option<Action> {
    let bytes = text.as_bytes();
    let is_blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let trims_before = bytes.get(start + 2) == Some(&b'-') && is_blank(start + 3);
    let begin = start + if trims_before { 3 } else { 2 };
    let end = end_of_action(text, begin)?;
    let trims_after = end >= begin + 2 && bytes[end - 1] == b'-' && is_blank(end - 2);
    let inner = begin..if trims_after { end - 1 } else { end };
    Some(Action {
        kind: kind(&text[inner.clone()]),
        span: start..end + 2,
        inner,
        trims_before,
        trims_after,
    })
}

/// Where the `}}` stands that closes an action: not in a string, a character or a comment.
fn end_of_action(text: &str, begin: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if text[begin..].trim_start().starts_with("/*") {
        let comment = text[begin..].find("*/")? + begin;
        return Some(text[comment..].find("}}")? + comment);
    }
    let mut at = begin;
    while at < bytes.len() {
        match bytes[at] {
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            b'`' => at += 1 + text[at + 1..].find('`')?,
            quote @ (b'"' | b'\'') => {
                at += 1;
                while *bytes.get(at)? != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn kind(inner: &str) -> Kind {
    let rest = inner.trim_start();
    match word(inner) {
        "if" => Kind::Condition,
        "else" => match word(rest.trim_start_matches("else")) {
            "if" => Kind::Condition,
            _ => Kind::Else,
        },
        "with" | "range" => Kind::Scope,
        "define" => Kind::Define,
        "block" => Kind::Block,
        "end" => Kind::End,
        "break" | "continue" => Kind::Silent,
        _ if rest.is_empty() || rest.starts_with("/*") || is_assignment(rest) => Kind::Silent,
        _ => Kind::Print,
    }
}

/// The first word of an action, if it begins with one.
fn word(inner: &str) -> &str {
    let rest = inner.trim_start();
    let end = rest.find(|one: char| !one.is_alphanumeric() && one != '_');
    &rest[..end.unwrap_or(rest.len())]
}

/// Whether a pipeline sets a variable: `$x := …`, `$x = …`.
fn is_assignment(pipeline: &str) -> bool {
    let Some(rest) = pipeline.strip_prefix('$') else {
        return false;
    };
    let rest = rest.trim_start_matches(|one: char| one.is_alphanumeric() || one == '_');
    let rest = rest.trim_start();
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// The first string in double quotes or backquotes of an action.
pub(crate) fn first_string(inner: &str) -> Option<String> {
    let start = inner.find(['"', '`'])?;
    let quote = inner[start..].chars().next()?;
    let rest = &inner[start + 1..];
    Some(rest[..rest.find(quote)?].to_owned())
}

/// The named templates that hold a whole manifest, which another template includes as a file of its own.
pub(super) fn named_manifests(text: &str, pieces: &[Piece]) -> Vec<String> {
    const FIELDS: [&str; 2] = ["apiVersion:", "kind:"];
    let mut fields: HashMap<&str, [bool; 2]> = HashMap::new();
    for piece in pieces {
        let (Part::Literal(range), Some(name)) = (&piece.part, &piece.define) else {
            continue;
        };
        for line in text[range.clone()].lines() {
            for (at, field) in FIELDS.iter().enumerate() {
                if line.starts_with(field) {
                    fields.entry(name).or_default()[at] = true;
                }
            }
        }
    }
    let whole = fields
        .into_iter()
        .filter(|(_, has)| has.iter().all(|has| *has));
    whole.map(|(name, _)| name.to_owned()).collect()
}

/// The stages of a pipeline.
pub(super) fn stages(pipeline: &str) -> Vec<&str> {
    parts(pipeline, |it| it == '|')
}

/// The words of a stage; texts in quotes and what stands in parentheses are one.
pub(super) fn words(stage: &str) -> Vec<&str> {
    parts(stage, char::is_whitespace)
}

/// A text between separators that stand neither in quotes nor in parentheses, without empty parts.
fn parts(text: &str, is_separator: fn(char) -> bool) -> Vec<&str> {
    let (mut found, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, it) in text.char_indices() {
        match it {
            _ if quote == Some(it) => quote = None,
            _ if quote.is_some() => {}
            '"' | '`' => quote = Some(it),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && is_separator(it) => {
                found.push(text[start..at].trim());
                start = at + it.len_utf8();
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found.retain(|part| !part.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each action as `kind:inner`, each chunk as its text, with the define around it.
    fn shown(text: &str) -> Vec<String> {
        let shown = |piece: Piece| {
            let around = piece
                .define
                .map_or_else(String::new, |name| format!("{name}/"));
            match piece.part {
                Part::Literal(range) => format!("{around}{:?}", &text[range]),
                Part::Action(action) => {
                    format!("{around}{:?}:{}", action.kind, text[action.inner].trim())
                }
            }
        };
        pieces(text)
            .expect("is closed")
            .into_iter()
            .map(shown)
            .collect()
    }

    #[test]
    fn strings_and_comments_do_not_close_an_action() {
        assert_eq!(
            shown("a{{ print \"}}\\\"\" `}}` }}b{{/* }} */}}{{- /* x */ -}}"),
            [
                "\"a\"",
                "Print:print \"}}\\\"\" `}}`",
                "\"b\"",
                "Silent:/* }} */",
                "Silent:/* x */"
            ]
        );
        assert_eq!(pieces("a {{ b"), None);
    }

    #[test]
    fn what_stands_in_a_define_knows_its_name() {
        let text = "{{- define \"a.b\" -}}x{{ if .y }}z{{ else if .q }}{{ end }}{{- end }}w";
        assert_eq!(
            shown(text),
            [
                "Define:define \"a.b\"",
                "a.b/\"x\"",
                "a.b/Condition:if .y",
                "a.b/\"z\"",
                "a.b/Condition:else if .q",
                "a.b/End:end",
                "a.b/End:end",
                "\"w\""
            ]
        );
    }

    #[test]
    fn assignments_print_nothing_and_negative_numbers_trim_nothing() {
        assert_eq!(
            shown("{{ $x := .a }}{{ $x = 1 }}{{ $x }}{{ $ }}{{ endless }}"),
            [
                "Silent:$x := .a",
                "Silent:$x = 1",
                "Print:$x",
                "Print:$",
                "Print:endless"
            ]
        );
        let Some(Part::Action(action)) = pieces("{{-3}}").map(|mut all| all.remove(0).part) else {
            panic!("is an action");
        };
        assert!(!action.trims_before);
    }
}
