//! Services that are not among the objects, and that workloads name with their namespace: whatever pods answer there,
//! policy may let nothing through to them.

use serde_json::{Value, json};

use super::blocked::{is_about, shown};
use super::{Finder, MOST_LINKS, link, name_path};
use crate::network::{
    Absent, Action, DEFAULT_NAMESPACE, Direction, Guest, Party, Peer, Placed, Pods, Policy,
    PortName, Ports, Protocol, Settings, is_one, meets_private,
};

/// The Service of the API server, which is no pod.
const API_SERVER: &str = "kubernetes";
/// The ports of HTTP, behind which a Service of any other number of HTTP may have its pods.
const WEB: [u16; 4] = [80, 443, 8080, 8443];
/// Ports of databases, caches, directories and brokers, which speak protocols of their own: their pods listen on such
/// ports, too.
const PROTOCOLS: [u16; 19] = [
    389, 636, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5671, 5672, 6379, 8883, 9042, 9092, 9093,
    9094, 11211, 27017,
];

impl Finder<'_> {
    /// What closes pods to such a Service, on whatever ports, or on all that what speaks there may listen on. Pods that
    /// leave their namespace open may be put into that of the Service.
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
        let all = Ports::all().without(&self.dns_ports());
        let called = (absent.namespace.as_str(), port);
        let own = || self.selecting_links(pods.class, [Direction::Egress].into_iter());
        let mut fact = json!({"ports": "all ports", "end": "this end", "is_absent": true});
        let links = if self.sends_nothing(pods.class, called, &all) {
            own()
        } else if let Some(closing) = self.shut(&absent.namespace, pods.class) {
            fact["end"] = "the other end".into();
            let message = format!("`{}` closes all pods there for ingress", closing.name);
            vec![link(closing.resource, &name_path(), &message)]
        } else {
            let number = own_protocol(port)?;
            let others = all.without(&ports_of_web());
            if !self.sends_nothing(pods.class, called, &others) {
                return None;
            }
            fact["ports"] = shown(&only(number)).into();
            fact["unless"] = "; what is let through there are ports of HTTP, which pods that are called by this one hardly listen on".into();
            fact["is_guessed"] = true.into();
            own()
        };
        fact["service"] = format!("{}/{}", absent.namespace, absent.name).into();
        fact["links"] = links.into_iter().take(MOST_LINKS).collect();
        Some(fact)
    }

    /// Whether nothing that pods may send on some ports reaches any pods of a namespace.
    fn sends_nothing(
        &self,
        class: usize,
        (namespace, port): (&str, Option<&PortName>),
        ports: &Ports,
    ) -> bool {
        let direction = Direction::Egress;
        if !self.network.is_isolated(direction, class)
            || self.network.is_half_known(direction, class)
            || self.names_ports(class, direction)
            || !self.is_surely_closed(class, direction)
        {
            return false;
        }
        let guest = Guest {
            is_welcome: true,
            ..self.network.guest(namespace)
        };
        let sent = || {
            let party = Party::Guest(&guest);
            self.network.verdict(direction, class, party)
        };
        !self.may_be_addressed(class, ports, port) && !sent().overlaps(ports)
    }

    /// Whether a rule names addresses that the pods, or the Service, may have. One address is none of pods, and may be
    /// the Service's on the port that is named.
    fn may_be_addressed(&self, class: usize, ports: &Ports, port: Option<&PortName>) -> bool {
        let direction = Direction::Egress;
        let named = match port {
            Some(PortName::Number(number)) => only(*number),
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

/// The port by which something is called, where it is one of a protocol that is not HTTP.
fn own_protocol(port: Option<&PortName>) -> Option<u16> {
    match port {
        Some(PortName::Number(number)) if PROTOCOLS.contains(number) => Some(*number),
        Some(PortName::Number(_) | PortName::Name(_)) | None => None,
    }
}

fn only(number: u16) -> Ports {
    let mut found = Ports::default();
    found.insert(Protocol::Tcp, number, number);
    found
}

/// The ports on which HTTP is served to others, also by pods that may not open low ones.
fn ports_of_web() -> Ports {
    let mut found = Ports::default();
    for port in WEB {
        for protocol in [Protocol::Tcp, Protocol::Udp] {
            found.insert(protocol, port, port);
        }
    }
    found
}

/// Whether no policy for pods is needed to reach a Service, or whoever may ask for names reaches it.
fn is_of_platform(absent: &Absent, settings: &Settings) -> bool {
    let dns = &settings.dns;
    let mut elsewhere = dns.elsewhere.iter().map(|other| &other.namespace);
    absent.namespace == dns.namespace
        || elsewhere.any(|namespace| *namespace == absent.namespace)
        || absent.namespace == DEFAULT_NAMESPACE && absent.name == API_SERVER
}
