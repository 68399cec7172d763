//! The monitors of the operators of Prometheus and VictoriaMetrics: which pods they mean, and on which ports.

use super::Network;
use super::class::Class;
use super::field::items;
use super::namespace::namespace_of;
use super::port::PortName;
use super::ports::{Ports, Protocol};
use super::selector::{Match, Selector};
use super::service::Services;
use crate::model::{Node, Resource, Role, ValuePath};

/// Groups of the operators' kinds: that of Prometheus, the one AKS brings, and that of VictoriaMetrics.
const GROUPS: [&str; 3] = [
    "monitoring.coreos.com",
    "azmonitoring.coreos.com",
    "operator.victoriametrics.com",
];

/// Their kinds, each with the key of its endpoints and what it looks for.
const KINDS: [(&str, &str, Seen); 4] = [
    ("PodMonitor", "podMetricsEndpoints", Seen::Pods),
    ("ServiceMonitor", "endpoints", Seen::Services),
    ("VMPodScrape", "podMetricsEndpoints", Seen::Pods),
    ("VMServiceScrape", "endpoints", Seen::Services),
];

/// What the selector of a monitor is about.
#[derive(Clone, Copy)]
enum Seen {
    Pods,
    Services,
}

/// The keys under which an endpoint says its port.
const PORT_KEYS: [&str; 3] = ["port", "portNumber", "targetPort"];

/// An endpoint of a monitor.
pub(crate) struct Monitored {
    /// The position of the monitor.
    pub(crate) resource: usize,
    /// Where it says the port.
    pub(crate) path: ValuePath,
    /// The classes it means, with the ports of each.
    pub(crate) targets: Vec<(usize, Ports)>,
}

/// The endpoints of all monitors among the objects.
pub(crate) fn monitored(
    resources: &[Resource],
    network: &Network,
    services: &Services,
) -> Vec<Monitored> {
    let is_monitor = |resource: &Resource| {
        resource.role == Role::Manifest && GROUPS.contains(&resource.gvk.group.as_str())
    };
    let monitors = resources
        .iter()
        .enumerate()
        .filter(|(_, resource)| is_monitor(resource));
    monitors
        .flat_map(|(position, monitor)| endpoints(network, services, position, monitor))
        .collect()
}

fn endpoints(
    network: &Network,
    services: &Services,
    position: usize,
    monitor: &Resource,
) -> Vec<Monitored> {
    let mut kinds = KINDS.into_iter();
    let Some((_, list, seen)) = kinds.find(|(kind, ..)| *kind == monitor.gvk.kind) else {
        return Vec::new();
    };
    let Some(spec) = monitor.node().get("spec") else {
        return Vec::new();
    };
    let Some(selector) = spec.get("selector").and_then(Selector::read) else {
        return Vec::new();
    };
    let namespaces = namespaces(network, monitor, spec);
    let endpoints = items(spec, list, &ValuePath::default().key("spec"));
    let target = |(path, endpoint): (ValuePath, Node<'_>)| {
        let targets = namespaces.iter().flat_map(|namespace| match seen {
            Seen::Services => of_services(network, services, *namespace, &selector, endpoint),
            Seen::Pods => of_pods(network, *namespace, &selector, endpoint),
        });
        let key = PORT_KEYS
            .into_iter()
            .find(|key| endpoint.get(key).is_some());
        Monitored {
            resource: position,
            targets: targets.collect(),
            path: key.map_or_else(|| path.clone(), |key| path.clone().key(key)),
        }
    };
    endpoints.map(target).collect()
}

/// The namespaces that a monitor looks into: its own, unless it says others.
fn namespaces(network: &Network, monitor: &Resource, spec: Node<'_>) -> Vec<usize> {
    let chosen = |key| spec.find(&["namespaceSelector", key]);
    if chosen("any").and_then(Node::as_bool) == Some(true) {
        return (0..network.namespaces.iter().count()).collect();
    }
    let names = chosen("matchNames").into_iter().flat_map(Node::items);
    let names: Vec<&str> = names.filter_map(Node::as_str).collect();
    let own = network.namespaces.find(namespace_of(monitor));
    if names.is_empty() {
        return own.into_iter().collect();
    }
    let found = names.into_iter();
    found
        .filter_map(|name| network.namespaces.meant(name, own))
        .collect()
}

fn of_services(
    network: &Network,
    services: &Services,
    namespace: usize,
    selector: &Selector,
    endpoint: Node<'_>,
) -> Vec<(usize, Ports)> {
    let services = services.within(namespace);
    let services = services.filter(|service| selector.matches(&service.labels) == Match::Yes);
    let mut found = Vec::new();
    for service in services {
        for class in &service.classes {
            let pods = &network.population.classes[*class];
            let ports = match (endpoint.get("port"), endpoint.get("targetPort")) {
                (Some(port), _) => match PortName::read(port) {
                    Some(name) if service.meant(Some(&name)).is_empty() => Ports::default(),
                    name => service.targets(name.as_ref(), pods),
                },
                (None, Some(target)) => declared(pods, target),
                (None, None) => Ports::default(),
            };
            found.push((*class, ports));
        }
    }
    found
}

fn of_pods(
    network: &Network,
    namespace: usize,
    selector: &Selector,
    endpoint: Node<'_>,
) -> Vec<(usize, Ports)> {
    let Some(port) = PORT_KEYS.into_iter().find_map(|key| endpoint.get(key)) else {
        return Vec::new();
    };
    let classes = network.population.behind(namespace, selector).into_iter();
    classes
        .map(|class| (class, declared(&network.population.classes[class], port)))
        .collect()
}

/// The ports of a class that a number or name means.
fn declared(class: &Class, port: Node<'_>) -> Ports {
    let mut ports = Ports::default();
    match PortName::read(port) {
        Some(PortName::Number(number)) => ports.insert(Protocol::Tcp, number, number),
        Some(PortName::Name(name)) => {
            for number in class.named(&name, Protocol::Tcp) {
                ports.insert(Protocol::Tcp, number, number);
            }
        }
        None => {}
    }
    ports
}
