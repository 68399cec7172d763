//! What is to be known of a build before anything in it is marked: what its patches, selectors and
//! replacements find things by.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::kustomization::{Kustomization, Use};
use super::mark::Extent;
use super::sheet::{Library, View, scalar_text};
use crate::model::Node;

/// What is known of a build before anything is marked.
pub(super) struct Hints {
    extent: Extent,
    /// Kinds over whose objects strategic merge patches are laid; `None` stands for all.
    patched: Option<BTreeSet<String>>,
    /// Whether something is found by labels or annotations.
    pub has_selectors: bool,
    /// Whether list items are found by their values.
    pub has_item_selectors: bool,
    /// Whether images are renamed.
    pub has_images: bool,
    /// What operations of patches compare values with before they change anything.
    pub tested: BTreeSet<String>,
    /// What each kustomization finds objects by, in it and in its patches: that may be what others
    /// made of their names. Namespaces of targets aside, which are patterns that allow for marks.
    said: Vec<(PathBuf, String)>,
}

impl Hints {
    pub(super) fn of(closure: &[&Arc<Kustomization>], library: &Library, extent: Extent) -> Self {
        let mut hints = Self {
            extent,
            patched: Some(BTreeSet::new()),
            has_selectors: extent == Extent::Least,
            has_item_selectors: extent == Extent::Least,
            has_images: false,
            tested: BTreeSet::new(),
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
        self.has_images |= root.get("images").or(root.get("imageTags")).is_some();
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
        let mut said = String::new();
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        let patched = list("patches").chain(list("patchesJson6902"));
        let targets = patched.filter_map(|patch| patch.get("target"));
        let targets = targets.flat_map(Node::entries);
        let targets = targets
            .filter(|(key, _)| key.as_str() != Some("namespace"))
            .map(|(_, value)| value);
        let generators = list("configMapGenerator").chain(list("secretGenerator"));
        let merged = generators.filter(|generator| generator.get("behavior").is_some());
        let merged =
            merged.flat_map(|generator| [generator.get("name"), generator.get("namespace")]);
        let whole = [
            "replacements",
            "vars",
            "replicas",
            "generators",
            "transformers",
        ];
        let whole = whole.into_iter().flat_map(list);
        for finder in targets.chain(merged.flatten()).chain(whole) {
            say(finder, &mut said);
        }
        let others = kustomization.references.iter();
        for other in others.filter(|reference| reference.used == Use::Other) {
            if let Some(sheet) = library.sheet(&other.path) {
                said.push_str(&sheet.artifact.text);
            }
        }
        for patch in patches(kustomization, library) {
            let metadata = patch.view.root().and_then(|root| root.get("metadata"));
            let names = ["name", "namespace"].map(|key| metadata?.get(key));
            for name in names.into_iter().flatten() {
                say(name, &mut said);
            }
            let operations = patch.view.root().into_iter().flat_map(Node::items);
            let is_test = |operation: &Node<'_>| operation.string("op") == Some("test");
            let tests = operations.filter(is_test);
            for value in tests.filter_map(|operation| operation.get("value")) {
                value.visit_scalars(&mut |_, scalar| {
                    self.tested.extend(scalar.scalar().map(scalar_text));
                });
            }
            self.patch(&patch);
        }
        self.said.push((kustomization.folder.clone(), said));
    }

    /// Whether another kustomization speaks of what this one's setting makes of names.
    pub(super) fn is_named(&self, kustomization: &Kustomization, setting: &str) -> bool {
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
            Target::Named => root.string("kind").map(str::to_owned),
            Target::Selected(ref kind) => kind.clone(),
        };
        match (kind, &mut self.patched) {
            (Some(kind), Some(patched)) if kind.chars().all(char::is_alphanumeric) => {
                patched.insert(kind);
            }
            _ => self.patched = None,
        }
    }

    pub(super) fn is_patched(&self, kind: &str) -> bool {
        self.patched
            .as_ref()
            .is_none_or(|kinds| kinds.contains(kind))
    }
}

/// Adds the strings of a value, one on each line.
fn say(value: Node<'_>, said: &mut String) {
    if let Some(text) = value.as_str() {
        said.push_str(text);
        said.push('\n');
    }
    value.entries().for_each(|(_, value)| say(value, said));
    value.items().for_each(|item| say(item, said));
}

/// Whether objects are found by their labels or annotations.
fn has_selector(text: &str) -> bool {
    text.contains("labelSelector") || text.contains("annotationSelector")
}

/// A patch as it is written.
pub(super) struct Patch {
    pub view: Arc<View>,
    target: Target,
}

impl Patch {
    /// The kind of what it is laid over, and its name, as far as each is told.
    pub(super) fn object(&self) -> (Option<String>, Option<String>) {
        let text = |keys: &[&str]| self.view.root()?.find(keys)?.as_str().map(str::to_owned);
        match &self.target {
            Target::Named => (text(&["kind"]), text(&["metadata", "name"])),
            Target::Selected(kind) => {
                let is_plain = |kind: &&String| kind.chars().all(char::is_alphanumeric);
                (kind.as_ref().filter(is_plain).cloned(), None)
            }
        }
    }
}

/// What a patch is laid over.
enum Target {
    /// What bears the patch's own kind and name.
    Named,
    /// What a selector chooses, with its kind.
    Selected(Option<String>),
}

/// The patches of one kustomization, in files and inline.
pub(super) fn patches(kustomization: &Kustomization, library: &Library) -> Vec<Patch> {
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
        let kind = |target: Node<'_>| target.string("kind").map(str::to_owned);
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
