//! What the network rules say: faults of policies, and needs that policies block, computed once
//! for everything read and handed out by resource.

mod absent;
mod added;
mod aim;
mod alternatives;
mod annotated;
mod apart;
mod blocked;
mod borrowed;
mod branches;
mod called;
mod candidates;
mod charts;
mod closed;
mod cluster;
mod command;
mod composed;
mod definition;
mod denied;
mod deployed;
mod deployer;
mod destination;
mod dns;
mod exposed;
mod fact;
mod flow;
mod guests;
mod hand;
mod handed;
mod held;
mod home;
mod installed;
mod judged;
mod kept;
mod kustomization;
mod kustomized;
mod lacking;
mod laid;
mod left;
mod lent;
mod local;
mod lost;
mod maker;
mod matrix;
mod meant;
mod narrowed;
mod opened;
mod order;
mod patched;
mod paths;
mod peers;
mod picked;
mod placed;
mod policies;
mod ports;
mod realm;
mod refused;
mod relabelled;
mod released;
mod repeated;
mod replaced;
mod repository;
mod sample;
mod scraped;
mod script;
mod seen;
mod sequence;
mod services;
mod session;
mod spaces;
mod step;
mod stranger;
mod substituted;
mod surest;
mod taken;
mod target;
mod tied;
mod together;
mod twins;
mod uncounted;
mod unlisted;
mod unplaced;
mod unread;
mod unrolled;
mod unsaid;
mod unseen;
mod variable;
mod walk;
mod wrapped;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Value, json};

use self::alternatives::Alternatives;
use self::apart::name_renderings;
use self::cluster::divide;
pub(crate) use self::fact::listed;
use self::fact::{ByName, Facts, Found, MOST_LINKS, link, listed_from, name_path};
use self::hand::tell_apart;
use self::handed::handed;
use self::home::Homes;
pub(crate) use self::installed::{Installation, installations};
use self::kept::leave_kept;
use self::kustomized::Kustomized;
use self::left::tell_left;
use self::placed::Hand;
use self::released::{is_test, leave_unreleased};
use self::repeated::tell_once;
use self::sample::leave_samples;
use self::script::Scripts;
use self::seen::Seen;
use self::surest::keep_surest;
use self::together::together;
use self::uncounted::tell_reasons_once;
use self::unread::{has_unrendered_policy, namespaces_of_unread_policies};
use self::unrolled::Unrolled;
use self::unsaid::leave_unsaid;
use self::unseen::Unseen;
use super::{folder, normalized, path, template};
use crate::model::{Artifact, Resource, Role, worlds};
use crate::network::{
    Direction, End, Left, Network, Pods, Problem, Services, Settings, is_off_network, is_policy,
    made_services, namespace_of, shared_steps, templates,
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

/// Facts about pods that are open, in their namespaces.
pub(super) const EXPOSED: [&str; 2] = ["isolation", "isolation_elsewhere"];

/// The facts of all resources.
#[derive(Debug, Default)]
pub(super) struct NetworkFacts {
    by_resource: HashMap<(usize, u32), ByName>,
    has_policies: bool,
    /// What is wrong with policies, or not understood of them.
    pub(super) problems: Vec<Problem>,
}

impl NetworkFacts {
    /// The facts that are wanted, of objects beside texts of which not all could be read; nothing is
    /// computed where no object is a policy.
    pub(super) fn new(
        (resources, unread): (&[Resource], &[Arc<Artifact>]),
        wanted: &BTreeSet<String>,
        settings: impl FnOnce() -> Settings,
    ) -> Self {
        let is_wanted = |name: &&str| wanted.contains(*name);
        let unrolled = Unrolled::of(resources);
        let objects = unrolled.applied();
        let has_policies = objects.iter().any(is_policy) || has_unrendered_policy(resources);
        if !has_policies || !NAMES.iter().any(is_wanted) {
            return Self {
                has_policies,
                ..Self::default()
            };
        }
        let settings = settings();
        let scripts = Scripts::read(resources, unread);
        let kustomized = Kustomized::read(objects).with_scripts(objects, &scripts);
        let mut placed = kustomized.placed(objects);
        leave_samples(&mut placed, &kustomized, unread);
        divide(&mut placed, kustomized.deployed());
        tell_apart(&mut placed, &kustomized, unread);
        tell_left(&mut placed, &kustomized, unread);
        let asked = Asked {
            wanted,
            settings: &settings,
            kustomized: &kustomized,
            scripts: &scripts,
            seen: Seen::of(objects, unread),
            half_read: namespaces_of_unread_policies(objects, unread),
            unread,
        };
        let all: Vec<&Resource> = placed.iter().map(|one| &one.resource).collect();
        let worlds = worlds(&all);
        let alternatives = Alternatives::read(&all, &kustomized.deployed().taken);
        let is_plain = worlds.len() == 1
            && placed.len() == objects.len()
            && placed.iter().enumerate().all(|(at, one)| one.written == at)
            && alternatives.is_empty()
            && placed
                .iter()
                .all(|one| one.clusters.is_empty() && one.hand == Hand::Any);
        let (mut found, problems) = if is_plain {
            let all: Vec<Resource> = placed.into_iter().map(|one| one.resource).collect();
            found(&all, Left::default(), &asked)
        } else {
            together(&placed, &worlds, &alternatives, &asked)
        };
        leave_kept(objects, &mut found);
        leave_unsaid(objects, &mut found);
        leave_unreleased(objects, kustomized.deployed(), &mut found);
        name_renderings(objects, &mut found);
        keep_surest(objects, &mut found);
        tell_once(objects, &mut found);
        let (found, problems) = unrolled.told(found, problems);
        let problems = tell_reasons_once(resources, problems);
        let by_resource = found
            .into_iter()
            .map(|(position, facts)| (key(&resources[position]), facts));
        Self {
            by_resource: by_resource.collect(),
            has_policies,
            problems,
        }
    }

    /// None, where it cannot be told: nor is it said that there are no policies.
    pub(super) fn unknown() -> Self {
        Self {
            has_policies: true,
            ..Self::default()
        }
    }

    /// The facts of one resource, by name.
    pub(super) fn of(&self, resource: &Resource) -> Option<&ByName> {
        self.by_resource.get(&key(resource))
    }

    /// How pods are exposed where there is no policy at all.
    pub(super) fn exposed_to_all(&self, resource: &Resource) -> Vec<Value> {
        if self.has_policies || is_test(resource) {
            return Vec::new();
        }
        let templates = match resource.role {
            Role::Applied => handed(resource).map(|object| templates(&object)),
            _ => Some(templates(resource)),
        };
        let templates = templates.into_iter().flatten();
        let templates = templates.filter(|inner| !is_off_network(resource, inner));
        let exposed = templates.map(|inner| {
            let name = template::object_of(resource, &inner)
                .key("metadata")
                .key("name");
            let missing = Direction::ALL.map(Direction::as_str);
            json!({"path": path(&inner), "name": path(&name), "missing": missing, "links": []})
        });
        exposed.collect()
    }
}

/// What is asked of objects, and what is known beside them.
struct Asked<'a> {
    wanted: &'a BTreeSet<String>,
    settings: &'a Settings,
    kustomized: &'a Kustomized,
    scripts: &'a Scripts,
    seen: Seen<'a>,
    half_read: BTreeSet<&'a str>,
    unread: &'a [Arc<Artifact>],
}

/// Finds the wanted facts among objects that are deployed together, but for what is left out.
fn found(resources: &[Resource], left: Left, asked: &Asked<'_>) -> (Found, Vec<Problem>) {
    let Asked {
        wanted,
        settings,
        kustomized,
        scripts,
        seen,
        half_read,
        unread,
    } = asked;
    let read = || {
        let network = Network::with_left(resources, settings, left);
        let mut services = Services::read(resources, &network);
        services.add_made(made_services(resources, &network, settings));
        (network, services)
    };
    let around = || {
        let unseen = Unseen::read(resources, scripts, kustomized.repository(), seen);
        (Homes::read(resources), unseen)
    };
    let ((network, services), (homes, unseen)) = rayon::join(read, around);
    let finder = Finder {
        resources,
        services,
        network: &network,
        settings,
        customs: customs(resources),
        kustomized,
        scripts,
        unread,
        half_read,
        homes,
        unseen,
    };
    let names = NAMES.into_iter().filter(|name| wanted.contains(*name));
    let names: Vec<&str> = names.collect();
    let each: Vec<Facts> = names
        .into_par_iter()
        .map(|name| finder.find(name))
        .collect();
    let mut found = Found::new();
    for (resource, by_name) in each.into_iter().flat_map(|facts| facts.0) {
        found.entry(resource).or_default().extend(by_name);
    }
    (found, network.problems)
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
    /// What kustomizations that were not built may change.
    kustomized: &'a Kustomized,
    /// What scripts put beside the objects.
    scripts: &'a Scripts,
    /// Texts of which not all could be read.
    unread: &'a [Arc<Artifact>],
    /// Namespaces of policies in files with errors.
    half_read: &'a BTreeSet<&'a str>,
    /// Where workloads stand that leave their namespace open.
    homes: Homes<'a>,
    /// Namespaces with pods that are not among the objects.
    unseen: Unseen,
}

impl Finder<'_> {
    /// Finds the facts of a name.
    fn find(&self, name: &str) -> Facts {
        let mut facts = Facts::default();
        let found = &mut facts;
        match name {
            "isolation" => self.find_exposed(found),
            "network_open" => self.find_open(found),
            "network_idle" => self.find_idle(found),
            "network_peers" => self.find_peers(found),
            "network_ports" => self.find_ports(found),
            "network_dns" => self.find_dns(found),
            "network_routes" => self.find_routes(found),
            "network_scrapes" => self.find_scrapes(found),
            "network_services" => self.find_services(found),
            _ => self.find_order(found),
        }
        facts
    }

    /// Links to workloads, those written nearest to an object first.
    fn workload_links<'c>(
        &self,
        near: usize,
        classes: impl IntoIterator<Item = &'c usize>,
        what: &str,
    ) -> Vec<Value> {
        let own = &self.resources[near].artifact.uri;
        let nearness = |pods: &Pods| {
            Reverse(shared_steps(
                &self.resources[pods.resource].artifact.uri,
                own,
            ))
        };
        let pods = classes.into_iter().filter_map(|class| {
            let pods = self.network.population.pods_of(*class);
            pods.min_by_key(|(_, pods)| nearness(pods))
        });
        let mut pods: Vec<(&End, &Pods)> = pods.collect();
        pods.sort_by_key(|(_, pods)| nearness(pods));
        let links = pods.into_iter().map(|(end, pods)| {
            link(
                pods.resource,
                &name_path(),
                &format!("{what} `{}`", end.name),
            )
        });
        links.take(MOST_LINKS).collect()
    }
}

/// Objects of kinds that Kubernetes does not bring, whose operators may make pods, or add labels to
/// those of a template.
fn customs(resources: &[Resource]) -> HashMap<&str, Vec<usize>> {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, resource) in resources.iter().enumerate() {
        if is_custom(resource) {
            found
                .entry(namespace_of(resource))
                .or_default()
                .push(position);
        }
    }
    found
}

/// Whether an object is one of a kind that Kubernetes does not bring.
fn is_custom(resource: &Resource) -> bool {
    let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    let makes_pods = group == "sparkoperator.k8s.io"
        || (group, kind) == ("gateway.networking.k8s.io", "Gateway");
    group.contains('.') && !group.ends_with(".k8s.io") || makes_pods
}

/// The chart or kustomization that an object was rendered from, and the rendering: several kustomizations
/// of one base are applied each by itself.
fn deployment(resource: &Resource) -> Option<(&str, &str)> {
    let provenance = resource.artifact.provenance.as_ref();
    let rendering = provenance.map(|provenance| &provenance.rendering);
    rendering.map(|rendering| (rendering.root.as_str(), rendering.name.as_str()))
}

#[cfg(test)]
mod tests;
