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
    let facts = facts_of(&images, &resources[0]).into_iter();
    let told = facts.filter(|fact| fact["reference"] == "quay.io/shop/web:latest");
    let policies: Vec<Value> = told.map(|fact| fact["policy"]["value"].clone()).collect();
    assert_eq!(policies, ["IfNotPresent", "Always"]);
}

/// The references that parameters of a scan name.
fn given(text: &str) -> Vec<String> {
    parts(text).into_iter().map(|(_, text, _)| text).collect()
}

#[test]
fn a_name_may_say_behind_the_word_image_which_one_it_is() {
    let parameters = [
        ("compile-image-npm", "host:5000/shop/build:1"),
        ("compileImagePip", "shop/build:2"),
        ("image-to-scan", "quay.io/shop/web:3"),
        ("push-image-web", "quay.io/shop/web:4"),
        ("image-name-of-app", "shop/web:5"),
        ("image-npm", "18"),
    ];
    let list = parameters.map(|(name, value)| format!("{{name: {name}, value: '{value}'}}"));
    let run = format!(
        "apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec: {{params: [{}]}}\n",
        list.join(", ")
    );
    assert_eq!(given(&run), ["host:5000/shop/build:1", "shop/build:2"]);
}

#[test]
fn what_a_task_of_the_scan_runs_is_an_image_wherever_it_is_handed_to_it() {
    let task = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: run}\nspec: {params: [{name: image}], steps: [{image: $(params.image)}]}\n";
    let other = task
        .replace("name: run", "name: build")
        .replace("$(params.image)", "quay.io/shop/build:1");
    let pipeline = "apiVersion: tekton.dev/v1\nkind: Pipeline\nmetadata: {name: all}\nspec:\n  params: [{name: tool, default: alpine}]\n  tasks:\n  - {name: a, taskRef: {name: run}, params: [{name: image, value: $(params.tool)}]}\n  - {name: b, taskRef: {name: build}, params: [{name: image, value: 'quay.io/shop/pushed:1'}]}\n  - {name: c, taskRef: {name: run}, params: [{name: image, value: 'quay.io/shop/tool:1'}]}\n";
    let run = "apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec: {pipelineRef: {name: all}, params: [{name: tool, value: debian}]}\n";
    let text = [task, &other, pipeline, run].join("---\n");
    assert_eq!(
        given(&text),
        [
            "quay.io/shop/build:1",
            "alpine",
            "quay.io/shop/tool:1",
            "debian"
        ]
    );
}

#[test]
fn a_parameter_that_a_stream_of_the_template_supplies_names_no_registry() {
    let fates = |stream: &str, annotation: &str, local: bool| -> Vec<(String, bool)> {
        let text = format!(
            "apiVersion: template.openshift.io/v1\nkind: Template\nparameters:\n- {{name: NAME, value: web}}\n- {{name: TAG, value: latest}}\nobjects:\n- {{apiVersion: image.openshift.io/v1, kind: ImageStream, metadata: {{name: '{stream}'}}, spec: {{lookupPolicy: {{local: {local}}}}}}}\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {{name: web}}\n  spec:\n    template:\n      metadata: {{annotations: {{{annotation}}}}}\n      spec: {{containers: [{{name: a, image: '${{NAME}}:${{TAG}}'}}]}}\n"
        );
        let resources = read_text(&text);
        let images = Images::new(&Data::new(std::iter::empty()), &resources, trees);
        let found = images.of(&resources[0]).into_iter();
        let given = found.filter(|image| image.at.path.to_string().starts_with("parameters"));
        given
            .map(|image| (image.text, image.is_registry_elsewhere))
            .collect()
    };
    let row = |is_elsewhere| vec![("web:latest".to_owned(), is_elsewhere)];
    let asked = "alpha.image.policy.openshift.io/resolve-names: '*'";
    assert_eq!(fates("${NAME}", asked, false), row(true));
    assert_eq!(fates("${NAME}", "", true), row(true));
    assert_eq!(fates("${NAME}", "", false), row(false));
    assert_eq!(fates("${OTHER}", asked, true), row(false));
}

#[test]
fn the_cache_of_a_build_is_no_image_that_runs() {
    let given = |name: &str| {
        references(&format!(
            "apiVersion: tekton.dev/v1\nkind: Pipeline\nspec: {{params: [{{name: {name}, default: 'quay.io/shop/x:1'}}]}}\n"
        ))
    };
    for name in ["CACHE_IMAGE", "cache_image_url"] {
        assert_eq!(given(name), Vec::<String>::new(), "{name}");
    }
    assert_eq!(given("BUILDER_IMAGE"), ["quay.io/shop/x:1"]);
}
