//! Container images: every place where a resource names one, and what the references mean.
//! `named` is an image as one place names it, `reference` and `placeholder` read references, `pod`
//! knows containers and volumes, `custom` the fields of custom resources; `form` and `key` tell images by how a text
//! and a key look, `shape` walks through values, where a `map` or a `string` names one, with what stands `beside` it,
//! the `global` values say for all, `alone` parts of one, on a `ground`, `text` in what a string holds, `python` in
//! programs there; `values` knows where charts get values, `elsewhere` what runs images outside, `apart` whose tags
//! others gave, `applied` what scripts and pipelines put into a cluster, `printed` what their templates make of them,
//! `parameter` what workflows are given, in the `style` of each tool, `task` which of that steps run, `openshift`,
//! `istio`, `disk` and `skaffold` what only OpenShift, Istio's operators, KubeVirt and Skaffold have, `secret` what
//! Secrets hand on, `schema` the defaults of definitions, `argument` and `variable` what such hand on, `runner` what
//! runners of pipelines name,
//! `kustomize` what kustomizations name, each `kustomization` what it takes in, `replacement` what they, by each
//! `entry`, and a `deployer` replace, `idle` what finds nothing to replace, `unfilled` what does so until names are
//! filled in, `patched` what their patches lay over, `targeted` which of these are for what runs none, `tag` the words
//! of tags, `trust` the settings, `view` which of them a fact holds. What a finding is called and how severe it is belongs to the rules.

mod alone;
mod apart;
mod applied;
mod argument;
mod beside;
mod branch;
mod cel;
mod custom;
mod deployer;
mod disk;
mod elsewhere;
mod entry;
mod form;
mod global;
mod ground;
mod handed;
mod idle;
mod istio;
mod key;
mod keyed;
mod kustomization;
mod kustomize;
mod map;
mod named;
mod openshift;
mod parameter;
mod patched;
mod placeholder;
mod pod;
mod printed;
mod project;
mod pull;
mod python;
mod reference;
mod renamed;
mod replacement;
mod runner;
mod schema;
mod secret;
mod shape;
mod skaffold;
mod string;
mod style;
mod tag;
mod targeted;
mod task;
mod text;
mod trust;
mod unfilled;
mod values;
mod variable;
mod view;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use serde_json::{Map, Value};

pub(crate) use self::custom::{FieldRow, PassedRow};
pub(crate) use self::named::{At, Image, Place};
pub(crate) use self::reference::Reference;
pub(crate) use self::trust::{Settings, Trust, target_of};
pub(crate) use self::view::are_wanted;

use self::custom::Fields;
use self::project::Projects;
use self::pull::PullSecrets;
use self::reference::end_of_cloud;
use self::renamed::Renamed;
use self::replacement::Replacements;
use self::targeted::Targeted;
use self::task::Tasks;
use self::unfilled::Unfilled;
use self::view::Views;
use super::ReadYaml;
use super::gate::{Topic, Topics};
use super::template::is_template;
use crate::model::{
    Data, HOLE, JSON_PATCH_KIND, Node, PACKAGE_KIND, Resource, Role, VALUES_KIND, guarded,
    without_holes,
};

/// Finds images.
#[derive(Debug)]
pub(crate) struct Images {
    fields: Fields,
    trust: Trust,
    replacements: Replacements,
    renamed: Renamed,
    pull_secrets: PullSecrets,
    projects: Projects,
    targeted: Targeted,
    tasks: Tasks,
    unfilled: Unfilled,
    /// Those of the pods that were looked at for their projects, by position: nothing is looked for twice.
    of_pods: HashMap<usize, Vec<Image>>,
    read_yaml: ReadYaml,
}

impl Images {
    /// What is known of images, for some resources.
    pub(crate) fn new(data: &Data, resources: &[Resource], read_yaml: ReadYaml) -> Self {
        let mut images = Self {
            fields: Fields::lazy(data.clone()),
            trust: Trust::new(data.table("settings").unwrap_or_default()),
            replacements: Replacements::new(resources, read_yaml),
            renamed: Renamed::new(resources),
            pull_secrets: PullSecrets::new(resources),
            projects: Projects::default(),
            targeted: Targeted::default(),
            tasks: Tasks::new(resources),
            unfilled: Unfilled::of(resources),
            of_pods: HashMap::new(),
            read_yaml,
        };
        images.targeted = Targeted::of(&images.fields, resources);
        images
    }

    /// Also knows the projects that pods pull from, which facts tell. The topics are those of the resources.
    pub(crate) fn with_projects(mut self, resources: &[Resource], topics: &[Topics]) -> Self {
        self.of_pods = self.of_own_pods(resources, topics);
        self.projects = Projects::of(&self.of_pods, &self.trust, resources);
        self
    }

    /// The images of pods that may pull from the own registry.
    fn of_own_pods(&self, resources: &[Resource], topics: &[Topics]) -> HashMap<usize, Vec<Image>> {
        let pods = resources.par_iter().zip(topics).enumerate();
        let pods = pods.filter(|(_, (one, _))| {
            one.role == Role::Manifest
                && one.is_workload()
                && self.trust.may_trust(one.node().text())
        });
        // A fault comes up again when rules ask, and is told then.
        let found = pods.filter_map(|(position, (pod, topics))| {
            let found = guarded(|| self.named(pod, *topics));
            Some((position, found.ok()?))
        });
        found.collect()
    }

    /// What images mean for this user's settings.
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The wanted facts about the images of the resource at a position, with these topics, as rules see them.
    pub(crate) fn facts(
        &self,
        (position, resource): (usize, &Resource),
        topics: Topics,
        wanted: &BTreeSet<String>,
    ) -> Map<String, Value> {
        let images = match self.of_pods.get(&position) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.named(resource, topics)),
        };
        // Of a pod's images, one tells that the pod has no Secret; of a patch the rest is not known.
        let mut told = HashSet::new();
        let mut lacking = |image: &Image| {
            let template = image.template.as_ref();
            let template = template.filter(|_| resource.role == Role::Manifest)?;
            let project = image
                .project(&self.trust)
                .filter(|_| !image.has_pull_secret)?;
            let others = self.projects.told(&project, resource, template)?;
            told.insert(template.clone()).then_some((project, others))
        };
        let mut views = Views::new(wanted, &self.trust);
        for image in images.iter() {
            views.add(image, lacking(image));
        }
        views.facts()
    }

    /// The images that a resource names, containers first; each place once.
    pub(crate) fn of(&self, resource: &Resource) -> Vec<Image> {
        self.named(resource, Topics::of(resource.node().text()))
    }

    fn named(&self, resource: &Resource, topics: Topics) -> Vec<Image> {
        if matches!(resource.role, Role::Owned | Role::Build | Role::Built)
            || resource.gvk.kind == PACKAGE_KIND
        {
            return Vec::new();
        }
        if resource.role == Role::Renaming {
            let mut found = Vec::new();
            kustomize::images(resource, &mut found);
            found.retain(|image| self.renamed.is_told(resource, image));
            return found;
        }
        if !topics.has(Topic::Images)
            && !key::names_repository(resource.node().text())
            && resource.template_images.is_empty()
        {
            return self.without_telling_word(resource);
        }
        let mut found = pod::images(resource);
        for image in &mut found {
            self.pull_secrets.look_up(resource, image);
        }
        if waits_for_values(resource) {
            found.iter_mut().for_each(Image::leave_parts_to_install);
        }
        handed::of_pods(resource, topics, self.read_yaml, &mut found);
        openshift::images(resource, &mut found);
        self.of_kind(resource, &mut found);
        if !self.replacements.apply(resource, &mut found) {
            self.renamed.apply(resource, &mut found);
        }
        self.unfilled.apply(resource, &mut found);
        found.retain(|image| !self.replacements.idle.holds(resource, image));
        self.replacements.apply_to_entries(&mut found);
        openshift::mark_triggered(resource, &mut found);
        openshift::mark_looked_up(resource, &mut found);
        if is_template(resource) {
            parameter::images(resource, &style::OPENSHIFT, &HashSet::new(), &mut found);
        }
        apart::mark_tags(resource, &mut found);
        applied::keep_pulled(resource, &mut found);
        if resource.is_outlined() {
            branch::take_one(resource, &mut found);
            found.retain(is_told_in_outline);
            for image in &mut found {
                image.subject = without_holes(&image.subject).into_owned();
            }
        }
        let mut seen = HashSet::new();
        found.retain(|image| seen.insert(image.at.clone()));
        without_repeated(resource, &mut found);
        found
    }

    /// Packages of Crossplane, versions of Grafana, modules of Istio, registries of Flux and Calico, disks of KubeVirt,
    /// parameters of Tekton and values of variables are images or their beginnings, and no word tells it.
    fn without_telling_word(&self, resource: &Resource) -> Vec<Image> {
        let mut found = Vec::new();
        match resource.gvk.group.as_str() {
            "pkg.crossplane.io"
            | "serving.kserve.io"
            | "grafana.integreatly.org"
            | "extensions.istio.io"
            | "fluxcd.controlplane.io"
            | "operator.tigera.io" => self.fields.images(resource, &mut found),
            "kubevirt.io" | "cdi.kubevirt.io" => disk::images(resource, &mut found),
            "build.openshift.io" => openshift::images(resource, &mut found),
            "tekton.dev" | "triggers.tekton.dev" => self.of_parameters(resource, &mut found),
            "kustomize.config.k8s.io" if kustomize::names_variable(resource) => {
                kustomize::of_patches(resource, &self.fields, self.read_yaml, &mut found);
            }
            _ if resource.gvk.kind == JSON_PATCH_KIND => {
                kustomize::of_patch_file(resource, &mut found);
            }
            _ => {}
        }
        found
    }

    /// What parameters of Tekton are given.
    fn of_parameters(&self, resource: &Resource, found: &mut Vec<Image>) {
        let run = self.tasks.given(resource);
        parameter::images(resource, &style::TEKTON, &run, found);
    }

    fn of_kind(&self, resource: &Resource, found: &mut Vec<Image>) {
        let group = resource.gvk.group.as_str();
        let kind = resource.gvk.kind.as_str();
        if resource.role == Role::Catalog {
            return self.fields.images(resource, found);
        }
        if kind == VALUES_KIND && resource.is_tried {
            return;
        }
        if kind == VALUES_KIND {
            return values::of_file(resource, self.read_yaml, found);
        }
        match (group, kind) {
            ("", "ConfigMap") => {
                handed::of_config_map(resource, self.read_yaml, found);
                alone::of_config_map(resource, found);
            }
            ("", "Secret") => secret::images(resource, self.read_yaml, found),
            ("kustomize.config.k8s.io", _) => {
                kustomize::images(resource, found);
                kustomize::of_patches(resource, &self.fields, self.read_yaml, found);
                values::of_inline_charts(resource, self.read_yaml, found);
            }
            (_, JSON_PATCH_KIND) if self.targeted.runs_none(resource) => {}
            (_, JSON_PATCH_KIND) => {
                shape::of_custom_resource(resource, self.read_yaml, found);
                kustomize::of_patch_file(resource, found);
            }
            ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
                kustomize::images_of_flux(resource, found);
                kustomize::of_patches(resource, &self.fields, self.read_yaml, found);
                kustomize::of_substitutes(resource, found);
            }
            (group, _) if group.ends_with("cluster.x-k8s.io") => {
                self.fields.images(resource, found);
                handed::of_node_files(resource, self.read_yaml, found);
            }
            ("", "PersistentVolume") => pod::of_volume_source(resource, found),
            ("cdi.kubevirt.io", _) => disk::images(resource, found),
            _ if cel::is_maker(group, kind) => cel::images(resource, found),
            (_, "CustomResourceDefinition") => schema::images(resource, found),
            ("kro.run", "ResourceGraphDefinition") => {
                schema::of_simple(resource, found);
                shape::of_custom_resource(resource, self.read_yaml, found);
            }
            _ if is_built_in(group) => {}
            _ if self.fields.are_passed(group, kind) => {
                self.fields.images(resource, found);
                // What it makes may be Tekton's.
                if group == "kyverno.io" && resource.node().text().contains("tekton.dev/") {
                    self.of_parameters(resource, found);
                }
            }
            ("helm.toolkit.fluxcd.io" | "helm.fluxcd.io", "HelmRelease")
            | ("helm.cattle.io", _)
            | ("argoproj.io", "Application" | "ApplicationSet") => {
                values::of_release(resource, self.read_yaml, found);
                renamed::apply_post_renderers(resource, found);
                kustomize::images_of_release(resource, found);
                kustomize::of_patches(resource, &self.fields, self.read_yaml, found);
            }
            _ => {
                self.fields.images(resource, found);
                shape::of_custom_resource(resource, self.read_yaml, found);
                match group {
                    "kubevirt.io" => disk::images(resource, found),
                    "fluxcd.controlplane.io" => {
                        kustomize::of_patches(resource, &self.fields, self.read_yaml, found);
                    }
                    "install.istio.io" | "sailoperator.io" => istio::complete(resource, found),
                    skaffold::GROUP => skaffold::leave_tags(resource, found),
                    "tekton.dev" | "triggers.tekton.dev" => {
                        self.of_parameters(resource, found);
                    }
                    "argoproj.io" => {
                        parameter::images(resource, &style::ARGO, &HashSet::new(), found);
                        values::of_manifests(resource, self.read_yaml, found);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Leaves out images of values that an alias of YAML repeats: they stand in one place.
fn without_repeated(resource: &Resource, found: &mut Vec<Image>) {
    let mut seen = HashSet::new();
    found.retain(|image| {
        let value = resource
            .at(&image.at.path)
            .filter(|_| image.place == Place::Values);
        value.is_none_or(|value| {
            let start = value.span().start;
            seen.insert((
                start,
                image.at.part.map(|part| part.start),
                image.text.clone(),
            ))
        })
    });
}

/// Whether an outline says enough of an image: all of it, its registry, or the tag behind its name.
fn is_told_in_outline(image: &Image) -> bool {
    let (start, end) = match image.text.rsplit_once('/') {
        Some((start, end)) => (start, end),
        None => ("", image.text.as_str()),
    };
    let has_hole = |text: &str| text.contains(HOLE);
    let is_tag_written = end.rsplit_once(':').is_some_and(|(_, tag)| !has_hole(tag));
    let is_of_cloud = || end_of_cloud(&image.reference.registry).is_some();
    let is_host_written =
        Reference::names_registry(&image.text) && (!has_hole(start) || is_of_cloud());
    !has_hole(&image.text) || is_tag_written || is_host_written
}

/// Whether whoever installs a chart gives what its own values leave empty.
fn waits_for_values(resource: &Resource) -> bool {
    let provenance = resource.artifact.provenance.as_ref();
    provenance.is_some_and(|provenance| provenance.rendering.has_own_values_alone())
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
