//! Peers of a NetworkPolicy that are no pods.

use serde_json::json;

use super::added::Added;
use super::blocked::{CONTROLLERS, PROGRAM_LABELS};
use super::policies::asks_for_labels;
use super::scraped::SCRAPERS;
use super::{Facts, Finder, listed};
use crate::model::Resource;
use crate::network::{
    Action, Match, NAME_LABEL, Namespace, Peer, Placed, Policy, Scope, Selector, asked_values,
    is_open, label_key,
};

/// Namespaces that each cluster has from its start.
const CLUSTER_S_OWN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

impl Finder<'_> {
    /// Peers that select no pods, as far as the namespaces they look into are known.
    pub(super) fn find_peers(&self, facts: &mut Facts) {
        let mut found = Vec::new();
        for policy in self.judged() {
            let rules = policy.all_rules();
            for (direction, rule) in rules.filter(|(_, rule)| rule.action == Action::Allow) {
                for peer in rule.peers.iter().flatten() {
                    if let Some((reason, mut links)) = self.idle_peer(policy, peer) {
                        let selected = self.network.selected_by(policy);
                        links.extend(self.workload_links(policy.resource, &selected, "it selects"));
                        let fact = json!({"direction": direction.as_str(), "reason": reason, "links": links});
                        found.push((policy.resource, peer.path.clone(), fact));
                    }
                }
            }
        }
        for (resource, path, fact) in found {
            facts.add("network_peers", resource, &path, fact);
        }
    }

    /// Why a peer selects no pods, with what explains it.
    fn idle_peer(&self, policy: &Policy, peer: &Placed<Peer>) -> Option<Added> {
        let Peer::Pods { scope, pods } = &peer.what else {
            return None;
        };
        if !asks_for_labels(pods) {
            return None;
        }
        let namespaces = match scope {
            Scope::Own => policy.namespace.into_iter().collect(),
            Scope::Selected(selector) => {
                let place = peer.path.clone().key("podSelector");
                let barred = self.barred(policy, (&place, selector, pods));
                if barred.is_some() {
                    return barred;
                }
                let namespaces = self.network.namespaces.selected(selector);
                if namespaces.is_empty() {
                    return self.mislabelled(selector).map(alone);
                }
                // Others that are not among the objects may be meant as well, unless each bears its name.
                let is_one = selector.asked().is_some_and(|(key, values)| {
                    let mut found = namespaces.iter().map(|at| self.network.namespaces.at(*at));
                    let names_own = |one: &Namespace| {
                        one.labels.get(key).map(String::as_str) == Some(one.called())
                    };
                    (is_of_names(key) || self.tells_names(key))
                        && values.len() == namespaces.len()
                        && found.all(names_own)
                });
                // Of a placeholder nobody knows the pods.
                let is_named = |at: &usize| !is_open(&self.network.namespaces.at(*at).name);
                if !is_one || !namespaces.iter().all(is_named) {
                    return None;
                }
                namespaces
            }
        };
        if *scope == Scope::Own
            && let Some(reason) = self.misplaced_program(policy, pods)
        {
            return Some(alone(reason));
        }
        if !self.is_placed(policy) || self.may_be_unread(pods) {
            return None;
        }
        let is_known = |namespace: &usize| self.is_near(policy, *namespace, (scope, pods));
        let selects =
            |namespace: &usize| !self.network.population.behind(*namespace, pods).is_empty();
        if pods.selects_all() || namespaces.is_empty() || !namespaces.iter().all(is_known) {
            return None;
        }
        // The policy may meet pods that are put elsewhere, as one of both leaves open where that is.
        let may_move = |class: &usize| {
            *scope == Scope::Own && !self.says_namespace(policy.resource)
                || self.may_move(policy, *class)
        };
        let is_idle = !namespaces.iter().any(selects)
            && !self.network.population.anywhere(pods).iter().any(may_move)
            && !namespaces.iter().any(|namespace| {
                self.may_be_made_elsewhere(pods, *namespace)
                    || self.may_be_made_later(pods, *namespace)
                    || self.is_routed_to_stranger(pods, *namespace)
            })
            && !self.is_dns(pods, &namespaces);
        let names = namespaces
            .iter()
            .map(|at| self.network.namespaces.at(*at).called());
        let of = match *scope == Scope::Own && !self.says_namespace(policy.resource) {
            true => "their namespace".to_owned(),
            false => listed(names),
        };
        let selector = peer.path.clone().key("podSelector");
        let mut more = namespaces.iter().filter_map(|at| {
            // What is not taken along lacks what a kustomization adds for that alone.
            let unlisted = self.unlisted(policy, pods).map(alone);
            unlisted
                .or_else(|| self.added(policy, (&selector, pods), *at))
                .or_else(|| self.service_alone(pods, *at))
                .or_else(|| self.known_beside(policy, pods, *at).map(alone))
        });
        is_idle.then(|| {
            let reason = format!("no pods of {of} have these labels");
            match more.next() {
                Some((more, links)) => (format!("{reason}; {more}"), links),
                None => alone(reason),
            }
        })
    }

    /// Whether the namespaces among the objects show that a label has their names as values: several bear it, and each
    /// its own name.
    fn tells_names(&self, key: &str) -> bool {
        let known = self.network.namespaces.iter().filter(|one| one.is_known);
        let borne = known.filter_map(|one| Some(one.called() == one.labels.get(key)?));
        let borne: Vec<bool> = borne.collect();
        borne.len() > 1 && !borne.contains(&false)
    }

    /// Why a peer without a selector of namespaces means no pods if it asks for those of a program
    /// that runs in a namespace of its own.
    fn misplaced_program(&self, policy: &Policy, pods: &Selector) -> Option<String> {
        let namespace = policy.namespace?;
        let dns = self.dns_program(pods, namespace);
        // Nobody runs the cluster's DNS service beside it, whatever else is in the namespace.
        let is_elsewhere = dns.is_some() && self.says_namespace(policy.resource);
        let program = program(pods).or(dns)?;
        let population = &self.network.population;
        let has_pods = !population.residents(namespace).is_empty();
        let elsewhere = population.anywhere(pods);
        let is_idle = (has_pods || is_elsewhere && self.is_placed(policy))
            && population.behind(namespace, pods).is_empty()
            && (self.says_namespace(policy.resource) || elsewhere.is_empty())
            && !elsewhere.iter().any(|class| self.may_move(policy, *class))
            && !self.may_be_made_elsewhere(pods, namespace)
            && !self.is_kustomized(policy, namespace, pods);
        let own = self.network.namespaces.at(namespace).called();
        let lacking = match policy.is_standard {
            true => "a `namespaceSelector` beside its `podSelector`",
            false => "that one",
        };
        is_idle.then(|| {
            format!(
                "no pods of `{own}` have these labels; if those of `{program}` run in another namespace, the peer lacks {lacking}"
            )
        })
    }

    /// The name of the DNS service that a selector asks for in a namespace in which it does not run.
    fn dns_program<'p>(&self, pods: &'p Selector, namespace: usize) -> Option<&'p str> {
        let (key, values) = pods.asked()?;
        let dns = &self.settings.dns;
        let name = values.first().filter(|_| values.len() == 1)?;
        let is_one = dns.labels.get(key).is_some_and(|own| own == name);
        let own = &self.network.namespaces.at(namespace).name;
        let mut others = dns.elsewhere.iter().map(|other| &other.namespace);
        let is_there = *own == dns.namespace || others.any(|other| other == own);
        (is_one && !is_there).then_some(*name)
    }

    /// Whether the cluster's DNS service is meant, which nobody's files hold.
    fn is_dns(&self, pods: &Selector, namespaces: &[usize]) -> bool {
        let dns = &self.settings.dns;
        let mut names = namespaces
            .iter()
            .map(|at| &self.network.namespaces.at(*at).name);
        names.any(|name| *name == dns.namespace) && pods.matches(&dns.labels) != Match::No
    }

    /// Whether a namespace is one that each cluster has, of which neither objects nor scripts say a label of a key
    /// beside its name.
    pub(super) fn is_bare(&self, name: &str, key: &str) -> bool {
        CLUSTER_S_OWN.contains(&name)
            && !self.scripts.may_label(key, name)
            && self
                .network
                .namespaces
                .find(name)
                .is_none_or(|at| !self.network.namespaces.at(at).is_known)
    }

    /// Whether a script makes a namespace without a label of a key, and no object does.
    fn is_made_without(&self, key: &str, namespace: &str) -> bool {
        let is_one = |one: &Resource| one.gvk.kind == "Namespace" && one.identity.name == namespace;
        self.scripts.make_without(key, namespace) && !self.resources.iter().any(is_one)
    }

    /// Whether a selector asks for a label with a namespace's name that the namespace, which is
    /// among the objects or made by a script, does not bear.
    fn mislabelled(&self, selector: &Selector) -> Option<String> {
        if let Some(name) = impossible_name(selector) {
            return Some(format!("no namespace can be called `{name}`"));
        }
        let (key, values) = selector.asked()?;
        let is_name = key == "name" || key.ends_with("/name");
        let is_alone = is_name && selector.requirements().len() == 1;
        if let [value] = values.as_slice()
            && is_alone
            && self.is_bare(value, key)
        {
            return Some(format!(
                "the namespace `{value}` has no label `{key}` unless someone gives it one; each has `{NAME_LABEL}`"
            ));
        }
        let (value, named) = values.into_iter().find_map(|value| {
            let named = self.network.namespaces.find(value);
            (named.is_some() || self.is_made_without(key, value)).then_some((value, named))
        })?;
        let (name, is_known) = match named.map(|at| self.network.namespaces.at(at)) {
            Some(namespace) => (namespace.name.as_str(), namespace.is_known),
            // None puts anything there.
            None => (value, false),
        };
        (is_alone && (is_known || self.is_made_without(key, name)))
            .then(|| format!("the namespace `{name}` has no label `{key}`"))
    }
}

/// The name of a namespace that a selector asks for where none it asks for is one that a namespace can have. A word in
/// capitals is a placeholder as often as a name.
fn impossible_name(selector: &Selector) -> Option<&str> {
    const LONGEST: usize = 63;
    let is_edge = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit();
    let is_possible = |name: &str| {
        let bytes = name.as_bytes();
        bytes.len() <= LONGEST
            && bytes.first().copied().is_some_and(is_edge)
            && bytes.last().copied().is_some_and(is_edge)
            && bytes.iter().all(|one| is_edge(*one) || *one == b'-')
    };
    let may_stand_for_another = |name: &str| {
        let has = |is: fn(char) -> bool| name.contains(is);
        is_open(name) || has(|one| one.is_ascii_uppercase()) && !has(|one| one.is_ascii_lowercase())
    };
    let mut asked = selector
        .requirements()
        .iter()
        .filter(|one| label_key(one) == NAME_LABEL)
        .map(asked_values);
    asked.find_map(|values| {
        let mut names = values.iter();
        let is_none = names.all(|name| !is_possible(name) && !may_stand_for_another(name));
        values.first().copied().filter(|_| is_none)
    })
}

/// A reason that nothing else explains.
fn alone(reason: String) -> Added {
    (reason, Vec::new())
}

/// The well-known program that a selector asks for by its name.
fn program(pods: &Selector) -> Option<&str> {
    let (key, values) = pods.asked()?;
    let name = values.first().filter(|_| values.len() == 1)?;
    let is_one =
        PROGRAM_LABELS.contains(&key) && (CONTROLLERS.contains(name) || SCRAPERS.contains(name));
    is_one.then_some(*name)
}

/// Whether a label of namespaces has their names as values.
fn is_of_names(key: &str) -> bool {
    let own = key.rsplit('/').next().unwrap_or_default();
    own.ends_with("name") || own == "namespace"
}
