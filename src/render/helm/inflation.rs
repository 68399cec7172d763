//! Charts that something else deploys with values of its own, as kustomizations do under
//! `helmCharts`: rendered beside it, so that what it makes of them can be led to their templates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::job::ChartJob;
use super::run::Arguments;
use super::settings::{DEFAULT, Setting, values_file};
use super::values::Layer;
use crate::model::{Artifact, Tree};
use crate::render::{Outcome, Request};
use crate::source::ChartFolder;

/// One chart as it is deployed.
pub(in crate::render) struct Inflation {
    /// Its folder, in the user's words.
    pub chart: PathBuf,
    pub release: String,
    pub namespace: Option<String>,
    /// The version of Kubernetes to render for.
    pub kube_version: String,
    /// APIs that the cluster has besides its own.
    pub api_versions: Vec<String>,
    /// Files of values, those that win last.
    pub values: Vec<PathBuf>,
    /// Values that win over the files: a mapping in a text.
    pub inline: Option<Inline>,
}

/// A mapping of values: its text, the values in it, and which of them it is.
pub(in crate::render) type Inline = (Arc<Artifact>, Arc<Tree>, u32);

/// What helm renders of it, as a text that knows where it comes from; `None` where it refuses.
pub(in crate::render) fn inflated(inflation: &Inflation) -> Option<Artifact> {
    let setting = Setting {
        name: DEFAULT.to_owned(),
        arguments: Arguments {
            release: inflation.release.clone(),
            namespace: inflation.namespace.clone(),
            kube_version: inflation.kube_version.clone(),
            api_versions: inflation.api_versions.clone(),
            ..Arguments::default()
        },
        values: inflation
            .values
            .iter()
            .map(|path| values_file(path))
            .collect(),
        inline: inflation.inline.as_ref().map(layer),
        places: BTreeMap::new(),
        asked: Vec::new(),
        has_unknown_values: false,
        is_variant: false,
    };
    let job = ChartJob {
        folder: folder(&inflation.chart),
        releases: Vec::new(),
        request: Request::default(),
    };
    let rendered = job.in_workshop(&|workshop, _| {
        let text = workshop.render(&setting, None).ok();
        let text = text.map(|text| Outcome::Text(Box::new(text), Vec::new()));
        text.into_iter().collect()
    });
    match rendered.ok()?.pop()? {
        Outcome::Text(artifact, _) => Some(*artifact),
        Outcome::Failure(_)
        | Outcome::Warning(_)
        | Outcome::Unrendered(_)
        | Outcome::Rendered(_)
        | Outcome::Part(..) => None,
    }
}

fn folder(chart: &Path) -> ChartFolder {
    let (display, uri) = crate::source::names(chart);
    ChartFolder {
        display,
        uri,
        path: chart.to_owned(),
    }
}

fn layer((artifact, tree, root): &Inline) -> Layer {
    Layer {
        artifact: Arc::clone(artifact),
        tree: Arc::clone(tree),
        root: *root,
        folder: String::new(),
        is_own: false,
        embedded: None,
    }
}
