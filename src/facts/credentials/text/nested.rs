//! Keys whose meaning stands in the object above them, in JSON and in YAML: `"Jwt": {"Key": "x"}`.

use std::ops::Range;

use super::settings;
use crate::facts::credentials::key::words::find_ignoring_case;
use crate::facts::credentials::line::{is_comment, lines};

/// How the name of an object begins whose `Key` signs tokens.
const SIGNER: &str = "\"jwt";

/// The bytes of what Prometheus and its kind send along: `authorization: {credentials: x}`, also on lines of
/// their own.
pub(super) fn sent_credentials(text: &str) -> Vec<Range<usize>> {
    const OWNER: &str = "authorization:";
    if !text.contains(OWNER) {
        return Vec::new();
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    let mut open = None;
    for (offset, line) in lines(text).filter(|(_, line)| !line.is_empty() && !is_comment(line)) {
        open = open.filter(|depth| indent(line) > *depth);
        let own = line.trim_start().trim_start_matches("- ").trim_start();
        let rest = own.strip_prefix(OWNER).map(str::trim);
        if rest == Some("") {
            open = Some(indent(line));
        }
        if open.is_some() || rest.is_some_and(|rest| rest.starts_with('{')) {
            let own = settings(line, |key| key == "credentials").into_iter();
            let own = own.filter(|own| own.separator == b':' && !own.value.is_empty());
            let own = own.map(|own| own.value);
            let is_text = |value: &Range<usize>| {
                !line[value.clone()].starts_with(['{', '[', '&', '*', '!', '|', '>'])
            };
            found.extend(
                own.filter(is_text)
                    .map(|value| offset + value.start..offset + value.end),
            );
        }
    }
    found
}

/// The bytes of the values that stand under `Key` in objects of tokens.
pub(super) fn signing_keys(text: &str) -> Vec<Range<usize>> {
    if find_ignoring_case(text, "jwt").is_none() {
        return Vec::new();
    }
    let mut found = quoted_signing_keys(text);
    found.extend(indented_signing_keys(text));
    found
}

/// The accounts that cloud-init gives passwords to, by the bytes of user and password:
/// `chpasswd: {list: [root:x]}`, also with each on a line of its own.
pub(super) fn accounts_of_machine(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    if !text.contains("chpasswd:") {
        return Vec::new();
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    let (mut owner, mut list) = (None, None);
    for (offset, line) in lines(text).filter(|(_, line)| !line.is_empty() && !is_comment(line)) {
        owner = owner.filter(|depth| indent(line) > *depth);
        list = list.filter(|depth| indent(line) > *depth && owner.is_some());
        let own = line.trim();
        let items = match own.strip_prefix("list:").map(str::trim) {
            Some(items) if owner.is_some() => {
                list = Some(indent(line));
                items.strip_prefix('[').unwrap_or_default()
            }
            _ if list.is_some() => own.trim_start_matches("- "),
            _ => "",
        };
        if own == "chpasswd:" {
            owner = Some(indent(line));
        }
        let place = |part: &str| {
            let start = offset + part.as_ptr().addr() - line.as_ptr().addr();
            start..start + part.len()
        };
        let accounts = items.split(',').filter_map(account);
        found.extend(accounts.map(|(user, password)| (place(user), place(password))));
    }
    found
}

/// `root:x`; what cloud-init makes up itself, and what is hashed, is none.
fn account(item: &str) -> Option<(&str, &str)> {
    let (user, password) = item.trim_matches([' ', '"', '\'', ']']).split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_made_up = matches!(password, "R" | "RANDOM") || password.starts_with('$');
    let is_account = !user.is_empty() && user.bytes().all(is_name) && !password.is_empty();
    (is_account && !is_made_up && !password.contains(' ')).then_some((user, password))
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
    fn credentials_are_sent_below_an_authorization() {
        let told = |text: &'static str| {
            let found = sent_credentials(text).into_iter();
            found.map(|range| &text[range]).collect::<Vec<_>>()
        };
        for text in [
            "- authorization:\n    type: Bearer\n    credentials: x1\n",
            "a:\n  authorization:\n    credentials: \"x1\" # of the shop\n  credentials: no\n",
            "authorization: {type: Bearer, credentials: x1}",
        ] {
            assert_eq!(told(text), ["x1"], "{text}");
        }
        for text in [
            "authorization:\n  credentials_file: /x",
            "authorization:\n  credentials:\n    name: x",
            "authorization:\n  credentials: {name: x, key: y}",
            "fetch:\n  credentials: include\nauthorization: x",
            "# authorization:\n  credentials: x1",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn accounts_of_a_machine_stand_below_a_list() {
        let told = |text: &'static str| {
            let found = accounts_of_machine(text).into_iter();
            found.map(|(_, at)| &text[at]).collect::<Vec<_>>()
        };
        for text in [
            "chpasswd:\n  expire: false\n  list: |\n    root:x1\n    shop:x2\nname: a:b\n",
            "chpasswd:\n  list:\n    - root:x1\n    - shop:x2\n",
            "  chpasswd:\n    list: [root:x1, 'shop:x2']\n",
        ] {
            assert_eq!(told(text), ["x1", "x2"], "{text}");
        }
        for text in [
            "list: |\n  root:x1\n",
            "chpasswd:\n  list: |\n    root:RANDOM\n    shop:R\n    web:$6$abc\n",
            "chpasswd:\n  expire: false\nother:\n  list: |\n    root:x1\n",
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
