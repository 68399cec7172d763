//! A fact: what is found at a place of a resource, with links to other places, and the names that its message lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::path;
use crate::model::{Part, ValuePath};

/// More places than these explain nothing more.
pub(super) const MOST_LINKS: usize = 3;

/// The facts of a resource by name.
pub(super) type ByName = BTreeMap<&'static str, Vec<Value>>;
/// The facts of resources, by their position.
pub(super) type Found = HashMap<usize, ByName>;

/// What is found of one kind.
#[derive(Debug, Default)]
pub(super) struct Facts(pub(super) Found);

impl Facts {
    /// Adds a fact at a place of a resource.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        resource: usize,
        place: &ValuePath,
        mut fact: Value,
    ) {
        fact["path"] = path(place);
        self.0
            .entry(resource)
            .or_default()
            .entry(name)
            .or_default()
            .push(fact);
    }

    /// Adds a fact about some characters of a string.
    pub(super) fn add_in(
        &mut self,
        name: &'static str,
        resource: usize,
        place: (&ValuePath, Option<Part>),
        mut fact: Value,
    ) {
        if let Some(part) = place.1 {
            fact["part"] = json!({"start": part.start, "length": part.length});
        }
        self.add(name, resource, place.0, fact);
    }
}

/// A place in a resource, with what stands there.
pub(super) fn link(resource: usize, place: &ValuePath, message: &str) -> Value {
    json!({"resource": resource, "path": path(place), "message": message})
}

/// Where an object has its name.
pub(super) fn name_path() -> ValuePath {
    ValuePath::from_iter(["metadata", "name"])
}

/// Names as a message lists them: the first ones, and how many more.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    listed_from(None, names)
}

/// The same, with one of them before the others.
pub(super) fn listed_from<'n>(
    lead: Option<&str>,
    names: impl IntoIterator<Item = &'n str>,
) -> String {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let (lead, others): (Vec<&str>, Vec<&str>) =
        names.iter().partition(|name| lead == Some(**name));
    let first: Vec<String> = lead
        .iter()
        .chain(&others)
        .take(MOST_LINKS)
        .map(|name| format!("`{name}`"))
        .collect();
    match names.len().saturating_sub(MOST_LINKS) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
