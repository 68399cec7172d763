//! What policies of the whole cluster forbid: an administrator's, before the NetworkPolicies and after them.

use serde_json::Value;

use super::{Finder, link, name_path};
use crate::network::{Action, Direction, Party, Policy, Rule, Tier};

impl Finder<'_> {
    /// The policies of an administrator that forbid something to the pods of a class. Those of the last tier are not
    /// asked where a NetworkPolicy selects the pods.
    pub(super) fn denying(
        &self,
        class: usize,
        direction: Direction,
    ) -> impl Iterator<Item = &Policy> {
        let is_isolated = self.network.is_isolated(direction, class);
        let selecting = self.network.selecting(direction)[class].iter();
        let sure = selecting.filter(|selecting| selecting.is_sure);
        let policies = sure.map(|selecting| &self.network.policies[selecting.policy]);
        policies.filter(move |policy| {
            let is_asked = match policy.tier {
                Tier::Admin(_) => true,
                Tier::Network => false,
                Tier::Baseline(_) => !is_isolated,
            };
            is_asked && denials(policy, direction).next().is_some()
        })
    }

    /// The policies that close the pods of a class to some parties: NetworkPolicies that select them, and those that
    /// forbid it.
    pub(super) fn closers(
        &self,
        class: usize,
        direction: Direction,
        parties: &[Party<'_>],
    ) -> Vec<&Policy> {
        let is_about = |policy: &&Policy| {
            denials(policy, direction).any(|rule| {
                let mut parties = parties.iter();
                parties.any(|party| self.network.is_about(policy, rule, *party))
            })
        };
        let denying = self.denying(class, direction).filter(is_about);
        self.closing(class, direction).chain(denying).collect()
    }

    /// Links to these policies, and what each does.
    pub(super) fn closers_links(
        &self,
        class: usize,
        direction: Direction,
        parties: &[Party<'_>],
    ) -> Vec<Value> {
        let of = |policy: &Policy| {
            let (name, direction) = (&policy.name, direction.as_str());
            let message = match policy.tier {
                Tier::Network => format!("`{name}` closes the pods for {direction}"),
                Tier::Admin(_) | Tier::Baseline(_) => format!("`{name}` denies {direction}"),
            };
            link(policy.resource, &name_path(), &message)
        };
        let closers = self.closers(class, direction, parties);
        closers.into_iter().map(of).collect()
    }
}

fn denials(policy: &Policy, direction: Direction) -> impl Iterator<Item = &Rule> {
    let rules = policy.rules(direction).unwrap_or_default().iter();
    rules.filter(|rule| rule.action == Action::Deny)
}
