//! Whom objects meet that leave their namespace to who applies them: each kustomization that names none is applied by
//! itself, and what it leaves out beside what it takes along is not applied with it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::super::{folder, normalized};
use super::deployment;
use super::home::home_of;
use super::kustomized::Kustomized;
use super::placed::{By, Hand, Placed};
use crate::model::{Artifact, Resource, Role};
use crate::network::{is_apart, is_policy, namespace_apart, namespace_of};

/// With more copies of policies than these, nothing is told apart.
const MOST_COPIES: usize = 4096;
/// Options of kubectl in front of a file or a folder that is applied as it is.
const TAKES: [&str; 2] = ["-f", "--filename"];
/// Options by which all below the folder is, too.
const DEEP: [&str; 2] = ["-R", "--recursive"];

/// The objects of a kustomization, or of a folder.
type Group<'a> = (Option<(&'a str, &'a str)>, &'a str);

/// Who applies what is left out, by position.
type Left = BTreeMap<usize, Arc<str>>;

/// Says of objects that name no namespace who applies them.
pub(super) fn tell_apart(placed: &mut [Placed], kustomized: &Kustomized, texts: &[Arc<Artifact>]) {
    if !placed.iter().any(|one| one.resource.artifact.is_built()) {
        return;
    }
    for (at, hand) in Open::read(placed, kustomized).hands(texts) {
        placed[at].hand = hand;
    }
}

/// The objects that are applied together as each is applied, in the namespaces that they are in then, and who placed
/// them: those that anybody may apply are among all.
pub(super) fn applied<'a>(members: &[&'a Placed]) -> (Vec<&'a Placed>, Vec<Resource>) {
    let own = members.iter().filter_map(|one| match &one.hand {
        Hand::Own(hand) => Some(hand),
        Hand::Any | Hand::Each | Hand::Left => None,
    });
    let hands: BTreeSet<&Arc<str>> = own.collect();
    let put = |one: &Placed, hand: &str| {
        let mut resource = one.resource.clone();
        resource.identity.namespace = Some(namespace_apart(hand));
        resource
    };
    let first = members.iter().map(|one| match &one.hand {
        Hand::Own(hand) => (*one, put(one, hand)),
        Hand::Any | Hand::Each | Hand::Left => (*one, one.resource.clone()),
    });
    let spread = members.iter().filter(|one| one.hand == Hand::Each);
    let copies = spread.flat_map(|one| hands.iter().map(|hand| (*one, put(one, hand))));
    first.chain(copies).unzip()
}

/// Whether a kustomization leaves out an object, as it is applied, which stands beside what it takes along.
pub(super) fn is_left_out(resource: &Resource) -> bool {
    let own = namespace_of(resource);
    is_apart(own) && own == namespace_apart(&beside(&home_of(resource)))
}

/// Who applies what is left out in a folder.
fn beside(home: &str) -> String {
    format!("what is beside {home}")
}

/// Objects that leave their namespace open, by position, and whom they stand beside.
struct Open<'a> {
    placed: &'a [Placed],
    kustomized: &'a Kustomized,
    /// Those of kustomizations that were built.
    built: Vec<usize>,
    others: Vec<usize>,
    /// Kustomizations and folders with pods, also such as name their namespace.
    populated: HashSet<Group<'a>>,
}

impl<'a> Open<'a> {
    fn read(placed: &'a [Placed], kustomized: &'a Kustomized) -> Self {
        let open = (0..placed.len()).filter(|at| is_open(&placed[*at]));
        let (built, others) = open.partition(|at| placed[*at].resource.artifact.is_built());
        let workloads = placed.iter().map(|one| &one.resource);
        let workloads = workloads.filter(|one| one.is_workload() && one.role == Role::Manifest);
        Self {
            placed,
            kustomized,
            built,
            others,
            populated: workloads.map(group).collect(),
        }
    }

    /// Who applies each.
    fn hands(&self, texts: &[Arc<Artifact>]) -> BTreeMap<usize, Hand> {
        let (left, handed) = self.beside(texts);
        let names = self.names();
        let name = |at: &usize| names.get(&group(self.at(*at))).cloned();
        let mut found = BTreeMap::new();
        let spread = self.for_others(|at| !left.contains_key(at));
        let hands: BTreeSet<&Arc<str>> = names.values().collect();
        if hands.len() > 1 && spread.len() * hands.len() <= MOST_COPIES {
            let built = self.built.iter();
            found.extend(built.filter_map(|at| Some((*at, Hand::Own(name(at)?)))));
            found.extend(spread.into_iter().map(|at| (at, Hand::Each)));
            let handed = handed.into_iter();
            found.extend(handed.filter_map(|(at, by)| Some((at, Hand::Own(name(&by)?)))));
        }
        found.extend(left.into_iter().map(|(at, name)| (at, Hand::Own(name))));
        found
    }

    fn at(&self, position: usize) -> &'a Resource {
        &self.placed[position].resource
    }

    /// Who applies each of the kustomizations with pods.
    fn names(&self) -> HashMap<Group<'a>, Arc<str>> {
        let mut found = HashMap::new();
        for one in self.built.iter().map(|at| self.at(*at)) {
            let own = group(one);
            if self.populated.contains(&own) {
                let name = found.entry(own);
                name.or_insert_with(|| hand_of(one, self.kustomized));
            }
        }
        found
    }

    /// Policies that have no pods beside them. What an unbuilt kustomization lists, such as a component, is for
    /// who takes that along.
    fn for_others(&self, is_one: impl Fn(&usize) -> bool) -> Vec<usize> {
        let all = self.built.iter().chain(&self.others).copied();
        let all = all.filter(|at| is_policy(self.at(*at)) && is_one(at));
        let has_pods = |at: &usize| self.populated.contains(&group(self.at(*at)));
        all.filter(|at| !has_pods(at) && !self.kustomized.lists(self.at(*at)))
            .collect()
    }

    /// The objects beside those that kustomizations take along: those that they leave out, and those that a script
    /// applies, each with one that it is beside.
    fn beside(&self, texts: &[Arc<Artifact>]) -> (Left, Vec<(usize, usize)>) {
        let (mut left, mut handed) = (Left::new(), Vec::new());
        let is_plain = |at: &usize| {
            let one = self.at(*at);
            one.artifact.provenance.is_none() && !self.kustomized.lays(one)
        };
        let plain: Vec<usize> = self.others.iter().copied().filter(is_plain).collect();
        if plain.is_empty() {
            return (left, handed);
        }
        let built = (0..self.placed.len()).filter(|at| self.at(*at).artifact.is_built());
        let homes: HashMap<String, usize> = built.map(|at| (home_of(self.at(at)), at)).collect();
        for at in plain {
            let one = self.at(at);
            let home = home_of(one);
            match homes.get(&home) {
                Some(by) if texts.iter().any(|text| applies(&text.text, one, &home)) => {
                    handed.push((at, *by));
                }
                Some(_) => drop(left.insert(at, beside(&home).into())),
                None => {}
            }
        }
        (left, handed)
    }
}

/// Whether an object leaves its namespace open.
fn is_open(one: &Placed) -> bool {
    let resource = &one.resource;
    one.by != By::Base
        && resource.role == Role::Manifest
        && resource.given_namespace().is_none()
        && resource.gvk.kind != "Namespace"
}

fn group(resource: &Resource) -> Group<'_> {
    let of = deployment(resource);
    let own = || folder(&resource.artifact.display);
    (of, of.map_or_else(own, |_| ""))
}

/// Who applies a kustomization: what deploys a folder around, or somebody by hand.
fn hand_of(resource: &Resource, kustomized: &Kustomized) -> Arc<str> {
    let deployers = kustomized.deployed().taking(resource);
    let provenance = resource.artifact.provenance.as_ref();
    let own = provenance.map_or("", |one| one.rendering.folder());
    match deployers.is_empty() {
        true => own.into(),
        false => format!("{deployers:?}").into(),
    }
}

/// Whether a line of a text hands a file to kubectl, or its folder as it is.
pub(super) fn applies(text: &str, resource: &Resource, home: &str) -> bool {
    let file = resource.artifact.display.rsplit('/').next();
    let names_file = |line: &str| file.is_some_and(|file| line.contains(file));
    let names_folder = |line: &str| {
        let words: Vec<&str> = line.split([' ', '=', '\'', '"']).collect();
        let is_deep = words.iter().any(|word| DEEP.contains(word));
        let mut pairs = words.windows(2);
        pairs.any(|pair| {
            let path = normalized(pair[1]);
            let is_around = || is_deep && format!("/{home}/").contains(&format!("/{path}/"));
            TAKES.contains(&pair[0]) && (path.is_empty() || home.ends_with(&path) || is_around())
        })
    };
    let mut lines = text.lines().filter(|line| line.contains("kubectl"));
    lines.any(|line| names_file(line) || names_folder(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[test]
    fn a_script_applies_files_and_folders_as_they_are() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
        let mut resource = read_text(pod).remove(0);
        resource.artifact = Arc::new(Artifact::new(
            "k8s/app/a.yaml",
            "k8s/app/a.yaml",
            pod.to_owned(),
        ));
        for (text, expected) in [
            ("kubectl apply -f k8s/app/", true),
            ("cd k8s\nkubectl apply -f ./app", true),
            ("kubectl apply --filename=k8s/app", true),
            ("kubectl apply -f .", true),
            ("kubectl apply -R -f k8s/", true),
            ("kubectl apply -f k8s/", false),
            ("envsubst < a.yaml | kubectl apply -f -", true),
            ("kubectl apply -k k8s/app", false),
            ("kubectl apply -f k8s/other/", false),
            ("kubectl delete -k k8s/app # not a.yml", false),
        ] {
            assert_eq!(applies(text, &resource, "k8s/app"), expected, "{text}");
        }
    }
}
