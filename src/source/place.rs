//! Value paths to places: the one file that knows lines and columns.

use super::narrowed::narrow;
use crate::model::{
    Artifact, Location, Node, Notice, Part, Region, Resource, Span, Step, Trace, ValuePath,
};

/// Where a value stands, and whether that is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The bytes.
    pub span: Span,
    /// Whether this is the nearest place known instead of the exact one.
    pub approximate: bool,
    /// Where the item of a list begins, if it is about one as a whole.
    pub item: Option<u32>,
}

impl Placed {
    /// Some bytes, which are known.
    pub(super) fn at(span: Span) -> Self {
        Self {
            span,
            approximate: false,
            item: None,
        }
    }
}

/// Finds the characters that a violation is about. A path whose tail is absent points at its
/// nearest existing parent, a mapping or sequence at its key.
#[must_use]
pub(crate) fn place(resource: &Resource, path: &ValuePath, part: Option<Part>) -> Placed {
    let text = &resource.artifact.text;
    let Reached { key, node, absent } = reached(resource, path);
    let is_whole = absent.is_empty();
    match (part, node.as_str()) {
        (Some(Part::KEY), Some(_)) if is_whole => {
            Placed::at(unquoted(text, key.unwrap_or(node).span()))
        }
        (Some(part), Some(value)) if is_whole => place_part(text, node.span(), value, part),
        _ => Placed {
            span: head(text, key, node),
            approximate: false,
            item: (key.is_none() && node.is_mapping()).then(|| node.span().start),
        },
    }
}

/// What a path leads to, where its document brings values by aliases: the value's id and the part
/// of the path that is absent. Two such with one place and one absent part are one value, written
/// once and used twice.
#[must_use]
pub(crate) fn use_of_copy(resource: &Resource, path: &ValuePath) -> Option<(u32, Vec<Step>)> {
    resource.tree.holds_copies().then(|| {
        let reached = reached(resource, path);
        (reached.node.id(), reached.absent.to_vec())
    })
}

/// How far a path leads.
struct Reached<'a> {
    key: Option<Node<'a>>,
    node: Node<'a>,
    absent: &'a [Step],
}

fn reached<'a>(resource: &'a Resource, path: &'a ValuePath) -> Reached<'a> {
    let (mut key, mut node) = (None, resource.node());
    let mut absent = path.steps();
    while let [step, rest @ ..] = absent {
        let next = match step {
            Step::Key(name) => node.entry(name).map(|(key, value)| (Some(key), value)),
            Step::Index(index) => node.items().nth(*index).map(|item| (None, item)),
        };
        let Some(next) = next else { break };
        (key, node) = next;
        absent = rest;
    }
    Reached { key, node, absent }
}

/// The region of some bytes of an artifact.
#[must_use]
pub(super) fn region(artifact: &Artifact, span: Span) -> Region {
    let (line, column) = position(artifact, span.start as usize);
    let (end_line, end_column) = position(artifact, (span.end.max(span.start)) as usize);
    Region {
        line,
        column,
        end_line,
        end_column,
    }
}

/// The location of some bytes of an artifact; of a rendered text the place in the source that
/// wrote them.
#[must_use]
pub(crate) fn location(artifact: &Artifact, placed: Placed) -> Location {
    let Some(trace) = traced(artifact, placed) else {
        return rendered_location(artifact, placed);
    };
    let written = trace.written;
    let placed = Placed {
        span: written.span,
        approximate: placed.approximate || written.approximate,
        item: None,
    };
    rendered_location(&written.artifact, placed)
}

/// Where what is placed in a rendered text comes from; `None` for other texts.
#[must_use]
pub(crate) fn traced(artifact: &Artifact, placed: Placed) -> Option<Trace> {
    let provenance = artifact.provenance.as_ref()?;
    let item = placed.item.and_then(|item| provenance.item(item));
    let mut trace = item.or_else(|| provenance.trace(placed.span))?;
    let deployed = artifact.text.get(placed.span.range()).unwrap_or_default();
    narrow(&mut trace.written, deployed);
    Some(trace)
}

/// The location of some bytes of an artifact in that artifact itself.
#[must_use]
pub(crate) fn rendered_location(artifact: &Artifact, placed: Placed) -> Location {
    Location {
        display: artifact.display.clone(),
        uri: artifact.uri.clone(),
        region: region(artifact, placed.span),
        approximate: placed.approximate,
    }
}

/// A notice about a value of a resource.
#[must_use]
pub(crate) fn notice(resource: &Resource, path: &ValuePath, reason: String, help: &str) -> Notice {
    notice_in_text(resource, path, None, reason, help)
}

/// A notice about a part of a text that a resource holds.
pub(super) fn notice_in_text(
    resource: &Resource,
    path: &ValuePath,
    part: Option<Part>,
    reason: String,
    help: &str,
) -> Notice {
    let location = location(&resource.artifact, place(resource, path, part));
    Notice {
        display: Some(location.display),
        uri: Some(location.uri),
        region: Some(location.region),
        rule: None,
        resource: Some(resource.identity.to_string()),
        reason,
        help: Some(help.to_owned()),
    }
}

fn position(artifact: &Artifact, offset: usize) -> (u32, u32) {
    let text = &artifact.text;
    let offset = floor_char_boundary(text, offset);
    let starts = artifact.line_starts();
    let line = starts
        .partition_point(|start| *start as usize <= offset)
        .max(1);
    let start = starts[line - 1] as usize;
    let before = text[start..offset].trim_start_matches('\u{feff}');
    let units = match before.is_ascii() {
        true => before.len(),
        false => before.encode_utf16().count(),
    };
    let column = units + 1;
    (number(line), number(column))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The characters of a value, as they are marked where a finding is about it.
#[must_use]
pub(crate) fn value_span(text: &str, node: Node<'_>) -> Span {
    head(text, None, node)
}

/// What to mark for a whole value: a scalar's own characters without its quotes, a mapping's or
/// sequence's key, an item's first key.
fn head(text: &str, key: Option<Node<'_>>, node: Node<'_>) -> Span {
    if node.scalar().is_some() {
        let span = unquoted(text, node.span());
        return if span.start == span.end {
            key.map_or(span, |key| key.span())
        } else {
            span
        };
    }
    if let Some(key) = key {
        return unquoted(text, key.span());
    }
    match node.entries().next() {
        Some((first, value)) if value.scalar().is_some() => {
            let end = unquoted(text, value.span()).end;
            Span {
                start: first.span().start,
                end: first_line_end(text, first.span().start, end),
            }
        }
        Some((first, _)) => first.span(),
        None => match node.items().next() {
            Some(first) => head(text, None, first),
            None => node.span(),
        },
    }
}

fn first_line_end(text: &str, start: u32, end: u32) -> u32 {
    let line = &text[start as usize..end.max(start) as usize];
    let length = line.find(['\r', '\n']).unwrap_or(line.len());
    Span::new(0, start as usize + length).end
}

/// A scalar without its quotes and without the line breaks that end a block scalar.
pub(crate) fn unquoted(text: &str, span: Span) -> Span {
    let raw = &text[span.range()];
    let quote = raw
        .as_bytes()
        .first()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    match quote {
        Some(quote) if raw.len() > 2 && raw.as_bytes().last() == Some(quote) => Span {
            start: span.start + 1,
            end: span.end - 1,
        },
        _ => Span::new(
            span.start as usize,
            span.start as usize + raw.trim_end().len(),
        ),
    }
}

/// Finds a part of a decoded string in the source: it stands there letter by letter unless it
/// holds an escape or is folded over lines, which leaves the whole string as the place.
fn place_part(text: &str, span: Span, value: &str, part: Part) -> Placed {
    let raw = &text[span.range()];
    let whole = Placed {
        span: unquoted(text, span),
        approximate: true,
        item: None,
    };
    let Some(needle) = value
        .get(part.start..part.start + part.length)
        .filter(|part| !part.is_empty())
    else {
        return whole;
    };
    let range = part.start..part.start + part.length;
    if let Some(exact) = span.part(text, value, range) {
        return Placed {
            span: exact,
            approximate: false,
            item: None,
        };
    }
    let position = value
        .match_indices(needle)
        .take_while(|(at, _)| *at < part.start)
        .count();
    let mut found = raw.match_indices(needle);
    let all = value.match_indices(needle).count();
    match found.clone().count() {
        0 => whole,
        count => {
            let at = found.nth(position.min(count - 1)).map_or(0, |(at, _)| at);
            let start = span.start as usize + at;
            let span = Span::new(start, start + needle.len());
            Placed {
                span,
                approximate: count != all,
                item: None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::resource::{Context, resources};
    use super::*;

    /// `line:column-endLine:endColumn` and the marked text of a path in the first resource.
    fn marked(text: &str, path: &ValuePath, part: Option<Part>) -> (String, String) {
        let artifact = Arc::new(Artifact::new("a.yaml", "a.yaml", text.to_owned()));
        let stream = super::super::document::read_yaml(text);
        let mut found = Vec::new();
        for document in stream.documents {
            resources(&artifact, document, &Context::default(), &mut found);
        }
        let placed = place(&found[0], path, part);
        let region = region(&artifact, placed.span);
        let shown = format!(
            "{}:{}-{}:{}",
            region.line, region.column, region.end_line, region.end_column
        );
        (shown, text[placed.span.range()].to_owned())
    }

    const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\n";

    fn data(key: &str) -> ValuePath {
        ValuePath::from_iter(["data", key])
    }

    #[test]
    fn columns_count_utf16_units_after_umlauts_emoji_and_tabs() {
        let text = format!("{HEAD}data: {{ä: \"ü\", 😀: x,\tb: y}}\n");
        assert_eq!(
            marked(&text, &data("ä"), None),
            ("3:12-3:13".to_owned(), "ü".to_owned())
        );
        assert_eq!(
            marked(&text, &data("😀"), None),
            ("3:20-3:21".to_owned(), "x".to_owned())
        );
        assert_eq!(
            marked(&text, &data("b"), None),
            ("3:26-3:27".to_owned(), "y".to_owned())
        );
    }

    #[test]
    fn crlf_and_a_bom_do_not_shift_columns() {
        let text = "\u{feff}apiVersion: v1\r\nkind: ConfigMap\r\ndata:\r\n  a: b\r\n";
        assert_eq!(
            marked(text, &data("a"), None),
            ("4:6-4:7".to_owned(), "b".to_owned())
        );
        let api_version = ValuePath::from_iter(["apiVersion"]);
        assert_eq!(
            marked(text, &api_version, None),
            ("1:13-1:15".to_owned(), "v1".to_owned())
        );
    }

    #[test]
    fn a_part_of_a_block_scalar_is_marked_on_its_own_line() {
        let text = format!("{HEAD}data:\n  a: |\n    one\n    two three\n");
        let part = Some(Part {
            start: 8,
            length: 5,
        });
        assert_eq!(
            marked(&text, &data("a"), part),
            ("6:9-6:14".to_owned(), "three".to_owned())
        );
    }

    #[test]
    fn the_key_of_a_string_is_marked_where_it_is_meant() {
        let text = format!("{HEAD}data:\n  \"a\": |\n    one\n    two three\n");
        assert_eq!(
            marked(&text, &data("a"), Some(Part::KEY)),
            ("4:4-4:5".to_owned(), "a".to_owned())
        );
    }

    #[test]
    fn a_part_over_several_lines_of_a_block_scalar_is_marked_from_its_first_to_its_last() {
        let text = format!("{HEAD}data:\n  a: |-\n    one\n    two\n\n    three four\n");
        let part = Some(Part {
            start: 4,
            length: 10,
        });
        let (place, marked) = marked(&text, &data("a"), part);
        assert_eq!(place, "6:5-8:10");
        assert!(marked.starts_with("two") && marked.ends_with("three"));
    }

    #[test]
    fn a_part_behind_escapes_is_marked_as_it_is_written() {
        let text = format!("{HEAD}data:\n  a: \"{{\\\"x\\\": \\\"one\\ntwo\\u00fc\\\"}} one\"\n");
        let part = Some(Part {
            start: 7,
            length: 9,
        });
        let (_, marked) = marked(&text, &data("a"), part);
        assert_eq!(marked, "one\\ntwo\\u00fc");
    }

    #[test]
    fn the_second_of_equal_parts_is_told_from_the_first() {
        let text = format!("{HEAD}data:\n  a: \"x y x\"\n");
        let part = Some(Part {
            start: 4,
            length: 1,
        });
        assert_eq!(
            marked(&text, &data("a"), part),
            ("4:11-4:12".to_owned(), "x".to_owned())
        );
    }

    #[test]
    fn an_absent_tail_points_at_its_parents_key() {
        let text = format!("{HEAD}data:\n  a: b\n");
        assert_eq!(
            marked(&text, &data("absent"), None),
            ("3:1-3:5".to_owned(), "data".to_owned())
        );
    }

    #[test]
    fn an_alias_points_at_what_it_stands_for_and_its_absent_keys_at_the_alias() {
        let text = format!("{HEAD}data:\n  a: &x b\n  c: *x\nbinaryData: &m {{d: e}}\nextra: *m\n");
        assert_eq!(marked(&text, &data("c"), None).1, "b");
        let inner = ValuePath::from_iter(["extra", "d"]);
        assert_eq!(marked(&text, &inner, None).1, "e");
    }

    #[test]
    fn an_item_without_a_key_points_at_its_first_entry() {
        let text = format!("{HEAD}list:\n  - name: web\n    image: x\n");
        let item = ValuePath::from_iter(["list"]).index(0);
        assert_eq!(
            marked(&text, &item, None),
            ("4:5-4:14".to_owned(), "name: web".to_owned())
        );
    }

    #[test]
    fn items_of_a_list_keep_their_places() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data: {a: b}\n";
        assert_eq!(
            marked(text, &data("a"), None),
            ("6:13-6:14".to_owned(), "b".to_owned())
        );
    }
}
