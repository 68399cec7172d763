//! A letter of several bytes may stand anywhere: no place in a text is taken for a place between
//! letters because a byte was counted. A panic would end the scan of everything else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{root, run, write};

/// So many places of each document are tried.
const PLACES: usize = 40;

/// What the tried files end in.
const ENDINGS: [&str; 3] = ["yaml", "yml", "sh"];

/// Every file below a folder that has such an ending.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if ENDINGS.contains(&ending(&path)) {
            found.push(path);
        }
    }
}

fn ending(path: &Path) -> &str {
    path.extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
}

#[test]
fn a_letter_of_several_bytes_may_stand_anywhere() {
    let mut examples = Vec::new();
    files(&root().join("fixtures"), &mut examples);
    files(&root().join("policies/rules"), &mut examples);
    examples.sort();
    for letter in ["\u{1f600}", "\u{3000}"] {
        let folder = tempfile::tempdir().unwrap();
        let mut count = 0;
        for example in &examples {
            let text = fs::read_to_string(example).unwrap();
            for (number, document) in text.split("\n---\n").enumerate() {
                let step = document.chars().count() / PLACES + 1;
                // Other documents are cut at other places.
                let places = document.char_indices().skip(number % step).step_by(step);
                for (place, _) in places {
                    let (head, tail) = document.split_at(place);
                    count += 1;
                    let name = format!("{count}.{}", ending(example));
                    write(
                        folder.path(),
                        &name,
                        format!("{head}{letter}{tail}").as_bytes(),
                    );
                }
            }
        }
        let arguments = [
            "scan",
            ".",
            "--no-render",
            "--format",
            "json",
            "--fail-on",
            "never",
        ];
        let run = run(folder.path(), &arguments);
        assert!((0..=2).contains(&run.status), "{}", run.stderr);
        assert!(!run.json()["findings"].as_array().unwrap().is_empty());
        assert!(count > 10_000, "only {count} places were tried");
    }
}
