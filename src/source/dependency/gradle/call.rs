//! One statement of a dependency block to the packages that it asks for.

use super::super::package::{Package, Source};
use super::super::word::Word;
use super::lexer::{Kind, Token};

/// Words before a string that do not say for what the package is.
const WRAPPERS: [&str; 8] = [
    "platform",
    "enforcedPlatform",
    "testFixtures",
    "variantOf",
    "create",
    "dependencies",
    "add",
    "listOf",
];

/// Statements with names of packages that are not asked for.
const IGNORED: [&str; 3] = ["exclude", "because", "println"];

/// A statement in a dependency block.
pub(super) struct Call<'a> {
    /// The whole file.
    pub text: &'a str,
    /// The statement's pieces, without the ends of its lines.
    pub tokens: &'a [Token],
}

/// What the map form has said so far.
#[derive(Default)]
struct Map {
    group: Option<Word>,
    name: Option<Word>,
    version: Option<Word>,
}

impl Call<'_> {
    /// Adds the packages of the statement: coordinates in one string, `group: …, name: …`, or
    /// Kotlin's `("group", "name", "version")`.
    pub(super) fn read(&self, packages: &mut Vec<Package>) {
        let mut scope: Option<&str> = None;
        let mut map = Map::default();
        if let Some(found) = self.positional() {
            packages.push(found);
            return;
        }
        for (index, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Word | Kind::Text if self.is_configuration(index) => {
                    packages.extend(self.mapped(std::mem::take(&mut map), scope));
                    scope = Some(&self.text[token.place.clone()]);
                }
                Kind::Text if scope.is_some_and(|scope| IGNORED.contains(&scope)) => {}
                Kind::Text => match self.field(index) {
                    Some(field) => {
                        if field == "group" {
                            packages.extend(self.mapped(std::mem::take(&mut map), scope));
                        }
                        map.set(field, Word::cut(self.text, token.place.clone()));
                    }
                    None if self.is_compared(index) => {}
                    None => packages.extend(self.coordinates(token, scope)),
                },
                Kind::Word | Kind::Mark(_) | Kind::Line => {}
            }
        }
        packages.extend(self.mapped(map, scope));
    }

    fn mark(&self, index: Option<usize>) -> Option<u8> {
        match self.tokens.get(index?)?.kind {
            Kind::Mark(mark) => Some(mark),
            Kind::Word | Kind::Text | Kind::Line => None,
        }
    }

    fn word(&self, index: Option<usize>) -> Option<&str> {
        let token = self.tokens.get(index?)?;
        (token.kind == Kind::Word).then(|| &self.text[token.place.clone()])
    }

    /// A word that something follows right away, or Kotlin's string in its stead: the name of
    /// what is called, unless it is a wrapper such as `platform`.
    fn is_configuration(&self, index: usize) -> bool {
        let token = &self.tokens[index];
        let next = self.tokens.get(index + 1).map(|next| next.kind);
        match token.kind {
            Kind::Text => index == 0 && next == Some(Kind::Mark(b'(')),
            Kind::Word => {
                let is_called = matches!(
                    next,
                    Some(Kind::Word | Kind::Text | Kind::Mark(b'(' | b'['))
                );
                let is_member = self.mark(index.checked_sub(1)) == Some(b'.');
                let is_wrapper = WRAPPERS.contains(&&self.text[token.place.clone()]);
                is_called && !is_member && !is_wrapper
            }
            Kind::Mark(_) | Kind::Line => false,
        }
    }

    /// The field that a string is the value of: `name: "…"` in Groovy, `name = "…"` in Kotlin.
    fn field(&self, index: usize) -> Option<&str> {
        let is_value = matches!(self.mark(index.checked_sub(1)), Some(b':' | b'='));
        self.word(index.checked_sub(2)).filter(|_| is_value)
    }

    /// A string that is assigned or compared is no argument.
    fn is_compared(&self, index: usize) -> bool {
        self.mark(index.checked_sub(1)) == Some(b'=') || self.mark(Some(index + 1)) == Some(b'=')
    }

    /// `implementation("group", "name", "version")`, the version being optional.
    fn positional(&self) -> Option<Package> {
        let text = |index: usize| {
            let token = self
                .tokens
                .get(index)
                .filter(|token| token.kind == Kind::Text)?;
            Some(Word::cut(self.text, token.place.clone()))
        };
        let is_other = |scope: &&str| WRAPPERS.contains(scope) || IGNORED.contains(scope);
        let scope = self.word(Some(0)).filter(|scope| !is_other(scope))?;
        let is_pair = self.mark(Some(1)) == Some(b'(') && self.mark(Some(3)) == Some(b',');
        let (group, name) = (text(2).filter(|_| is_pair)?, text(4)?);
        let version = text(6).filter(|_| self.mark(Some(5)) == Some(b','));
        let map = Map {
            group: Some(group),
            name: Some(name),
            version,
        };
        self.mapped(map, Some(scope))
    }

    fn mapped(&self, map: Map, scope: Option<&str>) -> Option<Package> {
        let (group, name) = (map.group?, map.name?);
        let is_name = is_coordinate(&group.text) && is_coordinate(&name.text);
        let name = Word {
            text: format!("{}:{}", group.text, name.text),
            place: name.place,
        };
        is_name.then(|| Package::new(source(scope), name, map.version))
    }

    /// The package of `group:artifact:version:classifier@type`, of which two are enough.
    fn coordinates(&self, token: &Token, scope: Option<&str>) -> Option<Package> {
        let text = &self.text[token.place.clone()];
        let (group, rest) = text.split_once(':')?;
        let end = rest.find([':', '@']).unwrap_or(rest.len());
        let (artifact, rest) = rest.split_at(end);
        if !is_coordinate(group) || !is_coordinate(artifact) {
            return None;
        }
        let start = token.place.start;
        let name_end = start + text.len() - rest.len();
        let version = rest.strip_prefix(':').map(|rest| {
            let length = version_length(rest);
            Word::cut(self.text, name_end + 1..name_end + 1 + length)
        });
        Some(Package::new(
            source(scope),
            Word::cut(self.text, start..name_end),
            version,
        ))
    }
}

impl Map {
    fn set(&mut self, field: &str, value: Word) {
        match field {
            "group" => self.group = Some(value),
            "name" => self.name = Some(value),
            "version" => self.version = Some(value),
            _ => {}
        }
    }
}

fn source(scope: Option<&str>) -> Source<'_> {
    let scope = scope.unwrap_or("dependencies");
    Source {
        ecosystem: "maven",
        scope,
        section: scope,
    }
}

/// Length of the version at the start of a text. One that is computed (`${…}`) goes on to the end.
fn version_length(text: &str) -> usize {
    match text.find("${") {
        Some(_) => text.len(),
        None => text.find([':', '@']).unwrap_or(text.len()),
    }
}

/// A group or an artifact, which a variable (`$group`, `${group}`) may be a part of.
fn is_coordinate(text: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || "._-${}".contains(c);
    !text.is_empty() && text.chars().all(is_known)
}
