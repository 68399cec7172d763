//! YAML text to documents with places, as Kubernetes reads it.

pub(super) mod events;

use std::borrow::Cow;

pub(super) use self::events::{Broken, DEPTH_LIMIT, Document, Stream, TOO_LARGE, value_limit};

use self::events::read_events;
use super::close_comment::without_close_comments;
use super::tab::with_tabs_in_flow;

/// Reads all documents of a stream. After a broken one, reading goes on at the next `---`.
pub(super) fn read_yaml(text: &str) -> Stream {
    let mut text = with_line_breaks(text);
    let mut stream = read_events(&text);
    if let Some(comment) = stream.close_comment
        && let Some((without, read)) = without_close_comments(&text, comment)
    {
        (text, stream) = (without.into(), read);
    }
    match stream.behind_tab {
        Some(behind) => with_tabs_in_flow(&text, behind).unwrap_or(stream),
        None => stream,
    }
}

/// YAML 1.1, which Kubernetes reads, has one more line break than YAML 1.2: U+0085. It takes two
/// bytes, as `\r\n` does, so that offsets stay.
fn with_line_breaks(text: &str) -> Cow<'_, str> {
    if text.contains('\u{85}') {
        text.replace('\u{85}', "\r\n").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};
    use serde_json::{Map, Number, Value, json};

    use super::*;
    use crate::model::{Node, Scalar, Span};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        yaml: String,
        /// What kubectl's decoder makes of it; absent where it refuses the text.
        #[serde(default, deserialize_with = "present")]
        kubernetes: Option<Value>,
        /// What landfall makes of it where that differs, or where later documents follow.
        landfall: Option<Value>,
        /// Why landfall differs.
        because: Option<String>,
    }

    /// Tells `null` from absent.
    fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
        Value::deserialize(deserializer).map(Some)
    }

    fn to_json(node: Node<'_>) -> Value {
        match node.scalar() {
            Some(Scalar::Null) => Value::Null,
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Signed(value)) => value.into(),
            Some(Scalar::Unsigned(value)) => value.into(),
            Some(Scalar::Float(value)) => Number::from_f64(value).expect("is finite").into(),
            Some(Scalar::String(text)) => text.into(),
            None if node.is_sequence() => node.items().map(to_json).collect(),
            None => {
                let pair = |(key, value): (Node<'_>, Node<'_>)| {
                    (
                        key.as_str().expect("keys are strings").to_owned(),
                        to_json(value),
                    )
                };
                node.entries().map(pair).collect::<Map<_, _>>().into()
            }
        }
    }

    /// The first document as JSON, `None` where it cannot be read.
    fn first_document(text: &str) -> Option<Value> {
        let stream = read_yaml(text);
        let first_broken = stream.broken.iter().map(|broken| broken.offset).min();
        match stream.documents.first() {
            Some(first) if first_broken.is_none_or(|offset| first.start < offset) => {
                Some(first.tree.root().map_or(Value::Null, to_json))
            }
            None if stream.broken.is_empty() => Some(Value::Null),
            Some(_) | None => None,
        }
    }

    /// JSON has one kind of number, so `1.0` and `1` are the same.
    fn same(left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                left == right || left.as_f64() == right.as_f64()
            }
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .zip(right)
                        .all(|(left, right)| same(left, right))
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left
                        .iter()
                        .all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
            }
            _ => left == right,
        }
    }

    #[test]
    fn documents_are_read_as_kubernetes_reads_them() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/kubernetes_yaml.json"))
                .expect("is JSON");
        assert!(cases.len() >= 232);
        let mut wrong = Vec::new();
        for case in &cases {
            assert_eq!(
                case.landfall.is_some(),
                case.because.is_some(),
                "{:?}",
                case.yaml
            );
            let ours = first_document(&case.yaml);
            let expected = case.landfall.as_ref().or(case.kubernetes.as_ref());
            let agrees = match (&ours, expected) {
                (Some(ours), Some(expected)) => same(ours, expected),
                (None, None) => true,
                _ => false,
            };
            if !agrees {
                wrong.push(format!("{:?}: {ours:?}, not {expected:?}", case.yaml));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn duplicate_keys_are_told_with_the_later_place() {
        let stream = read_yaml("a: 1\nb: {c: 1}\na: 2\n");
        assert_eq!(stream.documents[0].duplicates, [Span::new(15, 16)]);
    }

    #[test]
    fn keys_that_a_merge_brings_are_no_duplicates() {
        let stream = read_yaml("a: &x {p: 1}\nb:\n  <<: *x\n  p: 2\n");
        assert_eq!(stream.documents[0].duplicates, []);
        assert_eq!(
            to_json(stream.documents[0].tree.root().expect("has a root"))["b"],
            json!({"p": 2})
        );
    }

    #[test]
    fn documents_after_a_broken_one_are_read() {
        let stream = read_yaml("a: 1\n---\nb: [\n---\nc: 3\n");
        let documents: Vec<Value> = stream
            .documents
            .iter()
            .map(|document| to_json(document.tree.root().expect("has a root")))
            .collect();
        assert_eq!(documents, [json!({"a": 1}), json!({"c": 3})]);
        assert_eq!(stream.broken.len(), 1);
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let stream = read_yaml(&text);
        assert_eq!(stream.broken[0].reason, TOO_LARGE);
    }
}
