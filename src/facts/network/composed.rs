//! What the kustomizations of some folders take along: Flux builds the one of the folder that it is given, and makes
//! one of all files below where there is none.

use std::collections::{HashMap, HashSet};

use super::super::{folder, normalized};
use super::kustomization::Kustomization;
use crate::model::{Provenance, Resource, Role};

/// The folders with a kustomization of which somebody asks, each with the files and folders that it takes along.
#[derive(Debug, Default)]
pub(super) struct Composed(HashMap<String, HashSet<String>>);

impl Composed {
    /// Of the folders that are asked for.
    pub(super) fn read(resources: &[Resource], is_asked: impl Fn(&str) -> bool) -> Self {
        let all = resources.iter().filter(|one| is_written(one));
        let all = all.map(|one| {
            let folder = normalized(folder(&one.artifact.display));
            let uses = Kustomization::uses_of(one, &folder);
            (folder, uses)
        });
        let mut uses: HashMap<String, Vec<String>> = all.collect();
        // Of one that was built, only what was made of it is left.
        for built in resources.iter().filter(|one| is_built(one)) {
            let own = normalized(folder(&built.artifact.display));
            uses.entry(own).or_default();
        }
        let asked = uses.keys().filter(|folder| is_asked(folder));
        Self(
            asked
                .map(|folder| (folder.clone(), all_of(folder, &uses)))
                .collect(),
        )
    }

    /// Whether what stands in a file comes along with a folder around it, where that has a kustomization; what was built
    /// of one is called as its folder.
    pub(super) fn takes(&self, around: &str, file: &str, is_built: bool) -> bool {
        self.0.get(around).is_none_or(|taken| match is_built {
            true => folder(file) == around || taken.contains(folder(file)),
            false => taken.contains(file),
        })
    }
}

/// Whether an object is a kustomization, also one that is kept though it was built.
fn is_written(resource: &Resource) -> bool {
    resource.gvk.group == "kustomize.config.k8s.io"
        && resource.artifact.provenance.is_none()
        && matches!(resource.role, Role::Manifest | Role::Renaming | Role::Built)
}

/// Whether an object is of a kustomization that was built.
fn is_built(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    provenance.is_some_and(Provenance::is_of_manifests)
}

/// The files and folders that a kustomization takes along, itself or by others.
fn all_of(folder: &str, uses: &HashMap<String, Vec<String>>) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut open = vec![folder];
    while let Some(next) = open.pop() {
        for path in uses.get(next).into_iter().flatten() {
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
}
