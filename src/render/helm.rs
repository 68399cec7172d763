//! Charts: found, rendered by the real helm with each of their sets of values, and traced back to
//! the lines that a person can change. No chart is evaluated by code of ours.

mod about;
mod align;
mod appearance;
mod asked;
mod atom;
mod cause;
mod chart;
mod convention;
mod copies;
mod copy;
mod encoded;
mod functions;
mod inflation;
mod installed;
mod job;
mod lacking;
mod listed;
mod marked;
mod marker;
mod named;
mod notice;
mod output;
mod partial;
mod passage;
mod published;
mod random;
mod reference;
mod refusal;
mod registry;
mod release;
mod rest;
mod roots;
mod run;
mod salted;
mod settings;
mod single;
mod subject;
mod supplied;
mod text;
mod trace;
mod unmade;
mod uses;
mod valued;
mod values;
mod version;
mod workshop;

use std::collections::BTreeSet;
use std::path::PathBuf;

use rayon::prelude::*;

pub(super) use self::inflation::{Inflation, inflated};
use self::installed::installed;
use self::job::ChartJob;
pub(super) use self::job::traced;
use self::registry::Registry;
use self::release::releases;
use self::roots::{charts_of_kustomizations, roots};
pub(super) use self::roots::{idle, kept_parts, own_parts, parts, rendered_with};
use super::tool::Tool;
use super::{Job, Outcome, Request};
use crate::source::{ChartFolder, Sources, literal_releases};

/// The charts to render. What another chart uses is rendered with that one, unless the user
/// names it.
pub(super) fn jobs(sources: &Sources, request: &Request) -> Vec<Box<dyn Job>> {
    let inflated = charts_of_kustomizations(&sources.resources);
    let mut roots = roots(&sources.charts, &request.paths, inflated);
    let charts = sources.charts.par_iter();
    let of_charts: Vec<_> = charts.flat_map_iter(literal_releases).collect();
    let registry = Registry::of(&sources.charts, &sources.resources);
    let mut releases = [&sources.resources, &of_charts]
        .map(|resources| releases(resources, &registry, &request.kube_version))
        .concat();
    releases.extend(installed(sources, request));
    for release in &releases {
        if !roots
            .iter()
            .any(|root| root.display == release.chart.display)
        {
            roots.push(release.chart.clone());
        }
    }
    let jobs = roots.into_iter().map(|folder| {
        let own = releases
            .iter()
            .filter(|release| release.chart.display == folder.display);
        Box::new(ChartJob {
            releases: own.map(|release| release.setting.clone()).collect(),
            folder,
            request: request.clone(),
        }) as Box<dyn Job>
    });
    jobs.collect()
}

/// The charts that are used by ones of which nothing could be rendered, and by none that was, as far as nothing was
/// tried of them: each is rendered by itself.
pub(super) fn jobs_of_parts(
    sources: &Sources,
    request: &Request,
    outcomes: &[Outcome],
) -> Vec<Box<dyn Job>> {
    let is_failed = |one: &&Outcome| matches!(one, Outcome::Unrendered(_));
    if !outcomes.iter().any(|one| is_failed(&one)) || Tool::find("helm").is_none() {
        return Vec::new();
    }
    let folders = |are_failed: bool| {
        let wanted = outcomes
            .iter()
            .filter(move |one| is_failed(one) == are_failed);
        wanted.filter_map(Outcome::chart)
    };
    let parts_of = |are_failed| folders(are_failed).flat_map(|chart| parts(&chart.path));
    let made: BTreeSet<PathBuf> = parts_of(false).collect();
    let left: BTreeSet<PathBuf> = parts_of(true).filter(|part| !made.contains(part)).collect();
    let is_left = |chart: &&ChartFolder| {
        let folder = chart.path.canonicalize();
        let is_tried = || {
            outcomes
                .iter()
                .filter_map(Outcome::chart)
                .any(|one| one == *chart)
        };
        chart.path.is_dir() && folder.is_ok_and(|folder| left.contains(&folder)) && !is_tried()
    };
    let charts: Vec<ChartFolder> = sources.charts.iter().filter(is_left).cloned().collect();
    let roots = roots(&charts, &[], BTreeSet::new()).into_iter();
    let job = |folder| {
        Box::new(ChartJob {
            releases: Vec::new(),
            folder,
            request: request.clone(),
        }) as Box<dyn Job>
    };
    roots.map(job).collect()
}
