//! Hosts of connection strings, which are pairs of keys and values: `Server=db,1433;Database=shop` and
//! `host=db port=5432 dbname=shop`.

use super::super::host_name::HostName;

/// The keys of a host where `;` stands between the pairs.
const SERVERS: [&str; 7] = [
    "addr",
    "address",
    "data source",
    "host",
    "hostname",
    "network address",
    "server",
];
/// Keys that only the strings of databases have.
const DATABASES: [&str; 11] = [
    "database",
    "initial catalog",
    "integrated security",
    "password",
    "pwd",
    "trusted_connection",
    "uid",
    "user",
    "user id",
    "userid",
    "username",
];

/// A key with its value.
#[derive(Clone, Copy)]
struct Pair<'t> {
    key: &'t str,
    value: &'t str,
    /// Where the value begins in the text.
    start: usize,
}

/// The hosts of such strings, with their ports.
pub(super) fn connected_hosts(text: &str) -> Vec<HostName<'_>> {
    if !text.contains('=') {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for string in text.split_inclusive(['\n', '"', '\'']) {
        let pairs = |divider: fn(char) -> bool| pairs(string, start, divider);
        let is_divided = |one: char| one == ';';
        if string.contains(';') {
            found.extend(of_server(&pairs(is_divided)));
        } else if string.contains("dbname=") {
            found.extend(of_libpq(&pairs(char::is_whitespace)));
        }
        start += string.len();
    }
    found
}

/// The pairs of a string that begins at some place of a text. What stands before the first key, such as the name of
/// a variable, is no part of it.
fn pairs(string: &str, start: usize, is_divider: fn(char) -> bool) -> Vec<Pair<'_>> {
    let mut at = start;
    let mut found = Vec::new();
    for part in string.split_inclusive(is_divider) {
        let bare = part.trim_end_matches(|one: char| is_divider(one) || "\n\r\"'".contains(one));
        // Only before the first key something else may stand; a value may hold the sign.
        let divided = match found.is_empty() {
            true => bare.rsplit_once('='),
            false => bare.split_once('='),
        };
        if let Some((before, value)) = divided {
            let key = before.rsplit(['=', ':']).next().unwrap_or_default().trim();
            let value_start = at + bare.len() - value.len();
            found.push(Pair {
                key,
                value,
                start: value_start,
            });
        }
        at += part.len();
    }
    found
}

/// The value of a key, whatever its case.
fn value_of<'t>(pairs: &[Pair<'t>], key: &str) -> Option<&'t str> {
    let mut pairs = pairs.iter();
    pairs
        .find(|pair| pair.key.eq_ignore_ascii_case(key))
        .map(|pair| pair.value.trim())
}

/// The host of a string of ADO.NET: `tcp:` may stand before it, an instance and a port behind.
fn of_server<'t>(pairs: &[Pair<'t>]) -> Option<HostName<'t>> {
    let is_one =
        |keys: &[&str], pair: &Pair<'_>| keys.iter().any(|key| pair.key.eq_ignore_ascii_case(key));
    let server = pairs.iter().find(|pair| is_one(&SERVERS, pair))?;
    pairs.iter().find(|pair| is_one(&DATABASES, pair))?;
    let value = server.value.trim_start();
    let bare = value.strip_prefix("tcp:").unwrap_or(value);
    let start = server.start + server.value.len() - bare.len();
    let (address, behind) = bare.split_once(',').unwrap_or((bare, ""));
    let port = value_of(pairs, "port").unwrap_or(behind);
    let word = address.split('\\').next()?.trim_end();
    host(word, start, port)
}

/// The host of a string of PostgreSQL's library.
fn of_libpq<'t>(pairs: &[Pair<'t>]) -> Option<HostName<'t>> {
    value_of(pairs, "dbname")?;
    let host_pair = pairs.iter().find(|pair| pair.key == "host")?;
    host(
        host_pair.value,
        host_pair.start,
        value_of(pairs, "port").unwrap_or_default(),
    )
}

/// A host, if a word can be one.
fn host<'t>(word: &'t str, start: usize, port: &str) -> Option<HostName<'t>> {
    let is_of_name =
        |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || matches!(one, '.' | '-');
    let is_name = !word.is_empty() && word.chars().all(is_of_name);
    is_name.then(|| HostName {
        start,
        word,
        port: port.trim().parse().ok(),
        default_port: None,
        is_named: true,
        is_whole: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_name_a_host_and_perhaps_a_port() {
        for (text, expected) in [
            ("Server=db;Database=x;User Id=u", "db:0"),
            ("Server=tcp:db,1433;Initial Catalog=x", "db:1433"),
            ("server=db\\SQL,1433; database=x", "db:1433"),
            ("Data Source=db, 1433 ;Initial Catalog=x", "db:1433"),
            ("Host=db;Port=5432;Database=x", "db:5432"),
            ("C__D=Server=db;Database=x\n", "db:0"),
            (
                "{\n  \"D\": \"Host=db;Port=5432;Username=u\",\n  \"x\": 1\n}",
                "db:5432",
            ),
            ("host=db port=5432 dbname=x user=u", "db:5432"),
            ("--dsn=host=db.shop dbname=x", "db.shop:0"),
            ("psql 'host=db dbname=x'", "db:0"),
            ("Server=(localdb)\\x;Database=x", ""),
            ("server=db; path=/", ""),
            ("Server=${DB};Database=x", ""),
            ("host=db port=5432", ""),
            ("a=1; host=db", ""),
        ] {
            let found = connected_hosts(text);
            let told = found.iter().map(|host| {
                assert!(text[host.start..].starts_with(host.word), "{text}");
                format!("{}:{}", host.word, host.port.unwrap_or_default())
            });
            assert_eq!(told.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
