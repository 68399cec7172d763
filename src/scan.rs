//! Resources × rules, in parallel, joined and sorted: where the wings meet.

mod excerpt;
mod findings;
mod fingerprint;
mod images;
mod redact;
mod rendered;
mod same;
mod services;
mod supply;

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use self::findings::findings;
pub use self::images::{ImagePlace, ImageUse, Inventory, Obstacle, images};
use self::services::service_uses;
use crate::facts::Facts;
use crate::model::{AppliesTo, Artifact, Need, Report, Resource, Role, Rule, Violation};
use crate::policy::{Bundle, Evaluator, Input, PolicyError, Selection, Unit};
use crate::source::{Sources, notice, trees};

/// How a scan is to be done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rules.
    pub selection: Selection,
    /// Who evaluates the bundled ones.
    pub evaluator: Evaluator,
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
    report.warnings = sources.warnings;
    report.controls = bundle.controls();
    report.findings = findings(
        &sources.resources,
        evaluated,
        &facts,
        options.selection.severity,
        &mut report.failures,
    );
    report.services = service_uses(bundle, &mut report.findings)?;
    let problems = facts.problems().iter().map(|problem| {
        let resource = &sources.resources[problem.resource];
        notice(
            resource,
            &problem.path,
            problem.reason.clone(),
            problem.help,
        )
    });
    report.warnings.extend(problems);
    for notices in [&mut report.failures, &mut report.warnings] {
        let own = std::mem::take(notices).into_iter();
        *notices = own.map(redact::notice).collect();
    }
    report.failures.sort();
    report.warnings.sort();
    let units = evaluation.units;
    drop(facts);
    // To give back what was read and prepared takes as long as to write a report.
    rayon::spawn(move || drop((sources.resources, sources.unread, units)));
    Ok(report)
}

/// The object that rules see for each resource, as JSON: for people and for other engines.
///
/// # Errors
///
/// As [`scan`].
pub fn inputs(
    sources: &Sources,
    bundle: &Bundle,
    options: &Options,
) -> Result<Vec<String>, PolicyError> {
    let rules = bundle.select(&options.selection)?;
    let read = (&*sources.resources, &*sources.unread);
    let facts = facts(bundle, &rules, read)?;
    let json = |(position, resource): (usize, &Resource)| {
        input(resource, facts.of(position))
            .to_json()
            .map_err(|reason| PolicyError::Module { reason })
    };
    sources.resources.par_iter().enumerate().map(json).collect()
}

fn facts<'a>(
    bundle: &'a Bundle,
    rules: &[Arc<Rule>],
    read: (&'a [Resource], &[Arc<Artifact>]),
) -> Result<Facts<'a>, PolicyError> {
    let facts = Facts::new(bundle.data(), rules, read, trees);
    facts.map_err(|misfit| PolicyError::table(misfit.table, &misfit.error))
}

fn input(resource: &Resource, facts: Value) -> Input {
    let identity = &resource.identity;
    Input::new(
        resource.node(),
        &identity.api_version,
        &identity.kind,
        facts,
    )
}

/// What is the same for every resource.
struct Evaluation<'a> {
    units: Vec<Unit>,
    facts: &'a Facts<'a>,
}

/// What rules say of one resource.
#[derive(Default)]
struct Evaluated {
    violations: Vec<(Arc<Rule>, Violation)>,
    errors: Vec<(Arc<Rule>, String)>,
}

impl Evaluation<'_> {
    fn evaluate(&self, position: usize, resource: &Resource) -> Evaluated {
        let mut evaluated = Evaluated::default();
        let (words, facts) = (self.facts.words(resource), self.facts.of(position));
        let is_met = |need: &Need| match need {
            Need::Word(word) => words.contains(word.as_str()),
            Need::Fact(fact) => facts.get(fact).is_some(),
        };
        let is_asked = |unit: &&Unit| unit.needs().is_empty() || unit.needs().iter().any(is_met);
        let units = self.units.iter().filter(|unit| applies(unit, resource));
        let units: Vec<&Unit> = units.filter(is_asked).collect();
        if !units.is_empty() {
            let input = if units.iter().any(|unit| unit.reads_objects()) {
                input(resource, facts)
            } else {
                Input::of_facts(facts)
            };
            for unit in units {
                evaluated.add(unit, &input, resource.role);
            }
        }
        evaluated
    }
}

impl Evaluated {
    fn is_quiet(&self) -> bool {
        self.violations.is_empty() && self.errors.is_empty()
    }

    fn add(&mut self, unit: &Unit, input: &Input, role: Role) {
        let is_by_kind = matches!(unit.applies_to(), AppliesTo::Kinds(_));
        for (rule, verdict) in unit.rules().iter().zip(unit.evaluate(input)) {
            let is_foreign = match role {
                Role::Build => !is_by_kind && !speaks_of_files(rule),
                Role::Catalog | Role::Unreached | Role::Renaming => {
                    *unit.applies_to() != AppliesTo::Images
                }
                Role::Values => *unit.applies_to() == AppliesTo::Any && !speaks_of_files(rule),
                Role::Inner | Role::Built => !is_about_secrets(rule),
                Role::Given | Role::Applied => {
                    *unit.applies_to() != AppliesTo::Images && !is_about_secrets(rule)
                }
                Role::Outline => *unit.applies_to() != AppliesTo::Images && !speaks_of_files(rule),
                Role::Manifest | Role::Template | Role::Patch | Role::Owned | Role::Package => {
                    false
                }
            };
            if is_foreign {
                continue;
            }
            match verdict {
                Ok(violations) => {
                    let own = violations
                        .into_iter()
                        .map(|violation| (Arc::clone(rule), violation));
                    self.violations.extend(own);
                }
                Err(reason) => self.errors.push((Arc::clone(rule), reason)),
            }
        }
    }
}

/// Whether a rule on any resource means files that are no objects of Kubernetes, too: builds, and
/// what is handed to charts.
fn speaks_of_files(rule: &Rule) -> bool {
    const FAMILIES: [&str; 2] = ["azure", "credentials"];
    rule.is_bundled && FAMILIES.contains(&rule.family.as_str())
}

/// Whether a rule looks for what is secret, which it is wherever it stands.
fn is_about_secrets(rule: &Rule) -> bool {
    rule.is_bundled && rule.family == "credentials"
}

/// What a controller made is checked through its owner. Patches and packages are no whole objects: of them only rules of any kind or of their kind
/// speak, and rules on workloads where the patch names containers.
fn applies(unit: &Unit, resource: &Resource) -> bool {
    if resource.role == Role::Owned {
        return false;
    }
    match unit.applies_to() {
        AppliesTo::Any => match resource.role {
            Role::Package | Role::Catalog | Role::Unreached | Role::Renaming => false,
            Role::Values | Role::Build | Role::Outline => {
                unit.rules().iter().any(|rule| speaks_of_files(rule))
            }
            Role::Given | Role::Inner | Role::Applied | Role::Built => {
                unit.rules().iter().any(|rule| is_about_secrets(rule))
            }
            Role::Manifest | Role::Template | Role::Patch | Role::Owned => true,
        },
        AppliesTo::Images => !matches!(
            resource.role,
            Role::Package | Role::Build | Role::Inner | Role::Built
        ),
        _ if matches!(
            resource.role,
            Role::Outline | Role::Unreached | Role::Renaming | Role::Applied | Role::Built
        ) =>
        {
            false
        }
        AppliesTo::Workloads => resource.is_workload(),
        AppliesTo::Kinds(kinds) => kinds.contains(&resource.gvk.kind),
    }
}
