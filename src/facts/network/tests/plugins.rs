//! Faults of policies of network plugins, and of those of the whole cluster.

use super::needs::with_bundled;
use super::*;

fn cilium(spec: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: c, namespace: shop}}\nspec: {spec}\n---\n"
    )
}

fn calico(spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {{name: c, namespace: shop}}\nspec: {spec}\n---\n"
    )
}

/// The paths of facts about a policy, beside a pod `web` of its namespace which listens on 80.
fn told(name: &str, policy: &str) -> Vec<String> {
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}\n";
    let found = with_bundled(name, &format!("{SHOP}---\n{policy}{web}"));
    let path = |fact: &Value| {
        let steps = fact["path"].as_array().expect("is a list").iter();
        let steps = steps.map(|step| {
            step.as_str()
                .map_or_else(|| step.to_string(), str::to_owned)
        });
        steps.collect::<Vec<_>>().join(".")
    };
    found.iter().map(path).collect()
}

#[test]
fn policies_of_plugins_that_select_nothing_are_told() {
    let rules = "ingress: [{fromEntities: [cluster]}], ingressDeny: [{fromEntities: [world]}]";
    for (policy, expected) in [
        (
            cilium(&format!(
                "{{endpointSelector: {{matchLabels: {{app: wbe}}}}, {rules}}}"
            )),
            "spec.endpointSelector",
        ),
        (
            calico("{selector: app == 'wbe', types: [Ingress]}"),
            "spec.selector",
        ),
    ] {
        assert_eq!(told("network_idle", &policy), [expected], "{policy}");
    }
    for policy in [
        cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{app: web}}}}, {rules}}}"
        )),
        cilium(&format!(
            "{{endpointSelector: {{matchLabels: {{'reserved:ingress': ''}}}}, {rules}}}"
        )),
        calico("{selector: app == 'web', types: [Ingress]}"),
        calico("{selector: projectcalico.org/orchestrator == 'k8s', types: [Ingress]}"),
    ] {
        assert_eq!(told("network_idle", &policy), [""; 0], "{policy}");
    }
}

#[test]
fn policies_of_plugins_that_open_everything_are_told() {
    let of = |rules: &str| cilium(&format!("{{endpointSelector: {{}}, {rules}}}"));
    for (policy, expected) in [
        (
            of("ingress: [{fromEntities: [all]}]"),
            "spec.ingress.0.fromEntities.0",
        ),
        (
            of("egress: [{toEntities: [world, cluster]}]"),
            "spec.egress.0.toEntities.1",
        ),
        (
            calico("{selector: all(), types: [Ingress], ingress: [{action: Allow}]}"),
            "spec.ingress.0",
        ),
    ] {
        assert_eq!(told("network_open", &policy), [expected], "{policy}");
    }
    for policy in [
        of("egress: [{toEntities: [world]}]"),
        of("egress: [{toEntities: [cluster]}]"),
        of("ingress: [{fromEntities: [all], toPorts: [{ports: [{port: '80'}]}]}]"),
        of("ingressDeny: [{fromEntities: [all]}]"),
        of("enableDefaultDeny: {ingress: false}, ingress: [{fromEntities: [all]}]"),
        calico(
            "{selector: all(), types: [Ingress], ingress: [{action: Deny, source: {nets: [10.0.0.0/8]}}, {action: Allow}]}",
        ),
    ] {
        assert_eq!(told("network_open", &policy), [""; 0], "{policy}");
    }
}

#[test]
fn peers_and_ports_of_plugins_that_mean_nothing_are_told() {
    let of = |rule: &str| cilium(&format!("{{endpointSelector: {{}}, ingress: [{rule}]}}"));
    let peer = |label: &str| {
        of(&format!(
            "{{fromEndpoints: [{{matchLabels: {{{label}}}}}]}}"
        ))
    };
    let found = told("network_peers", &peer("app: gone"));
    assert_eq!(found, ["spec.ingress.0.fromEndpoints.0"]);
    for label in ["app: web", "'reserved:ingress': ''"] {
        assert_eq!(told("network_peers", &peer(label)), [""; 0], "{label}");
    }
    let port = |port: &str| {
        of(&format!(
            "{{fromEndpoints: [{{}}], toPorts: [{{ports: [{port}]}}]}}"
        ))
    };
    for unused in ["{port: '9999', protocol: TCP}", "{port: '9999'}"] {
        let found = told("network_ports", &port(unused));
        assert_eq!(found, ["spec.ingress.0.toPorts.0.ports.0.port"], "{unused}");
    }
    // A port without a protocol is one of each.
    assert_eq!(told("network_ports", &port("{port: '80'}")), [""; 0]);
}

const OPEN: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: NAMESPACE}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{namespaceSelector: {}}]}], egress: [{to: [{namespaceSelector: {}}]}]}\n---\n";

/// A policy of the cluster by which pods of one namespace take nothing from others.
fn denied(subject: &str, from: &str) -> String {
    format!(
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {{name: a}}\nspec: {{priority: 5, subject: {{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: {subject}}}}}}}, ingress: [{{name: d, action: Deny, from: [{{namespaces: {from}}}]}}]}}\n---\n"
    )
}

#[test]
fn what_the_cluster_forbids_is_closed_in_namespaces_that_are_no_objects() {
    let db = "apiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: data, labels: {app: db}}\nspec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: data}\nspec: {selector: {app: db}, ports: [{port: 80}]}\n---\n";
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: a, image: a, env: [{name: DB_URL, value: 'http://db.data:80'}]}]}\n---\n";
    let open = OPEN.replace("NAMESPACE", "shop") + &OPEN.replace("NAMESPACE", "data");
    let of =
        |namespace: &str| format!("{{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}");
    for (from, expected) in [("shop", 1), ("other", 0)] {
        let text = format!("{open}{}{db}{web}", denied("data", &of(from)));
        assert_eq!(facts("network_services", &text).len(), expected, "{from}");
    }
}
