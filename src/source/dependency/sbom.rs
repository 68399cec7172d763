//! Packages of a bill of materials in JSON, told by its shape: CycloneDX and SPDX. Both name a
//! package by its purl, which says its registry.

use std::collections::HashSet;

use super::lock::may_matter;
use super::package::{Package, Relation, Source};
use super::tree::field;
use super::word::Word;
use crate::model::Node;

/// The packages that may matter; where the bill tells which ones the program asks for itself,
/// they are direct. `None` for any other document.
pub(super) fn packages(text: &str, root: Node<'_>) -> Option<Vec<Package>> {
    let string = |key: &str| root.string(key);
    let mut found = if string("bomFormat") == Some("CycloneDX") {
        cyclone_dx(text, root)
    } else if string("spdxVersion").is_some_and(|version| version.starts_with("SPDX-")) {
        spdx(text, root)
    } else {
        return None;
    };
    super::lock::keep_each_once(&mut found);
    Some(found)
}

fn cyclone_dx(text: &str, root: Node<'_>) -> Vec<Package> {
    let program = root
        .find(&["metadata", "component", "bom-ref"])
        .and_then(Node::as_str);
    let entries = root.get("dependencies").into_iter().flat_map(Node::items);
    let own = entries.filter(|entry| entry.string("ref") == program);
    let lists = own.filter_map(|entry| entry.get("dependsOn"));
    let direct: HashSet<&str> = lists
        .flat_map(Node::items)
        .filter_map(Node::as_str)
        .collect();
    let mut packages = Vec::new();
    components(text, root, &direct, &mut packages);
    packages
}

/// Components may hold components.
fn components(text: &str, owner: Node<'_>, direct: &HashSet<&str>, found: &mut Vec<Package>) {
    for component in owner.get("components").into_iter().flat_map(Node::items) {
        let purl = component.string("purl");
        let reference = component.string("bom-ref");
        let is_direct = reference.is_some_and(|reference| direct.contains(reference));
        found.extend(purl.and_then(|purl| package(text, component, purl, "version", is_direct)));
        components(text, component, direct, found);
    }
}

fn spdx(text: &str, root: Node<'_>) -> Vec<Package> {
    let relations = || root.get("relationships").into_iter().flat_map(Node::items);
    let field = |node: Node<'_>, key: &str| {
        node.get(key)
            .and_then(Node::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let described: HashSet<String> = relations()
        .filter(|relation| field(*relation, "relationshipType") == "DESCRIBES")
        .map(|relation| field(relation, "relatedSpdxElement"))
        .collect();
    let asked = relations().filter(|relation| {
        field(*relation, "relationshipType") == "DEPENDS_ON"
            && described.contains(&field(*relation, "spdxElementId"))
    });
    let direct: HashSet<String> = asked
        .map(|relation| field(relation, "relatedSpdxElement"))
        .collect();
    let mut packages = Vec::new();
    for node in root.get("packages").into_iter().flat_map(Node::items) {
        let references = node.get("externalRefs").into_iter().flat_map(Node::items);
        let locators = references.filter_map(|one| one.string("referenceLocator"));
        let purl = locators
            .filter(|locator| locator.starts_with("pkg:"))
            .last();
        let is_direct = direct.contains(&field(node, "SPDXID"));
        packages.extend(purl.and_then(|purl| package(text, node, purl, "versionInfo", is_direct)));
    }
    packages
}

/// The package of a purl, placed at its own name.
fn package(
    text: &str,
    node: Node<'_>,
    purl: &str,
    version: &str,
    is_direct: bool,
) -> Option<Package> {
    let (ecosystem, full) = named(purl)?;
    if !may_matter(&full) {
        return None;
    }
    let written = field(text, node, "name")?;
    let name = Word {
        text: full,
        place: written.place,
    };
    let (relation, scope) = match is_direct {
        true => (Relation::Direct, "direct"),
        false => (Relation::Transitive, "transitive"),
    };
    let source = Source {
        ecosystem,
        scope,
        section: "components",
    };
    let package = Package::new(source, name, field(text, node, version));
    Some(Package {
        relation,
        ..package
    })
}

/// Registry and name of a purl: `pkg:npm/%40azure/identity@4.1.0?arch=x#path`.
fn named(purl: &str) -> Option<(&'static str, String)> {
    let (kind, rest) = purl
        .strip_prefix("pkg:")?
        .trim_start_matches('/')
        .split_once('/')?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let rest = rest
        .rfind('@')
        .filter(|at| *at > 0)
        .map_or(rest, |at| &rest[..at]);
    let name = percent_encoding::percent_decode_str(rest)
        .decode_utf8_lossy()
        .into_owned();
    let (ecosystem, name) = match kind {
        "npm" => ("npm", name),
        "pypi" | "conda" => ("pypi", name),
        "nuget" => ("nuget", name),
        "maven" => ("maven", name.replacen('/', ":", 1)),
        "golang" => ("go", name),
        "cargo" => ("cargo", name),
        "composer" => ("packagist", name),
        "gem" => ("rubygems", name),
        "pub" => ("pub", name),
        "hex" => ("hex", name),
        _ => return None,
    };
    Some((ecosystem, name))
}

#[cfg(test)]
mod tests {
    use super::super::packages_by_shape;
    use super::*;
    use crate::source::json::read_json;

    fn found(text: &str) -> Vec<String> {
        let stream = read_json(text);
        let root = stream.documents[0].tree.root().expect("has a root");
        let packages = packages_by_shape(text, root).expect("is a bill of materials");
        let line = |one: &Package| {
            let marked = &text[one.name_span.range()];
            format!("{} {} {} {marked}", one.scope, one.ecosystem, one.name)
        };
        packages.iter().map(line).collect()
    }

    #[test]
    fn cyclone_dx_is_read() {
        let text = r#"{"bomFormat": "CycloneDX", "metadata": {"component": {"name": "größe", "bom-ref": "shop"}},
 "components": [
  {"bom-ref": "a", "group": "com.azure", "name": "azure-identity", "version": "1.11.0", "purl": "pkg:maven/com.azure/azure-identity@1.11.0?type=jar"},
  {"bom-ref": "b", "name": "core-auth", "purl": "pkg:npm/%40azure/core-auth@1.5.0",
   "components": [{"name": "github.com/Azure/azure-sdk-for-go/sdk/azcore", "purl": "pkg:golang/github.com/Azure/azure-sdk-for-go/sdk/azcore@v1"}]},
  {"name": "azure-look-alike", "purl": "pkg:deb/debian/azure-look-alike@1"}, {"name": "slf4j", "purl": "pkg:maven/org.slf4j/slf4j-api@2"}],
 "dependencies": [{"ref": "shop", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b"]}]}"#;
        let expected = [
            "direct maven com.azure:azure-identity azure-identity",
            "transitive npm @azure/core-auth core-auth",
            "transitive go github.com/Azure/azure-sdk-for-go/sdk/azcore github.com/Azure/azure-sdk-for-go/sdk/azcore",
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn spdx_is_read() {
        let text = r#"{"spdxVersion": "SPDX-2.3", "packages": [
  {"SPDXID": "root", "name": "shop"},
  {"SPDXID": "a", "name": "Azure.Identity", "versionInfo": "1.10", "externalRefs": [{"referenceType": "cpe23Type", "referenceLocator": "cpe:x"}, {"referenceType": "purl", "referenceLocator": "pkg:nuget/Azure.Identity@1.10"}]},
  {"SPDXID": "b", "name": "Azure.Core", "externalRefs": [{"referenceLocator": "pkg:nuget/Azure.Core@1"}]}],
 "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "root"},
  {"spdxElementId": "root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "a"}]}"#;
        assert_eq!(
            found(text),
            [
                "direct nuget Azure.Identity Azure.Identity",
                "transitive nuget Azure.Core Azure.Core"
            ]
        );
    }
}
