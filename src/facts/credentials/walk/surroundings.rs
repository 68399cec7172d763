//! The names around all that a resource holds, which tell whose it is.

use crate::model::{Node, Resource, Role, VALUES_KIND};

/// Whether a resource is what a file hands to a chart.
pub(super) fn are_values(resource: &Resource) -> bool {
    matches!(resource.role, Role::Values | Role::Given | Role::Inner)
        || (resource.role == Role::Applied && resource.gvk.kind == VALUES_KIND)
}

/// Names that tell which product a resource is about: its kind, its own name, its chart.
pub(super) fn surroundings(resource: &Resource) -> String {
    let node = resource.node();
    let chart = ["spec", "chart"]
        .iter()
        .try_fold(node, |node, key| node.get(key))
        .and_then(|chart| {
            chart
                .find(&["spec", "chart"])
                .or(Some(chart))
                .and_then(Node::as_str)
        });
    let source = node
        .find(&["spec", "source", "chart"])
        .and_then(Node::as_str);
    let file = are_values(resource).then(|| own_path(&resource.artifact.uri));
    let names = [
        Some(resource.gvk.kind.as_str()),
        Some(resource.identity.name.as_str()),
        file,
        chart,
        source,
    ];
    let names: Vec<&str> = names.into_iter().flatten().collect();
    names.join(" ").to_ascii_lowercase()
}

/// A file of values and the folders that it is in, which often say what it is for: three, and none
/// above a folder of charts.
fn own_path(uri: &str) -> &str {
    const CHARTS: &str = "/charts/";
    let own = uri
        .rfind(CHARTS)
        .map_or(uri, |at| &uri[at + CHARTS.len()..]);
    let start = own.rmatch_indices('/').nth(3).map_or(0, |(at, _)| at + 1);
    &own[start..]
}
