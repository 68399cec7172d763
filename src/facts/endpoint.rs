//! Hosts of catalogued Azure services in the strings of a resource. The one place that decides
//! which service a host belongs to; what a host means for a resource is left to rules.
//!
//! A search for a few distinctive words leads to the places where a host may stand. The host
//! around such a word is then looked up suffix by suffix, the longest first, so that a match ends
//! on label boundaries by construction.

mod surroundings;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde::Deserialize;

use self::surroundings::Surroundings;
use super::gate::Gate;
use crate::model::{Node, Part, Resource, Role, Step, ValuePath};

/// A piece of a word: one of these stands in every bundled host, so that a resource without them
/// needs no table. Short, since the automaton is built in every run.
static WORDS: [&str; 25] = [
    "azur", "window", "micros", "cloudap", "chinac", "azconf", "signalr", "azmk8", "azk8",
    "aksapp", "auth.n", "b2clog", "ciamlo", "onmsch", "168.63", "traffi", "logana", "ninsig",
    "alstud", "botfra", "erplat", "deoind", "arepoi", "office", "outloo",
];

/// The service of hosts that are Azure's and no known service's.
const UNIDENTIFIED: &str = "azure";

/// Keys whose values are names in the form of a host: API groups, drivers, finalizers.
const NAME_KEYS: [&str; 17] = [
    "apiVersion",
    "kind",
    "apiGroup",
    "apiGroups",
    "group",
    "groups",
    "groupVersion",
    "resourceNames",
    "topologyKey",
    "finalizers",
    "controller",
    "controllerName",
    "provisioner",
    "driver",
    "attacher",
    "signerName",
    "$schema",
];

/// Keys of schemas and bookkeeping, which say nothing of what the resource uses.
const OPAQUE_KEYS: [&str; 3] = [
    "openAPIV3Schema",
    "managedFields",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// A row of the table of hosts.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HostRow {
    suffix: String,
    service: String,
    /// Whether hosts below the suffix are left to shorter suffixes.
    #[serde(default)]
    exact: bool,
}

/// A row that tells services apart which share a suffix.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DistinguishRow {
    suffix: Option<String>,
    #[serde(default)]
    suffixes: Vec<String>,
    when: When,
    matches: String,
    service: String,
}

/// What the expression of a row is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum When {
    /// The number behind the host.
    Port,
    /// The field, or the variable, that holds the value.
    Key,
    /// The whole host.
    Host,
    /// The line around the host; where that says nothing, the whole value.
    Text,
}

/// The hosts of Azure's services.
#[derive(Debug)]
pub(crate) struct HostTable {
    /// By suffix in lower case; `None` for hosts to leave alone.
    suffixes: HashMap<String, Option<Entry>>,
    distinctions: Vec<Distinction>,
    words: AhoCorasick,
}

#[derive(Debug)]
struct Entry {
    service: String,
    exact: bool,
    /// Positions of the rows that tell this suffix's services apart.
    distinctions: Vec<usize>,
}

#[derive(Debug)]
struct Distinction {
    when: When,
    source: String,
    /// Compiled when first asked. An expression that is none matches nothing.
    matches: OnceLock<Option<Regex>>,
    service: String,
}

/// A host of an Azure service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The string it stands in.
    pub(crate) path: ValuePath,
    /// The host's bytes in the string; `None` for a base64 value, which is meant as a whole.
    pub(crate) part: Option<Part>,
    /// The host in lower case.
    pub(crate) host: String,
    /// The service's id.
    pub(crate) service: String,
}

/// Whether a resource may name a host of the bundled table: cheap, so that the table is read
/// only when it is needed. A table that a user laid over has to be asked in any case.
pub(crate) fn may_name_host(resource: &Resource) -> bool {
    static GATE: Gate = Gate::new(&WORDS);
    let may_name = |encoded: &str| decoded(encoded).is_some_and(|text| GATE.is_open(&text));
    GATE.is_open(resource.node().text())
        || encoded_values(resource).any(|(_, value)| may_name(value))
}

fn automaton<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    let mut builder = AhoCorasick::builder();
    builder
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA));
    builder
        .build(words)
        .expect("a few short words make a small automaton")
}

impl HostTable {
    /// A table of hosts, of hosts to leave alone with all below them, and of rows that tell
    /// services apart, of which the first that matches counts.
    pub(crate) fn new(
        hosts: Vec<HostRow>,
        ignored: Vec<String>,
        distinguish: Vec<DistinguishRow>,
    ) -> Self {
        let mut suffixes: HashMap<String, Option<Entry>> =
            HashMap::with_capacity(hosts.len() + ignored.len());
        for HostRow {
            suffix,
            service,
            exact,
        } in hosts
        {
            suffixes.insert(
                suffix.to_lowercase(),
                Some(Entry {
                    service,
                    exact,
                    distinctions: Vec::new(),
                }),
            );
        }
        suffixes.extend(
            ignored
                .into_iter()
                .map(|suffix| (suffix.to_lowercase(), None)),
        );
        let mut distinctions = Vec::new();
        for DistinguishRow {
            suffix,
            suffixes: more,
            when,
            matches,
            service,
        } in distinguish
        {
            for suffix in suffix.iter().chain(&more) {
                if let Some(Some(entry)) = suffixes.get_mut(&suffix.to_lowercase()) {
                    entry.distinctions.push(distinctions.len());
                }
            }
            distinctions.push(Distinction {
                when,
                source: matches,
                matches: OnceLock::new(),
                service,
            });
        }
        let is_uncovered = |suffix: &&str| !WORDS.iter().any(|word| suffix.contains(word));
        let uncovered = suffixes.keys().map(String::as_str).filter(is_uncovered);
        let words = automaton(WORDS.into_iter().chain(uncovered));
        Self {
            suffixes,
            distinctions,
            words,
        }
    }

    /// The hosts in the strings of a resource, in the order of the source; in one string each
    /// host once.
    pub(crate) fn endpoints(&self, resource: &Resource) -> Vec<Endpoint> {
        let mut walk = Walk {
            table: self,
            path: Vec::new(),
            found: Vec::new(),
        };
        if resource.role == Role::Package || resource.gvk.kind == "CustomResourceDefinition" {
            return walk.found;
        }
        if self.words.is_match(resource.node().text()) {
            walk.visit(resource.node(), None);
        }
        for (key, value) in encoded_values(resource) {
            walk.visit_encoded(key, value);
        }
        walk.found
    }

    /// The service of a host in lower case and the suffix that tells it; `None` if it is not
    /// Azure's, or to be left alone.
    fn entry(&self, host: &str) -> Option<(&str, &Entry)> {
        let mut suffix = host;
        loop {
            match self.suffixes.get_key_value(suffix) {
                Some((_, None)) => return None,
                Some((key, Some(entry))) if !entry.exact || suffix.len() == host.len() => {
                    return Some((key, entry));
                }
                _ => suffix = suffix.split_once('.')?.1,
            }
        }
    }

    /// The hosts in a text, each once.
    fn hosts<'t>(&'t self, text: &'t str, keys: &[&str]) -> Vec<(Range<usize>, String, &'t str)> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut searched = 0;
        for word in self.words.find_iter(text) {
            if word.start() < searched {
                continue;
            }
            let Some(site) = Surroundings::new(text, word.start(), &mut searched) else {
                continue;
            };
            let host = site.host().to_ascii_lowercase();
            let Some((suffix, entry)) = self.entry(&host) else {
                continue;
            };
            let is_bare = entry.service == UNIDENTIFIED && suffix.len() == host.len();
            if (is_bare && !site.follows_template())
                || site.is_no_endpoint(entry.service == UNIDENTIFIED, suffix)
            {
                continue;
            }
            if seen.insert(host.clone()) {
                found.push((site.range(), host, self.service(entry, &site, keys)));
            }
        }
        found
    }

    /// The line around the host counts before the rest of a long value.
    fn service<'t>(&'t self, entry: &'t Entry, site: &Surroundings<'_>, keys: &[&str]) -> &'t str {
        let rows = || {
            entry
                .distinctions
                .iter()
                .map(|position| &self.distinctions[*position])
        };
        let near = rows().find(|row| match row.when {
            When::Port => site.port().is_some_and(|port| row.is_match(port)),
            When::Key => row.is_match(site.lead()) || keys.iter().any(|key| row.is_match(key)),
            When::Host => row.is_match(&site.host().to_ascii_lowercase()),
            When::Text => row.is_match(site.line()),
        });
        let far = || rows().find(|row| row.when == When::Text && row.is_match(site.text()));
        near.or_else(far).map_or(&entry.service, |row| &row.service)
    }
}

impl Distinction {
    fn is_match(&self, text: &str) -> bool {
        self.matches
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

/// A walk over a resource's strings.
struct Walk<'t, 'a> {
    table: &'t HostTable,
    path: Vec<Visited<'a>>,
    found: Vec<Endpoint>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visited<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Walk<'_, 'a> {
    fn visit(&mut self, node: Node<'a>, parent: Option<Node<'a>>) {
        if let Some(text) = node.as_str() {
            self.visit_text(text, parent);
        }
        for (key, value) in node.entries() {
            let key = key.as_str().unwrap_or_default();
            if !OPAQUE_KEYS.contains(&key) {
                self.step(Visited::Key(key), value, Some(node));
            }
        }
        for (index, item) in node.items().enumerate() {
            self.step(Visited::Index(index), item, None);
        }
    }

    fn step(&mut self, step: Visited<'a>, node: Node<'a>, parent: Option<Node<'a>>) {
        self.path.push(step);
        self.visit(node, parent);
        self.path.pop();
    }

    fn visit_text(&mut self, text: &str, parent: Option<Node<'a>>) {
        if !self.table.words.is_match(text) || self.is_name(text, parent) {
            return;
        }
        let keys = self.keys(parent);
        for (range, host, service) in self.table.hosts(text, &keys) {
            let part = Some(Part {
                start: range.start,
                length: range.len(),
            });
            self.found.push(Endpoint {
                path: self.value_path(),
                part,
                host,
                service: service.to_owned(),
            });
        }
    }

    fn visit_encoded(&mut self, key: [&'a str; 2], value: &str) {
        let Some(text) = decoded(value).filter(|text| self.table.words.is_match(text)) else {
            return;
        };
        for (_, host, service) in self.table.hosts(&text, &key[1..]) {
            let path = key.into_iter().collect();
            self.found.push(Endpoint {
                path,
                part: None,
                host,
                service: service.to_owned(),
            });
        }
    }

    /// Whether the value is a name that only looks like a host: an API group, a driver, a label's
    /// or taint's key, an object's or webhook's name.
    fn is_name(&self, text: &str, parent: Option<Node<'a>>) -> bool {
        let keys: Vec<&str> = self.path.iter().filter_map(Visited::key).collect();
        let Some(key) = keys.last() else { return false };
        let has = |sibling: &str| parent.is_some_and(|parent| parent.get(sibling).is_some());
        let is_name = match *key {
            key if NAME_KEYS.contains(&key) => true,
            "key" => has("operator") || has("effect"),
            "name" => keys[..] == ["metadata", "name"] || keys[..] == ["webhooks", "name"],
            _ => false,
        };
        is_name && !text.contains("://")
    }

    /// The names that say what the value is for: the nearest keys, and the variable's name.
    fn keys(&self, parent: Option<Node<'a>>) -> Vec<&'a str> {
        let own = self.path.iter().rev().filter_map(Visited::key).take(3);
        let variable = parent
            .and_then(|parent| parent.get("name"))
            .and_then(Node::as_str);
        own.chain(variable).collect()
    }

    fn value_path(&self) -> ValuePath {
        let step = |step: &Visited<'_>| match step {
            Visited::Key(key) => Step::Key((*key).to_owned()),
            Visited::Index(index) => Step::Index(*index),
        };
        ValuePath(self.path.iter().map(step).collect())
    }
}

impl<'a> Visited<'a> {
    fn key(&self) -> Option<&'a str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

/// The values that an object keeps in base64, with their two keys.
fn encoded_values(resource: &Resource) -> impl Iterator<Item = ([&str; 2], &str)> {
    let list = match resource.gvk.kind.as_str() {
        "Secret" => "data",
        "ConfigMap" => "binaryData",
        _ => "",
    };
    let entries = resource
        .node()
        .get(list)
        .into_iter()
        .flat_map(Node::entries);
    entries.filter_map(move |(key, value)| Some(([list, key.as_str()?], value.as_str()?)))
}

fn decoded(value: &str) -> Option<String> {
    let value: Cow<'_, str> = match value.contains(char::is_whitespace) {
        true => value.split_whitespace().collect::<String>().into(),
        false => value.into(),
    };
    String::from_utf8(STANDARD.decode(value.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    #[derive(Deserialize)]
    struct Bundled {
        hosts: Vec<HostRow>,
        ignored: Vec<String>,
        distinguish: Vec<DistinguishRow>,
    }

    fn bundled() -> Bundled {
        let text = include_str!("../../policies/azure/hosts.yaml");
        serde_yaml::from_str(text).expect("the bundled table is right")
    }

    fn table() -> HostTable {
        let Bundled {
            hosts,
            ignored,
            distinguish,
        } = bundled();
        HostTable::new(hosts, ignored, distinguish)
    }

    /// Path, marked text and service of each endpoint; what is marked is always the host.
    fn found(text: &str) -> Vec<(String, String, String)> {
        let resources = read_text(text);
        let mut all = Vec::new();
        for resource in &resources {
            let endpoints = table().endpoints(resource);
            assert!(endpoints.is_empty() || may_name_host(resource), "{text}");
            for Endpoint {
                path,
                part,
                host,
                service,
            } in endpoints
            {
                if let Some(part) = part {
                    let value = resource
                        .at(&path)
                        .and_then(Node::as_str)
                        .expect("is a string");
                    let marked = &value[part.start..part.start + part.length];
                    assert!(marked.eq_ignore_ascii_case(&host), "{marked} {host}");
                }
                all.push((path.to_string(), host, service));
            }
        }
        all
    }

    /// Hosts and services in a ConfigMap's value.
    fn in_value(value: &str) -> Vec<(String, String)> {
        let value = serde_json::to_string(value).expect("is JSON");
        let found = found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: {value}\n"
        ));
        found
            .into_iter()
            .map(|(_, host, service)| (host, service))
            .collect()
    }

    fn host_in(value: &str) -> String {
        let hosts: Vec<String> = in_value(value).into_iter().map(|(host, _)| host).collect();
        hosts.join(" ")
    }

    #[test]
    fn every_bundled_suffix_is_led_to_by_a_word_and_found_as_its_service() {
        let table = table();
        for row in bundled().hosts {
            assert!(
                WORDS.iter().any(|word| row.suffix.contains(word)),
                "{}",
                row.suffix
            );
            let host = if row.exact {
                row.suffix.clone()
            } else {
                format!("some-name.{}", row.suffix)
            };
            let (suffix, entry) = table.entry(&host).expect("is found");
            assert_eq!(
                (suffix, &entry.service),
                (row.suffix.as_str(), &row.service)
            );
        }
        for distinction in &table.distinctions {
            Regex::new(&distinction.source).expect("is an expression");
        }
        for (suffix, entry) in &table.suffixes {
            assert_eq!(suffix, &suffix.to_lowercase(), "{:?}", entry.is_some());
        }
    }

    #[test]
    fn hosts_end_on_label_boundaries() {
        assert_eq!(
            host_in("https://myvault.vault.azure.net/secrets"),
            "myvault.vault.azure.net"
        );
        assert_eq!(
            host_in("MYVAULT.Vault.Azure.NET."),
            "myvault.vault.azure.net"
        );
        assert_eq!(
            host_in("EndpointSuffix=core.windows.net;"),
            "core.windows.net"
        );
        for look_alike in [
            "vault.azure.net.evil.io",
            "myvault-azure.net",
            "notblob.core.windows.net.example.com",
            "vault.azure.network",
            "vault.azure.neté",
            "vault-azure.net",
            "evilazure.net",
            "com.azure.identity",
            "com.microsoft.azure.eventhubs",
            "windows.net.crt",
            "azure.com",
            "portal-azure.com",
            "/etc/certs/x.vault.azure.net.pem",
            "1.168.63.129.16",
        ] {
            assert_eq!(host_in(look_alike), "", "{look_alike}");
        }
    }

    #[test]
    fn the_part_begins_behind_templates_escapes_and_placeholders() {
        for (value, host) in [
            ("$(ACCOUNT).blob.core.windows.net", "blob.core.windows.net"),
            ("${x}.vault.azure.net", "vault.azure.net"),
            ("$ACCOUNT.blob.core.windows.net", "blob.core.windows.net"),
            (
                "$NAME-data.blob.core.windows.net",
                "data.blob.core.windows.net",
            ),
            ("shop-${ENV}.vault.azure.net", "vault.azure.net"),
            ("{{ .Values.x }}-eu.vault.azure.net", "eu.vault.azure.net"),
            ("*.vault.azure.net", "vault.azure.net"),
            (".vault.azure.net", "vault.azure.net"),
            ("%s.blob.core.windows.net", "blob.core.windows.net"),
            ("%(name)s.blob.core.windows.net", "blob.core.windows.net"),
            (
                "https%3A%2F%2Fa.blob.core.windows.net%2Fx",
                "a.blob.core.windows.net",
            ),
            (r"x\na.blob.core.windows.net\n", "a.blob.core.windows.net"),
            (
                r"\\netstore.file.core.windows.net\share",
                "netstore.file.core.windows.net",
            ),
            (r"\u0027a.vault.azure.net", "a.vault.azure.net"),
            (
                "//acct.file.core.windows.net/share",
                "acct.file.core.windows.net",
            ),
            (
                "admin@srv.postgres.database.azure.com",
                "srv.postgres.database.azure.com",
            ),
            (
                "abfss://data@acct.dfs.core.windows.net/x",
                "acct.dfs.core.windows.net",
            ),
            (
                "tcp:srv.database.windows.net,1433",
                "srv.database.windows.net",
            ),
            ("grüße a.vault.azure.net", "a.vault.azure.net"),
        ] {
            assert_eq!(host_in(value), host, "{value}");
        }
    }

    #[test]
    fn one_host_twice_in_one_string_is_one_and_in_three_variables_three() {
        assert_eq!(
            host_in("a.vault.azure.net A.vault.azure.net b.vault.azure.net"),
            "a.vault.azure.net b.vault.azure.net"
        );
        let found = found(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env:\n    - {name: A, value: 'https://a.vault.azure.net'}\n    - {name: B, value: a.vault.azure.net}\n    args: [--vault=a.vault.azure.net]\n",
        );
        let paths: Vec<&str> = found.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "spec.containers[0].env[0].value",
                "spec.containers[0].env[1].value",
                "spec.containers[0].args[0]"
            ]
        );
    }

    #[test]
    fn names_that_look_like_hosts_are_left_alone() {
        for text in [
            "apiVersion: storage.azure.com/v1api20210601\nkind: StorageAccount\nmetadata: {name: x}\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nrules: [{apiGroups: [storage.azure.com], resources: ['*']}]\n",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: vaults.keyvault.azure.com}\nspec: {group: keyvault.azure.com}\n",
            "apiVersion: v1\nkind: Pod\nspec: {affinity: {x: [{key: kubernetes.azure.com/mode, operator: In}]}, tolerations: [{key: kubernetes.azure.com/scalesetpriority, operator: Equal}]}\n",
            "apiVersion: v1\nkind: Pod\nspec: {topologySpreadConstraints: [{topologyKey: topology.disk.csi.azure.com/zone}]}\n",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: disk.csi.azure.com\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {x.vault.azure.net/y: z}}\ndata: {a.vault.azure.net: x}\n",
            "apiVersion: v1\nkind: A\nspec: {kubernetes: 'kubectl label node a kubernetes.azure.com/mode=system'}\n",
            "apiVersion: v1\nkind: A\nspec: {x: 'apiVersion: storage.azure.com/v1api20210601'}\n",
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.storage.azure.com}\n",
            "apiVersion: v1\nkind: A\nspec: {crdPattern: 'resources.azure.com/*;storage.azure.com/*'}\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {ingressClassName: webapprouting.kubernetes.azure.com}\n",
            "apiVersion: v1\nkind: A\nspec: {x: 'https://docs.microsoft.com/azure https://learn.microsoft.com/x mcr.microsoft.com/x:1'}\n",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn comments_and_mail_addresses_are_left_alone() {
        for value in [
            "# a.vault.azure.net",
            "x: 1 # a.vault.azure.net",
            "x\n  # https://a.vault.azure.net\ny",
            "// see a.vault.azure.net",
            "a = 1\n; url = https://a.vault.azure.net",
            "a\n-- a.vault.azure.net",
            "<!-- a.vault.azure.net -->",
            "{{/* a.vault.azure.net */}}",
            "f() // see a.vault.azure.net",
            "jo@contoso.onmicrosoft.com",
            "team@azure.com",
            "/* a\n * a.vault.azure.net\n */",
        ] {
            assert_eq!(host_in(value), "", "{value}");
        }
        for value in [
            "<!-- x --> a.vault.azure.net",
            "/* x */ a.vault.azure.net",
            "https://x/#/a.vault.azure.net",
            "--url=a.vault.azure.net",
            "x\n--url a.vault.azure.net",
            "#{x}#.vault.azure.net",
        ] {
            assert!(host_in(value).ends_with("vault.azure.net"), "{value}");
        }
    }

    #[test]
    fn base64_is_decoded_and_meant_as_a_whole() {
        let text = "apiVersion: v1\nkind: Secret\ndata:\n  url: aHR0cHM6Ly9hLnZhdWx0LmF6dXJlLm5ldC8=\n  other: eA==\n  plain: https://b.vault.azure.net\nstringData: {x: c.vault.azure.net}\n";
        let resources = read_text(text);
        let endpoints = table().endpoints(&resources[0]);
        let hosts: Vec<(&str, bool)> = endpoints
            .iter()
            .map(|found| (found.host.as_str(), found.part.is_some()))
            .collect();
        assert_eq!(
            hosts,
            [
                ("b.vault.azure.net", true),
                ("c.vault.azure.net", true),
                ("a.vault.azure.net", false)
            ]
        );
        let only = read_text(
            "apiVersion: v1\nkind: Secret\ndata:\n  url: aHR0cHM6Ly9hLnZhdWx0LmF6dXJlLm5ldC8=\n",
        );
        assert!(may_name_host(&only[0]));
        assert_eq!(table().endpoints(&only[0]).len(), 1);
    }

    #[test]
    fn services_that_share_a_suffix_are_told_apart() {
        let service = |text: &str| {
            found(&format!("apiVersion: v1\nkind: A\nspec: {{{text}}}\n"))[0]
                .2
                .clone()
        };
        assert_eq!(service("x: 'ns.servicebus.windows.net:9093'"), "event-hubs");
        assert_eq!(
            service("x: 'Endpoint=sb://ns.servicebus.windows.net/;EntityPath=e'"),
            "event-hubs"
        );
        assert_eq!(
            service("env: [{name: EVENTHUB_HOST, value: ns.servicebus.windows.net}]"),
            "event-hubs"
        );
        assert_eq!(
            service("env: [{name: SERVICE_BUS, value: ns.servicebus.windows.net}]"),
            "service-bus"
        );
        assert_eq!(
            service("args: ['--event-hub=ns.servicebus.windows.net']"),
            "event-hubs"
        );
        assert_eq!(
            service("x: 'amqps://ns.servicebus.windows.net:5671'"),
            "service-bus"
        );
        assert_eq!(
            service("x: srv.0123456789ab.database.windows.net"),
            "sql-managed-instance"
        );
        assert_eq!(
            service("x: 'srv.database.windows.net,3342'"),
            "sql-managed-instance"
        );
        assert_eq!(
            service("x: 'srv.database.windows.net,1433'"),
            "sql-database"
        );
        assert_eq!(
            service("x: 'mongodb://a:b@c.documents.azure.com:10255/?ssl=true'"),
            "cosmos-mongodb"
        );
    }

    #[test]
    fn the_line_counts_before_the_rest_of_the_value() {
        let value = "bus: sb://a.servicebus.windows.net/;SharedAccessKeyName=x\nhub: sb://b.servicebus.windows.net/;EntityPath=e\nservicebus: c.servicebus.windows.net\n";
        let services: Vec<String> = in_value(value)
            .into_iter()
            .map(|(_, service)| service)
            .collect();
        assert_eq!(services[1..], ["event-hubs", "service-bus"]);
    }

    #[test]
    fn a_users_suffix_needs_no_word() {
        let row = HostRow {
            suffix: "cloud.example".to_owned(),
            service: "azure".to_owned(),
            exact: false,
        };
        let table = HostTable::new(vec![row], Vec::new(), Vec::new());
        let resources = read_text("apiVersion: v1\nkind: A\nspec: {x: a.cloud.example}\n");
        assert_eq!(table.endpoints(&resources[0]).len(), 1);
    }
}
