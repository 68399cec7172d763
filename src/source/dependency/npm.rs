//! Packages of a `package.json`. The one file here that knows the JSON parser.

use std::ops::Range;

use jiter::{Jiter, JiterError, JiterErrorType, Peek};

use super::package::{Broken, Package, Source};
use super::word::{Word, after_mark};

const SECTIONS: [&str; 4] = [
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
];

/// The packages of the sections that npm installs. `overrides` asks for no package of its own.
pub(super) fn packages(text: &str) -> Result<Vec<Package>, Broken> {
    let mut reader = Reader::new(text);
    reader
        .read()
        .map_err(|error| broken(text, reader.base, &error))?;
    Ok(reader.packages)
}

struct Reader<'a> {
    text: &'a str,
    /// Where the parser's offset 0 lies in the text.
    base: usize,
    parser: Jiter<'a>,
    packages: Vec<Package>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let base = after_mark(text);
        let parser = Jiter::new(&text.as_bytes()[base..]);
        Self {
            text,
            base,
            parser,
            packages: Vec::new(),
        }
    }

    fn read(&mut self) -> Result<(), JiterError> {
        self.parser.peek()?;
        let mut before = self.offset();
        let mut key = self.parser.next_object()?.map(str::to_owned);
        while let Some(section) = key {
            match SECTIONS.iter().find(|known| **known == section) {
                Some(known) => self.section(known)?,
                None => self.parser.next_skip()?,
            }
            before = self.offset().max(before);
            key = self.parser.next_key()?.map(str::to_owned);
        }
        self.parser.finish()
    }

    /// Reads a section. One that is no object asks for nothing.
    fn section(&mut self, section: &'static str) -> Result<(), JiterError> {
        let peek = self.parser.peek()?;
        if peek != Peek::Object {
            return self.parser.known_skip(peek);
        }
        let mut before = self.offset() + 1;
        let mut key = self.parser.known_object()?.map(str::to_owned);
        while let Some(name) = key {
            let name = Word {
                text: name,
                place: self.quoted(before),
            };
            let value = self.value()?;
            self.packages.push(package(self.text, section, name, value));
            before = self.offset();
            key = self.parser.next_key()?.map(str::to_owned);
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Option<Word>, JiterError> {
        let peek = self.parser.peek()?;
        let start = self.offset();
        if peek != Peek::String {
            self.parser.known_skip(peek)?;
            return Ok(None);
        }
        let text = self.parser.known_str()?.to_owned();
        Ok(Some(Word {
            text,
            place: start + 1..self.offset() - 1,
        }))
    }

    fn offset(&self) -> usize {
        self.base + self.parser.current_index()
    }

    /// The inside of the key that was read after the offset `before`. The parser has gone on past
    /// the colon; around the key there are only spaces and a comma.
    fn quoted(&self, before: usize) -> Range<usize> {
        let read = self.text.get(before..self.offset()).unwrap_or_default();
        let start = read.find('"').map_or(0, |quote| quote + 1);
        let end = read.rfind('"').unwrap_or(start).max(start);
        before + start..before + end
    }
}

fn package(text: &str, scope: &str, name: Word, value: Option<Word>) -> Package {
    let source = Source {
        ecosystem: "npm",
        scope,
        section: scope,
    };
    match value {
        Some(value) => match alias(text, &value) {
            Some((name, version)) => Package::new(source, name, version),
            None => Package::new(source, name, Some(value).filter(is_version)),
        },
        None => Package::new(source, name, None),
    }
}

/// The real package of `npm:@azure/identity@4`. The `@` of a scope comes first and is no version.
fn alias(text: &str, value: &Word) -> Option<(Word, Option<Word>)> {
    let real = value
        .text
        .strip_prefix("npm:")
        .filter(|real| !real.is_empty())?;
    let start = value.text.len() - real.len();
    let name_end = real
        .rfind('@')
        .filter(|at| *at > 0)
        .map_or(value.text.len(), |at| start + at);
    let version = name_end + 1..value.text.len();
    let version = (!version.is_empty()).then(|| value.part(text, version));
    Some((value.part(text, start..name_end), version))
}

/// Paths and URLs (`file:`, `git+https:`, `owner/repository`) are no versions.
fn is_version(value: &Word) -> bool {
    !value.text.contains([':', '/'])
}

/// The parser's own words for what is wrong; they name what was expected, never content.
fn broken(text: &str, base: usize, error: &JiterError) -> Broken {
    let reason = match &error.error_type {
        JiterErrorType::JsonError(kind) => kind.to_string(),
        JiterErrorType::WrongType { .. } => "the file is no JSON object".to_owned(),
    };
    Broken::at(text, base + error.index, reason)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{as_on_windows, listed};
    use super::super::{Format, packages};

    const SHOP: &str = r#"{
  "name": "größe €", "dependencies-of": {"no": "1"},
  "scripts": {"dependencies": "echo", "@azure/identity": "az login"},
  "config": {"dependencies": {"@azure/look-alike": "1"}},
  "dependencies" : { "@azure/identity":"^4.13.1" ,
    "azure-id" : "npm:@azure/identity@^3", "plain": "npm:azure-sb", "local": "file:../local",
    "forked": "git+https://user:secret@example.com/x.git", "odd": 7, "any": "" },
  "devDependencies": {"tap\u0065": "npm:t\u0061p@1", "tap": "latest"},
  "peerDependencies": {"react": ">=17 <19"}, "optionalDependencies": {"fsevents": "~2"},
  "overrides": {"@azure/core-http": "3"}, "bundleDependencies": ["@azure/bundled"]
}"#;

    const PACKAGES: [&str; 9] = [
        "dependencies: dependencies.@azure/identity @azure/identity ^4.13.1",
        "dependencies: dependencies.@azure/identity @azure/identity ^3",
        "dependencies: dependencies.azure-sb azure-sb -",
        "dependencies: dependencies.local local -",
        "dependencies: dependencies.forked forked -",
        "dependencies: dependencies.odd odd -",
        "dependencies: dependencies.any any -",
        "peerDependencies: peerDependencies.react react >=17 <19",
        "optionalDependencies: optionalDependencies.fsevents fsevents ~2",
    ];

    #[test]
    fn sections_are_read_and_look_alikes_are_not() {
        let text = SHOP.replace(r#""tap\u0065": "npm:t\u0061p@1", "tap": "latest""#, "");
        assert_eq!(listed(Format::Npm, &text), PACKAGES);
        assert_eq!(listed(Format::Npm, &as_on_windows(&text)), PACKAGES);
    }

    #[test]
    fn escaped_names_are_marked_as_written() {
        let found = packages(Format::Npm, SHOP).expect("is well-formed");
        let found: Vec<_> = found
            .iter()
            .filter(|one| one.scope == "devDependencies")
            .collect();
        let marked = |index: usize| {
            let span = found[index].name_span;
            (
                found[index].name.as_str(),
                &SHOP[span.start as usize..span.end as usize],
            )
        };
        assert_eq!(marked(0), ("tap", r"npm:t\u0061p@1"));
        assert_eq!(marked(1), ("tap", "tap"));
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            ("{\"dependencies\": {\"a\" \"1\"}}", 22),
            ("{\"ä\": 1} x", 10),
            ("[]", 0),
            ("\u{feff}[1]", 3),
            ("", 0),
            ("{\"dependencies\": {\"a\": \"1", 25),
        ];
        for (text, offset) in cases {
            let broken = packages(Format::Npm, text).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }
}
