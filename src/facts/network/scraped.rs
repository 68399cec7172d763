//! Metrics that are needed and closed.

use kube::core::Expression;

use super::blocked::is_about;
use super::{Facts, Finder};
use crate::network::{Direction, Guest, Peer, Ports, Scope, asked_values, label_key, monitored};

/// Words in the names of namespaces of what scrapes metrics.
const SCRAPING_WORDS: [&str; 7] = [
    "grafana",
    "metrics",
    "monitor",
    "observability",
    "prometheus",
    "telemetry",
    "victoria",
];
/// Programs that scrape metrics.
pub(super) const SCRAPERS: [&str; 3] = ["prometheus", "victoria-metrics-agent", "vmagent"];

impl Finder<'_> {
    /// Whether a rule lets a namespace in of which nothing is known but a name, or a label of the platform, that
    /// speaks of what scrapes metrics, where no such program is in a namespace of the objects.
    fn is_meant_for_scrapers(&self, programs: &[Guest], (class, ports): &(usize, Ports)) -> bool {
        let is_meant = |name: &&str| {
            // Whether the settings' own are let in is known.
            let mut own = self.settings.monitoring_namespaces.iter();
            speaks_of_scraping(name) && !own.any(|own| own == name)
        };
        let is_asked = |one: &Expression| {
            let (key, values) = (label_key(one), asked_values(one));
            match self.settings.platform_labels.iter().any(|own| own == key) {
                true => [key]
                    .iter()
                    .chain(&values)
                    .any(|word| speaks_of_scraping(word)),
                false => values.iter().any(is_meant),
            }
        };
        let own = Some(&self.network.population.classes[*class]);
        let mut rules = self.rules_about(*class, Direction::Ingress);
        !programs.iter().any(|guest| guest.is_namespace_known)
            && rules.any(|rule| {
                let mut peers = rule.peers.iter().flatten();
                let is_named = peers.any(|peer| match &peer.what {
                    Peer::Pods {
                        scope: Scope::Selected(selector),
                        ..
                    } => selector.requirements().iter().any(is_asked),
                    Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => false,
                });
                is_named && is_about(rule, ports, own)
            })
    }

    /// Targets of metrics that policy closes to what scrapes them.
    pub(super) fn find_scrapes(&self, facts: &mut Facts) {
        let namespaces = self.settings.monitoring_namespaces.iter();
        let mut guests: Vec<Guest> = namespaces.map(|name| self.network.guest(name)).collect();
        let programs = self.programs(&SCRAPERS);
        self.narrow(&mut guests, &programs, &self.narrowed());
        guests.extend(programs.iter().cloned());
        guests.iter_mut().for_each(|guest| guest.is_welcome = true);
        let mut all = monitored(self.resources, self.network, &self.services);
        all.extend(self.annotated());
        for monitored in all {
            // What of the targets is open says nothing of the others.
            let mut closed = monitored.targets;
            closed.retain(|target| {
                !self.is_patched(monitored.resource, Direction::Ingress, target.0)
                    && self.closed_to(&guests, [target.clone()]).is_some()
                    && !self.is_meant_for_scrapers(&programs, target)
            });
            if let Some(fact) = self.closed_to(&guests, closed) {
                facts.add("network_scrapes", monitored.resource, &monitored.path, fact);
            }
        }
    }
}

/// Whether a name speaks of what scrapes metrics.
fn speaks_of_scraping(name: &str) -> bool {
    SCRAPING_WORDS.iter().any(|word| name.contains(word))
}
