//! Comments of YAML files that may hold a token: whoever reads the file has it, though it is no setting of anything. A
//! comment is told by the shapes in it alone.

use std::ops::Range;
use std::sync::Arc;

use super::settings;
use crate::model::{COMMENT_KIND, Resource, Role};

/// What a comment is called as a text of its own.
const NAME: &str = "comment";
/// How long a word is at least that may be a token.
const LEAST: usize = 16;

/// The comments of a file, of which these are the resources, that have a word like a token.
pub(super) fn resources(of_file: &[Resource]) -> Vec<Resource> {
    let is_written =
        |one: &&Resource| matches!(one.role, Role::Manifest | Role::Values | Role::Patch);
    let Some(first) = of_file.iter().find(is_written) else {
        return Vec::new();
    };
    let artifact = &first.artifact;
    let is_yaml = artifact.uri.ends_with(".yaml") || artifact.uri.ends_with(".yml");
    if !is_yaml || artifact.provenance.is_some() {
        return Vec::new();
    }
    let own: Vec<&Resource> = of_file
        .iter()
        .filter(|one| Arc::ptr_eq(&one.artifact, artifact))
        .collect();
    let found = comments(&artifact.text).into_iter();
    let found = found
        .filter(|range| may_hold_token(&artifact.text[range.clone()]))
        .filter(|range| !own.iter().any(|one| is_in_string(one, range.start)));
    let read = found.filter_map(|range| settings::of_part(artifact, range, NAME));
    read.map(|mut comment| {
        COMMENT_KIND.clone_into(&mut comment.identity.kind);
        comment.role = Role::Inner;
        comment.is_tried = first.is_tried;
        comment
    })
    .collect()
}

/// What looks like comments in a text, those on lines of their own together that follow each other.
fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    for (at, _) in text.match_indices('#') {
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let before = &text[start..at];
        if at < end || !(before.is_empty() || before.ends_with([' ', '\t'])) {
            continue;
        }
        end = text[at..].find('\n').map_or(text.len(), |line| at + line);
        let is_alone = before.trim().is_empty();
        match found.last_mut() {
            Some(last) if is_alone && last.end + 1 == start => last.end = end,
            _ => found.push(at..end),
        }
    }
    found
}

/// Whether a comment has a long word of letters and digits, more than a digest in hexadecimal, or the head of a key.
fn may_hold_token(comment: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+~".contains(&byte);
    let is_mixed = |word: &[u8]| {
        word.len() >= LEAST
            && word.iter().any(u8::is_ascii_digit)
            && word
                .iter()
                .any(|byte| byte.is_ascii_uppercase() || (b'g'..=b'z').contains(byte))
    };
    let mut words = comment.as_bytes().split(|byte| !is_part(*byte));
    words.any(is_mixed) || comment.contains("PRIVATE KEY-----")
}

/// Whether a byte of a file stands in a string of a resource, which has no comments.
fn is_in_string(resource: &Resource, at: usize) -> bool {
    let mut is_in = false;
    resource.node().visit_scalars(&mut |_, node| {
        is_in |= node.span().range().contains(&at);
    });
    is_in
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_lines_of_their_own_are_one_text() {
        let text = "# one\n# two\na: b # three\n# four\n\n  # five # six\nc: d#e\n";
        let found: Vec<&str> = comments(text).into_iter().map(|one| &text[one]).collect();
        assert_eq!(found, ["# one\n# two", "# three\n# four", "# five # six"]);
    }

    #[test]
    fn a_token_has_a_long_word_of_letters_and_digits() {
        for comment in [
            "# glpat-8gXxdWBVz7a6AjA92Chw",
            "# token=ghp_8gXxdWBVz7a6AjA92Chw",
            "# -----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert!(may_hold_token(comment), "{comment}");
        }
        for comment in [
            "# sha256:9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de",
            "# 5f0c1e2a-9b74-4c98-97ba-c770ffc02910",
            "# see https://docs.example.com/how-to-configure-everything",
            "# ------------------------------------",
            "# Kubernetes 1.31",
        ] {
            assert!(!may_hold_token(comment), "{comment}");
        }
    }
}
