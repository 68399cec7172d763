//! Hosts of catalogued Azure services in a text. The one place that decides which service a host
//! belongs to; what a host means for a resource is left to rules.
//!
//! A search for a few distinctive words leads to the places where a host may stand. The host
//! around such a word is then looked up suffix by suffix, the longest first, so that a match ends
//! on label boundaries by construction.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use serde::Deserialize;

use super::surroundings::Surroundings;

/// A piece of a word: one of these stands in every bundled host, so that a text without them
/// needs no table. Short, since the automaton is built in every run.
pub(super) const WORDS: [&str; 25] = [
    "azur", "window", "micros", "cloudap", "chinac", "azconf", "signalr", "azmk8", "azk8",
    "aksapp", "auth.n", "b2clog", "ciamlo", "onmsch", "168.63", "traffi", "logana", "ninsig",
    "alstud", "botfra", "erplat", "deoind", "arepoi", "office", "outloo",
];

/// The service of hosts that are Azure's and no known service's.
const UNIDENTIFIED: &str = "azure";

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

impl Distinction {
    fn is_match(&self, text: &str) -> bool {
        self.matches
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}
