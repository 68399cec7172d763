//! What helm printed is kept for the next scan, sealed. Real helm, behind a script that counts.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use common::{Run, landfall, path_with_helm, write};
use tempfile::TempDir;

const SECRET: &str = "kX9vQ2mP7wR4tZ8sL1nB";

/// A chart beside its cache, and the helm that all its scans use.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new(template: &str) -> Self {
        let folder = common::folder(&[
            (
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 0.1.0\n",
            ),
            ("web/templates/secret.yaml", template),
            (
                "web/values.yaml",
                &format!("password: {SECRET}\nimage: web:latest\n"),
            ),
            ("prod.yaml", "image: web:1\n"),
        ]);
        let helm = "#!/bin/sh\n[ \"$1\" = version ] && [ -e \"$TMPDIR/other\" ] && echo v9 && exit\necho \"$@\" >> \"$TMPDIR/log\"\nPATH=${PATH#*:} exec helm \"$@\"\n";
        write(folder.path(), "bin/helm", helm.as_bytes());
        let helm = folder.path().join("bin/helm");
        fs::set_permissions(helm, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A scan, and how often helm rendered for it.
    fn scan(&self, more: &[&str]) -> (Run, usize) {
        let log = self.path().join("tmp/log");
        let _ = fs::remove_file(&log);
        let bin = self.path().join("bin");
        let output = landfall(self.path())
            .env("PATH", format!("{}:{}", bin.display(), path_with_helm()))
            .env("TMPDIR", self.path().join("tmp"))
            .env("LANDFALL_CACHE_DIR", self.path().join("cache"))
            .args(["scan", "web", "--format", "json", "--fail-on", "never"])
            .args(more)
            .output()
            .expect("the binary runs");
        let runs = fs::read_to_string(&log).unwrap_or_default();
        let runs = runs.lines().filter(|line| line.starts_with("template"));
        (output.into(), runs.count())
    }

    fn entries(&self) -> Vec<Vec<u8>> {
        let entries = fs::read_dir(self.path().join("cache"))
            .into_iter()
            .flatten();
        entries
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }
}

const TEMPLATE: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  password: {{ .Values.password }}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: {{ .Values.image }}}
";

#[test]
fn an_unchanged_chart_is_not_rendered_again() {
    let shop = Shop::new(TEMPLATE);
    let (first, runs) = shop.scan(&["--verbose"]);
    assert!(runs >= 2, "{runs}: the chart, and the chart with marks");
    assert!(
        first.stdout.contains("secret-in-manifest"),
        "{}",
        first.stdout
    );
    let (second, runs) = shop.scan(&["--verbose"]);
    assert_eq!(runs, 0);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(first.stderr, second.stderr);
}

/// Marks on what a template chooses by, or takes for a truth, would make helm refuse.
#[test]
fn a_chart_that_chooses_by_its_values_is_rendered_twice() {
    let preset = "{{ define \"preset\" }}{{ $all := dict \"nano\" \"10m\" }}{{ if hasKey $all .type }}{{ index $all .type }}{{ else }}{{ fail \"unknown\" }}{{ end }}{{ end }}";
    let template = format!(
        "{TEMPLATE}      resources: {{limits: {{cpu: '{{{{ include \"preset\" (dict \"type\" .Values.size) }}}}'}}}}\n      args: ['{{{{ tpl .Values.argument . }}}}']\n{preset}"
    );
    let shop = Shop::new(&template.replace(
        "    - {name: web, image: {{ .Values.image }}}",
        "    - name: web\n      image: {{ .Values.image }}",
    ));
    let values = format!(
        "password: {SECRET}\nimage: web:latest\nsize: nano\nargument: '--on={{{{ ternary 1 0 .Values.isOn }}}}'\nisOn: true\n"
    );
    write(shop.path(), "web/values.yaml", values.as_bytes());
    let notes = b"{{ if not (kindIs \"bool\" .Values.isOn) }}{{ fail \"no\" }}{{ end }}";
    write(shop.path(), "web/templates/NOTES.txt", notes);
    let (run, runs) = shop.scan(&[]);
    assert_eq!(runs, 2, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_chart_that_lacks_charts_is_refused_once_for_all_values() {
    let shop = Shop::new(TEMPLATE);
    let about = "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: gone, version: 1.0.0, repository: 'https://charts.example.com'}]\n";
    write(shop.path(), "web/Chart.yaml", about.as_bytes());
    for name in ["dev", "prod"] {
        let values = format!("image: web:{name}\n");
        write(
            shop.path(),
            &format!("web/values-{name}.yaml"),
            values.as_bytes(),
        );
    }
    let (run, runs) = shop.scan(&["--no-cache"]);
    // The refusal, which the chart with marks may meet at the same time, and what is left of the chart with each of
    // the three, as it is and with marks.
    assert!(
        (7..=8).contains(&runs),
        "{runs}: {}{}",
        run.stdout,
        run.stderr
    );
    let reason = run.json()["failures"][0]["reason"].to_string();
    assert!(reason.contains("(in: default, dev, prod)"), "{reason}");
}

#[test]
fn whatever_helm_is_given_counts() {
    let shop = Shop::new(TEMPLATE);
    let is_new = |more: &[&str]| {
        let (_, runs) = shop.scan(more);
        assert_eq!(shop.scan(more).1, 0, "{more:?}");
        runs > 0
    };
    assert!(is_new(&[]));
    assert!(is_new(&["--kube-version", "1.31.0"]));
    assert!(is_new(&["--values", "prod.yaml"]));
    write(shop.path(), "prod.yaml", b"image: web:2\n");
    assert!(is_new(&["--values", "prod.yaml"]));
    assert!(is_new(&["--set", "image=web:3"]));
    assert!(is_new(&["--set", "image=web:4"]));
    write(
        shop.path(),
        "web/templates/_x.tpl",
        b"{{ define \"x\" }}x{{ end }}",
    );
    assert!(is_new(&[]));
    write(
        shop.path(),
        "web/values.yaml",
        b"password: other\nimage: web:1\n",
    );
    assert!(is_new(&[]));
}

#[test]
fn another_helm_behind_the_same_script_counts() {
    let shop = Shop::new(TEMPLATE);
    shop.scan(&[]);
    assert_eq!(shop.scan(&[]).1, 0);
    write(shop.path(), "tmp/other", b"");
    assert!(shop.scan(&[]).1 > 0);
}

#[test]
fn a_file_that_templates_read_counts() {
    let shop = Shop::new(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: {{ .Files.Get \".motd\" | quote }}\n",
    );
    write(shop.path(), "web/.motd", b"one");
    shop.scan(&[]);
    assert_eq!(shop.scan(&[]).1, 0);
    write(shop.path(), "web/.motd", b"two");
    assert!(shop.scan(&[]).1 > 0);
}

#[test]
fn nothing_that_is_kept_tells_a_value() {
    let shop = Shop::new(TEMPLATE);
    shop.scan(&["--set", &format!("token={SECRET}")]);
    let entries = shop.entries();
    assert!(entries.len() >= 2);
    let holds = |bytes: &[u8], text: &str| {
        let mut parts = bytes.windows(text.len());
        parts.any(|part| part == text.as_bytes())
    };
    for entry in entries {
        for text in [SECRET, "password", "kind:", "templates/"] {
            assert!(!holds(&entry, text), "{text}");
        }
    }
}

#[test]
fn a_spoilt_entry_is_rendered_again() {
    let shop = Shop::new(TEMPLATE);
    let (first, _) = shop.scan(&[]);
    for entry in fs::read_dir(shop.path().join("cache")).unwrap() {
        fs::write(entry.unwrap().path(), "spoilt").unwrap();
    }
    let (second, runs) = shop.scan(&[]);
    assert!(runs > 0);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(shop.scan(&[]).1, 0);
}

#[test]
fn what_helm_makes_up_is_known_for_that_the_next_time_too() {
    let template = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: {{ randAlphaNum 20 | quote }}\n";
    let shop = Shop::new(template);
    let (first, _) = shop.scan(&[]);
    let (second, runs) = shop.scan(&[]);
    assert_eq!(runs, 0);
    let found = second.found();
    assert!(
        found.iter().all(|one| !one.contains("templates/")),
        "{found:?}"
    );
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn a_chart_that_looks_at_the_clock_is_always_rendered() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  at: {{ now | date \"2006\" | quote }}\n";
    let shop = Shop::new(template);
    shop.scan(&[]);
    assert!(shop.scan(&[]).1 > 0);
}

#[test]
fn a_chart_that_helm_refuses_is_a_failure_each_time() {
    let shop = Shop::new("a: {{ required \"give a name\" .Values.name }}\n");
    let (first, runs) = shop.scan(&[]);
    assert_eq!(first.status, 2, "{}", first.stderr);
    assert!(runs > 0);
    let (second, runs) = shop.scan(&[]);
    assert_eq!(second.status, 2, "{}", second.stderr);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(runs, 0, "it would refuse again");
}

#[test]
fn without_a_cache_nothing_is_kept_or_asked() {
    let shop = Shop::new(TEMPLATE);
    assert!(shop.scan(&["--no-cache"]).1 > 0);
    assert!(shop.entries().is_empty());
    shop.scan(&[]);
    assert!(shop.scan(&["--no-cache"]).1 > 0);
}
