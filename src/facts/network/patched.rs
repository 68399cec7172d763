//! What kustomizations lay patches over besides what they list: a Component that brings a route to pods may open their
//! policy in the same breath, and nobody applies the one without the other.

use std::collections::HashMap;

use super::super::normalized;
use super::Finder;
use super::aim::Aim;
use super::kustomization::Kustomization;
use crate::model::Resource;
use crate::network::Direction;

/// The files that kustomizations list which patch policies, with what they patch.
#[derive(Debug, Default)]
pub(super) struct Patched(HashMap<String, Vec<usize>>, Vec<Vec<Aim>>);

impl Patched {
    /// Reads what kustomizations patch.
    pub(super) fn of(all: Vec<Kustomization<'_>>) -> Self {
        let mut found = Self::default();
        for one in all.into_iter().filter(|one| !one.aims.is_empty()) {
            for path in one.uses {
                found.0.entry(path).or_default().push(found.1.len());
            }
            found.1.push(one.aims);
        }
        found
    }

    /// Whether who lists the file of an object patches another one.
    pub(super) fn has(&self, listed: &Resource, other: &Resource) -> bool {
        let known = self.0.get(&normalized(&listed.artifact.display));
        let mut aims = known.into_iter().flatten().flat_map(|at| &self.1[*at]);
        aims.any(|aim| aim.meets(other))
    }

    /// Whether nobody patches a policy.
    pub(super) fn is_empty(&self) -> bool {
        self.1.is_empty()
    }
}

impl Finder<'_> {
    /// Whether a kustomization that lists an object patches a policy about pods: what this says then is not what is
    /// written.
    pub(super) fn is_patched(&self, listed: usize, direction: Direction, class: usize) -> bool {
        let mut policies = self.policies_about(class, direction);
        self.kustomized.patches_policies()
            && policies.any(|policy| {
                let [listed, policy] = [listed, policy.resource].map(|at| &self.resources[at]);
                self.kustomized.patches(listed, policy)
            })
    }
}
