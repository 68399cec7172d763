//! Values that a task of a pipeline hands to a chart on one line: `overrideValues: auth.password=x,image.tag=1` of
//! Azure's `HelmDeploy`. Over several lines they are a text of settings.

use std::ops::Range;

use super::{of_paths, unquoted};
use crate::model::{Node, PACKAGE_API_VERSION, Resource, Role, VALUES_KIND, Visited};
use crate::source::settings::object;

/// The input of a task that is some.
const INPUT: &str = "overrideValues";

/// The values that the tasks of a pipeline hand on.
pub(in crate::source) fn values(pipeline: &Resource) -> Vec<Resource> {
    let text = &pipeline.artifact.text;
    let mut found = Vec::new();
    if !pipeline.node().text().contains(INPUT) {
        return found;
    }
    pipeline.node().visit_scalars(&mut |path, node| {
        let own = Some(node).filter(|node| is_input(path) && is_one_line(*node));
        let pairs = own.map(|node| pairs(text, unquoted(text, node)));
        let tree = pairs.and_then(|pairs| of_paths(text, pairs.into_iter()));
        let is = (PACKAGE_API_VERSION, VALUES_KIND);
        found.extend(tree.and_then(|tree| object(&pipeline.artifact, tree, is, "")));
    });
    for resource in &mut found {
        resource.role = Role::Applied;
    }
    found
}

fn is_input(path: &[Visited<'_>]) -> bool {
    matches!(path.last(), Some(Visited::Key(key)) if key.as_str() == Some(INPUT))
}

fn is_one_line(node: Node<'_>) -> bool {
    node.as_str()
        .is_some_and(|text| !text.trim().contains('\n'))
}

/// Paths and their values between commas, or between the lines that one was folded over; none that a variable of
/// the pipeline gives.
fn pairs(text: &str, range: Range<usize>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut start = range.start;
    let parts = text[range].split_inclusive([',', '\n', ' ']);
    let pairs = parts.filter_map(|part| {
        let begin = start;
        start += part.len();
        let (path, value) = part.split_once('=')?;
        let value = value.trim_end_matches([',', '\n', '\r', ' ']);
        let behind = begin + path.len() + 1;
        let is_given = value.contains(['$', '#']) || value.is_empty() || path.is_empty();
        (!is_given).then(|| (begin..behind - 1, behind..behind + value.len()))
    });
    pairs.collect()
}
