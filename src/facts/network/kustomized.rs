//! What kustomizations do to the files they list where nobody built them: the namespace that they
//! put objects into, and whether they may change labels.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::super::{folder, normalized};
use crate::model::{Node, Resource, Role};

/// Fields by which a kustomization may change anything, or add objects that nobody reads.
const CHANGING: [&str; 5] = [
    "configurations",
    "generators",
    "replacements",
    "transformers",
    "vars",
];
/// Fields that hold patches, or name the files of some.
const PATCHES: [&str; 3] = ["patches", "patchesJson6902", "patchesStrategicMerge"];
/// Fields that list what a kustomization takes along.
const LISTS: [&str; 3] = ["resources", "bases", "components"];

/// What kustomizations make of files.
#[derive(Debug, Default)]
pub(super) struct Kustomized {
    /// By path.
    files: HashMap<String, Listed>,
}

/// What kustomizations may do to labels.
#[derive(Clone, Debug, Default)]
struct Change {
    /// Anything.
    is_unknown: bool,
    /// Keys to which they give a value.
    keys: BTreeSet<String>,
}

impl Change {
    /// Whether an object may get a label of one of the keys.
    fn may_give(&self, keys: &[&str]) -> bool {
        self.is_unknown || keys.iter().any(|key| self.keys.contains(*key))
    }

    fn add(&mut self, other: &Self) {
        self.is_unknown |= other.is_unknown;
        self.keys.extend(other.keys.iter().cloned());
    }
}

/// What becomes of a file.
#[derive(Debug, Default)]
struct Listed {
    /// The kustomizations at the end of the ways that it takes, with the namespace it gets on each.
    ways: BTreeSet<(usize, Option<String>)>,
    change: Change,
    is_doubtful: bool,
}

impl Listed {
    /// The kustomizations at the ends.
    fn ends(&self) -> impl Iterator<Item = usize> {
        self.ways.iter().map(|(end, _)| *end)
    }

    fn namespaces(&self) -> BTreeSet<&Option<String>> {
        self.ways.iter().map(|(_, namespace)| namespace).collect()
    }
}

impl Kustomized {
    /// Reads the kustomizations among the objects.
    pub(super) fn read(resources: &[Resource]) -> Self {
        let is_one = |resource: &&Resource| {
            resource.gvk.group == "kustomize.config.k8s.io"
                && resource.role == Role::Manifest
                && resource.artifact.provenance.is_none()
        };
        let patches: HashMap<String, &str> = resources
            .iter()
            .filter(|resource| resource.role == Role::Patch)
            .map(|patch| (normalized(&patch.artifact.display), &*patch.artifact.text))
            .collect();
        let all: Vec<Kustomization<'_>> = resources
            .iter()
            .filter(is_one)
            .map(|one| Kustomization::of(one, &patches))
            .collect();
        let mut reader = Reader {
            by_folder: HashMap::new(),
            all: &all,
            files: HashMap::new(),
        };
        for (position, one) in all.iter().enumerate() {
            reader.by_folder.insert(&one.folder, position);
        }
        let used: BTreeSet<&String> = all.iter().flat_map(|one| &one.uses).collect();
        for (position, one) in all.iter().enumerate() {
            if !used.contains(&one.folder) {
                reader.follow(position, position, &Way::default(), &mut Vec::new());
            }
        }
        let mut found = Self {
            files: reader.files,
        };
        found.doubt();
        found
    }

    /// Finds the files of which one object becomes several, or that meet such files: they are left
    /// as they are written.
    fn doubt(&mut self) {
        let mut doubtful: BTreeSet<usize> = BTreeSet::new();
        loop {
            let before = doubtful.len();
            for file in self.files.values_mut() {
                let meets = file.ends().any(|end| doubtful.contains(&end));
                if meets || file.namespaces().len() > 1 {
                    file.is_doubtful = true;
                    doubtful.extend(file.ends());
                }
            }
            if doubtful.len() == before {
                break;
            }
        }
    }

    /// The objects, those of files for which all kustomizations agree in the namespace they put them
    /// into.
    pub(super) fn placed<'a>(&self, resources: &'a [Resource]) -> Cow<'a, [Resource]> {
        let is_moved = |resource: &Resource| self.namespace(resource).is_some();
        if !resources.iter().any(is_moved) {
            return Cow::Borrowed(resources);
        }
        let place = |resource: &Resource| {
            let mut placed = resource.clone();
            if let Some(namespace) = self.namespace(resource) {
                if resource.gvk.group.is_empty() && resource.gvk.kind == "Namespace" {
                    placed.identity.name = namespace;
                } else {
                    placed.identity.namespace = Some(namespace);
                }
            }
            placed
        };
        Cow::Owned(resources.iter().map(place).collect())
    }

    fn namespace(&self, resource: &Resource) -> Option<String> {
        if resource.role != Role::Manifest {
            return None;
        }
        let listed = self.of(resource).filter(|listed| !listed.is_doubtful)?;
        listed.ways.first()?.1.clone()
    }

    /// Whether labels of some keys may become others in an object.
    pub(super) fn may_relabel(&self, resource: &Resource, keys: &[&str]) -> bool {
        let change = self.of(resource).map(|listed| &listed.change);
        change.is_some_and(|change| change.may_give(keys))
    }

    /// Whether an object may be put into several namespaces.
    pub(super) fn is_doubtful(&self, resource: &Resource) -> bool {
        self.of(resource).is_some_and(|listed| listed.is_doubtful)
    }

    /// Whether objects that others put elsewhere may be put into a namespace, and get labels of
    /// some keys there; any objects where no keys are asked for.
    pub(super) fn may_fill(&self, namespace: &str, keys: &[&str]) -> bool {
        let mut files = self.files.values().filter(|file| file.is_doubtful);
        files.any(|file| {
            let mut ways = file.ways.iter();
            let is_put = ways.any(|(_, put)| put.as_deref() == Some(namespace));
            is_put && (keys.is_empty() || file.change.may_give(keys))
        })
    }

    /// Whether objects that name no namespace may be put into one: unless kustomizations put them
    /// into others each.
    pub(super) fn may_meet(&self, one: &Resource, other: &Resource) -> bool {
        let doubtful = |resource| self.of(resource).filter(|listed| listed.is_doubtful);
        match (doubtful(one), doubtful(other)) {
            (Some(one), Some(other)) => one.namespaces() == other.namespaces(),
            _ => true,
        }
    }

    fn of(&self, resource: &Resource) -> Option<&Listed> {
        let artifact = &resource.artifact;
        let is_built = artifact.provenance.is_some();
        let listed = || self.files.get(&normalized(&artifact.display));
        (!is_built && !self.files.is_empty()).then(listed).flatten()
    }
}

/// What a kustomization says.
struct Kustomization<'a> {
    folder: String,
    namespace: Option<&'a str>,
    /// Files and folders.
    uses: Vec<String>,
    /// Those of its files and folders that change what it has.
    components: Vec<String>,
    change: Change,
}

impl<'a> Kustomization<'a> {
    fn of(resource: &'a Resource, patches: &HashMap<String, &str>) -> Self {
        let root = resource.node();
        let folder = normalized(folder(&resource.artifact.display));
        let namespace = root.get("namespace").and_then(Node::as_str);
        let listed = |key| {
            let entries = root.get(key).into_iter().flat_map(Node::items);
            entries.filter_map(Node::as_str)
        };
        let path = |entry: &str| normalized(&format!("{folder}/{entry}"));
        let entries: Vec<&str> = LISTS.into_iter().flat_map(listed).collect();
        let local = entries.iter().filter(|entry| !is_remote(entry));
        Self {
            namespace: namespace.filter(|name| !name.is_empty() && !name.contains(['$', '{'])),
            uses: local.map(|entry| path(entry)).collect(),
            components: listed("components").map(path).collect(),
            change: Change {
                is_unknown: CHANGING.iter().any(|key| root.get(key).is_some())
                    || entries.iter().any(|entry| is_remote(entry))
                    || patches_labels(root, &|entry| patches.get(&path(entry)).copied()),
                keys: given_keys(root),
            },
            folder,
        }
    }
}

/// Whether patches of a kustomization speak of labels, or are not among the files.
fn patches_labels<'t>(root: Node<'_>, file: &dyn Fn(&str) -> Option<&'t str>) -> bool {
    let listed = |key| root.get(key).into_iter().flat_map(Node::items);
    let mut patches = PATCHES.into_iter().flat_map(listed);
    let speaks = |text: &str| text.to_ascii_lowercase().contains("labels");
    patches.any(|patch| {
        let text = |key| patch.get(key).and_then(Node::as_str);
        match (text("patch"), text("path").or(patch.as_str())) {
            (Some(patch), _) => speaks(patch),
            (None, Some(patch)) if patch.contains('\n') => speaks(patch),
            (None, Some(path)) => file(path).is_none_or(speaks),
            (None, None) => true,
        }
    })
}

/// The keys of the labels that a kustomization gives to pods.
fn given_keys(root: Node<'_>) -> BTreeSet<String> {
    let entries = root.get("labels").into_iter().flat_map(Node::items);
    let to_pods = entries.filter(|entry| {
        let mut into = ["includeSelectors", "includeTemplates", "fields"].into_iter();
        into.any(|key| {
            let value = entry.get(key);
            value.is_some_and(|value| value.as_bool() != Some(false))
        })
    });
    let pairs = to_pods.filter_map(|entry| entry.get("pairs"));
    let labels = pairs.chain(root.get("commonLabels"));
    let keys = labels.flat_map(Node::entries);
    keys.filter_map(|(key, _)| key.as_str().map(str::to_owned))
        .collect()
}

/// Whether an entry is no path: of another repository.
fn is_remote(entry: &str) -> bool {
    let host = entry.split('/').next().unwrap_or_default();
    entry.contains("://")
        || entry.contains("?ref=")
        || entry.starts_with("git@")
        || entry.contains('/') && !host.starts_with('.') && host.ends_with(".com")
}

/// What was said on the way to a file, from its end.
#[derive(Clone, Default)]
struct Way<'a> {
    namespace: Option<&'a str>,
    change: Change,
}

struct Reader<'a> {
    by_folder: HashMap<&'a str, usize>,
    all: &'a [Kustomization<'a>],
    files: HashMap<String, Listed>,
}

impl<'a> Reader<'a> {
    /// Follows a kustomization to all files; the outermost namespace counts.
    fn follow(&mut self, end: usize, position: usize, way: &Way<'a>, above: &mut Vec<usize>) {
        if above.contains(&position) {
            return;
        }
        let all = self.all;
        let one = &all[position];
        let mut change = one.change.clone();
        change.add(&way.change);
        for path in &one.components {
            match self.by_folder.get(path.as_str()) {
                Some(component) => change.add(&all[*component].change),
                None => change.is_unknown = true,
            }
        }
        let way = Way {
            namespace: way.namespace.or(one.namespace),
            change,
        };
        above.push(position);
        for path in &one.uses {
            if let Some(inner) = self.by_folder.get(path.as_str()).copied() {
                self.follow(end, inner, &way, above);
            } else {
                let listed = self.files.entry(path.clone()).or_default();
                let namespace = way.namespace.map(str::to_owned);
                listed.ways.insert((end, namespace));
                listed.change.add(&way.change);
            }
        }
        above.pop();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::Artifact;
    use crate::source::read_text;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: written}\n";

    /// The objects of files.
    fn read(files: &[(&str, &str)]) -> Vec<Resource> {
        let of_file = |(path, text): &(&str, &str)| {
            let text = match path.ends_with("kustomization.yaml") {
                true => format!(
                    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}"
                ),
                false => (*text).to_owned(),
            };
            let mut resource = read_text(&text).remove(0);
            resource.artifact = Arc::new(Artifact::new(path, path, text));
            resource
        };
        files.iter().map(of_file).collect()
    }

    /// The namespaces of the first object.
    fn namespace(files: &[(&str, &str)]) -> Option<String> {
        let resources = read(files);
        let placed = Kustomized::read(&resources).placed(&resources).into_owned();
        placed[0].identity.namespace.clone()
    }

    #[test]
    fn the_outermost_namespace_counts() {
        let base = (
            "base/kustomization.yaml",
            "namespace: inner\nresources: [a.yaml]",
        );
        let overlay = (
            "dev/kustomization.yaml",
            "namespace: outer\nresources: [../base]",
        );
        let pod = ("base/a.yaml", POD);
        assert_eq!(namespace(&[pod]).as_deref(), Some("written"));
        assert_eq!(namespace(&[pod, base]).as_deref(), Some("inner"));
        assert_eq!(namespace(&[pod, base, overlay]).as_deref(), Some("outer"));
    }

    #[test]
    fn what_kustomizations_do_not_agree_on_stays_as_it_is_written() {
        let files = [
            ("base/a.yaml", POD),
            ("base/kustomization.yaml", "resources: [a.yaml]"),
            (
                "dev/kustomization.yaml",
                "namespace: dev\nresources: [../base]",
            ),
            (
                "prod/kustomization.yaml",
                "namespace: prod\nresources: [../base]\nlabels: [{includeSelectors: true, pairs: {env: prod}}]",
            ),
        ];
        assert_eq!(namespace(&files).as_deref(), Some("written"));
        let resources = read(&files);
        let found = Kustomized::read(&resources);
        assert!(found.is_doubtful(&resources[0]));
        assert!(found.may_fill("dev", &[]) && found.may_fill("dev", &["env"]));
        assert!(!found.may_fill("dev", &["app"]) && !found.may_fill("test", &[]));
    }

    #[test]
    fn a_circle_ends() {
        let files = [
            ("a/a.yaml", POD),
            ("a/kustomization.yaml", "resources: [a.yaml, ../b]"),
            ("b/kustomization.yaml", "resources: [../a]"),
            ("c/kustomization.yaml", "namespace: c\nresources: [../a]"),
        ];
        assert_eq!(namespace(&files).as_deref(), Some("c"));
    }

    #[test]
    fn labels_are_known_unless_something_may_change_them() {
        for (text, expected) in [
            ("", false),
            ("images: [{name: a, newTag: b}]", false),
            ("commonLabels: {team: a}", false),
            ("commonLabels: {app: a}", true),
            ("labels: [{pairs: {app: a}}]", false),
            ("labels: [{pairs: {app: a}, includeTemplates: true}]", true),
            (
                "labels: [{pairs: {app: a}, includeSelectors: false}]",
                false,
            ),
            (
                "patches: [{patch: \"- {op: replace, path: /spec/replicas, value: 1}\"}]",
                false,
            ),
            (
                "patches: [{patch: \"- {op: add, path: /spec/template/metadata/labels/app, value: a}\"}]",
                true,
            ),
            ("patches: [{path: absent.yaml}]", true),
            ("components: [../absent]", true),
            ("components: [../part]", true),
            ("transformers: [x.yaml]", true),
            ("bases: ['https://example.com/a/b?ref=main']", true),
        ] {
            let kustomization = format!("resources: [a.yaml]\n{text}");
            let resources = read(&[
                ("base/a.yaml", POD),
                ("base/kustomization.yaml", &kustomization),
                ("part/kustomization.yaml", "commonLabels: {app: a}"),
            ]);
            let found = Kustomized::read(&resources);
            assert_eq!(
                found.may_relabel(&resources[0], &["app"]),
                expected,
                "{text}"
            );
        }
    }
}
