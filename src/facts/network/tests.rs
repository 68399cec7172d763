//! What the rules' examples do not show: tests of facts on whole sets of objects.

use super::*;
use crate::model::Artifact;
use crate::source::read_text;

fn facts(name: &str, text: &str) -> Vec<Value> {
    facts_of(name, &read_text(text), &[])
}

/// What is found in several files.
fn facts_in(name: &str, files: &[(&str, &str)]) -> Vec<Value> {
    let of_file = |(path, text): &(&str, &str)| {
        let artifact = Arc::new(Artifact::new(path, path, (*text).to_owned()));
        let mut resources = read_text(text);
        for resource in &mut resources {
            resource.artifact = Arc::clone(&artifact);
        }
        resources
    };
    let resources: Vec<Resource> = files.iter().flat_map(of_file).collect();
    facts_of(name, &resources, &[])
}

fn facts_of(name: &str, resources: &[Resource], unread: &[Arc<Artifact>]) -> Vec<Value> {
    let wanted = BTreeSet::from([name.to_owned()]);
    let settings = || Settings {
        ingress_controllers: Vec::new(),
        ..Settings::default()
    };
    let found = NetworkFacts::new((resources, unread), &wanted, settings);
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
    let found = NetworkFacts::new((&resources, &[]), &wanted, || {
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

const SHOP: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
const WEB: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: []}\n";

#[test]
fn pods_of_a_namespace_that_is_scanned_with_them_are_known() {
    for (label, namespace, expected) in [
        ("tier: web", SHOP, 1),
        ("app.kubernetes.io/part-of: shop", SHOP, 1),
        // Pods that an operator makes.
        ("acme.cert-manager.io/http01-solver: 'true'", SHOP, 0),
        ("tier: web", "", 0),
    ] {
        let text = policy(&format!("{{podSelector: {{matchLabels: {{{label}}}}}}}"));
        let files = [("a.yaml", namespace), ("b.yaml", WEB), ("c.yaml", &text)];
        let found = facts_in("network_idle", &files);
        assert_eq!(found.len(), expected, "{label} {namespace}");
    }
}

#[test]
fn labels_that_a_kustomization_gives_hide_no_others() {
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [b.yaml, c.yaml]\ncommonLabels: {team: a}\n";
    for (label, expected) in [("team: a, app: api", 1), ("team: a", 0)] {
        let text = policy(&format!("{{podSelector: {{matchLabels: {{{label}}}}}}}"));
        let files = [
            ("kustomization.yaml", kustomization),
            ("b.yaml", WEB),
            ("c.yaml", &text),
        ];
        assert_eq!(facts_in("network_idle", &files).len(), expected, "{label}");
    }
}

#[test]
fn pods_may_stand_in_a_text_that_could_not_be_read() {
    let text = policy("{podSelector: {matchLabels: {app: api}}}") + WEB;
    for (unread, expected) in [("labels: {app: api", 0), ("labels: {app: other", 1)] {
        let unread = Artifact::new("b.yaml", "b.yaml", unread.to_owned());
        let found = facts_of("network_idle", &read_text(&text), &[Arc::new(unread)]);
        assert_eq!(found.len(), expected);
    }
}

#[test]
fn who_deploys_a_folder_puts_its_objects_into_a_namespace() {
    let deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let application = |namespace: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a, namespace: argocd}}\nspec: {{source: {{repoURL: https://example.com/a.git, path: web}}, destination: {{namespace: {namespace}}}}}\n"
        )
    };
    let pod = WEB.replace("namespace: shop, ", "");
    for (namespace, expected) in [("shop", 0), ("other", 1)] {
        let application = application(namespace);
        let files = [
            ("policy.yaml", deny.as_str()),
            ("argocd/a.yaml", &application),
            ("web/a.yaml", &pod),
        ];
        let found = facts_in("isolation", &files);
        assert_eq!(found.len(), expected, "{namespace}");
        assert!(found.iter().all(|fact| fact.get("unless").is_none()));
    }
}
