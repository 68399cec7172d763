//! A package that a dependency file asks for, and why such a file cannot be read.

use super::word::{Word, span};
use crate::model::Span;

/// How a package comes into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The file, or the manifest it was made from, asks for it.
    Direct,
    /// Another package asks for it.
    Transitive,
}

impl Relation {
    /// The name by which rules know it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Transitive => "transitive",
        }
    }
}

/// One package that a dependency file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The registry that names the package: npm, pypi, nuget, maven, go, cargo, …
    pub ecosystem: &'static str,
    /// The name as written, for Maven `group:artifact` with properties of the same file resolved.
    pub name: String,
    /// The version or range as written. `None` where the file gives none, or a path or URL
    /// instead: a URL may hold a password.
    pub version: Option<String>,
    /// The section or configuration that asks for it, as its ecosystem calls it.
    pub scope: String,
    /// Whether the program asks for it itself.
    pub relation: Relation,
    /// The bytes of the name; those of the artifact alone where its group stands apart.
    pub name_span: Span,
    /// The bytes of the version.
    pub version_span: Option<Span>,
    /// Where in the file it stands: its sections and its name, with dots between them.
    pub key: String,
}

impl Package {
    /// What a file asks for in a place of its own; an empty version is none.
    pub(super) fn new(source: Source<'_>, name: Word, version: Option<Word>) -> Self {
        let version = version.filter(|version| !version.text.is_empty());
        Self {
            ecosystem: source.ecosystem,
            key: format!("{}.{}", source.section, name.text),
            scope: source.scope.to_owned(),
            relation: Relation::Direct,
            name_span: span(&name.place),
            name: name.text,
            version_span: version.as_ref().map(|version| span(&version.place)),
            version: version.map(|version| version.text),
        }
    }

    /// The same package, asked for by others.
    pub(super) fn transitive(self) -> Self {
        Self {
            relation: Relation::Transitive,
            ..self
        }
    }
}

/// Why a dependency file cannot be read. The reason never quotes the file, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Offset in bytes, at the start of a character or at the end of the text.
    pub offset: usize,
    /// What is wrong, in lower case and without a full stop.
    pub reason: String,
}

impl Broken {
    /// What is wrong at an offset, or at the character that it stands in.
    pub(super) fn at(text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let is_start = |offset: &usize| text.is_char_boundary(*offset);
        let offset = (0..=offset.min(text.len()))
            .rev()
            .find(is_start)
            .unwrap_or(0);
        Self {
            offset,
            reason: reason.into(),
        }
    }
}

/// Where in its file a package is asked for.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) ecosystem: &'static str,
    pub(super) scope: &'a str,
    pub(super) section: &'a str,
}
