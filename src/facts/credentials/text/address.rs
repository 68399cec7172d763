//! Addresses that hold a user and a password, with a scheme or without.

use std::ops::Range;

use crate::facts::credentials::value::characters::letters;

/// A user name and password in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::facts::credentials) struct UserInfo {
    /// The scheme's bytes.
    pub scheme: Range<usize>,
    /// The user name's bytes.
    pub user: Range<usize>,
    /// The password's bytes.
    pub password: Range<usize>,
}

/// The user information of the URLs in a text that has a password, that of each host where one names
/// several.
pub(in crate::facts::credentials) fn user_infos(text: &str) -> Vec<UserInfo> {
    let bytes = text.as_bytes();
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+.-".contains(byte);
    let found = text.match_indices("://").flat_map(|(at, _)| {
        let floor = at.saturating_sub(32);
        let scheme = bytes[floor..at].iter().rev().take_while(is_scheme).count();
        let start = at + 3;
        let logins = if scheme > 0 {
            logins(&text[start..])
        } else {
            Vec::new()
        };
        let infos = logins.into_iter().map(move |(user, password)| UserInfo {
            scheme: at - scheme..at,
            user: start + user.start..start + user.end,
            password: start + password.start..start + password.end,
        });
        infos.collect::<Vec<_>>()
    });
    found.collect()
}

/// Where users and passwords stand in what follows a scheme.
fn logins(rest: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let is_end = |one: char| one.is_whitespace() || "/?#\"'<>`".contains(one);
    let authority = &rest[..rest.find(is_end).unwrap_or(rest.len())];
    let authority = before_next(authority, &rest[authority.len()..]);
    let infos = if authority.contains('@') {
        infos(authority)
    } else {
        Vec::from_iter(info_with_slash(rest).map(|info| 0..info.len()))
    };
    let halves = infos.into_iter().filter_map(|info| {
        let colon = info.start + rest[info.clone()].find(':')?;
        Some((info.start..colon, colon + 1..info.end))
    });
    halves.collect()
}

/// An authority without what begins the next address of a list: `db-0:80` of `db-0:80,x@http://db-1`.
fn before_next<'t>(authority: &'t str, rest: &str) -> &'t str {
    let is_scheme = authority.ends_with(':') && rest.starts_with("//");
    let comma = authority.rfind(',').filter(|_| is_scheme);
    comma.map_or(authority, |comma| &authority[..comma])
}

/// What stands before the `@` of an authority: before its last one, or before that of each host
/// where the hosts have their own: `a:x@db-0,a:x@db-1`.
fn infos(authority: &str) -> Vec<Range<usize>> {
    let is_between = |start: usize, comma: usize| {
        ends_with_host(&authority[start..comma]) && begins_with_login(&authority[comma + 1..])
    };
    let (mut found, mut start) = (Vec::new(), 0);
    let commas = authority.match_indices(',').map(|(comma, _)| comma);
    for end in commas.chain([authority.len()]) {
        if end == authority.len() || is_between(start, end) {
            let at = authority[start..end].rfind('@');
            found.extend(at.map(|at| start..start + at));
            start = end + 1;
        }
    }
    found
}

/// Whether a login and the host that it is for come to an end: `a:x@db-0:5672`.
fn ends_with_host(text: &str) -> bool {
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:,".contains(&byte);
    text.rsplit_once('@').is_some_and(|(login, host)| {
        login.contains(':') && !host.is_empty() && host.bytes().all(is_host)
    })
}

/// Whether the next host of a list begins with a login of its own.
fn begins_with_login(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(login, _)| login.contains(':') && !login.contains(','))
}

/// User and password of an address whose password has a `/`, as keys in base64 do: behind a path the
/// `:` would be that of a port, before which no user stands.
fn info_with_slash(rest: &str) -> Option<&str> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_.-~!%".contains(byte);
    let user = rest
        .bytes()
        .take_while(|byte| is_part(byte) && *byte != b'/');
    let start = user.count() + 1;
    let password = rest.get(start..)?.bytes().take_while(is_part).count();
    let (info, behind) = (&rest[..start + password], &rest[start + password..]);
    let host = behind.strip_prefix('@')?;
    let (_, password) = info.split_once(':')?;
    let first = password.split('/').next().unwrap_or(password);
    let is_port = first.bytes().all(|byte| byte.is_ascii_digit());
    let is_tag = host.starts_with("sha256:");
    let is_login = start > 1 && password.contains('/') && !is_port && !is_tag;
    (is_login && host.starts_with(|first: char| first.is_ascii_alphanumeric())).then_some(info)
}

/// Whether an address is the form of one, as documentation writes it, of whose parts none is real:
/// `postgres://user:password@host:5432/db_name`. `rest` is what stands behind the `@`.
pub(super) fn is_form(user: &str, password: &str, rest: &str) -> bool {
    const USERS: [&str; 5] = ["user", "username", "login", "dbuser", "myuser"];
    const PASSWORDS: [&str; 8] = [
        "token",
        "password",
        "pass",
        "passwd",
        "pwd",
        "secret",
        "mypassword",
        "dbpassword",
    ];
    const HOSTS: [&str; 9] = [
        "host",
        "hostname",
        "dbhost",
        "myhost",
        "yourhost",
        "server",
        "somehost",
        "someserver",
        "yourserver",
    ];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let host = &rest[..rest.bytes().take_while(is_part).count()];
    let is_any = |part: &str, of: &[&str]| of.contains(&letters(part).as_str());
    let is_host = is_any(host, &HOSTS);
    // `camera-ip`; only documentation has hosts of examples.
    let is_named = host.ends_with("-ip") || host.split('.').any(|label| label == "example");
    let is_form = (is_any(user, &USERS) && (is_host || is_named)) || (user.is_empty() && is_host);
    is_form && is_any(password, &PASSWORDS)
}

/// Where the bytes of a user and a password stand that begin a rule of what they may reach:
/// `shop:x@/orders:rw`, as the file server dufs has it.
pub(super) fn user_of_path(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (login, _) = text.split_once("@/")?;
    let (user, password) = login.split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_login = !user.is_empty()
        && user.bytes().all(is_name)
        && !password.is_empty()
        && !password.contains([':', '/', ' ']);
    is_login.then(|| (0..user.len(), user.len() + 1..login.len()))
}

/// Where the bytes of a user and a password stand that begin an address without a scheme:
/// `shop:x@db.example.com:5432/orders`. A port or a path must follow the host, since anything may
/// stand before an `@`.
pub(super) fn bare_user_infos(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    /// What begins an address of another kind.
    const SCHEMES: [&str; 6] = ["jdbc", "mailto", "sip", "sips", "urn", "docker"];
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let found = text.match_indices('@').filter_map(|(at, _)| {
        let is_edge = |one: char| one.is_whitespace() || "\"'`=,;/<>()[]{}".contains(one);
        let edge = text[..at].rmatch_indices(is_edge).next();
        let start = edge.map_or(0, |(edge, one)| edge + one.len());
        let (user, password) = text[start..at].split_once(':')?;
        let behind = &text[at + 1..];
        let host = behind.bytes().take_while(|byte| is_name(*byte)).count();
        let port = behind[host..].strip_prefix(':').unwrap_or_default();
        let is_digest = behind.starts_with("sha256:");
        let is_address = host > 0
            && !is_digest
            && (behind[host..].starts_with('/')
                || port.starts_with(|first: char| first.is_ascii_digit()));
        let is_login = !text[..start].ends_with("//")
            && !user.is_empty()
            && user.bytes().all(is_name)
            && !SCHEMES.contains(&user)
            && !password.is_empty()
            && !password.contains(':');
        let begin = start + user.len() + 1;
        (is_address && is_login).then_some((start..begin - 1, begin..at))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_paths_begin_with_a_login() {
        let told = |text: &'static str| {
            user_of_path(text).map(|(user, password)| (&text[user], &text[password]))
        };
        assert_eq!(told("shop:x1@/orders:rw,/share"), Some(("shop", "x1")));
        for text in ["@/", "shop@/orders", "https://a:b@/c", "a:b@c/d"] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_without_a_scheme_may_hold_a_login() {
        let told = |text: &'static str| {
            let found = bare_user_infos(text).into_iter();
            let shown = found.map(|(user, password)| (&text[user], &text[password]));
            shown.collect::<Vec<_>>()
        };
        for text in [
            "shop:x1@db.example.com:5432/orders",
            "A=b\nSHOP_DSN=shop:x1@db/orders\n",
            "dsn: \"shop:x1@db:5432\"",
        ] {
            assert_eq!(told(text), [("shop", "x1")], "{text}");
        }
        for text in [
            "mailto:shop@example.com",
            "example.com/shop:1@sha256:0a1b",
            "jdbc:oracle:thin@db:1521/x",
            "git@example.com:shop/web",
            "https://shop:x1@db:5432/orders",
            "user:x1@tcp(db:3306)/orders",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[test]
    fn user_information_ends_at_the_last_at_sign_of_the_authority() {
        let text = "x postgres://u:p@w@h/d?a=b@c y";
        let found = user_infos(text);
        assert_eq!(&text[found[0].password.clone()], "p@w");
        let text = "nats://shop:hQ/7t+r9/9x=@bus.shop.svc:4222";
        assert_eq!(&text[user_infos(text)[0].password.clone()], "hQ/7t+r9/9x=");
        for text in [
            "rtps@udpv4://a-0.a:7400,rtps@udpv4://a-1.a:7400",
            "http://node1:8080,admin@http://node2:8080",
            "https://example.com:8080/a/b@c.d",
            "oci://example.com/shop:1/x@sha256:0a",
            "https://example.com/a:b/c@d",
        ] {
            assert_eq!(user_infos(text), [], "{text}");
        }
        assert!(user_infos("https://h:80/x@sha256:0 git@h:x ssh://git@h/x").is_empty());
    }

    #[test]
    fn each_host_of_a_list_has_its_own_login() {
        let told = |text: &'static str| {
            let found = user_infos(text).into_iter();
            let shown = found.map(|info| (&text[info.user], &text[info.password]));
            shown.collect::<Vec<_>>()
        };
        let both = [("a", "x"), ("b", "y")];
        assert_eq!(told("rabbit://a:x@db-0,b:y@db-1"), both);
        assert_eq!(told("amqp://a:x@db-0:5672,db-1,b:y@db-2:5672/v"), both);
        assert_eq!(told("mongodb://a:x@db-0:1,db-1:1/v?a=b@c"), [("a", "x")]);
        assert_eq!(told("amqp://a:x@db-0,amqp://b:y@db-1"), both);
        assert_eq!(told("redis://a:x,y@z@db-0"), [("a", "x,y@z")]);
        assert_eq!(told("redis://a:p@,b:c@db-0"), [("a", "p@,b:c")]);
    }

    #[test]
    fn a_form_of_an_address_has_no_real_part() {
        assert!(is_form("user", "password", "host:5432/db_name"));
        assert!(is_form("db_user", "PASS", "hostname/x"));
        assert!(is_form("user", "password", "some-server/kube.config"));
        for (user, password, rest) in [
            ("user", "password", "postgres:5432/db"),
            ("user", "hQ7tr99x", "host:5432/db"),
            ("shop", "password", "host:5432/db"),
        ] {
            assert!(!is_form(user, password, rest), "{rest}");
        }
    }
}
