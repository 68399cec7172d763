//! What can be read of a document that is no YAML: all but the lines at which reading fails.

use std::ops::Range;

use super::document::{Broken, Document, TOO_LARGE, read_yaml};
use super::outline::outline_of_unmade;
use crate::model::Span;

/// How many lines are passed over; what needs more is no document with a slip in it.
const MOST_LINES: usize = 8;

/// Of how many documents of a text that is done, and how long the text may be: each reads it again.
const MOST_DOCUMENTS: usize = 8;
const LONGEST: usize = 1 << 20;

/// What stands in texts of which a tool makes YAML first.
const UNMADE: [&str; 2] = ["{{", "{%"];

/// What stands where two texts meet of which a person is to choose.
const CONFLICT: &str = "<<<<<<< ";

/// The field of a container for its image.
const IMAGE: &str = "image";

/// The field with which most objects begin.
const API_VERSION: &str = "apiVersion:";

/// The first breach in each document of a text that has some, of as many documents as are mended.
pub(super) fn first_of_each<'a>(
    text: &'a str,
    broken: &'a [Broken],
) -> impl Iterator<Item = &'a Broken> {
    let mut read = None;
    let is_first = move |one: &&Broken| {
        let start = Some(document_around(text, one.offset).start);
        std::mem::replace(&mut read, start) != start
    };
    broken.iter().take(MOST_DOCUMENTS).filter(is_first)
}

/// What a broken document holds beside the lines that break it, each character in its place; and these
/// lines. What a tool is to fill in is a placeholder.
pub(super) fn without_broken_lines(text: &str, broken: &Broken) -> (Vec<Document>, Vec<Span>) {
    let range = document_around(text, broken.offset);
    let document = &text[range.clone()];
    let is_large = text.len() > LONGEST || broken.reason == TOO_LARGE;
    if is_large || document.contains(CONFLICT) {
        return Default::default();
    }
    let is_unmade = UNMADE.iter().any(|sign| document.contains(sign));
    let mut kept = blank_but(text, range.clone());
    if is_unmade {
        kept = outline_of_unmade(&kept);
    }
    let whole = kept.clone();
    let mut unread: Vec<Span> = Vec::new();
    for _ in 0..=MOST_LINES {
        let stream = read_yaml(&kept);
        let Some(broken) = stream.broken.first() else {
            return (stream.documents, unread);
        };
        let line = line_at(&kept, broken.offset).filter(|_| broken.reason != TOO_LARGE);
        let Some(line) = line.map(|line| unclosed_before(&kept, &line).unwrap_or(line)) else {
            break;
        };
        unread.push(Span::new(line.start, line.end));
        kept = blanked(&kept, line);
    }
    let first = unread.first().map_or(range.start, |one| one.start as usize);
    begun(&whole, range.start..first, range.end)
}

/// What an object holds before the first line that breaks it, where too many do; and the rest.
fn begun(text: &str, before: Range<usize>, end: usize) -> (Vec<Document>, Vec<Span>) {
    let rest = Span::new(before.end, end);
    let stream = read_yaml(&blank_but(text, before));
    let is_object = |document: &Document| {
        let root = document.tree.root();
        root.is_some_and(|root| root.get("apiVersion").is_some() && root.get("kind").is_some())
    };
    if stream.broken.is_empty() && stream.documents.iter().all(is_object) {
        (stream.documents, vec![rest])
    } else {
        Default::default()
    }
}

/// The objects before the last one in a document between which nobody wrote `---`, so that the keys of
/// each take the place of those before.
pub(super) fn run_together(text: &str, document: &Document) -> Vec<Document> {
    let is_begin = |at: &usize| {
        text[*at..].starts_with(API_VERSION) && (*at == 0 || text.as_bytes()[at - 1] == b'\n')
    };
    if document.duplicates.is_empty() || text.len() > LONGEST {
        return Vec::new();
    }
    let begins = document.duplicates.iter().map(|key| key.start as usize);
    let mut start = document.start;
    let mut found = Vec::new();
    for begin in begins.filter(is_begin).take(MOST_DOCUMENTS) {
        let stream = read_yaml(&blank_but(text, start..begin));
        if stream.broken.is_empty() {
            found.extend(stream.documents);
        }
        start = begin;
    }
    found
}

/// A document of a template once more for each image of a container to which another branch gives another one: both
/// stand under one key, of which the last counts.
pub(super) fn other_branches(text: &str, document: &Document) -> Vec<Document> {
    let is_image = |key: &&Span| text[key.range()].trim_matches(['"', '\'']) == IMAGE;
    let mut keys: Vec<usize> = document
        .duplicates
        .iter()
        .filter(is_image)
        .map(|key| key.start as usize)
        .collect();
    if keys.is_empty() || text.len() > LONGEST {
        return Vec::new();
    }
    keys.sort_unstable();
    keys.dedup();
    let mut kept = blank_but(text, document_around(text, document.start.max(keys[0])));
    let mut found = Vec::new();
    for key in keys.into_iter().rev().take(MOST_DOCUMENTS) {
        let end = kept[key..].find('\n').map_or(kept.len(), |end| key + end);
        kept = blanked(&kept, key..end);
        found.extend(read_yaml(&kept).documents);
    }
    found
}

/// The document that an offset lies in, from one line `---` to the next.
fn document_around(text: &str, offset: usize) -> Range<usize> {
    const SEPARATOR: &str = "\n---";
    let offset = (0..=offset.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    let (before, behind) = text.split_at(offset.unwrap_or_default());
    let start = before.rfind(SEPARATOR).map_or(0, |at| at + 1);
    let end = behind
        .find(SEPARATOR)
        .map_or(text.len(), |at| before.len() + at + 1);
    start..end
}

/// The line around an offset, or the last one before it that says something.
fn line_at(text: &str, offset: usize) -> Option<Range<usize>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        start += line.len();
        start - line.len()..start
    });
    let reached = lines.take_while(|line| line.start <= offset);
    reached
        .filter(|line| !text[line.clone()].trim().is_empty())
        .last()
}

/// The line before a broken one at which a quote opens and does not close, so that the next quote in the text closes
/// it and breaks another line than the one with the slip: `name: "web`.
fn unclosed_before(text: &str, broken: &Range<usize>) -> Option<Range<usize>> {
    let mut before = text[..broken.start].split_inclusive('\n').rev();
    let line = before.find(|line| line.contains(['"', '\'']))?;
    let (_, value) = line.split_once(": ")?;
    let mut signs = value.trim_start().chars();
    let quote = signs.next().filter(|first| matches!(first, '"' | '\''))?;
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    (!signs.as_str().contains(quote)).then_some(start..start + line.len())
}

fn blank_but(text: &str, range: Range<usize>) -> String {
    let before = blanked(text, 0..range.start);
    blanked(&before, range.end..text.len())
}

/// A text with blanks in the place of all characters of a part, line breaks apart.
fn blanked(text: &str, range: Range<usize>) -> String {
    let mut blanked = String::with_capacity(text.len());
    blanked.push_str(&text[..range.start]);
    let blank = |byte| match byte {
        b'\n' | b'\r' => char::from(byte),
        _ => ' ',
    };
    blanked.extend(text[range.clone()].bytes().map(blank));
    blanked.push_str(&text[range.end..]);
    blanked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(documents: &[Document]) -> Vec<String> {
        let image = |document: &Document| {
            let image = document.tree.root()?.get("image")?.as_str()?;
            Some(image.to_owned())
        };
        documents.iter().filter_map(image).collect()
    }

    #[test]
    fn a_document_is_read_without_the_lines_that_break_it() {
        let text = "image: before\n---\n# ä\nimage: shop/web:1\n  port: 80\nname: web\n~   \n---\nimage: behind\n";
        let stream = read_yaml(text);
        let (mended, unread) = without_broken_lines(text, &stream.broken[0]);
        assert_eq!(images(&mended), ["shop/web:1"]);
        let unread = unread.iter().map(|span| text[span.range()].trim_end());
        assert_eq!(unread.collect::<Vec<_>>(), ["  port: 80", "~"]);
        let root = mended[0].tree.root().and_then(|root| root.get("name"));
        let span = root.map(|name| name.span().range());
        assert_eq!(span.map(|span| &text[span]), Some("web"));
    }

    #[test]
    fn the_line_is_left_out_at_which_a_quote_is_not_closed() {
        for quote in ['"', '\''] {
            let text = "a: Q1Q\nname: Qweb\nb: Q2Q\n\nimage: Qshop/web:1Q\nc: Q3Q\n";
            let text = text.replace('Q', &quote.to_string());
            let stream = read_yaml(&text);
            let (mended, unread) = without_broken_lines(&text, &stream.broken[0]);
            assert_eq!(images(&mended), ["shop/web:1"]);
            let unread = unread.iter().map(|span| text[span.range()].trim_end());
            assert_eq!(unread.collect::<Vec<_>>(), [format!("name: {quote}web")]);
        }
    }

    #[test]
    fn a_document_is_mended_once() {
        let at = |offset| Broken {
            offset,
            reason: String::new(),
        };
        let broken = [at(1), at(4), at(10)];
        let first = first_of_each("a: b\nc\n---\nd\n", &broken);
        assert_eq!(first.map(|one| one.offset).collect::<Vec<_>>(), [1, 10]);
    }

    #[test]
    fn texts_that_are_made_first_are_read_with_placeholders() {
        let actions = "b: {{ c.d }}\n{{ e }}: f\n".repeat(MOST_LINES + 2);
        let text = format!(
            "{{{{- $g := 1 }}}}\n{actions}image: shop/web:1\n{{% if h %}}\nname: {{{{ i }}}}-web\n{{% endif %}}\n"
        );
        let stream = read_yaml(&text);
        let (mended, unread) = without_broken_lines(&text, &stream.broken[0]);
        assert_eq!(images(&mended), ["shop/web:1"]);
        assert!(unread.is_empty());
        let name = mended[0].tree.root().and_then(|root| root.get("name"));
        assert_eq!(name.and_then(|name| name.as_str()), Some("$(____)-web"));
    }

    #[test]
    fn conflicts_and_what_is_no_yaml_at_all_are_not_read() {
        let many = "image: a\n".to_owned() + &"b: c: d\n".repeat(MOST_LINES + 2);
        for text in ["image: a\n<<<<<<< b\n c: d\n", &many] {
            let stream = read_yaml(text);
            assert!(without_broken_lines(text, &stream.broken[0]).0.is_empty());
        }
    }

    #[test]
    fn an_object_is_read_up_to_its_first_break() {
        let rest = "b: c: d\n".repeat(MOST_LINES + 2);
        let text = format!("apiVersion: v1\nkind: Pod\nimage: a\n{rest}---\nimage: b\n");
        let stream = read_yaml(&text);
        let (mended, unread) = without_broken_lines(&text, &stream.broken[0]);
        assert_eq!(images(&mended), ["a"]);
        assert_eq!(unread.len(), 1);
        assert!(text[unread[0].start as usize..].starts_with("b: c: d"));
    }

    #[test]
    fn images_of_other_branches_are_read_too() {
        let text =
            "a: b\n---\nname: x\nimage: shop/a:1\nimage: shop/b:1\nimage: shop/c:1\n---\nc: d\n";
        let document = &read_yaml(text).documents[1];
        assert_eq!(
            images(&other_branches(text, document)),
            ["shop/b:1", "shop/a:1"]
        );
        let text = "name: a\nname: b\nimage: c\n";
        assert!(other_branches(text, &read_yaml(text).documents[0]).is_empty());
    }

    #[test]
    fn objects_without_a_line_between_them_are_told_apart() {
        let text = "apiVersion: v1\nimage: a\napiVersion: v1\nimage: b\nkind: x\napiVersion: v1\nimage: c\n";
        let document = &read_yaml(text).documents[0];
        assert_eq!(images(&run_together(text, document)), ["a", "b"]);
        let text = "image: a\nimage: b\n";
        assert!(run_together(text, &read_yaml(text).documents[0]).is_empty());
    }
}
