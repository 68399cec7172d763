//! Reads Cilium's policies, as far as what they mean can be told exactly: whatever of them is not
//! known here makes the whole policy one that is told and not counted. Whom a policy closes says
//! <https://docs.cilium.io/en/stable/security/policy/intro/>, and that what forbids goes first
//! <https://docs.cilium.io/en/stable/security/policy/deny/>.

mod elsewhere;
mod endpoints;
mod narrowed;
mod peers;
mod ports;

pub(super) use self::narrowed::problem as narrowing;

use self::endpoints::{endpoints, within_cluster};
use self::peers::{peers, side};
use self::ports::ports;
use super::field::{check_keys, items, present};
use super::foreign;
use super::policy::{Action, Direction, Peer, Policy, Refused, Rule, Scope};
use super::selector::Selector;
use crate::model::{Node, Resource, ValuePath};

/// What forbids is asked before everything that allows.
const DENY_ORDER: f64 = f64::NEG_INFINITY;

/// What a part of an object may say.
const KEYS: [&str; 8] = [
    "endpointSelector",
    "enableDefaultDeny",
    "ingress",
    "egress",
    "ingressDeny",
    "egressDeny",
    "description",
    "labels",
];

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
        check_keys(spec, &path, &KEYS)?;
        let (scope, pods) = selected(spec, &path, is_wide)?;
        let stance = Stance::of(spec, &path)?;
        let part = Policy {
            only_adds: stance.only_adds,
            selector: path.clone().key("endpointSelector"),
            namespace: (!is_wide).then_some(namespace),
            scope,
            pods,
            ..Policy::of(resource, position)
        };
        let denied_rules = |direction| {
            let has_rules = has_rules(spec, denied(direction));
            let rules = || rules(spec, &path, direction, Action::Deny, is_wide);
            has_rules.then(rules).transpose()
        };
        let allowed_rules = |direction| {
            let rules = || rules(spec, &path, direction, Action::Allow, is_wide);
            stance.is_about(direction).then(rules).transpose()
        };
        found.push(Policy {
            order: DENY_ORDER,
            ingress: denied_rules(Direction::Ingress)?,
            egress: denied_rules(Direction::Egress)?,
            ..part.clone()
        });
        found.push(Policy {
            ingress: allowed_rules(Direction::Ingress)?,
            egress: allowed_rules(Direction::Egress)?,
            ..part
        });
    }
    if found.is_empty() {
        let path = ValuePath::default().key("spec");
        return Err(Refused(path, "the policy has no `spec`".to_owned()));
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
