//! The one place where texts that a rule made are freed of credentials.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;

use crate::facts::mask_text;
use crate::model::{Identity, Notice, Resource, Span};

/// What stands in place of a credential.
const REDACTED: &str = "[redacted]";

/// Shorter values are found everywhere by chance.
const MINIMUM_LENGTH: usize = 4;

/// A message without the credentials of its resource, and without what looks like one: names of
/// containers and labels stand in messages, and somebody may have put one there.
pub(super) fn redact(text: &str, resource: &Resource, masks: &[Span]) -> String {
    let mut redacted = mask_text(text).into_owned();
    let masked = masks
        .iter()
        .flat_map(|mask| pieces(&resource.artifact.text[mask.range()]));
    for value in masked {
        if value.len() >= MINIMUM_LENGTH && redacted.contains(value) {
            redacted = redacted.replace(value, REDACTED);
        }
    }
    redacted
}

/// What a masked text may look like in a message: its lines, without quotes.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '"', '\'', '\\']).map(str::trim)
}

/// An identity whose names hold no credential.
pub(super) fn identity(identity: &Identity) -> Identity {
    let mask = |text: &String| mask_text(text).into_owned();
    Identity {
        api_version: mask(&identity.api_version),
        kind: mask(&identity.kind),
        namespace: identity.namespace.as_ref().map(mask),
        name: mask(&identity.name),
        origin: identity.origin.clone(),
    }
}

/// A notice whose texts hold no credential.
pub(super) fn notice(notice: Notice) -> Notice {
    let mask = |text: String| mask_text(&text).into_owned();
    Notice {
        reason: mask(notice.reason),
        resource: notice.resource.map(mask),
        help: notice.help.map(mask),
        ..notice
    }
}

/// Properties whose texts went through the same redaction.
pub(super) fn properties(
    properties: BTreeMap<String, Value>,
    redact: &dyn Fn(&str) -> String,
) -> BTreeMap<String, Value> {
    properties
        .into_iter()
        .map(|(key, value)| (key, redacted_value(value, redact)))
        .collect()
}

/// An evaluator's error without what it quotes, which may be a value.
pub(super) fn unquote(reason: &str) -> String {
    static QUOTED: OnceLock<Option<Regex>> = OnceLock::new();
    let quoted = QUOTED.get_or_init(|| Regex::new("`[^`]*`|\"[^\"]*\"|'[^']*'").ok());
    match quoted {
        Some(quoted) => quoted.replace_all(reason, REDACTED).into_owned(),
        None => REDACTED.to_owned(),
    }
}

fn redacted_value(value: Value, redact: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(redact(&text)),
        Value::Array(items) => items
            .into_iter()
            .map(|item| redacted_value(item, redact))
            .collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (key, redacted_value(value, redact)))
            .collect(),
        other => other,
    }
}
