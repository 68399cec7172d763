//! What talks: each workload is one end, and its pods belong to classes that policies cannot tell
//! apart. Classes are found by namespace and label; `class` says what one is.

use std::collections::{BTreeSet, HashMap};

use super::class::{Class, class};
use super::given::{asks_plugin, by_plugins};
use super::machine;
use super::namespace::{Namespaces, called, namespace_of};
use super::selector::{Match, Selector};
use super::settings::Settings;
use crate::model::{Node, Resource, Role, ValuePath};

/// A workload: one end of connections.
#[derive(Debug)]
pub(crate) struct End {
    /// `namespace/name[Kind]`.
    pub(crate) name: String,
    /// Its pods; more than one class where templates, or pods of one owner, differ.
    pub(crate) pods: Vec<Pods>,
}

/// Pods of a workload and where they are written.
#[derive(Debug)]
pub(crate) struct Pods {
    /// Their class.
    pub(crate) class: usize,
    /// The position of the object among all that were read.
    pub(crate) resource: usize,
    /// Where in the object the template stands.
    pub(crate) template: ValuePath,
}

/// All ends and classes, with indexes.
#[derive(Debug, Default)]
pub(crate) struct Population {
    pub(crate) ends: Vec<End>,
    pub(crate) classes: Vec<Class>,
    /// The ends of each class.
    pub(crate) ends_of: Vec<Vec<usize>>,
    by_class: HashMap<Class, usize>,
    by_end: HashMap<String, usize>,
    /// By namespace.
    residents: Vec<Vec<usize>>,
    by_label: HashMap<(usize, String, String), Vec<usize>>,
    by_any_label: HashMap<(String, String), Vec<usize>>,
    /// By the key of a label that their controller gives them.
    by_given: HashMap<&'static str, Vec<usize>>,
    /// Those of whose labels some are placeholders.
    open: Vec<usize>,
}

impl Population {
    /// The workloads among the objects, of which kustomizations take some along; namespaces that only they name are
    /// added.
    pub(crate) fn read(
        resources: &[Resource],
        namespaces: &mut Namespaces,
        settings: &Settings,
        taken: &BTreeSet<usize>,
    ) -> Self {
        let mut found = Self::default();
        // These labels tell classes apart that nothing else does.
        let is_asked = resources.iter().any(asks_plugin);
        for (position, resource) in resources.iter().enumerate() {
            for template in templates(resource) {
                let namespace = namespaces.position(namespace_of(resource));
                if let Some(mut class) = class(resource, &template, namespace, settings) {
                    if let Some(spec) = resource.at(&template).filter(|_| is_asked) {
                        let spec = spec.get("spec").unwrap_or(spec);
                        class.given.extend(by_plugins(resource, spec));
                    }
                    class.is_host = class.is_on_host && !settings.host_network_is_selected;
                    class.is_taken = taken.contains(&position);
                    found.add(resource, position, template, class);
                }
            }
        }
        found.sort(namespaces);
        found
    }

    /// The classes in a namespace.
    pub(crate) fn residents(&self, namespace: usize) -> &[usize] {
        self.residents.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// The classes of a namespace that a policy's selector selects; those on the host network are
    /// out of its reach.
    pub(crate) fn selected(&self, namespace: usize, selector: &Selector) -> Vec<usize> {
        let mut found = self.behind(namespace, selector);
        found.retain(|class| !self.classes[*class].is_host);
        found
    }

    /// The classes of a namespace of whose pods a selector may select some by their labels.
    pub(crate) fn behind(&self, namespace: usize, selector: &Selector) -> Vec<usize> {
        let is_selected = |class: &usize| self.classes[*class].is_behind(selector) != Match::No;
        let Some((key, values)) = selector.asked() else {
            let residents = self.residents(namespace).iter().copied();
            return residents.filter(is_selected).collect();
        };
        let values: BTreeSet<&str> = values.into_iter().collect();
        let labelled = values.into_iter().filter_map(|value| {
            self.by_label
                .get(&(namespace, key.to_owned(), value.to_owned()))
        });
        let is_inside = |class: &usize| self.classes[*class].namespace == namespace;
        let others = self.given(key).chain(self.open.iter().copied());
        let found = labelled.flatten().copied().chain(others.filter(is_inside));
        found.filter(is_selected).collect()
    }

    /// The classes of any namespace of whose pods a selector may select some; none if it asks for
    /// no label.
    pub(crate) fn anywhere(&self, selector: &Selector) -> Vec<usize> {
        let Some((key, values)) = selector.asked() else {
            return Vec::new();
        };
        let labels = values.into_iter();
        let labels = labels.map(|value| (key.to_owned(), value.to_owned()));
        let labelled = labels.filter_map(|label| self.by_any_label.get(&label));
        let is_selected = |class: &usize| self.classes[*class].is_behind(selector) != Match::No;
        let others = self.given(key).chain(self.open.iter().copied());
        let found = labelled.flatten().copied().chain(others);
        found.filter(is_selected).collect()
    }

    /// The classes whose pods get a label of the key, and are not written with one.
    fn given(&self, key: &str) -> impl Iterator<Item = usize> {
        let found = self.by_given.get(key).into_iter().flatten().copied();
        found.filter(move |class| {
            let class = &self.classes[*class];
            !class.labels.contains_key(key) && !class.is_open()
        })
    }

    /// The pods of all ends, in their order.
    pub(crate) fn pods(&self) -> impl Iterator<Item = &Pods> {
        self.ends.iter().flat_map(|end| &end.pods)
    }

    /// The pods of a class, those to show where it is written first.
    pub(crate) fn pods_of(&self, class: usize) -> impl Iterator<Item = (&End, &Pods)> {
        let ends = self.ends_of[class].iter().map(|end| &self.ends[*end]);
        ends.flat_map(move |end| {
            let own = end.pods.iter().filter(move |pods| pods.class == class);
            own.map(move |pods| (end, pods))
        })
    }

    fn add(&mut self, resource: &Resource, position: usize, template: ValuePath, class: Class) {
        let next = self.classes.len();
        let class = *self.by_class.entry(class.clone()).or_insert_with(|| {
            self.classes.push(class);
            next
        });
        let (kind, name) = owner(resource).unwrap_or((&resource.gvk.kind, &resource.identity.name));
        let namespace = namespace_of(resource);
        let key = format!("{namespace}/{name}[{kind}]");
        let next = self.ends.len();
        let end = *self.by_end.entry(key).or_insert(next);
        if end == next {
            self.ends.push(End {
                name: format!("{}/{name}[{kind}]", called(namespace)),
                pods: Vec::new(),
            });
        }
        self.ends[end].pods.push(Pods {
            class,
            resource: position,
            template,
        });
    }

    /// Puts the ends in order and builds the indexes.
    fn sort(&mut self, namespaces: &Namespaces) {
        self.ends.sort_by(|one, other| one.name.cmp(&other.name));
        self.ends_of = vec![Vec::new(); self.classes.len()];
        for (position, end) in self.ends.iter().enumerate() {
            for pods in &end.pods {
                let ends = &mut self.ends_of[pods.class];
                if ends.last() != Some(&position) {
                    ends.push(position);
                }
            }
        }
        self.residents = vec![Vec::new(); namespaces.iter().count()];
        for (position, class) in self.classes.iter().enumerate() {
            self.residents[class.namespace].push(position);
            if class.is_open() {
                self.open.push(position);
                continue;
            }
            for (key, value) in &class.labels {
                let label = (key.clone(), value.clone());
                self.by_any_label.entry(label).or_default().push(position);
                let label = (class.namespace, key.clone(), value.clone());
                self.by_label.entry(label).or_default().push(position);
            }
            for key in class.given.keys() {
                self.by_given.entry(key).or_default().push(position);
            }
        }
        self.by_class.clear();
        self.by_end.clear();
    }
}

/// Where an object's pods are written. A virtual machine's template has no containers, and a
/// `PodTemplate` runs none.
pub(crate) fn templates(resource: &Resource) -> Vec<ValuePath> {
    if resource.role != Role::Manifest {
        return Vec::new();
    }
    match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
        _ if is_refused(resource) || is_of_cloud_run(resource) => Vec::new(),
        _ if resource.is_virtual_machine() => machine::template(resource).into_iter().collect(),
        ("", "PodTemplate") => Vec::new(),
        _ => resource.pod_templates.clone(),
    }
}

/// Whether the API server refuses a workload as it stands, which says neither whose pods are its own nor
/// how these are labelled: it is laid over another one.
pub(crate) fn is_refused(resource: &Resource) -> bool {
    let is_there = |path: &[&str]| resource.node().find(path).is_some();
    resource.gvk.group == "apps"
        && resource.is_workload()
        && !is_there(&["spec", "selector"])
        && !is_there(&["spec", "template", "metadata", "labels"])
}

/// Whether Google's platform runs a Service of Knative, or its Job, and no cluster does: it bears the annotations that
/// only this platform reads.
fn is_of_cloud_run(resource: &Resource) -> bool {
    const OBJECTS: [&[&str]; 2] = [
        &["metadata", "annotations"],
        &["spec", "template", "metadata", "annotations"],
    ];
    const READS: &str = "run.googleapis.com/";
    // A cluster's Services bear who deployed them, too.
    const CLIENT: &str = "run.googleapis.com/client-";
    let is_read = |object: &&[&str]| {
        let annotations = resource.node().find(object);
        let keys = annotations.into_iter().flat_map(Node::entries);
        let mut keys = keys.filter_map(|(key, _)| key.as_str());
        keys.any(|key| key.starts_with(READS) && !key.starts_with(CLIENT))
    };
    let group = resource.gvk.group.as_str();
    group == "run.googleapis.com" || group == "serving.knative.dev" && OBJECTS.iter().any(is_read)
}

/// Kind and name of what a pod says it is made by, where that is not among the objects. A node
/// makes the static pods of its own.
fn owner(resource: &Resource) -> Option<(&str, &str)> {
    if resource.gvk.kind != "Pod" {
        return None;
    }
    let owners = resource.node().find(&["metadata", "ownerReferences"])?;
    let is_controller =
        |owner: &Node<'_>| owner.get("controller").and_then(Node::as_bool) == Some(true);
    let owner = owners.items().find(is_controller)?;
    let text = |key| owner.string(key);
    let (kind, name) = (text("kind").unwrap_or("Pod"), text("name")?);
    (kind != "Node").then_some((kind, name))
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::super::labels::Labels;
    use super::super::ports::Protocol;
    use super::*;

    fn population(text: &str) -> Population {
        let resources = read_text(text);
        Population::read(
            &resources,
            &mut Namespaces::read(&resources),
            &Settings::default(),
            &BTreeSet::new(),
        )
    }

    fn names(text: &str) -> Vec<String> {
        population(text)
            .ends
            .into_iter()
            .map(|end| end.name)
            .collect()
    }

    #[test]
    fn workloads_are_ends_by_shape() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a, namespace: shop}\nspec: {template: {spec: {containers: []}}}\n---\napiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: vm}\nspec: {template: {spec: {domain: {}}}}\n---\napiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate: {spec: {containers: []}}\n";
        assert_eq!(
            names(text),
            ["default/vm[VirtualMachine]", "shop/a[Rollout]"]
        );
    }

    #[test]
    fn pods_of_one_owner_are_one_end() {
        let pod = |name: &str, app: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: {app}}}, ownerReferences: [{{kind: ReplicaSet, name: web-1, controller: true}}]}}\nspec: {{containers: []}}\n---\n"
            )
        };
        let found = population(&[pod("a", "x"), pod("b", "x"), pod("c", "y")].concat());
        assert_eq!(found.ends.len(), 1);
        assert_eq!(found.ends[0].name, "default/web-1[ReplicaSet]");
        assert_eq!((found.ends[0].pods.len(), found.classes.len()), (3, 2));
    }

    #[test]
    fn named_ports_have_a_protocol() {
        let found = population(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: dns}\nspec: {containers: [{ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: web, containerPort: 80}]}], initContainers: [{ports: [{name: web, containerPort: 81}]}, {restartPolicy: Always, ports: [{name: proxy, containerPort: 82}]}]}\n",
        );
        let class = &found.classes[0];
        let named = |name, protocol| class.named(name, protocol).collect::<Vec<_>>();
        assert_eq!(named("dns", Protocol::Udp), [53]);
        assert_eq!(named("dns", Protocol::Tcp), [0_u16; 0]);
        assert_eq!(named("web", Protocol::Tcp), [80]);
        assert_eq!(named("proxy", Protocol::Tcp), [82]);
    }

    #[test]
    fn pods_with_placeholders_are_found_by_any_label_they_may_have() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: 'web-${X}', tier: front}}\nspec: {containers: [{ports: [{containerPort: '${PORT}'}]}]}\n";
        let found = population(text);
        let by = |key: &str, value: &str| {
            let labels = Labels::from([(key.to_owned(), value.to_owned())]);
            found.selected(0, &Selector::of(&labels))
        };
        assert_eq!(by("app", "web-1"), [0]);
        assert_eq!(by("tier", "front"), [0]);
        assert_eq!(by("app", "api"), [0_usize; 0]);
        assert!(found.classes[0].has_open_ports);
    }

    #[test]
    fn classes_are_found_by_label() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: x}}\nspec: {containers: []}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {app: x}}\nspec: {hostNetwork: true, containers: []}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: []}\n";
        let found = population(text);
        let labels = Labels::from([("app".to_owned(), "x".to_owned())]);
        assert_eq!(found.selected(0, &Selector::of(&labels)), [0]);
        assert_eq!(found.selected(0, &Selector::default()), [0, 2]);
    }
}
