//! What the name of a setting says about its value: hand-written, since it is asked for every key
//! of every file. `words` reads a name as words, `vocabulary` has what they mean, `ending` what the last one
//! does, `password` which of them are one, `owner` whose it is; `header` knows
//! the two halves of a header; `plural` judges names of lists, `kept` those of a Secret's entries.

pub(super) mod browser;
mod ending;
pub(super) mod header;
pub(super) mod kept;
mod owner;
mod password;
pub(super) mod plural;
pub(super) mod vocabulary;
pub(super) mod words;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use password::{is_password, is_password_of_user, opens_everything};
use vocabulary::{EXPOSED, FOREIGN, HINTS, RULES, SWITCHES, TAILS};
use words::{before_last, ends_ignoring_case, ends_with};

/// What the value of a key is, as far as the key's name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A password: whatever stands there literally is one.
    Password,
    /// A secret under a name that is rarely used for anything else, such as `CLIENT_SECRET`.
    Secret,
    /// A token or key; only a value that looks like one is one.
    Token,
    /// A token or key under a name that is used for nothing else, such as `API_KEY`: what somebody
    /// made up counts as well.
    SureToken,
    /// A token or key in a Secret: whatever stands there, unless it is a word only.
    Kept,
    /// `…_KEY` without a word on what for; only a long random value is a credential.
    Key,
    /// A user name and a password with a colon between.
    Login,
    /// A user name.
    User,
    /// The name of a key pair's public half in some services, the key itself in others: only a
    /// random value is a credential.
    AccessKey,
    /// Nothing by itself, but a product keeps its password under it: only a known default counts.
    Named,
    /// Anything else.
    Other,
}

impl Meaning {
    /// Whether the value may be a credential.
    pub(super) fn is_credential(self) -> bool {
        matches!(
            self,
            Self::Password
                | Self::Secret
                | Self::Token
                | Self::SureToken
                | Self::Key
                | Self::AccessKey
                | Self::Kept
                | Self::Login
                | Self::Named
        )
    }
}

/// What a key's name says; upper and lower case, `_`, `-`, `.` and camel case are the same.
pub(super) fn meaning(key: &str) -> Meaning {
    let has_short_hint = || {
        ["pat", "pin", "encrypt"]
            .iter()
            .chain(&FOREIGN)
            .any(|hint| ends_ignoring_case(key, hint))
    };
    if !has_hint(key) && !has_short_hint() {
        return Meaning::Other;
    }
    match of_end(key) {
        Meaning::Other => owner::of_beginning(key).unwrap_or(Meaning::Other),
        meaning => meaning,
    }
}

/// What the end of a key's name says.
fn of_end(key: &str) -> Meaning {
    let mut words = words::words(key);
    while words
        .last()
        .is_some_and(|word| TAILS.contains(&word.as_str()))
    {
        words.pop();
    }
    let Some((last, before)) = words.split_last() else {
        return Meaning::Other;
    };
    let previous = before.last().map_or("", String::as_str);
    if is_login(&words) {
        return Meaning::Login;
    }
    if opens_everything(&words) || is_password_of_user(key, last) {
        return Meaning::Password;
    }
    if is_user(last, previous) {
        return Meaning::User;
    }
    if protects_what_is_kept(&words) {
        return Meaning::SureToken;
    }
    // Charts: `existingSecretAccessKey` is the key in a Secret that is there.
    let is_reference = is_of_a_secret(&words) || is_of_a_path(&words) || words[0] == "existing";
    if is_reference || is_switch(key, &words) {
        return Meaning::Other;
    }
    if is_password(last, previous) {
        return Meaning::Password;
    }
    match ending::meaning(key, last, before) {
        Meaning::Token | Meaning::SureToken | Meaning::Key if browser::is_in_pages(key) => {
            Meaning::Other
        }
        meaning => meaning,
    }
}

/// Whether a key holds one of the words without which it means nothing here: one pass, since it is asked of all.
fn has_hint(key: &str) -> bool {
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(HINTS)
            .expect("a few short words make a small automaton")
    });
    WORDS.is_match(key)
}

/// Whether a key, of whose words those at its end may be left out, names a switch or a rule about a
/// credential, not the credential.
fn is_switch(key: &str, words: &[String]) -> bool {
    let is_any = |words: &[String], of: &[&str]| words.iter().any(|one| of.contains(&one.as_str()));
    let previous = before_last(words);
    is_any(&words[first_of_name(key, words)..], &SWITCHES)
        || is_any(words, &EXPOSED)
        || SWITCHES.contains(&previous)
        || RULES.contains(&previous)
}

/// The first word behind the last dot of a key: what stands before it are names of other things.
fn first_of_name(key: &str, words: &[String]) -> usize {
    let before = key
        .rfind('.')
        .map_or(0, |dot| words::words(&key[..dot]).len());
    if before < words.len() { before } else { 0 }
}

/// `k8s_secret_password`, Spark's `spark.kubernetes.driver.secretKeyRef.DB_PASSWORD`: the value says in which
/// Secret the password is.
fn is_of_a_secret(words: &[String]) -> bool {
    let is_named = words.windows(2).any(|pair| {
        matches!(pair[0].as_str(), "k8s" | "kubernetes" | "kube") && pair[1] == "secret"
    });
    is_named
        || words
            .windows(3)
            .any(|name| *name == ["secret", "key", "ref"])
}

/// `vaultKeyPassword`: the value says under which key of a path in Vault the password is.
fn is_of_a_path(words: &[String]) -> bool {
    words.len() > 2 && words[0] == "vault" && words[1] == "key"
}

/// Kafka's clients: `basic.auth.user.info`.
fn is_login(words: &[String]) -> bool {
    words.ends_with(&["auth".to_owned(), "user".to_owned(), "info".to_owned()])
}

/// With what a program signs and encrypts its cookies and the keys that it keeps: `cookieHash`,
/// `ACCESS_KEY_ENCRYPTION`. Alone, `encryption` says how, and `hash` of what.
fn protects_what_is_kept(words: &[String]) -> bool {
    const NAMES: [&[&str]; 3] = [
        &["cookie", "hash"],
        &["cookie", "encryption"],
        &["access", "key", "encryption"],
    ];
    NAMES.iter().any(|name| ends_with(words, name))
}

fn is_user(last: &str, previous: &str) -> bool {
    matches!(last, "user" | "username" | "login" | "userid")
        // Keycloak: `KEYCLOAK_ADMIN`.
        || (last == "admin" && previous == "keycloak")
        || (last == "name" && previous == "user")
        || (last == "id" && previous == "user")
        || last.ends_with("username")
        || (last.ends_with("user") && last.len() <= 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_of_basic_authentication_may_hold_a_login() {
        assert_eq!(meaning("SHOP_BASIC_AUTH"), Meaning::Token);
        for key in [
            "BASIC_AUTH",
            "ENABLE_BASIC_AUTH",
            "shopBasicAuth",
            "shop_basic_auth",
        ] {
            assert_eq!(meaning(key), Meaning::Other, "{key}");
        }
    }

    #[test]
    fn what_only_mentions_a_password_is_none() {
        for key in [
            "passwordSecretName",
            "spark.kubernetes.driver.secretKeyRef.DB_PASSWORD",
            "existingSecret",
            "DB_PASSWORD_FILE",
            "PASSWORD_RESET_ENABLED",
            "minPasswordLength",
            "GIT_ASKPASS",
            "askpass",
            "passwordKey",
            "passKey",
            "tokenSecretRef",
            "ALLOW_EMPTY_PASSWORD",
            "bypass",
            "usePassword",
            "generatePassword",
            "proxy_pass",
            "sslPassthrough",
            "PASSWORD_HASH",
            "passwordSecret",
            "imagePullSecrets",
            "tlsSecret",
            "tokenReview",
            "keyVault",
            "authority",
            "secretName",
            "publicKey",
            "partitionKey",
            "nextPageToken",
            "automountServiceAccountToken",
            "MAX_PASSWORD",
            "SENHA_MINIMA",
            "TROCAR_SENHA_URL",
            "senhaSecretName",
            "mdp",
            "PRIMARY_KEY",
            "primaryKey",
            "keyDerivationSalt",
            "DB_AUTH",
            "encryptAtRest",
            "PASSWORD_POLICY",
            "clientSecretName",
            "ERLANG_COOKIE_FILE",
            "sessionCookie",
            "checksum/shop-secret",
            "secretCA",
            "persistentVolumeClaim",
            "spat",
            "db.encryptedPassword",
            "app.encrypted.password",
            "hashed_admin_password",
            "STRIPE_PUBLIC_API_KEY",
            "pubKey",
            "PUB_KEY",
            "verificationKey",
            "stripe.publishable.api-key",
            "VITE_MIXPANEL_TOKEN",
            "PUSHER_APP_KEY",
            "PEER_KEY",
            "vaultKeyPassword",
        ] {
            assert!(!meaning(key).is_credential(), "{key}");
        }
    }

    #[test]
    fn secrets_tokens_and_keys_are_told_apart() {
        assert_eq!(meaning("CLIENT_SECRET"), Meaning::Secret);
        assert_eq!(meaning("jwtSecret"), Meaning::Secret);
        assert_eq!(meaning("AWS_SECRET_ACCESS_KEY"), Meaning::Secret);
        assert_eq!(meaning("DJANGO_SECRET_KEY"), Meaning::Secret);
        assert_eq!(meaning("SECRET_KEY_BASE"), Meaning::Secret);
        assert_eq!(meaning("SHOP_SECRETS_OTP_KEY_BASE"), Meaning::Secret);
        assert_eq!(meaning("DB_KEY_BASE"), Meaning::Token);
        assert_eq!(meaning("API_SERVER_KEY"), Meaning::SureToken);
        assert_eq!(meaning("SERVER_KEY"), Meaning::Key);
        assert_eq!(meaning("REGISTRY_HTTP_SECRET"), Meaning::Secret);
        assert_eq!(meaning("s3-secret-access-key"), Meaning::Secret);
        assert_eq!(meaning("enrollsecret"), Meaning::Password);
        assert_eq!(meaning("restuserkey"), Meaning::Password);
        assert_eq!(meaning("VAULT_DEV_ROOT_TOKEN_ID"), Meaning::Password);
        assert_eq!(meaning("RABBITMQ_ERLANG_COOKIE"), Meaning::Password);
        assert_eq!(meaning("erlangCookie"), Meaning::Password);
        assert_eq!(meaning("static-auth-secret"), Meaning::Password);
        assert_eq!(meaning("turn.staticAuthSecret"), Meaning::Password);
        assert_eq!(meaning("auth-secret"), Meaning::SureToken);
        assert_eq!(meaning("staticAuthSecretName"), Meaning::Other);
        assert_eq!(meaning("password.shop-user"), Meaning::Password);
        assert_eq!(meaning("password_secret"), Meaning::Token);
        assert_eq!(meaning("privateKeySecret"), Meaning::Token);
        assert_eq!(meaning("credentialSecret"), Meaning::Token);
        assert_eq!(meaning("credentialsSecret"), Meaning::Other);
        assert_eq!(meaning("apiKeySecret"), Meaning::SureToken);
        for key in [
            "kv.encryptedObjects.encryptionKey",
            "KV_ENCRYPTIONKEY",
            "shop.public.hash.api-key",
        ] {
            let expected = if key.contains("public") {
                Meaning::Other
            } else {
                Meaning::SureToken
            };
            assert_eq!(meaning(key), expected, "{key}");
        }
        assert_eq!(meaning("show.service.password"), Meaning::Password);
        assert_eq!(meaning("policy-db-password"), Meaning::Password);
        assert_eq!(meaning("policyPassword"), Meaning::Password);
        assert_eq!(meaning("RETENTION_POLICY_TOKEN"), Meaning::SureToken);
        assert_eq!(meaning("VAULT_SECRET_ID"), Meaning::Token);
        assert_eq!(meaning("secret_key"), Meaning::SureToken);
        assert_eq!(meaning("shop-secret"), Meaning::SureToken);
        assert_eq!(meaning("password.secret"), Meaning::Token);
        assert_eq!(meaning("minio-creds.secret"), Meaning::Token);
        assert_eq!(meaning("jwt.secret"), Meaning::Secret);
        assert_eq!(meaning("user.password.user"), Meaning::User);
        assert_eq!(meaning("STRIPE_PUBLISHABLE_KEY"), Meaning::Other);
        assert_eq!(
            meaning("AUTHENTICATION_APIKEY_ALLOWED_KEYS"),
            Meaning::Secret
        );
        assert_eq!(meaning("apikey.allowed_keys"), Meaning::Token);
        assert_eq!(meaning("API_KEY_INTERNAL"), Meaning::SureToken);
        assert_eq!(meaning("DB_PASSWORD_PROD"), Meaning::Password);
        assert_eq!(meaning("user-pin"), Meaning::Password);
        assert_eq!(meaning("REDISCLI_AUTH"), Meaning::Password);
        assert_eq!(meaning("SMTP_AUTH"), Meaning::Other);
        for key in [
            "REDIS_AUTH",
            "redis-auth",
            "SNMPV3_AUTH",
            "application-credential-secret",
            "credential_secret",
            "SHOP_ENCRYPTION_PRIMARY_KEY",
            "SHOP_ENCRYPTION_KEY_DERIVATION_SALT",
            "JF_SHARED_SECURITY_JOINKEY",
            "COOKIE_HASHKEY",
            "BOUNCER_KEY_TRAEFIK",
            "account_token",
            "encrypt",
        ] {
            assert_eq!(meaning(key), Meaning::Token, "{key}");
        }
        assert_eq!(meaning("PKCS11_PIN"), Meaning::Password);
        assert_eq!(meaning("mapping"), Meaning::Other);
        assert_eq!(meaning("gpio-pin"), Meaning::Other);
        assert_eq!(meaning("GITHUB_PAT"), Meaning::Token);
        assert_eq!(meaning("pat"), Meaning::Token);
        assert_eq!(meaning("PLEX_CLAIM"), Meaning::Token);
        assert_eq!(meaning("PASSWORD_SEED"), Meaning::Token);
        assert_eq!(meaning("SHOP_PASSWORD_SALT"), Meaning::Token);
        assert_eq!(meaning("keystorePasswordCA"), Meaning::Password);
        assert_eq!(meaning("ALLOWED_API_KEYS"), Meaning::Token);
        assert_eq!(
            meaning("schema.registry.basic.auth.user.info"),
            Meaning::Login
        );
        assert_eq!(meaning("secretKey"), Meaning::SureToken);
        assert_eq!(meaning("SECRET"), Meaning::Secret);
        assert_eq!(meaning("secret"), Meaning::SureToken);
        assert_eq!(meaning("accessSecret"), Meaning::Secret);
        assert_eq!(meaning("INIT_CLIENT_API_TOKENS"), Meaning::SureToken);
        assert_eq!(meaning("APP_KEYS"), Meaning::Token);
        assert_eq!(meaning("API_TOKEN_SALT"), Meaning::Secret);
        assert_eq!(meaning("SQLSETTINGS_ATRESTENCRYPTKEY"), Meaning::SureToken);
        assert_eq!(meaning("appKeys"), Meaning::Other);
        assert_eq!(meaning("HASH_SALT"), Meaning::Other);
        assert_eq!(meaning("MAX_TOKENS"), Meaning::Other);
        assert_eq!(meaning("tokens"), Meaning::Other);
        assert_eq!(meaning("mail.authorizationCode"), Meaning::Secret);
        assert_eq!(meaning("SMTP_AUTH_CODE"), Meaning::Secret);
        assert_eq!(meaning("authorizationCode"), Meaning::Other);
        assert_eq!(meaning("superCode"), Meaning::Password);
        assert_eq!(meaning("useSuperCode"), Meaning::Other);
        assert_eq!(meaning("statusCode"), Meaning::Other);
        assert_eq!(meaning("GITHUB_TOKEN"), Meaning::SureToken);
        assert_eq!(meaning("AccountKey"), Meaning::Token);
        assert_eq!(meaning("COSMOS_KEY"), Meaning::Key);
        assert_eq!(meaning("ROOT_KEY"), Meaning::Token);
        assert_eq!(meaning("FILE_TOKEN_KEY"), Meaning::Token);
        assert_eq!(meaning("POSTGRES_USER"), Meaning::User);
        assert_eq!(meaning("MINIO_ROOT_USER"), Meaning::User);
    }
}
