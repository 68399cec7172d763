//! Secrets never leave: canaries stand wherever credentials stand, and no format shows them, in
//! clear, in base64 or in part, also when the file is broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{folder, run};

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
