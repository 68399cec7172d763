//! Which files are dependency files: told by their names, as their tools tell them.

use std::path::Path;

/// The dependency files that landfall reads by their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `package.json`
    Npm,
    /// `package-lock.json` and `npm-shrinkwrap.json`
    NpmLock,
    /// `yarn.lock`
    YarnLock,
    /// `pnpm-lock.yaml`
    PnpmLock,
    /// `requirements*.txt`, texts in a folder `requirements`, and what they include.
    PipRequirements,
    /// `constraints*.txt`: versions of what others may ask for.
    PipConstraints,
    /// `pyproject.toml`
    Pyproject,
    /// `setup.cfg`
    SetupCfg,
    /// `setup.py`
    SetupPy,
    /// `Pipfile`
    Pipfile,
    /// `Pipfile.lock`
    PipfileLock,
    /// `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml`
    PythonLock,
    /// Project files of .NET, and the `*.props` and `*.targets` that they share.
    MsBuild,
    /// `packages.config`
    PackagesConfig,
    /// `packages.lock.json`
    NugetLock,
    /// `paket.dependencies`
    Paket,
    /// `paket.lock`
    PaketLock,
    /// `pom.xml`
    MavenPom,
    /// `*.gradle` and `*.gradle.kts`
    Gradle,
    /// `libs.versions.toml`
    VersionCatalog,
    /// `gradle.lockfile`
    GradleLock,
    /// `go.mod`
    GoMod,
    /// `Cargo.toml`
    Cargo,
    /// `Cargo.lock`
    CargoLock,
    /// `composer.json`
    Composer,
    /// `composer.lock`
    ComposerLock,
    /// `Gemfile` and `*.gemspec`
    Gemfile,
    /// `Gemfile.lock`
    GemfileLock,
    /// `pubspec.yaml`
    Pubspec,
    /// `pubspec.lock`
    PubspecLock,
    /// `vcpkg.json`
    Vcpkg,
    /// `mix.exs`
    Mix,
    /// `mix.lock`
    MixLock,
}

/// Names that are the same everywhere.
const NAMES: [(&str, Format); 36] = [
    ("package.json", Format::Npm),
    ("package-lock.json", Format::NpmLock),
    ("npm-shrinkwrap.json", Format::NpmLock),
    ("yarn.lock", Format::YarnLock),
    ("pnpm-lock.yaml", Format::PnpmLock),
    ("pyproject.toml", Format::Pyproject),
    ("setup.cfg", Format::SetupCfg),
    ("setup.py", Format::SetupPy),
    ("Pipfile", Format::Pipfile),
    ("Pipfile.lock", Format::PipfileLock),
    ("poetry.lock", Format::PythonLock),
    ("uv.lock", Format::PythonLock),
    ("pdm.lock", Format::PythonLock),
    ("pylock.toml", Format::PythonLock),
    ("packages.config", Format::PackagesConfig),
    ("packages.lock.json", Format::NugetLock),
    ("paket.dependencies", Format::Paket),
    ("paket.lock", Format::PaketLock),
    ("pom.xml", Format::MavenPom),
    ("build.gradle", Format::Gradle),
    ("build.gradle.kts", Format::Gradle),
    ("gradle.lockfile", Format::GradleLock),
    ("buildscript-gradle.lockfile", Format::GradleLock),
    ("go.mod", Format::GoMod),
    ("Cargo.toml", Format::Cargo),
    ("Cargo.lock", Format::CargoLock),
    ("composer.json", Format::Composer),
    ("composer.lock", Format::ComposerLock),
    ("Gemfile", Format::Gemfile),
    ("Gemfile.lock", Format::GemfileLock),
    ("pubspec.yaml", Format::Pubspec),
    ("pubspec.lock", Format::PubspecLock),
    ("vcpkg.json", Format::Vcpkg),
    ("gems.rb", Format::Gemfile),
    ("mix.exs", Format::Mix),
    ("mix.lock", Format::MixLock),
];

/// MSBuild does not mind the case of its files' names.
const PROJECT_ENDS: [&str; 5] = [".csproj", ".fsproj", ".vbproj", ".props", ".targets"];
const GRADLE_ENDS: [&str; 2] = [".gradle", ".gradle.kts"];

impl Format {
    /// The format of a file with this name, without its folders. `None` for any other file.
    pub(crate) fn of(file_name: &str) -> Option<Self> {
        let known = NAMES.iter().find(|(name, _)| *name == file_name);
        known
            .map(|(_, format)| *format)
            .or_else(|| by_pattern(file_name))
    }

    /// The format of a file: by its name, or by that of a folder of requirements.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_ascii_lowercase());
        let is_requirements = || {
            let own = name(path)?;
            let is_text = own.ends_with(".txt") || own.ends_with(".in");
            (is_text && name(path.parent()?)? == "requirements").then_some(Self::PipRequirements)
        };
        Self::of(path.file_name()?.to_str()?).or_else(is_requirements)
    }

    /// Whether a text is what the format's files hold; others use their names for other things.
    pub(crate) fn fits(self, text: &str) -> bool {
        let is_xml = || {
            text.trim_start_matches('\u{feff}')
                .trim_start()
                .starts_with('<')
        };
        self != Self::MsBuild || is_xml()
    }

    /// Whether tools write the file, with everything that comes in through others.
    pub(crate) fn is_lock(self) -> bool {
        match self {
            Self::NpmLock
            | Self::YarnLock
            | Self::PnpmLock
            | Self::PipfileLock
            | Self::PythonLock
            | Self::NugetLock
            | Self::PaketLock
            | Self::GradleLock
            | Self::CargoLock
            | Self::ComposerLock
            | Self::GemfileLock
            | Self::PubspecLock
            | Self::MixLock => true,
            Self::Npm
            | Self::PipRequirements
            | Self::PipConstraints
            | Self::Pyproject
            | Self::SetupCfg
            | Self::SetupPy
            | Self::Pipfile
            | Self::MsBuild
            | Self::PackagesConfig
            | Self::Paket
            | Self::MavenPom
            | Self::Gradle
            | Self::VersionCatalog
            | Self::GoMod
            | Self::Cargo
            | Self::Composer
            | Self::Gemfile
            | Self::Pubspec
            | Self::Vcpkg
            | Self::Mix => false,
        }
    }
}

fn by_pattern(file_name: &str) -> Option<Format> {
    let lower = file_name.to_ascii_lowercase();
    if lower == "packages.config" {
        return Some(Format::PackagesConfig);
    }
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    if ends(&PROJECT_ENDS) {
        return Some(Format::MsBuild);
    }
    if ends(&GRADLE_ENDS) {
        return Some(Format::Gradle);
    }
    if lower.starts_with("pylock.") && lower.ends_with(".toml") {
        return Some(Format::PythonLock);
    }
    if lower.ends_with(".versions.toml") {
        return Some(Format::VersionCatalog);
    }
    if lower.ends_with(".gemspec") {
        return Some(Format::Gemfile);
    }
    let stem = lower
        .strip_suffix(".txt")
        .or_else(|| lower.strip_suffix(".in"))?;
    let mut words = stem.split(['-', '_', '.']);
    if stem.starts_with("requirements") || words.clone().any(|word| word == "requirements") {
        return Some(Format::PipRequirements);
    }
    let is_constraints = words.next() == Some("constraints");
    is_constraints.then_some(Format::PipConstraints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_file_name() {
        let known = [
            ("requirements.txt", Format::PipRequirements),
            ("requirements-dev.txt", Format::PipRequirements),
            ("requirements.in", Format::PipRequirements),
            ("dev-requirements.txt", Format::PipRequirements),
            ("constraints-3.12.txt", Format::PipConstraints),
            ("Shop.Api.csproj", Format::MsBuild),
            ("Shop.VBPROJ", Format::MsBuild),
            ("Directory.Packages.props", Format::MsBuild),
            ("Versions.targets", Format::MsBuild),
            ("clouddriver-azure.gradle", Format::Gradle),
            ("common.gradle.kts", Format::Gradle),
            ("Packages.config", Format::PackagesConfig),
            ("libs.versions.toml", Format::VersionCatalog),
            ("shop.gemspec", Format::Gemfile),
            ("pylock.dev.toml", Format::PythonLock),
        ];
        for (name, format) in NAMES.into_iter().chain(known) {
            assert_eq!(Format::of(name), Some(format), "{name}");
        }
        let others = [
            "go.sum",
            "my-package.json",
            "pom.xml.bak",
            "gradle.properties",
            "notes.txt",
            "requirements.yaml",
            "myrequirementstext.txt",
        ];
        for name in others {
            assert_eq!(Format::of(name), None, "{name}");
        }
        let of_path = |path: &str| Format::of_path(Path::new(path));
        assert_eq!(
            of_path("a/requirements/base.txt"),
            Some(Format::PipRequirements)
        );
        assert_eq!(of_path("a/requirements/base.md"), None);
        assert_eq!(
            of_path("a/base/requirements.txt"),
            Some(Format::PipRequirements)
        );
        assert!(Format::MsBuild.fits("\u{feff}\n<Project />"));
        assert!(!Format::MsBuild.fits("azure.identity=1\n"));
    }
}
