//! What a chart costs: a scan of it beside one `helm template` of the same chart, in one run:
//! `cargo bench --bench charts -- FOLDER…`.
//!
//! Each figure is the median of several runs that take turns. The first scan finds helm's version in its
//! cache and nothing else; the next one finds the chart as it was.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench fails by panicking and prints its figures"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;
use walkdir::WalkDir;

const RUNS: usize = 5;
const KUBE_VERSION: &str = "1.35.0";

/// Milliseconds.
struct Times {
    helm: f64,
    first: f64,
    next: f64,
}

fn main() {
    let arguments = std::env::args_os().skip(1);
    let folders = arguments.filter(|argument| argument != "--bench");
    let charts: Vec<PathBuf> = folders
        .flat_map(|folder| charts(Path::new(&folder)))
        .collect();
    let cache = Cache::new();
    println!("| chart | helm template, ms | first scan | next scan |\n|---|---|---|---|");
    let mut all = Vec::new();
    for chart in &charts {
        // What helm refuses costs nothing worth to know.
        let Some(times) = cache.times(chart) else {
            continue;
        };
        println!(
            "| {} | {:.0} | {:.2} | {:.2} |",
            chart.display(),
            times.helm,
            times.first / times.helm,
            times.next / times.helm
        );
        all.push(times);
    }
    let mut first: Vec<f64> = all.iter().map(|times| times.first / times.helm).collect();
    first.sort_by(f64::total_cmp);
    let (Some(most), count) = (first.last(), first.len()) else {
        return println!("no chart that helm renders");
    };
    let sum = |part: fn(&Times) -> f64| all.iter().map(part).sum::<f64>();
    println!(
        "\n{count} charts: the first scan takes {:.2} times one `helm template` in the middle, {:.2} for nine of ten, at most {most:.2}, {:.2} in sum; the next one {:.2} in sum",
        first[count / 2],
        first[count * 9 / 10],
        sum(|times| times.first) / sum(|times| times.helm),
        sum(|times| times.next) / sum(|times| times.helm),
    );
}

/// The charts of a folder that are in no other chart.
fn charts(folder: &Path) -> Vec<PathBuf> {
    let is_chart = |path: &Path| path.join("Chart.yaml").is_file();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    let folders = walk
        .flatten()
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path);
    let is_outermost = |path: &PathBuf| !path.ancestors().skip(1).any(is_chart);
    folders
        .filter(|path| is_chart(path) && is_outermost(path))
        .collect()
}

/// A cache that is emptied before each first scan, but for what it knew of helm.
struct Cache {
    folder: TempDir,
    known: Vec<PathBuf>,
}

impl Cache {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let about = "apiVersion: v2\nname: a\nversion: 0.1.0\n";
        fs::write(scratch.path().join("Chart.yaml"), about).unwrap();
        let cache = Self {
            folder: tempfile::tempdir().unwrap(),
            known: Vec::new(),
        };
        cache.scan(scratch.path());
        let known = cache.entries();
        Self { known, ..cache }
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn empty(&self) {
        let entries = self.entries().into_iter();
        for entry in entries.filter(|entry| !self.known.contains(entry)) {
            fs::remove_file(entry).unwrap();
        }
    }

    fn scan(&self, chart: &Path) -> f64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
        command.env("LANDFALL_CACHE_DIR", self.folder.path());
        let arguments = ["scan", "--fail-on", "never"].map(OsStr::new);
        timed(command.args(arguments).arg(chart)).1
    }

    /// `None` where helm renders nothing.
    fn times(&self, chart: &Path) -> Option<Times> {
        let (mut helm, mut first, mut next) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let mut command = Command::new("helm");
            command.arg("template").arg(chart);
            let (is_success, time) = timed(command.args(["--kube-version", KUBE_VERSION]));
            if !is_success {
                return None;
            }
            helm.push(time);
            self.empty();
            first.push(self.scan(chart));
            next.push(self.scan(chart));
        }
        let [helm, first, next] = [helm, first, next].map(median);
        Some(Times { helm, first, next })
    }
}

/// Whether a command succeeded, and the milliseconds it took.
fn timed(command: &mut Command) -> (bool, f64) {
    let started = Instant::now();
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().unwrap();
    (status.success(), started.elapsed().as_secs_f64() * 1000.0)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
