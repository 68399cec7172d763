//! A copy of all that a root uses, in a folder of its own; and what tells that from all others.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::build::ORIGIN;
use super::graph::Graph;
use super::kustomization::{FILE_NAMES, Kustomization, Use};
use super::lacking::Lacking;
use super::mark::Marked;
use super::sheet::{Library, View};
use crate::render::cache::Content;

/// What makes a build write down where each object comes from.
const ANNOTATIONS: &str = "buildMetadata: [originAnnotations]";

/// How a marked copy calls the annotation of a build where the user sets it: what a kustomization gives to
/// all objects would take the place of what the build writes.
const OWN_ORIGIN: &str = "config.kubernetes.io/own-origin";

/// All that a root uses, marked if there are marks.
pub(super) struct Copy<'a> {
    pub graph: &'a Graph,
    pub root: &'a Path,
    pub library: &'a Library,
    pub lacking: &'a Lacking,
    pub marked: Option<&'a Marked>,
}

impl Copy<'_> {
    /// Writes the copy; gives the root's folder in it.
    pub(super) fn write(&self, into: &Path) -> io::Result<PathBuf> {
        for kustomization in self.graph.closure(self.root) {
            self.write_file(into, &kustomization.sheet.path)?;
            for reference in &kustomization.references {
                match reference.used {
                    Use::Base | Use::Component => {}
                    _ if reference.path.is_dir() => self.write_folder(into, &reference.path)?,
                    _ => self.write_file(into, &reference.path)?,
                }
            }
        }
        Ok(self.target(into, self.root))
    }

    /// All that a build reads, with its places; `None` where not all of it is known: charts are rendered by another
    /// program, what configures a plugin may name further files, and a variable may come from around the build.
    pub(super) fn content(&self) -> Option<Content> {
        let mut content = Content::default();
        content.add(self.place(self.root).as_os_str().as_encoded_bytes());
        for kustomization in self.graph.closure(self.root) {
            if kustomization.has_charts || has_plugins(kustomization) {
                return None;
            }
            // Of several files of these names the build takes none.
            for name in FILE_NAMES {
                content.add(&[u8::from(kustomization.folder.join(name).exists())]);
            }
            self.add_file(&kustomization.sheet.path, &mut content)?;
            for reference in &kustomization.references {
                match reference.used {
                    Use::Base | Use::Component => {
                        self.graph.kustomizations.get(&reference.path)?;
                    }
                    Use::Env if takes_from_around(&reference.path) => return None,
                    _ => self.add_file(&reference.path, &mut content)?,
                }
            }
        }
        Some(content)
    }

    fn add_file(&self, path: &Path, content: &mut Content) -> Option<()> {
        content.add(self.place(path).as_os_str().as_encoded_bytes());
        content.add(&[u8::from(path.exists())]);
        content.add(&self.bytes(path).ok()?);
        Some(())
    }

    fn place(&self, path: &Path) -> PathBuf {
        self.library.absolute(path)
    }

    fn target(&self, into: &Path, path: &Path) -> PathBuf {
        let absolute = self.place(path);
        let parts = absolute.components();
        let parts = parts.filter(|part| matches!(part, Component::Normal(_)));
        into.join(parts.collect::<PathBuf>())
    }

    fn write_file(&self, into: &Path, path: &Path) -> io::Result<()> {
        let target = self.target(into, path);
        fs::create_dir_all(target.parent().unwrap_or(into))?;
        fs::write(target, self.bytes(path)?)
    }

    fn write_folder(&self, into: &Path, folder: &Path) -> io::Result<()> {
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry?;
            if entry.path().is_file() {
                let target = self.target(into, entry.path());
                fs::create_dir_all(target.parent().unwrap_or(into))?;
                fs::copy(entry.path(), target)?;
            }
        }
        Ok(())
    }

    /// What a file holds in the copy. One that is not there is what a generator is built without.
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let Some(marked) = self.marked else {
            return match self.lacking.text(path) {
                Some(text) => Ok(text.into_bytes()),
                None if path.exists() => fs::read(path),
                None => Ok(Vec::new()),
            };
        };
        let text = match marked.texts.get(path) {
            Some(text) => text.clone(),
            None if !path.exists() => return Ok(Vec::new()),
            None => match String::from_utf8(fs::read(path)?) {
                Ok(text) => text,
                Err(bytes) => return Ok(bytes.into_bytes()),
            },
        };
        let text = text.replace(ORIGIN, OWN_ORIGIN);
        let root = self.graph.kustomizations.get(self.root);
        let is_root = root.is_some_and(|root| root.sheet.path == path);
        Ok(if is_root { annotated(text) } else { text }.into_bytes())
    }
}

/// The root's kustomization, told to ask for origins, whatever it says of them itself.
fn annotated(mut text: String) -> String {
    let own = View::of_text(&text).first().and_then(|view| {
        let (key, value) = view.root()?.entry("buildMetadata")?;
        Some(key.span().start as usize..value.span().end as usize)
    });
    let Some(range) = own else {
        return format!("{}\n{ANNOTATIONS}\n", text.trim_end());
    };
    let end = range.start + text[range.clone()].trim_end().len();
    text.replace_range(range.start..end, ANNOTATIONS);
    text
}

/// Whether something of its own configuration makes or changes resources: it may read more files.
fn has_plugins(kustomization: &Arc<Kustomization>) -> bool {
    let root = kustomization.view().and_then(|view| view.root());
    let lists = ["generators", "transformers", "validators"];
    let mut own = lists.iter().filter_map(|key| root?.get(key));
    own.any(|list| list.items().next().is_some())
}

/// Whether a file of variables names one without its value, which is then that of the environment.
fn takes_from_around(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| !line.is_empty() && !line.starts_with('#') && !line.contains('='))
}
