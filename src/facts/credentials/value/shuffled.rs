//! Values whose letters stand as in no words: shorter than what is drawn for sure, and told under names of
//! keys and tokens only.

use super::characters::distinct;
use crate::facts::credentials::key::words::words;

/// Words without a vowel, or of two letters, that names of settings are made of.
const SHORT: [&str; 62] = [
    "db", "id", "pwd", "key", "ssl", "tls", "jwt", "sql", "http", "https", "ssh", "gpg", "aws",
    "gcp", "my", "url", "api", "svc", "cfg", "tmp", "md", "sha", "crt", "csr", "rpc", "grpc",
    "xml", "html", "css", "js", "ts", "kv", "ns", "pv", "vm", "fs", "hs", "rs", "es", "k", "s",
    "v", "is", "of", "to", "in", "on", "at", "by", "no", "or", "us", "eu", "up", "go", "ip", "os",
    "ui", "ci", "cd", "me", "dns",
];

/// Whether letters of both cases, digits among them or not, change so often that they make no words in
/// camel case: `sZby4eyrYUSg`, and not `apiKeyV2`.
pub(in crate::facts::credentials) fn is_shuffled(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    let may_be = (8..=128).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && changes(value) >= 3;
    if !may_be {
        return false;
    }
    let words = words(value);
    let odd = words.iter().filter(|word| is_odd(word)).count();
    let is_sane = |word: &&String| word.len() >= 3 && !is_odd(word);
    let sane: usize = words.iter().filter(is_sane).map(String::len).sum();
    odd >= 2 && sane * 2 <= value.len()
}

/// Small letters in which a vowel stands for each abbreviation that has none.
pub(super) fn without_abbreviations(value: &str) -> String {
    let is_mute = |word: &&&str| word.len() >= 3 && !word.contains(['a', 'e', 'i', 'o', 'u']);
    let mute = SHORT.iter().filter(is_mute);
    mute.fold(value.to_owned(), |value, word| value.replace(word, "a"))
}

/// Whether twelve letters or more, digits among them or not, can be no words in any language: in one case, few
/// vowels, and twice five letters or more without one that are no abbreviations.
pub(super) fn is_unspeakable(value: &str) -> bool {
    let is_vowel = |byte: u8| b"aeiouy".contains(&byte);
    let is_one_case = !value.bytes().any(|byte| byte.is_ascii_uppercase())
        || !value.bytes().any(|byte| byte.is_ascii_lowercase());
    let vowels = |value: &str| value.bytes().filter(|byte| is_vowel(*byte)).count();
    // What goes by the alphabet is counted, not drawn.
    let is_long = |part: &&str| part.len() >= 5 && !part.bytes().is_sorted();
    let apart = |one: char| !one.is_ascii_alphabetic() || is_vowel(one as u8);
    let has_runs = |value: &str| value.split(apart).filter(is_long).count() >= 2;
    let may_be = (12..=128).contains(&value.len())
        && is_one_case
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !may_be {
        return false;
    }
    let value = value.to_ascii_lowercase();
    vowels(&value) * 4 <= value.len()
        && has_runs(&value)
        && has_runs(&without_abbreviations(&value))
        && distinct(&value) >= 8
}

/// How often a value goes over from small letters to capitals, to digits, or back.
fn changes(value: &str) -> usize {
    let class = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let pairs = value.bytes().zip(value.bytes().skip(1));
    pairs
        .filter(|(one, next)| class(*one) != class(*next))
        .count()
}

/// Whether a part is no word: a digit within, no vowel, or too short.
fn is_odd(part: &str) -> bool {
    let core = part.trim_matches(|one: char| one.is_ascii_digit());
    let is_spoken = core.len() >= 3 && core.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let has_digit = core.bytes().any(|byte| byte.is_ascii_digit());
    !core.is_empty() && (has_digit || !(is_spoken || SHORT.contains(&core)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_are_shuffled() {
        for value in [
            "sZby4eyrYUSg",
            "hNVLAB6y",
            "aKZdMD7P",
            "AB6UbGkLqiZB",
            "PZLdZwddPGJ8",
        ] {
            assert!(is_shuffled(value), "{value}");
        }
        for value in [
            "queueLogin",
            "apiKeyV2",
            "accessToken",
            "JobToken",
            "dbPwdV1",
            "OAuth2Token",
            "KafkaSslKeyForOrders7",
            "X509CertV3",
            "mySqlDbKey",
            "isOfType",
            "yf9sxmec",
            "HQ7TR99XKQ",
            "hQ7-tr9-9xK",
        ] {
            assert!(!is_shuffled(value), "{value}");
        }
    }

    #[test]
    fn what_nobody_can_speak_is_no_word() {
        for value in [
            "zkjsanjhvkjnasnmdbvzmcm",
            "ZKJSANJHVKJNASNMDBVZMCM",
            "zkjsanjhvkjnasn9mdbvzmcm",
        ] {
            assert!(is_unspeakable(value), "{value}");
        }
        for value in [
            "kafkaadmincreds",
            "rechtsschutzversicherung",
            "mysqlpwdredistlscert",
            "dbpwdtlscrt",
            "abcdefghijklmnopqrstuvwxyz",
            "postgresqlpasswordkey",
            "xxxxxxxxxaxxxxxxxxx",
            "shop-tlscrtkey-bcdfg",
        ] {
            assert!(!is_unspeakable(value), "{value}");
        }
    }
}
