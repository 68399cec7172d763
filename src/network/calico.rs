//! Reads Calico's policies, as far as what they mean can be told exactly: whatever of them is not
//! known here makes the whole policy one that is told and not counted. Their fields are those of
//! <https://docs.tigera.io/calico/latest/reference/resources/networkpolicy>.

mod expression;
mod ports;
mod rules;

use self::expression::{expression, placed};
use self::rules::Reader;
use super::field::{check_keys, present, says_nothing};
use super::foreign;
use super::policy::{Direction, Policy, Refused, Scope};
use crate::model::{Node, Resource, Scalar, ValuePath};

/// The key of peers by their ServiceAccounts.
pub(super) const ACCOUNTS: &str = "serviceAccounts";

/// What a policy may say.
const KEYS: [&str; 8] = [
    "selector",
    "namespaceSelector",
    // It adds what is forwarded by hosts.
    "applyOnForward",
    "order",
    "tier",
    "types",
    "ingress",
    "egress",
];
/// What makes a policy one of interfaces of hosts alone.
const OF_HOSTS: [&str; 2] = ["doNotTrack", "preDNAT"];

/// Whether it is a policy that Calico enforces.
pub(super) fn is_policy(resource: &Resource) -> bool {
    let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    matches!(group, "projectcalico.org" | "crd.projectcalico.org")
        && matches!(kind, "NetworkPolicy" | "GlobalNetworkPolicy")
}

/// Whether it gives a name to addresses that selectors of policies may mean.
pub(super) fn is_network_set(resource: &Resource) -> bool {
    let (group, kind) = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    matches!(group, "projectcalico.org" | "crd.projectcalico.org")
        && matches!(kind, "NetworkSet" | "GlobalNetworkSet")
}

/// A policy of a namespace, or of the whole cluster. `has_sets` says that selectors may mean more
/// than pods.
pub(super) fn read(
    resource: &Resource,
    position: usize,
    namespace: usize,
    has_sets: bool,
) -> Result<Policy, Refused> {
    let (path, spec, policy) = selection(resource, position, namespace)?;
    check_keys(spec, &path, &KEYS)?;
    let tier = present(spec, "tier")
        .and_then(Node::as_str)
        .unwrap_or("default");
    if tier != "default" {
        return Err(Refused(
            path.key("tier"),
            "tiers of its own are not evaluated".to_owned(),
        ));
    }
    let reader = Reader {
        is_global: is_global(resource),
        has_sets,
    };
    let rules = |direction: Direction| {
        let is_about = policy.rules(direction).is_some();
        is_about
            .then(|| reader.rules(spec, &path, direction))
            .transpose()
    };
    Ok(Policy {
        ingress: rules(Direction::Ingress)?,
        egress: rules(Direction::Egress)?,
        ..policy
    })
}

/// A policy that is not understood as far as whom it selects: with a selector that is not understood,
/// it may be about anyone. One of interfaces of hosts is about no pods.
pub(super) fn half_known(resource: &Resource, position: usize, namespace: usize) -> Option<Policy> {
    let is_of_hosts = |key: &&str| {
        let said = resource.node().find(&["spec", key]);
        said.and_then(Node::as_bool) == Some(true)
    };
    if OF_HOSTS.iter().any(is_of_hosts) {
        return None;
    }
    let own = (!is_global(resource)).then_some(namespace);
    let read = selection(resource, position, namespace);
    Some(read.map_or_else(
        |_| foreign::about_anyone(resource, position, own),
        |(.., policy)| policy,
    ))
}

/// The policy without its rules.
fn selection<'a>(
    resource: &'a Resource,
    position: usize,
    namespace: usize,
) -> Result<(ValuePath, Node<'a>, Policy), Refused> {
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(resource.node(), "spec") else {
        return Err(Refused(path, "the policy has no `spec`".to_owned()));
    };
    let accounts = "serviceAccountSelector";
    if spec.get(accounts).is_some_and(|value| !says_nothing(value)) {
        return Err(Refused(
            path.key(accounts),
            format!("`{accounts}` is not evaluated"),
        ));
    }
    let namespaces = expression(spec, "namespaceSelector", &path)?.unwrap_or_default();
    let rules = |direction| directions(spec).contains(&direction).then(Vec::new);
    let scope = if is_global(resource) {
        Scope::Selected(namespaces)
    } else {
        Scope::Own
    };
    let pods = expression(spec, "selector", &path)?.unwrap_or_default();
    let (scope, pods) = placed(scope, pods);
    let policy = Policy {
        order: order(spec),
        selector: path.clone().key("selector"),
        namespace: (!is_global(resource)).then_some(namespace),
        scope,
        pods,
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
        ..Policy::of(resource, position)
    };
    Ok((path, spec, policy))
}

fn is_global(resource: &Resource) -> bool {
    resource.gvk.kind == "GlobalNetworkPolicy"
}

/// Policies without an order come last.
fn order(spec: Node<'_>) -> f64 {
    match present(spec, "order").and_then(Node::scalar) {
        Some(Scalar::Signed(order)) => i32::try_from(order).map_or(f64::INFINITY, f64::from),
        Some(Scalar::Float(order)) => order,
        _ => f64::INFINITY,
    }
}

fn directions(spec: Node<'_>) -> Vec<Direction> {
    let types = present(spec, "types")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(Node::as_str);
    let types: Vec<&str> = types.collect();
    let has = |key| present(spec, key).is_some();
    let is_about = |direction: &Direction| match (types.is_empty(), direction) {
        (false, Direction::Ingress) => types.contains(&"Ingress"),
        (false, Direction::Egress) => types.contains(&"Egress"),
        (true, Direction::Ingress) => has("ingress") || !has("egress"),
        (true, Direction::Egress) => has("egress"),
    };
    Direction::ALL.into_iter().filter(is_about).collect()
}
