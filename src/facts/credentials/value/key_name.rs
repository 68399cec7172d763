//! Objects whose values are no settings, but names of keys in a Secret, or of nothing at all.

use super::known::is_drawn;
use super::name::names_its_key;
use super::placeholder::is_to_be_changed;
use super::shape::letters;
use crate::facts::credentials::key::words::{contains_ignoring_case, ends_ignoring_case};
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
        || (key == "keys" && holder.is_some_and(|holder| has_text(holder, "existingSecret")))
}

/// Whether an object has a text under a key that says something.
fn has_text(holder: Node<'_>, key: &str) -> bool {
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
        is_named && login.all(|(key, value)| value.eq_ignore_ascii_case(key))
    })
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

/// Whether a chart takes a password from a Secret that is named in its place, beside it or, as Grafana
/// has it, below the account: `{adminPassword: x, admin: {existingSecret: shop}}`.
pub(in crate::facts::credentials) fn names_secret_instead(key: &str, holder: Node<'_>) -> bool {
    let account = key.strip_suffix("Password");
    let is_named = |holder| has_text(holder, "existingSecret");
    is_named(holder) || account.is_some_and(|account| holder.get(account).is_some_and(is_named))
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
