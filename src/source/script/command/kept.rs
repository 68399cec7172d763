//! What a command makes of literals and of files, and what it keeps or hands on of its options.

use std::ops::Range;

use super::program::Program;
use super::{API_VERSION, Command};
use crate::model::Resource;
use crate::source::handed_values::bare as known_part;
use crate::source::reading::{As, Included, Start};
use crate::source::script::Script;
use crate::source::script::setting::{self, Setting};
use crate::source::settings::Generated;

/// Commands that make an object of literals and files, and its kind.
pub(super) const MAKERS: [(&[&str], &str); 5] = [
    (&["create", "secret"], "Secret"),
    (&["create", "configmap"], "ConfigMap"),
    (&["create", "cm"], "ConfigMap"),
    (&["add", "secret"], "Secret"),
    (&["add", "configmap"], "ConfigMap"),
];

/// Options of these that are a setting themselves.
const SETTINGS: [&str; 1] = ["--docker-password"];

/// Commands of programs that keep what their options say, and these options.
const KEEPERS: [(Program, &[&str]); 5] = [
    (Program::Argo, &["repo", "add"]),
    (Program::Argo, &["repocreds", "add"]),
    (Program::Flux, &["create", "secret"]),
    (Program::Kubectl, &["config", "set-credentials"]),
    (Program::Kubectl, &["secrets", "new-basicauth"]),
];
const KEPT: [&str; 3] = ["--password", "--token", "--bearer-token"];
/// What says whose password it is.
const USER: [&str; 1] = ["--username"];

/// Commands that give variables to what runs in a cluster, and their options for one.
const GIVERS: [&[&str]; 4] = [
    &["set", "env"],
    &["run"],
    &["new-app"],
    &["create", "deployment"],
];
const VARIABLES: [&str; 2] = ["-e", "--env"];

impl Command<'_> {
    /// The Secret or ConfigMap that it makes of literals.
    pub(super) fn made(&self, script: &Script<'_>) -> Option<Resource> {
        let (at, kind) = self.kind(&MAKERS)?;
        let literals = self.options(&["--from-literal"]).into_iter();
        let literals = literals.filter_map(|(_, literal)| self.pair(literal));
        let own = self.options(&SETTINGS).into_iter();
        let own = own.map(|(name, value)| (name.start + 2..name.end, value));
        let given = literals.chain(own);
        let settings: Vec<Setting> = given.filter_map(|own| self.literal_setting(own)).collect();
        let field = if kind == "Secret" {
            "stringData"
        } else {
            "data"
        };
        // `secret generic NAME`, `configmap NAME`.
        let at = at + usize::from(kind == "Secret" && self.program == Program::Kubectl);
        let name = Some(self.word(at)).filter(|name| !name.starts_with('-'));
        self.object(
            script,
            setting::tree(self.text, Some(field), &settings),
            (API_VERSION, kind),
            name.unwrap_or_default(),
        )
        .filter(|_| !settings.is_empty())
    }

    /// What it keeps of its options: how to log in somewhere, under the option's name.
    pub(super) fn kept(&self, script: &Script<'_>) -> Option<Resource> {
        let mut keepers = KEEPERS.iter();
        keepers
            .find(|(program, words)| *program == self.program && self.behind(words).is_some())?;
        let named = |options| {
            let own = self.options(options).into_iter();
            own.map(|(name, value)| (name.start + 2..name.end, value))
        };
        let kept = named(&KEPT).filter_map(|own| self.literal_setting(own));
        let mut settings: Vec<Setting> = kept.collect();
        if !settings.is_empty() {
            settings.extend(named(&USER).filter_map(|own| self.literal_setting(own)));
        }
        let made = (!settings.is_empty())
            .then(|| setting::tree(self.text, Some("stringData"), &settings))?;
        self.object(script, made, (API_VERSION, "Secret"), "")
    }

    fn literal_setting(&self, (key, value): (Range<usize>, Range<usize>)) -> Option<Setting> {
        let value = self.known(value).filter(|_| !key.is_empty())?.into();
        Some(Setting {
            keys: vec![key],
            value,
        })
    }

    /// The variables that it gives to what runs: `set env deploy/x A=b`, `run x --env=A=b`.
    pub(super) fn environment(&self, script: &Script<'_>) -> Option<Resource> {
        let giver = || GIVERS.iter().find_map(|words| self.behind(words));
        let at = giver().filter(|_| self.program == Program::Kubectl)?;
        let mut pairs: Vec<_> = self
            .options(&VARIABLES)
            .into_iter()
            .map(|(_, pair)| pair)
            .collect();
        if self.behind(&["set", "env"]).is_some() {
            pairs.extend(self.words[at..].iter().cloned());
        }
        let is_name = |name: &Range<usize>| !self.text[name.clone()].starts_with('-');
        let pairs = pairs.into_iter().filter_map(|pair| self.pair(pair));
        let pairs = pairs.filter(|(name, _)| is_name(name));
        let settings: Vec<Setting> = pairs
            .filter_map(|pair| self.literal_setting(pair))
            .collect();
        let made =
            (!settings.is_empty()).then(|| setting::tree(self.text, Some("env"), &settings))?;
        self.object(script, made, (API_VERSION, "Pod"), "")
    }

    pub(super) fn files(&self, kind: &'static str) -> Vec<Included> {
        let text = |range: Range<usize>| &self.text[range];
        let whole = self.options(&["--from-file"]).into_iter().map(|(_, file)| {
            let (key, path) = match self.pair(file.clone()) {
                Some((key, path)) => (Some(text(key)), known_part(text(path))),
                None => (None, known_part(text(file))),
            };
            let key = key.or(path.rsplit('/').next()).unwrap_or(path);
            (path, Generated::of_text(kind, key))
        });
        let lines = self.options(&["--from-env-file"]).into_iter();
        let lines = lines.map(|(_, file)| (known_part(text(file)), Generated::of_lines(kind)));
        let named = whole.chain(lines).filter(|(path, _)| !path.is_empty());
        let included = named.map(|(path, generated)| Included {
            path: path.to_owned(),
            wanted: As::Settings(generated),
            missing: None,
            starts: Start::Above,
        });
        included.collect()
    }
}
