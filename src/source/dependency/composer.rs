//! Packages of PHP's Composer: `composer.json` and `composer.lock`.

use super::package::{Broken, Package, Source};
use super::tree::{self, field};
use super::word::Word;
use crate::model::Node;

const SECTIONS: [&str; 2] = ["require", "require-dev"];

/// The packages of both sections.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let mut packages = Vec::new();
    for section in SECTIONS {
        let source = Source {
            ecosystem: "packagist",
            scope: section,
            section,
        };
        for (name, value) in tree
            .root()
            .into_iter()
            .flat_map(|root| tree::entries(text, root, &[section]))
        {
            packages.push(Package::new(source, name, tree::word(text, value)));
        }
    }
    Ok(packages)
}

/// The packages of both lists.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let source = Source {
        ecosystem: "packagist",
        scope: "transitive",
        section: "packages",
    };
    let root = tree.root();
    let lists = ["packages", "packages-dev"].map(|key| root.and_then(|root| root.get(key)));
    let items = lists.into_iter().flatten().flat_map(Node::items);
    let package = |node: Node<'_>| -> Option<Package> {
        let name: Word = field(text, node, "name")?;
        Some(Package::new(source, name, field(text, node, "version")).transitive())
    };
    Ok(items.filter_map(package).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    #[test]
    fn asked_and_locked_packages_are_read() {
        let text = r#"{"name": "shop/größe", "require": {"php": ">=8", "microsoft\/azure-storage-blob": "^1"},
  "require-dev": {"azure-oss/storage": "2"}, "suggest": {"microsoft/look-alike": "x"}}"#;
        let found = packages(Format::Composer, text).expect("is well-formed");
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.scope.as_str(), one.name.as_str()))
            .collect();
        let expected = [
            ("require", "php"),
            ("require", "microsoft/azure-storage-blob"),
            ("require-dev", "azure-oss/storage"),
        ];
        assert_eq!(found, expected);
        let lock = r#"{"_readme": ["größe"], "packages": [{"name": "microsoft/azure-storage-common", "version": "1.5.2", "require": {"microsoft/x": "1"}}, {"name": "psr/log"}], "packages-dev": [{"name": "azure-oss/storage"}]}"#;
        let expected = [
            "transitive: packages.microsoft/azure-storage-common microsoft/azure-storage-common 1.5.2",
            "transitive: packages.azure-oss/storage azure-oss/storage -",
        ];
        assert_eq!(listed(Format::ComposerLock, lock), expected);
        assert_eq!(listed(Format::ComposerLock, &as_on_windows(lock)), expected);
    }

    #[test]
    fn broken_files_say_where() {
        let broken = packages(Format::Composer, "{\"ä\": tru}").expect_err("is broken");
        assert_eq!(broken.offset, 10, "{}", broken.reason);
    }
}
