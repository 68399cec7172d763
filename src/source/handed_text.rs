//! Texts of a chart that its templates print as they are: `.Files.Get "files/shop.properties"`, and with
//! `.Files.Glob` those of a folder. Where the chart is not rendered, they are read as the settings
//! that they become.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::collect::{ChartFolder, Found};
use super::file::{self, As};
use super::settings::Generated;
use crate::model::{Artifact, Resource, Role};

/// The calls that read files of a chart, each with its path in quotes.
const CALLS: [&str; 3] = [".Files.Get \"", ".Files.Glob \"", ".Files.Lines \""];

/// What stands in the files that a chart's templates read; one that holds objects is read as these.
pub(super) fn resources(chart: &ChartFolder, templates: &[Resource]) -> Vec<Resource> {
    let mut texts: BTreeSet<(String, &'static str)> = BTreeSet::new();
    let read = templates.iter().filter(|one| one.role == Role::Outline);
    for template in read {
        let kind = match template.gvk.kind.as_str() {
            "Secret" => "Secret",
            _ => "ConfigMap",
        };
        let named = named(&template.artifact).into_iter();
        texts.extend(named.map(|path| (path.to_owned(), kind)));
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (named, kind) in texts {
        for path in matching(chart, &named) {
            if seen.insert(path.clone()) {
                found.extend(settings(chart, &path, kind));
            }
        }
    }
    found
}

/// The paths that a template names, from the chart's folder.
fn named(template: &Artifact) -> Vec<&str> {
    let text = &template.text;
    let after = |call: &'static str| {
        let found = text.match_indices(call);
        found.filter_map(move |(at, call)| text[at + call.len()..].split('"').next())
    };
    let is_inside = |path: &&str| !path.is_empty() && !path.contains("..") && !path.contains('{');
    CALLS
        .into_iter()
        .flat_map(after)
        .filter(is_inside)
        .collect()
}

/// The files of a path whose last name may have a `*`.
fn matching(chart: &ChartFolder, named: &str) -> Vec<String> {
    let (folder, name) = named.rsplit_once('/').unwrap_or(("", named));
    let Some((before, after)) = name.split_once('*') else {
        return vec![named.to_owned()];
    };
    let after = after.trim_start_matches('*');
    let files = std::fs::read_dir(chart.path.join(folder)).into_iter();
    let names = files.flatten().flatten();
    let names = names.filter_map(|file| file.file_name().into_string().ok());
    let is_meant = |name: &String| name.starts_with(before) && name.ends_with(after);
    let mut paths: Vec<String> = names
        .filter(is_meant)
        .map(|name| format!("{folder}/{name}"))
        .collect();
    paths.sort();
    paths
}

fn settings(chart: &ChartFolder, path: &str, kind: &'static str) -> Vec<Resource> {
    let beside = |folder: &str| match folder {
        "." => path.to_owned(),
        folder => format!("{folder}/{path}"),
    };
    let own: PathBuf = chart.path.join(path);
    let found = Found {
        display: beside(&chart.display),
        uri: beside(&chart.uri),
        path: Some(own.clone()),
    };
    if !own.is_file() || !file::read(&found).resources.is_empty() {
        return Vec::new();
    }
    let key = path.rsplit('/').next().unwrap_or(path);
    let wanted = As::Settings(Generated::of_text(kind, key));
    file::read_included(&found, wanted).resources
}
