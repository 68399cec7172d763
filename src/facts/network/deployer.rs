//! Who deploys a folder or a chart, and where.

use std::collections::{BTreeMap, BTreeSet};

use super::kustomization::Change;
use super::picked::Picked;
use crate::model::{Node, Rendering, Resource};
use crate::network::said_namespace;

/// What becomes of a chart.
#[derive(Debug, Default)]
pub(super) struct Releases {
    /// The namespaces that its releases are for.
    pub(super) namespaces: BTreeSet<String>,
    /// Those in which their objects are, and whether pods are among these.
    pub(super) places: BTreeMap<String, bool>,
    /// What the releases are called.
    pub(super) releases: BTreeSet<String>,
    /// The values files that releases for each of the namespaces are given.
    pub(super) files: BTreeMap<String, BTreeSet<String>>,
}

impl Releases {
    /// The namespaces that an object of the chart gets which is in none of them: those of releases with its values where
    /// it names none itself, and where it names one by values that no release has, those with their pods, or all
    /// where none has any.
    pub(super) fn namespaces(&self, resource: &Resource, rendering: &Rendering) -> BTreeSet<&str> {
        match said_namespace(resource) {
            None => self.alike(rendering),
            Some(said) if rendering.has_own_values_alone() && !self.places.contains_key(said) => {
                let has_pods = self.places.values().any(|has_pods| *has_pods);
                let inhabited = self.places.iter().filter(|(_, own)| **own || !has_pods);
                inhabited.map(|(name, _)| name.as_str()).collect()
            }
            Some(_) => BTreeSet::new(),
        }
    }

    /// The namespaces of the releases that are given the files of a rendering. Where releases have files, one with
    /// others is of none of them, and where none has any, each may be like it.
    fn alike(&self, rendering: &Rendering) -> BTreeSet<&str> {
        let own = match rendering.is_variant && self.namespaces.len() > 1 {
            true => rendering.values_files(),
            false => Vec::new(),
        };
        let has_files = self.files.values().any(|files| !files.is_empty());
        let is_alike = |name: &&String| {
            let given = self.files.get(*name);
            !has_files
                || own
                    .iter()
                    .all(|file| given.is_some_and(|given| given.contains(file)))
        };
        let names = self.namespaces.iter().filter(is_alike);
        names.map(String::as_str).collect()
    }
}

/// What deploys a folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Deployer {
    /// The position of the object that says so.
    pub(super) by: usize,
    /// The namespace that the folder's objects are put into.
    pub(super) namespace: Option<String>,
    /// Which of the inner folders.
    pub(super) reach: Reach,
    /// Which of the files.
    pub(super) picked: Picked,
    /// What is laid over them.
    pub(super) change: Change,
}

/// How far below its folder a deployer takes files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that lie in the folder, or what its kustomization takes along where it has one.
    #[default]
    Folder,
    /// Those that lie in the folder, as they are.
    Files,
    /// All below it.
    Below,
    /// Those that the kustomization of the folder takes along, or where it has none all below it.
    Composed,
}

impl Deployer {
    /// One of Flux.
    pub(super) fn of_flux(namespace: Option<&str>, said: Node<'_>) -> Self {
        Self {
            namespace: plain(namespace),
            reach: Reach::Composed,
            change: Change::of_deployer(said),
            ..Self::default()
        }
    }
}

/// A namespace, unless a placeholder stands for it.
pub(super) fn plain(namespace: Option<&str>) -> Option<String> {
    let is_plain = |text: &&str| !text.is_empty() && !text.contains(['$', '{']);
    namespace.filter(is_plain).map(str::to_owned)
}
