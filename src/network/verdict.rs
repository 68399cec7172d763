//! What policies let through between the pods of a class and another party, in one direction.

use super::Network;
use super::address::{Address, everywhere};
use super::namespace::{Namespaces, called};
use super::policy::{Action, Direction, Peer, Policy, PortRule, Rule, Scope, Tier};
use super::ports::{Ports, Protocol};
use super::route::Route;
use super::selector::{LabelSet, Labels, Match, Selector, key};
use super::settings::Settings;

/// A namespace whose name no selector asks for: that of a controller nothing is known of.
pub(super) const UNKNOWN_NAMESPACE: &str = "";

/// Someone to talk with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Party<'a> {
    /// The pods of a class.
    Pods(usize),
    /// An address outside the cluster.
    Address(Address),
    /// Pods that are not among the objects.
    Guest(&'a Guest),
}

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
    pub(crate) ports: Vec<super::pods::Port>,
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
    fn is_behind(&self, policy: &Policy, pods: &Selector) -> Match {
        let is_narrowed = !pods.selects_all() && self.narrowed.contains(&policy.resource);
        match is_narrowed || pods.asks_for_any(&self.foreign_labels) {
            true => Match::No,
            false => pods.may_match(&self.labels),
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
        let answers =
            |controller: &&super::settings::Controller| controller.classes.contains(&route.class);
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

    /// What policies let through for some pod of a class, towards it from the party or from it to
    /// the party.
    pub(crate) fn verdict(&self, direction: Direction, class: usize, party: Party<'_>) -> Ports {
        let (mut open, mut passed, mut allowed) =
            (Ports::all(), Ports::default(), Ports::default());
        let (mut is_isolated, mut is_last_tier) = (false, false);
        for selecting in &self.selecting(direction)[class] {
            let policy = &self.policies[selecting.policy];
            match policy.tier {
                Tier::Admin(_) => {}
                Tier::Network => {
                    is_isolated |= selecting.closes;
                    open.add(&std::mem::take(&mut passed));
                }
                Tier::Baseline(_) if is_isolated => break,
                // What is passed on in the last tier meets none of its other policies.
                Tier::Baseline(_) if is_last_tier => {}
                Tier::Baseline(_) => {
                    is_last_tier = true;
                    open.add(&std::mem::take(&mut passed));
                }
            }
            for rule in policy.rules(direction).unwrap_or_default() {
                // What a policy says of some of the pods only, it does not forbid to all of them.
                let is_said = selecting.is_sure || rule.action == Action::Allow;
                if !is_said || !self.is_about(policy, rule, party) {
                    continue;
                }
                let ports = self
                    .rule_ports(rule, direction, class, party)
                    .intersection(&open);
                match rule.action {
                    Action::Allow => allowed.add(&ports),
                    Action::Deny => {}
                    Action::Pass => passed.add(&ports),
                }
                open = open.without(&ports);
            }
        }
        if !is_isolated {
            allowed.add(&open);
            allowed.add(&passed);
        }
        allowed
    }

    /// Whether a rule is about a party.
    pub(crate) fn is_about(&self, policy: &Policy, rule: &Rule, party: Party<'_>) -> bool {
        rule.peers.as_ref().is_none_or(|peers| {
            let mut peers = peers.iter();
            peers.any(|peer| self.means(policy, rule.action, &peer.what, party))
        })
    }

    fn means(&self, policy: &Policy, action: Action, peer: &Peer, party: Party<'_>) -> bool {
        match (peer, party) {
            (Peer::Proxy, Party::Guest(guest)) => guest.may_be_proxy && action == Action::Allow,
            (Peer::Beyond(_), _)
            | (Peer::Proxy, Party::Pods(_) | Party::Address(_))
            | (Peer::Pods { .. }, Party::Address(_))
            | (Peer::Addresses(_), Party::Guest(_)) => false,
            (Peer::Addresses(addresses), Party::Address(address)) => addresses.contains(&address),
            (Peer::Addresses(addresses), Party::Pods(class)) => {
                // Pods on the host network are seen under the address of their node.
                let class = &self.population.classes[class];
                let is_everywhere = || addresses.iter().any(|range| *range == everywhere(false));
                class.is_host
                    && class
                        .node
                        .map_or_else(is_everywhere, |node| addresses.contains(&node))
            }
            (Peer::Pods { scope, pods }, Party::Pods(class)) => {
                let class = &self.population.classes[class];
                let is_inside = match scope {
                    Scope::Own if policy.namespace == Some(class.namespace) => Match::Yes,
                    Scope::Own => Match::No,
                    Scope::Selected(namespaces) => {
                        namespaces.matches(&self.namespaces.at(class.namespace).labels)
                    }
                };
                let is_meant = match is_inside.min(class.is_behind(pods)) {
                    Match::Yes => true,
                    Match::Maybe => action == Action::Allow,
                    Match::No => false,
                };
                !class.is_host && is_meant
            }
            (Peer::Pods { scope, pods }, Party::Guest(guest)) => {
                let is_inside = match scope {
                    Scope::Own => {
                        let own = policy
                            .namespace
                            .map(|own| self.namespaces.at(own).name.as_str());
                        if own == Some(guest.namespace.as_str()) {
                            Match::Yes
                        } else {
                            Match::No
                        }
                    }
                    Scope::Selected(namespaces) if guest.is_namespace_known => {
                        namespaces.matches(&guest.namespace_labels)
                    }
                    Scope::Selected(namespaces)
                        if guest.is_absent_from(namespaces) || guest.is_lacking(namespaces) =>
                    {
                        Match::No
                    }
                    Scope::Selected(namespaces) => namespaces.may_match(&guest.namespace_labels),
                };
                match is_inside.min(guest.is_behind(policy, pods)) {
                    Match::Yes => true,
                    Match::Maybe => guest.is_welcome && action == Action::Allow,
                    Match::No => false,
                }
            }
        }
    }

    /// The ports of a rule: a name means what the receiving pods call so.
    fn rule_ports(
        &self,
        rule: &Rule,
        direction: Direction,
        class: usize,
        party: Party<'_>,
    ) -> Ports {
        let Some(listed) = &rule.ports else {
            return Ports::all();
        };
        let receiving = match (direction, party) {
            (Direction::Ingress, _) => Some(class),
            (Direction::Egress, Party::Pods(class)) => Some(class),
            (Direction::Egress, Party::Guest(_) | Party::Address(_)) => None,
        };
        let receiving = receiving.map(|class| &self.population.classes[class]);
        let has_open = receiving.is_some_and(|class| class.has_open_ports);
        let declared: &[super::pods::Port] = match (receiving, party) {
            (Some(class), _) => &class.ports,
            (None, Party::Guest(guest)) => &guest.ports,
            (None, Party::Address(_) | Party::Pods(_)) => &[],
        };
        let mut ports = Ports::default();
        for port in listed {
            match &port.what {
                PortRule::Numbers(numbers) => ports.add(numbers),
                PortRule::Named(protocol, name) => {
                    let named = declared.iter().filter(|port| {
                        port.name.as_ref() == Some(name)
                            && protocol.is_none_or(|protocol| protocol == port.protocol)
                    });
                    let mut is_known = false;
                    for port in named {
                        ports.insert(port.protocol, port.number, port.number);
                        is_known = true;
                    }
                    // A placeholder may stand for the port of the name.
                    if !is_known && has_open && rule.action == Action::Allow {
                        let protocol = protocol.unwrap_or(Protocol::Tcp);
                        ports.insert(protocol, 1, u16::MAX);
                    }
                }
            }
        }
        ports
    }
}
