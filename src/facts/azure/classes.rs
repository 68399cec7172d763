//! Classes that the scanned resources define themselves: whoever asks for one of them asks for
//! what it stands for, whatever its name.

use std::collections::HashMap;

use crate::model::{Node, Resource};

/// What the scanned resources call their own.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// What provides the volumes of each StorageClass.
    storage: HashMap<String, String>,
    /// Controller of each IngressClass.
    ingress: HashMap<String, String>,
    /// Controller of each GatewayClass.
    gateway: HashMap<String, String>,
    /// Driver of each VolumeSnapshotClass.
    snapshots: HashMap<String, String>,
    /// Provider of each SecretProviderClass, by namespace and name.
    secrets: HashMap<(Option<String>, String), String>,
}

impl Classes {
    pub(super) fn new(resources: &[Resource]) -> Self {
        let mut classes = Self::default();
        for resource in resources {
            classes.add(resource);
        }
        classes
    }

    fn add(&mut self, resource: &Resource) {
        let text = |keys: &[&str]| {
            let value = resource.node().find(keys).and_then(Node::as_str);
            value.unwrap_or_default().to_owned()
        };
        let name = || resource.identity.name.clone();
        match resource.gvk.kind.as_str() {
            "StorageClass" => {
                // One driver of NetApp serves several clouds; its back end tells which.
                let backend = text(&["parameters", "backendType"]);
                let is_azure = backend.starts_with("azure-");
                let told = if is_azure {
                    backend
                } else {
                    text(&["provisioner"])
                };
                self.storage.insert(name(), told);
            }
            "IngressClass" => {
                self.ingress.insert(name(), text(&["spec", "controller"]));
            }
            "GatewayClass" => {
                self.gateway
                    .insert(name(), text(&["spec", "controllerName"]));
            }
            "VolumeSnapshotClass" => {
                self.snapshots.insert(name(), text(&["driver"]));
            }
            "SecretProviderClass" => {
                // A patch of a kustomization says nothing of the provider.
                let (key, provider) = (
                    (resource.identity.namespace.clone(), name()),
                    text(&["spec", "provider"]),
                );
                if !provider.is_empty() {
                    self.secrets.insert(key, provider);
                }
            }
            _ => {}
        }
    }

    pub(super) fn provisioner(&self, storage_class: &str) -> Option<&str> {
        self.storage.get(storage_class).map(String::as_str)
    }

    pub(super) fn snapshot_driver(&self, class: &str) -> Option<&str> {
        self.snapshots.get(class).map(String::as_str)
    }

    pub(super) fn ingress_controller(&self, class: &str) -> Option<&str> {
        self.ingress.get(class).map(String::as_str)
    }

    pub(super) fn gateway_controller(&self, class: &str) -> Option<&str> {
        self.gateway.get(class).map(String::as_str)
    }

    /// The provider of a SecretProviderClass of a namespace, or of one that names no namespace;
    /// for who names none, that of all classes of the name if they agree.
    pub(super) fn secret_provider(&self, namespace: Option<&str>, class: &str) -> Option<&str> {
        let of = |namespace: Option<&str>| {
            let key = (namespace.map(str::to_owned), class.to_owned());
            self.secrets.get(&key).map(String::as_str)
        };
        let anywhere = || {
            let of_name = self.secrets.iter().filter(|((_, name), _)| name == class);
            let mut providers = of_name.map(|(_, provider)| provider.as_str());
            let first = providers.next()?;
            providers.all(|other| other == first).then_some(first)
        };
        let own = of(namespace).or_else(|| of(None));
        if namespace.is_some() {
            own
        } else {
            own.or_else(anywhere)
        }
    }
}
