//! Workloads that a file applies before the policies that cover them. What kustomize builds is in an
//! order of its own, which nobody writes. Files of one folder are applied by name, unless a script says
//! otherwise.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::meant::{Script, name_of};
use super::sequence::{Turn, turn};
use super::{Facts, Finder, folder, link, listed, name_path};
use crate::model::{Artifact, Identity, Resource, Role};
use crate::network::is_open;
use crate::shell::is_script;

/// What comes too late, and is moved to mend it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause<'a> {
    /// A policy that stands in the file of the workloads.
    Policy(usize),
    /// A whole file.
    File(&'a str),
}

impl Finder<'_> {
    /// Workloads whose policies stand further down in their own file, or in one that comes after it, each policy or file
    /// with all that come before it. What was exported from a cluster is in no order of its author, and Argo CD and Flux
    /// sort what they deploy.
    pub(super) fn find_order(&self, facts: &mut Facts) {
        let mut policies_of: HashMap<usize, Vec<usize>> = HashMap::new();
        for policy in self
            .network
            .policies
            .iter()
            .filter(|policy| policy.is_standard)
        {
            for class in self.network.selected_by(policy) {
                policies_of.entry(class).or_default().push(policy.resource);
            }
        }
        let mut scripts = self.scripts();
        let mut late: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for pods in self.network.population.pods() {
            let resource = &self.resources[pods.resource];
            let Some(policies) = policies_of.get(&pods.class) else {
                continue;
            };
            let is_alone = !is_exported(resource)
                && resource.identity.origin.is_none()
                && !self.is_sorted(resource)
                && !self.kustomized.is_deployed(resource);
            if !is_alone {
                continue;
            }
            let policies = self.without_copies(policies, resource);
            let (same, others): (Vec<usize>, Vec<usize>) = policies.iter().partition(|policy| {
                Arc::ptr_eq(&self.resources[**policy].artifact, &resource.artifact)
            });
            let is_later = same.iter().all(|policy| *policy > pods.resource);
            let mut is_last = |policy: &usize| {
                self.is_applied_after(&self.resources[*policy], resource, &mut scripts)
            };
            if is_later && others.iter().all(&mut is_last) {
                let all = if same.is_empty() { others } else { same };
                late.insert(pods.resource, all);
            }
        }
        let found = self.causes(late);
        let mut by_cause: BTreeMap<Cause<'_>, Vec<(usize, Value)>> = BTreeMap::new();
        for (resource, (cause, fact)) in found {
            by_cause.entry(cause).or_default().push((resource, fact));
        }
        for mut late in by_cause.into_values() {
            let (first, mut fact) = late.remove(0);
            self.name_others(&mut fact, late.iter().map(|(resource, _)| *resource));
            facts.add("network_order", first, &name_path(), fact);
        }
    }

    /// What is to be moved for each of some workloads, of the policies that come too late: what mends most of them, of
    /// several the first.
    fn causes(&self, late: BTreeMap<usize, Vec<usize>>) -> BTreeMap<usize, (Cause<'_>, Value)> {
        let is_beside = |workload: usize, policy: usize| {
            let [one, other] = [workload, policy].map(|at| &self.resources[at].artifact);
            Arc::ptr_eq(one, other)
        };
        let cause = |workload: usize, policy: usize| match is_beside(workload, policy) {
            true => Cause::Policy(policy),
            false => Cause::File(&self.resources[policy].artifact.uri),
        };
        let mut mended: BTreeMap<Cause<'_>, usize> = BTreeMap::new();
        for (workload, policies) in &late {
            let causes = policies.iter().map(|policy| cause(*workload, *policy));
            let causes: BTreeSet<Cause<'_>> = causes.collect();
            causes
                .into_iter()
                .for_each(|cause| *mended.entry(cause).or_default() += 1);
        }
        let fact = |policy: usize, cause: Cause<'_>| {
            let own = &self.resources[policy];
            let name = own.identity.name.clone();
            let message = format!("`{name}` covers the pods only once it is applied");
            let link = link(policy, &name_path(), &message);
            let mut fact = json!({"policy": name, "links": [link]});
            if matches!(cause, Cause::File(_)) {
                fact["file"] = json!(file_name(own));
            }
            fact
        };
        let told = late.into_iter().filter_map(|(workload, policies)| {
            let most = policies.into_iter().min_by_key(|policy| {
                let cause = cause(workload, *policy);
                (Reverse(mended.get(&cause).copied()), cause, *policy)
            })?;
            let cause = cause(workload, most);
            Some((workload, (cause, fact(most, cause))))
        });
        told.collect()
    }

    /// Says of the first workload that comes too early which others do for the same reason.
    fn name_others(&self, fact: &mut Value, others: impl Iterator<Item = usize> + Clone) {
        let name = |at: usize| self.resources[at].identity.name.as_str();
        if others.clone().next().is_some() {
            fact["others"] = json!(listed(others.clone().map(name)));
        }
        let links = others.map(|at| {
            let message = format!("`{}` comes before its policy as well", name(at));
            link(at, &name_path(), &message)
        });
        if let Some(known) = fact["links"].as_array_mut() {
            known.extend(links);
        }
    }

    /// Whether the file of an object is applied after that of another one in its folder: by the scripts that name
    /// it, else as `kubectl apply -f` takes the folder. Argo CD and Flux have an order of their own, as have tools
    /// that make objects of templates.
    fn is_applied_after<'r>(
        &self,
        object: &'r Resource,
        before: &Resource,
        scripts: &mut Scripts<'r>,
    ) -> bool {
        let (own, other) = (&*object.artifact.uri, &*before.artifact.uri);
        let mut both = [object, before].into_iter();
        let is_written = both.all(|one| one.artifact.provenance.is_none());
        let home = folder(own);
        // What a script holds is in no file of the folder.
        is_written
            && !is_script(own, &object.artifact.text)
            && home == folder(other)
            && home.rsplit('/').next() != Some("templates")
            && own != other
            && !self.kustomized.is_deployed(object)
            && scripts
                .apply_after(own, other)
                .unwrap_or(own > other && is_named(object) && is_named(before))
    }

    /// What applies files by their names.
    fn scripts(&self) -> Scripts<'_> {
        let built = self.resources.iter().filter(|one| one.role == Role::Build);
        let unread = self.unread.iter().filter(|one| !is_yaml(&one.uri));
        let artifacts = built.map(|one| &one.artifact).chain(unread);
        Scripts {
            texts: artifacts.map(|one| &**one).collect(),
            naming: HashMap::new(),
        }
    }

    /// The policies, without those of other folders that one in the folder of a workload, which is applied with it,
    /// is a copy of.
    fn without_copies(&self, policies: &[usize], workload: &Resource) -> Vec<usize> {
        let home = folder(&workload.artifact.uri);
        let (beside, apart): (Vec<usize>, Vec<usize>) = policies
            .iter()
            .partition(|at| folder(&self.resources[**at].artifact.uri) == home);
        if beside.is_empty() || apart.is_empty() {
            return policies.to_vec();
        }
        let identity = |policy: &usize| &self.resources[*policy].identity;
        let own: HashSet<&Identity> = beside.iter().map(identity).collect();
        let is_copy = |policy: &usize| own.contains(identity(policy));
        let others: Vec<usize> = apart.into_iter().filter(|at| !is_copy(at)).collect();
        beside.into_iter().chain(others).collect()
    }

    /// Whether kustomize or helm puts what it makes into an order of its own.
    fn is_sorted(&self, resource: &Resource) -> bool {
        resource.artifact.provenance.is_some() || self.kustomized.names(resource)
    }
}

/// Scripts and pipelines, and which of them name a file: few files are asked for, each by many objects.
struct Scripts<'r> {
    texts: Vec<&'r Artifact>,
    naming: HashMap<&'r str, Vec<&'r Artifact>>,
}

impl<'r> Scripts<'r> {
    /// Whether all that apply a file do so after another one, by their paths; `None` where there are none. One that
    /// applies the file alone says nothing beside those that apply both, unless one of them runs the other.
    fn apply_after(&mut self, file: &'r str, other: &str) -> Option<bool> {
        let name = name_of(file);
        let naming = self.naming.entry(name).or_insert_with(|| {
            let texts = self.texts.iter().copied();
            texts.filter(|one| one.text.contains(name)).collect()
        });
        let turns = naming.iter().filter_map(|one| {
            let script = Script {
                path: &one.uri,
                text: &one.text,
            };
            Some((*one, turn(script, file, other)?))
        });
        let (alone, both): (Vec<_>, Vec<_>) = turns.partition(|(_, turn)| *turn == Turn::Alone);
        let counts = |one: &Artifact| {
            let mut all = both.iter();
            all.any(|(other, _)| runs(one, other) || runs(other, one))
        };
        let is_last = both.iter().all(|(_, turn)| *turn == Turn::After);
        match (both.is_empty(), alone.is_empty()) {
            (true, true) => None,
            (true, false) => Some(false),
            (false, _) => Some(is_last && !alone.iter().any(|(one, _)| counts(one))),
        }
    }
}

/// Whether a script names another one.
fn runs(one: &Artifact, other: &Artifact) -> bool {
    let name = other.uri.rsplit('/').next().unwrap_or_default();
    one.text.contains(name)
}

/// Whether a file is called as one with objects: one that cannot be read as such is no script.
fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// The name of the file that an object stands in.
fn file_name(resource: &Resource) -> &str {
    name_of(&resource.artifact.uri)
}

/// Whether an object can be applied as it stands: names have no placeholders, and no capital letters, which many write
/// in the place of what somebody fills in.
fn is_named(resource: &Resource) -> bool {
    let name = &resource.identity.name;
    !is_open(name) && !name.contains(|letter: char| letter.is_ascii_uppercase())
}

/// Whether an object bears what only a cluster gives it.
fn is_exported(resource: &Resource) -> bool {
    let given = ["creationTimestamp", "resourceVersion", "uid"];
    let metadata = resource.node().get("metadata");
    metadata.is_some_and(|metadata| {
        let mut given = given.iter();
        given.any(|key| {
            metadata
                .get(key)
                .is_some_and(|value| value.as_str().is_some())
        })
    })
}
