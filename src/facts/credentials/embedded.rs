//! Credentials inside a string: URLs with user information, connection strings, settings in
//! configuration texts and JSON, private keys, tokens of services.

use std::ops::Range;

use super::key::{Meaning, meaning};
use super::known::{Around, Known};
use super::shape::tokens;
use super::text::{self, Setting, is_comment, lines, settings, user_infos};
use super::{Kind, Verdict};

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// One value: only connection strings and JSON hold settings.
    Inline,
    /// A configuration file, or a shell script.
    Config,
    /// A program: what has no quotes is a variable.
    Code,
    /// Text for people.
    Prose,
}

impl Syntax {
    /// By the name of a file, or of the key that a text stands under.
    pub(super) fn of_file(name: &str) -> Self {
        let ending = name
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match ending.as_str() {
            "py" | "js" | "ts" | "lua" | "rb" | "go" | "rego" | "groovy" | "java" | "pl"
            | "php" | "c" | "rs" | "jsonnet" | "libsonnet" | "kts" | "gradle" => Self::Code,
            "md" | "html" | "htm" | "css" | "adoc" | "rst" | "svg" => Self::Prose,
            _ => Self::Config,
        }
    }

    /// By key and value of a ConfigMap or Secret.
    pub(super) fn of_data(key: &str, text: &str) -> Self {
        if text.trim_end().contains('\n') || key.contains('.') {
            Self::of_file(key)
        } else {
            Self::Inline
        }
    }
}

/// Something in a string that stands where a credential stands.
pub(super) struct Found {
    pub range: Range<usize>,
    pub key: String,
    pub kind: Kind,
    pub verdict: Verdict,
}

/// What stands in a string, by what it is; pieces may overlap, the surest first.
pub(super) fn embedded(
    known: &Known,
    text: &str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    urls(known, text, around, &mut found);
    private_keys(text, around, &mut found);
    for token in tokens(text) {
        let verdict = if token.is_secret {
            Verdict::Literal
        } else {
            Verdict::Unsure
        };
        found.push(Found {
            range: token.range,
            key: around.key.to_owned(),
            kind: Kind::Token,
            verdict,
        });
    }
    if syntax != Syntax::Prose {
        configured(known, text, syntax, kind, around, &mut found);
    }
    found
}

fn urls(known: &Known, text: &str, around: Around<'_>, found: &mut Vec<Found>) {
    if !text.contains("://") {
        return;
    }
    for info in user_infos(text) {
        let (scheme, user) = (&text[info.scheme.clone()], &text[info.user]);
        let password = &text[info.password.clone()];
        let is_filled_in = |value: &str| value.contains(|one: char| "()[]{}$*\\^|".contains(one));
        let line = text[..info.scheme.start].rfind('\n').map_or(0, |at| at + 1);
        let is_commented = text.contains('\n') && is_comment(&text[line..]);
        let users = [user];
        let around = Around {
            users: &users,
            scheme: Some(scheme),
            ..around
        };
        let verdict = match known.judge(Meaning::Password, password, around) {
            verdict if is_filled_in(user) || is_filled_in(password) || is_commented => {
                if verdict == Verdict::Empty {
                    verdict
                } else {
                    Verdict::Reference
                }
            }
            verdict => verdict,
        };
        found.push(Found {
            range: info.password,
            key: scheme.to_owned(),
            kind: Kind::Url,
            verdict,
        });
    }
}

fn private_keys(text: &str, around: Around<'_>, found: &mut Vec<Found>) {
    const END: &str = "PRIVATE KEY-----";
    for (at, _) in text.match_indices("-----BEGIN ") {
        let Some(head) = text[at..].find(END).filter(|head| *head <= 32) else {
            continue;
        };
        let body = at + head + END.len();
        let end = text[body..]
            .find(END)
            .map_or(text.len(), |end| body + end + END.len());
        let base64 = text[body..end].split("-----END").next().unwrap_or_default();
        let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        let count = base64.bytes().filter(is_body).count();
        let is_masked = ["...", "***", "xxxxxx", "XXXXXX", "{{", "<"]
            .iter()
            .any(|mark| base64.contains(mark));
        let is_key = count >= 48 && !is_masked;
        let verdict = if is_key {
            Verdict::Literal
        } else {
            Verdict::Placeholder
        };
        let key = around.key.to_owned();
        found.push(Found {
            range: at..end,
            key,
            kind: Kind::PrivateKey,
            verdict,
        });
    }
}

fn configured(
    known: &Known,
    text: &str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'_>,
    found: &mut Vec<Found>,
) {
    let mut users: Option<Vec<&str>> = None;
    let mut name: Option<&str> = None;
    for (offset, line) in lines(text) {
        if line.is_empty() || (syntax != Syntax::Inline && is_comment(line)) {
            continue;
        }
        let named = name.take();
        let wants = |key: &str| {
            meaning(key).is_credential()
                || (syntax != Syntax::Inline && matches!(key, "name" | "value"))
        };
        for setting in settings(line, wants) {
            let key = &line[setting.key.clone()];
            let value = &line[setting.value.clone()];
            let (key, meaning) = match key {
                "name" => {
                    name = Some(value);
                    continue;
                }
                "value" => match named {
                    Some(named) => (named, meaning(named)),
                    None => continue,
                },
                key => (key, meaning(key)),
            };
            let Some(range) = literal(line, &setting, key, syntax) else {
                continue;
            };
            if !meaning.is_credential() {
                continue;
            }
            let users = users.get_or_insert_with(|| all_users(text, around.users));
            let verdict = known.judge(
                meaning,
                &line[range.clone()],
                Around {
                    key,
                    users,
                    ..around
                },
            );
            let is_connection = syntax == Syntax::Inline && setting.separator == b'=';
            let kind = if is_connection {
                Kind::ConnectionString
            } else {
                kind
            };
            let range = offset + range.start..offset + range.end;
            found.push(Found {
                range,
                key: key.to_owned(),
                kind,
                verdict,
            });
        }
        if let Some((key, range)) = directive(line) {
            let verdict = known.judge(
                Meaning::Password,
                &line[range.clone()],
                Around { key, ..around },
            );
            let range = offset + range.start..offset + range.end;
            found.push(Found {
                range,
                key: key.to_owned(),
                kind,
                verdict,
            });
        }
    }
}

/// The settings of Redis' own syntax, which has no separator.
fn directive(line: &str) -> Option<(&'static str, Range<usize>)> {
    let start = line.len() - line.trim_start().len();
    let key = ["requirepass", "masterauth"]
        .into_iter()
        .find(|key| line[start..].starts_with(key))?;
    let rest = &line[start + key.len()..];
    let value = rest.trim().trim_matches('"');
    let is_apart =
        rest.starts_with([' ', '\t']) && !value.is_empty() && !value.starts_with(['=', ':']);
    let at = line.rfind(value)?;
    is_apart.then(|| (key, at..at + value.len()))
}

/// The user names that a text sets.
fn all_users<'a>(text: &'a str, known: &[&'a str]) -> Vec<&'a str> {
    let is_user = |key: &str| {
        meaning(key) == Meaning::User
            || matches!(key, "uid" | "Uid" | "UID" | "User Id" | "Id" | "ID")
    };
    let mut users = known.to_vec();
    for (_, line) in lines(text) {
        let found = settings(line, is_user);
        users.extend(
            found
                .into_iter()
                .map(|one| &line[one.value])
                .filter(|user| !user.is_empty()),
        );
    }
    users
}

/// The bytes of a setting's value where it is written out, `None` where it is a variable, a call
/// or no setting at all.
fn literal(line: &str, setting: &Setting, key: &str, syntax: Syntax) -> Option<Range<usize>> {
    // A comparison in a shell script: `[ "$PASSWORD" = "x" ]`.
    if setting.before == Some(b'$') {
        return None;
    }
    let value = &line[setting.value.clone()];
    if setting.value_is_quoted {
        let after = line[setting.value.end..]
            .trim_start_matches(['"', '\'', '\\'])
            .trim_start();
        let is_joined = after.starts_with(['+', '.', '%']);
        return (!is_joined && (setting.key_is_quoted || is_placed(line, setting, syntax)))
            .then(|| setting.value.clone());
    }
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let is_variable = syntax == Syntax::Code || (setting.key_is_quoted && !is_number);
    let is_screaming = !key.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_shell = is_screaming && setting.separator == b'=' && !setting.is_spaced;
    let first = value.find(char::is_whitespace).filter(|_| is_shell);
    let length = first.unwrap_or(value.len());
    if is_variable || !is_placed(line, setting, syntax) || is_expression(&value[..length]) {
        return None;
    }
    Some(setting.value.start..setting.value.start + length)
}

/// Whether a setting stands where one may stand.
fn is_placed(line: &str, setting: &Setting, syntax: Syntax) -> bool {
    let is_equals = setting.separator == b'=';
    match (setting.before, syntax) {
        (None, Syntax::Inline) => {
            is_equals && line[setting.value.end..].contains('=') && line.contains([';', ' ', '&'])
        }
        (None, _) => true,
        (Some(b';' | b'?' | b'&'), _) => is_equals,
        (Some(b' ' | b'\t'), _) => {
            let is_list =
                line[..setting.key.start].contains('=') || line[setting.value.end..].contains('=');
            is_equals
                && (is_list || setting.value_is_quoted)
                && (!setting.is_spaced || line.contains(';'))
        }
        (Some(b'{' | b','), Syntax::Config) => setting.separator == b':',
        (Some(_), _) => false,
    }
}

/// Whether a value without quotes is code or YAML's own syntax.
fn is_expression(value: &str) -> bool {
    let is_dotted = value.contains('.')
        && value.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"._".contains(&byte));
    value.contains(|one: char| "(){}[]`\"'".contains(one))
        || value.starts_with(['&', '*', '!', '|', '>', '%', '\\', '$', '@'])
        || is_dotted
        || text::is_comment(value)
}
