//! Copies of a chart with other texts in place of some of its own, packed into one file where that
//! is the same to helm: a file for each template costs the system more than helm itself.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use regex::Regex;

use super::chart::{Chart, ChartFile};
use super::subject::Subject;
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
    /// Whether it is written.
    written: OnceLock<Result<(), String>>,
}

impl Copy {
    /// All that it holds.
    pub(super) fn content(&self) -> Content {
        let mut content = Content::default();
        for (path, text) in &self.texts {
            content.add(path.as_bytes());
            content.add(text.as_bytes());
        }
        content
    }

    /// Where the copy lies; else why it could not be written.
    pub(super) fn path(&self) -> Result<&Path, &str> {
        let written = self.written.get_or_init(|| {
            let written = match self.is_package {
                true => pack(&self.texts, &self.path),
                false => unpacked(&self.texts, &self.path),
            };
            written.map_err(|error| crate::source::io_reason(&error))
        });
        let written = written.as_ref().map(|()| self.path.as_path());
        written.map_err(String::as_str)
    }
}

/// A copy below a path without an extension, with some more files, by their path in the chart.
pub(super) fn copy(
    chart: &Chart,
    to: &Path,
    replaced: &dyn Fn(&ChartFile) -> Option<String>,
    more: &[(String, String)],
) -> Subject {
    let packable = packable(chart);
    let all = || chart.files.iter().collect();
    let files: Vec<&ChartFile> = packable.clone().unwrap_or_else(all);
    let text = |file: &ChartFile| {
        let own = || file.artifact.text.clone();
        (file.path.clone(), replaced(file).unwrap_or_else(own))
    };
    let own = files.into_iter().map(text);
    let texts: Vec<(String, String)> = own.chain(more.iter().cloned()).collect();
    Subject::copied(Copy {
        path: match packable {
            Some(_) => to.with_extension("tgz"),
            None => to.to_owned(),
        },
        is_package: packable.is_some(),
        texts,
        written: OnceLock::new(),
    })
}

/// Writes a file, with the folders that lead to it.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

fn unpacked(texts: &[(String, String)], to: &Path) -> io::Result<()> {
    let mut texts = texts.iter();
    texts.try_for_each(|(path, text)| write(&to.join(path), text))
}

fn pack(texts: &[(String, String)], to: &Path) -> io::Result<()> {
    let bytes = GzEncoder::new(BufWriter::new(File::create(to)?), Compression::none());
    let mut archive = tar::Builder::new(bytes);
    for (path, text) in texts {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        archive.append_data(&mut header, format!("{FOLDER}/{path}"), text.as_bytes())?;
    }
    archive.into_inner()?.finish()?.flush()
}

/// The files that a package of the chart holds. Of a package helm leaves nothing out, unlike of a
/// folder with a `.helmignore`: `None` where that may be about anything that matters.
fn packable(chart: &Chart) -> Option<Vec<&ChartFile>> {
    let ignored = Ignored::of(chart)?;
    let uses_files = chart.files.iter().any(ChartFile::uses_files);
    let mut packable = Vec::with_capacity(chart.files.len());
    for file in &chart.files {
        // Of these folders helm itself reads no file that begins with a dot.
        if file.path.starts_with("templates/.") {
            continue;
        }
        match ignored.may_hold(&file.path) {
            true if uses_files || is_read(&file.path) => return None,
            true => {}
            false => packable.push(file),
        }
    }
    Some(packable)
}

/// Whether helm reads a file for itself.
fn is_read(path: &str) -> bool {
    match path.split_once('/') {
        Some((folder, _)) => matches!(folder, "templates" | "charts"),
        None => path.starts_with("values.") || path.ends_with(".yaml"),
    }
}

/// What a `.helmignore` may be about: any name that the last part of one of its lines fits.
struct Ignored(Option<Regex>);

impl Ignored {
    /// `None` where that cannot be told.
    fn of(chart: &Chart) -> Option<Self> {
        let file = chart.files.iter().find(|file| file.path == ".helmignore");
        let text = file.map_or("", |file| file.artifact.text.as_str());
        let lines = text.lines().map(str::trim);
        let mut names = Vec::new();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.contains(['!', '?', '[', '\\']) {
                return None;
            }
            let line = line.trim_end_matches('/');
            let name = line.rsplit('/').next().unwrap_or(line);
            names.push(regex::escape(name).replace(r"\*", ".*"));
        }
        if names.is_empty() {
            return Some(Self(None));
        }
        let regex = Regex::new(&format!("^(?:{})$", names.join("|"))).ok()?;
        Some(Self(Some(regex)))
    }

    fn may_hold(&self, path: &str) -> bool {
        let fits = |regex: &Regex| path.split('/').any(|name| regex.is_match(name));
        self.0.as_ref().is_some_and(fits)
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
        let files = packable(&chart)?;
        Some(files.iter().map(|file| file.path.clone()).collect())
    }

    #[test]
    fn what_is_ignored_and_not_read_is_left_out() {
        let files = [
            (".helmignore", "# vcs\n.git/\n*.swp\nREADME.md\n"),
            ("Chart.yaml", "name: web\n"),
            ("README.md", ""),
            ("templates/.a.swp", ""),
            ("templates/a.yaml", ""),
        ];
        let expected = [".helmignore", "Chart.yaml", "templates/a.yaml"];
        assert_eq!(packed(&files).expect("may be packed"), expected);
    }

    #[test]
    fn a_chart_that_ignores_templates_is_copied_as_a_folder() {
        for line in [
            "templates/tests/",
            "*.yaml",
            "/templates/*",
            "!a",
            "a?.yaml",
        ] {
            let files = [
                (".helmignore", line),
                ("Chart.yaml", "name: web\n"),
                ("templates/tests/a.yaml", ""),
            ];
            assert_eq!(packed(&files), None, "{line}");
        }
    }

    #[test]
    fn what_templates_may_read_and_helm_ignores_is_copied_as_a_folder() {
        let files = [
            (".helmignore", "secret.txt\n"),
            ("secret.txt", ""),
            ("Chart.yaml", "name: web\n"),
            ("templates/a.yaml", "{{ .Files.Get \"secret.txt\" }}"),
        ];
        assert_eq!(packed(&files), None);
    }
}
