//! The key that Magento encrypts with, in a file of PHP: `'crypt' => ['key' => 'x']`.

use std::ops::Range;

/// The bytes of the key.
pub(super) fn crypt_key(text: &str) -> Option<Range<usize>> {
    const OWNER: &str = "'crypt'";
    let mut at = text.find(OWNER)? + OWNER.len();
    for sign in ["=>", "[", "'key'", "=>", "'"] {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().strip_prefix(sign)?.len();
    }
    let length = text[at..].find('\'')?;
    (length > 0).then_some(at..at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stands_in_its_own_array() {
        let key = |text: &'static str| crypt_key(text).map(|range| &text[range]);
        let file = "return [\n  'crypt' => [\n    'key' => 'x1'\n  ],\n];\n";
        assert_eq!(key(file), Some("x1"));
        for text in [
            "'crypt' => ['key' => getenv('X')]",
            "'crypt' => ['key' => '']",
            "'crypt' => 'md5', 'key' => 'x1'",
            "['key' => 'x1']",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
