//! What can be rendered of a chart without what helm refuses: a template that fails, for a slip or a value
//! that nobody gave, or a chart that was not fetched, need not keep the rest from being checked.

use std::sync::Arc;

use super::chart::{Chart, ChartFile};
use super::marked::is_template;
use super::settings::Setting;
use super::workshop::Workshop;
use crate::model::{Artifact, Node, Notice};
use crate::source::read_tree;

/// A chart of which helm refuses more is not what its values are for.
const MOST_REFUSED: usize = 8;

/// How helm names the charts that were not fetched.
const MISSING: &str = "missing in charts/ directory: ";
/// How helm complains of named templates of such charts.
const NO_TEMPLATE: &str = "no template ";

/// A rendering of a part of a chart.
pub(super) struct Rest {
    /// What is rendered.
    pub artifact: Artifact,
    /// Why something is left out, one after the other.
    pub refused: Vec<Notice>,
}

impl Rest {
    /// Renders a chart without what a refusal is about, and without what is refused then. `None` where that
    /// cannot be left out, or nothing comes of the rest.
    pub(super) fn render(
        workshop: &Workshop<'_>,
        setting: &Setting,
        refusal: &Notice,
    ) -> Option<Self> {
        let mut chart = workshop.chart.clone();
        let mut refused = vec![refusal.clone()];
        while refused.len() <= MOST_REFUSED {
            chart.leave_out(refused.last()?)?;
            let scratch = super::super::scratch::folder().ok()?;
            let rest = Workshop::new(&chart, workshop.helm, scratch.path());
            match rest.render(setting, None) {
                Ok(artifact) => {
                    let is_any = artifact.text.contains("kind:");
                    return is_any.then_some(Self { artifact, refused });
                }
                // The templates are written for a chart that is missing.
                Err(refusal) if refusal.reason.contains(NO_TEMPLATE) => return None,
                Err(refusal) => refused.push(refusal),
            }
        }
        None
    }
}

impl Chart {
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
            return Some(());
        }
        let display = refusal.display.as_ref()?;
        let is_refused = |file: &ChartFile| {
            let can_fail = is_template(&file.path) || file.path.ends_with("NOTES.txt");
            can_fail && file.artifact.display == *display
        };
        let before = self.files.len();
        self.files.retain(|file| !is_refused(file));
        (self.files.len() < before).then_some(())
    }
}

/// What a chart says of itself without some of the charts that it uses: their lines are blank, so that all
/// others stand where they stood.
fn without_dependencies(text: &str, missing: &[&str]) -> Option<String> {
    let tree = read_tree(text).ok()??;
    let mut left = text.to_owned().into_bytes();
    for item in tree.root()?.get("dependencies")?.items() {
        let name = item.get("name").and_then(Node::as_str);
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
        let names = names.map(|item| item.get("name").and_then(Node::as_str).map(str::to_owned));
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
