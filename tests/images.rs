//! Images on a truth set, line by line: precision and recall of every rule of the family; and what
//! `landfall images` lists and writes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![allow(clippy::print_stdout, reason = "the figures are what is wanted")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::{folder, root, run, run_with_input};

const FILES: [&str; 10] = [
    "catalog.yaml",
    "chart/values.yaml",
    "custom.yaml",
    "kustomize/base/deployment.yaml",
    "kustomize/base/kustomization.yaml",
    "kustomize/overlay/kustomization.yaml",
    "openshift.yaml",
    "pods.yaml",
    "releases.yaml",
    "workflows.yaml",
];

/// The marked lines, as `rule path:line`.
fn marks(folder: &Path) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for file in FILES {
        let text = fs::read_to_string(folder.join(file)).expect("is readable");
        for (position, line) in text.lines().enumerate() {
            let rules = line.split_once("# expect: ").map_or("", |(_, rules)| rules);
            let place = format!("{file}:{}", position + 1);
            marks.extend(
                rules
                    .split_whitespace()
                    .map(|rule| format!("{rule} {place}")),
            );
        }
    }
    marks
}

#[test]
fn every_marked_line_is_found_and_no_other() {
    let folder = root().join("fixtures/images");
    let run = run(
        &folder,
        &[
            "scan",
            ".",
            "--no-render",
            "--family",
            "images",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let (expected, found) = (
        marks(&folder),
        run.found().into_iter().collect::<BTreeSet<_>>(),
    );
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for mark in expected.union(&found) {
        let rule = mark.split(' ').next().unwrap();
        let count = counts.entry(rule).or_default();
        count[0] += usize::from(expected.contains(mark) && found.contains(mark));
        count[1] += usize::from(!expected.contains(mark));
        count[2] += usize::from(!found.contains(mark));
    }
    for (rule, [right, wrong, missed]) in counts {
        let share = |other: usize| {
            f64::from(u32::try_from(right).unwrap())
                / f64::from(u32::try_from(right + other).unwrap())
        };
        println!(
            "{rule}: {right} right, precision {:.2}, recall {:.2}",
            share(wrong),
            share(missed)
        );
    }
    let missed: Vec<&String> = expected.difference(&found).collect();
    let wrong: Vec<&String> = found.difference(&expected).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed {missed:#?}, wrong {wrong:#?}"
    );
    assert!(expected.len() > 50, "only {} marks", expected.len());
}

const DEPLOYMENT: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: a, image: nginx:1.27}\n    - {name: b, image: docker.io/library/nginx:1.27}\n    - {name: c, image: opstree/redis:7}\n    - {name: d, image: bitnami/redis:7}\n    - {name: e, image: harbor.example.com/shop/web:1}\n    - {name: f, image: 'quay.io/shop/Web:1'}\n    - {name: g, image: '${IMAGE}'}\n";

#[test]
fn each_image_is_listed_once_with_all_its_places() {
    let folder = folder(&[("pod.yaml", DEPLOYMENT)]);
    let run = run(folder.path(), &["images", ".", "--format", "json"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    let list = run.json();
    let images = list["images"].as_array().expect("is a list");
    let shown: Vec<(&str, &str, usize)> = images
        .iter()
        .map(|image| {
            (
                image["reference"].as_str().unwrap(),
                image["status"].as_str().unwrap(),
                image["places"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("docker.io/bitnami/redis:7", "complete", 1),
            ("docker.io/library/nginx:1.27", "complete", 2),
            ("docker.io/opstree/redis:7", "complete", 1),
            ("harbor.example.com/shop/web:1", "complete", 1),
            ("${IMAGE}", "placeholder", 1),
            ("quay.io/shop/Web:1", "invalid", 1),
        ]
    );
    assert_eq!(images[1]["places"][1]["line"], 7);
}

#[test]
fn a_script_copies_what_is_not_trusted_under_names_of_their_own() {
    let folder = folder(&[("pod.yaml", DEPLOYMENT)]);
    let target = [
        "images",
        ".",
        "--format",
        "script",
        "--target",
        "harbor.example.com/shop",
    ];
    let run_skopeo = run(folder.path(), &target);
    let lines: Vec<&str> = run_skopeo
        .stdout
        .lines()
        .filter(|line| line.starts_with("skopeo"))
        .collect();
    assert_eq!(
        lines,
        [
            "skopeo copy --all --preserve-digests 'docker://docker.io/bitnami/redis:7' \"docker://$target/bitnami/redis:7\"",
            "skopeo copy --all --preserve-digests 'docker://docker.io/library/nginx:1.27' \"docker://$target/nginx:1.27\"",
            "skopeo copy --all --preserve-digests 'docker://docker.io/opstree/redis:7' \"docker://$target/opstree/redis:7\"",
        ]
    );
    assert!(
        run_skopeo
            .stdout
            .contains("# not copied: quay.io/shop/Web:1 at pod.yaml:11"),
        "{}",
        run_skopeo.stdout
    );
    let run_crane = run(folder.path(), &[&target[..], &["--tool", "crane"]].concat());
    assert!(
        run_crane
            .stdout
            .contains("crane copy 'docker.io/library/nginx:1.27' \"$target/nginx:1.27\"")
    );
}

#[test]
fn a_script_is_one_for_the_shell_whatever_manifests_hold() {
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - {name: a, image: \"x'; echo bad; '\\ntouch bad\"}\n    - {name: b, image: \"nginx:1\"}\n";
    let folder = folder(&[("pod.yaml", pod)]);
    let script = run(folder.path(), &["images", ".", "--format", "script"]);
    assert_eq!(script.status, 1);
    for line in script.stdout.lines() {
        let is_known =
            line.starts_with('#') || line.starts_with("set ") || line.starts_with("target=");
        assert!(is_known || line.starts_with("skopeo copy"), "{line}");
    }
    assert!(
        script.stdout.contains("target=${TARGET:?"),
        "{}",
        script.stdout
    );
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_listed() {
    let folder = folder(&[
        ("bad.yaml", "a: [\n"),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: nginx:1}]}\n",
        ),
    ]);
    let listed = run(folder.path(), &["images"]);
    assert_eq!(listed.status, 2);
    assert!(
        listed.stdout.contains("docker.io/library/nginx:1\n"),
        "{}",
        listed.stdout
    );
    assert!(
        listed.stderr.contains("error: bad.yaml"),
        "{}",
        listed.stderr
    );
    let clean = run_with_input(
        folder.path(),
        &["images", "-"],
        "apiVersion: v1\nkind: ConfigMap\n",
    );
    assert_eq!(
        (clean.status, clean.stdout.as_str()),
        (
            0,
            "0 images in 0 places, 0 of them from a trusted registry\n"
        )
    );
}

#[test]
fn an_optional_rule_runs_only_when_it_is_asked_for() {
    let folder = folder(&[(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: harbor.example.com/library/web:1}]}\n",
    )]);
    let digests = |arguments: &[&str]| {
        let run = run(
            folder.path(),
            &[&["scan", ".", "--format", "json"], arguments].concat(),
        );
        run.found()
            .iter()
            .filter(|found| found.starts_with("image-digest"))
            .count()
    };
    assert_eq!(digests(&[]), 0);
    assert_eq!(digests(&["--family", "images"]), 0);
    assert_eq!(digests(&["--rule", "image-digest"]), 1);
    assert_eq!(digests(&["--enable", "image-digest"]), 1);
    fs::write(
        folder.path().join("landfall.yaml"),
        "enable: [image-digest]\n",
    )
    .expect("is written");
    assert_eq!(digests(&[]), 1);
}

#[test]
fn a_host_that_only_begins_like_a_trusted_one_is_told_apart() {
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  imagePullSecrets: [{name: h}]\n  containers:\n    - image: harbor.example.com.evil.io/shop/web:1\n    - image: harbor.example.com/shop/web:1\n    - image: quay.io/shop/web:1\n";
    let folder = folder(&[("pod.yaml", pod)]);
    let run = run(
        folder.path(),
        &[
            "scan",
            ".",
            "--format",
            "json",
            "--family",
            "images",
            "--registry",
            "harbor.example.com",
        ],
    );
    assert_eq!(
        run.found(),
        [
            "image-registry-prefix pod.yaml:6",
            "image-registry pod.yaml:8"
        ]
    );
    let message = run.json()["findings"][1]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.contains("push it to `harbor.example.com/<project>/web:1`"),
        "{message}"
    );
    assert!(
        message.contains("as `harbor.example.com/quay/shop/web:1`"),
        "{message}"
    );
}

/// Those of some findings that are of a rule.
fn of_rule<'a>(found: &'a [String], rule: &str) -> Vec<&'a String> {
    let is_of = |one: &&String| one.split(' ').next() == Some(rule);
    found.iter().filter(is_of).collect()
}

/// The lines with findings of a family in a scan that renders nothing, as `rule path:line`.
fn found_unrendered(files: &[(&str, &str)], family: &str) -> Vec<String> {
    let folder = folder(files);
    let arguments = [
        "scan",
        ".",
        "--no-render",
        "--family",
        family,
        "--format",
        "json",
    ];
    run(folder.path(), &arguments).found()
}

/// Values of which nothing but the name of their file says what they are.
const VALUES: &str = "image:\n  repository: ghcr.io/shop/web\n  tag: latest\n  debug: false\n";

#[test]
fn values_files_are_told_by_a_word_in_their_name_or_their_folder() {
    let found = found_unrendered(
        &[
            ("cilium-values.test.yaml", VALUES),
            ("values/dev.yaml", VALUES),
            ("helm-value-web.yaml", VALUES),
            ("public-values/eu.yml", VALUES),
            ("valuesets/dev.yaml", VALUES),
            ("values/kustomization.yaml", "resources: []\n"),
            ("config/dev.yaml", VALUES),
            ("customvalues.yaml", VALUES),
        ],
        "images",
    );
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag cilium-values.test.yaml:3",
            "image-tag customvalues.yaml:3",
            "image-tag helm-value-web.yaml:3",
            "image-tag public-values/eu.yml:3",
            "image-tag values/dev.yaml:3",
        ]
    );
}

#[test]
fn values_files_are_told_by_what_names_them() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  valuesFrom:\n    - {kind: ConfigMap, name: web-config, valuesKey: base}\n";
    let kustomization = "configMapGenerator:\n  - name: web-config\n    files: [base=flux/base.yaml]\n  - name: other\n    files: [flux/other.yaml, values.yaml=flux/keyed.yaml]\nhelmCharts:\n  - {name: web, valuesFile: flux/chart.yaml}\n";
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  sources:\n    - path: argo/web\n      helm: {valueFiles: [dev.yaml, ../prod.yaml, $it/argo/ref.yaml]}\n    - {ref: it}\n";
    let files = [
        "flux/base.yaml",
        "flux/keyed.yaml",
        "flux/chart.yaml",
        "flux/other.yaml",
        "argo/web/dev.yaml",
        "argo/prod.yaml",
        "argo/ref.yaml",
        "argo/other/dev.yaml",
        "fleet/prod.yaml",
        "helmfile/prod.yaml",
        "helmfile/other.yaml",
        "skaffold/prod.yaml",
    ];
    let mut written = vec![
        ("release.yaml", release),
        ("kustomization.yaml", kustomization),
        ("application.yaml", application),
        (
            "fleet/fleet.yaml",
            "helm:\n  chart: web\n  valuesFiles: [prod.yaml]\n",
        ),
        (
            "helmfile/helmfile.yaml",
            "releases:\n  - {name: web, chart: shop/web, values: [prod.yaml, {a: 1}]}\n",
        ),
        (
            "skaffold/skaffold.yaml",
            "apiVersion: skaffold/v4beta6\nkind: Config\ndeploy: {helm: {releases: [{name: web, valuesFiles: [prod.yaml]}]}}\n",
        ),
    ];
    written.extend(files.map(|file| (file, VALUES)));
    let found = found_unrendered(&written, "images");
    let tags: Vec<&str> = found
        .iter()
        .filter_map(|one| one.strip_prefix("image-tag "))
        .collect();
    assert_eq!(
        tags,
        [
            "argo/prod.yaml:3",
            "argo/ref.yaml:3",
            "argo/web/dev.yaml:3",
            "fleet/prod.yaml:3",
            "flux/base.yaml:3",
            "flux/chart.yaml:3",
            "flux/keyed.yaml:3",
            // No values, but a text in a ConfigMap.
            "flux/other.yaml:3",
            "helmfile/prod.yaml:3",
            "skaffold/prod.yaml:3",
        ]
    );
}

#[test]
fn further_sets_of_values_are_told_by_where_a_chart_keeps_them() {
    let files = [
        (
            "chart/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("chart/prod.yaml", VALUES),
        ("chart/ci/small.yaml", VALUES),
        ("chart/presets/eu/large.yaml", VALUES),
        ("chart/questions.yaml", VALUES),
        ("chart/docker-compose.yaml", VALUES),
        ("chart/files/any.yaml", VALUES),
        ("chart/tests/web_test.yaml", VALUES),
        ("prod.yaml", VALUES),
    ];
    let found = found_unrendered(&files, "images");
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag chart/presets/eu/large.yaml:3",
            "image-tag chart/prod.yaml:3",
        ]
    );
}

#[test]
fn a_manifest_or_patch_in_a_folder_of_values_stays_one() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: harbor.example.com/shop/web:latest\n";
    let patch = "- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: harbor.example.com/shop/web:latest\n";
    let found = found_unrendered(
        &[("values/a.yaml", pod), ("values/b.yaml", patch)],
        "images",
    );
    for place in ["image-tag values/a.yaml:7", "image-tag values/b.yaml:3"] {
        assert!(found.iter().any(|one| one == place), "{found:#?}");
    }
}

#[test]
fn what_aliases_repeat_is_told_once_where_it_is_written() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: a\n      image: &image harbor.example.com/shop/web:latest\n    - name: b\n      image: *image\n    - name: c\n      image: harbor.example.com/shop/web:latest\n";
    let found = found_unrendered(&[("pod.yaml", text)], "images");
    let tags = of_rule(&found, "image-tag");
    assert_eq!(tags, ["image-tag pod.yaml:7", "image-tag pod.yaml:11"]);
}

#[test]
fn json_patches_in_a_kustomization_name_images_at_their_lines() {
    let kustomization = "resources: [deployment.yaml]\npatches:\n  - target: {kind: Deployment}\n    patch: |\n      - op: replace\n        path: /spec/template/spec/containers/0/image\n        value: harbor.example.com/shop/web:latest\n  - target: {kind: Deployment}\n    patch: '[{\"op\": \"replace\", \"path\": \"/spec/template/spec/containers/1/image\", \"value\": \"harbor.example.com/shop/api:latest\"}]'\n  - path: patch.yaml\n";
    let found = found_unrendered(&[("kustomization.yaml", kustomization)], "images");
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag kustomization.yaml:7",
            "image-tag kustomization.yaml:9"
        ]
    );
}

#[test]
fn a_tag_that_stands_beside_its_image_belongs_to_it() {
    let values = "a:\n  image: ghcr.io/shop/a\n  image_version: 1.2.3\nb:\n  webImage: ghcr.io/shop/b\n  webImageTag: latest\nc:\n  image: ghcr.io/shop/c\n  imageVersion: 1.10\nd:\n  image: ghcr.io/shop/d:latest\n  image_version: 1.2.3\n";
    let found = found_unrendered(&[("values.yaml", values)], "images");
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        ["image-tag values.yaml:6", "image-tag values.yaml:11"]
    );
}

#[test]
fn a_container_of_any_kind_is_replaced() {
    let runtime = "apiVersion: example.com/v1\nkind: Runtime\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: a, image: 'web:latest'}\n  other: {image: 'web:latest'}\n";
    let kustomization = "resources: [runtime.yaml]\nimages:\n  - {name: web, newName: harbor.example.com/shop/web, newTag: '1'}\n";
    let files = [
        ("runtime.yaml", runtime),
        ("kustomization.yaml", kustomization),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(of_rule(&found, "image-tag"), ["image-tag runtime.yaml:7"]);
}

#[test]
fn a_field_is_replaced_where_a_kustomization_tells_which_fields_hold_images() {
    let source = "apiVersion: operators.coreos.com/v1alpha1\nkind: CatalogSource\nmetadata: {name: web}\nspec: {image: catalog}\n";
    let configuration = "images:\n  - {path: spec/image, kind: CatalogSource}\n";
    let entries = "resources: [source.yaml]\nimages:\n  - {name: catalog, newName: harbor.example.com/shop/catalog, newTag: '1'}\n";
    let told = format!("{entries}configurations: [fields.yaml]\n");
    for (kustomization, expected) in [
        (entries, vec!["image-tag source.yaml:4"]),
        (&told, Vec::new()),
    ] {
        let files = [
            ("source.yaml", source),
            ("fields.yaml", configuration),
            ("kustomization.yaml", kustomization),
        ];
        let found = found_unrendered(&files, "images");
        assert_eq!(of_rule(&found, "image-tag"), expected);
    }
}

#[test]
fn templates_are_read_as_far_as_they_are_literal_where_their_chart_is_not_rendered() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: harbor.example.com/shop/web:latest\n";
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: '{{ .Release.Name }}'}\nspec: {podSelector: {}}\n";
    let templated = "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n  labels:\n    {{- include \"web.labels\" . | nindent 4 }}\nspec:\n  containers:\n    - name: web\n      image: \"{{ .Values.image }}:latest\"\n    - name: log\n      image: harbor.example.com/shop/log:latest\n{{- end }}\n";
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let files = [
        ("web/Chart.yaml", chart),
        ("web/templates/pod.yaml", pod),
        ("web/templates/jobs/values.yaml", pod),
        ("web/templates/other.yaml", templated),
        ("web/templates/policy.yaml", policy),
        ("web/templates/_part.yaml", pod),
        ("web/templates/NOTES.txt", pod),
        ("web/charts/db/Chart.yaml", chart),
        ("web/charts/db/templates/pod.yaml", pod),
    ];
    let found = found_unrendered(&files, "images");
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag web/charts/db/templates/pod.yaml:7",
            "image-tag web/templates/jobs/values.yaml:7",
            "image-tag web/templates/other.yaml:11",
            "image-tag web/templates/other.yaml:13",
            "image-tag web/templates/pod.yaml:7",
        ]
    );
    // What else the chart deploys is not known.
    assert!(found_unrendered(&files, "network").is_empty());
}

#[test]
fn named_templates_that_are_manifests_are_read_and_helpers_are_not() {
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let named = "{{- define \"web.pod\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: quay.io/shop/web:{{ .Values.tag }}\n{{- end }}\n{{- define \"web.other\" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: other}\nspec: {containers: [{name: db, image: 'mysql:5.7'}]}\n{{- end }}\n";
    let helpers =
        "{{- define \"web.container\" }}\nname: web\nimage: quay.io/shop/web:1\n{{- end }}\n";
    let mixed = format!("{named}apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\n");
    let files = [
        ("web/Chart.yaml", chart),
        ("web/templates/named.yaml", named),
        ("web/templates/helpers.yaml", helpers),
        ("web/templates/mixed.yaml", &mixed),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        found,
        [
            "image-registry web/templates/mixed.yaml:8",
            "image-registry web/templates/mixed.yaml:14",
            "image-registry web/templates/named.yaml:8",
            "image-registry web/templates/named.yaml:14",
        ]
    );
}

#[test]
fn scripts_without_an_extension_are_told_by_their_first_line() {
    let script = |first: &str| format!("{first}\nkubectl run web --image=quay.io/shop/web:1\n");
    let (shell, python) = (
        script("#!/usr/bin/env bash"),
        script("#!/usr/bin/env python3"),
    );
    let files = [
        ("bin/deploy", shell.as_str()),
        ("bin/other", &python),
        ("bin/deploy.txt", &shell),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(found, ["image-registry bin/deploy:2"]);
}

#[test]
fn both_branches_of_a_template_give_a_container_its_image() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      {{- if .Values.db }}\n      image: quay.io/shop/db:1\n      {{- else }}\n      image: quay.io/shop/web:1\n      {{- end }}\n    - name: side\n      image: quay.io/shop/side:1\n";
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let files = [
        ("copy/Chart.yaml", chart),
        ("copy/templates/pod.yaml", template),
        ("web/Chart.yaml", chart),
        ("web/templates/pod.yaml", template),
    ];
    let found = found_unrendered(&files, "images");
    let lines = |chart: &str| {
        [8, 10, 13].map(|line| format!("image-registry {chart}/templates/pod.yaml:{line}"))
    };
    assert_eq!(found, [lines("copy"), lines("web")].concat());
}

#[test]
fn of_a_condition_within_an_image_one_branch_is_taken() {
    let images = [
        "{{ if .Values.db }}quay.io/shop/db:1{{ else }}quay.io/shop/web:1{{ end }}",
        "quay.io/shop/a{{ if .Values.slim }}-slim{{ end }}:1",
        "quay.io/shop/b{{ if .Values.slim }}:1-slim{{ else }}:1{{ end }}",
    ];
    let containers: Vec<String> = (0..)
        .zip(images)
        .map(|(at, image)| format!("    - name: c{at}\n      image: {image}\n"))
        .collect();
    let template = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n{}",
        containers.concat()
    );
    let files = [
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("web/templates/pod.yaml", &template),
    ];
    let found = found_unrendered(&files, "images");
    let lines = [7, 9, 11].map(|line| format!("image-registry web/templates/pod.yaml:{line}"));
    assert_eq!(found, lines);
}

#[test]
fn a_stack_of_openfaas_names_images() {
    let stack = "provider:\n  name: openfaas\nfunctions:\n  web:\n    image: shop/web:latest\n";
    let other = "provider:\n  name: other\nfunctions:\n  web:\n    image: shop/web:latest\n";
    let found = found_unrendered(&[("stack.yaml", stack), ("other.yaml", other)], "images");
    let expected = ["image-registry stack.yaml:5", "image-tag stack.yaml:5"];
    assert_eq!(found, expected);
}

#[test]
fn files_of_settings_name_images_at_their_lines() {
    let kustomization = "configMapGenerator:\n- name: related\n  envs: [images.env]\n- name: old\n  env: old/more.env\nsecretGenerator:\n- {name: hidden, envs: [hidden.env]}\n";
    let settings = "# of the operator\nRELATED_IMAGE_DB=quay.io/shop/db@sha256:6aec5a34d4ba57f83cb2a7e3c5b43c4bd6d1a3b7d4cc8c7bb0f8b6e5a9c0d1e2\n\n  CACHE_IMAGE=redis:latest\r\nMODE=quay.io/shop/none:1\nTARGET_IMAGE=quay.io/shop/pushed:1\nNAME_ALONE_IMAGE\n#OLD_IMAGE=quay.io/shop/old:1\n";
    let found = found_unrendered(
        &[
            ("kustomization.yaml", kustomization),
            ("images.env", settings),
            ("old/more.env", "WEB_IMAGE=quay.io/shop/web:1\n"),
            ("hidden.env", "WEB_IMAGE=quay.io/shop/web:1\n"),
            ("unnamed.env", "WEB_IMAGE=quay.io/shop/web:1\n"),
        ],
        "images",
    );
    assert_eq!(
        found,
        [
            "image-registry hidden.env:1",
            "image-registry images.env:2",
            "image-registry images.env:4",
            "image-tag images.env:4",
            "image-registry old/more.env:1"
        ]
    );
}

#[test]
fn files_of_docker_compose_are_no_values() {
    let compose = "services:\n  web:\n    image: ghcr.io/shop/web:latest\n    restart: always\n  db: {build: db}\nvolumes: {data: {}}\nx-more: 1\n";
    let services = "services:\n  web:\n    image: ghcr.io/shop/web:latest\n    replicas: 2\n";
    let mixed =
        "services:\n  web: {image: 'ghcr.io/shop/web:latest', restart: always}\nreplicas: 2\n";
    let found = found_unrendered(
        &[
            ("values/compose.yaml", compose),
            ("values/services.yaml", services),
            ("values/mixed.yaml", mixed),
        ],
        "images",
    );
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag values/mixed.yaml:2",
            "image-tag values/services.yaml:3"
        ]
    );
}

#[test]
fn an_image_in_full_has_no_tag_where_all_values_of_a_chart_name_no_version() {
    let values = |more: &str| {
        format!(
            "job:\n  image: ghcr.io/shop/job\nside: {{sideImage: ghcr.io/shop/side, image: shop/side}}\n{more}"
        )
    };
    let (whole, versioned) = (values(""), values("job2: {settings: {appVersion: '1'}}\n"));
    let found = found_unrendered(
        &[
            ("a/values.yaml", &whole),
            ("b/values.yaml", &versioned),
            ("c/values-dev.yaml", &whole),
        ],
        "images",
    );
    assert_eq!(of_rule(&found, "image-tag"), ["image-tag a/values.yaml:2"]);
}

#[test]
fn a_message_shows_no_placeholders_of_actions() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: {{ .Chart.Name }}-retry\n      image: harbor.example.com/shop/web:latest\n";
    let folder = folder(&[
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("web/templates/pod.yaml", pod),
    ]);
    let text = run(folder.path(), &["scan", ".", "--no-render"]).stdout;
    assert!(text.contains("container `{{ … }}-retry` runs"), "{text}");
    let text = run(folder.path(), &["images", ".", "--no-render"]).stdout;
    assert!(!text.contains("___"), "{text}");
}

#[test]
fn values_in_a_text_that_are_no_yaml_are_told() {
    let application = |values: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web}}\nspec:\n  source:\n    chart: web\n    helm:\n      values: |\n        image:\n          repository: ghcr.io/shop/web\n          tag: {values}\n        a: \"b\"\n"
        )
    };
    let (broken, whole) = (application("\"1.2"), application("\"1.2\""));
    let made = application("\"{{ tag }}");
    let filled = application("'1'\n        <MORE>");
    let folder = folder(&[
        ("broken.yaml", &broken),
        ("whole.yaml", &whole),
        ("made.yaml", &made),
        ("filled.yaml", &filled),
    ]);
    let text = run(folder.path(), &["scan", ".", "--no-render"]).stdout;
    let told: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("the values are no YAML"))
        .collect();
    assert_eq!(told.len(), 1, "{text}");
    assert!(told[0].contains("broken.yaml:12:"), "{text}");
}

#[test]
fn values_of_a_helmfile_are_read_as_far_as_they_are_literal() {
    let values = "image:\n  repository: ghcr.io/shop/web\n  tag: latest\nside:\n  image: {{ .Values.side }}\nold:\n  image: \"{{ .Values.name }}:latest\"\n{{- if .Values.on }}\nnew:\n  image: ghcr.io/shop/new:{{ .Values.tag }}\n{{- end }}\njob:\n  image:\n    repository: ghcr.io/shop/job\n    tag: {{ env \"TAG\" | default \"latest\" }}\n";
    let helmfile = "releases:\n  - {name: web, chart: shop/web, values: [web.yaml.gotmpl]}\n";
    let found = found_unrendered(
        &[
            ("values.yaml.gotmpl", values),
            ("helmfile.yaml", helmfile),
            ("web.yaml.gotmpl", values),
            ("other.yaml.gotmpl", values),
        ],
        "images",
    );
    let lines = |file: &str| {
        [
            format!("image-registry {file}:2"),
            format!("image-tag {file}:3"),
            format!("image-tag {file}:7"),
            format!("image-registry {file}:10"),
            format!("image-registry {file}:14"),
            format!("image-tag {file}:15"),
        ]
    };
    let expected = ["values.yaml.gotmpl", "web.yaml.gotmpl"].map(lines);
    assert_eq!(found, expected.concat());
}

#[test]
fn environments_before_the_releases_of_a_helmfile_give_values() {
    let environments = "repositories:\n  - {name: shop, url: https://example.com}\nenvironments:\n  default:\n    values:\n      - web:\n          image: ghcr.io/shop/web:latest\n";
    let helmfile = format!(
        "{environments}---\nreleases:\n  - name: {{{{ .Values.web.name }}}}\n    chart: shop/web\n"
    );
    let other = format!("{environments}shops: [a]\n");
    let found = found_unrendered(
        &[
            ("deploy/shop.yaml", &helmfile),
            ("deploy/other.yaml", &other),
        ],
        "images",
    );
    assert_eq!(
        found,
        [
            "image-registry deploy/shop.yaml:7",
            "image-tag deploy/shop.yaml:7"
        ]
    );
}

#[test]
fn values_are_told_by_a_registry_for_all_images() {
    let values = "global:\n  imageRegistry: ghcr.io/shop\n";
    let found = found_unrendered(
        &[
            ("environments/eu.yaml", values),
            (
                "environments/us.yaml",
                "global:\n  registry: ghcr.io/shop\n",
            ),
        ],
        "images",
    );
    assert_eq!(found, ["image-registry environments/eu.yaml:2"]);
}

#[test]
fn documents_with_a_slip_are_read_beside_it_and_the_slip_is_told() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: harbor.example.com/shop/web:latest\n";
    let stray = format!("{pod}~  \n---\n{pod}");
    let together = format!("{pod}{pod}");
    let template = format!("{pod}{{{{ x }}}}: y: z\n");
    let folder = folder(&[
        ("stray.yaml", &stray),
        ("together.yaml", &together),
        ("template.yaml", &template),
    ]);
    let run = run(
        folder.path(),
        &[
            "scan",
            ".",
            "--no-render",
            "--family",
            "images",
            "--format",
            "json",
        ],
    );
    let found = run.found();
    let tags = of_rule(&found, "image-tag");
    assert_eq!(
        tags,
        [
            "image-tag stray.yaml:7",
            "image-tag stray.yaml:16",
            "image-tag template.yaml:7",
            "image-tag together.yaml:7",
            "image-tag together.yaml:14",
        ]
    );
    let report = run.json();
    let failed = report["failures"].as_array().expect("is a list");
    assert_eq!(failed.len(), 2, "{failed:#?}");
}

/// A chart that no tool renders, with a template and values.
fn chart<'a>(template: &'a str, values: &'a str) -> [(&'static str, &'a str); 3] {
    [
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        ),
        ("web/templates/web.yaml", template),
        ("web/values.yaml", values),
    ]
}

#[test]
fn what_templates_put_together_as_an_image_is_one_whatever_it_looks_like() {
    let template = "kind: List\nitems:\n{{- $root := . }}\n{{- range .Values.services }}\n  - spec:\n      containers:\n        - name: {{ .name }}\n          image: \"{{ $root.Values.global.host }}/{{ .image }}:{{ .tag | default $root.Values.global.tag }}\"\n          vm: {{ .machine }}\n{{- end }}\n          image: {{ .Values.job.program }}:{{ .Chart.AppVersion }}\n          image: {{ .Values.empty.host }}/{{ .Values.empty.name }}:1\n          image: shop/top:{{ .Values.top }}\n          image: shop/low:{{ .Values.low }}\n";
    let values = "global:\n  host: registry.example.com\n  tag: latest\nservices:\n  - name: shop\n    image: shop\n    machine: big\n  - name: pay\n    image: pay\n    tag: 1.10\n  - name: log\n    image: log\njob:\n  program: shop/job\nempty:\n  host: ''\n  name: spare\ntop: latest\nlow: '1'\n";
    let found = found_unrendered(&chart(template, values), "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        [6, 9, 12, 14]
            .map(|line| format!("image-registry web/values.yaml:{line}"))
            .each_ref()
    );
    assert_eq!(
        of_rule(&found, "image-tag"),
        [
            "image-tag web/values.yaml:3",
            "image-tag web/values.yaml:18"
        ]
    );
}

#[test]
fn values_under_another_name_are_told_by_the_policies_beside_their_images() {
    let values = "nats:\n  image: nats:2.10\n  pullPolicy: IfNotPresent\nbox:\n  image: shop/box:0.1\n  pullPolicy: IfNotPresent\n";
    let one = "nats:\n  image: nats:2.10\n  pullPolicy: IfNotPresent\n";
    let chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let files = [
        ("nats/config-org.yaml", values),
        ("other/config.yaml", one),
        ("web/Chart.yaml", chart),
        ("web/mine.yaml", one),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        [
            "image-registry nats/config-org.yaml:2",
            "image-registry nats/config-org.yaml:5",
            "image-registry web/mine.yaml:2",
        ]
    );
}

#[test]
fn parameters_that_argo_cd_updates_are_told() {
    let source = "kustomize:\n  images:\n    - quay.io/shop/web:1\n    - api=quay.io/shop/api:2\nhelm:\n  parameters:\n    - name: image.repository\n      value: shop/db\n    - name: image.tag\n      value: latest\n    - name: replicas\n      value: '3'\n";
    let files = [
        ("over/.argocd-source-web.yaml", source),
        ("over/other.yaml", source),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        [3, 4, 8]
            .map(|line| format!("image-registry over/.argocd-source-web.yaml:{line}"))
            .each_ref()
    );
    let tag = "image-tag over/.argocd-source-web.yaml:10";
    assert_eq!(of_rule(&found, "image-tag"), [tag]);
}

#[test]
fn what_no_node_may_pull_is_told_of_its_policy_and_of_its_registry() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: a\n      image: shop/a:1\n      imagePullPolicy: Never\n    - name: b\n      image: shop/b:1\n      imagePullPolicy: Always\n";
    let found = found_unrendered(&[("pod.yaml", pod)], "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        ["image-registry pod.yaml:7", "image-registry pod.yaml:10"]
    );
    assert_eq!(
        of_rule(&found, "image-pull-policy"),
        ["image-pull-policy pod.yaml:8"]
    );
}

#[test]
fn branches_of_a_template_that_do_not_fit_together_hide_no_images() {
    let template = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: shop
spec:
  template:
    spec:
      initContainers:
        {{- if .Values.db.enabled }}
        - name: wait
          image: busybox
        {{- else }}
        []
        {{- end }}
      containers:
        - name: job
          image: quay.io/shop/job:1.0
";
    let found = found_unrendered(&chart(template, "db: {enabled: true}\n"), "images");
    let tagless = of_rule(&found, "image-tag");
    assert_eq!(tagless, ["image-tag web/templates/web.yaml:11"]);
    let hosts = of_rule(&found, "image-registry");
    assert_eq!(hosts.len(), 2, "{hosts:?}");
}

#[test]
fn further_values_name_images_to_which_no_template_adds_a_tag() {
    let template = "\
kind: Pod
spec:
  containers:
    - image: {{ .Values.docker.web.image }}
    - image: {{ .Values.docker.job.image }}:{{ .Values.docker.job.tag }}
";
    let values = "docker:\n  web: {image: shop/web}\n  job: {image: shop/job}\n";
    let [about, template, _] = chart(template, "");
    let other = ("web/values-large.yaml", values);
    let found = found_unrendered(&[about, template, other], "images");
    let tagless = of_rule(&found, "image-tag");
    assert_eq!(tagless, ["image-tag web/values-large.yaml:2"]);
}

#[test]
fn what_is_pulled_instead_is_told_and_what_it_replaces_is_not() {
    let lock = "apiVersion: kbld.k14s.io/v1alpha1\nkind: Config\noverrides:\n- image: shop/web:1.0\n  newImage: index.docker.io/shop/web:1.0\n  preresolved: true\n";
    let policy = "\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
spec:
  rules:
    - name: add
      mutate:
        patchStrategicMerge:
          spec:
            containers:
              - name: proxy
                image: quay.io/shop/proxy:latest
    - name: check
      validate:
        pattern:
          spec:
            containers:
              - image: quay.io/shop/*:1.0
";
    let files = [("lock.yaml", lock), ("policy.yaml", policy)];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        found,
        [
            "image-registry lock.yaml:5",
            "image-registry policy.yaml:11",
            "image-tag policy.yaml:11",
        ]
    );
}

#[test]
fn values_under_a_free_name_are_told_by_what_each_chart_has() {
    let image = "image:\n  repository: quay.io/shop/web\n  pullPolicy: Always\n";
    let values = format!("{image}fullnameOverride: ''\n");
    let files = [("issuer.yaml", values.as_str()), ("settings.yaml", image)];
    let found = found_unrendered(&files, "images");
    assert_eq!(found, ["image-registry issuer.yaml:2"]);
}

#[test]
fn values_are_told_by_the_commands_that_hand_them_to_charts() {
    let script = "#!/bin/sh\nhelm upgrade --install web shop/web \\\n  --values conf/mine.yaml --version 1.0 \\\n  -f \"$DIR/more.yaml\",last.yml -f values-$ENV.yaml\ngrep -f other.yaml x\n";
    let pipeline = "on: push\njobs:\n  web:\n    runs-on: x\n    steps:\n      - run: helm upgrade web shop/web --values=deploy/eu.yaml\n";
    let files = [
        ("run/install.sh", script),
        ("run/conf/mine.yaml", VALUES),
        ("run/more.yaml", VALUES),
        ("run/last.yml", VALUES),
        ("run/other.yaml", VALUES),
        (".github/workflows/deploy.yml", pipeline),
        ("deploy/eu.yaml", VALUES),
        ("deploy/us.yaml", VALUES),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        [
            "image-registry deploy/eu.yaml:2",
            "image-registry run/conf/mine.yaml:2",
            "image-registry run/last.yml:2",
            "image-registry run/more.yaml:2",
        ]
    );
}

#[test]
fn values_under_another_name_are_told_by_an_image_in_parts_or_containers_beside() {
    let image = "web:\n  image:\n    name: quay.io/shop/web\n    tag: '1'\n";
    let containers = "web:\n  initContainers:\n    - name: init\n      image: busybox:1.36\n";
    let job = "build:\n  image:\n    name: quay.io/shop/web\n    entrypoint: ['']\n";
    let patch = "spec:\n  initContainers:\n    - name: init\n      image: busybox:1.36\n";
    let bare = "web:\n  image: {name: ubuntu, tag: '24.04'}\n";
    let files = [
        ("a/config.yaml", image),
        ("b/config.yaml", containers),
        ("c/config.yaml", job),
        ("d/config.yaml", patch),
        ("e/config.yaml", bare),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(
        of_rule(&found, "image-registry"),
        [
            "image-registry a/config.yaml:3",
            "image-registry b/config.yaml:4",
        ]
    );
}

#[test]
fn objects_in_here_documents_of_scripts_name_images() {
    let script = "#!/bin/sh\n# é <<NONE\ncat <<'EOF' | kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: quay.io/shop/web:latest\n    - name: own\n      image: ${IMAGE}\nEOF\ncat <<EOF\nimage: quay.io/shop/other:1\nEOF\n";
    let script = script.replace("# é <<NONE\n", "# é\n");
    let found = found_unrendered(&[("run/apply.sh", script.as_str())], "images");
    assert_eq!(
        found,
        [
            "image-registry run/apply.sh:11",
            "image-tag run/apply.sh:11"
        ]
    );
}

#[test]
fn an_object_that_a_script_writes_is_for_another_one_to_apply() {
    let script = "#!/bin/sh\nout=pod.yaml\ncat <<EOF > $out\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: quay.io/shop/web:1\nEOF\n";
    let other = "#!/bin/sh\ncat <<EOF > compose.yaml\nservices:\n  web:\n    image: quay.io/shop/web:1\nEOF\n";
    let shown = script.replace(" > $out", "");
    let files = [
        ("run/write.sh", script),
        ("run/other.sh", other),
        ("run/show.sh", &*shown),
    ];
    let found = found_unrendered(&files, "images");
    assert_eq!(found, ["image-registry run/write.sh:11"]);
}

#[test]
fn commands_of_scripts_name_images() {
    let script = "#!/bin/sh
kubectl set image deployment/web web=quay.io/shop/web:1 side=$SIDE
kubectl run probe --rm --image=quay.io/shop/probe:1 -- sh -c true
kubectl create deployment web --image \"quay.io/shop/web:latest\"
kubectl patch deployment web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"quay.io/shop/web:2\"}]}}}}'
helm upgrade web charts/web --set image.repository=quay.io/shop/web \\
  --set image.tag=latest
docker run --image=quay.io/shop/other:1
";
    let found = [
        "image-registry run/a.sh:2",
        "image-registry run/a.sh:3",
        "image-registry run/a.sh:4",
        "image-registry run/a.sh:5",
        "image-registry run/a.sh:6",
        "image-tag run/a.sh:4",
        "image-tag run/a.sh:7",
    ];
    let mut told = found_unrendered(&[("run/a.sh", script)], "images");
    told.sort();
    assert_eq!(told, found);
}

#[test]
fn variables_of_a_script_are_put_into_images_of_its_objects() {
    let script = "#!/bin/sh
WEB=quay.io/shop/web:latest
TAG=latest
kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: $WEB}
    - {name: own, image: $OWN}
    - {name: tag, image: \"quay.io/shop/api:$TAG\"}
    - name: none
      image: ${SIDE:-quay.io/shop/side:1}
EOF
kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: other}
spec: {containers: [{name: other, image: $WEB}]}
EOF
";
    let mut told = found_unrendered(&[("run/a.sh", script)], "images");
    told.sort();
    assert_eq!(
        told,
        [
            "image-registry run/a.sh:12",
            "image-registry run/a.sh:14",
            "image-registry run/a.sh:2",
            "image-tag run/a.sh:12",
            "image-tag run/a.sh:2",
        ]
    );
}

#[test]
fn what_a_script_brings_to_the_nodes_itself_is_not_pulled() {
    let script = "docker build -t shop/web:dev .\nkind load docker-image shop/web:dev\nhelm upgrade web charts/web --set image.repository=shop/web --set image.tag=dev\nkubectl run db --image=quay.io/shop/db:1\n";
    assert_eq!(
        found_unrendered(&[("run/a.sh", script)], "images"),
        ["image-registry run/a.sh:4"]
    );
}

#[test]
fn commands_of_pipelines_name_images_of_the_cluster_that_stays() {
    let steps = "on: push
jobs:
  web:
    runs-on: x
    container: quay.io/shop/builder:1
    steps:
      - run: kubectl set image deploy/web web=quay.io/shop/web:${{ github.sha }} side=${{ env.SIDE }}
      - run: |
          helm upgrade web charts/web --set image.repository=quay.io/${{ github.repository }} --set image.tag=$TAG
          kubectl apply -f - <<EOF
          apiVersion: v1
          kind: Pod
          metadata: {name: web}
          spec: {containers: [{name: web, image: 'quay.io/shop/job:latest'}, {name: b, image: '$CI_REGISTRY/b:latest'}]}
          EOF
";
    let told = |name: &str, text: &str| {
        let path = format!(".github/workflows/{name}.yml");
        let mut told = found_unrendered(&[(&path, text)], "images");
        told.sort();
        told
    };
    assert_eq!(
        told("deploy", steps),
        [
            "image-registry .github/workflows/deploy.yml:14",
            "image-registry .github/workflows/deploy.yml:7",
            "image-registry .github/workflows/deploy.yml:9",
            "image-tag .github/workflows/deploy.yml:14",
        ]
    );
    // What a pipeline tries out is none of the cluster's.
    assert_eq!(told("e2e", steps), [""; 0]);
    let tried = format!("{steps}      - uses: helm/kind-action@v1\n");
    assert_eq!(told("deploy", &tried), [""; 0]);
    let pipeline =
        "deploy:\n  image: alpine:3\n  script: [kubectl run probe --image=quay.io/shop/probe:1]\n";
    assert_eq!(
        found_unrendered(&[(".gitlab-ci.yml", pipeline)], "images"),
        ["image-registry .gitlab-ci.yml:3"]
    );
}

#[test]
fn pods_that_jenkins_starts_are_read_also_where_their_pipeline_is_named() {
    let pipeline = "\
pipeline {
  agent {
    kubernetes {
      yaml '''
        spec:
          containers:
            - name: maven
              image: quay.io/shop/maven:3
      '''
    }
  }
  stages { stage('x') { agent { docker { image 'quay.io/shop/node:1' } } steps { sh 'make' } } }
}
";
    let library = "def call() {\n  podTemplate(containers: [\n    containerTemplate(name: 'a', image: 'quay.io/shop/agent:latest'),\n  ]) { body() }\n}\n";
    let files = [("Jenkinsfile", pipeline), ("vars/build.groovy", library)];
    let folder = folder(&files);
    let scan = |path: &str| {
        let arguments = [
            "scan",
            path,
            "--no-render",
            "--family",
            "images",
            "--format",
            "json",
        ];
        run(folder.path(), &arguments)
    };
    let both = [
        "image-registry Jenkinsfile:8",
        "image-registry vars/build.groovy:3",
        "image-tag vars/build.groovy:3",
    ];
    let run = scan(".");
    assert_eq!(run.found(), both);
    let files = &run.json()["summary"]["files"];
    assert_eq!(
        (files["read"].as_u64(), files["scripts"].as_u64()),
        (Some(2), Some(2))
    );
    assert_eq!(scan("Jenkinsfile").found(), both[..1]);
    assert_eq!(scan("vars/build.groovy").found(), both[1..]);
}

#[test]
fn what_a_template_prints_before_a_path_gives_it_no_tag() {
    let template = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: \"{{ include \"web.registry\" . }}shop/web\"\n    - name: b\n      image: \"{{ include \"web.registry\" . }}shop/job:{{ .Values.tag }}\"\n    - name: c\n      image: \"{{ include \"web.registry\" . }}shop/api:1\"\n";
    let found = found_unrendered(&chart(template, "tag: 1\n"), "images");
    assert_eq!(
        of_rule(&found, "image-tag"),
        ["image-tag web/templates/web.yaml:8"]
    );
    assert_eq!(of_rule(&found, "image-registry"), [""; 0]);
}

#[test]
fn values_under_another_name_are_told_by_what_users_choose() {
    let profiles =
        "hub:\n  profileList:\n    - kubespawner_override:\n        image: shop/lab:latest\n";
    let found = found_unrendered(&[("config/prod.yaml", profiles)], "images");
    assert_eq!(
        of_rule(&found, "image-tag"),
        ["image-tag config/prod.yaml:4"]
    );
}
