//! What the rules' examples do not show: tests of facts on whole sets of objects.

mod around;
mod files;
mod guests;
mod met;
mod needs;
mod plugins;

use super::*;
use crate::model::Artifact;
use crate::source::read_text;

fn facts(name: &str, text: &str) -> Vec<Value> {
    facts_of(name, &read_text(text), &[])
}

/// What is found in several files.
fn facts_in(name: &str, files: &[(&str, &str)]) -> Vec<Value> {
    facts_of(name, &read_files(files), &[])
}

fn read_files(files: &[(&str, &str)]) -> Vec<Resource> {
    let of_file = |(path, text): &(&str, &str)| {
        let artifact = Arc::new(Artifact::new(path, path, (*text).to_owned()));
        let mut resources = read_text(text);
        for resource in &mut resources {
            resource.artifact = Arc::clone(&artifact);
        }
        resources
    };
    files.iter().flat_map(of_file).collect()
}

fn facts_of(name: &str, resources: &[Resource], unread: &[Arc<Artifact>]) -> Vec<Value> {
    // What is told of pods that others close comes with those that are open.
    let wanted = BTreeSet::from([name, "isolation"].map(str::to_owned));
    let settings = || Settings {
        ingress_controllers: Vec::new(),
        platform_labels: vec!["policy-group.network.openshift.io/ingress".to_owned()],
        silent_sidecars: vec!["tailscale".to_owned()],
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
        ("tier: web", "", 1),
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

#[test]
fn who_applies_a_folder_says_the_namespace_of_its_objects() {
    let deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let pod = WEB.replace("namespace: shop, ", "");
    let resources = read_text(&format!("{deny}---\n{pod}"));
    let at = |path: &str, text: &str| Arc::new(Artifact::new(path, path, text.to_owned()));
    let placed = |script: &str| {
        let mut resources = resources.clone();
        for resource in &mut resources {
            resource.artifact = at("web/a.yaml", "");
        }
        facts_of("isolation", &resources, &[at("deploy.sh", script)]).len()
    };
    assert_eq!(placed("kubectl apply -n shop -f web/"), 0);
    assert_eq!(
        placed("sed s/a/b/ web/a.yaml | kubectl apply -n shop -f -"),
        0
    );
    assert_eq!(placed("kubectl apply -n other -f web/"), 1);
}

#[test]
fn an_empty_list_of_what_pods_send_to_is_meant() {
    let pod = |container: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop, labels: {{app: web}}}}\nspec: {{containers: [{container}]}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: db, namespace: shop}}\nspec: {{selector: {{app: db}}, ports: [{{port: 80}}]}}\n"
        )
    };
    let silent = pod("{name: a}");
    let asking = pod("{name: a, env: [{name: DB_HOST, value: db}]}");
    let own = "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]";
    for (spec, pod, expected) in [
        (format!("{own}, egress: []"), &silent, 0),
        (format!("{own}, egress: []"), &asking, 1),
        // It is there for nothing else.
        (own.to_owned(), &silent, 0),
        (own.to_owned(), &asking, 1),
        (own.replace("[Egress]", "[Ingress, Egress]"), &silent, 0),
        (
            own.replace("[Egress]", "[Ingress, Egress], ingress: [{}]"),
            &silent,
            1,
        ),
        (
            "podSelector: {}, policyTypes: [Egress], egress: []".to_owned(),
            &silent,
            1,
        ),
        (
            format!("{own}, egress: [{{to: [{{podSelector: {{}}}}]}}]"),
            &silent,
            1,
        ),
    ] {
        let text = policy(&format!("{{{spec}}}")) + pod;
        assert_eq!(facts("network_dns", &text).len(), expected, "{spec}");
    }
}

#[test]
fn programs_make_pods_with_labels_of_their_own() {
    let role = |verb: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r, namespace: shop}}\nrules: [{{resources: [pods], verbs: [{verb}]}}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: r, namespace: shop}}\nroleRef: {{kind: Role, name: r}}\nsubjects: [{{kind: ServiceAccount, name: default}}]\n"
        )
    };
    for (verb, label, expected) in [
        ("create", "containers: 'yes'", 0),
        ("create", "made: 'yes'", 1),
        ("create", "of-shop: 'yes'", 1),
        ("create", "image: none, k8s-app: kube-dns", 1),
        ("create", "app: api", 1),
        ("get", "made: 'yes'", 1),
    ] {
        let text = policy(&format!(
            "{{podSelector: {{matchLabels: {{{label}}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{{label}}}}}}}]}}]}}"
        ));
        let role = role(verb);
        let files = [
            ("a.yaml", SHOP),
            ("b.yaml", WEB),
            ("c.yaml", &text),
            ("d.yaml", &role),
        ];
        for name in ["network_idle", "network_peers"] {
            let found = facts_in(name, &files);
            assert_eq!(found.len(), expected, "{name} {verb} {label}");
        }
    }
}

#[test]
fn a_peer_may_mean_pods_that_leave_their_namespace_open() {
    let text = policy(
        "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}",
    );
    let api = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: api, {namespace}labels: {{app: api}}}}\nspec: {{containers: []}}\n"
        )
    };
    for (namespace, expected) in [("", 0), ("namespace: other, ", 1)] {
        let api = api(namespace);
        let files = [("a.yaml", WEB), ("b.yaml", &text), ("c.yaml", &api)];
        let found = facts_in("network_peers", &files);
        assert_eq!(found.len(), expected, "{namespace}");
    }
}

#[test]
fn a_port_that_is_opened_for_udp_beside_tcp_may_be_declared_for_both() {
    let pod = WEB.replace(
        "containers: []",
        "containers: [{ports: [{containerPort: 4001}]}]",
    );
    for (ports, expected) in [
        ("{port: 4001}, {port: 4001, protocol: UDP}", 0),
        ("{port: 4001, protocol: UDP}", 1),
        ("{port: 4002}, {port: 4001, protocol: UDP}", 2),
    ] {
        let spec = format!(
            "{{podSelector: {{matchLabels: {{app: web}}}}, ingress: [{{ports: [{ports}]}}]}}"
        );
        let text = policy(&spec) + &pod;
        assert_eq!(facts("network_ports", &text).len(), expected, "{ports}");
    }
}

#[test]
fn ports_of_another_namespace_are_known_where_it_is() {
    let pod = WEB.replace(
        "containers: []",
        "containers: [{ports: [{containerPort: 8080}]}]",
    );
    let policy = |selector: &str, port: u16| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: other}}\nspec: {{podSelector: {{}}, policyTypes: [Egress], egress: [{{to: [{{namespaceSelector: {{matchLabels: {{{selector}}}}}}}], ports: [{{port: {port}}}]}}]}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: other}}\nspec: {{containers: []}}\n"
        )
    };
    let named = SHOP.replace(
        "{name: shop}",
        "{name: shop, labels: {name: shop, team: a}}",
    );
    let name = "kubernetes.io/metadata.name: shop";
    for (namespace, selector, port, expected) in [
        (named.as_str(), name, 80, 1),
        (named.as_str(), "name: shop", 80, 1),
        (named.as_str(), name, 8080, 0),
        (named.as_str(), "team: a", 80, 0),
        ("", name, 80, 0),
    ] {
        let text = policy(selector, port);
        let files = [("a.yaml", namespace), ("b.yaml", &pod), ("c.yaml", &text)];
        let found = facts_in("network_ports", &files);
        assert_eq!(found.len(), expected, "{selector} {port}");
    }
}

/// Pods that name a closed Service, each said to be in a namespace or not.
fn closed_service(namespaces: [&str; 3], peer: &str) -> usize {
    let [web, db, service] = namespaces;
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web{web}}}\nspec: {{containers: [{{env: [{{name: DB_URL, value: 'http://db'}}]}}]}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: db{db}, labels: {{app: db}}}}\nspec: {{containers: []}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: db{service}}}\nspec: {{selector: {{app: db}}, ports: [{{port: 80}}]}}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{db}}}\nspec: {{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peer}]}}]}}\n"
    );
    facts("network_services", &text).len()
}

#[test]
fn who_names_the_default_namespace_is_with_those_that_name_none() {
    let none = "{podSelector: {matchLabels: {app: other}}}";
    let said = ", namespace: default";
    assert_eq!(closed_service([said, said, said], none), 1);
    assert_eq!(closed_service([said, said, ""], none), 1);
    assert_eq!(closed_service(["", "", ""], none), 1);
    assert_eq!(closed_service(["", said, ""], none), 1);
    let shop = ", namespace: shop";
    assert_eq!(closed_service([shop, shop, shop], none), 1);
    assert_eq!(closed_service([shop, shop, ""], none), 0);
}

#[test]
fn pods_that_name_no_namespace_are_with_a_policy_of_the_default_one() {
    let pod = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web{namespace}, labels: {{app: web}}}}\nspec: {{containers: [{{name: a, image: a, env: [{{name: DB_URL, value: 'http://db.example.com'}}]}}]}}\n"
        )
    };
    let policy = |namespace: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{namespace}}}\nspec: {{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{{ports: [{{port: 80}}]}}]}}\n"
        )
    };
    let (named, other) = (", namespace: default", ", namespace: shop");
    let idle = "apiVersion: v1\nkind: Pod\nmetadata: {name: idle}\nspec: {dnsPolicy: None, containers: []}\n";
    for (pods, policies, places, expected) in [
        ("", named, ["k8s/web.yaml", "k8s/np.yaml"], vec![""]),
        ("", named, ["k8s/web.yaml", "k8s/net/np.yaml"], vec![""]),
        (named, "", ["k8s/web.yaml", "k8s/np.yaml"], vec![""]),
        (named, named, ["a/web.yaml", "b/np.yaml"], vec![""]),
        // In another part of the files it is only likely.
        (
            "",
            named,
            ["a/web.yaml", "b/np.yaml"],
            vec!["; the pods name no namespace, and are taken to be in `default`, which `p` names"],
        ),
        ("", other, ["k8s/web.yaml", "k8s/np.yaml"], vec![]),
        (other, named, ["k8s/web.yaml", "k8s/np.yaml"], vec![]),
        (other, "", ["k8s/web.yaml", "k8s/np.yaml"], vec![]),
    ] {
        let (web, np) = (pod(pods), policy(policies));
        let files = [(places[0], &*web), (places[1], &*np), ("b/idle.yaml", idle)];
        let found = facts_in("network_dns", &files);
        let told: Vec<&str> = found
            .iter()
            .filter_map(|one| one["unless"].as_str())
            .collect();
        assert_eq!(told, expected, "{pods} {policies} {places:?}");
    }
    // One for all pods is not there for those of another part of the files.
    let (web, all) = (
        pod(""),
        policy(named).replace("{matchLabels: {app: web}}", "{}"),
    );
    for (path, expected) in [("a/np.yaml", 1), ("b/np.yaml", 0)] {
        let files = [("a/web.yaml", &*web), (path, &*all), ("b/idle.yaml", idle)];
        let found = facts_in("network_dns", &files);
        assert_eq!(found.len(), expected, "{path}");
    }
}

#[test]
fn an_unknown_namespace_bears_no_label_of_the_platform() {
    let peer = |label: &str| format!("{{namespaceSelector: {{matchLabels: {{{label}: ''}}}}}}");
    let found = |label: &str| {
        let shop = ", namespace: shop";
        closed_service([shop, shop, shop], &peer(label))
    };
    assert_eq!(found("policy-group.network.openshift.io/ingress"), 1);
    assert_eq!(found("team"), 0);
}
