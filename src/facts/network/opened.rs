//! Rules of policies that open everything to the pods they are about.

use serde_json::json;

use super::{Facts, Finder};
use crate::model::ValuePath;
use crate::network::{
    Action, Direction, Peer, Placed, Policy, PortRule, Ports, Rule, covers_everywhere, is_world,
    leaves_private,
};

/// Whom a rule lets in or out that says nothing more.
const EVERYTHING: &str = "everything, inside and outside the cluster";
/// Whom one does that selects all pods.
const EVERY_POD: &str = "the pods of every namespace";
/// Whom the block of all addresses does.
const EVERY_ADDRESS: &str = "every address";

impl Finder<'_> {
    /// Rules that cancel isolation: no restriction of ports, and everyone as a peer.
    pub(super) fn find_open(&self, facts: &mut Facts) {
        let mut found = Vec::new();
        for policy in self.judged() {
            for (direction, rule) in policy.all_rules() {
                let ports = rule.ports.iter().flatten();
                let mut all = Ports::default();
                ports.for_each(|port| match &port.what {
                    PortRule::Numbers(numbers) => all.add(numbers),
                    PortRule::Named(..) => {}
                });
                if rule.ports.is_some() && !all.is_all() || self.is_limited(policy, direction) {
                    continue;
                }
                for (path, what) in opened(policy, direction, rule) {
                    let selected = self.network.selected_by(policy);
                    let links = self.workload_links(policy.resource, &selected, "it selects");
                    let fact =
                        json!({"direction": direction.as_str(), "what": what, "links": links});
                    found.push((policy.resource, path, fact));
                }
            }
        }
        for (resource, path, fact) in found {
            facts.add("network_open", resource, &path, fact);
        }
    }

    /// Whether another part of the same object forbids some of what a policy allows.
    fn is_limited(&self, policy: &Policy, direction: Direction) -> bool {
        let mut parts = self
            .judged()
            .filter(|other| other.resource == policy.resource && other.selector == policy.selector);
        !policy.is_standard
            && parts.any(|other| {
                let mut rules = other.rules(direction).unwrap_or_default().iter();
                rules.any(|rule| rule.action == Action::Deny)
            })
    }
}

/// The places of a rule that let everyone in or out, with whom.
fn opened(policy: &Policy, direction: Direction, rule: &Rule) -> Vec<(ValuePath, &'static str)> {
    // What only adds to others closes nothing that it could open, and what forbids has the last word.
    let mut rules = policy.rules(direction).unwrap_or_default().iter();
    if policy.only_adds[direction as usize] || rules.any(|rule| rule.action != Action::Allow) {
        return Vec::new();
    }
    let Some(peers) = &rule.peers else {
        return vec![(rule.path.clone(), EVERYTHING)];
    };
    match policy.is_standard {
        true => opened_to(peers),
        false => opened_by_plugin(peers, direction),
    }
}

/// The places that let everyone in or out by a network plugin. Who lets pods out into the world as a whole, and to no
/// pods, has closed what lies next to them.
fn opened_by_plugin(
    peers: &[Placed<Peer>],
    direction: Direction,
) -> Vec<(ValuePath, &'static str)> {
    let is_all =
        |peer: &&Placed<Peer>| matches!(&peer.what, Peer::Addresses(all) if covers_everywhere(all));
    let is_world =
        |peer: &Placed<Peer>| matches!(&peer.what, Peer::Addresses(all) if is_world(all));
    let everyone = peers.iter().find(|peer| peer.what.is_everyone());
    let mut everywhere = peers.iter().filter(is_all).peekable();
    match (everyone, everywhere.peek()) {
        (Some(one), Some(_)) => vec![(one.path.clone(), EVERYTHING)],
        (Some(one), None) => vec![(one.path.clone(), EVERY_POD)],
        (None, _) => everywhere
            .filter(|one| direction == Direction::Ingress || !is_world(one))
            .map(|one| (one.path.clone(), EVERY_ADDRESS))
            .collect(),
    }
}

/// The places of peers of a NetworkPolicy that mean everyone.
fn opened_to(peers: &[Placed<Peer>]) -> Vec<(ValuePath, &'static str)> {
    let of_peer = |peer: &Placed<Peer>| match &peer.what {
        everyone if everyone.is_everyone() => Some((peer.path.clone(), EVERY_POD)),
        Peer::Addresses(addresses) if covers_everywhere(addresses) => {
            Some((peer.path.clone().key("ipBlock").key("cidr"), EVERY_ADDRESS))
        }
        Peer::Addresses(addresses) if leaves_private(addresses) => Some((
            peer.path.clone().key("ipBlock").key("cidr"),
            "nearly every address, private ones included",
        )),
        Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
    };
    peers.iter().filter_map(of_peer).collect()
}
