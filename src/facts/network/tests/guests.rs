//! Services whose pods are not among the objects, and what the whole cluster forbids.

use super::needs::with_bundled;
use super::*;

/// How many pods cannot reach what they name: `web` of the namespace `shop` names a URL.
fn closed(url: &str, others: &str) -> usize {
    let web = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop, labels: {{app: web}}}}\nspec: {{containers: [{{env: [{{name: BACKEND, value: '{url}'}}]}}]}}\n---\n"
    );
    facts("network_services", &(web + others)).len()
}

fn service(spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: jobs, namespace: shop}}\nspec: {spec}\n---\n"
    )
}

#[test]
fn a_service_without_scanned_pods_is_cut_off_where_none_of_its_ports_is_let_through() {
    let jobs =
        service("{selector: {app: jobs, tier: back}, ports: [{port: 80, targetPort: 9000}]}");
    let closed = |services: &str, spec: &str| {
        closed("http://jobs:80", &(services.to_owned() + &policy(spec)))
    };
    let sends = |rule: &str| {
        format!(
            "{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{rule}]}}"
        )
    };
    assert_eq!(closed(&jobs, &sends("{ports: [{port: 80}]}")), 1);
    assert_eq!(
        closed(
            &jobs,
            &sends("{to: [{podSelector: {matchLabels: {app: other}}}]}")
        ),
        1
    );
    for open in [
        "{ports: [{port: 9000}]}",
        "{ports: [{port: http}]}",
        "{to: [{podSelector: {matchLabels: {app: jobs}}}]}",
        "{to: [{podSelector: {matchLabels: {app: jobs, more: known}}}]}",
        "{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
    ] {
        assert_eq!(closed(&jobs, &sends(open)), 0, "{open}");
    }
    let unknown = "{ports: [{port: 80, targetPort: http}], selector: {app: jobs}}";
    let by_hand = "{ports: [{port: 80, targetPort: 9000}]}";
    for spec in [unknown, by_hand] {
        assert_eq!(
            closed(&service(spec), &sends("{ports: [{port: 80}]}")),
            0,
            "{spec}"
        );
    }
}

#[test]
fn a_service_without_scanned_pods_is_closed_where_a_policy_is_sure_to_select_them() {
    let jobs = service("{selector: {app: jobs}, ports: [{port: 80, targetPort: 9000}]}");
    let closed = |spec: &str| closed("http://jobs:80", &(jobs.clone() + &policy(spec)));
    for spec in [
        "{podSelector: {}}",
        "{podSelector: {matchLabels: {app: jobs}}, ingress: [{ports: [{port: 80}]}]}",
        "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: other}}}]}]}",
    ] {
        assert_eq!(closed(spec), 1, "{spec}");
    }
    for spec in [
        "{podSelector: {matchLabels: {app: jobs, more: known}}}",
        "{podSelector: {}, ingress: [{ports: [{port: 9000}]}]}",
        "{podSelector: {}, ingress: [{ports: [{port: http}]}]}",
        "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}",
        "{podSelector: {}, policyTypes: [Egress], egress: [{}]}",
    ] {
        assert_eq!(closed(spec), 0, "{spec}");
    }
    let opened = policy("{podSelector: {}}")
        + &policy("{podSelector: {matchLabels: {more: known}}, ingress: [{}]}")
            .replace("name: p", "name: q");
    assert_eq!(self::closed("http://jobs:80", &(jobs + &opened)), 0);
}

#[test]
fn a_headless_service_leads_to_whatever_port_its_pods_declare() {
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: jobs-0, namespace: shop, labels: {app: jobs}}\nspec: {containers: [{ports: [{containerPort: 2379}, {containerPort: 2380}]}]}\n---\n";
    let allows =
        policy("{podSelector: {matchLabels: {app: jobs}}, ingress: [{ports: [{port: 2379}]}]}");
    let closed = |url: &str, spec: &str| closed(url, &(service(spec) + pods + &allows));
    let headless = "{clusterIP: None, selector: {app: jobs}, ports: [{port: 2379}]}";
    assert_eq!(closed("http://jobs:2380", headless), 1);
    assert_eq!(closed("http://jobs:2379", headless), 0);
    assert_eq!(closed("http://jobs:2381", headless), 0);
    assert_eq!(
        closed(
            "http://jobs:2380",
            "{selector: {app: jobs}, ports: [{port: 2379}]}"
        ),
        0
    );
}

#[test]
fn what_an_administrator_denies_is_closed() {
    let jobs = service("{selector: {app: jobs}, ports: [{port: 80}]}")
        + "apiVersion: v1\nkind: Pod\nmetadata: {name: jobs, namespace: shop, labels: {app: jobs}}\nspec: {containers: [{ports: [{containerPort: 80}]}]}\n---\n";
    let closed = |kind: &str, spec: &str, more: &str| {
        let denies = format!(
            "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: {kind}\nmetadata: {{name: default}}\nspec: {spec}\n---\n"
        );
        closed("http://jobs:80", &(jobs.clone() + &denies + more))
    };
    let deny = "ingress: [{action: Deny, from: [{namespaces: {}}]}]";
    let first = format!("{{priority: 1, subject: {{namespaces: {{}}}}, {deny}}}");
    let last = format!("{{subject: {{namespaces: {{}}}}, {deny}}}");
    let allows = policy("{podSelector: {}, ingress: [{}]}");
    assert_eq!(closed("AdminNetworkPolicy", &first, ""), 1);
    assert_eq!(closed("AdminNetworkPolicy", &first, &allows), 1);
    assert_eq!(closed("BaselineAdminNetworkPolicy", &last, ""), 1);
    assert_eq!(closed("BaselineAdminNetworkPolicy", &last, &allows), 0);
    let others = first.replace(
        "namespaces: {}}]",
        "namespaces: {matchLabels: {kubernetes.io/metadata.name: other}}}]",
    );
    assert_eq!(closed("AdminNetworkPolicy", &others, ""), 0);
}

#[test]
fn a_policy_of_the_whole_cluster_opens_what_it_allows_alone() {
    let calico = |spec: &str| {
        format!(
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: g}}\nspec: {spec}\n---\n"
        )
    };
    let admin = |rule: &str| {
        format!(
            "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {{name: a}}\nspec: {{priority: 1, subject: {{namespaces: {{}}}}, ingress: [{rule}]}}\n---\n"
        )
    };
    let from = |name: &str| {
        format!("[{{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}}}]")
    };
    let jobs = service("{selector: {app: jobs}, ports: [{port: 80}]}");
    let shut = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let data = shut.replace("namespace: shop", "namespace: data");
    for (more, expected) in [
        (String::new(), 1),
        (
            calico("{types: [Ingress], ingress: [{action: Deny, source: {selector: app == 'x'}}]}"),
            1,
        ),
        (
            calico(
                "{types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'x'}}]}",
            ),
            1,
        ),
        (
            calico(
                "{types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'web'}}]}",
            ),
            0,
        ),
        (calico("{types: [Egress], egress: [{action: Allow}]}"), 1),
        (
            admin(&format!("{{action: Deny, from: {}}}", from("other"))),
            1,
        ),
        (
            admin(&format!("{{action: Pass, from: {}}}", from("shop"))),
            1,
        ),
        (
            admin(&format!("{{action: Allow, from: {}}}", from("other"))),
            1,
        ),
        (
            admin(&format!("{{action: Allow, from: {}}}", from("shop"))),
            0,
        ),
    ] {
        let own = closed("http://jobs:80", &(jobs.clone() + &shut + &more));
        assert_eq!(own, expected, "{more}");
        let absent = closed("http://db.data.svc:80", &(data.clone() + &more));
        assert_eq!(absent, expected, "{more}");
    }
}

#[test]
fn an_operator_that_makes_a_policy_for_its_pods_may_open_and_close_them() {
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: a, image: a, env: [{name: URL, value: 'http://sso-service:8080'}]}]}\n---\n";
    let shut = policy("{podSelector: {}, policyTypes: [Ingress]}");
    let sends = policy(
        "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}",
    );
    let made = |kind: &str, spec: &str| {
        format!("apiVersion: {kind}\nmetadata: {{name: sso, namespace: shop}}\nspec: {spec}\n---\n")
    };
    let keycloak = |spec: &str| made("k8s.keycloak.org/v2alpha1\nkind: Keycloak", spec);
    let grafana = made("grafana.integreatly.org/v1beta1\nkind: Grafana", "{}");
    let off = keycloak("{networkPolicy: {enabled: false}}");
    for (resource, policy, expected) in [
        (keycloak("{}"), &shut, 0),
        (keycloak("{networkPolicy: {enabled: true}}"), &shut, 0),
        (off, &shut, 1),
        // Its policy is for its own pods.
        (keycloak("{}"), &sends, 1),
        // This one makes none.
        (grafana, &shut, 1),
    ] {
        let port = if resource.contains("Grafana") {
            "3000"
        } else {
            "8080"
        };
        let text = format!("{web}{resource}{policy}").replace("8080", port);
        let found = with_bundled("network_services", &text).len();
        assert_eq!(found, expected, "{text}");
    }
    let template = |switch: &str| {
        let pod = "{unsupported: {podTemplate: {spec: {containers: [{name: a, image: a}]}}}";
        let other = policy("{podSelector: {matchLabels: {app: other}}}");
        let text = keycloak(&format!("{pod}{switch}}}")) + &other;
        let found = with_bundled("isolation", &text);
        found
            .iter()
            .map(|fact| fact["missing"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(template(""), [json!(["egress"])]);
    let off = template(", networkPolicy: {enabled: false}");
    assert_eq!(off, [json!(["ingress", "egress"])]);
}
