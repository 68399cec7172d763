//! The kinds of policies: which objects are some, who reads them, and what is said of those that are not understood.

use super::namespace::namespace_of;
use super::policy::{Peer, Placed, Policy, Problem, Refused};
use super::settings::Settings;
use super::{Network, admin, calico, cilium, fields, foreign, standard};
use crate::model::{Node, Resource, Role, ValuePath};

/// An annotation that keeps a policy from the subnamespaces.
const STAYS: &str = "propagate.hnc.x-k8s.io/none";
/// Annotations that choose subnamespaces.
const CHOOSES: [&str; 2] = [
    "propagate.hnc.x-k8s.io/select",
    "propagate.hnc.x-k8s.io/treeSelect",
];

/// Whether an object could be a policy of any kind: without one, nothing else matters.
pub(crate) fn is_policy(resource: &Resource) -> bool {
    resource.role == Role::Manifest
        && (standard::is_network_policy(resource)
            || admin::is_policy(resource)
            || calico::is_policy(resource)
            || cilium::is_policy(resource)
            || foreign::is_foreign(resource))
}

impl Network {
    /// Adds what an object says, if it is a policy, else what is wrong with it.
    pub(super) fn add(&mut self, resource: &Resource, position: usize, settings: &Settings) {
        let namespace = self.namespaces.position(namespace_of(resource));
        if standard::is_network_policy(resource) {
            let read = || {
                let undefined = fields::check(resource, position)?;
                let policy = standard::read((resource, position), namespace, self.is_old)?;
                Ok((policy, undefined))
            };
            match read() {
                Ok((policy, undefined)) => {
                    self.problems.extend(undefined);
                    self.problems.extend(beyond(&policy));
                    if settings.subnamespaces_inherit && self.namespaces.has_tree() {
                        self.inherit(&policy, resource);
                    }
                    self.policies.push(policy);
                }
                Err(refused) => self.problems.push(refusal(resource, position, refused)),
            }
            return;
        }
        match read((resource, position), namespace, self.has_network_sets) {
            Ok(policies) => {
                self.problems.extend(policies.iter().flat_map(beyond));
                if cilium::is_policy(resource) {
                    self.problems.extend(cilium::narrowing(resource, position));
                }
                self.policies.extend(policies);
            }
            Err(refused) => {
                let problem = foreign::problem(resource, position, refused);
                self.problems.push(problem);
                self.half_known
                    .extend(half_known(resource, position, namespace));
            }
        }
    }

    /// Copies a policy into the subnamespaces of its namespace.
    fn inherit(&mut self, policy: &Policy, resource: &Resource) {
        let Some(namespace) = policy.namespace else {
            return;
        };
        let annotation = |key| {
            let value = resource.node().find(&["metadata", "annotations", key]);
            value.and_then(Node::as_str)
        };
        if annotation(STAYS) == Some("true") {
            return;
        }
        if let Some(key) = CHOOSES.into_iter().find(|key| annotation(key).is_some()) {
            self.problems.push(Problem {
                resource: policy.resource,
                path: ValuePath::from_iter(["metadata", "annotations", key]),
                reason: format!(
                    "{}: which subnamespaces inherit it is not evaluated",
                    resource.identity
                ),
                help: "check by hand which subnamespaces the policy reaches",
            });
            return;
        }
        for below in self.namespaces.below(namespace) {
            self.inheriting
                .entry(policy.resource)
                .or_default()
                .push(below);
            self.policies.push(Policy {
                namespace: Some(below),
                is_copy: true,
                ..policy.clone()
            });
        }
    }
}

/// The policies of another kind than NetworkPolicy that an object holds.
fn read(
    (resource, position): (&Resource, usize),
    namespace: usize,
    has_sets: bool,
) -> Result<Vec<Policy>, Refused> {
    if admin::is_understood(resource) {
        admin::read(resource, position).map(|policy| vec![policy])
    } else if calico::is_policy(resource) {
        calico::read(resource, position, namespace, has_sets).map(|policy| vec![policy])
    } else if cilium::is_policy(resource) {
        cilium::read(resource, position, namespace)
    } else {
        Err(foreign::refused(resource))
    }
}

/// What is known all the same of an object that is not understood: whom its policies may select.
fn half_known(resource: &Resource, position: usize, namespace: usize) -> Vec<Policy> {
    if calico::is_policy(resource) {
        let policy = calico::half_known(resource, position, namespace);
        policy.into_iter().collect()
    } else if cilium::is_policy(resource) {
        cilium::half_known(resource, position, namespace)
    } else if foreign::may_allow(resource) {
        let own = foreign::is_of_namespace(resource).then_some(namespace);
        vec![foreign::about_anyone(resource, position, own)]
    } else {
        Vec::new()
    }
}

/// Peers that are none of what is known.
fn beyond(policy: &Policy) -> Vec<Problem> {
    let peers = policy
        .all_rules()
        .flat_map(|(_, rule)| rule.peers.iter().flatten());
    let problem = |peer: &Placed<Peer>| match peer.what {
        Peer::Beyond(what) => Some(Problem {
            resource: policy.resource,
            path: peer.path.clone(),
            reason: format!("`{}`: peers by `{what}` are not evaluated", policy.name),
            help: "check by hand what the rule means for them",
        }),
        Peer::Pods { .. } | Peer::Addresses(_) | Peer::Proxy => None,
    };
    peers.filter_map(problem).collect()
}

/// The word that the API server refuses a NetworkPolicy.
fn refusal(resource: &Resource, position: usize, Refused(path, reason): Refused) -> Problem {
    Problem {
        resource: position,
        path,
        reason: format!("{} counts for nothing: {reason}", resource.identity),
        help: "mend the policy; Kubernetes refuses the object",
    }
}
