//! Every allowed connection between two ends, and between an end and addresses outside. The
//! work grows with what rules match: pairs that both sides keep apart are never looked at.

use std::collections::{BTreeMap, BTreeSet};

use rangemap::RangeInclusiveMap;
use rayon::prelude::*;

use super::Network;
use super::address::{Address, blocks, everywhere};
use super::ingress_class::Hint;
use super::policy::{Action, Direction, Peer, Policy, Tier};
use super::ports::Ports;
use super::route::{routed, routes};
use super::service::{Service, Services};
use super::settings::Settings;
use super::table::{Part, Table};
use super::verdict::Party;
use crate::model::Resource;

/// What traffic from outside comes through, where it is not among the objects.
const CONTROLLER: &str = "{ingress-controller}";

/// Who may talk to whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connectivity {
    /// All workloads, by name.
    pub(crate) ends: Vec<String>,
    /// What is allowed, by source and destination. What a workload sends to itself is left out.
    pub(crate) connections: Table,
}

impl Connectivity {
    /// What policies allow among the objects, and through what routes traffic from outside.
    pub(crate) fn of(resources: &[Resource], network: &Network, settings: &Settings) -> Self {
        let ends = network.population.ends.iter().map(|end| end.name.clone());
        let mut whole = Part::of(ends.clone());
        let reach = Reach::of(network);
        let classes = 0..network.population.classes.len();
        let parts: Vec<Part> = classes
            .into_par_iter()
            .map(|class| {
                let mut part = Part::default();
                reach.add_inside(network, class, &mut part);
                add_outside(network, class, &mut part);
                part
            })
            .collect();
        parts.into_iter().for_each(|part| whole.join(part));
        add_routed(resources, network, settings, &mut whole);
        Self {
            ends: ends.collect(),
            connections: whole.finish(),
        }
    }
}

/// Adds what comes through ingress controllers and gateways, which are not among the objects.
fn add_routed(resources: &[Resource], network: &Network, settings: &Settings, part: &mut Part) {
    let routes = routes(resources, network, settings, Hint::default());
    if routes.is_empty() {
        return;
    }
    let services = Services::read(resources, network);
    for route in &routes {
        let guests = network.controllers(settings, route);
        for (class, targets) in routed(resources, network, &services, (route, Service::targets)) {
            for guest in &guests {
                let party = Party::Guest(guest);
                let verdict = network.verdict(Direction::Ingress, class, party);
                let allowed = verdict.intersection(&targets);
                let ends = network.population.ends_of[class].iter();
                for end in ends.filter(|_| !allowed.is_empty()) {
                    part.add(CONTROLLER, &network.population.ends[*end].name, &allowed);
                }
            }
        }
    }
}

/// Who may be reached, as far as one side alone decides.
#[derive(Debug, Default)]
struct Side {
    /// Whether anybody may be meant.
    is_wide: bool,
    /// The classes that rules name.
    named: Vec<usize>,
}

/// Both sides of all classes.
struct Reach {
    /// By class: whom it may send to.
    egress: Vec<Side>,
    /// By class: from whom it may accept.
    ingress: Vec<Side>,
    /// By class: the classes that name it as a source.
    named_by: Vec<Vec<usize>>,
    /// The classes that accept from anybody.
    wide: Vec<usize>,
}

impl Reach {
    fn of(network: &Network) -> Self {
        let has_hosts = network.population.classes.iter().any(|class| class.is_host);
        let sides = |direction| -> Vec<Side> {
            let policies: Vec<Side> = network
                .policies
                .par_iter()
                .map(|policy| side(network, policy, direction, has_hosts))
                .collect();
            let classes = 0..network.population.classes.len();
            let joined = |class: usize| {
                let selecting = network.selecting(direction)[class].iter();
                let selecting: Vec<&Side> = selecting
                    .map(|selecting| &policies[selecting.policy])
                    .collect();
                let named: BTreeSet<usize> = selecting
                    .iter()
                    .flat_map(|side| side.named.iter().copied())
                    .collect();
                Side {
                    is_wide: !network.is_isolated(direction, class)
                        || selecting.iter().any(|side| side.is_wide),
                    named: named.into_iter().collect(),
                }
            };
            classes.into_par_iter().map(joined).collect()
        };
        let (egress, ingress) = (sides(Direction::Egress), sides(Direction::Ingress));
        let mut named_by = vec![Vec::new(); ingress.len()];
        for (class, side) in ingress.iter().enumerate() {
            side.named
                .iter()
                .for_each(|source| named_by[*source].push(class));
        }
        let wide = (0..ingress.len())
            .filter(|class| ingress[*class].is_wide)
            .collect();
        Self {
            egress,
            ingress,
            named_by,
            wide,
        }
    }

    /// The classes that both sides may let a class send to.
    fn candidates(&self, source: usize) -> Vec<usize> {
        let side = &self.egress[source];
        let accepts = |class: &&usize| {
            let other = &self.ingress[**class];
            other.is_wide || other.named.binary_search(&source).is_ok()
        };
        let mut found: Vec<usize> = side.named.iter().filter(accepts).copied().collect();
        if side.is_wide {
            found.extend(self.wide.iter().chain(&self.named_by[source]));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn add_inside(&self, network: &Network, source: usize, part: &mut Part) {
        let everything = part.allowed(&Ports::all());
        for destination in self.candidates(source) {
            let is_free = network.selecting(Direction::Egress)[source].is_empty()
                && network.selecting(Direction::Ingress)[destination].is_empty();
            let allowed = if is_free {
                everything
            } else {
                let allowed = network.allowed(source, destination);
                if allowed.is_empty() {
                    continue;
                }
                part.allowed(&allowed)
            };
            for one in &network.population.ends_of[source] {
                for other in &network.population.ends_of[destination] {
                    if one != other {
                        part.add_row(*one, *other, allowed);
                    }
                }
            }
        }
    }
}

impl Network {
    /// What the pods of one class may send to those of another.
    pub(crate) fn allowed(&self, source: usize, destination: usize) -> Ports {
        let sent = self.verdict(Direction::Egress, source, Party::Pods(destination));
        if sent.is_empty() {
            return sent;
        }
        sent.intersection(&self.verdict(Direction::Ingress, destination, Party::Pods(source)))
    }
}

/// Whom the rules of a policy let through, as far as it alone decides.
fn side(network: &Network, policy: &Policy, direction: Direction, has_hosts: bool) -> Side {
    let mut side = Side::default();
    let rules = policy.rules(direction).unwrap_or_default().iter();
    for rule in rules.filter(|rule| rule.action == Action::Allow) {
        let Some(peers) = &rule.peers else {
            side.is_wide |= policy.tier == Tier::Network;
            continue;
        };
        for peer in peers {
            match &peer.what {
                everyone if everyone.is_everyone() => side.is_wide = true,
                Peer::Addresses(_) => side.is_wide |= has_hosts,
                other => side.named.extend(network.meant_by(policy, other)),
            }
        }
    }
    side
}

/// Adds what addresses outside may send to a class, and it to them.
fn add_outside(network: &Network, class: usize, part: &mut Part) {
    for direction in Direction::ALL {
        for (allowed, block) in outside_of(network, class, direction) {
            for end in &network.population.ends_of[class] {
                let end = network.population.ends[*end].name.as_str();
                match direction {
                    Direction::Ingress => part.add(&block, end, &allowed),
                    Direction::Egress => part.add(end, &block, &allowed),
                }
            }
        }
    }
}

/// The addresses at which what is allowed may be another than for the one before: where a family begins, and around
/// what a policy names. Addresses of version 6 take part where a policy names some.
fn borders(network: &Network, class: usize, direction: Direction) -> BTreeSet<Address> {
    let mut starts: BTreeSet<Address> = BTreeSet::from([*everywhere(false).start()]);
    if network.names_version_6 {
        starts.insert(*everywhere(true).start());
    }
    let policies = network.selecting(direction)[class].iter();
    let rules = policies.flat_map(|selecting| {
        network.policies[selecting.policy]
            .rules(direction)
            .unwrap_or_default()
    });
    for peer in rules.flat_map(|rule| rule.peers.iter().flatten()) {
        if let Peer::Addresses(addresses) = &peer.what {
            for range in addresses.iter() {
                let is_told = !range.start().is_version_6() || network.names_version_6;
                starts.extend(
                    [Some(*range.start()), range.end().next()]
                        .into_iter()
                        .flatten()
                        .filter(|_| is_told),
                );
            }
        }
    }
    starts
}

/// CIDR blocks with what is allowed for them: as few as tell it exactly.
fn outside_of(network: &Network, class: usize, direction: Direction) -> Vec<(Ports, String)> {
    let starts = borders(network, class, direction);
    let mut ranges: RangeInclusiveMap<Address, Ports> = RangeInclusiveMap::new();
    let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
    for (start, next) in starts.iter().zip(ends) {
        let last = *everywhere(start.is_version_6()).end();
        let end = next
            .and_then(Address::before)
            .filter(|end| *end <= last)
            .unwrap_or(last);
        let allowed = network.verdict(direction, class, Party::Address(*start));
        if !allowed.is_empty() {
            ranges.insert(*start..=end, allowed);
        }
    }
    let mut by_ports: BTreeMap<&Ports, Vec<String>> = BTreeMap::new();
    for (range, allowed) in ranges.iter() {
        by_ports.entry(allowed).or_default().extend(blocks(range));
    }
    let pairs = by_ports.into_iter();
    pairs
        .flat_map(|(ports, blocks)| blocks.into_iter().map(move |block| (ports.clone(), block)))
        .collect()
}
