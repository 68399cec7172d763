//! Images in parts, and what stands around them.

use super::*;

#[test]
fn keys_that_keep_the_parts_of_an_image_apart_have_their_registry_in_one_place() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n";
    let values = "    global: {grid: {imageRegistry: shop}}\n    hub: {imageRegistry: , imageName: hub, imageTag: }\n    copy: {imageRegistry: tools, imageName: copier, imageTag: latest}\n    build: {imageName: builder}\n";
    let text = format!("{release}{values}");
    assert_eq!(references(&text), ["shop/hub", "tools/copier:latest"]);
    let none = "    hub: {imageRegistry: , imageName: hub, imageTag: }\n";
    let resources = read_text(&format!("{release}{none}"));
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    assert!(images[0].is_registry_elsewhere);
}

#[test]
fn a_tag_that_brings_the_sign_of_a_digest_is_joined_as_one() {
    let digest = format!("@sha256:{}", "ab".repeat(32));
    let text = format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{image: {{repository: shop/web, tag: '{digest}'}}}}}}\n"
    );
    assert_eq!(references(&text), [format!("shop/web{digest}")]);
}

#[test]
fn the_registry_beside_an_image_is_its_own_in_any_order() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    operator: {image: shop/operator, version: v1, registry: quay.io}\n    agent: {registry: ghcr.io/shop, tag: '2', image: agent}\n    whole: {image: 'ghcr.io/shop/whole:3', registry: quay.io}\n    other: {image: 'shop/other:4', registry: other}\n";
    assert_eq!(
        references(text),
        [
            "quay.io/shop/operator:v1",
            "ghcr.io/shop/agent:2",
            "ghcr.io/shop/whole:3",
            "shop/other:4"
        ]
    );
}

#[test]
fn a_key_may_say_by_its_end_that_it_refers_to_an_image() {
    let text = "apiVersion: example.com/v1\nkind: Thing\nspec: {workImagePullSpec: 'quay.io/shop/work:1', agentImageRef: 'quay.io/shop/agent:1', bareImageRef: shop-image, targetImageRef: 'quay.io/shop/pushed:1', allowedImageRef: 'quay.io/shop/allowed:1', imagePullSpecs: none}\n";
    assert_eq!(
        references(text),
        ["quay.io/shop/work:1", "quay.io/shop/agent:1"]
    );
}

#[test]
fn a_map_outside_of_an_image_is_one_by_its_tag_or_its_policy() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    front: {repository: shop/front, pullPolicy: Always}\n    back: {repository: shop/back, tag: '1'}\n    code: {repository: shop/code}\n";
    assert_eq!(references(text), ["shop/front", "shop/back:1"]);
}

#[test]
fn what_is_called_more_than_image_may_have_its_version_beside_it() {
    let image = |settings: &str| {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  values: |\n    controllerImage: ghcr.io/shop/controller\n    {settings}\n"
        );
        let resources = read_text(&text);
        let data = Data::new(std::iter::empty());
        Images::new(&data, &resources, trees)
            .of(&resources[0])
            .remove(0)
    };
    assert!(!image("shopVersion: '1'").is_complete);
    assert!(image("apiVersion: v1").is_complete);
}

#[test]
fn what_stands_outermost_is_called_by_its_key() {
    let resources = crate::source::read_bytes(
        "values.yaml",
        b"imageRegistry: ghcr.io\nother: 1\n".to_vec(),
    )
    .resources;
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    assert_eq!(images[0].subject, "the values name at `imageRegistry`");
}

#[test]
fn an_image_in_full_in_values_that_say_no_version_has_none() {
    let is_complete = |file: &str, text: &str| {
        let resources = crate::source::read_bytes(file, text.as_bytes().to_vec()).resources;
        let data = Data::new(std::iter::empty());
        Images::new(&data, &resources, trees).of(&resources[0])[0].is_complete
    };
    let web = "web: {image: quay.io/shop/web}\n";
    assert!(is_complete("values.yaml", web) && is_complete("prod/values.yml", web));
    assert!(!is_complete("values.yml", &format!("{web}tag: '1'\n")));
}

#[test]
fn what_is_refused_without_its_tag_has_no_registry_to_tell() {
    let is_known = |text: &str| {
        let at = crate::facts::image::At::whole(crate::model::ValuePath::default());
        let mut image = Image::new(at, Place::Container, String::new(), text.to_owned());
        image.leave_parts_to_install();
        image.reference.is_registry_known
    };
    assert!(is_known("quay.io/shop/web:"));
    assert!(!is_known("quay:io/shop/web:") && !is_known(":1"));
}

#[test]
fn of_what_no_template_names_no_image_is_told() {
    let mut resources = crate::source::read_bytes(
        "values.yaml",
        b"image: {repository: shop/web, tag: '1'}\nside: {repository: shop/side, tag: '1'}\n"
            .to_vec(),
    )
    .resources;
    resources[0].idle_keys = vec!["image".to_owned()];
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    let texts: Vec<&str> = images.iter().map(|image| image.text.as_str()).collect();
    assert_eq!(texts, ["shop/side:1"]);
}

#[test]
fn a_pull_policy_that_no_template_takes_is_none() {
    let text = b"image: {registry: quay.io, repository: shop/web, pullPolicy: IfNotPresent}\n";
    let mut resources = crate::source::read_bytes("values.yaml", text.to_vec()).resources;
    let mut policy = |idle: &[&str]| {
        resources[0].idle_keys = idle.iter().map(|key| (*key).to_owned()).collect();
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        let found = images.of(&resources[0]);
        found.first().map(|image| image.policy.is_some())
    };
    assert_eq!(policy(&["other"]), Some(true));
    assert_eq!(policy(&["image.pullPolicy", "image.registry"]), Some(false));
    assert_eq!(policy(&["image"]), None);
}

#[test]
fn registries_that_operators_are_given_are_told_apart() {
    let istio = |spec: &str| {
        format!("apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {spec}\n")
    };
    assert_eq!(
        references(&istio("{hub: gcr.io/istio-release}")),
        ["gcr.io/istio-release/{{ … }}"]
    );
    // A component shows it, and what is no registry is none.
    let named = istio("{hub: gcr.io/mesh, values: {pilot: {image: pilot:1}}}");
    assert_eq!(references(&named), ["gcr.io/mesh/pilot:1"]);
    assert!(references(&istio("{hub: mesh}")).is_empty());
    let settings = |line: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  eck.yaml: |-\n    metrics-port: 0\n    {line}\n    webhook: true\n"
        )
    };
    assert_eq!(
        references(&settings("container-registry: docker.elastic.co")),
        ["docker.elastic.co/{{ … }}"]
    );
    for line in ["container-registry: local", "# container-registry: a.io"] {
        assert!(references(&settings(line)).is_empty(), "{line}");
    }
}

#[test]
fn the_registry_of_a_charts_own_image_is_told_beside_an_empty_name() {
    let values = |values: &str| {
        let text = format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values: {values}\n"
        );
        references(&text)
    };
    assert_eq!(
        values("{image: {registry: quay.io, repository: ''}}"),
        ["quay.io/{{ … }}"]
    );
    assert!(values("{side: {image: {registry: quay.io, repository: ''}}}").is_empty());
    assert_eq!(
        values("{image: {repository: shop/, name: web, tag: '1'}}"),
        ["shop/web:1"]
    );
}

#[test]
fn a_bare_name_gets_the_registry_of_its_chart() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    agent: {image: {name: agent, tag: '7'}}\n    cache: {image: {name: redis, tag: '7'}}\n    web: {image: {name: shop/web, tag: '7'}}\n    job: {image: {repository: job, tag: '7'}}\n";
    let resources = read_text(text);
    let data = Data::new(std::iter::empty());
    let images = Images::new(&data, &resources, trees).of(&resources[0]);
    let elsewhere = images.iter().filter(|image| image.is_registry_elsewhere);
    let texts: Vec<&str> = elsewhere.map(|image| image.text.as_str()).collect();
    assert_eq!((texts, images.len()), (vec!["agent:7"], 4));
}

#[test]
fn what_begins_the_names_of_images_is_one_with_placeholders() {
    let text = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {posts: {container_image_base: 'ghcr.io/shop/%(type)s:%(version)s', image_base: ubuntu}}}\n";
    assert_eq!(references(text), ["ghcr.io/shop/%(type)s:%(version)s"]);
}

#[test]
fn a_repository_of_a_public_registry_is_an_image_unless_it_is_of_a_chart() {
    let of = |values: &str| {
        references(&format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n    rclone: {{{values}}}\n"
        ))
    };
    assert_eq!(
        of("repository: quay.io/shop/sync, image: ''"),
        ["quay.io/shop/sync"]
    );
    let none: [String; 0] = [];
    for values in [
        "repository: ghcr.io/shop/charts",
        "repository: ghcr.io/shop/web, version: '1'",
        "repository: github.com/shop/web",
        "repository: gitlab.com/shop/web",
        "repository: b2-shop-restic",
    ] {
        assert_eq!(of(values), none, "{values}");
    }
}

#[test]
fn a_prefix_names_the_registry_of_an_image_or_the_folders_in_it() {
    let text = r#"apiVersion: v1
kind: ConfigMap
data:
  runtimes.json: |
    {"runtimes": {"go": [
      {"image": {"prefix": "shop", "name": "go", "tag": "1"}},
      {"image": {"prefix": "quay.io/shop", "name": "go", "tag": "2"}},
      {"image": {"registry": "quay.io", "prefix": "shop/all", "name": "go", "tag": "3"}},
      {"image": {"prefix": "shop-", "name": "go", "tag": "4"}},
      {"image": {"prefix": "shop", "name": "ghcr.io/all/go", "tag": "5"}},
      {"image": {"prefix": "${GROUP}", "name": "go", "tag": "6"}}]},
     "blackboxes": [{"prefix": "shop", "name": "box", "tag": "nightly"}],
     "targets": [{"prefix": "shop", "name": "none", "tag": "nightly"}]}
"#;
    assert_eq!(
        references(text),
        [
            "shop/go:1",
            "quay.io/shop/go:2",
            "quay.io/shop/all/go:3",
            "go:4",
            "ghcr.io/all/go:5",
            "${GROUP}/go:6",
            "shop/box:nightly"
        ]
    );
    let resource = "apiVersion: example.com/v1\nkind: Thing\nspec:\n";
    let image = "  image: {prefix: shop, name: go, tag: '1'}\n";
    let places = found(&format!("{resource}{image}"));
    assert_eq!(places[0].0, "spec.image.prefix");
}

#[test]
fn a_version_beside_a_repository_of_a_registry_is_that_of_pods_where_some_are_counted() {
    let spec = |spec: &str| {
        references(&format!(
            "apiVersion: example.com/v1\nkind: Shop\nspec: {{{spec}}}\n"
        ))
    };
    let told = spec("repository: quay.io/shop/db, version: 3.3.10, size: 3");
    assert_eq!(told, ["quay.io/shop/db:3.3.10"]);
    for other in [
        "repository: quay.io/shop/db, version: 3.3.10",
        "repository: quay.io/shop/charts/db, version: 3.3.10, replicas: 3",
        "repository: quay.io/shop/db, name: db, version: 3.3.10, replicas: 3",
        "repository: 'oci://quay.io/shop/db', version: 3.3.10, replicas: 3",
        "repository: stable, version: 3.3.10, replicas: 3",
    ] {
        assert!(spec(other).is_empty(), "{other}");
    }
}

#[test]
fn the_release_of_sources_is_no_image() {
    let spec = |spec: &str| {
        references(&format!(
            "apiVersion: example.com/v1\nkind: Shop\nspec: {{{spec}}}\n"
        ))
    };
    for sources in [
        "github: {repository: web, tag: '1'}",
        "git: {repository: git.example.com/shop/web, tag: '1'}",
        "from: {owner: shop, repository: web, tag: '1'}",
        "from: {repository: web, tag: '1', assetName: web.zip}",
    ] {
        assert!(spec(sources).is_empty(), "{sources}");
    }
    for image in [
        "git: {repository: ghcr.io/shop/web, tag: '1'}",
        "images: {git: {repository: ghcr.io/shop/web, tag: '1'}}",
        "image: {owner: shop, registry: ghcr.io, repository: shop/web, tag: '1'}",
    ] {
        assert_eq!(spec(image), ["ghcr.io/shop/web:1"], "{image}");
    }
}

#[test]
fn the_end_of_a_tag_tells_that_a_repository_is_a_space() {
    let text = "apiVersion: example.com/v1\nkind: Shop\nspec: {image: {repository: shop, name: web, suffix: -ubi}}\n";
    assert_eq!(references(text), ["shop/web"]);
}
