//! Policies that name their namespace and that kustomizations leave out: who applies what these take along does not apply
//! them, so that they select none of its pods. Those that leave their namespace open are told apart in `hand`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::{folder, normalized};
use super::hand::applies;
use super::home::home_of;
use super::kustomized::Kustomized;
use super::placed::{By, Hand, Placed};
use super::{Finder, deployment};
use crate::model::{Artifact, Resource, Role};
use crate::network::{Direction, Left, Match, Pods, Policy, is_policy};

/// What applies files.
const COMMAND: &str = "kubectl";

/// Tells of which policies that is so, among objects that scripts may apply as they are.
pub(super) fn tell_left(placed: &mut [Placed], kustomized: &Kustomized, texts: &[Arc<Artifact>]) {
    let is_candidate = |one: &Placed| {
        one.hand == Hand::Any
            && one.by == By::Nobody
            && is_policy(&one.resource)
            && one.resource.given_namespace().is_some()
            && one.resource.artifact.provenance.is_none()
            && !kustomized.lays(&one.resource)
            && !kustomized.names(&one.resource)
    };
    if !placed.iter().any(is_candidate) {
        return;
    }
    let all = placed.iter().map(|one| &one.resource);
    let mut homes: BTreeMap<String, bool> = BTreeMap::new();
    for (home, has_kustomization) in all.flat_map(homes_of_kustomizations) {
        *homes.entry(home).or_default() |= has_kustomization;
    }
    let is_beside = |one: &Placed| {
        let home = home_of(&one.resource);
        // A folder that holds nothing but what is left out stands beside what is taken along, too.
        let known = homes.get(&home).or_else(|| homes.get(folder(&home)));
        known.is_some_and(|has| !kustomized.is_taken(&one.resource, *has))
    };
    let all = placed.iter().enumerate();
    let beside = all.filter(|(_, one)| is_candidate(one) && is_beside(one));
    let mut left: Vec<usize> = beside.map(|(at, _)| at).collect();
    if left.is_empty() {
        return;
    }
    let commands = commands(placed, texts);
    left.retain(|at| {
        let resource = &placed[*at].resource;
        let home = home_of(resource);
        !commands.iter().any(|text| applies(text, resource, &home))
    });
    for at in left {
        placed[at].hand = Hand::Left;
    }
}

/// What of objects that are applied as they are is not applied together: nothing where no policy is left out.
pub(super) fn left<'a>(
    members: impl Iterator<Item = &'a Placed> + Clone,
    kustomized: &Kustomized,
) -> Left {
    let all = || members.clone().enumerate();
    let policies = all().filter(|(_, one)| one.hand == Hand::Left);
    let policies: BTreeSet<usize> = policies.map(|(at, _)| at).collect();
    if policies.is_empty() {
        return Left::default();
    }
    let is_taken = |one: &Resource| one.artifact.is_built() || kustomized.lists(one);
    let taken = all().filter(|(_, one)| one.resource.is_workload() && is_taken(&one.resource));
    Left {
        policies,
        taken: taken.map(|(at, _)| at).collect(),
    }
}

impl Finder<'_> {
    /// A policy that would select pods for a direction, and that is left out by the kustomizations that take them along.
    /// Pods that leave their namespace open are meant by what stands beside them.
    pub(super) fn left_for(&self, pods: &Pods, direction: Direction) -> Option<&Policy> {
        let class = &self.network.population.classes[pods.class];
        let is_beside = |policy: &Policy| {
            let [own, other] = [policy.resource, pods.resource].map(|at| &self.resources[at]);
            !self.says_namespace(pods.resource) && home_of(own) == home_of(other)
        };
        let mut policies = self.network.policies.iter();
        policies.find(|policy| {
            self.network.is_apart(policy, pods.class)
                && policy.rules(direction).is_some()
                && !policy.only_adds[direction as usize]
                && class.is_behind(&policy.pods) == Match::Yes
                && (policy.namespace == Some(class.namespace) || is_beside(policy))
        })
    }
}

impl Finder<'_> {
    /// Whether the kustomization that takes pods along leaves out one beside theirs that has a policy alone, which names
    /// no namespace, and which nothing applies.
    pub(super) fn leaves_apart(&self, pods: &Pods, policy: &Policy) -> bool {
        let [own, other] = [pods.resource, policy.resource].map(|at| &self.resources[at]);
        let is_own = |one: &Resource| deployment(one) == deployment(other);
        let is_alone = || {
            let mut all = self.network.population.pods();
            !all.any(|pods| is_own(&self.resources[pods.resource]))
        };
        own.artifact.is_built()
            && other.artifact.is_built()
            && !is_own(own)
            && self.says_namespace(pods.resource)
            && !self.says_namespace(policy.resource)
            && is_beside(&home_of(own), &home_of(other))
            && folder_of(own) != Some(home_of(own))
            && is_alone()
            && !self.is_applied(other)
    }

    /// Whether something deploys an object, or a command is given a path that ends with the kustomization's folder.
    fn is_applied(&self, object: &Resource) -> bool {
        let folder = folder_of(object).unwrap_or_default();
        let name = folder.rsplit('/').next().unwrap_or_default();
        let names = |line: &str| line.contains(COMMAND) && line.contains(name);
        self.kustomized.is_taken(object, false)
            || self.unread.iter().any(|text| text.text.lines().any(names))
    }
}

/// The folder of the kustomization that was built to an object.
fn folder_of(resource: &Resource) -> Option<String> {
    let provenance = resource.artifact.provenance.as_ref()?;
    Some(normalized(provenance.rendering.folder()))
}

/// Whether two folders are different ones of one around both.
fn is_beside(one: &str, other: &str) -> bool {
    one != other && folder(one) == folder(other)
}

/// The lines of each text in which a command may apply files: also those of pipelines, and comments.
fn commands(placed: &[Placed], texts: &[Arc<Artifact>]) -> Vec<String> {
    let read = placed.iter().map(|one| &one.resource.artifact);
    let written = read.filter(|one| one.provenance.is_none());
    let mut all: Vec<&Arc<Artifact>> = written.chain(texts).collect();
    all.dedup_by(|one, other| Arc::ptr_eq(one, other));
    all.retain(|one| one.text.contains(COMMAND));
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains(COMMAND));
        lines.map(str::to_owned).collect()
    };
    all.into_iter()
        .map(|one| lines(&one.text).join("\n"))
        .collect()
}

/// The folders of kustomizations, and those out of which these take files; whether each is one of the former.
fn homes_of_kustomizations(resource: &Resource) -> Vec<(String, bool)> {
    let is_kustomization = resource.gvk.group == "kustomize.config.k8s.io"
        && resource.artifact.provenance.is_none()
        && matches!(resource.role, Role::Manifest | Role::Renaming | Role::Built);
    let own = || (normalized(folder(&resource.artifact.display)), true);
    match (is_kustomization, resource.artifact.is_built()) {
        (true, _) => vec![own()],
        // Of one that was built, only what was made of it is left.
        (false, true) => vec![own(), (home_of(resource), false)],
        (false, false) => Vec::new(),
    }
}
