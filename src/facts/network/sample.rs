//! Policies for the whole cluster that only show how one may look: they stand in a folder of examples beside what is
//! deployed, and nothing deploys them.

use std::sync::Arc;

use super::super::{folder, normalized};
use super::kustomized::Kustomized;
use super::placed::Placed;
use crate::model::{Artifact, Resource, Role};

/// Kinds that are about more than their own namespace.
const WIDE: [&str; 5] = [
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "ClusterNetworkPolicy",
    "GlobalNetworkPolicy",
];
/// Folders of examples.
const SAMPLES: [&str; 4] = ["example", "examples", "sample", "samples"];

/// Leaves out such policies, which close no pods of the others.
pub(super) fn leave_samples(
    placed: &mut Vec<Placed>,
    kustomized: &Kustomized,
    texts: &[Arc<Artifact>],
) {
    let is_sample = |one: &Placed| {
        let resource = &one.resource;
        is_shown(resource)
            && !kustomized.lists(resource)
            && !kustomized.is_deployed(resource)
            && !texts.iter().any(|text| names(text, resource))
    };
    if !placed.iter().any(is_sample) {
        return;
    }
    let is_deployed = |one: &Placed| {
        let resource = &one.resource;
        let is_workload = resource.role == Role::Manifest && resource.is_workload();
        is_workload && !is_of_samples(&resource.artifact.display)
    };
    if placed.iter().any(is_deployed) {
        placed.retain(|one| !is_sample(one));
    }
}

/// Whether an object is one for the whole cluster in a folder of examples.
fn is_shown(resource: &Resource) -> bool {
    WIDE.contains(&resource.gvk.kind.as_str())
        && resource.role == Role::Manifest
        && resource.artifact.provenance.is_none()
        && is_of_samples(&resource.artifact.display)
}

fn is_of_samples(path: &str) -> bool {
    folder(path).split('/').any(|step| SAMPLES.contains(&step))
}

/// Whether a text names the file of an object, or its folder with the one around it.
fn names(text: &Artifact, resource: &Resource) -> bool {
    let path = normalized(&resource.artifact.display);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let around = folder.rmatch_indices('/').nth(1);
    let steps = around.map_or(folder, |(at, _)| &folder[at + 1..]);
    text.text.contains(name) || text.text.contains(steps)
}
