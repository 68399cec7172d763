//! Network rules where pipelines, other tools and registries say into which namespace files and charts go.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use common::{Run, folder, landfall, path_with_helm};

const PODS: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: []}}}\n";
const DENY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n";
const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.3.0\n";

/// How many workloads are told to be open.
fn open(files: &[(&str, &str)]) -> usize {
    let folder = folder(files);
    let mut landfall = landfall(folder.path());
    let landfall = landfall.env("PATH", path_with_helm()).args([
        "scan",
        "--rule",
        "network-policy-missing",
        "--format",
        "json",
        "--fail-on",
        "never",
    ]);
    let run: Run = landfall.output().expect("landfall runs").into();
    run.found().len()
}

#[test]
fn files_and_charts_are_where_pipelines_and_tools_put_them() {
    let apply = "kubectl apply -n shop -f apps/web/all.yaml";
    let install = "helm upgrade --install web apps/web -n shop";
    for (path, text) in [
        ("Jenkinsfile", "sh \"COMMAND\""),
        (
            "bitbucket-pipelines.yml",
            "pipelines: {default: [{step: {script: [a]}}]}\nx:\n- COMMAND\n",
        ),
        (
            ".circleci/config.yml",
            "jobs:\n  a:\n    steps:\n    - run: COMMAND\n",
        ),
        (
            ".buildkite/pipelines/deploy.yml",
            "steps:\n- label: a\n  command: |\n    COMMAND\n",
        ),
        (".buildkite/pipeline.yml", "steps:\n- command: COMMAND\n"),
        (
            ".drone.yml",
            "kind: pipeline\nsteps:\n- name: a\n  commands:\n  - COMMAND\n",
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: COMMAND\n",
        ),
        (".gitlab-ci.yml", "a:\n  script:\n  - COMMAND\n"),
        ("azure-pipelines.yml", "steps:\n- script: COMMAND\n"),
        ("Taskfile.yml", "tasks:\n  a:\n    cmds:\n    - COMMAND\n"),
        ("Taskfile.yml", "tasks:\n  a:\n    cmds: [COMMAND]\n"),
        ("up.ps1", "COMMAND\n"),
        (
            "apps/web/fleet.yaml",
            "defaultNamespace: shop\nlabels: {a: b}\n",
        ),
        ("apps/fleet.yaml", "namespace: shop\n"),
    ] {
        let files = |text: &str| {
            open(&[
                ("apps/web/all.yaml", PODS),
                ("deny.yaml", DENY),
                (path, text),
            ])
        };
        let text = text.replace("COMMAND", apply);
        assert_eq!(files(&text), 0, "{text}");
        assert_eq!(files(&text.replace("shop", "other")), 1, "{text}");
    }
    let files = |text: &str| {
        open(&[
            ("apps/web/Chart.yaml", CHART),
            ("apps/web/templates/all.yaml", PODS),
            ("deny.yaml", DENY),
            ("Jenkinsfile", text),
        ])
    };
    assert_eq!(files(&format!("sh '{install}'")), 0);
    assert_eq!(
        files(&format!("sh '{}'", install.replace("shop", "other"))),
        1
    );
}

#[test]
fn a_kustomization_that_lists_nothing_deploys_nothing() {
    let flux = |path: &str, namespace: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {namespace}, namespace: flux-system}}\nspec: {{path: ./{path}, targetNamespace: {namespace}}}\n"
        )
    };
    let list = |listed: &str| {
        format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [{listed}]\n"
        )
    };
    let own = DENY.replace(", namespace: shop", "");
    let files = |listed: &str| {
        open(&[
            ("apps/kustomization.yaml", &list(listed)),
            (
                "apps/cm.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            ),
            ("apps/web/kustomization.yaml", &list("all.yaml")),
            ("apps/web/all.yaml", PODS),
            ("apps/deny/kustomization.yaml", &list("deny.yaml")),
            ("apps/deny/deny.yaml", &own),
            ("flux/web.yaml", &flux("apps/web", "web")),
            ("flux/deny.yaml", &flux("apps/deny", "shop")),
            ("flux/all.yaml", &flux("apps", "web")),
        ])
    };
    assert_eq!(files(""), 1);
    assert_eq!(files("cm.yaml"), 1);
}

#[test]
fn a_chart_that_the_repository_publishes_is_as_it_is_deployed() {
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  sources:\n  - repoURL: ghcr.io/me/lab/charts\n    chart: web\n    targetRevision: 0.3.0\n    helm: {valueFiles: [$values/deploy/values.yaml]}\n  - {repoURL: 'https://git.example.com/me/lab.git', ref: values}\n  destination: {namespace: shop}\n";
    let own = DENY.replace(", namespace: shop", "");
    let template = format!("{PODS}---\n{{{{- if .Values.closed }}}}\n{own}{{{{- end }}}}\n");
    let files = |application: &str| {
        open(&[
            ("charts/web/Chart.yaml", CHART),
            ("charts/web/values.yaml", "closed: true\n"),
            ("charts/web/templates/all.yaml", &template),
            ("deploy/values.yaml", "closed: false\n"),
            ("deploy/web.yaml", application),
            ("other.yaml", &DENY.replace("shop", "else")),
        ])
    };
    assert_eq!(files(application), 1);
    assert_eq!(files(&application.replace("0.3.0", "9.9.9")), 0);
    assert_eq!(
        files(&application.replace("me/lab/charts", "others/packages")),
        0
    );
}
