//! Policies and workloads that scripts hand to kubectl in a here-document: they are in the cluster like those of files,
//! as far as all of them stands there literally.

use super::command::{is_program, option, unquoted};
use super::variable::resolved;
use crate::model::{HOLE, Resource, Role};
use crate::network::{is_open, is_policy};

/// Verbs of kubectl that put objects into a cluster.
const VERBS: [&str; 3] = ["apply", "create", "replace"];

/// An object as a script puts it into a cluster, in a namespace that it or its command names.
pub(super) fn handed(resource: &Resource) -> Option<Resource> {
    if resource.role != Role::Applied || resource.is_tried {
        return None;
    }
    let mut object = resource.clone();
    object.role = Role::Manifest;
    if !is_policy(&object) && !object.is_workload() {
        return None;
    }
    let text = &resource.artifact.text;
    let before = text.get(..resource.node().span().range().start)?;
    let command = before.lines().rev().find(|line| line.contains("<<"))?;
    let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
    let is_kubectl = |word: &&str| ["kubectl", "oc"].iter().any(|name| is_program(word, name));
    let is_applied = words.iter().any(is_kubectl) && words.iter().any(|word| VERBS.contains(word));
    if !is_applied || !is_literal(resource) {
        return None;
    }
    if object.identity.namespace.is_none() {
        let named = option(&words, &["-n", "--namespace"])?;
        object.identity.namespace = Some(resolved(named, text)?);
    }
    Some(object)
}

/// Whether what an object is called, and whom it selects or lets in, holds nothing that is put in later.
fn is_literal(resource: &Resource) -> bool {
    let (node, is_workload) = (resource.node(), resource.is_workload());
    let templates = resource.pod_templates.iter();
    let pods = templates.filter_map(|path| resource.at(path)?.get("metadata"));
    let spec = node.get("spec").filter(|_| !is_workload);
    let metadata = node.get("metadata").into_iter();
    metadata.chain(pods).chain(spec).all(|part| {
        let mut is_literal = true;
        part.visit_scalars(&mut |_, one| {
            let is_put_in = |text: &str| is_open(text) || text.contains(HOLE);
            is_literal &= !one.as_str().is_some_and(is_put_in);
        });
        is_literal
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    /// The namespace of an object behind a command.
    fn namespace(command: &str, object: &str) -> Option<String> {
        let blank: String = command.chars().map(|_| ' ').collect();
        let mut resource = read_text(&format!("{blank}\n{object}")).remove(0);
        let text = format!("{command}\n{object}\nEOF\n");
        resource.artifact = Arc::new(Artifact::new("up.sh", "up.sh", text));
        resource.role = Role::Applied;
        handed(&resource)?.identity.namespace
    }

    #[test]
    fn what_is_applied_literally_is_in_the_cluster() {
        let policy = |metadata: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{{metadata}}}\nspec: {{podSelector: {{}}}}\n"
            )
        };
        let named = policy("name: deny, namespace: shop");
        for (command, object, expected) in [
            ("kubectl apply -f - <<EOF", named.clone(), Some("shop")),
            (
                "cat <<EOF | $(KUBECTL) apply -f -",
                named.clone(),
                Some("shop"),
            ),
            (
                "kubectl apply -n shop -f - <<EOF",
                policy("name: deny"),
                Some("shop"),
            ),
            ("kubectl apply -f - <<EOF", policy("name: deny"), None),
            ("kubectl apply -n $1 -f - <<EOF", policy("name: deny"), None),
            (
                "kubectl apply -f - <<EOF",
                policy("name: deny, namespace: $NS"),
                None,
            ),
            ("kubectl delete -f - <<EOF", named.clone(), None),
            ("cat > deny.yaml <<EOF", named.clone(), None),
            (
                "kubectl apply -f - <<EOF",
                named.replace("NetworkPolicy", "Other"),
                None,
            ),
        ] {
            assert_eq!(
                namespace(command, &object).as_deref(),
                expected,
                "{command} {object}"
            );
        }
    }
}
