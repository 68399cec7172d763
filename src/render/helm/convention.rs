//! Sets of values that lie in a chart's folder by convention, each a rendering of the chart: by their names, and where
//! these say less, by the keys in them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::about::About;
use super::roots::kept_parts;
use crate::source::{ChartFolder, holds_tokens, read_tree};

/// What stands between the word `values` and the name of a rendering.
const SEPARATORS: [char; 3] = ['-', '.', '_'];
/// The folder beside a `Chart.yaml` with a file for each rendering.
const FOLDER: &str = "values/";
/// What the example of the values begins with that a chart lacks.
const OWN: [&str; 2] = ["values.yaml.", "values.yml."];
/// What such an example ends in.
const EXAMPLES: [&str; 5] = ["dist", "example", "sample", "template", "tmpl"];
/// No more of those whose names say less are rendered.
const MOST: usize = 12;

/// A file of values, under the names it is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ValuesFile {
    /// As shown to people.
    pub display: String,
    /// As outputs name it.
    pub uri: String,
    /// What to open.
    pub path: PathBuf,
}

impl ValuesFile {
    /// A file that lies elsewhere, by its address, as far as that is no secret.
    pub(super) fn elsewhere(address: &str) -> Self {
        let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
        let plain = rest.split(['?', '#']).next().unwrap_or(rest);
        let (host, path) = plain.split_once('/').unwrap_or((plain, ""));
        let host = host.rsplit('@').next().unwrap_or(host);
        let shown = format!("{scheme}://{host}/{path}");
        Self {
            display: shown.clone(),
            uri: shown.clone(),
            path: PathBuf::from(shown),
        }
    }

    /// Whether it lies elsewhere, so that nobody reads it: nothing is fetched.
    pub(super) fn is_elsewhere(&self) -> bool {
        is_address(&self.uri)
    }
}

/// Whether a file of values is named by an address instead of a path.
pub(super) fn is_address(file: &str) -> bool {
    file.contains("://")
}

/// The sets of values by the name of the rendering: `ci/*-values.yaml`, as chart-testing takes them, `values-prod.yaml`
/// and its like, and, where most of their keys are the chart's, `prod-values.yaml` and `values/prod.yaml`; where the chart
/// has no values of its own, what its author gives as an example of them, `values.yaml.example`.
pub(super) fn sets_of_values(folder: &ChartFolder) -> BTreeMap<String, ValuesFile> {
    let mut found = BTreeMap::new();
    for (stem, file) in files(folder, "ci/") {
        if let Some(name) = stem.strip_suffix("-values") {
            found.insert(format!("ci/{name}"), file);
        }
    }
    let mut others = Vec::new();
    for (stem, file) in files(folder, "") {
        if let Some(name) = stem.strip_prefix("values").and_then(after_separator) {
            add(&mut found, name, file);
        } else if let Some(name) = stem.strip_suffix("values").and_then(before_separator) {
            others.push((name.to_owned(), file));
        }
    }
    others.extend(files(folder, FOLDER));
    found.extend(example(folder));
    let known = Keys::of(&folder.path);
    let others = others.into_iter();
    let own = others.filter(|(_, file)| known.are_of(&file.path));
    for (name, file) in own.take(MOST) {
        add(&mut found, &name, file);
    }
    found
}

/// The example of the values that a chart lacks.
fn example(folder: &ChartFolder) -> Option<(String, ValuesFile)> {
    let has = |name: &str| folder.path.join(name).is_file();
    let mut names = OWN.iter().flat_map(|own| {
        EXAMPLES
            .iter()
            .map(move |end| (format!("{own}{end}"), *end))
    });
    let (name, end) = names.find(|(name, _)| !has("values.yaml") && has(name))?;
    Some((end.to_owned(), file_of(folder, "", &name)))
}

/// Whether a script fills a file of values in before helm takes it: tokens stand in it with which no value of YAML begins.
/// Helm would refuse it as it is.
fn is_filled_in_first(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| holds_tokens(&text))
}

/// Adds a set of values; one of a name that another one has goes by its file.
fn add(found: &mut BTreeMap<String, ValuesFile>, name: &str, file: ValuesFile) {
    if name.contains("schema") {
        return;
    }
    let last = || file.path.file_name().map(|name| name.to_string_lossy());
    let name = match found.contains_key(name) {
        true => last().map_or_else(|| name.to_owned(), |last| last.into_owned()),
        false => name.to_owned(),
    };
    found.insert(name, file);
}

fn after_separator(rest: &str) -> Option<&str> {
    rest.strip_prefix(SEPARATORS)
        .filter(|name| !name.is_empty())
}

fn before_separator(rest: &str) -> Option<&str> {
    rest.strip_suffix(SEPARATORS)
        .filter(|name| !name.is_empty())
}

/// The YAML files of a folder of the chart, each with its name without the end, in order.
fn files(folder: &ChartFolder, below: &str) -> Vec<(String, ValuesFile)> {
    let entries = std::fs::read_dir(folder.path.join(below));
    let entries = entries.into_iter().flatten().flatten();
    let file = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let stem = name.strip_suffix(".yaml").or(name.strip_suffix(".yml"))?;
        Some((stem.to_owned(), file_of(folder, below, name)))
    };
    let paths = entries.map(|entry| entry.path());
    let mut found: Vec<_> = paths
        .filter(|path| path.is_file() && !is_filled_in_first(path))
        .filter_map(file)
        .collect();
    found.sort();
    found
}

fn file_of(folder: &ChartFolder, below: &str, name: &str) -> ValuesFile {
    let join = |folder: &str| match folder {
        "" | "." => format!("{below}{name}"),
        _ => format!("{folder}/{below}{name}"),
    };
    ValuesFile {
        display: join(&folder.display),
        uri: join(&folder.uri),
        path: folder.path.join(below).join(name),
    }
}

/// The keys that a chart knows at the top of its values, read once somebody asks.
pub(super) struct Keys<'c> {
    chart: &'c Path,
    known: OnceCell<BTreeSet<String>>,
}

impl<'c> Keys<'c> {
    pub(super) fn of(chart: &'c Path) -> Self {
        Self {
            chart,
            known: OnceCell::new(),
        }
    }

    /// Whether a file holds values of the chart: most of its keys are ones that the chart's own values have, that its
    /// templates name, or that are names of charts in it.
    pub(super) fn are_of(&self, file: &Path) -> bool {
        let keys = keys(file);
        let known = self.known.get_or_init(|| known(self.chart));
        let own = keys.iter().filter(|key| known.contains(*key)).count();
        own * 2 > keys.len()
    }
}

fn keys(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let tree = read_tree(&text).ok().flatten();
    let root = tree.as_ref().and_then(|tree| tree.root());
    let entries = root.into_iter().flat_map(|root| root.entries());
    let keys = entries.filter_map(|(key, _)| key.as_str().map(str::to_owned));
    keys.collect()
}

fn known(chart: &Path) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = keys(&chart.join("values.yaml")).into_iter().collect();
    known.insert("global".to_owned());
    let about = About::read(chart).unwrap_or_default();
    known.extend(about.dependencies.iter().map(|one| one.key().to_owned()));
    known.extend(kept_parts(chart).into_iter().map(|(_, key)| key));
    let templates = WalkDir::new(chart.join("templates")).into_iter().flatten();
    for template in templates.filter(|entry| entry.file_type().is_file()) {
        let text = std::fs::read_to_string(template.path()).unwrap_or_default();
        known.extend(named(&text).map(str::to_owned));
    }
    known
}

/// The keys at the top of the values that a template names.
fn named(text: &str) -> impl Iterator<Item = &str> {
    const VALUES: &str = ".Values.";
    let is_other = |one: char| !(one.is_ascii_alphanumeric() || one == '_');
    text.match_indices(VALUES).map(move |(at, _)| {
        let rest = &text[at + VALUES.len()..];
        &rest[..rest.find(is_other).unwrap_or(rest.len())]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(files: &[(&str, &str)]) -> Vec<String> {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        for (file, text) in files {
            let path = scratch.path().join(file);
            std::fs::create_dir_all(path.parent().expect("has a folder")).expect("is made");
            std::fs::write(path, text).expect("is written");
        }
        let folder = ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: scratch.path().to_owned(),
        };
        let found = sets_of_values(&folder).into_iter();
        found
            .map(|(name, file)| format!("{name} {}", file.display))
            .collect()
    }

    #[test]
    fn sets_of_values_are_found_by_their_names() {
        let files = [
            "values.yaml",
            "values-prod.yaml",
            "values.test.yml",
            "values_local.yaml",
            "values.schema.json",
            "values-schema.yaml",
            "values-.yaml",
            "myvalues.yaml",
            "other.yaml",
            "ci/x-values.yaml",
        ];
        assert_eq!(
            sets(&files.map(|file| (file, ""))),
            [
                "ci/x web/ci/x-values.yaml",
                "local web/values_local.yaml",
                "prod web/values-prod.yaml",
                "test web/values.test.yml"
            ]
        );
    }

    #[test]
    fn what_a_script_fills_in_first_is_no_set() {
        let files = [("values-template.yaml", "image: %%IMAGE%%\n")];
        assert_eq!(sets(&files), [""; 0]);
    }

    #[test]
    fn an_example_of_values_stands_in_for_those_that_a_chart_lacks() {
        let files =
            ["values.yaml.example", "values.yaml.bak", "README.example"].map(|file| (file, ""));
        assert_eq!(sets(&files), ["example web/values.yaml.example"]);
        assert_eq!(
            sets(&[&files[..], &[("values.yaml", "")]].concat()),
            [""; 0]
        );
    }

    #[test]
    fn two_sets_of_one_name_are_both_rendered() {
        let files = ["values-prod.yaml", "values_prod.yaml"].map(|file| (file, ""));
        assert_eq!(
            sets(&files),
            [
                "prod web/values-prod.yaml",
                "values_prod.yaml web/values_prod.yaml"
            ]
        );
    }

    #[test]
    fn sets_whose_names_say_less_are_those_with_keys_of_the_chart() {
        let chart = [
            (
                "Chart.yaml",
                "name: web\nversion: 1.0.0\ndependencies:\n- {name: postgresql, alias: db}\n",
            ),
            ("values.yaml", "image: {}\n"),
            ("templates/a.yaml", "x: {{ .Values.metadata.env }}\n"),
        ];
        let own = "image: {tag: a}\nmetadata: {env: x}\ndb: {on: true}\nglobal: {}\nleft: 1\n";
        let of_another = "image: {}\nauth: {}\nmaster: {}\nreplica: {}\n";
        let files = [
            ("prod-values.yaml", own),
            ("dev.values.yaml", own),
            ("redis-values.yaml", of_another),
            ("values/clinic.yaml", own),
            ("values/logging.yaml", "config: {}\n"),
            ("values/empty.yaml", ""),
            ("values/secrets.enc.yaml", "db: ENC[x]\nsops: {}\n"),
            ("other/stage.yaml", own),
        ];
        assert_eq!(
            sets(&[&chart[..], &files].concat()),
            [
                "clinic web/values/clinic.yaml",
                "dev web/dev.values.yaml",
                "prod web/prod-values.yaml"
            ]
        );
    }
}
