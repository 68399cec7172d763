//! Services, and what routes traffic to them from outside: which pods they mean, on which ports.

use std::collections::{BTreeSet, HashMap};

use super::Network;
use super::namespace::namespace_of;
use super::pods::{Class, number};
use super::ports::{Ports, Protocol};
use super::selector::{Labels, Selector, string_map};
use super::standard::{items, present};
use crate::model::{Node, Resource, ValuePath};

/// A port by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PortName {
    Number(u16),
    Name(String),
}

impl PortName {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let name = node.as_str().filter(|name| !name.is_empty());
        let named = name.map(|name| Self::Name(name.to_owned()));
        named.or_else(|| number(node).filter(|number| *number > 0).map(Self::Number))
    }
}

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

/// A Service that chooses pods by their labels.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// The position of its object.
    pub(crate) resource: usize,
    /// Its namespace.
    pub(crate) namespace: usize,
    /// Its name.
    pub(crate) name: String,
    /// The classes it means.
    pub(crate) classes: Vec<usize>,
    /// Its ports; empty for a headless Service without, which means every port.
    pub(crate) ports: Vec<ServicePort>,
    /// Its own labels.
    pub(crate) labels: Labels,
}

/// Services by namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Services {
    /// All of them.
    pub(crate) all: Vec<Service>,
    by_name: HashMap<(usize, String), usize>,
    by_class: HashMap<usize, Vec<usize>>,
    by_namespace: HashMap<usize, Vec<usize>>,
}

impl Services {
    /// The Services among the objects that have a selector.
    pub(crate) fn read(resources: &[Resource], network: &Network) -> Self {
        let mut found = Self::default();
        let whole = network.world.of(resources);
        let whole = whole.filter(|(_, resource)| {
            resource.gvk.group.is_empty() && resource.gvk.kind == "Service"
        });
        for (position, resource) in whole {
            let spec = resource.node().get("spec");
            let selector = string_map(spec.and_then(|spec| spec.get("selector")));
            let namespace = network.namespaces.find(namespace_of(resource));
            let (Some(spec), Some(namespace), false) = (spec, namespace, selector.is_empty())
            else {
                continue;
            };
            let name = resource.identity.name.clone();
            let key = (namespace, name.clone());
            insert(
                &mut found,
                key,
                Service {
                    resource: position,
                    namespace,
                    name,
                    classes: network
                        .population
                        .behind(namespace, &Selector::of(&selector)),
                    ports: items(spec, "ports", &ValuePath::default())
                        .filter_map(|(_, port)| service_port(port))
                        .collect(),
                    labels: resource.labels.clone(),
                },
            );
        }
        found
    }

    /// The Service of a name.
    pub(crate) fn find(&self, namespace: usize, name: &str) -> Option<&Service> {
        self.all.get(self.position(namespace, name)?)
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

    /// The position of the Service of a name.
    pub(crate) fn position(&self, namespace: usize, name: &str) -> Option<usize> {
        self.by_name.get(&(namespace, name.to_owned())).copied()
    }
}

fn insert(services: &mut Services, key: (usize, String), service: Service) {
    let position = services.all.len();
    services.by_name.entry(key).or_insert(position);
    services
        .by_namespace
        .entry(service.namespace)
        .or_default()
        .push(position);
    for class in &service.classes {
        services.by_class.entry(*class).or_default().push(position);
    }
    services.all.push(service);
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

    /// The ports of a class that a reference reaches through the Service.
    pub(crate) fn targets(&self, reference: Option<&PortName>, class: &Class) -> Ports {
        if self.ports.is_empty() {
            return Ports::all();
        }
        let mut ports = Ports::default();
        for port in self.meant(reference) {
            port.add_target(class, &mut ports);
        }
        ports
    }
}

impl ServicePort {
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

/// A place where an object routes traffic from outside to a Service.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// The position of its object.
    pub(crate) resource: usize,
    /// Where the object names the Service.
    pub(crate) path: ValuePath,
    /// The namespace of the Service.
    pub(crate) namespace: usize,
    /// The Service's name.
    pub(crate) service: String,
    /// Its port.
    pub(crate) port: Option<PortName>,
    /// The class of what answers: an ingress class, or `route` and `gateway`.
    pub(crate) class: String,
    /// The namespace that the Gateway is in, where one is named.
    pub(crate) gateway: Option<String>,
}

/// Everything among the objects that routes traffic from outside.
pub(crate) fn routes(resources: &[Resource], network: &Network) -> Vec<Route> {
    let mut found = Vec::new();
    for (position, resource) in network.world.of(resources) {
        let add = |backend: Backend, class: &str, gateway: Option<&str>| {
            let namespace = backend
                .namespace
                .as_deref()
                .unwrap_or(namespace_of(resource));
            Some(Route {
                resource: position,
                path: backend.path,
                namespace: network.namespaces.find(namespace)?,
                service: backend.service,
                port: backend.port,
                class: class.to_owned(),
                gateway: gateway.map(str::to_owned),
            })
        };
        match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
            ("networking.k8s.io" | "extensions", "Ingress") => {
                let class = ingress_class(resource.node());
                let backends = ingress_backends(resource.node()).into_iter();
                found.extend(backends.filter_map(|backend| add(backend, class, None)));
            }
            ("route.openshift.io", "Route") => {
                let backends = openshift_backends(resource.node()).into_iter();
                found.extend(backends.filter_map(|backend| add(backend, "route", None)));
            }
            ("gateway.networking.k8s.io", kind) if kind.ends_with("Route") => {
                let parent = resource
                    .node()
                    .find(&["spec", "parentRefs"])
                    .and_then(|parents| parents.items().next());
                let gateway = parent
                    .and_then(|parent| parent.get("namespace"))
                    .and_then(Node::as_str);
                let gateway = gateway.unwrap_or(namespace_of(resource));
                let backends = gateway_backends(resource.node()).into_iter();
                found.extend(backends.filter_map(|backend| add(backend, "gateway", Some(gateway))));
            }
            _ => {}
        }
    }
    found
}

/// What an object says of one Service.
struct Backend {
    path: ValuePath,
    namespace: Option<String>,
    service: String,
    port: Option<PortName>,
}

fn ingress_class(node: Node<'_>) -> &str {
    let annotation = node.find(&["metadata", "annotations", "kubernetes.io/ingress.class"]);
    let class = node.find(&["spec", "ingressClassName"]).or(annotation);
    class.and_then(Node::as_str).unwrap_or_default()
}

fn ingress_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for key in ["defaultBackend", "backend"] {
        let own =
            present(spec, key).and_then(|backend| ingress_backend(backend, path.clone().key(key)));
        found.extend(own);
    }
    for (path, rule) in items(spec, "rules", &path) {
        let Some(http) = present(rule, "http") else {
            continue;
        };
        for (path, item) in items(http, "paths", &path.key("http")) {
            let own = present(item, "backend")
                .and_then(|backend| ingress_backend(backend, path.key("backend")));
            found.extend(own);
        }
    }
    found
}

/// A backend of `networking.k8s.io/v1`, or of the versions before it.
fn ingress_backend(node: Node<'_>, path: ValuePath) -> Option<Backend> {
    let old = || {
        Some((
            path.clone().key("serviceName"),
            node.get("serviceName")?,
            node.get("servicePort"),
        ))
    };
    let (path, name, port) = match present(node, "service") {
        Some(service) => {
            let port = service.get("port");
            let port = port.and_then(|port| port.get("name").or(port.get("number")));
            (
                path.clone().key("service").key("name"),
                service.get("name")?,
                port,
            )
        }
        None => old()?,
    };
    Some(Backend {
        path,
        namespace: None,
        service: name.as_str()?.to_owned(),
        port: port.and_then(PortName::read),
    })
}

fn openshift_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let port = spec.find(&["port", "targetPort"]).and_then(PortName::read);
    let first = present(spec, "to").map(|to| (path.clone().key("to"), to));
    let all = first
        .into_iter()
        .chain(items(spec, "alternateBackends", &path));
    let of_services = all.filter(|(_, to)| {
        to.get("kind")
            .and_then(Node::as_str)
            .is_none_or(|kind| kind == "Service")
    });
    of_services
        .filter_map(|(path, to)| {
            Some(Backend {
                path: path.key("name"),
                namespace: None,
                service: to.get("name")?.as_str()?.to_owned(),
                port: port.clone(),
            })
        })
        .collect()
}

fn gateway_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let references =
        items(spec, "rules", &path).flat_map(|(path, rule)| items(rule, "backendRefs", &path));
    let of_services = references.filter(|(_, item)| {
        item.get("kind")
            .and_then(Node::as_str)
            .is_none_or(|kind| kind == "Service")
    });
    of_services
        .filter_map(|(path, item)| {
            let text = |key| present(item, key).and_then(Node::as_str).map(str::to_owned);
            Some(Backend {
                path: path.key("name"),
                namespace: text("namespace"),
                service: text("name")?,
                port: item.get("port").and_then(PortName::read),
            })
        })
        .collect()
}

/// What a route means: the ports of each class that it leads to.
pub(crate) fn routed<'a>(
    network: &'a Network,
    services: &'a Services,
    route: &'a Route,
) -> impl Iterator<Item = (usize, Ports)> + 'a {
    let service = services.find(route.namespace, &route.service);
    service.into_iter().flat_map(move |service| {
        let classes: BTreeSet<usize> = service.classes.iter().copied().collect();
        classes.into_iter().map(move |class| {
            (
                class,
                service.targets(route.port.as_ref(), &network.population.classes[class]),
            )
        })
    })
}
