//! The report for people: what was understood, then the findings by rule with their source
//! lines, what could not be checked, and the counts.

mod frame;

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table};
use miette::{GraphicalReportHandler, GraphicalTheme};

use self::frame::shown;
use super::printable::printable;
use crate::model::{Finding, Location, Notice, RelatedLocation, Report, Rule, Severity};

/// How many charts, kustomizations and links are named one by one.
const LISTED: usize = 5;

/// How many places that explain a finding are named beneath its frame.
const RELATED: usize = 4;

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours and hyperlinks are used.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// How many findings of one rule are drawn with their source lines; the rest is listed.
    pub frames: usize,
}

/// Writes the report.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page {
        report,
        style,
        handler: handler(style),
    };
    page.write(out)
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(1)
        .with_links(style.color)
}

struct Page<'a> {
    report: &'a Report,
    style: Style,
    handler: GraphicalReportHandler,
}

impl Page<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.understood(out)?;
        for (rule, findings) in by_rule(self.report) {
            self.rule(rule, &findings, out)?;
        }
        self.notices("could not be checked", "error", &self.report.failures, out)?;
        self.notices("warnings", "warning", &self.report.warnings, out)?;
        self.services(out)?;
        self.counts(out)
    }

    fn understood(&self, out: &mut dyn Write) -> io::Result<()> {
        let (files, resources) = (&self.report.summary.files, &self.report.summary.resources);
        let mut parts = vec![format!(
            "{} read: {}, {}, {}, {} without manifests",
            count(files.read, "file"),
            count(files.manifests, "manifest"),
            count(files.dependency_files, "dependency file"),
            count(files.build_files, "build file"),
            files.not_manifests
        )];
        parts.push(format!(
            "{} ({}), {}",
            count(resources.objects, "object"),
            count(resources.workloads, "workload"),
            count(resources.packages, "package")
        ));
        if files.values > 0 {
            parts.push(count(files.values, "values file"));
        }
        if files.scripts > 0 {
            parts.push(count(files.scripts, "script"));
        }
        if resources.patches > 0 {
            parts.push(count(resources.patches, "kustomize patch"));
        }
        if resources.owned > 0 {
            let owned = count(resources.owned, "object");
            parts.push(format!(
                "{owned} that controllers made, checked through their owners"
            ));
        }
        for rendering in &self.report.summary.renderings {
            parts.push(format!(
                "rendered {} ({}): {}",
                rendering.root,
                rendering.name,
                count(rendering.objects, "object")
            ));
        }
        for part in parts {
            writeln!(out, "{part}")?;
        }
        self.not_followed(out)
    }

    fn not_followed(&self, out: &mut dyn Write) -> io::Result<()> {
        let summary = &self.report.summary;
        let lists = [
            (
                "not rendered: chart",
                &summary.charts_not_rendered,
                "without --no-render helm renders it; a library has nothing to deploy, and an older package of a chart repository is rendered where it is named",
            ),
            (
                "not built: kustomization",
                &summary.kustomizations,
                "its files are checked as they are",
            ),
            (
                "not followed: link",
                &summary.links_not_followed,
                "it leads out of the tree",
            ),
            (
                "not read: of tests",
                &summary.tests_not_read,
                "it is read where it is named",
            ),
        ];
        for (what, paths, note) in lists {
            for path in paths.iter().take(LISTED) {
                writeln!(out, "{what} {path}; {note}")?;
            }
            if let Some(more) = paths.len().checked_sub(LISTED).filter(|more| *more > 0) {
                writeln!(out, "{what}: {more} more; {note}")?;
            }
        }
        Ok(())
    }

    fn rule(&self, rule: &Rule, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
        let title = format!(
            "{} {}: {} ({})",
            rule.severity,
            rule.id,
            rule.title,
            findings.len()
        );
        writeln!(out, "\n{}", self.heading(rule, &title))?;
        self.paragraph("why:  ", &rule.description, out)?;
        self.paragraph("help: ", &rule.remediation, out)?;
        let (drawn, listed) = findings.split_at(findings.len().min(self.style.frames));
        for finding in drawn {
            writeln!(out)?;
            self.frame(finding, out)?;
            related(&finding.related, out)?;
        }
        if !listed.is_empty() {
            writeln!(out, "\n  {} more:", listed.len())?;
        }
        for finding in listed {
            let line = format!(
                "{}: {} ({})",
                place(&finding.location),
                finding.message,
                finding.resource
            );
            writeln!(out, "  {}", printable(&line))?;
        }
        Ok(())
    }

    /// Coloured by severity, and a link to what the rule refers to first.
    fn heading(&self, rule: &Rule, title: &str) -> String {
        let color = match rule.severity {
            Severity::Critical | Severity::High => 31,
            Severity::Medium => 33,
            Severity::Low => 36,
        };
        if !self.style.color {
            return title.to_owned();
        }
        let title = format!("\u{1b}[1;{color}m{title}\u{1b}[0m");
        match rule.references.first() {
            Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{title}\u{1b}]8;;\u{1b}\\"),
            None => title,
        }
    }

    fn paragraph(&self, label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let indent = format!("  {}", " ".repeat(label.len()));
        let first = format!("  {label}");
        let options = textwrap::Options::new(self.style.width)
            .initial_indent(&first)
            .subsequent_indent(&indent);
        writeln!(out, "{}", textwrap::fill(&text, options))
    }

    fn frame(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        for shown in shown(finding) {
            let mut drawn = String::new();
            self.handler
                .render_report(&mut drawn, &shown)
                .map_err(io::Error::other)?;
            let lines = drawn.lines().filter(|line| !line.trim().is_empty());
            for line in lines {
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }

    fn notices(
        &self,
        title: &str,
        level: &str,
        notices: &[Notice],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if notices.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{title} ({})", notices.len())?;
        for notice in notices {
            let place = notice_place(notice);
            writeln!(
                out,
                "  {level}: {}",
                printable(&format!("{place}{}", notice.reason))
            )?;
            if let Some(help) = &notice.help {
                writeln!(out, "    help: {help}")?;
            }
        }
        Ok(())
    }

    fn services(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.report.services.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nAzure services found")?;
        let mut table = Table::new();
        table
            .load_style(comfy_table::presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.style.width).unwrap_or(u16::MAX))
            .set_header(["service", "findings", "files", "effort", "counterpart"]);
        for service in &self.report.services {
            let counterparts = match service.counterparts.as_slice() {
                [] => "none known".to_owned(),
                products => products.join(" or "),
            };
            table.add_row([
                service.name.as_str(),
                &service.findings.to_string(),
                &service.files.to_string(),
                &service.effort,
                &counterparts,
            ]);
        }
        for line in table.lines() {
            writeln!(out, " {}", line.trim_end())?;
        }
        Ok(())
    }

    fn counts(&self, out: &mut dyn Write) -> io::Result<()> {
        let severities = self
            .report
            .by_severity()
            .into_iter()
            .rev()
            .filter(|(_, count)| *count > 0);
        let severities: Vec<String> = severities
            .map(|(severity, count)| format!("{count} {severity}"))
            .collect();
        let findings = match severities.as_slice() {
            [] => "no findings".to_owned(),
            parts => format!(
                "{}: {}",
                count(self.report.findings.len(), "finding"),
                parts.join(", ")
            ),
        };
        let failures = match self.report.failures.len() {
            0 => String::new(),
            failures => format!("; {} that could not be checked", count(failures, "place")),
        };
        let rules = count(self.report.rules.len(), "rule");
        writeln!(out, "\n{findings}{failures} ({rules} ran)")
    }
}

/// Findings by rule: the most severe first, then by id; in a rule in the report's order.
fn by_rule(report: &Report) -> Vec<(&Rule, Vec<&Finding>)> {
    let mut groups: Vec<(&Rule, Vec<&Finding>)> = report
        .rules
        .iter()
        .map(|rule| {
            (
                &**rule,
                report
                    .findings
                    .iter()
                    .filter(|finding| finding.rule.id == rule.id)
                    .collect(),
            )
        })
        .filter(|(_, findings): &(&Rule, Vec<&Finding>)| !findings.is_empty())
        .collect();
    groups.sort_by(|(left, _), (right, _)| {
        right
            .severity
            .cmp(&left.severity)
            .then_with(|| left.id.cmp(&right.id))
    });
    groups
}

fn count(number: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") { "es" } else { "s" };
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}{plural}")
    }
}

/// The places that explain a finding, one on each line; of many the first.
fn related(places: &[RelatedLocation], out: &mut dyn Write) -> io::Result<()> {
    // A remainder of one takes no more room as itself.
    let named = if places.len() == RELATED + 1 {
        places.len()
    } else {
        places.len().min(RELATED)
    };
    for related in &places[..named] {
        let line = format!("{} {}", place(&related.location), related.message);
        writeln!(out, "   see {}", printable(&line))?;
    }
    match places.len() - named {
        0 => Ok(()),
        more => writeln!(out, "   and {more} more"),
    }
}

fn place(location: &Location) -> String {
    let about = if location.approximate { "near " } else { "" };
    format!(
        "{about}{}:{}:{}",
        location.display, location.region.line, location.region.column
    )
}

fn notice_place(notice: &Notice) -> String {
    match (&notice.display, notice.region) {
        (Some(display), Some(region)) => format!("{display}:{}:{}: ", region.line, region.column),
        (Some(display), None) => format!("{display}: "),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Region;

    fn related_lines(count: u32, message: &str) -> String {
        let one = |line| RelatedLocation {
            message: message.to_owned(),
            location: Location {
                display: Arc::from("prod/db.yaml"),
                uri: Arc::from("prod/db.yaml"),
                region: Region {
                    line,
                    column: 7,
                    end_line: line,
                    end_column: 9,
                },
                approximate: line == 2,
            },
        };
        let places: Vec<RelatedLocation> = (1..=count).map(one).collect();
        let mut out = Vec::new();
        related(&places, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("is text")
    }

    #[test]
    fn related_places_are_named_one_on_each_line() {
        assert_eq!(
            related_lines(2, "the same password"),
            "   see prod/db.yaml:1:7 the same password\n   \
             see near prod/db.yaml:2:7 the same password\n"
        );
        assert_eq!(related_lines(0, ""), "");
    }

    #[test]
    fn of_many_related_places_the_rest_is_counted() {
        let lines = related_lines(7, "a workload");
        assert_eq!(lines.lines().count(), RELATED + 1);
        assert_eq!(lines.lines().last(), Some("   and 3 more"));
        assert_eq!(related_lines(5, "a workload").lines().count(), 5);
    }

    #[test]
    fn related_messages_do_not_steer_the_terminal() {
        let lines = related_lines(1, "the user\u{1b}[31m\nroot");
        assert_eq!(
            lines,
            "   see prod/db.yaml:1:7 the user\u{fffd}[31m\u{fffd}root\n"
        );
    }
}
