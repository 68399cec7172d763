//! Pods of templates for the whole cluster, which run in the namespaces of the objects that use these: a
//! ClusterAnalysisTemplate in that of a Rollout.

use crate::model::{Node, Resource, Role};

/// Kinds of such templates.
const TEMPLATES: [&str; 2] = ["ClusterAnalysisTemplate", "ClusterWorkflowTemplate"];
/// Keys by which they are named.
const NAMES: [&str; 2] = ["templateName", "name"];

/// Whether an object is such a template, with pods.
pub(super) fn is_borrowed(resource: &Resource) -> bool {
    resource.gvk.group == "argoproj.io"
        && TEMPLATES.contains(&resource.gvk.kind.as_str())
        && resource.role == Role::Manifest
        && resource.is_workload()
}

/// The objects that use a template.
pub(super) fn borrowers<'a>(
    template: &'a Resource,
    resources: &'a [Resource],
) -> impl Iterator<Item = &'a Resource> {
    let name = template.identity.name.as_str();
    let all = resources.iter().filter(|one| one.role == Role::Manifest);
    all.filter(move |one| {
        !is_borrowed(one) && one.node().text().contains(name) && names(one.node(), template)
    })
}

/// Whether a value names a template as one for the whole cluster.
fn names(node: Node<'_>, template: &Resource) -> bool {
    let text = |key| node.string(key);
    let is_wide = || {
        let scope = node.get("clusterScope").and_then(Node::as_bool);
        scope == Some(true) || text("kind") == Some(&template.gvk.kind)
    };
    let mut keys = NAMES.iter();
    let is_named = keys.any(|key| text(key) == Some(template.identity.name.as_str()));
    let mut inner = node.entries().map(|(_, value)| value).chain(node.items());
    is_named && is_wide() || inner.any(|value| names(value, template))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[test]
    fn who_names_a_template_of_the_whole_cluster_runs_its_pods() {
        let template = "apiVersion: argoproj.io/v1alpha1\nkind: ClusterAnalysisTemplate\nmetadata: {name: health}\nspec: {metrics: [{name: a, provider: {job: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}}]}\n---\n";
        let user = |kind: &str, spec: &str| {
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\nspec: {spec}\n"
            )
        };
        for (kind, spec, expected) in [
            (
                "Rollout",
                "{strategy: {canary: {analysis: {templates: [{templateName: health, clusterScope: true}]}}}}",
                1,
            ),
            (
                "Stage",
                "{verification: {analysisTemplates: [{name: health, kind: ClusterAnalysisTemplate}]}}",
                1,
            ),
            // One of the namespace of the same name.
            (
                "Rollout",
                "{strategy: {canary: {analysis: {templates: [{templateName: health}]}}}}",
                0,
            ),
            (
                "Rollout",
                "{strategy: {canary: {analysis: {templates: [{templateName: other, clusterScope: true}]}}}}",
                0,
            ),
        ] {
            let all = read_text(&(template.to_owned() + &user(kind, spec)));
            assert!(is_borrowed(&all[0]));
            assert_eq!(borrowers(&all[0], &all).count(), expected, "{spec}");
        }
    }
}
