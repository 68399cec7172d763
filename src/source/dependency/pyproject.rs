//! Packages of a `pyproject.toml`: the standard's tables (PEP 518, 621, 735) and Poetry's own.

use super::package::{Broken, Package, Source};
use super::requirement::requirement;
use super::toml::{self, Node};
use super::word::Word;

/// Arrays of requirements, with their scopes.
const LISTS: [(&[&str], &str); 2] = [
    (&["build-system", "requires"], "build-system.requires"),
    (&["project", "dependencies"], "dependencies"),
];

/// Tables whose values are arrays of requirements.
const GROUPS: [(&[&str], &str); 2] = [
    (
        &["project", "optional-dependencies"],
        "optional-dependencies",
    ),
    (&["dependency-groups"], "dependency-groups"),
];

/// Poetry's tables of packages.
const POETRY: [(&[&str], &str); 2] = [
    (&["tool", "poetry", "dependencies"], "dependencies"),
    (&["tool", "poetry", "dev-dependencies"], "dev-dependencies"),
];

/// The packages of all tables that ask for some. A string in an array of requirements that is no
/// requirement is an error.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let file = toml::parse(text)?;
    let root = file.root();
    let mut packages = Vec::new();
    for (path, scope) in LISTS {
        if let Some(node) = root.find(path) {
            packages.extend(list(text, node, scope, &path.join("."))?);
        }
    }
    for (path, scope) in GROUPS {
        for (group, node) in root.find(path).into_iter().flat_map(Node::entries) {
            let section = format!("{}.{}", path.join("."), group.text);
            packages.extend(list(text, node, scope, &section)?);
        }
    }
    packages.extend(poetry(root));
    Ok(packages)
}

/// The requirements of an array. Tables in it include other groups, which are read themselves.
fn list(text: &str, node: Node<'_>, scope: &str, section: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "pypi",
        scope,
        section,
    };
    let strings = node.items().filter_map(Node::string);
    strings
        .map(|string| package(text, source, &string))
        .collect()
}

fn package(text: &str, source: Source<'_>, string: &Word) -> Result<Package, Broken> {
    let found = requirement(&string.text)
        .ok_or_else(|| Broken::at(text, string.place.start, "the string is no requirement"))?;
    let version = found.version.map(|version| string.part(text, version));
    Ok(Package::new(source, string.part(text, found.name), version))
}

/// The packages of a `Pipfile`: each table is a group of packages, save those of its own.
pub(super) fn pipfile_packages(text: &str) -> Result<Vec<Package>, Broken> {
    const OWN: [&str; 5] = ["source", "requires", "scripts", "pipenv", "pipfile"];
    let file = toml::parse(text)?;
    let groups = file.root().entries();
    let groups = groups.filter(|(group, _)| !OWN.contains(&group.text.as_str()));
    Ok(groups
        .flat_map(|(group, node)| poetry_table(node, &group.text, &group.text))
        .collect())
}

fn poetry(root: Node<'_>) -> Vec<Package> {
    let mut packages = Vec::new();
    for (path, scope) in POETRY {
        if let Some(node) = root.find(path) {
            packages.extend(poetry_table(node, scope, &path.join(".")));
        }
    }
    let groups = root.find(&["tool", "poetry", "group"]);
    for (group, node) in groups.into_iter().flat_map(Node::entries) {
        if let Some(node) = node.find(&["dependencies"]) {
            let section = format!("tool.poetry.group.{}.dependencies", group.text);
            packages.extend(poetry_table(node, "group", &section));
        }
    }
    packages
}

/// Poetry lists the interpreter among the packages, under the name `python`.
fn poetry_table(node: Node<'_>, scope: &str, section: &str) -> Vec<Package> {
    let source = Source {
        ecosystem: "pypi",
        scope,
        section,
    };
    let entries = node.entries().filter(|(name, _)| name.text != "python");
    entries
        .map(|(name, node)| Package::new(source, name, poetry_version(node)))
        .collect()
}

/// The version of a string, of a table, or of the first of several tables for several platforms.
fn poetry_version(node: Node<'_>) -> Option<Word> {
    let version = |node: Node<'_>| node.find(&["version"]).and_then(Node::string);
    node.string()
        .or_else(|| version(node))
        .or_else(|| node.items().find_map(version))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"# größe €: dependencies = ["azure-commented"]
[build-system]
requires = ["hatchling>=1", 'azure-build']
[project]
name = "azure-shop"
dependencies = [
  "azure-identity>=1.15,<2", # "azure-comment"
  "azure-core[aio] ; python_version < \"3.12\"",
  "azure-direct @ https://user:secret@example.com/x.whl",
  """
azure-lines==1""",
]
[project.optional-dependencies]
"x" = ["azure-cosmos==4"]
[project.scripts]
azure-script = "a:b"
[dependency-groups]
dev = [{include-group = "test"}, "azure-devtools"]
[tool.poetry.dependencies]
python = "^3.11"
azure-mgmt-core = "^1.4"
"azure.quoted" = {version = "1", extras = ["aio"]}
azure-git = {git = "https://user:secret@example.com"}
azure-many = [{version = "1", python = "<3"}, {version = "2"}]
azure-dotted.version = "3"
[tool.poetry.dev-dependencies]
azure-old-dev = "*"
[tool.poetry.group.test.dependencies]
azure-test = "1"
[tool.poetry.group.test.dependencies.azure-table]
version = "2"
[tool.other]
dependencies = ["azure-look-alike"]
"#;

    const PACKAGES: [&str; 16] = [
        "build-system.requires: build-system.requires.hatchling hatchling >=1",
        "build-system.requires: build-system.requires.azure-build azure-build -",
        "dependencies: project.dependencies.azure-identity azure-identity >=1.15,<2",
        "dependencies: project.dependencies.azure-core azure-core -",
        "dependencies: project.dependencies.azure-direct azure-direct -",
        "dependencies: project.dependencies.azure-lines azure-lines ==1",
        "optional-dependencies: project.optional-dependencies.x.azure-cosmos azure-cosmos ==4",
        "dependency-groups: dependency-groups.dev.azure-devtools azure-devtools -",
        "dependencies: tool.poetry.dependencies.azure-mgmt-core azure-mgmt-core ^1.4",
        "dependencies: tool.poetry.dependencies.azure.quoted azure.quoted 1",
        "dependencies: tool.poetry.dependencies.azure-git azure-git -",
        "dependencies: tool.poetry.dependencies.azure-many azure-many 1",
        "dependencies: tool.poetry.dependencies.azure-dotted azure-dotted 3",
        "dev-dependencies: tool.poetry.dev-dependencies.azure-old-dev azure-old-dev *",
        "group: tool.poetry.group.test.dependencies.azure-test azure-test 1",
        "group: tool.poetry.group.test.dependencies.azure-table azure-table 2",
    ];

    #[test]
    fn tables_are_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::Pyproject, SHOP), PACKAGES);
        assert_eq!(listed(Format::Pyproject, &as_on_windows(SHOP)), PACKAGES);
    }

    #[test]
    fn tables_may_be_inline() {
        let text = "project = {dependencies = ['azure-core']}\ntool.poetry.dependencies.a = '1'";
        let expected = [
            "dependencies: project.dependencies.azure-core azure-core -",
            "dependencies: tool.poetry.dependencies.a a 1",
        ];
        assert_eq!(listed(Format::Pyproject, text), expected);
    }

    #[test]
    fn groups_of_a_pipfile_are_read() {
        let text = "[[source]]\nurl = 'https://x'\n[packages]\nazure-core = '*'\nazure-x = {version = \"==1\"}\n[dev-packages]\nazure-dev = '==2'\n[requires]\npython_version = '3'\n";
        let expected = [
            "packages: packages.azure-core azure-core *",
            "packages: packages.azure-x azure-x ==1",
            "dev-packages: dev-packages.azure-dev azure-dev ==2",
        ];
        assert_eq!(listed(Format::Pipfile, text), expected);
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            ("[project]\ndependencies = ['two words']", 27),
            ("[project\n", 8),
        ];
        for (text, offset) in cases {
            let broken = packages(Format::Pyproject, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{}", broken.reason);
        }
    }
}
