//! Which images of their resources the kustomizations of a scan, and what deploys them, replace: what
//! is written there is the name of a slot, and what runs is named elsewhere.

use std::collections::{HashMap, HashSet};

use super::super::normalized;
use super::deployer::{Deployer, Files};
use super::idle::Idle;
use super::kustomization::{Kustomization, Kustomizations, is_among};
use super::patched::Patches;
use super::reference::{Reference, bare_name};
use super::{Image, Place, ReadYaml};
use crate::model::{Node, Resource, Role, Step};

/// Which images of which files the kustomizations of a scan replace.
#[derive(Debug, Default)]
pub(super) struct Replacements {
    /// By file, or by the folder of what is built, all ways that lead from a root to it: each the
    /// kustomizations on it, the nearest to the file first, and what deploys the last.
    ways: HashMap<String, Vec<Vec<usize>>>,
    kustomizations: Kustomizations,
    /// Files of patches.
    patches: HashSet<String>,
    /// Names of images that get a tag and are told where they get it: that no object of the scan holds, since
    /// what they are in lies elsewhere, or that stand in one as it is written, with their registry.
    told: HashSet<String>,
    /// Entries that find no image.
    pub(super) idle: Idle,
}

impl Replacements {
    /// The replacements among the resources.
    pub(super) fn new(resources: &[Resource], read_yaml: ReadYaml) -> Self {
        let written: Vec<&Resource> = resources
            .iter()
            .filter(|resource| resource.gvk.group == "kustomize.config.k8s.io")
            .filter(|resource| resource.role != Role::Renaming)
            .collect();
        let patches = Patches::new(&written, resources, read_yaml);
        let kustomizations = Kustomizations::of(&written, &patches);
        let deployers: Vec<Deployer> = resources.iter().flat_map(Deployer::of).collect();
        let has_none = !kustomizations.all.iter().any(Kustomization::replaces);
        if has_none && deployers.iter().all(|one| one.entries.is_empty()) {
            return Self::default();
        }
        let first_deployer = kustomizations.all.len();
        let mut replacements = Self {
            kustomizations,
            patches: patches.into_files(),
            ..Self::default()
        };
        replacements.add_deployers(deployers, resources);
        replacements.told = replacements.absent(resources);
        let held = replacements.held(resources, first_deployer);
        replacements.told.extend(held);
        replacements.idle = Idle::of(&replacements.kustomizations, resources);
        for root in replacements.kustomizations.roots(first_deployer) {
            replacements.follow(root, &mut Vec::new());
        }
        replacements
    }

    /// Adds what deploys kustomizations as if it were one that uses them.
    fn add_deployers(&mut self, deployers: Vec<Deployer>, resources: &[Resource]) {
        if deployers.is_empty() {
            return;
        }
        let files = Files::of(resources);
        for deployer in deployers {
            let folders = &self.kustomizations.folders;
            let uses = deployer.uses(&files, folders);
            for built in uses.iter().filter(|used| folders.contains_key(*used)) {
                let ways = self.ways.entry(built.clone()).or_default();
                ways.push(vec![self.kustomizations.all.len()]);
            }
            let entries = deployer.entries;
            self.kustomizations.all.push(Kustomization {
                entries,
                is_open: uses.is_empty(),
                uses,
                ..Kustomization::default()
            });
        }
    }

    /// Of the images that only get another tag, and may lie elsewhere, those that nothing holds but what
    /// gives it. A name alone may be that of a slot.
    fn absent(&self, resources: &[Resource]) -> HashSet<String> {
        let all = &self.kustomizations.all;
        let open = (0..all.len()).filter(|position| self.kustomizations.reaches_out(*position));
        let entries = open.flat_map(|position| &all[position].entries);
        let kept = entries.filter(|entry| entry.new_name.is_none() && entry.name.contains('/'));
        let mut absent: HashSet<String> = kept.map(|entry| entry.name.clone()).collect();
        for resource in resources.iter().filter(|resource| !replaces(resource)) {
            if absent.is_empty() {
                break;
            }
            let text = resource.node().text();
            absent.retain(|name| !text.contains(name.as_str()));
        }
        absent
    }

    /// Of the images that only get another tag, those that an object holds which nothing was built from, and
    /// that name their registry or are of what was not built: what is built is told with its tag.
    fn held(&self, resources: &[Resource], first_deployer: usize) -> HashSet<String> {
        let built = self.kustomizations.built(resources);
        let is_open = |position: usize| position < first_deployer && !built.contains(&position);
        let all = &self.kustomizations.all;
        let given = all.iter().flat_map(|one| &one.entries);
        let renamed: HashSet<&str> = given
            .filter(|entry| entry.new_name.is_some())
            .map(|entry| entry.name.as_str())
            .collect();
        let objects = || resources.iter().filter(|one| !replaces(one));
        let (mut held, mut of_registries) = (HashSet::new(), HashSet::new());
        for (position, one) in all.iter().enumerate() {
            let entries = one.entries.iter().filter(|entry| entry.new_name.is_none());
            let names = entries.map(|entry| entry.name.as_str());
            let names = names.filter(|name| !renamed.contains(name));
            let (hosted, others): (HashSet<&str>, HashSet<&str>) =
                names.partition(|name| Reference::names_registry(name));
            of_registries.extend(hosted);
            // A name alone may be that of a slot.
            let paths = others.into_iter().filter(|name| name.contains('/'));
            let paths: HashSet<&str> = paths.collect();
            if !paths.is_empty() && is_open(position) {
                let used = self.kustomizations.closure([position]).1;
                let own = objects().filter(|one| is_among(one, &used));
                held.extend(named_in(own, paths));
            }
        }
        let written = objects().filter(|one| one.artifact.provenance.is_none());
        held.extend(named_in(written, of_registries));
        held
    }

    fn follow(&mut self, position: usize, way: &mut Vec<usize>) {
        if way.contains(&position) {
            return;
        }
        way.push(position);
        for used in self.kustomizations.all[position].uses.clone() {
            match self.kustomizations.folders.get(&used).copied() {
                Some(next) => self.follow(next, way),
                None => {
                    let nearest_first = way.iter().rev().copied().collect();
                    self.ways.entry(used).or_default().push(nearest_first);
                }
            }
        }
        way.pop();
    }

    /// Tells a kustomization's entry that gives a tag to an image that it names it, or it alone.
    pub(super) fn apply_to_entries(&self, images: &mut [Image]) {
        let entries = images
            .iter_mut()
            .filter(|image| image.place == Place::Kustomize && image.is_registry_elsewhere);
        for image in entries.filter(|image| self.told.contains(bare_name(&image.text))) {
            image.is_registry_elsewhere = false;
            if let (None, Some(Step::Key(key))) = (image.at.part, image.at.path.0.last_mut()) {
                "name".clone_into(key);
            }
        }
    }

    /// Tells images of containers what becomes of them; `false` if nothing is known of the object's file.
    pub(super) fn apply(&self, resource: &Resource, images: &mut [Image]) -> bool {
        if self.ways.is_empty() {
            return false;
        }
        let provenance = resource.artifact.provenance.as_ref();
        let path = provenance.map_or(&*resource.artifact.display, |built| {
            built.rendering.folder()
        });
        let path = normalized(path);
        let Some(ways) = self.ways.get(&path) else {
            return false;
        };
        // What a patch holds is laid over, and nothing over it.
        let is_whole = resource.role == Role::Manifest && !self.patches.contains(&path);
        for image in images
            .iter_mut()
            .filter(|image| image.place == Place::Environment)
        {
            let is_replaced = |way: &Vec<usize>| self.replaces_variable(way, resource, image);
            if ways.iter().all(is_replaced) {
                image.replace(true, true);
            }
        }
        let in_objects = [Place::Container, Place::CustomResource];
        let fields = images
            .iter_mut()
            .filter(|image| in_objects.contains(&image.place));
        for image in fields {
            let is_known = image.is_of_container();
            let fates: Vec<(bool, bool)> = ways
                .iter()
                .filter(|way| is_known || self.knows_fields(way))
                .map(
                    |way| match is_whole && self.is_patched(way, resource, image) {
                        true => (true, true),
                        false => self.fate(way, &image.text),
                    },
                )
                .collect();
            if fates.len() == ways.len() {
                let is_renamed = fates.iter().all(|(is_renamed, _)| *is_renamed);
                let is_retagged = fates.iter().all(|(_, is_retagged)| *is_retagged);
                image.replace(is_renamed, is_retagged);
            }
        }
        true
    }

    /// Whether a kustomization on a way replaces the value of the variable that holds an image.
    fn replaces_variable(&self, way: &[usize], resource: &Resource, image: &Image) -> bool {
        let mut path = image.at.path.clone();
        path.0.pop();
        let variable = resource.at(&path).and_then(|variable| variable.get("name"));
        let Some(name) = variable.and_then(Node::as_str) else {
            return false;
        };
        let mut variables = way
            .iter()
            .flat_map(|at| &self.kustomizations.all[*at].variables);
        variables.any(|replaced| replaced == name)
    }

    /// Whether a patch of a kustomization on a way gives a container its image.
    fn is_patched(&self, way: &[usize], resource: &Resource, image: &Image) -> bool {
        let mut patched = way
            .iter()
            .flat_map(|at| &self.kustomizations.all[*at].patched);
        patched.any(|one| one.is_of(resource, image))
    }

    /// Whether a kustomization on a way says itself which fields hold images.
    fn knows_fields(&self, way: &[usize]) -> bool {
        way.iter()
            .any(|position| self.kustomizations.all[*position].has_fields)
    }

    /// Whether a reference gets another name, and another tag, on its way to a root.
    fn fate(&self, way: &[usize], reference: &str) -> (bool, bool) {
        let mut name = bare_name(reference).to_owned();
        let (mut is_renamed, mut is_retagged) = (false, false);
        let entries = way
            .iter()
            .flat_map(|position| &self.kustomizations.all[*position].entries);
        for entry in entries {
            if entry.name == name {
                is_retagged |= entry.is_retagged;
                if let Some(new_name) = &entry.new_name {
                    is_renamed = true;
                    name.clone_from(new_name);
                }
            }
        }
        (is_renamed, is_retagged)
    }
}

/// Those of some names of images that objects hold as they are, perhaps with a tag.
pub(super) fn named_in<'a>(
    objects: impl Iterator<Item = &'a Resource>,
    mut names: HashSet<&str>,
) -> HashSet<String> {
    let mut held = HashSet::new();
    for object in objects {
        if names.is_empty() {
            break;
        }
        let text = object.node().text();
        let is_held =
            |name: &&str| text.contains(*name) && text.lines().any(|line| bare_name(line) == *name);
        let found: Vec<&str> = names.iter().copied().filter(is_held).collect();
        for name in found {
            names.remove(name);
            held.insert(name.to_owned());
        }
    }
    held
}

/// Whether a resource is of a kind that puts images in the place of others.
fn replaces(resource: &Resource) -> bool {
    match resource.gvk.group.as_str() {
        "kustomize.config.k8s.io" | "kustomize.toolkit.fluxcd.io" => true,
        "argoproj.io" => resource.gvk.kind.starts_with("Application"),
        _ => false,
    }
}
