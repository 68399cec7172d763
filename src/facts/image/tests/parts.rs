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
