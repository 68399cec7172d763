//! A walk over a resource that collects its signs: names at their keys, settings, and what stands
//! in its strings, also in the configuration files among them.

use std::ops::Range;

use super::outline::{LineSetting, is_nothing, outline};
use super::settings::{Setting, SettingRow};
use super::sign::{Certainty, Effect, Sign, Signal};
use super::texts::is_name;
use super::{Tables, hosts, names};
use crate::model::{Node, Part, Resource, Scalar, Step, Tree, ValuePath};

/// Keys of schemas and bookkeeping, which say nothing of what the resource uses.
const OPAQUE_KEYS: [&str; 4] = [
    "openAPIV3Schema",
    "managedFields",
    "kubectl.kubernetes.io/last-applied-configuration",
    "x-kubernetes-validations",
];

/// Texts in texts are read down to here: a values file in a ConfigMap in a chart's values.
const DEPTH: usize = 3;

/// Where a walk is.
#[derive(Clone, Copy, Debug)]
enum Visited<'a> {
    Key(&'a str),
    Index(usize),
}

/// The string in which a document is embedded.
#[derive(Clone, Copy)]
struct Embedding<'w> {
    path: &'w ValuePath,
    /// The string, where the places of a document in it are places in it; `None` where it is encoded, or stands in a string itself.
    plain: Option<&'w str>,
    /// What to mark else.
    part: Option<Part>,
    depth: usize,
}

/// A walk over one resource, or over a document in one of its strings.
pub(super) struct Walk<'w, 'a> {
    tables: &'w Tables,
    resource: &'w Resource,
    embedding: Option<Embedding<'w>>,
    visited: Vec<Visited<'a>>,
    /// The keys among `visited`.
    keys: Vec<&'a str>,
    /// The document, and the container that the walk is in.
    scopes: Vec<Node<'a>>,
    /// The mappings that the walk is in.
    mappings: Vec<Node<'a>>,
    pub(super) signs: Vec<Sign>,
}

impl<'w, 'a> Walk<'w, 'a> {
    /// The signs of a resource.
    pub(super) fn over(tables: &'w Tables, resource: &'a Resource) -> Vec<Sign>
    where
        'a: 'w,
    {
        let mut walk = Walk::new(tables, resource, None);
        walk.kind();
        walk.mapping_or_sequence(resource.node());
        one_for_each_fact(walk.signs)
    }

    fn new(tables: &'w Tables, resource: &'w Resource, embedding: Option<Embedding<'w>>) -> Self {
        Self {
            tables,
            resource,
            embedding,
            visited: Vec::new(),
            keys: Vec::new(),
            scopes: Vec::new(),
            mappings: Vec::new(),
            signs: Vec::new(),
        }
    }

    fn kind(&mut self) {
        if let Some((row, keys)) = self.tables.names.kind(self.resource) {
            let subject = match keys.last().map(String::as_str) {
                Some("provider") => format!("provider of this {}", self.resource.gvk.kind),
                Some("name") => self.resource.identity.to_string(),
                _ => format!("kind `{}`", self.resource.gvk.kind),
            };
            let sign = Sign {
                path: ValuePath(keys.into_iter().map(Step::Key).collect()),
                ..sign(row, Signal::Kind, subject, Effect::Stops)
            };
            self.signs.push(sign);
        }
        let is_settings = matches!(self.resource.gvk.kind.as_str(), "ConfigMap");
        let name = self.resource.identity.name.as_str();
        if let Some(row) = self
            .tables
            .names
            .config_maps
            .get(name)
            .filter(|_| is_settings)
        {
            let subject = format!("ConfigMap `{name}`");
            let sign = Sign {
                path: ["metadata", "name"].into_iter().collect(),
                ..sign(row, Signal::Name, subject, Effect::Inert)
            };
            self.signs.push(sign);
        }
    }

    fn mapping_or_sequence(&mut self, node: Node<'a>) {
        let is_scope = self.scopes.is_empty() || node.get("image").is_some();
        if is_scope {
            self.scopes.push(node);
        }
        self.mappings.push(node);
        self.patch(node);
        for (key, value) in node.entries() {
            let Some(name) = key.as_str() else { continue };
            let is_status = self.visited.is_empty() && self.embedding.is_none() && name == "status";
            if OPAQUE_KEYS.contains(&name) || is_status {
                continue;
            }
            self.visited.push(Visited::Key(name));
            self.keys.push(name);
            self.entry(name, key, value, node);
            self.visit(value, Some(node));
            self.keys.pop();
            self.visited.pop();
        }
        for (index, item) in node.items().enumerate() {
            self.visited.push(Visited::Index(index));
            self.visit(item, None);
            self.visited.pop();
        }
        self.mappings.pop();
        if is_scope {
            self.scopes.pop();
        }
    }

    /// An operation of a JSON patch: its value is looked at as what stands at its path.
    fn patch(&mut self, operation: Node<'a>) {
        let text = |key| operation.get(key).and_then(Node::as_str);
        let (Some(_), Some(pointer), Some(value)) =
            (text("op"), text("path"), operation.get("value"))
        else {
            return;
        };
        let Some(pointer) = pointer.strip_prefix('/') else {
            return;
        };
        let is_name = |part: &String| part != "-" && part.parse::<usize>().is_err();
        let parts = pointer
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"));
        let parts: Vec<String> = parts.filter(is_name).collect();
        let Some(last) = parts.last() else { return };
        let mut walk = Walk {
            tables: self.tables,
            resource: self.resource,
            embedding: self.embedding,
            visited: self.visited.clone(),
            keys: parts.iter().map(String::as_str).collect(),
            scopes: self.scopes.clone(),
            mappings: self.mappings.clone(),
            signs: Vec::new(),
        };
        walk.visited.push(Visited::Key("value"));
        walk.entry(last, value, value, operation);
        if value.scalar().is_none() {
            walk.visit(value, Some(operation));
        } else if let Some(text) = value.as_str().filter(|_| walk.is_image_place()) {
            walk.string(value, text, Some(operation));
        }
        self.signs.append(&mut walk.signs);
    }

    fn visit(&mut self, node: Node<'a>, parent: Option<Node<'a>>) {
        match node.as_str() {
            Some(text) => self.string(node, text, parent),
            None if node.scalar().is_none() => self.mapping_or_sequence(node),
            None => {}
        }
    }

    /// A key of a mapping, with its value.
    fn entry(&mut self, name: &'a str, key: Node<'a>, value: Node<'a>, parent: Node<'a>) {
        let above = self.keys.len().checked_sub(2).map(|at| self.keys[at]);
        let above = above.unwrap_or_default();
        let text = value.as_str();
        if above.ends_with("abels") && !self.is_selector() {
            self.label(name, value);
        } else if above.ends_with("nnotations") {
            self.annotation(name, value);
        } else if above.ends_with("odeSelector") || above.ends_with("odeLabels") {
            self.node_label(name, text, value, Effect::Stops);
        } else if name.contains('/') && self.is_free_name(name) {
            self.annotation(name, value);
        } else if self.is_data() {
            self.data_key(name, value);
            self.setting(name, key, value, parent);
        } else {
            if !self.is_selector() {
                self.named(name, value, parent, above);
            }
            self.setting(name, key, value, parent);
        }
    }

    /// Whether the walk is at a known name where no list of labels or annotations is: an option of
    /// a listener, a label of clusters.
    fn is_free_name(&self, name: &str) -> bool {
        let tables = &self.tables.names;
        let is_cluster = self
            .keys
            .iter()
            .any(|key| key.starts_with("clusterSelector"));
        let is_known = tables.annotations.knows(name) || tables.labels.knows(name);
        is_known && !self.is_data() && (is_cluster || !self.is_selector())
    }

    /// Whether the walk is at a key of what a ConfigMap or Secret holds, where names are free.
    fn is_data(&self) -> bool {
        let holds = matches!(self.resource.gvk.kind.as_str(), "ConfigMap" | "Secret");
        let is_list = |list: &&str| matches!(*list, "data" | "stringData");
        holds && self.embedding.is_none() && self.keys.len() == 2 && is_list(&self.keys[0])
    }

    /// Whether the walk is in what selects other objects, where names are only compared.
    fn is_selector(&self) -> bool {
        let is_selecting =
            |key: &&str| *key == "matchLabels" || *key == "selector" || key.ends_with("Selector");
        self.keys.iter().any(is_selecting)
            && !self.keys.iter().any(|key| key.ends_with("odeSelector"))
    }

    fn label(&mut self, name: &str, value: Node<'a>) {
        let text = value.as_str().unwrap_or_default();
        let row = self.tables.names.label(name, text);
        if let Some(row) = row.filter(|_| !text.eq_ignore_ascii_case("false")) {
            let effect = self.tables.effect_of_name(&row.service);
            self.push(
                value,
                sign(row, Signal::Label, format!("label `{name}`"), effect),
            );
        }
    }

    fn annotation(&mut self, name: &str, value: Node<'a>) {
        let text = value.as_str().unwrap_or_default();
        if let Some(row) = self.tables.names.annotation(name) {
            let effect = self.tables.effect_of_name(&row.service);
            let subject = format!("annotation `{name}`");
            self.push(value, sign(row, Signal::Annotation, subject, effect));
        } else if let Some(row) = self.tables.names.labels.get(name) {
            let effect = self.tables.effect_of_name(&row.service);
            self.push(
                value,
                sign(row, Signal::Label, format!("label `{name}`"), effect),
            );
        } else if name == "kubernetes.io/ingress.class" {
            self.ingress_class(text, value);
        } else if name == "volume.beta.kubernetes.io/storage-class" {
            self.storage_class(text, value);
        }
    }

    /// A label that nodes must have, or that is wished for, with the value that is asked for.
    fn node_label(&mut self, name: &str, wanted: Option<&str>, at: Node<'a>, effect: Effect) {
        let tables = &self.tables.names;
        if let Some(row) = tables.node_label(name, wanted) {
            let subject = match wanted {
                Some(wanted) if !name.contains('.') => format!("node label `{name}={wanted}`"),
                _ => format!("node label `{name}`"),
            };
            self.push(at, sign(row, Signal::NodeLabel, subject, effect));
        } else if let Some(wanted) = wanted.filter(|wanted| tables.is_region(name, wanted)) {
            let found = Sign {
                path: ValuePath::default(),
                part: None,
                signal: Signal::NodeLabel,
                service: "aks".to_owned(),
                subject: format!("region `{wanted}` in the node label `{name}`"),
                effect,
                certainty: Certainty::Depends,
                has_key: false,
            };
            self.push(at, found);
        }
    }

    /// A term about nodes: one that shuts nodes out asks for nothing.
    fn node_term(&mut self, name: &str, at: Node<'a>, term: Node<'a>) {
        let operator = term.get("operator").and_then(Node::as_str).unwrap_or("In");
        let is_wish = self.keys.iter().any(|key| key.starts_with("preferred"));
        let is_exclusion = matches!(operator, "NotIn" | "DoesNotExist");
        if is_exclusion && !self.tables.names.node_labels.knows(name) {
            return;
        }
        let effect = if is_wish || is_exclusion {
            Effect::Inert
        } else {
            Effect::Stops
        };
        let values = term.get("values").into_iter().flat_map(Node::items);
        let values: Vec<&str> = values.filter_map(Node::as_str).collect();
        let told = values.iter().find(|value| {
            let tables = &self.tables.names;
            tables.node_label(name, Some(value)).is_some() || tables.is_region(name, value)
        });
        self.node_label(name, told.copied(), at, effect);
    }

    /// Names at keys whose meaning Kubernetes settles.
    fn named(&mut self, key: &'a str, value: Node<'a>, parent: Node<'a>, above: &str) {
        let tables = &self.tables.names;
        let text = value.as_str();
        match (key, text) {
            ("key", Some(name)) if above.ends_with("olerations") || above.ends_with("aints") => {
                if let Some(row) = self.taint(name, parent) {
                    let subject = format!("toleration of `{name}`");
                    self.push(value, sign(row, Signal::Toleration, subject, Effect::Inert));
                }
            }
            ("key", Some(name)) if self.is_node_term() => self.node_term(name, value, parent),
            ("topologyKey", Some(name)) => {
                self.node_label(name, None, value, Effect::Stops);
                if let Some(row) = tables.labels.get(name) {
                    self.push(
                        value,
                        sign(row, Signal::Label, format!("label `{name}`"), Effect::Stops),
                    );
                }
            }
            (
                "storageClassName" | "storageClass" | "storageclass" | "storage-class",
                Some(name),
            ) => {
                self.storage_class(name, value);
            }
            ("class", Some(name))
                if parent.get("type").and_then(Node::as_str) == Some("persistent-claim") =>
            {
                self.storage_class(name, value);
            }
            ("driver" | "driverName" | "provisioner" | "storageProvisioner", Some(name)) => {
                self.driver(name, value)
            }
            ("name", Some(name))
                if self.resource.gvk.kind == "CSIDriver" && above == "metadata" =>
            {
                self.driver(name, value);
            }
            ("azureFile" | "azureDisk", None) if value.is_mapping() => {
                if let Some(row) = tables.volume_types.get(key) {
                    let subject = format!("volume type `{key}`");
                    self.push(value, sign(row, Signal::Volume, subject, Effect::Stops));
                }
            }
            ("secretProviderClass", Some(name)) => self.secret_provider_class(name, value),
            ("ingressClassName" | "ingressClass", Some(name)) => self.ingress_class(name, value),
            ("class", Some(name)) if above == "ingress" => self.ingress_class(name, value),
            ("volumeSnapshotClassName", Some(name)) => {
                let driver = self.tables.classes.snapshot_driver(name);
                if let Some(row) = driver.and_then(|driver| tables.drivers.get(driver)) {
                    let subject = format!("snapshot class `{name}`");
                    self.push(
                        value,
                        sign(row, Signal::StorageClass, subject, Effect::Stops),
                    );
                }
            }
            ("gatewayClassName", Some(name)) => self.gateway_class(name, value),
            ("controller" | "controllerName", Some(name)) => {
                if let Some(row) = tables.class_controllers.get(name) {
                    let subject = format!("controller `{name}`");
                    self.push(
                        value,
                        sign(row, Signal::IngressClass, subject, Effect::Stops),
                    );
                }
            }
            ("runtimeClassName", Some(name)) => {
                if let Some(row) = tables.runtime_classes.get(name) {
                    let subject = format!("runtime class `{name}`");
                    self.push(
                        value,
                        sign(row, Signal::RuntimeClass, subject, Effect::Stops),
                    );
                }
            }
            ("name", Some(name))
                if parent.get("value").is_some() || parent.get("valueFrom").is_some() =>
            {
                self.variable(name, parent.get("value"), value);
            }
            _ => self.data_key(key, value),
        }
    }

    /// A toleration's taint: a virtual node's is portable unless it names Azure.
    fn taint(&self, name: &str, toleration: Node<'a>) -> Option<&'w names::Row> {
        const VIRTUAL: &str = "virtual-kubelet.io/provider";
        let tables = &self.tables.names;
        if name != VIRTUAL {
            return tables.taint(name);
        }
        let is_azure = toleration.get("value").and_then(Node::as_str) == Some("azure");
        let pod = self
            .mappings
            .iter()
            .rev()
            .find(|one| one.get("tolerations").is_some());
        let selected = pod.and_then(|pod| pod.find(&["nodeSelector", "type"]));
        let is_named = is_azure
            || self.resource.node().text().contains("azure.com/aci")
            || selected.and_then(Node::as_str) == Some("virtual-kubelet");
        tables.taints.get("azure.com/aci").filter(|_| is_named)
    }

    fn is_node_term(&self) -> bool {
        self.keys
            .iter()
            .any(|key| key.starts_with("nodeAffinity") || key.starts_with("nodeSelectorTerm"))
            || self.keys.contains(&"requirements")
            || self.keys.contains(&"allowedTopologies")
    }

    fn storage_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.provisioner(name) {
            Some(provisioner) => tables.drivers.get(provisioner),
            None => tables.storage_classes.get(name),
        };
        if let Some(row) = row {
            let subject = format!("storage class `{name}`");
            self.push(
                value,
                sign(row, Signal::StorageClass, subject, Effect::Stops),
            );
        }
    }

    fn driver(&mut self, name: &str, value: Node<'a>) {
        if let Some(row) = self.tables.names.drivers.get(name) {
            let subject = format!("driver `{name}`");
            self.push(value, sign(row, Signal::Driver, subject, Effect::Stops));
        }
    }

    fn ingress_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.ingress_controller(name) {
            Some(controller) => tables.class_controllers.get(controller),
            None => tables.ingress_classes.get(name),
        };
        if let Some(row) = row {
            let subject = format!("ingress class `{name}`");
            self.push(
                value,
                sign(row, Signal::IngressClass, subject, Effect::Stops),
            );
        }
    }

    fn gateway_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.gateway_controller(name) {
            Some(controller) => tables.class_controllers.get(controller),
            None => tables.gateway_classes.get(name),
        };
        if let Some(row) = row {
            let subject = format!("gateway class `{name}`");
            self.push(
                value,
                sign(row, Signal::IngressClass, subject, Effect::Stops),
            );
        }
    }

    /// The class of a volume of secrets. Of one that is not in the scan the name tells a little.
    fn secret_provider_class(&mut self, name: &str, value: Node<'a>) {
        const WORDS: [&str; 4] = ["akv", "azure", "keyvault", "kv"];
        let namespace = self.resource.identity.namespace.as_deref();
        let provider = self.tables.classes.secret_provider(namespace, name);
        let certainty = match provider {
            Some(provider) if provider.eq_ignore_ascii_case("azure") => Certainty::Depends,
            None if name.split(['-', '.']).any(|word| WORDS.contains(&word)) => Certainty::Probably,
            _ => return,
        };
        if let Some(row) = self.tables.names.volume_types.get("secretProviderClass") {
            let subject = format!("secrets of the SecretProviderClass `{name}`");
            let found = sign(row, Signal::Volume, subject, Effect::Stops);
            self.push(value, Sign { certainty, ..found });
        }
    }

    /// A key of a ConfigMap, a Secret or a mapping of variables.
    fn data_key(&mut self, key: &str, value: Node<'a>) {
        let is_secret = self.resource.gvk.kind == "Secret" && self.is_data();
        let is_known = is_secret || (key == "azure.json" && self.is_data());
        if let Some(row) = self.tables.names.secret_keys.get(key).filter(|_| is_known) {
            let subject = format!("key `{key}`");
            self.push(value, sign(row, Signal::Name, subject, Effect::Stays));
        } else if value.scalar().is_some() || is_reference(value) {
            self.variable(key, Some(value), value);
        }
    }

    /// A variable of a settled name. `at` is what to mark.
    fn variable(&mut self, name: &str, value: Option<Node<'a>>, at: Node<'a>) {
        let names = &self.tables.names.environment;
        let Some(row) = names.get(name) else { return };
        let is_exact = names.is_exact(name);
        let is_nothing = match value.map(Node::scalar) {
            Some(Some(Scalar::String(text))) => is_nothing(text),
            Some(Some(Scalar::Null)) => true,
            Some(Some(Scalar::Bool(is_on))) => !is_on,
            _ => false,
        };
        // A name that is settled is read even where its value is still to be filled in.
        // What Flux substitutes is read by nobody under that name.
        let is_substituted = self.keys.len() > 1 && self.keys[self.keys.len() - 2] == "substitute";
        if (is_nothing || is_substituted) && !is_exact {
            return;
        }
        // What the value itself says is the better sign.
        let text = value.and_then(Node::as_str);
        if text.is_some_and(|text| self.tables.says(text, name)) {
            return;
        }
        let mut found = sign(
            row,
            Signal::Environment,
            format!("variable `{name}`"),
            Effect::Stays,
        );
        if row.certainty.is_none() && (is_nothing || !is_exact) {
            found.certainty = Certainty::Probably;
        }
        self.push(at, found);
    }

    fn setting(&mut self, name: &'a str, key: Node<'a>, value: Node<'a>, parent: Node<'a>) {
        let above = &self.keys[..self.keys.len() - 1];
        let setting = NodeSetting {
            kind: if self.embedding.is_some() {
                ""
            } else {
                &self.resource.gvk.kind
            },
            key: name,
            above,
            value,
            parent,
            scopes: &self.scopes,
        };
        if let Some(row) = self.tables.settings.get(&setting) {
            let at = if value.scalar().is_some() { value } else { key };
            let found = of_setting(row, name, setting.value());
            self.push(at, found);
        }
    }

    fn string(&mut self, node: Node<'a>, text: &'a str, parent: Option<Node<'a>>) {
        if !self.tables.is_telling(text) {
            self.encoded(text);
            return;
        }
        if self.is_argument() {
            self.argument(node, text);
        }
        if !is_name(&self.keys, parent, text) && self.embedding.is_none() {
            let mut keys: Vec<&str> = self.keys.iter().rev().take(3).copied().collect();
            keys.extend(
                parent
                    .and_then(|parent| parent.get("name"))
                    .and_then(Node::as_str),
            );
            let found = self.tables.in_text(text, &keys, self.is_image_place());
            let is_own_host = matches!(
                self.keys.last(),
                Some(&("host" | "hosts" | "hostname" | "hostnames" | "dnsNames" | "commonName"))
            );
            let is_meant = |sign: &Sign| !(is_own_host && sign.service == hosts::UNIDENTIFIED);
            for (range, found) in found.into_iter().filter(|(_, sign)| is_meant(sign)) {
                let path = self.path();
                let part = Some(part(&range));
                self.signs.push(Sign {
                    path,
                    part,
                    ..found
                });
            }
        }
        if self
            .embedding
            .is_none_or(|embedding| embedding.depth < DEPTH)
        {
            self.embedded(node, text);
        }
    }

    /// Whether the walk is at a string of a container's command line.
    fn is_argument(&self) -> bool {
        matches!(self.keys.last(), Some(&("args" | "command" | "extraArgs")))
    }

    /// `--provider` and `azure` in two arguments; what one string holds is outlined as a text.
    fn argument(&mut self, node: Node<'a>, text: &str) {
        let Some(scope) = self.scopes.last().copied() else {
            return;
        };
        let Some(list) = self.keys.last().and_then(|key| scope.get(key)) else {
            return;
        };
        let mut before = "";
        for item in list.items() {
            let is_it = item.id() == node.id();
            if is_it && before.starts_with("--") && !before.contains('=') && !text.starts_with('-')
            {
                let joined = format!("{before}={text}");
                let lines = outline(&joined);
                let around = scope.text();
                for position in 0..lines.len() {
                    let setting = LineSetting::new("", &lines, position, around);
                    if let Some(row) = self.tables.settings.get(&setting) {
                        self.push(node, of_setting(row, before, Some(text)));
                    }
                }
            }
            before = item.as_str().unwrap_or_default();
        }
    }

    /// Keys under which a string may be an image of any registry.
    fn is_image_place(&self) -> bool {
        matches!(
            self.keys.last(),
            Some(&("image" | "newName" | "package" | "repository" | "reference"))
        )
    }

    /// A string as a document: its settings, names and variables.
    fn embedded(&mut self, node: Node<'a>, text: &str) {
        let is_document = text.contains('\n') || text.trim_start().starts_with(['{', '[']);
        let trees = if is_document {
            (self.tables.read)(text)
        } else {
            Vec::new()
        };
        if trees
            .iter()
            .any(|tree| tree.root().is_some_and(|root| root.scalar().is_none()))
        {
            let (path, own) = (self.marked_path(), self.part_of(node));
            let plain = self.embedding.is_none().then_some(text);
            for tree in &trees {
                self.document(tree, &path, own, plain);
            }
        } else {
            self.outlined(node, text);
        }
    }

    fn document(&mut self, tree: &Tree, path: &ValuePath, part: Option<Part>, plain: Option<&str>) {
        let depth = self.embedding.map_or(0, |embedding| embedding.depth);
        let embedding = Embedding {
            path,
            plain,
            part,
            depth: depth + 1,
        };
        let Some(root) = tree.root() else { return };
        let mut walk = Walk::new(self.tables, self.resource, Some(embedding));
        walk.mapping_or_sequence(root);
        self.signs.append(&mut walk.signs);
    }

    fn outlined(&mut self, node: Node<'a>, text: &str) {
        let lines = outline(text);
        let around = match self.scopes.last() {
            Some(scope) if self.is_argument() => scope.text(),
            _ => text,
        };
        let kind = if self.embedding.is_some() {
            ""
        } else {
            self.resource.gvk.kind.as_str()
        };
        let mut found = Vec::new();
        for (position, line) in lines.iter().enumerate() {
            let setting = LineSetting::new(kind, &lines, position, around);
            if let Some(row) = self.tables.settings.get(&setting) {
                found.push((line.range.clone(), of_setting(row, line.key, line.value)));
            } else if let Some(sign) = self.tables.variable_in_text(line.key, line.value) {
                found.push((line.range.clone(), sign));
            }
        }
        for (range, sign) in found {
            let part = match self.part_of(node) {
                _ if self.embedding.is_none() => Some(part(&range)),
                own => own,
            };
            let path = self.marked_path();
            self.signs.push(Sign { path, part, ..sign });
        }
    }

    /// A value in base64, of a Secret or a binary ConfigMap: read to look, never shown.
    fn encoded(&mut self, text: &str) {
        let list = match self.resource.gvk.kind.as_str() {
            "Secret" => "data",
            "ConfigMap" => "binaryData",
            _ => return,
        };
        if self.embedding.is_some() || self.keys.len() != 2 || self.keys[0] != list {
            return;
        }
        let Some(decoded) = super::texts::decoded(text).filter(|text| self.tables.is_telling(text))
        else {
            return;
        };
        let path = self.path();
        for (_, found) in self.tables.in_text(&decoded, &self.keys[1..], false) {
            self.signs.push(Sign {
                path: path.clone(),
                part: None,
                ..found
            });
        }
        let trees = (self.tables.read)(&decoded);
        let is_document = trees
            .iter()
            .any(|tree| tree.root().is_some_and(|root| root.scalar().is_none()));
        if is_document {
            for tree in &trees {
                self.document(tree, &path, None, None);
            }
        } else {
            for line in outline(&decoded) {
                if let Some(sign) = self.tables.variable_in_text(line.key, line.value) {
                    self.signs.push(Sign {
                        path: path.clone(),
                        part: None,
                        ..sign
                    });
                }
            }
        }
    }

    /// Adds a sign at a node of the walk.
    fn push(&mut self, node: Node<'a>, sign: Sign) {
        let (path, part) = (self.marked_path(), self.part_of(node));
        self.signs.push(Sign { path, part, ..sign });
    }

    /// The path of the value that is marked in the resource.
    fn marked_path(&self) -> ValuePath {
        match self.embedding {
            Some(embedding) => embedding.path.clone(),
            None => self.path(),
        }
    }

    /// The part of the string at that path: in a document of it, the node's own characters.
    fn part_of(&self, node: Node<'a>) -> Option<Part> {
        let embedding = self.embedding?;
        let Some(text) = embedding.plain else {
            return embedding.part;
        };
        let mut range = node.span().range();
        let written = &text[range.clone()];
        if written.len() > 2 && written.starts_with(['"', '\'']) {
            range = range.start + 1..range.end - 1;
        }
        Some(part(&range))
    }

    fn path(&self) -> ValuePath {
        let step = |step: &Visited<'_>| match step {
            Visited::Key(key) => Step::Key((*key).to_owned()),
            Visited::Index(index) => Step::Index(*index),
        };
        ValuePath(self.visited.iter().map(step).collect())
    }
}

/// Of several signs of the same characters the one that says most: what a key's name says of its
/// whole value before what stands in the value, else in the order of the signals.
fn one_for_each_fact(signs: Vec<Sign>) -> Vec<Sign> {
    let overlap = |one: Part, other: Part| {
        one.start < other.start + other.length && other.start < one.start + one.length
    };
    let says_more = |one: &Sign, other: &Sign| match (one.part, other.part) {
        (None, None) => one.signal < other.signal,
        (None, Some(_)) => one.signal != Signal::Environment || other.signal > Signal::Endpoint,
        (Some(_), None) => false,
        (Some(part), Some(own)) => overlap(part, own) && one.signal < other.signal,
    };
    let is_told = |sign: &Sign| {
        signs
            .iter()
            .any(|other| other.path == sign.path && says_more(other, sign))
    };
    let kept: Vec<bool> = signs.iter().map(|sign| !is_told(sign)).collect();
    let pairs = signs.into_iter().zip(kept).filter(|(_, kept)| *kept);
    pairs.map(|(sign, _)| sign).collect()
}

/// A sign of a name, without its place.
pub(super) fn sign(row: &names::Row, signal: Signal, subject: String, effect: Effect) -> Sign {
    Sign {
        path: ValuePath::default(),
        part: None,
        signal,
        service: row.service.clone(),
        subject,
        effect: row.effect.unwrap_or(effect),
        certainty: row.certainty.unwrap_or_default(),
        has_key: false,
    }
}

fn of_setting(row: &SettingRow, key: &str, value: Option<&str>) -> Sign {
    let is_shown = !row.is_by_key();
    let subject = match value.filter(|_| is_shown) {
        Some(value) => format!("setting `{key}: {value}` of {}", row.tool),
        None => format!("setting `{key}` of {}", row.tool),
    };
    Sign {
        path: ValuePath::default(),
        part: None,
        signal: Signal::Setting,
        service: row.service.clone(),
        subject,
        effect: row.effect(),
        certainty: row.certainty,
        has_key: false,
    }
}

fn part(range: &Range<usize>) -> Part {
    Part {
        start: range.start,
        length: range.len(),
    }
}

/// Whether a mapping says where a variable's value comes from.
fn is_reference(value: Node<'_>) -> bool {
    const KEYS: [&str; 4] = ["secretKeyRef", "configMapKeyRef", "valueFrom", "secretRef"];
    KEYS.iter().any(|key| value.get(key).is_some())
}

/// A key of an object as a setting.
struct NodeSetting<'s, 'a> {
    kind: &'s str,
    key: &'a str,
    above: &'s [&'a str],
    value: Node<'a>,
    parent: Node<'a>,
    scopes: &'s [Node<'a>],
}

impl Setting for NodeSetting<'_, '_> {
    fn kind(&self) -> &str {
        self.kind
    }

    fn key(&self) -> &str {
        self.key
    }

    fn above(&self) -> &[&str] {
        self.above
    }

    fn value(&self) -> Option<&str> {
        match self.value.scalar()? {
            Scalar::String(text) => Some(text),
            Scalar::Bool(true) => Some("true"),
            Scalar::Bool(false) => Some("false"),
            Scalar::Null | Scalar::Signed(_) | Scalar::Unsigned(_) | Scalar::Float(_) => None,
        }
    }

    fn is_off(&self) -> bool {
        match self.value.scalar() {
            Some(Scalar::String(text)) => is_nothing(text),
            Some(Scalar::Null | Scalar::Bool(false)) => true,
            Some(_) => false,
            None => {
                let is_empty =
                    self.value.entries().next().is_none() && self.value.items().next().is_none();
                is_empty || self.value.get("enabled").and_then(Node::as_bool) == Some(false)
            }
        }
    }

    fn holds(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    fn is_beside(&self, key: &str) -> bool {
        self.parent.get(key).is_some()
    }

    fn is_near(&self, word: &str) -> bool {
        self.scopes.iter().any(|scope| scope.text().contains(word))
    }
}
