//! The rules of a report as the descriptors of a tool, with what GitHub reads of them.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif;

use crate::model::{Report, Rule, Severity};

/// Validators want a tool to have such an address (SARIF2005). It is no web page that somebody
/// else could take.
const INFORMATION: &str = "urn:landfall:scanner";
/// GitHub cuts descriptions at this number of characters.
const LONGEST_DESCRIPTION: usize = 1024;
/// GitHub refuses rules with more tags.
const MOST_TAGS: usize = 20;

pub(super) fn driver(report: &Report) -> sarif::Tool {
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

pub(super) fn level(severity: Severity) -> sarif::ResultLevel {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_description_is_cut() {
        assert_eq!(shortened(" ä\n"), "ä");
        let cut = shortened(&"ä".repeat(1025));
        assert_eq!((cut.chars().count(), cut.chars().last()), (1024, Some('…')));
        assert_eq!(shortened(&"ä".repeat(1024)).chars().count(), 1024);
    }
}
