//! Chart repositories: folders of packages with an index. Who asks for a chart gets its newest
//! package; the older ones beside it are what was deployed once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::about::About;
use crate::source::ChartFolder;

/// What helm calls the list of a chart repository's packages.
const INDEX: &str = "index.yaml";

/// A chart repository's index, as far as it matters here.
#[derive(Deserialize)]
struct Index {
    /// The versions of each chart, the newest first, as `helm repo index` writes them.
    entries: BTreeMap<String, Vec<Version>>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    urls: Vec<String>,
}

/// The packages that an index beside them lists, and not as the newest of their chart, and those that
/// lie beside the folder that they were made of, or are called as helm calls what it makes of a folder
/// elsewhere in the scan.
pub(super) fn superseded(charts: &[ChartFolder]) -> BTreeSet<PathBuf> {
    let packages = || charts.iter().filter(|chart| chart.path.is_file());
    let folders: BTreeSet<&Path> = packages().filter_map(|chart| chart.path.parent()).collect();
    let sources: BTreeSet<&Path> = charts.iter().map(|chart| chart.path.as_path()).collect();
    let names = match packages().next() {
        Some(_) => packages_of(charts),
        None => BTreeSet::new(),
    };
    let made = packages().filter(|chart| {
        let source = unpacked(&chart.path);
        let name = chart.path.file_name().and_then(|name| name.to_str());
        source.is_some_and(|source| sources.contains(source.as_path()))
            || name.is_some_and(|name| names.contains(name))
    });
    let made = made.filter_map(|chart| chart.path.canonicalize().ok());
    folders
        .into_iter()
        .flat_map(superseded_in)
        .chain(made)
        .collect()
}

/// What helm calls the packages of the charts that lie unpacked.
fn packages_of(charts: &[ChartFolder]) -> BTreeSet<String> {
    let folders = charts.iter().filter(|chart| chart.path.is_dir());
    let about = folders.filter_map(|chart| About::read(&chart.path));
    about.filter_map(|about| about.package()).collect()
}

/// The folder beside a package that is called as its chart: `web` for `web-1.2.3.tgz`.
fn unpacked(package: &Path) -> Option<PathBuf> {
    let stem = package.file_stem()?.to_str()?;
    let is_version = |at: &usize| stem[at + 1..].starts_with(|first: char| first.is_ascii_digit());
    let (dash, _) = stem.match_indices('-').find(|(at, _)| is_version(at))?;
    Some(package.with_file_name(&stem[..dash]))
}

fn superseded_in(folder: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(folder.join(INDEX)).unwrap_or_default();
    let Ok(index) = serde_yaml::from_str::<Index>(&text) else {
        return Vec::new();
    };
    let older = index
        .entries
        .values()
        .flat_map(|versions| versions.iter().skip(1));
    let urls = older.flat_map(|version| &version.urls);
    let names = urls.filter_map(|url| url.rsplit('/').next());
    names
        .filter_map(|name| folder.join(name).canonicalize().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_packages_of_an_index_are_superseded_and_others_are_not() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let index = "apiVersion: v1\nentries:\n  web:\n  - {version: 0.2.0, urls: [https://example.com/web-0.2.0.tgz]}\n  - {version: 0.1.0, urls: [web-0.1.0.tgz]}\n  - {version: 0.0.1, urls: [gone-0.0.1.tgz]}\n";
        std::fs::write(folder.path().join(INDEX), index).expect("is written");
        let charts = ["web-0.1.0.tgz", "web-0.2.0.tgz", "other-1.0.0.tgz"].map(|name| {
            let path = folder.path().join(name);
            std::fs::write(&path, "").expect("is written");
            ChartFolder {
                display: name.to_owned(),
                uri: name.to_owned(),
                path,
            }
        });
        let found = superseded(&charts);
        let names = found.iter().filter_map(|path| path.file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["web-0.1.0.tgz"]);
    }

    #[test]
    fn a_package_of_a_folder_elsewhere_is_superseded() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let source = folder.path().join("charts/shop");
        std::fs::create_dir_all(&source).expect("is made");
        let about = "apiVersion: v2\nname: web\nversion: 0.2.0\n";
        std::fs::write(source.join("Chart.yaml"), about).expect("is written");
        let packages = ["web-0.1.0.tgz", "web-0.2.0.tgz"].map(|name| folder.path().join(name));
        for package in &packages {
            std::fs::write(package, "").expect("is written");
        }
        let charts = [&packages[0], &packages[1], &source].map(|path| ChartFolder {
            display: String::new(),
            uri: String::new(),
            path: path.clone(),
        });
        let found = superseded(&charts);
        let names = found.iter().filter_map(|path| path.file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["web-0.2.0.tgz"]);
    }
}
