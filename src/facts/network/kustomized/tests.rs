//! What kustomizations that nobody built make of files.

use std::sync::Arc;

use super::*;
use crate::model::Artifact;
use crate::source::read_text;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: written}\n";

/// The objects of files.
fn read(files: &[(&str, &str)]) -> Vec<Resource> {
    let of_file = |(path, text): &(&str, &str)| {
        let text = match path.ends_with("kustomization.yaml") {
            true => {
                format!("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}")
            }
            false => (*text).to_owned(),
        };
        let mut resource = read_text(&text).remove(0);
        resource.artifact = Arc::new(Artifact::new(path, path, text));
        resource
    };
    files.iter().map(of_file).collect()
}

/// The namespaces of the first object.
fn namespace(files: &[(&str, &str)]) -> Option<String> {
    let resources = read(files);
    let placed = Kustomized::read(&resources).placed(&resources);
    placed[0].resource.identity.namespace.clone()
}

#[test]
fn the_outermost_namespace_counts() {
    let base = (
        "base/kustomization.yaml",
        "namespace: inner\nresources: [a.yaml]",
    );
    let overlay = (
        "dev/kustomization.yaml",
        "namespace: outer\nresources: [../base]",
    );
    let pod = ("base/a.yaml", POD);
    assert_eq!(namespace(&[pod]).as_deref(), Some("written"));
    assert_eq!(namespace(&[pod, base]).as_deref(), Some("inner"));
    assert_eq!(namespace(&[pod, base, overlay]).as_deref(), Some("outer"));
}

#[test]
fn an_object_of_several_overlays_is_one_in_each() {
    let files = [
        ("base/a.yaml", POD),
        ("base/kustomization.yaml", "resources: [a.yaml]"),
        (
            "dev/kustomization.yaml",
            "namespace: dev\nresources: [../base]",
        ),
        (
            "prod/kustomization.yaml",
            "namespace: prod\nresources: [../base]\nlabels: [{includeSelectors: true, pairs: {env: prod}}]",
        ),
    ];
    let resources = read(&files);
    let found = Kustomized::read(&resources);
    let placed = found.placed(&resources);
    let pods = placed.iter().filter(|placed| placed.written == 0);
    let namespaces: Vec<_> = pods
        .map(|placed| {
            (
                placed.resource.given_namespace().unwrap_or_default(),
                placed.by,
            )
        })
        .collect();
    let expected = [
        ("dev", By::Overlay),
        ("prod", By::Overlay),
        ("written", By::Base),
    ];
    assert_eq!(namespaces, expected);
    assert!(found.may_relabel(&resources[0], &["env"]));
}

#[test]
fn several_namespaces_are_not_put_into_one() {
    let of = |name: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
    let (outer, other, more) = (of("outer"), of("other"), of("more"));
    let inner = (
        "base/kustomization.yaml",
        "resources: [a.yaml, one.yaml, two.yaml]",
    );
    let overlay = (
        "dev/kustomization.yaml",
        "namespace: outer\nresources: [../base]",
    );
    for (one, two, expected) in [
        (&other, &more, "written"),
        (&other, &outer, "written"),
        (&outer, &outer, "outer"),
    ] {
        let files = [
            ("base/a.yaml", POD),
            ("base/one.yaml", one),
            ("base/two.yaml", two),
            inner,
            overlay,
        ];
        assert_eq!(namespace(&files).as_deref(), Some(expected));
    }
}

#[test]
fn a_folder_without_a_kustomization_is_named_by_one() {
    let overlay = ("dev/kustomization.yaml", "resources: [../base]");
    let resources = read(&[("base/a.yaml", POD), ("base/b/a.yaml", POD), overlay]);
    let found = Kustomized::read(&resources);
    let [own, below] = [0, 1].map(|at| &resources[at]);
    assert!(found.names(own) && !found.lists(own));
    assert!(!found.names(below));
}

#[test]
fn a_circle_ends() {
    let files = [
        ("a/a.yaml", POD),
        ("a/kustomization.yaml", "resources: [a.yaml, ../b]"),
        ("b/kustomization.yaml", "resources: [../a]"),
        ("c/kustomization.yaml", "namespace: c\nresources: [../a]"),
    ];
    assert_eq!(namespace(&files).as_deref(), Some("c"));
}

#[test]
fn an_overlay_that_takes_a_folder_around_it_makes_nothing() {
    let overlay = |folder: &'static str| {
        let path = if folder == "../.." {
            "k8s/overlays/dev/kustomization.yaml"
        } else {
            "dev/kustomization.yaml"
        };
        let text = format!("namespace: dev\nresources: [{folder}]");
        let files = [
            ("k8s/a.yaml", POD),
            ("k8s/kustomization.yaml", "resources: [a.yaml]"),
            (path, &*text),
        ];
        namespace(&files)
    };
    assert_eq!(overlay("../..").as_deref(), Some("written"));
    assert_eq!(overlay("../k8s").as_deref(), Some("dev"));
}

#[test]
fn labels_are_known_unless_something_may_change_them() {
    for (text, expected) in [
        ("", false),
        ("images: [{name: a, newTag: b}]", false),
        ("commonLabels: {team: a}", false),
        ("commonLabels: {app: a}", true),
        ("labels: [{pairs: {app: a}}]", false),
        ("labels: [{pairs: {app: a}, includeTemplates: true}]", true),
        (
            "labels: [{pairs: {app: a}, includeSelectors: false}]",
            false,
        ),
        (
            "patches: [{patch: \"- {op: replace, path: /spec/replicas, value: 1}\"}]",
            false,
        ),
        (
            "patches: [{patch: \"- {op: add, path: /spec/template/metadata/labels/app, value: a}\"}]",
            true,
        ),
        ("patches: [{path: absent.yaml}]", true),
        (
            "patches: [{path: absent.yaml, target: {kind: Pod, name: b}}]",
            false,
        ),
        (
            "namePrefix: a-\npatches: [{path: absent.yaml, target: {kind: Pod, name: b}}]",
            true,
        ),
        ("vars: [{name: X, objref: {kind: Secret, name: a}}]", false),
        (
            "replacements: [{source: {kind: Secret}, targets: [{fieldPaths: [spec.a]}]}]",
            false,
        ),
        (
            "replacements: [{source: {kind: Secret}, targets: [{fieldPaths: [metadata.labels.app]}]}]",
            true,
        ),
        ("replacements: [{path: a.yaml}]", true),
        ("components: [../absent]", true),
        ("components: [../part]", true),
        ("transformers: [x.yaml]", true),
        ("generators: [x.yaml]", false),
        ("bases: ['https://example.com/a/b?ref=main']", false),
        ("components: ['https://example.com/a/b?ref=main']", true),
    ] {
        let kustomization = format!("resources: [a.yaml]\n{text}");
        let resources = read(&[
            ("base/a.yaml", POD),
            ("base/kustomization.yaml", &kustomization),
            ("part/kustomization.yaml", "commonLabels: {app: a}"),
        ]);
        let found = Kustomized::read(&resources);
        assert_eq!(
            found.may_relabel(&resources[0], &["app"]),
            expected,
            "{text}"
        );
    }
}
