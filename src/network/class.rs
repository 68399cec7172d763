//! A class: pods that no policy can tell apart, and what a pod template says of them.

use super::address::Address;
use super::given::{given, is_of_plugin};
use super::labels::{Given, GivenLabels, Labels, are_open};
use super::operator::labels_beside;
use super::placeholder::{ANY_KEY, is_open, is_open_at};
use super::port::Port;
use super::ports::Protocol;
use super::selector::{Match, Selector};
use super::settings::Settings;
use super::workflow;
use crate::model::{Node, Resource, ValuePath, string_map};

/// Pods that no policy can tell apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    /// The position of their namespace.
    pub(crate) namespace: usize,
    /// Their labels, as they are written.
    pub(crate) labels: Labels,
    /// Those that their controller gives them.
    pub(crate) given: GivenLabels,
    /// The ports that their containers declare.
    pub(crate) ports: Vec<Port>,
    /// Whether every container declares a port, but for sidecars that listen on none.
    pub(crate) declares_all: bool,
    /// Whether no container listens on any.
    pub(crate) is_silent: bool,
    /// Whether a placeholder stands for one of the ports.
    pub(crate) has_open_ports: bool,
    /// Whether they share the network of their node.
    pub(crate) is_on_host: bool,
    /// Whether they are out of reach of policies for that.
    pub(crate) is_host: bool,
    /// Whether kustomizations take them along, where that tells them apart.
    pub(crate) is_taken: bool,
    /// The node's address, where the pod's status tells it.
    pub(crate) node: Option<Address>,
}

impl Class {
    /// Whether a selector selects the pods by their labels: `Maybe` where it depends on what a
    /// controller makes up, so that it may select some of them.
    pub(crate) fn is_behind(&self, selector: &Selector) -> Match {
        selector.may_select(&self.labels, &self.given)
    }

    /// The labels as they are written.
    pub(crate) fn written_labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.labels.iter();
        labels.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Those that a controller gives whose values are known.
    pub(crate) fn given_labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.given.iter().filter_map(|(key, given)| match given {
            Given::Exactly(value) => Some((*key, value.as_str())),
            Given::Beginning(_) => None,
        })
    }

    /// All labels of Kubernetes whose values are known.
    pub(crate) fn certain_labels(&self) -> Labels {
        let known = |(key, given): (&&str, &Given)| match given {
            Given::Exactly(_) if is_of_plugin(key) => None,
            Given::Exactly(value) => Some(((*key).to_owned(), value.clone())),
            Given::Beginning(_) => None,
        };
        let mut labels: Labels = self.given.iter().filter_map(known).collect();
        let written = self.labels.iter().filter(|(key, _)| *key != ANY_KEY);
        labels.extend(written.map(|(key, value)| (key.clone(), value.clone())));
        labels
    }

    /// Whether the pods bear a label of the key.
    pub(crate) fn bears(&self, key: &str) -> bool {
        self.labels.contains_key(key) || self.given.contains_key(key)
    }

    /// Whether a placeholder stands for one of the labels.
    pub(crate) fn is_open(&self) -> bool {
        are_open(&self.labels)
    }

    /// The numbers that a named port has for a protocol.
    pub(crate) fn named(&self, name: &str, protocol: Protocol) -> impl Iterator<Item = u16> {
        let asked = move |port: &&Port| port.is_called(name, Some(protocol));
        self.ports.iter().filter(asked).map(|port| port.number)
    }
}

/// The class of the pods of a template. Whether policies reach them on the host network, and whether
/// kustomizations take them along, is for who knows the others to say.
pub(super) fn class(
    resource: &Resource,
    path: &ValuePath,
    namespace: usize,
    settings: &Settings,
) -> Option<Class> {
    let template = resource.at(path)?;
    let workflow = workflow::spec_of(resource, path);
    let mut labels = workflow.map(workflow::labels).unwrap_or_default();
    if hands_labels_on(resource) {
        labels.extend(resource.labels.clone());
    }
    labels.extend(string_map(template.find(&["metadata", "labels"])));
    if workflow.is_none() {
        labels.extend(labels_beside(settings, resource, &labels));
    }
    let spec = template.get("spec").unwrap_or(template);
    let is_on_host = spec.get("hostNetwork").and_then(Node::as_bool) == Some(true);
    let node = resource
        .node()
        .find(&["status", "hostIP"])
        .and_then(Node::as_str);
    let declares = |container| Port::declared(container).next().is_some();
    Some(Class {
        namespace,
        given: given(resource, workflow.is_some()),
        labels,
        ports: containers(spec).flat_map(Port::declared).collect(),
        declares_all: containers(spec).any(declares)
            && containers(spec).all(|one| declares(one) || listens_nowhere(one, settings)),
        is_silent: containers(spec).all(|one| !declares(one) && listens_nowhere(one, settings)),
        has_open_ports: containers(spec).any(has_open_ports),
        is_on_host,
        is_host: false,
        is_taken: false,
        node: node
            .filter(|_| is_on_host)
            .and_then(|text| text.parse::<std::net::IpAddr>().ok())
            .map(Address::from),
    })
}

/// Whether the controller of a kind gives pods the labels of the object as well, beside those of the template.
fn hands_labels_on(resource: &Resource) -> bool {
    (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) == ("kubeflow.org", "Notebook")
}

/// The containers that listen while the pod runs: init containers only if they keep running.
fn containers(spec: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let listed = |key| spec.get(key).into_iter().flat_map(Node::items);
    let keeps_running = |container: &Node<'_>| container.string("restartPolicy") == Some("Always");
    listed("containers").chain(listed("initContainers").filter(keeps_running))
}

/// Whether a container is one of the sidecars that open no port of the pod, or only sleeps.
fn listens_nowhere(container: Node<'_>, settings: &Settings) -> bool {
    let command = container.get("command").or_else(|| container.get("args"));
    let first = command.and_then(|command| command.items().next());
    if first.and_then(Node::as_str) == Some("sleep") {
        return true;
    }
    let image = container.string("image");
    let name = image.map(|image| {
        let name = image.rsplit('/').next().unwrap_or_default();
        name.split([':', '@']).next().unwrap_or_default()
    });
    name.is_some_and(|name| settings.silent_sidecars.iter().any(|own| own == name))
}

fn has_open_ports(container: Node<'_>) -> bool {
    let mut listed = container.get("ports").into_iter().flat_map(Node::items);
    let keys = ["containerPort", "name", "protocol"];
    // A placeholder may stand for the whole list, or for one of the ports.
    is_open_at(container, "ports")
        || listed.any(|port| {
            port.as_str().is_some_and(is_open) || keys.iter().any(|key| is_open_at(port, key))
        })
}
