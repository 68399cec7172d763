//! What it means in which file an object stands: orders, kustomizations, parts of workloads.

use super::needs::{bundled_of, with_bundled};
use super::*;

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: []}}}\n";

fn kustomization(text: &str) -> String {
    format!("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{text}\n")
}

#[test]
fn files_of_a_folder_are_applied_by_name() {
    let covering = policy("{podSelector: {matchLabels: {app: web}}}");
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: k8s}, destination: {namespace: shop}}\n";
    let list = kustomization("resources: [web.yaml, z.yaml]");
    for (path, other, expected) in [
        ("k8s/z.yaml", ("other.yaml", ""), 1),
        ("k8s/a.yaml", ("other.yaml", ""), 0),
        ("k8s/policies/z.yaml", ("other.yaml", ""), 0),
        ("k8s/z.yaml", ("app.yaml", application), 0),
        ("k8s/z.yaml", ("k8s/kustomization.yaml", &list), 0),
    ] {
        let files = [("k8s/web.yaml", DEPLOYMENT), (path, &covering), other];
        let found = facts_in("network_order", &files);
        assert_eq!(found.len(), expected, "{path} {other:?}");
        let file = found.first().map(|fact| &fact["file"]);
        assert!(file.is_none_or(|file| file == "z.yaml"));
    }
    let script = Arc::new(Artifact::new(
        "up.sh",
        "up.sh",
        "kubectl apply -f k8s/z.yaml".to_owned(),
    ));
    let mut resources = read_text(&format!("{DEPLOYMENT}---\n{covering}"));
    for (resource, path) in resources.iter_mut().zip(["k8s/web.yaml", "k8s/z.yaml"]) {
        resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
    }
    assert_eq!(facts_of("network_order", &resources, &[]).len(), 1);
    assert_eq!(facts_of("network_order", &resources, &[script]).len(), 0);
}

#[test]
fn what_comes_too_late_is_told_once_with_all_that_come_before_it() {
    let [web, api] = ["web", "api"].map(|name| DEPLOYMENT.replace("web", name));
    let of = |name: &str| {
        let spec = format!("{{podSelector: {{matchLabels: {{app: {name}}}}}}}");
        policy(&spec).replace("name: p", &format!("name: {name}"))
    };
    let whole = policy("{podSelector: {}}");
    let each = of("web") + &of("api");
    for (files, expected) in [
        // A file is moved as a whole.
        (
            vec![
                ("k/api.yaml", &api),
                ("k/web.yaml", &web),
                ("k/z.yaml", &each),
            ],
            vec![2],
        ),
        (
            vec![
                ("k/api.yaml", &api),
                ("k/web.yaml", &web),
                ("k/z.yaml", &whole),
            ],
            vec![2],
        ),
        // Two are two.
        (
            vec![
                ("k/api.yaml", &api),
                ("k/web.yaml", &web),
                ("k/y.yaml", &of("web")),
                ("k/z.yaml", &of("api")),
            ],
            vec![1, 1],
        ),
        // As are two policies of the file that the workloads stand in.
        (
            vec![("k/all.yaml", &format!("{web}---\n{api}---\n{each}"))],
            vec![1, 1],
        ),
        (
            vec![("k/all.yaml", &format!("{web}---\n{api}---\n{whole}"))],
            vec![2],
        ),
        // What mends most is moved, whatever comes before it.
        (
            vec![(
                "k/all.yaml",
                &format!("{web}---\n{api}---\n{}{whole}", of("web")),
            )],
            vec![2],
        ),
        (
            vec![
                ("k/api.yaml", &api),
                ("k/web.yaml", &web),
                ("k/y.yaml", &of("web")),
                ("k/z.yaml", &whole),
            ],
            vec![2],
        ),
    ] {
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (*path, text.as_str()))
            .collect();
        let found = facts_in("network_order", &files);
        let links = found
            .iter()
            .map(|fact| fact["links"].as_array().map_or(0, Vec::len));
        assert_eq!(links.collect::<Vec<_>>(), expected, "{files:?}");
        assert_eq!(found[0]["others"].is_string(), expected[0] > 1);
    }
}

#[test]
fn pods_are_meant_for_a_namespace_where_they_stand_beside_its_own() {
    let open = DEPLOYMENT
        .replace(", namespace: shop", "")
        .replace("web", "tool");
    let closed = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let bundle = format!("{closed}{DEPLOYMENT}");
    let is_meant = |files: &[(&str, &str)]| {
        let found = facts_in("isolation", files);
        let [fact] = &found[..] else {
            panic!("{files:?}: {found:?}");
        };
        fact["unless"].is_string()
    };
    for (path, expected) in [
        ("k8s/system/tool.yaml", true),
        ("k8s/system/jobs/tool.yaml", true),
        ("k8s/tool.yaml", false),
        ("tools/tool.yaml", false),
    ] {
        let files = [("k8s/system/all.yaml", &*bundle), (path, &*open)];
        assert_eq!(is_meant(&files), expected, "{path}");
        let files = [
            ("k8s/system/policies/deny.yaml", &*closed),
            ("k8s/system/web.yaml", DEPLOYMENT),
            (path, &*open),
        ];
        assert_eq!(is_meant(&files), expected, "{path}");
    }
    // One folder may have others of its namespace beside it.
    for (path, expected) in [("k8s/db/tool.yaml", true), ("tools/tool.yaml", false)] {
        let files = [
            ("k8s/web/deny.yaml", &*closed),
            ("k8s/web/web.yaml", DEPLOYMENT),
            (path, &*open),
        ];
        assert_eq!(is_meant(&files), expected, "{path}");
    }
    // Pods of its own are nowhere.
    assert!(is_meant(&[
        ("k8s/deny.yaml", &*closed),
        ("tools/tool.yaml", &*open)
    ]));
    // It asks for the labels that they bear, or for those of others.
    for (label, expected) in [("part: shop", true), ("part: other", false)] {
        let [own, other] =
            [DEPLOYMENT, &*open].map(|one| one.replace("labels: {", "labels: {part: shop, "));
        let asking = policy(&format!(
            "{{podSelector: {{matchLabels: {{{label}}}}}, policyTypes: [Ingress, Egress]}}"
        ));
        let bundle = format!("{asking}{}", own.replace("part: shop", label));
        let files = [("k8s/all.yaml", &*bundle), ("tools/tool.yaml", &*other)];
        assert_eq!(is_meant(&files), expected, "{label}");
    }
}

#[test]
fn what_argo_cd_deploys_is_sorted_within_a_file() {
    let both = format!("{DEPLOYMENT}---\n{}", policy("{podSelector: {}}"));
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: k8s}, destination: {namespace: shop}}\n";
    for (path, expected) in [("k8s/all.yaml", 0), ("other/all.yaml", 1)] {
        let files = [(path, &*both), ("app.yaml", application)];
        assert_eq!(facts_in("network_order", &files).len(), expected, "{path}");
    }
}

#[test]
fn what_a_deployer_lays_over_a_folder_may_close_its_pods() {
    let [application, flux] = [
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps/web, kustomize: {LAID}}, destination: {namespace: shop}}\n",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./apps/web, targetNamespace: shop, LAID}\n",
    ];
    let pods = DEPLOYMENT.replace(", namespace: shop", "");
    let labelled =
        policy("{podSelector: {matchLabels: {net: closed}}, policyTypes: [Ingress, Egress]}");
    let all = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")
        .replace(", namespace: shop", "");
    let patch = "patches: [{patch: '[{op: add, path: /spec/template/metadata/labels/net, value: closed}]'}]";
    let other = "patches: [{patch: '[{op: add, path: /spec/replicas, value: 2}]'}]";
    let component = "components: [../../part]";
    for (deployer, laid, covering, expected) in [
        (application, "commonLabels: {net: closed}", &labelled, 0),
        (
            application,
            "commonLabels: {net: closed}, labelWithoutSelector: true",
            &labelled,
            1,
        ),
        (application, "commonLabels: {tier: front}", &labelled, 1),
        (application, patch, &labelled, 0),
        (application, other, &labelled, 1),
        (flux, patch, &labelled, 0),
        (flux, other, &labelled, 1),
        (application, component, &all, 0),
        (flux, component, &all, 0),
    ] {
        let app = deployer.replace("LAID", laid);
        let files = [
            ("apps/web/d.yaml", &*pods),
            ("part/np.yaml", covering),
            ("app.yaml", &*app),
        ];
        assert_eq!(facts_in("isolation", &files).len(), expected, "{laid}");
    }
    let own = application.replace("LAID", "namespace: own");
    let there = all.replace("name: p", "name: p, namespace: own");
    let files = [
        ("apps/web/d.yaml", &*pods),
        ("np.yaml", &*there),
        ("app.yaml", &*own),
    ];
    assert_eq!(facts_in("isolation", &files).len(), 0);
}

#[test]
fn pods_without_a_namespace_may_meet_a_policy_of_another_kind() {
    let cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: {endpointSelector: {}, ingress: [{}], egress: [{}]}\n";
    for (said, is_lowered) in [("", true), (", namespace: other", false)] {
        let pods = DEPLOYMENT.replace(", namespace: shop", said);
        let files = [("web.yaml", &*pods), ("np.yaml", cilium)];
        let found = facts_in("isolation", &files);
        assert_eq!(found[0].get("unless").is_some(), is_lowered, "{said}");
    }
}

#[test]
fn a_policy_of_another_cluster_closes_nothing() {
    let application = |path: &str, server: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {path}}}\nspec: {{source: {{path: {path}}}, destination: {{namespace: shop, server: 'https://{server}'}}}}\n---\n"
        )
    };
    let deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    for (server, expected) in [("10.0.0.1", 0), ("10.0.0.2", 1)] {
        let text = application("a", "10.0.0.1") + &application("b", server);
        let both = format!("{DEPLOYMENT}---\n{deny}");
        let files = [
            ("a/web.yaml", DEPLOYMENT),
            ("b/all.yaml", &*both),
            ("apps.yaml", &*text),
        ];
        assert_eq!(facts_in("isolation", &files).len(), expected, "{server}");
        assert_eq!(
            facts_in("network_dns", &files).len(),
            2 - expected,
            "{server}"
        );
        // What may be in any is told where all are.
        let open = [files[0], ("policies.yaml", &*deny), files[1], files[2]];
        assert_eq!(facts_in("isolation", &open).len(), 0, "{server}");
    }
}

#[test]
fn labels_of_a_kustomization_narrow_nothing_for_files_beside_its_policies() {
    let dns = policy(
        "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]}",
    );
    let list =
        kustomization("resources: [../policy.yaml, web.yaml, gone.yaml]\ncommonLabels: {a: b}");
    let files = |home| {
        [
            ("policy.yaml", &*dns),
            ("prod/kustomization.yaml", &*list),
            (home, DEPLOYMENT),
        ]
    };
    for (home, expected) in [("prod/web.yaml", 1), ("mvp/web.yaml", 0), ("web.yaml", 0)] {
        let found = bundled_of("network_dns", &read_files(&files(home)));
        assert_eq!(found.len(), expected, "{home}");
    }
}

#[test]
fn a_policy_for_the_cluster_that_is_an_example_closes_nothing() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: []}\n";
    let wide = "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: w}\nspec: {endpointSelector: {}, egress: [{toEntities: [host]}]}\n";
    let script = |text: &str| Arc::new(Artifact::new("up.sh", "up.sh", text.to_owned()));
    for (path, pods, text, expected) in [
        ("examples/wide.yaml", "web.yaml", "", ""),
        ("k8s/examples/cilium/wide.yaml", "k8s/web.yaml", "", ""),
        ("policies/wide.yaml", "web.yaml", "", "egress"),
        ("examples/wide.yaml", "examples/web.yaml", "", "egress"),
        (
            "examples/wide.yaml",
            "web.yaml",
            "kubectl apply -f examples/wide.yaml",
            "egress",
        ),
        (
            "k8s/examples/wide.yaml",
            "web.yaml",
            "kubectl apply -Rf k8s/examples",
            "egress",
        ),
    ] {
        let mut resources = read_text(&format!("{pod}---\n{wide}"));
        for (resource, path) in resources.iter_mut().zip([pods, path]) {
            resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
        }
        let found = facts_of("isolation", &resources, &[script(text)]);
        let but = found[0]["but"].as_str().unwrap_or_default();
        assert_eq!(but.is_empty(), expected.is_empty(), "{path} {text}");
        assert!(but.contains(expected), "{path} {text}");
    }
}

#[test]
fn scripts_tell_the_order_of_the_files_that_they_apply() {
    let covering = policy("{podSelector: {matchLabels: {app: web}}}");
    let mut resources = read_text(&format!("{DEPLOYMENT}---\n{covering}---\n{covering}"));
    let paths = ["k8s/web.yaml", "k8s/a.yaml", "copy/a.yaml"];
    for (resource, path) in resources.iter_mut().zip(paths) {
        resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
    }
    for (text, expected) in [
        ("kubectl apply -f k8s/", 0),
        (
            "kubectl apply -f k8s/web.yaml\nkubectl apply -f k8s/a.yaml",
            1,
        ),
        (
            "kubectl apply -f k8s/a.yaml\nkubectl apply -f k8s/web.yaml",
            0,
        ),
    ] {
        let script = Arc::new(Artifact::new("up.sh", "up.sh", text.to_owned()));
        let found = facts_of("network_order", &resources, &[script]);
        assert_eq!(found.len(), expected, "{text}");
    }
    // Who applies the policies alone orders what another script applies where one runs the other.
    let both = "kubectl apply -f k8s/web.yaml\nkubectl apply -f k8s/a.yaml";
    let alone = "kubectl apply -f k8s/a.yaml";
    for (before, expected) in [("", 1), ("./init.sh\n", 0)] {
        let texts = [
            ("up.sh", format!("{before}{both}")),
            ("init.sh", alone.to_owned()),
        ];
        let texts = texts.map(|(path, text)| Arc::new(Artifact::new(path, path, text)));
        let found = facts_of("network_order", &resources, &texts);
        assert_eq!(found.len(), expected, "{before}");
    }
}

#[test]
fn what_a_kustomization_leaves_out_beside_is_not_applied_with_it() {
    let covering =
        policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}")
            .replace(", namespace: shop", "");
    let list = kustomization("namespace: prod\nresources: [web.yaml]");
    for (path, expected) in [("base/p.yaml", 1), ("other/p.yaml", 0)] {
        let files = [
            ("base/web.yaml", DEPLOYMENT),
            ("base/kustomization.yaml", &list),
            (path, &covering),
        ];
        let found = facts_in("isolation", &files);
        assert_eq!(found.len(), expected, "{path}: {found:?}");
        assert!(found.iter().all(|fact| fact["unless"].is_string()));
    }
}

#[test]
fn a_policy_elsewhere_does_not_close_what_names_no_namespace() {
    let elsewhere = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let open = DEPLOYMENT.replace(", namespace: shop", "");
    let found = facts("isolation", &format!("{elsewhere}{open}"));
    assert_eq!(found[0]["missing"], json!(["ingress", "egress"]));
    assert!(found[0]["unless"].is_null());
    let but = found[0]["but"].as_str().unwrap_or_default();
    assert!(
        but.starts_with("; for ingress, ") && but.contains("`shop`"),
        "{but}"
    );
}

#[test]
fn a_policy_that_a_kustomization_takes_along_may_open_what_names_no_namespace() {
    let closing =
        policy("{podSelector: {}, policyTypes: [Egress]}").replace(", namespace: shop", "");
    let opening = policy("{podSelector: {}, egress: [{ports: [{port: 53, protocol: UDP}]}]}")
        .replace("name: p", "name: dns");
    let pod = WEB.replace("namespace: shop, ", "");
    let list = |more: &str| {
        kustomization(&format!(
            "resources: [p.yaml, web.yaml, missing.yaml{more}]"
        ))
    };
    for (more, expected) in [("", 1), (", dns.yaml", 0)] {
        let list = list(more);
        let files = [
            ("p.yaml", closing.as_str()),
            ("dns.yaml", &opening),
            ("web.yaml", &pod),
            ("kustomization.yaml", &list),
        ];
        assert_eq!(facts_in("network_dns", &files).len(), expected, "{more}");
    }
}

#[test]
fn workloads_of_the_same_folder_are_linked_first() {
    let opened = policy("{podSelector: {}, ingress: [{}]}");
    let files = [
        ("prod/web.yaml", DEPLOYMENT),
        ("qa/web.yaml", DEPLOYMENT),
        ("qa/z.yaml", &opened),
    ];
    let found = facts_in("network_open", &files);
    assert_eq!(found[0]["links"][0]["resource"], json!(1));
}

#[test]
fn a_part_that_is_laid_over_a_workload_names_services_for_it() {
    let closed = policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}");
    let part = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME, namespace: shop}\nspec: {template: {spec: {containers: [{name: a, env: [{name: DB_HOST, value: db.data.svc}]}]}}}\n";
    for (name, list, expected) in [
        ("web", "resources: [a.yaml]", 1),
        ("other", "resources: [a.yaml]", 0),
        ("web", "patches: [{path: part.yaml}]", 0),
        ("web", "patchesStrategicMerge: [part.yaml]", 0),
    ] {
        let part = part.replace("NAME", name);
        let list = kustomization(list);
        let files = [
            ("web.yaml", DEPLOYMENT),
            ("p.yaml", &closed),
            ("part.yaml", &part),
            ("kustomization.yaml", &list),
        ];
        let found = facts_in("network_services", &files);
        assert_eq!(found.len(), expected, "{name} {list}");
    }
}

#[test]
fn a_service_that_is_not_scanned_is_closed_where_nothing_may_reach_its_namespace() {
    let sender = |value: &str, namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, {namespace}labels: {{app: a}}}}\nspec: {{containers: [{{name: a, env: [{{name: URL, value: '{value}'}}]}}]}}\n---\n"
        )
    };
    let egress = |rules: &str| {
        policy(&format!(
            "{{podSelector: {{}}, policyTypes: [Egress], egress: [{rules}]}}"
        ))
    };
    let own = "namespace: shop, ";
    let dns = "{ports: [{port: 53, protocol: UDP}]}";
    for (value, namespace, rules, expected) in [
        ("http://db.data.svc.cluster.local:80", own, "", 1),
        ("db.data.svc", own, dns, 1),
        ("http://db.data:80", own, dns, 0),
        ("http://kubernetes.default.svc", own, dns, 0),
        ("http://x.kube-system.svc", own, dns, 0),
        ("db.data.svc", "", dns, 0),
        ("db.data.svc", own, "{ports: [{port: 9000}]}", 0),
        (
            "db.data.svc",
            own,
            "{to: [{namespaceSelector: {matchLabels: {team: data}}}]}",
            0,
        ),
        (
            "db.data.svc",
            own,
            "{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}",
            1,
        ),
        (
            "db.data.svc",
            own,
            "{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}]}",
            0,
        ),
        (
            "db.data.svc",
            own,
            "{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
            0,
        ),
        (
            "http://db.data.svc:4000",
            own,
            "{to: [{ipBlock: {cidr: 10.0.0.1/32}}], ports: [{port: 443}]}",
            1,
        ),
        (
            "http://db.data.svc:4000",
            own,
            "{to: [{ipBlock: {cidr: 10.0.0.1/32}}], ports: [{port: 4000}]}",
            0,
        ),
        (
            "db.data.svc",
            own,
            "{to: [{ipBlock: {cidr: 8.8.8.8/32}}]}",
            1,
        ),
        (
            "db.data.svc",
            own,
            "{to: [{podSelector: {}}], ports: [{port: web}]}",
            0,
        ),
    ] {
        let text = format!("{}{}", sender(value, namespace), egress(rules));
        assert_eq!(
            with_bundled("network_services", &text).len(),
            expected,
            "{value} {namespace} {rules}"
        );
    }
}

#[test]
fn a_namespace_that_policy_alone_names_is_known() {
    let sender = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {app: a}}\nspec: {containers: [{name: a, env: [{name: URL, value: 'http://db.data:9090'}]}]}\n---\n";
    let closed = policy("{podSelector: {}, policyTypes: [Egress]}");
    for (namespace, expected) in [("data", 1), ("other", 0)] {
        let from = format!(
            "{{podSelector: {{matchLabels: {{app: a}}}}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}}}]}}]}}"
        );
        let opened = policy(&from).replace("name: p,", "name: x,");
        let text = format!("{sender}{closed}{opened}");
        let found = with_bundled("network_services", &text);
        assert_eq!(found.len(), expected, "{namespace}");
    }
}

#[test]
fn a_namespace_that_policy_closes_as_a_whole_closes_services_that_are_not_scanned() {
    let sender = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: other}\nspec: {containers: [{name: a, env: [{name: URL, value: 'http://vault.shop:8200'}]}]}\n---\n";
    let closed = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let opened = policy("{podSelector: {matchLabels: {app: x}}, ingress: [{}]}")
        .replace("name: p", "name: x");
    let chart = "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: a, namespace: kube-system}\nspec: {chart: vault, targetNamespace: shop}\n";
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: vault, namespace: other}\nspec: {}\n";
    for (more, expected) in [("", 1), (opened.as_str(), 0), (chart, 0), (service, 0)] {
        let found = facts("network_services", &format!("{sender}{closed}{more}"));
        assert_eq!(found.len(), expected, "{more}");
        assert!(found.iter().all(|fact| fact["end"] == "the other end"));
    }
}

#[test]
fn a_file_that_a_kustomization_lists_and_that_is_not_there_may_hold_the_pods() {
    let covering = policy("{podSelector: {matchLabels: {app: db}}}");
    for (listed, expected) in [
        ("db/deployment.yaml", 0),
        ("db.yaml", 0),
        ("db", 0),
        ("cache/deployment.yaml", 1),
        ("web.yaml", 1),
    ] {
        let list = kustomization(&format!("resources: [web.yaml, p.yaml, {listed}]"));
        let files = [
            ("k8s/kustomization.yaml", list.as_str()),
            ("k8s/web.yaml", DEPLOYMENT),
            ("k8s/p.yaml", &covering),
        ];
        let found = facts_in("network_idle", &files);
        assert_eq!(found.len(), expected, "{listed}");
    }
}
