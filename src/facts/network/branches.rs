//! Folders of plain files that hold the same workloads, of which one has policies and one none, or which have some of one
//! name that say something else: a cluster for development beside that of production. Whoever applies the one does not
//! apply the other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{folder, is_below, normalized};
use super::replaced::Policies;
use crate::model::{Resource, Role};
use crate::network::{is_policy, is_refused, said_namespace};

/// As many workloads of one namespace and name are no accident.
const FEWEST_SHARED: usize = 2;

/// One of more folders than these is an example's, which many copy.
const MOST_FOLDERS: usize = 32;

/// Kind, namespace and name of a workload.
type Workload<'a> = (&'a str, &'a str, &'a str);

/// The folders, each with the turn that it takes part in: what is in it, or below it, is of the nearest one.
#[derive(Debug, Default)]
pub(super) struct Branches(BTreeMap<String, usize>);

impl Branches {
    /// Those among objects.
    pub(super) fn read<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let mut homes: BTreeMap<Workload<'_>, BTreeSet<String>> = BTreeMap::new();
        let mut policies: Vec<(String, &Resource)> = Vec::new();
        for resource in resources.into_iter().filter(|one| is_plain(one)) {
            if let Some(workload) = workload(resource) {
                homes.entry(workload).or_default().insert(home(resource));
            } else if is_policy(resource) {
                policies.push((home(resource), resource));
            }
        }
        if policies.is_empty() {
            return Self::default();
        }
        let policies_of = |branch: &str| {
            let own = policies.iter().filter(|(home, _)| is_below(home, branch));
            let mut found = Policies::default();
            own.for_each(|(_, policy)| found.add(policy));
            found
        };
        // Those of which one does not take the other along, by whether they have no policies.
        let mut apart: BTreeMap<(bool, String), BTreeSet<String>> = BTreeMap::new();
        for (one, other) in shared(&homes) {
            let own = [policies_of(&one), policies_of(&other)];
            let has = own.each_ref().map(|own| !own.is_empty());
            let is_other = has[0] != has[1] || own[0].contradict(&own[1]);
            if is_other && ![&one, &other].into_iter().all(|path| is_step(path)) {
                let mut add = |path: &String, has: bool, from: &String| {
                    let others = apart.entry((!has, path.clone())).or_default();
                    others.insert(from.clone());
                };
                add(&one, has[0], &other);
                add(&other, has[1], &one);
            }
        }
        // What has policies comes first.
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for ((_, path), others) in apart {
            let taken = others.iter().filter_map(|other| found.get(other));
            let taken: BTreeSet<usize> = taken.copied().collect();
            let turn = (0..=taken.len()).find(|turn| !taken.contains(turn));
            found.insert(path, turn.unwrap_or_default());
        }
        Self(found)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The turn of the branch that holds a plain object; `None` where none holds it.
    pub(super) fn turn(&self, resource: &Resource) -> Option<usize> {
        let home = Some(resource).filter(|one| !self.is_empty() && is_plain(one));
        let home = home.map(self::home)?;
        let mut around = std::iter::successors(Some(home.as_str()), |path| {
            (!path.is_empty()).then(|| folder(path))
        });
        around.find_map(|path| self.0.get(path)).copied()
    }
}

/// Branches that share enough workloads, by the folders of each.
fn shared(homes: &BTreeMap<Workload<'_>, BTreeSet<String>>) -> Vec<(String, String)> {
    let is_copied = |folders: &&BTreeSet<String>| (2..=MOST_FOLDERS).contains(&folders.len());
    let mut shared: BTreeMap<(String, String), usize> = BTreeMap::new();
    for folders in homes.values().filter(is_copied) {
        // Several folders of one branch may hold a workload.
        let pairs: BTreeSet<(String, String)> = pairs(folders).collect();
        for pair in pairs {
            *shared.entry(pair).or_default() += 1;
        }
    }
    let many = shared
        .into_iter()
        .filter(|(_, count)| *count >= FEWEST_SHARED);
    many.map(|(pair, _)| pair).collect()
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

    /// The branches of files that hold workloads of the given names, or a policy for all pods or some.
    fn branches(files: &[(&str, &[&str])]) -> Vec<(String, usize)> {
        let of_file = |(path, names): &(&str, &[&str])| -> Vec<Resource> {
            let each = names.iter().map(|name| match name.split_once('/') {
                Some((namespace, name)) => format!(
                    "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{containers: [{{name: a, image: a}}]}}\n"
                ),
                None if *name == "deny" => POLICY.to_owned(),
                None => POLICY.replace("{}", &format!("{{matchLabels: {{app: {name}}}}}")),
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
        let expected = [("k8s".to_owned(), 0), ("local".to_owned(), 1)];
        assert_eq!(found("local/all.yaml", both), expected);
        // A policy of the same name that says something else is there instead.
        let others: &[&str] = &["shop/web", "shop/db", "web"];
        assert_eq!(found("local/all.yaml", others), expected);
        let more: &[&str] = &["shop/db", "shop/web", "shop/cache"];
        assert_eq!(found("local/all.yaml", more), expected);
        for (apart, other) in [
            // One may be brought along by both.
            ("local/all.yaml", &["shop/web", "shop/cache"][..]),
            ("local/all.yaml", &["dev/web", "dev/db"]),
            // Both have the same policy.
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
