//! Settings inside a text: `key=value`, `key: value`, `"key": "value"`, wherever they stand in a
//! line. Says where, not whether; both detection and masking read texts through here.
//! `embedded` looks for everything that may stand in a string, `config` goes through the lines of a
//! configuration text, `command` through words of a command line; the rest reads one syntax each.

mod above;
pub(super) mod account_line;
mod account_option;
mod account_section;
pub(super) mod address;
pub(super) mod argument;
mod below;
mod block;
mod call;
pub(super) mod called;
pub(super) mod command;
mod config;
pub(super) mod connection;
mod crypt;
pub(super) mod directive;
pub(super) mod embedded;
pub(super) mod encoded;
pub(super) mod fallback;
pub(super) mod flag;
pub(super) mod found;
mod insert;
mod jwk;
mod key_line;
pub(super) mod key_pair;
mod key_vault;
mod list;
mod listener;
mod literal;
mod logged_in;
pub(super) mod login;
mod named;
mod nested;
mod object;
pub(super) mod off_part;
mod open_line;
pub(super) mod option;
mod optioned;
mod oracle;
pub(super) mod pem;
mod program;
mod radius;
mod redis;
mod refused;
mod replaced;
mod replica;
pub(super) mod secret_name;
mod setting_path;
pub(super) mod shell;
mod shown;
mod spaced;
pub(super) mod subject;
mod switch;
pub(super) mod syntax;
mod trust;
mod unseparated;
mod users;
mod within;
pub(super) mod word;

use std::ops::Range;

use super::line::is_of_registry;

/// Keys longer than this are no settings.
const KEY_LIMIT: usize = 96;

/// A setting in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The key's bytes, without quotes.
    pub key: Range<usize>,
    /// The value's bytes, without quotes.
    pub value: Range<usize>,
    /// `=` or `:`.
    pub separator: u8,
    /// Whether the separator is `=>`.
    pub is_arrow: bool,
    /// Whether blanks stand around the separator.
    pub is_spaced: bool,
    /// Whether the key stands in quotes.
    pub key_is_quoted: bool,
    /// Whether the value stands in quotes.
    pub value_is_quoted: bool,
    /// What stands right before the key; `None` at the start of the line.
    pub before: Option<u8>,
}

/// The settings of a line whose key `wants` accepts, from left to right.
pub(super) fn settings(line: &str, mut wants: impl FnMut(&str) -> bool) -> Vec<Setting> {
    let bytes = line.as_bytes();
    let mut found: Vec<Setting> = Vec::new();
    let mut at = 0;
    while let Some(step) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'=' | b':'))
    {
        let separator = at + step;
        at = separator + 1;
        if !is_separator(bytes, separator) {
            continue;
        }
        let Some((key, key_is_quoted)) = key_before(line, separator) else {
            continue;
        };
        let is_tight_colon = bytes[separator] == b':' && !key_is_quoted;
        // JavaScript: `{user:'shop',pwd:'x'}`.
        let is_in_map = key.start > 0 && matches!(bytes[key.start - 1], b'{' | b',');
        let is_value =
            |next: &u8| next.is_ascii_whitespace() || (is_in_map && matches!(next, b'"' | b'\''));
        if is_tight_colon && bytes.get(separator + 1).is_some_and(|next| !is_value(next)) {
            continue;
        }
        if !wants(&line[key.clone()]) {
            continue;
        }
        let setting = setting(line, separator, key, key_is_quoted);
        if !opens_map(&line[setting.value.clone()]) {
            at = at.max(setting.value.end);
        }
        found.push(setting);
    }
    found
}

/// Whether a value is a map on the same line, whose settings stand for themselves; `{{` begins what a template
/// fills in.
fn opens_map(value: &str) -> bool {
    (value.starts_with('{') && !value.starts_with("{{")) || value.starts_with("[{")
}

/// Whether the byte separates key and value: no comparison, no URL.
fn is_separator(bytes: &[u8], at: usize) -> bool {
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    let before = at.checked_sub(1).map_or(b' ', |before| bytes[before]);
    match bytes[at] {
        b'=' => !b"=~".contains(&next) && !b"=!<>~+".contains(&before),
        _ => !matches!(next, b'=' | b'/' | b':') && before != b':',
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

/// The key that ends before a separator, and whether it stands in quotes.
fn key_before(line: &str, separator: usize) -> Option<(Range<usize>, bool)> {
    let bytes = line.as_bytes();
    let mut end = separator;
    if end > 0 && bytes[end - 1] == b':' {
        end -= 1;
    }
    while end > 0 && matches!(bytes[end - 1], b' ' | b'\t') {
        end -= 1;
    }
    let is_quoted = end > 0 && matches!(bytes[end - 1], b'"' | b'\'');
    if is_quoted {
        end -= 1;
        if end > 0 && bytes[end - 1] == b'\\' {
            end -= 1;
        }
    } else if end > 0 && bytes[end - 1] == b']' {
        // PHP and Python: `$config['password'] = 'x'`.
        let inner = line[..end - 1].strip_suffix(['"', '\''])?;
        end = inner.len();
    }
    let floor = end.saturating_sub(KEY_LIMIT);
    let length = bytes[floor..end]
        .iter()
        .rev()
        .take_while(|byte| is_key_byte(**byte))
        .count();
    let key = end - length..end;
    (length > 0 && length < KEY_LIMIT).then_some((key, is_quoted))
}

fn setting(line: &str, separator: usize, key: Range<usize>, key_is_quoted: bool) -> Setting {
    let bytes = line.as_bytes();
    let before = before_key(line, key.start);
    let is_arrow = bytes[separator..].starts_with(b"=>");
    let after = separator + 1 + usize::from(is_arrow);
    let blanks = bytes[after..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    // Grafana: three quotes around what holds a `;`. TOML: around what may have several lines.
    let written = &line[after + blanks..];
    let is_tripled = [("\"\"\"", '"'), ("'''", '\'')]
        .iter()
        .any(|(quotes, quote)| {
            let rest = written.strip_prefix(quotes);
            rest.is_some_and(|rest| !rest.starts_with(*quote))
        });
    let start = after + blanks + if is_tripled { 2 } else { 0 };
    let is_spaced = blanks > 0 || separator > key.end + usize::from(key_is_quoted);
    let (value, value_is_quoted) = match quote_at(bytes, start) {
        Some((quote, escaped)) => (quoted(bytes, start, quote, escaped), true),
        None => (unquoted(line, start, before, bytes[separator]), false),
    };
    let separator = bytes[separator];
    Setting {
        key,
        value,
        separator,
        is_arrow,
        is_spaced,
        key_is_quoted,
        value_is_quoted,
        before,
    }
}

/// What stands before a key, `None` where only indentation, a dash, `export` and quotes do.
fn before_key(line: &str, start: usize) -> Option<u8> {
    let head = line[..start]
        .trim_start()
        .trim_end_matches(['"', '\'', '\\']);
    let head = head.trim_start_matches("- ").trim_start();
    let is_start = matches!(
        head.trim_end(),
        "" | "-" | "export" | "set" | "ENV" | "ARG" | "env"
    );
    let is_registry = is_of_registry(line.trim_start()) && head.ends_with("/:");
    let last = head.trim_end().bytes().last();
    match last {
        _ if is_start || is_registry => None,
        Some(b'{' | b',' | b';' | b'&' | b'?') => last,
        _ => head.bytes().last(),
    }
}

/// The quote that a value begins with, and whether a backslash stands before it.
fn quote_at(bytes: &[u8], at: usize) -> Option<(u8, bool)> {
    match (bytes.get(at)?, bytes.get(at + 1)) {
        (b'\\', Some(quote @ (b'"' | b'\''))) => Some((*quote, true)),
        (quote @ (b'"' | b'\''), _) => Some((*quote, false)),
        _ => None,
    }
}

/// A value in quotes, to the end of the line where they do not close.
fn quoted(bytes: &[u8], at: usize, quote: u8, escaped: bool) -> Range<usize> {
    let start = at + 1 + usize::from(escaped);
    let mut end = start;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' if escaped && bytes.get(end + 1) == Some(&quote) => break,
            b'\\' if quote == b'"' => end += 2,
            byte if byte == quote => break,
            _ => end += 1,
        }
    }
    start..end.min(bytes.len())
}

/// A value without quotes: the rest of the line where its key begins the line, one word elsewhere.
fn unquoted(line: &str, start: usize, before: Option<u8>, separator: u8) -> Range<usize> {
    let rest = &line[start.min(line.len())..];
    let start = start.min(line.len());
    if before.is_some() {
        // In a list of `key=value;` only the list's own separator ends a value.
        let ends = if before == Some(b';') && separator == b'=' {
            ";\"'`\\"
        } else {
            ";&,\"'|)}]<>`\\"
        };
        // Options of game servers: `Map?Password=x?Players=8`; in an address a `?` may be part of a value.
        let is_option = before == Some(b'?') && !line[..start].contains("://");
        let is_end =
            |one: char| one.is_whitespace() || ends.contains(one) || (is_option && one == '?');
        return start..start + rest.find(is_end).unwrap_or(rest.len());
    }
    let rest = [" #", "\t#", " //", " ; "]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
        .map_or(rest, |at| &rest[..at]);
    // A connection string whose first entry is the password.
    let rest = match rest.find(';') {
        Some(at) if separator == b'=' && rest[at..].contains('=') => &rest[..at],
        _ => rest,
    };
    let rest = rest.trim_end().trim_end_matches([',', ';']);
    start..start + rest.len()
}

/// Whether the shell fills something in.
pub(super) fn is_shell_reference(value: &str) -> bool {
    let bytes = value.as_bytes();
    value.contains('`')
        || bytes.windows(2).any(|pair| {
            pair[0] == b'$' && (pair[1].is_ascii_alphanumeric() || b"_{(@*".contains(&pair[1]))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<(&str, &str)> {
        let found = settings(line, |key| {
            crate::facts::credentials::key::meaning(key).is_credential()
        });
        found
            .iter()
            .map(|one| (&line[one.key.clone()], &line[one.value.clone()]))
            .collect()
    }

    #[test]
    fn settings_are_found_in_every_syntax() {
        for (line, expected) in [
            ("a.password=x=y", vec![("a.password", "x=y")]),
            ("export DB_PASSWORD='x y' # c", vec![("DB_PASSWORD", "x y")]),
            ("  - password: abc # why", vec![("password", "abc")]),
            (
                r#"{"user":"a","password":"b\"c","x":1}"#,
                vec![("password", "b\\\"c")],
            ),
            (r#"value: "{\"password\": \"b\"}""#, vec![("password", "b")]),
            (
                "Server=s;User=u;Password=p!1;Encrypt=no",
                vec![("Password", "p!1")],
            ),
            ("Password=p;Server=s", vec![("Password", "p")]),
            (
                "//registry.example.com/:_authToken=x1",
                vec![("_authToken", "x1")],
            ),
            (
                "jdbc:x://h/d?user=u&password=p&ssl=true",
                vec![("password", "p")],
            ),
            ("host=h password=p dbname=d", vec![("password", "p")]),
            ("$config['password'] = 'x';", vec![("password", "x")]),
            ("password := \"x\"", vec![("password", "x")]),
            ("password = \'\'\'x\'\'\'", vec![("password", "x")]),
            ("password = \"\"\"x\"\"\"", vec![("password", "x")]),
            ("password = \'\'", vec![("password", "")]),
            ("f({user:'r',pwd:'x',roles:['a']})", vec![("pwd", "x")]),
        ] {
            assert_eq!(values(line), expected, "{line}");
        }
    }

    #[test]
    fn comparisons_and_addresses_are_no_settings() {
        for line in [
            "if password == x",
            "password != y",
            "token://host",
            "std::password::x",
            "a: password",
            "f({user:user,pwd:password})",
        ] {
            assert_eq!(values(line), [], "{line}");
        }
    }
}
