//! Values files beside what was made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::helm;
use crate::model::{Artifact, Node, Resource, Role};
use crate::source::Sources;

/// Values that a rendering was given, or that its chart comes with, are told through what is made of
/// them, save for credentials and images that nothing was made of; of those of packed charts that it uses,
/// whose values it wins over, for credentials alone. Those that no rendering names, or that are for a chart
/// of which only a part was rendered, are told where they stand.
pub(super) fn set_values_apart(sources: &mut Sources) {
    let renderings = sources.summary.renderings.iter();
    let charts = renderings.filter(|one| one.tool.starts_with("helm") && !one.is_part);
    let (mut roots, mut named) = (BTreeSet::new(), BTreeSet::new());
    for chart in charts {
        roots.insert(match &*chart.root {
            "." => PathBuf::new(),
            root => PathBuf::from(root),
        });
        let options = chart.arguments.windows(2);
        let values = options.filter(|option| option[0] == "--values");
        named.extend(values.map(|option| option[1].clone()));
    }
    tell_left_values(sources, &roots, &named);
    let parts: BTreeSet<PathBuf> = roots.iter().flat_map(|root| helm::parts(root)).collect();
    let are_of_part = |file: &Path| {
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        file.ends_with("values.yaml") && folder.is_some_and(|folder| parts.contains(&folder))
    };
    let is_given = |artifact: &Artifact| {
        let file = Path::new(&*artifact.display);
        named.contains(&*artifact.display)
            || named.contains(&*artifact.uri)
            || roots.iter().any(|root| are_own_values(file, root))
    };
    let is_inner = |artifact: &Artifact| {
        let file = Path::new(&*artifact.display);
        roots.iter().any(|root| lies_in_charts(file, root))
            || (!parts.is_empty() && are_of_part(file))
    };
    let resources = sources.resources.iter_mut();
    for resource in resources.filter(|one| one.role == Role::Values) {
        if is_given(&resource.artifact) {
            resource.role = Role::Given;
        } else if is_inner(&resource.artifact) {
            resource.role = Role::Inner;
        }
    }
}

/// Adds the keys that values set, those within others behind dots. Of an image a part makes another one
/// of the whole.
fn add_set(node: Node<'_>, around: &str, keys: &mut Vec<String>) {
    for (key, value) in node.entries() {
        let Some(key) = key.as_str() else { continue };
        let path = format!("{around}{key}");
        if value.is_mapping() {
            add_set(value, &format!("{path}."), keys);
        } else if is_part_of_image(key) && !around.is_empty() {
            keys.push(around.trim_end_matches('.').to_owned());
        } else {
            keys.push(path);
        }
    }
}

/// Whether what a key gives may be a part of the image that keys beside it give.
fn is_part_of_image(key: &str) -> bool {
    const PARTS: [&str; 6] = [
        "digest",
        "image",
        "registry",
        "repository",
        "tag",
        "version",
    ];
    let key = key.to_ascii_lowercase();
    PARTS.iter().any(|part| key.contains(part))
}

/// Values of charts that a rendered one uses by their path, or keeps unpacked, are as given where its own say
/// nothing of the key: what has the defaults of none that wins over them is told where they stand.
fn tell_left_values(sources: &mut Sources, roots: &BTreeSet<PathBuf>, named: &BTreeSet<String>) {
    let is_of_chart = |one: &Resource| matches!(one.role, Role::Values | Role::Given);
    let is_root = |folder: &PathBuf| {
        let mut roots = roots.iter().filter_map(|root| root.canonicalize().ok());
        roots.any(|root| root == *folder)
    };
    for root in roots {
        let kept = helm::kept_parts(root);
        let parts = helm::own_parts(root).into_iter().chain(kept);
        for (folder, name) in parts.filter(|(folder, _)| !is_root(folder)) {
            let is_set_by =
                |file: &Path, display: &str| are_own_values(file, root) || named.contains(display);
            let users = sources.resources.iter().filter(|one| {
                let display = &*one.artifact.display;
                is_of_chart(one) && is_set_by(Path::new(display), display)
            });
            let users: Vec<&Resource> = users.collect();
            if users.iter().any(|user| gives_registry(user)) {
                continue;
            }
            let mut keys = Vec::new();
            users
                .iter()
                .filter_map(|user| user.node().get(&name))
                .for_each(|set| add_set(set, "", &mut keys));
            let is_own = |file: &Path| {
                let own = file.parent().and_then(|own| own.canonicalize().ok());
                file.ends_with("values.yaml") && own.as_ref() == Some(&folder)
            };
            let resources = sources.resources.iter_mut();
            let own = resources
                .filter(|one| is_of_chart(one) && is_own(Path::new(&*one.artifact.display)));
            for values in own {
                values.role = Role::Given;
                values.idle_keys.extend(keys.iter().cloned());
            }
        }
    }
}

/// Whether values give the images of all charts below another registry.
fn gives_registry(values: &Resource) -> bool {
    let registry = values.node().find(&["global", "imageRegistry"]);
    let registry = registry.and_then(Node::as_str);
    registry.is_some_and(|registry| !registry.is_empty())
}

/// Whether a file holds the values that a chart comes with.
pub(super) fn are_own_values(file: &Path, chart: &Path) -> bool {
    file.ends_with("values.yaml") && file.parent() == Some(chart)
}

/// Whether a file lies among the charts that a chart keeps.
pub(super) fn lies_in_charts(file: &Path, chart: &Path) -> bool {
    let below = file.strip_prefix(chart).ok();
    below.is_some_and(|below| below.starts_with("charts"))
}
