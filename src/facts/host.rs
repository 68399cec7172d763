//! Addresses in a text: hosts that stand where one is used, and whether a store is meant.

use std::ops::Range;

/// Schemes of databases, caches and brokers.
const STORES: [&str; 14] = [
    "postgres",
    "postgresql",
    "mysql",
    "mysql2",
    "mariadb",
    "sqlserver",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "clickhouse",
    "oracle",
];

/// Words at the end of a setting's name whose value is an address.
const NAMES: [&str; 13] = [
    "host",
    "hostname",
    "url",
    "uri",
    "endpoint",
    "server",
    "servers",
    "address",
    "addr",
    "brokers",
    "dsn",
    "connection",
    "hosts",
];

/// What stands right before a host in a connection string.
const BEFORE: [&str; 6] = ["server=", "host=", "source=", "tcp:", "@", "//"];

/// A host in a text.
pub(super) struct Address {
    /// Its bytes.
    pub(super) host: Range<usize>,
    /// The bytes of the database's name, where the address has one.
    pub(super) database: Option<Range<usize>>,
    /// Whether it is of a database, cache or broker.
    pub(super) is_store: bool,
}

/// The addresses in a text that stands under a setting's name.
pub(super) fn addresses(text: &str, setting: &str) -> Vec<Address> {
    let mut found = Vec::new();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes[at..]
        .iter()
        .position(|byte| byte.is_ascii_alphanumeric())
    {
        let start = at + step;
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_part(**byte))
            .count();
        let end = start
            + text[start..start + length]
                .trim_end_matches(['.', '-'])
                .len();
        at = start + length.max(1);
        if is_host(&text[start..end]) {
            found.extend(address(text, setting, start..end));
        }
    }
    found
}

fn is_host(text: &str) -> bool {
    let labels = text.split('.');
    let is_label = |label: &str| !label.is_empty() && label.len() <= 63;
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.')
        && labels.into_iter().all(is_label)
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The address of a host that stands where one is used.
fn address(text: &str, setting: &str, host: Range<usize>) -> Option<Address> {
    let before = &text[..host.start];
    let after = &text[host.end..];
    let ends_with = |mark: &&str| {
        before
            .get(before.len().saturating_sub(mark.len())..)
            .is_some_and(|end| end.eq_ignore_ascii_case(mark))
    };
    let has_port = after
        .strip_prefix([':', ','])
        .is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
    let is_whole = before.is_empty() && after.is_empty() && names_address(setting);
    if !is_whole && !has_port && !BEFORE.iter().any(&ends_with) {
        return None;
    }
    // An address of mail or of an image is none of a service.
    let is_authority = before.rfind("://").filter(|at| {
        let between = &before[at + 3..];
        !between.contains(['/', ' ', '?', '"', '\'', ','])
    });
    if ends_with(&"@") && is_authority.is_none() {
        return None;
    }
    let scheme = is_authority.map(|at| {
        let is_scheme = |one: char| one.is_ascii_alphanumeric() || "+-".contains(one);
        let mut words = before[..at].rsplit(|one| !is_scheme(one));
        words.next().unwrap_or_default().to_ascii_lowercase()
    });
    // What a token is for, no address: `api://shop/.default`.
    if scheme.as_deref() == Some("api") || names_audience(setting) {
        return None;
    }
    let is_connection = ["server=", "source=", "tcp:"].iter().any(ends_with);
    let is_store = scheme.is_some_and(|scheme| STORES.contains(&scheme.as_str())) || is_connection;
    Some(Address {
        database: database(text, host.end).filter(|_| is_store),
        host,
        is_store,
    })
}

fn names_address(setting: &str) -> bool {
    let last = last_word(setting);
    NAMES.iter().any(|name| last.ends_with(name))
}

fn names_audience(setting: &str) -> bool {
    let last = last_word(setting);
    ["scope", "scopes", "audience", "audiences"]
        .iter()
        .any(|name| last.ends_with(name))
}

fn last_word(setting: &str) -> String {
    let mut words = setting.rsplit(|one: char| !one.is_ascii_alphanumeric());
    words.next().unwrap_or_default().to_ascii_lowercase()
}

/// The database behind a host: `/shop`, or `Database=shop`.
fn database(text: &str, end: usize) -> Option<Range<usize>> {
    let rest = &text[end..];
    let line = &rest[..rest.find(['\n', '"', '\'']).unwrap_or(rest.len())];
    let lower = line.to_ascii_lowercase();
    let start = ["database=", "initial catalog=", "databasename="]
        .iter()
        .find_map(|mark| lower.find(mark).map(|at| at + mark.len()))
        .or_else(|| line.find('/').map(|at| at + 1))?;
    let is_end = |one: char| one.is_whitespace() || "?;,&/".contains(one);
    let length = line[start..].find(is_end).unwrap_or(line.len() - start);
    (length > 0).then_some(end + start..end + start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'a>(text: &'a str, setting: &str) -> Vec<(&'a str, Option<&'a str>, bool)> {
        let found = addresses(text, setting);
        found
            .into_iter()
            .map(|one| {
                (
                    &text[one.host],
                    one.database.map(|range| &text[range]),
                    one.is_store,
                )
            })
            .collect()
    }

    #[test]
    fn hosts_are_found_where_they_are_used() {
        for (text, setting, expected) in [
            (
                "postgres://u:p@db.prod.example.com:5432/shop?x=y",
                "X",
                vec![("db.prod.example.com", Some("shop"), true)],
            ),
            (
                "https://api.prod.example.com/v1",
                "X",
                vec![("api.prod.example.com", None, false)],
            ),
            (
                "Server=tcp:db.example.com,1433;Database=shop;",
                "X",
                vec![("db.example.com", Some("shop"), true)],
            ),
            (
                "orders.shop-prod",
                "ORDERS_HOST",
                vec![("orders.shop-prod", None, false)],
            ),
            (
                "orders.shop-prod.svc:8080",
                "X",
                vec![("orders.shop-prod.svc", None, false)],
            ),
            (
                "a: 1\nurl: http://x.prod.svc\n",
                "X",
                vec![("x.prod.svc", None, false)],
            ),
        ] {
            assert_eq!(told(text, setting), expected, "{text}");
        }
    }

    #[test]
    fn names_and_files_are_no_addresses() {
        for (text, setting) in [
            ("application-prod.yaml", "CONFIG"),
            ("com.example.prod.Main", "CLASS"),
            ("ops@prod.example.com", "MAIL"),
            ("1.2.3", "VERSION_URL"),
            ("prod", "DB_HOST"),
        ] {
            assert_eq!(told(text, setting), [], "{text}");
        }
    }
}
