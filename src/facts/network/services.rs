//! Services that workloads name and cannot reach.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::blocked::{is_about, shown};
use super::held::{Held, Reach};
use super::{Facts, Finder, MOST_LINKS, link, name_path};
use crate::model::{Node, Scalar};
use crate::network::{
    Action, Direction, Match, Mention, Mentions, Party, Peer, Pods, Policy, PortName, Ports, Rule,
    Scope, Selector, Service, label_key, meets_private,
};

/// The group of Cilium's own policies.
const CILIUM: &str = "cilium.io";

impl Finder<'_> {
    /// Services that a workload names and cannot reach: on each line, once.
    pub(super) fn find_services(&self, facts: &mut Facts) {
        let mut found = Vec::new();
        {
            let (resources, network) = (self.resources, self.network);
            let mentions = Mentions::new(resources, network, &self.services, self.settings);
            let reached = |pods: &Pods| -> Vec<(Mention, Reach)> {
                let mentions = mentions.of(&resources[pods.resource], &pods.template);
                let reached = mentions.into_iter().map(|mention| {
                    let reach = self.reach(pods, &mention);
                    (mention, reach)
                });
                reached.collect()
            };
            let ends = &network.population.ends;
            let laid = self.laid();
            let laid = laid.par_iter().map(|(end, pods)| (*end, pods));
            let pods = ends
                .par_iter()
                .flat_map_iter(|end| end.pods.iter().map(move |pods| (end, pods)));
            let pods = pods.chain(laid);
            let reached: Vec<_> = pods.map(|(end, pods)| (end, pods, reached(pods))).collect();
            let mut held = Held::default();
            let lent = self.lent(&reached);
            for (end, pods, mentions) in reached {
                let mut seen = BTreeSet::new();
                for (mention, reach) in mentions {
                    if mention.holder.is_some() {
                        let first = mention.services.first();
                        let service = first.map(|at| &self.services.all[*at]);
                        held.add((end, pods), (mention, service), reach);
                    } else if let Reach::Closed(fact) = reach
                        && !lent.are_for_others(self, pods, &mention)
                    {
                        let Mention { path, part, .. } = mention;
                        let line = (path.to_string(), mention.line);
                        let service = (mention.services, mention.absent);
                        if seen.insert((line, service, mention.port)) {
                            found.push((pods.resource, path, part, fact));
                        }
                    }
                }
            }
            found.extend(held.told());
        }
        for (resource, path, part, fact) in found {
            facts.add_in("network_services", resource, (&path, Some(part)), fact);
        }
    }

    /// Whether pods reach a Service that they name: any of its nearest definitions.
    fn reach(&self, pods: &Pods, mention: &Mention) -> Reach {
        if let Some(absent) = &mention.absent {
            let closed = self.closed_to_absent(pods, absent, mention.port.as_ref());
            return closed.map_or(Reach::Open, Reach::Closed);
        }
        let services = mention.services.iter().map(|at| &self.services.all[*at]);
        let mut own = services.clone();
        if own.any(|service| self.is_own(pods, service)) && !self.names_members(pods, mention) {
            return Reach::Own;
        }
        let closed =
            services.map(|service| self.closed_service(pods, service, mention.port.as_ref()));
        let closed: Option<Vec<Value>> = closed.collect();
        let first = closed.and_then(|closed| closed.into_iter().next());
        first.map_or(Reach::Open, Reach::Closed)
    }

    /// Whether pods of a StatefulSet with several name each other, who have to meet.
    fn names_members(&self, pods: &Pods, mention: &Mention) -> bool {
        let own = &self.resources[pods.resource];
        let replicas = own.node().find(&["spec", "replicas"]);
        let has_several =
            matches!(replicas.and_then(Node::scalar), Some(Scalar::Signed(count)) if count > 1);
        own.gvk.kind == "StatefulSet"
            && has_several
            && mention.member_of.as_deref() == Some(own.identity.name.as_str())
    }

    /// Whether pods are behind a Service, or name it as the one that governs them.
    fn is_own(&self, pods: &Pods, service: &Service) -> bool {
        let governing = || {
            let spec = self.resources[pods.resource].node().get("spec")?;
            spec.get("serviceName")?.as_str()
        };
        let namespace = self.network.population.classes[pods.class].namespace;
        self.backends(service).contains(&pods.class)
            || service.namespace == namespace && governing() == Some(service.name.as_str())
    }

    /// The pods that answer for a Service: of twins the nearest; where some declare a port that it leads to, those that declare
    /// all of theirs, or come to their end, and none of these do not.
    fn backends(&self, service: &Service) -> Vec<usize> {
        let classes = &self.network.population.classes;
        let declares = |at: &usize| {
            let class = &classes[*at];
            let targets = service.targets(None, class);
            let mut ports = class.ports.iter();
            ports.any(|port| targets.contains(port.protocol, port.number))
        };
        let is_known = |at: &usize| {
            let class = &classes[*at];
            !class.has_open_ports && (class.declares_all || self.only_calls_of_jobs(*at))
        };
        let all = service.classes.iter().copied();
        let all = all.filter(|at| !self.are_of_far_twin(service, *at));
        if !service.classes.iter().any(declares) {
            return all.collect();
        }
        all.filter(|at| declares(at) || !is_known(at)).collect()
    }

    /// Whether pods of Jobs declare no port.
    fn only_calls_of_jobs(&self, class: usize) -> bool {
        let is_job = |kind: &str| matches!(kind, "CronJob" | "Job");
        let population = &self.network.population;
        let mut pods = population.pods_of(class);
        population.classes[class].ports.is_empty()
            && pods.all(|(_, pods)| is_job(&self.resources[pods.resource].gvk.kind))
    }

    fn closed_service(
        &self,
        pods: &Pods,
        service: &Service,
        port: Option<&PortName>,
    ) -> Option<Value> {
        let classes = &self.network.population.classes;
        let is_on_host = |class: usize| classes[class].is_on_host;
        // Who applies them may put both into one namespace, or each into its own.
        let ends = [pods.resource, service.resource];
        let is_open = !self.may_be_together(ends[0], ends[1]);
        if !is_open && service.is_of_guests() {
            return self.closed_to_guests(pods, service, port);
        }
        let backends = self.backends(service);
        if is_open || backends.is_empty() || is_on_host(pods.class) {
            return None;
        }
        let is_half_known = |direction, class| self.network.is_half_known(direction, class);
        let mut ends = backends.iter();
        if is_half_known(Direction::Egress, pods.class)
            || ends.any(|class| is_half_known(Direction::Ingress, *class))
        {
            return None;
        }
        let (mut needed, mut is_sent, mut is_accepted) = (Ports::default(), false, false);
        for class in &backends {
            let ports = service.targets_at_most(port, &classes[*class]);
            let sent = self.passed(Direction::Egress, (pods.class, *class), &ports);
            let accepted = self.passed(Direction::Ingress, (*class, pods.class), &ports);
            if is_on_host(*class) || ports.is_empty() || sent.overlaps(&accepted) {
                return None;
            }
            needed.add(&ports);
            is_sent |= !sent.is_empty();
            is_accepted |= !accepted.is_empty();
        }
        let is_closed = !is_sent && self.is_surely_closed(pods.class, Direction::Egress)
            || (is_sent || !is_accepted) && self.is_surely_closed(backends[0], Direction::Ingress);
        if !is_closed {
            return None;
        }
        let end = match (is_sent, is_accepted) {
            (false, false) => "both ends",
            (false, true) => "this end",
            _ => "the other end",
        };
        let mut links = Vec::new();
        if !is_sent {
            let other = [Party::Pods(backends[0])];
            links.extend(self.closers_links(pods.class, Direction::Egress, &other));
        }
        if is_sent || !is_accepted {
            let other = [Party::Pods(pods.class)];
            links.extend(self.closers_links(backends[0], Direction::Ingress, &other));
        }
        links.truncate(MOST_LINKS);
        links.push(link(
            service.resource,
            &name_path(),
            &format!("the Service `{}`", service.name),
        ));
        let namespace = self.network.namespaces.at(service.namespace).called();
        let name = match self.says_namespace(service.resource) {
            true => format!("{namespace}/{}", service.name),
            false => service.name.clone(),
        };
        let closed = [
            (!is_sent, Direction::Egress, pods.class, backends[0]),
            (
                is_sent || !is_accepted,
                Direction::Ingress,
                backends[0],
                pods.class,
            ),
        ];
        let unless = of_closed(&closed, |direction, class, other| {
            let unless = self.unless_placed(direction, class, &[Party::Pods(other)], &needed);
            unless.or_else(|| self.if_default(class, direction))
        });
        let lost = of_closed(&closed, |direction, class, other| {
            self.lost(direction, class, &[Party::Pods(other)], &needed)
        });
        let (missed, lost) = lost.unzip();
        links.extend(lost);
        Some(json!({
            "service": name,
            "ports": shown(&needed),
            "end": end,
            "missed": missed.unwrap_or_default(),
            "unless": unless.unwrap_or_default(),
            "links": links,
        }))
    }

    /// Whether a rule for the pods of a class names ports.
    pub(super) fn names_ports(&self, class: usize, direction: Direction) -> bool {
        self.rules_about(class, direction).any(Rule::names_ports)
    }

    /// Of some ports those that are let through for the pods of a class, or all where it is not known:
    /// where a rule names addresses that pods may have (whether these are meant too, network plugins do
    /// not agree), or labels that the other namespace may have.
    fn passed(&self, direction: Direction, (class, other): (usize, usize), ports: &Ports) -> Ports {
        if self.is_open_to_pods_by_address(class, direction, ports)
            || self.may_mean_namespace(class, direction, other, ports)
        {
            return ports.clone();
        }
        let verdict = self.network.verdict(direction, class, Party::Pods(other));
        verdict.intersection(ports)
    }

    /// Whether a rule asks for labels of the namespace of other pods that are not known, since the
    /// namespace is not among the objects.
    fn may_mean_namespace(
        &self,
        class: usize,
        direction: Direction,
        other: usize,
        ports: &Ports,
    ) -> bool {
        let [own, other] = [class, other].map(|at| &self.network.population.classes[at]);
        let receiving = match direction {
            Direction::Ingress => own,
            Direction::Egress => other,
        };
        let namespace = self.network.namespaces.at(other.namespace);
        if namespace.is_known {
            return false;
        }
        let labels = self.network.guest(&namespace.name).namespace_labels;
        let is_platform = |namespaces: &Selector| {
            let mut keys = namespaces.requirements().iter().map(label_key);
            keys.any(|key| self.settings.platform_labels.iter().any(|own| own == key))
        };
        // What is sure to be meant is counted as such.
        let is_sure = |namespaces: &Selector, pods: &Selector| {
            let is_inside = namespaces.matches(&namespace.labels);
            is_inside.min(other.is_behind(pods)) == Match::Yes
        };
        let may_be = |peer: &Peer| match peer {
            Peer::Pods {
                scope: Scope::Selected(namespaces),
                pods,
            } => {
                namespaces.may_match(&labels) != Match::No
                    && !is_sure(namespaces, pods)
                    && other.is_behind(pods) != Match::No
                    && !is_platform(namespaces)
            }
            Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => false,
        };
        let mut rules = self.rules_about(class, direction);
        rules.any(|rule| {
            let mut peers = rule.peers.iter().flatten();
            peers.any(|peer| may_be(&peer.what)) && is_about(rule, ports, Some(receiving))
        })
    }

    /// Whether a rule names addresses that pods may have. Those of Cilium's own policies are never pods.
    pub(super) fn is_open_to_pods_by_address(
        &self,
        class: usize,
        direction: Direction,
        ports: &Ports,
    ) -> bool {
        let is_of_pods = |policy: &Policy| self.resources[policy.resource].gvk.group != CILIUM;
        let may_be = |policy: &Policy, peer: &Peer| match peer {
            Peer::Addresses(addresses) => is_of_pods(policy) && meets_private(addresses),
            Peer::Beyond(_) => is_of_pods(policy),
            Peer::Pods { .. } | Peer::Proxy => false,
        };
        let own = &self.network.population.classes[class];
        let receiving = (direction == Direction::Ingress).then_some(own);
        let mut policies = self.policies_about(class, direction);
        policies.any(|policy| {
            let mut rules = policy.rules(direction).unwrap_or_default().iter();
            rules.any(|rule| {
                let mut peers = rule.peers.iter().flatten();
                rule.action == Action::Allow
                    && peers.any(|peer| may_be(policy, &peer.what))
                    && is_about(rule, ports, receiving)
            })
        })
    }
}

/// Whether an end of a connection is closed, for a direction, and the classes of its pods and of the others.
type End = (bool, Direction, usize, usize);

/// What there is to say of each end that is closed, the first of it; nothing where of one there is nothing.
fn of_closed<T>(ends: &[End], of: impl Fn(Direction, usize, usize) -> Option<T>) -> Option<T> {
    let closed = ends.iter().filter(|(is_closed, ..)| *is_closed);
    let said = closed.map(|(_, direction, class, other)| of(*direction, *class, *other));
    let said: Option<Vec<T>> = said.collect();
    said?.into_iter().next()
}
