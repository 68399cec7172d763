//! Facts where charts have several renderings, which are never deployed together: found in each
//! world by itself, and then joined.

use std::collections::hash_map::Entry;

use serde_json::{Value, json};

use super::{Asked, ByName, Found, found};
use crate::model::{Resource, World};
use crate::network::Problem;

/// Facts that something of a policy means nothing: what means something in one world, such as that of
/// production, is no fault in another.
const IDLE: [&str; 3] = ["network_idle", "network_peers", "network_ports"];

/// The facts of all worlds. What is to be said of one place in several of them is said as the first has
/// it.
pub(super) fn together(
    resources: &[Resource],
    worlds: &[World],
    asked: &Asked<'_>,
) -> (Found, Vec<Problem>) {
    let mut joined = Found::new();
    let mut problems: Vec<Problem> = Vec::new();
    for World(members) in worlds {
        let own = members.iter().map(|position| resources[*position].clone());
        let (mut facts, more) = found(&own.collect::<Vec<_>>(), asked);
        for (own, position) in members.iter().enumerate() {
            let mut next = facts.remove(&own).unwrap_or_default();
            let of_fact = next.values_mut().flatten();
            of_fact.for_each(|fact| relink(fact, members));
            match joined.entry(*position) {
                Entry::Occupied(mut known) => join(known.get_mut(), next),
                Entry::Vacant(place) => drop(place.insert(next)),
            }
        }
        for mut problem in more {
            problem.resource = members[problem.resource];
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    joined.retain(|_, by_name| !by_name.is_empty());
    (joined, problems)
}

/// Adds the facts of a resource in one more world.
fn join(known: &mut ByName, mut next: ByName) {
    let is_among = |fact: &Value, facts: &[Value]| {
        facts.iter().any(|other| {
            ["path", "part", "direction"]
                .iter()
                .all(|key| other.get(key) == fact.get(key))
        })
    };
    for name in IDLE {
        let still = next.remove(name).unwrap_or_default();
        if let Some(facts) = known.get_mut(name) {
            facts.retain(|fact| is_among(fact, &still));
        }
    }
    for (name, facts) in next {
        let known = known.entry(name).or_default();
        for fact in facts {
            if !is_among(&fact, known) {
                known.push(fact);
            }
        }
    }
    known.retain(|_, facts| !facts.is_empty());
}

/// Links name resources by their position among all.
fn relink(fact: &mut Value, members: &[usize]) {
    let links = fact.get_mut("links").and_then(Value::as_array_mut);
    for link in links.into_iter().flatten() {
        let position = link["resource"].as_u64();
        let position = position.and_then(|position| usize::try_from(position).ok());
        if let Some(position) = position.and_then(|position| members.get(position)) {
            link["resource"] = json!(position);
        }
    }
}
