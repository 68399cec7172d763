//! Whom Cilium's rules are about: pods by labels, entities, blocks of addresses.

use super::super::address::{Addresses, block, everywhere};
use super::super::field::{check_keys, cidr, items, present};
use super::super::policy::{Direction, Peer, Placed, Refused, Scope};
use super::super::selector::Selector;
use super::endpoints::{PROXY, endpoints, reserved};
use crate::model::{Node, ValuePath};

/// Where Kubernetes' cache of names answers on each node, on which it has the host's network.
const NODE_CACHE: [&str; 1] = ["169.254.20.10/32"];

/// The keys of peers by selectors, entities and blocks.
pub(super) fn side(direction: Direction) -> [&'static str; 4] {
    match direction {
        Direction::Ingress => ["fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet"],
        Direction::Egress => ["toEndpoints", "toEntities", "toCIDR", "toCIDRSet"],
    }
}

/// The peers of a rule, in the order of these keys.
pub(super) fn peers(
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
        let what = Peer::Addresses([cidr(Some(item), &path)?].into_iter().collect());
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
        let mut left: Addresses = [cidr(item.get("cidr"), &path)?].into_iter().collect();
        for (path, item) in items(item, "except", &path) {
            left.remove(cidr(Some(item), &path)?);
        }
        found.push(Placed {
            path,
            what: Peer::Addresses(left),
        });
    }
    Ok(found)
}

/// What Cilium calls by a word of its own.
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
