//! Templates of charts that are not rendered: one without an action is what helm would print.

use std::path::{Path, PathBuf};

use super::collect::{ChartFolder, Found, shown};
use super::file::{self, Read};
use crate::model::Role;

/// What begins an action.
const ACTION: &[u8] = b"{{";

/// The templates of a chart that may hold manifests, by name.
pub(super) fn templates(chart: &ChartFolder) -> Vec<Found> {
    let mut paths = Vec::new();
    add_files(&chart.path.join("templates"), &mut paths);
    paths.sort();
    let found = |path: PathBuf| {
        let below = path.strip_prefix(&chart.path).unwrap_or(&path);
        Found {
            display: shown(&path),
            uri: shown(&Path::new(&chart.uri).join(below)),
            path: Some(path),
        }
    };
    paths.into_iter().map(found).collect()
}

/// Helm makes nothing of files whose name begins with an underscore.
fn add_files(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        let is_yaml = path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml");
        let is_partial = entry.file_name().to_string_lossy().starts_with('_');
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => add_files(&path, paths),
            Ok(kind) if kind.is_file() && is_yaml && !is_partial => paths.push(path),
            _ => {}
        }
    }
}

/// What a template holds in which nothing is to be filled in. What is no YAML the tool tells that
/// renders it.
pub(super) fn read_plain(found: &Found) -> Option<Read> {
    let bytes = std::fs::read(found.path.as_deref()?).ok()?;
    if bytes.windows(ACTION.len()).any(|window| window == ACTION) {
        return None;
    }
    let mut read = file::read_template(found, bytes);
    read.failures.clear();
    for resource in &mut read.resources {
        if resource.role == Role::Manifest {
            resource.role = Role::Template;
        }
    }
    Some(read)
}
