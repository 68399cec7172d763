//! Objects whose values are no settings, but names of keys in a Secret, or of nothing at all.

use super::characters::letters;
use super::known::is_drawn;
use super::name::{is_name, is_object_name, names_its_key};
use super::placeholder::is_to_be_changed;
use super::sample::is_value_of_any;
use crate::facts::credentials::key::words::{contains_ignoring_case, ends_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::model::Node;

/// Whether the object under a key maps settings to the names of keys in a Secret:
/// `existingSecretKeys: {password: db-password}`.
pub(in crate::facts::credentials) fn names_keys(key: &str, holder: Option<Node<'_>>) -> bool {
    const ENDINGS: [&str; 6] = [
        "fromsecret",
        "secretkeys",
        "refkeys",
        "keymapping",
        "keynames",
        "secretmapping",
    ];
    ENDINGS.iter().any(|ending| ends_ignoring_case(key, ending))
        || (key == "keys"
            && holder.is_some_and(|holder| {
                ["existingSecret", "secretName"]
                    .iter()
                    .any(|name| has_text(holder, name))
            }))
}

/// Whether an object has a text under a key that says something.
pub(super) fn has_text(holder: Node<'_>, key: &str) -> bool {
    let text = holder.get(key).and_then(Node::as_str);
    text.is_some_and(|text| !text.is_empty())
}

/// Whether a key names one of the Secret that stands beside it: `{secretName: shop-db, secretKey:
/// password}`. Beside its public half it is the key itself.
pub(in crate::facts::credentials) fn is_key_of_secret(key: &str, holder: Option<Node<'_>>) -> bool {
    const NAMES: [&str; 4] = [
        "secretName",
        "existingSecret",
        "existingSecretName",
        "secretRef",
    ];
    ends_ignoring_case(key, "secretkey")
        && holder.is_some_and(|holder| {
            NAMES.iter().any(|name| has_text(holder, name))
                && !["accessKey", "accessKeyId", "accessKeyID"]
                    .iter()
                    .any(|half| has_text(holder, half))
        })
}

/// Whether an object names a Secret and the keys in it, each as the setting that it is for: `secret:
/// {name: shop-db, username: username, password: password}`. With another user, it is the login itself.
pub(in crate::facts::credentials) fn names_own_keys(
    parent: &str,
    holder: Option<Node<'_>>,
) -> bool {
    const NAMES: [&str; 3] = ["secretName", "existingSecret", "existingSecretName"];
    let is_of_login = |key: &str| matches!(meaning(key), Meaning::Password | Meaning::User);
    holder.is_some_and(|holder| {
        let is_named = (ends_ignoring_case(parent, "secret") && has_text(holder, "name"))
            || NAMES.iter().any(|name| has_text(holder, name));
        let mut login = holder.entries().filter_map(|(key, value)| {
            let key = key.as_str().filter(|key| is_of_login(key))?;
            Some((key, value.as_str()?))
        });
        is_named && login.all(|(key, value)| is_word_for(value, key))
    })
}

/// Whether a value is the word for what stands under its key, alone or behind others: `db-password` of
/// `password`, `user` of `username`, `passwordKeyInSecret`.
pub(in crate::facts::credentials) fn is_word_for(value: &str, key: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"-_.".contains(&byte);
    let own = value.strip_suffix("KeyInSecret").unwrap_or(value);
    value.bytes().all(is_part) && meaning(own) == meaning(key)
}

/// Whether the object under a key says where each setting is to be taken from: from an entry of a store, from
/// another variable: `keyVault: {secrets: {DB_PASSWORD: shop-db-password}}`.
/// So do the `keys` of a Secret, and what an object of Vault's has of secrets.
pub(in crate::facts::credentials) fn maps_names(key: &str, parent: &str) -> bool {
    const ENDINGS: [&str; 13] = [
        "externalsecrets",
        "fromsecrets",
        "fromvault",
        "keyvault",
        "keyvaultsecrets",
        "vaultsecrets",
        "gcpsecrets",
        "gcpsecretmanager",
        "secretsmanager",
        "secretkeymap",
        "secretmap",
        "mappings",
        "mapping",
    ];
    ENDINGS.iter().any(|ending| ends_ignoring_case(key, ending))
        || (key == "keys" && ends_ignoring_case(parent, "secret"))
        || (matches!(key, "secrets" | "secretConfig") && parent.eq_ignore_ascii_case("vault"))
}

/// Whether a value in such a map is the name of what is to be taken, with the word of its own key:
/// `shop-db.password`, `secret/data/shop#password`.
pub(in crate::facts::credentials) fn is_name_to_take(key: &str, value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:#".contains(&byte);
    let own = words(value);
    let word = words(key).pop().unwrap_or_default();
    value.bytes().all(is_part) && own.contains(&word) && !own.iter().any(|word| is_drawn(word))
}

/// Whether a variable says which key of a Secret to take, by its own words: `DB_PASSWORD_SECRET_KEY` with
/// `db-password`, `CLIENT_SECRET_KEY` with `client-secret`. `JWT_SECRET_KEY` with `secret` holds one.
pub(in crate::facts::credentials) fn names_key_of_secret(key: &str, value: &str) -> bool {
    let of_key = words(key);
    let Some(thing) = of_key.strip_suffix(&["secret", "key"].map(String::from)) else {
        return false;
    };
    let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"-_.".contains(&byte);
    let own = words(value);
    let is_of_client = thing.last().is_some_and(|last| last == "client")
        && own.last().is_some_and(|last| last == "secret")
        && of_key[..of_key.len() - 1].ends_with(&own);
    value.bytes().all(is_part)
        && !own.is_empty()
        && ((thing.ends_with(&own) && meaning(value).is_credential())
            || (is_of_client && own.len() > 1))
}

/// Whether a variable that ends in `_SECRET` has the name of an object that another one beside it says to be
/// one: `CONSOLE_ADMIN_SECRET` with the value of `CONFIG_MAP_NAME`.
pub(in crate::facts::credentials) fn is_named_beside<'a>(
    key: &str,
    value: &str,
    mut beside: impl Iterator<Item = (&'a str, &'a str)>,
) -> bool {
    const OBJECTS: [&str; 6] = [
        "secret",
        "map",
        "configmap",
        "account",
        "serviceaccount",
        "object",
    ];
    let names_object = |other: &str| {
        let mut words = words(other);
        let last = words.pop();
        last.is_some_and(|last| last == "name")
            && words
                .last()
                .is_some_and(|of| OBJECTS.contains(&of.as_str()))
    };
    ends_ignoring_case(key, "_secret")
        && is_object_name(value)
        && beside.any(|(other, text)| text == value && names_object(other))
}

/// Whether a variable has the last words of its own name for a value, and another one of the same owner's beside it
/// has, too: `ATLAS_SECRET_KEY: secret_key` beside `ATLAS_API_KEY: api_key`. Nobody was given both.
pub(in crate::facts::credentials) fn is_called_like_others<'a>(
    key: &str,
    value: &str,
    mut beside: impl Iterator<Item = (&'a str, &'a str)>,
) -> bool {
    let says_name = |key: &str, value: &str| {
        let (own, of_key) = (words(value), words(key));
        own.len() >= 2 && own.len() < of_key.len() && of_key.ends_with(&own)
    };
    let owner = words(key).into_iter().next();
    says_name(key, value)
        && beside.any(|(other, text)| {
            other != key && words(other).into_iter().next() == owner && says_name(other, text)
        })
}

/// Whether a value is the name of a key behind that of its Secret, from which something beside it takes another
/// key: `shop-login.password` beside `shop-login.username`.
pub(in crate::facts::credentials) fn is_key_behind_name<'a>(
    key: &str,
    value: &str,
    mut beside: impl Iterator<Item = &'a str>,
) -> bool {
    let Some((object, word)) = value.rsplit_once('.') else {
        return false;
    };
    let is_other = |text: &str| {
        let other = text.rsplit_once('.').filter(|(of, _)| *of == object);
        other.is_some_and(|(_, other)| other != word && is_name(other))
    };
    is_object_name(object) && is_word_for(word, key) && beside.any(is_other)
}

/// Whether a password is its own key or the last word of it in an object whose address is so, too: a form to
/// fill in, `{jdbc_username: username, jdbc_password: password, jdbc_url: url}`.
pub(in crate::facts::credentials) fn is_of_form(
    key: &str,
    value: Node<'_>,
    holder: Option<Node<'_>>,
) -> bool {
    const ADDRESSES: [&str; 6] = ["url", "uri", "host", "hostname", "endpoint", "port"];
    let is_own = |key: &str, value: Node<'_>| {
        let text = value.as_str().unwrap_or_default();
        let last = words(key).pop().unwrap_or_default();
        !text.is_empty() && (text == key || text == last)
    };
    let is_address = |key: &str| {
        let last = words(key).pop().unwrap_or_default();
        ADDRESSES.contains(&last.as_str())
    };
    is_own(key, value)
        && holder.is_some_and(|holder| {
            let mut entries = holder.entries();
            entries.any(|(key, value)| {
                key.as_str()
                    .is_some_and(|key| is_address(key) && is_own(key, value))
            })
        })
}

/// Whether a value in capitals stands under two other keys as well, one of them no name of anything: nobody has
/// filled them in. `{user: FILL-LATER, password: FILL-LATER, port: FILL-LATER}`. Of one that says that it is a
/// value, one other key is enough.
pub(in crate::facts::credentials) fn is_filled_alike(
    key: &str,
    value: Node<'_>,
    holder: Option<Node<'_>>,
) -> bool {
    let Some(text) = value.as_str().filter(|text| text.len() >= 6) else {
        return false;
    };
    let is_shouted = text
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || b"-_ ".contains(&byte));
    let is_same = |(other, value): &(Node<'_>, Node<'_>)| {
        value.as_str() == Some(text) && other.as_str() != Some(key)
    };
    let is_no_name = |(other, _): (Node<'_>, Node<'_>)| {
        let other = other.as_str().unwrap_or_default();
        meaning(other) == Meaning::Other
    };
    let least = if is_shouted { 2 } else { 1 };
    (is_shouted || is_value_of_any(text))
        && holder.is_some_and(|holder| {
            holder.entries().filter(is_same).count() >= least
                && holder.entries().filter(is_same).any(is_no_name)
        })
}

/// Whether a value spells the way to it, as an installer's values have it for what it replaces:
/// `shop: {db: {admin: {password: shop-db-admin-password}}}`.
pub(in crate::facts::credentials) fn spells_path<'k>(
    value: &str,
    keys: impl DoubleEndedIterator<Item = &'k str>,
) -> bool {
    if !value.contains('-') {
        return false;
    }
    let value = letters(value);
    let mut rest = value.as_str();
    let mut count = 0;
    for key in keys.rev() {
        match rest.strip_suffix(letters(key).as_str()) {
            Some(before) => (rest, count) = (before, count + 1),
            None => break,
        }
    }
    rest.is_empty() && count >= 4
}

/// Whether a key is what a program lets in by: `authKey`, `SHOP_AUTH_KEY`.
pub(in crate::facts::credentials) fn is_auth_key(key: &str) -> bool {
    let name = letters(key);
    name.ends_with("authkey") || name.ends_with("adminkey")
}

/// Whether a chart's field has the key that lets in as a word, or the name of whom it lets in; beside a
/// Secret it names a key of that.
pub(in crate::facts::credentials) fn is_auth_key_itself(
    key: &str,
    value: Node<'_>,
    holder: Option<Node<'_>>,
    surroundings: &str,
) -> bool {
    let is_of_secret = |(key, _): (Node<'_>, Node<'_>)| {
        let key = key.as_str().unwrap_or_default();
        key == "name" || contains_ignoring_case(key, "secret")
    };
    let is_word = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            || surroundings.contains(&text.to_ascii_lowercase())
    };
    is_auth_key(key)
        && value.as_str().is_some_and(is_word)
        && !holder.is_some_and(|holder| holder.entries().any(is_of_secret))
}

/// Whether a value may be the name of a key in a Secret, perhaps with the Secret's: `shop-db/password`.
pub(in crate::facts::credentials) fn may_name_key(value: Node<'_>) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let text = value.as_str().unwrap_or_default();
    let mut names = text.split('/');
    text.matches('/').count() < 2 && names.all(|name| name.bytes().all(is_plain) && !is_drawn(name))
}

/// Whether a value ends as its key does, in a text where another begins as it does and ends otherwise,
/// so that both only name what belongs there: `clientSecret: Shop-clientsecret` behind
/// `clientId: Shop-clientid`.
pub(super) fn is_beside_name(text: &str, value: &str, key: &str) -> bool {
    const LAST: [&str; 3] = ["secret", "key", "token"];
    let is_last = |word: &&&str| ends_ignoring_case(value, word);
    let Some(last) = LAST
        .iter()
        .find(is_last)
        .filter(|_| names_its_key(value, key))
    else {
        return false;
    };
    let stem = &value[..value.len() - last.len()];
    ["id", "Id", "ID", "key", "Key", "name", "Name"]
        .iter()
        .filter(|other| !other.eq_ignore_ascii_case(last))
        .any(|other| text.contains(&format!("{stem}{other}")))
}

/// Whether a field and one beside it both have a value that only names them, as an example does:
/// `{clientId: shop-clientid, clientSecret: shop-clientsecret}`.
pub(in crate::facts::credentials) fn is_filled_with_names(
    key: &str,
    value: Node<'_>,
    holder: Option<Node<'_>>,
) -> bool {
    // What asks for a change works as it stands.
    let is_name = |text: &str, key: &str| names_its_key(text, key) && !is_to_be_changed(text);
    let is_named =
        |key: &str, value: Node<'_>| value.as_str().is_some_and(|text| is_name(text, key));
    let is_beside = |(other, value): (Node<'_>, Node<'_>)| {
        let other = other.as_str().filter(|other| *other != key);
        other.is_some_and(|other| is_named(other, value))
    };
    is_named(key, value)
        && meaning(key) != Meaning::Password
        && holder.is_some_and(|holder| holder.entries().any(is_beside))
}

/// Whether a value is its own key in the spelling of a Secret's keys, as that of a field beside it is:
/// `{dbUsername: db_username, dbPassword: db_password}`.
pub(in crate::facts::credentials) fn is_respelled(
    key: &str,
    value: Node<'_>,
    holder: Option<Node<'_>>,
) -> bool {
    let is_own = |key: &str, value: Node<'_>| {
        let text = value.as_str().unwrap_or_default();
        text != key && text.contains(['_', '-']) && letters(text) == letters(key)
    };
    let is_beside = |(other, value): (Node<'_>, Node<'_>)| {
        let other = other.as_str().filter(|other| *other != key);
        other.is_some_and(|other| is_own(other, value))
    };
    is_own(key, value) && holder.is_some_and(|holder| holder.entries().any(is_beside))
}

/// Whether a value is what AWS calls a half of its key pairs, in lower case as a Secret's key has it.
pub(in crate::facts::credentials) fn is_named_by_aws(value: &str) -> bool {
    matches!(
        value,
        "aws_secret_access_key" | "aws_access_key_id" | "aws-secret-access-key"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_repeats_two_names_was_given_none() {
        let told = |beside: &[(&str, &str)]| {
            is_called_like_others("ATLAS_SECRET_KEY", "secret_key", beside.iter().copied())
        };
        assert!(told(&[("ATLAS_API_KEY", "api_key")]));
        for (name, value) in [
            ("ATLAS_SECRET_KEY", "secret_key"),
            ("ATLAS_API_KEY", "hQ7tr99x"),
            ("SHOP_API_KEY", "api_key"),
        ] {
            assert!(!told(&[(name, value)]), "{name}");
        }
    }

    #[test]
    fn a_key_behind_a_name_has_another_beside_it() {
        let told = |value: &str, beside: &str| {
            is_key_behind_name("db_password", value, [value, beside].into_iter())
        };
        assert!(told("shop-login.password", "shop-login.username"));
        assert!(!told("shop-login.password", "shop"));
        assert!(!told("shop-login.password", "other-login.username"));
        assert!(!told("shop-login.hQ7tr99x", "shop-login.username"));
        assert!(!told("password", "username"));
    }
}
