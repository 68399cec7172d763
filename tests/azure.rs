//! The whole Azure catalogue driven through the binary: each row of each table stands once in a
//! manifest, beside something that looks alike, and exactly the rows are found. Then the truth set
//! in `fixtures/azure`, where people marked what is to be found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how exact the findings are"
)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::{marks, root, run};
use serde_json::Value;

/// Manifests that are written while it is told what is to be found in them.
#[derive(Default)]
struct Manifests {
    text: String,
    lines: usize,
    /// `line service` of each fact.
    expected: BTreeSet<String>,
}

impl Manifests {
    /// One document; a line that ends in `@` is to be found as the service.
    fn add(&mut self, service: &str, document: &str) {
        for line in document.lines() {
            self.lines += 1;
            let number = self.lines;
            let line = match line.strip_suffix('@') {
                Some(line) => {
                    self.expected.insert(format!("{number} {service}"));
                    line
                }
                None => line,
            };
            writeln!(self.text, "{line}").unwrap();
        }
        writeln!(self.text, "---").unwrap();
        self.lines += 1;
    }

    /// `line service` of what the binary finds.
    fn found(&self, folder: &Path, name: &str) -> BTreeSet<String> {
        common::write(folder, name, self.text.as_bytes());
        let arguments = [
            "scan",
            name,
            "--family",
            "azure",
            "--format",
            "json",
            "--fail-on",
            "never",
        ];
        let run = run(folder, &arguments);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let report = run.json();
        let findings = report["findings"].as_array().unwrap().iter();
        let shown = |finding: &Value| {
            let service = finding["properties"]["service"].as_str().unwrap();
            format!("{} {service}", finding["location"]["line"])
        };
        findings.map(shown).collect()
    }
}

fn tables(file: &str) -> Value {
    let path = root().join("policies/azure").join(file);
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).expect("is a table")
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

fn list<'a>(row: &'a Value, key: &str) -> Vec<&'a str> {
    let items = row[key].as_array();
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn rows(table: &Value) -> Vec<&Value> {
    table.as_array().into_iter().flatten().collect()
}

fn named(table: &Value) -> Vec<(&str, &str)> {
    let entries = table.as_object().into_iter().flatten();
    entries
        .map(|(name, row)| (name.as_str(), text(row, "service")))
        .collect()
}

fn config_map(key: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  {key}: {value}")
}

fn pod(lines: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers: []\n{lines}")
}

fn hosts(manifests: &mut Manifests) {
    for row in rows(&tables("hosts.yaml")["hosts"]) {
        let (suffix, service) = (text(row, "suffix"), text(row, "service"));
        let host = match row["exact"].as_bool() {
            Some(true) => suffix.to_owned(),
            _ => format!("some-name.{suffix}"),
        };
        manifests.add(service, &config_map("x", &format!("{host}@")));
        manifests.add(service, &config_map("x", &format!("{host}.example.com")));
        manifests.add(service, &config_map("x", &format!("'# {host}'")));
    }
}

fn objects(manifests: &mut Manifests) {
    let tables = tables("kubernetes.yaml");
    for (group, row) in tables["kinds"].as_object().unwrap() {
        let kinds = list(row, "kinds");
        let kind = kinds.first().copied().unwrap_or("Thing");
        let service = text(row, "service");
        manifests.add(
            service,
            &format!("apiVersion: {group}/v1\nkind: {kind}@\nmetadata: {{name: a}}"),
        );
        manifests.add(
            service,
            &format!("apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: {group}}}"),
        );
        let rule = format!("rules: [{{apiGroups: [{group}], resources: ['*'], verbs: [get]}}]");
        manifests.add(service, &format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: a}}\n{rule}"));
    }
    for row in rows(&tables["group_suffixes"]) {
        let service = text(row, "service");
        manifests.add(
            service,
            &format!(
                "apiVersion: some.{}/v1\nkind: Thing@\nmetadata: {{name: a}}",
                text(row, "suffix")
            ),
        );
    }
    for row in rows(&tables["kind_services"]) {
        let group = format!("{}azure.upbound.io", text(row, "group"));
        for kind in list(row, "kinds") {
            let document = format!("apiVersion: {group}/v1\nkind: {kind}@\nmetadata: {{name: a}}");
            manifests.add(text(row, "service"), &document);
        }
    }
    let metadata = |list: &str, name: &str| {
        format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  {list}:\n    {name}: x")
    };
    for list in ["labels", "annotations"] {
        for (name, service) in named(&tables[list]) {
            manifests.add(service, &format!("{}@", metadata(list, name)));
            manifests.add(
                service,
                &metadata(list, &format!("example.com/{}", name.replace('/', "."))),
            );
        }
        for row in rows(&tables[format!("{}_prefixes", list.trim_end_matches('s'))]) {
            let name = format!("{}something", text(row, "prefix"));
            manifests.add(text(row, "service"), &format!("{}@", metadata(list, &name)));
        }
    }
    for row in rows(&tables["label_values"]) {
        let labelled = metadata("labels", text(row, "name"))
            .replace(": x", &format!(": {}@", text(row, "value")));
        manifests.add(text(row, "service"), &labelled);
    }
    names(&tables, manifests);
}

fn names(tables: &Value, manifests: &mut Manifests) {
    let mut each = |table: &str, of: &dyn Fn(&str) -> String| {
        for (name, service) in named(&tables[table]) {
            manifests.add(service, &of(&format!("{name}@")));
            let look_alike = match name.split_once('/') {
                Some((domain, rest)) => format!("example.com/{domain}.{rest}"),
                None => format!("{name}-look-alike"),
            };
            manifests.add(service, &of(&look_alike));
        }
    };
    let claim = |name: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: a}}\nspec:\n  storageClassName: {name}"
        )
    };
    each("storage_classes", &claim);
    each("provisioners", &|name| {
        format!(
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: a}}\nprovisioner: {name}"
        )
    });
    each("ingress_classes", &|name| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a}}\nspec:\n  ingressClassName: {name}"
        )
    });
    each("class_controllers", &|name| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: a}}\nspec:\n  controller: {name}"
        )
    });
    each("gateway_classes", &|name| {
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: a}}\nspec:\n  gatewayClassName: {name}"
        )
    });
    each("runtime_classes", &|name| {
        pod(&format!("  runtimeClassName: {name}"))
    });
    each("config_maps", &|name| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}")
    });
    each("taints", &|name| {
        pod(&format!(
            "  tolerations:\n  - operator: Exists\n    key: {name}"
        ))
    });
    for row in rows(&tables["storage_class_prefixes"]) {
        manifests.add(
            text(row, "service"),
            &claim(&format!("{}x@", text(row, "prefix"))),
        );
    }
    let selector = |name: &str, value: &str| pod(&format!("  nodeSelector:\n    {name}: {value}"));
    for (name, service) in named(&tables["node_labels"]) {
        manifests.add(service, &selector(name, "x@"));
        manifests.add(
            service,
            &selector(&format!("example.com/{}", name.replace('/', ".")), "x"),
        );
    }
    for row in rows(&tables["node_label_prefixes"]) {
        manifests.add(
            text(row, "service"),
            &selector(&format!("{}x", text(row, "prefix")), "x@"),
        );
    }
    for row in rows(&tables["node_label_values"]) {
        manifests.add(
            text(row, "service"),
            &selector(text(row, "name"), &format!("{}@", text(row, "value"))),
        );
        manifests.add(text(row, "service"), &selector(text(row, "name"), "other"));
    }
    for volume in ["azureFile", "azureDisk"] {
        let service = text(&tables["volume_types"][volume], "service");
        manifests.add(
            service,
            &pod(&format!(
                "  volumes:\n  - name: v\n    {volume}:@\n      x: y"
            )),
        );
        manifests.add(
            service,
            &pod(&format!(
                "  volumes:\n  - name: {volume}\n    emptyDir: {{}}"
            )),
        );
    }
    for (name, service) in named(&tables["secret_keys"]) {
        manifests.add(
            service,
            &format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  {name}: eA==@"),
        );
        manifests.add(service, &config_map(&format!("my-{name}"), "x"));
    }
}

fn variables(manifests: &mut Manifests) {
    let tables = tables("kubernetes.yaml");
    let variable = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    env:\n    - value: x\n      name: {name}"
        )
    };
    for (name, service) in named(&tables["environment"]) {
        manifests.add(service, &variable(&format!("{name}@")));
        manifests.add(service, &config_map(name, "x@"));
        manifests.add(service, &variable(&format!("MY_{name}")));
        manifests.add(
            service,
            &format!("{}\n    image: $({name})", variable("OTHER")),
        );
    }
    for row in rows(&tables["environment_prefixes"]) {
        let prefix = text(row, "prefix");
        manifests.add(text(row, "service"), &variable(&format!("{prefix}zzz@")));
        manifests.add(text(row, "service"), &variable(&format!("MY_{prefix}zzz")));
    }
}

fn images(manifests: &mut Manifests) {
    let container = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: {image}"
        )
    };
    for row in rows(&tables("images.yaml")["images"]) {
        let prefix = text(row, "prefix");
        manifests.add(
            text(row, "service"),
            &container(&format!("{prefix}:1.2.3@")),
        );
        manifests.add(
            text(row, "service"),
            &container(&format!(
                "harbor.example.com/my-{}:1.2.3",
                prefix.replace('.', "-")
            )),
        );
    }
}

fn words(manifests: &mut Manifests) {
    let tables = tables("kubernetes.yaml");
    for row in rows(&tables["markers"]) {
        let marker = text(row, "text");
        manifests.add(
            text(row, "service"),
            &config_map("x", &format!("'{marker}/y'@")),
        );
        manifests.add(
            text(row, "service"),
            &config_map("x", &format!("'{}'", &marker[1..])),
        );
    }
    let service = text(&tables["region"], "service");
    let region_labels = list(&tables, "region_labels");
    for region in list(&tables, "regions") {
        for label in &region_labels {
            let zone = format!("  nodeSelector:\n    {label}: {region}");
            manifests.add(service, &pod(&format!("{zone}-1@")));
            manifests.add(service, &pod(&format!("{zone}x")));
        }
        manifests.add(service, &config_map("region", region));
    }
}

fn resource_types(manifests: &mut Manifests) {
    for (kind, service) in named(&tables("resource_types.yaml")["resource_types"]) {
        let id = format!("/subscriptions/0/resourceGroups/rg/providers/{kind}");
        manifests.add(service, &config_map("x", &format!("{id}/name@")));
        manifests.add(service, &config_map("x", kind));
    }
}

/// A setting in an object that has all that its row asks for; without its value it tells nothing.
fn settings(manifests: &mut Manifests) {
    for row in rows(&tables("settings.yaml")["settings"]) {
        let (key, service) = (text(row, "key"), text(row, "service"));
        let values = list(row, "values");
        let value = values.first().map(|value| {
            value.trim_matches('*').to_owned() + if value.ends_with('*') { "x" } else { "" }
        });
        let key = key.replace('*', "something");
        let kind = list(row, "kinds").first().copied().unwrap_or("Thing");
        let mut above = String::new();
        let mut indent = "  ".to_owned();
        if let Some(under) = list(row, "under").first() {
            write!(above, "\n{indent}{under}:").unwrap();
            indent.push_str("  ");
        }
        if let Some(beside) = list(row, "beside").first() {
            write!(above, "\n{indent}{beside}: x").unwrap();
        }
        if let Some(near) = list(row, "near").first() {
            write!(above, "\n{indent}note: {near}").unwrap();
        }
        let document = |value: &str, mark: &str| {
            let holds = list(row, "holds")
                .first()
                .map(|held| format!("\n{indent}  {held}: x"));
            let value = match &holds {
                Some(holds) => format!("{mark}{holds}"),
                None => format!(" '{value}'{mark}"),
            };
            format!(
                "apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec:{above}\n{indent}'{key}':{value}"
            )
        };
        manifests.add(service, &document(value.as_deref().unwrap_or("x"), "@"));
        if list(row, "holds").is_empty() {
            let nothing = if values.is_empty() {
                ""
            } else {
                "something-else"
            };
            manifests.add(service, &document(nothing, ""));
        }
    }
}

/// Compares, prints precision and recall, and fails on the first ten differences.
fn assert_exact(what: &str, expected: &BTreeSet<String>, found: &BTreeSet<String>, text: &str) {
    let right = expected.intersection(found).count();
    println!(
        "{what}: {} to find, {} found, precision {:.3}, recall {:.3}",
        expected.len(),
        found.len(),
        right as f64 / found.len().max(1) as f64,
        right as f64 / expected.len().max(1) as f64
    );
    let shown = |fact: &String| {
        let line = fact
            .split([' ', ':'])
            .find_map(|part| part.parse::<usize>().ok());
        let line = line.and_then(|line| text.lines().nth(line - 1));
        format!("{fact} | {}", line.unwrap_or_default().trim())
    };
    let missed = expected
        .difference(found)
        .map(|fact| format!("missed {}", shown(fact)));
    let wrong = found
        .difference(expected)
        .map(|fact| format!("wrong {}", shown(fact)));
    let differences: Vec<String> = missed.chain(wrong).take(20).collect();
    assert!(differences.is_empty(), "{what}\n{}", differences.join("\n"));
    assert!(!expected.is_empty());
}

#[test]
fn every_row_of_every_table_is_found_and_its_look_alike_is_not() {
    let folder = tempfile::tempdir().unwrap();
    type Table = (&'static str, fn(&mut Manifests));
    let tables: [Table; 7] = [
        ("hosts", hosts),
        ("objects", objects),
        ("variables", variables),
        ("images", images),
        ("words", words),
        ("resource-types", resource_types),
        ("settings", settings),
    ];
    for (name, write) in tables {
        let mut manifests = Manifests::default();
        write(&mut manifests);
        let found = manifests.found(folder.path(), &format!("{name}.yaml"));
        assert_exact(name, &manifests.expected, &found, &manifests.text);
    }
}

#[test]
fn the_truth_set_is_found_to_the_line() {
    let folder = root().join("fixtures/azure");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    let arguments = [
        "scan",
        ".",
        "--family",
        "azure",
        "--format",
        "json",
        "--fail-on",
        "never",
    ];
    let found = run(&folder, &arguments);
    assert_eq!(found.status, 0, "{}{}", found.stdout, found.stderr);
    let of_file = |facts: &BTreeSet<String>, name: &str| -> BTreeSet<String> {
        let suffix = format!(" {name}:");
        facts
            .iter()
            .filter(|fact| fact.contains(&suffix))
            .cloned()
            .collect()
    };
    let found: BTreeSet<String> = found.found().into_iter().collect();
    for name in &names {
        let expected = marks(&folder.join(name), name);
        let text = fs::read_to_string(folder.join(name)).unwrap();
        assert_exact(name, &expected, &of_file(&found, name), &text);
    }
}
