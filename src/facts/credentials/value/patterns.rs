//! The regular expressions that a user may change, compiled: of values and keys that are no credentials.

use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;

/// What is asked last, of values that pass everything else.
pub(super) struct Patterns {
    /// Values that are no good secret.
    pub placeholders: Any,
    /// Keys whose value is none.
    pub keys: Any,
    /// Values that are none.
    pub values: Any,
}

impl Patterns {
    /// Expressions that do not compile are left out: the project's own tests hold them right.
    pub(in crate::facts::credentials) fn new(
        placeholders: &[String],
        keys: &[String],
        values: &[String],
    ) -> Self {
        Self {
            placeholders: Any::of(placeholders),
            keys: Any::of(keys),
            values: Any::of(values),
        }
    }
}

/// Several expressions of which one is enough; none matches nothing.
pub(in crate::facts::credentials) struct Any(Option<Regex>);

impl Any {
    /// Expressions that ask for no classes of Unicode do without, which costs less to compile.
    fn of(patterns: &[String]) -> Self {
        let plain = compiled(patterns, false);
        Self(plain.or_else(|| compiled(patterns, true)))
    }

    /// Whether one of the expressions matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// The texts are short and few, so what a regular expression prepares to search long ones faster,
/// most of what it costs to compile, is left out.
fn compiled(patterns: &[String], is_unicode: bool) -> Option<Regex> {
    let config = Config::new()
        .utf8_empty(false)
        .which_captures(WhichCaptures::None)
        .auto_prefilter(false)
        .onepass(false);
    let syntax = syntax::Config::new().unicode(is_unicode).utf8(false);
    let mut builder = Regex::builder();
    let builder = builder.configure(config).syntax(syntax);
    builder.build_many(patterns).ok()
}
