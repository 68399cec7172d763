//! Where those that deploy folders of a repository put objects that leave their namespace open: Argo
//! CD's Applications, also those that an ApplicationSet makes, and Flux's Kustomizations; and a chart that one of them deploys, where it is rendered
//! as it is, too.

use std::collections::{BTreeSet, HashMap};

use super::super::{folder, normalized};
use super::repository::Repository;
use super::script::Loop;
use crate::model::{Node, Provenance, Rendering, Resource, Role, applications};
use crate::network::said_namespace;

/// What is deployed.
#[derive(Debug, Default)]
pub(super) struct Deployed {
    /// Folders by their path in the repository.
    folders: HashMap<String, Folder>,
    /// Charts, with the namespaces of their releases.
    charts: HashMap<String, BTreeSet<String>>,
}

/// What becomes of a folder.
#[derive(Debug, Default)]
struct Folder {
    /// The namespaces that its objects are put into.
    namespaces: BTreeSet<String>,
    /// Whether those of its inner folders are as well.
    is_deep: bool,
}

impl Deployed {
    /// Reads what deploys folders and charts.
    pub(super) fn read(resources: &[Resource]) -> Self {
        let mut found = Self::default();
        let of_sets = applications(resources);
        let repository = Repository::read(resources, &of_sets);
        let whole = resources
            .iter()
            .filter(|resource| resource.role == Role::Manifest);
        for resource in whole.chain(&of_sets) {
            found.add_release(resource);
            let gvk = &resource.gvk;
            let spec = resource.node().get("spec");
            match (gvk.group.as_str(), gvk.kind.as_str(), spec) {
                ("argoproj.io", "Application", Some(spec)) => {
                    found.add_application(spec, &repository);
                }
                ("kustomize.toolkit.fluxcd.io", "Kustomization", Some(spec))
                    if !repository.is_other(spec) =>
                {
                    found.add(text(spec, "path"), text(spec, "targetNamespace"), true);
                }
                _ => {}
            }
        }
        found
    }

    /// Adds the namespace of the release that an object is of.
    fn add_release(&mut self, resource: &Resource) {
        let Some(rendering) = rendering(resource) else {
            return;
        };
        if let Some(namespace) = &rendering.namespace {
            let known = self.charts.entry(rendering.root.clone()).or_default();
            if !known.contains(namespace) {
                known.insert(namespace.clone());
            }
        }
    }

    /// Adds the charts that loops of scripts install, of which nothing else says the namespace.
    pub(super) fn add_loops(&mut self, resources: &[Resource], loops: &[Loop]) {
        if loops.is_empty() {
            return;
        }
        let renderings = resources.iter().filter_map(rendering);
        let roots: BTreeSet<&str> = renderings.map(|one| one.root.as_str()).collect();
        for root in roots {
            if self.charts.contains_key(root) {
                continue;
            }
            let path = normalized(root);
            let own = loops.iter().filter(|one| one.installs(&path));
            let names: BTreeSet<String> = own.map(|one| one.namespace.clone()).collect();
            if !names.is_empty() {
                self.charts.insert(root.to_owned(), names);
            }
        }
    }

    /// The namespaces that an object gets which names none.
    pub(super) fn namespaces(&self, resource: &Resource) -> BTreeSet<&str> {
        if let Some(chart) = rendering(resource).and_then(|one| self.charts.get(&one.root)) {
            let is_open = said_namespace(resource).is_none();
            let names = chart.iter().filter(|_| is_open);
            return names.map(String::as_str).collect();
        }
        // Of a kustomization that was built, the folder is its own.
        let provenance = resource.artifact.provenance.as_ref();
        let is_open = resource.given_namespace().is_none()
            && resource.role == Role::Manifest
            && provenance.is_none_or(Provenance::is_of_manifests)
            && resource.gvk.kind != "Namespace";
        let mut found = BTreeSet::new();
        if self.folders.is_empty() || !is_open {
            return found;
        }
        let own = normalized(folder(&resource.artifact.display));
        let mut above = Some(own.as_str());
        while let Some(path) = above {
            for known in endings(path).filter_map(|ending| self.folders.get(ending)) {
                if known.is_deep || path == own {
                    found.extend(known.namespaces.iter().map(String::as_str));
                }
            }
            above = path.rsplit_once('/').map(|(above, _)| above);
        }
        found
    }

    fn add_application(&mut self, spec: Node<'_>, repository: &Repository) {
        let namespace = spec.find(&["destination", "namespace"]);
        let namespace = namespace.and_then(Node::as_str);
        let several = spec.get("sources").into_iter().flat_map(Node::items);
        let sources = several.chain(spec.get("source"));
        for source in sources.filter(|source| !repository.is_other(*source)) {
            let recurses = source.find(&["directory", "recurse"]);
            let is_deep = recurses.and_then(Node::as_bool) == Some(true);
            self.add(text(source, "path"), namespace, is_deep);
        }
    }

    fn add(&mut self, path: Option<&str>, namespace: Option<&str>, is_deep: bool) {
        let is_plain = |text: &&str| !text.is_empty() && !text.contains(['$', '{']);
        let (Some(path), Some(namespace)) = (path, namespace.filter(is_plain)) else {
            return;
        };
        let path = normalized(path);
        if !path.is_empty() {
            let folder = self.folders.entry(path).or_default();
            folder.namespaces.insert(namespace.to_owned());
            folder.is_deep |= is_deep;
        }
    }
}

/// The rendering of a chart that an object is of.
fn rendering(resource: &Resource) -> Option<&Rendering> {
    let provenance = resource.artifact.provenance.as_ref()?;
    let rendering = &provenance.rendering;
    rendering.release.is_some().then_some(rendering)
}

/// A path with any number of its first steps left out: a scan may begin above the repository.
fn endings(path: &str) -> impl Iterator<Item = &str> {
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).map(|start| &path[start..])
}

fn text<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Node::as_str)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    const DEPLOYERS: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps/web}, destination: {namespace: shop}}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: b}\nspec: {sources: [{path: ./apps/db/, directory: {recurse: true}}], destination: {namespace: data}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: c}\nspec: {path: ./flux, targetNamespace: flux}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: d}\nspec: {source: {path: apps/open}, destination: {namespace: '${X}'}}\n";

    fn namespaces(path: &str, text: &str) -> Vec<String> {
        let deployed = Deployed::read(&read_text(DEPLOYERS));
        let mut resource = read_text(text).remove(0);
        resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
        let found = deployed.namespaces(&resource);
        found.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn folders_are_put_into_the_namespace_of_who_deploys_them() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        for (path, expected) in [
            ("apps/web/a.yaml", vec!["shop"]),
            ("above/apps/web/a.yaml", vec!["shop"]),
            ("apps/web/inner/a.yaml", vec![]),
            ("apps/db/inner/a.yaml", vec!["data"]),
            ("flux/inner/a.yaml", vec!["flux"]),
            ("apps/open/a.yaml", vec![]),
            ("web/a.yaml", vec![]),
        ] {
            assert_eq!(namespaces(path, pod), expected, "{path}");
        }
        for said in [
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
        ] {
            assert_eq!(namespaces("apps/web/a.yaml", said), [""; 0], "{said}");
        }
    }
}
