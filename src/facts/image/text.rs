//! Texts that stand in a string and may name images: which of them are YAML, or templates of it, and where what they
//! hold stands in the string.

use super::{At, Image, ReadYaml, python, runner};
use crate::model::{Node, Part, Tree};
use crate::shell::here_documents;

/// What encloses an action of a template, and what stands in its place when it is read as YAML: of
/// the same length, and itself a placeholder.
const ACTIONS: [(&str, &str); 4] = [("{{", "}}"), ("<<", ">>"), ("{%", "%}"), ("[[", "]]")];
const READABLE: (&str, &str) = ("$(", " )");

/// Those that may go over several lines.
const LONG_ACTIONS: [(&str, &str); 2] = [("{{", "}}"), ("{%", "%}")];

/// What means something to YAML, and nothing of it inside of an action; and what stands for it.
const SIGNS: [char; 11] = ['"', '\'', '`', ':', '#', '[', ']', '{', '}', ',', '\\'];
const PLAIN_SIGN: &str = "_";

/// What the text of a string is.
pub(super) enum Text {
    /// The configuration of GitLab's runners.
    Runners,
    /// A program in Python.
    Program,
    /// Documents of YAML, perhaps with actions of templates in them.
    Yaml(Vec<Tree>),
    /// Anything else, such as a script.
    Other,
}

impl Text {
    pub(super) fn of(text: &str, read_yaml: ReadYaml) -> Self {
        if runner::is_configuration(text) {
            return Self::Runners;
        }
        let mut trees = read_yaml(text);
        if trees.is_empty() && ACTIONS.iter().any(|(open, _)| text.contains(open)) {
            trees = read_yaml(&readable(text));
        }
        // YAML takes much of a program for one plain text.
        let is_of_yaml = |root: Node<'_>| root.is_mapping() || root.is_sequence();
        let mut roots = trees.iter().filter_map(Tree::root);
        if !roots.any(is_of_yaml) && python::is_program(text) {
            return Self::Program;
        }
        match trees.is_empty() {
            true => Self::Other,
            false => Self::Yaml(trees),
        }
    }
}

/// What a here-document of a script holds.
pub(super) struct HereDocument<'a> {
    /// Its text, in which its places count.
    pub(super) source: &'a str,
    /// Where that begins in the script.
    start: usize,
    trees: Vec<Tree>,
}

/// The here-documents of a script, as `kubectl apply -f - <<EOF` takes them.
pub(super) fn objects_in_script(text: &str, read_yaml: ReadYaml) -> Vec<HereDocument<'_>> {
    let ranges = here_documents(text).into_iter();
    let document = |range: std::ops::Range<usize>| HereDocument {
        start: range.start,
        trees: read_yaml(&text[range.clone()]),
        source: &text[range],
    };
    ranges.map(document).collect()
}

impl HereDocument<'_> {
    /// The objects in it.
    pub(super) fn roots(&self) -> impl Iterator<Item = Node<'_>> {
        let is_object =
            |root: &Node<'_>| root.get("apiVersion").is_some() && root.get("kind").is_some();
        self.trees.iter().filter_map(Tree::root).filter(is_object)
    }

    /// Takes places in its text to places in the script.
    pub(super) fn lift(&self, images: &mut [Image]) {
        for part in images
            .iter_mut()
            .flat_map(places)
            .filter_map(|at| at.part.as_mut())
        {
            part.start += self.start;
        }
    }
}

/// The places that an image knows.
fn places(image: &mut Image) -> impl Iterator<Item = &mut At> {
    let policy = image.policy.as_mut().map(|(_, at)| at);
    let places = [Some(&mut image.at), image.tag_at.as_mut(), policy];
    places.into_iter().flatten()
}

/// Gives images the letters with which a text writes them, of which others were read.
pub(super) fn show_as_written(text: &str, images: &mut [Image]) {
    for image in images {
        let part = image.at.part.filter(|part| part.length == image.text.len());
        if let Some(written) = part.and_then(|part| text.get(part.range())) {
            image.text = written.to_owned();
        }
    }
}

/// A template as YAML, character by character in its place: lines that are nothing but an action
/// are empty, other actions a part of the value that they stand in.
fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    let text = LONG_ACTIONS.iter().fold(text.to_owned(), in_one_line);
    let mut is_first_of_block = false;
    for line in text.split_inclusive('\n') {
        let action = line.trim();
        let is_action =
            |(open, close): &(&str, &str)| action.starts_with(open) && action.ends_with(close);
        if ACTIONS.iter().any(is_action) {
            readable.push_str(&without_words(line, is_first_of_block));
        } else {
            is_first_of_block = match action {
                "" => is_first_of_block,
                _ => opens_block(action),
            };
            let line = ACTIONS.iter().fold(line.to_owned(), without_actions);
            readable.push_str(&line);
        }
    }
    readable
}

/// A line of blanks; as the first of a block a comment, since blanks may not reach beyond the line behind them.
fn without_words(line: &str, is_first_of_block: bool) -> String {
    let words = line.trim();
    let blanks = " ".repeat(words.len() - 1);
    let sign = if is_first_of_block { "#" } else { " " };
    line.replacen(words, &format!("{sign}{blanks}"), 1)
}

/// Whether a line is the head of a block: `run: |`, `run: >-`.
fn opens_block(line: &str) -> bool {
    let head = line.trim_end_matches(['-', '+']);
    let key = head.strip_suffix(['|', '>']);
    key.is_some_and(|key| key.ends_with(": ") || key.ends_with("- ") || key.is_empty())
}

/// A text with blanks for the line breaks within its actions of one kind, so that each stands in one line.
fn in_one_line(text: String, (open, close): &(&str, &str)) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(open)
        && let Some(end) = end_of_action(after, close)
    {
        let (action, behind) = after.split_at(end);
        joined.push_str(before);
        joined.push_str(open);
        joined.push_str(&action.replace(['\n', '\r'], " "));
        rest = behind;
    }
    joined.push_str(rest);
    joined
}

/// Where what closes an action stands behind its beginning; what stands in a comment closes none.
fn end_of_action(after: &str, close: &str) -> Option<usize> {
    let inner = after.strip_prefix('-').unwrap_or(after).trim_start();
    let start = match inner.starts_with("/*") {
        true => after.find("*/")?,
        false => 0,
    };
    Some(start + after[start..].find(close)?)
}

/// A line with the actions of one kind made plain.
fn without_actions(line: String, (open, close): &(&str, &str)) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once(open)
        && let Some((action, behind)) = after.split_once(close)
    {
        plain.push_str(before);
        plain.push_str(READABLE.0);
        plain.push_str(&action.replace(SIGNS, PLAIN_SIGN));
        plain.push_str(READABLE.1);
        rest = behind;
    }
    plain.push_str(&rest.replace(open, READABLE.0).replace(close, READABLE.1));
    plain
}

/// Takes places in the text of a block to places in the text that holds the block.
pub(super) struct Lift<'a> {
    outer: &'a str,
    block: Part,
    inner: &'a str,
}

impl<'a> Lift<'a> {
    pub(super) fn new(outer: &'a str, block: Part, inner: &'a str) -> Self {
        Self {
            outer,
            block,
            inner,
        }
    }

    /// Takes the places of an image along.
    pub(super) fn image(&self, image: &mut Image) {
        for at in places(image) {
            let part = at.part.and_then(|part| self.part(part));
            at.part = Some(part.unwrap_or(self.block));
        }
    }

    /// The same characters in the same line of the block, which is indented there.
    fn part(&self, part: Part) -> Option<Part> {
        let block = self.outer.get(self.block.range())?;
        let before = self.inner.get(..part.start)?;
        let number = before.matches('\n').count();
        let header = usize::from(block.starts_with('|'));
        let outer = block.lines().nth(number + header)?;
        let indent = outer.strip_suffix(self.inner.lines().nth(number)?)?.len();
        let column = part.start - before.rfind('\n').map_or(0, |at| at + 1);
        let start = outer.as_ptr() as usize - self.outer.as_ptr() as usize;
        Some(Part {
            start: start + indent + column,
            length: part.length,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_over_several_lines_breaks_nothing() {
        for action in [
            "{{- /* a }} b:\n       c: d */}}",
            "{{- $e := list\n      (dict \"a\" \"b\") }}",
            "{% set e = [\n  1] %}",
        ] {
            let text = format!("image: a:{{{{ .b }}}}\n{action}\n---\nkind: x\n");
            let readable = readable(&text);
            assert_eq!(readable.len(), text.len());
            let blank = " ".repeat(action.len());
            let expected = format!("image: a:$( .b  )\n{blank}\n---\nkind: x\n");
            assert_eq!(readable, expected);
        }
        let block = "a: |-\n\n  {{- if b }}\n c\n  {{ end }}\n";
        let expected = "a: |-\n\n  #          \n c\n           \n";
        assert_eq!(readable(block), expected);
        let open = "a: {{ b\nc: d\n";
        assert_eq!(readable(open), "a: $( b\nc: d\n");
    }
}
