//! Packages of a `requirements.txt`, in the format of pip, and the other files that it names.

use std::ops::Range;

use super::package::{Broken, Package, Relation, Source};
use super::requirement::{name, requirement};
use super::word::{Word, after_mark};

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
    mark_transitive(text, &mut packages);
    Ok(packages)
}

/// pip-compile and uv write behind or below a package which other ones ask for it (`# via azure-core`),
/// and name the file where the program itself does (`# via -r requirements.in`).
fn mark_transitive(text: &str, packages: &mut [Package]) {
    if !text.contains("# via") {
        return;
    }
    let ends: Vec<usize> = packages
        .iter()
        .skip(1)
        .map(|package| package.name_span.start as usize)
        .chain([text.len()])
        .collect();
    for (package, end) in packages.iter_mut().zip(ends) {
        let own = text
            .get(package.name_span.end as usize..end)
            .unwrap_or_default();
        let comments = own.lines().filter_map(|line| line.split_once('#'));
        let comments: Vec<&str> = comments.map(|(_, comment)| comment.trim()).collect();
        let Some(first) = comments
            .iter()
            .position(|comment| *comment == "via" || comment.starts_with("via "))
        else {
            continue;
        };
        let asking = comments[first..]
            .iter()
            .map(|one| one.strip_prefix("via").unwrap_or(one).trim());
        let is_file = |one: &str| {
            ["-r ", "-c "].iter().any(|option| one.starts_with(option))
                || one.contains([' ', '(', '/'])
        };
        if !asking.filter(|one| !one.is_empty()).any(is_file) {
            package.relation = Relation::Transitive;
            "transitive".clone_into(&mut package.scope);
        }
    }
}

/// The packages whose versions a constraints file names, for when others ask for them.
pub(super) fn constraints(text: &str) -> Result<Vec<Package>, Broken> {
    let constraint = |package: Package| Package {
        scope: "constraints".to_owned(),
        ..package.transitive()
    };
    Ok(packages(text)?.into_iter().map(constraint).collect())
}

/// Another file that a `requirements.txt` names, relative to its own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Include {
    /// The path as written, without quotes.
    pub path: String,
    /// Where the path stands.
    pub place: Range<usize>,
    /// Whether it only names versions (`-c`).
    pub is_constraint: bool,
}

/// The files that a text includes. A URL is none.
pub(in super::super) fn includes(text: &str) -> Vec<Include> {
    const OPTIONS: [(&str, bool); 4] = [
        ("--requirement", false),
        ("-r", false),
        ("--constraint", true),
        ("-c", true),
    ];
    let include = |line: &Line| {
        let content = line.text.trim_start();
        let (option, is_constraint) = OPTIONS
            .iter()
            .find(|(option, _)| content.starts_with(option))?;
        let rest = &content[option.len()..];
        let is_long = option.starts_with("--");
        let path = rest.trim_start_matches(['=', ' ', '\t']).trim_end();
        let is_option = !is_long || rest.starts_with(['=', ' ', '\t']);
        let start = line.start + line.text.len() - rest.trim_start_matches(['=', ' ', '\t']).len();
        let is_file = is_option && !path.is_empty() && !path.contains("://");
        is_file.then(|| Include {
            path: path.trim_matches(['"', '\'']).to_owned(),
            place: start..start + path.len(),
            is_constraint: *is_constraint,
        })
    };
    lines(text).iter().filter_map(include).collect()
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
    fn included_files_are_named_with_their_places() {
        let text = "# -r azure.txt größe\n-r base.txt # x\n--requirement=../b.txt\n-cc.txt\n--constraint \"d e.txt\"\n-r https://example.com/x.txt\n--require-hashes\nazure-r==1\n";
        let found = super::includes(text);
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.path.as_str(),
                    &text[one.place.clone()],
                    one.is_constraint,
                )
            })
            .collect();
        let expected = [
            ("base.txt", "base.txt", false),
            ("../b.txt", "../b.txt", false),
            ("c.txt", "c.txt", true),
            ("d e.txt", "\"d e.txt\"", true),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn compiled_requirements_say_who_asks_for_them() {
        let text = "azure-core==1.30.0\n    # via\n    #   azure-identity\nazure-identity==1.15.0 # via -r requirements.in\nmsal==1 # via azure-identity\nazure-cosmos==4 # why: via train\n";
        let found = packages(Format::PipRequirements, text).expect("is well-formed");
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.relation.as_str()))
            .collect();
        let expected = [
            ("azure-core", "transitive"),
            ("azure-identity", "direct"),
            ("msal", "transitive"),
            ("azure-cosmos", "direct"),
        ];
        assert_eq!(found, expected);
        let constraints =
            packages(Format::PipConstraints, "azure-core==1\n").expect("is well-formed");
        assert_eq!(
            (
                constraints[0].scope.as_str(),
                constraints[0].relation.as_str()
            ),
            ("constraints", "transitive")
        );
    }

    #[test]
    fn an_empty_file_asks_for_nothing() {
        assert!(listed(Format::PipRequirements, "").is_empty());
    }
}
