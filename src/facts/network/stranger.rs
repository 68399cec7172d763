//! Pods that are not among the objects, and that others of their namespace name: `redis:6379` in a Secret says that there
//! is a Service `redis`, whoever makes it.

use super::added::Added;
use super::{Finder, link, name_path};
use crate::model::{Node, Resource, Role, Scalar};
use crate::network::{
    Match, Peer, Policy, PortRule, Ports, Route, Rule, Scope, Selector, bare_hosts, namespace_of,
    routes,
};

impl Finder<'_> {
    /// Whether a rule that lets pods send to all others of their namespace opens a port of some of which nothing but a
    /// name and this port is known.
    pub(super) fn is_of_strangers(&self, policy: &Policy, rule: &Rule, port: &PortRule) -> bool {
        let own = policy.namespace.filter(|_| sends_to_own(rule));
        match (own, port) {
            (Some(own), PortRule::Numbers(ports)) => {
                let name = &self.network.namespaces.at(own).name;
                let there = self.resources.iter();
                let mut there = there.filter(|one| speaks(one) && namespace_of(one) == name);
                there.any(|one| self.names_stranger(one.node(), own, ports))
            }
            _ => false,
        }
    }

    /// Whether traffic from outside is routed to a Service that is not among the objects and is called as pods that a
    /// selector asks for: something from elsewhere makes both.
    pub(super) fn is_routed_to_stranger(&self, selector: &Selector, namespace: usize) -> bool {
        let is_known = |name: &str| {
            let mut there = self.services.within(namespace);
            there.any(|service| service.name == name)
        };
        let asked = selector.values();
        let is_meant = |route: &Route| {
            let name = route.service.as_str();
            route.namespace == namespace && asked.contains(&name) && !is_known(name)
        };
        // Reading all routes is dear.
        if asked.iter().all(|name| is_known(name)) {
            return false;
        }
        let hint = self.scripts.hint;
        let routes = routes(self.resources, self.network, self.settings, hint);
        routes.iter().any(is_meant)
    }

    /// What to say where nothing but a Service is known of the pods that a selector means: it asks for all their labels.
    pub(super) fn service_alone(&self, selector: &Selector, namespace: usize) -> Option<Added> {
        let mut there = self.services.within(namespace);
        let service = there.find(|service| {
            !service.is_made
                && service.is_of_guests()
                && selector.matches(&service.selector) == Match::Yes
        })?;
        let name = &service.name;
        let said = format!(
            "only the Service `{name}` asks for them, and its pods are not among the files"
        );
        let place = link(
            service.resource,
            &name_path(),
            &format!("the Service `{name}`"),
        );
        Some((said, vec![place]))
    }

    /// Whether a text of an object names a host on some ports that is no Service of a namespace.
    fn names_stranger(&self, node: Node<'_>, namespace: usize, ports: &Ports) -> bool {
        let is_known = |host: &str| {
            let mut there = self.services.within(namespace);
            there.any(|service| service.name == host)
        };
        let asked = |(host, port): (&str, u16)| {
            let mut ranges = ports.ranges();
            ranges.any(|(_, first, last)| (first..=last).contains(&port)) && !is_known(host)
        };
        let mut is_named = false;
        node.visit_scalars(&mut |_, scalar| {
            if let Some(Scalar::String(text)) = scalar.scalar() {
                is_named = is_named || bare_hosts(text).any(asked);
            }
        });
        is_named
    }
}

/// Whether a rule is about all pods of the namespace that its policy is in.
fn sends_to_own(rule: &Rule) -> bool {
    let mut peers = rule.peers.iter().flatten();
    peers.any(|peer| match &peer.what {
        Peer::Pods { scope, pods } => matches!(scope, Scope::Own) && pods.selects_all(),
        Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => false,
    })
}

/// Whether an object tells pods whom to call.
fn speaks(resource: &Resource) -> bool {
    let holds = matches!(resource.gvk.kind.as_str(), "ConfigMap" | "Secret");
    let is_holder = resource.gvk.group.is_empty() && holds;
    resource.role == Role::Manifest && (is_holder || resource.is_workload())
}
