//! Instructions: values whose words tell a reader what to put there.

/// Words that tell a reader to do something.
const INSTRUCTING: [&str; 25] = [
    "generate", "create", "make", "choose", "pick", "seton", "setby", "b64", "base64", "encoded",
    "put", "insert", "enter", "paste", "provide", "supply", "specify", "fill", "use", "your",
    "goes", "here", "replace", "tobeset", "string",
];

/// Words that such an instruction is made of besides.
pub(super) const NAMING: [&str; 49] = [
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
}
