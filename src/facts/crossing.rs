//! What reaches from another environment into production: addresses of production's services
//! and databases, and credentials that production uses too. Told from everything scanned
//! together.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use super::credentials::Ledger;
use super::environment::{Environments, Teller};
use crate::model::{Part, Resource, Role, ValuePath, Visited};

mod credential;
mod endpoint;

/// A use of something of production's by another environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Where it is used.
    pub(crate) path: ValuePath,
    /// Its bytes in the string; `None` means the whole value.
    pub(crate) part: Option<Part>,
    /// The environment that uses it; of a credential all that do, in a row.
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
        let mut of_scope = |scope: Scope| -> Vec<Option<&str>> {
            let all = resources.iter();
            let own = all.map(|one| Some(one).filter(|one| Scope::of(one.role) == Some(scope)));
            own.map(|one| match scope {
                Scope::Object => teller.of(one?),
                Scope::Values => teller.of_values(one?),
            })
            .collect()
        };
        let (told, told_of_values) = (of_scope(Scope::Object), of_scope(Scope::Values));
        let is_production = |told: &Option<&str>| told.is_some_and(Environments::is_production);
        let mut environments_told = told.iter().chain(&told_of_values).flatten();
        if environments_told.all(|told| Environments::is_production(told)) {
            return Self::default();
        }
        let search = Search {
            environments,
            resources,
            told: &told,
            told_of_values: &told_of_values,
            has_production: told.iter().any(is_production),
            words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(environments.of_production())
                .ok(),
        };
        let mut crossings = Self::default();
        for (position, found) in search.endpoints().into_iter().chain(search.stored()) {
            crossings.add(&resources[position], found);
        }
        if search.has_production || told_of_values.iter().any(is_production) {
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
}

/// What an environment is told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Object,
    Values,
}

impl Scope {
    fn of(role: Role) -> Option<Self> {
        match role {
            Role::Manifest | Role::Template | Role::Patch => Some(Self::Object),
            Role::Values | Role::Given | Role::Inner => Some(Self::Values),
            Role::Package
            | Role::Build
            | Role::Owned
            | Role::Outline
            | Role::Unreached
            | Role::Applied
            | Role::Renaming
            | Role::Built
            | Role::Catalog => None,
        }
    }
}

/// What is the same for all resources.
struct Search<'a> {
    environments: &'a Environments,
    resources: &'a [Resource],
    /// The environments of objects.
    told: &'a [Option<&'a str>],
    /// Those of files of values, of which only credentials are compared: what else they hand to a chart is
    /// told where helm made it.
    told_of_values: &'a [Option<&'a str>],
    has_production: bool,
    words: Option<AhoCorasick>,
}

impl Search<'_> {
    fn is_of_production(&self, position: usize) -> bool {
        self.told[position].is_some_and(Environments::is_production)
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
