//! What routes traffic from outside to Services: which, on which ports.

use std::collections::{BTreeSet, HashMap};

use super::Network;
use super::backend::{
    Backend, gateway_backends, ingress_backends, mapping_backends, openshift_backends,
    proxy_backends, stream_backends, traefik_backends, virtual_backends,
};
use super::class::Class;
use super::ingress_class::{Hint, default_class};
use super::namespace::namespace_of;
use super::port::PortName;
use super::ports::Ports;
use super::service::{Service, Services};
use super::settings::Settings;
use crate::model::{Node, Resource, Role, ValuePath};

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

/// The ports of a class that a Service says for a reference.
type Targets = fn(&Service, Option<&PortName>, &Class) -> Ports;

/// Everything among the objects that routes traffic from outside; scripts beside them may hint at what answers.
pub(crate) fn routes(
    resources: &[Resource],
    network: &Network,
    settings: &Settings,
    scripts: Hint,
) -> Vec<Route> {
    let reader = Reader {
        settings,
        outside: gateways_outside(resources, settings),
        default: default_class(resources, scripts).unwrap_or_default(),
    };
    let mut found = Vec::new();
    let whole = resources
        .iter()
        .enumerate()
        .filter(|(_, resource)| resource.role == Role::Manifest);
    for (position, resource) in whole {
        let Some(answered) = reader.read(resource) else {
            continue;
        };
        let Answered {
            class,
            gateway,
            backends,
        } = answered;
        let route = |backend: Backend| {
            let own = backend.namespace.as_deref();
            Some(Route {
                resource: position,
                path: backend.path,
                namespace: network
                    .namespaces
                    .find(own.unwrap_or(namespace_of(resource)))?,
                service: backend.service,
                port: backend.port,
                class: class.to_owned(),
                gateway: gateway.map(str::to_owned),
            })
        };
        found.extend(backends.into_iter().filter_map(route));
    }
    found
}

/// What answers for an object, and where that leads.
struct Answered<'r> {
    class: &'r str,
    gateway: Option<&'r str>,
    backends: Vec<Backend>,
}

/// Reads objects that route traffic.
struct Reader<'r> {
    settings: &'r Settings,
    /// The classes of the Gateways for which no pods answer.
    outside: HashMap<(&'r str, &'r str), &'r str>,
    /// The class of Ingresses without one.
    default: &'r str,
}

impl<'r> Reader<'r> {
    /// What an object routes, if it is of a kind that does.
    fn read(&self, resource: &'r Resource) -> Option<Answered<'r>> {
        let node = resource.node();
        let by = |class, backends| {
            Some(Answered {
                class,
                gateway: None,
                backends,
            })
        };
        match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
            ("networking.k8s.io" | "extensions", "Ingress") => {
                by(self.class_or(node, self.default), ingress_backends(node))
            }
            ("route.openshift.io", "Route") => by("route", openshift_backends(node)),
            ("traefik.io" | "traefik.containo.us", kind) if kind.starts_with("IngressRoute") => {
                by("traefik", proxy_backends(node))
            }
            ("traefik.io" | "traefik.containo.us", "Middleware" | "TraefikService") => {
                by("traefik", traefik_backends(node))
            }
            ("getambassador.io", "Mapping" | "TCPMapping") => {
                by("ambassador", mapping_backends(node))
            }
            ("configuration.konghq.com", "TCPIngress" | "UDPIngress") => {
                by("kong", stream_backends(node))
            }
            ("projectcontour.io", "HTTPProxy") => {
                by(self.class_or(node, "contour"), proxy_backends(node))
            }
            ("gateway.networking.k8s.io", kind) if kind.ends_with("Route") => {
                self.of_gateway(resource)
            }
            ("networking.istio.io", "VirtualService") => Some(Answered {
                class: "istio",
                gateway: Some(gateway_of_mesh(resource)?),
                backends: virtual_backends(node),
            }),
            _ => None,
        }
    }

    /// The class that an object names, or another one.
    fn class_or(&self, node: Node<'r>, otherwise: &'r str) -> &'r str {
        match ingress_class(node, self.settings) {
            "" => otherwise,
            class => class,
        }
    }

    /// What a route of the Gateway API leads to, unless it is for a mesh alone.
    fn of_gateway(&self, resource: &'r Resource) -> Option<Answered<'r>> {
        let parent = gateway(resource.node()).ok()?;
        let text = |key| parent.and_then(|parent| parent.get(key)?.as_str());
        let gateway = text("namespace").unwrap_or(namespace_of(resource));
        let named = (gateway, text("name").unwrap_or_default());
        let (class, gateway) = match self.outside.get(&named) {
            Some(class) => (*class, None),
            None => ("gateway", Some(gateway)),
        };
        Some(Answered {
            class,
            gateway,
            backends: gateway_backends(resource.node()),
        })
    }
}

/// The class that is named, else that of the controller which annotations are for.
fn ingress_class<'n>(node: Node<'n>, settings: &'n Settings) -> &'n str {
    let annotations = node.find(&["metadata", "annotations"]);
    let annotation = annotations.and_then(|all| all.get("kubernetes.io/ingress.class"));
    let class = node.find(&["spec", "ingressClassName"]).or(annotation);
    let told = || {
        let mut keys = annotations.into_iter().flat_map(Node::entries);
        keys.find_map(|(key, _)| settings.class_of(key.as_str()?.split_once('/')?.0))
    };
    let class = class.and_then(Node::as_str);
    class.or_else(told).unwrap_or_default()
}

/// The classes of the Gateways, by namespace and name, for which no pods answer.
fn gateways_outside<'r>(
    resources: &'r [Resource],
    settings: &'r Settings,
) -> HashMap<(&'r str, &'r str), &'r str> {
    let of_kind = |kind: &'static str| {
        resources.iter().filter(move |resource| {
            resource.gvk.kind == kind
                && resource.gvk.group == "gateway.networking.k8s.io"
                && resource.role == Role::Manifest
        })
    };
    // A GatewayClass may bear any name.
    let answering: HashMap<&str, &str> = of_kind("GatewayClass")
        .filter_map(|class| {
            let controller = class.node().find(&["spec", "controllerName"])?.as_str()?;
            let known = settings.gateway_controllers.get(controller)?;
            Some((class.identity.name.as_str(), known.as_str()))
        })
        .collect();
    let named = of_kind("Gateway").filter_map(|gateway| {
        let class = gateway.node().find(&["spec", "gatewayClassName"])?;
        let (name, class) = (gateway.identity.name.as_str(), class.as_str()?);
        let class = answering.get(class).copied().unwrap_or(class);
        Some(((namespace_of(gateway), name), class))
    });
    named
        .filter(|(_, class)| settings.is_outside(class))
        .collect()
}

/// What only traffic inside the cluster comes through: a mesh.
struct OfMesh;

/// The first Gateway that a route hangs on, if it names one; a route of Services alone is for what
/// pods send to these.
fn gateway(node: Node<'_>) -> Result<Option<Node<'_>>, OfMesh> {
    let parents = node.find(&["spec", "parentRefs"]);
    let parents: Vec<Node<'_>> = parents.into_iter().flat_map(Node::items).collect();
    let is_service = |parent: &&Node<'_>| parent.string("kind") == Some("Service");
    match parents.iter().find(|parent| !is_service(parent)) {
        None if !parents.is_empty() => Err(OfMesh),
        first => Ok(first.copied()),
    }
}

/// The namespace of the first Gateway that a VirtualService hangs on; none where it is for traffic between
/// pods alone.
fn gateway_of_mesh(resource: &Resource) -> Option<&str> {
    let gateways = resource.node().find(&["spec", "gateways"]);
    let mut named = gateways
        .into_iter()
        .flat_map(Node::items)
        .filter_map(Node::as_str);
    let first = named.find(|name| *name != "mesh")?;
    let namespace = first.split_once('/').map(|(namespace, _)| namespace);
    Some(namespace.unwrap_or(namespace_of(resource)))
}

/// What a route means: the ports of each class that it leads to, as its Services say them.
pub(crate) fn routed(
    resources: &[Resource],
    network: &Network,
    services: &Services,
    (route, targets): (&Route, Targets),
) -> Vec<(usize, Ports)> {
    let asked = (route.namespace, route.service.as_str());
    let meant = services.nearest(resources, &resources[route.resource], asked);
    let mut found = Vec::new();
    for service in meant.into_iter().map(|at| &services.all[at]) {
        let classes: BTreeSet<usize> = service.classes.iter().copied().collect();
        for class in classes {
            let pods = &network.population.classes[class];
            let ports = targets(service, route.port.as_ref(), pods);
            // Where nothing is known of one definition, nothing is known.
            if service.is_open && ports.is_empty() {
                return Vec::new();
            }
            found.push((class, ports));
        }
    }
    found
}
