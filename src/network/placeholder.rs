//! Placeholders: what a tool puts something else in place of before the object is applied (`${X}`,
//! `$(X)`, `{{ x }}`, `<x>`, `@X@`, `__X__`). What comes of them is not known.

use crate::model::Node;

/// Characters that stand in no name, label or port of Kubernetes.
const FOREIGN: [char; 11] = ['$', '{', '}', '(', ')', '<', '>', '%', '@', '[', ']'];

/// The key that stands among labels of which some may be unknown.
pub(super) const ANY_KEY: &str = "<any>";

/// Whether a name, the value of a label or a port holds a placeholder.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains(FOREIGN) || text.starts_with("__")
}

/// Whether a placeholder stands for addresses: also a word in capital letters (`VPC_CIDR`), since an address
/// has a dot or a colon, and never an underscore.
pub(super) fn is_open_block(text: &str) -> bool {
    let is_word = !text.contains(['.', ':']) && text.contains(|one: char| one.is_ascii_uppercase());
    is_open(text) || text.contains('_') || is_word
}

/// Whether the value of a key is one.
pub(super) fn is_open_at(node: Node<'_>, key: &str) -> bool {
    node.string(key).is_some_and(is_open)
}

/// Whether two texts may become the same.
pub(super) fn may_agree(one: &str, other: &str) -> bool {
    match (is_open(one), is_open(other)) {
        (false, false) => one == other,
        (true, false) => fits(one, other),
        (false, true) => fits(other, one),
        (true, true) => true,
    }
}

/// Whether what stands around the placeholders of a text is how a name begins and ends.
fn fits(open: &str, name: &str) -> bool {
    let start = open.find(FOREIGN).unwrap_or_default();
    // A variable without braces, or marked by underscores, ends where nothing tells.
    let end = match open.rfind(FOREIGN) {
        Some(last) if !open[last..].starts_with('$') => last + 1,
        _ => open.len(),
    };
    let (before, after) = (&open[..start], &open[end..]);
    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_names() {
        for text in [
            "${X}", "$X", "$(X)", "{{ x }}", "<name>", "@X@", "__X__", "a-${X}",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in ["", "web", "a_b.c-d", "app.kubernetes.io/name", "8080"] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn placeholders_for_addresses_may_be_words() {
        for text in [
            "PLACEHOLDER_DB_CIDR",
            "VPC-CIDR",
            "${X}/32",
            "my_cidr",
            "YOUR_IP/32",
        ] {
            assert!(is_open_block(text), "{text}");
        }
        for text in ["10.0.0.0/8", "FD00::/8", "10.0.0.0", "any", "", "10/8"] {
            assert!(!is_open_block(text), "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_placeholder_stays() {
        for (one, other, expected) in [
            ("web", "web", true),
            ("web", "api", false),
            ("${X}", "web", true),
            ("shop-${X}", "shop-web", true),
            ("shop-${X}", "web", false),
            ("${X}-web", "shop-web", true),
            ("${X}-web", "shop-api", false),
            ("$X", "web", true),
            ("shop-$X", "shop-web", true),
            ("__X__", "web", true),
            ("a-${X}", "b-${Y}", true),
        ] {
            assert_eq!(may_agree(one, other), expected, "{one} {other}");
            assert_eq!(may_agree(other, one), expected, "{other} {one}");
        }
    }
}
