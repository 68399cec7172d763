//! Builds of one kustomization: the true one, and one of a marked copy outside the user's tree.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::graph::Graph;
use super::kustomization::Use;
use super::mark::Marked;
use super::sheet::{Library, View};
use crate::model::Node;
use crate::render::tool::{Printed, Tool, ToolError};

/// What makes a build write down where each object comes from.
const ANNOTATIONS: &str = "buildMetadata: [originAnnotations]";

/// The annotation in which a build writes that down.
const ORIGIN: &str = "config.kubernetes.io/origin";

/// How a marked copy calls that annotation where the user sets it: what a kustomization gives to
/// all objects would take the place of what the build writes.
const OWN_ORIGIN: &str = "config.kubernetes.io/own-origin";

/// A program that builds kustomizations.
#[derive(Clone, Debug)]
pub(super) struct Builder {
    tool: Tool,
    /// What comes before the folder.
    verb: &'static str,
    /// The program with its version.
    pub name: String,
    helm: Option<Tool>,
}

impl Builder {
    /// The program on this machine, the one made for the purpose first.
    pub(super) fn find() -> Option<Self> {
        let found = Tool::find("kustomize").map(|tool| (tool, "build"));
        let (tool, verb) =
            found.or_else(|| Tool::find("kubectl").map(|tool| (tool, "kustomize")))?;
        Some(Self {
            name: named(&tool, verb),
            helm: Tool::find("helm"),
            tool,
            verb,
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

/// A copy of all that a root uses, in a folder of its own.
pub(super) struct Copy<'a> {
    pub graph: &'a Graph,
    pub root: &'a Path,
    pub library: &'a Library,
}

impl Copy<'_> {
    /// Writes the copy, marked if there are marks; gives the root's folder in it.
    pub(super) fn write(&self, into: &Path, marked: Option<&Marked>) -> io::Result<PathBuf> {
        for kustomization in self.graph.closure(self.root) {
            self.file(into, &kustomization.sheet.path, marked)?;
            for reference in &kustomization.references {
                match reference.used {
                    Use::Base | Use::Component => {}
                    _ if reference.path.is_dir() => self.folder(into, &reference.path)?,
                    _ => self.file(into, &reference.path, marked)?,
                }
            }
        }
        if marked.is_some() {
            self.annotate(into)?;
        }
        Ok(self.target(into, self.root))
    }

    fn target(&self, into: &Path, path: &Path) -> PathBuf {
        let absolute = self.library.absolute(path);
        let parts = absolute
            .components()
            .filter(|part| matches!(part, std::path::Component::Normal(_)));
        into.join(parts.collect::<PathBuf>())
    }

    fn file(&self, into: &Path, path: &Path, marked: Option<&Marked>) -> io::Result<()> {
        let target = self.target(into, path);
        fs::create_dir_all(target.parent().unwrap_or(into))?;
        let text = marked.and_then(|marked| marked.texts.get(path));
        match text {
            Some(text) => fs::write(target, text.replace(ORIGIN, OWN_ORIGIN)),
            // What a generator is built without.
            None if !path.exists() => fs::write(target, ""),
            None if marked.is_none() => fs::copy(path, target).map(|_| ()),
            None => match String::from_utf8(fs::read(path)?) {
                Ok(text) => fs::write(target, text.replace(ORIGIN, OWN_ORIGIN)),
                Err(bytes) => fs::write(target, bytes.as_bytes()),
            },
        }
    }

    fn folder(&self, into: &Path, folder: &Path) -> io::Result<()> {
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry?;
            if entry.path().is_file() {
                self.file(into, entry.path(), None)?;
            }
        }
        Ok(())
    }

    /// Asks for origins in the root's kustomization, whatever it says of them itself.
    fn annotate(&self, into: &Path) -> io::Result<()> {
        let Some(root) = self.graph.kustomizations.get(self.root) else {
            return Ok(());
        };
        let path = self.target(into, &root.sheet.path);
        let text = fs::read_to_string(&path)?;
        let own = View::of_text(&text).first().and_then(|view| {
            let (key, value) = view.root()?.entry("buildMetadata")?;
            Some(key.span().start as usize..value.span().end as usize)
        });
        let mut text = text;
        if let Some(range) = own {
            let end = range.start + text[range.clone()].trim_end().len();
            text.replace_range(range.start..end, ANNOTATIONS);
        } else {
            text = format!("{}\n{ANNOTATIONS}\n", text.trim_end());
        }
        fs::write(path, text)
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
