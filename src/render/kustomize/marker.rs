//! Puts the marks into texts: into every value of a resource or patch that nothing is found by.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::frame::Frame;
use super::graph::Graph;
use super::hints::{Hints, Patch, patches};
use super::kept::{MERGE_KEYS, kept};
use super::kustomization::{Kustomization, Use};
use super::lacking::Lacking;
use super::mark::{Extent, Finder, Leaf, Mark, Marked, Role, image_name};
use super::sheet::{Library, Sheet, Spot, View, scalar_text};
use super::window::Block;
use crate::model::{Artifact, Node, Scalar};

/// Annotations that steer a build.
const STEERING: [&str; 3] = [
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "kustomize.config.k8s.io/",
];

/// A change of a text: where, how many bytes go, and what comes.
type Edit = (usize, usize, String);

/// Marks the values of one closure of kustomizations.
pub(super) struct Marker {
    pub hints: Hints,
    pub marked: Marked,
    edits: BTreeMap<PathBuf, (Arc<Artifact>, Vec<Edit>)>,
    seen: BTreeSet<(PathBuf, usize)>,
}

impl Marker {
    /// The marked copy of what a root uses, but for what is lacking.
    pub(super) fn marked(
        graph: &Graph,
        root: &Path,
        library: &Library,
        lacking: &Lacking,
        extent: Extent,
    ) -> Marked {
        let closure = graph.closure(root);
        let word = unused_word(&sheets(&closure, library));
        let mut marker = Self {
            hints: Hints::of(&closure, library, extent),
            marked: Marked::new(word),
            edits: BTreeMap::new(),
            seen: BTreeSet::new(),
        };
        if extent != Extent::Nothing {
            for kustomization in closure {
                marker.kustomization(kustomization, library);
            }
        }
        for (path, artifact, cuts) in lacking.cuts() {
            for cut in cuts {
                marker.edit(path, artifact, (cut.start, cut.len(), String::new()));
            }
        }
        marker.finish()
    }

    /// The marked texts.
    fn finish(mut self) -> Marked {
        for (path, (artifact, mut edits)) in self.edits {
            edits.sort();
            let mut text = String::with_capacity(artifact.text.len() * 2);
            let mut from = 0;
            for (at, removed, added) in edits {
                if at >= from {
                    text.push_str(&artifact.text[from..at]);
                    text.push_str(&added);
                    from = at + removed;
                }
            }
            text.push_str(&artifact.text[from..]);
            self.marked.texts.insert(path, text);
        }
        self.marked
    }

    /// Marks what a kustomization says and reads.
    fn kustomization(&mut self, kustomization: &Kustomization, library: &Library) {
        for reference in &kustomization.references {
            let sheet = || library.sheet(&reference.path);
            match reference.used {
                Use::Resource => {
                    if let Some(sheet) = sheet() {
                        self.resources(&sheet);
                    }
                }
                Use::File => {
                    if let Some(sheet) = sheet() {
                        self.file(&sheet);
                    }
                }
                Use::Env => {
                    if let Some(sheet) = sheet() {
                        self.env(&sheet);
                    }
                }
                Use::Other if reference.path.is_file() => {
                    for view in sheet()
                        .map(|sheet| sheet.documents.clone())
                        .unwrap_or_default()
                    {
                        self.plugin(&reference.path, &view);
                    }
                }
                Use::Base | Use::Component | Use::Patch | Use::Chart | Use::Other => {}
            }
        }
        self.inline_plugins(kustomization);
        for patch in patches(kustomization, library) {
            let own = Arc::ptr_eq(&patch.view.artifact, &kustomization.sheet.artifact);
            let path = if own {
                kustomization.sheet.path.clone()
            } else {
                PathBuf::from(&*patch.view.artifact.display)
            };
            self.patch(&path, &patch);
        }
        self.settings(kustomization);
    }

    fn resources(&mut self, sheet: &Sheet) {
        for view in &sheet.documents {
            let Some(root) = view.root() else { continue };
            let is_list = root
                .get("kind")
                .and_then(Node::as_str)
                .is_some_and(|kind| kind.ends_with("List"));
            let items = root
                .get("items")
                .filter(|items| is_list && items.is_sequence());
            match items {
                Some(items) => items
                    .items()
                    .for_each(|item| self.resource(sheet, view, item)),
                None => self.resource(sheet, view, root),
            }
        }
    }

    fn resource(&mut self, sheet: &Sheet, view: &Arc<View>, root: Node<'_>) {
        let kind = root.string("kind").unwrap_or_default();
        let frame = Frame {
            path: &sheet.path,
            view,
            role: Role::Base,
            top: root.id(),
            keeps_items: self.hints.has_item_selectors || self.hints.is_patched(kind),
            top_is_item: false,
        };
        self.object(&frame, root);
    }

    /// Marks an object's values, save what tells it from others and what steers the build.
    fn object(&mut self, frame: &Frame<'_>, root: Node<'_>) {
        // A mark on an alias stands at its anchor.
        let kept = kept(frame, root).into_iter();
        self.seen
            .extend(kept.map(|start| (frame.path.to_owned(), start)));
        for (key, value) in root.entries() {
            match key.as_str().unwrap_or_default() {
                "apiVersion" | "kind" => {}
                "metadata" => self.metadata(frame, value),
                name if name.starts_with('$') => {}
                _ => self.values(frame, value, None, false),
            }
        }
    }

    fn metadata(&mut self, frame: &Frame<'_>, metadata: Node<'_>) {
        for (key, value) in metadata.entries() {
            match key.as_str().unwrap_or_default() {
                "name" | "namespace" | "generateName" => {}
                "labels" | "annotations" if self.hints.has_selectors => {}
                "annotations" => {
                    for (key, value) in value.entries() {
                        let name = key.as_str().unwrap_or_default();
                        if !STEERING.iter().any(|prefix| name.starts_with(prefix)) {
                            self.values(frame, value, None, false);
                        }
                    }
                }
                _ => self.values(frame, value, None, false),
            }
        }
    }

    fn values(&mut self, frame: &Frame<'_>, node: Node<'_>, key: Option<&str>, in_item: bool) {
        if node.scalar().is_some() {
            let is_kept =
                in_item && frame.keeps_items && key.is_some_and(|key| MERGE_KEYS.contains(&key));
            if !is_kept {
                let is_image = key == Some("image") && self.hints.has_images;
                self.scalar(frame, node, is_image);
            }
        }
        let is_directive = |name: &str| name.starts_with('$');
        if node.is_mapping()
            && node
                .entries()
                .any(|(key, _)| key.as_str() == Some("$patch"))
        {
            return;
        }
        for (key, value) in node.entries() {
            let name = key.as_str().unwrap_or_default();
            if !is_directive(name) {
                let is_reference = matches!(name, "name" | "namespace") && frame.is_subject(node);
                if !is_reference {
                    self.values(frame, value, Some(name), frame.is_item(node));
                }
            }
        }
        for item in node.items() {
            self.values(frame, item, None, false);
        }
    }

    fn patch(&mut self, path: &Path, patch: &Patch) {
        let Some(root) = patch.view.root() else {
            return;
        };
        let frame = |top, top_is_item| Frame {
            path,
            view: &patch.view,
            role: Role::Patch,
            top,
            keeps_items: true,
            top_is_item,
        };
        if root.is_mapping() {
            self.finders(patch, root);
            self.object(&frame(root.id(), false), root);
        }
        for operation in root.items() {
            let text = |key| {
                operation
                    .get(key)
                    .and_then(Node::as_str)
                    .unwrap_or_default()
            };
            let is_identity = [
                "/metadata/name",
                "/metadata/namespace",
                "/kind",
                "/apiVersion",
            ]
            .iter()
            .any(|tail| text("path") == *tail);
            if let Some(value) = operation
                .get("value")
                .filter(|_| text("op") != "test" && !is_identity)
            {
                let key = text("path").rsplit('/').next();
                let is_item = key.is_some_and(is_index);
                self.values(&frame(value.id(), is_item), value, key, false);
            }
        }
    }

    /// Notes what a patch finds items of lists by: it may leave nothing else of itself in them.
    fn finders(&mut self, patch: &Patch, node: Node<'_>) {
        let items = node.items().filter(|item| item.is_mapping());
        for (key, value) in items.flat_map(Node::entries) {
            let key = key.as_str().unwrap_or_default();
            if let Some(scalar) = value.scalar().filter(|_| MERGE_KEYS.contains(&key)) {
                let (kind, name) = patch.object();
                self.marked.finders.insert(Finder {
                    kind,
                    name,
                    key: key.to_owned(),
                    text: scalar_text(scalar),
                });
            }
        }
        let below = node.entries().map(|(_, value)| value).chain(node.items());
        for value in below {
            self.finders(patch, value);
        }
    }

    /// Marks a scalar at the end of its text.
    pub(super) fn scalar(&mut self, frame: &Frame<'_>, node: Node<'_>, is_image: bool) {
        let Some(scalar) = node.scalar().filter(|scalar| *scalar != Scalar::Null) else {
            return;
        };
        let Some(span) = frame.view.span(node) else {
            return;
        };
        let artifact = &frame.view.artifact;
        let raw = &artifact.text[span.range()];
        let is_text = matches!(scalar, Scalar::String(_));
        let original = if is_text {
            scalar_text(scalar)
        } else {
            raw.to_owned()
        };
        let is_block = Block::at(&artifact.text, span).is_some();
        let cannot_be_marked =
            (is_block && original.trim_end().is_empty()) || (!is_text && frame.view.is_quoted());
        if cannot_be_marked || self.hints.tested.contains(&original) {
            return;
        }
        let tail = if is_block {
            original.len() - original.trim_end().len()
        } else {
            0
        };
        if is_image {
            self.name(frame, node, &original);
        }
        let Some(word) = self.next_word(frame.path, span.start as usize) else {
            return;
        };
        let edit = if is_text {
            let is_empty_quoted = original.is_empty() && raw.len() == 2;
            (span.end as usize - usize::from(is_empty_quoted), 0, word)
        } else {
            (span.start as usize, raw.len(), format!("\"{raw}{word}\""))
        };
        self.edit(frame.path, artifact, edit);
        self.marked.marks.push(Mark {
            role: frame.role,
            spot: Spot::new(artifact, span.range()),
            window: if is_text {
                frame.view.window(node)
            } else {
                None
            },
            original,
            tail,
            leaf: Some(Leaf {
                view: Arc::clone(frame.view),
                node: node.id(),
                top: if frame.role == Role::Setting {
                    node.id()
                } else {
                    frame.top
                },
            }),
            key: frame.key(node),
            is_name: false,
        });
    }

    /// Marks the name of an image that has a tag or a digest: it stays where settings replace those.
    fn name(&mut self, frame: &Frame<'_>, node: Node<'_>, image: &str) {
        let name = image_name(image);
        let window = frame.view.window(node).filter(|_| name.len() < image.len());
        let Some(span) = window.and_then(|window| window.span(0..name.len())) else {
            return;
        };
        let artifact = &frame.view.artifact;
        if let Some(word) = self.next_word(frame.path, span.end as usize) {
            self.edit(frame.path, artifact, (span.end as usize, 0, word));
            self.marked.marks.push(Mark {
                role: frame.role,
                spot: Spot::new(artifact, span.range()),
                window: None,
                original: name.to_owned(),
                tail: 0,
                leaf: None,
                key: frame.key(node),
                is_name: true,
            });
        }
    }

    pub(super) fn number(&mut self, frame: &Frame<'_>, node: Node<'_>) {
        let Some(span) = frame.view.span(node) else {
            return;
        };
        let artifact = &frame.view.artifact;
        let raw = artifact.text[span.range()].to_owned();
        let number = self.marked.next_number().to_string();
        if self.next_word(frame.path, span.start as usize).is_none() {
            return;
        }
        self.edit(
            frame.path,
            artifact,
            (span.start as usize, raw.len(), number),
        );
        self.marked.marks.push(Mark {
            role: frame.role,
            spot: Spot::new(artifact, span.range()),
            window: None,
            original: raw,
            tail: 0,
            leaf: None,
            key: frame.key(node),
            is_name: false,
        });
    }

    /// The word of the next mark; `None` if the place has one already.
    pub(super) fn next_word(&mut self, path: &Path, offset: usize) -> Option<String> {
        let is_new = self.seen.insert((path.to_owned(), offset));
        is_new.then(|| self.marked.next_word()).flatten()
    }

    pub(super) fn edit(&mut self, path: &Path, artifact: &Arc<Artifact>, edit: Edit) {
        let entry = self.edits.entry(path.to_owned());
        let (_, edits) = entry.or_insert_with(|| (Arc::clone(artifact), Vec::new()));
        edits.push(edit);
    }
}

/// Whether the last step of a way is one into a list.
fn is_index(step: &str) -> bool {
    step == "-" || step.bytes().all(|byte| byte.is_ascii_digit())
}

fn sheets(closure: &[&Arc<Kustomization>], library: &Library) -> Vec<Arc<Sheet>> {
    let references = closure.iter().flat_map(|user| &user.references);
    let files = references.filter(|reference| reference.path.is_file());
    let mut sheets: Vec<Arc<Sheet>> = files
        .filter_map(|reference| library.sheet(&reference.path))
        .collect();
    sheets.extend(closure.iter().map(|user| Arc::clone(&user.sheet)));
    sheets
}

/// A word that no text holds.
fn unused_word(sheets: &[Arc<Sheet>]) -> String {
    let is_unused = |word: &String| {
        sheets
            .iter()
            .all(|sheet| !sheet.artifact.text.contains(word))
    };
    let mut words = (0..).map(|number| format!("qzx{number}k"));
    words.find(is_unused).unwrap_or_default()
}
