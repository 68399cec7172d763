//! Texts of a chart that its templates print as they are: `.Files.Get "files/shop.properties"`, and with
//! `.Files.Glob` those of a folder. Where the chart is not rendered, they are read as the settings
//! that they become.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::collect::Found;
use super::file;
use super::generated::Generated;
use super::reading::As;
use crate::model::{Artifact, Resource, Role};

/// The calls that read files of a chart, each with its path in quotes.
const CALLS: [&str; 3] = [".Files.Get \"", ".Files.Glob \"", ".Files.Lines \""];

/// What stands in the files that templates of charts read; one that holds objects is read as these.
pub(super) fn resources(templates: &[Resource]) -> Vec<Resource> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let outlines = templates.iter().filter(|one| one.role == Role::Outline);
    for template in outlines {
        let Some(chart) = Folder::of(&template.artifact) else {
            continue;
        };
        let kind = match template.gvk.kind.as_str() {
            "Secret" => "Secret",
            _ => "ConfigMap",
        };
        let named = named(&template.artifact).into_iter();
        for path in named.flat_map(|path| chart.matching(path)) {
            let file = chart.file(&path);
            if seen.insert(file.uri.clone()) {
                found.extend(settings(&file, &path, kind));
            }
        }
    }
    found
}

/// The folder of a chart, as the user named it and as outputs do, with a `/` at its end.
struct Folder<'a> {
    display: &'a str,
    uri: &'a str,
}

impl<'a> Folder<'a> {
    /// The chart of a template.
    fn of(template: &'a Artifact) -> Option<Self> {
        let above = |path: &'a str| path.rfind("templates/").map(|at| &path[..at]);
        Some(Self {
            display: above(&template.display)?,
            uri: above(&template.uri)?,
        })
    }

    fn file(&self, path: &str) -> Found {
        let display = format!("{}{path}", self.display);
        Found {
            path: Some(PathBuf::from(&display)),
            display,
            uri: format!("{}{path}", self.uri),
        }
    }

    /// The files of a path whose last name may have a `*`.
    fn matching(&self, named: &str) -> Vec<String> {
        let start = named.rfind('/').map_or(0, |at| at + 1);
        let (folder, name) = named.split_at(start);
        let Some((before, after)) = name.split_once('*') else {
            return vec![named.to_owned()];
        };
        let after = after.trim_start_matches('*');
        let files = std::fs::read_dir(Path::new(self.display).join(folder));
        let names = files.into_iter().flatten().flatten();
        let names = names.filter_map(|file| file.file_name().into_string().ok());
        let mut paths: Vec<String> = names
            .filter(|name| name.starts_with(before) && name.ends_with(after))
            .map(|name| format!("{folder}{name}"))
            .collect();
        paths.sort();
        paths
    }
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

fn settings(file: &Found, path: &str, kind: &'static str) -> Vec<Resource> {
    let is_file = file.path.as_deref().is_some_and(Path::is_file);
    if !is_file || !file::read(file).resources.is_empty() {
        return Vec::new();
    }
    let key = path.rsplit('/').next().unwrap_or(path);
    let wanted = As::Settings(Generated::of_text(kind, key));
    file::read_included(file, wanted).resources
}
