//! What the rules' examples do not show: tests of facts on whole sets of objects.

use super::*;
use crate::source::read_text;

fn facts(name: &str, text: &str) -> Vec<Value> {
    let resources = read_text(text);
    let wanted = BTreeSet::from([name.to_owned()]);
    let settings = || Settings {
        ingress_controllers: Vec::new(),
        ..Settings::default()
    };
    let found = NetworkFacts::new(&resources, &wanted, settings);
    let of = |resource: &Resource| {
        found
            .of(resource)
            .and_then(|facts| facts.get(name))
            .cloned()
    };
    resources.iter().filter_map(of).flatten().collect()
}

fn workload(policies: &str) -> Vec<Value> {
    facts(
        "isolation",
        &format!(
            "{policies}apiVersion: v1\nkind: Pod\nmetadata: {{namespace: shop, labels: {{app: web, tier: front}}}}\nspec: {{containers: []}}\n"
        ),
    )
}

fn policy(spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n---\n"
    )
}

fn missing(policies: &str) -> Value {
    workload(policies)
        .first()
        .map_or(Value::Null, |fact| fact["missing"].clone())
}

#[test]
fn a_pod_without_policy_is_open_in_both_directions() {
    let elsewhere =
        policy("{podSelector: {}, policyTypes: [Ingress, Egress]}").replace("shop", "other");
    assert_eq!(missing(&elsewhere), json!(["ingress", "egress"]));
    assert_eq!(
        missing(&policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")),
        Value::Null
    );
}

#[test]
fn without_any_policy_nothing_is_computed() {
    let resources =
        read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n");
    let wanted = NAMES.map(str::to_owned).into();
    let found = NetworkFacts::new(&resources, &wanted, || {
        unreachable!("no policy asks for settings")
    });
    assert_eq!(found.of(&resources[0]), None);
    assert_eq!(
        found.exposed_to_all(&resources[0])[0]["missing"],
        json!(["ingress", "egress"])
    );
}

#[test]
fn one_direction_is_missing_and_the_policy_of_the_other_is_linked() {
    let found = workload(&policy("{podSelector: {matchLabels: {app: web}}}"));
    assert_eq!(found[0]["missing"], json!(["egress"]));
    assert_eq!(
        found[0]["links"][0]["message"],
        "`p` closes the pods for ingress"
    );
    assert_eq!(found[0]["links"][0]["resource"], 0);
}

#[test]
fn two_policies_may_cover_one_direction_each() {
    let ingress = policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}");
    let egress = policy(
        "{podSelector: {matchExpressions: [{key: tier, operator: In, values: [front]}]}, policyTypes: [Egress]}",
    );
    assert_eq!(missing(&(ingress + &egress)), Value::Null);
}

#[test]
fn a_policy_that_kubernetes_refuses_covers_nothing() {
    for selector in [
        "{matchLabels: {app: web, tier: back}}",
        "{matchExpressions: [{key: app, operator: Equals, values: [web]}]}",
        "{matchLabels: {app: 1}}",
    ] {
        let text = policy(&format!(
            "{{podSelector: {selector}, policyTypes: [Ingress, Egress]}}"
        ));
        assert_eq!(missing(&text), json!(["ingress", "egress"]), "{selector}");
    }
}

#[test]
fn cluster_wide_policies_close_nothing_by_themselves() {
    let baseline = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}\n---\n";
    assert_eq!(missing(baseline), json!(["ingress", "egress"]));
}
