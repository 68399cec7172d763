//! METADATA: what a rule's source says of itself, checked when policies are loaded.

use serde::Deserialize;

use crate::model::{AppliesTo, Need, Precision, Rule, Severity};

/// The line that begins an annotation.
const MARKER: &str = "# METADATA";

/// What a need for a fact begins with.
const FACT_PREFIX: &str = "landfall.";

/// Why an annotation is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Line in the module, from 1.
    pub line: usize,
    /// What is the matter.
    pub reason: String,
}

/// The annotation as it is written; unknown fields are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    description: String,
    custom: Custom,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    id: String,
    severity: Severity,
    precision: Precision,
    family: String,
    applies_to: WrittenAppliesTo,
    #[serde(default)]
    needs: Vec<String>,
    controls: Vec<String>,
    remediation: String,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    formerly: Vec<String>,
    #[serde(default)]
    yields_to: Vec<String>,
    #[serde(default = "yes")]
    enabled: bool,
}

/// A rule runs unless its METADATA says otherwise.
fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenAppliesTo {
    Word(String),
    Kinds(Vec<String>),
}

/// The rule that a module's annotation describes; `None` for a module without one.
pub(super) fn rule(source: &str, package: &str) -> Result<Option<Rule>, Refused> {
    let Some((line, yaml)) = block(source) else {
        return Ok(None);
    };
    let written: Written = serde_yaml::from_str(&yaml).map_err(|error| {
        let reason = reason(&error.to_string());
        let nearest = error.location().map_or(0, |location| location.line());
        Refused {
            line: line + named_line(&yaml, &reason).unwrap_or(nearest),
            reason,
        }
    })?;
    checked(written, package)
        .map(Some)
        .map_err(|reason| Refused { line, reason })
}

/// The rule that a bundled module's annotation describes, from the JSON that the build made of it;
/// `None` for a module without one.
pub(super) fn bundled_rule(metadata: &str, package: &str) -> Result<Option<Rule>, Refused> {
    if metadata.is_empty() {
        return Ok(None);
    }
    let written: Result<Written, _> = serde_json::from_str(metadata);
    let written = written.map_err(|error| error.to_string());
    let rule = written.and_then(|written| checked(written, package));
    rule.map(Some).map_err(|reason| Refused { line: 1, reason })
}

/// Line number of the marker and the YAML of the comment lines below it.
fn block(source: &str) -> Option<(usize, String)> {
    let at = source.lines().position(|line| line.trim_end() == MARKER)?;
    let comments = source
        .lines()
        .skip(at + 1)
        .map_while(|line| line.strip_prefix('#'));
    let lines: Vec<&str> = comments
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    Some((at + 1, lines.join("\n")))
}

/// The line of the annotation that holds the first word which the reason quotes.
fn named_line(yaml: &str, reason: &str) -> Option<usize> {
    let word = reason.split('`').nth(1)?;
    yaml.lines()
        .position(|line| line.contains(word))
        .map(|line| line + 1)
}

/// The parser's reason without its place, which counts from the annotation's first line.
fn reason(error: &str) -> String {
    error.split(" at line ").next().unwrap_or(error).to_owned()
}

fn checked(written: Written, package: &str) -> Result<Rule, String> {
    let Written {
        title,
        description,
        custom,
    } = written;
    let id = kebab("id", custom.id)?;
    if package.rsplit('.').next() != Some(id.replace('-', "_").as_str()) {
        return Err(format!(
            "the id `{id}` does not fit the package `{package}`"
        ));
    }
    for control in &custom.controls {
        if control.split_once('/').is_none() {
            return Err(format!(
                "the control `{control}` is not of the form `framework/control`"
            ));
        }
    }
    Ok(Rule {
        title: filled("title", title)?,
        description: filled("description", description)?,
        severity: custom.severity,
        precision: custom.precision,
        family: kebab("family", custom.family)?,
        applies_to: applies_to(custom.applies_to)?,
        needs: custom.needs.into_iter().map(need).collect(),
        controls: custom.controls,
        remediation: filled("remediation", custom.remediation)?,
        references: custom.references,
        formerly: custom.formerly,
        yields_to: custom.yields_to,
        is_enabled: custom.enabled,
        package: package.to_owned(),
        is_bundled: false,
        id,
    })
}

fn filled(field: &str, text: String) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        Err(format!("`{field}` is empty"))
    } else {
        Ok(text.to_owned())
    }
}

fn kebab(field: &str, text: String) -> Result<String, String> {
    let is_kebab = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if text.split('-').all(is_kebab) {
        Ok(text)
    } else {
        Err(format!("`{field}` is not kebab-case: `{text}`"))
    }
}

fn applies_to(written: WrittenAppliesTo) -> Result<AppliesTo, String> {
    match written {
        WrittenAppliesTo::Kinds(kinds) if kinds.is_empty() => {
            Err("`applies_to` names no kind".to_owned())
        }
        WrittenAppliesTo::Kinds(kinds) => Ok(AppliesTo::Kinds(kinds)),
        WrittenAppliesTo::Word(word) => match word.as_str() {
            "any" => Ok(AppliesTo::Any),
            "workloads" => Ok(AppliesTo::Workloads),
            "images" => Ok(AppliesTo::Images),
            "packages" => Ok(AppliesTo::Kinds(vec![
                crate::model::PACKAGE_KIND.to_owned(),
            ])),
            _ => Err(format!(
                "`applies_to` is `{word}`, not any, workloads, images, packages or a list of kinds"
            )),
        },
    }
}

fn need(written: String) -> Need {
    match written.strip_prefix(FACT_PREFIX) {
        Some(fact) => Need::Fact(fact.to_owned()),
        None => Need::Word(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# METADATA\n# title: T\n# description: D\n# custom:\n#   id: some-rule\n#   severity: high\n#   precision: high\n#   family: images\n#   applies_to: workloads\n#   needs: [landfall.images, word]\n#   controls: [cwe/798]\n#   remediation: R.\npackage landfall.rules.images.some_rule\n";
    const PACKAGE: &str = "landfall.rules.images.some_rule";

    fn refused(source: &str) -> Refused {
        rule(source, PACKAGE).expect_err("is refused")
    }

    #[test]
    fn a_complete_annotation_is_read() {
        let rule = rule(GOOD, PACKAGE).expect("is right").expect("is there");
        assert_eq!(
            (rule.id.as_str(), rule.severity),
            ("some-rule", Severity::High)
        );
        assert_eq!(
            rule.needs,
            [
                Need::Fact("images".to_owned()),
                Need::Word("word".to_owned())
            ]
        );
    }

    #[test]
    fn unknown_fields_are_refused_with_their_line() {
        let refused = refused(&GOOD.replace("#   family", "#   colour: red\n#   family"));
        assert_eq!(refused.line, 8);
        assert!(
            refused.reason.contains("unknown field `colour`"),
            "{}",
            refused.reason
        );
    }

    #[test]
    fn missing_fields_and_wrong_values_are_refused() {
        assert!(
            refused(&GOOD.replace("#   family: images\n", ""))
                .reason
                .contains("missing field `family`")
        );
        assert!(
            refused(&GOOD.replace("severity: high", "severity: huge"))
                .reason
                .contains("unknown variant `huge`")
        );
        assert!(
            refused(&GOOD.replace("id: some-rule", "id: other"))
                .reason
                .contains("does not fit the package")
        );
        assert!(
            refused(&GOOD.replace("cwe/798", "cwe"))
                .reason
                .contains("not of the form")
        );
    }

    #[test]
    fn a_module_without_annotation_is_no_rule() {
        assert_eq!(rule("package landfall.lib.x\n", "landfall.lib.x"), Ok(None));
    }
}
