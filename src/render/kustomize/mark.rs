//! A copy of what a kustomization uses in which values bear marks: short words, one for each value,
//! that a build carries along, so that its output tells which value came where.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::graph::{Graph, Kustomization, Use};
use super::sheet::{Library, Link, Sheet, Spot, View, scalar_text};
use super::window::{Block, Window};
use crate::model::{Artifact, Node, Scalar, Span};

/// How many characters tell a mark from others.
const DIGITS: usize = 5;
/// Numbers that stand for marks where only a number may stand.
const FIRST_NUMBER: i64 = 900_000_000_000;
/// Keys by which patches find items of a list.
const MERGE_KEYS: [&str; 11] = [
    "name",
    "containerPort",
    "mountPath",
    "devicePath",
    "key",
    "topologyKey",
    "ip",
    "port",
    "protocol",
    "type",
    "whenUnsatisfiable",
];
/// Annotations that steer a build.
const STEERING: [&str; 3] = [
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "kustomize.config.k8s.io/",
];

/// How much is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All that usually does no harm.
    Most,
    /// Only what cannot be a name or a label by which something else is found.
    Least,
}

/// What wrote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A resource's own file.
    Base,
    /// What is laid over it.
    Patch,
    /// A setting of a kustomization, or what a generator reads.
    Setting,
}

/// A marked value.
#[derive(Debug)]
pub(super) struct Mark {
    pub role: Role,
    /// The value's bytes in its file.
    pub spot: Spot,
    /// How the value stands there.
    pub window: Option<Window>,
    /// The value as it is without the mark.
    pub original: String,
    /// How many of its last bytes follow the mark.
    pub tail: usize,
    /// The value in its document, and the value up to which ways in the document are ways in the resource.
    pub leaf: Option<Leaf>,
    /// The key under which a setting gives the value.
    pub key: Option<Span>,
    /// Whether a colon stands before the mark, so that it reads as an image's tag.
    pub is_tag: bool,
}

/// A value in a document.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub view: Arc<View>,
    pub node: u32,
    pub top: u32,
}

/// The marked copy.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// The texts that differ from the user's files.
    pub texts: BTreeMap<PathBuf, String>,
    pub marks: Vec<Mark>,
    word: String,
}

impl Marked {
    /// The copy of what a root uses.
    pub(super) fn of(graph: &Graph, root: &Path, library: &Library, extent: Extent) -> Self {
        let closure = graph.closure(root);
        let sheets = sheets(&closure, library);
        let word = unused_word(&sheets);
        let mut marker = Marker {
            hints: Hints::of(&closure, library, extent),
            marked: Self {
                word,
                ..Self::default()
            },
            edits: BTreeMap::new(),
            seen: BTreeSet::new(),
        };
        for kustomization in closure {
            marker.kustomization(kustomization, library);
        }
        marker.finish()
    }

    /// A marked text without its marks, and where in it each of them stood.
    pub(super) fn strip(&self, text: &str) -> (String, Vec<(usize, &Mark)>) {
        let (mut clean, mut found) = (String::new(), Vec::new());
        let mut rest = text;
        while let Some(at) = rest.find(&self.word) {
            let (before, after) = (&rest[..at], &rest[at + self.word.len()..]);
            clean.push_str(before);
            let digits = after.get(..DIGITS).unwrap_or_default();
            let mark = usize::from_str_radix(digits, 36);
            if let Some(mark) = mark.ok().and_then(|id| self.marks.get(id)) {
                if mark.is_tag && clean.ends_with(':') {
                    clean.pop();
                }
                found.push((clean.len(), mark));
            }
            rest = after.get(DIGITS..).unwrap_or_default();
        }
        clean.push_str(rest);
        (clean, found)
    }

    /// The mark that a number stands for.
    pub(super) fn of_number(&self, number: i64) -> Option<&Mark> {
        let id = usize::try_from(number.checked_sub(FIRST_NUMBER)?).ok()?;
        self.marks.get(id)
    }
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

/// What is known of a build before anything is marked.
struct Hints {
    extent: Extent,
    /// Kinds over whose objects strategic merge patches are laid; `None` stands for all.
    patched: Option<BTreeSet<String>>,
    /// Whether something is found by labels or annotations.
    has_selectors: bool,
    /// Whether list items are found by their values.
    has_item_selectors: bool,
    /// Whether images are renamed.
    has_images: bool,
    /// What each kustomization says, with its patches: names in it may be found by what others
    /// made of them.
    said: Vec<(PathBuf, String)>,
}

impl Hints {
    fn of(closure: &[&Arc<Kustomization>], library: &Library, extent: Extent) -> Self {
        let mut hints = Self {
            extent,
            patched: Some(BTreeSet::new()),
            has_selectors: extent == Extent::Least,
            has_item_selectors: extent == Extent::Least,
            has_images: false,
            said: Vec::new(),
        };
        for kustomization in closure {
            hints.take(kustomization, library);
        }
        hints
    }

    fn take(&mut self, kustomization: &Kustomization, library: &Library) {
        let Some(root) = kustomization.view().and_then(|view| view.root()) else {
            return;
        };
        let text = root.text();
        self.has_selectors |= has_selector(text);
        self.has_item_selectors |= text.contains('[');
        self.has_images |= root.get("images").is_some();
        let others = kustomization.references.iter();
        for other in others.filter(|reference| reference.used == Use::Other) {
            let sheet = library.sheet(&other.path);
            let text = sheet
                .as_ref()
                .map_or("", |sheet| sheet.artifact.text.as_str());
            self.has_selectors |= has_selector(text);
            self.has_item_selectors |= text.contains('[');
            self.has_images |= text.contains("ImageTagTransformer");
            if text.contains("Patch") {
                self.patched = None;
            }
        }
        let mut said = kustomization.sheet.artifact.text.clone();
        for patch in patches(kustomization, library) {
            said.push_str(&patch.view.artifact.text);
            self.patch(&patch);
        }
        self.said.push((kustomization.folder.clone(), said));
    }

    /// Whether another kustomization speaks of what this one's setting makes of names.
    fn is_named(&self, kustomization: &Kustomization, setting: &str) -> bool {
        let others = self
            .said
            .iter()
            .filter(|(folder, _)| *folder != kustomization.folder);
        let mut others = others.map(|(_, said)| said);
        self.extent == Extent::Least || others.any(|said| said.contains(setting))
    }

    fn patch(&mut self, patch: &Patch) {
        let Some(root) = patch.view.root().filter(|root| root.is_mapping()) else {
            return;
        };
        let kind = match patch.target {
            Target::Named => root.get("kind").and_then(Node::as_str).map(str::to_owned),
            Target::Selected(ref kind) => kind.clone(),
        };
        match (kind, &mut self.patched) {
            (Some(kind), Some(patched)) if kind.chars().all(char::is_alphanumeric) => {
                patched.insert(kind);
            }
            _ => self.patched = None,
        }
    }

    fn is_patched(&self, kind: &str) -> bool {
        self.patched
            .as_ref()
            .is_none_or(|kinds| kinds.contains(kind))
    }
}

/// Whether objects are found by their labels or annotations.
fn has_selector(text: &str) -> bool {
    text.contains("labelSelector") || text.contains("annotationSelector")
}

/// A patch as it is written.
struct Patch {
    view: Arc<View>,
    target: Target,
}

/// What a patch is laid over.
enum Target {
    /// What bears the patch's own kind and name.
    Named,
    /// What a selector chooses, with its kind.
    Selected(Option<String>),
}

/// The patches of one kustomization, in files and inline.
fn patches(kustomization: &Kustomization, library: &Library) -> Vec<Patch> {
    let Some(root) = kustomization.view().and_then(|view| view.root()) else {
        return Vec::new();
    };
    let list = |key| root.get(key).into_iter().flat_map(Node::items);
    let mut found = Vec::new();
    let mut add = |text: Option<Node<'_>>, path: Option<Node<'_>>, target: Option<Node<'_>>| {
        let inline = text.map(|text| View::within(&kustomization.sheet.artifact, text));
        let file = path.and_then(Node::as_str);
        let file = file.and_then(|path| library.sheet(&kustomization.path(path)));
        let file = file.map(|sheet| sheet.documents.clone());
        let kind = |target: Node<'_>| target.get("kind").and_then(Node::as_str).map(str::to_owned);
        for view in inline.or(file).unwrap_or_default() {
            found.push(Patch {
                view,
                target: target.map_or(Target::Named, |target| Target::Selected(kind(target))),
            });
        }
    };
    for patch in list("patches").chain(list("patchesJson6902")) {
        add(patch.get("patch"), patch.get("path"), patch.get("target"));
    }
    for patch in list("patchesStrategicMerge") {
        let is_inline = patch.as_str().is_some_and(|text| text.contains('\n'));
        let (text, path) = if is_inline {
            (Some(patch), None)
        } else {
            (None, Some(patch))
        };
        add(text, path, None);
    }
    found
}

/// A change of a text: where, how many bytes go, and what comes.
type Edit = (usize, usize, String);

struct Marker {
    hints: Hints,
    marked: Marked,
    edits: BTreeMap<PathBuf, (Arc<Artifact>, Vec<Edit>)>,
    seen: BTreeSet<(PathBuf, usize)>,
}

/// Where a document stands, and how its ways relate to a resource's.
struct Frame<'a> {
    path: &'a Path,
    view: &'a Arc<View>,
    role: Role,
    top: u32,
    /// Whether items of lists are found by their values.
    keeps_items: bool,
}

impl Marker {
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
                Use::Base | Use::Component | Use::Patch | Use::Other => {}
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
        let kind = root.get("kind").and_then(Node::as_str).unwrap_or_default();
        let frame = Frame {
            path: &sheet.path,
            view,
            role: Role::Base,
            top: root.id(),
            keeps_items: self.hints.has_item_selectors || self.hints.is_patched(kind),
        };
        self.object(&frame, root);
    }

    /// Marks an object's values, save what tells it from others and what steers the build.
    fn object(&mut self, frame: &Frame<'_>, root: Node<'_>) {
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
                let is_reference = name == "name" && is_subject(frame.view, node);
                if !is_reference {
                    self.values(frame, value, Some(name), is_item(frame.view, node));
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
        let frame = |top| Frame {
            path,
            view: &patch.view,
            role: Role::Patch,
            top,
            keeps_items: true,
        };
        if root.is_mapping() {
            self.object(&frame(root.id()), root);
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
                self.values(&frame(value.id()), value, key, false);
            }
        }
    }

    fn inline_plugins(&mut self, kustomization: &Kustomization) {
        let root = kustomization.view().and_then(|view| view.root());
        let keys = ["generators", "transformers"].into_iter();
        let entries = keys.filter_map(|key| root?.get(key)).flat_map(Node::items);
        for entry in entries.filter(|entry| entry.as_str().is_some_and(|text| text.contains('\n')))
        {
            for view in View::within(&kustomization.sheet.artifact, entry) {
                self.plugin(&kustomization.sheet.path, &view);
            }
        }
    }

    /// Marks what the configuration of a built-in transformer puts into objects.
    fn plugin(&mut self, path: &Path, view: &Arc<View>) {
        let Some(root) = view.root() else { return };
        if root.get("apiVersion").and_then(Node::as_str) != Some("builtin") {
            return;
        }
        let frame = Frame {
            path,
            view,
            role: Role::Setting,
            top: 0,
            keeps_items: true,
        };
        let keys: [&[&str]; 4] = [
            &["imageTag", "newName"],
            &["imageTag", "newTag"],
            &["imageTag", "digest"],
            &["value"],
        ];
        for value in keys.into_iter().filter_map(|keys| root.find(keys)) {
            self.scalar(&frame, value, false);
        }
        let pairs = ["labels", "annotations"]
            .into_iter()
            .filter_map(|key| root.get(key));
        for (_, value) in pairs.flat_map(Node::entries) {
            if !self.hints.has_selectors {
                self.scalar(&frame, value, false);
            }
        }
        if let Some(count) = root.find(&["replica", "count"]) {
            self.number(&frame, count);
        }
    }

    fn settings(&mut self, kustomization: &Kustomization) {
        let Some(view) = kustomization.view().cloned() else {
            return;
        };
        let Some(root) = view.root() else { return };
        let frame = Frame {
            path: &kustomization.sheet.path,
            view: &view,
            role: Role::Setting,
            top: 0,
            keeps_items: true,
        };
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for key in ["namePrefix", "nameSuffix", "namespace"] {
            let value = root.get(key);
            let text = value.and_then(Node::as_str).unwrap_or_default();
            if let Some(value) = value.filter(|_| !self.hints.is_named(kustomization, text)) {
                self.scalar(&frame, value, false);
            }
        }
        let options = list("configMapGenerator")
            .chain(list("secretGenerator"))
            .filter_map(|generator| generator.get("options"));
        let options = options.chain(root.get("generatorOptions"));
        let options =
            options.flat_map(|options| [options.get("labels"), options.get("annotations")]);
        let pairs = [root.get("commonLabels"), root.get("commonAnnotations")];
        let pairs = pairs.into_iter().chain(options).flatten();
        let pairs: Vec<Node<'_>> = pairs
            .chain(list("labels").filter_map(|entry| entry.get("pairs")))
            .collect();
        for (_, value) in pairs.into_iter().flat_map(Node::entries) {
            if !self.hints.has_selectors {
                self.scalar(&frame, value, false);
            }
        }
        for image in list("images") {
            for key in ["newName", "newTag", "digest"] {
                image
                    .get(key)
                    .into_iter()
                    .for_each(|value| self.scalar(&frame, value, false));
            }
        }
        for count in list("replicas").filter_map(|entry| entry.get("count")) {
            self.number(&frame, count);
        }
        for generator in list("configMapGenerator").chain(list("secretGenerator")) {
            for literal in generator.get("literals").into_iter().flat_map(Node::items) {
                self.literal(&frame, literal);
            }
        }
    }

    /// Marks a scalar at the end of its text.
    fn scalar(&mut self, frame: &Frame<'_>, node: Node<'_>, is_image: bool) {
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
        let is_tag = is_image && is_untagged(&original);
        if (is_block && original.trim_end().is_empty()) || (!is_text && frame.view.is_quoted()) {
            return;
        }
        let tail = if is_block {
            original.len() - original.trim_end().len()
        } else {
            0
        };
        let Some(word) = self.next_word(frame.path, span.start as usize) else {
            return;
        };
        let word = if is_tag { format!(":{word}") } else { word };
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
            key: key_span(frame.view, node),
            is_tag,
        });
    }

    fn number(&mut self, frame: &Frame<'_>, node: Node<'_>) {
        let Some(span) = frame.view.span(node) else {
            return;
        };
        let artifact = &frame.view.artifact;
        let raw = artifact.text[span.range()].to_owned();
        let id = i64::try_from(self.marked.marks.len()).unwrap_or_default();
        if self.next_word(frame.path, span.start as usize).is_none() {
            return;
        }
        let number = (FIRST_NUMBER + id).to_string();
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
            key: key_span(frame.view, node),
            is_tag: false,
        });
    }

    /// Marks the value of `KEY=value`, within its quotes where it has some.
    fn literal(&mut self, frame: &Frame<'_>, node: Node<'_>) {
        let (Some(text), Some(window)) = (node.as_str(), frame.view.window(node)) else {
            return;
        };
        let Some((key, value)) = text.split_once('=') else {
            return;
        };
        let quoted = ['"', '\'']
            .iter()
            .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        let start = key.len() + 1 + usize::from(quoted.is_some());
        let value = quoted.unwrap_or(value);
        let artifact = Arc::clone(&frame.view.artifact);
        self.part(
            frame.path,
            &artifact,
            &window,
            start..start + value.len(),
            value,
            0..key.len(),
        );
    }

    /// Marks a part of a text that stands in a file.
    fn part(
        &mut self,
        path: &Path,
        artifact: &Arc<Artifact>,
        window: &Window,
        range: Range<usize>,
        value: &str,
        key: Range<usize>,
    ) {
        let Some(span) = window.span(range) else {
            return;
        };
        let Some(word) = self.next_word(path, span.end as usize) else {
            return;
        };
        self.edit(path, artifact, (span.end as usize, 0, word));
        let is_verbatim = artifact.text.get(span.range()) == Some(value);
        self.marked.marks.push(Mark {
            role: Role::Setting,
            spot: Spot::new(artifact, span.range()),
            window: is_verbatim.then(|| Window::whole(value).moved(span.start as usize)),
            original: value.to_owned(),
            tail: 0,
            leaf: None,
            key: window.span(key),
            is_tag: false,
        });
    }

    /// Marks a whole file at its end.
    fn file(&mut self, sheet: &Sheet) {
        let artifact = &sheet.artifact;
        let end = artifact.text.trim_end().len();
        let Some(word) = self.next_word(&sheet.path, artifact.text.len() + 1) else {
            return;
        };
        self.edit(&sheet.path, artifact, (end, 0, word));
        self.marked.marks.push(Mark {
            role: Role::Setting,
            spot: Spot::new(artifact, 0..artifact.text.len()),
            window: Some(Window::whole(&artifact.text)),
            original: artifact.text.clone(),
            tail: artifact.text.len() - end,
            leaf: None,
            key: None,
            is_tag: false,
        });
    }

    /// Marks the values of an environment file.
    fn env(&mut self, sheet: &Sheet) {
        let artifact = &sheet.artifact;
        let window = Window::whole(&artifact.text);
        for line in window.lines() {
            let text = artifact.text[line.decoded.clone()].trim_end_matches('\r');
            let indentation = text.len() - text.trim_start().len();
            let key_start = line.decoded.start + indentation;
            if let Some((key, value)) = text
                .trim_start()
                .split_once('=')
                .filter(|(key, _)| !key.starts_with('#'))
            {
                let start = key_start + key.len() + 1;
                self.part(
                    &sheet.path,
                    artifact,
                    &window,
                    start..start + value.len(),
                    value,
                    key_start..key_start + key.len(),
                );
            }
        }
    }

    /// The word of the next mark; `None` if the place has one already.
    fn next_word(&mut self, path: &Path, offset: usize) -> Option<String> {
        let id = self.marked.marks.len();
        let is_new = self.seen.insert((path.to_owned(), offset));
        (is_new && id < 36_usize.pow(5)).then(|| format!("{}{}", self.marked.word, in_base_36(id)))
    }

    fn edit(&mut self, path: &Path, artifact: &Arc<Artifact>, edit: Edit) {
        let entry = self.edits.entry(path.to_owned());
        let (_, edits) = entry.or_insert_with(|| (Arc::clone(artifact), Vec::new()));
        edits.push(edit);
    }
}

fn is_item(view: &View, node: Node<'_>) -> bool {
    matches!(view.parent(node.id()), Some((_, Link::Index(_))))
}

/// Whether a mapping refers to an object in such a way that its namespace follows the object's.
fn is_subject(view: &View, node: Node<'_>) -> bool {
    let key = |id| match view.parent(id) {
        Some((_, Link::Key(key))) => view.node(key).and_then(Node::as_str),
        _ => None,
    };
    let above = view.parent(node.id()).map(|(above, _)| above);
    key(node.id()) == Some("service") || above.and_then(key) == Some("subjects")
}

fn key_span(view: &View, node: Node<'_>) -> Option<Span> {
    match view.parent(node.id())?.1 {
        Link::Key(key) => view.span(view.node(key)?),
        Link::Index(_) => None,
    }
}

fn is_untagged(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    !name.contains(':') && !image.contains('@')
}

fn in_base_36(mut number: usize) -> String {
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}
