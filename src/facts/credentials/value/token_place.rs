//! Where a token stands in a text.

use std::ops::Range;

use crate::facts::credentials::Verdict;

/// A token of a service in a text.
pub(in crate::facts::credentials) struct Token {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is.
    pub verdict: Verdict,
}

/// Whether a byte may belong to a token.
pub(super) fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Whether what begins at an offset is the middle of a longer word.
pub(super) fn is_inside(text: &str, start: usize) -> bool {
    start > 0 && is_part(text.as_bytes()[start - 1])
}
