//! Values that stand for something kept elsewhere: references, ciphertexts, hashes, templates, paths.

use super::name::{is_name, is_variable_name};
use super::shape::{is_base64, starts_with_any};

/// Where references to secret managers, ciphertexts, hashes and public keys begin.
const REFERENCES: [&str; 43] = [
    // Spinnaker: `encrypted:k8s!n:name!k:key`.
    "encrypted:",
    "encryptedfile:",
    // Traefik: `urn:k8s:secret:name:key`.
    "urn:k8s:",
    "vault:",
    "ref+",
    "<path:",
    "akv:",
    "awssm:",
    "gcpsm:",
    "op://",
    "bws:",
    "secretref",
    "@microsoft.keyvault(",
    "arn:aws:",
    "keyvault:",
    "enc[",
    "enc(",
    "$ansible_vault",
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$argon2",
    "$1$",
    "$5$",
    "$6$",
    "$apr1$",
    "{ssha",
    "{sha",
    "pbkdf2",
    "$pbkdf2",
    "$scrypt$",
    "$y$",
    "sha256:",
    "scram-sha-",
    "file:",
    "env:",
    "secret:",
    "-----begin cert",
    "ssh-",
    "pk_live_",
    "pk_test_",
    // Mapbox' public tokens, which pages have; the secret ones begin with `sk.`.
    "pk.eyj",
];

pub(in crate::facts::credentials) fn is_reference(value: &str) -> bool {
    is_hashed_login(value)
        || starts_with_any(value, &REFERENCES)
        || is_template(value)
        || is_path(value)
        || is_path_of_store(value)
        || is_call(value)
        || is_address_of_service(value)
        || is_sealed(value)
        || is_public_key(value)
        || is_key_of_secret(value)
}

/// Argo CD's references to a Secret: `$name:key` of any, `$connector.clientSecret` of its own.
fn is_key_of_secret(value: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let is_word = |word: &str| {
        word.len() >= 2
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    };
    let Some(name) = value.strip_prefix('$') else {
        return false;
    };
    match name.split_once(':') {
        Some((secret, key)) => {
            let is_lower = !secret.bytes().any(|byte| byte.is_ascii_uppercase());
            secret.len() >= 3 && is_lower && is_part(secret) && key.split(':').all(is_part)
        }
        None => name.contains('.') && name.split('.').all(is_word),
    }
}

/// Whether a program computes the value: `os.getenv("X")`.
fn is_call(value: &str) -> bool {
    let Some((function, arguments)) = value.split_once('(') else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphabetic() || b"_.".contains(&byte);
    function.len() >= 3
        && function.bytes().all(is_name)
        && (arguments.starts_with(['"', '\'']) || arguments.starts_with(')'))
}

/// Whether a line is one of `htpasswd`: an account and the hash of its password.
fn is_hashed_login(line: &str) -> bool {
    [":$2y$", ":$2a$", ":$2b$", ":$apr1$", ":{SHA}"]
        .iter()
        .any(|mark| line.contains(mark))
}

/// Whether a text is a file of `htpasswd`: its passwords are hashed, but can be guessed at leisure.
pub(in crate::facts::credentials) fn is_htpasswd(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_login = |line: &str| line.starts_with('#') || is_hashed_login(line);
    is_hashed_login(text) && !is_template(text) && lines.all(is_login)
}

/// Whether something is filled in when the value is used.
fn is_template(value: &str) -> bool {
    let is_variable = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let between = |mark: &str| {
        value
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
            .is_some_and(is_variable)
    };
    // A script puts the value there: `sed s/#NAME#/x/`.
    let is_shouted = !value.bytes().any(|byte| byte.is_ascii_lowercase());
    // Grafana: `$__env{NAME}`, `$__file{path}`; Stalwart: `%{env:NAME}%`.
    ["${", "$(", "}}", "<%", "#{", "$$(", "$__", "%{"]
        .iter()
        .any(|mark| value.contains(mark))
        || opens_action(value)
        || value
            .trim_start_matches('\\')
            .strip_prefix('$')
            .is_some_and(is_variable)
        || ["%", "%%", "@", "@@", "__", "##", "$$"]
            .into_iter()
            .any(between)
        || (is_shouted && between("#"))
        || value.strip_prefix('#').is_some_and(is_variable_name)
        || (value.starts_with("((") && value.ends_with("))"))
        || (value.starts_with("[[") && value.ends_with("]]"))
        || matches!(value, "%s" | "%v" | "%d" | "%q" | "?")
}

/// Whether a value has `{{` as an action begins, though its end may have been cut off: in
/// `xU=R{{n/` it is two characters as any others.
fn opens_action(value: &str) -> bool {
    value.match_indices("{{").any(|(at, mark)| {
        let rest = &value[at + mark.len()..];
        at == 0 || rest.is_empty() || rest.starts_with([' ', '-', '.', '$', '"', '%', '#'])
    })
}

fn is_path(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let is_absolute = value.starts_with('/') && value.bytes().all(is_plain);
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
    value.split('/').count() >= 3 && (value.split('/').all(is_name) || is_path_of_vault(value))
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

/// Beginnings of public keys, with how many characters follow at least: of EOS and its kind, of
/// wallets, of age, and of keys in DER as base64.
const PUBLIC_KEYS: [(&str, usize); 15] = [
    // PostHog's, which pages have.
    ("phc_", 40),
    ("EOS", 50),
    ("PUB_K1_", 40),
    ("PUB_R1_", 40),
    ("xpub6", 100),
    ("tpubD", 100),
    ("npub1", 50),
    ("age1", 50),
    ("MIIBIjANBgkqhkiG9w0BAQ", 100),
    ("MIICIjANBgkqhkiG9w0BAQ", 100),
    ("MIGfMA0GCSqGSIb3DQEBAQ", 100),
    ("MFkwEwYHKoZIzj0CAQ", 60),
    ("MHYwEAYHKoZIzj0CAQ", 60),
    ("MCowBQYDK2Vw", 30),
    ("MCowBQYDK2Vu", 30),
];

/// Whether a value is a public key by its shape.
fn is_public_key(value: &str) -> bool {
    PUBLIC_KEYS.iter().any(|(beginning, length)| {
        value
            .strip_prefix(beginning)
            .is_some_and(|rest| rest.len() >= *length && rest.bytes().all(is_base64))
    })
}

/// Ciphertext of SealedSecrets.
fn is_sealed(value: &str) -> bool {
    value.len() > 100 && value.starts_with("Ag") && value.bytes().all(is_base64)
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
