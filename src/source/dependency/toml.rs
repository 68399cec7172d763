//! TOML text to a tree with places. The one file here that knows the TOML parser, which itself
//! limits nesting.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use super::package::Broken;
use super::word::Word;

/// The parser takes quadratic time for tables that are named again and again.
const TEXT_LIMIT: usize = 1 << 20;
const LOCK_LIMIT: usize = 8 << 20;

/// A TOML file.
pub(super) struct Toml<'t>(Document<&'t str>);

/// Reads a file. The parser's own words for what is wrong never quote it.
pub(super) fn parse(text: &str) -> Result<Toml<'_>, Broken> {
    parse_up_to(text, TEXT_LIMIT, "the file is larger than 1 MiB")
}

/// Reads a lock file, which a tool has written and which may be larger.
pub(super) fn parse_lock(text: &str) -> Result<Toml<'_>, Broken> {
    parse_up_to(text, LOCK_LIMIT, "the file is larger than 8 MiB")
}

fn parse_up_to<'t>(text: &'t str, limit: usize, reason: &str) -> Result<Toml<'t>, Broken> {
    if text.len() > limit {
        return Err(Broken::at(text, limit, reason));
    }
    Document::parse(text).map(Toml).map_err(|error| {
        let offset = error.span().map_or(text.len(), |span| span.start);
        Broken::at(text, offset, error.message())
    })
}

impl Toml<'_> {
    /// The table of the whole file.
    pub(super) fn root(&self) -> Node<'_> {
        Node {
            text: self.0.raw(),
            value: Kind::Table(self.0.as_table()),
        }
    }
}

/// A table, inline or not, or any other value.
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    text: &'t str,
    value: Kind<'t>,
}

#[derive(Clone, Copy)]
enum Kind<'t> {
    Table(&'t dyn TableLike),
    Value(&'t Value),
}

impl<'t> Node<'t> {
    fn of_item(text: &'t str, item: &'t Item) -> Option<Self> {
        match item {
            Item::None | Item::ArrayOfTables(_) => None,
            Item::Value(value) => Some(Self::of_value(text, value)),
            Item::Table(table) => Some(Self {
                text,
                value: Kind::Table(table),
            }),
        }
    }

    fn of_value(text: &'t str, value: &'t Value) -> Self {
        let value = match value.as_inline_table() {
            Some(table) => Kind::Table(table),
            None => Kind::Value(value),
        };
        Self { text, value }
    }

    /// What a table has under a path of keys.
    pub(super) fn find(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, key| match node.value {
            Kind::Table(table) => Self::of_item(node.text, table.get(key)?),
            Kind::Value(_) => None,
        })
    }

    /// A table's keys with their values, in their order; nothing for any other value.
    pub(super) fn entries(self) -> impl Iterator<Item = (Word, Self)> {
        let table = match self.value {
            Kind::Table(table) => Some(table),
            Kind::Value(_) => None,
        };
        table.into_iter().flat_map(move |table| {
            table.iter().filter_map(move |(key, item)| {
                let place = inside_quotes(self.text, table.key(key)?.span()?);
                Some((
                    Word {
                        text: key.to_owned(),
                        place,
                    },
                    Self::of_item(self.text, item)?,
                ))
            })
        })
    }

    /// The tables of an array of tables (`[[key]]`); nothing for any other value.
    pub(super) fn tables(self, key: &str) -> impl Iterator<Item = Self> + use<'t> {
        let tables = match self.value {
            Kind::Table(table) => table.get(key).and_then(Item::as_array_of_tables),
            Kind::Value(_) => None,
        };
        let text = self.text;
        tables.into_iter().flatten().map(move |table| Self {
            text,
            value: Kind::Table(table),
        })
    }

    /// An array's values; nothing for any other value.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        let array = match self.value {
            Kind::Table(_) => None,
            Kind::Value(value) => value.as_array(),
        };
        array
            .into_iter()
            .flatten()
            .map(move |value| Self::of_value(self.text, value))
    }

    /// A string's text; its place is between the quotes.
    pub(super) fn string(self) -> Option<Word> {
        let Kind::Value(value) = self.value else {
            return None;
        };
        let place = inside_quotes(self.text, value.span()?);
        Some(Word {
            text: value.as_str()?.to_owned(),
            place,
        })
    }
}

/// A string without its quotes. A line break right after three of them does not count.
fn inside_quotes(text: &str, place: Range<usize>) -> Range<usize> {
    let written = text.get(place.clone()).unwrap_or_default();
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        let inside = written
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        let Some(inside) = inside else { continue };
        let start = inside
            .strip_prefix("\r\n")
            .or(inside.strip_prefix('\n'))
            .unwrap_or(inside);
        let end = place.end - quote.len();
        return end - start.len()..end;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_do_not_belong_to_the_text() {
        let text = "a = 'x'\nb = \"y\"\nc = '''z'''\nd = \"\"\"\r\nu\"\"\"\ne = ''\n\"f\" = 'v'\ng.'h' = 'w'";
        let file = parse(text).expect("is well-formed");
        let entries: Vec<_> = file.root().entries().collect();
        let values: Vec<_> = entries
            .iter()
            .filter_map(|(_, node)| node.string())
            .collect();
        for (value, expected) in values.iter().zip(["x", "y", "z", "u", "", "v"]) {
            assert_eq!(
                (value.text.as_str(), &text[value.place.clone()]),
                (expected, expected)
            );
        }
        assert!(
            entries
                .iter()
                .all(|(key, _)| text[key.place.clone()] == key.text)
        );
        let dotted = file.root().find(&["g"]).expect("is there").entries().next();
        assert_eq!(&text[dotted.expect("is there").0.place], "h");
    }

    #[test]
    fn broken_files_say_where() {
        for (text, offset) in [
            ("a = 'ä'\nb = = 1", 13),
            ("\u{feff}a\n", 4),
            ("a = 1\na = 2", 6),
        ] {
            let broken = parse(text).map(|_| ()).expect_err("is broken");
            assert_eq!(broken.offset, offset, "{text}: {}", broken.reason);
        }
    }

    #[test]
    fn tables_that_are_named_again_cost_no_minutes() {
        let lines = (0..40_000).map(|number| format!("[x.{number:06}.y]\n[x.{number:06}]\n"));
        let text: String = lines.collect();
        assert!(text.len() < TEXT_LIMIT && parse(&text).is_ok());
    }
}
