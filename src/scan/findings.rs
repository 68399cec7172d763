//! Violations to findings: each gets its place, its lines and its fingerprint.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Evaluated, excerpt, fingerprint, redact};
use crate::facts::Facts;
use crate::model::{
    Artifact, Finding, Link, Notice, RelatedLocation, Resource, Rule, Severity, Span, Violation,
};
use crate::source::{line_hashes, location, place};

/// Places violations of at least a severity: artifact by artifact, since masks and hashes are the
/// artifact's.
pub(super) fn findings(
    resources: &[Resource],
    evaluated: Vec<Evaluated>,
    facts: &Facts<'_>,
    least: Option<Severity>,
    failures: &mut Vec<Notice>,
) -> Vec<Finding> {
    let mut evaluated = evaluated.into_iter();
    let placing = Placing {
        resources,
        facts,
        least,
    };
    let artifacts = resources.chunk_by(|one, next| Arc::ptr_eq(&one.artifact, &next.artifact));
    let artifacts: Vec<(&[Resource], Vec<Evaluated>)> = artifacts
        .map(|resources| {
            (
                resources,
                evaluated.by_ref().take(resources.len()).collect(),
            )
        })
        .collect();
    let placed: Vec<(Vec<Finding>, Vec<Notice>)> = artifacts
        .into_par_iter()
        .map(|(resources, evaluated)| placing.place_all(resources, evaluated))
        .collect();
    let mut findings = Vec::new();
    for (found, failed) in placed {
        findings.extend(found);
        failures.extend(failed);
    }
    fingerprint::make_unique(&mut findings);
    findings
}

/// What is the same for every artifact.
struct Placing<'a> {
    /// All resources, among which links point.
    resources: &'a [Resource],
    facts: &'a Facts<'a>,
    least: Option<Severity>,
}

impl Placing<'_> {
    /// The findings of one artifact, sorted, and the rules that failed on it.
    fn place_all(
        &self,
        resources: &[Resource],
        evaluated: Vec<Evaluated>,
    ) -> (Vec<Finding>, Vec<Notice>) {
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        if evaluated.iter().all(Evaluated::is_quiet) {
            return (found, failed);
        }
        let masks = masks(resources, self.facts);
        for (resource, evaluated) in resources.iter().zip(evaluated) {
            let errors = evaluated.errors.iter();
            failed.extend(errors.map(|(rule, reason)| failure(resource, rule, reason)));
            let own = evaluated.violations.into_iter();
            let own = own.map(|(rule, violation)| self.finding(resource, rule, violation, &masks));
            found.extend(without_yielding(own.collect()));
        }
        found.retain(|finding| self.least.is_none_or(|least| finding.severity >= least));
        found.sort_by(|left: &Finding, right: &Finding| sort_key(left).cmp(&sort_key(right)));
        add_line_hashes(&resources[0].artifact, &mut found);
        (found, failed)
    }

    fn finding(
        &self,
        resource: &Resource,
        rule: Arc<Rule>,
        violation: Violation,
        masks: &[Span],
    ) -> (Span, Finding) {
        let placed = place(resource, &violation.path, violation.part);
        // Bundled rules never see a credential's value in the facts they make messages from.
        let masks_of_message = if rule.is_bundled { &[][..] } else { masks };
        let redact = |text: &str| redact::redact(text, resource, masks_of_message);
        let links = violation.links.iter();
        let finding = Finding {
            severity: violation.severity.unwrap_or(rule.severity),
            message: redact(&violation.message),
            location: location(&resource.artifact, placed),
            related: links
                .filter_map(|link| self.related(link, &redact))
                .collect(),
            resource: resource.identity.clone(),
            fingerprint: fingerprint::of(&rule, resource, &violation.path),
            line_hash: String::new(),
            properties: redact::properties(violation.properties, &redact),
            excerpt: excerpt::excerpt(&resource.artifact, placed.span, masks),
            path: violation.path,
            rule,
        };
        (placed.span, finding)
    }

    /// The place of a link; `None` for a resource that is not there, which only a user's rule can name.
    fn related(&self, link: &Link, redact: &dyn Fn(&str) -> String) -> Option<RelatedLocation> {
        let resource = self.resources.get(link.resource)?;
        Some(RelatedLocation {
            message: redact(&link.message),
            location: location(&resource.artifact, place(resource, &link.path, None)),
        })
    }
}

/// One resource's findings without those that yield to another one on the same characters.
fn without_yielding(found: Vec<(Span, Finding)>) -> Vec<Finding> {
    let yields = |span: Span, rule: &Rule| {
        !rule.yields_to.is_empty()
            && found.iter().any(|(other_span, other)| {
                rule.yields_to.contains(&other.rule.id) && other_span.overlaps(span)
            })
    };
    let kept: Vec<bool> = found
        .iter()
        .map(|(span, finding)| !yields(*span, &finding.rule))
        .collect();
    let pairs = found.into_iter().zip(kept).filter(|(_, kept)| *kept);
    pairs.map(|((_, finding), _)| finding).collect()
}

/// What is to be hidden in an artifact: in order, none overlapping another.
fn masks(resources: &[Resource], facts: &Facts<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = resources
        .iter()
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

fn failure(resource: &Resource, rule: &Rule, reason: &str) -> Notice {
    let placed = place(resource, &["kind"].into_iter().collect(), None);
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
