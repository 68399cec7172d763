//! XML text to elements with places. The one file here that knows the XML parser. Names are
//! compared without their namespaces.

use std::ops::Range;

use roxmltree::{Document, Error, Node, NodeType, ParsingOptions, TextPos};

use super::package::Broken;
use super::word::Word;

/// The parser has no bound of its own, keeps the namespaces of each element, and compares each
/// attribute of an element with its others.
const NODE_LIMIT: u32 = 500_000;
const NAMESPACE_LIMIT: usize = 100;
const ATTRIBUTE_LIMIT: usize = 2_000;

/// An XML file.
pub(super) struct Xml<'t>(Document<'t>);

/// Reads a file. A document type is refused, and with it entities of one's own.
pub(super) fn parse(text: &str) -> Result<Xml<'_>, Broken> {
    limit(text)?;
    let options = ParsingOptions {
        nodes_limit: NODE_LIMIT,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options)
        .map(Xml)
        .map_err(|error| Broken::at(text, offset(text, &error), reason(&error)))
}

/// Neither a namespace nor an attribute goes without a `=`, and none of them holds a `<`.
fn limit(text: &str) -> Result<(), Broken> {
    if let Some((offset, _)) = text.match_indices("xmlns").nth(NAMESPACE_LIMIT) {
        return Err(Broken::at(text, offset, "the file has too many namespaces"));
    }
    let mut offset = 0;
    for piece in text.split('<') {
        if piece.bytes().filter(|byte| *byte == b'=').count() > ATTRIBUTE_LIMIT {
            return Err(Broken::at(
                text,
                offset,
                "an element has too many attributes",
            ));
        }
        offset += piece.len() + 1;
    }
    Ok(())
}

impl Xml<'_> {
    /// The outermost element, which must have this name.
    pub(super) fn root(&self, name: &str) -> Result<Element<'_>, Broken> {
        let root = Element(self.0.root_element());
        match root.is_named(name) {
            true => Ok(root),
            false => {
                let reason = format!("the outermost element is not `{name}`");
                Err(Broken {
                    offset: root.0.range().start,
                    reason,
                })
            }
        }
    }
}

/// An element of a file.
#[derive(Clone, Copy)]
pub(super) struct Element<'d>(Node<'d, 'd>);

impl<'d> Element<'d> {
    /// Whether the element has this name. MSBuild does not mind the case; Maven does, but has no
    /// names that differ in it alone.
    pub(super) fn is_named(self, name: &str) -> bool {
        self.0.tag_name().name().eq_ignore_ascii_case(name)
    }

    /// The name without its prefix.
    pub(super) fn name(self) -> &'d str {
        self.0.tag_name().name()
    }

    /// The elements right below this one.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        self.0.children().filter(Node::is_element).map(Self)
    }

    /// The first child of this name.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.is_named(name))
    }

    /// The first element under a path of names.
    pub(super) fn find(self, path: &[&str]) -> Option<Self> {
        path.iter()
            .try_fold(self, |element, name| element.child(name))
    }

    /// The element and all that it holds, in their order.
    pub(super) fn descendants(self) -> impl Iterator<Item = Self> {
        self.0.descendants().filter(Node::is_element).map(Self)
    }

    /// The text of an attribute, without the spaces around it.
    pub(super) fn attribute(self, name: &str) -> Option<Word> {
        let found = self
            .0
            .attributes()
            .find(|one| one.name().eq_ignore_ascii_case(name))?;
        Some(word(
            self.0.document().input_text(),
            found.value(),
            found.range_value(),
        ))
    }

    /// The text of a child of this name.
    pub(super) fn child_text(self, name: &str) -> Option<Word> {
        self.child(name)?.text()
    }

    /// The text right in the element, without the spaces around it. `None` if there is none.
    pub(super) fn text(self) -> Option<Word> {
        let texts = || {
            self.0
                .children()
                .filter(|node| node.node_type() == NodeType::Text)
        };
        let place = texts().next()?.range().start..texts().next_back()?.range().end;
        let text: String = texts().filter_map(|node| node.text()).collect();
        let word = word(self.0.document().input_text(), &text, place);
        (!word.text.is_empty()).then_some(word)
    }
}

/// The place of a text is where it is written; with references (`&amp;`) or comments in it, the
/// whole of what stands for it.
fn word(file: &str, text: &str, place: Range<usize>) -> Word {
    let text = text.trim().to_owned();
    let written = file.get(place.clone()).unwrap_or_default();
    let part = if written.contains(&text) {
        &text
    } else {
        written.trim()
    };
    let start = place.start + written.find(part).unwrap_or(0);
    Word {
        place: start..start + part.len(),
        text,
    }
}

/// Where the parser stopped. It counts in lines and characters, a byte-order mark included, and
/// does not say where the file ended too early or has a document type.
fn offset(text: &str, error: &Error) -> usize {
    match error {
        Error::DtdDetected => doctype(text),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => text.len(),
        Error::NoRootNode
        | Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => 0,
        error => offset_at(text, error.pos()),
    }
}

fn offset_at(text: &str, at: TextPos) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(at.row.saturating_sub(1) as usize);
    let start: usize = lines.map(str::len).sum();
    let characters = text[start..]
        .chars()
        .take(at.col.saturating_sub(1) as usize);
    start + characters.map(char::len_utf8).sum::<usize>()
}

/// Only comments and instructions come before a document type.
fn doctype(text: &str) -> usize {
    let mut offset = 0;
    while let Some(start) = text[offset..].find('<') {
        offset += start;
        let rest = &text[offset..];
        let end = if rest.starts_with("<!--") {
            rest.find("-->")
        } else if rest.starts_with("<?") {
            rest.find("?>")
        } else {
            return offset;
        };
        offset += end.unwrap_or(rest.len()).max(1);
    }
    0
}

/// In words that do not quote the file, as the parser's own do.
fn reason(error: &Error) -> &'static str {
    match error {
        Error::DtdDetected => "a document type is not allowed",
        Error::UnexpectedCloseTag(..) | Error::UnexpectedEntityCloseTag(_) => {
            "the closing tag does not match the open element"
        }
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => "the file ends too early",
        Error::UnknownEntityReference(..) | Error::MalformedEntityReference(_) => {
            "unknown or malformed entity reference"
        }
        Error::UnknownNamespace(..) => "unknown namespace prefix",
        Error::DuplicatedAttribute(..) | Error::DuplicatedNamespace(..) => "duplicate attribute",
        Error::NoRootNode => "the file has no element",
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => "the file has too many elements",
        _ => "the XML is not well-formed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_place() {
        let text = "\u{feff}<?xml version=\"1.0\"?><x:a xmlns:x='u'>\r\n<b ä='ö' c = ' d '> ü </b>\
                    <e>1<!-- -->2</e><f><![CDATA[ g ]]></f><h i='&lt;j'>k&amp;l</h><m/></x:a>";
        let file = parse(text).expect("is well-formed");
        let root = file.root("a").expect("is there");
        let marked = |word: Option<Word>| {
            let word = word.expect("is there");
            format!("{} {}", word.text, &text[word.place])
        };
        assert_eq!(marked(root.child_text("b")), "ü ü");
        assert_eq!(
            marked(root.child("b").and_then(|b| b.attribute("C"))),
            "d d"
        );
        assert_eq!(marked(root.child_text("e")), "12 1<!-- -->2");
        assert_eq!(marked(root.child_text("f")), "g g");
        assert_eq!(marked(root.child_text("h")), "k&l k&amp;l");
        assert_eq!(
            marked(root.child("h").and_then(|h| h.attribute("i"))),
            "<j &lt;j"
        );
        assert_eq!(root.child_text("m"), None);
    }

    #[test]
    fn broken_files_say_where() {
        let cases = [
            (
                "\u{feff}<ä></b>",
                7,
                "the closing tag does not match the open element",
            ),
            (
                "<a>\r\nä&x;</a>",
                7,
                "unknown or malformed entity reference",
            ),
            ("<a>", 3, "the file ends too early"),
            ("", 0, "the file has no element"),
            (
                "<!-- <!DOCTYPE --><!DOCTYPE a><a/>",
                18,
                "a document type is not allowed",
            ),
            (
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                0,
                "a document type is not allowed",
            ),
        ];
        for (text, offset, reason) in cases {
            let broken = parse(text).map(|_| ()).expect_err("is broken");
            assert_eq!(
                (broken.offset, broken.reason.as_str()),
                (offset, reason),
                "{text}"
            );
        }
    }

    #[test]
    fn what_costs_the_parser_too_much_is_refused() {
        let namespaces: String = (0..200).map(|n| format!("<a xmlns:b{n}='c'>")).collect();
        let attributes: String = (0..3000).map(|n| format!(" a{n}=''")).collect();
        let elements = "<a/>".repeat(600_000);
        for text in [
            namespaces,
            format!("<a{attributes}/>"),
            format!("<a>{elements}</a>"),
        ] {
            assert!(
                parse(&text)
                    .map(|_| ())
                    .is_err_and(|broken| broken.reason.contains("too many"))
            );
        }
    }
}
