//! Samples: values that say that they are one, as documentation and tests have them, in words for what
//! belongs there.

use super::instruction::NAMING;

/// Words that a token begins with which is none, as is given to a server that asks for none.
const NO_TOKENS: [&str; 12] = [
    "no",
    "not",
    "none",
    "nokey",
    "fake",
    "dummy",
    "mock",
    "noop",
    "unused",
    "ignored",
    "nothing",
    "notneeded",
];

/// Whether a value stands for any thing of its kind, as a sample of settings has it: `some_secret`.
pub(in crate::facts::credentials) fn is_any(value: &str) -> bool {
    let mut words = value.split(['-', '_']);
    words
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("some"))
        && words.clone().next().is_some()
        && words.all(|word| NAMING.contains(&word.to_ascii_lowercase().as_str()))
}

/// Words that such a token ends with, behind the name of the server.
const NONE_NEEDED: [&str; 5] = ["noauth", "nokey", "unused", "notused", "notneeded"];

/// Whether a token says that it is none: `no-key`, `not-needed`, `fake-key-7`, `gateway-noauth`.
pub(super) fn says_no_token(value: &str) -> bool {
    let mut words = value.split(['-', '_']);
    let is_one_of = |word: &str, all: &[&str]| all.iter().any(|one| word.eq_ignore_ascii_case(one));
    let first = words.next().unwrap_or(value);
    is_one_of(first, &NO_TOKENS)
        || words
            .next_back()
            .is_some_and(|last| is_one_of(last, &NONE_NEEDED))
}

/// Words for one value beside others, as a sample of several has them.
const OTHERS: [&str; 2] = ["another", "other"];

/// Whether a value only says that it is the value of a thing, or of another one: `api_key_value`,
/// `some-password-value`, `another_value`.
pub(super) fn is_value_of_thing(value: &str) -> bool {
    const THINGS: [&str; 6] = [
        "password",
        "passwd",
        "secret",
        "token",
        "key",
        "credentials",
    ];
    let named = value
        .strip_suffix("_value")
        .or_else(|| value.strip_suffix("-value"));
    named.is_some_and(|named| {
        let words = || named.split(['-', '_']);
        let is_of_any = |word: &str| OTHERS.contains(&word);
        words().all(|word| NAMING.contains(&word) || is_of_any(word))
            && words().any(|word| THINGS.contains(&word) || is_of_any(word))
    })
}

/// Whether a value says in words that it is a value, of whatever: `other-value`.
pub(super) fn is_value_of_any(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || b"-_".contains(&byte);
    ["-value", "_value"].iter().any(|end| value.ends_with(end)) && value.bytes().all(is_part)
}

/// Whether what stands behind a service's prefix says in words whose it would be: `my-openai-api-token`.
pub(super) fn is_somebodys_token(rest: &str) -> bool {
    const THINGS: [&str; 5] = ["token", "key", "secret", "value", "here"];
    let words = || rest.split(['-', '_']);
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words().all(is_word)
        && words()
            .next()
            .is_some_and(|first| matches!(first, "my" | "some" | "the"))
        && words()
            .next_back()
            .is_some_and(|last| THINGS.contains(&last))
}

/// Whether a login is that of servers that ask for none, where whoever comes gives an address of mail or anything:
/// `anonymous` with `anonymous@example.com` (RFC 1635).
pub(in crate::facts::credentials) fn is_of_anybody(value: &str, users: &[&str]) -> bool {
    const GUESTS: [&str; 3] = ["anonymous", "ftp", "guest"];
    let is_given = |word: &&str| word.eq_ignore_ascii_case(value);
    users
        .iter()
        .any(|user| user.eq_ignore_ascii_case("anonymous"))
        && (GUESTS.iter().any(is_given) || is_mail(value))
}

/// Whether a value is an address of mail in words.
fn is_mail(value: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b".-".contains(&byte))
    };
    value
        .split_once('@')
        .is_some_and(|(name, host)| is_word(name) && (host.is_empty() || is_word(host)))
}

/// `example-password`, `api-key-example-for-demo`: words in lower case that speak of an example of
/// what belongs there; a number or a sign makes a password of them.
pub(super) fn is_filled_by_example(value: &str) -> bool {
    const THINGS: [&str; 6] = ["password", "passwd", "secret", "token", "key", "credential"];
    if matches!(value, "example.com" | "example.org" | "example.net") {
        return true;
    }
    // `examplePass`, as somebody writes who takes out what stood there.
    let humps = ["Pass", "Password", "Secret", "Token", "Key"];
    if value
        .strip_prefix("example")
        .is_some_and(|rest| humps.contains(&rest))
    {
        return true;
    }
    let words = || value.split(['-', '_']);
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words().all(is_word)
        && words().any(|word| word == "example")
        && words().any(|word| THINGS.contains(&word))
}

/// Whether a key or token says in lower case that it is none, wherever the word stands: `key-dummy-for-tests`.
/// A password that says so lets in as any other.
pub(in crate::facts::credentials) fn is_sham(value: &str) -> bool {
    const SHAM: [&str; 4] = ["dummy", "fake", "sample", "mock"];
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let has = |of: &[&str]| value.split(['-', '_', '.']).any(|word| of.contains(&word));
    value.split(['-', '_', '.']).all(is_word) && has(&SHAM) && has(&["key", "token", "apikey"])
}

/// Whether a password and a user's name are the same address of mail but for the words that say which
/// is which: `password@example.com` beside `username@example.com`.
pub(in crate::facts::credentials) fn is_sample_of_login(value: &str, users: &[&str]) -> bool {
    const NAMES: [&str; 6] = ["user", "username", "email", "mail", "login", "name"];
    let Some((word, host)) = value.split_once('@') else {
        return false;
    };
    let is_beside = |user: &&str| {
        let name = user
            .strip_suffix(host)
            .and_then(|name| name.strip_suffix('@'));
        name.is_some_and(|name| NAMES.iter().any(|one| name.eq_ignore_ascii_case(one)))
    };
    ["password", "passwd", "pass"]
        .iter()
        .any(|one| word.eq_ignore_ascii_case(one))
        && users.iter().any(is_beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_none_says_so_anywhere() {
        for value in ["key-dummy-for-tests", "sample-token", "shop_fake_key"] {
            assert!(is_sham(value), "{value}");
        }
        for value in [
            "dummy",
            "dummy-secret",
            "dummy-key-7",
            "demo-key",
            "shop-key",
        ] {
            assert!(!is_sham(value), "{value}");
        }
        assert!(is_filled_by_example("example-password") && !is_filled_by_example("example"));
    }

    #[test]
    fn a_token_for_a_server_that_asks_for_none_says_so_at_an_end() {
        for value in ["not-needed", "no-key", "gateway-noauth", "models_unused"] {
            assert!(says_no_token(value), "{value}");
        }
        for value in ["gateway-auth", "unused7-hQ7tr99x", "hQ7tr99x"] {
            assert!(!says_no_token(value), "{value}");
        }
    }

    #[test]
    fn words_for_the_value_of_a_thing_are_none() {
        for value in [
            "api_key_value",
            "token_value",
            "some-password-value",
            "another_secret_value",
            "another-value",
        ] {
            assert!(is_value_of_thing(value), "{value}");
        }
        for value in ["value", "shop_key_value", "best-value", "key_value_7"] {
            assert!(!is_value_of_thing(value), "{value}");
        }
        assert!(is_somebodys_token("my-openai-api-token"));
        for rest in ["my-hQ7tr99x-token", "openai-api-token", "my-shop"] {
            assert!(!is_somebodys_token(rest), "{rest}");
        }
    }

    #[test]
    fn whoever_comes_gives_anything() {
        assert!(is_of_anybody("anonymous", &["Anonymous"]));
        assert!(is_of_anybody("shop@example.com", &["anonymous"]));
        assert!(!is_of_anybody("hQ7tr99x", &["anonymous"]));
        assert!(!is_of_anybody("hQ7@tr99x", &["anonymous"]));
        assert!(!is_of_anybody("guest", &["guest"]));
    }

    #[test]
    fn a_sample_of_a_login_says_which_half_is_which() {
        let told = |value, user| is_sample_of_login(value, &[user]);
        assert!(told("password@example.com", "username@example.com"));
        assert!(!told("password@example.com", "shop@example.com"));
        assert!(!told("password@example.org", "username@example.com"));
        assert!(!told("hQ7tr99x@example.com", "username@example.com"));
    }

    #[test]
    fn samples_have_any_thing_of_a_kind() {
        for value in ["some_secret", "some-client-secret", "SOME_TOKEN"] {
            assert!(is_any(value), "{value}");
        }
        for value in [
            "some",
            "something_7",
            "some_shop",
            "somesecret7",
            "lonesome_key",
        ] {
            assert!(!is_any(value), "{value}");
        }
    }
}
