//! Settings that a blank alone tells from their value: of NGINX, HAProxy, Fluentd, Fluent Bit, Redis
//! and others.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::line::place;

/// What NGINX, HAProxy, Caddy and Fluent Bit set by a name and a value behind it.
const NAMED: [&str; 12] = [
    "header_up",
    "Header",
    "header",
    "proxy_set_header",
    "add_header",
    "grpc_set_header",
    "fastcgi_param",
    "uwsgi_param",
    "scgi_param",
    "setenv",
    "SetEnv",
    "presetenv",
];

/// A header, parameter or variable that NGINX or HAProxy sets: the bytes of name and value.
pub(super) fn named_value(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (directive, rest) = line.trim_start().split_once([' ', '\t'])?;
    let rest = rest.trim_start();
    if directive == "if" {
        return compared_header(line, rest);
    }
    if let Some(rest) = behind_action(directive, rest) {
        return name_and_value(line, rest);
    }
    let rest = match rest.strip_prefix('$') {
        Some(variable) if directive == "set" && line.contains(';') => variable,
        _ if NAMED.contains(&directive) => rest,
        _ => return None,
    };
    name_and_value(line, rest)
}

fn name_and_value(line: &str, rest: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (key, value) = rest.split_once([' ', '\t'])?;
    let value = word(value.trim_start());
    let place = |part: &str| place(line, part);
    (!value.is_empty() && !value.contains('$')).then(|| (place(key), place(value)))
}

/// What Apache and HAProxy say before a header: `RequestHeader set`, `http-request set-header`.
fn behind_action<'a>(directive: &str, rest: &'a str) -> Option<&'a str> {
    let actions: &[&str] = match directive {
        "RequestHeader" | "Header" => &["set", "add", "append", "always"],
        "http-request" | "http-response" => &["set-header", "add-header"],
        _ => return None,
    };
    let (action, behind) = rest.split_once([' ', '\t'])?;
    if !actions.contains(&action) {
        return None;
    }
    let behind = behind.trim_start();
    Some(behind.strip_prefix("set ").unwrap_or(behind))
}

/// What NGINX lets in by a header, an argument or a cookie: `if ($http_x_api_key != "x")`.
fn compared_header(line: &str, rest: &str) -> Option<(Range<usize>, Range<usize>)> {
    let rest = rest.strip_prefix("($")?;
    let name = ["http_", "arg_", "cookie_"]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))?;
    let (key, value) = name.split_once([' ', '!', '='])?;
    // What `~` compares with is a pattern.
    let value = value.trim_start_matches([' ', '!']).strip_prefix('=')?;
    let value = word(value.trim_start()).trim_end_matches(')');
    let is_value = !value.is_empty() && !value.contains('$');
    is_value.then(|| (place(line, key), place(line, value)))
}

/// The first word of what follows a name, or what it has in quotes.
fn word(text: &str) -> &str {
    let quoted = ['"', '\''].into_iter().find_map(|quote| {
        let value = text.strip_prefix(quote)?;
        Some(value.split(quote).next().unwrap_or(value))
    });
    let is_end = |one: char| one.is_whitespace() || one == ';';
    let schemes = ["Bearer ", "Token "];
    let scheme = schemes.iter().find(|scheme| text.starts_with(**scheme));
    quoted.unwrap_or_else(|| {
        let start = scheme.map_or(0, |scheme| scheme.len());
        let end = text[start..]
            .find(is_end)
            .map_or(text.len(), |end| start + end);
        &text[..end]
    })
}

/// Whether a text configures plugins, whose settings have no separator: of Fluentd, and of Fluent Bit
/// by the sections that it has.
pub(super) fn has_plugins(text: &str) -> bool {
    text.contains("@type ")
        || ["[output]", "[filter]", "[input]"]
            .iter()
            .any(|section| find_ignoring_case(text, section).is_some())
}

/// Whether a file's name says that a blank may tell a key from its value: Java's properties, Spark's.
pub(super) fn may_be_spaced(file: &str) -> bool {
    file.ends_with(".properties") || file == "spark-defaults.conf"
}

/// A setting of a plugin: the bytes of key and value.
pub(super) fn of_plugin(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut words = line.split_whitespace();
    let (key, word) = (words.next()?, words.next()?);
    if words.next().is_some_and(|next| !next.starts_with('#')) {
        return None;
    }
    let start = line.find(key)?;
    let value = word.trim_matches(['"', '\'']);
    let at = start + key.len();
    let value_start = at + line[at..].find(value).filter(|_| !value.is_empty())?;
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_setting = key.bytes().all(is_key) && !value.starts_with(['=', ':']);
    is_setting.then_some((start..at, value_start..value_start + value.len()))
}

/// Settings that are told from their value by a blank alone, and how many words stand before it.
pub(super) const DIRECTIVES: [(&str, usize); 20] = [
    ("requirepass", 0),
    ("masterauth", 0),
    ("rootpw", 0),
    ("bindpw", 0),
    ("insecure-password", 0),
    ("auth-pass", 1),
    ("auth_pass", 0),
    ("sentinel auth-pass", 1),
    ("smtp_sasl_password", 0),
    // Fluent Bit, Mosquitto's bridges, pgpool.
    ("HTTP_Passwd", 0),
    ("http_passwd", 0),
    ("remote_password", 0),
    // Apache, Squid.
    ("AuthLDAPBindPassword", 0),
    ("OIDCClientSecret", 0),
    ("OIDCCryptoPassphrase", 0),
    ("OIDCRedisCachePassword", 0),
    ("cachemgr_passwd", 0),
    // What lets in to SNMP.
    ("rocommunity", 0),
    ("rwcommunity", 0),
    // Of the machine that runs Erlang.
    ("-setcookie", 0),
];

/// Whether a value is a directive of Redis and nothing else, as operators take them in a list.
pub(super) fn is_directive_alone(text: &str) -> bool {
    let is_directive = ["requirepass ", "masterauth "]
        .iter()
        .any(|directive| text.starts_with(directive));
    is_directive && text.split_whitespace().count() == 2
}

/// A directive's key and the bytes of its value.
pub(in crate::facts::credentials) fn directive(line: &str) -> Option<(&'static str, Range<usize>)> {
    let start = line.len() - line.trim_start().len();
    let (key, skipped) = DIRECTIVES
        .into_iter()
        .find(|(key, _)| line[start..].starts_with(key))
        .or_else(|| {
            // HAProxy: `user admin insecure-password x`.
            let key = ("insecure-password", 0);
            line.contains(key.0).then_some(key)
        })?;
    let at = line.find(key)? + key.len();
    let rest = &line[at..];
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let word = rest.split_whitespace().nth(skipped)?;
    let value = word.trim_matches(['"', '\'']);
    let start = at + rest.rfind(value).filter(|_| !value.is_empty())?;
    // Apache asks a program for what stands behind `exec:`.
    let is_value = !value.starts_with(['=', ':']) && !value.starts_with("exec:");
    is_value.then(|| (key, start..start + value.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_before_their_values() {
        let pair = |found: Option<(Range<usize>, Range<usize>)>, line: &'static str| {
            found.map(|(key, value)| (&line[key], &line[value]))
        };
        let nginx = |line| pair(named_value(line), line);
        assert_eq!(
            nginx("  proxy_set_header X-Api-Key \"x1\";"),
            Some(("X-Api-Key", "x1"))
        );
        assert_eq!(
            nginx("fastcgi_param  DB_PASS \"x1\";"),
            Some(("DB_PASS", "x1"))
        );
        assert_eq!(nginx("set $token \"x1\";"), Some(("token", "x1")));
        assert_eq!(
            nginx("    Header Authorization Bearer x1"),
            Some(("Authorization", "Bearer x1"))
        );
        assert_eq!(
            nginx("  header_up X-Api-Key \"x1\""),
            Some(("X-Api-Key", "x1"))
        );
        assert_eq!(nginx("SetEnv DB_PASS \"x1\""), Some(("DB_PASS", "x1")));
        for line in [
            "RequestHeader set X-Api-Key \"x1\"",
            "Header always set X-Api-Key x1",
            "http-request set-header X-Api-Key x1 if a",
        ] {
            assert_eq!(nginx(line), Some(("X-Api-Key", "x1")), "{line}");
        }
        for line in [
            "  if ($http_x_api_key != \"x1\") { return 403; }",
            "if ($http_x_api_key = x1) {",
        ] {
            assert_eq!(nginx(line), Some(("x_api_key", "x1")), "{line}");
        }
        for line in [
            "if ($http_x_api_key != $key) {",
            "if ($http_x_api_key ~ \"x1\") {",
            "if ($http_x_api_key = \"\") {",
            "if ($request_method = POST) {",
            "RequestHeader unset X-Api-Key",
            "  proxy_set_header X-Api-Key $http_key;",
            "fastcgi_param DB_PASS $password;",
            "set $token",
            "set token x1;",
            "set $token x1",
        ] {
            assert_eq!(nginx(line), None, "{line}");
        }
    }

    #[test]
    fn plugins_have_settings_without_a_separator() {
        let told =
            |line: &'static str| of_plugin(line).map(|(key, value)| (&line[key], &line[value]));
        assert_eq!(told("  Splunk_Token x1"), Some(("Splunk_Token", "x1")));
        assert_eq!(
            told("tls.key_passwd 'x1' # a"),
            Some(("tls.key_passwd", "x1"))
        );
        assert_eq!(
            told("fs.s3a.secret.key    x1"),
            Some(("fs.s3a.secret.key", "x1"))
        );
        for line in ["Token = x1", "token: x1", "Token", "Token is set below"] {
            assert_eq!(told(line), None, "{line}");
        }
        assert!(has_plugins("[OUTPUT]\n  Name http"));
        assert!(!has_plugins("[server]\n  Token x1"));
        assert!(may_be_spaced("spark-defaults.conf") && may_be_spaced("shop.properties"));
        assert!(!may_be_spaced("shop.conf"));
    }

    #[test]
    fn directives_have_one_value() {
        let told = |line: &'static str| directive(line).map(|(_, value)| &line[value]);
        assert_eq!(told("requirepass x1"), Some("x1"));
        assert_eq!(told("rocommunity x1 10.0.0.0/8"), Some("x1"));
        assert_eq!(told("AuthLDAPBindPassword \"x1\""), Some("x1"));
        assert_eq!(told("AuthLDAPBindPassword exec:/bin/pw"), None);
        assert_eq!(told("OIDCClientSecret x1"), Some("x1"));
        assert_eq!(told("rocommunity6 x1"), None);
        assert_eq!(told("requirepass = x1"), None);
        assert!(is_directive_alone("requirepass x1"));
        for text in [
            "requirepass",
            "requirepass is what Redis asks for",
            "a requirepass",
        ] {
            assert!(!is_directive_alone(text), "{text}");
        }
    }
}
