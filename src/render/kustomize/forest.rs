//! All kustomizations of a scan: which of them are built, and what keeps the others from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::build::Builder;
use super::graph::Graph;
use super::kustomization::{Absent, Kustomization, Reference};
use super::notice::notice;
use super::sheet::Library;
use super::trial::{Grown, Trial};
use crate::model::{Fault, Notice, guarded};
use crate::render::Outcome;

/// The folder of a kustomization, with what came of it.
pub(super) struct Tried<'a> {
    pub folder: &'a Path,
    pub outcomes: Vec<Outcome>,
    /// Files of patches that it was built without.
    pub dropped: Vec<PathBuf>,
}

impl Tried<'_> {
    /// Whether a text came of it.
    pub(super) fn is_built(&self) -> bool {
        let is_text = |outcome: &Outcome| matches!(outcome, Outcome::Text(..));
        self.outcomes.iter().any(is_text)
    }
}

/// The folders of those that were built.
pub(super) fn built<'a>(tried: &[Tried<'a>]) -> impl Iterator<Item = &'a Path> {
    let built = tried.iter().filter(|one| one.is_built());
    built.map(|one| one.folder)
}

/// All kustomizations of a scan, and who builds them.
pub(super) struct Forest<'a> {
    pub graph: &'a Graph,
    pub library: &'a Library,
    pub builder: Option<&'a Builder>,
    pub families: BTreeMap<&'a Path, &'a Path>,
    pub kube_version: &'a str,
}

impl<'a> Forest<'a> {
    /// What comes of each folder, built by itself.
    pub(super) fn outcomes_of(&self, folders: &[&'a Path]) -> Vec<Tried<'a>> {
        let all = folders.par_iter();
        let tried = |folder: &&'a Path| {
            let outcomes = guarded(|| self.outcomes(folder));
            let (outcomes, dropped) =
                outcomes.unwrap_or_else(|fault| (self.fault(folder, &fault), Vec::new()));
            Tried {
                folder,
                outcomes,
                dropped,
            }
        };
        all.map(tried).collect()
    }

    /// Of roots that cannot be built the bases that can, where nothing else that is built has them. What keeps
    /// others from being built is told of the roots. Where policies of the network are among them, all stay what
    /// the root has: it may label the pods that these select, and what they let through lies beside them.
    pub(super) fn outcomes_of_bases(&self, of_roots: &[Tried<'a>]) -> Vec<Tried<'a>> {
        let mut reached = self.reached(built(of_roots));
        let mut open: Vec<&Path> = of_roots.iter().map(|one| one.folder).collect();
        open.retain(|root| !reached.contains(root));
        let mut tried: BTreeSet<&Path> = open.iter().copied().collect();
        let mut found: Vec<Tried<'a>> = Vec::new();
        while !open.is_empty() {
            let bases = open.iter().flat_map(|user| self.graph.own_bases(user));
            let bases: BTreeSet<&Path> = bases.filter(|base| !reached.contains(base)).collect();
            open = bases
                .into_iter()
                .filter(|base| tried.insert(base))
                .collect();
            let outcomes = self.outcomes_of(&open);
            reached.extend(self.reached(built(&outcomes)));
            open.retain(|base| !reached.contains(base));
            found.extend(outcomes);
        }
        let built: Vec<&Path> = built(&found).collect();
        let is_within = |base: &Path| {
            let mut others = built.iter().filter(|other| **other != base);
            others.any(|other| self.reached(std::iter::once(*other)).contains(base))
        };
        let together = self.together(of_roots, &found);
        found.retain(|one| {
            let base = one.folder;
            built.contains(&base) && !is_within(base) && !together.contains(base)
        });
        found
    }

    /// The bases that only mean something as parts of their root.
    fn together(&self, of_roots: &[Tried<'a>], bases: &[Tried<'a>]) -> BTreeSet<&'a Path> {
        let has_policies = |outcome: &Outcome| matches!(outcome, Outcome::Text(text, _) if text.text.contains("NetworkPolicy"));
        let mut found = BTreeSet::new();
        for root in of_roots {
            let used = self.reached(std::iter::once(root.folder));
            let own = || bases.iter().filter(|base| used.contains(base.folder));
            if own().flat_map(|base| &base.outcomes).any(has_policies) {
                found.extend(own().map(|base| base.folder));
            }
        }
        found
    }

    /// Some kustomizations and all that they use.
    pub(super) fn reached(&self, folders: impl Iterator<Item = &'a Path>) -> BTreeSet<&'a Path> {
        let all = folders.flat_map(|folder| self.graph.closure(folder));
        all.map(|used| used.folder.as_path()).collect()
    }

    /// What comes of a folder, and the files of patches that it was built without.
    fn outcomes(&self, root: &Path) -> (Vec<Outcome>, Vec<PathBuf>) {
        let failed = |notices: Vec<Notice>| {
            let failures = notices.into_iter().map(Outcome::Failure);
            (failures.collect(), Vec::new())
        };
        let Some(kustomization) = self.graph.kustomizations.get(root) else {
            return failed(Vec::new());
        };
        let Some(builder) = self.builder else {
            let reason =
                "cannot be built: neither `kustomize` nor `kubectl` is installed".to_owned();
            let help = "install one of them, or scan with --no-render".to_owned();
            return failed(vec![notice(kustomization, None, reason, help)]);
        };
        let faults = self.faults(root, builder);
        if !faults.is_empty() {
            return failed(faults);
        }
        let trial = self.trial(kustomization, builder);
        match trial.build() {
            Ok(Grown { artifact, dropped }) => {
                let text = Outcome::Text(Box::new(artifact), Vec::new());
                let (notices, files): (Vec<Notice>, Vec<PathBuf>) = dropped
                    .into_iter()
                    .map(|one| (one.notice, one.file))
                    .unzip();
                let told = self.left_out(root).into_iter().chain(notices);
                let told = told.map(Outcome::Warning);
                (std::iter::once(text).chain(told).collect(), files)
            }
            // What leads to nothing is told of each kustomization.
            Err(_) if trial.lacks() => failed(Vec::new()),
            Err(failure) => failed(vec![*failure]),
        }
    }

    /// What is told of a folder where a fault of ours keeps it from being built.
    fn fault(&self, root: &Path, fault: &Fault) -> Vec<Outcome> {
        let kustomization = self.graph.kustomizations.get(root);
        let failure = kustomization.map(|own| {
            let reason = format!("cannot be built: {fault}");
            Outcome::Failure(notice(own, None, reason, Fault::HELP.to_owned()))
        });
        failure.into_iter().collect()
    }

    fn trial(&self, kustomization: &'a Kustomization, builder: &'a Builder) -> Trial<'a> {
        let root = kustomization.folder.as_path();
        Trial {
            graph: self.graph,
            library: self.library,
            builder,
            kustomization,
            closure: self.graph.closure(root),
            family: self.families.get(root).copied().unwrap_or(root),
            kube_version: self.kube_version,
        }
    }

    /// What keeps a root from being built, in it and in all that it uses.
    fn faults(&self, root: &Path, builder: &Builder) -> Vec<Notice> {
        let mut found = Vec::new();
        for kustomization in self.graph.closure(root) {
            let outside = kustomization
                .reaching_out()
                .filter(|used| !self.library.holds(&used.path));
            for fault in kustomization
                .faults
                .iter()
                .chain(&outside.map(Reference::is_outside).collect::<Vec<_>>())
            {
                let reason = format!("cannot be built: {}", fault.reason);
                found.push(notice(
                    kustomization,
                    Some(fault.span),
                    reason,
                    fault.help.clone(),
                ));
            }
            if kustomization.has_charts && !builder.has_helm() {
                let reason =
                    "cannot be built: it renders charts, and `helm` is not installed".to_owned();
                let help = "install helm, or scan with --no-render".to_owned();
                found.push(notice(kustomization, None, reason, help));
            }
        }
        found
    }

    /// What leads to nothing, in all kustomizations that were tried, and whether the rest of each was built.
    pub(super) fn absent(&self, tried: &[Tried<'a>]) -> Vec<Notice> {
        let reached = self.reached(built(tried));
        let all = self.reached(tried.iter().map(|one| one.folder)).into_iter();
        let all = all.filter_map(|folder| self.graph.kustomizations.get(folder));
        let told = all.flat_map(|own| {
            let is_built = reached.contains(own.folder.as_path());
            own.absent.iter().map(move |Absent { fault, .. }| {
                let reason = match is_built {
                    true => format!("{}; all else is built", fault.reason),
                    false => format!("cannot be built: {}", fault.reason),
                };
                notice(own, Some(fault.span), reason, fault.help.clone())
            })
        });
        told.collect()
    }

    /// What a root is built without, in it and in all that it uses.
    fn left_out(&self, root: &Path) -> Vec<Notice> {
        let closure = self.graph.closure(root).into_iter();
        let told = closure.flat_map(|used| {
            let files = used.left_out.iter();
            files.map(|one| notice(used, Some(one.span), one.reason.clone(), one.help.clone()))
        });
        told.collect()
    }
}
