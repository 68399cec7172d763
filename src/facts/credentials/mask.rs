//! Hiding: which source bytes may show a credential, and a second net over any line of text.
//! Wider than detection, since hiding too much costs little.

use std::borrow::Cow;
use std::ops::Range;

use super::key::kept;
use super::line::lines;
use super::text::address::user_infos;
use super::text::pem;
use super::text::settings;
use super::value::token::tokens;
use super::{Suspect, may_hold_credentials};
use crate::model::{Node, Resource, Scalar, Span};

/// How often a line is masked again until nothing changes; after that all of it is masked.
const ROUNDS: usize = 8;

/// The source bytes of everything in a resource that may be a credential, ordered and joined.
pub(super) fn sensitive_spans(resource: &Resource, suspects: &[Suspect]) -> Vec<Span> {
    let source = &resource.artifact.text;
    let mut spans = Vec::new();
    for suspect in suspects {
        if let Some(node) = resource.tree.node(suspect.node) {
            let range = suspect
                .part
                .map(|part| part.start..part.start + part.length);
            spans.push(
                range
                    .and_then(|range| exact(source, node, range))
                    .unwrap_or(node.span()),
            );
        }
    }
    let is_secret = resource.gvk.group.is_empty() && resource.gvk.kind == "Secret";
    for (key, value) in resource.node().entries() {
        let holds_secrets = is_secret && matches!(key.as_str(), Some("data" | "stringData"));
        let how = if holds_secrets {
            Hide::Everything
        } else {
            Hide::Suspicious
        };
        hide(
            source,
            key.as_str().unwrap_or_default(),
            value,
            how,
            &mut spans,
        );
    }
    joined(spans)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hide {
    Everything,
    Suspicious,
}

fn hide(source: &str, key: &str, node: Node<'_>, how: Hide, spans: &mut Vec<Span>) {
    if let Some(scalar) = node.scalar() {
        return hide_scalar(source, key, node, scalar, how, spans);
    }
    let named = node
        .get("name")
        .and_then(Node::as_str)
        .filter(|_| node.get("value").is_some());
    for (key, value) in node.entries() {
        let own = key.as_str().unwrap_or_default();
        let name = if own == "value" {
            named.unwrap_or(own)
        } else {
            own
        };
        hide(source, name, value, how, spans);
    }
    for item in node.items() {
        hide(source, key, item, how, spans);
    }
}

fn hide_scalar(
    source: &str,
    key: &str,
    node: Node<'_>,
    scalar: Scalar<'_>,
    how: Hide,
    spans: &mut Vec<Span>,
) {
    let text = match scalar {
        Scalar::String(text) => text,
        Scalar::Null | Scalar::Bool(_) => return,
        Scalar::Signed(_) | Scalar::Unsigned(_) | Scalar::Float(_) => "",
    };
    if how == Hide::Everything || kept::hides(key) {
        spans.push(node.span());
        return;
    }
    for (offset, line) in lines(text).filter(|(_, line)| may_show_credential(line)) {
        for range in hidden(line) {
            let range = offset + range.start..offset + range.end;
            spans.push(exact(source, node, range).unwrap_or(node.span()));
        }
    }
    for range in pem_bodies(text) {
        spans.push(exact(source, node, range).unwrap_or(node.span()));
    }
}

fn pem_bodies(text: &str) -> Vec<Range<usize>> {
    let bodies = text
        .match_indices("PRIVATE KEY-----")
        .filter_map(|(at, mark)| {
            let start = at + mark.len();
            let length = text[start..].find("-----END").unwrap_or(text.len() - start);
            (text[..at]
                .rfind("-----")
                .is_some_and(|dashes| text[dashes..at].starts_with("-----BEGIN"))
                && length > 0)
                .then_some(start..start + length)
        });
    let mut bodies: Vec<Range<usize>> = bodies.collect();
    let others = pem::keys(text).into_iter().map(|key| key.body);
    let others: Vec<Range<usize>> = others
        .filter(|body| !body.is_empty() && !bodies.iter().any(|one| one.contains(&body.start)))
        .collect();
    bodies.extend(others);
    bodies
}

/// The source bytes of a part of a string, where it stands there letter by letter.
fn exact(source: &str, node: Node<'_>, range: Range<usize>) -> Option<Span> {
    node.span().part(source, node.as_str()?, range)
}

/// Spans in order, those that touch joined.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    spans.sort_unstable();
    let mut whole: Vec<Span> = Vec::new();
    for span in spans {
        match whole.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => whole.push(span),
        }
    }
    whole
}

/// A line of text with every character of what may be a credential replaced by `*`. The number
/// of characters stays, and masking again changes nothing.
pub(crate) fn mask_line(line: &str) -> Cow<'_, str> {
    if !may_show_credential(line) {
        return Cow::Borrowed(line);
    }
    let mut masked: Cow<'_, str> = Cow::Borrowed(line);
    for _ in 0..ROUNDS {
        let next = starred(&masked, &hidden(&masked));
        match next {
            None => return masked,
            Some(next) => masked = Cow::Owned(next),
        }
    }
    masked.chars().map(|_| '*').collect()
}

/// A text of any number of lines with what may be a credential replaced by `*`: for names and
/// messages, which hold none unless somebody put one where it does not belong.
pub(crate) fn mask_text(text: &str) -> Cow<'_, str> {
    if !may_hold_credentials(text) {
        return Cow::Borrowed(text);
    }
    let masked: String = text.split_inclusive('\n').map(mask_line).collect();
    match starred(&masked, &pem_bodies(&masked)) {
        None => Cow::Owned(masked),
        Some(masked) => Cow::Owned(masked),
    }
}

/// Whether a line has to be looked at closely: most lines have none of the words, and are not a
/// long word by themselves.
fn may_show_credential(line: &str) -> bool {
    may_hold_credentials(line) || key_lines(line).is_some()
}

/// The text with some bytes starred; `None` where that changes nothing.
fn starred(text: &str, ranges: &[Range<usize>]) -> Option<String> {
    let is_hidden = |at: usize| ranges.iter().any(|range| range.contains(&at));
    let bounds = ranges.iter().map(|range| range.start).min()?
        ..ranges.iter().map(|range| range.end).max()?;
    let star = |(at, one): (usize, char)| {
        if bounds.contains(&at) && is_hidden(at) && !matches!(one, '\n' | '\r') {
            '*'
        } else {
            one
        }
    };
    let masked: String = text.char_indices().map(star).collect();
    (masked != text).then_some(masked)
}

/// The bytes of a line that may show a credential.
fn hidden(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut name_is_secret = false;
    let wants = |one: &str| kept::hides(one) || matches!(one, "name" | "value");
    for setting in settings(line, wants) {
        let (own, value) = (&line[setting.key.clone()], &line[setting.value.clone()]);
        match own {
            "name" => name_is_secret = kept::hides(value),
            "value" if !name_is_secret => {}
            _ if is_shown(value) => {}
            _ => found.push(setting.value),
        }
    }
    found.extend(user_infos(line).into_iter().map(|info| info.password));
    found.extend(tokens(line).into_iter().map(|token| token.range));
    found.extend(signatures(line));
    found.extend(flags(line));
    found.extend(key_lines(line));
    found
}

/// What may be shown under any key: nothing, a switch, an opening bracket, a reference.
fn is_shown(value: &str) -> bool {
    matches!(
        value,
        "" | "true" | "false" | "null" | "~" | "{" | "[" | "|" | ">" | "|-" | ">-" | "{}" | "[]"
    )
}

/// `sig=…` of a shared access signature.
fn signatures(line: &str) -> Vec<Range<usize>> {
    let found = line.match_indices("sig=").filter_map(|(at, mark)| {
        let is_parameter = at == 0 || matches!(line.as_bytes()[at - 1], b'?' | b'&' | b';');
        let start = at + mark.len();
        let is_end = |one: char| one.is_whitespace() || "&\"'<>;,".contains(one);
        let length = line[start..].find(is_end).unwrap_or(line.len() - start);
        (is_parameter && length > 0).then_some(start..start + length)
    });
    found.collect()
}

/// The word after a flag: `--password x`, `"--password", "x"`, `requirepass x`.
fn flags(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut previous: Option<&str> = None;
    let is_between = |one: char| one.is_whitespace() || ",[]\"'".contains(one);
    let mut at = 0;
    while let Some(step) = line[at..].find(|one| !is_between(one)) {
        let start = at + step;
        let end = line[start..]
            .find(is_between)
            .map_or(line.len(), |length| start + length);
        let word = &line[start..end];
        if previous.is_some_and(takes_password) && !word.starts_with('-') {
            found.push(start..end);
        }
        previous = Some(word);
        at = end;
    }
    found
}

fn takes_password(word: &str) -> bool {
    let is_flag = word.starts_with('-') && !word.contains('=') && kept::hides(word);
    is_flag || matches!(word, "requirepass" | "masterauth")
}

/// A line of a PEM block, or anything else long that is written in base64.
fn key_lines(line: &str) -> Option<Range<usize>> {
    let text = line.trim();
    let start = line.len() - line.trim_start().len();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let has = |what: fn(&u8) -> bool| text.as_bytes().iter().any(what);
    let is_key = text.len() >= 40
        && text.bytes().all(is_base64)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase);
    is_key.then(|| start..start + text.len())
}
