//! What a value is by its own looks: nothing, a reference, a placeholder, or a word that everyone
//! guesses. Hand-written: no regular expression stands in the way of a scan.

use super::characters::{is_only_one, letters};
use super::foreign::is_own_word;
use super::placeholder::{is_placeholder, is_to_be_changed};
use super::random::is_drawn_with_signs;
use super::reference::is_reference;
use super::shuffled::is_shuffled;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::facts::credentials) enum Shape {
    /// Nothing, or a switch.
    Empty,
    /// Filled in later, kept elsewhere, encrypted, hashed, a path or an address.
    Reference,
    /// Somebody was meant to replace it, or it is masked.
    Placeholder,
    /// So simple that it is guessed at once.
    Weak,
    /// Anything else.
    Plain,
}

/// Values that say that nothing is set, or that something is switched.
const NOTHING: [&str; 22] = [
    "null",
    "~",
    "true",
    "false",
    "yes",
    "no",
    // As builds of the kernel's kind switch their parts.
    "y",
    "n",
    "on",
    "off",
    "none",
    "nil",
    "n/a",
    "na",
    "undefined",
    "unset",
    "disabled",
    "enabled",
    "empty",
    "<nil>",
    "optional",
    "required",
];

/// Tells what a value looks like; blanks around it do not count.
pub(in crate::facts::credentials) fn shape(value: &str) -> Shape {
    let value = value.trim();
    let is_nothing = || is_only_one(value, "-_#?=~,;:/\"'") || is_unprintable(value);
    if value.is_empty() || is_any_of(value, &NOTHING) || is_nothing() {
        Shape::Empty
    } else if is_reference(value) {
        Shape::Reference
    } else if is_placeholder(value) {
        Shape::Placeholder
    } else if is_weak(value) {
        Shape::Weak
    } else {
        Shape::Plain
    }
}

/// `%!s(<nil>)`, `%!d(MISSING)`: what Go prints where there was nothing to print.
fn is_unprintable(value: &str) -> bool {
    value.starts_with("%!") && (value.ends_with("(<nil>)") || value.ends_with("(MISSING)"))
}

fn is_any_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_weak(value: &str) -> bool {
    let letters = letters(value);
    let plain = letters.trim_end_matches(|one: char| one.is_ascii_digit());
    let unleeted: String = value.chars().filter_map(unleet).collect();
    is_to_be_changed(value)
        || (value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit()))
        || is_one_letter(value)
        || is_own_word(value)
        || ["password", "passwort", "passwd"].contains(&unleeted.as_str())
        || (["secret", "supersecret", "verysecret", "topsecret"].contains(&plain)
            && value.len() < 20)
        || [
            "qwerty",
            "qwertz",
            "qwertyuiop",
            "asdf",
            "asdfgh",
            "asdfghjkl",
            "qazwsx",
        ]
        .contains(&plain)
        || is_word_with_year(&letters)
        || is_keyboard_row(&letters)
}

/// Whether letters and digits are beginnings of a keyboard's rows, one behind the other: `qwer1234`,
/// `1234asdf`. Digits alone are counted elsewhere.
fn is_keyboard_row(letters: &str) -> bool {
    const ROWS: [&str; 5] = [
        "qwertyuiop",
        "qwertzuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1234567890",
    ];
    let shared = |row: &str, rest: &str| {
        let bytes = row.bytes().zip(rest.bytes());
        bytes.take_while(|(one, other)| one == other).count()
    };
    let mut rest = letters;
    while !rest.is_empty() {
        let longest = ROWS.iter().map(|row| shared(row, rest)).max().unwrap_or(0);
        if longest < 3 {
            return false;
        }
        rest = &rest[longest..];
    }
    letters.len() >= 6 && letters.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether the value is one letter or digit again and again.
fn is_one_letter(value: &str) -> bool {
    let first = value.chars().next().filter(|first| first.is_alphanumeric());
    first.is_some_and(|first| value.chars().all(|one| one == first))
}

/// `P@ssw0rd!` as `password`; what stands after the word is left out.
fn unleet(letter: char) -> Option<char> {
    match letter {
        '@' | '4' => Some('a'),
        '$' | '5' => Some('s'),
        '0' => Some('o'),
        '1' | '2' | '3' | '6'..='9' | '!' | '#' | '.' | '_' | '-' | '*' => None,
        other => Some(other.to_ascii_lowercase()),
    }
}

fn is_word_with_year(letters: &str) -> bool {
    let words = [
        "spring", "summer", "autumn", "fall", "winter", "january", "monday", "welcome", "company",
        "test", "admin", "hello", "login",
    ];
    let year = words.iter().find_map(|word| letters.strip_prefix(word));
    year.is_some_and(|year| {
        matches!(year.len(), 2 | 4) && year.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether the value reads as text for people: several words.
pub(in crate::facts::credentials) fn is_prose(value: &str) -> bool {
    value.split_whitespace().count() > 1
        && !is_app_password(value)
        && !is_passphrase(value)
        && !is_drawn_with_signs(value)
}

/// Whether a few words are such as somebody types who is asked for a pass phrase: no options, settings, paths or
/// what a shell fills in.
pub(in crate::facts::credentials) fn is_typed(value: &str) -> bool {
    let is_sign = |one: char| one.is_alphanumeric() || "-_.,!?'@#&*+$%".contains(one);
    let is_word = |word: &str| {
        !word.is_empty() && !word.starts_with(['-', '$', '@', '#']) && word.chars().all(is_sign)
    };
    value.split(' ').count() <= 12 && value.len() <= 100 && value.split(' ').all(is_word)
}

/// Whether the value is a pass phrase: a few words of which one is no word, and none tells what to do or
/// where the real one is.
fn is_passphrase(value: &str) -> bool {
    const TELLING: [&str; 24] = [
        "a", "an", "the", "your", "my", "see", "set", "use", "by", "from", "in", "of", "to", "is",
        "for", "with", "or", "and", "generate", "stored", "vault", "here", "at", "on",
    ];
    let is_part = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !is_any_of(word, &TELLING)
            && !letters(word).contains("passw")
    };
    let has = |word: &str, what: fn(&u8) -> bool| word.as_bytes().iter().any(what);
    let is_drawn = |word: &str| {
        let is_mixed = has(word, u8::is_ascii_digit) && has(word, u8::is_ascii_alphabetic);
        is_mixed || is_shuffled(word)
    };
    let mut words = value.split(' ');
    (2..=8).contains(&words.clone().count())
        && words.clone().all(|word| !word.is_empty() && is_part(word))
        && words.any(is_drawn)
}

/// Whether the value is a password that Google gives to a program: four times four letters.
fn is_app_password(value: &str) -> bool {
    let is_group = |word: &str| word.len() == 4 && word.bytes().all(|one| one.is_ascii_lowercase());
    let has_vowel = |word: &str| word.contains(['a', 'e', 'i', 'o', 'u']);
    let mut words = value.split(' ');
    words.clone().count() == 4 && words.clone().all(is_group) && !words.all(has_vowel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_placeholders_are_no_values() {
        for value in [
            "${DB_PASSWORD}",
            "$(DB_PASSWORD)",
            "$DB_PASSWORD",
            "{{ .Values.password }}",
            "%PASS%",
            "vault:secret/data/x#key",
            "ENC[AES256_GCM,data:abc]",
            "$2a$10$abcdefghijkl",
            "/run/secrets/password",
            "https://example.com/reset",
            "((password))",
            "file:/etc/x",
            "secrets/db.txt",
            "@Microsoft.KeyVault(SecretUri=https://x)",
            "$pbkdf2-sha512$310000$AvVToZUq2r8pkY/NyDVZCA$jfBs3hiTq",
            "$scrypt$ln=16,r=8,p=1$aB3dE5gH",
            "$work/git-askpass.sh",
            "$__env{DB_PASSWORD}",
            "%{env:DB_PASSWORD}%",
            "encrypted:k8s!n:shop!k:password",
            "secret/data/shop",
            "shop/host7/pass",
            "shop/data/databasePassword",
            "$RUNNER_TEMP/git-askpass",
            "shop-$(cat /run/secrets/db)",
            "shop-$(cat",
            "/Shop/Password2",
            "%DB_Password2%",
            "shop-{{ .Values.name",
            "{{shop_password",
            "#COOKIE_SECRET#",
            "#KAFKA_PASSWORD",
            "##db_password##",
            "%%DB_PASSWORD%%",
            "@@DB_PASSWORD@@",
            "$shop-login:admin-password",
            "$shop-login:shop:password",
            "$oidc.keycloak.clientSecret",
            "urn:k8s:secret:shop:password",
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
        ] {
            assert_eq!(shape(value), Shape::Reference, "{value}");
        }
        for value in [
            "<password>",
            "REPLACE_ME",
            "xxx",
            "XXXXXXXX",
            "****",
            "your-password-here",
            "[set me]",
            "TODO",
            "set-me",
            "__REPLACE-ME__",
            "_PASSWORD_",
            "private_goes_here",
            "abc...",
            "not-needed",
            "YOUR_API_KEY",
            "somesecretgoeshere",
            "insert_password",
            "put-your-token-here",
            "PasteTheTokenHere",
            "secret-goes-here",
            "password_here",
            "provide-a-strong-password",
        ] {
            assert_eq!(shape(value), Shape::Placeholder, "{value}");
        }
        for value in ["", " ", "true", "No", "y", "null", "none", "-", "---"] {
            assert_eq!(shape(value), Shape::Empty, "{value}");
        }
    }

    #[test]
    fn a_pass_phrase_has_a_word_that_is_none() {
        for value in ["Rote Katze springt 7x", "hQ7tr99x shop"] {
            assert!(!is_prose(value), "{value}");
        }
        for value in [
            "set by CI",
            "see vault",
            "your password here",
            "stored in 1Password",
            "shop and orders",
            "keys of k8s",
        ] {
            assert!(is_prose(value), "{value}");
        }
    }

    #[test]
    fn simple_values_are_weak() {
        for value in [
            "changeme",
            "CHANGE_ME",
            "change-in-prod",
            "P@ssw0rd",
            "Passw0rd!",
            "12345",
            "0000",
            "secret123",
            "qwerty1",
            "Summer2024!",
            "please-change-me",
            "aaaa",
            "yyyy",
            "qwer1234",
            "1234qwer",
            "qwer1234!",
            "asdfzxcv",
        ] {
            assert_eq!(shape(value), Shape::Weak, "{value}");
        }
        for value in [
            "hQ7-tr,99",
            "$hQ7,/tr99",
            "Tr0ub4dor&3",
            "P@ssing-by-77",
            "mysecretpassword",
            "xU=R7;tr*3z{{n/",
            "EOSshop-7hQ7tr99x",
            "MCowBQYDK2Vw",
            "herewegoagain",
            "db-admin-pass",
            "qwe7tr99x",
            "power1234",
            "$hQ7tr:99",
            "ab/cd7hQ",
            "#hQ7tr99#",
            "#HQ7_TR99",
            "#SHOP",
            "/Gayv2A87CLZZ",
            "%jriGUhNpFWs3%",
            "a$(b1Xq9",
        ] {
            assert_eq!(shape(value), Shape::Plain, "{value}");
        }
    }
}
