//! Packages of a `yarn.lock`, of the first version, which has a format of its own, and of later
//! ones, whose lines about packages are the same.

use super::line::lines;
use super::package::{Broken, Package, Source};
use super::word::{Word, span};

const SOURCE: Source<'static> = Source {
    ecosystem: "npm",
    scope: "transitive",
    section: "packages",
};

/// One package for each entry: a line at the margin that ends in a colon and lists what it
/// answers to, as `"@azure/core-auth@^1.3.0", "@azure/core-auth@^1.4.0":`. Below it stand lines
/// that are indented.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let mut packages: Vec<Package> = Vec::new();
    let mut is_open = false;
    for (start, line) in lines(text) {
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let version = version(text, start, line).filter(|_| is_open);
            if let (Some(version), Some(package)) = (version, packages.last_mut())
                && package.version.is_none()
            {
                package.version_span = Some(span(&version.place));
                package.version = Some(version.text);
            }
            continue;
        }
        let entry = line.strip_suffix(':');
        let entry = entry.ok_or_else(|| Broken::at(text, start, "the line is no entry"))?;
        let found = name(text, start, entry).map(|name| Package::new(SOURCE, name, None));
        is_open = found.is_some();
        packages.extend(found.map(Package::transitive));
    }
    Ok(packages)
}

/// The name in the first of an entry's descriptors. `None` for what is no package of a registry.
fn name(text: &str, start: usize, entry: &str) -> Option<Word> {
    let open = usize::from(entry.starts_with('"'));
    let descriptor = entry[open..].split(['"', ',']).next()?;
    let at = descriptor
        .char_indices()
        .skip(1)
        .find(|(_, c)| *c == '@')?
        .0;
    let range = &descriptor[at + 1..];
    if ["workspace:", "link:", "portal:", "file:"]
        .iter()
        .any(|local| range.starts_with(local))
    {
        return None;
    }
    let from = start + open;
    // `alias@npm:@azure/real@^1` is about the real package.
    let real = range.strip_prefix("npm:").and_then(|real| {
        let end = real.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
        let begin = from + descriptor.len() - real.len();
        Some(begin..begin + end)
    });
    Some(Word::cut(text, real.unwrap_or(from..from + at)))
}

/// `version "1.5.0"` or `version: 1.5.0`.
fn version(text: &str, start: usize, line: &str) -> Option<Word> {
    let rest = line.trim_start().strip_prefix("version")?;
    let value = rest.strip_prefix(':').unwrap_or(rest).trim();
    rest.starts_with([' ', ':']).then_some(())?;
    let value_start = start + line.len() - rest.len() + rest.find(value)?;
    let inside = value.trim_matches('"');
    let inside_start = value_start + value.find(inside)?;
    Some(Word::cut(text, inside_start..inside_start + inside.len()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const CLASSIC: &str = r#"# yarn lockfile v1, größe €

"@azure/core-auth@^1.3.0", "@azure/core-auth@^1.4.0":
  version "1.5.0"
  resolved "https://registry.yarnpkg.com/@azure/core-auth"
  dependencies:
    "@azure/look-alike" "^1.0.0"
    version "^9"

azure-storage@~2:
  version "2.10.7"
mssql@^6:
  version "6.0.0"
"aliased@npm:@azure/real@^1":
  version "1.0.0"
"#;

    const BERRY: &str = r#"__metadata:
  version: 6
  cacheKey: 8

"@azure/identity@npm:^4.0.0, @azure/identity@npm:^4.1.0":
  version: 4.1.0
  resolution: "@azure/identity@npm:4.1.0"
"azure-shop@workspace:.":
  version: 0.0.0-use.local
"@azure/patched@patch:@azure/patched@npm%3A1.0.0#./x.patch":
  version: 1.0.0
"#;

    #[test]
    fn both_formats_are_read() {
        let classic = [
            "transitive: packages.@azure/core-auth @azure/core-auth 1.5.0",
            "transitive: packages.azure-storage azure-storage 2.10.7",
            "transitive: packages.@azure/real @azure/real 1.0.0",
        ];
        assert_eq!(listed(Format::YarnLock, CLASSIC), classic);
        assert_eq!(listed(Format::YarnLock, &as_on_windows(CLASSIC)), classic);
        let berry = [
            "transitive: packages.@azure/identity @azure/identity 4.1.0",
            "transitive: packages.@azure/patched @azure/patched 1.0.0",
        ];
        assert_eq!(listed(Format::YarnLock, BERRY), berry);
    }

    #[test]
    fn broken_files_say_where() {
        let broken = packages(Format::YarnLock, "# ä\n<<<<<<< HEAD\n").expect_err("is broken");
        assert_eq!(broken.offset, 5, "{}", broken.reason);
    }
}
