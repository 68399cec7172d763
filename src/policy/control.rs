//! Controls of frameworks, to which rules relate.

use std::collections::BTreeMap;

use serde_json::Value;

use super::engine::Module;
use super::error::PolicyError;
use crate::model::{Data, Rule};

/// Titles of all controls, by `framework/control`.
pub(super) fn titles(data: &Data) -> BTreeMap<String, String> {
    let frameworks = data.select(|path| path.starts_with("frameworks."));
    let frameworks = frameworks
        .get("frameworks")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let controls = frameworks.flat_map(|(framework, body)| {
        let controls = body
            .get("controls")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        controls.map(move |(id, title)| {
            (
                format!("{framework}/{id}"),
                title.as_str().unwrap_or_default().to_owned(),
            )
        })
    });
    controls.collect()
}

/// Whether every control of a rule exists in a framework.
///
/// # Errors
///
/// For the first control that does not.
pub(super) fn check(
    rule: &Rule,
    module: &Module,
    controls: &BTreeMap<String, String>,
) -> Result<(), PolicyError> {
    match rule
        .controls
        .iter()
        .find(|control| !controls.contains_key(*control))
    {
        None => Ok(()),
        Some(control) => {
            let line = module
                .source
                .lines()
                .position(|line| line.contains(control.as_str()));
            Err(PolicyError::UnknownControl {
                path: module.path.clone(),
                line: line.map_or(1, |line| line + 1),
                control: control.clone(),
            })
        }
    }
}
