//! Policies of which selectors of pods ask for labels that a kustomization puts into all of them: none of
//! what it does not deploy bears these.

use super::Finder;
use crate::model::Provenance;
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

    /// Guests as such policies see them; what the objects deploy themselves may bear the labels.
    pub(super) fn narrow(&self, guests: &mut [Guest], own: &[Guest], narrowed: &[usize]) {
        for guest in guests {
            if !own.iter().any(|one| one.namespace == guest.namespace) {
                guest.narrowed.extend_from_slice(narrowed);
            }
        }
    }

    /// Whether a label that a built policy and all the pods it selects bear is in each of its selectors.
    fn is_built_narrowed(&self, policy: &Policy) -> bool {
        let resource = &self.resources[policy.resource];
        let provenance = resource.artifact.provenance.as_ref();
        if !provenance.is_some_and(Provenance::is_of_manifests) || resource.labels.is_empty() {
            return false;
        }
        let selectors = selectors(policy);
        let classes = &self.network.population.classes;
        let selected = self.network.selected_by(policy);
        let mut labels = resource.labels.iter();
        !selectors.is_empty()
            && labels.any(|(key, value)| {
                let mut pods = selected.iter().map(|class| &classes[*class].labels);
                selectors.iter().all(|one| one.asks_for(key, value))
                    && pods.all(|labels| labels.get(key) == Some(value))
            })
    }
}

/// The selectors of pods by which a policy finds others, and its own, as far as they ask for anything.
fn selectors(policy: &Policy) -> Vec<&Selector> {
    let peers = policy.all_rules().flat_map(|(_, rule)| &rule.peers);
    let peers = peers.flatten().filter_map(|peer| match &peer.what {
        Peer::Pods { pods, .. } => Some(pods),
        Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
    });
    let mut found: Vec<&Selector> = peers.filter(|pods| !pods.selects_all()).collect();
    if !found.is_empty() && !policy.pods.selects_all() {
        found.push(&policy.pods);
    }
    found
}
