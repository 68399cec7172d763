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

/// How many pods are open where a policy of a plugin selects some for both directions.
fn open(policy: &str) -> usize {
    told("isolation", policy).len()
}

#[test]
fn labels_that_calico_gives_all_pods_select_them() {
    for (selector, expected) in [
        ("projectcalico.org/namespace == 'shop'", 0),
        ("projectcalico.org/namespace == 'shop' && app == 'web'", 0),
        ("projectcalico.org/namespace not in {'kube-system'}", 0),
        ("projectcalico.org/orchestrator == 'k8s'", 0),
        ("projectcalico.org/serviceaccount == 'default'", 0),
        ("projectcalico.org/namespace == 'shp'", 1),
        ("projectcalico.org/namespace == 'shop' && app == 'api'", 1),
        ("projectcalico.org/namespace != 'shop'", 1),
        (
            "projectcalico.org/namespace not in {'kube-system', 'shop'}",
            1,
        ),
        ("projectcalico.org/serviceaccount == 'api'", 1),
    ] {
        let spec = format!("{{selector: \"{selector}\", types: [Ingress, Egress]}}");
        assert_eq!(open(&calico(&spec)), expected, "{selector}");
        let global = calico(&spec).replace("kind: N", "kind: GlobalN");
        assert_eq!(open(&global), expected, "{selector}");
    }
}

#[test]
fn a_global_peer_of_calico_names_a_namespace_by_the_label_of_its_pods() {
    let peer = |peer: &str| {
        let spec = format!(
            "{{namespaceSelector: \"projectcalico.org/name == 'shop'\", types: [Ingress], ingress: [{{action: Allow, source: {{selector: \"{peer}\"}}}}]}}"
        );
        calico(&spec).replace("kind: N", "kind: GlobalN")
    };
    for (label, expected) in [("app == 'web'", 0), ("app == 'wbe'", 1)] {
        let selector = format!("projectcalico.org/namespace == 'shop' && {label}");
        let found = told("network_peers", &peer(&selector));
        assert_eq!(found.len(), expected, "{label}");
    }
}

#[test]
fn labels_that_cilium_gives_all_pods_select_them() {
    let rules = "ingress: [{fromEntities: [host]}], egress: [{toEntities: [host]}]";
    for (label, expected) in [
        ("'io.cilium.k8s.policy.cluster': home", 0),
        ("'k8s:io.cilium.k8s.policy.cluster': default", 0),
        ("'io.cilium.k8s.policy.serviceaccount': default", 0),
        ("'io.cilium.k8s.policy.serviceaccount': other", 1),
    ] {
        let spec = format!("{{endpointSelector: {{matchLabels: {{{label}}}}}, {rules}}}");
        assert_eq!(open(&cilium(&spec)), expected, "{label}");
    }
}

#[test]
fn pods_that_talk_with_the_cluster_alone_are_closed_to_the_world() {
    for (entity, expected) in [("cluster", 0), ("world", 0), ("all", 1)] {
        let rules = format!(
            "ingress: [{{fromEntities: [{entity}]}}], egress: [{{toEntities: [{entity}]}}]"
        );
        let policy = cilium(&format!("{{endpointSelector: {{}}, {rules}}}"));
        assert_eq!(open(&policy), expected, "{entity}");
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
            of("egress: [{toEntities: [host, cluster]}]"),
            "spec.egress.0.toEntities.1",
        ),
        (
            of("ingress: [{fromEntities: [world]}]"),
            "spec.ingress.0.fromEntities.0",
        ),
        (
            of("egress: [{toCIDR: [0.0.0.0/0]}]"),
            "spec.egress.0.toCIDR.0",
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
        of("egress: [{toEntities: [cluster], toPorts: [{ports: [{port: '80'}]}]}]"),
        of("egress: [{toEntities: [all]}], egressDeny: [{toCIDR: [169.254.169.254/32]}]"),
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

#[test]
fn what_is_not_evaluated_may_close_pods() {
    for (spec, is_sure) in [
        ("ingress: [{action: Deny}], egress: [{action: Deny}]", true),
        (
            "tier: own, ingress: [{action: Pass}], egress: [{action: Pass}]",
            false,
        ),
    ] {
        let text = format!(
            "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {{name: g}}\nspec: {{selector: all(), types: [Ingress, Egress], {spec}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: []}}\n"
        );
        let found = facts("isolation_elsewhere", &text);
        assert_eq!(found.len(), 1, "{spec}");
        assert_eq!(found[0]["is_sure"], is_sure, "{spec}");
    }
}
