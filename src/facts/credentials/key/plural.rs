//! Names of lists and maps that hold several credentials: what each item and entry of them is.

use super::words::words;
use super::{Meaning, is_switch, meaning};

/// What the items of a list under a key are: `passwords`, `apiTokens`, `secrets`.
pub(in crate::facts::credentials) fn items_meaning(key: &str) -> Option<Meaning> {
    // Keycloak has settings in lists: `"bindCredential": ["x"]`.
    if key == "bindCredential" {
        return Some(Meaning::Password);
    }
    // Vault's own words: `"unseal_keys_b64": ["x"]`.
    if key.starts_with("unseal_keys_") || key.starts_with("recovery_keys_") {
        return ["b64", "hex"]
            .iter()
            .any(|end| key.ends_with(end))
            .then_some(Meaning::Token);
    }
    if !key.ends_with(['s', 'S']) {
        return None;
    }
    let words = words(key);
    let (last, before) = words.split_last()?;
    // `basic_auth_users: {shop: x}`.
    if last == "users" && before.ends_with(&["basic".to_owned(), "auth".to_owned()]) {
        return Some(Meaning::Password);
    }
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
pub(in crate::facts::credentials) fn entry_meaning(key: &str, parent: &str) -> Option<Meaning> {
    const TELLING: [&str; 24] = [
        "id",
        "url",
        "uri",
        "host",
        "endpoint",
        "email",
        "role",
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
        "env",
        "environment",
        "tier",
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

/// Whether a key of an item of such a list says whose credential it is: `passwords: [{user: shop, value: x}]`.
pub(in crate::facts::credentials) fn tells_whose(key: &str) -> bool {
    const OWNERS: [&str; 10] = [
        "user", "login", "account", "client", "service", "realm", "database", "owner", "group",
        "label",
    ];
    OWNERS.contains(&key)
}

/// What an entry of such a map is whose full name stands in one key: `ApiKeys__Billing`,
/// `ApiKeys:Billing`.
pub(in crate::facts::credentials) fn nested_meaning(key: &str) -> Option<Meaning> {
    let (above, own) = key.rsplit_once("__").or_else(|| key.rsplit_once(':'))?;
    let parent = above.rsplit("__").next()?.rsplit(':').next()?;
    entry_meaning(own, parent)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "env",
            "clientId",
        ] {
            assert_eq!(entry_meaning(key, "passwords"), None, "{key}");
        }
        let of_user = entry_meaning("shop", "basicAuthUsers");
        assert_eq!(of_user, Some(Meaning::Password));
        assert_eq!(entry_meaning("shop", "users"), None);
        assert_eq!(entry_meaning("shop", "names"), None);
        for key in ["ApiKeys__Billing", "Shop:ApiKeys:Billing"] {
            assert_eq!(nested_meaning(key), Some(Meaning::SureToken), "{key}");
        }
        for key in ["ApiKeys__Enabled", "Names__Billing", "ApiKeys", "a:b"] {
            assert_eq!(nested_meaning(key), None, "{key}");
        }
    }
}
