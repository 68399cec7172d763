//! Logins of Oracle's databases, which stand before the address: `shop/x@//oracle:1521/XE`.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;

/// User and password of each login in a text, by their bytes; `key` is what the text stands under.
pub(super) fn logins_of_oracle(key: &str, text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    if !text.contains('@') || !is_of_oracle(key, text) {
        return Vec::new();
    }
    let ends = text.match_indices('@').map(|(at, _)| at);
    ends.filter_map(|at| login_before(text, at)).collect()
}

fn is_of_oracle(key: &str, text: &str) -> bool {
    let is_told = |text| find_ignoring_case(text, "oracle").is_some();
    is_told(key) || is_told(text) || text.contains("sqlplus")
}

fn login_before(text: &str, at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let is_edge = |one: char| one.is_whitespace() || "\"'=:,(".contains(one);
    let login = text[..at].rsplit(is_edge).next()?;
    let start = at - login.len();
    let (user, password) = login.split_once('/')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_#".contains(&byte);
    let is_login = user.starts_with(|first: char| first.is_ascii_alphabetic())
        && user.bytes().all(is_name)
        && !password.is_empty()
        && !password.contains('/');
    let begin = start + user.len() + 1;
    (is_login && is_address(&text[at + 1..])).then_some((start..begin - 1, begin..at))
}

/// `//host`, or `host:port/service`.
fn is_address(text: &str) -> bool {
    if let Some(host) = text.strip_prefix("//") {
        return host.starts_with(|first: char| first.is_ascii_alphanumeric());
    }
    let Some((host, rest)) = text.split_once(':') else {
        return false;
    };
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    !host.is_empty()
        && host.bytes().all(is_of_host)
        && (2..=5).contains(&digits)
        && rest[digits..].starts_with(['/', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_stands_before_the_address() {
        let told = |text: &'static str| {
            let found = logins_of_oracle("DSN", text).into_iter();
            found.map(|(_, at)| &text[at]).collect::<Vec<_>>()
        };
        for text in [
            "shop/x1@//oracle:1521/XE",
            "shop/x1@oracle.example.com:1521/XEPDB1",
            "jdbc:oracle:thin:shop/x1@//db:1521/XE",
            "jdbc:oracle:thin:shop/x1@db:1521:XE",
            "sqlplus system/x1@//db:1521/XE @a.sql",
            "sqlplus\u{3000}system/x1@//db:1521/XE",
        ] {
            assert_eq!(told(text), ["x1"], "{text}");
        }
        for text in [
            "jdbc:oracle:thin:@//oracle:1521/XE",
            "/@oracle",
            "oracle/database@sha256:0123456789",
            "https://example.com/oracle/a@b",
            "shop/x1@db:1521/XE",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
