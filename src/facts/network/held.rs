//! Names of Services in ConfigMaps and Secrets: what is closed to those who read them is told once,
//! where the name stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{MOST_LINKS, link, listed};
use crate::model::{Part, ValuePath};
use crate::network::{Absent, End, Holder, Mention, Pods, PortName, Service};

/// Whether the pods of a workload reach a Service.
#[derive(Debug)]
pub(super) enum Reach {
    /// They are behind it themselves.
    Own,
    /// They do, or it is not known.
    Open,
    /// They do not; what is closed.
    Closed(Value),
}

/// A line of an object's text, and the Service that it names, by namespace and name: each rendering of a chart has a
/// definition of its own.
type Line = (
    usize,
    String,
    usize,
    Option<(usize, String)>,
    Option<Absent>,
    Option<PortName>,
);

/// Names by where they stand.
#[derive(Debug, Default)]
pub(super) struct Held(BTreeMap<Line, Name>);

/// A name of a Service in an object.
#[derive(Debug)]
struct Name {
    holder: Holder,
    part: Part,
    /// Workloads to which it is closed.
    closed: Vec<Reader>,
    /// Whether a workload that reads it may reach the Service.
    is_of_use: bool,
}

/// A workload that reads a name.
#[derive(Debug)]
struct Reader {
    name: String,
    resource: usize,
    /// Where it refers to the object.
    path: ValuePath,
    is_taken_along: bool,
    /// What is closed to it.
    fact: Value,
}

/// A fact and its place.
pub(super) type Told = (usize, ValuePath, Part, Value);

impl Held {
    /// Adds what a workload reads, and whether it reaches the Service that it means, if that is among the objects.
    pub(super) fn add(
        &mut self,
        (end, pods): (&End, &Pods),
        (mention, service): (Mention, Option<&Service>),
        reach: Reach,
    ) {
        let Some(holder) = mention.holder else {
            return;
        };
        let line = (
            holder.resource,
            holder.path.to_string(),
            mention.line,
            service.map(|one| (one.namespace, one.name.clone())),
            mention.absent,
            mention.port,
        );
        let is_taken_along = holder.is_taken_along;
        // Of a line of a Secret only the key is shown; what has several lines is told where the name stands.
        let is_at_key = holder.is_encoded || holder.is_secret && mention.line == 0;
        let part = if is_at_key { Part::KEY } else { mention.part };
        let name = self.0.entry(line).or_insert_with(|| Name {
            holder,
            part,
            closed: Vec::new(),
            is_of_use: false,
        });
        match reach {
            Reach::Closed(fact) => name.closed.push(Reader {
                name: end.name.clone(),
                resource: pods.resource,
                path: mention.path,
                is_taken_along,
                fact,
            }),
            Reach::Open => name.is_of_use = true,
            Reach::Own => {}
        }
    }

    /// What is closed, by the place of the name.
    pub(super) fn told(self) -> impl Iterator<Item = Told> {
        self.0.into_values().filter_map(Name::told)
    }
}

impl Name {
    /// Of workloads that take along all that an object has, those that may reach the Service are the
    /// ones for whom the name is there.
    fn told(mut self) -> Option<Told> {
        let is_of_use = self.is_of_use;
        self.closed
            .retain(|reader| !(is_of_use && reader.is_taken_along));
        let mut fact = self.closed.first()?.fact.clone();
        let readers: BTreeSet<&str> = self.closed.iter().map(|one| one.name.as_str()).collect();
        fact["key"] = json!(self.holder.key);
        fact["readers"] = json!(listed(readers.iter().copied()));
        fact["workloads"] = json!(readers);
        let mut seen = BTreeSet::new();
        let first = self.closed.iter().filter(|one| seen.insert(one.resource));
        let links = first.map(|reader| {
            link(
                reader.resource,
                &reader.path,
                &format!("`{}` reads it", reader.name),
            )
        });
        // Each of them has to be mended: those whom the message does not name come behind what closes the pods.
        let mut links: Vec<Value> = links.collect();
        let more = links.split_off(links.len().min(MOST_LINKS));
        if let Some(known) = fact["links"].as_array_mut() {
            known.splice(0..0, links);
            known.extend(more);
        }
        Some((self.holder.resource, self.holder.path, self.part, fact))
    }
}
