//! Hosts of configurations that name the port under a key of its own, on a line near by: `host: db` and
//! `port: 5432`, `DB_HOST=db` and `DB_PORT=5432`.

use super::super::host_name::HostName;

/// How many lines are between the keys of a pair at most.
const NEAR: usize = 3;
/// The ends of keys that name a host; the last ones hold the first.
const HOST_KEYS: [&str; 2] = ["hostname", "host"];

/// A key with its value on one line.
struct Entry<'t> {
    /// Where the key begins on its line.
    indent: usize,
    /// Whether it begins an item of a list.
    is_first: bool,
    key: &'t str,
    value: &'t str,
    /// Where the value begins in the text.
    start: usize,
}

/// The hosts of such pairs.
pub(super) fn paired_hosts(text: &str) -> Vec<HostName<'_>> {
    let has = |word: &str, upper: &str| text.contains(word) || text.contains(upper);
    if !text.contains('\n') || !has("host", "HOST") || !has("port", "PORT") {
        return Vec::new();
    }
    let lines: Vec<Option<Entry<'_>>> = lines(text).collect();
    let hosts = lines.iter().enumerate().filter_map(|(at, entry)| {
        let entry = entry.as_ref()?;
        let port = port_beside(&lines, at, &port_key(entry.key)?)?;
        Some(HostName {
            start: entry.start,
            word: entry.value,
            port: Some(port),
            default_port: None,
            is_named: true,
            is_whole: false,
        })
    });
    hosts.collect()
}

/// The key of the port that belongs to the host of a key.
fn port_key(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    let mut ends = HOST_KEYS.iter();
    let before = ends.find_map(|end| lower.strip_suffix(end))?;
    Some(format!("{before}port"))
}

/// The variable of the port that belongs to a host's: `DB_PORT` to `DB_HOST`. Where both say no more than that, they
/// may be of the workload itself.
pub(super) fn port_variable(host: &str) -> Option<String> {
    port_key(host).filter(|key| key != "port")
}

/// The port under a key of the same map, as near as may be.
fn port_beside(lines: &[Option<Entry<'_>>], at: usize, key: &str) -> Option<u16> {
    let own = lines[at].as_ref()?;
    let is_first = |line: &&Option<Entry<'_>>| begins(line, own.indent);
    let after = lines[at + 1..].iter().take(NEAR);
    let after = after.take_while(|line| is_inside(line, own.indent) && !is_first(line));
    let before = lines[..at].iter().rev().take(NEAR);
    let before = before.take_while(|line| is_inside(line, own.indent));
    // The first line of an item is the last one before that belongs to it.
    let mut is_over = own.is_first;
    let before = before.take_while(move |line| !std::mem::replace(&mut is_over, is_first(line)));
    let mut beside = after.chain(before).flatten();
    let port =
        beside.find(|entry| entry.indent == own.indent && entry.key.eq_ignore_ascii_case(key))?;
    port.value.parse().ok()
}

/// Whether a line does not end the map of those that are indented so.
fn is_inside(line: &Option<Entry<'_>>, indent: usize) -> bool {
    line.as_ref().is_none_or(|entry| entry.indent >= indent)
}

/// Whether a line begins an item of a list with a map that is indented so.
fn begins(line: &Option<Entry<'_>>, indent: usize) -> bool {
    let entry = line.as_ref();
    entry.is_some_and(|entry| entry.is_first && entry.indent == indent)
}

/// The lines of a text, each as the key and the value that it is.
fn lines(text: &str) -> impl Iterator<Item = Option<Entry<'_>>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let entry = entry(line, start);
        start += line.len();
        entry
    })
}

/// The key and the value of a line, without quotes.
fn entry(line: &str, start: usize) -> Option<Entry<'_>> {
    let is_around = |one: char| one.is_whitespace() || matches!(one, '"' | '\'' | ',' | ';');
    let rest = line.trim_start_matches([' ', '\t', '-']);
    let at = rest.find([':', '='])?;
    let value = rest[at + 1..].trim_start_matches(is_around);
    Some(Entry {
        indent: line.len() - rest.len(),
        is_first: line.trim_start().starts_with("- "),
        key: rest[..at].trim_matches(is_around),
        start: start + line.len() - value.len(),
        value: value.trim_end_matches(is_around),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_are_a_pair_under_like_keys_of_one_map() {
        for (text, expected) in [
            (
                "services:\n  - name: a\n    host: db\n    port: 80\n",
                "db:80",
            ),
            ("- host: db\n  path: /\n  port: 80\n", "db:80"),
            ("\"port\": 80,\n\"host\": \"db\",\n", "db:80"),
            ("DB_HOST=db\nDB_PORT=80\n", "db:80"),
            ("redis.hostname = db\nredis.port = 80\n", "db:80"),
            ("DB_HOST=db\nWEB_PORT=80\n", ""),
            ("host: db\ninner:\n  port: 80\n", ""),
            ("- host: db\n- port: 80\n", ""),
            ("- host: db\n- host: api\n  port: 80\n", "api:80"),
            ("a:\n  host: db\nb:\n  port: 80\n", ""),
            ("host: db\nport: http\n", ""),
            ("host: db\n", ""),
        ] {
            let found = paired_hosts(text);
            let told = found.iter().map(|host| {
                assert!(text[host.start..].starts_with(host.word), "{text}");
                format!("{}:{}", host.word, host.port.unwrap_or_default())
            });
            assert_eq!(told.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
