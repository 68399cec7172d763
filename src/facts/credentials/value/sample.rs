//! Samples: values that say that they are one, as documentation and tests have them, in words for what
//! belongs there.

use super::instruction::NAMING;

/// Whether a value stands for any thing of its kind, as a sample of settings has it: `some_secret`.
pub(in crate::facts::credentials) fn is_any(value: &str) -> bool {
    let mut words = value.split(['-', '_']);
    words
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("some"))
        && words.clone().next().is_some()
        && words.all(|word| NAMING.contains(&word.to_ascii_lowercase().as_str()))
}

/// `example-password`, `api-key-example-for-demo`: words in lower case that speak of an example of
/// what belongs there; a number or a sign makes a password of them.
pub(super) fn is_filled_by_example(value: &str) -> bool {
    const THINGS: [&str; 6] = ["password", "passwd", "secret", "token", "key", "credential"];
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
