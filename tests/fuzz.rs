//! Mutated files against reader and scan: never a panic, never over a second, every place inside
//! its text. Runs for two seconds, or as many as `LANDFALL_FUZZ_SECONDS` says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use landfall::policy::Bundle;
use landfall::scan::{Options, scan};
use landfall::source::read_bytes;

/// Pieces that parsers stumble over.
const PIECES: [&str; 28] = [
    "\n",
    "\t",
    "---\n",
    "...\n",
    "- ",
    "? ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "#",
    "%YAML 1.2\n",
    "\u{feff}",
    "\u{85}",
    "\r",
    "\\u0000",
    "ä",
    "😀",
    "\0",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Examples, fixtures and the decoder's cases, each under its file name.
fn samples() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("policies"), &mut files);
    collect(&root.join("fixtures"), &mut files);
    files.retain(|file| fs::metadata(file).unwrap().len() < 20_000);
    let named = |file: &PathBuf| {
        (
            file.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read(file).unwrap(),
        )
    };
    let mut samples: Vec<(String, Vec<u8>)> = files.iter().map(named).collect();
    let cases = fs::read_to_string(root.join("tests/kubernetes_yaml.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&cases).unwrap();
    samples.extend(cases.iter().map(|case| {
        (
            "case.yaml".to_owned(),
            case["yaml"].as_str().unwrap().into(),
        )
    }));
    samples
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let length = random.below(40).min(bytes.len() - at);
    match random.below(6) {
        0 if !bytes.is_empty() => {
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1 << random.below(8);
        }
        1 => drop(bytes.drain(at..at + length)),
        2 => {
            let copy = bytes[at..at + length].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        3 => {
            let from = random.below(other.len() + 1);
            let to = (from + random.below(200)).min(other.len());
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        4 => bytes.truncate(at),
        _ => {
            let piece = PIECES[random.below(PIECES.len())].repeat(1 + random.below(3));
            bytes.splice(at..at, piece.into_bytes());
        }
    }
}

fn check(name: &str, bytes: &[u8], bundle: &Bundle) {
    let started = Instant::now();
    let sources = read_bytes(name, bytes.to_vec());
    for resource in &sources.resources {
        resource.node().visit_scalars(&mut |_, node| {
            assert!(
                resource.artifact.text.get(node.span().range()).is_some(),
                "a place outside its text"
            );
        });
    }
    let report =
        scan(sources, bundle, &Options::default(), &|| ()).expect("the bundled rules scan");
    for finding in &report.findings {
        let region = finding.location.region;
        assert!(
            (region.line, region.column) <= (region.end_line, region.end_column),
            "a region ends before it starts"
        );
    }
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "took over a second"
    );
}

#[test]
fn mutated_files_are_survived() {
    let seconds = std::env::var("LANDFALL_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2);
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    let samples = samples();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let started = Instant::now();
    let mut runs = 0_usize;
    while started.elapsed() < Duration::from_secs(seconds) {
        let (name, sample) = &samples[random.below(samples.len())];
        let (_, other) = &samples[random.below(samples.len())];
        let mut bytes = sample.clone();
        (0..=random.below(6)).for_each(|_| mutate(&mut bytes, other, &mut random));
        let result = std::panic::catch_unwind(|| check(name, &bytes, &bundle));
        assert!(
            result.is_ok(),
            "{name}: {:?}",
            String::from_utf8_lossy(&bytes)
        );
        runs += 1;
    }
    assert!(runs > 50, "only {runs} runs");
}
