//! What a mark of a value says where it came out: the value as it is, encoded, or changed on its way.

use std::ops::Range;
use std::sync::Arc;

use super::values::Key;
use crate::model::Supply;
use crate::render::decoded::base64_text;

/// A value that came out in a document.
#[derive(Clone, Debug)]
pub(super) struct Appearance {
    /// Where it stands in the output; empty where that is not known letter by letter.
    pub(super) span: Range<usize>,
    /// Whether it was changed on its way, so that all that one action printed up to here is it.
    pub(super) is_whole: bool,
    /// What supplied it.
    pub(super) supply: Arc<Supply>,
}

impl Appearance {
    /// What a value's mark at an offset of an output says; `least` is where its line begins.
    pub(super) fn of(key: &Key, output: &str, end: usize, least: usize) -> Option<Self> {
        let before = &output[least..end];
        let quoted = before.strip_suffix(['"', '\'']);
        let is_plain = !key.text.contains("{{");
        for text in [Some(before), quoted].into_iter().flatten() {
            if is_plain && text.ends_with(&key.text) {
                let end = least + text.len();
                return Some(Self {
                    span: end - key.text.len()..end,
                    is_whole: false,
                    supply: Arc::clone(&key.supply),
                });
            }
        }
        if let Some(start) = start_within(before, &key.text) {
            return Some(Self {
                span: least + start..end,
                is_whole: false,
                supply: Arc::clone(&key.whole),
            });
        }
        let blank = before.chars().next_back().is_none_or(char::is_whitespace);
        let supply = if is_encoded(before, &key.text) {
            &key.whole
        } else {
            &key.supply
        };
        (!blank).then(|| Self {
            span: end..end,
            is_whole: true,
            supply: Arc::clone(supply),
        })
    }

    /// Where it begins.
    pub(super) fn start(&self) -> usize {
        self.span.start
    }
}

/// Where in a line the base64 of a text begins that ends there, where more is encoded before it: up to two
/// bytes behind it share its last characters.
fn start_within(line: &str, text: &str) -> Option<usize> {
    let (start, decoded) = encoded_end(line)?;
    let text = text.trim_end();
    let at = decoded
        .rfind(text)
        .filter(|at| !text.is_empty() && *at > 0)?;
    let behind = decoded.len() - at - text.len();
    (behind <= 2).then_some(start + at / 3 * 4)
}

/// Where the base64 begins that a line ends with, and what it encodes.
fn encoded_end(line: &str) -> Option<(usize, String)> {
    let line = line.trim_end_matches(['"', '\'']);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    let start = line.trim_end_matches(is_part).len();
    let decoded = base64_text(&line[start..])?;
    (!decoded.is_empty()).then_some((start, decoded))
}

/// Whether a line ends with base64, of base64 too, of what ends with a text.
fn is_encoded(line: &str, text: &str) -> bool {
    encoded_end(line).is_some_and(|(_, decoded)| {
        let decoded = decoded.trim_ascii_end();
        !decoded.is_empty() && (decoded.ends_with(text.trim_end()) || is_encoded(decoded, text))
    })
}
