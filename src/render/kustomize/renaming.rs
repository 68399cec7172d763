//! Kustomizations that were built and put images in the place of others: an entry whose name nothing holds
//! that was built is told by itself, and says what runs where nothing was built.

use std::collections::HashSet;

use crate::model::{Node, Resource, Role};

/// Keeps, of what is taken out since it was built, the kustomizations that name images anew, or give a tag to one that
/// may be in what the build lacks; each with the names that are told through what was made of them. Objects with settings are kept for what is secret in them, and
/// kustomizations of which nothing is made since nothing else says that their folders have one.
pub(super) fn keep(
    resources: &mut Vec<Resource>,
    lacks: impl Fn(&Resource) -> bool,
    is_taken: impl Fn(&mut Resource) -> bool,
) {
    let mut taken = Vec::with_capacity(resources.len());
    let mut renamed = HashSet::new();
    for resource in resources.iter_mut() {
        let mut is_taken = is_taken(resource);
        if is_taken && resource.gvk.group == "kustomize.config.k8s.io" {
            let (names, _) = names(resource, lacks(resource));
            if !names.is_empty() {
                resource.role = Role::Renaming;
                is_taken = false;
            }
            renamed.extend(names);
        }
        taken.push(is_taken);
    }
    let mut held: HashSet<String> = HashSet::new();
    if !renamed.is_empty() {
        let used = resources.iter().zip(&taken).filter(|(_, taken)| **taken);
        for (resource, _) in used {
            let values = resource.node().text().lines().filter_map(value);
            let names = values.filter(|name| renamed.contains(*name));
            held.extend(names.map(str::to_owned));
        }
    }
    let all = std::mem::take(resources).into_iter().zip(taken);
    resources.extend(all.flat_map(|(mut resource, is_taken)| {
        let is_settings = holds_settings(&resource);
        if resource.role == Role::Renaming {
            let (names, others) = names(&resource, lacks(&resource));
            let names = names.into_iter().filter(|name| held.contains(name));
            resource.idle_keys = names.chain(others).collect();
            let settings = is_settings.then(|| built(resource.clone()));
            return [Some(resource), settings].into_iter().flatten();
        }
        let is_kept = is_settings || makes_nothing(&resource);
        let kept = match is_taken {
            true => is_kept.then(|| built(resource)),
            false => Some(resource),
        };
        [kept, None].into_iter().flatten()
    }));
}

/// A resource of which only what is secret in it is told, and so nothing that its pods do.
fn built(resource: Resource) -> Resource {
    Resource {
        role: Role::Built,
        pod_templates: Vec::new(),
        ..resource
    }
}

/// Whether a resource holds settings that an overlay may put others in the place of: those of a program in an object or
/// in the environment of a workload, and those that a kustomization makes an object of.
fn holds_settings(resource: &Resource) -> bool {
    let is_generated = |key| {
        let made = resource.node().get(key).into_iter().flat_map(Node::items);
        made.into_iter().any(|one| one.get("literals").is_some())
    };
    match (resource.role, resource.gvk.group.as_str()) {
        (Role::Manifest | Role::Renaming, "kustomize.config.k8s.io") => {
            ["configMapGenerator", "secretGenerator"]
                .into_iter()
                .any(is_generated)
        }
        (Role::Manifest, group) => {
            let is_object = matches!(resource.gvk.kind.as_str(), "ConfigMap" | "Secret");
            (group.is_empty() && is_object) || resource.is_workload()
        }
        _ => false,
    }
}

/// Whether a kustomization takes nothing along, and generates nothing.
fn makes_nothing(resource: &Resource) -> bool {
    let is_empty = |(key, value): (Node<'_>, Node<'_>)| {
        let is_fixed = matches!(key.as_str(), Some("apiVersion" | "kind" | "metadata"));
        is_fixed || key.as_str() == Some("resources") && value.items().next().is_none()
    };
    resource.gvk.group == "kustomize.config.k8s.io" && resource.node().entries().all(is_empty)
}

/// The names that a kustomization puts another one in the place of, with those that it gives a tag where these may be of
/// what its build lacks; and all others. A name alone may be that of a slot.
fn names(resource: &Resource, lacks: bool) -> (Vec<String>, Vec<String>) {
    let lists = ["images", "imageTags"].into_iter();
    let entries = lists.filter_map(|key| resource.node().get(key));
    let named = entries.flat_map(Node::items).filter_map(|entry| {
        let name = entry.get("name")?.as_str()?;
        let is_told = entry.get("newName").is_some() || lacks && name.contains('/');
        Some((name.to_owned(), is_told))
    });
    let (told, others): (Vec<_>, Vec<_>) = named.partition(|(_, is_told)| *is_told);
    let names = |all: Vec<(String, bool)>| all.into_iter().map(|(name, _)| name).collect();
    (names(told), names(others))
}

/// What a line gives a key, or a list, without quotes, and as an image without tag and digest.
fn value(line: &str) -> Option<&str> {
    let value = line.rsplit([' ', '\t']).find(|word| !word.is_empty())?;
    let value = value.trim_matches(['"', '\'', ',', '}', ']']);
    Some(super::mark::image_name(value))
}
