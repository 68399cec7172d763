//! What a build stands for: the sources that went into one are no longer told by themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::forest::{Tried, built};
use super::graph::Graph;
use super::kustomization::{Reference, Use};
use super::renaming;
use super::sheet::{Library, words};
use crate::model::{Resource, Role, VALUES_KIND};
use crate::render::given::{are_own_values, lies_in_charts};
use crate::source::{ChartFolder, Sources};

/// Takes out of the sources what the kustomizations of some folders were built of.
pub(super) fn from(sources: &mut Sources, graph: &Graph, tried: &[Tried<'_>], library: &Library) {
    let built: Vec<&Path> = built(tried).collect();
    resources(sources, graph, tried, library.base());
    charts(sources, graph, &built, library);
    failures(sources, graph, &built, library.base());
}

/// Removes the resources that were built into others, save for kustomizations that name images anew.
fn resources(sources: &mut Sources, graph: &Graph, tried: &[Tried<'_>], base: &Path) {
    let (mut used, mut texts) = (BTreeSet::new(), BTreeSet::new());
    let mut lacking = BTreeSet::new();
    let built = tried.iter().filter(|one| one.is_built());
    let all = built.flat_map(|one| {
        graph
            .closure(one.folder)
            .into_iter()
            .map(move |own| (one, own))
    });
    for (one, kustomization) in all {
        let references = kustomization.references.iter();
        for reference in references.filter(|reference| !one.dropped.contains(&reference.path)) {
            let path = reference.path.as_path();
            match reference.used {
                Use::Resource | Use::Patch | Use::Other => used.insert(path),
                Use::File | Use::Env => texts.insert(path),
                Use::Base | Use::Component | Use::Chart => false,
            };
        }
        used.insert(&kustomization.sheet.path);
        let mut closure = graph.closure(&kustomization.folder).into_iter();
        if closure.any(|own| !own.absent.is_empty()) {
            lacking.insert(kustomization.sheet.path.as_path());
        }
    }
    let path = |resource: &Resource| words(base, Path::new(&*resource.artifact.display));
    let lacks = |resource: &Resource| lacking.contains(path(resource).as_path());
    renaming::keep(&mut sources.resources, lacks, |resource| {
        // No build shows what stands in a comment.
        if resource.is_comment() {
            return false;
        }
        let path = path(resource);
        if resource.role == Role::Values && resource.gvk.kind == VALUES_KIND {
            if used.contains(path.as_path()) {
                resource.role = Role::Given;
            }
            return false;
        }
        // What is handed to a chart is told nowhere else.
        let is_text = resource.role == Role::Values
            && resource.gvk.kind != VALUES_KIND
            && texts.contains(path.as_path());
        resource.role != Role::Package && (is_text || used.contains(path.as_path()))
    });
}

/// Removes what was wrong with files as manifests of which generators made values: these are checked.
fn failures(sources: &mut Sources, graph: &Graph, built: &[&Path], base: &Path) {
    let references: Vec<&Reference> = built
        .iter()
        .flat_map(|root| graph.closure(root))
        .flat_map(|kustomization| &kustomization.references)
        .collect();
    let is_value = |used| matches!(used, Use::File | Use::Env);
    let (values, others): (Vec<&Reference>, Vec<&Reference>) = references
        .into_iter()
        .partition(|reference| is_value(reference.used));
    let others: BTreeSet<&Path> = others.iter().map(|other| other.path.as_path()).collect();
    let values: BTreeSet<&Path> = values.iter().map(|value| value.path.as_path()).collect();
    let mut gone = BTreeSet::new();
    sources.failures.retain(|failure| {
        let Some(display) = &failure.display else {
            return true;
        };
        let path = words(base, Path::new(&**display));
        let is_gone = values.contains(path.as_path()) && !others.contains(path.as_path());
        if is_gone {
            gone.insert(path);
        }
        !is_gone
    });
    let failed = &mut sources.summary.files.failed;
    *failed = failed.saturating_sub(gone.len());
}

/// Removes the charts that were rendered as a part of a kustomization, and sets their values apart, as
/// [`crate::render::given`] does: they are told through what the kustomization makes of them.
fn charts(sources: &mut Sources, graph: &Graph, built: &[&Path], library: &Library) {
    let references = built
        .iter()
        .flat_map(|root| graph.closure(root))
        .flat_map(|kustomization| &kustomization.references);
    let folders = references.filter(|reference| reference.used == Use::Chart);
    let used: BTreeSet<PathBuf> = folders
        .map(|reference| library.absolute(&reference.path))
        .collect();
    if used.is_empty() {
        return;
    }
    let charts = std::mem::take(&mut sources.charts);
    let (rendered, others) = charts
        .into_iter()
        .partition(|chart| used.contains(&library.absolute(&chart.path)));
    sources.charts = others;
    let rendered: Vec<ChartFolder> = rendered;
    let not_rendered = &mut sources.summary.charts_not_rendered;
    not_rendered.retain(|shown| rendered.iter().all(|chart| chart.display != *shown));
    let folders: Vec<PathBuf> = rendered
        .iter()
        .map(|chart| library.absolute(&chart.path))
        .collect();
    let resources = sources.resources.iter_mut();
    for resource in resources.filter(|one| one.role == Role::Values) {
        let path = library.absolute(Path::new(&*resource.artifact.display));
        if folders.iter().any(|folder| are_own_values(&path, folder)) {
            resource.role = Role::Given;
        } else if folders.iter().any(|folder| lies_in_charts(&path, folder)) {
            resource.role = Role::Inner;
        }
    }
}
