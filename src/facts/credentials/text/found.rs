//! What is found in a string.

use std::ops::Range;

use crate::facts::credentials::{Kind, Verdict};

/// Something in a string that stands where a credential stands.
pub(in crate::facts::credentials) struct Found {
    pub range: Range<usize>,
    pub key: String,
    pub kind: Kind,
    pub verdict: Verdict,
}
