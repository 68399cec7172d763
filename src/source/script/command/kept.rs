//! What a command makes of literals and of files, and what it keeps or hands on of its options.

use std::ops::Range;

use super::program::Program;
use super::word::{bare, split};
use super::{API_VERSION, Command};
use crate::model::Resource;
use crate::shell::commands;
use crate::source::generated::Generated;
use crate::source::handed_values::bare as known_part;
use crate::source::reading::{As, Included, Start};
use crate::source::script::Script;
use crate::source::script::setting::{self, Setting};

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

/// Commands that log in, or make or change what one logs in with.
const LOGINS: [&[&str]; 5] = [
    &["login"],
    &["account", "bcrypt"],
    &["account", "update-password"],
    &["cluster", "add"],
    &["repo", "add"],
];

/// Commands that give variables to what runs in a cluster, and their options for one.
const GIVERS: [&[&str]; 4] = [
    &["set", "env"],
    &["run"],
    &["new-app"],
    &["create", "deployment"],
];
const VARIABLES: [&str; 2] = ["-e", "--env"];

impl Command<'_> {
    /// The words of literals and options that it keeps or gives to what runs.
    pub(super) fn handed_literals(&self) -> Vec<Range<usize>> {
        let mut options = Vec::new();
        if self.kind(&MAKERS).is_some() {
            options.extend(SETTINGS.iter().chain(&["--from-literal"]));
        }
        if self.is_keeper() {
            options.extend(KEPT.iter());
        }
        let is_giver = GIVERS.iter().any(|words| self.behind(words).is_some());
        if is_giver {
            options.extend(VARIABLES.iter());
        }
        let set = self.behind(&["set", "env"]);
        let set = set.map_or(&[][..], |at| &self.words[at..]);
        let given = self.options(&options).into_iter().map(|(_, value)| value);
        given.chain(set.iter().cloned()).collect()
    }

    fn is_keeper(&self) -> bool {
        let is_own = |(program, words): &(Program, &[&str])| {
            *program == self.program && self.behind(words).is_some()
        };
        KEEPERS.iter().any(is_own)
    }

    /// The Secret or ConfigMap that it makes of literals.
    pub(super) fn made(&self, script: &Script<'_>) -> Option<Resource> {
        let (at, kind) = self.kind(&MAKERS)?;
        let literals = self.options(&["--from-literal"]).into_iter();
        let literals = literals.filter_map(|(_, literal)| self.pair(literal));
        let own = self.options(&SETTINGS).into_iter();
        let own = own.map(|(name, value)| (name.start + 2..name.end, value));
        let given = literals.chain(own).chain(self.written_files());
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

    /// What the script itself writes into the files that it takes in, each under the file's key, or under its own where
    /// they have several lines: `echo -n 'x' > password.txt`, `echo password=x >> shop.properties`.
    fn written_files(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let files = self.options(&["--from-file"]);
        if files.is_empty() {
            return Vec::new();
        }
        let written = written(self.text);
        let taken = files.into_iter().filter_map(|(_, file)| {
            let (key, path) = match self.pair(file.clone()) {
                Some(pair) => pair,
                None => (
                    file.start + own_name(&self.text[file.clone()])..file.end,
                    file,
                ),
            };
            let path = plain(&self.text[path]);
            let same = || {
                let own = written.iter();
                own.filter(|one| plain(&self.text[one.file.clone()]) == path)
            };
            // What writes the file anew may stand in another branch.
            let is_one_text = same().filter(|one| !one.is_appended).count() <= 1;
            // Of several lines each is a setting of its own.
            let is_line = same().count() > 1;
            let values = same().filter_map(|one| match is_line {
                true => self.pair(one.value.clone()),
                false => Some((key.clone(), one.value.clone())),
            });
            is_one_text.then(|| values.collect::<Vec<_>>())
        });
        taken.flatten().collect()
    }

    /// What it keeps of its options: how to log in somewhere, under the option's name.
    pub(super) fn kept(&self, script: &Script<'_>) -> Option<Resource> {
        if !self.is_keeper() {
            return None;
        }
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

    /// A command that logs in, word by word: what of it is a password, the program says.
    pub(super) fn login(&self, script: &Script<'_>) -> Option<Resource> {
        const SAYING: [&str; 3] = ["-p", "pass", "token"];
        let is_login = LOGINS.iter().any(|words| self.behind(words).is_some());
        let says = |word: &Range<usize>| {
            let word = &self.text[word.clone()];
            word.starts_with('-') && SAYING.iter().any(|sign| word.contains(sign))
        };
        let is_own = is_login && !self.is_keeper() && self.words.iter().any(says);
        let words = self.with_input(self.told(&self.words));
        let words: Vec<Range<usize>> = std::iter::once(self.name.clone()).chain(words).collect();
        let made = is_own.then(|| setting::list(self.text, "command", &words))?;
        self.object(script, made, (API_VERSION, "Pod"), "")
    }

    /// Words with what variables stand for that are one alone.
    pub(super) fn told(&self, words: &[Range<usize>]) -> Vec<Range<usize>> {
        let told = |word: &Range<usize>| self.known(word.clone()).unwrap_or(word.clone());
        words.iter().map(told).collect()
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

    /// The files of which it makes an object of a kind.
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
        let keys = self.options(&["--key"]).into_iter();
        let keys = keys.filter(|_| self.behind(&["secret", "tls"]).is_some());
        let keys = keys.map(|(_, file)| (known_part(text(file)), "tls.key"));
        let printed = self.options(&["--from-literal"]).into_iter();
        let printed = printed.filter_map(|(_, literal)| {
            let (key, value) = self.pair(literal)?;
            Some((known_part(printed_file(text(value))?), text(key)))
        });
        let put = keys.chain(printed);
        let put = put.filter(|(path, _)| !self.makes(path));
        let put = put.map(|(path, key)| (path, Generated::of_text(kind, key)));
        let named = whole.chain(lines).chain(put);
        named.filter_map(included).collect()
    }

    /// The files that it hands to a chart, each whole as one value: `--set-file tls.key=a.pem`.
    pub(super) fn files_of_values(&self) -> Vec<Included> {
        let given = self.options(&["--set-file"]).into_iter();
        let given = given.flat_map(|(_, pairs)| split(self.text, pairs, b','));
        let paths = given.filter_map(|pair| self.pair(pair));
        let paths = paths.map(|(_, path)| known_part(&self.text[path]));
        let paths = paths.filter(|path| !self.makes(path));
        let named = paths.map(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (path, Generated::of_text("ConfigMap", name))
        });
        named.filter_map(included).collect()
    }

    /// Whether another command of the text writes a file: `openssl genrsa -out PATH`.
    fn makes(&self, path: &str) -> bool {
        const WRITES: [&str; 3] = ["-out", "-keyout", ">"];
        let mut mentions = self.text.match_indices(path);
        mentions.any(|(at, _)| {
            let before = self.text[..at].rsplit('\n').next().unwrap_or_default();
            let before = before.trim_end_matches(|one: char| !one.is_whitespace() && one != '>');
            WRITES.iter().any(|sign| before.trim_end().ends_with(sign))
        })
    }
}

/// A file that an object is made of; none without a path.
fn included((path, generated): (&str, Generated)) -> Option<Included> {
    (!path.is_empty()).then(|| Included {
        path: path.to_owned(),
        wanted: As::Settings(generated),
        missing: None,
        starts: Start::Above,
    })
}

/// The file that a command in a value prints, as it is: `$(cat a.pem)`, `$(< a.pem)`.
fn printed_file(value: &str) -> Option<&str> {
    let command = value.strip_prefix("$(")?.strip_suffix(')')?.trim();
    let file = command.strip_prefix("cat ").or(command.strip_prefix('<'))?;
    let file = file.trim();
    (!file.contains([' ', '|', ';', '&'])).then_some(file)
}

/// Where the name of a file begins in its path.
fn own_name(path: &str) -> usize {
    path.rfind('/').map_or(0, |at| at + 1)
}

fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// One word that a script prints into a file: `printf x > token`, `echo x >> token`.
struct Written {
    file: Range<usize>,
    value: Range<usize>,
    /// Whether it stands behind what the file has.
    is_appended: bool,
}

/// What a script prints into files, each one word.
fn written(text: &str) -> Vec<Written> {
    let of = |range: &Range<usize>| &text[range.clone()];
    let found = commands(text).into_iter().filter_map(|command| {
        let (program, words) = command.words.split_first()?;
        let is_printed = matches!(of(program).trim_start_matches('@'), "echo" | "printf");
        let at = words.iter().position(|word| of(word).starts_with('>'))?;
        let is_appended = of(&words[at]).starts_with(">>");
        let sign = 1 + usize::from(is_appended);
        let file = match of(&words[at]) {
            ">" | ">>" => words.get(at + 1)?.clone(),
            _ => words[at].start + sign..words[at].end,
        };
        let mut printed = words[..at].iter().filter(|word| !of(word).starts_with('-'));
        let value = printed.next().filter(|_| is_printed)?;
        let is_alone = printed.next().is_none() && !of(&file).starts_with('>');
        is_alone.then(|| Written {
            file: bare(text, file),
            value: bare(text, value.clone()),
            is_appended,
        })
    });
    found.collect()
}
