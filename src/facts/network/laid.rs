//! Workloads that are laid over others of their name, and that no kustomization lists: what they add to these names
//! Services for the pods of these.

use std::cmp::Reverse;

use super::Finder;
use crate::model::{Resource, Role};
use crate::network::{End, Pods, is_refused, namespace_of, shared_steps};

impl Finder<'_> {
    /// Such workloads, each with what it is laid over, and as pods of the class that these have.
    pub(super) fn laid(&self) -> Vec<(&End, Pods)> {
        let resources = self.resources.iter().enumerate();
        let laid = resources.filter(|(_, one)| is_laid(one) && !self.kustomized.lays(one));
        laid.filter_map(|(position, one)| self.below(position, one))
            .collect()
    }

    fn below(&self, position: usize, resource: &Resource) -> Option<(&End, Pods)> {
        let identity = &resource.identity;
        let name = format!(
            "{}/{}[{}]",
            namespace_of(resource),
            identity.name,
            identity.kind
        );
        let mut ends = self.network.population.ends.iter();
        let end = ends.find(|end| end.name == name)?;
        let own = &resource.artifact.uri;
        let near = |pods: &&Pods| {
            Reverse(shared_steps(
                &self.resources[pods.resource].artifact.uri,
                own,
            ))
        };
        let pods = Pods {
            class: end.pods.iter().min_by_key(near)?.class,
            resource: position,
            template: resource.pod_templates.first()?.clone(),
        };
        Some((end, pods))
    }
}

/// Whether a workload is a part of another one, as it is written.
fn is_laid(resource: &Resource) -> bool {
    let is_part = match resource.role {
        Role::Patch => true,
        Role::Manifest => is_refused(resource),
        _ => false,
    };
    is_part && resource.is_workload() && resource.artifact.provenance.is_none()
}
