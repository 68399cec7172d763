//! Which files are dependency files: told by their names, as their tools tell them.

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
    /// `requirements*.txt`, and what it includes.
    PipRequirements,
    /// `constraints*.txt`: versions of what others may ask for.
    PipConstraints,
    /// `pyproject.toml`
    Pyproject,
    /// `setup.cfg`
    SetupCfg,
    /// `Pipfile`
    Pipfile,
    /// `Pipfile.lock`
    PipfileLock,
    /// `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml`
    PythonLock,
    /// Project files of .NET, and the `Directory.*.props` that they share.
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
    /// `build.gradle` and `build.gradle.kts`
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
const NAMES: [(&str, Format); 35] = [
    ("package.json", Format::Npm),
    ("package-lock.json", Format::NpmLock),
    ("npm-shrinkwrap.json", Format::NpmLock),
    ("yarn.lock", Format::YarnLock),
    ("pnpm-lock.yaml", Format::PnpmLock),
    ("pyproject.toml", Format::Pyproject),
    ("setup.cfg", Format::SetupCfg),
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
const PROJECT_ENDS: [&str; 3] = [".csproj", ".fsproj", ".vbproj"];
const PROJECT_NAMES: [&str; 5] = [
    "directory.packages.props",
    "directory.build.props",
    "directory.build.targets",
    "packages.props",
    "dependencies.props",
];

impl Format {
    /// The format of a file with this name, without its folders. `None` for any other file.
    pub(crate) fn of(file_name: &str) -> Option<Self> {
        let known = NAMES.iter().find(|(name, _)| *name == file_name);
        known
            .map(|(_, format)| *format)
            .or_else(|| by_pattern(file_name))
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
    if PROJECT_ENDS.iter().any(|end| lower.ends_with(end)) || PROJECT_NAMES.contains(&&*lower) {
        return Some(Format::MsBuild);
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
    }
}
