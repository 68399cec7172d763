//! Reads Calico's policies, as far as what they mean can be told exactly: whatever of them is not
//! known here makes the whole policy one that is told and not counted.

mod expression;
mod ports;

use std::collections::BTreeSet;

use kube::core::Expression;

use self::expression::parse;
use self::ports::ports;
use super::address::{Addresses, block, meets_private};
use super::foreign;
use super::namespace::NAME_LABEL;
use super::policy::{Action, Direction, Peer, Placed, Policy, Refused, Rule, Scope, Tier};
use super::selector::Selector;
use super::standard::{items, present};
use crate::model::{Node, Resource, Scalar, ValuePath};

/// Where NetworkPolicies stand in Calico's order.
pub(super) const STANDARD_ORDER: f64 = 1000.0;

/// The label that gives each pod the name of its namespace.
const NAMESPACE: &str = "projectcalico.org/namespace";
/// The label that gives each pod the name of its ServiceAccount.
const ACCOUNT: &str = "projectcalico.org/serviceaccount";
/// The key of peers by their ServiceAccounts.
pub(super) const ACCOUNTS: &str = "serviceAccounts";

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
    let known = [
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
    check_keys(spec, &path, &known)?;
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
        resource: position,
        name: resource.identity.name.clone(),
        tier: Tier::Network,
        order: order(spec),
        is_standard: false,
        is_copy: false,
        only_adds: [false; 2],
        selector: path.clone().key("selector"),
        namespace: (!is_global(resource)).then_some(namespace),
        scope,
        pods,
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
    };
    Ok((path, spec, policy))
}

/// What a selector of pods says of their namespaces asked of these, where it looks into several.
fn placed(scope: Scope, pods: Selector) -> (Scope, Selector) {
    let key = |key: &str| match key {
        NAMESPACE => Some((true, NAME_LABEL.to_owned())),
        key => Some((false, key.to_owned())),
    };
    match (scope, pods.divided(key)) {
        (Scope::Selected(namespaces), Some((own, pods))) => {
            (Scope::Selected(namespaces.and(own)), pods)
        }
        (scope, _) => (scope, pods),
    }
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

/// What tools write for a setting that is left out.
fn says_nothing(value: Node<'_>) -> bool {
    matches!(
        value.scalar(),
        Some(Scalar::Null | Scalar::Bool(false) | Scalar::String(""))
    )
}

/// Refuses a mapping that says something which is not known.
pub(super) fn check_keys(node: Node<'_>, path: &ValuePath, known: &[&str]) -> Result<(), Refused> {
    let said = node.entries().filter(|(_, value)| !says_nothing(*value));
    let mut keys = said.filter_map(|(key, _)| key.as_str());
    match keys.find(|key| !known.contains(key)) {
        Some(key) => Err(Refused(
            path.clone().key(key),
            format!("`{key}` is not evaluated"),
        )),
        None => Ok(()),
    }
}

struct Reader {
    is_global: bool,
    has_sets: bool,
}

impl Reader {
    fn rules(
        &self,
        spec: Node<'_>,
        path: &ValuePath,
        direction: Direction,
    ) -> Result<Vec<Rule>, Refused> {
        let mut found = Vec::new();
        for (path, rule) in items(spec, direction.as_str(), path) {
            check_keys(
                rule,
                &path,
                &[
                    "action",
                    "protocol",
                    "icmp",
                    "source",
                    "destination",
                    "metadata",
                ],
            )?;
            let action = match present(rule, "action").and_then(Node::as_str) {
                Some("Allow") => Action::Allow,
                Some("Deny") => Action::Deny,
                // Counts nothing and decides nothing.
                Some("Log") => continue,
                _ => {
                    return Err(Refused(
                        path.key("action"),
                        "this action is not evaluated".to_owned(),
                    ));
                }
            };
            let peers = self.peers(rule, &path, direction, action)?;
            let ports = ports(rule, &path)?;
            found.push(Rule {
                path,
                action,
                peers,
                ports,
            });
        }
        Ok(found)
    }

    fn peers(
        &self,
        rule: Node<'_>,
        path: &ValuePath,
        direction: Direction,
        action: Action,
    ) -> Result<Option<Vec<Placed<Peer>>>, Refused> {
        let (own, other) = match direction {
            Direction::Ingress => ("source", "destination"),
            Direction::Egress => ("destination", "source"),
        };
        let ports_of = |key| {
            if key == "destination" {
                vec!["ports"]
            } else {
                Vec::new()
            }
        };
        if let Some(other_end) = present(rule, other) {
            check_keys(other_end, &path.clone().key(other), &ports_of(other))?;
        }
        let Some(end) = present(rule, own) else {
            return Ok(None);
        };
        let path = path.clone().key(own);
        let known = [
            &["selector", "namespaceSelector", ACCOUNTS, "nets"][..],
            &ports_of(own),
        ]
        .concat();
        check_keys(end, &path, &known)?;
        let pods = expression(end, "selector", &path)?;
        // Addresses with a name have no ServiceAccount.
        let accounts = accounts(end, &path)?;
        let is_of_pods = accounts.is_some();
        let pods = match (pods, accounts) {
            (Some(pods), Some(accounts)) => Some(pods.and(accounts)),
            (pods, accounts) => pods.or(accounts),
        };
        let namespaces = expression(end, "namespaceSelector", &path)?;
        let nets = nets(end, &path)?;
        let what = match (pods, namespaces, nets) {
            (None, None, None) => return Ok(None),
            (None, None, Some(nets)) if action == Action::Deny && meets_private(&nets) => {
                let reason = "pods may have these addresses, too";
                return Err(Refused(path.key("nets"), reason.to_owned()));
            }
            (None, None, Some(nets)) => Peer::Addresses(nets),
            (_, _, Some(_)) => {
                return Err(Refused(
                    path.key("nets"),
                    "`nets` beside selectors is not evaluated".to_owned(),
                ));
            }
            (Some(pods), None, None) if self.has_sets && !pods.selects_all() && !is_of_pods => {
                let reason = "a selector may mean a NetworkSet, which is not evaluated";
                return Err(Refused(path.key("selector"), reason.to_owned()));
            }
            (pods, namespaces, None) => {
                let scope = match namespaces {
                    Some(namespaces) => Scope::Selected(namespaces),
                    None if self.is_global => Scope::Selected(Selector::default()),
                    None => Scope::Own,
                };
                let (scope, pods) = placed(scope, pods.unwrap_or_default());
                Peer::Pods { scope, pods }
            }
        };
        Ok(Some(vec![Placed { path, what }]))
    }
}

/// The ServiceAccounts that an end lists by their names, as what they ask of the labels of pods.
fn accounts(end: Node<'_>, path: &ValuePath) -> Result<Option<Selector>, Refused> {
    let Some(accounts) = present(end, ACCOUNTS) else {
        return Ok(None);
    };
    let path = path.clone().key(ACCOUNTS);
    check_keys(accounts, &path, &["names"])?;
    let names = items(accounts, "names", &path).map(|(_, name)| name.as_str().map(str::to_owned));
    let names: Option<BTreeSet<String>> = names.collect();
    match names.filter(|names| !names.is_empty()) {
        Some(names) => {
            let asked = Expression::In(ACCOUNT.to_owned(), names);
            Ok(Some(Selector::new(vec![asked])))
        }
        None => {
            let reason = "ServiceAccounts without names are not evaluated";
            Err(Refused(path, reason.to_owned()))
        }
    }
}

fn nets(end: Node<'_>, path: &ValuePath) -> Result<Option<Addresses>, Refused> {
    if present(end, "nets").is_none() {
        return Ok(None);
    }
    let range = |(path, item): (ValuePath, Node<'_>)| {
        let range = item.as_str().and_then(block);
        range.ok_or_else(|| Refused(path, "this is no CIDR block".to_owned()))
    };
    items(end, "nets", path)
        .map(range)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// A selector in Calico's language; `None` where it is absent.
fn expression(node: Node<'_>, key: &str, path: &ValuePath) -> Result<Option<Selector>, Refused> {
    let Some(value) = present(node, key).filter(|value| !says_nothing(*value)) else {
        return Ok(None);
    };
    let parsed = value
        .as_str()
        .and_then(parse)
        .map(|terms| Some(Selector::new(terms)));
    let refused = || {
        Refused(
            path.clone().key(key),
            "this selector is not evaluated".to_owned(),
        )
    };
    parsed.ok_or_else(refused)
}
