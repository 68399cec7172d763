//! Services that operators make for custom resources, under names that the settings know.

use super::Network;
use super::labels::Labels;
use super::namespace::namespace_of;
use super::operator::operators;
use super::service::{Service, ServicePort};
use super::settings::{Operator, Settings};
use crate::model::Resource;

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
            has_open_pods: false,
            labels: Labels::new(),
            selector: Labels::new(),
            is_headless: false,
            is_made: true,
        };
        Some(operator.services.iter().map(service))
    });
    made.flatten()
}
