//! What policies let through between the pods of a class and another party, in one direction.

use super::Network;
use super::address::{Address, everywhere};
use super::guest::Guest;
use super::policy::{Action, Direction, Peer, Policy, PortRule, Rule, Scope, Tier};
use super::port::Port;
use super::ports::{Ports, Protocol};
use super::selector::{Match, certain};

/// Someone to talk with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Party<'a> {
    /// The pods of a class.
    Pods(usize),
    /// An address outside the cluster.
    Address(Address),
    /// Pods that are not among the objects.
    Guest(&'a Guest),
}

impl Network {
    /// What policies let through for some pod of a class, towards it from the party or from it to
    /// the party.
    pub(crate) fn verdict(&self, direction: Direction, class: usize, party: Party<'_>) -> Ports {
        let (mut open, mut passed, mut allowed) =
            (Ports::all(), Ports::default(), Ports::default());
        let (mut is_isolated, mut is_last_tier) = (false, false);
        for selecting in &self.selecting(direction)[class] {
            let policy = &self.policies[selecting.policy];
            match policy.tier {
                Tier::Admin(_) => {}
                Tier::Network => {
                    is_isolated |= selecting.closes;
                    open.add(&std::mem::take(&mut passed));
                }
                Tier::Baseline(_) if is_isolated => break,
                // What is passed on in the last tier meets none of its other policies.
                Tier::Baseline(_) if is_last_tier => {}
                Tier::Baseline(_) => {
                    is_last_tier = true;
                    open.add(&std::mem::take(&mut passed));
                }
            }
            for rule in policy.rules(direction).unwrap_or_default() {
                // What a policy says of some of the pods only, it does not forbid to all of them.
                let is_said = selecting.is_sure || rule.action == Action::Allow;
                if !is_said || !self.is_about(policy, rule, party) {
                    continue;
                }
                let ports = self
                    .rule_ports(rule, direction, class, party)
                    .intersection(&open);
                match rule.action {
                    Action::Allow => allowed.add(&ports),
                    Action::Deny => {}
                    Action::Pass => passed.add(&ports),
                }
                open = open.without(&ports);
            }
        }
        if !is_isolated {
            allowed.add(&open);
            allowed.add(&passed);
        }
        allowed
    }

    /// Whether a rule is about a party.
    pub(crate) fn is_about(&self, policy: &Policy, rule: &Rule, party: Party<'_>) -> bool {
        rule.peers.as_ref().is_none_or(|peers| {
            let mut peers = peers.iter();
            peers.any(|peer| self.means(policy, rule.action, &peer.what, party))
        })
    }

    /// Whether a party is one of those that a peer means: some may be meant by what allows, and by nothing else.
    fn means(&self, policy: &Policy, action: Action, peer: &Peer, party: Party<'_>) -> bool {
        match (peer, party) {
            (Peer::Proxy, Party::Guest(guest)) => guest.may_be_proxy && action == Action::Allow,
            (Peer::Beyond(_), _)
            | (Peer::Proxy, Party::Pods(_) | Party::Address(_))
            | (Peer::Pods { .. }, Party::Address(_))
            | (Peer::Addresses(_), Party::Guest(_)) => false,
            (Peer::Addresses(addresses), Party::Address(address)) => addresses.contains(&address),
            (Peer::Addresses(addresses), Party::Pods(class)) => {
                // Pods on the host network are seen under the address of their node.
                let class = &self.population.classes[class];
                let is_everywhere = || addresses.iter().any(|range| *range == everywhere(false));
                let is_there = |node| addresses.contains(&node);
                class.is_host && class.node.map_or_else(is_everywhere, is_there)
            }
            (Peer::Pods { scope, pods }, Party::Pods(class)) => {
                let class = &self.population.classes[class];
                let is_inside = match scope {
                    Scope::Own => certain(policy.namespace == Some(class.namespace)),
                    Scope::Selected(namespaces) => {
                        namespaces.matches(&self.namespaces.at(class.namespace).labels)
                    }
                };
                !class.is_host
                    && match is_inside.min(class.is_behind(pods)) {
                        Match::Yes => true,
                        Match::Maybe => action == Action::Allow,
                        Match::No => false,
                    }
            }
            (Peer::Pods { scope, pods }, Party::Guest(guest)) => {
                let own = || policy.namespace.map(|own| &self.namespaces.at(own).name);
                let is_inside = match scope {
                    Scope::Own => certain(own() == Some(&guest.namespace)),
                    Scope::Selected(namespaces) => guest.is_inside(namespaces),
                };
                match is_inside.min(guest.is_behind(policy, pods)) {
                    Match::Yes => true,
                    Match::Maybe => guest.is_welcome && action == Action::Allow,
                    Match::No => false,
                }
            }
        }
    }

    /// The ports of a rule: a name means what the receiving pods call so.
    fn rule_ports(
        &self,
        rule: &Rule,
        direction: Direction,
        class: usize,
        party: Party<'_>,
    ) -> Ports {
        let Some(listed) = &rule.ports else {
            return Ports::all();
        };
        let receiving = match (direction, party) {
            (Direction::Ingress, _) => Some(class),
            (Direction::Egress, Party::Pods(class)) => Some(class),
            (Direction::Egress, Party::Guest(_) | Party::Address(_)) => None,
        };
        let receiving = receiving.map(|class| &self.population.classes[class]);
        let has_open = receiving.is_some_and(|class| class.has_open_ports);
        let declared: &[Port] = match (receiving, party) {
            (Some(class), _) => &class.ports,
            (None, Party::Guest(guest)) => &guest.ports,
            (None, Party::Address(_) | Party::Pods(_)) => &[],
        };
        let mut ports = Ports::default();
        for port in listed {
            match &port.what {
                PortRule::Numbers(numbers) => ports.add(numbers),
                PortRule::Named(protocol, name) => {
                    let named = declared.iter();
                    let named = named.filter(|port| port.is_called(name, *protocol));
                    let mut is_known = false;
                    for port in named {
                        ports.insert(port.protocol, port.number, port.number);
                        is_known = true;
                    }
                    // A placeholder may stand for the port of the name.
                    if !is_known && has_open && rule.action == Action::Allow {
                        let protocol = protocol.unwrap_or(Protocol::Tcp);
                        ports.insert(protocol, 1, u16::MAX);
                    }
                }
            }
        }
        ports
    }
}
