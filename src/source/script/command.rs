//! What a command of kubectl, oc, helm or kustomize says itself: literals of Secrets and ConfigMaps, values of
//! charts, images, patches, and the files that it takes in. What a variable or another command gives is not known.

use std::ops::Range;

use super::joined::joined;
use super::piped::is_only_looked_at;
use super::setting::{self, Setting, Value, steps};
use super::{Script, alone, variable};
use crate::model::{PACKAGE_API_VERSION, Resource, TooLarge, Tree, VALUES_KIND};
use crate::source::handed_values::bare as known_part;
use crate::source::manifests::documents;
use crate::source::pod_template::pod_templates;
use crate::source::reading::{As, Included, Start};
use crate::source::resource::{self, Context};
use crate::source::settings::{Generated, object};

/// The version of what commands make.
const API_VERSION: &str = "v1";

/// Programs that have kubectl in them: `k3s kubectl`, `minikube kubectl --`.
const AROUND: [&str; 5] = ["k0s", "k3s", "microk8s", "minikube", "rke2"];

/// Commands that make an object of literals and files, and its kind.
const MAKERS: [(&[&str], &str); 5] = [
    (&["create", "secret"], "Secret"),
    (&["create", "configmap"], "ConfigMap"),
    (&["create", "cm"], "ConfigMap"),
    (&["add", "secret"], "Secret"),
    (&["add", "configmap"], "ConfigMap"),
];

/// Options of these that are a setting themselves.
const SETTINGS: [&str; 1] = ["--docker-password"];

/// Commands that run what `--image` names.
const RUNNERS: [&[&str]; 5] = [
    &["run"],
    &["create", "deployment"],
    &["create", "deploy"],
    &["create", "job"],
    &["create", "cronjob"],
];

/// Options with a value in which `=` may stand, as between a container and its image.
const VALUED: [&str; 6] = [
    "-l",
    "--selector",
    "--field-selector",
    "-o",
    "--output",
    "--template",
];

/// Objects of which a patch may hold something secret, and their kinds.
const PATCHED: [(&[&str], &str); 5] = [
    (&["patch", "secret"], "Secret"),
    (&["patch", "secrets"], "Secret"),
    (&["patch", "configmap"], "ConfigMap"),
    (&["patch", "configmaps"], "ConfigMap"),
    (&["patch", "cm"], "ConfigMap"),
];

/// Verbs of helm that take values, and options that are some.
const VERBS: [&str; 3] = ["install", "upgrade", "template"];
const VALUES: [&str; 3] = ["--set", "--set-string", "--set-literal"];

/// Options of Argo CD's own program that are values of a chart: of `app create` and `app set`.
const VALUES_OF_ARGO: [&str; 5] = [
    "-p",
    "--parameter",
    "--helm-set",
    "--helm-set-string",
    "--helm-set-literal",
];

/// Commands of programs that keep what their options say, and these options.
const KEEPERS: [(Program, &[&str]); 5] = [
    (Program::Argo, &["repo", "add"]),
    (Program::Argo, &["repocreds", "add"]),
    (Program::Flux, &["create", "secret"]),
    (Program::Kubectl, &["config", "set-credentials"]),
    (Program::Kubectl, &["secrets", "new-basicauth"]),
];
const KEPT: [&str; 3] = ["--password", "--token", "--bearer-token"];

/// Commands that give variables to what runs in a cluster, and their options for one.
const GIVERS: [&[&str]; 4] = [
    &["set", "env"],
    &["run"],
    &["new-app"],
    &["create", "deployment"],
];
const VARIABLES: [&str; 2] = ["-e", "--env"];

/// What stands behind the name of a variable of make that is given something.
const ASSIGNS: [&str; 4] = ["=", ":=", "?=", "+="];

/// Adds what a command makes, changes or hands to a chart.
pub(super) fn resources(script: &Script<'_>, words: &[Range<usize>], found: &mut Vec<Resource>) {
    if let Some(list) = Command::of_list(&script.text, words) {
        found.extend(list.values(script, ""));
        return;
    }
    let Some(command) = Command::of(&script.text, words) else {
        return;
    };
    if command.program == Program::Helm {
        found.extend(command.chart(script));
        return;
    }
    if matches!(command.program, Program::Argo | Program::Flux) {
        found.extend(command.values(script, ""));
        found.extend(command.kept(script));
        return;
    }
    found.extend(command.made(script));
    found.extend(command.kept(script));
    found.extend(command.pod(script));
    found.extend(command.environment(script));
    found.extend(command.run_within(script));
    command.patch(script, found);
}

/// The files of which a command makes an object.
pub(super) fn files(text: &str, words: &[Range<usize>]) -> Vec<Included> {
    let command = Command::of(text, words).filter(|one| one.program != Program::Helm);
    let made = command.and_then(|command| Some((command.kind(&MAKERS)?.1, command)));
    made.map_or_else(Vec::new, |(kind, command)| command.files(kind))
}

/// Whether a word calls a program, by its path or by a variable of its name.
pub(super) fn is_program(word: &str, name: &str) -> bool {
    let own = word.trim_matches(|one| "@-\"'${}()".contains(one));
    let own = own.rsplit(['/', '.']).next().unwrap_or(own);
    own.eq_ignore_ascii_case(name)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Argo,
    Flux,
    Kubectl,
    Kustomize,
    Helm,
}

impl Program {
    fn of(word: &str) -> Option<Self> {
        const PROGRAMS: [(&str, Program); 6] = [
            ("argocd", Program::Argo),
            ("flux", Program::Flux),
            ("kubectl", Program::Kubectl),
            ("oc", Program::Kubectl),
            ("kustomize", Program::Kustomize),
            ("helm", Program::Helm),
        ];
        let mut programs = PROGRAMS.into_iter();
        programs
            .find(|(name, _)| is_program(word, name))
            .map(|(_, program)| program)
    }
}

/// A command, with its words as they stand in the text, without quotes around them.
struct Command<'t> {
    text: &'t str,
    program: Program,
    words: Vec<Range<usize>>,
    /// The words of the command that it runs in a container.
    within: Vec<Range<usize>>,
}

impl<'t> Command<'t> {
    fn of(text: &'t str, words: &[Range<usize>]) -> Option<Self> {
        let word = |at: usize| words.get(at).map(|word| &text[word.clone()]);
        let at = usize::from(word(0).is_some_and(|first| AROUND.contains(&first)));
        let program = word(at).and_then(Program::of)?;
        let own = words[at + 1..].iter();
        let own = own.skip_while(|word| &text[(*word).clone()] == "--");
        // What comes behind is run in a container.
        let mut own = own.map(|word| bare(text, word.clone()));
        let is_own = |word: &Range<usize>| &text[word.clone()] != "--";
        Some(Self {
            text,
            program,
            words: own.by_ref().take_while(is_own).collect(),
            within: own.collect(),
        })
    }

    /// Options that wait in a list for the command of helm that takes them: `args=(--set a.b=c)`,
    /// `ARGS := --set a.b=c`.
    fn of_list(text: &'t str, words: &[Range<usize>]) -> Option<Self> {
        let word = |at: usize| words.get(at).map_or("", |word| &text[word.clone()]);
        let at = usize::from(ASSIGNS.contains(&word(1))) * 2;
        let option = word(at).split('=').next().unwrap_or_default();
        VALUES.iter().find(|one| **one == option)?;
        let own = words[at..].iter().map(|word| bare(text, word.clone()));
        Some(Self {
            text,
            program: Program::Helm,
            words: own.collect(),
            within: Vec::new(),
        })
    }

    fn word(&self, at: usize) -> &'t str {
        let word = self.words.get(at).cloned();
        word.map_or("", |word| &self.text[word])
    }

    /// The position behind some words that follow each other.
    fn behind(&self, wanted: &[&str]) -> Option<usize> {
        let ends = wanted.len()..=self.words.len();
        let follow = |end: &usize| {
            let mut pairs = wanted.iter().enumerate();
            pairs.all(|(at, word)| self.word(end - wanted.len() + at) == *word)
        };
        ends.into_iter().find(follow)
    }

    /// The position behind the words of a table that it has, and what they mean.
    fn kind(&self, table: &[(&[&str], &'static str)]) -> Option<(usize, &'static str)> {
        let mut rows = table.iter();
        rows.find_map(|(words, kind)| Some((self.behind(words)?, *kind)))
    }

    /// Options of some names, each with its value, in bytes of the text.
    fn options(&self, names: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
        let mut found = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            let written = self.word(at);
            let (name, value) = match written.split_once('=') {
                Some((name, value)) => (name, Some(word.end - value.len()..word.end)),
                None => (written, self.words.get(at + 1).cloned()),
            };
            if let Some(value) = value.filter(|_| names.contains(&name)) {
                let name = word.start..word.start + name.len();
                found.push((name, bare(self.text, value)));
            }
        }
        found
    }

    /// The two sides of the first `=` in a range.
    fn pair(&self, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
        let at = range.start + self.text[range.clone()].find('=')?;
        Some((range.start..at, bare(self.text, at + 1..range.end)))
    }

    /// The Secret or ConfigMap that it makes of literals.
    fn made(&self, script: &Script<'_>) -> Option<Resource> {
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

    /// The values that it hands to a chart, called as the chart.
    fn chart(&self, script: &Script<'_>) -> Option<Resource> {
        let verb = (0..self.words.len()).find(|at| VERBS.contains(&self.word(*at)))?;
        if self.word(verb) == "template" && is_only_looked_at(self.rest()) {
            return None;
        }
        let words = (verb + 1..self.words.len()).map(|at| self.word(at));
        let names = words.skip_while(|word| word.starts_with('-'));
        let names = names.take_while(|word| !word.starts_with('-')).take(2);
        let name = names.last().and_then(|chart| chart.rsplit('/').next());
        self.values(script, name.unwrap_or_default())
    }

    /// What it keeps of its options: how to log in somewhere, under the option's name.
    fn kept(&self, script: &Script<'_>) -> Option<Resource> {
        let mut keepers = KEEPERS.iter();
        keepers
            .find(|(program, words)| *program == self.program && self.behind(words).is_some())?;
        let own = self.options(&KEPT).into_iter();
        let own = own.map(|(name, value)| (name.start + 2..name.end, value));
        let settings: Vec<Setting> = own.filter_map(|own| self.literal_setting(own)).collect();
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
    fn environment(&self, script: &Script<'_>) -> Option<Resource> {
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

    /// What it runs in a container: `exec db -- psql -c x`.
    fn run_within(&self, script: &Script<'_>) -> Option<Resource> {
        let is_run = ["exec", "run"]
            .iter()
            .any(|verb| self.behind(&[*verb]).is_some());
        let is_own = is_run && self.program == Program::Kubectl && !self.within.is_empty();
        let made = is_own.then(|| setting::list(self.text, "command", &self.within))?;
        self.object(script, made, (API_VERSION, "Pod"), "")
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
    fn values(&self, script: &Script<'_>, name: &str) -> Option<Resource> {
        let options: &[&str] = match self.program {
            Program::Argo => &VALUES_OF_ARGO,
            Program::Flux | Program::Kubectl | Program::Kustomize | Program::Helm => &VALUES,
        };
        let given = self.options(options).into_iter();
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

    /// The containers that it runs, or gives another image.
    fn pod(&self, script: &Script<'_>) -> Option<Resource> {
        let runner = || RUNNERS.iter().find_map(|words| self.behind(words));
        let mut containers = Vec::new();
        if let Some(at) = self.behind(&["set", "image"]) {
            let named = (at..self.words.len()).filter(|at| !self.is_value(*at));
            let named = named.filter_map(|at| self.pair(self.words[at].clone()));
            containers.extend(named.map(|(name, image)| (Some(name), image)));
        } else if let Some(at) = runner().filter(|_| self.program == Program::Kubectl) {
            let is_name = |name: &Range<usize>| {
                !self.text[name.clone()].starts_with('-') && is_literal(self.text, name)
            };
            let name = self.words.get(at).filter(|name| is_name(name));
            let images = self.options(&["--image"]).into_iter();
            containers.extend(images.map(|(_, image)| (name.cloned(), image)));
        }
        // `--record=true` is an option, and `web=*:2` names a tag alone.
        let is_image = |name: &Option<Range<usize>>, image: &Range<usize>| {
            let is_option = name
                .clone()
                .is_some_and(|name| self.text[name].starts_with('-'));
            let is_whole = !self.text[image.clone()].starts_with(['*', ':', '@']);
            !is_option && is_whole
        };
        containers.retain(|(name, image)| is_image(name, image));
        let containers = containers.into_iter();
        let known = containers.filter_map(|(name, image)| Some((name, value(self.text, image)?)));
        let containers: Vec<_> = known.collect();
        let made = (!containers.is_empty()).then(|| setting::pod(self.text, &containers))?;
        let mut pod = self.object(script, made, (API_VERSION, "Pod"), "")?;
        pod.pod_templates = pod_templates(pod.node(), &pod.gvk);
        Some(pod)
    }

    /// Whether a word is what the option before it is given.
    fn is_value(&self, at: usize) -> bool {
        at > 0 && VALUED.contains(&self.word(at - 1))
    }

    /// Adds what a patch says: `kubectl patch … -p '{…}'`.
    fn patch(&self, script: &Script<'_>, found: &mut Vec<Resource>) {
        for (_, range) in self.options(&["-p", "--patch", "--overrides"]) {
            let written = self.text[range.clone()].trim_start();
            if !written.starts_with(['{', '[']) || written.contains('\'') {
                continue;
            }
            let text = alone(self.text, &[range], std::iter::empty());
            for document in documents(&text, "").documents {
                match self.kind(&PATCHED) {
                    Some((at, kind)) => found.extend(self.object(
                        script,
                        Ok(document.tree),
                        (API_VERSION, kind),
                        self.word(at),
                    )),
                    None => {
                        let context = Context::default();
                        resource::resources(script.artifact, document, &context, found);
                    }
                }
            }
        }
    }

    fn files(&self, kind: &'static str) -> Vec<Included> {
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

    fn object(
        &self,
        script: &Script<'_>,
        tree: Result<Tree, TooLarge>,
        is: (&str, &str),
        name: &str,
    ) -> Option<Resource> {
        object(script.artifact, tree.ok()?, is, name)
    }

    /// A value, or the one that a variable in its place has in the whole script.
    fn known(&self, value: Range<usize>) -> Option<Range<usize>> {
        known(self.text, value)
    }
}

fn known(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    match is_literal(text, &value) {
        true => Some(value),
        false => variable::value(text, value),
    }
}

/// Whether a value stands there itself: no variable and no command gives it, or a part of it.
fn is_literal(text: &str, value: &Range<usize>) -> bool {
    let written = &text[value.clone()];
    let is_quoted = text[..value.start].ends_with('\'');
    let is_filled_in = written.match_indices('$').any(|(at, _)| {
        let next = written[at + 1..].chars().next();
        next.is_some_and(|next| next.is_ascii_alphanumeric() || "_{($@".contains(next))
    });
    !written.is_empty() && (is_quoted || !(is_filled_in || written.contains('`')))
}

/// What a word says of an image, or hands to a chart: all of it is known, or at least the host that it begins
/// with.
pub(super) fn value(text: &str, word: Range<usize>) -> Option<Value> {
    if let Some(known) = known(text, word.clone()) {
        return Some(known.into());
    }
    let is_told = |text: &str| !text.contains(['$', '`']) || names_host(text);
    let filled = joined(text, word.clone()).filter(|text| is_told(text));
    let is_host_written = filled.is_some() || names_host(&text[word.clone()]);
    is_host_written.then_some(Value { at: word, filled })
}

/// The setting of a path and its value: `a.b[0].c` and `x`.
pub(super) fn setting(text: &str, path: Range<usize>, value: Value) -> Option<Setting> {
    let names = split(text, path, b'.');
    let is_name = |key: &Range<usize>| !key.is_empty() && !text[key.clone()].starts_with('[');
    let is_named = names.iter().all(is_name);
    let keys = names.into_iter().flat_map(|key| steps(text, key)).collect();
    is_named.then_some(Setting { keys, value })
}

/// Whether a text begins with a host and a path, whatever gives the rest.
fn names_host(text: &str) -> bool {
    let host = text.split_once('/').map(|(host, _)| host);
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    host.is_some_and(|host| host.contains('.') && host.bytes().all(is_of_host))
}

/// A range without the quotes around it.
fn bare(text: &str, range: Range<usize>) -> Range<usize> {
    match text.as_bytes()[range.clone()] {
        [first @ (b'"' | b'\''), .., last] if first == last => range.start + 1..range.end - 1,
        _ => range,
    }
}

/// The parts of a range between a sign that is not escaped, and not in braces.
fn split(text: &str, range: Range<usize>, sign: u8) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut depth) = (Vec::new(), range.start, 0_usize);
    let bytes = text.as_bytes();
    for at in range.clone() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            byte if byte == sign && depth == 0 && (at == range.start || bytes[at - 1] != b'\\') => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(start..range.end);
    parts
}

#[cfg(test)]
mod tests;
