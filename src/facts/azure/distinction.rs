//! What tells services of Azure apart whose hosts end alike.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

/// A row that tells services apart which share a suffix.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DistinguishRow {
    pub(super) suffix: Option<String>,
    #[serde(default)]
    pub(super) suffixes: Vec<String>,
    when: When,
    matches: String,
    service: String,
}

/// What the expression of a row is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    /// The number behind the host.
    Port,
    /// The field, or the variable, that holds the value.
    Key,
    /// The whole host.
    Host,
    /// The line around the host; where that says nothing, the whole value.
    Text,
}

/// What tells the services of a suffix apart.
#[derive(Debug)]
pub(super) struct Distinction {
    pub(super) when: When,
    pub(super) source: String,
    /// Compiled when first asked. An expression that is none matches nothing.
    matches: OnceLock<Option<Regex>>,
    pub(super) service: String,
}

impl Distinction {
    pub(super) fn of(row: DistinguishRow) -> Self {
        Self {
            when: row.when,
            source: row.matches,
            matches: OnceLock::new(),
            service: row.service,
        }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.matches
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}
