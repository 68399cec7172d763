//! Packages of NuGet's own files: `packages.config` and `packages.lock.json`.

use super::package::{Broken, Package, Relation, Source};
use super::tree::{self, field};
use super::xml::{self, Element};

/// The packages of an older project.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = xml::parse(text)?;
    let source = Source {
        ecosystem: "nuget",
        scope: "packages",
        section: "packages",
    };
    let elements = file.root("packages")?.children();
    let packages = elements.filter(|element| element.is_named("package"));
    let package = |element: Element<'_>| {
        Some(Package::new(
            source,
            element.attribute("id")?,
            element.attribute("version"),
        ))
    };
    Ok(packages.filter_map(package).collect())
}

/// The packages for each framework; each says whether the project asks for it.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let mut packages = Vec::new();
    let Some(root) = tree.root() else {
        return Ok(packages);
    };
    for (_, framework) in tree::entries(text, root, &["dependencies"]) {
        for (name, node) in tree::entries(text, framework, &[]) {
            let kind = field(text, node, "type").map(|kind| kind.text);
            let (relation, scope) = match kind.as_deref() {
                Some("Project") => continue,
                Some("Direct") => (Relation::Direct, "direct"),
                _ => (Relation::Transitive, "transitive"),
            };
            let source = Source {
                ecosystem: "nuget",
                scope,
                section: "dependencies",
            };
            let package = Package::new(source, name, field(text, node, "resolved"));
            packages.push(Package {
                relation,
                ..package
            });
        }
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    #[test]
    fn packages_of_a_configuration_are_read() {
        let text = "<?xml version=\"1.0\"?>\n<!-- größe <package id=\"Azure.Commented\"/> -->\n<packages>\n  <package id=\"WindowsAzure.Storage\" version=\"9.3.3\" targetFramework=\"net48\" />\n  <package version=\"1\" id=\"Azure.Core\"></package>\n</packages>\n";
        let expected = [
            "packages: packages.WindowsAzure.Storage WindowsAzure.Storage 9.3.3",
            "packages: packages.Azure.Core Azure.Core 1",
        ];
        assert_eq!(listed(Format::PackagesConfig, text), expected);
        assert_eq!(
            listed(Format::PackagesConfig, &as_on_windows(text)),
            expected
        );
    }

    #[test]
    fn a_lock_file_says_what_is_direct() {
        let text = r#"{"version": 1, "dependencies": {"net8.0": {
  "Azure.Identity": {"type": "Direct", "requested": "[1,)", "resolved": "1.10.0", "dependencies": {"Azure.LookAlike": "1"}},
  "Azure.Core": {"type": "Transitive", "resolved": "1.35.0"}, "Azure.Shop": {"type": "Project"}},
 "net9.0": {"Azure.Core": {"type": "Transitive", "resolved": "1.36.0"}}}}"#;
        let expected = [
            "direct: dependencies.Azure.Identity Azure.Identity 1.10.0",
            "transitive: dependencies.Azure.Core Azure.Core 1.35.0",
        ];
        assert_eq!(listed(Format::NugetLock, text), expected);
    }

    #[test]
    fn broken_files_say_where() {
        for (format, text, offset) in [
            (Format::PackagesConfig, "<packages><package></packages>", 19),
            (Format::NugetLock, "{\"a\" 1}", 5),
        ] {
            let broken = packages(format, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
