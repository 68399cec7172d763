//! Packages of a `Cargo.toml`.

use super::package::{Broken, Package, Source};
use super::toml::{self, Node};
use super::word::Word;

/// Tables of packages. Cargo still reads the older names.
const TABLES: [(&str, &str); 5] = [
    ("dependencies", "dependencies"),
    ("dev-dependencies", "dev-dependencies"),
    ("dev_dependencies", "dev-dependencies"),
    ("build-dependencies", "build-dependencies"),
    ("build_dependencies", "build-dependencies"),
];

/// The packages of the file, of its targets and of its workspace, under their real names.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = toml::parse(text)?;
    let root = file.root();
    let mut packages = tables(root, "");
    for (target, node) in root.find(&["target"]).into_iter().flat_map(Node::entries) {
        packages.extend(tables(node, &format!("target.{}.", target.text)));
    }
    if let Some(node) = root.find(&["workspace", "dependencies"]) {
        packages.extend(table(
            node,
            "workspace.dependencies",
            "workspace.dependencies",
        ));
    }
    Ok(packages)
}

fn tables(node: Node<'_>, prefix: &str) -> Vec<Package> {
    let found = TABLES
        .iter()
        .filter_map(|(key, scope)| Some((key, scope, node.find(&[key])?)));
    found
        .flat_map(|(key, scope, node)| table(node, scope, &format!("{prefix}{key}")))
        .collect()
}

fn table(node: Node<'_>, scope: &str, section: &str) -> Vec<Package> {
    let source = Source {
        ecosystem: "cargo",
        scope,
        section,
    };
    node.entries()
        .map(|(key, node)| package(source, key, node))
        .collect()
}

fn package(source: Source<'_>, key: Word, node: Node<'_>) -> Package {
    let field = |name: &str| node.find(&[name]).and_then(Node::string);
    let name = field("package").unwrap_or(key);
    Package::new(source, name, node.string().or_else(|| field("version")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"# größe €: azure_commented = "1"
[package]
name = "azure_shop"
[package.metadata.dependencies]
azure_look_alike = "1"
[dependencies]
azure_core = "0.20"
"azure_quoted" = { version = "1", features = ["azure_feature"] }
id = { package = "azure_identity", version = "0.21" }
azure_dotted.workspace = true
azure_git = { git = "https://user:secret@example.com" }
[dependencies.azure_storage]
version = '2'
[dependencies.kv]
package = "azure_security_keyvault"
[features]
dependencies = ["azure_core"]
[dev-dependencies]
azure_dev = "1"
[build-dependencies]
azure_build = "1"
[target.'cfg(unix)'.dependencies]
azure_unix = "1"
[target.x86_64-pc-windows-gnu.dev-dependencies.azure_windows]
version = "1"
[workspace.dependencies]
azure_shared = "1"
"#;

    const PACKAGES: [&str; 12] = [
        "dependencies: dependencies.azure_core azure_core 0.20",
        "dependencies: dependencies.azure_quoted azure_quoted 1",
        "dependencies: dependencies.azure_identity azure_identity 0.21",
        "dependencies: dependencies.azure_dotted azure_dotted -",
        "dependencies: dependencies.azure_git azure_git -",
        "dependencies: dependencies.azure_storage azure_storage 2",
        "dependencies: dependencies.azure_security_keyvault azure_security_keyvault -",
        "dev-dependencies: dev-dependencies.azure_dev azure_dev 1",
        "build-dependencies: build-dependencies.azure_build azure_build 1",
        "dependencies: target.cfg(unix).dependencies.azure_unix azure_unix 1",
        "dev-dependencies: target.x86_64-pc-windows-gnu.dev-dependencies.azure_windows azure_windows 1",
        "workspace.dependencies: workspace.dependencies.azure_shared azure_shared 1",
    ];

    #[test]
    fn tables_are_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::Cargo, SHOP), PACKAGES);
        assert_eq!(listed(Format::Cargo, &as_on_windows(SHOP)), PACKAGES);
    }

    #[test]
    fn dotted_keys_are_tables() {
        let text = "dependencies.azure_core.version = '1'\ndependencies.b = {package = 'azure_b'}";
        let expected = [
            "dependencies: dependencies.azure_core azure_core 1",
            "dependencies: dependencies.azure_b azure_b -",
        ];
        assert_eq!(listed(Format::Cargo, text), expected);
    }

    #[test]
    fn broken_files_say_where() {
        let broken = packages(Format::Cargo, "[dependencies]\nä = 1").expect_err("is broken");
        assert_eq!(broken.offset, 15, "{}", broken.reason);
    }
}
