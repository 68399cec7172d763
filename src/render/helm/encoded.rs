//! Texts that templates encode (`b64enc`), marks and all.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::marker::{Mark, is_taken, strip};

/// The characters of base64 that a mark takes.
const LEAST: usize = 24;

/// Takes the marks out of what is encoded, so that it is what it would have been without them. The
/// last value's mark is put behind it: a password follows its user. All others are gone, since a
/// text that is encoded has no lines of its own.
pub(super) fn unsealed(text: &str) -> Cow<'_, str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let mut unsealed = String::new();
    let (mut at, mut copied) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let length = bytes[at..]
            .iter()
            .take_while(|byte| is_part(**byte))
            .count();
        if let Some(plain) = (length >= LEAST)
            .then(|| plain(&text[at..at + length]))
            .flatten()
        {
            unsealed.push_str(&text[copied..at]);
            unsealed.push_str(&plain);
            copied = at + length;
        }
        at += length.max(1);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    unsealed.push_str(&text[copied..]);
    Cow::Owned(unsealed)
}

/// What base64 would be without the marks in it, with the last value's behind it.
fn plain(encoded: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let decoded = unsealed(&decoded);
    if !is_taken(&decoded) {
        return None;
    }
    let stripped = strip(&decoded);
    let mut plain = STANDARD.encode(&stripped.text);
    let mut marks = stripped.marks.iter().rev().map(|(_, mark)| mark);
    if let Some(last) = marks.find(|mark| matches!(mark, Mark::Value(_))) {
        plain.push_str(&last.text());
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_comes_out_of_what_is_encoded() {
        let (user, password) = (Mark::Value(1).text(), Mark::Value(2).text());
        let (open, close) = (Mark::Open(3).text(), Mark::Close(3).text());
        let inner = STANDARD.encode(format!("{open}shop{user}:hunter2{password}{close}"));
        let outer = STANDARD.encode(format!("auth: {inner}\n"));
        let expected_inner = STANDARD.encode("shop:hunter2");
        let expected = STANDARD.encode(format!("auth: {expected_inner}\n"));
        let marked = unsealed(&outer).into_owned();
        let stripped = strip(&marked);
        assert_eq!(stripped.text, expected);
        let end = expected.len();
        assert_eq!(stripped.marks, [(end, Mark::Value(2))]);
    }

    #[test]
    fn what_bears_no_marks_stays_as_it_is() {
        let text = format!("a: {}\nb: '{}'", STANDARD.encode([255; 30]), "a".repeat(40));
        assert!(matches!(unsealed(&text), Cow::Borrowed(_)));
    }
}
