//! Lists of credentials in a text: `secrets: ["x", "y"]`, also with each on a line of its own.

use std::ops::Range;

use crate::facts::credentials::key::plural::items_meaning;
use crate::facts::credentials::key::vocabulary::SECRETS_OF_ORY;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::place;

/// Whether an item of `secrets` is one itself: what a Secret or a variable is called has one case.
pub(super) fn is_no_secrets_name(item: &str) -> bool {
    let has = |what: fn(&u8) -> bool| item.as_bytes().iter().any(what);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && !meaning(item).is_credential()
}

/// Where in a text a list is open.
#[derive(Default)]
pub(super) struct Lists<'a> {
    open: Option<(usize, &'a str, Meaning)>,
    /// The list of JSON that is open, each item on a line of its own.
    bracket: Option<(&'a str, Meaning)>,
    /// The indentation of `secrets:`, below which Ory's programs have their keys by use.
    secrets: Option<usize>,
}

impl<'a> Lists<'a> {
    /// The credentials of a line that are items of a list: its key, what they are, their bytes.
    pub(in crate::facts::credentials) fn items(
        &mut self,
        line: &'a str,
    ) -> Option<(&'a str, Meaning, Vec<Range<usize>>)> {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some((above, key, meaning)) = self.open {
            let item = text.strip_prefix("- ").filter(|_| indent >= above);
            if let Some(item) = item {
                let range = bare(line, item);
                let is_value = !line[range.clone()].contains([' ', '{', '[']);
                return is_value.then(|| (key, meaning, vec![range]));
            }
            self.open = None;
        }
        if let Some((key, meaning)) = self.bracket {
            let item = text.trim_end().trim_end_matches(',');
            let is_item = item.len() > 2 && item.starts_with('"') && item.ends_with('"');
            self.bracket = self.bracket.filter(|_| is_item);
            return is_item.then(|| (key, meaning, vec![bare(line, item)]));
        }
        let end = text.find([':', '='])?;
        let key = text[..end].trim_matches([' ', '"', '\'', '-']);
        self.secrets = self.secrets.filter(|above| indent > *above);
        let is_of_ory = self.secrets.is_some() && SECRETS_OF_ORY.contains(&key);
        let meaning = if is_of_ory || is_secret_of_component(key, text) {
            Meaning::Secret
        } else {
            items_meaning(key)?
        };
        let rest = text[end + 1..].trim();
        if key == "secrets" && rest.is_empty() {
            self.secrets = Some(indent);
        }
        if rest.is_empty() {
            self.open = Some((indent, key, meaning));
            return None;
        }
        if is_of_ory && !rest.starts_with(['[', '{', '#']) {
            return Some((key, meaning, vec![bare(line, rest)]));
        }
        let inner = rest.strip_prefix('[')?;
        self.bracket = Some((key, meaning)).filter(|_| inner.is_empty());
        let inner = &inner[..inner.find(']')?];
        let items = inner.split(',').map(|item| bare(line, item));
        let items = items.filter(|range| !range.is_empty()).collect();
        Some((key, meaning, items))
    }
}

/// Whether a line is the secret of a component of Keycloak, whose settings are lists of JSON: `"secret": ["x"]`, with
/// the key of a provider of keys and the passwords of what it is kept in, and of the directory that users come from.
fn is_secret_of_component(key: &str, line: &str) -> bool {
    const SECRETS: [&str; 5] = [
        "secret",
        "privateKey",
        "keyPassword",
        "keystorePassword",
        "bindCredential",
    ];
    let rest = line.strip_prefix('"').filter(|_| SECRETS.contains(&key));
    let rest = rest.and_then(|rest| rest.strip_prefix(key)?.strip_prefix('"'));
    let rest = rest.and_then(|rest| rest.trim_start().strip_prefix(':'));
    rest.is_some_and(|rest| rest.trim_start().starts_with('['))
}

/// The bytes in a line of an item that is a slice of it, without blanks, quotes and a comment.
fn bare(line: &str, item: &str) -> Range<usize> {
    let value = item.split(" #").next().unwrap_or(item).trim();
    let value = value.trim_matches(['"', '\'', ',']);
    place(line, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        let mut lists = Lists::default();
        let items = text.lines().filter_map(|line| {
            let (_, _, items) = lists.items(line)?;
            Some(items.into_iter().map(|range| &line[range]))
        });
        items.flatten().collect()
    }

    #[test]
    fn items_stand_in_brackets_or_below() {
        for text in [
            "secrets: [ \"a1\", 'b2' ]",
            "\"secret\" : [ \"a1\", \"b2\" ],",
            "  \"privateKey\" : [ \"a1\" ],\n  \"bindCredential\": [\"b2\"],",
            "\"apiTokens\": [\"a1\",\"b2\"],",
            "api_keys:\n- a1\n- \"b2\" # of the shop\nname: c3",
            "  passwords:\n    - a1\n    - b2\n  names:\n    - c3",
            "ADMIN_TOKENS = ['a1', 'b2']",
            "secrets:\n  cookie:\n    - a1\n    - b2\n",
            "secrets:\n  system: a1\n  cipher: [b2]\ncookie: c3",
        ] {
            assert_eq!(told(text), ["a1", "b2"], "{text}");
        }
    }

    #[test]
    fn other_lists_are_left_alone() {
        for text in [
            "keys: [a1]",
            "max_tokens: [1, 2]",
            "secrets:\n- name: shop\n- {key: a}",
            "secrets: shop",
            "secret: [a1]",
            "privateKey: [a1]",
            "\"certificate\": [\"a1\"],",
            "\"privateKey\": {\"path\": [\"a1\"]}",
            "imagePullSecrets: [a1]",
            "names:\n- a1",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
        assert!(is_no_secrets_name("openShop1"));
        for name in ["shop-tls", "DOCKER_PASSWORD", "shopTls", "dbPassword1"] {
            assert!(!is_no_secrets_name(name), "{name}");
        }
    }
}
