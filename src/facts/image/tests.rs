//! Where images stand, place by place.

mod alone;
mod handed;
mod kustomized;
mod parameters;
mod parts;

use super::*;
use crate::source::{read_text, trees};

/// Path, part's text or the reference, and place of each image.
fn found(text: &str) -> Vec<(String, String, &'static str)> {
    let rows = r#"[{"group": "tekton.dev", "images": ["spec.steps[].image"]}, {"group": "grafana.integreatly.org", "versions": ["spec.version"]}]"#;
    let data = Data::new([("images.custom_resources", rows)]);
    let resources = read_text(text);
    let images = Images::new(&data, &resources, trees);
    let shown = |image: Image| (image.at.path.to_string(), image.text, image.place.as_str());
    resources
        .iter()
        .flat_map(|resource| images.of(resource))
        .map(shown)
        .collect()
}

/// What rules see of a resource's images.
fn facts_of(images: &Images, resource: &Resource) -> Vec<Value> {
    facts_at(images, (0, resource), "images")
}

/// What a fact holds of the images of the resource at a position.
fn facts_at(images: &Images, (position, resource): (usize, &Resource), fact: &str) -> Vec<Value> {
    let topics = Topics::of(resource.node().text());
    let wanted = BTreeSet::from([fact.to_owned()]);
    let facts = images.facts((position, resource), topics, &wanted);
    let held = facts.get(fact).and_then(Value::as_array);
    held.cloned().unwrap_or_default()
}

#[test]
fn each_fact_holds_the_images_that_its_rule_may_tell() {
    let settings = r#"{"registries": ["ghcr.io/shop"], "platform_prefixes": ["ghcr.io/shop"], "disallowed_tags": ["latest", "0.0"]}"#;
    let data = Data::new([("settings", settings)]);
    let fixed = format!("ghcr.io/shop/fixed:latest@sha256:{}", "ab".repeat(32));
    let images = [
        "ghcr.io/shop/right:1.2",
        "ghcr.io/shop/none",
        "ghcr.io/shop/moving:latest",
        "ghcr.io/shop/form:alpine",
        "ghcr.io/shop/named:0.0",
        &fixed,
        "ghcr.io/shops/admitted:1.2",
        "docker.io/strange:1.2",
    ];
    let containers = images.map(|image| format!("  - image: {image}\n")).concat();
    let resources = read_text(&format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{containers}  - {{image: ghcr.io/shop/UP, imagePullPolicy: Always}}\n"
    ));
    let images = Images::new(&data, &resources, trees);
    let held = |fact: &str| -> Vec<String> {
        let held = facts_at(&images, (0, &resources[0]), fact).into_iter();
        let shown = held.map(|fact| fact["reference"].as_str().unwrap_or_default().to_owned());
        let end = |text: String| text.rsplit('/').next().unwrap_or_default().to_owned();
        shown.map(end).collect()
    };
    assert_eq!(held("images").len(), 9);
    assert_eq!(
        held("image_versions"),
        ["none", "moving:latest", "form:alpine", "named:0.0", "UP"]
    );
    assert_eq!(held("image_strangers"), ["admitted:1.2", "strange:1.2"]);
    assert_eq!(held("image_prefixes"), ["admitted:1.2"]);
    assert_eq!(held("image_policies"), ["UP"]);
    assert_eq!(held("image_problems"), ["UP"]);
    assert!(held("image_secrets").is_empty());
}

fn references(text: &str) -> Vec<String> {
    found(text).into_iter().map(|(_, text, _)| text).collect()
}

#[test]
fn a_version_that_is_a_digest_is_joined_as_one_and_a_host_alone_is_a_registry() {
    let digest = format!("sha256:{}", "ab".repeat(32));
    let values = format!(
        "    driver: {{image: {{repository: nvcr.io/nvidia/driver, version: '{digest}'}}}}\n    web: {{image: {{repository: ghcr.io, tag: latest}}}}\n    api: {{image: {{repository: ghcr.io/shop/api, tag: '1.2@{digest}'}}}}\n"
    );
    let text = format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n{values}"
    );
    assert_eq!(
        references(&text),
        [
            format!("nvcr.io/nvidia/driver@{digest}"),
            "ghcr.io/{{ … }}:latest".to_owned(),
            format!("ghcr.io/shop/api:1.2@{digest}")
        ]
    );
}

#[test]
fn all_three_kinds_of_containers_and_volumes_are_told() {
    let found = found(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: web, image: a}, {image: b}, {name: none}, {name: empty, image: ''}, {name: number, image: 5}]\n  initContainers: [{name: init, image: c}]\n  ephemeralContainers: [{name: debug, image: d}]\n  volumes: [{name: v, image: {reference: e}}, {name: w, emptyDir: {}}]\n",
    );
    let shown: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|(path, text, place)| (path.as_str(), text.as_str(), *place))
        .collect();
    assert_eq!(
        shown,
        [
            ("spec.initContainers[0].image", "c", "container"),
            ("spec.containers[0].image", "a", "container"),
            ("spec.containers[1].image", "b", "container"),
            ("spec.ephemeralContainers[0].image", "d", "container"),
            ("spec.volumes[0].image.reference", "e", "volume"),
        ]
    );
}

#[test]
fn templates_and_workflow_steps_count() {
    let found = found(
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {templates: [{name: a, container: {image: x}, sidecars: [{name: s, image: z}]}]}\n",
    );
    assert_eq!(found[0].0, "spec.templates[0].container.image");
    assert_eq!(found[1].0, "spec.templates[0].sidecars[0].image");
}

#[test]
fn values_name_images_by_their_form() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    let values = "    image: {repository: a/b, tag: 1.10}\n    web: {image: quay.io/c/d:1}\n    old: {image: e, imageTag: v2}\n    hub: {image: {registry: ghcr.io, repository: f/g, digest: 'sha256:ab'}}\n    sidecar: {repository: h/i, tag: x}\n    busyboxImage: busybox:1.36\n";
    assert_eq!(
        references(&format!("{release}{values}")),
        [
            "a/b:1.10",
            "quay.io/c/d:1",
            "e:v2",
            "ghcr.io/f/g@sha256:ab",
            "h/i:x",
            "busybox:1.36"
        ]
    );
    let none = "    image: {enabled: true}\n    page: {image: https://example.com/logo.png}\n    logo: {image: assets/logo.png}\n    vm: {image: ubuntu-22.04}\n    git: {repository: 'https://github.com/a/b', tag: v1}\n    chart: {repository: a/b, targetRevision: v1, chart: c}\n    imagePullPolicy: Always\n    backup: {repository: s3}\n";
    assert_eq!(
        references(&format!("{release}{none}")),
        Vec::<String>::new()
    );
}

#[test]
fn what_a_public_registry_keeps_images_below_is_told_where_the_chart_has_the_rest() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    let values = "    operator: {repository: nvcr.io/nvidia}\n    exporter: {repository: nvcr.io/nvidia/k8s}\n    driver: {repository: nvcr.io/nvidia, image: driver, version: 1.2}\n    web: {repository: ghcr.io/shop, version: 1.2, pullPolicy: Always}\n";
    assert_eq!(
        references(&format!("{release}{values}")),
        [
            "nvcr.io/nvidia/{{ … }}",
            "nvcr.io/nvidia/k8s",
            "nvcr.io/nvidia/driver:1.2",
            "ghcr.io/shop/{{ … }}"
        ]
    );
    let none = "    a: {repository: ghcr.io/shop, version: 1.2}\n    b: {repository: ghcr.io/shop, chart: web}\n    chartSource: {repository: ghcr.io/shop}\n    c: {repository: ghcr.io/charts}\n    build: {repository: ghcr.io/shop}\n    d: {repository: example.com/shop}\n    e: {repository: 's3:https://ghcr.io/shop'}\n    f: {repository: shop/web}\n";
    assert_eq!(
        references(&format!("{release}{none}")),
        Vec::<String>::new()
    );
}

#[test]
fn a_global_registry_takes_the_place_of_others() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    global: {imageRegistry: harbor.example.com}\n    image: {registry: docker.io, repository: a/b, tag: 1}\n";
    assert_eq!(references(text), ["harbor.example.com/a/b:1"]);
    // Charts have the registry of a map without one; what names its host keeps it.
    for global in ["{imageRegistry: ghcr.io}", "{image: {registry: ghcr.io}}"] {
        let text = format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    global: {global}\n    image: {{repository: a/b, tag: 1}}\n    side: {{image: {{repository: quay.io/c/d, tag: 1}}}}\n"
        );
        let found = references(&text);
        assert!(
            found.starts_with(&["ghcr.io/a/b:1".to_owned(), "quay.io/c/d:1".to_owned()]),
            "{found:?}"
        );
    }
}

#[test]
fn values_in_strings_have_their_place_in_the_string() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n        web:\n          image: \"quay.io/a/b:1\"\n      parameters:\n        - {name: db.image.repository, value: a/db}\n        - {name: db.image.tag, value: 1.10}\n        - {name: replicas, value: 2}\n    kustomize: {images: ['nginx=harbor.example.com/p/nginx:1', 'redis:7']}\n";
    assert_eq!(
        references(text),
        [
            "quay.io/a/b:1",
            "a/db:1.10",
            "harbor.example.com/p/nginx:1",
            "redis:7"
        ]
    );
    let data = Data::new(std::iter::empty());
    let resources = read_text(text);
    let first = &Images::new(&data, &resources, trees).of(&resources[0])[0];
    let value = resources[0]
        .at(&first.at.path)
        .and_then(Node::as_str)
        .expect("is there");
    let part = first.at.part.expect("has a part");
    assert_eq!(
        &value[part.start..part.start + part.length],
        "quay.io/a/b:1"
    );
}

#[test]
fn names_below_a_hub_belong_to_the_hubs_registry() {
    let values = |hub: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    global:\n      hub: '{hub}'\n      proxy: {{image: proxyv2, resources: {{}}}}\n"
        )
    };
    let image = |text: &str| {
        let resources = read_text(text);
        let data = Data::new(std::iter::empty());
        Images::new(&data, &resources, trees)
            .of(&resources[0])
            .remove(0)
    };
    let joined = image(&values("quay.io/istio"));
    assert_eq!(joined.text, "quay.io/istio/proxyv2");
    assert!(!joined.is_registry_elsewhere);
    let unknown = image(&values(""));
    assert_eq!(unknown.text, "proxyv2");
    assert!(unknown.is_registry_elsewhere);
}

#[test]
fn a_trigger_replaces_the_name_of_a_stream() {
    let text = "apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig\nspec:\n  triggers:\n  - type: ImageChange\n    imageChangeParams: {containerNames: [a, b], from: {kind: ImageStreamTag, name: 'a:1'}}\n  template: {spec: {containers: [{name: a, image: 'a:1'}, {name: b, image: 'quay.io/x/b:1'}, {name: c, image: 'c:1'}]}}\n";
    let resources = read_text(text);
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    let replaced: Vec<bool> = images.iter().map(|image| image.is_replaced).collect();
    assert_eq!(replaced, [true, true, false]);
    // What has a path is pulled from there wherever no trigger works.
    let elsewhere: Vec<bool> = images
        .iter()
        .map(|image| image.is_registry_elsewhere)
        .collect();
    assert_eq!(elsewhere, [true, false, false]);
}

#[test]
fn variables_and_arguments_hand_images_on() {
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{name: RELATED_IMAGE_X, value: quay.io/a/b}, {name: DB_IMAGE, value: 'postgres:15'}, {name: BACKGROUND_IMAGE, value: /a.png}, {name: HAS_IMAGE, value: 'true'}, {name: IMAGE_SERVICE, value: 'imgproxy:80'}, {name: OS_IMAGE, value: ubuntu-22.04}, {name: X_IMAGE, value: $(Y)}, {name: KAFKA_IMAGES, value: 4.0=quay.io/k/k:4 4.1=quay.io/k/k:5}]\n    args: [--config-reloader-image=quay.io/r/r:1, --prometheus-config-reloader=quay.io/p/c:2, --sidecar-image, 'a/s:3', --image-gc-high-threshold=85, --image-pull-policy=Always, --image-repository=registry.k8s.io]\n    command: [sh, -c, 'run --image=b/c:4 --x']\n";
    assert_eq!(
        references(text),
        [
            "quay.io/a/b",
            "postgres:15",
            "quay.io/k/k:4",
            "quay.io/k/k:5",
            "b/c:4",
            "quay.io/r/r:1",
            "quay.io/p/c:2",
            "a/s:3"
        ]
    );
}

#[test]
fn only_the_version_of_what_is_handed_on_may_be_left_to_be_filled_in() {
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env: [{name: DB_IMAGE, value: 'quay.io/shop/db:${TAG}'}, {name: WEB_IMAGE, value: 'quay.io/${ORG}/web:1'}, {name: API_IMAGE, value: '${HOST}/shop/api:${TAG}'}, {name: APP_IMAGE, value: 'shop/app:${TAG}'}, {name: LOGO_IMAGE, value: 'cdn.example.com/logo:${TAG}'}]\n    args: ['--job-image=ghcr.io/shop/job:$(VERSION)']\n";
    assert_eq!(
        references(text),
        ["quay.io/shop/db:${TAG}", "ghcr.io/shop/job:$(VERSION)"]
    );
}

#[test]
fn a_reference_may_stand_where_a_version_is_expected() {
    let grafana = |version: &str| {
        format!(
            "apiVersion: grafana.integreatly.org/v1beta1\nkind: Grafana\nspec: {{version: '{version}'}}\n"
        )
    };
    assert_eq!(
        references(&grafana("docker.io/grafana/grafana:13")),
        ["docker.io/grafana/grafana:13"]
    );
    assert!(references(&grafana("13.0.1")).is_empty());
}

#[test]
fn groups_of_notebooks_name_the_one_that_is_chosen_and_others() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  spawner.yaml: |\n    imageGroupOne:\n      value: shop/code:1\n      options:\n      - shop/code:2\n    imageStore:\n      value: shop/store:1\n    image: {}\n";
    assert_eq!(
        references(text),
        ["shop/code:1", "shop/code:2", "shop/store:1"]
    );
}

#[test]
fn custom_resources_without_a_row_name_images_with_a_version() {
    let text = "apiVersion: example.com/v1\nkind: Thing\nspec:\n  image: quay.io/a/b:1\n  node: {image: ubuntu-22.04}\n  page: {image: cdn.example.com/logo.png}\n  exporter: {enabled: true, image: {repository: c/d, tag: v1}}\n  steps: [{name: x, image: plain, command: [a]}]\n  schema: {image: a/b:1}\nstatus: {image: x/y:1}\n";
    assert_eq!(references(text), ["quay.io/a/b:1", "c/d:v1", "plain"]);
    assert!(found("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {image: a/b:1}\n").is_empty());
}

#[test]
fn a_config_map_names_images_with_path_and_version_only() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  queue-sidecar-image: gcr.io/a/queue:1\n  image: nginx:1.27\n  logo-image: img/logo.png\n  _example: |\n    queue-sidecar-image: gcr.io/a/queue:2\n    a: {image: gcr.io/a/b:1}\n";
    assert_eq!(references(text), ["gcr.io/a/queue:1"]);
}

#[test]
fn entries_in_the_plural_list_images_and_scripts_pull_some() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  JOB_IMAGES: q.io/a/b:1,q.io/a/c:2\n  IMAGE_LIST: 'shop/d:3, shop/e, web'\n  ALLOWED_IMAGES: q.io/a/f:1\n";
    assert_eq!(references(text), ["q.io/a/b:1", "q.io/a/c:2", "shop/d:3"]);
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - args:\n    - |\n      docker pull ghcr.io/a/b:1\n      crictl pull $IMAGE; git pull origin/a:b; docker pull shop/d\n";
    assert_eq!(references(pod), ["ghcr.io/a/b:1"]);
}

#[test]
fn texts_are_read_as_json_with_blanks_and_as_templates_of_istio() {
    let config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  agent: |-\n    {\"image\" : \"shop/agent:v1\", \"cpu\": \"1\"}\n  explainer: |-\n    {\"a\": {\"image\" : \"shop/explainer\", \"defaultImageVersion\": \"latest\"}}\n  page: |-\n    {\"images\" : 3}\n";
    assert_eq!(
        references(config),
        ["shop/agent:v1", "shop/explainer:latest"]
    );
    let injector = "apiVersion: v1\nkind: ConfigMap\ndata:\n  config: |-\n    policy: enabled\n    template: |-\n      initContainers:\n      [[ if ne (annotation .ObjectMeta `a.b/c` .D) \"NONE\" ]]\n      - name: init\n        image: \"docker.io/shop/init:1\"\n        args: [\"[[ annotation .ObjectMeta `a.b/c`  \"*\"  ]]\"]\n      - name: proxy\n        image: [[ .Proxy.Image ]]\n      [[ end -]]\n";
    let found = references(injector);
    assert!(
        found.contains(&"docker.io/shop/init:1".to_owned()),
        "{found:?}"
    );
}

/// References, and whether nothing adds a tag.
fn complete(text: &str) -> Vec<(String, bool)> {
    let resources = read_text(text);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let shown = |image: Image| (image.text, image.is_complete);
    let of = |resource| images.of(resource);
    resources.iter().flat_map(of).map(shown).collect()
}

#[test]
fn a_version_beside_an_image_may_be_its_tag() {
    let expected = |rows: &[(&str, bool)]| -> Vec<(String, bool)> {
        rows.iter()
            .map(|(text, is)| ((*text).to_owned(), *is))
            .collect()
    };
    let config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  cacheImage: quay.io/shop/cache\n  dbImage: quay.io/shop/db\n  dbVersion: '1'\n  appVersion: '2'\n  a.json: |\n    {\"Image\": \"quay.io/shop/a\", \"Version\": \"3\"}\n  b.json: |\n    {\"Image\": \"quay.io/shop/b\", \"Vendor\": \"x\"}\n";
    assert_eq!(
        complete(config),
        expected(&[
            ("quay.io/shop/cache", true),
            ("quay.io/shop/db", false),
            ("quay.io/shop/a", false),
            ("quay.io/shop/b", true)
        ])
    );
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    let values = "    wait: {image: busybox, command: [a]}\n    web: {image: quay.io/shop/web}\n    controllerImage: cr.example.io/shop/controller\n";
    let of_values = |wait| {
        expected(&[
            ("busybox", wait),
            ("quay.io/shop/web", false),
            ("cr.example.io/shop/controller", false),
        ])
    };
    assert_eq!(complete(&format!("{release}{values}")), of_values(true));
    let tagged = format!("{release}{values}    global: {{tag: '1'}}\n");
    assert_eq!(complete(&tagged), of_values(false));
    let pod = |more: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec: {{containers: [{{env: [{{name: DB_IMAGE, value: quay.io/shop/db}}{more}]}}]}}\n"
        )
    };
    assert_eq!(complete(&pod("")), expected(&[("quay.io/shop/db", true)]));
    let tag = ", {name: DB_TAG, value: '1'}";
    assert_eq!(complete(&pod(tag)), expected(&[("quay.io/shop/db", false)]));
}

#[test]
fn a_flag_that_says_a_version_is_that_of_an_image_in_arguments() {
    let is_complete = |args: &str| {
        let pod =
            format!("apiVersion: v1\nkind: Pod\nspec: {{containers: [{{args: [{args}]}}]}}\n");
        complete(&pod)[0].1
    };
    for args in [
        "--db-image, quay.io/shop/db",
        "'run --db-image=quay.io/shop/db --web-version=1'",
    ] {
        assert!(is_complete(args), "{args}");
    }
    for args in [
        "--db-image, quay.io/shop/db, --db-tag, '1'",
        "--image=quay.io/shop/db, --version=1",
        "--db-base-image=quay.io/shop/db",
    ] {
        assert!(!is_complete(args), "{args}");
    }
}

#[test]
fn maps_of_defaults_servers_and_options_name_images() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    let values = "    a: {image: {repository: null, tag: null, defaultRepository: quay.io/shop/a, defaultTag: '4.8'}}\n    b: {image: {server: shop/b, version: 0.1}}\n    c: {image: {value: quay.io/shop/c:1, options: [quay.io/shop/c:1, shop/d:2, none]}}\n    e: {color: {options: [shop/e:1]}}\n    f: {image: {server: shop}}\n";
    assert_eq!(
        references(&format!("{release}{values}")),
        [
            "quay.io/shop/a:4.8",
            "shop/b:0.1",
            "quay.io/shop/c:1",
            "quay.io/shop/c:1",
            "shop/d:2"
        ]
    );
}

#[test]
fn a_parameter_says_by_name_and_host_that_it_is_an_image() {
    let run = |params: &str| {
        format!("apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec:\n  params: [{params}]\n")
    };
    let named = "{name: image-url, value: 'quay.io/shop/a:1'}, {name: base_image_name, value: quay.io/shop/b}, {name: image-url-builder, value: 'quay.io/shop/c:1'}, {name: source-url, value: 'docker://quay.io/shop/d:1'}, {name: SCAN_TOOL_IMAGE, value: quay.io/shop/e}, {name: TOOL_IMAGE, value: quay.io/shop/f}";
    assert_eq!(
        references(&run(named)),
        [
            "quay.io/shop/a:1",
            "quay.io/shop/b",
            "quay.io/shop/c:1",
            "quay.io/shop/d:1",
            "quay.io/shop/f"
        ]
    );
    let others = "{name: image-url, value: shop/a}, {name: image-name, value: web}, {name: output-image-url, value: 'quay.io/shop/a:1'}, {name: app-image-name, value: 'quay.io/shop/a:1'}, {name: destination-url, value: 'docker://quay.io/shop/d:1'}, {name: git-url, value: 'https://git.example.com/a/b'}, {name: image-url, value: 'https://quay.io/shop/a:1'}, {name: image-url, value: $(params.x)}, {name: TOOL_IMAGE, value: shop/f}";
    assert_eq!(references(&run(others)), Vec::<String>::new());
    let task = |image: &str| {
        format!(
            "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  params: [{{name: TOOL_IMAGE, default: quay.io/shop/f}}]\n  steps: [{{image: '{image}'}}]\n"
        )
    };
    let tool = |text: &str| {
        let found = complete(text).into_iter();
        found
            .filter(|(text, _)| text == "quay.io/shop/f")
            .collect::<Vec<_>>()
    };
    assert!(tool(&task("$(params.TOOL_IMAGE)"))[0].1);
    assert!(!tool(&task("$(params.TOOL_IMAGE):1"))[0].1);
}

#[test]
fn an_entry_for_an_image_of_elsewhere_is_where_that_is_named() {
    let places = |base: &str| -> Vec<(String, bool)> {
        let text = format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [pod.yaml, {base}]\nimages:\n- {{name: quay.io/shop/far, newTag: 1.10}}\n- {{name: quay.io/shop/near, newTag: 1.10}}\n- {{name: controller, newTag: 1.10}}\n---\napiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: quay.io/shop/near}}]}}\n"
        );
        let data = Data::new(std::iter::empty());
        let resources = read_text(&text);
        let images = Images::new(&data, &resources, trees).of(&resources[0]);
        let shown = |image: Image| (image.at.path.to_string(), image.is_registry_elsewhere);
        images.into_iter().map(shown).collect()
    };
    let near = [
        ("images[1].name".to_owned(), false),
        ("images[2].newTag".to_owned(), true),
    ];
    for base in ["../base", "'https://github.com/shop/far?ref=v1'"] {
        let found = places(base);
        assert_eq!(found[0], ("images[0].name".to_owned(), false), "{base}");
        assert_eq!(found[1..], near, "{base}");
    }
    let found = places("other.yaml");
    assert_eq!(found[0], ("images[0].newTag".to_owned(), true));
}

#[test]
fn kustomizations_name_images_and_replace_those_of_their_resources() {
    let text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\nimages:\n- {name: web, newName: harbor.example.com/p/web, newTag: 1.10}\n- {name: db, newTag: latest}\n- {name: same}\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'web:latest'}, {image: db}, {image: web/more}]}\n";
    let data = Data::new(std::iter::empty());
    let resources = read_text(text);
    let images = Images::new(&data, &resources, trees);
    let named: Vec<(String, bool)> = images
        .of(&resources[0])
        .into_iter()
        .map(|image| (image.text, image.is_registry_elsewhere))
        .collect();
    assert_eq!(
        named,
        [
            ("harbor.example.com/p/web:1.10".to_owned(), false),
            ("db:latest".to_owned(), true)
        ]
    );
    let fates: Vec<(bool, bool)> = images
        .of(&resources[1])
        .iter()
        .map(|image| (image.is_registry_elsewhere, image.is_tag_elsewhere))
        .collect();
    assert_eq!(fates, [(true, true), (false, true), (false, false)]);
}

#[test]
fn patches_manifests_and_parameters_in_strings_count() {
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n- patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: a/b:1\n    - op: add\n      path: /spec/template/spec/initContainers/-\n      value: {name: x, image: c, command: [y]}\n- patch: |\n    spec: {containers: [{name: z, image: d}]}\n";
    assert_eq!(references(kustomization), ["c", "a/b:1", "d"]);
    let workflow = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n  - name: a\n    resource:\n      manifest: |\n        kind: Job\n        spec: {template: {spec: {containers: [{name: x, image: e}]}}}\n";
    assert_eq!(references(workflow), ["e"]);
    let task = "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  params: [{name: builder, default: quay.io/f/g}, {name: other, default: quay.io/h/i}]\n  steps: [{name: s, image: $(params.builder)}]\n";
    let found = references(task);
    assert!(found.contains(&"quay.io/f/g".to_owned()), "{found:?}");
    assert!(!found.contains(&"quay.io/h/i".to_owned()), "{found:?}");
    let config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  executor: |\n    image: quay.io/j/k:1\n    other: {image: ubuntu}\n";
    assert_eq!(references(config), ["quay.io/j/k:1"]);
}

#[test]
fn user_and_password_before_a_host_are_not_told() {
    let text = "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'https://me:secret@example.com/a:1'}, {image: 'me:secret@example.com/a:1'}]}\n";
    assert!(!references(text).join(" ").contains("secret"));
}

mod trusted {
    use serde_json::json;

    use super::super::trust::{Settings, Trust};
    use super::*;

    fn verdict(settings: Value, reference: &str) -> &'static str {
        let settings: Settings = serde_json::from_value(settings).expect("are settings");
        Trust::new(settings)
            .verdict(&Reference::parse(reference), reference)
            .as_str()
    }

    #[test]
    fn without_settings_hosts_called_harbor_are_trusted() {
        for (reference, expected) in [
            ("harbor.example.com/p/app:1", "trusted"),
            ("harbor:5000/app:1", "trusted"),
            ("Harbor.example.com/p/app:1", "refused"),
            ("harbor/app:1", "untrusted"),
            ("harbors.example.com/app:1", "untrusted"),
            ("nginx", "untrusted"),
        ] {
            assert_eq!(verdict(json!({}), reference), expected, "{reference}");
        }
    }

    #[test]
    fn what_a_cloud_names_is_outside_whatever_fills_it_in() {
        let excludes = |registry: &str, reference: &str| {
            let registries = json!({"registries": [registry]});
            let settings: Settings = serde_json::from_value(registries).expect("are settings");
            Trust::new(settings).excludes(&Reference::parse(reference))
        };
        let own = "harbor.example.com/";
        for reference in [
            "${ID}.dkr.ecr.eu-west-1.amazonaws.com/web:1",
            "$(ACR).azurecr.io/web:1",
        ] {
            assert!(excludes(own, reference), "{reference}");
        }
        assert!(!excludes("shop.azurecr.io/", "${ACR}.azurecr.io/web:1"));
        for reference in [
            "${NAME}.example.com/web:1",
            "${HOST}/web:1",
            "shop.azurecr.io/web:1",
        ] {
            assert!(!excludes(own, reference), "{reference}");
        }
    }

    #[test]
    fn prefixes_end_on_boundaries_and_bare_hosts_admit_more() {
        let settings =
            json!({"registries": ["harbor.example.com/shop", "docker.io/library/nginx/"]});
        for (reference, expected) in [
            ("harbor.example.com/shop/app:1", "trusted"),
            ("harbor.example.com/shopping/app:1", "untrusted"),
            ("harbor.example.com.evil.io/shop/app:1", "admitted"),
            ("harbor.example.com:8443/shop/app:1", "admitted"),
            ("nginx:1", "refused"),
            ("docker.io/library/nginx:1", "trusted"),
            ("docker.io/library/nginx-evil:1", "untrusted"),
        ] {
            assert_eq!(
                verdict(settings.clone(), reference),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn the_platforms_own_prefixes_are_compared_as_texts() {
        let settings = json!({"registries": ["harbor.example.com/"], "platform_prefixes": ["harbor.example.com/", "quay.io/jetstack/cert-manager-acmesolver"]});
        for (reference, expected) in [
            ("harbor.example.com/shop/app:1", "trusted"),
            ("harbor.example.com.evil.io/app:1", "untrusted"),
            (
                "quay.io/jetstack/cert-manager-acmesolver-evil:1",
                "admitted",
            ),
        ] {
            assert_eq!(
                verdict(settings.clone(), reference),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn targets_are_named_below_the_first_trusted_project() {
        let settings = json!({"registries": ["harbor.example.com/shop/"], "proxy_projects": {"docker.io": "dockerhub"}});
        let trust = Trust::new(serde_json::from_value(settings).expect("are settings"));
        let reference = Reference::parse("bitnami/redis:7");
        assert_eq!(
            trust.targets(&reference).push_to.as_deref(),
            Some("harbor.example.com/shop/redis:7")
        );
        assert_eq!(
            trust.targets(&reference).proxy.as_deref(),
            Some("harbor.example.com/dockerhub/bitnami/redis:7")
        );
        let pinned = format!("web:1@sha256:{}", "ab".repeat(32));
        let target = trust.targets(&Reference::parse(&pinned)).push_to;
        assert_eq!(target, Some(format!("harbor.example.com/shop/{pinned}")));
        let trust = Trust::new(Settings::default());
        let target = trust.targets(&Reference::parse("nginx:1")).push_to;
        assert_eq!(target.as_deref(), Some("harbor.<domain>/<project>/nginx:1"));
    }
}

/// Resources of several files, by path.
pub(super) fn read_files(files: &[(&str, &str)]) -> Vec<Resource> {
    let mut resources = Vec::new();
    for (path, text) in files {
        let artifact =
            std::sync::Arc::new(crate::model::Artifact::new(path, path, (*text).to_owned()));
        resources.extend(read_text(text).into_iter().map(|resource| Resource {
            artifact: std::sync::Arc::clone(&artifact),
            ..resource
        }));
    }
    resources
}

/// The containers' images of some files, each with whether another takes its place.
fn replaced(files: &[(&str, &str)]) -> Vec<(String, bool)> {
    containers(files, |image| image.is_replaced)
}

/// The containers' images of some files, each with what is asked of it.
fn containers(files: &[(&str, &str)], asked: fn(&Image) -> bool) -> Vec<(String, bool)> {
    let resources = read_files(files);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let all = resources.iter().flat_map(|resource| images.of(resource));
    let containers = all.filter(|image| image.place == Place::Container);
    containers
        .map(|image| (image.text.clone(), asked(&image)))
        .collect()
}

const KUSTOMIZATION: &str =
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [pod.yaml]\n";

fn pod(image: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n")
}

fn of_flux(path: &str, images: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  path: {path}\n  images: {images}\n"
    )
}

#[test]
fn a_kustomization_of_flux_replaces_images_of_what_it_deploys() {
    let (web, free, api, other) = (
        pod("web:latest"),
        pod("free:1"),
        pod("api:latest"),
        pod("web:2"),
    );
    let flux = of_flux("./apps/web", "[{name: web, newTag: '1'}]");
    let raw = of_flux("apps/raw", "[{name: api, newName: shop/api}]");
    let files = [
        ("clusters/prod/web.yaml", flux.as_str()),
        ("clusters/prod/raw.yaml", &raw),
        ("apps/web/kustomization.yaml", KUSTOMIZATION),
        ("apps/web/pod.yaml", &web),
        ("apps/raw/free.yaml", &free),
        ("apps/raw/api/pod.yaml", &api),
        ("apps/other/pod.yaml", &other),
    ];
    let told = |text: &str, is_replaced| (text.to_owned(), is_replaced);
    assert_eq!(
        replaced(&files),
        [
            told("web:latest", true),
            told("free:1", false),
            told("api:latest", true),
            told("web:2", false)
        ]
    );
    let plain = of_flux("./apps/web", "[]");
    let mut files = files.to_vec();
    files.push(("clusters/test/web.yaml", plain.as_str()));
    assert_eq!(replaced(&files)[0], told("web:latest", false));
}

#[test]
fn an_application_of_argo_replaces_images_of_the_kustomization_it_deploys() {
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: over\n    kustomize: {images: ['web:2', 'api=shop/api:3']}\n";
    let over = KUSTOMIZATION.replace("pod.yaml", "../base");
    let files = [
        ("repository/argo/web.yaml", application),
        ("repository/over/kustomization.yaml", over.as_str()),
        ("repository/base/kustomization.yaml", KUSTOMIZATION),
        ("repository/base/pod.yaml", &pod("web:latest")),
    ];
    assert_eq!(replaced(&files), [("web:latest".to_owned(), true)]);
}
