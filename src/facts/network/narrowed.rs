//! Policies of which selectors of pods ask for labels that a kustomization puts into all of them: none of
//! what it does not deploy bears these.

use std::path::Path;

use super::super::{folder, normalized};
use super::added::is_given;
use super::{Finder, deployment};
use crate::model::Resource;
use crate::network::{Guest, Peer, Policy, Selector};

impl Finder<'_> {
    /// The positions of the objects of such policies.
    pub(super) fn narrowed(&self) -> Vec<usize> {
        let policies = self.network.policies.iter();
        let narrowed = policies.filter(|policy| {
            let resource = &self.resources[policy.resource];
            self.kustomized.is_narrowed(resource) || self.is_built_narrowed(policy)
        });
        narrowed.map(|policy| policy.resource).collect()
    }

    /// Of some such policies those that do not stand as they are written, too, for the pods of an object that no
    /// kustomization takes along: who applies it applies what stands beside or above it and names its namespace. One that
    /// was built is known as it is built alone.
    pub(super) fn narrowed_for(&self, object: usize, narrowed: &[usize]) -> Vec<usize> {
        let object = &self.resources[object];
        let is_plain = deployment(object).is_none() && !self.kustomized.lists(object);
        let own = normalized(folder(&object.artifact.display));
        let is_around = |policy: &usize| {
            let policy = &self.resources[*policy];
            let names_namespace = policy.node().find(&["metadata", "namespace"]).is_some();
            let home = normalized(folder(&policy.artifact.display));
            names_namespace
                && policy.artifact.provenance.is_none()
                && Path::new(&own).starts_with(home)
        };
        let found = narrowed
            .iter()
            .filter(|policy| !(is_plain && is_around(policy)));
        found.copied().collect()
    }

    /// A guest as the policies of a class see it.
    pub(super) fn seen_from(&self, class: usize, guest: &Guest) -> Guest {
        let mut pods = self.network.population.pods_of(class);
        let narrowed = pods.find_map(|(_, pods)| {
            let narrowed = self.narrowed_for(pods.resource, &guest.narrowed);
            Some(narrowed).filter(|narrowed| !narrowed.is_empty())
        });
        Guest {
            narrowed: narrowed.unwrap_or_default(),
            ..guest.clone()
        }
    }

    /// Guests as such policies see them; what the objects deploy themselves may bear the labels.
    pub(super) fn narrow(&self, guests: &mut [Guest], own: &[Guest], narrowed: &[usize]) {
        for guest in guests {
            if !own.iter().any(|one| one.namespace == guest.namespace) {
                guest.narrowed.extend_from_slice(narrowed);
            }
        }
    }

    /// Whether a label that a built policy and all the pods it selects bear is in each of its selectors, or one that the
    /// kustomization gave it in each of those by which it finds others: what is selected may stand outside.
    fn is_built_narrowed(&self, policy: &Policy) -> bool {
        let resource = &self.resources[policy.resource];
        if !resource.artifact.is_built() || resource.labels.is_empty() {
            return false;
        }
        let selectors = selectors(policy);
        let peers = peers(policy);
        let classes = &self.network.population.classes;
        let selected = self.network.selected_by(policy);
        let mut labels = resource.labels.iter();
        !selectors.is_empty()
            && labels.any(|(key, value)| {
                let asks = |one: &&Selector| one.asks_for(key, value);
                let mut pods = selected.iter().map(|class| &classes[*class].labels);
                selectors.iter().all(asks) && pods.all(|labels| labels.get(key) == Some(value))
                    || peers.iter().all(asks) && is_added(resource, policy, key)
            })
    }
}

/// Whether something else than the file of a policy put a label into a selector by which it finds others.
fn is_added(resource: &Resource, policy: &Policy, key: &str) -> bool {
    let mut peers = policy
        .all_rules()
        .flat_map(|(_, rule)| rule.peers.iter().flatten());
    peers.any(|peer| {
        let labels = peer.path.clone().key("podSelector").key("matchLabels");
        is_given(resource, &labels.key(key))
    })
}

/// The selectors of pods by which a policy finds others, and its own, as far as they ask for anything.
fn selectors(policy: &Policy) -> Vec<&Selector> {
    let mut found = peers(policy);
    if !found.is_empty() && !policy.pods.selects_all() {
        found.push(&policy.pods);
    }
    found
}

/// The selectors of pods by which a policy finds others, as far as they ask for anything.
fn peers(policy: &Policy) -> Vec<&Selector> {
    let peers = policy.all_rules().flat_map(|(_, rule)| &rule.peers);
    let peers = peers.flatten().filter_map(|peer| match &peer.what {
        Peer::Pods { pods, .. } => Some(pods),
        Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
    });
    peers.filter(|pods| !pods.selects_all()).collect()
}
