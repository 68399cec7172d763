//! Workloads that stand beside a policy and that no kustomization takes along, which the policy may have been
//! written for.

use std::collections::HashMap;

use super::home::{home_of, written_folder};
use super::{Finder, folder, normalized};
use crate::network::{Pods, Policy, Selector, asked_values, label_key};

/// Classes of pods by the folder and the name of what makes them.
pub(super) type Taken<'a> = HashMap<(String, &'a str), Vec<usize>>;

impl Finder<'_> {
    /// The workloads that kustomizations take along, where they are written.
    pub(super) fn taken(&self) -> Taken<'_> {
        let mut found = Taken::new();
        let all = self.network.population.pods();
        for pods in all {
            let resource = &self.resources[pods.resource];
            let is_taken = match &resource.artifact.provenance {
                Some(one) => one.is_of_manifests(),
                None => self.kustomized.lists(resource),
            };
            if is_taken {
                let name = resource.identity.name.as_str();
                let classes = found.entry((home_of(resource), name)).or_default();
                classes.push(pods.class);
            }
        }
        found
    }

    /// Whether a workload that no kustomization takes along stands for one of its name and its labels beside: it
    /// is put in that one's place, or not deployed at all.
    pub(super) fn is_stand_in(&self, pods: &Pods, taken: &Taken<'_>) -> bool {
        let own = &self.resources[pods.resource];
        if taken.is_empty() || own.artifact.provenance.is_some() || self.kustomized.lists(own) {
            return false;
        }
        let classes = &self.network.population.classes;
        let labels = &classes[pods.class].labels;
        let beside = taken.get(&(home_of(own), own.identity.name.as_str()));
        beside.into_iter().flatten().any(|class| {
            let other = &classes[*class].labels;
            labels
                .iter()
                .all(|(key, value)| other.get(key) == Some(value))
        })
    }

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
