//! Reads policies of the whole cluster: AdminNetworkPolicy and BaselineAdminNetworkPolicy, and the
//! ClusterNetworkPolicy that follows them, as <https://network-policy-api.sigs.k8s.io/> defines them.

use super::address::Addresses;
use super::field::{cidr, items, present};
use super::policy::{
    Action, Direction, Peer, Placed, Policy, PortRule, Refused, Rule, Scope, Tier,
};
use super::port::number;
use super::ports::{Ports, Protocol};
use super::selector::Selector;
use super::standard::selector;
use crate::model::{Node, Resource, Scalar, ValuePath};

/// The API group of cluster-wide policies.
pub(super) const GROUP: &str = "policy.networking.k8s.io";

/// The largest priority.
const LAST_PRIORITY: i64 = 1000;

/// The kind that has a tier of its own choice.
const CLUSTER: &str = "ClusterNetworkPolicy";

/// Whether it is a policy; a list that holds none is not.
pub(super) fn is_policy(resource: &Resource) -> bool {
    resource.gvk.group == GROUP && resource.gvk.kind.ends_with("NetworkPolicy")
}

/// Whether it is of a kind and version that is understood.
pub(super) fn is_understood(resource: &Resource) -> bool {
    let of_version = matches!(
        (resource.gvk.kind.as_str(), resource.gvk.version.as_str()),
        (
            "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy",
            "v1alpha1"
        ) | (CLUSTER, "v1alpha2")
    );
    resource.gvk.group == GROUP && of_version
}

/// A cluster-wide policy.
pub(super) fn read(resource: &Resource, position: usize) -> Result<Policy, Refused> {
    let refused = |path: ValuePath, reason: &str| Err(Refused(path, reason.to_owned()));
    let path = ValuePath::default().key("spec");
    let Some(spec) = present(resource.node(), "spec") else {
        return refused(path, "the policy has no `spec`");
    };
    let priority = || match present(spec, "priority").and_then(Node::scalar) {
        Some(Scalar::Signed(priority)) if (0..=LAST_PRIORITY).contains(&priority) => Ok(priority),
        _ => Err(Refused(
            path.clone().key("priority"),
            "a priority is a number from 0 to 1000".to_owned(),
        )),
    };
    let tier = match resource.gvk.kind.as_str() {
        CLUSTER => match present(spec, "tier").and_then(Node::as_str) {
            Some("Admin") => Tier::Admin(priority()?),
            Some("Baseline") => Tier::Baseline(priority()?),
            _ => return refused(path.key("tier"), "a tier is `Admin` or `Baseline`"),
        },
        "AdminNetworkPolicy" => Tier::Admin(priority()?),
        _ => Tier::Baseline(0),
    };
    let dialect = match resource.gvk.kind.as_str() {
        CLUSTER => Dialect::Cluster,
        _ => Dialect::Admin,
    };
    let (scope, pods) = subject(spec, &path)?;
    Ok(Policy {
        tier,
        // Within a tier, priority alone decides.
        order: 0.0,
        selector: path.clone().key("subject"),
        scope: Scope::Selected(scope),
        pods,
        ingress: Some(rules(spec, &path, Direction::Ingress, (tier, dialect))?),
        egress: Some(rules(spec, &path, Direction::Egress, (tier, dialect))?),
        ..Policy::of(resource, position)
    })
}

/// In which words rules are written.
#[derive(Clone, Copy, Debug)]
enum Dialect {
    /// Those of AdminNetworkPolicy: `Allow`, `ports`.
    Admin,
    /// Those of ClusterNetworkPolicy: `Accept`, `protocols`.
    Cluster,
}

fn subject(spec: Node<'_>, path: &ValuePath) -> Result<(Selector, Selector), Refused> {
    let path = path.clone().key("subject");
    let found = match present(spec, "subject") {
        Some(subject) => pods(subject, &path)?,
        None => None,
    };
    found.ok_or_else(|| {
        Refused(
            path,
            "a subject has either `namespaces` or `pods`".to_owned(),
        )
    })
}

/// Selectors of namespaces and of pods in them; `None` where neither or both ways are used.
fn pods(node: Node<'_>, path: &ValuePath) -> Result<Option<(Selector, Selector)>, Refused> {
    let namespaces = selector(node, "namespaces", path)?;
    match (namespaces, present(node, "pods")) {
        (Some(namespaces), None) => Ok(Some((namespaces, Selector::default()))),
        (None, Some(pods)) => {
            let path = path.clone().key("pods");
            let part = |key| selector(pods, key, &path);
            Ok(Some((
                part("namespaceSelector")?.unwrap_or_default(),
                part("podSelector")?.unwrap_or_default(),
            )))
        }
        _ => Ok(None),
    }
}

fn rules(
    spec: Node<'_>,
    path: &ValuePath,
    direction: Direction,
    (tier, dialect): (Tier, Dialect),
) -> Result<Vec<Rule>, Refused> {
    let mut found = Vec::new();
    for (path, rule) in items(spec, direction.as_str(), path) {
        let peers = items(rule, direction.peers_key(), &path);
        let peers = peers.map(|(path, item)| peer(item, path, direction));
        let peers: Vec<Placed<Peer>> = peers.collect::<Result<_, _>>()?;
        if peers.is_empty() {
            let key = direction.peers_key();
            return Err(Refused(
                path,
                format!("a rule needs at least one peer under `{key}`"),
            ));
        }
        found.push(Rule {
            action: action(rule, &path, tier, dialect)?,
            ports: match dialect {
                Dialect::Admin => ports(rule, &path)?,
                Dialect::Cluster => protocols(rule, &path)?,
            },
            peers: Some(peers),
            path,
        });
    }
    Ok(found)
}

fn action(
    rule: Node<'_>,
    path: &ValuePath,
    tier: Tier,
    dialect: Dialect,
) -> Result<Action, Refused> {
    let said = present(rule, "action").and_then(Node::as_str);
    match (said, dialect, tier) {
        (Some("Allow"), Dialect::Admin, _) | (Some("Accept"), Dialect::Cluster, _) => {
            Ok(Action::Allow)
        }
        (Some("Deny"), ..) => Ok(Action::Deny),
        // In the last tier, what is next is the default.
        (Some("Pass"), Dialect::Cluster, _) | (Some("Pass"), _, Tier::Admin(_)) => Ok(Action::Pass),
        _ => {
            let reason = match dialect {
                Dialect::Admin => {
                    "an action is `Allow`, `Deny` or, in an AdminNetworkPolicy, `Pass`"
                }
                Dialect::Cluster => "an action is `Accept`, `Deny` or `Pass`",
            };
            Err(Refused(path.clone().key("action"), reason.to_owned()))
        }
    }
}

fn peer(node: Node<'_>, path: ValuePath, direction: Direction) -> Result<Placed<Peer>, Refused> {
    let of_egress = |key| present(node, key).filter(|_| direction == Direction::Egress);
    let beyond = ["nodes", "domainNames"]
        .into_iter()
        .find(|key| of_egress(key).is_some());
    if let (Some(key), 1) = (beyond, node.entries().count()) {
        let what = Peer::Beyond(key);
        return Ok(Placed { path, what });
    }
    let what = match (pods(node, &path)?, of_egress("networks")) {
        (Some((namespaces, pods)), None) => Peer::Pods {
            scope: Scope::Selected(namespaces),
            pods,
        },
        (None, Some(_)) => Peer::Addresses(addresses(node, &path)?),
        _ => {
            let reason = "only a peer with one of `namespaces`, `pods` or, for egress, `networks` is understood";
            return Err(Refused(path, reason.to_owned()));
        }
    };
    Ok(Placed { path, what })
}

fn addresses(node: Node<'_>, path: &ValuePath) -> Result<Addresses, Refused> {
    let networks = items(node, "networks", path);
    networks
        .map(|(path, item)| cidr(Some(item), &path))
        .collect()
}

fn ports(rule: Node<'_>, path: &ValuePath) -> Result<Option<Vec<Placed<PortRule>>>, Refused> {
    let reason = "a port has one of `portNumber`, `namedPort` and `portRange`";
    port_rules(rule, "ports", path, (port, reason))
}

/// The `protocols` of a ClusterNetworkPolicy's rule, each with a port of the receiving pods.
fn protocols(rule: Node<'_>, path: &ValuePath) -> Result<Option<Vec<Placed<PortRule>>>, Refused> {
    let reason = "a protocol is one of `tcp`, `udp`, `sctp` and `destinationNamedPort`";
    let found = port_rules(rule, "protocols", path, (protocol, reason))?;
    Ok(found.filter(|found| !found.is_empty()))
}

/// The ports that a rule lists under a key; `read` gives one, or else the reason stands for it.
fn port_rules(
    rule: Node<'_>,
    key: &'static str,
    path: &ValuePath,
    (read, reason): (fn(Node<'_>) -> Option<PortRule>, &str),
) -> Result<Option<Vec<Placed<PortRule>>>, Refused> {
    if present(rule, key).is_none() {
        return Ok(None);
    }
    let placed = |(path, item): (ValuePath, Node<'_>)| match read(item) {
        Some(what) => Ok(Placed { path, what }),
        None => Err(Refused(path, reason.to_owned())),
    };
    items(rule, key, path)
        .map(placed)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn protocol(node: Node<'_>) -> Option<PortRule> {
    let mut entries = node.entries();
    let (Some((key, inner)), None) = (entries.next(), entries.next()) else {
        return None;
    };
    let protocol = match key.as_str()? {
        "destinationNamedPort" => return Some(PortRule::Named(None, inner.as_str()?.to_owned())),
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "sctp" => Protocol::Sctp,
        _ => return None,
    };
    let port = present(inner, "destinationPort");
    if inner.entries().count() != usize::from(port.is_some()) {
        return None;
    }
    let (first, last) = match port {
        None => (1, u16::MAX),
        Some(port) if port.entries().count() != 1 => return None,
        Some(port) => match present(port, "range") {
            Some(range) => (number(range.get("start")?)?, number(range.get("end")?)?),
            None => (number(port.get("number")?)?, number(port.get("number")?)?),
        },
    };
    let mut ports = Ports::default();
    ports.insert(protocol, first, last);
    (!ports.is_empty()).then_some(PortRule::Numbers(ports))
}

fn port(node: Node<'_>) -> Option<PortRule> {
    if node.entries().count() != 1 {
        return None;
    }
    if let Some(name) = present(node, "namedPort") {
        return Some(PortRule::Named(None, name.as_str()?.to_owned()));
    }
    let (inner, first, last) = match present(node, "portNumber") {
        Some(inner) => (inner, "port", "port"),
        None => (present(node, "portRange")?, "start", "end"),
    };
    let protocol = match present(inner, "protocol") {
        Some(name) => Protocol::of(name.as_str()?)?,
        None => Protocol::Tcp,
    };
    let (first, last) = (number(inner.get(first)?)?, number(inner.get(last)?)?);
    let mut ports = Ports::default();
    ports.insert(protocol, first, last);
    (!ports.is_empty()).then_some(PortRule::Numbers(ports))
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    fn policy(kind: &str, spec: &str) -> Result<Policy, Refused> {
        let text = format!(
            "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        read(&read_text(&text)[0], 0)
    }

    #[test]
    fn a_policy_has_priority_subject_and_ordered_rules() {
        let policy = policy(
            "AdminNetworkPolicy",
            "{priority: 5, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{pods: {namespaceSelector: {}, podSelector: {}}}], ports: [{portNumber: {protocol: UDP, port: 53}}, {portRange: {start: 1, end: 9}}, {namedPort: web}]}], egress: [{action: Deny, to: [{networks: [10.0.0.0/8, 11.0.0.0/8]}]}]}",
        );
        let policy = policy.expect("is understood");
        assert_eq!(policy.tier, Tier::Admin(5));
        assert_eq!(
            policy.rules(Direction::Ingress).expect("is there")[0].action,
            Action::Pass
        );
        assert_eq!(policy.rules(Direction::Egress).expect("is there").len(), 1);
    }

    #[test]
    fn a_cluster_policy_names_its_tier_and_protocols() {
        let read_one = |spec: &str| {
            let text = format!(
                "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {{name: a}}\nspec: {spec}\n"
            );
            read(&read_text(&text)[0], 0)
        };
        let policy = read_one(
            "{tier: Baseline, priority: 7, subject: {namespaces: {}}, ingress: [{action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}, {udp: {destinationPort: {range: {start: 5, end: 9}}}}, {sctp: {}}, {destinationNamedPort: web}]}, {action: Deny, from: [{namespaces: {}}]}]}",
        );
        let policy = policy.expect("is understood");
        assert_eq!(policy.tier, Tier::Baseline(7));
        let rules = policy.rules(Direction::Ingress).expect("is there");
        assert_eq!(rules[0].action, Action::Allow);
        let ports = rules[0].ports.as_ref().expect("has protocols");
        let told: Vec<String> = ports
            .iter()
            .map(|port| match &port.what {
                PortRule::Numbers(ports) => ports.to_string(),
                PortRule::Named(_, name) => name.clone(),
            })
            .collect();
        assert_eq!(told, ["TCP 80", "UDP 5-9", "SCTP 1-65535", "web"]);
        assert_eq!(
            (rules[1].action, rules[1].ports.is_none()),
            (Action::Deny, true)
        );
        for (spec, place) in [
            ("{priority: 7, subject: {namespaces: {}}}", "spec.tier"),
            ("{tier: Admin, subject: {namespaces: {}}}", "spec.priority"),
            (
                "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}",
                "spec.ingress[0].action",
            ),
            (
                "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{icmp: {}}]}]}",
                "spec.ingress[0].protocols[0]",
            ),
        ] {
            let refused = read_one(spec).expect_err(spec);
            assert_eq!(refused.0.to_string(), place, "{spec}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told_with_its_place() {
        for (kind, spec, place) in [
            (
                "AdminNetworkPolicy",
                "{subject: {namespaces: {}}}",
                "spec.priority",
            ),
            ("AdminNetworkPolicy", "{priority: 1}", "spec.subject"),
            (
                "AdminNetworkPolicy",
                "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{services: {}}]}]}",
                "spec.egress[0].to[0]",
            ),
            (
                "BaselineAdminNetworkPolicy",
                "{subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]}",
                "spec.ingress[0].action",
            ),
            (
                "BaselineAdminNetworkPolicy",
                "{subject: {namespaces: {}}, ingress: [{action: Deny, from: []}]}",
                "spec.ingress[0]",
            ),
        ] {
            assert_eq!(
                policy(kind, spec).expect_err(spec).0.to_string(),
                place,
                "{spec}"
            );
        }
    }
}
