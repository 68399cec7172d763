//! Images to which kustomizations give a tag alone.

use super::{KUSTOMIZATION, containers, of_flux, pod, read_files};
use crate::facts::image::{Image, Images, Place};
use crate::model::Data;
use crate::source::trees;

/// The entries that are told of some files, with what they name.
fn told(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let resources = read_files(files);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let all = resources.iter().flat_map(|resource| images.of(resource));
    let entries = all.filter(|image| image.place == Place::Kustomize);
    entries
        .filter(|image| !image.is_registry_elsewhere)
        .map(|image| (image.at.path.to_string(), image.text))
        .collect()
}

#[test]
fn a_tag_for_an_image_of_what_was_not_built_is_told_where_an_object_holds_its_name() {
    let over = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\nresources: [pod.yaml]\nimages:\n- {name: shop/web, newTag: '2'}\n- {name: shop/we, newTag: '2'}\n- {name: web, newTag: '2'}\n- {name: shop/db, newTag: '2'}\n";
    let (web, db) = (pod("shop/web:1"), pod("shop/db"));
    let files = [
        ("over/kustomization.yaml", over),
        ("over/pod.yaml", web.as_str()),
        ("other/pod.yaml", &db),
    ];
    let entry = ("images[0].name".to_owned(), "shop/web:2".to_owned());
    assert_eq!(told(&files), [entry]);
    // What another one renames is not what runs.
    let renamed = KUSTOMIZATION.replace("pod.yaml", "../over")
        + "images: [{name: shop/web, newName: harbor.example.com/shop/web}, {name: shop/db, newTag: '3'}]\n";
    let files = [
        ("over/kustomization.yaml", over),
        ("over/pod.yaml", db.as_str()),
        ("top/kustomization.yaml", &renamed),
    ];
    let texts: Vec<String> = told(&files).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        texts,
        ["shop/db:2", "harbor.example.com/shop/web", "shop/db:3"]
    );
}

#[test]
fn a_tag_that_flux_gives_is_told_where_its_name_has_a_host() {
    let flux = of_flux(
        "./apps",
        "[{name: ghcr.io/shop/web, newTag: '2'}, {name: shop/api, newTag: '2'}]",
    );
    let (web, api) = (pod("ghcr.io/shop/web:1"), pod("shop/api:1"));
    let files = [
        ("flux.yaml", flux.as_str()),
        ("apps/kustomization.yaml", KUSTOMIZATION),
        ("apps/pod.yaml", &web),
        ("apps/api.yaml", &api),
    ];
    let entry = (
        "spec.images[0].name".to_owned(),
        "ghcr.io/shop/web:2".to_owned(),
    );
    assert_eq!(told(&files), [entry]);
}

#[test]
fn a_release_replaces_images_of_its_values_once_its_chart_is_rendered() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  postRenderers:\n  - kustomize:\n      images:\n      - {name: 'docker.io/shop/web:1', newName: harbor.example.com/shop/web}\n      - {name: docker.io/shop/api, newName: harbor.example.com/shop/api, newTag: '2'}\n      - {name: 'docker.io/shop/db:2', newName: harbor.example.com/shop/db}\n  values:\n    image: {registry: docker.io, repository: shop/web, tag: '1'}\n    api: {image: 'docker.io/shop/api:1'}\n    db: {image: 'docker.io/shop/db:1'}\n";
    let resources = read_files(&[("release.yaml", release)]);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let values = images.of(&resources[0]).into_iter();
    let values = values.filter(|image| image.place == Place::Values);
    let fates: Vec<(bool, bool)> = values
        .map(|image| (image.is_registry_elsewhere, image.is_tag_elsewhere))
        .collect();
    assert_eq!(fates, [(true, false), (true, true), (false, false)]);
}

#[test]
fn a_variable_that_replacements_fill_in_names_no_image_of_its_own() {
    let pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, env: [{name: WEB_IMAGE, value: 'controller:latest'}, {name: API_IMAGE, value: 'controller:latest'}, {name: JOB_IMAGE, value: 'controller:latest'}]}]}\n";
    let replacements = "replacements:\n- source: {kind: Pod, fieldPath: spec.containers.0.image}\n  targets: [{select: {kind: Pod}, fieldPaths: ['spec.containers.0.env.[name=WEB_IMAGE].value', 'spec.containers.0.env.[name=^JOB_IMAGE$].value']}]\n";
    let over = KUSTOMIZATION.replace("pod.yaml", "../base") + replacements;
    let files = [
        ("over/kustomization.yaml", over.as_str()),
        ("base/kustomization.yaml", KUSTOMIZATION),
        ("base/pod.yaml", pod),
    ];
    let resources = read_files(&files);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let all = resources.iter().flat_map(|resource| images.of(resource));
    let fates: Vec<(bool, bool)> = all
        .map(|image| (image.is_registry_elsewhere, image.is_tag_elsewhere))
        .collect();
    assert_eq!(fates, [(true, true), (false, false), (true, true)]);
}

/// Whether others decide on the images of containers of some files, by reference.
fn replaced(files: &[(&str, &str)]) -> Vec<(String, bool)> {
    containers(files, Image::is_slot)
}

#[test]
fn an_image_that_a_patch_gives_is_laid_over_where_nothing_was_built() {
    let object = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: a, image: shop/a}, {name: b, image: shop/b}]}}}\n";
    let patch = object
        .replace(", {name: b, image: shop/b}", "")
        .replace("shop/a", "shop/a:2");
    let head =
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [web.yaml]\n";
    let fates = |patches: &str, patch: &str| {
        let component = format!("{head}{patches}");
        let files = [
            ("web/kustomization.yaml", component.as_str()),
            ("web/web.yaml", object),
            ("web/versions/2.yaml", patch),
        ];
        replaced(&files)
    };
    let row = |text: &str, is_replaced| (text.to_owned(), is_replaced);
    let laid = [
        row("shop/a", true),
        row("shop/b", false),
        row("shop/a:2", false),
    ];
    assert_eq!(
        fates("patchesStrategicMerge: [versions/2.yaml]\n", &patch),
        laid
    );
    assert_eq!(fates("patches: [{path: versions/2.yaml}]\n", &patch), laid);
    let target = "patches: [{path: versions/2.yaml, target: {kind: Deployment, name: web}}]\n";
    assert_eq!(fates(target, &patch), laid);
    let operation = "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - {op: replace, path: /spec/template/spec/containers/1/image, value: 'shop/b:2'}\n";
    assert_eq!(
        fates(operation, "")[..2],
        [row("shop/a", false), row("shop/b", true)]
    );
    let others = [
        "patches: [{path: versions/2.yaml, target: {kind: Deployment, name: 'api|db'}}]\n",
        "patches: [{path: versions/2.yaml, target: {kind: Deployment, labelSelector: app=web}}]\n",
        "patches: [{path: versions/2.yaml, target: {kind: StatefulSet}}]\n",
    ];
    for other in others {
        assert!(
            fates(other, &patch)
                .iter()
                .all(|(_, is_replaced)| !is_replaced),
            "{other}"
        );
    }
    let named_anew = patch.replace("name: web", "name: api");
    let of_other = fates("patchesStrategicMerge: [versions/2.yaml]\n", &named_anew);
    assert!(of_other.iter().all(|(_, is_replaced)| !is_replaced));
}

#[test]
fn an_entry_that_finds_no_image_in_what_was_not_built_is_none() {
    let entries = "images:\n- {name: shop-web, newName: ghcr.io/shop/web}\n- {name: shop-db, newName: postgres}\n- {name: shop-new, newName: ghcr.io/shop/new}\n- {name: 'shop/api:1', newName: ghcr.io/shop/api}\n";
    let base = KUSTOMIZATION.to_owned() + "images: [{name: shop-old, newName: shop-new}]\n";
    let object = pod("shop-web:1") + "---\n" + &pod("shop/api:1") + "---\n" + &pod("shop-old");
    let texts = |head: &str, object: &str| -> Vec<String> {
        let over = format!("{head}{entries}");
        let files = [
            ("over/kustomization.yaml", over.as_str()),
            ("base/kustomization.yaml", base.as_str()),
            ("base/pod.yaml", object),
        ];
        let files = &files[..files.len() - usize::from(object.is_empty())];
        let all = told(files).into_iter();
        let own = all.map(|(_, text)| text).filter(|text| text != "shop-new");
        own.collect()
    };
    let over = KUSTOMIZATION.replace("pod.yaml", "../base");
    let found = ["ghcr.io/shop/web", "ghcr.io/shop/new", "ghcr.io/shop/api"];
    assert_eq!(texts(&over, &object), found);
    // What is not at hand, or laid over what others use, may hold the names.
    let all = [found[0], "postgres", found[1], found[2]];
    let remote = KUSTOMIZATION.replace("pod.yaml", "../base, 'https://github.com/shop/db?ref=v1'");
    let generated = over.clone() + "generators: [chart.yaml]\n";
    let component = over.replace("kind: Kustomization", "kind: Component");
    for head in [remote, generated, component] {
        assert_eq!(texts(&head, &object), all, "{head}");
    }
    assert_eq!(texts(&over, ""), all);
    // A patch may name what is replaced.
    let patch = "patches:\n- patch: |\n    spec: {containers: [{name: db, image: shop-db}]}\n";
    assert_eq!(texts(&(over.clone() + patch), &object), all);
}
