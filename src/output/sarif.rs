//! A report as SARIF 2.1.0, on the types of serde-sarif, for what GitHub and GitLab read of it.
//!
//! Pretty-printed, since people diff it and compression levels the difference. Holds no time, no
//! absolute path and no command line, so that the same input gives the same bytes.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use serde_sarif::sarif;

use crate::model::{
    Finding, Identity, Location, Notice, Region, RelatedLocation, Report, Rule, Severity, Step,
    ValuePath,
};

/// The schema that GitHub's documentation names, and that validators know.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Validators want a tool to have such an address (SARIF2005). It is no web page that somebody
/// else could take.
const INFORMATION: &str = "urn:landfall:scanner";
/// GitHub cuts descriptions at this number of characters.
const LONGEST_DESCRIPTION: usize = 1024;
/// GitHub refuses rules with more tags.
const MOST_TAGS: usize = 20;
/// What needs no encoding in a path. A colon does: before the first slash it would end a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b',')
    .remove(b'=')
    .remove(b'@');

/// Writes the report as one SARIF log with one run, results in the report's order, and ends with
/// a line end. Failures are notifications, and make the run an unsuccessful one.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let log = Log {
        schema: SCHEMA,
        version: sarif::Version::V2_1_0,
        runs: [Run::new(report)],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// In place of `sarif::Sarif`, so that results are made one by one while they are written: the
/// type of a result is large, and reports can be long.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: sarif::Version,
    runs: [Run<'a>; 1],
}

/// A run with its results still to be made.
#[derive(Serialize)]
struct Run<'a> {
    #[serde(flatten)]
    run: sarif::Run,
    #[serde(serialize_with = "results")]
    results: &'a Report,
}

impl<'a> Run<'a> {
    fn new(report: &'a Report) -> Self {
        let run = sarif::Run::builder()
            .tool(driver(report))
            .invocations(vec![invocation(report)])
            .column_kind(json!(sarif::ResultColumnKind::Utf16CodeUnits))
            .build();
        Self {
            run,
            results: report,
        }
    }
}

fn results<S: Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    let indices = RuleIndices::of(report);
    serializer.collect_seq(
        report
            .findings
            .iter()
            .map(|finding| result(finding, &indices)),
    )
}

/// Where each rule stands among the descriptors.
struct RuleIndices<'a>(HashMap<&'a str, i64>);

impl<'a> RuleIndices<'a> {
    fn of(report: &'a Report) -> Self {
        Self(
            report
                .rules
                .iter()
                .map(|rule| rule.id.as_str())
                .zip(0..)
                .collect(),
        )
    }

    fn reference(&self, id: &str) -> sarif::ReportingDescriptorReference {
        let mut reference = sarif::ReportingDescriptorReference::builder()
            .id(id)
            .build();
        reference.index = self.0.get(id).copied();
        reference
    }
}

fn driver(report: &Report) -> sarif::Tool {
    let descriptor = |rule: &_| descriptor(rule, &report.controls);
    sarif::ToolComponent::builder()
        .name("landfall")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(INFORMATION)
        .rules(
            report
                .rules
                .iter()
                .map(|rule| descriptor(rule))
                .collect::<Vec<_>>(),
        )
        .build()
        .into()
}

fn descriptor(rule: &Rule, titles: &BTreeMap<String, String>) -> sarif::ReportingDescriptor {
    let level = json!(level(rule.severity));
    let mut descriptor = sarif::ReportingDescriptor::builder()
        .id(&rule.id)
        .name(pascal_case(&rule.id))
        .short_description(&shortened(&rule.title))
        .full_description(&shortened(&rule.description))
        .help(help(rule, titles))
        .default_configuration(
            sarif::ReportingConfiguration::builder()
                .level(level)
                .build(),
        )
        .properties(descriptor_properties(rule))
        .build();
    descriptor.help_uri = rule.references.first().cloned();
    descriptor.deprecated_ids = (!rule.formerly.is_empty()).then(|| rule.formerly.clone());
    descriptor
}

/// `privileged-container` as `PrivilegedContainer`.
fn pascal_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split('-') {
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(characters.as_str());
    }
    name
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST_DESCRIPTION) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(LONGEST_DESCRIPTION - 1)
            .chain(['…'])
            .collect(),
    }
}

fn descriptor_properties(rule: &Rule) -> sarif::PropertyBag {
    let severity = security_severity(rule.severity);
    let properties = [
        ("precision", rule.precision.as_str()),
        ("problem.severity", problem_severity(rule.severity)),
        ("security-severity", severity),
    ];
    let properties = properties.map(|(key, value)| (key.to_owned(), json!(value)));
    sarif::PropertyBag::builder()
        .tags(tags(rule))
        .additional_properties(BTreeMap::from(properties))
        .build()
}

/// The first ten are those that GitHub shows.
fn tags(rule: &Rule) -> Vec<String> {
    let mut tags = vec!["security".to_owned()];
    let weaknesses = rule.controls.iter().filter_map(|control| weakness(control));
    let others = rule
        .controls
        .iter()
        .filter(|control| weakness(control).is_none())
        .cloned();
    for tag in weaknesses.chain([rule.family.clone()]).chain(others) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(MOST_TAGS);
    tags
}

/// A control of the Common Weakness Enumeration as the tag by which GitHub and GitLab know it.
fn weakness(control: &str) -> Option<String> {
    let number = control.strip_prefix("cwe/")?;
    Some(format!("external/cwe/cwe-{number}"))
}

fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => sarif::ResultLevel::Error,
        Severity::Medium => sarif::ResultLevel::Warning,
        Severity::Low => sarif::ResultLevel::Note,
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// A score that GitHub and GitLab turn back into the same word.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
    }
}

fn help(rule: &Rule, titles: &BTreeMap<String, String>) -> sarif::MultiformatMessageString {
    let controls = || {
        let titled = |id: &String| (id.clone(), titles.get(id).cloned().unwrap_or_default());
        rule.controls.iter().map(titled)
    };
    let plain = |(id, title): (String, String)| format!("{id} {title}").trim_end().to_owned();
    let marked = |(id, title): (String, String)| format!("`{id}` {title}").trim_end().to_owned();
    let linked = |reference: &String| format!("<{reference}>");
    let text = help_text(
        rule,
        "",
        &controls().map(plain).collect::<Vec<_>>(),
        &rule.references,
    );
    let references: Vec<String> = rule.references.iter().map(linked).collect();
    let markdown = help_text(
        rule,
        "## ",
        &controls().map(marked).collect::<Vec<_>>(),
        &references,
    );
    sarif::MultiformatMessageString::builder()
        .text(text)
        .markdown(markdown)
        .build()
}

/// Why, how to fix, and what to read; `heading` stands before each headline.
fn help_text(rule: &Rule, heading: &str, controls: &[String], references: &[String]) -> String {
    let listed = |items: &[String]| -> String {
        items
            .iter()
            .map(|item| format!("- {item}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let sections = [
        ("Why", rule.description.trim().to_owned()),
        ("How to fix", rule.remediation.trim().to_owned()),
        ("Controls", listed(controls)),
        ("References", listed(references)),
    ];
    let sections = sections.iter().filter(|(_, text)| !text.is_empty());
    let written = sections.map(|(title, text)| format!("{heading}{title}\n\n{text}\n"));
    written.collect::<Vec<_>>().join("\n")
}

fn result(finding: &Finding, indices: &RuleIndices<'_>) -> sarif::Result {
    let rule = indices.reference(&finding.rule.id);
    let mut result = sarif::Result::builder()
        .rule_id(&finding.rule.id)
        .level(level(finding.severity))
        .message(message(finding).as_str())
        .locations(vec![primary_location(finding)])
        .partial_fingerprints(partial_fingerprints(finding))
        .build();
    result.rule_index = rule.index;
    let related = related(finding);
    let related: Vec<_> = related.iter().zip(1..).map(related_location).collect();
    result.related_locations = (!related.is_empty()).then_some(related);
    result.properties = result_properties(&finding.properties);
    result
}

/// What else explains a finding: its own links, then the values that it was made of, then the
/// place in the rendered text.
fn related(finding: &Finding) -> Vec<RelatedLocation> {
    let mut related = finding.related.clone();
    let Some(rendered) = finding.rendered.as_deref() else {
        return related;
    };
    let supplied = rendered.supplied.iter();
    related.extend(supplied.filter_map(|supplied| {
        Some(RelatedLocation {
            message: format!("the value `{}`", supplied.key),
            location: supplied.location.clone()?,
        })
    }));
    related.push(RelatedLocation {
        message: format!("as rendered in {}", rendered.renderings.join(", ")),
        location: rendered.location.clone(),
    });
    related
}

/// The finding's message with links to the related locations, by their ids.
fn message(finding: &Finding) -> String {
    // Nothing in a message but our own links may read as one.
    let mut message = finding.message.replace("](", "] (");
    let related = related(finding);
    let links = related.iter().zip(1..);
    let links: Vec<String> = links.map(|(related, id)| link(related, id)).collect();
    if !links.is_empty() {
        message.push_str(&format!(" (see {})", links.join(", ")));
    }
    message
}

fn link(related: &RelatedLocation, id: i64) -> String {
    let text = related
        .message
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]");
    format!("[{text}]({id})")
}

fn partial_fingerprints(finding: &Finding) -> BTreeMap<String, String> {
    let hashes = [
        ("landfall/v1", &finding.fingerprint),
        ("primaryLocationLineHash", &finding.line_hash),
    ];
    let known = hashes.into_iter().filter(|(_, hash)| !hash.is_empty());
    known
        .map(|(name, hash)| (name.to_owned(), hash.clone()))
        .collect()
}

fn result_properties(properties: &BTreeMap<String, Value>) -> Option<sarif::PropertyBag> {
    // In a property bag `tags` has a form of its own, which a rule's property need not have.
    let own = |key: &String| {
        if key == "tags" {
            "landfall/tags".to_owned()
        } else {
            key.clone()
        }
    };
    let bag: BTreeMap<_, _> = properties
        .iter()
        .map(|(key, value)| (own(key), value.clone()))
        .collect();
    (!bag.is_empty()).then(|| {
        sarif::PropertyBag::builder()
            .additional_properties(bag)
            .build()
    })
}

fn primary_location(finding: &Finding) -> sarif::Location {
    let mut region = region(finding.location.region);
    let text = &finding.excerpt.region_text;
    region.snippet =
        (!text.is_empty()).then(|| sarif::ArtifactContent::builder().text(text).build());
    let mut location = location(&finding.location, region);
    location.logical_locations = Some(vec![logical_location(&finding.resource, &finding.path)]);
    location
}

fn related_location((related, id): (&RelatedLocation, i64)) -> sarif::Location {
    let mut location = location(&related.location, region(related.location.region));
    location.id = Some(id);
    location.message = Some(related.message.as_str().into());
    location
}

fn location(place: &Location, region: sarif::Region) -> sarif::Location {
    let mut location = physical_location(&place.uri, Some(region));
    if place.approximate {
        let properties = BTreeMap::from([("approximate".to_owned(), json!(true))]);
        let bag = sarif::PropertyBag::builder()
            .additional_properties(properties)
            .build();
        location.properties = Some(bag);
    }
    location
}

fn physical_location(path: &str, region: Option<sarif::Region>) -> sarif::Location {
    let artifact = sarif::ArtifactLocation::builder().uri(uri(path)).build();
    let mut physical = sarif::PhysicalLocation::builder()
        .artifact_location(artifact)
        .build();
    physical.region = region;
    sarif::Location::builder()
        .physical_location(physical)
        .build()
}

/// A path as a URI reference: relative where the path is, else of the scheme `file`.
fn uri(path: &str) -> String {
    let scheme = match Path::new(path).is_absolute() {
        false => "",
        true if path.starts_with('/') => "file://",
        // A drive letter stands first.
        true => "file:///",
    };
    format!("{scheme}{}", utf8_percent_encode(path, PATH))
}

fn region(region: Region) -> sarif::Region {
    sarif::Region::builder()
        .start_line(region.line)
        .start_column(region.column)
        .end_line(region.end_line)
        .end_column(region.end_column)
        .build()
}

/// The value in its resource: `Deployment/shop/web/spec.replicas`, with the template that it
/// comes from where Helm tells it.
fn logical_location(resource: &Identity, path: &ValuePath) -> sarif::LogicalLocation {
    let (name, kind) = match path.steps().last() {
        None => (resource.name.clone(), "resource"),
        Some(Step::Key(key)) => (key.clone(), "property"),
        Some(Step::Index(index)) => (index.to_string(), "value"),
    };
    let path = path.to_string();
    let parts = [
        Some(&resource.kind),
        resource.namespace.as_ref(),
        Some(&resource.name),
        Some(&path),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let full = parts.map(String::as_str).collect::<Vec<_>>().join("/");
    let mut location = sarif::LogicalLocation::builder()
        .fully_qualified_name(full)
        .kind(kind)
        .build();
    location.name = (!name.is_empty()).then_some(name);
    location.properties = resource.origin.as_ref().map(|origin| {
        let properties = BTreeMap::from([("helmTemplate".to_owned(), json!(origin))]);
        sarif::PropertyBag::builder()
            .additional_properties(properties)
            .build()
    });
    location
}

fn invocation(report: &Report) -> sarif::Invocation {
    let indices = RuleIndices::of(report);
    let told = |notices: &[Notice], level: sarif::NotificationLevel| {
        let level = json!(level);
        let notification = |notice| notification(notice, &level, &indices);
        notices.iter().map(notification).collect::<Vec<_>>()
    };
    let mut notifications = told(&report.failures, sarif::NotificationLevel::Error);
    notifications.extend(told(&report.warnings, sarif::NotificationLevel::Warning));
    sarif::Invocation::builder()
        .execution_successful(report.failures.is_empty())
        .tool_execution_notifications(notifications)
        .build()
}

fn notification(notice: &Notice, level: &Value, indices: &RuleIndices<'_>) -> sarif::Notification {
    let text = match &notice.help {
        Some(help) => format!("{}; {help}", notice.reason),
        None => notice.reason.clone(),
    };
    let mut notification = sarif::Notification::builder()
        .level(level.clone())
        .message(text.as_str())
        .build();
    notification.associated_rule = notice.rule.as_ref().map(|rule| indices.reference(rule));
    notification.locations = notice_location(notice).map(|location| vec![location]);
    notification
}

fn notice_location(notice: &Notice) -> Option<sarif::Location> {
    let mut location = physical_location(notice.uri.as_ref()?, notice.region.map(region));
    location.logical_locations = notice.resource.as_ref().map(|resource| {
        vec![
            sarif::LogicalLocation::builder()
                .name(resource)
                .kind("resource")
                .build(),
        ]
    });
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::json::example;

    /// The only run of the log.
    fn run(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        assert!(out.ends_with(b"}\n"));
        let mut log: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(log["$schema"], SCHEMA);
        log["runs"][0].take()
    }

    #[test]
    fn an_empty_report_is_a_successful_run() {
        let run = run(&Report::default());
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["tool"]["driver"]["rules"], json!([]));
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert_eq!(run["columnKind"], "utf16CodeUnits");
    }

    #[test]
    fn failures_are_notifications_of_an_unsuccessful_run() {
        let invocation = run(&example::failed())["invocations"][0].take();
        assert_eq!(invocation["executionSuccessful"], false);
        let first = &invocation["toolExecutionNotifications"][0];
        assert_eq!(first["level"], "error");
        assert_eq!(
            first["message"]["text"],
            "a mapping ends too early; mend the syntax"
        );
        assert_eq!(
            first["associatedRule"],
            json!({"id": "image-tag", "index": 0})
        );
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "%C3%BCnder.yaml");
        assert_eq!(place["region"]["startColumn"], 8);
        assert_eq!(
            invocation["toolExecutionNotifications"][1].get("locations"),
            None
        );
    }

    #[test]
    fn a_warning_alone_leaves_the_run_successful() {
        let invocation = run(&Report {
            failures: Vec::new(),
            ..example::full()
        })["invocations"][0]
            .take();
        assert_eq!(invocation["executionSuccessful"], true);
        assert_eq!(
            invocation["toolExecutionNotifications"][0]["level"],
            "warning"
        );
    }

    #[test]
    fn a_rule_is_described_even_if_it_found_nothing() {
        let rules = run(&example::failed())["tool"]["driver"]["rules"].take();
        assert_eq!(rules[0]["id"], "image-tag");
        assert_eq!(rules[0]["name"], "ImageTag");
        assert_eq!(rules[0]["deprecatedIds"], json!(["old-image-tag"]));
        assert_eq!(
            rules[0]["defaultConfiguration"],
            json!({"level": "warning"})
        );
        assert_eq!(
            rules[0]["properties"],
            json!({
                "precision": "very-high",
                "problem.severity": "warning",
                "security-severity": "5.5",
                "tags": ["security", "external/cwe/cwe-798", "credentials", "gdpr/32"],
            })
        );
    }

    #[test]
    fn help_tells_why_how_and_where() {
        let rules = run(&example::full())["tool"]["driver"]["rules"].take();
        let expected = "## Why\n\n\
            Whoever knows the product knows the password.\n\n\
            ## How to fix\n\n\
            Generate a password, and refer to its Secret.\n\n\
            ## Controls\n\n\
            - `gdpr/32` Security\n\
            - `cwe/798` Use of Hard-coded Credentials\n\n\
            ## References\n\n\
            - <https://cwe.mitre.org/data/definitions/798.html>\n";
        assert_eq!(rules[0]["help"]["markdown"], expected);
        let text = rules[0]["help"]["text"].as_str().unwrap();
        assert!(
            text.starts_with("Why\n\n") && text.contains("\n- gdpr/32 Security\n"),
            "{text}"
        );
    }

    #[test]
    fn a_result_marks_exact_characters() {
        let result = run(&example::full())["results"][0].take();
        let place = &result["locations"][0]["physicalLocation"];
        let expected = "dev%20stage/Stra%C3%9Fe%20%231%20100%25.yaml";
        assert_eq!(place["artifactLocation"], json!({"uri": expected}));
        assert_eq!(
            place["region"],
            json!({
                "startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 13,
                "snippet": {"text": "*****"},
            })
        );
        assert_eq!(
            result["locations"][0]["properties"],
            json!({"approximate": true})
        );
        assert_eq!(
            result["locations"][0]["logicalLocations"],
            json!([{
                "fullyQualifiedName": "Deployment/shop/web/env[0].value",
                "name": "value",
                "kind": "property",
                "properties": {"helmTemplate": "shop/templates/web.yaml"},
            }])
        );
    }

    #[test]
    fn a_result_refers_to_its_rule_and_is_known_again() {
        let results = run(&example::full())["results"].take();
        let tied = |result: &Value| {
            (
                result["ruleId"].clone(),
                result["ruleIndex"].clone(),
                result["level"].clone(),
            )
        };
        assert_eq!(
            tied(&results[0]),
            (json!("default-password"), json!(0), json!("error"))
        );
        assert_eq!(
            tied(&results[1]),
            (json!("image-tag"), json!(1), json!("note"))
        );
        let fingerprint = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            results[0]["partialFingerprints"],
            json!({"landfall/v1": fingerprint, "primaryLocationLineHash": "a7f2ff13bc495cf2:1"})
        );
        let properties = json!({"landfall/tags": {"own": 1}, "service": "key-vault"});
        assert_eq!(results[0]["properties"], properties);
    }

    #[test]
    fn a_message_links_related_locations_and_nothing_else() {
        let results = run(&example::full())["results"].take();
        let text = "the password of `{0}` is the product's default (see [the user \\[admin\\]](1), \
                    [the value `auth.password`](2), [as rendered in default, production](3))";
        assert_eq!(results[0]["message"]["text"], text);
        let related = &results[0]["relatedLocations"][0];
        assert_eq!(related["id"], 1);
        assert_eq!(related["message"]["text"], "the user [admin]");
        assert_eq!(
            related["physicalLocation"]["artifactLocation"]["uri"],
            "values.yaml"
        );
        assert_eq!(
            results[1]["message"]["text"],
            "image `web` has no [tag] (x)"
        );
        assert_eq!(results[1].get("relatedLocations"), None);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a:b.yaml"), "a%3Ab.yaml");
        assert_eq!(uri("../x/[y]?.yaml"), "../x/%5By%5D%3F.yaml");
        assert_eq!(uri("/tmp/ä.yaml"), "file:///tmp/%C3%A4.yaml");
        assert_eq!(
            uri("charts/app@1.2+b/a_b-c~d.yaml"),
            "charts/app@1.2+b/a_b-c~d.yaml"
        );
    }

    #[test]
    fn a_long_description_is_cut() {
        assert_eq!(shortened(" ä\n"), "ä");
        let cut = shortened(&"ä".repeat(1025));
        assert_eq!((cut.chars().count(), cut.chars().last()), (1024, Some('…')));
        assert_eq!(shortened(&"ä".repeat(1024)).chars().count(), 1024);
    }
}
