//! Charts of the repository: the namespaces of their releases, and of those that commands install.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::normalized;
use super::deployer::Releases;
use super::script::Scripts;
use super::target::places;
use crate::model::{Rendering, Resource};
use crate::network::said_namespace;

/// Charts by their folder.
#[derive(Debug, Default)]
pub(super) struct Charts {
    by_root: HashMap<String, Releases>,
    /// Those that commands install.
    installed: BTreeSet<String>,
}

impl Charts {
    /// Adds the namespace of the release that an object is of.
    pub(super) fn add_release(&mut self, resource: &Resource) {
        let Some(rendering) = rendering(resource) else {
            return;
        };
        if let Some(namespace) = &rendering.namespace {
            let known = self.by_root.entry(rendering.root.clone()).or_default();
            if !known.namespaces.contains(namespace) {
                known.namespaces.insert(namespace.clone());
            }
            if known.releases.insert(rendering.name.clone()) {
                let files = known.files.entry(namespace.clone()).or_default();
                files.extend(rendering.values_files());
            }
            let place = said_namespace(resource).unwrap_or(namespace);
            match known.places.get_mut(place) {
                Some(has_pods) => *has_pods |= resource.is_workload(),
                None => drop(
                    known
                        .places
                        .insert(place.to_owned(), resource.is_workload()),
                ),
            }
        }
    }

    /// Adds the charts that scripts install, of which nothing else says the namespace.
    pub(super) fn add_installed(&mut self, resources: &[Resource], scripts: &Scripts) {
        let Scripts { loops, targets, .. } = scripts;
        if loops.is_empty() && targets.is_empty() {
            return;
        }
        let renderings = resources.iter().filter_map(rendering);
        let roots: BTreeMap<String, &str> = renderings
            .map(|one| (normalized(&one.root), one.root.as_str()))
            .collect();
        let targets = targets.iter().filter(|one| one.is_known());
        let mut places = places(targets, &roots.keys().cloned().collect());
        for (path, root) in roots {
            let own = loops.iter().filter(|one| one.installs(&path));
            let mut namespaces: BTreeSet<String> = own.map(|one| one.namespace.clone()).collect();
            namespaces.extend(places.remove(&path).unwrap_or_default());
            if !namespaces.is_empty() {
                self.installed.insert(root.to_owned());
            }
            if !namespaces.is_empty() && !self.by_root.contains_key(root) {
                let releases = Releases {
                    namespaces,
                    ..Releases::default()
                };
                self.by_root.insert(root.to_owned(), releases);
            }
        }
    }

    /// Whether a command installs a chart.
    pub(super) fn is_installed(&self, root: &str) -> bool {
        self.installed.contains(root)
    }

    /// The namespaces that an object of a chart gets; `None` where nothing is known of the chart, or it is of none.
    pub(super) fn namespaces(&self, resource: &Resource) -> Option<BTreeSet<&str>> {
        let own = rendering(resource)?;
        let releases = self.by_root.get(&own.root)?;
        Some(releases.namespaces(resource, own))
    }
}

/// The rendering of a chart that an object is of.
pub(super) fn rendering(resource: &Resource) -> Option<&Rendering> {
    let provenance = resource.artifact.provenance.as_ref()?;
    let rendering = &provenance.rendering;
    rendering.release.is_some().then_some(rendering)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::deployed::Deployed;
    use super::*;
    use crate::model::{Artifact, Provenance};
    use crate::source::read_text;

    /// An object of a rendering of the chart `web`: of a release in a namespace, or as the chart is.
    fn rendered(text: &str, release: Option<&str>) -> Resource {
        let mut resource = read_text(text).remove(0);
        let mut artifact = Artifact::new("web", "web", text.to_owned());
        let rendering = Rendering {
            root: "web".to_owned(),
            name: release.unwrap_or("default").to_owned(),
            tool: "helm".to_owned(),
            release: Some("web".to_owned()),
            namespace: release.map(str::to_owned),
            ..Rendering::default()
        };
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        resource.artifact = Arc::new(artifact);
        resource
    }

    #[test]
    fn what_a_chart_s_own_values_name_is_where_its_releases_are() {
        let pod = |namespace: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {namespace}}}\nspec: {{containers: []}}\n"
            )
        };
        let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a, namespace: kube-system}\n";
        let deployed = Deployed::read(&[
            rendered(&pod("shop"), Some("argocd")),
            rendered(role, Some("argocd")),
            rendered(&pod("example"), None),
        ]);
        let namespaces = |text: &str, release| {
            let resource = rendered(text, release);
            let found = deployed.namespaces(&resource).into_iter();
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(namespaces(&pod("example"), None), ["shop"]);
        assert_eq!(namespaces(&pod("shop"), None), [""; 0]);
        assert_eq!(namespaces(role, None), [""; 0]);
        let without_pods = Deployed::read(&[rendered(role, Some("argocd"))]);
        let elsewhere = rendered(&role.replace("kube-system", "example"), None);
        let found = without_pods.namespaces(&elsewhere);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["kube-system"]);
        assert_eq!(namespaces(&pod("example"), Some("argocd")), [""; 0]);
    }

    /// A pod of the chart `web` with values from a file, of a release in a namespace, or as one way to deploy it.
    fn pod_with(file: &str, release: Option<&str>) -> Resource {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
        let mut resource = rendered(pod, release);
        let mut artifact = Artifact::new("web", "web", pod.to_owned());
        let given = ["--values".to_owned(), file.to_owned()].into_iter();
        let rendering = Rendering {
            arguments: given.filter(|_| !file.is_empty()).collect(),
            is_variant: release.is_none(),
            ..rendering(&resource).cloned().unwrap_or_default()
        };
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), Vec::new()));
        resource.artifact = Arc::new(artifact);
        resource
    }

    #[test]
    fn what_a_chart_is_with_a_file_is_where_releases_have_that() {
        let released = |files: [&str; 2]| {
            let [dev, prod] = files;
            Deployed::read(&[pod_with(dev, Some("dev")), pod_with(prod, Some("prod"))])
        };
        let found = |deployed: &Deployed, file| {
            let pod = pod_with(file, None);
            let found = deployed.namespaces(&pod).into_iter();
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        let deployed = released(["dev.yaml", "prod.yaml"]);
        assert_eq!(found(&deployed, "dev.yaml"), ["dev"]);
        assert_eq!(found(&deployed, "prod.yaml"), ["prod"]);
        assert_eq!(found(&deployed, "local.yaml"), [""; 0]);
        assert_eq!(found(&deployed, ""), ["dev", "prod"]);
        // Of releases with values of which no file shows, each may be it.
        assert_eq!(found(&released(["", ""]), "local.yaml"), ["dev", "prod"]);
    }
}
