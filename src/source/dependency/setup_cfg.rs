//! Packages of a `setup.cfg`, as setuptools reads it.

use super::line::lines;
use super::package::{Broken, Package, Source};
use super::requirement::requirement;
use super::word::Word;

/// Keys of `[options]` whose values are requirements.
const KEYS: [&str; 3] = ["install_requires", "setup_requires", "tests_require"];

/// The requirements of `[options]`, and of all keys of `[options.extras_require]`. A value goes on
/// in the lines below it that are indented.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let (mut section, mut key) = (String::new(), None::<String>);
    let mut packages = Vec::new();
    for (start, line) in lines(text) {
        let content = line.trim_start();
        if content.starts_with(['#', ';']) {
            continue;
        }
        let mut value = start..start + line.len();
        if line.starts_with([' ', '\t']) {
            value.start += line.len() - content.len();
        } else if let Some(name) = content.strip_prefix('[') {
            let end = name.find(']');
            let end = end.ok_or_else(|| Broken::at(text, start, "the section is not closed"))?;
            (section, key) = (name[..end].to_owned(), None);
            continue;
        } else {
            let separator = line.find(['=', ':']);
            let at = separator.ok_or_else(|| Broken::at(text, start, "the line has no `=`"))?;
            key = Some(line[..at].trim().to_lowercase());
            value.start += at + 1;
        }
        if let Some(key) = key.as_deref().filter(|key| asks(&section, key)) {
            packages.extend(requirements(text, key, value));
        }
    }
    Ok(packages)
}

fn asks(section: &str, key: &str) -> bool {
    section == "options.extras_require" || (section == "options" && KEYS.contains(&key))
}

/// The requirements of a line, between which `;` may stand where no marker is meant. A line that
/// is none (`file: requirements.txt`, `%(names)s`) asks for nothing here.
fn requirements(text: &str, key: &str, place: std::ops::Range<usize>) -> Option<Package> {
    let line = &text[place.clone()];
    let line = line.find(" #").map_or(line, |comment| &line[..comment]);
    let found = requirement(line)?;
    let source = Source {
        ecosystem: "pypi",
        scope: key,
        section: key,
    };
    let word = |range: std::ops::Range<usize>| {
        Word::cut(text, place.start + range.start..place.start + range.end)
    };
    Some(Package::new(
        source,
        word(found.name),
        found.version.map(word),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = "[metadata]\nname = azure-größe\n[options]\npackages = find:\ninstall_requires =\n    azure-identity>=1.15,<2  # azure-comment\n    # azure-commented\n    azure-core[aio]; python_version < '3.12'\n\n    azure-cosmos\nsetup_requires = azure-setup==1\npython_requires = >=3.8\n[options.extras_require]\ndev =\n    azure-devtools\n    %(test)s\n[flake8]\nignore = azure-look-alike\n";

    #[test]
    fn requirements_are_read_and_look_alikes_are_not() {
        let expected = [
            "install_requires: install_requires.azure-identity azure-identity >=1.15,<2",
            "install_requires: install_requires.azure-core azure-core -",
            "install_requires: install_requires.azure-cosmos azure-cosmos -",
            "setup_requires: setup_requires.azure-setup azure-setup ==1",
            "dev: dev.azure-devtools azure-devtools -",
        ];
        assert_eq!(listed(Format::SetupCfg, SHOP), expected);
        assert_eq!(listed(Format::SetupCfg, &as_on_windows(SHOP)), expected);
    }

    #[test]
    fn broken_files_say_where() {
        for (text, offset) in [("# ä\n[options\n", 5), ("[a]\nwords\n", 4)] {
            let broken = packages(Format::SetupCfg, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
