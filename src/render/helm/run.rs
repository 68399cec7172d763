//! Runs of `helm template`: what helm is asked, and what it printed before.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use super::marker::Stripped;
use super::output::plain_texts;
use super::refusal::Refusal;
use super::subject::Subject;
use crate::render::cache::{Cache, Content, Key};
use crate::render::tool::{Printed, Tool};

/// A template that is no YAML: with it, and told to be verbose, helm prints the texts of all templates as they
/// are and ends, instead of reading them.
const END: (&str, &str) = ("templates/landfall-end.yaml", "end: [\n");

/// The template that makes helm end with the plain texts, as a file of a copy.
pub(super) fn end() -> (String, String) {
    (END.0.to_owned(), END.1.to_owned())
}

/// What a helm says of its version, once it was asked.
type Version = Arc<OnceLock<String>>;

/// A helm that was found.
#[derive(Debug)]
pub(super) struct Helm {
    tool: Tool,
    version: Version,
    /// Where helm keeps what it wants to keep during one run.
    home: PathBuf,
    /// What it printed before.
    cache: Arc<Cache>,
    /// Whether what it renders tomorrow may differ from today's.
    is_timely: bool,
}

/// Which of several renderings of the same: they differ where templates make something up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Time {
    /// The one that counts.
    First,
    /// One to compare it with.
    Second,
}

/// What one rendering asks of helm besides the chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// The release's name.
    pub release: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// The version of Kubernetes to render for.
    pub kube_version: String,
    /// APIs that the cluster has besides its own.
    pub api_versions: Vec<String>,
    /// Files of values, those that win last.
    pub values: Vec<PathBuf>,
    /// `key=value`.
    pub set: Vec<String>,
}

impl Helm {
    /// The helm on the `PATH`; `None` where there is none.
    pub(super) fn find(home: &Path, cache: &Arc<Cache>) -> Option<Self> {
        static VERSIONS: OnceLock<Mutex<HashMap<PathBuf, Version>>> = OnceLock::new();
        let tool = Tool::find("helm")?;
        let mut versions = VERSIONS.get_or_init(Mutex::default).lock().ok()?;
        let version = Arc::clone(versions.entry(tool.path.clone()).or_default());
        Some(Self {
            tool,
            version,
            home: home.to_owned(),
            cache: Arc::clone(cache),
            is_timely: false,
        })
    }

    /// `v3.21.1`; asked for once, and empty where helm does not say.
    pub(super) fn version(&self) -> &str {
        self.version.get_or_init(|| {
            let key = self.tool.identity("helm");
            if let Some(known) = self.known(key.as_ref()) {
                return known;
            }
            let arguments = ["version", "--template", "{{ .Version }}"].map(OsString::from);
            let Ok(printed) = self.tool.run(&arguments, &self.home, &self.home) else {
                return String::new();
            };
            let version = printed.stdout.trim();
            if printed.is_success {
                self.keep(key.as_ref(), version);
            }
            version.to_owned()
        })
    }

    /// What helm renders, the first or another time.
    pub(super) fn template(
        &self,
        subject: &Subject,
        arguments: &Arguments,
        time: Time,
    ) -> Result<String, Refusal> {
        let key = self.key(subject, arguments, &format!("template {time:?}"));
        if let Some(known) = self.known(key.as_ref()) {
            return Ok(known);
        }
        let refused = self.key(subject, arguments, "refused");
        if let Some(known) = self.known(refused.as_ref()) {
            return Err(Refusal::read(&known));
        }
        let printed = self.run(subject, arguments, false)?;
        if printed.is_success {
            self.keep(key.as_ref(), &printed.stdout);
            return Ok(printed.stdout);
        }
        let refusal = Refusal::read(&printed.stderr);
        if refusal.comes_again() {
            self.keep(refused.as_ref(), &printed.stderr);
        }
        Err(refusal)
    }

    /// The text of each template of a copy that has [`END`], with the marks taken out.
    pub(super) fn plain(
        &self,
        copy: &Subject,
        arguments: &Arguments,
    ) -> Result<HashMap<String, Stripped>, Refusal> {
        let key = self.key(copy, arguments, "plain");
        if let Some(known) = self.known(key.as_ref()) {
            return texts_or_refusal(&known, &known);
        }
        let printed = self.run(copy, arguments, true)?;
        let read = texts_or_refusal(&printed.stdout, &printed.stderr);
        match &read {
            Ok(_) => self.keep(key.as_ref(), &printed.stdout),
            Err(refusal) if refusal.comes_again() => self.keep(key.as_ref(), &printed.stderr),
            Err(_) => {}
        }
        read
    }

    /// Keeps no rendering, and knows none, of a chart that looks at the clock.
    pub(super) fn forget(&mut self) {
        self.is_timely = true;
    }

    fn known(&self, key: Option<&Key>) -> Option<String> {
        self.cache.get(key?)
    }

    fn keep(&self, key: Option<&Key>, text: &str) {
        if let Some(key) = key {
            self.cache.put(key, text);
        }
    }

    /// What names all that a run depends on; `None` where that cannot be told, or nothing is kept.
    fn key(&self, subject: &Subject, arguments: &Arguments, how: &str) -> Option<Key> {
        if self.is_timely || !self.cache.is_kept() {
            return None;
        }
        let mut content = Content::default();
        content.add(self.version().as_bytes());
        content.add(how.as_bytes());
        content.add_content(subject.content()?);
        content.add(&arguments.values.len().to_le_bytes());
        for file in &arguments.values {
            content.add(&std::fs::read(file).ok()?);
        }
        let rest = Arguments {
            values: Vec::new(),
            ..arguments.clone()
        };
        for word in rest.words() {
            content.add(word.as_encoded_bytes());
        }
        Some(content.key())
    }

    fn run(
        &self,
        subject: &Subject,
        arguments: &Arguments,
        is_verbose: bool,
    ) -> Result<Printed, Refusal> {
        let chart = subject.path().map_err(Refusal::without_copy)?;
        let mut all = arguments.words();
        all.insert(2, chart.as_os_str().to_owned());
        if is_verbose {
            all.push("--debug".into());
        }
        let printed = self.tool.run(&all, Path::new("."), &self.home);
        printed.map_err(Refusal::from)
    }
}

/// The texts in what helm printed, else why there are none.
fn texts_or_refusal(stdout: &str, stderr: &str) -> Result<HashMap<String, Stripped>, Refusal> {
    let texts = plain_texts(stdout);
    match texts.is_empty() {
        true => Err(Refusal::read(stderr)),
        false => Ok(texts),
    }
}

impl Arguments {
    /// The words of the command line, without the chart.
    fn words(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec!["template".into(), self.release.clone().into()];
        let mut add = |name: &str, value: OsString| words.extend([name.into(), value]);
        if let Some(namespace) = &self.namespace {
            add("--namespace", namespace.into());
        }
        add("--kube-version", (&self.kube_version).into());
        for api in &self.api_versions {
            add("--api-versions", api.into());
        }
        for file in &self.values {
            add("--values", file.into());
        }
        for set in &self.set {
            add("--set", set.into());
        }
        words
    }

    /// The words for people: values of options may be credentials, and are not shown.
    pub(super) fn shown(&self, chart: &str, values: &[String]) -> Vec<String> {
        let hidden = |set: &String| {
            let key = set.split('=').next().unwrap_or_default();
            format!("{key}=…")
        };
        let shown = Self {
            values: values.iter().map(PathBuf::from).collect(),
            set: self.set.iter().map(hidden).collect(),
            ..self.clone()
        };
        let words = shown.words().into_iter();
        let mut words: Vec<String> = words
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        words.insert(2, chart.to_owned());
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_options_are_not_shown() {
        let arguments = Arguments {
            release: "web".to_owned(),
            kube_version: "1.35.0".to_owned(),
            set: vec!["auth.password=hunter2".to_owned()],
            ..Arguments::default()
        };
        let shown = arguments
            .shown("charts/web", &["prod.yaml".to_owned()])
            .join(" ");
        assert_eq!(
            shown,
            "template web charts/web --kube-version 1.35.0 --values prod.yaml --set auth.password=…"
        );
    }
}
