//! A release of a helmfile: its chart, where that is one of the repository, with the values, settings and the namespace
//! that it gives. What a template of the helmfile would print is not known.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::values::Layer;
use crate::facts::Installation;
use crate::model::{HOLE, Node, Place};
use crate::source::{Helmfile, value_span};

/// A chart as a helmfile installs it.
pub(super) struct Listed {
    /// What a command would say of it as well.
    pub installation: Installation,
    /// The values that stand in the helmfile; they win over the files.
    pub inline: Option<Layer>,
    /// Where single values stand, by their key.
    pub places: BTreeMap<String, Place>,
    /// Whether it is given values beside those that are known.
    pub has_more: bool,
}

impl Listed {
    /// A release of a helmfile. `None` where nothing names its chart.
    pub(super) fn read(helmfile: &Helmfile, release: Node<'_>) -> Option<Self> {
        let root = helmfile.tree.root()?;
        let all: Vec<Node<'_>> = items(release, "values").collect();
        let (maps, files): (Vec<Node<'_>>, Vec<Node<'_>>) =
            all.iter().copied().partition(|one| one.is_mapping());
        // Those that helmfile fills in first are no values yet.
        let is_known = |file: &&str| !is_open(file) && !file.ends_with(".gotmpl");
        let values = files.iter().filter_map(|file| file.as_str());
        let values: Vec<String> = values.filter(is_known).map(str::to_owned).collect();
        let has_more = values.len() < files.len();
        // A map wins over the files before it alone, and one over another.
        let is_last = maps.is_empty() || all.last().is_some_and(|last| last.is_mapping());
        let inline = maps.last().map(|map| Layer {
            artifact: Arc::clone(&helmfile.artifact),
            tree: Arc::clone(&helmfile.tree),
            root: map.id(),
            folder: String::new(),
            is_own: false,
            embedded: None,
        });
        let (set, places) = settings(helmfile, release);
        Some(Self {
            installation: Installation {
                file: Arc::clone(&helmfile.artifact),
                chart: known(release, "chart")?,
                release: known(release, "name"),
                // That of the whole file wins.
                namespace: known(root, "namespace").or_else(|| known(release, "namespace")),
                values,
                chosen: Vec::new(),
                set,
                has_unknown_values: has_more && inline.is_none(),
                folders: Vec::new().into(),
            },
            inline,
            places,
            has_more: has_more || maps.len() > 1 || !is_last,
        })
    }
}

/// What a release sets one by one, `set: [{name: a.b, value: x}]`, and where the values stand.
fn settings(helmfile: &Helmfile, of: Node<'_>) -> (Vec<String>, BTreeMap<String, Place>) {
    let mut found = (Vec::new(), BTreeMap::new());
    for one in items(of, "set").chain(items(of, "setString")) {
        let value = one.get("value").filter(|value| value.scalar().is_some());
        let (Some(name), Some(value)) = (one.string("name"), value) else {
            continue;
        };
        let text = &helmfile.artifact.text;
        let span = value_span(text, value);
        let written = text.get(span.start as usize..span.end as usize);
        let Some(written) = written.filter(|written| !is_open(name) && !is_open(written)) else {
            continue;
        };
        found
            .0
            .push(format!("{name}={}", written.replace(',', "\\,")));
        let place = Place {
            artifact: Arc::clone(&helmfile.artifact),
            span,
            approximate: false,
        };
        found.1.insert(name.to_owned(), place);
    }
    found
}

/// What stands under a key, where no template fills it in.
fn known(node: Node<'_>, key: &str) -> Option<String> {
    node.string(key)
        .filter(|text| !is_open(text))
        .map(str::to_owned)
}

/// Whether something is left of a template that nobody filled in.
fn is_open(text: &str) -> bool {
    text.contains("{{") || text.contains(HOLE)
}

fn items<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    node.get(key).into_iter().flat_map(Node::items)
}
