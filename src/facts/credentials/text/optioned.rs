//! Values that are a line of options for a program, or headers of HTTP: `--requirepass x`, `X-Api-Key: x`.

use std::ops::Range;

use super::argument::Argument;
use super::command::arguments;
use super::found::Found;
use super::is_shell_reference;
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::words::{contains_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::place;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::known::Known;

/// Last words in the names of settings that hold a command, or options of one.
const COMMANDS: [&str; 10] = [
    "args",
    "arguments",
    "cmd",
    "command",
    "flags",
    "opts",
    "options",
    "params",
    "parameters",
    "line",
];

/// Programs that are known by the name of a setting with their options.
const PROGRAMS: [&str; 2] = ["mysql", "mariadb"];

/// What the options and headers in a value of one line are.
pub(super) fn optioned(
    known: &Known,
    text: &str,
    kind: Kind,
    around: Around<'_>,
    found: &mut Vec<Found>,
) {
    let options = options(around.key, text).into_iter();
    let options = options.map(|one| (one.meaning, one.key, one.value, Kind::Argument));
    let headers = headers(around.key, text).into_iter();
    let headers = headers.map(|(name, value)| {
        (
            of_header(&text[name.clone()]),
            text[name].to_owned(),
            value,
            kind,
        )
    });
    for (meaning, key, range, kind) in options.chain(headers) {
        let value = &text[range.clone()];
        if is_shell_reference(value) {
            continue;
        }
        let around = Around {
            key: &key,
            may_be_name: false,
            ..around
        };
        let verdict = known.judge(meaning, value, around);
        found.push(Found {
            range,
            key,
            kind,
            verdict,
        });
    }
}

/// The credentials among options: a value that begins with one, or that its name says to be a command.
fn options(key: &str, text: &str) -> Vec<Argument> {
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    let begins = name.is_some_and(|name| name.starts_with(|one: char| one.is_ascii_alphabetic()));
    if !begins && !text.contains(" -") {
        return Vec::new();
    }
    let words = words(key);
    let is_command = words
        .last()
        .is_some_and(|last| COMMANDS.contains(&last.as_str()));
    if !begins && !is_command {
        return Vec::new();
    }
    let program = words.first().map(String::as_str);
    match program.filter(|name| PROGRAMS.contains(name)) {
        Some(program) => of_program(program, text),
        None => arguments(&[text], None),
    }
}

/// Those of a program that only the value's name tells: each word is an item of the command.
fn of_program(program: &str, text: &str) -> Vec<Argument> {
    let items: Vec<&str> = text.split_whitespace().collect();
    let mut found = arguments(&items, Some(program));
    for one in &mut found {
        let start = items[one.item].as_ptr().addr() - text.as_ptr().addr();
        one.value = start + one.value.start..start + one.value.end;
    }
    found
}

/// The headers of a value whose name says that it holds some, each with what it says: `Name: value`, and
/// OpenTelemetry's `name=value,name=value`.
fn headers(key: &str, text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    if !contains_ignoring_case(key, "header") {
        return Vec::new();
    }
    let parts = text.split(',').filter_map(header);
    let place = |part: &str| place(text, part);
    let told = parts.filter(|(name, _)| of_header(name).is_credential());
    told.map(|(name, value)| (place(name), place(value)))
        .collect()
}

/// Name and value of a header.
pub(super) fn header(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once([':', '='])?;
    let (name, value) = (name.trim(), value.trim());
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_header = !name.is_empty() && name.bytes().all(is_of_name) && !value.is_empty();
    // What is encoded is told elsewhere.
    let is_basic = value
        .get(..6)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "));
    (is_header && !is_basic).then_some((name, value))
}

/// What the value of a header is by its name.
pub(super) fn of_header(name: &str) -> Meaning {
    match name {
        _ if name.eq_ignore_ascii_case("x-honeycomb-team") => Meaning::SureToken,
        _ => meaning(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_be_a_line_of_options() {
        let told = |key, text: &'static str| {
            let found = options(key, text).into_iter();
            let found: Vec<&str> = found.map(|one| &text[one.value]).collect();
            found.join(" ")
        };
        for (key, text) in [
            ("REDIS_ARGS", "--save 60 1 --requirepass x1"),
            ("EXTRA", "--db-password=x1 --x"),
            ("EXTRA", "--requirepass=x1"),
            ("MYSQL_OPTS", "-uroot -px1"),
            ("COMMAND", "redis-server --requirepass x1"),
        ] {
            assert_eq!(told(key, text), "x1", "{text}");
        }
        for (key, text) in [
            ("EXTRA", "--password-file=/x --token-ttl=3600"),
            ("MESSAGE", "give it by --password x1"),
            ("NOTE", "- password x1"),
            ("DOCKER_OPTS", "-uroot -px1"),
            ("KEY", "-----BEGIN x --password x1"),
        ] {
            assert_eq!(told(key, text), "", "{text}");
        }
    }

    #[test]
    fn headers_stand_in_one_value() {
        let told = |key, text: &'static str| {
            let found = headers(key, text).into_iter();
            let found: Vec<&str> = found.map(|(_, value)| &text[value]).collect();
            found.join(" ")
        };
        for (text, expected) in [
            ("Authorization=Bearer x1", "Bearer x1"),
            ("Authorization: Bearer x1", "Bearer x1"),
            ("api-key=x1,dataset=shop", "x1"),
            ("x-honeycomb-team=x1, X-Api-Key=x2", "x1 x2"),
            ("Content-Type: application/json", ""),
            ("X-Scope-OrgID: shop", ""),
            ("Authorization, X-Api-Key", ""),
            ("Authorization: Basic c2hvcDp4MQ==", ""),
            ("{\"X-Api-Key\": \"x1\"}", ""),
        ] {
            assert_eq!(told("EXPORTER_HEADERS", text), expected, "{text}");
            assert_eq!(told("MESSAGE", text), "", "{text}");
        }
    }
}
