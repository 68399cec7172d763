//! What scripts, operations and entries hand on, and from which projects pods pull.

use super::*;

#[test]
fn objects_that_a_script_applies_name_images() {
    let script = "echo image: shop/none:1\nkubectl apply -f - <<'EOF'\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: shop/web:1\nEOF\ncat <<END > compose.yaml\nservices:\n  web:\n    image: shop/other:1\nEND\n";
    let indented = |by: &str| script.replace('\n', &format!("\n{by}"));
    let task = format!(
        "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n  - script: |\n      {}\n",
        indented("      ")
    );
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - args:\n    - -c\n    - |\n      {}\n",
        indented("      ")
    );
    for text in [task, pod] {
        assert_eq!(references(&text), ["shop/web:1"], "{text}");
    }
}

#[test]
fn a_variable_that_ends_in_image_may_hold_a_path_alone() {
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{name: AGENTDEFAULTBASEIMAGE, value: shop/agent}, {name: WEB_IMAGE, value: shop/web}, {name: WEB_VERSION, value: v1}, {name: IMAGE, value: shop/built}, {name: TARGET_IMAGE, value: shop/pushed}, {name: HERO_IMAGE, value: assets/hero}, {name: OS_IMAGE, value: debian-cloud/debian-12}, {name: LOGO_IMAGE, value: shop/logo.png}, {name: PAGE_IMAGE, value: 'https://shop/x'}, {name: MY_IMAGE, value: Shop/Web}, {name: BARE_IMAGE, value: web}]\n";
    let values = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {env: {AGENTBASEIMAGE: shop/agent, WEB_IMAGE: shop/web, OS_IMAGE: debian-cloud/debian-12, IMAGE: shop/built}}}\n";
    for text in [pod, values] {
        assert_eq!(references(text), ["shop/agent", "shop/web"], "{text}");
        let resources = read_text(text);
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        let mut found = images.of(&resources[0]).into_iter();
        assert!(!found.any(|image| image.is_complete), "{text}");
    }
    let alone = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{name: AGENTBASEIMAGE, value: quay.io/shop/agent}]\n";
    assert_eq!(references(alone), ["quay.io/shop/agent"]);
}

#[test]
fn a_variable_that_is_certainly_an_image_may_hold_a_name_alone() {
    let pod = |variables: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{{name: A, value: b}}, {variables}]\n"
        )
    };
    for (name, value) in [
        ("INIT_CONTAINER_IMAGE", "bash"),
        ("SHELL_DOCKER_IMAGE", "shop-shell"),
        ("BASE_IMAGE", "ubuntu"),
    ] {
        let text = pod(&format!("{{name: {name}, value: {value}}}"));
        assert_eq!(references(&text), [value], "{name}");
        let resources = read_text(&text);
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        assert!(images.of(&resources[0])[0].is_complete, "{name}");
    }
    assert_eq!(
        references(&pod("{name: JOB_IMAGE, value: python}")),
        ["python"]
    );
    for (name, value) in [
        ("SHELL_IMAGE", "shop-shell"),
        ("INIT_CONTAINER_IMAGE", "none"),
        ("INIT_CONTAINER_IMAGE", "'1.2'"),
        ("INIT_CONTAINER_IMAGE", "base.qcow2"),
        ("INIT_CONTAINER_IMAGE", "$(BASE)"),
        ("INIT_CONTAINER_IMAGE", "My Shop"),
        ("TARGET_DOCKER_IMAGE", "shop-web"),
        ("PUSH_CONTAINER_IMAGE", "shop-web"),
        ("DOCKER_IMAGE_NAME", "shop-web"),
    ] {
        let text = pod(&format!("{{name: {name}, value: {value}}}"));
        assert_eq!(references(&text), [""; 0], "{name} {value}");
    }
}

#[test]
fn a_container_of_kserve_takes_its_model_from_an_image() {
    let pod = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: shop/server:1\n    env: [{{name: STORAGE_URI, value: '{value}'}}]\n"
        )
    };
    let model = pod("oci://quay.io/shop/model");
    assert_eq!(references(&model), ["shop/server:1", "quay.io/shop/model"]);
    for value in [
        "s3://shop/model",
        "pvc://shop/model",
        "quay.io/shop/model:1",
    ] {
        assert_eq!(references(&pod(value)), ["shop/server:1"], "{value}");
    }
}

#[test]
fn secrets_hand_on_images_under_names_of_variables() {
    let encoded = "Z2hjci5pby9zaG9wL3NpZGVjYXI6MQ==";
    let secret = format!(
        "apiVersion: v1\nkind: Secret\ndata:\n  SIDECAR_IMAGE: |\n    {}\n    {}\n  OTHER_IMAGE: aHVudGVyMg==\n  LOGO: {encoded}\n  TARGET_IMAGE: {encoded}\nstringData: {{WEB_IMAGE: 'quay.io/shop/web:1', NOTE_IMAGE: hunter2}}\n",
        &encoded[..20],
        &encoded[20..],
    );
    assert_eq!(
        references(&secret),
        ["quay.io/shop/web:1", "ghcr.io/shop/sidecar:1"]
    );
}

#[test]
fn an_entry_that_is_called_values_holds_those_of_a_chart() {
    let entry = |key: &str| {
        let head = "apiVersion: v1\nkind: ConfigMap\ndata:\n";
        let image = "    web: {image: {repository: quay.io/shop/web, tag: '1'}}";
        references(&format!(
            "{head}  {key}: |\n{image}\n    lsp: {{tag: latest}}\n"
        ))
    };
    let web = "quay.io/shop/web:1".to_owned();
    let lone = "{{ … }}:latest".to_owned();
    assert_eq!(entry("values.yaml"), [web.clone(), lone]);
    assert_eq!(entry("settings.yaml"), [web]);
}

#[test]
fn the_default_of_a_field_is_an_image_of_each_object_without_one() {
    let fields = "image: {type: string, default: 'quay.io/shop/web:1'}, repository: {default: 'quay.io/shop/none:1'}, sideImage: {default: web}, parts: {items: {properties: {image: {default: 'shop/part:2'}}}}";
    let version = |served: &str| {
        format!(
            "    - served: {served}\n      schema: {{openAPIV3Schema: {{properties: {{spec: {{properties: {{{fields}}}}}}}}}}}\n"
        )
    };
    let head =
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  versions:\n";
    let text = format!("{head}{}{}", version("true"), version("false"));
    let found = found(&text);
    let shown: Vec<&str> = found.iter().map(|(_, text, _)| text.as_str()).collect();
    assert_eq!(shown, ["quay.io/shop/web:1", "shop/part:2"]);
    let path = "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.image.default";
    assert_eq!(found[0].0, path);
}

#[test]
fn an_operation_on_a_variable_names_an_image_in_full() {
    let operation = |path: &str, value: &str| {
        let text = format!("[{{op: add, path: {path}, value: '{value}'}}]\n");
        references(&text)
    };
    let variable = "/spec/template/spec/containers/0/env/0/value";
    let image = "ghcr.io/shop/worker:1";
    assert_eq!(operation(variable, image), [image]);
    let none = [
        (variable, "db.example.com/shop:1"),
        (variable, "ghcr.io/shop/worker"),
        ("/metadata/labels/value", image),
    ];
    for (path, value) in none {
        assert_eq!(operation(path, value), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn of_a_project_that_may_be_public_the_first_pod_without_a_secret_is_told() {
    let pod = |name: &str, secret: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{secret}containers: [{{image: 'harbor.example.com/shop/web:1'}}]}}\n---\n"
        )
    };
    let told = |text: &str| -> Vec<String> {
        let resources = read_text(text);
        let data = Data::new(std::iter::empty());
        let topics = resources.iter().map(|one| Topics::of(one.node().text()));
        let topics: Vec<Topics> = topics.collect();
        let images = Images::new(&data, &resources, trees).with_projects(&resources, &topics);
        let positions = resources.iter().enumerate();
        let facts = positions.flat_map(|(at, one)| facts_at(&images, (at, one), "image_secrets"));
        facts
            .map(|fact| fact["others"].as_str().unwrap_or("none").to_owned())
            .collect()
    };
    let without = [pod("a", ""), pod("b", ""), pod("c", "")].concat();
    assert_eq!(told(&without), ["; 2 other pods lack it, too"]);
    let with = pod("d", "imagePullSecrets: [{name: s}], ");
    assert_eq!(told(&format!("{without}{with}")), ["", "", ""]);
}

#[test]
fn an_entry_that_gives_a_tag_to_a_hosted_name_is_told_where_an_object_holds_it() {
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: ghcr.io/shop/web, newTag: '2'}, {name: redis, newTag: '7'}, {name: ghcr.io/shop/none, newTag: '1'}]\n";
    let pod = "---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'ghcr.io/shop/web:1'}, {image: redis}]}\n";
    let resources = read_text(&format!("{kustomization}{pod}"));
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    let told: Vec<(String, bool)> = images
        .into_iter()
        .map(|image| (image.at.path.to_string(), image.is_registry_elsewhere))
        .collect();
    let row = |path: &str, is_elsewhere| (path.to_owned(), is_elsewhere);
    assert_eq!(
        told,
        [
            row("images[0].name", false),
            row("images[1].newTag", true),
            row("images[2].newTag", true),
        ]
    );
}

#[test]
fn what_a_text_has_run_on_hosts_is_none_of_the_clusters() {
    let config = |text: &str| {
        let lines: Vec<String> = text.lines().map(|line| format!("    {line}\n")).collect();
        references(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  site.yaml: |\n{}",
            lines.concat()
        ))
    };
    let none: [String; 0] = [];
    for text in [
        "- hosts: all\n  tasks:\n  - community.docker.docker_container: {image: 'mongo:8'}\n",
        "- tasks:\n  - docker_compose:\n      definition: {services: {web: {image: 'mongo:8'}}}\n",
        "services:\n  web: {image: 'mongo:8', restart: always}\n  api: {image: 'redis:8'}\n",
        "machine: {install: {image: 'ghcr.io/a/installer:1'}}\ncluster:\n  controlPlane: {endpoint: 'https://a'}\n  apiServer: {image: 'a/b:1'}\n",
    ] {
        assert_eq!(config(text), none, "{text}");
    }
    for text in [
        "- tasks:\n  - kubernetes.core.k8s:\n      definition: {spec: {containers: [{name: a, image: 'mongo:8'}]}}\n",
        "services:\n  web: {image: 'mongo:8'}\n",
        "machine: {type: q35}\ncluster: {etcd: {image: 'mongo:8'}}\n",
    ] {
        assert_eq!(config(text), ["mongo:8"], "{text}");
    }
}

#[test]
fn objects_in_the_plain_entries_of_a_secret_name_images() {
    let secret = |field: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\n{field}:\n  overlay.yml: |\n    #@overlay/match by=overlay.subset({{}})\n    ---\n    spec:\n      template:\n        spec:\n          containers:\n          - name: web\n            image: ghcr.io/shop/web:1\n  WEB_IMAGE: quay.io/shop/web:1\n"
        )
    };
    assert_eq!(
        references(&secret("stringData")),
        ["ghcr.io/shop/web:1", "quay.io/shop/web:1"]
    );
    assert_eq!(references(&secret("data")), Vec::<String>::new());
}

#[test]
fn the_tag_of_istios_hub_is_that_of_a_name_below_it() {
    let held = |global: &str| {
        references(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  merged-values: '{{\"global\": {global}, \"hub\": \"\", \"image\": \"pilot\", \"imagePullPolicy\": \"\", \"tag\": \"\"}}'\n"
        ))
    };
    let hub = "\"hub\": \"docker.io/istio\"";
    let tagged = held(&format!("{{{hub}, \"tag\": \"1.29.0\"}}"));
    assert!(
        tagged.contains(&"docker.io/istio/pilot:1.29.0".to_owned()),
        "{tagged:?}"
    );
    let bare = held(&format!("{{{hub}, \"tag\": \"\"}}"));
    assert!(
        bare.contains(&"docker.io/istio/pilot".to_owned()),
        "{bare:?}"
    );
}

#[test]
fn variables_beside_that_of_an_image_say_its_version_and_its_registry_by_their_names() {
    let images = |more: &str| {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{{name: WEB_IMAGE, value: quay.io/shop/web}}, {{name: DB_IMAGE, value: mongo}}, {{name: PUSH_IMAGE, value: mongo}}, {{name: IMAGE, value: mongo}}, {{name: JOB_IMAGE, value: job}}{more}]\n"
        );
        let resources = read_text(&pod);
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        let shown = |image: Image| (image.text, image.is_complete, image.is_registry_elsewhere);
        images
            .of(&resources[0])
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>()
    };
    let told = |is_web_whole, is_db_elsewhere| {
        vec![
            ("quay.io/shop/web".to_owned(), is_web_whole, false),
            ("mongo".to_owned(), false, is_db_elsewhere),
        ]
    };
    assert_eq!(images(", {name: VERSION, value: '1'}"), told(true, false));
    assert_eq!(
        images(", {name: WEB_VERSION, value: '1'}"),
        told(false, false)
    );
    let of_hub = ", {name: DB_REPO_URL, value: docker.io}";
    assert_eq!(images(of_hub), told(true, false));
    let elsewhere = ", {name: DB_REPO_URL, value: ghcr.io}";
    assert_eq!(images(elsewhere), told(true, true));
    let other = ", {name: CHART_REPO, value: ghcr.io}";
    assert_eq!(images(other), told(true, false));
}

#[test]
fn programs_in_entries_and_values_name_images() {
    let entry = "apiVersion: v1\nkind: ConfigMap\ndata:\n  shop.py: |\n    from airflow import DAG\n    run = Operator(\n        image=\"quay.io/shop/web:1\",\n    )\n";
    let values = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    hub:\n      extraConfig:\n        a: |\n          c.Spawner.image = 'quay.io/shop/web:1'\n          c.Spawner.profile_list = [{'kubespawner_override': {'image': 'quay.io/shop/lab:2'}}]\n        b: |\n          image 'quay.io/shop/none:1'\n";
    assert_eq!(references(entry), ["quay.io/shop/web:1"]);
    assert_eq!(
        references(values),
        ["quay.io/shop/web:1", "quay.io/shop/lab:2"]
    );
}

#[test]
fn a_build_starts_from_the_images_of_its_own_dockerfile() {
    let build = |strategy: &str| {
        format!(
            "apiVersion: build.openshift.io/v1\nkind: BuildConfig\nspec:\n  source:\n    dockerfile: |\n      FROM quay.io/shop/a:1 AS a\n      FROM shop/b\n      COPY --from=a /a /a\n  strategy: {{dockerStrategy: {strategy}}}\n"
        )
    };
    assert_eq!(references(&build("{}")), ["quay.io/shop/a:1", "shop/b"]);
    let from = build("{from: {kind: DockerImage, name: 'shop/c:1'}}");
    assert_eq!(references(&from), ["quay.io/shop/a:1", "shop/c:1"]);
}

#[test]
fn a_simple_schema_has_defaults() {
    let text = "apiVersion: kro.run/v1alpha1\nkind: ResourceGraphDefinition\nspec:\n  schema: {spec: {image: 'string | default=\"nginx\"', web: {baseImage: 'string | default=quay.io/shop/web:1'}, name: 'string | default=\"nginx\"'}}\n";
    assert_eq!(references(text), ["nginx", "quay.io/shop/web:1"]);
    // Nothing adds a tag to a field that an object has as it is.
    for (used, is_whole) in [
        ("${schema.spec.image}", true),
        ("${schema.spec.image}:${schema.spec.tag}", false),
        ("${schema.spec.web.baseImage}", false),
    ] {
        let text = format!("{text}  resources: [{{template: {{image: '{used}'}}}}]\n");
        let resources = read_text(&text);
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        let found = images.of(&resources[0]).into_iter();
        let nginx = found.filter(|image| image.text == "nginx");
        let whole: Vec<bool> = nginx.map(|image| image.is_complete).collect();
        assert_eq!(whole, [is_whole], "{used}");
    }
}
