//! Reads NetworkPolicies, under the rules by which the API server refuses them: what they mean is defined in
//! <https://kubernetes.io/docs/concepts/services-networking/network-policies/>.

use super::address::Addresses;
use super::field::{cidr, items, present};
use super::placeholder::{is_open_at, is_open_block};
use super::policy::{Action, Direction, Peer, Placed, Policy, PortRule, Refused, Rule, Scope};
use super::port::number;
use super::ports::{Ports, Protocol};
use super::selector::Selector;
use crate::model::{Node, Resource, ValuePath};

/// The group that NetworkPolicies were first in.
pub(super) const OLD_GROUP: &str = "extensions";

/// The largest port.
const LAST_PORT: u16 = u16::MAX;

/// A peer whose addresses a placeholder stands for.
const UNKNOWN_BLOCK: &str = "ipBlock with a placeholder";

/// Whether an object is a NetworkPolicy of Kubernetes.
pub(super) fn is_network_policy(resource: &Resource) -> bool {
    let group = resource.gvk.group.as_str();
    resource.gvk.kind == "NetworkPolicy" && matches!(group, "networking.k8s.io" | OLD_GROUP)
}

/// A NetworkPolicy, for a server that still knows the old group or for one that does not.
pub(super) fn read(
    (resource, position): (&Resource, usize),
    namespace: usize,
    is_old: bool,
) -> Result<Policy, Refused> {
    if resource.gvk.group == OLD_GROUP && !is_old {
        let reason = "no server since Kubernetes 1.16 knows this `apiVersion`";
        let path = ValuePath::from_iter(["apiVersion"]);
        return Err(Refused(path, reason.to_owned()));
    }
    let (spec, path) = (
        present(resource.node(), "spec"),
        ValuePath::default().key("spec"),
    );
    let rules = |direction| match spec {
        Some(spec) if directions(spec, &path)?.contains(&direction) => {
            Ok(Some(rules(spec, &path, direction)?))
        }
        None if direction == Direction::Ingress => Ok(Some(Vec::new())),
        _ => Ok(None),
    };
    Ok(Policy {
        is_standard: true,
        namespace: Some(namespace),
        selector: path.clone().key("podSelector"),
        pods: match spec {
            Some(spec) => selector(spec, "podSelector", &path)?.unwrap_or_default(),
            None => Selector::default(),
        },
        ingress: rules(Direction::Ingress)?,
        egress: rules(Direction::Egress)?,
        ..Policy::of(resource, position)
    })
}

/// A label selector; `None` where it is absent.
pub(super) fn selector(
    node: Node<'_>,
    key: &str,
    path: &ValuePath,
) -> Result<Option<Selector>, Refused> {
    let Some(value) = present(node, key) else {
        return Ok(None);
    };
    let refused = || {
        Refused(
            path.clone().key(key),
            format!("`{key}` is no valid label selector"),
        )
    };
    Selector::read(value).map(Some).ok_or_else(refused)
}

/// What a policy is about: what `policyTypes` says, else ingress always and egress where there
/// are egress rules.
fn directions(spec: Node<'_>, path: &ValuePath) -> Result<Vec<Direction>, Refused> {
    let mut found = Vec::new();
    for (path, item) in items(spec, "policyTypes", path) {
        found.push(match item.as_str() {
            Some("Ingress") => Direction::Ingress,
            Some("Egress") => Direction::Egress,
            _ => {
                return Err(Refused(
                    path,
                    "a policy type is `Ingress` or `Egress`".to_owned(),
                ));
            }
        });
    }
    if found.is_empty() {
        found.push(Direction::Ingress);
        if items(spec, "egress", path).next().is_some() {
            found.push(Direction::Egress);
        }
    }
    Ok(found)
}

fn rules(spec: Node<'_>, path: &ValuePath, direction: Direction) -> Result<Vec<Rule>, Refused> {
    let rule = |(path, rule): (ValuePath, Node<'_>)| {
        Ok(Rule {
            peers: listed(rule, direction.peers_key(), &path, peer)?,
            ports: listed(rule, "ports", &path, port)?,
            action: Action::Allow,
            path,
        })
    };
    items(spec, direction.as_str(), path).map(rule).collect()
}

/// The items of a list; `None` where it is absent or empty, which means no restriction.
fn listed<T>(
    rule: Node<'_>,
    key: &'static str,
    path: &ValuePath,
    read: impl Fn(Node<'_>, &ValuePath) -> Result<T, Refused>,
) -> Result<Option<Vec<Placed<T>>>, Refused> {
    let placed = |(path, item): (ValuePath, Node<'_>)| {
        let what = read(item, &path)?;
        Ok(Placed { path, what })
    };
    let found: Vec<Placed<T>> = items(rule, key, path)
        .map(placed)
        .collect::<Result<_, _>>()?;
    Ok((!found.is_empty()).then_some(found))
}

fn peer(node: Node<'_>, path: &ValuePath) -> Result<Peer, Refused> {
    let refused = |reason: &str| Err(Refused(path.clone(), reason.to_owned()));
    let (namespaces, pods) = (
        selector(node, "namespaceSelector", path)?,
        selector(node, "podSelector", path)?,
    );
    match (present(node, "ipBlock"), namespaces, pods) {
        (None, None, None) => refused("a peer without selector and `ipBlock` is refused"),
        (Some(block), None, None) if is_unknown(block) => Ok(Peer::Beyond(UNKNOWN_BLOCK)),
        (Some(block), None, None) => Ok(Peer::Addresses(addresses(
            block,
            &path.clone().key("ipBlock"),
        )?)),
        (Some(_), _, _) => refused("a peer with `ipBlock` cannot have selectors as well"),
        (None, namespaces, pods) => Ok(Peer::Pods {
            scope: namespaces.map_or(Scope::Own, Scope::Selected),
            pods: pods.unwrap_or_default(),
        }),
    }
}

/// Whether a placeholder stands for addresses.
fn is_unknown(block: Node<'_>) -> bool {
    let mut except = block.get("except").into_iter().flat_map(Node::items);
    let cidr = block.string("cidr");
    cidr.is_some_and(is_open_block) || except.any(|part| part.as_str().is_some_and(is_open_block))
}

fn addresses(node: Node<'_>, path: &ValuePath) -> Result<Addresses, Refused> {
    let whole = cidr(node.get("cidr"), &path.clone().key("cidr"))?;
    let mut left = Addresses::new();
    left.insert(whole.clone());
    for (path, item) in items(node, "except", path) {
        let part = cidr(Some(item), &path)?;
        let is_inside = whole.contains(part.start()) && whole.contains(part.end()) && part != whole;
        if !is_inside {
            return Err(Refused(
                path,
                "what is excepted must lie within `cidr`".to_owned(),
            ));
        }
        left.remove(part);
    }
    Ok(left)
}

/// All ports that a placeholder may stand for.
fn unknown_ports(node: Node<'_>) -> Option<Ports> {
    let is_open = |key| is_open_at(node, key);
    if !["protocol", "port", "endPort"].into_iter().any(is_open) {
        return None;
    }
    let mut ports = Ports::default();
    let protocol = present(node, "protocol").and_then(Node::as_str);
    let first = present(node, "port").and_then(number).unwrap_or(1);
    let last = if is_open("port") || is_open("endPort") {
        LAST_PORT
    } else {
        let last = present(node, "endPort").and_then(number);
        last.unwrap_or(first)
    };
    for known in Protocol::ALL {
        // SCTP is hardly meant, and what opens all protocols would not restrict at all.
        let is_meant = match protocol {
            Some(_) if is_open("protocol") => known != Protocol::Sctp,
            name => name.unwrap_or("TCP") == known.as_str(),
        };
        if is_meant {
            ports.insert(known, first, last);
        }
    }
    Some(ports)
}

fn port(node: Node<'_>, path: &ValuePath) -> Result<PortRule, Refused> {
    if let Some(ports) = unknown_ports(node) {
        return Ok(PortRule::Numbers(ports));
    }
    let refused = |key: &str, reason: &str| Err(Refused(path.clone().key(key), reason.to_owned()));
    let protocol = match present(node, "protocol").map(|name| name.as_str().and_then(Protocol::of))
    {
        None => Protocol::Tcp,
        Some(Some(protocol)) => protocol,
        Some(None) => return refused("protocol", "a protocol is `TCP`, `UDP` or `SCTP`"),
    };
    let last = present(node, "endPort");
    let mut ports = Ports::default();
    match (present(node, "port"), last) {
        (None, None) => ports.insert(protocol, 1, LAST_PORT),
        (None, Some(_)) => return refused("endPort", "`endPort` needs a `port`"),
        (Some(first), last) => match (first.as_str(), last) {
            (Some(name), None) => return Ok(PortRule::Named(Some(protocol), name.to_owned())),
            (Some(_), Some(_)) => {
                return refused("endPort", "`endPort` needs a `port` with a number");
            }
            (None, last) => {
                let Some(first) = number(first).filter(|first| *first > 0) else {
                    return refused("port", "a port is a name or a number from 1 to 65535");
                };
                let Some(last) = last
                    .map_or(Some(first), number)
                    .filter(|last| *last >= first)
                else {
                    return refused("endPort", "`endPort` is a number from `port` to 65535");
                };
                ports.insert(protocol, first, last);
            }
        },
    }
    Ok(PortRule::Numbers(ports))
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    fn policy(spec: &str) -> Result<Policy, Refused> {
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec: {spec}\n"
        );
        read((&read_text(&text)[0], 0), 0, false)
    }

    fn directions(spec: &str) -> (bool, bool) {
        let policy = policy(spec).expect("is valid");
        (policy.ingress.is_some(), policy.egress.is_some())
    }

    #[test]
    fn policy_types_default_to_ingress_and_to_egress_with_rules() {
        assert_eq!(directions("{podSelector: {}}"), (true, false));
        assert_eq!(
            directions("{podSelector: {}, policyTypes: []}"),
            (true, false)
        );
        assert_eq!(directions("{podSelector: {}, egress: []}"), (true, false));
        assert_eq!(directions("{podSelector: {}, egress: [{}]}"), (true, true));
        assert_eq!(
            directions("{podSelector: {}, policyTypes: [Egress]}"),
            (false, true)
        );
        assert_eq!(
            directions("{podSelector: {}, ingress: [{}], policyTypes: [Egress]}"),
            (false, true)
        );
    }

    #[test]
    fn what_kubernetes_refuses_is_told_with_its_place() {
        for (spec, place) in [
            ("{podSelector: {matchLabels: {a: 1}}}", "spec.podSelector"),
            ("{policyTypes: [Both]}", "spec.policyTypes[0]"),
            ("{ingress: [{from: [{}]}]}", "spec.ingress[0].from[0]"),
            (
                "{ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
                "spec.ingress[0].from[0]",
            ),
            (
                "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/99}}]}]}",
                "spec.ingress[0].from[0].ipBlock.cidr",
            ),
            (
                "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/9]}}]}]}",
                "spec.ingress[0].from[0].ipBlock.except[0]",
            ),
            (
                "{ingress: [{ports: [{port: 0}]}]}",
                "spec.ingress[0].ports[0].port",
            ),
            (
                "{ingress: [{ports: [{port: 70000}]}]}",
                "spec.ingress[0].ports[0].port",
            ),
            (
                "{ingress: [{ports: [{protocol: ICMP}]}]}",
                "spec.ingress[0].ports[0].protocol",
            ),
            (
                "{ingress: [{ports: [{port: 90, endPort: 80}]}]}",
                "spec.ingress[0].ports[0].endPort",
            ),
            (
                "{ingress: [{ports: [{port: web, endPort: 80}]}]}",
                "spec.ingress[0].ports[0].endPort",
            ),
            (
                "{ingress: [{ports: [{endPort: 80}]}]}",
                "spec.ingress[0].ports[0].endPort",
            ),
        ] {
            let refused = policy(spec).expect_err(spec);
            assert_eq!(refused.0.to_string(), place, "{spec}");
        }
    }

    #[test]
    fn placeholders_may_stand_for_anything() {
        let policy = policy(
            "{egress: [{to: [{ipBlock: {cidr: '${RANGE}'}}, {ipBlock: {cidr: 10.0.0.0/8, except: ['{{ part }}']}}], ports: [{port: '${PORT}'}, {port: 80, protocol: '$(P)'}, {port: 1, endPort: '${LAST}', protocol: UDP}]}]}",
        );
        let rules = policy.expect("is valid").egress.expect("is about egress");
        let mut peers = rules[0].peers.iter().flatten();
        assert!(peers.all(|peer| matches!(peer.what, Peer::Beyond(_))));
        let ports = rules[0].ports.iter().flatten();
        let told = ports.map(|port| match &port.what {
            PortRule::Numbers(ports) => ports.to_string(),
            PortRule::Named(_, name) => name.clone(),
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["TCP 1-65535", "TCP 80;UDP 80", "UDP 1-65535"]
        );
    }

    #[test]
    fn empty_lists_restrict_nothing() {
        let policy = policy("{ingress: [{from: [], ports: []}, {from: null}]}").expect("is valid");
        let rules = policy.ingress.expect("is about ingress");
        assert!(
            rules
                .iter()
                .all(|rule| rule.peers.is_none() && rule.ports.is_none())
        );
        assert_eq!(rules.len(), 2);
    }

    #[test]
    fn ports_are_numbers_ranges_and_names() {
        let policy = policy(
            "{egress: [{ports: [{port: 80}, {protocol: UDP, port: 6000, endPort: 6010}, {protocol: SCTP}, {port: web}]}]}",
        );
        let rules = policy.expect("is valid").egress.expect("is about egress");
        let ports = rules[0].ports.as_ref().expect("has ports");
        let told: Vec<String> = ports
            .iter()
            .map(|port| match &port.what {
                PortRule::Numbers(ports) => ports.to_string(),
                PortRule::Named(protocol, name) => format!("{protocol:?} {name}"),
            })
            .collect();
        assert_eq!(
            told,
            ["TCP 80", "UDP 6000-6010", "SCTP 1-65535", "Some(Tcp) web"]
        );
    }
}
