//! Charts under `helmCharts`: what helm makes of them by itself, to lead what the build makes of
//! them on to template and values.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::kustomization::{Kustomization, Use};
use super::pieces::Known;
use super::sheet::View;
use crate::model::Node;
use crate::render::helm::{Inflation, inflated};

/// The objects that a kustomization's charts give, by the kustomization's file.
pub(super) type Inflated = BTreeMap<PathBuf, Vec<Arc<View>>>;

/// Renders the charts of some kustomizations.
pub(super) fn of(closure: &[&Arc<Kustomization>], kube_version: &str) -> Inflated {
    let mut found = Inflated::new();
    for kustomization in closure.iter().filter(|user| user.has_charts) {
        let inflations = inflations(kustomization, kube_version);
        let texts = inflations.iter().filter_map(inflated);
        let views = texts.flat_map(|text| View::of_artifact(&Arc::new(text)));
        found.insert(kustomization.sheet.path.clone(), views.collect());
    }
    found
}

fn inflations(kustomization: &Kustomization, kube_version: &str) -> Vec<Inflation> {
    let view = kustomization.view();
    let root = view.and_then(|view| view.root());
    let charts = root.and_then(|root| root.get("helmCharts"));
    let charts = charts.into_iter().flat_map(Node::items);
    let inflation = |chart: Node<'_>| {
        let text = |key| chart.string(key);
        let place = chart.get("name")?.span();
        let references = kustomization.references.iter();
        let mut folders = references.filter(|reference| reference.used == Use::Chart);
        // In another order of layers another value counts.
        if text("valuesMerge").is_some_and(|merge| merge != "override") {
            return None;
        }
        let files = chart.get("additionalValuesFiles").into_iter();
        let files = chart
            .get("valuesFile")
            .into_iter()
            .chain(files.flat_map(Node::items));
        let apis = chart.get("apiVersions").into_iter().flat_map(Node::items);
        let inline = chart.get("valuesInline").zip(view);
        Some(Inflation {
            chart: folders.find(|chart| chart.span == place)?.path.clone(),
            release: text("releaseName").unwrap_or("release-name").to_owned(),
            namespace: text("namespace").map(str::to_owned),
            kube_version: text("kubeVersion").unwrap_or(kube_version).to_owned(),
            api_versions: apis.filter_map(Node::as_str).map(str::to_owned).collect(),
            values: files
                .filter_map(Node::as_str)
                .map(|file| kustomization.path(file))
                .collect(),
            inline: inline.map(|(inline, view)| {
                let (artifact, tree) = (Arc::clone(&view.artifact), Arc::clone(&view.tree));
                (artifact, tree, inline.id())
            }),
        })
    };
    charts.filter_map(inflation).collect()
}

/// Leads places in texts of charts on to what these texts were made of.
pub(super) fn lead_on(known: &mut Known) {
    let pieces = std::mem::take(&mut known.pieces);
    for piece in pieces {
        match &piece.written.artifact.provenance {
            Some(provenance) => known.pieces.extend(provenance.through(&piece)),
            None => known.pieces.push(piece),
        }
    }
    known.items.retain(|_, place| {
        let trace = match &place.artifact.provenance {
            Some(provenance) => provenance.trace(place.span),
            None => return true,
        };
        let is_known = trace.is_some();
        if let Some(trace) = trace {
            *place = trace.written;
        }
        is_known
    });
}
