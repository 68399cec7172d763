//! Protocols and ports of Calico's rules.

use super::super::field::{items, present};
use super::super::policy::{Placed, PortRule, Refused};
use super::super::port::number;
use super::super::ports::{Ports, Protocol};
use crate::model::{Node, ValuePath};

/// The numbers of protocols with ports.
const NUMBERS: [(u16, Protocol); 3] = [
    (6, Protocol::Tcp),
    (17, Protocol::Udp),
    (132, Protocol::Sctp),
];
/// The largest number of a protocol.
const LAST_PROTOCOL: u16 = 255;
/// Protocols that are to no port, or to those of none of the others.
const PORTLESS: [&str; 3] = ["ICMP", "ICMPv6", "UDPLite"];

/// Protocol and destination ports; `None` where neither is said.
pub(super) fn ports(
    rule: Node<'_>,
    path: &ValuePath,
) -> Result<Option<Vec<Placed<PortRule>>>, Refused> {
    let refused = |path: ValuePath, reason: &str| Refused(path, reason.to_owned());
    let end = present(rule, "destination");
    let listed = end.filter(|end| present(*end, "ports").is_some());
    let Some(name) = present(rule, "protocol") else {
        let path = path.clone();
        return match (listed, present(rule, "icmp")) {
            (Some(_), _) => Err(refused(path.key("destination"), "ports need a protocol")),
            (None, Some(_)) => Err(refused(path.key("icmp"), "messages need a protocol")),
            (None, None) => Ok(None),
        };
    };
    let path_of_name = || path.clone().key("protocol");
    let Some(protocol) = protocol(name) else {
        return Err(refused(path_of_name(), "this protocol is not evaluated"));
    };
    let Some(protocol) = protocol else {
        return Ok(Some(Vec::new()));
    };
    let Some(end) = listed else {
        let mut all = Ports::default();
        all.insert(protocol, 1, u16::MAX);
        return Ok(Some(vec![Placed {
            path: path_of_name(),
            what: PortRule::Numbers(all),
        }]));
    };
    let port = |(path, item): (ValuePath, Node<'_>)| {
        let what = port(item, protocol).ok_or_else(|| refused(path.clone(), "this is no port"))?;
        Ok(Placed { path, what })
    };
    items(end, "ports", &path.clone().key("destination"))
        .map(port)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// The protocol of a name or a number: none of those that policies tell apart, or, at last, none that is known.
fn protocol(node: Node<'_>) -> Option<Option<Protocol>> {
    let named = || {
        let name = node.as_str()?;
        let known = Protocol::of(name);
        (known.is_some() || PORTLESS.contains(&name)).then_some(known)
    };
    let numbered = |number: u16| {
        let mut known = NUMBERS.iter();
        let known = known.find(|(own, _)| *own == number);
        (number <= LAST_PROTOCOL).then(|| known.map(|(_, protocol)| *protocol))
    };
    number(node).map_or_else(named, numbered)
}

/// A number, a range `80:90`, or a name.
fn port(node: Node<'_>, protocol: Protocol) -> Option<PortRule> {
    let mut ports = Ports::default();
    if let Some(number) = number(node) {
        ports.insert(protocol, number, number);
        return Some(PortRule::Numbers(ports));
    }
    let text = node.as_str()?;
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) => {
            ports.insert(protocol, first, last);
            Some(PortRule::Numbers(ports))
        }
        _ if text.contains(':') => None,
        _ => Some(PortRule::Named(Some(protocol), text.to_owned())),
    }
}
