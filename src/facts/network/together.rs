//! Facts where charts have several renderings, which are never deployed together, or overlays make
//! several objects of one: found in each world by itself, and then joined for what is written.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::alternatives::Alternatives;
use super::cluster::shares;
use super::hand::applied;
use super::left::left;
use super::placed::{By, Placed};
use super::{Asked, ByName, EXPOSED, Found, found, listed};
use crate::model::{Role, World};
use crate::network::{Problem, namespace_of, said_namespace};

/// Facts that something of a policy means nothing: what means something in one world, such as that of
/// production, is no fault in another.
pub(super) const IDLE: [&str; 3] = ["network_idle", "network_peers", "network_ports"];

/// The facts of all worlds. What is to be said of one place in several of them is said as the first has
/// it.
pub(super) fn together(
    placed: &[Placed],
    worlds: &[World],
    alternatives: &Alternatives,
    asked: &Asked<'_>,
) -> (Found, Vec<Problem>) {
    let mut joined = Found::new();
    let mut problems: Vec<Problem> = Vec::new();
    let all = worlds.iter().flat_map(|world| met(placed, world));
    let all = all.flat_map(|(members, is_base)| {
        let turns = alternatives.turns(&members).into_iter();
        turns.flat_map(move |turn| {
            let shares = shares(&turn.members).into_iter();
            shares.map(move |share| (share, is_base, (turn.after, turn.is_of_all)))
        })
    });
    let all: Vec<_> = all.collect();
    let populated = all.iter().flat_map(|(share, ..)| populated(&share.members));
    let populated: HashSet<&str> = populated.collect();
    // Policies of which some world told whether they mean something.
    let mut judged: HashSet<usize> = HashSet::new();
    let mut at_home = AtHome::default();
    for (share, is_base, after) in &all {
        let members = &share.members;
        let (is_base, (after, is_of_all)) = (*is_base, *after);
        let here = self::populated(members);
        let (members, own) = applied(members);
        let written: Vec<usize> = members.iter().map(|one| one.written).collect();
        let left = left(members.iter().copied(), asked.kustomized);
        let (mut facts, more) = found(&own, left, asked);
        for (own, position) in written.iter().enumerate() {
            let mut next = facts.remove(&own).unwrap_or_default();
            let of_fact = next.values_mut().flatten();
            of_fact.for_each(|fact| relink(fact, &written));
            let one = members[own];
            if !share.tells(one) {
                continue;
            }
            if is_of_all {
                if let Some(known) = joined.get_mut(position) {
                    keep_idle(known, &mut next);
                }
                continue;
            }
            // What else is there was told in the first turn, if it is so in the others.
            if after.is_some() && alternatives.turn(&one.resource) != after {
                if let Some(known) = joined.get_mut(position) {
                    keep_exposed(known, &mut next, By::Nobody);
                    keep_idle(known, &mut next);
                }
                continue;
            }
            // A world without pods in a namespace that has some in another one tells nothing of its policies.
            let namespace = namespace_of(&one.resource);
            let is_silent = populated.contains(namespace) && !here.contains(namespace);
            if is_silent && !is_base && after.is_none() {
                IDLE.iter().for_each(|name| drop(next.remove(name)));
                add(joined.entry(*position).or_default(), next);
                continue;
            }
            at_home.add(*position, after, &next);
            let is_first = judged.insert(*position);
            match joined.entry(*position) {
                // What is said of these is said where the overlays are.
                _ if is_base && one.by == By::Overlay => {}
                Entry::Occupied(mut known) if is_base => {
                    let known = known.get_mut();
                    keep_exposed(known, &mut next, one.by);
                    // Who leaves its namespace open meets what is written beside it here only.
                    if one.by == By::Base || said_namespace(&one.resource).is_some() {
                        keep_idle(known, &mut next);
                    }
                    add(known, next);
                }
                Entry::Occupied(mut known) if is_first => add(known.get_mut(), next),
                Entry::Occupied(mut known) => {
                    keep_idle(known.get_mut(), &mut next);
                    add(known.get_mut(), next);
                }
                Entry::Vacant(place) => drop(place.insert(next)),
            }
        }
        add_problems(&mut problems, more, &written);
    }
    at_home.leave_strays(&mut joined);
    place_exposed(&mut joined, placed);
    joined.retain(|_, by_name| !by_name.is_empty());
    (joined, problems)
}

/// Where pods are at home: in a world of whose alternatives theirs is the first that is there. In another world one
/// stands in the place of theirs, so that they meet nobody in it and are as open as nowhere else.
#[derive(Debug, Default)]
struct AtHome {
    /// Objects that have one.
    all: HashSet<usize>,
    /// Those that are open there.
    open: HashSet<usize>,
}

impl AtHome {
    /// Adds what is found of an object in the turn of a world.
    fn add(&mut self, position: usize, after: Option<usize>, facts: &ByName) {
        if after.is_some() {
            return;
        }
        self.all.insert(position);
        if EXPOSED.iter().any(|name| facts.contains_key(name)) {
            self.open.insert(position);
        }
    }

    /// Leaves out that pods are open where they are not at home.
    fn leave_strays(&self, joined: &mut Found) {
        for position in self.all.difference(&self.open) {
            if let Some(known) = joined.get_mut(position) {
                EXPOSED.iter().for_each(|name| drop(known.remove(name)));
            }
        }
    }
}

/// Adds the problems of one more world that were not told yet, of objects by their position among all.
fn add_problems(known: &mut Vec<Problem>, more: Vec<Problem>, written: &[usize]) {
    for mut problem in more {
        problem.resource = written[problem.resource];
        if !known.contains(&problem) {
            known.push(problem);
        }
    }
}

/// Who meets in a world: what overlays make, and, where there is such, what somebody makes who applies
/// what they take along in their place.
fn met<'a>(placed: &'a [Placed], World(members): &World) -> Vec<(Vec<&'a Placed>, bool)> {
    let members: Vec<&Placed> = members.iter().map(|at| &placed[*at]).collect();
    let is_of_base = |one: &&Placed| one.by == By::Base;
    let based: HashSet<usize> = members
        .iter()
        .copied()
        .filter(is_of_base)
        .map(|one| one.written)
        .collect();
    let is_namespace = |one: &Placed| one.resource.gvk.kind == "Namespace";
    let of_overlays = members.iter().copied();
    let of_overlays = of_overlays.filter(|one| !is_of_base(one) || is_namespace(one));
    let of_base = members.iter().copied();
    let of_base = of_base.filter(|one| is_of_base(one) || !based.contains(&one.written));
    let mut met = vec![(of_overlays.collect(), false)];
    if !based.is_empty() {
        met.push((of_base.collect(), true));
    }
    met
}

/// The namespaces with pods.
fn populated<'a>(members: &[&'a Placed]) -> HashSet<&'a str> {
    let workloads = members.iter().map(|one| &one.resource);
    let workloads = workloads.filter(|one| one.role == Role::Manifest && one.is_workload());
    workloads.map(namespace_of).collect()
}

/// Whether pods are open, overlays decide; of what is in none, it has to be so with what they take
/// along as well.
fn keep_exposed(known: &mut ByName, next: &mut ByName, by: By) {
    for name in EXPOSED {
        let still = next.remove(name).unwrap_or_default();
        let Some(facts) = known.get_mut(name).filter(|_| by == By::Nobody) else {
            continue;
        };
        let same = |fact: &Value| still.iter().find(|other| other["path"] == fact["path"]);
        let count = |fact: &Value| fact["missing"].as_array().map_or(0, Vec::len);
        facts.retain_mut(|fact| {
            let fewer = same(fact).filter(|other| count(other) < count(fact));
            if let Some(fewer) = fewer.cloned() {
                *fact = fewer;
            }
            same(fact).is_some()
        });
    }
}

/// Whether a fact is about the same place as one of others.
pub(super) fn is_among(fact: &Value, facts: &[Value]) -> bool {
    let mut facts = facts.iter();
    facts.any(|other| {
        let mut keys = ["path", "part", "direction"].iter();
        keys.all(|key| other.get(key) == fact.get(key))
    })
}

/// Keeps what means nothing in one more world.
fn keep_idle(known: &mut ByName, next: &mut ByName) {
    for name in IDLE {
        let still = next.remove(name).unwrap_or_default();
        if let Some(facts) = known.get_mut(name) {
            facts.retain(|fact| is_among(fact, &still));
        }
    }
}

/// Adds the facts of a resource in one more world.
fn add(known: &mut ByName, next: ByName) {
    for (name, facts) in next {
        let known = known.entry(name).or_default();
        for fact in facts {
            if !is_among(&fact, known) {
                known.push(fact);
            } else if EXPOSED.contains(&name) {
                add_namespaces(known, &fact);
            }
        }
    }
    known.retain(|_, facts| !facts.is_empty());
}

/// Adds the namespaces of a fact to the one about the same pods.
fn add_namespaces(known: &mut [Value], fact: &Value) {
    let more = fact["namespaces"].as_array().cloned().unwrap_or_default();
    let mut same = known.iter_mut();
    let same = same.find(|other| other["path"] == fact["path"]);
    if let Some(namespaces) = same.and_then(|same| same["namespaces"].as_array_mut()) {
        let is_new = |name: &Value| !namespaces.contains(name);
        let more: Vec<Value> = more.into_iter().filter(is_new).collect();
        namespaces.extend(more);
    }
}

/// Says of pods that overlays put into several namespaces in which of these they are open.
fn place_exposed(joined: &mut Found, placed: &[Placed]) {
    let mut copies: HashMap<usize, usize> = HashMap::new();
    for one in placed.iter().filter(|one| one.by != By::Base) {
        *copies.entry(one.written).or_default() += 1;
    }
    // In which namespace a chart's pods are open, its releases say.
    let rendered = placed.iter();
    let rendered: HashSet<usize> = rendered
        .filter(|one| one.resource.artifact.provenance.is_some())
        .map(|one| one.written)
        .collect();
    for (position, by_name) in joined {
        let copies = copies.get(position).copied().unwrap_or(1);
        for name in EXPOSED {
            let Some(facts) = by_name.get_mut(name) else {
                continue;
            };
            facts.retain_mut(|fact| tell_where(fact, copies) || !rendered.contains(position));
        }
        by_name.retain(|_, facts| !facts.is_empty());
    }
}

/// Says in which namespaces pods are open, where others with the same pods are closed; whether they are
/// open in all.
fn tell_where(fact: &mut Value, copies: usize) -> bool {
    let names = fact["namespaces"].as_array().cloned().unwrap_or_default();
    let is_everywhere = names.len() >= copies;
    if !is_everywhere {
        let names = names.iter().filter_map(Value::as_str);
        fact["where"] = format!(" in {}", listed(names)).into();
    }
    is_everywhere
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
