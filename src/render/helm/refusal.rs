//! What helm means when it refuses a chart.

use std::sync::OnceLock;

use regex::Regex;

use super::reference::references;
use crate::facts::mask_line;
use crate::render::tool::ToolError;

/// What helm says of charts that were not fetched.
const MISSING: &str = "missing in charts/ directory";

/// Why helm gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What helm said, without what it may quote.
    pub reason: String,
    /// What to do.
    pub help: String,
    /// The template that it is about.
    pub template: Option<String>,
    /// The template, line and column that it is about.
    pub place: Option<(String, u32, u32)>,
    /// Names of the fields at fault.
    pub fields: Vec<String>,
}

impl From<ToolError> for Refusal {
    fn from(error: ToolError) -> Self {
        Self {
            reason: format!("helm {error}"),
            help: "try `helm template` by hand; or scan with --no-render".to_owned(),
            template: None,
            place: None,
            fields: Vec::new(),
        }
    }
}

impl Refusal {
    /// No copy of the chart could be written.
    pub(super) fn without_copy(reason: &str) -> Self {
        Self {
            reason: format!("no copy of the chart could be made: {reason}"),
            help: "check TMPDIR and the space left".to_owned(),
            template: None,
            place: None,
            fields: Vec::new(),
        }
    }

    /// Whether helm refuses the same each time: what it says of the chart it does, of the system it may not.
    pub(super) fn comes_again(&self) -> bool {
        self.place.is_some() || self.template.is_some() || self.reason.contains(MISSING)
    }

    /// What helm means by what it wrote to standard error.
    pub(super) fn read(stderr: &str) -> Self {
        let (_, said) = stderr.split_once("Error: ").unwrap_or(("", stderr));
        // Version 4 breaks it into several lines, and so does either where a schema complains.
        let lines = said.lines().map(str::trim);
        let lines = lines.take_while(|line| !line.is_empty() && !line.starts_with("Use --debug"));
        let reason = lines.collect::<Vec<_>>().join(" ");
        let fields = fields(&reason);
        Self {
            help: help(&reason, &fields),
            template: template(&reason),
            place: place(&reason),
            reason: format!("helm cannot render it: {}", mask_line(&reason)),
            fields,
        }
    }
}

fn captures<'a>(
    cell: &'static OnceLock<Option<Regex>>,
    pattern: &str,
    text: &'a str,
) -> Option<regex::Captures<'a>> {
    cell.get_or_init(|| Regex::new(pattern).ok())
        .as_ref()?
        .captures(text)
}

/// `web/templates/a.yaml:3:4` in helm's words.
fn place(reason: &str) -> Option<(String, u32, u32)> {
    static PLACE: OnceLock<Option<Regex>> = OnceLock::new();
    let found = captures(
        &PLACE,
        r"([\w./@+-]+/templates/[\w./@+-]+):(\d+):(\d+)",
        reason,
    )?;
    let number = |index: usize| found[index].parse().ok();
    Some((found[1].to_owned(), number(2)?, number(3)?))
}

/// The first template that helm's words name: of one that cannot be read, or whose text is no YAML, they
/// tell no column.
fn template(reason: &str) -> Option<String> {
    static TEMPLATE: OnceLock<Option<Regex>> = OnceLock::new();
    let found = captures(&TEMPLATE, r"[\w./@+-]+/templates/[\w./@+-]+", reason)?;
    Some(found[0].to_owned())
}

/// The names of fields in the `at <…>` of helm's words.
fn fields(reason: &str) -> Vec<String> {
    static AT: OnceLock<Option<Regex>> = OnceLock::new();
    let Some(regex) = AT.get_or_init(|| Regex::new(r"at <([^>]*)>").ok()) else {
        return Vec::new();
    };
    let expressions = regex.captures_iter(reason);
    expressions
        .flat_map(|found| references(&found[1]))
        .map(|reference| reference.keys.join("."))
        .filter(|keys| !keys.is_empty())
        .collect()
}

fn help(reason: &str, fields: &[String]) -> String {
    if reason.contains(MISSING) || reason.contains("helm dependency build") {
        return "run `helm dependency build` in the chart's folder, then scan again".to_owned();
    }
    // Helm has read a folder in which the file is, or it were no chart.
    if reason.contains("Chart.yaml file is missing") {
        return "take the line with `!` out of `.helmignore`: helm leaves out whatever it does not name"
            .to_owned();
    }
    if reason.contains("kubeVersion") {
        return "set `kube-version` in `landfall.yaml`".to_owned();
    }
    if reason.contains("parse error") {
        return "mend the template, or give the values it asks for".to_owned();
    }
    match fields.first() {
        Some(key) => format!(
            "give `{key}` in a values file, with --values or under `charts` in `landfall.yaml`"
        ),
        None => "give the values it asks for with --values or under `charts` in `landfall.yaml`"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helm_says_names_place_key_and_help() {
        let said = "Error: template: web/templates/a.yaml:12:20: executing \"web/templates/a.yaml\" at <.Values.db.host>: nil pointer evaluating interface {}.host\n";
        let refusal = Refusal::read(said);
        assert_eq!(
            refusal.place,
            Some(("web/templates/a.yaml".to_owned(), 12, 20))
        );
        assert_eq!(refusal.fields, ["db.host"]);
        assert!(refusal.help.contains("`db.host`"), "{}", refusal.help);
    }

    #[test]
    fn what_version_4_breaks_into_lines_is_told_in_one() {
        let said = "Error: web/templates/a.yaml:2:6\n  executing \"web/templates/a.yaml\" at <include \"x.y\" .>:\n    error calling include:\nweb/templates/_h.tpl:2:10\n  executing \"x.y\" at <.Values.db.host>:\n    nil pointer evaluating interface {}.host\n\nUse --debug flag to render out invalid YAML\n";
        let refusal = Refusal::read(said);
        let place = Some(("web/templates/a.yaml".to_owned(), 2, 6));
        assert_eq!(refusal.place, place);
        assert_eq!(refusal.fields, ["db.host"]);
        assert!(
            refusal
                .reason
                .ends_with("nil pointer evaluating interface {}.host")
        );
        let schema = "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '/n': got string, want integer\n\n";
        let refusal = Refusal::read(schema);
        assert!(
            refusal
                .reason
                .ends_with("web: - at '/n': got string, want integer")
        );
    }

    #[test]
    fn missing_dependencies_tell_how_to_get_them() {
        let said = "Error: An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: common\n";
        let refusal = Refusal::read(said);
        assert!(refusal.help.contains("helm dependency build"));
        assert!(refusal.reason.contains("common"));
    }
}
