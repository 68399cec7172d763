//! Charts as a user has them, rendered by the real helm.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{Run, folder, landfall, path_with_helm, write};
use serde_json::Value;

fn scan(folder: &Path, arguments: &[&str]) -> Run {
    landfall(folder)
        .env("PATH", path_with_helm())
        .arg("scan")
        .args(arguments)
        .output()
        .expect("the binary runs")
        .into()
}

/// `rule path:line:column key@path:line (renderings)` of each finding of a rule.
fn places(run: &Run) -> Vec<String> {
    let place = |location: &Value| {
        let about = if location["approximate"] == true {
            "near "
        } else {
            ""
        };
        format!(
            "{about}{}:{}:{}",
            location["path"].as_str().unwrap(),
            location["line"],
            location["column"]
        )
    };
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let shown = |finding: &Value| {
        let rendered = &finding["rendered"];
        let supplied = rendered["supplied"].as_array().into_iter().flatten();
        let supplied: Vec<String> = supplied
            .map(|supplied| {
                let at = supplied.get("location").map(&place);
                format!(
                    "{}@{}",
                    supplied["key"].as_str().unwrap(),
                    at.unwrap_or_default()
                )
            })
            .collect();
        let names = rendered["renderings"].as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(Value::as_str).collect();
        format!(
            "{} {} ({})",
            place(&finding["location"]),
            supplied.join(" "),
            names.join(", ")
        )
    };
    findings.map(shown).collect()
}

/// `path:line` of each warning.
fn warned(report: &Value) -> Vec<String> {
    let warnings = report["warnings"].as_array().unwrap().iter();
    let place = |one: &Value| {
        let path = one["path"].as_str().unwrap();
        format!("{path}:{}", one["region"]["line"])
    };
    warnings.map(place).collect()
}

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const TEMPLATE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include \"web.name\" . }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      {{- with .Values.security }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        {{- range $name, $image := .Values.images }}
        - name: {{ $name }}
          image: {{ $image | quote }}
        {{- end }}
        - name: fixed
          image: {{ .Values.fixed | default \"nginx:latest\" }}
";
const HELPERS: &str = "{{- define \"web.name\" -}}\n{{ .Release.Name | trunc 63 }}\n{{- end -}}\n";
const VALUES: &str = "\
# what runs
images:
  main: nginx:latest
security:
  runAsNonRoot: false
";

fn chart(more: &[(&str, &str)]) -> tempfile::TempDir {
    let all = [
        ("web/Chart.yaml", CHART),
        ("web/templates/web.yaml", TEMPLATE),
        ("web/templates/_helpers.tpl", HELPERS),
        ("web/values.yaml", VALUES),
    ];
    folder(&[&all[..], more].concat())
}

const IMAGE_TAG: [&str; 4] = ["--rule", "image-tag", "--format", "json"];

fn image_tags(folder: &Path, arguments: &[&str]) -> Vec<String> {
    places(&scan(folder, &[arguments, &IMAGE_TAG].concat()))
}

#[test]
fn a_finding_stands_on_the_template_line_and_tells_the_values_key() {
    let folder = chart(&[]);
    assert_eq!(
        image_tags(folder.path(), &["."]),
        [
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default)",
            "web/templates/web.yaml:20:18  (default)",
        ]
    );
}

#[test]
fn a_tag_that_whoever_installs_a_chart_is_to_give_makes_no_invalid_reference() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: 'shop/web:{{ .Values.tag }}'}\n    - {name: all, image: '{{ .Values.name }}:{{ .Values.tag }}'}\n    - {name: bad, image: 'shop/Web'}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/pod.yaml", pod),
        ("web/values.yaml", "tag: ''\nname: ''\n"),
        ("web/values-prod.yaml", "name: shop/all\n"),
    ]);
    let of_rule = |rule: &str| {
        let arguments = [".", "--rule", rule, "--format", "json"];
        places(&scan(folder.path(), &arguments))
    };
    let invalid = of_rule("image-invalid");
    assert!(
        invalid
            .iter()
            .all(|one| one.contains(":8:") || one.ends_with("(prod)")),
        "{invalid:?}"
    );
    let untrusted = of_rule("image-registry");
    assert!(
        untrusted.iter().any(|one| one.contains("pod.yaml:6:")),
        "{untrusted:?}"
    );
    assert!(
        !untrusted
            .iter()
            .any(|one| one.contains("pod.yaml:7:") && one.ends_with("(default)")),
        "{untrusted:?}"
    );
}

#[test]
fn renderings_that_share_a_finding_are_named_together() {
    let folder = chart(&[
        ("web/values-production.yaml", "replicas: 3\n"),
        (
            "web/ci/other-values.yaml",
            "images: {main: 'busybox:latest'}\n",
        ),
    ]);
    // What only tries the chart is no image of it.
    assert_eq!(
        image_tags(folder.path(), &["."]),
        [
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default, production)",
            "web/templates/web.yaml:20:18  (default, ci/other, production)",
        ]
    );
}

#[test]
fn values_and_set_on_the_command_line_are_another_rendering() {
    let folder = chart(&[(
        "mine.yaml",
        "images:\n  main: a:1@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b\n",
    )]);
    let found = image_tags(
        folder.path(),
        &[
            "web",
            "--values",
            "mine.yaml",
            "--set",
            "fixed=busybox:latest",
        ],
    );
    assert_eq!(
        found,
        [
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default)",
            "web/templates/web.yaml:20:18 --set fixed@ (command line)",
            "web/templates/web.yaml:20:18  (default)",
        ]
    );
}

#[test]
fn the_configuration_adds_renderings() {
    let folder = chart(&[
        (
            "landfall.yaml",
            "charts:\n  - path: web\n    name: stage\n    release: shop\n    namespace: stage\n    values: [env/stage.yaml]\n    set: {fixed: 'busybox:latest'}\n",
        ),
        ("env/stage.yaml", "images:\n  main: httpd:latest\n"),
    ]);
    let run = scan(
        folder.path(),
        &[".", "--rule", "image-tag", "--format", "json", "--verbose"],
    );
    let places = places(&run);
    assert!(
        places.contains(
            &"web/templates/web.yaml:17:18 images.main@env/stage.yaml:2:9 (stage)".to_owned()
        ),
        "{places:#?}"
    );
    assert!(
        run.stderr.contains(
            "template shop web --namespace stage --kube-version 1.35.0 --values env/stage.yaml --set fixed=…"
        ),
        "{}",
        run.stderr
    );
    let rendering = &run.json()["summary"]["renderings"][1];
    assert_eq!(
        (&rendering["name"], &rendering["objects"]),
        (&"stage".into(), &1.into())
    );
}

#[test]
fn values_of_a_chart_in_a_chart_come_from_the_one_that_gives_them() {
    let inner = "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  containers:\n    - name: db\n      image: \"{{ .Values.image }}:{{ .Values.global.tag }}\"\n";
    let folder = folder(&[
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - {name: db, version: 1.0.0, repository: 'file://../db'}\n",
        ),
        (
            "web/values.yaml",
            "global: {tag: latest}\ndb:\n  image: postgres\n",
        ),
        (
            "db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        ),
        ("db/values.yaml", "image: mysql\n"),
        ("db/templates/pod.yaml", inner),
    ]);
    let found = image_tags(folder.path(), &["."]);
    assert_eq!(
        found,
        [
            "db/templates/pod.yaml:7:15 db.image@web/values.yaml:3:10 global.tag@web/values.yaml:1:15 (default)"
        ]
    );
    assert!(
        !folder.path().join("web/charts").exists(),
        "the user's tree is left alone"
    );
    // A file of the inner chart leads to the one that deploys it.
    assert_eq!(image_tags(folder.path(), &["db/templates/pod.yaml"]), found);
}

#[test]
fn what_helm_refuses_is_a_failure_that_names_the_key_and_stops_no_other() {
    let folder = chart(&[
        (
            "bad/Chart.yaml",
            "apiVersion: v2\nname: bad\nversion: 1.0.0\n",
        ),
        ("bad/templates/a.yaml", "a: b\nc: {{ .Values.db.host }}\n"),
        (
            "lost/Chart.yaml",
            "apiVersion: v2\nname: lost\nversion: 1.0.0\ndependencies:\n  - {name: gone, version: 1.0.0, repository: 'https://charts.example.com'}\n",
        ),
    ]);
    let run = scan(folder.path(), &[&["."], &IMAGE_TAG[..]].concat());
    assert_eq!(run.status, 2);
    let report = run.json();
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{failures:#?}");
    assert_eq!(failures[0]["path"], "bad/templates/a.yaml");
    assert_eq!(failures[0]["region"]["line"], 2);
    assert!(failures[0]["help"].as_str().unwrap().contains("`db.host`"));
    assert_eq!(failures[1]["path"], "lost");
    assert!(
        failures[1]["help"]
            .as_str()
            .unwrap()
            .contains("helm dependency build")
    );
    assert_eq!(places(&run).len(), 2);
}

#[test]
fn a_template_that_fails_keeps_nothing_of_the_others_from_being_checked() {
    let folder = chart(&[
        (
            "web/templates/hpa.yaml",
            "{{ if .Values.scaling.enabled }}\nkind: None\n{{ end }}\n",
        ),
        ("web/templates/broken.yaml", "a: b\n c: {{ .Chart.Name }}\n"),
        (
            "web/templates/job.yaml",
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: seed}\nspec:\n  template:\n    spec:\n      containers:\n        - name: seed\n          image: docker.io/library/busybox:latest\n          args: [{{ .Values.seed.url | quote }}]\n",
        ),
        ("web/templates/NOTES.txt", "{{ fail \"no notes\" }}\n"),
    ]);
    let run = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat());
    assert_eq!(run.status, 2);
    let report = run.json();
    let failures = report["failures"].as_array().unwrap();
    let paths: Vec<&str> = failures
        .iter()
        .filter_map(|failure| failure["path"].as_str())
        .collect();
    let refused = ["NOTES.txt", "broken.yaml", "hpa.yaml", "job.yaml"];
    assert_eq!(
        paths,
        refused.map(|name| format!("web/templates/{name}")),
        "{failures:#?}"
    );
    assert_eq!(
        places(&run),
        [
            "web/templates/job.yaml:9:18  (default)",
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default)",
            "web/templates/web.yaml:20:18  (default)",
        ]
    );
}

#[test]
fn what_a_template_asks_for_is_told_and_a_placeholder_lets_the_rest_be_checked() {
    let pod = |name: &str, action: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n    - name: a\n      image: {name}:latest\n      env:\n        - {{name: DB_PASSWORD, value: {action}}}\n"
        )
    };
    let helpers = format!(
        "{HELPERS}{{{{- define \"web.key\" -}}}}\n{{{{ .Values.key | required \"the key is\\nmissing\" }}}}\n{{{{- end -}}}}\n"
    );
    let number = "{{ if gt (int (required \"a number\" .Values.number)) 0 }}\nkind: None\n{{ else }}{{ fail \"no number\" }}{{ end }}\n";
    let folder = chart(&[
        (
            "web/values.yaml",
            &format!("{VALUES}db: {{password: ''}}\n"),
        ),
        ("web/templates/_helpers.tpl", &helpers),
        (
            "web/templates/a.yaml",
            &pod("a", "'{{ required \"give it\" .Values.db.password }}'"),
        ),
        (
            "web/templates/b.yaml",
            &pod("b", "'{{ include \"web.key\" . }}'"),
        ),
        ("web/templates/n.yaml", number),
        (
            "web/charts/in/Chart.yaml",
            "apiVersion: v2\nname: in\nversion: 1.0.0\n",
        ),
        (
            "web/charts/in/templates/c.yaml",
            &pod("c", "'{{ .Values.secret | required `inner` }}'"),
        ),
    ]);
    let run = scan(folder.path(), &["web", "--format", "json"]);
    assert_eq!(run.status, 2);
    let report = run.json();
    let failures = report["failures"].as_array().unwrap().iter();
    let told: Vec<String> = failures
        .map(|failure| {
            let reason = failure["reason"].as_str().unwrap();
            let end = reason.rsplit_once("; ").map_or(reason, |(_, end)| end);
            format!("{} {end}", failure["path"].as_str().unwrap())
        })
        .collect();
    let with = "what it deploys is checked with a placeholder for";
    assert_eq!(
        told,
        [
            format!("web/charts/in/templates/c.yaml {with} `in.secret` (in: default)"),
            format!("web/templates/a.yaml {with} `db.password` (in: default)"),
            format!("web/templates/b.yaml {with} `key` (in: default)"),
            "web/templates/n.yaml what the rest of the chart deploys is checked (in: default)"
                .to_owned(),
        ]
    );
    let found = image_tags(folder.path(), &["web"]);
    for place in [
        "web/templates/a.yaml:7",
        "web/templates/b.yaml:7",
        "web/charts/in/templates/c.yaml:7",
    ] {
        assert!(found.iter().any(|one| one.starts_with(place)), "{found:#?}");
    }
    let findings = report["findings"].as_array().unwrap().iter();
    let credentials: Vec<&Value> = findings
        .filter(|finding| finding["location"]["line"] == 9)
        .collect();
    assert!(credentials.is_empty(), "{credentials:#?}");
    assert!(!run.stdout.contains("$(_"), "{}", run.stdout);
}

#[test]
fn a_key_that_a_template_writes_twice_is_told_in_the_template() {
    let twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  {{- if true }}\n  a: \"1\"\n  a: \"2\"\n  {{- end }}\n";
    let folder = chart(&[("web/templates/twice.yaml", twice)]);
    let report = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat()).json();
    assert_eq!(warned(&report), ["web/templates/twice.yaml:7"]);
}

#[test]
fn a_chart_that_a_build_fills_in_is_checked_with_a_warning() {
    let about = "apiVersion: v2\nname: web\nversion: \"${VERSION}\"\nappVersion: [[ .Version ]]\n";
    let folder = chart(&[("web/Chart.yaml", about)]);
    let run = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat());
    let report = run.json();
    assert_eq!(
        report["failures"].as_array().unwrap().len(),
        0,
        "{report:#}"
    );
    assert_eq!(warned(&report), ["web/Chart.yaml:3", "web/Chart.yaml:4"]);
    assert_eq!(places(&run).len(), 2);
}

#[test]
fn a_chart_that_was_not_fetched_keeps_nothing_else_from_being_checked() {
    let about = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - name: gone\n    version: 1.0.0\n    repository: https://charts.example.com\n  - {name: data, version: 1.0.0}\n";
    let values = "\
images:
  main: nginx:latest
gone:
  image: {repository: ghcr.io/shop/gone, tag: latest}
";
    let folder = chart(&[
        ("web/Chart.yaml", about),
        ("web/values.yaml", values),
        (
            "web/charts/data/Chart.yaml",
            "apiVersion: v2\nname: data\nversion: 1.0.0\n",
        ),
        (
            "web/charts/data/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: data}\nspec:\n  containers:\n    - {name: data, image: 'data:latest'}\n",
        ),
        (
            "web/templates/more.yaml",
            "{{ if .Values.more }}\napiVersion: v1\nkind: Pod\nmetadata: {name: more}\nspec:\n  containers:\n    - {name: more, image: 'more:latest'}\n{{ end }}\n",
        ),
    ]);
    let run = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat());
    assert_eq!(run.status, 2);
    let report = run.json();
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{failures:#?}");
    assert!(failures[0]["reason"].as_str().unwrap().contains("gone"));
    assert_eq!(
        places(&run),
        [
            "web/charts/data/templates/pod.yaml:6:28  (default)",
            "web/templates/more.yaml:7:28  ()",
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:2:9 (default)",
            "web/templates/web.yaml:20:18  (default)",
            "web/values.yaml:4:47  ()",
        ]
    );
}

#[test]
fn templates_that_call_a_chart_that_was_not_fetched_are_left_out_alone() {
    let about = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - {name: gone, version: 1.0.0}\n";
    let calling = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  serviceAccountName: {{{{ include \"gone.account\" . }}}}\n  containers:\n    - {{name: a, image: '{name}:latest'}}\n"
        )
    };
    let one = calling("one");
    let failed = |helper: &str, other: &str| {
        let folder = chart(&[
            ("web/Chart.yaml", about),
            ("web/templates/_more.tpl", helper),
            ("web/templates/one.yaml", &one),
            ("web/templates/two.yaml", other),
        ]);
        let run = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat());
        let report = run.json();
        let failures = report["failures"].as_array().unwrap().iter();
        let paths = failures.map(|one| one["path"].as_str().unwrap().to_owned());
        (paths.collect::<Vec<_>>(), places(&run))
    };
    let (paths, found) = failed("", "");
    assert_eq!(paths, ["web", "web/templates/one.yaml"]);
    assert!(
        found
            .iter()
            .any(|one| one.contains("web.yaml:17:18 images.main")),
        "{found:?}"
    );
    // Charts of which most templates, or the own named ones, do so are written for the other one.
    let named = "{{ define \"web.more\" }}{{ include \"gone.name\" . }}{{ end }}";
    for (helper, other) in [(named, ""), ("", &*calling("two"))] {
        let (paths, found) = failed(helper, other);
        assert_eq!(paths, ["web"]);
        assert!(
            !found.iter().any(|one| one.contains("images.main@")),
            "{found:?}"
        );
    }
}

#[test]
fn without_helm_each_chart_is_a_failure_and_with_no_render_a_word() {
    let folder = chart(&[]);
    let without = |arguments: &[&str]| -> Run {
        landfall(folder.path())
            .env("PATH", folder.path())
            .arg("scan")
            .args(arguments)
            .output()
            .unwrap()
            .into()
    };
    let run = without(&[]);
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.contains("no `helm` on the PATH"),
        "{}",
        run.stdout
    );
    let run = without(&["--no-render", "--fail-on", "never"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.contains("not rendered: chart web"),
        "{}",
        run.stdout
    );
    write(folder.path(), "landfall.yaml", b"render: false\n");
    assert_eq!(without(&["--fail-on", "never"]).status, 0);
}

#[test]
fn a_library_is_nothing_to_render_named_or_not() {
    let about = "apiVersion: v2\nname: shared\nversion: 0.1.0\ntype: library\n";
    let folder = folder(&[
        ("shared/Chart.yaml", about),
        ("shared/templates/_a.tpl", "{{ define \"a\" }}a{{ end }}\n"),
    ]);
    for path in [".", "shared"] {
        let run = scan(folder.path(), &[path]);
        assert_eq!(run.status, 0, "{}", run.stdout);
        assert!(run.stdout.contains("a library has nothing to deploy"));
    }
}

/// Of the chart's other pods nothing is known without helm, so nothing is said of the policy.
#[test]
fn templates_without_actions_are_read_as_they_are_where_nothing_is_rendered() {
    let folder = folder(&[
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        ),
        (
            "web/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: web:latest\n",
        ),
        (
            "web/templates/policy.yaml",
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nspec:\n  podSelector: {matchLabels: {app: web}}\n",
        ),
        (
            "web/templates/deployment.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - {name: web, image: {{ .Values.image }}}\n",
        ),
        ("web/values.yaml", "image: web:1\n"),
    ]);
    let rules = [
        "--rule",
        "image-tag",
        "--rule",
        "network-policy-selects-nothing",
    ];
    for more in [&["--no-render"][..], &[]] {
        let run = scan(
            folder.path(),
            &[
                &[".", "--format", "json", "--fail-on", "never"],
                &rules[..],
                more,
            ]
            .concat(),
        );
        let found = places(&run);
        assert_eq!(found.len(), 1, "{more:?} {found:?} {}", run.stderr);
        assert!(
            found[0].contains("web/templates/pod.yaml:7:14"),
            "{found:?}"
        );
    }
}

#[test]
fn applications_that_a_chart_holds_render_other_charts() {
    let application = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  source:
    path: web
    helm:
      valueFiles: [../envs/live.yaml]
";
    let folder = chart(&[
        (
            "apps/Chart.yaml",
            "apiVersion: v2\nname: apps\nversion: 1.0.0\n",
        ),
        ("apps/templates/web.yaml", application),
        ("envs/live.yaml", "images:\n  main: httpd:latest\n"),
    ]);
    let found = image_tags(folder.path(), &["."]);
    let expected =
        "web/templates/web.yaml:17:18 images.main@envs/live.yaml:2:9 (Application argocd/web)";
    assert!(found.contains(&expected.to_owned()), "{found:#?}");
}

#[test]
fn releases_of_a_chart_of_the_repository_are_rendered_with_their_values() {
    let flux = "\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart:
    spec:
      chart: ./web
      sourceRef: {kind: GitRepository, name: shop}
  values:
    images:
      main: httpd:latest
";
    let argo = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  source:
    repoURL: https://git.example.com/shop
    path: web
    helm:
      values: |
        images:
          main: caddy:latest
";
    let folder = chart(&[("deploy/flux.yaml", flux), ("deploy/argo.yaml", argo)]);
    let found = image_tags(folder.path(), &["."]);
    for expected in [
        "web/templates/web.yaml:17:18 images.main@deploy/flux.yaml:11:13 (HelmRelease shop/web)",
        "web/templates/web.yaml:17:18 images.main@deploy/argo.yaml:12:17 (Application argocd/web)",
    ] {
        assert!(found.contains(&expected.to_owned()), "{found:#?}");
    }
}

#[test]
fn a_chart_that_is_deployed_with_its_own_values_is_rendered_as_it_is_deployed() {
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec:\n  destination: {namespace: shop}\n  source: {repoURL: 'https://git.example.com/shop', path: web}\n";
    let folder = chart(&[("deploy/argo.yaml", argo)]);
    assert_eq!(
        image_tags(folder.path(), &["."]),
        [
            "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (Application argocd/shop)",
            "web/templates/web.yaml:20:18  (Application argocd/shop)",
        ]
    );
}

#[test]
fn a_chart_goes_by_the_folder_that_the_user_named_whoever_deploys_it() {
    let argo = |name: &str, path: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  destination: {{namespace: shop}}\n  source: {{repoURL: 'https://git.example.com/shop', path: {path}}}\n"
        )
    };
    let user = "apiVersion: v2\nname: all\nversion: 0.1.0\ndependencies: [{name: web, version: 0.1.0, repository: 'file://../../web'}]\n";
    let folder = chart(&[
        ("deploy/all.yaml", &argo("all", "env/dev")),
        ("deploy/web.yaml", &argo("web", "web")),
        ("env/dev/Chart.yaml", user),
        (
            "env/dev/values.yaml",
            "web: {images: {main: 'httpd:latest'}}\n",
        ),
    ]);
    let from_within = image_tags(folder.path(), &["."]);
    assert!(!from_within.is_empty());
    let elsewhere = tempfile::tempdir().unwrap();
    let named = folder.path().to_str().unwrap();
    assert_eq!(image_tags(elsewhere.path(), &[named]), from_within);
}

#[test]
fn sarif_names_the_template_first_and_the_rest_as_related() {
    let folder = chart(&[]);
    let run = scan(
        folder.path(),
        &[".", "--rule", "image-tag", "--format", "sarif"],
    );
    let result = run.json()["runs"][0]["results"][0].take();
    let uri = |location: &Value| {
        let physical = &location["physicalLocation"];
        format!(
            "{}:{}",
            physical["artifactLocation"]["uri"].as_str().unwrap(),
            physical["region"]["startLine"]
        )
    };
    assert_eq!(uri(&result["locations"][0]), "web/templates/web.yaml:17");
    let related: Vec<String> = result["relatedLocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(uri)
        .collect();
    assert_eq!(
        related,
        ["web/values.yaml:3", "web/rendered/default.yaml:16"]
    );
    let fingerprint = |run: &Run| {
        run.json()["runs"][0]["results"][0]["partialFingerprints"]["landfall/v1"].clone()
    };
    write(folder.path(), "web/values-production.yaml", b"a: 1\n");
    let more = scan(
        folder.path(),
        &[".", "--rule", "image-tag", "--format", "sarif"],
    );
    assert_eq!(
        fingerprint(&run),
        fingerprint(&more),
        "fingerprints do not depend on renderings"
    );
}

#[test]
fn a_text_that_is_encoded_is_supplied_by_all_its_lines() {
    let template = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  once: {{ .Values.key | b64enc }}\n  twice: {{ .Values.key | b64enc | b64enc }}\n";
    let key = "-----BEGIN PRIVATE KEY-----\n  MIIEowIBAAKCAQEA0Z3VS5JJcds3xfnygWyF8PbnGy0AHB7MXUv5aGRp2X4aa\n  -----END PRIVATE KEY-----\n";
    let folder = chart(&[
        ("web/templates/secret.yaml", template),
        ("web/values.yaml", &format!("key: |\n  {key}user: admin\n")),
    ]);
    let run = scan(
        folder.path(),
        &[".", "--rule", "private-key", "--format", "json"],
    );
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let rendered = findings.filter(|one| !one["rendered"].is_null());
    let lines: Vec<[i64; 2]> = rendered
        .map(|one| {
            let place = &one["rendered"]["supplied"][0]["location"];
            ["line", "endLine"].map(|end| place[end].as_i64().unwrap_or_default())
        })
        .collect();
    assert!(
        !lines.is_empty() && lines.iter().all(|one| *one == [2, 4]),
        "{lines:?}"
    );
}

#[test]
fn no_secret_of_values_or_options_comes_out_and_nothing_is_left_behind() {
    let secret = "kX9vQ2mP7wR4tZ8sL1nB";
    let template = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: {{ .Values.auth.password }}\n  token: {{ .Values.token }}\n  key: {{ .Values.auth.password | b64enc }}\n";
    let values = format!("auth:\n  password: {secret}\n  user: admin\n");
    let folder = chart(&[
        ("web/templates/secret.yaml", template),
        ("web/values.yaml", &values),
    ]);
    write(folder.path(), "web/values.yaml", values.as_bytes());
    let scratch = tempfile::tempdir().unwrap();
    for format in ["text", "json", "sarif"] {
        let output = landfall(folder.path())
            .env("PATH", path_with_helm())
            .env("TMPDIR", scratch.path())
            .args([
                "scan",
                ".",
                "--full",
                "--verbose",
                "--format",
                format,
                "--set",
            ])
            .arg(format!("token={secret}"))
            .output()
            .unwrap();
        let run = Run::from(output);
        assert!(
            !run.stdout.contains(secret) && !run.stderr.contains(secret),
            "{format}: {}",
            run.stdout
        );
    }
    let left: Vec<_> = std::fs::read_dir(scratch.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_changed_template_or_values_file_leads_to_its_chart() {
    let folder = chart(&[]);
    let all = image_tags(folder.path(), &["."]);
    for file in [
        "web/templates/web.yaml",
        "web/templates/_helpers.tpl",
        "web/values.yaml",
        "web/Chart.yaml",
    ] {
        assert_eq!(image_tags(folder.path(), &[file]), all, "{file}");
    }
}

#[test]
fn what_was_rendered_before_is_traced_where_the_chart_is_at_hand() {
    let folder = chart(&[]);
    let path = path_with_helm();
    let helm = |program: &str| {
        let mut command = std::process::Command::new(program);
        command.current_dir(folder.path()).env("PATH", &path);
        command
    };
    let output = helm("helm")
        .args(["template", "shop", "web"])
        .output()
        .unwrap();
    write(folder.path(), "out.txt", &output.stdout);
    let output = landfall(folder.path())
        .env("PATH", &path)
        .args([
            "scan",
            "-",
            "--chart",
            "web",
            "--rule",
            "image-tag",
            "--format",
            "json",
        ])
        .stdin(std::fs::File::open(folder.path().join("out.txt")).unwrap())
        .output()
        .unwrap();
    let found = places(&Run::from(output));
    assert_eq!(
        found[0],
        "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default)"
    );
}

#[test]
fn what_helm_made_up_in_a_text_that_was_rendered_before_is_no_credential() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\ndata:\n  password: {{ randAlphaNum 20 | quote }}\n  api-password: \"{{ .Values.password }}\"\n  db-password: \"kX9vQ2mP7w\"\n";
    let folder = folder(&[
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        ),
        ("web/templates/web.yaml", template),
        ("web/values.yaml", "name: web\npassword: zT5rW8nJ3q\n"),
    ]);
    let path = path_with_helm();
    let output = std::process::Command::new("helm")
        .current_dir(folder.path())
        .env("PATH", &path)
        .args([
            "template",
            "web",
            "web",
            "--set",
            "name=shop,password=uQ4yH6bD1c",
        ])
        .output()
        .unwrap();
    write(folder.path(), "out.txt", &output.stdout);
    let output = landfall(folder.path())
        .env("PATH", &path)
        .args(["scan", "-", "--chart", "web", "--format", "json"])
        .args(["--rule", "hardcoded-password"])
        .stdin(std::fs::File::open(folder.path().join("out.txt")).unwrap())
        .output()
        .unwrap();
    let expected = [6, 7].map(|line| format!("hardcoded-password web/templates/web.yaml:{line}"));
    assert_eq!(Run::from(output).found(), expected);
}

#[test]
fn a_chart_that_is_the_working_directory_is_named_by_its_files() {
    let folder = chart(&[]);
    let found = image_tags(&folder.path().join("web"), &["."]);
    assert_eq!(
        found[0],
        "templates/web.yaml:17:18 images.main@values.yaml:3:9 (default)"
    );
}

#[test]
fn values_that_no_rendering_is_given_are_told_where_they_stand() {
    let latest =
        "images: {main: 'nginx:latest'}\nimage: {repository: ghcr.io/shop/web, tag: latest}\n";
    let pinned =
        "images: {main: 'nginx:1.27'}\nimage: {repository: ghcr.io/shop/web, tag: latest}\n";
    let folder = chart(&[
        ("web/values-prod.yaml", pinned),
        (
            "web/charts/db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        ),
        (
            "web/charts/db/values.yaml",
            "image: {repository: ghcr.io/shop/db, tag: latest}\n",
        ),
        ("web/environments/eu.yaml", latest),
        ("web/environments/us/values.yaml", latest),
        ("env/staging-values.yaml", pinned),
        ("env/other-values.yaml", latest),
        (
            "landfall.yaml",
            "charts:\n  - {path: web, name: staging, values: [env/staging-values.yaml]}\n",
        ),
    ]);
    let run = scan(folder.path(), &[&["."][..], &IMAGE_TAG].concat());
    let mut found = run.found();
    found.retain(|place| !place.contains("templates/"));
    let expected = [
        "image-tag env/other-values.yaml:1",
        "image-tag env/other-values.yaml:2",
        // Nothing is made of these, but of what stands beside them.
        "image-tag env/staging-values.yaml:2",
        // The chart around sets nothing of it.
        "image-tag web/charts/db/values.yaml:1",
        "image-tag web/environments/eu.yaml:1",
        "image-tag web/environments/eu.yaml:2",
        "image-tag web/environments/us/values.yaml:1",
        "image-tag web/environments/us/values.yaml:2",
        "image-tag web/values-prod.yaml:2",
    ];
    assert_eq!(found, expected, "{}", run.stderr);
}

#[test]
fn values_of_a_used_chart_are_told_where_the_one_that_uses_it_leaves_them() {
    let inner = "image: {repository: ghcr.io/shop/db, tag: latest}\nside: {image: 'ghcr.io/shop/side:latest'}\n";
    let user = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: db, alias: store, version: 1.0.0, repository: 'file://../db'}\n";
    let kept = "image: {repository: ghcr.io/shop/kept, tag: latest}\n";
    let about = "apiVersion: v2\nname: left\nversion: 1.0.0\n";
    let own = "store: {image: {tag: '1'}}\nkept: {image: {tag: '1'}}\n";
    let folder = folder(&[
        ("shop/Chart.yaml", user),
        ("shop/values.yaml", own),
        ("shop/charts/left/Chart.yaml", about),
        ("shop/charts/left/values.yaml", kept),
        (
            "shop/charts/kept/Chart.yaml",
            "apiVersion: v2\nname: kept\nversion: 1.0.0\n",
        ),
        ("shop/charts/kept/values.yaml", kept),
        (
            "db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        ),
        ("db/values.yaml", inner),
        (
            "db/templates/map.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: '{{ len .Values.side.image }} {{ len .Values.image.repository }} {{ len .Values.image.tag }}'\n",
        ),
    ]);
    let run = scan(folder.path(), &[&["."][..], &IMAGE_TAG].concat());
    let found = [
        "image-tag db/values.yaml:2",
        "image-tag shop/charts/left/values.yaml:1",
    ];
    assert_eq!(run.found(), found, "{}", run.stderr);
    let registry = format!("{own}global: {{imageRegistry: harbor.example.com}}\n");
    std::fs::write(folder.path().join("shop/values.yaml"), registry).unwrap();
    let run = scan(
        folder.path(),
        &["shop", "--rule", "image-tag", "--format", "json"],
    );
    assert_eq!(run.found(), [""; 0], "{}", run.stderr);
}

#[test]
fn credentials_stand_in_values_whatever_becomes_of_them() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  POSTGRES_PASSWORD: {{ .Values.db.password }}\n";
    let values = "\
db:
  password: changeme
legacy:
  password: Ohx9aequ0
";
    let folder = chart(&[
        ("web/templates/secret.yaml", secret),
        ("web/values.yaml", values),
        ("web/values-prod.yaml", "smtp: {password: Wai4gah7p}\n"),
        (
            "web/charts/db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        ),
        ("web/charts/db/values.yaml", "password: Aif6quie2\n"),
    ]);
    let arguments = [".", "--family", "credentials", "--format", "json"];
    let run = scan(folder.path(), &arguments);
    let expected = [
        "hardcoded-password web/charts/db/values.yaml:1",
        "weak-password web/templates/secret.yaml:5",
        "hardcoded-password web/values-prod.yaml:1",
        "hardcoded-password web/values.yaml:4",
    ];
    assert_eq!(run.found(), expected, "{}", run.stderr);
}

#[test]
fn what_a_template_reads_of_its_chart_is_told_at_its_own_line() {
    let map = |data: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {{{{ .Release.Name }}}}}}\ndata:\n{data}\n"
        )
    };
    let one = map("  shop.properties: |\n{{ .Files.Get \"files/shop.properties\" | indent 4 }}");
    let all = map("{{ (.Files.Glob \"sql/*.sql\").AsConfig | indent 2 }}");
    let folder = folder(&[
        (
            "shop/Chart.yaml",
            "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        ),
        ("shop/templates/one.yaml", &one),
        ("shop/templates/sub/all.yaml", &all),
        (
            "shop/files/shop.properties",
            "mode=a\nmail.password=Ohx9aequ0\n",
        ),
        ("shop/files/other.properties", "mail.password=Ohx9aequ0\n"),
        (
            "shop/sql/a.sql",
            "-- accounts\nCREATE USER shop WITH PASSWORD 'Wai4gah7p';\n",
        ),
        ("shop/sql/a.txt", "mail.password=Ohx9aequ0\n"),
    ]);
    let arguments = [
        ".",
        "--rule",
        "hardcoded-password",
        "--no-render",
        "--format",
        "json",
    ];
    let expected = [
        "hardcoded-password shop/files/shop.properties:2",
        "hardcoded-password shop/sql/a.sql:2",
    ];
    let is_rendering = |argument: &&str| *argument != "--no-render";
    let rendering: Vec<&str> = arguments.into_iter().filter(is_rendering).collect();
    for arguments in [&arguments[..], &rendering] {
        let run = scan(folder.path(), arguments);
        assert_eq!(run.found(), expected, "{}", run.stderr);
    }
}

#[test]
fn values_with_a_line_that_is_no_yaml_are_read_without_it() {
    let values = "name: shop\nmail:\n  password: Wai4gah7p\n ]\ndb:\n  password: Ohx9aequ0\n  secretRefKeys:\n    password: password\n";
    let folder = folder(&[("values.yaml", values), ("other.yaml", values)]);
    let arguments = [".", "--rule", "hardcoded-password", "--format", "json"];
    let run = scan(folder.path(), &arguments);
    let expected = [3, 6].map(|line| format!("hardcoded-password values.yaml:{line}"));
    assert_eq!(run.found(), expected);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn a_byte_order_mark_moves_no_finding() {
    let secret = "\u{feff}apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData:\n  DB_PASSWORD: Ohx9aequ0\n";
    let condition = "\u{feff}{{ if .Values.images }}\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData:\n  DB_PASSWORD: Wai4gah7p\n{{ end }}\n";
    let folder = chart(&[
        ("web/templates/a.yaml", secret),
        ("web/templates/b.yaml", condition),
    ]);
    let arguments = [".", "--rule", "hardcoded-password", "--format", "json"];
    let run = scan(folder.path(), &arguments);
    let expected = [
        "hardcoded-password web/templates/a.yaml:5",
        "hardcoded-password web/templates/b.yaml:6",
    ];
    assert_eq!(run.found(), expected, "{}", run.stderr);
}

#[test]
fn values_that_are_a_template_themselves_are_read_with_placeholders() {
    let values = "\
{{- $host := .Environment.Name }}
mail:
  host: {{ $host }}
  password: {{ .Values.mail }}
{% if shop.has_db %}
db:
  password: Ohx9aequ0
{% endif %}
image:
  repository: example.com/shop
  tag: latest
broken:
   - a
  b: c
smtp: {password: Wai4gah7p}
";
    let folder = folder(&[("values.yaml", values), ("other.yaml", values)]);
    let arguments = [
        ".",
        "--rule",
        "hardcoded-password",
        "--rule",
        "image-tag",
        "--format",
        "json",
    ];
    let run = scan(folder.path(), &arguments);
    let expected = [
        "hardcoded-password values.yaml:7",
        "image-tag values.yaml:11",
        "hardcoded-password values.yaml:15",
    ];
    assert_eq!(run.found(), expected, "{}", run.stderr);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn credentials_that_only_try_a_chart_are_not_told() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: {{ .Values.db.password | quote }}\n{{- if .Values.shop }}\n  shop-password: Wai4gah7p\n{{- end }}\n";
    let folder = chart(&[
        ("web/templates/secret.yaml", secret),
        ("web/values-production.yaml", "db: {password: Ohx9aequ0}\n"),
        (
            "web/ci/full-values.yaml",
            "shop: true\ndb: {password: Aif6quie2}\n",
        ),
        (
            "web/tests/values/full-values.yaml",
            "db: {password: iePh7zee3}\n",
        ),
        ("web/tests/web_test.yaml", "suite: web\n"),
        (".checkov-values.yaml", "db: {password: eeR8ohngu}\n"),
    ]);
    let arguments = [".", "--rule", "hardcoded-password", "--format", "json"];
    assert_eq!(
        places(&scan(folder.path(), &arguments)),
        [
            "web/templates/secret.yaml:5:13 db.password@web/values-production.yaml:1:16 (production)",
            "web/templates/secret.yaml:7:18  (ci/full)",
        ]
    );
}

#[test]
fn branches_that_no_rendering_reaches_have_literals() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n";
    let of = |values: &str, entries: &str| {
        let folder = folder(&[
            ("web/Chart.yaml", CHART),
            ("web/values.yaml", values),
            ("web/templates/s.yaml", &format!("{secret}{entries}")),
        ]);
        scan(
            folder.path(),
            &[".", "--family", "credentials", "--format", "json"],
        )
        .found()
    };
    let branches = "\
  {{- if .Values.mail }}
  smtp_password: hQ7tr99x
  {{- else if .Values.queue }}
  queue_password: hQ7tr99y
  {{- else }}
  db_password: hQ7tr99z
  {{- end }}
";
    let all = [6, 8, 10].map(|line| format!("hardcoded-password web/templates/s.yaml:{line}"));
    for values in ["mail: false\n", "mail: true\n", "queue: true\n"] {
        assert_eq!(of(values, branches), all, "{values}");
    }
    // What is off has no default and guessed password, and lets nobody in.
    let off = "\
  {{- if .Values.mail }}
  smtp_password: changeme
  ALLOW_EMPTY_PASSWORD: \"yes\"
  {{- end }}
";
    assert_eq!(of("mail: false\n", off), [""; 0]);
    assert_eq!(
        of("mail: true\n", off),
        ["weak-password web/templates/s.yaml:6"]
    );
    // What a rendering reaches tells what it is: here a name, a fallback that a value wins over, and what helm makes up.
    let reached = "\
  {{- if .Values.secret }}
  password_ref: {{ .Values.secret }}
  passwordKey: password
  password: {{ .Values.password | default \"hQ7tr99x\" }}
  {{- else }}
  password: {{ randAlphaNum 12 }}
  token: {{ required \"a token\" .Values.token | quote }}
  {{- end }}
";
    assert_eq!(
        of("secret: shop\npassword: ${PASSWORD}\n", reached),
        [""; 0]
    );
}

#[test]
fn a_switch_that_only_tries_a_chart_is_not_told() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: redis}\nspec:\n  containers:\n    - name: redis\n      image: redis:7.2\n      env:\n{{- if not .Values.usePassword }}\n        - {name: ALLOW_EMPTY_PASSWORD, value: \"yes\"}\n{{- end }}\n";
    let told = |values: &str| {
        let folder = chart(&[
            ("web/templates/redis.yaml", template),
            (values, "usePassword: false\n"),
            ("web/values.yaml", "usePassword: true\nimages: {main: a}\n"),
        ]);
        let arguments = [".", "--rule", "authentication-off", "--format", "json"];
        places(&scan(folder.path(), &arguments)).len()
    };
    assert_eq!(told("web/ci/flags.yaml"), 0);
    assert_eq!(told("web/values-dev.yaml"), 1);
}

#[test]
fn a_committed_secret_does_not_hide_how_bad_its_value_is() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: token}\ndata:\n  auth: {{ .Values.token.auth.secret | b64enc | quote }}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/secret.yaml", secret),
        (
            "web/values.yaml",
            "token:\n  auth:\n    secret: 123abc%#TYYU\n",
        ),
    ]);
    let arguments = [".", "--family", "credentials", "--format", "json"];
    let found = scan(folder.path(), &arguments).found();
    assert!(
        found.contains(&"hardcoded-password web/values.yaml:3".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_chart_is_rendered_by_itself_where_the_one_that_uses_it_cannot_be() {
    let shop = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: web, version: 1.0.0, repository: 'file://../web'}\n";
    let folder = chart(&[
        ("shop/Chart.yaml", shop),
        ("shop/values.schema.json", "{\"required\": [\"key\"]}\n"),
    ]);
    let found = [
        "web/templates/web.yaml:17:18 images.main@web/values.yaml:3:9 (default)",
        "web/templates/web.yaml:20:18  (default)",
    ];
    assert_eq!(image_tags(folder.path(), &["."]), found);
    // Another one that uses it shows what is made of it.
    std::fs::create_dir(folder.path().join("other")).expect("is made");
    let other = shop.replace("name: shop", "name: other");
    std::fs::write(folder.path().join("other/Chart.yaml"), other).expect("is written");
    let run = scan(folder.path(), &[".", "--format", "json"]);
    let renderings = run.json()["summary"]["renderings"].clone();
    let roots = renderings.as_array().expect("a list").iter();
    let roots: Vec<&Value> = roots.map(|one| &one["root"]).collect();
    assert_eq!(roots, ["other"]);
}

#[test]
fn a_value_that_no_action_takes_supplies_no_image() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: {{ index (splitList \",\" .Values.all) 0 }}\n";
    let folder = chart(&[
        ("web/templates/web.yaml", pod),
        (
            "web/values.yaml",
            "all: ghcr.io/shop/web:latest,b\nside: {image: 'ghcr.io/shop/web:latest'}\n",
        ),
        (
            "web/other.yaml",
            "side: {image: 'ghcr.io/shop/web:latest'}\n",
        ),
    ]);
    assert_eq!(
        image_tags(folder.path(), &["."]),
        [
            "web/other.yaml:1:16  ()",
            "web/templates/web.yaml:7:14  (default)",
        ]
    );
}

#[test]
fn what_helm_makes_up_in_a_file_of_the_chart_is_no_credential() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a.yaml: |\n{{ tpl ($.Files.Get (printf \"files/%s.yaml\" \"a\")) $ | indent 4 }}\n";
    let folder = chart(&[
        ("web/templates/web.yaml", config),
        (
            "web/files/a.yaml",
            "one: {password: {{ randAlphaNum 20 | quote }}}\ntwo: {password: hQ7tr99x-kL0pp}\n",
        ),
    ]);
    let run = scan(
        folder.path(),
        &["web", "--rule", "hardcoded-password", "--format", "json"],
    );
    assert_eq!(places(&run), ["web/files/a.yaml:2:17  (default)"]);
}

#[test]
fn what_no_user_of_a_chart_switches_on_is_told_where_it_stands() {
    let pod = "{{- if .Values.db.enabled }}\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: \"{{ .Values.db.image.repository }}:{{ .Values.db.image.tag }}\"\n    - name: b\n      image: ghcr.io/shop/seed:latest\n{{- end }}\n";
    let values = |more: &str| {
        format!("store: {{db: {{enabled: false{more}}}, cache: {{image: {{tag: '1'}}}}}}\n")
    };
    let user = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n  - {name: db, alias: store, version: 1.0.0, repository: 'file://../db'}\n";
    let found = |more: &str| {
        let folder = folder(&[
            ("shop/Chart.yaml", user),
            ("shop/values.yaml", &values(more)),
            (
                "db/Chart.yaml",
                "apiVersion: v2\nname: db\nversion: 1.0.0\n",
            ),
            (
                "db/values.yaml",
                "db: {enabled: false, image: {repository: ghcr.io/shop/db, tag: latest}}\ncache: {image: {repository: ghcr.io/shop/cache, tag: latest}}\n",
            ),
            ("db/templates/pod.yaml", pod),
            (
                "db/templates/map.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '{{ len .Values.cache.image.repository }}{{ len .Values.cache.image.tag }}'}\n",
            ),
        ]);
        scan(folder.path(), &[&["."][..], &IMAGE_TAG].concat()).found()
    };
    assert_eq!(
        found(""),
        [
            "image-tag db/values.yaml:1",
            "image-tag db/templates/pod.yaml:10",
        ]
    );
    assert_eq!(
        found(", image: {tag: '1'}"),
        ["image-tag db/templates/pod.yaml:10"]
    );
}

#[test]
fn what_a_named_template_refuses_keeps_nothing_that_includes_it_from_being_checked() {
    let helpers = format!(
        "{HELPERS}{{{{- define \"web.check\" -}}}}\n{{{{- if not .Values.secret -}}}}\n{{{{- fail \"a secret is needed\" -}}}}\n{{{{- end -}}}}\n{{{{- end -}}}}\n"
    );
    let template = format!("{{{{- include \"web.check\" . }}}}\n{TEMPLATE}");
    let folder = chart(&[
        ("web/templates/_helpers.tpl", &helpers),
        ("web/templates/web.yaml", &template),
        ("web/ci/full-values.yaml", "secret: a\n"),
    ]);
    let run = scan(folder.path(), &[&["web"], &IMAGE_TAG[..]].concat());
    assert_eq!(
        places(&run),
        [
            "web/templates/web.yaml:18:18 images.main@web/values.yaml:3:9 (default, ci/full)",
            "web/templates/web.yaml:21:18  (default, ci/full)",
        ],
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("a secret is needed; what it deploys is checked all the same")
    );
}
