//! Policies that are tied to pods beside them where neither names a namespace: what else they ask of pods nobody there
//! bears, although they are written for these.

use super::Finder;
use crate::network::{Match, Peer, Policy, Scope, Selector};

impl Finder<'_> {
    /// Whether a policy is written for pods of a namespace that are at home where it is, though they do not bear the labels
    /// of one of its selectors: another one of its selectors selects some by their labels, or what makes them bears these
    /// labels itself, and does not give them to its pods.
    pub(super) fn is_tied(&self, policy: &Policy, namespace: usize, selector: &Selector) -> bool {
        let population = &self.network.population;
        let is_beside = |class: &usize| {
            let mut pods = population.pods_of(*class);
            pods.any(|(_, pods)| {
                let [own, other] = [policy.resource, pods.resource].map(|at| &self.resources[at]);
                !self.says_namespace(pods.resource)
                    && self.is_together(policy.resource, pods.resource)
                    && self.homes.are_shared(own, other)
            })
        };
        let selects = |other: &Selector| {
            let mut selected = population.behind(namespace, other).into_iter();
            !other.selects_all() && other != selector && selected.any(|class| is_beside(&class))
        };
        let peers = policy
            .all_rules()
            .flat_map(|(_, rule)| rule.peers.iter().flatten());
        let mut peers = peers.filter_map(|peer| match &peer.what {
            Peer::Pods {
                scope: Scope::Own,
                pods,
            } => Some(pods),
            Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
        });
        let bears_itself = |class: &usize| {
            let mut pods = population.pods_of(*class);
            pods.any(|(_, pods)| {
                let maker = &self.resources[pods.resource];
                maker.is_workload() && selector.matches(&maker.labels) == Match::Yes
            })
        };
        let mut residents = population.residents(namespace).iter();
        !self.says_namespace(policy.resource)
            && (selects(&policy.pods)
                || peers.any(selects)
                || residents.any(|class| bears_itself(class) && is_beside(class)))
    }
}
