//! Connection strings and signed addresses of Azure services, by their shape.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::sign::{Certainty, Effect};

/// A row of the table of shapes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ShapeRow {
    words: Vec<String>,
    matches: String,
    secret: Option<String>,
    service: String,
    effect: Option<Effect>,
    certainty: Option<Certainty>,
    /// Whether it only counts with a key in it; without one the host is enough.
    #[serde(default)]
    only_with_key: bool,
}

/// The shapes, each compiled when a word leads to it.
#[derive(Debug)]
pub(super) struct Shapes(Vec<Shape>);

#[derive(Debug)]
struct Shape {
    row: ShapeRow,
    matches: OnceLock<Option<Regex>>,
    secret: OnceLock<Option<Regex>>,
}

/// A text of a known shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shaped<'t> {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// The service where no host in the text tells it.
    pub(super) service: &'t str,
    /// Whether a secret key stands in it, not only a placeholder for one.
    pub(super) has_key: bool,
    pub(super) effect: Effect,
    pub(super) certainty: Certainty,
}

/// What stands where a key will be filled in.
const PLACEHOLDERS: [&str; 17] = [
    "$",
    "<",
    "{",
    "*",
    "[",
    "%",
    "xxx",
    "...",
    "…",
    "your",
    "change",
    "replace",
    "redacted",
    "placeholder",
    "example",
    "secret_here",
    "_here",
];

impl Shapes {
    pub(super) fn new(rows: Vec<ShapeRow>) -> Self {
        let shape = |row| Shape {
            row,
            matches: OnceLock::new(),
            secret: OnceLock::new(),
        };
        Self(rows.into_iter().map(shape).collect())
    }

    /// What has a known shape, by place; of two that overlap the first row's.
    pub(super) fn find<'t>(&'t self, text: &str) -> Vec<Shaped<'t>> {
        let lower = text.to_ascii_lowercase();
        let mut found: Vec<Shaped<'t>> = Vec::new();
        let is_told = |shape: &&Shape| shape.row.words.iter().any(|word| lower.contains(word));
        for shape in self.0.iter().filter(is_told) {
            for shaped in shape.find(text) {
                let overlaps = |other: &Shaped<'_>| {
                    other.range.start < shaped.range.end && shaped.range.start < other.range.end
                };
                if !found.iter().any(overlaps) {
                    found.push(shaped);
                }
            }
        }
        found.sort_by_key(|shaped| shaped.range.start);
        found
    }
}

impl Shape {
    fn find<'t>(&'t self, text: &str) -> Vec<Shaped<'t>> {
        let compiled = self
            .matches
            .get_or_init(|| Regex::new(&self.row.matches).ok());
        let Some(matches) = compiled else {
            return Vec::new();
        };
        let shaped = |captures: regex::Captures<'_>| {
            let whole = captures.get(0)?;
            let own = captures.name("key").map(|key| key.as_str().to_owned());
            let key = own.or_else(|| self.secret(whole.as_str()));
            if self.row.only_with_key && key.is_none() {
                return None;
            }
            Some(Shaped {
                range: whole.range(),
                service: &self.row.service,
                has_key: key.is_some_and(|key| is_real(&key)),
                effect: self.row.effect.unwrap_or(Effect::Stays),
                certainty: self.row.certainty.unwrap_or_default(),
            })
        };
        matches.captures_iter(text).filter_map(shaped).collect()
    }

    fn secret(&self, matched: &str) -> Option<String> {
        let source = self.row.secret.as_ref()?;
        let regex = self
            .secret
            .get_or_init(|| Regex::new(source).ok())
            .as_ref()?;
        let captures = regex.captures(matched)?;
        captures.name("key").map(|key| key.as_str().to_owned())
    }
}

/// Whether a key is written out instead of to be filled in.
fn is_real(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let is_zero = key.chars().all(|one| one == '0' || one == '-');
    key.len() >= 4 && !is_zero && !PLACEHOLDERS.iter().any(|mark| lower.contains(mark))
}
