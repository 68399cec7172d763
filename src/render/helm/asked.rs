//! Values that templates ask for and that nobody gave, and which those with `required`, or with a `fail` that names
//! them, are: placeholders are put in for them, so that the objects can be checked.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex::Regex;
use serde_json::{Map, Value};

use super::chart::Chart;
use super::marked::is_template;
use super::values::Layer;
use crate::facts::mask_line;
use crate::model::{Artifact, HOLE, Notice};
use crate::source::read_tree;
use crate::source::template::{Part, Piece, pieces};

/// The keys that lead to a value, from the values of the whole chart.
pub(super) type Path = Vec<String>;

/// What templates ask for and nobody gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// A value, or a mapping in which others are looked for.
    pub path: Path,
    /// The values for which placeholders are put in: itself, or those in it that templates print.
    pub printed: Vec<Path>,
    /// Whether the chart gives a list where it stands.
    pub is_list: bool,
}

impl Asked {
    /// What is told of it.
    pub(super) fn told(&self) -> String {
        let key = self.path.join(".");
        match self.is_value() {
            true => format!("; what it deploys is checked with a placeholder for `{key}`"),
            false => format!("; what it deploys is checked with placeholders in `{key}`"),
        }
    }

    fn is_value(&self) -> bool {
        self.printed.contains(&self.path)
    }
}

/// A value that somebody is to give, as rules know it from templates that nothing renders.
fn placeholder() -> String {
    format!("{HOLE}_)")
}

/// The value that a template asks for where helm refuses it for want of that.
pub(super) fn asked(chart: &Chart, refusal: &Notice) -> Option<Asked> {
    // `execution error at (web/templates/a.yaml:3:4): …` is what helm makes of `required` and of `fail`.
    if !refusal.reason.contains("execution error at") {
        return None;
    }
    let said = plain(&refusal.reason);
    let templates = chart.files.iter().filter(|file| {
        (is_template(&file.path) || file.path.ends_with("NOTES.txt"))
            && (file.artifact.text.contains("required") || file.artifact.text.contains("fail "))
    });
    let mut asked: Option<(Asked, usize)> = None;
    for file in templates {
        let text = &file.artifact.text;
        let folder = &chart.unit_of(&file.path)?.folder;
        for Piece { part, define, .. } in pieces(text)? {
            let Part::Action(action) = part else { continue };
            let inner = &text[action.inner];
            let mut demands = demands(inner);
            // Named templates are stepped over: several may use them, each for values of its own.
            demands.extend(
                define
                    .is_none()
                    .then(|| named_by_failure(inner, text))
                    .flatten(),
            );
            for (message, keys) in demands {
                let is_it = said.ends_with(&message) || said.ends_with(&*mask_line(&message));
                // Of messages that end alike the longest one is it.
                let is_longer = asked
                    .as_ref()
                    .is_none_or(|(_, known)| message.len() > *known);
                if is_it && is_longer && !message.is_empty() {
                    let Some(is_list) = chart.may_be_given(folder, &keys) else {
                        continue;
                    };
                    let (_, path) = chart.paths(folder, &keys).pop()?;
                    let printed = vec![path.clone()];
                    let found = Asked {
                        path,
                        printed,
                        is_list,
                    };
                    asked = Some((found, message.len()));
                }
            }
        }
    }
    asked.map(|(asked, _)| asked)
}

impl Chart {
    /// Whether a value of one of its charts is a list, by what the chart gives itself; `None` where it is a mapping, for
    /// which no placeholder stands.
    fn may_be_given(&self, folder: &str, keys: &[String]) -> Option<bool> {
        let own = format!("{folder}values.yaml");
        let file = self.files.iter().find(|file| file.path == own);
        let tree = file.and_then(|file| read_tree(&file.artifact.text).ok()?);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let value = tree.as_ref().and_then(|tree| tree.root()?.find(&keys));
        match value {
            Some(value) if value.is_mapping() && value.entries().next().is_some() => None,
            Some(value) => Some(value.is_sequence()),
            None => Some(false),
        }
    }
}

/// Where a named template that several may use calls `fail` with what helm says: the path of its file, and the
/// bytes of the action.
pub(super) fn failed(chart: &Chart, refusal: &Notice) -> Option<(String, Range<usize>)> {
    if !refusal.reason.contains("execution error at") {
        return None;
    }
    let said = plain(&refusal.reason);
    let templates = chart.files.iter();
    let mut templates =
        templates.filter(|file| is_template(&file.path) && file.artifact.text.contains("fail "));
    templates.find_map(|file| {
        let text = &file.artifact.text;
        let found = pieces(text)?
            .into_iter()
            .find_map(|piece| match piece.part {
                Part::Action(action) if piece.define.is_some() => {
                    let message = text[action.inner.clone()].trim().strip_prefix("fail ")?;
                    (says(message.trim(), &said)).then_some(action.span)
                }
                _ => None,
            })?;
        Some((file.path.clone(), found))
    })
}

/// The message of a call of `fail`, and the first value that it names and that the template asks for.
fn named_by_failure(inner: &str, text: &str) -> Option<(String, Path)> {
    let argument = inner.trim().strip_prefix("fail ")?.trim();
    let is_text = argument.len() > 2 && argument.starts_with(['"', '`']);
    let message = is_text.then(|| written(argument))?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    let words = message.split(|letter: char| !is_part(letter));
    let names = words.map(|word| {
        let word = word.trim_matches('.');
        word.strip_prefix("Values.").unwrap_or(word)
    });
    let is_asked = |name: &&str| {
        let chain = format!(".Values.{name}");
        let mut places = text.match_indices(&chain);
        !name.is_empty() && places.any(|(at, _)| !text[at + chain.len()..].starts_with(is_part))
    };
    let path = names.clone().find(is_asked)?;
    let path = path.split('.').map(str::to_owned).collect();
    Some((message, path))
}

/// Whether a call's only argument is a text with which helm's message ends.
fn says(argument: &str, said: &str) -> bool {
    let quote = argument
        .chars()
        .next()
        .filter(|first| "\"`".contains(*first));
    let is_one =
        |quote| argument.len() > 2 && argument[1..].find(quote) == Some(argument.len() - 2);
    quote.is_some_and(is_one) && said.ends_with(&format!(": {}", written(argument)))
}

/// The messages and values of `required "…" .Values.a.b` and `.Values.a.b | required "…"` in an action.
fn demands(inner: &str) -> Vec<(String, Path)> {
    static DEMAND: OnceLock<Option<Regex>> = OnceLock::new();
    let compile = || {
        let text = r#"("(?:[^"\\]|\\.)*"|`[^`]*`)"#;
        // Cheaper to compile than all the blanks that there are.
        let blanks = r" \t\r\n";
        let value = r"\$?\.Values((?:\.[0-9A-Za-z_]+)+)";
        Regex::new(&format!(
            r"(?s)(?:^|[{blanks}(])required[{blanks}]+{text}[{blanks}]+{value}(?:[{blanks})|]|$)|(?:^|[{blanks}(]){value}[{blanks}]*\|[{blanks}]*required[{blanks}]+{text}"
        ))
        .ok()
    };
    let Some(regex) = DEMAND
        .get_or_init(compile)
        .as_ref()
        .filter(|_| inner.contains("required"))
    else {
        return Vec::new();
    };
    let demand = |found: regex::Captures<'_>| {
        let either = |one, other| found.get(one).or_else(|| found.get(other));
        let keys = either(2, 3)?.as_str().split('.').skip(1);
        let keys = keys.map(str::to_owned).collect();
        Some((written(either(1, 4)?.as_str()), keys))
    };
    regex.captures_iter(inner).filter_map(demand).collect()
}

/// What a string of a template says, in one line.
fn written(quoted: &str) -> String {
    let inner = &quoted[1..quoted.len() - 1];
    match quoted.starts_with('"') {
        true => {
            let inner = inner.replace(r"\n", " ").replace(r"\t", " ");
            plain(&inner.replace(r#"\""#, "\"").replace(r"\\", r"\"))
        }
        false => plain(inner),
    }
}

/// A text in one line with single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Values with placeholders at some paths; `None` where there are none.
pub(super) fn layer(asked: &[Asked]) -> Option<Layer> {
    let mut values = Map::new();
    for one in asked {
        if !one.is_value() {
            put_in(&mut values, &one.path, Value::Object(Map::new()));
        }
        for path in &one.printed {
            let text = Value::String(placeholder());
            let value = match one.is_list {
                true => Value::from(vec![text]),
                false => text,
            };
            put_in(&mut values, path, value);
        }
    }
    if values.is_empty() {
        return None;
    }
    let text = Value::Object(values).to_string();
    let artifact = Arc::new(Artifact::new("", "", text));
    Layer::new(&artifact, "", false).ok().flatten()
}

/// Puts in a value where none is, save a text where a mapping is needed.
fn put_in(values: &mut Map<String, Value>, path: &[String], value: Value) {
    let [key, below @ ..] = path else { return };
    if below.is_empty() {
        values.entry(key).or_insert(value);
        return;
    }
    let inner = values.entry(key).or_insert(Value::Null);
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    if let Value::Object(inner) = inner {
        put_in(inner, below, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_demands_is_read_either_way() {
        let shown = |inner: &str| -> Vec<String> {
            let demands = demands(inner).into_iter();
            demands
                .map(|(message, path)| format!("{}: {message}", path.join(".")))
                .collect()
        };
        for (inner, expected) in [
            (
                r#" required "give \"a\"" .Values.a.b | quote "#,
                "a.b: give \"a\"",
            ),
            (" .Values.a | required `give\n it` ", "a: give it"),
            (r#" $x := required "c" $.Values.c "#, "c: c"),
            (r#" toYaml (required "d" .Values.d) | nindent 4"#, "d: d"),
        ] {
            assert_eq!(shown(inner), [expected], "{inner}");
        }
        for inner in [
            r#" required "a" .name "#,
            r#" required (printf "a %s" .b) .Values.a "#,
            r#" $x.Values.a | required "a" "#,
            r#" required "a" (include "b" .) "#,
            " .Values.required ",
        ] {
            assert_eq!(shown(inner), [""; 0], "{inner}");
        }
    }

    #[test]
    fn a_failure_may_name_the_value_that_it_asks_for() {
        let text =
            "{{ if not .Values.net.cidrs }}{{ fail \"…\" }}{{ end }}{{ $.Values.image.tag }}";
        for (inner, expected) in [
            (r#" fail "net.cidrs is empty" "#, Some("net.cidrs")),
            (" fail `set .Values.net.cidrs.` ", Some("net.cidrs")),
            (r#" fail "give image.tag or net.cidrs" "#, Some("image.tag")),
            (r#" fail "image is bad" "#, None),
            (r#" fail "net.cidr is empty" "#, None),
            (r#" fail (printf "%s is empty" "net.cidrs") "#, None),
            (r#" $failed "net.cidrs" "#, None),
        ] {
            let named = named_by_failure(inner, text).map(|(_, path)| path.join("."));
            assert_eq!(named.as_deref(), expected, "{inner}");
        }
    }

    #[test]
    fn placeholders_stand_where_values_are_asked_for() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Path>();
        let value = |text: &str, is_list| Asked {
            path: path(text),
            printed: vec![path(text)],
            is_list,
        };
        let mapping = Asked {
            path: path("e.f"),
            printed: vec![path("e.f.g"), path("e.f.g.h")],
            is_list: false,
        };
        let all = [
            value("a.b", false),
            value("a.c", true),
            value("d", false),
            mapping,
        ];
        let layer = layer(&all).expect("is a mapping");
        assert_eq!(
            layer.artifact.text,
            r#"{"a":{"b":"$(__)","c":["$(__)"]},"d":"$(__)","e":{"f":{"g":{"h":"$(__)"}}}}"#
        );
        assert!(super::layer(&[]).is_none());
    }
}
