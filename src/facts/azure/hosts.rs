//! Hosts of catalogued Azure services in a text. The one place that decides which service a host
//! belongs to; what a host means for a resource is left to rules.
//!
//! A search for a few distinctive words leads to the places where a host may stand. The host
//! around such a word is then looked up suffix by suffix, the longest first, so that a match ends
//! on label boundaries by construction.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde::Deserialize;

use super::distinction::{Distinction, DistinguishRow, When};
use super::surroundings::Surroundings;

/// A piece of a word: one of these stands in every bundled host, so that a text without them
/// needs no table. Short, since the automaton is built in every run.
pub(super) const WORDS: [&str; 25] = [
    "azur", "window", "micros", "cloudap", "chinac", "azconf", "signalr", "azmk8", "azk8",
    "aksapp", "auth.n", "b2clog", "ciamlo", "onmsch", "168.63", "traffi", "logana", "ninsig",
    "alstud", "botfra", "erplat", "deoind", "arepoi", "office", "outloo",
];

/// The service of hosts that are Azure's and no known service's.
pub(super) const UNIDENTIFIED: &str = "azure";

/// A row of the table of hosts.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HostRow {
    suffix: String,
    service: String,
    /// Whether hosts below the suffix are left to shorter suffixes.
    #[serde(default)]
    exact: bool,
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

/// A host of an Azure service in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host<'t> {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// The host in lower case.
    pub(super) name: String,
    /// The service's id.
    pub(super) service: &'t str,
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
        for row in distinguish {
            for suffix in row.suffix.iter().chain(&row.suffixes) {
                if let Some(Some(entry)) = suffixes.get_mut(&suffix.to_lowercase()) {
                    entry.distinctions.push(distinctions.len());
                }
            }
            distinctions.push(Distinction::of(row));
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

    /// Whether a text may name a host: cheap.
    pub(super) fn may_name_host(&self, text: &str) -> bool {
        self.words.is_match(text)
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

    /// The hosts in a text, each once. `keys` are the names that say what the text is for.
    pub(super) fn hosts<'t>(&'t self, text: &'t str, keys: &[&str]) -> Vec<Host<'t>> {
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
            if site.is_in_path()
                && found
                    .last()
                    .is_some_and(|last: &Host<'_>| site.follows(&last.range))
            {
                continue;
            }
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
                found.push(Host {
                    range: site.range(),
                    service: self.service(entry, &site, keys),
                    name: host,
                });
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

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[derive(Deserialize)]
    struct Bundled {
        hosts: Vec<HostRow>,
        ignored: Vec<String>,
        distinguish: Vec<DistinguishRow>,
    }

    fn bundled() -> Bundled {
        let text = include_str!("../../../policies/azure/hosts.yaml");
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

    /// Hosts and services in a text; what is marked is always the host.
    fn in_value(value: &str) -> Vec<(String, String)> {
        let table = table();
        let found = table.hosts(value, &[]);
        let shown = |host: Host<'_>| {
            let marked = &value[host.range.clone()];
            assert!(
                marked.eq_ignore_ascii_case(&host.name),
                "{marked} {}",
                host.name
            );
            (host.name, host.service.to_owned())
        };
        found.into_iter().map(shown).collect()
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
    fn the_line_counts_before_the_rest_of_the_value() {
        let value = "bus: sb://a.servicebus.windows.net/;SharedAccessKeyName=x\nhub: sb://b.servicebus.windows.net/;EntityPath=e\nservicebus: c.servicebus.windows.net\n";
        let services: Vec<String> = in_value(value)
            .into_iter()
            .map(|(_, service)| service)
            .collect();
        assert_eq!(services[1..], ["event-hubs", "service-bus"]);
    }

    #[test]
    fn one_host_twice_in_one_text_is_one() {
        assert_eq!(
            host_in("a.vault.azure.net A.vault.azure.net b.vault.azure.net"),
            "a.vault.azure.net b.vault.azure.net"
        );
    }

    #[test]
    fn a_users_suffix_needs_no_word() {
        let row = HostRow {
            suffix: "cloud.example".to_owned(),
            service: "azure".to_owned(),
            exact: false,
        };
        let table = HostTable::new(vec![row], Vec::new(), Vec::new());
        assert_eq!(table.hosts("https://a.cloud.example", &[]).len(), 1);
    }
}
