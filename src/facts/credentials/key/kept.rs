//! Names that say more than `key` asks: of what a Secret keeps, and of what is hidden when a line
//! is shown.

use super::browser::is_in_pages;
use super::vocabulary::{NO_KEY, NO_PASSWORD, SECRET_OF};
use super::words::{before_last, contains_ignoring_case, ends_ignoring_case, words};
use super::{is_switch, meaning};

/// Whether an entry of a Secret is a key or a salt by its name: wider than [`meaning`], since what
/// stands in a Secret is meant to be secret.
pub(in crate::facts::credentials) fn is_kept_key(key: &str) -> bool {
    const NO_KEY_AT_ALL: [&str; 7] = [
        "pubkey",
        "publickey",
        "monkey",
        "turkey",
        "hotkey",
        "sitekey",
        "sshkey",
    ];
    let mut words = words(key);
    if ends_ignoring_case(key, "salt") {
        // What hashes are made with: no hash.
        words.retain(|word| word != "hash");
    }
    let last = words.last().map_or("", String::as_str);
    // `key` alone may be of anything.
    let is_key = last.ends_with("key")
        && (words.len() > 1 || last != "key")
        && !NO_KEY_AT_ALL.contains(&last)
        && !NO_KEY.contains(&before_last(&words));
    (is_key || last.ends_with("salt")) && !is_switch(key, &words) && !is_in_pages(key)
}

/// Whether an entry of a Secret is called the secret of what something is let in with: `shop-db-password-secret`.
pub(in crate::facts::credentials) fn is_called_secret(key: &str) -> bool {
    let words = words(key);
    words.last().is_some_and(|last| last == "secret")
        && matches!(
            before_last(&words),
            "password" | "passwd" | "passphrase" | "db" | "database" | "user"
        )
        && !is_switch(key, &words)
}

/// Whether an entry of a Secret is named after an account of a database, its value the password.
pub(in crate::facts::credentials) fn is_account(key: &str) -> bool {
    const ACCOUNTS: [&str; 14] = [
        "root",
        "admin",
        "monitor",
        "operator",
        "replication",
        "replicator",
        "xtrabackup",
        "clustercheck",
        "proxyadmin",
        "pmmserver",
        "databaseadmin",
        "clusteradmin",
        "useradmin",
        "backup",
    ];
    ACCOUNTS.contains(&key.to_ascii_lowercase().as_str())
}

/// Whether an entry of a Secret is the password of a database's first account: `db-root`.
pub(in crate::facts::credentials) fn is_root_of_database(key: &str) -> bool {
    const DATABASES: [&str; 12] = [
        "db",
        "database",
        "mysql",
        "mariadb",
        "postgres",
        "postgresql",
        "pg",
        "mongo",
        "mongodb",
        "mssql",
        "sql",
        "percona",
    ];
    let words = words(key);
    words.last().is_some_and(|last| last == "root") && DATABASES.contains(&before_last(&words))
}

/// Whether the value under a key of values says what something else is called or where it is kept: `adminSecretName`,
/// `existingSecret`, `passwordKey`.
pub(in crate::facts::credentials) fn names_what_is_kept(key: &str) -> bool {
    const KEPT: [&str; 5] = ["secret", "password", "token", "credentials", "creds"];
    const NAMES: [&str; 4] = ["name", "ref", "path", "file"];
    let words = words(key);
    let Some(last) = words.last() else {
        return false;
    };
    let is_kept = KEPT.contains(&before_last(&words));
    let is_named = is_kept && NAMES.contains(&last.as_str());
    let is_key = last == "key" && matches!(before_last(&words), "password" | "token");
    words[0] == "existing" || is_named || is_key
}

/// Whether a value under this key is better not shown: wider than [`meaning`], since hiding too
/// much costs little.
pub(in crate::facts::credentials) fn hides(key: &str) -> bool {
    let is_named = [
        "pass",
        "pwd",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "credential",
    ]
    .iter()
    .any(|word| contains_ignoring_case(key, word));
    if !is_named {
        return meaning(key).is_credential();
    }
    const TOLD: [&str; 51] = [
        "plugin",
        "name",
        "names",
        "ref",
        "refs",
        "file",
        "files",
        "path",
        "dir",
        "url",
        "uri",
        "class",
        "id",
        "provider",
        "length",
        "min",
        "max",
        "age",
        "days",
        "expiry",
        "expiration",
        "expires",
        "validity",
        "lifetime",
        "duration",
        "interval",
        "timeout",
        "algorithm",
        "header",
        "prefix",
        "rounds",
        "iterations",
        "ttl",
        "seconds",
        "policy",
        "enabled",
        "namespace",
        "kind",
        "type",
        "mode",
        "issuer",
        "audience",
        "endpoint",
        "location",
        "generator",
        "version",
        "projections",
        "reviews",
        "count",
        "provided",
        "mount",
    ];
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    let is_thing =
        matches!(last, "secret" | "secrets") && !SECRET_OF.contains(&before_last(&words));
    let is_bypass = NO_PASSWORD.contains(&last) || last.starts_with("passthrough");
    let is_told = TOLD.contains(&last) && !(last == "id" && before_last(&words) == "secret");
    !(is_told || (is_thing && words.len() > 1) || is_bypass || last == "passing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_secret_keeps_is_told_by_less() {
        for key in [
            "loggedinkey",
            "secureauthkey",
            "authsalt",
            "SHOP_HASH_SALT",
            "vm_external_dns_key",
            "installation_key",
        ] {
            assert!(is_kept_key(key), "{key}");
        }
        for key in [
            "public_key",
            "access_key_id",
            "ssh-publickey",
            "sitekey",
            "use_key",
            "host",
            "group-key",
            "BUGSNAG_API_KEY",
        ] {
            assert!(!is_kept_key(key), "{key}");
        }
    }

    #[test]
    fn the_first_account_of_a_database_is_told() {
        for key in ["db-root", "SHOP_MYSQL_ROOT"] {
            assert!(is_root_of_database(key), "{key}");
        }
        for key in ["root", "web-root", "root-db", "db_root_path"] {
            assert!(!is_root_of_database(key), "{key}");
        }
    }

    #[test]
    fn keys_of_values_name_what_is_kept_elsewhere() {
        for key in [
            "adminSecretName",
            "existingSecret",
            "existingPasswordSecret",
            "passwordKey",
            "tokenSecretRef",
        ] {
            assert!(names_what_is_kept(key), "{key}");
        }
        for key in [
            "password",
            "secret",
            "secretKey",
            "name",
            "adminSecret",
            "tokenKeys",
        ] {
            assert!(!names_what_is_kept(key), "{key}");
        }
    }

    #[test]
    fn names_of_things_are_shown() {
        for key in [
            "secretName",
            "passwordSecretRef",
            "TOKEN_FILE",
            "existingSecret",
            "tokenUrl",
            "nativePasswordPlugin",
        ] {
            assert!(!hides(key), "{key}");
        }
        for key in [
            "password",
            "PASSWORD_HASH",
            "dbPasswordOld",
            "secret",
            "apiToken",
            "COSMOS_KEY",
        ] {
            assert!(hides(key), "{key}");
        }
    }
}
