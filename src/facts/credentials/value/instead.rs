//! Passwords of a chart in whose place a Secret is named, so that nobody has them.

use super::key_name::has_text;
use super::known::is_drawn;
use super::product::names_key_store;
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::model::Node;

/// Whether a chart takes a password from a Secret that is named in its place, beside it or, as Grafana
/// has it, below the account: `{adminPassword: x, admin: {existingSecret: shop}}`.
/// The Secret beside the password of a store of keys keeps the store, unless its own key speaks of passwords.
pub(in crate::facts::credentials) fn names_secret_instead(key: &str, holder: Node<'_>) -> bool {
    if names_key_store(key) {
        return keeps_passwords(holder);
    }
    let account = key.strip_suffix("Password");
    let is_named = |holder| has_text(holder, "existingSecret");
    is_named(holder) || account.is_some_and(|account| holder.get(account).is_some_and(is_named))
}

/// Whether a key names the Secret with the passwords of what stands beside, or stores of keys are not read at all:
/// Bitnami's `passwordsSecret`, `usePemCerts`.
fn keeps_passwords(holder: Node<'_>) -> bool {
    holder.entries().any(|(key, value)| {
        let key = key.as_str().unwrap_or_default();
        let has = |word: &str| contains_ignoring_case(key, word);
        let is_named =
            has("secret") && has("password") && value.as_str().is_some_and(|name| !name.is_empty());
        is_named || (has("pemcerts") && value.as_bool() == Some(true))
    })
}

/// Whether a value says itself that it is none and stands for a Secret's name as well, beside it or in a part beside
/// its own: `{admin: {existingSecret: bogus}, env: {ADMIN_PASSWORD: bogus}}`. Whoever writes so has neither read.
pub(in crate::facts::credentials) fn stands_for_secret(
    value: &str,
    holder: Node<'_>,
    above: Option<Node<'_>>,
) -> bool {
    const NONE: [&str; 5] = ["bogus", "dummy", "fake", "unused", "ignored"];
    let is_named = |node: Node<'_>| {
        let name = node.get("existingSecret").and_then(Node::as_str);
        name.is_some_and(|name| name.eq_ignore_ascii_case(value))
    };
    let is_named_beside = |above: Node<'_>| above.entries().any(|(_, part)| is_named(part));
    NONE.iter().any(|word| word.eq_ignore_ascii_case(value))
        && (is_named(holder) || above.is_some_and(is_named_beside))
}

/// Whether the Secret beside a password is named by a template, as a chart hands it on to the chart that it uses:
/// it is always there, so that the password is a word for none.
pub(in crate::facts::credentials) fn is_filled_in_instead(value: &str, holder: Node<'_>) -> bool {
    let name = holder.get("existingSecret").and_then(Node::as_str);
    name.is_some_and(|name| name.contains("{{")) && !is_drawn(value)
}
