//! What can be rendered of a chart that helm refuses: a value that nobody gave, a template that fails, or a
//! chart that was not fetched, need not keep the rest from being checked.

use std::sync::Arc;

use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::settings::Setting;
use super::workshop::Workshop;
use super::{asked, lacking};
use crate::model::{Artifact, Node, Notice};
use crate::source::read_tree;

/// A chart of which helm refuses more is not what its values are for.
const MOST_REFUSED: usize = 16;

/// How helm names the charts that were not fetched.
const MISSING: &str = "missing in charts/ directory: ";
/// How helm complains of named templates of such charts.
const NO_TEMPLATE: &str = "no template ";

/// Whether helm refuses a chart for want of charts that it uses, before it looks at any values.
pub(super) fn lacks_charts(refusal: &Notice) -> bool {
    refusal.reason.contains(MISSING)
}

/// A rendering of a part of a chart.
pub(super) struct Rest {
    /// What is rendered.
    pub artifact: Artifact,
    /// What helm refuses, one after the other.
    pub refused: Vec<Notice>,
    /// The templates that are left out, by their paths for people.
    pub left_out: Vec<Arc<str>>,
}

impl Rest {
    /// Renders a chart with placeholders for what it asks for, and without whatever else a refusal is about,
    /// and without what is refused then. `None` where that cannot be left out, or nothing comes of the rest.
    pub(super) fn render(
        workshop: &Workshop<'_>,
        setting: &Setting,
        refusal: &Notice,
    ) -> Option<Self> {
        let mut open = Open {
            chart: workshop.chart.clone(),
            setting: setting.clone(),
            refused: Vec::new(),
            last: None,
        };
        let mut next = Some(refusal.clone());
        for _ in 0..=MOST_REFUSED {
            if let Some(refusal) = next {
                open.go_on(refusal)?;
            }
            let scratch = super::super::scratch::folder().ok()?;
            let rest = Workshop::new(&open.chart, workshop.helm, scratch.path());
            match rest.render(&open.setting, None) {
                Ok(artifact) => {
                    return artifact.text.contains("kind:").then_some(Self {
                        artifact,
                        refused: open.refused,
                        left_out: open.chart.left_out,
                    });
                }
                Err(refusal) if refusal.reason.contains(NO_TEMPLATE) => {
                    open.leave_out_callers(&refusal)?;
                    next = None;
                }
                Err(refusal) => next = Some(refusal),
            }
        }
        None
    }
}

/// What is still to be rendered of a chart.
struct Open {
    chart: Chart,
    setting: Setting,
    refused: Vec<Notice>,
    /// The refusal that the last placeholder was put in for, as helm told it.
    last: Option<Notice>,
}

impl Open {
    /// Puts a placeholder in for what a refusal asks for, else leaves out what it is about. `None` where
    /// neither can be done.
    fn go_on(&mut self, refusal: Notice) -> Option<()> {
        let asked = asked::asked(&self.chart, &refusal);
        let asked = asked.or_else(|| lacking::asked(&self.chart, &refusal));
        if let Some(asked) = asked.filter(|one| !self.is_asked(&one.path)) {
            self.refused.push(with(&refusal, &asked.told()));
            self.setting.asked.push(asked);
            self.last = Some(refusal);
            return Some(());
        }
        match self.last.take() {
            // The value was to be another one than a text.
            Some(last) if refusal.display == last.display || !self.is_of_template(&refusal) => {
                self.setting.asked.pop();
                self.refused.pop();
                self.leave_out(last)
            }
            _ => self.step_over(&refusal).or_else(|| self.leave_out(refusal)),
        }
    }

    fn is_asked(&self, path: &asked::Path) -> bool {
        let mut known = self.setting.asked.iter();
        known.any(|one| one.path == *path)
    }

    /// Leaves out the call of `fail` alone that refused, in a named template: what includes it says nothing
    /// wrong itself.
    fn step_over(&mut self, refusal: &Notice) -> Option<()> {
        self.chart.step_over(refusal)?;
        let told = "; what it deploys is checked all the same";
        self.refused.push(with(refusal, told));
        Some(())
    }

    fn is_of_template(&self, refusal: &Notice) -> bool {
        let mut files = self.chart.files.iter();
        files.any(|file| refusal.display.as_ref() == Some(&file.artifact.display))
    }

    /// Leaves out all templates that call named ones of a chart that was not fetched, of which helm complains one
    /// by one. `None` where the chart is written for that one: most of its templates do so, or its own named ones,
    /// which any of them may use.
    fn leave_out_callers(&mut self, refusal: &Notice) -> Option<()> {
        let called = called(&refusal.reason)?;
        let is_caller = |file: &&ChartFile| file.artifact.text.contains(&called);
        let (templates, named): (Vec<_>, Vec<_>) = self
            .chart
            .files
            .iter()
            .filter(is_caller)
            .filter(|file| can_fail(&file.path))
            .cloned()
            .partition(|file| !is_named(&file.path));
        let making = self.chart.files.iter().filter(|file| makes_objects(file));
        if templates.is_empty() || !named.is_empty() || making.count() < 2 * templates.len() {
            return None;
        }
        for file in templates {
            self.leave_out(of_caller(refusal, &file.artifact))?;
        }
        Some(())
    }

    fn leave_out(&mut self, refusal: Notice) -> Option<()> {
        self.chart.leave_out(&refusal)?;
        let told = "; what the rest of the chart deploys is checked";
        self.refused.push(with(&refusal, told));
        Some(())
    }
}

/// What helm would say of another template that calls one of the same chart.
fn of_caller(refusal: &Notice, template: &Artifact) -> Notice {
    if refusal.display.as_ref() == Some(&template.display) {
        return refusal.clone();
    }
    let reason = "helm cannot render it: it calls a named template of a chart that was not fetched";
    Notice {
        display: Some(Arc::clone(&template.display)),
        uri: Some(Arc::clone(&template.uri)),
        region: None,
        reason: reason.to_owned(),
        ..refusal.clone()
    }
}

fn with(refusal: &Notice, more: &str) -> Notice {
    Notice {
        reason: format!("{}{more}", refusal.reason),
        ..refusal.clone()
    }
}

/// How calls begin of the named templates of a chart of which helm lacks one: `"common.`.
fn called(reason: &str) -> Option<String> {
    let (_, rest) = reason.split_once(NO_TEMPLATE)?;
    let name = rest.trim_start_matches('"').split('"').next()?;
    let (chart, _) = name.split_once('.')?;
    Some(format!("\"{chart}."))
}

/// Whether helm renders a file of a chart.
fn can_fail(path: &str) -> bool {
    is_template(path) || path.ends_with("NOTES.txt")
}

/// Whether a file of a chart is a template of objects.
fn makes_objects(file: &ChartFile) -> bool {
    is_template(&file.path) && !is_named(&file.path) && file.artifact.text.contains("kind:")
}

/// Whether a file of a chart holds named templates alone.
fn is_named(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('_')
}

impl Chart {
    /// Makes the action of a named template that refused do nothing; all others stand where they stood.
    fn step_over(&mut self, refusal: &Notice) -> Option<()> {
        let (path, action) = asked::failed(self, refusal)?;
        let file = self.files.iter_mut().find(|file| file.path == path)?;
        let mut text = file.artifact.text.clone();
        text.replace_range(action.clone(), &idle(&text[action]));
        file.artifact = Arc::new(Artifact::new(
            &file.artifact.display,
            &file.artifact.uri,
            text,
        ));
        self.is_scattered = true;
        self.is_part = true;
        Some(())
    }

    /// Takes the template or the charts out that a refusal is about; `None` where it is about neither.
    fn leave_out(&mut self, refusal: &Notice) -> Option<()> {
        // Helm has to see a copy.
        self.is_scattered = true;
        self.is_part = true;
        if let Some((_, missing)) = refusal.reason.split_once(MISSING) {
            let missing: Vec<&str> = missing.split(',').map(str::trim).collect();
            let mut files = self.files.iter_mut();
            let file = files.find(|file| {
                let is_about = matches!(&*file.path, "Chart.yaml" | "requirements.yaml");
                is_about && file.artifact.text.contains("dependencies")
            })?;
            let text = without_dependencies(&file.artifact.text, &missing)?;
            let artifact = Artifact::new(&file.artifact.display, &file.artifact.uri, text);
            file.artifact = Arc::new(artifact);
            self.lacks_charts = true;
            self.left_out.extend(refusal.display.clone());
            return Some(());
        }
        let display = refusal.display.as_ref()?;
        let is_refused =
            |file: &ChartFile| can_fail(&file.path) && file.artifact.display == *display;
        let before = self.files.len();
        self.files.retain(|file| !is_refused(file));
        self.left_out.push(Arc::clone(display));
        (self.files.len() < before).then_some(())
    }
}

/// An action that prints nothing, with the dashes, lines and length of another one.
fn idle(action: &str) -> String {
    let is_dash = |at: usize| action.as_bytes().get(at) == Some(&b'-');
    let (first, last) = (is_dash(2), is_dash(action.len() - 3));
    let open = if first { "{{- \"\"" } else { "{{ \"\"" };
    let close = if last { " -}}" } else { " }}" };
    let blank = action[open.len()..action.len() - close.len()].bytes();
    let blank = blank.map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    format!("{open}{}{close}", blank.collect::<String>())
}

/// What a chart says of itself without some of the charts that it uses: their lines are blank, so that all
/// others stand where they stood.
fn without_dependencies(text: &str, missing: &[&str]) -> Option<String> {
    let tree = read_tree(text).ok()??;
    let mut left = text.to_owned().into_bytes();
    for item in tree.root()?.get("dependencies")?.items() {
        let name = item.string("name");
        if !name.is_some_and(|name| missing.contains(&name)) {
            continue;
        }
        let start = item.span().start as usize;
        let end = start + text[item.span().range()].trim_end().len();
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let lines = left[from..to].iter_mut();
        lines
            .filter(|byte| **byte != b'\n')
            .for_each(|byte| *byte = b' ');
    }
    let left = String::from_utf8(left).ok()?;
    let names = |text: &str| -> Option<Vec<String>> {
        let tree = read_tree(text).ok()??;
        let used = tree.root()?.get("dependencies");
        let names = used.into_iter().flat_map(Node::items);
        let names = names.map(|item| item.string("name").map(str::to_owned));
        names.collect()
    };
    let mut expected = names(text)?;
    expected.retain(|name| !missing.contains(&name.as_str()));
    (names(&left)? == expected).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_action_is_as_long_as_the_one_in_its_place() {
        for (action, expected) in [
            (r#"{{- fail "no" -}}"#, r#"{{- ""        -}}"#),
            (r#"{{ fail "no"}}"#, r#"{{ ""       }}"#),
        ] {
            assert_eq!(idle(action), expected);
            assert_eq!(action.len(), expected.len());
        }
    }

    #[test]
    fn calls_of_a_missing_chart_begin_with_its_name() {
        for (reason, expected) in [
            (
                "error calling include: template: no template \"common.names.fullname\" associated with template \"gotpl\"",
                Some("\"common."),
            ),
            ("no template \"labels\" associated with", None),
            ("nil pointer evaluating", None),
        ] {
            assert_eq!(called(reason).as_deref(), expected, "{reason}");
        }
    }

    #[test]
    fn dependencies_are_left_out_line_by_line() {
        let text = "name: shop\ndependencies:\n  # data\n  - name: db\n    version: 1.0.0\n  - {name: cache, version: 1.0.0}\n  - version: 2.0.0\n    name: common\nversion: 1.0.0\n";
        let left = without_dependencies(text, &["db", "common"]).expect("can be left out");
        let lines: Vec<&str> = left.lines().map(str::trim_end).collect();
        let expected = "name: shop\ndependencies:\n  # data\n\n\n  - {name: cache, version: 1.0.0}\n\n\nversion: 1.0.0";
        assert_eq!(lines.join("\n"), expected);
        assert_eq!(left.len(), text.len());
        let all = ["db", "cache", "common"];
        assert!(without_dependencies(text, &all).is_some());
        let in_one_line = "name: shop\ndependencies: [{name: db}, {name: cache}]\n";
        assert_eq!(without_dependencies(in_one_line, &["db"]), None);
    }
}
