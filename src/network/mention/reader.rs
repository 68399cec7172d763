//! How a workload is read for names of Services.

use super::super::field::items;
use super::super::host_name::{HostName, host_names};
use super::super::namespace::namespace_of;
use super::super::workflow::containers;
use super::connection::connected_hosts;
use super::file::is_of_another_program;
use super::meaning::{Asker, member_of};
use super::paired::paired_hosts;
use super::printed::{is_commented, is_for_others, is_printed};
use super::purpose::{may_be_host, only_shows, only_speaks};
use super::taken::Taken;
use super::variables::{Piece, Variables, is_told_there, written};
use super::{Holder, Kind, Mention, Mentions};
use crate::model::{Node, Part, Resource, ValuePath};

/// Where a text stands.
pub(super) struct Place<'p> {
    /// Where in the workload.
    pub(super) path: &'p ValuePath,
    pub(super) holder: Option<Holder>,
    /// Whether a shell may run it.
    pub(super) is_script: bool,
    /// What variables brought into it.
    pub(super) pieces: &'p [Piece],
    /// The port that another variable says for it.
    pub(super) port: Option<u16>,
}

/// Reads one workload.
pub(super) struct Reader<'a, 'm> {
    pub(super) asker: Asker<'a, 'm>,
    /// Names that the pods' own file of hosts leads elsewhere.
    aliases: Vec<String>,
    found: Vec<Mention>,
}

impl<'a, 'm> Reader<'a, 'm> {
    /// For a workload.
    pub(super) fn of(mentions: &'a Mentions<'m>, resource: &'a Resource) -> Self {
        Self {
            asker: Asker {
                mentions,
                resource,
                namespace: mentions.network.namespaces.find(namespace_of(resource)),
            },
            aliases: Vec::new(),
            found: Vec::new(),
        }
    }

    /// What a pod's `spec` names, or a step of a workflow.
    pub(super) fn read(mut self, spec: Node<'_>, path: &ValuePath) -> Vec<Mention> {
        let aliases = items(spec, "hostAliases", path).filter_map(|(_, one)| one.get("hostnames"));
        let names = aliases.flat_map(Node::items).filter_map(Node::as_str);
        self.aliases = names.map(str::to_owned).collect();
        for (path, container) in containers(spec, path) {
            self.read_container(container, &path);
        }
        for (path, volume) in items(spec, "volumes", path) {
            self.read_volume(volume, &path);
            if let Some(projected) = volume.get("projected") {
                for (path, source) in items(projected, "sources", &path.key("projected")) {
                    self.read_volume(source, &path);
                }
            }
        }
        self.found
    }

    fn read_volume(&mut self, volume: Node<'_>, path: &ValuePath) {
        for (kind, field, name) in [
            (Kind::ConfigMap, "configMap", "name"),
            (Kind::Secret, "secret", "secretName"),
            (Kind::Secret, "secret", "name"),
        ] {
            if let Some(source) = volume.get(field) {
                let path = path.clone().key(field);
                self.read_holder(kind, (source, name), Taken::Files(source), &path);
            }
        }
    }

    fn read_container(&mut self, container: Node<'_>, path: &ValuePath) {
        let mut variables = Variables::taken(self.asker.mentions, self.asker.resource, container);
        for (path, variable) in items(container, "env", path) {
            let name = variable
                .get("name")
                .and_then(Node::as_str)
                .unwrap_or_default();
            self.read_variable((container, variable), name, &path, &mut variables);
        }
        for (path, source) in items(container, "envFrom", path) {
            for (kind, field) in [
                (Kind::ConfigMap, "configMapRef"),
                (Kind::Secret, "secretRef"),
            ] {
                if let Some(reference) = source.get(field) {
                    let path = path.clone().key(field);
                    let taken = Taken::Environment(container);
                    self.read_holder(kind, (reference, "name"), taken, &path);
                }
            }
        }
        self.read_commands(container, path, &variables);
    }

    /// A variable of a container: what stands behind it in the list may refer to it.
    fn read_variable(
        &mut self,
        (container, variable): (Node<'_>, Node<'_>),
        name: &str,
        path: &ValuePath,
        known: &mut Variables,
    ) {
        let port = self
            .asker
            .mentions
            .port_beside(self.asker.resource, container, name);
        if !only_speaks(name) {
            if let Some(value) = variable.string("value") {
                let path = path.clone().key("value");
                let expanded = known.expand(value);
                let place = Place {
                    port,
                    ..Place::own(&path, &expanded.pieces)
                };
                self.read_text(&expanded.text, may_be_host(name, &expanded.text), &place);
            }
            for (kind, field) in [
                (Kind::ConfigMap, "configMapKeyRef"),
                (Kind::Secret, "secretKeyRef"),
            ] {
                let reference = variable.find(&["valueFrom", field]);
                let key = reference.and_then(|reference| reference.get("key")?.as_str());
                if let (Some(reference), Some(key)) = (reference, key) {
                    let path = path.clone().key("valueFrom").key(field);
                    let taken = Taken::Variable(key, name, port);
                    self.read_holder(kind, (reference, "name"), taken, &path);
                }
            }
        }
        if known.are_used {
            let value = self.asker.mentions.value(self.asker.resource, variable);
            known.set_expanded(name, value.as_deref());
        }
    }

    /// The entries of an object that a reference names and a workload takes.
    fn read_holder(
        &mut self,
        kind: Kind,
        (reference, field): (Node<'_>, &str),
        taken: Taken<'_>,
        path: &ValuePath,
    ) {
        let Some(name) = reference.string(field) else {
            return;
        };
        let path = path.clone().key(field);
        let entries = self.asker.mentions.entries(self.asker.resource, kind, name);
        for entry in &entries {
            let (key, Some(text)) = (entry.key, entry.said()) else {
                continue;
            };
            let Some(variable) = taken.variable(key) else {
                continue;
            };
            if variable.is_some_and(only_speaks)
                || taken.are_files()
                    && (is_of_another_program(key, self.asker.resource) || only_shows(key, text))
            {
                continue;
            }
            let holder = Holder {
                resource: entry.resource,
                path: entry.path(),
                key: key.to_owned(),
                is_secret: kind == Kind::Secret,
                is_encoded: entry.is_encoded(),
                is_taken_along: taken.is_taken_along(key),
            };
            let place = Place {
                path: &path,
                holder: Some(holder),
                is_script: is_script(key, text),
                pieces: &[],
                port: taken.port(key, &entries),
            };
            if place.is_script {
                self.read_script(text, &place);
            }
            let may_be_bare = variable.is_some_and(|name| may_be_host(name, text));
            self.read_text(text, may_be_bare, &place);
        }
    }

    /// Finds host names in a text. A bare word counts as one where it is the whole value of a
    /// variable that says so; else it needs a scheme, a port or a namespace.
    pub(super) fn read_text(&mut self, text: &str, may_be_bare: bool, place: &Place<'_>) {
        let connected = connected_hosts(text).into_iter();
        for mut host in connected.chain(host_names(text)).chain(paired_hosts(text)) {
            if host.is_whole {
                host.default_port = host.default_port.or(place.port);
            }
            self.read_host(text, &host, may_be_bare, place);
        }
    }

    pub(super) fn read_host(
        &mut self,
        text: &str,
        host: &HostName<'_>,
        may_be_bare: bool,
        place: &Place<'_>,
    ) {
        if self.aliases.iter().any(|name| name == host.word) {
            return;
        }
        let Some(meant) = self.asker.meant(host, may_be_bare) else {
            return;
        };
        let is_told_alone =
            |text: &str| is_printed(text, host.start) || is_for_others(text, host.start);
        if is_commented(text, host.start) || place.is_script && is_told_alone(text) {
            return;
        }
        let own = host.start..host.start + host.word.len();
        if is_told_there(place.pieces, &own) {
            return;
        }
        let own = written(place.pieces, own);
        let part = Part {
            start: own.start,
            length: own.len(),
        };
        let is_known = |known: &Mention| {
            let holders = [&known.holder, &place.holder];
            let [known_in, now_in] = holders.map(|holder| {
                holder
                    .as_ref()
                    .map(|holder| (holder.resource, &holder.path))
            });
            known.path == *place.path && known.part == part && known_in == now_in
        };
        if self.found.iter().rev().any(is_known) {
            return;
        }
        self.found.push(Mention {
            path: place.path.clone(),
            holder: place.holder.clone(),
            part,
            line: text[..host.start].matches('\n').count(),
            services: meant.services,
            absent: meant.absent,
            port: meant.port,
            member_of: member_of(host.word).map(str::to_owned),
        });
    }
}

impl<'p> Place<'p> {
    /// In the workload itself.
    pub(super) fn own(path: &'p ValuePath, pieces: &'p [Piece]) -> Self {
        Self {
            path,
            holder: None,
            is_script: false,
            pieces,
            port: None,
        }
    }
}

/// Whether an entry is a script of a shell.
fn is_script(key: &str, text: &str) -> bool {
    key.ends_with(".sh")
        || text.starts_with("#!") && text.lines().next().is_some_and(|line| line.ends_with("sh"))
}
