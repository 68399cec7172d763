//! The policies that are told of faults, and those about the pods of a class.

use serde_json::Value;

use super::{Finder, MOST_LINKS, link, name_path};
use crate::network::{Action, Direction, Policy, Rule, Tier, is_open};

impl Finder<'_> {
    /// The policies that are told of faults of their own, as they are written: NetworkPolicies, and those of network
    /// plugins.
    pub(super) fn judged(&self) -> impl Iterator<Item = &Policy> {
        let policies = self.network.policies.iter();
        policies.filter(|policy| policy.tier == Tier::Network && !policy.is_copy)
    }

    /// The NetworkPolicies as they are written, without what subnamespaces inherit.
    pub(super) fn written(&self) -> impl Iterator<Item = &Policy> {
        let policies = self.network.policies.iter();
        policies.filter(|policy| policy.is_standard && !policy.is_copy)
    }

    /// Those that are judged for whose namespace no placeholder stands: who else is in it is known.
    pub(super) fn placed(&self) -> impl Iterator<Item = &Policy> {
        let judged = self.judged().filter(|policy| policy.namespace.is_some());
        judged.filter(|policy| self.is_placed(policy))
    }

    pub(super) fn is_placed(&self, policy: &Policy) -> bool {
        let own = policy.namespace.map(|own| self.network.namespaces.at(own));
        own.is_none_or(|own| !is_open(&own.name))
    }

    /// Links to the NetworkPolicies that close the pods of a class in some directions.
    pub(super) fn selecting_links(
        &self,
        class: usize,
        directions: impl Iterator<Item = Direction>,
    ) -> Vec<Value> {
        let mut links = Vec::new();
        for direction in directions {
            for policy in self.closing(class, direction) {
                let message = format!(
                    "`{}` closes the pods for {}",
                    policy.name,
                    direction.as_str()
                );
                links.push(link(policy.resource, &name_path(), &message));
            }
        }
        links.truncate(MOST_LINKS);
        links
    }

    /// The NetworkPolicies that select the pods of a class for a direction.
    pub(super) fn closing(
        &self,
        class: usize,
        direction: Direction,
    ) -> impl Iterator<Item = &Policy> {
        let selecting = self.network.selecting(direction)[class].iter();
        let closing = selecting.filter(|selecting| selecting.closes);
        closing.map(|selecting| &self.network.policies[selecting.policy])
    }

    /// What NetworkPolicies allow to the pods of a class, those that only add to others too.
    pub(super) fn rules_about(
        &self,
        class: usize,
        direction: Direction,
    ) -> impl Iterator<Item = &Rule> {
        let policies = self.policies_about(class, direction);
        let rules = policies.flat_map(move |policy| policy.rules(direction).unwrap_or_default());
        rules.filter(|rule| rule.action == Action::Allow)
    }

    /// The policies of which these are.
    pub(super) fn policies_about(
        &self,
        class: usize,
        direction: Direction,
    ) -> impl Iterator<Item = &Policy> {
        let selecting = self.network.selecting(direction)[class].iter();
        let policies = selecting.map(|selecting| &self.network.policies[selecting.policy]);
        policies.filter(|policy| policy.tier == Tier::Network)
    }
}
