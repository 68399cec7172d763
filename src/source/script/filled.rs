//! What variables of the script give in here-documents, which a shell fills in before anyone reads them: images and
//! what may be secret in objects and values.

use std::ops::Range;

use super::command::value;
use super::joined::joined;
use super::setting::Value;
use super::{unquoted, variable};
use crate::model::{Node, Span, Tree, Visited};

/// Words in the names of settings that may be secret, in lower case.
const SECRETIVE: [&str; 11] = [
    "pass", "pwd", "secret", "token", "key", "auth", "cred", "url", "uri", "dsn", "value",
];

/// Puts what the script gives into images and settings, as far as they stand in some ranges: a whole one at its
/// assignment, others where they are put together.
pub(super) fn fill(tree: &mut Tree, text: &str, ranges: &[Range<usize>]) {
    let mut given = Vec::new();
    if let Some(root) = tree.root().filter(|root| root.text().contains('$')) {
        root.visit_scalars(&mut |path, node| {
            let start = node.span().range().start;
            let range = || ranges.iter().find(|range| range.contains(&start));
            if holds_variable(node)
                && let Some(range) = range()
            {
                let value =
                    given_at(path, node, text).or_else(|| handed_to(path, node, text, range));
                given.extend(value.map(|value| (node.id(), value)));
            }
        });
    }
    for (id, value) in given {
        let written = value.filled.as_deref().unwrap_or(&text[value.at.clone()]);
        // Quotes within a word of a shell are none of what it says.
        let span = Span::new(value.at.start, value.at.end);
        tree.fill(id, &written.replace(['"', '\''], ""), span);
    }
}

fn given_at(path: &[Visited<'_>], node: Node<'_>, text: &str) -> Option<Value> {
    let word = unquoted(text, node);
    if is_image(path) {
        return value(text, word);
    }
    let written = &text[word.clone()];
    // What spans lines is no value but a text; `\$` stays as it is.
    let is_value = !written.contains(['\n', '\\', '`']) && may_be_secret(path);
    if !is_value {
        return None;
    }
    let whole = variable::in_document(text, word.clone());
    let parts = || joined(text, word.clone());
    whole.map(Value::from).or_else(|| {
        let filled = parts()?;
        Some(Value {
            at: word.clone(),
            filled: Some(filled),
        })
    })
}

/// A value with the variables that nothing is known of written as they are anywhere. A here-document whose end is
/// quoted keeps what it has.
fn handed_to(
    path: &[Visited<'_>],
    node: Node<'_>,
    text: &str,
    range: &Range<usize>,
) -> Option<Value> {
    let word = unquoted(text, node);
    let written = &text[word.clone()];
    let is_value = !written.contains(['\n', '\\', '`']) && may_be_secret(path);
    let filled = is_value.then(|| braced(written)).flatten()?;
    is_expanded(text, range.start).then_some(Value {
        at: word,
        filled: Some(filled),
    })
}

/// A value with braces around the variables that nothing is known of, so that nobody takes them for a part of
/// what is written: `admin:${2}` of `admin:$2`. An address keeps its variables, which are read in it.
fn braced(written: &str) -> Option<String> {
    let mut parts = written.split('$');
    let mut braced = parts.next()?.to_owned();
    for part in parts {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        // Behind a digit a name ends: `$12` is `${1}2`.
        let length = match part.bytes().next() {
            Some(b'0'..=b'9' | b'@' | b'*') => 1,
            _ => part.bytes().take_while(is_name).count(),
        };
        let (name, rest) = part.split_at(length);
        match name.is_empty() {
            true => braced.push('$'),
            false => braced.push_str(&format!("${{{name}}}")),
        }
        braced.push_str(rest);
    }
    (!written.contains("://") && braced != written).then_some(braced)
}

/// Whether a shell fills in the here-document that begins at a byte: the word for its end has no quotes.
fn is_expanded(text: &str, start: usize) -> bool {
    let line = text[..start].lines().next_back().unwrap_or_default();
    line.split_once("<<").is_some_and(|(_, rest)| {
        !rest
            .trim_start_matches(['-', '~', ' '])
            .starts_with(['\'', '"', '\\'])
    })
}

fn is_image(path: &[Visited<'_>]) -> bool {
    key_of(path).is_some_and(|key| key == "image" || key.ends_with("Image"))
}

/// Whether a value stands in what an object keeps, or under a name that may be one of something secret.
fn may_be_secret(path: &[Visited<'_>]) -> bool {
    let is_kept = |step: &Visited<'_>| match step {
        Visited::Key(key) => matches!(key.as_str(), Some("data" | "stringData")),
        Visited::Index(_) => false,
    };
    let names_secret = |key: &str| {
        let key = key.to_ascii_lowercase();
        SECRETIVE.iter().any(|word| key.contains(word))
    };
    path.iter().any(is_kept) || key_of(path).is_some_and(names_secret)
}

fn key_of<'a>(path: &[Visited<'a>]) -> Option<&'a str> {
    match path.last()? {
        Visited::Key(key) => key.as_str(),
        Visited::Index(_) => None,
    }
}

fn holds_variable(node: Node<'_>) -> bool {
    node.as_str().is_some_and(|text| text.contains('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_nothing_is_known_of_are_marked() {
        assert_eq!(braced("admin:$2").as_deref(), Some("admin:${2}"));
        assert_eq!(braced("$1:$2").as_deref(), Some("${1}:${2}"));
        assert_eq!(braced("$PW-x$12").as_deref(), Some("${PW}-x${1}2"));
        for text in ["admin:hQ7tr99$", "${PW}", "a$(cat x)", "http://a:$PW@b"] {
            assert_eq!(braced(text), None, "{text}");
        }
        assert!(is_expanded("cat <<EOF\na: $1\n", 10));
        assert!(!is_expanded("cat <<'EOF'\na: $1\n", 12));
    }
}
