//! The pods that Jenkins starts in a cluster to run a pipeline, and other objects in strings of Groovy:
//! `yaml '''…'''`, `containerTemplate(name: 'x', image: 'y')`. A container that the Docker of a node runs, as of
//! `agent { docker 'x' }`, is none of the cluster's, like that of a job on a runner.

use std::ops::Range;
use std::sync::Arc;

use super::{Literal, is_of_name, is_step, literals};
use crate::model::{Artifact, Resource, Tree};
use crate::source::literal::as_outlines;
use crate::source::pod_template::pod_templates;
use crate::source::reading::Read;
use crate::source::script::command::value;
use crate::source::script::{alone, setting};
use crate::source::settings::object;
use crate::source::stream::readable_documents;

/// What makes a container of a pod without a manifest.
const TEMPLATE: &str = "containerTemplate";

/// Whether a text may hold such a pod, or another object.
pub(in crate::source::script) fn starts_pods(text: &str) -> bool {
    text.contains(TEMPLATE) || text.contains("containers:") || is_object(text)
}

/// The pods and other objects that a Jenkinsfile holds.
pub(in crate::source::script) fn pods(artifact: &Arc<Artifact>) -> Vec<Resource> {
    if !starts_pods(&artifact.text) {
        return Vec::new();
    }
    let literals = literals(&artifact.text);
    let manifests = literals.iter().flat_map(|one| manifest(artifact, one));
    manifests.chain(of_templates(artifact, &literals)).collect()
}

/// Whether a string is the manifest of a pod that runs steps: `yaml '''…'''`, `yaml: """…"""`.
pub(super) fn is_pod(text: &str, one: &Literal) -> bool {
    label(text, one) == "yaml" && text[one.inner.clone()].contains("containers:")
}

/// What a string holds: an object, or a pod, of which version and kind may be left out.
fn manifest(artifact: &Arc<Artifact>, one: &Literal) -> Vec<Resource> {
    let text = &artifact.text;
    let inner = &text[one.inner.clone()];
    let is_pod = is_pod(text, one);
    // What a step writes is read with its commands.
    let is_told = is_object(inner) && !is_step(text, one) && !inner.contains("<<");
    if !is_pod && !is_told {
        return Vec::new();
    }
    let shown = whole_lines(text, &one.inner);
    let alone = alone(text, &[shown], std::iter::empty());
    let documents = readable_documents(&alone, "").into_iter();
    let (pods, others): (Vec<_>, Vec<_>) = documents.partition(|document| {
        let root = document.tree.root();
        is_pod && root.is_some_and(|root| root.find(&["spec", "containers"]).is_some())
    });
    let mut read = Read::default();
    as_outlines(artifact, others, &mut read);
    let pods = pods.into_iter();
    let pods = pods.filter_map(|document| pod(artifact, document.tree));
    pods.chain(read.resources).collect()
}

/// A pod as its manifest, or what stands for one, describes it.
fn pod(artifact: &Arc<Artifact>, tree: Tree) -> Option<Resource> {
    let mut pod = object(artifact, tree, ("v1", "Pod"), "")?;
    pod.pod_templates = pod_templates(pod.node(), &pod.gvk);
    Some(pod)
}

/// The lines of a string, without the one that it begins on where this says no more than that an object begins: the
/// others are indented otherwise.
fn whole_lines(text: &str, inner: &Range<usize>) -> Range<usize> {
    let first = text[inner.clone()].split('\n').next().unwrap_or_default();
    let begins = |word: &str| first.starts_with(word);
    match ["apiVersion", "kind", "---", "#"].into_iter().any(begins) || first == "\\" {
        true => inner.start + first.len()..inner.end,
        false => inner.clone(),
    }
}

/// A pod with the containers that templates make, wherever these stand.
fn of_templates(artifact: &Arc<Artifact>, literals: &[Literal]) -> Option<Resource> {
    let text = &artifact.text;
    let mut containers = Vec::new();
    for (at, _) in text.match_indices(TEMPLATE) {
        let around = arguments(text, at + TEMPLATE.len(), literals);
        let named = |key: &str| {
            let own = literals.iter();
            let mut own = own.filter(|one| around.contains(&one.whole.start));
            own.find(|one| label(text, one) == key)
                .map(|one| one.inner.clone())
        };
        let image = named("image").and_then(|image| value(text, image));
        containers.extend(image.map(|image| (named("name"), image)));
    }
    let made = (!containers.is_empty()).then(|| setting::pod(text, &containers))?;
    pod(artifact, made.ok()?)
}

/// What a call is given from a position on: up to the bracket that closes the first one, or to the end of the line.
fn arguments(text: &str, start: usize, literals: &[Literal]) -> Range<usize> {
    let rest = &text[start..];
    if !rest.trim_start_matches(' ').starts_with(['(', '{']) {
        return start..start + rest.find('\n').unwrap_or(rest.len());
    }
    let mut strings = literals.iter().skip_while(|one| one.whole.start < start);
    let mut next = strings.next();
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = text.as_bytes().get(at) {
        if let Some(one) = next.filter(|one| one.whole.start == at) {
            at = one.whole.end;
            next = strings.next();
            continue;
        }
        match byte {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' if depth < 2 => break,
            b')' | b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    start..at
}

/// The word that a string is given to: `image: 'x'`, `image 'x'`, `image = 'x'`, `yaml('x')`.
fn label<'a>(text: &'a str, one: &Literal) -> &'a str {
    let before = text[..one.whole.start].trim_end();
    let before = before.strip_suffix([':', '=', '(']).unwrap_or(before);
    let before = before.trim_end();
    &before[before.trim_end_matches(is_of_name).len()..]
}

fn is_object(text: &str) -> bool {
    text.contains("apiVersion:") && text.contains("kind:")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Node;

    /// The kinds of what a text starts, each with its images.
    fn started(text: &str) -> Vec<String> {
        let artifact = Arc::new(Artifact::new("Jenkinsfile", "Jenkinsfile", text.to_owned()));
        let told = |pod: Resource| {
            let mut images = vec![pod.gvk.kind.clone()];
            let list = pod.node().find(&["spec", "containers"]);
            for container in list.into_iter().flat_map(Node::items) {
                let image = container.get("image").expect("is there");
                images.push(text[image.span().range()].to_owned());
            }
            images.join(" ")
        };
        pods(&artifact).into_iter().map(told).collect()
    }

    #[test]
    fn strings_are_manifests_of_pods() {
        let spec = "spec:\n  containers:\n  - name: a\n    image: b:1\n";
        let whole = format!("apiVersion: v1\nkind: Pod\n{spec}");
        for (text, expected) in [
            (
                format!("agent {{ kubernetes {{\n yaml '''\n{whole}'''\n}} }}"),
                "Pod b:1",
            ),
            (
                format!("kubernetes {{ yaml \"\"\"{whole}\"\"\" }}"),
                "Pod b:1",
            ),
            (
                format!("podTemplate(yaml: '''\\\n{spec}'''.stripIndent())"),
                "Pod b:1",
            ),
            (
                format!("def pod = '''\n{whole}'''\npodTemplate(yaml: pod)"),
                "Pod b:1",
            ),
            (
                format!(
                    "writeFile file: 'a', text: '''\n{}'''",
                    whole.replace("Pod", "Job")
                ),
                "Job b:1",
            ),
            (format!("writeFile file: 'a', text: '''\n{spec}'''"), ""),
            ("// yaml 'containers: apiVersion: kind:'".to_owned(), ""),
            (
                format!("sh '''\ncat <<EOF | kubectl apply -f -\n{whole}EOF\n'''"),
                "",
            ),
            (
                format!("yaml '''\n{}'''", whole.replace("b:1", "${B}")),
                "Pod ${B}",
            ),
            (
                format!("def all = '''\n{whole}---\n{whole}'''"),
                "Pod b:1, Pod b:1",
            ),
        ] {
            assert_eq!(started(&text).join(", "), expected, "{text}");
        }
    }

    #[test]
    fn templates_make_containers_of_a_pod() {
        for (text, expected) in [
            (
                "containerTemplate(name: 'a', image: 'b:1', args: '${c(d)}')",
                "Pod b:1",
            ),
            (
                "[containerTemplate(\n  image: \"q.io/b:${V}\", envVars: [envVar(key: 'image')]),\n containerTemplate(image: 'c')]",
                "Pod q.io/b:${V} c",
            ),
            (
                "containerTemplate {\n  name 'a'\n  image 'b:1'\n}",
                "Pod b:1",
            ),
            (
                "containerTemplate name: 'a', image: 'b:1'\nx(image: 'c')",
                "Pod b:1",
            ),
            (
                "containerTemplate(name: 'a', image: image)\nx(image: 'c')",
                "",
            ),
            ("containerTemplate(image: \"${B}\")", ""),
            ("// containerTemplate(image: 'b')", ""),
            ("docker.image('b:1').inside { containerTemplate }", ""),
            ("agent { docker { image 'b:1' } }", ""),
        ] {
            assert_eq!(started(text).join(", "), expected, "{text}");
        }
    }
}
