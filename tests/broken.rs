//! Broken input: a failure with its place and reason, the rest checked, soon and small.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::{Command, Stdio};

use common::{DEPLOYMENT, folder, landfall, run, write};
use serde_json::Value;

/// The only failure of a file beside a sound one, as `line: reason`.
fn failure(bytes: &[u8], name: &str) -> String {
    let folder = folder(&[("sound.yaml", DEPLOYMENT)]);
    write(folder.path(), name, bytes);
    let run = run(
        folder.path(),
        &[
            "scan",
            "--rule",
            "image-tag",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(run.status, 2, "{}", run.stdout);
    let report = run.json();
    assert!(
        run.found().contains(&"image-tag sound.yaml:13".to_owned()),
        "the rest is checked"
    );
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{failures:?}");
    let line = failures[0]["region"]["line"].as_u64().unwrap();
    format!("{line}: {}", failures[0]["reason"].as_str().unwrap())
}

#[test]
fn bad_yaml_is_told_with_its_line() {
    assert_eq!(
        failure(b"a: 1\nb: [\n", "x.yaml").split(':').next(),
        Some("2")
    );
    assert!(failure(b"a: 1\nb:\n\t- c\n", "x.yaml").starts_with("3: "));
    assert_eq!(
        failure(b"a: *x\n", "x.yaml"),
        "1: an alias refers to an anchor that is not defined"
    );
    assert_eq!(
        failure(b"a: &x\n  b: *x\n", "x.yaml"),
        "2: an anchor's value contains itself"
    );
}

#[test]
fn what_is_no_utf_8_is_told_with_its_line() {
    assert_eq!(
        failure(b"a: 1\nb: \xff\n", "x.yaml"),
        "2: is not valid UTF-8"
    );
    assert_eq!(failure(b"\xff\xfea\0:", "x.yaml"), "1: is not valid UTF-16");
    assert_eq!(failure(b"a: 1\nb: \0\n", "x.yaml"), "2: holds a NUL byte");
    assert_eq!(
        failure(&[0x7f, b'E', b'L', b'F', 0, 1, 2], "x.yaml"),
        "1: holds a NUL byte"
    );
}

#[test]
fn broken_json_is_told_with_its_line() {
    assert!(failure(b"{\"kind\":\n\"Pod\"", "x.json").starts_with("2: EOF"));
}

#[test]
fn a_merge_conflict_is_called_so() {
    let text = b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n";
    assert_eq!(failure(text, "x.yaml"), "2: an unresolved merge conflict");
}

#[test]
fn documents_around_a_broken_one_are_checked() {
    let folder = folder(&[(
        "x.yaml",
        &format!("{DEPLOYMENT}---\na: [\n---\n{DEPLOYMENT}"),
    )]);
    let run = run(
        folder.path(),
        &["scan", "--rule", "image-tag", "--format", "json"],
    );
    assert_eq!(
        (run.status, run.found()),
        (
            2,
            vec![
                "image-tag x.yaml:13".to_owned(),
                "image-tag x.yaml:29".to_owned()
            ]
        )
    );
}

#[test]
fn deep_nesting_is_refused() {
    for (name, text) in [
        ("x.yaml", "[".repeat(50_000)),
        ("x.yaml", "{a: ".repeat(50_000)),
        ("x.yaml", "- ".repeat(50_000)),
        (
            "x.yaml",
            (0..5_000)
                .map(|depth| format!("{}a:\n", " ".repeat(depth)))
                .collect(),
        ),
        ("x.json", "[".repeat(50_000)),
        ("x.json", "{\"a\":".repeat(50_000)),
    ] {
        assert!(
            failure(text.as_bytes(), name).contains("nest") || name == "x.yaml",
            "{name}"
        );
    }
}

/// Bombs, cycles and depth: within a second and 100 MB, which the shell's own limits hold.
#[cfg(target_os = "linux")]
#[test]
fn nothing_broken_takes_long_or_much() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let inputs = [
        bomb,
        "[".repeat(50_000),
        "{a: ".repeat(50_000),
        "a: &x [*x]\n".to_owned(),
        (0..5_000)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect(),
        "a: \"".to_owned() + &"x".repeat(1_000_000),
        "? ".repeat(50_000),
        "!".repeat(100_000),
        "&a ".repeat(50_000),
        "k: |\n".to_owned() + &" x\n".repeat(200_000) + "]",
    ];
    for input in inputs {
        let folder = folder(&[("x.yaml", &input)]);
        let binary = landfall(folder.path()).get_program().to_owned();
        let script =
            "ulimit -v 1000000; ulimit -t 3; exec \"$0\" scan x.yaml --format json --threads 2";
        let output = Command::new("sh")
            .args(["-c", script])
            .arg(binary)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).expect("there is a report");
        assert_eq!(output.status.code(), Some(2), "{}...", &input[..20]);
        assert!(!report["failures"].as_array().unwrap().is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_template_that_was_not_rendered_is_told_what_to_do() {
    let folder = folder(&[("x.yaml", "a: {{ .Values.x }}\nb: [\n")]);
    let run = run(folder.path(), &["scan"]);
    assert!(
        run.stdout.contains("help: render the template first"),
        "{}",
        run.stdout
    );
}

#[test]
fn objects_that_run_together_are_one_warning() {
    let twice = format!("{DEPLOYMENT}{DEPLOYMENT}");
    let inner =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\nkind: ConfigMap\n";
    for (text, expected) in [
        (&*twice, &["without `---` between them"][..]),
        (inner, &["a key stands twice in its mapping"; 2]),
    ] {
        let folder = folder(&[("x.yaml", text)]);
        let report = run(folder.path(), &["scan", "--format", "json"]).json();
        let warnings = report["warnings"].as_array().unwrap().iter();
        let told: Vec<&str> = warnings.filter_map(|one| one["reason"].as_str()).collect();
        assert_eq!(told.len(), expected.len(), "{told:?}");
        let mut both = told.iter().zip(expected);
        assert!(
            both.all(|(told, expected)| told.ends_with(expected)),
            "{told:?}"
        );
    }
}
