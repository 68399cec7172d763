//! What operators make for custom resources: Services by names that are known, and pods with labels of
//! their own.

use super::Network;
use super::namespace::namespace_of;
use super::selector::{Labels, Match, Selector};
use super::service::{Service, ServicePort};
use super::settings::{Operator, Settings};
use crate::model::{Resource, Role};

impl Operator {
    /// The name of a Service or the value of a label for a resource, in whose name's place `*` stands.
    fn named(pattern: &str, resource: &Resource) -> String {
        pattern.replace('*', &resource.identity.name)
    }
}

/// What operators make for an object, if it is a custom resource that the settings know.
fn operators<'s>(
    settings: &'s Settings,
    resource: &'s Resource,
) -> impl Iterator<Item = &'s Operator> {
    let own = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    let is_own = move |one: &&Operator| one.kind.split_once('/') == Some(own);
    let is_whole = resource.role == Role::Manifest && !resource.identity.name.is_empty();
    settings
        .operators
        .iter()
        .filter(move |_| is_whole)
        .filter(is_own)
}

/// The Services that operators make, each at the position of its custom resource: no pods behind them are
/// known.
pub(crate) fn made_services<'r>(
    resources: &'r [Resource],
    network: &'r Network,
    settings: &'r Settings,
) -> impl Iterator<Item = Service> + 'r {
    let made = resources.iter().enumerate().filter_map(|(position, one)| {
        let operator = operators(settings, one).next()?;
        let namespace = network.namespaces.find(namespace_of(one))?;
        let service = move |name: &String| Service {
            resource: position,
            namespace,
            name: Operator::named(name, one),
            classes: Vec::new(),
            ports: operator
                .ports
                .iter()
                .copied()
                .map(ServicePort::tcp)
                .collect(),
            is_open: false,
            labels: Labels::new(),
            is_made: true,
        };
        Some(operator.services.iter().map(service))
    });
    made.flatten()
}

/// The labels that an operator gives the pods of a resource.
fn pod_labels(operator: &Operator, resource: &Resource) -> Labels {
    let labels = operator.labels.iter();
    labels
        .map(|(key, value)| (key.clone(), Operator::named(value, resource)))
        .collect()
}

/// Whether an operator may give pods that it makes for a custom resource all labels that a selector asks
/// for: its own ones, of one of several sorts of pods, and those of the resource, which many hand on.
pub(crate) fn may_bear(settings: &Settings, resource: &Resource, selector: &Selector) -> bool {
    let bears = |more: Labels| {
        let mut labels = resource.labels.clone();
        labels.extend(more);
        selector.matches(&labels) != Match::No
    };
    bears(Labels::new())
        || operators(settings, resource).any(|operator| bears(pod_labels(operator, resource)))
}
