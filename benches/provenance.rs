//! How many rendered values are traced to the template line and to the values key they come from,
//! and whether that is true: `cargo bench --bench provenance -- FOLDER [CLAIMS]`.
//!
//! The check knows nothing of how places are found. It takes claims at random, changes the claimed
//! characters of a template or of a values file in a copy of the folder, lets helm render once more, and
//! looks whether the claimed output has changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench fails by panicking and prints its figures"
)]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use landfall::model::{Artifact, Node, Provenance, Resource, Span, Visited};
use landfall::render;
use landfall::source;
use rayon::prelude::*;

/// What changed characters become.
const SENTINEL: &str = "qqzz";

#[derive(Default)]
struct Counts {
    lines: usize,
    exact: usize,
    approximate: usize,
    scalars: usize,
    from_values: usize,
    with_key: usize,
    unmapped: Vec<String>,
}

/// A claim that can be checked: characters of a source that stand for a line of the output.
struct Claim {
    root: String,
    arguments: Vec<String>,
    source: PathBuf,
    place: Range<usize>,
    /// The document and the line in it.
    document: (String, usize),
    line: usize,
    text: String,
    is_value: bool,
}

impl Claim {
    /// How many documents of the template have the claimed line where it is claimed. They are counted,
    /// since a changed kind or name moves a document among the others.
    fn count(&self, output: &str) -> usize {
        let documents = documents(output);
        let has_it = |(template, range): &&(String, Range<usize>)| {
            *template == self.document.0
                && output[range.clone()].lines().nth(self.line) == Some(self.text.as_str())
        };
        documents.iter().filter(has_it).count()
    }
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let folder = arguments
        .next()
        .expect("usage: cargo bench --bench provenance -- FOLDER [CLAIMS]");
    let claims: usize = arguments
        .next()
        .map_or(2000, |number| number.parse().expect("a number"));
    let copy = tempfile::tempdir().expect("a scratch folder");
    copy_folder(Path::new(&folder), copy.path());
    std::env::set_current_dir(copy.path()).expect("is a folder");
    let started = Instant::now();
    let (sources, failures) = rendered();
    let took = started.elapsed();
    let mut artifacts: Vec<&Arc<Artifact>> = sources
        .resources
        .iter()
        .map(|resource| &resource.artifact)
        .collect();
    artifacts.dedup_by(|next, last| Arc::ptr_eq(next, last));
    // Of a chart that helm refuses as a whole, no claim about its other parts can be checked.
    artifacts.retain(|artifact| {
        let rendering = artifact.provenance.as_ref().map(|known| &known.rendering);
        rendering.is_some_and(|rendering| rendering.tool.starts_with("helm") && !rendering.is_part)
    });
    let (total, mut all) = count(&sources.resources, &artifacts);
    report(&total, artifacts.len(), &failures, took);
    let unit_times = times(&artifacts);
    println!(
        "one `helm template` of each by itself: {:.1} s in sum; all with their places: {:.1} s, {:.2} times that",
        unit_times.as_secs_f64(),
        took.as_secs_f64(),
        took.as_secs_f64() / unit_times.as_secs_f64()
    );
    check(&mut all, claims);
}

fn rendered() -> (source::Sources, Vec<String>) {
    let paths = vec![PathBuf::from(".")];
    let request = source::Request {
        paths: paths.clone(),
        honour_ignore_files: true,
        reads_templates: false,
    };
    let mut sources = source::read(&request);
    let before = sources.failures.len();
    render::render(
        &mut sources,
        &render::Request {
            paths,
            is_wanted: true,
            kube_version: "1.35.0".to_owned(),
            ..render::Request::default()
        },
    );
    let failures = sources.failures[before..].iter().map(|failure| {
        format!(
            "{}: {}",
            failure.display.as_deref().unwrap_or_default(),
            failure.reason
        )
    });
    let failures = failures.collect();
    (sources, failures)
}

fn report(total: &Counts, renderings: usize, failures: &[String], took: Duration) {
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "{renderings} renderings in {:.1} s, {} failures",
        took.as_secs_f64(),
        failures.len()
    );
    for failure in failures {
        println!(
            "  failed: {}",
            failure.chars().take(200).collect::<String>()
        );
    }
    println!(
        "lines with scalars: {}, exact {} ({:.2} %), approximate {} ({:.2} %), unknown {}",
        total.lines,
        total.exact,
        percent(total.exact, total.lines),
        total.approximate,
        percent(total.approximate, total.lines),
        total.lines - total.exact - total.approximate
    );
    println!(
        "scalars: {}, from values files {}, with their key {} ({:.2} %)",
        total.scalars,
        total.from_values,
        total.with_key,
        percent(total.with_key, total.from_values)
    );
    if std::env::var_os("SHOW_UNMAPPED").is_some() {
        total
            .unmapped
            .iter()
            .for_each(|unmapped| println!("  no key: {unmapped}"));
    }
}

fn count(resources: &[Resource], artifacts: &[&Arc<Artifact>]) -> (Counts, Vec<Claim>) {
    let mut total = Counts::default();
    let mut claims = Vec::new();
    let mut by_root: BTreeMap<String, Counts> = BTreeMap::new();
    let each: Vec<(Counts, Vec<Claim>)> = artifacts
        .par_iter()
        .map(|artifact| count_artifact(artifact, resources))
        .collect();
    for (artifact, (counts, more)) in artifacts.iter().zip(each) {
        let root = &artifact.provenance.as_ref().unwrap().rendering.root;
        for sum in [&mut total, by_root.entry(root.clone()).or_default()] {
            sum.lines += counts.lines;
            sum.exact += counts.exact;
            sum.approximate += counts.approximate;
            sum.scalars += counts.scalars;
            sum.from_values += counts.from_values;
            sum.with_key += counts.with_key;
        }
        total.unmapped.extend(counts.unmapped);
        claims.extend(more);
    }
    println!("| chart | lines | exact | from values | with key |\n|---|---|---|---|---|");
    for (root, counts) in &by_root {
        println!(
            "| {root} | {} | {} | {} | {} |",
            counts.lines, counts.exact, counts.from_values, counts.with_key
        );
    }
    (total, claims)
}

fn count_artifact(artifact: &Arc<Artifact>, resources: &[Resource]) -> (Counts, Vec<Claim>) {
    let provenance = artifact.provenance.as_ref().unwrap();
    let own = resources
        .iter()
        .filter(|resource| Arc::ptr_eq(&resource.artifact, artifact));
    let changed = changed_scalars(provenance);
    let documents = documents(&artifact.text);
    let mut counts = Counts::default();
    let mut claims = Vec::new();
    for resource in own {
        let root = resource.node().span().start as usize;
        let at = documents
            .iter()
            .position(|(_, range)| range.contains(&root))
            .expect("stands in a document");
        resource.node().visit_scalars(&mut |path, node| {
            let (start, end) = (node.span().start as usize, node.span().end as usize);
            let raw = &artifact.text[start..end];
            if raw.is_empty() {
                return;
            }
            let lines = scalar_lines(&artifact.text, start..end);
            let mut is_any = false;
            for line in &lines {
                let traced = provenance.trace(Span::new(line.start, line.end));
                counts.lines += 1;
                match &traced {
                    Some(trace) if !trace.written.approximate => counts.exact += 1,
                    Some(_) => counts.approximate += 1,
                    None => {}
                }
                let Some(trace) = traced else { continue };
                let begin = documents[at].1.start;
                let claim = |place: &landfall::model::Place, is_value| Claim {
                    root: provenance.rendering.root.clone(),
                    arguments: provenance.rendering.arguments.clone(),
                    source: PathBuf::from(&*place.artifact.display),
                    place: place.span.range(),
                    document: (documents[at].0.clone(), index_of(&documents, at)),
                    line: artifact.text[begin..line.start].matches('\n').count(),
                    text: artifact.text[line_of(&artifact.text, line.start)].to_owned(),
                    is_value,
                };
                if !trace.written.approximate {
                    claims.push(claim(&trace.written, false));
                }
                for supply in &trace.supplies {
                    is_any = true;
                    claims.extend(supply.place.as_ref().map(|place| claim(place, true)));
                }
            }
            counts.scalars += 1;
            let key = (
                documents[at].0.clone(),
                index_of(&documents, at),
                shown(path),
            );
            let is_from_values =
                is_any || changed.contains_key(&key) || names_flag(provenance, node);
            counts.from_values += usize::from(is_from_values);
            counts.with_key += usize::from(is_any);
            if is_from_values && !is_any {
                counts.unmapped.push(format!(
                    "{} {} {} = {}",
                    provenance.rendering.root,
                    key.0,
                    key.2,
                    raw.lines().next().unwrap_or_default()
                ));
            }
        });
    }
    (counts, claims)
}

/// Whether a truth value or a number stands where an action names values outright.
fn names_flag(provenance: &Provenance, node: Node<'_>) -> bool {
    let Some(trace) = provenance.trace(node.span()) else {
        return false;
    };
    let source = &trace.written.artifact.text[trace.written.span.range()];
    node.as_bool().is_some()
        && source.starts_with("{{")
        && source.contains(".Values")
        && !source.contains("default")
}

type Key = (String, usize, String);

/// The scalars that change when all strings and all numbers of all values files do: they come from values.
fn changed_scalars(provenance: &Provenance) -> HashMap<Key, ()> {
    let arguments = &provenance.rendering.arguments;
    let root = PathBuf::from(&provenance.rendering.root);
    let Some(own) = helm(arguments).map(|text| scalars(&text)) else {
        return HashMap::new();
    };
    let mut changed = HashMap::new();
    for kind in [Change::Strings, Change::Numbers] {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&root, &copy.path().join("chart"));
        let mut replaced = arguments.clone();
        let inside = |path: &str| {
            Path::new(path)
                .strip_prefix(&root)
                .map(|rest| copy.path().join("chart").join(rest))
        };
        for argument in replaced.iter_mut().skip(2) {
            if let Ok(path) = inside(argument)
                && (path.exists())
            {
                *argument = path.to_string_lossy().into_owned();
            }
        }
        for entry in walkdir::WalkDir::new(copy.path()).into_iter().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_values = name.starts_with("values") || name.ends_with("-values.yaml");
            if is_values && (name.ends_with(".yaml") || name.ends_with(".yml")) {
                let Ok(text) = fs::read_to_string(entry.path()) else {
                    continue;
                };
                let Ok(mut value) = serde_yaml::from_str::<serde_json::Value>(&text) else {
                    continue;
                };
                change(&mut value, kind);
                fs::write(entry.path(), value.to_string()).unwrap();
            }
            if name == "values.schema.json" {
                fs::write(entry.path(), "{}").unwrap();
            }
        }
        let Some(other) = helm(&replaced) else {
            continue;
        };
        let other = scalars(&other);
        for (key, value) in &own {
            if other.get(key).is_some_and(|other| other != value) {
                changed.insert(key.clone(), ());
            }
        }
    }
    changed
}

#[derive(Clone, Copy)]
enum Change {
    Strings,
    Numbers,
}

fn change(value: &mut serde_json::Value, kind: Change) {
    use serde_json::Value;
    match (value, kind) {
        (Value::Object(map), _) => map.values_mut().for_each(|value| change(value, kind)),
        (Value::Array(items), _) => items.iter_mut().for_each(|value| change(value, kind)),
        (Value::String(text), Change::Strings)
            if !text.is_empty() && !text.contains("{{") && !text.contains('\n') =>
        {
            text.push('x')
        }
        (Value::Number(number), Change::Numbers) => {
            if let Some(old) = number.as_i64().filter(|old| *old > 1) {
                *number = (old + 1).into();
            }
        }
        _ => {}
    }
}

fn scalars(output: &str) -> HashMap<Key, String> {
    let mut found = HashMap::new();
    let documents = documents(output);
    for (at, (template, range)) in documents.iter().enumerate() {
        let read = source::read_bytes("a.yaml", output[range.clone()].as_bytes().to_vec());
        for resource in &read.resources {
            resource.node().visit_scalars(&mut |path, node| {
                let raw = &resource.artifact.text[node.span().range()];
                found.insert(
                    (template.clone(), index_of(&documents, at), shown(path)),
                    raw.to_owned(),
                );
            });
        }
    }
    found
}

fn shown(path: &[Visited<'_>]) -> String {
    let steps = path.iter().map(|step| match step {
        Visited::Key(key) => key.as_str().unwrap_or_default().to_owned(),
        Visited::Index(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join("/")
}

/// The documents of an output with their templates.
fn documents(output: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut starts: Vec<usize> = output
        .match_indices("---\n# Source: ")
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || output.as_bytes()[at - 1] == b'\n')
        .collect();
    starts.push(output.len());
    for pair in starts.windows(2) {
        let head = pair[0] + "---\n# Source: ".len();
        let Some(end) = output[head..pair[1]].find('\n') else {
            continue;
        };
        found.push((output[head..head + end].to_owned(), head + end + 1..pair[1]));
    }
    found
}

/// Which document of its template it is.
fn index_of(documents: &[(String, Range<usize>)], at: usize) -> usize {
    documents[..at]
        .iter()
        .filter(|(template, _)| *template == documents[at].0)
        .count()
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    start..end
}

/// The characters of each line of a scalar, without quotes and without a block's indicator.
fn scalar_lines(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let raw = &text[range.clone()];
    let is_block = raw.starts_with(['|', '>']);
    let mut at = range.start;
    let mut found = Vec::new();
    for (index, line) in raw.split_inclusive('\n').enumerate() {
        let start = at + line.len() - line.trim_start().len();
        let end = at + line.trim_end().len();
        at += line.len();
        if (is_block && index == 0) || start >= end {
            continue;
        }
        let quote = usize::from(text[start..end].starts_with(['"', '\'']) && end - start > 2);
        found.push(start + quote..end - quote.min(end - start - quote - 1));
    }
    found
}

fn helm(arguments: &[String]) -> Option<String> {
    let output = Command::new("helm")
        .args(arguments)
        .output()
        .expect("helm is installed");
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn times(artifacts: &[&Arc<Artifact>]) -> Duration {
    let started = Instant::now();
    for artifact in artifacts {
        helm(&artifact.provenance.as_ref().unwrap().rendering.arguments);
    }
    started.elapsed()
}

fn check(claims: &mut [Claim], wanted: usize) {
    // A small generator, so that each run checks the same claims.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for index in (1..claims.len()).rev() {
        let other = usize::try_from(next() % (index as u64 + 1)).unwrap();
        claims.swap(index, other);
    }
    // Half of them are about values, of which there are fewer.
    let half = |is_value| {
        let some = claims
            .iter()
            .filter(move |claim| claim.is_value == is_value);
        some.take(wanted / 2)
    };
    let (mut right, mut wrong, mut open) = ([0, 0], Vec::new(), 0);
    for claim in half(false).chain(half(true)) {
        match verdict(claim) {
            Some(true) => right[usize::from(claim.is_value)] += 1,
            Some(false) => wrong.push(claim),
            None => open += 1,
        }
    }
    println!(
        "claims checked: {}, right {} of templates and {} of values, wrong {}, helm refused the change {open}",
        right[0] + right[1] + wrong.len() + open,
        right[0],
        right[1],
        wrong.len()
    );
    for claim in wrong {
        println!(
            "  wrong: {} {}:{:?} is_value={} {:?} -> {:?}",
            claim.root,
            claim.source.display(),
            claim.place,
            claim.is_value,
            claim.document,
            claim.text
        );
    }
}

/// Whether the claimed line changes when the claimed characters do.
fn verdict(claim: &Claim) -> Option<bool> {
    let text = fs::read_to_string(&claim.source).ok()?;
    let before = claim.count(&helm(&claim.arguments)?);
    let old = &text[claim.place.clone()];
    for new in changes(old, claim.is_value) {
        let changed = format!(
            "{}{new}{}",
            &text[..claim.place.start],
            &text[claim.place.end..]
        );
        fs::write(&claim.source, changed).unwrap();
        let mut arguments = claim.arguments.clone();
        arguments.push("--debug".to_owned());
        let output = Command::new("helm")
            .args(&arguments)
            .output()
            .expect("helm is installed");
        fs::write(&claim.source, &text).unwrap();
        let output = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.is_empty() {
            continue;
        }
        return Some(claim.count(&output) < before);
    }
    None
}

fn changes(old: &str, is_value: bool) -> Vec<String> {
    if old.starts_with("{{") {
        return vec![SENTINEL.to_owned()];
    }
    if !is_value {
        return vec![format!("{SENTINEL}{old}"), format!("{old}{SENTINEL}")];
    }
    match old {
        "true" => vec!["false".to_owned()],
        "false" => vec!["true".to_owned()],
        _ if old.parse::<i64>().is_ok() => vec![
            (old.parse::<i64>().unwrap() + 1).to_string(),
            "7".to_owned(),
        ],
        _ => vec![
            format!("{old}{SENTINEL}"),
            SENTINEL.to_owned(),
            format!("{old}1"),
            format!("a{old}"),
        ],
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().flatten() {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else if entry.file_type().is_file() {
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
