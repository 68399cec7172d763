//! Comments with no blank before them, which Kubernetes' decoder takes behind a quote or a bracket for what they are
//! and YAML 1.2 refuses: `"x"# why`.

use super::document::events::{Stream, read_events};

/// How many bytes may be read again on account of them.
const ALLOWANCE: usize = 1 << 24;

/// A text with blanks in the place of the comments that are refused, from the first one on, and what is read then;
/// `None` where something else is refused there.
pub(super) fn without_close_comments(text: &str, first: usize) -> Option<(String, Stream)> {
    let mut text = text.to_owned();
    let mut allowance = ALLOWANCE;
    let mut at = first;
    loop {
        allowance = allowance.checked_sub(text.len())?;
        let comment = text.get(at..)?;
        let length = comment.find(['\n', '\r']).unwrap_or(comment.len());
        if !comment.starts_with('#') {
            return None;
        }
        text.replace_range(at..at + length, &" ".repeat(length));
        let stream = read_events(&text);
        match stream.close_comment {
            Some(next) => at = next,
            None => return Some((text, stream)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::read_yaml;

    #[test]
    fn comments_may_stand_right_behind_a_quote_or_a_bracket() {
        let text = "a: \"x\"# why\nb: 'y'#c: ä\nc: {d: [z]}#e\nf: g# h\ni: |\n  \"j\"# k\n---\nl: \"m\"#\n";
        let stream = read_yaml(text);
        assert_eq!(stream.broken, []);
        let mut written = Vec::new();
        for root in stream.documents.iter().filter_map(|one| one.tree.root()) {
            root.visit_scalars(&mut |_, value| written.push(&text[value.span().range()]));
        }
        let expected = ["\"x\"", "'y'", "z", "g# h", "\"j\"# k\n", "\"m\""];
        assert_eq!(written, expected);
    }

    #[test]
    fn what_follows_a_quote_otherwise_is_refused() {
        for text in ["a: \"x\"y\n", "a: \"x\" y\n", "a: \"x\"# why\n  b\n"] {
            assert_eq!(read_yaml(text).broken.len(), 1, "{text:?}");
        }
    }

    #[test]
    fn lines_in_flow_collections_may_begin_with_tabs_all_the_same() {
        let stream = read_yaml("a: \"x\"# why\nb: [\n\t'c']\n");
        assert_eq!(stream.broken, []);
    }
}
