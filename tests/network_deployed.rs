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

/// A chart whose policy is off as it comes.
const POLICY: &str = "{{- if .Values.policy }}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n{{- end }}\n";

/// How many pods of that chart are open, beside a file that may install it.
fn open_beside(path: &str, text: &str) -> usize {
    open(&[
        ("charts/web/Chart.yaml", CHART),
        ("charts/web/values.yaml", "policy: false\n"),
        ("charts/web/prod.yml", "policy: true\n"),
        ("charts/web/templates/all.yaml", PODS),
        ("charts/web/templates/policy.yaml", POLICY),
        // Without a policy among the objects nothing is placed.
        ("deny.yaml", &DENY.replace("shop", "other")),
        (path, text),
    ])
}

#[test]
fn a_chart_is_as_commands_install_it() {
    let workflow =
        |steps: &str| format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}");
    for (path, text) in [
        (
            "deploy.sh",
            "helm upgrade -i web charts/web --set policy=true -n shop\n".to_owned(),
        ),
        (
            "ops/Makefile",
            "up:\n\t$(HELM) upgrade -i web ../charts/web -f ../charts/web/prod.yml -n shop\n".to_owned(),
        ),
        (
            "Jenkinsfile",
            "sh 'helm template web charts/web -f charts/web/prod.yml | kubectl apply -n shop -f -'\n"
                .to_owned(),
        ),
        (
            ".github/workflows/a.yml",
            workflow(
                "    - run: helm upgrade -i web ./web -n shop --set policy=true,tag=${{ github.sha }}\n      working-directory: charts\n",
            ),
        ),
    ] {
        assert_eq!(open_beside(path, &text), 0, "{path}: {text}");
        let off = text.replace("policy=true", "a=true").replace("prod.yml", "values.yaml");
        assert_eq!(open_beside(path, &off), 1, "{path}: {off}");
    }
    for (path, text) in [
        // Nobody knows what else it is given.
        (
            "deploy.sh",
            "helm upgrade -i web charts/web -f $FILE -n shop\n".to_owned(),
        ),
        // A test's, and one in a cluster that is gone afterwards.
        (
            "e2e.sh",
            "helm install web charts/web --set policy=true\n".to_owned(),
        ),
        (
            ".github/workflows/a.yml",
            workflow(
                "    - uses: helm/kind-action@v1\n    - run: helm install web charts/web --set policy=true\n",
            ),
        ),
        (
            "deploy.sh",
            "helm template web charts/web --set policy=true | kubeconform\n".to_owned(),
        ),
    ] {
        assert_eq!(open_beside(path, &text), 1, "{path}: {text}");
    }
}

#[test]
fn a_chart_is_as_a_helmfile_releases_it() {
    let release = |more: &str| {
        format!("releases:\n- name: web\n  chart: ./charts/web\n  namespace: shop\n{more}\n")
    };
    let [file, map, single] = [
        "  values: [charts/web/prod.yml]",
        "  values: [charts/web/values.yaml, {policy: true}]",
        "  set: [{name: policy, value: true}]",
    ]
    .map(release);
    for (text, expected) in [
        (file.clone(), 0),
        (map.clone(), 0),
        (single.clone(), 0),
        (file.replace("./charts", "charts"), 0),
        (map.replace("true", "false"), 1),
        (single.replace("true", "false"), 1),
        // Its namespace has a policy.
        (release("").replace("shop", "other"), 0),
        (release(""), 1),
        // What is not installed, or of which nobody knows the values, is none of its own.
        (
            file.replace("name: web", "name: web\n  installed: false"),
            1,
        ),
        (release("  values: ['{{ .Environment.Name }}.yaml']"), 1),
        (file.replace("./charts", "example"), 1),
    ] {
        assert_eq!(open_beside("helmfile.yaml", &text), expected, "{text}");
    }
}

#[test]
fn commands_that_name_no_namespace_install_one_chart_in_one_way_or_another() {
    let api = PODS.replace("web", "api");
    let files = |command: &str| {
        open(&[
            ("charts/web/Chart.yaml", CHART),
            ("charts/web/values.yaml", "policy: true\n"),
            ("charts/web/templates/all.yaml", PODS),
            ("charts/web/templates/policy.yaml", POLICY),
            ("charts/api/Chart.yaml", &CHART.replace("web", "api")),
            ("charts/api/templates/all.yaml", &api),
            ("up.sh", command),
        ])
    };
    let install = "helm upgrade -i web charts/web --set a=b";
    assert_eq!(files(install), 0);
    // Without the policy the pods of both charts are open.
    let other = format!("{install}\nhelm upgrade -i web charts/web --set policy=false\n");
    assert_eq!(files(&other), 2);
    let both = format!("{install} -n shop\nhelm upgrade -i api charts/api -n shop\n");
    assert_eq!(files(&both), 0);
}

#[test]
fn a_chart_that_another_one_brings_along_is_not_installed_by_its_own_files() {
    let files = [
        (
            "shop/Chart.yaml",
            "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
        ),
        ("shop/values.yaml", "web: {policy: true}\n"),
        ("shop/charts/web/Chart.yaml", CHART),
        ("shop/charts/web/values.yaml", "policy: false\n"),
        ("shop/charts/web/templates/all.yaml", PODS),
        ("shop/charts/web/templates/policy.yaml", POLICY),
        (
            "shop/charts/web/Makefile",
            "up:\n\thelm upgrade -i web . --set a=b -n own\n",
        ),
    ];
    assert_eq!(open(&files), 0);
}

#[test]
fn the_applications_of_one_chart_meet() {
    let application = |name: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec: {{source: {{repoURL: 'https://example.com/a.git', path: chart, helm: {{valueFiles: [values-{name}.yaml]}}}}, destination: {{namespace: shop}}}}\n---\n"
        )
    };
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Values.name }}}\nspec: {selector: {matchLabels: {app: {{ .Values.name }}}}, template: {metadata: {labels: {app: {{ .Values.name }}}}, spec: {containers: [{name: a, image: a/b:1, ports: [{containerPort: 80}], env: [{name: PEER_URL, value: '{{ .Values.peer }}'}]}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\nspec: {selector: {app: {{ .Values.name }}}, ports: [{port: 80}]}\n";
    let folder = folder(&[
        (
            "apps.yaml",
            &[application("web"), application("api")].concat(),
        ),
        ("deny.yaml", DENY),
        ("chart/Chart.yaml", CHART),
        ("chart/values.yaml", "name: service\npeer: ''\n"),
        ("chart/values-web.yaml", "name: web\npeer: http://api:80\n"),
        ("chart/values-api.yaml", "name: api\n"),
        ("chart/templates/all.yaml", template),
    ]);
    let mut landfall = landfall(folder.path());
    let landfall = landfall.env("PATH", path_with_helm()).args([
        "scan",
        "--rule",
        "service-unreachable",
        "--format",
        "json",
        "--fail-on",
        "never",
    ]);
    let run: Run = landfall.output().expect("landfall runs").into();
    assert_eq!(
        run.found(),
        ["service-unreachable chart/templates/all.yaml:4"]
    );
}
