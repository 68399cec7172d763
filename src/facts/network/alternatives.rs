//! Ways to deploy the same workloads: kustomizations of which one has policies and one none, or which have some of one
//! name that say something else, and a chart beside a kustomization or plain files of the same application, and folders
//! of plain files. Whoever takes one does not take the other, so that the policies of the one close no pods of the other,
//! and open none.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::{folder, normalized};
use super::branches::Branches;
use super::home::written_folder;
use super::placed::Placed;
use super::replaced::Policies;
use super::taken::Taken;
use crate::model::{Resource, Role};
use crate::network::{is_policy, namespace_of, said_namespace};

/// A kustomization by its root and its name, or a chart by its root.
type Key<'a> = (&'a str, &'a str);

/// Form, namespace and name of a workload.
type Workload<'a> = (&'a str, &'a str, &'a str);

/// In whose stead which of them take part: those of one turn are deployed together.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    /// By root and name.
    built: BTreeMap<(String, String), usize>,
    /// Files that nothing is built from.
    plain: Option<(Folders, usize)>,
    /// Those of them that are alternatives of each other.
    branches: Branches,
    /// Kustomizations without workloads whose policies others take along: who takes none of these has none of them.
    parts: BTreeSet<(String, String)>,
    /// Policies that commands apply by themselves, without the workloads beside which they are: they are there in each
    /// turn.
    by_themselves: HashSet<(usize, u32)>,
}

/// The objects of some that meet in a turn.
pub(super) struct Turn<'a> {
    /// All that are there.
    pub(super) members: Vec<&'a Placed>,
    /// Which it is, where what else is there was told in another one.
    pub(super) after: Option<usize>,
    /// Whether those of all turns meet: that tells which policies mean something, and nothing more. The pods of one
    /// environment are often the only ones of another that are written.
    pub(super) is_of_all: bool,
}

/// Folders with files of one application.
#[derive(Debug)]
enum Folders {
    /// One, with all below it.
    Below(String),
    /// Each by itself.
    These(BTreeSet<String>),
}

/// What makes workloads.
#[derive(Debug, Default)]
struct Maker<'a> {
    is_chart: bool,
    has_policies: bool,
    /// How the names of a release's objects may begin.
    prefixes: BTreeSet<&'a str>,
    workloads: BTreeSet<Workload<'a>>,
    policies: Policies<'a>,
    /// Workloads that leave their namespace open, by the folder that they are written in.
    written: BTreeSet<(&'a str, String, &'a str)>,
}

impl Alternatives {
    /// Those among objects of which commands take some.
    pub(super) fn read(resources: &[&Resource], taken: &Taken) -> Self {
        let mut makers: BTreeMap<Key<'_>, Maker<'_>> = BTreeMap::new();
        for resource in resources.iter().filter(|one| one.role == Role::Manifest) {
            if let Some(key) = key(resource) {
                makers.entry(key).or_default().add(resource);
            }
        }
        let mut found = Self {
            branches: Branches::read(resources.iter().copied()),
            ..Self::default()
        };
        let plain = match makers.values().any(|one| one.is_chart) {
            true => Plain::read(resources, &makers),
            false => None,
        };
        let is_part = |one: &&Maker<'_>| makers.values().any(|other| one.is_part_of(other));
        let parts = makers.iter().filter(|(_, one)| is_part(one));
        let parts = parts.map(|((root, name), _)| ((*root).to_owned(), (*name).to_owned()));
        found.parts = parts.collect();
        let mut order: Vec<(&Key<'_>, &Maker<'_>)> = makers.iter().collect();
        // What has policies comes first.
        order.sort_by_key(|(_, one)| !one.has_policies);
        let mut turns: Vec<(Key<'_>, usize)> = Vec::new();
        for (at, (key, maker)) in order.iter().enumerate() {
            let excluded = order
                .iter()
                .filter(|(other, of)| other.0 != key.0 && maker.excludes(of));
            let excluded: BTreeSet<&Key<'_>> = excluded.map(|(key, _)| *key).collect();
            let is_like_plain = plain.as_ref().is_some_and(|one| one.charts.contains(*key));
            if !excluded.is_empty() || is_like_plain {
                let taken = turns.iter().filter(|(key, _)| excluded.contains(key));
                let taken: BTreeSet<usize> = taken.map(|(_, turn)| *turn).collect();
                let turn = (0..=at).find(|turn| !taken.contains(turn));
                turns.push((**key, turn.unwrap_or_default()));
            }
        }
        if let Some(plain) = plain {
            let mut others = turns.iter().filter(|(key, _)| plain.charts.contains(key));
            let is_free = |turn: &usize| !others.clone().any(|(_, other)| other == turn);
            let turn = (0..=turns.len()).find(is_free).unwrap_or_default();
            found.plain = others.next().map(|_| (plain.folders, turn));
        }
        let owned =
            |((root, name), turn): (Key<'_>, usize)| ((root.to_owned(), name.to_owned()), turn);
        found.built = turns.into_iter().map(owned).collect();
        if !found.is_empty() {
            found.by_themselves = by_themselves(resources, taken);
        }
        found
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.built.is_empty() && self.branches.is_empty() && self.parts.is_empty()
    }

    /// In which turn an object takes part, if not in each. Namespaces are there whoever makes them.
    pub(super) fn turn(&self, resource: &Resource) -> Option<usize> {
        let is_everywhere = || self.by_themselves.contains(&super::key(resource));
        if self.is_empty() || resource.gvk.kind == "Namespace" || is_everywhere() {
            return None;
        }
        match key(resource) {
            Some((root, name)) => self.built.get(&(root.to_owned(), name.to_owned())).copied(),
            None => {
                let is_one = |(folders, _): &&(Folders, usize)| {
                    resource.role == Role::Manifest && folders.hold(resource)
                };
                let beside_chart = self.plain.as_ref().filter(is_one).map(|(_, turn)| *turn);
                beside_chart.or_else(|| self.branches.turn(resource))
            }
        }
    }

    /// Whether an object is a policy of a part, which is there with what takes it along.
    fn is_of_part(&self, resource: &Resource) -> bool {
        let of_part = || {
            let (root, name) = key(resource)?;
            Some(self.parts.contains(&(root.to_owned(), name.to_owned())))
        };
        !self.parts.is_empty() && is_policy(resource) && of_part() == Some(true)
    }

    /// Who meets among some objects: the first turn, and each further one that some of them take part in; last, where
    /// folders are alternatives, all of them.
    pub(super) fn turns<'a>(&self, members: &[&'a Placed]) -> Vec<Turn<'a>> {
        let members: Vec<&Placed> = members
            .iter()
            .copied()
            .filter(|one| {
                let resource = &one.resource;
                !self.is_of_part(resource) || self.by_themselves.contains(&super::key(resource))
            })
            .collect();
        let turns: Vec<Option<usize>> =
            members.iter().map(|one| self.turn(&one.resource)).collect();
        let mut met: BTreeSet<usize> = turns.iter().flatten().copied().collect();
        if met.is_empty() {
            met.insert(0);
        }
        let first = met.first().copied();
        let meeting = |turn: usize| {
            let all = members.iter().zip(&turns);
            let own = all.filter(|(_, own)| own.is_none_or(|own| own == turn));
            Turn {
                members: own.map(|(one, _)| *one).collect(),
                after: Some(turn).filter(|_| first != Some(turn)),
                is_of_all: false,
            }
        };
        let of_all = Turn {
            members: members.clone(),
            after: first,
            is_of_all: true,
        };
        let of_all = Some(of_all).filter(|_| !self.branches.is_empty());
        met.iter()
            .map(|turn| meeting(*turn))
            .chain(of_all)
            .collect()
    }
}

impl<'a> Maker<'a> {
    fn add(&mut self, resource: &'a Resource) {
        let rendering = resource
            .artifact
            .provenance
            .as_ref()
            .map(|one| &one.rendering);
        self.is_chart |= is_of_chart(resource);
        if is_policy(resource) {
            self.has_policies = true;
            self.policies.add(resource);
        }
        if resource.is_workload() {
            let release = rendering.and_then(|one| one.release.as_deref());
            self.prefixes.extend(release);
            self.workloads.insert(workload(resource));
            if said_namespace(resource).is_none() {
                let folder = written_folder(resource).unwrap_or_default();
                let identity = &resource.identity;
                self.written
                    .insert((form(&identity.kind), folder, &identity.name));
            }
        }
    }

    /// Whether who deploys this one does not deploy the other, and it matters to policies.
    fn excludes(&self, other: &Self) -> bool {
        if self.is_chart || other.is_chart {
            return (self.has_policies || other.has_policies) && self.is_like(other);
        }
        let mut shared = self.workloads.intersection(&other.workloads);
        (self.has_policies != other.has_policies || self.policies.contradict(&other.policies))
            && (shared.any(|one| !self.leaves(one)) || !self.written.is_disjoint(&other.written))
    }

    /// Whether another one makes the policies that are all it has, beside workloads: it is a part of that one.
    fn is_part_of(&self, other: &Self) -> bool {
        !self.is_chart
            && !other.is_chart
            && self.has_policies
            && self.workloads.is_empty()
            && !other.workloads.is_empty()
            && self.policies.are_among(&other.policies)
    }

    /// Whether it leaves the namespace of a workload open.
    fn leaves(&self, (kind, _, name): &Workload<'_>) -> bool {
        let mut left = self.written.iter();
        left.any(|(own, _, called)| own == kind && called == name)
    }

    /// Whether both make most of the same workloads in the same namespaces, but for the names of releases before
    /// theirs. A single one of another name may be one that each brings along.
    fn is_like(&self, other: &Self) -> bool {
        let same = self.workloads.intersection(&other.workloads).count();
        let like = [(self, other), (other, self)].map(|(one, of)| one.bare(of).count());
        let shared = same + like.into_iter().max().unwrap_or_default();
        let fewest = self.workloads.len().min(other.workloads.len());
        2 * shared > fewest && (same > 0 || shared > 1)
    }

    /// Its workloads that another one has without the name of the release.
    fn bare<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s Workload<'a>> + 's {
        self.workloads.iter().filter(|(kind, namespace, name)| {
            let mut prefixes = self.prefixes.iter();
            prefixes.any(|prefix| {
                let rest = name
                    .strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix('-'));
                rest.is_some_and(|rest| other.workloads.contains(&(*kind, *namespace, rest)))
            })
        })
    }
}

/// Plain files of applications that charts deploy as well.
struct Plain<'a> {
    folders: Folders,
    charts: BTreeSet<Key<'a>>,
}

impl<'a> Plain<'a> {
    fn read(resources: &[&'a Resource], makers: &BTreeMap<Key<'a>, Maker<'a>>) -> Option<Self> {
        let is_plain =
            |one: &&&Resource| one.role == Role::Manifest && one.artifact.provenance.is_none();
        let all = || resources.iter().filter(is_plain);
        let mut own = Maker {
            has_policies: all().any(|one| is_policy(one)),
            ..Maker::default()
        };
        let workloads = || all().filter(|one| one.is_workload());
        own.workloads.extend(workloads().map(|one| workload(one)));
        let charts = makers
            .iter()
            .filter(|(_, one)| one.is_chart && one.excludes(&own));
        let charts: BTreeMap<&Key<'_>, &Maker<'_>> = charts.collect();
        let is_shared = |one: &&&Resource| {
            let alone = Maker {
                workloads: [workload(one)].into(),
                ..Maker::default()
            };
            let mut charts = charts.values();
            charts
                .any(|of| of.workloads.contains(&workload(one)) || of.bare(&alone).next().is_some())
        };
        let shared = workloads().filter(is_shared);
        let shared = shared.map(|one| normalized(folder(&one.artifact.display)));
        let shared: BTreeSet<String> = shared.collect();
        let roots: Vec<String> = charts.keys().map(|(root, _)| normalized(root)).collect();
        (!shared.is_empty()).then(|| Self {
            folders: Folders::around(shared, &roots),
            charts: charts.into_keys().copied().collect(),
        })
    }
}

impl Folders {
    /// The folder around some, unless charts are in it.
    fn around(shared: BTreeSet<String>, charts: &[String]) -> Self {
        let above = |one: &str, other: &str| {
            let steps = one.split('/').zip(other.split('/'));
            let same = steps.take_while(|(one, other)| one == other);
            same.map(|(step, _)| step).collect::<Vec<_>>().join("/")
        };
        let around = shared
            .iter()
            .cloned()
            .reduce(|one, other| above(&one, &other));
        let around = around.unwrap_or_default();
        match around.is_empty() || charts.iter().any(|root| is_below(root, &around)) {
            true => Self::These(shared),
            false => Self::Below(around),
        }
    }

    fn hold(&self, resource: &Resource) -> bool {
        let own = normalized(folder(&resource.artifact.display));
        match self {
            Self::Below(around) => is_below(&own, around),
            Self::These(folders) => folders.contains(&own),
        }
    }
}

/// The policies that commands put where they are while they take none of the workloads beside which they are deployed
/// otherwise.
fn by_themselves(resources: &[&Resource], taken: &Taken) -> HashSet<(usize, u32)> {
    let manifests = resources.iter().filter(|one| one.role == Role::Manifest);
    let matter = manifests.filter(|one| is_policy(one) || one.is_workload());
    let own = matter.filter(|one| !is_of_chart(one) && taken.takes_as_written(one));
    let (policies, workloads): (Vec<&Resource>, Vec<&Resource>) =
        own.partition(|one| is_policy(one));
    let beside: BTreeSet<Option<Key<'_>>> = workloads.into_iter().map(key).collect();
    let alone = policies
        .into_iter()
        .filter(|one| !beside.contains(&key(one)));
    alone.map(super::key).collect()
}

fn is_below(folder: &str, around: &str) -> bool {
    let rest = folder.strip_prefix(around);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn workload(resource: &Resource) -> Workload<'_> {
    let identity = &resource.identity;
    let kind = form(&identity.kind);
    (kind, namespace_of(resource), &identity.name)
}

/// A kind, where it matters: what is one replica in a Deployment is often a StatefulSet where it has to last.
fn form(kind: &str) -> &str {
    match kind {
        "Deployment" | "ReplicaSet" | "Rollout" | "StatefulSet" => "Deployment",
        _ => kind,
    }
}

fn is_of_chart(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    provenance.is_some_and(|one| !one.is_of_manifests())
}

/// What an object was built from: of a chart, however it is rendered.
fn key(resource: &Resource) -> Option<Key<'_>> {
    let provenance = resource.artifact.provenance.as_ref()?;
    let rendering = &provenance.rendering;
    let name = match provenance.is_of_manifests() {
        true => rendering.name.as_str(),
        false => "",
    };
    Some((&rendering.root, name))
}
