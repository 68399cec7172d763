//! Which images of their resources the kustomizations of a scan, and what deploys them, replace: what
//! is written there is the name of a slot, and what runs is named elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::super::{folder, normalized};
use super::deployer::{Deployer, Files};
use super::entry::{Kustomization, kustomization};
use super::idle::Idle;
use super::patched::Patches;
use super::reference::Reference;
use super::{Image, Place, ReadYaml};
use crate::model::{Node, Resource, Role, Step};

/// A reference without tag and digest, letter by letter: kustomize compares names as texts.
pub(super) fn bare_name(reference: &str) -> &str {
    let tagged = reference.split('@').next().unwrap_or_default();
    match tagged.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => tagged,
    }
}

/// Which images of which files the kustomizations of a scan replace.
#[derive(Debug, Default)]
pub(super) struct Replacements {
    /// By file, or by the folder of what is built, all ways that lead from a root to it: each the
    /// kustomizations on it, the nearest to the file first, and what deploys the last.
    ways: HashMap<String, Vec<Vec<usize>>>,
    pub(super) kustomizations: Vec<Kustomization>,
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
        let mut replacements = Self::default();
        let mut by_folder: BTreeMap<String, usize> = BTreeMap::new();
        let kustomizations: Vec<&Resource> = resources
            .iter()
            .filter(|resource| resource.gvk.group == "kustomize.config.k8s.io")
            .filter(|resource| resource.role != Role::Renaming)
            .collect();
        let patches = Patches::new(&kustomizations, resources, read_yaml);
        for resource in kustomizations {
            let folder = normalized(folder(&resource.artifact.display));
            by_folder.insert(folder.clone(), replacements.kustomizations.len());
            replacements
                .kustomizations
                .push(kustomization(resource, &folder, &patches));
        }
        replacements.patches = patches.into_files();
        let deployers: Vec<Deployer> = resources.iter().flat_map(Deployer::of).collect();
        let own = replacements.kustomizations.iter();
        let mut own = own.map(Kustomization::replaces);
        let has_none = !own.any(|replaces| replaces);
        if has_none && deployers.iter().all(|one| one.entries.is_empty()) {
            return Self::default();
        }
        let first_deployer = replacements.kustomizations.len();
        replacements.add_deployers(deployers, resources, &by_folder);
        replacements.told = replacements.absent(resources, &by_folder);
        let held = replacements.held(resources, first_deployer, &by_folder);
        replacements.told.extend(held);
        replacements.idle = Idle::of(&replacements, resources, &by_folder);
        let used: BTreeSet<&String> = replacements
            .kustomizations
            .iter()
            .flat_map(|one| &one.uses)
            .collect();
        let roots: Vec<usize> = by_folder
            .iter()
            .filter(|(folder, _)| !used.contains(folder))
            .map(|(_, position)| *position)
            .chain(first_deployer..replacements.kustomizations.len())
            .collect();
        for root in roots {
            replacements.follow(root, &mut Vec::new(), &by_folder);
        }
        replacements
    }

    /// Adds what deploys kustomizations as if it were one that uses them.
    fn add_deployers(
        &mut self,
        deployers: Vec<Deployer>,
        resources: &[Resource],
        folders: &BTreeMap<String, usize>,
    ) {
        if deployers.is_empty() {
            return;
        }
        let files = Files::of(resources);
        for deployer in deployers {
            let uses = deployer.uses(&files, folders);
            for built in uses.iter().filter(|used| folders.contains_key(*used)) {
                let ways = self.ways.entry(built.clone()).or_default();
                ways.push(vec![self.kustomizations.len()]);
            }
            let entries = deployer.entries;
            self.kustomizations.push(Kustomization {
                entries,
                is_open: uses.is_empty(),
                uses,
                ..Kustomization::default()
            });
        }
    }

    /// Of the images that only get another tag, and may lie elsewhere, those that nothing holds but what
    /// gives it. A name alone may be that of a slot.
    fn absent(&self, resources: &[Resource], folders: &BTreeMap<String, usize>) -> HashSet<String> {
        let positions = 0..self.kustomizations.len();
        let open =
            positions.filter(|position| self.reaches_out(*position, folders, &mut Vec::new()));
        let entries = open.flat_map(|position| &self.kustomizations[position].entries);
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
    fn held(
        &self,
        resources: &[Resource],
        first_deployer: usize,
        folders: &BTreeMap<String, usize>,
    ) -> HashSet<String> {
        let built = self.built(resources, folders);
        let is_open = |position: usize| position < first_deployer && !built.contains(&position);
        let given = self.kustomizations.iter().flat_map(|one| &one.entries);
        let renamed: HashSet<&str> = given
            .filter(|entry| entry.new_name.is_some())
            .map(|entry| entry.name.as_str())
            .collect();
        let objects = || resources.iter().filter(|one| !replaces(one));
        let (mut held, mut of_registries) = (HashSet::new(), HashSet::new());
        for (position, one) in self.kustomizations.iter().enumerate() {
            let entries = one.entries.iter().filter(|entry| entry.new_name.is_none());
            let names = entries.map(|entry| entry.name.as_str());
            let names = names.filter(|name| !renamed.contains(name));
            let (hosted, others): (HashSet<&str>, HashSet<&str>) =
                names.partition(|name| Reference::names_registry(name));
            of_registries.extend(hosted);
            if is_open(position) {
                // A name alone may be that of a slot.
                let paths = others.into_iter().filter(|name| name.contains('/'));
                let used = self.closure([position], folders).1;
                let own = objects().filter(|one| is_among(one, &used));
                held.extend(named_in(own, paths.collect()));
            }
        }
        let written = objects().filter(|one| one.artifact.provenance.is_none());
        held.extend(named_in(written, of_registries));
        held
    }

    /// The kustomizations of which something was built.
    fn built(&self, resources: &[Resource], folders: &BTreeMap<String, usize>) -> HashSet<usize> {
        let provenance = resources
            .iter()
            .filter_map(|one| one.artifact.provenance.as_ref());
        let roots: HashSet<&str> = provenance.map(|built| built.rendering.folder()).collect();
        let roots = roots.into_iter().map(normalized);
        self.closure(
            roots.filter_map(|root| folders.get(&root).copied()),
            folders,
        )
        .0
    }

    /// Some kustomizations with all that they use: kustomizations, and paths of these and of files.
    pub(super) fn closure(
        &self,
        roots: impl IntoIterator<Item = usize>,
        folders: &BTreeMap<String, usize>,
    ) -> (HashSet<usize>, HashSet<&str>) {
        let mut open: Vec<usize> = roots.into_iter().collect();
        let (mut known, mut used) = (HashSet::new(), HashSet::new());
        while let Some(position) = open.pop() {
            if known.insert(position) {
                let uses = &self.kustomizations[position].uses;
                used.extend(uses.iter().map(String::as_str));
                open.extend(uses.iter().filter_map(|path| folders.get(path)));
            }
        }
        (known, used)
    }

    /// Whether all that a kustomization takes in is among the files of a scan. What a component is laid over, the
    /// kustomization says that uses it.
    pub(super) fn is_at_hand(
        &self,
        position: usize,
        folders: &BTreeMap<String, usize>,
        resources: &[Resource],
    ) -> bool {
        let one = &self.kustomizations[position];
        if one.is_component || self.reaches_out(position, folders, &mut Vec::new()) {
            return false;
        }
        let (_, mut missing) = self.closure([position], folders);
        missing.retain(|used| !folders.contains_key(*used));
        let has_files = !missing.is_empty();
        for resource in resources
            .iter()
            .filter(|one| one.artifact.provenance.is_none())
        {
            missing.remove(normalized(&resource.artifact.display).as_str());
        }
        has_files && missing.is_empty()
    }

    /// Whether a kustomization, or one that it uses, takes in what is not among the files.
    fn reaches_out(
        &self,
        position: usize,
        folders: &BTreeMap<String, usize>,
        seen: &mut Vec<usize>,
    ) -> bool {
        let one = &self.kustomizations[position];
        if one.is_open || seen.contains(&position) {
            return one.is_open;
        }
        seen.push(position);
        let mut uses = one.uses.iter();
        uses.any(|used| match folders.get(used) {
            Some(next) => self.reaches_out(*next, folders, seen),
            None => is_folder(used),
        })
    }

    fn follow(&mut self, position: usize, way: &mut Vec<usize>, folders: &BTreeMap<String, usize>) {
        if way.contains(&position) {
            return;
        }
        way.push(position);
        for used in self.kustomizations[position].uses.clone() {
            match folders.get(&used) {
                Some(next) => self.follow(*next, way, folders),
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
            .flat_map(|at| &self.kustomizations[*at].variables);
        variables.any(|replaced| replaced == name)
    }

    /// Whether a patch of a kustomization on a way gives a container its image.
    fn is_patched(&self, way: &[usize], resource: &Resource, image: &Image) -> bool {
        let mut patched = way.iter().flat_map(|at| &self.kustomizations[*at].patched);
        patched.any(|one| one.is_of(resource, image))
    }

    /// Whether a kustomization on a way says itself which fields hold images.
    fn knows_fields(&self, way: &[usize]) -> bool {
        way.iter()
            .any(|position| self.kustomizations[*position].has_fields)
    }

    /// Whether a reference gets another name, and another tag, on its way to a root.
    fn fate(&self, way: &[usize], reference: &str) -> (bool, bool) {
        let mut name = bare_name(reference).to_owned();
        let (mut is_renamed, mut is_retagged) = (false, false);
        let entries = way
            .iter()
            .flat_map(|position| &self.kustomizations[*position].entries);
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

/// Whether an object stands in a file among some paths, or was built from a kustomization among them.
pub(super) fn is_among(object: &Resource, paths: &HashSet<&str>) -> bool {
    match &object.artifact.provenance {
        Some(built) => [built.rendering.folder(), &built.rendering.root]
            .into_iter()
            .any(|root| paths.contains(normalized(root).as_str())),
        None => paths.contains(normalized(&object.artifact.display).as_str()),
    }
}

/// Those of some names of images that objects hold as they are, perhaps with a tag.
fn named_in<'a>(
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

/// Whether what a kustomization uses is no file of manifests, but a folder.
fn is_folder(used: &str) -> bool {
    ![".yaml", ".yml", ".json"]
        .iter()
        .any(|end| used.ends_with(end))
}
