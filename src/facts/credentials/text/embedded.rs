//! Credentials inside a string: URLs with user information, connection strings, private keys,
//! tokens, what is encoded in it, and the settings that `config` reads.

use std::ops::Range;

use super::address::{UserInfo, bare_user_infos, is_form, user_infos, user_of_path};
use super::config::configured;
use super::encoded::{hashes, key_files, logins};
use super::fallback::fallbacks;
use super::flag::flags;
use super::found::Found;
use super::jwk::private_parts;
use super::key_line::key_lines;
use super::key_pair::names_halves;
use super::logged_in::leave_logins;
use super::optioned::optioned;
use super::oracle::logins_of_oracle;
use super::pem;
use super::syntax::Syntax;
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::browser::is_in_pages;
use crate::facts::credentials::key::words::{contains_ignoring_case, words};
use crate::facts::credentials::line::is_comment;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::characters;
use crate::facts::credentials::value::known::Known;
use crate::facts::credentials::value::off::{Form, Place, may_switch};
use crate::facts::credentials::value::token::tokens;
use crate::facts::credentials::{Kind, Opens, Verdict, connections};

/// What stands in a string, by what it is; pieces may overlap, the surest first.
pub(in crate::facts::credentials) fn embedded(
    known: &Known,
    text: &str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    if syntax != Syntax::Prose {
        variables(known, text, kind, around, &mut found);
    }
    urls(known, text, around, &mut found);
    bare_urls(known, text, kind, around, &mut found);
    private_keys(text, kind, around, &mut found);
    encoded_keys(text, kind, around, &mut found);
    for token in tokens(text) {
        let start = token.range.start;
        let key = name_of(text, start).unwrap_or(around.key);
        let own = &text[token.range.clone()];
        let verdict = match token.verdict {
            Verdict::AccessToken if is_for_pages(own, key) => Verdict::Reference,
            // A licence that is signed as tokens are opens nothing that could be closed.
            Verdict::AccessToken if is_licence(key) && own.starts_with("eyJ") => Verdict::Literal,
            verdict => verdict,
        };
        found.push(Found {
            key: with_program(text, start, key),
            range: token.range,
            kind,
            verdict,
        });
    }
    azure(known, text, around, &mut found);
    for login in logins(text) {
        let users = [login.user.as_str()];
        let around = Around {
            users: &users,
            ..around
        };
        found.push(Found {
            range: login.range,
            key: login.key.to_owned(),
            kind,
            verdict: if names_halves(&login.user, &login.password) {
                Verdict::Placeholder
            } else {
                known.judge(Meaning::Password, &login.password, around)
            },
        });
    }
    for range in hashes(text) {
        found.extend(known.hash(&text[range.clone()]).map(|verdict| Found {
            range,
            key: around.key.to_owned(),
            kind,
            verdict,
        }));
    }
    if syntax != Syntax::Prose {
        flags_off(known, text, kind, around, &mut found);
        configured(known, text, syntax, kind, around, &mut found);
    }
    // The words of a command are read with each other.
    if syntax == Syntax::Inline && kind != Kind::Argument {
        optioned(known, text, kind, around, &mut found);
    }
    leave_logins(text, &mut found);
    found
}

/// Whether a key of Google's is one of those that pages have, by the setting it stands under; other
/// services' tokens are secret by their shape, wherever they stand.
fn is_for_pages(token: &str, key: &str) -> bool {
    token.starts_with("AIza") && is_in_pages(key)
}

/// Whether a setting has what was paid for.
fn is_licence(key: &str) -> bool {
    ["license", "licence"]
        .iter()
        .any(|word| contains_ignoring_case(key, word))
}

/// What is taken where a variable that is named like a credential is not set.
fn variables(known: &Known, text: &str, kind: Kind, around: Around<'_>, found: &mut Vec<Found>) {
    for fallback in fallbacks(text) {
        let key = &text[fallback.name];
        let meaning = known.meaning(key);
        let value = &text[fallback.value.clone()];
        let verdict = known.judge(meaning, value, Around { key, ..around });
        if meaning.is_credential() && verdict.is_reported() {
            found.push(Found {
                range: fallback.value,
                key: key.to_owned(),
                kind,
                verdict,
            });
        }
    }
}

/// Flags in a text that switch authentication off: `JAVA_OPTS` and its like.
fn flags_off(known: &Known, text: &str, kind: Kind, around: Around<'_>, found: &mut Vec<Found>) {
    // The words of a command are read with each other.
    let is_word = kind == Kind::Argument && !text.contains(char::is_whitespace);
    if is_word || !(text.contains("-D") || text.contains("--")) || !may_switch(text) {
        return;
    }
    let place = Place {
        surroundings: around.surroundings,
        text,
        users: around.users,
        form: Form::Flag,
        ..Place::default()
    };
    // Several flags may stand in one quoted word.
    let bare = text.replace(['"', '\''], " ");
    let mut written = flags(&[text]);
    written.extend(flags(&[&bare]));
    written.retain(|flag| flag.is_joined && flag.has_dashes);
    for flag in written {
        let form = flag.form();
        let Some((_, value)) = flag.value else {
            continue;
        };
        let switches = known.switches();
        // Bare, a flag that was found in its quotes comes again.
        let is_known = |one: &Found| {
            one.key == flag.key
                && flag.whole.start <= one.range.start
                && one.range.start <= flag.whole.end
        };
        if found.iter().any(is_known) {
            continue;
        }
        if value.is_empty() && opens_quotes(&text[value.start..]) {
            continue;
        }
        let verdict = switches.judge(
            flag.key,
            Some(&text[value.clone()]),
            Place { form, ..place },
        );
        found.extend(verdict.map(|verdict| Found {
            range: if value.is_empty() { flag.whole } else { value },
            key: flag.key.to_owned(),
            kind,
            verdict,
        }));
    }
}

/// Whether a text begins with quotes that hold something: `"$TOKEN"`, not `""` or what closes a word.
fn opens_quotes(text: &str) -> bool {
    let quote = text.chars().next().filter(|one| matches!(one, '"' | '\''));
    let next = text.chars().nth(1);
    quote.is_some() && next.is_some_and(|next| !next.is_whitespace() && !"\"'".contains(next))
}

/// The keys of Azure's connection strings.
fn azure(known: &Known, text: &str, around: Around<'_>, found: &mut Vec<Found>) {
    if !text.contains('=') {
        return;
    }
    for connection in connections(text) {
        let value = &text[connection.secret.clone()];
        let verdict = match connection.opens {
            Opens::Database | Opens::Cache => known.judge(Meaning::Password, value, around),
            // It says where telemetry goes; nobody gets in with it.
            Opens::ApplicationInsights => Verdict::Unsure,
            Opens::Storage
            | Opens::SharedAccessSignature
            | Opens::Messaging
            | Opens::IotHub
            | Opens::CosmosDb
            | Opens::AppConfiguration
            | Opens::Endpoint => match known.judge(Meaning::Password, value, around) {
                Verdict::Literal if value.len() >= 16 && characters::distinct(value) >= 8 => {
                    Verdict::AccessToken
                }
                Verdict::Literal => Verdict::Unsure,
                verdict => verdict,
            },
        };
        let line = text[..connection.range.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        if text.contains('\n') && is_comment(&text[line..]) {
            continue;
        }
        found.push(Found {
            range: connection.secret,
            key: name_of(text, connection.range.start)
                .unwrap_or(around.key)
                .to_owned(),
            kind: Kind::ConnectionString,
            verdict,
        });
    }
}

/// The name of the setting whose value begins at a byte.
fn name_of(text: &str, start: usize) -> Option<&str> {
    let head = text[..start].trim_end_matches([' ', '"', '\'']);
    let head = head.strip_suffix(['=', ':'])?;
    let head = head.trim_end_matches([' ', '"', '\'']);
    let is_name = |one: char| one.is_ascii_alphanumeric() || "_.-".contains(one);
    let name = head.rsplit(|one| !is_name(one)).next()?;
    (!name.is_empty() && name.len() <= 96).then_some(name)
}

/// An option of one letter with the program before it that it is given to, as it says nothing alone: `docker -p`.
fn with_program(text: &str, at: usize, option: &str) -> String {
    let is_letter = option.len() == 2 && option.starts_with('-');
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let command = text[line..at].rsplit(['|', ';', '&', '(']).next();
    let program = command.and_then(|command| command.split_whitespace().next());
    let program = program.and_then(|program| program.rsplit('/').next());
    match program.filter(|program| is_letter && !program.starts_with('-')) {
        Some(program) => format!("{program} {option}"),
        None => option.to_owned(),
    }
}

fn urls(known: &Known, text: &str, around: Around<'_>, found: &mut Vec<Found>) {
    if !text.contains("://") {
        return;
    }
    let mut last: Option<UserInfo> = None;
    for info in user_infos(text) {
        let scheme = &text[info.scheme.clone()];
        let around = Around {
            scheme: Some(scheme),
            ..around
        };
        // The hosts of a list have the same login, which is told once and hidden at each.
        let is_told = last.as_ref().is_some_and(|last| {
            last.scheme == info.scheme && text[last.password.clone()] == text[info.password.clone()]
        });
        let verdict = if is_told {
            Verdict::Unsure
        } else {
            of_user(
                known,
                text,
                (info.user.clone(), info.password.clone()),
                around,
            )
        };
        found.push(Found {
            range: info.password.clone(),
            key: scheme.to_owned(),
            kind: Kind::Url,
            verdict,
        });
        last = Some(info);
    }
}

/// Addresses without a scheme, in a setting whose name says that it is one.
fn bare_urls(known: &Known, text: &str, kind: Kind, around: Around<'_>, found: &mut Vec<Found>) {
    if !text.contains('@') {
        return;
    }
    if words(around.key).last().is_some_and(|last| last == "auth")
        && let Some((user, password)) = user_of_path(text)
    {
        let verdict = of_user(known, text, (user, password.clone()), around);
        found.push(Found {
            range: password,
            key: around.key.to_owned(),
            kind,
            verdict,
        });
    }
    for login in logins_of_oracle(around.key, text) {
        let range = login.1.clone();
        found.push(Found {
            range,
            key: "oracle".to_owned(),
            kind,
            verdict: of_user(known, text, login, around),
        });
    }
    for (user, password) in bare_user_infos(text) {
        let key = match user.start {
            0 => around.key,
            start => name_of(text, start).unwrap_or_default(),
        };
        if !names_address(key) {
            continue;
        }
        let login = (user, password.clone());
        let verdict = of_user(known, text, login, Around { key, ..around });
        found.push(Found {
            range: password,
            key: key.to_owned(),
            kind,
            verdict,
        });
    }
}

/// Whether a setting's name says that it is an address.
pub(in crate::facts::credentials) fn names_address(key: &str) -> bool {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    matches!(last, "url" | "uri" | "dsn")
        || words.ends_with(&["connection", "string"].map(String::from))
}

/// What the password is that stands behind a user in an address.
fn of_user(
    known: &Known,
    text: &str,
    (user, password): (Range<usize>, Range<usize>),
    around: Around<'_>,
) -> Verdict {
    let line = text[..user.start].rfind('\n').map_or(0, |at| at + 1);
    let is_commented = text.contains('\n') && is_comment(&text[line..]);
    let rest = text[password.end..].strip_prefix('@').unwrap_or_default();
    let (user, password) = (&text[user], &text[password]);
    let users = [user];
    let around = Around {
        users: &users,
        ..around
    };
    match known.judge(Meaning::Password, password, around) {
        Verdict::Empty => Verdict::Empty,
        _ if names_halves(user, password) || is_form(user, password, rest) => Verdict::Placeholder,
        // Whoever fills in the user leaves the password as it is: `${DB_USER}:x@db`.
        _ if (is_filled_in(user) && !is_variable(user))
            || is_filled_in(password)
            || is_commented =>
        {
            Verdict::Reference
        }
        verdict => verdict,
    }
}

/// Whether half of a login is filled in, is masked, or is a pattern that looks for logins: `[^:]+`, `(.*)`.
/// Some signs of patterns stand in passwords, too: `Yp*7trD39x`.
fn is_filled_in(half: &str) -> bool {
    const MARKS: [&str; 7] = [".*", ".+", "**", "(?", ")?", ")*", ")+"];
    let is_sign = |one: char| "()*^|".contains(one);
    let has = |what: fn(&u8) -> bool| half.as_bytes().iter().any(what);
    let is_pattern = || {
        let is_choice = half.contains('(') && half.contains('|');
        let is_word = half.len() >= 8 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
        is_choice || !is_word || MARKS.iter().any(|mark| half.contains(mark))
    };
    half.contains(|one: char| "[]{}$\\".contains(one)) || (half.contains(is_sign) && is_pattern())
}

/// Whether a user's name is a variable as a whole: a pattern that looks for addresses has other signs.
fn is_variable(user: &str) -> bool {
    let between = |open: &str, close: &str| {
        let inner = user.strip_prefix(open)?.strip_suffix(close)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
        Some(!inner.is_empty() && inner.bytes().all(is_name))
    };
    let inner = between("${", "}").or_else(|| between("$(", ")"));
    inner.or_else(|| between("{{", "}}")) == Some(true)
}

fn private_keys(text: &str, kind: Kind, around: Around<'_>, found: &mut Vec<Found>) {
    let marked = pem::keys(text).into_iter().map(|key| match key.is_real {
        true => (key.whole, Verdict::PrivateKey),
        false => (key.whole, Verdict::Placeholder),
    });
    let parts = private_parts(text).into_iter();
    let parts = parts.map(|(range, is_of_pair)| match is_of_pair {
        true => (range, Verdict::PrivateKey),
        false => (range, Verdict::Literal),
    });
    let lines = key_lines(text).into_iter();
    let lines = lines.map(|range| (range, Verdict::PrivateKey));
    found.extend(
        marked
            .chain(parts)
            .chain(lines)
            .map(|(range, verdict)| Found {
                range,
                key: around.key.to_owned(),
                kind,
                verdict,
            }),
    );
}

/// Private keys whose whole file stands in base64, as in a kubeconfig's `client-key-data`.
fn encoded_keys(text: &str, kind: Kind, around: Around<'_>, found: &mut Vec<Found>) {
    for (range, file) in key_files(text) {
        let mut keys = Vec::new();
        private_keys(&file, kind, around, &mut keys);
        found.extend(keys.into_iter().next().map(|key| Found { range, ..key }));
    }
}
