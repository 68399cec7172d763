//! Operators that the settings know, and the labels of the pods that they make for custom resources.

use super::given::runs_jobs;
use super::labels::Labels;
use super::placeholder::ANY_KEY;
use super::policy::Direction;
use super::selector::{Match, Selector, key as label_key};
use super::settings::{Operator, Settings};
use crate::model::{Node, Resource, Role, string_map};

/// The key of labels in what an object says of its pods.
const LABELS: &str = "labels";

/// Where a resource says whether its operator makes a policy, if it can say so.
const SWITCH: [&str; 3] = ["spec", "networkPolicy", "enabled"];

impl Operator {
    /// The name of a Service or the value of a label for a resource, in whose name's place `*` stands.
    pub(super) fn named(pattern: &str, resource: &Resource) -> String {
        pattern.replace('*', &resource.identity.name)
    }
}

/// What operators make for an object, if it is a custom resource that the settings know.
pub(super) fn operators<'s>(
    settings: &'s Settings,
    resource: &'s Resource,
) -> impl Iterator<Item = &'s Operator> {
    let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    let is_own = move |one: &&Operator| {
        let rest = one.kind.strip_suffix(kind);
        rest.and_then(|rest| rest.strip_suffix('/')) == Some(group)
    };
    let is_whole = resource.role == Role::Manifest && !resource.identity.name.is_empty();
    settings
        .operators
        .iter()
        .filter(move |_| is_whole)
        .filter(is_own)
}

/// Whether an operator makes a NetworkPolicy for the pods of a resource, where this does not turn it off.
pub(crate) fn makes_policy(settings: &Settings, resource: &Resource, direction: Direction) -> bool {
    let is_said = |one: &Operator| one.policies.iter().any(|said| said == direction.as_str());
    let switch = || resource.node().find(&SWITCH).and_then(Node::as_bool);
    operators(settings, resource).any(is_said) && switch() != Some(false)
}

/// The labels that an operator gives the pods of a resource.
fn pod_labels(operator: &Operator, resource: &Resource) -> Labels {
    let labels = operator.labels.iter();
    labels
        .map(|(key, value)| (key.clone(), Operator::named(value, resource)))
        .collect()
}

/// The labels that an operator gives pods beside those of the template that a custom resource has for them. Where none
/// are known, and the template has none of its own either, there may be any.
pub(super) fn labels_beside(settings: &Settings, resource: &Resource, own: &Labels) -> Labels {
    let mut sorts = operators(settings, resource).filter(|one| !one.labels.is_empty());
    match (sorts.next(), sorts.next()) {
        (Some(operator), None) => pod_labels(operator, resource),
        (_, None) if !own.is_empty() || !is_made_by_operator(resource) => Labels::new(),
        _ => Labels::from([(ANY_KEY.to_owned(), String::new())]),
    }
}

/// Whether the pods of a template are others than an object says itself: one that selects its pods says how they are
/// labelled.
fn is_made_by_operator(resource: &Resource) -> bool {
    resource.gvk.group.contains('.')
        && resource.node().find(&["spec", "selector"]).is_none()
        && !runs_jobs(resource)
        && !resource.is_virtual_machine()
}

/// Whether an operator may give pods that it makes for a custom resource all labels that a selector asks
/// for: its own ones, of one of several sorts of pods, those of the resource, which many hand on, and those that it
/// names for some pods.
pub(crate) fn may_bear(settings: &Settings, resource: &Resource, selector: &Selector) -> bool {
    let bears = |given: &Labels, named: &Labels| {
        let mut labels = resource.labels.clone();
        labels.extend(given.clone());
        labels.extend(named.clone());
        selector.matches(&labels) != Match::No
    };
    let given = operators(settings, resource).map(|operator| pod_labels(operator, resource));
    let given: Vec<Labels> = std::iter::once(Labels::new()).chain(given).collect();
    let mut named = vec![Labels::new()];
    if speaks_of(resource, selector) {
        named.extend(labels_within(resource));
    }
    let mut pairs = given
        .iter()
        .flat_map(|own| named.iter().map(move |one| (own, one)));
    pairs.any(|(given, named)| bears(given, named))
}

/// Whether a key that a selector asks for stands in a resource.
fn speaks_of(resource: &Resource, selector: &Selector) -> bool {
    let text = resource.node().text();
    let mut keys = selector.requirements().iter().map(label_key);
    keys.any(|key| text.contains(key))
}

/// The labels that the `spec` of a resource names anywhere, each mapping by itself; some are by sorts of pods.
fn labels_within(resource: &Resource) -> Vec<Labels> {
    let mut found = Vec::new();
    let mut left: Vec<Node<'_>> = resource.node().get("spec").into_iter().collect();
    while let Some(node) = left.pop() {
        for (key, value) in node.entries() {
            if key.as_str() == Some(LABELS) {
                let sorts = value.entries().map(|(_, labels)| labels);
                found.extend(
                    std::iter::once(value)
                        .chain(sorts)
                        .map(|one| string_map(Some(one))),
                );
            } else {
                left.push(value);
            }
        }
        left.extend(node.items());
    }
    found.retain(|labels| !labels.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    #[test]
    fn labels_that_a_resource_names_for_its_pods_are_theirs() {
        let asked = Selector::of(&Labels::from([("net".to_owned(), "closed".to_owned())]));
        let settings = Settings::default();
        for (spec, expected) in [
            ("{inheritedMetadata: {labels: {net: closed}}}", true),
            ("{labels: {all: {net: closed}}}", true),
            ("{pools: [{labels: {net: closed}}]}", true),
            (
                "{kafka: {template: {pod: {metadata: {labels: {net: closed}}}}}}",
                true,
            ),
            ("{labels: {net: open}}", false),
            ("{selector: {matchLabels: {net: closed}}}", false),
            ("{nodeSelector: {net: closed}}", false),
        ] {
            let text = format!(
                "apiVersion: example.com/v1\nkind: Db\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            let found = may_bear(&settings, &read_text(&text)[0], &asked);
            assert_eq!(found, expected, "{spec}");
        }
    }
}
