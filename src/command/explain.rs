//! `landfall explain`.

use std::fmt::Write as _;

use super::{CommandError, Status, bundle, config, print, services};
use crate::cli::ExplainArgs;
use crate::model::Rule;
use crate::policy::{Bundle, Example};

/// Examples longer than this are told by their path.
const LONGEST_EXAMPLE: usize = 60;

pub(super) fn run(args: &ExplainArgs) -> Result<Status, CommandError> {
    let config = config(&args.policies)?;
    let bundle = bundle(&args.policies, &config)?;
    let text = match bundle.rule(&args.name) {
        Ok(rule) => explained(&rule, &bundle),
        // A name that is no rule's may be a service's.
        Err(unknown) => services::explained(&args.name, &bundle)?.ok_or(unknown)?,
    };
    print(&text)?;
    Ok(Status::Clean)
}

fn explained(rule: &Rule, bundle: &Bundle) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}: {}", rule.id, rule.title);
    let _ = writeln!(
        text,
        "severity {}, precision {}, family {}",
        rule.severity,
        rule.precision.as_str(),
        rule.family
    );
    let _ = writeln!(text, "\nWhy\n{}", indented(&rule.description));
    let _ = writeln!(text, "\nHow to fix\n{}", indented(&rule.remediation));
    for example in bundle.examples(rule) {
        let _ = writeln!(
            text,
            "\n{}\n{}",
            example_title(&example),
            shortened(&example.text)
        );
    }
    let titles = bundle.controls();
    let _ = writeln!(text, "\nRelates to");
    for control in &rule.controls {
        let _ = writeln!(
            text,
            "  {control}  {}",
            titles.get(control).map_or("", String::as_str)
        );
    }
    if !rule.references.is_empty() {
        let _ = writeln!(text, "\nSee\n{}", indented(&rule.references.join("\n")));
    }
    text
}

fn example_title(example: &Example) -> String {
    let name = example.path.rsplit('/').next().unwrap_or_default();
    let kind = if example.path.contains("/good") {
        "Left alone"
    } else {
        "Found"
    };
    format!("{kind} ({name})")
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter_map(without_mark).collect();
    let shown = indented(&lines[..lines.len().min(LONGEST_EXAMPLE)].join("\n"));
    match lines.len().checked_sub(LONGEST_EXAMPLE) {
        Some(left) if left > 0 => format!("{shown}\n  … {left} more lines"),
        _ => shown,
    }
}

/// A line of an example without the mark by which the tests know what is to be found in it.
fn without_mark(line: &str) -> Option<&str> {
    let line = match line.find("# expect") {
        Some(at) => line[..at].trim_end(),
        None => return Some(line),
    };
    (!line.is_empty()).then_some(line)
}
