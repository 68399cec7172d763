//! Connections against known answers: `LANDFALL_CONNECTIVITY=FOLDER cargo test --test connectivity
//! -- --nocapture` compares with a folder laid out as netpol-analyzer's repository is: a case in
//! `tests/NAME/`, its answer in `test_outputs/connlist/NAME_connlist_output.txt`, where each line
//! is `source => destination : connections`. Without the variable nothing is compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]
#![allow(clippy::print_stdout, reason = "the comparison prints its figures")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;

use common::{root, run};
use serde_json::Value;

/// Words in the name of an answer that was made with other options.
const OTHER_OPTIONS: [&str; 5] = ["focus_workload", "explain", "exposure", "_tcp-", "_udp-"];

/// Kinds of networks beside the cluster's own, which no API of Kubernetes defines.
const OTHER_NETWORKS: [&str; 3] = [
    "kind: UserDefinedNetwork",
    "kind: ClusterUserDefinedNetwork",
    "kind: NetworkAttachmentDefinition",
];

/// Sorted ranges that neither touch nor overlap.
type Ranges = Vec<(u64, u64)>;

/// What is allowed between two ends; of addresses all that share it are one end.
type Answers = BTreeSet<(String, String, String)>;

#[test]
fn connections_are_those_of_known_answers() {
    let Some(folder) = std::env::var_os("LANDFALL_CONNECTIVITY") else {
        return;
    };
    let folder = Path::new(&folder);
    let (mut same, mut beside, mut wrong) = (0, Vec::new(), Vec::new());
    for (name, answer) in cases(folder) {
        let case = folder.join("tests").join(&name);
        let (own, known) = (own_answers(&case), known_answers(&answer));
        if own == known {
            same += 1;
        } else if OTHER_NETWORKS
            .iter()
            .any(|kind| text_of(&case).contains(kind))
        {
            beside.push(name);
        } else {
            let missed: Vec<_> = known.difference(&own).take(3).collect();
            let extra: Vec<_> = own.difference(&known).take(3).collect();
            wrong.push(format!("{name}: missed {missed:?}, extra {extra:?}"));
        }
    }
    println!(
        "{same} cases agree; {} are about other networks than the cluster's: {}",
        beside.len(),
        beside.join(" ")
    );
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(same > 0, "no case was compared");
}

#[test]
fn answers_are_compared_by_what_they_mean() {
    let known = known_answers(
        "10.0.0.0-10.127.255.255[External] => a/b[Pod] : TCP 80,81,UDP 53\n10.128.0.0-10.255.255.255 => a/b[Pod] : TCP 80-81,UDP 53\n",
    );
    let mut own = BTreeMap::new();
    add(&mut own, "10.0.0.0/8", "a/b[Pod]", "TCP 80-81;UDP 53");
    assert_eq!(known, told(own));
}

fn cases(folder: &Path) -> Vec<(String, String)> {
    let answers = fs::read_dir(folder.join("test_outputs/connlist")).expect("holds answers");
    let mut found = Vec::new();
    for entry in answers {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(name) = file.strip_suffix("_connlist_output.txt") else {
            continue;
        };
        let is_plain = !OTHER_OPTIONS.iter().any(|word| file.contains(word));
        if is_plain && folder.join("tests").join(name).is_dir() {
            found.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn own_answers(case: &Path) -> Answers {
    let case = fs::canonicalize(case).expect("is there");
    let arguments = [
        "network",
        "--no-ignore",
        "--format",
        "json",
        case.to_str().unwrap(),
    ];
    let run = run(&root(), &arguments);
    let rows: Vec<Value> = serde_json::from_str(&run.stdout).expect("is JSON");
    let mut found = BTreeMap::new();
    for row in rows {
        let text = |key: &str| row[key].as_str().expect("is a string").to_owned();
        add(
            &mut found,
            &text("source"),
            &text("destination"),
            &text("allowed"),
        );
    }
    told(found)
}

fn known_answers(text: &str) -> Answers {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some((source, rest)) = line.split_once(" => ") {
            let (destination, allowed) = rest.split_once(" : ").expect("has connections");
            add(&mut found, source, destination, allowed);
        }
    }
    told(found)
}

/// Adds a row; addresses are joined under the workload they talk to. Those of version 6 are left
/// out: the known answers have none.
fn add(
    found: &mut BTreeMap<(String, String, String), Ranges>,
    source: &str,
    destination: &str,
    allowed: &str,
) {
    let allowed = ports(allowed);
    let (from, to) = (addresses(source), addresses(destination));
    let name = |name: &str| name.replace("[External]", "");
    match (from, to) {
        (End::Version6, _) | (_, End::Version6) => {}
        (End::Addresses(range), _) => {
            let key = ("outside".to_owned(), name(destination), allowed);
            found.entry(key).or_default().push(range);
        }
        (_, End::Addresses(range)) => {
            let key = (name(source), "outside".to_owned(), allowed);
            found.entry(key).or_default().push(range);
        }
        (End::Workload, End::Workload) => {
            found
                .entry((name(source), name(destination), allowed))
                .or_default();
        }
    }
}

fn told(found: BTreeMap<(String, String, String), Ranges>) -> Answers {
    let row = |((source, destination, allowed), ranges): ((String, String, String), Ranges)| {
        (
            source,
            destination,
            format!("{allowed} {:?}", joined(ranges)),
        )
    };
    found.into_iter().map(row).collect()
}

enum End {
    Workload,
    Addresses((u64, u64)),
    Version6,
}

fn addresses(end: &str) -> End {
    let end = end.replace("[External]", "");
    let number = |text: &str| {
        text.parse::<Ipv4Addr>()
            .ok()
            .map(|address| u64::from(address.to_bits()))
    };
    if let Some((first, last)) = end.split_once('-')
        && let (Some(first), Some(last)) = (number(first), number(last))
    {
        return End::Addresses((first, last));
    }
    match end.split_once('/') {
        Some((address, length)) if !end.ends_with(']') => match number(address) {
            Some(first) => {
                let size = 1_u64 << (32 - length.parse::<u32>().expect("is a length"));
                End::Addresses((first, first + size - 1))
            }
            None => End::Version6,
        },
        _ => End::Workload,
    }
}

/// Protocols with joined ranges, whatever the way of writing.
fn ports(allowed: &str) -> String {
    if allowed == "all" || allowed == "All Connections" {
        return "all".to_owned();
    }
    let mut found: BTreeMap<&str, Ranges> = BTreeMap::new();
    let mut protocol = "";
    for word in allowed
        .split([';', ',', ' '])
        .filter(|word| !word.is_empty())
    {
        match word {
            "TCP" | "UDP" | "SCTP" => protocol = word,
            range => {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let range = (
                    first.parse().expect("a port"),
                    last.parse().expect("a port"),
                );
                found.entry(protocol).or_default().push(range);
            }
        }
    }
    let found: BTreeMap<&str, Ranges> = found
        .into_iter()
        .map(|(protocol, ranges)| (protocol, joined(ranges)))
        .collect();
    format!("{found:?}")
}

fn joined(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut joined: Ranges = Vec::new();
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// The text of all files below a folder.
fn text_of(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &text_of(&path);
        } else {
            text += &fs::read_to_string(&path).unwrap_or_default();
        }
    }
    text
}
