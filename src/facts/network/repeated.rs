//! What objects of one rendering have of one line of a template, such as in a loop: it is told once, of the first place
//! of the first object, with the names of the others. That a line of a policy means nothing is one mistake in all
//! renderings of it, whatever each of them calls its objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::together::IDLE;
use super::{Found, deployment, link, listed};
use crate::model::{Resource, Span, ValuePath};

/// The facts that are told so.
const NAMES: [&str; 3] = ["network_dns", "network_routes", "network_services"];
/// What of a fact is of its own object.
const OWN: [&str; 3] = ["links", "part", "path"];

/// A fact by its name, the rendering where another one is another matter, the file and the character that wrote it, the
/// values that came in there, and what it says.
type Key<'a> = (
    &'static str,
    Option<(&'a str, &'a str)>,
    (Arc<str>, u32),
    Vec<String>,
    String,
);

/// Leaves out what is said of a line of a rendering again.
pub(super) fn tell_once(objects: &[Resource], found: &mut Found) {
    let mut lines: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (position, facts) in found.iter() {
        for name in NAMES.into_iter().chain(IDLE) {
            for fact in facts.get(name).into_iter().flatten() {
                if let Some(key) = key(&objects[*position], name, fact) {
                    lines.entry(key).or_default().push(*position);
                }
            }
        }
    }
    for (line, mut positions) in lines {
        positions.sort_unstable();
        positions.dedup();
        let [first, others @ ..] = &positions[..] else {
            continue;
        };
        for at in others {
            if let Some(facts) = found.get_mut(at).and_then(|facts| facts.get_mut(line.0)) {
                facts.retain(|fact| key(&objects[*at], line.0, fact).as_ref() != Some(&line));
            }
        }
        let facts = found.get_mut(first).and_then(|facts| facts.get_mut(line.0));
        let Some(facts) = facts else {
            continue;
        };
        let is_same = |fact: &Value| key(&objects[*first], line.0, fact).as_ref() == Some(&line);
        let mut is_first = true;
        facts.retain(|fact| !is_same(fact) || std::mem::take(&mut is_first));
        let mut same = facts.iter_mut().filter(|fact| is_same(fact));
        if let Some(fact) = same.next().filter(|_| !others.is_empty()) {
            name_others(fact, objects, others);
        }
    }
}

/// Says of a fact for which other objects it holds too.
fn name_others(fact: &mut Value, objects: &[Resource], others: &[usize]) {
    let names = others.iter().map(|at| objects[*at].identity.name.as_str());
    let message = format!("the same line makes it so for {}", listed(names));
    let place = steps(fact);
    if let Some(links) = fact["links"].as_array_mut() {
        links.push(link(others[0], &place, &message));
    }
}

fn key<'a>(object: &'a Resource, name: &'static str, fact: &Value) -> Option<Key<'a>> {
    let of = deployment(object)?;
    let provenance = object.artifact.provenance.as_ref()?;
    let trace = provenance.trace(characters(object, fact)?)?;
    // What a name is made of says nothing of the pods.
    let supplies = trace.supplies.iter().filter(|_| name != NAMES[0]);
    let supplies = supplies.map(|supply| supply.key.clone()).collect();
    let is_idle = IDLE.contains(&name);
    let mut said = fact.clone();
    if let Some(said) = said.as_object_mut() {
        OWN.iter().for_each(|key| drop(said.remove(*key)));
        // In which namespace, and for which labels, hangs on the rendering.
        said.retain(|key, _| !is_idle || key == "direction");
    }
    let place = (
        Arc::clone(&trace.written.artifact.uri),
        trace.written.span.start,
    );
    let of = Some(of).filter(|_| !is_idle);
    Some((name, of, place, supplies, said.to_string()))
}

/// The characters that a fact is about: of a string the part that names a Service, whatever else comes into it.
fn characters(object: &Resource, fact: &Value) -> Option<Span> {
    let node = object.at(&steps(fact))?;
    let number = |key: &str| usize::try_from(fact["part"][key].as_u64()?).ok();
    let part = number("start").zip(number("length"));
    let part = part.and_then(|(start, length)| {
        let text = &object.artifact.text;
        node.span()
            .part(text, node.as_str()?, start..start + length)
    });
    Some(part.unwrap_or(node.span()))
}

/// The path of a fact.
fn steps(fact: &Value) -> ValuePath {
    let steps = fact["path"].as_array().into_iter().flatten();
    let index = |step: &Value| usize::try_from(step.as_u64()?).ok();
    steps.fold(ValuePath::default(), |path, step| {
        match (step, index(step)) {
            (Value::String(key), _) => path.key(key),
            (_, Some(index)) => path.index(index),
            _ => path,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::ByName;
    use super::*;
    use crate::model::{Artifact, Fit, Piece, Place, Provenance, Rendering};
    use crate::source::read_text;

    /// What a rendering makes of one line, which is the first of a file.
    fn policy(rendering: &str, name: &str, file: &str) -> Resource {
        let text = format!("apiVersion: v1\nkind: X\nmetadata: {{name: {name}}}\n");
        let mut resource = read_text(&text).remove(0);
        let span = resource.node().span();
        let written = Place {
            artifact: Arc::new(Artifact::new(file, file, text.clone())),
            span,
            approximate: false,
        };
        let piece = Piece {
            span,
            written,
            fit: Fit::Verbatim,
            supply: None,
        };
        let rendering = Rendering {
            root: rendering.to_owned(),
            name: rendering.to_owned(),
            ..Rendering::default()
        };
        let mut artifact = Artifact::new("a", "a", text);
        artifact.provenance = Some(Provenance::new(Arc::new(rendering), vec![piece]));
        resource.artifact = Arc::new(artifact);
        resource
    }

    /// Of how many objects a fact is still told, and with how many links.
    fn told(fact: &'static str, objects: &[Resource]) -> (usize, usize) {
        let of = |resource: &Resource| {
            let name = &resource.identity.name;
            let said =
                json!({"path": ["kind"], "reason": format!("no pods of `{name}`"), "links": []});
            ByName::from([(fact, vec![said])])
        };
        let mut found: Found = objects.iter().map(of).enumerate().collect();
        tell_once(objects, &mut found);
        let facts = found.values().filter_map(|facts| facts.get(fact));
        let facts: Vec<&Value> = facts.flatten().collect();
        let links = facts
            .iter()
            .map(|fact| fact["links"].as_array().map_or(0, Vec::len));
        (facts.len(), links.sum())
    }

    #[test]
    fn a_line_of_a_policy_that_means_nothing_is_told_once_for_all_renderings() {
        let each =
            ["dev", "stage", "prod"].map(|name| policy(name, &format!("{name}-db"), "db.yaml"));
        assert_eq!(told("network_idle", &each), (1, 1));
        assert_eq!(told("network_peers", &each), (1, 1));
        // What blocks calls may be mended in one of them.
        assert_eq!(told("network_services", &each), (3, 0));
        let apart =
            [("dev", "a.yaml"), ("prod", "b.yaml")].map(|(name, file)| policy(name, "db", file));
        assert_eq!(told("network_idle", &apart), (2, 0));
    }
}
