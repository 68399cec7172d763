//! Clusters that a repository tells apart, and which of them objects are put into: by the destinations of Argo CD's
//! Applications, the kubeconfigs of Flux's Kustomizations, or folders `clusters/NAME` of which each has its own of these.
//! What is not surely in one of them may be in any.

use std::collections::{BTreeMap, BTreeSet};

use super::super::normalized;
use super::deployed::Deployed;
use super::destination::Destination;
use super::placed::Placed;
use crate::model::Resource;
use crate::network::is_policy;

/// The folder that holds one folder for each cluster.
const CLUSTERS: &str = "clusters";
/// Names of folders beside those of clusters that hold what several take along, or that divide what one has.
const NO_CLUSTERS: [&str; 14] = [
    "all",
    "apps",
    "base",
    "bases",
    "bootstrap",
    "common",
    "components",
    "core",
    "default",
    "global",
    "infra",
    "infrastructure",
    "shared",
    "templates",
];
/// How many deployers lie between an object and what its repository begins with, at most.
const MOST_STEPS: usize = 8;

/// The clusters of a repository.
pub(super) struct Clusters<'a> {
    deployed: &'a Deployed,
    /// The numbers of those that are told apart.
    numbers: BTreeMap<Cluster, usize>,
}

/// What is said of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cluster {
    /// By its folder.
    Folder(String),
    /// By the destination of a deployer.
    To(Destination),
}

impl<'a> Clusters<'a> {
    /// Reads them. None where one may be called in two ways.
    pub(super) fn read(deployed: &'a Deployed) -> Self {
        let mut found = Self {
            deployed,
            numbers: BTreeMap::new(),
        };
        let deployers = deployed.deployers.iter();
        let folders = deployers.filter_map(|(one, _)| folder_of(one));
        let folders: BTreeSet<Cluster> = folders.map(Cluster::Folder).collect();
        let ends = deployed.deployers.iter().map(|(_, end)| end);
        let ends: BTreeSet<&Destination> =
            ends.filter(|end| **end != Destination::Unknown).collect();
        let has = |is_one: fn(&Destination) -> bool| ends.iter().any(|end| is_one(end));
        let ways = [
            has(|end| matches!(end, Destination::Server(_))),
            has(|end| matches!(end, Destination::Name(_))),
            has(|end| matches!(end, Destination::Config(_))),
        ];
        let is_one_way = ways.into_iter().filter(|way| *way).count() < 2;
        let all = match folders.len() {
            0 | 1 if is_one_way => ends.into_iter().cloned().map(Cluster::To).collect(),
            0 | 1 => BTreeSet::new(),
            _ => folders,
        };
        if all.len() > 1 {
            found.numbers = all.into_iter().zip(0..).collect();
        }
        found
    }

    /// The clusters that an object is put into; none where it may be any.
    pub(super) fn of(&self, resource: &Resource) -> BTreeSet<usize> {
        if self.numbers.is_empty() {
            return BTreeSet::new();
        }
        self.around(resource, MOST_STEPS).unwrap_or_default()
    }

    fn around(&self, resource: &Resource, steps: usize) -> Option<BTreeSet<usize>> {
        if let Some(folder) = folder_of(resource)
            && let Some(number) = self.numbers.get(&Cluster::Folder(folder))
        {
            return Some(BTreeSet::from([*number]));
        }
        let mut found = BTreeSet::new();
        let deployers = self.deployed.taking(resource);
        for at in deployers.into_iter().take_while(|_| steps > 0) {
            let (deployer, destination) = &self.deployed.deployers[at];
            let own = Cluster::To(destination.clone());
            match (self.numbers.get(&own), destination) {
                (Some(number), _) => drop(found.insert(*number)),
                (None, Destination::Here) if !is_same_file(deployer, resource) => {
                    found.extend(self.around(deployer, steps - 1)?);
                }
                (None, _) => return None,
            }
        }
        Some(found).filter(|found| !found.is_empty())
    }
}

fn is_same_file(one: &Resource, other: &Resource) -> bool {
    one.artifact.uri == other.artifact.uri
}

/// The folder of the cluster in which an object stands.
fn folder_of(resource: &Resource) -> Option<String> {
    let path = normalized(&resource.artifact.display);
    let steps: Vec<&str> = path.split('/').collect();
    let at = steps.iter().position(|step| *step == CLUSTERS)?;
    let name = steps.get(at + 1).filter(|_| steps.len() > at + 2)?;
    (!NO_CLUSTERS.contains(name)).then(|| steps[..=at + 1].join("/"))
}

/// Some objects that may be in one cluster.
pub(super) struct Share<'a> {
    pub(super) members: Vec<&'a Placed>,
    /// The cluster; none where all are looked at together.
    cluster: Option<usize>,
}

impl Share<'_> {
    /// Whether it is said here what is wrong with an object.
    pub(super) fn tells(&self, one: &Placed) -> bool {
        match self.cluster {
            Some(cluster) => one.clusters.contains(&cluster),
            None => one.clusters.is_empty(),
        }
    }
}

/// Divides objects by the clusters that they are put into: those that may be in any are in each, and are looked at with
/// all others. Without policies in any of the clusters there is nothing to divide.
pub(super) fn shares<'a>(members: &[&'a Placed]) -> Vec<Share<'a>> {
    let clusters = members.iter().flat_map(|one| one.clusters.iter().copied());
    let clusters: BTreeSet<usize> = clusters.collect();
    let mut found = Vec::new();
    if clusters.is_empty() || members.iter().any(|one| one.clusters.is_empty()) {
        found.push(Share {
            members: members.to_vec(),
            cluster: None,
        });
    }
    for cluster in clusters {
        let may_be = |one: &&&Placed| one.clusters.is_empty() || one.clusters.contains(&cluster);
        found.push(Share {
            members: members.iter().filter(may_be).copied().collect(),
            cluster: Some(cluster),
        });
    }
    found
}

/// Puts objects into clusters, where some policy is in one and another object is not.
pub(super) fn divide(placed: &mut [Placed], deployed: &Deployed) {
    let clusters = Clusters::read(deployed);
    if clusters.numbers.is_empty() {
        return;
    }
    let found: Vec<BTreeSet<usize>> = placed
        .iter()
        .map(|one| clusters.of(&one.resource))
        .collect();
    let known = |at: &usize| !found[*at].is_empty();
    let mut policies = (0..placed.len()).filter(|at| known(at) && is_policy(&placed[*at].resource));
    let is_apart = policies.any(|at| found.iter().any(|one| !one.is_empty() && *one != found[at]));
    if is_apart {
        for (one, clusters) in placed.iter_mut().zip(found) {
            one.clusters = clusters;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;
    use crate::source::read_text;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";

    fn application(path: &str, destination: &str) -> String {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a}}\nspec: {{source: {{path: {path}}}, destination: {{{destination}}}}}\n---\n"
        )
    }

    fn kustomization(path: &str, more: &str) -> String {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: a}}\nspec: {{path: ./{path}{more}}}\n---\n"
        )
    }

    /// The clusters that pods in the folders `a` and `b` are put into.
    fn clusters(files: &[(&str, &str)]) -> [Vec<usize>; 2] {
        let pods = [("a/pod.yaml", POD), ("b/pod.yaml", POD)];
        let of_file = |(path, text): &(&str, &str)| {
            let artifact = Arc::new(Artifact::new(path, path, (*text).to_owned()));
            let mut resources = read_text(text);
            for resource in &mut resources {
                resource.artifact = Arc::clone(&artifact);
            }
            resources
        };
        let resources: Vec<Resource> = pods.iter().chain(files).flat_map(of_file).collect();
        let deployed = Deployed::read(&resources);
        let clusters = Clusters::read(&deployed);
        [0, 1].map(|at| clusters.of(&resources[at]).into_iter().collect())
    }

    #[test]
    fn destinations_tell_clusters_apart() {
        let (here, near) = (
            "server: 'https://kubernetes.default.svc'",
            "name: in-cluster",
        );
        let (far, farther) = (
            "server: 'https://10.1.2.3:6443'",
            "server: 'https://10.1.2.4'",
        );
        for (one, other, are_apart) in [
            (here, far, true),
            (far, farther, true),
            ("name: dev", "name: prod", true),
            (here, near, false),
            (here, "namespace: shop", false),
            (far, far, false),
            // One cluster may be called in both ways.
            (far, "name: prod", false),
            (here, "server: '{{server}}'", false),
        ] {
            let text = application("a", one) + &application("b", other);
            let [one_of, other_of] = clusters(&[("argo/apps.yaml", &text)]);
            let found = !one_of.is_empty() && !other_of.is_empty() && one_of != other_of;
            assert_eq!(found, are_apart, "{one} {other}");
        }
        let both = application("a", here) + &application("a", far) + &application("b", far);
        assert_eq!(clusters(&[("apps.yaml", &both)]), [vec![0, 1], vec![1]]);
    }

    #[test]
    fn folders_of_clusters_have_their_own_deployers() {
        let [a, b] = ["a", "b"].map(|path| kustomization(path, ""));
        for (one, other, are_apart) in [
            ("clusters/dev/k.yaml", "clusters/prod/k.yaml", true),
            (
                "x/clusters/dev/flux-system/k.yaml",
                "x/clusters/prod/k.yaml",
                true,
            ),
            ("clusters/dev/k.yaml", "clusters/dev/l.yaml", false),
            ("clusters/dev/k.yaml", "clusters/base/k.yaml", false),
            ("clusters/k.yaml", "clusters/l.yaml", false),
            ("dev/k.yaml", "prod/k.yaml", false),
        ] {
            let [one_of, other_of] = clusters(&[(one, &a), (other, &b)]);
            let found = !one_of.is_empty() && !other_of.is_empty() && one_of != other_of;
            assert_eq!(found, are_apart, "{one} {other}");
        }
        let shared = [
            ("clusters/dev/k.yaml", &*kustomization("apps", "")),
            ("clusters/prod/k.yaml", &*kustomization("b", "")),
            ("apps/k.yaml", &*a),
        ];
        assert_eq!(clusters(&shared), [vec![0], vec![1]]);
    }

    #[test]
    fn a_kubeconfig_leads_into_another_cluster() {
        let far = kustomization("b", ", kubeConfig: {secretRef: {name: far}}");
        let text = kustomization("a", "") + &far;
        let [one, other] = clusters(&[("k.yaml", &text)]);
        assert!(!one.is_empty() && !other.is_empty() && one != other);
    }
}
