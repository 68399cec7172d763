//! Steps of Argo's workflows: each is a pod, whose labels may be written once for all of them.

use super::field::{items, present};
use super::labels::Labels;
use crate::model::{Node, Resource, Step, ValuePath, string_map};

/// The `spec` of the workflow that a pod template is a step of; `None` for other pods.
pub(super) fn spec_of<'r>(resource: &'r Resource, template: &ValuePath) -> Option<Node<'r>> {
    match template.steps() {
        [around @ .., Step::Key(list), Step::Index(_)]
            if resource.gvk.group == "argoproj.io" && list == "templates" =>
        {
            resource.at(&ValuePath(around.to_vec()))
        }
        _ => None,
    }
}

/// The labels that a workflow gives all its pods; those of a step win over them.
pub(super) fn labels(spec: Node<'_>) -> Labels {
    let mut found = string_map(spec.find(&["podMetadata", "labels"]));
    found.extend(string_map(spec.find(&[
        "templateDefaults",
        "metadata",
        "labels",
    ])));
    found
}

/// The containers of a pod's `spec`, or of a step of a workflow.
pub(super) fn containers<'n>(
    spec: Node<'n>,
    path: &ValuePath,
) -> impl Iterator<Item = (ValuePath, Node<'n>)> {
    let listed = ["initContainers", "containers", "sidecars"].map(|list| items(spec, list, path));
    let single = ["container", "script"].map(|key| {
        let container = present(spec, key);
        container.map(|container| (path.clone().key(key), container))
    });
    let set = present(spec, "containerSet");
    let set = set.map(|set| items(set, "containers", &path.clone().key("containerSet")));
    let single = single.into_iter().flatten();
    listed
        .into_iter()
        .flatten()
        .chain(single)
        .chain(set.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    const SPEC: &str = "{podMetadata: {labels: {build: 'true', tier: a}}, templateDefaults: {metadata: {labels: {tier: b}}}, templates: [{name: a, container: {image: x}}]}";

    #[test]
    fn labels_for_all_steps_are_found_from_a_step() {
        for (kind, spec) in [
            ("WorkflowTemplate", SPEC.to_owned()),
            ("CronWorkflow", format!("{{workflowSpec: {SPEC}}}")),
            (
                "Sensor",
                format!(
                    "{{triggers: [{{template: {{k8s: {{source: {{resource: {{spec: {SPEC}}}}}}}}}}}]}}"
                ),
            ),
        ] {
            let text = format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            let resource = &read_text(&text)[0];
            let spec = spec_of(resource, &resource.pod_templates[0]).expect("is a step");
            let labels = labels(spec);
            assert_eq!(
                (&*labels["build"], &*labels["tier"]),
                ("true", "b"),
                "{text}"
            );
        }
    }

    #[test]
    fn other_templates_are_no_steps() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {podMetadata: {}, template: {spec: {containers: []}}}\n";
        let rollout = &read_text(text)[0];
        assert!(spec_of(rollout, &rollout.pod_templates[0]).is_none());
    }
}
