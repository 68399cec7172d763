//! Ports of a NetworkPolicy that no pod listens on.

use std::collections::BTreeSet;

use serde_json::json;

use super::home::home_of;
use super::{Facts, Finder, is_custom, link, name_path};
use crate::model::{Node, Resource, Role, Scalar, ValuePath, string_map};
use crate::network::{
    Action, Class, Direction, Match, NAME_LABEL, Peer, Placed, Pods, Policy, Port, PortRule, Ports,
    Protocol, Rule, Scope, Selector, is_apart, namespace_of,
};

/// What words end in that stand before a colon and a port, and name no other host.
const HERE: [&str; 10] = [
    "0.0.0.0",
    "address",
    "addr",
    "bind",
    "http",
    "https",
    "listen",
    "localhost",
    "port",
    "tcp",
];

/// Stands before the digest of an image.
const DIGEST: &str = "@sha256:";

impl Finder<'_> {
    /// Ports that no pod they are about listens on.
    pub(super) fn find_ports(&self, facts: &mut Facts) {
        let mut found = Vec::new();
        let strangers = self.strangers();
        for policy in self.placed() {
            let selected = self.network.selected_by(policy);
            let may_select_others = policy.pods.selects_all()
                && policy.namespace.is_some_and(|own| strangers.contains(&own));
            if may_select_others || self.may_select_unrendered(policy) {
                continue;
            }
            let rules = policy.all_rules();
            for (direction, rule) in rules.filter(|(_, rule)| rule.action == Action::Allow) {
                let mut receiving = match direction {
                    Direction::Ingress => selected.clone(),
                    Direction::Egress => self.receiving(policy, rule, &strangers),
                };
                receiving.retain(|class| !self.only_calls(*class));
                self.leave_templates(&mut receiving, &asking(policy, direction, rule));
                // A port without a protocol is one of several at one place.
                let listed = rule.ports.as_deref().unwrap_or_default();
                for ports in listed.chunk_by(|one, other| one.path == other.path) {
                    let port = &ports[0];
                    if let Some(reason) = self.all_unused((rule, ports), &receiving)
                        && !(direction == Direction::Egress
                            && self.is_of_strangers(policy, rule, &port.what))
                    {
                        let mut links = self.service_links(&port.what, &receiving);
                        links.extend(self.workload_links(
                            policy.resource,
                            &receiving,
                            "the pods are those of",
                        ));
                        links.truncate(super::MOST_LINKS);
                        let fact = json!({"direction": direction.as_str(), "reason": reason, "links": links});
                        found.push((
                            policy.resource,
                            port_path(&port.path, self.resources[policy.resource].node()),
                            fact,
                        ));
                    }
                }
            }
        }
        for (resource, path, fact) in found {
            facts.add("network_ports", resource, &path, fact);
        }
    }

    /// Leaves out the pods of which a placeholder stands for what a rule asks for, where it surely means others: they
    /// are a template of pods, and not those that it is there for.
    fn leave_templates(&self, receiving: &mut Vec<usize>, asking: &[&Selector]) {
        let classes = &self.network.population.classes;
        let is_meant = |class: &usize| {
            let mut asking = asking.iter();
            asking.any(|one| !one.selects_all() && classes[*class].is_behind(one) == Match::Yes)
        };
        if receiving.iter().any(is_meant) {
            receiving.retain(|class| !classes[*class].is_open() || is_meant(class));
        }
    }

    /// Namespaces in which pods are that are not among the objects: something deploys them there, or
    /// an operator makes them, or policies ask for them, unless the namespace is among the objects and
    /// it is known that there are none.
    fn strangers(&self) -> BTreeSet<usize> {
        let is_asked = |policy: &&Policy| {
            self.network.selected_by(policy).is_empty() && self.idle(policy).is_none()
        };
        let asked = self.written().filter(is_asked);
        let asked = asked.filter_map(|policy| policy.namespace);
        let all = self.network.namespaces.iter().enumerate();
        let filled = all.filter(|(_, namespace)| self.unseen.may_fill(&namespace.name));
        let customs = self.customs.iter();
        let making = customs.filter(|(_, all)| {
            let mut all = all.iter().map(|at| &self.resources[*at]);
            all.any(|one| !one.is_workload() && self.may_have_pods(one))
        });
        let making = making.filter_map(|(name, _)| self.network.namespaces.find(name));
        let filled = filled.map(|(at, _)| at);
        let joined = self.written().filter(|policy| self.may_be_joined(policy));
        let joined = joined.filter_map(|policy| policy.namespace);
        asked.chain(filled).chain(making).chain(joined).collect()
    }

    /// Whether pods of a component below the kustomization of a policy may come into the namespace that neither names.
    fn may_be_joined(&self, policy: &Policy) -> bool {
        let own = &self.resources[policy.resource];
        if !is_apart(namespace_of(own)) {
            return false;
        }
        let home = format!("{}/", home_of(own));
        let makes_pods =
            |one: &Resource| one.is_workload() || is_custom(one) && self.may_have_pods(one);
        self.resources.iter().any(|one| {
            makes_pods(one)
                && one.artifact.provenance.is_none()
                && self.kustomized.lists(one)
                && home_of(one).starts_with(&home)
        })
    }

    /// Whether pods come to their end by themselves or open no port, declare none, and stand behind no
    /// Service.
    fn only_calls(&self, class: usize) -> bool {
        let ends = |(_, pods): (_, &Pods)| {
            let kind = self.resources[pods.resource].gvk.kind.as_str();
            matches!(kind, "CronJob" | "Job")
        };
        let own = &self.network.population.classes[class];
        own.ports.is_empty()
            && (own.is_silent || self.network.population.pods_of(class).all(ends))
            && self.services.before(class).next().is_none()
    }

    /// The pods that a rule sends to, if they are all known.
    fn receiving(&self, policy: &Policy, rule: &Rule, strangers: &BTreeSet<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        for peer in rule.peers.iter().flatten() {
            let is_near = match &peer.what {
                Peer::Pods { scope, pods } => match scope {
                    Scope::Own => {
                        let own = policy.namespace.filter(|_| pods.selects_all());
                        own.is_none_or(|own| !strangers.contains(&own))
                    }
                    Scope::Selected(selector) => self.is_well_known(selector, strangers),
                },
                Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => false,
            };
            let meant = self.network.meant_by(policy, &peer.what);
            if !is_near || meant.is_empty() {
                return Vec::new();
            }
            found.extend(meant);
        }
        found
    }

    /// Whether a selector means namespaces by their names, all of which are among the objects with all
    /// their pods.
    fn is_well_known(&self, selector: &Selector, strangers: &BTreeSet<usize>) -> bool {
        let known = &self.network.namespaces;
        let is_named = selector.asked().is_some_and(|(key, values)| {
            let is_name = key == NAME_LABEL || key == "name";
            let mut names = values.iter();
            is_name && names.all(|name| known.find(name).is_some())
        });
        let population = &self.network.population;
        let is_whole = |at: &usize| {
            let mut residents = population.residents(*at).iter();
            known.at(*at).is_known
                && !strangers.contains(at)
                && residents.all(|class| self.says_namespaces(*class))
        };
        is_named
            && selector.requirements().len() == 1
            && known.selected(selector).iter().all(is_whole)
    }

    /// Why none of some ports at one place means anything to any of the pods that their rule is about.
    fn all_unused(
        &self,
        (rule, ports): (&Rule, &[Placed<PortRule>]),
        receiving: &[usize],
    ) -> Option<String> {
        let reasons = ports.iter();
        let reasons = reasons.map(|port| self.unused((rule, &port.what), receiving));
        let reasons: Option<Vec<String>> = reasons.collect();
        reasons?.into_iter().next()
    }

    /// Why a port of a rule means nothing to any of the pods it is about.
    fn unused(&self, (rule, port): (&Rule, &PortRule), receiving: &[usize]) -> Option<String> {
        let classes: Vec<&Class> = receiving
            .iter()
            .map(|class| &self.network.population.classes[*class])
            .collect();
        if classes.is_empty() || classes.iter().any(|class| class.has_open_ports) {
            return None;
        }
        match port {
            PortRule::Named(protocol, name) => unused_name(*protocol, name, &classes),
            PortRule::Numbers(ports) => {
                let mut ranges = ports.ranges();
                let (protocol, first, last) = ranges.next()?;
                let is_single = ranges.next().is_none() && first == last;
                let one = (protocol, first);
                (is_single && !declares(&classes, ports))
                    .then(|| self.unused_number(rule, one, (&classes, receiving)))
                    .flatten()
            }
        }
    }

    /// Why a number that no pods declare means nothing to them.
    fn unused_number(
        &self,
        rule: &Rule,
        (protocol, number): (Protocol, u16),
        (classes, receiving): (&[&Class], &[usize]),
    ) -> Option<String> {
        let mut declared = classes.iter().flat_map(|class| &class.ports);
        let is_dns = self.settings.dns.ports.contains(&number);
        if let Some(other) = declared.find(|port| port.number == number && !is_dns) {
            let mut receiving = receiving.iter();
            let is_sent = receiving.any(|class| self.is_sent(*class, (protocol, number)));
            let mut classes = classes.iter();
            let are_known = classes.all(|class| {
                class.declares_all || class.ports.iter().any(|port| port.number == number)
            });
            // A port without a protocol is declared for TCP: who opens it for UDP beside may know more.
            let is_beside = protocol == Protocol::Udp && opens(rule, (Protocol::Tcp, number));
            let name = other.protocol.as_str();
            return (!is_sent && !is_beside && are_known)
                .then(|| format!("the pods declare the port {number} for {name} alone"));
        }
        let is_unused = classes.iter().all(|class| class.declares_all)
            && !self.settings.sidecar_ports.contains(&number)
            && !receiving.iter().any(|class| self.is_told(*class, number));
        let protocol = protocol.as_str();
        is_unused.then(|| format!("no container of the pods declares the {protocol} port {number}"))
    }

    /// Whether a port stands anywhere in the templates of a class, such as in a probe or an
    /// argument, or a Service sends to it.
    fn is_told(&self, class: usize, port: u16) -> bool {
        let text = port.to_string();
        let own: BTreeSet<&str> = self.services.before(class).map(|one| &*one.name).collect();
        let is_in = |node: Node<'_>| {
            let mut is_in = false;
            node.visit_scalars(&mut |_, scalar| {
                is_in |= match scalar.scalar() {
                    Some(Scalar::Signed(number)) => number == i64::from(port),
                    Some(Scalar::String(words)) => names_port(words, &text, &own),
                    _ => false,
                };
            });
            is_in
        };
        let mut pods = self.network.population.pods_of(class);
        pods.any(|(_, pods)| {
            self.resources[pods.resource]
                .at(&pods.template)
                .is_some_and(is_in)
        }) || self.applied(class).any(is_in)
            || Protocol::ALL
                .into_iter()
                .any(|protocol| self.is_sent(class, (protocol, port)))
    }

    /// The templates of pods that scripts apply, with a label of a class: other ways to make its pods.
    fn applied(&self, class: usize) -> impl Iterator<Item = Node<'_>> {
        let own = &self.network.population.classes[class].labels;
        let scripted = self
            .resources
            .iter()
            .filter(|one| one.role == Role::Applied);
        let templates = scripted.flat_map(|one| {
            let paths = one.pod_templates.iter();
            paths.filter_map(|path| one.at(path))
        });
        templates.filter(move |pods| {
            let labels = string_map(pods.find(&["metadata", "labels"]));
            labels
                .iter()
                .any(|(key, value)| own.get(key) == Some(value))
        })
    }

    /// Whether a Service sends to a port of a class.
    fn is_sent(&self, class: usize, port: (Protocol, u16)) -> bool {
        let mut behind = self.services.before(class);
        behind.any(|service| {
            let class = &self.network.population.classes[class];
            let targets = service.targets(None, class);
            // A headless Service without ports sends to any.
            targets.contains(port.0, port.1) && !targets.is_all()
        })
    }

    /// Services whose own port was taken for that of their pods.
    fn service_links(&self, port: &PortRule, receiving: &[usize]) -> Vec<serde_json::Value> {
        let PortRule::Numbers(ports) = port else {
            return Vec::new();
        };
        let before = receiving
            .iter()
            .flat_map(|class| self.services.before(*class));
        let behind = before.filter(|service| {
            let mut own = service.ports.iter();
            own.any(|own| ports.contains(own.protocol, own.port))
        });
        let links = behind.map(|service| {
            let message = format!(
                "it is the port of the Service `{}`, whose pods listen on another",
                service.name
            );
            link(service.resource, &name_path(), &message)
        });
        links.take(1).collect()
    }
}

/// The selectors of the pods that receive what a rule allows.
fn asking<'p>(policy: &'p Policy, direction: Direction, rule: &'p Rule) -> Vec<&'p Selector> {
    let peers = || rule.peers.iter().flatten();
    match direction {
        Direction::Ingress => vec![&policy.pods],
        Direction::Egress => peers()
            .filter_map(|peer| match &peer.what {
                Peer::Pods { pods, .. } => Some(pods),
                Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
            })
            .collect(),
    }
}

/// Why a name means no port of any pods.
fn unused_name(protocol: Option<Protocol>, name: &str, classes: &[&Class]) -> Option<String> {
    let is_named = |port: &Port| {
        port.name.as_deref() == Some(name) && protocol.is_none_or(|asked| asked == port.protocol)
    };
    let is_used = classes.iter().any(|class| class.ports.iter().any(is_named));
    let kind = protocol.map_or("", Protocol::as_str);
    let space = if kind.is_empty() { "" } else { " " };
    (!is_used)
        .then(|| format!("no container of the pods gives a {kind}{space}port the name `{name}`"))
}

/// Whether some pods declare one of some ports.
fn declares(classes: &[&Class], ports: &Ports) -> bool {
    let mut declared = classes.iter().flat_map(|class| &class.ports);
    declared.any(|port| ports.contains(port.protocol, port.number))
}

/// Whether a text names a port that who reads it may listen on: one that is not behind the name of another
/// host than its own.
fn names_port(text: &str, port: &str, own: &BTreeSet<&str>) -> bool {
    // The digits of an image's digest are no port.
    let text = text.split(DIGEST).next().unwrap_or_default();
    let is_digit = |one: Option<char>| one.is_some_and(|one| one.is_ascii_digit());
    let mut found = text.match_indices(port);
    found.any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + port.len()..]);
        let is_whole = !is_digit(before.chars().next_back()) && !is_digit(after.chars().next());
        is_whole
            && !before
                .strip_suffix(':')
                .is_some_and(|host| names_other(host, own))
    })
}

/// Whether what stands before a colon ends in a host that is none of some. What only speaks of ports, such
/// as `tcp`, is none.
fn names_other(text: &str, own: &BTreeSet<&str>) -> bool {
    let is_of_host =
        |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || matches!(one, '.' | '-');
    let before = text.trim_end_matches(is_of_host);
    let host = &text[before.len()..];
    let is_name = host.contains(|one: char| one.is_ascii_lowercase());
    let is_address = host.matches('.').count() == 3;
    // A placeholder, or a longer word that is no host.
    let is_part = before.ends_with(|one: char| one.is_ascii_alphanumeric() || "_})$".contains(one));
    let mut labels = host.split('.');
    let is_own = host.starts_with("127.")
        || labels.any(|label| own.contains(label))
        || HERE.iter().any(|word| host.ends_with(word));
    (is_address || is_name) && !is_part && !is_own
}

/// Whether a rule lists a port.
fn opens(rule: &Rule, (protocol, number): (Protocol, u16)) -> bool {
    let mut listed = rule.ports.iter().flatten();
    listed.any(|port| match &port.what {
        PortRule::Numbers(ports) => ports.contains(protocol, number),
        PortRule::Named(..) => false,
    })
}

/// The place of a port's number or name.
fn port_path(path: &ValuePath, policy: Node<'_>) -> ValuePath {
    let port = path.clone().key("port");
    let is_there = port
        .steps()
        .iter()
        .try_fold(policy, |node, step| node.step(step))
        .is_some();
    if is_there { port } else { path.clone() }
}
