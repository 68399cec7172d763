//! Kustomizations of which a part lies elsewhere, as a user has them: what can be built of the rest all the same, and
//! what is told. Built by the real `kustomize`, or by `kubectl` where that alone is there:
//! `go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.0`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{folder, landfall, path_with_helm};
use serde_json::Value;

fn scan(folder: &Path, rule: &str) -> Value {
    let run: common::Run = landfall(folder)
        .env("PATH", path_with_helm())
        .args(["scan", "--rule", rule, "--format", "json"])
        .output()
        .expect("the binary runs")
        .into();
    assert_eq!(run.status, 2, "{}", run.stdout);
    run.json()
}

/// `path:line reason` of each failure or warning.
fn notices(report: &Value, kind: &str) -> Vec<String> {
    let notices = report[kind].as_array().unwrap().iter();
    let told = |one: &Value| {
        let (path, line) = (one["path"].as_str().unwrap(), &one["region"]["line"]);
        format!("{path}:{line} {}", one["reason"].as_str().unwrap())
    };
    notices.map(told).collect()
}

fn failures(report: &Value) -> Vec<String> {
    notices(report, "failures")
}

/// `path:line`, and the namespace, of each finding, all of which are exact.
fn findings(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let told = |one: &Value| {
        let place = &one["location"];
        assert_eq!(place["approximate"], false, "{one:#}");
        let namespace = one["resource"]["namespace"].as_str().unwrap_or_default();
        format!(
            "{}:{} {namespace}",
            place["path"].as_str().unwrap(),
            place["line"]
        )
    };
    findings.map(told).collect()
}

fn pod(name: &str, image: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n    - name: a\n      image: {image}\n"
    )
}

const ELSEWHERE: &str = "refers to what lies elsewhere, and nothing is fetched";

#[test]
fn what_does_not_lie_elsewhere_is_built() {
    let overlay = "\
resources:
  - https://example.com/shop/release.yaml
  - web.yaml
  # The version that was tried.
  - github.com/example/shop//base?ref=v1
namespace: prod
patches:
  - path: far.yaml
  - path: near.yaml
  - path: last.yaml
";
    let own = [pod("web", "nginx:latest"), pod("far", "redis:latest")];
    let near = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: b, image: envoy}\n";
    let folder = folder(&[
        ("prod/kustomization.yaml", overlay),
        ("prod/web.yaml", &own[0]),
        ("prod/far.yaml", &own[1]),
        ("prod/near.yaml", near),
        ("prod/last.yaml", &pod("gone", "busybox:latest")),
    ]);
    let report = scan(folder.path(), "image-tag");
    let dropped = |name| {
        format!(
            "a patch is for `Pod {name}`, which is not among what is built here: it is checked as it stands"
        )
    };
    assert_eq!(
        failures(&report),
        [
            format!("prod/kustomization.yaml:2 {ELSEWHERE}; all else is built"),
            format!("prod/kustomization.yaml:5 {ELSEWHERE}; all else is built"),
        ]
    );
    assert_eq!(
        notices(&report, "warnings"),
        [
            format!("prod/kustomization.yaml:8 {}", dropped("far")),
            format!("prod/kustomization.yaml:10 {}", dropped("gone")),
        ]
    );
    assert_eq!(
        findings(&report),
        [
            "prod/far.yaml:7 ",
            "prod/last.yaml:7 ",
            "prod/near.yaml:6 prod",
            "prod/web.yaml:7 prod",
        ],
        "{report:#}"
    );
}

#[test]
fn a_fault_of_a_base_is_told_once_for_all_that_are_built_of_the_rest() {
    let base =
        "resources: [gone.yaml, ../web, 'https://example.com/a.yaml']\ncomponents:\n- gone\n";
    let folder = folder(&[
        ("base/kustomization.yaml", base),
        ("web/kustomization.yaml", "resources: [web.yaml]\n"),
        ("web/web.yaml", &pod("web", "nginx")),
        (
            "dev/kustomization.yaml",
            "resources: [../base]\nnamespace: dev\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nnamespace: prod\n",
        ),
    ]);
    let report = scan(folder.path(), "image-tag");
    assert_eq!(
        failures(&report),
        [
            "base/kustomization.yaml:1 refers to `gone.yaml`, which is not there; all else is built",
            &format!("base/kustomization.yaml:1 {ELSEWHERE}; all else is built"),
            "base/kustomization.yaml:3 refers to `gone`, which is not there; all else is built",
        ]
    );
    assert_eq!(findings(&report), ["web/web.yaml:7 dev"], "{report:#}");
    assert_eq!(
        report["findings"][0]["rendered"]["renderings"],
        serde_json::json!(["dev", "prod"]),
        "{report:#}"
    );
}

#[test]
fn a_patch_that_stands_in_what_cannot_be_built_whole_is_checked_there() {
    let target = "target: {kind: Deployment, name: far}";
    for patch in [
        format!("- {target}\n  patch: '[{{op: replace, path: /spec/image, value: \"redis:latest\"}}]'\n"),
        "- patch: |-\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: far}\n    spec: {containers: [{name: a, image: 'redis:latest'}]}\n".to_owned(),
    ] {
        let folder = folder(&[
            (
                "kustomization.yaml",
                &format!("resources:\n- https://example.com/a.yaml\n- web.yaml\nnamespace: prod\npatches:\n{patch}"),
            ),
            ("web.yaml", &pod("web", "nginx")),
        ]);
        let report = scan(folder.path(), "image-tag");
        assert_eq!(
            failures(&report),
            [format!("kustomization.yaml:2 cannot be built: {ELSEWHERE}")],
            "{patch}"
        );
        let found = findings(&report);
        assert_eq!(found.len(), 2, "{patch}{report:#}");
        assert!(found.contains(&"web.yaml:7 ".to_owned()), "{found:?}");
    }
}

#[test]
fn a_file_of_a_patch_whose_target_lies_elsewhere_is_checked_as_it_stands() {
    let folder = folder(&[
        (
            "kustomization.yaml",
            "resources: [https://example.com/a.yaml, web.yaml]\nnamePrefix: a-\npatches:\n- {path: far.yaml, target: {kind: Pod, name: far}}\n- {path: near.yaml, target: {kind: Pod, name: web}}\n",
        ),
        ("web.yaml", &pod("web", "nginx:1.27")),
        (
            "near.yaml",
            "- op: replace\n  path: /spec/containers/0/image\n  value: nginx:latest\n",
        ),
        (
            "far.yaml",
            "- op: replace\n  path: /spec/containers/0/image\n  value: redis:latest\n",
        ),
    ]);
    let report = scan(folder.path(), "image-tag");
    assert_eq!(
        failures(&report),
        [format!(
            "kustomization.yaml:1 {ELSEWHERE}; all else is built"
        )]
    );
    assert_eq!(
        notices(&report, "warnings"),
        [
            "kustomization.yaml:4 a patch is for `Pod far`, which is not among what is built here: it is checked as it stands"
        ]
    );
    let found = findings(&report);
    let at = |place: &str| found.iter().filter(|one| one.starts_with(place)).count();
    assert_eq!(
        (at("near.yaml:3"), at("far.yaml:3"), found.len()),
        (1, 1, 2),
        "{report:#}"
    );
}

#[test]
fn images_of_what_lies_elsewhere_are_told_where_they_get_their_tags() {
    let kustomization = "\
resources: [https://example.com/a.yaml, web.yaml]
images:
  - {name: quay.io/shop/far, newTag: latest}
  - {name: quay.io/shop/other, newName: quay.io/shop/new, newTag: latest}
  - {name: nginx, newTag: latest}
  - {name: slot, newTag: latest}
";
    let folder = folder(&[
        ("kustomization.yaml", kustomization),
        ("web.yaml", &pod("web", "nginx:1.27")),
    ]);
    let report = scan(folder.path(), "image-tag");
    let lines: Vec<String> = findings(&report);
    assert_eq!(
        lines.iter().map(|one| one.trim_end()).collect::<Vec<_>>(),
        ["kustomization.yaml:3", "kustomization.yaml:4", "web.yaml:7"],
        "{report:#}"
    );
}

#[test]
fn a_chart_that_is_not_there_keeps_from_nothing_else_unless_its_values_stand_here() {
    let chart = |more: &str| {
        let kustomization = format!(
            "resources: [web.yaml]\nnamespace: prod\nhelmCharts:\n- name: redis\n  repo: https://example.com\n{more}"
        );
        let folder = folder(&[
            ("kustomization.yaml", kustomization.as_str()),
            ("web.yaml", &pod("web", "nginx")),
        ]);
        scan(folder.path(), "image-tag")
    };
    let reason = "the chart `redis` does not lie in `charts`, and nothing is fetched";
    let report = chart("  version: 1.0.0\n");
    assert_eq!(
        failures(&report),
        [format!("kustomization.yaml:4 {reason}; all else is built")]
    );
    assert_eq!(findings(&report), ["web.yaml:7 prod"]);
    let report = chart("  valuesInline: {image: {repository: shop/redis, tag: latest}}\n");
    assert_eq!(
        failures(&report),
        [format!("kustomization.yaml:4 cannot be built: {reason}")]
    );
}
