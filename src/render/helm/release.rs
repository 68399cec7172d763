//! Objects that deploy a chart of the same repository: Flux' HelmRelease, Argo CD's Application and
//! ApplicationSet.
//! Each is a rendering of its chart, with the values that it gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::registry::{Address, Registry, folder_around};
use super::run::Arguments;
use super::settings::{Setting, ValuesFile, is_address, release_name};
use super::values::{Embedded, Layer};
use crate::model::{Artifact, Node, Place, Resource, Role, applications};
use crate::source::{ChartFolder, lies_at, names_beside, read_tree, value_span};

/// A rendering that an object asks for.
#[derive(Clone, Debug)]
pub(super) struct Release {
    /// The chart.
    pub chart: ChartFolder,
    /// How it is rendered.
    pub setting: Setting,
}

/// The renderings that objects ask for, of charts that lie in the same repository.
pub(super) fn releases(
    resources: &[Resource],
    registry: &Registry<'_>,
    kube_version: &str,
) -> Vec<Release> {
    let whole = resources.iter().filter(|resource| {
        matches!(resource.role, Role::Manifest | Role::Template)
            && resource.artifact.provenance.is_none()
    });
    let made = applications(resources);
    let found =
        whole.chain(&made).flat_map(
            |resource| match (&*resource.gvk.group, &*resource.gvk.kind) {
                ("helm.toolkit.fluxcd.io", "HelmRelease") => {
                    flux(resource, registry, kube_version).into_iter().collect()
                }
                ("argoproj.io", "Application") if !is_open(&resource.identity.name) => {
                    argo(resource, registry, kube_version)
                }
                _ => Vec::new(),
            },
        );
    found.collect()
}

fn flux(resource: &Resource, registry: &Registry<'_>, kube_version: &str) -> Option<Release> {
    let spec = resource.node().get("spec")?;
    let chart = spec.find(&["chart", "spec"]);
    let base = flux_base(resource, spec, registry)?;
    let name = &resource.identity.name;
    let target = spec.string("targetNamespace");
    let release = match (spec.string("releaseName"), target) {
        (Some(release), _) => release.to_owned(),
        (None, Some(target)) => format!("{target}-{name}"),
        (None, None) => name.clone(),
    };
    let namespace = target
        .map(str::to_owned)
        .or(resource.identity.namespace.clone());
    let files = chart.and_then(|chart| chart.get("valuesFiles"));
    let files = files.into_iter().flat_map(Node::items);
    let files = files
        .filter_map(Node::as_str)
        .map(|file| base.values_file(&base.root.join(file)))
        .collect();
    let inline = spec.get("values").filter(|values| values.is_mapping());
    Some(Release {
        chart: base.chart,
        setting: Setting {
            name: resource.identity.to_string(),
            arguments: arguments(&release, namespace, kube_version),
            values: files,
            inline: inline.map(|values| inline_layer(resource, values)),
            places: BTreeMap::new(),
            asked: Vec::new(),
            has_unknown_values: spec.get("valuesFrom").is_some(),
            is_variant: false,
        },
    })
}

/// The chart of a HelmRelease: by its path in a repository of files, or one that is published.
fn flux_base(resource: &Resource, spec: Node<'_>, registry: &Registry<'_>) -> Option<Base> {
    let chart = spec.find(&["chart", "spec"]);
    let named = chart
        .and_then(|chart| chart.get("sourceRef"))
        .or(spec.get("chartRef"))?;
    let own = |key| chart.and_then(|chart| chart.string(key));
    match named.string("kind")? {
        "GitRepository" | "Bucket" => base(resource, own("chart")?),
        "OCIRepository" if chart.is_some() => base(resource, own("chart")?),
        _ => {
            let source = registry.source(resource, named)?;
            let address = Address::of_source(source, own("chart"), own("version"))?;
            Base::of_published(resource, registry.chart(&address)?)
        }
    }
}

fn argo(resource: &Resource, registry: &Registry<'_>, kube_version: &str) -> Vec<Release> {
    let Some(spec) = resource.node().get("spec") else {
        return Vec::new();
    };
    let sources = spec.get("source").into_iter();
    let sources = sources.chain(spec.get("sources").into_iter().flat_map(Node::items));
    let release = |source: Node<'_>| {
        let is_published = source.string("path").is_none();
        let base = match source.string("path") {
            Some(path) => base(resource, path)?,
            None => {
                let [url, chart, version] =
                    ["repoURL", "chart", "targetRevision"].map(|key| source.string(key));
                let address = Address::of_chart(url, chart, version)?;
                Base::of_published(resource, registry.chart(&address)?)?
            }
        };
        let helm = source.get("helm");
        if helm.is_some_and(|helm| is_open(helm.text())) {
            return None;
        }
        let own = |key| helm.and_then(|helm| helm.string(key));
        let namespace = spec
            .find(&["destination", "namespace"])
            .and_then(Node::as_str)
            .filter(|name| !is_open(name));
        let name = own("releaseName").unwrap_or(&resource.identity.name);
        let mut arguments = arguments(name, namespace.map(str::to_owned), kube_version);
        let list = |key| {
            helm.and_then(|helm| helm.get(key))
                .into_iter()
                .flat_map(Node::items)
        };
        arguments.set = list("parameters")
            .filter_map(|one| Some(format!("{}={}", one.string("name")?, one.string("value")?)))
            .collect();
        let file = |file: &str| -> ValuesFile {
            if is_address(file) {
                return ValuesFile::elsewhere(file);
            }
            // `$values/…` counts from the root of another source: of this repository, most often.
            match file.strip_prefix('$').and_then(|rest| rest.split_once('/')) {
                Some((_, rest)) => base.values_of_root(rest),
                None => base.values_file(&base.chart.path.join(file)),
            }
        };
        let may_miss = helm.and_then(|helm| helm.get("ignoreMissingValueFiles"));
        let may_miss = may_miss.and_then(Node::as_bool) == Some(true);
        let values = list("valueFiles")
            .filter_map(Node::as_str)
            .map(file)
            .filter(|file| !may_miss || file.is_elsewhere() || file.path.is_file());
        let values: Vec<ValuesFile> = values.collect();
        // What a registry has been given may be another chart after all.
        if is_published && !values.iter().all(|file| file.path.is_file()) {
            return None;
        }
        let has_open = values.iter().any(ValuesFile::is_elsewhere)
            || helm.is_some_and(|helm| helm.get("fileParameters").is_some());
        let object = helm.and_then(|helm| helm.get("valuesObject"));
        let object = object.filter(|values| values.is_mapping());
        let inline = object
            .map(|values| inline_layer(resource, values))
            .or_else(|| {
                let node = helm.and_then(|helm| helm.get("values"))?;
                embedded_layer(resource, node)
            });
        Some(Release {
            chart: base.chart,
            setting: Setting {
                name: resource.identity.to_string(),
                arguments,
                values,
                inline,
                places: places(resource, list("parameters")),
                asked: Vec::new(),
                has_unknown_values: has_open,
                is_variant: false,
            },
        })
    };
    sources.filter_map(release).collect()
}

/// Whether something is left of a template that nobody could fill in.
fn is_open(text: &str) -> bool {
    text.contains("{{")
}

/// Where the values of parameters stand, by their name.
fn places<'a>(
    resource: &Resource,
    parameters: impl Iterator<Item = Node<'a>>,
) -> BTreeMap<String, Place> {
    let place = |parameter: Node<'_>| {
        let place = Place {
            artifact: Arc::clone(&resource.artifact),
            span: value_span(&resource.artifact.text, parameter.get("value")?),
            approximate: false,
        };
        Some((parameter.string("name")?.to_owned(), place))
    };
    parameters.filter_map(place).collect()
}

fn arguments(release: &str, namespace: Option<String>, kube_version: &str) -> Arguments {
    Arguments {
        release: release_name(release),
        namespace,
        kube_version: kube_version.to_owned(),
        ..Arguments::default()
    }
}

/// Where a chart lies that an object names by its path in the repository.
struct Base {
    root: PathBuf,
    chart: ChartFolder,
}

impl Base {
    /// Where a chart lies that is deployed from where it is published.
    fn of_published(resource: &Resource, chart: &ChartFolder) -> Option<Self> {
        let file = Path::new(&*resource.artifact.display);
        Some(Self {
            root: folder_around(file, chart)?,
            chart: chart.clone(),
        })
    }

    /// A file of values that is named from the root of the repository.
    fn values_of_root(&self, path: &str) -> ValuesFile {
        // The root may be around the folder that the object and the chart have in common.
        let mut above = self.root.ancestors();
        let root = above.find(|folder| folder.join(path).is_file());
        self.values_file(&root.unwrap_or(&self.root).join(path))
    }

    /// A file of values of the chart.
    fn values_file(&self, path: &Path) -> ValuesFile {
        let (display, uri) = self.chart.names(path);
        ValuesFile {
            display,
            uri,
            path: path.to_owned(),
        }
    }
}

/// The nearest folder above the object's file below which the path leads to a chart.
fn base(resource: &Resource, path: &str) -> Option<Base> {
    let file = Path::new(&*resource.artifact.display);
    let path = path.trim_start_matches("./").trim_matches('/');
    let above = std::path::absolute(file).ok()?;
    let root = above
        .ancestors()
        .skip(1)
        .find(|folder| !path.is_empty() && lies_at(&folder.join(path)))?;
    let artifact = &resource.artifact;
    let (display, uri) = names_beside(&root.join(path), &artifact.display, &artifact.uri);
    Some(Base {
        root: root.to_owned(),
        chart: ChartFolder {
            path: PathBuf::from(&display),
            display,
            uri,
        },
    })
}

fn inline_layer(resource: &Resource, values: Node<'_>) -> Layer {
    Layer {
        artifact: Arc::clone(&resource.artifact),
        tree: Arc::clone(&resource.tree),
        root: values.id(),
        folder: String::new(),
        is_own: false,
        embedded: None,
    }
}

/// Values that stand as a text in an object.
fn embedded_layer(resource: &Resource, node: Node<'_>) -> Option<Layer> {
    let text = node.as_str()?;
    let tree = read_tree(text).ok()??;
    tree.root().filter(|root| root.is_mapping())?;
    Some(Layer {
        artifact: Arc::new(Artifact::new("", "", text.to_owned())),
        tree: Arc::new(tree),
        root: 0,
        folder: String::new(),
        is_own: false,
        embedded: Some(Embedded {
            artifact: Arc::clone(&resource.artifact),
            span: node.span(),
        }),
    })
}
