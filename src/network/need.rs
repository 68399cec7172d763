//! What traffic is needed, as far as objects show it: Services that workloads name, routes from
//! outside, Services that nodes publish, and metrics that are scraped.

use std::collections::BTreeMap;

use super::Network;
use super::ingress_class::Hint;
use super::mention::Mentions;
use super::ports::Ports;
use super::route::{routed, routes};
use super::service::{Service, Services};
use super::settings::Settings;
use crate::model::{Node, Resource};

/// Someone who needs to reach pods.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Client {
    /// The pods of a class.
    Pods(usize),
    /// Whatever runs in a namespace of the platform.
    Namespace(String),
    /// Anybody, also outside the cluster.
    Anyone,
}

/// Why it is needed, in words.
pub(crate) type Reasons = Vec<String>;

/// Needed connections: what each client needs of each class.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// By client and class: the ports, and why.
    pub(crate) needed: BTreeMap<(Client, usize), (Ports, Reasons)>,
    /// What shows a need that cannot be told exactly.
    pub(crate) open: Vec<String>,
}

impl Needs {
    /// What the objects show; policies among them count for nothing.
    pub(crate) fn of(resources: &[Resource], network: &Network, settings: &Settings) -> Self {
        let services = Services::read(resources, network);
        let mut needs = Self::default();
        needs.add_mentions(resources, network, &services, settings);
        needs.add_routes(resources, network, &services, settings);
        needs.add_published(resources, network, &services);
        for monitored in super::monitor::monitored(resources, network, &services) {
            for (class, ports) in monitored.targets {
                for namespace in &settings.monitoring_namespaces {
                    let why = format!(
                        "{} scrapes its metrics",
                        resources[monitored.resource].identity
                    );
                    needs.add(Client::Namespace(namespace.clone()), class, &ports, why);
                }
            }
        }
        needs
    }

    fn add(&mut self, client: Client, class: usize, ports: &Ports, why: String) {
        if ports.is_empty() {
            return;
        }
        let (known, reasons) = self.needed.entry((client, class)).or_default();
        known.add(ports);
        if !reasons.contains(&why) {
            reasons.push(why);
        }
    }

    fn add_mentions(
        &mut self,
        resources: &[Resource],
        network: &Network,
        services: &Services,
        settings: &Settings,
    ) {
        let mentions = Mentions::new(resources, network, services, settings);
        for end in &network.population.ends {
            for pods in &end.pods {
                for mention in mentions.of(&resources[pods.resource], &pods.template) {
                    for service in mention.services.iter().map(|at| &services.all[*at]) {
                        let why = format!(
                            "{} names the Service `{}` at {}",
                            end.name, service.name, mention.path
                        );
                        for class in &service.classes {
                            let receiving = &network.population.classes[*class];
                            let ports = service.targets(mention.port.as_ref(), receiving);
                            self.add(Client::Pods(pods.class), *class, &ports, why.clone());
                        }
                    }
                }
            }
        }
    }

    fn add_routes(
        &mut self,
        resources: &[Resource],
        network: &Network,
        services: &Services,
        settings: &Settings,
    ) {
        for route in routes(resources, network, settings, Hint::default()) {
            let identity = &resources[route.resource].identity;
            let answering = settings.ingress_controllers.iter();
            let mut answering =
                answering.filter(|controller| controller.classes.contains(&route.class));
            let first = answering
                .next()
                .and_then(|controller| controller.namespaces.first());
            let namespaces: Vec<&String> = first.into_iter().chain(&route.gateway).collect();
            if namespaces.is_empty() {
                self.open.push(format!(
                    "{identity}: settings name no namespace of a controller for the class `{}`",
                    route.class
                ));
            }
            for (class, ports) in routed(resources, network, services, (&route, Service::targets)) {
                for namespace in &namespaces {
                    let why = format!("{identity} routes to the Service `{}`", route.service);
                    self.add(Client::Namespace((*namespace).clone()), class, &ports, why);
                }
            }
        }
    }

    /// Services that a load balancer or every node publishes.
    fn add_published(&mut self, resources: &[Resource], network: &Network, services: &Services) {
        for service in &services.all {
            let resource = &resources[service.resource];
            let kind = resource
                .node()
                .find(&["spec", "type"])
                .and_then(Node::as_str);
            let Some(kind @ ("LoadBalancer" | "NodePort")) = kind else {
                continue;
            };
            for class in &service.classes {
                let ports = service.targets(None, &network.population.classes[*class]);
                let why = format!("the Service `{}` of type {kind} publishes it", service.name);
                self.add(Client::Anyone, *class, &ports, why);
            }
        }
    }
}
