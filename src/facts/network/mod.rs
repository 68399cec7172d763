//! What the network rules say: faults of policies, and needs that policies block, computed once
//! for everything read and handed out by resource.

mod blocked;
mod order;
mod policies;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use super::path;
use crate::model::{Part, Resource, Role, ValuePath};
use crate::network::{
    Direction, Network, Policy, Problem, Services, Settings, Tier, World, is_policy, namespace_of,
};

/// The facts that come from here.
const NAMES: [&str; 10] = [
    "isolation",
    "network_open",
    "network_idle",
    "network_peers",
    "network_ports",
    "network_dns",
    "network_routes",
    "network_scrapes",
    "network_services",
    "network_order",
];

/// More places than these explain nothing more.
const MOST_LINKS: usize = 3;

/// The facts of all resources.
#[derive(Debug, Default)]
pub(super) struct NetworkFacts {
    by_resource: HashMap<(usize, u32), BTreeMap<&'static str, Vec<Value>>>,
    has_policies: bool,
    /// What is wrong with policies, or not understood of them.
    pub(super) problems: Vec<Problem>,
}

impl NetworkFacts {
    /// The facts that are wanted; nothing is computed where no object is a policy.
    pub(super) fn new(
        resources: &[Resource],
        wanted: &BTreeSet<String>,
        settings: impl FnOnce() -> Settings,
    ) -> Self {
        let is_wanted = |name: &&str| wanted.contains(*name);
        let has_policies = resources.iter().any(is_policy);
        if !has_policies || !NAMES.iter().any(|name| is_wanted(&name)) {
            return Self {
                has_policies,
                ..Self::default()
            };
        }
        let settings = settings();
        let mut facts = Self {
            has_policies,
            ..Self::default()
        };
        for world in World::all(resources) {
            let network = Network::new(resources, &settings, world);
            let mut finder = Finder {
                resources,
                services: Services::read(resources, &network),
                network: &network,
                settings: &settings,
                customs: customs(resources),
                kustomizations: kustomizations(resources),
                found: HashMap::new(),
            };
            finder.find(NAMES.into_iter().filter(|name| is_wanted(&name)));
            for (position, found) in finder.found {
                facts.add(&resources[position], found);
            }
            facts.problems.extend(network.problems);
        }
        facts
            .problems
            .sort_by(|one, other| (one.resource, &one.path).cmp(&(other.resource, &other.path)));
        facts.problems.dedup();
        facts
    }

    /// Adds what was found in a world; what another one showed before stands once.
    fn add(&mut self, resource: &Resource, found: BTreeMap<&'static str, Vec<Value>>) {
        let known = self.by_resource.entry(key(resource)).or_default();
        let without_links = |fact: &Value| {
            let mut fact = fact.clone();
            fact.as_object_mut().map(|fact| fact.remove("links"));
            fact
        };
        for (name, facts) in found {
            let known = known.entry(name).or_default();
            for fact in facts {
                let bare = without_links(&fact);
                if known.iter().all(|other| without_links(other) != bare) {
                    known.push(fact);
                }
            }
        }
    }

    /// The facts of one resource, by name.
    pub(super) fn of(&self, resource: &Resource) -> Option<&BTreeMap<&'static str, Vec<Value>>> {
        self.by_resource.get(&key(resource))
    }

    /// How pods are exposed where there is no policy at all.
    pub(super) fn exposed_to_all(&self, resource: &Resource) -> Vec<Value> {
        let is_whole = resource.role == Role::Manifest && !self.has_policies;
        let templates = resource.pod_templates.iter().filter(|_| is_whole);
        let exposed = templates.map(|template| {
            json!({"path": path(template), "missing": Direction::ALL.map(Direction::as_str), "links": []})
        });
        exposed.collect()
    }
}

/// Tells a resource from all others.
fn key(resource: &Resource) -> (usize, u32) {
    (Arc::as_ptr(&resource.tree) as usize, resource.root)
}

/// Finds faults.
struct Finder<'a> {
    resources: &'a [Resource],
    network: &'a Network,
    services: Services,
    settings: &'a Settings,
    /// By namespace: custom resources, whose operators may make pods.
    customs: HashMap<&'a str, Vec<usize>>,
    /// Kustomizations, which may change what they list.
    kustomizations: Vec<usize>,
    found: HashMap<usize, BTreeMap<&'static str, Vec<Value>>>,
}

impl Finder<'_> {
    /// Computes facts.
    fn find(&mut self, names: impl Iterator<Item = &'static str>) {
        for name in names {
            match name {
                "isolation" => self.find_exposed(),
                "network_open" => self.find_open(),
                "network_idle" => self.find_idle(),
                "network_peers" => self.find_peers(),
                "network_ports" => self.find_ports(),
                "network_dns" => self.find_dns(),
                "network_routes" => self.find_routes(),
                "network_scrapes" => self.find_scrapes(),
                "network_services" => self.find_services(),
                _ => self.find_order(),
            }
        }
    }

    /// Adds a fact at a place of a resource.
    fn add(&mut self, name: &'static str, resource: usize, place: &ValuePath, mut fact: Value) {
        fact["path"] = path(place);
        self.found
            .entry(resource)
            .or_default()
            .entry(name)
            .or_default()
            .push(fact);
    }

    /// Adds a fact about some characters of a string.
    fn add_in(
        &mut self,
        name: &'static str,
        resource: usize,
        place: (&ValuePath, Option<Part>),
        mut fact: Value,
    ) {
        if let Some(part) = place.1 {
            fact["part"] = json!({"start": part.start, "length": part.length});
        }
        self.add(name, resource, place.0, fact);
    }

    /// The NetworkPolicies as they are written, without what subnamespaces inherit.
    fn written(&self) -> impl Iterator<Item = &Policy> {
        let policies = self.network.policies.iter();
        policies.filter(|policy| policy.is_standard && !policy.is_copy)
    }

    /// The directions for which no NetworkPolicy selects a workload's pods.
    fn find_exposed(&mut self) {
        let mut exposed = Vec::new();
        for end in &self.network.population.ends {
            for pods in &end.pods {
                let is_covered =
                    |direction: &Direction| self.network.is_covered(*direction, pods.class);
                let missing: Vec<&str> = Direction::ALL
                    .iter()
                    .filter(|direction| !is_covered(direction))
                    .map(|direction| direction.as_str())
                    .collect();
                if !missing.is_empty() {
                    let links = self
                        .selecting_links(pods.class, Direction::ALL.into_iter().filter(is_covered));
                    exposed.push((pods, json!({"missing": missing, "links": links})));
                }
            }
        }
        for (pods, fact) in exposed {
            self.add("isolation", pods.resource, &pods.template, fact);
        }
    }

    /// Links to the NetworkPolicies that close the pods of a class in some directions.
    fn selecting_links(
        &self,
        class: usize,
        directions: impl Iterator<Item = Direction>,
    ) -> Vec<Value> {
        let mut links = Vec::new();
        for direction in directions {
            for policy in self.closing(class, direction) {
                let message = format!(
                    "`{}` closes the pods for {}",
                    policy.name,
                    direction.as_str()
                );
                links.push(link(policy.resource, &name_path(), &message));
            }
        }
        links.truncate(MOST_LINKS);
        links
    }

    /// The NetworkPolicies that select the pods of a class for a direction.
    fn closing(&self, class: usize, direction: Direction) -> impl Iterator<Item = &Policy> {
        let policies = self.network.selecting(direction)[class].iter();
        let policies = policies.map(|policy| &self.network.policies[*policy]);
        policies.filter(|policy| policy.tier == Tier::Network)
    }

    /// Links to workloads.
    fn workload_links<'c>(
        &self,
        classes: impl IntoIterator<Item = &'c usize>,
        what: &str,
    ) -> Vec<Value> {
        let pods = classes
            .into_iter()
            .filter_map(|class| self.network.population.pods_of(*class).next());
        let links = pods.map(|(end, pods)| {
            link(
                pods.resource,
                &name_path(),
                &format!("{what} `{}`", end.name),
            )
        });
        links.take(MOST_LINKS).collect()
    }
}

/// Objects of kinds that Kubernetes does not bring and that are no workloads.
fn customs(resources: &[Resource]) -> HashMap<&str, Vec<usize>> {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, resource) in resources.iter().enumerate() {
        let group = resource.gvk.group.as_str();
        if group.contains('.') && !group.ends_with(".k8s.io") && !resource.is_workload() {
            found
                .entry(namespace_of(resource))
                .or_default()
                .push(position);
        }
    }
    found
}

fn kustomizations(resources: &[Resource]) -> Vec<usize> {
    let all = resources.iter().enumerate();
    let found = all.filter(|(_, resource)| resource.gvk.group == "kustomize.config.k8s.io");
    found.map(|(position, _)| position).collect()
}

/// A place in a resource, with what stands there.
fn link(resource: usize, place: &ValuePath, message: &str) -> Value {
    json!({"resource": resource, "path": path(place), "message": message})
}

/// Where an object has its name.
fn name_path() -> ValuePath {
    ValuePath::from_iter(["metadata", "name"])
}

/// Names as a message lists them: the first ones, and how many more.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let first: Vec<String> = names
        .iter()
        .take(MOST_LINKS)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(MOST_LINKS) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
