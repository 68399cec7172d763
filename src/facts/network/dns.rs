//! Pods that may not ask the cluster's DNS service.

use serde_json::json;

use super::added::Added;
use super::{Facts, Finder, MOST_LINKS, link, listed, name_path};
use crate::model::{Node, Scalar};
use crate::network::{
    Direction, Guest, Match, Mentions, Party, Peer, Pods, Policy, Port, PortRule, Ports, Protocol,
    Rule, Scope, Selector, label_key,
};

impl Finder<'_> {
    /// Workloads that may not ask the cluster's DNS service.
    pub(super) fn find_dns(&self, facts: &mut Facts) {
        let dns = self.dns();
        let (resources, network) = (self.resources, self.network);
        let mentions = Mentions::new(resources, network, &self.services, self.settings);
        let mut found = Vec::new();
        for end in &self.network.population.ends {
            for pods in &end.pods {
                let dns = Guest {
                    narrowed: self.narrowed_for(pods.resource, &dns.narrowed),
                    ..dns.clone()
                };
                let is_closed = self.uses_dns(pods) && self.is_dns_closed(pods.class, &dns);
                if is_closed && !self.is_shut(pods, &mentions) {
                    let party = [Party::Guest(&dns)];
                    let closers = self.closers(pods.class, Direction::Egress, &party);
                    let names = closers.iter().map(|policy| policy.name.as_str());
                    let mut rules = self.rules_about(pods.class, Direction::Egress);
                    let allows = rules.next().is_some();
                    // Whoever names Services, or opens the port, means names to be resolved.
                    let is_asked = self.is_port_opened(pods.class);
                    let mut links = self.closers_links(pods.class, Direction::Egress, &party);
                    links.truncate(MOST_LINKS);
                    let (missed, more) = self.missed(pods.class, &dns);
                    links.extend(more);
                    let resource = &self.resources[pods.resource];
                    let names_services = !mentions.of(resource, &pods.template).is_empty();
                    let is_needed = allows || names_services;
                    let is_told = is_asked
                        || names_services
                        || mentions.may_be_told(resource, &pods.template);
                    let unless = self.if_default(pods.class, Direction::Egress);
                    let unless = unless.unwrap_or_default();
                    let fact = json!({"policies": listed(names), "is_needed": is_needed, "missed": missed, "unless": unless, "is_told": is_told, "links": links});
                    found.push((pods.resource, fact));
                }
            }
        }
        found.dedup_by_key(|(resource, _)| *resource);
        for (resource, fact) in found {
            facts.add("network_dns", resource, &name_path(), fact);
        }
    }

    /// Whether a rule about pods names a port on which names are asked for, wherever it leads.
    fn is_port_opened(&self, class: usize) -> bool {
        let mut rules = self.rules_about(class, Direction::Egress);
        rules.any(|rule| {
            let mut ports = rule.ports.iter().flatten();
            ports.any(|port| match &port.what {
                PortRule::Numbers(ports) => {
                    let mut numbers = self.settings.dns.ports.iter();
                    // A wide range is about no port of its own.
                    numbers.any(|number| {
                        let has = |number| ports.contains(Protocol::Udp, number);
                        has(*number) && !has(number.saturating_add(1))
                    })
                }
                PortRule::Named(_, name) => name.contains("dns"),
            })
        })
    }

    /// Whether pods that name no Service are closed on purpose: they call nobody on their own, are Jobs that
    /// only touch files, or a policy for their labels lists what they may send to, and that is nothing, or is there only
    /// to close them, as it allows nothing at all.
    fn is_shut(&self, pods: &Pods, mentions: &Mentions<'_>) -> bool {
        let is_empty = |policy: &Policy| {
            let egress = self.resources[policy.resource].node();
            let egress = egress.find(&["spec", "egress"]);
            let is_listed = egress
                .is_some_and(|egress| egress.is_sequence() && egress.items().next().is_none());
            let mut rules = policy.all_rules();
            (is_listed || rules.next().is_none()) && !policy.pods.selects_all()
        };
        let mut rules = self.rules_about(pods.class, Direction::Egress);
        let mut closing = self.closing(pods.class, Direction::Egress);
        let resource = &self.resources[pods.resource];
        let ends = matches!(resource.gvk.kind.as_str(), "CronJob" | "Job" | "Pod");
        let is_local = || ends && mentions.only_touches_files(resource, &pods.template);
        (rules.next().is_none() && closing.any(is_empty) || self.calls_nobody(pods) || is_local())
            && !mentions.runs_client(resource, &pods.template)
            && mentions.of(resource, &pods.template).is_empty()
    }

    /// Whether pods run only programs that call nobody on their own, such as a database: no other one of
    /// their kind, and nothing by an address.
    fn calls_nobody(&self, pods: &Pods) -> bool {
        let resource = &self.resources[pods.resource];
        let replicas = resource.node().find(&["spec", "replicas"]);
        let is_alone = replicas
            .is_none_or(|replicas| matches!(replicas.scalar(), Some(Scalar::Signed(0 | 1))));
        let names_address = || {
            let template = resource.at(&pods.template);
            template.is_none_or(|template| template.text().contains("://"))
        };
        let known = &self.settings.self_contained;
        let mut images = self.image_names(pods).peekable();
        is_alone
            && images.peek().is_some()
            && images.all(|image| known.iter().any(|own| own == image))
            && !names_address()
    }

    /// The cluster's DNS service, of whose labels not all may be known.
    fn dns(&self) -> Guest {
        let port = |name: &str, protocol| Port {
            name: Some(name.to_owned()),
            protocol,
            number: 53,
        };
        let mut guest = Guest {
            narrowed: self.narrowed(),
            labels: self.settings.dns.labels.clone(),
            lacking: self.settings.platform_labels.clone(),
            is_welcome: true,
            ports: vec![port("dns", Protocol::Udp), port("dns-tcp", Protocol::Tcp)],
            ..self.network.guest(&self.settings.dns.namespace)
        };
        if self.is_bare(&guest.namespace, "name") {
            guest
                .namespace_labels
                .insert("name".to_owned(), String::new());
        }
        guest
    }

    /// Whether pods ask the cluster's DNS service: by default all but those on the host network.
    fn uses_dns(&self, pods: &Pods) -> bool {
        let template = self.resources[pods.resource].at(&pods.template);
        let policy = template
            .and_then(|template| template.find(&["spec", "dnsPolicy"]))
            .and_then(Node::as_str);
        let is_on_host = self.network.population.classes[pods.class].is_on_host;
        match policy {
            Some("None" | "Default") => false,
            _ => !is_on_host,
        }
    }

    fn is_dns_closed(&self, class: usize, dns: &Guest) -> bool {
        if !self.is_surely_closed(class, Direction::Egress)
            || self.network.is_half_known(Direction::Egress, class)
        {
            return false;
        }
        let mut rules = self.rules_about(class, Direction::Egress);
        let is_asked_beside = rules.any(|rule| {
            let mut peers = rule.peers.iter().flatten();
            peers.any(|peer| {
                let numbers = self.asked_beside(&peer.what);
                numbers.is_some_and(|numbers| is_open_on(rule, numbers))
            })
        });
        !is_asked_beside && {
            let dns = self.seen_by(class, dns);
            let open = self
                .network
                .verdict(Direction::Egress, class, Party::Guest(&dns));
            !has_any(&open, &self.settings.dns.ports)
        }
    }

    /// The ports of which a peer opens one to ask for names beside the DNS service that is known; `None`
    /// where none answers there.
    fn asked_beside(&self, peer: &Peer) -> Option<&[u16]> {
        let dns = &self.settings.dns;
        match peer {
            // The service's address, or that of a cache on the node.
            Peer::Addresses(_) | Peer::Beyond(_) => Some(&dns.ports),
            Peer::Pods {
                scope: Scope::Selected(selector),
                ..
            } => is_about_dns(selector).then(|| dns.ports_of(selector)),
            Peer::Pods {
                scope: Scope::Own, ..
            }
            | Peer::Proxy => None,
        }
    }

    /// What to say of the first peer that is meant for a DNS service and does not open it: since it asks for
    /// labels that are others', such as those that a kustomization puts into every selector, or leads to
    /// ports of the Service on which no pod listens.
    fn missed(&self, class: usize, dns: &Guest) -> Added {
        let dns = self.seen_by(class, dns);
        let closing = self.closing(class, Direction::Egress);
        let mut rules = closing.flat_map(|policy| {
            let rules = policy.rules(Direction::Egress).unwrap_or_default();
            rules.iter().map(move |rule| (policy, rule))
        });
        let told = rules.find_map(|(policy, rule)| {
            let mut peers = rule.peers.iter().flatten();
            let (peer, (why, mut links)) = peers.find_map(|peer| {
                let alone = |why| (why, Vec::new());
                let why = self.foreign_labels(policy, &peer.what, &dns).or_else(|| {
                    let labels = self.label_lacked(&peer.what);
                    let labels = labels.or_else(|| other_value(&peer.what, &dns));
                    let labels = labels.or_else(|| self.other_ports(&peer.what, rule));
                    labels.map(alone)
                });
                Some((peer, why?))
            })?;
            links.insert(
                0,
                link(policy.resource, &peer.path, "this peer is meant for it"),
            );
            let said = format!("; a peer of `{}` that is meant for it {why}", policy.name);
            Some((said, links))
        });
        told.unwrap_or_default()
    }

    /// What to say of a peer that asks for labels of the DNS service, and for others' as well, or for those that a
    /// kustomization puts into the selectors of its policy.
    fn foreign_labels(&self, policy: &Policy, peer: &Peer, dns: &Guest) -> Option<Added> {
        let Peer::Pods { pods, .. } = peer else {
            return None;
        };
        let keys = || pods.requirements().iter().map(label_key);
        let is_meant = keys().any(|key| dns.labels.contains_key(key))
            && pods.may_match(&dns.labels) != Match::No;
        if !is_meant {
            return None;
        }
        let foreign: Vec<&str> = keys()
            .filter(|key| dns.foreign_labels.contains_key(*key))
            .collect();
        let is_narrowed = dns.narrowed.contains(&policy.resource);
        let put_in = is_narrowed.then(|| self.put_in(policy)).flatten();
        let (asked, links) = match put_in {
            Some(one) => (
                format!("{}, which {} adds and", one.labels, one.by),
                one.links,
            ),
            None if !foreign.is_empty() => (format!("{}, which", listed(foreign)), Vec::new()),
            None if is_narrowed => (
                "labels that a kustomization adds, which".to_owned(),
                Vec::new(),
            ),
            None => return None,
        };
        let said = format!("also asks for {asked} the service's pods do not have");
        Some((said, links))
    }

    /// What to say of a peer that asks for a label which the service's namespace does not have.
    fn label_lacked(&self, peer: &Peer) -> Option<String> {
        let Peer::Pods {
            scope: Scope::Selected(selector),
            ..
        } = peer
        else {
            return None;
        };
        let (key, values) = selector.asked()?;
        let own = &self.settings.dns.namespace;
        let is_meant = key == "name" && values.contains(&own.as_str()) && self.is_bare(own, key);
        is_meant.then(|| format!("asks for the label `{key}`, which `{own}` does not have unless someone gives it one"))
    }

    /// What to say of a rule that only opens ports of the Service where pods listen on others.
    fn other_ports(&self, peer: &Peer, rule: &Rule) -> Option<String> {
        let usual = &self.settings.dns.ports;
        let numbers = self.asked_beside(peer).filter(|own| own != usual)?;
        let is_missed = is_open_on(rule, usual) && !is_open_on(rule, numbers);
        let numbers = numbers.iter().map(u16::to_string).collect::<Vec<_>>();
        is_missed.then(|| {
            format!(
                "opens no port on which pods listen there: {}",
                numbers.join(", ")
            )
        })
    }

    /// The DNS service as pods see it: what they bear themselves, such as the labels that a kustomization
    /// puts into every selector, too, are no labels of it.
    fn seen_by(&self, class: usize, dns: &Guest) -> Guest {
        let own = self.network.population.classes[class].labels.iter();
        let own = own.filter(|(key, _)| !dns.labels.contains_key(*key));
        let own = own.map(|(key, value)| (key.clone(), [value.clone()].into()));
        Guest {
            foreign_labels: own.collect(),
            ..dns.clone()
        }
    }
}

/// Whether a selector of namespaces asks for one whose name speaks of DNS.
fn is_about_dns(selector: &Selector) -> bool {
    let asked = selector.asked();
    asked.is_some_and(|(_, values)| values.iter().any(|value| value.contains("dns")))
}

/// What to say of a peer that asks for a DNS service by another value of a label than the service's pods have.
fn other_value(peer: &Peer, dns: &Guest) -> Option<String> {
    let Peer::Pods { pods, .. } = peer else {
        return None;
    };
    let (key, values) = pods.asked()?;
    let own = dns.labels.get(key)?;
    let is_other = !values.contains(&own.as_str());
    let asked = values.iter().find(|value| value.contains("dns"))?;
    is_other
        .then(|| format!("asks for `{key}: {asked}`, while the service's pods have `{key}: {own}`"))
}

/// Whether a rule opens one of some ports for name resolution.
fn is_open_on(rule: &Rule, numbers: &[u16]) -> bool {
    let mut ports = rule.ports.iter().flatten();
    rule.ports.is_none()
        || ports.any(|port| match &port.what {
            PortRule::Numbers(ports) => has_any(ports, numbers),
            PortRule::Named(_, name) => name.contains("dns"),
        })
}

fn has_any(ports: &Ports, numbers: &[u16]) -> bool {
    let mut numbers = numbers.iter();
    numbers.any(|number| ports.contains(Protocol::Udp, *number))
}
