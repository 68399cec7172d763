//! What tasks of Ansible put into a cluster: objects that the module `k8s` or a command's input has, values that
//! `helm` is handed, and what commands say. What Jinja puts in is unknown; what Ansible does on hosts is not told.

use std::ops::Range;
use std::sync::Arc;

use super::literal::as_outlines;
use super::outline::outline_of_unmade;
use super::reading::Read;
use super::resource::values;
use super::script::{Script, alone, of_login, unquoted};
use super::stream::readable_documents;
use crate::model::{Artifact, Node, Resource, Role};

/// What a file has in it that speaks of a cluster.
const SIGNS: [&str; 9] = [
    "kubectl",
    "k8s:",
    "core.k8s",
    "k8s_auth:",
    "openshift_auth:",
    "core.helm",
    "helm_repository:",
    "helm ",
    "docker_login:",
];

/// Modules that log in to a cluster, or to where charts and images come from; others begin with `k8s` or `helm`.
const LOGINS: [&str; 3] = ["docker_login", "openshift_auth", "podman_login"];

/// Their options that say whom with what.
const OPTIONS: [&str; 6] = [
    "username",
    "password",
    "api_key",
    "repo_username",
    "repo_password",
    "registry_password",
];

/// Where plays and blocks have their tasks.
const TASKS: [&str; 7] = [
    "tasks",
    "pre_tasks",
    "post_tasks",
    "handlers",
    "block",
    "rescue",
    "always",
];

/// Where modules have something for a cluster, by the last step of the module's name.
const FIELDS: [(&str, &str, Kind); 12] = [
    ("k8s", "definition", Kind::Object),
    ("k8s", "resource_definition", Kind::Object),
    ("helm", "values", Kind::Values),
    ("helm", "release_values", Kind::Values),
    ("command", "stdin", Kind::Object),
    ("command", "cmd", Kind::Command),
    ("command", "", Kind::Command),
    ("shell", "stdin", Kind::Object),
    ("shell", "cmd", Kind::Command),
    ("shell", "", Kind::Command),
    // Of commands, beside their module.
    ("args", "stdin", Kind::Object),
    ("args", "cmd", Kind::Command),
];

/// What stands in a field of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Object,
    Values,
    Command,
}

/// What the tasks of a document put into a cluster; nothing where it has none.
pub(super) fn resources(artifact: &Arc<Artifact>, root: Node<'_>) -> Vec<Resource> {
    let text = &artifact.text;
    if !root.is_sequence() || !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    add_tasks(text, root, &mut parts);
    let of = |wanted: Kind| {
        let own = parts.iter().filter(move |(kind, _)| *kind == wanted);
        own.map(|(_, range)| range.clone())
    };
    let documents = |range| readable_documents(&written(text, range), "");
    let mut read = Read::default();
    let objects = of(Kind::Object).flat_map(documents).collect();
    as_outlines(artifact, objects, &mut read);
    let mut found = read.resources;
    let handed = of(Kind::Values).flat_map(documents);
    found.extend(handed.filter_map(|one| values(artifact, one)));
    let commands: Vec<_> = of(Kind::Command).collect();
    if !commands.is_empty() {
        let own = without_expressions(alone(text, &commands, std::iter::empty()));
        found.extend(Script::of_text(artifact, own).resources());
    }
    add_logins(artifact, root, &mut found);
    for resource in &mut found {
        resource.role = Role::Applied;
    }
    found
}

/// Adds with what the tasks of a list log in, and those within them.
fn add_logins(artifact: &Arc<Artifact>, list: Node<'_>, found: &mut Vec<Resource>) {
    for (key, value) in list.items().flat_map(Node::entries) {
        let name = key.as_str().unwrap_or_default();
        let module = name.rsplit('.').next().unwrap_or(name);
        if TASKS.contains(&name) {
            add_logins(artifact, value, found);
        } else if LOGINS.contains(&module)
            || ["k8s", "helm"].iter().any(|own| module.starts_with(own))
        {
            found.extend(of_login(artifact, login(&artifact.text, value)));
        }
    }
}

/// The options of a module with which it logs in, as far as they stand there: what Jinja puts in and what is sealed
/// does not.
fn login(text: &str, module: Node<'_>) -> Vec<(Range<usize>, Range<usize>)> {
    let options = module.entries().filter(|(option, value)| {
        let is_told = |value: &str| !value.contains('\n') && !value.contains("{{");
        option
            .as_str()
            .is_some_and(|option| OPTIONS.contains(&option))
            && value.as_str().is_some_and(is_told)
    });
    let options = options.map(|(option, value)| (unquoted(text, option), unquoted(text, value)));
    options.collect()
}

/// Adds what the tasks of a list have for a cluster, and those within them, in bytes of the text.
fn add_tasks(text: &str, list: Node<'_>, found: &mut Vec<(Kind, Range<usize>)>) {
    for (key, value) in list.items().flat_map(Node::entries) {
        let name = key.as_str().unwrap_or_default();
        if TASKS.contains(&name) {
            add_tasks(text, value, found);
            continue;
        }
        let module = name.rsplit('.').next();
        let own = FIELDS.iter().filter(|(of, ..)| module == Some(*of));
        for (_, field, kind) in own {
            let value = match *field {
                "" => Some(value),
                field => value.get(field),
            };
            let Some(value) = value else { continue };
            let several = value.is_sequence().then(|| value.items());
            let nodes: Vec<_> = several.map_or_else(|| vec![value], Iterator::collect);
            let ranges = nodes.into_iter().filter_map(|node| part(text, node, *kind));
            found.extend(ranges.map(|range| (*kind, range)));
        }
    }
}

/// The bytes of what is a part of some kind: a text, or an object or values as they are.
fn part(text: &str, node: Node<'_>, kind: Kind) -> Option<Range<usize>> {
    let mut range = unquoted(text, node);
    let own = text.get(range.clone())?;
    if node.is_mapping() {
        return (kind != Kind::Command).then_some(range);
    }
    node.as_str()?;
    if own.starts_with(['|', '>']) {
        range.start += own.find('\n')? + 1;
    }
    Some(range)
}

/// What stands literally in a part of a text, in its place.
fn written(text: &str, range: Range<usize>) -> String {
    outline_of_unmade(&alone(text, &[range], std::iter::empty()))
}

/// A text with commands in which variables of no value stand for what Jinja puts in.
fn without_expressions(text: String) -> String {
    let mut rest = text.as_str();
    let mut found = String::with_capacity(text.len());
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((inner, after)) = behind.split_once("}}") else {
            break;
        };
        found.push_str(before);
        found.push('$');
        found.extend(std::iter::repeat_n('_', inner.len() + 3));
        rest = after;
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_tree;

    /// The kinds of what a file puts into a cluster, each with its images in the text.
    fn read(text: &str) -> Vec<String> {
        let artifact = Arc::new(Artifact::new("site.yml", "site.yml", text.to_owned()));
        let tree = read_tree(text).expect("is YAML").expect("is a document");
        let found = resources(&artifact, tree.root().expect("is something"));
        let told = |one: &Resource| {
            assert_eq!(one.role, Role::Applied);
            let mut images = String::new();
            one.node().visit_scalars(&mut |_, node| {
                let at = node.span().range();
                let own = text.get(at).unwrap_or_default();
                if own.contains("q.io") {
                    images.push(' ');
                    images.push_str(own);
                }
            });
            format!("{}{images}", one.gvk.kind)
        };
        found.iter().map(told).collect()
    }

    #[test]
    fn tasks_put_objects_into_a_cluster() {
        for (text, expected) in [
            (
                "- name: a\n  kubernetes.core.k8s:\n    state: present\n    definition:\n      apiVersion: v1\n      kind: Pod\n      metadata: {name: \"{{ n }}\"}\n      spec:\n        containers:\n          - image: q.io/a:1\n",
                "Pod q.io/a:1",
            ),
            (
                "- hosts: all\n  tasks:\n    - k8s: {definition: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: q.io/a:1}]}}}\n",
                "Pod q.io/a:1",
            ),
            (
                "- block:\n    - ansible.builtin.command:\n        argv: [kubectl, apply, -f, '-']\n        stdin: |\n          apiVersion: v1\n          kind: Pod\n          metadata: {name: a}\n          spec:\n          {% if x %}\n            nodeName: {{ x }}\n          {% endif %}\n            containers:\n              - image: q.io/a:1\n",
                "Pod q.io/a:1",
            ),
            (
                "- name: a\n  ansible.builtin.shell: |\n    cat <<EOF | kubectl apply -f -\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n    spec: {containers: [{name: a, image: q.io/a:1}]}\n    EOF\n",
                "Pod q.io/a:1",
            ),
            (
                "- name: a\n  command: kubectl -n {{ ns }} run a --image=q.io/a:1\n",
                "Pod q.io/a:1",
            ),
            (
                "- name: a\n  kubernetes.core.helm:\n    name: web\n    values:\n      image: q.io/a:1\n",
                "Values q.io/a:1",
            ),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
        let two = "- k8s:\n    definition:\n      - apiVersion: v1\n        kind: Secret\n        metadata: {name: a}\n      - apiVersion: v1\n        kind: ConfigMap\n        metadata: {name: b}\n";
        assert_eq!(read(two), ["Secret", "ConfigMap"]);
    }

    #[test]
    fn tasks_log_in_somewhere() {
        let options = |text: &str| {
            let told = read(text).into_iter();
            told.filter(|kind| kind == "Secret").count()
        };
        for (text, expected) in [
            (
                "- kubernetes.core.k8s: {host: h, username: a, password: hQ7tr99x, src: x}\n",
                1,
            ),
            (
                "- block:\n  - kubernetes.core.helm_repository:\n      repo_password: hQ7tr99x\n",
                1,
            ),
            (
                "- community.docker.docker_login: {username: a, password: 'hQ7tr99x'}\n",
                1,
            ),
            (
                "- kubernetes.core.k8s: {password: \"{{ p }}\", src: x}\n",
                0,
            ),
            (
                "- kubernetes.core.k8s: {src: x}\n- user: {name: a, password: hQ7tr99x}\n",
                0,
            ),
        ] {
            assert_eq!(options(text), expected, "{text}");
        }
    }

    #[test]
    fn what_runs_on_hosts_is_put_into_no_cluster() {
        for text in [
            "- name: a\n  community.docker.docker_container: {image: q.io/a:1}\n- command: kubectl get pods\n",
            "- name: a\n  kubernetes.core.k8s_info: {kind: Pod, name: q.io}\n- k8s: {state: absent, kind: Pod}\n",
            "- name: a\n  shell: docker run q.io/a:1\n- command: kubectl get pods\n",
            "- name: a\n  command: kubectl run a --image={{ image }}\n",
            "- name: a\n  k8s: {definition: \"{{ lookup('template', 'q.io.j2') }}\"}\n",
            "command: kubectl run a --image=q.io/a:1\n",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
