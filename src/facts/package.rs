//! Which Azure service a package of a dependency file belongs to.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::model::{Node, Resource};

/// Packages that belong to Azure, by ecosystem.
pub(crate) type Rows = BTreeMap<String, Vec<Row>>;
/// Names of packages that look alike and do not, by ecosystem.
pub(crate) type Ignored = BTreeMap<String, HashSet<String>>;

/// The packages that the catalogue knows.
#[derive(Debug, Default)]
pub(crate) struct PackageTable {
    rows: Rows,
    ignored: Ignored,
}

/// Packages of one service, by name or by the beginning of the name.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    service: String,
    part: String,
    #[serde(default)]
    names: Vec<String>,
    prefix: Option<String>,
}

/// Where a package belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership<'a> {
    /// The service's id.
    pub(crate) service: &'a str,
    /// `sdk`, `core`, `management` or `other`.
    pub(crate) part: &'a str,
}

impl PackageTable {
    /// A table of the rows of each ecosystem and of look-alikes to leave alone.
    pub(crate) fn new(rows: Rows, ignored: Ignored) -> Self {
        Self { rows, ignored }
    }

    /// Where a package resource belongs; `None` if not to Azure. An exact name wins over a
    /// prefix, a longer prefix over a shorter one.
    pub(crate) fn membership(&self, package: &Resource) -> Option<Membership<'_>> {
        let text = |keys: &[&str]| package.node().find(keys).and_then(Node::as_str);
        let ecosystem = text(&["spec", "ecosystem"])?;
        let name = compared(ecosystem, text(&["metadata", "name"])?);
        if self
            .ignored
            .get(ecosystem)
            .is_some_and(|ignored| ignored.contains(&name))
        {
            return None;
        }
        let rows = self.rows.get(ecosystem)?;
        let exact = rows.iter().find(|row| row.names.contains(&name));
        let row = exact.or_else(|| rows.iter().max_by_key(|row| row.prefix_length(&name)))?;
        let is_member = exact.is_some() || row.prefix_length(&name) > 0;
        is_member.then_some(Membership {
            service: &row.service,
            part: &row.part,
        })
    }
}

impl Row {
    fn prefix_length(&self, name: &str) -> usize {
        self.prefix
            .as_deref()
            .filter(|prefix| name.starts_with(prefix))
            .map_or(0, str::len)
    }
}

/// A name in the form in which its ecosystem compares names, as the table has it.
fn compared(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "maven" => name.to_owned(),
        "go" => module_path(name).to_owned(),
        "cargo" => name.to_lowercase().replace('-', "_"),
        "pypi" => {
            let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join("-").to_lowercase()
        }
        _ => name.to_lowercase(),
    }
}

/// A Go module's path without its major version.
fn module_path(name: &str) -> &str {
    match name.rsplit_once("/v") {
        Some((path, major))
            if !major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            path
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_ecosystem_does() {
        assert_eq!(
            compared("pypi", "azure.storage__Blob"),
            "azure-storage-blob"
        );
        assert_eq!(
            compared("go", "github.com/Azure/x/v2"),
            "github.com/Azure/x"
        );
        assert_eq!(
            compared("go", "github.com/Azure/vault"),
            "github.com/Azure/vault"
        );
        assert_eq!(compared("cargo", "azure-identity"), "azure_identity");
        assert_eq!(compared("nuget", "Azure.Identity"), "azure.identity");
    }
}
