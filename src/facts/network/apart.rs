//! What several renderings have of one line: pods that are open in other directions in each are told with where that is.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::kept::written;
use super::{Found, listed};
use crate::model::Resource;

/// The fact that is told with the rendering.
const EXPOSED: &str = "isolation";

/// Says which renderings facts are about, where those of one line differ.
pub(super) fn name_renderings(objects: &[Resource], found: &mut Found) {
    let mut lines: HashMap<_, Vec<usize>> = HashMap::new();
    for (position, facts) in found.iter() {
        let is_exposed = facts.contains_key(EXPOSED);
        if let Some(line) = is_exposed.then(|| written(&objects[*position])).flatten() {
            lines.entry(line).or_default().push(*position);
        }
    }
    for positions in lines.into_values().filter(|all| all.len() > 1) {
        let mut told: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for at in positions {
            told.entry(said(found, at)).or_default().push(at);
        }
        for positions in told.values().filter(|_| told.len() > 1) {
            let names: Vec<String> = positions.iter().map(|at| name_of(&objects[*at])).collect();
            let name = format!(
                " in the rendering {}",
                listed(names.iter().map(String::as_str))
            );
            for at in positions {
                let facts = found.get_mut(at).and_then(|facts| facts.get_mut(EXPOSED));
                let unnamed = facts.into_iter().flatten();
                let unnamed = unnamed.filter(|fact| fact.get("where").is_none());
                unnamed.for_each(|fact| fact["where"] = Value::from(name.as_str()));
            }
        }
    }
}

/// What is said of pods of an object.
fn said(found: &Found, position: usize) -> String {
    let facts = found.get(&position).and_then(|facts| facts.get(EXPOSED));
    let facts = facts.into_iter().flatten();
    let said = facts.map(|fact| {
        ["missing", "unless", "but"]
            .map(|key| fact[key].to_string())
            .concat()
    });
    said.collect()
}

/// The rendering that an object is of, as a message calls it: a kustomization by the end of its path.
fn name_of(resource: &Resource) -> String {
    let provenance = resource.artifact.provenance.as_ref();
    let name = provenance.map_or("", |one| one.rendering.name.as_str());
    if provenance.is_some_and(|one| !one.is_of_manifests()) {
        return name.to_owned();
    }
    let mut steps: Vec<&str> = name.trim_end_matches('/').rsplit('/').take(2).collect();
    steps.reverse();
    steps.join("/")
}
