//! Packages that a manifest asks for stand in its lock file too: said of the manifest alone.

use std::collections::HashMap;

use crate::model::{Node, Resource, Role, compared_name};

/// Folders in which a package is asked for, by registry and name.
type Asked = HashMap<(String, String), Vec<String>>;

/// Registries whose manifests may share one in a folder above them.
const SHARING: [&str; 3] = ["maven", "nuget", "cargo"];

/// Takes away the packages of lock files and bills of materials that a manifest of the same
/// program asks for: one in the same folder or, in a workspace, below it.
pub(in super::super) fn without_repeated(resources: &mut Vec<Resource>) {
    if !resources.iter().any(is_locked) {
        return;
    }
    let mut asked = Asked::new();
    let direct = resources
        .iter()
        .filter(|one| one.role == Role::Package && !is_locked(one));
    for resource in direct.filter(|one| text(one, "relation") == "direct") {
        asked
            .entry(key(resource))
            .or_default()
            .push(folder(resource));
    }
    resources.retain(|resource| !is_locked(resource) || !is_asked(resource, &asked));
}

fn is_asked(resource: &Resource, asked: &Asked) -> bool {
    let own = folder(resource);
    let is_shared = SHARING.contains(&text(resource, "ecosystem"));
    let folders = asked.get(&key(resource));
    folders
        .into_iter()
        .flatten()
        .any(|folder| is_in(folder, &own) || (is_shared && is_in(&own, folder)))
}

/// Whether tools wrote the file that the package stands in.
fn is_locked(resource: &Resource) -> bool {
    resource.role == Role::Package && text(resource, "file") == "lock"
}

fn key(resource: &Resource) -> (String, String) {
    let ecosystem = text(resource, "ecosystem");
    (
        ecosystem.to_owned(),
        compared_name(ecosystem, &resource.identity.name),
    )
}

fn text<'a>(resource: &'a Resource, key: &str) -> &'a str {
    let found = resource.node().find(&["spec", key]);
    found.and_then(Node::as_str).unwrap_or_default()
}

/// A version catalogue stands in a folder of its own below the program.
fn folder(resource: &Resource) -> String {
    let (folder, file) = resource
        .artifact
        .uri
        .rsplit_once('/')
        .unwrap_or(("", &resource.artifact.uri));
    let above = folder
        .strip_suffix("gradle")
        .filter(|_| file.ends_with(".versions.toml"));
    above
        .map_or(folder, |above| above.trim_end_matches('/'))
        .to_owned()
}

fn is_in(folder: &str, above: &str) -> bool {
    above.is_empty()
        || folder
            .strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
