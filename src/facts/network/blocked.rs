//! What is needed and closed: name resolution, traffic from outside, metrics, and Services that
//! workloads name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Finder, MOST_LINKS, link, listed, name_path};
use crate::model::Node;
use crate::network::{
    Direction, Guest, Mention, Mentions, Party, Peer, Pods, Port, PortRule, Ports, Protocol, Route,
    Scope, Selector, monitored, routed, routes,
};

/// The label by which the pods of well-known programs are told.
const NAME_LABEL: &str = "app.kubernetes.io/name";
/// Programs that answer for Ingresses and Gateways.
pub(super) const CONTROLLERS: [&str; 7] = [
    "contour",
    "envoy",
    "haproxy-ingress",
    "ingress-nginx",
    "kong",
    "nginx-ingress",
    "traefik",
];
/// Programs that scrape metrics.
pub(super) const SCRAPERS: [&str; 3] = ["prometheus", "victoria-metrics-agent", "vmagent"];

impl Finder<'_> {
    /// Workloads that may not ask the cluster's DNS service.
    pub(super) fn find_dns(&mut self) {
        let dns = self.dns();
        let mut found = Vec::new();
        for end in &self.network.population.ends {
            for pods in &end.pods {
                if self.uses_dns(pods) && self.is_dns_closed(pods.class, &dns) {
                    let names = self
                        .closing(pods.class, Direction::Egress)
                        .map(|policy| policy.name.as_str());
                    let mut rules = self.rules_about(pods.class, Direction::Egress);
                    let allows = rules.next().is_some();
                    let links = self.selecting_links(pods.class, [Direction::Egress].into_iter());
                    let fact = json!({"policies": listed(names), "allows_anything": allows, "links": links});
                    found.push((pods.resource, fact));
                }
            }
        }
        found.dedup_by_key(|(resource, _)| *resource);
        for (resource, fact) in found {
            self.add("network_dns", resource, &name_path(), fact);
        }
    }

    /// The cluster's DNS service, of whose labels not all may be known.
    fn dns(&self) -> Guest {
        let port = |name: &str, protocol| Port {
            name: Some(name.to_owned()),
            protocol,
            number: 53,
        };
        Guest {
            labels: self.settings.dns.labels.clone(),
            is_welcome: true,
            ports: vec![port("dns", Protocol::Udp), port("dns-tcp", Protocol::Tcp)],
            ..self.network.guest(&self.settings.dns.namespace)
        }
    }

    /// Whether pods ask the cluster's DNS service: by default all but those on the host network.
    fn uses_dns(&self, pods: &Pods) -> bool {
        let template = self.resources[pods.resource].at(&pods.template);
        let policy = template
            .and_then(|template| template.find(&["spec", "dnsPolicy"]))
            .and_then(Node::as_str);
        let is_on_host = self.network.population.classes[pods.class].is_on_host;
        match policy {
            Some("None" | "Default") => false,
            _ => !is_on_host,
        }
    }

    fn is_dns_closed(&self, class: usize, dns: &Guest) -> bool {
        let numbers = &self.settings.dns.ports;
        let allows = |ports: &Ports| {
            numbers
                .iter()
                .any(|number| ports.contains(Protocol::Udp, *number))
        };
        if !self.is_surely_closed(class, Direction::Egress)
            || self.network.is_half_known(Direction::Egress, class)
        {
            return false;
        }
        let is_beside = |peer: &Peer| match peer {
            // The service's address, or that of a cache on the node.
            Peer::Addresses(_) => true,
            Peer::Pods {
                scope: Scope::Selected(selector),
                ..
            } => is_about_dns(selector),
            Peer::Pods {
                scope: Scope::Own, ..
            }
            | Peer::Beyond(_) => false,
        };
        let mut rules = self.rules_about(class, Direction::Egress);
        let is_asked_beside = rules.any(|rule| {
            let ports = rule.ports.iter().flatten();
            let is_open = rule.ports.is_none()
                || ports.into_iter().any(|port| match &port.what {
                    PortRule::Numbers(ports) => allows(ports),
                    PortRule::Named(_, name) => name.contains("dns"),
                });
            is_open
                && rule
                    .peers
                    .iter()
                    .flatten()
                    .any(|peer| is_beside(&peer.what))
        });
        !is_asked_beside
            && !allows(
                &self
                    .network
                    .verdict(Direction::Egress, class, Party::Guest(dns)),
            )
    }

    /// Routes to pods that policy closes to what answers for them.
    pub(super) fn find_routes(&mut self) {
        let found = routes(self.resources, self.network);
        let programs = if found.is_empty() {
            Vec::new()
        } else {
            self.programs(&CONTROLLERS)
        };
        let mut seen = BTreeSet::new();
        for route in &found {
            let controllers = self.controllers(route, &programs);
            let first = (
                route.resource,
                route.namespace,
                route.service.clone(),
                format!("{:?}", route.port),
            );
            let closed = self.closed_to(&controllers, routed(self.network, &self.services, route));
            if let (Some(fact), true) = (closed, seen.insert(first)) {
                let service = self.services.find(route.namespace, &route.service);
                self.add(
                    "network_routes",
                    route.resource,
                    &route.path,
                    with_service(fact, service),
                );
            }
        }
    }

    /// What may answer for a route: what the settings say, and controllers among the objects. Of a
    /// class that the settings do not know, it may run anywhere, in the namespace of the route too.
    fn controllers(&self, route: &Route, programs: &[Guest]) -> Vec<Guest> {
        let mut guests = self.network.controllers(self.settings, route);
        if !self.settings.knows_class(&route.class) {
            let own = &self.network.namespaces.at(route.namespace).name;
            guests.push(self.network.guest(own));
        }
        guests.extend(programs.iter().cloned());
        guests.iter_mut().for_each(|guest| guest.is_welcome = true);
        guests
    }

    /// Pods of well-known programs, as far as their namespaces are known.
    fn programs(&self, names: &[&str]) -> Vec<Guest> {
        let is_one = |class: &&crate::network::Class| {
            class
                .labels
                .get(NAME_LABEL)
                .is_some_and(|name| names.contains(&name.as_str()))
        };
        let found = self.network.population.classes.iter().filter(is_one);
        found
            .map(|class| {
                self.network
                    .guest(&self.network.namespaces.at(class.namespace).name)
            })
            .collect()
    }

    /// Whether all pods that are needed are closed to all guests, on all ports that are needed.
    fn closed_to(
        &self,
        guests: &[Guest],
        needed: impl Iterator<Item = (usize, Ports)>,
    ) -> Option<Value> {
        let needed: Vec<(usize, Ports)> = needed.filter(|(_, ports)| !ports.is_empty()).collect();
        if needed.is_empty() || guests.is_empty() {
            return None;
        }
        let is_closed = |(class, ports): &(usize, Ports)| {
            let is_for = |guest: &Guest| {
                let allowed = self
                    .network
                    .verdict(Direction::Ingress, *class, Party::Guest(guest));
                allowed.overlaps(ports)
            };
            self.is_surely_closed(*class, Direction::Ingress)
                && !self.network.is_half_known(Direction::Ingress, *class)
                && !self.network.population.classes[*class].is_on_host
                && !guests.iter().any(is_for)
                && !self.is_open_to_addresses(*class, ports)
        };
        if !needed.iter().all(is_closed) {
            return None;
        }
        let mut ports = Ports::default();
        needed.iter().for_each(|(_, own)| ports.add(own));
        let policies: BTreeSet<&str> = needed
            .iter()
            .flat_map(|(class, _)| self.closing(*class, Direction::Ingress))
            .map(|policy| policy.name.as_str())
            .collect();
        let mut links = self.selecting_links(needed[0].0, [Direction::Ingress].into_iter());
        links.extend(self.workload_links(
            needed.iter().map(|(class, _)| class),
            "the pods are those of",
        ));
        let namespaces: BTreeSet<&str> = guests
            .iter()
            .filter(|guest| !guest.is_anywhere())
            .map(|guest| guest.namespace.as_str())
            .collect();
        let is_anywhere = guests.iter().any(Guest::is_anywhere);
        Some(json!({
            "is_anywhere": is_anywhere,
            "ports": ports.to_string(),
            "policies": listed(policies),
            "namespaces": listed(namespaces),
            "links": links,
        }))
    }

    /// Whether a rule lets addresses in, under which a controller on the host network, or a load
    /// balancer, may come, or what is not known to be one.
    fn is_open_to_addresses(&self, class: usize, ports: &Ports) -> bool {
        let mut rules = self.rules_about(class, Direction::Ingress);
        rules.any(|rule| {
            let mut peers = rule.peers.iter().flatten();
            let is_address =
                peers.any(|peer| matches!(peer.what, Peer::Addresses(_) | Peer::Beyond(_)));
            let numbers = rule.ports.iter().flatten();
            let is_open = rule.ports.is_none()
                || numbers.into_iter().any(|port| match &port.what {
                    PortRule::Numbers(numbers) => numbers.overlaps(ports),
                    PortRule::Named(..) => true,
                });
            is_address && is_open
        })
    }

    /// Targets of metrics that policy closes to what scrapes them.
    pub(super) fn find_scrapes(&mut self) {
        let namespaces = self.settings.monitoring_namespaces.iter();
        let mut guests: Vec<Guest> = namespaces.map(|name| self.network.guest(name)).collect();
        guests.extend(self.programs(&SCRAPERS));
        guests.iter_mut().for_each(|guest| guest.is_welcome = true);
        for monitored in monitored(self.resources, self.network, &self.services) {
            if let Some(fact) = self.closed_to(&guests, monitored.targets.into_iter()) {
                self.add("network_scrapes", monitored.resource, &monitored.path, fact);
            }
        }
    }

    /// Services that a workload names and cannot reach.
    pub(super) fn find_services(&mut self) {
        let mut found = Vec::new();
        {
            let mentions = Mentions::new(self.resources, self.network, &self.services);
            for end in &self.network.population.ends {
                for pods in &end.pods {
                    let mut seen = BTreeSet::new();
                    for mention in mentions.of(&self.resources[pods.resource], &pods.template) {
                        let once = (mention.service, format!("{:?}", mention.port));
                        if let Some(fact) = self
                            .unreachable(pods, &mention)
                            .filter(|_| seen.insert(once))
                        {
                            found.push((pods.resource, mention.path, mention.part, fact));
                        }
                    }
                }
            }
        }
        for (resource, path, part, fact) in found {
            self.add_in("network_services", resource, (&path, part), fact);
        }
    }

    fn unreachable(&self, pods: &Pods, mention: &Mention) -> Option<Value> {
        let service = &self.services.all[mention.service];
        let classes = &self.network.population.classes;
        let is_own = service.classes.contains(&pods.class);
        let is_on_host = |class: usize| classes[class].is_on_host;
        // Who applies them may put both into one namespace.
        let is_open = self.says_namespace(pods.resource) != self.says_namespace(service.resource);
        if is_own || is_open || service.classes.is_empty() || is_on_host(pods.class) {
            return None;
        }
        let is_half_known = |direction, class| self.network.is_half_known(direction, class);
        let mut ends = service.classes.iter();
        if is_half_known(Direction::Egress, pods.class)
            || ends.any(|class| is_half_known(Direction::Ingress, *class))
        {
            return None;
        }
        let (mut needed, mut is_sent, mut is_accepted) = (Ports::default(), false, false);
        for class in &service.classes {
            let ports = service.targets(mention.port.as_ref(), &classes[*class]);
            let sent = self
                .network
                .verdict(Direction::Egress, pods.class, Party::Pods(*class))
                .intersection(&ports);
            let accepted = self
                .network
                .verdict(Direction::Ingress, *class, Party::Pods(pods.class))
                .intersection(&ports);
            if is_on_host(*class) || ports.is_empty() || sent.overlaps(&accepted) {
                return None;
            }
            needed.add(&ports);
            is_sent |= !sent.is_empty();
            is_accepted |= !accepted.is_empty();
        }
        let is_closed = !is_sent && self.is_surely_closed(pods.class, Direction::Egress)
            || (is_sent || !is_accepted)
                && self.is_surely_closed(service.classes[0], Direction::Ingress);
        if !is_closed {
            return None;
        }
        let end = match (is_sent, is_accepted) {
            (false, false) => "both ends",
            (false, true) => "this end",
            _ => "the other end",
        };
        let mut links = Vec::new();
        if !is_sent {
            links.extend(self.selecting_links(pods.class, [Direction::Egress].into_iter()));
        }
        if is_sent || !is_accepted {
            links
                .extend(self.selecting_links(service.classes[0], [Direction::Ingress].into_iter()));
        }
        links.truncate(MOST_LINKS);
        links.push(link(
            service.resource,
            &name_path(),
            &format!("the Service `{}`", service.name),
        ));
        let namespace = &self.network.namespaces.at(service.namespace).name;
        Some(json!({
            "service": format!("{namespace}/{}", service.name),
            "ports": needed.to_string(),
            "end": end,
            "links": links,
        }))
    }
}

/// Whether a selector of namespaces asks for one whose name speaks of DNS.
fn is_about_dns(selector: &Selector) -> bool {
    let asked = selector.asked();
    asked.is_some_and(|(_, values)| values.iter().any(|value| value.contains("dns")))
}

fn with_service(mut fact: Value, service: Option<&crate::network::Service>) -> Value {
    if let (Some(service), Some(links)) = (service, fact["links"].as_array_mut()) {
        links.push(link(
            service.resource,
            &name_path(),
            &format!("the Service `{}`", service.name),
        ));
    }
    if let Some(service) = service {
        fact["service"] = Value::from(service.name.as_str());
    }
    fact
}
