//! Packages of a `go.mod`, in the grammar of <https://go.dev/ref/mod#go-mod-file>.

use std::ops::Range;

use super::package::{Broken, Package, Source};
use super::word::{Word, after_mark};

/// Required modules (scope `require`, or `indirect` where a comment says so), and the modules
/// that replace others.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let mut packages = Vec::new();
    let mut block: Option<Word> = None;
    for line in lines(text)? {
        let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
        match (&block, words.as_slice()) {
            (_, []) => {}
            (None, [directive, "("]) => {
                known(text, directive, &line)?;
                block = line.words.into_iter().next();
            }
            (None, [directive, ..]) => {
                known(text, directive, &line)?;
                packages.extend(package(text, directive, &line.words[1..], &line)?);
            }
            (Some(_), [")"]) => block = None,
            (Some(open), _) => packages.extend(package(text, &open.text, &line.words, &line)?),
        }
    }
    match block {
        Some(open) => Err(Broken::at(
            text,
            open.place.start,
            "the block is not closed",
        )),
        None => Ok(packages),
    }
}

/// Later versions of Go may know more directives, which ask for nothing that we read.
fn known(text: &str, directive: &str, line: &Line) -> Result<(), Broken> {
    match directive.bytes().all(|byte| byte.is_ascii_lowercase()) {
        true => Ok(()),
        false => Err(Broken::at(text, line.start(), "not a directive")),
    }
}

fn package(
    text: &str,
    directive: &str,
    words: &[Word],
    line: &Line,
) -> Result<Option<Package>, Broken> {
    match (directive, words) {
        ("require", [path, version]) => {
            let scope = if line.is_indirect {
                "indirect"
            } else {
                "require"
            };
            let source = Source {
                ecosystem: "go",
                scope,
                section: "require",
            };
            let package = Package::new(source, path.clone(), Some(version.clone()));
            Ok(Some(match line.is_indirect {
                true => package.transitive(),
                false => package,
            }))
        }
        ("replace", words) => {
            let arrow = words.iter().position(|word| word.text == "=>");
            match (arrow, arrow.map(|arrow| &words[arrow + 1..])) {
                (Some(1 | 2), Some([path, version])) => {
                    let source = Source {
                        ecosystem: "go",
                        scope: "replace",
                        section: "replace",
                    };
                    Ok(Some(Package::new(
                        source,
                        path.clone(),
                        Some(version.clone()),
                    )))
                }
                // A folder has no version.
                (Some(1 | 2), Some([_])) => Ok(None),
                _ => Err(Broken::at(
                    text,
                    line.start(),
                    "the replacement is incomplete",
                )),
            }
        }
        ("require", _) => Err(Broken::at(
            text,
            line.start(),
            "not a module and its version",
        )),
        _ => Ok(None),
    }
}

/// The words of a line without its comment.
struct Line {
    words: Vec<Word>,
    is_indirect: bool,
}

impl Line {
    fn start(&self) -> usize {
        self.words.first().map_or(0, |word| word.place.start)
    }
}

fn lines(text: &str) -> Result<Vec<Line>, Broken> {
    let mut offset = after_mark(text);
    let mut lines = Vec::new();
    for written in text[offset..].split_inclusive('\n') {
        let (words, end) = words(text, offset..offset + written.len())?;
        let comment = &text[end..offset + written.len()];
        lines.push(Line {
            words,
            is_indirect: is_indirect(comment),
        });
        offset += written.len();
    }
    Ok(lines)
}

/// The words of a line, and where they end: at its comment or at its end.
fn words(text: &str, line: Range<usize>) -> Result<(Vec<Word>, usize), Broken> {
    let mut words = Vec::new();
    let mut offset = line.start;
    loop {
        let rest = &text[offset..line.end];
        offset += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        let (length, quotes) = match rest.chars().next() {
            None => return Ok((words, offset)),
            Some(_) if rest.starts_with("//") => return Ok((words, offset)),
            Some('(' | ')') => (1, 0),
            Some(quote @ ('"' | '`')) => match rest[1..].find(quote) {
                Some(length) => (length + 2, 1),
                None => return Err(Broken::at(text, offset, "the string is not closed")),
            },
            Some(_) => (bare(rest), 0),
        };
        words.push(Word::cut(text, offset + quotes..offset + length - quotes));
        offset += length;
    }
}

/// Length of a word without quotes: up to a space, a parenthesis or a comment.
fn bare(rest: &str) -> usize {
    let end = rest.find(|c: char| c.is_whitespace() || "()\"`".contains(c));
    let end = end.unwrap_or(rest.len());
    rest[..end].find("//").unwrap_or(end)
}

/// Go itself reads this comment: `// indirect`, or `// indirect; why`.
fn is_indirect(comment: &str) -> bool {
    let mut words = comment.trim_start_matches('/').split_whitespace();
    match (words.next(), words.next()) {
        (Some("indirect"), None) => true,
        (first, Some(_)) => first == Some("indirect;"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"// größe €: require github.com/Azure/commented v1
module github.com/Azure/shop

go 1.22
toolchain go1.22.1
require github.com/Azure/azure-sdk-for-go/sdk/azcore v1.9.0
require "github.com/Azure/quoted" v1.0.0 // indirect; why

require (
	github.com/Azure/azure-sdk-for-go/sdk/azidentity v1.4.0 // not indirect
	github.com/Azure/go-autorest v14.2.0+incompatible// indirect
	// github.com/Azure/commented v1
)
require(
	gopkg.in/yaml.v3 v3.0.1
)
exclude github.com/Azure/excluded v1.0.0
replace github.com/Azure/old => github.com/Azure/new v1.2.3
replace (
	github.com/Azure/old v1 => ../github.com/Azure/folder
	github.com/Azure/old v2 => github.com/Azure/newer v2.0.0
)
retract [v1.0.0, v1.1.0] // why
tool github.com/Azure/tool
"#;

    const PACKAGES: [&str; 7] = [
        "require: require.github.com/Azure/azure-sdk-for-go/sdk/azcore github.com/Azure/azure-sdk-for-go/sdk/azcore v1.9.0",
        "indirect: require.github.com/Azure/quoted github.com/Azure/quoted v1.0.0",
        "require: require.github.com/Azure/azure-sdk-for-go/sdk/azidentity github.com/Azure/azure-sdk-for-go/sdk/azidentity v1.4.0",
        "indirect: require.github.com/Azure/go-autorest github.com/Azure/go-autorest v14.2.0+incompatible",
        "require: require.gopkg.in/yaml.v3 gopkg.in/yaml.v3 v3.0.1",
        "replace: replace.github.com/Azure/new github.com/Azure/new v1.2.3",
        "replace: replace.github.com/Azure/newer github.com/Azure/newer v2.0.0",
    ];

    #[test]
    fn modules_are_read_and_look_alikes_are_not() {
        assert_eq!(listed(Format::GoMod, SHOP), PACKAGES);
        assert_eq!(listed(Format::GoMod, &as_on_windows(SHOP)), PACKAGES);
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            ("module ä\nrequire (\n a v1\n", 10),
            ("module a\n  require b\n", 11),
            ("<<<<<<< HEAD\n", 0),
            ("replace a b\n", 0),
            ("require \"a v1\n", 8),
        ];
        for (text, offset) in cases {
            let broken = packages(Format::GoMod, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
