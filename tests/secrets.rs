//! Secrets never leave: canaries stand wherever credentials stand, and no format shows them, in
//! clear, in base64 or in part, also when the file is broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{folder, root, run};
use landfall::output::text::Style;
use landfall::output::{json, sarif, text};
use landfall::policy::Bundle;
use landfall::scan::{Options, scan};
use landfall::source::{Request, read};
use serde::Deserialize as _;
use serde_json::Value;

const CANARY: &str = "kZq7Wv3Xn9Rt5Lp2";

/// Manifests with the canary in every kind of place; each has something to find besides.
fn manifests() -> Vec<(String, String)> {
    let encoded = STANDARD.encode(CANARY);
    let docker = STANDARD.encode(format!(
        "{{\"auths\":{{\"x.azurecr.io\":{{\"username\":\"u\",\"password\":\"{CANARY}\"}}}}}}"
    ));
    let pod = |container: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n    - name: c\n      image: nginx:latest\n{container}"
        )
    };
    let map = |data: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata:\n{data}")
    };
    let texts = [
        pod(&format!(
            "      env: [{{name: DB_PASSWORD, value: {CANARY}}}]\n"
        )),
        pod(&format!(
            "      env:\n        - name: API_TOKEN\n          value: \"{CANARY}\"\n"
        )),
        pod(&format!(
            "      env:\n        - name: URL\n          value: https://u:{CANARY}@x.blob.core.windows.net/\n"
        )),
        pod(&format!(
            "      env:\n        - name: C\n          value: DefaultEndpointsProtocol=https;AccountName=a;AccountKey={CANARY};EndpointSuffix=core.windows.net\n"
        )),
        pod(&format!("      args: [\"--password={CANARY}\"]\n")),
        pod(&format!("      args: [--password, {CANARY}]\n")),
        pod(&format!(
            "      command: [sh, -c, \"PGPASSWORD={CANARY} psql -h x.postgres.database.azure.com\"]\n"
        )),
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData:\n  anything: {CANARY}\n  password: {CANARY}\n"
        ),
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata:\n  password: {encoded}\n  other: {encoded}\n"
        ),
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {docker}\n"
        ),
        map(&format!("  db.password: {CANARY}\n")),
        map(&format!(
            "  app.properties: |\n    url=https://x.vault.azure.net\n    db.password={CANARY}\n"
        )),
        map(&format!(
            "  app.json: '{{\"password\": \"{CANARY}\", \"url\": \"https://x.vault.azure.net\"}}'\n"
        )),
        map(&format!(
            "  app.json: |\n    {{\"url\": \"https://x.vault.azure.net\", \"clientSecret\": \"{CANARY}\"}}\n"
        )),
        map(&format!(
            "  c: \"Server=x.database.windows.net;User Id=u;Password={CANARY};\"\n"
        )),
        map(&format!(
            "  c: Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey={CANARY}\n"
        )),
        map(&format!(
            "  key: |\n    -----BEGIN PRIVATE KEY-----\n    {CANARY}\n    -----END PRIVATE KEY-----\n"
        )),
        format!(
            "apiVersion: example.com/v1\nkind: Database\nmetadata: {{name: d}}\nspec: {{adminPassword: {CANARY}, host: x.mysql.database.azure.com}}\n"
        ),
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"p\"}},\"spec\":{{\"containers\":[{{\"name\":\"c\",\"image\":\"nginx\",\"env\":[{{\"name\":\"PASSWORD\",\"value\":\"{CANARY}\"}}]}}]}}}}"
        ),
    ];
    texts
        .into_iter()
        .enumerate()
        .map(|(number, text)| (format!("{number}.yaml"), text))
        .collect()
}

/// Texts that would give the canary away: itself, its base64, and parts of both.
fn traces() -> Vec<String> {
    let encoded = STANDARD.encode(CANARY);
    let parts = |text: &str| {
        (0..=text.len() - 6)
            .map(|at| text[at..at + 6].to_owned())
            .collect::<Vec<_>>()
    };
    [parts(CANARY), parts(&encoded)].concat()
}

fn assert_silent(files: &[(&str, &str)], arguments: &[&str]) {
    let folder = folder(files);
    for format in ["text", "json", "sarif"] {
        let run = run(
            folder.path(),
            &[&["scan", "--full", "--format", format][..], arguments].concat(),
        );
        for trace in traces() {
            let shown = run.stdout.contains(&trace) || run.stderr.contains(&trace);
            assert!(
                !shown,
                "{format} shows `{trace}` of {files:?}:\n{}{}",
                run.stdout, run.stderr
            );
        }
    }
}

#[test]
fn no_format_shows_a_credential() {
    for (name, text) in manifests() {
        assert_silent(&[(&name, &text)], &[]);
    }
}

#[test]
fn broken_files_show_no_credential() {
    for (name, text) in manifests() {
        for broken in [
            format!("{text}\n  ]broken: ["),
            format!("{text}\u{0}"),
            format!("<<<<<<< {text}"),
            text[..text.len() - 4].to_owned() + ": *x",
        ] {
            assert_silent(&[(&name, &broken)], &[]);
        }
    }
}

#[test]
fn a_users_rule_cannot_show_a_credential() {
    let rule = "# METADATA\n# title: Shows\n# description: Shows.\n# custom:\n#   id: shows\n#   severity: low\n#   precision: low\n#   family: own\n#   applies_to: any\n#   controls: []\n#   remediation: None.\npackage landfall.rules.own.shows\n\ndeny contains {\"path\": [\"kind\"], \"message\": sprintf(\"%v\", [input]), \"properties\": {\"all\": json.marshal(input)}}\n";
    for (name, text) in manifests() {
        assert_silent(
            &[("rules/shows.rego", rule), (&name, &text)],
            &["--policy", "rules"],
        );
    }
}

#[test]
fn the_canary_would_be_seen() {
    let text = manifests()[0].1.replace("DB_PASSWORD", "GREETING");
    let folder = folder(&[("a.yaml", &text)]);
    let run = run(folder.path(), &["scan", "--full"]);
    assert!(run.stdout.contains("nginx:latest"), "{}", run.stdout);
}

/// Credentials in shapes that tell by themselves what they are, wherever they stand.
fn shapes() -> Vec<String> {
    vec![
        format!("https://u:{CANARY}@x.azurecr.io/a"),
        format!("Server=x.database.windows.net;User Id=u;Password={CANARY};Encrypt=true"),
        format!("{{\"url\": \"https://x.vault.azure.net\", \"clientSecret\": \"{CANARY}\"}}"),
        format!("a: b\npassword: {CANARY}\nurl: https://x.blob.core.windows.net/\n"),
        format!(
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={CANARY}+aB3dE5gH7==;EndpointSuffix=core.windows.net"
        ),
        format!("run --password {CANARY} https://x.azurecr.io"),
        format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"),
        format!("https://x.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig={CANARY}%3D"),
    ]
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("is a folder") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push(path);
        }
    }
}

/// The documents of a file as values; nothing for a file that is broken on purpose.
fn documents(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let documents = serde_yaml::Deserializer::from_str(&text);
    let documents = documents.map_while(|document| Value::deserialize(document).ok());
    documents.take(20).filter(Value::is_object).collect()
}

/// The pointers of all strings, but for what makes the object one of its kind.
fn strings(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let step = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let is_fixed = pointer.is_empty() && matches!(key.as_str(), "apiVersion" | "kind");
                if !is_fixed {
                    strings(value, &step(key), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                strings(value, &step(&index.to_string()), found);
            }
        }
        Value::String(_) => found.push(pointer.to_owned()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// All formats of what a scan of a folder says.
fn everything_said(folder: &Path) -> String {
    let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
    let sources = read(&Request {
        paths: vec![folder.to_path_buf()],
        honour_ignore_files: false,
        reads_templates: false,
    });
    let report = scan(sources, &bundle, &Options::default(), &|| ()).expect("scans");
    let mut out = Vec::new();
    json::write(&report, &mut out).expect("writes");
    sarif::write(&report, &mut out).expect("writes");
    let style = Style {
        color: false,
        width: 400,
        frames: usize::MAX,
    };
    text::write(&report, style, &mut out).expect("writes");
    String::from_utf8(out).expect("is UTF-8")
}

/// Each string of each example and fixture in turn is replaced by a credential, as YAML, as JSON
/// and in a file that breaks off.
#[test]
fn no_string_position_of_any_kind_shows_a_credential() {
    let mut files = Vec::new();
    yaml_files(&root().join("policies/rules"), &mut files);
    yaml_files(&root().join("fixtures"), &mut files);
    files.sort();
    let (shapes, mut planted) = (shapes(), 0);
    let scratch = tempfile::tempdir().expect("a scratch folder");
    for document in files.iter().flat_map(|path| documents(path)) {
        let mut pointers = Vec::new();
        strings(&document, "", &mut pointers);
        for pointer in pointers {
            let mut changed = document.clone();
            let value = changed.pointer_mut(&pointer).expect("is there");
            *value = Value::String(shapes[planted % shapes.len()].clone());
            let yaml = || serde_yaml::to_string(&changed).expect("is YAML");
            let (ending, text) = match planted % 3 {
                0 => ("json", changed.to_string()),
                1 => ("yaml", yaml()),
                _ => ("yaml", format!("{}---\n{}\n  ]broken: [", yaml(), yaml())),
            };
            let name = pointer.replace(|one: char| !one.is_ascii_alphanumeric(), "-");
            let name = format!("{planted}{}.{ending}", &name[..name.len().min(120)]);
            fs::write(scratch.path().join(name), text).expect("is written");
            planted += 1;
        }
    }
    assert!(planted > 1000, "only {planted} positions");
    let said = everything_said(scratch.path());
    let traces = aho_corasick::AhoCorasick::new(traces()).expect("are few");
    let shown = said.lines().filter(|line| traces.is_match(*line));
    let shown: Vec<&str> = shown.map(|line| &line[..line.len().min(300)]).collect();
    assert!(
        shown.is_empty(),
        "{} lines:\n{}",
        shown.len(),
        shown[..40.min(shown.len())].join("\n")
    );
}
