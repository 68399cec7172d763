//! Pods that are not among the objects, and of which something is known all the same: the cluster's DNS service, what
//! scrapes metrics, what answers for Ingresses and Gateways.

use super::Network;
use super::labels::{LabelSet, Labels};
use super::namespace::{Namespaces, called};
use super::policy::Policy;
use super::port::Port;
use super::route::Route;
use super::selector::{Match, Selector, key};
use super::settings::{Controller, Settings};

/// A namespace whose name no selector asks for: that of a controller nothing is known of.
pub(super) const UNKNOWN_NAMESPACE: &str = "";

/// Pods that are known to be in the cluster without being among the objects, such as its DNS
/// service.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    /// Their namespace.
    pub(crate) namespace: String,
    /// Labels of the namespace.
    pub(crate) namespace_labels: Labels,
    /// Keys of labels that it has none of, though it is not among the objects.
    pub(crate) lacking: Vec<String>,
    /// Whether it has no others: the namespace is among the objects.
    pub(crate) is_namespace_known: bool,
    /// Their labels.
    pub(crate) labels: Labels,
    /// Labels that are others', of which they have none.
    pub(crate) foreign_labels: LabelSet,
    /// The policies, by the positions of their objects, of which selectors of pods get labels that are none of
    /// theirs.
    pub(crate) narrowed: Vec<usize>,
    /// Whether what may be allowed if labels are there that are not known counts as allowed.
    pub(crate) is_welcome: bool,
    /// The ports that have a name.
    pub(crate) ports: Vec<Port>,
    /// Namespaces in which they are not, where their own is not known.
    pub(crate) absent_from: Vec<String>,
    /// Whether they may be the proxy that Cilium has on each node.
    pub(crate) may_be_proxy: bool,
}

impl Guest {
    /// Whether nothing is known of where they run.
    pub(crate) fn is_anywhere(&self) -> bool {
        self.namespace == UNKNOWN_NAMESPACE
    }

    /// Whether they are no pods of the cluster.
    pub(crate) fn is_outside(&self) -> bool {
        self.is_anywhere() && self.is_namespace_known
    }

    /// Whether a selector of a policy may select them by their labels.
    pub(super) fn is_behind(&self, policy: &Policy, pods: &Selector) -> Match {
        let is_narrowed = !pods.selects_all() && self.narrowed.contains(&policy.resource);
        match is_narrowed || pods.asks_for_any(&self.foreign_labels) {
            true => Match::No,
            false => pods.may_match(&self.labels),
        }
    }

    /// Whether a policy's selector of namespaces may select theirs.
    pub(super) fn is_inside(&self, namespaces: &Selector) -> Match {
        if self.is_namespace_known {
            namespaces.matches(&self.namespace_labels)
        } else if self.is_absent_from(namespaces) || self.is_lacking(namespaces) {
            Match::No
        } else {
            namespaces.may_match(&self.namespace_labels)
        }
    }

    /// Whether a selector asks for a label that their namespace does not have.
    fn is_lacking(&self, namespaces: &Selector) -> bool {
        let mut asked = namespaces.requirements().iter();
        asked.any(|one| {
            let is_lacking = self.lacking.iter().any(|own| own == key(one));
            is_lacking && Selector::new(vec![one.clone()]).matches(&Labels::new()) == Match::No
        })
    }

    /// Whether a selector asks for the name of a namespace in which they are not.
    fn is_absent_from(&self, namespaces: &Selector) -> bool {
        let asked = namespaces.asked();
        asked.is_some_and(|(_, values)| {
            let mut values = values.iter();
            values.all(|value| self.absent_from.iter().any(|name| name == value))
        })
    }
}

impl Network {
    /// Pods of which nothing is known, not even their namespace.
    fn guest_from_anywhere(&self) -> Guest {
        Guest {
            namespace_labels: Labels::new(),
            is_namespace_known: false,
            ..self.guest(UNKNOWN_NAMESPACE)
        }
    }

    /// What comes from outside the cluster: no namespace is its own.
    fn guest_from_outside(&self) -> Guest {
        Guest {
            is_namespace_known: true,
            ..self.guest_from_anywhere()
        }
    }

    /// Pods of a namespace of which nothing is known but what the objects say of the namespace.
    pub(crate) fn guest(&self, namespace: &str) -> Guest {
        let found = self.namespaces.find(namespace);
        let found = found.map(|found| self.namespaces.at(found));
        let is_namespace_known = found.is_some_and(|found| found.is_known);
        let mut labels = match found {
            Some(found) => found.labels.clone(),
            None => Namespaces::labels_of(namespace),
        };
        // Before namespaces were labelled by themselves, people did so: `name: x` means no other one.
        if namespace != UNKNOWN_NAMESPACE && !is_namespace_known {
            let name = labels.entry("name".to_owned());
            name.or_insert_with(|| called(namespace).to_owned());
        }
        Guest {
            namespace: namespace.to_owned(),
            namespace_labels: labels,
            lacking: Vec::new(),
            is_namespace_known,
            labels: Labels::new(),
            foreign_labels: LabelSet::new(),
            narrowed: Vec::new(),
            is_welcome: false,
            ports: Vec::new(),
            absent_from: Vec::new(),
            may_be_proxy: false,
        }
    }

    /// What may answer for a route: one for each namespace it may run in.
    pub(crate) fn controllers(&self, settings: &Settings, route: &Route) -> Vec<Guest> {
        let class = route.class.as_str();
        // Who names none of its own may mean Cilium's.
        let is_vague = matches!(class, "" | "gateway") || !settings.knows_class(class);
        let mut found = self.answering(settings, route);
        for guest in &mut found {
            guest.may_be_proxy = is_vague || settings.is_outside(class);
        }
        found
    }

    fn answering(&self, settings: &Settings, route: &Route) -> Vec<Guest> {
        let answers = |controller: &&Controller| controller.classes.contains(&route.class);
        let known = settings.ingress_controllers.iter().filter(answers);
        let namespaces = known.flat_map(|controller| &controller.namespaces);
        let names: Vec<&str> = namespaces
            .chain(&route.gateway)
            .map(String::as_str)
            .collect();
        if names.is_empty() && settings.knows_class(&route.class) {
            return vec![self.guest_from_outside()];
        }
        if names.is_empty() {
            let absent_from = settings.monitoring_namespaces.clone();
            let guest = self.guest_from_anywhere();
            return vec![Guest {
                absent_from,
                ..guest
            }];
        }
        names.into_iter().map(|name| self.guest(name)).collect()
    }
}
