//! What the last word of a name makes of it, with the words before.

use super::vocabulary::{
    KEY_OF, NO_KEY, NO_TOKEN, PIN_OF, SECRET_NAMED, SECRET_OF, SECRETS_OF_ORY, SURE_KEY_OF,
};
use super::words::{contains_ignoring_case, is_field, is_screaming};
use super::{Meaning, is_password};

/// What a key is by its last word, once it is no login, user, password or switch.
pub(super) fn meaning(key: &str, last: &str, before: &[String]) -> Meaning {
    let previous = before.last().map_or("", String::as_str);
    match last {
        "secret" => of_secret(key, previous, before),
        "token" => of_token(key, previous, before),
        "key" => of_key(key, previous, before),
        "keys" => of_keys(key, previous, before),
        "base" if previous == "key" => of_key_base(key, before),
        _ => of_word(key, last, previous).unwrap_or_else(|| of_compound(key, last, before)),
    }
}

fn of_secret(key: &str, previous: &str, before: &[String]) -> Meaning {
    match previous {
        "key" if has(before, "access") => Meaning::Secret,
        // Hyperledger Fabric: the password with which somebody enrolls.
        "enroll" => Meaning::Password,
        // OpenStack: `application_credential_secret`; in charts it may name a Secret.
        "credential" => Meaning::Token,
        // Graylog: `password_secret`; `passwordSecret` names a Secret.
        _ if key.to_ascii_lowercase().ends_with("password_secret") => Meaning::Token,
        // A property of that name holds one, or Graylog's `password.secret`.
        _ if key.ends_with(".secret") => dotted_secret(key, previous),
        // Jenkins' plugin for directories calls the password of its own account so.
        "password" if key == "managerPasswordSecret" => Meaning::Secret,
        // The Secret that holds a key: `privateKeySecret`.
        "key" if is_field(key) && !is_of_an_api(before) => Meaning::Token,
        // A variable of that name is no field that names a Secret.
        _ if key == "SECRET" => Meaning::Secret,
        _ => secret(key, previous),
    }
}

fn of_token(key: &str, previous: &str, before: &[String]) -> Meaning {
    match previous {
        // The first token is given like a password; authentik's opens everything.
        "bootstrap" if is_screaming(key) => Meaning::Password,
        "jupyter" | "admin" | "root" | "registration" | "reload" => Meaning::Password,
        // Logz.io: `account_token`; a chart's field says whether one is mounted.
        "account" if key.contains('_') => Meaning::Token,
        // `serviceAccountToken`: what says where it comes from is no string.
        _ if is_of_service_account(before) => Meaning::Token,
        _ => token(previous),
    }
}

fn of_key(key: &str, previous: &str, before: &[String]) -> Meaning {
    match previous {
        "access" if has(before, "shared") => Meaning::Token,
        "access" if !has(before, "secret") => Meaning::AccessKey,
        "shared" if has(before, "pre") => Meaning::SureToken,
        // Rails encrypts columns with it; any other is one of a table.
        "primary" if has(before, "encryption") => Meaning::Token,
        // With what the members of MongoDB's replica set know each other.
        _ if is_of_replica_set(before) => Meaning::Password,
        // What an interface signs its forms with; no Secret's key is called so.
        "csrf" => Meaning::Password,
        // What a server of an interface asks for.
        "server" if is_of_an_api(before) && is_screaming(key) => Meaning::SureToken,
        // WordPress signs with them: `LOGGED_IN_KEY`, `NONCE_KEY`.
        "nonce" if is_screaming(key) => Meaning::SureToken,
        "in" if has(before, "logged") && is_screaming(key) => Meaning::SureToken,
        _ => opening_key(key, previous, before),
    }
}

fn of_keys(key: &str, previous: &str, before: &[String]) -> Meaning {
    let is_variable = is_screaming(key);
    match previous {
        // Strapi: `APP_KEYS`, with commas between.
        "app" if is_variable => Meaning::Token,
        // Weaviate: `AUTHENTICATION_APIKEY_ALLOWED_KEYS`.
        "allowed" if is_of_an_api(before) && is_variable => Meaning::Secret,
        _ if is_of_an_api(before) => Meaning::Token,
        _ => Meaning::Other,
    }
}

/// Rails: `SECRET_KEY_BASE`; GitLab: `DB_KEY_BASE`.
fn of_key_base(key: &str, before: &[String]) -> Meaning {
    if has(before, "secret") || has(before, "secrets") {
        Meaning::Secret
    } else if is_screaming(key) {
        Meaning::Token
    } else {
        Meaning::Other
    }
}

/// A word that says enough with the one before it.
fn of_word(key: &str, last: &str, previous: &str) -> Option<Meaning> {
    let is_variable = is_screaming(key);
    Some(match (last, previous) {
        // APISIX Dashboard spells it so.
        ("secrets" | "secert", _) => secret(key, previous),
        // What Redis' own client logs in with.
        ("auth", "rediscli") => Meaning::Password,
        // Mostly the password; of mail it says how to log in.
        ("auth", "redis" | "valkey" | "snmpv") => Meaning::Token,
        // What lets in to SNMP.
        ("community", "snmp") => Meaning::Password,
        ("string", "community") if contains_ignoring_case(key, "snmp") => Meaning::Password,
        // What a hardware module asks its users for.
        ("pin", of) if PIN_OF.contains(&of) => Meaning::Password,
        // A personal access token.
        ("pat", _) | ("claim", "plex") => Meaning::Token,
        // `keystorePasswordCA`; what passwords are computed from.
        ("ca", of) if is_password(of, "") => Meaning::Password,
        ("seed" | "salt", of) if is_password(of, "") => Meaning::Token,
        // Rails: `…_ENCRYPTION_KEY_DERIVATION_SALT`.
        ("salt", "derivation") if is_variable => Meaning::Token,
        // Consul and Nomad: what their gossip is encrypted with; elsewhere it says how, or whether.
        ("encrypt", _) if key.ends_with("encrypt") => Meaning::Token,
        // Strapi and WordPress sign with them: `API_TOKEN_SALT`, `AUTH_SALT`, `LOGGED_IN_SALT`.
        ("salt", "token" | "auth" | "in" | "nonce") if is_variable => Meaning::Secret,
        // Unleash: `INIT_CLIENT_API_TOKENS`; what a model counts is no secret.
        ("tokens", _) if is_variable => token(previous),
        // Chroma: a token, or a login where a colon stands in it.
        ("credentials", "auth" | "authn" | "authentication") if is_variable => Meaning::SureToken,
        // What a directory is asked with.
        ("credential" | "credentials", "bind") => Meaning::Password,
        // The code that every account is let in with.
        ("code", "super") => Meaning::Password,
        _ => return None,
    })
}

/// A word that is several by itself, or that needs more before it than one.
fn of_compound(key: &str, last: &str, before: &[String]) -> Meaning {
    let previous = before.last().map_or("", String::as_str);
    let is_variable = is_screaming(key);
    match last {
        "enrollsecret" | "restuserkey" | "csrfkey" => Meaning::Password,
        // Ory: `SECRETS_SYSTEM`.
        last if previous == "secrets"
            && before.len() == 1
            && is_variable
            && SECRETS_OF_ORY.contains(&last) =>
        {
            Meaning::Secret
        }
        "clientsecret" | "jwtsecret" | "appsecret" => Meaning::Secret,
        last if last.ends_with("secret") => Meaning::Token,
        // Vault's AppRole: an account is its `ROLE_ID`, its password the `SECRET_ID`.
        "id" if previous == "secret" && !is_of_bitwarden(before) => Meaning::Token,
        // A login, or what is behind `Basic` in base64; how to log in is no random value.
        "auth" if previous == "basic" && before.len() > 1 && is_variable => Meaning::Token,
        "apitoken" | "authtoken" | "accesstoken" => token(previous),
        // What a mail provider gives to a program instead of a password.
        "code" if before.len() > 1 && matches!(previous, "auth" | "authorization") => {
            Meaning::Secret
        }
        // HTTP's header.
        "authorization" => Meaning::SureToken,
        "accesskey" => Meaning::AccessKey,
        "apikeys" | "privatekey" | "sharedaccesskey" | "storagekey" | "joinkey" => Meaning::Token,
        "hashkey" if previous == "cookie" => Meaning::Token,
        // CrowdSec: `BOUNCER_KEY_traefik`.
        _ if before.ends_with(&["bouncer".to_owned(), "key".to_owned()]) => Meaning::Token,
        "secretkey" | "masterkey" | "authkey" | "cryptkey" | "psk" => Meaning::SureToken,
        last if ["apikey", "encryptionkey", "encryptkey"]
            .iter()
            .any(|ending| last.ends_with(ending)) =>
        {
            Meaning::SureToken
        }
        last if last.ends_with("accountkey") => Meaning::Token,
        last if last.ends_with("secretaccesskey") => Meaning::Secret,
        last if last.ends_with("appkey") => Meaning::Token,
        _ => Meaning::Other,
    }
}

fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|one| one == word)
}

/// Bitwarden's `SECRET_ID` says which secret to fetch.
fn is_of_bitwarden(before: &[String]) -> bool {
    before
        .iter()
        .any(|word| matches!(word.as_str(), "bitwarden" | "bws" | "bw"))
}

/// `replicaSetKey`, `MONGODB_REPLICA_SET_KEY`.
fn is_of_replica_set(before: &[String]) -> bool {
    before.last().is_some_and(|last| last == "replicaset")
        || before.ends_with(&["replica".to_owned(), "set".to_owned()])
}

/// `serviceAccountToken`, not `automountServiceAccountToken`.
fn is_of_service_account(before: &[String]) -> bool {
    before.ends_with(&["service".to_owned(), "account".to_owned()]) && before[0] != "automount"
}

fn is_of_an_api(before: &[String]) -> bool {
    before
        .iter()
        .any(|word| matches!(word.as_str(), "api" | "apikey"))
}

fn secret(key: &str, previous: &str) -> Meaning {
    let is_screaming = is_screaming(key);
    if SECRET_OF.contains(&previous) {
        Meaning::Secret
    } else if !SECRET_NAMED.contains(&previous) {
        Meaning::SureToken
    } else if is_screaming {
        Meaning::Token
    } else {
        Meaning::Other
    }
}

fn dotted_secret(key: &str, previous: &str) -> Meaning {
    match secret(key, previous) {
        Meaning::Other | Meaning::SureToken => Meaning::Token,
        meaning => meaning,
    }
}

fn token(previous: &str) -> Meaning {
    if NO_TOKEN.contains(&previous) {
        Meaning::Other
    } else {
        Meaning::SureToken
    }
}

/// `SECRET_KEY` and `SECRET_ACCESS_KEY` are secrets; `secretKey` mostly names a key of a Secret.
fn opening_key(key: &str, previous: &str, before: &[String]) -> Meaning {
    let is_screaming = is_screaming(key);
    let is_of_pair = previous == "access"
        && before
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|word| word == "secret");
    if is_of_pair || (previous == "secret" && is_screaming) {
        Meaning::Secret
    } else if previous == "secret" || SURE_KEY_OF.contains(&previous) {
        Meaning::SureToken
    } else if KEY_OF.contains(&previous) {
        Meaning::Token
    } else if !previous.is_empty() && !NO_KEY.contains(&previous) {
        Meaning::Key
    } else {
        Meaning::Other
    }
}
