//! Images that parameters make, and what runs them.

use super::*;

const TEMPLATE: &str = "\
apiVersion: template.openshift.io/v1
kind: Template
parameters:
- {name: IMAGE, value: quay.io/shop/web}
- {name: VERSION, value: latest}
- {name: OPEN}
objects:
- apiVersion: v1
  kind: Pod
  spec:
    containers:
    - {name: a, image: '${IMAGE}:${VERSION}', imagePullPolicy: IfNotPresent}
    - {name: b, image: 'quay.io/shop/api:${VERSION}'}
    - {name: c, image: 'quay.io/shop/job:${OPEN}'}
    - {name: d, image: '${IMAGE}:${VERSION}', imagePullPolicy: Always}
";

/// Path, reference, and where the tag stands.
fn parts(text: &str) -> Vec<(String, String, Option<String>)> {
    let resources = read_text(text);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let all = resources.iter().flat_map(|resource| images.of(resource));
    let shown = all.map(|image| {
        let tag = image.tag_at.map(|at| at.path.to_string());
        (image.at.path.to_string(), image.text, tag)
    });
    shown
        .filter(|(_, text, _)| !text.starts_with('$'))
        .collect()
}

#[test]
fn parameters_give_names_and_tags_of_one_reference() {
    let row = |path: &str, text: &str, tag: Option<&str>| {
        (path.to_owned(), text.to_owned(), tag.map(str::to_owned))
    };
    let containers = "objects[0].spec.containers";
    assert_eq!(
        parts(TEMPLATE),
        [
            row(
                &format!("{containers}[1].image"),
                "quay.io/shop/api:latest",
                Some("parameters[1].value")
            ),
            row(
                &format!("{containers}[2].image"),
                "quay.io/shop/job:${OPEN}",
                None
            ),
            row(
                "parameters[0].value",
                "quay.io/shop/web:latest",
                Some("parameters[1].value")
            ),
        ]
    );
}

#[test]
fn a_tag_that_several_places_give_is_nobodys() {
    let text = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n  - inputs: {parameters: [{name: tag, value: latest}]}\n    container: {image: 'quay.io/shop/web:{{inputs.parameters.tag}}'}\n  - inputs: {parameters: [{name: tag, value: '2'}]}\n    container: {image: 'quay.io/shop/api:{{inputs.parameters.tag}}'}\n";
    let tags: Vec<Option<String>> = parts(text).into_iter().map(|(_, _, tag)| tag).collect();
    assert_eq!(tags, [None, None]);
}

#[test]
fn each_policy_beside_a_parameter_is_that_of_what_it_names() {
    let resources = read_text(TEMPLATE);
    let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
    let facts = images.facts(&resources[0]).into_iter();
    let told = facts.filter(|fact| fact["reference"] == "quay.io/shop/web:latest");
    let policies: Vec<Value> = told.map(|fact| fact["policy"]["value"].clone()).collect();
    assert_eq!(policies, ["IfNotPresent", "Always"]);
}
