//! What objects and scripts put into namespaces without being read.

use std::sync::Arc;

use crate::model::{Artifact, Provenance};
use crate::source::read_text;

use super::*;

fn read(resources: &[Resource]) -> Unseen {
    let repository = Repository::read(resources, &[]);
    let seen = Seen::of(resources, &[]);
    Unseen::read(resources, &Scripts::default(), &repository, &seen)
}

fn unseen(text: &str) -> Vec<String> {
    read(&read_text(text)).namespaces.into_iter().collect()
}

#[test]
fn charts_that_are_not_rendered_fill_their_namespace() {
    for (text, expected) in [
        (
            "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: a, namespace: kube-system}\nspec: {chart: db, targetNamespace: data}\n",
            vec!["data"],
        ),
        (
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a, namespace: data}\nspec: {chart: {spec: {chart: db, sourceRef: {kind: HelmRepository, name: x, namespace: flux-system}}}, values: {namespace: other}}\n",
            vec!["data"],
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a, namespace: argocd}\nspec: {template: {spec: {source: {repoURL: https://charts.example.com, chart: db}, destination: {namespace: '{{name}}-db'}}}}\n",
            vec!["{{name}}-db"],
        ),
        (
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\nspec: {path: ./other, targetNamespace: data, sourceRef: {kind: GitRepository, name: x}}\n",
            vec!["data"],
        ),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: data\nhelmCharts: [{name: db}, {name: web, namespace: shop}]\n",
            vec!["data", "shop"],
        ),
        (
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: a, namespace: flux-system}\nspec: {chart: db}\n",
            vec![],
        ),
        (
            "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, namespace: data, labels: {chart: db-1}}\nspec: {namespace: data}\n",
            vec![],
        ),
    ] {
        assert_eq!(unseen(text), expected, "{text}");
    }
}

#[test]
fn a_folder_that_the_repository_lacks_fills_no_namespace() {
    let source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: NAME}\nspec: {url: 'https://example.com/NAME'}\n---\n";
    let taking = |path: &str, name: &str, more: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {path}, namespace: shop}}\nspec: {{path: ./{path}, sourceRef: {{kind: GitRepository, name: {name}}}{more}}}\n---\n"
        )
    };
    let sources = ["own", "far"].map(|name| source.replace("NAME", name));
    for (name, more, expected) in [
        ("own", "", vec![]),
        ("own", ", targetNamespace: data", vec![]),
        ("far", ", targetNamespace: data", vec!["data"]),
        ("far", "", vec!["shop"]),
    ] {
        let text = sources.concat() + &taking("apps", "own", "") + &taking("gone", name, more);
        let mut resources = read_text(&text);
        let artifact = Artifact::new("apps/a.yaml", "apps/a.yaml", text.clone());
        resources[0].artifact = Arc::new(artifact);
        let found: Vec<String> = read(&resources).namespaces.into_iter().collect();
        assert_eq!(found, expected, "{name} {more}");
    }
}

#[test]
fn a_folder_whose_awaited_objects_were_read_fills_no_namespace() {
    let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: flux-system}\nspec: {path: ./gone, sourceRef: {kind: GitRepository, name: x}, healthChecks: [{apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop}]}\n---\n";
    for (name, expected) in [("web", vec![]), ("db", vec!["shop"])] {
        let known = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\n"
        );
        assert_eq!(unseen(&format!("{flux}{known}")), expected, "{name}");
    }
}

#[test]
fn programs_are_told_by_the_names_of_their_charts() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec: {sources: [{repoURL: https://charts.example.com, chart: kube-prometheus-stack}], destination: {namespace: metrics}}\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nhelmCharts: [{name: prometheus, namespace: own}, {name: db, namespace: data}]\n";
    let unseen = read(&read_text(text));
    let found: Vec<&str> = unseen.programs(&["prometheus"]).collect();
    assert_eq!(found, ["metrics", "own"]);
}

#[test]
fn programs_are_told_by_the_resources_for_which_operators_run_them() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a, namespace: o11y}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: a, namespace: shop}\n---\napiVersion: operator.victoriametrics.com/v1beta1\nkind: VMAgent\nmetadata: {name: a, namespace: vm}\n";
    let unseen = read(&read_text(text));
    let found: Vec<&str> = unseen.programs(&["prometheus", "vmagent"]).collect();
    assert_eq!(found, ["o11y", "vm"]);
}

#[test]
fn a_chart_of_the_repository_is_read_once_it_is_rendered() {
    use std::sync::Arc;

    use crate::model::Artifact;

    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec: {source: {repoURL: https://example.com/a.git, path: charts/db}, destination: {namespace: data}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    for (role, expected) in [(Role::Values, true), (Role::Manifest, false)] {
        let mut resources = read_text(application);
        let path = "charts/db/values.yaml";
        resources[1].artifact = Arc::new(Artifact::new(path, path, String::new()));
        resources[1].role = role;
        assert_eq!(read(&resources).may_fill("data"), expected);
    }
}

#[test]
fn a_folder_that_a_longer_path_names_is_read_where_its_objects_name_the_namespace() {
    use std::sync::Arc;

    use crate::model::Artifact;

    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec: {source: {repoURL: https://example.com/a.git, path: all/k8s/db}, destination: {namespace: data}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: NAMESPACE}\n";
    for (namespace, expected) in [("data", false), ("other", true)] {
        let mut resources = read_text(&application.replace("NAMESPACE", namespace));
        let path = "k8s/db/a.yaml";
        resources[1].artifact = Arc::new(Artifact::new(path, path, String::new()));
        assert_eq!(read(&resources).may_fill("data"), expected, "{namespace}");
    }
}

#[test]
fn charts_that_were_not_fetched_fill_the_namespace_of_those_that_use_them() {
    for lacks_charts in [true, false] {
        let mut resources = read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
        let mut artifact = Artifact::new("web", "web", String::new());
        let rendering = Rendering {
            namespace: Some("shop".to_owned()),
            lacks_charts,
            own_name: Some("web".to_owned()),
            ..Rendering::default()
        };
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        resources[0].artifact = Arc::new(artifact);
        let unseen = read(&resources);
        assert_eq!(unseen.may_fill("shop"), lacks_charts);
        let asking = |name: &str| {
            let label = (CHART_LABEL.to_owned(), name.to_owned());
            Selector::of(&[label].into_iter().collect())
        };
        assert!(!unseen.may_hold("shop", &asking("web")));
        assert_eq!(unseen.may_hold("shop", &asking("db")), lacks_charts);
    }
}

#[test]
fn a_template_of_a_name_may_be_any_with_its_fixed_parts() {
    let unseen = Unseen {
        namespaces: ["{{name}}-db".to_owned()].into(),
        ..Unseen::default()
    };
    assert!(unseen.may_fill("shop-db"));
    assert!(!unseen.may_fill("shop"));
    assert!(!unseen.may_fill("-db"));
}
