//! Secrets to pull images with: those that pods name, and those of their ServiceAccounts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Image;
use crate::model::{Artifact, Node, Resource, Role};

/// The namespace and the ServiceAccount of a pod that names none.
const DEFAULT: &str = "default";

/// Programs that give ServiceAccounts of all namespaces a Secret, by the names of their images.
const GIVERS: [&str; 3] = [
    "/imagepullsecret-patcher",
    "/registry-creds",
    "/imagepullsecrets",
];

/// The ServiceAccounts of a scan that bring a Secret.
#[derive(Debug, Default)]
pub(super) struct PullSecrets {
    /// The texts they stand in, by namespace, as far as one is named, and name.
    accounts: HashMap<(Option<String>, String), Vec<Arc<Artifact>>>,
    /// Namespaces of which something in the cluster gives every pod a Secret; `None` for all.
    given: HashSet<Option<String>>,
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
        let givers = resources.iter().filter_map(given);
        let mut secrets = Self {
            given: givers.collect(),
            ..Self::default()
        };
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
        let is_given = self.is_given(resource);
        image.has_pull_secret = is_given || pods().any(|spec| names_secret(*spec)) || {
            let account = |spec: &Node<'_>| {
                let keys = ["serviceAccountName", "serviceAccount"];
                let name = keys.iter().find_map(|key| spec.get(key));
                name.and_then(Node::as_str).map(str::to_owned)
            };
            let name = pods().find_map(account);
            self.holds(resource, name.as_deref().unwrap_or(DEFAULT))
        };
    }

    fn is_given(&self, resource: &Resource) -> bool {
        let namespace = &resource.identity.namespace;
        self.given.contains(&None) || self.given.contains(namespace)
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

/// The namespace of whose pods an object gives each a Secret: a policy of Kyverno, or a program that does nothing
/// else.
fn given(resource: &Resource) -> Option<Option<String>> {
    let text = || resource.node().text();
    if resource.gvk.group.ends_with("kyverno.io") {
        let is_giver = text().contains("imagePullSecrets") && text().contains("mutate");
        let is_of_namespace = resource.gvk.kind == "Policy";
        let own = resource.identity.namespace.clone();
        return is_giver.then(|| own.filter(|_| is_of_namespace));
    }
    let runs = |name: &str| {
        let mut found = text().match_indices(name);
        found.any(|(at, _)| text()[at + name.len()..].starts_with([':', '@']))
    };
    let is_program = resource.role == Role::Manifest && resource.is_workload();
    (is_program && GIVERS.into_iter().any(runs)).then_some(None)
}

/// Whether any entry has a name: kubelet passes over those that have none.
fn names_secret(node: Node<'_>) -> bool {
    let is_name = |node: Node<'_>| node.as_str().is_none_or(|name| !name.is_empty());
    let is_named = |entry: Node<'_>| match entry.is_mapping() {
        true => entry.get("name").is_some_and(is_name),
        false => is_name(entry),
    };
    // A JSON patch, of which a script hands one to kubectl.
    let is_added = |operation: Node<'_>| {
        let path = operation.string("path");
        path.is_some_and(|path| path.starts_with("/imagePullSecrets"))
            && operation.string("op") != Some("remove")
    };
    let secrets = node.get("imagePullSecrets");
    node.items().any(is_added)
        || secrets.is_some_and(|secrets| {
            secrets.items().any(is_named) || secrets.entries().next().is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[test]
    fn what_gives_secrets_to_pods_of_others_is_known() {
        let policy = |kind: &str, rule: &str| {
            format!(
                "apiVersion: kyverno.io/v1\nkind: {kind}\nmetadata: {{name: a, namespace: shop}}\n\
                 spec: {{rules: [{{{rule}: {{x: {{spec: {{imagePullSecrets: [{{name: a}}]}}}}}}}}]}}\n"
            )
        };
        let pod = |more: &str| {
            format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{{more}}}\n")
        };
        let runs = |image: &str| pod(&format!("containers: [{{image: {image}}}]"));
        let of_shop = Some(Some("shop".to_owned()));
        for (text, expected) in [
            (policy("ClusterPolicy", "mutate"), Some(None)),
            (policy("Policy", "mutate"), of_shop),
            (policy("ClusterPolicy", "validate"), None),
            (runs("quay.io/a/imagepullsecret-patcher:1"), Some(None)),
            (runs("quay.io/a/registry-creds-ui:1"), None),
            (
                pod("imagePullSecrets: [{name: registry-creds}], containers: [{image: a}]"),
                None,
            ),
        ] {
            assert_eq!(given(&read_text(&text)[0]), expected, "{text}");
        }
    }

    #[test]
    fn a_json_patch_names_a_secret_too() {
        let names = |text: &str| {
            let tree = &crate::source::trees(text)[0];
            names_secret(tree.root().expect("says something"))
        };
        let patch =
            |op: &str, path: &str| format!("[{{op: {op}, path: {path}, value: [{{name: a}}]}}]");
        assert!(
            names(&patch("add", "/imagePullSecrets"))
                && names(&patch("add", "/imagePullSecrets/-"))
        );
        assert!(
            !names(&patch("remove", "/imagePullSecrets/0")) && !names(&patch("add", "/secrets"))
        );
    }
}
