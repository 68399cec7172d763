//! Where those that deploy folders of a repository put objects that leave their namespace open: Argo CD's
//! Applications, also those that an ApplicationSet makes, and Flux's Kustomizations; and a chart that one of
//! them deploys, where it is rendered as it is, too. What an Application leaves out of its folder it does
//! not deploy.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::super::{folder, is_below, normalized};
use super::charts::{Charts, rendering};
use super::composed::Composed;
use super::deployer::{Deployer, Reach, plain};
use super::destination::Destination;
use super::kustomization::Change;
use super::picked::{Pick, Picked};
use super::repository::Repository;
use super::taken::{Taken, is_of_folder};
use crate::model::{Node, Rendering, Resource, Role, applications};

/// What is deployed.
#[derive(Debug, Default)]
pub(super) struct Deployed {
    /// Those that deploy a folder, by its path in the repository.
    folders: HashMap<String, Vec<Deployer>>,
    /// The objects that deploy them, each with the cluster into which.
    pub(super) deployers: Vec<(Resource, Destination)>,
    /// Their positions, by kind, namespace and name.
    by_name: HashMap<String, Vec<usize>>,
    /// Whether some of them may change labels.
    may_relabel: bool,
    /// The first steps of these paths: few paths have one of them.
    first_steps: BTreeSet<String>,
    /// Those that deploy the root of the repository.
    of_root: Vec<Deployer>,
    /// That root, where one is deployed: around all that was read.
    root: String,
    /// What kustomizations of these folders take along.
    composed: Composed,
    pub(super) charts: Charts,
    /// What commands put into namespaces.
    pub(super) taken: Taken,
    /// The repository that they are of.
    pub(super) repository: Repository,
}

impl Deployed {
    /// Reads what deploys folders and charts.
    pub(super) fn read(resources: &[Resource]) -> Self {
        let mut found = Self::default();
        let of_sets = applications(resources);
        let repository = Repository::read(resources, &of_sets);
        let whole = resources
            .iter()
            .filter(|resource| resource.role == Role::Manifest);
        for resource in whole.chain(&of_sets) {
            found.charts.add_release(resource);
            let gvk = &resource.gvk;
            let spec = resource.node().get("spec");
            match (gvk.group.as_str(), gvk.kind.as_str(), spec) {
                ("argoproj.io", "Application", Some(spec)) => {
                    let destination = Destination::of_application(spec);
                    found.add_deployer(resource, destination);
                    found.add_application(spec, &repository);
                }
                ("kustomize.toolkit.fluxcd.io", "Kustomization", Some(spec))
                    if !repository.is_other(spec) =>
                {
                    let namespace = spec.string("targetNamespace");
                    let destination = Destination::of_kustomization(spec);
                    found.add_deployer(resource, destination);
                    // The whole of a repository is mostly that of another one.
                    let path = spec
                        .string("path")
                        .filter(|path| !normalized(path).is_empty());
                    found.add_source(path, spec, &Deployer::of_flux(namespace, spec));
                }
                ("helm.toolkit.fluxcd.io", "HelmRelease", Some(spec)) => {
                    let destination = Destination::of_kustomization(spec);
                    found.add_deployer(resource, destination);
                }
                _ => {}
            }
        }
        found.repository = repository;
        if !found.of_root.is_empty() {
            found.root = folder_around(resources);
        }
        let is_root = |folder: &str| !found.of_root.is_empty() && folder == found.root;
        found.composed = Composed::read(resources, |folder| {
            found.is_named(folder) || is_root(folder)
        });
        found
    }

    /// The namespaces that an object gets which names none.
    pub(super) fn namespaces(&self, resource: &Resource) -> BTreeSet<&str> {
        if let Some(namespaces) = self.charts.namespaces(resource) {
            return namespaces;
        }
        if resource.given_namespace().is_some() || resource.gvk.kind == "Namespace" {
            return BTreeSet::new();
        }
        let deployers = self.around(resource).into_iter();
        let taking = deployers.filter(|(_, pick)| *pick == Pick::Taken);
        let named = taking.filter_map(|(one, _)| one.namespace.as_deref());
        let named: BTreeSet<&str> = named.collect();
        if named.is_empty() {
            match is_of_folder(resource) {
                true => self.taken.namespaces(resource),
                false => BTreeSet::new(),
            }
        } else {
            named
        }
    }

    /// Whether something deploys the folder of an object, or one around it, with the object's file.
    pub(super) fn takes(&self, resource: &Resource) -> bool {
        let deployers = self.around(resource);
        deployers.iter().any(|(_, pick)| *pick == Pick::Taken)
    }

    /// The same, where the folder has a kustomization which leaves the file out: unless who deploys the folder says
    /// that it is one of plain files, the kustomization is built.
    pub(super) fn takes_beside_kustomization(&self, resource: &Resource) -> bool {
        let deployers = self.around(resource);
        let mut taking = deployers.iter().filter(|(_, pick)| *pick == Pick::Taken);
        taking.any(|(one, _)| one.reach != Reach::Folder)
    }

    /// Whether what deploys an object may give it a label of one of the keys.
    pub(super) fn may_relabel(&self, resource: &Resource, keys: &[&str]) -> bool {
        let mut deployers = match self.may_relabel {
            true => self.around(resource).into_iter(),
            false => Vec::new().into_iter(),
        };
        deployers.any(|(one, pick)| pick == Pick::Taken && one.change.may_give(resource, keys))
    }

    /// The positions of the objects that deploy the folder of an object with its file, into its namespace where any do,
    /// or the release that it is of.
    pub(super) fn taking(&self, resource: &Resource) -> BTreeSet<usize> {
        if let Some(rendering) = rendering(resource) {
            let own: BTreeSet<usize> = self.releasing(rendering).collect();
            // Of several of one name nobody knows which it is.
            return if own.len() == 1 { own } else { BTreeSet::new() };
        }
        let deployers = self.around(resource).into_iter();
        let taking = deployers.filter(|(_, pick)| *pick == Pick::Taken);
        let taking: Vec<&Deployer> = taking.map(|(one, _)| one).collect();
        let own = resource.given_namespace();
        let is_there = |one: &&&Deployer| {
            let namespace = one.namespace.as_deref();
            namespace.is_none() || namespace == own
        };
        let there: BTreeSet<usize> = taking.iter().filter(is_there).map(|one| one.by).collect();
        match there.is_empty() {
            true => taking.iter().map(|one| one.by).collect(),
            false => there,
        }
    }

    /// Whether something that deploys a chart is the one of a rendering.
    pub(super) fn is_release(&self, rendering: &Rendering) -> bool {
        self.releasing(rendering).next().is_some()
    }

    /// The positions of the objects that deploy the release of a rendering, which is called as they are.
    fn releasing(&self, rendering: &Rendering) -> impl Iterator<Item = usize> {
        let own = self.by_name.get(&rendering.name);
        own.into_iter().flatten().copied()
    }

    /// Whether an object is kept from what deploys its folder, and nothing else deploys it.
    pub(super) fn is_left_out(&self, resource: &Resource) -> bool {
        let deployers = self.around(resource);
        let has = |asked| deployers.iter().any(|(_, pick)| *pick == asked);
        has(Pick::Excluded) && !has(Pick::Taken)
    }

    /// What deploys the folder of an object, or one around it, and whether it takes the object's file.
    fn around(&self, resource: &Resource) -> Vec<(&Deployer, Pick)> {
        let mut found = Vec::new();
        let mut steps_of_file = resource.artifact.display.split('/');
        let may_be_named = steps_of_file.any(|step| self.first_steps.contains(step));
        if !is_of_folder(resource) || !may_be_named && self.of_root.is_empty() {
            return found;
        }
        let file = normalized(&resource.artifact.display);
        let is_built = resource.artifact.provenance.is_some();
        let own = folder(&file);
        if is_below(own, &self.root) {
            let at_root = self.of_root.iter();
            let taking = at_root.filter(|one| self.takes_of(one, &self.root, &file, is_built));
            found.extend(taking.map(|one| (one, one.picked.pick(inner(&file, &self.root)))));
        }
        let steps = steps(own);
        // A folder may be named from any step on, since a scan may begin above the repository, and may be one around.
        let is_first = |first: &Range<usize>| self.first_steps.contains(&own[first.clone()]);
        for (at, first) in steps
            .iter()
            .enumerate()
            .filter(|(_, first)| is_first(first))
        {
            for end in steps[at..].iter().map(|step| step.end) {
                let known = self.folders.get(&own[first.start..end]);
                let known = known.into_iter().flatten();
                let around = &own[..end];
                for one in known.filter(|one| self.takes_of(one, around, &file, is_built)) {
                    found.push((one, one.picked.pick(inner(&file, around))));
                }
            }
        }
        found
    }

    /// Whether what deploys a folder reaches a file below it.
    fn takes_of(&self, one: &Deployer, around: &str, file: &str, is_built: bool) -> bool {
        match one.reach {
            Reach::Folder => {
                folder(file) == around || self.composed.leaves_open(around, file, is_built)
            }
            Reach::Files => folder(file) == around,
            Reach::Below => true,
            Reach::Composed => self.composed.takes(around, file, is_built),
        }
    }

    /// Whether something deploys a folder by one of its last steps.
    fn is_named(&self, folder: &str) -> bool {
        let steps = steps(folder);
        let mut rest = steps.iter().map(|step| &folder[step.start..]);
        rest.any(|rest| self.folders.contains_key(rest))
    }

    fn add_deployer(&mut self, resource: &Resource, destination: Destination) {
        let name = resource.identity.to_string();
        let position = self.deployers.len();
        self.by_name.entry(name).or_default().push(position);
        self.deployers.push((resource.clone(), destination));
    }

    fn add_application(&mut self, spec: Node<'_>, repository: &Repository) {
        let namespace = spec.find(&["destination", "namespace"]);
        let namespace = namespace.and_then(Node::as_str);
        let several = spec.get("sources").into_iter().flat_map(Node::items);
        let sources = several.chain(spec.get("source"));
        for source in sources.filter(|source| !repository.is_other(*source)) {
            let recurses = source.find(&["directory", "recurse"]);
            let is_directory = source.get("directory").is_some();
            let laid = source.get("kustomize");
            let own = laid.and_then(|laid| laid.string("namespace"));
            let deployer = Deployer {
                namespace: plain(own.or(namespace)),
                reach: match recurses.and_then(Node::as_bool) {
                    Some(true) => Reach::Below,
                    _ if is_directory => Reach::Files,
                    _ => Reach::Folder,
                },
                picked: Picked::of(source),
                change: laid.map(Change::of_deployer).unwrap_or_default(),
                ..Deployer::default()
            };
            self.add_source(source.string("path"), laid.unwrap_or(source), &deployer);
        }
    }

    /// Adds a folder, and the components that are laid over it, which are named from there.
    fn add_source(&mut self, path: Option<&str>, laid: Node<'_>, deployer: &Deployer) {
        let Some(path) = path else {
            return;
        };
        let components = laid.get("components").into_iter().flat_map(Node::items);
        for component in components.filter_map(Node::as_str) {
            self.add(normalized(&format!("{path}/{component}")), deployer.clone());
        }
        self.add(normalized(path), deployer.clone());
    }

    fn add(&mut self, path: String, deployer: Deployer) {
        self.may_relabel |= !deployer.change.is_none();
        let deployer = Deployer {
            by: self.deployers.len() - 1,
            ..deployer
        };
        if path.is_empty() {
            self.of_root.push(deployer);
            return;
        }
        let first = path.split('/').next().unwrap_or_default();
        self.first_steps.insert(first.to_owned());
        self.folders.entry(path).or_default().push(deployer);
    }
}

/// The folder around all files that were read.
fn folder_around(resources: &[Resource]) -> String {
    let files = resources.iter().map(|one| &*one.artifact.display);
    let mut folders = files.map(|file| normalized(folder(file)));
    let Some(mut around) = folders.next() else {
        return String::new();
    };
    for one in folders {
        while !is_below(&one, &around) {
            around = folder(&around).to_owned();
        }
    }
    around
}

/// The path of a file from a folder around it on.
fn inner<'f>(file: &'f str, around: &str) -> &'f str {
    file[around.len()..].trim_start_matches('/')
}

/// The steps of a path.
fn steps(path: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let step = |step: &str| {
        let range = start..start + step.len();
        start = range.end + 1;
        range
    };
    path.split('/').map(step).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::Artifact;
    use crate::source::read_text;

    use super::*;

    const DEPLOYERS: &str = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps/web}, destination: {namespace: shop}}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: b}\nspec: {sources: [{path: ./apps/db/, directory: {recurse: true}}], destination: {namespace: data}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: c}\nspec: {path: ./flux, targetNamespace: flux}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: d}\nspec: {source: {path: apps/open}, destination: {namespace: '${X}'}}\n";

    fn at(path: &str, text: &str) -> Resource {
        let mut resource = read_text(text).remove(0);
        resource.artifact = Arc::new(Artifact::new(path, path, String::new()));
        resource
    }

    fn namespaces(path: &str, text: &str) -> Vec<String> {
        let deployed = Deployed::read(&read_text(DEPLOYERS));
        let resource = at(path, text);
        let found = deployed.namespaces(&resource);
        found.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_excluded_is_deployed_if_something_else_does() {
        let application = |source: &str| {
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a}}\nspec: {{source: {source}, destination: {{namespace: shop}}}}\n---\n"
            )
        };
        let root = application("{path: apps, directory: {recurse: true, exclude: '*/old/*'}}");
        let other = application("{path: apps/web/old}");
        let including =
            application("{path: apps, directory: {recurse: true, include: '*/app.yaml'}}");
        let pod = at(
            "top/apps/web/old/a.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
        );
        for (applications, is_left_out, namespaces) in [
            (root.clone(), true, 0),
            (format!("{root}{including}"), true, 0),
            (format!("{root}{other}"), false, 1),
            (including, false, 0),
            (
                application("{path: apps, directory: {recurse: true}}"),
                false,
                1,
            ),
        ] {
            let deployed = Deployed::read(&read_text(&applications));
            assert_eq!(deployed.is_left_out(&pod), is_left_out, "{applications}");
            assert_eq!(
                deployed.namespaces(&pod).len(),
                namespaces,
                "{applications}"
            );
        }
    }

    #[test]
    fn the_root_of_a_repository_is_around_all_that_was_read() {
        let application = |source: &str| {
            let text = format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: a}}\nspec: {{source: {{path: {source}}}, destination: {{namespace: shop}}}}\n"
            );
            at("repo/argocd/app.yaml", &text)
        };
        let pod = |path: &str| at(path, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
        for (source, path, expected) in [
            (".", "repo/a.yaml", true),
            ("./", "repo/a.yaml", true),
            (".", "repo/k8s/a.yaml", false),
            (".", "repo/argocd/a.yaml", false),
            ("., directory: {recurse: true}", "repo/k8s/a.yaml", true),
            ("., directory: {exclude: a.yaml}", "repo/a.yaml", false),
            ("k8s", "repo/a.yaml", false),
        ] {
            let all = [application(source), pod("repo/b.yaml"), pod(path)];
            let deployed = Deployed::read(&all);
            let found: Vec<&str> = deployed.namespaces(&all[2]).into_iter().collect();
            assert_eq!(deployed.takes(&all[2]), expected, "{source} {path}");
            assert_eq!(found == ["shop"], expected, "{source} {path}");
        }
    }

    #[test]
    fn folders_are_put_into_the_namespace_of_who_deploys_them() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
        for (path, expected) in [
            ("apps/web/a.yaml", vec!["shop"]),
            ("above/apps/web/a.yaml", vec!["shop"]),
            ("apps/web/inner/a.yaml", vec![]),
            ("apps/db/inner/a.yaml", vec!["data"]),
            ("flux/inner/a.yaml", vec!["flux"]),
            ("apps/open/a.yaml", vec![]),
            ("web/a.yaml", vec![]),
        ] {
            assert_eq!(namespaces(path, pod), expected, "{path}");
        }
        for said in [
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
        ] {
            assert_eq!(namespaces("apps/web/a.yaml", said), [""; 0], "{said}");
        }
    }
}
