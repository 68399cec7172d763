//! Kustomizations that make the same workloads, one with policies and one without: whoever applies one
//! does not apply the other, and the policies of the one close no pods of the other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::kustomized::Placed;
use crate::model::{Rendering, Resource};
use crate::network::{is_policy, said_namespace};

/// What they are built from.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    /// Those with policies.
    closed: BTreeSet<String>,
    /// Those without.
    open: BTreeSet<String>,
}

/// Kind, namespace and name of a workload.
type Workload<'a> = (&'a str, &'a str, &'a str);

impl Alternatives {
    /// Those among objects.
    pub(super) fn read(resources: &[&Resource]) -> Self {
        let built = || resources.iter().filter_map(|one| Some((*one, built(one)?)));
        let policies = built().filter(|(one, _)| is_policy(one));
        let with_policies: BTreeSet<&str> = policies.map(|(_, of)| of.root.as_str()).collect();
        let mut found = Self::default();
        if with_policies.is_empty() {
            return found;
        }
        let mut makers: HashMap<Workload<'_>, BTreeSet<&str>> = HashMap::new();
        for (workload, of) in built().filter(|(one, _)| one.is_workload()) {
            if let Some(namespace) = said_namespace(workload) {
                let identity = &workload.identity;
                let key = (identity.kind.as_str(), namespace, identity.name.as_str());
                makers.entry(key).or_default().insert(&of.root);
            }
        }
        for roots in makers.into_values() {
            let (closed, open): (Vec<_>, Vec<_>) = roots
                .iter()
                .partition(|root| with_policies.contains(**root));
            if !closed.is_empty() && !open.is_empty() {
                found.closed.extend(closed.into_iter().map(str::to_owned));
                found.open.extend(open.into_iter().map(str::to_owned));
            }
        }
        found
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Those of some objects that meet: without what has no policies, and, to tell of what has none, the other
    /// way round.
    pub(super) fn apart<'a>(&self, members: &[&'a Placed]) -> [Vec<&'a Placed>; 2] {
        let without = |roots: &BTreeSet<String>| -> Vec<&'a Placed> {
            let is_left = |one: &&&Placed| !is_of(&one.resource, roots);
            members.iter().filter(is_left).copied().collect()
        };
        [without(&self.open), without(&self.closed)]
    }

    /// Whether an object is of one without policies.
    pub(super) fn is_open(&self, resource: &Resource) -> bool {
        is_of(resource, &self.open)
    }
}

fn is_of(resource: &Resource, roots: &BTreeSet<String>) -> bool {
    built(resource).is_some_and(|of| roots.contains(&of.root))
}

/// The kustomization that an object was built from.
fn built(resource: &Resource) -> Option<&Arc<Rendering>> {
    let provenance = resource.artifact.provenance.as_ref()?;
    provenance
        .is_of_manifests()
        .then_some(&provenance.rendering)
}
