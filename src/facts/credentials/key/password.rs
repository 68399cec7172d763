//! Names of passwords, and of what is given like one.

use super::vocabulary::{BEFORE_PASS, FOREIGN, NO_PASSWORD};
use super::words::ends_with;

/// What is given like a password and opens everything: the root token of Vault's development
/// mode, the cookie with which the nodes of Erlang know each other, what coturn computes the passwords of, and what
/// phpMyAdmin encrypts them with.
pub(super) fn opens_everything(words: &[String]) -> bool {
    const NAMES: [&[&str]; 7] = [
        &["static", "auth", "secret"],
        &["blowfish", "secret"],
        &["dev", "root", "token", "id"],
        &["dev", "root", "token"],
        &["erlang", "cookie"],
        &["release", "cookie"],
        &["node", "cookie"],
    ];
    NAMES.iter().any(|name| ends_with(words, name))
}

/// `password.shop-user`: the password of that user; so is Quarkus' `…users.embedded.users.shop`.
pub(super) fn is_password_of_user(key: &str, last: &str) -> bool {
    let is_named = |user: &str| !user.is_empty() && !user.contains('.');
    let of_quarkus = key.rsplit_once("users.embedded.users.");
    (last == "user" && key.strip_prefix("password.").is_some_and(is_named))
        || of_quarkus.is_some_and(|(_, user)| is_named(user))
}

/// Whether the last words of a name say that its value is one.
pub(super) fn is_password(last: &str, previous: &str) -> bool {
    let is_word = matches!(
        last,
        "pwd" | "passcode" | "psw" | "pswd" | "pw" | "masterauth" | "passwort" | "passwrd"
    );
    let is_pass = last.ends_with("pass") && !NO_PASSWORD.contains(&last) && last.len() <= 14;
    let is_compound = ["password", "passwords", "passwd", "passphrase"]
        .iter()
        .any(|ending| last.ends_with(ending));
    let is_short =
        (last.ends_with("pwd") && last != "oldpwd") || last == "rootpw" || last == "adminpw";
    is_word
        || is_short
        || is_foreign(last, previous)
        || (is_pass && !(last == "pass" && BEFORE_PASS.contains(&previous)))
        || (is_compound && !last.starts_with("nopass") && !last.starts_with("usepass"))
}

/// `DB_SENHA`, `motDePasse`. Three letters say so behind another word only: `DB_MDP`.
fn is_foreign(last: &str, previous: &str) -> bool {
    match last {
        "passe" => previous == "de",
        "mdp" => !previous.is_empty(),
        _ => FOREIGN.contains(&last),
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::credentials::key::{Meaning, meaning};

    #[test]
    fn passwords_are_told_by_the_end_of_the_key() {
        for key in [
            "POSTGRES_PASSWORD",
            "password",
            "DB_PASS",
            "PGPASSWORD",
            "adminPassword",
            "rootpw",
            "spring.datasource.password",
            "server.ssl.key-store-password",
            "requirepass",
            "NEO4J_dbms_default__password",
            "PASSWORD_1",
            "mysqlPasswd",
            "MYSQL_PWD",
            "DB_SENHA",
            "senha",
            "motDePasse",
            "MOT_DE_PASSE",
            "DB_MDP",
            "lösenord",
            "RELEASE_COOKIE",
            "blowfish_secret",
            "EMQX_NODE__COOKIE",
            "LOGIN_PIN",
            "DEFAULT_ROOT_PSW",
            "db_pswd",
            "dbpass",
            "KAFKA_CLIENT_PASSWORDS",
            "DBPassword",
            "passphrase",
            "csrfKey",
            "replicaSetKey",
            "MONGODB_REPLICA_SET_KEY",
            "CSRF_KEY",
            "javax.net.ssl.keyStorePassword",
            "quarkus.security.users.embedded.users.shop",
            "SNMP_COMMUNITY",
            "snmpCommunityString",
        ] {
            assert_eq!(meaning(key), Meaning::Password, "{key}");
        }
    }
}
