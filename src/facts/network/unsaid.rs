//! Policies that some kustomizations put into a namespace and others leave open: what means nothing in all of them is one
//! mistake, and told where the namespace is said.

use std::collections::HashMap;

use super::Found;
use super::kept::written;
use super::together::{IDLE, is_among};
use crate::model::Resource;
use crate::network::said_namespace;

/// Leaves out that something of a policy means nothing where its namespace is open, if the same is told of a rendering
/// of it that says one.
pub(super) fn leave_unsaid(objects: &[Resource], found: &mut Found) {
    let mut lines: HashMap<_, [Vec<usize>; 2]> = HashMap::new();
    for (position, facts) in found.iter() {
        let object = &objects[*position];
        let is_idle = IDLE.iter().any(|name| facts.contains_key(name));
        if let Some(line) = is_idle.then(|| written(object)).flatten() {
            let is_said = said_namespace(object).is_some();
            lines.entry(line).or_default()[usize::from(is_said)].push(*position);
        }
    }
    for [unsaid, said] in lines.into_values() {
        for (at, name) in unsaid.iter().flat_map(|at| IDLE.map(|name| (at, name))) {
            let told = said.iter().filter_map(|other| found.get(other)?.get(name));
            let told: Vec<_> = told.flatten().cloned().collect();
            if let Some(facts) = found.get_mut(at).and_then(|facts| facts.get_mut(name)) {
                facts.retain(|fact| !is_among(fact, &told));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::model::{Artifact, Fit, Piece, Place, Provenance, Rendering};
    use crate::source::read_text;

    /// The policy that a file makes of a kustomization.
    fn policy(file: &str, namespace: &str) -> Resource {
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{namespace}}}\n"
        );
        let mut resource = read_text(&text).remove(0);
        let span = resource.node().span();
        let written = Place {
            artifact: Arc::new(Artifact::new(file, file, text.clone())),
            span,
            approximate: false,
        };
        let piece = Piece {
            span,
            written,
            fit: Fit::Verbatim,
            supply: None,
        };
        let mut artifact = Artifact::new("a", "a", text);
        artifact.provenance = Some(Provenance::new(Arc::new(Rendering::default()), vec![piece]));
        resource.artifact = Arc::new(artifact);
        resource
    }

    #[test]
    fn what_is_told_of_a_namespace_is_not_told_without() {
        let own = ("a.yaml", ", namespace: o1", 0);
        for ((file, namespace, peer), expected) in [
            (("a.yaml", "", 0), 1),
            (("a.yaml", "", 1), 2),
            (("b.yaml", "", 0), 2),
            (("a.yaml", ", namespace: o2", 0), 2),
        ] {
            let all = [own, (file, namespace, peer)];
            let objects: Vec<Resource> = all.iter().map(|one| policy(one.0, one.1)).collect();
            let fact = |peer: i32| [("network_peers", vec![json!({"path": [peer]})])].into();
            let facts = all.iter().map(|one| fact(one.2));
            let mut found: Found = facts.enumerate().collect();
            leave_unsaid(&objects, &mut found);
            let left = found.values().flat_map(|facts| facts.values().flatten());
            assert_eq!(left.count(), expected, "{file}{namespace} {peer}");
        }
    }
}
