//! What a scan gives: everything that any output shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Finding, Notice, Rendering, Rule, Severity};

/// Files, by what they turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// All that were opened.
    pub read: usize,
    /// With at least one Kubernetes object.
    pub manifests: usize,
    /// Dependency files.
    pub dependency_files: usize,
    /// Values files of charts.
    pub values: usize,
    /// Dockerfiles and pipelines.
    pub build_files: usize,
    /// Scripts, and pipelines of which the commands alone are read, that put something into a cluster.
    pub scripts: usize,
    /// Readable, without a Kubernetes object.
    pub not_manifests: usize,
    /// Could not be read to their end.
    pub failed: usize,
}

/// Resources, by what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceCounts {
    /// Whole Kubernetes objects.
    pub objects: usize,
    /// Those of them that run pods.
    pub workloads: usize,
    /// Patches of kustomizations.
    pub patches: usize,
    /// Objects that a controller made from another one, and that are checked through that.
    pub owned: usize,
    /// Packages in dependency files.
    pub packages: usize,
}

/// What was understood of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files.
    pub files: FileCounts,
    /// Resources.
    pub resources: ResourceCounts,
    /// What was rendered, by root and name.
    pub renderings: Vec<Rendering>,
    /// Folders of charts whose templates were not rendered, and so not checked.
    pub charts_not_rendered: Vec<String>,
    /// Kustomization files.
    pub kustomizations: Vec<String>,
    /// Symbolic links that were not followed.
    pub links_not_followed: Vec<String>,
    /// Folders of what unit tests read, files that only a test tool applies, and scripts of tests, which were passed over.
    pub tests_not_read: Vec<String>,
}

/// An Azure service that findings name, with what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceUse {
    /// The service's id in the catalogue.
    pub id: String,
    /// The service's name.
    pub name: String,
    /// What takes its place, the first choice first.
    pub counterparts: Vec<String>,
    /// How much work the move is: `S`, `M` or `L`.
    pub effort: String,
    /// How many findings name it.
    pub findings: usize,
    /// How many files they stand in.
    pub files: usize,
}

/// What a scan gives, in its one stable order.
#[derive(Debug, Default)]
pub struct Report {
    /// The rules that ran, by id.
    pub rules: Vec<Arc<Rule>>,
    /// What was found, by place.
    pub findings: Vec<Finding>,
    /// What could not be checked. Never a pass.
    pub failures: Vec<Notice>,
    /// What should not pass without a word.
    pub warnings: Vec<Notice>,
    /// What was understood.
    pub summary: Summary,
    /// The Azure services that findings name.
    pub services: Vec<ServiceUse>,
    /// Titles of the controls that rules refer to, by `framework/control`.
    pub controls: BTreeMap<String, String>,
}

impl Report {
    /// How many findings have each severity, the least severe first.
    #[must_use]
    pub fn by_severity(&self) -> [(Severity, usize); 4] {
        Severity::ALL.map(|severity| {
            let count = self
                .findings
                .iter()
                .filter(|found| found.severity == severity);
            (severity, count.count())
        })
    }
}
