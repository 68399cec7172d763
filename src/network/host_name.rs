//! Words of a text that may be host names, with what stands around them: schemes and ports.

/// The ports that schemes mean.
const SCHEMES: [(&str, u16); 12] = [
    ("amqp", 5672),
    ("amqps", 5671),
    ("grpc", 443),
    ("http", 80),
    ("https", 443),
    ("ldap", 389),
    ("mongodb", 27017),
    ("mysql", 3306),
    ("nats", 4222),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("redis", 6379),
];

/// A word that may be a host name.
pub(super) struct HostName<'t> {
    /// Where it begins in the text.
    pub(super) start: usize,
    /// The word.
    pub(super) word: &'t str,
    /// The port behind it.
    pub(super) port: Option<u16>,
    /// The port that the scheme before it means.
    pub(super) default_port: Option<u16>,
    /// Whether a scheme, a port or a user says that it is a host.
    pub(super) is_named: bool,
    /// Whether it is the whole text, or all behind its last `=`.
    pub(super) is_whole: bool,
}

impl HostName<'_> {
    /// Whether it may be a host of the internet: an address of the web without a port, whose name has two
    /// parts.
    pub(super) fn may_be_public(&self) -> bool {
        let is_of_web = matches!(self.default_port, Some(80 | 443));
        is_of_web && self.port.is_none() && self.word.matches('.').count() == 1
    }
}

/// The hosts of one word that a text names, each with its port: that behind it, or what the scheme means.
pub(crate) fn bare_hosts(text: &str) -> impl Iterator<Item = (&str, u16)> {
    let named = host_names(text).filter(|host| host.is_named && !host.word.contains('.'));
    named.filter_map(|host| Some((host.word, host.port.or(host.default_port)?)))
}

/// The words of a text that may be host names, in their order.
pub(super) fn host_names(text: &str) -> impl Iterator<Item = HostName<'_>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        loop {
            let offset = bytes[start..].iter().position(|byte| is_host_byte(*byte))?;
            let first = start + offset;
            let length = bytes[first..].iter().position(|byte| !is_host_byte(*byte));
            let end = length.map_or(bytes.len(), |length| first + length);
            start = end;
            if let Some(found) = read(text, first, end) {
                return Some(found);
            }
        }
    })
}

fn read(text: &str, first: usize, end: usize) -> Option<HostName<'_>> {
    let after = &text[end..];
    // What stands in a placeholder, or beside one, is no whole name.
    let joins = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '{' | '}' | '$');
    if text[..first].ends_with("$(") || after.starts_with(joins) {
        return None;
    }
    let is_joined = text[..first].ends_with(')') || text[..first].ends_with(joins);
    let first = match is_joined {
        true => first + behind_pod(&text[first..end])?,
        false => first,
    };
    let (before, word) = (&text[..first], &text[first..end]);
    let scheme = before.strip_suffix("://").map(|rest| {
        let is_other = |one: char| !one.is_ascii_alphanumeric() && one != '+';
        rest.rsplit(is_other).next().unwrap_or_default()
    });
    if scheme.is_some() && is_followed_by_host(after) {
        return None;
    }
    // What bash opens as a file: `/dev/tcp/db/5432`.
    let is_device = before.ends_with("/dev/tcp/");
    if before.ends_with('/') && scheme.is_none() && !is_device {
        return None;
    }
    let divider = if is_device { '/' } else { ':' };
    let digits = after.strip_prefix(divider).map(|rest| {
        let is_other = |character: char| !character.is_ascii_digit();
        &rest[..rest.find(is_other).unwrap_or(rest.len())]
    });
    let port: Option<u16> = digits.and_then(|digits| digits.parse().ok());
    let known = SCHEMES.iter().find(|(name, _)| Some(*name) == scheme);
    let value = text.rsplit_once('=').map_or(text, |(_, value)| value);
    Some(HostName {
        start: first,
        word,
        port,
        default_port: known.map(|(_, port)| *port),
        is_named: scheme.is_some() || port.is_some() || before.ends_with('@'),
        is_whole: value.trim() == word,
    })
}

/// Whether what stands behind a name shows that it was a user's: `:password@host`.
fn is_followed_by_host(after: &str) -> bool {
    let ends = |one: char| {
        matches!(one, '/' | '?' | '#' | ',' | ';' | '"' | '\'') || one.is_ascii_whitespace()
    };
    let authority = after.split(ends).next().unwrap_or_default();
    authority.contains('@')
}

/// Where the name of a Service begins behind that of one of its pods, of which a placeholder hides
/// the start: `$i.db.shop.svc`.
fn behind_pod(word: &str) -> Option<usize> {
    let (pod, rest) = word.split_once('.')?;
    let is_service = rest.split('.').nth(2) == Some("svc");
    is_service.then_some(pod.len() + 1)
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        host_names(text).map(|found| found.word).collect()
    }

    #[test]
    fn words_beside_placeholders_are_no_names() {
        assert_eq!(
            words("http://db:80 (db) [web]"),
            ["http", "db", "80", "db", "web"]
        );
        for text in [
            "http://${A}db:80",
            "db${A}:80",
            "$(db)",
            "${db}",
            "$db",
            "{{db}}",
        ] {
            assert!(!words(text).contains(&"db"), "{text}");
        }
    }

    #[test]
    fn behind_a_placeholder_for_a_pod_stands_its_service() {
        for text in [
            "POD=db-$i.db.shop.svc",
            "${POD}.db.shop.svc",
            "$(POD_NAME).db.shop.svc:80",
        ] {
            assert!(words(text).contains(&"db.shop.svc"), "{text}");
        }
        for text in ["$i.db.shop", "${A}db.shop.svc", "$db.shop.svc"] {
            assert!(
                words(text).iter().all(|word| !word.contains("shop")),
                "{text}"
            );
        }
    }
}
