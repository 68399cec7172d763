//! The program that builds kustomizations: what it is asked, what it printed before, and where it says that an
//! object comes from.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use super::sheet::View;
use crate::model::Node;
use crate::render::cache::{Cache, Content, Key};
use crate::render::tool::{Printed, Tool, ToolError};

/// The annotation in which a build writes that down.
pub(super) const ORIGIN: &str = "config.kubernetes.io/origin";

/// A program that builds kustomizations.
#[derive(Clone, Debug)]
pub(super) struct Builder {
    tool: Tool,
    /// What comes before the folder.
    verb: &'static str,
    /// The program with its version.
    pub name: String,
    helm: Option<Tool>,
    /// What was built before.
    cache: Arc<Cache>,
}

impl Builder {
    /// The program on this machine, the one made for the purpose first.
    pub(super) fn find(cache: &Arc<Cache>) -> Option<Self> {
        let found = Tool::find("kustomize").map(|tool| (tool, "build"));
        let (tool, verb) =
            found.or_else(|| Tool::find("kubectl").map(|tool| (tool, "kustomize")))?;
        Some(Self {
            name: known_name(&tool, verb, cache),
            helm: Tool::find("helm"),
            tool,
            verb,
            cache: Arc::clone(cache),
        })
    }

    /// Whether charts within kustomizations can be rendered.
    pub(super) fn has_helm(&self) -> bool {
        self.helm.is_some()
    }

    /// What the program is called with, but for the folder.
    pub(super) fn options(&self, has_charts: bool, is_unrestricted: bool) -> Vec<OsString> {
        let mut options = Vec::new();
        if let Some(helm) = self.helm.as_ref().filter(|_| has_charts) {
            options.push("--enable-helm".into());
            options.push("--helm-command".into());
            options.push(helm.path.clone().into_os_string());
        }
        if is_unrestricted {
            options.push("--load-restrictor".into());
            options.push("LoadRestrictionsNone".into());
        }
        options
    }

    /// What a person would type.
    pub(super) fn arguments(&self, root: &str, options: &[OsString]) -> Vec<String> {
        let options = options
            .iter()
            .map(|option| option.to_string_lossy().into_owned());
        [self.verb.to_owned(), root.to_owned()]
            .into_iter()
            .chain(options)
            .collect()
    }

    /// What names a build with all that it reads; `None` where nothing is kept, or the program does not say which
    /// one it is.
    pub(super) fn key(&self, content: Option<Content>, options: &[OsString]) -> Option<Key> {
        let mut content = content.filter(|_| has_version(&self.name))?;
        content.add(self.name.as_bytes());
        for option in options {
            content.add(option.as_encoded_bytes());
        }
        Some(content.key())
    }

    /// Whether anything is kept at all.
    pub(super) fn keeps(&self) -> bool {
        self.cache.is_kept()
    }

    /// What was built before.
    pub(super) fn known(&self, key: Option<&Key>) -> Option<String> {
        self.cache.get(key?)
    }

    /// Keeps what was built.
    pub(super) fn keep(&self, key: Option<&Key>, text: &str) {
        if let Some(key) = key {
            self.cache.put(key, text);
        }
    }

    /// Builds a folder.
    pub(super) fn build(
        &self,
        folder: &Path,
        options: &[OsString],
        home: &Path,
    ) -> Result<Printed, ToolError> {
        let mut arguments: Vec<OsString> = vec![self.verb.into(), folder.into()];
        arguments.extend_from_slice(options);
        self.tool.run(&arguments, home, home)
    }
}

/// The program with its version, which is asked once.
fn known_name(tool: &Tool, verb: &str, cache: &Cache) -> String {
    let key = tool.identity(verb);
    if let Some(known) = key.as_ref().and_then(|key| cache.get(key)) {
        return known;
    }
    let name = named(tool, verb);
    if let Some(key) = key.filter(|_| has_version(&name)) {
        cache.put(&key, &name);
    }
    name
}

/// Whether a program has said which one it is.
fn has_version(name: &str) -> bool {
    name.ends_with(|last: char| last.is_ascii_digit())
}

/// The program's own word for its version.
fn named(tool: &Tool, verb: &str) -> String {
    let home = std::env::temp_dir();
    let (program, arguments): (_, &[&str]) = match verb {
        "build" => ("kustomize", &["version"]),
        _ => ("kubectl", &["version", "--client"]),
    };
    let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
    let printed = tool.run(&arguments, &home, &home);
    let text = printed.map(|printed| printed.stdout).unwrap_or_default();
    let last = text.lines().last().unwrap_or_default();
    let version = last.rsplit(' ').next().unwrap_or_default().trim();
    match program {
        "kustomize" => format!("kustomize {version}"),
        _ => format!("kubectl, kustomize {version}"),
    }
}

/// Where a build says that an object comes from.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// The file, from the root.
    pub path: Option<String>,
    /// The kustomization of a generator, from the root.
    pub configured_in: Option<String>,
    /// The generator's kind.
    pub generator: Option<String>,
}

impl Origin {
    pub(super) fn of(object: Node<'_>) -> Option<Self> {
        let text = object.find(&["metadata", "annotations", ORIGIN])?;
        let views = View::of_text(text.as_str()?);
        let root = views.first()?.root()?;
        let text = |keys: &[&str]| root.find(keys).and_then(Node::as_str).map(str::to_owned);
        Some(Self {
            path: text(&["path"]),
            configured_in: text(&["configuredIn"]),
            generator: text(&["configuredBy", "kind"]),
        })
    }
}
