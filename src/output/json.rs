//! A report as JSON, in the form that `docs/report.schema.json` describes.
//!
//! The types here are the format: what is renamed in the model does not change what others read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model::{
    FileCounts, Finding, Identity, Location, Notice, Precision, Region, RelatedLocation, Rendered,
    Rendering, Report, ResourceCounts, Rule, ServiceUse, Severity, Summary, Supplied, ValuePath,
};

const BUFFER: usize = 1 << 16;

/// The version of the format.
const VERSION: &str = "1";

/// Writes the report as one JSON document, pretty-printed and with a line end at its end. Findings,
/// failures and warnings are in the report's order.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // Tokens are small: `out` is not called for each.
    let mut buffer = io::BufWriter::with_capacity(BUFFER, out);
    serde_json::to_writer_pretty(&mut buffer, &Document::of(report))?;
    buffer.write_all(b"\n")?;
    buffer.flush()
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    tool: Tool,
    summary: SummaryView<'a>,
    #[serde(serialize_with = "services")]
    services: &'a Report,
    #[serde(serialize_with = "rules")]
    rules: &'a Report,
    #[serde(serialize_with = "findings")]
    findings: &'a Report,
    #[serde(serialize_with = "notices")]
    failures: &'a [Notice],
    #[serde(serialize_with = "notices")]
    warnings: &'a [Notice],
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            version: VERSION,
            tool: Tool {
                name: "landfall",
                version: env!("CARGO_PKG_VERSION"),
            },
            summary: SummaryView::of(report),
            services: report,
            rules: report,
            findings: report,
            failures: &report.failures,
            warnings: &report.warnings,
        }
    }
}

// Lists are made item by item while they are written, since reports can be long.

fn services<S: Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(report.services.iter().map(ServiceView::of))
}

fn rules<S: Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(report.rules.iter().map(|rule| RuleView::of(rule)))
}

fn findings<S: Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(report.findings.iter().map(FindingView::of))
}

fn notices<S: Serializer>(notices: &[Notice], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(notices.iter().map(NoticeView::of))
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryView<'a> {
    findings: BTreeMap<&'static str, usize>,
    failures: usize,
    warnings: usize,
    files: FileCountsView,
    resources: ResourceCountsView,
    renderings: Vec<RenderingView<'a>>,
    charts_not_rendered: &'a [String],
    kustomizations: &'a [String],
    links_not_followed: &'a [String],
}

impl<'a> SummaryView<'a> {
    fn of(report: &'a Report) -> Self {
        let Summary {
            files,
            resources,
            renderings,
            charts_not_rendered,
            kustomizations,
            links_not_followed,
        } = &report.summary;
        let by_severity = report
            .by_severity()
            .map(|(severity, count)| (severity.as_str(), count));
        let total = ("total", report.findings.len());
        Self {
            findings: by_severity.into_iter().chain([total]).collect(),
            failures: report.failures.len(),
            warnings: report.warnings.len(),
            files: FileCountsView::of(files),
            resources: ResourceCountsView::of(resources),
            renderings: renderings.iter().map(RenderingView::of).collect(),
            charts_not_rendered,
            kustomizations,
            links_not_followed,
        }
    }
}

#[derive(Serialize)]
struct RenderingView<'a> {
    root: &'a str,
    name: &'a str,
    tool: &'a str,
    arguments: &'a [String],
    objects: usize,
}

impl<'a> RenderingView<'a> {
    fn of(rendering: &'a Rendering) -> Self {
        let Rendering {
            root,
            name,
            tool,
            arguments,
            objects,
            namespace: _,
            is_variant: _,
        } = rendering;
        Self {
            root,
            name,
            tool,
            arguments,
            objects: *objects,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileCountsView {
    read: usize,
    manifests: usize,
    dependency_files: usize,
    values: usize,
    build_files: usize,
    not_manifests: usize,
    failed: usize,
}

impl FileCountsView {
    fn of(counts: &FileCounts) -> Self {
        let &FileCounts {
            read,
            manifests,
            dependency_files,
            values,
            build_files,
            not_manifests,
            failed,
        } = counts;
        Self {
            read,
            manifests,
            dependency_files,
            values,
            build_files,
            not_manifests,
            failed,
        }
    }
}

#[derive(Serialize)]
struct ResourceCountsView {
    objects: usize,
    workloads: usize,
    patches: usize,
    owned: usize,
    packages: usize,
}

impl ResourceCountsView {
    fn of(counts: &ResourceCounts) -> Self {
        let &ResourceCounts {
            objects,
            workloads,
            patches,
            owned,
            packages,
        } = counts;
        Self {
            objects,
            workloads,
            patches,
            owned,
            packages,
        }
    }
}

#[derive(Serialize)]
struct ServiceView<'a> {
    id: &'a str,
    name: &'a str,
    counterparts: &'a [String],
    effort: &'a str,
    findings: usize,
    files: usize,
}

impl<'a> ServiceView<'a> {
    fn of(service: &'a ServiceUse) -> Self {
        let ServiceUse {
            id,
            name,
            counterparts,
            effort,
            findings,
            files,
        } = service;
        Self {
            id,
            name,
            counterparts,
            effort,
            findings: *findings,
            files: *files,
        }
    }
}

#[derive(Serialize)]
struct RuleView<'a> {
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
    fn of(rule: &'a Rule) -> Self {
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
struct FindingView<'a> {
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
    fn of(finding: &'a Finding) -> Self {
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
struct RelatedView<'a> {
    message: &'a str,
    location: LocationView<'a>,
}

impl<'a> RelatedView<'a> {
    fn of(related: &'a RelatedLocation) -> Self {
        Self {
            message: &related.message,
            location: LocationView::of(&related.location),
        }
    }
}

#[derive(Serialize)]
struct RenderedView<'a> {
    root: &'a str,
    renderings: &'a [String],
    location: LocationView<'a>,
    text: &'a str,
    supplied: Vec<SuppliedView<'a>>,
}

impl<'a> RenderedView<'a> {
    fn of(rendered: &'a Rendered) -> Self {
        Self {
            root: &rendered.root,
            renderings: &rendered.renderings,
            location: LocationView::of(&rendered.location),
            text: &rendered.excerpt.region_text,
            supplied: rendered.supplied.iter().map(SuppliedView::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct SuppliedView<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<LocationView<'a>>,
}

impl<'a> SuppliedView<'a> {
    fn of(supplied: &'a Supplied) -> Self {
        Self {
            key: &supplied.key,
            location: supplied.location.as_ref().map(LocationView::of),
        }
    }
}

#[derive(Serialize)]
struct LocationView<'a> {
    path: &'a str,
    #[serde(flatten)]
    region: RegionView,
    approximate: bool,
}

impl<'a> LocationView<'a> {
    fn of(location: &'a Location) -> Self {
        Self {
            path: &location.uri,
            region: RegionView::of(location.region),
            approximate: location.approximate,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionView {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl RegionView {
    fn of(region: Region) -> Self {
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
struct ResourceView<'a> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
}

impl<'a> ResourceView<'a> {
    fn of(identity: &'a Identity) -> Self {
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
struct NoticeView<'a> {
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
    fn of(notice: &'a Notice) -> Self {
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

/// Made-up reports, for the tests of this format and of others.
#[cfg(test)]
pub(super) mod example {
    use std::sync::Arc;

    use serde_json::json;

    use crate::model::{AppliesTo, Excerpt, Step};

    use super::*;

    /// A report that has something in every field.
    pub(crate) fn full() -> Report {
        let rules = [
            rule("default-password", Severity::Critical),
            rule("image-tag", Severity::Low),
        ];
        let [password, tag] = rules.map(Arc::new);
        Report {
            findings: vec![linked(&password), plain(&tag)],
            rules: vec![password, tag],
            warnings: vec![Notice {
                rule: None,
                ..failure("a key stands twice in its mapping")
            }],
            services: vec![service()],
            controls: [
                ("cwe/798", "Use of Hard-coded Credentials"),
                ("gdpr/32", "Security"),
            ]
            .map(|(id, title)| (id.to_owned(), title.to_owned()))
            .into(),
            ..failed()
        }
    }

    /// A report of a scan that could not check anything.
    pub(crate) fn failed() -> Report {
        let nowhere = Notice {
            uri: None,
            display: None,
            region: None,
            ..failure("no rule can run")
        };
        Report {
            rules: vec![Arc::new(rule("image-tag", Severity::Medium))],
            failures: vec![failure("a mapping ends too early"), nowhere],
            summary: Summary {
                files: FileCounts {
                    read: 9,
                    manifests: 4,
                    dependency_files: 2,
                    values: 0,
                    build_files: 1,
                    not_manifests: 1,
                    failed: 2,
                },
                resources: ResourceCounts {
                    objects: 8,
                    workloads: 3,
                    patches: 1,
                    owned: 1,
                    packages: 40,
                },
                renderings: vec![Rendering {
                    root: "charts/web".to_owned(),
                    name: "production".to_owned(),
                    tool: "helm v3.21.1".to_owned(),
                    arguments: vec!["template".to_owned(), "web".to_owned()],
                    objects: 3,
                    ..Rendering::default()
                }],
                charts_not_rendered: vec!["charts/shop".to_owned()],
                kustomizations: vec!["overlays/kustomization.yaml".to_owned()],
                links_not_followed: vec!["link".to_owned()],
            },
            ..Report::default()
        }
    }

    fn rule(id: &str, severity: Severity) -> Rule {
        Rule {
            id: id.to_owned(),
            title: "Password is the product's default".to_owned(),
            description: "Whoever knows the product knows the password.\n".to_owned(),
            severity,
            precision: Precision::VeryHigh,
            family: "credentials".to_owned(),
            applies_to: AppliesTo::Any,
            needs: Vec::new(),
            controls: vec!["gdpr/32".to_owned(), "cwe/798".to_owned()],
            remediation: "Generate a password, and refer to its Secret.".to_owned(),
            references: vec!["https://cwe.mitre.org/data/definitions/798.html".to_owned()],
            formerly: vec![format!("old-{id}")],
            yields_to: Vec::new(),
            is_enabled: true,
            is_bundled: true,
            package: "landfall.rules.credentials.default_password".to_owned(),
        }
    }

    fn linked(rule: &Arc<Rule>) -> Finding {
        let related = RelatedLocation {
            message: "the user [admin]".to_owned(),
            location: location("values.yaml", false),
        };
        Finding {
            rule: Arc::clone(rule),
            severity: rule.severity,
            message: "the password of `{0}` is the product's default".to_owned(),
            location: location("dev stage/Straße #1 100%.yaml", true),
            related: vec![related],
            rendered: Some(Box::new(rendered())),
            resource: Identity {
                api_version: "apps/v1".to_owned(),
                kind: "Deployment".to_owned(),
                namespace: Some("shop".to_owned()),
                name: "web".to_owned(),
                origin: Some("shop/templates/web.yaml".to_owned()),
            },
            path: ValuePath(vec![Step::Key("env".to_owned()), Step::Index(0)]).key("value"),
            fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
            line_hash: "a7f2ff13bc495cf2:1".to_owned(),
            properties: [("service", json!("key-vault")), ("tags", json!({"own": 1}))]
                .map(|(key, value)| (key.to_owned(), value))
                .into(),
            excerpt: excerpt(),
        }
    }

    fn plain(rule: &Arc<Rule>) -> Finding {
        Finding {
            message: "image `web` has no [tag](x)".to_owned(),
            location: location("a:b.yaml", false),
            related: Vec::new(),
            rendered: None,
            resource: Identity {
                namespace: None,
                origin: None,
                ..linked(rule).resource
            },
            path: ValuePath::default(),
            fingerprint: "f".repeat(32),
            line_hash: String::new(),
            properties: BTreeMap::new(),
            ..linked(rule)
        }
    }

    fn rendered() -> Rendered {
        Rendered {
            root: "charts/web".to_owned(),
            renderings: vec!["default".to_owned(), "production".to_owned()],
            location: location("charts/web/rendered/default.yaml", false),
            excerpt: excerpt(),
            supplied: vec![
                Supplied {
                    key: "auth.password".to_owned(),
                    location: Some(location("charts/web/values.yaml", false)),
                    excerpt: Some(excerpt()),
                },
                Supplied {
                    key: "--set auth.password".to_owned(),
                    location: None,
                    excerpt: None,
                },
            ],
        }
    }

    fn excerpt() -> Excerpt {
        Excerpt {
            first_line: 2,
            lines: "value: *****".to_owned(),
            marked: (7, 12),
            region_text: "*****".to_owned(),
        }
    }

    fn location(uri: &str, approximate: bool) -> Location {
        let region = Region {
            line: 2,
            column: 8,
            end_line: 2,
            end_column: 13,
        };
        Location {
            display: uri.into(),
            uri: uri.into(),
            region,
            approximate,
        }
    }

    fn failure(reason: &str) -> Notice {
        let Location {
            display,
            uri,
            region,
            ..
        } = location("ünder.yaml", false);
        Notice {
            display: Some(display),
            uri: Some(uri),
            region: Some(region),
            rule: Some("image-tag".to_owned()),
            resource: Some("Deployment shop/web".to_owned()),
            reason: reason.to_owned(),
            help: Some("mend the syntax".to_owned()),
        }
    }

    fn service() -> ServiceUse {
        ServiceUse {
            id: "key-vault".to_owned(),
            name: "Azure Key Vault".to_owned(),
            counterparts: vec!["OpenBao".to_owned()],
            effort: "M".to_owned(),
            findings: 1,
            files: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    const SCHEMA: &str = include_str!("../../docs/report.schema.json");

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        assert!(out.ends_with(b"}\n"));
        serde_json::from_slice(&out).unwrap()
    }

    fn validator() -> jsonschema::Validator {
        let schema = serde_json::from_str(SCHEMA).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::draft202012::new(&schema).unwrap()
    }

    #[test]
    fn reports_fit_the_schema() {
        let validator = validator();
        for report in [example::full(), example::failed(), Report::default()] {
            let document = written(&report);
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    /// Each of these changes one thing about a report that fits.
    #[test]
    fn the_schema_refuses_what_is_wrong() {
        let validator = validator();
        let wrong = [
            ("/version", json!("2")),
            ("/findings/0/severity", json!("grave")),
            ("/findings/0/location/line", json!(0)),
            (
                "/findings/0/location",
                json!({"path": "a", "approximate": false}),
            ),
            ("/findings/0/fingerprint", json!("short")),
            ("/failures/0", json!({"path": "a.yaml"})),
            ("/summary/findings", json!({"total": 2})),
            ("/services/0/files", json!(-1)),
        ];
        for (pointer, value) in wrong {
            let mut document = written(&example::full());
            *document.pointer_mut(pointer).unwrap() = value;
            assert!(!validator.is_valid(&document), "{pointer}");
        }
    }

    /// A field that the schema does not describe would go unnoticed by those who read the schema.
    #[test]
    fn the_schema_refuses_unknown_fields_and_misses_none() {
        let validator = validator();
        for pointer in [
            "",
            "/tool",
            "/summary",
            "/summary/findings",
            "/summary/files",
            "/summary/resources",
            "/services/0",
            "/rules/0",
            "/findings/0",
            "/findings/0/location",
            "/findings/0/related/0",
            "/findings/0/rendered",
            "/findings/0/rendered/supplied/0",
            "/summary/renderings/0",
            "/findings/0/resource",
            "/failures/0",
            "/failures/0/region",
        ] {
            let document = written(&example::full());
            let object: &Map<String, Value> =
                document.pointer(pointer).unwrap().as_object().unwrap();
            let mut extended = document.clone();
            extended.pointer_mut(pointer).unwrap()["unknown"] = json!(1);
            assert!(
                !validator.is_valid(&extended),
                "{pointer} takes an unknown field"
            );
            let optional = [
                "namespace",
                "rendered",
                "origin",
                "path",
                "region",
                "rule",
                "resource",
                "help",
            ];
            let may_lack_place = pointer.ends_with("/supplied/0");
            for key in object.keys() {
                let mut lacking = document.clone();
                lacking
                    .pointer_mut(pointer)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(key);
                let is_optional =
                    optional.contains(&key.as_str()) || (may_lack_place && key == "location");
                assert!(
                    is_optional || !validator.is_valid(&lacking),
                    "{pointer} may lack {key}"
                );
            }
        }
    }

    #[test]
    fn a_finding_says_where_it_is() {
        let document = written(&example::full());
        let finding = &document["findings"][0];
        assert_eq!(
            finding["location"],
            json!({
                "path": "dev stage/Straße #1 100%.yaml",
                "line": 2, "column": 8, "endLine": 2, "endColumn": 13, "approximate": true,
            })
        );
        assert_eq!(finding["path"], "env[0].value");
        assert_eq!(finding["resource"]["origin"], "shop/templates/web.yaml");
        assert_eq!(document["summary"]["findings"]["critical"], 1);
    }
}
