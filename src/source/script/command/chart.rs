//! Values that a command hands to a chart.

use std::ops::Range;

use super::Command;
use super::program::Program;
use super::word::{setting, split, value};
use crate::model::{PACKAGE_API_VERSION, Resource, VALUES_KIND};
use crate::source::script::piped::{is_dry_run, is_only_looked_at};
use crate::source::script::setting::{self, Setting};
use crate::source::script::{Script, alone};
use crate::source::stream::documents;

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
        if self.is_tried_out(script, verb) {
            return None;
        }
        let names = self.names_behind(verb).take(2);
        let name = names.last().and_then(|chart| chart.rsplit('/').next());
        self.values(script, name.unwrap_or_default())
    }

    /// Whether nothing comes of it but what somebody looks at.
    fn is_tried_out(&self, script: &Script<'_>, verb: usize) -> bool {
        let has = |option: &str| {
            let mut words = (0..self.words.len()).map(|at| self.word(at));
            words.any(|word| word.split('=').next() == Some(option))
        };
        let is_printed = || {
            let rest = self.rest().trim();
            let is_alone = rest.is_empty() || rest.starts_with(['#', ';', '&']);
            let last = self.words.last().map_or(0, |word| word.end);
            let behind = self.text[last..].trim_start_matches(['"', '\'', ' ']);
            // Another command takes what stands in `$(…)` or `(…)`.
            let is_taken = behind.starts_with([')', '`']);
            is_alone && !is_taken && !has("--output-dir") && script.shows_what_it_prints()
        };
        match self.word(verb) {
            "template" => is_only_looked_at(self.rest()) || is_printed(),
            _ => (0..self.words.len()).any(|at| is_dry_run(self.word(at))),
        }
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
            Program::Flux
            | Program::Kubectl
            | Program::Kustomize
            | Program::Helm
            | Program::Registry => &VALUES,
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

    /// The objects that it hands to a chart as JSON: `--set-json auth={"password":"x"}`.
    pub(super) fn json_values(&self, script: &Script<'_>) -> Vec<Resource> {
        let given = self.options(&["--set-json"]).into_iter();
        let objects = given.filter_map(|(_, pair)| {
            let (_, value) = self.pair(pair)?;
            let is_object = self.text[value.clone()].starts_with('{');
            is_object.then(|| alone(self.text, &[value], std::iter::empty()))
        });
        let trees = objects.flat_map(|text| documents(&text, "").documents);
        let is = (PACKAGE_API_VERSION, VALUES_KIND);
        let made = trees.filter_map(|one| self.object(script, Ok(one.tree), is, ""));
        made.collect()
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
