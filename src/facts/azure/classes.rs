//! Classes that the scanned resources define themselves: whoever asks for one of them asks for
//! what it stands for, whatever its name.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::model::{Artifact, Node, Resource};

/// What the scanned resources call their own.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// What provides the volumes of each StorageClass.
    storage: Defined<String>,
    /// Controller of each IngressClass.
    ingress: Defined<String>,
    /// Controller of each GatewayClass.
    gateway: Defined<String>,
    /// Driver of each VolumeSnapshotClass.
    snapshots: Defined<String>,
    /// Provider of each SecretProviderClass, by namespace and name.
    secrets: Defined<(Option<String>, String)>,
}

/// What resources define, each with the text it stands in: renderings of one chart never meet.
#[derive(Debug)]
struct Defined<K>(HashMap<K, Vec<(Arc<Artifact>, String)>>);

impl<K> Default for Defined<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Defined<K> {
    fn add(&mut self, key: K, resource: &Resource, told: String) {
        let all = self.0.entry(key).or_default();
        all.push((Arc::clone(&resource.artifact), told));
    }

    /// The last definition that can be deployed beside a resource.
    fn get<Q>(&self, key: &Q, beside: &Resource) -> Option<&str>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let mut all = self.0.get(key)?.iter().rev();
        let found = all.find(|(artifact, _)| artifact.coexists_with(&beside.artifact))?;
        Some(&found.1)
    }
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
                self.storage.add(name(), resource, told);
            }
            "IngressClass" => {
                self.ingress
                    .add(name(), resource, text(&["spec", "controller"]));
            }
            "GatewayClass" => {
                self.gateway
                    .add(name(), resource, text(&["spec", "controllerName"]));
            }
            "VolumeSnapshotClass" => {
                self.snapshots.add(name(), resource, text(&["driver"]));
            }
            "SecretProviderClass" => {
                // A patch of a kustomization says nothing of the provider.
                let (key, provider) = (
                    (resource.identity.namespace.clone(), name()),
                    text(&["spec", "provider"]),
                );
                if !provider.is_empty() {
                    self.secrets.add(key, resource, provider);
                }
            }
            _ => {}
        }
    }

    pub(super) fn provisioner(&self, storage_class: &str, beside: &Resource) -> Option<&str> {
        self.storage.get(storage_class, beside)
    }

    pub(super) fn snapshot_driver(&self, class: &str, beside: &Resource) -> Option<&str> {
        self.snapshots.get(class, beside)
    }

    pub(super) fn ingress_controller(&self, class: &str, beside: &Resource) -> Option<&str> {
        self.ingress.get(class, beside)
    }

    pub(super) fn gateway_controller(&self, class: &str, beside: &Resource) -> Option<&str> {
        self.gateway.get(class, beside)
    }

    /// The provider of a SecretProviderClass of the resource's namespace, or of one that names no
    /// namespace; for who names none, that of all classes of the name if they agree.
    pub(super) fn secret_provider(&self, class: &str, beside: &Resource) -> Option<&str> {
        let namespace = &beside.identity.namespace;
        let of = |namespace: &Option<String>| {
            let key = (namespace.clone(), class.to_owned());
            self.secrets.get(&key, beside)
        };
        let anywhere = || {
            let of_name = self.secrets.0.keys().filter(|(_, name)| name == class);
            let mut providers = of_name.filter_map(|key| self.secrets.get(key, beside));
            let first = providers.next()?;
            providers.all(|other| other == first).then_some(first)
        };
        let own = of(namespace).or_else(|| of(&None));
        if namespace.is_some() {
            own
        } else {
            own.or_else(anywhere)
        }
    }
}
