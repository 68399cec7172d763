//! Charts that the repository publishes itself, and that something deploys from the registry: known by their name, their
//! version, and where they lie.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use crate::model::{Node, Resource};
use crate::source::{ChartFolder, read_tree};

/// How many last steps of an address are those of a chart's folder, at least.
const TELLING_STEPS: usize = 2;

/// Where something deploys a chart from.
#[derive(Debug)]
pub(super) struct Address {
    /// Of the chart, with its name.
    url: String,
    version: String,
}

impl Address {
    /// Of a chart in a repository of charts; `None` where it is not said which, or in which version.
    pub(super) fn of_chart(
        repository: Option<&str>,
        chart: Option<&str>,
        version: Option<&str>,
    ) -> Option<Self> {
        let repository = repository?.trim_end_matches('/');
        Some(Self {
            url: format!("{repository}/{}", chart?),
            version: version?.to_owned(),
        })
    }

    /// Of the chart that a source of Flux is, or that is called so in it.
    pub(super) fn of_source(
        source: &Resource,
        chart: Option<&str>,
        version: Option<&str>,
    ) -> Option<Self> {
        let spec = source.node().get("spec")?;
        let url = spec.string("url")?;
        if source.gvk.kind != "OCIRepository" {
            return Self::of_chart(Some(url), chart, version);
        }
        let tag = spec.find(&["ref", "tag"]).and_then(Node::as_str)?;
        Some(Self {
            url: url.trim_end_matches('/').to_owned(),
            version: tag.to_owned(),
        })
    }

    /// Whether it is that of a chart in a folder: a chart of that name and version, and the folder called as the last steps
    /// of the address, or in a repository that the address names.
    fn is_of(&self, chart: &Known, repositories: &[String]) -> bool {
        let steps = |path: &str| -> Vec<String> {
            let steps = path.rsplit(['/', '\\']).map(str::to_ascii_lowercase);
            steps.filter(|step| !step.is_empty()).collect()
        };
        let (own, folder) = (steps(&self.url), steps(&chart.folder.uri));
        let alike = own
            .iter()
            .zip(&folder)
            .take_while(|(own, step)| own == step);
        let is_of_repository = |name: &String| self.url.to_ascii_lowercase().contains(name);
        own.first() == Some(&chart.name.to_ascii_lowercase())
            && self.version.trim_start_matches('v') == chart.version.trim_start_matches('v')
            && (alike.count() >= TELLING_STEPS || repositories.iter().any(is_of_repository))
    }
}

/// A chart of the repository.
#[derive(Debug)]
struct Known {
    folder: ChartFolder,
    name: String,
    version: String,
}

/// The charts of the repository, and what they are deployed by.
pub(super) struct Registry<'a> {
    charts: &'a [ChartFolder],
    resources: &'a [Resource],
    known: OnceCell<Vec<Known>>,
    /// The repositories that something deploys folders from, `/owner/name/`.
    repositories: OnceCell<Vec<String>>,
}

impl<'a> Registry<'a> {
    pub(super) fn of(charts: &'a [ChartFolder], resources: &'a [Resource]) -> Self {
        Self {
            charts,
            resources,
            known: OnceCell::new(),
            repositories: OnceCell::new(),
        }
    }

    /// The chart of an address, if it is one of the repository and no other one may be.
    pub(super) fn chart(&self, address: &Address) -> Option<&ChartFolder> {
        let known = self
            .known
            .get_or_init(|| self.charts.iter().filter_map(known).collect());
        let repositories = self
            .repositories
            .get_or_init(|| repositories(self.resources));
        let mut found = known
            .iter()
            .filter(|chart| address.is_of(chart, repositories));
        found
            .next()
            .filter(|_| found.next().is_none())
            .map(|chart| &chart.folder)
    }

    /// The source of Flux that an object names.
    pub(super) fn source(&self, object: &Resource, named: Node<'_>) -> Option<&'a Resource> {
        let text = |key| named.string(key);
        let namespace = text("namespace").or(object.identity.namespace.as_deref());
        self.resources.iter().find(|one| {
            one.gvk.group == "source.toolkit.fluxcd.io"
                && Some(one.gvk.kind.as_str()) == text("kind")
                && Some(one.identity.name.as_str()) == text("name")
                && one.identity.namespace.as_deref() == namespace
        })
    }
}

/// A chart that is no package, by what it calls itself.
fn known(folder: &ChartFolder) -> Option<Known> {
    let text = std::fs::read_to_string(folder.path.join("Chart.yaml")).ok()?;
    let tree = read_tree(&text).ok()??;
    let text = |key| Some(tree.root()?.get(key)?.as_str()?.to_owned());
    Some(Known {
        name: text("name")?,
        version: text("version")?,
        folder: folder.clone(),
    })
}

/// The repositories of git that Argo CD and Flux deploy folders from, or take values from.
fn repositories(resources: &[Resource]) -> Vec<String> {
    let deployers = resources
        .iter()
        .filter(|one| one.gvk.group == "argoproj.io" || one.gvk.kind == "GitRepository");
    let mut found = Vec::new();
    deployers.for_each(|one| collect_repositories(one.node(), &mut found));
    found.sort();
    found.dedup();
    found
}

fn collect_repositories(node: Node<'_>, found: &mut Vec<String>) {
    let text = |key| node.string(key);
    let is_git = text("ref").is_some() || text("path").is_some();
    let url = text("url").or_else(|| text("repoURL").filter(|_| is_git));
    let steps = url.map(|url| url.trim_end_matches('/').trim_end_matches(".git"));
    let mut steps = steps.into_iter().flat_map(|url| url.rsplit(['/', ':']));
    if let (Some(name), Some(owner)) = (steps.next(), steps.next()) {
        found.push(format!("/{owner}/{name}/").to_ascii_lowercase());
    }
    let inner = node.entries().map(|(_, value)| value).chain(node.items());
    inner.for_each(|value| collect_repositories(value, found));
}

/// The folder around a file of the repository and a chart in it.
pub(super) fn folder_around(file: &Path, chart: &ChartFolder) -> Option<PathBuf> {
    let file = std::path::absolute(file).ok()?;
    let chart = std::path::absolute(&chart.path).ok()?;
    let around = file.ancestors().skip(1);
    around
        .map(Path::to_owned)
        .find(|folder| chart.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of(url: &str, version: &str, repositories: &[&str]) -> bool {
        let address = Address {
            url: url.to_owned(),
            version: version.to_owned(),
        };
        let chart = Known {
            folder: ChartFolder {
                display: "charts/web".to_owned(),
                uri: "charts/web".to_owned(),
                path: "charts/web".into(),
            },
            name: "web".to_owned(),
            version: "0.3.0".to_owned(),
        };
        let repositories: Vec<String> = repositories.iter().map(|one| (*one).to_owned()).collect();
        address.is_of(&chart, &repositories)
    }

    #[test]
    fn a_chart_is_known_by_name_version_and_place() {
        assert!(is_of("oci://ghcr.io/me/lab/charts/web", "0.3.0", &[]));
        assert!(is_of("ghcr.io/me/lab/web", "v0.3.0", &["/me/lab/"]));
        for (url, version, repositories) in [
            ("oci://ghcr.io/me/lab/charts/web", "0.4.0", &[][..]),
            ("oci://ghcr.io/me/lab/charts/api", "0.3.0", &["/me/lab/"]),
            ("oci://ghcr.io/me/lab/web", "0.3.0", &[]),
            (
                "https://charts.example.com/other/web",
                "0.3.0",
                &["/me/lab/"],
            ),
        ] {
            assert!(!is_of(url, version, repositories), "{url} {version}");
        }
    }
}
