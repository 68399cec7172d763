//! Libraries, Dockerfiles and pipelines of Azure: a truth set of every format, measured in lines,
//! and the whole catalogue of packages driven through real files of each registry.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::{folder, marks, root, run};
use serde_yaml::Value;

const RULES: [&str; 5] = [
    "azure-library",
    "azure-library-transitive",
    "azure-build-image",
    "azure-pipeline",
    "azure-command",
];

/// `rule path:line` of each finding below a folder.
fn found(folder: &Path) -> BTreeSet<String> {
    let mut arguments = vec!["scan", ".", "--format", "json", "--fail-on", "never"];
    RULES
        .iter()
        .for_each(|rule| arguments.extend(["--rule", rule]));
    let run = run(folder, &arguments);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    run.found().into_iter().collect()
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path
            .extension()
            .is_none_or(|extension| extension != "expect")
        {
            all.push(path);
        }
    }
}

#[test]
fn every_marked_line_of_the_truth_set_is_found_and_no_other() {
    let folder = root().join("fixtures/azure/libraries");
    let mut all = Vec::new();
    files(&folder, &mut all);
    let shown = |file: &Path| {
        let relative = file.strip_prefix(&folder).unwrap();
        relative.to_string_lossy().replace('\\', "/")
    };
    let expected: BTreeSet<String> = all
        .iter()
        .flat_map(|file| marks(file, &shown(file)))
        .collect();
    let found = found(&folder);
    let right = found.intersection(&expected).count();
    let ratio = |whole: usize| right as f64 / whole as f64;
    println!(
        "{} lines: precision {:.3}, recall {:.3}",
        expected.len(),
        ratio(found.len()),
        ratio(expected.len())
    );
    let missed: Vec<_> = expected.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed {missed:#?}\nwrong {wrong:#?}"
    );
    for rule in RULES {
        assert!(
            expected
                .iter()
                .any(|mark| mark.starts_with(&format!("{rule} "))),
            "{rule}"
        );
    }
}

/// A package of the catalogue: its name, and whether it is a shared part, of which a file has one
/// finding.
struct Known {
    name: String,
    is_core: bool,
}

/// The catalogue's packages by registry; of a prefix, a name that begins with it.
fn catalogue() -> BTreeMap<String, Vec<Known>> {
    let text = fs::read_to_string(root().join("policies/azure/packages.yaml")).unwrap();
    let document: Value = serde_yaml::from_str(&text).unwrap();
    let mut known: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for (registry, rows) in document["packages"].as_mapping().unwrap() {
        let names = known
            .entry(registry.as_str().unwrap().to_owned())
            .or_default();
        for row in rows.as_sequence().unwrap() {
            let is_core = row["part"].as_str() == Some("core");
            let mut add = |name: String| {
                if !names.iter().any(|known| known.name == name) {
                    names.push(Known { name, is_core });
                }
            };
            for name in row["names"].as_sequence().into_iter().flatten() {
                add(name.as_str().unwrap().to_owned());
            }
            if let Some(prefix) = row["prefix"].as_str() {
                let end = if registry.as_str() == Some("maven") && !prefix.contains(':') {
                    "x:new"
                } else {
                    "new"
                };
                add(format!("{prefix}{end}"));
            }
        }
    }
    known
}

/// A real file of a registry's format: its name, what stands in front, a line for each package,
/// and what stands behind.
type Shape = (&'static str, &'static str, fn(&str) -> String, &'static str);

fn shapes(registry: &str) -> Vec<Shape> {
    match registry {
        "npm" => vec![
            (
                "package.json",
                "{\"dependencies\": {\n",
                |name| format!("\"{name}\": \"1\","),
                "\"x\": \"1\"}}\n",
            ),
            (
                "package-lock.json",
                "{\"packages\": {\n",
                |name| format!("\"node_modules/{name}\": {{}},"),
                "\"\": {}}}\n",
            ),
            ("yarn.lock", "", |name| format!("\"{name}@^1\":"), ""),
            (
                "pnpm-lock.yaml",
                "packages:\n",
                |name| format!("  '{name}@1.0.0': {{}}"),
                "",
            ),
        ],
        "pypi" => vec![
            ("requirements.txt", "", |name| format!("{name}==1"), ""),
            (
                "Pipfile.lock",
                "{\"default\": {\n",
                |name| format!("\"{name}\": {{}},"),
                "\"x\": {}}}\n",
            ),
        ],
        "nuget" => vec![
            (
                "app.csproj",
                "<Project><ItemGroup>\n",
                |name| format!("<PackageReference Include=\"{name}\" />"),
                "</ItemGroup></Project>\n",
            ),
            (
                "packages.lock.json",
                "{\"dependencies\": {\"net8.0\": {\n",
                |name| format!("\"{name}\": {{}},"),
                "\"x\": {}}}}\n",
            ),
        ],
        "maven" => vec![
            (
                "build.gradle",
                "dependencies {\n",
                |name| format!("  implementation '{name}:1'"),
                "}\n",
            ),
            ("gradle.lockfile", "", |name| format!("{name}:1=x"), ""),
        ],
        "go" => vec![(
            "go.mod",
            "module x\nrequire (\n",
            |name| format!("\t{name} v1.0.0"),
            ")\n",
        )],
        "cargo" => vec![(
            "Cargo.toml",
            "[dependencies]\n",
            |name| format!("{name} = \"1\""),
            "",
        )],
        "packagist" => vec![
            (
                "composer.json",
                "{\"require\": {\n",
                |name| format!("\"{name}\": \"1\","),
                "\"x/y\": \"1\"}}\n",
            ),
            (
                "composer.lock",
                "{\"packages\": [\n",
                |name| format!("{{\"name\": \"{name}\"}},"),
                "{}]}\n",
            ),
        ],
        "rubygems" => vec![
            ("Gemfile", "", |name| format!("gem '{name}'"), ""),
            (
                "Gemfile.lock",
                "GEM\n  specs:\n",
                |name| format!("    {name} (1.0)"),
                "",
            ),
        ],
        "hex" => vec![
            ("mix.exs", "", |name| format!("{{:{name}, \"~> 1\"}},"), ""),
            (
                "mix.lock",
                "",
                |name| format!("\"{name}\": {{:hex, :{name}, \"1\"}},"),
                "",
            ),
        ],
        "pub" => vec![
            (
                "pubspec.yaml",
                "dependencies:\n",
                |name| format!("  {name}: any"),
                "",
            ),
            (
                "pubspec.lock",
                "packages:\n",
                |name| format!("  {name}: {{}}"),
                "",
            ),
        ],
        "vcpkg" => vec![(
            "vcpkg.json",
            "{\"dependencies\": [\n",
            |name| format!("\"{name}\","),
            "\"x\"]}\n",
        )],
        _ => Vec::new(),
    }
}

#[test]
fn every_package_of_the_catalogue_is_found_in_a_real_file() {
    let mut without = Vec::new();
    for (registry, known) in catalogue() {
        let shapes = shapes(&registry);
        if shapes.is_empty() {
            without.push(registry);
            continue;
        }
        for (file, head, line, tail) in shapes {
            let lines: Vec<String> = known.iter().map(|known| line(&known.name)).collect();
            let text = format!("{head}{}\n{tail}", lines.join("\n"));
            let folder = folder(&[(file, &text)]);
            let found: BTreeSet<usize> = found(folder.path())
                .iter()
                .map(|found| found.rsplit(':').next().unwrap().parse().unwrap())
                .collect();
            let first = head.matches('\n').count() + 1;
            let mut has_core = false;
            for (position, known) in known.iter().enumerate() {
                let is_expected = !known.is_core || !has_core;
                has_core |= known.is_core;
                let is_found = found.contains(&(first + position));
                assert_eq!(is_found, is_expected, "{} in {file}", known.name);
            }
        }
    }
    // Charts are no files of packages.
    assert_eq!(without, ["helm"]);
}
