//! Container images: every place where a resource names one, and what the references mean.
//! `reference` reads references, `pod` knows containers and volumes, `custom` the fields of custom
//! resources, `form` and `shape` tell images by their form and what stands around them, `values` knows where
//! charts get values, `parameter` what workflows are given, `openshift` what only OpenShift has,
//! `kustomize` what kustomizations name, `replacement` what they replace, `trust` the settings. What a finding is called and how severe it is belongs to the rules.

mod custom;
mod form;
mod handed;
mod kustomize;
mod openshift;
mod parameter;
mod pod;
mod pull;
mod reference;
mod replacement;
mod shape;
mod trust;
mod values;

use std::collections::HashSet;

use serde_json::{Value, json};

pub(crate) use self::custom::{FieldRow, PassedRow};
pub(crate) use self::reference::Reference;
pub(crate) use self::trust::{Settings, Trust, target_of};

use self::custom::Fields;
use self::pull::PullSecrets;
use self::replacement::Replacements;
use super::{path, with_part};
use crate::model::{
    Data, JSON_PATCH_KIND, Node, PACKAGE_KIND, Part, Resource, Role, Tree, ValuePath,
};

/// Reads YAML that stands in a string: one tree for each document, with places in the string.
pub(crate) type ReadYaml = fn(&str) -> Vec<Tree>;

/// A fact, and which images it holds.
pub(crate) type View = (&'static str, fn(&Value) -> bool);

/// The facts about some images, each with which it holds; `images` holds all.
pub(crate) const VIEWS: [View; 4] = [
    ("image_policies", |image| image.get("policy").is_some()),
    ("image_problems", |image| image.get("problem").is_some()),
    ("image_secrets", |image| image.get("lacks_secret").is_some()),
    ("image_prefixes", |image| {
        matches!(image["trust"].as_str(), Some("admitted" | "refused"))
    }),
];

/// What names an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// A container of a pod, of any of the three kinds.
    Container,
    /// A volume that mounts an image.
    Volume,
    /// A field of a custom resource.
    CustomResource,
    /// A kustomization that puts images in the place of others.
    Kustomize,
    /// Values of a chart.
    Values,
    /// An environment variable.
    Environment,
    /// An argument of a command.
    Argument,
    /// An entry of a ConfigMap.
    Config,
}

impl Place {
    /// The name, as facts have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Volume => "volume",
            Self::CustomResource => "custom-resource",
            Self::Kustomize => "kustomize",
            Self::Values => "values",
            Self::Environment => "environment",
            Self::Argument => "argument",
            Self::Config => "config",
        }
    }
}

/// Where a value stands: its path, and the bytes of it where it is a part of a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct At {
    pub(crate) path: ValuePath,
    pub(crate) part: Option<Part>,
}

impl At {
    fn whole(path: ValuePath) -> Self {
        Self { path, part: None }
    }

    fn fact(&self) -> Value {
        with_part(json!({"path": path(&self.path)}), self.part)
    }
}

/// An image, as one place names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Where the registry of the reference stands, or the reference itself.
    pub(crate) at: At,
    /// What names it.
    pub(crate) place: Place,
    /// What a message calls that, with a verb: container `web` runs.
    pub(crate) subject: String,
    /// The reference, put together where its parts stand apart.
    pub(crate) text: String,
    /// What it means.
    pub(crate) reference: Reference,
    /// Whether nothing but the reference says which version it is: a chart or an operator may add
    /// the tag to what its user leaves out.
    pub(crate) is_complete: bool,
    /// Whether a field that is known for it holds it; otherwise it is told by its form.
    pub(crate) is_known_field: bool,
    /// Where the tag stands, if it stands apart.
    pub(crate) tag_at: Option<At>,
    /// The pull policy, and where it stands.
    pub(crate) policy: Option<(String, At)>,
    /// Of a container: where the pod's template stands.
    pub(crate) template: Option<ValuePath>,
    /// Of a container: whether its pod, or the pod's ServiceAccount, names Secrets to pull with.
    pub(crate) has_pull_secret: bool,
    /// Whether another place decides on the registry: every kustomization that uses the resource
    /// names another image for this one, a kustomization leaves the name as it is, or a trigger
    /// puts another in its place.
    pub(crate) is_registry_elsewhere: bool,
    /// Whether every kustomization that uses the resource, or a trigger, gives it another tag.
    pub(crate) is_tag_elsewhere: bool,
}

impl Image {
    fn new(at: At, place: Place, subject: String, text: String) -> Self {
        let text = without_user(text);
        Self {
            reference: Reference::parse(&text),
            at,
            place,
            subject,
            text,
            is_complete: true,
            is_known_field: true,
            tag_at: None,
            policy: None,
            template: None,
            has_pull_secret: false,
            is_registry_elsewhere: false,
            is_tag_elsewhere: false,
        }
    }

    /// Whether it is never run as it stands here.
    pub(crate) fn is_replaced(&self) -> bool {
        self.place == Place::Container && (self.is_registry_elsewhere || self.is_tag_elsewhere)
    }

    /// What is to say of the registry: nothing where it is not certain, or no registry at all.
    fn trust(&self, trust: &Trust) -> &'static str {
        let reference = &self.reference;
        let is_certain = reference.is_registry_known && !self.is_registry_elsewhere;
        if is_certain && (reference.is_valid() || reference.is_placeholder) {
            trust.verdict(reference, &self.text).as_str()
        } else {
            "unknown"
        }
    }

    /// The private project from which a pod cannot pull the image, for want of a Secret.
    fn unreachable_project(&self, trust: &Trust) -> Option<String> {
        let is_certain = self.reference.is_valid() && !self.is_registry_elsewhere;
        let is_pulled = self.template.is_some() && !self.has_pull_secret;
        (is_certain && is_pulled)
            .then(|| trust.private_project(&self.reference))
            .flatten()
    }

    /// The image as rules see it.
    fn fact(&self, trust: &Trust) -> Value {
        let reference = &self.reference;
        let mut fact = json!({
            "path": path(&self.at.path),
            "place": self.place.as_str(),
            "subject": self.subject,
            "reference": self.text,
            "registry": reference.registry,
            "name": reference.name,
            "valid": reference.is_valid(),
            "placeholder": reference.is_placeholder,
            "certain_tag": !self.is_tag_elsewhere,
            "complete": self.is_complete && !self.is_tag_elsewhere,
            "known_field": self.is_known_field,
            "trust": self.trust(trust),
            "advice": trust.advice(reference),
        });
        let texts = [
            ("tag", reference.tag.clone()),
            ("digest", reference.digest.clone()),
            ("problem", reference.problem.map(str::to_owned)),
            ("push_to", trust.push_to(reference)),
            ("proxy", trust.proxy(reference)),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                fact[key] = Value::from(text);
            }
        }
        if let Some(at) = &self.tag_at {
            fact["tag_at"] = at.fact();
        }
        if let Some((value, at)) = &self.policy {
            fact["policy"] = at.fact();
            fact["policy"]["value"] = Value::from(value.as_str());
        }
        with_part(fact, self.at.part)
    }
}

/// Finds images.
#[derive(Debug)]
pub(crate) struct Images {
    fields: Fields,
    trust: Trust,
    replacements: Replacements,
    pull_secrets: PullSecrets,
    read_yaml: ReadYaml,
}

impl Images {
    /// What is known of images, for some resources.
    pub(crate) fn new(data: &Data, resources: &[Resource], read_yaml: ReadYaml) -> Self {
        Self {
            fields: Fields::lazy(data.clone()),
            trust: Trust::new(data.table("settings").unwrap_or_default()),
            replacements: Replacements::new(resources),
            pull_secrets: PullSecrets::new(resources),
            read_yaml,
        }
    }

    /// What images mean for this user's settings.
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The images as rules see them.
    pub(crate) fn facts(&self, resource: &Resource) -> Vec<Value> {
        let images = self.of(resource);
        // Of a pod's images, one tells that the pod has no Secret; of a patch the rest is not known.
        let mut told = HashSet::new();
        let fact = |image: &Image| {
            let mut fact = image.fact(&self.trust);
            let project = image.unreachable_project(&self.trust);
            if let Some(project) = project.filter(|_| resource.role == Role::Manifest)
                && told.insert(image.template.clone())
            {
                fact["lacks_secret"] = Value::from(project);
            }
            fact
        };
        images.iter().map(fact).collect()
    }

    /// The images that a resource names, containers first; each place once.
    pub(crate) fn of(&self, resource: &Resource) -> Vec<Image> {
        if matches!(resource.role, Role::Owned | Role::Build) || resource.gvk.kind == PACKAGE_KIND {
            return Vec::new();
        }
        let text = resource.node().text();
        if !text.contains("mage") && !text.contains("MAGE") && !text.contains("epository") {
            return self.without_telling_word(resource);
        }
        let mut found = pod::images(resource);
        for image in &mut found {
            self.pull_secrets.look_up(resource, image);
        }
        handed::of_pods(resource, &mut found);
        openshift::images(resource, &mut found);
        self.of_kind(resource, &mut found);
        if openshift::is_template(resource) {
            parameter::images(resource, &parameter::OPENSHIFT, &mut found);
        }
        self.replacements.apply(resource, &mut found);
        openshift::mark_triggered(resource, &mut found);
        let mut seen = HashSet::new();
        found.retain(|image| seen.insert(image.at.clone()));
        found
    }

    /// Packages of Crossplane are images, and no word tells it.
    fn without_telling_word(&self, resource: &Resource) -> Vec<Image> {
        let mut found = Vec::new();
        if resource.gvk.group == "pkg.crossplane.io" {
            self.fields.images(resource, &mut found);
        }
        found
    }

    fn of_kind(&self, resource: &Resource, found: &mut Vec<Image>) {
        let group = resource.gvk.group.as_str();
        let kind = resource.gvk.kind.as_str();
        if resource.role == Role::Values {
            return values::of_file(resource, found);
        }
        match (group, kind) {
            ("", "ConfigMap") => handed::of_config_map(resource, self.read_yaml, found),
            ("kustomize.config.k8s.io", _) => {
                kustomize::images(resource, found);
                kustomize::of_patches(resource, &self.fields, self.read_yaml, found);
                values::of_inline_charts(resource, found);
            }
            (_, JSON_PATCH_KIND) => {
                shape::of_custom_resource(resource, found);
                kustomize::of_patch_file(resource, found);
            }
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                kustomize::images_of_flux(resource, found);
            }
            (group, _) if group.ends_with("cluster.x-k8s.io") => {
                handed::of_node_files(resource, self.read_yaml, found);
            }
            _ if is_built_in(group) || resource.gvk.kind == "CustomResourceDefinition" => {}
            _ if self.fields.are_passed(group, kind) => {}
            ("helm.toolkit.fluxcd.io" | "helm.fluxcd.io", "HelmRelease")
            | ("helm.cattle.io", _)
            | ("argoproj.io", "Application" | "ApplicationSet") => {
                values::of_release(resource, self.read_yaml, found);
                kustomize::images_of_release(resource, found);
            }
            _ => {
                self.fields.images(resource, found);
                shape::of_custom_resource(resource, found);
                match group {
                    "tekton.dev" | "triggers.tekton.dev" => {
                        parameter::images(resource, &parameter::TEKTON, found);
                    }
                    "argoproj.io" => {
                        parameter::images(resource, &parameter::ARGO, found);
                        values::of_manifests(resource, self.read_yaml, found);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A reference without a user's name and password, which some put before the host.
fn without_user(text: String) -> String {
    let Some((before, after)) = text.rsplit_once('@') else {
        return text;
    };
    if !before.contains(':') || !after.contains('/') {
        return text;
    }
    match before.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://***@{after}"),
        None => format!("***@{after}"),
    }
}

/// Groups of the API server's own kinds, whose images stand in pods alone.
fn is_built_in(group: &str) -> bool {
    const GROUPS: [&str; 10] = [
        "",
        "apps",
        "batch",
        "extensions",
        "policy",
        "autoscaling",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "storage.k8s.io",
        "admissionregistration.k8s.io",
    ];
    GROUPS.contains(&group)
}

/// A scalar as its author wrote it, since a version such as `1.10` is no number; `None` for
/// mappings, sequences and nothing.
fn written<'a>(node: Node<'a>, source: &'a str) -> Option<&'a str> {
    use crate::model::Scalar;
    match node.scalar()? {
        Scalar::String(text) => Some(text),
        Scalar::Null | Scalar::Bool(_) => None,
        Scalar::Signed(_) | Scalar::Unsigned(_) | Scalar::Float(_) => {
            source.get(node.span().range()).map(str::trim)
        }
    }
}

#[cfg(test)]
mod tests;
