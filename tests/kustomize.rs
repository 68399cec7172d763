//! Kustomizations, built by the real `kustomize`, or by `kubectl` where that alone is there, and
//! their charts by the real helm.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Run, folder, landfall, path_with_helm};
use serde_json::Value;
use tempfile::TempDir;

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: nginx:1.27
          env:
            - name: DB_PASSWORD
              value: Zx81hunter-base
        - name: proxy
          image: envoyproxy/envoy
";

const BASE: &str = "\
resources:
  - deployment.yaml
configMapGenerator:
  - name: settings
    files: [app.properties]
    literals:
      - CACHE_HOST=shop.redis.cache.windows.net
";

const PROPERTIES: &str = "\
name=shop
queue=shop.servicebus.windows.net
";

const PROD: &str = "\
namespace: shop
namePrefix: prod-
resources:
  - ../../base
components:
  - ../../components/sidecar
images:
  - name: nginx
    newTag: latest
patches:
  - path: patch.yaml
  - target: {kind: Deployment}
    patch: |-
      - op: add
        path: /spec/template/spec/containers/-
        value:
          name: debug
          image: busybox
";

const PATCH: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - name: VAULT
              value: https://shop.vault.azure.net
";

const SIDECAR: &str = "\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: any}
      spec:
        template:
          spec:
            containers:
              - name: logs
                image: fluent/fluent-bit
";

fn shop() -> TempDir {
    folder(&[
        ("base/deployment.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", BASE),
        ("base/app.properties", PROPERTIES),
        ("components/sidecar/kustomization.yaml", SIDECAR),
        ("overlays/prod/kustomization.yaml", PROD),
        ("overlays/prod/patch.yaml", PATCH),
        (
            "overlays/dev/kustomization.yaml",
            "namespace: dev\nresources: [../../base]\n",
        ),
    ])
}

fn scan(folder: &Path, arguments: &[&str]) -> Run {
    let mut all = vec!["scan", "--format", "json"];
    all.extend_from_slice(arguments);
    run(folder, &all)
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = landfall(folder);
    command.env("PATH", path_with_tools()).args(arguments);
    command.output().expect("the binary runs").into()
}

/// The folders of helm and of a program that builds kustomizations.
fn path_with_tools() -> String {
    let path = path_with_helm();
    let has = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(
        has("kustomize") || has("kubectl"),
        "these tests need kustomize or kubectl: \
         go install sigs.k8s.io/kustomize/kustomize/v5@v5.8.0"
    );
    path
}

/// `rule path:line` of a finding that stands where `needle` does.
fn at(rule: &str, path: &str, text: &str, needle: &str) -> String {
    let line = text.lines().position(|line| line.contains(needle));
    format!("{rule} {path}:{}", line.expect("the text holds it") + 1)
}

fn finding<'a>(report: &'a Value, rule: &str, path: &str) -> &'a Value {
    let findings = report["findings"].as_array().expect("a list").iter();
    let mut own =
        findings.filter(|found| found["rule"] == rule && found["location"]["path"] == path);
    own.next()
        .unwrap_or_else(|| panic!("no {rule} in {path}: {report:#}"))
}

#[test]
fn findings_stand_where_they_can_be_mended() {
    let folder = shop();
    let run = scan(folder.path(), &["."]);
    let found = run.found();
    let prod = "overlays/prod/kustomization.yaml";
    let expected = [
        at(
            "hardcoded-password",
            "base/deployment.yaml",
            DEPLOYMENT,
            "Zx81hunter",
        ),
        at(
            "image-tag",
            "base/deployment.yaml",
            DEPLOYMENT,
            "envoyproxy/envoy",
        ),
        at("image-tag", prod, PROD, "image: busybox"),
        at(
            "image-tag",
            "components/sidecar/kustomization.yaml",
            SIDECAR,
            "fluent-bit",
        ),
        at(
            "azure-endpoint",
            "overlays/prod/patch.yaml",
            PATCH,
            "vault.azure.net",
        ),
        at(
            "azure-endpoint",
            "base/app.properties",
            PROPERTIES,
            "servicebus",
        ),
        at(
            "azure-endpoint",
            "base/kustomization.yaml",
            BASE,
            "redis.cache",
        ),
    ];
    for expected in expected {
        let count = found.iter().filter(|found| **found == expected).count();
        assert_eq!(count, 1, "{expected} among {found:#?}");
    }
}

#[test]
fn a_setting_that_gave_a_part_of_a_value_is_told() {
    let folder = shop();
    let run = scan(folder.path(), &["overlays/prod", "--rule", "image-tag"]);
    let report = run.json();
    let found = finding(&report, "image-tag", "base/deployment.yaml");
    let supplied = &found["rendered"]["supplied"][0];
    assert_eq!(supplied["key"], "images[0].newTag");
    assert_eq!(
        supplied["location"]["path"],
        "overlays/prod/kustomization.yaml"
    );
    assert_eq!(supplied["location"]["line"], 9);
}

#[test]
fn what_overlays_share_is_found_once_and_names_them() {
    let folder = shop();
    let run = scan(folder.path(), &[".", "--rule", "hardcoded-password"]);
    let report = run.json();
    let found = finding(&report, "hardcoded-password", "base/deployment.yaml");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 1);
    let names = &found["rendered"]["renderings"];
    assert_eq!(*names, serde_json::json!(["overlays/dev", "overlays/prod"]));
    assert_eq!(found["location"]["approximate"], false);
    assert_eq!(report["summary"]["resources"]["objects"], 4);
    assert_eq!(
        report["summary"]["kustomizationsNotBuilt"],
        serde_json::json!([])
    );
}

#[test]
fn a_credential_that_overlays_share_with_production_is_told_once() {
    let map =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {DB_PASSWORD: hQ7tr99xKq}\n";
    let overlay = |namespace: &str| format!("namespace: {namespace}\nresources: [../../base]\n");
    let files = [
        (
            "base/kustomization.yaml",
            "resources: [map.yaml]\n".to_owned(),
        ),
        ("base/map.yaml", map.to_owned()),
        ("overlays/dev/kustomization.yaml", overlay("shop-dev")),
        (
            "overlays/staging/kustomization.yaml",
            overlay("shop-staging"),
        ),
        ("overlays/prod/kustomization.yaml", overlay("shop-prod")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let folder = folder(&files);
    let report = scan(folder.path(), &[".", "--rule", "shared-credential"]).json();
    let found = report["findings"].as_array().expect("a list");
    assert_eq!(found.len(), 1, "{found:#?}");
    let message = found[0]["message"].as_str().expect("a text");
    assert!(
        message.starts_with("development, staging and production have the same credential"),
        "{message}"
    );
    assert_eq!(found[0]["related"], serde_json::json!([]));
    let names = &found[0]["rendered"]["renderings"];
    assert_eq!(
        *names,
        serde_json::json!(["overlays/dev", "overlays/staging"])
    );
}

#[test]
fn where_an_image_comes_from_is_told_once_whichever_version_overlays_give_it() {
    let overlay = |tag: &str| {
        format!("resources: [../base]\nimages: [{{name: quay.io/a/b, newTag: {tag}}}]\n")
    };
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: quay.io/a/b}]}\n";
    let folder = folder(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", pod),
        ("dev/kustomization.yaml", &overlay("latest")),
        ("prod/kustomization.yaml", &overlay("v1")),
        ("next/kustomization.yaml", &overlay("latest")),
    ]);
    let of = |rule: &str| {
        let report = scan(folder.path(), &[".", "--rule", rule]).json();
        report["findings"].as_array().expect("a list").len()
    };
    assert_eq!(of("image-registry"), 1);
    // Each overlay has a line of its own to mend.
    assert_eq!(of("image-tag"), 2);
}

#[test]
fn what_families_of_overlays_share_is_found_once() {
    let own = "resources: [../../shared]\n";
    let overlay = "namePrefix: x-\nresources: [../base]\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}\n";
    let folder = folder(&[
        ("shared/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("shared/pod.yaml", pod),
        ("one/base/kustomization.yaml", own),
        ("one/dev/kustomization.yaml", overlay),
        ("one/prod/kustomization.yaml", overlay),
        ("two/base/kustomization.yaml", own),
        ("two/dev/kustomization.yaml", overlay),
        ("two/prod/kustomization.yaml", overlay),
    ]);
    let report = scan(folder.path(), &[".", "--rule", "image-tag"]).json();
    let found = finding(&report, "image-tag", "shared/pod.yaml");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 1);
    assert_eq!(
        found["rendered"]["renderings"],
        serde_json::json!(["one/dev", "one/prod", "two/dev", "two/prod"])
    );
}

#[test]
fn a_name_is_told_where_it_is_written_without_its_prefix() {
    let folder = shop();
    let run = scan(
        folder.path(),
        &["overlays/prod", "--rule", "network-policy-missing"],
    );
    assert_eq!(
        run.found(),
        [at(
            "network-policy-missing",
            "base/deployment.yaml",
            DEPLOYMENT,
            "name: web"
        )]
    );
}

#[test]
fn a_named_base_leads_to_the_overlays_that_use_it() {
    let folder = shop();
    std::fs::create_dir(folder.path().join(".git")).expect("is made");
    let renderings = |within: &str, arguments: &[&str]| -> Vec<String> {
        let report = scan(&folder.path().join(within), arguments).json();
        let renderings = report["summary"]["renderings"].as_array().expect("a list");
        let name = |rendering: &Value| rendering["name"].as_str().expect("a name").to_owned();
        renderings.iter().map(name).collect()
    };
    let both = ["overlays/dev", "overlays/prod"];
    assert_eq!(renderings(".", &["base/deployment.yaml"]), both);
    assert_eq!(renderings(".", &["base/kustomization.yaml"]), both);
    assert_eq!(
        renderings(".", &["overlays/prod/patch.yaml"]),
        ["overlays/prod"]
    );
    assert_eq!(
        renderings(".", &["components/sidecar/kustomization.yaml"]),
        ["overlays/prod"]
    );
    assert_eq!(
        renderings("base", &["deployment.yaml"]),
        ["../overlays/dev", "../overlays/prod"]
    );
}

#[test]
fn what_cannot_be_built_is_told_with_its_place_and_checked_as_it_is() {
    let folder = folder(&[
        (
            "remote/kustomization.yaml",
            "resources:\n  - https://example.com/a.yaml\n",
        ),
        (
            "absent/kustomization.yaml",
            "resources:\n  - a.yaml\n  - web.yaml\n",
        ),
        ("absent/web.yaml", DEPLOYMENT),
        ("plugin/kustomization.yaml", "transformers:\n  - own.yaml\n"),
        (
            "plugin/own.yaml",
            "apiVersion: example.com/v1\nkind: Own\nmetadata: {name: own}\n",
        ),
        (
            "chart/kustomization.yaml",
            "helmCharts:\n  - name: redis\n    repo: https://example.com\n",
        ),
        (
            "patch/kustomization.yaml",
            "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
        ),
        ("patch/web.yaml", DEPLOYMENT),
        (
            "patch/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wbe}\n",
        ),
    ]);
    let run = scan(folder.path(), &[".", "--rule", "hardcoded-password"]);
    assert_eq!(run.status, 2);
    let report = run.json();
    let failures = report["failures"].as_array().expect("a list").iter();
    let told: Vec<String> = failures
        .map(|failure| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let line = &failure["region"]["line"];
            format!(
                "{}:{line} {}",
                text(&failure["path"]),
                text(&failure["reason"])
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "absent/kustomization.yaml:2 refers to `a.yaml`, which is not there; all else is built",
            "chart/kustomization.yaml:2 cannot be built: the chart `redis` does not lie in `charts`, and nothing is fetched",
            "patch/kustomization.yaml:null cannot be built: a patch or reference finds no `Deployment.v1.apps/wbe.[noNs]`",
            "plugin/kustomization.yaml:2 cannot be built: needs a plugin, and none is run",
            "remote/kustomization.yaml:2 cannot be built: refers to what lies elsewhere, and nothing is fetched",
        ],
        "{report:#}"
    );
    assert_eq!(
        run.found(),
        [
            at(
                "hardcoded-password",
                "absent/web.yaml",
                DEPLOYMENT,
                "Zx81hunter"
            ),
            at(
                "hardcoded-password",
                "patch/web.yaml",
                DEPLOYMENT,
                "Zx81hunter"
            ),
        ]
    );
}

#[test]
fn without_rendering_files_are_checked_as_they_are() {
    let folder = shop();
    let run = scan(
        folder.path(),
        &[
            ".",
            "--no-render",
            "--rule",
            "azure-endpoint",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(run.status, 0);
    assert_eq!(
        run.found(),
        [
            at(
                "azure-endpoint",
                "base/app.properties",
                PROPERTIES,
                "servicebus"
            ),
            at(
                "azure-endpoint",
                "base/kustomization.yaml",
                BASE,
                "redis.cache"
            ),
            at(
                "azure-endpoint",
                "overlays/prod/patch.yaml",
                PATCH,
                "vault.azure.net"
            ),
        ]
    );
    assert_eq!(
        run.json()["summary"]["kustomizationsNotBuilt"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
}

#[test]
fn a_missing_tool_is_a_failure_that_says_what_to_install() {
    let folder = shop();
    let output = landfall(folder.path())
        .args(["scan", ".", "--format", "json"])
        .env("PATH", folder.path())
        .output()
        .expect("the binary runs");
    let run = Run::from(output);
    assert_eq!(run.status, 2);
    let failure = &run.json()["failures"][0];
    assert_eq!(
        failure["reason"],
        "cannot be built: neither `kustomize` nor `kubectl` is installed"
    );
    assert_eq!(
        failure["help"],
        "install one of them, or scan with --no-render"
    );
}

#[test]
fn of_what_cannot_be_built_the_bases_are_that_can() {
    let manager = "resources: [deployment.yaml]\nimages: [{name: nginx, newName: quay.io/shop/web, newTag: latest}]\n";
    let policy = DEPLOYMENT.replace(
        "image: nginx:1.27\n",
        "image: nginx:1.27\n          imagePullPolicy: IfNotPresent\n",
    );
    let folder = folder(&[
        (
            "all/kustomization.yaml",
            "resources: [../parts, ../absent]\n",
        ),
        (
            "parts/kustomization.yaml",
            "resources: [../manager, ../wrapped, ../broken]\n",
        ),
        ("wrapped/kustomization.yaml", "resources: [../manager]\n"),
        (
            "broken/kustomization.yaml",
            "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
        ),
        ("broken/web.yaml", DEPLOYMENT),
        (
            "broken/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wbe}\n",
        ),
        ("manager/kustomization.yaml", manager),
        ("manager/deployment.yaml", &policy),
    ]);
    let run = scan(folder.path(), &[".", "--rule", "image-pull-policy"]);
    assert_eq!(
        run.found(),
        [at(
            "image-pull-policy",
            "manager/deployment.yaml",
            &policy,
            "IfNotPresent"
        )]
    );
    let report = run.json();
    let failures = report["failures"].as_array().expect("a list");
    assert_eq!(failures.len(), 1, "{report:#}");
    assert_eq!(
        report["findings"][0]["rendered"]["renderings"],
        serde_json::json!(["wrapped"])
    );
}

#[test]
fn bases_with_policies_are_judged_as_parts_of_their_root() {
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from:\n    - podSelector: {matchLabels: {tier: shop}}\n";
    let folder = folder(&[
        (
            "all/kustomization.yaml",
            "resources: [../web, ../absent]\nlabels: [{pairs: {tier: shop}, includeTemplates: true}]\n",
        ),
        (
            "web/kustomization.yaml",
            "resources: [web.yaml, policy.yaml]\n",
        ),
        ("web/web.yaml", DEPLOYMENT),
        ("web/policy.yaml", policy),
    ]);
    let run = scan(
        folder.path(),
        &[".", "--rule", "network-policy-peer-matches-nothing"],
    );
    assert!(run.found().is_empty(), "{:?}", run.found());
}

#[test]
fn nothing_is_written_into_the_users_folder() {
    let folder = shop();
    let listed = || {
        let walk = walkdir::WalkDir::new(folder.path()).sort_by_file_name();
        let entries = walk.into_iter().map(|entry| entry.expect("is there"));
        let told = entries.map(|entry| {
            (
                entry.path().to_owned(),
                entry.metadata().expect("is there").modified().ok(),
            )
        });
        told.collect::<Vec<_>>()
    };
    let before = listed();
    scan(folder.path(), &["."]);
    assert_eq!(listed(), before);
}

#[test]
fn no_output_holds_what_generators_and_patches_hide() {
    const CANARY: &str = "kZq7Wv3Xn9Rt5Lp2";
    let base = DEPLOYMENT.replace("Zx81hunter-base", CANARY);
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            &format!(
                "resources: [deployment.yaml]\nsecretGenerator:\n- name: db\n  literals:\n  - password={CANARY}\n  envs: [db.env]\n  files: [db.txt]\n"
            ),
        ),
        ("base/deployment.yaml", &base),
        (
            "base/db.env",
            &format!("DB_PASSWORD={CANARY}\nHOST=x.postgres.database.azure.com\n"),
        ),
        ("base/db.txt", &format!("{CANARY}\n")),
        (
            "prod/kustomization.yaml",
            &format!(
                "resources: [../base]\npatches:\n- path: patch.yaml\nsecretGenerator:\n- name: other\n  literals: [token={CANARY}, \"url=https://u:{CANARY}@x.vault.azure.net\"]\n"
            ),
        ),
        (
            "prod/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: nginx, env: [{name: DB_PASSWORD, value: secondvalue81}]}]}}}\n",
        ),
        (
            "broken/kustomization.yaml",
            &format!("resources: []\npatches:\n- patch: |-\n    password: {CANARY}\n"),
        ),
    ]);
    let encoded = STANDARD.encode(CANARY);
    for format in ["text", "json", "sarif"] {
        let run = run(
            folder.path(),
            &["scan", ".", "--format", format, "--full", "--verbose"],
        );
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(all.contains("deployment.yaml"), "{all}");
        for secret in [CANARY, &encoded, &CANARY[..8], "secondvalue81"] {
            assert!(!all.contains(secret), "{secret} in {format}: {all}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = shop();
    let report = |threads| scan(folder.path(), &[".", "--threads", threads]).stdout;
    assert_eq!(report("1"), report("3"));
}

#[test]
fn marks_that_would_break_a_build_are_left_out() {
    // The overlay names what the base's prefix and namespace make of names, and finds by label.
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            "namePrefix: a-\nnamespace: one\nresources: [web.yaml]\ncommonLabels: {team: x}\n",
        ),
        ("base/web.yaml", DEPLOYMENT),
        (
            "over/kustomization.yaml",
            "resources: [../base]\npatches:\n- path: patch.yaml\n- target: {labelSelector: team=x}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/1/image, value: busybox}\n",
        ),
        (
            "over/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a-web, namespace: one}\nspec: {replicas: 3}\n",
        ),
    ]);
    let run = scan(
        folder.path(),
        &[
            "over",
            "--rule",
            "image-tag",
            "--rule",
            "hardcoded-password",
        ],
    );
    assert_eq!(
        run.found(),
        [
            "hardcoded-password base/web.yaml:16",
            "image-tag over/kustomization.yaml:6"
        ],
        "{}{}",
        run.stdout,
        run.stderr
    );
    let report = run.json();
    let places = report["findings"].as_array().expect("a list").iter();
    assert!(
        places
            .map(|found| &found["location"]["approximate"])
            .all(|approximate| *approximate == false)
    );
}

#[test]
fn a_chart_outside_of_the_kustomization_s_folder_is_rendered_with_it() {
    let template = DEPLOYMENT.replace("nginx:1.27", "\"{{ .Values.image }}\"");
    let kustomization = "\
helmGlobals: {chartHome: ../../charts}
helmCharts:
- name: web
  valuesInline: {image: shop.azurecr.io/web:1}
";
    let folder = folder(&[
        ("shop/base/kustomization.yaml", kustomization),
        (
            "charts/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("charts/web/values.yaml", "image: web:1\n"),
        ("charts/web/templates/web.yaml", &template),
    ]);
    let arguments = [".", "--fail-on", "never", "--rule", "azure-image"];
    let run = scan(folder.path(), &arguments);
    let file = "charts/web/templates/web.yaml";
    assert_eq!(
        run.found(),
        [at("azure-image", file, &template, ".Values.image")]
    );
}

#[test]
fn a_local_chart_of_a_kustomization_is_led_to_template_and_values() {
    let template = DEPLOYMENT
        .replace("nginx:1.27", "\"{{ .Values.image }}\"")
        .replace("name: web\nspec", "name: {{ .Release.Name }}\nspec");
    let values = "image: other.azurecr.io/web:1\n";
    let kustomization = "\
namespace: shop
helmCharts:
- name: web
  releaseName: web
  valuesFile: prod.yaml
  valuesInline:
    extra: https://shop.vault.azure.net/
";
    let template =
        format!("{template}            - name: V\n              value: {{{{ .Values.extra }}}}\n");
    let template = template.replace(
        "        - name: proxy\n          image: envoyproxy/envoy\n",
        "",
    );
    let folder = folder(&[
        ("kustomization.yaml", kustomization),
        ("prod.yaml", "image: shop.azurecr.io/web:1\n"),
        (
            "charts/web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("charts/web/values.yaml", values),
        ("charts/web/templates/web.yaml", &template),
    ]);
    let rules = ["hardcoded-password", "azure-image", "azure-endpoint"];
    let rules = rules.iter().flat_map(|rule| ["--rule", rule]);
    let arguments: Vec<&str> = [".", "--fail-on", "never"]
        .into_iter()
        .chain(rules)
        .collect();
    let run = scan(folder.path(), &arguments);
    let report = run.json();
    let renderings = report["summary"]["renderings"].as_array();
    assert_eq!(renderings.map(Vec::len), Some(1), "{report:#}");
    let place =
        |rule: &str, needle: &str| at(rule, "charts/web/templates/web.yaml", &template, needle);
    assert_eq!(
        run.found(),
        [
            place("azure-image", ".Values.image"),
            place("hardcoded-password", "hunter"),
            place("azure-endpoint", ".Values.extra"),
        ]
    );
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["location"]["approximate"], false, "{finding:#}");
    }
    let supplied = |rule: &str| {
        let found = finding(&report, rule, "charts/web/templates/web.yaml");
        let supplied = &found["rendered"]["supplied"][0];
        (
            supplied["key"].clone(),
            supplied["location"]["path"].clone(),
            supplied["location"]["line"].clone(),
        )
    };
    assert_eq!(
        supplied("azure-image"),
        ("image".into(), "prod.yaml".into(), 1.into())
    );
    assert_eq!(
        supplied("azure-endpoint"),
        ("extra".into(), "kustomization.yaml".into(), 7.into())
    );
}

const OPERATIONS: &str = "\
- op: test
  path: /spec/template/spec/containers/0/image
  value: nginx:1.27
- op: replace
  path: /spec/template/spec/containers/0/image
  value: shop.azurecr.io/web:1
- op: add
  path: /spec/template/spec/containers/0/env/-
  value:
    name: VAULT
    value: https://shop.vault.azure.net/
";

fn with_operations() -> TempDir {
    folder(&[
        ("base/kustomization.yaml", "resources: [deployment.yaml]\n"),
        ("base/deployment.yaml", DEPLOYMENT),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nnamespace: shop\n\
             patches:\n- path: ops.yaml\n  target: {kind: Deployment, name: web}\n\
             secretGenerator:\n- name: db\n  envs: [db.env]\n",
        ),
        ("prod/ops.yaml", OPERATIONS),
        ("prod/db.env", "PASSWORD=Zx81hunter-env\n"),
    ])
}

#[test]
fn operations_of_a_patch_are_found_through_what_they_change() {
    let folder = with_operations();
    let run = scan(
        folder.path(),
        &[".", "--rule", "azure-image", "--rule", "azure-endpoint"],
    );
    let report = run.json();
    let place = |rule: &str, needle: &str| at(rule, "prod/ops.yaml", OPERATIONS, needle);
    assert_eq!(
        run.found(),
        [
            place("azure-image", "shop.azurecr.io"),
            place("azure-endpoint", "shop.vault.azure.net"),
        ]
    );
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["location"]["approximate"], false, "{finding:#}");
    }
    assert_eq!(report["warnings"], serde_json::json!([]));
}

#[test]
fn what_an_operation_adds_to_a_list_is_found_by_its_name() {
    let volumes = "\
- op: add
  path: /spec/template/spec/containers/-
  value: {name: sidecar, image: old.azurecr.io/sidecar:1}
";
    let image = "\
kind: Deployment
metadata: {name: any}
spec: {template: {spec: {containers: [{name: sidecar, env: [{name: V, value: https://shop.vault.azure.net/}]}]}}}
";
    let folder = folder(&[
        ("base/kustomization.yaml", "resources: [deployment.yaml]\n"),
        ("base/deployment.yaml", DEPLOYMENT),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\npatches:\n- path: ops.yaml\n  target: {kind: Deployment}\n\
             - path: env.yaml\n  target: {kind: Deployment}\n",
        ),
        ("prod/ops.yaml", volumes),
        ("prod/env.yaml", image),
    ]);
    let run = scan(
        folder.path(),
        &[".", "--rule", "azure-image", "--rule", "azure-endpoint"],
    );
    assert_eq!(
        run.found(),
        [
            "azure-endpoint prod/env.yaml:3",
            "azure-image prod/ops.yaml:3"
        ]
    );
    for finding in run.json()["findings"].as_array().unwrap() {
        assert_eq!(finding["location"]["approximate"], false, "{finding:#}");
    }
}

#[test]
fn a_name_that_base_and_patch_state_is_approximate_though_the_patch_only_deletes() {
    let patch = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, env: [{name: DB_PASSWORD, $patch: delete}]}]}}}
";
    let name = |patch: &str| {
        let folder = folder(&[
            (
                "kustomization.yaml",
                "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
            ),
            ("web.yaml", DEPLOYMENT),
            ("patch.yaml", patch),
            ("rules/named.rego", NAMED),
        ]);
        let run = scan(
            folder.path(),
            &[
                ".",
                "--policy",
                "rules",
                "--rule",
                "named",
                "--fail-on",
                "never",
            ],
        );
        let report = run.json();
        let location = &report["findings"][0]["location"];
        (location["line"].clone(), location["approximate"].clone())
    };
    assert_eq!(name(patch), (12.into(), true.into()));
    let elsewhere = patch.replace(
        "{name: web, env: [{name: DB_PASSWORD,",
        "{name: proxy, env: [{name: X,",
    );
    assert_eq!(name(&elsewhere), (12.into(), false.into()));
}

const NAMED: &str = r#"# METADATA
# title: Container has a name
# description: Containers have names.
# custom:
#   id: named
#   severity: low
#   precision: high
#   family: own
#   applies_to: [Deployment]
#   controls: [gdpr/32]
#   remediation: Leave it.
package landfall.rules.own.named

import data.landfall.lib.violation

deny contains violation.at(path, "a name") if {
	some index, container in input.spec.template.spec.containers
	container.name == "web"
	path := ["spec", "template", "spec", "containers", index, "name"]
}
"#;

#[test]
fn what_only_a_build_would_check_is_told_where_nothing_is_built() {
    let told = |folder: &TempDir, arguments: &[&str]| {
        let report = scan(folder.path(), arguments).json();
        let warnings = report["warnings"].as_array().unwrap().clone();
        let text = |warning: &Value| {
            let words = ["path", "reason"].map(|key| warning[key].as_str().unwrap_or_default());
            words.join(": ")
        };
        warnings.iter().map(text).collect::<Vec<_>>()
    };
    let env = "prod/kustomization.yaml: is not built, so what it reads was not checked: \
                `prod/db.env`";
    let folder = with_operations();
    // What the kustomization names is read with it.
    assert_eq!(told(&folder, &[".", "--no-render"]), [""; 0]);
    assert_eq!(told(&folder, &["prod/db.env", "--no-render"]), [env]);
    assert_eq!(told(&folder, &["prod/ops.yaml", "--no-render"]), [""; 0]);
    std::fs::remove_file(folder.path().join("base/deployment.yaml")).unwrap();
    let patch = "prod/kustomization.yaml: a patch is for `Deployment web`, which is not among what is built here: it is checked as it stands";
    assert_eq!(told(&folder, &["."]), [patch]);
}

#[test]
fn an_object_that_a_patch_names_anew_keeps_its_document() {
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            "resources: [all.yaml]\nnamespace: shop\n",
        ),
        (
            "base/all.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n---\n\
             apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: x}\n---\n\
             apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata:\n  \
             a: https://two.vault.azure.net/\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\npatches:\n- target: {kind: ConfigMap, name: two, namespace: shop}\n  \
             patch: |-\n    - {op: test, path: /metadata/name, value: two}\n    \
             - {op: replace, path: /metadata/name, value: renamed}\n",
        ),
    ]);
    let run = scan(folder.path(), &[".", "--rule", "azure-endpoint"]);
    assert_eq!(run.found(), ["azure-endpoint base/all.yaml:14"]);
    assert_eq!(run.json()["findings"][0]["location"]["approximate"], false);
}

#[test]
fn a_named_file_of_a_generator_leads_to_its_kustomization_and_is_no_manifest() {
    let folder = folder(&[
        (
            "prod/kustomization.yaml",
            "configMapGenerator:\n- name: web\n  files: [app.conf, broken.yaml]\n  envs: [.env]\n",
        ),
        (
            "prod/app.conf",
            "queue: {{ `x` }}\nhost = shop.servicebus.windows.net\n",
        ),
        (
            "prod/broken.yaml",
            "a: [\nvault: https://shop.vault.azure.net/\n",
        ),
        ("prod/.env", "A=b: c: https://shop.blob.core.windows.net/\n"),
        ("lone.conf", "a: [\n"),
    ]);
    let found = [
        "azure-endpoint prod/.env:1",
        "azure-endpoint prod/app.conf:2",
        "azure-endpoint prod/broken.yaml:2",
    ];
    for file in ["prod/app.conf", "prod/.env", "prod/broken.yaml", "."] {
        let run = scan(folder.path(), &[file, "--rule", "azure-endpoint"]);
        assert_eq!(run.found(), found, "{file}");
        let report = run.json();
        assert_eq!(report["failures"], serde_json::json!([]), "{file}");
        assert_eq!(report["summary"]["files"]["failed"], 0, "{file}");
    }
    let lone = scan(folder.path(), &["lone.conf"]);
    assert_eq!((lone.status, lone.found()), (0, Vec::new()));
}

#[test]
fn images_in_files_of_settings_are_found_once_built_or_not() {
    let folder = folder(&[
        (
            "kustomization.yaml",
            "resources: [pod.yaml]\nconfigMapGenerator:\n- name: related\n  envs: [images.env]\n",
        ),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: harbor.example.com/p/a:1}]}\n",
        ),
        ("images.env", "MODE=a\nRELATED_IMAGE_DB=quay.io/shop/db:1\n"),
    ]);
    for more in [None, Some("--no-render")] {
        let mut arguments = vec!["--rule", "image-registry"];
        arguments.extend(more);
        let found = scan(folder.path(), &arguments).found();
        assert_eq!(found, ["image-registry images.env:2"], "{more:?}");
    }
}

#[test]
fn credentials_in_files_of_generators_are_found_once_built_or_not() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: harbor.example.com/p/a:1}]}\n";
    let kustomization = "resources: [pod.yaml]\nconfigMapGenerator:\n- name: web\n  files: [app.properties, settings=app.yaml]\nsecretGenerator:\n- name: db\n  envs: [db.env]\n  files: [password, key.bin, mail.properties]\n";
    let folder = folder(&[
        ("kustomization.yaml", kustomization),
        ("pod.yaml", pod),
        (
            "mail.properties",
            "# the shop's\nmail.host=mail\nmail.password=eiF4ohyo9\nmail.port=25\n",
        ),
        ("app.properties", "mode=a\nmail.password=Ohx9aequ0\n"),
        (
            "app.yaml",
            "mode: {{ mode }}\nqueue:\n  password: Wai4gah7p\n",
        ),
        ("db.env", "DB_USER=shop\nDB_PASSWORD=Aif6quie2\n"),
        ("password", "iePh7zee3\n"),
        ("other.properties", "mail.password=Ohx9aequ0\n"),
    ]);
    std::fs::write(folder.path().join("key.bin"), [0, 159, 146, 150]).unwrap();
    let expected = [
        "hardcoded-password app.properties:2",
        "hardcoded-password app.yaml:3",
        "hardcoded-password db.env:2",
        "hardcoded-password mail.properties:3",
        "hardcoded-password password:1",
    ];
    for more in [None, Some("--no-render")] {
        let mut arguments = vec!["--rule", "hardcoded-password"];
        arguments.extend(more);
        let run = scan(folder.path(), &arguments);
        assert_eq!(run.found(), expected, "{more:?}: {}", run.stderr);
    }
}

#[test]
fn files_of_generators_are_read_though_a_line_of_the_kustomization_is_no_yaml() {
    let kustomization = "images:\n- name: web\n  newName: {account}.dkr.example.com/web\nsecretGenerator:\n- name: db\n  envs: [db.env]\n";
    let folder = folder(&[
        ("kustomization.yaml", kustomization),
        ("db.env", "DB_USER=shop\nDB_PASSWORD=Aif6quie2\n"),
    ]);
    let run = scan(folder.path(), &["--rule", "hardcoded-password"]);
    assert_eq!(run.found(), ["hardcoded-password db.env:2"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn an_item_that_says_nothing_has_its_own_place() {
    let policy = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - {}
  egress:
    - to:
        - namespaceSelector: {}
";
    let folder = folder(&[
        ("base/open.yaml", policy),
        ("base/kustomization.yaml", "resources: [open.yaml]\n"),
        (
            "prod/kustomization.yaml",
            "namespace: shop\nresources: [../base]\n",
        ),
    ]);
    let rule = "network-policy-allows-all";
    let run = scan(folder.path(), &[".", "--rule", rule]);
    let place = |text| at(rule, "base/open.yaml", policy, text);
    assert_eq!(run.found(), [place("- {}"), place("- namespaceSelector")]);
}

#[test]
fn an_origin_that_a_kustomization_writes_itself_leads_nowhere_else() {
    let secret = |own: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n{own}stringData:\n  DB_PASSWORD: Ohx9aequ0\n"
        )
    };
    let annotation = "config.kubernetes.io/origin: made-by-hand";
    let all = format!("resources: [db.yaml]\ncommonAnnotations:\n  {annotation}\n");
    let patch = "resources: [db.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |-\n    - op: add\n      path: /metadata/annotations\n      value: {config.kubernetes.io/origin: made-by-hand}\n";
    let plain = "resources: [db.yaml]\n";
    let own = secret(&format!("  annotations:\n    {annotation}\n"));
    for (kustomization, db) in [
        (plain, secret("")),
        (all.as_str(), secret("")),
        (patch, secret("")),
        (plain, own.clone()),
        (all.as_str(), own),
    ] {
        let folder = folder(&[("kustomization.yaml", kustomization), ("db.yaml", &db)]);
        let run = scan(folder.path(), &[".", "--rule", "hardcoded-password"]);
        let place = at("hardcoded-password", "db.yaml", &db, "DB_PASSWORD");
        assert_eq!(run.found(), [place], "{kustomization} {db}");
    }
}

#[test]
fn what_generators_lack_is_a_warning_and_the_rest_is_built() {
    let base = "resources: [web.yaml]\nsecretGenerator:\n  - name: web\n    envs: [secret.env]\n    files: [key=keys/web.key]\n";
    let files = |overlay: &'static str| {
        folder(&[
            ("base/kustomization.yaml", base),
            ("base/web.yaml", DEPLOYMENT),
            ("one/kustomization.yaml", "resources: [../base]\n"),
            ("two/kustomization.yaml", overlay),
        ])
    };
    let told = |report: &Value, kind: &str| -> Vec<String> {
        let notices = report[kind].as_array().into_iter().flatten();
        let told = notices.map(|one| format!("{}: {}", one["path"], one["reason"]));
        told.map(|text| text.replace('"', "")).collect()
    };
    let whole = files("namePrefix: a-\nresources: [../base]\n");
    let run = scan(whole.path(), &[".", "--rule", "hardcoded-password"]);
    let report = run.json();
    assert_eq!(run.status, 1, "{report:#}");
    assert_eq!(told(&report, "failures"), [""; 0]);
    let expected = ["secret.env", "key=keys/web.key"].map(|file| {
        format!(
            "base/kustomization.yaml: is built without the values of `{file}`, which is not there"
        )
    });
    let warned = told(&report, "warnings");
    assert_eq!(
        warned.iter().collect::<std::collections::BTreeSet<_>>(),
        expected.iter().collect(),
        "{report:#}"
    );
    let found = at(
        "hardcoded-password",
        "base/web.yaml",
        DEPLOYMENT,
        "Zx81hunter",
    );
    assert_eq!(run.found(), [found]);
    // The Secret is there, without its values.
    assert!(report.to_string().contains("\"objects\":2"));
    assert!(!whole.path().join("base/secret.env").exists());
    // A file of a ConfigMap is one that somebody forgot.
    let lacking = files("configMapGenerator: [{name: a, files: [a.conf]}]\n");
    let run = scan(lacking.path(), &[".", "--rule", "hardcoded-password"]);
    assert_eq!(run.status, 2);
}

#[test]
fn a_tag_is_told_where_it_stands_also_beside_a_new_name() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: controller:1\n";
    let kustomization = "\
resources: [pod.yaml]
images:
  - name: controller
    newName: quay.io/shop/web
    newTag: latest
";
    let files = [("pod.yaml", pod), ("kustomization.yaml", kustomization)];
    let run = scan(folder(&files).path(), &[".", "--family", "images"]);
    let place = |rule, text| at(rule, "kustomization.yaml", kustomization, text);
    assert_eq!(
        run.found(),
        [
            place("image-registry", "newName"),
            place("image-tag", "newTag")
        ]
    );
}

#[test]
fn an_image_is_told_where_it_is_named_last() {
    let pod = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n    - name: web\n      image: {image}\n"
        )
    };
    let base = "resources: [pod.yaml]\n";
    let found = |base: &str, patch: &str, overlay: &str| {
        let files = [
            ("base/pod.yaml", &*pod("quay.io/shop/web:1")),
            ("base/kustomization.yaml", base),
            ("prod/kustomization.yaml", overlay),
            ("prod/patch.yaml", &*pod(patch)),
        ];
        let files = &files[..files.len() - usize::from(patch.is_empty())];
        let run = scan(folder(files).path(), &[".", "--family", "images"]);
        run.found()
    };
    // By a name that holds the tag, also behind an entry that changes nothing but the tag.
    let tagged = "resources: [../base]\nimages:\n- name: quay.io/shop/web:1\n  newName: ghcr.io/shop/web\n  newTag: latest\n";
    let places = [
        "image-registry prod/kustomization.yaml:4",
        "image-tag prod/kustomization.yaml:5",
    ];
    assert_eq!(found(base, "", tagged), places);
    let again = "resources: [../base]\nimages:\n- name: ghcr.io/shop/site\n  newTag: latest\n";
    let renamed = "resources: [pod.yaml]\nimages:\n- {name: 'quay.io/shop/web', newName: ghcr.io/shop/site}\n";
    let places = [
        "image-registry base/kustomization.yaml:3",
        "image-tag prod/kustomization.yaml:4",
    ];
    assert_eq!(found(renamed, "", again), places);
    // By a patch whose image then gets its tag.
    let patched = "resources: [../base]\npatches: [{path: patch.yaml}]\nimages:\n- name: quay.io/shop/web\n  newTag: latest\n";
    let places = [
        "image-registry prod/patch.yaml:7",
        "image-tag prod/patch.yaml:7",
    ];
    for image in ["quay.io/shop/web", "quay.io/shop/web:3"] {
        assert_eq!(found(base, image, patched), places);
    }
    let operation = "resources: [../base]\npatches:\n- target: {kind: Pod}\n  patch: |\n    - {op: replace, path: /spec/containers/0/image, value: ghcr.io/shop/web}\nimages:\n- {name: ghcr.io/shop/web, newTag: latest}\n";
    let places = [
        "image-registry prod/kustomization.yaml:5",
        "image-tag prod/kustomization.yaml:5",
    ];
    assert_eq!(found(base, "", operation), places);
}

/// A Deployment of two containers whose image is the same.
fn two_containers(image: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n      containers:\n        - {{name: web, image: '{image}'}}\n        - {{name: log, image: '{image}'}}\n"
    )
}

#[test]
fn a_tag_that_an_entry_gives_to_several_containers_is_told_once() {
    let found = |kustomization: &str, image: &str| {
        let files = [
            ("web.yaml", &*two_containers(image)),
            ("kustomization.yaml", kustomization),
        ];
        scan(folder(&files).path(), &[".", "--family", "images"]).found()
    };
    let both = "resources: [web.yaml]\nimages:\n- name: web\n  newName: quay.io/shop/web\n  newTag: latest\n";
    let places = [
        "image-registry kustomization.yaml:4",
        "image-tag kustomization.yaml:5",
    ];
    assert_eq!(found(both, "web"), places);
    // Each of two that stand in a line of their own is mended there.
    let none = "resources: [web.yaml]\n";
    let places = [
        "image-registry web.yaml:10",
        "image-tag web.yaml:10",
        "image-registry web.yaml:11",
        "image-tag web.yaml:11",
    ];
    assert_eq!(found(none, "quay.io/shop/web:latest"), places);
}

#[test]
fn an_entry_whose_image_the_objects_name_themselves_is_none() {
    let entry = "resources: [web.yaml]\nimages:\n- name: controller\n  newName: quay.io/shop/web\n  newTag: latest\n";
    let found = |image: &str| {
        let files = [
            ("web.yaml", &*two_containers(image)),
            ("kustomization.yaml", entry),
        ];
        let run = scan(folder(&files).path(), &[".", "--rule", "image-registry"]);
        run.found()
    };
    let places = ["image-registry web.yaml:10", "image-registry web.yaml:11"];
    assert_eq!(found("quay.io/shop/web:latest"), places);
    // Nothing tells of another one.
    let places = [
        "image-registry kustomization.yaml:4",
        "image-registry web.yaml:10",
        "image-registry web.yaml:11",
    ];
    assert_eq!(found("quay.io/shop/web-api:latest"), places);
}

#[cfg(unix)]
#[test]
fn a_kustomization_that_is_a_link_is_built_where_the_link_lies() {
    let entry =
        "resources: [web.yaml]\nimages:\n- name: web\n  newName: quay.io/shop/web\n  newTag: '1'\n";
    let folder = folder(&[
        ("web.yaml", &*two_containers("web")),
        ("recipes/all.yaml", entry),
    ]);
    let link = folder.path().join("kustomization.yaml");
    std::os::unix::fs::symlink("recipes/all.yaml", link).expect("a link");
    let run = scan(folder.path(), &[".", "--family", "images"]);
    assert_eq!(run.found(), ["image-registry kustomization.yaml:4"]);
}

#[test]
fn a_new_name_that_begins_as_the_old_one_is_told_where_it_stands() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: curl\n";
    let kustomization = "\
resources: [pod.yaml]
images:
  - name: curl
    newName: curlimages/curl
    newTag: 8.21.0
";
    let files = [("pod.yaml", pod), ("kustomization.yaml", kustomization)];
    let run = scan(folder(&files).path(), &[".", "--rule", "image-registry"]);
    let place = at(
        "image-registry",
        "kustomization.yaml",
        kustomization,
        "newName",
    );
    assert_eq!(run.found(), [place]);
}

#[test]
fn a_patch_finds_a_container_whose_name_is_an_alias() {
    let object = |image: &str, rest: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: &app web\nspec:\n{rest}  template:\n    spec:\n      containers:\n        - name: *app\n          image: {image}\n"
        )
    };
    let selector = "  selector:\n    matchLabels:\n      app: *app\n";
    let overlay = "namePrefix: prod-\nresources: [../base]\npatches: [{path: patch.yaml}]\n";
    let files = [
        ("base/web.yaml", &*object("quay.io/shop/web:1", selector)),
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("prod/patch.yaml", &object("quay.io/shop/web:latest", "")),
        ("prod/kustomization.yaml", overlay),
    ];
    let run = scan(folder(&files).path(), &[".", "--family", "images"]);
    let report = run.json();
    for rule in ["image-registry", "image-tag"] {
        let found = finding(&report, rule, "prod/patch.yaml");
        assert_eq!(found["location"]["line"], 10);
        assert_eq!(found["location"]["approximate"], false);
    }
}

#[test]
fn a_name_that_a_kustomization_renames_is_told_at_its_entry_where_nothing_was_built() {
    let pod = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{{name: web, image: {image}}}]}}\n"
        )
    };
    let overlay = "\
resources: [../base]
images:
- {name: shop-web, newName: quay.io/shop/web, newTag: '1'}
- {name: shop-job, newName: quay.io/shop/job, newTag: '1'}
- {name: shop-api, newTag: '1'}
- {name: shop-old, newName: shop-next, newTag: '1'}
- {name: shop-next, newName: harbor.example.com/shop/next}
- {name: shop-base, newName: quay.io/shop/base, newTag: '1'}
";
    let base =
        "resources: [pod.yaml, other.yaml]\nimages:\n- {name: shop-db, newName: shop-base}\n";
    let files = [
        ("base/kustomization.yaml", base),
        ("base/pod.yaml", &*pod("shop-web")),
        ("base/other.yaml", &pod("shop-db").replace("web}", "db}")),
        ("base/again.yaml", &pod("shop-web")),
        ("base/job.yaml", &pod("shop-job")),
        // What has a tag is more than a name, and what has another name is none that is replaced.
        ("loose/tagged.yaml", &pod("shop-job:latest")),
        ("loose/foreign.yaml", &pod("shop-api")),
        ("prod/kustomization.yaml", overlay),
    ];
    let run = scan(folder(&files).path(), &[".", "--rule", "image-registry"]);
    assert_eq!(
        run.found(),
        [
            "image-registry loose/foreign.yaml:4",
            "image-registry loose/tagged.yaml:4",
            "image-registry prod/kustomization.yaml:3",
            "image-registry prod/kustomization.yaml:4",
            "image-registry prod/kustomization.yaml:8",
        ]
    );
}

#[test]
fn below_a_key_that_is_an_alias_places_are_exact() {
    let release = "\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: &app web
  namespace: media
spec:
  releaseName: web
  values:
    controllers:
      *app :
        image:
          repository: quay.io/shop/web
          tag: 1.0.0
        env: {A: b}
";
    let files = [
        ("release.yaml", release),
        (
            "kustomization.yaml",
            "namespace: media\nresources: [release.yaml]\n",
        ),
    ];
    let run = scan(folder(&files).path(), &[".", "--family", "images"]);
    let report = run.json();
    let found = finding(&report, "image-registry", "release.yaml");
    assert_eq!(found["location"]["line"], 12);
    assert_eq!(found["location"]["approximate"], false);
}

#[test]
fn a_credential_of_a_base_is_told_though_every_overlay_puts_another_in_its_place() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: Ohx9aequ0\n  token: Wai4gah7pQ2xv9Lm\n  other-password: <password>\n";
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ALLOW_EMPTY_PASSWORD: \"yes\"\n";
    let patch = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: \"${PASSWORD}\"}\n";
    let closed = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {ALLOW_EMPTY_PASSWORD: \"no\"}\n";
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            "resources: [secret.yaml, config.yaml]\n",
        ),
        ("base/secret.yaml", secret),
        ("base/config.yaml", config),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\npatches: [{path: patch.yaml}, {path: closed.yaml}]\n",
        ),
        ("prod/patch.yaml", patch),
        ("prod/closed.yaml", closed),
    ]);
    let run = scan(folder.path(), &["--family", "credentials"]);
    let expected = [
        "hardcoded-password base/secret.yaml:5",
        "hardcoded-password base/secret.yaml:6",
    ];
    assert_eq!(run.found(), expected, "{}", run.stderr);
}

#[test]
fn a_credential_that_a_base_generates_or_gives_a_workload_is_told_though_an_overlay_replaces_it() {
    let base = "resources: [web.yaml]\nimages: [{name: a, newName: b}]\nsecretGenerator:\n  - name: db\n    literals:\n      - password=Ohx9aequ0\n      - token=Wai4gah7pQ2xv9Lm\n";
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          image: a\n          env:\n            - name: DB_PASSWORD\n              value: Zdf83kdLKs92\n            - name: OTHER_PASSWORD\n              value: Rv4Aeph5aib\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          env: [{name: DB_PASSWORD, value: REPLACE_ME}]\n";
    let overlay = "resources: [../base]\npatches: [{path: patch.yaml}]\nsecretGenerator:\n  - name: db\n    behavior: merge\n    literals: [password=REPLACE_ME]\n";
    let folder = folder(&[
        ("base/kustomization.yaml", base),
        ("base/web.yaml", web),
        ("prod/kustomization.yaml", overlay),
        ("prod/patch.yaml", patch),
    ]);
    let run = scan(folder.path(), &["--family", "credentials"]);
    let expected = [
        "hardcoded-password base/kustomization.yaml:6",
        "hardcoded-password base/kustomization.yaml:7",
        "hardcoded-password base/web.yaml:14",
        "hardcoded-password base/web.yaml:16",
    ];
    assert_eq!(run.found(), expected, "{}", run.stderr);
}

#[test]
fn an_overlay_that_takes_the_folder_around_it_is_a_failure_of_its_own() {
    let folder = folder(&[
        ("k8s/kustomization.yaml", "resources: [web.yaml]\n"),
        ("k8s/web.yaml", DEPLOYMENT),
        (
            "k8s/dev/kustomization.yaml",
            "namespace: dev\nresources: [../]\n",
        ),
    ]);
    let run = scan(folder.path(), &[".", "--rule", "image-tag"]);
    let report = run.json();
    let failures = report["failures"].as_array().expect("a list");
    assert_eq!(failures.len(), 1, "{report:#}");
    assert_eq!(failures[0]["path"], "k8s/dev/kustomization.yaml");
    assert_eq!(
        failures[0]["reason"],
        "cannot be built: takes `../`, the folder that it lies in, as its resources"
    );
    assert_eq!(report["summary"]["renderings"][0]["root"], "k8s");
}

#[test]
fn an_objects_file_that_is_an_entry_of_another_one_tells_its_credentials_once() {
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: inner}\ndata:\n  app.properties: |\n    db.password=Zx81hunter-base\n";
    let folder = folder(&[
        (
            "kustomization.yaml",
            "configMapGenerator:\n  - name: settings\n    files: [settings.yaml]\n",
        ),
        ("settings.yaml", settings),
    ]);
    let report = scan(folder.path(), &[".", "--rule", "hardcoded-password"]).json();
    let found = finding(&report, "hardcoded-password", "settings.yaml");
    assert_eq!(found["location"]["line"], 6);
    assert_eq!(report["findings"].as_array().expect("a list").len(), 1);
}

#[test]
fn an_objects_file_that_is_an_entry_tells_its_images_as_the_object() {
    let object = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\nimage: {repository: quay.io/shop/web, tag: '1'}\n";
    let folder = folder(&[
        (
            "kustomization.yaml",
            "configMapGenerator:\n  - name: settings\n    files: [shop.yaml, values.yaml]\n",
        ),
        ("shop.yaml", object),
        (
            "values.yaml",
            "image: {repository: quay.io/shop/api, tag: '1'}\n",
        ),
    ]);
    let report = scan(folder.path(), &[".", "--rule", "image-registry"]).json();
    let found = finding(&report, "image-registry", "shop.yaml");
    assert_eq!(found["resource"]["kind"], "Shop");
    finding(&report, "image-registry", "values.yaml");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 2);
}

#[test]
fn an_image_that_is_yet_to_be_filled_in_is_replaced_once_it_is() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n    - {{name: web, image: '${{{{ values.{name} }}}}:latest'}}\n"
        )
    };
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            "resources: [shop.yaml, other.yaml]\n",
        ),
        ("base/shop.yaml", &pod("shop")),
        ("base/other.yaml", &pod("other")),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nimages:\n  - name: ${{ values.shop }}\n    newName: harbor.example.com/shop/${{ values.shop }}\n    newTag: 1a2b3c4\n",
        ),
    ]);
    let report = scan(folder.path(), &[".", "--rule", "image-tag"]).json();
    finding(&report, "image-tag", "base/other.yaml");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 1);
}

#[test]
fn a_patch_for_what_tests_an_operator_names_no_image_of_the_cluster() {
    let patch = "- op: add\n  path: /stages/0/tests/-\n  value:\n    entrypoint: [scorecard-test]\n    image: quay.io/shop/scorecard:1\n";
    let folder = folder(&[
        (
            "kustomization.yaml",
            "resources: [config.yaml]\npatches:\n  - path: basic.yaml\n    target: {group: scorecard.operatorframework.io, kind: Configuration}\n",
        ),
        (
            "config.yaml",
            "apiVersion: scorecard.operatorframework.io/v1alpha3\nkind: Configuration\nmetadata: {name: config}\nstages:\n  - parallel: true\n    tests: []\n",
        ),
        ("basic.yaml", patch),
        ("other/patch.yaml", patch),
    ]);
    let report = scan(folder.path(), &[".", "--rule", "image-registry"]).json();
    finding(&report, "image-registry", "other/patch.yaml");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 1);
}
