//! Names at keys whose meaning Kubernetes settles: labels, annotations, node labels, taints, classes,
//! drivers, and variables of settled names.

use super::{Walk, sign};
use crate::facts::azure::names;
use crate::facts::azure::outline::is_nothing;
use crate::facts::azure::sign::{Certainty, Effect, Sign, Signal};
use crate::model::{Node, Scalar};

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn label(&mut self, name: &str, value: Node<'a>) {
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

    pub(super) fn annotation(&mut self, name: &str, value: Node<'a>) {
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
    pub(super) fn node_label(
        &mut self,
        name: &str,
        wanted: Option<&str>,
        at: Node<'a>,
        effect: Effect,
    ) {
        let tables = &self.tables.names;
        if let Some(row) = tables.node_label(name, wanted) {
            let subject = match wanted {
                Some(wanted) if !name.contains('.') => format!("node label `{name}={wanted}`"),
                _ => format!("node label `{name}`"),
            };
            self.push(at, sign(row, Signal::NodeLabel, subject, effect));
        } else if let Some(wanted) = wanted.filter(|wanted| tables.is_region(name, wanted)) {
            let subject = format!("region `{wanted}` in the node label `{name}`");
            let found = sign(&tables.region, Signal::NodeLabel, subject, effect);
            self.push(at, found);
        }
    }

    /// A term about nodes: one that shuts nodes out asks for nothing.
    pub(super) fn node_term(&mut self, name: &str, at: Node<'a>, term: Node<'a>) {
        let operator = term.string("operator").unwrap_or("In");
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
    pub(super) fn named(&mut self, key: &'a str, value: Node<'a>, parent: Node<'a>, above: &str) {
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
                self.stop(
                    tables.labels.get(name),
                    Signal::Label,
                    ("label", name),
                    value,
                );
            }
            (
                "storageClassName" | "storageClass" | "storageclass" | "storage-class",
                Some(name),
            ) => {
                self.storage_class(name, value);
            }
            ("class", Some(name)) if parent.string("type") == Some("persistent-claim") => {
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
                let row = tables.volume_types.get(key);
                self.stop(row, Signal::Volume, ("volume type", key), value);
            }
            ("secretProviderClass", Some(name)) => self.secret_provider_class(name, value),
            ("ingressClassName" | "ingressClass" | "className", Some(name)) => {
                self.ingress_class(name, value)
            }
            ("class", Some(name)) if above == "ingress" => self.ingress_class(name, value),
            ("volumeSnapshotClassName", Some(name)) => {
                let driver = self.tables.classes.snapshot_driver(name, self.resource);
                let row = driver.and_then(|driver| tables.drivers.get(driver));
                self.stop(row, Signal::StorageClass, ("snapshot class", name), value);
            }
            ("gatewayClassName", Some(name)) => self.gateway_class(name, value),
            ("type", Some(name)) if above == "addresses" => {
                let row = tables.address_types.get(name);
                self.stop(row, Signal::IngressClass, ("address type", name), value);
            }
            ("controller" | "controllerName", Some(name)) => {
                let row = tables.class_controllers.get(name);
                self.stop(row, Signal::IngressClass, ("controller", name), value);
            }
            ("runtimeClassName", Some(name)) => {
                let row = tables.runtime_classes.get(name);
                self.stop(row, Signal::RuntimeClass, ("runtime class", name), value);
            }
            ("name", Some(name))
                if parent.get("value").is_some() || parent.get("valueFrom").is_some() =>
            {
                self.variable(name, parent.get("value"), value);
            }
            _ => self.data_key(key, value),
        }
    }

    /// A name of Azure's without which what has it does not run elsewhere.
    fn stop(
        &mut self,
        row: Option<&'w names::Row>,
        signal: Signal,
        (what, name): (&str, &str),
        value: Node<'a>,
    ) {
        if let Some(row) = row {
            let subject = format!("{what} `{name}`");
            self.push(value, sign(row, signal, subject, Effect::Stops));
        }
    }

    /// A toleration's taint: a virtual node's is portable unless it names Azure.
    pub(super) fn taint(&self, name: &str, toleration: Node<'a>) -> Option<&'w names::Row> {
        const VIRTUAL: &str = "virtual-kubelet.io/provider";
        let tables = &self.tables.names;
        if name != VIRTUAL {
            return tables.taint(name);
        }
        let is_azure = toleration.string("value") == Some("azure");
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

    pub(super) fn is_node_term(&self) -> bool {
        self.keys
            .iter()
            .any(|key| key.starts_with("nodeAffinity") || key.starts_with("nodeSelectorTerm"))
            || self.keys.contains(&"requirements")
            || self.keys.contains(&"allowedTopologies")
    }

    pub(super) fn storage_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.provisioner(name, self.resource) {
            Some(provisioner) => tables.drivers.get(provisioner),
            None => tables.storage_classes.get(name).or_else(|| {
                let is_among_others = || tables.storage_classes.is_in(&self.resource.artifact.text);
                let row = tables.common_storage_classes.get(name);
                row.filter(|_| is_among_others())
            }),
        };
        if let Some(row) = row {
            let subject = format!("storage class `{name}`");
            self.push(
                value,
                sign(row, Signal::StorageClass, subject, Effect::Stops),
            );
        }
    }

    pub(super) fn driver(&mut self, name: &str, value: Node<'a>) {
        if let Some(row) = self.tables.names.drivers.get(name) {
            let subject = format!("driver `{name}`");
            self.push(value, sign(row, Signal::Driver, subject, Effect::Stops));
        }
    }

    pub(super) fn ingress_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.ingress_controller(name, self.resource) {
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

    pub(super) fn gateway_class(&mut self, name: &str, value: Node<'a>) {
        let tables = &self.tables.names;
        let row = match self.tables.classes.gateway_controller(name, self.resource) {
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
    pub(super) fn secret_provider_class(&mut self, name: &str, value: Node<'a>) {
        const WORDS: [&str; 4] = ["akv", "azure", "keyvault", "kv"];
        let provider = self.tables.classes.secret_provider(name, self.resource);
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
    pub(super) fn data_key(&mut self, key: &str, value: Node<'a>) {
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
    pub(super) fn variable(&mut self, name: &str, value: Option<Node<'a>>, at: Node<'a>) {
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
}

/// Whether a mapping says where a variable's value comes from.
fn is_reference(value: Node<'_>) -> bool {
    const KEYS: [&str; 4] = ["secretKeyRef", "configMapKeyRef", "valueFrom", "secretRef"];
    KEYS.iter().any(|key| value.get(key).is_some())
}
