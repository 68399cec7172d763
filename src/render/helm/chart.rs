//! A chart in memory: its own files and those of the charts it uses, unpacked, each under the name
//! that people know it by.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use walkdir::WalkDir;

use super::about::About;
use crate::model::{Artifact, Notice};
use crate::source::ChartFolder;

/// Files of a chart that are larger are no templates and no values.
const LARGEST: u64 = 16 << 20;
/// How deep charts in charts are followed.
const DEEPEST: usize = 8;

/// A file of a chart.
#[derive(Clone, Debug)]
pub(super) struct ChartFile {
    /// The path in the chart, with `/`, packed charts unpacked.
    pub path: String,
    /// What it holds.
    pub artifact: Arc<Artifact>,
    /// Whether it lies in a packed chart, where nobody can change it.
    pub is_packed: bool,
}

impl ChartFile {
    /// Whether it may ask for files that are no templates.
    pub(super) fn uses_files(&self) -> bool {
        self.artifact.text.contains(".Files")
    }
}

/// A file of a chart that is no text: its path in the chart, with what it holds.
pub(super) type Binary = (String, Arc<[u8]>);

/// A chart in a chart, or the chart itself.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Its folder in the copy: empty, or ending with `/`.
    pub folder: String,
    /// What its `Chart.yaml` says.
    pub about: About,
    /// The packed chart that it lies in, as the user knows it.
    pub package: Option<String>,
}

/// A chart with all that it needs to be rendered.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    /// Where it lies.
    pub folder: ChartFolder,
    /// Its text files, those of the charts in it among them.
    pub files: Vec<ChartFile>,
    /// Its files that are no text, which templates may read.
    pub binaries: Vec<Binary>,
    /// Itself first, then the charts in it.
    pub units: Vec<Unit>,
    /// Whether it needs files that do not lie in its folder, so that helm has to see a copy.
    pub is_scattered: bool,
    /// Whether something was left out of it that helm refuses.
    pub is_part: bool,
    /// What that stood in, by paths for people: templates, and what asks for charts.
    pub left_out: Vec<Arc<str>>,
    /// Whether that were charts that it uses.
    pub lacks_charts: bool,
    /// What a build is to fill in in what it says of itself, and was filled in.
    pub unmade: Vec<Notice>,
}

/// What a folder, a package or a file of a chart goes by.
struct Names {
    /// In the chart: of a folder with `/` behind it, empty for the chart's own.
    path: String,
    /// For people.
    display: String,
    /// Relative to the scan's base.
    uri: String,
}

impl Names {
    /// The names of what lies below a folder and goes by a path in the chart.
    fn below(&self, below: &str, path: String) -> Self {
        Self {
            path,
            display: joined(&self.display, below),
            uri: joined(&self.uri, below),
        }
    }
}

impl Chart {
    /// Reads a chart's folder, or a packed chart.
    pub(super) fn read(folder: &ChartFolder) -> std::io::Result<Self> {
        let mut chart = Self {
            folder: folder.clone(),
            files: Vec::new(),
            binaries: Vec::new(),
            units: Vec::new(),
            is_scattered: false,
            is_part: false,
            left_out: Vec::new(),
            lacks_charts: false,
            unmade: Vec::new(),
        };
        let names = Names {
            path: String::new(),
            display: folder.display.clone(),
            uri: folder.uri.clone(),
        };
        if folder.path.is_file() {
            chart.unpack(&folder.path, &names)?;
        } else {
            chart.add_folder(&folder.path, &names, 0)?;
        }
        chart.unmade = chart.fill_in();
        chart.find_units();
        Ok(chart)
    }

    /// The chart itself.
    pub(super) fn unit(&self) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.folder.is_empty())
    }

    /// What it calls itself, where no chart that it uses is called so or may be, by a value.
    pub(super) fn own_name(&self) -> Option<String> {
        let about = &self.unit()?.about;
        let name = about.name.as_str();
        let given = format!("ameOverride: {name}");
        let is_given = |file: &ChartFile| {
            let text = file.artifact.text.replace(['"', '\''], "");
            file.path.ends_with("values.yaml") && text.contains(&given)
        };
        let mut used = about.dependencies.iter();
        let is_shared = used.any(|one| one.key() == name || one.name == name)
            || self.files.iter().any(is_given);
        (!name.is_empty() && !is_shared).then(|| name.to_owned())
    }

    /// The chart that a file belongs to.
    pub(super) fn unit_of(&self, path: &str) -> Option<&Unit> {
        let units = self.units.iter();
        units
            .filter(|unit| path.starts_with(&unit.folder))
            .max_by_key(|unit| unit.folder.len())
    }

    fn add_folder(&mut self, folder: &Path, names: &Names, depth: usize) -> std::io::Result<()> {
        let first = self.files.len();
        self.add_files(folder, names, &|name| is_own_folder(name))?;
        if self.files[first..].iter().any(ChartFile::uses_files) {
            let is_other = |name: &str| !is_own_folder(name) && !name.starts_with('.');
            self.add_files(folder, names, &is_other)?;
        }
        if depth < DEEPEST {
            self.add_local_dependencies(folder, names, depth)?;
        }
        Ok(())
    }

    /// Adds the files beside `Chart.yaml` and those in the folders beside it that are wanted.
    fn add_files(
        &mut self,
        folder: &Path,
        names: &Names,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> std::io::Result<()> {
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
        let is_walked = |entry: &walkdir::DirEntry| {
            entry.depth() != 1
                || entry.file_type().is_file()
                || is_wanted(&entry.file_name().to_string_lossy())
        };
        for entry in walk.into_iter().filter_entry(is_walked) {
            let entry = entry.map_err(std::io::Error::from)?;
            if !entry.file_type().is_file() {
                continue;
            }
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let below = below.to_string_lossy().replace('\\', "/");
            let path = format!("{}{below}", names.path);
            if is_package(&path) {
                let inner = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                self.unpack(entry.path(), &names.below(&below, format!("{inner}/")))?;
            } else if entry.metadata().is_ok_and(|about| about.len() <= LARGEST) {
                let bytes = std::fs::read(entry.path())?;
                self.add(names.below(&below, path), &bytes, false);
            }
        }
        Ok(())
    }

    /// Charts that `file://` names, unless their folder is vendored. A package that was made of them is
    /// older than they are, or the same. And the libraries beside the chart that it asks for, unless they were fetched.
    fn add_local_dependencies(
        &mut self,
        folder: &Path,
        names: &Names,
        depth: usize,
    ) -> std::io::Result<()> {
        let about = About::read(folder).unwrap_or_default();
        for dependency in &about.dependencies {
            let inner = format!("{}charts/{}/", names.path, dependency.name);
            let is_fetched = || self.files.iter().any(|file| file.path.starts_with(&inner));
            let beside = match dependency.local() {
                None if !is_fetched() => dependency.library_beside(folder),
                Some(_) | None => None,
            };
            let Some(local) = dependency.local().or(beside.as_deref()) else {
                continue;
            };
            let has_it = |file: &ChartFile| {
                let name = file.path.strip_prefix(&inner);
                name == Some("Chart.yaml") && !file.is_packed
            };
            let target = folder.join(local);
            if self.files.iter().any(has_it) || !target.join("Chart.yaml").is_file() {
                continue;
            }
            self.files.retain(|file| !file.path.starts_with(&inner));
            self.is_scattered = true;
            self.add_folder(&target, &names.below(local, inner), depth + 1)?;
        }
        Ok(())
    }

    fn unpack(&mut self, package: &Path, names: &Names) -> std::io::Result<()> {
        let bytes = flate2::read::GzDecoder::new(std::fs::File::open(package)?);
        let mut archive = tar::Archive::new(bytes.take(LARGEST * 16));
        let first = self.files.len();
        for entry in archive.entries()? {
            let mut entry = entry?;
            let path = entry.path()?.to_string_lossy().replace('\\', "/");
            let is_safe = !path.split('/').any(|part| part == "..") && !path.starts_with('/');
            if !entry.header().entry_type().is_file() || !is_safe || entry.size() > LARGEST {
                continue;
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            // Of a chart that is packed by itself, the folder in the package is the chart.
            let inner = match names.path.as_str() {
                "" => path.split_once('/').map_or(path.as_str(), |(_, rest)| rest),
                _ => path.as_str(),
            };
            let own = Names {
                path: format!("{}{inner}", names.path),
                display: format!("{}!/{path}", names.display),
                uri: format!("{}!/{path}", names.uri),
            };
            self.add(own, &bytes, true);
        }
        self.leave_package_of_folders(first);
        Ok(())
    }

    /// Leaves out what a package added behind the files before it, of charts whose folder lies beside it: the
    /// folder is newer than the package that was made of it, or the same, and helm takes either.
    fn leave_package_of_folders(&mut self, first: usize) {
        let (before, packed) = self.files.split_at(first);
        let folders = before.iter().filter(|file| !file.is_packed);
        let folders = folders.filter_map(|file| file.path.strip_suffix("Chart.yaml"));
        let beside: Vec<String> = folders
            .filter(|folder| !folder.is_empty() && is_unit(folder))
            .filter(|folder| packed.iter().any(|file| file.path.starts_with(*folder)))
            .map(str::to_owned)
            .collect();
        if beside.is_empty() {
            return;
        }
        let is_left = |file: &ChartFile| beside.iter().any(|folder| file.path.starts_with(folder));
        let mut packed = self.files.split_off(first);
        packed.retain(|file| !is_left(file));
        self.files.append(&mut packed);
        self.is_scattered = true;
    }

    /// Adds a file by its own names.
    fn add(&mut self, names: Names, bytes: &[u8], is_packed: bool) {
        let path = names.path;
        match std::str::from_utf8(bytes) {
            Ok(text) if !self.files.iter().any(|file| file.path == path) => {
                self.files.push(ChartFile {
                    path,
                    artifact: Arc::new(Artifact::new(&names.display, &names.uri, text.to_owned())),
                    is_packed,
                });
            }
            Ok(_) => {}
            Err(_) if !self.binaries.iter().any(|(known, _)| *known == path) => {
                self.binaries.push((path, bytes.into()));
            }
            Err(_) => {}
        }
    }

    fn find_units(&mut self) {
        let text = |path: String| {
            let file = self.files.iter().find(|file| file.path == path);
            file.map(|file| file.artifact.text.clone())
        };
        let folders: BTreeSet<String> = self
            .files
            .iter()
            .filter_map(|file| file.path.strip_suffix("Chart.yaml"))
            .filter(|folder| is_unit(folder))
            .map(str::to_owned)
            .collect();
        let unit = |folder: String| {
            let chart = format!("{folder}Chart.yaml");
            let file = self.files.iter().find(|file| file.path == chart)?;
            let requirements = text(format!("{folder}requirements.yaml"));
            let package = file.artifact.display.split_once("!/");
            Some(Unit {
                about: About::parse(&file.artifact.text, requirements.as_deref())?,
                package: package.map(|(package, _)| package.to_owned()),
                folder,
            })
        };
        self.units = folders.into_iter().filter_map(unit).collect();
    }
}

/// Whether helm itself reads a folder of a chart; others are read where a template asks for files.
fn is_own_folder(name: &str) -> bool {
    matches!(name, "templates" | "charts")
}

/// Whether a folder in a chart is one where helm looks for charts: `charts/a/charts/b/`.
fn is_unit(folder: &str) -> bool {
    let mut parts = folder.trim_end_matches('/').split('/').peekable();
    if folder.is_empty() {
        return true;
    }
    loop {
        match (parts.next(), parts.next()) {
            (Some("charts"), Some(name)) if !name.starts_with(['_', '.']) => {}
            (None, None) => return true,
            _ => return false,
        }
        if parts.peek().is_none() {
            return true;
        }
    }
}

fn is_package(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    path.ends_with(".tgz") && (folder == "charts" || folder.ends_with("/charts"))
}

/// A path below another one, `.` and `..` resolved.
fn joined(folder: &str, below: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(below.split('/')) {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let path = parts.join("/");
    match folder.starts_with('/') || folder.is_empty() {
        true if folder.is_empty() => path.trim_start_matches('/').to_owned(),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_others_are_told_plainly() {
        assert_eq!(joined("charts/web", "../lib"), "charts/lib");
        assert_eq!(joined(".", "templates/a.yaml"), "templates/a.yaml");
        assert_eq!(joined("", "a"), "a");
        assert_eq!(joined("/srv/x", "../y/a"), "/srv/y/a");
        assert_eq!(joined("web", "../../lib"), "../lib");
    }

    #[test]
    fn charts_lie_in_folders_called_charts() {
        assert!(is_unit("") && is_unit("charts/a/") && is_unit("charts/a/charts/b/"));
        assert!(!is_unit("templates/") && !is_unit("a/charts/b/") && !is_unit("charts/"));
        assert!(is_package("charts/a.tgz") && !is_package("a.tgz"));
    }

    #[test]
    fn a_folder_of_a_chart_is_taken_before_the_package_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let web = folder.path().join("web");
        let about = "apiVersion: v2\nname: db\nversion: 1.0.0\n";
        let inner = web.join("charts/db");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(web.join("Chart.yaml"), about.replace("db", "web")).unwrap();
        std::fs::write(inner.join("Chart.yaml"), about).unwrap();
        let packed = std::fs::File::create(web.join("charts/db-1.0.0.tgz")).unwrap();
        let packed = flate2::write::GzEncoder::new(packed, flate2::Compression::none());
        let mut archive = tar::Builder::new(packed);
        for path in ["db/Chart.yaml", "db/templates/old.yaml", "cache/Chart.yaml"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(about.len() as u64);
            archive
                .append_data(&mut header, path, about.as_bytes())
                .unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap();
        let chart = Chart::read(&ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: web,
        })
        .unwrap();
        let paths: Vec<&str> = chart.files.iter().map(|file| &*file.path).collect();
        assert_eq!(
            paths,
            [
                "Chart.yaml",
                "charts/db/Chart.yaml",
                "charts/cache/Chart.yaml"
            ]
        );
        assert!(chart.is_scattered);
    }
}
