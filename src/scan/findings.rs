//! Violations to findings: each gets its place, its lines and its fingerprint.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::evaluation::Evaluated;
use super::reached::Reached;
use super::rendered::{self, SourceMasks};
use super::topic::{is_on_credentials, topic};
use super::{Options, excerpt, fingerprint, redact};
use crate::facts::Facts;
use crate::model::{
    Artifact, Finding, HOLE, Link, Notice, RelatedLocation, Resource, Role, Rule, Span, Step,
    Violation, guarded, without_holes,
};
use crate::source::{line_hashes, location, place, use_of_copy};

/// Places violations of at least the chosen severity: artifact by artifact, since masks and hashes are the
/// artifact's.
pub(super) fn findings(
    resources: &[Resource],
    evaluated: Vec<Evaluated>,
    facts: &Facts<'_>,
    options: &Options,
    failures: &mut Vec<Notice>,
) -> Vec<Finding> {
    let mut evaluated = evaluated.into_iter();
    let placing = Placing {
        resources,
        facts,
        options,
        reached: Reached::new(resources),
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
        .map(|(resources, evaluated)| {
            let placed = guarded(|| placing.place_all(resources, evaluated));
            placed.unwrap_or_else(|fault| {
                (Vec::new(), vec![fault.of_artifact(&resources[0].artifact)])
            })
        })
        .collect();
    let mut findings = Vec::new();
    for (found, failed) in placed {
        findings.extend(found);
        failures.extend(failed);
    }
    let built = resources.iter().filter(|one| one.role == Role::Built);
    let built = built.map(|one| &*one.artifact.display).collect();
    let mut findings = rendered::join(findings, &built);
    fingerprint::make_unique(&mut findings);
    findings
}

/// What is the same for every artifact.
struct Placing<'a> {
    /// All resources, among which links point.
    resources: &'a [Resource],
    facts: &'a Facts<'a>,
    options: &'a Options,
    reached: Reached<'a>,
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
            return (Vec::new(), failed);
        }
        let masks = Masks::new(resources, self.facts);
        for (resource, evaluated) in resources.iter().zip(evaluated) {
            let errors = evaluated.errors.iter();
            failed.extend(errors.map(|(rule, reason)| failure(resource, rule, reason)));
            failed.extend(evaluated.fault.map(|fault| fault.of_resource(resource)));
            let own = evaluated.violations.into_iter();
            let own = own.filter(|(_, violation)| !is_of_placeholder(resource, violation));
            let own = own.map(|(rule, violation)| self.finding(resource, rule, violation, &masks));
            found.extend(without_yielding(own.collect()));
        }
        found.retain(|found: &Found| {
            let least = self.options.selection.severity;
            least.is_none_or(|least| found.finding.severity >= least)
        });
        found.retain(|found| !self.is_told_of_rendering(found));
        let mut found = without_reread(without_told_again(without_aliased(found)));
        found.sort_by(|left, right| sort_key(&left.finding).cmp(&sort_key(&right.finding)));
        if self.options.hashes_lines {
            hash_lines(&mut found);
        }
        let findings = found.into_iter().map(|found| found.finding);
        (findings.collect(), failed)
    }

    /// Whether a finding in a template is about a credential that a rendering wrote, which shows what it is.
    fn is_told_of_rendering(&self, found: &Found) -> bool {
        let finding = &found.finding;
        found.role == Role::Unreached
            && is_on_credentials(&finding.rule)
            && self.reached.covers(&finding.location.display, found.span)
    }

    fn finding(
        &self,
        resource: &Resource,
        rule: Arc<Rule>,
        violation: Violation,
        masks: &Masks,
    ) -> Found {
        let placed = place(resource, &violation.path, violation.part);
        // Bundled rules never see a credential's value in the facts they make messages from.
        let masks_of_message = if rule.is_bundled { &[][..] } else { &masks.own };
        let redact =
            |text: &str| redact::redact(&shown(text, resource), resource, masks_of_message);
        let links = violation.links.iter();
        let mut finding = Finding {
            severity: violation.severity.unwrap_or(rule.severity),
            message: redact(&violation.message),
            location: location(&resource.artifact, placed),
            related: without_repeats(links.filter_map(|link| self.related(link, &redact))),
            rendered: None,
            resource: redact::identity(&resource.identity),
            fingerprint: fingerprint::of(&rule, resource, &violation.path),
            line_hash: String::new(),
            properties: redact::properties(violation.properties, &redact),
            excerpt: excerpt::excerpt(&resource.artifact, placed.span, &masks.own, 1),
            path: violation.path,
            rule,
        };
        let source = rendered::trace(&mut finding, resource, placed, &masks.sources);
        // Where objects of several renderings come from one line, a link would lead to where it stands.
        finding
            .related
            .retain(|one| one.location != finding.location);
        Found {
            span: placed.span,
            copy: use_of_copy(resource, &finding.path),
            finding,
            artifact: source.unwrap_or_else(|| Arc::clone(&resource.artifact)),
            role: resource.role,
        }
    }

    /// The place of a link; `None` for a resource that is not there, which only a user's rule can name.
    fn related(&self, link: &Link, redact: &dyn Fn(&str) -> String) -> Option<RelatedLocation> {
        let resource = self.resources.get(link.resource)?;
        Some(RelatedLocation {
            message: redact(&link.message),
            location: location(&resource.artifact, place(resource, &link.path, link.part)),
        })
    }
}

/// Places in order, each once: several renderings may have made objects of one.
fn without_repeats(all: impl Iterator<Item = RelatedLocation>) -> Vec<RelatedLocation> {
    all.fold(Vec::new(), |mut found, one| {
        if !found.contains(&one) {
            found.push(one);
        }
        found
    })
}

/// Whether a violation is about a value that nobody gave, for which a rendering has a placeholder. What an
/// object is called is no fault of it.
fn is_of_placeholder(resource: &Resource, violation: &Violation) -> bool {
    let artifact = &resource.artifact;
    if artifact.provenance.is_none() || !artifact.text.contains(HOLE) {
        return false;
    }
    let is_name = matches!(
        violation.path.steps().last(),
        Some(Step::Key(key)) if key == "name" || key == "namespace"
    );
    let span = place(resource, &violation.path, violation.part).span;
    let text = artifact.text.get(span.range()).unwrap_or_default();
    !is_name && text.trim_matches(['"', '\'', ' ']).starts_with(HOLE)
}

/// A rule's text for people to read, who have not seen a placeholder.
fn shown<'a>(text: &'a str, resource: &Resource) -> Cow<'a, str> {
    if resource.is_outlined() || resource.artifact.provenance.is_some() {
        without_holes(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// A finding with the bytes it marks in its resource's text, and the text in which it is told.
struct Found {
    span: Span,
    /// The value that it is about, where an alias may have brought it.
    copy: Option<(u32, Vec<Step>)>,
    finding: Finding,
    artifact: Arc<Artifact>,
    role: Role,
}

/// What is to be hidden in a text, and in the sources it was rendered from.
struct Masks {
    own: Vec<Span>,
    sources: SourceMasks,
}

impl Masks {
    fn new(resources: &[Resource], facts: &Facts<'_>) -> Self {
        let own = masks(resources, facts);
        let sources = SourceMasks::new(&resources[0].artifact, &own);
        Self { own, sources }
    }
}

/// One resource's findings without those that yield to another one on the same characters.
fn without_yielding(found: Vec<Found>) -> Vec<Found> {
    let yields = |span: Span, rule: &Rule| {
        !rule.yields_to.is_empty()
            && found.iter().any(|other| {
                rule.yields_to.contains(&other.finding.rule.id) && other.span.overlaps(span)
            })
    };
    let kept: Vec<bool> = found
        .iter()
        .map(|found| !yields(found.span, &found.finding.rule))
        .collect();
    let pairs = found.into_iter().zip(kept).filter(|(_, kept)| *kept);
    pairs.map(|(found, _)| found).collect()
}

/// Findings without those on a pipeline's text of what is told as an object that its commands make, and without what
/// another object of a script has from the same characters.
fn without_told_again(mut found: Vec<Found>) -> Vec<Found> {
    let place = |one: &Found| (one.finding.rule.family.clone(), one.span);
    let applied: Vec<_> = found
        .iter()
        .filter(|one| one.role == Role::Applied)
        .map(place)
        .collect();
    let is_told = |one: &Found| {
        let mut others = applied.iter();
        others.any(|(family, span)| *family == one.finding.rule.family && span.overlaps(one.span))
    };
    let mut told = HashSet::new();
    found.retain(|one| {
        let again = (topic(&one.finding.rule).to_owned(), one.span);
        let is_again = one.role == Role::Applied && !told.insert(again);
        !is_again && (one.role != Role::Build || !is_told(one))
    });
    found
}

/// Findings without those that tell again what another reading of the same template tells: it is read once for each
/// branch.
fn without_reread(mut found: Vec<Found>) -> Vec<Found> {
    let mut told = HashSet::new();
    found.retain(|one| {
        let is_literal = matches!(one.role, Role::Outline | Role::Unreached);
        let finding = &one.finding;
        let place = (Arc::clone(&finding.location.uri), one.span);
        let told_of = (finding.rule.id.clone(), finding.message.clone());
        !is_literal || told.insert((place, told_of))
    });
    found
}

/// Findings without those that tell at an alias what is told at its anchor: what is written once is
/// told once, at its first use.
fn without_aliased(mut found: Vec<Found>) -> Vec<Found> {
    let mut first: HashMap<(String, Span, Vec<Step>), u32> = HashMap::new();
    let key = |found: &Found| {
        let (value, absent) = found.copy.as_ref()?;
        let rule = found.finding.rule.id.clone();
        Some(((rule, found.span, absent.clone()), *value))
    };
    for (key, value) in found.iter().filter_map(key) {
        let least = first.entry(key).or_insert(value);
        *least = value.min(*least);
    }
    found.retain(|found| key(found).is_none_or(|(key, value)| first.get(&key) == Some(&value)));
    found
}

/// What is to be hidden in an artifact: in order, none overlapping another.
fn masks(resources: &[Resource], facts: &Facts<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = resources
        .iter()
        .flat_map(|resource| {
            let known = facts.sensitive_spans(resource).into_iter();
            known.chain(resource.unread.iter().copied())
        })
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

/// Gives the findings the hashes of their lines, of which each text makes all in one pass.
fn hash_lines(found: &mut [Found]) {
    let mut artifacts: BTreeMap<*const Artifact, (Arc<Artifact>, BTreeSet<u32>)> = BTreeMap::new();
    for found in &*found {
        let known = artifacts.entry(Arc::as_ptr(&found.artifact));
        let (_, lines) = known.or_insert_with(|| (Arc::clone(&found.artifact), BTreeSet::new()));
        lines.insert(found.finding.location.region.line);
    }
    for (artifact, lines) in artifacts.values() {
        let wanted: Vec<u32> = lines.iter().copied().collect();
        let hashes = line_hashes(&artifact.text, &wanted);
        let own = found.iter_mut();
        for found in own.filter(|found| Arc::ptr_eq(&found.artifact, artifact)) {
            if let Some(hash) = hashes.get(&found.finding.location.region.line) {
                found.finding.line_hash.clone_from(hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::ValuePath;
    use crate::source::read_text;

    use super::*;

    #[test]
    fn a_place_is_told_once_with_one_message() {
        let resource = &read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")[0];
        let related = |message: &str, key: &str| RelatedLocation {
            message: message.to_owned(),
            location: location(
                &resource.artifact,
                place(resource, &ValuePath::from_iter([key]), None),
            ),
        };
        let all = [
            related("a", "kind"),
            related("b", "kind"),
            related("a", "metadata"),
        ];
        let twice = all.iter().chain(&all).cloned();
        assert_eq!(without_repeats(twice), all);
    }
}
