//! Pods that NetworkPolicies leave open in a direction.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::super::path;
use super::candidates::Candidates;
use super::hand::is_left_out;
use super::home::home_of;
use super::{Facts, Finder, MOST_LINKS, deployment, link, name_path};
use crate::model::Provenance;
use crate::network::{
    Direction, Match, Pods, Policy, called, is_off_network, label_key, makes_policy, namespace_of,
    said_namespace,
};

/// What is known of how pods are closed for a direction.
#[derive(Clone, Debug)]
enum Cover {
    /// A NetworkPolicy selects them.
    Covered,
    /// Policies of another kind close them.
    Elsewhere,
    /// Such policies select them that are not evaluated.
    Perhaps,
    /// It hangs on placeholders.
    Unknown,
    /// None does, unless they meet one in a namespace that they, or it, leave open.
    Unless(String),
    /// None does, since kustomizations leave out the one that would: that of an object.
    Left(String, usize),
    /// None does but what the template of an object may make, which could not be rendered.
    Unrendered(String, usize),
    /// Nothing does.
    Open,
}

/// Policies, as they are looked for.
struct Near<'a> {
    /// NetworkPolicies that name their namespace.
    said: Candidates<'a>,
    /// Those that leave it open.
    open: Candidates<'a>,
    /// Policies of other kinds that name their namespace.
    elsewhere: Candidates<'a>,
    /// All NetworkPolicies, by namespace.
    inside: HashMap<usize, Vec<&'a Policy>>,
}

impl Finder<'_> {
    /// The directions for which no NetworkPolicy selects a workload's pods: those that are open, else
    /// those that may meet a policy, else those that policies of other kinds close. Of what is kept from
    /// being deployed, nothing is told.
    pub(super) fn find_exposed(&self, facts: &mut Facts) {
        let mut exposed = Vec::new();
        {
            let near = self.near();
            let taken = self.taken();
            // Many workloads make pods of one class.
            let mut known: HashMap<_, [Cover; 2]> = HashMap::new();
            for pods in self.network.population.pods() {
                let says = self.says_namespace(pods.resource);
                let of = deployment(&self.resources[pods.resource]).filter(|_| !says);
                let key = (pods.class, says, of);
                let covers = known.entry(key).or_insert_with(|| {
                    Direction::ALL.map(|direction| self.cover(pods, direction, &near))
                });
                let resource = &self.resources[pods.resource];
                let told = told(covers).filter(|_| {
                    !self.kustomized.is_left_out(resource)
                        && !self.is_stand_in(pods, &taken)
                        && !is_off_network(resource, &pods.template)
                });
                if let Some((name, mut fact)) = told {
                    let is_covered = |direction: &Direction| {
                        matches!(covers[*direction as usize], Cover::Covered)
                    };
                    let covered = Direction::ALL.into_iter().filter(is_covered);
                    let namespace = self.network.population.classes[pods.class].namespace;
                    let namespace = self.network.namespaces.at(namespace).called();
                    fact["namespaces"] = json!([namespace]);
                    fact["name"] = path(&name_path());
                    let mut links = self.selecting_links(pods.class, covered);
                    links.extend(covers.iter().find_map(left_link));
                    fact["links"] = links.into();
                    exposed.push((name, pods, fact));
                }
            }
        }
        for (name, pods, fact) in exposed {
            facts.add(name, pods.resource, &pods.template, fact);
        }
    }

    fn near(&self) -> Near<'_> {
        let says = |policy: &&Policy| self.says_namespace(policy.resource);
        let (said, open) = self.written().partition::<Vec<_>, _>(says);
        let others = self.network.policies.iter();
        let others = others.filter(|one| !one.is_standard && one.namespace.is_some() && says(one));
        let mut inside: HashMap<usize, Vec<&Policy>> = HashMap::new();
        for policy in self.written() {
            if let Some(namespace) = policy.namespace {
                inside.entry(namespace).or_default().push(policy);
            }
        }
        Near {
            said: Candidates::of(said),
            open: Candidates::of(self.without_many(open)),
            elsewhere: Candidates::of(others.collect()),
            inside,
        }
    }

    /// Policies that leave their namespace open, without those for a whole one where many that are applied
    /// each by itself have some: that one of them may be put anywhere says nothing of any pods.
    fn without_many<'p>(&self, mut open: Vec<&'p Policy>) -> Vec<&'p Policy> {
        let is_for_all = |policy: &&Policy| policy.pods.asked().is_none();
        let of = |policy: &&Policy| deployment(&self.resources[policy.resource]);
        let deployments: HashSet<_> = open.iter().filter(|one| is_for_all(one)).map(of).collect();
        let are_many = deployments.len() > MOST_LINKS;
        open.retain(|policy| !is_for_all(policy) || !are_many);
        open
    }

    /// Whether a policy for all pods is of a kustomization that has some for it, and takes along nothing beside others.
    fn is_of_another(&self, policy: &Policy, pods: &Pods) -> bool {
        let own = &self.resources[policy.resource];
        let is_own = |class: &usize| {
            let mut pods = self.network.population.pods_of(*class);
            pods.any(|(_, pods)| deployment(&self.resources[pods.resource]) == deployment(own))
        };
        policy.pods.asked().is_none()
            && own.artifact.is_built()
            && !self.is_left_beside(policy.resource, pods.resource)
            && self.network.selected_by(policy).iter().any(is_own)
    }

    fn cover(&self, pods: &Pods, direction: Direction, near: &Near<'_>) -> Cover {
        if self.network.is_covered(direction, pods.class) {
            Cover::Covered
        } else if self.network.is_closed_elsewhere(direction, pods.class) {
            Cover::Elsewhere
        } else if self.network.may_be_closed_elsewhere(direction, pods.class) {
            Cover::Perhaps
        } else if self.network.may_be_covered(direction, pods.class)
            || self.may_be_labelled(pods, direction, near)
            || makes_policy(self.settings, &self.resources[pods.resource], direction)
        {
            Cover::Unknown
        } else if let Some(policy) = self.left_for(pods, direction) {
            left(policy)
        } else {
            match self.met(pods, direction, near) {
                Some(policy) if self.leaves_apart(pods, policy) => left(policy),
                // What asks for the labels of these pods is there for them.
                Some(policy)
                    if policy.pods.asked().is_some()
                        && !self.is_left_beside(pods.resource, policy.resource)
                        && !self.is_for_others(pods, policy) =>
                {
                    Cover::Unknown
                }
                // Whether somebody applies with it what a kustomization leaves out, is not said.
                Some(policy)
                    if !self.says_namespace(policy.resource)
                        && self.is_left_beside(policy.resource, pods.resource) =>
                {
                    Cover::Unknown
                }
                Some(policy) => Cover::Unless(self.meeting(pods, policy)),
                None => match self.met_elsewhere(pods, direction, near) {
                    Some(policy) => Cover::Unless(self.meeting(pods, policy)),
                    None => self.open_or_unrendered(pods),
                },
            }
        }
    }

    fn open_or_unrendered(&self, pods: &Pods) -> Cover {
        self.unrendered_policy(pods).map_or(Cover::Open, |policy| {
            let path = &self.resources[policy].artifact.display;
            let name = path.rsplit('/').next().unwrap_or(path);
            let reason =
                format!("what `{name}` makes may select them, and it could not be rendered");
            Cover::Unrendered(reason, policy)
        })
    }

    /// Whether a kustomization that nobody built may give pods the labels that a policy of their namespace
    /// asks for.
    fn may_be_labelled(&self, pods: &Pods, direction: Direction, near: &Near<'_>) -> bool {
        let resource = &self.resources[pods.resource];
        let namespace = self.network.population.classes[pods.class].namespace;
        let may_come = |policy: &Policy| {
            let mut keys = policy.pods.requirements().iter().map(label_key);
            keys.any(|key| self.kustomized.may_relabel(resource, &[key]))
        };
        let mut policies = near.inside.get(&namespace).into_iter().flatten();
        policies.any(|policy| policy.rules(direction).is_some() && may_come(policy))
    }

    /// A policy that would select pods if they were in its namespace, where one of both leaves open
    /// which that is.
    fn met<'c>(&self, pods: &Pods, direction: Direction, near: &Near<'c>) -> Option<&'c Policy> {
        let class = &self.network.population.classes[pods.class];
        let selects = |policy: &&'c Policy| {
            policy.rules(direction).is_some() && class.is_behind(&policy.pods) == Match::Yes
        };
        let is_other = |policy: &&'c Policy| {
            policy.namespace != Some(class.namespace)
                && self.may_be_beside(policy, pods.resource)
                && !self.is_of_another(policy, pods)
        };
        let from_open = near
            .open
            .near(class.written_labels())
            .filter(is_other)
            .find(selects);
        let is_left = !self.says_namespace(pods.resource);
        let is_for_them = |policy: &&Policy| policy.pods.asked().is_some();
        // The policy of a chart for all pods of another namespace is for those that the chart puts there.
        let is_apart = |policy: &&Policy| !is_for_them(policy) && self.are_of_chart(pods, policy);
        let met_said = || {
            let mut near = near.said.near(class.written_labels());
            let is_left = |policy: &Policy| self.network.is_apart(policy, pods.class);
            near.find(|policy| {
                selects(policy)
                    && !is_apart(policy)
                    && !is_left(policy)
                    && (is_for_them(policy) || self.may_be_meant_for(pods, policy))
            })
        };
        let from_said = is_left.then(met_said).flatten();
        let both = [from_open, from_said].into_iter().flatten();
        both.clone().find(is_for_them).or(both.clone().next())
    }

    /// A policy of another kind that would close pods which leave their namespace open, if they were in its own.
    fn met_elsewhere<'c>(
        &self,
        pods: &Pods,
        direction: Direction,
        near: &Near<'c>,
    ) -> Option<&'c Policy> {
        if self.says_namespace(pods.resource) {
            return None;
        }
        let class = &self.network.population.classes[pods.class];
        let is_met = |policy: &Policy| {
            !self.network.is_apart(policy, pods.class)
                && policy.rules(direction).is_some()
                && !policy.only_adds[direction as usize]
                && class.is_behind(&policy.pods) == Match::Yes
                && self.may_be_meant_for(pods, policy)
        };
        let labels = class.written_labels().chain(class.given_labels());
        near.elsewhere.first(labels, is_met)
    }

    /// Whether the kustomization that takes the file of an object along leaves out another one beside: who applies it
    /// does not apply that.
    fn is_left_beside(&self, taken: usize, left: usize) -> bool {
        let [own, other] = [taken, left].map(|at| &self.resources[at]);
        let is_taken = own
            .artifact
            .provenance
            .as_ref()
            .map_or_else(|| self.kustomized.lists(own), Provenance::is_of_manifests);
        let is_plain = other.artifact.provenance.is_none() && !self.kustomized.lists(other);
        let is_meant = self.says_namespace(taken) || is_left_out(other);
        is_taken && is_plain && is_meant && home_of(own) == home_of(other)
    }

    /// Whether a policy may be applied with an object: one that a kustomization leaves out is for what stands beside.
    pub(super) fn may_be_beside(&self, policy: &Policy, other: usize) -> bool {
        let [own, other] = [policy.resource, other].map(|at| &self.resources[at]);
        !is_left_out(own) || home_of(own) == home_of(other)
    }

    /// Whether a policy names its namespace and has pods of its own there, while these leave theirs open and are
    /// written elsewhere.
    fn is_for_others(&self, pods: &Pods, policy: &Policy) -> bool {
        let [own, other] = [pods.resource, policy.resource].map(|at| &self.resources[at]);
        let has_own = || {
            let selected = self.network.selected_by(policy);
            selected
                .into_iter()
                .any(|class| self.says_namespaces(class))
        };
        said_namespace(own).is_none()
            && said_namespace(other).is_some()
            && home_of(own) != home_of(other)
            && has_own()
    }

    /// Whether one rendering of a chart makes pods and a policy.
    fn are_of_chart(&self, pods: &Pods, policy: &Policy) -> bool {
        let [own, other] = [pods.resource, policy.resource].map(|at| &self.resources[at]);
        let provenance = own.artifact.provenance.as_ref();
        provenance.is_some_and(|one| !one.is_of_manifests()) && deployment(own) == deployment(other)
    }

    /// Where pods may meet a policy, in words.
    fn meeting(&self, pods: &Pods, policy: &Policy) -> String {
        let (own, other) = (
            &self.resources[pods.resource],
            &self.resources[policy.resource],
        );
        let name = &policy.name;
        if is_left_out(other) && self.is_left_beside(pods.resource, policy.resource) {
            return format!(
                "the kustomization leaves out `{name}` beside, which would select them"
            );
        }
        match (said_namespace(own), said_namespace(other)) {
            (None, Some(namespace)) => format!(
                "they leave their namespace open, and in `{namespace}` `{name}` would select them"
            ),
            (Some(namespace), None) => format!(
                "`{name}` leaves its namespace open, and in `{namespace}` it would select them"
            ),
            _ => format!(
                "they and `{name}` leave their namespace open (`{}`, `{}`), and in one it would select them",
                called(namespace_of(own)),
                called(namespace_of(other))
            ),
        }
    }
}

/// What is known of pods for which a policy would be that is left out.
fn left(policy: &Policy) -> Cover {
    let reason = format!(
        "`{}` would select them, but the kustomization leaves it out",
        policy.name
    );
    Cover::Left(reason, policy.resource)
}

/// A link to the policy that is left out, or could not be rendered, if that is why.
fn left_link(cover: &Cover) -> Option<Value> {
    let (resource, said) = match cover {
        Cover::Left(_, resource) => (resource, "this one is left out"),
        Cover::Unrendered(_, resource) => (resource, "this one could not be rendered"),
        Cover::Covered
        | Cover::Elsewhere
        | Cover::Perhaps
        | Cover::Unknown
        | Cover::Unless(_)
        | Cover::Open => return None,
    };
    Some(link(*resource, &name_path(), said))
}

/// The fact to tell of what is known of both directions, with its name.
fn told(covers: &[Cover; 2]) -> Option<(&'static str, Value)> {
    let having = |is_one: &dyn Fn(&Cover) -> bool| -> Vec<&str> {
        let directions = Direction::ALL.into_iter();
        let found = directions.filter(|direction| is_one(&covers[*direction as usize]));
        found.map(Direction::as_str).collect()
    };
    let is_said = |cover: &Cover| {
        matches!(
            cover,
            Cover::Unless(_) | Cover::Left(..) | Cover::Unrendered(..)
        )
    };
    let missing = having(&|cover| matches!(cover, Cover::Open) || is_said(cover));
    let closed = having(&|cover| matches!(cover, Cover::Elsewhere | Cover::Perhaps));
    let is_sure = !covers.iter().any(|cover| matches!(cover, Cover::Perhaps));
    let mut reasons = covers.iter().filter_map(|cover| match cover {
        Cover::Unless(reason) | Cover::Left(reason, _) | Cover::Unrendered(reason, _) => {
            Some(reason)
        }
        Cover::Covered | Cover::Elsewhere | Cover::Perhaps | Cover::Unknown | Cover::Open => None,
    });
    match reasons.next() {
        // What is open in any case, a policy elsewhere does not close.
        Some(reason) if covers.iter().any(|cover| matches!(cover, Cover::Open)) => {
            let met = having(&is_said);
            let but = format!("; for {}, {reason}", met.join(" and "));
            return Some(("isolation", json!({"missing": missing, "but": but})));
        }
        Some(reason) => {
            let is_made = |cover: &Cover| is_said(cover) && !matches!(cover, Cover::Unrendered(..));
            let is_guessed = having(&is_made).is_empty();
            let fact = json!({"missing": missing, "unless": reason, "is_guessed": is_guessed});
            return Some(("isolation", fact));
        }
        None if missing.is_empty() => {}
        None if closed.is_empty() => {
            return Some(("isolation", json!({"missing": missing})));
        }
        None => {
            // The platform looks for NetworkPolicies alone.
            let close = match is_sure {
                true => "close them",
                false => "that are not evaluated may close them",
            };
            let but = format!(
                "; for {}, policies of Calico or Cilium {close}, and no NetworkPolicy selects them either",
                closed.join(" and ")
            );
            return Some(("isolation", json!({"missing": missing, "but": but})));
        }
    }
    let fact = || json!({"missing": closed, "is_sure": is_sure});
    (!closed.is_empty()).then(|| ("isolation_elsewhere", fact()))
}
