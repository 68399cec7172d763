//! The register machine against the interpreter, which is the reference: the same findings on
//! every example, every fixture, and on mutations of them (fields dropped, retyped, swapped);
//! also on a folder that `LANDFALL_CORPUS` names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use landfall::output::json;
use landfall::policy::{Bundle, Evaluator, Selection};
use landfall::scan::{Options, inputs, scan};
use landfall::source::{Request, Sources, read, read_bytes};
use serde_json::{Value, json};

fn folders() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    vec![root.join("policies"), root.join("fixtures")]
}

fn sources(folder: &Path) -> Sources {
    read(&Request {
        paths: vec![folder.to_path_buf()],
        honour_ignore_files: false,
        reads_templates: false,
    })
}

/// Findings and failures as JSON, without what differs by design: nothing.
fn report(sources: Sources, bundle: &Bundle, evaluator: Evaluator) -> String {
    let options = Options {
        evaluator,
        selection: Selection {
            with_optional: true,
            ..Selection::default()
        },
        ..Options::default()
    };
    let report = scan(sources, bundle, &options, &|| ()).expect("scans");
    let mut out = Vec::new();
    json::write(&report, &mut out).expect("writes");
    String::from_utf8(out).expect("is UTF-8")
}

fn assert_agree(make: impl Fn() -> Sources, bundle: &Bundle, what: &str) {
    let machine = report(make(), bundle, Evaluator::Machine);
    let interpreter = report(make(), bundle, Evaluator::Interpreter);
    if machine != interpreter {
        let only = |left: &str, right: &str| {
            let own = left.lines().filter(|line| !right.contains(*line));
            own.take(8).collect::<Vec<_>>().join("\n")
        };
        panic!(
            "on {what}\nonly the machine:\n{}\nonly the interpreter:\n{}",
            only(&machine, &interpreter),
            only(&interpreter, &machine)
        );
    }
}

#[test]
fn both_engines_agree_on_examples_and_fixtures() {
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    let mut findings = 0;
    for folder in folders() {
        assert_agree(|| sources(&folder), &bundle, &folder.display().to_string());
        findings += report(sources(&folder), &bundle, Evaluator::Machine)
            .matches("\"fingerprint\"")
            .count();
    }
    assert!(findings > 100, "only {findings} findings to compare");
}

#[test]
fn both_engines_agree_on_a_corpus() {
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    if let Some(corpus) = std::env::var_os("LANDFALL_CORPUS") {
        assert_agree(|| sources(&PathBuf::from(&corpus)), &bundle, "corpus");
    }
}

/// Every way of dropping, retyping or swapping one value of an object.
fn mutations(object: &Value) -> Vec<Value> {
    let mut pointers = Vec::new();
    collect_pointers(object, String::new(), &mut pointers);
    let replacements = [
        Value::Null,
        json!(7),
        json!("x"),
        json!(["x"]),
        json!({"x": 1}),
    ];
    let mut mutated = Vec::new();
    for (number, pointer) in pointers.iter().enumerate() {
        for replacement in &replacements {
            let mut copy = object.clone();
            *copy.pointer_mut(pointer).unwrap() = replacement.clone();
            mutated.push(copy);
        }
        mutated.push(without(object, pointer));
        let other = &pointers[(number * 7 + 3) % pointers.len()];
        let mut copy = object.clone();
        let (left, right) = (
            object.pointer(pointer).unwrap(),
            object.pointer(other).unwrap(),
        );
        if !pointer.starts_with(other.as_str()) && !other.starts_with(pointer.as_str()) {
            *copy.pointer_mut(pointer).unwrap() = right.clone();
            *copy.pointer_mut(other).unwrap() = left.clone();
            mutated.push(copy);
        }
    }
    mutated
}

fn collect_pointers(value: &Value, pointer: String, found: &mut Vec<String>) {
    if !pointer.is_empty() && pointer != "/apiVersion" && pointer != "/kind" {
        found.push(pointer.clone());
    }
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect_pointers(value, format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect_pointers(value, format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn without(object: &Value, pointer: &str) -> Value {
    let mut copy = object.clone();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/").replace("~0", "~");
    match copy.pointer_mut(parent).unwrap() {
        Value::Object(entries) => drop(entries.remove(&last)),
        Value::Array(items) => drop(items.remove(last.parse().unwrap())),
        _ => unreachable!("only objects and arrays have children"),
    }
    copy
}

/// So many mutations of a folder are compared, evenly spread; `LANDFALL_MUTATIONS` names another number.
fn most_mutations() -> usize {
    let asked = std::env::var("LANDFALL_MUTATIONS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(800)
}

#[test]
fn both_engines_agree_on_mutations() {
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    for folder in folders() {
        let inputs = inputs(&sources(&folder), &bundle, &Options::default());
        let mut all = Vec::new();
        for input in inputs.expect("has inputs") {
            let mut object: Value = serde_json::from_str(&input).unwrap();
            object.as_object_mut().unwrap().remove("landfall");
            all.extend(mutations(&object));
        }
        // A stream of JSON objects is read as so many documents.
        let chosen = all.iter().step_by(all.len() / most_mutations() + 1);
        let text: String = chosen.clone().map(|one| format!("{one}\n")).collect();
        let mutated = chosen.count();
        let what = format!("mutations of {}", folder.display());
        let make = || read_bytes("mutations.json", text.clone().into_bytes());
        assert!(make().failures.is_empty(), "a mutation was not read");
        assert_agree(make, &bundle, &what);
        assert!(mutated > 500, "only {mutated} {what}");
    }
}
