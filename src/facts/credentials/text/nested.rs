//! Keys whose meaning stands in the object above them, in JSON, in YAML and in TOML: `"Jwt": {"Key": "x"}`.

use std::ops::Range;

use super::key_pair::names_clients;
use super::settings;
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::words::{ends_ignoring_case, find_ignoring_case};
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

/// What an object holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// How tokens are signed.
    Signer,
    /// Keys that are drawn, if they are any: of an interface, of what is encrypted.
    Keys,
    /// The clients of Dex, each with its `secret`.
    Clients,
}

impl Object {
    fn of(name: &str) -> Option<Self> {
        const KEYS: [&str; 4] = ["api", "keyauth_credentials", "admin_key", "encryption"];
        let is_signer = name
            .get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case("jwt"))
            && !ends_ignoring_case(name, "secrets")
            && !name.contains(char::is_whitespace);
        if is_signer {
            Some(Self::Signer)
        } else if KEYS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            Some(Self::Keys)
        } else {
            names_clients(name).then_some(Self::Clients)
        }
    }

    fn has(self, key: &str) -> bool {
        match self {
            Self::Signer => ["key", "keyvalue"]
                .iter()
                .any(|own| key.eq_ignore_ascii_case(own)),
            Self::Keys => key == "key",
            Self::Clients => key == "secret",
        }
    }

    /// What the values under these keys are.
    pub(super) fn meaning(self) -> Meaning {
        match self {
            Self::Signer | Self::Clients => Meaning::Secret,
            Self::Keys => Meaning::Token,
        }
    }

    /// By what name a value is told.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Signer => "Jwt:Key",
            Self::Keys => "key",
            Self::Clients => "secret",
        }
    }
}

/// The bytes of the values whose meaning stands above them, and in what.
pub(super) fn nested_keys(text: &str) -> Vec<(Object, Range<usize>)> {
    let may_be = ["key", "Key", "KEY", "secret"]
        .iter()
        .any(|key| text.contains(key));
    if !may_be {
        return Vec::new();
    }
    let quoted = quoted_signing_keys(text).into_iter();
    let mut found: Vec<_> = quoted.map(|range| (Object::Signer, range)).collect();
    found.extend(keys_below(text));
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

/// The `key` of a text that is an object itself: `{"type": "HS256", "key": "x"}`.
pub(super) fn own_key(text: &str) -> Option<Range<usize>> {
    text.starts_with('{').then(|| key_in(text, 1)).flatten()
}

/// Those of JSON.
fn quoted_signing_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    if find_ignoring_case(text, SIGNER).is_none() {
        return found;
    }
    while let Some(at) = find_ignoring_case(&text[from..], SIGNER).map(|at| from + at) {
        from = at + SIGNER.len();
        let object = object_after(text, from);
        found.extend(object.into_iter().flat_map(|object| keys_in(text, object)));
    }
    found
}

/// Those of YAML, where the object's name leaves its line open, and of TOML, where it is a section's.
fn keys_below(text: &str) -> Vec<(Object, Range<usize>)> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    let mut open: Option<(Object, usize)> = None;
    let mut section = None;
    for (offset, line) in lines(text).filter(|(_, line)| !line.is_empty() && !is_comment(line)) {
        let is_item = line.trim_start().starts_with("- ");
        open = open.filter(|(_, depth)| indent(line) + usize::from(is_item) > *depth);
        if let Some(name) = section_of(line) {
            section = name.split('.').next().and_then(Object::of);
        } else if let Some(object) = line.trim().strip_suffix(':').and_then(Object::of) {
            open = Some((object, indent(line)));
        }
        let above = open.map(|(object, _)| (object, b':'));
        let above = above.or(section.map(|object| (object, b'=')));
        if let Some((object, separator)) = above {
            let own = settings(line, |key| object.has(key)).into_iter();
            let own = own.filter(|own| own.before.is_none() && own.separator == separator);
            found.extend(own.map(|own| (object, offset + own.value.start..offset + own.value.end)));
        }
    }
    found
}

/// The name of the section that a line begins.
fn section_of(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
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
    strings_called_key(text, start)
        .into_iter()
        .find_map(|(depth, value)| (depth == 1).then_some(value))
}

/// The same of an object that signs, else those of its accounts, as heketi has them: `{"admin": {"key": "x"}}`.
fn keys_in(text: &str, start: usize) -> Vec<Range<usize>> {
    let all = strings_called_key(text, start);
    let nearest = all.iter().map(|(depth, _)| *depth).min();
    let nearest = nearest.filter(|depth| *depth <= 2);
    let of_depth = all.into_iter().filter(|(depth, _)| Some(*depth) == nearest);
    of_depth.map(|(_, value)| value).collect()
}

/// The strings under `Key` in an object and all below it, with how deep they stand. Of an object that does not end,
/// those before.
fn strings_called_key(text: &str, start: usize) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let (mut depth, mut at) = (1, start);
    while let Some(byte) = text.as_bytes().get(at).filter(|_| depth > 0) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'"' => {
                let Some(end) = end_of_string(text, at) else {
                    break;
                };
                let is_key = text[at + 1..end].eq_ignore_ascii_case("key");
                let value = value_after(text, end).filter(|_| is_key);
                found.extend(value.map(|value| (depth, value)));
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
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
    fn accounts_of_an_object_that_signs_have_a_key_each() {
        let told = |text: &'static str| {
            let found = quoted_signing_keys(text).into_iter();
            found.map(|range| &text[range]).collect::<Vec<_>>()
        };
        let accounts = r#"{"jwt": {"admin": {"key": "x1"}, "user": {"key": "x2"}}, "key": "no"}"#;
        assert_eq!(told(accounts), ["x1", "x2"]);
        let own = r#"{"Jwt": {"Key": "x1", "cache": {"key": "no"}}}"#;
        assert_eq!(told(own), ["x1"]);
        for text in [
            r#"{"jwt": {"jwks": {"cache": {"key": "no"}}}}"#,
            r#"{"jwt": {"admin": {"name": "key"}}}"#,
            r#"{"jwt": "admin", "cache": {"key": "no"}}"#,
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn lines_below_a_name_of_tokens_have_a_key() {
        let told = |text: &'static str| {
            let found = keys_below(text).into_iter();
            found.map(|(_, range)| &text[range]).collect::<Vec<_>>()
        };
        for text in [
            "shop:\n  jwt:\n    issuer: shop\n    keyValue: x1 # of the shop\n  key: no\n",
            "jwt:\n  key: \"x1\"\nkey: no\n",
            "admin_key:\n- name: admin\n  key: x1\nkey: no\n",
            "datadog:\n  api:\n    key: x1\n    site: shop\n",
            "[jwt.signing]\nkey = \"x1\"\n[cache]\nkey = \"no\"\n",
            "staticClients:\n  - id: shop\n    secret: x1\nsecret: no\n",
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
            let found = nested_keys(text).into_iter();
            found.map(|(_, range)| &text[range]).collect::<Vec<_>>()
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
