//! Services that a workload names: in its environment, its command line and the ConfigMaps it
//! reads.

use std::collections::{BTreeSet, HashMap};

use super::Network;
use super::host_name::{HostName, host_names};
use super::namespace::namespace_of;
use super::nearest::nearest;
use super::service::{PortName, Services};
use super::standard::{items, present};
use crate::model::{Node, Part, Resource, Role, ValuePath};

/// Words in the name of a variable whose whole value may be a host.
const HOST_WORDS: [&str; 17] = [
    "ADDR", "BACKEND", "BROKER", "CONNECT", "DSN", "ENDPOINT", "HOST", "NODES", "PEERS", "SERVER",
    "SERVICE", "TARGET", "UPSTREAM", "URI", "URL", "PROXY", "SVC",
];

/// A place where a workload names a Service.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// Where in the workload.
    pub(crate) path: ValuePath,
    /// The characters of the string that are meant, where it stands in the workload itself.
    pub(crate) part: Option<Part>,
    /// The positions of the Service's nearest definitions among all.
    pub(crate) services: Vec<usize>,
    /// The port that is named with it.
    pub(crate) port: Option<PortName>,
}

/// Reads mentions; ConfigMaps are found by namespace and name.
pub(crate) struct Mentions<'a> {
    resources: &'a [Resource],
    services: &'a Services,
    network: &'a Network,
    config_maps: HashMap<(&'a str, &'a str), Vec<&'a Resource>>,
}

impl<'a> Mentions<'a> {
    /// For these objects.
    pub(crate) fn new(
        resources: &'a [Resource],
        network: &'a Network,
        services: &'a Services,
    ) -> Self {
        let is_map = |resource: &&Resource| {
            resource.role == Role::Manifest
                && resource.gvk.group.is_empty()
                && resource.gvk.kind == "ConfigMap"
        };
        let maps = resources.iter().filter(is_map);
        let mut config_maps: HashMap<_, Vec<&Resource>> = HashMap::new();
        for map in maps {
            let key = (namespace_of(map), map.identity.name.as_str());
            config_maps.entry(key).or_default().push(map);
        }
        Self {
            resources,
            services,
            network,
            config_maps,
        }
    }

    /// The data of a ConfigMap that a workload reads. Where there are several of the name, those
    /// written nearest to the workload count, as far as they agree.
    fn data(&self, resource: &Resource, name: &str) -> Vec<(Node<'a>, Node<'a>)> {
        let key = (namespace_of(resource), name);
        let known = self.config_maps.get(&key).into_iter().flatten().copied();
        let near: Vec<Node<'a>> = nearest(resource, known, |map| *map)
            .into_iter()
            .filter_map(|map| map.node().get("data"))
            .collect();
        let agree = |(key, value): &(Node<'a>, Node<'a>)| {
            let key = key.as_str().unwrap_or_default();
            let mut others = near.iter().filter_map(|data| data.get(key));
            others.all(|other| other.as_str() == value.as_str())
        };
        let first = near.iter().flat_map(|data| data.entries());
        let mut seen = BTreeSet::new();
        first
            .filter(agree)
            .filter(|(key, _)| seen.insert(key.as_str()))
            .collect()
    }

    /// What the pods of a template name, in the order of the text.
    pub(crate) fn of(&self, resource: &Resource, template: &ValuePath) -> Vec<Mention> {
        let mut found = Found {
            mentions: self,
            namespace: self.network.namespaces.find(namespace_of(resource)),
            reader: resource,
            found: Vec::new(),
        };
        if self.services.all.is_empty() {
            return found.found;
        }
        let spec = resource
            .at(template)
            .and_then(|template| present(template, "spec"));
        if let Some(spec) = spec {
            found.read_spec(spec, &template.clone().key("spec"));
        }
        found.found
    }
}

struct Found<'a, 'm> {
    mentions: &'a Mentions<'m>,
    namespace: Option<usize>,
    reader: &'a Resource,
    found: Vec<Mention>,
}

impl Found<'_, '_> {
    fn read_spec(&mut self, spec: Node<'_>, path: &ValuePath) {
        for list in ["initContainers", "containers"] {
            for (path, container) in items(spec, list, path) {
                self.read_container(container, &path);
            }
        }
        for (path, volume) in items(spec, "volumes", path) {
            if let Some(name) = volume.find(&["configMap", "name"]).and_then(Node::as_str) {
                self.read_map(name, None, &path.key("configMap").key("name"), false);
            }
        }
    }

    fn read_container(&mut self, container: Node<'_>, path: &ValuePath) {
        for (path, variable) in items(container, "env", path) {
            let name = variable
                .get("name")
                .and_then(Node::as_str)
                .unwrap_or_default();
            if is_of_callers(name) {
                continue;
            }
            if let Some(value) = variable.get("value").and_then(Node::as_str) {
                self.read_text(value, is_host_word(name), &path.clone().key("value"), true);
            }
            let reference = variable.find(&["valueFrom", "configMapKeyRef"]);
            let text = |key| {
                reference
                    .and_then(|reference| reference.get(key))
                    .and_then(Node::as_str)
            };
            if let (Some(map), Some(key)) = (text("name"), text("key")) {
                self.read_map(
                    map,
                    Some((key, name)),
                    &path.key("valueFrom").key("configMapKeyRef").key("name"),
                    true,
                );
            }
        }
        for (path, source) in items(container, "envFrom", path) {
            if let Some(map) = source
                .find(&["configMapRef", "name"])
                .and_then(Node::as_str)
            {
                self.read_map(map, None, &path.key("configMapRef").key("name"), true);
            }
        }
        for list in ["command", "args"] {
            let mut before = "";
            for (path, argument) in items(container, list, path) {
                let Some(text) = argument.as_str() else {
                    continue;
                };
                // The value stands behind `=`, or is the next argument.
                let flag = text.split_once('=').map_or(before, |(flag, _)| flag);
                self.read_text(text, is_host_word(flag), &path, true);
                before = if text.starts_with('-') { text } else { "" };
            }
        }
    }

    /// A ConfigMap: one key of it that a variable takes, or all.
    fn read_map(
        &mut self,
        name: &str,
        taken: Option<(&str, &str)>,
        path: &ValuePath,
        is_environment: bool,
    ) {
        for (key, value) in self.mentions.data(self.reader, name) {
            let key = key.as_str().unwrap_or_default();
            let variable = match taken {
                Some((asked, variable)) if asked == key => variable,
                Some(_) => continue,
                None => key,
            };
            if is_of_callers(variable) {
                continue;
            }
            if let Some(text) = value.as_str() {
                self.read_text(text, is_environment && is_host_word(variable), path, false);
            }
        }
    }

    /// Finds host names in a text. A bare word counts as one where it is the whole value of a
    /// variable that says so; else it needs a scheme, a port or a namespace.
    fn read_text(&mut self, text: &str, may_be_bare: bool, path: &ValuePath, is_own: bool) {
        for host in host_names(text) {
            if let Some((services, port)) = self.read_host(&host, may_be_bare) {
                self.found.push(Mention {
                    path: path.clone(),
                    part: is_own.then_some(Part {
                        start: host.start,
                        length: host.word.len(),
                    }),
                    services,
                    port,
                });
            }
        }
    }

    fn read_host(
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
            known.any(|known| {
                known.ports.is_empty() || known.ports.iter().any(|port| port.port == *number)
            })
        };
        // A number that is none of its ports is a tag or a time.
        let port = match host.port {
            Some(number) if !has(&number) => return None,
            Some(number) => Some(number),
            None => host.default_port.filter(has),
        };
        Some((services, port.map(PortName::Number)))
    }

    /// The Service that a host name means, and whether it names the namespace too.
    fn services(&self, word: &str) -> Option<(Vec<usize>, bool)> {
        let labels: Vec<&str> = word.split('.').collect();
        let known = |name: &str| self.mentions.network.namespaces.find(name);
        let (name, namespace, is_qualified) = match labels.as_slice() {
            [name] => (*name, self.namespace?, false),
            [name, namespace] => (*name, known(namespace)?, true),
            [name, namespace, "svc", ..] | [_, name, namespace, "svc", ..] => {
                (*name, known(namespace)?, true)
            }
            _ => return None,
        };
        let (all, resources) = (&self.mentions.services, self.mentions.resources);
        let found = all.nearest(resources, self.reader, (namespace, name));
        (!found.is_empty()).then_some((found, is_qualified))
    }
}

/// Whether a variable names who may call, or under which address others call, and not whom the
/// workload calls.
fn is_of_callers(name: &str) -> bool {
    const WORDS: [&str; 5] = ["CORS", "ALLOWED", "ORIGIN", "REDIRECT", "ADVERTISED"];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a variable's or flag's name says that its value is a host. `…_NAME` names something
/// else, but for host names.
fn is_host_word(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let is_name =
        name.ends_with("NAME") && !name.ends_with("HOSTNAME") && !name.ends_with("HOST_NAME");
    !is_name && HOST_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::model::Artifact;
    use crate::network::Settings;
    use crate::source::read_text;

    use super::*;

    const SERVICES: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 5432}, {port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: mail, namespace: other}\nspec: {selector: {app: mail}, ports: [{port: 25}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: other}\nspec: {containers: []}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {DB_HOST: db, mode: db}\n---\n";

    /// What is found, as `service:port text`.
    fn found(container: &str) -> Vec<String> {
        let resources = read_text(&format!(
            "{SERVICES}apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec: {{containers: [{container}]}}\n"
        ));
        let network = Network::new(&resources, &Settings::default());
        let services = Services::read(&resources, &network);
        let pod = resources.last().expect("is there");
        let mentions =
            Mentions::new(&resources, &network, &services).of(pod, &ValuePath::default());
        let told = mentions.iter().map(|mention| {
            let text = pod
                .at(&mention.path)
                .and_then(Node::as_str)
                .expect("is a string");
            let text = mention
                .part
                .map_or(text, |part| &text[part.start..part.start + part.length]);
            let port = match &mention.port {
                Some(PortName::Number(number)) => number.to_string(),
                _ => "-".to_owned(),
            };
            format!("{}:{port} {text}", services.all[mention.services[0]].name)
        });
        told.collect()
    }

    fn of_variable(name: &str, value: &str) -> Vec<String> {
        found(&format!("{{env: [{{name: {name}, value: '{value}'}}]}}"))
    }

    #[test]
    fn host_names_are_found_with_their_ports() {
        assert_eq!(
            of_variable("A", "postgres://user@db:5432/shop"),
            ["db:5432 db"]
        );
        assert_eq!(of_variable("A", "http://db/path"), ["db:80 db"]);
        assert_eq!(of_variable("A", "https://db/path"), ["db:- db"]);
        assert_eq!(
            of_variable("A", "db:5432,mail.other:25"),
            ["db:5432 db", "mail:25 mail.other"]
        );
        assert_eq!(
            of_variable("A", "db.shop.svc.cluster.local"),
            ["db:- db.shop.svc.cluster.local"]
        );
        assert_eq!(
            of_variable("A", "db-0.db.shop.svc"),
            ["db:- db-0.db.shop.svc"]
        );
        assert_eq!(of_variable("DB_HOST", "db"), ["db:- db"]);
        assert_eq!(found("{args: [--db-host, db, db]}"), ["db:- db"]);
        assert_eq!(
            found("{args: ['--db-host=db', '--listen=:80']}"),
            ["db:- db"]
        );
    }

    #[test]
    fn words_that_only_look_alike_are_none() {
        for (name, value) in [
            ("A", "db"),
            ("DB_NAME", "db"),
            ("A", "the db is down"),
            ("A", "/var/lib/db:80"),
            ("A", "db:16"),
            ("A", "mydb:5432"),
            ("A", "db_main:5432"),
            ("A", "mail:25"),
            ("A", "db.example.com:5432"),
            ("CORS_ORIGINS", "http://db:80"),
            ("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://db:5432"),
        ] {
            assert_eq!(of_variable(name, value), [""; 0], "{name}={value}");
        }
    }

    #[test]
    fn config_maps_count_as_far_as_they_are_read() {
        assert_eq!(
            found("{envFrom: [{configMapRef: {name: settings}}]}"),
            ["db:- settings"]
        );
        assert_eq!(
            found(
                "{env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]}"
            ),
            ["db:- settings"]
        );
        assert_eq!(
            found(
                "{env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]}"
            ),
            [""; 0]
        );
    }

    #[test]
    fn of_config_maps_of_one_name_the_nearest_counts() {
        let map = |host: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: twice, namespace: shop}}\ndata: {{MAIL_HOST: {host}}}\n"
            )
        };
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{envFrom: [{configMapRef: {name: twice}}]}]}\n";
        let found = |files: &[(&str, String)]| {
            let mut resources = read_text(SERVICES);
            for (path, text) in files {
                let artifact = Artifact::new(path, path, text.clone());
                let artifact = std::sync::Arc::new(artifact);
                resources.extend(read_text(text).into_iter().map(|mut resource| {
                    resource.artifact = std::sync::Arc::clone(&artifact);
                    resource
                }));
            }
            let network = Network::new(&resources, &Settings::default());
            let services = Services::read(&resources, &network);
            let mentions = Mentions::new(&resources, &network, &services);
            let reader = resources
                .iter()
                .find(|resource| resource.identity.name == "p");
            mentions
                .of(reader.expect("is there"), &ValuePath::default())
                .len()
        };
        let [db, none] = [map("db"), map("x")];
        let pod = pod.to_owned();
        let beside = [
            ("a/p.yaml", pod.clone()),
            ("a/m.yaml", db.clone()),
            ("b/m.yaml", none.clone()),
        ];
        assert_eq!(found(&beside), 1);
        let far = [
            ("a/p.yaml", pod.clone()),
            ("a/m.yaml", none.clone()),
            ("b/m.yaml", db.clone()),
        ];
        assert_eq!(found(&far), 0);
        let same = format!("{pod}---\n{db}");
        assert_eq!(found(&[("a/p.yaml", same), ("a/m.yaml", none.clone())]), 1);
        let undecided = [("a/p.yaml", pod), ("b/m.yaml", none), ("b/n.yaml", db)];
        assert_eq!(found(&undecided), 0);
    }
}
