//! Traffic from outside that is needed and closed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::added::Added;
use super::paths::join_paths;
use super::{Facts, Finder, MOST_LINKS, link, listed, listed_from, name_path};
use crate::model::{Node, Resource};
use crate::network::{
    Class, Direction, Guest, LabelSet, Party, Peer, Pods, Ports, Route, Rule, Scope, Selector,
    Service, called, routed, routes,
};

/// The labels by which programs are told, and selectors ask for them.
pub(super) const PROGRAM_LABELS: [&str; 3] = ["app", "app.kubernetes.io/name", "k8s-app"];
/// Programs that answer for Ingresses and Gateways.
pub(super) const CONTROLLERS: [&str; 8] = [
    "contour",
    "envoy",
    "haproxy-ingress",
    "ingress-nginx",
    "istio-ingressgateway",
    "kong",
    "nginx-ingress",
    "traefik",
];

impl Finder<'_> {
    /// Routes to pods that policy closes to what answers for them: each place that names the Service.
    pub(super) fn find_routes(&self, facts: &mut Facts) {
        let found = routes(
            self.resources,
            self.network,
            self.settings,
            self.scripts.hint,
        );
        let (programs, narrowed) = if found.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (self.programs(&CONTROLLERS), self.narrowed())
        };
        // Several Services may be named at one place.
        let mut told = BTreeSet::new();
        for route in &found {
            let mut controllers = self.controllers(route, &programs);
            self.narrow(&mut controllers, &programs, &narrowed);
            let meant = (route, Service::targets_at_most as _);
            let mut needed = routed(self.resources, self.network, &self.services, meant);
            let is_known = !needed.is_empty();
            let is_patched = |class| self.is_patched(route.resource, Direction::Ingress, class);
            if needed
                .iter()
                .any(|needed| is_patched(needed.0) || self.is_meant_for_controller(route, needed))
            {
                needed.clear();
            }
            let asked = (route.namespace, route.service.as_str());
            let reader = &self.resources[route.resource];
            let near = self.services.nearest(self.resources, reader, asked);
            let service = near.first().map(|at| &self.services.all[*at]);
            let closed = match service.filter(|_| !is_known && near.len() == 1) {
                Some(service) => {
                    self.closed_to_callers(&controllers, (service, route.port.as_ref()))
                }
                None => self.closed_to(&controllers, needed),
            };
            if let Some(mut fact) = closed
                && told.insert((route.resource, route.path.to_string()))
            {
                if let Some(gateway) = &route.gateway {
                    fact["namespaces"] = led_by(gateway, &controllers).into();
                }
                facts.add(
                    "network_routes",
                    route.resource,
                    &route.path,
                    with_service(fact, service),
                );
            }
        }
        for (resource, by_name) in &mut facts.0 {
            if let Some(found) = by_name.get_mut("network_routes") {
                *found = join_paths(*resource, std::mem::take(found));
            }
        }
    }

    /// What may answer for a route: what the settings say, and controllers among the objects. Of a
    /// class that the settings do not know, it may run anywhere, in the namespace of the route too.
    fn controllers(&self, route: &Route, programs: &[Guest]) -> Vec<Guest> {
        let mut guests = self.network.controllers(self.settings, route);
        if !self.settings.knows_class(&route.class) {
            let own = &self.network.namespaces.at(route.namespace).name;
            guests.push(self.network.guest(own));
        }
        for guest in &mut guests {
            guest.foreign_labels = self.labels_of_others(&guest.namespace, programs);
        }
        // What calls from no namespace is none of them.
        if !self.settings.is_outside(&route.class) {
            guests.extend(programs.iter().cloned());
        }
        guests.iter_mut().for_each(|guest| guest.is_welcome = true);
        guests
    }

    /// The names by which the workloads of a namespace are told, none of which answers for routes: what does
    /// is another program. Objects of other kinds may give theirs to the pods that are made for them.
    pub(super) fn labels_of_others(&self, namespace: &str, programs: &[Guest]) -> LabelSet {
        let mut found = LabelSet::new();
        let at = self.network.namespaces.find(namespace);
        let has_own = programs.iter().any(|one| one.namespace == namespace);
        let Some(at) = at.filter(|_| !has_own) else {
            return found;
        };
        let customs = self.customs.get(namespace).into_iter().flatten();
        let customs: Vec<&Resource> = customs.map(|at| &self.resources[*at]).collect();
        for class in self.network.population.residents(at) {
            let labels = &self.network.population.classes[*class].labels;
            for key in PROGRAM_LABELS {
                let value = labels.get(key);
                let may_give = |value: &String| {
                    let mut customs = customs.iter();
                    customs.any(|one| {
                        one.identity.name == *value || one.labels.get(key) == Some(value)
                    })
                };
                if let Some(value) = value.filter(|value| !may_give(value)) {
                    let known = found.entry(key.to_owned()).or_default();
                    known.insert(value.clone());
                }
            }
        }
        found
    }

    /// Whether a rule lets a namespace in of which nothing is known but a name that speaks of what
    /// answers for the route, or from which it lets that in by its own name, which is not among the objects.
    fn is_meant_for_controller(&self, route: &Route, (class, ports): &(usize, Ports)) -> bool {
        let known = &self.network.namespaces;
        let is_set = |name: &str| {
            let mut controllers = self.settings.ingress_controllers.iter();
            controllers.any(|one| one.namespaces.iter().any(|own| own == name))
        };
        let is_elsewhere =
            |name: &&str| !is_set(name) && known.find(name).is_none_or(|at| !known.at(at).is_known);
        let speaks = |name: &&str| {
            name.contains("ingress")
                || !route.class.is_empty() && name.contains(route.class.as_str())
        };
        let is_meant = |peer: &Peer| match peer {
            Peer::Pods {
                scope: Scope::Selected(selector),
                pods,
            } => {
                // Pods of a controller may be asked for where other things run as well.
                let (names, is_named) = (selector.values(), asks_for_controller(pods));
                let mut elsewhere = names.iter().filter(|name| is_elsewhere(name));
                elsewhere.any(|name| is_named || speaks(name))
            }
            Peer::Pods {
                scope: Scope::Own, ..
            }
            | Peer::Addresses(_)
            | Peer::Proxy
            | Peer::Beyond(_) => false,
        };
        // What serves a Gateway of Istio may run elsewhere than that is written.
        let is_of_istio = route.class == "istio";
        let alone = Route {
            gateway: None,
            ..route.clone()
        };
        let answers = self.network.controllers(self.settings, &alone);
        let is_known = answers.iter().any(|guest| guest.is_namespace_known);
        let own = Some(&self.network.population.classes[*class]);
        let mut rules = self.rules_about(*class, Direction::Ingress);
        (route.gateway.is_none() || is_of_istio)
            && !is_known
            && rules.any(|rule| {
                let mut peers = rule.peers.iter().flatten();
                peers.any(|peer| is_meant(&peer.what)) && is_about(rule, ports, own)
            })
    }

    /// Pods of well-known programs, told by their labels, images or charts, as far as their namespaces are
    /// known.
    pub(super) fn programs(&self, names: &[&str]) -> Vec<Guest> {
        let population = &self.network.population;
        let pods = population.ends.iter().flat_map(|end| &end.pods);
        let found: BTreeSet<usize> = pods
            .filter(|pods| {
                let labels = &population.classes[pods.class].labels;
                let told = PROGRAM_LABELS.iter().filter_map(|key| labels.get(*key));
                let mut told = told.map(String::as_str).chain(self.image_names(pods));
                told.any(|name| names.contains(&name))
            })
            .map(|pods| population.classes[pods.class].namespace)
            .collect();
        let found = found.into_iter();
        let found = found.map(|namespace| self.network.namespaces.at(namespace).name.as_str());
        let all: BTreeSet<&str> = found.chain(self.unseen.programs(names)).collect();
        all.into_iter()
            .map(|name| self.network.guest(name))
            .collect()
    }

    /// The names of the images of pods, without their paths and tags; that of a `controller` is the name
    /// before it.
    pub(super) fn image_names(&self, pods: &Pods) -> impl Iterator<Item = &str> {
        let template = self.resources[pods.resource].at(&pods.template);
        let containers = template.and_then(|template| template.find(&["spec", "containers"]));
        let images = containers.into_iter().flat_map(Node::items);
        let images = images.filter_map(|container| container.get("image")?.as_str());
        images.filter_map(|image| {
            let path = image.split('@').next()?;
            let mut steps = path.rsplit('/');
            match steps.next()?.split(':').next()? {
                "controller" => steps.next(),
                name => Some(name),
            }
        })
    }

    /// What to say where nothing but the labels that a kustomization puts into a policy keep a guest from pods.
    fn narrowed_against(&self, needed: &(usize, Ports), guest: &Guest) -> Option<Added> {
        let meant = Guest {
            narrowed: Vec::new(),
            ..guest.clone()
        };
        if guest.narrowed.is_empty() || !self.lets_in(needed, &meant) {
            return None;
        }
        let mut policies = self.policies_about(needed.0, Direction::Ingress);
        let put_in = policies.find_map(|policy| {
            let is_one = guest.narrowed.contains(&policy.resource);
            is_one.then(|| self.put_in(policy)).flatten()
        });
        let (labels, by, links) = match put_in {
            Some(one) => (one.labels, one.by, one.links),
            None => (
                "labels".to_owned(),
                "a kustomization".to_owned(),
                Vec::new(),
            ),
        };
        let said = format!("; a peer that would let it in also asks for {labels}, which {by} adds");
        Some((said, links))
    }

    /// Whether all pods that are needed are closed to all guests, on all ports that are needed.
    pub(super) fn closed_to(
        &self,
        guests: &[Guest],
        needed: impl IntoIterator<Item = (usize, Ports)>,
    ) -> Option<Value> {
        let needed: Vec<(usize, Ports)> = needed
            .into_iter()
            .filter(|(_, ports)| !ports.is_empty())
            .collect();
        if needed.is_empty() || guests.is_empty() {
            return None;
        }
        if !needed.iter().all(|one| self.is_closed_to(guests, one)) {
            return None;
        }
        let narrowed = needed.iter().find_map(|one| {
            let mut guests = guests.iter();
            guests.find_map(|guest| self.narrowed_against(one, guest))
        });
        let mut ports = Ports::default();
        needed.iter().for_each(|(_, own)| ports.add(own));
        let parties: Vec<Party<'_>> = guests.iter().map(Party::Guest).collect();
        let policies: BTreeSet<&str> = needed
            .iter()
            .flat_map(|(class, _)| self.closers(*class, Direction::Ingress, &parties))
            .map(|policy| policy.name.as_str())
            .collect();
        let is_anywhere = guests.iter().any(Guest::is_anywhere);
        let unless = needed.iter().find_map(|(class, ports)| {
            let unless = self.unless_placed(Direction::Ingress, *class, &parties, ports);
            unless.or_else(|| self.if_default(*class, Direction::Ingress))
        });
        let mut links = self.links_to(&needed, &parties);
        let is_missed = narrowed.is_some();
        let (mut missed, more) = narrowed.unwrap_or_default();
        links.extend(more);
        let lost = needed
            .iter()
            .find_map(|(class, ports)| self.lost(Direction::Ingress, *class, &parties, ports));
        if let Some((said, place)) = lost.filter(|_| !is_missed) {
            missed = said;
            links.push(place);
        }
        Some(json!({
            "is_anywhere": is_anywhere,
            "is_outside": guests.iter().any(Guest::is_outside),
            "ports": shown(&ports),
            "policies": listed(policies),
            "namespaces": listed(namespaces(guests)),
            "missed": missed,
            "unless": unless.unwrap_or_default(),
            "links": links,
        }))
    }

    /// Whether pods are closed to all guests on some ports.
    fn is_closed_to(&self, guests: &[Guest], needed: &(usize, Ports)) -> bool {
        let (class, ports) = needed;
        self.is_surely_closed(*class, Direction::Ingress)
            && !self.network.is_half_known(Direction::Ingress, *class)
            && !self.network.population.classes[*class].is_on_host
            && !guests.iter().any(|guest| self.lets_in(needed, guest))
            && !self.is_open_to_addresses(*class, ports)
    }

    /// Whether policies let a guest in to pods on one of some ports.
    fn lets_in(&self, (class, ports): &(usize, Ports), guest: &Guest) -> bool {
        let seen = (!guest.narrowed.is_empty()).then(|| self.seen_from(*class, guest));
        let party = Party::Guest(seen.as_ref().unwrap_or(guest));
        let allowed = self.network.verdict(Direction::Ingress, *class, party);
        allowed.overlaps(ports)
    }

    /// Links to what closes pods, and to these.
    fn links_to(&self, needed: &[(usize, Ports)], parties: &[Party<'_>]) -> Vec<Value> {
        let direction = Direction::Ingress;
        let mut links = self.closers_links(needed[0].0, direction, parties);
        links.truncate(MOST_LINKS);
        if let Some(near) = self.closers(needed[0].0, direction, parties).first() {
            links.extend(self.workload_links(
                near.resource,
                needed.iter().map(|(class, _)| class),
                "the pods are those of",
            ));
        }
        links
    }

    /// Whether a rule lets addresses in, under which a controller on the host network, or a load
    /// balancer, may come, or what is not known to be one.
    fn is_open_to_addresses(&self, class: usize, ports: &Ports) -> bool {
        let own = Some(&self.network.population.classes[class]);
        let mut rules = self.rules_about(class, Direction::Ingress);
        rules.any(|rule| {
            let mut peers = rule.peers.iter().flatten();
            let is_address =
                peers.any(|peer| matches!(peer.what, Peer::Addresses(_) | Peer::Beyond(_)));
            is_address && is_about(rule, ports, own)
        })
    }
}

/// The namespaces of guests.
fn namespaces(guests: &[Guest]) -> impl Iterator<Item = &str> {
    let placed = guests.iter().filter(|guest| !guest.is_anywhere());
    placed.map(|guest| called(&guest.namespace))
}

/// The namespaces of guests, that of a Gateway first: many controllers run their proxies there.
fn led_by(gateway: &str, guests: &[Guest]) -> String {
    listed_from(Some(gateway), namespaces(guests))
}

/// Whether a selector asks for the pods of a controller by the name of the program.
fn asks_for_controller(pods: &Selector) -> bool {
    let asked = pods.asked();
    asked.is_some_and(|(key, values)| {
        let mut values = values.iter();
        PROGRAM_LABELS.contains(&key) && values.any(|name| CONTROLLERS.contains(name))
    })
}

/// Ports in words, also such as nobody says.
pub(super) fn shown(ports: &Ports) -> String {
    match ports.is_all() {
        true => "every port".to_owned(),
        false => ports.to_string(),
    }
}

/// Whether a rule is about some of the ports of pods, as far as it says.
pub(super) fn is_about(rule: &Rule, ports: &Ports, receiving: Option<&Class>) -> bool {
    let declared = receiving.map_or(&[][..], |class| &class.ports);
    let mut listed = rule.ports.iter().flatten();
    rule.ports.is_none() || listed.any(|port| port.what.may_mean(ports, declared))
}

fn with_service(mut fact: Value, service: Option<&Service>) -> Value {
    if let (Some(service), Some(links)) = (service, fact["links"].as_array_mut()) {
        links.push(link(
            service.resource,
            &name_path(),
            &format!("the Service `{}`", service.name),
        ));
    }
    if let Some(service) = service {
        fact["service"] = Value::from(service.name.as_str());
    }
    fact
}
