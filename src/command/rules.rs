//! `landfall rules`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CommandError, Status, bundle, config, print, selection};
use crate::cli::{ListFormat, RulesArgs};
use crate::model::{AppliesTo, Rule};
use crate::policy::Selection;

pub(super) fn run(args: &RulesArgs) -> Result<Status, CommandError> {
    let config = config(&args.policies)?;
    let bundle = bundle(&args.policies, &config)?;
    let rules = bundle.select(&Selection {
        with_optional: true,
        ..selection(&args.policies, &config)
    })?;
    let listed = match args.format {
        ListFormat::Text => rules.iter().map(|rule| line(rule)).collect(),
        ListFormat::Json => json_list(rules.iter().map(|rule| described(rule)).collect()),
        ListFormat::Markdown => markdown(rules.iter().map(|rule| section(rule)).collect()),
    };
    print(&listed)?;
    Ok(Status::Clean)
}

fn line(rule: &Rule) -> String {
    let note = if rule.is_enabled { "" } else { " (optional)" };
    format!(
        "{:8} {:12} {:24} {}{note}\n",
        rule.severity, rule.family, rule.id, rule.title
    )
}

fn json_list(rules: Vec<Value>) -> String {
    format!("{:#}\n", json!({"version": 1, "rules": rules}))
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "description": rule.description,
        "severity": rule.severity,
        "precision": rule.precision,
        "family": rule.family,
        "appliesTo": applies_to(rule),
        "enabled": rule.is_enabled,
        "controls": rule.controls,
        "remediation": rule.remediation,
        "references": rule.references,
        "formerly": rule.formerly,
    })
}

fn applies_to(rule: &Rule) -> Vec<String> {
    match &rule.applies_to {
        AppliesTo::Any => vec!["any".to_owned()],
        AppliesTo::Workloads => vec!["workloads".to_owned()],
        AppliesTo::Images => vec!["images".to_owned()],
        AppliesTo::Kinds(kinds) => kinds.clone(),
    }
}

fn markdown(sections: String) -> String {
    format!("# Rules\n\nWritten by `landfall rules --format markdown`.\n{sections}")
}

fn section(rule: &Rule) -> String {
    let mut text = format!(
        "\n## {}\n\n{}.\n\n{}\n\n",
        rule.id, rule.title, rule.description
    );
    let facts = [
        ("Severity", rule.severity.to_string()),
        ("Precision", rule.precision.as_str().to_owned()),
        ("Family", rule.family.clone()),
        ("Applies to", applies_to(rule).join(", ")),
        ("Controls", rule.controls.join(", ")),
        ("Fix", rule.remediation.clone()),
    ];
    if !rule.is_enabled {
        text.push_str(
            "- Optional: runs with `--enable`, `enable` in `landfall.yaml` or `--rule`\n",
        );
    }
    for (name, value) in facts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- {name}: {value}");
    }
    for reference in &rule.references {
        let _ = writeln!(text, "- See <{reference}>");
    }
    text
}
