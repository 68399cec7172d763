//! Packages of Paket, another client of NuGet's registry: `paket.dependencies` and `paket.lock`.

use super::line;
use super::package::{Broken, Package, Source};
use super::word::Word;

/// Lines `nuget NAME VERSION`. Other sources (`github`, `git`, `http`) have no packages.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "nuget",
        scope: "dependencies",
        section: "dependencies",
    };
    let packages = entries(text).filter_map(|(start, line)| {
        let mut words = words(text, start, line);
        let is_package = ["nuget", "clitool"].contains(&words.next()?.text.as_str());
        let name = words.next().filter(|_| is_package)?;
        let version = words.find(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
        Some(Package::new(source, name, version))
    });
    Ok(packages.collect())
}

/// Lines of four spaces, `NAME (VERSION)`, below a `NUGET`; those of six are asked for by the one
/// above them.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "nuget",
        scope: "transitive",
        section: "NUGET",
    };
    let mut is_nuget = false;
    let mut packages = Vec::new();
    for (start, line) in entries(text) {
        match line.len() - line.trim_start().len() {
            0 => is_nuget = line == "NUGET",
            4 if is_nuget => {
                let mut words = words(text, start, line);
                let name = words.next();
                let version = words.next().map(|word| {
                    let inside = word.text.trim_matches(['(', ')']).len();
                    word.part(text, 1..1 + inside)
                });
                packages.extend(name.map(|name| Package::new(source, name, version).transitive()));
            }
            _ => {}
        }
    }
    Ok(packages)
}

/// Each line that is neither empty nor a comment, with its start.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    line::lines(text).filter(|(_, line)| {
        let line = line.trim_start();
        !line.starts_with('#') && !line.starts_with("//")
    })
}

fn words<'t>(text: &'t str, start: usize, line: &'t str) -> impl Iterator<Item = Word> + 't {
    let offset = move |word: &str| start + word.as_ptr() as usize - line.as_ptr() as usize;
    line.split_whitespace()
        .map(move |word| Word::cut(text, offset(word)..offset(word) + word.len()))
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::tests::{as_on_windows, listed};

    #[test]
    fn asked_and_locked_packages_are_read() {
        let text = "source https://api.nuget.org/v3/index.json\n// größe nuget Azure.Commented\ngroup Main\n  nuget Azure.Storage.Blobs >= 12.0 lowest_matching: true\n  nuget Azure.Core\n  github Azure/look-alike file.fs\n";
        let expected = [
            "dependencies: dependencies.Azure.Storage.Blobs Azure.Storage.Blobs 12.0",
            "dependencies: dependencies.Azure.Core Azure.Core -",
        ];
        assert_eq!(listed(Format::Paket, text), expected);
        assert_eq!(listed(Format::Paket, &as_on_windows(text)), expected);
        let lock = "RESTRICTION: == net8.0\nNUGET\n  remote: https://api.nuget.org/v3/index.json\n    Azure.Core (1.35)\n      Azure.LookAlike (>= 6.0)\n    FSharp.Core (8.0)\nGITHUB\n  remote: Azure/x\n    Azure.File (abc)\n";
        let expected = ["transitive: NUGET.Azure.Core Azure.Core 1.35"];
        assert_eq!(listed(Format::PaketLock, lock), expected);
        assert_eq!(listed(Format::PaketLock, &as_on_windows(lock)), expected);
    }
}
