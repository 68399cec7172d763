//! Settings that switch authentication off: a table of products' settings, asked with the full
//! name of a setting wherever one stands.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::door::is_of_another;
use super::listeners::lets_in;
use super::reference::is_reference;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::words::is_screaming;
use crate::facts::credentials::line::is_comment;
use crate::facts::gate::Topic;

/// A row of `authentication_off` in `policies/credentials/authentication.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::facts::credentials) struct Row {
    /// What lets everyone in.
    name: String,
    /// The setting's names; `_`, `-` and `.` are the same, upper and lower case too. A name with
    /// three words or more also ends a longer one, one with two where `only` or `prefixed` is given,
    /// one of a single word where `prefixed` is.
    keys: Vec<String>,
    /// The values that switch it off; nothing means the flag alone.
    #[serde(default)]
    values: Vec<String>,
    /// Words of which one stands in image, program, chart, file or names around; nothing means
    /// that the setting is known by itself.
    #[serde(default)]
    only: Vec<String>,
    /// Whether a name of one or two words may end a longer one: `SHOP_NO_AUTH`.
    #[serde(default)]
    prefixed: bool,
    /// Words that make it harmless where they stand in the same text or in the names around.
    #[serde(default)]
    unless: Vec<String>,
    /// Whether it is of the program's own door: not where its name or a key above says that it is of another.
    #[serde(default)]
    own: bool,
    /// The account that comes in, which does not exist where another user is set beside.
    #[serde(default)]
    account: Option<String>,
    /// Whether a variable of one program's may begin with the program's name and `__`: `SHOP__AUTH__ENABLED`.
    #[serde(default)]
    nested: bool,
    /// Whether only a variable is meant, in capitals, since a field of this name may be of a client.
    #[serde(default)]
    variable: bool,
    /// Whether only a flag is meant, since a field of this name may be of a client.
    #[serde(default)]
    flag: bool,
    /// Whether a flag is none, since on a command line only a property of Java's is read: `-Dname`.
    #[serde(default)]
    property: bool,
    /// The scheme of an address in the value that whoever comes is let in by.
    #[serde(default)]
    listens: Option<String>,
    /// Whether it counts only where what it stands in runs: a chart's own values may have it off, too.
    #[serde(default)]
    running: bool,
}

/// How a setting is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::facts::credentials) enum Form {
    /// A field, a variable, a line of a file, an assignment.
    #[default]
    Setting,
    /// With dashes on a command line.
    Flag,
    /// As a property that Java's machine reads: `-Dname`.
    Property,
}

/// What stands around a setting.
#[derive(Clone, Copy, Default)]
pub(in crate::facts::credentials) struct Place<'a> {
    /// The names around it, in lower case.
    pub surroundings: &'a str,
    /// The keys that it stands below, with `.` between.
    pub above: &'a str,
    /// The text that it stands in.
    pub text: &'a str,
    /// The users that are set beside it.
    pub users: &'a [&'a str],
    /// How it is written.
    pub form: Form,
    /// Whether what it stands in is switched off.
    pub is_off: bool,
}

/// The table, by the last word of each setting's name.
pub(in crate::facts::credentials) struct Switches {
    rows: Vec<Row>,
    /// Rows with the words of a name, by its last word.
    by_tail: HashMap<String, Vec<(usize, Vec<String>)>>,
}

impl Switches {
    pub(in crate::facts::credentials) fn new(rows: Vec<Row>) -> Self {
        let mut by_tail: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
        for (position, row) in rows.iter().enumerate() {
            for key in &row.keys {
                let words = words(key);
                let tail = words.last().cloned().unwrap_or_default();
                by_tail.entry(tail).or_default().push((position, words));
            }
        }
        Self { rows, by_tail }
    }

    /// Whether a setting of this name may be one, whatever its value: cheap.
    pub(in crate::facts::credentials) fn may_be(&self, key: &str) -> bool {
        let start = key.rfind(SEPARATORS).map_or(0, |at| at + 1);
        self.by_tail
            .contains_key(&key[start..].to_ascii_lowercase())
    }

    /// What a setting with this value switches off. `value` is `None` for a flag that stands
    /// alone.
    pub(in crate::facts::credentials) fn judge(
        &self,
        key: &str,
        value: Option<&str>,
        place: Place<'_>,
    ) -> Option<Verdict> {
        let own = words(key);
        let rows = self.by_tail.get(own.last()?)?;
        let row = rows.iter().find_map(|(position, words)| {
            let row = &self.rows[*position];
            let is_long =
                words.len() >= 3 || row.prefixed || (words.len() == 2 && !row.only.is_empty());
            let is_named = own == *words
                || (is_long && own.ends_with(words))
                || (row.nested && is_below_program(key, words));
            let is_around = |word: &String| place.surroundings.contains(word.as_str());
            let fits = is_named
                && row.may_be_written(place.form)
                && (!row.variable || is_screaming(key))
                && !(row.running && place.is_off)
                && row.has(value)
                && row.lets_in(place.users)
                && (row.only.is_empty() || row.only.iter().any(is_around))
                && !row.unless.iter().any(|word| {
                    own.contains(word) || is_set_in(place.text, word) || is_around(word)
                })
                && !(row.own && is_of_another(key, place.above));
            fits.then_some(row)
        });
        row.map(|row| Verdict::Off {
            product: row.name.clone(),
        })
    }
}

impl Row {
    /// Whether what reads the setting finds it where it is written so.
    fn may_be_written(&self, form: Form) -> bool {
        match form {
            Form::Setting => !self.flag,
            Form::Flag => !self.property,
            Form::Property => true,
        }
    }

    /// Whether the account that comes in exists where these users are set.
    fn lets_in(&self, users: &[&str]) -> bool {
        let mut known = users.iter().filter(|user| !is_reference(user)).peekable();
        let account = self.account.as_deref();
        account.is_none_or(|account| known.peek().is_none() || known.any(|user| *user == account))
    }

    fn has(&self, value: Option<&str>) -> bool {
        let is_on = |value: &str| matches!(value, "true" | "yes" | "1" | "on");
        let bare = |value: &str| {
            let letters = value.split_whitespace().flat_map(str::chars);
            let value: String = letters.map(|one| one.to_ascii_lowercase()).collect();
            value.trim_matches(['"', '\'']).to_owned()
        };
        if let Some(scheme) = &self.listens {
            return value.is_some_and(|value| lets_in(value, scheme));
        }
        match value.map(bare) {
            None => self.values.is_empty(),
            Some(value) if self.values.is_empty() => is_on(&value),
            Some(value) => self.values.contains(&value),
        }
    }
}

/// Whether a variable is one of these words behind the name of its program: `SHOP__AUTH__ENABLED`.
fn is_below_program(key: &str, name: &[String]) -> bool {
    key.split_once("__")
        .is_some_and(|(_, setting)| words(setting) == name)
}

/// Whether a text may hold a setting that switches authentication off.
pub(in crate::facts::credentials) fn may_switch(text: &str) -> bool {
    Topic::Switches.is_in(text)
}

/// Whether a text has a word outside of its comments: the files that products ship explain every
/// setting, also those that are not set.
fn is_set_in(text: &str, word: &str) -> bool {
    text.contains(word)
        && text
            .lines()
            .any(|line| line.contains(word) && !is_comment(line))
}

/// What stands between the words of a setting's name.
const SEPARATORS: [char; 5] = ['_', '-', '.', ':', '/'];

/// The words of a setting's name in lower case.
fn words(key: &str) -> Vec<String> {
    let words = key.split(SEPARATORS);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn switches() -> Switches {
        let text = include_str!("../../../../policies/credentials/authentication.yaml");
        let mut file: HashMap<String, Vec<Row>> = serde_yaml::from_str(text).expect("is a table");
        Switches::new(file.remove("authentication_off").expect("has the key"))
    }

    #[test]
    fn names_are_compared_whatever_their_writing() {
        let switches = switches();
        let judge = |key, value, surroundings| {
            let place = Place {
                surroundings,
                ..Place::default()
            };
            switches.judge(key, value, place)
        };
        for (key, value) in [
            ("MYSQL_ALLOW_EMPTY_PASSWORD", Some("1")),
            ("POSTGRES_HOST_AUTH_METHOD", Some("trust")),
            ("xpack.security.enabled", Some("false")),
            ("auth.anonymous.enabled", Some("true")),
            ("GF_AUTH_ANONYMOUS_ENABLED", Some("TRUE")),
            ("--insecure-no-auth", None),
            ("enable-skip-login", None),
            ("com.sun.management.jmxremote.authenticate", Some("false")),
            ("Tenant:AnonymousAuthEnabled", Some("true")),
            (
                "HTTP_CONTROL_SERVER_AUTH_DEFAULT_ROLE",
                Some(r#"{"auth": "none"}"#),
            ),
            ("ServerApp.token", Some("''")),
            ("NotebookApp.token", Some("")),
            ("EVENTSTORE_INSECURE", Some("True")),
            ("filer.s3.enableAuth", Some("false")),
            ("security.opendatahub.io/enable-auth", Some("false")),
            ("spec.nats.native.auth", Some("none")),
            ("micronaut.security.enabled", Some("false")),
            ("WEBUI_AUTH", Some("False")),
            ("authentication.anonymous_access.enabled", Some("true")),
            ("hive.server2.authentication", Some("NONE")),
            ("access_control.default_policy", Some("bypass")),
            ("OAUTH2_PROXY_SKIP_AUTH_REGEX", Some(".*")),
            ("JMXAUTH", Some("false")),
            ("WEBPASSWORD", Some("")),
            ("AUTH", Some("off")),
            ("AUTH_REQUIRED", Some("false")),
            ("AUTH_ENABLED", Some("false")),
            ("ORTHANC__AUTHENTICATION_ENABLED", Some("false")),
            ("SHOP__AUTH__ENABLED", Some("false")),
            ("TEMPORAL_AUTH_ENABLED", Some("false")),
            ("PUBLIC_ROLE_LIKE", Some("\"Gamma\"")),
            ("authEnabled", Some("false")),
            ("BESU_RPC_HTTP_AUTHENTICATION_ENABLED", Some("false")),
            ("besu.rpc.authentication.enabled", Some("false")),
            ("webserver.authenticate", Some("False")),
            ("api.auth_backend", Some("airflow.api.auth.backend.default")),
            ("core.simple_auth_manager_all_admins", Some("True")),
            (
                "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS",
                Some("true"),
            ),
            ("web-ui.authentication.type", Some("fixed")),
            (
                "KAFKA_CFG_LISTENERS",
                Some("PLAINTEXT://:9092,CONTROLLER://:9093"),
            ),
            ("KAFKA_LISTENERS", Some("PLAINTEXT://0.0.0.0:9092")),
        ] {
            assert!(switches.may_be(key), "{key}");
            assert!(judge(key, value, "").is_some(), "{key}");
        }
        for (key, value) in [
            ("ALLOW_EMPTY_PASSWORD", Some("no")),
            ("POSTGRES_HOST_AUTH_METHOD", Some("scram-sha-256")),
            ("xpack.security.enabled", Some("true")),
            ("auth.enabled", Some("false")),
            ("insecure", None),
            ("com.sun.management.jmxremote.authenticate", Some("true")),
            ("com.sun.management.jmxremote.ssl", Some("false")),
            (
                "HTTP_CONTROL_SERVER_AUTH_DEFAULT_ROLE",
                Some(r#"{"auth":"apikey"}"#),
            ),
            ("ServerApp.token", Some("abc")),
            ("smtp.authenticate", Some("false")),
            ("EVENTSTORE_INSECURE", Some("false")),
            ("s3.enableAuth", Some("true")),
            ("nats.native.auth", Some("token")),
            ("AUTH_TYPE", Some("none")),
            ("AUTH", Some("on")),
            ("SMTP_AUTH", Some("off")),
            ("smtp.auth", Some("off")),
            ("nopass", Some("true")),
            ("access_control.default_policy", Some("deny")),
            ("web-ui.authentication.type", Some("form")),
            ("simple_auth_manager_all_admins", Some("False")),
            ("OAUTH2_PROXY_SKIP_AUTH_REGEX", Some("^/health$")),
            ("WEBPASSWORD", Some("x")),
            (
                "KAFKA_LISTENERS",
                Some("SASL_PLAINTEXT://:9092,PLAINTEXT://:9093"),
            ),
            ("KAFKA_LISTENERS", Some("PLAINTEXT://localhost:9092")),
            ("KAFKA_ADVERTISED_LISTENERS", Some("PLAINTEXT://kafka:9092")),
            ("listeners", Some("PLAINTEXT://:9092")),
            ("SMTP_AUTH_REQUIRED", Some("false")),
            ("SHOP_AUTH_ENABLED", Some("false")),
            ("SHOP__SMTP__AUTH__ENABLED", Some("false")),
            ("SMTP__AUTH_ENABLED", Some("false")),
            ("auth_enabled", Some("false")),
            ("PUBLIC_ROLE_LIKE", Some("Public")),
            ("AUTH_REQUIRED", Some("true")),
            ("smtp.authenticate", Some("false")),
            (
                "api.auth_backend",
                Some("airflow.api.auth.backend.basic_auth"),
            ),
        ] {
            assert!(judge(key, value, "").is_none(), "{key}");
        }
        assert!(judge("auth.enabled", Some("false"), "redis").is_some());
        assert!(judge("insecure", None, "cockroachdb").is_some());
        assert!(judge("ALLOW_EMPTY_PASSWORD", Some("yes"), "mariadb").is_some());
        assert!(judge("ALLOW_EMPTY_PASSWORD", Some("yes"), "wordpress").is_none());
        assert!(judge("auth.enabled", Some("false"), "zookeeper").is_some());
        assert!(judge("auth.client.enabled", Some("false"), "kafka").is_none());
        assert!(judge("zk.auth.client.enabled", Some("false"), "zookeeper").is_some());
        assert!(judge("gateway.authEnabled", Some("false"), "zwavejs2mqtt").is_some());
        assert!(judge("gateway.authEnabled", Some("false"), "shop").is_none());
        assert!(judge("AUTH_TYPE", Some("none"), "unleash").is_some());
        assert!(judge("nopass", Some("true"), "valkeycluster").is_some());
    }

    #[test]
    fn an_account_comes_in_only_where_it_exists() {
        let switches = switches();
        let judge = |users| {
            let place = Place {
                users,
                ..Place::default()
            };
            switches.judge("loopback_users.guest", Some("false"), place)
        };
        assert!(judge(&[]).is_some());
        assert!(judge(&["shop", "guest"]).is_some());
        assert!(judge(&["{{ .Values.user }}"]).is_some());
        assert!(judge(&["shop"]).is_none());
    }

    #[test]
    fn comments_set_nothing() {
        let switches = switches();
        let judge = |text| {
            let place = Place {
                text,
                ..Place::default()
            };
            switches.judge("protected-mode", Some("no"), place)
        };
        assert!(judge("# requirepass foobared\n  # aclfile /x\nprotected-mode no").is_some());
        assert!(judge("requirepass hQ7tr99x\nprotected-mode no").is_none());
    }

    #[test]
    fn some_names_count_as_they_are_written() {
        let switches = switches();
        let judge = |key, form| {
            let place = Place {
                form,
                ..Place::default()
            };
            switches.judge(key, Some("false"), place).is_some()
        };
        assert!(judge("authenticate", Form::Flag));
        assert!(!judge("authenticate", Form::Setting));
        let of_java = "com.sun.management.jmxremote.authenticate";
        assert!(judge(of_java, Form::Property));
        assert!(judge(of_java, Form::Setting));
        assert!(!judge(of_java, Form::Flag));
    }

    /// A row's setting as a variable, a flag, a line of a file and, for a dotted name, as keys
    /// one below the other.
    #[test]
    fn every_row_opens_the_gate() {
        let mut closed = Vec::new();
        for row in switches().rows {
            let listens = row.listens.map(|scheme| format!("{scheme}://:1"));
            let value = row.values.first().or(listens.as_ref());
            let value = value.map_or("", String::as_str);
            let only = row.only.first().map_or("", String::as_str);
            for key in &row.keys {
                let variable = format!("x\n{}\n{value}\n{only}\n", key.replace(['.', '-'], "_"));
                let flag = format!("x\n{only}\n--{key}={value}\n");
                let keys = format!("x\n{}\n{value}\n{only}\n", key.replace('.', "\n"));
                let is_open = |text: &String| crate::facts::credentials::may_hold_credentials(text);
                let is_known_alone = row.only.is_empty();
                if (is_known_alone && !is_open(&variable)) || !is_open(&flag) || !is_open(&keys) {
                    closed.push(key.clone());
                }
                if is_known_alone && !may_switch(&flag) {
                    closed.push(format!("{key} in a file"));
                }
            }
        }
        assert!(closed.is_empty(), "{closed:?}");
    }
}
