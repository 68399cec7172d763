//! Products and the passwords they ship: whose setting a value stands in.

use serde::{Deserialize, Serialize};

use super::around::Around;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::words::{contains_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};

/// A product, with what tells that a setting is its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Product {
    id: String,
    pub name: String,
    #[serde(default)]
    images: Vec<String>,
    #[serde(default)]
    pub environment: Vec<String>,
    #[serde(default)]
    pub values: Vec<String>,
    /// What its charts are called, where its id does not say it.
    #[serde(default)]
    charts: Vec<String>,
    #[serde(default)]
    pub passwords: Vec<Pair>,
}

/// A password that a product ships or that its examples spread, and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pair {
    #[serde(default)]
    pub username: Option<String>,
    pub password: String,
    /// Whether others have such a word, too, so that it counts only under the product's own names.
    #[serde(default)]
    pub everyday: bool,
    /// Whether nobody else has such an account, so that it tells whose password stands beside it: `elastic`.
    #[serde(default)]
    own: bool,
    /// Whether it is a word that anyone sets anywhere, so that it is guessed and no default of the product.
    #[serde(default)]
    pub habit: bool,
}

impl Pair {
    /// Whether it may be of one of these users.
    pub(super) fn is_of(&self, users: &[&str]) -> bool {
        let is_known = |user: &str| users.iter().any(|known| known.eq_ignore_ascii_case(user));
        users.is_empty() || self.username.as_deref().is_none_or(is_known)
    }
}

impl Product {
    /// The pair with this password, where its user name does not speak against it.
    pub(in crate::facts::credentials) fn pair(&self, value: &str, users: &[&str]) -> Option<&Pair> {
        let mut pairs = self.pairs(value);
        pairs.find(|pair| pair.is_of(users))
    }

    /// The pairs with this password.
    pub(in crate::facts::credentials) fn pairs(&self, value: &str) -> impl Iterator<Item = &Pair> {
        self.passwords
            .iter()
            .filter(move |pair| pair.password == value)
    }

    /// Whether a password is called after the product: `minioadmin`.
    pub(super) fn gives_its_name(&self, password: &str) -> bool {
        let rest = password.strip_prefix(self.id.as_str());
        rest.is_some_and(|rest| rest.len() >= 3)
    }

    /// What one of its pairs is around here.
    pub(super) fn verdict(&self, pair: &Pair, around: Around<'_>) -> Verdict {
        if pair.habit {
            return Verdict::Weak;
        }
        // The account of a database may be set elsewhere.
        let is_told = |user: &String| {
            pair.is_of(around.users)
                && (!around.users.is_empty()
                    || !self.is_database()
                    || self.names_account(around.key, user))
        };
        Verdict::Default {
            product: self.name.clone(),
            user: pair.username.clone().filter(is_told),
        }
    }

    /// How much speaks for this product; 0 is nothing.
    pub(super) fn strength(&self, around: Around<'_>, is_distinct: bool) -> u8 {
        let is_named = self
            .environment
            .iter()
            .any(|key| is_same_name(key, around.key));
        let is_of_keys = names_key_store(around.parent) || names_key_store(around.key);
        let by_image = around.image.is_some_and(|image| self.has_image(image))
            && (is_named || !is_of_keys)
            && (is_named
                || match self.is_database() {
                    // A database asks for passwords; the key of an interface is of another product.
                    true => !is_token(around.key),
                    false => !self.is_behind(around.key),
                });
        let by_key = is_named && (by_image || is_telling(around.key));
        let by_scheme = around.scheme.is_some_and(|scheme| self.has_scheme(scheme));
        let tail = |path: &str| path.rsplit('.').next().map(str::to_owned);
        let by_chart = self.is_around(around.surroundings)
            && self
                .values
                .iter()
                .filter(|path| !is_of_keys || names_key_store(path))
                .filter_map(|path| tail(path))
                .any(|name| is_same_name(&name, around.key));
        let by_value = self.environment.is_empty()
            && self.images.is_empty()
            && self.values.iter().any(|path| path == around.key);
        // `grafana: {adminPassword: x}`, however far below.
        let is_path = |path: &str| {
            let below = path.strip_prefix(around.parent);
            path == around.key || below.and_then(|rest| rest.strip_prefix('.')) == Some(around.key)
        };
        let by_named_value = self
            .values
            .iter()
            .any(|path| is_path(path) && path.to_lowercase().contains(&self.id));
        let strengths = [
            (by_key, 4),
            (by_image, 2),
            (by_scheme, 2),
            (by_chart, 2),
            (by_named_value, 2),
            (by_value, 1),
        ];
        let sum = strengths
            .iter()
            .filter(|(is_so, _)| *is_so)
            .map(|(_, strength)| strength)
            .sum();
        if is_distinct { u8::max(sum, 1) } else { sum }
    }

    /// Whether names around have the product's, or that of its charts.
    fn is_around(&self, names: &str) -> bool {
        let own = self.id.trim_start_matches("apache-");
        names.contains(own) || self.charts.iter().any(|chart| names.contains(chart))
    }

    /// Whether the names around say whose this pair is: the setting's own or its parent's beside the account's, or
    /// that of an account that only this database has, as `postgres`.
    pub(super) fn owns_pair(&self, around: Around<'_>, pair: &Pair) -> bool {
        let is_beside = |user: &str| {
            let mut users = around.users.iter();
            users.any(|known| known.eq_ignore_ascii_case(user))
        };
        let Some(user) = pair.username.as_deref().filter(|user| is_beside(user)) else {
            return false;
        };
        let is_account = self.is_database()
            && user.len() >= 5
            && user == pair.password
            && self.id.starts_with(user);
        // `grafana: {username: admin, password: admin}`, and the same in `grafana.ini`; what has more words in its
        // name may be about others.
        let parent = around.parent.split('.').next().unwrap_or_default();
        let is_named =
            || words(around.key).contains(&self.id) || parent.eq_ignore_ascii_case(&self.id);
        let is_own = || is_named() && !self.is_behind(around.key);
        !names_key_store(around.key)
            && !is_token(around.key)
            && (pair.own || is_account || is_own())
    }

    /// Whether the password of a database may be its own.
    pub(super) fn is_database(&self) -> bool {
        const DATABASES: [&str; 12] = [
            "sql",
            "maria",
            "mongo",
            "redis",
            "neo4j",
            "oracle",
            "cassandra",
            "clickhouse",
            "couch",
            "influx",
            "cockroach",
            "arango",
        ];
        DATABASES.iter().any(|name| self.id.contains(name))
    }

    /// Whether a key says whose password it is: `MYSQL_ROOT_PASSWORD`, where `POSTGRES_PASSWORD` is any
    /// account's.
    pub(super) fn names_account(&self, key: &str, user: &str) -> bool {
        !self.id.starts_with(user) && contains_ignoring_case(key, user)
    }

    /// Whether a setting's name says that it is about something behind the product: `KC_DB_PASSWORD`,
    /// `REDIS_PASSWORD`.
    fn is_behind(&self, key: &str) -> bool {
        const SERVICES: [&str; 15] = [
            "db",
            "database",
            "datasource",
            "jdbc",
            "ldap",
            "mail",
            "mariadb",
            "mongo",
            "mongodb",
            "mysql",
            "postgres",
            "postgresql",
            "rabbitmq",
            "redis",
            "smtp",
        ];
        let is_other =
            |word: &String| SERVICES.contains(&word.as_str()) && !self.id.contains(word.as_str());
        words(key).iter().any(is_other)
    }

    /// Whether a variable is one that the program of an image reads as its own.
    pub(in crate::facts::credentials) fn reads(&self, variable: &str, image: &str) -> bool {
        self.environment.iter().any(|key| key == variable) && self.has_image(image)
    }

    fn has_image(&self, image: &str) -> bool {
        let image = repository(image);
        self.images.iter().any(|known| {
            let known = known.trim_end_matches('*');
            match known.strip_suffix('/') {
                Some(_) => image.starts_with(known) || image.contains(&format!("/{known}")),
                None => image == known || image.ends_with(&format!("/{known}")),
            }
        })
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        let ids = match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => "postgresql",
            "mysql" | "mysql2" => "mysql",
            "mariadb" => "mariadb",
            "mongodb" | "mongodb+srv" => "mongodb",
            "redis" | "rediss" => "redis-valkey",
            "amqp" | "amqps" => "rabbitmq",
            "bolt" | "neo4j" => "neo4j",
            _ => return false,
        };
        self.id == ids
    }
}

/// Whether a password is the one that Java gives every store of certificates that are trusted, which anyone may
/// read: `trustStorePassword: changeit`.
pub(super) fn is_of_trust_store(password: &str, around: Around<'_>) -> bool {
    const NAMES: [&str; 5] = [
        "truststore",
        "trust-store",
        "trust_store",
        "trust.store",
        "cacerts",
    ];
    let is_named = |name: &str| NAMES.iter().any(|word| contains_ignoring_case(name, word));
    password == "changeit" && (is_named(around.key) || is_named(around.parent))
}

/// Whether a name is of a store of keys, whose password is no account's: `httpsKeyStore.password`.
pub(super) fn names_key_store(name: &str) -> bool {
    [
        "keystore",
        "truststore",
        "key-store",
        "key_store",
        "trust_store",
    ]
    .iter()
    .any(|word| contains_ignoring_case(name, word))
}

/// Whether a name is of the key or token of an interface.
fn is_token(name: &str) -> bool {
    matches!(meaning(name), Meaning::Token | Meaning::SureToken)
}

/// Whether a setting's name says whose it is: `DB_PASSWORD` is of any product.
fn is_telling(key: &str) -> bool {
    const COMMON: [&str; 30] = [
        "db",
        "database",
        "password",
        "pass",
        "passwd",
        "pwd",
        "user",
        "username",
        "admin",
        "root",
        "secret",
        "key",
        "jwt",
        "token",
        "api",
        "app",
        "client",
        "mail",
        "smtp",
        "dashboard",
        "indexer",
        "access",
        "id",
        "encryption",
        "default",
        "initial",
        "web",
        "url",
        "auth",
        "login",
    ];
    words(key)
        .iter()
        .any(|word| !COMMON.contains(&word.as_str()))
}

/// Whether two names of settings have the same letters: `a.keyStorePassword`, `A_KEYSTORE_PASSWORD`.
fn is_same_name(one: &str, other: &str) -> bool {
    let letters = |name: &'_ str| {
        let bytes = name.bytes().filter(u8::is_ascii_alphanumeric);
        bytes
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<u8>>()
    };
    one.eq_ignore_ascii_case(other)
        || (one.len().abs_diff(other.len()) <= 6 && letters(one) == letters(other))
}

/// An image without tag, digest and Docker Hub's own names.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    let image = image[name..]
        .find(':')
        .map_or(image, |colon| &image[..name + colon]);
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    image.strip_prefix("library/").unwrap_or(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_compared_without_registry_and_tag() {
        for image in [
            "postgres:16",
            "docker.io/library/postgres",
            "harbor.example.com/hub/postgres@sha256:0",
        ] {
            assert_eq!(repository(image).rsplit('/').next(), Some("postgres"));
        }
        assert_eq!(repository("localhost:5000/a/b"), "localhost:5000/a/b");
    }
}
