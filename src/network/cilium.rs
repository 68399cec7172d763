//! Reads Cilium's policies, as far as what they mean can be told exactly: whatever of them is not
//! known here makes the whole policy one that is told and not counted.

mod elsewhere;
mod narrowed;

pub(super) use self::narrowed::problem as narrowing;

use kube::core::Expression;

use super::address::{Addresses, block, everywhere};
use super::calico::{STANDARD_ORDER, check_keys};
use super::foreign;
use super::namespace::NAME_LABEL;
use super::policy::{
    Action, Direction, Peer, Placed, Policy, PortRule, Refused, Rule, Scope, Tier,
};
use super::ports::{Ports, Protocol};
use super::selector::{Selector, key as label_key};
use super::standard::{items, present};
use crate::model::{Node, Resource, ValuePath};

/// Calls a pod's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";
/// Goes before the labels of a pod's namespace.
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";

/// Calls the cluster in which pods are: that of a policy is the one of whom it selects.
const CLUSTER: &str = "io.cilium.k8s.policy.cluster";
/// Calls the ServiceAccount of pods.
const ACCOUNT: &str = "io.cilium.k8s.policy.serviceaccount";

/// Goes before the labels of what is no pod, such as `reserved:health`.
const RESERVED: &str = "reserved:";

/// The label of Cilium's proxy.
const PROXY: &str = "reserved:ingress";

/// Where Kubernetes' cache of names answers on each node, on which it has the host's network.
const NODE_CACHE: [&str; 1] = ["169.254.20.10/32"];

/// What forbids is asked before everything that allows.
const DENY_ORDER: f64 = f64::NEG_INFINITY;

/// Whether it is a policy that Cilium enforces.
pub(super) fn is_policy(resource: &Resource) -> bool {
    let kind = resource.gvk.kind.as_str();
    resource.gvk.group == "cilium.io"
        && matches!(
            kind,
            "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy"
        )
}

/// The policies that an object holds: for each part what it forbids and what it allows.
pub(super) fn read(
    resource: &Resource,
    position: usize,
    namespace: usize,
) -> Result<Vec<Policy>, Refused> {
    let is_wide = resource.gvk.kind == "CiliumClusterwideNetworkPolicy";
    let mut found = Vec::new();
    for (path, spec) in parts(resource) {
        let known = [
            "endpointSelector",
            "enableDefaultDeny",
            "ingress",
            "egress",
            "ingressDeny",
            "egressDeny",
            "description",
            "labels",
        ];
        check_keys(spec, &path, &known)?;
        let (scope, pods) = selected(spec, &path, is_wide)?;
        let stance = Stance::of(spec, &path)?;
        for (action, order) in [(Action::Deny, DENY_ORDER), (Action::Allow, STANDARD_ORDER)] {
            let rules = |direction: Direction| {
                let is_about = match action {
                    Action::Deny => has_rules(spec, denied(direction)),
                    Action::Allow | Action::Pass => stance.is_about(direction),
                };
                is_about
                    .then(|| rules(spec, &path, direction, action, is_wide))
                    .transpose()
            };
            found.push(Policy {
                resource: position,
                name: resource.identity.name.clone(),
                tier: Tier::Network,
                order,
                is_standard: false,
                is_copy: false,
                only_adds: stance.only_adds,
                selector: path.clone().key("endpointSelector"),
                namespace: (!is_wide).then_some(namespace),
                scope: scope.clone(),
                pods: pods.clone(),
                ingress: rules(Direction::Ingress)?,
                egress: rules(Direction::Egress)?,
            });
        }
    }
    if found.is_empty() {
        return Err(Refused(
            ValuePath::default().key("spec"),
            "the policy has no `spec`".to_owned(),
        ));
    }
    Ok(found)
}

/// Whom a part of an object is about.
fn selected(spec: Node<'_>, path: &ValuePath, is_wide: bool) -> Result<(Scope, Selector), Refused> {
    let Some(selector) = present(spec, "endpointSelector") else {
        let reason = "only `endpointSelector` selects pods here";
        return Err(Refused(path.clone(), reason.to_owned()));
    };
    let path = path.clone().key("endpointSelector");
    match endpoints(selector, &path, is_wide)? {
        Peer::Pods { scope, pods } => Ok((scope, within_cluster(pods))),
        Peer::Addresses(_) | Peer::Proxy | Peer::Beyond(_) => {
            Err(Refused(path, "this selector is not evaluated".to_owned()))
        }
    }
}

/// The policies of an object that is not understood as far as whom they select: with a selector that
/// is not understood, they may be about anyone.
pub(super) fn half_known(resource: &Resource, position: usize, namespace: usize) -> Vec<Policy> {
    let is_wide = resource.gvk.kind == "CiliumClusterwideNetworkPolicy";
    let of_part = |(path, spec): (ValuePath, Node<'_>)| {
        let anyone = foreign::about_anyone(resource, position, (!is_wide).then_some(namespace));
        let known = selected(spec, &path, is_wide).and_then(|selected| {
            let stance = Stance::of(spec, &path)?;
            Ok((selected, stance))
        });
        let Ok(((scope, pods), stance)) = known else {
            return anyone;
        };
        let rules = |direction| stance.is_about(direction).then(Vec::new);
        Policy {
            scope,
            pods,
            ingress: rules(Direction::Ingress),
            egress: rules(Direction::Egress),
            only_adds: stance.only_adds,
            ..anyone
        }
    };
    // Those of nodes are about no pods.
    let parts = parts(resource).filter(|(_, spec)| present(*spec, "nodeSelector").is_none());
    parts.map(of_part).collect()
}

/// What a part of an object means for the pods that it selects, by direction.
struct Stance {
    /// Whether it has rules.
    has_rules: [bool; 2],
    /// Whether it leaves open what is open.
    only_adds: [bool; 2],
}

impl Stance {
    /// Where it does not say whether it closes the pods, rules do.
    fn of(spec: Node<'_>, path: &ValuePath) -> Result<Self, Refused> {
        let key = "enableDefaultDeny";
        let path = path.clone().key(key);
        let said = |direction: Direction| {
            let said = present(spec, key).and_then(|said| present(said, direction.as_str()));
            let refused = || {
                let path = path.clone().key(direction.as_str());
                Refused(path, "this is no truth value".to_owned())
            };
            said.map(|said| said.as_bool().ok_or_else(refused))
                .transpose()
        };
        if let Some(said) = present(spec, key) {
            check_keys(said, &path, &Direction::ALL.map(Direction::as_str))?;
        }
        let has_rules = Direction::ALL.map(|direction| {
            has_rules(spec, direction.as_str()) || has_rules(spec, denied(direction))
        });
        let [ingress, egress] = Direction::ALL.map(said);
        Ok(Self {
            has_rules,
            only_adds: [
                !ingress?.unwrap_or(has_rules[0]),
                !egress?.unwrap_or(has_rules[1]),
            ],
        })
    }

    /// Whether it means anything for a direction.
    fn is_about(&self, direction: Direction) -> bool {
        self.has_rules[direction as usize] || !self.only_adds[direction as usize]
    }
}

/// Whether a list of rules holds any; an empty one means as little as an absent one.
fn has_rules(spec: Node<'_>, key: &'static str) -> bool {
    items(spec, key, &ValuePath::default()).next().is_some()
}

/// The key of what is forbidden.
fn denied(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingressDeny",
        Direction::Egress => "egressDeny",
    }
}

/// The parts of an object, each a policy of its own, with their paths.
fn parts(resource: &Resource) -> impl Iterator<Item = (ValuePath, Node<'_>)> {
    let root = ValuePath::default();
    let single = present(resource.node(), "spec").map(|spec| (root.clone().key("spec"), spec));
    let several = items(resource.node(), "specs", &root);
    single.into_iter().chain(several)
}

/// What an object allows, or denies, for a direction.
fn rules(
    spec: Node<'_>,
    path: &ValuePath,
    direction: Direction,
    action: Action,
    is_wide: bool,
) -> Result<Vec<Rule>, Refused> {
    let key = match action {
        Action::Deny => denied(direction),
        Action::Allow | Action::Pass => direction.as_str(),
    };
    let mut found = Vec::new();
    for (path, rule) in items(spec, key, path) {
        let strangers = elsewhere::keys(direction);
        let side = [&side(direction)[..], strangers].concat();
        let others: &[&str] = match action {
            Action::Allow => &["toPorts", "icmps", narrowed::RULE],
            Action::Deny | Action::Pass => &["toPorts", "icmps"],
        };
        check_keys(rule, &path, &[&side[..], others].concat())?;
        let has_peers = side.iter().any(|key| present(rule, key).is_some());
        elsewhere::check(rule, &path, direction)?;
        let ports = match present(rule, "icmps") {
            // Messages of ICMP are to no port.
            Some(_) => Some(Vec::new()),
            None => ports(rule, &path, action)?,
        };
        // A rule that says nothing lets nothing through.
        if has_peers || ports.is_some() {
            let peers = if has_peers {
                Some(peers(rule, &path, direction, is_wide)?)
            } else {
                None
            };
            found.push(Rule {
                path,
                action,
                peers,
                ports,
            });
        }
    }
    Ok(found)
}

/// The keys of peers by selectors, entities and blocks.
fn side(direction: Direction) -> [&'static str; 4] {
    match direction {
        Direction::Ingress => ["fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet"],
        Direction::Egress => ["toEndpoints", "toEntities", "toCIDR", "toCIDRSet"],
    }
}

fn peers(
    rule: Node<'_>,
    path: &ValuePath,
    direction: Direction,
    is_wide: bool,
) -> Result<Vec<Placed<Peer>>, Refused> {
    let [selectors, entities, blocks, sets] = side(direction);
    let mut found = Vec::new();
    for (path, item) in items(rule, selectors, path) {
        let what = endpoints(item, &path, is_wide)?;
        let what = match reserved(&what) {
            None => what,
            Some(PROXY) => Peer::Proxy,
            Some(_) => return Err(Refused(path, "this selector is not evaluated".to_owned())),
        };
        found.push(Placed { path, what });
    }
    for (path, item) in items(rule, entities, path) {
        for what in entity(item, &path, direction)? {
            found.push(Placed {
                path: path.clone(),
                what,
            });
        }
    }
    for (path, item) in items(rule, blocks, path) {
        let what = Peer::Addresses([range(Some(item), &path)?].into_iter().collect());
        found.push(Placed { path, what });
    }
    for (path, item) in items(rule, sets, path) {
        check_keys(item, &path, &["cidr", "cidrGroupRef", "except"])?;
        // Blocks are never pods, whatever the group has.
        if present(item, "cidrGroupRef").is_some() {
            let what = Peer::Beyond("cidrGroupRef");
            found.push(Placed { path, what });
            continue;
        }
        let mut left: Addresses = [range(item.get("cidr"), &path)?].into_iter().collect();
        for (path, item) in items(item, "except", &path) {
            left.remove(range(Some(item), &path)?);
        }
        found.push(Placed {
            path,
            what: Peer::Addresses(left),
        });
    }
    Ok(found)
}

fn range(
    node: Option<Node<'_>>,
    path: &ValuePath,
) -> Result<std::ops::RangeInclusive<super::address::Address>, Refused> {
    let range = node.and_then(Node::as_str).and_then(block);
    range.ok_or_else(|| Refused(path.clone(), "this is no CIDR block".to_owned()))
}

fn entity(node: Node<'_>, path: &ValuePath, direction: Direction) -> Result<Vec<Peer>, Refused> {
    let cluster = || Peer::Pods {
        scope: Scope::Selected(Selector::default()),
        pods: Selector::default(),
    };
    let world = |versions: &[bool]| {
        let ranges = versions.iter().map(|version| everywhere(*version));
        Peer::Addresses(ranges.collect())
    };
    match node.as_str() {
        Some("all") => Ok(vec![cluster(), world(&[false, true])]),
        Some("cluster") => Ok(vec![cluster()]),
        Some("world") => Ok(vec![world(&[false, true])]),
        Some("world-ipv4") => Ok(vec![world(&[false])]),
        Some("world-ipv6") => Ok(vec![world(&[true])]),
        Some("host") if direction == Direction::Egress => {
            let cache = NODE_CACHE.iter().filter_map(|text| block(text)).collect();
            Ok(vec![Peer::Addresses(cache)])
        }
        // The node a pod runs on reaches it in any case, and the others are no pods of anyone.
        Some(
            "health" | "host" | "init" | "kube-apiserver" | "none" | "remote-node" | "unmanaged",
        ) => Ok(Vec::new()),
        Some("ingress") => Ok(vec![Peer::Proxy]),
        _ => Err(Refused(
            path.clone(),
            "this entity is not evaluated".to_owned(),
        )),
    }
}

/// Pods by labels, those of their namespace among them.
fn endpoints(node: Node<'_>, path: &ValuePath, is_wide: bool) -> Result<Peer, Refused> {
    let refused = || Refused(path.clone(), "this selector is not evaluated".to_owned());
    let all = Selector::read(node).ok_or_else(refused)?;
    let (namespaces, pods) = all.divided(placed_key).ok_or_else(refused)?;
    let scope = if namespaces.selects_all() && !is_wide {
        Scope::Own
    } else {
        Scope::Selected(namespaces)
    };
    Ok(Peer::Pods { scope, pods })
}

/// A selector without what names the policy's own cluster.
fn within_cluster(pods: Selector) -> Selector {
    let is_own = |one: &&Expression| {
        label_key(one) == CLUSTER
            && matches!(
                one,
                Expression::Equal(..) | Expression::In(..) | Expression::Exists(_)
            )
    };
    let others = pods.requirements().iter().filter(|one| !is_own(one));
    Selector::new(others.cloned().collect())
}

/// The first label that a peer asks for of those that Cilium has for what is no pod: its proxy, nodes, the world.
fn reserved(peer: &Peer) -> Option<&str> {
    let Peer::Pods { pods, .. } = peer else {
        return None;
    };
    let is_asked = |one: &&Expression| match one {
        Expression::Equal(..) | Expression::In(..) | Expression::Exists(_) => {
            label_key(one).starts_with(RESERVED)
        }
        Expression::NotEqual(..) | Expression::NotIn(..) | Expression::DoesNotExist(_) => false,
    };
    pods.requirements().iter().find(is_asked).map(label_key)
}

/// Whether a key is about the namespace, and the label it means; `None` for what is no label of
/// Kubernetes, but for those that no pod bears.
fn placed_key(key: &str) -> Option<(bool, String)> {
    if key.starts_with(RESERVED) {
        return Some((false, key.to_owned()));
    }
    let key = match key.split_once(':') {
        Some(("k8s" | "any", key)) => key,
        Some(_) => return None,
        None => key,
    };
    match key.strip_prefix(NAMESPACE_LABELS) {
        Some(label) => Some((true, label.to_owned())),
        None if key == NAMESPACE => Some((true, NAME_LABEL.to_owned())),
        None if matches!(key, ACCOUNT | CLUSTER) => Some((false, key.to_owned())),
        None if key.starts_with("io.cilium.") || key.starts_with("reserved") => None,
        None => Some((false, key.to_owned())),
    }
}

/// Ports; `None` where all are meant.
fn ports(
    rule: Node<'_>,
    path: &ValuePath,
    action: Action,
) -> Result<Option<Vec<Placed<PortRule>>>, Refused> {
    if present(rule, "toPorts").is_none() {
        return Ok(None);
    }
    let mut found = Vec::new();
    for (path, group) in items(rule, "toPorts", path) {
        let narrowing: &[&str] = match action {
            Action::Allow => &narrowed::GROUP,
            Action::Deny | Action::Pass => &[],
        };
        check_keys(group, &path, &[&["ports"], narrowing].concat())?;
        for (path, item) in items(group, "ports", &path) {
            check_keys(item, &path, &["port", "endPort", "protocol"])?;
            for what in port(item)
                .ok_or_else(|| Refused(path.clone(), "this port is not evaluated".to_owned()))?
            {
                found.push(Placed {
                    path: path.clone(),
                    what,
                });
            }
        }
    }
    Ok(Some(found))
}

/// Whether the rules of a group let every name be asked for: they only make the answers known.
fn is_any_name(group: Node<'_>) -> bool {
    let is_known = |(key, _): (Node<'_>, Node<'_>)| matches!(key.as_str(), Some("ports" | "rules"));
    let is_of_dns = |(key, _): (Node<'_>, Node<'_>)| key.as_str() == Some("dns");
    let Some(rules) = present(group, "rules") else {
        return false;
    };
    let mut names = rules.get("dns").into_iter().flat_map(Node::items);
    group.entries().all(is_known)
        && rules.entries().all(is_of_dns)
        && names.any(|name| name.get("matchPattern").and_then(Node::as_str) == Some("*"))
}

fn port(node: Node<'_>) -> Option<Vec<PortRule>> {
    let protocols = match present(node, "protocol").map(|name| name.as_str().unwrap_or_default()) {
        None | Some("ANY") => Protocol::ALL.to_vec(),
        Some(name) => vec![Protocol::of(name)?],
    };
    let text = node.get("port")?.as_str()?;
    let rule = |protocol: Protocol| match text.parse::<u16>() {
        Ok(first) => {
            let last = present(node, "endPort").map_or(Some(first), super::pods::number)?;
            let (first, last) = if first == 0 {
                (1, u16::MAX)
            } else {
                (first, last)
            };
            let mut ports = Ports::default();
            ports.insert(protocol, first, last);
            Some(PortRule::Numbers(ports))
        }
        Err(_) => Some(PortRule::Named(Some(protocol), text.to_owned())),
    };
    protocols.into_iter().map(rule).collect()
}
