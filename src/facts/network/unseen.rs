//! Namespaces into which objects put pods that are not among what was read: charts and folders of
//! other repositories, which nobody could render, those that a chart uses and that were not fetched, and what programs
//! make at run time.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::maker::{Makers, makers};
use super::repository::{Repository, is_begun, is_placed, placed_folders};
use super::script::Scripts;
use super::seen::Seen;
use crate::model::{Node, Rendering, Resource, Role, applications, is_application_set};
use crate::network::{Selector, called, is_open, namespace_of};

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
            let own = node.string("namespace");
            for chart in charts {
                let namespace = chart.string("namespace").or(own);
                let namespace = namespace.map(str::to_owned).into_iter().collect();
                let name = chart.string("name").map(str::to_owned);
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
        if self.waits_for_known(resource) {
            return;
        }
        let mut names = named_namespaces(node);
        if names.is_empty() {
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

    /// Whether a Kustomization of Flux waits for objects, all of which were read: whatever its folder is called, it is here.
    fn waits_for_known(&self, resource: &Resource) -> bool {
        let spec = resource.node().get("spec");
        let spec = spec.filter(|spec| !self.repository.is_other(*spec));
        let spec = spec.filter(|_| resource.gvk.group == "kustomize.toolkit.fluxcd.io");
        let awaited = spec.and_then(|spec| spec.get("healthChecks"));
        let is_known = |awaited: Node<'_>| {
            let mut read = self.resources.iter();
            read.any(|one| {
                Some(one.gvk.kind.as_str()) == awaited.string("kind")
                    && Some(one.identity.name.as_str()) == awaited.string("name")
                    && one.given_namespace() == awaited.string("namespace")
            })
        };
        let mut awaited = awaited.into_iter().flat_map(Node::items).peekable();
        awaited.peek().is_some() && awaited.all(is_known)
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
            // What is not where it is taken from in what was read, is nowhere.
            let is_gone = || repository.is_own(source) && !is_open(path) && !seen.has_files(path);
            repository.is_other(source)
                || !path.is_empty() && !seen.has_folder(path) && !is_here() && !is_gone()
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

#[cfg(test)]
mod tests;
