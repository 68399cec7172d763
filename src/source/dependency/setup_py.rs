//! Packages of a `setup.py`: what stands as literal lists in its call of `setup`, or in a list that
//! is assigned to a name and handed over by that name. A program is not run to learn more.

use std::ops::Range;

use super::package::{Broken, Package, Source};
use super::requirement::requirement;
use super::word::{Word, after_mark};

/// Arguments of `setup` that are lists of requirements, or a mapping of such.
const KEYS: [&str; 4] = [
    "install_requires",
    "setup_requires",
    "tests_require",
    "extras_require",
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A name or number.
    Name(Range<usize>),
    /// What stands in the quotes of a string; `None` where a part of it is computed.
    Text(Option<Range<usize>>),
    /// Any other character.
    Mark(usize, u8),
}

pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    if !KEYS.iter().any(|key| text.contains(key)) {
        return Ok(Vec::new());
    }
    let tokens = tokens(text)?;
    let setup = Setup {
        text,
        tokens: &tokens,
    };
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let Some(key) = setup.key(at) else { continue };
        let Some(value) = setup.value(at + 2) else {
            continue;
        };
        if key == "extras_require" {
            setup.mapping(value, &mut found);
        } else {
            setup.list(value, key, &mut found);
        }
    }
    Ok(found)
}

struct Setup<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl<'t> Setup<'t> {
    /// The argument that begins here: `install_requires=`, or `"install_requires":` of a mapping.
    fn key(&self, at: usize) -> Option<&'t str> {
        let (range, sign) = match self.tokens.get(at)? {
            Token::Name(range) => (range, b'='),
            Token::Text(Some(range)) => (range, b':'),
            Token::Text(None) | Token::Mark(..) => return None,
        };
        let key = KEYS
            .into_iter()
            .find(|key| self.text[range.clone()] == **key);
        key.filter(|_| self.is_mark(at + 1, sign))
    }

    fn is_mark(&self, at: usize, mark: u8) -> bool {
        matches!(self.tokens.get(at), Some(Token::Mark(_, found)) if *found == mark)
    }

    /// Where a literal begins: here, or where the name that stands here is assigned.
    fn value(&self, at: usize) -> Option<usize> {
        let Token::Name(name) = self.tokens.get(at)? else {
            return Some(at);
        };
        let name = &self.text[name.clone()];
        let is_name = |token: &Token| matches!(token, Token::Name(range) if self.text[range.clone()] == *name);
        let assigned = (0..at).rev().find(|one| {
            let begins = *one == 0 || !self.is_mark(one - 1, b'.');
            begins && is_name(&self.tokens[*one]) && self.is_mark(one + 1, b'=')
        })?;
        Some(assigned + 2)
    }

    /// The lists of a mapping, each under its own key.
    fn mapping(&self, at: usize, found: &mut Vec<Package>) {
        if !self.is_mark(at, b'{') {
            return;
        }
        let mut depth = 0_usize;
        for at in at..self.tokens.len() {
            match &self.tokens[at] {
                Token::Mark(_, b'{' | b'[' | b'(') => depth += 1,
                Token::Mark(_, b'}' | b']' | b')') => depth = depth.saturating_sub(1),
                Token::Text(Some(key)) if depth == 1 && self.is_mark(at + 1, b':') => {
                    if let Some(value) = self.value(at + 2) {
                        self.list(value, &self.text[key.clone()], found);
                    }
                }
                Token::Text(_) | Token::Name(_) | Token::Mark(..) => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    /// The requirements among the strings of a list; what is made of them by calls is not known.
    fn list(&self, at: usize, scope: &str, found: &mut Vec<Package>) {
        if !self.is_mark(at, b'[') && !self.is_mark(at, b'(') {
            return;
        }
        let (mut depth, mut follows_sign) = (0_usize, false);
        for token in &self.tokens[at..] {
            match token {
                Token::Mark(_, b'[' | b'(' | b'{') => depth += 1,
                Token::Mark(_, b']' | b')' | b'}') => depth = depth.saturating_sub(1),
                Token::Text(Some(text)) if follows_sign && depth == 1 => {
                    found.extend(self.package(text.clone(), scope));
                }
                Token::Text(_) | Token::Name(_) | Token::Mark(..) => {}
            }
            if depth == 0 {
                break;
            }
            follows_sign = matches!(token, Token::Mark(_, b'[' | b'(' | b','));
        }
    }

    fn package(&self, place: Range<usize>, scope: &str) -> Option<Package> {
        let found = requirement(&self.text[place.clone()])?;
        let source = Source {
            ecosystem: "pypi",
            scope,
            section: scope,
        };
        let word = |range: Range<usize>| {
            Word::cut(
                self.text,
                place.start + range.start..place.start + range.end,
            )
        };
        Some(Package::new(
            source,
            word(found.name),
            found.version.map(word),
        ))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Broken> {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let mut found = Vec::new();
    let mut at = after_mark(text);
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        match byte {
            b'#' => at += rest.iter().take_while(|byte| **byte != b'\n').count(),
            b'"' | b'\'' => {
                let is_computed = matches!(found.last(), Some(Token::Name(name))
                    if name.end == at && text[name.clone()].to_ascii_lowercase().contains('f'));
                // `r"…"`, `u'…'`: the prefix is a part of the string.
                if matches!(found.last(), Some(Token::Name(name)) if name.end == at) {
                    found.pop();
                }
                let inner = string(text, at)?;
                at = inner.end + (inner.start - at);
                found.push(Token::Text(Some(inner).filter(|_| !is_computed)));
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            byte if is_word(byte) => {
                let length = rest.iter().take_while(|byte| is_word(byte)).count();
                found.push(Token::Name(at..at + length));
                at += length;
            }
            byte => {
                found.push(Token::Mark(at, *byte));
                at += 1;
            }
        }
    }
    Ok(found)
}

/// What stands in the quotes that open at an offset, which are three where it goes over lines.
fn string(text: &str, at: usize) -> Result<Range<usize>, Broken> {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let is_long = bytes[at..].starts_with(&[quote; 3]);
    let start = at + if is_long { 3 } else { 1 };
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 1,
            b'\n' if !is_long => break,
            byte if *byte == quote && (!is_long || bytes[end..].starts_with(&[quote; 3])) => {
                return Ok(start..end);
            }
            _ => {}
        }
        end += 1;
    }
    Err(Broken::at(text, at, "the string is not closed"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"
"""install_requires=['azure-documented']"""
from setuptools import setup  # install_requires=["azure-comment"]

REQUIRES = [
    'azure-identity>=1.15,<2',  # azure-comment
    # 'azure-commented',
    "azure-core[aio]; python_version < '3.12'",
]
options = {"install_requires": ["azure-mapped"], 'azure-look-alike': 1}
setup(
    name="azure-größe",
    install_requires=REQUIRES + ["azure-added"],
    tests_require=(u"azure-devtools" "-more",),
    setup_requires=[f"azure-{x}", helper("x"), r'azure-setup==1'],
    extras_require={
        "blob": ["azure-storage-blob"],
        "all": REQUIRES,
        "azure-word": read("x"),
    },
    classifiers=["azure-classifier"],
)
"#;

    #[test]
    fn literal_lists_are_read_and_look_alikes_are_not() {
        let expected = [
            "install_requires: install_requires.azure-identity azure-identity >=1.15,<2",
            "all: all.azure-identity azure-identity >=1.15,<2",
            "install_requires: install_requires.azure-core azure-core -",
            "all: all.azure-core azure-core -",
            "install_requires: install_requires.azure-mapped azure-mapped -",
            "tests_require: tests_require.azure-devtools azure-devtools -",
            "setup_requires: setup_requires.azure-setup azure-setup ==1",
            "blob: blob.azure-storage-blob azure-storage-blob -",
        ];
        assert_eq!(listed(Format::SetupPy, SHOP), expected);
        assert_eq!(listed(Format::SetupPy, &as_on_windows(SHOP)), expected);
    }

    #[test]
    fn broken_files_say_where() {
        let text = "# ä\ninstall_requires = ['a\n'b']\n";
        let broken = packages(Format::SetupPy, text).expect_err("is broken");
        assert_eq!(broken.offset, 25, "{}", broken.reason);
        assert_eq!(packages(Format::SetupPy, "print('a\n"), Ok(Vec::new()));
    }
}
