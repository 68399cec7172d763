//! What a path is to a chart: its folder, a template, a set of values, a package.

use std::path::{Path, PathBuf};

/// Names of files that lie among values, or beside them in a chart, and are none.
const NO_VALUES: [&str; 5] = [
    "chart",
    "requirements",
    "kustomization",
    "helmfile",
    "questions",
];

/// Whether a file may be a packed chart.
pub(super) fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "tgz")
}

/// Whether a chart lies at a path: a folder, or a packed one.
pub(crate) fn lies_at(path: &Path) -> bool {
    is_chart(Some(path)) || (is_package(path) && path.is_file())
}

/// Whether a packed chart lies where another one keeps those that it uses.
pub(super) fn is_vendored(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| folder.ends_with("charts"));
    is_chart(folder.and_then(Path::parent))
}

pub(super) fn is_chart(folder: Option<&Path>) -> bool {
    folder.is_some_and(|folder| folder.join("Chart.yaml").is_file())
}

/// The chart to whose templates a file belongs.
pub(super) fn chart_of_template(path: &Path) -> Option<&Path> {
    let folders = path
        .ancestors()
        .skip(1)
        .filter(|folder| folder.ends_with("templates"));
    folders
        .filter_map(Path::parent)
        .find(|folder| is_chart(Some(folder)))
}

/// Whether a file is one of a chart's templates.
pub(super) fn is_template(path: &Path) -> bool {
    chart_of_template(path).is_some()
}

/// Whether a file lies in a chart, and is none of the custom resources that helm does not render.
pub(super) fn is_in_chart(path: &Path) -> bool {
    chart_of(path).is_some()
}

/// Whether a file lies where a chart keeps further sets of values, such as `prod.yaml` beside its
/// `Chart.yaml`.
pub(super) fn is_set_of_values(path: &Path) -> bool {
    const FOLDERS: [&str; 7] = [
        "ci",
        "env",
        "envs",
        "environments",
        "examples",
        "presets",
        "profiles",
    ];
    let is_yaml = path
        .extension()
        .is_some_and(|end| end == "yaml" || end == "yml");
    if !is_yaml || is_called_otherwise(path) {
        return false;
    }
    let folders = path.ancestors().skip(1);
    let Some(chart) = folders.map(named).find(|folder| is_chart(Some(folder))) else {
        return false;
    };
    let below = path.strip_prefix(&chart).unwrap_or(path);
    let first = below
        .components()
        .next()
        .map(|first| first.as_os_str().to_string_lossy());
    let is_beside = below.components().count() == 1;
    is_beside || first.is_some_and(|folder| FOLDERS.contains(&&*folder))
}

/// Whether a file's name says that it holds no values.
pub(super) fn is_called_otherwise(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default().to_ascii_lowercase();
    NO_VALUES.contains(&stem.as_str()) || stem.contains("compose") || stem.starts_with('.')
}

/// The chart that a file changes: the outermost one that it lies in, unless it is one of the custom
/// resources that helm does not render.
pub(super) fn chart_of(path: &Path) -> Option<PathBuf> {
    let folders = path.ancestors().skip(1);
    let chart = folders.map(named).find(|folder| is_chart(Some(folder)))?;
    let below = path.strip_prefix(&chart).unwrap_or(path);
    (!below.starts_with("crds")).then(|| outermost_chart(&chart))
}

/// The chart that keeps a chart among those it uses, and so on; else the chart itself.
pub(super) fn outermost_chart(chart: &Path) -> PathBuf {
    let mut outermost = named(chart);
    while let Some(keeper) = outermost
        .parent()
        .filter(|folder| folder.ends_with("charts"))
        .and_then(Path::parent)
        .map(named)
        .filter(|keeper| is_chart(Some(keeper)))
    {
        outermost = keeper;
    }
    outermost
}

/// A folder as a path that can be opened: the working directory is no empty path.
fn named(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder.to_owned()
    }
}

/// Whether a file at this path hands values to a chart, as its name or its folder's says:
/// `values.yaml`, `values-prod.yaml`, `redis-values.test.yml`, `customvalues.yaml`, `values/prod.yaml`,
/// `helm-values/base/redis.yaml`.
pub(super) fn is_values_file(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let Some(stem) = lower
        .strip_suffix(".yaml")
        .or_else(|| lower.strip_suffix(".yml"))
    else {
        return false;
    };
    let speaks = |name: &str| {
        name.split(['-', '_', '.'])
            .any(|word| word == "value" || word.ends_with("values"))
    };
    let mut names = stem.rsplit('/');
    let name = names.next().unwrap_or_default();
    speaks(name) || (!NO_VALUES.contains(&name) && names.take(2).any(speaks))
}
