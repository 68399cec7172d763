//! Which pods NetworkPolicies isolate: the policies of everything scanned, indexed by namespace
//! and label, so that a workload asks only those that may select it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use kube::core::{Selector, SelectorExt as _};

use crate::model::{Node, Notice, Resource, Role, ValuePath};

/// The namespace of an object that names none, as kubectl has it.
const DEFAULT_NAMESPACE: &str = "default";

/// The NetworkPolicies of a scan.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    namespaces: HashMap<String, Namespace>,
    invalid: Vec<Notice>,
}

#[derive(Debug, Default)]
struct Namespace {
    policies: Vec<Policy>,
    /// Positions of policies that ask for a label, by its key and value.
    by_label: HashMap<(String, String), Vec<usize>>,
    /// Positions of the other policies.
    any_label: Vec<usize>,
}

#[derive(Debug)]
struct Policy {
    selector: Selector,
    isolates: Directions,
}

/// The directions of traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directions {
    /// Towards the pods.
    pub(crate) ingress: bool,
    /// From the pods.
    pub(crate) egress: bool,
}

/// A pod template that lacks isolation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exposed {
    /// Where the template stands.
    pub(crate) template: ValuePath,
    /// The directions that no policy covers.
    pub(crate) missing: Directions,
}

impl Policies {
    /// The policies among the resources.
    pub(crate) fn new(resources: &[Resource]) -> Self {
        let mut policies = Self::default();
        for resource in resources.iter().filter(|resource| is_policy(resource)) {
            policies.add(resource);
        }
        policies
    }

    fn add(&mut self, resource: &Resource) {
        let spec = resource.node().get("spec");
        let Some(selector) = selector(spec.and_then(|spec| spec.get("podSelector"))) else {
            self.invalid.push(invalid(resource));
            return;
        };
        let namespace = self
            .namespaces
            .entry(namespace_of(resource).to_owned())
            .or_default();
        let position = namespace.policies.len();
        match asked_label(&selector) {
            Some(label) => namespace.by_label.entry(label).or_default().push(position),
            None => namespace.any_label.push(position),
        }
        namespace.policies.push(Policy {
            selector,
            isolates: directions(spec),
        });
    }

    /// Policies whose selector Kubernetes would refuse; they select nothing.
    pub(crate) fn invalid(&self) -> impl Iterator<Item = &Notice> {
        self.invalid.iter()
    }

    /// The workload's pod templates that some direction is open for.
    pub(crate) fn exposed(&self, workload: &Resource) -> Vec<Exposed> {
        let namespace = self.namespaces.get(namespace_of(workload));
        let exposed = |path: &ValuePath| {
            let isolated = namespace.map_or(Directions::default(), |namespace| {
                let labels = workload
                    .at(path)
                    .and_then(|template| template.find(&["metadata", "labels"]));
                namespace.isolation(&string_map(labels))
            });
            let missing = Directions {
                ingress: !isolated.ingress,
                egress: !isolated.egress,
            };
            (missing.ingress || missing.egress).then(|| Exposed {
                template: path.clone(),
                missing,
            })
        };
        workload.pod_templates.iter().filter_map(exposed).collect()
    }
}

impl Namespace {
    fn isolation(&self, labels: &BTreeMap<String, String>) -> Directions {
        let asked = labels
            .iter()
            .filter_map(|(key, value)| self.by_label.get(&(key.clone(), value.clone())));
        let candidates = self.any_label.iter().chain(asked.flatten());
        let selecting = candidates
            .map(|at| &self.policies[*at])
            .filter(|policy| policy.selector.matches(labels));
        selecting.fold(Directions::default(), |isolated, policy| Directions {
            ingress: isolated.ingress || policy.isolates.ingress,
            egress: isolated.egress || policy.isolates.egress,
        })
    }
}

fn is_policy(resource: &Resource) -> bool {
    resource.role == Role::Manifest
        && resource.gvk.kind == "NetworkPolicy"
        && matches!(
            resource.gvk.group.as_str(),
            "networking.k8s.io" | "extensions"
        )
}

fn invalid(policy: &Resource) -> Notice {
    Notice {
        display: Some(Arc::clone(&policy.artifact.display)),
        uri: Some(Arc::clone(&policy.artifact.uri)),
        region: None,
        rule: None,
        resource: Some(policy.identity.to_string()),
        reason: format!(
            "{} has no valid podSelector and selects nothing",
            policy.identity
        ),
        help: Some("mend the selector; Kubernetes refuses the object".to_owned()),
    }
}

fn namespace_of(resource: &Resource) -> &str {
    resource
        .identity
        .namespace
        .as_deref()
        .unwrap_or(DEFAULT_NAMESPACE)
}

/// The string values of a mapping, such as labels.
fn string_map(node: Option<Node<'_>>) -> BTreeMap<String, String> {
    let pair = |(key, value): (Node<'_>, Node<'_>)| {
        Some((key.as_str()?.to_owned(), value.as_str()?.to_owned()))
    };
    node.map(|node| node.entries().filter_map(pair).collect())
        .unwrap_or_default()
}

/// An absent or empty selector selects every pod of the namespace; `None` means that the selector
/// is not valid.
fn selector(node: Option<Node<'_>>) -> Option<Selector> {
    let expressions = node.and_then(|node| node.get("matchExpressions"));
    let requirement = |node: Node<'_>| {
        let text = |key| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let values = node
            .get("values")
            .map(|values| values.items().filter_map(Node::as_str).map(str::to_owned));
        Some(LabelSelectorRequirement {
            key: text("key")?,
            operator: text("operator")?,
            values: values.map(Iterator::collect),
        })
    };
    let requirements =
        expressions.map(|list| list.items().map(requirement).collect::<Option<Vec<_>>>());
    let selector = LabelSelector {
        match_labels: Some(string_map(node.and_then(|node| node.get("matchLabels")))),
        match_expressions: match requirements {
            Some(requirements) => Some(requirements?),
            None => None,
        },
    };
    selector.try_into().ok()
}

/// A label that every selected pod has, to find the policy by.
fn asked_label(selector: &Selector) -> Option<(String, String)> {
    let label = |(key, value): (&String, &String)| (key.clone(), value.clone());
    let requirements: LabelSelector = selector.clone().into();
    requirements.match_labels.as_ref()?.iter().next().map(label)
}

/// What a policy isolates: what `policyTypes` says, else ingress always and egress where there
/// are egress rules.
fn directions(spec: Option<Node<'_>>) -> Directions {
    let items = |key| {
        spec.and_then(|spec| spec.get(key))
            .into_iter()
            .flat_map(Node::items)
    };
    let types: Vec<&str> = items("policyTypes").filter_map(Node::as_str).collect();
    if types.is_empty() {
        return Directions {
            ingress: true,
            egress: items("egress").next().is_some(),
        };
    }
    Directions {
        ingress: types.contains(&"Ingress"),
        egress: types.contains(&"Egress"),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    const OPEN: Directions = Directions {
        ingress: true,
        egress: true,
    };

    fn missing(policies: &str) -> Directions {
        let workload = "apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop, labels: {app: web, tier: front}}\nspec: {containers: []}\n";
        let resources = read_text(&format!("{policies}---\n{workload}"));
        let found = Policies::new(&resources).exposed(resources.last().expect("is there"));
        found
            .first()
            .map_or(Directions::default(), |exposed| exposed.missing)
    }

    fn policy(spec: &str) -> String {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{namespace: shop}}\nspec: {spec}\n---\n"
        )
    }

    #[test]
    fn a_pod_without_policy_is_open_in_both_directions() {
        assert_eq!(missing(""), OPEN);
        let elsewhere =
            policy("{podSelector: {}, policyTypes: [Ingress, Egress]}").replace("shop", "other");
        assert_eq!(missing(&elsewhere), OPEN);
    }

    #[test]
    fn an_empty_selector_selects_all() {
        assert_eq!(
            missing(&policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")),
            Directions::default()
        );
    }

    #[test]
    fn policy_types_default_to_ingress_and_to_egress_with_rules() {
        let egress = Directions {
            ingress: false,
            egress: true,
        };
        assert_eq!(missing(&policy("{podSelector: {}}")), egress);
        assert_eq!(missing(&policy("{podSelector: {}, egress: []}")), egress);
        assert_eq!(
            missing(&policy("{podSelector: {}, egress: [{}]}")),
            Directions::default()
        );
        let ingress = Directions {
            ingress: true,
            egress: false,
        };
        assert_eq!(
            missing(&policy("{podSelector: {}, policyTypes: [Egress]}")),
            ingress
        );
    }

    #[test]
    fn two_policies_may_cover_one_direction_each() {
        let ingress = policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}");
        let egress = policy(
            "{podSelector: {matchExpressions: [{key: tier, operator: In, values: [front]}]}, policyTypes: [Egress]}",
        );
        assert_eq!(
            missing(&format!("{ingress}{egress}")),
            Directions::default()
        );
    }

    #[test]
    fn labels_and_expressions_must_all_hold() {
        for selector in [
            "{matchLabels: {app: web, tier: back}}",
            "{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: DoesNotExist}]}",
            "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
            "{matchExpressions: [{key: app, operator: Equals, values: [web]}]}",
        ] {
            let text = policy(&format!(
                "{{podSelector: {selector}, policyTypes: [Ingress, Egress]}}"
            ));
            assert_eq!(missing(&text), OPEN, "{selector}");
        }
        let absent = policy(
            "{podSelector: {matchExpressions: [{key: x, operator: NotIn, values: [y]}]}, policyTypes: [Ingress, Egress]}",
        );
        assert_eq!(missing(&absent), Directions::default());
    }

    #[test]
    fn an_object_without_namespace_is_in_the_default_one() {
        let text = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: default}\nspec: {podSelector: {}}\n---\napiVersion: v1\nkind: Pod\nspec: {containers: []}\n";
        let resources = read_text(text);
        let exposed = Policies::new(&resources).exposed(&resources[1]);
        assert_eq!(
            exposed[0].missing,
            Directions {
                ingress: false,
                egress: true
            }
        );
    }
}
