//! Resources × rules, in parallel, joined and sorted: where the wings meet.

mod excerpt;
mod fingerprint;
mod redact;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::facts::Facts;
use crate::model::{
    AppliesTo, Artifact, Finding, Need, Notice, Report, Resource, Role, Rule, ServiceUse, Span,
    Violation,
};
use crate::policy::{Bundle, Evaluator, Input, PolicyError, Selection, Unit, services};
use crate::source::{Placed, Sources, line_hashes, location, place};

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
    let facts = facts(bundle, &rules, &sources.resources)?;
    let evaluation = Evaluation {
        units: units(bundle, &rules, options.evaluator),
        facts: &facts,
    };
    let evaluated: Vec<Evaluated> = sources
        .resources
        .par_iter()
        .map(|resource| {
            let evaluated = evaluation.evaluate(resource);
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
    report.findings = findings(&sources.resources, evaluated, &facts, &mut report.failures);
    report.services = service_uses(bundle, &report.findings)?;
    report.warnings.extend(facts.warnings());
    report.failures.sort();
    report.warnings.sort();
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
    let facts = facts(bundle, &rules, &sources.resources)?;
    let json = |resource: &Resource| {
        input(resource, &facts)
            .to_json()
            .map_err(|reason| PolicyError::Module { reason })
    };
    sources.resources.par_iter().map(json).collect()
}

fn facts<'a>(
    bundle: &'a Bundle,
    rules: &[Arc<Rule>],
    resources: &[Resource],
) -> Result<Facts<'a>, PolicyError> {
    let facts = Facts::new(bundle.data(), rules, resources);
    facts.map_err(|misfit| PolicyError::table(misfit.table, &misfit.error))
}

fn units(bundle: &Bundle, rules: &[Arc<Rule>], evaluator: Evaluator) -> Vec<Unit> {
    bundle.units(rules, evaluator)
}

fn input(resource: &Resource, facts: &Facts<'_>) -> Input {
    let identity = &resource.identity;
    Input::new(
        resource.node(),
        &identity.api_version,
        &identity.kind,
        facts.of(resource),
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
    fn evaluate(&self, resource: &Resource) -> Evaluated {
        let mut evaluated = Evaluated::default();
        let words = self.facts.words(resource);
        let mut facts = None;
        let mut input = None;
        for unit in self.units.iter().filter(|unit| applies(unit, resource)) {
            let needs = unit.rules().first().map_or(&[][..], |rule| &rule.needs[..]);
            let has = |need: &Need| match need {
                Need::Word(word) => words.contains(word.as_str()),
                Need::Fact(fact) => facts
                    .get_or_insert_with(|| self.facts.of(resource))
                    .get(fact)
                    .is_some(),
            };
            if !needs.is_empty() && !needs.iter().any(has) {
                continue;
            }
            let input = input.get_or_insert_with(|| {
                let facts = facts.take().unwrap_or_else(|| self.facts.of(resource));
                let identity = &resource.identity;
                Input::new(
                    resource.node(),
                    &identity.api_version,
                    &identity.kind,
                    facts,
                )
            });
            evaluated.add(unit, input);
        }
        evaluated
    }
}

impl Evaluated {
    fn add(&mut self, unit: &Unit, input: &Input) {
        for (rule, verdict) in unit.rules().iter().zip(unit.evaluate(input)) {
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

/// Patches and packages are no whole objects: of them only rules of any kind or of their kind
/// speak, and rules on workloads where the patch names containers.
fn applies(unit: &Unit, resource: &Resource) -> bool {
    let Some(rule) = unit.rules().first() else {
        return false;
    };
    match &rule.applies_to {
        AppliesTo::Any => resource.role != Role::Package,
        AppliesTo::Workloads => resource.is_workload(),
        AppliesTo::Kinds(kinds) => kinds.contains(&resource.gvk.kind),
    }
}

/// Places violations: artifact by artifact, since masks and hashes are the artifact's.
fn findings(
    resources: &[Resource],
    evaluated: Vec<Evaluated>,
    facts: &Facts<'_>,
    failures: &mut Vec<Notice>,
) -> Vec<Finding> {
    let mut artifacts: BTreeMap<Arc<str>, Vec<(&Resource, Evaluated)>> = BTreeMap::new();
    for (resource, evaluated) in resources.iter().zip(evaluated) {
        artifacts
            .entry(Arc::clone(&resource.artifact.uri))
            .or_default()
            .push((resource, evaluated));
    }
    let placed: Vec<(Vec<Finding>, Vec<Notice>)> = artifacts
        .into_par_iter()
        .map(|(_, evaluated)| place_all(evaluated, facts))
        .collect();
    let mut findings = Vec::new();
    for (found, failed) in placed {
        findings.extend(found);
        failures.extend(failed);
    }
    fingerprint::make_unique(&mut findings);
    findings
}

/// The findings of one artifact, sorted, and the rules that failed on it.
fn place_all(
    evaluated: Vec<(&Resource, Evaluated)>,
    facts: &Facts<'_>,
) -> (Vec<Finding>, Vec<Notice>) {
    let is_quiet = |(_, evaluated): &(&Resource, Evaluated)| {
        evaluated.violations.is_empty() && evaluated.errors.is_empty()
    };
    if evaluated.iter().all(is_quiet) {
        return (Vec::new(), Vec::new());
    }
    let masks = masks(evaluated.iter().map(|(resource, _)| *resource), facts);
    let artifact = Arc::clone(&evaluated[0].0.artifact);
    let mut found = Vec::new();
    let mut failed = Vec::new();
    for (resource, evaluated) in evaluated {
        failed.extend(
            evaluated
                .errors
                .iter()
                .map(|(rule, reason)| failure(resource, rule, reason)),
        );
        let own = evaluated.violations.into_iter();
        found.extend(own.map(|(rule, violation)| finding(resource, rule, violation, &masks)));
    }
    found.sort_by(|left: &Finding, right: &Finding| sort_key(left).cmp(&sort_key(right)));
    add_line_hashes(&artifact, &mut found);
    (found, failed)
}

/// What is to be hidden in an artifact: in order, none overlapping another.
fn masks<'a>(resources: impl Iterator<Item = &'a Resource>, facts: &Facts<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = resources
        .flat_map(|resource| facts.sensitive_spans(resource))
        .collect();
    spans.sort_unstable();
    let mut masks: Vec<Span> = Vec::new();
    for span in spans {
        match masks.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => masks.push(span),
        }
    }
    masks
}

fn sort_key(finding: &Finding) -> impl Ord + '_ {
    (
        finding.location.region,
        &finding.rule.id,
        &finding.message,
        &finding.path,
    )
}

fn finding(resource: &Resource, rule: Arc<Rule>, violation: Violation, masks: &[Span]) -> Finding {
    let placed = place(resource, &violation.path, violation.part);
    // Bundled rules never see a credential's value in the facts they make messages from.
    let masks_of_message = if rule.is_bundled { &[][..] } else { masks };
    let redact = |text: &str| redact::redact(text, resource, masks_of_message);
    Finding {
        message: redact(&violation.message),
        location: location(&resource.artifact, placed),
        related: Vec::new(),
        resource: resource.identity.clone(),
        fingerprint: fingerprint::of(&rule, resource, &violation.path),
        line_hash: String::new(),
        properties: redact::properties(violation.properties, &redact),
        excerpt: excerpt::excerpt(&resource.artifact, placed.span, masks),
        path: violation.path,
        rule,
    }
}

fn failure(resource: &Resource, rule: &Rule, reason: &str) -> Notice {
    let placed: Placed = place(resource, &["kind"].into_iter().collect(), None);
    let location = location(&resource.artifact, placed);
    Notice {
        display: Some(location.display),
        uri: Some(location.uri),
        region: Some(location.region),
        rule: Some(rule.id.clone()),
        resource: Some(resource.identity.to_string()),
        reason: format!(
            "the rule `{}` could not be evaluated: {}",
            rule.id,
            redact::unquote(reason)
        ),
        help: Some("mend the rule; the other rules were evaluated".to_owned()),
    }
}

fn add_line_hashes(artifact: &Artifact, findings: &mut [Finding]) {
    let lines: BTreeSet<u32> = findings
        .iter()
        .map(|finding| finding.location.region.line)
        .collect();
    let wanted: Vec<u32> = lines.into_iter().collect();
    let hashes = line_hashes(&artifact.text, &wanted);
    for finding in findings {
        if let Some(hash) = hashes.get(&finding.location.region.line) {
            finding.line_hash.clone_from(hash);
        }
    }
}

/// The Azure services that findings name, by how often they do.
fn service_uses(bundle: &Bundle, findings: &[Finding]) -> Result<Vec<ServiceUse>, PolicyError> {
    let mut uses: HashMap<&str, (usize, BTreeSet<&str>)> = HashMap::new();
    for finding in findings {
        if let Some(service) = finding
            .properties
            .get("service")
            .and_then(|service| service.as_str())
        {
            let (count, files) = uses.entry(service).or_default();
            *count += 1;
            files.insert(&finding.location.uri);
        }
    }
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let known =
        services(bundle.data()).map_err(|error| PolicyError::table("azure.services", &error))?;
    let mut uses: Vec<ServiceUse> = uses
        .into_iter()
        .map(|(id, (findings, files))| {
            let service = known.get(id);
            let products = service
                .into_iter()
                .flat_map(|service| &service.counterparts);
            ServiceUse {
                id: id.to_owned(),
                name: service.map_or(id, |service| &service.name).to_owned(),
                counterparts: products
                    .map(|counterpart| counterpart.product.clone())
                    .collect(),
                effort: service.map_or("", |service| &service.effort).to_owned(),
                findings,
                files: files.len(),
            }
        })
        .collect();
    uses.sort_by(|left, right| {
        right
            .findings
            .cmp(&left.findings)
            .then_with(|| left.id.cmp(&right.id))
    });
    Ok(uses)
}
