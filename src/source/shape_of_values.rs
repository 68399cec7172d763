//! By what a document of any name is known to hold values of a chart: keys at its top as nearly all charts call
//! them, and images as only values hold them.

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

/// Whether a document is neither an object nor a list, such as a JSON patch.
pub(super) fn may_be_values(root: Node<'_>) -> bool {
    let is_object = root.get("apiVersion").is_some() && root.get("kind").is_some();
    !is_object && !root.is_sequence()
}

/// Whether a document hands images to a chart: a registry for all of them, an image in parts or containers, one
/// for users to choose, or maps with a policy to pull each. Beside a chart one such map is enough, and so it is beside names that only charts give
/// themselves.
pub(super) fn hands_images(root: Node<'_>, is_beside_chart: bool) -> bool {
    let is_one_enough = || is_beside_chart || OWN.iter().any(|key| root.get(key).is_some());
    let registry = root.find(&["global", "imageRegistry"]);
    registry.is_some_and(|registry| registry.as_str().is_some())
        || (root.text().contains("image") && holds_parts(root))
        || (root.text().contains(PROFILE) && offers_image(root))
        || (root.text().contains(POLICY)
            && pulled_images(root) >= if is_one_enough() { 1 } else { 2 })
}

/// When an image is to be pulled, as charts call it.
const POLICY: &str = "pullPolicy";

/// How many maps below a value name an image and when it is to be pulled.
fn pulled_images(node: Node<'_>) -> usize {
    let is_image = |key| node.string(key).is_some();
    let own = node.get(POLICY).is_some() && ["image", "repository"].into_iter().any(is_image);
    let inner = node.entries().map(|(_, value)| value).chain(node.items());
    usize::from(own) + inner.map(pulled_images).sum::<usize>()
}

/// Whether a value holds `image: {repository: shop/web, tag: "1"}` with nothing in it but parts of an image, or
/// `extraContainers: [{name: web, image: x}]`, also as a text; what is a part of an object is none of values.
fn holds_parts(node: Node<'_>) -> bool {
    const CONTAINERS: [&str; 5] = [
        "initContainers",
        "extraContainers",
        "extraInitContainers",
        "sidecarContainers",
        "sidecars",
    ];
    let mut entries = node
        .entries()
        .filter_map(|(key, value)| Some((key.as_str()?, value)));
    node.get("spec").is_none()
        && entries.any(|(key, value)| {
            (key == "image" && is_image_in_parts(value))
                || (CONTAINERS.contains(&key) && holds_container(value))
                || holds_parts(value)
        })
}

/// Whether a list has a container in it, or a text that templates print as such a list.
fn holds_container(containers: Node<'_>) -> bool {
    let is_container = |one: Node<'_>| one.get("name").is_some() && one.get("image").is_some();
    let names_image = |line: &str| {
        let field = line.trim_start().trim_start_matches("- ");
        field.starts_with("image: ")
    };
    let text = containers.as_str().unwrap_or_default();
    containers.items().any(is_container) || text.lines().any(names_image)
}

/// What a profile changes that a user of JupyterHub may choose, as its chart alone calls it.
const PROFILE: &str = "kubespawner_override";

/// Whether a profile below a value names an image with its path.
fn offers_image(node: Node<'_>) -> bool {
    let image = node.find(&[PROFILE, "image"]).and_then(Node::as_str);
    let inner = || node.entries().map(|(_, value)| value).chain(node.items());
    image.is_some_and(|image| image.contains('/')) || inner().any(offers_image)
}

fn is_image_in_parts(map: Node<'_>) -> bool {
    const PARTS: [&str; 7] = [
        "registry",
        "repository",
        "name",
        "tag",
        "digest",
        POLICY,
        "pullSecrets",
    ];
    let mut names = ["repository", "name"]
        .iter()
        .filter_map(|key| map.get(key)?.as_str());
    let mut keys = map
        .entries()
        .map(|(key, _)| key.as_str().unwrap_or_default());
    names.any(|name| name.contains('/'))
        && map.get("tag").is_some()
        && keys.all(|key| PARTS.contains(&key))
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
    fn images_are_handed_by_maps_that_only_values_have() {
        let hands = |text: &str, is_beside_chart| {
            let tree = read_tree(text).unwrap().unwrap();
            hands_images(tree.root().unwrap(), is_beside_chart)
        };
        let pulled = "web: {image: shop/web, pullPolicy: Always}\n";
        assert!(!hands(pulled, false));
        assert!(hands(pulled, true));
        assert!(hands(&format!("{pulled}fullnameOverride: a\n"), false));
        assert!(hands("global: {imageRegistry: quay.io}\n", false));
        assert!(hands(
            "web: {image: {repository: shop/web, tag: '1'}}\n",
            false
        ));
        assert!(!hands(
            "spec: {image: {repository: shop/web, tag: '1'}}\n",
            false
        ));
        assert!(hands(
            "extraInitContainers: |\n  - name: theme\n    image: shop/theme:1\n",
            false
        ));
        assert!(!hands("notes: |\n  - image: shop/theme:1\n", false));
        let profiles =
            |key: &str| format!("hub: {{profileList: [{{{key}: {{image: shop/lab}}}}]}}\n");
        assert!(hands(&profiles("kubespawner_override"), false));
        assert!(!hands(&profiles("override"), false));
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
