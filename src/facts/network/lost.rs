//! Policies that would let something through, but for labels that a kustomization put into their selectors.

use serde_json::Value;

use super::added::is_given;
use super::blocked::is_about;
use super::{Finder, link};
use crate::model::ValuePath;
use crate::network::{
    Action, Direction, Match, Party, Peer, Placed, Policy, Ports, Rule, Selector, Tier, label_key,
};

/// What to say of such a policy, and where it is.
pub(super) type Lost = (String, Value);

impl Finder<'_> {
    /// The first policy that would let some ports through between the pods of a class and one of some parties.
    pub(super) fn lost(
        &self,
        direction: Direction,
        class: usize,
        parties: &[Party<'_>],
        ports: &Ports,
    ) -> Option<Lost> {
        let own = &self.network.population.classes[class];
        let receiving = (direction == Direction::Ingress).then_some(own);
        let opens = |policy: &Policy, rule: &Rule, is_selecting: bool| {
            let written = self.written_rule(policy, rule);
            let is_other = !is_selecting || is_changed(rule, &written);
            let mut parties = parties.iter();
            is_other
                && rule.action == Action::Allow
                && is_about(rule, ports, receiving)
                && parties.any(|party| self.network.is_about(policy, &written, *party))
        };
        let here = self.network.policies.iter().filter(|policy| {
            policy.tier == Tier::Network
                && policy.namespace == Some(own.namespace)
                && self.resources[policy.resource].artifact.is_built()
        });
        let mut here = here.filter(|policy| {
            let pods = self.written_selector(policy, &policy.selector, &policy.pods);
            let is_selecting = own.is_behind(&policy.pods) == Match::Yes;
            let mut rules = policy.rules(direction).unwrap_or_default().iter();
            own.is_behind(&pods) == Match::Yes
                && rules.any(|rule| opens(policy, rule, is_selecting))
        });
        let policy = here.next()?;
        let put_in = self.put_in(policy);
        let (labels, by) = put_in.map_or_else(
            || ("labels".to_owned(), "a kustomization".to_owned()),
            |one| (one.labels, one.by),
        );
        let said = format!(
            "; `{}` would let this through, but {by} adds {labels} to its selectors",
            policy.name
        );
        let message = format!("`{}` would let it through", policy.name);
        Some((said, link(policy.resource, &policy.selector, &message)))
    }

    /// A selector of pods, which stands somewhere in a policy, without what a kustomization put into it.
    fn written_selector(&self, policy: &Policy, at: &ValuePath, selector: &Selector) -> Selector {
        let resource = &self.resources[policy.resource];
        let labels = at.clone().key("matchLabels");
        let asked = selector.requirements().iter();
        let written = asked.filter(|one| !is_given(resource, &labels.clone().key(label_key(one))));
        Selector::new(written.cloned().collect())
    }

    /// A rule without what a kustomization put into its selectors of pods.
    fn written_rule(&self, policy: &Policy, rule: &Rule) -> Rule {
        let peer = |peer: &Placed<Peer>| {
            let what = match &peer.what {
                Peer::Pods { scope, pods } => {
                    let at = peer.path.clone().key("podSelector");
                    Peer::Pods {
                        scope: scope.clone(),
                        pods: self.written_selector(policy, &at, pods),
                    }
                }
                other @ (Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_)) => other.clone(),
            };
            Placed {
                path: peer.path.clone(),
                what,
            }
        };
        let peers = rule.peers.as_ref();
        Rule {
            peers: peers.map(|peers| peers.iter().map(peer).collect()),
            ..rule.clone()
        }
    }
}

/// Whether a rule says more than what is written.
fn is_changed(rule: &Rule, written: &Rule) -> bool {
    let mut both = rule
        .peers
        .iter()
        .flatten()
        .zip(written.peers.iter().flatten());
    both.any(|(one, other)| one.what != other.what)
}
