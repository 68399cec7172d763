//! What several renderings have of one line: pods that are open in other directions in each are told with where that is,
//! and those of values that only try a chart are not told beside others.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::kept::written;
use super::{Found, deployment, listed};
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
    for mut positions in lines.into_values().filter(|all| all.len() > 1) {
        leave_trials(&mut positions, objects, found);
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

/// Leaves out what is said of renderings that only try a chart where another one of it is told of.
fn leave_trials(positions: &mut Vec<usize>, objects: &[Resource], found: &mut Found) {
    let (trials, others): (Vec<usize>, Vec<usize>) =
        positions.iter().partition(|at| is_trial(&objects[**at]));
    let root = |at: usize| deployment(&objects[at]).map(|(root, _)| root);
    let is_told = |trial: usize| others.iter().any(|other| root(*other) == root(trial));
    let left: Vec<usize> = trials.into_iter().filter(|trial| is_told(*trial)).collect();
    for at in &left {
        found.get_mut(at).and_then(|facts| facts.remove(EXPOSED));
    }
    positions.retain(|at| !left.contains(at));
}

fn is_trial(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    provenance.is_some_and(|one| one.rendering.is_trial())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::{Artifact, Fit, Piece, Place, Provenance, Rendering};
    use crate::source::read_text;

    /// The pod that a line makes of a chart, with values from a file.
    fn pod(root: &str, values: &str) -> Resource {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
        let mut resource = read_text(text).remove(0);
        let span = resource.node().span();
        let written = Place {
            artifact: Arc::new(Artifact::new("pod.yaml", "pod.yaml", text.to_owned())),
            span,
            approximate: false,
        };
        let piece = Piece {
            span,
            written,
            fit: Fit::Verbatim,
            supply: None,
        };
        let rendering = Rendering {
            root: root.to_owned(),
            name: values.to_owned(),
            arguments: vec!["--values".to_owned(), values.to_owned()],
            is_variant: true,
            ..Rendering::default()
        };
        let mut artifact = Artifact::new("a", "a", text.to_owned());
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), vec![piece]));
        resource.artifact = Arc::new(artifact);
        resource
    }

    /// Of which of some pods it is still said that they are open, in these directions.
    fn told(pods: &[(Resource, &str)]) -> Vec<usize> {
        let fact = |missing: &str| [(EXPOSED, vec![json!({"missing": [missing]})])].into();
        let facts = pods.iter().map(|(_, missing)| fact(missing));
        let mut found: Found = facts.enumerate().collect();
        let objects: Vec<Resource> = pods.iter().map(|(pod, _)| pod.clone()).collect();
        name_renderings(&objects, &mut found);
        let is_told = |at: &usize| {
            found
                .get(at)
                .is_some_and(|facts| facts.contains_key(EXPOSED))
        };
        (0..objects.len()).filter(is_told).collect()
    }

    #[test]
    fn values_that_try_a_chart_are_told_of_where_no_others_are() {
        let own = || (pod("web", "web/values-prod.yaml"), "egress");
        let trial = || (pod("web", "web/ci/a-values.yaml"), "ingress");
        let smoke = || (pod("web", "web/values-smoke.yaml"), "egress");
        let other = || (pod("api", "api/values-prod.yaml"), "egress");
        assert_eq!(told(&[own(), trial(), smoke()]), [0]);
        assert_eq!(told(&[trial(), smoke()]), [0, 1]);
        assert_eq!(told(&[other(), trial()]), [0, 1]);
    }
}
