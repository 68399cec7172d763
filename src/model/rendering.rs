//! What a tool rendered from sources, and with what. Where the characters come from says the provenance of an
//! artifact.

use std::path::Path;
use std::sync::Arc;

/// What was rendered by which tool, and under which name the result goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rendering {
    /// The chart or kustomization, as the user named it.
    pub root: String,
    /// The name among the renderings of this root, such as `default` or `production`.
    pub name: String,
    /// The tool with its version, such as `helm v3.21.1`.
    pub tool: String,
    /// What the tool was given, without the values of credentials.
    pub arguments: Vec<String>,
    /// How many objects came of it.
    pub objects: usize,
    /// The namespace that objects without one are put into, where that is known.
    pub namespace: Option<String>,
    /// The release that a chart is rendered for, whose name many of its objects bear.
    pub release: Option<String>,
    /// Whether it is one of several ways to deploy its root, instead of a deployment beside others.
    pub is_variant: bool,
    /// Whether something of the root had to be left out.
    pub is_part: bool,
    /// What of a chart that stood in, by paths for people: templates, and what asks for charts that are not there.
    pub left_out: Vec<Arc<str>>,
    /// Whether charts that the root uses were not fetched, so that nobody knows what they deploy with it.
    pub lacks_charts: bool,
    /// What a chart calls itself, where none of the charts that it uses may be called so.
    pub own_name: Option<String>,
}

impl Rendering {
    /// The chart or the kustomization that was built: the overlay itself where several share a root.
    #[must_use]
    pub fn folder(&self) -> &str {
        match self.tool.starts_with("helm") {
            true => &self.root,
            false => &self.name,
        }
    }

    /// Whether it is of a chart as something installs it, an object or a command.
    #[must_use]
    pub fn is_installation(&self) -> bool {
        self.tool.starts_with("helm") && self.release.is_some() && !self.is_variant
    }

    /// The files of values that a chart was given, as the user knows them.
    #[must_use]
    pub fn values_files(&self) -> Vec<String> {
        let pairs = self.arguments.windows(2);
        let given = pairs.filter(|pair| pair[0] == "--values");
        given.map(|pair| pair[1].clone()).collect()
    }

    /// Whether it only tries its chart, as the names of all the files of values say that it was given.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        let files = self.values_files();
        let is_given = self.is_variant && !files.is_empty();
        is_given && files.iter().all(|file| are_trial_values(Path::new(file)))
    }

    /// Whether a chart was rendered with nothing but the values that it comes with, some of which may wait
    /// for whoever installs it.
    #[must_use]
    pub fn has_own_values_alone(&self) -> bool {
        let is_given = |word: &String| word == "--values" || word == "--set";
        self.tool.starts_with("helm")
            && self.name == "default"
            && !self.arguments.iter().any(is_given)
    }
}

/// Whether values only try a chart, as the name of their file says: `ci/a-values.yaml`, `values-smoke.yaml`.
#[must_use]
pub fn are_trial_values(file: &Path) -> bool {
    const WORDS: [&str; 5] = ["ci", "e2e", "smoke", "test", "tests"];
    let name = file.file_stem().and_then(|stem| stem.to_str());
    let mut words = name.unwrap_or_default().split(['-', '_', '.']);
    words.any(|word| WORDS.contains(&word)) || file.parent().is_some_and(|one| one.ends_with("ci"))
}
