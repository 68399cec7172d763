//! Network rules where it hangs on who applies what: alternatives, charts that are deployed elsewhere,
//! files beside kustomizations, and what these put into selectors.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{Run, folder, landfall, path_with_helm};
use serde_json::Value;

/// A workload whose environment is to be filled in.
const HELPED: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
        - name: main
          image: harbor.example.com/a/b:1
          env:
            ENV
---
";

const DENY: &str = "{podSelector: {}, policyTypes: [Ingress, Egress]}";

/// What is found in files, `place: rule`, by the rules of the family whose names are given.
fn found(files: &[(&str, &str)], rule: &str, more: &[&str]) -> Vec<String> {
    scanned(files, rule, more).found()
}

/// A scan of files by one rule of the family.
fn scanned(files: &[(&str, &str)], rule: &str, more: &[&str]) -> Run {
    let folder = folder(files);
    let arguments = [
        "scan",
        "--rule",
        rule,
        "--format",
        "json",
        "--fail-on",
        "never",
    ];
    run(folder.path(), &[&arguments[..], more].concat())
}

/// Runs landfall in a folder, with helm on its `PATH`.
fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut landfall = landfall(folder);
    let landfall = landfall.env("PATH", path_with_helm()).args(arguments);
    landfall.output().expect("landfall runs").into()
}

fn count(files: &[(&str, &str)], rule: &str) -> usize {
    found(files, rule, &[]).len()
}

fn deployment(name: &str, namespace: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}{namespace}}}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: {{containers: [{{name: main, image: 'harbor.example.com/a/b:1'{container}}}]}}\n---\n"
    )
}

fn policy(namespace: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: closing{namespace}}}\nspec: {spec}\n---\n"
    )
}

fn service(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{selector: {{app: {name}}}, ports: [{{port: 5432}}]}}\n---\n"
    )
}

#[test]
fn policies_that_a_command_applies_by_themselves_close_the_pods_of_each_alternative() {
    const INSTALL: &str = "helm upgrade --install shop chart -n shop\n";
    let chart = deployment("web", "", "") + &deployment("db", "", "");
    let told = |policy: &str, commands: &str| {
        let files = [
            (
                "chart/Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            ),
            ("chart/templates/all.yaml", &chart),
            (
                "k8s/kustomization.yaml",
                "namespace: shop\nresources: [all.yaml, net/deny.yaml]\n",
            ),
            ("k8s/all.yaml", &chart),
            ("k8s/net/deny.yaml", policy),
            ("up.sh", commands),
        ];
        found(&files, "network-policy-missing", &[]).len()
    };
    let open = policy("", DENY);
    let deny = policy(", namespace: shop", DENY);
    for (policy, command, expected) in [
        (&open, "kubectl apply -n shop -f k8s/net/", 0),
        (&open, "kubectl apply -n shop -f k8s/net/deny.yaml", 0),
        (&deny, "kubectl apply -f k8s/net/", 0),
        // Into another namespace, or into whichever is there.
        (&open, "kubectl apply -n other -f k8s/net/", 2),
        (&open, "kubectl apply -f k8s/net/", 2),
        // With the workloads, in place of the chart.
        (&open, "kubectl apply -n shop -R -f k8s/", 2),
        (&open, "kubectl apply -k k8s", 2),
    ] {
        let commands = format!("{INSTALL}{command}\n");
        assert_eq!(told(policy, &commands), expected, "{command}");
    }
}

#[test]
fn policies_of_an_alternative_close_no_pods_of_another() {
    let env = ", env: [{name: DB, value: 'http://db:5432'}]";
    let web = deployment("web", "", env) + &deployment("db", "", "") + &service("db");
    let closed = web.clone() + &policy("", DENY);
    let other = deployment("worker", "", env) + &deployment("db", "", "") + &service("db");
    let both = "namespace: shop\nresources: [all.yaml]\n";
    let files = |small: &str, namespace: &str| {
        let small = small.to_owned();
        let kustomization = both.replace("shop", namespace);
        [
            ("full/kustomization.yaml", both.to_owned()),
            ("full/all.yaml", closed.clone()),
            ("small/kustomization.yaml", kustomization),
            ("small/all.yaml", small),
        ]
    };
    let told = |files: &[(&str, String)], rule: &str| {
        let files: Vec<(&str, &str)> = files.iter().map(|(at, text)| (*at, &**text)).collect();
        found(&files, rule, &[])
    };
    // The same Deployments: who applies the small one has no policy.
    let alternatives = files(&web, "shop");
    let blocked = told(&alternatives, "service-unreachable");
    assert_eq!(blocked.len(), 1);
    assert!(blocked[0].contains("full/all.yaml"), "{blocked:?}");
    let open = told(&alternatives, "network-policy-missing");
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open.iter().all(|one| one.contains("small/all.yaml")));
    // It may have to last in one of them.
    let lasting = web.replace("kind: Deployment", "kind: StatefulSet");
    assert_eq!(
        told(&files(&lasting, "shop"), "service-unreachable").len(),
        1
    );
    // Others of one namespace are there together.
    let other = other
        .replace("name: db", "name: store")
        .replace("app: db", "app: store");
    let together = files(&other.replace("http://db", "http://store"), "shop");
    assert_eq!(told(&together, "service-unreachable").len(), 2);
    assert_eq!(told(&together, "network-policy-missing").len(), 0);
    let apart = files(&web, "other");
    assert_eq!(told(&apart, "service-unreachable").len(), 1);
}

#[test]
fn a_policy_that_cannot_be_read_may_open_what_others_close() {
    let env = ", env: [{name: DB, value: 'http://db:5432'}]";
    let shop = ", namespace: shop";
    let all = deployment("web", shop, env)
        + &deployment("db", shop, "")
        + &service("db").replace("name: db}", "name: db, namespace: shop}");
    let told = |other: &str| {
        let deny = policy(shop, DENY);
        let files = [
            ("all.yaml", &*all),
            ("deny.yaml", &*deny),
            ("other.yaml", other),
        ];
        count(&files, "service-unreachable")
    };
    assert_eq!(told(""), 1);
    let broken = policy(", namespace: shop", "{podSelector: {}}\n-\nkind: x");
    assert_eq!(told(&broken), 0);
    assert_eq!(told(&broken.replace("shop", "other")), 1);
    let read = policy(shop, "{podSelector: {matchLabels: {app: c}}}");
    assert_eq!(told(&(read + "kind: ConfigMap\n-\na: b\n")), 1);
}

#[test]
fn folders_with_the_same_workloads_are_alternatives() {
    let in_shop = ", namespace: shop";
    let env = ", env: [{name: DB, value: 'http://db:5432'}]";
    let web = deployment("web", in_shop, env) + &deployment("db", in_shop, "");
    let service = service("db").replace("name: db}", "name: db, namespace: shop}");
    let (web, closing) = (web + &service, policy(in_shop, DENY));
    let told = |apart: &str, other: &str| {
        let files = [
            ("infra/prod/web.yaml", &*web),
            ("infra/prod/policies/all.yaml", &*closing),
            (apart, other),
        ];
        let open = found(&files, "network-policy-missing", &[]);
        let blocked = found(&files, "service-unreachable", &[]);
        let is_apart = |place: &&String| place.contains(apart);
        [&open, &blocked].map(|all| all.iter().filter(is_apart).count())
    };
    assert_eq!(told("infra/local/web.yaml", &web), [2, 0]);
    // What is there once goes with all.
    let one = deployment("web", in_shop, env) + &deployment("cache", in_shop, "");
    assert_eq!(told("infra/local/web.yaml", &one), [0, 1]);
    assert_eq!(told("infra/prod/more/web.yaml", &web), [0, 1]);
}

#[test]
fn a_policy_of_one_name_is_there_instead_of_the_other() {
    let in_shop = ", namespace: shop";
    let db =
        deployment("db", in_shop, "").replace("b:1'}", "b:1', ports: [{containerPort: 5432}]}");
    let service = service("db").replace("name: db}", "name: db, namespace: shop}");
    let env = ", env: [{name: DB, value: 'http://db.shop:5432'}]";
    let check = deployment("check", in_shop, env);
    let more = deployment("cache", in_shop, "");
    // Each closes one end; together they would let it through.
    let to_db = "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 5432}]}], egress: [{ports: [{port: 53, protocol: UDP}]}]}";
    let from_db = "{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{ports: [{port: 5432}]}, {ports: [{port: 53, protocol: UDP}]}]}";
    let all = |web: &str, spec: &str| web.to_owned() + &service + &policy(in_shop, spec);
    let web = db.clone() + &more;
    let first = all(&web, to_db);
    let kustomization = "namespace: shop\nresources: [all.yaml]\n";
    let built = |other: &str| {
        let files = [
            ("check.yaml", &*check),
            ("base/kustomization.yaml", kustomization),
            ("base/all.yaml", &first),
            ("small/kustomization.yaml", kustomization),
            ("small/all.yaml", other),
        ];
        count(&files, "service-unreachable")
    };
    let plain = |other: &str| {
        let files = [
            ("check.yaml", &*check),
            ("base/all.yaml", &first),
            ("small/all.yaml", other),
        ];
        count(&files, "service-unreachable")
    };
    let second = all(&web, from_db);
    assert_eq!([built(&second), plain(&second)], [1, 1]);
    // With another name it is there beside the first one, as it is where nothing else says that one is not.
    let beside = second.replace("name: closing", "name: more");
    assert_eq!([built(&beside), plain(&beside)], [0, 0]);
    let alone = all(&deployment("worker", in_shop, ""), from_db);
    assert_eq!([built(&alone), plain(&alone)], [0, 0]);
    // An overlay that changes the policy is deployed, and not what it takes along.
    let overlay = "namespace: shop\nresources: [../base]\npatches: [{path: patch.yaml}]\n";
    let open = policy(in_shop, "{ingress: [{}], egress: [{}]}");
    let files = |patch: &str| {
        let files = [
            ("base/kustomization.yaml", kustomization),
            ("base/all.yaml", &*(first.clone() + &check)),
            ("prod/kustomization.yaml", overlay),
            ("prod/patch.yaml", patch),
        ];
        count(&files, "service-unreachable")
    };
    assert_eq!([files(&open), files(&policy(in_shop, to_db))], [0, 1]);
}

#[test]
fn the_namespace_of_an_overlay_that_cannot_be_built_counts_for_what_it_takes_along() {
    let web = deployment("web", "", "");
    let deny = policy(", namespace: shop", DENY);
    let overlay = |namespace: &str, more: &str| {
        format!("namespace: {namespace}\nresources: [../../base, ../../services/web]\n{more}")
    };
    let told = |overlay: &str| {
        let files = [
            // Without a kustomization of its own, so that the overlay is not built.
            ("base/policy.yaml", &*deny),
            ("services/web/kustomization.yaml", "resources: [web.yaml]\n"),
            ("services/web/web.yaml", &web),
            ("overlays/prod/kustomization.yaml", overlay),
        ];
        count(&files, "network-policy-missing")
    };
    assert_eq!(told(&overlay("shop", "")), 0);
    assert_eq!(told(&overlay("other", "")), 1);
}

#[test]
fn a_kustomization_of_policies_alone_counts_for_those_that_take_it_along() {
    let web = deployment("web", "", "");
    let closing = policy("", DENY);
    let of = |resources: &str| format!("namespace: shop\nresources: [{resources}]\n");
    let (base, policies) = ("resources: [web.yaml]\n", of("all.yaml"));
    let small = of("../../base");
    for (full, expected) in [
        ("../../base, ../../policies/all.yaml", 1),
        ("../../base", 0),
    ] {
        let full = of(full);
        let files = [
            ("base/kustomization.yaml", base),
            ("base/web.yaml", &*web),
            ("policies/kustomization.yaml", &policies),
            ("policies/all.yaml", &closing),
            ("overlays/full/kustomization.yaml", &full),
            ("overlays/small/kustomization.yaml", &small),
        ];
        assert_eq!(count(&files, "network-policy-missing"), expected, "{full}");
    }
}

#[test]
fn a_chart_and_a_folder_of_one_application_are_alternatives() {
    let named = |name: &str, namespace: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}{namespace}}}\nspec:\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n      containers: [{{name: a, image: a}}]\n---\n"
        )
    };
    let template = named("x-web", "") + &named("x-worker", "") + &policy("", DENY);
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x, namespace: shop}\nspec: {chart: {spec: {chart: ./charts/x, sourceRef: {kind: GitRepository, name: a}}}}\n";
    let plain = named("web", ", namespace: shop") + &named("worker", ", namespace: shop");
    let files = |plain: &str| {
        let plain = plain.to_owned();
        let missing = [
            (
                "charts/x/Chart.yaml",
                "apiVersion: v2\nname: x\nversion: 1.0.0\n",
            ),
            ("charts/x/templates/all.yaml", &template),
            ("flux/release.yaml", release),
            ("k8s/all.yaml", &plain),
        ];
        found(&missing, "network-policy-missing", &[])
    };
    let open = files(&plain);
    assert_eq!(open.len(), 2, "{open:?}");
    assert!(open.iter().all(|one| one.contains("k8s/all.yaml")));
    // Others of the namespace are there together, and one alone may be one that each brings along.
    assert_eq!(files(&plain.replace("name: w", "name: b")).len(), 0);
    assert_eq!(files(&named("web", ", namespace: shop")).len(), 0);
    // With policies of its own, it is closed by these.
    let closed = format!("{plain}{}", policy(", namespace: shop", DENY));
    assert_eq!(files(&closed).len(), 0);
}

#[test]
fn a_file_that_stands_for_a_listed_workload_is_not_told() {
    let listed = deployment("web", "", "");
    let other = listed.replace("kind: Deployment", "kind: StatefulSet");
    let deny = policy("", DENY);
    let files = |other: &str| {
        let files = [
            (
                "base/kustomization.yaml",
                "namespace: shop\nresources: [web.yaml, deny.yaml]\n",
            ),
            ("base/web.yaml", &*listed),
            ("base/deny.yaml", &*deny),
            ("base/stateful.yaml", other),
        ];
        count(&files, "network-policy-missing")
    };
    assert_eq!(files(&other), 0);
    assert_eq!(files(&other.replace("web", "worker")), 1);
}

#[test]
fn what_one_overlay_closes_is_told_though_another_one_deletes_the_policies() {
    let env = ", env: [{name: DB, value: 'http://db:5432'}]";
    let all = deployment("web", "", env) + &deployment("db", "", "") + &service("db");
    let base = "resources: [all.yaml, deny.yaml]\n";
    let open = "resources: [../base]\npatches:\n- target: {kind: NetworkPolicy}\n  patch: |\n    $patch: delete\n    apiVersion: networking.k8s.io/v1\n    kind: NetworkPolicy\n    metadata: {name: any}\n";
    let deny = policy("", DENY);
    let files = [
        ("addons/kustomization.yaml", "resources: [map.yaml]\n"),
        (
            "addons/map.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        ),
        ("base/kustomization.yaml", base),
        ("base/all.yaml", &*all),
        ("base/deny.yaml", &*deny),
        (
            "overlays/closed/kustomization.yaml",
            "resources: [../../addons, ../../base]\n",
        ),
        (
            "overlays/open/kustomization.yaml",
            &open.replace("../base", "../../base"),
        ),
        (
            "overlays/wide/kustomization.yaml",
            &open.replace("../base", "../../addons, ../../base"),
        ),
    ];
    assert_eq!(found(&files, "service-unreachable", &[]).len(), 1);
    assert_eq!(found(&files, "network-policy-missing", &[]).len(), 2);
}

#[test]
fn a_chart_is_in_the_namespace_of_who_deploys_it() {
    let template = deployment("web", "", "");
    let deny = policy(", namespace: shop", DENY);
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: store-web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/a', path: charts/web}\n  destination: {namespace: shop}\n";
    let files = |deployer: &'static str| {
        [
            (
                "charts/web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("charts/web/templates/all.yaml", &*template),
            ("policies/deny.yaml", &*deny),
            ("argocd/web.yaml", deployer),
        ]
    };
    let rule = "network-policy-missing";
    assert_eq!(count(&files(application), rule), 0);
    assert_eq!(count(&files("kind: None\n"), rule), 1);
    let mut elsewhere = files(application);
    let other = application.replace("{namespace: shop}", "{namespace: other}");
    elsewhere[3].1 = &other;
    assert_ne!(count(&elsewhere, rule), 0);
}

#[test]
fn charts_are_where_the_loop_of_a_script_installs_them() {
    let template = deployment("web", "", "");
    let deny = policy(", namespace: shop", DENY);
    let script = "CHARTS=\"$(pwd)/charts\"\nfor one in web db; do\n  helm upgrade --install \"$one\" \"$CHARTS/$one\" \\\n    --namespace shop\ndone\n";
    let blocked = |script: &str| {
        let files = [
            (
                "charts/web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("charts/web/templates/all.yaml", &*template),
            ("policies/deny.yaml", &*deny),
            ("deploy.sh", script),
        ];
        count(&files, "dns-egress-blocked")
    };
    assert_eq!(blocked(script), 1);
    for other in [
        script.replace("web db", "api db"),
        script.replace("namespace shop", "namespace other"),
        script.replace("/charts\"", "/packages\""),
        script.replace("helm upgrade --install", "helm lint"),
    ] {
        assert_eq!(blocked(&other), 0, "{other}");
    }
}

#[test]
fn what_another_application_of_a_chart_deploys_elsewhere_hides_nothing() {
    let template = deployment("{{ .Values.name }}", "", "");
    let policies = |app: &str| {
        let spec = format!("{{podSelector: {{matchLabels: {{app: {app}}}}}}}");
        policy(", namespace: shop", &spec)
    };
    let application = |name: &str, namespace: &str, value: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web-{name}, namespace: argocd}}\nspec:\n  source: {{repoURL: 'https://git.example.com/a', path: charts/web, targetRevision: {name}, helm: {{valuesObject: {{name: {value}}}}}}}\n  destination: {{namespace: {namespace}}}\n---\n"
        )
    };
    let main = application("main", "shop", "web");
    let told = |deployers: &str, app: &str| {
        let policies = policies(app);
        let files = [
            (
                "charts/web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("charts/web/values.yaml", "name: web\n"),
            ("charts/web/templates/all.yaml", &*template),
            ("policies/own.yaml", &*policies),
            ("argocd/web.yaml", deployers),
        ];
        count(&files, "network-policy-selects-nothing")
    };
    let elsewhere = main.clone() + &application("develop", "shop-dev", "web");
    let here = main.clone() + &application("develop", "shop", "api");
    assert_eq!(told(&main, "api"), 1);
    assert_eq!(told(&elsewhere, "api"), 1);
    assert_eq!(told(&elsewhere, "web"), 0);
    // In the namespace of the policy, the other one counts.
    assert_eq!(told(&here, "api"), 0);
}

#[test]
fn labels_that_a_kustomization_puts_into_selectors_are_none_of_the_dns_service() {
    let dns = "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]}";
    let all = deployment("web", "", "") + &policy("", dns);
    for (labels, expected) in [
        ("commonLabels: {team: shop}", 1),
        ("labels: [{pairs: {team: shop}, includeSelectors: true}]", 1),
        ("labels: [{pairs: {team: shop}, includeTemplates: true}]", 0),
        ("labels: [{pairs: {team: shop}}]", 0),
        ("commonAnnotations: {team: shop}", 0),
    ] {
        let kustomization = format!("namespace: shop\nresources: [all.yaml]\n{labels}\n");
        let files = [("kustomization.yaml", &*kustomization), ("all.yaml", &all)];
        let rule = "dns-egress-blocked";
        for (more, asked) in [
            (
                &[][..],
                "also asks for `team: shop`, which a kustomization adds",
            ),
            (
                &["--no-render"],
                "also asks for `team: shop`, which the kustomization in `.` adds",
            ),
        ] {
            let run = scanned(&files, rule, more);
            assert_eq!(run.found().len(), expected, "{labels}, {more:?}");
            assert_eq!(
                run.stdout.contains(asked),
                expected > 0,
                "{labels}, {more:?}"
            );
            // The peer is where it is to be mended.
            let peers = found(&files, "network-policy-peer-matches-nothing", more);
            assert_eq!(peers.len(), expected, "{labels}, {more:?}");
        }
    }
}

#[test]
fn a_peer_of_any_namespace_is_told_where_known_pods_lack_what_a_kustomization_adds() {
    let peer = |labels: &str| {
        let spec = "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {LABELS}}}]}]}";
        policy("", &spec.replace("LABELS", labels))
    };
    let metrics = deployment("metrics", ", namespace: monitoring", "");
    let labelled = metrics.replace(
        "{labels: {app: metrics}}",
        "{labels: {app: metrics, team: shop}}",
    );
    for (labels, beside, expected) in [
        ("app: metrics", &metrics, 1),
        // They bear what the kustomization gives, or it gives it to them.
        ("app: metrics", &labelled, 0),
        ("app: web", &metrics, 0),
        // Whose pods these are, nobody knows.
        ("app: elsewhere", &metrics, 0),
        // Its own label is asked for by the file.
        ("team: shop", &metrics, 0),
    ] {
        let all = deployment("web", "", "") + &peer(labels);
        let files = [
            (
                "shop/kustomization.yaml",
                "namespace: shop\nresources: [all.yaml]\ncommonLabels: {team: shop}\n",
            ),
            ("shop/all.yaml", &*all),
            ("metrics.yaml", beside.as_str()),
        ];
        let rule = "network-policy-peer-matches-nothing";
        assert_eq!(count(&files, rule), expected, "{labels}");
    }
}

#[test]
fn a_policy_that_a_script_or_a_task_applies_is_told_of_its_faults_there() {
    let spec = "podSelector: {}\n  ingress:\n    - {}\n";
    let open = |name: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  {spec}"
        )
    };
    let all = open("all");
    let script = |command: &str, text: &str, then: &str| {
        format!("#!/bin/sh\n{command}\n{text}EOF\n{then}\n")
    };
    let indented = |by: &str| {
        all.lines()
            .map(|line| format!("{by}{line}\n"))
            .collect::<String>()
    };
    let step = format!(
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          kubectl apply -f - <<EOF\n{}          EOF\n",
        indented("          ")
    );
    let task = |state: &str| {
        format!(
            "- hosts: all\n  tasks:\n    - kubernetes.core.k8s:\n        state: {state}\n        definition:\n{}",
            indented("          ")
        )
    };
    let apply = "kubectl apply -f - <<'EOF'";
    for (file, text, expected) in [
        ("up.sh", script(apply, &all, ""), vec!["up.sh:9"]),
        (
            "up.sh",
            script("cat > p.yaml <<EOF", &all, "kubectl apply -f p.yaml"),
            vec!["up.sh:9"],
        ),
        (
            ".github/workflows/up.yml",
            step,
            vec![".github/workflows/up.yml:14"],
        ),
        ("site.yml", task("present"), vec!["site.yml:12"]),
        // Nobody applies these, or only to see whether one could.
        ("site.yml", task("absent"), vec![]),
        (
            "up.sh",
            script("cat > p.yaml <<EOF", &all, "kubectl delete -f p.yaml"),
            vec![],
        ),
        (
            "up.sh",
            script("kubectl apply --dry-run=server -f - <<EOF", &all, ""),
            vec![],
        ),
        (
            "up.sh",
            script("kubectl delete -f - <<EOF", &all, ""),
            vec![],
        ),
        // Whom it is about, somebody says later.
        (
            "up.sh",
            script(
                "kubectl apply -f - <<EOF",
                &all.replace("{}\n  ingress", "{matchLabels: {app: $APP}}\n  ingress"),
                "",
            ),
            vec![],
        ),
        ("tests/up.sh", script(apply, &all, ""), vec![]),
    ] {
        let told = found(&[(file, &text)], "network-policy-allows-all", &[]);
        let expected: Vec<String> = expected
            .iter()
            .map(|at| format!("network-policy-allows-all {at}"))
            .collect();
        assert_eq!(told, expected, "{file}\n{text}");
    }
}

#[test]
fn what_no_scanned_pods_have_is_told_of_default_too_where_some_pods_say_it() {
    let asking = policy(
        ", namespace: default",
        "{podSelector: {matchLabels: {tier: web}}}",
    );
    let web = deployment("web", ", namespace: default", "");
    let other = deployment("api", "", "");
    let rule = "network-policy-selects-nothing";
    for (web, other, expected) in [
        (web.clone(), other.clone(), 1),
        // It may be meant.
        (web.clone(), other.replace("app: api", "tier: web"), 0),
        // Nobody says where anything is.
        (deployment("web", "", ""), other, 0),
    ] {
        let files = [
            ("web.yaml", &*web),
            ("api.yaml", &*other),
            ("p.yaml", &*asking),
        ];
        assert_eq!(
            count(&files, rule),
            expected,
            "{web}{other}",
            web = files[0].1,
            other = files[1].1
        );
    }
    // The pods of an analysis' Job bear what those of Jobs do, and nothing else.
    let analysis = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: a, namespace: shop}\nspec: {metrics: [{name: a, provider: {job: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}}]}\n";
    let web = deployment("web", ", namespace: shop", "");
    for (labels, expected) in [("tier: web", 1), ("job-name: a", 0)] {
        let asking = policy(
            ", namespace: shop",
            &format!("{{podSelector: {{matchLabels: {{{labels}}}}}}}"),
        );
        let files = [
            ("web.yaml", &*web),
            ("a.yaml", analysis),
            ("p.yaml", &*asking),
        ];
        assert_eq!(count(&files, rule), expected, "{labels}");
    }
}

#[test]
fn a_namespace_that_can_have_no_such_name_is_told() {
    let web = deployment("web", ", namespace: shop", "");
    for (name, expected) in [
        ("'!shop'", 1),
        ("Shop", 1),
        ("my_shop", 1),
        ("'web shop'", 1),
        ("shop-2", 0),
        // What is filled in.
        ("NAMESPACE", 0),
        ("YOUR_NAMESPACE", 0),
        ("'${NS}'", 0),
        ("__NS__", 0),
    ] {
        let cilium = format!(
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: a, namespace: shop}}\nspec: {{endpointSelector: {{}}, ingress: [{{fromEndpoints: [{{matchLabels: {{'k8s:io.kubernetes.pod.namespace': {name}}}}}]}}]}}\n"
        );
        let files = [("web.yaml", &*web), ("p.yaml", &*cilium)];
        assert_eq!(
            count(&files, "network-policy-peer-matches-nothing"),
            expected,
            "{name}"
        );
    }
}

#[test]
fn a_port_that_is_filled_in_later_is_closed_where_all_are() {
    let web = deployment(
        "db",
        ", namespace: shop",
        ", ports: [{containerPort: '${PORT}'}]",
    );
    let service = service("db")
        .replace("{name: db}", "{name: db, namespace: shop}")
        .replace("port: 5432", "port: 80, targetPort: '${PORT}'");
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: db, namespace: shop}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: db, port: {number: 80}}}}\n---\n";
    let client = deployment(
        "web",
        ", namespace: shop",
        ", env: [{name: DB, value: 'http://db:80'}]",
    );
    let named = |spec: &str| policy(", namespace: shop", spec);
    for (more, expected) in [
        (String::new(), 1),
        // Whether that is the port, nobody knows.
        (
            named("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 8080}]}]}"),
            0,
        ),
    ] {
        let all = web.clone()
            + &service
            + ingress
            + &client
            + &named("{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}")
            + &more;
        for rule in ["ingress-controller-blocked", "service-unreachable"] {
            assert_eq!(
                count(&[("all.yaml", &all)], rule),
                expected,
                "{rule} {more}"
            );
        }
        // Nor whose pods are meant, where a placeholder stands for their labels.
        let open = all.replace("selector: {app: db}", "selector: {app: '${APP}'}");
        assert_eq!(
            count(&[("all.yaml", &open)], "ingress-controller-blocked"),
            0
        );
    }
}

#[test]
fn a_template_of_pods_stands_for_none_that_is_there() {
    let opening = policy(
        ", namespace: shop",
        "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]}",
    );
    let web = deployment(
        "web",
        ", namespace: shop",
        ", ports: [{containerPort: 3000}]",
    );
    let template = |label: &str| {
        deployment(
            "x",
            ", namespace: shop",
            ", ports: [{containerPort: '${PORT}'}]",
        )
        .replace("app: x", label)
    };
    for (web, label, expected) in [
        (&*web, "app: '${APP}'", 1),
        // The template is the only one that may be meant, or bears the label itself.
        ("", "app: '${APP}'", 0),
        (&*web, "app: web, tier: '${TIER}'", 0),
    ] {
        let all = format!("{opening}{web}{}", template(label));
        assert_eq!(
            count(&[("all.yaml", &all)], "network-policy-port-unused"),
            expected,
            "{label}"
        );
    }
}

#[test]
fn an_alternative_of_another_cluster_leaves_no_pods_open() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: seed}\nspec: {template: {metadata: {labels: {app: seed}}, spec: {containers: [{name: a, image: a}]}}}\n";
    let app = deployment("api", "", "") + &policy("", DENY);
    let own = "namespace: w\nresources: [job.yaml]\n";
    let based = "namespace: w\nresources: [../base]\n";
    let files = [
        ("app/base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("app/base/a.yaml", &*app),
        ("app/ha/kustomization.yaml", based),
        ("app/local/kustomization.yaml", based),
        (
            "clusters/ha/kustomization.yaml",
            "resources: [../../seed/ha, ../../app/ha]\n",
        ),
        ("seed/ha/kustomization.yaml", own),
        ("seed/ha/job.yaml", job),
        ("seed/local/kustomization.yaml", own),
        ("seed/local/job.yaml", job),
    ];
    assert_eq!(count(&files, "network-policy-missing"), 0);
}

#[test]
fn a_workload_beside_a_kustomization_meets_its_policy_as_it_is_built() {
    let dns = "{podSelector: {matchExpressions: [{key: app, operator: In, values: [job]}]}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]}";
    let job = deployment("job", ", namespace: shop", "");
    for (labels, expected) in [
        ("commonLabels: {team: shop}", 1),
        ("labels: [{pairs: {team: shop}}]", 0),
    ] {
        let kustomization = format!("namespace: shop\nresources: [p.yaml]\n{labels}\n");
        let files = [
            ("kustomization.yaml", &*kustomization),
            ("p.yaml", &policy("", dns)),
            ("job.yaml", &job),
        ];
        assert_eq!(count(&files, "dns-egress-blocked"), expected, "{labels}");
    }
}

#[test]
fn what_an_overlay_deletes_is_meant_by_the_policy_that_it_takes_along() {
    let peer = "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: seed}}}]}]}";
    let base = deployment("db", "", "") + &deployment("seed", "", "");
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: seed}\n$patch: delete\n";
    for (name, expected) in [("seed", 0), ("other", 1)] {
        let other = deployment("other", "", "");
        let files = [
            ("base/kustomization.yaml", "resources: [all.yaml]\n"),
            ("base/all.yaml", &(base.clone() + &other)),
            ("extra/p.yaml", &policy("", peer)),
            ("extra/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [p.yaml]\n"),
            ("dev/kustomization.yaml", "namespace: dev\nresources: [../base]\n"),
            ("prod/kustomization.yaml", "namespace: prod\nresources: [../base]\ncomponents: [../extra]\npatches: [{path: gone.yaml}, {path: more.yaml}]\n"),
            ("prod/gone.yaml", &patch.replace("name: seed", &format!("name: {name}"))),
            // The Deployment is gone in any case.
            ("prod/more.yaml", &match name {
                "seed" => "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: db}\n".to_owned(),
                _ => "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: seed}\nspec: {template: {metadata: {labels: {app: none}}}}\n".to_owned(),
            }),
        ];
        let found = found(&files, "network-policy-peer-matches-nothing", &[]);
        assert_eq!(found.len(), expected, "{name} {found:?}");
    }
}

#[test]
fn what_a_component_brings_that_patches_the_policy_is_not_judged_by_what_is_written() {
    let route = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: db}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: db, port: {number: 5432}}}}\n";
    let all = deployment("db", "", ", ports: [{containerPort: 5432}]")
        + &service("db")
        + &(1..10)
            .map(|number| policy("", DENY).replace("closing", &format!("p{number}")))
            .collect::<String>();
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: db}\nspec: {selector: {matchLabels: {app: db}}, podMetricsEndpoints: [{targetPort: 5432}]}\n";
    let component =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [loose.yaml]\n";
    let of = |target: &str| {
        format!(
            "{component}patches: [{{target: {target}, patch: '[{{op: add, path: /spec/ingress, value: [{{}}]}}]'}}]\n"
        )
    };
    for (component, expected) in [
        (component.to_owned(), 1),
        (of("{kind: NetworkPolicy}"), 0),
        (of("{kind: NetworkPolicy, name: p9}"), 0),
        (of("{kind: NetworkPolicy, name: other}"), 1),
        (of("{kind: Deployment, name: db}"), 1),
    ] {
        for (rule, loose) in [
            ("ingress-controller-blocked", route),
            ("scrape-blocked", monitor),
        ] {
            let files = [
                ("kustomization.yaml", "resources: [all.yaml]\n"),
                ("all.yaml", &*all),
                ("extra/kustomization.yaml", &*component),
                ("extra/loose.yaml", loose),
            ];
            let found = found(&files, rule, &[]);
            let found = found.iter().filter(|place| place.contains("extra/"));
            assert_eq!(found.count(), expected, "{rule} {component}");
        }
    }
}

#[test]
fn policies_and_workloads_of_here_documents_count() {
    let web = deployment("web", ", namespace: shop", "");
    let closing = policy(", namespace: shop", DENY);
    let script = |command: &str| format!("#!/bin/sh\nkubectl {command} -f - <<EOF\n{closing}EOF\n");
    for (command, expected) in [("apply", 0), ("delete", 1)] {
        let files = [("web.yaml", &*web), ("up.sh", &script(command))];
        assert_eq!(
            count(&files, "network-policy-missing"),
            expected,
            "{command}"
        );
        assert_eq!(count(&files, "policy-order"), 0, "{command}");
    }
}

#[test]
fn workloads_of_here_documents_are_open_like_those_of_files() {
    let web = deployment("web", "", "");
    let own = deployment("web", ", namespace: '$NS'", "");
    let closing = policy(", namespace: shop", DENY);
    for (command, workload, policy, expected) in [
        ("kubectl apply -n shop -f -", &web, "", 1),
        ("kubectl apply -n other -f -", &web, &*closing, 1),
        ("kubectl apply -n shop -f -", &web, &*closing, 0),
        // Nobody knows where these come to be, or they do nowhere.
        ("kubectl apply -f -", &web, "", 0),
        ("kubectl apply -f -", &own, &*closing, 0),
        ("kubectl apply --dry-run=client -n shop -f -", &web, "", 0),
        ("kubectl delete -n shop -f -", &web, "", 0),
        ("grep image", &web, "", 0),
    ] {
        let script = format!("#!/bin/sh\n{command} <<EOF\n{workload}EOF\nkubectl get pods\n");
        let files = [("policy.yaml", policy), ("up.sh", &*script)];
        let told = found(&files, "network-policy-missing", &[]);
        let places = vec!["network-policy-missing up.sh:5"; expected];
        assert_eq!(told, places, "{command}");
    }
}

#[test]
fn labels_that_a_kustomization_puts_into_selectors_are_none_of_the_ingress_controller() {
    let opened = "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app.kubernetes.io/name: ingress-nginx}}}]}]}";
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: db}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: db, port: {number: 5432}}}}\n---\n";
    let web = deployment("db", "", ", ports: [{containerPort: 5432}]") + &service("db") + ingress;
    let controller = deployment("ingress-nginx", ", namespace: ingress-nginx", "");
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: db}\nspec: {selector: {matchLabels: {app: db}}, podMetricsEndpoints: [{targetPort: 5432}]}\n";
    for (labels, beside, expected) in [
        ("commonLabels: {team: shop}", "", 1),
        (
            "labels: [{pairs: {team: shop}, includeSelectors: true}]",
            "",
            1,
        ),
        (
            "labels: [{pairs: {team: shop}, includeTemplates: true}]",
            "",
            0,
        ),
        ("commonAnnotations: {team: shop}", "", 0),
        // It may be labelled as all is.
        ("commonLabels: {team: shop}", &*controller, 0),
    ] {
        let all = web.clone() + &policy("", opened) + monitor;
        let kustomization = format!("namespace: shop\nresources: [all.yaml]\n{labels}\n");
        let files = [
            ("shop/kustomization.yaml", &*kustomization),
            ("shop/all.yaml", &all),
            ("controller.yaml", beside),
        ];
        for more in [&[][..], &["--no-render"]] {
            let run = scanned(&files, "ingress-controller-blocked", more);
            assert_eq!(run.found().len(), expected, "{labels}, {more:?}");
            let told = run.stdout.contains("also asks for `team: shop`, which ");
            assert_eq!(told, expected > 0, "{labels}, {more:?}");
            if beside.is_empty() {
                let scraped = found(&files, "scrape-blocked", more);
                assert_eq!(scraped.len(), expected, "{labels}, {more:?}");
            }
        }
    }
}

#[test]
fn a_file_beside_a_kustomization_is_applied_with_its_folder_by_a_script_alone() {
    let web = deployment("web", "", "");
    let closed = policy(
        "",
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}",
    );
    let closed = closed.replace("[Egress]}", "[Egress], egress: [{ports: [{port: 80}]}]}");
    let (dns, missing) = ("dns-egress-blocked", "network-policy-missing");
    for (path, script, rule, expected) in [
        ("base/policy.yaml", "kubectl apply -f base/", dns, 1),
        ("base/policy.yaml", "kubectl apply -k base/", dns, 0),
        ("other/policy.yaml", "kubectl apply -f base/", dns, 0),
        ("base/policy.yaml", "kubectl apply -k base/", missing, 1),
        ("other/policy.yaml", "kubectl apply -k base/", missing, 1),
    ] {
        let files = [
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", &*web),
            (path, &*closed),
            ("up.sh", script),
        ];
        let run = scanned(&files, rule, &[]);
        assert_eq!(run.found().len(), expected, "{path} {script} {rule}");
        let is_named = run
            .stdout
            .contains("the kustomization leaves out `closing` beside");
        let is_beside = path.starts_with("base");
        assert_eq!(is_named, rule == missing && is_beside, "{}", run.stdout);
    }
}

#[test]
fn a_service_that_is_not_scanned_is_closed_where_others_alone_are_let_in() {
    let shop = ", namespace: shop";
    let url = ", env: [{name: URL, value: 'http://back.shop.svc:9000'}]";
    let web = deployment("web", shop, url);
    let deny = policy(shop, "{podSelector: {}, policyTypes: [Ingress]}");
    for (from, expected) in [
        (
            "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: traefik}}",
            1,
        ),
        ("podSelector: {matchLabels: {app: api}}", 1),
        ("podSelector: {matchLabels: {app: web}}", 0),
        ("namespaceSelector: {}", 0),
        // Pods may be behind private addresses.
        ("ipBlock: {cidr: 10.0.0.0/8}", 0),
        ("ipBlock: {cidr: 203.0.113.0/24}", 1),
    ] {
        let open = format!(
            "{{podSelector: {{matchLabels: {{app: other}}}}, ingress: [{{from: [{{{from}}}]}}]}}"
        );
        let open = policy(shop, &open).replace("closing", "opening");
        let files = [("a.yaml", &*web), ("b.yaml", &*deny), ("c.yaml", &*open)];
        assert_eq!(count(&files, "service-unreachable"), expected, "{from}");
    }
}

#[test]
fn a_policy_that_names_its_namespace_and_is_left_out_closes_nothing_of_what_is_built() {
    let (missing, dns) = ("network-policy-missing", "dns-egress-blocked");
    let shop = ", namespace: shop";
    let url = ", env: [{name: URL, value: 'http://db:5432'}]";
    let web = deployment("web", shop, url);
    let closed = policy(
        shop,
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], ingress: [{}]}",
    );
    let list = ("base/kustomization.yaml", "resources: [web.yaml]\n");
    let both = ("base/kustomization.yaml", "resources: [web.yaml, p.yaml]\n");
    let own = ("base/p.yaml", &*closed);
    let argo = |path: &str, more: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: p, namespace: argocd}}\nspec: {{source: {{repoURL: https://example.com/a, path: {path}{more}}}, destination: {{namespace: shop}}}}\n"
        )
    };
    let workflow =
        "on: push\njobs: {a: {runs-on: x, steps: [{run: kubectl apply -f base/p.yaml}]}}\n";
    let workflow = (".github/workflows/a.yaml", workflow);
    let plain = ("plain/web.yaml", &*web);
    let unlisted = "resources: [other.yaml]\n";
    for (policy, more, is_left) in [
        (own, &[list][..], true),
        (own, &[both], false),
        (own, &[list, ("up.sh", "kubectl apply -k base")], true),
        (
            own,
            &[list, ("up.sh", "kubectl apply -f base/p.yaml")],
            false,
        ),
        (own, &[list, ("up.sh", "kubectl apply -R -f .")], false),
        // It stands in a folder of its own.
        (("policies/p.yaml", &*closed), &[list], false),
        (("base/policies/p.yaml", &*closed), &[list], true),
        (
            ("base/policies/p.yaml", &*closed),
            &[list, ("up.sh", "kubectl apply -f base/policies")],
            false,
        ),
        (("base/a/b/p.yaml", &*closed), &[list], false),
        // Another kustomization leaves it out.
        (
            ("policies/p.yaml", &*closed),
            &[
                list,
                ("policies/kustomization.yaml", unlisted),
                (
                    "policies/other.yaml",
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
                ),
            ],
            true,
        ),
        // Who deploys the folder builds its kustomization, unless it says that the folder is one of plain files.
        (own, &[list, ("argo.yaml", &*argo("base", ""))], true),
        (
            own,
            &[
                list,
                ("argo.yaml", &*argo("base", ", directory: {recurse: false}")),
            ],
            false,
        ),
        (
            own,
            &[
                list,
                ("argo.yaml", &*argo("base", ", directory: {recurse: true}")),
            ],
            false,
        ),
        (own, &[list, workflow], false),
        (
            own,
            &[list, ("up.sh", "kubectl apply -n shop -k base")],
            true,
        ),
    ] {
        let files = [&[policy, ("base/web.yaml", &*web)][..], more].concat();
        let run = scanned(&files, missing, &[]);
        assert_eq!(run.found().len(), usize::from(is_left), "{more:?}");
        let is_named = run
            .stdout
            .contains("`closing` would select them, but the kustomization leaves it out");
        assert_eq!(is_named, is_left, "{}", run.stdout);
        assert_eq!(count(&files, dns), usize::from(!is_left), "{more:?}");
        // What it says itself is told as it is written.
        assert_eq!(count(&files, "network-policy-allows-all"), 1, "{more:?}");
    }
    // What stands outside of kustomizations meets it.
    let other = web.replace("name: web", "name: api");
    let files = [
        list,
        own,
        ("base/web.yaml", &*web),
        ("plain/web.yaml", &*other),
    ];
    let places = found(&files, missing, &[]);
    assert_eq!(places.len(), 1, "{places:?}");
    assert!(places[0].contains(" base/web.yaml"), "{places:?}");
    assert_eq!(count(&[own, plain], missing), 0);
}

#[test]
fn what_a_kustomization_leaves_out_needs_nothing_of_its_neighbours() {
    let deny = policy("", DENY);
    let db = service("db") + &deployment("db", "", "");
    let web = deployment("web", "", ", env: [{name: DB, value: 'http://db:5432'}]");
    for (listed, expected) in [
        ("db.yaml, deny.yaml", 0),
        ("db.yaml, deny.yaml, web.yaml", 1),
    ] {
        let list = format!("resources: [{listed}]\n");
        let files = [
            ("kustomization.yaml", &*list),
            ("db.yaml", &*db),
            ("deny.yaml", &*deny),
            ("web.yaml", &*web),
        ];
        assert_eq!(count(&files, "service-unreachable"), expected, "{listed}");
        assert_eq!(count(&files, "network-policy-missing"), 0, "{listed}");
    }
}

#[test]
fn ports_and_routes_of_kustomizations_without_a_namespace_are_their_own() {
    let named = |port: &str| format!(", ports: [{{name: {port}, containerPort: 5432}}]");
    let open = |port: &str| {
        policy(
            "",
            &format!("{{podSelector: {{}}, ingress: [{{ports: [{{port: {port}}}]}}]}}"),
        )
    };
    let web = deployment("web", "", &named("web")) + &open("metrics");
    let db = deployment("db", "", &named("metrics")) + &open("metrics");
    let (one, other) = ("resources: [web.yaml]\n", "resources: [db.yaml]\n");
    let apps = [
        ("apps/web/kustomization.yaml", one),
        ("apps/web/web.yaml", &*web),
        ("apps/db/kustomization.yaml", other),
        ("apps/db/db.yaml", &*db),
    ];
    let unused = |more: &[(&str, &str)]| {
        let files = [&apps[..], more].concat();
        count(&files, "network-policy-port-unused")
    };
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps}\n";
    let all = "resources: [apps/web, apps/db]\n";
    assert_eq!(unused(&[]), 1);
    assert_eq!(unused(&[("flux.yaml", flux)]), 0);
    assert_eq!(unused(&[("kustomization.yaml", all)]), 0);
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: db, port: {number: 5432}}}}\n";
    let closed = policy("", DENY) + &deployment("db", "", "") + &service("db");
    let routes = |path: &str| {
        let list = "resources: [all.yaml]\n";
        let files = [
            (
                "db/kustomization.yaml",
                "resources: [all.yaml, route.yaml]\n",
            ),
            ("db/all.yaml", &*closed),
            ("db/route.yaml", ingress),
            ("web/kustomization.yaml", list),
            ("web/all.yaml", &*web),
        ];
        let bare = [
            ("db/kustomization.yaml", list),
            files[1],
            (path, ingress),
            files[3],
            files[4],
        ];
        let files = if path == files[2].0 { files } else { bare };
        count(&files, "ingress-controller-blocked")
    };
    assert_eq!(
        [routes("db/route.yaml"), routes("db/component/route.yaml")],
        [1, 0]
    );
}

#[test]
fn what_cannot_be_built_elsewhere_hides_nothing_of_a_built_kustomization() {
    let peer = "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: gone}}}]}]}";
    let own = deployment("web", "", "") + &policy("", peer);
    let far = deployment("registry", "", "");
    let remote = "resources: [far.yaml, 'https://git.example.com/a//b?ref=v1']\n";
    let files = |from: &'static str| {
        [
            ("shop/kustomization.yaml", "resources: [all.yaml]\n"),
            ("shop/all.yaml", &*own),
            ("registry/kustomization.yaml", from),
            ("registry/far.yaml", &*far),
        ]
    };
    let rule = "network-policy-peer-matches-nothing";
    assert_eq!(count(&files(remote), rule), 1);
    let mut gone = files(remote);
    let registry = far.replace("registry", "gone");
    gone[3].1 = &registry;
    assert_eq!(count(&gone, rule), 0);
}

#[test]
fn each_environment_s_config_map_counts_for_what_all_share() {
    let web = deployment("web", "", ", envFrom: [{configMapRef: {name: settings}}]");
    let objects = web + &deployment("db", "", "") + &service("db") + &policy("", DENY);
    let settings = |host: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings}}\ndata: {{DB: 'http://{host}:5432'}}\n"
        )
    };
    let (own, prod) = (settings("other"), settings("db"));
    for (path, expected) in [
        ("envs/prod/settings.yaml", 1),
        ("unrelated/prod/settings.yaml", 0),
    ] {
        let files = [
            ("web/all.yaml", &*objects),
            ("web/settings.yaml", &*own),
            (path, &*prod),
        ];
        assert_eq!(count(&files, "service-unreachable"), expected, "{path}");
    }
}

#[test]
fn the_config_map_of_a_rendering_counts_and_not_a_loose_one() {
    let settings = |host: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: shop}}\ndata: {{DB: 'http://{host}:5432'}}\n---\n"
        )
    };
    let web = deployment("web", "", ", envFrom: [{configMapRef: {name: settings}}]");
    let rest = web + &deployment("db", "", "") + &service("db") + &policy("", DENY);
    let (with_own, loose) = (settings("other") + &rest, settings("db"));
    let files = |base: &str| {
        let files = [
            ("base/all.yaml", base),
            ("base/kustomization.yaml", "resources: [all.yaml]\n"),
            (
                "overlays/dev/kustomization.yaml",
                "namespace: shop\nresources: [../../base]\n",
            ),
            ("overlays/dev/settings.yaml", &loose),
        ];
        found(&files, "service-unreachable", &[])
    };
    assert_eq!(files(&with_own), [""; 0]);
    // Nothing else is there to read.
    assert_eq!(
        files(&rest),
        ["service-unreachable overlays/dev/settings.yaml:4"]
    );
}

#[test]
fn overlays_that_call_things_otherwise_do_not_meet() {
    let web = deployment("web", "", ", envFrom: [{configMapRef: {name: settings}}]");
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {DB: 'http://db:5432'}\n---\n";
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: db}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: db, port: {number: 5432}}}}\n";
    let base =
        web + &deployment("db", "", "") + &service("db") + &policy("", DENY) + settings + ingress;
    let overlay = |name: &str, prefix: &str| {
        format!("namespace: shop\n{prefix}commonLabels: {{env: {name}}}\nresources: [../../base]\n")
    };
    let (dev, test) = (
        overlay("dev", "namePrefix: dev-\n"),
        overlay("test", "nameSuffix: -test\n"),
    );
    let plain = overlay("plain", "");
    let files = [
        ("base/all.yaml", &*base),
        ("base/kustomization.yaml", "resources: [all.yaml]\n"),
        ("overlays/dev/kustomization.yaml", &dev),
        ("overlays/test/kustomization.yaml", &test),
    ];
    let with_plain = [
        &files[..],
        &[("overlays/plain/kustomization.yaml", &*plain)],
    ]
    .concat();
    // No Service of the name is in a deployment of these.
    assert_eq!(count(&files, "service-unreachable"), 0);
    let told = scanned(&with_plain, "service-unreachable", &[]);
    assert_eq!(told.found().len(), 1);
    assert!(!told.stdout.contains("`shop/dev-web"), "{}", told.stdout);
    // What they share is told once, and of the policies only one's.
    let told = scanned(&with_plain, "ingress-controller-blocked", &[]);
    assert_eq!(told.found().len(), 1);
    assert!(
        told.stdout.contains("closed by `dev-closing` to"),
        "{}",
        told.stdout
    );
}

#[test]
fn charts_and_folders_are_where_an_application_set_puts_them() {
    let set = |generators: &str, path: &str, namespace: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: all, namespace: argocd}}\nspec:\n  goTemplate: true\n  generators: {generators}\n  template:\n    metadata: {{name: 'all-{{{{.name}}}}'}}\n    spec:\n      source: {{repoURL: 'https://git.example.com/a', path: '{path}'}}\n      destination: {{namespace: '{namespace}'}}\n"
        )
    };
    let (web, deny) = (deployment("web", "", ""), policy(", namespace: shop", DENY));
    let rule = "network-policy-missing";
    let list = "[{list: {elements: [{name: web, to: shop}]}}]";
    let other = "[{list: {elements: [{name: web, to: other}]}}]";
    let folders = "[{matrix: {generators: [{git: {directories: [{path: apps/*}]}}, {list: {elements: [{name: one, to: shop}]}}]}}]";
    let of_chart = |set: &str| {
        let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
        let files = [
            ("charts/web/Chart.yaml", chart),
            ("charts/web/templates/all.yaml", &*web),
            ("policies/deny.yaml", &*deny),
            ("argocd/all.yaml", set),
        ];
        count(&files, rule)
    };
    let path = "charts/{{.name}}";
    assert_eq!(of_chart(&set(list, path, "{{.to}}")), 0);
    assert_ne!(of_chart(&set(other, path, "{{.to}}")), 0);
    assert_ne!(of_chart(&set(list, path, "{{.unknown}}")), 0);
    let of_folder = |set: &str, more: &str| {
        let files = [
            ("apps/web/web.yaml", &*web),
            ("apps/web/kustomization.yaml", "resources: [web.yaml]\n"),
            ("policies/deny.yaml", &*deny),
            ("argocd/all.yaml", set),
        ];
        let files = &files[if more.is_empty() { 0 } else { 1 }..];
        let own = [("apps/web/web.yaml", more)];
        let own = if more.is_empty() { &[][..] } else { &own };
        count(&[files, own].concat(), rule)
    };
    let path = "{{.path.path}}";
    assert_eq!(of_folder(&set(folders, path, "{{.to}}"), ""), 0);
    assert_ne!(of_folder(&set(folders, "apps/db", "{{.to}}"), ""), 0);
    let said = deployment("web", ", namespace: other", "");
    assert_eq!(of_folder(&set(folders, path, "{{.to}}"), &said), 1);
}

#[test]
fn kustomizations_without_a_namespace_are_applied_each_by_itself() {
    let env = ", env: [{name: DB, value: 'http://db:5432'}]";
    let web = deployment("web", "", env);
    let db = deployment("db", "", "") + &service("db") + &policy("", DENY);
    let shared = ("shared/kustomization.yaml", "resources: [cm.yaml]\n");
    let config = (
        "shared/cm.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    );
    let apart = |namespace: &str| {
        let list = |file| format!("{namespace}resources: [{file}, ../shared]\n");
        let (web_list, db_list) = (list("web.yaml"), list("db.yaml"));
        let files = [
            ("web/kustomization.yaml", &*web_list),
            ("web/web.yaml", &*web),
            ("db/kustomization.yaml", &*db_list),
            ("db/db.yaml", &*db),
            shared,
            config,
        ];
        count(&files, "service-unreachable")
    };
    assert_eq!(apart(""), 0);
    assert_eq!(apart("namespace: shop\n"), 1);
    let files = [
        (
            "all/kustomization.yaml",
            "resources: [web.yaml, db.yaml, ../shared]\n",
        ),
        ("all/web.yaml", &*web),
        ("all/db.yaml", &*db),
        shared,
        config,
    ];
    assert_eq!(count(&files, "service-unreachable"), 1);
}

#[test]
fn a_component_below_may_bring_pods_with_the_ports_of_its_kustomization_s_policies() {
    let opened = "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 5432}]}]}";
    let ports = ", ports: [{containerPort: 8080}]";
    let web = deployment("web", "", ports) + &policy("", opened);
    let api = deployment("api", "", ports);
    let unused = |object: &str| {
        let files = [
            ("web/kustomization.yaml", "resources: [web.yaml]\n"),
            ("web/web.yaml", &*web),
            (
                "web/db/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [db.yaml]\n",
            ),
            ("web/db/db.yaml", object),
            ("api/kustomization.yaml", "resources: [api.yaml]\n"),
            ("api/api.yaml", &*api),
        ];
        count(&files, "network-policy-port-unused")
    };
    let of = |kind: &str| {
        format!("apiVersion: postgresql.cnpg.io/v1\nkind: {kind}\nmetadata: {{name: db}}\n")
    };
    assert_eq!(unused(&deployment("db", "", "")), 0);
    assert_eq!(unused(&of("Cluster")), 0);
    assert_eq!(unused(&of("ScheduledBackup")), 1);
}

#[test]
fn a_policy_of_a_kustomization_without_a_namespace_covers_no_pods_of_another() {
    let part = |name: &str, types: &str| {
        let spec = format!("{{podSelector: {{}}, policyTypes: [{types}]}}");
        deployment(name, "", "") + &policy("", &spec)
    };
    let [web, db] = [part("web", "Ingress"), part("db", "Ingress, Egress")];
    let missing = |namespace: &str| {
        let list = |file| format!("{namespace}resources: [{file}]\n");
        let (web_list, db_list) = (list("web.yaml"), list("db.yaml"));
        let files = [
            ("web/kustomization.yaml", &*web_list),
            ("web/web.yaml", &*web),
            ("db/kustomization.yaml", &*db_list),
            ("db/db.yaml", &*db),
        ];
        count(&files, "network-policy-missing")
    };
    assert_eq!([missing(""), missing("namespace: shop\n")], [1, 0]);
}

#[test]
fn that_many_policies_may_be_put_anywhere_says_nothing_of_pods() {
    let (web, deny) = (deployment("web", ", namespace: shop", ""), policy("", DENY));
    for (apps, is_medium) in [(1, true), (4, false)] {
        let names: Vec<[String; 2]> = (0..apps)
            .map(|app| ["kustomization", "deny"].map(|file| format!("app{app}/{file}.yaml")))
            .collect();
        let mut files = vec![("web.yaml", &*web)];
        for [list, policy] in &names {
            files.extend([(&**list, "resources: [deny.yaml]\n"), (&**policy, &*deny)]);
        }
        let folder = folder(&files);
        let rule = "network-policy-missing";
        let run = run(folder.path(), &["scan", "--rule", rule, "--format", "json"]);
        let is_soft = run.stdout.contains("leaves its namespace open");
        assert_eq!(is_soft, is_medium, "{}", run.stdout);
    }
}

#[test]
fn policies_of_a_kustomization_that_is_refused_for_its_namespaces_stay_where_they_are() {
    let namespaces = |names: [&str; 2]| {
        let one =
            |name| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n---\n");
        names.map(one).concat()
    };
    let web = deployment("web", ", namespace: shop", "");
    let deny = policy(", namespace: shop", DENY);
    let missing = |names| {
        let namespaces = namespaces(names);
        let files = [
            (
                "cluster/kustomization.yaml",
                "namespace: default\nresources: [namespaces.yaml, deny.yaml]\n",
            ),
            ("cluster/namespaces.yaml", &*namespaces),
            ("cluster/deny.yaml", &*deny),
            ("web.yaml", &*web),
        ];
        let more = ["network-policy-missing", "--no-render"];
        [
            count(&files, more[0]),
            found(&files, more[0], &more[1..]).len(),
        ]
    };
    assert_eq!(missing(["shop", "data"]), [0, 0]);
    assert_eq!(missing(["shop", "default"]), [0, 0]);
    // One alone is renamed.
    assert_eq!(missing(["shop", "shop"])[1], 1);
}

#[test]
fn a_compose_file_that_cannot_be_read_hides_no_idle_peer() {
    let namespace = ", namespace: shop";
    let peer = "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: queue}}}]}]}";
    let text = policy(namespace, peer) + &deployment("web", namespace, "");
    let broken = |lines: &str| format!("{lines}\n  app: queue\n   broken: [\n");
    for (first, expected) in [("services:", 1), ("kind: Pod", 0)] {
        let files = [("all.yaml", &*text), ("compose.yaml", &*broken(first))];
        let rule = "network-policy-peer-matches-nothing";
        assert_eq!(count(&files, rule), expected, "{first}");
    }
}

#[test]
fn a_workload_that_a_kustomization_leaves_out_is_named_beside_an_idle_peer() {
    let namespace = ", namespace: shop";
    let peer = "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: queue}}}]}]}";
    let listed = policy(namespace, peer) + &deployment("web", namespace, "");
    let queue = deployment("queue", namespace, "");
    let kustomization = "namespace: shop\nresources: [all.yaml]\ncommonLabels: {stage: dev}\n";
    let files = [
        ("kustomization.yaml", kustomization),
        ("all.yaml", &*listed),
        ("queue.yaml", &*queue),
    ];
    let run = scanned(&files, "network-policy-peer-matches-nothing", &[]);
    let told = "pods of `queue.yaml` beside have `app: queue`";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn what_a_helper_gives_to_several_workloads_is_for_one_that_may_reach_it() {
    let chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
    let helper = "{{- define \"shop.env\" -}}\n- name: DB\n  value: http://db:5432\n{{- end }}\n";
    let database = deployment("db", "", "") + &service("db");
    let both = |env: &str| {
        let of = |name: &str| HELPED.replace("NAME", name).replace("ENV", env);
        [database.clone(), of("web"), of("job")].concat()
    };
    let own = both("- {name: DB, value: 'http://db:5432'}");
    let lent = both("{{- include \"shop.env\" . | nindent 12 }}");
    let told = |text: &str, peer: &str| {
        let spec = format!(
            "{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: {peer}}}}}}}]}}]}}"
        );
        let all = text.to_owned() + &policy("", &spec);
        let files = [
            ("Chart.yaml", chart),
            ("templates/_helpers.tpl", helper),
            ("templates/all.yaml", all.as_str()),
        ];
        found(&files, "service-unreachable", &[])
    };
    assert_eq!(told(&own, "web").len(), 1);
    assert_eq!(told(&own, "nobody").len(), 2);
    assert_eq!(told(&lent, "web"), [""; 0]);
    // It stands on one line.
    assert_eq!(told(&lent, "nobody").len(), 1);
}

#[test]
fn what_a_loop_makes_of_one_line_is_told_once() {
    let chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
    let values = "one: http://db:5432\ntwo: http://db:5432\n";
    let database = deployment("db", "", "") + &service("db") + &policy("", DENY);
    let told = |value: &str, rule: &str| {
        let env = format!("- {{name: DB, value: {value}}}");
        let each = HELPED.replace("NAME", "{{ . }}").replace("ENV", &env);
        let loops = format!("{{{{- range list \"one\" \"two\" }}}}\n{each}{{{{- end }}}}\n");
        let files = [
            ("Chart.yaml", chart),
            ("values.yaml", values),
            ("templates/db.yaml", &*database),
            ("templates/loop.yaml", &*loops),
        ];
        scanned(&files, rule, &[])
    };
    let unreachable = told("'http://db:5432'", "service-unreachable");
    assert_eq!(unreachable.found().len(), 1);
    assert!(unreachable.stdout.contains("makes it so for `two`"));
    // The database asks for no names.
    let dns = told("'http://db:5432'", "dns-egress-blocked").found();
    let in_loop = dns.iter().filter(|one| one.contains("loop.yaml"));
    assert_eq!(in_loop.count(), 1, "{dns:?}");
    // So is what a loop makes of it in one object.
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front}\nspec:\n  ingressClassName: nginx\n  rules:\n  {{- range list \"a\" \"b\" }}\n  - {host: {{ . }}.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: db, port: {number: 5432}}}}]}}\n  {{- end }}\n";
    let files = [
        ("Chart.yaml", chart),
        ("templates/db.yaml", &*database),
        ("templates/ingress.yaml", ingress),
    ];
    let blocked = found(&files, "ingress-controller-blocked", &[]);
    assert_eq!(blocked.len(), 1, "{blocked:?}");
    // What else comes into the line is not at fault.
    let longer = told(
        "'http://db:5432/{{ len (index $.Values .) }}'",
        "service-unreachable",
    );
    assert_eq!(longer.found().len(), 1);
    // Each of two values is to be mended.
    let given = told("'{{ index $.Values . }}'", "service-unreachable");
    assert_eq!(given.found().len(), 2);
}

#[test]
fn open_pods_that_a_loop_makes_of_one_line_are_told_once_with_their_names() {
    let chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";
    let each = HELPED.replace("NAME", "{{ . }}").replace("ENV", "[]");
    let of = |names: &str| format!("{{{{- range list {names} }}}}\n{each}{{{{- end }}}}\n");
    let [loops, other] = [of("\"a\" \"b\" \"c\" \"d\" \"e\""), of("\"f\"")];
    let covering = policy(
        "",
        "{podSelector: {matchLabels: {app: a}}, policyTypes: [Ingress, Egress]}",
    );
    let partly = policy("", "{podSelector: {matchLabels: {app: b}}}");
    for (policies, told) in [
        (
            String::new(),
            vec![vec!["a", "b", "c", "d", "e"], vec!["f"]],
        ),
        // What is said of them differs.
        (
            covering + &partly,
            vec![vec!["b"], vec!["c", "d", "e"], vec!["f"]],
        ),
    ] {
        let files = [
            ("Chart.yaml", chart),
            ("templates/loop.yaml", &*loops),
            ("templates/other.yaml", &*other),
            ("templates/policies.yaml", &*policies),
        ];
        let report = scanned(&files, "network-policy-missing", &[]).json();
        let names = |finding: &Value| -> Vec<String> {
            let own = finding["resource"]["name"].clone();
            let all = finding["properties"].get("workloads").cloned();
            let all = all.unwrap_or_else(|| Value::from(vec![own]));
            serde_json::from_value(all).expect("names")
        };
        let findings = report["findings"].as_array().expect("a list");
        let mut found: Vec<Vec<String>> = findings.iter().map(names).collect();
        found.sort_unstable();
        assert_eq!(found, told, "{policies}");
        let said = findings[0]["message"].as_str().expect("a text");
        let is_named = said.contains("the same line makes it so for `b`, `c`, `d` and 1 more");
        assert_eq!(is_named, policies.is_empty(), "{said}");
    }
}

#[test]
fn all_that_read_the_name_of_a_closed_service_are_linked_and_named_for_machines() {
    let env = ", env: [{name: DB, valueFrom: {configMapKeyRef: {name: settings, key: DB}}}]";
    let names = ["a", "b", "c", "d", "e"];
    let readers: String = names.map(|name| deployment(name, "", env)).concat();
    let own = deployment("db", "", "") + &service("db") + &policy("", DENY);
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  DB: http://db:5432\n";
    let files = [
        ("all.yaml", &*(own + &readers)),
        ("settings.yaml", settings),
    ];
    let report = scanned(&files, "service-unreachable", &[]).json();
    let [finding] = &report["findings"].as_array().expect("a list")[..] else {
        panic!("{report}");
    };
    let said = finding["message"].as_str().expect("a text");
    assert!(said.ends_with(" and 2 more"), "{said}");
    let workloads = finding["properties"]["workloads"].as_array();
    assert_eq!(workloads.map(Vec::len), Some(names.len()));
    let related = finding["related"].as_array().expect("a list").iter();
    let reading = related.filter(|one| {
        one["message"]
            .as_str()
            .is_some_and(|said| said.ends_with("reads it"))
    });
    assert_eq!(reading.count(), names.len());
}

#[test]
fn a_config_map_is_for_who_may_reach_a_service_whichever_definition_is_near() {
    let reader = |name: &str| {
        deployment(
            name,
            ", namespace: shop",
            ", envFrom: [{configMapRef: {name: settings}}]",
        ) + &service("db").replace("{name: db}", "{name: db, namespace: shop}")
    };
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {DB: 'http://db:5432'}\n";
    let told = |peer: &str| {
        let spec = format!(
            "{{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: {peer}}}}}}}]}}]}}"
        );
        let rest = deployment("db", ", namespace: shop", "") + &policy(", namespace: shop", &spec);
        let files = [
            ("one/all.yaml", &*reader("web")),
            ("two/all.yaml", &*reader("api")),
            ("db/all.yaml", &*rest),
            ("settings.yaml", settings),
        ];
        count(&files, "service-unreachable")
    };
    assert_eq!(told("api"), 0);
    assert_eq!(told("nobody"), 1);
}

#[test]
fn of_a_secret_with_several_lines_the_one_that_names_the_service_is_told() {
    let web = deployment(
        "web",
        ", namespace: shop",
        "}], volumes: [{name: a, secret: {secretName: settings}",
    );
    let database = deployment("db", ", namespace: shop", "")
        + &service("db").replace("{name: db}", "{name: db, namespace: shop}");
    let rest = web + &database + &policy(", namespace: shop", DENY);
    let told = |data: &str| {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: settings, namespace: shop}}\nstringData:\n  my.cnf: {data}\n"
        );
        let files = [("all.yaml", &*rest), ("secret.yaml", &*secret)];
        let run = scanned(&files, "service-unreachable", &[]);
        assert!(!run.stdout.contains("Tr0ub4dor"), "{}", run.stdout);
        run.found()
    };
    let lines = "|\n    [client]\n    password=Tr0ub4dor3x\n    url=http://db:5432/a";
    assert_eq!(told(lines), ["service-unreachable secret.yaml:8"]);
    assert_eq!(
        told("http://db:5432/a"),
        ["service-unreachable secret.yaml:5"]
    );
}

#[test]
fn a_policy_for_the_pods_of_a_service_that_is_alone_is_told_softly() {
    let asking = policy(
        ", namespace: shop",
        "{podSelector: {matchLabels: {app: db}}}",
    );
    let web = deployment("web", ", namespace: shop", "");
    let service = service("db").replace("{name: db}", "{name: db, namespace: shop}");
    for (beside, severity, says) in [
        (
            service.clone(),
            "low",
            "only the Service `db` asks for them",
        ),
        (
            service.replace("app: db", "app: cache"),
            "medium",
            "have these labels",
        ),
        (String::new(), "medium", "have these labels"),
    ] {
        let all = format!("{web}{asking}{beside}");
        let report = scanned(&[("all.yaml", &all)], "network-policy-selects-nothing", &[]).json();
        let finding = &report["findings"][0];
        assert_eq!(finding["severity"], severity, "{beside}");
        let message = finding["message"].as_str().expect("a message");
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn pods_that_an_operator_may_make_for_what_stands_beside_it_are_not_missed() {
    let operator = deployment("operator", ", namespace: store", "").replace(
        "spec: {containers",
        "spec: {serviceAccountName: operator, containers",
    );
    let rights = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: operator}\nrules: [{apiGroups: [apps], resources: [deployments], verbs: [create]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: operator}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}\nsubjects: [{kind: ServiceAccount, name: operator, namespace: store}]\n---\n";
    let custom = "apiVersion: disks.example.com/v1\nkind: DiskArray\nmetadata: {name: main}\n---\n";
    for (value, beside, expected) in [
        ("controller.disks.example.com", custom, 0),
        ("controller.disks.example.com", "", 1),
        ("controller.tapes.example.com", custom, 1),
    ] {
        let asking = policy(
            ", namespace: store",
            &format!("{{podSelector: {{matchLabels: {{app: {value}}}}}}}"),
        );
        let all = format!("{operator}{rights}{beside}{asking}");
        assert_eq!(
            count(&[("all.yaml", &all)], "network-policy-selects-nothing"),
            expected,
            "{value}"
        );
    }
}

#[test]
fn a_kustomization_of_a_policy_that_another_one_leaves_out_beside_its_own_closes_nothing() {
    let web = deployment("web", ", namespace: system", "");
    let ingress = policy(
        "",
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 8443}]}]}",
    );
    let main = "namespace: shop\nresources: [../manager]\n";
    let all = "namespace: shop\nresources: [../manager, ../closing]\n";
    let beside = ("config/closing/kustomization.yaml", "resources: [p.yaml]\n");
    let own = ("config/closing/p.yaml", &*ingress);
    for (main, policies, more, is_left) in [
        (main, [beside, own], &[][..], true),
        (all, [beside, own], &[], false),
        (
            main,
            [beside, own],
            &[(
                "Makefile",
                "x:\n\tkubectl apply -n shop -k config/closing\n",
            )],
            false,
        ),
        (
            main,
            [beside, own],
            &[("up.sh", "kubectl apply -k config/closing -n \"$1\"\n")],
            false,
        ),
        // It stands elsewhere, for whom it is.
        (
            main,
            [
                ("policies/kustomization.yaml", "resources: [p.yaml]\n"),
                ("policies/p.yaml", &*ingress),
            ],
            &[],
            false,
        ),
        // Nobody else takes along what it is for.
        ("namespace: shop\n", [beside, own], &[], false),
    ] {
        let files = [
            ("config/default/kustomization.yaml", main),
            (
                "config/manager/kustomization.yaml",
                "resources: [web.yaml]\n",
            ),
            ("config/manager/web.yaml", &*web),
        ];
        let files = [&files[..], &policies, more].concat();
        let run = scanned(&files, "network-policy-missing", &[]);
        let is_said = run.stdout.contains(
            "for ingress and egress; for ingress, `closing` would select them, but the kustomization leaves it out",
        );
        assert_eq!(is_said, is_left, "{main} {more:?} {}", run.stdout);
    }
}

#[test]
fn a_policy_that_could_not_be_rendered_may_be_for_the_pods_of_its_chart() {
    let closed = |head: &str, tail: &str| {
        format!(
            "{head}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: closing}}\nspec:\n  podSelector: {{matchLabels: {{app: web}}}}\n  policyTypes: [Ingress, Egress]\n{tail}\n"
        )
    };
    let empty = "{{- if not .Values.net.cidrs }}\n{{- fail \"net.cidrs is empty\" }}\n{{- end }}";
    let from = "  ingress:\n    - from:\n{{- range .Values.net.cidrs }}\n      - ipBlock: {cidr: {{ . | quote }}}\n{{- end }}";
    let unknown = "{{- fail \"not on this cluster\" }}";
    let off = "{{- if .Values.net.on }}";
    let of_chart = |policy: &str, more: &str| {
        let both = deployment("web", "", "") + &deployment("api", "", "");
        let files = [
            (
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("web/values.yaml", "net: {cidrs: [], on: false}\n"),
            ("web/templates/web.yaml", &*both),
            ("web/templates/policy.yaml", policy),
            ("web/templates/more.yaml", more),
        ];
        let run = scanned(&files, "network-policy-missing", &[]);
        let report = run.json();
        let found = report["findings"].as_array().unwrap().iter();
        let told = found.map(|one| {
            let message = one["message"].as_str().unwrap();
            let end = message.split_once("; ").map_or("", |(_, end)| end);
            format!("{}: {end}", one["severity"].as_str().unwrap())
        });
        let mut told: Vec<String> = told.collect();
        told.sort();
        told
    };
    let said = "low: what `policy.yaml` makes may select them, and it could not be rendered";
    let plain = "high: ";
    // A placeholder stands for what is missing.
    assert_eq!(of_chart(&closed(empty, from), ""), [plain]);
    let left = closed("", unknown);
    assert_eq!(of_chart(&left, ""), [plain, said]);
    let other = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: other}\nspec: {podSelector: {matchLabels: {app: none}}}\n";
    assert_eq!(of_chart(&left, other), [plain, said]);
    // What is switched off, and what else could not be rendered, says nothing.
    let off = closed(off, "{{- end }}");
    assert_eq!(of_chart(&off, ""), [plain, plain]);
    assert_eq!(of_chart(&off, unknown), [plain, plain]);
}
