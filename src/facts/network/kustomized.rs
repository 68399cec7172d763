//! What kustomizations do to the files they list where nobody built them: the namespace that they
//! put objects into, and whether they may change labels.

use std::collections::{BTreeSet, HashMap};

use super::super::{folder, normalized};
use super::borrowed::{borrowers, is_borrowed};
use super::deployed::Deployed;
use super::kustomization::{Kustomization, is_kustomization};
use super::lacking::Lacking;
use super::patched::Patched;
use super::placed::{By, Hand, Placed};
use super::refused::{ByPath, leave_namespaces};
use super::repository::Repository;
use super::script::Scripts;
use super::taken::Taken;
use super::walk::{Listed, walk};
use crate::model::{Resource, Role};
use crate::network::{is_policy, said_namespace};

/// What kustomizations make of files.
#[derive(Debug, Default)]
pub(super) struct Kustomized {
    /// By path; of what was built of a kustomization that they take along, by its folder.
    files: HashMap<String, Listed>,
    /// Files that some lay over others.
    patches: BTreeSet<String>,
    /// Policies that they lay some over.
    patched: Patched,
    deployed: Deployed,
    lacking: Lacking,
}

impl Kustomized {
    /// Reads the kustomizations among the objects.
    pub(super) fn read(resources: &[Resource]) -> Self {
        let deployed = Deployed::read(resources);
        if !resources.iter().any(is_kustomization) {
            return Self {
                deployed,
                ..Self::default()
            };
        }
        // A patch may look like a whole object.
        let mut patches = ByPath::new();
        for resource in resources {
            let path = normalized(&resource.artifact.display);
            patches.entry(path).or_default().push(resource);
        }
        let mut all: Vec<Kustomization<'_>> = resources
            .iter()
            .filter(|one| is_kustomization(one))
            .map(|one| Kustomization::of(one, &patches))
            .filter(|one| !one.takes_its_surroundings())
            .collect();
        leave_namespaces(&mut all, &patches);
        Self {
            lacking: Lacking::read(resources, &all),
            files: walk(&all),
            patches: all.iter().flat_map(|one| one.patches.clone()).collect(),
            patched: Patched::of(all),
            deployed,
        }
    }

    /// Adds what scripts put into namespaces.
    pub(super) fn with_scripts(mut self, resources: &[Resource], scripts: &Scripts) -> Self {
        self.deployed.charts.add_installed(resources, scripts);
        self.deployed.taken = Taken::read(resources, &scripts.targets);
        self
    }

    /// The objects as they are put into namespaces, one for each namespace that kustomizations, or who
    /// deploys their folder, put it into.
    pub(super) fn placed(&self, resources: &[Resource]) -> Vec<Placed> {
        let mut placed = Vec::with_capacity(resources.len());
        let taken = &self.deployed.taken;
        let is_of_pods = |one: &&Resource| one.is_workload() || is_policy(one);
        let matters = resources.iter().filter(|_| taken.has_open());
        let named = matters.filter(is_of_pods);
        let named = named.filter_map(Resource::given_namespace).collect();
        for (written, resource) in resources.iter().enumerate() {
            let borrowing = self.borrowing(resource, resources);
            let namespaces = self.namespaces(resource);
            let made = |resource, by| Placed {
                written,
                resource,
                by,
                clusters: BTreeSet::new(),
                hand: Hand::Any,
            };
            if !borrowing.is_empty() {
                let each = borrowing.iter();
                placed.extend(each.map(|name| made(put(resource, name), By::Nobody)));
                continue;
            }
            if namespaces.is_empty() {
                let mut names = self.deployed.namespaces(resource);
                if names.is_empty() {
                    names = taken.open_namespaces(resource, &named);
                }
                if names.is_empty() {
                    placed.push(made(resource.clone(), By::Nobody));
                }
                let each = names.into_iter();
                placed.extend(each.map(|name| made(put(resource, name), By::Nobody)));
            }
            let each = namespaces.into_iter();
            placed.extend(each.map(|(name, by)| made(put(resource, name), by)));
        }
        placed
    }

    /// The namespaces in which the pods of a template for the whole cluster run, as far as those who use it say theirs.
    fn borrowing(&self, template: &Resource, resources: &[Resource]) -> BTreeSet<String> {
        if !is_borrowed(template) {
            return BTreeSet::new();
        }
        let of = |user: &Resource| -> Vec<String> {
            let put = self.namespaces(user);
            let mut names: BTreeSet<&str> = put.iter().map(|(name, _)| *name).collect();
            if names.is_empty() {
                names = self.deployed.namespaces(user);
            }
            if names.is_empty() {
                names.extend(said_namespace(user));
            }
            names
                .into_iter()
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        };
        borrowers(template, resources).flat_map(of).collect()
    }

    /// The namespaces that kustomizations put an object into; none where it stays where it is.
    fn namespaces<'a>(&'a self, resource: &'a Resource) -> Vec<(&'a str, By)> {
        let is_whole = resource.role == Role::Manifest;
        let listed = self.of(resource).filter(|_| is_whole);
        let Some(listed) = listed.filter(|listed| listed.namespaces.iter().any(Option::is_some))
        else {
            return Vec::new();
        };
        let own = resource.given_namespace().unwrap_or_default();
        let name = |name: &'a Option<String>| name.as_deref().unwrap_or(own);
        let named: BTreeSet<&str> = listed.namespaces.iter().map(name).collect();
        let spare: BTreeSet<&str> = listed.spare.iter().map(name).collect();
        let spare = spare.difference(&named).map(|name| (*name, By::Base));
        let named = named.iter().map(|name| (*name, By::Overlay));
        named.chain(spare).collect()
    }

    /// Whether a kustomization that nobody built takes the file of an object along.
    pub(super) fn lists(&self, resource: &Resource) -> bool {
        self.of(resource).is_some()
    }

    /// Whether a kustomization takes the file of an object along, or names its folder, which may lack a kustomization
    /// of its own.
    pub(super) fn names(&self, resource: &Resource) -> bool {
        let own = folder(&resource.artifact.display);
        self.lists(resource) || !self.files.is_empty() && self.files.contains_key(&normalized(own))
    }

    /// Whether a kustomization takes the file of an object along, or lays it over others.
    pub(super) fn lays(&self, resource: &Resource) -> bool {
        self.lists(resource)
            || self
                .patches
                .contains(&normalized(&resource.artifact.display))
    }

    /// Whether some kustomization patches policies.
    pub(super) fn patches_policies(&self) -> bool {
        !self.patched.is_empty()
    }

    /// Whether a kustomization that nobody built lists the file of an object and patches a policy.
    pub(super) fn patches(&self, listed: &Resource, policy: &Resource) -> bool {
        self.lists(listed) && self.patched.has(listed, policy)
    }

    /// Whether a kustomization that nobody built takes the files of two objects along.
    pub(super) fn takes_both(&self, one: &Resource, other: &Resource) -> bool {
        let takers = |resource| self.of(resource).map(|listed| &listed.takers);
        let both = takers(one).zip(takers(other));
        both.is_some_and(|(one, other)| !one.is_disjoint(other))
    }

    /// Whether something deploys the file of an object as it is, or a command applies it, in a folder which may have a
    /// kustomization.
    pub(super) fn is_taken(&self, resource: &Resource, has_kustomization: bool) -> bool {
        let deployed = &self.deployed;
        match has_kustomization {
            true => {
                deployed.takes_beside_kustomization(resource) || deployed.taken.has_file(resource)
            }
            false => deployed.takes(resource) || !deployed.taken.namespaces(resource).is_empty(),
        }
    }

    /// Whether something deploys the folder of an object with its file.
    pub(super) fn is_deployed(&self, resource: &Resource) -> bool {
        self.deployed.takes(resource)
    }

    /// What deploys folders and charts.
    pub(super) fn deployed(&self) -> &Deployed {
        &self.deployed
    }

    /// What they list and is not there.
    pub(super) fn lacking(&self) -> &Lacking {
        &self.lacking
    }

    /// The repository that was read.
    pub(super) fn repository(&self) -> &Repository {
        &self.deployed.repository
    }

    /// Whether an object is kept from all that deploys its folder, and no kustomization lists it.
    pub(super) fn is_left_out(&self, resource: &Resource) -> bool {
        !self.lists(resource) && self.deployed.is_left_out(resource)
    }

    /// Whether labels of some keys may become others in an object.
    pub(super) fn may_relabel(&self, resource: &Resource, keys: &[&str]) -> bool {
        let change = self.of(resource).map(|listed| &listed.change);
        change.is_some_and(|change| change.may_give(resource, keys))
            || self.deployed.may_relabel(resource, keys)
    }

    /// Whether a kustomization that nobody built takes objects along with one that are not among those that were read.
    pub(super) fn may_bring_more(&self, resource: &Resource) -> bool {
        let change = self.of(resource).map(|listed| &listed.change);
        change.is_some_and(|change| change.brings_more)
    }

    /// The labels that come into all selectors of an object that select pods by some, each with the folder of the
    /// kustomization that nobody built.
    pub(super) fn narrowing(&self, resource: &Resource) -> impl Iterator<Item = (&str, &str)> {
        let listed = self.of(resource).into_iter();
        let labels = listed.flat_map(|listed| &listed.change.narrowing);
        labels.map(|(label, folder)| (label.as_str(), folder.as_str()))
    }

    fn of(&self, resource: &Resource) -> Option<&Listed> {
        let artifact = &resource.artifact;
        let path: &str = match &artifact.provenance {
            None => &artifact.display,
            // It was built by itself, since what takes it along was not.
            Some(one) if one.is_of_manifests() => &one.rendering.root,
            Some(_) => return None,
        };
        let listed = || self.files.get(&normalized(path));
        (!self.files.is_empty()).then(listed).flatten()
    }
}

/// An object in a namespace, or the Namespace of that name; none where the name is empty.
fn put(resource: &Resource, name: &str) -> Resource {
    let mut placed = resource.clone();
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    if !(resource.gvk.group.is_empty() && resource.gvk.kind == "Namespace") {
        placed.identity.namespace = name;
    } else if let Some(name) = name {
        placed.identity.name = name;
    }
    placed
}

#[cfg(test)]
mod tests;
