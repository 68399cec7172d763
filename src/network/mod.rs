//! What may talk to what: the semantics of network policies on everything read together. Knows
//! nothing of rules, files or outputs.

mod address;
mod admin;
mod backend;
mod calico;
mod cilium;
mod class;
mod client;
mod connections;
mod field;
mod fields;
mod foreign;
mod given;
mod guest;
mod host_name;
mod ingress_class;
mod kind;
mod labels;
mod left;
mod machine;
mod made;
mod mention;
mod monitor;
mod namespace;
mod nearest;
mod need;
mod operator;
mod placeholder;
mod pods;
mod policy;
mod port;
mod ports;
mod route;
mod selector;
mod service;
mod settings;
mod standard;
mod suggest;
mod table;
mod verdict;
mod workflow;

pub(crate) use self::address::{
    covers_everywhere, is_one, is_world, leaves_private, meets_private,
};
pub(crate) use self::class::Class;
pub(crate) use self::connections::Connectivity;
pub(crate) use self::given::KEYS as GIVEN_LABELS;
pub(crate) use self::guest::Guest;
pub(crate) use self::host_name::bare_hosts;
pub(crate) use self::ingress_class::Hint;
pub(crate) use self::kind::is_policy;
pub(crate) use self::labels::LabelSet;
pub(crate) use self::left::Left;
pub(crate) use self::machine::is_off_network;
pub(crate) use self::made::made_services;
pub(crate) use self::mention::{Absent, Holder, Mention, Mentions};
pub(crate) use self::monitor::{Monitored, monitored};
pub(crate) use self::namespace::{
    DEFAULT_NAMESPACE, NAME_LABEL, Namespace, Namespaces, called, is_apart, namespace_apart,
    namespace_of, said_namespace,
};
pub(crate) use self::nearest::shared_steps;
pub(crate) use self::operator::{makes_policy, may_bear};
pub(crate) use self::placeholder::is_open;
pub(crate) use self::pods::{End, Pods, Population, is_refused, templates};
pub(crate) use self::policy::{
    Action, Direction, Peer, Placed, Policy, PortRule, Problem, Rule, Scope, Selecting, Tier,
};
pub(crate) use self::port::{Port, PortName};
pub(crate) use self::ports::{Ports, Protocol};
pub(crate) use self::route::{Route, routed, routes};
pub(crate) use self::selector::{Match, Selector, key as label_key, values as asked_values};
pub(crate) use self::service::{Service, Services};
pub(crate) use self::settings::Settings;
pub(crate) use self::suggest::{Suggestion, suggest};
pub(crate) use self::table::Connection;
pub(crate) use self::verdict::Party;

use std::collections::HashMap;

use self::address::stranger;
use self::guest::UNKNOWN_NAMESPACE;

use crate::model::Resource;

/// Everything that takes part.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// The namespaces.
    pub(crate) namespaces: Namespaces,
    /// The workloads.
    pub(crate) population: Population,
    /// The policies, by tier.
    pub(crate) policies: Vec<Policy>,
    /// What is wrong or not understood.
    pub(crate) problems: Vec<Problem>,
    /// Whether a policy names addresses of version 6.
    pub(crate) names_version_6: bool,
    /// By the object of a policy: the namespaces that inherit it.
    inheriting: HashMap<usize, Vec<usize>>,
    /// For each direction and class the policies that select it, by tier.
    selecting: [Vec<Vec<Selecting>>; 2],
    /// Policies that are not counted, of which nothing is known but whom they select.
    half_known: Vec<Policy>,
    /// For each direction and class those of these that select it.
    half_selecting: [Vec<Vec<Selecting>>; 2],
    /// What is not applied together.
    left: Left,
    /// Whether selectors of Calico may mean more than pods.
    has_network_sets: bool,
    /// Whether workloads are written for servers that still know the first group of NetworkPolicies.
    is_old: bool,
}

impl Network {
    /// Whether an object is in a namespace, or is that itself, or a policy names it by the label that each has by
    /// itself.
    pub(crate) fn knows(&self, namespace: &str) -> bool {
        let names = |peer: &Placed<Peer>| match &peer.what {
            Peer::Pods {
                scope: Scope::Selected(selector),
                ..
            } => selector.asks_for(NAME_LABEL, namespace),
            Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => false,
        };
        let rules = || self.policies.iter().flat_map(Policy::all_rules);
        self.namespaces.find(namespace).is_some()
            || rules().any(|(_, rule)| rule.peers.iter().flatten().any(names))
    }

    /// The network that the objects make.
    pub(crate) fn new(resources: &[Resource], settings: &Settings) -> Self {
        Self::with_left(resources, settings, Left::default())
    }

    /// The network that the objects make of which some are not applied together.
    pub(crate) fn with_left(resources: &[Resource], settings: &Settings, left: Left) -> Self {
        let mut namespaces = Namespaces::read(resources);
        let population = Population::read(resources, &mut namespaces, settings, &left.taken);
        let mut network = Self {
            namespaces,
            population,
            left,
            has_network_sets: resources.iter().any(calico::is_network_set),
            is_old: resources.iter().any(is_old_workload),
            ..Self::default()
        };
        let policies = resources
            .iter()
            .enumerate()
            .filter(|(_, resource)| is_policy(resource));
        for (position, resource) in policies {
            network.add(resource, position, settings);
        }
        network.policies.sort_by(|one, other| {
            let by_order = one.order.total_cmp(&other.order);
            one.tier.cmp(&other.tier).then(by_order)
        });
        network.names_version_6 = network.policies.iter().any(names_version_6);
        network.namespaces.seal();
        network.select();
        network
    }

    /// For each class the policies that select it for a direction, by tier.
    pub(crate) fn selecting(&self, direction: Direction) -> &[Vec<Selecting>] {
        &self.selecting[direction as usize]
    }

    /// Whether the pods of a class accept, or send, only what NetworkPolicies allow.
    pub(crate) fn is_isolated(&self, direction: Direction, class: usize) -> bool {
        let mut selecting = self.selecting(direction)[class].iter();
        selecting.any(|selecting| selecting.closes)
    }

    /// Whether a policy that is not counted may select the pods of a class: what they accept, or
    /// send, is not known.
    pub(crate) fn is_half_known(&self, direction: Direction, class: usize) -> bool {
        !self.half_selecting[direction as usize][class].is_empty()
    }

    /// Whether there are policies for pods of a namespace that are not counted.
    pub(crate) fn has_half_known(&self, namespace: usize) -> bool {
        let mut own = self.half_known.iter().map(|policy| policy.namespace);
        own.any(|own| own.is_none_or(|own| own == namespace))
    }

    /// Whether policies of another kind than NetworkPolicy close the pods of a class for a direction:
    /// to strangers in the cluster or to the world.
    pub(crate) fn is_closed_elsewhere(&self, direction: Direction, class: usize) -> bool {
        let guest = self.guest(UNKNOWN_NAMESPACE);
        let mut strangers = [Party::Guest(&guest), Party::Address(stranger())].into_iter();
        self.is_isolated(direction, class)
            && strangers.any(|party| self.verdict(direction, class, party) != Ports::all())
    }

    /// Whether policies that are not counted select the pods of a class for a direction, and may close them.
    pub(crate) fn may_be_closed_elsewhere(&self, direction: Direction, class: usize) -> bool {
        let mut half_known = self.half_selecting[direction as usize][class].iter();
        half_known.any(|selecting| selecting.closes)
    }

    /// Whether a NetworkPolicy selects the pods of a class for a direction by their labels, on the
    /// host network as well.
    pub(crate) fn is_covered(&self, direction: Direction, class: usize) -> bool {
        let pods = &self.population.classes[class];
        let selects = |policy: &Policy| {
            policy.is_standard
                && policy.namespace == Some(pods.namespace)
                && policy.rules(direction).is_some()
                && pods.is_behind(&policy.pods) == Match::Yes
        };
        let closing = self.selecting(direction)[class].iter();
        let mut closing = closing.filter(|selecting| selecting.closes);
        let mut applied = self
            .policies
            .iter()
            .filter(|policy| !self.is_apart(policy, class));
        closing.any(|closing| self.policies[closing.policy].is_standard)
            || pods.is_host && applied.any(selects)
    }

    /// Whether a NetworkPolicy selects the pods of a class for a direction if placeholders are
    /// replaced so.
    pub(crate) fn may_be_covered(&self, direction: Direction, class: usize) -> bool {
        let pods = &self.population.classes[class];
        let mut selecting = self.selecting(direction)[class].iter();
        selecting.any(|selecting| {
            let policy = &self.policies[selecting.policy];
            policy.is_standard && !selecting.is_sure && (pods.is_open() || policy.pods.is_open())
        })
    }

    /// Whether a policy is one that kustomizations leave out.
    pub(crate) fn is_left(&self, policy: &Policy) -> bool {
        self.left.policies.contains(&policy.resource)
    }

    /// Whether a policy is not applied with the pods of a class: kustomizations take these along, and leave it out.
    pub(crate) fn is_apart(&self, policy: &Policy, class: usize) -> bool {
        self.population.classes[class].is_taken && self.is_left(policy)
    }

    /// The namespaces that inherit a policy.
    pub(crate) fn inheriting(&self, policy: &Policy) -> &[usize] {
        self.inheriting
            .get(&policy.resource)
            .map_or(&[], Vec::as_slice)
    }

    /// The classes whose pods a policy selects.
    pub(crate) fn selected_by(&self, policy: &Policy) -> Vec<usize> {
        self.found(policy, &policy.scope, &policy.pods)
    }

    /// The classes that a peer of a policy means.
    pub(crate) fn meant_by(&self, policy: &Policy, peer: &Peer) -> Vec<usize> {
        match peer {
            Peer::Pods { scope, pods } => self.found(policy, scope, pods),
            Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => Vec::new(),
        }
    }

    fn found(&self, policy: &Policy, scope: &Scope, pods: &Selector) -> Vec<usize> {
        let namespaces = match scope {
            Scope::Own => policy.namespace.into_iter().collect(),
            Scope::Selected(selector) => self.namespaces.selected(selector),
        };
        let selected = namespaces.into_iter();
        selected
            .flat_map(|namespace| self.population.selected(namespace, pods))
            .collect()
    }

    fn select(&mut self) {
        self.selecting = self.by_class(&self.policies);
        self.half_selecting = self.by_class(&self.half_known);
    }

    /// By direction and class: those of the policies that select it.
    fn by_class(&self, policies: &[Policy]) -> [Vec<Vec<Selecting>>; 2] {
        let classes = &self.population.classes;
        let mut found = [
            vec![Vec::new(); classes.len()],
            vec![Vec::new(); classes.len()],
        ];
        for (position, policy) in policies.iter().enumerate() {
            let selected = self.selected_by(policy).into_iter();
            for class in selected.filter(|class| !self.is_apart(policy, *class)) {
                let is_sure = classes[class].is_behind(&policy.pods) == Match::Yes;
                for direction in Direction::ALL {
                    if policy.rules(direction).is_some() {
                        found[direction as usize][class].push(Selecting {
                            policy: position,
                            is_sure,
                            closes: is_sure && policy.closes(direction),
                        });
                    }
                }
            }
        }
        found
    }
}

/// Whether an object is a workload of the group that servers dropped together with its NetworkPolicies.
fn is_old_workload(resource: &Resource) -> bool {
    resource.gvk.group == standard::OLD_GROUP && resource.is_workload()
}

fn names_version_6(policy: &Policy) -> bool {
    let mut peers = policy
        .all_rules()
        .flat_map(|(_, rule)| rule.peers.iter().flatten());
    peers.any(|peer| match &peer.what {
        // The world as a whole names no addresses.
        Peer::Addresses(addresses) => {
            let mut ranges = addresses.iter();
            ranges.any(|range| range.start().is_version_6()) && !is_world(addresses)
        }
        Peer::Pods { .. } | Peer::Proxy | Peer::Beyond(_) => false,
    })
}

#[cfg(test)]
mod tests;
