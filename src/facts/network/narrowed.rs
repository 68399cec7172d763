//! Policies of which selectors of pods ask for labels that a kustomization puts into all of them: none of
//! what it does not deploy bears these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::super::{folder, normalized};
use super::added::is_given;
use super::{Finder, MOST_LINKS, deployment, link, listed};
use crate::model::{Node, Resource, ValuePath};
use crate::network::{Guest, Peer, Policy, Selector};

/// Labels that a kustomization puts into the selectors of a policy.
pub(super) struct PutIn {
    /// Those of one kustomization, in words: others may put in more, or other ones where they take the same along.
    pub(super) labels: String,
    /// The kustomization, in words.
    pub(super) by: String,
    /// The places where it says them.
    pub(super) links: Vec<Value>,
}

impl Finder<'_> {
    /// The positions of the objects of such policies.
    pub(super) fn narrowed(&self) -> Vec<usize> {
        let policies = self.network.policies.iter();
        let narrowed = policies.filter(|policy| {
            let resource = &self.resources[policy.resource];
            let mut labels = self.kustomized.narrowing(resource);
            labels.next().is_some() || self.is_built_narrowed(policy)
        });
        narrowed.map(|policy| policy.resource).collect()
    }

    /// The labels that a kustomization puts into the selectors of a policy, as far as it is known which.
    pub(super) fn put_in(&self, policy: &Policy) -> Option<PutIn> {
        let resource = &self.resources[policy.resource];
        let peers = policy.all_rules();
        let peers = peers.flat_map(|(_, rule)| rule.peers.iter().flatten());
        let places = peers.map(|peer| peer.path.clone().key("podSelector"));
        let places = places.chain([policy.selector.clone()]);
        let mut given: BTreeMap<String, ValuePath> = BTreeMap::new();
        for labels in places.map(|place| place.key("matchLabels")) {
            for (key, value) in resource.at(&labels).into_iter().flat_map(Node::entries) {
                let (key, value) = (key.as_str(), value.as_str());
                let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
                let place = labels.clone().key(key);
                if is_given(resource, &place) {
                    given.entry(format!("{key}: {value}")).or_insert(place);
                }
            }
        }
        let mut by = "a kustomization".to_owned();
        let mut labels: BTreeSet<&str> = given.keys().map(String::as_str).collect();
        if labels.is_empty() {
            let (folder, own) = of_one(self.kustomized.narrowing(resource))?;
            by = format!(
                "the kustomization in `{}`",
                if folder.is_empty() { "." } else { folder }
            );
            labels = own;
        }
        let links = given
            .iter()
            .take(MOST_LINKS)
            .map(|(label, place)| link(policy.resource, place, &format!("adds `{label}`")));
        Some(PutIn {
            links: links.collect(),
            labels: listed(labels.iter().copied()),
            by,
        })
    }

    /// Of some such policies those that do not stand as they are written, too, for the pods of an object that no
    /// kustomization takes along: who applies it applies what stands beside or above it and names its namespace. One that
    /// was built is known as it is built alone.
    pub(super) fn narrowed_for(&self, object: usize, narrowed: &[usize]) -> Vec<usize> {
        let object = &self.resources[object];
        let is_plain = deployment(object).is_none() && !self.kustomized.lists(object);
        let own = normalized(folder(&object.artifact.display));
        let is_around = |policy: &usize| {
            let policy = &self.resources[*policy];
            let names_namespace = policy.node().find(&["metadata", "namespace"]).is_some();
            let home = normalized(folder(&policy.artifact.display));
            names_namespace
                && policy.artifact.provenance.is_none()
                && Path::new(&own).starts_with(home)
        };
        let found = narrowed
            .iter()
            .filter(|policy| !(is_plain && is_around(policy)));
        found.copied().collect()
    }

    /// A guest as the policies of a class see it.
    pub(super) fn seen_from(&self, class: usize, guest: &Guest) -> Guest {
        let mut pods = self.network.population.pods_of(class);
        let narrowed = pods.find_map(|(_, pods)| {
            let narrowed = self.narrowed_for(pods.resource, &guest.narrowed);
            Some(narrowed).filter(|narrowed| !narrowed.is_empty())
        });
        Guest {
            narrowed: narrowed.unwrap_or_default(),
            ..guest.clone()
        }
    }

    /// Guests as such policies see them; what the objects deploy themselves may bear the labels.
    pub(super) fn narrow(&self, guests: &mut [Guest], own: &[Guest], narrowed: &[usize]) {
        for guest in guests {
            if !own.iter().any(|one| one.namespace == guest.namespace) {
                guest.narrowed.extend_from_slice(narrowed);
            }
        }
    }

    /// Whether a label that a built policy and all the pods it selects bear is in each of its selectors, or one that the
    /// kustomization gave it in each of those by which it finds others: what is selected may stand outside.
    fn is_built_narrowed(&self, policy: &Policy) -> bool {
        let resource = &self.resources[policy.resource];
        if !resource.artifact.is_built() || resource.labels.is_empty() {
            return false;
        }
        let selectors = selectors(policy);
        let peers = peers(policy);
        let classes = &self.network.population.classes;
        let selected = self.network.selected_by(policy);
        let mut labels = resource.labels.iter();
        !selectors.is_empty()
            && labels.any(|(key, value)| {
                let asks = |one: &&Selector| one.asks_for(key, value);
                let mut pods = selected.iter().map(|class| &classes[*class].labels);
                selectors.iter().all(asks) && pods.all(|labels| labels.get(key) == Some(value))
                    || peers.iter().all(asks) && is_added(resource, policy, key)
            })
    }
}

/// Of labels with the folders of the kustomizations that put them in, those of one. Where the values of a key differ, none
/// stands beside the others: what all put in goes first.
fn of_one<'a>(
    narrowing: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<(&'a str, BTreeSet<&'a str>)> {
    let mut by_folder: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut values: BTreeMap<&str, usize> = BTreeMap::new();
    let key = |label: &'a str| label.split_once(": ").map_or(label, |(key, _)| key);
    for (label, folder) in narrowing {
        by_folder.entry(folder).or_default().insert(label);
        *values.entry(key(label)).or_default() += 1;
    }
    let sure = by_folder.iter().find_map(|(folder, labels)| {
        let sure = labels.iter().filter(|label| values[key(label)] == 1);
        let sure: BTreeSet<&str> = sure.copied().collect();
        (!sure.is_empty()).then_some((*folder, sure))
    });
    sure.or_else(|| by_folder.into_iter().next())
}

/// Whether something else than the file of a policy put a label into a selector by which it finds others.
fn is_added(resource: &Resource, policy: &Policy, key: &str) -> bool {
    let mut peers = policy
        .all_rules()
        .flat_map(|(_, rule)| rule.peers.iter().flatten());
    peers.any(|peer| {
        let labels = peer.path.clone().key("podSelector").key("matchLabels");
        is_given(resource, &labels.key(key))
    })
}

/// The selectors of pods by which a policy finds others, and its own, as far as they ask for anything.
fn selectors(policy: &Policy) -> Vec<&Selector> {
    let mut found = peers(policy);
    if !found.is_empty() && !policy.pods.selects_all() {
        found.push(&policy.pods);
    }
    found
}

/// The selectors of pods by which a policy finds others, as far as they ask for anything.
fn peers(policy: &Policy) -> Vec<&Selector> {
    let peers = policy.all_rules().flat_map(|(_, rule)| &rule.peers);
    let peers = peers.flatten().filter_map(|peer| match &peer.what {
        Peer::Pods { pods, .. } => Some(pods),
        Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => None,
    });
    peers.filter(|pods| !pods.selects_all()).collect()
}

#[cfg(test)]
mod tests {
    use super::of_one;

    #[test]
    fn labels_of_one_kustomization_are_told() {
        let told = |narrowing: &[(&'static str, &'static str)]| {
            let (folder, labels) = of_one(narrowing.iter().copied())?;
            let labels: Vec<&str> = labels.into_iter().collect();
            Some(format!("{folder}: {}", labels.join(", ")))
        };
        let (dev, staging) = (("env: dev", "dev"), ("env: staging", "staging"));
        for (narrowing, expected) in [
            (&[][..], None),
            (
                &[("team: shop", "."), ("unit: web", ".")],
                Some(".: team: shop, unit: web"),
            ),
            (&[dev, staging], Some("dev: env: dev")),
            (&[dev, staging, ("team: shop", "z")], Some("z: team: shop")),
            (
                &[dev, ("env: base", "base"), ("team: shop", "base")],
                Some("base: team: shop"),
            ),
        ] {
            assert_eq!(told(narrowing).as_deref(), expected, "{narrowing:?}");
        }
    }
}
