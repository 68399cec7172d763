//! The one place where texts that a rule made are freed of credentials.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::Value;

use crate::model::{Node, Resource, Span};

/// What stands in place of a credential.
const REDACTED: &str = "[redacted]";

/// Shorter values are found everywhere by chance; no rule of ours puts values into messages.
const MINIMUM_LENGTH: usize = 4;

/// A message without the credentials of its resource. A value that also stands where it is no
/// credential, such as the container's own name, stays.
pub(super) fn redact(text: &str, resource: &Resource, masks: &[Span]) -> String {
    let mut redacted = text.to_owned();
    let masked = masks
        .iter()
        .flat_map(|mask| pieces(&resource.artifact.text[mask.range()]));
    for value in masked {
        if value.len() >= MINIMUM_LENGTH
            && redacted.contains(value)
            && !is_public(resource, masks, value)
        {
            redacted = redacted.replace(value, REDACTED);
        }
    }
    redacted
}

/// What a masked text may look like in a message: its lines, without quotes.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '"', '\'', '\\']).map(str::trim)
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

fn is_public(resource: &Resource, masks: &[Span], value: &str) -> bool {
    let mut is_public = false;
    resource.node().visit_scalars(&mut |_, node: Node<'_>| {
        let is_masked = masks.iter().any(|mask| mask.overlaps(node.span()));
        is_public |= !is_masked && node.as_str() == Some(value);
    });
    is_public
}
