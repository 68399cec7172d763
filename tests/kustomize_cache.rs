//! What kustomize built is kept for the next scan. Real kustomize, behind a script that counts.

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

const KUSTOMIZE: &str = "#!/bin/sh\n[ \"$1\" = version ] && [ -e \"$TMPDIR/other\" ] && echo v9.0.0 && exit\necho \"$@\" >> \"$TMPDIR/log\"\nPATH=${PATH#*:} exec kustomize \"$@\"\n";

/// A kustomization on a base, beside its cache, and the kustomize that all its scans use.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let folder = common::folder(&[
            ("shop/base/kustomization.yaml", "resources: [web.yaml]\n"),
            (
                "shop/base/web.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web}]}\n",
            ),
            (
                "shop/prod/kustomization.yaml",
                "resources: [../base]\nnamespace: prod\nconfigMapGenerator:\n- {name: settings, files: [app.txt]}\n- {name: more, envs: [app.env]}\n",
            ),
            ("shop/prod/app.txt", "url=https://shop.example.com\n"),
            ("shop/prod/app.env", "# of the shop\nLEVEL=info\n"),
        ]);
        write(folder.path(), "bin/kustomize", KUSTOMIZE.as_bytes());
        let kustomize = folder.path().join("bin/kustomize");
        fs::set_permissions(kustomize, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        write(self.path(), path, text.as_bytes());
    }

    /// A scan, and how often kustomize built for it.
    fn scan(&self, more: &[&str]) -> (Run, usize) {
        let log = self.path().join("tmp/log");
        let _ = fs::remove_file(&log);
        let bin = self.path().join("bin");
        let output = landfall(self.path())
            .env("PATH", format!("{}:{}", bin.display(), path_with_helm()))
            .env("TMPDIR", self.path().join("tmp"))
            .env("LANDFALL_CACHE_DIR", self.path().join("cache"))
            .args(["scan", "shop", "--format", "json", "--fail-on", "never"])
            .args(more)
            .output()
            .expect("the binary runs");
        let runs = fs::read_to_string(&log).unwrap_or_default();
        let runs = runs.lines().filter(|line| line.starts_with("build"));
        (output.into(), runs.count())
    }
}

#[test]
fn an_unchanged_kustomization_is_not_built_again() {
    let shop = Shop::new();
    let (first, runs) = shop.scan(&["--verbose"]);
    assert_eq!(runs, 2, "as it is, and with marks: {}", first.stderr);
    assert!(first.stdout.contains("image-tag"), "{}", first.stdout);
    let (second, runs) = shop.scan(&["--verbose"]);
    assert_eq!(runs, 0);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(first.stderr, second.stderr);
    assert_eq!(shop.scan(&["--no-cache"]).1, 2);
}

#[test]
fn whatever_the_build_reads_makes_it_another() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'web:1'}]}\n";
    let base = "resources: [web.yaml]\nnamePrefix: new-\n";
    for (path, text) in [
        ("shop/base/web.yaml", pod),
        ("shop/base/kustomization.yaml", base),
        ("shop/prod/app.txt", "url=https://other.example.com\n"),
        ("shop/prod/app.env", "LEVEL=debug\n"),
        ("tmp/other", ""),
    ] {
        let shop = Shop::new();
        shop.scan(&[]);
        shop.write(path, text);
        let (run, runs) = shop.scan(&[]);
        assert_eq!(runs, 2, "{path}: {}", run.stderr);
        assert_eq!(shop.scan(&[]).1, 0, "{path}");
    }
    let shop = Shop::new();
    shop.scan(&[]);
    shop.write("shop/prod/kustomization.yml", "namespace: prod\n");
    let (run, _) = shop.scan(&[]);
    assert_eq!(run.status, 2, "of two files kustomize takes none");
}

#[test]
fn what_may_read_more_than_is_known_is_built_each_time() {
    let variables = "LEVEL\n";
    let plugin = "resources: [../base]\ntransformers: [labels.yaml]\n";
    let labels = "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: a}\nlabels: {app: a}\nfieldSpecs: [{path: metadata/labels, create: true}]\n";
    for (path, text) in [
        ("shop/prod/app.env", variables),
        ("shop/prod/kustomization.yaml", plugin),
    ] {
        let shop = Shop::new();
        shop.write("shop/prod/labels.yaml", labels);
        shop.write(path, text);
        let (first, runs) = shop.scan(&[]);
        assert!(runs >= 2, "{path}: {}", first.stderr);
        let (second, again) = shop.scan(&[]);
        assert_eq!(again, runs, "{path}");
        assert_eq!(first.stdout, second.stdout, "{path}");
    }
}
