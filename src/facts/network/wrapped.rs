//! Objects that stand whole in another one, whose controller applies them: manifests in Crossplane's Objects, bases of
//! its Compositions, ManifestWorks of Open Cluster Management, templates of kro. Their policies and their pods
//! belong together.

use super::super::template::applied_object;
use crate::model::{Node, Resource, Step, ValuePath};

/// Keys under which such objects stand.
const KEYS: [&str; 4] = ["base", "manifest", "manifests", "template"];

/// What a resource with whole objects in it counts as: itself, without their pods, and each of them. Nothing
/// where there is no NetworkPolicy among them: then the pods are known as those of the resource.
pub(super) fn opened(resource: &Resource) -> Option<Vec<(ValuePath, Resource)>> {
    if !resource.is_workload() || !resource.node().text().contains("NetworkPolicy") {
        return None;
    }
    let mut found = Vec::new();
    collect(
        resource.node(),
        false,
        &mut ValuePath::default(),
        &mut found,
    );
    let objects = found.into_iter().filter_map(|path| {
        let object = applied_object(resource, &resource.tree, resource.at(&path)?, &path)?;
        Some((path, object))
    });
    let objects: Vec<(ValuePath, Resource)> = objects.collect();
    let has_policy = objects
        .iter()
        .any(|(_, one)| one.gvk.kind == "NetworkPolicy");
    has_policy.then(|| {
        let mut rest = resource.clone();
        rest.pod_templates.retain(|template| {
            let mut objects = objects.iter();
            !objects.any(|(path, _)| template.steps().starts_with(path.steps()))
        });
        let rest = (ValuePath::default(), rest);
        std::iter::once(rest).chain(objects).collect()
    })
}

/// Collects where objects stand that hold no others.
fn collect(node: Node<'_>, is_held: bool, path: &mut ValuePath, found: &mut Vec<ValuePath>) {
    let known = found.len();
    for (key, value) in node.entries().filter(|(_, value)| value.scalar().is_none()) {
        let name = key.as_str().unwrap_or_default();
        path.0.push(Step::Key(name.to_owned()));
        collect(value, KEYS.contains(&name), path, found);
        path.0.pop();
    }
    for (index, item) in node.items().enumerate() {
        path.0.push(Step::Index(index));
        collect(item, is_held, path, found);
        path.0.pop();
    }
    if is_held && found.len() == known && is_object(node) {
        found.push(path.clone());
    }
}

fn is_object(node: Node<'_>) -> bool {
    let is_text = |key| node.string(key).is_some();
    is_text("apiVersion") && is_text("kind") && node.get("metadata").is_some_and(Node::is_mapping)
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    const DEPLOYMENT: &str = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: []}}}}";
    const POLICY: &str = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web}, spec: {podSelector: {}}}";

    fn paths(text: &str) -> Vec<String> {
        let opened = opened(&read_text(text)[0]).unwrap_or_default();
        let shown = |(path, one): (ValuePath, Resource)| {
            format!("{path} {} {}", one.gvk.kind, one.pod_templates.len())
        };
        opened.into_iter().map(shown).collect()
    }

    #[test]
    fn objects_with_policies_among_them_stand_alone() {
        let object = |manifest: &str| {
            format!(
                "{{base: {{apiVersion: kubernetes.crossplane.io/v1alpha2, kind: Object, metadata: {{}}, spec: {{forProvider: {{manifest: {manifest}}}}}}}}}"
            )
        };
        let (deployment, policy) = (object(DEPLOYMENT), object(POLICY));
        let composition = format!(
            "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: {{name: a}}\nspec: {{pipeline: [{{input: {{resources: [{deployment}, {policy}]}}}}]}}\n"
        );
        let at = |index| format!("spec.pipeline[0].input.resources[{index}].base.spec");
        assert_eq!(
            paths(&composition),
            [
                " Composition 0".to_owned(),
                format!("{}.forProvider.manifest Deployment 1", at(0)),
                format!("{}.forProvider.manifest NetworkPolicy 0", at(1)),
            ]
        );
        let work = format!(
            "apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {{name: a}}\nspec: {{workload: {{manifests: [{DEPLOYMENT}, {POLICY}]}}}}\n"
        );
        assert_eq!(paths(&work).len(), 3);
        let graph = format!(
            "apiVersion: kro.run/v1alpha1\nkind: ResourceGraphDefinition\nmetadata: {{name: a}}\nspec: {{resources: [{{template: {DEPLOYMENT}}}, {{template: {POLICY}}}]}}\n"
        );
        assert_eq!(paths(&graph).len(), 3);
    }

    #[test]
    fn what_holds_no_policy_stays_whole() {
        let work = format!(
            "apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {{name: NetworkPolicy}}\nspec: {{workload: {{manifests: [{DEPLOYMENT}]}}}}\n"
        );
        assert_eq!(paths(&work), [""; 0]);
    }
}
