//! What GitHub and GitLab rely on in SARIF, on the fixtures and on broken input. That the output
//! fits the schema is shown by the validator in `.ci/sarif`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{DEPLOYMENT, folder, root, run};
use serde_json::Value;

fn sarif(folder: &std::path::Path, arguments: &[&str]) -> Value {
    let run = run(
        folder,
        &[&["scan", "--format", "sarif"][..], arguments].concat(),
    );
    let log: Value = serde_json::from_str(&run.stdout).expect("is JSON");
    log["runs"][0].clone()
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().expect("there are results")
}

/// The text between two places of a file, columns counted in UTF-16 code units.
fn text_at(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let units: Vec<Vec<u16>> = text
        .split('\n')
        .map(|line| line.encode_utf16().collect())
        .collect();
    let (first, last) = (number("startLine") - 1, number("endLine") - 1);
    let shown = |(line, units): (usize, &Vec<u16>)| {
        let from = if line == first {
            number("startColumn") - 1
        } else {
            0
        };
        let to = if line == last {
            number("endColumn") - 1
        } else {
            units.len()
        };
        String::from_utf16(&units[from..to]).unwrap()
    };
    let lines = units.iter().enumerate().take(last + 1).skip(first);
    lines.map(shown).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_region_holds_what_its_snippet_says() {
    let run = sarif(&root(), &["fixtures", "policies"]);
    let mut compared = 0;
    for result in results(&run) {
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        let text = fs::read_to_string(root().join(uri)).expect("uris lead to the files");
        let snippet = location["region"]["snippet"]["text"].as_str().unwrap();
        let found = text_at(&text, &location["region"]);
        let is_masked = snippet.contains('*');
        assert!(
            found == snippet || is_masked,
            "{uri}: {found:?} is not {snippet:?}"
        );
        assert!(!found.is_empty(), "{uri}: an empty region");
        compared += usize::from(!is_masked);
    }
    assert!(compared > 80, "only {compared} regions compared");
}

#[test]
fn uris_are_relative_and_rules_described() {
    let run = sarif(&root(), &["fixtures"]);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.len() >= 9, "every rule that ran is described");
    for result in results(&run) {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap();
        assert!(
            !uri.starts_with(['/', '.']) && !uri.contains([' ', '\\', ':']),
            "{uri}"
        );
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_eq!(run["columnKind"], "utf16CodeUnits");
}

#[test]
fn no_two_findings_share_a_fingerprint() {
    let run = sarif(&root(), &["fixtures", "policies"]);
    let fingerprint = |result: &Value| {
        result["partialFingerprints"]["landfall/v1"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let unique: BTreeSet<String> = results(&run).iter().map(fingerprint).collect();
    assert_eq!(unique.len(), results(&run).len());
}

#[test]
fn fingerprints_survive_lines_tags_and_folders() {
    let before = folder(&[("web.yaml", DEPLOYMENT)]);
    let moved = DEPLOYMENT
        .replace("spec:\n  selector", "# moved\n\nspec:\n  selector")
        .replace("latest", "latest ");
    let after = folder(&[("other/name.yaml", &moved.replace("nginx:latest ", "nginx"))]);
    let fingerprints = |folder: &std::path::Path| -> Vec<String> {
        let run = sarif(folder, &["--rule", "image-tag"]);
        let of = |result: &Value| {
            result["partialFingerprints"]["landfall/v1"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        results(&run).iter().map(of).collect()
    };
    assert_eq!(fingerprints(before.path()), fingerprints(after.path()));
    assert_eq!(fingerprints(before.path()).len(), 1);
}

#[test]
fn failures_are_notifications_of_an_unsuccessful_run() {
    let folder = folder(&[("broken.yaml", "a: [\n"), ("ä b.yaml", DEPLOYMENT)]);
    let run = sarif(folder.path(), &[]);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["level"], "error");
    let place = &notification["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "broken.yaml");
    assert!(place["region"]["startLine"].as_u64().is_some());
    let uri = &results(&run)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "%C3%A4%20b.yaml");
}
