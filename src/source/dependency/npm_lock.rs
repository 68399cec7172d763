//! Packages of npm's `package-lock.json` (all three versions) and of pnpm's `pnpm-lock.yaml`.

use super::package::{Broken, Package, Relation, Source};
use super::tree::{self, field};
use super::word::Word;
use crate::model::Node;

const SOURCE: Source<'static> = Source {
    ecosystem: "npm",
    scope: "transitive",
    section: "packages",
};

/// Sections of a manifest, as the lock files repeat them.
const SECTIONS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

/// The packages of npm's lock file. Its first entry repeats the manifest, which says what the
/// program asks for itself.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::json(text)?;
    let Some(root) = tree.root() else {
        return Ok(Vec::new());
    };
    let mut packages = Vec::new();
    if root.get("packages").is_none() {
        nested(text, root, &mut packages);
        return Ok(packages);
    }
    let mut direct = Vec::new();
    for (key, node) in tree::entries(text, root, &["packages"]) {
        match key.text.rfind("node_modules/") {
            // A workspace's folder, which has an entry of its own.
            Some(_) if node.get("link").is_some() => {}
            Some(at) => {
                let start = at + "node_modules/".len();
                let name = key.part(text, start..key.text.len());
                let name = field(text, node, "name").unwrap_or(name);
                packages
                    .push(Package::new(SOURCE, name, field(text, node, "version")).transitive());
            }
            // The program itself, or a workspace.
            None => direct.extend(asked_for(node)),
        }
    }
    Ok(as_direct(packages, &direct))
}

/// The first version of the format has packages in packages.
fn nested(text: &str, node: Node<'_>, packages: &mut Vec<Package>) {
    for (name, node) in tree::entries(text, node, &["dependencies"]) {
        if node.is_mapping() {
            packages.push(Package::new(SOURCE, name, field(text, node, "version")).transitive());
            nested(text, node, packages);
        }
    }
}

/// The packages of pnpm's lock file: keys as `/@azure/core-auth/1.5.0`, `/@azure/core-auth@1.5.0`
/// or `@azure/core-auth@1.5.0(peer@1)`, by the version of the format.
pub(super) fn pnpm_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let tree = tree::yaml(text)?;
    let Some(root) = tree.root() else {
        return Ok(Vec::new());
    };
    let mut direct = asked_for(root);
    for (_, importer) in tree::entries(text, root, &["importers"]) {
        direct.extend(asked_for(importer));
    }
    let keys = tree::entries(text, root, &["packages"]).map(|(key, _)| key);
    let packages = keys.filter_map(|key| Some(pnpm_package(text, &key)?.transitive()));
    Ok(as_direct(packages.collect(), &direct))
}

fn pnpm_package(text: &str, key: &Word) -> Option<Package> {
    let start = usize::from(key.text.starts_with('/'));
    let rest = &key.text[start..];
    let plain = rest.find('(').unwrap_or(rest.len());
    let scope = match rest.starts_with('@') {
        true => rest.find('/')? + 1,
        false => 0,
    };
    let end = scope + rest[scope..plain].find(['@', '/'])?;
    let version = start + end + 1..start + plain;
    let name = key.part(text, start..start + end);
    Some(Package::new(SOURCE, name, Some(key.part(text, version))))
}

/// The names in a manifest's sections.
fn asked_for(manifest: Node<'_>) -> Vec<String> {
    let sections = SECTIONS.iter().filter_map(|section| manifest.get(section));
    let names = sections.flat_map(Node::entries);
    names
        .filter_map(|(name, _)| name.as_str().map(str::to_owned))
        .collect()
}

/// Of several versions of a package that the program asks for, which it gets is not told here:
/// each of them counts as asked for.
fn as_direct(mut packages: Vec<Package>, direct: &[String]) -> Vec<Package> {
    for package in packages.iter_mut().filter(|one| direct.contains(&one.name)) {
        package.relation = Relation::Direct;
        "direct".clone_into(&mut package.scope);
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const LOCK: &str = r#"{"name": "größe €", "lockfileVersion": 3, "packages": {
  "": {"dependencies": {"@azure/identity": "^4", "express": "^4"}},
  "apps/web": {"devDependencies": {"azure-pipelines-task-lib": "4"}},
  "node_modules/express": {"version": "4.0.0"},
  "node_modules/@azure/identity": {"version": "4.1.0", "dependencies": {"@azure/look-alike": "1"}},
  "node_modules/@azure/core-auth": {"version": "1.5.0"},
  "node_modules/x/node_modules/@azure/core-auth": {"version": "1.4.0"},
  "node_modules/azure-pipelines-task-lib": {"version": "4.1.0"},
  "node_modules/aliased": {"name": "@azure/real", "version": "1.0.0"},
  "node_modules/azure-no-version": {}
}, "dependencies": {"@azure/second-look": {"version": "1"}}}"#;

    #[test]
    fn entries_are_read_once_and_manifests_tell_what_is_direct() {
        let expected = [
            "direct: packages.@azure/identity @azure/identity 4.1.0",
            "transitive: packages.@azure/core-auth @azure/core-auth 1.5.0",
            "direct: packages.azure-pipelines-task-lib azure-pipelines-task-lib 4.1.0",
            "transitive: packages.@azure/real @azure/real 1.0.0",
            "transitive: packages.azure-no-version azure-no-version -",
        ];
        assert_eq!(listed(Format::NpmLock, LOCK), expected);
        assert_eq!(listed(Format::NpmLock, &as_on_windows(LOCK)), expected);
    }

    #[test]
    fn the_first_version_nests_packages() {
        let text = r#"{"lockfileVersion": 1, "dependencies": {"mssql": {"version": "6",
  "requires": {"@azure/look-alike": "1"}, "dependencies": {"@azure/ms-rest-nodeauth": {"version": "2.0.2"}}}}}"#;
        let expected =
            ["transitive: packages.@azure/ms-rest-nodeauth @azure/ms-rest-nodeauth 2.0.2"];
        assert_eq!(listed(Format::NpmLock, text), expected);
    }

    #[test]
    fn all_versions_of_pnpm_are_read() {
        let text = "# größe\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@azure/identity':\n        specifier: ^4\n        version: 4.1.0\npackages:\n  '@azure/identity@4.1.0':\n    resolution: {integrity: x}\n  '@azure/core-auth@1.5.0(debug@4.0.0)':\n    resolution: {}\n  azure-x@2.0.0:\n    resolution: {}\n  /@azure/old/1.2.3:\n    resolution: {}\n  /azure-older/1.2.3_peer@1.0.0: {}\nsnapshots:\n  '@azure/look-alike@1.0.0': {}\n";
        let expected = [
            "direct: packages.@azure/identity @azure/identity 4.1.0",
            "transitive: packages.@azure/core-auth @azure/core-auth 1.5.0",
            "transitive: packages.azure-x azure-x 2.0.0",
            "transitive: packages.@azure/old @azure/old 1.2.3",
            "transitive: packages.azure-older azure-older 1.2.3_peer@1.0.0",
        ];
        assert_eq!(listed(Format::PnpmLock, text), expected);
        assert_eq!(
            listed(Format::PnpmLock, &text.replace('\n', "\r\n")),
            expected
        );
    }

    #[test]
    fn broken_files_say_where() {
        for (format, text, offset) in [
            (Format::NpmLock, "{\"ä\": 1, }", 10),
            (Format::NpmLock, "[]", 0),
            (Format::PnpmLock, "a: 1\nb: [\n", 8),
        ] {
            let broken = packages(format, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
