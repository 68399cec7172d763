//! Resources × rules, in parallel, joined and sorted: where the wings meet.

mod evaluation;
mod excerpt;
mod findings;
mod fingerprint;
mod images;
mod reached;
mod redact;
mod rendered;
mod same;
mod services;
mod supply;
mod topic;

use std::sync::Arc;

use rayon::prelude::*;

use self::evaluation::{Evaluated, Evaluation, input};
use self::findings::findings;
pub use self::images::{ImagePlace, ImageUse, Inventory, Obstacle, images};
use self::services::service_uses;
use crate::facts::Facts;
use crate::model::{Artifact, Notice, Report, Resource, Rule};
use crate::network::Problem;
use crate::policy::{Bundle, Evaluator, PolicyError, Selection};
use crate::source::{Sources, notice, trees};

/// How a scan is to be done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rules.
    pub selection: Selection,
    /// Who evaluates the bundled ones.
    pub evaluator: Evaluator,
    /// Whether findings get the hashes of their lines, which SARIF alone has.
    pub hashes_lines: bool,
}

/// Evaluates the chosen rules on everything that was read. `progress` is called after each
/// resource, from any thread.
///
/// # Errors
///
/// When the selection names what does not exist, or a user's data does not fit its table.
pub fn scan(
    sources: Sources,
    bundle: &Bundle,
    options: &Options,
    progress: &(dyn Fn() + Sync),
) -> Result<Report, PolicyError> {
    let rules = bundle.select(&options.selection)?;
    let read = (&*sources.resources, &*sources.unread);
    let facts = facts(bundle, &rules, read)?;
    let evaluation = Evaluation {
        units: bundle.units(&rules, options.evaluator),
        facts: &facts,
    };
    let evaluated: Vec<Evaluated> = sources
        .resources
        .par_iter()
        .enumerate()
        .map(|(position, resource)| {
            let evaluated = evaluation.evaluate(position, resource);
            progress();
            evaluated
        })
        .collect();
    let mut report = Report {
        rules,
        summary: sources.summary,
        ..Report::default()
    };
    report.failures = sources.failures;
    report.failures.extend(facts.faults().iter().cloned());
    report.warnings = sources.warnings;
    report.controls = bundle.controls();
    report.findings = findings(
        &sources.resources,
        evaluated,
        &facts,
        options,
        &mut report.failures,
    );
    report.services = service_uses(bundle, &mut report.findings)?;
    let problems = facts.problems().iter();
    let problems = problems.map(|one| problem(&sources.resources, one));
    report.warnings.extend(problems);
    for notices in [&mut report.failures, &mut report.warnings] {
        let own = std::mem::take(notices).into_iter();
        *notices = own.map(redact::notice).collect();
    }
    // What several renderings take in is told of one place.
    for notices in [&mut report.failures, &mut report.warnings] {
        notices.sort();
        notices.dedup();
    }
    let units = evaluation.units;
    drop(facts);
    // To give back what was read and prepared takes as long as to write a report.
    rayon::spawn(move || drop((sources.resources, sources.unread, units)));
    Ok(report)
}

/// The object that rules see for each resource, as JSON: for people and for other engines. While no rules are chosen,
/// it holds the facts of all.
///
/// # Errors
///
/// As [`scan`].
pub fn inputs(
    sources: &Sources,
    bundle: &Bundle,
    options: &Options,
) -> Result<Vec<String>, PolicyError> {
    let selection = Selection {
        with_optional: true,
        ..options.selection.clone()
    };
    let rules = bundle.select(&selection)?;
    let read = (&*sources.resources, &*sources.unread);
    let facts = facts(bundle, &rules, read)?;
    let json = |(position, resource): (usize, &Resource)| {
        input(resource, &facts.of(position))
            .to_json()
            .map_err(|reason| PolicyError::Module { reason })
    };
    sources.resources.par_iter().enumerate().map(json).collect()
}

/// What is wrong with one of the resources that take part in what may talk to what, as a notice about its place.
pub(crate) fn problem(resources: &[Resource], problem: &Problem) -> Notice {
    let resource = &resources[problem.resource];
    notice(
        resource,
        &problem.path,
        problem.reason.clone(),
        problem.help,
    )
}

fn facts<'a>(
    bundle: &'a Bundle,
    rules: &[Arc<Rule>],
    read: (&'a [Resource], &[Arc<Artifact>]),
) -> Result<Facts<'a>, PolicyError> {
    let facts = Facts::new(bundle.data(), rules, read, trees);
    facts.map_err(|misfit| PolicyError::table(misfit.table, &misfit.error))
}
