//! A report as SARIF 2.1.0, on the types of serde-sarif, for what GitHub and GitLab read of it.
//!
//! Pretty-printed, since people diff it and compression levels the difference. Holds no time, no
//! absolute path and no command line, so that the same input gives the same bytes.

mod location;
mod rule;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use serde_sarif::sarif;

use self::location::{notice_location, primary_location, related_location};
use self::rule::{driver, level};
use crate::model::{Finding, Notice, RelatedLocation, Report};

/// The schema that GitHub's documentation names, and that validators know.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

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

/// More links than these of a finding's own make its message long; the others are related locations all the same.
const MOST_LINKS: usize = 12;

/// The finding's message with links to the related locations, by their ids.
fn message(finding: &Finding) -> String {
    // Nothing in a message but our own links may read as one.
    let mut message = finding.message.replace("](", "] (");
    let related = related(finding);
    let own = finding.related.len();
    let links = related.iter().zip(1..).enumerate();
    let links = links.filter(|(at, _)| *at < MOST_LINKS || *at >= own);
    let mut links: Vec<String> = links.map(|(_, (related, id))| link(related, id)).collect();
    if own > MOST_LINKS {
        links.push(format!("and {} more", own - MOST_LINKS));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::example;

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
    fn a_message_links_the_first_of_many_places() {
        let mut finding = example::full().findings.remove(0);
        let place = finding.related[0].clone();
        finding.related = vec![place; MOST_LINKS + 2];
        let text = message(&finding);
        let links = text.matches("[the user ").count();
        assert!(
            links == MOST_LINKS && text.ends_with("(16), and 2 more)"),
            "{text}"
        );
    }
}
