//! Pods that Prometheus scrapes since they, or their Services, are annotated so. Only its configuration gives the
//! annotations their meaning.

use super::Finder;
use crate::model::{Node, Resource, Role, ValuePath};
use crate::network::{Monitored, Ports};

/// Whether metrics are scraped, and on which port.
const SCRAPE: &str = "prometheus.io/scrape";
const PORT: &str = "prometheus.io/port";

/// What the configuration of Prometheus calls the annotations of pods and of Services.
const OF_OBJECTS: &str = "_annotation_prometheus_io_scrape";
const OF_PODS: &str = "__meta_kubernetes_pod_annotation_prometheus_io_scrape";
const OF_SERVICES: &str = "__meta_kubernetes_service_annotation_prometheus_io_scrape";

impl Finder<'_> {
    /// The pods that are annotated to be scraped, where an object, or the values of a chart, say that they are: the
    /// configuration stands in a ConfigMap or a Secret, and in what makes one.
    pub(super) fn annotated(&self) -> Vec<Monitored> {
        let told =
            |one: &&Resource| matches!(one.role, Role::Manifest | Role::Values | Role::Given);
        let told: Vec<&str> = self
            .resources
            .iter()
            .filter(told)
            .map(|one| one.node().text())
            .filter(|text| text.contains(OF_OBJECTS))
            .collect();
        let is_asked = |name| told.iter().any(|text| text.contains(name));
        let mut found = Vec::new();
        if is_asked(OF_PODS) {
            found.extend(self.annotated_pods());
        }
        if is_asked(OF_SERVICES) {
            found.extend(self.annotated_services());
        }
        found
    }

    fn annotated_pods(&self) -> impl Iterator<Item = Monitored> {
        let all = self.network.population.pods();
        all.filter_map(|pods| {
            let template = self.resources[pods.resource].at(&pods.template)?;
            let port = port(template)?;
            Some(Monitored {
                resource: pods.resource,
                path: place(&pods.template),
                targets: vec![(pods.class, Ports::tcp(port))],
            })
        })
    }

    fn annotated_services(&self) -> impl Iterator<Item = Monitored> {
        let all = self.services.all.iter().filter(|one| !one.is_made);
        all.filter_map(|service| {
            let port = port(self.resources[service.resource].node())?;
            let classes = service.classes.iter();
            Some(Monitored {
                resource: service.resource,
                path: place(&ValuePath::default()),
                targets: classes.map(|class| (*class, Ports::tcp(port))).collect(),
            })
        })
    }
}

/// The port that an object's annotations say, if it is to be scraped.
fn port(object: Node<'_>) -> Option<u16> {
    let annotation = |key| {
        let value = object.find(&["metadata", "annotations", key]);
        value.and_then(Node::as_str)
    };
    let is_scraped = annotation(SCRAPE) == Some("true");
    annotation(PORT)?.parse().ok().filter(|_| is_scraped)
}

/// Where the port is said.
fn place(object: &ValuePath) -> ValuePath {
    let annotations = object.clone().key("metadata").key("annotations");
    annotations.key(PORT)
}
