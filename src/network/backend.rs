//! Services that objects route traffic to from outside: which, on which ports, and where they are named.

use super::field::{items, present};
use super::port::PortName;
use crate::model::{Node, ValuePath};

/// What an object says of one Service.
pub(super) struct Backend {
    /// Where it names it.
    pub(super) path: ValuePath,
    /// Its namespace, if it is not the object's.
    pub(super) namespace: Option<String>,
    /// The name.
    pub(super) service: String,
    /// The port, or all of its.
    pub(super) port: Option<PortName>,
}

impl Backend {
    fn of(
        path: ValuePath,
        (service, namespace): (String, Option<String>),
        port: Option<PortName>,
    ) -> Self {
        Self {
            path,
            namespace,
            service,
            port,
        }
    }
}

/// Services behind an Ingress: in its rules, and in annotations that controllers read.
pub(super) fn ingress_backends(node: Node<'_>) -> Vec<Backend> {
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
    found.extend(annotated_backends(node));
    found
}

/// Services that annotations name: the actions of AWS' load balancer that a backend uses, and what nginx asks or
/// falls back on.
fn annotated_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::from_iter(["metadata", "annotations"]);
    let Some(annotations) = node.find(&["metadata", "annotations"]) else {
        return Vec::new();
    };
    let named = annotations.entries().filter_map(|(key, value)| {
        let (domain, name) = key.as_str()?.split_once('/')?;
        Some((
            domain,
            name,
            path.clone().key(key.as_str()?),
            value.as_str()?,
        ))
    });
    let backends = named.flat_map(|(domain, name, path, value)| match (domain, name) {
        ("alb.ingress.kubernetes.io", name) => match name.strip_prefix("actions.") {
            Some(action) if uses_action(node, action) => targets(&path, value),
            _ => Vec::new(),
        },
        ("nginx.ingress.kubernetes.io", "default-backend") => {
            let service = (value.to_owned(), None);
            vec![Backend::of(path, service, None)]
        }
        ("nginx.ingress.kubernetes.io", "auth-url" | "mirror-target") => {
            addressed(path, value).into_iter().collect()
        }
        _ => Vec::new(),
    });
    backends.collect()
}

/// Whether a backend of an Ingress names an action that an annotation says.
fn uses_action(node: Node<'_>, action: &str) -> bool {
    let text = node.find(&["spec"]).map(Node::text).unwrap_or_default();
    text.contains("use-annotation") && text.contains(action)
}

/// The Services among the targets of an action, written as JSON.
fn targets(path: &ValuePath, action: &str) -> Vec<Backend> {
    let action: serde_json::Value = serde_json::from_str(action).unwrap_or_default();
    let groups = action["forwardConfig"]["targetGroups"].as_array();
    let groups = groups.into_iter().flatten().filter_map(|group| {
        let service = (group["serviceName"].as_str()?.to_owned(), None);
        let port = match &group["servicePort"] {
            serde_json::Value::String(port) => Some(PortName::of(port)),
            port => port.as_u64().map(|port| PortName::of(&port.to_string())),
        };
        Some(Backend::of(path.clone(), service, port))
    });
    groups.collect()
}

/// The Service that a URL names with its namespace.
fn addressed(path: ValuePath, url: &str) -> Option<Backend> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?']).next()?;
    let (host, port) = match host.split_once(':') {
        Some((host, port)) => (host, port),
        None if scheme == "https" => (host, "443"),
        None => (host, "80"),
    };
    let service = named_service(host).filter(|(_, namespace)| namespace.is_some())?;
    Some(Backend::of(path, service, Some(PortName::of(port))))
}

/// A Service by its host name, with the namespace that this says.
fn named_service(host: &str) -> Option<(String, Option<String>)> {
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [name] => Some(((*name).to_owned(), None)),
        [name, namespace, "svc", ..] => Some(((*name).to_owned(), Some((*namespace).to_owned()))),
        _ => None,
    }
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

/// Services behind OpenShift's Route.
pub(super) fn openshift_backends(node: Node<'_>) -> Vec<Backend> {
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

/// Services in the routes of Traefik's and Contour's own kinds.
pub(super) fn proxy_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let tcp = present(spec, "tcpproxy").map(|tcp| (path.clone().key("tcpproxy"), tcp));
    let routes = items(spec, "routes", &path).chain(tcp);
    let services = routes.flat_map(|(path, route)| items(route, "services", &path));
    services.filter_map(service_backend).collect()
}

/// A reference to a Service by `kind`, `namespace`, `name` and `port`.
fn service_backend((path, item): (ValuePath, Node<'_>)) -> Option<Backend> {
    let text = |key| present(item, key).and_then(Node::as_str).map(str::to_owned);
    let is_service = text("kind").is_none_or(|kind| kind == "Service");
    Some(Backend {
        path: path.key("name"),
        namespace: text("namespace"),
        service: text("name").filter(|_| is_service)?,
        port: item.get("port").and_then(PortName::read),
    })
}

/// Services behind a route of the Gateway API, with those that requests are copied to.
pub(super) fn gateway_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let references = items(spec, "rules", &path).flat_map(|(path, rule)| {
        let filters = items(rule, "filters", &path);
        let mirrors = filters.filter_map(|(path, filter)| {
            let mirror = filter.find(&["requestMirror", "backendRef"])?;
            Some((path.key("requestMirror").key("backendRef"), mirror))
        });
        let mirrors: Vec<_> = mirrors.collect();
        items(rule, "backendRefs", &path).chain(mirrors)
    });
    references.filter_map(service_backend).collect()
}

/// Services behind Traefik's own kinds beside its routes: what a Middleware asks, or shows for errors, and what a
/// TraefikService shares requests among.
pub(super) fn traefik_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let asked = || {
        let address = spec.find(&["forwardAuth", "address"])?.as_str()?;
        addressed(path.clone().key("forwardAuth").key("address"), address)
    };
    let errors = spec.find(&["errors", "service"]);
    let errors = errors.map(|one| (path.clone().key("errors").key("service"), one));
    let mirroring = present(spec, "mirroring").map(|one| (path.clone().key("mirroring"), one));
    let listed = [("weighted", "services"), ("mirroring", "mirrors")];
    let listed = listed.into_iter().flat_map(|(key, inner)| {
        let around = present(spec, key).into_iter();
        around.flat_map(move |around| {
            items(around, inner, &ValuePath::from_iter(["spec", key])).collect::<Vec<_>>()
        })
    });
    let services = errors.into_iter().chain(mirroring).chain(listed);
    services
        .filter_map(service_backend)
        .chain(asked())
        .collect()
}

/// The Service behind a Mapping of Emissary: `service`, `service.namespace`, with or without scheme and port.
pub(super) fn mapping_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::from_iter(["spec", "service"]);
    let read = || {
        let service = node.find(&["spec", "service"])?.as_str()?;
        let (scheme, host) = service.split_once("://").unwrap_or(("http", service));
        let usual = if scheme == "https" { "443" } else { "80" };
        let (host, port) = host.split_once(':').unwrap_or((host, usual));
        let mut labels = host.split('.');
        let name = labels.next()?.to_owned();
        let namespace = labels.next().map(str::to_owned);
        Some(Backend::of(
            path,
            (name, namespace),
            Some(PortName::of(port)),
        ))
    };
    read().into_iter().collect()
}

/// Services behind Kong's own kinds for other protocols.
pub(super) fn stream_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let backends = items(spec, "rules", &path)
        .filter_map(|(path, rule)| ingress_backend(present(rule, "backend")?, path.key("backend")));
    backends.collect()
}

/// The destinations of a VirtualService.
pub(super) fn virtual_backends(node: Node<'_>) -> Vec<Backend> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(node, "spec") else {
        return Vec::new();
    };
    let rules = ["http", "tls", "tcp"]
        .into_iter()
        .flat_map(|key| items(spec, key, &path));
    let routes = rules.flat_map(|(path, rule)| {
        let mirror = present(rule, "mirror").map(|mirror| (path.clone().key("mirror"), mirror));
        let routes = ["route", "mirrors"]
            .into_iter()
            .flat_map(|key| items(rule, key, &path));
        let routes = routes.filter_map(|(path, route)| {
            let destination = present(route, "destination")?;
            Some((path.key("destination"), destination))
        });
        routes.chain(mirror).collect::<Vec<_>>()
    });
    routes.filter_map(destination).collect()
}

/// A Service by its host name: bare, or with its namespace behind it.
fn destination((path, destination): (ValuePath, Node<'_>)) -> Option<Backend> {
    let (service, namespace) = named_service(destination.get("host")?.as_str()?)?;
    Some(Backend {
        path: path.key("host"),
        namespace,
        service,
        port: destination
            .find(&["port", "number"])
            .and_then(PortName::read),
    })
}
