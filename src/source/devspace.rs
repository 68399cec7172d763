//! Values that stand in a `devspace.yaml`, with which DevSpace says what it installs.

use std::sync::Arc;

use super::resource::handed;
use crate::model::{Artifact, Node, Resource, Tree};

/// Whether a document of a file is one by the file's name and by what it installs.
pub(super) fn is_devspace(name: &str, root: Node<'_>) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    let is_named = name.starts_with("devspace") && root.get("kind").is_none();
    is_named && helm(root).next().is_some()
}

/// The values in one, each map of them by itself, called as the chart.
pub(super) fn values(artifact: &Arc<Artifact>, tree: Tree) -> Vec<Resource> {
    let tree = Arc::new(tree);
    let maps = tree.root().into_iter().flat_map(helm).filter_map(|helm| {
        let chart = helm.find(&["chart", "name"]).and_then(Node::as_str);
        let chart = chart.and_then(|chart| chart.rsplit('/').next());
        let map = helm.get("values").filter(|map| map.is_mapping())?;
        Some(handed(artifact, &tree, map, chart.unwrap_or_default()))
    });
    maps.collect()
}

/// What helm is to do in each deployment; they are named, and in older files a list.
fn helm(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let deployments = root.get("deployments").into_iter();
    let each = deployments.flat_map(|all| {
        let named = all.entries().map(|(_, one)| one);
        named.chain(all.items())
    });
    each.filter_map(|one| one.get("helm"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::document::read_yaml;

    #[test]
    fn deployments_hand_values_to_helm() {
        let told = |name: &str, text: &str| {
            let artifact = Arc::new(Artifact::new(name, name, text.to_owned()));
            let mut documents = read_yaml(text).documents;
            let tree = documents.remove(0).tree;
            let root = tree.root().expect("has a root");
            let is_one = is_devspace(name, root);
            let found = if is_one {
                values(&artifact, tree)
            } else {
                Vec::new()
            };
            let names = found.into_iter().map(|one| one.identity.name);
            names.collect::<Vec<_>>()
        };
        let own = "{helm: {chart: {name: a/b}, values: {c: d}}}";
        let named = format!("version: v2beta1\ndeployments: {{x: {own}}}\n");
        assert_eq!(told("devspace.yaml", &named), ["b"]);
        let list = format!("deployments: [{own}]\n");
        assert_eq!(told("a/devspace.yml", &list), ["b"]);
        for (name, text) in [
            ("shop.yaml", named.as_str()),
            (
                "devspace.yaml",
                "deployments: {x: {kubectl: {manifests: [a]}}}\n",
            ),
            (
                "devspace.yaml",
                "kind: Config\ndeployments: {x: {helm: {}}}\n",
            ),
        ] {
            assert_eq!(told(name, text), [""; 0], "{name} {text}");
        }
    }
}
