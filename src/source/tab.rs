//! Tabs at the beginning of lines, which Kubernetes takes for blanks within flow collections alone.

use super::document::events::{Stream, read_events};
use crate::model::Node;

/// How many bytes may be read again on account of tabs.
const ALLOWANCE: usize = 1 << 24;

/// A stream in whose flow collections lines begin with tabs, which Kubernetes takes there for blanks;
/// `None` where a tab indents anything else.
pub(super) fn with_tabs_in_flow(text: &str, behind: usize) -> Option<Stream> {
    let mut text = text.to_owned();
    let mut allowance = ALLOWANCE;
    let mut lines = Vec::new();
    let mut next = Some(behind);
    let mut stream = Stream::default();
    while let Some(behind) = next {
        allowance = allowance.checked_sub(text.len())?;
        let start = text[..behind].rfind('\n').map_or(0, |end| end + 1);
        let blanks = text[start..behind].replace('\t', " ");
        text.replace_range(start..behind, &blanks);
        lines.push(behind);
        stream = read_events(&text);
        next = stream.behind_tab;
        // What is no indentation stays as it is.
        if next.is_some_and(|next| lines.contains(&next)) {
            return None;
        }
    }
    let is_in_flow = |behind: &usize| {
        let roots = stream.documents.iter().filter_map(|one| one.tree.root());
        roots
            .into_iter()
            .any(|root| holds_in_flow(root, &text, *behind))
    };
    lines.iter().all(is_in_flow).then_some(stream)
}

/// Whether a place lies in a flow collection of a value.
fn holds_in_flow(node: Node<'_>, text: &str, offset: usize) -> bool {
    let span = node.span().range();
    let is_within = span.start < offset && offset < span.end;
    let is_flow = || text[span.start..].starts_with(['[', '{']);
    let mut below = node.entries().map(|(_, value)| value).chain(node.items());
    is_within && (is_flow() || below.any(|one| holds_in_flow(one, text, offset)))
}

#[cfg(test)]
mod tests {
    use super::super::document::read_yaml;

    #[test]
    fn lines_in_flow_collections_may_begin_with_tabs() {
        let text = "a:\n  b: [\n\t'c' ,\n  \t'd'\n\t]\n  e: |\n    \tf\n---\ng: {\n\t'h': 1,\n\t'i': [2]}\n";
        let stream = read_yaml(text);
        assert_eq!(stream.broken, []);
        let mut written = Vec::new();
        for root in stream.documents.iter().filter_map(|one| one.tree.root()) {
            root.visit_scalars(&mut |_, value| written.push(&text[value.span().range()]));
        }
        assert_eq!(written, ["'c'", "'d'", "\tf\n", "1", "2"]);
    }

    #[test]
    fn tabs_that_indent_anything_else_are_refused() {
        for text in [
            "a:\n\tb: 1\n",
            "a:\n\t['b']\n",
            "a:\n\t- b\n",
            "a: [b\n\t]\n",
            "a: ['b',\n\tc\n\t]\n",
            "a: ['b'\n\t]\nc:\n\td: 1\n",
        ] {
            assert_eq!(read_yaml(text).broken.len(), 1, "{text:?}");
        }
    }
}
