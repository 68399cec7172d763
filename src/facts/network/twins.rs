//! Workloads of one name that several folders of plain files have, such as one before and after a change: whoever applies
//! the one has the other no more.

use super::super::folder;
use super::Finder;
use super::branches::is_step;
use crate::model::Resource;
use crate::network::{Pods, Service, shared_steps};

impl Finder<'_> {
    /// Whether the pods of a class are of other twins than those written nearest to a Service.
    pub(super) fn are_of_far_twin(&self, service: &Service, class: usize) -> bool {
        let own = &self.resources[service.resource];
        let nearness = |pods: &Pods| shared_steps(&self.at(pods).artifact.uri, &own.artifact.uri);
        let population = &self.network.population;
        let of_others = || {
            let others = service.classes.iter().filter(|other| **other != class);
            others.flat_map(|other| population.pods_of(*other))
        };
        let has_nearer = |pods: &Pods| {
            let own = self.at(pods);
            let mut others = of_others();
            others.any(|(_, other)| {
                are_twins(own, self.at(other)) && nearness(other) > nearness(pods)
            })
        };
        let mut pods = population.pods_of(class);
        own.artifact.provenance.is_none() && pods.all(|(_, pods)| has_nearer(pods))
    }

    fn at(&self, pods: &Pods) -> &Resource {
        &self.resources[pods.resource]
    }
}

/// Whether two objects of plain files cannot both be in a cluster.
fn are_twins(one: &Resource, other: &Resource) -> bool {
    let is_plain = |one: &Resource| {
        // Later steps are applied over earlier ones.
        one.artifact.provenance.is_none() && !folder(&one.artifact.uri).split('/').any(is_step)
    };
    is_plain(one)
        && is_plain(other)
        && one.gvk.kind == other.gvk.kind
        && one.identity.name == other.identity.name
        && one.given_namespace() == other.given_namespace()
}
