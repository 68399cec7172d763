//! Services: which pods they mean, on which ports.

use std::collections::HashMap;

use super::Network;
use super::class::Class;
use super::field::{items, present};
use super::labels::{Labels, are_open};
use super::namespace::namespace_of;
use super::nearest::nearest;
use super::placeholder::{is_open, is_open_at};
use super::port::{Port, PortName, number};
use super::ports::{Ports, Protocol};
use super::selector::Selector;
use crate::model::{Node, Resource, Role, ValuePath, string_map};

/// A port of a Service.
#[derive(Clone, Debug)]
pub(crate) struct ServicePort {
    name: Option<String>,
    pub(crate) protocol: Protocol,
    /// What clients use.
    pub(crate) port: u16,
    /// What the pods listen on.
    target: PortName,
}

/// A Service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The position of its object.
    pub(crate) resource: usize,
    /// Its namespace.
    pub(crate) namespace: usize,
    /// Its name.
    pub(crate) name: String,
    /// The classes it means; none without a selector.
    pub(crate) classes: Vec<usize>,
    /// Its ports; empty for a headless Service without, which means every port.
    pub(crate) ports: Vec<ServicePort>,
    /// Whether placeholders stand for some of what it says of pods or ports.
    pub(crate) is_open: bool,
    /// Whether they stand for some of what it says of pods, so that it is not known whose these are.
    pub(crate) has_open_pods: bool,
    /// Its own labels.
    pub(crate) labels: Labels,
    /// The labels of the pods that it means.
    pub(crate) selector: Labels,
    /// Whether its name leads to the pods themselves, on whatever port.
    pub(crate) is_headless: bool,
    /// Whether an operator makes it for its object: pods that are not among the objects answer.
    pub(crate) is_made: bool,
}

/// Services by namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// All of them.
    pub(crate) all: Vec<Service>,
    by_name: HashMap<(usize, String), Vec<usize>>,
    by_class: HashMap<usize, Vec<usize>>,
    by_namespace: HashMap<usize, Vec<usize>>,
}

impl Services {
    /// The Services among the objects.
    pub(crate) fn read(resources: &[Resource], network: &Network) -> Self {
        let mut found = Self::default();
        let mut aliases = Vec::new();
        let whole = resources.iter().enumerate().filter(|(_, resource)| {
            resource.role == Role::Manifest
                && resource.gvk.group.is_empty()
                && resource.gvk.kind == "Service"
        });
        for (position, resource) in whole {
            let spec = resource.node().get("spec");
            let namespace = network.namespaces.find(namespace_of(resource));
            let (Some(spec), Some(namespace)) = (spec, namespace) else {
                continue;
            };
            if let Some(host) = present(spec, "externalName").and_then(Node::as_str) {
                aliases.push((found.all.len(), host));
            }
            found.insert(service(network, (position, resource), namespace, spec));
        }
        found.follow(network, &aliases);
        found.index();
        found
    }

    fn insert(&mut self, service: Service) {
        let position = self.all.len();
        let key = (service.namespace, service.name.clone());
        self.by_name.entry(key).or_default().push(position);
        self.all.push(service);
    }

    /// Adds Services that operators make, where none of the name is among the objects.
    pub(crate) fn add_made(&mut self, made: impl Iterator<Item = Service>) {
        for service in made {
            let known = self.named(service.namespace, &service.name).iter();
            let mut known = known.map(|at| &self.all[*at]);
            if known.all(|known| known.is_made) {
                self.insert(service);
            }
        }
    }

    /// Gives Services that only name another one of the cluster what that one means.
    fn follow(&mut self, network: &Network, aliases: &[(usize, &str)]) {
        for (alias, host) in aliases {
            let labels: Vec<&str> = host.split('.').collect();
            let [name, namespace, "svc", ..] = labels.as_slice() else {
                continue;
            };
            let own = self.all[*alias].namespace;
            let namespace = network.namespaces.meant(namespace, Some(own));
            let meant = namespace.map(|namespace| self.named(namespace, name));
            if let Some([meant]) = meant {
                let meant = self.all[*meant].clone();
                let alias = &mut self.all[*alias];
                (alias.classes, alias.ports) = (meant.classes, meant.ports);
                (alias.is_open, alias.has_open_pods) = (meant.is_open, meant.has_open_pods);
            }
        }
    }

    fn index(&mut self) {
        for (position, service) in self.all.iter().enumerate() {
            let own = self.by_namespace.entry(service.namespace).or_default();
            own.push(position);
            for class in &service.classes {
                self.by_class.entry(*class).or_default().push(position);
            }
        }
    }

    /// The definitions of a Service that are nearest to who asks for it, by position.
    pub(crate) fn nearest(
        &self,
        resources: &[Resource],
        reader: &Resource,
        (namespace, name): (usize, &str),
    ) -> Vec<usize> {
        let named = self.named(namespace, name).iter().copied();
        nearest(reader, named, |at| &resources[self.all[*at].resource])
    }

    /// The definitions of a Service, by position.
    pub(super) fn named(&self, namespace: usize, name: &str) -> &[usize] {
        let found = self.by_name.get(&(namespace, name.to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    /// The Services that mean a class.
    pub(crate) fn before(&self, class: usize) -> impl Iterator<Item = &Service> {
        let found = self.by_class.get(&class).into_iter().flatten();
        found.map(|position| &self.all[*position])
    }

    /// The Services of a namespace.
    pub(crate) fn within(&self, namespace: usize) -> impl Iterator<Item = &Service> {
        let found = self.by_namespace.get(&namespace).into_iter().flatten();
        found.map(|position| &self.all[*position])
    }
}

fn service(
    network: &Network,
    (position, resource): (usize, &Resource),
    namespace: usize,
    spec: Node<'_>,
) -> Service {
    let selector = string_map(spec.get("selector"));
    let classes = if selector.is_empty() {
        Vec::new()
    } else {
        let population = &network.population;
        population.behind(namespace, &Selector::of(&selector))
    };
    let ports = || items(spec, "ports", &ValuePath::default()).map(|(_, port)| port);
    let keys = ["name", "port", "protocol", "targetPort"];
    let has_open_ports = ports().any(|port| keys.iter().any(|key| is_open_at(port, key)));
    let population = &network.population;
    let mut meant = classes.iter().map(|class| &population.classes[*class]);
    // Pods of which a placeholder leaves open whether they are behind it too are judged as others are.
    let is_about_open = !classes.is_empty() && meant.all(Class::is_open);
    let has_open_pods = are_open(&selector) || is_open_at(spec, "selector") || is_about_open;
    Service {
        resource: position,
        namespace,
        name: resource.identity.name.clone(),
        is_open: has_open_ports || is_open_at(spec, "ports") || has_open_pods,
        has_open_pods,
        classes,
        ports: ports().filter_map(service_port).collect(),
        labels: resource.labels.clone(),
        is_headless: spec.string("clusterIP") == Some("None"),
        selector,
        is_made: false,
    }
}

fn service_port(node: Node<'_>) -> Option<ServicePort> {
    let text = |key| present(node, key).and_then(Node::as_str);
    let port = number(node.get("port")?)?;
    let target = present(node, "targetPort").and_then(PortName::read);
    Some(ServicePort {
        name: text("name").map(str::to_owned),
        protocol: text("protocol").map_or(Some(Protocol::Tcp), Protocol::of)?,
        port,
        target: target.unwrap_or(PortName::Number(port)),
    })
}

impl Service {
    /// The ports that a reference means: the one of its number or name, all without a reference;
    /// a number may also be the pods' own, which OpenShift's routes use.
    pub(crate) fn meant(&self, reference: Option<&PortName>) -> Vec<&ServicePort> {
        let is_meant = |port: &&ServicePort| match reference {
            None => true,
            Some(PortName::Number(number)) => port.port == *number,
            Some(PortName::Name(name)) => port.name.as_ref() == Some(name),
        };
        let meant: Vec<&ServicePort> = self.ports.iter().filter(is_meant).collect();
        if meant.is_empty() {
            let by_target = |port: &&ServicePort| Some(&port.target) == reference;
            return self.ports.iter().filter(by_target).collect();
        }
        meant
    }

    /// The ports of a class that a reference reaches through the Service; none where a placeholder
    /// hides which.
    pub(crate) fn targets(&self, reference: Option<&PortName>, class: &Class) -> Ports {
        let is_hidden = |port: &ServicePort| match &port.target {
            PortName::Name(name) => {
                class.has_open_ports && class.named(name, port.protocol).next().is_none()
            }
            PortName::Number(_) => false,
        };
        let mut meant = self.meant(reference).into_iter();
        if self.is_open || is_open_reference(reference) || meant.any(is_hidden) {
            return Ports::default();
        }
        if self.ports.is_empty() {
            return Ports::all();
        }
        let mut ports = Ports::default();
        for port in self.meant(reference) {
            port.add_target(class, &mut ports);
        }
        if let Some(PortName::Number(number)) = reference
            && ports.is_empty()
        {
            for port in self.declared(*number, class) {
                ports.insert(port.protocol, port.number, port.number);
            }
        }
        ports
    }

    /// The same, but all where nothing but a placeholder hides which: what is closed on each of them is closed.
    pub(crate) fn targets_at_most(&self, reference: Option<&PortName>, class: &Class) -> Ports {
        let ports = self.targets(reference, class);
        let is_named = |port: &&ServicePort| matches!(port.target, PortName::Name(_));
        let is_hidden = ports.is_empty()
            && !self.has_open_pods
            && (self.is_open
                || is_open_reference(reference)
                || class.has_open_ports && self.meant(reference).iter().any(is_named));
        if is_hidden { Ports::all() } else { ports }
    }

    /// The ports of a number that pods behind a headless Service declare: its name leads to them.
    fn declared<'c>(&self, number: u16, class: &'c Class) -> impl Iterator<Item = &'c Port> {
        let ports = class.ports.iter().filter(|_| self.is_headless);
        ports.filter(move |port| port.number == number)
    }

    /// Whether who names it with a number may mean a port.
    pub(crate) fn answers_on(&self, number: u16, network: &Network) -> bool {
        let classes = &network.population.classes;
        let mut behind = self.classes.iter().map(|at| &classes[*at]);
        self.ports.is_empty()
            || self.ports.iter().any(|port| port.port == number)
            || behind.any(|class| self.declared(number, class).next().is_some())
    }

    /// Whether pods that are not among the objects answer for it.
    pub(crate) fn is_of_guests(&self) -> bool {
        self.is_made || self.classes.is_empty() && !self.selector.is_empty()
    }

    /// The ports that a reference reaches of pods that are not known; none where one has but a name there.
    pub(crate) fn numbers(&self, reference: Option<&PortName>) -> Ports {
        let mut ports = Ports::default();
        for port in self.meant(reference) {
            match port.target {
                PortName::Number(number) => ports.insert(port.protocol, number, number),
                PortName::Name(_) => return Ports::default(),
            }
        }
        match self.is_open || is_open_reference(reference) {
            true => Ports::default(),
            false => ports,
        }
    }
}

fn is_open_reference(reference: Option<&PortName>) -> bool {
    matches!(reference, Some(PortName::Name(name)) if is_open(name))
}

impl ServicePort {
    /// A port that the pods listen on themselves.
    pub(super) fn tcp(port: u16) -> Self {
        Self {
            name: None,
            protocol: Protocol::Tcp,
            port,
            target: PortName::Number(port),
        }
    }

    fn add_target(&self, class: &Class, ports: &mut Ports) {
        match &self.target {
            PortName::Number(number) => ports.insert(self.protocol, *number, *number),
            PortName::Name(name) => {
                for number in class.named(name, self.protocol) {
                    ports.insert(self.protocol, number, number);
                }
            }
        }
    }
}
