//! Values that are places: paths of files and in stores of secrets, addresses of Services.

use super::characters::starts_with_any;
use super::name::is_name;
use super::random::is_short_random;
use super::shuffled::is_shuffled;
use crate::facts::credentials::key::meaning;

/// Whether a value says where something is kept.
pub(super) fn is_kept_at_path(value: &str) -> bool {
    is_path(value)
        || is_path_of_store(value)
        || is_secret_of_project(value)
        || is_address_of_service(value)
        || is_path_behind_store(value)
}

fn is_path(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    // `curl --password @/run/secrets/db`.
    let file = value.strip_prefix('@').unwrap_or(value);
    // `/Gayv2A87CLZZ` is a password.
    let is_drawn = |name: &str| is_short_random(name) || is_shuffled(name);
    let is_absolute = file
        .strip_prefix('/')
        .is_some_and(|rest| rest.bytes().all(is_plain) && !is_drawn(rest));
    let is_below_variable = value
        .strip_prefix('$')
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(name, rest)| {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            !name.is_empty() && name.bytes().all(is_word) && rest.bytes().all(is_plain)
        });
    let is_windows = value.get(1..3) == Some(":\\");
    let is_address = value.contains("://") && !value.contains('@');
    let ends_as_file = [
        "pem", "crt", "key", "jks", "p12", "txt", "json", "yaml", "yml", "conf",
    ];
    let is_file = value.contains('/')
        && value
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ends_as_file.contains(&ending));
    is_absolute
        || is_below_variable
        || is_windows
        || is_address
        || is_file
        || starts_with_any(value, &["./", "../", "~/"])
}

/// Whether a value is where a store keeps a secret, behind the store's own word:
/// `secretsmanager:prod/db:password`, `k8s:shop/db/password`. The last name says what is kept there.
fn is_path_behind_store(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let Some((store, path)) = value.split_once(':') else {
        return false;
    };
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_store = store.len() >= 2 && store.bytes().all(is_letter);
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut names = path.split(['/', '#', ':']);
    let is_path = path.contains(['/', '#'])
        && names
            .clone()
            .all(|name| name.len() >= 2 && name.bytes().all(is_plain));
    is_store
        && is_path
        && names
            .next_back()
            .is_some_and(|last| meaning(last).is_credential())
}

/// Whether a value says where Services of the cluster are, with a port or not:
/// `shop.orders.svc.cluster.local:9094`.
fn is_address_of_service(value: &str) -> bool {
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let is_service = |address: &str| {
        let (host, port) = address.split_once(':').unwrap_or((address, "80"));
        let is_port = (2..=5).contains(&port.len()) && port.bytes().all(|one| one.is_ascii_digit());
        is_port && host.bytes().all(is_host) && (host.ends_with(".svc") || host.contains(".svc."))
    };
    value.contains(".svc") && value.split(',').all(is_service)
}

/// Where a store keeps a secret: three names or more with `/` between, as `secret/data/shop`.
fn is_path_of_store(value: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let is_name = |name: &str| {
        name.len() >= 2
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(is_plain)
    };
    let is_long = || {
        value.split('/').count() >= 3 && (value.split('/').all(is_name) || is_path_of_vault(value))
    };
    value.contains('/') && (is_long() || names_what_is_kept(value))
}

/// Two names of letters, of which the last says what is kept there: `database/password`, `shop/jwt-secret`.
fn names_what_is_kept(value: &str) -> bool {
    let is_name = |name: &str| {
        name.len() >= 2
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"-_".contains(&byte))
    };
    let names = value.split_once('/');
    names.is_some_and(|(store, last)| {
        is_name(store) && is_name(last) && last != "secrets" && meaning(last).is_credential()
    })
}

/// Where Google's Secret Manager keeps a secret: `projects/shop/secrets/db/versions/latest`.
fn is_secret_of_project(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
    value.starts_with("projects/") && value.contains("/secrets/") && value.bytes().all(is_plain)
}

/// Whether a value is a path of names, as short as a map of what to fetch has it: `shop/config`.
pub(in crate::facts::credentials) fn is_path_of_names(value: &str) -> bool {
    let is_part = |part: &str| part.len() >= 2 && is_name(part);
    value.contains('/') && value.split('/').all(is_part)
}

/// A path in Vault's store of keys and values, whatever its last word: `shop/data/databasePassword`.
fn is_path_of_vault(value: &str) -> bool {
    let is_word = |word: &str| {
        word.len() >= 2
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    value.split('/').nth(1) == Some("data") && value.split('/').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_names_may_be_short() {
        for value in ["shop-7/config", "CHANGEME/credentials", "kv/shop/db"] {
            assert!(is_path_of_names(value), "{value}");
        }
        for value in ["config", "hQ7/tr99x", "a/b", "shop/"] {
            assert!(!is_path_of_names(value), "{value}");
        }
    }
}
