//! Whether places claimed for kustomizations are right: builds every kustomization under the named
//! folders, counts how many rendered scalars are led back exactly, and then checks a random sample
//! of the claims by changing the claimed characters in a copy, building again, and looking for the
//! change where it was claimed.
//!
//!     cargo bench --bench kustomizations -- FOLDER… [--claims N] [--only TEXT]
//!
//! The check shares nothing with the mapping but the claims: it edits files as text, runs the tool
//! by itself, and reads what it prints with another YAML parser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use landfall::model::{Resource, Step, ValuePath};
use landfall::render::{self, render};
use landfall::source::{Request, read};
use serde::Deserialize as _;
use serde_yaml::Value;

/// One claim: these characters of this file give that value of that object.
struct Claim {
    root: PathBuf,
    object: usize,
    path: ValuePath,
    file: PathBuf,
    span: std::ops::Range<usize>,
    /// What stands in the file, and what was rendered.
    written: String,
}

#[derive(Default)]
struct Count {
    roots: usize,
    failed: usize,
    objects: usize,
    origins: usize,
    scalars: usize,
    exact: usize,
    approximate: usize,
    build: Duration,
    scan: Duration,
}

#[derive(Default)]
struct Verdicts {
    right: usize,
    wrong: usize,
    /// The changed copy was refused, as where a patch finds its target no longer, or the true one is.
    refused: usize,
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let (mut folders, mut sample, mut only) = (Vec::new(), 200, String::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--claims" => sample = arguments.next().unwrap().parse().unwrap(),
            "--only" => only = arguments.next().unwrap(),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    println!(
        "| input | kustomizations | refused | objects | origin exact | scalars | exact | approximate | claims | right | wrong | refused | x build |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for folder in folders {
        let copy = Copied::of(&folder);
        let (count, claims) = mapped(&folder, &only, &copy);
        let verdicts = checked(&copy, &claims, sample);
        row(&folder, &count, &verdicts);
    }
}

fn row(folder: &Path, count: &Count, verdicts: &Verdicts) {
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "| {} | {} | {} | {} | {:.1} % | {} | {:.2} % | {:.2} % | {} | {} | {} | {} | {:.2} |",
        folder.file_name().unwrap().to_string_lossy(),
        count.roots,
        count.failed,
        count.objects,
        share(count.origins, count.objects),
        count.scalars,
        share(count.exact, count.scalars),
        share(count.approximate, count.scalars),
        verdicts.right + verdicts.wrong + verdicts.refused,
        verdicts.right,
        verdicts.wrong,
        verdicts.refused,
        count.scan.as_secs_f64() / count.build.as_secs_f64().max(0.001),
    );
}

fn mapped(folder: &Path, only: &str, copy: &Copied) -> (Count, Vec<Claim>) {
    let paths = vec![folder.to_path_buf()];
    let mut sources = read(&Request {
        paths: paths.clone(),
        honour_ignore_files: false,
        reads_templates: false,
    });
    sources.resources.clear();
    sources.charts.clear();
    sources.failures.clear();
    sources
        .summary
        .kustomizations
        .retain(|path| path.contains(only));
    let started = Instant::now();
    let request = render::Request {
        paths,
        is_wanted: true,
        ..render::Request::default()
    };
    render(&mut sources, &request);
    let mut count = Count {
        failed: sources.failures.len(),
        scan: started.elapsed(),
        ..Count::default()
    };
    for failure in &sources.failures {
        eprintln!(
            "{}: {}",
            failure.display.as_deref().unwrap_or_default(),
            failure.reason
        );
    }
    let mut claims = Vec::new();
    let artifacts = sources
        .resources
        .chunk_by(|one, next| std::sync::Arc::ptr_eq(&one.artifact, &next.artifact));
    for resources in artifacts {
        count.roots += 1;
        claim_all(resources, copy, &mut count, &mut claims);
    }
    (count, claims)
}

fn claim_all(resources: &[Resource], copy: &Copied, count: &mut Count, claims: &mut Vec<Claim>) {
    let artifact = &resources[0].artifact;
    let provenance = artifact.provenance.as_ref().expect("is rendered");
    let root = PathBuf::from(&provenance.rendering.name);
    let origins = origins(&root, copy, count);
    for (object, resource) in resources.iter().enumerate() {
        count.objects += 1;
        let mut file_of_kind = None;
        resource.node().visit_scalars(&mut |steps, node| {
            let path = ValuePath(steps.iter().map(|step| step.to_step()).collect());
            let span = unquoted(&artifact.text, node.span().range());
            count.scalars += 1;
            let Some(trace) = provenance.trace(landfall::model::Span::new(span.start, span.end))
            else {
                return;
            };
            let written = trace.written;
            let at = written.span.range();
            if path.to_string() == "kind" {
                file_of_kind = Some(written.artifact.display.to_string());
            }
            if written.approximate {
                count.approximate += 1;
                if std::env::var_os("SHOW_APPROXIMATE").is_some() {
                    eprintln!(
                        "approximate: {} {} {path}",
                        root.display(),
                        resource.identity
                    );
                }
                return;
            }
            count.exact += 1;
            claims.push(Claim {
                root: root.clone(),
                object,
                path,
                file: PathBuf::from(&*written.artifact.display),
                written: written.artifact.text[at.clone()].to_owned(),
                span: at,
            });
        });
        let told = origins.get(object).cloned().flatten();
        let is_right = told.is_none_or(|told| {
            Some(clean(&told)) == file_of_kind.as_deref().map(|file| clean(Path::new(file)))
        });
        count.origins += usize::from(is_right);
        if !is_right {
            eprintln!(
                "origin: {} {} is said to come from {file_of_kind:?}",
                root.display(),
                resource.identity
            );
        }
    }
}

fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if clean.file_name().is_some() => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// The bytes of a scalar without its quotes.
fn unquoted(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let raw = text[span.clone()].trim_end();
    let is_quoted = raw.len() > 2 && raw.starts_with(['"', '\'']);
    let end = span.start + raw.len();
    if is_quoted {
        span.start + 1..end - 1
    } else {
        span.start..end
    }
}

/// The file or kustomization of each object as the tool itself tells it.
fn origins(root: &Path, copy: &Copied, count: &mut Count) -> Vec<Option<PathBuf>> {
    let target = copy.target(root);
    let started = Instant::now();
    build(&target);
    count.build += started.elapsed();
    let name = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let file = name
        .iter()
        .map(|name| target.join(name))
        .find(|path| path.is_file())
        .unwrap();
    let text = fs::read_to_string(&file).unwrap();
    if !text.contains("buildMetadata") {
        fs::write(
            &file,
            format!("{text}\nbuildMetadata: [originAnnotations]\n"),
        )
        .unwrap();
    }
    let objects = build(&target).unwrap_or_default();
    fs::write(&file, &text).unwrap();
    let origin = |object: &Value| {
        let text = object["metadata"]["annotations"]["config.kubernetes.io/origin"].as_str()?;
        let origin: Value = serde_yaml::from_str(text).ok()?;
        let path = origin["path"]
            .as_str()
            .or(origin["configuredIn"].as_str())?;
        Some(root.join(path))
    };
    objects.iter().map(origin).collect()
}

/// A copy of a folder named on the command line.
struct Copied {
    folder: tempfile::TempDir,
    from: PathBuf,
}

impl Copied {
    fn of(folder: &Path) -> Self {
        let from = fs::canonicalize(folder).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new("cp")
            .arg("-r")
            .arg("--no-target-directory")
            .arg(&from)
            .arg(folder.path())
            .status();
        assert!(status.unwrap().success());
        Self { folder, from }
    }

    fn target(&self, path: &Path) -> PathBuf {
        let absolute = fs::canonicalize(path).unwrap();
        self.folder
            .path()
            .join(absolute.strip_prefix(&self.from).unwrap())
    }
}

fn tool() -> (String, &'static str) {
    let path = std::env::var("PATH").unwrap_or_default();
    let find = |name: &str| {
        path.split(':')
            .map(|folder| format!("{folder}/{name}"))
            .find(|file| Path::new(file).is_file())
    };
    find("kustomize")
        .map(|tool| (tool, "build"))
        .or_else(|| find("kubectl").map(|tool| (tool, "kustomize")))
        .expect("kustomize or kubectl is installed")
}

fn build(folder: &Path) -> Option<Vec<Value>> {
    let (program, verb) = tool();
    let output = Command::new(program)
        .args([verb, "--load-restrictor", "LoadRestrictionsNone"])
        .arg(folder)
        .output()
        .unwrap();
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    serde_yaml::Deserializer::from_str(&text)
        .map(|document| Value::deserialize(document).ok())
        .collect()
}

/// Checks a sample of the claims, the same one on each run.
fn checked(copy: &Copied, claims: &[Claim], sample: usize) -> Verdicts {
    let mut verdicts = Verdicts::default();
    if claims.is_empty() || sample == 0 {
        return verdicts;
    }
    let mut truths: BTreeMap<&Path, Option<Vec<Value>>> = BTreeMap::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..sample.min(claims.len()) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let claim = &claims[usize::try_from(state % claims.len() as u64).unwrap()];
        let root = copy.target(&claim.root);
        let truth = truths.entry(&claim.root);
        match truth.or_insert_with(|| build(&root)) {
            Some(truth) => verdict(claim, copy, &root, truth, &mut verdicts),
            // As where a generator's file is missing, without which kustomize alone builds nothing.
            None => verdicts.refused += 1,
        }
    }
    verdicts
}

fn verdict(claim: &Claim, copy: &Copied, root: &Path, truth: &[Value], verdicts: &mut Verdicts) {
    let file = copy.target(&claim.file);
    let text = fs::read_to_string(&file).unwrap();
    let Some(found) = text.get(claim.span.clone()) else {
        return;
    };
    assert_eq!(found, claim.written);
    let changed = changed(found);
    let mut edited = text.clone();
    edited.replace_range(claim.span.clone(), &changed);
    fs::write(&file, edited).unwrap();
    let built = build(root);
    fs::write(&file, &text).unwrap();
    let Some(built) = built else {
        verdicts.refused += 1;
        if std::env::var_os("SHOW_REFUSED").is_some() {
            eprintln!(
                "refused: {} object {} {}: `{}`",
                claim.root.display(),
                claim.object,
                claim.path,
                claim.written
            );
        }
        return;
    };
    if is_changed(claim, truth, &built) {
        verdicts.right += 1;
    } else {
        verdicts.wrong += 1;
        eprintln!(
            "wrong: {} object {} {}: `{}` in {}",
            claim.root.display(),
            claim.object,
            claim.path,
            claim.written.lines().next().unwrap_or_default(),
            claim.file.display()
        );
    }
}

/// Whether the value at the claimed path is another one: in the same object, or, where the change
/// moved objects about, in one that had it in the true build no more.
fn is_changed(claim: &Claim, truth: &[Value], built: &[Value]) -> bool {
    let values = |objects: &[Value]| -> Vec<String> {
        let mut values: Vec<String> = objects
            .iter()
            .filter_map(|object| at(object, &claim.path))
            .map(|value| format!("{value:?}"))
            .collect();
        values.sort();
        values
    };
    let own = truth
        .get(claim.object)
        .and_then(|object| at(object, &claim.path))
        .map(|value| format!("{value:?}"));
    let (before, after) = (values(truth), values(built));
    let count = |values: &[String]| {
        own.as_ref()
            .map_or(0, |own| values.iter().filter(|value| *value == own).count())
    };
    count(&after) < count(&before)
}

fn at<'a>(object: &'a Value, path: &ValuePath) -> Option<&'a Value> {
    path.steps()
        .iter()
        .try_fold(object, |value, step| match step {
            Step::Key(key) => value.get(key.as_str()),
            Step::Index(index) => value.get(*index),
        })
}

/// Another value of the same kind.
fn changed(text: &str) -> String {
    match text {
        "true" => "false".to_owned(),
        "false" => "true".to_owned(),
        _ if text.parse::<i64>().is_ok() => (text.parse::<i64>().unwrap() + 1).to_string(),
        "\"\"" | "''" => "\"x\"".to_owned(),
        "{}" => "{x: y}".to_owned(),
        "[]" => "[x]".to_owned(),
        _ => {
            let end = text.trim_end().len();
            let (body, tail) = text.split_at(end);
            format!("{body}x{tail}")
        }
    }
}
