//! Faults of a NetworkPolicy itself: pods that are none.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::core::Expression;
use serde_json::{Value, json};

use super::super::{folder, normalized};
use super::home::written_folder;
use super::{Facts, Finder, listed};
use crate::model::{Node, Resource};
use crate::network::{
    DEFAULT_NAMESPACE, GIVEN_LABELS, Match, Policy, Scope, Selector, asked_values, label_key,
    may_bear, said_namespace,
};

impl Finder<'_> {
    /// Policies that select no pods, in a namespace whose pods are known, or whose pods stand in
    /// another namespace.
    pub(super) fn find_idle(&self, facts: &mut Facts) {
        // What one part of an object forbids and allows is read as two policies.
        let mut seen = BTreeSet::new();
        for policy in self.placed() {
            let place = (policy.resource, policy.selector.to_string());
            if seen.insert(place)
                && asks_for_labels(&policy.pods)
                && let Some(fact) = self.idle(policy)
            {
                facts.add("network_idle", policy.resource, &policy.selector, fact);
            }
        }
    }

    /// Why a policy selects no pods, if that is known.
    pub(super) fn idle(&self, policy: &Policy) -> Option<Value> {
        let namespace = policy.namespace?;
        let mut reach = vec![namespace];
        reach.extend(self.network.inheriting(policy));
        let selects = |at: &usize| !self.network.population.behind(*at, &policy.pods).is_empty();
        // The namespace of another stage, whose pods are not among the objects.
        let is_empty = |at: &usize| {
            self.network.namespaces.at(*at).is_known
                && self.network.population.residents(*at).is_empty()
        };
        let is_idle = !policy.pods.selects_all() && !reach.iter().any(selects);
        if !is_idle || reach.iter().all(is_empty) {
            return None;
        }
        let mut elsewhere = self.elsewhere(policy, &reach)?;
        let classes = &self.network.population.classes;
        // Whether a placeholder stands for the label, is not known.
        elsewhere.retain(|class| classes[*class].is_behind(&policy.pods) == Match::Yes);
        let is_judged = !elsewhere.is_empty()
            && !self.is_kustomized(policy, namespace, &policy.pods)
            || reach
                .iter()
                .any(|at| self.is_near(policy, *at, (&Scope::Own, &policy.pods)));
        if !is_judged
            || self.may_be_made_elsewhere(&policy.pods, namespace)
            || self.may_be_made_later(&policy.pods, namespace)
            || self.may_be_unread(&policy.pods)
            || self.is_routed_to_stranger(&policy.pods, namespace)
        {
            return None;
        }
        let mut links = self.workload_links(policy.resource, &elsewhere, "the labels are those of");
        let own = self.network.namespaces.at(namespace).called();
        let of = match self.says_namespace(policy.resource) {
            true => format!("the namespace `{own}`"),
            false => "its namespace".to_owned(),
        };
        let mut reason = format!("no scanned pods of {of} have these labels");
        let added = self.added(policy, (&policy.selector, &policy.pods), namespace);
        if let Some((said, places)) = added {
            reason = format!("{reason}; {said}");
            links = places;
        } else if !elsewhere.is_empty() {
            let where_else = self.places_of(&elsewhere);
            reason = format!("{reason}; those that have {where_else}");
        } else if let Some((more, places)) = self.service_alone(&policy.pods, namespace) {
            reason = format!("{reason}; {more}");
            return Some(json!({"reason": reason, "is_doubtful": true, "links": places}));
        } else if let Some(more) = self.known_beside(policy, &policy.pods, namespace) {
            reason = format!("{reason}; {more}");
        }
        Some(json!({"reason": reason, "links": links}))
    }

    /// The classes of other namespaces that a policy's selector would select there; `None` where
    /// they may belong to the policy's, since it or they leave the namespace open, or were written for
    /// the same one, out of which a kustomization takes only them.
    fn elsewhere(&self, policy: &Policy, reach: &[usize]) -> Option<Vec<usize>> {
        let population = &self.network.population;
        let is_other = |class: &usize| !reach.contains(&population.classes[*class].namespace);
        let labelled = population.anywhere(&policy.pods).into_iter();
        let found: Vec<usize> = labelled.filter(is_other).collect();
        let is_said = self.says_namespace(policy.resource)
            && !found.iter().any(|class| self.may_move(policy, *class))
            && !found
                .iter()
                .any(|class| self.is_written_beside(policy, *class));
        (is_said || found.is_empty()).then_some(found)
    }

    /// Whether pods that leave their namespace open may be put into the one of a policy.
    pub(super) fn may_move(&self, policy: &Policy, class: usize) -> bool {
        let mut pods = self.network.population.pods_of(class);
        pods.any(|(_, pods)| {
            !self.says_namespace(pods.resource) && !self.is_left_out(policy, pods.resource)
        })
    }

    /// Whether the kustomization of a policy, which puts its objects into a namespace, leaves another one
    /// out and takes along what stands beside that.
    fn is_left_out(&self, policy: &Policy, other: usize) -> bool {
        let rendering = |resource: &Resource| {
            let provenance = resource.artifact.provenance.as_ref()?;
            let is_of_manifests = provenance.is_of_manifests();
            is_of_manifests.then(|| Arc::clone(&provenance.rendering))
        };
        let own = rendering(&self.resources[policy.resource]);
        let (Some(own), Some(other)) = (own, rendering(&self.resources[other])) else {
            return false;
        };
        let around = |path: &str| folder(&normalized(path)).to_owned();
        let beside = around(&other.root);
        let mut taken = self
            .resources
            .iter()
            .filter(|one| rendering(one).as_ref() == Some(&own));
        own.root != other.root
            && !beside.is_empty()
            && taken.any(|one| written_folder(one).is_some_and(|path| around(&path) == beside))
    }

    /// Whether the pods of a class and a policy were written for one namespace.
    fn is_written_beside(&self, policy: &Policy, class: usize) -> bool {
        let own = self.written_namespace(policy.resource);
        let mut pods = self.network.population.pods_of(class);
        own.is_some() && pods.any(|(_, pods)| self.written_namespace(pods.resource) == own)
    }

    /// Whether the pods of a class were written for a namespace.
    fn is_written_in(&self, class: usize, namespace: usize) -> bool {
        let name = self.network.namespaces.at(namespace).called();
        let mut pods = self.network.population.pods_of(class);
        pods.any(|(_, pods)| self.written_namespace(pods.resource) == Some(name))
    }

    /// The namespace that an object of a kustomization names where it is written.
    fn written_namespace(&self, resource: usize) -> Option<&str> {
        let resource = &self.resources[resource];
        let Some(source) = resource.artifact.provenance.as_ref() else {
            let named = resource.node().find(&["metadata", "namespace"]);
            return named.and_then(Node::as_str);
        };
        let source = source.source_name(resource.node().span().start)?;
        source.namespace.as_deref()
    }

    /// Whether a selector is about the pods of a namespace that are known: they stand in the file of the
    /// policy, or bear other values of a label that is asked for. What a kustomization makes of
    /// labels and namespaces does not show.
    pub(super) fn is_near(
        &self,
        policy: &Policy,
        namespace: usize,
        (scope, selector): (&Scope, &Selector),
    ) -> bool {
        let population = &self.network.population;
        let residents = population.residents(namespace);
        let artifact = &self.resources[policy.resource].artifact;
        let keys: Vec<&str> = selector.requirements().iter().map(label_key).collect();
        let is_of_file = |class: &usize| {
            let mut pods = population.pods_of(*class);
            pods.any(|(_, pods)| Arc::ptr_eq(&self.resources[pods.resource].artifact, artifact))
        };
        let bears = |class: &usize| keys.iter().any(|key| population.classes[*class].bears(key));
        // What else runs where only Jobs are put is somebody else's.
        let is_known = self.network.namespaces.at(namespace).is_known
            || residents.iter().any(|class| self.runs_on(*class));
        let is_together = |class: &usize| {
            let mut pods = population.pods_of(*class);
            pods.any(|(_, pods)| match scope {
                Scope::Own => self.is_together(policy.resource, pods.resource),
                Scope::Selected(_) => is_known && self.says_namespace(pods.resource),
            })
        };
        let mut near = residents
            .iter()
            .copied()
            .filter(|class| is_of_file(class) || bears(class) && is_together(class));
        // A kustomization took all pods of the namespace into another one.
        let is_of_here = |class: usize| match scope {
            Scope::Own => self.is_written_beside(policy, class),
            Scope::Selected(_) => self.is_written_in(class, namespace),
        };
        let is_left = || {
            let mut classes = 0..population.classes.len();
            residents.is_empty() && classes.any(|class| bears(&class) && is_of_here(class))
        };
        let is_tied =
            || *scope == Scope::Own && are_free(&keys) && self.is_tied(policy, namespace, selector);
        (near.next().is_some()
            || self.is_whole(policy, namespace, (scope, selector))
            || is_left()
            || is_tied())
            && !self.is_kustomized(policy, namespace, selector)
    }

    /// Whether a namespace of the project has workloads, all of which name it: whoever looks for pods there
    /// knows them, but for those that a program of the keys' domain makes. Where no pods at all fit a selector, it is the
    /// same to it where those go that name none.
    fn is_whole(
        &self,
        policy: &Policy,
        namespace: usize,
        (scope, selector): (&Scope, &Selector),
    ) -> bool {
        let population = &self.network.population;
        let mut residents = population.residents(namespace).to_vec();
        if population.anywhere(selector).is_empty() {
            residents.retain(|class| self.says_namespaces(*class));
        }
        let is_meant = *scope != Scope::Own || self.says_namespace(policy.resource);
        let keys: Vec<&str> = selector.requirements().iter().map(label_key).collect();
        is_meant
            && are_free(&keys)
            && self.is_owned(namespace, &residents)
            && residents.iter().all(|class| self.says_namespaces(*class))
    }

    /// What else is to be said of labels that no pods of a namespace have.
    pub(super) fn known_beside(
        &self,
        policy: &Policy,
        pods: &Selector,
        namespace: usize,
    ) -> Option<String> {
        let makers = || self.makers_of(pods, namespace);
        self.unlisted(policy, pods).or_else(makers)
    }

    /// Whether a namespace with these classes of pods is one of the project that was scanned: it stands among
    /// the objects, or its name is none that many share unless all write it out, and more than the Jobs of something else run there.
    fn is_owned(&self, namespace: usize, residents: &[usize]) -> bool {
        let namespace = self.network.namespaces.at(namespace);
        let is_written = || {
            namespace.called() == DEFAULT_NAMESPACE
                && residents.iter().all(|one| self.says_namespaces(*one))
        };
        let is_named = || !self.settings.is_shared(namespace.called()) || is_written();
        !residents.is_empty()
            && (namespace.is_known
                || is_named() && residents.iter().any(|class| self.runs_on(*class)))
    }

    /// Whether pods of a class are more than those of Jobs.
    fn runs_on(&self, class: usize) -> bool {
        let mut pods = self.network.population.pods_of(class);
        pods.any(|(_, pods)| !is_job(&self.resources[pods.resource]))
    }

    /// Whether a kustomization may change what a selector selects in a namespace: where labels that
    /// none may change already leave no pods, nothing else matters.
    pub(super) fn is_kustomized(
        &self,
        policy: &Policy,
        namespace: usize,
        selector: &Selector,
    ) -> bool {
        let population = &self.network.population;
        let residents = population.residents(namespace).iter();
        let pods = residents.flat_map(|class| population.pods_of(*class));
        let is_said = self.says_namespace(policy.resource);
        let is_beside = |resource: &usize| {
            is_said || self.says_namespace(*resource) || self.is_at_hand(policy, *resource)
        };
        let resources: BTreeSet<usize> = pods
            .map(|(_, pods)| pods.resource)
            .filter(is_beside)
            .chain([policy.resource])
            .collect();
        let may_become = |requirement: &&Expression| {
            let key = [label_key(requirement)];
            let mut resources = resources.iter().map(|at| &self.resources[*at]);
            resources.any(|resource| {
                self.kustomized.may_relabel(resource, &key)
                    || self.kustomized.may_bring_more(resource)
            })
        };
        let (changed, fixed): (Vec<_>, Vec<_>) =
            selector.requirements().iter().partition(may_become);
        let fixed = Selector::new(fixed.into_iter().cloned().collect());
        !changed.is_empty()
            && (fixed.selects_all()
                || population.residents(namespace).is_empty()
                || !population.behind(namespace, &fixed).is_empty())
    }

    /// Whether an object and a policy, which both leave their namespace open, are applied by the same hand.
    fn is_at_hand(&self, policy: &Policy, other: usize) -> bool {
        let [own, one] = [policy.resource, other].map(|at| &self.resources[at]);
        let is_built = own.artifact.provenance.is_some();
        self.is_together(policy.resource, other) && (is_built || self.homes.are_shared(own, one))
    }

    /// Whether an object names its namespace, instead of leaving it to who applies it.
    pub(super) fn says_namespace(&self, resource: usize) -> bool {
        said_namespace(&self.resources[resource]).is_some()
    }

    pub(super) fn says_namespaces(&self, class: usize) -> bool {
        self.network
            .population
            .pods_of(class)
            .all(|(_, pods)| self.says_namespace(pods.resource))
    }

    /// Where pods are, in words.
    fn places_of(&self, classes: &[usize]) -> String {
        if !classes.iter().any(|class| self.says_namespaces(*class)) {
            return "stand in a kustomization that the policy's leaves out".to_owned();
        }
        let names = classes.iter().map(|class| {
            let namespace = self.network.population.classes[*class].namespace;
            self.network.namespaces.at(namespace).called()
        });
        format!("are in {}", listed(names))
    }

    /// Whether pods with such labels may come from what is no workload here: a controller that
    /// adds labels, or a custom resource whose operator makes pods.
    pub(super) fn may_be_made_elsewhere(&self, selector: &Selector, namespace: usize) -> bool {
        let requirements = selector.requirements();
        // A controller gives them, and none that does is among the objects.
        let population = &self.network.population;
        let is_given = requirements.iter().map(label_key).any(|key| {
            let mut residents = population.residents(namespace).iter();
            GIVEN_LABELS.contains(&key)
                && !residents.any(|class| population.classes[*class].bears(key))
        });
        let asked = selector.values();
        let name = self.network.namespaces.at(namespace).name.as_str();
        let near = self.customs.get(name).into_iter().flatten();
        let mut near = near.map(|at| &self.resources[*at]);
        // An object that names no namespace, for which pods are made anywhere, called as it in a label of its group's.
        let apart = self.customs.get(DEFAULT_NAMESPACE).into_iter().flatten();
        let mut apart = apart.map(|at| &self.resources[*at]);
        let is_made_for = |resource: &Resource| {
            let mut asked = requirements.iter();
            resource.given_namespace().is_none()
                && self.may_have_pods(resource)
                && asked.any(|one| {
                    is_of_group(label_key(one), &resource.gvk.group)
                        && asked_values(one).contains(&resource.identity.name.as_str())
                })
        };
        is_given
            || self.unseen.may_hold(name, selector)
            || apart.any(is_made_for)
            || near.any(|resource| {
                let mut keys = requirements.iter().map(label_key);
                keys.any(|key| is_of_group(key, &resource.gvk.group))
                    || self.may_have_pods(resource)
                        && (asked.iter().any(|value| is_called(value, resource))
                            || !resource.is_workload()
                                && may_bear(self.settings, resource, selector))
            })
    }

    pub(super) fn may_have_pods(&self, resource: &Resource) -> bool {
        let gvk = &resource.gvk;
        self.settings.may_have_pods(&gvk.group, &gvk.kind)
    }
}

/// Whether keys of labels are such as anybody gives, and of no program's domain.
fn are_free(keys: &[&str]) -> bool {
    let mut domains = keys.iter().filter_map(|key| key.split_once('/'));
    domains.all(|(domain, _)| domain == "app.kubernetes.io")
}

/// Whether a workload runs to an end.
fn is_job(resource: &Resource) -> bool {
    matches!(resource.gvk.kind.as_str(), "Job" | "CronJob")
}

/// Whether a selector asks only for labels that an object may give pods: network plugins know others, of their own
/// and for what is no pod.
pub(super) fn asks_for_labels(selector: &Selector) -> bool {
    let mut keys = selector.requirements().iter().map(label_key);
    let is_of_plugin = |key: &str| {
        key.contains(':') || key.starts_with("projectcalico.org/") || key.starts_with("io.cilium.")
    };
    keys.all(|key| !is_of_plugin(key))
}

/// Whether the prefix of a label's key is of the domain of an API group, such as `strimzi.io`.
fn is_of_group(key: &str, group: &str) -> bool {
    let Some((prefix, _)) = key.split_once('/') else {
        return false;
    };
    let domain = |name: &str| -> Vec<String> {
        let parts = name.rsplit('.').take(2);
        parts.map(str::to_owned).collect()
    };
    group == prefix
        || !prefix.ends_with("k8s.io")
            && !prefix.ends_with("kubernetes.io")
            && domain(prefix) == domain(group)
}

/// Whether an operator may give a label this value for an object: its name or its kind. The labels of a
/// workload are those of its template.
fn is_called(value: &str, resource: &Resource) -> bool {
    let kind = resource.gvk.kind.to_lowercase();
    !resource.is_workload() && (value == resource.identity.name || value.replace('-', "") == kind)
}
