//! Docs that are written by the binary are what the binary writes. `LANDFALL_WRITE_DOCS=1 cargo
//! test --test generated` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;

use common::{root, run};

fn assert_current(name: &str, text: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("LANDFALL_WRITE_DOCS").is_some() {
        fs::write(&path, text).expect("is written");
    }
    let current = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        current == text,
        "docs/{name} is not what the binary prints; write it with LANDFALL_WRITE_DOCS=1"
    );
}

#[test]
fn the_list_of_rules_is_current() {
    assert_current(
        "rules.md",
        &run(&root(), &["rules", "--format", "markdown"]).stdout,
    );
}

#[test]
fn the_help_is_current() {
    let mut text = run(&root(), &["--help"]).stdout;
    for command in [
        "scan", "rules", "services", "explain", "test", "images", "network", "inputs",
    ] {
        text.push_str(&format!(
            "\n$ landfall {command} --help\n{}",
            run(&root(), &[command, "--help"]).stdout
        ));
    }
    assert_current("help.txt", &text);
}
