//! The part of the files in which a policy and the pods of its namespace stand: pods that leave their namespace to who
//! applies them are meant for that one where they stand there too, as tools in another part of the files are not.

use std::sync::Arc;

use super::super::{folder, is_below};
use super::Finder;
use super::home::home_of;
use crate::model::Resource;
use crate::network::{Pods, Policy, said_namespace};

impl Finder<'_> {
    /// Whether pods may be meant for the namespace that a policy names. One without pods of its own is for whichever.
    pub(super) fn may_be_meant_for(&self, pods: &Pods, policy: &Policy) -> bool {
        let [own, of_policy] = [pods.resource, policy.resource].map(|at| &self.resources[at]);
        if said_namespace(own).is_some() || said_namespace(of_policy).is_none() {
            return true;
        }
        let selected = self.network.selected_by(policy);
        let residents = selected
            .into_iter()
            .flat_map(|class| self.network.population.pods_of(class))
            .map(|(_, pods)| &self.resources[pods.resource])
            .filter(|one| said_namespace(one).is_some());
        let residents: Vec<&Resource> = residents.collect();
        residents.is_empty() || is_below(&home_of(own), &realm(of_policy, &residents))
    }
}

/// The folder of a policy and of pods in its namespace.
fn realm(policy: &Resource, residents: &[&Resource]) -> String {
    let home = home_of(policy);
    let is_of_file = |one: &&Resource| Arc::ptr_eq(&one.artifact, &policy.artifact);
    // What brings both in one file is whole.
    if residents.iter().any(is_of_file) {
        return home;
    }
    let mut around = home.clone();
    for one in residents {
        let own = home_of(one);
        while !is_below(&own, &around) {
            around = folder(&around).to_owned();
        }
    }
    // One folder may be the part of one program, with others beside.
    match around == home {
        true => folder(&home).to_owned(),
        false => around,
    }
}
