//! What everyone may read although it stands in a Secret: told by its name and by its looks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der::is_bare_certificate;
use super::{characters, name, shape};
use crate::facts::credentials::key::words::{ends_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};

/// What everyone may read: certificates, public keys, addresses, numbers, names.
pub(in crate::facts::credentials) fn is_public(value: &str) -> bool {
    value.starts_with("-----BEGIN CERT")
        || value.starts_with("-----BEGIN PUBLIC")
        || value.starts_with("-----BEGIN RSA PUBLIC")
        || value.starts_with("ecdsa-")
        || is_bare_certificate(value)
        || (value.contains("://") && !value.contains(['@', '?']))
        || is_bucket(value)
        || is_of_sentry(value)
        || characters::is_uuid(value)
        || is_address(value)
        || is_image(value)
        || is_time(value)
        || is_algorithm(value)
}

/// The name of a cipher, a hash or what makes keys of passwords: `aes-xts-plain64`, `sha256`, `argon2id`.
fn is_algorithm(value: &str) -> bool {
    const WORDS: [&str; 34] = [
        "aes", "aes128", "aes192", "aes256", "argon2", "argon2d", "argon2i", "argon2id", "bcrypt",
        "cbc", "chacha20", "ctr", "ecdsa", "ed25519", "es256", "essiv", "gcm", "hmac", "hs256",
        "hs384", "hs512", "md5", "pbkdf2", "plain64", "poly1305", "rs256", "rsa", "scrypt",
        "serpent", "sha1", "sha256", "sha384", "sha512", "xts",
    ];
    let lower = value.to_ascii_lowercase();
    let is_size = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = lower.split(['-', '_', ':']);
    let named = |word: &str| WORDS.contains(&word);
    value.len() <= 40
        && lower.split(['-', '_', ':']).any(named)
        && words.all(|word| named(word) || is_size(word))
}

/// Whether a value is a certificate or a public key in base64, as programs take it from a variable: in a
/// Secret it is encoded twice.
pub(in crate::facts::credentials) fn encodes_public(value: &str) -> bool {
    // `-----BEGIN `.
    value.starts_with("LS0tLS1CRUdJTi")
        && STANDARD
            .decode(value)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .is_some_and(|text| is_public(&text) && !text.contains("PRIVATE"))
}

/// When something was: `2024-08-08T14:42:56Z`.
fn is_time(value: &str) -> bool {
    let is_date = |at: usize, byte: u8| match at {
        4 | 7 => byte == b'-',
        10 => b"T ".contains(&byte),
        0..10 => byte.is_ascii_digit(),
        _ => byte.is_ascii_digit() || b":.,+-Z".contains(&byte),
    };
    value.len() > 11
        && value
            .bytes()
            .enumerate()
            .all(|(at, byte)| is_date(at, byte))
}

/// A bucket and its region, as Longhorn has them: `s3://backup@eu-central-1/`.
fn is_bucket(value: &str) -> bool {
    value
        .strip_prefix("s3://")
        .is_some_and(|rest| !rest.contains([':', '?']))
}

/// Where a program reports its errors to, with a key that pages have: `https://<digits>@o1.ingest.sentry.io/1`.
fn is_of_sentry(value: &str) -> bool {
    let rest = value
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('@'));
    rest.is_some_and(|(key, address)| {
        let project = address.rsplit('/').next().unwrap_or_default();
        key.len() == 32
            && key.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !project.is_empty()
            && project.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A host with its port.
pub(in crate::facts::credentials) fn is_address(value: &str) -> bool {
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    value.rsplit_once(':').is_some_and(|(host, port)| {
        let is_port = (2..=5).contains(&port.len()) && port.bytes().all(|one| one.is_ascii_digit());
        is_port && host.contains('.') && host.bytes().all(is_host)
    })
}

/// An image with its registry and its tag or digest.
pub(super) fn is_image(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    let (registry, name) = value.split_once('/').unwrap_or_default();
    registry.contains('.') && name.contains([':', '@']) && value.bytes().all(is_part)
}

/// Whether an entry is named after what everyone may know: `SIDECAR_IMAGE`, `IMAGE_BASE`,
/// `PublicKey`, `RECAPTCHA_SITE_KEY`.
pub(in crate::facts::credentials) fn names_something_public(key: &str) -> bool {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    let has = |name: &str| words.iter().any(|word| word == name);
    let is_half = ["public", "pub", "site", "verification"]
        .into_iter()
        .any(has);
    let is_of_image = matches!(last, "base" | "tag" | "repository" | "registry" | "prefix");
    matches!(
        last,
        "image" | "channel" | "smarthost" | "pubkey" | "publickey" | "sitekey"
    ) || (last == "key" && is_half)
        || (is_of_image && has("image"))
}

/// Whether an entry is a part of a page that everyone is shown: a picture, a font, a style sheet.
pub(in crate::facts::credentials) fn is_of_page(key: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".svg", ".woff", ".woff2", ".ttf",
        ".otf", ".eot", ".css", ".pdf",
    ];
    ENDINGS.iter().any(|ending| ends_ignoring_case(key, ending))
}

/// Whether base64 begins as that of a picture, a font or a document does, whatever it is called.
pub(in crate::facts::credentials) fn encodes_page(text: &str) -> bool {
    // PNG, JPEG, GIF, WOFF, WOFF2, PDF.
    const BEGINNINGS: [&str; 6] = [
        "iVBORw0KGgo",
        "/9j/",
        "R0lGODl",
        "d09GRg",
        "d09GMg",
        "JVBERi0",
    ];
    text.len() >= 32 && BEGINNINGS.iter().any(|begin| text.starts_with(begin))
}

/// Whether a table in text has nothing but the line with the names of its columns.
fn is_header_alone(key: &str, value: &str) -> bool {
    let is_name = |name: &str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || b"_- ".contains(&byte);
        name.len() > 1 && name.bytes().all(is_part)
    };
    let is_table = [".csv", ".tsv"].iter().any(|ending| key.ends_with(ending));
    let names = || value.trim().split([',', ';', '\t', '|']);
    is_table && names().count() > 2 && names().all(is_name)
}

/// Whether a key names what everyone may know, whatever its value: a host, a user, a version.
pub(in crate::facts::credentials) fn names_something_benign(key: &str) -> bool {
    const TELLING: [&str; 63] = [
        "roles",
        "commit",
        "sid",
        "host",
        "hostname",
        "port",
        "url",
        "uri",
        "endpoint",
        "address",
        "server",
        "hosts",
        "urls",
        "endpoints",
        "addresses",
        "servers",
        "broker",
        "brokers",
        "nodes",
        "name",
        "db",
        "database",
        "dbname",
        "namespace",
        "type",
        "project",
        "email",
        "mail",
        "region",
        "zone",
        "bucket",
        "id",
        "user",
        "username",
        "login",
        "domain",
        "org",
        "organization",
        "version",
        "path",
        "file",
        "insecure",
        "crt",
        "connector",
        "driver",
        "dialect",
        "engine",
        "mode",
        "environment",
        "level",
        "timezone",
        "locale",
        "language",
        "provider",
        "profile",
        "schema",
        "protocol",
        "scheme",
        "model",
        "format",
        "plugin",
        "class",
        "platform",
    ];
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    TELLING.contains(&last) || matches!(meaning(key), Meaning::User | Meaning::AccessKey)
}

/// Whether an entry holds nothing that somebody keeps from others, by its key or by its value.
pub(in crate::facts::credentials) fn is_benign(key: &str, value: &str) -> bool {
    let is_number = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".:,/-".contains(&byte));
    let is_word = value
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    let is_setting = value.split_once('=').is_some_and(|(name, rest)| {
        name.len() > 2
            && !rest.trim_matches('=').is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    });
    names_something_benign(key)
        || is_header_alone(key, value)
        || is_setting
        || is_number
        || is_word
        || is_mail_address(value)
        || name::is_name(value)
        || shape::is_prose(value)
}

pub(super) fn is_mail_address(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    value.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && user.bytes().chain(domain.bytes()).all(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_in_a_secret_are_told_by_their_names() {
        for key in ["connector", "shop.db.driver", "LOG_LEVEL", "DEPLOY_MODE"] {
            assert!(is_benign(key, "shop_vOrders2018"), "{key}");
        }
        for key in ["license", "DRIVER_CODE", "shop"] {
            assert!(!is_benign(key, "shop_vOrders2018"), "{key}");
        }
    }

    #[test]
    fn where_errors_go_is_public() {
        let key = "9f86d081884c7d659a2feaa0c55ad015";
        assert!(is_public(&format!("https://{key}@o1.ingest.sentry.io/1")));
        assert!(!is_public(&format!("https://shop:{key}@example.com/1")));
        assert!(!is_public(&format!("https://{key}@example.com/shop")));
    }

    #[test]
    fn names_of_algorithms_are_public() {
        for name in [
            "sha256",
            "aes-xts-plain64",
            "argon2i",
            "AES-256-GCM",
            "HS512",
        ] {
            assert!(is_public(name), "{name}");
        }
        for value in ["sha256-hQ7tr99x", "256", "shop-aes"] {
            assert!(!is_public(value), "{value}");
        }
    }
}
