//! Instructions: values whose words tell a reader what to put there.

/// Words that tell a reader to do something.
const INSTRUCTING: [&str; 25] = [
    "generate", "create", "make", "choose", "pick", "seton", "setby", "b64", "base64", "encoded",
    "put", "insert", "enter", "paste", "provide", "supply", "specify", "fill", "use", "your",
    "goes", "here", "replace", "tobeset", "string",
];

/// Words that such an instruction is made of besides.
pub(super) const NAMING: [&str; 50] = [
    "oidc",
    "provider",
    "account",
    "a",
    "an",
    "the",
    "my",
    "our",
    "some",
    "any",
    "own",
    "real",
    "actual",
    "valid",
    "strong",
    "secure",
    "random",
    "new",
    "very",
    "long",
    "in",
    "with",
    "for",
    "of",
    "and",
    "or",
    "it",
    "this",
    "that",
    "value",
    "alpha",
    "numeric",
    "alphanumeric",
    "format",
    "password",
    "passwd",
    "pass",
    "secret",
    "token",
    "key",
    "api",
    "access",
    "client",
    "user",
    "db",
    "database",
    "admin",
    "private",
    "public",
    "credentials",
];

/// What a reader is asked to do, behind `please` or as the first word.
const REQUESTS: [&str; 9] = [
    "request", "ask", "obtain", "acquire", "get", "apply", "register", "contact", "fetch",
];

/// Whether the words of a value ask a reader to get what belongs there from somebody: `please-request-an-api-key`,
/// `ask-the-admins-for-a-token`. Alone, or without the word for what is to be got, they may be a password.
pub(super) fn is_request(value: &str) -> bool {
    const THINGS: [&str; 10] = [
        "key",
        "apikey",
        "token",
        "password",
        "secret",
        "credential",
        "credentials",
        "licence",
        "license",
        "access",
    ];
    const LINKS: [&str; 8] = ["a", "an", "the", "your", "own", "for", "from", "at"];
    // What is written as one word asks nobody.
    if value.len() > 120 || !value.contains(['-', '_', ' ']) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|one: char| !one.is_ascii_alphanumeric())
        .collect();
    let is_polite = words[0] == "please";
    let asked = &words[usize::from(is_polite)..];
    let is_linked = asked.iter().any(|word| LINKS.contains(word));
    asked.first().is_some_and(|verb| REQUESTS.contains(verb))
        && asked.iter().skip(1).any(|word| THINGS.contains(word))
        && (is_polite || is_linked)
        && lower.bytes().filter(u8::is_ascii_digit).count() < 2
}

/// `put-unique-phrase-here-auth-salt`: what is to be put there, and behind that what for.
pub(super) fn asks_to_put_here(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let mut words = lower.split(['-', '_', ' ']);
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_asked = words
        .next()
        .is_some_and(|verb| matches!(verb, "put" | "insert" | "enter" | "paste" | "type"));
    is_asked && words.clone().all(is_word) && words.any(|word| word == "here")
}

/// Whether a value names the command that makes what belongs there: `CHANGEME_openssl_rand_hex_32`.
pub(super) fn names_maker(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|one: char| !one.is_ascii_alphanumeric())
        .collect();
    words.windows(2).any(|pair| *pair == ["openssl", "rand"])
}

/// Whether the letters are words that tell a reader what to put there, and nothing else:
/// `insert_password`, `somesecretgoeshere`, `paste-the-token-here`.
pub(super) fn is_instruction(letters: &str) -> bool {
    // `mybase64password` is what somebody took for one.
    let is_taken = letters.starts_with("my") && letters.ends_with("password");
    if letters.len() > 80 || is_taken {
        return false;
    }
    // For each length of a beginning that words make up, whether one of them instructs.
    let mut made: Vec<Option<bool>> = vec![None; letters.len() + 1];
    made[0] = Some(false);
    for at in 0..letters.len() {
        let Some(instructs) = made[at] else { continue };
        let words = INSTRUCTING.iter().map(|word| (word, true));
        for (word, is_telling) in words.chain(NAMING.iter().map(|word| (word, false))) {
            if letters[at..].starts_with(word) {
                let end = &mut made[at + word.len()];
                *end = Some(end.unwrap_or(false) || instructs || is_telling);
            }
        }
    }
    made[letters.len()] == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_has_no_words_of_its_own() {
        for letters in [
            "insertpassword",
            "somesecretgoeshere",
            "pastethetokenhere",
            "generatearandomkeyhere",
            "createastrongsecret",
        ] {
            assert!(is_instruction(letters), "{letters}");
        }
        for letters in [
            "shoppassword",
            "mybase64password",
            "herewegoagain",
            "password",
            "generateshopkey",
        ] {
            assert!(!is_instruction(letters), "{letters}");
        }
    }

    #[test]
    fn the_command_that_makes_a_value_is_none() {
        for value in [
            "CHANGEME_openssl_rand_hex_32",
            "generate-with-openssl-rand--base64-32",
            "run `openssl rand -hex 16`",
        ] {
            assert!(names_maker(value), "{value}");
        }
        for value in ["openssl-shop-7", "openssl_random_hQ7", "rand-openssl"] {
            assert!(!names_maker(value), "{value}");
        }
    }

    #[test]
    fn a_request_says_what_is_to_be_got() {
        for value in [
            "please-request-a-maps-api-key",
            "PLEASE_REQUEST_API_KEY",
            "request-a-key-at-shop.example.com",
            "ask the admins for a token",
            "get-your-own-key",
        ] {
            assert!(is_request(value), "{value}");
        }
        for value in [
            "please-let-me-in",
            "please-change-the-password",
            "request-token",
            "get-a-life",
            "ask-me-for-a-key-1987",
            "pleaserequestakey",
            "access-key",
        ] {
            assert!(!is_request(value), "{value}");
        }
    }
}
