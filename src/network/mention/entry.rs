//! The entries of ConfigMaps and Secrets that workloads read.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::namespace::namespace_of;
use super::super::nearest::nearest;
use super::Mentions;
use crate::model::{Resource, Role, ValuePath};

/// Folders that hold one folder for each environment.
const ENVIRONMENTS: [&str; 5] = ["clusters", "env", "environments", "envs", "overlays"];

/// Where a Secret's texts stand in base64.
const ENCODED: &str = "data";

/// Kinds of objects that hold texts for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
}

impl Kind {
    pub(super) fn of(resource: &Resource) -> Option<Self> {
        let is_core = resource.role == Role::Manifest && resource.gvk.group.is_empty();
        match resource.gvk.kind.as_str() {
            "ConfigMap" if is_core => Some(Self::ConfigMap),
            "Secret" if is_core => Some(Self::Secret),
            _ => None,
        }
    }

    /// Where its texts stand: what is written plainly counts before what is encoded.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::ConfigMap => &["data"],
            Self::Secret => &["stringData", ENCODED],
        }
    }
}

/// An entry of an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<'a> {
    /// The position of the object.
    pub(super) resource: usize,
    /// Where in it the entry stands.
    pub(super) field: &'static str,
    pub(super) key: &'a str,
    /// What it says, decoded; `None` where that is no text.
    pub(super) text: Option<Cow<'a, str>>,
}

impl Entry<'_> {
    pub(super) fn path(&self) -> ValuePath {
        ValuePath::from_iter([self.field, self.key])
    }

    /// Whether it stands there encoded.
    pub(super) fn is_encoded(&self) -> bool {
        matches!(self.text, Some(Cow::Owned(_)))
    }

    /// What it says, if that is a text.
    pub(super) fn said(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl<'a> Mentions<'a> {
    /// The entries of a ConfigMap or Secret that a workload reads.
    /// Where there are several of the name, the one that the workload's own rendering makes counts; else those
    /// written nearest to the workload, as far as they agree, and each of those for one environment, of a
    /// workload that is for all.
    pub(super) fn entries(&self, reader: &Resource, kind: Kind, name: &str) -> Vec<Entry<'a>> {
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
    fn agreeing(&self, kind: Kind, objects: &[usize]) -> Vec<Entry<'a>> {
        let near = objects.iter().map(|at| self.entries_of(kind, *at));
        let near: Vec<Vec<Entry<'a>>> = near.collect();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for entry in near.iter().flatten() {
            let mut others = near.iter().flatten().filter(|one| one.key == entry.key);
            if others.all(|other| other.text == entry.text) && seen.insert(entry.key) {
                found.push(entry.clone());
            }
        }
        found
    }

    /// The entries of one object.
    fn entries_of(&self, kind: Kind, at: usize) -> Vec<Entry<'a>> {
        let mut found: Vec<Entry<'a>> = Vec::new();
        for field in kind.fields() {
            let data = self.resources[at].node().get(field).into_iter();
            for (key, value) in data.flat_map(|data| data.entries()) {
                let (Some(key), Some(text)) = (key.as_str(), value.as_str()) else {
                    continue;
                };
                let is_encoded = kind == Kind::Secret && *field == ENCODED;
                if found.iter().all(|known| known.key != key) {
                    found.push(Entry {
                        resource: at,
                        field,
                        key,
                        text: match is_encoded {
                            true => decoded(text).map(Cow::Owned),
                            false => Some(Cow::Borrowed(text)),
                        },
                    });
                }
            }
        }
        found
    }
}

/// The text that a value encodes, whatever its line breaks.
fn decoded(value: &str) -> Option<String> {
    let compact: String = value.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(compact).ok()?).ok()
}

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
