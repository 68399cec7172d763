//! Kustomizations as they refer to one another: which are roots, and what each of them takes from others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kustomization::{Kustomization, Use};
use super::sheet::Library;

/// The kustomizations of a scan, by folder, with all that they use.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub kustomizations: BTreeMap<PathBuf, Arc<Kustomization>>,
}

impl Graph {
    /// The kustomizations of some folders, and those that they use.
    pub(super) fn of(folders: impl IntoIterator<Item = PathBuf>, library: &Library) -> Self {
        let mut graph = Self::default();
        let mut next: Vec<PathBuf> = folders.into_iter().collect();
        while let Some(folder) = next.pop() {
            if graph.kustomizations.contains_key(&folder) {
                continue;
            }
            if let Some(read) = Kustomization::read(&folder, library) {
                next.extend(read.folders().map(Path::to_path_buf));
                graph.kustomizations.insert(folder, Arc::new(read));
            }
        }
        graph
    }

    /// The folders that no other kustomization uses, components aside. Of kustomizations that
    /// use one another in a circle the first is a root, so that its failure is told.
    pub(super) fn roots(&self) -> BTreeSet<&Path> {
        let used: BTreeSet<&Path> = self
            .kustomizations
            .values()
            .flat_map(|kustomization| kustomization.folders())
            .collect();
        let is_root = |(folder, kustomization): &(&PathBuf, &Arc<Kustomization>)| {
            !kustomization.is_component && !used.contains(folder.as_path())
        };
        let mut roots: BTreeSet<&Path> = self
            .kustomizations
            .iter()
            .filter(is_root)
            .map(|(folder, _)| folder.as_path())
            .collect();
        let mut reached: BTreeSet<&Path> = roots
            .iter()
            .flat_map(|root| self.closure(root))
            .map(|reached| reached.folder.as_path())
            .collect();
        let components = self
            .kustomizations
            .values()
            .filter(|user| user.is_component);
        let users = components.flat_map(|user| self.closure(&user.folder));
        reached.extend(users.map(|used| used.folder.as_path()));
        for (folder, kustomization) in &self.kustomizations {
            if !kustomization.is_component && !reached.contains(folder.as_path()) {
                roots.insert(folder);
                reached.extend(
                    self.closure(folder)
                        .iter()
                        .map(|reached| reached.folder.as_path()),
                );
            }
        }
        roots
    }

    /// For each root what stands for all roots that share a base with it, and so are variants of
    /// one thing: the first base that they share, or the root itself if there is none.
    pub(super) fn families<'a>(&'a self, roots: &[&'a Path]) -> BTreeMap<&'a Path, &'a Path> {
        let bases: Vec<BTreeSet<&Path>> = roots.iter().map(|root| self.bases(root)).collect();
        let mut users: BTreeMap<&Path, usize> = BTreeMap::new();
        for base in bases.iter().flatten() {
            *users.entry(base).or_default() += 1;
        }
        let family = |(root, bases): (&&'a Path, &BTreeSet<&'a Path>)| {
            let shared = bases
                .iter()
                .find(|base| users.get(*base).is_some_and(|users| *users > 1));
            (*root, shared.copied().unwrap_or(root))
        };
        roots.iter().zip(&bases).map(family).collect()
    }

    /// The folders from which a kustomization takes resources, itself aside.
    fn bases(&self, root: &Path) -> BTreeSet<&Path> {
        let (mut found, mut next) = (BTreeSet::new(), vec![root.to_path_buf()]);
        while let Some(folder) = next.pop() {
            let Some(kustomization) = self.kustomizations.get(&folder) else {
                continue;
            };
            let references = kustomization.references.iter();
            for base in references.filter(|reference| reference.used == Use::Base) {
                if found.insert(base.path.as_path()) {
                    next.push(base.path.clone());
                }
            }
        }
        found
    }

    /// The kustomizations of which one takes the resources, components aside.
    pub(super) fn own_bases(&self, user: &Path) -> impl Iterator<Item = &Path> {
        let references = self.kustomizations.get(user).into_iter();
        let references = references.flat_map(|user| &user.references);
        let bases = references.filter(|one| one.used == Use::Base);
        let known = bases.filter_map(|base| self.kustomizations.get_key_value(&base.path));
        let known = known.filter(|(_, base)| !base.is_component);
        known.map(|(folder, _)| folder.as_path())
    }

    /// A kustomization and all that it uses, each once.
    pub(super) fn closure(&self, root: &Path) -> Vec<&Arc<Kustomization>> {
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        let mut next = vec![root];
        while let Some(folder) = next.pop() {
            let Some(kustomization) = self.kustomizations.get(folder) else {
                continue;
            };
            if seen.insert(folder) {
                found.push(kustomization);
                next.extend(kustomization.folders());
            }
        }
        found
    }
}
