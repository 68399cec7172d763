//! What a chart says of itself in its `Chart.yaml`, and the charts that it asks for.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::version::allows;

/// What a `Chart.yaml` says, as far as it matters here.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct About {
    /// The chart's name.
    #[serde(default)]
    pub name: String,
    /// Its version, which may be written as a number.
    #[serde(default)]
    version: serde_yaml::Value,
    /// `application` or `library`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// What it uses.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

/// A chart that another one uses.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Dependency {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// The name it goes under here.
    #[serde(default)]
    pub alias: Option<String>,
    /// Where it comes from.
    #[serde(default)]
    pub repository: String,
    /// The versions that will do, which may be written as a number.
    #[serde(default)]
    version: serde_yaml::Value,
    /// The value that switches it on.
    #[serde(default)]
    pub condition: Option<String>,
}

impl Dependency {
    /// The key of its values in the chart that uses it.
    pub(super) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// The folder that a `file://` repository means, seen from the chart.
    pub(super) fn local(&self) -> Option<&str> {
        self.repository.strip_prefix("file://")
    }

    /// The folder beside a chart's own with the library that it asks for, in a version that will do: who keeps charts
    /// together publishes what they share, and what is published is what lies there.
    pub(super) fn library_beside(&self, chart: &Path) -> Option<String> {
        let folder = format!("../{}", self.name);
        let beside = About::read(&chart.join(&folder))?;
        let is_it = beside.is_library() && beside.name == self.name;
        let version = beside.version.as_str().filter(|_| is_it)?;
        let will_do = |asked: &str| allows(asked, version);
        self.version.as_str().is_some_and(will_do).then_some(folder)
    }
}

impl About {
    /// Reads a `Chart.yaml` and, of older charts, the `requirements.yaml` beside it.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join("Chart.yaml")).ok()?;
        let requirements = std::fs::read_to_string(folder.join("requirements.yaml")).ok();
        Self::parse(&text, requirements.as_deref())
    }

    /// Reads the texts of both.
    pub(super) fn parse(text: &str, requirements: Option<&str>) -> Option<Self> {
        let mut about: Self = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        if let Some(more) = requirements.and_then(|text| serde_yaml::from_str::<Self>(text).ok()) {
            about.dependencies.extend(more.dependencies);
        }
        Some(about)
    }

    /// What helm calls the package that it makes of the chart: `web-1.2.3.tgz`.
    pub(super) fn package(&self) -> Option<String> {
        let version = self.version.as_str().filter(|_| !self.name.is_empty())?;
        Some(format!("{}-{version}.tgz", self.name))
    }

    /// Whether it has nothing to deploy by itself.
    pub(super) fn is_library(&self) -> bool {
        self.kind == "library"
    }
}

/// The folder that a dependency of a chart in a folder names, as a path.
pub(super) fn local_folder(folder: &Path, dependency: &Dependency) -> Option<PathBuf> {
    folder.join(dependency.local()?).canonicalize().ok()
}
