//! Services that are not among the objects, and that workloads name with their namespace: whatever pods answer there,
//! policy may let nothing through to them.

use serde_json::{Value, json};

use super::blocked::is_about;
use super::{Finder, MOST_LINKS, link, name_path};
use crate::network::{
    Absent, Action, DEFAULT_NAMESPACE, Direction, Guest, Party, Peer, Placed, Pods, Policy,
    PortName, Ports, Protocol, Settings, is_one, meets_private,
};

/// The Service of the API server, which is no pod.
const API_SERVER: &str = "kubernetes";

impl Finder<'_> {
    /// What closes pods to such a Service, on whatever ports. Pods that leave their namespace open may be put into
    /// that of the Service.
    pub(super) fn closed_to_absent(
        &self,
        pods: &Pods,
        absent: &Absent,
        port: Option<&PortName>,
    ) -> Option<Value> {
        let is_on_host = self.network.population.classes[pods.class].is_on_host;
        if is_on_host
            || is_of_platform(absent, self.settings)
            || !self.says_namespace(pods.resource)
        {
            return None;
        }
        let (end, links) = if self.sends_nothing(pods.class, &absent.namespace, port) {
            let links = self.selecting_links(pods.class, [Direction::Egress].into_iter());
            ("this end", links)
        } else {
            let closing = self.shut(&absent.namespace, pods.class)?;
            let message = format!("`{}` closes all pods there for ingress", closing.name);
            let links = vec![link(closing.resource, &name_path(), &message)];
            ("the other end", links)
        };
        let links: Vec<Value> = links.into_iter().take(MOST_LINKS).collect();
        Some(json!({
            "service": format!("{}/{}", absent.namespace, absent.name),
            "ports": "all ports",
            "end": end,
            "is_absent": true,
            "links": links,
        }))
    }

    /// Whether nothing that pods may send reaches any pods of a namespace, but questions for names.
    fn sends_nothing(&self, class: usize, namespace: &str, port: Option<&PortName>) -> bool {
        let direction = Direction::Egress;
        if !self.network.is_isolated(direction, class)
            || self.network.is_half_known(direction, class)
            || self.names_ports(class, direction)
            || !self.is_surely_closed(class, direction)
        {
            return false;
        }
        let ports = Ports::all().without(&self.dns_ports());
        let guest = Guest {
            is_welcome: true,
            ..self.network.guest(namespace)
        };
        let sent = || {
            let party = Party::Guest(&guest);
            self.network.verdict(direction, class, party)
        };
        !self.may_be_addressed(class, &ports, port) && !sent().overlaps(&ports)
    }

    /// Whether a rule names addresses that the pods, or the Service, may have. One address is none of pods, and may be
    /// the Service's on the port that is named.
    fn may_be_addressed(&self, class: usize, ports: &Ports, port: Option<&PortName>) -> bool {
        let direction = Direction::Egress;
        let named = match port {
            Some(PortName::Number(number)) => {
                let mut named = Ports::default();
                named.insert(Protocol::Tcp, *number, *number);
                named
            }
            Some(PortName::Name(_)) | None => ports.clone(),
        };
        let mut rules = self.rules_about(class, direction);
        rules.any(|rule| {
            let mut peers = rule.peers.iter().flatten();
            peers.any(|peer| match &peer.what {
                Peer::Addresses(addresses) if is_one(addresses) => {
                    meets_private(addresses) && is_about(rule, &named, None)
                }
                Peer::Addresses(addresses) => {
                    meets_private(addresses) && is_about(rule, ports, None)
                }
                Peer::Beyond(_) => is_about(rule, ports, None),
                Peer::Pods { .. } | Peer::Proxy => false,
            })
        })
    }

    fn dns_ports(&self) -> Ports {
        let mut found = Ports::default();
        for port in &self.settings.dns.ports {
            for protocol in [Protocol::Tcp, Protocol::Udp] {
                found.insert(protocol, *port, *port);
            }
        }
        found
    }

    /// The policy that closes all pods of a namespace for ingress, where nothing lets pods of a class in to any of them: no
    /// policy there, nor a chart that nobody rendered and that may bring some.
    fn shut(&self, namespace: &str, class: usize) -> Option<&Policy> {
        let at = self.network.namespaces.find(namespace)?;
        let direction = Direction::Ingress;
        let is_there = |policy: &&Policy| {
            policy.namespace.is_none_or(|own| own == at) && !self.network.is_left(policy)
        };
        let mut there = self.network.policies.iter().filter(is_there);
        let lets_in = |policy: &Policy| {
            let rules = policy.rules(direction).unwrap_or_default().iter();
            // What denies, or leaves it to others, lets nobody in.
            let mut rules = rules.filter(|rule| rule.action == Action::Allow);
            rules.any(|rule| {
                let mut peers = rule.peers.iter().flatten();
                // Network plugins do not agree on whether pods are behind addresses.
                let is_address = |peer: &Placed<Peer>| match &peer.what {
                    Peer::Addresses(addresses) => meets_private(addresses),
                    Peer::Beyond(_) | Peer::Proxy => true,
                    Peer::Pods { .. } => false,
                };
                peers.any(is_address) || self.network.is_about(policy, rule, Party::Pods(class))
            })
        };
        let is_shut = !self.network.has_half_known(at)
            && !self.unseen.may_fill(namespace)
            && !there.clone().any(lets_in);
        let closes = |policy: &&Policy| {
            policy.is_standard
                && policy.pods.selects_all()
                && policy.closes(direction)
                && self.says_namespace(policy.resource)
        };
        is_shut.then(|| there.find(closes)).flatten()
    }
}

/// Whether no policy for pods is needed to reach a Service, or whoever may ask for names reaches it.
fn is_of_platform(absent: &Absent, settings: &Settings) -> bool {
    let dns = &settings.dns;
    let mut elsewhere = dns.elsewhere.iter().map(|other| &other.namespace);
    absent.namespace == dns.namespace
        || elsewhere.any(|namespace| *namespace == absent.namespace)
        || absent.namespace == DEFAULT_NAMESPACE && absent.name == API_SERVER
}
