//! Packages of a C or C++ program's `vcpkg.json`.

use super::package::{Broken, Package, Source};
use super::tree::{self, field};
use crate::model::Node;

/// The dependencies of the program and of its features: a name, or an object with one.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let Some(root) = tree.root() else {
        return Ok(Vec::new());
    };
    let features = tree::entries(text, root, &["features"]).map(|(_, feature)| feature);
    let owners = std::iter::once(root).chain(features);
    let lists = owners.filter_map(|owner| owner.get("dependencies"));
    let source = Source {
        ecosystem: "vcpkg",
        scope: "dependencies",
        section: "dependencies",
    };
    let package = |node: Node<'_>| {
        let name = tree::word(text, node).or_else(|| field(text, node, "name"))?;
        Some(Package::new(source, name, field(text, node, "version>=")))
    };
    Ok(lists.flat_map(Node::items).filter_map(package).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::{as_on_windows, listed};

    #[test]
    fn names_and_objects_are_read() {
        let text = r#"{"name": "azure-größe", "dependencies": ["azure-core-cpp",
  {"name": "azure-storage-blobs-cpp", "version>=": "12.0"}],
  "features": {"x": {"dependencies": ["azure-identity-cpp"]}}, "overrides": [{"name": "azure-look-alike"}]}"#;
        let expected = [
            "dependencies: dependencies.azure-core-cpp azure-core-cpp -",
            "dependencies: dependencies.azure-storage-blobs-cpp azure-storage-blobs-cpp 12.0",
            "dependencies: dependencies.azure-identity-cpp azure-identity-cpp -",
        ];
        assert_eq!(listed(Format::Vcpkg, text), expected);
        assert_eq!(listed(Format::Vcpkg, &as_on_windows(text)), expected);
    }
}
