//! Files of JSON patches that kustomizations lay over kinds which run no images: a file does not say itself what it
//! is for.

use std::collections::HashSet;

use super::super::{folder, normalized};
use super::custom::Fields;
use crate::model::{JSON_PATCH_KIND, Node, Resource};

/// Where kustomizations name patches with what these are for.
const LISTS: [&str; 2] = ["patches", "patchesJson6902"];

/// The files.
#[derive(Debug, Default)]
pub(super) struct Targeted(HashSet<String>);

impl Targeted {
    /// Those that the kustomizations among some resources name.
    pub(super) fn of(fields: &Fields, resources: &[Resource]) -> Self {
        let is_patch = |one: &Resource| one.gvk.kind == JSON_PATCH_KIND;
        if !resources.iter().any(is_patch) {
            return Self::default();
        }
        let kustomizations = resources
            .iter()
            .filter(|one| one.gvk.group == "kustomize.config.k8s.io");
        Self(kustomizations.flat_map(|one| files(one, fields)).collect())
    }

    /// Whether a patch is for what runs no images.
    pub(super) fn runs_none(&self, patch: &Resource) -> bool {
        !self.0.is_empty() && self.0.contains(&normalized(&patch.artifact.display))
    }
}

/// The files of patches that a kustomization lays over kinds which run no images.
fn files(kustomization: &Resource, fields: &Fields) -> Vec<String> {
    let folder = folder(&kustomization.artifact.display);
    let lists = LISTS.iter().filter_map(|key| kustomization.node().get(key));
    let patches = lists.flat_map(Node::items);
    let passed = patches.filter(|patch| is_passed(*patch, fields));
    let paths = passed.filter_map(|patch| patch.get("path")?.as_str());
    paths
        .map(|path| normalized(&format!("{folder}/{path}")))
        .collect()
}

/// Whether the target of a patch says by group and kind that it runs no images.
pub(super) fn is_passed(patch: Node<'_>, fields: &Fields) -> bool {
    let target = |key| patch.find(&["target", key]).and_then(Node::as_str);
    target("group")
        .zip(target("kind"))
        .is_some_and(|(group, kind)| fields.are_passed(group, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::image::tests::read_files;
    use crate::model::Data;

    #[test]
    fn a_patch_is_told_by_what_its_target_is() {
        let patch = "- {op: add, path: /a, value: {image: 'quay.io/shop/a:1'}}\n";
        let over = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- {path: tests/a.yaml, target: {group: example.com, kind: Check}}\n- {path: b.yaml, target: {group: example.com, kind: Shop}}\n- {path: c.yaml, target: {kind: Check}}\n";
        let files = [
            ("over/kustomization.yaml", over),
            ("over/tests/a.yaml", patch),
            ("over/b.yaml", patch),
            ("over/c.yaml", patch),
        ];
        let rows = r#"[{"group": "example.com", "kinds": ["Check"]}]"#;
        let fields = Fields::lazy(Data::new([("images.passed", rows)]));
        let resources = read_files(&files);
        let targeted = Targeted::of(&fields, &resources);
        let passed = resources.iter().filter(|one| targeted.runs_none(one));
        let passed: Vec<&str> = passed.map(|one| &*one.artifact.display).collect();
        assert_eq!(passed, ["over/tests/a.yaml"]);
    }
}
