//! Workloads that stand beside a policy and that no kustomization takes along, which the policy may have been
//! written for.

use super::policies::written_folder;
use super::{Finder, folder, normalized};
use crate::network::{Policy, Selector, asked_values, label_key};

impl Finder<'_> {
    /// What to say of the first file in the folder of a policy that a kustomization took along whose pods
    /// have a label that is asked for, where the kustomization leaves it out.
    pub(super) fn unlisted(&self, policy: &Policy, pods: &Selector) -> Option<String> {
        let home = normalized(&written_folder(&self.resources[policy.resource])?);
        let population = &self.network.population;
        let asked = pods.requirements().iter();
        let asked = asked.flat_map(|one| {
            asked_values(one)
                .into_iter()
                .map(move |value| (label_key(one), value))
        });
        let asked: Vec<(&str, &str)> = asked.collect();
        let borne = |class: usize| {
            let labels = &population.classes[class].labels;
            let mut asked = asked.iter();
            asked.find(|(key, value)| labels.get(*key).is_some_and(|own| own == value))
        };
        (0..population.classes.len()).find_map(|class| {
            let (key, value) = borne(class)?;
            let mut pods = population.pods_of(class);
            let artifact = pods.find_map(|(_, pods)| {
                let artifact = &self.resources[pods.resource].artifact;
                let is_beside = normalized(folder(&artifact.display)) == home;
                (artifact.provenance.is_none() && is_beside).then_some(artifact)
            })?;
            let name = artifact.uri.rsplit('/').next().unwrap_or_default();
            Some(format!("pods of `{name}` beside have `{key}: {value}`, and the kustomization does not list it"))
        })
    }
}
