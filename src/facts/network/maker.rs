//! Namespaces in which a program among the objects may make pods: its ServiceAccount is bound to a role
//! that lets it.

use std::collections::{BTreeSet, HashSet};

use crate::model::{Node, Resource, Role};
use crate::network::namespace_of;

/// What a role names that is pods, or makes some.
const PODS: [&str; 8] = [
    "*",
    "cronjobs",
    "daemonsets",
    "deployments",
    "jobs",
    "pods",
    "replicasets",
    "statefulsets",
];

/// Namespace and name; that of a ClusterRole is empty.
type Key<'a> = (&'a str, &'a str);

/// The namespaces.
pub(super) fn made(resources: &[Resource]) -> BTreeSet<String> {
    let whole = || {
        let whole = resources.iter();
        whole.filter(|one| one.role == Role::Manifest)
    };
    let of_kind = |kind: &'static str| {
        whole()
            .filter(move |one| one.gvk.kind == kind && one.gvk.group == "rbac.authorization.k8s.io")
    };
    let own = of_kind("Role").map(|role| (namespace_of(role), role));
    let wide = of_kind("ClusterRole").map(|role| ("", role));
    let making = own.chain(wide).filter(|(_, role)| makes_pods(role));
    let making: HashSet<Key<'_>> = making
        .map(|(namespace, role)| (namespace, role.identity.name.as_str()))
        .collect();
    if making.is_empty() {
        return BTreeSet::new();
    }
    let used: HashSet<Key<'_>> = whole().flat_map(accounts).collect();
    let mut found = BTreeSet::new();
    for (kind, is_wide) in [("RoleBinding", false), ("ClusterRoleBinding", true)] {
        for binding in of_kind(kind) {
            let own = namespace_of(binding);
            if !bound_role(binding, own).is_some_and(|role| making.contains(&role)) {
                continue;
            }
            let subjects = binding.node().get("subjects");
            for subject in subjects.into_iter().flat_map(Node::items) {
                if let Some(account) = account(subject, own).filter(|key| used.contains(key)) {
                    let namespace = if is_wide { account.0 } else { own };
                    found.insert(namespace.to_owned());
                }
            }
        }
    }
    found
}

fn makes_pods(role: &Resource) -> bool {
    let lists = |rule: Node<'_>, key: &str, words: &[&str]| {
        let listed = rule.get(key).into_iter().flat_map(Node::items);
        let mut listed = listed.filter_map(Node::as_str);
        listed.any(|word| words.contains(&word))
    };
    let rules = role.node().get("rules").into_iter().flat_map(Node::items);
    let mut rules = rules.filter(|rule| lists(*rule, "verbs", &["*", "create"]));
    rules.any(|rule| lists(rule, "resources", &PODS))
}

/// The ServiceAccounts that the pods of an object have.
fn accounts(resource: &Resource) -> impl Iterator<Item = Key<'_>> {
    let specs = resource.pod_templates.iter();
    let specs = specs.filter_map(|template| resource.at(template)?.get("spec"));
    specs.map(|spec| {
        let named = ["serviceAccountName", "serviceAccount"].into_iter();
        let mut named = named.filter_map(|key| spec.get(key)?.as_str());
        (namespace_of(resource), named.next().unwrap_or("default"))
    })
}

fn bound_role<'a>(binding: &'a Resource, own: &'a str) -> Option<Key<'a>> {
    let role = binding.node().get("roleRef")?;
    let text = |key| role.get(key).and_then(Node::as_str);
    let namespace = if text("kind")? == "Role" { own } else { "" };
    Some((namespace, text("name")?))
}

fn account<'a>(subject: Node<'a>, own: &'a str) -> Option<Key<'a>> {
    let text = |key| subject.get(key).and_then(Node::as_str);
    let is_account = text("kind") == Some("ServiceAccount");
    is_account.then_some((text("namespace").unwrap_or(own), text("name")?))
}

#[cfg(test)]
mod tests {
    use crate::source::read_text;

    use super::*;

    const OBJECTS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec: {serviceAccountName: maker}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: maker, namespace: shop}
rules: [{apiGroups: [''], resources: [pods], verbs: [get, create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: maker, namespace: shop}
roleRef: {kind: Role, name: maker}
subjects: [{kind: ServiceAccount, name: maker}]
";

    #[test]
    fn a_program_that_may_create_pods_fills_the_namespace() {
        let found = |changes: &[(&str, &str)]| {
            let change = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
            let text = changes.iter().fold(OBJECTS.to_owned(), change);
            made(&read_text(&text)).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(found(&[]), ["shop"]);
        let wide = [
            ("kind: Role\n", "kind: ClusterRole\n"),
            ("kind: Role,", "kind: ClusterRole,"),
        ];
        assert_eq!(found(&wide), ["shop"]);
        for (from, to) in [
            ("create", "watch"),
            ("[pods]", "[pods/exec]"),
            ("kind: ServiceAccount", "kind: User"),
            (
                "{name: maker, namespace: shop}\nroleRef",
                "{name: maker, namespace: other}\nroleRef",
            ),
            ("serviceAccountName: maker", "serviceAccountName: other"),
        ] {
            assert_eq!(found(&[(from, to)]), [""; 0], "{from}");
        }
    }
}
