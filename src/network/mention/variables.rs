//! The variables of a container as far as their values are known, and what Kubernetes makes of a text that refers
//! to them: `$(NAME)`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::super::field::items;
use super::super::namespace::{called, namespace_of};
use super::purpose::is_host_word;
use super::{Kind, Mentions};
use crate::model::{Node, Resource, ValuePath};

/// What stands before a reference to a variable.
const OPENS: &str = "$(";

/// The values of variables by their names.
#[derive(Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    /// Whether anything refers to them.
    pub(super) are_used: bool,
}

/// A part of an expanded text that a variable brought.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// Where it stands in the expanded text.
    at: Range<usize>,
    /// Where the reference stands in the written one.
    written: Range<usize>,
    /// Whether it is told where the variable has its value: its name says that this is a host, or more than a bare
    /// word shows it.
    is_told: bool,
}

/// A text with the values of its variables.
#[derive(Debug)]
pub(super) struct Expanded<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) pieces: Vec<Piece>,
}

impl Variables {
    /// Those that a container takes from whole objects, where it refers to any.
    pub(super) fn taken(mentions: &Mentions<'_>, reader: &Resource, container: Node<'_>) -> Self {
        let mut found = Self {
            are_used: container.text().contains(OPENS),
            ..Self::default()
        };
        if !found.are_used {
            return found;
        }
        for (_, source) in items(container, "envFrom", &ValuePath::default()) {
            let prefix = source
                .get("prefix")
                .and_then(Node::as_str)
                .unwrap_or_default();
            for (kind, field) in [
                (Kind::ConfigMap, "configMapRef"),
                (Kind::Secret, "secretRef"),
            ] {
                let name = source.find(&[field, "name"]).and_then(Node::as_str);
                let entries = name.map(|name| mentions.entries(reader, kind, name));
                for entry in entries.into_iter().flatten() {
                    found.set(&format!("{prefix}{}", entry.key), entry.said());
                }
            }
        }
        found
    }

    /// Gives a variable a value; one that is not known hides what was known before.
    pub(super) fn set(&mut self, name: &str, value: Option<&str>) {
        // What has several lines would move those behind it.
        match value.filter(|value| !value.contains('\n')) {
            Some(value) => self.values.insert(name.to_owned(), value.to_owned()),
            None => self.values.remove(name),
        };
    }

    /// Gives a variable a value that may refer to others.
    pub(super) fn set_expanded(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(|value| self.expand(value).text.into_owned());
        self.set(name, value.as_deref());
    }

    /// A text in which the variables that are known are replaced; the others stay as they are written.
    pub(super) fn expand<'t>(&self, text: &'t str) -> Expanded<'t> {
        let mut expanded = Expanded {
            text: Cow::Borrowed(text),
            pieces: Vec::new(),
        };
        if self.values.is_empty() || !text.contains(OPENS) {
            return expanded;
        }
        let (mut found, mut done) = (String::new(), 0);
        for (start, _) in text.match_indices(OPENS) {
            // `$$(NAME)` is no reference.
            let Some((name, _)) = text[start + OPENS.len()..].split_once(')') else {
                break;
            };
            let Some(value) = self
                .values
                .get(name)
                .filter(|_| !text[..start].ends_with('$'))
            else {
                continue;
            };
            let end = start + OPENS.len() + name.len() + 1;
            found.push_str(&text[done..start]);
            let at = found.len();
            found.push_str(value);
            expanded.pieces.push(Piece {
                at: at..found.len(),
                written: start..end,
                is_told: is_host_word(name) || value.contains([':', '.', '/']),
            });
            done = end;
        }
        found.push_str(&text[done..]);
        expanded.text = Cow::Owned(found);
        expanded
    }
}

/// Where a part of an expanded text stands in the written one: a reference is meant as a whole.
pub(super) fn written(pieces: &[Piece], part: Range<usize>) -> Range<usize> {
    let place = |at: usize, is_end: bool| {
        let before = |piece: &&Piece| match is_end {
            true => piece.at.start < at,
            false => piece.at.start <= at,
        };
        match pieces.iter().rfind(before) {
            None => at,
            Some(piece) if at >= piece.at.end => piece.written.end + at - piece.at.end,
            Some(piece) if is_end => piece.written.end,
            Some(piece) => piece.written.start,
        }
    };
    place(part.start, false)..place(part.end, true)
}

/// Whether a part of an expanded text is what one variable brought, and told there.
pub(super) fn is_told_there(pieces: &[Piece], part: &Range<usize>) -> bool {
    let mut own = pieces.iter().filter(|piece| piece.is_told);
    own.any(|piece| piece.at.start <= part.start && part.end <= piece.at.end)
}

impl Mentions<'_> {
    /// What a variable's value is, as far as the objects say it.
    pub(super) fn value(&self, reader: &Resource, variable: Node<'_>) -> Option<String> {
        if let Some(value) = variable.get("value") {
            return value.as_str().map(str::to_owned);
        }
        let source = variable.get("valueFrom")?;
        let field = source.find(&["fieldRef", "fieldPath"]);
        if field.and_then(Node::as_str) == Some("metadata.namespace") {
            return Some(called(namespace_of(reader)).to_owned());
        }
        let kinds = [
            (Kind::ConfigMap, "configMapKeyRef"),
            (Kind::Secret, "secretKeyRef"),
        ];
        kinds.into_iter().find_map(|(kind, field)| {
            let reference = source.get(field)?;
            let [name, key] = ["name", "key"].map(|part| reference.get(part)?.as_str());
            let entries = self.entries(reader, kind, name?);
            let entry = entries.into_iter().find(|entry| Some(entry.key) == key)?;
            entry.text.map(Cow::into_owned)
        })
    }

    /// The port that another variable of a container says for the host of a variable: `DB_PORT` beside `DB_HOST`.
    pub(super) fn port_beside(
        &self,
        reader: &Resource,
        container: Node<'_>,
        variable: &str,
    ) -> Option<u16> {
        let key = super::paired::port_variable(variable)?;
        let mut all = items(container, "env", &ValuePath::default());
        let (_, beside) = all.find(|(_, one)| {
            let name = one.string("name");
            name.is_some_and(|name| name.eq_ignore_ascii_case(&key))
        })?;
        self.value(reader, beside)?.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_known_variables_are_replaced() {
        let mut variables = Variables::default();
        variables.set("NAME", Some("db"));
        variables.set("SPACE", Some("shop"));
        variables.set("LINES", Some("a\nb"));
        for (text, expected, part, place) in [
            ("x://$(NAME):1", "x://db:1", 4..6, "$(NAME)"),
            (
                "x://db.$(SPACE).svc:1",
                "x://db.shop.svc:1",
                4..15,
                "db.$(SPACE).svc",
            ),
            (
                "$(NAME).$(SPACE),web",
                "db.shop,web",
                0..7,
                "$(NAME).$(SPACE)",
            ),
            ("$(NAME).$(SPACE),web", "db.shop,web", 8..11, "web"),
            ("$$(NAME) db", "$$(NAME) db", 9..11, "db"),
            ("$(OTHER) $(NAME)", "$(OTHER) db", 9..11, "$(NAME)"),
            ("$(LINES)", "$(LINES)", 0..8, "$(LINES)"),
            ("$(NAME", "$(NAME", 2..6, "NAME"),
        ] {
            let found = variables.expand(text);
            assert_eq!(found.text, expected, "{text}");
            assert_eq!(&text[written(&found.pieces, part)], place, "{text}");
        }
    }
}
