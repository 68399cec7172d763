//! `landfall network` through the binary: what it prints, what it suggests, and how it fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Run, folder, landfall, root, run, write};
use serde_json::Value;

/// A web that an ingress controller and a client may reach, and nobody else.
const CLOSED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: a, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec: {containers: [{name: client, image: a}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: client}}}]
      ports: [{port: http}, {protocol: UDP, port: 53}, {port: 443, endPort: 445}]
  egress:
    - to: [{ipBlock: {cidr: 192.0.2.0/24}}]
";

fn network(text: &str, arguments: &[&str]) -> Run {
    let folder = folder(&[("a.yaml", text)]);
    run(folder.path(), &[&["network"], arguments].concat())
}

fn rows(run: &Run) -> Vec<String> {
    let rows: Vec<Value> = serde_json::from_str(&run.stdout).expect("is JSON");
    let text = |row: &Value, key: &str| row[key].as_str().expect("is a string").to_owned();
    let row = |row: &Value| {
        format!(
            "{} > {}: {}",
            text(row, "source"),
            text(row, "destination"),
            text(row, "allowed")
        )
    };
    rows.iter().map(row).collect()
}

#[test]
fn connections_are_printed_as_a_table() {
    let run = network(CLOSED, &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "\
source            destination       allowed
0.0.0.0/0         shop/client[Pod]  all
shop/client[Pod]  0.0.0.0/0         all
shop/client[Pod]  shop/web[Pod]     TCP 443-445,8080;UDP 53
shop/web[Pod]     192.0.2.0/24      all
"
    );
}

#[test]
fn formats_say_the_same() {
    let json = network(CLOSED, &["--format", "json"]);
    assert_eq!(
        rows(&json)[2],
        "shop/client[Pod] > shop/web[Pod]: TCP 443-445,8080;UDP 53"
    );
    let csv = network(CLOSED, &["--format", "csv"]).stdout;
    assert_eq!(csv.lines().next(), Some("source,destination,allowed"));
    assert_eq!(
        csv.lines().nth(3),
        Some("shop/client[Pod],shop/web[Pod],\"TCP 443-445,8080;UDP 53\"")
    );
    let dot = network(CLOSED, &["--format", "dot"]).stdout;
    assert!(
        dot.contains("\"shop/client[Pod]\" -> \"shop/web[Pod]\""),
        "{dot}"
    );
    let mermaid = network(CLOSED, &["--format", "mermaid"]).stdout;
    assert!(mermaid.starts_with("flowchart LR\n"), "{mermaid}");
    assert_eq!(mermaid.matches("-->").count(), 4, "{mermaid}");
}

#[test]
fn nothing_to_connect_is_an_empty_table() {
    let run = network("kind: none\n", &["--format", "json"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "[]\n"));
}

#[test]
fn without_graphviz_svg_is_a_clear_error() {
    let folder = folder(&[("a.yaml", CLOSED)]);
    let mut command = landfall(folder.path());
    command
        .args(["network", "--format", "svg"])
        .env("PATH", folder.path());
    let run: Run = command.output().expect("runs").into();
    assert_eq!(run.status, 2);
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.contains("error: cannot run `dot`"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("help: install Graphviz"),
        "{}",
        run.stderr
    );
}

#[cfg(unix)]
#[test]
fn svg_is_what_dot_draws() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&[
        ("a.yaml", CLOSED),
        ("bin/dot", "#!/bin/sh\necho \"<svg $1>\"\ncat\n"),
    ]);
    let program = folder.path().join("bin/dot");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("is set");
    let mut command = landfall(folder.path());
    let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
    command
        .args(["network", "--format", "svg", "--output", "a.svg"])
        .env("PATH", path);
    let run: Run = command.output().expect("runs").into();
    assert_eq!(run.status, 0, "{}", run.stderr);
    let drawn = fs::read_to_string(folder.path().join("a.svg")).expect("is written");
    assert!(drawn.starts_with("<svg -Tsvg>\ndigraph {"), "{drawn}");
}

#[test]
fn what_is_not_counted_is_told_with_its_line() {
    let foreign = "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: b, namespace: shop}\nspec: {podSelector: {}, ingress: [{ports: [{port: 0}]}]}\n";
    let text = format!("{CLOSED}{foreign}");
    let run = network(&text, &[]);
    assert_eq!(run.status, 0);
    assert!(
        run.stderr
            .contains("warning: a.yaml:23: CiliumNetworkPolicy shop/a is not counted"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("warning: a.yaml:30: NetworkPolicy shop/b counts for nothing"),
        "{}",
        run.stderr
    );
    let folder = folder(&[("a.yaml", text.as_str())]);
    let report = common::run(
        folder.path(),
        &["scan", "--family", "network", "--format", "json"],
    )
    .json();
    let warnings = report["warnings"].as_array().expect("is a list");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[test]
fn broken_input_exits_2_and_the_rest_is_told() {
    let folder = folder(&[("a.yaml", CLOSED), ("b.yaml", "kind: [\n")]);
    let run = run(folder.path(), &["network"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.stdout.lines().count(), 5, "{}", run.stdout);
    assert!(run.stderr.contains("error: b.yaml:"), "{}", run.stderr);
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let folder = folder(&[
        ("a.yaml", CLOSED),
        ("d.yaml", "settings: {network: {dns: kube-system}}\n"),
    ]);
    for command in [
        &["network", "a.yaml", "--data", "d.yaml"][..],
        &["scan", "a.yaml", "--data", "d.yaml"],
    ] {
        let run = run(folder.path(), command);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains("settings"), "{}", run.stderr);
    }
}

/// Suggests policies for a folder's files, writes them beside these and gives what is found then.
fn after_suggestion(folder: &Path) -> Vec<String> {
    let suggested = run(
        folder,
        &["network", "--suggest", "--output", "00-policies.yaml"],
    );
    assert_eq!(suggested.status, 0, "{}", suggested.stderr);
    run(
        folder,
        &[
            "scan",
            "--family",
            "network",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    )
    .found()
}

fn copied(fixture: &str) -> tempfile::TempDir {
    let scratch = folder(&[]);
    for entry in fs::read_dir(root().join(fixture)).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            write(scratch.path(), &name, &fs::read(&path).unwrap());
        }
    }
    scratch
}

#[test]
fn suggested_policies_leave_no_finding() {
    let scratch = copied("fixtures/network");
    let before = run(
        scratch.path(),
        &[
            "scan",
            "--family",
            "network",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(before.found().len(), 6, "every workload lacks policies");
    assert_eq!(after_suggestion(scratch.path()), [""; 0]);
}

#[test]
fn suggested_policies_allow_exactly_what_is_needed() {
    let scratch = copied("fixtures/network");
    assert_eq!(after_suggestion(scratch.path()), [""; 0]);
    let run = run(scratch.path(), &["network", "--format", "json"]);
    assert_eq!(
        rows(&run),
        [
            "0.0.0.0/0 > shop-jobs/mail[Deployment]: TCP 2525",
            "shop-jobs/report[CronJob] > data/db[StatefulSet]: TCP 5432",
            "shop/api[Deployment] > data/db[StatefulSet]: TCP 5432",
            "shop/web[Deployment] > data/cache[Deployment]: TCP 6379",
            "shop/web[Deployment] > shop/api[Deployment]: TCP 9000",
            "{ingress-controller} > shop/api[Deployment]: TCP 9000",
            "{ingress-controller} > shop/web[Deployment]: TCP 8080",
        ]
    );
}

#[test]
fn what_cannot_be_suggested_is_told() {
    let twins = CLOSED.replace("labels: {app: client}", "labels: {app: web}")
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}\n";
    let run = network(&twins, &["--suggest"]);
    assert!(
        run.stderr.contains("no labels tell its pods from others"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("name: default-deny"), "{}", run.stdout);
}

#[test]
fn suggestions_do_not_depend_on_policies_that_are_there() {
    let bare: String = CLOSED
        .split("---\n")
        .take(2)
        .collect::<Vec<_>>()
        .join("---\n");
    assert_eq!(
        network(CLOSED, &["--suggest"]).stdout,
        network(&bare, &["--suggest"]).stdout
    );
}

/// What is found in a folder of kustomizations.
fn built(files: &[(&str, &str)], rule: &str) -> Vec<String> {
    let folder = folder(files);
    let arguments = ["scan", "--rule", rule, "--format", "json"];
    let run = run(
        folder.path(),
        &[&arguments[..], &["--fail-on", "never"]].concat(),
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.found()
}

const MANAGER: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: manager, namespace: system}\nspec:\n  selector: {matchLabels: {control-plane: manager}}\n  template:\n    metadata: {labels: {control-plane: manager}}\n    spec: {containers: [{name: manager, image: 'harbor.example.com/a/b:1'}]}\n";
const SELECTING: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: metrics, namespace: system}\nspec:\n  podSelector: {matchLabels: {control-plane: manager}}\n";

#[test]
fn a_policy_that_no_kustomization_takes_along_is_judged_as_it_is_written() {
    let files = [
        (
            "config/default/kustomization.yaml",
            "namespace: shop\nresources: [../manager]\n# - ../network-policy\n",
        ),
        (
            "config/manager/kustomization.yaml",
            "resources: [manager.yaml]\n",
        ),
        ("config/manager/manager.yaml", MANAGER),
        (
            "config/network-policy/kustomization.yaml",
            "resources: [metrics.yaml]\n",
        ),
        ("config/network-policy/metrics.yaml", SELECTING),
    ];
    let rule = "network-policy-selects-nothing";
    assert_eq!(built(&files, rule), [""; 0]);
    let elsewhere = SELECTING.replace("system", "other");
    let mut files = files;
    files[4].1 = &elsewhere;
    assert_eq!(built(&files, rule).len(), 1);
}

#[test]
fn a_policy_for_what_another_overlay_keeps_is_not_idle() {
    let other = MANAGER
        .replace("control-plane: manager", "control-plane: other")
        .replace("name: manager", "name: other");
    let both = format!("{MANAGER}---\n{other}");
    let deleting = |name: &str| {
        format!(
            "namespace: shop\nresources: [../base]\npatches:\n- target: {{kind: Deployment, name: {name}}}\n  patch: |-\n    $patch: delete\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: {name}}}\n"
        )
    };
    let relabelling = "namespace: shop\nresources: [../base]\npatches:\n- target: {kind: Deployment, name: manager}\n  patch: |-\n    - {op: replace, path: /spec/template/metadata/labels/control-plane, value: x}\n";
    let stray = SELECTING.replace("control-plane: manager", "control-plane: nobody");
    let peer = SELECTING.replace(
        "podSelector: {matchLabels: {control-plane: manager}}",
        "podSelector: {matchLabels: {control-plane: other}}\n  ingress: [{from: [{podSelector: {matchLabels: {control-plane: manager}}}]}]",
    );
    let (idle, peers) = (
        "network-policy-selects-nothing",
        "network-policy-peer-matches-nothing",
    );
    for (rule, policy, test, expected) in [
        (idle, SELECTING, deleting("manager"), 0),
        (idle, &stray, deleting("manager"), 1),
        (idle, SELECTING, relabelling.to_owned(), 1),
        (peers, &peer, deleting("manager"), 0),
        (peers, &peer, relabelling.to_owned(), 1),
    ] {
        let files = [
            ("base/kustomization.yaml", "resources: [a.yaml, p.yaml]\n"),
            ("base/a.yaml", both.as_str()),
            ("base/p.yaml", policy),
            (
                "live/kustomization.yaml",
                "namespace: shop\nresources: [../base]\n",
            ),
            ("test/kustomization.yaml", test.as_str()),
        ];
        assert_eq!(built(&files, rule).len(), expected, "{policy} {test}");
    }
}

#[test]
fn the_order_that_kustomize_makes_is_nobody_s_fault() {
    let both = format!("{MANAGER}---\n{SELECTING}");
    let rule = "policy-order";
    assert_eq!(built(&[("all.yaml", &both)], rule).len(), 1);
    let files = [
        ("all.yaml", both.as_str()),
        ("kustomization.yaml", "resources: [all.yaml]\n"),
    ];
    assert_eq!(built(&files, rule), [""; 0]);
    assert_eq!(unbuilt(&files, rule), [""; 0]);
    // A folder that one names is applied by nobody else, though it lacks a kustomization and nothing is built.
    for (named, expected) in [("../../base", 0), ("../../other", 1)] {
        let overlay = format!("resources: [{named}]\n");
        let files = [
            ("base/all.yaml", both.as_str()),
            ("overlays/dev/kustomization.yaml", &overlay),
        ];
        assert_eq!(unbuilt(&files, rule).len(), expected, "{named}");
    }
}

#[test]
fn files_of_a_folder_are_applied_by_name_unless_a_script_names_them() {
    let both = format!("{MANAGER}---\n{SELECTING}");
    let deny = SELECTING.replace("name: metrics", "name: deny");
    for (path, script, expected) in [
        ("k8s/policies.yaml", "kubectl apply -f k8s/", 1),
        ("k8s/00-policies.yaml", "kubectl apply -f k8s/", 0),
        ("other/policies.yaml", "kubectl apply -f k8s/", 0),
        ("k8s/policies.yaml", "kubectl apply -f k8s/policies.yaml", 0),
    ] {
        let files = [
            ("k8s/all.yaml", both.as_str()),
            (path, deny.as_str()),
            ("up.sh", script),
        ];
        let found = built(&files, "policy-order");
        assert_eq!(found.len(), expected, "{path}, {script}");
    }
}

#[test]
fn a_template_that_somebody_fills_in_is_applied_by_nobody() {
    for (name, expected) in [
        ("manager", 1),
        ("manager-REPLACE_WITH_ID", 0),
        ("manager-${ID}", 0),
    ] {
        let pods = MANAGER.replacen("name: manager", &format!("name: '{name}'"), 1);
        let files = [
            ("k8s/all.yaml", pods.as_str()),
            ("k8s/policies.yaml", SELECTING),
        ];
        assert_eq!(built(&files, "policy-order").len(), expected, "{name}");
    }
}

/// Overlays of one base and policies beside, into whose selectors a kustomization puts a label that no pods bear.
fn narrowed(path: &str, rule: &str) -> Vec<String> {
    let pods = MANAGER.replace("namespace: system", "namespace: shop");
    let policy = SELECTING.replace("namespace: system", "namespace: shop");
    let policy = format!(
        "{policy}  ingress: [{{from: [{{podSelector: {{matchLabels: {{control-plane: manager}}}}}}]}}]\n"
    );
    let application = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a, namespace: argocd}}\nspec: {{source: {{repoURL: 'https://git.example.com/a', path: {path}}}, destination: {{namespace: shop}}}}\n"
    );
    let overlay = |name: &str| format!("resources: [../../base]\nnamePrefix: {name}-\n");
    let files = [
        (
            "k8s/base/kustomization.yaml",
            "resources: [a.yaml]\ncommonLabels: {by: argocd}\n",
        ),
        ("k8s/base/a.yaml", &pods),
        ("k8s/overlays/dev/kustomization.yaml", &overlay("dev")),
        ("k8s/overlays/live/kustomization.yaml", &overlay("live")),
        (
            "k8s/policies/kustomization.yaml",
            "resources: [p.yaml]\ncommonLabels:\n  by: kustomize\n",
        ),
        ("k8s/policies/p.yaml", &policy),
        ("app.yaml", &application),
    ];
    built(&files, rule)
}

#[test]
fn what_deploys_one_of_several_overlays_puts_no_strangers_into_its_namespace() {
    for rule in [
        "network-policy-selects-nothing",
        "network-policy-peer-matches-nothing",
    ] {
        for (path, expected) in [
            ("k8s/overlays/live", 1),
            ("k8s/base", 1),
            ("k8s/policies", 1),
            ("k8s/elsewhere", 0),
        ] {
            assert_eq!(narrowed(path, rule).len(), expected, "{rule}, {path}");
        }
    }
}

#[test]
fn labels_that_a_kustomization_adds_to_a_selector_are_named_where_it_does() {
    let policy = SELECTING.replace("system", "shop");
    let files = [
        ("a.yaml", MANAGER.replace("system", "shop")),
        (
            "p/kustomization.yaml",
            "resources: [p.yaml]\ncommonLabels:\n  by: kustomize\n".to_owned(),
        ),
        ("p/p.yaml", policy),
    ];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let folder = folder(&files);
    let arguments = [
        "scan",
        "--rule",
        "network-policy-selects-nothing",
        "--format",
        "json",
        "--fail-on",
        "never",
    ];
    let report = run(folder.path(), &arguments).json();
    let finding = &report["findings"][0];
    let message = finding["message"].as_str().expect("a message");
    assert!(
        message.ends_with(
            "some have all but `by: kustomize`, which a kustomization adds to the selector"
        ),
        "{message}"
    );
    let place = &finding["related"][0]["location"];
    assert_eq!(place["path"], "p/kustomization.yaml");
    assert_eq!(place["line"], 3);
}

#[test]
fn a_policy_that_lost_its_pods_by_labels_of_a_kustomization_is_named_where_they_are_closed() {
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: a, image: 'harbor.example.com/a/b:1', env: [{name: API, value: 'http://api:80'}]}]}\n---\n";
    let api = "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\nspec: {selector: {app: api}, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop, labels: {app: api}}\nspec: {containers: [{name: a, image: 'harbor.example.com/a/b:1', ports: [{containerPort: 80}]}]}\n";
    let deny = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}}\n---\n";
    let pods = format!("{deny}{web}{api}");
    for (port, expected) in [(80, true), (81, false)] {
        let allow = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: allow, namespace: shop}}\nspec: {{podSelector: {{matchLabels: {{app: api}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: web}}}}}}], ports: [{{port: {port}}}]}}]}}\n"
        );
        let files = [
            ("a.yaml", pods.as_str()),
            (
                "p/kustomization.yaml",
                "resources: [p.yaml]\ncommonLabels:\n  by: kustomize\n",
            ),
            ("p/p.yaml", &allow),
        ];
        let folder = folder(&files);
        let arguments = ["scan", "--rule", "service-unreachable", "--format", "json"];
        let run = run(folder.path(), &arguments);
        assert_eq!(run.found().len(), 1, "{port}: {}", run.stderr);
        let is_named = run.stdout.contains("`allow` would let this through");
        assert_eq!(is_named, expected, "{port}: {}", run.stdout);
    }
}

#[test]
fn annotations_are_read_where_some_configuration_of_prometheus_says_so() {
    let job = "{job_name: pods, relabel_configs: [{source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], action: keep, regex: true}]}";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {app: a}, annotations: {prometheus.io/scrape: 'true', prometheus.io/port: '9090'}}\nspec: {containers: [{name: a, image: 'harbor.example.com/a/b:1'}]}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n";
    let application = |values: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a, namespace: argocd}}\nspec: {{source: {{repoURL: 'https://charts.example.com', chart: prometheus, helm: {values}}}, destination: {{namespace: monitoring}}}}\n"
        )
    };
    for (path, text, expected) in [
        (
            "values.yaml",
            format!("prometheus: {{prometheusSpec: {{additionalScrapeConfigs: [{job}]}}}}\n"),
            1,
        ),
        (
            "values.yaml",
            "prometheus: {prometheusSpec: {retention: 30d}}\n".to_owned(),
            0,
        ),
        (
            "app.yaml",
            application(&format!(
                "{{valuesObject: {{serverFiles: {{prometheus.yml: {{scrape_configs: [{job}]}}}}}}}}"
            )),
            1,
        ),
        (
            "app.yaml",
            application(&format!("{{values: \"extraScrapeConfigs: '[{job}]'\"}}")),
            1,
        ),
        ("app.yaml", application("{values: 'a: b'}"), 0),
        (
            "secret.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: a, namespace: monitoring}}\nstringData: {{prometheus-additional.yaml: '[{job}]'}}\n"
            ),
            1,
        ),
    ] {
        let files = [("pod.yaml", pod), (path, &*text)];
        assert_eq!(built(&files, "scrape-blocked").len(), expected, "{text}");
    }
}

#[test]
fn objects_without_a_namespace_meet_only_where_they_are_applied_together() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: 'harbor.example.com/a/b:1'}]}\n";
    let closing = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Egress]}\n";
    let stray = closing.replace("podSelector: {}", "podSelector: {matchLabels: {app: api}}");
    let one = "resources: [a.yaml]\n";
    for (rule, policy) in [
        ("dns-egress-blocked", closing),
        ("network-policy-selects-nothing", &stray),
    ] {
        let together = [("a/web.yaml", pod), ("b/deny.yaml", policy)];
        assert_eq!(built(&together, rule).len(), 1, "{rule}");
        let apart = [
            ("a/a.yaml", pod),
            ("a/kustomization.yaml", one),
            ("b/a.yaml", policy),
            ("b/kustomization.yaml", one),
        ];
        assert_eq!(built(&apart, rule), [""; 0], "{rule}");
    }
}

/// What is found in a folder of kustomizations that nobody builds.
fn unbuilt(files: &[(&str, &str)], rule: &str) -> Vec<String> {
    let folder = folder(files);
    let arguments = ["scan", "--no-render", "--rule", rule, "--format", "json"];
    let run = run(
        folder.path(),
        &[&arguments[..], &["--fail-on", "never"]].concat(),
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.found()
}

#[test]
fn the_namespace_of_a_kustomization_counts_without_a_build() {
    let deny = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n";
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}\n";
    let files = [
        ("apps/web.yaml", web),
        ("environments/deny.yaml", deny),
        (
            "environments/kustomization.yaml",
            "namespace: shop\nresources: [deny.yaml]\n",
        ),
    ];
    let rule = "network-policy-missing";
    assert_eq!(unbuilt(&files, rule), [""; 0]);
    assert_eq!(unbuilt(&files[..2], rule).len(), 1);
    // Of several overlays, each puts the policy into its own namespace.
    let several = [
        files[0],
        ("base/deny.yaml", deny),
        ("base/kustomization.yaml", "resources: [deny.yaml]\n"),
        (
            "shop/kustomization.yaml",
            "namespace: shop\nresources: [../base]\n",
        ),
        (
            "other/kustomization.yaml",
            "namespace: other\nresources: [../base]\n",
        ),
    ];
    assert_eq!(unbuilt(&several, rule), [""; 0]);
    assert_eq!(unbuilt(&several[..4], rule), [""; 0]);
    let elsewhere = web.replace("shop", "third");
    let mut several = several;
    several[0].1 = &elsewhere;
    assert_eq!(unbuilt(&several, rule).len(), 1);
}

#[test]
fn selectors_in_kustomizations_are_judged_unless_labels_may_change() {
    let stray = SELECTING.replace("control-plane: manager", "control-plane: web");
    let rule = "network-policy-selects-nothing";
    for (more, expected) in [
        ("", 1),
        ("images: [{name: a, newTag: b}]", 1),
        ("commonLabels: {team: a}", 1),
        ("commonLabels: {control-plane: web}", 0),
    ] {
        let kustomization = format!("namespace: shop\nresources: [all.yaml]\n{more}\n");
        let all = format!("{MANAGER}---\n{stray}");
        let files = [
            ("all.yaml", all.as_str()),
            ("kustomization.yaml", kustomization.as_str()),
        ];
        assert_eq!(unbuilt(&files, rule).len(), expected, "{more}");
    }
}

#[test]
fn a_patch_that_stands_alone_in_the_list_of_patches_is_no_object() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: manager}\nspec: {template: {metadata: {labels: {team: a}}, spec: {containers: [{name: manager, image: 'harbor.example.com/a/b:1'}]}}}\n";
    let files = [
        ("patch.yaml", patch),
        ("policy.yaml", SELECTING),
        ("kustomization.yaml", "patches: [patch.yaml]\n"),
    ];
    let rule = "network-policy-missing";
    assert_eq!(unbuilt(&files, rule), [""; 0]);
    assert_eq!(unbuilt(&files[..2], rule).len(), 1);
}

/// A pod of a namespace with a label `app`; what else its container has.
fn pod(namespace: &str, app: &str, container: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {app}, {namespace}labels: {{app: '{app}'}}}}\nspec: {{containers: [{{name: main, image: 'harbor.example.com/a/b:1'{container}}}]}}\n---\n"
    )
}

fn policy(namespace: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: closing{namespace}}}\nspec: {spec}\n---\n"
    )
}

fn service(name: &str, app: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{selector: {{app: '{app}'}}, ports: [{{port: 5432}}]}}\n---\n"
    )
}

const SHOP: &str = ", namespace: shop";
const DENY: &str = "{podSelector: {}, policyTypes: [Ingress, Egress]}";

#[test]
fn of_services_of_one_name_the_nearest_counts() {
    let own = "namespace: shop, ";
    let web = pod(own, "web", ", env: [{name: DB_HOST, value: db}]") + &pod(own, "new", "");
    let (new, old) = (service("db", "new"), service("db", "old"));
    let closed = pod(own, "old", "") + &policy(SHOP, "{podSelector: {matchLabels: {app: old}}}");
    let files = [
        ("now/web.yaml", web.as_str()),
        ("now/db.yaml", &new),
        ("archive/db.yaml", &old),
        ("archive/closed.yaml", &closed),
    ];
    let rule = "service-unreachable";
    assert_eq!(unbuilt(&files, rule), [""; 0]);
    assert_eq!(unbuilt(&[files[0], files[2], files[3]], rule).len(), 1);
    // Of two that are equally near, one is open.
    let far = ("other/db.yaml", new.as_str());
    assert_eq!(unbuilt(&[files[0], files[2], files[3], far], rule), [""; 0]);
}

#[test]
fn a_service_that_names_another_one_means_it() {
    let own = "namespace: shop, ";
    let alias = "apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: shop}\nspec: {type: ExternalName, externalName: HOST}\n---\n";
    let web = pod(own, "web", ", env: [{name: DB_HOST, value: alias}]");
    let db = pod(own, "db", "") + &service("db", "db");
    let closing = policy(SHOP, "{podSelector: {matchLabels: {app: db}}}");
    let all = |host: &str| {
        [&web, &db, &closing, &alias.replace("HOST", host)]
            .map(String::as_str)
            .concat()
    };
    let found = |host: &str| unbuilt(&[("a.yaml", &all(host))], "service-unreachable").len();
    assert_eq!(found("db.shop.svc.cluster.local"), 1);
    assert_eq!(found("db.example.com"), 0);
}

#[test]
fn placeholders_may_stand_for_anything() {
    let own = "namespace: shop, ";
    let listening = |port: &str| pod(own, "web", &format!(", ports: [{{containerPort: {port}}}]"));
    let to_port = |port: &str| {
        let spec = format!("{{podSelector: {{}}, ingress: [{{ports: [{{port: {port}}}]}}]}}");
        policy(SHOP, &spec)
    };
    let selecting = |app: &str| {
        let spec = DENY.replace("{}", &format!("{{matchLabels: {{app: '{app}'}}}}"));
        policy(SHOP, &spec)
    };
    let range = |cidr: &str| {
        let to = format!("egress: [{{to: [{{ipBlock: {{cidr: '{cidr}'}}}}]}}]");
        policy(
            SHOP,
            &DENY.replace("podSelector", &format!("{to}, podSelector")),
        )
    };
    for (text, rule, expected) in [
        (
            listening("80") + &to_port("'${PORT}'"),
            "network-policy-port-unused",
            0,
        ),
        (
            listening("'{{ port }}'") + &to_port("8080"),
            "network-policy-port-unused",
            0,
        ),
        (
            listening("80") + &to_port("8080"),
            "network-policy-port-unused",
            1,
        ),
        (
            pod(own, "web", "") + &selecting("${APP}"),
            "network-policy-missing",
            0,
        ),
        (
            pod(own, "web-$(A)", "") + &selecting("web-1"),
            "network-policy-missing",
            0,
        ),
        (
            pod(own, "web-$(A)", "") + &selecting("api"),
            "network-policy-missing",
            1,
        ),
        (
            pod(own, "web", "") + &selecting("<app>"),
            "network-policy-selects-nothing",
            0,
        ),
        (
            pod(own, "web", "") + &selecting("api"),
            "network-policy-selects-nothing",
            1,
        ),
        (
            pod(own, "web", "") + &range("${RANGE}"),
            "network-policy-missing",
            0,
        ),
        (
            pod(own, "web", "") + &range("${RANGE}"),
            "dns-egress-blocked",
            0,
        ),
    ] {
        assert_eq!(
            unbuilt(&[("a.yaml", &text)], rule).len(),
            expected,
            "{rule}: {text}"
        );
    }
}

#[test]
fn what_overlays_share_is_in_each_of_them() {
    let web = pod("", "web", "");
    let deny = policy("", DENY);
    let [shop, test] =
        ["shop", "test"].map(|name| format!("namespace: {name}\nresources: [../base"));
    let missing = "network-policy-missing";
    // The policies in the base, the workload in an overlay, and the other way round.
    let (with_web, plain) = (format!("{shop}, web.yaml]\n"), format!("{test}]\n"));
    let files = [
        ("base/deny.yaml", deny.as_str()),
        ("base/kustomization.yaml", "resources: [deny.yaml]\n"),
        ("shop/kustomization.yaml", &with_web),
        ("shop/web.yaml", &web),
        ("test/kustomization.yaml", &plain),
    ];
    assert_eq!(unbuilt(&files, missing), [""; 0]);
    let (with_deny, base) = (format!("{shop}, deny.yaml]\n"), "resources: [web.yaml]\n");
    let files = [
        ("base/web.yaml", web.as_str()),
        ("base/kustomization.yaml", base),
        ("shop/kustomization.yaml", &with_deny),
        ("shop/deny.yaml", &deny),
        ("test/kustomization.yaml", &plain),
    ];
    let folder = folder(&files);
    let run = run(
        folder.path(),
        &[
            "scan",
            "--no-render",
            "--rule",
            missing,
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert!(
        run.stdout.contains("for ingress and egress in `test`"),
        "{}",
        run.stdout
    );
    // A component that both take along.
    let component = "components: [../deny]\n";
    let [shop, test] = ["shop", "test"]
        .map(|name| format!("namespace: {name}\nresources: [../base]\n{component}"));
    let files = [
        ("base/web.yaml", web.as_str()),
        ("base/kustomization.yaml", base),
        ("deny/deny.yaml", &deny),
        (
            "deny/kustomization.yaml",
            "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [deny.yaml]\n",
        ),
        ("shop/kustomization.yaml", &shop),
        ("test/kustomization.yaml", &test),
    ];
    for rule in [missing, "network-policy-selects-nothing"] {
        assert_eq!(unbuilt(&files, rule), [""; 0]);
    }
}

#[test]
fn what_stays_outside_meets_the_base_as_somebody_applies_it() {
    let own = "namespace: shop, ";
    let files = [
        ("base/deny.yaml", policy(SHOP, DENY)),
        (
            "base/kustomization.yaml",
            "namespace: shop\nresources: [deny.yaml]\n".to_owned(),
        ),
        (
            "dev/kustomization.yaml",
            "namespace: dev\nresources: [../base]\n".to_owned(),
        ),
        (
            "prod/kustomization.yaml",
            "namespace: prod\nresources: [../base]\n".to_owned(),
        ),
        ("web.yaml", pod(own, "web", "")),
    ];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    assert_eq!(unbuilt(&files, "network-policy-missing"), [""; 0]);
    assert_eq!(unbuilt(&files, "dns-egress-blocked").len(), 1);
}

#[test]
fn who_leaves_the_namespace_open_may_meet_a_policy_there() {
    let found = |policy: &str| {
        let folder = folder(&[("a.yaml", &pod("", "web", "")), ("b/b.yaml", policy)]);
        let rule = "network-policy-missing";
        run(
            folder.path(),
            &[
                "scan",
                "--rule",
                rule,
                "--format",
                "json",
                "--fail-on",
                "never",
            ],
        )
        .stdout
    };
    let everyone = found(&policy(SHOP, DENY));
    assert!(
        everyone.contains("in `shop` `closing` would select them"),
        "{everyone}"
    );
    assert!(everyone.contains("medium"), "{everyone}");
    let own = DENY.replace("{}", "{matchLabels: {app: web}}");
    let labelled = policy(SHOP, &own);
    assert!(!found(&labelled).contains("no NetworkPolicy"));
    // With pods of its own beside it, it may be for those alone.
    let with_own = found(&format!(
        "{labelled}{}",
        pod("namespace: shop, ", "web", "")
    ));
    assert!(
        with_own.contains("in `shop` `closing` would select them"),
        "{with_own}"
    );
    assert!(with_own.contains("medium"), "{with_own}");
}

#[test]
fn addresses_that_pods_may_have_do_not_close_an_end() {
    let own = "namespace: shop, ";
    let end = |cidr: &str| {
        let web = pod(own, "web", ", env: [{name: DB_HOST, value: db}]");
        let db = pod(own, "db", "") + &service("db", "db");
        let open = format!("egress: [{{to: [{{ipBlock: {{cidr: {cidr}}}}}]}}], podSelector");
        let all = web + &db + &policy(SHOP, &DENY.replace("podSelector", &open));
        let folder = folder(&[("a.yaml", &all)]);
        let rule = "service-unreachable";
        run(
            folder.path(),
            &[
                "scan",
                "--rule",
                rule,
                "--format",
                "json",
                "--fail-on",
                "never",
            ],
        )
        .stdout
    };
    assert!(
        end("0.0.0.0/0").contains("at the other end"),
        "{}",
        end("0.0.0.0/0")
    );
    assert!(
        end("192.0.2.0/24").contains("at both ends"),
        "{}",
        end("192.0.2.0/24")
    );
}

#[test]
fn a_policy_for_a_whole_namespace_is_about_the_workloads_around_it() {
    let (web, deny) = (pod("", "web", ""), policy("", DENY));
    // What allows nothing at all to pods of its own choice is meant so.
    let one = DENY.replace("{}", "{matchLabels: {app: web}}");
    let one = policy(
        "",
        &one.replace("policyTypes", "ingress: [{}], policyTypes"),
    );
    let rule = "dns-egress-blocked";
    let found = |policy: &str, path: &str| {
        let files = [("a/web.yaml", web.as_str()), ("b/web.yaml", web.as_str())];
        built(&[&files[..], &[(path, policy)]].concat(), rule)
    };
    assert_eq!(found(&deny, "a/deny.yaml").len(), 0, "both are one class");
    assert_eq!(found(&deny, "policies/deny.yaml").len(), 2);
    assert_eq!(found(&one, "a/deny.yaml").len(), 2);
    let api = pod("", "api", "");
    let files = [
        ("a/web.yaml", &web),
        ("a/deny.yaml", &deny),
        ("b/api.yaml", &api),
    ];
    let files = files.map(|(path, text)| (path, text.as_str()));
    let found = built(&files, rule);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("a/web.yaml"), "{found:?}");
}

#[test]
fn what_an_overlay_leaves_out_beside_what_it_takes_along_is_not_there() {
    let [web, api] = ["web", "api"].map(|app| pod("", app, ""));
    let for_api = policy("", "{podSelector: {matchLabels: {app: api}}}");
    let found = |left_out: &str| {
        let (file, kustomization) = (
            format!("{left_out}/all.yaml"),
            format!("{left_out}/kustomization.yaml"),
        );
        let all = "resources: [all.yaml]\n";
        built(
            &[
                ("base/web/all.yaml", &web),
                ("base/web/kustomization.yaml", all),
                ("base/policies/all.yaml", &for_api),
                ("base/policies/kustomization.yaml", all),
                (&file, &api),
                (&kustomization, all),
                (
                    "overlays/dev/kustomization.yaml",
                    "namespace: dev\nresources: [../../base/web, ../../base/policies]\n",
                ),
            ],
            "network-policy-selects-nothing",
        )
    };
    assert_eq!(found("base/api").len(), 1);
    assert_eq!(found("other/api"), [""; 0]);
}

#[test]
fn pods_in_templates_of_manifests_may_be_those_that_a_policy_means() {
    let own = "namespace: shop, ";
    let other = pod(own, "other", "");
    let stray = policy(SHOP, "{podSelector: {matchLabels: {app: web}}}");
    let found = |name: &str, app: &str| {
        let template = pod(own, app, "");
        let files = [
            ("other.yaml", other.as_str()),
            ("policy.yaml", stray.as_str()),
            (name, template.as_str()),
        ];
        built(&files, "network-policy-selects-nothing").len()
    };
    for name in [
        "web.yaml.tpl",
        "inner/web.yml.j2",
        "web.yaml.tmpl",
        "web.yaml.erb",
    ] {
        assert_eq!(found(name, "web"), 0, "{name}");
    }
    assert_eq!(found("web.yaml.tpl", "api"), 1);
    assert_eq!(found("web.yaml.orig", "web"), 1);
}

#[test]
fn labels_of_overlays_that_cannot_be_built_may_be_those_that_a_policy_asks_for() {
    let spec = "{podSelector: {matchExpressions: [{key: team, operator: Exists}]}, policyTypes: [Ingress, Egress]}";
    let base = pod("", "web", "") + &policy("", spec);
    let found = |labels: &str| {
        let overlay = format!(
            "resources: [../base]\nconfigMapGenerator: [{{name: a, envs: [.env]}}]\n{labels}\n"
        );
        let files = [
            ("base/all.yaml", base.as_str()),
            ("base/kustomization.yaml", "resources: [all.yaml]\n"),
            ("dev/kustomization.yaml", overlay.as_str()),
        ];
        let folder = folder(&files);
        let rule = ["--rule", "network-policy-missing"];
        let arguments = [&["scan", "--format", "json"], &rule[..]].concat();
        run(folder.path(), &arguments).found().len()
    };
    assert_eq!(
        found("labels: [{pairs: {team: shop}, includeSelectors: true}]"),
        0
    );
    assert_eq!(
        found("labels: [{pairs: {owner: shop}, includeSelectors: true}]"),
        1
    );
    assert_eq!(found(""), 1);
}
