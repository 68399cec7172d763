//! What NetworkPolicies cost on a large cluster, at 1, 2 and 4 times the size: every namespace is
//! closed, and its workloads talk along one chain. Time has to grow with what matches, not with
//! pods times policies.
//!
//! `cargo bench --bench network` prints seconds and ratios; reading alone stands beside them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark fails by panicking"
)]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use landfall::source::{Request, read};

/// A quarter of the largest cluster: 500 namespaces with 10,000 pods and 2,000 policies.
const NAMESPACES: usize = 125;
const PODS: usize = 20;
const POLICIES: usize = 4;
const ROUNDS: usize = 3;

fn main() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut first = None;
    for times in [1, 2, 4] {
        let namespaces = NAMESPACES * times;
        let folder = scratch.path().join(times.to_string());
        generate(&folder, namespaces);
        let reading = best(|| {
            black_box(read(&Request {
                paths: vec![folder.clone()],
                honour_ignore_files: false,
                reads_templates: false,
            }));
        });
        let connections = best(|| landfall(&folder, &["network", "--format", "csv"]));
        let rules = best(|| {
            landfall(
                &folder,
                &["scan", "--family", "network", "--format", "json"],
            )
        });
        let (one, other) = *first.get_or_insert((connections, rules));
        println!(
            "{} pods, {} namespaces, {} policies: reading {}, connections {} ({:.1} times the first), rules {} ({:.1} times)",
            namespaces * PODS,
            namespaces,
            namespaces * POLICIES,
            shown(reading),
            shown(connections),
            connections.as_secs_f64() / one.as_secs_f64(),
            shown(rules),
            rules.as_secs_f64() / other.as_secs_f64(),
        );
    }
}

fn landfall(folder: &Path, arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_landfall"))
        .args(arguments)
        .arg("--no-ignore")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("runs");
    assert!(status.code().is_some_and(|code| code < 2), "{status}");
}

fn best(run: impl Fn()) -> Duration {
    let timed = |_| {
        let started = Instant::now();
        run();
        started.elapsed()
    };
    (0..ROUNDS).map(timed).min().unwrap_or_default()
}

fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn generate(folder: &Path, namespaces: usize) {
    fs::create_dir_all(folder).expect("is made");
    for number in 0..namespaces {
        let mut text = format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{name: ns{number}, labels: {{team: t{}}}}}\n",
            number % 50
        );
        policies(number, &mut text);
        for pod in 0..PODS {
            workload(number, pod, &mut text);
        }
        fs::write(folder.join(format!("{number}.yaml")), text).expect("is written");
    }
}

/// Closes the namespace, lets it resolve names, lets the next pod of a chain in, and another
/// namespace's first pod.
fn policies(number: usize, text: &mut String) {
    let mut policy = |name: &str, spec: &str| {
        let _ = write!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: ns{number}}}\nspec: {spec}\n"
        );
    };
    policy("deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}");
    policy(
        "dns",
        "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 53}]}]}",
    );
    policy(
        "chain",
        "{podSelector: {matchLabels: {app: a1}}, ingress: [{from: [{podSelector: {matchLabels: {app: a0}}}], ports: [{port: http}]}]}",
    );
    let other = number.saturating_sub(1);
    policy(
        "send",
        &format!(
            "{{podSelector: {{matchLabels: {{app: a0}}}}, policyTypes: [Egress], egress: [{{to: [{{podSelector: {{matchLabels: {{app: a1}}}}}}, {{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: ns{other}}}}}, podSelector: {{matchLabels: {{app: a1}}}}}}, {{ipBlock: {{cidr: 10.0.0.0/8, except: [10.{}.0.0/16]}}}}], ports: [{{port: 8080}}]}}]}}",
            number % 250
        ),
    );
}

fn workload(number: usize, pod: usize, text: &mut String) {
    let _ = write!(
        text,
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a{pod}, namespace: ns{number}}}\nspec:\n  selector: {{matchLabels: {{app: a{pod}}}}}\n  template:\n    metadata: {{labels: {{app: a{pod}, tier: t{}}}}}\n    spec:\n      containers:\n        - name: main\n          image: harbor.example.com/shop/a{pod}:1.0.0\n          ports: [{{name: http, containerPort: 8080}}]\n          env: [{{name: NEXT, value: 'http://a{}:8080/'}}]\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: a{pod}, namespace: ns{number}}}\nspec: {{selector: {{app: a{pod}}}, ports: [{{name: http, port: 8080}}]}}\n",
        pod % 3,
        (pod + 1) % PODS
    );
}
