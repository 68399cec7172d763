//! Policies that leave their namespace to who applies them, which would let through in that of some pods what
//! is closed there.

use super::Finder;
use super::blocked::is_about;
use crate::network::{Action, Direction, Match, Party, Policy, Ports, said_namespace};

impl Finder<'_> {
    /// What to say of the first such policy that would let some ports through between the pods of a class and one
    /// of some parties.
    pub(super) fn unless_placed(
        &self,
        direction: Direction,
        class: usize,
        parties: &[Party<'_>],
        ports: &Ports,
    ) -> Option<String> {
        let own = &self.network.population.classes[class];
        let there = || self.network.population.pods_of(class);
        let is_left = |policy: &&Policy| {
            let resource = &self.resources[policy.resource];
            resource.artifact.provenance.is_none()
                && said_namespace(resource).is_none()
                && policy.namespace != Some(own.namespace)
                && own.is_behind(&policy.pods) == Match::Yes
                && there().any(|(_, pods)| self.may_be_beside(policy, pods.resource))
        };
        let receiving = (direction == Direction::Ingress).then_some(own);
        let opens = |policy: &Policy| {
            let there = Policy {
                namespace: Some(own.namespace),
                ..policy.clone()
            };
            let mut rules = there.rules(direction).unwrap_or_default().iter();
            rules.any(|rule| {
                let mut parties = parties.iter();
                rule.action == Action::Allow
                    && is_about(rule, ports, receiving)
                    && parties.any(|party| self.network.is_about(&there, rule, *party))
            })
        };
        let mut left = self.written().filter(is_left);
        let policy = left.find(|policy| opens(policy))?;
        let namespace = self.network.namespaces.at(own.namespace).called();
        Some(format!(
            "; `{}` leaves its namespace open, and in `{namespace}` it would let this through",
            policy.name
        ))
    }
}
