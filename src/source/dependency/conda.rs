//! Packages of a conda environment, told by its shape: a list `dependencies`, and no object of
//! Kubernetes.

use super::package::{Package, Source};
use super::requirement::requirement;
use super::tree::word;
use super::word::Word;
use crate::model::Node;

/// Packages of conda and those that it leaves to pip. conda-forge names what comes from PyPI as
/// PyPI does.
pub(super) fn packages(text: &str, root: Node<'_>) -> Option<Vec<Package>> {
    let list = root.get("dependencies").filter(|list| list.is_sequence())?;
    let is_environment = root.get("apiVersion").is_none()
        && (root.get("channels").is_some() || list.items().any(|item| item.as_str().is_some()))
        && list
            .items()
            .all(|item| item.as_str().is_some() || item.get("pip").is_some());
    if !is_environment {
        return None;
    }
    let mut packages = Vec::new();
    for item in list.items() {
        packages.extend(word(text, item).and_then(|word| conda(text, &word)));
        let pip = item.get("pip").into_iter().flat_map(Node::items);
        packages.extend(pip.filter_map(|item| pip_package(text, &word(text, item)?)));
    }
    Some(packages)
}

/// `channel::name=version=build`, `name >=1,<2` or `name`.
fn conda(text: &str, written: &Word) -> Option<Package> {
    let start = written.text.find("::").map_or(0, |at| at + 2);
    let rest = &written.text[start..];
    let end = rest
        .find(['=', '<', '>', '!', '~', ' ', '['])
        .unwrap_or(rest.len());
    let name = written.part(text, start..start + end);
    let version = rest[end..]
        .trim_start_matches(['=', ' '])
        .split('[')
        .next()
        .unwrap_or_default();
    let at = written.text.len() - rest[end..].trim_start_matches(['=', ' ']).len();
    let version = written.part(text, at..at + version.trim_end().len());
    let source = Source {
        ecosystem: "pypi",
        scope: "dependencies",
        section: "dependencies",
    };
    (!name.text.is_empty()).then(|| Package::new(source, name, Some(version)))
}

fn pip_package(text: &str, written: &Word) -> Option<Package> {
    let found = requirement(&written.text)?;
    let source = Source {
        ecosystem: "pypi",
        scope: "pip",
        section: "dependencies.pip",
    };
    let version = found.version.map(|version| written.part(text, version));
    Some(Package::new(
        source,
        written.part(text, found.name),
        version,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::packages_by_shape;
    use super::super::tests::lines;
    use crate::source::document::read_yaml;

    fn found(text: &str) -> Option<Vec<String>> {
        let stream = read_yaml(text);
        let root = stream.documents[0].tree.root().expect("has a root");
        packages_by_shape(text, root).map(|packages| lines(&packages, text))
    }

    #[test]
    fn both_lists_are_read() {
        let text = "name: azure-größe\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - conda-forge::azure-core=1.30=py_0\n  - azure-identity >=1.15,<2 # azure-comment\n  - \"azure-cosmos\"\n  - pip:\n    - azure-storage-blob==12.19 ; python_version > '3'\n    - -r requirements.txt\n";
        let expected = [
            "dependencies: dependencies.python python 3.11",
            "dependencies: dependencies.azure-core azure-core 1.30=py_0",
            "dependencies: dependencies.azure-identity azure-identity >=1.15,<2",
            "dependencies: dependencies.azure-cosmos azure-cosmos -",
            "pip: dependencies.pip.azure-storage-blob azure-storage-blob ==12.19",
        ];
        assert_eq!(found(text).expect("is an environment"), expected);
    }

    #[test]
    fn other_lists_are_no_environments() {
        assert_eq!(found("apiVersion: v2\ndependencies: [{name: x}]\n"), None);
        assert_eq!(found("dependencies: {azure-core: 1}\n"), None);
        assert_eq!(
            found("dependencies: [{name: azure-chart, repository: x}]\n"),
            None
        );
    }
}
