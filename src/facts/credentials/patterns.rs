//! The regular expressions that a user may change, compiled: of values and keys that are no credentials.

use regex::bytes::{RegexSet, RegexSetBuilder};

/// What is asked last, of values that pass everything else.
pub(super) struct Patterns {
    /// Values that are no good secret.
    pub placeholders: RegexSet,
    /// Keys whose value is none.
    pub keys: RegexSet,
    /// Values that are none.
    pub values: RegexSet,
}

impl Patterns {
    /// Expressions that do not compile are left out: the project's own tests hold them right. Those that ask
    /// for no classes of Unicode do without, which costs less to compile.
    pub(super) fn new(placeholders: &[String], keys: &[String], values: &[String]) -> Self {
        let set = |patterns: &[String]| {
            let plain = RegexSetBuilder::new(patterns).unicode(false).build();
            let set = plain.or_else(|_| RegexSet::new(patterns));
            set.unwrap_or_else(|_| RegexSet::empty())
        };
        Self {
            placeholders: set(placeholders),
            keys: set(keys),
            values: set(values),
        }
    }
}
