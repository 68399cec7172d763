//! What is needed, and by whom: ports, names, Services that operators make, gateways.

use super::*;

/// A pod of the namespace `shop` in YAML, with its whole `spec`.
fn pod_of_shop(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}\nspec: {spec}\n---\n"
    )
}

#[test]
fn ports_for_a_whole_namespace_are_unused_where_all_its_pods_are_known() {
    let opened = policy("{podSelector: {}, ingress: [{ports: [{port: 9090}]}]}");
    let web = pod_of_shop(
        "web",
        "{containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}",
    );
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: seed, namespace: shop}\nspec: {template: {metadata: {labels: {app: seed}}, spec: {containers: [{name: a, image: a}]}}}\n---\n";
    let idle =
        policy("{podSelector: {matchLabels: {app: other}}}").replace("name: p", "name: idle");
    let strange = policy("{podSelector: {matchLabels: {pod-template-hash: x}}}")
        .replace("name: p", "name: idle");
    let custom =
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x, namespace: shop}\n---\n";
    let silent = pod_of_shop("silent", "{containers: [{name: a, image: a}]}");
    for (more, expected) in [
        ("", 1),
        (job, 1),
        (idle.as_str(), 1),
        (strange.as_str(), 0),
        (custom, 0),
        (silent.as_str(), 0),
    ] {
        let text = format!("{SHOP}---\n{opened}{web}{more}");
        assert_eq!(facts("network_ports", &text).len(), expected, "{more}");
    }
}

#[test]
fn who_is_told_of_no_host_may_ask_for_none() {
    let closed =
        policy("{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}");
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: shop}\ndata: {a: 'proxy https://example.com'}\n---\n";
    for (container, volumes, expected) in [
        ("", "", false),
        ("env: [{name: LEVEL, value: info}]", "", false),
        (
            "env: [{name: API_URL, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
            "",
            true,
        ),
        ("env: [{name: LISTEN_ADDR, value: 0.0.0.0}]", "", false),
        ("args: ['--to=db.example.com:5432']", "", true),
        ("args: ['--listen=0.0.0.0:80']", "", false),
        ("command: [sh, -c, 'psql -h $X']", "", true),
        ("envFrom: [{secretRef: {name: unknown}}]", "", true),
        ("", "{name: v, configMap: {name: m}}", true),
        ("", "{name: v, emptyDir: {}}", false),
    ] {
        let spec =
            format!("{{containers: [{{name: a, image: a, {container}}}], volumes: [{volumes}]}}");
        let text = format!("{closed}{map}{}", pod_of_shop("web", &spec));
        let found = with_bundled("network_dns", &text);
        assert_eq!(
            found[0]["is_told"],
            json!(expected),
            "{container} {volumes}"
        );
    }
}

#[test]
fn a_client_in_the_image_of_a_database_asks_for_names() {
    let closed = policy("{podSelector: {}, policyTypes: [Egress]}");
    let job = |command: &str| {
        format!(
            "{closed}apiVersion: batch/v1\nkind: Job\nmetadata: {{name: a, namespace: shop}}\nspec: {{template: {{metadata: {{labels: {{app: a}}}}, spec: {{containers: [{{name: a, image: 'postgres:16', command: {command}}}]}}}}}}\n"
        )
    };
    let server = |command: &str| {
        let spec =
            format!("{{containers: [{{name: a, image: 'postgres:16', command: {command}}}]}}");
        format!("{closed}{}", pod_of_shop("a", &spec))
    };
    let alone = |command: &str| server(command).replace("postgres:16", "alpine:3");
    for (text, expected) in [
        (alone("[sh, -c, 'mkdir -p /data && echo y && sleep 1']"), 0),
        (alone("[sh, -c, 'mkdir -p /data && wget http://db']"), 1),
        (job("[sh, -c, 'psql \"$DATABASE_URL\" -c x']"), 1),
        (job("[sh, -c, 'chown postgres /data']"), 0),
        // Through a socket, of which one command says it for those beside it.
        (
            job("[sh, -c, 'pg_dump --host=/run/db -f x && pg_restore --list x']"),
            0,
        ),
        (
            job("[sh, -c, 'pg_dump --host=/run/db -f x && psql -h db -f x']"),
            1,
        ),
        (server("[sh, -c, 'pg_dump -h \"$HOST\"']"), 1),
        (server("[sh, -c, 'pg_isready -h localhost && postgres']"), 0),
        (server("[postgres]"), 0),
    ] {
        assert_eq!(with_bundled("network_dns", &text).len(), expected, "{text}");
    }
}

#[test]
fn a_peer_that_asks_for_the_dns_service_by_another_value_is_told_with_it() {
    let pod = pod_of_shop("web", "{containers: [{name: a, image: a}]}");
    for (labels, expected) in [
        ("k8s-app: coredns", true),
        ("k8s-app: web", false),
        ("k8s-app: kube-dns, app: web", false),
    ] {
        let closed = policy(&format!(
            "{{podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: kube-system}}}}, podSelector: {{matchLabels: {{{labels}}}}}}}], ports: [{{port: 53, protocol: UDP}}]}}]}}"
        ));
        let found = with_bundled("network_dns", &format!("{closed}{pod}"));
        let missed = found.first().and_then(|fact| fact["missed"].as_str());
        let told = "asks for `k8s-app: coredns`, while the service's pods have `k8s-app: kube-dns`";
        let is_told = missed.is_some_and(|missed| missed.contains(told));
        assert_eq!(is_told, expected, "{labels} {found:?}");
    }
}

/// What is found with the settings that landfall brings.
pub(super) fn with_bundled(name: &str, text: &str) -> Vec<Value> {
    bundled_of(name, &read_text(text))
}

pub(super) fn bundled_of(name: &str, resources: &[Resource]) -> Vec<Value> {
    let file = include_str!("../../../../policies/settings.yaml");
    let file: serde_yaml::Value = serde_yaml::from_str(file).expect("is YAML");
    let settings = file["settings"]["network"].clone();
    let settings: Settings = serde_yaml::from_value(settings).expect("fits");
    let wanted = BTreeSet::from([name.to_owned()]);
    let found = NetworkFacts::new((resources, &[]), &wanted, || settings);
    let of = |resource: &Resource| found.of(resource)?.get(name).cloned();
    resources.iter().filter_map(of).flatten().collect()
}

#[test]
fn a_service_that_an_operator_makes_is_cut_off_where_nothing_is_sent() {
    let broker = "apiVersion: rabbitmq.com/v1beta1\nkind: RabbitmqCluster\nmetadata: {name: queue, namespace: shop, labels: {app: queue}}\n---\n";
    let other = pod_of_shop("other", "{containers: [{name: a, image: a}]}");
    let web = |host: &str| {
        let spec = format!(
            "{{containers: [{{name: a, image: a, env: [{{name: QUEUE_HOST, value: {host}}}]}}]}}"
        );
        pod_of_shop("web", &spec)
    };
    let to = |peers: &str| {
        policy(&format!(
            "{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{{ports: [{{port: 53}}]}}, {peers}]}}"
        ))
    };
    for (peers, host, expected) in [
        (
            "{to: [{podSelector: {matchLabels: {app: other}}}]}",
            "queue",
            1,
        ),
        (
            "{to: [{podSelector: {matchLabels: {app: other}}}]}",
            "nobody",
            0,
        ),
        (
            "{to: [{podSelector: {matchLabels: {app: queue}}}]}",
            "queue",
            0,
        ),
        (
            "{to: [{podSelector: {matchLabels: {kind: broker}}}]}",
            "queue",
            0,
        ),
        ("{ports: [{port: 5672}]}", "queue:5672", 0),
        ("{ports: [{port: 15672}]}", "queue:5672", 1),
        ("{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "queue", 0),
    ] {
        let text = format!("{SHOP}---\n{broker}{other}{}{}", to(peers), web(host));
        let found = with_bundled("network_services", &text);
        assert_eq!(found.len(), expected, "{peers} {host}");
    }
}

#[test]
fn pods_of_operators_bear_their_labels_and_those_of_the_resource() {
    let cluster = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg, namespace: shop, labels: {team: data}}\n---\n";
    let web = pod_of_shop("web", "{containers: [{name: a, image: a}]}");
    for (labels, expected) in [
        ("app.kubernetes.io/name: postgresql", 0),
        ("app.kubernetes.io/managed-by: cloudnative-pg", 0),
        ("team: data", 0),
        ("team: data, app: api", 1),
        ("app: api", 1),
    ] {
        let idle = policy(&format!("{{podSelector: {{matchLabels: {{{labels}}}}}}}"));
        let text = format!("{SHOP}---\n{cluster}{web}{idle}");
        let found = with_bundled("network_idle", &text);
        assert_eq!(found.len(), expected, "{labels}");
    }
}

#[test]
fn a_gateway_is_none_of_the_workloads_beside_it() {
    let gateway = |labels: &str| {
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: edge, namespace: shop, labels: {{{labels}}}}}\nspec: {{gatewayClassName: some}}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r, namespace: shop}}\nspec: {{parentRefs: [{{name: edge}}], rules: [{{backendRefs: [{{name: api, port: 80}}]}}]}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: api, namespace: shop}}\nspec: {{selector: {{app: api}}, ports: [{{port: 80}}]}}\n---\n"
        )
    };
    let pods = ["api", "front"].map(|name| {
        pod_of_shop(
            name,
            "{containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}",
        )
    });
    for (labels, peer, expected) in [
        ("", "{app: front}", 1),
        ("app: front", "{app: front}", 0),
        ("", "{app: edge}", 0),
        ("", "{gateway.networking.k8s.io/gateway-name: edge}", 0),
    ] {
        let closed = policy(&format!(
            "{{podSelector: {{matchLabels: {{app: api}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {peer}}}}}]}}]}}"
        ));
        let text = format!("{SHOP}---\n{}{}{closed}", gateway(labels), pods.concat());
        let found = with_bundled("network_routes", &text);
        assert_eq!(found.len(), expected, "{labels} {peer}");
        let mut namespaces = found.iter().filter_map(|fact| fact["namespaces"].as_str());
        assert!(namespaces.all(|names| names.starts_with("`shop`, ")));
    }
}

#[test]
fn jobs_that_only_touch_files_ask_for_no_names() {
    let closed = policy("{podSelector: {}, policyTypes: [Egress]}");
    for (kind, command, expected) in [
        ("Job", "command: [sh, -c, 'echo a; find /logs -delete']", 0),
        (
            "Job",
            "command: [/bin/sh, -ec], args: ['for f in *; do rm \"$f\"; done']",
            0,
        ),
        ("Job", "command: [/bin/mkdir, -p, /data/a]", 0),
        ("Job", "command: [find, /a, -exec, rm, '{}', '+']", 0),
        ("Job", "command: [find, /a, -exec, curl, '{}', '+']", 1),
        ("Job", "command: [sh, -c, 'rm -r /a; ./sync.sh']", 1),
        ("Job", "command: [sh, -c, 'echo $(curl example)']", 1),
        ("Job", "command: [sh, /scripts/rm.sh]", 1),
        ("Job", "command: [sh, -c, '$RUN']", 1),
        ("Job", "args: [find, /logs]", 1),
        ("ReplicaSet", "command: [find, /logs]", 1),
    ] {
        let group = if kind == "Job" { "batch" } else { "apps" };
        let text = format!(
            "{closed}apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: a, namespace: shop}}\nspec: {{selector: {{matchLabels: {{app: a}}}}, template: {{metadata: {{labels: {{app: a}}}}, spec: {{containers: [{{name: a, image: busybox, {command}}}]}}}}}}\n"
        );
        let found = with_bundled("network_dns", &text).len();
        assert_eq!(found, expected, "{kind} {command}");
    }
}

#[test]
fn an_ingress_without_a_class_is_for_the_default_one() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n---\n";
    let backend = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n---\n";
    let pod = pod_of_shop(
        "web",
        "{containers: [{name: a, ports: [{containerPort: 80}]}]}",
    );
    let open = "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]}";
    let class = |name: &str, mark: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: {name}, annotations: {{ingressclass.kubernetes.io/is-default-class: '{mark}'}}}}\nspec: {{controller: a/b}}\n---\n"
        )
    };
    let k3s = "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: traefik, namespace: kube-system}\n---\n";
    let store = "apiVersion: traefik.io/v1alpha1\nkind: TLSStore\nmetadata: {name: default, namespace: kube-system}\n---\n";
    for (more, expected) in [
        (String::new(), 1),
        (k3s.to_owned(), 0),
        (k3s.replace("name: traefik", "name: coredns"), 1),
        (store.to_owned(), 0),
        (format!("{store}{}", class("nginx", "true")), 1),
        (class("traefik", "true"), 0),
        (class("traefik", "false"), 1),
        (class("nginx", "true"), 1),
        (class("traefik", "true") + &class("nginx", "true"), 1),
    ] {
        let text = format!("{}{ingress}{backend}{pod}{more}", policy(open));
        let found = with_bundled("network_routes", &text).len();
        assert_eq!(found, expected, "{more}");
    }
}

#[test]
fn a_job_with_the_labels_of_a_service_answers_not_for_it() {
    let closed = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: store, namespace: shop}\nspec: {selector: {app: store}, ports: [{port: 5000}]}\n---\n";
    let labels = "metadata: {labels: {app: store}}";
    let pods = |kind: &str, name: &str, container: &str| {
        let group = if kind == "Job" { "batch" } else { "apps" };
        format!(
            "apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{selector: {{matchLabels: {{app: store}}}}, template: {{{labels}, spec: {{containers: [{{name: a, image: example.com/a, {container}}}]}}}}}}\n---\n"
        )
    };
    let port = "ports: [{containerPort: 5000}]";
    let names = "env: [{name: URL, value: 'http://store:5000'}]";
    let store = pods("Deployment", "store", port);
    for (caller, expected) in [
        (pods("Job", "sweep", names), 1),
        // It may listen all the same, as what runs on, or as it says.
        (pods("Deployment", "sweep", names), 0),
        (pods("Job", "sweep", &format!("{names}, {port}")), 0),
    ] {
        let text = format!("{closed}{service}{store}{caller}");
        let found = with_bundled("network_services", &text).len();
        assert_eq!(found, expected, "{caller}");
    }
    let alone = format!("{closed}{service}{}", pods("Job", "sweep", names));
    assert_eq!(with_bundled("network_services", &alone).len(), 0);
}

#[test]
fn cilium_s_world_is_no_pods_and_its_host_answers_for_names() {
    let closing = |spec: &str| {
        format!(
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n---\n"
        )
    };
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: a, env: [{name: DB_URL, value: 'http://db'}]}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: shop, labels: {app: db}}\nspec: {containers: [{name: a}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 80}]}\n---\n";
    let found = |name: &str, spec: &str| {
        let any = policy("{podSelector: {matchLabels: {app: none}}}");
        with_bundled(name, &format!("{pods}{any}{}", closing(spec))).len()
    };
    for (peer, expected) in [
        ("fromEntities: [world]", 1),
        ("fromCIDR: [10.0.0.0/8]", 1),
        ("fromEntities: [cluster]", 0),
        ("fromEntities: [ingress]", 1),
        (
            "fromEndpoints: [{matchExpressions: [{key: 'reserved:ingress', operator: Exists}]}]",
            1,
        ),
    ] {
        let spec =
            format!("{{endpointSelector: {{matchLabels: {{app: db}}}}, ingress: [{{{peer}}}]}}");
        assert_eq!(found("network_services", &spec), expected, "{peer}");
    }
    for (peer, port, expected) in [("host", 53, 0), ("host", 443, 1), ("remote-node", 53, 1)] {
        let spec = format!(
            "{{endpointSelector: {{matchLabels: {{app: db}}}}, egress: [{{toEntities: [{peer}], toPorts: [{{ports: [{{port: '{port}', protocol: ANY}}]}}]}}]}}"
        );
        assert_eq!(found("network_dns", &spec), expected, "{peer} {port}");
    }
}

#[test]
fn cilium_s_proxy_answers_for_ingresses_of_its_class_and_scrapes_nothing() {
    let deny = policy("{podSelector: {matchLabels: {app: none}}}");
    let web = pod_of_shop(
        "web",
        "{containers: [{name: a, ports: [{name: http, containerPort: 80}]}]}",
    );
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n---\n";
    let closing = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {endpointSelector: {}, ingress: [{fromEntities: [ingress]}]}\n---\n";
    let ingress = |class: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, namespace: shop}}\nspec: {{{class}defaultBackend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n---\n"
        )
    };
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m, namespace: shop}\nspec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}\n";
    for (name, object, expected) in [
        ("network_routes", ingress("ingressClassName: cilium, "), 0),
        ("network_routes", ingress(""), 0),
        ("network_routes", ingress("ingressClassName: nginx, "), 1),
        ("network_scrapes", monitor.to_owned(), 1),
    ] {
        let text = format!("{deny}{web}{service}{closing}{object}");
        assert_eq!(with_bundled(name, &text).len(), expected, "{object}");
    }
}

#[test]
fn a_namespace_that_is_let_in_for_its_name_scrapes_where_the_known_one_has_no_scraper() {
    let web = pod_of_shop(
        "web",
        "{containers: [{name: a, ports: [{name: http, containerPort: 80}]}]}",
    );
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m, namespace: shop}\nspec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}\n---\n";
    let runs = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{name: monitoring}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: monitoring, labels: {{app: {name}}}}}\nspec: {{containers: []}}\n---\n"
        )
    };
    for (label, program, expected) in [
        (
            "kubernetes.io/metadata.name: openshift-monitoring",
            "grafana",
            0,
        ),
        (
            "network.openshift.io/policy-group: monitoring",
            "grafana",
            0,
        ),
        (
            "policy-group.network.openshift.io/monitoring: ''",
            "grafana",
            0,
        ),
        ("kubernetes.io/metadata.name: observability", "grafana", 0),
        (
            "kubernetes.io/metadata.name: observability",
            "prometheus",
            1,
        ),
        ("kubernetes.io/metadata.name: web", "grafana", 1),
        ("network.openshift.io/policy-group: ingress", "grafana", 1),
    ] {
        let closing = policy(&format!(
            "{{podSelector: {{}}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{{label}}}}}}}]}}]}}"
        ));
        let text = format!("{web}{monitor}{closing}{}", runs(program));
        let found = with_bundled("network_scrapes", &text).len();
        assert_eq!(found, expected, "{label} {program}");
        // That the namespace is there says nothing of what runs in it.
        let known = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: observability}\n";
        let found = with_bundled("network_scrapes", &format!("{text}{known}")).len();
        assert_eq!(found, expected, "{label} {program}, known");
    }
}

#[test]
fn a_skeleton_with_placeholders_beside_hides_nothing_that_all_pods_are_closed_to() {
    let skeleton = |port: &str| {
        pod_of_shop(
            "'{{NAME}}'",
            &format!("{{containers: [{{name: a, ports: [{{containerPort: {port}}}]}}]}}"),
        )
    };
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\nspec: {selector: {app: api}, ports: [{port: 80}]}\n---\n";
    let api = pod_of_shop(
        "api",
        "{containers: [{name: a, ports: [{containerPort: 80}]}]}",
    );
    let web = pod_of_shop(
        "web",
        "{containers: [{name: a, env: [{name: U, value: 'http://api:80'}]}]}",
    );
    let deny = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let opening = |app: &str| {
        policy(&format!(
            "{{podSelector: {{matchLabels: {{app: {app}}}}}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}"
        ))
    };
    for (policies, expected) in [
        (deny.clone(), 1),
        (format!("{deny}{}", opening("other")), 0),
        (opening("web").replace("from: [{podSelector: {}}]", ""), 0),
    ] {
        for port in ["'{{PORT}}'", "80"] {
            let text = format!("{policies}{service}{api}{web}{}", skeleton(port));
            let found = with_bundled("network_services", &text).len();
            assert_eq!(found, expected, "{policies} {port}");
        }
    }
}

#[test]
fn the_service_that_governs_a_workload_is_no_need_of_it() {
    let deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: proxy}, ports: [{port: 80}]}\n---\n";
    let proxy = pod_of_shop(
        "proxy",
        "{containers: [{name: a, ports: [{containerPort: 80}]}]}",
    );
    for (governing, expected) in [("db", 0), ("other", 1)] {
        let set = format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: db, namespace: shop}}\nspec: {{serviceName: {governing}, selector: {{matchLabels: {{app: db}}}}, template: {{metadata: {{labels: {{app: db}}}}, spec: {{containers: [{{name: a, env: [{{name: DB_HOST, value: db}}]}}]}}}}}}\n---\n"
        );
        let text = format!("{deny}{service}{proxy}{set}");
        let found = with_bundled("network_services", &text).len();
        assert_eq!(found, expected, "{governing}");
    }
}

#[test]
fn a_policy_without_a_namespace_may_open_what_is_closed() {
    let deny = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 80}]}\n---\n";
    let db = pod_of_shop(
        "db",
        "{containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}",
    );
    let web = pod_of_shop(
        "web",
        "{containers: [{name: a, image: a, env: [{name: U, value: 'http://db:80'}]}]}",
    );
    for (place, peer, is_told) in [
        ("", "{podSelector: {}}", true),
        ("", "{podSelector: {matchLabels: {app: other}}}", false),
        (
            "",
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}",
            false,
        ),
        (", namespace: other", "{podSelector: {}}", false),
    ] {
        let open = policy(&format!(
            "{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}"
        ));
        let open = open.replace("name: p, namespace: shop", &format!("name: open{place}"));
        let text = format!("{deny}{open}{service}{db}{web}");
        let found = facts("network_services", &text);
        assert_eq!(found.len(), 1, "{peer}");
        let unless = found[0]["unless"].as_str().unwrap_or_default();
        assert_eq!(unless.contains("`open`"), is_told, "{peer}: {unless}");
    }
}

#[test]
fn members_of_a_stateful_set_have_to_meet() {
    let opened = |from: &str, port: u16| {
        policy(&format!(
            "{{podSelector: {{}}, policyTypes: [Ingress], ingress: [{{from: [{{podSelector: {from}}}], ports: [{{port: {port}}}]}}]}}"
        ))
    };
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: etcd, namespace: shop}\nspec: {clusterIP: None, selector: {app: etcd}, ports: [{port: 2379}, {port: 2380}]}\n---\n";
    let set = |replicas: u8, host: &str| {
        format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: etcd, namespace: shop}}\nspec: {{serviceName: etcd, replicas: {replicas}, selector: {{matchLabels: {{app: etcd}}}}, template: {{metadata: {{labels: {{app: etcd}}}}, spec: {{containers: [{{name: a, env: [{{name: PEERS, value: 'http://{host}:2380'}}]}}]}}}}}}\n---\n"
        )
    };
    let member = "etcd-0.etcd.shop.svc";
    for (policy, set, expected) in [
        (opened("{matchLabels: {app: x}}", 2380), set(3, member), 1),
        (opened("{}", 2379), set(3, member), 1),
        (opened("{}", 2380), set(3, member), 0),
        (opened("{}", 2379), set(1, member), 0),
        (opened("{}", 2379), set(3, "etcd"), 0),
        (opened("{}", 2379), set(3, "other-0.etcd.shop.svc"), 0),
    ] {
        let text = format!("{policy}{service}{set}");
        let found = with_bundled("network_services", &text).len();
        assert_eq!(found, expected, "{text}");
    }
}
