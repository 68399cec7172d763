//! Credentials on a truth set: every kind of place with something to find and what looks alike.
//! Precision and recall are printed, and both are one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measures"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{folder, root, run};

/// `rule path:line` of every mark in `fixtures/credentials`; `expect(+N)` means N lines further
/// down, `expect(N times)` several findings on one line.
fn marks() -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for entry in fs::read_dir(root().join("fixtures/credentials")).expect("there are fixtures") {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("is readable");
        for (position, line) in text.lines().enumerate() {
            let (distance, rules) = if let Some((_, rules)) = line.split_once("expect: ") {
                (0, rules)
            } else if let Some((_, rest)) = line.split_once("expect(+") {
                let (distance, rules) = rest.split_once("): ").expect("is expect(+N): rule");
                (distance.parse().expect("a number"), rules)
            } else {
                continue;
            };
            for rule in rules
                .split_whitespace()
                .take_while(|rule| rule.contains('-'))
            {
                let rule = rule.trim_matches(|one: char| !one.is_alphanumeric());
                marks.insert(format!("{rule} {name}:{}", position + 1 + distance));
            }
        }
    }
    marks
}

#[test]
fn precision_and_recall_are_one_on_the_truth_set() {
    let run = run(
        &root().join("fixtures/credentials"),
        &[
            "scan",
            ".",
            "--family",
            "credentials",
            "--format",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (expected, found) = (marks(), run.found());
    let unique: BTreeSet<String> = found.iter().cloned().collect();
    let right = unique.intersection(&expected).count();
    println!(
        "{} marked, {} found: precision {:.3}, recall {:.3}",
        expected.len(),
        found.len(),
        right as f64 / unique.len() as f64,
        right as f64 / expected.len() as f64
    );
    let missed: Vec<&String> = expected.difference(&unique).collect();
    let wrong: Vec<&String> = unique.difference(&expected).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed {missed:#?}\nfalse {wrong:#?}"
    );
    assert_eq!(
        found.len(),
        unique.len(),
        "a line has two findings of one rule"
    );
    let approximate = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["location"]["approximate"] == true)
        .count();
    assert_eq!(approximate, 0, "every mark is exact");
}

/// One credential is one finding: whatever fits besides, the first in the order of precedence
/// speaks.
#[test]
fn the_more_specific_rule_speaks() {
    let key = "-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEAx1y2z3A4B5C6D7E8F9G0H1I2J3K4L5M6N7O8P9Q0R1S2T3U4\\n-----END PRIVATE KEY-----\\n";
    for (entry, rule) in [
        ("HARBOR_ADMIN_PASSWORD: Harbor12345", "default-password"),
        ("password: changeme", "weak-password"),
        (&format!("password: \"{key}\""), "private-key"),
        ("token: glpat-aB3dE5gH7jK9mN1pQ3sT", "access-token"),
        ("password: hQ7tr99x", "hardcoded-password"),
        ("licence: k7-XX31-99ab-Zq", "secret-in-manifest"),
        (
            "password: hQ7tr99x, licence: k7-XX31-99ab-Zq",
            "hardcoded-password",
        ),
    ] {
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{{entry}}}\n"
        );
        let folder = folder(&[("a.yaml", &text)]);
        let run = run(
            folder.path(),
            &["scan", ".", "--format", "json", "--fail-on", "never"],
        );
        assert_eq!(run.found(), [format!("{rule} a.yaml:4")], "{entry}");
    }
}

#[test]
fn named_templates_of_charts_that_are_not_rendered_have_literals() {
    let helpers = "\
{{- define \"shop.password\" -}}
{{ .Values.password | default \"hQ7tr99x\" }}
{{- end -}}
{{- define \"shop.name\" -}}
{{ .Values.name | default \"hQ7tr99x\" }}{{ .Values.passwordKey | default \"password\" }}
{{- end -}}
";
    let folder = folder(&[
        ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("templates/_helpers.tpl", helpers),
        ("other/_helpers.tpl", helpers),
    ]);
    let fixed = ["scan", ".", "--no-render", "--format", "json", "--fail-on"];
    let run = run(folder.path(), &[&fixed[..], &["never"]].concat());
    let expected = "hardcoded-password templates/_helpers.tpl:2";
    assert_eq!(run.found(), [expected]);
}

/// What a scan of files tells, as `rule path:line`.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let fixed = ["scan", ".", "--no-render", "--family", "credentials"];
    let output = ["--format", "json", "--fail-on", "never"];
    run(folder.path(), &[&fixed[..], &output].concat()).found()
}

#[test]
fn values_that_a_command_hands_to_helm_are_read() {
    let values = "auth:\n  rootPassword: hQ7tr99x\n";
    let install =
        "helm upgrade --install db db \\\n  --repo https://example.com --values helm.yml\n";
    let found = ["hardcoded-password db/helm.yml:2"];
    let files = |script| [("db/helm.yml", values), ("db/install.sh", script)];
    assert_eq!(told(&files(install)), found);
    assert_eq!(
        told(&files("kubectl apply -f helm.yml # no helm here\n")),
        [""; 0]
    );
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: helm upgrade db x -f db/helm.yml\n";
    let pipeline = (".github/workflows/a.yml", workflow);
    assert_eq!(told(&[("db/helm.yml", values), pipeline]), found);
}

#[test]
fn values_of_any_name_are_known_by_their_keys_and_by_a_guide() {
    let values = "auth:\n  rootPassword: hQ7tr99x\n";
    let found = ["hardcoded-password db/dev.yml:2"];
    let guide = "That's how:\n\n    helm install db x/db \\\n      -f dev.yml\n";
    let told = |values: &str, guide: &str| told(&[("db/dev.yml", values), ("db/README.md", guide)]);
    assert_eq!(told(values, guide), found);
    assert_eq!(told(values, "See dev.yml for helm -f.\n"), [""; 0]);
    assert_eq!(told(&format!("{values}nameOverride: db\n"), ""), found);
    assert_eq!(told(&format!("{values}name: db\n"), ""), [""; 0]);
}

#[test]
fn what_a_pipeline_applies_is_told_once() {
    let run = "kubectl create secret generic a --from-literal=root-password=hQ7tr99x";
    let applied = "          apiVersion: v1\n          kind: Secret\n          metadata: {name: a}\n          stringData:\n            password: hQ7tr99x\n";
    let workflow = format!(
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {run}\n      - run: |\n          kubectl apply -f - <<EOF\n{applied}          EOF\n"
    );
    assert_eq!(
        told(&[(".github/workflows/a.yml", &workflow)]),
        [
            "hardcoded-password .github/workflows/a.yml:6",
            "hardcoded-password .github/workflows/a.yml:13",
        ]
    );
    let gitlab = format!("deploy:\n  script:\n    - \"{run}\"\n    - echo done\n");
    assert_eq!(
        told(&[(".gitlab-ci.yml", &gitlab)]),
        ["hardcoded-password .gitlab-ci.yml:3"]
    );
}

#[test]
fn commands_of_any_pipeline_are_read() {
    let login = "docker login -u a -p hQ7tr99x r.example.com";
    let given = "PGPASSWORD=hQ7tr99x psql -h db.example.com -c x";
    for (path, text, lines) in [
        (
            ".github/workflows/a.yml",
            format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: {login}\n    - run: {given}\n"
            ),
            &[6, 7][..],
        ),
        (
            ".gitlab-ci.yml",
            format!("deploy:\n  before_script:\n  - {login}\n  script: [make, '{given}']\n"),
            &[3, 4],
        ),
        (
            "azure-pipelines.yml",
            format!(
                "trigger: [main]\nsteps:\n- bash: {login}\n- pwsh: ./deploy.ps1 -Password 'hQ7tr99y'; {login}\n"
            ),
            &[3, 4, 4],
        ),
        (
            ".circleci/config.yml",
            format!(
                "jobs:\n  a:\n    docker:\n    - image: cimg/base:1\n    - image: cimg/postgres:1\n      environment: {{POSTGRES_PASSWORD: hQ7tr99x}}\n    steps:\n    - run: {login}\n    - run:\n        command: {given}\n"
            ),
            &[8, 10],
        ),
        (
            ".buildkite/pipeline.yml",
            format!(
                "steps:\n- command: {login}\n- commands:\n  - {given}\n  plugins:\n  - docker-login#v3: {{username: a, password-env: LOGIN_PASSWORD}}\n"
            ),
            &[2, 4],
        ),
        (
            ".drone.yml",
            format!(
                "kind: pipeline\nsteps:\n- name: a\n  environment: {{DB_PASSWORD: {{from_secret: db_password}}}}\n  commands:\n  - {login}\nservices:\n- name: db\n  environment: {{POSTGRES_PASSWORD: hQ7tr99x}}\n"
            ),
            &[6],
        ),
        (
            "buildspec.yml",
            format!(
                "env:\n  parameter-store: {{DB_PASSWORD: /shop/password}}\n  secrets-manager: {{API_TOKEN: 'prod/shop:token'}}\nphases:\n  build:\n    commands:\n    - {login}\n"
            ),
            &[7],
        ),
        (
            "bitbucket-pipelines.yml",
            format!(
                "pipelines:\n  default:\n  - step:\n      script:\n      - {login}\n      - docker login -u a -p $PASSWORD r.example.com\ndefinitions:\n  services:\n    mysql: {{image: mysql, variables: {{MYSQL_ROOT_PASSWORD: hQ7tr99x}}}}\n"
            ),
            &[5],
        ),
    ] {
        let lines = lines.iter();
        let expected: Vec<String> = lines
            .map(|line| format!("hardcoded-password {path}:{line}"))
            .collect();
        assert_eq!(told(&[(path, &text)]), expected, "{text}");
    }
}

#[test]
fn scripts_of_windows_put_into_a_cluster_what_others_do() {
    let powershell = "<# kubectl's #>\n$p = 'hQ7tr99x'\nkubectl create secret generic a `\n  --from-literal=password=$p\nhelm upgrade a b --set auth.password=$env:P\ndocker login -u a -p hQ7tr99x r.example.com\n";
    assert_eq!(
        told(&[("up.ps1", powershell)]),
        ["hardcoded-password up.ps1:2", "hardcoded-password up.ps1:6"]
    );
    let batch = "@echo off\nrem kubectl create secret generic a --from-literal=password=hQ7tr99x\necho it's on\nhelm upgrade a b ^\n  --set auth.password=hQ7tr99x\nkubectl create secret generic a --from-literal=password=%P%\n";
    for file in ["up.bat", "up.cmd"] {
        let expected = [format!("hardcoded-password {file}:5")];
        assert_eq!(told(&[(file, batch)]), expected);
    }
}

#[test]
fn statements_for_a_database_in_a_cluster_are_read() {
    let script = "#!/bin/sh\nkubectl exec -i db -- psql <<EOF\nCREATE USER shop PASSWORD 'hQ7tr99x';\nALTER USER shop PASSWORD '$P';\nEOF\nkubectl exec db -- sh -c \"psql -c \\\"ALTER USER shop PASSWORD 'hQ7tr99y'\\\"\"\npsql <<EOF\nCREATE USER shop PASSWORD 'hQ7tr99x';\nEOF\n";
    assert_eq!(
        told(&[("up.sh", script)]),
        [
            "hardcoded-password up.sh:3",
            "hardcoded-password up.sh:6",
            "hardcoded-password up.sh:8",
        ]
    );
}

#[test]
fn a_script_about_a_cluster_tells_what_it_gives_to_its_variables_and_to_programs() {
    let script = "#!/bin/sh\nexport DB_PASSWORD=hQ7tr99x\nOTHER_PASSWORD=\"$DB_PASSWORD\"\nMAIL_PASSWORD=$(pass mail)\nredis-cli -a hQ7tr99y ping\nPGPASSWORD=hQ7tr99z psql -h db\nkubectl exec db -- redis-cli -a hQ7tr99w ping\nkubectl get secret db -o jsonpath={.data.password}\nread -s -p 'password: ' GIVEN_PASSWORD\nusage() {\n  cat <<EOF\n  -s|--secret  Secret (required)\nEOF\n}\nkubectl create secret generic a --from-file htpasswd=users.sec\ndocker build --secret id=TOKEN .\n";
    let expected = [2, 5, 6, 7].map(|line| format!("hardcoded-password up.sh:{line}"));
    assert_eq!(told(&[("up.sh", script)]), expected);
    let own = folder(&[("up.sh", script)]);
    let run = run(own.path(), &["scan", ".", "--format", "json"]);
    assert!(run.stdout.contains("\"kind\": \"Script\"") && !run.stdout.contains("ConfigMap"));
    // What has nothing to do with a cluster is not read.
    let other = script.replace("kubectl", "ssh");
    assert_eq!(told(&[("up.sh", &other)]), [""; 0]);
    assert_eq!(told(&[("tests/up.sh", script)]), [""; 0]);
    let make = "PASSWORD=$(x)\nup: check-not-empty-password all-other\n\tkubectl create secret docker-registry a --docker-password=\"$$PASSWORD\"\n";
    assert_eq!(told(&[("Makefile", make)]), [""; 0]);
}

#[test]
fn settings_of_a_forge_are_read_where_they_are_handed_on() {
    let values = "auth:\n  rootPassword: hQ7tr99x\n";
    let object =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: hQ7tr99x}\n";
    let workflow =
        |run: &str| format!("on: push\njobs: {{a: {{runs-on: x, steps: [{{run: {run}}}]}}}}\n");
    let files = |run: &str| {
        let pipeline = workflow(run);
        let settings = [
            (".github/values.yaml", values),
            (".github/secret.yml", object),
            (".github/dependabot.yml", "version: 2\nupdates: []\n"),
        ];
        let mut found = told(&[&settings[..], &[(".github/workflows/a.yml", &pipeline)]].concat());
        found.sort();
        found
    };
    assert_eq!(files("make"), [""; 0]);
    assert_eq!(
        files("helm install a b -f .github/values.yaml"),
        ["hardcoded-password .github/values.yaml:2"]
    );
    assert_eq!(
        files("kubectl apply -f .github/secret.yml"),
        ["hardcoded-password .github/secret.yml:4"]
    );
}

#[test]
fn files_of_which_a_command_makes_an_object_are_read_as_it() {
    let site = "<configuration>\n<property><name>javax.jdo.option.ConnectionPassword</name>\n<value>hQ7tr99x</value></property>\n</configuration>\n";
    let found = ["hardcoded-password db/hive/site.xml:3"];
    let files = |path, script| [("db/hive/site.xml", site), (path, script)];
    let create = "kubectl create configmap a --from-file=hive/site.xml\n";
    assert_eq!(told(&files("db/run.sh", create)), found);
    // It may be run from above.
    let from_above = "kubectl create cm a --from-file=site.xml=db/hive/site.xml\n";
    assert_eq!(told(&files("db/scripts/run.sh", from_above)), found);
    assert_eq!(
        told(&files(
            "db/run.sh",
            "cat hive/site.xml | kubectl get -f -\n"
        )),
        [""; 0]
    );
}

#[test]
fn a_folder_of_which_a_command_makes_an_object_is_read_file_by_file() {
    let files = |path, command: &'static str| {
        told(&[
            (
                "config/shop.yml",
                "db:\n  user: shop\n  password: hQ7tr99x\n",
            ),
            ("config/.env", "DB_PASSWORD=hQ7tr99x\n"),
            ("config/below/other.yml", "db:\n  password: hQ7tr99x\n"),
            (path, command),
        ])
    };
    let found = [
        "hardcoded-password config/.env:1",
        "hardcoded-password config/shop.yml:3",
    ];
    for command in [
        "kubectl create configmap a --from-file=config/\n",
        "kubectl create configmap a --from-file=config\n",
        "kubectl create secret generic a --from-file ./config/\n",
    ] {
        let mut told = files("run.sh", command);
        told.sort();
        assert_eq!(told, found, "{command}");
    }
    let beside = "kubectl create configmap a --from-file=../config/\n";
    assert_eq!(files("scripts/run.sh", beside).len(), 2);
    for command in [
        "kubectl create configmap a --from-file=.\n",
        "kubectl create configmap a --from-env-file=config\n",
        "ls config/ # kubectl\n",
    ] {
        assert_eq!(files("run.sh", command), [""; 0], "{command}");
    }
}

#[test]
fn private_keys_that_a_command_hands_over_are_read() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj".repeat(2);
    let key = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let told_by = |command: &str| {
        let script = format!("#!/bin/sh\n{command}\n");
        told(&[("keys/a.pem", &key), ("keys/a.crt", "x"), ("a.sh", &script)])
    };
    for command in [
        "kubectl create secret tls web --cert=keys/a.crt --key=keys/a.pem",
        "kubectl create secret tls web --cert keys/a.crt --key \"$HERE/keys/a.pem\"",
        "helm upgrade --install x y --set-file tls.key=keys/a.pem,tls.crt=keys/a.crt",
        "kubectl create secret generic x --from-literal=key=\"$(cat keys/a.pem)\"",
        "kubectl create secret generic x --from-literal=key=\"$(< keys/a.pem)\"",
    ] {
        assert_eq!(told_by(command), ["private-key keys/a.pem:1"], "{command}");
    }
    for command in [
        "kubectl create secret tls web --cert=keys/a.pem --key=keys/b.pem",
        "openssl genrsa -out keys/a.pem\nkubectl create secret tls web --cert=x --key=keys/a.pem",
        "kubectl create secret generic x --from-literal=key=\"$(cat keys/a.pem | sha256sum)\"",
        "tool --key=keys/a.pem secret tls # kubectl",
    ] {
        assert_eq!(told_by(command), [""; 0], "{command}");
    }
}

#[test]
fn variables_of_a_file_that_a_script_takes_in_are_read() {
    let file = "# of the shop\nexport SMTP_PASSWORD=\"hQ7tr99x\"\nOTHER_PASSWORD=hQ7tr99y\nSMTP_USER=shop\n";
    let told_by = |path: &str, script: &str| {
        told(&[
            (path, file),
            ("ci/run.sh", &format!("#!/bin/sh\n{script}\n")),
        ])
    };
    let create = "kubectl create secret generic x --from-literal=password=\"$SMTP_PASSWORD\" --from-literal=user=$SMTP_USER";
    let take_in = format!(". ./app.env\n{create}");
    assert_eq!(
        told_by("ci/app.env", &take_in),
        ["hardcoded-password ci/app.env:2"]
    );
    // The script may be run from above, and the file be one, too.
    assert_eq!(
        told_by("app.env", &take_in),
        ["hardcoded-password app.env:2"]
    );
    let config = take_in.replace("./app.env", "\"$(dirname \"$0\")/config.sh\"");
    assert_eq!(
        told_by("ci/config.sh", &config),
        ["hardcoded-password ci/config.sh:2"]
    );
    for script in [
        create.to_owned(),
        take_in.replace("app.env", "app.env.example"),
        format!(". ./app.env\nSMTP_PASSWORD=$(x)\n{create}"),
        ". ./app.env\nkubectl get secret -n $SMTP_PASSWORD".to_owned(),
    ] {
        assert_eq!(told_by("ci/app.env", &script), [""; 0], "{script}");
    }
    let template = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n  password: $SMTP_PASSWORD\n";
    let fill = "#!/bin/sh\nset -a; source ./app.env\nenvsubst < t.yaml | kubectl apply -f -\n";
    assert_eq!(
        told(&[("app.env", file), ("t.yaml", template), ("run.sh", fill)]),
        ["hardcoded-password app.env:2"]
    );
    let makefile = format!(
        "include .env\nexport\nall:\n\t{}\n",
        create.replace("\"$SMTP_PASSWORD\"", "$(SMTP_PASSWORD)")
    );
    assert_eq!(
        told(&[(".env", &file.replace('"', "")), ("Makefile", &makefile)]),
        ["hardcoded-password .env:2"]
    );
}

#[test]
fn values_that_a_task_hands_to_a_chart_on_one_line_are_read() {
    let told_of = |values: &str| {
        let task = format!(
            "trigger: [main]\nsteps:\n- task: HelmDeploy@0\n  inputs:\n    command: upgrade\n    overrideValues: {values}\n"
        );
        told(&[("azure-pipelines.yml", &task)])
    };
    for values in [
        "auth.password=hQ7tr99xKw",
        "\"image.tag=1,auth.password=hQ7tr99xKw\"",
        "image.tag=1,auth.password=hQ7tr99xKw,a=$(b)",
    ] {
        assert_eq!(
            told_of(values),
            ["hardcoded-password azure-pipelines.yml:6"],
            "{values}"
        );
    }
    assert_eq!(
        told_of(">-\n      image.tag=1,\n      auth.password=hQ7tr99xKw"),
        ["hardcoded-password azure-pipelines.yml:8"]
    );
    assert_eq!(told_of("auth.password=$(dbPassword)"), [""; 0]);
    assert_eq!(
        told_of("|\n      auth.password=hQ7tr99xKw"),
        ["hardcoded-password azure-pipelines.yml:7"]
    );
}

#[test]
fn values_of_each_environment_of_a_helmfile_are_read() {
    let values = "auth:\n  rootPassword: hQ7tr99x\n";
    let release = |path: &str| {
        format!("releases:\n- name: shop\n  chart: example/shop\n  values: ['{path}']\n")
    };
    let path = "./config/{{ .Environment.Name }}/shop.yaml";
    let found = ["hardcoded-password config/prod/shop.yaml:2"];
    for name in ["helmfile.yaml", "helmfile.yaml.gotmpl"] {
        let told = |path| {
            told(&[
                ("config/prod/shop.yaml", values),
                ("config/prod/eu/shop.yaml", values),
                (name, &release(path)),
            ])
        };
        assert_eq!(told(path), found, "{name}");
        assert_eq!(told("{{ .Environment.Name }}.yaml"), [""; 0], "{name}");
    }
}

#[test]
fn values_files_of_any_name_that_a_helmfile_names_are_read() {
    let values = "auth:\n  rootPassword: hQ7tr99x\nname: {{ .Values.name }}\n";
    let plain = "auth:\n  rootPassword: hQ7tr99x\n";
    let environments =
        "environments:\n  prod:\n    values: [all/common.yaml, prod.env, prod.gotmpl]\n";
    let releases =
        "releases:\n- name: shop\n  chart: example/shop\n  values: [web.gotmpl, {a: b}]\n";
    let files = |helmfile| {
        [
            ("all/common.yaml", plain),
            ("helmfile.yaml", helmfile),
            ("other.env", plain),
            ("other.gotmpl", values),
            ("prod.env", plain),
            ("prod.gotmpl", values),
            ("web.gotmpl", values),
        ]
    };
    let found = |names: &[&str]| -> Vec<String> {
        let line = |name: &&str| format!("hardcoded-password {name}:2");
        names.iter().map(line).collect()
    };
    let both = format!("{environments}---\n{releases}");
    assert_eq!(
        told(&files(&both)),
        found(&["all/common.yaml", "prod.env", "prod.gotmpl", "web.gotmpl"])
    );
    // Environments may stand in a file of their own.
    assert_eq!(
        told(&files(environments)),
        found(&["all/common.yaml", "prod.env", "prod.gotmpl"])
    );
    assert_eq!(told(&files(releases)), found(&["web.gotmpl"]));
}

#[test]
fn values_in_a_helmfile_itself_are_read() {
    let release = |more: &str| format!("- name: db\n  chart: example/db\n{more}");
    let helmfile = |more: &str| format!("releases:\n{}", release(more));
    let map = "  values:\n  - prod.yaml\n  - auth: {rootPassword: hQ7tr99x}\n";
    let set = "  set:\n  - name: auth.rootPassword\n    value: \"hQ7tr99x\"\n";
    let told = |name: &str, text: &str| told(&[(name, text)]);
    for name in ["helmfile.yaml", "helmfile.yaml.gotmpl", "helmfile.d/a.yaml"] {
        let found = |line: u32| vec![format!("hardcoded-password {name}:{line}")];
        assert_eq!(told(name, &helmfile(map)), found(6));
        assert_eq!(told(name, &helmfile(set)), found(6));
        let text = set.replace("set:", "setString:");
        assert_eq!(told(name, &helmfile(&text)), found(6));
        for away in ["  installed: false\n", "  # no values\n"] {
            let rest = if away.contains("false") { map } else { "" };
            assert_eq!(told(name, &helmfile(&format!("{away}{rest}"))), [""; 0]);
        }
        let shared = format!("templates:\n  all:\n{}", map.replace("  ", "    "));
        assert_eq!(told(name, &format!("{shared}{}", helmfile(""))), found(5));
    }
    // What helm and hooks are handed word by word.
    let arguments = "  args: [--wait, --set, auth.rootPassword=hQ7tr99x]\n  hooks:\n  - command: kubectl\n    args: [create, secret, generic, a, --from-literal=password=hQ7tr99y]\n  - command: echo\n    args: [--from-literal=password=hQ7tr99y]\n";
    let text = helmfile(arguments);
    let found = [
        "hardcoded-password helmfile.yaml:4",
        "hardcoded-password helmfile.yaml:7",
    ];
    assert_eq!(told("helmfile.yaml", &text), found);
    // What opens a repository of charts.
    let repositories = "repositories:\n- name: shop\n  url: https://charts.example.com\n  username: shop\n  password: hQ7tr99x\n";
    let text = format!("{repositories}{}", helmfile(""));
    assert_eq!(
        told("helmfile.yaml", &text),
        ["hardcoded-password helmfile.yaml:5"]
    );
    // Objects with such a field are no helmfile.
    let object = format!("apiVersion: example.com/v1\nkind: Fleet\n{}", helmfile(map));
    assert_eq!(told("fleet.yaml", &object).len(), 1);
}

#[test]
fn a_secret_among_values_is_decoded() {
    // `password: hQ7tr99x` in a file, and `admin`.
    let values = |version: &str| {
        format!(
            "extraObjects:\n- apiVersion: {version}\n  kind: Secret\n  metadata: {{name: shop}}\n  data:\n    app.yaml: cGFzc3dvcmQ6IGhRN3RyOTl4Cg==\n    password: YWRtaW4=\n"
        )
    };
    let told = |version| told(&[("shop-values.yaml", &values(version))]);
    assert_eq!(
        told("v1"),
        [
            "hardcoded-password shop-values.yaml:6",
            "weak-password shop-values.yaml:7"
        ]
    );
    assert!(!told("example.com/v1").contains(&"hardcoded-password shop-values.yaml:6".to_owned()));
}

#[test]
fn a_helmfile_is_read_before_it_is_filled_in() {
    let text = "releases:\n- name: db\n  chart: example/db\n  values:\n{{ toYaml .Values.x | indent 2 }}\n  - image: {{ (split \":\" .Values.y)._0 }}\n    auth:\n      rootPassword: hQ7tr99x\n";
    for name in ["helmfile.yaml.gotmpl", "a.yaml"] {
        let found = format!("hardcoded-password {name}:8");
        assert_eq!(told(&[(name, text)]), [found]);
    }
}

#[test]
fn templates_of_objects_and_values_are_read_as_far_as_they_are_literal() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  user: x\n  password: hQ7tr99x\n  root-password: y\n";
    let values = "auth:\n  user: z\n  rootPassword: hQ7tr99x\n";
    let made = |text: &str, open: &str, close: &str| {
        let action = |name: &str| format!(": {open}{name}{close}\n");
        let text = text.replace(": x\n", &action(" user "));
        text.replace(": y\n", &action(" other "))
            .replace(": z\n", &action("user"))
    };
    for (end, open, close) in [
        ("tpl", "${", "}"),
        ("j2", "{{", "}}"),
        ("erb", "<%=", "%>"),
        ("tmpl", "{{", "}}"),
        ("gotmpl", "{{", "}}"),
        ("envsubst", "${", "}"),
    ] {
        let name = format!("a.yaml.{end}");
        let found = [format!("hardcoded-password {name}:6")];
        assert_eq!(told(&[(&name, &made(secret, open, close))]), found);
        let name = format!("values.yml.{end}");
        let found = [format!("hardcoded-password {name}:3")];
        assert_eq!(told(&[(&name, &made(values, open, close))]), found);
        assert_eq!(told(&[(&format!("a.yaml.{end}"), values)]), [""; 0]);
    }
    // What stands in for a value that is not given.
    for asked in ["env \"P\"", ".Values | getOrNil \"db.password\""] {
        let text = format!("auth:\n  rootPassword: '{{{{ {asked} | default \"hQ7tr99x\" }}}}'\n");
        let found = ["hardcoded-password values.yaml.gotmpl:2"];
        assert_eq!(told(&[("values.yaml.gotmpl", &text)]), found);
    }
    let lines = secret.replace("stringData:", "%{ if on }\nstringData:\n%{ endif }");
    let found = ["hardcoded-password a.yaml.tpl:8"];
    assert_eq!(told(&[("a.yaml.tpl", &lines)]), found);
    // What is to be copied holds samples.
    assert_eq!(told(&[("a.yaml.template", secret)]), [""; 0]);
    // What a chart's templates read is told where it is rendered.
    let chart = ("Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n");
    assert_eq!(told(&[chart, ("files/a.yaml.tpl", secret)]), [""; 0]);
}

#[test]
fn what_is_off_in_values_lets_nobody_in_unless_it_is_a_default() {
    let values = "redis:\n  enabled: false\n  auth:\n    enabled: false\n";
    assert_eq!(told(&[("shop-values.yaml", values)]), [""; 0]);
    assert_eq!(told(&[("values.yaml", values)]), [""; 0]);
    // Whoever installs the chart may switch it on.
    let chart = ("Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n");
    let found = ["authentication-off values.yaml:4"];
    assert_eq!(told(&[chart, ("values.yaml", values)]), found);
    let listener = "shop:\n  rpc:\n    enabled: false\n    authenticationEnabled: false\n";
    assert_eq!(told(&[("values.yaml", listener)]), [""; 0]);
    let on = listener.replacen("false", "true", 1);
    assert_eq!(told(&[("values.yaml", &on)]), found);
    let on = values.replacen("false", "true", 1);
    let found = ["authentication-off shop-values.yaml:4"];
    assert_eq!(told(&[("shop-values.yaml", &on)]), found);
}

#[test]
fn nobody_has_the_guessed_password_of_a_part_that_is_off() {
    let values = "postgresql:\n  enabled: false\n  auth:\n    postgresPassword: changeme\n";
    assert_eq!(told(&[("db/values.yaml", values)]), [""; 0]);
    let written = values.replace("changeme", "hQ7tr99xKq");
    let literal = ["hardcoded-password db/values.yaml:4"];
    assert_eq!(told(&[("db/values.yaml", &written)]), literal);
    let found = ["weak-password db/values.yaml:4"];
    let on = "postgresql:\n  enabled: true\n";
    for other in ["db/values-prod.yaml", "db/prod/values.yaml"] {
        assert_eq!(told(&[("db/values.yaml", values), (other, on)]), found);
    }
    assert_eq!(
        told(&[("base/values.yaml", values), ("prod/values.yaml", on)]),
        ["weak-password base/values.yaml:4"]
    );
    assert_eq!(
        told(&[("db/values.yaml", values), ("web/values.yaml", on)]),
        [""; 0]
    );
    let login = "redis:\n  auth:\n    enabled: false\n    password: changeme\n";
    assert!(told(&[("values.yaml", login)]).contains(&"weak-password values.yaml:4".to_owned()));
}

#[test]
fn a_patch_that_is_written_out_has_its_values_below_their_paths() {
    let patch = "resources: [https://example.com/a.yaml]\npatches:\n  - target: {kind: Shop}\n    patch: |-\n      - op: add\n        path: /spec/adminPassword\n        value: hQ7tr99xKq\n      - op: add\n        path: /spec/admin\n        value: hQ7tr99xKq\n";
    let found = ["hardcoded-password kustomization.yaml:7"];
    assert_eq!(told(&[("kustomization.yaml", patch)]), found);
}

#[test]
fn files_without_objects_are_read_where_they_hold_keys() {
    let key = "MC4CAQAwBQYDK2VwBCIEIHq7xv2Lm9aB3dE5gH7jK9mN1pQ3sT5uV7wX9yZ1cD4f";
    let machine = "version: v1alpha1\nmachine:\n  token: q7xv2m.hq7tr99xkq7xv2lm\n";
    let found = ["access-token controlplane.yaml:3"];
    assert_eq!(told(&[("controlplane.yaml", machine)]), found);
    let pem = format!(
        "a: |\n  -----BEGIN ED25519 PRIVATE KEY-----\n  {key}\n  -----END ED25519 PRIVATE KEY-----\n"
    );
    assert_eq!(told(&[("keys.yaml", &pem)]), ["private-key keys.yaml:2"]);
    let certificate = "a: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\npassword: hQ7tr99xKw\n";
    assert_eq!(told(&[("other.yaml", certificate)]), [""; 0]);
}

#[test]
fn schemas_and_fetched_packages_are_no_source() {
    let object =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {DB_PASSWORD: hQ7tr99x}\n";
    for folder in ["pkg/mod/example.com/a@v1.3.0", "node_modules/a"] {
        assert_eq!(
            told(&[(&*format!("{folder}/a.yaml"), object)]),
            [""; 0],
            "{folder}"
        );
    }
    let found = ["hardcoded-password a@vault/a.yaml:4"];
    assert_eq!(told(&[("a@vault/a.yaml", object)]), found);
    let vendored = ("vendor/example.com/a/a.yaml", object);
    let listed = ("vendor/modules.txt", "# example.com/a v1.3.0\n");
    assert_eq!(told(&[vendored, listed]), [""; 0]);
    let found = ["hardcoded-password vendor/example.com/a/a.yaml:4"];
    assert_eq!(told(&[vendored]), found);
    let image = "\"image\": {\"repository\": \"a\", \"pullPolicy\": \"Always\"}";
    let values = format!("{{\"nameOverride\": \"\", \"password\": \"hQ7tr99x\", {image}}}");
    let schema = format!(
        "{{\"$schema\": \"http://json-schema.org/draft-07/schema\", \"properties\": {{}}, {}",
        &values[1..]
    );
    assert_eq!(
        told(&[("a.json", &values)]),
        ["hardcoded-password a.json:1"]
    );
    assert_eq!(told(&[("a.json", &schema)]), [""; 0]);
}

#[test]
fn a_shared_credential_links_its_own_line() {
    let map = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m, namespace: {namespace}}}\ndata:\n  app.properties: |\n    mode=a\n    password=hQ7tr99xKq\n"
        )
    };
    let folder = folder(&[("a.yaml", &map("dev")), ("b.yaml", &map("prod"))]);
    let fixed = ["scan", ".", "--format", "json", "--fail-on", "never"];
    let run = run(folder.path(), &fixed);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let shared = findings
        .iter()
        .find(|one| one["rule"] == "shared-credential");
    let related = &shared.expect("is shared")["related"][0]["location"];
    assert_eq!(
        (&related["path"], &related["line"]),
        (&"b.yaml".into(), &7.into())
    );
}

#[test]
fn comments_of_yaml_are_told_by_their_shape_alone() {
    let token = ["glpat", "-8gXxdWBVz7a6AjA92Chw"].concat();
    let map = |data: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata:\n  {data}\n")
    };
    let comment = format!("a: b # {token}");
    let found = ["access-token a.yaml:5"];
    assert_eq!(told(&[("a.yaml", &map(&comment))]), found);
    let values = format!("git:\n  user: x\n\n# once:\n#   {token}\n");
    assert_eq!(
        told(&[("values.yaml", &values)]),
        ["access-token values.yaml:5"]
    );
    // What is no comment is told once, what is commented out or an example not at all.
    let text = format!("a: |\n    # {token}\n    b: c");
    assert_eq!(told(&[("a.yaml", &map(&text))]), ["access-token a.yaml:6"]);
    for comment in [
        "a: b # password: hQ7tr99xKq-Lm42wZp8",
        "a: b # see https://hQ7user:hQ7tr99xKq-Lm42wZp8@db.example.com",
        "a: b # glpat-xxxxxxxxxxxxxxxxxxxx1",
        "a: b # AKIAIOSFODNN7EXAMPLE",
        "a: b # ghp_your1234567890token1234567890here1234",
        "a: b # image: nginx@sha256:9b74c9897bac770ffc029102a200c5de",
    ] {
        assert_eq!(told(&[("a.yaml", &map(comment))]), [""; 0], "{comment}");
    }
}

#[test]
fn files_of_values_tell_their_environment() {
    let values = "db:\n  password: hQ7tr99xKq\n";
    for (production, other) in [
        ("shop/prod-values.yaml", "shop/stg-values.yaml"),
        ("shop/values-prod.yaml", "shop/values-staging.yaml"),
        ("prod/values.yaml", "stg/values.yaml"),
    ] {
        let folder = folder(&[(production, values), (other, values)]);
        let fixed = ["scan", ".", "--format", "json", "--fail-on", "never"];
        let found = run(folder.path(), &fixed).found();
        let shared = format!("shared-credential {other}:2");
        assert!(found.contains(&shared), "{found:?}");
        assert_eq!(found.len(), 3, "{found:?}");
    }
    let own = ("Shop-Prod-Charts/web/charts/a/values.yaml", values);
    let folder = folder(&[own, ("web/values-dev.yaml", values)]);
    let fixed = [
        "scan",
        ".",
        "--rule",
        "shared-credential",
        "--format",
        "json",
    ];
    assert_eq!(run(folder.path(), &fixed).found(), [""; 0]);
}

#[test]
fn words_for_environments_are_settings() {
    let pod = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m, namespace: {namespace}}}\ndata: {{URL: 'https://api.echt.example.com/'}}\n"
        )
    };
    let data = "settings: {environments: {production: [echt], development: [probe]}}\n";
    let folder = folder(&[
        ("a.yaml", &pod("probe")),
        ("b.yaml", &pod("echt")),
        ("d.yaml", data),
    ]);
    let scan = |arguments: &[&str]| {
        let fixed = [
            "scan",
            "a.yaml",
            "b.yaml",
            "--family",
            "credentials",
            "--format",
            "json",
            "--fail-on",
            "never",
        ];
        run(folder.path(), &[&fixed[..], arguments].concat())
    };
    assert_eq!(scan(&[]).found(), [""; 0]);
    let told = scan(&["--data", "d.yaml"]);
    assert_eq!(told.found(), ["cross-environment-endpoint a.yaml:4"]);
    let related = &told.json()["findings"][0]["related"][0]["location"];
    assert_eq!(related["path"], "b.yaml");
}

#[test]
fn a_file_that_a_secret_encodes_has_each_of_its_credentials() {
    // `db.password=hQ7tr99x`, `host=db`, `mail.password=changeme`, each on its line.
    let secret = "\
apiVersion: v1
kind: Secret
metadata: {name: s}
data:
  app.properties: ZGIucGFzc3dvcmQ9aFE3dHI5OXgKaG9zdD1kYgptYWlsLnBhc3N3b3JkPWNoYW5nZW1lCg==
";
    let expected = ["hardcoded-password a.yaml:5", "weak-password a.yaml:5"];
    assert_eq!(told(&[("a.yaml", secret)]), expected);
}

#[test]
fn a_script_fills_in_the_objects_that_it_writes() {
    let script = "#!/bin/bash\nPASSWORD=\"hQ7tr99x\"\nURL_PASSWORD=hQ7tr99y\nOTHER=$(x)\ncat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: $PASSWORD\n  url: mongodb://shop:${URL_PASSWORD}@db:27017/x\n  token: $OTHER\nEOF\nhelm install db x/db -f - <<EOF\nauth:\n  password: \"${FALLBACK:-hQ7tr99z}\"\nEOF\n";
    assert_eq!(
        told(&[("a.sh", script)]),
        [
            "hardcoded-password a.sh:2",
            "hardcoded-password a.sh:3",
            "hardcoded-password a.sh:11",
            "hardcoded-password a.sh:16",
        ]
    );
    // What nobody fills in is what is written, the fallback of a whole value too.
    let quoted = script.replace("<<EOF", "<<'EOF'");
    assert_eq!(
        told(&[("a.sh", &quoted)]),
        [
            "hardcoded-password a.sh:2",
            "hardcoded-password a.sh:3",
            "hardcoded-password a.sh:16",
        ]
    );
}

#[test]
fn a_here_document_may_become_a_file_that_a_variable_names() {
    let script = |file: &str| {
        format!(
            "#!/bin/bash\nlocal file=\"$folder/{file}\"\ncat > \"$file\" <<EOF\nauth:\n  password: hQ7tr99xKw\nEOF\nhelm install x y -f \"$file\"\n"
        )
    };
    // The script has it, whoever takes the file.
    let other = script("values.yaml").replace("local file", "local other");
    for text in [script("values.yaml"), other] {
        assert_eq!(told(&[("a.sh", &text)]), ["hardcoded-password a.sh:5"]);
    }
}

#[test]
fn a_here_document_may_become_a_file_that_the_script_has_made() {
    let script = "#!/bin/bash\nKEY=minioadmin\nF=\"$(mktemp -t x.XXXXXX.yaml)\"\ncat > \"${F}\" <<EOF\ns3:\n  secretKey: \"${KEY}\"\nEOF\nhelm install minio a/minio -f \"${F}\"\n";
    assert_eq!(told(&[("a.sh", script)]), ["default-password a.sh:2"]);
    let unnamed = script.replace("-t x.XXXXXX.yaml", "");
    assert_eq!(told(&[("a.sh", &unnamed)]), ["default-password a.sh:2"]);
}

#[test]
fn what_a_command_gives_to_a_cluster_is_read() {
    for command in [
        "kubectl set env deploy/x DB_PASSWORD=hQ7tr99x",
        "kubectl run x --image=mysql --env=\"MYSQL_ROOT_PASSWORD=hQ7tr99x\"",
        "oc new-app --name db -e POSTGRESQL_PASSWORD=hQ7tr99x",
        "kubectl exec db-0 -- psql -c \"ALTER USER postgres PASSWORD 'hQ7tr99x'\"",
        "kubectl exec db-0 -- mysql -uroot -phQ7tr99x",
        "argocd app set x -p auth.password=hQ7tr99x",
        "argocd repo add https://example.com --password hQ7tr99x",
        "flux create secret git x --password=hQ7tr99x",
        "kubectl config set-credentials a --token=hQ7tr99x",
        "kubectl patch secret y --type=json -p '[{\"op\":\"add\",\"path\":\"/stringData/password\",\"value\":\"hQ7tr99x\"}]'",
    ] {
        let found = told(&[("a.sh", &format!("#!/bin/sh\n{command}\n"))]);
        assert_eq!(found, ["hardcoded-password a.sh:2"], "{command}");
    }
    for command in [
        "kubectl run x --image=mysql --env=\"PGPASSWORD=$PGPASSWORD\"",
        "kubectl set env --from=secret/x deploy/y",
        "kubectl set env deploy/x DB_PASSWORD-",
        "kubectl exec db-0 -- mysql -uroot -p$PASSWORD",
        "kubectl exec db-0 -- ls -p hQ7tr99x",
        "flux create secret git x --password=$PASSWORD",
    ] {
        let found = told(&[("a.sh", &format!("#!/bin/sh\n{command}\n"))]);
        assert_eq!(found, [""; 0], "{command}");
    }
    for command in [
        "helm install redis bitnami/redis --set auth.enabled=false",
        "helm install g grafana/grafana --set \"grafana\\.ini.auth\\.anonymous.enabled=true\"",
    ] {
        let found = told(&[("a.sh", &format!("#!/bin/sh\n{command}\n"))]);
        assert_eq!(found, ["authentication-off a.sh:2"], "{command}");
    }
}

#[test]
fn values_of_fleet_are_read_where_they_stand() {
    let fleet = "defaultNamespace: a\nhelm:\n  chart: oci://example.com/redis\n  values:\n    auth:\n      password: hQ7tr99x\ntargetCustomizations:\n- name: prod\n  helm:\n    values:\n      auth:\n        password: hQ7tr99y\n";
    assert_eq!(
        told(&[("db/fleet.yaml", fleet)]),
        [
            "hardcoded-password db/fleet.yaml:6",
            "hardcoded-password db/fleet.yaml:12",
        ]
    );
    assert_eq!(told(&[("db/other.yaml", fleet)]), [""; 0]);
}

#[test]
fn values_of_devspace_are_read_where_they_stand() {
    let own = "version: v2beta1\ndeployments:\n  db:\n    helm:\n      chart: {name: redis}\n      values:\n        auth:\n          password: hQ7tr99x\n";
    let found = ["hardcoded-password db/devspace.yaml:8"];
    assert_eq!(told(&[("db/devspace.yaml", own)]), found);
    assert_eq!(told(&[("db/other.yaml", own)]), [""; 0]);
}

#[test]
fn a_jenkinsfile_is_read_for_what_its_steps_put_into_a_cluster() {
    let text = "pipeline {\n  environment {\n    ROOT_PASSWORD = 'hQ7tr99x'\n    OTHER_PASSWORD = credentials('other-password')\n  }\n  stages {\n    stage('db') {\n      steps {\n        // sh 'docker login -u ci -p hQ7tr99y q.io'\n        sh \"docker login -u ci -p hQ7tr99z q.io\"\n        sh \"\"\"\n          helm upgrade mongodb example/mongodb --install \\\\\n            --set auth.enabled=false,a.password=${OTHER_PASSWORD}\n        \"\"\"\n      }\n    }\n  }\n}\n";
    let expected = |name: &str| {
        [
            format!("hardcoded-password {name}:3"),
            format!("hardcoded-password {name}:10"),
            format!("authentication-off {name}:13"),
        ]
    };
    let names = [
        "Jenkinsfile",
        "ci/Jenkinsfile.prod",
        "shop.jenkinsfile",
        "vars/deploy.groovy",
    ];
    for name in names {
        let mut found = told(&[(name, text)]);
        let mut wanted = expected(name).to_vec();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted);
    }
    assert_eq!(told(&[("Jenkins.txt", text)]), [""; 0]);
}

#[test]
fn a_script_tells_how_it_logs_in() {
    let script = "#!/bin/sh\nP=hQ7tr99x\nkubectl get ns\nargocd account update-password --new-password $P --current-password \"$OLD\"\nhelm registry login q.io -u ci -p hQ7tr99y\ndocker login q.io -u ci -p \"$TOKEN\"\n";
    let found = ["hardcoded-password a.sh:2", "hardcoded-password a.sh:5"];
    assert_eq!(told(&[("a.sh", script)]), found);
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: docker login q.io -u ci -p hQ7tr99x && kubectl apply -f x\n";
    let name = ".github/workflows/a.yml";
    assert_eq!(
        told(&[(name, workflow)]),
        [format!("hardcoded-password {name}:6")]
    );
}

#[test]
fn a_script_is_read_that_feeds_a_cluster_from_elsewhere() {
    let registry = "#!/bin/sh\nV=hQ7tr99xKq7\necho \"$V\" | docker login q.io -u ci --password-stdin\ndocker push q.io/shop:1\n";
    let vault = "#!/bin/sh\naz keyvault secret set --vault-name a --name db-username --value shop\naz keyvault secret set --vault-name a --name db-password --value 'hQ7tr99xKq7' > /dev/null\n";
    let node = "#!/bin/sh\nkubeadm join 10.0.0.1:6443 --token 8f3kq2.0a1b2c3d4e5f6g7h\n";
    assert_eq!(told(&[("a.sh", registry)]), ["hardcoded-password a.sh:2"]);
    assert_eq!(told(&[("a.sh", vault)]), ["hardcoded-password a.sh:3"]);
    assert_eq!(told(&[("a.sh", node)]), ["access-token a.sh:2"]);
    let build = "#!/bin/sh\nV_PASSWORD=hQ7tr99xKq7\ndocker build .\nnpm login\n";
    assert_eq!(told(&[("a.sh", build)]), [""; 0]);
}

#[test]
fn what_a_function_is_given_to_run_is_read() {
    let script = "#!/bin/sh\nrun_command kubectl create secret generic a --from-literal=a=b --from-literal=password=hQ7tr99x\nlog_command \"kubectl create secret generic a --from-literal=password=hQ7tr99y\"\nexecute \"mysql -uroot -phQ7tr99z\"\nwith_retry 5 argocd login a --username b --password hQ7tr99w\necho \"kubectl create secret generic a --from-literal=KEY=x\"\n";
    let found = [2, 3, 4, 5].map(|line| format!("hardcoded-password a.sh:{line}"));
    assert_eq!(told(&[("a.sh", script)]), found);
}

#[test]
fn values_as_a_chart_came_with_them_are_nobodys() {
    let origin = "auth:\n  password: changeme\nkey:\n  password: hQ7tr99x\n";
    let own = ("redis/values.yaml", "replicas: 1\n");
    let kept = ("redis/values-origin.yaml", origin);
    let all = [
        "weak-password redis/values-origin.yaml:2",
        "hardcoded-password redis/values-origin.yaml:4",
    ];
    assert_eq!(told(&[own, kept]), &all[1..]);
    assert_eq!(told(&[kept]), all);
    let up = "#!/bin/sh\nhelm install redis redis/redis -f values-origin.yaml\n";
    assert_eq!(told(&[own, kept, ("redis/up.sh", up)]), all);
}

#[test]
fn a_file_of_docker_sets_variables_and_runs_commands() {
    let found = "FROM alpine:3.19\nENV DB_PASSWORD=hQ7tr99x\nENV SECRET_KEY hQ7tr99xKq\nARG ADMIN_PASSWORD=\"hQ7tr99y\"\nRUN echo \"root:hQ7tr99z\" | chpasswd\nCMD [\"redis-server\",\"--requirepass\",\"hQ7tr99w\"]\n";
    let expected: Vec<String> = (2..=6)
        .map(|line| format!("hardcoded-password Dockerfile:{line}"))
        .collect();
    assert_eq!(told(&[("Dockerfile", found)]), expected);
    let none = "FROM alpine:3.19\nENV DB_PASSWORD=\"\"\nARG TOKEN\nENV DB_PASSWORD_FILE=/run/x\nENV DB_PASSWORD=$X\nENV TOKEN ${TOKEN}\nENV AUTH_ENABLED=false\n";
    assert_eq!(told(&[("Dockerfile", none)]), [""; 0]);
    let open = "FROM jupyter\nENV AUTH_ENABLED=false\nCMD [\"jupyter\", \"lab\", \"--NotebookApp.token=''\"]\n";
    assert_eq!(
        told(&[("Dockerfile", open)]),
        ["authentication-off Dockerfile:3"]
    );
}

/// Values of a chart, rich in what is found and in what looks alike.
const VALUES: &str = "\
secret:
  existingSecret: shop-jwt
  existingSecretKeys:
    jwtSecret: secret
  smtp:
    existingSecretKeys:
      password: password
ingress:
  httpSecret: \"shop-auth\"
  httpSecretUsernameKey: \"username\"
  httpSecretPasswordKey: \"password\"
variables:
  - key: \"shop_username\"
    value: \"shop-login.username\"
  - key: \"shop_password\"
    value: \"shop-login.password\"
redis:
  enabled: false
  auth:
    password: changeme
grafana:
  adminPassword: \"hQ7tr99x\"
  admin:
    existingSecret: ''
    passwordKey: admin-password
postgresql:
  auth:
    username: shop
    password: 'Tr0ub4dor-K9x'
    postgresPassword: changeme # change it
env:
  - name: DATABASE_URL
    value: postgres://shop:hQ7tr99x@db:5432/shop
extraConfig: |
  [database]
  password = hQ7tr99x
minio:
  rootUser: shop
  rootPassword: 12345678
secretKeys:
  password: db-password
";

/// A text as a block that is this far indented.
fn block(text: &str, indent: usize) -> String {
    let line = |line: &str| format!("{:indent$}{line}\n", "");
    text.lines().map(line).collect()
}

#[test]
fn values_in_a_text_are_read_as_a_file_of_values() {
    let found = |name: &str, head: &str, indent: usize| {
        let folder = folder(&[(name, &format!("{head}{}", block(VALUES, indent)))]);
        let fixed = ["scan", ".", "--family", "credentials", "--format", "json"];
        let run = run(
            folder.path(),
            &[&fixed[..], &["--fail-on", "never"]].concat(),
        );
        let above = head.lines().count();
        let line = |found: &String| {
            let (rule, line) = found.split_once(&format!(" {name}:")).expect("is a place");
            (
                line.parse::<usize>().expect("is a number") - above,
                rule.to_owned(),
            )
        };
        run.found().iter().map(line).collect::<BTreeSet<_>>()
    };
    let plain = found("shop-values.yaml", "", 0);
    let lines: Vec<usize> = plain.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [22, 29, 30, 33, 36, 39], "{plain:?}");
    for (head, indent) in [
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata:\n  values.yaml: |\n",
            4,
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: shop}\nstringData:\n  shop-values.yaml: |\n",
            4,
        ),
        (
            "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: shop}\nspec:\n  valuesContent: |-\n",
            4,
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n  source:\n    helm:\n      values: |\n",
            8,
        ),
    ] {
        assert_eq!(found("a.yaml", head, indent), plain, "{head}");
    }
}

#[test]
fn a_value_that_templates_take_for_a_name_is_none() {
    let values = "db_password: shop-db\nkeys: {dbPassword: shop_db_password}\nboth_password: shop-both\nunused_password: hQ7tr99x\n";
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: x\n    image: x\n    env:\n    - name: A\n      valueFrom:\n        secretKeyRef:\n          name: {{ .Values.db_password }}\n          key: {{ .Values.keys.dbPassword }}\n    - name: B\n      value: {{ .Values.both_password }}\n    envFrom: [{secretRef: {name: {{ .Values.both_password }}}}]\n";
    let files = [
        ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"),
        ("c/values.yaml", values),
        ("c/templates/pod.yaml", template),
    ];
    let told = told(&files);
    let own: Vec<&String> = told
        .iter()
        .filter(|one| one.contains("values.yaml"))
        .collect();
    assert_eq!(
        own,
        [
            "hardcoded-password c/values.yaml:3",
            "hardcoded-password c/values.yaml:4"
        ]
    );
}

#[test]
fn pipelines_of_other_services_are_read_for_their_commands() {
    let command = "helm upgrade --install db ./db --set auth.password=hQ7tr99x";
    let piped = |name: &str, before: &str| {
        let text = format!("{before}{command}\n");
        (told(&[(name, &text)]), text.lines().count())
    };
    for (name, before) in [
        (
            "bitbucket-pipelines.yml",
            "pipelines:\n  default:\n  - step:\n      script:\n      - ",
        ),
        (
            ".circleci/config.yml",
            "jobs:\n  a:\n    steps:\n    - run: ",
        ),
        (".woodpecker.yml", "steps:\n- commands:\n  - "),
        ("buildspec.yml", "phases:\n  build:\n    commands:\n    - "),
    ] {
        let (told, line) = piped(name, before);
        assert_eq!(told, [format!("hardcoded-password {name}:{line}")]);
    }
    let (told, _) = piped("steps.yml", "steps:\n- commands:\n  - ");
    assert_eq!(told, [""; 0]);
}

#[test]
fn the_files_of_a_script_are_what_it_writes_into_them() {
    let script = "#!/bin/sh\necho -n 'hQ7tr99x' > ./password.txt\nopenssl rand -hex 16 > token.txt\nkubectl create secret generic db --from-file=./password.txt --from-file=token.txt\nssh shop@host 'kubectl create secret generic a --from-literal=password=hQ7tr99y'\n";
    assert_eq!(
        told(&[("a.sh", script)]),
        ["hardcoded-password a.sh:2", "hardcoded-password a.sh:5"]
    );
}

#[test]
fn objects_in_quotes_that_kubectl_is_handed_are_read() {
    let object = "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"a\"}, \"stringData\": {\"password\": \"hQ7tr99x\"}}";
    let script = format!(
        "#!/bin/sh\nkubectl apply -f - <<< '{object}'\necho '{object}' | kubectl apply -f -\necho '{object}'\n"
    );
    assert_eq!(
        told(&[("a.sh", &script)]),
        [
            "hardcoded-password a.sh:2",
            "hardcoded-password a.sh:3",
            "hardcoded-password a.sh:4",
        ]
    );
}

#[test]
fn what_jinja_falls_back_on_is_read() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: \"{{ pw | default('hQ7tr99x') }}\"\n  other: \"{{ pw | default(omit) }}\"\n";
    let told = told(&[("a.yaml.j2", text)]);
    assert_eq!(told, ["hardcoded-password a.yaml.j2:5"]);
}

#[test]
fn a_file_called_after_two_environments_is_of_neither() {
    let store = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: store}\ndata:\n  URL: http://bao-prod.db.svc.cluster.local:8200\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: bao-prod, namespace: db}\nspec: {ports: [{port: 8200}]}\n";
    let links = |file: &str| {
        let folder = folder(&[("store-dev.yaml", store), (file, service)]);
        let fixed = ["scan", ".", "--format", "json", "--fail-on", "never"];
        let rule = ["--rule", "cross-environment-endpoint"];
        let found = run(folder.path(), &[&fixed[..], &rule].concat()).json();
        let related = found["findings"][0]["related"].as_array().cloned();
        related.map_or(0, |related| related.len())
    };
    assert_eq!(links("bao.yaml"), 1);
    assert_eq!(links("bao-prod-endpoint-dev.yaml"), 0);
}

#[test]
fn a_service_of_a_release_is_of_who_installs_it() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: api}\ndata:\n  DB_URL: postgres://prod-postgresql.db.svc.cluster.local:5432/shop\n";
    let release =
        "namespace: db\nhelmCharts: [{name: postgresql, releaseName: prod, namespace: db}]\n";
    let api = ("cluster-dev/api/config.yaml", config);
    assert_eq!(
        told(&[api]),
        ["cross-environment-endpoint cluster-dev/api/config.yaml:5"]
    );
    let own = [api, ("cluster-dev/db/kustomization.yaml", release)];
    assert_eq!(told(&own), [""; 0]);
}
