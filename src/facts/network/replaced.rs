//! Policies of one kind, namespace and name: in a cluster there is one of them, the one that was applied last.

use std::collections::BTreeMap;

use crate::model::Resource;
use crate::network::said_namespace;

/// Policies of one way to deploy something.
#[derive(Debug, Default)]
pub(super) struct Policies<'a>(BTreeMap<(&'a str, Option<&'a str>, &'a str), &'a Resource>);

impl<'a> Policies<'a> {
    /// Adds one.
    pub(super) fn add(&mut self, policy: &'a Resource) {
        let key = (
            &*policy.gvk.kind,
            said_namespace(policy),
            &*policy.identity.name,
        );
        self.0.insert(key, policy);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them is among others with something else to say: it replaces the other one, or is replaced.
    pub(super) fn contradict(&self, others: &Self) -> bool {
        let spec = |policy: &'a Resource| policy.node().get("spec");
        let mut pairs = self
            .0
            .iter()
            .filter_map(|(key, one)| Some((*one, *others.0.get(key)?)));
        pairs.any(|(one, other)| match (spec(one), spec(other)) {
            (Some(one), Some(other)) => !one.says_same(other),
            (one, other) => one.is_some() != other.is_some(),
        })
    }

    /// Whether each of them is among others by its name.
    pub(super) fn are_among(&self, others: &Self) -> bool {
        self.0.keys().all(|key| others.0.contains_key(key))
    }
}
