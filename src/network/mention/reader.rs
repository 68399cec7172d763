//! How a workload is read for names of Services.

use super::super::field::items;
use super::super::host_name::{HostName, host_names};
use super::super::namespace::namespace_of;
use super::super::port::PortName;
use super::super::workflow::containers;
use super::connection::connected_hosts;
use super::entry::Entry;
use super::file::is_of_another_program;
use super::paired::{paired_hosts, port_variable};
use super::printed::{is_commented, is_for_others, is_printed};
use super::purpose::{may_be_host, only_shows, only_speaks};
use super::variables::{Piece, Variables, is_told_there, written};
use super::{Absent, Holder, Kind, Mention, Mentions};
use crate::model::{Node, Part, Resource, Scalar, ValuePath};

/// Which entries of a ConfigMap or Secret a workload takes.
#[derive(Clone, Copy)]
enum Taken<'t> {
    /// All, as variables of a container.
    Environment(Node<'t>),
    /// One, as the variable of the name, with the port that another says for it.
    Variable(&'t str, &'t str, Option<u16>),
    /// Those that a volume lists, or all, as files.
    Files(Node<'t>),
}

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
    pub(super) mentions: &'a Mentions<'m>,
    namespace: Option<usize>,
    resource: &'a Resource,
    /// Names that the pods' own file of hosts leads elsewhere.
    aliases: Vec<String>,
    found: Vec<Mention>,
}

impl<'a, 'm> Reader<'a, 'm> {
    /// For a workload.
    pub(super) fn of(mentions: &'a Mentions<'m>, resource: &'a Resource) -> Self {
        Self {
            mentions,
            namespace: mentions.network.namespaces.find(namespace_of(resource)),
            resource,
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
        let mut variables = Variables::taken(self.mentions, self.resource, container);
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
        let port = self.mentions.port_beside(self.resource, container, name);
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
            let value = self.mentions.value(self.resource, variable);
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
        let entries = self.mentions.entries(self.resource, kind, name);
        for entry in &entries {
            let (key, Some(text)) = (entry.key, entry.said()) else {
                continue;
            };
            let Some(variable) = taken.variable(key) else {
                continue;
            };
            let is_file = matches!(taken, Taken::Files(_));
            if variable.is_some_and(only_speaks)
                || is_file && (is_of_another_program(key, self.resource) || only_shows(key, text))
            {
                continue;
            }
            let holder = Holder {
                resource: entry.resource,
                path: entry.path(),
                key: key.to_owned(),
                is_secret: kind == Kind::Secret,
                is_encoded: entry.is_encoded(),
                is_taken_along: matches!(taken, Taken::Environment(container) if !expands(container, key)),
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
        let known = self.meant(host, may_be_bare);
        let known = known.map(|(services, port)| (services, None, port));
        let Some((services, absent, port)) = known.or_else(|| self.not_among(host)) else {
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
            services,
            absent,
            port,
            member_of: member_of(host.word).map(str::to_owned),
        });
    }

    /// The Service that a host name means, if it counts as one, and the port.
    fn meant(
        &self,
        host: &HostName<'_>,
        may_be_bare: bool,
    ) -> Option<(Vec<usize>, Option<PortName>)> {
        let (services, is_qualified) = self.services(host.word)?;
        if !(host.is_named || is_qualified || host.is_whole && may_be_bare) {
            return None;
        }
        let has = |number: &u16| {
            let mut known = services.iter().map(|at| &self.mentions.services.all[*at]);
            known.any(|known| known.answers_on(*number, self.mentions.network))
        };
        // A number that is none of its ports is a tag or a time.
        let port = match host.port {
            Some(number) if !has(&number) => return None,
            Some(number) => Some(number),
            None => host.default_port.filter(has),
        };
        if port.is_none() && host.may_be_public() {
            return None;
        }
        Some((services, port.map(PortName::Number)))
    }

    /// The Service that a host name means, and whether it names the namespace too.
    fn services(&self, word: &str) -> Option<(Vec<usize>, bool)> {
        let labels: Vec<&str> = word.split('.').collect();
        let namespaces = &self.mentions.network.namespaces;
        let known = |name: &str| namespaces.meant(name, self.namespace);
        let (name, namespace, is_qualified) = match labels.as_slice() {
            [name] => (*name, self.namespace?, false),
            [pod, name] if is_ordinal(pod) && self.is_service(name) => {
                (*name, self.namespace?, true)
            }
            [pod, name, namespace] if is_ordinal(pod) => (*name, known(namespace)?, true),
            [name, namespace] => (*name, known(namespace)?, true),
            [name, namespace, "svc", ..] | [_, name, namespace, "svc", ..] => {
                (*name, known(namespace)?, true)
            }
            _ => return None,
        };
        let (all, resources) = (&self.mentions.services, self.mentions.resources);
        let found = all.nearest(resources, self.resource, (namespace, name));
        (!found.is_empty()).then_some((found, is_qualified))
    }

    /// The Service that a host name means which says the namespace, if none of the name is among the objects, and
    /// the port. Without the `svc` of the cluster's names, the namespace has to be one that is known.
    fn not_among(
        &self,
        host: &HostName<'_>,
    ) -> Option<(Vec<usize>, Option<Absent>, Option<PortName>)> {
        let mut labels = host.word.split('.');
        let (name, namespace) = (labels.next()?, labels.next()?);
        let is_meant = match labels.next() {
            Some(label) => label == "svc",
            None => {
                let network = self.mentions.network;
                host.is_named && !host.may_be_public() && network.knows(namespace)
            }
        };
        let mut known = self.mentions.services.all.iter();
        let is_absent = is_meant
            && !name.is_empty()
            && !namespace.is_empty()
            && known.all(|service| service.name != name);
        is_absent.then(|| {
            let absent = Absent {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            };
            let port = host.port.or(host.default_port);
            (Vec::new(), Some(absent), port.map(PortName::Number))
        })
    }

    /// Whether a Service of the workload's namespace has this name.
    fn is_service(&self, name: &str) -> bool {
        let all = &self.mentions.services;
        let own = self.namespace.map(|namespace| all.named(namespace, name));
        own.is_some_and(|own| !own.is_empty())
    }
}

/// Whether a name ends in an ordinal, as those of a StatefulSet's pods do.
fn is_ordinal(name: &str) -> bool {
    without_ordinal(name).is_some()
}

/// The name of a StatefulSet by that of one of its pods.
fn without_ordinal(name: &str) -> Option<&str> {
    let (name, ordinal) = name.rsplit_once('-')?;
    let is_number = !ordinal.is_empty() && ordinal.bytes().all(|one| one.is_ascii_digit());
    is_number.then_some(name)
}

/// The StatefulSet of which a host name means one pod.
fn member_of(word: &str) -> Option<&str> {
    without_ordinal(word.split_once('.')?.0)
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

impl<'t> Taken<'t> {
    /// The port that another variable says for that of an entry.
    fn port(self, key: &str, entries: &[Entry<'_>]) -> Option<u16> {
        match self {
            Self::Environment(_) => {
                let beside = port_variable(key)?;
                let mut entries = entries.iter();
                let port = entries.find(|entry| entry.key.eq_ignore_ascii_case(&beside))?;
                port.said()?.trim().parse().ok()
            }
            Self::Variable(_, _, port) => port,
            Self::Files(_) => None,
        }
    }

    /// Whether an entry is taken, and as which variable.
    fn variable<'k>(self, key: &'k str) -> Option<Option<&'k str>>
    where
        't: 'k,
    {
        match self {
            Self::Environment(_) => Some(Some(key)),
            Self::Variable(asked, variable, _) => (asked == key).then_some(Some(variable)),
            Self::Files(source) => {
                let listed = source.get("items").into_iter().flat_map(Node::items);
                let mut listed = listed
                    .filter_map(|item| item.get("key")?.as_str())
                    .peekable();
                let is_taken = listed.peek().is_none() || listed.any(|listed| listed == key);
                is_taken.then_some(None)
            }
        }
    }
}

/// Whether a container says that it uses a variable: `$X`, `${X}` or `$(X)`.
fn expands(container: Node<'_>, variable: &str) -> bool {
    let mut is_used = false;
    container.visit_scalars(&mut |_, scalar| {
        if let Some(Scalar::String(text)) = scalar.scalar() {
            is_used |= text.match_indices(variable).any(|(at, _)| {
                let before = text[..at].trim_end_matches(['{', '(']);
                let after = text[at + variable.len()..].chars().next();
                let is_longer = after.is_some_and(|next| next.is_alphanumeric() || next == '_');
                before.ends_with('$') && !is_longer
            });
        }
    });
    is_used
}

/// Whether an entry is a script of a shell.
fn is_script(key: &str, text: &str) -> bool {
    key.ends_with(".sh")
        || text.starts_with("#!") && text.lines().next().is_some_and(|line| line.ends_with("sh"))
}
