//! Values that tell where the real one comes from or how it is made, as files that are to be copied have them.

/// How such an instruction begins, letters and digits only.
const MADE_BY: [&str; 6] = [
    "generatewith",
    "generatedwith",
    "generateusing",
    "generateby",
    "createwith",
    "createdwith",
];

/// What keeps secrets outside of files, letters and digits only.
const STORES: [&str; 9] = [
    "externalsecret",
    "externalsecrets",
    "keyvault",
    "parameterstore",
    "secretmanager",
    "secretsmanager",
    "secretstore",
    "ssm",
    "vault",
];

/// Where else a value may come from.
const SOURCES: [&str; 9] = [
    "ci",
    "env",
    "environment",
    "pipeline",
    "runtime",
    "secret",
    "secrets",
    "values",
    "vault",
];

/// What is done elsewhere to a value that is none yet.
const DONE: [&str; 28] = [
    "configured",
    "created",
    "defined",
    "delivered",
    "fetched",
    "filled",
    "generated",
    "injected",
    "kept",
    "loaded",
    "managed",
    "mounted",
    "overridden",
    "overwritten",
    "populated",
    "provided",
    "pulled",
    "read",
    "rendered",
    "replaced",
    "resolved",
    "retrieved",
    "set",
    "sourced",
    "specified",
    "stored",
    "supplied",
    "taken",
];

/// What a reader is told to do to get a value.
const FETCHING: [&str; 9] = [
    "ask", "copy", "create", "fetch", "generate", "get", "obtain", "see", "take",
];

/// What leads from there to where, or whom.
const LEADING_THERE: [&str; 7] = ["at", "from", "in", "on", "via", "with", "your"];

/// What a credential is called.
const THINGS: [&str; 8] = [
    "credential",
    "credentials",
    "key",
    "password",
    "secret",
    "string",
    "token",
    "value",
];

/// What credentials are taken from besides stores.
const PRODUCTS: [&str; 14] = [
    "1password",
    "aws",
    "azure",
    "bitwarden",
    "cloudflare",
    "console",
    "dashboard",
    "github",
    "gitlab",
    "keyvault",
    "lastpass",
    "portal",
    "terraform",
    "vault",
];

/// What leads from there to where or by whom.
const LEADING: [&str; 10] = [
    "in",
    "by",
    "via",
    "from",
    "at",
    "during",
    "through",
    "with",
    "elsewhere",
    "externally",
];

/// Whole values that say so, letters and digits only.
const ELSEWHERE: [&str; 6] = [
    "injected",
    "overridden",
    "autogenerate",
    "generateme",
    "provideme",
    "provideatinstall",
];

/// Whether a value, or its letters and digits, say so: `from-aws-secrets-manager`, `DEFINED-IN-SECRETS`,
/// `generate-with-openssl-rand-hex-32`.
pub(super) fn tells_origin(value: &str, letters: &str) -> bool {
    let is_stored = STORES.iter().any(|store| letters.ends_with(store));
    MADE_BY.iter().any(|start| letters.starts_with(start))
        // What asks for a change works as it stands.
        || (letters.contains("opensslrand") && !letters.contains("change"))
        || (letters.starts_with("from") && is_stored)
        || ELSEWHERE.contains(&letters)
        || tells_by_words(value)
}

/// Whether a value is nothing but words of which the first say that something is done elsewhere, or from
/// where: `set-via-sealed-secret`, `TO_BE_OVERRIDDEN`, `in-vault`. A number makes a password of them.
fn tells_by_words(value: &str) -> bool {
    let is_sign = |one: char| "-_ /".contains(one);
    if !value.contains(is_sign) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(is_sign)
        .filter(|word| !word.is_empty())
        .collect();
    let is_word = |word: &&str| {
        word.bytes().all(|byte| byte.is_ascii_alphabetic())
            || matches!(*word, "1password" | "base64")
    };
    let is_done = |word: &&str| DONE.contains(word);
    words.iter().all(is_word)
        && (says_how(&words)
            || match words.as_slice() {
                ["to" | "will", "be", done, ..] => is_done(done),
                ["from" | "in" | "via", .., last] => SOURCES.contains(last),
                [done, leading, ..] => is_done(done) && LEADING.contains(leading),
                _ => false,
            })
}

/// Whether words say how a credential is come by, or that it is none: `get-from-portal`, `see-1password`,
/// `generate-a-long-token`, `deploy-token-from-gitlab`, `not-a-real-key`, `base64-encoded-data`.
fn says_how(words: &[&str]) -> bool {
    let is_store = |word: &&str| PRODUCTS.contains(word) || STORES.contains(word);
    let is_unreal = words.windows(3).any(|three| three == ["not", "a", "real"]);
    let is_encoded = |from: &[&str]| from.len() >= 3 && from[..2] == ["base64", "encoded"];
    is_unreal
        || is_encoded(words)
        || is_encoded(words.strip_prefix(&["some"]).unwrap_or_default())
        || match words {
            [store, "reference" | "ref"] => is_store(store),
            ["see", .., store] => is_store(store),
            [verb, next, .., last] if FETCHING.contains(verb) => {
                LEADING_THERE.contains(next)
                    || words[2..].contains(&"from")
                    || (matches!(*next, "a" | "an" | "the" | "new") && THINGS.contains(last))
            }
            [.., thing, "from", store] => THINGS.contains(thing) && is_store(store),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::credentials::value::characters::letters;

    #[test]
    fn an_origin_is_no_credential() {
        for value in [
            "from-aws-secrets-manager",
            "fromvault",
            "generate-with-openssl-rand-hex-32",
            "DEFINED-IN-REGION-SECRETS",
            "defined_in_secrets",
            "DEFINED_IN_VALUES_FILE/eu/x/password",
            "set-in-secret",
            "set-via-sealed-secret",
            "set_by_ci",
            "from-env",
            "in-vault",
            "injected-at-runtime",
            "injected",
            "configured-elsewhere",
            "OVERRIDDEN",
            "TO-BE-OVERRIDDEN",
            "provide-me",
            "AUTOGENERATE",
            "generate-a-long-random-token",
            "create-in-the-shop-console",
            "obtain-from-the-console",
            "copy-from-azure-portal",
            "ask-your-admin",
            "take this from mail",
            "see-1password",
            "run-openssl-rand-hex-32",
            "output-of-openssl-rand",
            "value-from-keyvault",
            "keyvault-reference",
            "deploy-token-from-gitlab",
            "will-be-replaced",
            "this-is-not-a-real-token",
            "base64-encoded-data",
            "some-base64-encoded-data",
        ] {
            assert!(tells_origin(value, &letters(value)), "{value}");
        }
        for value in [
            "fromage",
            "vault",
            "secrets-manager",
            "generate",
            "injected9Kq",
            "set-by-7",
            "set-shop",
            "stored",
            "in-shop",
            "read-only",
            "setin-secret",
            "get-rich-9Kq",
            "get-rich-or-die",
            "get-a-life",
            "create99",
            "see-shop",
            "correct-horse-battery-staple",
            "password-from-hell",
            "shop this from mail",
            "openssl-shop",
            "CHANGE-ME-run-openssl-rand-hex-32-here",
            "base64-shop",
        ] {
            assert!(!tells_origin(value, &letters(value)), "{value}");
        }
    }
}
