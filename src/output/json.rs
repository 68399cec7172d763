//! A report as JSON, in the form that `docs/report.schema.json` describes.
//!
//! The types here are the format: what is renamed in the model does not change what others read.

mod finding;
mod summary;

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use self::finding::{FindingView, NoticeView, RuleView};
use self::summary::{ServiceView, SummaryView};
use crate::model::{Notice, Report};

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

// Lists are made while they are written, since reports can be long.

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

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::output::example;

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
