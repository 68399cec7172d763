//! Cilium's endpoint selectors: pods by their labels, by those of their namespace, and by those that Cilium itself gives.

use kube::core::Expression;

use super::super::namespace::NAME_LABEL;
use super::super::policy::{Peer, Refused, Scope};
use super::super::selector::{Selector, key as label_key};
use crate::model::{Node, ValuePath};

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
pub(super) const PROXY: &str = "reserved:ingress";

/// Pods by labels, those of their namespace among them.
pub(super) fn endpoints(node: Node<'_>, path: &ValuePath, is_wide: bool) -> Result<Peer, Refused> {
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
pub(super) fn within_cluster(pods: Selector) -> Selector {
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
pub(super) fn reserved(peer: &Peer) -> Option<&str> {
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
