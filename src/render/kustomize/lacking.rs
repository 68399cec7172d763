//! What a build goes without: items that lead to nothing here, and patches of what would have come of them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::kustomization::{Kustomization, is_inline, item_cut};
use super::notice::notice;
use super::sheet::{Library, View};
use crate::model::{Artifact, Node, Notice};

/// How a refusal names what a patch was meant for: `Deployment.v1.apps/web.[noNs]`.
static OBJECT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"no matches for Id ([^.\s]+)\.[^/\s]*/([^\s;]+)\.[^.\s;]+").ok());

/// What one build goes without.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// The texts of kustomizations, and the bytes that are left out of each.
    cuts: BTreeMap<PathBuf, (Arc<Artifact>, Vec<Range<usize>>)>,
    /// The patches that find nothing.
    pub dropped: Vec<Dropped>,
}

/// A patch of what is not among the files.
#[derive(Debug)]
pub(super) struct Dropped {
    /// What is told of it.
    pub notice: Notice,
    /// Its file, which is checked as it stands.
    pub file: PathBuf,
}

impl Lacking {
    /// What leads to nothing in some kustomizations.
    pub(super) fn of(closure: &[&Arc<Kustomization>]) -> Self {
        let mut lacking = Self::default();
        for kustomization in closure {
            for absent in &kustomization.absent {
                lacking.cut(kustomization, absent.cut.clone());
            }
        }
        lacking
    }

    /// Whether there is nothing to go without.
    pub(super) fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// The kustomizations that something is left out of, each with its bytes.
    pub(super) fn cuts(&self) -> impl Iterator<Item = (&Path, &Arc<Artifact>, &[Range<usize>])> {
        let cuts = self.cuts.iter();
        cuts.map(|(path, (artifact, cuts))| (path.as_path(), artifact, cuts.as_slice()))
    }

    /// A kustomization without what is left out of it; `None` for other files.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        let (artifact, cuts) = self.cuts.get(path)?;
        let mut text = artifact.text.clone();
        let mut cuts = cuts.clone();
        cuts.sort_by_key(|cut| std::cmp::Reverse(cut.start));
        cuts.into_iter().for_each(|cut| text.replace_range(cut, ""));
        Some(text)
    }

    /// Leaves out the patch of which a tool says that it finds nothing; whether there is one that is checked all the
    /// same, since it stands in a file of its own.
    pub(super) fn drop_refused(
        &mut self,
        closure: &[&Arc<Kustomization>],
        library: &Library,
        words: &str,
    ) -> bool {
        let found = OBJECT.as_ref().and_then(|pattern| pattern.captures(words));
        let Some(found) = found.filter(|_| !self.is_empty()) else {
            return false;
        };
        let object = (&found[1], &found[2]);
        for (kustomization, item) in items(closure) {
            if self.is_cut(kustomization, item) || !is_for(object, kustomization, item, library) {
                continue;
            }
            let Some(file) = file(kustomization, item) else {
                return false;
            };
            self.note(kustomization, item, file, object);
            self.cut(kustomization, cut(kustomization, item));
            return true;
        }
        false
    }

    /// Notes the patches whose targets are not among the objects that were built, of which a tool says nothing;
    /// whether each of them is checked all the same.
    pub(super) fn drop_idle(
        &mut self,
        closure: &[&Arc<Kustomization>],
        objects: &[Arc<View>],
    ) -> bool {
        if self.is_empty() {
            return true;
        }
        for (kustomization, item) in items(closure) {
            let target = item
                .get("target")
                .filter(|target| !is_met(*target, objects));
            let Some(target) = target.filter(|_| !self.is_cut(kustomization, item)) else {
                continue;
            };
            let Some(file) = file(kustomization, item) else {
                return false;
            };
            let text = |key| target.string(key).unwrap_or_default();
            self.note(kustomization, item, file, (text("kind"), text("name")));
        }
        true
    }

    fn note(
        &mut self,
        kustomization: &Kustomization,
        item: Node<'_>,
        file: PathBuf,
        (kind, name): (&str, &str),
    ) {
        let reason = format!(
            "a patch is for `{kind} {name}`, which is not among what is built here: it is checked as it stands"
        );
        let help = "scan where all that the kustomization takes is, or what was built of it";
        self.dropped.push(Dropped {
            notice: notice(kustomization, Some(item.span()), reason, help.to_owned()),
            file,
        });
    }

    fn cut(&mut self, kustomization: &Kustomization, cut: Range<usize>) {
        let sheet = &kustomization.sheet;
        let new = || (Arc::clone(&sheet.artifact), Vec::new());
        let (_, cuts) = self.cuts.entry(sheet.path.clone()).or_insert_with(new);
        cuts.push(cut);
    }

    fn is_cut(&self, kustomization: &Kustomization, item: Node<'_>) -> bool {
        let cuts = self.cuts.get(&kustomization.sheet.path);
        cuts.is_some_and(|(_, cuts)| cuts.contains(&cut(kustomization, item)))
    }
}

/// The bytes that are an item of a list.
fn cut(kustomization: &Kustomization, item: Node<'_>) -> Range<usize> {
    item_cut(&kustomization.sheet.artifact.text, item.span().range())
}

/// The patches of some kustomizations, as these list them.
fn items<'k>(
    closure: &[&'k Arc<Kustomization>],
) -> impl Iterator<Item = (&'k Arc<Kustomization>, Node<'k>)> {
    const LISTS: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];
    closure.iter().flat_map(|kustomization| {
        let root = kustomization.view().and_then(|view| view.root());
        let lists = LISTS.into_iter().filter_map(move |key| root?.get(key));
        let items = lists.flat_map(Node::items);
        items.map(move |item| (*kustomization, item))
    })
}

/// The file that a patch stands in, if it has one of its own.
fn file(kustomization: &Kustomization, item: Node<'_>) -> Option<PathBuf> {
    let path = item.as_str().filter(|text| !is_inline(text));
    let path = path.or_else(|| item.string("path"))?;
    Some(kustomization.path(path))
}

/// Whether a patch is laid over the object of a kind and a name.
fn is_for(
    (kind, name): (&str, &str),
    kustomization: &Kustomization,
    item: Node<'_>,
    library: &Library,
) -> bool {
    if let Some(target) = item.get("target") {
        return target.string("kind") == Some(kind) && target.string("name") == Some(name);
    }
    let documents = match file(kustomization, item) {
        Some(file) => library.sheet(&file).map(|sheet| sheet.documents.clone()),
        None => {
            let text = item.get("patch").unwrap_or(item);
            Some(View::within(&kustomization.sheet.artifact, text))
        }
    };
    let documents = documents.unwrap_or_default();
    let mut roots = documents.iter().filter_map(|view| view.root());
    roots.any(|root| is_object(root, kind, |own| own == name))
}

/// Whether what a patch is for may be among some objects, whose names may have got a prefix: a kind and a name are
/// patterns.
fn is_met(target: Node<'_>, objects: &[Arc<View>]) -> bool {
    let is_plain = |text: &&str| text.chars().all(|one| one.is_alphanumeric() || one == '-');
    let plain = |key| target.string(key).filter(is_plain);
    let Some(kind) = plain("kind") else {
        return true;
    };
    let name = plain("name").unwrap_or_default();
    let mut roots = objects.iter().filter_map(|view| view.root());
    roots.any(|root| is_object(root, kind, |own| own.contains(name)))
}

fn is_object(root: Node<'_>, kind: &str, is_called: impl Fn(&str) -> bool) -> bool {
    let name = root.find(&["metadata", "name"]).and_then(Node::as_str);
    root.string("kind") == Some(kind) && name.is_some_and(is_called)
}
