//! Values that may be names: of a Kubernetes object, of a variable, of a setting.

use super::characters::letters;
use super::row::is_row;
use super::sample::says_no_token;
use super::shuffled::is_unspeakable;
use crate::facts::credentials::key::words::{is_field, words};
use crate::facts::credentials::key::{self, Meaning};

/// Whether the value may be the name of an object or of a key: words with dashes, dots or
/// underscores. What counts on, or goes by the alphabet, was made up to be long.
pub(in crate::facts::credentials) fn is_name(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let words: Vec<&str> = value.split(['-', '_', '.']).collect();
    let is_word = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_one_case = !value.bytes().any(|byte| byte.is_ascii_lowercase())
        || !value.bytes().any(|byte| byte.is_ascii_uppercase());
    // Thirty-two hexadecimal digits behind `sk-` are no word.
    let is_drawn =
        |word: &&str| word.len() >= 20 && word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    is_one_case
        && !tells_length(value)
        && !words.iter().any(is_drawn)
        && !words.iter().any(|word| is_row(word))
        && !words.iter().any(|word| is_unspeakable(word))
        && value.bytes().all(is_plain)
        && words.iter().filter(is_word).count() * 2 >= words.len()
}

/// Whether a value says how long it is, as what somebody made up to be long enough: `dev-key-32-chars-long`.
pub(super) fn tells_length(value: &str) -> bool {
    const UNITS: [&str; 5] = ["char", "chars", "characters", "bytes", "long"];
    let words: Vec<&str> = value.split(['-', '_', '.']).collect();
    let is_number = |word: &str| {
        (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_counted = |word: &&str| {
        let unit = word.trim_start_matches(|one: char| one.is_ascii_digit());
        is_number(&word[..word.len() - unit.len()]) && UNITS.contains(&unit)
    };
    let is_pair = |pair: &[&str]| is_number(pair[0]) && UNITS.contains(&pair[1]);
    value.len() >= 16 && (words.windows(2).any(is_pair) || words.iter().any(is_counted))
}

/// Whether the value may be the name of a Kubernetes object: several words, all in lower case.
pub(in crate::facts::credentials) fn is_object_name(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    value.contains('-')
        && value.bytes().all(|byte| is_plain(byte) || byte == b'.')
        && is_name(value)
}

/// Whether a name stands for a key itself: `minio-secret-key`.
pub(super) fn is_telling_name(value: &str) -> bool {
    let letters = letters(value);
    let plain = letters.trim_end_matches(|one: char| one.is_ascii_digit());
    is_name(value)
        && plain.contains("secret")
        && (plain.ends_with("key") || plain.ends_with("token"))
}

/// Whether a name of several words says that it is one of a thing: `shop-tls`, `db-credentials`.
pub(super) fn names_a_thing(value: &str) -> bool {
    const THINGS: [&str; 15] = [
        "name",
        "ref",
        "tls",
        "ssl",
        "cert",
        "certs",
        "certificate",
        "certificates",
        "ca",
        "crt",
        "creds",
        "credentials",
        "config",
        "secrets",
        "hmac",
    ];
    let last = value.rsplit('-').next().unwrap_or(value);
    is_object_name(value) && THINGS.contains(&last)
}

/// Words of what somebody made up to be secret, or to try things with.
const BOASTS: [&str; 11] = [
    "my", "your", "super", "secret", "strong", "secure", "change", "test", "dev", "demo", "local",
];

/// Whether a variable that is called a secret has the name of one, which is a password's:
/// `DB_PASSWD_SECRET=shop-db-password`, `SECRET_SHOP_PASSWORD=shop-password`.
pub(super) fn names_password(value: &str, key: &str) -> bool {
    if !is_object_name(value) {
        return false;
    }
    let (own, of_key) = (words(value), words(key));
    let is_password = |word: &String| matches!(word.as_str(), "password" | "passwd" | "pwd");
    let is_called_secret = match of_key.as_slice() {
        [only] => only == "secret",
        [first, rest @ ..] if first == "secret" => rest == own,
        [.., previous, last] => last == "secret" && is_password(previous),
        [] => false,
    };
    is_called_secret
        && own.last().is_some_and(is_password)
        && !own.iter().any(|word| BOASTS.contains(&word.as_str()))
}

/// Whether a variable that is called no more than a secret has the name of one: `SECRET=orders-db`.
pub(super) fn names_a_secret(value: &str, key: &str) -> bool {
    let boasts = || {
        words(value)
            .iter()
            .any(|word| BOASTS.contains(&word.as_str()))
    };
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    key == "SECRET" && is_object_name(value) && value.bytes().all(is_plain) && !boasts()
}

/// Whether the value names an environment variable: `DB_PASSWORD`.
pub(in crate::facts::credentials) fn is_variable_name(value: &str) -> bool {
    value.contains('_')
        && value.starts_with(|first: char| first.is_ascii_uppercase())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a made-up token cannot be the name of a Secret or of one of its keys.
pub(super) fn is_no_name(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    has(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte))
        || tells_length(value)
        || is_interleaved(value)
        || (is_mixed && digits >= 2)
        || (has(u8::is_ascii_uppercase) && digits >= 4)
}

/// Whether letters and digits take turns in one word as in no name: `k39dkf93kdkf9`. What names have of numbers
/// stands behind a word or in a program's own: `shop2024`, `k8s`, `oauth2proxy`.
fn is_interleaved(value: &str) -> bool {
    let bytes = value.as_bytes();
    let runs = bytes.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit());
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.len() >= 12
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && digits >= 4
        && runs.count() >= 5
}

/// Whether a value is a long word of several in camel case, which no Kubernetes object is called.
pub(super) fn is_camel(value: &str) -> bool {
    let humps = value.bytes().filter(u8::is_ascii_uppercase).count();
    value.len() >= 16
        && value.starts_with(|first: char| first.is_ascii_lowercase())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && humps >= 2
}

/// Whether a value says no more than its key: `secretKey: secret-key`,
/// `aws_secret_access_key: secretKey`. With signs or numbers behind its words it says more.
pub(in crate::facts::credentials) fn repeats_its_key(value: &str, key: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_punctuation() && !b"-_.".contains(&byte);
    if value.bytes().any(is_sign) || has_number_of_its_own(value, key) {
        return false;
    }
    let (own, of_key) = (words(value), words(key));
    (own.len() >= 2 && own.iter().all(|word| of_key.contains(word)))
        || tail(&of_key).is_some_and(|tail| letters(value) == tail)
}

/// Whether a word in camel case ends with a number that its key has not: `jwt-secret: JwtSecret2024`.
fn has_number_of_its_own(value: &str, key: &str) -> bool {
    let word = value.trim_end_matches(|one: char| one.is_ascii_digit());
    let number = &value[word.len()..];
    number.len() >= 3 && !key.contains(number) && word.bytes().all(|one| one.is_ascii_alphabetic())
}

/// Whether a value ends as its key does, behind a word of its own or not: `apiSecret: shopApiSecret`.
pub(super) fn names_its_key(value: &str, key: &str) -> bool {
    tail(&words(key)).is_some_and(|tail| letters(value).ends_with(&tail))
}

/// The last two words of a key as one.
fn tail(words: &[String]) -> Option<String> {
    let start = words.len().checked_sub(2)?;
    Some(words[start..].concat())
}

/// Whether all words of a name are such as any key or token is called by: `access-token`.
pub(super) fn is_generic(words: &[String]) -> bool {
    const WORDS: [&str; 16] = [
        "api", "access", "auth", "secret", "token", "key", "client", "bearer", "id", "jwt",
        "password", "user", "name", "header", "refresh", "apikey",
    ];
    words.iter().all(|word| WORDS.contains(&word.as_str()))
}

/// Whether a value is the name of its own key, which is no password's name.
pub(super) fn is_name_of_key(meaning: Meaning, value: &str, key: &str) -> bool {
    let is_same = meaning != Meaning::Password && value == key && value.len() >= 8;
    let is_camel = value.bytes().any(|byte| byte.is_ascii_uppercase());
    // A token is no word, where a secret may be one: `SHOP_API_KEY: shop_api_key`.
    let is_whispered = matches!(meaning, Meaning::Token | Meaning::SureToken)
        && value.eq_ignore_ascii_case(key)
        && value.len() >= 8;
    // A key of a Secret that Airflow hands to its workers: `FERNET_KEY = airflow=fernet-key`.
    let is_of_secret = || {
        let own = value.split_once('=').map(|(_, own)| own.replace('-', "_"));
        own.is_some_and(|own| own.len() >= 8 && own.eq_ignore_ascii_case(key))
    };
    is_whispered
        || is_of_secret()
        || (is_field(value)
            && key::meaning(key) != Meaning::Password
            && (is_same || (is_camel && repeats_its_key(value, key))))
}

/// Whether what a Secret keeps only names a thing, or says that it is none: `access_key`, `no-key`.
pub(super) fn says_nothing(value: &str) -> bool {
    let own = words(value);
    (own.len() > 1 && is_generic(&own)) || (says_no_token(value) && is_name(value))
}

/// Whether the value is the key's own name in capitals, for a tool to replace: `password: PASSWORD`,
/// also behind the tool's own word: `DB_PASS1: SHOP_DB_PASS1`.
pub(super) fn is_its_name(value: &str, key: &str) -> bool {
    let is_shouted = !value.bytes().any(|byte| byte.is_ascii_lowercase());
    let halves = value.split_at_checked(value.len().saturating_sub(key.len()));
    halves.is_some_and(|(before, end)| {
        is_shouted
            && end.eq_ignore_ascii_case(key)
            && (before.is_empty() || (before.ends_with('_') && key.contains('_')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_take_turns_in_no_name() {
        for value in ["k39dkf93kdkf9", "a1b2c3d4e5f6", "9fk2mq81xz07"] {
            assert!(is_no_name(value), "{value}");
        }
        for value in [
            "shopkey20240101",
            "k8s-shop-v2-db1-key7",
            "oauth2proxyk8s",
            "shop2prod3key",
        ] {
            assert!(!is_no_name(value), "{value}");
        }
    }

    #[test]
    fn what_ends_in_its_keys_name_behind_a_secret_s_is_a_reference() {
        for (value, expected) in [
            ("airflow=fernet-key", true),
            ("airflow=other-key", false),
            ("fernet-key", false),
        ] {
            let told = is_name_of_key(Meaning::Password, value, "FERNET_KEY");
            assert_eq!(told, expected, "{value}");
        }
    }

    #[test]
    fn no_name_says_how_long_it_is() {
        for value in ["dev-key-32-chars-long", "shop_secret_64characters"] {
            assert!(tells_length(value), "{value}");
        }
        for value in [
            "shop-32-key-secret",
            "shop-long-secret-7",
            "aes-256-bit-keys",
        ] {
            assert!(!tells_length(value), "{value}");
        }
    }

    #[test]
    fn a_secret_may_be_named_after_its_password() {
        for (value, key) in [
            ("shop-db-password", "DB_PASSWD_SECRET"),
            ("shop-password", "SECRET_SHOP_PASSWORD"),
            ("ups-monitor-password", "SECRET"),
        ] {
            assert!(names_password(value, key), "{value}");
        }
        for (value, key) in [
            ("orders-password", "SECRET_SHOP_PASSWORD"),
            ("my-secret-password", "SECRET"),
            ("shop_password", "SECRET"),
            ("shop-hq7tr99x", "DB_PASSWD_SECRET"),
            ("shop-password", "SHOP_PASSWORD"),
            ("shop-password", "CLIENT_SECRET"),
        ] {
            assert!(!names_password(value, key), "{value}");
        }
    }

    #[test]
    fn a_secret_alone_may_be_the_name_of_one() {
        assert!(names_a_secret("orders-db", "SECRET"));
        for (value, key) in [
            ("orders-db", "CLIENT_SECRET"),
            ("orders", "SECRET"),
            ("orders-db-7", "SECRET"),
            ("my-super-secret", "SECRET"),
        ] {
            assert!(!names_a_secret(value, key), "{value}");
        }
    }

    #[test]
    fn a_key_in_capitals_is_for_a_tool_to_replace() {
        for (value, key) in [
            ("PASSWORD", "password"),
            ("AWS_ROUTE53_ZONE", "AWS_ROUTE53_ZONE"),
            ("SHOP_AWS_ROUTE53_ZONE", "AWS_ROUTE53_ZONE"),
        ] {
            assert!(is_its_name(value, key), "{value}");
        }
        for (value, key) in [
            ("Password", "password"),
            ("HQ7TR99X_KEY", "key"),
            ("HQ7TR99X", "DB_PASSWORD"),
            ("é", "p"),
        ] {
            assert!(!is_its_name(value, key), "{value}");
        }
    }
}
