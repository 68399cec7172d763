//! Keys whose meaning stands in the object above them, in JSON and in YAML: `"Jwt": {"Key": "x"}`.

use std::ops::Range;

use super::settings;
use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::line::{is_comment, lines};

/// How the name of an object begins whose `Key` signs tokens.
const SIGNER: &str = "\"jwt";

/// The bytes of the values that stand under `Key` in objects of tokens.
pub(super) fn signing_keys(text: &str) -> Vec<Range<usize>> {
    if find_ignoring_case(text, "jwt").is_none() {
        return Vec::new();
    }
    let mut found = quoted_signing_keys(text);
    found.extend(indented_signing_keys(text));
    found
}

/// Those of JSON.
fn quoted_signing_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find_ignoring_case(&text[from..], SIGNER).map(|at| from + at) {
        from = at + SIGNER.len();
        found.extend(object_after(text, from).and_then(|object| key_in(text, object)));
    }
    found
}

/// Those of YAML, where the object's name leaves its line open.
fn indented_signing_keys(text: &str) -> Vec<Range<usize>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_key = |key: &str| ["key", "keyvalue"].contains(&&*key.to_ascii_lowercase());
    let mut found = Vec::new();
    let mut open = None;
    for (offset, line) in lines(text).filter(|(_, line)| !line.is_empty() && !is_comment(line)) {
        open = open.filter(|depth| indent(line) > *depth);
        if opens_signer(line) {
            open = Some(indent(line));
        } else if open.is_some() {
            let own = settings(line, is_key).into_iter();
            let own = own.filter(|own| own.before.is_none() && own.separator == b':');
            found.extend(own.map(|own| offset + own.value.start..offset + own.value.end));
        }
    }
    found
}

/// `jwt:`, `jwtSettings:`. The keys in a list `jwt_secrets` say who signs.
fn opens_signer(line: &str) -> bool {
    let name = line.trim().strip_suffix(':').unwrap_or_default();
    let name = name.to_ascii_lowercase();
    name.starts_with("jwt") && !name.ends_with("secrets") && !name.contains(char::is_whitespace)
}

/// Where an object begins that a quoted name, open at a byte, is the name of.
fn object_after(text: &str, at: usize) -> Option<usize> {
    let (name, rest) = text[at..].split_once('"')?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let inner = rest.strip_prefix('{')?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    is_name.then(|| text.len() - inner.len())
}

/// The value of an object's own `Key`, if it is a string.
fn key_in(text: &str, start: usize) -> Option<Range<usize>> {
    let mut depth = 1;
    let mut at = start;
    while depth > 0 {
        match text.as_bytes().get(at)? {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'"' => {
                let end = end_of_string(text, at)?;
                let value = value_after(text, end).filter(|_| depth == 1);
                if let Some(value) = value
                    && text[at + 1..end].eq_ignore_ascii_case("key")
                {
                    return Some(value);
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The string behind the colon that follows a quote.
fn value_after(text: &str, quote: usize) -> Option<Range<usize>> {
    let rest = text[quote + 1..].trim_start().strip_prefix(':')?;
    let value = rest.trim_start().strip_prefix('"')?;
    let start = text.len() - value.len();
    Some(start..end_of_string(text, start - 1)?)
}

/// The quote that closes the one at a byte.
fn end_of_string(text: &str, quote: usize) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.as_bytes()[quote + 1..].iter().position(|byte| {
        let closes = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        closes
    });
    end.map(|end| quote + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_a_name_of_tokens_have_a_key() {
        let told = |text: &'static str| {
            let found = indented_signing_keys(text).into_iter();
            found.map(|range| &text[range]).collect::<Vec<_>>()
        };
        for text in [
            "shop:\n  jwt:\n    issuer: shop\n    keyValue: x1 # of the shop\n  key: no\n",
            "jwt:\n  key: \"x1\"\nkey: no\n",
        ] {
            assert_eq!(told(text), ["x1"], "{text}");
        }
        for text in [
            "cache:\n  key: x1\njwt:\n  issuer: shop\n",
            "jwt: shop\n  key: x1\n",
            "jwt_secrets:\n  - key: x1\n    secret: x2\n",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_object_of_tokens_has_a_key() {
        let told = |text: &'static str| {
            let found = signing_keys(text).into_iter();
            found.map(|range| &text[range]).collect::<Vec<_>>()
        };
        for text in [
            r#"{"Jwt": {"Key": "x1", "Issuer": "shop"}}"#,
            "{\n  \"JwtSettings\": {\n    \"Issuer\": \"a}b\",\n    \"Key\": \"x1\"\n  }\n}",
            r#"{"jwt": {"other": {"key": "no"}, "key": "x1"}}"#,
        ] {
            assert_eq!(told(text), ["x1"], "{text}");
        }
        for text in [
            r#"{"Jwt": {"Issuer": "shop"}, "Key": "x1"}"#,
            r#"{"Jwt": "Key", "Key": "x1"}"#,
            r#"{"Cache": {"Key": "x1"}}"#,
            r#"{"Jwt": {"Key": 1}}"#,
            r#"{"Jwt": {"Key"#,
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
