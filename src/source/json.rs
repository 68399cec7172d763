//! JSON text to documents with places. The one file that knows the JSON parser.

use jiter::{Jiter, JiterError, JiterErrorType, Peek};

use super::document::{Broken, DEPTH_LIMIT, Document, Stream, value_limit};
use crate::model::{Scalar, Span, TreeBuilder};

/// Reads the JSON values of a stream, one after the other. Nothing is read past a broken one.
pub(super) fn read_json(text: &str) -> Stream {
    let mut stream = Stream::default();
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    while !text[start..].trim_start().is_empty() {
        let mut reader = Reader::new(text, start);
        match reader.document() {
            Ok(()) => {
                let end = reader.offset();
                let (tree, duplicates) = reader.builder.finish();
                stream.documents.push(Document {
                    tree,
                    start,
                    duplicates,
                });
                start = end;
            }
            Err(broken) => {
                stream.broken.push(broken);
                break;
            }
        }
    }
    stream
}

struct Reader<'a> {
    text: &'a str,
    /// Where the parser's offset 0 lies in the text.
    base: usize,
    parser: Jiter<'a>,
    builder: TreeBuilder,
}

/// A mapping or sequence that is open.
#[derive(Clone, Copy)]
enum Open {
    Array,
    Object,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, base: usize) -> Self {
        let rest = &text[base..];
        let builder = TreeBuilder::new(value_limit(rest.len()));
        Self {
            text,
            base,
            parser: Jiter::new(rest.as_bytes()),
            builder,
        }
    }

    fn offset(&self) -> usize {
        self.base + self.parser.current_index()
    }

    /// Reads one value with a stack of its own, so that nesting cannot exhaust the thread's.
    fn document(&mut self) -> Result<(), Broken> {
        let mut open: Vec<Open> = Vec::new();
        let mut peek = self.parser.peek().map_err(|error| self.broken(&error))?;
        loop {
            let next = match self.value(peek, &mut open)? {
                Some(next) => Some(next),
                None => self.close(&mut open)?,
            };
            match next {
                Some(next) => peek = next,
                None => return Ok(()),
            }
        }
    }

    /// Reads a scalar, or opens an array or object and gives what its first value begins with.
    fn value(&mut self, peek: Peek, open: &mut Vec<Open>) -> Result<Option<Peek>, Broken> {
        let start = self.offset();
        if matches!(peek, Peek::Array | Peek::Object) {
            if open.len() >= DEPTH_LIMIT {
                let reason = format!("values nest deeper than {DEPTH_LIMIT} levels");
                return Err(Broken {
                    offset: start,
                    reason,
                });
            }
            return self.open(peek, start, open);
        }
        let scalar = match peek {
            Peek::String => self
                .parser
                .known_str()
                .map(|text| OwnedScalar::String(text.to_owned())),
            Peek::Null => self.parser.known_null().map(|()| OwnedScalar::Null),
            Peek::True | Peek::False => self.parser.known_bool(peek).map(OwnedScalar::Bool),
            _ => self
                .parser
                .known_number_bytes(peek)
                .map(|_| OwnedScalar::Number),
        };
        let scalar = scalar.map_err(|error| self.broken(&error))?;
        self.push(&scalar, Span::new(start, self.offset()))?;
        Ok(None)
    }

    fn open(
        &mut self,
        peek: Peek,
        start: usize,
        open: &mut Vec<Open>,
    ) -> Result<Option<Peek>, Broken> {
        let span = Span::new(start, start + 1);
        let limited = |_| Broken {
            offset: start,
            reason: "the document is too large".to_owned(),
        };
        let first = if peek == Peek::Array {
            self.builder.begin_sequence(span).map_err(limited)?;
            open.push(Open::Array);
            self.parser
                .known_array()
                .map_err(|error| self.broken(&error))?
        } else {
            self.builder.begin_mapping(span).map_err(limited)?;
            open.push(Open::Object);
            let key = self.parser.known_object().map(|key| key.map(str::to_owned));
            let key = key.map_err(|error| self.broken(&error))?;
            self.key(key, start + 1)?
        };
        if first.is_none() {
            self.builder.end(self.offset());
            open.pop();
        }
        Ok(first)
    }

    /// After a complete value: gives what the next one in the innermost open array or object
    /// begins with, and closes those that end here. `None` means that the document is complete.
    fn close(&mut self, open: &mut Vec<Open>) -> Result<Option<Peek>, Broken> {
        while let Some(innermost) = open.last() {
            let before = self.offset();
            let next = match innermost {
                Open::Array => self
                    .parser
                    .array_step()
                    .map_err(|error| self.broken(&error))?,
                Open::Object => {
                    let key = self.parser.next_key().map(|key| key.map(str::to_owned));
                    let key = key.map_err(|error| self.broken(&error))?;
                    self.key(key, before)?
                }
            };
            if next.is_some() {
                return Ok(next);
            }
            self.builder.end(self.offset());
            open.pop();
        }
        Ok(None)
    }

    /// Adds a key that was read after the offset `before`, and gives what its value begins with.
    fn key(&mut self, key: Option<String>, before: usize) -> Result<Option<Peek>, Broken> {
        let Some(key) = key else { return Ok(None) };
        let read = &self.text[before..self.offset()];
        let start = before + read.find('"').unwrap_or(0);
        let end = before + read.trim_end().trim_end_matches(':').trim_end().len();
        let limited = |_| Broken {
            offset: start,
            reason: "the document is too large".to_owned(),
        };
        self.builder
            .key(&key, Span::new(start, end))
            .map_err(limited)?;
        self.parser
            .peek()
            .map(Some)
            .map_err(|error| self.broken(&error))
    }

    fn push(&mut self, scalar: &OwnedScalar, span: Span) -> Result<(), Broken> {
        let scalar = match scalar {
            OwnedScalar::Null => Scalar::Null,
            OwnedScalar::Bool(value) => Scalar::Bool(*value),
            OwnedScalar::Number => number(&self.text[span.range()]),
            OwnedScalar::String(text) => Scalar::String(text),
        };
        let limited = |_| Broken {
            offset: span.start as usize,
            reason: "the document is too large".to_owned(),
        };
        self.builder
            .scalar(scalar, span)
            .map(|_| ())
            .map_err(limited)
    }

    /// The parser's own words for what is wrong; they name what was expected, never content.
    fn broken(&self, error: &JiterError) -> Broken {
        let reason = match &error.error_type {
            JiterErrorType::JsonError(kind) => kind.to_string(),
            JiterErrorType::WrongType { .. } => "unexpected type".to_owned(),
        };
        Broken {
            offset: self.base + error.index,
            reason,
        }
    }
}

/// A scalar that no longer borrows from the parser; a number is read from its text.
enum OwnedScalar {
    Null,
    Bool(bool),
    Number,
    String(String),
}

fn number(text: &str) -> Scalar<'static> {
    let signed = text.parse().ok().map(Scalar::Signed);
    let number = signed.or_else(|| text.parse().ok().map(Scalar::Unsigned));
    number
        .or_else(|| text.parse().ok().map(Scalar::Float))
        .unwrap_or(Scalar::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Node;

    fn marked(text: &str, keys: &[&str]) -> String {
        let stream = read_json(text);
        let root = stream.documents[0].tree.root().expect("has a root");
        text[root.find(keys).expect("is there").span().range()].to_owned()
    }

    #[test]
    fn values_and_keys_keep_their_place() {
        let text = "\u{feff}{\"ä\" : {\"b\": [1, \"x\\u00e4\"]}, \"c\":null}";
        assert_eq!(marked(text, &["ä", "b"]), "[1, \"x\\u00e4\"]");
        assert_eq!(marked(text, &["c"]), "null");
        let stream = read_json(text);
        let root = stream.documents[0].tree.root().expect("has a root");
        let (key, _) = root.entry("c").expect("is there");
        assert_eq!(&text[key.span().range()], "\"c\"");
        let item = root
            .find(&["ä", "b"])
            .expect("is there")
            .items()
            .nth(1)
            .expect("is there");
        assert_eq!(item.as_str(), Some("xä"));
    }

    #[test]
    fn numbers_keep_their_value() {
        let text = "[1, -1, 18446744073709551615, 1.5, 1e3]";
        let stream = read_json(text);
        let numbers: Vec<_> = stream.documents[0]
            .tree
            .root()
            .expect("has a root")
            .items()
            .map(|item| item.scalar())
            .collect();
        let expected = [
            Scalar::Signed(1),
            Scalar::Signed(-1),
            Scalar::Unsigned(u64::MAX),
            Scalar::Float(1.5),
            Scalar::Float(1000.0),
        ];
        assert_eq!(numbers, expected.map(Some));
    }

    #[test]
    fn what_is_empty_ends_where_it_begins() {
        let stream = read_json("{\"a\": [], \"b\": {}, \"c\": [[], {}, [1]], \"d\": 2}");
        assert_eq!(stream.broken, []);
        let root = stream.documents[0].tree.root().expect("has a root");
        assert_eq!(root.get("c").map(|list| list.items().count()), Some(3));
        assert_eq!(
            root.get("d").and_then(Node::scalar),
            Some(Scalar::Signed(2))
        );
    }

    #[test]
    fn several_values_are_several_documents() {
        let stream = read_json("{\"a\": 1}\n{\"a\": 2}\n{\"a\": ");
        assert_eq!(stream.documents.len(), 2);
        assert_eq!(stream.broken[0].offset, 24);
    }

    #[test]
    fn nesting_is_limited() {
        let stream = read_json(&"[".repeat(50_000));
        assert_eq!(
            stream.broken[0].reason,
            "values nest deeper than 128 levels"
        );
    }
}
