//! Dependency files to the packages that they ask for, each with its place. One file per kind of
//! file; `toml`, `xml` and `requirement` hold what two of them share, and the first two are the
//! only ones that know their parsers. Which packages matter is for the policies to say.

mod cargo;
mod go;
mod gradle;
mod maven;
mod msbuild;
mod npm;
mod pip;
mod pyproject;
mod requirement;
mod toml;
mod xml;

use std::ops::Range;

use crate::model::Span;

/// Nobody writes a larger dependency file by hand, and lock files are not read.
const TEXT_LIMIT: usize = 2 << 20;

/// The dependency files that landfall reads, told by their file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `package.json`
    Npm,
    /// `requirements*.txt`
    PipRequirements,
    /// `pyproject.toml`
    Pyproject,
    /// Project files of .NET, and the `Directory.*.props` that they share.
    MsBuild,
    /// `pom.xml`
    MavenPom,
    /// `build.gradle` and `build.gradle.kts`
    Gradle,
    /// `go.mod`
    GoMod,
    /// `Cargo.toml`
    Cargo,
}

impl Format {
    /// The format of a file with this name, without its folders. `None` for any other file.
    pub(crate) fn of(file_name: &str) -> Option<Self> {
        match file_name {
            "package.json" => Some(Self::Npm),
            "pyproject.toml" => Some(Self::Pyproject),
            "pom.xml" => Some(Self::MavenPom),
            "build.gradle" | "build.gradle.kts" => Some(Self::Gradle),
            "go.mod" => Some(Self::GoMod),
            "Cargo.toml" => Some(Self::Cargo),
            name if name.starts_with("requirements") && name.ends_with(".txt") => {
                Some(Self::PipRequirements)
            }
            name if is_msbuild(name) => Some(Self::MsBuild),
            _ => None,
        }
    }
}

/// MSBuild does not mind the case of its files' names.
fn is_msbuild(file_name: &str) -> bool {
    let name = file_name.to_ascii_lowercase();
    let is_project = [".csproj", ".fsproj", ".vbproj"]
        .iter()
        .any(|end| name.ends_with(end));
    is_project || name == "directory.packages.props" || name == "directory.build.props"
}

/// One package that a dependency file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The registry that names the package: npm, pypi, nuget, maven, go or cargo.
    pub ecosystem: &'static str,
    /// The name as written, for Maven `group:artifact` with properties of the same file resolved.
    pub name: String,
    /// The version or range as written. `None` where the file gives none, or a path or URL
    /// instead: a URL may hold a password.
    pub version: Option<String>,
    /// The section or configuration that asks for it, as its ecosystem calls it.
    pub scope: String,
    /// The bytes of the name; those of the artifact alone where its group stands apart.
    pub name_span: Span,
    /// The bytes of the version.
    pub version_span: Option<Span>,
    /// Where in the file it stands: its sections and its name, with dots between them.
    pub key: String,
}

impl Package {
    fn new(source: Source<'_>, name: Word, version: Option<Word>) -> Self {
        let version = version.filter(|version| !version.text.is_empty());
        Self {
            ecosystem: source.ecosystem,
            key: format!("{}.{}", source.section, name.text),
            scope: source.scope.to_owned(),
            name_span: span(&name.place),
            name: name.text,
            version_span: version.as_ref().map(|version| span(&version.place)),
            version: version.map(|version| version.text),
        }
    }
}

/// Why a dependency file cannot be read. The reason never quotes the file, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Offset in bytes, at the start of a character or at the end of the text.
    pub offset: usize,
    /// What is wrong, in lower case and without a full stop.
    pub reason: String,
}

impl Broken {
    fn at(text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let is_start = |offset: &usize| text.is_char_boundary(*offset);
        let offset = (0..=offset.min(text.len()))
            .rev()
            .find(is_start)
            .unwrap_or(0);
        Self {
            offset,
            reason: reason.into(),
        }
    }
}

/// The packages of a dependency file, in the order of their names' places.
///
/// Fails when the file cannot be read as a whole, be it against its syntax or beyond a limit.
pub(crate) fn packages(format: Format, text: &str) -> Result<Vec<Package>, Broken> {
    if text.len() > TEXT_LIMIT {
        return Err(Broken::at(
            text,
            TEXT_LIMIT,
            "the file is larger than 2 MiB",
        ));
    }
    let mut packages = match format {
        Format::Npm => npm::packages(text),
        Format::PipRequirements => pip::packages(text),
        Format::Pyproject => pyproject::packages(text),
        Format::MsBuild => msbuild::packages(text),
        Format::MavenPom => maven::packages(text),
        Format::Gradle => gradle::packages(text),
        Format::GoMod => go::packages(text),
        Format::Cargo => cargo::packages(text),
    }?;
    packages.sort_by_key(|package| package.name_span.start);
    Ok(packages)
}

/// Where in its file a package is asked for.
#[derive(Clone, Copy)]
struct Source<'a> {
    ecosystem: &'static str,
    scope: &'a str,
    section: &'a str,
}

/// What a piece of a file says, and the bytes that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    place: Range<usize>,
}

impl Word {
    /// The text between two offsets of a file, as it is written.
    fn cut(file: &str, place: Range<usize>) -> Self {
        Self {
            text: file.get(place.clone()).unwrap_or_default().to_owned(),
            place,
        }
    }

    /// The part `range` of the word's text. If the file writes the word with escapes up to there,
    /// its place is that of the whole word.
    fn part(&self, file: &str, range: Range<usize>) -> Self {
        let written = file.get(self.place.clone()).unwrap_or_default();
        let start = self.place.start;
        let place = match self.text.get(..range.end) {
            Some(head) if written.starts_with(head) => start + range.start..start + range.end,
            _ => self.place.clone(),
        };
        Self {
            text: self.text.get(range).unwrap_or_default().to_owned(),
            place,
        }
    }
}

/// Offset of the first byte after a byte-order mark.
fn after_mark(text: &str) -> usize {
    text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len()
}

/// Texts end at [`TEXT_LIMIT`], so that offsets fit.
fn span(place: &Range<usize>) -> Span {
    let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span {
        start: offset(place.start),
        end: offset(place.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the tests of each format compare: scope, key, name, version and the marked texts.
    pub(super) fn listed(format: Format, text: &str) -> Vec<String> {
        let packages = packages(format, text).expect("is well-formed");
        packages.iter().map(|package| line(package, text)).collect()
    }

    fn line(package: &Package, text: &str) -> String {
        let marked = |span: Span| &text[span.start as usize..span.end as usize];
        let name = marked(package.name_span);
        if package.ecosystem == "maven" {
            assert!(
                package.name.ends_with(name) || name.contains('$'),
                "{name} is marked"
            );
        } else {
            assert_eq!(name, package.name, "the name is marked");
        }
        let version = package.version.as_deref().unwrap_or("-");
        let mut line = format!("{} {} {version}", package.key, package.name);
        if let Some(span) = package.version_span
            && marked(span) != version
        {
            line = format!("{line} from {}", marked(span));
        }
        format!("{}: {line}", package.scope)
    }

    /// The text as a Windows editor saves it, with text beyond ASCII in front.
    pub(super) fn as_on_windows(text: &str) -> String {
        format!("\u{feff}{}", text.replace('\n', "\r\n"))
    }

    #[test]
    fn formats_are_told_by_file_name() {
        let known = [
            ("package.json", Format::Npm),
            ("requirements.txt", Format::PipRequirements),
            ("requirements-dev.txt", Format::PipRequirements),
            ("pyproject.toml", Format::Pyproject),
            ("Shop.Api.csproj", Format::MsBuild),
            ("Shop.fsproj", Format::MsBuild),
            ("Shop.VBPROJ", Format::MsBuild),
            ("Directory.Packages.props", Format::MsBuild),
            ("Directory.Build.props", Format::MsBuild),
            ("pom.xml", Format::MavenPom),
            ("build.gradle", Format::Gradle),
            ("build.gradle.kts", Format::Gradle),
            ("go.mod", Format::GoMod),
            ("Cargo.toml", Format::Cargo),
        ];
        for (name, format) in known {
            assert_eq!(Format::of(name), Some(format), "{name}");
        }
        let others = [
            "package-lock.json",
            "go.sum",
            "Cargo.lock",
            "my-package.json",
            "pom.xml.bak",
        ];
        for name in others {
            assert_eq!(Format::of(name), None, "{name}");
        }
    }

    const FORMATS: [Format; 8] = [
        Format::Npm,
        Format::PipRequirements,
        Format::Pyproject,
        Format::MsBuild,
        Format::MavenPom,
        Format::Gradle,
        Format::GoMod,
        Format::Cargo,
    ];

    #[test]
    fn large_files_are_refused_at_a_character() {
        let text = "ä€".repeat(TEXT_LIMIT / 4);
        for format in FORMATS {
            let broken = packages(format, &text).expect_err("is too large");
            assert!(text.is_char_boundary(broken.offset));
            assert!(broken.offset <= TEXT_LIMIT && broken.offset > TEXT_LIMIT - 4);
        }
    }

    /// A file may be cut or filled with anything: the answer is packages whose places are
    /// texts, or an offset in the text, never a panic.
    #[test]
    fn every_prefix_and_every_mixture_is_answered() {
        let samples = [
            (Format::Npm, include_str!("npm.rs")),
            (Format::PipRequirements, include_str!("pip.rs")),
            (Format::Pyproject, include_str!("pyproject.rs")),
            (Format::MsBuild, include_str!("msbuild.rs")),
            (Format::MavenPom, include_str!("maven.rs")),
            (Format::Gradle, include_str!("gradle.rs")),
            (Format::GoMod, include_str!("go.rs")),
            (Format::Cargo, include_str!("cargo.rs")),
        ];
        for (format, file) in samples {
            let quoted = file
                .split("r#\"")
                .skip(1)
                .filter_map(|rest| rest.split("\"#").next());
            for text in quoted.flat_map(|text| [text.to_owned(), as_on_windows(text)]) {
                for end in (0..text.len())
                    .step_by(7)
                    .filter(|end| text.is_char_boundary(*end))
                {
                    assert_answered(format, &text[..end]);
                }
                FORMATS
                    .iter()
                    .for_each(|format| assert_answered(*format, &text));
            }
        }
    }

    fn assert_answered(format: Format, text: &str) {
        let packages = match packages(format, text) {
            Ok(packages) => packages,
            Err(broken) => return assert!(text.is_char_boundary(broken.offset)),
        };
        for span in packages
            .iter()
            .flat_map(|one| [Some(one.name_span), one.version_span])
        {
            let Some(span) = span else { continue };
            assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    }

    #[test]
    fn deep_nesting_is_survived() {
        for piece in [
            "[", "{", "(", "{\"a\":", "<a>", "a.", "a={", "${", "\"", "[a.", "/*", "`",
        ] {
            let text = piece.repeat(10_000);
            for format in FORMATS {
                assert_answered(format, &text);
                assert_answered(format, &format!("dependencies {text}"));
                assert_answered(format, &format!("{{\"dependencies\": {text}"));
                assert_answered(format, &format!("<project>{text}"));
                assert_answered(format, &format!("dependencies = {text}"));
            }
        }
    }
}
