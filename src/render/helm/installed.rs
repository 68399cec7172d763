//! Charts of the repository that commands of scripts and pipelines, or helmfiles, install: each is a rendering with what
//! the command, or the release, gives it. What tests install is gone with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::convention::Keys;
use super::listed::Listed;
use super::release::Release;
use super::run::Arguments;
use super::settings::{Setting, ValuesFile, release_name};
use crate::facts::{Installation, installations};
use crate::model::{Artifact, Place, Span};
use crate::render::Request;
use crate::source::{ChartFolder, Sources, is_script_of_tests, lies_at, normalized};

/// No more renderings than these are made of one chart for commands.
const MOST: usize = 12;

/// The renderings that commands and helmfiles ask for, of charts that were found, each once.
pub(super) fn installed(sources: &Sources, request: &Request) -> Vec<Release> {
    if sources.charts.is_empty() {
        return Vec::new();
    }
    let (charts, version) = (&sources.charts, &*request.kube_version);
    let of_commands = installations(&sources.resources, &sources.unread);
    let of_commands = of_commands.iter();
    let of_commands = of_commands.flat_map(|one| {
        let releases = releases(one, charts, version).into_iter();
        releases.map(|release| (&one.file, Some(release)))
    });
    let of_helmfiles = sources.helmfiles.iter().flat_map(|one| {
        let listed = one.releases();
        let listed = listed.filter_map(|release| Listed::read(one, release));
        listed.map(|listed| (&one.artifact, released(listed, charts, version)))
    });
    let mut found: Vec<Release> = Vec::new();
    for (file, release) in of_commands.chain(of_helmfiles) {
        let file = Path::new(&*file.display);
        let is_of_others =
            is_script_of_tests(file, &request.paths) || is_vendored(file, &sources.charts);
        let Some(mut release) = release.filter(|_| !is_of_others) else {
            continue;
        };
        let own = |known: &&Release| known.chart == release.chart;
        let known: Vec<&Release> = found.iter().filter(own).collect();
        let is_same = |known: &&Release| {
            known.setting.arguments == release.setting.arguments
                && known.setting.values == release.setting.values
                && [known, &&release]
                    .iter()
                    .all(|one| one.setting.inline.is_none())
        };
        if known.len() >= MOST || known.iter().any(is_same) {
            continue;
        }
        let name = release.setting.name.clone();
        let has = |name: &str| known.iter().any(|known| known.setting.name == name);
        let mut names = (2..).map(|number| format!("{name} ({number})"));
        if has(&name)
            && let Some(free) = names.find(|name| !has(name))
        {
            release.setting.name = free;
        }
        found.push(release);
    }
    found
}

/// Whether a file came along with a chart that another one uses, which installs it.
fn is_vendored(file: &Path, charts: &[ChartFolder]) -> bool {
    let file = normalized(file);
    charts
        .iter()
        .any(|chart| file.starts_with(normalized(&Path::new(&chart.display).join("charts"))))
}

/// The renderings of an installation: one for each of the files of values that are there for it to choose from.
fn releases(one: &Installation, charts: &[ChartFolder], kube_version: &str) -> Vec<Release> {
    let choices = chart_of(one, charts).map(|(chart, base)| choices(one, &chart.path, &base));
    let choices = choices.unwrap_or_default();
    if choices.is_empty() {
        return release(one, charts, kube_version).into_iter().collect();
    }
    let chosen = |choice: &String| {
        let files = one.chosen.iter().map(|file| file.replace('*', choice));
        Installation {
            values: one.values.iter().cloned().chain(files).collect(),
            chosen: Vec::new(),
            ..one.clone()
        }
    };
    let each = choices.iter().map(chosen);
    each.filter_map(|one| release(&one, charts, kube_version))
        .collect()
}

/// What may stand for the `*` of the first file that an installation chooses, by the files that are there and hold
/// values of its chart.
fn choices(one: &Installation, chart: &Path, base: &Path) -> Vec<String> {
    let Some((before, after)) = one.chosen.first().and_then(|file| file.split_once('*')) else {
        return Vec::new();
    };
    let (folder, begin) = before.rsplit_once('/').unwrap_or(("", before));
    let end = after.split('/').next().unwrap_or_default();
    let known = Keys::of(chart);
    let entries = std::fs::read_dir(base.join(folder)).into_iter().flatten();
    let choice = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let choice = name.strip_prefix(begin)?.strip_suffix(end)?.to_owned();
        let file = base.join(format!("{before}{choice}{after}"));
        (!choice.is_empty() && file.is_file() && known.are_of(&file)).then_some(choice)
    };
    let mut found: Vec<String> = entries.flatten().filter_map(choice).collect();
    found.sort();
    found.truncate(MOST);
    found
}

/// The rendering of an installation. `None` where the chart is not among those that were found, or all that it is
/// given is not known: that is one of its other renderings.
fn release(one: &Installation, charts: &[ChartFolder], kube_version: &str) -> Option<Release> {
    let (chart, base) = chart_of(one, charts)?;
    let files = one.values.iter().map(|file| {
        let path = normalized(&base.join(file));
        let (display, uri) = chart.names(&path);
        ValuesFile { display, uri, path }
    });
    let (values, missing): (Vec<_>, Vec<_>) = files.partition(|file| file.path.is_file());
    let has_unknown_values =
        one.has_unknown_values || !one.chosen.is_empty() || !missing.is_empty();
    if has_unknown_values && values.is_empty() && one.set.is_empty() {
        return None;
    }
    let own_name = || chart.display.rsplit('/').next().unwrap_or_default();
    let release = release_name(one.release.as_deref().unwrap_or_else(own_name));
    let places = one.set.iter();
    let places = places.filter_map(|pair| place(&one.file, pair));
    Some(Release {
        setting: Setting {
            name: name(one, &release, &values),
            arguments: Arguments {
                release,
                namespace: one.namespace.clone(),
                kube_version: kube_version.to_owned(),
                set: one.set.clone(),
                ..Arguments::default()
            },
            values,
            inline: None,
            places: places.collect::<BTreeMap<_, _>>(),
            asked: Vec::new(),
            has_unknown_values,
            // Without a namespace of its own it stands beside no other one: whoever runs the command chooses one.
            is_variant: one.namespace.is_none(),
        },
        chart: chart.clone(),
    })
}

/// The rendering of a release of a helmfile, likewise.
fn released(listed: Listed, charts: &[ChartFolder], kube_version: &str) -> Option<Release> {
    let mut found = release(&listed.installation, charts, kube_version)?;
    let setting = &mut found.setting;
    setting.inline = listed.inline;
    setting.places = listed.places;
    setting.has_unknown_values |= listed.has_more;
    Some(found)
}

/// The chart, and the folder from which the command counts its paths: the nearest one around its file from which the
/// chart is there.
fn chart_of<'c>(
    one: &Installation,
    charts: &'c [ChartFolder],
) -> Option<(&'c ChartFolder, PathBuf)> {
    let file = std::path::absolute(&*one.file.display).ok()?;
    let inner = || std::iter::once("").chain(one.folders.iter().map(String::as_str));
    let bases = file.ancestors().skip(1);
    let mut bases = bases.flat_map(|around| inner().map(|folder| around.join(folder)));
    let base = bases.find(|base| lies_at(&base.join(&one.chart)))?;
    let wanted = base.join(&one.chart).canonicalize().ok()?;
    let is_it = |chart: &&ChartFolder| chart.path.canonicalize().ok().as_ref() == Some(&wanted);
    Some((charts.iter().find(is_it)?, base))
}

/// What a rendering is called: `deploy.sh: web in shop with values-prod.yaml`.
fn name(one: &Installation, release: &str, values: &[ValuesFile]) -> String {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut name = format!("{}: {release}", last(&one.file.uri));
    if let Some(namespace) = &one.namespace {
        name = format!("{name} in {namespace}");
    }
    let files: Vec<String> = values.iter().map(|file| last(&file.uri)).collect();
    match files.is_empty() {
        true => name,
        false => format!("{name} with {}", files.join(", ")),
    }
}

/// The key of a single value, and where the value stands in the command's file: behind the first such key.
fn place(file: &Arc<Artifact>, pair: &str) -> Option<(String, Place)> {
    let (key, _) = pair.split_once('=')?;
    let written = format!("{key}=");
    let start = file.text.find(&written)? + written.len();
    let is_end = |one: char| one.is_whitespace() || matches!(one, '"' | '\'' | ',' | '\\');
    let rest = file.text[start..].trim_start_matches(['"', '\'']);
    let start = file.text.len() - rest.len();
    let end = start + rest.find(is_end).unwrap_or(rest.len());
    let place = Place {
        artifact: Arc::clone(file),
        span: Span {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
        },
        approximate: false,
    };
    Some((key.to_owned(), place))
}
