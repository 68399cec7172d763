//! Lines that give one account its password in the syntax of one kind of file: of routers and mail clients, of
//! IPsec, of Erlang, of properties with users.

use std::ops::Range;

use crate::facts::credentials::line::place;

use crate::facts::credentials::key::meaning;

/// The bytes of a password, by what its line is.
pub(super) fn password_of_line(line: &str) -> Option<(&'static str, Range<usize>)> {
    let routed = password_behind_blank(line).map(|range| ("password", range));
    let quoted = || Some(line).filter(|line| line.contains('"'));
    let shared = || Some(("PSK", pre_shared(quoted()?)?));
    let binary = || Some(("password", binary_of_erlang(quoted()?)?));
    let clear = || in_clear(line).map(|range| ("password", range));
    routed.or_else(shared).or_else(binary).or_else(clear)
}

/// What a scheme before it says to be in clear: `shop:{PLAIN}x:1000`, Authelia's `$plaintext$x`.
fn in_clear(line: &str) -> Option<Range<usize>> {
    const SCHEMES: [&str; 5] = [
        "{PLAIN}",
        "{plain}",
        "{CLEARTEXT}",
        "{CLEAR}",
        "$plaintext$",
    ];
    if !line.contains(['{', '$']) {
        return None;
    }
    let start = SCHEMES
        .iter()
        .find_map(|scheme| Some(line.find(scheme)? + scheme.len()))?;
    let is_end = |one: char| one.is_whitespace() || "\"':,{}<$|".contains(one);
    let length = line[start..].find(is_end).unwrap_or(line.len() - start);
    (length >= 4).then_some(start..start + length)
}

/// `password x` as msmtp, FRR and their kind have it, also `neighbor 10.0.0.1 password x`. Elsewhere what
/// stands so is a column with its type or a word of prose, so only letters and digits mixed count.
fn password_behind_blank(line: &str) -> Option<Range<usize>> {
    let mut words = line.split_whitespace();
    let is_before = match words.next()? {
        "password" => true,
        "enable" => words.next() == Some("password"),
        "neighbor" => words.nth(1) == Some("password"),
        _ => false,
    };
    let value = words.next().filter(|_| is_before)?;
    let is_last = words.next().is_none();
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!@#%^&*_+.-".contains(&byte);
    let is_value = value.len() >= 8 && value.bytes().all(is_sign) && is_no_word(value);
    let value = place(line, value);
    (is_last && is_value).then_some(value)
}

/// Whether letters and digits are mixed, or large and small letters in turns: `VARCHAR2` and `NvarChar` are types.
fn is_no_word(value: &str) -> bool {
    let word = value.trim_end_matches(|one: char| one.is_ascii_digit());
    let is_numbered =
        value.len() - word.len() <= 3 && word.bytes().all(|one| one.is_ascii_alphabetic());
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    let is_mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    let pairs = value.as_bytes().windows(2);
    let humps = pairs.filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    (is_mixed && !is_numbered) || humps.count() >= 3
}

/// `%any : PSK "x"` of `ipsec.secrets`.
fn pre_shared(line: &str) -> Option<Range<usize>> {
    const MARK: &str = ": PSK \"";
    let start = line.find(MARK)? + MARK.len();
    let length = line[start..].find('"')?;
    (length > 0).then_some(start..start + length)
}

/// `{default_pass, <<"x">>}` of RabbitMQ's advanced settings.
fn binary_of_erlang(line: &str) -> Option<Range<usize>> {
    const MARK: &str = "<<\"";
    let at = line.find(MARK)?;
    let key = line[..at].trim_end().strip_suffix(',')?;
    let key = key.rsplit(['{', ' ']).next()?;
    let start = at + MARK.len();
    let length = line[start..].find("\">>")?;
    (length > 0 && meaning(key).is_credential()).then_some(start..start + length)
}

/// User and password of a line in a file of properties that lists users: `shop=x`, of Artemis and Quarkus.
pub(super) fn user_of_properties(file: &str, line: &str) -> Option<(Range<usize>, Range<usize>)> {
    if !is_file_of_users(file) {
        return None;
    }
    let (user, value) = line.split_once('=')?;
    let (user, value) = (user.trim(), value.trim());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte);
    let is_user = !user.is_empty() && user.bytes().all(is_name);
    // Jetty lists roles behind a comma; a method stands before what is hashed or encrypted.
    let value = value.split(',').next().unwrap_or(value);
    let is_clear = !value.is_empty() && !value.contains(['(', ':', ' ', '$']);
    (is_user && is_clear).then(|| (place(line, user), place(line, value)))
}

/// Whether a text lists users with their passwords by the key it stands under.
pub(in crate::facts::credentials) fn is_file_of_users(key: &str) -> bool {
    key.ends_with("users.properties")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_a_password() {
        let told = |line: &'static str| password_of_line(line).map(|(_, range)| &line[range]);
        for line in [
            "password hQ7tr99x",
            " neighbor 10.0.0.1 password hQ7tr99x",
            "enable password hQ7tr99x",
            "%any : PSK \"hQ7tr99x\"",
            "[{rabbit, [{default_pass, <<\"hQ7tr99x\">>}]}].",
            "shop:{PLAIN}hQ7tr99x:1000:1000::/home/shop",
            "  secret: '$plaintext$hQ7tr99x'",
        ] {
            assert_eq!(told(line), Some("hQ7tr99x"), "{line}");
        }
        for line in [
            "password varchar(255),",
            "password VARCHAR2",
            "password uint256",
            "password TimestampWithZone",
            "password string",
            "password required pam_unix.so",
            "password is hQ7tr99x",
            "password $DB_PASSWORD1",
            "neighbor 10.0.0.1 remote-as 65000a00",
            "{queue, <<\"hQ7tr99x\">>}",
            "mechanisms = {PLAIN} {LOGIN}",
            "shop:{PLAIN}$PASSWORD",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn letters_alone_are_a_password_where_they_change_often() {
        let line = "password WnXvBUTzEKEhrq";
        let found = password_of_line(line).map(|(_, range)| &line[range]);
        assert_eq!(found, Some("WnXvBUTzEKEhrq"));
    }

    #[test]
    fn a_file_lists_users() {
        let told = |file, line: &'static str| {
            user_of_properties(file, line).map(|(user, value)| (&line[user], &line[value]))
        };
        let of_broker = |line| told("artemis-users.properties", line);
        assert_eq!(of_broker("shop = hQ7tr99x"), Some(("shop", "hQ7tr99x")));
        assert_eq!(of_broker("shop: hQ7tr99x,admin"), None);
        assert_eq!(of_broker("shop=hQ7tr99x,admin"), Some(("shop", "hQ7tr99x")));
        assert_eq!(of_broker("shop=ENC(1024:ab)"), None);
        assert_eq!(of_broker("shop=${SHOP}"), None);
        assert_eq!(told("shop.properties", "shop=hQ7tr99x"), None);
    }
}
