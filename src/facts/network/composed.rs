//! What the kustomizations of some folders take along: Flux builds the one of the folder that it is given, and makes
//! one of all files below where there is none.

use std::collections::{HashMap, HashSet};

use super::super::{folder, normalized};
use super::kustomization::Kustomization;
use crate::model::{Resource, Role};

/// The folders with a kustomization of which somebody asks, each with what it takes along.
#[derive(Debug, Default)]
pub(super) struct Composed(HashMap<String, Along>);

/// The files and folders that a kustomization takes along.
#[derive(Debug, Default)]
struct Along {
    all: HashSet<String>,
    /// Those to which no kustomization on the way gives a namespace.
    open: HashSet<String>,
}

impl Composed {
    /// Of the folders that are asked for.
    pub(super) fn read(resources: &[Resource], is_asked: impl Fn(&str) -> bool) -> Self {
        let mut uses: HashMap<String, Vec<String>> = HashMap::new();
        let mut naming = HashSet::new();
        for one in resources.iter().filter(|one| is_written(one)) {
            let folder = normalized(folder(&one.artifact.display));
            if one.node().get("namespace").is_some() {
                naming.insert(folder.clone());
            }
            let own = Kustomization::uses_of(one, &folder);
            uses.insert(folder, own);
        }
        // Of one that was built, only what was made of it is left.
        for built in resources.iter().filter(|one| one.artifact.is_built()) {
            let own = normalized(folder(&built.artifact.display));
            uses.entry(own).or_default();
        }
        let asked = uses.keys().filter(|folder| is_asked(folder));
        let along = |folder: &str| Along {
            all: all_of(folder, &uses, |_| true),
            open: all_of(folder, &uses, |folder| !naming.contains(folder)),
        };
        Self(asked.map(|one| (one.clone(), along(one))).collect())
    }

    /// Whether what stands in a file comes along with a folder around it, where that has a kustomization; what was built
    /// of one is called as its folder.
    pub(super) fn takes(&self, around: &str, file: &str, is_built: bool) -> bool {
        self.0.get(around).is_none_or(|along| match is_built {
            true => folder(file) == around || along.all.contains(folder(file)),
            false => along.all.contains(file),
        })
    }

    /// Whether what stands in a file comes along with the kustomization of a folder around it, and none gives it a
    /// namespace.
    pub(super) fn leaves_open(&self, around: &str, file: &str, is_built: bool) -> bool {
        let own = if is_built { folder(file) } else { file };
        let along = self.0.get(around);
        along.is_some_and(|along| along.open.contains(own))
    }
}

/// Whether an object is a kustomization, also one that is kept though it was built.
fn is_written(resource: &Resource) -> bool {
    resource.gvk.group == "kustomize.config.k8s.io"
        && resource.artifact.provenance.is_none()
        && matches!(resource.role, Role::Manifest | Role::Renaming | Role::Built)
}

/// The files and folders that a kustomization takes along, itself or by others, as far as some folders go on.
fn all_of(
    folder: &str,
    uses: &HashMap<String, Vec<String>>,
    goes_on: impl Fn(&str) -> bool,
) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut open = vec![folder];
    while let Some(next) = open.pop() {
        let own = uses.get(next).filter(|_| goes_on(next));
        for path in own.into_iter().flatten() {
            if found.insert(path.clone()) {
                open.push(path);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::deployed::Deployed;
    use crate::model::{Artifact, Resource};
    use crate::source::read_text;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

    fn at(path: &str, text: &str) -> Resource {
        let mut resource = read_text(text).remove(0);
        resource.artifact = Arc::new(Artifact::new(path, path, text.to_owned()));
        resource
    }

    /// Whether Flux deploys the file of a pod with the folder `apps`, which has a kustomization that lists something.
    fn is_taken(listed: Option<&str>, file: &str) -> bool {
        let list = |listed: &str| {
            format!(
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [{listed}]\n"
            )
        };
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./apps, targetNamespace: shop}\n";
        let mut resources = vec![at("flux.yaml", flux)];
        resources.extend(listed.map(|listed| at("top/apps/kustomization.yaml", &list(listed))));
        resources.push(at("top/apps/web/kustomization.yaml", &list("a.yaml")));
        Deployed::read(&resources).takes(&at(file, POD))
    }

    #[test]
    fn what_a_folder_s_kustomization_leaves_out_is_not_deployed_with_it() {
        for (listed, file, expected) in [
            (None, "top/apps/web/a.yaml", true),
            (None, "top/apps/api/a.yaml", true),
            (Some(""), "top/apps/web/a.yaml", false),
            (Some(""), "top/apps/a.yaml", false),
            (Some("web"), "top/apps/web/a.yaml", true),
            (Some("web"), "top/apps/web/b.yaml", false),
            (Some("web"), "top/apps/api/a.yaml", false),
            (Some("b.yaml, ../base"), "top/apps/b.yaml", true),
        ] {
            assert_eq!(is_taken(listed, file), expected, "{listed:?} {file}");
        }
    }

    #[test]
    fn argo_cd_s_namespace_holds_for_what_a_kustomization_takes_along() {
        const APPLICATION: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps}, destination: {namespace: shop}}\n";
        let list = |text: &str| {
            format!("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}\n")
        };
        for (root, inner, expected) in [
            ("resources: [web, ./chart]", "resources: [a.yaml]", true),
            ("resources: [db]", "resources: [a.yaml]", false),
            ("resources: [web]", "resources: [b.yaml]", false),
            (
                "resources: [web]\nnamespace: own",
                "resources: [a.yaml]",
                false,
            ),
            (
                "resources: [web]",
                "resources: [a.yaml]\nnamespace: own",
                false,
            ),
        ] {
            let resources = [
                at("argo.yaml", APPLICATION),
                at("top/apps/kustomization.yaml", &list(root)),
                at("top/apps/web/kustomization.yaml", &list(inner)),
            ];
            let deployed = Deployed::read(&resources);
            let pod = at("top/apps/web/a.yaml", POD);
            let found = deployed.namespaces(&pod).contains("shop");
            assert_eq!(found, expected, "{root} {inner}");
        }
    }
}
