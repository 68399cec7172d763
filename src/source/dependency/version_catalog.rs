//! Packages of Gradle's version catalogues (`libs.versions.toml`) and of its lock files.

use super::line::lines;
use super::package::{Broken, Package, Source};
use super::toml::{self, Node};
use super::word::Word;

/// The libraries of a catalogue: `"group:artifact:version"`, or a table with `module`, or with
/// `group` and `name`.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = toml::parse(text)?;
    let source = Source {
        ecosystem: "maven",
        scope: "libraries",
        section: "libraries",
    };
    let libraries = file.root().find(&["libraries"]);
    let libraries = libraries.into_iter().flat_map(Node::entries);
    Ok(libraries
        .filter_map(|(_, node)| library(text, source, node))
        .collect())
}

fn library(text: &str, source: Source<'_>, node: Node<'_>) -> Option<Package> {
    let string = |key: &str| node.find(&[key]).and_then(Node::string);
    if let Some(word) = node.string().or_else(|| string("module")) {
        let (name, version) = coordinates(text, &word)?;
        return Some(Package::new(
            source,
            name,
            version.or_else(|| string("version")),
        ));
    }
    let (group, name) = (string("group")?, string("name")?);
    let name = Word {
        text: format!("{}:{}", group.text, name.text),
        place: name.place,
    };
    Some(Package::new(source, name, string("version")))
}

/// `group:artifact:version`, of which the version may be absent.
fn coordinates(text: &str, word: &Word) -> Option<(Word, Option<Word>)> {
    let artifact = word.text.find(':')? + 1;
    let end = word.text[artifact..].find(':').map(|at| artifact + at);
    let version = end.map(|end| word.part(text, end + 1..word.text.len()));
    Some((word.part(text, 0..end.unwrap_or(word.text.len())), version))
}

/// Lines `group:artifact:version=configuration,configuration`.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "maven",
        scope: "transitive",
        section: "lockfile",
    };
    let mut packages = Vec::new();
    for (start, line) in lines(text) {
        if line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let end = line.find('=').unwrap_or(line.len());
        let found = coordinates(text, &Word::cut(text, start..start + end));
        let (name, version) =
            found.ok_or_else(|| Broken::at(text, start, "the line names no module"))?;
        packages.push(Package::new(source, name, version).transitive());
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const CATALOG: &str = r#"# größe € azure = "com.azure:commented:1"
[versions]
azure = "1.2"
[libraries]
azure-identity = "com.azure:azure-identity:1.11.0"
azure-core = { module = "com.azure:azure-core", version.ref = "azure" }
azure-blob = { module = 'com.azure:azure-storage-blob', version = "12" }
azure-split = { group = "com.azure", name = "azure-cosmos", version = { strictly = "4" } }
[libraries.azure-table]
module = "com.azure:azure-data-tables"
[bundles]
azure = ["azure-identity"]
[plugins]
azure = { id = "com.microsoft.azure.azurefunctions", version = "1" }
"#;

    #[test]
    fn libraries_are_read_and_look_alikes_are_not() {
        let expected = [
            "libraries: libraries.com.azure:azure-identity com.azure:azure-identity 1.11.0",
            "libraries: libraries.com.azure:azure-core com.azure:azure-core -",
            "libraries: libraries.com.azure:azure-storage-blob com.azure:azure-storage-blob 12",
            "libraries: libraries.com.azure:azure-cosmos com.azure:azure-cosmos -",
            "libraries: libraries.com.azure:azure-data-tables com.azure:azure-data-tables -",
        ];
        assert_eq!(listed(Format::VersionCatalog, CATALOG), expected);
        assert_eq!(
            listed(Format::VersionCatalog, &as_on_windows(CATALOG)),
            expected
        );
    }

    #[test]
    fn lines_of_a_lock_file_are_read() {
        let text = "# größe\ncom.azure:azure-core:1.45.0=compileClasspath,runtimeClasspath\norg.slf4j:slf4j-api:2.0=x\nempty=annotationProcessor\n";
        let expected = ["transitive: lockfile.com.azure:azure-core com.azure:azure-core 1.45.0"];
        assert_eq!(listed(Format::GradleLock, text), expected);
        assert_eq!(listed(Format::GradleLock, &as_on_windows(text)), expected);
    }

    #[test]
    fn broken_files_say_where() {
        for (format, text, offset) in [
            (Format::VersionCatalog, "[libraries]\nä = 1", 12),
            (Format::GradleLock, "# ä\n<<<<<<< HEAD\n", 5),
        ] {
            let broken = packages(format, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
