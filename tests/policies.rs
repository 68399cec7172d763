//! Rules on their examples, through the binary: every marked line is found, nothing else is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::{landfall, marks, root, run};

/// The folders of all bundled rules, with the rule's id.
fn rules() -> Vec<(String, PathBuf)> {
    let families = fs::read_dir(root().join("policies/rules")).expect("there are rules");
    let folders =
        families.flat_map(|family| fs::read_dir(family.unwrap().path()).expect("is a folder"));
    let mut rules: Vec<(String, PathBuf)> = folders
        .map(|folder| {
            let path = folder.unwrap().path();
            (
                path.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .replace('_', "-"),
                path,
            )
        })
        .collect();
    rules.sort();
    rules
}

/// `bad.yaml`, or everything in `bad/`; the marks of JSON stand in a file beside it.
fn examples(folder: &Path, name: &str) -> Vec<PathBuf> {
    let single = folder.join(format!("{name}.yaml"));
    if single.is_file() {
        return vec![single];
    }
    let files = fs::read_dir(folder.join(name)).expect("there is an example");
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| {
        file.extension()
            .is_none_or(|extension| extension != "expect")
    });
    files.sort();
    files
}

fn found(rule: &str, file: &Path) -> BTreeSet<String> {
    let folder = file.parent().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let run = run(
        folder,
        &[
            "scan",
            name,
            "--rule",
            rule,
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(
        run.status,
        0,
        "{}: {}{}",
        file.display(),
        run.stdout,
        run.stderr
    );
    run.found().into_iter().collect()
}

#[test]
fn bad_examples_are_found_on_their_marked_lines() {
    let mut wrong = Vec::new();
    for (rule, folder) in rules() {
        let mut marked = 0;
        for file in examples(&folder, "bad") {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let (expected, found) = (marks(&file, &name), found(&rule, &file));
            marked += expected.len();
            wrong.extend(
                expected
                    .difference(&found)
                    .map(|mark| format!("missed in {rule}: {mark}")),
            );
            wrong.extend(
                found
                    .difference(&expected)
                    .map(|mark| format!("false in {rule}: {mark}")),
            );
        }
        assert!(marked > 0, "{rule} marks nothing");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_examples_are_left_alone() {
    let mut wrong = Vec::new();
    for (rule, folder) in rules() {
        for file in examples(&folder, "good") {
            wrong.extend(
                found(&rule, &file)
                    .into_iter()
                    .map(|found| format!("{rule}: {found}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_bundled_rule_has_a_test_that_passes() {
    let run = run(&root(), &["test", "policies"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for (rule, folder) in rules() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let tests =
            fs::read_to_string(folder.join(format!("{name}_test.rego"))).unwrap_or_default();
        assert!(
            tests.contains("\ntest_denies_"),
            "{rule} has no test of what it denies"
        );
        assert!(
            tests.contains("\ntest_allows_"),
            "{rule} has no test of what it allows"
        );
    }
}

#[test]
fn a_failing_policy_test_is_told() {
    let module =
        "package mine_test\n\ntest_denies_nothing if 1 == 2\n\ntest_allows_all if 1 == 1\n";
    let folder = common::folder(&[("mine_test.rego", module)]);
    let run = run(folder.path(), &["test"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("FAIL mine_test.test_denies_nothing"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("1 passed, 1 failed"), "{}", run.stdout);
}

#[test]
fn the_binary_needs_no_configuration() {
    let output = landfall(&root()).arg("rules").output().expect("runs");
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().lines().count(),
        rules().len()
    );
}
