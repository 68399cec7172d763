//! Tokens that somebody made up: no random characters, and yet no name.

use super::characters::letters;
use super::name::{is_generic, is_variable_name, names_a_thing, tells_length};
use super::random::is_complex;
use crate::facts::credentials::key::words::words;

/// Whether somebody made a token up: it speaks of secrets, or has words and digits, as nothing
/// else has that stands under such a key.
pub(super) fn is_made_up_token(value: &str, key: &str) -> bool {
    const STUBS: [&str; 12] = [
        "dummy", "fake", "mock", "stub", "noop", "sample", "example", "foo", "not", "no", "x",
        "nokey",
    ];
    const ALGORITHMS: [&str; 8] = ["aes", "rsa", "hmac", "sha", "ed", "hs", "rs", "es"];
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_!@#$%^&*+=~".contains(&byte);
    let value_letters = letters(value);
    let parts = words(value);
    let first = parts.first().map_or("", String::as_str);
    let speaks = ["secret", "token", "key", "passw"]
        .iter()
        .any(|word| value_letters.contains(word));
    // `oauth-mode-token`: it says how tokens are dealt with.
    let is_sentinel = parts.iter().any(|part| part == "mode");
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_counted = digits >= 2 && digits < value.len();
    value.len() >= 8
        && value.len() <= 512
        && value.bytes().all(is_part)
        && !value.starts_with('$')
        && !value_letters.ends_with("secrets")
        && (speaks || is_counted || is_word_as_key(value, key))
        && (is_complex(value) || !(STUBS.contains(&first) || is_sentinel))
        && !ALGORITHMS.contains(&first)
        && !letters(key).ends_with(&value_letters)
        && !(letters(key).ends_with("secret") && may_name_a_secret(value, key))
        && !is_generic(&parts)
        && !is_variable_name(value)
        && !names_a_thing(value)
}

/// Whether somebody took a word for the key of an interface: `api_key: powerdns`. Models on one's
/// own machine ask for a key and take any word.
fn is_word_as_key(value: &str, key: &str) -> bool {
    const ANY_WORD: [&str; 10] = [
        "whatever",
        "anything",
        "something",
        "nothing",
        "lmstudio",
        "llamacpp",
        "internal",
        "external",
        "anonymous",
        "localhost",
    ];
    const MODELS: [&str; 8] = [
        "openai",
        "llm",
        "ollama",
        "litellm",
        "vllm",
        "model",
        "embedding",
        "anthropic",
    ];
    let key = letters(key);
    key.ends_with("apikey")
        && value.bytes().all(|byte| byte.is_ascii_lowercase())
        && !ANY_WORD.contains(&value)
        && !MODELS.iter().any(|model| key.contains(model))
}

/// Whether a value under a key such as `shop_secret` may be the name of a Secret; a variable that
/// ends in `_SECRET` holds one where the value has a number, or says that it is for trying.
fn may_name_a_secret(value: &str, key: &str) -> bool {
    let is_variable = key.contains('_') && !key.bytes().any(|byte| byte.is_ascii_lowercase());
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let is_tried = value.split_once('-').is_some_and(|(first, last)| {
        matches!(first, "test" | "dev" | "demo" | "local") && matches!(last, "secret" | "token")
    });
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    // The Secret that keeps a key is called so: `RECEIPT_KEY_SECRET=shop-receipts-ed25519`.
    let letters = letters(key);
    let is_of_key = letters.ends_with("keysecret") && !letters.ends_with("apikeysecret");
    let is_itself = is_variable && !is_of_key && (has_digit || is_tried);
    value.bytes().all(is_plain) && !tells_length(value) && !is_itself
}
