//! What a rule gave, as violations.

use std::collections::BTreeMap;

use regorus::Value;

use crate::model::{Link, Part, Severity, Step, ValuePath, Violation};

/// What a rule gave, or why it could not be evaluated.
pub type Verdict = Result<Vec<Violation>, String>;

/// The violations of a rule's set, in order; the reason where it holds anything else.
pub(super) fn verdict(found: Option<&Value>) -> Verdict {
    let malformed = || "`deny` does not hold what `violation.at(path, message)` gives".to_owned();
    let found = match found {
        None | Some(Value::Undefined) => return Ok(Vec::new()),
        Some(found) => found.as_set().map_err(|_| malformed())?,
    };
    let violations: Option<Vec<Violation>> = found.iter().map(violation).collect();
    let mut violations = violations.ok_or_else(malformed)?;
    violations.sort_by(|left, right| {
        (&left.path, left.part, &left.message).cmp(&(&right.path, right.part, &right.message))
    });
    Ok(violations)
}

fn violation(value: &Value) -> Option<Violation> {
    let object = value.as_object().ok()?;
    let field = |name: &str| object.get(&Value::from(name));
    let part = optional_part(field("part"))?;
    let properties = match field("properties") {
        None => BTreeMap::new(),
        Some(properties) => match serde_json::to_value(properties).ok()? {
            serde_json::Value::Object(properties) => properties.into_iter().collect(),
            _ => return None,
        },
    };
    let severity = match field("severity") {
        None => None,
        Some(severity) => Some(severity.as_string().ok()?.parse::<Severity>().ok()?),
    };
    let links = match field("related") {
        None => Some(Vec::new()),
        Some(related) => related.as_array().ok()?.iter().map(link).collect(),
    };
    Some(Violation {
        path: path(field("path")?)?,
        part,
        message: text(field("message")?)?,
        severity,
        links: links?,
        properties,
    })
}

fn link(value: &Value) -> Option<Link> {
    let object = value.as_object().ok()?;
    let field = |name: &str| object.get(&Value::from(name));
    Some(Link {
        resource: usize::try_from(field("resource")?.as_u64().ok()?).ok()?,
        path: path(field("path")?)?,
        part: optional_part(field("part"))?,
        message: text(field("message")?)?,
    })
}

/// A part where one is given; the outer `None` where it is malformed.
fn optional_part(value: Option<&Value>) -> Option<Option<Part>> {
    match value {
        None => Some(None),
        Some(part) => part_of(part).map(Some),
    }
}

fn path(value: &Value) -> Option<ValuePath> {
    let steps = value.as_array().ok()?.iter().map(step);
    steps.collect::<Option<Vec<_>>>().map(ValuePath)
}

fn text(value: &Value) -> Option<String> {
    value.as_string().ok().map(ToString::to_string)
}

fn step(value: &Value) -> Option<Step> {
    match value {
        Value::String(key) => Some(Step::Key(key.to_string())),
        Value::Number(_) => usize::try_from(value.as_u64().ok()?).ok().map(Step::Index),
        _ => None,
    }
}

fn part_of(value: &Value) -> Option<Part> {
    let object = value.as_object().ok()?;
    let field = |name: &str| usize::try_from(object.get(&Value::from(name))?.as_u64().ok()?).ok();
    Some(Part {
        start: field("start")?,
        length: field("length")?,
    })
}
