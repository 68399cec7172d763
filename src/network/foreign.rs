//! Policies of other kinds, which are told and not counted.

use super::admin;
use super::policy::Problem;
use crate::model::{Resource, ValuePath};

/// Kinds of network plugins that decide over traffic as well.
const KINDS: [(&str, &str); 14] = [
    ("cilium.io", "CiliumNetworkPolicy"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
    ("projectcalico.org", "NetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("projectcalico.org", "StagedNetworkPolicy"),
    ("projectcalico.org", "StagedGlobalNetworkPolicy"),
    ("crd.projectcalico.org", "NetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("crd.antrea.io", "NetworkPolicy"),
    ("crd.antrea.io", "ClusterNetworkPolicy"),
    ("k8s.ovn.org", "EgressFirewall"),
    ("k8s.ovn.org", "UserDefinedNetwork"),
    ("k8s.ovn.org", "ClusterUserDefinedNetwork"),
    ("k8s.cni.cncf.io", "MultiNetworkPolicy"),
];

/// Whether an object is a policy of another kind.
pub(super) fn is_foreign(resource: &Resource) -> bool {
    let own = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
    KINDS.contains(&own)
}

/// The word that it was not counted.
pub(super) fn problem(resource: &Resource, position: usize) -> Problem {
    let what = if resource.gvk.group == admin::GROUP {
        format!("`{}` of this version is", resource.gvk.kind)
    } else {
        format!("policies of `{}` are", resource.gvk.group)
    };
    Problem {
        resource: position,
        path: ValuePath::from_iter(["kind"]),
        reason: format!("{} is not counted: {what} not evaluated", resource.identity),
        help: "check by hand what it allows and forbids beside the NetworkPolicies",
    }
}
