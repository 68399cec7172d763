//! What stands around the objects: scripts, namespaces that no object makes, sidecars.

use super::*;
use crate::model::Role;
use crate::model::{Provenance, Rendering};

fn pod(name: &str, namespace: &str, containers: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}\nspec: {{containers: [{containers}]}}\n---\n"
    )
}

#[test]
fn pods_of_a_namespace_that_no_object_makes_are_known_unless_many_share_it() {
    let selecting = policy("{podSelector: {matchLabels: {tier: web}}}");
    let named = |namespace: &str| pod("web", namespace, "");
    let unnamed = named("default").replace("namespace: default, ", "");
    for (namespace, web, expected) in [
        ("shop", named("shop"), 1),
        ("default", named("default"), 1),
        ("default", unnamed, 0),
        ("kube-system", named("kube-system"), 0),
    ] {
        let policy = selecting.replace("namespace: shop", &format!("namespace: {namespace}"));
        let files = [("a.yaml", web.as_str()), ("b.yaml", policy.as_str())];
        let found = facts_in("network_idle", &files);
        assert_eq!(found.len(), expected, "{namespace}");
    }
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: restore, namespace: shop}\nspec: {template: {metadata: {labels: {app: restore}}, spec: {containers: []}}}\n";
    let files = [("a.yaml", job), ("b.yaml", selecting.as_str())];
    assert!(facts_in("network_idle", &files).is_empty());
}

#[test]
fn what_scripts_install_or_run_has_pods() {
    let labels = "podSelector: {matchLabels: {app: load}}";
    let text = policy(&format!(
        "{{{labels}, ingress: [{{from: [{{{labels}}}]}}]}}"
    ));
    let objects = read_text(&format!("{SHOP}---\n{text}{}", pod("web", "shop", "")));
    for (path, script, expected) in [
        ("run.sh", "kubectl run x --image=y --labels=app=load", 0),
        ("run.sh", "kubectl run x --image=y --labels=app=loading", 1),
        ("run.sh", "kubectl wait pod -l app=load", 1),
        ("Makefile", "up:\n\thelm install db example/db -n shop", 0),
        ("Makefile", "up:\n\thelm install db example/db -n other", 1),
        ("Makefile", "up:\n\thelm install web ./chart -n shop", 1),
    ] {
        let artifact = Arc::new(Artifact::new(path, path, script.to_owned()));
        for name in ["network_idle", "network_peers"] {
            let found = facts_of(name, &objects, &[Arc::clone(&artifact)]);
            assert_eq!(found.len(), expected, "{name} {script}");
        }
    }
}

#[test]
fn sidecars_that_open_no_port_hide_none() {
    let opened =
        policy("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 9090}]}]}");
    let own = "{name: a, image: a, ports: [{containerPort: 80}]}";
    for (image, expected) in [("tailscale/tailscale:v1", 1), ("example.com/other:v1", 0)] {
        let web = pod(
            "web",
            "shop",
            &format!("{own}, {{name: b, image: '{image}'}}"),
        );
        let found = facts("network_ports", &format!("{opened}{web}"));
        assert_eq!(found.len(), expected, "{image}");
        let alone = pod("web", "shop", &format!("{{name: b, image: '{image}'}}"));
        assert!(facts("network_ports", &format!("{opened}{alone}")).is_empty());
    }
}

#[test]
fn a_host_that_is_no_service_has_pods_that_are_not_scanned() {
    let opened = policy(
        "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 5432}]}]}",
    );
    let web = pod(
        "web",
        "shop",
        "{name: a, image: a, ports: [{containerPort: 80}]}",
    );
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 5432, targetPort: 80}]}\n---\n";
    let secret = |namespace: &str, url: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: {namespace}}}\nstringData: {{URL: '{url}'}}\n---\n"
        )
    };
    let named = secret("shop", "jdbc:postgresql://db:5432/web");
    for (more, expected) in [
        (named.clone(), 0),
        (secret("shop", "postgres://db/web"), 0),
        (secret("shop", "redis://db:6379"), 1),
        (secret("other", "jdbc:postgresql://db:5432/web"), 1),
        (format!("{named}{service}"), 1),
        (String::new(), 1),
    ] {
        let found = facts("network_ports", &format!("{SHOP}---\n{opened}{web}{more}"));
        assert_eq!(found.len(), expected, "{more}");
    }
}

#[test]
fn a_digest_names_no_port_and_pods_of_scripts_do() {
    let opened = policy("{podSelector: {}, ingress: [{ports: [{port: 9090}]}]}");
    let image = |image: &str| {
        pod(
            "web",
            "shop",
            &format!("{{name: a, image: '{image}', ports: [{{containerPort: 80}}]}}"),
        )
    };
    let web = image("example.com/a@sha256:f9090f");
    let idle = format!("{opened}{web}");
    assert_eq!(facts("network_ports", &idle).len(), 1);
    let named = image("example.com/a --port 9090");
    assert!(facts("network_ports", &format!("{opened}{named}")).is_empty());
    for (label, expected) in [("web", 0), ("other", 1)] {
        let scripted = format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: b, labels: {{app: {label}}}}}\nspec: {{containers: [{{name: b, ports: [{{containerPort: 9090}}]}}]}}\n"
        );
        let mut resources = read_text(&format!("{idle}{scripted}"));
        if let Some(last) = resources.last_mut() {
            last.role = Role::Applied;
        }
        let found = facts_of("network_ports", &resources, &[]);
        assert_eq!(found.len(), expected, "{label}");
    }
}

#[test]
fn pods_that_only_sleep_listen_on_no_port() {
    let opened = policy("{podSelector: {}, ingress: [{ports: [{port: 9090}]}]}");
    let web = pod(
        "web",
        "shop",
        "{name: a, image: a, ports: [{containerPort: 80}]}",
    );
    for (command, expected) in [("[sleep, infinity]", 1), ("[serve, infinity]", 0)] {
        let shell = pod(
            "shell",
            "shop",
            &format!("{{name: a, image: a, command: {command}}}"),
        );
        let found = facts("network_ports", &format!("{SHOP}---\n{opened}{web}{shell}"));
        assert_eq!(found.len(), expected, "{command}");
        let alone = facts("network_ports", &format!("{SHOP}---\n{opened}{shell}"));
        assert!(alone.is_empty(), "{command}");
    }
}

#[test]
fn who_may_create_pods_is_named_where_nothing_speaks_of_the_labels() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\nrules: [{resources: [jobs], verbs: [create]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: r, namespace: shop}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: default}]\n---\n";
    let labels = "podSelector: {matchLabels: {tier: rendering}}";
    let text = policy(&format!("{{{labels}}}"));
    let told = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {job.yaml: 'labels: {tier: rendering}'}\n---\n";
    let speaking = "{name: a, image: a, env: [{name: JOBS, value: rendering}]}";
    for (container, more, expected) in [("", "", 1), (speaking, "", 0), ("", told, 0)] {
        let web = pod("web", "shop", container);
        let found = facts(
            "network_idle",
            &format!("{SHOP}---\n{role}{text}{more}{web}"),
        );
        assert_eq!(found.len(), expected, "{container} {more}");
        let reasons: Vec<&str> = found
            .iter()
            .filter_map(|one| one["reason"].as_str())
            .collect();
        assert!(
            reasons
                .iter()
                .all(|reason| reason.contains("`web` may create pods"))
        );
    }
}

#[test]
fn who_may_create_pods_is_told_of_them_by_variables() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: shop}\nrules: [{resources: [pods], verbs: [create]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: r, namespace: shop}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: default}]\n---\n";
    let text = policy("{podSelector: {matchLabels: {app: code-runner}}}");
    for (name, makers, expected) in [
        ("CODE_RUNNER_IMAGE", role, 0),
        ("CODE_RUNNER_IMAGE", "", 1),
        ("CODE_RUNNER_URL", role, 1),
        ("CODE_RUNNER_TIMEOUT", role, 1),
        ("CODE_RUNNER_CLEANUP_INTERVAL", role, 0),
        ("CODE_RUNNER_CPU_LIMIT", role, 0),
        ("RUNNER_IMAGE", role, 1),
    ] {
        let container = format!("{{name: a, image: a, env: [{{name: {name}, value: x}}]}}");
        let web = pod("web", "shop", &container);
        let found = facts("network_idle", &format!("{SHOP}---\n{makers}{text}{web}"));
        assert_eq!(found.len(), expected, "{name} {makers}");
        let says_who = |fact: &Value| fact["reason"].to_string().contains("may create pods");
        assert!(found.iter().all(|fact| says_who(fact) != makers.is_empty()));
    }
}

#[test]
fn a_namespace_that_only_a_script_makes_bears_no_label_of_its_name() {
    let peer = "{namespaceSelector: {matchLabels: {name: trials}}}";
    let text = policy(&format!(
        "{{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}"
    ));
    let resources = read_text(&format!("{text}{}", pod("web", "shop", "")));
    for (script, expected) in [
        ("kubectl create ns trials || true", 1),
        ("kubectl create ns other", 0),
        (
            "kubectl create ns trials\nkubectl label ns trials name=trials",
            0,
        ),
        ("helm install a ./a -n trials --create-namespace", 0),
    ] {
        let script = Arc::new(Artifact::new("up.sh", "up.sh", script.to_owned()));
        let found = facts_of("network_peers", &resources, &[Arc::clone(&script)]);
        assert_eq!(found.len(), expected, "{}", script.text);
    }
}

#[test]
fn a_template_that_is_not_rendered_may_declare_the_port() {
    let opened =
        policy("{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 9090}]}]}");
    let web = "{name: a, image: a, ports: [{containerPort: 80}]}";
    let text = opened + &pod("web", "shop", web);
    for (path, is_part, expected) in [
        ("web/templates/api.yaml", true, 0),
        ("web/templates/api.yaml", false, 1),
        ("web-2/templates/api.yaml", true, 1),
    ] {
        let mut resources = read_text(&format!("{text}{}", pod("api", "shop", "")));
        let rendering = Rendering {
            root: "web".to_owned(),
            is_part,
            ..Rendering::default()
        };
        let rendering = Arc::new(rendering);
        if let Some((template, rendered)) = resources.split_last_mut() {
            template.role = Role::Outline;
            template.artifact = Arc::new(Artifact::new(path, path, text.clone()));
            for one in rendered {
                let mut artifact = Artifact::new("web", "web", text.clone());
                let rendering = Arc::clone(&rendering);
                artifact.provenance = Some(Provenance::new(rendering, Vec::new()));
                one.artifact = Arc::new(artifact);
            }
        }
        let found = facts_of("network_ports", &resources, &[]);
        assert_eq!(found.len(), expected, "{path} {is_part}");
    }
}

#[test]
fn pods_behind_a_service_that_is_routed_to_and_not_scanned_are_made_elsewhere() {
    let asked = "{podSelector: {matchLabels: {app: api}}}";
    let text = policy(asked) + &pod("web", "shop", "");
    let route = |service: &str| {
        format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: a, namespace: shop}}\nspec: {{rules: [{{backendRefs: [{{name: {service}, port: 80}}]}}]}}\n---\n"
        )
    };
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: shop}\nspec: {ports: [{port: 80}], selector: {app: web}}\n---\n";
    for (more, expected) in [
        (route("api"), 0),
        (route("other"), 1),
        (route("api") + service, 1),
        (
            route("api").replace("namespace: shop", "namespace: other"),
            1,
        ),
    ] {
        let found = facts("network_idle", &format!("{text}{more}"));
        assert_eq!(found.len(), expected, "{more}");
    }
}
