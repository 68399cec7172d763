//! Folders of plain files that hold the same workloads, of which one has policies and one none: a cluster for development
//! beside that of production. Whoever applies the one does not apply the other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, is_below, normalized};
use crate::model::{Resource, Role};
use crate::network::{is_policy, is_refused, said_namespace};

/// As many workloads of one namespace and name are no accident.
const FEWEST_SHARED: usize = 2;

/// One of more folders than these is an example's, which many copy.
const MOST_FOLDERS: usize = 32;

/// Kind, namespace and name of a workload.
type Workload<'a> = (&'a str, &'a str, &'a str);

/// The folders, each with whether there are policies in it or below it: those of the nearest one count.
#[derive(Debug, Default)]
pub(super) struct Branches(BTreeMap<String, bool>);

impl Branches {
    /// Those among objects.
    pub(super) fn read<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let mut homes: BTreeMap<Workload<'_>, BTreeSet<String>> = BTreeMap::new();
        let mut closed: BTreeSet<String> = BTreeSet::new();
        for resource in resources.into_iter().filter(|one| is_plain(one)) {
            if let Some(workload) = workload(resource) {
                homes.entry(workload).or_default().insert(home(resource));
            } else if is_policy(resource) {
                closed.insert(home(resource));
            }
        }
        let is_copied = |folders: &&BTreeSet<String>| (2..=MOST_FOLDERS).contains(&folders.len());
        let mut shared: BTreeMap<(String, String), usize> = BTreeMap::new();
        for folders in homes.values().filter(is_copied) {
            // Several folders of one branch may hold a workload.
            let pairs: BTreeSet<(String, String)> = pairs(folders).collect();
            for pair in pairs {
                *shared.entry(pair).or_default() += 1;
            }
        }
        let has_policies = |branch: &str| closed.iter().any(|home| is_below(home, branch));
        let mut found = BTreeMap::new();
        let many = shared
            .into_iter()
            .filter(|(_, count)| *count >= FEWEST_SHARED);
        for ((one, other), _) in many {
            let has = [has_policies(&one), has_policies(&other)];
            if has[0] != has[1] && ![&one, &other].into_iter().all(|path| is_step(path)) {
                found.extend([(one, has[0]), (other, has[1])]);
            }
        }
        Self(found)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the branch that holds a plain object has policies; `None` where none holds it.
    pub(super) fn has_policies(&self, resource: &Resource) -> Option<bool> {
        let home = Some(resource).filter(|one| !self.is_empty() && is_plain(one));
        let home = home.map(self::home)?;
        let mut around = std::iter::successors(Some(home.as_str()), |path| {
            (!path.is_empty()).then(|| folder(path))
        });
        around.find_map(|path| self.0.get(path)).copied()
    }
}

/// The branches of each two folders: where their ways part. None where one is in the other.
fn pairs(folders: &BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
    let each = folders.iter().enumerate();
    let each =
        each.flat_map(|(at, one)| folders.iter().skip(at + 1).map(move |other| (one, other)));
    each.filter_map(|(one, other)| {
        let same = one.split('/').zip(other.split('/'));
        let same = same.take_while(|(one, other)| one == other).count();
        let branch = |path: &str| {
            let steps: Vec<&str> = path.split('/').take(same + 1).collect();
            (steps.len() > same && !path.is_empty()).then(|| steps.join("/"))
        };
        branch(one).zip(branch(other))
    })
}

/// A whole workload that says where it goes.
fn workload(resource: &Resource) -> Option<Workload<'_>> {
    let is_whole = |one: &&Resource| one.is_workload() && !is_refused(one);
    let namespace = Some(resource).filter(is_whole);
    let namespace = namespace.and_then(said_namespace)?;
    let identity = &resource.identity;
    Some((&identity.kind, namespace, &identity.name))
}

fn is_plain(resource: &Resource) -> bool {
    resource.role == Role::Manifest && resource.artifact.provenance.is_none()
}

fn home(resource: &Resource) -> String {
    normalized(folder(&resource.artifact.display))
}

/// Whether a folder is one of several steps, of which the later ones are applied over the earlier ones: `02-scaling`.
pub(super) fn is_step(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.trim_start_matches("step").trim_start_matches('-');
    name.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;
    use crate::source::read_text;

    const POLICY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: shop}\nspec: {podSelector: {}}\n";

    /// The branches of files that hold workloads of the given names, or a policy.
    fn branches(files: &[(&str, &[&str])]) -> Vec<(String, bool)> {
        let of_file = |(path, names): &(&str, &[&str])| -> Vec<Resource> {
            let each = names.iter().map(|name| match name.split_once('/') {
                Some((namespace, name)) => format!(
                    "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{containers: [{{name: a, image: a}}]}}\n"
                ),
                None => POLICY.to_owned(),
            });
            let each: Vec<String> = each.collect();
            let mut resources = read_text(&each.join("---\n"));
            for resource in &mut resources {
                resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
            }
            resources
        };
        let resources: Vec<Resource> = files.iter().flat_map(of_file).collect();
        Branches::read(&resources).0.into_iter().collect()
    }

    #[test]
    fn folders_with_the_same_workloads_are_branches_where_one_has_policies() {
        let (own, both): (&[&str], &[&str]) = (&["deny"], &["shop/web", "shop/db"]);
        let found = |apart: &str, other: &[&str]| {
            let web = ("k8s/web/all.yaml", both);
            branches(&[web, ("k8s/policies/a.yaml", own), (apart, other)])
        };
        let expected = [("k8s".to_owned(), true), ("local".to_owned(), false)];
        assert_eq!(found("local/all.yaml", both), expected);
        let more: &[&str] = &["shop/db", "shop/web", "shop/cache"];
        assert_eq!(found("local/all.yaml", more), expected);
        for (apart, other) in [
            // One may be brought along by both.
            ("local/all.yaml", &["shop/web", "shop/cache"][..]),
            ("local/all.yaml", &["dev/web", "dev/db"]),
            // Both have policies.
            ("local/all.yaml", &["shop/web", "shop/db", "deny"]),
            // Neither is all that is applied.
            ("all.yaml", both),
            ("k8s/web/more/all.yaml", both),
        ] {
            assert_eq!(found(apart, other), [], "{apart} {other:?}");
        }
    }

    #[test]
    fn steps_are_taken_one_after_another() {
        let (first, next): (&[&str], &[&str]) =
            (&["shop/web", "shop/db", "deny"], &["shop/web", "shop/db"]);
        let found =
            |one: &'static str, other: &'static str| branches(&[(one, first), (other, next)]).len();
        assert_eq!(found("01-start/a.yaml", "02-scaling/a.yaml"), 0);
        assert_eq!(found("step-1/a.yaml", "step-2/a.yaml"), 0);
        assert_eq!(found("start/a.yaml", "02-scaling/a.yaml"), 2);
    }
}
