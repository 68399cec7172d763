//! The namespaces of everything read: their labels, and which subnamespace belongs to which.

use std::collections::{BTreeMap, HashMap};

use super::labels::{Labels, are_open};
use super::placeholder::is_open;
use super::selector::{Match, Selector};
use crate::model::{Node, Place, Resource, Role, string_map};

/// The namespace of an object that names none, as kubectl has it.
pub(crate) const DEFAULT_NAMESPACE: &str = "default";

/// Begins the name of a namespace of what one hand applies that says none; behind it stands whose. No name has it.
const APART: &str = "default of ";

/// The label that every namespace bears by itself.
pub(crate) const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Follows the name of each ancestor in the labels of a subnamespace.
const TREE_LABEL: &str = ".tree.hnc.x-k8s.io/depth";

/// Deeper than this, namespaces that call each other parent go in a circle.
const DEEPEST: usize = 32;

/// A namespace that some object is in, or that is one of the objects.
#[derive(Debug)]
pub(crate) struct Namespace {
    /// Its name, by which it is found.
    pub(crate) name: String,
    /// Its labels, the one with its name included.
    pub(crate) labels: Labels,
    /// Whether its labels are known: the namespace itself is among the objects.
    pub(crate) is_known: bool,
    /// The position of the namespace it is a subnamespace of.
    parent: Option<usize>,
}

/// Namespaces by position and by name.
#[derive(Debug, Default)]
pub(crate) struct Namespaces {
    all: Vec<Namespace>,
    by_name: HashMap<String, usize>,
    by_label: HashMap<(String, String), Vec<usize>>,
    /// Those of whose labels some are placeholders.
    open: Vec<usize>,
    has_tree: bool,
}

impl Namespace {
    /// What it is called in the cluster.
    pub(crate) fn called(&self) -> &str {
        called(&self.name)
    }
}

/// The namespace an object is in, or would be put into.
pub(crate) fn namespace_of(resource: &Resource) -> &str {
    resource.given_namespace().unwrap_or(DEFAULT_NAMESPACE)
}

/// The namespace that an object is sure to be in, since it names it.
pub(crate) fn said_namespace(resource: &Resource) -> Option<&str> {
    let given = resource.given_namespace().filter(|name| !is_open(name));
    let said = given.filter(|name| !is_apart(name));
    said.filter(|name| *name != DEFAULT_NAMESPACE || !is_of_release(resource))
}

/// The name of the namespace of what leaves it open and is applied apart from all else, by whom that is.
pub(crate) fn namespace_apart(by: &str) -> String {
    format!("{APART}{by}")
}

/// What a namespace is called in the cluster.
pub(crate) fn called(name: &str) -> &str {
    match is_apart(name) {
        true => DEFAULT_NAMESPACE,
        false => name,
    }
}

/// Whether a name is one of a namespace that nobody said.
pub(crate) fn is_apart(name: &str) -> bool {
    name.starts_with(APART)
}

/// Whether an object takes over the namespace of its release, which nobody said: then Helm takes the
/// default one.
fn is_of_release(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    let rendering = provenance.map(|provenance| &provenance.rendering);
    let is_unsaid = rendering.is_some_and(|one| one.release.is_some() && one.namespace.is_none());
    let namespace = || resource.node().find(&["metadata", "namespace"]);
    let is_written = || {
        let trace = provenance?.trace(namespace()?.span())?;
        let Place { artifact, span, .. } = &trace.written;
        let is_literal =
            artifact.text.get(span.range())?.trim_matches(['"', '\'']) == DEFAULT_NAMESPACE;
        Some(is_literal || !trace.supplies.is_empty())
    };
    is_unsaid && !is_written().unwrap_or_default()
}

impl Namespaces {
    /// The namespaces that are objects, with the tree that anchors and hierarchies make of them.
    pub(crate) fn read(resources: &[Resource]) -> Self {
        let mut found = Self::default();
        let whole = resources
            .iter()
            .filter(|resource| resource.role == Role::Manifest);
        for resource in whole {
            let identity = &resource.identity;
            match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
                ("", "Namespace") => found.add_known(&identity.name, &resource.labels),
                ("hnc.x-k8s.io", "SubnamespaceAnchor") => {
                    let labels = spec_labels(resource.node());
                    found.add_known(&identity.name, &labels);
                    found.set_parent(&identity.name, namespace_of(resource));
                }
                ("hnc.x-k8s.io", "HierarchyConfiguration") => {
                    let parent = resource
                        .node()
                        .find(&["spec", "parent"])
                        .and_then(Node::as_str);
                    if let Some(parent) = parent {
                        found.set_parent(namespace_of(resource), parent);
                    }
                }
                _ => {}
            }
        }
        found.add_tree_labels();
        found
    }

    /// The position of a namespace, added if nothing was known of it.
    pub(crate) fn position(&mut self, name: &str) -> usize {
        if let Some(position) = self.by_name.get(name) {
            return *position;
        }
        let position = self.all.len();
        self.by_name.insert(name.to_owned(), position);
        self.all.push(Namespace {
            name: name.to_owned(),
            labels: Self::labels_of(name),
            is_known: false,
            parent: None,
        });
        position
    }

    /// The labels that a namespace has by itself.
    pub(crate) fn labels_of(name: &str) -> Labels {
        Labels::from([(NAME_LABEL.to_owned(), called(name).to_owned())])
    }

    /// The namespace at a position.
    pub(crate) fn at(&self, position: usize) -> &Namespace {
        &self.all[position]
    }

    /// The namespace of a name, if an object is in it.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The namespace that an object in one of them means by a name: its own, where that is called so.
    pub(crate) fn meant(&self, name: &str, own: Option<usize>) -> Option<usize> {
        let own = own.filter(|own| self.at(*own).called() == name);
        own.or_else(|| self.find(name))
    }

    /// Builds the index of labels; nothing is added afterwards.
    pub(crate) fn seal(&mut self) {
        self.by_label.clear();
        self.open.clear();
        for (position, namespace) in self.all.iter().enumerate() {
            if are_open(&namespace.labels) {
                self.open.push(position);
            }
            for (key, value) in &namespace.labels {
                let label = (key.clone(), value.clone());
                self.by_label.entry(label).or_default().push(position);
            }
        }
    }

    /// The namespaces that a selector selects, or may select where placeholders stand for something,
    /// by position; found through the index if it asks for a label.
    pub(crate) fn selected(&self, selector: &Selector) -> Vec<usize> {
        let is_selected =
            |position: &usize| selector.matches(&self.all[*position].labels) != Match::No;
        let Some((key, values)) = selector.asked() else {
            return (0..self.all.len()).filter(is_selected).collect();
        };
        let labelled = values
            .into_iter()
            .filter_map(|value| self.by_label.get(&(key.to_owned(), value.to_owned())));
        let candidates = labelled.flatten().chain(&self.open).copied();
        let mut found: Vec<usize> = candidates.filter(is_selected).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// All namespaces, by position.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Namespace> {
        self.all.iter()
    }

    /// The namespaces below one, at any depth.
    pub(crate) fn below(&self, ancestor: usize) -> Vec<usize> {
        let is_below = |position: &usize| self.ancestors(*position).any(|above| above == ancestor);
        (0..self.all.len()).filter(is_below).collect()
    }

    /// Whether any namespace is a subnamespace.
    pub(crate) fn has_tree(&self) -> bool {
        self.has_tree
    }

    fn ancestors(&self, position: usize) -> impl Iterator<Item = usize> {
        let above =
            std::iter::successors(self.all[position].parent, |above| self.all[*above].parent);
        above.take(DEEPEST)
    }

    fn add_known(&mut self, name: &str, labels: &Labels) {
        let position = self.position(name);
        let namespace = &mut self.all[position];
        namespace.is_known = true;
        let own = labels
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        namespace.labels.extend(own);
        namespace
            .labels
            .insert(NAME_LABEL.to_owned(), name.to_owned());
    }

    fn set_parent(&mut self, name: &str, parent: &str) {
        let parent = self.position(parent);
        let position = self.position(name);
        self.all[position].parent = Some(parent);
        self.has_tree = true;
    }

    /// Each namespace of a tree bears its own name and those of its ancestors, with the distance.
    fn add_tree_labels(&mut self) {
        if !self.has_tree() {
            return;
        }
        for position in 0..self.all.len() {
            let line = std::iter::once(position).chain(self.ancestors(position));
            let labels: BTreeMap<String, String> = line
                .enumerate()
                .map(|(depth, above)| {
                    (
                        format!("{}{TREE_LABEL}", self.all[above].name),
                        depth.to_string(),
                    )
                })
                .collect();
            self.all[position].labels.extend(labels);
        }
    }
}

/// The labels that an anchor gives its subnamespace.
fn spec_labels(anchor: Node<'_>) -> Labels {
    let listed = anchor
        .find(&["spec", "labels"])
        .into_iter()
        .flat_map(Node::items);
    let pair = |item: Node<'_>| {
        let text = |key| item.string(key).map(str::to_owned);
        Some((text("key")?, text("value")?))
    };
    let mut labels: Labels = listed.filter_map(pair).collect();
    labels.extend(string_map(anchor.find(&["spec", "labels"])));
    labels
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    #[test]
    fn a_namespace_bears_its_name() {
        let resources = read_text(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a, kubernetes.io/metadata.name: x}}\n",
        );
        let mut found = Namespaces::read(&resources);
        let shop = found.position("shop");
        assert_eq!(found.at(shop).labels["kubernetes.io/metadata.name"], "shop");
        assert_eq!(found.at(shop).labels["team"], "a");
        let other = found.position("other");
        assert!(!found.at(other).is_known);
        assert_eq!(
            found.at(other).labels["kubernetes.io/metadata.name"],
            "other"
        );
    }

    #[test]
    fn subnamespaces_form_a_tree() {
        let resources = read_text(
            "apiVersion: hnc.x-k8s.io/v1alpha2\nkind: SubnamespaceAnchor\nmetadata: {name: shop-dev, namespace: shop}\n---\napiVersion: hnc.x-k8s.io/v1alpha2\nkind: SubnamespaceAnchor\nmetadata: {name: shop-dev-a, namespace: shop-dev}\n",
        );
        let found = Namespaces::read(&resources);
        let below = found.below(found.find("shop").expect("is there"));
        let names: Vec<&str> = below.iter().map(|at| found.at(*at).name.as_str()).collect();
        assert_eq!(names, ["shop-dev", "shop-dev-a"]);
        let deepest = found.find("shop-dev-a").expect("is there");
        assert_eq!(
            found.at(deepest).labels["shop.tree.hnc.x-k8s.io/depth"],
            "2"
        );
    }

    #[test]
    fn a_circle_ends() {
        let resources = read_text(
            "apiVersion: hnc.x-k8s.io/v1alpha2\nkind: HierarchyConfiguration\nmetadata: {name: hierarchy, namespace: a}\nspec: {parent: b}\n---\napiVersion: hnc.x-k8s.io/v1alpha2\nkind: HierarchyConfiguration\nmetadata: {name: hierarchy, namespace: b}\nspec: {parent: a}\n",
        );
        assert_eq!(Namespaces::read(&resources).below(0).len(), 2);
    }
}
