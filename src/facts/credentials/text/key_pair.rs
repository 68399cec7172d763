//! Key pairs: beside its access key a `secretKey` is the secret itself, where alone it may be the
//! name of a key in a Secret.

use std::ops::Range;

use super::directive::elements;
use super::settings;
use crate::facts::credentials::key::words::{contains_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::lines;
use crate::facts::credentials::value::name::{is_object_name, repeats_its_key};
use crate::facts::credentials::value::reference::is_reference;
use crate::model::Node;

/// Fields that name a Secret, whose keys the others name.
const REFERENCES: [&str; 12] = [
    "name",
    "key",
    "secret",
    "secretName",
    "secretRef",
    "existingSecret",
    "existingSecretName",
    "secretKeyRef",
    "fromSecret",
    "valueFrom",
    "remoteRef",
    "objectName",
];

/// Fields of Django's settings, whose `secretKey` has no other half.
const DJANGO: [&str; 2] = ["allowedHosts", "djangoSettingsModule"];

/// Whether a value is the secret half of a key pair whose other half stands in the same object.
pub(in crate::facts::credentials) fn is_secret_half(
    key: &str,
    value: &str,
    holder: Node<'_>,
    parent: &str,
) -> bool {
    if !names_secret_half(key) || repeats_its_key(value, key) {
        return false;
    }
    // A program's own settings name no objects.
    let is_setting = parent == "settings" && !is_object_name(value);
    let is_set = |key: &str| {
        holder
            .get(key)
            .is_some_and(|value| value.as_str() != Some(""))
    };
    let is_given = |key: &str, value: Node<'_>| {
        (names_public_half(key) || DJANGO.contains(&key)) && value.as_str() != Some("")
    };
    let mut entries = holder.entries();
    let has_half = entries.any(|(key, value)| key.as_str().is_some_and(|key| is_given(key, value)));
    (is_setting || has_half) && !REFERENCES.iter().any(|key| is_set(key))
}

/// Whether a value is the secret of a client that is named in the same object: `clientSecret` beside
/// `clientId`, `shopClientSecret` beside `shopClientId`, and in a list of clients `secret` beside `id` and
/// an address of the login. Who names a Secret has a key for its name.
pub(in crate::facts::credentials) fn is_secret_of_client(
    key: &str,
    value: &str,
    holder: Node<'_>,
    parent: &str,
) -> bool {
    let has = |name: &str| {
        let own = holder.get(name).and_then(Node::as_str);
        own.is_some_and(|own| !own.is_empty())
    };
    let of_client = |(ending, ids): (&str, [&str; 3])| {
        let stem = key.strip_suffix(ending);
        stem.is_some_and(|stem| ids.iter().any(|id| has(&format!("{stem}{id}"))))
    };
    let is_client = [
        ("lientSecret", ["lientId", "lientID", "lientid"]),
        ("lient_secret", ["lient_id", "lient_ID", "lientId"]),
    ]
    .into_iter()
    .any(of_client);
    let is_listed = key == "secret"
        && ["id", "identifier", "clientId", "clientID"]
            .into_iter()
            .any(has)
        && (names_clients(parent)
            || has("clientAuthenticatorType")
            || holder
                .entries()
                .any(|(key, _)| key.as_str().is_some_and(is_of_login)));
    (is_client || is_listed)
        && !repeats_its_key(value, key)
        && !REFERENCES[2..].iter().any(|name| *name != key && has(name))
}

/// Whether a key has a list of clients of Dex, which calls the name of a variable `secretEnv` instead.
pub(super) fn names_clients(key: &str) -> bool {
    key.eq_ignore_ascii_case("staticClients")
}

/// Whether a key is about how a client logs somebody in: `redirectURIs`, `tokenEndpoint`, Keycloak's
/// `clientAuthenticatorType`.
fn is_of_login(key: &str) -> bool {
    [
        "redirect",
        "endpoint",
        "issuer",
        "grant",
        "clientauthenticator",
        "publicclient",
        "serviceaccountsenabled",
    ]
    .iter()
    .any(|word| contains_ignoring_case(key, word))
}

/// Whether a setting says which key of a Secret to take, by the one beside it that names the Secret:
/// `storeAccessKeySecretKey` beside `storeAccessKeySecretName`.
pub(in crate::facts::credentials) fn is_key_beside_name(
    key: &str,
    mut has: impl FnMut(&str) -> bool,
) -> bool {
    const ENDINGS: [(&str, &str); 3] = [
        ("SecretKey", "SecretName"),
        ("_secret_key", "_secret_name"),
        ("_SECRET_KEY", "_SECRET_NAME"),
    ];
    ENDINGS.iter().any(|(ending, name)| {
        key.strip_suffix(ending)
            .is_some_and(|stem| has(&format!("{stem}{name}")))
    })
}

/// Whether a setting has the id of a client, as Django's logins call it, by the one beside it that has its secret:
/// `SOCIAL_AUTH_GITHUB_KEY` beside `SOCIAL_AUTH_GITHUB_SECRET`. The id stands in every address of a login.
pub(in crate::facts::credentials) fn is_id_of_client(
    key: &str,
    mut has: impl FnMut(&str) -> bool,
) -> bool {
    const LOGINS: [&str; 2] = ["social_auth", "oauth"];
    [("_KEY", "_SECRET"), ("_key", "_secret")]
        .iter()
        .any(|(id, secret)| {
            let stem = key.strip_suffix(id);
            stem.is_some_and(|stem| {
                LOGINS
                    .iter()
                    .any(|login| contains_ignoring_case(stem, login))
                    && has(&format!("{stem}{secret}"))
            })
        })
}

/// Whether a value is the name of a Secret by the setting beside it that names what is in it:
/// `"secret_key": "shop-web-secret"` beside `"secret_name"`. What is no object's name is the key itself.
pub(super) fn is_name_beside_name(key: &str, value: &str, has: impl Fn(&str) -> bool) -> bool {
    const PAIRS: [(&str, &str); 6] = [
        // Google's service for keys, which Vault is unsealed with.
        ("crypto_key", "key_ring"),
        ("cryptoKey", "keyRing"),
        ("secretKey", "secretName"),
        ("secretKey", "secretRef"),
        ("secret_key", "secret_name"),
        ("SECRET_KEY", "SECRET_NAME"),
    ];
    PAIRS
        .iter()
        .any(|(own, name)| key == *own && may_be_called(value) && has(name))
}

/// Whether a value is what Secrets and their keys are called: `shop-web-secret`, `token_service_salt`.
fn may_be_called(value: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    is_object_name(value) || (value.contains('_') && value.split('_').all(is_word))
}

/// Whether a text sets the public half of a key pair.
pub(in crate::facts::credentials) fn has_public_half(text: &str) -> bool {
    contains_ignoring_case(text, "access")
        && lines(text).any(|(_, line)| {
            // `<accessKey>x</accessKey>`, `<name>fs.s3a.access.key</name>`.
            let is_half = |(key, value): &(Range<usize>, Range<usize>)| {
                let key = &line[key.clone()];
                names_public_half(if key == "name" {
                    &line[value.clone()]
                } else {
                    key
                })
            };
            !settings(line, names_public_half).is_empty() || elements(line).iter().any(is_half)
        })
}

/// `accessKey`, `fs.s3a.access.key`, `aws_access_key_id`, and the token of OAuth 1 that has a secret of its own.
pub(in crate::facts::credentials) fn names_public_half(key: &str) -> bool {
    names_key_id(key)
        || (contains_ignoring_case(key, "access") && ends_with(key, ["access", "token"]))
}

/// Whether a key names what says which key it is: `accessKey`, `aws_access_key_id`.
pub(super) fn names_key_id(key: &str) -> bool {
    contains_ignoring_case(key, "access")
        && (meaning(key) == Meaning::AccessKey
            || ends_with(key, ["access", "key", "id"])
            || ends_with(key, ["accesskey", "id"])
            || ends_with(key, ["accesskeyid"]))
}

/// Whether a key names what says which key another one holds: `SHOP_ACCESS_KEY` beside `SHOP_SECRET_KEY`, or
/// beside `SECRET_KEY`; of another secret, `JWT_SECRET`, it says nothing.
pub(in crate::facts::credentials) fn is_id_beside<'a>(
    key: &str,
    mut beside: impl Iterator<Item = &'a str>,
) -> bool {
    let is_of = |secret: &str| {
        let owner = owner(secret);
        contains_ignoring_case(secret, "secret") && (owner.is_empty() || owner == self::owner(key))
    };
    names_key_id(key) && beside.any(is_of)
}

/// Whether a text sets the secret half of the pair of which a key names the other one: that says which key it is, and
/// opens nothing.
pub(super) fn is_id_in(text: &str, key: &str) -> bool {
    let halves = lines(text).flat_map(|(_, line)| {
        let found = settings(line, names_secret_half).into_iter();
        found.map(|one| &line[one.key])
    });
    is_id_beside(key, halves)
}

/// The words that say whose a half of a key pair is.
fn owner(key: &str) -> Vec<String> {
    const HALVES: [&str; 8] = [
        "access",
        "secret",
        "key",
        "id",
        "accesskey",
        "secretkey",
        "accesskeyid",
        "secretaccesskey",
    ];
    let words = words(key).into_iter();
    words
        .filter(|word| !HALVES.contains(&word.as_str()))
        .collect()
}

fn ends_with<const N: usize>(key: &str, name: [&str; N]) -> bool {
    let words = words(key);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.ends_with(&name)
}

/// `secretKey`, `fs.s3a.secret.key`, `aws_secret_access_key`.
pub(in crate::facts::credentials) fn names_secret_half(key: &str) -> bool {
    if !contains_ignoring_case(key, "secret") {
        return false;
    }
    let words = words(key);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    [
        &["secret", "key"][..],
        &["secret", "access", "key"],
        &["secretkey"],
        &["secretaccesskey"],
    ]
    .iter()
    .any(|name| words.ends_with(name))
}

/// Whether an object refers to the secret half of a key pair instead of holding it:
/// `secretAccessKeySecretRef: {name: x, key: y}`.
pub(in crate::facts::credentials) fn refers_to_secret_half(holder: Node<'_>) -> bool {
    holder.entries().any(|(key, value)| {
        let key = key.as_str().unwrap_or_default();
        let own = key.strip_suffix("Ref").unwrap_or(key);
        let own = own.strip_suffix("Secret").unwrap_or(own);
        let is_reference = value.is_mapping() || value.as_str().is_some_and(is_reference);
        // Amazon's server of mail is logged in to with the id as the user.
        is_reference && (names_secret_half(own) || meaning(own) == Meaning::Password)
    })
}

/// Whether user and password are what the halves of a key pair are called, as in an example:
/// `http://accessKey:secretKey@example.com`.
pub(super) fn names_halves(user: &str, password: &str) -> bool {
    let ends = |value: &str, names: &[[&str; 2]]| {
        let own = words(value);
        let is_one = |name: &[&str; 2]| own.ends_with(&name.map(String::from));
        value
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte))
            && names.iter().any(is_one)
    };
    ends(
        user,
        &[
            ["access", "key"],
            ["api", "key"],
            ["client", "id"],
            ["key", "id"],
        ],
    ) && ends(
        password,
        &[
            ["secret", "key"],
            ["api", "secret"],
            ["client", "secret"],
            ["access", "key"],
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::credentials::tests::{detector, resource};

    #[test]
    fn an_example_has_names_for_both_halves() {
        assert!(names_halves("accessKey", "secretKey"));
        assert!(names_halves("shApiKey", "shApiSecret"));
        assert!(names_halves("client_id", "client_secret"));
        assert!(!names_halves("shop", "secretKey"));
        assert!(!names_halves("accessKey", "secretKey7"));
    }

    #[test]
    fn a_secret_half_beside_a_reference_is_the_name_of_a_key() {
        let found = |fields: &str| {
            let yaml = format!(
                "apiVersion: example.com/v1\nkind: App\nspec: {{a: {{secretKey: orders@shop, {fields}}}}}\n"
            );
            detector().held(&resource(&yaml)).reported.len()
        };
        assert_eq!(found("accessKey: shop"), 1);
        assert_eq!(found("accessKey: shop, existingSecret: ''"), 1);
        assert_eq!(found("allowedHosts: example.com"), 1);
        for fields in [
            "accessKey: shop, name: shop-s3",
            "accessKey: shop, existingSecret: shop-s3",
            "accessKey: ''",
            "accessMode: shop",
        ] {
            assert_eq!(found(fields), 0, "{fields}");
        }
    }

    #[test]
    fn the_halves_of_a_pair_are_told_by_their_names() {
        for (public, secret) in [
            ("accessKey", "secretKey"),
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            ("fs.s3a.access.key", "fs.s3a.secret.key"),
            ("hive.s3.aws-access-key", "hive.s3.aws-secret-key"),
            ("accessKeyID", "secretAccessKey"),
            ("bucketAccessKey", "bucketSecretKey"),
        ] {
            assert!(names_public_half(public) && !names_public_half(secret));
            assert!(names_secret_half(secret) && !names_secret_half(public));
            assert!(is_id_beside(public, [secret].into_iter()));
        }
        assert!(is_id_beside("SHOP_ACCESS_KEY", ["SECRET_KEY"].into_iter()));
        for (public, secret) in [
            ("ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"),
            ("SHOP_ACCESS_TOKEN", "JWT_SECRET"),
            ("SHOP_ACCESS_KEY", "JWT_SECRET"),
            ("accessKey", "jwtSecret"),
            ("accessKey", "password"),
        ] {
            assert!(!is_id_beside(public, [secret].into_iter()), "{public}");
        }
        for key in [
            "secretKeyRef",
            "secretKeyName",
            "secret",
            "accessMode",
            "key",
        ] {
            assert!(!names_secret_half(key) && !names_public_half(key), "{key}");
        }
    }
}
