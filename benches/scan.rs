//! What a scan costs, as ratios against reading and parsing the same bytes in the same run.
//!
//! `cargo bench` runs on a generated set; `cargo bench -- FOLDER` on any folder. Each figure is
//! the best of several rounds, which alternate so that a slow moment hits both sides.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark fails by panicking"
)]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use landfall::output::json;
use landfall::policy::{Bundle, Evaluator};
use landfall::scan::{Options, scan};
use landfall::source::{Request, Sources, read};
use mimalloc::MiMalloc;

/// As the binary has it, for both sides.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const ROUNDS: usize = 7;
/// Objects of each kind in the generated set.
const GENERATED: usize = 400;

fn main() {
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = named.map_or_else(|| generate(&scratch.path().join("set")), PathBuf::from);
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    println!("folder: {}", folder.display());

    let sources = read_all(&folder);
    let counts = &sources.summary.resources;
    println!(
        "{} files, {} objects, {} workloads, {} packages; {} rules; {} threads",
        sources.summary.files.read,
        counts.objects,
        counts.workloads,
        counts.packages,
        bundle.rules().len(),
        rayon::current_num_threads()
    );
    drop(sources);

    let (reading, whole) = compare(&folder, &bundle, Evaluator::Machine);
    println!("walk, read, parse and build: {}", shown(reading));
    println!(
        "whole scan, all rules, JSON written: {}  ratio {}",
        shown(whole),
        ratio(whole, reading)
    );
    let (reading, whole) = compare(&folder, &bundle, Evaluator::Interpreter);
    println!(
        "the same by the interpreter: {}  ratio {}",
        shown(whole),
        ratio(whole, reading)
    );
    let tripled = bundle.repeated(3).expect("copies of right rules are right");
    let (reading, whole) = compare(&folder, &tripled, Evaluator::Machine);
    println!(
        "every rule three times over: {}  ratio {}",
        shown(whole),
        ratio(whole, reading)
    );

    println!("growth:");
    for times in [1, 2, 4, 8] {
        let copies = scratch.path().join(format!("x{times}"));
        (0..times).for_each(|copy| copy_folder(&folder, &copies.join(copy.to_string())));
        let (reading, whole) = compare(&copies, &bundle, Evaluator::Machine);
        println!(
            "  {times} times: {}  {}  ratio {}",
            shown(reading),
            shown(whole),
            ratio(whole, reading)
        );
    }
    println!(
        "peak memory of the whole process: {:.1} MiB",
        peak_memory(&folder)
    );
    println!(
        "one small file, start to exit: {}",
        shown(start_to_exit(scratch.path()))
    );
}

fn read_all(folder: &Path) -> Sources {
    read(&Request {
        paths: vec![folder.to_path_buf()],
        honour_ignore_files: false,
        reads_templates: false,
    })
}

/// The best time of reading alone and of a whole scan.
fn compare(folder: &Path, bundle: &Bundle, evaluator: Evaluator) -> (Duration, Duration) {
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        black_box(read_all(folder));
        best.0 = best.0.min(started.elapsed());
        let started = Instant::now();
        let options = Options {
            evaluator,
            ..Options::default()
        };
        let report = scan(read_all(folder), bundle, &options, &|| ()).expect("scans");
        json::write(&report, &mut std::io::sink()).expect("writes");
        drop(black_box(report));
        best.1 = best.1.min(started.elapsed());
    }
    best
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(whole: Duration, reading: Duration) -> String {
    format!("{:.2}", whole.as_secs_f64() / reading.as_secs_f64())
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("is made");
    for entry in fs::read_dir(from)
        .expect("is a folder")
        .map(|entry| entry.expect("is there"))
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("is copied");
        }
    }
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The largest resident size that the process reports of itself, in MiB; 0 where the system does
/// not tell.
fn peak_memory(folder: &Path) -> f64 {
    let mut child = binary()
        .args(["scan", "--no-ignore", "--format", "json"])
        .arg(folder)
        .spawn()
        .expect("runs");
    let mut peak = 0.0_f64;
    while child.try_wait().expect("can be asked").is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap_or("0");
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0.0);
        peak = peak.max(kibibytes / 1024.0);
    }
    peak
}

/// The median of many runs on one Deployment.
fn start_to_exit(scratch: &Path) -> Duration {
    let file = scratch.join("one.yaml");
    fs::write(&file, deployment(1)).expect("is written");
    let mut times: Vec<Duration> = (0..41)
        .map(|_| {
            let started = Instant::now();
            binary().arg("scan").arg(&file).status().expect("runs");
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn deployment(number: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web{number}\n  namespace: ns{}\n  labels: {{app: web{number}}}\nspec:\n  replicas: 2\n  selector:\n    matchLabels: {{app: web{number}}}\n  template:\n    metadata:\n      labels: {{app: web{number}}}\n    spec:\n      containers:\n        - name: web\n          image: harbor.example.com/shop/web:1.{number}\n          ports: [{{containerPort: 8080}}]\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: DATABASE_HOST\n              value: db.ns.svc\n          resources:\n            requests: {{cpu: 100m, memory: 128Mi}}\n            limits: {{memory: 256Mi}}\n          readinessProbe: {{httpGet: {{path: /ready, port: 8080}}}}\n        - name: sidecar\n          image: docker.io/library/nginx:1.27\n",
        number % 20
    )
}

fn generate(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).expect("is made");
    let write =
        |name: String, text: String| fs::write(folder.join(name), text).expect("is written");
    for number in 0..GENERATED {
        write(format!("deployment{number}.yaml"), deployment(number));
        write(
            format!("rest{number}.yaml"),
            format!(
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: web{number}\n  namespace: ns{0}\nspec:\n  selector: {{app: web{number}}}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web{number}\n  namespace: ns{0}\ndata:\n  app.properties: |\n    server.port=8080\n    feature.a=true\n    url=https://shop{number}.example.com/api\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web{number}\n  namespace: ns{0}\nspec:\n  podSelector:\n    matchLabels: {{app: web{number}}}\n  policyTypes: [Ingress]\n",
                number % 20
            ),
        );
    }
    folder.to_path_buf()
}
