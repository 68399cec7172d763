//! Packages of Dart and Flutter: `pubspec.yaml` and `pubspec.lock`.

use super::package::{Broken, Package, Relation, Source};
use super::tree::{self, field};
use super::word::Word;
use crate::model::Node;

const SECTIONS: [&str; 2] = ["dependencies", "dev_dependencies"];

/// The packages of both sections. A version stands behind the name, or in a table below it.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::yaml(text)?;
    let mut packages = Vec::new();
    for section in SECTIONS {
        let source = Source {
            ecosystem: "pub",
            scope: section,
            section,
        };
        for (name, node) in entries(text, tree.root(), section) {
            let version = tree::word(text, node).or_else(|| field(text, node, "version"));
            packages.push(Package::new(source, name, version));
        }
    }
    Ok(packages)
}

/// The packages of a lock file, each of which says whether the program asks for it.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::yaml(text)?;
    let packages = entries(text, tree.root(), "packages")
        .into_iter()
        .map(|(name, node)| {
            let asked = field(text, node, "dependency");
            let is_direct = asked.is_some_and(|asked| asked.text.starts_with("direct"));
            let (relation, scope) = match is_direct {
                true => (Relation::Direct, "direct"),
                false => (Relation::Transitive, "transitive"),
            };
            let source = Source {
                ecosystem: "pub",
                scope,
                section: "packages",
            };
            let package = Package::new(source, name, field(text, node, "version"));
            Package {
                relation,
                ..package
            }
        });
    Ok(packages.collect())
}

fn entries<'t>(text: &'t str, root: Option<Node<'t>>, section: &str) -> Vec<(Word, Node<'t>)> {
    let root = root.into_iter();
    root.flat_map(|root| tree::entries(text, root, &[section]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::listed;
    use super::super::{Format, packages};

    #[test]
    fn asked_and_locked_packages_are_read() {
        let text = "name: msal_shop # größe\ndependencies:\n  flutter:\n    sdk: flutter\n  msal_flutter: ^2.0.0\n  aad_oauth:\n    hosted: https://example.com\n    version: 1.0.0\ndev_dependencies:\n  msal_auth: any\ndependency_overrides:\n  aad_look_alike: 1\n";
        let expected = [
            "dependencies: dependencies.flutter flutter -",
            "dependencies: dependencies.msal_flutter msal_flutter ^2.0.0",
            "dependencies: dependencies.aad_oauth aad_oauth 1.0.0",
            "dev_dependencies: dev_dependencies.msal_auth msal_auth any",
        ];
        assert_eq!(listed(Format::Pubspec, text), expected);
        assert_eq!(
            listed(Format::Pubspec, &text.replace('\n', "\r\n")),
            expected
        );
        let lock = "packages:\n  aad_oauth:\n    dependency: \"direct main\"\n    version: \"1.0.0\"\n  msal_auth:\n    dependency: transitive\n    version: \"2.0.0\"\n  async:\n    dependency: transitive\n";
        let expected = [
            "direct: packages.aad_oauth aad_oauth 1.0.0",
            "transitive: packages.msal_auth msal_auth 2.0.0",
        ];
        assert_eq!(listed(Format::PubspecLock, lock), expected);
    }

    #[test]
    fn broken_files_say_where() {
        let broken = packages(Format::Pubspec, "a: 1\n\tb: 2\n").expect_err("is broken");
        assert!(broken.offset >= 3, "{}", broken.offset);
    }
}
