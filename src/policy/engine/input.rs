//! Objects and facts as regorus' values.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::value::Object;
use serde_json::{Map, Value as Fact};

use crate::model::{Node, Scalar};

/// The key of the facts.
pub(super) const FACTS: &str = "landfall";

/// An object as the evaluators take it.
#[derive(Clone, Debug)]
pub struct Input(pub(super) Value);

impl Input {
    /// The object as it is written, with the facts under `landfall`. A typed list's item gets the
    /// API version and kind that it leaves to its list.
    #[must_use]
    pub fn new(node: Node<'_>, api_version: &str, kind: &str, facts: &Map<String, Fact>) -> Self {
        let mut object = object(node);
        for (key, text) in [("apiVersion", api_version), ("kind", kind)] {
            let key = Value::from(key);
            if object.get(&key).is_none() {
                object.insert(key, Value::from(text));
            }
        }
        let facts = facts.iter().map(|(name, fact)| (name.as_str(), fact));
        object.insert(Value::from(FACTS), of_entries(facts));
        Self(Value::from(object))
    }

    /// Some facts under `landfall` alone: all that most rules look at.
    #[must_use]
    pub(super) fn of_facts(facts: &[(&str, &Fact)]) -> Self {
        let facts = of_entries(facts.iter().copied());
        Self(Value::from(Object::from(BTreeMap::from([(
            Value::from(FACTS),
            facts,
        )]))))
    }

    /// The input as JSON, for people and other engines.
    ///
    /// # Errors
    ///
    /// When the value has no form in JSON, which values from manifests always have.
    pub fn to_json(&self) -> Result<String, String> {
        self.0.to_json_str().map_err(|error| error.to_string())
    }
}

fn value(node: Node<'_>) -> Value {
    match node.scalar() {
        Some(Scalar::Null) => Value::Null,
        Some(Scalar::Bool(value)) => Value::Bool(value),
        Some(Scalar::Signed(value)) => Value::from(value),
        Some(Scalar::Unsigned(value)) => Value::from(value),
        Some(Scalar::Float(value)) => float(value),
        Some(Scalar::String(text)) => Value::from(text),
        None if node.is_sequence() => Value::from(node.items().map(value).collect::<Vec<_>>()),
        None => Value::from(object(node)),
    }
}

/// A fact without a detour through its text.
fn fact(fact: &Fact) -> Value {
    match fact {
        Fact::String(text) => Value::from(text.as_str()),
        Fact::Array(items) => Value::from(items.iter().map(self::fact).collect::<Vec<_>>()),
        Fact::Object(entries) => of_entries(entries.iter().map(|(key, item)| (key.as_str(), item))),
        Fact::Null | Fact::Bool(_) | Fact::Number(_) => Value::from(fact.clone()),
    }
}

fn of_entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Fact)>) -> Value {
    let pair = |(key, item)| (Value::from(key), fact(item));
    Value::from(Object::from(entries.map(pair).collect::<BTreeMap<_, _>>()))
}

/// JSON has one kind of number: `1.0` is `1`.
fn float(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 2^53 fits"
        )]
        return Value::from(value as i64);
    }
    Value::from(value)
}

fn object(node: Node<'_>) -> Object {
    let pair = |(key, item): (Node<'_>, Node<'_>)| {
        (Value::from(key.as_str().unwrap_or_default()), value(item))
    };
    // Built at once, which is faster than key by key.
    Object::from(node.entries().map(pair).collect::<BTreeMap<_, _>>())
}
