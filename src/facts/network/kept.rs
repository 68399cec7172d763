//! Workloads that one rendering leaves out and another one of the same files keeps, as overlays do that delete some:
//! what a policy says of them is no mistake of the policy that both take along.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::folder;
use super::together::IDLE;
use super::{Found, deployment};
use crate::model::{Node, Resource, Role, string_map};
use crate::network::{Match, Selector, is_policy};

/// What was rendered, by root and name.
type Of<'a> = (&'a str, &'a str);
/// Where something is written: the file, and the first of its characters.
type Written = (Arc<str>, u32);

/// Leaves out that something of a policy means nothing, where it means pods in another rendering of the policy
/// which the policy's own rendering does not make.
pub(super) fn leave_kept(objects: &[Resource], found: &mut Found) {
    let mut idle: Vec<usize> = Vec::new();
    for (position, facts) in found.iter() {
        let is_idle = IDLE.iter().any(|name| facts.contains_key(name));
        idle.extend((is_idle && deployment(&objects[*position]).is_some()).then_some(*position));
    }
    if idle.is_empty() {
        return;
    }
    let renderings = Renderings::of(objects);
    for position in idle {
        let policy = &objects[position];
        let missing = renderings.missing(policy);
        let Some(facts) = found.get_mut(&position).filter(|_| !missing.is_empty()) else {
            continue;
        };
        for name in IDLE {
            if let Some(of_name) = facts.get_mut(name) {
                of_name.retain(|fact| !means_any(policy, (name, fact), &missing));
            }
        }
        facts.retain(|_, of_name| !of_name.is_empty());
    }
    found.retain(|_, facts| !facts.is_empty());
}

/// What renderings make of files.
struct Renderings<'a> {
    /// Those that take a policy along, by where its name is written.
    takers: HashMap<Written, Vec<Of<'a>>>,
    workloads: HashMap<Of<'a>, Vec<&'a Resource>>,
}

impl<'a> Renderings<'a> {
    fn of(objects: &'a [Resource]) -> Self {
        let mut found = Self {
            takers: HashMap::new(),
            workloads: HashMap::new(),
        };
        for one in objects.iter().filter(|one| one.role == Role::Manifest) {
            let Some(of) = deployment(one) else {
                continue;
            };
            if one.is_workload() {
                found.workloads.entry(of).or_default().push(one);
            } else if let Some(written) = written(one).filter(|_| is_policy(one)) {
                found.takers.entry(written).or_default().push(of);
            }
        }
        found
    }

    /// The workloads of other renderings that the one of a policy does not make, under no name: of those that take the
    /// policy along as well, and those that it deletes of what others share with it, as who applies that does not. It
    /// makes more of their folder.
    fn missing(&self, policy: &Resource) -> Vec<&'a Resource> {
        let takers = written(policy).and_then(|written| self.takers.get(&written));
        let (Some(takers), Some(own)) = (takers, deployment(policy)) else {
            return Vec::new();
        };
        let made = self.workloads.get(&own).into_iter().flatten();
        let made: Vec<&&Resource> = made.collect();
        let names: HashSet<&str> = made.iter().map(|one| source_name(one)).collect();
        let places: HashSet<Written> = made.iter().filter_map(|one| written(one)).collect();
        let folders: HashSet<&str> = places.iter().map(|(file, _)| folder(file)).collect();
        let is_beside =
            |one: &&Resource| written(one).is_some_and(|(file, _)| folders.contains(folder(&file)));
        let others = self.workloads.iter().filter(|(of, _)| **of != own);
        let others = others.flat_map(|(of, all)| {
            let (takes, is_kin) = (takers.contains(of), of.0 == own.0);
            let meant = all.iter();
            meant.filter(move |one| takes || is_kin && is_beside(one))
        });
        let is_missing = |one: &&Resource| {
            !names.contains(source_name(one))
                && written(one).is_some_and(|at| !places.contains(&at))
        };
        others.copied().filter(is_missing).collect()
    }
}

/// Where the name of a rendered object is written.
pub(super) fn written(resource: &Resource) -> Option<Written> {
    let name = resource.node().find(&["metadata", "name"])?;
    let trace = resource.artifact.provenance.as_ref()?.trace(name.span())?;
    let place = trace.written;
    Some((Arc::clone(&place.artifact.uri), place.span.start))
}

/// What a rendered object is called where it is written, as far as that is known.
fn source_name(resource: &Resource) -> &str {
    let provenance = resource.artifact.provenance.as_ref();
    let source = provenance.and_then(|one| one.source_name(resource.node().span().start));
    source.map_or(&resource.identity.name, |source| &source.name)
}

/// Whether the selectors that a fact is about select pods of some workloads.
fn means_any(policy: &Resource, fact: (&str, &Value), workloads: &[&Resource]) -> bool {
    let selectors = selectors(policy.node(), fact);
    let is_meant = |one: &&Resource| {
        let mut templates = one.pod_templates.iter();
        templates.any(|path| {
            let labels = one
                .at(path)
                .and_then(|pods| pods.find(&["metadata", "labels"]));
            let labels = string_map(labels);
            let mut selectors = selectors.iter();
            selectors.any(|one| one.matches(&labels) != Match::No)
        })
    };
    workloads.iter().any(is_meant)
}

/// The selectors of pods that a fact about a policy is about.
fn selectors(policy: Node<'_>, (name, fact): (&str, &Value)) -> Vec<Selector> {
    let steps = fact["path"].as_array().map_or(&[][..], Vec::as_slice);
    let selectors: Vec<Node<'_>> = match name {
        "network_peers" => {
            let peer = at(policy, steps);
            peer.and_then(|peer| peer.get("podSelector"))
                .into_iter()
                .collect()
        }
        "network_ports" if fact["direction"] == "egress" => {
            let rule = at(policy, steps.get(..3).unwrap_or_default());
            let peers = rule.and_then(|rule| rule.get("to")).into_iter();
            peers
                .flat_map(Node::items)
                .filter_map(|peer| peer.get("podSelector"))
                .collect()
        }
        _ => policy.find(&["spec", "podSelector"]).into_iter().collect(),
    };
    selectors.into_iter().filter_map(Selector::read).collect()
}

/// What stands at a path of keys and positions.
fn at<'n>(node: Node<'n>, steps: &[Value]) -> Option<Node<'n>> {
    steps.iter().try_fold(node, |node, step| match step {
        Value::String(key) => node.get(key),
        other => node.items().nth(usize::try_from(other.as_u64()?).ok()?),
    })
}
