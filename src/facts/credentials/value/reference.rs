//! Values that stand for something kept elsewhere: references, ciphertexts, hashes, templates; `path` knows places.

use super::characters::{is_base64, starts_with_any};
use super::looked_up::is_looked_up;
use super::name::is_variable_name;
use super::path::is_kept_at_path;
use super::public_key::{is_public_id, is_public_key};
use super::random::is_short_random;
use super::salted::is_marked_digest;
use super::shuffled::is_shuffled;

/// Where references to secret managers, ciphertexts, hashes and public keys begin.
const REFERENCES: [&str; 66] = [
    // What a build of Docker takes: `--secret id=name,src=file`.
    "id=",
    // Spinnaker: `encrypted:k8s!n:name!k:key`.
    "encrypted:",
    "encryptedfile:",
    // Traefik: `urn:k8s:secret:name:key`.
    "urn:k8s:",
    "vault:",
    "ref+",
    "<path:",
    "akv:",
    "awssm:",
    "aws-secretsmanager:",
    "awsssm:",
    "aws-ssm:",
    "ssm:/",
    "gcpsm:",
    "gsm:",
    "gcp:secretmanager:",
    "gcpsecretsmanager:",
    "keyring:",
    // Bank-Vaults: filled in at the start, or later.
    "bao:",
    ">>vault:",
    ">>bao:",
    "op://",
    "bws:",
    "akeyless:",
    // What Azure's injector fills in: `akvs:name@vault`.
    "akvs:",
    "conjur:",
    // Spring Cloud Config, whose server decrypts it, and what a program looks up by itself.
    "{cipher}",
    "{vault}",
    // The images of linuxserver.io.
    "file__/",
    "secretref",
    "@microsoft.keyvault(",
    // The partitions of China and of the government have names of their own behind.
    "arn:aws",
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
    "$7$",
    "$apr1$",
    "{ssha",
    "{sha",
    // Dovecot names the scheme of a hash.
    "{blf-crypt}",
    "{crypt}",
    "{argon2",
    "{pbkdf2}",
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
    // Mapbox' public tokens, which pages have; the secret ones begin with `sk.`.
    "pk.eyj",
];

pub(in crate::facts::credentials) fn is_reference(value: &str) -> bool {
    is_hashed_login(value)
        || starts_with_any(value, &REFERENCES)
        || is_template(value)
        || is_kept_at_path(value)
        || is_call(value)
        || is_in_environment(value)
        || is_sealed(value)
        || is_public_key(value)
        || is_public_id(value)
        || is_marked_digest(value)
        || is_key_of_secret(value)
}

/// Argo CD's references to a Secret: `$name:key` of any, `$connector.clientSecret` of its own.
fn is_key_of_secret(value: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let is_word = |word: &str| {
        word.len() >= 2
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
    };
    let Some(name) = value.strip_prefix('$') else {
        return false;
    };
    match name.split_once(':') {
        Some((secret, key)) => {
            let is_lower = !secret.bytes().any(|byte| byte.is_ascii_uppercase());
            secret.len() >= 3 && is_lower && is_part(secret) && key.split(':').all(is_part)
        }
        None => name.contains('.') && name.split('.').all(is_word),
    }
}

/// Whether a program computes the value: `os.getenv("X")`.
fn is_call(value: &str) -> bool {
    let Some((function, arguments)) = value.split_once('(') else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphabetic() || b"_.".contains(&byte);
    let arguments = arguments.trim_start_matches('\\');
    function.len() >= 3
        && function.bytes().all(is_name)
        && (arguments.starts_with(['"', '\'']) || arguments.starts_with(')'))
}

/// Whether a value is a variable as a program, a template or a tool names it in the environment:
/// `process.env.DB_PASSWORD`, `os.environ/DB_PASSWORD`, `os.environ["X"]`, `%env(resolve:X)%`, `$ENV{X}`,
/// supervisord's `%(ENV_X)s`.
fn is_in_environment(value: &str) -> bool {
    let Some(end) = value.find(|one: char| !one.is_ascii_alphanumeric() && !"$%._".contains(one))
    else {
        return is_variable_of(value);
    };
    let (head, rest) = value.split_at(end);
    let is_environment = ends_with_environment(head);
    match rest.as_bytes()[0] {
        b'/' => is_environment && is_shouted_name(&rest[1..]),
        b'(' if head == "%" => rest.starts_with("(ENV_") && rest.ends_with(")s"),
        b'(' => is_environment && rest.trim_end_matches('%').ends_with(')'),
        b'[' => is_environment && rest.ends_with(']'),
        b'{' => is_environment && rest.ends_with('}'),
        _ => false,
    }
}

/// `process.env.DB_PASSWORD`, `import.meta.env.DB_PASSWORD`, `env.DB_PASSWORD`.
fn is_variable_of(value: &str) -> bool {
    let parts = value.rsplit_once('.');
    parts.is_some_and(|(head, name)| ends_with_environment(head) && is_shouted_name(name))
}

/// Whether a name has capitals and digits, as most variables have.
fn is_shouted_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(is_part)
}

/// Whether the last word of a name is that of the environment: `os.environ`, `ENV`, `$_ENV`.
fn ends_with_environment(name: &str) -> bool {
    let last = name.rsplit(['.', '$', '%', '_']).next().unwrap_or(name);
    ["env", "environ"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word))
}

/// Whether a line is one of `htpasswd` or `shadow`: an account and the hash of its password.
fn is_hashed_login(line: &str) -> bool {
    const MARKS: [&str; 14] = [
        ":$2y$",
        ":$2a$",
        ":$2b$",
        ":$apr1$",
        ":{SHA}",
        ":{SSHA",
        ":$1$",
        ":$5$",
        ":$6$",
        ":$7$",
        ":$y$",
        ":$argon2",
        ":$pbkdf2",
        ":pbkdf2_sha",
    ];
    line.contains(':') && MARKS.iter().any(|mark| line.contains(mark))
}

/// Whether a text is a file of `htpasswd`: its passwords are hashed, but can be guessed at leisure.
pub(in crate::facts::credentials) fn is_htpasswd(text: &str) -> bool {
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
    let between = |mark: &str| {
        value
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
            .is_some_and(is_variable)
    };
    // A script puts the value there: `sed s/#NAME#/x/`.
    let is_shouted = !value.bytes().any(|byte| byte.is_ascii_lowercase());
    // Grafana: `$__env{NAME}`, `$__file{path}`; Stalwart: `%{env:NAME}%`.
    ["${", "}}", "<%", "#{", "$__", "%{"]
        .iter()
        .any(|mark| value.contains(mark))
        || opens_command(value)
        || opens_action(value)
        // A line of a script that was taken for one of YAML keeps its last quote: `echo "a: $A"`. A shell ends its
        // quotes around a variable: `-d '{"password":"'$A'"}'`.
        || value
            .trim_start_matches(['\\', '\''])
            .trim_end_matches(['"', '\'', ';'])
            .strip_prefix('$')
            .is_some_and(is_variable)
        || is_looked_up(value)
        || (!is_drawn_within(value)
            && ["%", "%%", "@", "@@", "__", "##", "$$"]
                .into_iter()
                .any(between))
        || (is_shouted && between("#"))
        || value.strip_prefix('#').is_some_and(is_variable_name)
        || (value.starts_with("((") && value.ends_with("))"))
        || (value.starts_with("[[") && value.ends_with("]]"))
        || matches!(value.trim_end_matches("\\n"), "%s" | "%v" | "%d" | "%q" | "?")
        || is_mark(value)
        || ["os.environ[", "os.environ.", "os.getenv(", "process.env."]
            .iter()
            .any(|start| value.starts_with(start))
}

/// Whether a value is the mark of what whoever logs in has typed: `%p` of Roundcube, `%u`, `%n`.
fn is_mark(value: &str) -> bool {
    matches!(value.as_bytes(), [b'%', letter] if letter.is_ascii_lowercase())
}

/// Whether a value has a command or a variable in it, `$(x)`, of which a line may have cut off the end:
/// in `a$(b1Xq9` they are two characters as any others.
fn opens_command(value: &str) -> bool {
    value.match_indices("$(").any(|(at, mark)| {
        let rest = &value[at + mark.len()..];
        let is_word = |byte: u8| byte.is_ascii_lowercase() || b"_-. ".contains(&byte);
        at == 0 || rest.contains(')') || rest.bytes().all(is_word)
    })
}

/// Whether what stands between the first and the last character looks drawn at random, and is no name
/// that something is filled in for: `{R5L3GFD6YPtw}`.
pub(super) fn is_drawn_within(value: &str) -> bool {
    let inner = value
        .get(1..value.len().saturating_sub(1))
        .unwrap_or_default();
    is_short_random(inner)
        || (inner.bytes().any(|byte| byte.is_ascii_digit()) && is_shuffled(inner))
}

/// Whether a value has `{{` as an action begins, though its end may have been cut off: in
/// `xU=R{{n/` it is two characters as any others.
fn opens_action(value: &str) -> bool {
    value.match_indices("{{").any(|(at, mark)| {
        let rest = &value[at + mark.len()..];
        at == 0 || rest.is_empty() || rest.starts_with([' ', '-', '.', '$', '"', '%', '#'])
    })
}

/// Ciphertext of SealedSecrets.
fn is_sealed(value: &str) -> bool {
    value.len() > 100 && value.starts_with("Ag") && value.bytes().all(is_base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_looks_up_is_no_literal() {
        for value in [
            "os.environ/DB_PASSWORD",
            "process.env.DB_PASSWORD",
            "import.meta.env.X",
            "ENV[\"X\"]",
            "os.environ['DB_PASSWORD']",
            "$_ENV['X']",
            "$ENV{X}",
            "env(X)",
            "%env(resolve:DB_PASSWORD)%",
            "%(ENV_DB_PASSWORD)s",
            r#"os.getenv(\"X\")"#,
            "System.getenv(\"X\")",
            "$DB_PASSWORD\"",
            "shop:$6$Kx1vV9m0y7YpQ1sQ$mJ1rOe4m3cC0h7n8oWQm2v5y8z1a",
            "shop:$7$101$Kx1vV9m0y7YpQ1sQ$mJ1rOe4m3cC0h7n8oWQm2v5y8z1a",
            "shop:$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub",
            "ssm:/shop/db/password",
            "aws-secretsmanager:shop/db",
            "arn:aws-cn:secretsmanager:cn-north-1:1:secret:shop",
            "gcp:secretmanager:projects/x/secrets/y",
            "projects/123456/secrets/DB_PASSWORD/versions/latest",
            "bao:secret/data/shop#key",
            ">>vault:secret/data/shop#key",
            "secretsmanager:prod/db:password",
            "k8s:shop/db/password",
            "akvs:db-password@shop-kv",
            "{cipher}a3f5bb1c4d2e6f7890abcdef",
            "FILE__/run/secrets/db",
            "@/run/secrets/db",
            "{BLF-CRYPT}$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6",
        ] {
            assert!(is_reference(value), "{value}");
        }
        for value in [
            "env.hQ7tr99x",
            "env(hQ7tr99x",
            "environ/hq7",
            "shop.DB_PASSWORD",
            "tenv[hQ7tr99x]",
            "%(hQ7tr99x)",
            "gsm77",
            "projects-shop/secrets",
            "admin:hQ7tr99xKq",
            "p4ss:/word",
            "shop:7/hQ7tr99x",
            "@hQ7/tr99x",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }
}
