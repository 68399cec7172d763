//! Which Azure service a package of a dependency file belongs to.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::model::{Node, PACKAGE_KIND, Resource, compared_name};

/// Packages that belong to Azure, by ecosystem.
pub(crate) type Rows = BTreeMap<String, Vec<Row>>;
/// Names of packages that look alike and do not, by ecosystem.
pub(crate) type Ignored = BTreeMap<String, HashSet<String>>;

/// Packages of one service, by name, by the beginning of the name, or by that of a later segment of
/// it, between dots.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    service: String,
    part: String,
    #[serde(default)]
    names: Vec<String>,
    prefix: Option<String>,
    segment: Option<String>,
}

/// Where a package belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    /// The service's id.
    pub(crate) service: String,
    /// `sdk`, `core`, `management` or `other`.
    pub(crate) part: String,
    /// Whether the catalogue has the name itself, not its beginning alone.
    pub(crate) is_exact: bool,
}

/// The packages that the catalogue knows.
#[derive(Debug, Default)]
pub(crate) struct PackageTable {
    ecosystems: HashMap<String, Ecosystem>,
    ignored: Ignored,
}

/// The packages of one ecosystem.
#[derive(Debug, Default)]
struct Ecosystem {
    names: HashMap<String, Membership>,
    /// The longest first.
    prefixes: Vec<(String, Membership)>,
    segments: Vec<(String, Membership)>,
}

impl PackageTable {
    /// A table of the rows of each ecosystem and of look-alikes to leave alone.
    pub(crate) fn new(rows: Rows, ignored: Ignored) -> Self {
        let ecosystems = rows.into_iter();
        let ecosystems = ecosystems.map(|(name, rows)| (name, Ecosystem::new(rows)));
        Self {
            ecosystems: ecosystems.collect(),
            ignored,
        }
    }

    /// Where a package resource belongs; `None` if not to Azure. An exact name wins over a
    /// prefix, a longer prefix over a shorter one.
    pub(crate) fn membership(&self, package: &Resource) -> Option<&Membership> {
        let text = |keys: &[&str]| package.node().find(keys).and_then(Node::as_str);
        let ecosystem = text(&["spec", "ecosystem"])?;
        let known = self.ecosystems.get(ecosystem)?;
        let name = compared_name(ecosystem, text(&["metadata", "name"])?);
        let ignored = self.ignored.get(ecosystem);
        if ignored.is_some_and(|ignored| ignored.contains(&name)) {
            return None;
        }
        known.membership(ecosystem, &name)
    }
}

impl Ecosystem {
    fn new(rows: Vec<Row>) -> Self {
        let mut own = Self::default();
        for row in rows {
            let membership = Membership {
                service: row.service,
                part: row.part,
                is_exact: true,
            };
            let by_part = || Membership {
                is_exact: false,
                ..membership.clone()
            };
            if let Some(prefix) = row.prefix {
                own.prefixes.push((prefix, by_part()));
            }
            if let Some(segment) = row.segment {
                own.segments.push((segment, by_part()));
            }
            for name in row.names {
                own.names.entry(name).or_insert_with(|| membership.clone());
            }
        }
        own.prefixes
            .sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        own
    }

    fn membership(&self, ecosystem: &str, name: &str) -> Option<&Membership> {
        // A Go package belongs to the module whose path it begins with.
        let module = || {
            let parents = name.match_indices('/').rev().map(|(at, _)| &name[..at]);
            let mut parents = parents.filter(|_| ecosystem == "go");
            parents.find_map(|parent| self.names.get(parent))
        };
        let mut prefixes = self.prefixes.iter();
        let by_prefix = || {
            let found = prefixes.find(|(prefix, _)| name.starts_with(prefix.as_str()));
            found.map(|(_, membership)| membership)
        };
        let by_segment = || {
            let has = |start: &str| name.split('.').skip(1).any(|part| part.starts_with(start));
            let found = self.segments.iter().find(|(start, _)| has(start));
            found.map(|(_, membership)| membership)
        };
        let exact = self.names.get(name).or_else(module);
        exact.or_else(by_prefix).or_else(by_segment)
    }
}

/// Shared parts of the SDK, by file: the first stands for all of them, apart for those that the
/// program asks for and for those that come in through others.
#[derive(Debug, Default)]
pub(crate) struct CoreParts {
    /// Positions of the file's other ones, among all resources, by that of the first.
    others: HashMap<Key, Vec<(usize, String)>>,
    /// Those that the first stands for.
    repeated: HashSet<Key>,
}

/// The text that a package stands in, and where.
type Key = (usize, u32);

impl CoreParts {
    /// The shared parts among some resources.
    pub(crate) fn new(table: &PackageTable, resources: &[Resource]) -> Self {
        let mut parts = Self::default();
        let mut first: HashMap<(usize, bool), Key> = HashMap::new();
        for (position, resource) in resources.iter().enumerate() {
            let is_core = resource.gvk.kind == PACKAGE_KIND
                && table
                    .membership(resource)
                    .is_some_and(|one| one.part == "core");
            if !is_core {
                continue;
            }
            let own = key(resource);
            match first.entry((own.0, is_transitive(resource))) {
                Entry::Occupied(first) => {
                    let name = resource.identity.name.clone();
                    parts
                        .others
                        .entry(*first.get())
                        .or_default()
                        .push((position, name));
                    parts.repeated.insert(own);
                }
                Entry::Vacant(vacant) => {
                    vacant.insert(own);
                }
            }
        }
        parts
    }

    /// Whether another package of the file stands for this one.
    pub(crate) fn is_repeated(&self, resource: &Resource) -> bool {
        self.repeated.contains(&key(resource))
    }

    /// The positions and names of the packages that this one stands for.
    pub(crate) fn others(&self, resource: &Resource) -> &[(usize, String)] {
        self.others.get(&key(resource)).map_or(&[], Vec::as_slice)
    }
}

fn is_transitive(resource: &Resource) -> bool {
    let relation = resource.node().find(&["spec", "relation"]);
    relation.and_then(Node::as_str) == Some("transitive")
}

fn key(resource: &Resource) -> Key {
    let text = Arc::as_ptr(&resource.artifact) as usize;
    (text, resource.node().span().start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_text;

    fn table() -> PackageTable {
        let rows = "npm:\n- {service: key-vault, part: sdk, names: ['@azure/keyvault-keys']}\n- {service: azure, part: other, prefix: '@azure/'}\n- {service: sdk-core, part: core, prefix: '@azure/core-'}\ngo:\n- {service: blob-storage, part: sdk, names: [github.com/Azure/sdk/azblob]}\n";
        let ignored = Ignored::from([("npm".to_owned(), HashSet::from(["@azure/not".to_owned()]))]);
        PackageTable::new(serde_yaml::from_str(rows).expect("fits"), ignored)
    }

    fn package(ecosystem: &str, name: &str) -> String {
        format!(
            "apiVersion: landfall/v1\nkind: Package\nmetadata: {{name: '{name}'}}\nspec: {{ecosystem: {ecosystem}}}\n---\n"
        )
    }

    #[test]
    fn exact_names_win_over_prefixes_and_longer_ones_over_shorter_ones() {
        let cases = [
            ("npm", "@azure/keyvault-keys", Some(("key-vault", true))),
            ("npm", "@Azure/new", Some(("azure", false))),
            ("npm", "@azure/core-auth", Some(("sdk-core", false))),
            ("npm", "@azure/not", None),
            ("npm", "azure", None),
            (
                "go",
                "github.com/Azure/sdk/azblob/container",
                Some(("blob-storage", true)),
            ),
            ("go", "github.com/Azure/sdk/azblobs", None),
            ("hex", "@azure/new", None),
        ];
        for (ecosystem, name, expected) in cases {
            let table = table();
            let resources = read_text(&package(ecosystem, name));
            let found = table.membership(&resources[0]);
            let found = found.map(|one| (one.service.as_str(), one.is_exact));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn the_first_shared_part_stands_for_those_below_it() {
        let names = [
            "@azure/core-a",
            "@azure/keyvault-keys",
            "@azure/core-b",
            "@azure/core-c",
        ];
        let text: String = names.iter().map(|name| package("npm", name)).collect();
        let resources = read_text(&text);
        let parts = CoreParts::new(&table(), &resources);
        let repeated: Vec<bool> = resources.iter().map(|one| parts.is_repeated(one)).collect();
        assert_eq!(repeated, [false, false, true, true]);
        let others: Vec<usize> = parts
            .others(&resources[0])
            .iter()
            .map(|(at, _)| *at)
            .collect();
        assert_eq!(others, [2, 3]);
    }
}
