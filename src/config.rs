//! `landfall.yaml`: as it is written, and as it is once checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::Severity;

/// The name under which a configuration is found, upwards from the working directory.
const FILE_NAME: &str = "landfall.yaml";

/// Settings that hold for every run in a tree; the command line adds to them or wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Prefixes of trusted images, each ending with `/`.
    pub registries: Vec<String>,
    /// From which severity on findings make the run fail.
    pub fail_on: Option<FailOn>,
    /// Folders of the user's own rules.
    pub policies: Vec<PathBuf>,
    /// The user's data files.
    pub data: Vec<PathBuf>,
    /// Rules to run; empty means all.
    pub rules: Vec<String>,
    /// Families to run; empty means all.
    pub families: Vec<String>,
    /// The least severity of rules to run.
    pub severity: Option<Severity>,
    /// Rules to run that do not run without being asked for.
    pub enable: Vec<String>,
    /// Whether charts and kustomizations are rendered.
    pub render: Option<bool>,
    /// The version of Kubernetes that charts are rendered for.
    pub kube_version: Option<String>,
    /// Renderings of charts besides those with their own values.
    pub charts: Vec<ChartRendering>,
}

/// A chart with a set of values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartRendering {
    /// The chart's folder.
    pub path: PathBuf,
    /// How findings name the rendering.
    pub name: String,
    /// The release's name, where it is not the chart's.
    pub release: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// Files of values, those that win last.
    pub values: Vec<PathBuf>,
    /// Values, as `key=value`.
    pub set: Vec<String>,
    /// APIs that the cluster has besides its own.
    pub api_versions: Vec<String>,
    /// The version of Kubernetes.
    pub kube_version: Option<String>,
    /// The configuration that asks for it, and its position under `charts` there.
    pub written: (PathBuf, usize),
}

/// From which severity on findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// Findings never do.
    Never,
}

/// The configuration as it is written; unknown fields are refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Written {
    registries: Vec<String>,
    fail_on: Option<String>,
    policies: Vec<PathBuf>,
    data: Vec<PathBuf>,
    rules: Vec<String>,
    families: Vec<String>,
    severity: Option<Severity>,
    enable: Vec<String>,
    render: Option<bool>,
    kube_version: Option<String>,
    charts: Vec<WrittenChart>,
}

/// A chart with a set of values as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct WrittenChart {
    path: PathBuf,
    name: Option<String>,
    release: Option<String>,
    namespace: Option<String>,
    values: Vec<PathBuf>,
    set: BTreeMap<String, serde_yaml::Value>,
    api_versions: Vec<String>,
    kube_version: Option<String>,
}

/// What can be wrong with a configuration; always the fault of who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file does not say what a configuration may say.
    #[error("{}:{line}: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is the matter.
        reason: String,
    },
}

impl ConfigError {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check the path given with --config".to_owned(),
            Self::Invalid { .. } => {
                "a configuration may have registries, fail-on, policies, data, rules, families, severity, enable, render, kube-version and charts".to_owned()
            }
        }
    }
}

impl Config {
    /// The configuration in a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not valid.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let invalid = |line, reason| ConfigError::Invalid {
            path: path.to_owned(),
            line,
            reason,
        };
        if text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
        {
            return Ok(Self::default());
        }
        let written: Written = serde_yaml::from_str(&text).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            invalid(
                line,
                error
                    .to_string()
                    .split(" at line ")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        })?;
        checked(written, path).map_err(|(word, reason)| {
            let line = text.lines().position(|line| line.contains(&word));
            invalid(line.map_or(1, |line| line + 1), reason)
        })
    }

    /// The configuration nearest upwards from a folder, or the default.
    ///
    /// # Errors
    ///
    /// As [`Config::read`].
    pub fn find(folder: &Path) -> Result<Self, ConfigError> {
        let found = folder
            .ancestors()
            .map(|folder| folder.join(FILE_NAME))
            .find(|path| path.is_file());
        found.map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }
}

/// A trusted registry or a path in one, as a prefix that ends at a path's boundary.
///
/// # Errors
///
/// When it is no such prefix; the reason.
pub fn registry(text: &str) -> Result<String, String> {
    let prefix = text.trim_end_matches('/');
    if prefix.contains("://") {
        return Err(format!(
            "`{text}` is a URL; write host and path, as in `harbor.example.com/shop`"
        ));
    }
    if prefix.is_empty() || prefix.contains(char::is_whitespace) || prefix.contains(['@', '*']) {
        return Err(format!(
            "`{text}` is no registry; write host and path, as in `harbor.example.com/shop`"
        ));
    }
    Ok(format!("{}/", prefix.to_lowercase()))
}

/// A threshold as the command line and the configuration have it.
///
/// # Errors
///
/// When it is neither a severity nor `never`.
pub fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "never" => Ok(FailOn::Never),
        _ => text
            .parse()
            .map(FailOn::Severity)
            .map_err(|reason: String| format!("{reason}, or never")),
    }
}

/// Checks what is written; on failure the word at fault and the reason. Paths count from the
/// configuration's folder.
fn checked(written: Written, path: &Path) -> Result<Config, (String, String)> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let located = |paths: Vec<PathBuf>| paths.iter().map(|path| folder.join(path)).collect();
    let registries = written
        .registries
        .iter()
        .map(|text| registry(text).map_err(|reason| (text.clone(), reason)));
    let threshold = written
        .fail_on
        .as_deref()
        .map(|text| fail_on(text).map_err(|reason| (text.to_owned(), reason)));
    Ok(Config {
        registries: registries.collect::<Result<_, _>>()?,
        fail_on: threshold.transpose()?,
        policies: located(written.policies),
        data: located(written.data),
        rules: written.rules,
        families: written.families,
        severity: written.severity,
        enable: written.enable,
        render: written.render,
        charts: charts(written.charts, path, folder)?,
        kube_version: written.kube_version,
    })
}

fn charts(
    written: Vec<WrittenChart>,
    config: &Path,
    folder: &Path,
) -> Result<Vec<ChartRendering>, (String, String)> {
    let mut charts: Vec<ChartRendering> = Vec::new();
    for (position, chart) in written.into_iter().enumerate() {
        let path = folder.join(&chart.path);
        let word = chart.path.to_string_lossy().into_owned();
        if !path.join("Chart.yaml").is_file() {
            let word = if word.is_empty() {
                "charts".to_owned()
            } else {
                word
            };
            return Err((
                word,
                format!("`{}` is no chart's folder", chart.path.display()),
            ));
        }
        let stem = chart.values.last().and_then(|file| file.file_stem());
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        let name = chart.name.or(chart.release.clone()).or(stem);
        let Some(name) = name else {
            return Err((word, "a rendering of a chart needs a `name`".to_owned()));
        };
        let is_known = |known: &ChartRendering| known.path == path && known.name == name;
        if charts.iter().any(is_known) {
            return Err((
                name.clone(),
                format!("`{name}` names two renderings of one chart"),
            ));
        }
        charts.push(ChartRendering {
            values: chart.values.iter().map(|file| folder.join(file)).collect(),
            set: chart
                .set
                .iter()
                .map(|(key, value)| set(key, value))
                .collect::<Result<_, _>>()?,
            path,
            name,
            release: chart.release,
            namespace: chart.namespace,
            api_versions: chart.api_versions,
            kube_version: chart.kube_version,
            written: (config.to_owned(), position),
        });
    }
    Ok(charts)
}

/// A value as an option of helm's.
fn set(key: &str, value: &serde_yaml::Value) -> Result<String, (String, String)> {
    let text = match value {
        serde_yaml::Value::Null => "null".to_owned(),
        serde_yaml::Value::Bool(value) => value.to_string(),
        serde_yaml::Value::Number(value) => value.to_string(),
        serde_yaml::Value::String(text) => text.replace('\\', "\\\\").replace(',', "\\,"),
        serde_yaml::Value::Sequence(_)
        | serde_yaml::Value::Mapping(_)
        | serde_yaml::Value::Tagged(_) => {
            let reason = format!("`{key}` under `set` is no single value; use a values file");
            return Err((key.to_owned(), reason));
        }
    };
    Ok(format!("{key}={text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_end_at_a_boundary() {
        assert_eq!(
            registry("Harbor.example.com"),
            Ok("harbor.example.com/".to_owned())
        );
        assert_eq!(
            registry("harbor.example.com:5000/shop/"),
            Ok("harbor.example.com:5000/shop/".to_owned())
        );
        assert!(registry("https://harbor.example.com").is_err());
        assert!(registry("").is_err());
    }
}
