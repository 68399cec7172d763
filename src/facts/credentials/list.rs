//! Lists of credentials in a text: `secrets: ["x", "y"]`, also with each on a line of its own.

use std::ops::Range;

use super::key::{Meaning, is_switch, meaning};
use super::vocabulary::SECRETS_OF_ORY;
use super::words::words;

/// What the items of a list under a key are: `passwords`, `apiTokens`, `secrets`.
pub(super) fn items_meaning(key: &str) -> Option<Meaning> {
    if !key.ends_with(['s', 'S']) {
        return None;
    }
    let words = words(key);
    let (last, before) = words.split_last()?;
    let single = match last.as_str() {
        "passwords" | "tokens" | "secrets" | "apikeys" => last.strip_suffix('s')?,
        "keys" if before.last().is_some_and(|word| word == "api") => "key",
        _ => return None,
    };
    let whole = [before.join("_"), single.to_owned()].join("_");
    match meaning(whole.trim_start_matches('_')) {
        Meaning::Token => Some(Meaning::SureToken),
        meaning => Some(meaning).filter(|meaning| meaning.is_credential()),
    }
}

/// What an entry of a map under such a key is, named after its account or its service:
/// `passwords: {shop: x}`. What says something about the passwords is none of them.
pub(super) fn entry_meaning(key: &str, parent: &str) -> Option<Meaning> {
    const TELLING: [&str; 14] = [
        "name",
        "ref",
        "file",
        "path",
        "length",
        "policy",
        "type",
        "kind",
        "namespace",
        "create",
        "key",
        "keys",
        "secret",
        "store",
    ];
    let meaning_of_items = items_meaning(parent)?;
    let words = words(key);
    let last = words.last()?;
    let is_telling = TELLING.contains(&last.as_str())
        || words.iter().any(|word| word == "existing")
        || is_switch(key, &words);
    let is_own = matches!(meaning(key), Meaning::Other) || matches!(key, "user" | "login");
    (is_own && !is_telling).then_some(meaning_of_items)
}

/// What an entry of such a map is whose full name stands in one key: `ApiKeys__Billing`,
/// `ApiKeys:Billing`.
pub(super) fn nested_meaning(key: &str) -> Option<Meaning> {
    let (above, own) = key.rsplit_once("__").or_else(|| key.rsplit_once(':'))?;
    let parent = above.rsplit("__").next()?.rsplit(':').next()?;
    entry_meaning(own, parent)
}

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
    /// The indentation of `secrets:`, below which Ory's programs have their keys by use.
    secrets: Option<usize>,
}

impl<'a> Lists<'a> {
    /// The credentials of a line that are items of a list: its key, what they are, their bytes.
    pub(super) fn items(&mut self, line: &'a str) -> Option<(&'a str, Meaning, Vec<Range<usize>>)> {
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
        let end = text.find([':', '='])?;
        let key = text[..end].trim_matches([' ', '"', '\'', '-']);
        self.secrets = self.secrets.filter(|above| indent > *above);
        let is_of_ory = self.secrets.is_some() && SECRETS_OF_ORY.contains(&key);
        let meaning = if is_of_ory {
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
        let inner = &inner[..inner.find(']')?];
        let items = inner.split(',').map(|item| bare(line, item));
        let items = items.filter(|range| !range.is_empty()).collect();
        Some((key, meaning, items))
    }
}

/// The bytes in a line of an item that is a slice of it, without blanks, quotes and a comment.
fn bare(line: &str, item: &str) -> Range<usize> {
    let value = item.split(" #").next().unwrap_or(item).trim();
    let value = value.trim_matches(['"', '\'', ',']);
    let start = value.as_ptr().addr() - line.as_ptr().addr();
    start..start + value.len()
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
    fn entries_are_named_after_whose_they_are() {
        for key in ["shop", "orders-db", "user", "replication"] {
            let own = entry_meaning(key, "passwords");
            assert_eq!(own, Some(Meaning::Password), "{key}");
        }
        assert_eq!(entry_meaning("ci", "tokens"), Some(Meaning::SureToken));
        for key in [
            "existingSecret",
            "secretKey",
            "length",
            "generate",
            "username",
            "password",
            "enabled",
        ] {
            assert_eq!(entry_meaning(key, "passwords"), None, "{key}");
        }
        assert_eq!(entry_meaning("shop", "names"), None);
        for key in ["ApiKeys__Billing", "Shop:ApiKeys:Billing"] {
            assert_eq!(nested_meaning(key), Some(Meaning::SureToken), "{key}");
        }
        for key in ["ApiKeys__Enabled", "Names__Billing", "ApiKeys", "a:b"] {
            assert_eq!(nested_meaning(key), None, "{key}");
        }
    }

    #[test]
    fn other_lists_are_left_alone() {
        for text in [
            "keys: [a1]",
            "max_tokens: [1, 2]",
            "secrets:\n- name: shop\n- {key: a}",
            "secrets: shop",
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
