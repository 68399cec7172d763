//! What the tests share: the real binary in a scrubbed environment, and scratch folders.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The binary, without the caller's colours and configuration.
pub(crate) fn landfall(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    // What other runs have kept has no part in a test.
    command.env("LANDFALL_CACHE_DIR", "");
    for kept in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// The folders in which programs are looked for: helm is the one that `LANDFALL_HELM` names, else
/// the one where `.ci/run` puts it, else that of the `PATH`.
pub(crate) fn path_with_helm() -> String {
    let named = std::env::var_os("LANDFALL_HELM").map(PathBuf::from);
    let named = named.and_then(|helm| helm.parent().map(Path::to_path_buf));
    let tools = std::env::var_os("LANDFALL_TOOLS").map(PathBuf::from);
    let cache = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/landfall"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = tools
        .into_iter()
        .chain(cache)
        .map(|tools| tools.join("bin"));
    let folders = named.into_iter().chain(folders);
    let all: Vec<PathBuf> = folders.chain(std::env::split_paths(&path)).collect();
    assert!(
        all.iter().any(|folder| folder.join("helm").is_file()),
        "these tests need helm: go install helm.sh/helm/v3/cmd/helm@v3.21.1"
    );
    std::env::join_paths(all)
        .expect("are paths")
        .into_string()
        .expect("is UTF-8")
}

/// How a run ended: status, standard output and standard error.
pub(crate) struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("the process was not killed"),
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("output is UTF-8"),
        }
    }
}

impl Run {
    /// The report on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// `rule path:line` of each finding.
    pub(crate) fn found(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"]
            .as_array()
            .expect("there is a list")
            .iter();
        let shown = |finding: &Value| {
            let location = &finding["location"];
            let path = location["path"].as_str().expect("a path").to_owned();
            format!(
                "{} {path}:{}",
                finding["rule"].as_str().expect("a rule"),
                location["line"]
            )
        };
        findings.map(shown).collect()
    }
}

/// The marked lines of a file, as `rule path:line`. A mark behind a line is about that line,
/// `expect(+N)` about the one N lines further down.
pub(crate) fn marks(file: &Path, shown: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(file).expect("is readable");
    let mut marks = BTreeSet::new();
    let mut add = |line: usize, rules: &str| {
        let words = rules
            .split_whitespace()
            .take_while(|word| word.contains('-') && !word.contains('>'));
        marks.extend(words.map(|rule| format!("{rule} {shown}:{line}")));
    };
    for (position, line) in text.lines().enumerate() {
        if let Some((_, mark)) = line.split_once("expect: ") {
            add(position + 1, mark);
        } else if let Some((_, mark)) = line.split_once("expect(+") {
            let (distance, rules) = mark.split_once("):").expect("is expect(+N): rule");
            add(
                position + 1 + distance.parse::<usize>().expect("a number"),
                rules,
            );
        }
    }
    let beside = PathBuf::from(format!("{}.expect", file.display()));
    for line in fs::read_to_string(beside).unwrap_or_default().lines() {
        let (line, rules) = line.split_once(' ').expect("is `line rule`");
        add(line.parse().expect("a number"), rules);
    }
    marks
}

/// Runs the binary in a folder.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    landfall(folder)
        .args(arguments)
        .output()
        .expect("the binary runs")
        .into()
}

/// Runs the binary in a folder with text on standard input.
pub(crate) fn run_with_input(folder: &Path, arguments: &[&str], input: &str) -> Run {
    use std::io::Write as _;
    let mut command = landfall(folder);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("is piped");
    stdin.write_all(input.as_bytes()).expect("is read");
    drop(stdin);
    child.wait_with_output().expect("the binary ends").into()
}

/// A scratch folder with some files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Writes a file below a folder.
pub(crate) fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("has a folder")).expect("is made");
    fs::write(path, bytes).expect("is written");
}

/// A Deployment whose image is no trusted one.
pub(crate) const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:latest
";
