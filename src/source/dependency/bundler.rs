//! Packages of Ruby's Bundler: `Gemfile`, `*.gemspec` and `Gemfile.lock`. The first two are
//! programs: their calls are read, never run.

use super::line::lines;
use super::package::{Broken, Package, Relation, Source};
use super::word::Word;

/// Calls that ask for a gem, with the scope they stand for.
const CALLS: [(&str, &str); 5] = [
    ("gem", "gem"),
    ("add_dependency", "runtime"),
    ("add_runtime_dependency", "runtime"),
    ("add_development_dependency", "development"),
    ("gem_dependency", "gem"),
];

/// One package for each line that calls for one: `gem "name", "~> 1"`, `s.add_dependency "name"`.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let packages = lines(text).filter_map(|(start, line)| call(text, start, line));
    Ok(packages.collect())
}

fn call(text: &str, start: usize, line: &str) -> Option<Package> {
    let inside = line.trim_start();
    let end = inside.find(|c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c)))?;
    let (called, arguments) = inside.split_at(end);
    let called = called.rsplit('.').next()?;
    let (_, scope) = CALLS.iter().find(|(name, _)| *name == called)?;
    let offset = start + line.len() - arguments.len();
    let mut strings = strings(text, offset, arguments);
    let (_, name) = strings
        .next()
        .filter(|(gap, _)| gap.trim().trim_start_matches('(').trim().is_empty())?;
    let is_version = |gap: &str, word: &Word| {
        gap.trim() == ","
            && word
                .text
                .starts_with(|c: char| c.is_ascii_digit() || "~<>=!".contains(c))
    };
    let version = strings.next().filter(|(gap, word)| is_version(gap, word));
    let source = Source {
        ecosystem: "rubygems",
        scope,
        section: scope,
    };
    Some(Package::new(source, name, version.map(|(_, word)| word)))
}

/// The plain strings of a line up to its comment, each with what stands in front of it.
fn strings<'t>(
    text: &'t str,
    offset: usize,
    line: &'t str,
) -> impl Iterator<Item = (&'t str, Word)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let open = at + rest.find(['"', '\'', '#'])?;
        let quote = line.get(open..=open).filter(|quote| *quote != "#")?;
        let close = open + 1 + line[open + 1..].find(quote)?;
        let gap = &line[at..open];
        at = close + 1;
        Some((gap, Word::cut(text, offset + open + 1..offset + close)))
    })
}

/// The gems below `specs:` with four spaces; those of six are asked for by the one above them.
/// `DEPENDENCIES` lists what the program asks for itself.
pub(super) fn lock_packages(text: &str) -> Result<Vec<Package>, Broken> {
    let source = Source {
        ecosystem: "rubygems",
        scope: "transitive",
        section: "specs",
    };
    let (mut section, mut packages, mut direct) = ("", Vec::new(), Vec::new());
    for (start, line) in lines(text) {
        let indent = line.len() - line.trim_start().len();
        let (name, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let place = start + indent..start + indent + name.len();
        match (indent, section) {
            (0, _) if name.starts_with(['<', '=', '>']) => {
                return Err(Broken::at(text, start, "the line is no section"));
            }
            (0, _) => section = line,
            (4, "GEM" | "GIT" | "PATH") => {
                let version = rest.trim_matches(['(', ')']);
                let at = place.end + 2;
                let version = Word::cut(text, at..at + version.len());
                let name = Word::cut(text, place);
                packages.push(Package::new(source, name, Some(version)).transitive());
            }
            (2, "DEPENDENCIES") => direct.push(name.trim_end_matches('!').to_owned()),
            _ => {}
        }
    }
    for package in packages.iter_mut().filter(|one| direct.contains(&one.name)) {
        package.relation = Relation::Direct;
        "direct".clone_into(&mut package.scope);
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    #[test]
    fn calls_are_read_and_look_alikes_are_not() {
        let text = "source 'https://rubygems.org' # größe\ngem 'azure-storage-blob', '~> 2.0', require: false\n  gem(\"azure_mgmt_storage\", git: 'https://x')\n# gem 'azure-commented'\ngem name, 'azure-variable'\nputs \"gem 'azure-quoted'\"\nspec.add_dependency \"azure-core\", \">= 1\"\ns.add_development_dependency('azure-dev') # x\n";
        let expected = [
            "gem: gem.azure-storage-blob azure-storage-blob ~> 2.0",
            "gem: gem.azure_mgmt_storage azure_mgmt_storage -",
            "runtime: runtime.azure-core azure-core >= 1",
            "development: development.azure-dev azure-dev -",
        ];
        assert_eq!(listed(Format::Gemfile, text), expected);
        assert_eq!(listed(Format::Gemfile, &as_on_windows(text)), expected);
    }

    #[test]
    fn a_lock_file_says_what_is_direct() {
        let text = "GEM\n  remote: https://rubygems.org/\n  specs:\n    azure-storage-blob (2.0.3)\n      azure-look-alike (~> 2.0)\n    azure-storage-common (2.0.4)\n    rails (7)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  azure-storage-blob (~> 2.0)\n  rails!\n";
        let expected = [
            "direct: specs.azure-storage-blob azure-storage-blob 2.0.3",
            "transitive: specs.azure-storage-common azure-storage-common 2.0.4",
        ];
        assert_eq!(listed(Format::GemfileLock, text), expected);
        assert_eq!(listed(Format::GemfileLock, &as_on_windows(text)), expected);
        let broken = packages(Format::GemfileLock, "GEM\n<<<<<<< HEAD\n").expect_err("is broken");
        assert_eq!(broken.offset, 4);
    }
}
