//! Packages of a `requirements.txt`, in the format of pip. Other files that it names are not
//! followed.

use std::ops::Range;

use super::requirement::{name, requirement};
use super::{Broken, Package, Source, Word, after_mark};

const SOURCE: Source<'static> = Source {
    ecosystem: "pypi",
    scope: "requirements",
    section: "requirements",
};

const ARCHIVES: [&str; 6] = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"];

/// One package per requirement. A URL without a name in front is one if it says `#egg=name`;
/// paths, options and comments ask for nothing. Any other line is an error, as it is for pip.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let mut packages = Vec::new();
    for line in lines(text) {
        packages.extend(line.package(text)?);
    }
    Ok(packages)
}

/// A line with those that continue it, without its comment. Its bytes stand where the file has
/// them: a continuation is as many spaces as it has bytes.
struct Line {
    start: usize,
    text: String,
}

/// The lines as pip joins them: a comment of its own ends a continuation.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut offset = after_mark(text);
    let mut open = Line {
        start: offset,
        text: String::new(),
    };
    for written in text[offset..].split_inclusive('\n') {
        let content = written.trim_end_matches(['\n', '\r']);
        offset += written.len();
        let is_comment = content.trim_start().starts_with('#');
        if let Some(continued) = content.strip_suffix('\\').filter(|_| !is_comment) {
            open.text.push_str(continued);
            open.text
                .extend(std::iter::repeat_n(' ', written.len() - continued.len()));
            continue;
        }
        if !is_comment {
            open.text.push_str(content);
        }
        lines.push(std::mem::replace(
            &mut open,
            Line {
                start: offset,
                text: String::new(),
            },
        ));
    }
    lines.push(open);
    lines.iter_mut().for_each(Line::drop_comment);
    lines
}

impl Line {
    /// A `#` opens a comment only after a space: `#egg=` belongs to its URL.
    fn drop_comment(&mut self) {
        let is_comment = |at: &usize| {
            self.text[..*at]
                .chars()
                .last()
                .is_none_or(char::is_whitespace)
        };
        let comment = self
            .text
            .match_indices('#')
            .map(|(at, _)| at)
            .find(is_comment);
        if let Some(at) = comment {
            self.text.truncate(at);
        }
    }

    fn package(&self, file: &str) -> Result<Option<Package>, Broken> {
        let text = self.text.trim();
        if text.starts_with("-e") || text.starts_with("--editable") {
            return Ok(self.editable());
        }
        let first = text.split([' ', '\t', ';']).next().unwrap_or_default();
        if first.is_empty() || first.starts_with('-') || is_archive(first) {
            return Ok(None);
        }
        if let Some(found) = requirement(&self.text) {
            return Ok(Some(self.named(found.name, found.version)));
        }
        if first.contains("://") {
            return Ok(self.egg());
        }
        if first.starts_with('.') || first.contains(['/', '\\']) {
            return Ok(None);
        }
        let offset = self.start + self.text.len() - self.text.trim_start().len();
        Err(Broken::at(file, offset, "the line is no requirement"))
    }

    /// The package of `-e git+https://…#egg=name` or `-e name @ https://…`. A path has no name.
    fn editable(&self) -> Option<Package> {
        let dash = self.text.find('-')?;
        let option = self.text[dash..].find([' ', '\t', '='])? + dash + 1;
        let target = &self.text[option..];
        let is_direct = target
            .split_once('@')
            .is_some_and(|(_, url)| url.contains("://"));
        match requirement(target).filter(|_| is_direct) {
            Some(found) => {
                Some(self.named(found.name.start + option..found.name.end + option, None))
            }
            None => self.egg(),
        }
    }

    fn egg(&self) -> Option<Package> {
        let eggs = ["#egg=", "&egg="]
            .iter()
            .filter_map(|egg| self.text.find(egg));
        let start = eggs.min()? + "#egg=".len();
        let name = name(&self.text[start..])?;
        Some(self.named(start..start + name.end, None))
    }

    fn named(&self, name: Range<usize>, version: Option<Range<usize>>) -> Package {
        let word = |range: Range<usize>| {
            let text = self.text[range.clone()].to_owned();
            Word {
                text,
                place: self.start + range.start..self.start + range.end,
            }
        };
        Package::new(SOURCE, word(name), version.map(word))
    }
}

/// A file to install. A URL may have a name in front, as in `name@https://…/x.whl`.
fn is_archive(path: &str) -> bool {
    !path.contains("://") && ARCHIVES.iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"# azure-commented==1 größe €
-r base.txt
-c constraints.txt
--index-url https://user:secret@example.com/simple
--extra-index-url=https://example.com
azure-identity==1.15.0
  azure.keyvault_secrets >= 4.7 , < 5  # azure-comment
azure-storage-blob[aio,x]~=12.19; python_version >= "3.8"
azure-cosmos==4.5.1 \
    --hash=sha256:aaaa \
    --hash=sha256:bbbb
azure-mgmt-compute \
# azure-in-a-comment
azure-core @ https://user:secret@example.com/azure_core-1.whl ; extra == "x"
azure-direct-too@https://example.com/x.whl
-e git+https://github.com/Azure/x.git@main#egg=azure-editable&subdirectory=x
-e ./local/azure-local
--editable=azure-direct @ git+https://example.com/x
git+https://github.com/Azure/y#egg=azure-egg
https://example.com/nameless.tar.gz
./azure-folder
azure_wheel-1.0-py3-none-any.whl
Requests
"#;

    const PACKAGES: [&str; 11] = [
        "requirements: requirements.azure-identity azure-identity ==1.15.0",
        "requirements: requirements.azure.keyvault_secrets azure.keyvault_secrets >= 4.7 , < 5",
        "requirements: requirements.azure-storage-blob azure-storage-blob ~=12.19",
        "requirements: requirements.azure-cosmos azure-cosmos ==4.5.1",
        "requirements: requirements.azure-mgmt-compute azure-mgmt-compute -",
        "requirements: requirements.azure-core azure-core -",
        "requirements: requirements.azure-direct-too azure-direct-too -",
        "requirements: requirements.azure-editable azure-editable -",
        "requirements: requirements.azure-direct azure-direct -",
        "requirements: requirements.azure-egg azure-egg -",
        "requirements: requirements.Requests Requests -",
    ];

    #[test]
    fn requirements_are_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::PipRequirements, SHOP), PACKAGES);
        assert_eq!(
            listed(Format::PipRequirements, &as_on_windows(SHOP)),
            PACKAGES
        );
    }

    #[test]
    fn a_name_may_follow_a_continuation() {
        let found = listed(Format::PipRequirements, "\\\n  azure-core \\\r\n ==1");
        assert_eq!(
            found,
            ["requirements: requirements.azure-core azure-core ==1"]
        );
    }

    #[test]
    fn a_line_that_is_no_requirement_says_where() {
        let broken = packages(Format::PipRequirements, "# ä\na==1\n  secret words\n");
        let broken = broken.expect_err("is broken");
        assert_eq!(
            (broken.offset, broken.reason.as_str()),
            (12, "the line is no requirement")
        );
    }

    #[test]
    fn an_empty_file_asks_for_nothing() {
        assert!(listed(Format::PipRequirements, "").is_empty());
    }
}
