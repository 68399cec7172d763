//! Copies of a chart with other texts in place of some of its own, packed into one file where that
//! is the same to helm: a file for each template costs the system more than helm itself.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use regex::Regex;

use super::chart::{Binary, Chart, ChartFile};
use crate::render::cache::Content;

/// The folder in a package; helm does not look at its name.
const FOLDER: &str = "chart";

/// A chart with other texts in place of some of its own, which is written once helm needs it.
#[derive(Debug)]
pub(super) struct Copy {
    /// Where it will lie.
    path: PathBuf,
    is_package: bool,
    /// Its files, by their path in the chart.
    texts: Vec<(String, String)>,
    /// Those that are no text.
    binaries: Vec<Binary>,
    /// Whether it is written.
    written: OnceLock<Result<(), String>>,
}

impl Copy {
    /// A copy below a path without an extension, with some more files, by their path in the chart.
    pub(super) fn new(
        chart: &Chart,
        to: &Path,
        replaced: &dyn Fn(&ChartFile) -> Option<String>,
        more: &[(String, String)],
    ) -> Self {
        let ignored = Ignored::of(chart);
        let is_kept = |path: &str| ignored.as_ref().is_none_or(|one| !one.holds(path));
        let files = chart.files.iter().filter(|file| is_kept(&file.path));
        let text = |file: &ChartFile| {
            let own = || file.artifact.text.clone();
            (file.path.clone(), replaced(file).unwrap_or_else(own))
        };
        let own = files.map(text);
        let texts: Vec<(String, String)> = own.chain(more.iter().cloned()).collect();
        // Whoever prints one prints something else without it.
        let are_read = chart.files.iter().any(ChartFile::uses_files);
        let binaries = chart.binaries.iter().filter(|_| are_read);
        let binaries = binaries.filter(|(path, _)| is_kept(path)).cloned();
        // Of a package helm leaves nothing out, unlike of a folder with a `.helmignore`: where it cannot be told what
        // that is about, the copy is a folder.
        Self {
            path: match ignored {
                Some(_) => to.with_extension("tgz"),
                None => to.to_owned(),
            },
            is_package: ignored.is_some(),
            texts,
            binaries: binaries.collect(),
            written: OnceLock::new(),
        }
    }

    /// All that it holds.
    pub(super) fn content(&self) -> Content {
        let mut content = Content::default();
        for (path, bytes) in self.files() {
            content.add(path.as_bytes());
            content.add(bytes);
        }
        content
    }

    fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let texts = self.texts.iter();
        let texts = texts.map(|(path, text)| (path.as_str(), text.as_bytes()));
        let binaries = self.binaries.iter();
        texts.chain(binaries.map(|(path, bytes)| (path.as_str(), &**bytes)))
    }

    /// Where the copy lies; else why it could not be written.
    pub(super) fn path(&self) -> Result<&Path, &str> {
        let written = self.written.get_or_init(|| {
            let written = match self.is_package {
                true => pack(self.files(), &self.path),
                false => unpacked(self.files(), &self.path),
            };
            written.map_err(|error| crate::source::io_reason(&error))
        });
        let written = written.as_ref().map(|()| self.path.as_path());
        written.map_err(String::as_str)
    }
}

/// Writes a file, with the folders that lead to it.
pub(super) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

fn unpacked<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>, to: &Path) -> io::Result<()> {
    let mut files = files;
    files.try_for_each(|(path, bytes)| write(&to.join(path), bytes))
}

fn pack<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>, to: &Path) -> io::Result<()> {
    let bytes = GzEncoder::new(BufWriter::new(File::create(to)?), Compression::none());
    let mut archive = tar::Builder::new(bytes);
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        archive.append_data(&mut header, format!("{FOLDER}/{path}"), bytes)?;
    }
    archive.into_inner()?.finish()?.flush()
}

/// What helm leaves out of the folder of a chart.
struct Ignored(Vec<Rule>);

/// A line of a `.helmignore`.
struct Rule {
    regex: Regex,
    is_about_folders: bool,
    /// Whether it is about names, wherever they stand, and not about paths.
    is_about_names: bool,
}

/// The files that helm leaves out of every folder.
const HIDDEN: &str = "templates/.?*";

impl Ignored {
    /// `None` where a line has signs that are left to helm.
    fn of(chart: &Chart) -> Option<Self> {
        let file = chart.files.iter().find(|file| file.path == ".helmignore");
        let text = file.map_or("", |file| file.artifact.text.as_str());
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rules = lines.chain([HIDDEN]).map(Rule::read);
        rules.collect::<Option<_>>().map(Self)
    }

    /// Whether a file, or a folder that it lies in, is left out.
    fn holds(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| (&path[..at], true));
        let mut parts = folders.chain([(path, false)]);
        parts.any(|(part, is_folder)| self.0.iter().any(|rule| rule.holds(part, is_folder)))
    }
}

impl Rule {
    fn read(line: &str) -> Option<Self> {
        if line.contains(['!', '[', '\\']) || line.contains("**") {
            return None;
        }
        let path = line.trim_end_matches('/');
        let pattern = regex::escape(path.trim_start_matches('/'));
        let pattern = pattern.replace(r"\*", "[^/]*").replace(r"\?", "[^/]");
        Some(Self {
            regex: Regex::new(&format!("^(?:{pattern})$")).ok()?,
            is_about_folders: path != line,
            is_about_names: !path.contains('/'),
        })
    }

    fn holds(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let text = if self.is_about_names { name } else { path };
        (is_folder || !self.is_about_folders) && self.regex.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ChartFolder;

    fn packed(files: &[(&str, &str)]) -> Option<Vec<String>> {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for (path, text) in files {
            write(&folder.path().join(path), text).expect("is written");
        }
        let chart = Chart::read(&ChartFolder {
            display: "web".to_owned(),
            uri: "web".to_owned(),
            path: folder.path().to_owned(),
        });
        let chart = chart.expect("is readable");
        let copy = Copy::new(&chart, folder.path(), &|_| None, &[]);
        let files = copy.files().map(|(path, _)| path.to_owned());
        copy.is_package.then(|| files.collect())
    }

    #[test]
    fn what_helm_ignores_is_left_out() {
        let ignored = "# vcs\n.git/\n*.swp\nREADME.md\n/ci\ntemplates/test?/\ncharts/*/docs\n";
        let files = [
            (".helmignore", ignored),
            ("Chart.yaml", "name: web\n"),
            ("README.md", ""),
            ("charts/db/README.md", ""),
            ("charts/db/docs/a.md", ""),
            ("charts/db/templates/docs/a.yaml", ""),
            ("charts/db/ci", ""),
            ("ci", ""),
            ("templates/.hidden/a.yaml", ""),
            ("templates/a.swp", ""),
            ("templates/a.yaml", "{{ .Files.Get \"README.md\" }}"),
            ("templates/sub/.git", ""),
            ("templates/tests/a.yaml", ""),
            ("templates/test", ""),
        ];
        let expected = [
            ".helmignore",
            "Chart.yaml",
            "charts/db/ci",
            "charts/db/templates/docs/a.yaml",
            "templates/a.yaml",
            "templates/sub/.git",
            "templates/test",
        ];
        assert_eq!(packed(&files).expect("may be packed"), expected);
    }

    #[test]
    fn a_chart_with_signs_that_are_left_to_helm_is_copied_as_a_folder() {
        for line in ["!a", "[ab].yaml", r"a\*", "**/a"] {
            let files = [
                (".helmignore", line),
                ("Chart.yaml", "name: web\n"),
                ("templates/a.yaml", ""),
            ];
            assert_eq!(packed(&files), None, "{line}");
        }
    }
}
