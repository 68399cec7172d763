//! What lock files have in common: thousands of packages, of which few matter; and those formats
//! that are lists of names and versions.

use std::collections::HashSet;

use super::package::{Broken, Package, Relation, Source};
use super::toml;
use super::tree::{self, field};

/// Words of which one stands in the name of every package of Azure. The catalogue of packages is
/// the policies'; a test holds that none of its names goes without.
const TELLING: [&str; 45] = [
    "azure",
    "azcopy",
    "msal",
    "adal",
    "msi",
    "aad",
    "entra",
    "microsoft",
    "msgraph",
    "o365",
    "ms-rest",
    "msrest",
    "ms_rest",
    "applicationinsights",
    "application-insights",
    "application_insights",
    "diagnostic-channel",
    "documentdb",
    "kusto",
    "adlfs",
    "adls",
    "azblob",
    "azdls",
    "azfile",
    "durable",
    "bot",
    "vso-",
    "vsts",
    "tfx-",
    "artifacts-",
    "windows",
    "opencensus",
    "openai",
    "databricks",
    "wastorage",
    "eventhub",
    "servicebus",
    "appinsights",
    "cosmo",
    "iothub",
    "iotedge",
    "mltable",
    "corehttp",
    "text-analytics",
    "tmlanguage",
];

/// Whether a package of a lock file may be of a maker that policies speak of. The others are left
/// out: they are many, and each would be a resource of its own.
pub(super) fn may_matter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// Keeps the packages that may matter, each name once: where the file asks for it directly, else
/// where it stands first.
pub(super) fn keep_each_once(packages: &mut Vec<Package>) {
    let direct: HashSet<String> = packages
        .iter()
        .filter(|one| one.relation == Relation::Direct)
        .map(|one| one.name.clone())
        .collect();
    let mut seen = HashSet::new();
    packages.retain(|one| {
        let is_said_better = one.relation == Relation::Transitive && direct.contains(&one.name);
        may_matter(&one.name) && !is_said_better && seen.insert(one.name.clone())
    });
}

/// Packages of a lock file in TOML: tables `[[package]]` (`[[packages]]` in pylock) with `name`
/// and `version`.
pub(super) fn toml_packages(ecosystem: &'static str, text: &str) -> Result<Vec<Package>, Broken> {
    let file = toml::parse_lock(text)?;
    let source = Source {
        ecosystem,
        scope: "transitive",
        section: "package",
    };
    let tables = ["package", "packages"]
        .into_iter()
        .flat_map(|key| file.root().tables(key));
    let package = |node: toml::Node<'_>| {
        if is_own(ecosystem, node) {
            return None;
        }
        let string = |key: &str| node.find(&[key]).and_then(toml::Node::string);
        Some(Package::new(source, string("name")?, string("version")).transitive())
    };
    Ok(tables.filter_map(package).collect())
}

/// Whether a table is about a program of the workspace itself: Cargo names no source for it, uv a
/// folder.
fn is_own(ecosystem: &str, node: toml::Node<'_>) -> bool {
    const FOLDERS: [&str; 4] = ["editable", "virtual", "directory", "workspace"];
    let source = node.find(&["source"]);
    match ecosystem {
        "cargo" => source.is_none(),
        _ => source.is_some_and(|source| FOLDERS.iter().any(|key| source.find(&[key]).is_some())),
    }
}

/// Packages of a `Pipfile.lock`: a section for each group, a key for each package.
pub(super) fn pipfile_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let mut packages = Vec::new();
    for (section, node) in tree
        .root()
        .into_iter()
        .flat_map(crate::model::Node::entries)
    {
        let section = section.as_str().unwrap_or_default();
        if section == "_meta" {
            continue;
        }
        let source = Source {
            ecosystem: "pypi",
            scope: "transitive",
            section,
        };
        for (name, value) in tree::entries(text, node, &[]) {
            packages.push(Package::new(source, name, field(text, value, "version")).transitive());
        }
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const UV: &str = r#"# größe €
version = 1
[manifest]
members = ["azure-shop"]
[[package]]
name = "azure-core"
version = "1.30.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [ { name = "requests" }, { name = "azure-look-alike" } ]
[[package]]
name = "azure-shop"
version = "0.1.0"
source = { editable = "." }
[[package]]
name = "requests"
version = "2"
[[package]]
name = 'azure-identity'
[package.metadata]
requires-dist = [{ name = "azure-look-alike" }]
[[package]]
name = "azure-core"
version = "1.31.0"
"#;

    #[test]
    fn toml_tables_are_read_once_each() {
        let expected = [
            "transitive: package.azure-core azure-core 1.30.0",
            "transitive: package.azure-identity azure-identity -",
        ];
        assert_eq!(listed(Format::PythonLock, UV), expected);
        assert_eq!(listed(Format::PythonLock, &as_on_windows(UV)), expected);
        assert_eq!(
            listed(
                Format::CargoLock,
                "[[package]]\nname = \"azure_core\"\nversion = \"1\"\nsource = \"registry\"\ndependencies = [\"azure_x\"]\n"
            ),
            ["transitive: package.azure_core azure_core 1"]
        );
    }

    #[test]
    fn sections_of_a_pipfile_lock_are_read() {
        let text = r#"{"_meta": {"azure-meta": {}}, "default": {"azure-core": {"version": "==1.30", "index": "pypi"}, "six": {}}, "develop": {"azure-devtools": {}}}"#;
        let expected = [
            "transitive: default.azure-core azure-core ==1.30",
            "transitive: develop.azure-devtools azure-devtools -",
        ];
        assert_eq!(listed(Format::PipfileLock, text), expected);
    }

    #[test]
    fn broken_files_say_where() {
        for (format, text, offset) in [
            (Format::PythonLock, "[[package]]\nä", 14),
            (Format::PipfileLock, "{\"ä\": ]", 7),
            (Format::PipfileLock, "[1]", 0),
        ] {
            let broken = packages(format, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
