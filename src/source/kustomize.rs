//! Kustomizations as far as reading goes: which files are patches and so no whole objects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::document::read_yaml;
use super::path::normalized;
use crate::model::{Node, Resource, Role};

const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether kustomize finds a kustomization in a file, by its name.
pub(super) fn is_kustomization(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| FILE_NAMES.contains(&name))
}

/// Marks the resources that are laid over others, by kustomizations or in another way. The kustomizations are those among
/// the resources, and, for a file that the user names by itself, those beside and above it.
pub(super) fn mark_patches(resources: &mut [Resource], named: &[PathBuf]) {
    let mut patches = BTreeSet::new();
    for resource in resources
        .iter()
        .filter(|resource| resource.identity.kind == "Kustomization")
    {
        let folder = Path::new(&*resource.artifact.display)
            .parent()
            .unwrap_or(Path::new(""));
        collect_patches(resource.node(), folder, &mut patches);
    }
    for path in named.iter().filter(|path| path.is_file()) {
        path.ancestors()
            .skip(1)
            .take(2)
            .for_each(|folder| read_patches(folder, &mut patches));
    }
    for resource in resources
        .iter_mut()
        .filter(|resource| resource.role == Role::Manifest)
    {
        let is_named = patches.contains(&normalized(Path::new(&*resource.artifact.display)));
        if is_named || is_unfinished(resource) {
            resource.role = Role::Patch;
        }
    }
}

/// Whether it is a workload that the API refuses as it stands: what no kustomization lists, and is
/// laid over a workload all the same.
fn is_unfinished(resource: &Resource) -> bool {
    let has_selector = resource.node().find(&["spec", "selector"]).is_some();
    let templates = resource.pod_templates.iter();
    let specs = templates.filter_map(|path| resource.at(path)?.get("spec"));
    let mut containers = specs.flat_map(|spec| spec.get("containers").into_iter());
    resource.gvk.group == "apps"
        && !has_selector
        && containers.any(|list| {
            list.items()
                .any(|container| container.get("image").is_none())
        })
}

fn read_patches(folder: &Path, patches: &mut BTreeSet<PathBuf>) {
    let text = FILE_NAMES
        .iter()
        .find_map(|name| std::fs::read_to_string(folder.join(name)).ok());
    for document in read_yaml(&text.unwrap_or_default()).documents {
        if let Some(root) = document.tree.root() {
            collect_patches(root, folder, patches);
        }
    }
}

fn collect_patches(kustomization: Node<'_>, folder: &Path, patches: &mut BTreeSet<PathBuf>) {
    let list = |key| kustomization.get(key).into_iter().flat_map(Node::items);
    let with_path = list("patches")
        .chain(list("patchesJson6902"))
        .filter_map(|patch| patch.get("path"));
    for path in with_path
        .chain(list("patchesStrategicMerge"))
        // A path alone is what older forms have.
        .chain(list("patches"))
        .filter_map(Node::as_str)
    {
        patches.insert(normalized(&folder.join(path)));
    }
}
