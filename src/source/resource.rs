//! Documents to resources: lists unrolled, objects told from other values, pod templates found
//! by shape, Helm's origin comments kept.

use std::sync::Arc;

use kube::core::GroupVersionKind;

use super::document::Document;
use super::pod_template::pod_templates;
use crate::model::{
    Artifact, BUILD_API_VERSION, CATALOG_API_VERSION, CATALOG_KIND, HOLE, Identity,
    JSON_PATCH_KIND, MERGE_PATCH_KIND, Node, PACKAGE_API_VERSION, PACKAGE_KIND, Resource, Role,
    STACK_API_VERSION, STACK_KIND, Tree, VALUES_KIND, string_map,
};

/// What Helm writes above each document of its output.
const HELM_ORIGIN: &str = "# Source: ";

/// What is known of a file besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// Whether its name says that it is a kustomization, which may leave out its kind.
    pub is_kustomization: bool,
    /// Whether its name, or what names it, says that it hands values to a chart.
    pub is_values: bool,
}

/// API version and kind that an item of a typed list takes from its list.
#[derive(Clone)]
struct Inherited {
    api_version: String,
    kind: String,
}

/// Adds a document's resources; gives how many there were.
pub(super) fn resources(
    artifact: &Arc<Artifact>,
    document: Document,
    context: &Context,
    found: &mut Vec<Resource>,
) -> usize {
    let before = found.len();
    let tree = Arc::new(document.tree);
    let Some(root) = tree.root() else { return 0 };
    let origin = helm_origin(&artifact.text, document.start, root.span().start as usize);
    let unroll = Unroll {
        artifact,
        tree: &tree,
        origin,
    };
    let inherited = context.is_kustomization.then(|| Inherited {
        api_version: "kustomize.config.k8s.io/v1beta1".to_owned(),
        kind: "Kustomization".to_owned(),
    });
    if is_json_patch(root) {
        found.extend(root.items().map(|item| unroll.patch(item, JSON_PATCH_KIND)));
    } else if let Some(entry) = unroll.catalog_entry(root).or_else(|| unroll.stack(root)) {
        found.push(entry);
    } else if is_merge_patch(root) {
        found.push(unroll.patch(root, MERGE_PATCH_KIND));
    } else {
        unroll.add(root, inherited.as_ref(), found);
    }
    found.len() - before
}

/// Takes an object's name and namespace from the text itself, of which what was read has placeholders.
pub(super) fn name_as_written(resource: &mut Resource) {
    let metadata = |key| resource.node().find(&["metadata", key]);
    let written = |key| {
        let span = metadata(key)?.span().range();
        resource.artifact.text.get(span).map(str::trim)
    };
    let unquoted = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    let identity = &resource.identity;
    let has_hole = |name: &String| name.contains(HOLE);
    let is_open = has_hole(&identity.name);
    let is_placed_openly = identity.namespace.as_ref().is_some_and(has_hole);
    if !is_open && !is_placed_openly {
        return;
    }
    let name = written("name").map(unquoted);
    let namespace = written("namespace").map(unquoted);
    let identity = &mut resource.identity;
    if is_open {
        identity.name = name.unwrap_or_default();
    }
    if is_placed_openly {
        identity.namespace = namespace;
    }
}

/// A package of a dependency file as a resource.
pub(super) fn package(artifact: &Arc<Artifact>, tree: Tree, name: &str) -> Resource {
    let identity = Identity {
        api_version: PACKAGE_API_VERSION.to_owned(),
        kind: PACKAGE_KIND.to_owned(),
        namespace: None,
        name: name.to_owned(),
        origin: None,
    };
    let gvk = group_version_kind(PACKAGE_API_VERSION, PACKAGE_KIND);
    let (artifact, tree) = (Arc::clone(artifact), Arc::new(tree));
    Resource::bare(artifact, tree, 0, Role::Package, gvk, identity)
}

/// A document of a values file as a resource: what its values are for, its folder tells.
pub(super) fn values(artifact: &Arc<Artifact>, document: Document) -> Option<Resource> {
    let tree = Arc::new(document.tree);
    let root = tree.root()?;
    let is_object = root.get("apiVersion").is_some() && root.get("kind").is_some();
    if !root.is_mapping() || is_object || is_test_suite(root) || is_compose_file(root) {
        return None;
    }
    let folder = artifact.uri.rsplit('/').nth(1).unwrap_or_default();
    let name = if folder.is_empty() {
        artifact.uri.split('.').next().unwrap_or_default()
    } else {
        folder
    };
    Some(handed(artifact, &tree, root, name))
}

/// A map of values that a file hands to a chart, or to what is called so.
pub(super) fn handed(
    artifact: &Arc<Artifact>,
    tree: &Arc<Tree>,
    map: Node<'_>,
    name: &str,
) -> Resource {
    let identity = Identity {
        api_version: PACKAGE_API_VERSION.to_owned(),
        kind: VALUES_KIND.to_owned(),
        namespace: None,
        name: name.to_owned(),
        origin: None,
    };
    let gvk = group_version_kind(PACKAGE_API_VERSION, VALUES_KIND);
    let (artifact, tree) = (Arc::clone(artifact), Arc::clone(tree));
    Resource::bare(artifact, tree, map.id(), Role::Values, gvk, identity)
}

/// Whether a document holds tests of helm's plugin `unittest`: what it expects is nobody's value.
fn is_test_suite(root: Node<'_>) -> bool {
    let is_test = |test: Node<'_>| test.get("it").is_some() || test.get("asserts").is_some();
    root.get("tests")
        .is_some_and(|tests| tests.items().any(is_test))
}

/// Whether a document is a file of Docker Compose, by what no values of a chart have: nothing beside its
/// services but what belongs to them, and in one of them what tells Docker how to run it.
fn is_compose_file(root: Node<'_>) -> bool {
    const TOP: [&str; 7] = [
        "version", "name", "services", "networks", "volumes", "configs", "secrets",
    ];
    const OF_DOCKER: [&str; 7] = [
        "build",
        "container_name",
        "depends_on",
        "env_file",
        "network_mode",
        "networks",
        "restart",
    ];
    let mut keys = root.entries().filter_map(|(key, _)| key.as_str());
    let services = || root.get("services").into_iter().flat_map(Node::entries);
    let is_service = |one: Node<'_>| {
        let image = one.string("image");
        image.is_some() || one.get("build").is_some()
    };
    let is_of_docker = |one: Node<'_>| OF_DOCKER.iter().any(|key| one.get(key).is_some());
    keys.all(|key| TOP.contains(&key) || key.starts_with("x-"))
        && services().all(|(_, one)| is_service(one))
        && services().any(|(_, one)| is_of_docker(one))
}

/// A Dockerfile or a pipeline as a resource, named as its file.
pub(super) fn build_file(artifact: &Arc<Artifact>, tree: Tree, kind: &str, name: &str) -> Resource {
    Resource {
        role: Role::Build,
        gvk: group_version_kind(BUILD_API_VERSION, kind),
        identity: Identity {
            api_version: BUILD_API_VERSION.to_owned(),
            kind: kind.to_owned(),
            namespace: None,
            name: name.to_owned(),
            origin: None,
        },
        ..package(artifact, tree, name)
    }
}

struct Unroll<'a> {
    artifact: &'a Arc<Artifact>,
    tree: &'a Arc<Tree>,
    origin: Option<String>,
}

impl Unroll<'_> {
    fn add(&self, node: Node<'_>, inherited: Option<&Inherited>, found: &mut Vec<Resource>) {
        let own = |key| {
            node.get(key)
                .and_then(Node::as_str)
                .filter(|text| !text.is_empty())
        };
        let api_version = own("apiVersion").or(inherited.map(|list| list.api_version.as_str()));
        let kind = own("kind").or(inherited.map(|list| list.kind.as_str()));
        let (true, Some(api_version), Some(kind)) = (node.is_mapping(), api_version, kind) else {
            return;
        };
        let items = node.get("items").filter(|items| items.is_sequence());
        match (kind.strip_suffix("List"), items) {
            (Some(item_kind), Some(items)) => {
                let inherited = Inherited {
                    api_version: api_version.to_owned(),
                    kind: item_kind.to_owned(),
                };
                let inherited = Some(&inherited).filter(|list| !list.kind.is_empty());
                items
                    .items()
                    .for_each(|item| self.add(item, inherited, found));
            }
            _ => found.push(self.resource(node, api_version, kind)),
        }
    }

    /// A patch that does not say of what, or an operation of one, named as its file: what it lays
    /// over which object, the kustomization knows.
    fn patch(&self, node: Node<'_>, kind: &str) -> Resource {
        let name = self.artifact.uri.rsplit('/').next().unwrap_or_default();
        Resource {
            role: Role::Patch,
            identity: Identity {
                api_version: PACKAGE_API_VERSION.to_owned(),
                kind: kind.to_owned(),
                namespace: None,
                name: name.to_owned(),
                origin: None,
            },
            ..self.resource(node, PACKAGE_API_VERSION, kind)
        }
    }

    /// An entry of a catalog of the Operator Lifecycle Manager, or of the template of one, which has a
    /// schema instead of a kind.
    fn catalog_entry(&self, node: Node<'_>) -> Option<Resource> {
        let text = |key| node.string(key);
        let is_entry = text("schema")?.starts_with("olm.") && node.get("kind").is_none();
        let name = text("name").or(text("package")).unwrap_or_default();
        is_entry.then(|| self.listing(node, (CATALOG_API_VERSION, CATALOG_KIND), name))
    }

    /// The functions that the tool of OpenFaaS deploys.
    fn stack(&self, node: Node<'_>) -> Option<Resource> {
        let provider = node.find(&["provider", "name"]).and_then(Node::as_str);
        let is_stack = provider == Some("openfaas") && node.get("functions").is_some();
        let name = self.artifact.uri.rsplit('/').next().unwrap_or_default();
        is_stack.then(|| self.listing(node, (STACK_API_VERSION, STACK_KIND), name))
    }

    /// What names images and is no object.
    fn listing(&self, node: Node<'_>, (version, kind): (&str, &str), name: &str) -> Resource {
        Resource {
            role: Role::Catalog,
            identity: Identity {
                api_version: version.to_owned(),
                kind: kind.to_owned(),
                namespace: None,
                name: name.to_owned(),
                origin: None,
            },
            pod_templates: Vec::new(),
            ..self.resource(node, version, kind)
        }
    }

    fn resource(&self, node: Node<'_>, api_version: &str, kind: &str) -> Resource {
        let metadata = |key| node.find(&["metadata", key]).and_then(Node::as_str);
        let gvk = group_version_kind(api_version, kind);
        let identity = Identity {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: metadata("namespace").map(str::to_owned),
            name: metadata("name")
                .or(metadata("generateName"))
                .unwrap_or_default()
                .to_owned(),
            origin: self.origin.clone(),
        };
        let (artifact, tree) = (Arc::clone(self.artifact), Arc::clone(self.tree));
        Resource {
            labels: string_map(node.find(&["metadata", "labels"])),
            pod_templates: pod_templates(node, &gvk),
            ..Resource::bare(artifact, tree, node.id(), Role::Manifest, gvk, identity)
        }
    }
}

/// Whether a document is a list of operations after RFC 6902.
fn is_json_patch(root: Node<'_>) -> bool {
    const OPERATIONS: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];
    let is_operation = |item: Node<'_>| {
        let text = |key| item.string(key);
        let is_pointer = |path: &str| path.is_empty() || path.starts_with('/');
        text("op").is_some_and(|op| OPERATIONS.contains(&op))
            && text("path").is_some_and(is_pointer)
    };
    root.items().next().is_some() && root.items().all(is_operation)
}

/// Whether a document is a strategic merge patch without a kind, which a kustomization lays over its
/// target: told by the containers in it.
fn is_merge_patch(root: Node<'_>) -> bool {
    const PODS: [&[&str]; 3] = [
        &["spec"],
        &["spec", "template", "spec"],
        &["spec", "jobTemplate", "spec", "template", "spec"],
    ];
    let is_named = |one: Node<'_>| one.get("name").is_some();
    // Right below `spec` only `containers` are those of a pod for certain.
    let lists = |path: &[&str]| match path {
        ["spec"] => &["containers"][..],
        _ => &["containers", "initContainers"],
    };
    let holds_container = |path: &&[&str]| {
        let lists = lists(path).iter();
        let pod = root.find(path);
        let mut lists = lists.filter_map(|key| pod?.get(key));
        lists.any(|list| list.items().any(is_named))
    };
    root.get("kind").is_none() && PODS.iter().any(holds_container)
}

pub(super) fn group_version_kind(api_version: &str, kind: &str) -> GroupVersionKind {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    GroupVersionKind::gvk(group, version, kind)
}

/// The last origin comment between the end of the previous document and the first value.
fn helm_origin(text: &str, start: usize, end: usize) -> Option<String> {
    let comments = text.get(start..end)?;
    let origin = comments
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(HELM_ORIGIN))?;
    Some(origin.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::document::read_yaml;

    fn read(text: &str) -> Vec<Resource> {
        let artifact = Arc::new(Artifact::new("a.yaml", "a.yaml", text.to_owned()));
        let mut found = Vec::new();
        for document in read_yaml(text).documents {
            resources(&artifact, document, &Context::default(), &mut found);
        }
        found
    }

    #[test]
    fn lists_in_lists_and_typed_lists_are_unrolled() {
        let found = read(
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n  - metadata: {name: a}\n- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop}}\n",
        );
        let shown: Vec<String> = found
            .iter()
            .map(|resource| resource.identity.to_string())
            .collect();
        assert_eq!(shown, ["Deployment a", "Pod shop/b"]);
        assert_eq!(
            found[0].gvk,
            GroupVersionKind::gvk("apps", "v1", "Deployment")
        );
    }

    #[test]
    fn what_patches_containers_needs_no_kind() {
        let found = read("spec:\n  template:\n    spec:\n      containers: [{name: a}]\n");
        assert_eq!(found[0].identity.kind, MERGE_PATCH_KIND);
        assert_eq!(found[0].role, Role::Patch);
        assert_eq!(
            read("spec: {template: {spec: {initContainers: [{name: a}]}}}\n").len(),
            1
        );
        assert!(read("spec:\n  containers: 2\n").is_empty());
        assert!(read("containers: [{name: a}]\n").is_empty());
    }

    #[test]
    fn operations_of_a_json_patch_are_patches_and_other_lists_are_none() {
        let found = read("- {op: add, path: /data/a, value: b}\n- {op: remove, path: /data/c}\n");
        let shown: Vec<String> = found
            .iter()
            .map(|resource| format!("{:?} {}", resource.role, resource.identity))
            .collect();
        assert_eq!(shown, ["Patch JsonPatch a.yaml"; 2]);
        assert!(read("- {op: add, path: /data/a}\n- {op: deploy, path: /b}\n").is_empty());
        assert!(read("- {op: add, path: data/a}\n").is_empty());
        assert!(read("[]\n").is_empty());
    }

    #[test]
    fn what_is_no_object_is_no_resource() {
        assert!(
            read("a: 1\n---\n- apiVersion: v1\n---\nkind: Pod\n---\napiVersion: v1\nkind: [x]\n")
                .is_empty()
        );
    }

    #[test]
    fn helm_origin_belongs_to_the_document_below_it() {
        let found = read(
            "---\n# Source: shop/templates/a.yaml\napiVersion: v1\nkind: A\n---\n# Source: shop/templates/b.yaml\n# more\napiVersion: v1\nkind: B\n---\napiVersion: v1\nkind: C\n",
        );
        let origins: Vec<Option<&str>> = found
            .iter()
            .map(|resource| resource.identity.origin.as_deref())
            .collect();
        assert_eq!(
            origins,
            [
                Some("shop/templates/a.yaml"),
                Some("shop/templates/b.yaml"),
                None
            ]
        );
    }
}
