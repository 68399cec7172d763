//! Services whose pods are not among the objects: those that operators make, and those whose selector selects none
//! of the workloads. Whatever answers there, one of the ends may let nothing through.

use serde_json::{Value, json};

use super::blocked::is_about;
use super::{Finder, MOST_LINKS, link, listed, name_path};
use crate::network::{
    Action, Direction, Guest, Match, Party, Peer, Pods, Policy, PortName, Ports, Rule, Scope,
    Selector, Service, called, makes_policy, may_bear, meets_private,
};

impl Finder<'_> {
    /// What closes pods to such a Service: their own policies, or those of all pods that may be behind it.
    pub(super) fn closed_to_guests(
        &self,
        pods: &Pods,
        service: &Service,
        port: Option<&PortName>,
    ) -> Option<Value> {
        let ports = service.numbers(port);
        if ports.is_empty() || self.network.population.classes[pods.class].is_on_host {
            return None;
        }
        let namespace = &self.network.namespaces.at(service.namespace).name;
        // Who is behind it matters to those only that are closed.
        let is_closed = self.is_surely_closed(pods.class, Direction::Egress);
        let guest = is_closed.then(|| self.guest_behind(service, namespace));
        let guest = guest.filter(|guest| self.sends_none(pods.class, guest, &ports));
        let mut unless = None;
        let (end, mut links) = if let Some(guest) = guest {
            let party = [Party::Guest(&guest)];
            let links = self.closers_links(pods.class, Direction::Egress, &party);
            unless = self.if_default(pods.class, Direction::Egress);
            ("this end", links)
        } else {
            let closing = self.refusing(service, |policy, rule| {
                self.may_let_in(policy, rule, (pods.class, &ports))
            })?;
            let message = format!("`{}` closes its pods for ingress", closing.name);
            (
                "the other end",
                vec![link(closing.resource, &name_path(), &message)],
            )
        };
        links.truncate(MOST_LINKS);
        let name = &service.name;
        let message = match service.is_made {
            true => format!("the Service `{name}` is made for it"),
            false => format!("the Service `{name}`"),
        };
        links.push(link(service.resource, &name_path(), &message));
        let is_said = service.is_made || self.says_namespace(service.resource);
        Some(json!({
            "service": if is_said { format!("{}/{name}", called(namespace)) } else { name.clone() },
            "ports": ports.to_string(),
            "end": end,
            "unless": unless.unwrap_or_default(),
            "links": links,
        }))
    }

    /// What may be behind it, with the labels that it asks for and none of those that are others'.
    fn guest_behind(&self, service: &Service, namespace: &str) -> Guest {
        let mut foreign_labels = self.labels_of_others(namespace, &[]);
        foreign_labels.retain(|key, _| !service.selector.contains_key(key));
        Guest {
            labels: service.selector.clone(),
            foreign_labels,
            is_welcome: true,
            ..self.network.guest(namespace)
        }
    }

    /// Whether pods that are closed may send nothing to a guest on some ports.
    fn sends_none(&self, class: usize, guest: &Guest, ports: &Ports) -> bool {
        let direction = Direction::Egress;
        let sent = || {
            let party = Party::Guest(guest);
            self.network.verdict(direction, class, party)
        };
        !self.network.is_half_known(direction, class)
            && !self.is_open_to_pods_by_address(class, direction, ports)
            && !self.names_ports(class, direction)
            && !sent().overlaps(ports)
    }

    /// What closes all pods that may be behind such a Service to callers from other namespaces, as far as none that may
    /// select them lets in anybody but those of their own.
    pub(super) fn closed_to_callers(
        &self,
        callers: &[Guest],
        (service, port): (&Service, Option<&PortName>),
    ) -> Option<Value> {
        let ports = service.numbers(port);
        let namespace = &self.network.namespaces.at(service.namespace).name;
        let is_of_others = service.is_of_guests() && !service.is_made && !service.is_open;
        let is_own = |guest: &Guest| guest.is_anywhere() || guest.namespace == *namespace;
        if !is_of_others
            || ports.is_empty()
            || callers.is_empty()
            || callers.iter().any(is_own)
            || self.kustomized.patches_policies()
            || !self.says_namespace(service.resource)
        {
            return None;
        }
        let closing = self.refusing(service, |_, rule| may_let_others_in(rule, &ports))?;
        let message = format!(
            "`{}` closes all pods of its namespace that it may mean",
            closing.name
        );
        let names = callers.iter().map(|guest| called(&guest.namespace));
        Some(json!({
            "is_anywhere": false,
            "is_outside": callers.iter().any(Guest::is_outside),
            "ports": ports.to_string(),
            "policies": listed([closing.name.as_str()]),
            "namespaces": listed(names),
            "missed": "",
            "unless": "",
            "links": [link(closing.resource, &name_path(), &message)],
        }))
    }

    /// Whether what makes the pods behind a Service may make a policy for them too, which lets in whom they serve.
    fn may_open_itself(&self, service: &Service, namespace: &str) -> bool {
        let customs = self.customs.get(namespace).into_iter().flatten();
        let mut makers = customs
            .filter(|at| makes_policy(self.settings, &self.resources[**at], Direction::Ingress));
        makers.any(|at| match service.is_made {
            true => service.resource == *at,
            false => may_bear(
                self.settings,
                &self.resources[*at],
                &Selector::of(&service.selector),
            ),
        })
    }

    /// The policy that closes all pods behind a Service for ingress, where no rule of one that may select them may let
    /// the callers in: no policy there, nor a chart that nobody rendered and that may bring some.
    fn refusing(
        &self,
        service: &Service,
        may_let_in: impl Fn(&Policy, &Rule) -> bool,
    ) -> Option<&Policy> {
        let namespace = &self.network.namespaces.at(service.namespace).name;
        if self.network.has_half_known(service.namespace)
            || self.unseen.may_fill(namespace)
            || self.may_open_itself(service, namespace)
        {
            return None;
        }
        let direction = Direction::Ingress;
        let is_there =
            |policy: &&Policy| policy.namespace.is_none_or(|own| own == service.namespace);
        let may_select = |policy: &&Policy| policy.pods.may_match(&service.selector) != Match::No;
        let there = self.network.policies.iter().filter(is_there);
        let there: Vec<&Policy> = there.filter(may_select).collect();
        let lets_in = |policy: &&Policy| {
            let mut rules = policy.rules(direction).unwrap_or_default().iter();
            rules.any(|rule| may_let_in(policy, rule))
        };
        if there.iter().any(lets_in) {
            return None;
        }
        let closes = |policy: &&Policy| {
            policy.is_standard
                && policy.closes(direction)
                && policy.pods.may_match(&service.selector) == Match::Yes
                && self.says_namespace(policy.resource)
        };
        there.into_iter().find(closes)
    }

    /// Whether a rule may let pods in on one of some ports of pods that are not known.
    fn may_let_in(&self, policy: &Policy, rule: &Rule, (class, ports): (usize, &Ports)) -> bool {
        let may_mean = |peer: &Peer| match peer {
            Peer::Addresses(addresses) => meets_private(addresses),
            Peer::Beyond(_) => true,
            Peer::Pods { .. } | Peer::Proxy => false,
        };
        let mut peers = rule.peers.iter().flatten();
        rule.action == Action::Allow
            && (rule.names_ports() || is_about(rule, ports, None))
            && (self.network.is_about(policy, rule, Party::Pods(class))
                || peers.any(|peer| may_mean(&peer.what)))
    }
}

/// Whether a rule may let in on one of some ports what is in no pod of the own namespace.
fn may_let_others_in(rule: &Rule, ports: &Ports) -> bool {
    let is_of_others = |peer: &Peer| match peer {
        Peer::Pods { scope, .. } => *scope != Scope::Own,
        Peer::Addresses(_) | Peer::Beyond(_) | Peer::Proxy => true,
    };
    let is_for_others = rule.peers.as_ref().is_none_or(|peers| {
        let mut peers = peers.iter();
        peers.any(|peer| is_of_others(&peer.what))
    });
    rule.action == Action::Allow
        && is_for_others
        && (rule.names_ports() || is_about(rule, ports, None))
}
