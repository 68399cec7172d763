//! What reaches from another environment into production: addresses of production's services
//! and databases, and credentials that production uses too. Told from everything scanned
//! together.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::credentials::{Credential, Kind, Ledger, Verdict};
use super::environment::{Environments, Teller};
use super::host::{Address, addresses};
use crate::model::{Part, Resource, Role, Step, ValuePath, Visited};

/// A use of something of production's by another environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Where it is used.
    pub(crate) path: ValuePath,
    /// Its bytes in the string; `None` means the whole value.
    pub(crate) part: Option<Part>,
    /// The environment that uses it.
    pub(crate) environment: String,
    /// What is used.
    pub(crate) what: What,
    /// Where production has it, as far as that was scanned.
    pub(crate) owner: Option<Owner>,
}

/// Where production has what another environment uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The resource's position.
    pub(crate) resource: usize,
    /// Where in the resource.
    pub(crate) path: ValuePath,
    /// Its bytes in the string; `None` means the whole value.
    pub(crate) part: Option<Part>,
}

/// What crosses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// An address, as it is written.
    Endpoint(String),
    /// A credential: its key and length.
    Credential(String, usize),
    /// The name under which a secret store keeps a credential.
    Stored(String),
}

/// The crossings of a scan, by the position of the resource that has them.
#[derive(Debug, Default)]
pub(crate) struct Crossings {
    by_resource: HashMap<ResourceKey, Vec<Crossing>>,
}

/// Domains under which clouds have services of their own.
const CLOUDS: [&str; 8] = [
    ".azure.com",
    ".azure.net",
    ".windows.net",
    ".microsoft.com",
    ".amazonaws.com",
    ".aws.dev",
    ".googleapis.com",
    ".google.com",
];

/// Domains under which a vendor's own hosts have an environment in their names, whoever uses them:
/// `prometheus-prod-01-eu-west-0.grafana.net`.
const VENDORS: [(&str, &str); 1] = [(".grafana.net", "-prod-")];

/// Tells a resource among those of a scan: its document and its root.
type ResourceKey = (usize, u32);

fn key(resource: &Resource) -> ResourceKey {
    (std::sync::Arc::as_ptr(&resource.tree).addr(), resource.root)
}

impl Crossings {
    /// Looks through all resources; cheap where names tell no environment but one.
    pub(crate) fn new(
        environments: &Environments,
        ledger: &Ledger,
        resources: &[Resource],
    ) -> Self {
        let mut teller = Teller::new(environments);
        let told: Vec<Option<&str>> = resources
            .iter()
            .map(|resource| match resource.role {
                Role::Package
                | Role::Build
                | Role::Owned
                | Role::Values
                | Role::Given
                | Role::Inner
                | Role::Outline
                | Role::Unreached
                | Role::Applied
                | Role::Renaming
                | Role::Built
                | Role::Catalog => None,
                Role::Manifest | Role::Template | Role::Patch => teller.of(resource),
            })
            .collect();
        let is_production = |told: &Option<&str>| told.is_some_and(Environments::is_production);
        if told
            .iter()
            .flatten()
            .all(|told| Environments::is_production(told))
        {
            return Self::default();
        }
        let search = Search {
            environments,
            resources,
            told: &told,
            has_production: told.iter().any(is_production),
            words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(environments.of_production())
                .ok(),
        };
        let mut crossings = Self::default();
        for (position, found) in search.endpoints() {
            crossings.add(&resources[position], found);
        }
        if search.has_production {
            crossings.share(&search, ledger);
        }
        crossings
    }

    /// What a resource uses of production's, in the order of its values.
    pub(crate) fn of(&self, resource: &Resource) -> &[Crossing] {
        self.by_resource
            .get(&key(resource))
            .map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, resource: &Resource, found: Crossing) {
        self.by_resource
            .entry(key(resource))
            .or_default()
            .push(found);
    }

    /// Credentials that production and another environment have in common.
    fn share(&mut self, search: &Search<'_>, ledger: &Ledger) {
        let all = || search.told.iter().zip(search.resources).enumerate();
        let mut owners: HashMap<u64, (usize, &Credential)> = HashMap::new();
        for (position, (_, resource)) in all().filter(|(at, _)| search.is_of_production(*at)) {
            for one in ledger.of(resource).iter().filter(|one| is_own(one)) {
                owners.entry(one.same).or_insert((position, one));
            }
        }
        for (position, (told, own)) in all() {
            let Some(environment) = told.filter(|_| !search.is_of_production(position)) else {
                continue;
            };
            for one in ledger.of(own).iter().filter(|one| is_own(one)) {
                if let Some((resource, owner)) = owners.get(&one.same) {
                    let crossing = Crossing {
                        path: one.path.clone(),
                        part: one.part,
                        environment: environment.to_owned(),
                        what: What::Credential(name_of(own, one), one.length),
                        owner: Some(Owner {
                            resource: *resource,
                            path: owner.path.clone(),
                            part: owner.part,
                        }),
                    };
                    self.add(own, crossing);
                }
            }
        }
    }
}

/// What a credential is called: of one in a URL the setting that holds the URL.
fn name_of(resource: &Resource, credential: &Credential) -> String {
    let steps = &credential.path.0;
    let Some((Step::Key(last), above)) =
        steps.split_last().filter(|_| credential.kind == Kind::Url)
    else {
        return credential.key.clone();
    };
    let pair = resource.at(&ValuePath(above.to_vec()));
    let name = pair
        .filter(|_| last == "value")
        .and_then(|pair| pair.get("name")?.as_str());
    name.unwrap_or(last).to_owned()
}

/// Whether a credential belongs to somebody: what everyone knows is not shared.
fn is_own(credential: &Credential) -> bool {
    match credential.verdict {
        Verdict::PrivateKey | Verdict::AccessToken | Verdict::Literal => credential.length >= 6,
        Verdict::Default { .. }
        | Verdict::Weak
        | Verdict::Stored { .. }
        | Verdict::Off { .. }
        | Verdict::Reference
        | Verdict::Placeholder
        | Verdict::Empty
        | Verdict::Unsure => false,
    }
}

/// Whether a byte of a file's text stands in a line that is a comment.
fn is_commented(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].trim_start();
    text.trim_end().contains('\n') && (line.starts_with(['#', ';']) || line.starts_with("// "))
}

/// The labels of a cloud's host that its customer chose: the first, and the next one where the
/// first counts or says the role, as of Kafka's brokers and of caches.
fn own(host: &str) -> &str {
    const ROLES: [&str; 6] = ["master", "primary", "replica", "reader", "clustercfg", "b"];
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let role = first.trim_end_matches(|one: char| one.is_ascii_digit() || one == '-');
    if ROLES.contains(&role) {
        rest.split('.').next().unwrap_or(rest)
    } else {
        first
    }
}

/// What is the same for all resources.
struct Search<'a> {
    environments: &'a Environments,
    resources: &'a [Resource],
    told: &'a [Option<&'a str>],
    has_production: bool,
    words: Option<AhoCorasick>,
}

/// An address in a resource.
struct Use {
    position: usize,
    path: ValuePath,
    part: Part,
    host: String,
    database: Option<String>,
    is_store: bool,
}

impl Search<'_> {
    /// Addresses of production's in resources of other environments.
    fn endpoints(&self) -> Vec<(usize, Crossing)> {
        let uses: Vec<Use> = (0..self.resources.len())
            .into_par_iter()
            .filter(|position| self.told[*position].is_some())
            .flat_map_iter(|position| self.uses(position))
            .collect();
        let mut owners: HashMap<&str, &Use> = HashMap::new();
        for one in uses
            .iter()
            .filter(|one| self.is_of_production(one.position))
        {
            owners.entry(one.host.as_str()).or_insert(one);
        }
        let others = uses
            .iter()
            .filter(|one| !self.is_of_production(one.position));
        let crossing = others.filter_map(|one| {
            let owner = owners.get(one.host.as_str());
            let is_shared_store = owner.is_some_and(|owner| one.shares_store(owner));
            if !self.names_production(&one.host) && !is_shared_store {
                return None;
            }
            let owner = owner
                .map(|owner| Owner {
                    resource: owner.position,
                    path: owner.path.clone(),
                    part: Some(owner.part),
                })
                .or_else(|| self.service(&one.host));
            let found = Crossing {
                path: one.path.clone(),
                part: Some(one.part),
                environment: self.told[one.position].unwrap_or_default().to_owned(),
                what: What::Endpoint(one.host.clone()),
                owner,
            };
            Some((one.position, found))
        });
        let mut found: Vec<(usize, Crossing)> = crossing.collect();
        found.extend(self.stored());
        found
    }

    fn is_of_production(&self, position: usize) -> bool {
        self.told[position].is_some_and(Environments::is_production)
    }

    /// Whether the labels of a host tell production and nothing else. Of a cloud's own domain
    /// only the first labels are the customer's.
    fn names_production(&self, host: &str) -> bool {
        let is_vendors = |(domain, name): &(&str, &str)| {
            host.strip_suffix(domain)
                .is_some_and(|own| own.contains(name))
        };
        if VENDORS.iter().any(is_vendors) {
            return false;
        }
        let is_of_cloud = CLOUDS.iter().any(|domain| host.ends_with(domain));
        let told = if is_of_cloud { own(host) } else { host };
        self.environments
            .of_name(told)
            .is_some_and(Environments::is_production)
    }

    /// The addresses in a resource that may matter: those that name production, and stores.
    fn uses(&self, position: usize) -> Vec<Use> {
        let resource = &self.resources[position];
        let text = resource.node().text();
        let names = self
            .words
            .as_ref()
            .is_some_and(|words| words.is_match(text));
        let may_share = self.has_production && (text.contains("://") || text.contains('='));
        if !names && !may_share {
            return Vec::new();
        }
        let mut found = Vec::new();
        resource.node().visit_scalars(&mut |path, node| {
            let Some(value) = node.as_str().filter(|_| !is_passed(path)) else {
                return;
            };
            for address in addresses(value, &setting(resource, path)) {
                if is_commented(value, address.host.start) {
                    continue;
                }
                let host = value[address.host.clone()].to_ascii_lowercase();
                if self.names_production(&host) || address.is_store {
                    found.push(of_address(position, path, value, host, &address));
                }
            }
        });
        found
    }

    /// The Service behind a name in the cluster, or anything in its namespace.
    fn service(&self, host: &str) -> Option<Owner> {
        let mut labels = host.split('.');
        let (name, namespace) = (labels.next()?, labels.next()?);
        let in_namespace = |resource: &&(usize, &Resource)| {
            resource.1.identity.namespace.as_deref() == Some(namespace)
        };
        let all: Vec<(usize, &Resource)> = self.resources.iter().enumerate().collect();
        let is_service =
            |one: &&(usize, &Resource)| one.1.gvk.kind == "Service" && one.1.identity.name == name;
        let found = all
            .iter()
            .filter(in_namespace)
            .find(is_service)
            .or_else(|| all.iter().find(in_namespace))?;
        Some(Owner {
            resource: found.0,
            path: ["metadata"].into_iter().collect(),
            part: None,
        })
    }

    /// Keys of production's in External Secrets of other environments.
    fn stored(&self) -> Vec<(usize, Crossing)> {
        let mut found = Vec::new();
        for (position, resource) in self.resources.iter().enumerate() {
            let is_external = matches!(
                resource.gvk.kind.as_str(),
                "ExternalSecret" | "ClusterExternalSecret"
            );
            let Some(environment) = self.told[position].filter(|_| is_external) else {
                continue;
            };
            if Environments::is_production(environment) {
                continue;
            }
            resource.node().visit_scalars(&mut |path, node| {
                let parent = path.iter().rev().nth(1);
                let is_key = key_of(path.last()) == Some("key")
                    && matches!(key_of(parent), Some("remoteRef" | "extract"));
                let value = node.as_str().filter(|_| is_key).unwrap_or_default();
                if self.names_production(value) {
                    let crossing = Crossing {
                        path: to_path(path),
                        part: None,
                        environment: environment.to_owned(),
                        what: What::Stored(value.to_owned()),
                        owner: self.same_key(value),
                    };
                    found.push((position, crossing));
                }
            });
        }
        found
    }

    /// Where production's own External Secrets have a key.
    fn same_key(&self, key: &str) -> Option<Owner> {
        let mut all = self.resources.iter().enumerate();
        all.find_map(|(position, resource)| {
            let is_candidate = self.is_of_production(position)
                && resource.gvk.kind.ends_with("ExternalSecret")
                && resource.node().text().contains(key);
            let mut found = None;
            if is_candidate {
                resource.node().visit_scalars(&mut |path, node| {
                    if found.is_none() && node.as_str() == Some(key) {
                        found = Some(Owner {
                            resource: position,
                            path: to_path(path),
                            part: None,
                        });
                    }
                });
            }
            found
        })
    }
}

impl Use {
    /// Whether both are one database: the same full host, and no two different databases on it.
    fn shares_store(&self, other: &Self) -> bool {
        let is_full = self.host.matches('.').count() >= 2 || self.host.contains(".svc");
        let differ =
            matches!((&self.database, &other.database), (Some(one), Some(two)) if one != two);
        self.is_store && other.is_store && is_full && !differ
    }
}

fn of_address(
    position: usize,
    path: &[Visited<'_>],
    value: &str,
    host: String,
    address: &Address,
) -> Use {
    Use {
        position,
        path: to_path(path),
        part: Part {
            start: address.host.start,
            length: address.host.len(),
        },
        host,
        database: address
            .database
            .clone()
            .map(|range| value[range].to_owned()),
        is_store: address.is_store,
    }
}

fn to_path(path: &[Visited<'_>]) -> ValuePath {
    ValuePath(path.iter().map(Visited::to_step).collect())
}

fn key_of<'a>(visited: Option<&Visited<'a>>) -> Option<&'a str> {
    match visited? {
        Visited::Key(key) => key.as_str(),
        Visited::Index(_) => None,
    }
}

/// The name of the setting that a value stands under: its key, or the `name` beside `value`.
fn setting(resource: &Resource, path: &[Visited<'_>]) -> String {
    let own = path.iter().rev().find_map(|step| key_of(Some(step)));
    if own == Some("value") {
        let parent = to_path(&path[..path.len() - 1]);
        let name = resource
            .at(&parent)
            .and_then(|pair| pair.get("name")?.as_str());
        return name.unwrap_or("value").to_owned();
    }
    own.unwrap_or_default().to_owned()
}

/// Values that name things without using them: images, labels, what the object is called.
fn is_passed(path: &[Visited<'_>]) -> bool {
    const KEYS: [&str; 10] = [
        "image",
        "labels",
        "matchLabels",
        "annotations",
        "apiVersion",
        "kind",
        "namespace",
        "name",
        "dnsNames",
        "description",
    ];
    path.iter()
        .any(|step| key_of(Some(step)).is_some_and(|key| KEYS.contains(&key)))
}
