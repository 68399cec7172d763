//! Parts of images that stand alone, and labels of runners.

use super::{facts_of, found, references};
use crate::facts::image::Images;
use crate::model::Data;
use crate::source::{read_text, trees};

fn of_values(values: &str) -> Vec<String> {
    let head = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    references(&format!("{head}{values}"))
}

#[test]
fn a_registry_or_a_latest_tag_of_an_image_is_told_without_its_repository() {
    let values = "    image: {registry: mirror.example.com}\n    webhook: {image: {tag: latest}}\n    engine: {image: {share: {registry: quay.io/shop, tag: '1'}}}\n    cleanup: {image: {registry: docker.io/busybox, tag: '1.37'}}\n    api: {image: {repository: ghcr.io, tag: '2'}}\n    imageRegistry: ghcr.io\n";
    assert_eq!(
        of_values(values),
        [
            "ghcr.io/{{ … }}",
            "mirror.example.com/{{ … }}",
            "{{ … }}:latest",
            "quay.io/shop/{{ … }}:1",
            "docker.io/busybox:1.37",
            "ghcr.io/{{ … }}:2",
        ]
    );
}

#[test]
fn what_says_nothing_of_an_image_or_waits_for_more_is_left_alone() {
    let values = "    oci: {registry: ghcr.io}\n    image: {tag: '1.2'}\n    web: {image: {registry: '', tag: '1'}}\n    api: {image: {registry: ghcr.io, repository: ''}}\n    db: {image: {registry: '${HOST}'}}\n    log: {image: {registry: shop}}\n    release: {tag: latest}\n    npm: {image: {registry: 'https://npm.example.com'}}\n";
    assert!(of_values(values).is_empty(), "{:?}", of_values(values));
}

#[test]
fn a_registry_for_all_images_is_told_where_none_of_them_is() {
    let values = "    istiod:\n      global: {hub: gcr.io/istio-release}\n    web:\n      global: {image: {registry: quay.io}}\n";
    assert_eq!(
        of_values(values),
        ["gcr.io/istio-release/{{ … }}", "quay.io/{{ … }}"]
    );
    let used = "    global: {imageRegistry: quay.io}\n    image: {registry: docker.io, repository: shop/web, tag: '1'}\n    other: {image: {registry: docker.io}}\n";
    assert_eq!(of_values(used), ["quay.io/shop/web:1"]);
    assert!(of_values("    global: {hub: shop, imageRegistry: ''}\n").is_empty());
}

#[test]
fn what_rancher_puts_before_all_names_is_told_where_no_name_is() {
    let values = "    global: {cattle: {systemDefaultRegistry: mirror.example.com/hub}}\n    other: {systemDefaultRegistry: ''}\n";
    assert_eq!(of_values(values), ["mirror.example.com/hub/{{ … }}"]);
    let used = format!("{values}    image: {{repository: shop/web, tag: '1'}}\n");
    assert_eq!(of_values(&used), ["mirror.example.com/hub/shop/web:1"]);
    let cluster = "apiVersion: provisioning.cattle.io/v1\nkind: Cluster\nspec: {rkeConfig: {machineGlobalConfig: {system-default-registry: mirror.example.com}}}\n";
    assert_eq!(references(cluster), ["mirror.example.com/{{ … }}"]);
}

#[test]
fn a_custom_resource_needs_an_organization_and_a_tag_beside_the_registry() {
    let text = "apiVersion: example.com/v1\nkind: Cluster\nspec:\n  images:\n    webImages: {registry: ghcr.io, org: shop, tag: latest}\n    busybox: {registry: docker.io, tag: '1'}\n    other: {registry: docker.io}\n";
    assert_eq!(references(text), ["ghcr.io/shop/{{ … }}:latest"]);
}

#[test]
fn parameters_of_an_application_may_hold_parts_alone() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      parameters:\n      - {name: image.repository, value: shop/web}\n      - {name: image.tagOverride, value: latest}\n      - {name: api.image.tag, value: latest}\n      - {name: db.image.tag, value: '16'}\n      - {name: global.imageRegistry, value: ghcr.io}\n      - {name: release.tag, value: latest}\n";
    assert_eq!(
        references(text),
        ["{{ … }}:latest", "ghcr.io/{{ … }}", "shop/web:latest"]
    );
}

#[test]
fn labels_of_runners_name_images_and_other_labels_none() {
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |\n    runner:\n      labels:\n        - ubuntu:docker://node:20\n        - self:host\n---\napiVersion: v1\nkind: Pod\nmetadata: {labels: {a: 'b:docker://c'}}\nspec:\n  containers:\n  - name: r\n    image: a:1\n    env:\n    - {name: GITEA_RUNNER_LABELS, value: 'x:host,ubuntu:docker://ghcr.io/shop/run:1'}\n    - {name: OTHER, value: 'x:docker://y'}\n    command: [sh, -c, 'act_runner register --labels=ubuntu:docker://node:18 --no-interactive']\n";
    let found: Vec<(String, String)> = found(text)
        .into_iter()
        .map(|(path, text, _)| (path, text))
        .collect();
    let pair = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    assert_eq!(
        found,
        [
            pair("data[\"config.yaml\"]", "node:20"),
            pair("spec.containers[0].image", "a:1"),
            pair("spec.containers[0].command[2]", "node:18"),
            pair("spec.containers[0].env[0].value", "ghcr.io/shop/run:1"),
        ]
    );
}

#[test]
fn the_older_key_of_a_kustomization_names_images_and_what_is_filled_in_names_its_registry() {
    let old = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimageTags:\n- {name: web, newName: ghcr.io/shop/web, newTag: '1'}\n";
    assert_eq!(references(old), ["ghcr.io/shop/web:1"]);
}

#[test]
fn a_tag_that_only_an_image_has_is_told_under_any_key() {
    let values = "    lsp: {tag: latest}\n    web: {imageTag: edge}\n    source: {tag: main}\n    chart: {url: 'https://example.com', tag: latest}\n    api: {imageTag: '1.2'}\n";
    assert_eq!(of_values(values), ["{{ … }}:latest", "{{ … }}:edge"]);
}

#[test]
fn a_tag_of_several_words_is_told_where_it_is_an_images() {
    let values = "    web: {image: {tag: main-latest}}\n    job: {image_tag: latest}\n    api: {imageTag: main-1}\n    log: {tag: main-latest}\n";
    assert_eq!(of_values(values), ["{{ … }}:main-latest", "{{ … }}:latest"]);
}

#[test]
fn what_is_shown_of_an_image_is_what_is_written_of_it() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    web: {image: {tag: latest}}\n    job: {image: {registry: ghcr.io}}\n    api: {image: nginx:1}\n";
    let resources = read_text(text);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let names = facts_of(&images, &resources[0]).into_iter();
    let mut names: Vec<String> = names.map(|fact| fact["name"].to_string()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            r#""docker.io/library/nginx""#,
            r#""ghcr.io""#,
            r#""{{ … }}""#
        ]
    );
}

#[test]
fn maps_of_images_need_no_more_than_the_word_and_references_in_full() {
    let values = "    imageVariants: {java: 'localhost:5000/shop/build:java', note: latest, path: a/b}\n    imagesByVersion: ['quay.io/shop/web:1']\n    allowedImageMap: {web: 'quay.io/shop/web:2'}\n    db: &db {image: 'quay.io/shop/db:1'}\n    copy: *db\n";
    assert_eq!(
        of_values(values),
        [
            "localhost:5000/shop/build:java",
            "quay.io/shop/web:1",
            "quay.io/shop/db:1"
        ]
    );
}

#[test]
fn a_repository_of_a_registry_is_an_image_to_which_its_operator_adds_the_version() {
    let text = "apiVersion: shop.example.com/v1\nkind: Runner\nspec: {ecr_repo: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/worker}\n";
    let resources = read_text(text);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let found = images.of(&resources[0]);
    assert_eq!(found.len(), 1);
    assert!(!found[0].is_complete && !found[0].is_registry_elsewhere);
}
