//! Dependency files to the packages that they ask for, each with its place. One file per kind of
//! file; `toml`, `xml`, `tree` and `requirement` hold what two of them share, and the first two
//! are the only ones that know their parsers. `format` tells the files, `related` what stands in
//! a manifest and its lock file, `package` and `word` are what all of them give. Which packages
//! matter is for the policies to say.

mod bundler;
mod cargo;
mod composer;
mod conda;
mod format;
mod go;
mod gradle;
mod line;
mod lock;
mod maven;
mod mix;
mod msbuild;
mod npm;
mod npm_lock;
mod nuget;
mod package;
mod paket;
mod pip;
mod pub_dev;
mod pyproject;
pub(super) mod related;
mod requirement;
mod sbom;
mod setup_cfg;
mod setup_py;
mod toml;
mod tree;
mod vcpkg;
mod version_catalog;
mod word;
mod xml;
mod yarn;

pub(crate) use self::format::Format;
pub(crate) use self::package::{Broken, Package};
pub(super) use self::pip::{Include, includes};
use crate::model::Node;

/// Nobody writes a larger dependency file by hand.
const TEXT_LIMIT: usize = 2 << 20;
/// Lock files of the largest repositories have some ten MiB.
const LOCK_LIMIT: usize = 64 << 20;

/// The packages of a dependency file, in the order of their names' places. Of a lock file, only
/// those that [`may_matter`], each once.
///
/// Fails when the file cannot be read as a whole, be it against its syntax or beyond a limit.
pub(crate) fn packages(format: Format, text: &str) -> Result<Vec<Package>, Broken> {
    let (limit, shown) = match format.is_lock() {
        true => (LOCK_LIMIT, "64 MiB"),
        false => (TEXT_LIMIT, "2 MiB"),
    };
    if text.len() > limit {
        let reason = format!("the file is larger than {shown}");
        return Err(Broken::at(text, limit, reason));
    }
    let mut packages = match format {
        Format::Npm => npm::packages(text),
        Format::NpmLock => npm_lock::packages(text),
        Format::YarnLock => yarn::packages(text),
        Format::PnpmLock => npm_lock::pnpm_packages(text),
        Format::PipRequirements => pip::packages(text),
        Format::PipConstraints => pip::constraints(text),
        Format::Pyproject => pyproject::packages(text),
        Format::SetupCfg => setup_cfg::packages(text),
        Format::SetupPy => setup_py::packages(text),
        Format::Pipfile => pyproject::pipfile_packages(text),
        Format::PipfileLock => lock::pipfile_packages(text),
        Format::PythonLock => lock::toml_packages("pypi", text),
        Format::MsBuild => msbuild::packages(text),
        Format::PackagesConfig => nuget::packages(text),
        Format::NugetLock => nuget::lock_packages(text),
        Format::Paket => paket::packages(text),
        Format::PaketLock => paket::lock_packages(text),
        Format::MavenPom => maven::packages(text),
        Format::Gradle => gradle::packages(text),
        Format::VersionCatalog => version_catalog::packages(text),
        Format::GradleLock => version_catalog::lock_packages(text),
        Format::GoMod => go::packages(text),
        Format::Cargo => cargo::packages(text),
        Format::CargoLock => lock::toml_packages("cargo", text),
        Format::Composer => composer::packages(text),
        Format::ComposerLock => composer::lock_packages(text),
        Format::Gemfile => bundler::packages(text),
        Format::GemfileLock => bundler::lock_packages(text),
        Format::Pubspec => pub_dev::packages(text),
        Format::PubspecLock => pub_dev::lock_packages(text),
        Format::Vcpkg => vcpkg::packages(text),
        Format::Mix => mix::packages(text),
        Format::MixLock => mix::lock_packages(text),
    }?;
    packages.sort_by_key(|package| package.name_span.start);
    if format.is_lock() {
        lock::keep_each_once(&mut packages);
    }
    Ok(packages)
}

/// The packages of a document that is a conda environment or a bill of materials by its shape;
/// `None` for any other.
pub(super) fn packages_by_shape(text: &str, root: Node<'_>) -> Option<Vec<Package>> {
    let mut packages = sbom::packages(text, root).or_else(|| conda::packages(text, root))?;
    packages.sort_by_key(|package| package.name_span.start);
    Some(packages)
}

/// Whether a JSON text may be a bill of materials; its document tells.
pub(super) fn may_be_sbom(text: &str) -> bool {
    text.contains("\"bomFormat\"") || text.contains("\"spdxVersion\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    /// What the tests of each format compare: scope, key, name, version and the marked texts.
    pub(super) fn listed(format: Format, text: &str) -> Vec<String> {
        lines(&packages(format, text).expect("is well-formed"), text)
    }

    pub(super) fn lines(packages: &[Package], text: &str) -> Vec<String> {
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

    const FORMATS: [Format; 33] = [
        Format::Npm,
        Format::NpmLock,
        Format::YarnLock,
        Format::PnpmLock,
        Format::PipRequirements,
        Format::PipConstraints,
        Format::Pyproject,
        Format::SetupCfg,
        Format::SetupPy,
        Format::Pipfile,
        Format::PipfileLock,
        Format::PythonLock,
        Format::MsBuild,
        Format::PackagesConfig,
        Format::NugetLock,
        Format::Paket,
        Format::PaketLock,
        Format::MavenPom,
        Format::Gradle,
        Format::VersionCatalog,
        Format::GradleLock,
        Format::GoMod,
        Format::Cargo,
        Format::CargoLock,
        Format::Composer,
        Format::ComposerLock,
        Format::Gemfile,
        Format::GemfileLock,
        Format::Pubspec,
        Format::PubspecLock,
        Format::Vcpkg,
        Format::Mix,
        Format::MixLock,
    ];

    #[test]
    fn large_files_are_refused_at_a_character() {
        let text = "ä€".repeat(TEXT_LIMIT / 4);
        for format in FORMATS.into_iter().filter(|format| !format.is_lock()) {
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
            (Format::NpmLock, include_str!("npm_lock.rs")),
            (Format::YarnLock, include_str!("yarn.rs")),
            (Format::SetupCfg, include_str!("setup_cfg.rs")),
            (Format::SetupPy, include_str!("setup_py.rs")),
            (Format::PythonLock, include_str!("lock.rs")),
            (Format::NugetLock, include_str!("nuget.rs")),
            (Format::VersionCatalog, include_str!("version_catalog.rs")),
            (Format::Vcpkg, include_str!("vcpkg.rs")),
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
