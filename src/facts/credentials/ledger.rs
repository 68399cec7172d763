//! The credentials of everything scanned, found once: what a resource holds, and which values are
//! equal. Equal values get a number in the order of the scan, which says nothing about the value
//! and means nothing outside this run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::iter::Either;
use rayon::prelude::*;

use super::{Credential, Detector, Held, Verdict};
use crate::model::{Notice, Resource, Role, guarded};

/// Tells a resource among those of a scan: its document and its root.
type Key = (usize, u32);

/// The credentials of a scan.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Of each resource that may hold some.
    held: HashMap<Key, Held>,
    /// Numbers of values that stand in more than one place.
    numbers: HashMap<u64, usize>,
    /// Those of which a fault keeps us from telling what they hold.
    pub(crate) faults: Vec<Notice>,
}

impl Ledger {
    /// Looks for the credentials of all resources that may hold some, in parallel.
    pub(crate) fn new(
        detector: &Detector,
        resources: &[Resource],
        may_hold: impl Fn(usize) -> bool + Sync,
    ) -> Self {
        let asked = resources.par_iter().enumerate();
        let asked = asked.filter(|(position, _)| may_hold(*position));
        let held = asked.map(|(_, resource)| {
            let held = guarded(|| detector.held(resource));
            held.map(|held| (key(resource), held))
                .map_err(|fault| fault.of_resource(resource))
        });
        let (faults, held): (_, Vec<(Key, Held)>) = held.partition_map(Either::from);
        // What a rendering was given stands in what was made of it, too, and what a pipeline applies in the
        // pipeline itself, and what was built in what it was built into.
        let given: HashSet<Key> = resources
            .iter()
            .filter(|one| {
                matches!(
                    one.role,
                    Role::Given | Role::Inner | Role::Applied | Role::Built
                )
            })
            .map(key)
            .collect();
        let all = || {
            let own = held.iter().filter(|(key, _)| !given.contains(key));
            own.flat_map(|(_, held)| &held.reported)
        };
        let mut places: HashMap<u64, usize> = HashMap::new();
        for one in all().filter(|one| has_value(one)) {
            *places.entry(one.same).or_default() += 1;
        }
        let mut numbers = HashMap::new();
        for one in all().filter(|one| places.get(&one.same).is_some_and(|count| *count > 1)) {
            let next = numbers.len() + 1;
            numbers.entry(one.same).or_insert(next);
        }
        Self {
            held: held.into_iter().collect(),
            numbers,
            faults,
        }
    }

    /// The credentials of a resource, in the order of its values.
    pub(crate) fn of(&self, resource: &Resource) -> &[Credential] {
        self.held(resource)
            .map_or(&[], |held| held.reported.as_slice())
    }

    /// What a resource holds, if it was asked.
    pub(crate) fn held(&self, resource: &Resource) -> Option<&Held> {
        self.held.get(&key(resource))
    }

    /// The number of a value that stands in more than one place.
    pub(crate) fn number(&self, credential: &Credential) -> Option<usize> {
        let number = self.numbers.get(&credential.same).copied();
        number.filter(|_| has_value(credential))
    }
}

/// A switch has none, and a Secret's entries are told together.
fn has_value(credential: &Credential) -> bool {
    !matches!(
        credential.verdict,
        Verdict::Off { .. } | Verdict::Stored { .. }
    )
}

fn key(resource: &Resource) -> Key {
    (Arc::as_ptr(&resource.tree).addr(), resource.root)
}
