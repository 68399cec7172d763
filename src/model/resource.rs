//! What rules are evaluated on: one Kubernetes object in a text, or one package in a dependency
//! file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use kube::core::GroupVersionKind;

use super::{Artifact, Node, TemplateImage, Tree, ValuePath};

/// `apiVersion` of a package in a dependency file, which rules see as a resource like any other.
pub const PACKAGE_API_VERSION: &str = "landfall/v1";
/// `kind` of a package in a dependency file.
pub const PACKAGE_KIND: &str = "Package";

/// Keys of values that switch on and off what stands beside them.
pub const SWITCHES: [&str; 5] = ["enabled", "enable", "install", "deploy", "deployed"];

/// What a report calls a comment of a file in which a token may stand.
pub const COMMENT_KIND: &str = "Comment";
/// `kind` of a chart's values file.
pub const VALUES_KIND: &str = "Values";
/// `apiVersion` of an entry in a catalog of the Operator Lifecycle Manager.
pub const CATALOG_API_VERSION: &str = "olm.operatorframework.io/v1";
/// `kind` of an entry in a catalog of the Operator Lifecycle Manager.
pub const CATALOG_KIND: &str = "CatalogEntry";
/// `apiVersion` of a stack of OpenFaaS, which has none of its own.
pub const STACK_API_VERSION: &str = "openfaas.com/v1";
/// `kind` of a stack of OpenFaaS.
pub const STACK_KIND: &str = "Stack";
/// `kind` of an operation in a file of a JSON patch.
pub const JSON_PATCH_KIND: &str = "JsonPatch";

/// The kind of a strategic merge patch that does not say what it is a patch of.
pub const MERGE_PATCH_KIND: &str = "MergePatch";
/// `apiVersion` of a Dockerfile or a pipeline.
pub const BUILD_API_VERSION: &str = "landfall/v1";

/// What a resource is in the file it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A whole object, as the API server would get it.
    Manifest,
    /// An object in a chart's template that holds no actions, where the chart is not rendered. Others of
    /// the chart are not seen, so nothing is told from several together.
    Template,
    /// An object in a chart's template with actions, where the chart is not rendered: what stands in it
    /// literally is told, and nothing of what it lacks.
    Outline,
    /// The same in a chart that is rendered: of what no rendering reaches, images and what is secret are told.
    Unreached,
    /// What a script or a command of a pipeline puts into a cluster, as far as it stands there literally: its
    /// images and what is secret are told.
    Applied,
    /// A part of an object that a kustomization lays over a whole one.
    Patch,
    /// An object that a controller made from another one of the scan, such as a Deployment's
    /// pods in what a cluster exports: what is to say of it is said of its owner.
    Owned,
    /// A package that a dependency file asks for.
    Package,
    /// Values that a file hands to a chart: no object, so only rules about what stands in values
    /// speak of it.
    Values,
    /// Values that a rendering was given: what is made of them is told where helm made it. What is secret
    /// stands in the file whatever becomes of it, and images may be of what is off by default.
    Given,
    /// Values of a chart that another one uses, whose own win over them, or a comment: only what is secret is told.
    Inner,
    /// A kustomization that was built: of it alone the images are told that it puts in the place of others
    /// and that nothing holds which was built.
    Renaming,
    /// An object with settings that was built into a kustomization, which may have put others in their place: of
    /// it alone the credentials are told, which stand in the file all the same.
    Built,
    /// An entry in a file-based catalog of the Operator Lifecycle Manager, or a stack of OpenFaaS: no
    /// object, so only rules about images speak of it.
    Catalog,
    /// A Dockerfile or a pipeline: what builds and delivers a program. No object of Kubernetes, so
    /// only bundled rules on addresses and credentials speak of it besides those of its kind.
    Build,
}

/// How the placeholder begins that an outline has for what an action would print.
pub const HOLE: &str = "$(_";

/// What an outline says, for people to read: an ellipsis in each place of what an action would print.
#[must_use]
pub fn without_holes(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, hole)) = rest.split_once(HOLE) {
        let behind = hole.trim_start_matches('_');
        // What the action falls back on stands in the midst of its place.
        let fallback = behind
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'));
        let behind = fallback.map_or(behind, |(_, rest)| rest.trim_start_matches('_'));
        shown.push_str(before);
        shown.push_str("{{ … }}");
        rest = behind.strip_prefix(')').unwrap_or(behind);
    }
    if shown.is_empty() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Where such a placeholder has, in parentheses, what the action prints where it is given nothing.
/// `None` where that is unknown, or where the text is not one placeholder alone.
pub fn fallback_of_hole(text: &str) -> Option<Range<usize>> {
    let filling = text
        .strip_prefix(HOLE)?
        .strip_suffix(')')?
        .trim_matches('_');
    let fallback = filling.strip_prefix('(')?.strip_suffix(')')?;
    let start = text.find(filling)? + 1;
    (!fallback.contains(HOLE)).then_some(start..start + fallback.len())
}

/// What tells one resource from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// `group/version`, or `version` alone for the core group.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace, where the object names one.
    pub namespace: Option<String>,
    /// The name, or what it is generated from; empty where neither is given.
    pub name: String,
    /// The template that Helm says the object comes from.
    pub origin: Option<String>,
}

/// `Deployment shop/web`, or `Deployment web` without a namespace; `ConfigMap` for what has no name.
impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(formatter, "{} {namespace}/{}", self.kind, self.name),
            None if self.name.is_empty() => formatter.write_str(&self.kind),
            None => write!(formatter, "{} {}", self.kind, self.name),
        }
    }
}

/// One Kubernetes object, or one package, with the text it stands in.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The text it stands in.
    pub artifact: Arc<Artifact>,
    /// The document it stands in.
    pub tree: Arc<Tree>,
    /// The id of its root in the document.
    pub root: u32,
    /// What it is in its file.
    pub role: Role,
    /// Its API group, version and kind.
    pub gvk: GroupVersionKind,
    /// What tells it from others.
    pub identity: Identity,
    /// `metadata.labels`, as far as they are strings.
    pub labels: BTreeMap<String, String>,
    /// Where its pod templates stand: the objects that hold the pod's `metadata` and `spec`. A Pod
    /// is its own template. Not empty means that it is a workload.
    pub pod_templates: Vec<ValuePath>,
    /// Of a chart's own values, the keys that no template of the chart names, those within others behind dots; of a kustomization that was
    /// built, the names of images that are told through what was made of it.
    pub idle_keys: Vec<String>,
    /// Of values beside a chart, those that its templates use as nothing but the name of a Secret or of an entry
    /// in one, with the keys around them before dots.
    pub names_alone: Vec<String>,
    /// Of a chart's own values, the images that the chart's templates make of them.
    pub template_images: Vec<TemplateImage>,
    /// Whether these are values for a test or a linter, with which nobody runs a chart, or an object of such a test.
    pub is_tried: bool,
    /// Whether these are values as a chart came with them, beside others that somebody made of them, so that nobody
    /// installs it with these.
    pub is_copy: bool,
    /// Whether other values may switch on what these have off: they are a chart's own, for whoever installs
    /// it, or values beside them do.
    pub is_base: bool,
    /// Lines of its document that could not be read, so that nobody knows what they hold.
    pub unread: Vec<super::Span>,
}

impl Resource {
    /// One without labels and pods, of which nothing more is known.
    pub(crate) fn bare(
        artifact: Arc<Artifact>,
        tree: Arc<Tree>,
        root: u32,
        role: Role,
        gvk: GroupVersionKind,
        identity: Identity,
    ) -> Self {
        Self {
            artifact,
            tree,
            root,
            role,
            gvk,
            identity,
            labels: BTreeMap::new(),
            pod_templates: Vec::new(),
            idle_keys: Vec::new(),
            names_alone: Vec::new(),
            template_images: Vec::new(),
            is_tried: false,
            is_copy: false,
            is_base: false,
            unread: Vec::new(),
        }
    }

    /// Its root value.
    ///
    /// # Panics
    ///
    /// Never for a resource that `source` made: its root is a node of its tree.
    #[must_use]
    pub fn node(&self) -> Node<'_> {
        self.tree
            .node(self.root)
            .expect("a resource's root is a node of its tree")
    }

    /// The namespace that it names, else the one that it is rendered for.
    #[must_use]
    pub fn given_namespace(&self) -> Option<&str> {
        let own = self.identity.namespace.as_deref();
        let provenance = self.artifact.provenance.as_ref();
        own.filter(|name| !name.is_empty())
            .or_else(|| provenance?.rendering.namespace.as_deref())
    }

    /// Whether it is nothing but a comment of a file.
    #[must_use]
    pub fn is_comment(&self) -> bool {
        self.identity.kind == COMMENT_KIND
    }

    /// Whether it runs pods.
    #[must_use]
    pub fn is_workload(&self) -> bool {
        !self.pod_templates.is_empty()
    }

    /// Whether it is a virtual machine of KubeVirt, which runs in a pod whose containers no object says.
    #[must_use]
    pub fn is_virtual_machine(&self) -> bool {
        const KINDS: [(&str, &str); 4] = [
            ("kubevirt.io", "VirtualMachine"),
            ("kubevirt.io", "VirtualMachineInstance"),
            ("kubevirt.io", "VirtualMachineInstanceReplicaSet"),
            ("pool.kubevirt.io", "VirtualMachinePool"),
        ];
        KINDS.contains(&(&*self.gvk.group, &*self.gvk.kind))
    }

    /// Whether it may be an outline: placeholders stand for what the actions of a template would print.
    #[must_use]
    pub fn is_outlined(&self) -> bool {
        matches!(
            self.role,
            Role::Outline | Role::Unreached | Role::Applied | Role::Values
        )
    }

    /// The value at a path, or `None` where the path leaves what is there.
    #[must_use]
    pub fn at(&self, path: &ValuePath) -> Option<Node<'_>> {
        path.steps()
            .iter()
            .try_fold(self.node(), |node, step| node.step(step))
    }
}
