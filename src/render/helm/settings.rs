//! Which renderings a chart has: its defaults, what its folder holds by convention, and what the
//! configuration and the command line ask for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use super::convention::ValuesFile;
use super::convention::sets_of_values;
use super::run::Arguments;
use super::values::Layer;
use crate::config::ChartRendering;
use crate::model::{Artifact, Node, Place, are_trial_values};
use crate::render::Request;
use crate::source::{ChartFolder, read_tree, value_span};

/// The name of the rendering with nothing but a chart's own values.
pub(super) const DEFAULT: &str = "default";
/// The name of the one that the command line asks for.
const COMMAND_LINE: &str = "command line";

/// One rendering of a chart.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Its name, told with each finding.
    pub name: String,
    /// What helm is given, without files of values.
    pub arguments: Arguments,
    /// Files of values.
    pub values: Vec<ValuesFile>,
    /// Values that stand in another object, such as a HelmRelease; they win over the files.
    pub inline: Option<Layer>,
    /// Where single values that helm is given stand, by their key, as far as that is in a file.
    pub places: BTreeMap<String, Place>,
    /// Values that templates ask for and that nobody gave; placeholders are put in for them.
    pub asked: Vec<super::asked::Asked>,
    /// Whether it is given values that are in no file, such as those of a Secret.
    pub has_unknown_values: bool,
    /// Whether it is one way to deploy the chart, instead of a release beside others.
    pub is_variant: bool,
}

impl Setting {
    /// Whether its values only try the chart.
    pub(super) fn is_tried(&self) -> bool {
        let mut files = self.values.iter();
        !self.values.is_empty() && files.all(|file| are_trial_values(&file.path))
    }
}

/// The renderings of a chart, the default first, each name once. A file of values beside it that releases name is no
/// rendering of its own: what it makes is theirs.
pub(super) fn settings(
    folder: &ChartFolder,
    chart_name: &str,
    request: &Request,
    releases: &[Setting],
) -> Vec<Setting> {
    let plain = |name: &str| Setting {
        name: name.to_owned(),
        arguments: Arguments {
            release: release_name(chart_name),
            kube_version: request.kube_version.clone(),
            ..Arguments::default()
        },
        values: Vec::new(),
        inline: None,
        places: BTreeMap::new(),
        asked: Vec::new(),
        has_unknown_values: false,
        is_variant: true,
    };
    let mut settings = vec![plain(DEFAULT)];
    let files = sets_of_values(folder).into_iter();
    for (name, file) in files.filter(|(_, file)| !releases.iter().any(|one| one.gives(file))) {
        settings.push(Setting {
            values: vec![file],
            ..plain(&name)
        });
    }
    let own = request
        .charts
        .iter()
        .filter(|chart| is_about(chart, &folder.path));
    for chart in own {
        let setting = configured(chart, plain(&chart.name));
        match settings.iter_mut().find(|known| known.name == setting.name) {
            Some(known) => *known = setting,
            None => settings.push(setting),
        }
    }
    if !(request.values.is_empty() && request.set.is_empty()) {
        let mut asked = plain(COMMAND_LINE);
        asked.values = request
            .values
            .iter()
            .map(|path| values_file(path))
            .collect();
        asked.arguments.set.clone_from(&request.set);
        settings.push(asked);
    }
    settings
}

/// The renderings with those that objects of the repository ask for. A chart that has no other than its own
/// values, and is deployed with just these, is rendered as it is deployed: in the release's namespace and
/// under its name. So is a packed one, whatever its releases give it: nobody here is who mends its own values.
pub(super) fn with_releases(
    folder: &ChartFolder,
    mut settings: Vec<Setting>,
    releases: &[Setting],
) -> Vec<Setting> {
    let is_plain = |setting: &Setting| setting.is_variant && setting.has_own_values_alone();
    let is_packed = !releases.is_empty() && folder.path.is_file();
    let is_deployed = is_packed || releases.iter().any(Setting::has_own_values_alone);
    if is_deployed && matches!(&settings[..], [only] if is_plain(only)) {
        settings.clear();
    }
    if let Some(namespace) = only_namespace(releases) {
        let plain = settings.iter_mut().filter(|setting| setting.is_variant);
        for setting in plain {
            let own = &mut setting.arguments.namespace;
            own.get_or_insert_with(|| namespace.to_owned());
        }
    }
    for release in releases {
        if !settings.iter().any(|known| known.name == release.name) {
            settings.push(release.clone());
        }
    }
    settings
}

/// The namespace of all releases, if that is one: what a chart says of it (`.Release.Namespace`) it says of this
/// one, whatever the values.
fn only_namespace(releases: &[Setting]) -> Option<&str> {
    let (first, rest) = releases.split_first()?;
    let own = first.arguments.namespace.as_deref()?;
    let is_same = |one: &Setting| one.arguments.namespace.as_deref() == Some(own);
    rest.iter().all(is_same).then_some(own)
}

impl Setting {
    /// Whether it gives the chart a file, and all that it gives is there.
    fn gives(&self, wanted: &ValuesFile) -> bool {
        let canonical = |file: &ValuesFile| file.path.canonicalize().ok();
        let files: Option<Vec<PathBuf>> = self.values.iter().map(canonical).collect();
        let wanted = canonical(wanted);
        files.is_some_and(|files| files.iter().any(|file| Some(file) == wanted.as_ref()))
    }

    /// Whether the chart is given no values besides its own.
    fn has_own_values_alone(&self) -> bool {
        let is_given = !self.values.is_empty() || !self.arguments.set.is_empty();
        !is_given && self.inline.is_none() && !self.has_unknown_values
    }
}

fn configured(chart: &ChartRendering, plain: Setting) -> Setting {
    let Arguments {
        release,
        kube_version,
        ..
    } = plain.arguments;
    Setting {
        name: chart.name.clone(),
        arguments: Arguments {
            release: chart.release.clone().unwrap_or(release),
            namespace: chart.namespace.clone(),
            kube_version: chart.kube_version.clone().unwrap_or(kube_version),
            api_versions: chart.api_versions.clone(),
            values: Vec::new(),
            set: chart.set.clone(),
        },
        values: chart.values.iter().map(|path| values_file(path)).collect(),
        inline: None,
        places: places(chart).unwrap_or_default(),
        asked: Vec::new(),
        has_unknown_values: false,
        is_variant: plain.is_variant,
    }
}

/// Where the values under `set` of a configured rendering stand.
fn places(chart: &ChartRendering) -> Option<BTreeMap<String, Place>> {
    let (path, position) = &chart.written;
    if chart.set.is_empty() {
        return None;
    }
    let file = values_file(path);
    let text = std::fs::read_to_string(&file.path).ok()?;
    let artifact = Arc::new(Artifact::new(&file.display, &file.uri, text));
    let tree = read_tree(&artifact.text).ok()??;
    let written = tree.root()?.get("charts")?.items().nth(*position)?;
    let place = |(key, value): (Node<'_>, Node<'_>)| {
        let place = Place {
            artifact: Arc::clone(&artifact),
            span: value_span(&artifact.text, value),
            approximate: false,
        };
        Some((key.as_str()?.to_owned(), place))
    };
    Some(written.get("set")?.entries().filter_map(place).collect())
}

fn is_about(chart: &ChartRendering, folder: &Path) -> bool {
    let same = chart
        .path
        .canonicalize()
        .ok()
        .zip(folder.canonicalize().ok());
    same.is_some_and(|(asked, folder)| asked == folder)
}

/// A release is called like its chart, as far as names of releases may be.
pub(super) fn release_name(chart: &str) -> String {
    let is_good = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
    let name: String = chart
        .to_lowercase()
        .chars()
        .map(|one| if is_good(one) { one } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    let name = name
        .get(..name.len().min(53))
        .unwrap_or_default()
        .trim_matches('-');
    if name.is_empty() {
        "release".to_owned()
    } else {
        name.to_owned()
    }
}

/// A file as the user names it, relative to the working directory where it lies below.
pub(super) fn values_file(path: &Path) -> ValuesFile {
    let (shown, uri) = crate::source::names(path);
    let is_below = !Path::new(&uri).is_absolute();
    ValuesFile {
        display: if is_below { uri.clone() } else { shown },
        uri,
        path: path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_called_like_their_chart() {
        assert_eq!(release_name("web"), "web");
        assert_eq!(release_name("My_Chart"), "my-chart");
        assert_eq!(release_name("…"), "release");
    }

    #[test]
    fn a_chart_that_is_deployed_as_it_is_is_rendered_so() {
        let folder = ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: PathBuf::from("/no/such/folder"),
        };
        let request = Request::default();
        let plain = || settings(&folder, "web", &request, &[]);
        let release = |set: &[&str]| {
            let mut release = plain().remove(0);
            release.name = "Application argocd/web".to_owned();
            release.is_variant = false;
            release.arguments.set = set.iter().map(|&set| set.to_owned()).collect();
            release
        };
        let names = |settings: Vec<Setting>, releases: &[Setting]| -> Vec<String> {
            let settings = with_releases(&folder, settings, releases).into_iter();
            settings.map(|setting| setting.name).collect()
        };
        let application = "Application argocd/web";
        assert_eq!(names(plain(), &[release(&[])]), [application]);
        assert_eq!(names(plain(), &[release(&["a=b"])]), [DEFAULT, application]);
        let mut open = release(&[]);
        open.has_unknown_values = true;
        assert_eq!(names(plain(), &[open]), [DEFAULT, application]);
        let packed = tempfile::NamedTempFile::new().expect("a scratch file");
        let package = ChartFolder {
            path: packed.path().to_owned(),
            ..folder.clone()
        };
        let of_package = |releases: &[Setting]| -> Vec<String> {
            let settings = with_releases(&package, plain(), releases).into_iter();
            settings.map(|setting| setting.name).collect()
        };
        assert_eq!(of_package(&[release(&["a=b"])]), [application]);
        assert_eq!(of_package(&[]), [DEFAULT]);
        let mut production = plain().remove(0);
        production.name = "production".to_owned();
        let several = [plain(), vec![production]].concat();
        assert_eq!(
            names(several, &[release(&[])]),
            [DEFAULT, "production", application]
        );
    }

    #[test]
    fn a_file_of_values_that_a_release_names_is_no_rendering_of_its_own() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        for file in ["values-prod.yaml", "values-dev.yaml"] {
            std::fs::write(scratch.path().join(file), "").expect("is written");
        }
        let folder = ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: scratch.path().to_owned(),
        };
        let names = |files: &[&str]| {
            let mut release = settings(&folder, "web", &Request::default(), &[]).remove(0);
            let files = files.iter();
            let file = |file: &&str| values_file(&scratch.path().join(file));
            release.values = files.map(file).collect();
            let settings = settings(&folder, "web", &Request::default(), &[release]);
            let names = settings.into_iter().map(|setting| setting.name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(&["values-prod.yaml"]), [DEFAULT, "dev"]);
        let both = ["values-prod.yaml", "values-dev.yaml"];
        assert_eq!(names(&both), [DEFAULT]);
        // With a file that nobody finds, nothing may come of it.
        let missing = ["values-prod.yaml", "values-secret.yaml"];
        assert_eq!(names(&missing), [DEFAULT, "dev", "prod"]);
        assert_eq!(names(&[]), [DEFAULT, "dev", "prod"]);
    }

    #[test]
    fn a_chart_as_it_is_lies_in_the_namespace_of_all_its_releases() {
        let folder = ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: PathBuf::from("/no/such/folder"),
        };
        let plain = || settings(&folder, "web", &Request::default(), &[]);
        let release = |name: &str, namespace: Option<&str>| {
            let mut release = plain().remove(0);
            release.name = name.to_owned();
            release.is_variant = false;
            release.arguments.set = vec!["a=b".to_owned()];
            release.arguments.namespace = namespace.map(str::to_owned);
            release
        };
        let namespace = |releases: &[Setting]| {
            let settings = with_releases(&folder, plain(), releases);
            settings[0].arguments.namespace.clone()
        };
        let (one, other) = (release("a", Some("shop")), release("b", Some("shop")));
        assert_eq!(namespace(&[one.clone(), other]).as_deref(), Some("shop"));
        assert_eq!(namespace(&[one.clone(), release("b", Some("dev"))]), None);
        assert_eq!(namespace(&[one, release("b", None)]), None);
        assert_eq!(namespace(&[]), None);
    }
}
