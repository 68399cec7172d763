//! Holds the floors of the house: a module imports only from lower floors, wings do not know each
//! other, and no files import from each other in a circle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "floors/house.rs"]
mod house;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use house::House;

/// The floors, lowest first. Modules of one floor do not import each other.
const FLOORS: [&[&str]; 7] = [
    &["model", "shell"],
    &["network"],
    &["config", "source", "facts", "policy", "output"],
    &["render"],
    &["scan"],
    &["cli"],
    &["command"],
];

/// The floors of a folder that has floors of its own, lowest first: a file imports from its own
/// floor and from lower ones.
const INNER: (&str, &[&str]) = (
    "facts/credentials",
    &["line", "key", "value", "text", "walk"],
);

/// Foreign libraries that one module alone may name.
const ONE_MODULE: [(&str, &str); 6] = [
    ("regorus::", "policy/engine"),
    ("granit_parser::", "source/document"),
    ("clap::", "cli"),
    ("csv::Writer", "output/connections"),
    ("ipnet::", "network/address"),
    ("serde_sarif::", "output/sarif"),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file's path below `src` and its text without its tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.retain(|path| !path.ends_with("tests.rs"));
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&path).expect("is readable");
        let text = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .to_owned();
        (name, text)
    };
    let is_test =
        |(name, _): &(String, String)| name.ends_with("/tests.rs") || name.contains("/tests/");
    let mut sources: Vec<(String, String)> = found.into_iter().map(read).collect();
    sources.retain(|source| !is_test(source));
    sources
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top modules that a text imports from this crate.
fn imports(text: &str) -> BTreeSet<&str> {
    let names = text.split("crate::").skip(1);
    let name = |rest: &'_ str| {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())
    };
    names
        .map(|rest| &rest[..name(rest)])
        .filter(|name| floor(name).is_some())
        .collect()
}

#[test]
fn modules_import_only_from_lower_floors() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        let Some(own) = floor(module) else { continue };
        for import in imports(&text)
            .into_iter()
            .filter(|import| *import != module)
        {
            if floor(import).is_none_or(|floor| floor >= own) {
                wrong.push(format!("{file} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn floors_within_a_folder_are_kept() {
    let (folder, floors) = INNER;
    let place = |name: &str| floors.iter().position(|floor| *floor == name);
    let absolute = format!("crate::{}::", folder.replace('/', "::"));
    let mut seen = 0;
    for (file, text) in sources() {
        let Some(inner) = file.strip_prefix(&format!("{folder}/")) else {
            continue;
        };
        let Some(own) = inner.split(['/', '.']).next().and_then(place) else {
            continue;
        };
        seen += 1;
        let is_parent = !inner.contains('/');
        let relative = text.split("super::").skip(1).filter(|_| is_parent);
        for import in text.split(&absolute).skip(1).chain(relative) {
            let name = import
                .split([':', ';', '{', ','])
                .next()
                .unwrap_or_default();
            let other = place(name).unwrap_or(own);
            assert!(other <= own, "{file} imports {name}");
        }
    }
    assert!(seen > floors.len(), "{folder} has files on its floors");
}

#[test]
fn every_module_has_a_floor() {
    for (file, _) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        assert!(
            floor(module).is_some() || matches!(module, "lib" | "main"),
            "{file} has no floor"
        );
    }
}

#[test]
fn a_foreign_library_is_named_in_one_module() {
    for (library, home) in ONE_MODULE {
        let is_home = |file: &str| {
            let below = file.strip_prefix(home).unwrap_or("?");
            below == ".rs" || below.starts_with('/')
        };
        for (file, text) in sources() {
            assert!(
                is_home(&file) || !text.contains(library),
                "{file} names {library}"
            );
        }
    }
}

#[test]
fn no_files_import_from_each_other_in_a_circle() {
    let sources = sources();
    let circles = House::new(&sources).circles();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found_through_what_others_hand_on() {
    let told = |files: &[(&str, &str)]| {
        let owned = |(file, text): &(&str, &str)| ((*file).to_owned(), (*text).to_owned());
        let sources: Vec<(String, String)> = files.iter().map(owned).collect();
        House::new(&sources).circles()
    };
    let through = |port: &'static str| {
        [
            ("lib.rs", "mod net;\nmod other;"),
            (
                "net/mod.rs",
                "mod pods;\nmod port;\npub(crate) use self::pods::{Class, End as Way};",
            ),
            ("net/pods.rs", "use super::port::{\n    self, Port,\n};"),
            ("net/port.rs", port),
            ("other.rs", "use crate::net::{Class, Way};"),
        ]
    };
    for (circle, files) in [
        ("use super::pods::Class;", 2),
        ("use crate::net::{Way};", 2),
        ("fn a(_: super::super::net::Class) {}", 2),
        ("use super::{\n    pods,\n};", 2),
        ("use crate::other;", 3),
    ] {
        assert_eq!(told(&through(circle)).len(), files, "{circle}");
    }
    for other in [
        "use super::net_of;",
        "use self::made::Thing;",
        "// see super::pods::Class",
        "use std::pods::Class;",
    ] {
        assert!(told(&through(other)).is_empty(), "{other}");
    }
}
