//! Whom objects meet whose files leave that open: in the default namespace, in one that a script calls by a variable, in
//! another variant of the same folder.

use super::*;

const POD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {role: shown}}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}}}\n";

fn script(text: &str) -> Arc<Artifact> {
    Arc::new(Artifact::new("up.sh", "up.sh", text.to_owned()))
}

/// A policy that names no namespace.
fn left(spec: &str) -> String {
    policy(spec).replace(", namespace: shop", "")
}

#[test]
fn labels_that_no_pods_of_a_policy_bear_are_told_where_something_ties_it_to_them() {
    let near = "{matchLabels: {app: web}}";
    let own = |label: &str, peer: &str| {
        left(&format!(
            "{{podSelector: {{matchLabels: {{{label}}}}}, ingress: [{{from: [{{podSelector: {peer}}}]}}]}}"
        ))
    };
    let all = "{}";
    for (path, text, expected) in [
        ("k8s/np.yaml", own("tier: back", near), [1, 0]),
        ("k8s/net/np.yaml", own("tier: back", near), [1, 0]),
        (
            "k8s/np.yaml",
            own("app: web", "{matchLabels: {tier: x}}"),
            [0, 1],
        ),
        // What makes the pods bears it, and does not give it to them.
        ("k8s/np.yaml", own("role: shown", all), [1, 0]),
        // Nothing says that it is for these pods.
        ("k8s/np.yaml", own("tier: back", all), [0, 0]),
        (
            "k8s/np.yaml",
            own("tier: back", "{matchLabels: {tier: x}}"),
            [0, 0],
        ),
        // Those are elsewhere.
        ("apps/other/np.yaml", own("tier: back", near), [0, 0]),
        // Some program gives it.
        (
            "k8s/np.yaml",
            own("db.example.com/tier: back", near),
            [0, 0],
        ),
    ] {
        let other = POD.replace("web", "other");
        let files = [
            ("k8s/web.yaml", POD),
            ("apps/other/a.yaml", &other),
            (path, &text),
        ];
        let found = ["network_idle", "network_peers"].map(|name| facts_in(name, &files).len());
        assert_eq!(found, expected, "{path} {text}");
    }
}

#[test]
fn a_policy_for_a_namespace_that_nobody_knows_closes_none_that_is_named() {
    let deny = left("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    let found = |namespace: &str, text: &str| {
        let web = POD.replace("name: web,", &format!("name: web{namespace},"));
        let files = [("k8s/web.yaml", &*web), ("net/deny.yaml", &deny)];
        let found = facts_of("isolation", &read_files(&files), &[script(text)]);
        let told = found
            .first()
            .map(|fact| fact["unless"].as_str().unwrap_or("none"));
        told.map(str::to_owned)
    };
    let open = "`p` leaves its namespace open, and in `default` it would select them".to_owned();
    let default = ", namespace: default";
    assert_eq!(
        found(
            default,
            "NS=\"student-$1\"\nkubectl apply -n \"$NS\" -f net/deny.yaml"
        ),
        Some(open)
    );
    assert_eq!(found(default, "kubectl apply -f net/deny.yaml"), None);
    assert_eq!(
        found(default, "kubectl apply -n default -f net/deny.yaml"),
        None
    );
    // Where nobody names another one, all may be in it.
    assert_eq!(found("", "kubectl apply -n \"$NS\" -f net/deny.yaml"), None);
    // What the script calls as the object does is the same.
    let own = ", namespace: 'student-${ID}'";
    let student = "ID=$1\nNS=\"student-${ID}\"\nkubectl apply -n \"$NS\" -f net/deny.yaml";
    assert_eq!(found(own, student), None);
    let other = "kubectl apply -n \"teacher-$ID\" -f net/deny.yaml";
    assert!(found(own, other).is_some());
}

#[test]
fn of_two_variants_those_pods_answer_for_a_service_that_stand_beside_it() {
    let variant = |folder: &str, zone: &str| {
        let pod = |name: &str, more: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: {name}{more}}}}}\nspec: {{containers: [{{name: a, image: a, ports: [{{containerPort: 80}}], env: [{{name: DB_URL, value: 'http://db'}}]}}]}}\n---\n"
            )
        };
        let zone = format!(", zone: {zone}");
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: db}, ports: [{port: 80}]}\n";
        (
            format!("{folder}/all.yaml"),
            pod("db", &zone) + &pod(&format!("web-{folder}"), ", zone: a") + service,
        )
    };
    let closing = policy(
        "{podSelector: {matchLabels: {zone: a}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {zone: a}}}]}]}",
    );
    let found = |folders: [&str; 2]| {
        let [before, after] = [variant(folders[0], "b"), variant(folders[1], "a")];
        let files = [
            (&*before.0, &*before.1),
            (&*after.0, &*after.1),
            ("np.yaml", &closing),
        ];
        facts_in("network_services", &files).len()
    };
    assert_eq!(found(["before", "after"]), 1);
    // The later step changes what the earlier one made.
    assert_eq!(found(["01-start", "02-closed"]), 0);
}
