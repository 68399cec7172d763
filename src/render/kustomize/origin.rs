//! Which rendered object is which: its twin in the marked build, and the document or generator that
//! it comes from.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::align::{Alignment, Renamed};
use super::build::Origin;
use super::charts::Inflated;
use super::mark::{Marked, Role};
use super::pieces::{Known, Maker, Pieces};
use super::sheet::{Library, Spot, View, words};
use crate::model::{Node, SourceName};

/// How long the hash is that a generator adds to a name.
const HASH: usize = 10;

/// What a root was built from.
pub(super) struct Origins<'a> {
    pub root: &'a Path,
    pub library: &'a Library,
    /// What charts give by themselves.
    pub charts: &'a Inflated,
}

/// What makes an object, and the generator's entry if that names it.
type Made = (Maker, Option<(Arc<View>, u32)>);

/// Kind, namespace and name.
type Name = (String, String, String);

impl Origins<'_> {
    /// What is known of all objects of a build.
    pub(super) fn known(
        &self,
        objects: &[Arc<View>],
        marked: Option<&Marked>,
        copies: &[Arc<View>],
    ) -> Known {
        let twins = marked
            .map(|marked| twins(objects, copies, marked))
            .unwrap_or_default();
        let renamed = renamed(objects, marked, copies, &twins);
        let mut known = Known::default();
        for (index, object) in objects.iter().enumerate() {
            let mut alignment = Alignment::new(Arc::clone(object));
            let twin = twins.get(&index).and_then(|twin| copies.get(*twin));
            if let (Some(twin), Some(marked)) = (twin, marked.filter(|marked| marked.has_marks())) {
                alignment.take_marks(marked, twin, &renamed);
            }
            let origin = twin
                .and_then(|twin| Origin::of(twin.root()?))
                .unwrap_or_default();
            let maker = self.maker(&origin, object);
            let start = object.root().map_or(0, |root| root.span().start);
            if let Some((view, node)) = self.document(&origin, object, &alignment.documents()) {
                alignment.take_origin(&view, node, Role::Base);
                let name = view.node(node).map(source_name).unwrap_or_default();
                known.objects.insert(start, name);
            }
            if let Some(view) = self.of_chart(&origin, object) {
                alignment.take_origin(&view, view.root().map_or(0, Node::id), Role::Base);
            }
            if let Some((view, node)) = maker.as_ref().and_then(|maker| maker.1.as_ref()) {
                alignment.take_generator(view, *node);
                let name = view.node(*node).map_or("", |entry| text(entry, "name"));
                let name = SourceName {
                    namespace: None,
                    name: name.to_owned(),
                };
                known.objects.insert(start, name);
            }
            alignment.complete();
            Pieces::add_to(&mut known, &alignment, maker.as_ref().map(|maker| &maker.0));
        }
        known
    }

    /// The path that a build tells from the root, in the user's words.
    fn path(&self, told: &str) -> PathBuf {
        words(self.library.base(), &self.root.join(told))
    }

    /// The document of an object, of those in its file: the one that most marks in the object come
    /// from; without marks, of those of its kind the one whose name is its name, else the longest
    /// that stands in it, else the only one, which something gave another name.
    fn document(
        &self,
        origin: &Origin,
        object: &View,
        marked: &HashMap<(*const View, u32), usize>,
    ) -> Option<(Arc<View>, u32)> {
        let sheet = self.library.sheet(&self.path(origin.path.as_ref()?))?;
        let root = object.root()?;
        let mut best: Option<(Rank, Arc<View>, u32)> = None;
        let mut same_kind = Vec::new();
        for view in &sheet.documents {
            let items = view.root().and_then(|root| root.get("items"));
            let items = items.into_iter().flat_map(Node::items);
            for node in view.root().into_iter().chain(items) {
                let marks = marked.get(&(Arc::as_ptr(view), node.id()));
                let is_same_kind = text(node, "kind") == text(root, "kind");
                if is_same_kind {
                    same_kind.push((Arc::clone(view), node.id()));
                }
                let name = Rank::of_name(root, node).filter(|_| is_same_kind);
                let rank = match (marks, name) {
                    (None, None) => continue,
                    (marks, name) => Rank {
                        is_same_kind,
                        marks: marks.copied().unwrap_or_default(),
                        ..name.unwrap_or_default()
                    },
                };
                if best.as_ref().is_none_or(|(best, ..)| *best < rank) {
                    best = Some((rank, Arc::clone(view), node.id()));
                }
            }
        }
        let only = || same_kind.pop().filter(|_| same_kind.is_empty());
        best.map(|(_, view, node)| (view, node)).or_else(only)
    }

    /// The object of a chart, of those of its kind: the one of its name, else the one whose name is
    /// longest in its own.
    fn of_chart(&self, origin: &Origin, object: &View) -> Option<Arc<View>> {
        if origin.generator.as_deref() != Some("HelmChartInflationGenerator") {
            return None;
        }
        let configured_in = self.path(origin.configured_in.as_ref()?);
        let own = object.root()?;
        let rank = |view: &Arc<View>| {
            let theirs = view.root()?;
            let is_same_kind = text(own, "kind") == text(theirs, "kind");
            let name = Rank::of_name(own, theirs)?;
            is_same_kind.then(|| (name, Arc::clone(view)))
        };
        let ranked = self.charts.get(&configured_in)?.iter().filter_map(rank);
        let best = ranked.max_by(|(one, _), (other, _)| one.cmp(other));
        best.map(|(_, view)| view)
    }

    /// The generator of an object: of those of its kind the one whose name is longest in its own.
    fn maker(&self, origin: &Origin, object: &View) -> Option<Made> {
        let configured_in = self.path(origin.configured_in.as_ref()?);
        let list = match origin.generator.as_deref()? {
            "ConfigMapGenerator" => "configMapGenerator",
            "SecretGenerator" => "secretGenerator",
            "HelmChartInflationGenerator" => "helmCharts",
            _ => return self.whole_file(&configured_in),
        };
        let sheet = self.library.sheet(&configured_in)?;
        let view = sheet.documents.first()?;
        let Some((key, entries)) = view.root()?.entry(list) else {
            return self.whole_file(&configured_in);
        };
        let name = metadata(object.root()?, "name");
        let own = |entry: &Node<'_>| text(*entry, "name").len();
        let is_chart = list == "helmCharts";
        let entry = entries
            .items()
            .filter(|entry| is_chart || name.contains(text(*entry, "name")))
            .max_by_key(own)?;
        let head = entry.get("name").unwrap_or(entry);
        let spot = |node| Some(Spot::new(&view.artifact, view.span(node)?.range()));
        let maker = Maker {
            kind: spot(key).filter(|_| !is_chart),
            entry: spot(head)?,
        };
        let contributor = (!is_chart).then(|| (Arc::clone(view), entry.id()));
        Some((maker, contributor))
    }

    fn whole_file(&self, path: &Path) -> Option<Made> {
        let sheet = self.library.sheet(path)?;
        let line = sheet.artifact.text.lines().next().map_or(0, str::len);
        let entry = Spot::new(&sheet.artifact, 0..line);
        Some((Maker { kind: None, entry }, None))
    }
}

/// How much speaks for a document, what counts most first.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_same_kind: bool,
    marks: usize,
    is_same_name: bool,
    length: usize,
}

impl Rank {
    /// What the document's name says; `None` if it does not stand in the object's.
    fn of_name(object: Node<'_>, document: Node<'_>) -> Option<Self> {
        let (name, theirs) = (metadata(object, "name"), metadata(document, "name"));
        let is_same_namespace = metadata(document, "namespace") == metadata(object, "namespace");
        name.contains(theirs).then_some(Self {
            is_same_kind: true,
            marks: 0,
            is_same_name: is_same_namespace && theirs == name,
            length: theirs.len(),
        })
    }
}

fn source_name(document: Node<'_>) -> SourceName {
    let namespace = metadata(document, "namespace");
    SourceName {
        namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
        name: metadata(document, "name").to_owned(),
    }
}

fn text<'a>(node: Node<'a>, key: &str) -> &'a str {
    node.string(key).unwrap_or_default()
}

fn metadata<'a>(node: Node<'a>, key: &str) -> &'a str {
    node.find(&["metadata", key])
        .and_then(Node::as_str)
        .unwrap_or_default()
}

fn name(object: &View, clean: impl Fn(&str) -> String) -> Option<Name> {
    let root = object.root()?;
    Some((
        text(root, "kind").to_owned(),
        clean(metadata(root, "namespace")),
        clean(metadata(root, "name")),
    ))
}

/// The twin of each object in the marked build, by position.
fn twins(objects: &[Arc<View>], copies: &[Arc<View>], marked: &Marked) -> HashMap<usize, usize> {
    let mut twins = HashMap::new();
    let without_hash = |name: Name| (name.0, name.1, unhashed(&name.2).to_owned());
    let own = |view: &Arc<View>| name(view, str::to_owned);
    let other = |view: &Arc<View>| name(view, |text| marked.strip(text).0);
    let mut taken = vec![false; copies.len()];
    for is_hashed in [false, true] {
        let key = |name: Name| if is_hashed { without_hash(name) } else { name };
        let mut by_name: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        for (index, copy) in copies
            .iter()
            .enumerate()
            .filter(|(index, _)| !taken[*index])
        {
            if let Some(name) = other(copy) {
                by_name.entry(key(name)).or_default().push(index);
            }
        }
        let mut found = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            if twins.contains_key(&index) {
                continue;
            }
            let same = own(object).and_then(|name| by_name.get_mut(&key(name)));
            if let Some(twin) = same.and_then(|same| (!same.is_empty()).then(|| same.remove(0))) {
                found.push((index, twin));
            }
        }
        for (index, twin) in found {
            taken[twin] = true;
            twins.insert(index, twin);
        }
    }
    twins
}

/// A name without the hash of what it names.
fn unhashed(name: &str) -> &str {
    let is_hash =
        |hash: &str| hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match name.rsplit_once('-') {
        Some((before, hash)) if is_hash(hash) => before,
        _ => name,
    }
}

fn renamed(
    objects: &[Arc<View>],
    marked: Option<&Marked>,
    copies: &[Arc<View>],
    twins: &HashMap<usize, usize>,
) -> Renamed {
    let Some(marked) = marked else {
        return Renamed::new();
    };
    let mut renamed = Renamed::new();
    for (own, twin) in twins {
        let names = objects.get(*own).zip(copies.get(*twin));
        let names = names.and_then(|(own, twin)| Some((own.root()?, twin.root()?)));
        if let Some((own, twin)) = names {
            let (before, after) = (
                marked.strip(metadata(twin, "name")).0,
                metadata(own, "name"),
            );
            if before != after {
                renamed.insert(before, after.to_owned());
            }
        }
    }
    renamed
}
