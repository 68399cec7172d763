//! Where in a resource something stands, as facts tell it to rules: its path, and the characters of a string.

use serde_json::{Value, json};

use crate::model::{Part, Step, ValuePath};

/// A path as rules write it.
pub(super) fn path(path: &ValuePath) -> Value {
    let step = |step: &Step| match step {
        Step::Key(key) => Value::from(key.as_str()),
        Step::Index(index) => Value::from(*index),
    };
    path.steps().iter().map(step).collect()
}

/// A fact about some characters of a string.
pub(super) fn with_part(mut fact: Value, part: Option<Part>) -> Value {
    if let Some(part) = part {
        fact["part"] = json!({"start": part.start, "length": part.length});
    }
    fact
}
