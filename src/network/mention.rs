//! Services that a workload names: in its environment, its command line and the ConfigMaps and
//! Secrets it reads.

mod file;
mod local;
mod paired;
mod printed;
mod purpose;
mod reader;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use self::reader::Reader;
use super::Network;
use super::namespace::namespace_of;
use super::nearest::nearest;
use super::service::{PortName, Services};
use super::settings::Settings;
use super::standard::present;
use crate::model::{Node, Part, Resource, Role, ValuePath};

/// A place where a workload names a Service.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// Where in the workload: the name itself, or what refers to the object that holds it.
    pub(crate) path: ValuePath,
    /// What holds the name in the workload's stead.
    pub(crate) holder: Option<Holder>,
    /// The characters of the string that are meant: of the holder's, if there is one.
    pub(crate) part: Part,
    /// How many lines of the string are before them.
    pub(crate) line: usize,
    /// The positions of the Service's nearest definitions among all; none if it is not among them.
    pub(crate) services: Vec<usize>,
    /// The Service, where it is not among all and its name says the namespace.
    pub(crate) absent: Option<Absent>,
    /// The port that is named with it.
    pub(crate) port: Option<PortName>,
}

/// A Service that is not among the objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Absent {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

/// An entry of a ConfigMap or Secret.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    /// The position of the object.
    pub(crate) resource: usize,
    /// Where in it the text stands.
    pub(crate) path: ValuePath,
    /// Its key.
    pub(crate) key: String,
    /// Whether it is a Secret.
    pub(crate) is_secret: bool,
    /// Whether the workload takes all entries into its environment, and does not say that it uses
    /// this one.
    pub(crate) is_taken_along: bool,
}

/// Kinds of objects that hold texts for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    ConfigMap,
    Secret,
}

impl Kind {
    fn of(resource: &Resource) -> Option<Self> {
        let is_core = resource.role == Role::Manifest && resource.gvk.group.is_empty();
        match resource.gvk.kind.as_str() {
            "ConfigMap" if is_core => Some(Self::ConfigMap),
            "Secret" if is_core => Some(Self::Secret),
            _ => None,
        }
    }

    /// Where its texts stand.
    fn field(self) -> &'static str {
        match self {
            Self::ConfigMap => "data",
            Self::Secret => "stringData",
        }
    }
}

/// Reads mentions; ConfigMaps and Secrets are found by namespace and name.
pub(crate) struct Mentions<'a> {
    resources: &'a [Resource],
    services: &'a Services,
    network: &'a Network,
    settings: &'a Settings,
    holders: HashMap<(Kind, &'a str, &'a str), Vec<usize>>,
}

impl<'a> Mentions<'a> {
    /// For these objects.
    pub(crate) fn new(
        resources: &'a [Resource],
        network: &'a Network,
        services: &'a Services,
        settings: &'a Settings,
    ) -> Self {
        let mut holders: HashMap<_, Vec<usize>> = HashMap::new();
        for (position, resource) in resources.iter().enumerate() {
            if let Some(kind) = Kind::of(resource) {
                let key = (
                    kind,
                    namespace_of(resource),
                    resource.identity.name.as_str(),
                );
                holders.entry(key).or_default().push(position);
            }
        }
        Self {
            resources,
            services,
            network,
            settings,
            holders,
        }
    }

    /// What the pods of a template name, in the order of the text.
    pub(crate) fn of(&self, resource: &Resource, template: &ValuePath) -> Vec<Mention> {
        let spec = resource
            .at(template)
            .and_then(|template| present(template, "spec"));
        match spec {
            Some(spec) => Reader::of(self, resource).read(spec, &template.clone().key("spec")),
            None => Vec::new(),
        }
    }

    /// The entries of a ConfigMap or Secret that a workload reads, each with the position of the object.
    /// Where there are several of the name, the one that the workload's own rendering makes counts; else those
    /// written nearest to the workload, as far as they agree, and each of those for one environment, of a
    /// workload that is for all.
    fn entries(&self, reader: &Resource, kind: Kind, name: &str) -> Vec<(usize, &'a str, &'a str)> {
        let key = (kind, namespace_of(reader), name);
        let known = self.holders.get(&key).into_iter().flatten().copied();
        let is_of_reader = |at: &usize| is_of_one_rendering(reader, &self.resources[*at]);
        let own: Vec<usize> = known.clone().filter(is_of_reader).collect();
        if !own.is_empty() {
            return self.agreeing(kind, &own);
        }
        let is_shared = !is_of_environment(reader);
        let is_apart = |at: &usize| is_shared && is_of_environment(&self.resources[*at]);
        let (apart, known): (Vec<usize>, Vec<usize>) = known.partition(is_apart);
        let near = nearest(reader, known, |at| &self.resources[*at]);
        let mut found = self.agreeing(kind, &near);
        for at in apart {
            found.extend(self.agreeing(kind, &[at]));
        }
        found
    }

    /// The entries of some objects in which these agree.
    fn agreeing(&self, kind: Kind, objects: &[usize]) -> Vec<(usize, &'a str, &'a str)> {
        let data = |at: &usize| Some((*at, self.resources[*at].node().get(kind.field())?));
        let near: Vec<(usize, Node<'a>)> = objects.iter().filter_map(data).collect();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for (at, data) in &near {
            for (key, value) in data.entries() {
                let key = key.as_str().unwrap_or_default();
                let mut others = near.iter().filter_map(|(_, data)| data.get(key));
                let agree = others.all(|other| other.as_str() == value.as_str());
                if let Some(text) = value.as_str().filter(|_| agree && seen.insert(key)) {
                    found.push((*at, key, text));
                }
            }
        }
        found
    }
}

/// Folders that hold one folder for each environment.
const ENVIRONMENTS: [&str; 5] = ["clusters", "env", "environments", "envs", "overlays"];

/// Whether one rendering made two objects.
fn is_of_one_rendering(one: &Resource, other: &Resource) -> bool {
    one.artifact.provenance.is_some() && Arc::ptr_eq(&one.artifact, &other.artifact)
}

/// Whether an object stands in a file that is for one of several environments, as it is written.
fn is_of_environment(resource: &Resource) -> bool {
    let artifact = &resource.artifact;
    let mut folders = artifact.uri.split('/').rev().skip(2);
    artifact.provenance.is_none() && folders.any(|folder| ENVIRONMENTS.contains(&folder))
}
