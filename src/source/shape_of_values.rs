//! What a file of any name has at its top if it holds values of a chart, as nearly all charts call them.

use crate::model::Node;

/// Names that only charts give themselves: one is enough.
const OWN: [&str; 2] = ["nameOverride", "fullnameOverride"];

/// Keys with one of those that charts have below them; two are enough, for one may stand in another program's file.
const USUAL: [(&str, &[&str]); 9] = [
    ("autoscaling", &["enabled", "minReplicas"]),
    ("image", &["repository"]),
    (
        "ingress",
        &["className", "enabled", "hosts", "ingressClassName"],
    ),
    (
        "persistence",
        &["enabled", "existingClaim", "size", "storageClass"],
    ),
    (
        "podSecurityContext",
        &["enabled", "fsGroup", "runAsNonRoot", "runAsUser"],
    ),
    ("resources", &["limits", "requests"]),
    ("service", &["port", "ports", "type"]),
    ("serviceAccount", &["create", "name"]),
    ("serviceMonitor", &["enabled"]),
];

/// A number that only workloads and their charts have.
const REPLICAS: &str = "replicaCount";

/// What objects, their parts and files of other tools have beside such keys.
const OF_OTHERS: [&str; 7] = [
    "apiVersion",
    "containers",
    "kind",
    "metadata",
    "provider",
    "releases",
    "spec",
];

/// Whether a document has such keys at its top.
pub(super) fn is_of_values(root: Node<'_>) -> bool {
    let has = |key: &&str| root.get(key).is_some();
    let is_text = |key: &&str| root.get(key).is_some_and(|one| one.as_str().is_some());
    if OF_OTHERS.iter().any(has) {
        return false;
    }
    let is_usual = |(key, below): &&(&str, &[&str])| {
        let map = root.get(key);
        map.is_some_and(|map| below.iter().any(|key| map.get(key).is_some()))
    };
    let count = USUAL.iter().filter(is_usual).count() + usize::from(has(&REPLICAS));
    OWN.iter().any(is_text) || count >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_tree;

    fn is(text: &str) -> bool {
        let tree = read_tree(text).unwrap().unwrap();
        tree.root().is_some_and(is_of_values)
    }

    #[test]
    fn values_are_known_by_what_charts_call_them() {
        for text in [
            "nameOverride: minio\nrootUser: admin\n",
            "fullnameOverride: ''\nauth: {strategy: anonymous}\n",
            "replicaCount: 2\nservice: {type: ClusterIP}\n",
            "resources: {limits: {cpu: 1}}\ningress: {enabled: true}\n",
            "image: {repository: shop/web}\npersistence: {size: 1Gi}\n",
        ] {
            assert!(is(text), "{text}");
        }
    }

    #[test]
    fn files_of_other_tools_are_none() {
        for text in [
            "service: shop\nprovider: {name: aws}\nresources: {limits: 1}\n",
            "service: {name: shop}\nresources: {Resources: {}}\n",
            "image: shop/web\nservice: {port: 80}\n",
            "replicaCount: 2\n",
            "nameOverride: {a: b}\n",
            "kind: Shop\nfullnameOverride: a\n",
            "containers: []\nserviceAccount: {name: a}\nresources: {limits: {}}\n",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
