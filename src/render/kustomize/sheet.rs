//! The files that kustomizations use, each read once, and views of the documents in them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::window::Window;
use crate::model::{Artifact, Node, Scalar, Span, Tree};
use crate::source::{normalized, readable_trees, shown, unquoted};

/// A file with the documents in it.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Where it lies, in the user's words.
    pub path: PathBuf,
    /// Its text under its names.
    pub artifact: Arc<Artifact>,
    /// Its documents, as far as they can be read.
    pub documents: Vec<Arc<View>>,
}

/// Values as they are written: a document of a file, or one in a text that a scalar of it holds.
#[derive(Debug)]
pub(super) struct View {
    /// The text of the file.
    pub artifact: Arc<Artifact>,
    /// The values.
    pub tree: Arc<Tree>,
    /// How the text that holds the document stands in the file; `None` for the file itself.
    window: Option<Window>,
    /// The value above each value, and the way from there.
    parents: Vec<Option<(u32, Link)>>,
}

/// The way from a value to one in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The key's node.
    Key(u32),
    /// The index, from 0.
    Index(usize),
}

impl View {
    fn new(artifact: Arc<Artifact>, tree: Tree, window: Option<Window>) -> Self {
        let mut parents = Vec::new();
        if let Some(root) = tree.root() {
            link(root, &mut parents);
        }
        Self {
            artifact,
            tree: Arc::new(tree),
            window,
            parents,
        }
    }

    /// The documents in a text that a scalar holds; nothing where its places cannot be told.
    pub(super) fn within(artifact: &Arc<Artifact>, scalar: Node<'_>) -> Vec<Arc<Self>> {
        let Some(text) = scalar.as_str() else {
            return Vec::new();
        };
        let Some(window) = Window::of(&artifact.text, scalar.span(), text) else {
            return Vec::new();
        };
        let view = |tree| Arc::new(Self::new(Arc::clone(artifact), tree, Some(window.clone())));
        readable_trees(text, "").into_iter().map(view).collect()
    }

    /// The documents of a text that is no file.
    pub(super) fn of_text(text: &str) -> Vec<Arc<Self>> {
        Self::of_artifact(&Arc::new(Artifact::new("", "", text.to_owned())))
    }

    /// The documents of an artifact.
    pub(super) fn of_artifact(artifact: &Arc<Artifact>) -> Vec<Arc<Self>> {
        let view = |tree| Arc::new(Self::new(Arc::clone(artifact), tree, None));
        let trees = readable_trees(&artifact.text, "");
        trees.into_iter().map(view).collect()
    }

    /// Whether the document stands in a quoted string, where a quote would end it.
    pub(super) fn is_quoted(&self) -> bool {
        let first = self
            .window
            .as_ref()
            .and_then(|window| window.lines().first());
        let before = first.and_then(|line| line.raw.start.checked_sub(1));
        before.is_some_and(|at| matches!(self.artifact.text.as_bytes()[at], b'"' | b'\''))
    }

    /// The value's way from the root, as people write it.
    pub(super) fn way(&self, id: u32) -> String {
        let Some((parent, link)) = self.parent(id) else {
            return String::new();
        };
        let above = self.way(parent);
        match link {
            Link::Index(index) => format!("{above}[{index}]"),
            Link::Key(key) => {
                let key = self.node(key).and_then(Node::as_str).unwrap_or_default();
                if above.is_empty() {
                    key.to_owned()
                } else {
                    format!("{above}.{key}")
                }
            }
        }
    }

    /// Its first value.
    pub(super) fn root(&self) -> Option<Node<'_>> {
        self.tree.root()
    }

    /// The value of an id.
    pub(super) fn node(&self, id: u32) -> Option<Node<'_>> {
        self.tree.node(id)
    }

    /// The value above another one, and the way down from there.
    pub(super) fn parent(&self, id: u32) -> Option<(u32, Link)> {
        self.parents.get(id as usize).copied().flatten()
    }

    /// The bytes of the file that hold a value or key: without its quotes.
    pub(super) fn span(&self, node: Node<'_>) -> Option<Span> {
        match &self.window {
            None => Some(unquoted(&self.artifact.text, node.span())),
            Some(window) => {
                let range = node.span().range();
                let mut span = window.span(range)?;
                let text = self.artifact.text.get(span.range())?;
                span = Span::new(
                    span.start as usize,
                    span.start as usize + text.trim_end().len(),
                );
                Some(unquoted(&self.artifact.text, span))
            }
        }
    }

    /// How the string of a scalar stands in the file.
    pub(super) fn window(&self, node: Node<'_>) -> Option<Window> {
        let text = node.as_str()?;
        let span = match &self.window {
            None => node.span(),
            Some(window) => window.span(node.span().range())?,
        };
        Window::of(&self.artifact.text, span, text)
    }

    /// The scalar as it is written, as far as that stands on one line.
    pub(super) fn raw(&self, node: Node<'_>) -> Option<&str> {
        self.artifact.text.get(self.span(node)?.range())
    }
}

/// Notes what stands above each value; ids count in the order of the text, so that most of them
/// are the next.
fn link(node: Node<'_>, parents: &mut Vec<Option<(u32, Link)>>) {
    let mut note = |child: Node<'_>, link| {
        let id = child.id() as usize;
        if parents.len() <= id {
            parents.resize(id + 1, None);
        }
        parents[id] = Some((node.id(), link));
    };
    for (key, value) in node.entries() {
        note(value, Link::Key(key.id()));
    }
    for (index, item) in node.items().enumerate() {
        note(item, Link::Index(index));
    }
    let values = node.entries().map(|(_, value)| value);
    for child in values.chain(node.items()) {
        link(child, parents);
    }
}

/// A scalar as text, a number or boolean in its shortest form.
pub(super) fn scalar_text(scalar: Scalar<'_>) -> String {
    match scalar {
        Scalar::Null => "null".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Signed(value) => value.to_string(),
        Scalar::Unsigned(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        Scalar::String(text) => text.to_owned(),
    }
}

/// A path without detours: below the base it counts from there, unless the user named it in full.
pub(super) fn words(base: &Path, path: &Path) -> PathBuf {
    let clean = normalized(path);
    if clean.is_absolute() || !clean.starts_with("..") {
        return clean;
    }
    let absolute = normalized(&base.join(&clean));
    let below = absolute.strip_prefix(base).map(Path::to_path_buf);
    below.unwrap_or(clean)
}

/// Reads files once, under names that count from the folder a scan runs in.
#[derive(Debug, Default)]
pub(super) struct Library {
    base: PathBuf,
    /// What the user named, for the names of files outside the base.
    roots: Vec<PathBuf>,
    sheets: Mutex<BTreeMap<PathBuf, Option<Arc<Sheet>>>>,
}

impl Library {
    pub(super) fn new(base: PathBuf, roots: &[PathBuf]) -> Self {
        Self {
            base,
            roots: roots.to_vec(),
            sheets: Mutex::default(),
        }
    }

    /// Where a path in the user's words lies.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        normalized(&self.base.join(path))
    }

    /// What relative paths count from.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// A folder above a file, in full if the user named the file in full, else from the base.
    pub(super) fn named_like(&self, file: &Path, folder: &Path) -> PathBuf {
        if file.is_absolute() {
            return folder.to_owned();
        }
        if let Ok(below) = folder.strip_prefix(&self.base) {
            return below.to_owned();
        }
        let up = self.base.ancestors().position(|above| above == folder);
        up.map_or_else(
            || folder.to_owned(),
            |up| Path::new("..").components().cycle().take(up).collect(),
        )
    }

    /// A path as it is shown, and relative to the scan's base.
    pub(super) fn names(&self, path: &Path) -> (String, String) {
        let absolute = self.absolute(path);
        let own = absolute.strip_prefix(&self.base).ok();
        let relative = own.or_else(|| {
            let named = self.roots.iter();
            named.filter_map(|root| path.strip_prefix(root).ok()).next()
        });
        (shown(path), shown(relative.unwrap_or(&absolute)))
    }

    /// Whether a path lies in what the user may be taken to have named: below the base, below a
    /// named folder, or in the repository of one of them.
    pub(super) fn holds(&self, path: &Path) -> bool {
        let absolute = self.absolute(path);
        let named = self.roots.iter().map(|root| self.absolute(root));
        let folders = named.chain([self.base.clone()]);
        folders
            .map(|folder| repository(&folder).unwrap_or(folder))
            .any(|folder| absolute.starts_with(folder))
    }

    /// A file's text and documents; `None` if it is no text or cannot be read.
    pub(super) fn sheet(&self, path: &Path) -> Option<Arc<Sheet>> {
        let sheets = || self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sheets().get(path) {
            return known.clone();
        }
        let read = self.read(path).map(Arc::new);
        sheets().entry(path.to_owned()).or_insert(read).clone()
    }

    fn read(&self, path: &Path) -> Option<Sheet> {
        let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
        let (display, uri) = self.names(path);
        let artifact = Arc::new(Artifact::new(&display, &uri, text));
        let name = path.file_name().and_then(|name| name.to_str());
        let trees = readable_trees(&artifact.text, name.unwrap_or_default());
        let view = |tree| Arc::new(View::new(Arc::clone(&artifact), tree, None));
        Some(Sheet {
            path: path.to_owned(),
            documents: trees.into_iter().map(view).collect(),
            artifact: Arc::clone(&artifact),
        })
    }
}

/// The repository that a path lies in.
fn repository(path: &Path) -> Option<PathBuf> {
    let mut folders = path.ancestors();
    folders
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_path_buf)
}

/// Bytes of an artifact.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// The text.
    pub artifact: Arc<Artifact>,
    /// Its bytes.
    pub span: Span,
}

impl Spot {
    pub(super) fn new(artifact: &Arc<Artifact>, range: Range<usize>) -> Self {
        Self {
            artifact: Arc::clone(artifact),
            span: Span::new(range.start, range.end),
        }
    }
}
