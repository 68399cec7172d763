//! Acceptance of the command line: what a user sees and how a run ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{DEPLOYMENT, folder, landfall, run, run_with_input, write};

const QUIET: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";

#[test]
fn an_empty_folder_is_clean() {
    let folder = folder(&[]);
    let run = run(folder.path(), &["scan"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("no findings"), "{}", run.stdout);
}

#[test]
fn findings_exit_1_and_below_the_threshold_0_in_every_format() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    for format in ["text", "json", "sarif"] {
        let scan = |rest: &[&str]| {
            run(
                folder.path(),
                &[&["scan", "--format", format][..], rest].concat(),
            )
            .status
        };
        assert_eq!(scan(&[]), 1, "{format}");
        assert_eq!(scan(&["--fail-on", "never"]), 0, "{format}");
        assert_eq!(
            scan(&["--rule", "image-tag", "--fail-on", "critical"]),
            0,
            "{format}"
        );
    }
}

#[test]
fn what_cannot_be_read_exits_2_and_the_rest_is_checked() {
    let folder = folder(&[("web.yaml", DEPLOYMENT), ("broken.yaml", "a: [\n")]);
    let run = run(
        folder.path(),
        &["scan", "--format", "json", "--fail-on", "never"],
    );
    assert_eq!(run.status, 2);
    assert!(!run.found().is_empty());
    assert_eq!(run.json()["failures"][0]["path"], "broken.yaml");
}

#[test]
fn a_missing_path_is_a_failure() {
    let folder = folder(&[]);
    let run = run(folder.path(), &["scan", "absent.yaml"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stdout
            .contains("absent.yaml: cannot be read: no such file or directory"),
        "{}",
        run.stdout
    );
}

#[test]
fn standard_input_is_read() {
    let folder = folder(&[]);
    let text = format!("---\n# Source: shop/templates/web.yaml\n{DEPLOYMENT}");
    let run = run_with_input(
        folder.path(),
        &["scan", "-", "--rule", "image-tag", "--format", "json"],
        &text,
    );
    assert_eq!(run.found(), ["image-tag stdin:15"]);
    assert_eq!(
        run.json()["findings"][0]["resource"]["origin"],
        "shop/templates/web.yaml"
    );
}

/// A repository of git in which everything is kept that is there now, whatever is ignored.
fn keep_in_git(folder: &Path) {
    for arguments in [&["init", "-q"][..], &["add", "--force", "."]] {
        let mut git = Command::new("git");
        let status = git.arg("-C").arg(folder).args(arguments).status();
        let status = status.expect("git is installed");
        assert!(status.success());
    }
}

#[test]
fn what_git_keeps_is_read_although_a_pattern_matches_it() {
    let folder = folder(&[
        (".gitignore", "config/\n"),
        (".landfallignore", "config/left.yaml\n"),
        ("config/kept.yaml", DEPLOYMENT),
        ("config/left.yaml", DEPLOYMENT),
    ]);
    let found = || {
        run(
            folder.path(),
            &["scan", "--rule", "image-tag", "--format", "json"],
        )
        .found()
    };
    let kept = ["image-tag config/kept.yaml:13"];
    assert_eq!(
        found(),
        kept,
        "outside a repository a pattern means nothing"
    );
    keep_in_git(folder.path());
    fs::write(folder.path().join("config/new.yaml"), DEPLOYMENT).expect("is written");
    assert_eq!(found(), kept);
    fs::remove_file(folder.path().join(".git/index")).expect("is there");
    assert_eq!(found(), [""; 0], "nothing is kept any more");
}

#[test]
fn ignore_files_count_unless_refused_and_named_files_are_always_read() {
    let folder = folder(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".gitignore", "a.yaml\n"),
        (".landfallignore", "b.yaml\n"),
        ("a.yaml", DEPLOYMENT),
        ("b.yaml", DEPLOYMENT),
        (".venv/c.yaml", DEPLOYMENT),
    ]);
    let found = |arguments: &[&str]| {
        let common = ["--rule", "image-tag", "--format", "json"];
        run(folder.path(), &[&["scan"][..], arguments, &common].concat()).found()
    };
    assert_eq!(found(&[]), [""; 0]);
    assert_eq!(
        found(&["--no-ignore"]),
        ["image-tag a.yaml:13", "image-tag b.yaml:13"]
    );
    assert_eq!(found(&["a.yaml"]), ["image-tag a.yaml:13"]);
    assert_eq!(found(&[".venv"]), ["image-tag .venv/c.yaml:13"]);
}

#[test]
fn hidden_folders_are_read_but_those_of_tools() {
    let folder = folder(&[
        (".deploy/a.yaml", DEPLOYMENT),
        (".github/ISSUE_TEMPLATE/b.yaml", DEPLOYMENT),
        (".terraform/c.yaml", DEPLOYMENT),
    ]);
    let run = run(
        folder.path(),
        &["scan", "--rule", "image-tag", "--format", "json"],
    );
    assert_eq!(run.found(), ["image-tag .deploy/a.yaml:13"]);
}

#[test]
fn policies_that_say_nothing_are_an_error() {
    let folder = folder(&[
        ("web.yaml", DEPLOYMENT),
        ("broken/own.rego", "package own\n\ndeny contains if {\n"),
        ("other/own.rego", "package own\n\ndeny := set()\n"),
    ]);
    for (policy, said) in [
        ("broken", "broken/own.rego:"),
        ("broken/own.rego", "broken/own.rego:"),
        ("other", "no rule at `other`"),
    ] {
        let run = run(folder.path(), &["scan", "--policy", policy]);
        assert_eq!(run.status, 2, "{policy}: {}", run.stdout);
        assert!(run.stderr.contains(said), "{policy}: {}", run.stderr);
    }
}

#[test]
fn settings_of_editors_and_compilers_are_no_broken_manifests() {
    let settings = "{\n  // comment\n  \"a\": 1,\n}\n";
    let folder = folder(&[
        ("tsconfig.json", settings),
        ("conf/server.json", settings),
        (
            "report.json",
            "2026-01-02 10:00:00,1 INFO started\n{\"kind\": \"report\"}\n",
        ),
        (".env.example.yml", "NAME=web\nPORT=80\n\nREPLICAS=1\n"),
    ]);
    for path in [
        ".",
        "tsconfig.json",
        "conf/server.json",
        "report.json",
        ".env.example.yml",
    ] {
        assert_eq!(run(folder.path(), &["scan", path]).status, 0, "{path}");
    }
    for (name, text) in [
        ("cut.json", "{\"a\": "),
        ("object.json", "// comment\n{\"kind\": \"Pod\"}"),
        ("yaml.json", "apiVersion: v1\nkind: Pod\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(run(folder.path(), &["scan", name]).status, 2, "{name}");
    }
}

#[test]
fn a_path_named_twice_is_read_once() {
    let folder = folder(&[("a.yaml", DEPLOYMENT)]);
    let run = run(
        folder.path(),
        &[
            "scan",
            ".",
            "a.yaml",
            "./a.yaml",
            "--rule",
            "image-tag",
            "--format",
            "json",
        ],
    );
    assert_eq!(run.found(), ["image-tag a.yaml:13"]);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_tree_are_told_and_loops_end() {
    let outside = folder(&[("a.yaml", DEPLOYMENT)]);
    let folder = folder(&[("b.yaml", QUIET)]);
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let run = run(folder.path(), &["scan", "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert_eq!(
        run.json()["summary"]["linksNotFollowed"],
        serde_json::json!(["out"])
    );
}

#[test]
fn a_charts_templates_are_no_manifests_and_the_chart_is_named() {
    let folder = folder(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\n"),
        ("chart/templates/web.yaml", "{{ broken"),
        ("chart/crds/crd.yaml", QUIET),
    ]);
    let run = run(folder.path(), &["scan", "--no-render", "--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert_eq!(
        run.json()["summary"]["chartsNotRendered"],
        serde_json::json!(["chart"])
    );
    assert_eq!(run.json()["summary"]["resources"]["objects"], 1);
    let named = common::run(
        folder.path(),
        &[
            "scan",
            "chart/templates/web.yaml",
            "--no-render",
            "--format",
            "json",
        ],
    );
    assert_eq!(named.status, 0, "{}", named.stdout);
    assert_eq!(
        named.json()["summary"]["chartsNotRendered"],
        serde_json::json!(["chart"])
    );
}

#[test]
fn a_kustomizations_patch_is_no_whole_object() {
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: nginx}]}}}\n";
    let folder = folder(&[
        (
            "overlay/kustomization.yaml",
            "patches:\n- path: patch.yaml\n",
        ),
        ("overlay/patch.yaml", patch),
    ]);
    for path in ["overlay", "overlay/patch.yaml"] {
        let run = run(
            folder.path(),
            &[
                "scan", path, "--format", "json", "--family", "network", "--family", "images",
            ],
        );
        let rules: Vec<String> = run.found();
        assert!(
            rules.iter().all(|found| found.starts_with("image-")),
            "{rules:?}"
        );
        assert_eq!(run.json()["summary"]["resources"]["patches"], 1);
    }
}

#[test]
fn what_a_controller_made_is_checked_through_its_owner() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  namespace: shop\n  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-x, controller: true}]\nspec: {containers: [{name: web, image: nginx}]}\n";
    let replicas = "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: web-x\n  namespace: shop\n  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]\nspec: {template: {spec: {containers: [{name: web, image: nginx}]}}}\n";
    let text = format!("{DEPLOYMENT}---\n{replicas}---\n{pod}");
    let scan = |text: &str| {
        let arguments = ["scan", "-", "--rule", "image-tag", "--format", "json"];
        run_with_input(folder(&[]).path(), &arguments, text)
    };
    assert_eq!(scan(&text).found(), ["image-tag stdin:13"]);
    assert_eq!(scan(&text).json()["summary"]["resources"]["owned"], 2);
    assert_eq!(
        scan(pod).found().len(),
        1,
        "an owner that is not there checks nothing"
    );
}

#[test]
fn pods_that_an_operator_makes_are_checked_where_its_resource_has_no_template() {
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: shop\n  ownerReferences: [{apiVersion: shop.example.com/v1, kind: Shop, name: shop, controller: true}]\nspec: {template: {spec: {containers: [{name: web, image: nginx}]}}}\n";
    let owned = |spec: &str| {
        let owner = "apiVersion: shop.example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec:";
        let text = format!("{owner} {spec}\n---\n{set}");
        let arguments = ["scan", "-", "--rule", "image-tag", "--format", "json"];
        run_with_input(folder(&[]).path(), &arguments, &text).json()["summary"]["resources"]["owned"].clone()
    };
    assert_eq!(owned("{version: 1.2.3}"), 0);
    let template = "{template: {spec: {containers: [{name: web, image: nginx}]}}}";
    assert_eq!(owned(template), 1);
}

#[test]
fn what_unit_tests_read_is_passed_over_told_and_read_where_it_is_named() {
    let folder = folder(&[
        ("app/src/test/resources/a.yaml", DEPLOYMENT),
        ("app/testdata/golden/b.yaml", DEPLOYMENT),
        ("app/test/resources/c.yaml", DEPLOYMENT),
        ("app/src/resources/d.yaml", DEPLOYMENT),
    ]);
    let scan = |path: &str| {
        let arguments = ["scan", path, "--rule", "image-tag", "--format", "json"];
        run(folder.path(), &arguments)
    };
    let all = scan(".");
    assert_eq!(
        all.found(),
        [
            "image-tag app/src/resources/d.yaml:13",
            "image-tag app/test/resources/c.yaml:13"
        ]
    );
    assert_eq!(
        all.json()["summary"]["testsNotRead"],
        serde_json::json!(["app/src/test/resources", "app/testdata"])
    );
    for path in ["app/testdata", "app/src/test", "app/src/test/resources"] {
        assert_eq!(scan(path).found().len(), 1, "{path}");
    }
}

#[test]
fn what_only_a_test_tool_applies_is_passed_over() {
    let chainsaw = "apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nspec:\n  steps:\n  - try:\n    - apply: {file: ../policy.yaml}\n    - apply: {file: more/pod.yaml}\n";
    let kyverno = "apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\npolicies: [policy.yaml]\nresources: [pod.yaml, listed.yaml, ../web.yaml]\n";
    let gatekeeper = "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nmetadata: {name: a}\ntests:\n- template: policy.yaml\n  cases:\n  - object: samples/pod.yaml\n";
    let files = [
        ("chainsaw/policy.yaml", DEPLOYMENT),
        ("chainsaw/test/chainsaw-test.yaml", chainsaw),
        ("chainsaw/test/beside.yaml", DEPLOYMENT),
        ("chainsaw/test/more/pod.yaml", DEPLOYMENT),
        ("chainsaw/test/more/other.yaml", DEPLOYMENT),
        ("gatekeeper/policy.yaml", DEPLOYMENT),
        ("gatekeeper/suite.yaml", gatekeeper),
        ("gatekeeper/samples/pod.yaml", DEPLOYMENT),
        ("kuttl/00-install.yaml", DEPLOYMENT),
        ("kuttl/00-assert.yaml", "kind: Pod\n"),
        ("kuttl/web.yaml", DEPLOYMENT),
        ("kyverno/kustomization.yaml", "resources: [listed.yaml]\n"),
        ("kyverno/kyverno-test.yaml", kyverno),
        ("kyverno/policy.yaml", DEPLOYMENT),
        ("kyverno/pod.yaml", DEPLOYMENT),
        ("kyverno/listed.yaml", DEPLOYMENT),
        ("steps/00-install.yaml", DEPLOYMENT),
        ("web.yaml", DEPLOYMENT),
    ];
    let folder = folder(&files);
    let scan = |path: &str| {
        let arguments = [
            "scan",
            path,
            "--no-render",
            "--rule",
            "image-tag",
            "--format",
            "json",
        ];
        run(folder.path(), &arguments)
    };
    let read = [
        "chainsaw/policy.yaml",
        "chainsaw/test/more/other.yaml",
        "gatekeeper/policy.yaml",
        "kuttl/web.yaml",
        "kyverno/listed.yaml",
        "kyverno/policy.yaml",
        "steps/00-install.yaml",
        "web.yaml",
    ];
    let all = scan(".");
    assert_eq!(all.found(), read.map(|file| format!("image-tag {file}:13")));
    let passed = all.json()["summary"]["testsNotRead"].to_string();
    for file in [
        "chainsaw/test/beside.yaml",
        "chainsaw/test/more/pod.yaml",
        "gatekeeper/samples/pod.yaml",
        "kuttl/00-install.yaml",
        "kyverno/pod.yaml",
    ] {
        assert!(passed.contains(file), "{file}");
        assert_eq!(scan(file).found().len(), 1, "{file}");
    }
    assert_eq!(scan("kuttl").found().len(), 2);
}

#[test]
fn outputs_are_paired_with_formats_and_written_whole() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    let arguments = [
        "scan", "--format", "sarif", "--output", "a.sarif", "--format", "json", "--output",
        "b.json", "--format", "text",
    ];
    let run = run(folder.path(), &arguments);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("image-tag"));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("a.sarif").contains("\"2.1.0\""));
    assert!(read("b.json").contains("\"findings\""));
    let absent = common::run(
        folder.path(),
        &["scan", "--format", "json", "--output", "absent/b.json"],
    );
    assert_eq!(absent.status, 2);
    assert!(
        absent
            .stderr
            .contains("error: cannot write `absent/b.json`"),
        "{}",
        absent.stderr
    );
    assert!(
        absent.stderr.contains("cause: ") && absent.stderr.contains("help: "),
        "{}",
        absent.stderr
    );
}

#[cfg(unix)]
#[test]
fn an_output_that_is_no_file_is_written_through() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = folder(&[("web.yaml", DEPLOYMENT), ("report.json", "{}")]);
    std::os::unix::fs::symlink("report.json", folder.path().join("link.json")).unwrap();
    for output in ["link.json", "/dev/null"] {
        let arguments = ["scan", "web.yaml", "--format", "json", "--output", output];
        let run = run(folder.path(), &arguments);
        assert_eq!(run.status, 1, "{}", run.stderr);
    }
    let about = std::fs::symlink_metadata(folder.path().join("link.json")).unwrap();
    assert!(about.is_symlink());
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    assert!(report.contains("\"findings\""), "{report}");
    let device = std::fs::metadata("/dev/null").unwrap().file_type();
    assert!(device.is_char_device());
}

#[test]
fn an_output_without_a_format_of_its_own_is_refused() {
    let folder = folder(&[]);
    assert_eq!(
        run(
            folder.path(),
            &["scan", "--format", "json", "--output", "a", "--output", "b"]
        )
        .status,
        2
    );
    assert_eq!(
        run(
            folder.path(),
            &["scan", "--format", "json", "--format", "text"]
        )
        .status,
        2
    );
}

#[test]
fn wrong_command_lines_exit_2() {
    let folder = folder(&[]);
    for arguments in [
        &["scan", "--unknown"][..],
        &["scan", "--rule", "no-such-rule"],
        &["scan", "--family", "none"],
        &["scan", "--fail-on", "huge"],
        &["scan", "--registry", "https://harbor.example.com"],
        &["scan", "--threads", "0"],
        &["explain", "no-such-rule"],
        &["test", "absent"],
        &[],
    ] {
        let run = run(folder.path(), arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(
            !run.stderr.is_empty() && run.stdout.is_empty(),
            "{arguments:?}: {}",
            run.stdout
        );
    }
}

#[test]
fn the_configuration_is_found_upwards_and_wrong_ones_are_told_with_their_line() {
    let folder = folder(&[
        (
            "landfall.yaml",
            "registries: [docker.io/library]\nrules: [image-registry]\n",
        ),
        ("deploy/web.yaml", DEPLOYMENT),
    ]);
    let deploy = folder.path().join("deploy");
    assert_eq!(run(&deploy, &["scan"]).status, 0);
    write(folder.path(), "landfall.yaml", b"rules: []\nregistry: x\n");
    let wrong = run(&deploy, &["scan"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong
            .stderr
            .contains("landfall.yaml:2: unknown field `registry`"),
        "{}",
        wrong.stderr
    );
    write(
        folder.path(),
        "landfall.yaml",
        b"rules: []\n\nfail-on: huge\n",
    );
    assert!(run(&deploy, &["scan"]).stderr.contains("landfall.yaml:3: "));
    assert_eq!(run(&deploy, &["scan", "--config", "absent.yaml"]).status, 2);
}

const RULE: &str = "# METADATA\n# title: No owner\n# description: Nobody is asked.\n# custom:\n#   id: no-owner\n#   severity: low\n#   precision: high\n#   family: own\n#   applies_to: [Service]\n#   controls: [gdpr/32]\n#   remediation: Add the label.\npackage landfall.rules.own.no_owner\n\nimport data.landfall.lib.violation\n\ndeny contains violation.at([\"metadata\", \"name\"], \"no owner\") if not input.metadata.labels.owner\n";

#[test]
fn a_users_rule_runs_beside_the_bundled_ones() {
    let folder = folder(&[("rules/no_owner.rego", RULE), ("web.yaml", QUIET)]);
    let run = run(
        folder.path(),
        &["scan", "--policy", "rules", "--format", "json"],
    );
    assert_eq!(run.found(), ["no-owner web.yaml:3"]);
    let listed = common::run(folder.path(), &["rules", "--policy", "rules"]);
    assert!(listed.stdout.contains("no-owner"));
}

#[test]
fn rules_that_break_the_contract_are_refused_with_their_line() {
    let cases = [
        (
            RULE.replace("#   family: own\n", ""),
            "missing field `family`",
        ),
        (
            RULE.replace("severity: low", "severity: tiny"),
            "no_owner.rego:6: METADATA",
        ),
        (
            RULE.replace("gdpr/32", "gdpr/999"),
            "no_owner.rego:10: the control `gdpr/999`",
        ),
        (
            RULE.replace("#   id: no-owner", "#   colour: red\n#   id: no-owner"),
            "no_owner.rego:5: METADATA: ",
        ),
        (
            RULE.replace("no-owner", "image-tag")
                .replace("no_owner", "image_tag"),
            "the rule id `image-tag` is taken",
        ),
        (
            RULE.replace("deny contains", "deny contains ]"),
            "rules/no_owner.rego:16:",
        ),
        (
            RULE.replace("violation.at(", "violation.on("),
            "rules/no_owner.rego",
        ),
        (RULE.replace("# METADATA\n", ""), "a rule without METADATA"),
    ];
    for (source, expected) in cases {
        let folder = folder(&[("rules/no_owner.rego", &source), ("web.yaml", QUIET)]);
        let run = run(folder.path(), &["scan", "--policy", "rules"]);
        assert_eq!(run.status, 2, "{expected}: {}", run.stdout);
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
        assert!(run.stderr.contains("help: "), "{}", run.stderr);
    }
}

#[test]
fn a_rule_that_fails_at_run_time_hides_no_other_finding() {
    let failing = RULE.replace(
        "if not input.metadata.labels.owner",
        "if 1 + input.kind == 2",
    );
    let other = RULE
        .replace("no-owner", "other-rule")
        .replace("no_owner", "other_rule");
    let folder = folder(&[
        ("rules/no_owner.rego", &failing),
        ("rules/other_rule.rego", &other),
        ("web.yaml", QUIET),
    ]);
    let run = run(
        folder.path(),
        &["scan", "--policy", "rules", "--format", "json"],
    );
    assert_eq!(run.status, 2);
    assert_eq!(run.found(), ["other-rule web.yaml:3"]);
    assert_eq!(run.json()["failures"][0]["rule"], "no-owner");
}

#[test]
fn a_violation_may_lower_its_severity_and_link_another_resource() {
    let linked = RULE.replace(
        "violation.at([\"metadata\", \"name\"], \"no owner\")",
        "violation.with_related(violation.with_severity(violation.at([\"metadata\", \"name\"], \"no owner\"), \"low\"), [{\"resource\": 0, \"path\": [\"kind\"], \"message\": \"the first\"}])",
    );
    let linked = linked.replace("severity: low", "severity: high");
    let folder = folder(&[
        ("rules/no_owner.rego", &linked),
        ("a.yaml", DEPLOYMENT),
        ("web.yaml", QUIET),
    ]);
    let scan = |rest: &[&str]| {
        let arguments = [
            "scan", "--policy", "rules", "--rule", "no-owner", "--format",
        ];
        run(folder.path(), &[&arguments[..], rest].concat())
    };
    let found = scan(&["json", "--fail-on", "medium"]);
    assert_eq!(found.status, 0, "{}{}", found.stdout, found.stderr);
    let finding = &found.json()["findings"][0];
    assert_eq!(finding["severity"], "low");
    assert_eq!(finding["related"][0]["location"]["path"], "a.yaml");
    assert_eq!(finding["related"][0]["location"]["line"], 2);
    assert!(scan(&["json", "--severity", "medium"]).found().is_empty());
    let text = scan(&["text"]).stdout;
    let frame = text.find("web.yaml:").expect("the frame is drawn");
    let see = text.find("   see a.yaml:2:7 the first\n");
    assert!(see.is_some_and(|see| see > frame), "{text}");
}

#[test]
fn a_rule_yields_where_another_says_more_of_the_same_characters() {
    let yielding = RULE
        .replace("no-owner", "any-name")
        .replace("no_owner", "any_name")
        .replace("#   severity", "#   yields_to: [no-owner]\n#   severity");
    let folder = folder(&[
        ("rules/no_owner.rego", RULE),
        ("rules/any_name.rego", &yielding),
        ("web.yaml", QUIET),
    ]);
    let scan = |rest: &[&str]| {
        let arguments = ["scan", "--policy", "rules", "--format", "json"];
        run(folder.path(), &[&arguments[..], rest].concat()).found()
    };
    assert_eq!(scan(&[]), ["no-owner web.yaml:3"]);
    assert_eq!(scan(&["--rule", "any-name"]), ["any-name web.yaml:3"]);
    let unknown = yielding.replace("[no-owner]", "[no-such-rule]");
    common::write(folder.path(), "rules/any_name.rego", unknown.as_bytes());
    let refused = run(folder.path(), &["scan", "--policy", "rules"]);
    assert_eq!(refused.status, 2);
    assert!(
        refused.stderr.contains("no-such-rule"),
        "{}",
        refused.stderr
    );
}

#[test]
fn data_changes_what_rules_read() {
    let folder = folder(&[
        (
            "web.yaml",
            &DEPLOYMENT.replace("nginx:latest", "nginx:acceptance"),
        ),
        ("data.yaml", "settings: {disallowed_tags: [acceptance]}\n"),
        ("list.yaml", "- a\n"),
    ]);
    let scan = |rest: &[&str]| {
        run(
            folder.path(),
            &[&["scan", "web.yaml", "--rule", "image-tag"][..], rest].concat(),
        )
    };
    assert_eq!(scan(&[]).status, 0);
    assert_eq!(scan(&["--data", "data.yaml"]).status, 1);
    let wrong = scan(&["--data", "list.yaml"]);
    assert_eq!(wrong.status, 2);
    assert!(
        wrong
            .stderr
            .contains("list.yaml:1: the data file is no mapping"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn registries_are_compared_at_their_boundary() {
    let image = |name: &str| DEPLOYMENT.replace("nginx:latest", &format!("{name}:1.0"));
    let folder = folder(&[
        ("a.yaml", &image("harbor.example.com/shop/web")),
        ("b.yaml", &image("harbor.example.com.evil.io/shop/web")),
        ("c.yaml", &image("harbor.example.com:5000/shop/web")),
    ]);
    let arguments = [
        "scan",
        "--rule",
        "image-registry",
        "--registry",
        "harbor.example.com",
        "--format",
        "json",
    ];
    let run = run(folder.path(), &arguments);
    assert_eq!(
        run.found(),
        ["image-registry b.yaml:13", "image-registry c.yaml:13"]
    );
}

#[test]
fn duplicate_keys_are_a_warning_and_the_last_counts() {
    let folder = folder(&[(
        "web.yaml",
        &format!("{DEPLOYMENT}          image: harbor.example.com/web:1.0\n"),
    )]);
    let run = run(
        folder.path(),
        &["scan", "--rule", "image-tag", "--format", "json"],
    );
    assert_eq!((run.status, run.found().len()), (0, 0));
    assert_eq!(run.json()["warnings"][0]["region"]["line"], 14);
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    let files: Vec<(String, String)> = (0..40)
        .map(|number| {
            (
                format!("{number}.yaml"),
                DEPLOYMENT.replace("name: web", &format!("name: web{number}")),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let folder = folder(&files);
    for format in ["text", "json", "sarif"] {
        let with = |threads| {
            run(
                folder.path(),
                &["scan", "--format", format, "--threads", threads],
            )
            .stdout
        };
        assert_eq!(with("1"), with("7"), "{format}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    let mut child = landfall(folder.path())
        .args(["scan", "--format", "sarif"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(1), &b""[..])
    );
}

#[test]
fn colour_is_used_where_it_is_asked_for() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    let escapes = |color| {
        run(folder.path(), &["scan", "--color", color])
            .stdout
            .contains('\u{1b}')
    };
    assert!(!escapes("auto") && !escapes("never") && escapes("always"));
}

#[test]
fn a_manifest_cannot_steer_the_terminal() {
    let text = DEPLOYMENT.replace(
        "name: web\n  namespace",
        "name: \"\\x1b[2Jweb\"\n  namespace",
    );
    let folder = folder(&[("web.yaml", &text)]);
    let run = run(folder.path(), &["scan"]);
    assert!(
        run.stdout.contains("[2Jweb") && !run.stdout.contains('\u{1b}'),
        "{}",
        run.stdout
    );
}

#[test]
fn text_fits_eighty_columns() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    let run = run(folder.path(), &["scan"]);
    let wide: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.chars().count() > 80)
        .collect();
    assert!(wide.is_empty(), "{wide:?}");
}

#[test]
fn explain_tells_a_rule_in_full() {
    let folder = folder(&[]);
    let run = run(folder.path(), &["explain", "image-tag"]);
    for part in [
        "Why",
        "How to fix",
        "Found (bad.yaml)",
        "Left alone (good.yaml)",
        "Relates to",
        "See",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn inputs_are_what_rules_see() {
    let folder = folder(&[("web.yaml", DEPLOYMENT)]);
    let run = run(folder.path(), &["inputs"]);
    let input: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(input["kind"], "Deployment");
    assert_eq!(
        input["landfall"]["images"][0]["name"],
        "docker.io/library/nginx"
    );
}
