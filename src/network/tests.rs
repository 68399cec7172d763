//! Semantics, case by case, on the whole: objects in, connections out.

use super::*;
use crate::source::read_text;

fn settings() -> Settings {
    Settings {
        subnamespaces_inherit: true,
        host_network_is_selected: true,
        ingress_controllers: vec![settings::Controller {
            annotations: Vec::new(),
            classes: vec!["nginx".to_owned()],
            namespaces: vec!["ingress-nginx".to_owned()],
        }],
        ..Settings::default()
    }
}

fn pod(namespace: &str, name: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}\nspec: {{{rest}containers: [{{ports: [{{name: web, containerPort: 8080}}, {{name: dns, containerPort: 5353, protocol: UDP}}]}}]}}\n---\n"
    )
}

fn policy(namespace: &str, name: &str, spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n---\n"
    )
}

fn cluster_wide(kind: &str, spec: &str) -> String {
    format!(
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: {kind}\nmetadata: {{name: default}}\nspec: {spec}\n---\n"
    )
}

/// Two pods of a namespace and one of another.
fn three() -> String {
    [
        pod("shop", "a", ""),
        pod("shop", "b", ""),
        pod("other", "c", ""),
    ]
    .concat()
}

fn rows_with(text: &str, settings: &Settings) -> Vec<String> {
    let resources = read_text(text);
    let network = Network::new(&resources, settings);
    let found = Connectivity::of(&resources, &network, settings);
    let short = |name: &str| {
        name.replace("[Pod]", "")
            .replace("shop/", "")
            .replace("other/", "")
    };
    let row = |row: Connection<'_>| {
        format!(
            "{} {} {}",
            short(row.source),
            short(row.destination),
            row.allowed
        )
    };
    let mut rows: Vec<String> = found.connections.iter().map(row).collect();
    rows.sort();
    rows
}

/// The rows that reach a pod.
fn towards(pod: &str, text: &str) -> Vec<String> {
    let rows = rows_with(text, &settings()).into_iter();
    rows.filter(|row| row.split(' ').nth(1) == Some(pod))
        .collect()
}

/// The rows that leave a pod.
fn from(pod: &str, text: &str) -> Vec<String> {
    let rows = rows_with(text, &settings()).into_iter();
    rows.filter(|row| row.split(' ').next() == Some(pod))
        .collect()
}

/// What reaches `a` under a policy on it.
fn ingress(spec: &str) -> Vec<String> {
    towards(
        "a",
        &(three()
            + &policy(
                "shop",
                "p",
                &format!("{{podSelector: {{matchLabels: {{app: a}}}}, {spec}}}"),
            )),
    )
}

/// What leaves `a` under a policy on it.
fn egress(spec: &str) -> Vec<String> {
    from(
        "a",
        &(three()
            + &policy(
                "shop",
                "p",
                &format!(
                    "{{podSelector: {{matchLabels: {{app: a}}}}, policyTypes: [Egress], {spec}}}"
                ),
            )),
    )
}

fn problems(text: &str) -> Vec<String> {
    let network = Network::new(&read_text(text), &settings());
    network
        .problems
        .into_iter()
        .map(|problem| format!("{}: {}", problem.path, problem.reason))
        .collect()
}

#[test]
fn without_policies_everything_is_allowed_but_to_itself() {
    assert_eq!(
        from("a", &three()),
        ["a 0.0.0.0/0 all", "a b all", "a c all"]
    );
    assert_eq!(
        towards("a", &three()),
        ["0.0.0.0/0 a all", "b a all", "c a all"]
    );
}

#[test]
fn a_selected_pod_accepts_what_rules_allow() {
    assert_eq!(ingress("ingress: []"), [""; 0]);
    assert_eq!(
        ingress("ingress: [{}]"),
        ["0.0.0.0/0 a all", "b a all", "c a all"]
    );
    assert_eq!(
        ingress("ingress: [{from: [{podSelector: {}}]}]"),
        ["b a all"]
    );
    assert_eq!(
        ingress("ingress: [{from: [{namespaceSelector: {}}]}]"),
        ["b a all", "c a all"]
    );
    assert_eq!(
        ingress(
            "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]}]"
        ),
        ["c a all"]
    );
}

#[test]
fn selectors_of_one_peer_must_both_hold_and_those_of_two_peers_either() {
    let both = "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}, podSelector: {matchLabels: {app: b}}}]}]";
    assert_eq!(ingress(both), [""; 0]);
    let either = "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}, {podSelector: {matchLabels: {app: b}}}]}]";
    assert_eq!(ingress(either), ["b a all", "c a all"]);
}

#[test]
fn expressions_select_peers() {
    let of = |expression: &str| {
        ingress(&format!(
            "ingress: [{{from: [{{namespaceSelector: {{}}, podSelector: {{matchExpressions: [{expression}]}}}}]}}]"
        ))
    };
    assert_eq!(of("{key: app, operator: In, values: [b, x]}"), ["b a all"]);
    assert_eq!(of("{key: app, operator: NotIn, values: [b]}"), ["c a all"]);
    assert_eq!(
        of("{key: tier, operator: DoesNotExist}"),
        ["b a all", "c a all"]
    );
    assert_eq!(of("{key: tier, operator: Exists}"), [""; 0]);
    assert_eq!(
        of("{key: tier, operator: NotIn, values: [x]}"),
        ["b a all", "c a all"]
    );
}

#[test]
fn ports_are_told_by_protocol_range_and_name() {
    let of = |ports: &str| {
        ingress(&format!(
            "ingress: [{{from: [{{podSelector: {{}}}}], ports: [{ports}]}}]"
        ))
    };
    assert_eq!(
        of("{port: 80}, {port: 443, endPort: 445}, {protocol: UDP, port: 53}"),
        ["b a TCP 80,443-445;UDP 53"]
    );
    assert_eq!(of("{protocol: SCTP}"), ["b a SCTP 1-65535"]);
    assert_eq!(of("{port: web}"), ["b a TCP 8080"]);
    assert_eq!(of("{protocol: UDP, port: dns}"), ["b a UDP 5353"]);
    assert_eq!(
        of("{protocol: UDP, port: web}"),
        [""; 0],
        "the port of that name is another protocol's"
    );
    assert_eq!(of("{port: other}"), [""; 0]);
}

#[test]
fn a_name_in_an_egress_rule_means_the_receiver_s_port() {
    let spec = "egress: [{ports: [{port: web}]}]";
    assert_eq!(
        egress(spec),
        ["a b TCP 8080", "a c TCP 8080"],
        "addresses have no names"
    );
}

#[test]
fn both_ends_must_allow() {
    let both = policy(
        "shop",
        "out",
        "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: 80}, {port: 90}]}]}",
    ) + &policy(
        "shop",
        "in",
        "{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: 90}, {port: 91}]}]}",
    );
    assert_eq!(
        from("a", &(three() + &both)),
        ["a 0.0.0.0/0 TCP 80,90", "a b TCP 90", "a c TCP 80,90"]
    );
}

#[test]
fn policies_add_to_each_other() {
    let two = policy(
        "shop",
        "one",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}",
    ) + &policy(
        "shop",
        "two",
        "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 81}]}]}",
    );
    assert_eq!(towards("a", &(three() + &two)), ["b a TCP 80-81"]);
    assert_eq!(towards("b", &(three() + &two)), ["a b TCP 80"]);
}

#[test]
fn blocks_of_addresses_mean_what_is_outside() {
    assert_eq!(
        ingress("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.128.0.0/9]}}]}]"),
        ["10.0.0.0/9 a all"]
    );
    assert_eq!(
        egress(
            "egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 443}]}, {to: [{ipBlock: {cidr: 192.0.2.0/25}}]}]"
        ),
        ["a 192.0.2.0/25 all", "a 192.0.2.128/25 TCP 443"]
    );
    let touching =
        "egress: [{to: [{ipBlock: {cidr: 192.0.2.0/25}}, {ipBlock: {cidr: 192.0.2.128/25}}]}]";
    assert_eq!(egress(touching), ["a 192.0.2.0/24 all"]);
}

#[test]
fn addresses_of_version_6_show_where_a_policy_names_some() {
    assert_eq!(
        egress("egress: [{to: [{ipBlock: {cidr: '2001:db8::/32'}}]}]"),
        ["a 2001:db8::/32 all"]
    );
    assert_eq!(
        egress(
            "egress: [{to: [{ipBlock: {cidr: '::/0', except: ['8000::/1']}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]"
        ),
        ["a 0.0.0.0/0 all", "a ::/1 all"]
    );
}

#[test]
fn a_policy_that_kubernetes_refuses_counts_for_nothing() {
    let broken = policy(
        "shop",
        "p",
        "{podSelector: {}, ingress: [{ports: [{port: 0}]}]}",
    );
    assert_eq!(towards("a", &(three() + &broken)).len(), 3);
    assert_eq!(
        problems(&broken),
        [
            "spec.ingress[0].ports[0].port: NetworkPolicy shop/p counts for nothing: a port is a name or a number from 1 to 65535"
        ]
    );
}

#[test]
fn policies_of_other_kinds_are_told() {
    let text = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: shop}\n---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: b}\n---\napiVersion: policy.networking.k8s.io/v1alpha3\nkind: ClusterNetworkPolicy\nmetadata: {name: c}\n";
    assert_eq!(problems(text).len(), 3, "{:?}", problems(text));
}

#[test]
fn pods_on_the_host_network_are_seen_as_the_settings_say() {
    let text = [
        pod("shop", "a", ""),
        pod("shop", "h", "hostNetwork: true, "),
    ]
    .concat()
        + &policy(
            "shop",
            "p",
            "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}",
        );
    assert_eq!(rows_with(&text, &settings())[0], "a 0.0.0.0/0 all");
    assert!(rows_with(&text, &settings()).contains(&"h a TCP 80".to_owned()));
    let outside = Settings {
        host_network_is_selected: false,
        ..settings()
    };
    let rows = rows_with(&text, &outside);
    assert!(!rows.iter().any(|row| row.starts_with("h a ")), "{rows:?}");
    assert!(rows.contains(&"a h all".to_owned()), "{rows:?}");
}

#[test]
fn cluster_wide_policies_are_asked_in_order() {
    let deny = "{priority: 9, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 80}}]}]}";
    let allow = "{priority: 1, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}}, ingress: [{action: Allow, from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: b}}}}], ports: [{portNumber: {port: 80}}]}]}";
    let text = three()
        + &cluster_wide("AdminNetworkPolicy", deny)
        + &cluster_wide("AdminNetworkPolicy", allow);
    let but_80 = "SCTP 1-65535;TCP 1-79,81-65535;UDP 1-65535";
    assert_eq!(
        towards("a", &text),
        [
            "0.0.0.0/0 a all".to_owned(),
            "b a all".to_owned(),
            format!("c a {but_80}")
        ]
    );
}

#[test]
fn what_an_admin_passes_on_policies_decide_and_then_the_baseline() {
    let pass = "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: other}}}]}, {action: Deny, from: [{namespaces: {}}]}]}";
    let base = "{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portRange: {start: 1, end: 65534}}]}]}";
    let both = cluster_wide("AdminNetworkPolicy", pass)
        + &cluster_wide("BaselineAdminNetworkPolicy", base);
    let but_tcp = "c a SCTP 1-65535;TCP 65535;UDP 1-65535".to_owned();
    assert_eq!(
        towards("a", &(three() + &both)),
        ["0.0.0.0/0 a all".to_owned(), but_tcp]
    );
    let standard = policy(
        "shop",
        "p",
        "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}",
    );
    assert_eq!(towards("a", &(three() + &both + &standard)), ["c a TCP 80"]);
}

#[test]
fn nodes_and_domain_names_are_told() {
    let spec = "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{nodes: {}}, {domainNames: [example.com]}]}]}";
    assert_eq!(problems(&cluster_wide("AdminNetworkPolicy", spec)).len(), 2);
}

#[test]
fn subnamespaces_inherit_policies() {
    let text = pod("child", "a", "")
        + "apiVersion: hnc.x-k8s.io/v1alpha2\nkind: SubnamespaceAnchor\nmetadata: {name: child, namespace: parent}\n---\n"
        + &policy("parent", "p", "{podSelector: {}}");
    let row = "child/a 0.0.0.0/0 all".to_owned();
    assert_eq!(rows_with(&text, &settings()), std::slice::from_ref(&row));
    let off = Settings {
        subnamespaces_inherit: false,
        ..settings()
    };
    assert_eq!(
        rows_with(&text, &off),
        ["0.0.0.0/0 child/a all".to_owned(), row.clone()]
    );
    let kept = text.replace(
        "{name: p, namespace",
        "{name: p, annotations: {propagate.hnc.x-k8s.io/none: 'true'}, namespace",
    );
    assert_eq!(rows_with(&kept, &settings()).len(), 2);
    let chosen = text.replace(
        "{name: p, namespace",
        "{name: p, annotations: {propagate.hnc.x-k8s.io/select: a}, namespace",
    );
    assert_eq!(problems(&chosen).len(), 1);
}

#[test]
fn routes_come_through_the_ingress_controller() {
    let text = three()
        + "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\nspec: {selector: {app: a}, ports: [{name: http, port: 80, targetPort: web}]}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: shop}\nspec: {ingressClassName: nginx, rules: [{http: {paths: [{backend: {service: {name: a, port: {name: http}}}}]}}]}\n---\n";
    assert!(towards("a", &text).contains(&"{ingress-controller} a TCP 8080".to_owned()));
    let closed = policy(
        "shop",
        "p",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}",
    );
    assert_eq!(towards("a", &(text.clone() + &closed)), ["b a all"]);
    let open = policy(
        "shop",
        "q",
        "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}]}",
    );
    assert_eq!(
        towards("a", &(text + &open)),
        ["{ingress-controller} a TCP 8080"]
    );
}

#[test]
fn pairs_that_nothing_joins_are_not_looked_at() {
    let mut text = String::new();
    for number in 0..300 {
        let namespace = format!("ns{number}");
        text += &pod(&namespace, "a", "");
        text += &policy(
            &namespace,
            "deny",
            "{podSelector: {}, policyTypes: [Ingress, Egress]}",
        );
    }
    assert_eq!(rows_with(&text, &settings()), [""; 0]);
}

fn calico(kind: &str, namespace: &str, spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: p, namespace: {namespace}}}\nspec: {spec}\n---\n"
    )
}

fn cilium(spec: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n---\n"
    )
}

#[test]
fn calico_s_policies_are_asked_in_order_with_network_policies_between() {
    let before = calico(
        "NetworkPolicy",
        "shop",
        "{order: 10, selector: \"app == 'a'\", ingress: [{action: Deny, protocol: TCP, source: {selector: \"app == 'b'\"}, destination: {ports: [80]}}]}",
    );
    let standard = policy(
        "shop",
        "q",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]}",
    );
    assert_eq!(
        towards("a", &(three() + &before + &standard)),
        ["b a TCP 81"]
    );
    let after = before.replace("order: 10", "order: 2000");
    assert_eq!(
        towards("a", &(three() + &after + &standard)),
        ["b a TCP 80-81"]
    );
    assert_eq!(
        towards("a", &(three() + &before)),
        [""; 0],
        "what no rule allows is closed"
    );
}

#[test]
fn calico_s_global_policies_reach_every_namespace() {
    let global = calico(
        "GlobalNetworkPolicy",
        "''",
        "{selector: all(), types: [Ingress], ingress: [{action: Allow, source: {namespaceSelector: \"projectcalico.org/name == 'other'\"}}, {action: Allow, source: {nets: [192.0.2.0/24]}}]}",
    );
    assert_eq!(
        towards("a", &(three() + &global)),
        ["192.0.2.0/24 a all", "c a all"]
    );
}

#[test]
fn calico_s_accounts_messages_and_protocols_are_exact() {
    let rule = |rule: &str| {
        let spec = format!("{{selector: \"app == 'a'\", types: [Ingress], ingress: [{rule}]}}");
        towards("a", &(three() + &calico("NetworkPolicy", "shop", &spec)))
    };
    let of =
        |name: &str| format!("{{action: Allow, source: {{serviceAccounts: {{names: [{name}]}}}}}}");
    assert_eq!(rule(&of("default")), ["b a all"]);
    assert_eq!(rule(&of("other")), [""; 0]);
    for portless in ["ICMP", "ICMPv6", "1", "4"] {
        let text = format!("{{action: Allow, protocol: {portless}}}");
        assert_eq!(rule(&text), [""; 0], "{portless}");
    }
    assert_eq!(
        rule(
            "{action: Allow, protocol: ICMP, icmp: {type: 8}}, {action: Allow, protocol: 6, source: {selector: all()}, destination: {ports: [80]}}"
        ),
        ["b a TCP 80"]
    );
    let metadata = "{selector: \"app == 'a'\", types: [Egress], egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Allow, destination: {selector: all()}}]}";
    let text = three() + &calico("NetworkPolicy", "shop", metadata);
    assert_eq!(from("a", &text), ["a b all"]);
}

#[test]
fn policies_of_clouds_are_told_and_may_allow_something() {
    let policy = |group: &str, kind: &str, namespace: &str| {
        format!(
            "{}---\napiVersion: {group}/v1alpha1\nkind: {kind}\nmetadata: {{name: p{namespace}}}\nspec: {{}}\n",
            three().trim_end_matches("---\n")
        )
    };
    for (group, kind, namespace, expected) in [
        ("networking.k8s.aws", "ClusterNetworkPolicy", "", (1, true)),
        (
            "networking.gke.io",
            "FQDNNetworkPolicy",
            ", namespace: shop",
            (1, true),
        ),
        // These are for pods of theirs.
        (
            "networking.k8s.aws",
            "ApplicationNetworkPolicy",
            ", namespace: far",
            (1, false),
        ),
        // What the controller of EKS writes of other policies is none.
        (
            "networking.k8s.aws",
            "PolicyEndpoint",
            ", namespace: shop",
            (0, false),
        ),
    ] {
        let text = policy(group, kind, namespace);
        let network = Network::new(&read_text(&text), &settings());
        let shop = network.namespaces.find("shop").expect("is there");
        let found = (network.problems.len(), network.has_half_known(shop));
        assert_eq!(found, expected, "{kind}");
    }
}

#[test]
fn calico_s_policies_of_hosts_are_about_no_pods() {
    for spec in [
        "{selector: all(), doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]}",
        "{selector: all(), preDNAT: true, applyOnForward: true, ingress: [{action: Deny}]}",
    ] {
        let text = three() + &calico("GlobalNetworkPolicy", "''", spec);
        let network = Network::new(&read_text(&text), &settings());
        assert!(!network.has_half_known(0), "{spec}");
    }
    let forwarded = "{selector: all(), applyOnForward: true, types: [Ingress]}";
    let text = three() + &calico("GlobalNetworkPolicy", "''", forwarded);
    assert_eq!(towards("a", &text), [""; 0]);
}

#[test]
fn cilium_s_denials_win_over_what_is_allowed() {
    let both = cilium(
        "{endpointSelector: {matchLabels: {app: a}}, ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '80', protocol: TCP}, {port: '81', protocol: TCP}]}]}], ingressDeny: [{fromEndpoints: [{matchLabels: {k8s:app: b}}], toPorts: [{ports: [{port: '80', protocol: TCP}]}]}]}",
    );
    assert_eq!(towards("a", &(three() + &both)), ["b a TCP 81"]);
    let wide = cilium(
        "{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': other}}]}, {fromEntities: [world], toPorts: [{ports: [{port: '443'}]}]}]}",
    );
    assert_eq!(
        towards("a", &(three() + &wide)),
        ["0.0.0.0/0 a SCTP 443;TCP 443;UDP 443", "c a all"]
    );
    assert_eq!(
        towards(
            "a",
            &(three() + &cilium("{endpointSelector: {}, ingress: [{}]}"))
        ),
        [""; 0]
    );
}

#[test]
fn cluster_policies_pass_on_within_their_tiers() {
    let cluster = |name: &str, spec: &str| {
        format!(
            "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {{name: {name}}}\nspec: {spec}\n---\n"
        )
    };
    let rule = |action: &str, app: &str| {
        format!(
            "{{action: {action}, from: [{{pods: {{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: {app}}}}}}}}}]}}"
        )
    };
    let subject = "subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}}";
    let first = cluster(
        "first",
        &format!(
            "{{tier: Baseline, priority: 1, {subject}, ingress: [{}]}}",
            rule("Pass", "b")
        ),
    );
    let second = cluster(
        "second",
        &format!(
            "{{tier: Baseline, priority: 2, {subject}, ingress: [{}, {}]}}",
            rule("Deny", "b"),
            rule("Deny", "c")
        ),
    );
    assert_eq!(
        towards("a", &(three() + &second + &first)),
        ["0.0.0.0/0 a all", "b a all"]
    );
    let admin = cluster(
        "admin",
        &format!(
            "{{tier: Admin, priority: 5, {subject}, ingress: [{}]}}",
            rule("Accept", "c")
        ),
    );
    let closed = policy("shop", "q", "{podSelector: {}}");
    assert_eq!(
        towards("a", &(three() + &first + &admin + &closed)),
        ["c a all"]
    );
    assert_eq!(problems(&(first + &second + &admin)), [""; 0]);
    let list = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicyList\nmetadata: {}\n";
    assert_eq!(problems(list), [""; 0]);
}

#[test]
fn entities_of_cilium_that_are_no_pods_let_none_in() {
    for entity in ["kube-apiserver", "remote-node", "ingress"] {
        let only = format!("{{endpointSelector: {{}}, ingress: [{{fromEntities: [{entity}]}}]}}");
        assert_eq!(
            towards("a", &(three() + &cilium(&only))),
            [""; 0],
            "{entity}"
        );
    }
    let text = cilium("{endpointSelector: {}, egress: [{toEntities: [kube-apiserver]}]}");
    assert_eq!(problems(&text), [""; 0]);
}

#[test]
fn labels_that_cilium_reserves_are_those_of_no_pod() {
    let selecting = |operator: &str| {
        cilium(&format!(
            "{{endpointSelector: {{matchExpressions: [{{key: 'reserved:health', operator: {operator}}}]}}, ingress: [{{}}]}}"
        ))
    };
    let all = three() + &selecting("DoesNotExist");
    assert_eq!(towards("a", &all), [""; 0]);
    assert_eq!(problems(&all), [""; 0]);
    assert_eq!(towards("a", &(three() + &selecting("Exists"))).len(), 3);
    for (label, expected) in [("reserved:host", 1), ("reserved:ingress", 0)] {
        let peer = cilium(&format!(
            "{{endpointSelector: {{}}, ingress: [{{fromEndpoints: [{{matchLabels: {{'{label}': ''}}}}]}}]}}"
        ));
        assert_eq!(problems(&(three() + &peer)).len(), expected, "{label}");
    }
}

#[test]
fn cilium_s_policies_may_leave_open_what_is_open() {
    let adds = |spec: &str| {
        cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{app: a}}}}, enableDefaultDeny: {{ingress: false, egress: false}}, {spec}}}"
        ))
    };
    let port_80 = "toPorts: [{ports: [{port: '80', protocol: TCP}]}]";
    let allows = adds(&format!(
        "ingress: [{{fromEndpoints: [{{matchLabels: {{app: b}}}}], {port_80}}}]"
    ));
    assert_eq!(
        towards("a", &(three() + &allows)),
        ["0.0.0.0/0 a all", "b a all", "c a all"]
    );
    let closed = policy("shop", "q", "{podSelector: {}}");
    assert_eq!(towards("a", &(three() + &allows + &closed)), ["b a TCP 80"]);
    let denies = adds("ingressDeny: [{fromEndpoints: [{}]}]");
    assert_eq!(
        towards("a", &(three() + &denies)),
        ["0.0.0.0/0 a all", "c a all"]
    );
    let closes = cilium("{endpointSelector: {}, enableDefaultDeny: {ingress: true}}");
    assert_eq!(towards("a", &(three() + &closes)), [""; 0]);
    let empty = cilium("{endpointSelector: {}, ingress: []}");
    assert_eq!(towards("a", &(three() + &empty)).len(), 3);
}

#[test]
fn labels_that_controllers_make_up_select_some_pods() {
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop}\nspec: {replicas: 2, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db}]}}}\n---\n";
    let first = "{podSelector: {matchLabels: {apps.kubernetes.io/pod-index: '0'}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}";
    let db = "db[StatefulSet]";
    let some = three() + set + &policy("shop", "p", first);
    assert_eq!(
        towards(db, &some).len(),
        4,
        "the other pod is open: {:?}",
        towards(db, &some)
    );
    let closed = some.clone() + &policy("shop", "q", "{podSelector: {}}");
    assert_eq!(towards(db, &closed), ["a db[StatefulSet] all"]);
    let from_first = "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: db-0}}}]}]}";
    let text = three() + set + &policy("shop", "p", from_first);
    assert_eq!(towards("a", &text), ["db[StatefulSet] a all"]);
    let other = text.replace("pod-name: db-0", "pod-name: web-0");
    assert_eq!(towards("a", &other), [""; 0]);
}

#[test]
fn what_is_not_exact_of_plugins_policies_is_told_and_not_counted() {
    for (text, place) in [
        (
            calico("NetworkPolicy", "shop", "{tier: security}"),
            "spec.tier",
        ),
        (
            calico(
                "NetworkPolicy",
                "shop",
                "{selector: \"a == 'b' || c == 'd'\"}",
            ),
            "spec.selector",
        ),
        (
            calico("NetworkPolicy", "shop", "{ingress: [{action: Pass}]}"),
            "spec.ingress[0].action",
        ),
        (
            calico(
                "NetworkPolicy",
                "shop",
                "{ingress: [{action: Allow, http: {methods: [GET]}}]}",
            ),
            "spec.ingress[0].http",
        ),
        (
            calico("GlobalNetworkPolicy", "''", "{preDNAT: true}"),
            "spec.preDNAT",
        ),
        (
            cilium("{endpointSelector: {}, egress: [{toFQDNs: [{matchName: db.other.svc}]}]}"),
            "spec.egress[0].toFQDNs[0]",
        ),
        (
            cilium(
                "{endpointSelector: {}, ingressDeny: [{toPorts: [{ports: [{port: '80'}], rules: {http: [{}]}}]}]}",
            ),
            "spec.ingressDeny[0].toPorts[0].rules",
        ),
        (
            cilium("{nodeSelector: {}, ingress: [{}]}"),
            "spec.nodeSelector",
        ),
        (
            cilium("{endpointSelector: {}, ingress: [{fromEntities: [nobody]}]}"),
            "spec.ingress[0].fromEntities[0]",
        ),
    ] {
        let told = problems(&text);
        assert!(
            told.len() == 1 && told[0].starts_with(&format!("{place}: ")),
            "{place}: {told:?}"
        );
        assert_eq!(towards("a", &(three() + &text)).len(), 3, "{place}");
    }
}

#[test]
fn cilium_s_names_outside_nodes_and_messages_open_nothing_between_pods() {
    for rule in [
        "{toFQDNs: [{matchName: example.com}, {matchPattern: '*.example.com'}]}",
        "{toFQDNs: [{matchName: example.com}], toPorts: [{ports: [{port: '443'}]}]}",
        "{toNodes: [{matchLabels: {a: b}}]}",
        "{toGroups: [{aws: {securityGroupsIds: [sg-1]}}]}",
        "{toEntities: [none]}",
        "{toEndpoints: [{}], icmps: [{fields: [{type: 8, family: IPv4}]}]}",
    ] {
        let text = cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{app: a}}}}, egress: [{rule}]}}"
        ));
        assert_eq!(problems(&text), [""; 0], "{rule}");
        assert_eq!(from("a", &(three() + &text)), [""; 0], "{rule}");
    }
    let group = cilium(
        "{endpointSelector: {matchLabels: {app: a}}, egress: [{toCIDRSet: [{cidrGroupRef: office}]}]}",
    );
    let told = problems(&group);
    assert!(
        told.len() == 1 && told[0].contains("cidrGroupRef"),
        "{told:?}"
    );
    assert_eq!(from("a", &(three() + &group)), [""; 0]);
    let world =
        cilium("{endpointSelector: {matchLabels: {app: a}}, egress: [{toEntities: [world-ipv4]}]}");
    assert_eq!(from("a", &(three() + &world)), ["a 0.0.0.0/0 all"]);
}

#[test]
fn what_narrows_a_rule_of_cilium_opens_it_to_nobody_else() {
    let rule = |more: &str| {
        cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{app: a}}}}, ingress: [{{fromEndpoints: [{{matchLabels: {{app: b}}}}], {more}}}]}}"
        ))
    };
    let port = "ports: [{port: '80', protocol: TCP}]";
    for (more, place, expected) in [
        (
            format!("toPorts: [{{{port}, rules: {{http: [{{method: GET}}]}}}}]"),
            "spec.ingress[0].toPorts[0].rules",
            "b a TCP 80",
        ),
        (
            "authentication: {mode: required}".to_owned(),
            "spec.ingress[0].authentication",
            "b a all",
        ),
        (
            format!("toPorts: [{{{port}, serverNames: [x.example.com]}}]"),
            "spec.ingress[0].toPorts[0].serverNames",
            "b a TCP 80",
        ),
    ] {
        let text = rule(&more);
        assert_eq!(towards("a", &(three() + &text)), [expected], "{more}");
        let told = problems(&text);
        let is_told = told.len() == 1 && told[0].starts_with(&format!("{place}: "));
        assert!(is_told, "{place}: {told:?}");
    }
}

#[test]
fn a_network_policy_of_the_old_group_counts_where_workloads_are_of_it_too() {
    let old = policy("shop", "q", "{podSelector: {}}")
        .replace("networking.k8s.io/v1", "extensions/v1beta1");
    let told = problems(&old);
    assert!(
        told.len() == 1 && told[0].starts_with("apiVersion: "),
        "{told:?}"
    );
    assert_eq!(towards("a", &(three() + &old)).len(), 3);
    let workload = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: []}}}\n---\n";
    assert_eq!(problems(&(old + workload)), [""; 0]);
}

#[test]
fn what_narrows_rules_of_a_policy_is_told_once() {
    let of = |rules: &str| {
        problems(&format!(
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: c, namespace: shop}}\nspec: {{endpointSelector: {{}}, ingress: [{rules}]}}\n"
        ))
    };
    let get = "{toPorts: [{ports: [{port: '80'}], rules: {http: [{method: GET}]}}]}";
    let plain = "{toPorts: [{ports: [{port: '81'}]}]}";
    assert_eq!(of(plain), [""; 0]);
    let [one] = &of(&format!("{plain}, {get}"))[..] else {
        panic!("it is told once");
    };
    assert!(one.contains("ingress[1]") && !one.contains("more"), "{one}");
    let [all] = &of(&[get; 3].join(", "))[..] else {
        panic!("it is told once");
    };
    assert!(
        all.contains("ingress[0]") && all.ends_with("nor in 2 more places"),
        "{all}"
    );
}
