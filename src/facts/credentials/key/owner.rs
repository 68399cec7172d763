//! Names that begin with the credential's and end with whose it is: `PASSWORD_POSTGRES`, `API_KEY_OPENAI`,
//! `db.password.admin`.

use super::words::{before_last, ends_ignoring_case, words};
use super::{Meaning, of_end};

/// Products, services and accounts. A word that may also say something about a credential is none of them:
/// where it is kept (`vault`), to whom it is sent (`email`), what is in it (`user`).
const OWNERS: [&str; 66] = [
    "admin",
    "airflow",
    "anthropic",
    "api",
    "app",
    "aws",
    "azure",
    "backend",
    "bitbucket",
    "bot",
    "cassandra",
    "clickhouse",
    "cloudflare",
    "couchdb",
    "database",
    "datadog",
    "db",
    "discord",
    "elastic",
    "elasticsearch",
    "facebook",
    "ftp",
    "gcp",
    "gitea",
    "github",
    "gitlab",
    "google",
    "grafana",
    "harbor",
    "influxdb",
    "jenkins",
    "jira",
    "jwt",
    "kafka",
    "keycloak",
    "ldap",
    "loginradius",
    "mailgun",
    "mariadb",
    "minio",
    "mongo",
    "mongodb",
    "mssql",
    "mysql",
    "n8n",
    "neo4j",
    "nexus",
    "openai",
    "opensearch",
    "oracle",
    "paypal",
    "pg",
    "postgres",
    "postgresql",
    "rabbitmq",
    "redis",
    "root",
    "sendgrid",
    "sentry",
    "sftp",
    "slack",
    "smtp",
    "sonarqube",
    "stripe",
    "telegram",
    "twilio",
];

/// What a key means whose last word says whose the credential is that its other words name. Only of a password
/// anything is one; the name of a Secret may be written in the same order.
pub(super) fn of_beginning(key: &str) -> Option<Meaning> {
    let words = words(key);
    let owner = words.last().filter(|_| !before_last(&words).is_empty())?;
    if !OWNERS.contains(&owner.as_str()) {
        return None;
    }
    let is_behind = |one: char| one.is_ascii_digit() || "_-.".contains(one);
    let key = key.trim_end_matches(is_behind);
    if !ends_ignoring_case(key, owner) {
        return None;
    }
    let rest = key[..key.len() - owner.len()].trim_end_matches(['_', '-', '.']);
    match of_end(rest) {
        Meaning::Password => Some(Meaning::Password),
        Meaning::Secret | Meaning::SureToken | Meaning::Token => Some(Meaning::Token),
        Meaning::Other => of_beginning(rest),
        Meaning::Key
        | Meaning::Login
        | Meaning::User
        | Meaning::AccessKey
        | Meaning::Kept
        | Meaning::Named => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::meaning;
    use super::*;

    #[test]
    fn a_credential_may_be_named_before_whose_it_is() {
        for key in [
            "PASSWORD_POSTGRES",
            "PASSWORD_DB_1",
            "passwordMysql",
            "password_app",
            "PASS_DB",
            "PWD_DB",
            "DB_PASSWORD_ADMIN",
            "password.mysql",
            "db.password.admin",
            "SENHA_POSTGRES",
            "PASSWORD_ROOT_MYSQL",
        ] {
            assert_eq!(meaning(key), Meaning::Password, "{key}");
        }
        for key in [
            "SECRET_STRIPE",
            "CLIENT_SECRET_GOOGLE",
            "TOKEN_TELEGRAM",
            "ACCESS_TOKEN_GITLAB",
            "API_KEY_OPENAI",
            "thirdparty.apikey.loginradius",
            "x.secret.stripe",
        ] {
            assert_eq!(meaning(key), Meaning::Token, "{key}");
        }
    }

    #[test]
    fn what_is_said_of_a_credential_is_none() {
        for key in [
            "PASSWORD_FILE",
            "PASSWORD_POLICY",
            "PASSWORD_RESET_URL",
            "PASSWORD_SECRET_NAME",
            "PASSWORD_KEY",
            "passwordKeyRedis",
            "secretNameRedis",
            "existingSecretRedis",
            "existing_secret_db",
            "RESET_PASSWORD_ADMIN",
            "USE_PASSWORD_DB",
            "PASSWORD_USER",
            "SECRET_STORE",
            "TOKEN_ISSUER",
            "TOKEN_HEADER_API",
            "MAX_TOKENS_OPENAI",
            "API_KEY_HEADER",
            "PASSWORD_AUTH_MYSQL",
            "VITE_API_KEY_OPENAI",
            "PUBLIC_KEY_STRIPE",
            "proxy_pass_app",
            "KEY_STRIPE",
            "root",
            "admin",
        ] {
            assert!(!meaning(key).is_credential(), "{key}");
        }
    }
}
