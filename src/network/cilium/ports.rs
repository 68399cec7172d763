//! Protocols and ports of Cilium's rules.

use super::super::field::{check_keys, items, present};
use super::super::policy::{Action, Placed, PortRule, Refused};
use super::super::port::number;
use super::super::ports::{Ports, Protocol};
use super::narrowed;
use crate::model::{Node, ValuePath};

/// Ports; `None` where all are meant.
pub(super) fn ports(
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

/// A number, a range to `endPort`, or a name; port 0 means all. One rule for each protocol that is meant.
fn port(node: Node<'_>) -> Option<Vec<PortRule>> {
    let protocols = match present(node, "protocol").map(|name| name.as_str().unwrap_or_default()) {
        None | Some("ANY") => Protocol::ALL.to_vec(),
        Some(name) => vec![Protocol::of(name)?],
    };
    let text = node.get("port")?.as_str()?;
    let rule = |protocol: Protocol| match text.parse::<u16>() {
        Ok(first) => {
            let last = present(node, "endPort").map_or(Some(first), number)?;
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
