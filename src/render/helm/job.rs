//! A chart with all its renderings: what of them succeeds, what is told of the others, and what is rendered of the
//! chart without what helm refuses.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::cause::told_once;
use super::chart::Chart;
use super::functions;
use super::notice::notice;
use super::rest::{Rest, lacks_charts};
use super::run::Helm;
use super::settings::{DEFAULT, Setting, settings, with_releases};
use super::workshop::Workshop;
use crate::model::{Artifact, Fault, Notice, guarded};
use crate::render::{Job, Outcome, Request, scratch};
use crate::source::ChartFolder;

/// A chart with all its renderings.
pub(super) struct ChartJob {
    pub(super) folder: ChartFolder,
    /// What objects of the repository ask for.
    pub(super) releases: Vec<Setting>,
    pub(super) request: Request,
}

impl Job for ChartJob {
    fn run(&self) -> Vec<Outcome> {
        let outcomes = guarded(|| self.outcomes());
        match outcomes.unwrap_or_else(|fault| Err(self.failure(&fault))) {
            Ok(outcomes) => outcomes,
            Err(notice) => vec![
                Outcome::Failure(notice),
                Outcome::Unrendered(self.folder.clone()),
            ],
        }
    }
}

impl ChartJob {
    /// What is told where a fault of ours keeps the chart from being rendered.
    fn failure(&self, fault: &Fault) -> Notice {
        let reason = format!("cannot be rendered: {fault}");
        notice(&self.folder, reason, Fault::HELP.to_owned())
    }

    fn outcomes(&self) -> Result<Vec<Outcome>, Notice> {
        self.in_workshop(&|workshop, chart_name| {
            let settings = settings(&self.folder, chart_name, &self.request, &self.releases);
            let settings = with_releases(&self.folder, settings, &self.releases);
            // The first one teaches the others which marks helm does not bear.
            let (first, others) = settings.split_at(settings.len().min(1));
            let render = |setting| workshop.render(setting, None);
            let mut whole: Vec<Result<Artifact, Notice>> = first.iter().map(render).collect();
            // Charts that were not fetched are missing whatever the values are.
            let refusal = whole.first().and_then(|one| one.as_ref().err());
            match refusal.filter(|refusal| lacks_charts(refusal)).cloned() {
                Some(refusal) => whole.extend(others.iter().map(|_| Err(refusal.clone()))),
                None => whole.extend(others.par_iter().map(render).collect::<Vec<_>>()),
            }
            let rendered = rendered(workshop, &settings, whole);
            let folder = self.folder.clone();
            let is_whole = |one: &Rendered| one.artifact.is_some() && one.left_out.is_empty();
            let end = if rendered.iter().any(is_whole) {
                Outcome::Rendered(folder)
            } else if rendered.iter().any(|one| one.artifact.is_some()) {
                Outcome::Part(
                    folder,
                    rendered
                        .iter()
                        .flat_map(|one| one.left_out.clone())
                        .collect(),
                )
            } else {
                Outcome::Unrendered(folder)
            };
            let mut files = workshop.chart.files.iter();
            let lacks_values = !files.any(|file| file.path == "values.yaml");
            let mut outcomes = outcomes(&settings, rendered, lacks_values);
            let unmade = workshop.chart.unmade.iter().cloned();
            outcomes.extend(unmade.map(Outcome::Warning));
            outcomes.push(end);
            outcomes
        })
    }

    /// A text that somebody rendered from this chart, traced back to it.
    fn trace(&self, text: &Artifact) -> Result<Option<Artifact>, Notice> {
        let traced = self.in_workshop(&|workshop, chart_name| {
            let mut setting = settings(&self.folder, chart_name, &self.request, &[]).pop();
            if let Some(setting) = &mut setting {
                setting.arguments.release = release_in(&text.text);
            }
            let traced = setting.map(|setting| workshop.render(&setting, Some(text)));
            vec![match traced {
                Some(Ok(artifact)) => Outcome::Text(Box::new(artifact), Vec::new()),
                Some(Err(notice)) => Outcome::Failure(notice),
                None => return Vec::new(),
            }]
        })?;
        match traced.into_iter().next() {
            Some(Outcome::Text(artifact, _)) => Ok(Some(*artifact)),
            Some(Outcome::Failure(notice) | Outcome::Warning(notice)) => Err(notice),
            Some(Outcome::Unrendered(_) | Outcome::Rendered(_) | Outcome::Part(..)) | None => {
                Ok(None)
            }
        }
    }

    /// Does something with the chart's copies, which are gone afterwards.
    pub(super) fn in_workshop(
        &self,
        work: &(dyn Fn(&Workshop<'_>, &str) -> Vec<Outcome> + Sync),
    ) -> Result<Vec<Outcome>, Notice> {
        let failure = |reason: String, help: &str| notice(&self.folder, reason, help.to_owned());
        let scratch = scratch::folder().map_err(|error| {
            let reason = format!("no scratch folder: {error}");
            failure(reason, "check TMPDIR and the space left")
        })?;
        let Some(mut helm) = Helm::find(scratch.path(), &self.request.cache) else {
            return Err(failure(
                "not rendered: no `helm` on the PATH".to_owned(),
                "install helm, as with `go install helm.sh/helm/v3/cmd/helm@v3.21.1`, or scan with --no-render",
            ));
        };
        let chart = Chart::read(&self.folder).map_err(|error| {
            let reason = crate::source::io_reason(&error);
            let reason = format!("the chart cannot be read: {reason}");
            failure(reason, "check the chart's files and packages")
        })?;
        let Some(unit) = chart.unit() else {
            // An archive that holds no chart is none of ours.
            if self.folder.path.is_file() {
                return Ok(Vec::new());
            }
            return Err(failure(
                "`Chart.yaml` is no valid description of a chart".to_owned(),
                "mend `Chart.yaml`",
            ));
        };
        if functions::is_timely(&chart) {
            helm.forget();
        }
        let made = || {
            let workshop = Workshop::new(&chart, &helm, scratch.path());
            work(&workshop, &unit.about.name)
        };
        // Helm is asked for its version beside the first rendering.
        Ok(rayon::join(|| helm.version(), made).1)
    }
}

/// The release that a rendered text is of, as its objects say; else what helm calls it where nobody says.
fn release_in(text: &str) -> String {
    let label = "app.kubernetes.io/instance:";
    let mut lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(label));
    let name = lines
        .next()
        .map(|name| name.trim().trim_matches(['"', '\'']));
    name.filter(|name| !name.is_empty())
        .unwrap_or("release-name")
        .to_owned()
}

/// A text that somebody rendered from a chart, traced back to it.
pub(in crate::render) fn traced(
    text: &Artifact,
    chart: &Path,
    request: &Request,
) -> Result<Option<Artifact>, Notice> {
    let (display, uri) = crate::source::names(chart);
    let job = ChartJob {
        folder: ChartFolder {
            display,
            uri,
            path: chart.to_owned(),
        },
        releases: Vec::new(),
        request: request.clone(),
    };
    job.trace(text)
}

/// What came of one rendering.
struct Rendered {
    /// What is rendered, of the whole chart or of a part.
    artifact: Option<Artifact>,
    /// Why not all of it is, or not as it stands.
    refused: Vec<Notice>,
    /// The templates that a part lacks, by their paths for people.
    left_out: Vec<Arc<str>>,
}

/// What came of the renderings of a chart: where none succeeds but with values that only try it, and with values of
/// a file, without what helm refuses.
fn rendered(
    workshop: &Workshop<'_>,
    settings: &[Setting],
    whole: Vec<Result<Artifact, Notice>>,
) -> Vec<Rendered> {
    let mut all = settings.iter().zip(&whole);
    let is_any = all.any(|(setting, one)| one.is_ok() && !setting.is_tried());
    let unfetched = |setting: &Setting| -> Vec<Notice> {
        let files = setting.values.iter().filter(|file| file.is_elsewhere());
        let told = files.map(|file| {
            let reason = format!(
                "is rendered without the values of `{}`, which lies elsewhere, and nothing is fetched",
                file.display
            );
            let help = "keep a copy of the file in the repository, and name that one";
            notice(&workshop.chart.folder, reason, help.to_owned())
        });
        told.collect()
    };
    let rest = |setting: &Setting, notice: Notice| {
        // What the defaults alone lack, others give; a file of values is one more way to deploy the chart.
        let is_meant = !is_any || !(setting.name == DEFAULT || setting.is_tried());
        let rest = is_meant.then(|| Rest::render(workshop, setting, &notice));
        match rest.flatten() {
            Some(rest) => Rendered {
                artifact: Some(rest.artifact),
                refused: rest.refused,
                left_out: rest.left_out,
            },
            None => Rendered {
                artifact: None,
                refused: vec![notice],
                left_out: Vec::new(),
            },
        }
    };
    let each = settings.par_iter().zip(whole);
    each.map(|(setting, whole)| match whole {
        Ok(artifact) => Rendered {
            artifact: Some(artifact),
            refused: unfetched(setting),
            left_out: Vec::new(),
        },
        Err(notice) => rest(setting, notice),
    })
    .collect()
}

/// What becomes of the renderings. What is wrong with several is told once, with their names; that the
/// defaults alone are not enough is no failure where other values are.
fn outcomes(settings: &[Setting], rendered: Vec<Rendered>, lacks_values: bool) -> Vec<Outcome> {
    let is_any = rendered.iter().any(|one| one.refused.is_empty());
    let mut outcomes = Vec::new();
    let mut failed: Vec<(Notice, Vec<&str>)> = Vec::new();
    for (setting, rendered) in settings.iter().zip(rendered) {
        let text = rendered.artifact.map(Box::new);
        outcomes.extend(text.map(|text| Outcome::Text(text, Vec::new())));
        for notice in rendered.refused {
            match failed.iter_mut().find(|(known, _)| *known == notice) {
                Some((_, names)) => names.push(&setting.name),
                None => failed.push((notice, vec![&setting.name])),
            }
        }
    }
    for (mut notice, names) in told_once(failed, lacks_values) {
        notice.reason = format!("{} (in: {})", notice.reason, names.join(", "));
        outcomes.push(if is_any && names == [DEFAULT] {
            Outcome::Warning(notice)
        } else {
            Outcome::Failure(notice)
        });
    }
    outcomes
}
