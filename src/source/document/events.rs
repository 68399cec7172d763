//! The events of the YAML parser to documents with places. The one file that knows it.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span as EventSpan, Tag};

use super::super::scalar::{key_text, resolve};
use crate::model::{Span, TooLarge, Tree, TreeBuilder};

/// How deep values may nest, as in Kubernetes' own limits far beyond any real object.
pub(in crate::source) const DEPTH_LIMIT: usize = 128;

/// Why a document is refused in which aliases stand for too much.
pub(in crate::source) const TOO_LARGE: &str = "aliases make the document too large";

/// How many values aliases may add to a document beyond one for each byte of its text.
const ALIAS_ALLOWANCE: usize = 100_000;

/// The documents of one text, and what could not be read.
#[derive(Debug, Default)]
pub(in crate::source) struct Stream {
    /// What was read, in order.
    pub documents: Vec<Document>,
    /// What was not: each entry stands for one document.
    pub broken: Vec<Broken>,
    /// Where the first line goes on that is refused since a tab stands in its indentation.
    pub behind_tab: Option<usize>,
    /// Where the first comment begins that is refused since it has no blank before it.
    pub close_comment: Option<usize>,
}

/// One document.
#[derive(Debug)]
pub(in crate::source) struct Document {
    /// Its values.
    pub tree: Tree,
    /// Where it begins: just past what came before, so that leading comments belong to it.
    pub start: usize,
    /// Keys that stand a second time in their mapping.
    pub duplicates: Vec<Span>,
}

/// Why a document cannot be read. The reason never quotes the text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::source) struct Broken {
    /// Byte offset.
    pub offset: usize,
    /// What is the matter.
    pub reason: String,
}

/// How many values a document of so many bytes may have.
pub(in crate::source) fn value_limit(bytes: usize) -> usize {
    bytes.saturating_add(ALIAS_ALLOWANCE)
}

/// Reads the documents of a text as it is.
pub(in crate::source) fn read_events(text: &str) -> Stream {
    let options = granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut stream = Stream::default();
    let mut reader = Reader::new(0, text.len());
    loop {
        let failed = match parser.next_event() {
            None => break,
            Some(Ok((Event::DocumentEnd, span))) => {
                let next = Reader::new(end_offset(&span), text.len());
                stream
                    .documents
                    .push(std::mem::replace(&mut reader, next).finish());
                continue;
            }
            Some(Ok((event, span))) => reader.take(&event, &span).err(),
            Some(Err(error)) => {
                let offset = error.marker().byte_offset().unwrap_or(0);
                match error.kind() {
                    ErrorKind::TabInBlockIndentation => {
                        stream.behind_tab.get_or_insert(offset);
                    }
                    ErrorKind::CommentNotSeparated => {
                        stream.close_comment.get_or_insert(offset);
                    }
                    _ => {}
                }
                Some(Broken {
                    offset,
                    reason: describe(&error),
                })
            }
        };
        if let Some(broken) = failed {
            let offset = broken.offset;
            stream.broken.push(broken);
            if !matches!(parser.proceed_next_document(), Ok(true)) {
                break;
            }
            reader = Reader::new(offset, text.len());
        }
    }
    stream
}

/// The parser's own words for what is wrong; they name indicators and limits, never content.
fn describe(error: &granit_parser::ScanError) -> String {
    match error.kind() {
        ErrorKind::UnknownAnchor => "an alias refers to an anchor that is not defined".to_owned(),
        _ => error.info(),
    }
}

/// What the value that comes next is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Item,
    Key,
    Value,
    /// The value of a merge key.
    Merge,
}

struct Reader {
    builder: TreeBuilder,
    start: usize,
    expected: Vec<Expected>,
    /// Ids of anchored values, by the parser's anchor ids.
    anchors: HashMap<usize, u32>,
}

impl Reader {
    fn new(start: usize, bytes: usize) -> Self {
        Self {
            builder: TreeBuilder::new(value_limit(bytes)),
            start,
            expected: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    fn finish(self) -> Document {
        let (tree, duplicates) = self.builder.finish();
        Document {
            tree,
            start: self.start,
            duplicates,
        }
    }

    fn take(&mut self, event: &Event<'_>, span: &EventSpan) -> Result<(), Broken> {
        let place = place(span);
        let broken = |reason: &str| Broken {
            offset: place.start as usize,
            reason: reason.to_owned(),
        };
        let too_large = |TooLarge| broken(TOO_LARGE);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref().map(Tag::parts);
                let is_plain = matches!(style, ScalarStyle::Plain);
                let resolved = resolve(text, is_plain, tag).map_err(broken)?;
                if self.is_key() {
                    let name = key_text(text, resolved.scalar()).map_err(broken)?;
                    let is_merge = is_plain && tag.is_none() && name == "<<";
                    let id = self.builder.key(&name, place).map_err(too_large)?;
                    self.remember(*anchor, id);
                    return self.key_done(is_merge);
                }
                let id = self
                    .builder
                    .scalar(resolved.scalar(), place)
                    .map_err(too_large)?;
                self.remember(*anchor, id);
                self.value_done(id, place)
            }
            Event::SequenceStart(_, anchor, _) => self.open(*anchor, place, Expected::Item),
            Event::MappingStart(_, anchor, _) => self.open(*anchor, place, Expected::Key),
            Event::SequenceEnd | Event::MappingEnd => {
                self.expected.pop();
                let id = self.builder.end(end_offset(span));
                self.value_done(id, place)
            }
            Event::Alias(anchor) => self.alias(*anchor, place),
            _ => Ok(()),
        }
    }

    fn is_key(&self) -> bool {
        self.expected.last() == Some(&Expected::Key)
    }

    /// Keeps the id of an anchored value; the parser's id 0 means that there is no anchor.
    fn remember(&mut self, anchor: usize, id: u32) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn key_done(&mut self, is_merge: bool) -> Result<(), Broken> {
        if let Some(expected) = self.expected.last_mut() {
            *expected = if is_merge {
                Expected::Merge
            } else {
                Expected::Value
            };
        }
        if is_merge {
            self.builder.hide_last_key();
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, place: Span, expected: Expected) -> Result<(), Broken> {
        let broken = |reason: &str| Broken {
            offset: place.start as usize,
            reason: reason.to_owned(),
        };
        if self.is_key() {
            return Err(broken("a mapping's key is a mapping or a sequence"));
        }
        if self.builder.depth() >= DEPTH_LIMIT {
            return Err(broken(&format!(
                "values nest deeper than {DEPTH_LIMIT} levels"
            )));
        }
        let opened = match expected {
            Expected::Item => self.builder.begin_sequence(place),
            Expected::Key | Expected::Value | Expected::Merge => self.builder.begin_mapping(place),
        };
        let id = opened.map_err(|TooLarge| broken("the document is too large"))?;
        self.remember(anchor, id);
        self.expected.push(expected);
        Ok(())
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Result<(), Broken> {
        let broken = |reason: &str| Broken {
            offset: place.start as usize,
            reason: reason.to_owned(),
        };
        let Some(&id) = self.anchors.get(&anchor) else {
            return Err(broken("an alias refers to an anchor that is not defined"));
        };
        if self.builder.is_open(id) {
            return Err(broken("an anchor's value contains itself"));
        }
        if self.is_key() {
            let name = self.builder.scalar_text(id);
            let name = name.ok_or_else(|| broken("a mapping's key is an alias of no string"))?;
            self.builder
                .key(&name, place)
                .map_err(|TooLarge| broken("the document is too large"))?;
            return self.key_done(false);
        }
        let copied = self.builder.alias(id, place);
        let copy = copied.map_err(|TooLarge| broken(TOO_LARGE))?;
        self.value_done(copy, place)
    }

    /// Notes that the value `id` is complete: after it comes a key again, and what a merge key
    /// has is merged.
    fn value_done(&mut self, id: u32, place: Span) -> Result<(), Broken> {
        match self.expected.last_mut() {
            Some(expected @ Expected::Value) => *expected = Expected::Key,
            Some(expected @ Expected::Merge) => {
                *expected = Expected::Key;
                return self.merge(id, place);
            }
            Some(Expected::Item | Expected::Key) | None => {}
        }
        Ok(())
    }

    /// Of several sources the earlier ones win, so they are merged last.
    fn merge(&mut self, id: u32, place: Span) -> Result<(), Broken> {
        let broken = |reason: &str| Broken {
            offset: place.start as usize,
            reason: reason.to_owned(),
        };
        let mut sources = self.builder.item_ids(id);
        sources.reverse();
        if sources.is_empty() {
            sources.push(id);
        }
        for source in sources {
            let merged = self.builder.merge(source);
            if !merged.map_err(|TooLarge| broken(TOO_LARGE))? {
                return Err(broken(
                    "a merge key's value is no mapping and no sequence of mappings",
                ));
            }
        }
        Ok(())
    }
}

fn place(span: &EventSpan) -> Span {
    let range = span.byte_range().unwrap_or_default();
    Span::new(range.start, range.end)
}

fn end_offset(span: &EventSpan) -> usize {
    span.byte_range().unwrap_or_default().end
}
