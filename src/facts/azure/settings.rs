//! Settings of products that name Azure: keys and values of objects and configuration files.

use std::collections::HashMap;

use serde::Deserialize;

use super::sign::{Certainty, Effect};

/// A row of the table of settings.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SettingRow {
    pub(super) tool: String,
    key: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    under: Vec<String>,
    #[serde(default)]
    holds: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    unless_beside: Vec<String>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    unless_kinds: Vec<String>,
    #[serde(default)]
    near: Vec<String>,
    pub(super) service: String,
    effect: Option<Effect>,
    #[serde(default)]
    pub(super) certainty: Certainty,
}

/// A key with its value and what stands around it, in an object or a text.
pub(super) trait Setting {
    /// The kind of the object.
    fn kind(&self) -> &str;
    /// The key.
    fn key(&self) -> &str;
    /// The keys above it, the outermost first.
    fn above(&self) -> &[&str];
    /// The value, if it is a scalar.
    fn value(&self) -> Option<&str>;
    /// Whether the value says that the setting is off, or nothing at all.
    fn is_off(&self) -> bool;
    /// Whether the value is a mapping with a key.
    fn holds(&self, key: &str) -> bool;
    /// Whether the mapping around it has a key.
    fn is_beside(&self, key: &str) -> bool;
    /// Whether a word stands in the same container or document.
    fn is_near(&self, word: &str) -> bool;
}

/// The settings that tell of Azure.
#[derive(Debug)]
pub(super) struct Settings {
    rows: Vec<SettingRow>,
    /// Positions of rows by their key's last part, in lower case.
    by_key: HashMap<String, Vec<usize>>,
    /// Positions of rows whose key is a beginning.
    by_beginning: Vec<usize>,
}

impl SettingRow {
    pub(super) fn effect(&self) -> Effect {
        self.effect.unwrap_or(Effect::Stays)
    }

    /// Whether the key alone tells, whatever its value.
    pub(super) fn is_by_key(&self) -> bool {
        self.values.is_empty()
    }

    fn fits(&self, setting: &impl Setting) -> bool {
        let any_or_none = |words: &[String], is: &dyn Fn(&str) -> bool| {
            words.is_empty() || words.iter().any(|word| is(word))
        };
        let is_other = self.unless_beside.iter().any(|key| setting.is_beside(key))
            || self.unless_kinds.iter().any(|kind| setting.kind() == kind);
        !is_other
            && self.fits_value(setting)
            && any_or_none(&self.kinds, &|kind| setting.kind() == kind)
            && any_or_none(&self.under, &|key| {
                setting
                    .above()
                    .iter()
                    .any(|above| above.eq_ignore_ascii_case(key))
            })
            && any_or_none(&self.holds, &|key| setting.holds(key))
            && any_or_none(&self.beside, &|key| setting.is_beside(key))
            && any_or_none(&self.near, &|word| setting.is_near(word))
    }

    fn fits_value(&self, setting: &impl Setting) -> bool {
        if self.values.is_empty() {
            return !setting.is_off();
        }
        let Some(value) = setting.value() else {
            return false;
        };
        let value = value.to_ascii_lowercase();
        self.values.iter().any(|pattern| {
            let pattern = pattern.to_ascii_lowercase();
            match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
                (Some(inner), Some(_)) => value.contains(inner.trim_end_matches('*')),
                (_, Some(beginning)) => value.starts_with(beginning),
                _ => value == pattern,
            }
        })
    }

    /// Whether a key and those above it end in the row's dotted key.
    fn ends(&self, above: &[&str], key: &str) -> bool {
        let mut parts = self.key.rsplit('.');
        let last = parts.next().unwrap_or_default();
        if !key.eq_ignore_ascii_case(last) {
            return false;
        }
        let mut above = above.iter().rev();
        parts.all(|part| {
            above
                .next()
                .is_some_and(|above| above.eq_ignore_ascii_case(part))
        })
    }
}

impl Settings {
    pub(super) fn new(rows: Vec<SettingRow>) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_beginning = Vec::new();
        for (position, row) in rows.iter().enumerate() {
            if row.key.ends_with('*') {
                by_beginning.push(position);
                continue;
            }
            let last = row.key.rsplit('.').next().unwrap_or_default();
            let mut keys = vec![row.key.to_ascii_lowercase(), last.to_ascii_lowercase()];
            keys.dedup();
            for key in keys {
                by_key.entry(key).or_default().push(position);
            }
        }
        Self {
            rows,
            by_key,
            by_beginning,
        }
    }

    /// The first row that fits, exact keys before dotted beginnings, the longest of these first.
    pub(super) fn get(&self, setting: &impl Setting) -> Option<&SettingRow> {
        let key = setting.key();
        // `azuremonitor/traces` is a second exporter of the type `azuremonitor`.
        let name = key.split('/').next().unwrap_or(key).to_ascii_lowercase();
        let rows = self.by_key.get(&name).into_iter().flatten();
        let mut exact = rows
            .map(|position| &self.rows[*position])
            .filter(|row| row.key.eq_ignore_ascii_case(&name) || row.ends(setting.above(), &name));
        if let Some(row) = exact.find(|row| row.fits(setting)) {
            return Some(row);
        }
        let beginnings = self
            .by_beginning
            .iter()
            .map(|position| &self.rows[*position]);
        let begins = |row: &&SettingRow| {
            let beginning = row.key.trim_end_matches('*');
            key.get(..beginning.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(beginning))
        };
        let found = beginnings.filter(begins).find(|row| row.fits(setting));
        found.or_else(|| self.by_dotted_beginning(setting))
    }

    /// `spring.cloud.azure.servicebus.namespace` belongs to the row `spring.cloud.azure.servicebus`.
    fn by_dotted_beginning(&self, setting: &impl Setting) -> Option<&SettingRow> {
        let mut key = setting.key();
        while let Some((shorter, _)) = key.rsplit_once('.') {
            key = shorter;
            let rows = self
                .by_key
                .get(&key.to_ascii_lowercase())
                .into_iter()
                .flatten();
            let found = rows.map(|position| &self.rows[*position]).find(|row| {
                row.key.contains('.') && row.key.eq_ignore_ascii_case(key) && row.fits(setting)
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
