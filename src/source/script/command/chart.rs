//! Values that a command hands to a chart.

use std::ops::Range;

use super::Command;
use super::program::Program;
use super::word::{setting, split, value};
use crate::model::{PACKAGE_API_VERSION, Resource, VALUES_KIND};
use crate::source::script::Script;
use crate::source::script::piped::is_only_looked_at;
use crate::source::script::setting::{self, Setting};

/// Verbs of helm that take values, and options that are some.
const VERBS: [&str; 3] = ["install", "upgrade", "template"];
pub(super) const VALUES: [&str; 3] = ["--set", "--set-string", "--set-literal"];

/// Options of helm that stand alone.
const ALONE: [&str; 30] = [
    "--atomic",
    "--cleanup-on-fail",
    "--create-namespace",
    "--debug",
    "--dependency-update",
    "--devel",
    "--disable-openapi-validation",
    "--dry-run",
    "--enable-dns",
    "--force",
    "--generate-name",
    "--hide-secret",
    "--include-crds",
    "--insecure-skip-tls-verify",
    "--install",
    "--no-hooks",
    "--pass-credentials",
    "--plain-http",
    "--render-subchart-notes",
    "--replace",
    "--reset-then-reuse-values",
    "--reset-values",
    "--reuse-values",
    "--skip-crds",
    "--skip-tests",
    "--take-ownership",
    "--validate",
    "--verify",
    "--wait",
    "--wait-for-jobs",
];

/// Options of Argo CD's own program that are values of a chart: of `app create` and `app set`.
const VALUES_OF_ARGO: [&str; 5] = [
    "-p",
    "--parameter",
    "--helm-set",
    "--helm-set-string",
    "--helm-set-literal",
];

impl<'t> Command<'t> {
    /// The values that it hands to a chart, called as the chart.
    pub(super) fn chart(&self, script: &Script<'_>) -> Option<Resource> {
        let verb = (0..self.words.len()).find(|at| VERBS.contains(&self.word(*at)))?;
        if self.word(verb) == "template" && is_only_looked_at(self.rest()) {
            return None;
        }
        let names = self.names_behind(verb).take(2);
        let name = names.last().and_then(|chart| chart.rsplit('/').next());
        self.values(script, name.unwrap_or_default())
    }

    /// The words behind a verb that are neither options nor values of one: release and chart, wherever they stand.
    fn names_behind(&self, verb: usize) -> impl Iterator<Item = &'t str> {
        let is_name = move |at: &usize| {
            let before = self.word(at - 1);
            !self.word(*at).starts_with('-') && (at - 1 == verb || !takes_next(before))
        };
        let own = verb + 1..self.words.len();
        own.filter(is_name).map(|at| self.word(at))
    }

    /// The words of the values that it hands to a chart.
    pub(super) fn handed_values(&self) -> Vec<Range<usize>> {
        let given = self.options(self.options_of_values()).into_iter();
        given.map(|(_, pairs)| pairs).collect()
    }

    fn options_of_values(&self) -> &'static [&'static str] {
        match self.program {
            Program::Argo => &VALUES_OF_ARGO,
            Program::Flux | Program::Kubectl | Program::Kustomize | Program::Helm => &VALUES,
        }
    }

    /// What stands behind it on its line.
    fn rest(&self) -> &'t str {
        let is_redirected = |word: &&Range<usize>| {
            let word = &self.text[(*word).clone()];
            word.starts_with('>') || word.starts_with("1>") || word.starts_with("2>")
        };
        let redirected = self.words.iter().find(is_redirected).map(|word| word.start);
        let last = self.words.last().map_or(0, |word| word.end);
        let end = redirected.unwrap_or(last);
        let rest = self.text[end..].trim_start_matches(['"', '\'', ')']);
        rest.split('\n').next().unwrap_or_default()
    }

    /// The values that its options set.
    pub(super) fn values(&self, script: &Script<'_>, name: &str) -> Option<Resource> {
        let given = self.options(self.options_of_values()).into_iter();
        let settings: Vec<Setting> = given.flat_map(|(_, pairs)| self.settings(pairs)).collect();
        let made = (!settings.is_empty()).then(|| setting::tree(self.text, None, &settings))?;
        self.object(script, made, (PACKAGE_API_VERSION, VALUES_KIND), name)
    }

    /// The settings of an option of helm: `a.b=x,c=y`.
    fn settings(&self, range: Range<usize>) -> Vec<Setting> {
        let setting = |pair: Range<usize>| {
            let (path, given) = self.pair(pair)?;
            // Lists, and nothing at all.
            let is_value = !self.text[given.clone()].starts_with('{');
            setting(
                self.text,
                path,
                value(self.text, given).filter(|_| is_value)?,
            )
        };
        let pairs = split(self.text, range, b',').into_iter();
        pairs.filter_map(setting).collect()
    }
}

/// Whether the word behind an option of helm is its value: `--set a=b`, `-n shop`, but not `--wait shop`, `-i shop`.
fn takes_next(option: &str) -> bool {
    let is_alone = matches!(option, "-i" | "-g" | "-a") || ALONE.contains(&option);
    option.starts_with('-') && !option.contains('=') && !is_alone
}
