//! Programs among the objects that may make pods, since a role lets their ServiceAccount, and which labels
//! these pods may have: what the program is told speaks of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kube::core::Expression;

use super::Finder;
use crate::model::{Node, Resource, Role};
use crate::network::{DEFAULT_NAMESPACE, Match, Selector, asked_values, label_key, namespace_of};

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

/// Words of labels that tell tiers, or nothing: who is told them makes no pods of that name.
const COMMON: [&str; 12] = [
    "application",
    "backend",
    "cache",
    "component",
    "data",
    "database",
    "frontend",
    "infrastructure",
    "kube",
    "monitoring",
    "name",
    "true",
];

/// How the name of a variable goes on behind what pods are called that a program makes: what they run and may use,
/// and when they are taken away again. Of pods that it only calls, it is told none of these.
const TOLD: [&str; 7] = [
    "_CLEANUP",
    "_CPU_LIMIT",
    "_CPU_REQUEST",
    "_IMAGE",
    "_MEMORY_LIMIT",
    "_MEMORY_REQUEST",
    "_POD_",
];

/// Shorter words tell nothing.
const TELLING_LENGTH: usize = 3;

/// By namespace, the objects whose pods may make others there.
pub(super) type Makers = BTreeMap<String, BTreeSet<usize>>;

/// Namespace and name; that of a ClusterRole is empty.
type Key<'a> = (&'a str, &'a str);

/// Reads who may make pods.
pub(super) fn makers(resources: &[Resource]) -> Makers {
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
        return Makers::new();
    }
    let mut users: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
    for (position, one) in resources.iter().enumerate() {
        if one.role == Role::Manifest {
            accounts(one).for_each(|account| users.entry(account).or_default().push(position));
        }
    }
    let mut found = Makers::new();
    for (kind, is_wide) in [("RoleBinding", false), ("ClusterRoleBinding", true)] {
        for binding in of_kind(kind) {
            let own = namespace_of(binding);
            if !bound_role(binding, own).is_some_and(|role| making.contains(&role)) {
                continue;
            }
            let subjects = binding.node().get("subjects");
            for subject in subjects.into_iter().flat_map(Node::items) {
                let account = account(subject, own);
                if let Some((account, users)) = account.and_then(|key| users.get_key_value(&key)) {
                    let namespace = if is_wide { account.0 } else { own };
                    found.entry(namespace.to_owned()).or_default().extend(users);
                }
            }
        }
    }
    found
}

impl Finder<'_> {
    /// Whether a program may make pods with such labels at run time: of a label whose key no scanned pod
    /// has, the program, or a text that it may read, has words; of another label, these say what pods of that name
    /// run or use. A custom resource beside may be the program's, and they be called by its group or its kind.
    /// The cluster's DNS service is nobody's.
    pub(super) fn may_be_made_later(&self, selector: &Selector, namespace: usize) -> bool {
        let mut makers = self.makers_in(namespace).peekable();
        if makers.peek().is_none() || selector.matches(&self.settings.dns.labels) != Match::No {
            return false;
        }
        let strange = self.strange_labels(selector);
        let variables: Vec<String> = selector.values().into_iter().flat_map(variables).collect();
        let is_told = |text: &str| variables.iter().any(|name| text.contains(name));
        let holds = |text: &str| {
            let mut texts = strange
                .iter()
                .map(|label| (label_key(label), asked_values(label)));
            texts.any(|(key, values)| {
                let mut values = values.into_iter();
                text.contains(key) && values.all(|value| text.contains(value))
            })
        };
        let name = self.network.namespaces.at(namespace).name.as_str();
        let mut texts = self.resources.iter().filter(|one| {
            one.gvk.group.is_empty() && one.gvk.kind == "ConfigMap" && namespace_of(one) == name
        });
        makers.any(|maker| {
            let text = maker.node().text();
            is_told(text) || strange.iter().any(|label| speaks_of(text, label, name))
        }) || texts.any(|one| is_told(one.node().text()) || holds(one.node().text()))
            || self.is_called_by_custom(selector, name)
    }

    /// Whether a custom resource for which pods may be made, in a namespace or in none, has a group or a kind by which a
    /// selector calls its pods.
    fn is_called_by_custom(&self, selector: &Selector, namespace: &str) -> bool {
        let all = [namespace, DEFAULT_NAMESPACE].into_iter();
        let all = all.filter_map(|name| self.customs.get(name)).flatten();
        let mut beside = all.map(|at| &self.resources[*at]).filter(|one| {
            let own = one.given_namespace();
            own.is_none_or(|own| own == namespace) && !one.is_workload() && self.may_have_pods(one)
        });
        let asked = selector.values();
        beside.any(|one| asked.iter().any(|value| is_called_by(value, one)))
    }

    /// Who may make pods that a selector means, of which nothing tells the labels: what to say of them.
    pub(super) fn makers_of(&self, selector: &Selector, namespace: usize) -> Option<String> {
        let maker = self.makers_in(namespace).next()?;
        let name = &maker.identity.name;
        let said = "may create pods, and nothing tells that it gives them these labels";
        (!selector.selects_all()).then(|| format!("`{name}` {said}"))
    }

    fn makers_in(&self, namespace: usize) -> impl Iterator<Item = &Resource> {
        let name = self.network.namespaces.at(namespace).name.as_str();
        self.unseen.makers(name).map(|at| &self.resources[at])
    }

    /// The labels that a selector asks for whose key no scanned pod has.
    fn strange_labels<'s>(&self, selector: &'s Selector) -> Vec<&'s Expression> {
        let classes = &self.network.population.classes;
        let is_strange =
            |label: &&Expression| !classes.iter().any(|class| class.bears(label_key(label)));
        selector.requirements().iter().filter(is_strange).collect()
    }
}

/// Whether a label's value ends in the group of an object, or has all words of its kind.
fn is_called_by(value: &str, resource: &Resource) -> bool {
    let group = &resource.gvk.group;
    let rest = value.strip_suffix(group.as_str());
    let is_of_group = rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let mut kind = String::new();
    for one in resource.gvk.kind.chars() {
        if one.is_ascii_uppercase() && kind.ends_with(|last: char| last.is_ascii_lowercase()) {
            kind.push('-');
        }
        kind.push(one);
    }
    let asked: BTreeSet<String> = words(value).collect();
    is_of_group || words(&kind).all(|word| asked.contains(&word))
}

/// How the names of variables begin that tell a program of the pods with a label that it makes.
fn variables(value: &str) -> impl Iterator<Item = String> {
    let name = value.to_ascii_uppercase().replace(['-', '.'], "_");
    TOLD.into_iter().map(move |end| name.clone() + end)
}

/// Whether a text has a telling word of a label, in its key or its values: none that is of the namespace's
/// own name.
fn speaks_of(text: &str, label: &Expression, namespace: &str) -> bool {
    let key = label_key(label);
    let own = key.rsplit('/').next().unwrap_or_default();
    let of_values = asked_values(label).into_iter().flat_map(words);
    let common: Vec<String> = words(namespace).collect();
    let asked: BTreeSet<String> = words(own)
        .chain(of_values)
        .filter(|word| {
            word.len() > TELLING_LENGTH
                && !COMMON.contains(&word.as_str())
                && !common.contains(word)
        })
        .collect();
    words(text).any(|word| asked.contains(&word))
}

/// The words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric());
    words.map(str::to_ascii_lowercase)
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
    let text = |key| role.string(key);
    let namespace = if text("kind")? == "Role" { own } else { "" };
    Some((namespace, text("name")?))
}

fn account<'a>(subject: Node<'a>, own: &'a str) -> Option<Key<'a>> {
    let text = |key| subject.string(key);
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
    fn pods_may_be_called_by_the_group_or_the_kind_of_what_they_are_made_for() {
        let object = "apiVersion: redis.example.com/v1\nkind: RedisFailover\nmetadata: {name: a}\n";
        let object = &read_text(object)[0];
        for (value, expected) in [
            ("controller.redis.example.com", true),
            ("redis.example.com", true),
            ("redis-failover-sentinel", true),
            ("redis", false),
            ("redisexample.com", false),
            ("example.com", false),
            ("web", false),
        ] {
            assert_eq!(is_called_by(value, object), expected, "{value}");
        }
    }

    #[test]
    fn a_program_that_may_create_pods_fills_the_namespace() {
        let found = |changes: &[(&str, &str)]| {
            let change = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
            let text = changes.iter().fold(OBJECTS.to_owned(), change);
            makers(&read_text(&text)).into_keys().collect::<Vec<_>>()
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
