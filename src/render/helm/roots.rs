//! Which charts are rendered by themselves: those that nothing else uses, and those that the user
//! names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::about::{About, Dependency, local_folder};
use super::published::superseded;
use crate::model::{Node, Resource};
use crate::source::ChartFolder;

/// The local charts under `helmCharts` of kustomizations, which are rendered with these.
pub(super) fn charts_of_kustomizations(resources: &[Resource]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let kustomizations = resources
        .iter()
        .filter(|one| one.gvk.kind == "Kustomization");
    for resource in kustomizations {
        let folder = Path::new(&*resource.artifact.display).parent();
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let node = resource.node();
        let home = node
            .find(&["helmGlobals", "chartHome"])
            .and_then(Node::as_str);
        let charts = node.get("helmCharts").into_iter().flat_map(Node::items);
        let names = charts.filter_map(|chart| chart.string("name"));
        let paths = names.map(|name| folder.join(home.unwrap_or("charts")).join(name));
        found.extend(paths.filter_map(|path| path.canonicalize().ok()));
    }
    found
}

/// The charts that nothing else uses, or that the user names; libraries have nothing to deploy, named or
/// not, and of a chart repository only the newest packages count.
/// `used` are charts that others than charts use.
pub(super) fn roots(
    charts: &[ChartFolder],
    named: &[PathBuf],
    mut used: BTreeSet<PathBuf>,
) -> Vec<ChartFolder> {
    let about: Vec<Option<About>> = charts
        .iter()
        .map(|chart| About::read(&chart.path))
        .collect();
    used.extend(charts.iter().flat_map(used_folders));
    used.extend(superseded(charts));
    let is_root = |(chart, about): &(&ChartFolder, &Option<About>)| {
        let is_named = named.contains(&chart.path);
        let is_used = is_vendored(&chart.path)
            || chart
                .path
                .canonicalize()
                .is_ok_and(|path| used.contains(&path));
        let is_library = about.as_ref().is_some_and(About::is_library);
        !is_library && (is_named || !is_used)
    };
    let roots = charts.iter().zip(&about).filter(is_root);
    let mut roots: Vec<ChartFolder> = roots.map(|(chart, _)| chart.clone()).collect();
    // A file that the user names may belong to a chart that only others deploy.
    if named.iter().any(|path| path.is_file()) {
        for user in charts.iter().flat_map(users) {
            if !roots.contains(&user) {
                roots.push(user);
            }
        }
    }
    roots
}

/// The charts around that use a chart by its path.
fn users(chart: &ChartFolder) -> Vec<ChartFolder> {
    let Ok(target) = chart.path.canonicalize() else {
        return Vec::new();
    };
    let around = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.join("Chart.yaml").is_file())
    };
    let neighbours = around(chart.path.join("..")).chain(around(chart.path.join("../..")));
    let is_user = |folder: &PathBuf| {
        let about = About::read(folder).unwrap_or_default();
        let used = about.dependencies.iter();
        used.filter_map(|dependency| local_folder(folder, dependency))
            .any(|used| used == target)
    };
    let folder = |path: PathBuf| {
        let (display, uri) = chart.names(&path);
        ChartFolder {
            path: PathBuf::from(&display),
            display,
            uri,
        }
    };
    neighbours.filter(is_user).map(folder).collect()
}

/// The libraries that no chart of the scan uses, and older packages of a chart repository: nothing is
/// rendered of them.
pub(in crate::render) fn idle(charts: &[ChartFolder]) -> Vec<String> {
    let roots = roots(charts, &[], BTreeSet::new());
    let used: BTreeSet<PathBuf> = charts.iter().flat_map(used_folders).collect();
    let is_idle = |chart: &&ChartFolder| {
        !roots.contains(chart)
            && !is_vendored(&chart.path)
            && chart
                .path
                .canonicalize()
                .is_ok_and(|path| !used.contains(&path))
    };
    let idle = charts.iter().filter(is_idle);
    idle.map(|chart| chart.display.clone()).collect()
}

/// The folders of the charts that are rendered with a chart, since it or another one of them uses them
/// by their path.
pub(in crate::render) fn parts(chart: &Path) -> BTreeSet<PathBuf> {
    let mut parts = BTreeSet::new();
    let mut open = used_by(chart);
    while let Some(part) = open.pop() {
        if !parts.contains(&part) {
            open.extend(used_by(&part));
            parts.insert(part);
        }
    }
    parts
}

/// The charts of a scan that are rendered with some others alone, which use them by their path; no libraries,
/// which have nothing to deploy.
pub(in crate::render) fn rendered_with(
    charts: &[ChartFolder],
    rendered: &[&ChartFolder],
) -> Vec<ChartFolder> {
    let used: BTreeSet<PathBuf> = rendered.iter().flat_map(|one| parts(&one.path)).collect();
    let is_used = |chart: &&ChartFolder| {
        let folder = chart.path.canonicalize();
        folder.is_ok_and(|folder| used.contains(&folder)) && !rendered.contains(chart)
    };
    let is_library =
        |chart: &ChartFolder| About::read(&chart.path).is_some_and(|it| it.is_library());
    let all = charts.iter().filter(is_used);
    all.filter(|chart| !is_library(chart)).cloned().collect()
}

/// The charts that a chart itself uses by their path: their folders, and what its values call them.
pub(in crate::render) fn own_parts(chart: &Path) -> Vec<(PathBuf, String)> {
    let about = About::read(chart).unwrap_or_default();
    let dependencies = about.dependencies.iter();
    let part = |dependency: &Dependency| {
        let name = dependency.key();
        Some((local_folder(chart, dependency)?, name.to_owned()))
    };
    dependencies.filter_map(part).collect()
}

/// The charts that a chart keeps unpacked: their folders, and what its values call them.
pub(in crate::render) fn kept_parts(chart: &Path) -> Vec<(PathBuf, String)> {
    let about = About::read(chart).unwrap_or_default();
    let entries = std::fs::read_dir(chart.join("charts"));
    let folders = entries.into_iter().flatten().flatten();
    let folders = folders.map(|entry| entry.path());
    let charts = folders.filter(|folder| folder.join("Chart.yaml").is_file());
    let parts = charts.filter_map(|folder| {
        let name = folder.file_name()?.to_str()?;
        let own = about.dependencies.iter().find(|one| one.name == name);
        let key = own.map_or(name, Dependency::key).to_owned();
        Some((folder.canonicalize().ok()?, key))
    });
    let mut parts: Vec<(PathBuf, String)> = parts.collect();
    parts.sort();
    parts
}

/// The folders of the charts that a chart uses by their path.
fn used_folders(chart: &ChartFolder) -> Vec<PathBuf> {
    used_by(&chart.path)
}

fn used_by(chart: &Path) -> Vec<PathBuf> {
    let about = About::read(chart).unwrap_or_default();
    let dependencies = about.dependencies.iter();
    dependencies
        .filter_map(|dependency| local_folder(chart, dependency))
        .collect()
}

/// Whether a chart lies among those that another chart keeps.
fn is_vendored(folder: &Path) -> bool {
    let above = folder.parent().filter(|parent| parent.ends_with("charts"));
    above
        .and_then(Path::parent)
        .is_some_and(|chart| chart.join("Chart.yaml").is_file())
}
