//! Namespaces into which objects put pods that are not among what was read: charts and folders of
//! other repositories, which nobody could render, those that a chart uses and that were not fetched, and what programs
//! make at run time.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::maker::{Makers, makers};
use super::repository::{Repository, is_begun, is_placed, placed_folders};
use super::script::Scripts;
use super::seen::Seen;
use crate::model::{Node, Rendering, Resource, Role, applications, is_application_set};
use crate::network::{Selector, called, namespace_of};

/// Keys that name a chart.
const CHARTS: [&str; 5] = [
    "chart",
    "chartContent",
    "chartName",
    "chartRef",
    "helmChart",
];
/// Kinds of custom resources for which operators run well-known programs in their namespace, each with the program.
const RUNNING: [(&str, &str, &str); 5] = [
    ("monitoring.coreos.com", "Prometheus", "prometheus"),
    ("monitoring.coreos.com", "PrometheusAgent", "prometheus"),
    ("opentelemetry.io", "OpenTelemetryCollector", "prometheus"),
    ("operator.victoriametrics.com", "VMAgent", "vmagent"),
    ("operator.victoriametrics.com", "VMSingle", "vmagent"),
];
/// The label by which the pods of a chart are told from those of others.
const CHART_LABEL: &str = "app.kubernetes.io/name";
/// Keys that say where a repository is.
const SOURCES: [&str; 2] = ["repoURL", "sourceRef"];
/// Keys that name the namespace it is deployed to.
const NAMESPACES: [&str; 3] = ["defaultNamespace", "namespace", "targetNamespace"];

/// The namespaces.
#[derive(Debug, Default)]
pub(super) struct Unseen {
    namespaces: BTreeSet<String>,
    /// Namespaces of charts that use others which were not fetched, each with the names that those cannot have.
    lacking: BTreeMap<String, BTreeSet<Option<String>>>,
    /// Names of charts, and of programs that operators run, each with a namespace that it is deployed to.
    charts: BTreeSet<(String, String)>,
    /// Programs that may make pods.
    makers: Makers,
}

impl Unseen {
    /// Reads what objects of a repository and scripts deploy that is nowhere among what was read.
    pub(super) fn read(
        resources: &[Resource],
        scripts: &Scripts,
        repository: &Repository,
        seen: &Seen<'_>,
    ) -> Self {
        let of_sets = applications(resources);
        let mut reader = Reader {
            resources,
            repository,
            seen,
            placed: None,
            found: Self::default(),
        };
        for (one, rendering) in resources.iter().filter_map(lacking) {
            let namespace = namespace_of(one).to_owned();
            let names = reader.found.lacking.entry(namespace).or_default();
            names.insert(rendering.own_name.clone());
        }
        let whole = resources
            .iter()
            .filter(|one| one.role == Role::Manifest && !is_application_set(one));
        whole.chain(&of_sets).for_each(|one| reader.add(one));
        reader.found.charts.extend(resources.iter().filter_map(run));
        reader.found.charts.extend(scripts.charts.iter().cloned());
        reader.found.makers = makers(resources);
        let filled = scripts.filled.iter().cloned();
        reader.found.namespaces.extend(filled);
        reader.found
    }

    /// Whether pods of a namespace may be unseen. A name that a template makes up may be any that
    /// has its fixed parts.
    pub(super) fn may_fill(&self, namespace: &str) -> bool {
        self.lacking.contains_key(namespace) || self.is_filled(namespace)
    }

    /// Whether such pods may be those of a selector: the charts that a chart uses are called otherwise than
    /// that itself.
    pub(super) fn may_hold(&self, namespace: &str, selector: &Selector) -> bool {
        let is_asked = |name: &Option<String>| {
            let name = name.as_deref();
            name.is_some_and(|name| selector.asks_for(CHART_LABEL, name))
        };
        let lacking = self.lacking.get(namespace).into_iter().flatten();
        self.is_filled(namespace) || !lacking.into_iter().all(is_asked)
    }

    fn is_filled(&self, namespace: &str) -> bool {
        let mut names = self.namespaces.iter();
        // What is put into the default one may be put where others are that name none.
        let is_one = |name: &str| name == namespace || name == called(namespace);
        names.any(|name| is_one(name) || name.contains("{{") && may_be(name, namespace))
    }

    /// The objects whose pods may make others in a namespace at run time.
    pub(super) fn makers(&self, namespace: &str) -> impl Iterator<Item = usize> {
        self.makers.get(namespace).into_iter().flatten().copied()
    }

    /// The namespaces of charts that are called as one of some programs, and of such programs that operators run.
    pub(super) fn programs(&self, programs: &[&str]) -> impl Iterator<Item = &str> {
        let is_one = |chart: &str| programs.iter().any(|program| chart.contains(program));
        let found = self.charts.iter().filter(move |(chart, _)| is_one(chart));
        found.map(|(_, namespace)| namespace.as_str())
    }
}

/// An object of a chart that uses others which were not fetched, with its rendering.
fn lacking(resource: &Resource) -> Option<(&Resource, &Rendering)> {
    let rendering = &*resource.artifact.provenance.as_ref()?.rendering;
    rendering.lacks_charts.then_some((resource, rendering))
}

/// The program that an operator runs for an object, and where.
fn run(resource: &Resource) -> Option<(String, String)> {
    let own = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    let mut known = RUNNING.iter();
    let (.., program) = known.find(|(group, kind, _)| (*group, *kind) == own)?;
    let is_whole = resource.role == Role::Manifest;
    is_whole.then(|| ((*program).to_owned(), namespace_of(resource).to_owned()))
}

/// Whether a text with actions of a template may become a name.
fn may_be(template: &str, name: &str) -> bool {
    let start = template.split("{{").next().unwrap_or_default();
    let end = template.rsplit("}}").next().unwrap_or_default();
    name.len() > start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
}

struct Reader<'a, 's> {
    resources: &'a [Resource],
    repository: &'a Repository,
    seen: &'a Seen<'s>,
    /// Folders with the namespaces that their objects name, computed when the first object asks.
    placed: Option<HashSet<(&'a str, &'a str)>>,
    found: Unseen,
}

impl Reader<'_, '_> {
    fn add(&mut self, resource: &Resource) {
        let (group, node) = (resource.gvk.group.as_str(), resource.node());
        if group == "kustomize.config.k8s.io" {
            let charts = node.get("helmCharts").into_iter().flat_map(Node::items);
            let own = node.get("namespace").and_then(Node::as_str);
            for chart in charts {
                let namespace = text(chart, "namespace").or(own);
                let namespace = namespace.map(str::to_owned).into_iter().collect();
                let name = text(chart, "name").map(str::to_owned);
                self.put(namespace, name.into_iter().collect());
            }
            return;
        }
        // What only says where a chart lies deploys nothing.
        let is_custom = group.contains('.')
            && !group.ends_with(".k8s.io")
            && group != "source.toolkit.fluxcd.io";
        if !is_custom || resource.is_workload() || !self.is_deploying(resource) {
            return;
        }
        let mut names = named_namespaces(node);
        if names.is_empty() && !self.is_astray(resource) {
            names.insert(namespace_of(resource).to_owned());
        }
        let mut charts = BTreeSet::new();
        collect_charts(node, &mut charts);
        self.put(names, charts);
    }

    fn put(&mut self, namespaces: BTreeSet<String>, charts: BTreeSet<String>) {
        for namespace in &namespaces {
            let here = charts
                .iter()
                .map(|chart| (chart.clone(), namespace.clone()));
            self.found.charts.extend(here);
        }
        self.found.namespaces.extend(namespaces);
    }

    /// Whether a Kustomization of Flux, which leaves objects in the namespaces that they name, takes a folder out of the
    /// repository that was read, where there is none.
    fn is_astray(&self, resource: &Resource) -> bool {
        let spec = resource.node().get("spec");
        resource.gvk.group == "kustomize.toolkit.fluxcd.io"
            && spec.is_some_and(|spec| self.repository.is_own(spec))
    }

    /// Whether an object deploys what was not read.
    fn is_deploying(&mut self, resource: &Resource) -> bool {
        if !may_deploy(resource.node().text()) {
            return false;
        }
        let body = resource.node().entries();
        let mut body = body.filter(|(key, _)| key.as_str() != Some("metadata"));
        let (resources, repository, seen) = (self.resources, self.repository, self.seen);
        let placed = &mut self.placed;
        let mut is_elsewhere = |source: Node<'_>, path: &str| {
            let whole = || resources.iter().filter(|one| one.role == Role::Manifest);
            let mut is_here = || {
                let placed = placed.get_or_insert_with(|| placed_folders(whole()));
                let namespaces = named_namespaces(resource.node());
                is_placed(path, &namespaces, placed) || is_begun(path, &namespaces, placed)
            };
            repository.is_other(source) || !path.is_empty() && !seen.has_folder(path) && !is_here()
        };
        body.any(|(_, value)| deploys(value, &mut is_elsewhere))
            && !seen.has_rendering(&resource.identity.to_string())
    }
}

/// Whether a key that may tell of a chart or of a repository is among some strings.
fn may_deploy(strings: &str) -> bool {
    let mut keys = CHARTS.iter().chain(&SOURCES);
    keys.any(|key| strings.contains(key))
}

/// Whether a value names a chart, or a folder of a repository that is elsewhere.
fn deploys(node: Node<'_>, is_elsewhere: &mut dyn FnMut(Node<'_>, &str) -> bool) -> bool {
    let (mut has_source, mut folder) = (false, None);
    for (key, value) in node.entries() {
        match key.as_str().unwrap_or_default() {
            key if CHARTS.contains(&key) && is_said(value) => return true,
            key if SOURCES.contains(&key) => has_source = true,
            "path" => folder = value.as_str(),
            _ => {}
        }
    }
    let folder = folder.filter(|_| has_source);
    let folder = folder.map(|path| path.trim_start_matches("./").trim_matches('/'));
    if folder.is_some_and(|path| !path.contains("{{") && is_elsewhere(node, path)) {
        return true;
    }
    let mut inner = node.entries().map(|(_, value)| value).chain(node.items());
    inner.any(|value| deploys(value, is_elsewhere))
}

/// Whether a value says which chart.
fn is_said(chart: Node<'_>) -> bool {
    chart.is_mapping() || chart.as_str().is_some_and(|name| !name.is_empty())
}

/// The namespaces that an object deploys to.
fn named_namespaces(node: Node<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (key, value) in node.entries() {
        if key.as_str() != Some("metadata") {
            collect_namespaces(value, &mut found);
        }
    }
    found
}

/// The namespaces that a value names as where something goes: not those of what it refers to.
fn collect_namespaces(node: Node<'_>, found: &mut BTreeSet<String>) {
    for (key, value) in node.entries() {
        let key = key.as_str().unwrap_or_default();
        match value.as_str() {
            Some(name) if NAMESPACES.contains(&key) && !name.is_empty() => {
                found.insert(name.to_owned());
            }
            _ if key.ends_with("Ref") || key == "values" || key == "valuesObject" => {}
            _ => collect_namespaces(value, found),
        }
    }
    node.items()
        .for_each(|item| collect_namespaces(item, found));
}

/// The names of charts, without the path before them.
fn collect_charts(node: Node<'_>, found: &mut BTreeSet<String>) {
    for (key, value) in node.entries() {
        match value.as_str() {
            Some(name) if CHARTS.contains(&key.as_str().unwrap_or_default()) => {
                let name = name.rsplit('/').next().unwrap_or_default();
                found.insert(name.to_owned());
            }
            _ => collect_charts(value, found),
        }
    }
    node.items().for_each(|item| collect_charts(item, found));
}

fn text<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::as_str)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::{Artifact, Provenance};
    use crate::source::read_text;

    use super::*;

    fn read(resources: &[Resource]) -> Unseen {
        let repository = Repository::read(resources, &[]);
        let seen = Seen::of(resources);
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
    fn a_folder_that_the_repository_lacks_fills_no_namespace_that_is_not_named() {
        let source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: NAME}\nspec: {url: 'https://example.com/NAME'}\n---\n";
        let taking = |path: &str, name: &str, more: &str| {
            format!(
                "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {path}, namespace: shop}}\nspec: {{path: ./{path}, sourceRef: {{kind: GitRepository, name: {name}}}{more}}}\n---\n"
            )
        };
        let sources = ["own", "far"].map(|name| source.replace("NAME", name));
        for (name, more, expected) in [
            ("own", "", vec![]),
            ("own", ", targetNamespace: data", vec!["data"]),
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
}
