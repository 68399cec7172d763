//! Whether a workload is told of any host: where nothing in its files is one, it may call nobody.

use super::super::client::{Word, called, runs};
use super::super::field::{items, present};
use super::super::host_name::host_names;
use super::purpose::is_host_word;
use super::{Kind, Mentions};
use crate::model::{Node, Resource, ValuePath};
use crate::shell::commands;

/// Hosts that are the pod itself.
const HERE: [&str; 4] = ["0.0.0.0", "127.0.0.1", "::1", "localhost"];

impl Mentions<'_> {
    /// Whether a command line of the pods runs a program that calls another host: one that is named to it,
    /// or, where the pods come to their end by themselves, any.
    pub(crate) fn runs_client(&self, resource: &Resource, template: &ValuePath) -> bool {
        let clients = &self.settings.clients;
        let ends = matches!(resource.gvk.kind.as_str(), "CronJob" | "Job");
        let calls = |container: Node<'_>| {
            let strings: Vec<&str> = command_line(container).collect();
            let words = strings.iter().map(|text| Word::written(0, 0, text));
            let scripts = strings
                .iter()
                .filter(|text| text.contains(char::is_whitespace));
            let all =
                std::iter::once(words.collect()).chain(scripts.flat_map(|text| in_script(text)));
            let all: Vec<Vec<Word<'_>>> = all.collect();
            let hosts = all.iter().flat_map(|words| called(clients, words));
            let hosts: Vec<&str> = hosts.map(|called| called.host.text).collect();
            let is_elsewhere = |host: &&str| !is_socket(host) && !HERE.contains(host);
            // A client that is not told is so by what those beside it use.
            let is_open = || ends && all.iter().any(|words| runs(clients, words));
            hosts.iter().any(is_elsewhere) || !hosts.iter().any(is_socket) && is_open()
        };
        containers(resource, template).into_iter().any(calls)
    }

    /// Whether anything in the template of pods, or in the objects that they read, may name a host. What is
    /// not among the objects may.
    pub(crate) fn may_be_told(&self, resource: &Resource, template: &ValuePath) -> bool {
        let is_address = |node: Node<'_>| node.text().contains("://");
        let spec = spec(resource, template);
        spec.is_none_or(is_address)
            || self.runs_client(resource, template)
            || containers(resource, template)
                .into_iter()
                .any(|container| self.is_container_told(resource, container))
            || spec.is_some_and(|spec| {
                let mut volumes = items(spec, "volumes", &ValuePath::default());
                volumes.any(|(_, volume)| self.is_volume_told(resource, volume))
            })
    }

    fn is_container_told(&self, resource: &Resource, container: Node<'_>) -> bool {
        let none = ValuePath::default();
        let mut variables = items(container, "env", &none).map(|(_, variable)| variable);
        let mut sources = items(container, "envFrom", &none).map(|(_, source)| source);
        let names_host = |variable: Node<'_>| {
            let name = variable.string("name");
            let value = variable.string("value");
            name.is_some_and(is_host_word)
                && value.is_none_or(|value| !value.is_empty() && !HERE.contains(&value))
                && variable.find(&["valueFrom", "fieldRef"]).is_none()
                || value.is_some_and(is_named)
        };
        variables.any(names_host)
            || command_line(container).any(is_named)
            || sources.any(|source| {
                let kinds = [
                    (Kind::ConfigMap, "configMapRef"),
                    (Kind::Secret, "secretRef"),
                ];
                kinds.into_iter().any(|(kind, field)| {
                    let name = source.find(&[field, "name"]).and_then(Node::as_str);
                    name.is_some_and(|name| self.is_holder_told(resource, kind, name))
                })
            })
    }

    fn is_volume_told(&self, resource: &Resource, volume: Node<'_>) -> bool {
        let inner = volume.find(&["projected", "sources"]);
        let inner = inner.into_iter().flat_map(Node::items);
        let mut sources = std::iter::once(volume).chain(inner);
        sources.any(|source| {
            let name = |path: &[&str]| source.find(path).and_then(Node::as_str);
            let map = name(&["configMap", "name"]);
            let secret = name(&["secret", "secretName"]).or_else(|| name(&["secret", "name"]));
            map.is_some_and(|name| self.is_holder_told(resource, Kind::ConfigMap, name))
                || secret.is_some_and(|name| self.is_holder_told(resource, Kind::Secret, name))
        })
    }

    /// Whether an object that is read may name a host.
    fn is_holder_told(&self, resource: &Resource, kind: Kind, name: &str) -> bool {
        let entries = self.entries(resource, kind, name);
        entries.is_empty()
            || entries.iter().any(|entry| {
                entry.said().is_none_or(|text| {
                    is_host_word(entry.key) && !text.is_empty()
                        || text.contains("://")
                        || is_named(text)
                })
            })
    }
}

fn spec<'r>(resource: &'r Resource, template: &ValuePath) -> Option<Node<'r>> {
    present(resource.at(template)?, "spec")
}

pub(super) fn containers<'r>(resource: &'r Resource, template: &ValuePath) -> Vec<Node<'r>> {
    let lists = ["initContainers", "containers"].into_iter();
    let spec = spec(resource, template);
    let all = lists.flat_map(|list| spec.and_then(|spec| present(spec, list)));
    all.flat_map(Node::items).collect()
}

pub(super) fn command_line(container: Node<'_>) -> impl Iterator<Item = &str> {
    let lists = ["command", "args"].into_iter();
    let all = lists.flat_map(move |list| present(container, list));
    all.flat_map(Node::items).filter_map(Node::as_str)
}

/// Whether a text names a host that is another one, with a port or behind a user.
fn is_named(text: &str) -> bool {
    host_names(text).any(|host| {
        let is_name = host.word.contains(|one: char| one.is_ascii_alphabetic());
        host.is_named && is_name && !HERE.contains(&host.word)
    })
}

/// Whether a client that is told of this as a host calls a program beside it, by a folder.
fn is_socket(host: &&str) -> bool {
    host.starts_with('/')
}

/// The words of each command of a script.
fn in_script(text: &str) -> impl Iterator<Item = Vec<Word<'_>>> {
    let commands = commands(text).into_iter();
    commands.map(|command| {
        let words = command.words.into_iter();
        words
            .map(|word| Word::written(0, word.start, &text[word]))
            .collect()
    })
}
