//! The data of a Secret in base64: what it encodes, and which characters encode a part of that.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Node, Part};

/// The text that a Secret's value encodes; `None` where it is none.
pub(super) fn decode(node: Node<'_>) -> Option<String> {
    String::from_utf8(decoded(node)?).ok()
}

/// The bytes that a Secret's value encodes; `None` where it is no base64.
pub(super) fn decoded(node: Node<'_>) -> Option<Vec<u8>> {
    let text: String = node.as_str()?.split_whitespace().collect();
    STANDARD.decode(text).ok()
}

/// The characters of base64 that encode a range of bytes, four for three, in a text with breaks or without.
pub(super) fn part_of_base64(text: &str, range: &Range<usize>) -> Part {
    let mut letters = text.bytes().enumerate();
    let mut letters = letters
        .by_ref()
        .filter(|(_, byte)| !byte.is_ascii_whitespace());
    let (first, last) = (range.start / 3 * 4, range.end.div_ceil(3) * 4);
    let start = letters.nth(first).map_or(text.len(), |(at, _)| at);
    let end = letters.nth(last.saturating_sub(first + 2));
    Part {
        start,
        length: end.map_or(text.len(), |(at, _)| at + 1) - start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_encode_three_bytes() {
        let whole = STANDARD.encode("user = shop\npassword = hQ7tr99x\nhost = db\n");
        let broken = format!("{}\n{}", &whole[..30], &whole[30..]);
        for text in [&whole, &broken] {
            let part = part_of_base64(text, &(23..31));
            let own: String = text[part.range()].split_whitespace().collect();
            let decoded = STANDARD.decode(own).expect("is base64");
            assert_eq!(decoded, b"= hQ7tr99x\nh");
        }
    }
}
