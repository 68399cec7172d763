//! The folders that objects are written in, and the workloads that a policy for a whole namespace is about, where neither
//! says which that is: those of the nearest folder around it that has some.

use std::collections::HashSet;

use super::super::{folder, normalized};
use crate::model::{Place, Resource, Role};
use crate::network::said_namespace;

/// Folders in which, or below which, workloads leave their namespace open.
#[derive(Debug, Default)]
pub(super) struct Homes<'a>(HashSet<&'a str>);

impl<'a> Homes<'a> {
    /// Of these objects.
    pub(super) fn read(resources: &'a [Resource]) -> Self {
        let mut found = HashSet::new();
        let open = resources.iter().filter(|one| {
            one.role == Role::Manifest && one.is_workload() && is_left_to_who_applies(one)
        });
        for one in open {
            let mut rest = folder(&one.artifact.uri);
            // Those around a known folder are known, too.
            while found.insert(rest) && !rest.is_empty() {
                rest = above(rest);
            }
        }
        Self(found)
    }

    /// Whether an object stands in the folder that a policy is at home in.
    pub(super) fn are_shared(&self, policy: &Resource, other: &Resource) -> bool {
        let mut home = folder(&policy.artifact.uri);
        while !self.0.contains(home) && !home.is_empty() {
            home = above(home);
        }
        let rest = other.artifact.uri.strip_prefix(home);
        rest.is_some_and(|rest| home.is_empty() || rest.starts_with('/'))
    }
}

/// The folder that an object is written in.
pub(super) fn home_of(resource: &Resource) -> String {
    let written = written_folder(resource);
    normalized(&written.unwrap_or_else(|| folder(&resource.artifact.display).to_owned()))
}

/// The folder of the source of a rendered object.
pub(super) fn written_folder(resource: &Resource) -> Option<String> {
    let written = written(resource)?;
    Some(folder(&written.artifact.display).to_owned())
}

/// Where the source of a rendered object has its name.
pub(super) fn written(resource: &Resource) -> Option<Place> {
    let provenance = resource.artifact.provenance.as_ref()?;
    let name = resource.node().find(&["metadata", "name"])?;
    Some(provenance.trace(name.span())?.written)
}

/// Whether the document that has a place says a namespace itself, as it is written.
pub(super) fn says_there(place: &Place, namespace: &str) -> bool {
    const BETWEEN: &str = "\n---";
    let Some((before, after)) = place
        .artifact
        .text
        .split_at_checked(place.span.start as usize)
    else {
        return false;
    };
    let above = before.rsplit(BETWEEN).next().unwrap_or_default();
    let below = after.split(BETWEEN).next().unwrap_or_default();
    let mut said = [above, below]
        .into_iter()
        .flat_map(|text| text.split("namespace:").skip(1));
    said.any(|rest| {
        let value = rest.trim_start().split([' ', ',', '}', '\n', '\r']).next();
        value.is_some_and(|value| value.trim_matches(['"', '\'']) == namespace)
    })
}

/// Whether an object leaves its namespace to who applies the file that it stands in.
fn is_left_to_who_applies(resource: &Resource) -> bool {
    resource.artifact.provenance.is_none() && said_namespace(resource).is_none()
}

fn above(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(above, _)| above)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    fn at(path: &str) -> Resource {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
        let mut resource = read_text(text).remove(0);
        resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
        resource
    }

    #[test]
    fn a_policy_is_at_home_in_the_nearest_folder_with_workloads() {
        let pods = ["a/x.yaml", "b/inner/y.yaml", "b/z.yaml"].map(at);
        let homes = Homes::read(&pods);
        for (policy, expected) in [
            ("deny.yaml", [true, true, true]),
            ("a/deny.yaml", [true, false, false]),
            ("a/policies/deny.yaml", [true, false, false]),
            ("b/deny.yaml", [false, true, true]),
            ("b/inner/deny.yaml", [false, true, false]),
            ("policies/deny.yaml", [true, true, true]),
        ] {
            let policy = at(policy);
            let met = pods.each_ref().map(|pod| homes.are_shared(&policy, pod));
            assert_eq!(met, expected, "{}", policy.artifact.uri);
        }
    }
}
