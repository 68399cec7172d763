//! Blocks of YAML in a text: what stands beside a line, and what they stand under.

use super::super::line::lines;
use crate::facts::credentials::value::key_name::is_word_for;

/// Whether a password of a chart's values is the name of a key in the Secret that its block names: beside
/// `existingSecret: shop-db`, or beside `name: shop-db` below `secret:`.
pub(super) fn is_key_in_block(text: &str, line: usize, key: &str, value: &str) -> bool {
    const NAMES: [&str; 3] = ["secretName", "existingSecret", "existingSecretName"];
    if !is_word_for(value, key) {
        return false;
    }
    let (above, below) = text.split_at(line);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = lines(below).next().map_or(0, |(_, line)| indent(line));
    let said = |line: &str, name: &str| {
        let value = line.trim_start_matches([' ', '-']).strip_prefix(name);
        let value = value
            .and_then(|rest| rest.strip_prefix(':'))
            .unwrap_or_default();
        !value.trim_matches([' ', '"', '\'']).is_empty()
    };
    let is_within = |line: &&str| line.trim().is_empty() || indent(line) >= own;
    let before: Vec<&str> = above.lines().rev().take_while(is_within).collect();
    let behind = below.lines().take_while(is_within);
    let parent = above
        .lines()
        .rev()
        .find(|line| !is_within(line))
        .unwrap_or_default();
    let is_secret = parent.trim_end().to_ascii_lowercase().ends_with("secret:");
    let mut block = before
        .into_iter()
        .chain(behind)
        .filter(|line| indent(line) == own);
    block.any(|line| NAMES.iter().any(|name| said(line, name)) || (is_secret && said(line, "name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_names_its_secret() {
        let told = |text: &str, value: &str| {
            let at = text.find("  password:").expect("is there");
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            is_key_in_block(text, line, "password", value)
        };
        for text in [
            "a:\n  secretName: x\n  password: password\n",
            "a:\n  password: password\n  existingSecret: x\n",
            "dbSecret:\n  name: x\n  password: password\nb: 1\n",
        ] {
            assert!(told(text, "password"), "{text}");
            assert!(!told(text, "hQ7tr99x"), "{text}");
        }
        for text in [
            "a:\n  existingSecret: ''\n  password: password\n",
            "a:\n  name: x\n  password: password\n",
            "a:\n  password: password\nb:\n  secretName: x\n",
        ] {
            assert!(!told(text, "password"), "{text}");
        }
    }
}
