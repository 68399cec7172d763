//! What is not applied together: policies that kustomizations leave out, and the pods that these take along.

use std::collections::BTreeSet;

/// Objects by position. A policy of the ones selects no pods of the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Left {
    /// Policies that kustomizations leave out beside what they take along.
    pub(crate) policies: BTreeSet<usize>,
    /// Workloads that kustomizations take along.
    pub(crate) taken: BTreeSet<usize>,
}
