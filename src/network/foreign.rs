//! Policies of which nothing, or not all, is known: told and not counted.

use super::admin;
use super::policy::{Policy, Problem, Refused, Scope};
use super::selector::Selector;
use crate::model::{Resource, ValuePath};

/// Kinds of network plugins that decide over traffic as well, of which nothing is read.
const KINDS: [(&str, &str); 11] = [
    ("projectcalico.org", "StagedNetworkPolicy"),
    ("projectcalico.org", "StagedGlobalNetworkPolicy"),
    ("crd.antrea.io", "NetworkPolicy"),
    ("crd.antrea.io", "ClusterNetworkPolicy"),
    ("k8s.ovn.org", "EgressFirewall"),
    ("k8s.ovn.org", "UserDefinedNetwork"),
    ("k8s.ovn.org", "ClusterUserDefinedNetwork"),
    ("k8s.cni.cncf.io", "MultiNetworkPolicy"),
    ("networking.gke.io", "FQDNNetworkPolicy"),
    ("networking.k8s.aws", "ApplicationNetworkPolicy"),
    ("networking.k8s.aws", "ClusterNetworkPolicy"),
];

/// Groups of those kinds that may allow what NetworkPolicies do not.
const GROUPS_THAT_ALLOW: [&str; 3] = ["crd.antrea.io", "networking.gke.io", "networking.k8s.aws"];

/// Those of them that are about pods of their own namespace.
const KINDS_OF_NAMESPACES: [&str; 3] = [
    "ApplicationNetworkPolicy",
    "FQDNNetworkPolicy",
    "NetworkPolicy",
];

/// Whether an object is a policy of another kind.
pub(super) fn is_foreign(resource: &Resource) -> bool {
    let own = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    KINDS.contains(&own)
}

/// Why nothing of its kind is read.
pub(super) fn refused(resource: &Resource) -> Refused {
    let what = if resource.gvk.group == admin::GROUP {
        format!("`{}` of this version is", resource.gvk.kind)
    } else {
        format!("`{}` of `{}` is", resource.gvk.kind, resource.gvk.group)
    };
    Refused(
        ValuePath::from_iter(["kind"]),
        format!("{what} not evaluated"),
    )
}

/// Whether a policy of which nothing is read may allow what NetworkPolicies do not.
pub(super) fn may_allow(resource: &Resource) -> bool {
    let own = resource.gvk.group.as_str();
    own == admin::GROUP || GROUPS_THAT_ALLOW.contains(&own)
}

/// Whether a policy of which nothing is read is about pods of its own namespace alone.
pub(super) fn is_of_namespace(resource: &Resource) -> bool {
    KINDS_OF_NAMESPACES.contains(&resource.gvk.kind.as_str())
}

/// A policy of which is known only that it may allow something to pods of a namespace, or of any.
pub(super) fn about_anyone(
    resource: &Resource,
    position: usize,
    namespace: Option<usize>,
) -> Policy {
    Policy {
        only_adds: [true; 2],
        scope: match namespace {
            Some(_) => Scope::Own,
            None => Scope::Selected(Selector::default()),
        },
        namespace,
        ingress: Some(Vec::new()),
        egress: Some(Vec::new()),
        ..Policy::of(resource, position)
    }
}

/// The word that a policy was not counted.
pub(super) fn problem(
    resource: &Resource,
    position: usize,
    Refused(path, reason): Refused,
) -> Problem {
    Problem {
        resource: position,
        path,
        reason: format!("{} is not counted: {reason}", resource.identity),
        help: "check by hand what it allows and forbids beside the NetworkPolicies",
    }
}
