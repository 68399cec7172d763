//! Several renderings of one chart: each is what one cluster gets, so none sees another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{Run, folder, landfall, path_with_helm};
use serde_json::Value;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
const TEMPLATE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
        - {name: web, image: 'registry.example.com/shop/web:1.2.3'}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
{{- with .Values.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: {{ .Values.networkPolicy.app }}}}
  policyTypes: [Ingress, Egress]
{{- end }}
";
const VALUES: &str = "networkPolicy: {enabled: false, app: web}\n";
const PRODUCTION: &str = "networkPolicy: {enabled: true}\npullSecrets: [{name: registry}]\n";

fn command(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = landfall(folder);
    command.env("PATH", path_with_helm()).args(arguments);
    command.output().expect("the binary runs").into()
}

fn chart(more: &[(&str, &str)]) -> tempfile::TempDir {
    let all = [
        ("web/Chart.yaml", CHART),
        ("web/templates/web.yaml", TEMPLATE),
        ("web/values.yaml", VALUES),
    ];
    folder(&[&all[..], more].concat())
}

/// `path:line (renderings)` of each finding of a rule.
fn found(folder: &Path, rule: &str) -> Vec<String> {
    let run = command(folder, &["scan", ".", "--rule", rule, "--format", "json"]);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let shown = |finding: &Value| {
        let renderings = finding["rendered"]["renderings"].as_array();
        let renderings = renderings.into_iter().flatten();
        let renderings: Vec<&str> = renderings.filter_map(Value::as_str).collect();
        format!(
            "{}:{} ({})",
            finding["location"]["path"].as_str().unwrap(),
            finding["location"]["line"],
            renderings.join(", ")
        )
    };
    findings.iter().map(shown).collect()
}

#[test]
fn a_policy_of_production_covers_no_pods_of_another_rendering() {
    let folder = chart(&[("web/values-production.yaml", PRODUCTION)]);
    assert_eq!(
        found(folder.path(), "network-policy-missing"),
        ["web/templates/web.yaml:3 (default)"]
    );
}

#[test]
fn a_policy_that_selects_the_pods_of_its_own_rendering_is_not_idle() {
    let other = "networkPolicy: {enabled: true, app: api}\n";
    let folder = chart(&[
        ("web/values-production.yaml", PRODUCTION),
        ("web/values-staging.yaml", other),
    ]);
    assert_eq!(
        found(folder.path(), "network-policy-selects-nothing"),
        ["web/templates/web.yaml:25 (staging)"]
    );
}

#[test]
fn an_object_whose_name_values_give_is_told_once() {
    let template = TEMPLATE.replace("name: web, labels", "name: {{ .Values.name }}, labels");
    let policies = "networkPolicy: {enabled: false, app: web}\n";
    let named = |name: &str| format!("name: {name}\n{policies}");
    let policy = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress, Egress]}
";
    let folder = chart(&[
        ("policy.yaml", policy),
        ("web/templates/web.yaml", &template),
        ("web/values.yaml", &named("web")),
        ("web/values-blue.yaml", "name: blue\n"),
        ("web/values-green.yaml", "name: green\n"),
        ("web/ci/a-values.yaml", "name: tried\n"),
    ]);
    assert_eq!(
        found(folder.path(), "network-policy-missing"),
        ["web/templates/web.yaml:3 (default, blue, green)"]
    );
}

#[test]
fn a_line_that_may_not_ask_for_names_is_told_of_the_surest_rendering() {
    let template = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: 'registry.example.com/shop/web:1.2.3'
          {{- with .Values.url }}
          env: [{name: DB_URL, value: {{ . }}}]
          {{- end }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{ports: [{port: 5432}]}]
";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/web.yaml", template),
        ("web/values.yaml", "url: ''\n"),
        ("web/values-dev.yaml", "url: 'postgres://db:5432/web'\n"),
    ]);
    assert_eq!(
        found(folder.path(), "dns-egress-blocked"),
        ["web/templates/web.yaml:3 (dev)"]
    );
}

#[test]
fn what_is_not_rendered_meets_each_rendering() {
    let policy = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec: {podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress, Egress]}
";
    let pods = TEMPLATE.replace("labels: {app: web}", "labels: {app: {{ .Values.app }}}");
    let pods = pods.replace(
        "matchLabels: {app: web}",
        "matchLabels: {app: {{ .Values.app }}}",
    );
    let folder = chart(&[
        ("policy.yaml", policy),
        ("web/templates/web.yaml", &pods),
        (
            "web/values.yaml",
            "app: web\nnetworkPolicy: {enabled: false}\n",
        ),
        ("web/values-production.yaml", "app: api\n"),
    ]);
    // It selects the pods of production, and leaves open those of the defaults.
    assert_eq!(
        found(folder.path(), "network-policy-selects-nothing"),
        [""; 0]
    );
    assert_eq!(
        found(folder.path(), "network-policy-missing"),
        ["web/templates/web.yaml:3 (default)"]
    );
}

#[test]
fn connections_are_those_of_one_rendering() {
    let folder = chart(&[("web/values-production.yaml", PRODUCTION)]);
    let open = command(folder.path(), &["network", "--format", "json"]);
    assert!(
        open.stderr.contains("only the first counts"),
        "{}",
        open.stderr
    );
    let closed = ["network", "--format", "json", "--rendering", "production"];
    let closed = command(folder.path(), &closed);
    assert_eq!(closed.stderr, "");
    let rows = |run: &Run| run.json().as_array().unwrap().len();
    assert!(
        rows(&open) > rows(&closed),
        "{}{}",
        open.stdout,
        closed.stdout
    );
    let unknown = command(folder.path(), &["network", "--rendering", "prod"]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.stderr.contains("no rendering is called `prod`")
            && unknown.stderr.contains("there are `default`, `production`"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_secret_to_pull_with_belongs_to_one_rendering() {
    let template = TEMPLATE.replace("registry.example.com/shop", "harbor.example.com/shop");
    let folder = chart(&[
        ("web/templates/web.yaml", &template),
        ("web/values-production.yaml", PRODUCTION),
    ]);
    assert_eq!(
        found(folder.path(), "image-pull-secret"),
        ["web/templates/web.yaml:11 (default)"]
    );
}

#[test]
fn values_under_set_of_the_configuration_are_told_with_their_line() {
    let image = "'registry.example.com/shop/web:1.2.3'";
    let template = TEMPLATE.replace(image, "{{ .Values.image | quote }}");
    let folder = chart(&[
        ("web/templates/web.yaml", &template),
        (
            "web/values.yaml",
            "image: registry.example.com/shop/web:1.2.3\nnetworkPolicy: {enabled: false}\n",
        ),
        (
            "landfall.yaml",
            "charts:\n  - path: web\n    name: staging\n    set:\n      image: registry.example.com/shop/web:latest\n",
        ),
    ]);
    let scan = ["scan", ".", "--rule", "image-tag", "--format", "json"];
    let report = command(folder.path(), &scan).json();
    let supplied = &report["findings"][0]["rendered"]["supplied"][0];
    assert_eq!(supplied["key"], "image");
    assert_eq!(supplied["location"]["path"], "landfall.yaml");
    assert_eq!(supplied["location"]["line"], 5);
}

#[test]
fn what_helm_makes_up_is_no_credential_and_what_somebody_wrote_is() {
    let secret = "\
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  password: {{ .Values.password | default (randAlphaNum 24) | quote }}
  token: {{ .Values.token | quote }}
";
    let folder = chart(&[
        ("web/templates/secret.yaml", secret),
        (
            "web/values.yaml",
            "token: aiPh4ohthai9Quai\nnetworkPolicy: {enabled: false}\n",
        ),
        ("web/values-production.yaml", "password: ieKoo5eeCh8ahf4e\n"),
    ]);
    let scan = ["scan", ".", "--family", "credentials", "--format", "json"];
    let report = command(folder.path(), &scan).json();
    let findings = report["findings"].as_array().unwrap();
    let shown = |finding: &Value| {
        format!(
            "{} {} {}",
            finding["location"]["line"],
            finding["rendered"]["supplied"][0]["key"],
            finding["rendered"]["renderings"]
        )
    };
    let shown: Vec<String> = findings.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "5 \"password\" [\"production\"]",
            "6 \"token\" [\"default\",\"production\"]"
        ]
    );
}

#[test]
fn what_a_template_encodes_or_changes_is_told_with_its_key() {
    let helpers = "{{ define \"web.password\" -}}\n{{ .Values.password }}\n{{- end }}";
    let secret = "\
apiVersion: v1
kind: Secret
metadata: {name: web}
data:
  password: {{ include \"web.password\" . | b64enc | quote }}
  ADMIN_PASSWORD: {{ .Values.admin | upper | b64enc }}
  url: {{ printf \"postgres://%s:%s@db/shop\" .Values.user .Values.db | b64enc }}
  shop.conf: {{ printf \"user = %s\\npassword = %s\\nhost = %s\\n\" .Values.user .Values.mail .Values.host | b64enc }}
";
    let values = "\
password: ieKoo5eeCh8ahf4e
admin: hunter-77-moon
user: shop
db: Ohx9aequ0
networkPolicy: {enabled: false}
mail: Wai4gah7p
host: mail.example.com
";
    let folder = chart(&[
        ("web/templates/_helpers.tpl", helpers),
        ("web/templates/secret.yaml", secret),
        ("web/values.yaml", values),
        ("web/values-production.yaml", "{}\n"),
    ]);
    let scan = ["scan", ".", "--family", "credentials", "--format", "json"];
    let report = command(folder.path(), &scan).json();
    let shown = |finding: &Value| {
        let supplied = &finding["rendered"]["supplied"][0];
        format!(
            "{} {} {}",
            finding["location"]["line"], supplied["key"], supplied["location"]["line"]
        )
    };
    let findings = report["findings"].as_array().unwrap();
    let shown: Vec<String> = findings.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "5 \"password\" 1",
            "6 \"admin\" 2",
            "7 \"db\" 4",
            "8 \"mail\" 6"
        ]
    );
}

#[test]
fn what_values_call_a_name_is_no_credential_where_it_comes_out() {
    let template = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  web.yaml: |
    auth:
      secret: {{ .Values.adminSecretName }}
      password: {{ .Values.passwordKey }}
      clientPassword: {{ .Values.password }}
";
    let values = "\
adminSecretName: shop_admin_secret
passwordKey: shop-password-key
password: ieKoo5eeCh8ahf4e
networkPolicy: {enabled: false}
";
    let folder = chart(&[
        ("web/templates/settings.yaml", template),
        ("web/values.yaml", values),
    ]);
    let found = found(folder.path(), "hardcoded-password");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(":9"), "{found:?}");
}

#[test]
fn keys_that_helm_makes_up_are_none_beside_a_password_that_it_salts() {
    let helpers = "\
{{ define \"web.login\" -}}
{{ htpasswd \"web\" .Values.password }}
{{- end }}
{{ define \"web.token\" -}}
{{ randAlphaNum 24 }}
{{- end }}
";
    let secret = "\
{{- $pair := genSelfSignedCert \"web\" nil nil 365 }}
apiVersion: v1
kind: Secret
metadata: {name: web-htpasswd}
data:
  tls.key: {{ $pair.Key | b64enc }}
  token: {{ include \"web.token\" . | b64enc }}
  htpasswd: {{ include \"web.login\" . | b64enc }}
{{- $made := include \"web.token\" . }}
  made: {{ htpasswd \"web\" $made | b64enc }}
";
    let folder = chart(&[
        ("web/templates/_helpers.tpl", helpers),
        ("web/templates/secret.yaml", secret),
        (
            "web/values.yaml",
            "password: ieKoo5eeCh8ahf4e\nnetworkPolicy: {enabled: false}\n",
        ),
        ("web/values-production.yaml", "{}\n"),
    ]);
    let scan = ["scan", ".", "--family", "credentials", "--format", "json"];
    let report = command(folder.path(), &scan).json();
    let findings = report["findings"].as_array().unwrap();
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {}", finding["location"]["line"], finding["path"]))
        .collect();
    // What is salted is none itself and leads to no value; the password stands in the file all the same.
    assert_eq!(lines, ["1 \"password\""]);
}

#[test]
fn files_that_templates_put_together_names_for_are_told_on_their_lines() {
    let config = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  start.sh: |
{{ tuple \"_start.sh.tpl\" . | include \"web.file\" | indent 4 }}
  values.yaml: |
{{ toYaml .Values | indent 4 }}
";
    let file = "\
{{ define \"web.file\" }}{{ $context := index . 1 }}\
{{ include (printf \"%s/%s\" $context.Template.BasePath (index . 0)) $context }}{{ end }}
";
    let more = [
        ("web/templates/config.yaml", config),
        ("web/templates/_file.tpl", file),
        (
            "web/templates/_start.sh.tpl",
            "set -e\nexport DB_PASSWORD=Tr0ub4dor-3xyz\n",
        ),
    ];
    let folder = chart(&more);
    assert_eq!(
        found(folder.path(), "hardcoded-password"),
        ["web/templates/_start.sh.tpl:2 (default)"]
    );
}

#[test]
fn what_helm_ignores_changes_no_place() {
    let config = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  readme: {{ .Files.Get \"README.md\" | quote }}
  start.sh: |
    export DB_PASSWORD=Tr0ub4dor-3xyz
";
    let secret = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: off}\ndata: {DB_PASSWORD: Tr0ub4dor-4xyz}\n";
    let more = [
        ("web/.helmignore", "*.md\ntemplates/off/\n"),
        ("web/README.md", "A shop.\n"),
        ("web/templates/config.yaml", config),
        ("web/templates/off/secret.yaml", secret),
    ];
    let folder = chart(&more);
    assert_eq!(
        found(folder.path(), "hardcoded-password"),
        ["web/templates/config.yaml:7 (default)"]
    );
    std::fs::write(folder.path().join("web/.helmignore"), "!README.md\n").unwrap();
    let run = command(folder.path(), &["scan", ".", "--format", "json"]);
    let failure = &run.json()["failures"][0];
    assert!(
        failure["help"].as_str().unwrap().contains(".helmignore"),
        "{failure}"
    );
}

#[test]
fn a_packed_chart_is_rendered_like_a_folder() {
    let folder = chart(&[(
        "web/values.yaml",
        "networkPolicy: {enabled: true, app: api}\n",
    )]);
    let mut helm = std::process::Command::new("helm");
    helm.env("PATH", path_with_helm()).args(["package", "web"]);
    let packed = helm.current_dir(folder.path()).output().unwrap();
    assert!(packed.status.success(), "{packed:?}");
    std::fs::remove_dir_all(folder.path().join("web")).unwrap();
    let scan = [
        "scan",
        ".",
        "--rule",
        "network-policy-missing",
        "--format",
        "json",
    ];
    let report = command(folder.path(), &scan).json();
    let finding = &report["findings"][0];
    let path = finding["location"]["path"].as_str().unwrap();
    assert_eq!(finding["rendered"]["root"], "web-0.1.0.tgz");
    assert!(path.starts_with("web-0.1.0.tgz"), "{path}");
}

#[test]
fn a_folder_counts_for_the_packages_that_were_made_of_it() {
    let about = "apiVersion: v2\nname: db\nversion: 1.0.0\n";
    let user = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, repository: 'file://../db'}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  containers:\n  - {name: db, image: 'postgres:17'}\n";
    let folder = chart(&[
        ("db/Chart.yaml", about),
        ("db/templates/pod.yaml", pod),
        ("shop/Chart.yaml", user),
    ]);
    for target in [".", "shop/charts"] {
        let mut helm = std::process::Command::new("helm");
        helm.env("PATH", path_with_helm())
            .args(["package", "db", "--destination", target]);
        let packed = helm.current_dir(folder.path()).output().unwrap();
        assert!(packed.status.success(), "{packed:?}");
    }
    let newer = pod.replace("postgres:17", "postgres");
    std::fs::write(folder.path().join("db/templates/pod.yaml"), newer).unwrap();
    let found = found(folder.path(), "image-tag");
    assert_eq!(found, ["db/templates/pod.yaml:6 (default)"], "{found:?}");
}

#[test]
fn of_a_chart_repository_the_newest_package_is_rendered_and_others_where_they_are_named() {
    let folder = chart(&[]);
    let helm = |arguments: &[&str]| {
        let mut helm = std::process::Command::new("helm");
        helm.env("PATH", path_with_helm()).args(arguments);
        let ran = helm.current_dir(folder.path()).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
    };
    for version in ["0.9.0", "0.10.0"] {
        helm(&["package", "web", "--version", version, "-d", "docs"]);
    }
    helm(&["repo", "index", "docs"]);
    let rendered = |path: &str| {
        let report = command(folder.path(), &["scan", path, "--format", "json"]).json();
        let roots = report["summary"]["renderings"].as_array().unwrap().iter();
        let roots: Vec<String> = roots
            .map(|one| one["root"].as_str().unwrap().to_owned())
            .collect();
        (roots, report["summary"]["chartsNotRendered"].clone())
    };
    let (roots, idle) = rendered("docs");
    assert_eq!(roots, ["docs/web-0.10.0.tgz"]);
    assert_eq!(idle, serde_json::json!(["docs/web-0.9.0.tgz"]));
    let (roots, _) = rendered("docs/web-0.9.0.tgz");
    assert_eq!(roots, ["docs/web-0.9.0.tgz"]);
}

#[test]
fn a_text_that_templates_read_as_a_file_is_no_broken_manifest() {
    let rules =
        "groups:\n  {{- if .Values.more }}\n  - name: a\n  {{- end }}\n  {{ .Values.b }}: c\n";
    let map = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: rules}
data:
  rules: {{ tpl (.Files.Get \"files/rules.yaml\") . | quote }}
";
    let folder = chart(&[
        ("web/files/rules.yaml", rules),
        ("web/templates/rules.yaml", map),
        ("web/values.yaml", "b: d\nnetworkPolicy: {enabled: false}\n"),
        ("web/crds/a.yaml", "{{ a }}: [\n"),
        ("rules.yaml", rules),
    ]);
    let scan = ["scan", ".", "--rule", "image-tag", "--format", "json"];
    let report = command(folder.path(), &scan).json();
    let failures = report["failures"].as_array().unwrap();
    let places: Vec<&str> = failures
        .iter()
        .filter_map(|failure| failure["path"].as_str())
        .collect();
    assert_eq!(places, ["rules.yaml", "web/crds/a.yaml"], "{failures:?}");
}

#[test]
fn objects_without_a_namespace_are_in_the_one_they_are_rendered_for() {
    let policy = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
";
    // What is rendered for no namespace goes where the others go.
    let production = "charts:\n  - {path: web, name: production, namespace: shop}\n";
    let both = format!("{production}  - {{path: web, name: staging, namespace: stage}}\n");
    for (configuration, expected) in [
        (production, vec![]),
        (&both, vec!["web/templates/web.yaml:3 (staging)"]),
    ] {
        let folder = chart(&[("policy.yaml", policy), ("landfall.yaml", configuration)]);
        assert_eq!(found(folder.path(), "network-policy-missing"), expected);
    }
}

#[test]
fn what_two_releases_only_call_differently_is_one_finding() {
    let template = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings}
data:
  DB_HOST: {{ .Release.Name }}-db
---
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-web, labels: {app: web}}
spec: {containers: [{name: a, envFrom: [{configMapRef: {name: {{ .Release.Name }}-settings}}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: {{ .Release.Name }}-db, labels: {app: db}}
spec: {containers: [{name: a}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-db}
spec: {selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: {{ .Release.Name }}-db}
spec: {podSelector: {matchLabels: {app: db}}}
";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: front, namespace: flux-system}\nspec: {targetNamespace: shop, chart: {spec: {chart: ./web, sourceRef: {kind: GitRepository, name: a}}}, values: {size: 1}}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/all.yaml", template),
        ("flux/web.yaml", release),
    ]);
    assert_eq!(
        found(folder.path(), "service-unreachable"),
        ["web/templates/all.yaml:5 (default, HelmRelease flux-system/front)"]
    );
}

#[test]
fn a_name_that_a_named_template_makes_stands_where_it_is_used() {
    let helpers = "{{- define \"web.fullname\" -}}\n{{- printf \"%s-%s\" .Release.Name \"web\" | trunc 63 -}}\n{{- end }}\n";
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: {{ include \"web.fullname\" . }}}\n";
    let template = "\
apiVersion: v1
kind: Pod
metadata:
  name: {{ include \"web.fullname\" . }}
  annotations:
    # Marks change it, so that lines are compared one by one.
    checksum: {{ include (print $.Template.BasePath \"/config.yaml\") . | sha256sum }}
spec:
  containers:
    - {name: web, image: 'nginx:1.27'}
";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/_helpers.tpl", helpers),
        ("web/templates/config.yaml", config),
        ("web/templates/web.yaml", template),
    ]);
    let expected = "web/templates/web.yaml:4 (default)";
    assert_eq!(found(folder.path(), "network-policy-missing"), [expected]);
}

#[test]
fn a_namespace_that_is_written_out_makes_no_second_finding() {
    let template = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: {{ .Values.ns }}}
spec: {containers: [{name: web, image: 'nginx:{{ .Values.tag }}'}]}
";
    let sets = "charts:\n  - {path: web, name: one, set: {ns: b}}\n  - {path: web, name: two, set: {ns: c, tag: 2}}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/values.yaml", "tag: latest\nns: a\n"),
        ("web/templates/web.yaml", template),
        ("landfall.yaml", sets),
    ]);
    let expected = "web/templates/web.yaml:4 (default, one)";
    assert_eq!(found(folder.path(), "image-tag"), [expected]);
}

#[test]
fn the_namespace_of_a_release_that_nobody_says_is_not_the_default_one() {
    const CALLING: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: NAMESPACE, labels: {app: web}}
spec: {containers: [{name: web, image: 'nginx:1.27', env: [{name: A, value: 'http://db.data:80'}]}]}
";
    let data = "\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {containers: [{name: db, image: 'nginx:1.27'}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: data}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}
";
    for (namespace, expected) in [
        ("'{{ .Release.Namespace }}'", 0),
        ("default", 1),
        ("'{{ .Values.namespace }}'", 1),
    ] {
        let folder = folder(&[
            ("data.yaml", data),
            (
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 0.1.0\n",
            ),
            ("web/values.yaml", "namespace: default\n"),
            (
                "web/templates/web.yaml",
                &CALLING.replace("NAMESPACE", namespace),
            ),
        ]);
        let found = found(folder.path(), "service-unreachable");
        assert_eq!(found.len(), expected, "{namespace}");
    }
}

const SIDECAR: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: quay.io/shop/web:1
    {{- if .Values.sidecar }}
    - name: side
      image: quay.io/shop/side:1
    - name: log
      image: gcr.io/shop/log:{{ .Values.tag }}
    - name: own
      image: {{ .Values.image }}
    {{- end }}
";

#[test]
fn images_that_no_rendering_reaches_are_told_once() {
    let files = [("web/templates/side.yaml", SIDECAR)];
    let folder = chart(&files);
    let line = |line: u32| format!("web/templates/side.yaml:{line}");
    let expected = |renderings: &str| {
        [
            format!("{} (default)", line(7)),
            format!("{} ({renderings})", line(10)),
            format!("{} ({renderings})", line(12)),
        ]
    };
    let of_side = |folder: &Path| -> Vec<String> {
        let found = found(folder, "image-registry").into_iter();
        found.filter(|one| one.contains("side.yaml")).collect()
    };
    assert_eq!(of_side(folder.path()), expected(""));
    let values = (
        "web/values.yaml",
        "sidecar: true\ntag: 1\nimage: harbor.example.com/a/b:1\nnetworkPolicy: {enabled: false}\n",
    );
    let folder = chart(&[files[0], values]);
    assert_eq!(of_side(folder.path()), expected("default"));
}

#[test]
fn values_of_an_image_are_named_by_it_where_no_mark_shows_them() {
    let helpers = "{{- define \"web.image\" -}}\n{{- with .image }}{{ printf \"%s:%s\" .repository .tag | lower }}{{ end -}}\n{{- end }}\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec:\n  containers:\n    - name: other\n      image: {{ include \"web.image\" .Values.other }}\n{{- if .Values.spare.on }}\n    - name: spare\n      image: {{ include \"web.image\" .Values.spare }}\n{{- end }}\n";
    let values = "other: {image: {repository: quay.io/shop/other, tag: '1'}}\nspare: {image: {repository: quay.io/shop/spare, tag: '1'}}\nnetworkPolicy: {enabled: false}\n";
    let folder = chart(&[
        ("web/templates/_helpers.tpl", helpers),
        ("web/templates/other.yaml", template),
        ("web/values.yaml", values),
    ]);
    let found = found(folder.path(), "image-registry");
    let of = |path: &str| found.iter().filter(|one| one.contains(path)).count();
    assert_eq!(of("web/templates/other.yaml:7"), 1, "{found:?}");
    // What nothing was made of stays with its values.
    assert_eq!(of("web/values.yaml:2"), 1, "{found:?}");
    assert_eq!(of("web/values.yaml:1"), 0, "{found:?}");
}

const SEVERAL: &str = "\
{{- range $part := list \"web\" \"api\" }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ $.Values.name }}-{{ $part }}}
spec:
  selector: {matchLabels: {app: {{ $part }}}}
  template:
    metadata: {labels: {app: {{ $part }}}}
    spec:
      containers:
        - {name: main, image: 'ghcr.io/shop/{{ $part }}:1'}
        - {name: proxy, image: 'ghcr.io/shop/proxy:1'}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Values.name }}-db}
stringData: {password: Zx81hunter-base}
";

#[test]
fn an_image_in_one_line_is_told_once_whatever_is_made_of_it_and_whatever_that_is_called() {
    let folder = chart(&[
        ("web/templates/web.yaml", SEVERAL),
        ("web/values.yaml", "name: shop\n"),
        ("web/values-production.yaml", "name: shop-eu\n"),
    ]);
    let of_images = found(folder.path(), "image-registry");
    let line = |line: u32| format!("web/templates/web.yaml:{line} (default, production)");
    assert_eq!(of_images, [line(12), line(12), line(13)]);
    assert_eq!(found(folder.path(), "hardcoded-password"), [line(19)]);
}

#[test]
fn an_image_of_a_packed_chart_is_told_where_the_values_above_name_it() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec:\n  containers:\n    - name: db\n      image: {{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}\n";
    let folder = folder(&[
        (
            "db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 0.1.0\n",
        ),
        ("db/templates/db.yaml", pod),
        (
            "db/values.yaml",
            "image: {registry: docker.io, repository: old/db, tag: 1}\n",
        ),
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n  - {name: db, version: 0.1.0, repository: https://example.com}\n",
        ),
        (
            "web/values.yaml",
            "db:\n  image:\n    repository: shop/db\n    tag: 2.0.0\n",
        ),
    ]);
    let mut helm = std::process::Command::new("helm");
    helm.env("PATH", path_with_helm())
        .args(["package", "db", "-d", "web/charts"]);
    let packed = helm.current_dir(folder.path()).output().unwrap();
    assert!(packed.status.success(), "{packed:?}");
    std::fs::remove_dir_all(folder.path().join("db")).unwrap();
    assert_eq!(
        found(folder.path(), "image-registry"),
        ["web/values.yaml:3 ()"]
    );
}

#[test]
fn a_credential_of_one_value_in_one_line_is_told_once_whatever_number_of_objects_has_it() {
    let several = "\
{{- range list \"one\" \"two\" }}
---
apiVersion: v1
kind: Pod
metadata: {name: web-{{ . }}}
spec:
  containers:
    - name: web
      image: registry.example.com/shop/web:1.2.3
      env:
        - name: DB_PASSWORD
          value: {{ $.Values.shared }}
        - name: APP_PASSWORD
          value: {{ get $.Values.own . }}
{{- end }}
";
    let values = "shared: Zx81hunter-base\nown: {one: Qw92hunter-base, two: Rt73hunter-base}\n";
    let folder = chart(&[
        ("web/templates/web.yaml", several),
        ("web/values.yaml", values),
    ]);
    let line = |line: u32| format!("web/templates/web.yaml:{line} (default)");
    assert_eq!(
        found(folder.path(), "hardcoded-password"),
        [line(12), line(14), line(14)]
    );
}

#[test]
fn what_one_value_brings_to_several_lines_is_told_once_with_the_other_lines() {
    let template = "\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  initContainers:
    - {name: wait, image: '{{ .Values.db.image }}:{{ .Values.db.tag }}'}
  containers:
    - {name: db, image: '{{ .Values.db.image }}:{{ .Values.db.tag }}'}
    - {name: web, image: '{{ .Values.image }}:1'}
";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/web.yaml", template),
        (
            "web/values.yaml",
            "image: quay.io/shop/web\ndb: {image: quay.io/shop/db, tag: latest}\n",
        ),
    ]);
    let line = |line: u32| format!("web/templates/web.yaml:{line} (default)");
    assert_eq!(found(folder.path(), "image-registry"), [line(6), line(9)]);
    assert_eq!(found(folder.path(), "image-tag"), [line(6)]);
    let arguments = ["scan", ".", "--rule", "image-tag", "--format", "json"];
    let told = command(folder.path(), &arguments).json();
    let related = &told["findings"][0]["related"][0];
    assert_eq!(related["location"]["line"], 8, "{told}");
}

#[test]
fn a_release_that_is_called_as_a_part_of_its_image_makes_no_second_finding() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}}\nspec: {containers: [{name: a, image: 'quay.io/web/web-api:1'}]}\n";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: front, namespace: flux-system}\nspec: {targetNamespace: shop, chart: {spec: {chart: ./web, sourceRef: {kind: GitRepository, name: a}}}, values: {size: 1}}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/all.yaml", template),
        ("flux/web.yaml", release),
    ]);
    assert_eq!(
        found(folder.path(), "image-registry"),
        ["web/templates/all.yaml:4 (default, HelmRelease flux-system/front)"]
    );
}

/// A file that is no text is in what the second rendering is made of, too.
#[test]
fn a_key_that_is_made_at_each_rendering_is_nobodys_beside_a_binary_file() {
    let template = "{{ $ca := genCA \"web\" 1 }}\napiVersion: v1\nkind: Secret\nmetadata: {name: web}\ndata:\n  tls.key: {{ $ca.Key | b64enc }}\n  store.p12: |-\n    {{ .Files.Get \"store.p12\" | b64enc }}\n";
    let folder = folder(&[
        ("web/Chart.yaml", CHART),
        ("web/templates/certificate.yaml", template),
    ]);
    std::fs::write(
        folder.path().join("web/store.p12"),
        [0x30, 0x82, 0xff, 0xfe],
    )
    .unwrap();
    assert_eq!(found(folder.path(), "private-key"), [""; 0]);
}

/// Makes a package of the chart `web` in a folder, and takes the chart away.
fn pack(folder: &Path, destination: &str) {
    let mut helm = std::process::Command::new("helm");
    helm.env("PATH", path_with_helm())
        .args(["package", "web", "--destination", destination]);
    let packed = helm.current_dir(folder).output().unwrap();
    assert!(packed.status.success(), "{packed:?}");
    std::fs::remove_dir_all(folder.join("web")).unwrap();
}

#[test]
fn a_package_that_something_deploys_is_rendered_as_it_is_deployed_alone() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: shop}\nspec:\n  chart:\n    spec:\n      chart: ./charts/web-0.1.0.tgz\n      sourceRef: {kind: GitRepository, name: shop}\n  values:\n    pullSecrets: [{name: registry}]\n    networkPolicy: {enabled: false}\n";
    let script = "#!/bin/sh\nhelm upgrade -i web charts/web-0.1.0.tgz -n shop --set pullSecrets[0].name=registry,networkPolicy.enabled=false\n";
    for (file, text, rendering) in [
        ("deploy/web.yaml", release, "HelmRelease shop/web"),
        ("deploy.sh", script, "deploy.sh: web in shop"),
    ] {
        // Without values the template fails, which says nothing of what is deployed.
        let folder = chart(&[
            (file, text),
            ("web/values.yaml", "a: b\n"),
            ("charts/README.txt", ""),
        ]);
        pack(folder.path(), "charts");
        let run = command(folder.path(), &["scan", ".", "--format", "json"]);
        assert_eq!(run.json()["failures"], serde_json::json!([]), "{file}");
        let found = found(folder.path(), "network-policy-missing");
        let expected = format!("({rendering})");
        assert!(
            found.len() == 1 && found[0].ends_with(&expected),
            "{found:?}"
        );
    }
}

#[test]
fn files_of_values_that_a_pipeline_chooses_from_are_renderings_each() {
    let pipeline = "on: {workflow_dispatch: {inputs: {env: {type: choice, options: [dev, prod]}}}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n    - run: helm upgrade -i web web --values=env/${{ inputs.env }}.yaml -n shop\n";
    let values = |secret: &str| {
        format!("networkPolicy: {{enabled: false}}\npullSecrets: [{{name: {secret}}}]\n")
    };
    let folder = chart(&[
        (".github/workflows/deploy.yaml", pipeline),
        ("env/dev.yaml", &values("a")),
        ("env/prod.yaml", &values("b")),
        ("env/redis.yaml", "auth: {enabled: false}\nmaster: {}\n"),
    ]);
    let found = found(folder.path(), "network-policy-missing");
    let all = found.join(" ");
    for (name, is_one) in [
        ("with dev.yaml", true),
        ("with prod.yaml", true),
        ("redis", false),
    ] {
        assert_eq!(all.contains(name), is_one, "{name}: {found:?}");
    }
}

#[test]
fn sets_of_values_beside_a_chart_are_renderings_whatever_stands_between_their_words() {
    for file in ["values_prod.yaml", "prod-values.yaml", "values/prod.yaml"] {
        let folder = chart(&[(&format!("web/{file}"), PRODUCTION)]);
        let found = found(folder.path(), "network-policy-missing");
        assert_eq!(found, ["web/templates/web.yaml:3 (default)"], "{file}");
        let run = command(folder.path(), &["scan", ".", "--format", "json"]);
        let told = run.json()["summary"].to_string();
        assert!(told.contains("\"prod\""), "{file}: {told}");
    }
}

#[test]
fn a_rendering_that_somebody_saved_in_the_chart_is_passed_over_as_far_as_it_says_the_same() {
    let folder = chart(&[]);
    let mut helm = std::process::Command::new("helm");
    helm.env("PATH", path_with_helm()).args(["template", "web"]);
    let printed = helm.current_dir(folder.path()).output().unwrap();
    let saved = String::from_utf8(printed.stdout).unwrap();
    assert!(
        saved.contains("# Source: web/templates/web.yaml"),
        "{saved}"
    );
    let write = |text: &str| {
        std::fs::write(folder.path().join("web/rendered.yaml"), text).unwrap();
    };
    write(&saved);
    let rule = "network-policy-missing";
    let own = "web/templates/web.yaml:3 (default)";
    assert_eq!(found(folder.path(), rule), [own]);
    let scan = |path| {
        command(
            folder.path(),
            &["scan", path, "--rule", rule, "--format", "json"],
        )
        .json()
    };
    let warning = &scan(".")["warnings"][0];
    assert_eq!(warning["path"], "web/rendered.yaml");
    assert!(
        warning["reason"]
            .as_str()
            .unwrap()
            .contains("saved rendering"),
        "{warning}"
    );
    // Whoever names the file means it.
    assert!(
        scan("web/rendered.yaml")["findings"]
            .to_string()
            .contains("web/rendered.yaml")
    );
    // What was rendered with other values is no copy.
    write(&saved.replace("web:1.2.3", "web:1.2.4"));
    let is_workload = |line: &str| line.starts_with("metadata: {name: web, labels");
    // Versions of helm differ in the empty lines that they leave.
    let line = saved.lines().position(is_workload).unwrap() + 1;
    let other = format!("web/rendered.yaml:{line} ()");
    assert_eq!(found(folder.path(), rule), [&*other, own]);
}
