//! What a value is by its own looks: nothing, a reference, a placeholder, a word that everyone
//! guesses, or something random. Hand-written: no regular expression stands in the way of a scan.

use super::placeholder::{is_placeholder, is_to_be_changed};

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
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

/// Where references to secret managers, ciphertexts, hashes and public keys begin.
const REFERENCES: [&str; 41] = [
    // Spinnaker: `encrypted:k8s!n:name!k:key`.
    "encrypted:",
    "encryptedfile:",
    "vault:",
    "ref+",
    "<path:",
    "akv:",
    "awssm:",
    "gcpsm:",
    "op://",
    "bws:",
    "secretref",
    "@microsoft.keyvault(",
    "arn:aws:",
    "keyvault:",
    "enc[",
    "enc(",
    "$ansible_vault",
    "$2a$",
    "$2b$",
    "$2x$",
    "$2y$",
    "$argon2",
    "$1$",
    "$5$",
    "$6$",
    "$apr1$",
    "{ssha",
    "{sha",
    "pbkdf2",
    "$pbkdf2",
    "$scrypt$",
    "$y$",
    "sha256:",
    "scram-sha-",
    "file:",
    "env:",
    "secret:",
    "-----begin cert",
    "ssh-",
    "pk_live_",
    "pk_test_",
];

/// Values that say that nothing is set, or that something is switched.
const NOTHING: [&str; 20] = [
    "null",
    "~",
    "true",
    "false",
    "yes",
    "no",
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
pub(super) fn shape(value: &str) -> Shape {
    let value = value.trim();
    if value.is_empty() || is_any_of(value, &NOTHING) || is_only_one(value, "-_#?=~,;:/\"'") {
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

fn is_any_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether the value is one character again and again, one of `characters`.
pub(super) fn is_only_one(value: &str, characters: &str) -> bool {
    let first = value.chars().next();
    first.is_some_and(|first| characters.contains(first) && value.chars().all(|one| one == first))
}

pub(super) fn starts_with_any(value: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| {
        value
            .as_bytes()
            .get(..beginning.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(beginning.as_bytes()))
    })
}

fn is_reference(value: &str) -> bool {
    is_hashed_login(value)
        || starts_with_any(value, &REFERENCES)
        || is_template(value)
        || is_path(value)
        || is_path_of_store(value)
        || is_call(value)
        || is_sealed(value)
}

/// Whether a program computes the value: `os.getenv("X")`.
fn is_call(value: &str) -> bool {
    let Some((function, arguments)) = value.split_once('(') else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphabetic() || b"_.".contains(&byte);
    function.len() >= 3
        && function.bytes().all(is_name)
        && (arguments.starts_with(['"', '\'']) || arguments.starts_with(')'))
}

/// Whether a line is one of `htpasswd`: an account and the hash of its password.
fn is_hashed_login(line: &str) -> bool {
    [":$2y$", ":$2a$", ":$2b$", ":$apr1$", ":{SHA}"]
        .iter()
        .any(|mark| line.contains(mark))
}

/// Whether a text is a file of `htpasswd`: its passwords are hashed, but can be guessed at leisure.
pub(super) fn is_htpasswd(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_login = |line: &str| line.starts_with('#') || is_hashed_login(line);
    is_hashed_login(text) && !is_template(text) && lines.all(is_login)
}

/// Whether something is filled in when the value is used.
fn is_template(value: &str) -> bool {
    let is_variable = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let between = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(is_variable)
    };
    // Grafana: `$__env{NAME}`, `$__file{path}`.
    ["${", "$(", "{{", "}}", "<%", "#{", "$$(", "$__"]
        .iter()
        .any(|mark| value.contains(mark))
        || value.strip_prefix('$').is_some_and(is_variable)
        || between("%", "%")
        || between("@", "@")
        || between("__", "__")
        || (value.starts_with("((") && value.ends_with("))"))
        || (value.starts_with("[[") && value.ends_with("]]"))
        || matches!(value, "%s" | "%v" | "%d" | "%q" | "?")
}

fn is_path(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let is_absolute = value.starts_with('/') && value.bytes().all(is_plain);
    let is_below_variable = value
        .strip_prefix('$')
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(name, rest)| {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            !name.is_empty() && name.bytes().all(is_word) && rest.bytes().all(is_plain)
        });
    let is_windows = value.get(1..3) == Some(":\\");
    let is_address = value.contains("://") && !value.contains('@');
    let ends_as_file = [
        "pem", "crt", "key", "jks", "p12", "txt", "json", "yaml", "yml", "conf",
    ];
    let is_file = value.contains('/')
        && value
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ends_as_file.contains(&ending));
    is_absolute
        || is_below_variable
        || is_windows
        || is_address
        || is_file
        || starts_with_any(value, &["./", "../", "~/"])
}

/// Where a store keeps a secret: three names or more with `/` between, as `secret/data/shop`.
fn is_path_of_store(value: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let is_name = |name: &str| {
        name.len() >= 2
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(is_plain)
    };
    value.split('/').count() >= 3 && value.split('/').all(is_name)
}

/// Ciphertext of SealedSecrets.
fn is_sealed(value: &str) -> bool {
    value.len() > 100 && value.starts_with("Ag") && value.bytes().all(is_base64)
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte)
}

/// The letters and digits of a value in lower case.
pub(super) fn letters(value: &str) -> String {
    value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|one| one.to_ascii_lowercase())
        .collect()
}

fn is_weak(value: &str) -> bool {
    let letters = letters(value);
    let plain = letters.trim_end_matches(|one: char| one.is_ascii_digit());
    let unleeted: String = value.chars().filter_map(unleet).collect();
    is_to_be_changed(value)
        || (value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit()))
        || is_one_letter(value)
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
pub(super) fn is_prose(value: &str) -> bool {
    value.split_whitespace().count() > 1 && !is_app_password(value)
}

/// Whether the value is a password that Google gives to a program: four times four letters.
fn is_app_password(value: &str) -> bool {
    let is_group = |word: &str| word.len() == 4 && word.bytes().all(|one| one.is_ascii_lowercase());
    let has_vowel = |word: &str| word.contains(['a', 'e', 'i', 'o', 'u']);
    let mut words = value.split(' ');
    words.clone().count() == 4 && words.clone().all(is_group) && !words.all(has_vowel)
}

/// Whether the value may be the name of an object or of a key: words with dashes, dots or
/// underscores.
pub(super) fn is_name(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let words: Vec<&str> = value.split(['-', '_', '.']).collect();
    let is_word = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_one_case = !value.bytes().any(|byte| byte.is_ascii_lowercase())
        || !value.bytes().any(|byte| byte.is_ascii_uppercase());
    // Thirty-two hexadecimal digits behind `sk-` are no word.
    let is_drawn =
        |word: &&str| word.len() >= 20 && word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    is_one_case
        && !words.iter().any(is_drawn)
        && value.bytes().all(is_plain)
        && words.iter().filter(is_word).count() * 2 >= words.len()
}

/// Whether the value may be the name of a Kubernetes object: several words, all in lower case.
pub(super) fn is_object_name(value: &str) -> bool {
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
    const THINGS: [&str; 14] = [
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
    ];
    let last = value.rsplit('-').next().unwrap_or(value);
    is_object_name(value) && THINGS.contains(&last)
}

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
    let words = super::words::words(value);
    let first = words.first().map_or("", String::as_str);
    let speaks = ["secret", "token", "key", "passw"]
        .iter()
        .any(|word| value_letters.contains(word));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_counted = digits >= 2 && digits < value.len();
    value.len() >= 8
        && value.len() <= 512
        && value.bytes().all(is_part)
        && !value.starts_with('$')
        && !value_letters.ends_with("secrets")
        && (speaks || is_counted || is_word_as_key(value, key))
        && (is_complex(value) || !STUBS.contains(&first))
        && !ALGORITHMS.contains(&first)
        && !letters(key).ends_with(&value_letters)
        && !(letters(key).ends_with("secret") && may_name_a_secret(value, key))
        && !is_generic(&words)
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
/// ends in `_SECRET` holds one where the value has a number.
fn may_name_a_secret(value: &str, key: &str) -> bool {
    let is_variable = key.contains('_') && !key.bytes().any(|byte| byte.is_ascii_lowercase());
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    value.bytes().all(is_plain) && !(is_variable && has_digit)
}

/// Whether a made-up token cannot be the name of a Secret or of one of its keys.
pub(super) fn is_no_name(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    has(|byte| !byte.is_ascii_alphanumeric() && !b"-_.".contains(byte)) || (is_mixed && digits >= 2)
}

/// Whether a value is a long word of several in camel case, which no Kubernetes object is called.
pub(super) fn is_camel(value: &str) -> bool {
    let humps = value.bytes().filter(u8::is_ascii_uppercase).count();
    value.len() >= 16
        && value.starts_with(|first: char| first.is_ascii_lowercase())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && humps >= 2
}

/// Whether all words of a name are such as any key or token is called by: `access-token`.
fn is_generic(words: &[String]) -> bool {
    const WORDS: [&str; 16] = [
        "api", "access", "auth", "secret", "token", "key", "client", "bearer", "id", "jwt",
        "password", "user", "name", "header", "refresh", "apikey",
    ];
    words.iter().all(|word| WORDS.contains(&word.as_str()))
}

/// Whether twelve characters or more look drawn at random: letters of both cases and digits among
/// them, since a word may have one capital and a number at its end.
pub(super) fn is_short_random(value: &str) -> bool {
    let word = value.trim_end_matches(|one: char| one.is_ascii_digit());
    value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
        && is_random(value, 12)
}

/// Whether sixteen letters or more look drawn at random: both cases in short runs, as in no words
/// with capitals.
pub(super) fn is_drawn_letters(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_upper = |byte: &u8| byte.is_ascii_uppercase();
    let runs = bytes.chunk_by(|one, next| is_upper(one) == is_upper(next));
    let (mut count, mut long_upper, mut short_lower) = (0, 0, 0);
    for run in runs {
        count += 1;
        long_upper += usize::from(run.len() > 1 && is_upper(&run[0]));
        short_lower += usize::from(run.len() == 1 && !is_upper(&run[0]));
    }
    value.len() >= 16
        && bytes.iter().all(u8::is_ascii_alphabetic)
        && count * 3 >= value.len()
        && long_upper >= 1
        && short_lower >= 2
}

/// Whether a password meets what most products ask of one: letters of both cases, digits and
/// something else.
pub(super) fn is_complex(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

/// Whether the value names an environment variable: `DB_PASSWORD`.
pub(super) fn is_variable_name(value: &str) -> bool {
    value.contains('_')
        && value.starts_with(|first: char| first.is_ascii_uppercase())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether the value looks drawn at random: long, letters and digits mixed, no name, no UUID.
pub(super) fn is_random(value: &str, length: usize) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    // Words without blanks, such as `base64encodedkey`, have few digits and one case.
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_of_token = value
        .bytes()
        .all(|byte| is_base64(byte) || byte == b'.' || byte == b'~');
    value.len() >= length
        && value.len() <= 4096
        && is_of_token
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (is_mixed || value.bytes().filter(u8::is_ascii_digit).count() >= 4)
        && distinct(value) >= 8
        && !is_uuid(value)
        && !is_name(value)
        && (!value.contains('.') || value.starts_with("eyJ") || value.starts_with("hvs."))
}

pub(super) fn distinct(value: &str) -> usize {
    let seen = value
        .bytes()
        .fold(0_u128, |seen, byte| seen | 1 << (byte & 127));
    seen.count_ones() as usize
}

/// Whether the value is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
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
            "encrypted:k8s!n:shop!k:password",
            "secret/data/shop",
            "shop/host7/pass",
            "$RUNNER_TEMP/git-askpass",
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
        for value in ["", " ", "true", "No", "null", "none", "-", "---"] {
            assert_eq!(shape(value), Shape::Empty, "{value}");
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
        ] {
            assert_eq!(shape(value), Shape::Weak, "{value}");
        }
        for value in [
            "hQ7-tr,99",
            "$hQ7,/tr99",
            "Tr0ub4dor&3",
            "P@ssing-by-77",
            "mysecretpassword",
            "herewegoagain",
            "db-admin-pass",
        ] {
            assert_eq!(shape(value), Shape::Plain, "{value}");
        }
    }

    #[test]
    fn names_are_not_random() {
        for value in [
            "my-client-secret",
            "keycloak-client1-secret",
            "11111111-2222-3333-4444-555555555555",
            "registry.example.com",
            "oauth2_proxy_cookie",
            "base64encodedaccountkey",
        ] {
            assert!(!is_random(value, 16), "{value}");
        }
        assert!(is_random("9f86d081884c7d659a2feaa0c55ad015", 16));
        assert!(is_random("aB3dE5gH7jK9mN1pQ3sT", 16));
        assert!(is_random("sk-9f86d081884c7d659a2feaa0c55ad015", 16));
        assert!(is_short_random("1kQfbvtTb2iY"));
        assert!(is_drawn_letters("aQbTxYKmzWcRvLPfgHsN"));
        for value in [
            "myVerySecretTokenForShop",
            "SHOPTOKENFORSHOPS",
            "HTTPSTokenOfTheShop",
        ] {
            assert!(!is_drawn_letters(value), "{value}");
        }
        for value in [
            "MyServiceKey12",
            "accountKey2022",
            "Authorization",
            "shop-Key-1-2x",
        ] {
            assert!(!is_short_random(value), "{value}");
        }
    }
}
