//! Charts that lack something, as a user has them: what can be checked of them all the same, and what is told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{folder, landfall, path_with_helm};
use serde_json::Value;

fn scan(folder: &Path) -> Value {
    let run: common::Run = landfall(folder)
        .env("PATH", path_with_helm())
        .args(["scan", "--rule", "image-tag", "--format", "json"])
        .output()
        .expect("the binary runs")
        .into();
    assert!(!run.stdout.contains("$(_"), "{}", run.stdout);
    run.json()
}

/// `path reason` of each failure.
fn failures(report: &Value) -> Vec<String> {
    let failures = report["failures"].as_array().unwrap().iter();
    let told = |one: &Value| {
        let reason = one["reason"].as_str().unwrap();
        format!("{} {reason}", one["path"].as_str().unwrap())
    };
    failures.map(told).collect()
}

/// `path:line` of each finding.
fn findings(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let told = |one: &Value| {
        let place = &one["location"];
        let path = place["path"].as_str().unwrap();
        format!("{path}:{}", place["line"])
    };
    findings.map(told).collect()
}

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const LIBRARY: &str = "apiVersion: v2\nname: common\nversion: 0.2.3\ntype: library\n";
const NAME: &str = "{{- define \"common.name\" }}{{ .Release.Name }}{{ end }}\n";

/// A pod with an image that is found, and more lines.
fn pod(name: &str, more: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n    - name: a\n      image: nginx:latest\n{more}"
    )
}

#[test]
fn mappings_that_nobody_gave_are_told_once_and_what_templates_print_of_them_has_placeholders() {
    let one = pod(
        "one",
        "      args: [{{ .Values.db.host }}, {{ .Values.db.port | quote }}, {{ .Values.mail.host }}]\n    - name: b\n      image: {{ .Values.db.image }}:{{ .Values.db.tag | default \"latest\" }}\n",
    );
    let two = format!(
        "{{{{- if .Values.db.enabled }}}}\n{}{{{{- end }}}}\n",
        pod("two", "")
    );
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/values.yaml", "name: a\n"),
        ("web/templates/one.yaml", &one),
        ("web/templates/two.yaml", &two),
    ]);
    let report = scan(folder.path());
    let told = failures(&report);
    assert_eq!(told.len(), 2, "{told:#?}");
    // Helm reads the last template first.
    for (told, key) in told.iter().zip(["mail", "db"]) {
        let end = format!("what it deploys is checked with placeholders in `{key}` (in: default)");
        assert!(told.ends_with(&end), "{told}");
    }
    let found = findings(&report);
    assert!(
        found.contains(&"web/templates/one.yaml:7".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_library_beside_a_chart_that_asks_for_its_version_is_that_library() {
    let with = |library: &str, asked: &str| {
        let about = format!(
            "{CHART}dependencies:\n  - name: common\n    version: {asked}\n    repository: https://charts.example.com\n"
        );
        let one = pod("{{ include \"common.name\" . }}", "");
        let folder = folder(&[
            ("charts/web/Chart.yaml", &about),
            ("charts/web/templates/one.yaml", &one),
            ("charts/common/Chart.yaml", library),
            ("charts/common/templates/_name.tpl", NAME),
        ]);
        let report = scan(folder.path());
        (failures(&report), findings(&report))
    };
    for asked in ["0.2.3", "~0.2.0", "0.x.x", "^0.2.1"] {
        let (told, found) = with(LIBRARY, asked);
        assert!(told.is_empty(), "{asked} {told:?}");
        assert_eq!(found, ["charts/web/templates/one.yaml:7"], "{asked}");
    }
    let application = LIBRARY.replace("type: library\n", "");
    let other = LIBRARY.replace("name: common", "name: other");
    for (library, asked) in [
        (LIBRARY, "2.x.x"),
        (&*application, "0.2.3"),
        (&*other, "0.2.3"),
    ] {
        let (told, _) = with(library, asked);
        assert_eq!(told.len(), 1, "{library} {asked} {told:?}");
        assert!(told[0].contains("missing in charts/ directory: common"));
    }
}

#[test]
fn values_that_an_application_takes_from_elsewhere_are_not_looked_for_on_disk() {
    let application = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  source:
    repoURL: https://git.example.com/shop
    path: web
    helm:
      ignoreMissingValueFiles: true
      valueFiles: ['https://me:hunter2@example.com/values/dev.yaml?token=hunter2', live.yaml]
";
    let one = pod("one", "").replace("nginx:latest", "{{ .Values.image }}:latest");
    let folder = folder(&[
        ("app.yaml", application),
        ("web/Chart.yaml", CHART),
        ("web/values.yaml", "image: nginx\n"),
        ("web/live.yaml", "image: caddy\n"),
        ("web/templates/one.yaml", &one),
    ]);
    let report = scan(folder.path());
    assert_eq!(
        failures(&report),
        [
            "web is rendered without the values of `https://example.com/values/dev.yaml`, which lies elsewhere, and nothing is fetched (in: Application argocd/web)"
        ]
    );
    assert!(!report.to_string().contains("hunter2"));
    assert!(report.to_string().contains("caddy:latest"));
}

#[test]
fn a_chart_in_the_scanned_folder_has_the_name_of_its_file() {
    let about = format!(
        "{CHART}dependencies: [{{name: db, version: 1.0.0, repository: 'https://charts.example.com'}}]\n"
    );
    let folder = folder(&[
        ("Chart.yaml", &about),
        ("templates/one.yaml", &pod("one", "")),
    ]);
    let told = failures(&scan(folder.path()));
    assert!(!told.is_empty());
    assert!(
        told.iter().all(|one| one.starts_with("Chart.yaml ")),
        "{told:?}"
    );
}
