//! Policies by the labels that they ask of pods, so that each pod is compared with those alone that may select it.

use std::collections::HashMap;

use crate::network::Policy;

/// Policies, found by what they select.
pub(super) struct Candidates<'a> {
    policies: Vec<&'a Policy>,
    /// By a label that they ask for.
    by_label: HashMap<(&'a str, &'a str), Vec<usize>>,
    /// Those that ask for none.
    others: Vec<usize>,
}

impl<'a> Candidates<'a> {
    pub(super) fn of(policies: Vec<&'a Policy>) -> Self {
        let mut found = Self {
            policies,
            by_label: HashMap::new(),
            others: Vec::new(),
        };
        for (position, policy) in found.policies.iter().enumerate() {
            let Some((key, values)) = policy.pods.asked() else {
                found.others.push(position);
                continue;
            };
            for value in values {
                let known = found.by_label.entry((key, value)).or_default();
                known.push(position);
            }
        }
        found
    }

    /// Those that may select pods with such labels; none twice.
    pub(super) fn near<'s>(
        &'s self,
        labels: impl Iterator<Item = (&'s str, &'s str)> + 's,
    ) -> impl Iterator<Item = &'a Policy> + 's {
        self.positions(labels).map(|at| self.policies[at])
    }

    /// The first of them that is one, in the order in which they were given.
    pub(super) fn first<'s>(
        &'s self,
        labels: impl Iterator<Item = (&'s str, &'s str)> + 's,
        is_one: impl Fn(&Policy) -> bool,
    ) -> Option<&'a Policy> {
        let found = self
            .positions(labels)
            .filter(|at| is_one(self.policies[*at]));
        found.min().map(|at| self.policies[at])
    }

    fn positions<'s>(
        &'s self,
        labels: impl Iterator<Item = (&'s str, &'s str)> + 's,
    ) -> impl Iterator<Item = usize> + 's {
        let labelled = labels.filter_map(|label| self.by_label.get(&label));
        labelled.flatten().chain(&self.others).copied()
    }
}
