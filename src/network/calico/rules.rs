//! The rules of Calico's policies: what becomes of which peers' traffic.

use std::collections::BTreeSet;

use kube::core::Expression;

use super::super::address::{Addresses, meets_private};
use super::super::field::{check_keys, cidr, items, present};
use super::super::policy::{Action, Direction, Peer, Placed, Refused, Rule, Scope};
use super::super::selector::Selector;
use super::ACCOUNTS;
use super::expression::{expression, placed};
use super::ports::ports;
use crate::model::{Node, ValuePath};

/// The label that gives each pod the name of its ServiceAccount.
const ACCOUNT: &str = "projectcalico.org/serviceaccount";

/// What a rule may say.
const KEYS: [&str; 6] = [
    "action",
    "protocol",
    "icmp",
    "source",
    "destination",
    "metadata",
];

/// Reads the rules of one policy.
pub(super) struct Reader {
    /// Whether the policy is one of the whole cluster, whose peers may be in any namespace.
    pub(super) is_global: bool,
    /// Whether selectors may mean more than pods.
    pub(super) has_sets: bool,
}

impl Reader {
    /// The rules for a direction, in order; one that only logs is none.
    pub(super) fn rules(
        &self,
        spec: Node<'_>,
        path: &ValuePath,
        direction: Direction,
    ) -> Result<Vec<Rule>, Refused> {
        let mut found = Vec::new();
        for (path, rule) in items(spec, direction.as_str(), path) {
            check_keys(rule, &path, &KEYS)?;
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

    /// The peers, at the end of a connection that is not the policy's own; `None` means everyone. Of its own end, ports
    /// alone are understood.
    fn peers(
        &self,
        rule: Node<'_>,
        path: &ValuePath,
        direction: Direction,
        action: Action,
    ) -> Result<Option<Vec<Placed<Peer>>>, Refused> {
        let (far, near) = match direction {
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
        if let Some(own) = present(rule, near) {
            check_keys(own, &path.clone().key(near), &ports_of(near))?;
        }
        let Some(end) = present(rule, far) else {
            return Ok(None);
        };
        let path = path.clone().key(far);
        let known = [
            &["selector", "namespaceSelector", ACCOUNTS, "nets"][..],
            &ports_of(far),
        ]
        .concat();
        check_keys(end, &path, &known)?;
        let what = self.peer(end, &path, action)?;
        Ok(what.map(|what| vec![Placed { path, what }]))
    }

    /// Whom an end of a connection says that it is; `None` for everyone.
    fn peer(
        &self,
        end: Node<'_>,
        path: &ValuePath,
        action: Action,
    ) -> Result<Option<Peer>, Refused> {
        let pods = expression(end, "selector", path)?;
        // Addresses with a name have no ServiceAccount.
        let accounts = accounts(end, path)?;
        let is_of_pods = accounts.is_some();
        let pods = match (pods, accounts) {
            (Some(pods), Some(accounts)) => Some(pods.and(accounts)),
            (pods, accounts) => pods.or(accounts),
        };
        let namespaces = expression(end, "namespaceSelector", path)?;
        let nets = nets(end, path)?;
        match (pods, namespaces, nets) {
            (None, None, None) => Ok(None),
            (None, None, Some(nets)) if action == Action::Deny && meets_private(&nets) => {
                let reason = "pods may have these addresses, too";
                Err(Refused(path.clone().key("nets"), reason.to_owned()))
            }
            (None, None, Some(nets)) => Ok(Some(Peer::Addresses(nets))),
            (_, _, Some(_)) => {
                let reason = "`nets` beside selectors is not evaluated";
                Err(Refused(path.clone().key("nets"), reason.to_owned()))
            }
            (Some(pods), None, None) if self.has_sets && !pods.selects_all() && !is_of_pods => {
                let reason = "a selector may mean a NetworkSet, which is not evaluated";
                Err(Refused(path.clone().key("selector"), reason.to_owned()))
            }
            (pods, namespaces, None) => {
                let scope = match namespaces {
                    Some(namespaces) => Scope::Selected(namespaces),
                    None if self.is_global => Scope::Selected(Selector::default()),
                    None => Scope::Own,
                };
                let (scope, pods) = placed(scope, pods.unwrap_or_default());
                Ok(Some(Peer::Pods { scope, pods }))
            }
        }
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

/// The addresses that an end lists.
fn nets(end: Node<'_>, path: &ValuePath) -> Result<Option<Addresses>, Refused> {
    if present(end, "nets").is_none() {
        return Ok(None);
    }
    items(end, "nets", path)
        .map(|(path, item)| cidr(Some(item), &path))
        .collect::<Result<_, _>>()
        .map(Some)
}
