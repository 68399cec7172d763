//! Secrets to pull images with: those that pods name, and those of their ServiceAccounts.

use std::collections::HashMap;
use std::sync::Arc;

use super::Image;
use crate::model::{Artifact, Node, Resource, Role};

/// The namespace and the ServiceAccount of a pod that names none.
const DEFAULT: &str = "default";

/// The ServiceAccounts of a scan that bring a Secret.
#[derive(Debug, Default)]
pub(super) struct PullSecrets {
    /// The texts they stand in, by namespace, as far as one is named, and name.
    accounts: HashMap<(Option<String>, String), Vec<Arc<Artifact>>>,
}

impl PullSecrets {
    /// The ServiceAccounts among the resources.
    pub(super) fn new(resources: &[Resource]) -> Self {
        let accounts = resources.iter().filter(|resource| {
            resource.role != Role::Package
                && resource.gvk.kind == "ServiceAccount"
                && names_secret(resource.node())
        });
        let key = |resource: &Resource| {
            let identity = &resource.identity;
            (identity.namespace.clone(), identity.name.clone())
        };
        let mut secrets = Self::default();
        for account in accounts {
            let texts = secrets.accounts.entry(key(account)).or_default();
            texts.push(Arc::clone(&account.artifact));
        }
        secrets
    }

    /// Tells an image of a container whether its pod has a Secret to pull it with.
    pub(super) fn look_up(&self, resource: &Resource, image: &mut Image) {
        let template = image.template.as_ref().and_then(|path| resource.at(path));
        // Where no `spec` is, the template is a step of a workflow, and the workflow's spec counts.
        let own = template.and_then(|template| template.get("spec"));
        let shared = resource.node().get("spec");
        let specs = [own, shared];
        let pods = || specs.iter().flatten();
        image.has_pull_secret = pods().any(|spec| names_secret(*spec)) || {
            let account = |spec: &Node<'_>| {
                let keys = ["serviceAccountName", "serviceAccount"];
                let name = keys.iter().find_map(|key| spec.get(key));
                name.and_then(Node::as_str).map(str::to_owned)
            };
            let name = pods().find_map(account);
            self.holds(resource, name.as_deref().unwrap_or(DEFAULT))
        };
    }

    /// An object without a namespace may be put into any, so it fits an account of any.
    fn holds(&self, resource: &Resource, account: &str) -> bool {
        let meets = |texts: &Vec<Arc<Artifact>>| {
            let mut texts = texts.iter();
            texts.any(|text| text.coexists_with(&resource.artifact))
        };
        match &resource.identity.namespace {
            Some(namespace) => [Some(namespace.clone()), None]
                .into_iter()
                .filter_map(|namespace| self.accounts.get(&(namespace, account.to_owned())))
                .any(meets),
            None => {
                let named = self
                    .accounts
                    .iter()
                    .filter(|((_, name), _)| name == account);
                named.map(|(_, texts)| texts).any(meets)
            }
        }
    }
}

/// Whether any entry has a name: kubelet passes over those that have none.
fn names_secret(node: Node<'_>) -> bool {
    let is_name = |node: Node<'_>| node.as_str().is_none_or(|name| !name.is_empty());
    let is_named = |entry: Node<'_>| match entry.is_mapping() {
        true => entry.get("name").is_some_and(is_name),
        false => is_name(entry),
    };
    let secrets = node.get("imagePullSecrets");
    secrets
        .is_some_and(|secrets| secrets.items().any(is_named) || secrets.entries().next().is_some())
}
