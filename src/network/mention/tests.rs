//! What counts as the name of a Service, and where.

use crate::model::{Artifact, Node};
use crate::network::Settings;
use crate::source::read_text;

use super::*;

const SERVICES: &str = r#"apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}, {port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: other}
spec: {selector: {app: mail}, ports: [{port: 25}]}
---
apiVersion: v1
kind: Pod
metadata: {name: x, namespace: other}
spec: {containers: []}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {DB_HOST: db, mode: db}
---
apiVersion: v1
kind: Secret
metadata: {name: access, namespace: shop}
stringData: {DB_URL: 'postgres://u@db:5432/x'}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: files, namespace: shop}
data: {a.conf: 'upstream = db:5432', b: none}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pair, namespace: shop}
data: {DB_HOST: db, DB_PORT: '80', PLACE: db}
---
apiVersion: v1
kind: Secret
metadata: {name: encoded, namespace: shop}
data: {DB_URL: cG9zdGdyZXM6Ly91QGRiOjU0MzIveA==, x: '%%'}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pairs, namespace: shop}
data:
  a.yml: |
    - host: db
      port: 5432
    - host: db
      port: 9999
    - host: db
---
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts, namespace: shop}
data:
  dump.sh: pg_dump -h db
  notes: nc db 80
  wait: |
    #!/bin/sh
    nc db 80
---
"#;

/// What is found, as `service:port text`.
fn found(container: &str) -> Vec<String> {
    let resources = read_text(&format!(
        "{SERVICES}apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec: {{containers: [{container}]}}\n"
    ));
    let settings = settings();
    let network = Network::new(&resources, &settings);
    let services = Services::read(&resources, &network);
    let pod = resources.last().expect("is there");
    let mentions =
        Mentions::new(&resources, &network, &services, &settings).of(pod, &ValuePath::default());
    let told = mentions.iter().map(|mention| {
        let holder = mention.holder.as_ref();
        let written = holder.map_or((pod, &mention.path), |holder| {
            (&resources[holder.resource], &holder.path)
        });
        let text = written.0.at(written.1).and_then(Node::as_str);
        let Part { start, length } = mention.part;
        let word = &text.expect("is a string")[start..start + length];
        let port = match &mention.port {
            Some(PortName::Number(number)) => number.to_string(),
            _ => "-".to_owned(),
        };
        let name = &services.all[mention.services[0]].name;
        let holder = holder.map_or(String::new(), |holder| {
            let how = if holder.is_taken_along {
                " taken along"
            } else {
                ""
            };
            format!(
                " in {} of {}{how}",
                holder.key,
                pod.at(&mention.path)
                    .and_then(Node::as_str)
                    .unwrap_or_default()
            )
        });
        format!("{name}:{port} {word}{holder}")
    });
    told.collect()
}

/// Programs that call hosts, as the bundled settings have them.
fn settings() -> Settings {
    let file = include_str!("../../../policies/settings.yaml");
    let file: serde_yaml::Value = serde_yaml::from_str(file).expect("is YAML");
    let clients = file["settings"]["network"]["clients"].clone();
    Settings {
        clients: serde_yaml::from_value(clients).expect("fits"),
        ..Settings::default()
    }
}

fn of_variable(name: &str, value: &str) -> Vec<String> {
    found(&format!("{{env: [{{name: {name}, value: '{value}'}}]}}"))
}

#[test]
fn host_names_are_found_with_their_ports() {
    assert_eq!(
        of_variable("A", "postgres://user@db:5432/shop"),
        ["db:5432 db"]
    );
    assert_eq!(of_variable("A", "http://db/path"), ["db:80 db"]);
    assert_eq!(of_variable("A", "https://db/path"), ["db:- db"]);
    assert_eq!(
        of_variable("A", "db:5432,mail.other:25"),
        ["db:5432 db", "mail:25 mail.other"]
    );
    assert_eq!(
        of_variable("A", "db.shop.svc.cluster.local"),
        ["db:- db.shop.svc.cluster.local"]
    );
    assert_eq!(
        of_variable("A", "db-0.db.shop.svc"),
        ["db:- db-0.db.shop.svc"]
    );
    assert_eq!(
        of_variable("A", "postgres://mail:x@db:5432/shop,db-0.db:5432"),
        ["db:5432 db", "db:5432 db-0.db"]
    );
    assert_eq!(
        of_variable("A", "db-0.db:5432,db-1.db.shop:5432"),
        ["db:5432 db-0.db", "db:5432 db-1.db.shop"]
    );
    assert_eq!(of_variable("A", "http://db.shop/x"), ["db:80 db.shop"]);
    assert_eq!(of_variable("DB_HOST", "db"), ["db:- db"]);
    assert_eq!(found("{args: [--db-host, db, db]}"), ["db:- db"]);
    assert_eq!(
        found("{args: ['--db-host=db', '--listen=:80']}"),
        ["db:- db"]
    );
}

#[test]
fn words_that_only_look_alike_are_none() {
    for (name, value) in [
        ("A", "db"),
        ("DB_NAME", "db"),
        ("A", "the db is down"),
        ("A", "/var/lib/db:80"),
        ("A", "db:16"),
        ("A", "mydb:5432"),
        ("A", "db_main:5432"),
        ("A", "mail:25"),
        ("A", "db.example.com:5432"),
        ("A", "postgres://db:db@elsewhere.example.com/x"),
        ("A", "postgres://db:${PASSWORD}@elsewhere.example.com/x"),
        ("A", "db-main.db:5432"),
        ("A", "mail-0.mail:25"),
        ("A", "https://mail.other/schema/v0/x.json"),
        ("CORS_ORIGINS", "http://db:80"),
        ("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://db:5432"),
        ("no_proxy", "db.shop.svc,.svc"),
        ("JWT_AUDIENCE", "http://db:80"),
        ("VITE_API_URL", "http://db:80"),
    ] {
        assert_eq!(of_variable(name, value), [""; 0], "{name}={value}");
    }
}

#[test]
fn flags_that_only_speak_of_hosts_name_none() {
    for flag in [
        "--tls-server-name=db.shop.svc",
        "--allowed-hosts=db.shop.svc",
    ] {
        assert_eq!(found(&format!("{{args: ['{flag}']}}")), [""; 0], "{flag}");
    }
    let certificate = "openssl req -x509 -subj /CN=db.shop.svc -out /c; exec app";
    let command = format!("{{command: [sh, -c, '{certificate}']}}");
    assert_eq!(found(&command), [""; 0]);
    assert_eq!(
        found("{args: ['--server=db.shop.svc']}"),
        ["db:- db.shop.svc"]
    );
}

#[test]
fn names_that_the_pod_leads_elsewhere_are_no_services() {
    let url = "{env: [{name: DB_URL, value: 'http://db:80'}]}";
    assert_eq!(found(url), ["db:80 db"]);
    let aliased = format!("{url}], hostAliases: [{{ip: 10.0.0.1, hostnames: [db]}}");
    assert_eq!(found(&aliased), [""; 0]);
}

#[test]
fn config_maps_count_as_far_as_they_are_read() {
    assert_eq!(
        found("{envFrom: [{configMapRef: {name: settings}}]}"),
        ["db:- db in DB_HOST of settings taken along"]
    );
    assert_eq!(
        found(
            "{env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]}"
        ),
        ["db:- db in mode of settings"]
    );
    assert_eq!(
        found("{env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]}"),
        [""; 0]
    );
}

#[test]
fn of_config_maps_of_one_name_the_nearest_counts() {
    let map = |host: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: twice, namespace: shop}}\ndata: {{MAIL_HOST: {host}}}\n"
        )
    };
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{envFrom: [{configMapRef: {name: twice}}]}]}\n";
    let found = |files: &[(&str, String)]| {
        let mut resources = read_text(SERVICES);
        for (path, text) in files {
            let artifact = Artifact::new(path, path, text.clone());
            let artifact = std::sync::Arc::new(artifact);
            resources.extend(read_text(text).into_iter().map(|mut resource| {
                resource.artifact = std::sync::Arc::clone(&artifact);
                resource
            }));
        }
        let settings = settings();
        let network = Network::new(&resources, &settings);
        let services = Services::read(&resources, &network);
        let mentions = Mentions::new(&resources, &network, &services, &settings);
        let reader = resources
            .iter()
            .find(|resource| resource.identity.name == "p");
        mentions
            .of(reader.expect("is there"), &ValuePath::default())
            .len()
    };
    let [db, none] = [map("db"), map("x")];
    let pod = pod.to_owned();
    let beside = [
        ("a/p.yaml", pod.clone()),
        ("a/m.yaml", db.clone()),
        ("b/m.yaml", none.clone()),
    ];
    assert_eq!(found(&beside), 1);
    let far = [
        ("a/p.yaml", pod.clone()),
        ("a/m.yaml", none.clone()),
        ("b/m.yaml", db.clone()),
    ];
    assert_eq!(found(&far), 0);
    let same = format!("{pod}---\n{db}");
    assert_eq!(found(&[("a/p.yaml", same), ("a/m.yaml", none.clone())]), 1);
    let undecided = [("a/p.yaml", pod), ("b/m.yaml", none), ("b/n.yaml", db)];
    assert_eq!(found(&undecided), 0);
}

#[test]
fn a_variable_that_a_container_expands_is_not_only_taken_along() {
    for arguments in ["--db=$(DB_HOST)", "psql $DB_HOST", "nc ${DB_HOST} 80"] {
        assert_eq!(
            found(&format!(
                "{{args: ['{arguments}'], envFrom: [{{configMapRef: {{name: settings}}}}]}}"
            )),
            ["db:- db in DB_HOST of settings"]
        );
    }
    assert_eq!(
        found("{args: [$DB_HOSTS], envFrom: [{configMapRef: {name: settings}}]}"),
        ["db:- db in DB_HOST of settings taken along"]
    );
}

#[test]
fn secrets_count_plain_and_encoded() {
    for (container, expected) in [
        (
            "{envFrom: [{secretRef: {name: access}}]}",
            "db:5432 db in DB_URL of access taken along",
        ),
        (
            "{env: [{name: A, valueFrom: {secretKeyRef: {name: access, key: DB_URL}}}]}",
            "db:5432 db in DB_URL of access",
        ),
        (
            "{env: [{name: A, valueFrom: {secretKeyRef: {name: encoded, key: DB_URL}}}]}",
            "db:5432 of",
        ),
    ] {
        let [told] = found(container).try_into().expect("is one");
        let told = told
            .split_once(" of encoded")
            .map_or(&*told, |_| "db:5432 of");
        assert_eq!(told, expected);
    }
    assert_eq!(
        found("{env: [{name: A, valueFrom: {secretKeyRef: {name: settings, key: DB_HOST}}}]}"),
        [""; 0]
    );
}

#[test]
fn volumes_take_the_entries_that_they_list() {
    let of_volume = |source: &str| found(&format!("{{name: a}}], volumes: [{{name: v, {source}}}"));
    for source in [
        "configMap: {name: files}",
        "configMap: {name: files, items: [{key: a.conf, path: a}]}",
        "projected: {sources: [{configMap: {name: files}}]}",
    ] {
        assert_eq!(
            of_volume(source),
            ["db:5432 db in a.conf of files"],
            "{source}"
        );
    }
    assert_eq!(
        of_volume("configMap: {name: pairs}"),
        ["db:5432 db in a.yml of pairs"]
    );
    assert_eq!(
        of_volume("configMap: {name: files, items: [{key: b, path: b}]}"),
        [""; 0]
    );
}

#[test]
fn commands_name_hosts_where_their_program_takes_one() {
    for (container, expected) in [
        ("{command: [pg_dump, -h, db, -d, shop]}", "db:5432 db"),
        ("{command: [pg_isready], args: [--host=db]}", "db:5432 db"),
        (
            "{command: [sh, -c, 'until nc -z db 5432; do sleep 1; done']}",
            "db:5432 db",
        ),
        (
            "{command: [sh, -c], args: ['X=1 pg_dump -hdb | gzip']}",
            "db:5432 db",
        ),
        ("{args: [\"pg_dump \\\\\\n  -h 'db' -U x\"]}", "db:5432 db"),
        ("{args: ['wait-for-it db:80 -- run']}", "db:80 db"),
        ("{args: ['echo wait; curl http://db:80']}", "db:80 db"),
        ("{args: ['echo http://db:80 > /etc/url']}", "db:80 db"),
        ("{args: ['echo > /dev/tcp/db/5432 && x']}", "db:5432 db"),
        (
            "{args: ['wait-for db.shop.svc.cluster.local; x']}",
            "db:- db.shop.svc.cluster.local",
        ),
        (
            "{command: [sh, -c, 'mongosh --host db-0.db x']}",
            "db:- db-0.db",
        ),
        (
            "{command: [redis-server, --replicaof, db, '6379']}",
            "db:- db",
        ),
    ] {
        assert_eq!(found(container), [expected], "{container}");
    }
}

#[test]
fn other_words_of_commands_are_no_hosts() {
    for container in [
        "{args: ['echo pg_dump -h db']}",
        "{command: [sh, -c, 'echo \"waiting for http://db:80\"']}",
        "{args: ['pg_dump -d db -h \"$HOST\"']}",
        "{args: ['# nc -z db 5432']}",
        "{args: ['kubectl exec x -- psql -h db']}",
        "{args: ['nc -z db 5433']}",
        "{args: ['nc -z mail 25']}",
        "{args: ['cd db && ls']}",
        "{command: [tool, -h, db]}",
        "{args: ['nslookup db.shop.svc.cluster.local; x']}",
        "{command: [/usr/bin/getent, hosts, db.shop.svc.cluster.local]}",
    ] {
        assert_eq!(found(container), [""; 0], "{container}");
    }
}

#[test]
fn scripts_in_config_maps_are_read_as_such() {
    assert_eq!(
        found("{name: a}], volumes: [{name: v, configMap: {name: scripts}}"),
        [
            "db:5432 db in dump.sh of scripts",
            "db:80 db in wait of scripts"
        ]
    );
}

#[test]
fn variables_that_kubernetes_replaces_are_read_with_their_values() {
    let with = |first: &str, second: &str| {
        found(&format!(
            "{{env: [{first}, {{name: A, value: '{second}'}}]}}"
        ))
    };
    let primary = "{name: PRIMARY, value: db}";
    for (first, second, expected) in [
        (
            primary,
            "postgres://u@$(PRIMARY):5432/x",
            "db:5432 $(PRIMARY)",
        ),
        (
            "{name: NS, value: shop}",
            "http://db.$(NS).svc:80",
            "db:80 db.$(NS).svc",
        ),
        (
            "{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}",
            "db.$(NS).svc",
            "db:- db.$(NS).svc",
        ),
        (
            "{name: PLACE, valueFrom: {configMapKeyRef: {name: pair, key: PLACE}}}",
            "http://$(PLACE)/",
            "db:80 $(PLACE)",
        ),
        (
            "{name: B, value: db}, {name: C, value: '$(B).shop.svc'}",
            "x",
            "db:- $(B).shop.svc",
        ),
        // Told where the variable has its value.
        (
            "{name: DB_HOST, value: db}",
            "http://$(DB_HOST):80",
            "db:- db",
        ),
    ] {
        assert_eq!(with(first, second), [expected], "{first} {second}");
    }
    for (first, second) in [
        (primary, "http://$$(PRIMARY):80"),
        (primary, "http://$(OTHER):80"),
        (
            "{name: PRIMARY, valueFrom: {secretKeyRef: {name: none, key: a}}}",
            "http://$(PRIMARY):80",
        ),
    ] {
        assert_eq!(with(first, second), [""; 0], "{first} {second}");
    }
    assert_eq!(
        found("{env: [{name: PRIMARY, value: db}], args: ['--url=http://$(PRIMARY):80', '-x']}"),
        ["db:80 $(PRIMARY)"]
    );
    assert_eq!(
        found("{args: ['http://$(PLACE):80'], envFrom: [{configMapRef: {name: pair}}]}"),
        ["db:80 db in DB_HOST of pair taken along", "db:80 $(PLACE)"]
    );
}

#[test]
fn a_port_in_a_variable_beside_the_host_s_counts() {
    for (variables, expected) in [
        (
            "{name: DB_HOST, value: db}, {name: DB_PORT, value: '80'}",
            "db:80 db",
        ),
        (
            "{name: DB_PORT, value: '80'}, {name: DB_HOST, value: db}",
            "db:80 db",
        ),
        // None of the Service's.
        (
            "{name: DB_HOST, value: db}, {name: DB_PORT, value: '81'}",
            "db:- db",
        ),
        (
            "{name: DB_HOST, value: db}, {name: X_PORT, value: '80'}",
            "db:- db",
        ),
        (
            "{name: HOST, value: db}, {name: PORT, value: '80'}",
            "db:- db",
        ),
        (
            "{name: DB_HOST, value: 'db:5432'}, {name: DB_PORT, value: '80'}",
            "db:5432 db",
        ),
    ] {
        assert_eq!(
            found(&format!("{{env: [{variables}]}}")),
            [expected],
            "{variables}"
        );
    }
    assert_eq!(
        found("{envFrom: [{configMapRef: {name: pair}}]}"),
        ["db:80 db in DB_HOST of pair taken along"]
    );
}

#[test]
fn connection_strings_name_services() {
    for (value, expected) in [
        ("Server=db;Database=x", "db:- db"),
        ("Host=db;Port=5432;Database=x", "db:5432 db"),
        ("host=db port=5432 dbname=x", "db:5432 db"),
    ] {
        assert_eq!(of_variable("A", value), [expected], "{value}");
    }
    assert_eq!(of_variable("A", "server=db; path=/"), [""; 0]);
}

#[test]
fn commands_that_the_kubelet_runs_name_hosts() {
    for container in [
        "{readinessProbe: {exec: {command: [wget, '-qO-', 'http://db:80/x']}}}",
        "{lifecycle: {postStart: {exec: {command: [sh, -c, 'curl http://db:80']}}}}",
    ] {
        assert_eq!(found(container), ["db:80 db"], "{container}");
    }
    let called = "{livenessProbe: {httpGet: {path: /db, port: 80, host: db}}}";
    assert_eq!(found(called), [""; 0]);
}
