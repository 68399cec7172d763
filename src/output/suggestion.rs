//! Suggested NetworkPolicies as YAML, each under the reasons for it.

use std::fmt::Write as _;

use super::printable::printable;
use crate::network::Suggestion;

/// What a reader has to know of all policies together.
const HEAD: &str = "\
# NetworkPolicies that allow what the files show to be needed, and nothing else: Services that workloads
# name, Ingresses and routes, published Services, metrics, and name resolution. They take the place of
# other policies, which would add to what is allowed.
#
# Probes need no rule: the kubelet asks from the pods' own node, which policies never close. What leaves
# the cluster, and what only running code knows, does not show in files: add it before you apply them.
";

/// A stream of documents.
pub(crate) fn yaml(made: &Suggestion) -> String {
    let mut text = HEAD.to_owned();
    for suggested in &made.policies {
        text.push_str("---\n");
        for reason in &suggested.reasons {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# {}", printable(reason));
        }
        text.push_str(&serde_yaml::to_string(&suggested.policy).unwrap_or_default());
    }
    text
}
