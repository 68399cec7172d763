//! Pod templates, found by their shape: custom resources have them, too.

use kube::core::GroupVersionKind;

use crate::model::{Node, Step, ValuePath};

/// API groups whose objects hold pod templates as patterns to compare with, or as values and patches
/// for what they deploy, not to run.
const PATTERN_GROUPS: [&str; 7] = [
    "gateway.envoyproxy.io",
    "kyverno.io",
    "gatekeeper.sh",
    "helm.cattle.io",
    "kustomize.config.k8s.io",
    "helm.toolkit.fluxcd.io",
    "kustomize.toolkit.fluxcd.io",
];

/// Where an object's pod templates stand: a Pod is its own; elsewhere every mapping under a key
/// that names a template and whose `spec` lists containers, or, in Argo's workflows, that is a
/// step with a container.
pub(super) fn pod_templates(node: Node<'_>, gvk: &GroupVersionKind) -> Vec<ValuePath> {
    let mut found = Vec::new();
    if gvk.group.is_empty() && gvk.kind == "Pod" {
        found.push(ValuePath::default());
    } else if may_hold_template(node, gvk) {
        collect_templates(node, false, &mut ValuePath::default(), &mut found);
    }
    found
}

/// Kinds of the core API that have no pods, whatever was written into them.
const WITHOUT_PODS: [&str; 7] = [
    "ConfigMap",
    "Namespace",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Secret",
    "Service",
    "ServiceAccount",
];

fn may_hold_template(node: Node<'_>, gvk: &GroupVersionKind) -> bool {
    if gvk.group.is_empty() && WITHOUT_PODS.contains(&&*gvk.kind) {
        return false;
    }
    let is_pattern =
        |group: &&str| gvk.group == **group || gvk.group.ends_with(&format!(".{group}"));
    let deploys = gvk.group == "argoproj.io" && gvk.kind.starts_with("Application");
    node.text().contains("emplate") && !deploys && !PATTERN_GROUPS.iter().any(is_pattern)
}

fn collect_templates(
    node: Node<'_>,
    is_template: bool,
    path: &mut ValuePath,
    found: &mut Vec<ValuePath>,
) {
    if is_template && is_pod_template(node) {
        found.push(path.clone());
        return;
    }
    for (key, value) in node.entries().filter(|(_, value)| value.scalar().is_none()) {
        let name = key.as_str().unwrap_or_default();
        path.0.push(Step::Key(name.to_owned()));
        collect_templates(
            value,
            name.ends_with("emplate") || name == "templates",
            path,
            found,
        );
        path.0.pop();
    }
    for (index, item) in node
        .items()
        .enumerate()
        .filter(|(_, item)| item.scalar().is_none())
    {
        path.0.push(Step::Index(index));
        collect_templates(item, is_template, path, found);
        path.0.pop();
    }
}

fn is_pod_template(node: Node<'_>) -> bool {
    let lists = |node: Node<'_>| node.get("containers").is_some_and(Node::is_sequence);
    node.get("spec").is_some_and(lists) || is_workflow_step(node)
}

/// Whether a mapping is a step of an Argo workflow: the pod's spec stands in it directly.
fn is_workflow_step(node: Node<'_>) -> bool {
    ["container", "script"].iter().any(|key| {
        node.get(key)
            .is_some_and(|step| step.get("image").is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::document::read_yaml;
    use crate::source::resource::group_version_kind;

    fn templates(text: &str) -> Vec<String> {
        let documents = read_yaml(text).documents;
        let node = documents[0].tree.root().expect("holds an object");
        let field = |key| node.string(key).expect("is an object");
        let gvk = group_version_kind(field("apiVersion"), field("kind"));
        let found = pod_templates(node, &gvk);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn services_have_no_pods_whatever_stands_in_them() {
        let spec = "spec: {template: {spec: {containers: [{name: a}]}}}";
        for (kind, expected) in [
            ("Service", 0),
            ("ConfigMap", 0),
            ("ReplicationController", 1),
        ] {
            let text = format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{spec}\n");
            assert_eq!(templates(&text).len(), expected, "{kind}");
        }
    }

    #[test]
    fn a_patch_for_the_pods_of_a_gateway_makes_none() {
        let proxy = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyProxy\nmetadata: {name: a}\nspec: {provider: {kubernetes: {envoyDeployment: {patch: {value: {spec: {template: {spec: {containers: [{name: envoy}]}}}}}}}}}\n";
        assert_eq!(templates(proxy), [""; 0]);
    }

    #[test]
    fn workloads_are_told_by_shape() {
        assert_eq!(
            templates("apiVersion: v1\nkind: Pod\nspec: {containers: []}\n"),
            [""]
        );
        assert_eq!(
            templates(
                "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: {containers: []}}}\n"
            ),
            ["spec.template"]
        );
        assert_eq!(
            templates(
                "apiVersion: keda.sh/v1alpha1\nkind: ScaledJob\nspec: {jobTargetRef: {template: {spec: {containers: []}}}}\n"
            ),
            ["spec.jobTargetRef.template"]
        );
        assert_eq!(
            templates(
                "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec: {workflowSpec: {templates: [{name: a, container: {image: x}}]}}\n"
            ),
            ["spec.workflowSpec.templates[0]"]
        );
    }

    #[test]
    fn patterns_and_schemas_are_no_workloads() {
        assert!(templates("apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {pattern: {template: {spec: {containers: []}}}}\n").is_empty());
        assert!(templates("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {template: {spec: {containers: {type: array}}}}\n").is_empty());
    }
}
