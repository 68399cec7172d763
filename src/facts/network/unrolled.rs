//! Templates opened, and what else holds whole objects: these stand in the place of each, and what is found of
//! them is told at their places in it.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::super::{path, template};
use super::handed::handed;
use super::substituted::Substitutes;
use super::{ByName, Found, wrapped};
use crate::model::{Node, Resource, ValuePath};
use crate::network::Problem;

/// Keys of a fact that hold paths.
const PATHS: [&str; 2] = ["path", "name"];

/// Objects as they are applied.
pub(super) struct Unrolled<'a> {
    written: &'a [Resource],
    applied: Cow<'a, [Resource]>,
    /// For each object where it is written; empty if all stand alone.
    origins: Vec<Origin>,
}

/// Where an object is written.
struct Origin {
    /// The position of the resource.
    resource: usize,
    /// Where the object stands in it.
    path: ValuePath,
}

impl<'a> Unrolled<'a> {
    /// Opens what holds objects among resources.
    pub(super) fn of(written: &'a [Resource]) -> Self {
        let substitutes = Substitutes::read(written);
        let opened = written.iter().map(|one| opened(one, &substitutes));
        let opened: Vec<_> = opened.collect();
        if opened.iter().all(Option::is_none) {
            return Self {
                written,
                applied: Cow::Borrowed(written),
                origins: Vec::new(),
            };
        }
        let (mut applied, mut origins) = (Vec::new(), Vec::new());
        for (resource, (one, opened)) in written.iter().zip(opened).enumerate() {
            let objects = opened.unwrap_or_else(|| vec![(ValuePath::default(), one.clone())]);
            for (path, object) in objects {
                applied.push(object);
                origins.push(Origin { resource, path });
            }
        }
        Self {
            written,
            applied: Cow::Owned(applied),
            origins,
        }
    }

    /// The objects.
    pub(super) fn applied(&self) -> &[Resource] {
        &self.applied
    }

    /// What was found of objects, for the resources that hold them.
    pub(super) fn told(&self, found: Found, mut problems: Vec<Problem>) -> (Found, Vec<Problem>) {
        if self.origins.is_empty() {
            return (found, problems);
        }
        let mut found: Vec<(usize, ByName)> = found.into_iter().collect();
        found.sort_unstable_by_key(|(position, _)| *position);
        let mut told = Found::new();
        for (position, by_name) in found {
            let known = told.entry(self.origins[position].resource).or_default();
            for (name, mut facts) in by_name {
                facts.iter_mut().for_each(|fact| self.tell(fact, position));
                known.entry(name).or_default().extend(facts);
            }
        }
        for problem in &mut problems {
            let origin = &self.origins[problem.resource];
            problem.resource = origin.resource;
            problem.path.0.splice(..0, origin.path.0.iter().cloned());
        }
        (told, problems)
    }

    fn tell(&self, fact: &mut Value, position: usize) {
        self.drop_moved_part(fact, position);
        let inner = path(&self.origins[position].path);
        for key in PATHS {
            prefix(fact.get_mut(key), &inner);
        }
        let links = fact.get_mut("links").and_then(Value::as_array_mut);
        for link in links.into_iter().flatten() {
            let position = link["resource"].as_u64();
            let position = position.and_then(|position| usize::try_from(position).ok());
            if let Some(origin) = position.and_then(|position| self.origins.get(position)) {
                link["resource"] = json!(origin.resource);
                prefix(link.get_mut("path"), &path(&origin.path));
            }
        }
    }

    /// Characters of a string into which a parameter was put may stand elsewhere in what is written:
    /// then the whole string is meant.
    fn drop_moved_part(&self, fact: &mut Value, position: usize) {
        let number = |key: &str| {
            let number = fact["part"][key].as_u64();
            number.and_then(|number| usize::try_from(number).ok())
        };
        let (Some(start), Some(length)) = (number("start"), number("length")) else {
            return;
        };
        let origin = &self.origins[position];
        let object = self.written[origin.resource].at(&origin.path);
        let steps = fact["path"].as_array().cloned().unwrap_or_default();
        let part = |root: Option<Node<'_>>| {
            let text = follow(root?, &steps)?.as_str()?;
            text.get(start..start.checked_add(length)?)
                .map(str::to_owned)
        };
        if part(object) != part(Some(self.applied[position].node()))
            && let Some(fact) = fact.as_object_mut()
        {
            fact.remove("part");
        }
    }
}

/// The objects of a resource that holds some, that a script hands over, or into which something is put.
fn opened(resource: &Resource, substitutes: &Substitutes) -> Option<Vec<(ValuePath, Resource)>> {
    let alone = |object| vec![(ValuePath::default(), object)];
    match template::is_template(resource) {
        true => Some(template::applied(resource)),
        false => match handed(resource) {
            Some(object) => Some(alone(object)),
            None => {
                let put_into = || substitutes.put_into(resource).map(alone);
                wrapped::opened(resource).or_else(put_into)
            }
        },
    }
}

/// The value at a path as rules write it.
fn follow<'a>(root: Node<'a>, steps: &[Value]) -> Option<Node<'a>> {
    steps.iter().try_fold(root, |node, step| match step {
        Value::String(key) => node.get(key),
        other => node.items().nth(usize::try_from(other.as_u64()?).ok()?),
    })
}

fn prefix(path: Option<&mut Value>, before: &Value) {
    let before = before.as_array().cloned().unwrap_or_default();
    if let Some(path) = path.and_then(Value::as_array_mut) {
        path.splice(..0, before);
    }
}
