//! Values files beside what was made of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::helm;
use crate::model::{Artifact, Role};
use crate::source::Sources;

/// Values that a rendering was given, or that its chart comes with, are told through what is made of
/// them, save for credentials and images that nothing was made of; of those of charts that it uses,
/// whose values it wins over, for credentials alone. Those that no rendering names, or that are for a chart
/// of which only a part was rendered, are told where they stand.
pub(super) fn set_values_apart(sources: &mut Sources) {
    let renderings = sources.summary.renderings.iter();
    let charts = renderings.filter(|one| one.tool.starts_with("helm") && !one.is_part);
    let (mut roots, mut named) = (BTreeSet::new(), BTreeSet::new());
    for chart in charts {
        roots.insert(match &*chart.root {
            "." => PathBuf::new(),
            root => PathBuf::from(root),
        });
        let options = chart.arguments.windows(2);
        let values = options.filter(|option| option[0] == "--values");
        named.extend(values.map(|option| option[1].clone()));
    }
    let parts: BTreeSet<PathBuf> = roots.iter().flat_map(|root| helm::parts(root)).collect();
    let are_of_part = |file: &Path| {
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        file.ends_with("values.yaml") && folder.is_some_and(|folder| parts.contains(&folder))
    };
    let is_given = |artifact: &Artifact| {
        let file = Path::new(&*artifact.display);
        named.contains(&*artifact.display)
            || named.contains(&*artifact.uri)
            || roots.iter().any(|root| are_own_values(file, root))
    };
    let is_inner = |artifact: &Artifact| {
        let file = Path::new(&*artifact.display);
        roots.iter().any(|root| lies_in_charts(file, root))
            || (!parts.is_empty() && are_of_part(file))
    };
    let resources = sources.resources.iter_mut();
    for resource in resources.filter(|one| one.role == Role::Values) {
        if is_given(&resource.artifact) {
            resource.role = Role::Given;
        } else if is_inner(&resource.artifact) {
            resource.role = Role::Inner;
        }
    }
}

/// Whether a file holds the values that a chart comes with.
pub(super) fn are_own_values(file: &Path, chart: &Path) -> bool {
    file.ends_with("values.yaml") && file.parent() == Some(chart)
}

/// Whether a file lies among the charts that a chart keeps.
pub(super) fn lies_in_charts(file: &Path, chart: &Path) -> bool {
    let below = file.strip_prefix(chart).ok();
    below.is_some_and(|below| below.starts_with("charts"))
}
