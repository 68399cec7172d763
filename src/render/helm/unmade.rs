//! What a build is to fill in in the `Chart.yaml` of a chart: `version: [[ .Version ]]`. Helm refuses it; a
//! copy says what helm takes.

use std::sync::Arc;

use super::chart::{Chart, ChartFile};
use crate::model::{Artifact, HOLE, Notice, Region};

/// What begins and ends what a build fills in.
const PLACEHOLDERS: [(&str, &str); 9] = [
    ("[[", "]]"),
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}"),
    ("@", "@"),
    ("__", "__"),
    ("%", "%"),
    ("<", ">"),
];
/// The version of a chart that has none yet.
const VERSION: &str = "0.0.0";

/// A field of a `Chart.yaml` that a build fills in.
struct Unmade<'t> {
    key: &'static str,
    /// The line, from 0.
    line: usize,
    /// What stands there.
    written: &'t str,
}

impl Unmade<'_> {
    /// What helm takes in its place.
    fn filling(&self) -> String {
        match self.key {
            "version" => VERSION.to_owned(),
            // Images may bear it as their tag: rules know a placeholder.
            _ => format!("\"{HOLE}_)\""),
        }
    }
}

impl Chart {
    /// Fills in what a build is to fill in in what the chart says of itself, and tells it.
    pub(super) fn fill_in(&mut self) -> Vec<Notice> {
        let is_about = |file: &&mut ChartFile| file.path.ends_with("Chart.yaml") && !file.is_packed;
        let mut told = Vec::new();
        for file in self.files.iter_mut().filter(is_about) {
            let unmade = unmade(&file.artifact.text);
            if unmade.is_empty() {
                continue;
            }
            told.extend(unmade.iter().map(|one| notice(&file.artifact, one)));
            let text = filled(&file.artifact.text, &unmade);
            let artifact = Artifact::new(&file.artifact.display, &file.artifact.uri, text);
            file.artifact = Arc::new(artifact);
            // Helm has to see a copy.
            self.is_scattered = true;
        }
        told
    }
}

/// The fields that helm does not take as they are: of a version any placeholder, of the program's one that
/// is no text.
fn unmade(text: &str) -> Vec<Unmade<'_>> {
    let lines = text.lines().enumerate();
    lines.filter_map(|(line, text)| field(line, text)).collect()
}

fn field(line: usize, text: &str) -> Option<Unmade<'_>> {
    let mut keys = ["version", "appVersion"].into_iter();
    let (key, value) = keys.find_map(|key| {
        let value = text.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        Some((key, value))
    })?;
    let written = value.split(" #").next().unwrap_or(value).trim();
    let bare = written.trim_matches(['"', '\'']);
    let is_placeholder = PLACEHOLDERS.iter().any(|(open, close)| {
        let after = bare.split_once(open).map(|(_, after)| after);
        after.is_some_and(|after| after.contains(close))
    });
    let is_refused = key == "version" || written.starts_with(['[', '{', '@', '%']);
    (is_placeholder && is_refused).then_some(Unmade { key, line, written })
}

/// The text with what helm takes, line by line.
fn filled(text: &str, unmade: &[Unmade<'_>]) -> String {
    let line = |(at, line): (usize, &str)| {
        let filling = unmade.iter().find(|one| one.line == at);
        let filling = filling.map(|one| format!("{}: {}\n", one.key, one.filling()));
        filling.unwrap_or_else(|| line.to_owned())
    };
    text.split_inclusive('\n').enumerate().map(line).collect()
}

fn notice(artifact: &Artifact, unmade: &Unmade<'_>) -> Notice {
    let line = u32::try_from(unmade.line + 1).unwrap_or(u32::MAX);
    let Unmade { key, written, .. } = unmade;
    Notice {
        display: Some(Arc::clone(&artifact.display)),
        uri: Some(Arc::clone(&artifact.uri)),
        region: Some(Region {
            line,
            column: 1,
            end_line: line,
            end_column: 1,
        }),
        rule: None,
        resource: None,
        reason: format!(
            "`{key}` is `{written}`, for a build to fill in, which helm refuses; the chart is rendered with {}",
            match *key {
                "version" => format!("`{VERSION}`"),
                _ => "a placeholder".to_owned(),
            }
        ),
        help: Some("scan what the build makes of the chart".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_fills_in_is_what_helm_takes() {
        for (text, expected) in [
            (
                "name: a\nversion: [[ .Version ]]\nappVersion: [[ .Version ]] # x\n",
                "name: a\nversion: 0.0.0\nappVersion: \"$(__)\"\n",
            ),
            ("version: @VERSION@\n", "version: 0.0.0\n"),
            ("version: \"${VERSION}\"\n", "version: 0.0.0\n"),
            ("version: 1.0.{{ .Build }}\n", "version: 0.0.0\n"),
            (
                "version: __VERSION__\nappVersion: __VERSION__\n",
                "version: 0.0.0\nappVersion: __VERSION__\n",
            ),
        ] {
            assert_eq!(filled(text, &unmade(text)), expected);
        }
    }

    #[test]
    fn versions_and_texts_are_as_they_are() {
        for text in [
            "version: 1.0.0\nappVersion: '${V}'\n",
            "version: ~1.2 # <next>\nappVersion: \"{{ v }}\"\n",
            "dependencies:\n  - version: '@V@'\n",
            "versions: [[ a ]]\n",
        ] {
            assert!(unmade(text).is_empty(), "{text}");
        }
    }
}
