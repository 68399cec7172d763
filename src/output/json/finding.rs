//! What a report says one by one: rules, findings with their places, and what could not be checked.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model::{
    Finding, Identity, Location, Notice, Precision, Region, RelatedLocation, Rendered, Rule,
    Severity, Supplied, ValuePath,
};

#[derive(Serialize)]
pub(super) struct RuleView<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(serialize_with = "severity")]
    severity: Severity,
    #[serde(serialize_with = "precision")]
    precision: Precision,
    family: &'a str,
    remediation: &'a str,
    controls: &'a [String],
}

impl<'a> RuleView<'a> {
    pub(super) fn of(rule: &'a Rule) -> Self {
        Self {
            id: &rule.id,
            title: &rule.title,
            severity: rule.severity,
            precision: rule.precision,
            family: &rule.family,
            remediation: &rule.remediation,
            controls: &rule.controls,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FindingView<'a> {
    rule: &'a str,
    title: &'a str,
    #[serde(serialize_with = "severity")]
    severity: Severity,
    #[serde(serialize_with = "precision")]
    precision: Precision,
    family: &'a str,
    message: &'a str,
    location: LocationView<'a>,
    related: Vec<RelatedView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rendered: Option<RenderedView<'a>>,
    resource: ResourceView<'a>,
    #[serde(serialize_with = "path")]
    path: &'a ValuePath,
    fingerprint: &'a str,
    properties: &'a BTreeMap<String, Value>,
}

impl<'a> FindingView<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let rule = &finding.rule;
        Self {
            rule: &rule.id,
            title: &rule.title,
            severity: finding.severity,
            precision: rule.precision,
            family: &rule.family,
            message: &finding.message,
            location: LocationView::of(&finding.location),
            related: finding.related.iter().map(RelatedView::of).collect(),
            rendered: finding.rendered.as_deref().map(RenderedView::of),
            resource: ResourceView::of(&finding.resource),
            path: &finding.path,
            fingerprint: &finding.fingerprint,
            properties: &finding.properties,
        }
    }
}

fn severity<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.as_str())
}

fn precision<S: Serializer>(precision: &Precision, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(precision.as_str())
}

fn path<S: Serializer>(path: &ValuePath, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(path)
}

#[derive(Serialize)]
pub(super) struct RelatedView<'a> {
    message: &'a str,
    location: LocationView<'a>,
}

impl<'a> RelatedView<'a> {
    pub(super) fn of(related: &'a RelatedLocation) -> Self {
        Self {
            message: &related.message,
            location: LocationView::of(&related.location),
        }
    }
}

#[derive(Serialize)]
pub(super) struct RenderedView<'a> {
    root: &'a str,
    renderings: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    location: LocationView<'a>,
    text: &'a str,
    supplied: Vec<SuppliedView<'a>>,
}

impl<'a> RenderedView<'a> {
    pub(super) fn of(rendered: &'a Rendered) -> Self {
        Self {
            root: &rendered.root,
            renderings: &rendered.renderings,
            namespace: rendered.namespace.as_deref(),
            location: LocationView::of(&rendered.location),
            text: &rendered.excerpt.region_text,
            supplied: rendered.supplied.iter().map(SuppliedView::of).collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SuppliedView<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationView<'a>>,
}

impl<'a> SuppliedView<'a> {
    pub(super) fn of(supplied: &'a Supplied) -> Self {
        Self {
            key: &supplied.key,
            location: supplied.location.as_ref().map(LocationView::of),
        }
    }
}

#[derive(Serialize)]
pub(super) struct LocationView<'a> {
    path: &'a str,
    #[serde(flatten)]
    region: RegionView,
    approximate: bool,
}

impl<'a> LocationView<'a> {
    pub(super) fn of(location: &'a Location) -> Self {
        Self {
            path: &location.uri,
            region: RegionView::of(location.region),
            approximate: location.approximate,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegionView {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl RegionView {
    pub(super) fn of(region: Region) -> Self {
        let Region {
            line,
            column,
            end_line,
            end_column,
        } = region;
        Self {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceView<'a> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
}

impl<'a> ResourceView<'a> {
    pub(super) fn of(identity: &'a Identity) -> Self {
        Self {
            api_version: &identity.api_version,
            kind: &identity.kind,
            namespace: identity.namespace.as_deref(),
            name: &identity.name,
            origin: identity.origin.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct NoticeView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<RegionView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

impl<'a> NoticeView<'a> {
    pub(super) fn of(notice: &'a Notice) -> Self {
        Self {
            path: notice.uri.as_deref(),
            region: notice.region.map(RegionView::of),
            rule: notice.rule.as_deref(),
            resource: notice.resource.as_deref(),
            reason: &notice.reason,
            help: notice.help.as_deref(),
        }
    }
}
