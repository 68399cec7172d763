//! What the resources of a scan are, for its summary.

use super::Sources;
use crate::model::{ResourceCounts, Role};

/// Counts what the resources are; to be called again after resources were added or taken out.
pub(crate) fn count(sources: &mut Sources) {
    sources.summary.resources = ResourceCounts::default();
    let counts = &mut sources.summary.resources;
    for resource in &sources.resources {
        match resource.role {
            Role::Manifest | Role::Template | Role::Outline => counts.objects += 1,
            Role::Patch => counts.patches += 1,
            Role::Owned => counts.owned += 1,
            Role::Package => counts.packages += 1,
            Role::Values
            | Role::Given
            | Role::Inner
            | Role::Catalog
            | Role::Build
            | Role::Unreached
            | Role::Applied
            | Role::Renaming
            | Role::Built => {}
        }
        let is_whole = matches!(
            resource.role,
            Role::Manifest | Role::Template | Role::Outline
        );
        counts.workloads += usize::from(is_whole && resource.is_workload());
    }
}
