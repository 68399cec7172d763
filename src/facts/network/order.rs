//! Workloads that a file applies before the policies that cover them. What kustomize builds is in an
//! order of its own, which nobody writes. Files of one folder are applied by name, unless a script says
//! otherwise.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::{Facts, Finder, folder, link, name_path};
use crate::model::{Resource, Role};

impl Finder<'_> {
    /// Workloads whose policies stand further down in their own file, or in one that comes after it. Helm puts policies
    /// first, and what was exported from a cluster is in no order of its author.
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
        let mut found = Vec::new();
        for pods in self
            .network
            .population
            .ends
            .iter()
            .flat_map(|end| &end.pods)
        {
            let resource = &self.resources[pods.resource];
            let Some(policies) = policies_of.get(&pods.class) else {
                continue;
            };
            let (same, others): (Vec<usize>, Vec<usize>) = policies.iter().partition(|policy| {
                Arc::ptr_eq(&self.resources[**policy].artifact, &resource.artifact)
            });
            let is_alone = !is_exported(resource)
                && resource.identity.origin.is_none()
                && !self.is_sorted(resource);
            let is_later = same.iter().all(|policy| *policy > pods.resource);
            let is_last =
                |policy: &usize| self.is_applied_after(&self.resources[*policy], resource);
            let by_file = |policy: &&usize| &self.resources[**policy].artifact.uri;
            let first = same.iter().min().or(others.iter().min_by_key(by_file));
            if let Some(first) = first.copied()
                && is_alone
                && is_later
                && others.iter().all(is_last)
            {
                let policy = &self.resources[first];
                let name = policy.identity.name.clone();
                let link = link(
                    first,
                    &name_path(),
                    &format!("`{name}` covers the pods only once it is applied"),
                );
                let mut fact = json!({"policy": name, "links": [link]});
                if same.is_empty() {
                    fact["file"] = json!(file_name(policy));
                }
                found.push((pods.resource, fact));
            }
        }
        found.dedup_by_key(|(resource, _)| *resource);
        for (resource, fact) in found {
            facts.add("network_order", resource, &name_path(), fact);
        }
    }

    /// Whether `kubectl apply -f` of the folder takes the file of an object after that of another one, and no
    /// script names the file by itself. Argo CD and Flux have an order of their own.
    fn is_applied_after(&self, object: &Resource, before: &Resource) -> bool {
        let [own, other] = [object, before].map(|one| &*one.artifact.uri);
        let mut both = [object, before].into_iter();
        let is_written = both.all(|one| one.artifact.provenance.is_none());
        let file = file_name(object);
        let built = self.resources.iter().filter(|one| one.role == Role::Build);
        let mut scripts = built.map(|one| &one.artifact).chain(self.unread);
        is_written
            && folder(own) == folder(other)
            && own > other
            && !self.kustomized.is_deployed(object)
            && !scripts.any(|script| script.text.contains(file))
    }

    /// Whether kustomize puts what it builds into an order of its own.
    fn is_sorted(&self, resource: &Resource) -> bool {
        let provenance = resource.artifact.provenance.as_ref();
        provenance.is_some_and(|provenance| provenance.is_of_manifests())
            || self.kustomized.lists(resource)
    }
}

/// The name of the file that an object stands in.
fn file_name(resource: &Resource) -> &str {
    let path = &*resource.artifact.uri;
    path.rsplit('/').next().unwrap_or(path)
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
