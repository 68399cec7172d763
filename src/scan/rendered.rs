//! Findings in rendered texts: told where the source wrote them, and told once where several
//! renderings share them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::excerpt::excerpt;
use super::topic::{Told, is_on_credentials, key, without_namespace};
use super::{same, supply};
use crate::model::{
    Artifact, Finding, Location, Place, Provenance, Rendered, Resource, Severity, Span, Supplied,
    Supply, VALUES_KIND,
};
use crate::source::{Placed, location, rendered_location, traced};

/// Lines around a place in a template, and around a values key: beside that one stand others'
/// values, which nothing but their own key tells from credentials.
const LINES_AROUND: [usize; 2] = [1, 0];

/// What is to be hidden in the sources of a rendered text.
pub(super) struct SourceMasks(HashMap<*const Artifact, Vec<Span>>);

impl SourceMasks {
    /// What wrote or supplied the masked characters of an artifact.
    pub(super) fn new(artifact: &Artifact, masks: &[Span]) -> Self {
        let mut by_source: HashMap<_, Vec<Span>> = HashMap::new();
        let provenance = artifact.provenance.iter();
        for place in provenance.flat_map(|provenance| {
            masks
                .iter()
                .flat_map(|mask| provenance.same_characters(*mask))
        }) {
            let spans = by_source.entry(Arc::as_ptr(&place.artifact)).or_default();
            spans.push(place.span);
        }
        for spans in by_source.values_mut() {
            spans.sort_unstable();
            spans.dedup_by(|next, last| {
                let overlaps = next.start <= last.end;
                last.end = if overlaps {
                    last.end.max(next.end)
                } else {
                    last.end
                };
                overlaps
            });
        }
        Self(by_source)
    }

    fn of(&self, artifact: &Arc<Artifact>) -> &[Span] {
        self.0
            .get(&Arc::as_ptr(artifact))
            .map_or(&[], Vec::as_slice)
    }
}

/// Moves a finding, placed in a rendered text, to its source; gives the source. `None` where the
/// text is no rendered one, or nothing is known of where it comes from.
pub(super) fn trace(
    finding: &mut Finding,
    resource: &Resource,
    placed: Placed,
    masks: &SourceMasks,
) -> Option<Arc<Artifact>> {
    let artifact = &*resource.artifact;
    let provenance = artifact.provenance.as_ref()?;
    let trace = traced(artifact, placed)?;
    let source = Arc::clone(&trace.written.artifact);
    let shown = excerpt(
        &source,
        trace.written.span,
        masks.of(&source),
        LINES_AROUND[usize::from(provenance.is_of_manifests())],
    );
    let deployed = std::mem::replace(&mut finding.excerpt, shown);
    let supplied = |supply: &Arc<Supply>| supplied(supply, masks);
    finding.location = location(artifact, placed);
    finding.rendered = Some(Box::new(Rendered {
        root: provenance.rendering.root.clone(),
        renderings: vec![provenance.rendering.name.clone()],
        common: common(&finding.message, resource, provenance),
        namespace: provenance.rendering.namespace.clone(),
        given: provenance.rendering.values_files(),
        location: rendered_location(artifact, placed),
        excerpt: deployed,
        supplied: trace.supplies.iter().map(supplied).collect(),
    }));
    Some(source)
}

/// A message without the names of a release and its namespace, or what a kustomization adds to names.
fn common(message: &str, resource: &Resource, provenance: &Provenance) -> String {
    let rendering = &provenance.rendering;
    let Some(release) = rendering.release.as_ref().filter(|name| !name.is_empty()) else {
        return without_affixes(message, affixes(resource, provenance).unwrap_or_default());
    };
    let namespace = rendering.namespace.as_deref().unwrap_or("default");
    without_namespace(message, namespace)
        .replace(&format!("/{release}"), "/*")
        .replace(&format!("`{release}"), "`*")
}

/// What stands before and behind the name that an object has where it is written.
fn affixes<'r>(resource: &'r Resource, provenance: &Provenance) -> Option<(&'r str, &'r str)> {
    let source = provenance.source_name(resource.node().span().start)?;
    resource.identity.name.split_once(&*source.name)
}

fn without_affixes(message: &str, (prefix, suffix): (&str, &str)) -> String {
    let mut message = message.to_owned();
    if !prefix.is_empty() {
        message = message.replace(&format!("`{prefix}"), "`");
        message = message.replace(&format!("/{prefix}"), "/");
    }
    if !suffix.is_empty() {
        message = message.replace(&format!("{suffix}`"), "`");
        message = message.replace(&format!("{suffix}["), "[");
    }
    message
}

fn supplied(supply: &Supply, masks: &SourceMasks) -> Supplied {
    let excerpt = |place: &Place| {
        let masks = masks.of(&place.artifact);
        excerpt(&place.artifact, place.span, masks, LINES_AROUND[1])
    };
    let place = |place: &Place| {
        let placed = Placed {
            span: place.span,
            approximate: place.approximate,
            item: None,
        };
        location(&place.artifact, placed)
    };
    Supplied {
        key: supply.key.clone(),
        location: supply.place.as_ref().map(place),
        excerpt: supply.place.as_ref().map(excerpt),
    }
}

/// Joins what is the same in several renderings, and sorts by place. Costs nothing
/// where nothing was rendered. Of files that were `built` into others is told what no rendering shows.
pub(super) fn join(findings: Vec<Finding>, built: &HashSet<&str>) -> Vec<Finding> {
    if findings.iter().all(|finding| finding.rendered.is_none()) {
        return findings;
    }
    let mut findings = findings;
    supply::leave_chart_testing(&mut findings);
    supply::leave_packed(&mut findings);
    let known = told(&findings);
    supply::name_values(&mut findings, |one| {
        known.contains_key(&key(&one.rule, &one.location))
    });
    let told = told(&findings);
    let of_templates = supply::of_templates(&findings);
    let shown = values_shown(&findings, built);
    let copied = copied(&findings);
    let mut joined: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut told_already = same::Joined::default();
    for finding in findings {
        if finding.rendered.is_none() {
            let place = key(&finding.rule, &finding.location);
            let is_input = matches!(
                finding.resource.kind.as_str(),
                "Kustomization" | "Component" | VALUES_KIND
            );
            let is_literal = supply::is_of_template(&finding);
            let is_base = built.contains(&*finding.location.display);
            // A Secret that is committed does not say how bad the value is that it is filled with.
            let is_worse = || told.get(&place).is_none_or(|told| *told < finding.severity);
            let is_copied = is_on_credentials(&finding.rule) && copied.contains(&finding.location);
            let is_told = ((is_input || is_literal || is_base || is_copied) && !is_worse())
                || (is_base && shown.contains(&value_of(&finding)));
            if !is_told && !supply::is_told_of_template(&finding, &of_templates) {
                joined.push(finding);
            }
            continue;
        }
        match told_already.position(&joined, &finding) {
            Some(at) => {
                told_already.add_other((at, &joined[at]), &finding);
                same::take_in(&mut joined[at], finding);
            }
            None => {
                told_already.add(&finding, joined.len());
                joined.push(finding);
            }
        }
    }
    told_already.name_others(&mut joined);
    joined.sort_by(|left, right| sort_key(left).cmp(&sort_key(right)));
    joined
}

/// File and path of a value.
type Value = (String, String);

fn value_of(finding: &Finding) -> Value {
    (
        finding.location.display.to_string(),
        finding.path.to_string(),
    )
}

/// The values of files that were built into others about which findings in rendered texts are: where a text was
/// filled anew, they may lead to another of its lines.
fn values_shown(findings: &[Finding], built: &HashSet<&str>) -> HashSet<Value> {
    let shown = findings.iter().filter(|one| one.rendered.is_some());
    shown
        .filter(|one| built.contains(&*one.location.display))
        .map(value_of)
        .collect()
}

/// Where credentials stand that a rendering took over as they are: an object's file that a kustomization makes an
/// entry of tells them itself, too.
fn copied(findings: &[Finding]) -> BTreeSet<Location> {
    let rendered = findings.iter().filter(|one| one.rendered.is_some());
    rendered
        .filter(|one| is_on_credentials(&one.rule) && !one.location.approximate)
        .map(|one| one.location.clone())
        .collect()
}

/// What findings in rendered texts tell of the lines that wrote or supplied them, and how much the worst of it
/// matters: a kustomization or a values file need not tell it again.
fn told(findings: &[Finding]) -> HashMap<Told, Severity> {
    let mut told = HashMap::new();
    for finding in findings {
        let supplied = finding
            .rendered
            .iter()
            .flat_map(|rendered| &rendered.supplied);
        let places = supplied.filter_map(|supplied| supplied.location.as_ref());
        let own = finding.rendered.as_ref().map(|_| &finding.location);
        for place in places.chain(own) {
            let worst = told.entry(key(&finding.rule, place));
            let worst = worst.or_insert(finding.severity);
            *worst = finding.severity.max(*worst);
        }
    }
    told
}

fn sort_key(finding: &Finding) -> impl Ord + '_ {
    let location = &finding.location;
    let rendered = finding
        .rendered
        .as_ref()
        .map(|rendered| (&rendered.renderings, &rendered.location));
    (
        &location.display,
        location.region,
        &finding.rule.id,
        &finding.message,
        (&finding.resource, &finding.path, rendered),
    )
}
