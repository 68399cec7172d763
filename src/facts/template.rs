//! OpenShift's Templates: the objects that they hold, as who processes them applies them. Whoever
//! counts what is applied reads these in a Template's place.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use kube::core::GroupVersionKind;

use super::filling::{Filling, filled};
use crate::model::{Identity, Node, Resource, Role, Step, Tree, ValuePath, string_map};

/// Whether a resource is a Template, whose objects count as if they stood alone.
pub(super) fn is_template(resource: &Resource) -> bool {
    is_openshift(resource) && resource.gvk.kind == "Template" && resource.role == Role::Manifest
}

/// The older API has its kinds in the core group.
pub(super) fn is_openshift(resource: &Resource) -> bool {
    let group = resource.gvk.group.as_str();
    group.is_empty() || group.ends_with(".openshift.io")
}

/// The objects of a resource: of a Template those that it holds, of any other one itself.
pub(super) fn objects(resource: &Resource) -> Vec<(Node<'_>, ValuePath)> {
    if !is_template(resource) {
        return vec![(resource.node(), ValuePath::default())];
    }
    let objects = resource.node().get("objects");
    let numbered = objects.into_iter().flat_map(Node::items).enumerate();
    numbered
        .map(|(index, object)| (object, object_path(index)))
        .collect()
}

/// Where the object begins that a path of a resource leads into.
pub(super) fn object_of(resource: &Resource, path: &ValuePath) -> ValuePath {
    match path.steps() {
        [Step::Key(_), Step::Index(index), ..] if is_template(resource) => object_path(*index),
        _ => ValuePath::default(),
    }
}

/// The objects of a Template as resources of their own, with the values of its parameters put in;
/// what has no value stays a placeholder.
pub(super) fn applied(template: &Resource) -> Vec<(ValuePath, Resource)> {
    let Some(objects) = template.node().get("objects") else {
        return Vec::new();
    };
    let parameters = Parameters::of(template);
    let Some(tree) = filled(objects, &parameters) else {
        return Vec::new();
    };
    let items = tree.root().into_iter().flat_map(Node::items).enumerate();
    let resource = |(index, object)| {
        let path = object_path(index);
        Some((
            path.clone(),
            applied_object(template, &tree, object, &path)?,
        ))
    };
    items.filter_map(resource).collect()
}

fn object_path(index: usize) -> ValuePath {
    ValuePath(vec![Step::Key("objects".to_owned()), Step::Index(index)])
}

/// An object that stands at a path of a resource, and has become a value of a tree, as a resource of its own.
pub(super) fn applied_object(
    template: &Resource,
    tree: &Arc<Tree>,
    object: Node<'_>,
    path: &ValuePath,
) -> Option<Resource> {
    let text = |keys: &[&str]| object.find(keys).and_then(Node::as_str);
    let (api_version, kind) = (text(&["apiVersion"])?, text(&["kind"])?);
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let inner = template.pod_templates.iter().filter_map(|template| {
        let inner = template.steps().strip_prefix(path.steps())?;
        Some(ValuePath(inner.to_vec()))
    });
    let own = (group.is_empty() && kind == "Pod").then(ValuePath::default);
    let identity = Identity {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: text(&["metadata", "namespace"]).map(str::to_owned),
        name: text(&["metadata", "name"]).unwrap_or_default().to_owned(),
        origin: template.identity.origin.clone(),
    };
    Some(Resource {
        labels: string_map(object.find(&["metadata", "labels"])),
        pod_templates: own.into_iter().chain(inner).collect(),
        ..Resource::bare(
            Arc::clone(&template.artifact),
            Arc::clone(tree),
            object.id(),
            template.role,
            GroupVersionKind::gvk(group, version, kind),
            identity,
        )
    })
}

/// The parameters of a Template that have a value.
struct Parameters<'a>(HashMap<&'a str, &'a str>);

impl<'a> Parameters<'a> {
    fn of(template: &'a Resource) -> Self {
        let listed = template.node().get("parameters");
        let named = |parameter: Node<'a>| {
            let text = |key| parameter.string(key);
            let is_asked = parameter.get("required").and_then(Node::as_bool) == Some(true);
            let value = text("value").filter(|value| !(is_asked && value.is_empty()));
            Some((text("name")?, value?))
        };
        let all = listed.into_iter().flat_map(Node::items);
        Self(all.filter_map(named).collect())
    }

    fn text<'t>(&self, text: &'t str, before: &str, after: &str) -> Cow<'t, str> {
        if !text.contains(before) {
            return Cow::Borrowed(text);
        }
        let mut pieces = text.split(before);
        let mut found = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let known = piece.split_once(after);
            let known = known.and_then(|(name, rest)| Some((*self.0.get(name)?, rest)));
            match known {
                Some((value, rest)) => found.extend([value, rest]),
                None => found.extend([before, piece]),
            }
        }
        Cow::Owned(found)
    }
}

impl Filling for Parameters<'_> {
    fn key<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.text(text, "${", "}")
    }

    /// `${{X}}` stands for a value of any type, `${X}` for a part of a string.
    fn value<'t>(&self, text: &'t str) -> (Cow<'t, str>, bool) {
        let whole = self.text(text, "${{", "}}");
        let is_of_any_type = whole != text;
        let put_in = match whole {
            Cow::Borrowed(text) => self.text(text, "${", "}"),
            Cow::Owned(text) => Cow::Owned(self.text(&text, "${", "}").into_owned()),
        };
        (put_in, is_of_any_type)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Scalar;
    use crate::source::read_text;

    use super::*;

    const TEMPLATE: &str = "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: t}\nparameters: [{name: APP, value: web}, {name: PORT, value: '8080'}, {name: KEY, generate: expression}, {name: TEAM, required: true, value: ''}]\nobjects:\n- {apiVersion: v1, kind: Pod, metadata: {name: '${APP}-1', namespace: '${SPACE}', labels: {app: '${APP}', key: '${KEY}', team: '${TEAM}', '${APP}': x}}, spec: {containers: [{ports: [{containerPort: '${{PORT}}'}], args: ['${PORT}']}]}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {containers: []}}}}\n- {kind: nothing}\n";

    #[test]
    fn objects_of_a_template_have_its_parameters_put_in() {
        let template = read_text(TEMPLATE).remove(0);
        let applied = applied(&template);
        let [(path, pod), (_, deployment)] = applied.as_slice() else {
            panic!("two objects: {applied:?}");
        };
        assert_eq!(path.steps(), object_path(0).steps());
        assert_eq!(pod.identity.name, "web-1");
        assert_eq!(pod.identity.namespace.as_deref(), Some("${SPACE}"));
        for (key, value) in [
            ("app", "web"),
            ("key", "${KEY}"),
            ("team", "${TEAM}"),
            ("web", "x"),
        ] {
            assert_eq!(pod.labels[key], value);
        }
        let container = pod.node().find(&["spec", "containers"]);
        let container = container
            .and_then(|list| list.items().next())
            .expect("is there");
        let first = |key| container.get(key).and_then(|list| list.items().next());
        let port = first("ports").and_then(|port| port.get("containerPort"));
        assert_eq!(port.and_then(Node::scalar), Some(Scalar::Signed(8080)));
        assert_eq!(first("args").and_then(Node::as_str), Some("8080"));
        assert_eq!(pod.pod_templates, [ValuePath::default()]);
        assert_eq!(
            deployment.pod_templates,
            [ValuePath::from_iter(["spec", "template"])]
        );
    }
}
