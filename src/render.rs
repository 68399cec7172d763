//! Charts and kustomizations to texts, by the tools that deploy them: found among what `source`
//! read, rendered beside each other, and given back as resources that know where they come from.

mod cache;
mod decoded;
mod given;
mod helm;
mod kustomize;
mod saved;
mod scratch;
mod tool;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub use self::cache::Cache;
use crate::config::ChartRendering;
use crate::model::{Artifact, Notice, Rendering, Resource};
use crate::source::{
    ChartFolder, STDIN, Sources, count, read_rendered, templates, templates_of_part, unreached,
};

/// What is to be rendered, and how.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the user named to be scanned.
    pub paths: Vec<PathBuf>,
    /// Whether anything is rendered at all.
    pub is_wanted: bool,
    /// Renderings of charts that the configuration asks for.
    pub charts: Vec<ChartRendering>,
    /// Files of values that the command line gives.
    pub values: Vec<PathBuf>,
    /// Values that the command line gives, as `key=value`.
    pub set: Vec<String>,
    /// The chart from which standard input was rendered.
    pub chart: Option<PathBuf>,
    /// The version of Kubernetes to render for.
    pub kube_version: String,
    /// What was rendered before.
    pub cache: Arc<Cache>,
}

/// What a tool made of a root, or why it could not.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A text with its provenance, and what else is to be said of it.
    Text(Box<Artifact>, Vec<Notice>),
    /// It could not be rendered.
    Failure(Notice),
    /// It could not be rendered, which others make up for.
    Warning(Notice),
    /// A chart of which nothing could be rendered.
    Unrendered(ChartFolder),
    /// A chart that was rendered, of whose templates some may not be reached.
    Rendered(ChartFolder),
    /// A chart of which a part was rendered, and the templates that were left out, by their paths for people.
    Part(ChartFolder, Vec<Arc<str>>),
}

impl Outcome {
    /// The chart that it is the end of.
    fn chart(&self) -> Option<&ChartFolder> {
        match self {
            Self::Unrendered(chart) | Self::Rendered(chart) | Self::Part(chart, _) => Some(chart),
            Self::Text(..) | Self::Failure(_) | Self::Warning(_) => None,
        }
    }
}

/// Something to render: one root with one set of values.
pub(crate) trait Job: Send + Sync {
    /// Runs the tool, once for each rendering.
    fn run(&self) -> Vec<Outcome>;
}

/// Renders what the sources hold, and adds the resources that come of it.
pub fn render(sources: &mut Sources, request: &Request) {
    if !request.is_wanted {
        let unread = kustomize::unread(sources, request);
        sources.warnings.extend(unread);
        return;
    }
    if let Some(chart) = &request.chart {
        trace_input(sources, chart, request);
    }
    // Kustomizations take out what they use, releases of charts among it.
    let jobs = helm::jobs(sources, request);
    let kustomizations = kustomize::render(sources, request);
    sources.summary.charts_not_rendered = helm::idle(&sources.charts);
    let run = |jobs: &[Box<dyn Job>]| jobs.par_iter().flat_map(|job| job.run()).collect();
    let mut charts: Vec<Outcome> = run(&jobs);
    let mut left = helm::jobs_of_parts(sources, request, &charts);
    while !left.is_empty() {
        charts.extend(run(&left));
        left = helm::jobs_of_parts(sources, request, &charts);
    }
    request.cache.trim();
    if jobs.is_empty() && kustomizations.is_empty() {
        return;
    }
    let rendered = charts.iter().filter_map(|one| match one {
        Outcome::Rendered(chart) => Some(chart),
        Outcome::Failure(_)
        | Outcome::Warning(_)
        | Outcome::Unrendered(_)
        | Outcome::Part(..)
        | Outcome::Text(..) => None,
    });
    let rendered: Vec<ChartFolder> = rendered.cloned().collect();
    let with_others = helm::rendered_with(&sources.charts, &rendered.iter().collect::<Vec<_>>());
    for outcome in charts.into_iter().chain(kustomizations) {
        add(sources, outcome);
    }
    for chart in with_others {
        sources.resources.extend(unreached(&chart));
    }
    saved::pass_over(sources, &rendered, &request.paths);
    given::set_values_apart(sources);
    count(sources);
}

/// Traces what came on standard input back to the chart that it was rendered from.
fn trace_input(sources: &mut Sources, chart: &Path, request: &Request) {
    let is_input = |resource: &Resource| &*resource.artifact.uri == STDIN;
    let Some(text) = sources.resources.iter().find(|resource| is_input(resource)) else {
        return;
    };
    match helm::traced(&text.artifact, chart, request) {
        Ok(None) => {}
        Ok(Some(artifact)) => {
            sources.resources.retain(|resource| !is_input(resource));
            sources.resources.extend(read_rendered(artifact).resources);
        }
        Err(notice) => sources.failures.push(notice),
    }
}

fn add(sources: &mut Sources, outcome: Outcome) {
    match outcome {
        Outcome::Failure(notice) => sources.failures.push(notice),
        Outcome::Warning(notice) => sources.warnings.push(notice),
        Outcome::Unrendered(chart) => sources.resources.extend(templates(&chart)),
        Outcome::Rendered(chart) => sources.resources.extend(unreached(&chart)),
        Outcome::Part(chart, left_out) => {
            let beside = templates_of_part(&chart, &left_out);
            sources.resources.extend(beside);
        }
        Outcome::Text(artifact, warnings) => {
            let rendering = artifact
                .provenance
                .as_ref()
                .map(|provenance| (*provenance.rendering).clone());
            let read = read_rendered(*artifact);
            sources
                .summary
                .renderings
                .extend(rendering.map(|rendering| Rendering {
                    objects: read.resources.len(),
                    ..rendering
                }));
            sources.resources.extend::<Vec<Resource>>(read.resources);
            sources.failures.extend(read.failures);
            sources.warnings.extend(read.warnings);
            sources.warnings.extend(warnings);
        }
    }
}
