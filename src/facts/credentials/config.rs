//! Settings in configuration texts and scripts: properties, ini, YAML, JSON, TOML, XML, SQL, and
//! the syntaxes of Redis, PostgreSQL and others that have no separator.

use std::ops::Range;

use super::command::arguments;
use super::embedded::{Found, Syntax};
use super::key::{Meaning, find_ignoring_case, meaning};
use super::known::{Around, Known};
use super::off::{self, Place};
use super::text::{self, Setting, is_comment, lines, settings};
use super::{Kind, Verdict};

/// Everything that the lines of a text set.
pub(super) fn configured(
    known: &Known,
    text: &str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'_>,
    found: &mut Vec<Found>,
) {
    let mut reader = Reader {
        known,
        text,
        syntax,
        kind,
        around,
        users: None,
        name: None,
        header: None,
        found,
    };
    let mut switches = Switched::of(text, syntax);
    let has_sql = syntax != Syntax::Inline && has_sql(text);
    for (offset, line) in lines(text) {
        if line.is_empty() || (syntax != Syntax::Inline && is_comment(line)) {
            continue;
        }
        reader.named_settings(offset, line);
        if syntax != Syntax::Inline || is_data_source(line) || is_pass_file(around.key) {
            reader.directives(offset, line, has_sql);
        }
        if let Some(switches) = &mut switches {
            reader.switches(offset, line, switches);
        }
    }
    if is_script(text, around.key) {
        reader.script();
    }
}

fn is_script(text: &str, key: &str) -> bool {
    let interpreter = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    let is_shell = interpreter.is_some_and(|interpreter| interpreter.contains("sh"));
    text.contains('\n') && (is_shell || key.ends_with(".sh"))
}

/// What is the same for every line of a text.
struct Reader<'a, 'k> {
    known: &'k Known,
    text: &'a str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'a>,
    /// The user names of the whole text, looked for when the first value asks.
    users: Option<Vec<&'a str>>,
    /// The value of the line before, if its key was `name`.
    name: Option<&'a str>,
    /// The header whose value another setting holds.
    header: Option<&'a str>,
    found: &'k mut Vec<Found>,
}

impl<'a> Reader<'a, '_> {
    fn add(&mut self, offset: usize, range: Range<usize>, key: &str, kind: Kind, meaning: Meaning) {
        let range = offset + range.start..offset + range.end;
        if meaning == Meaning::Login {
            return self.login(range, key, kind);
        }
        // Java: `-Djavax.net.ssl.trustStorePassword=x`.
        let key = match key.strip_prefix("-D") {
            Some(property) if property.contains('.') => property,
            _ => key.trim_start_matches('-'),
        };
        let users = self
            .users
            .get_or_insert_with(|| all_users(self.text, self.around.users));
        let around = Around {
            key,
            users,
            ..self.around
        };
        self.found.push(Found {
            key: key.to_owned(),
            kind,
            verdict: self.known.judge(meaning, &self.text[range.clone()], around),
            range,
        });
    }

    /// `user:password`.
    fn login(&mut self, range: Range<usize>, key: &str, kind: Kind) {
        let text = self.text;
        if let Some((user, password)) = text[range.clone()].split_once(':') {
            let start = range.start + user.len() + 1;
            let users = [user];
            let around = Around {
                key,
                users: &users,
                ..self.around
            };
            self.found.push(Found {
                key: key.to_owned(),
                kind,
                verdict: self.known.judge(Meaning::Password, password, around),
                range: start..range.end,
            });
        }
    }

    /// `key=value` and its like; `<key>value</key>`; a name and its value in two settings.
    fn named_settings(&mut self, offset: usize, line: &'a str) {
        let named = self.name.take();
        let is_inline = self.syntax == Syntax::Inline;
        let wants = |key: &str| {
            meaning(key).is_credential()
                || (!is_inline
                    && (matches!(key, "name" | "value" | "key" | "type")
                        || key.starts_with("httpHeader")))
        };
        let mut name = None;
        for setting in settings(line, wants) {
            let own = &line[setting.key.clone()];
            if own.starts_with("httpHeaderName") {
                self.header = Some(&line[setting.value.clone()]);
            }
            if own == "type" {
                name = name.filter(|name| *name != "password");
            }
            let Some((key, meaning)) = self.role(own, &line[setting.value.clone()], named.or(name))
            else {
                name = Some(&line[setting.value.clone()]);
                continue;
            };
            if !meaning.is_credential() {
                continue;
            }
            let meaning = self.quoted_meaning(&setting, key, meaning);
            let Some(range) = literal(line, &setting, own, self.syntax) else {
                continue;
            };
            let may_be_word = matches!(meaning, Meaning::Secret | Meaning::SureToken);
            if may_be_word && is_variable(&setting, &line[range.clone()]) {
                continue;
            }
            let is_connection = is_inline && setting.separator == b'=';
            let kind = if is_property(own) {
                Kind::Argument
            } else if is_connection {
                Kind::ConnectionString
            } else {
                self.kind
            };
            self.add(offset, range, key, kind, meaning);
        }
        if !is_inline && line.contains("</") {
            for (key, range) in elements(line) {
                match self.role(&line[key.clone()], &line[range.clone()], named.or(name)) {
                    None => name = Some(&line[range]),
                    Some((key, meaning)) if meaning.is_credential() && !range.is_empty() => {
                        self.add(offset, range, key, self.kind, meaning);
                    }
                    Some(_) => {}
                }
            }
        }
        self.name = name;
    }

    /// In a file of JSON a client's secret is the secret itself: no Kubernetes Secret is named there.
    fn quoted_meaning(&self, setting: &Setting, key: &str, meaning: Meaning) -> Meaning {
        let is_file = self.syntax != Syntax::Inline;
        let is_quoted = is_file && setting.key_is_quoted && setting.value_is_quoted;
        let is_secret =
            meaning == Meaning::Secret || (key == "secret" && self.syntax == Syntax::Config);
        if is_quoted && is_secret {
            Meaning::Password
        } else {
            meaning
        }
    }

    /// What a setting is by its key; `None` where its value is the name of another setting.
    fn role(
        &self,
        key: &'a str,
        value: &'a str,
        named: Option<&'a str>,
    ) -> Option<(&'a str, Meaning)> {
        match key {
            "name" | "key" => None,
            // Keycloak: `{"type": "password", "value": "x"}`.
            "type" if value == "password" => None,
            // Grafana: `httpHeaderName1: X-Api-Key`, further down `httpHeaderValue1: x`.
            _ if key.starts_with("httpHeaderValue") => Some(
                self.header
                    .map_or((key, Meaning::Other), |header| (header, meaning(header))),
            ),
            "value" => Some(named.map_or((key, Meaning::Other), |named| (named, meaning(named)))),
            _ => Some((key, meaning(key))),
        }
    }

    /// Lines whose syntax has no separator.
    fn directives(&mut self, offset: usize, line: &'a str, has_sql: bool) {
        if let Some((key, range)) = directive(line) {
            self.add(offset, range, key, self.kind, Meaning::Password);
        }
        if let Some((key, range)) = defined(line) {
            let key = &line[key];
            let meaning = meaning(key);
            if meaning.is_credential() {
                self.add(offset, range, key, self.kind, meaning);
            }
        }
        if let Some((user, range)) = data_source(line) {
            let around = Around {
                key: "DSN",
                users: &[&line[user]],
                ..self.around
            };
            let verdict = self
                .known
                .judge(Meaning::Password, &line[range.clone()], around);
            self.found.push(Found {
                key: "DSN".to_owned(),
                kind: self.kind,
                verdict,
                range: offset + range.start..offset + range.end,
            });
        }
        if let Some(range) = open_account(line) {
            self.found.push(Found {
                key: "nopass".to_owned(),
                kind: self.kind,
                verdict: Verdict::Off {
                    product: "Redis".to_owned(),
                },
                range: offset + range.start..offset + range.end,
            });
        }
        if has_sql && let Some(range) = in_statement(line) {
            self.add(offset, range, "PASSWORD", self.kind, Meaning::Password);
        }
        if let Some(at) = pass_file(self.around.key, line) {
            self.add(
                offset,
                at + 1..line.trim_end().len(),
                "pgpass",
                self.kind,
                Meaning::Password,
            );
        }
    }

    /// A setting that lets everyone in.
    fn switches(&mut self, offset: usize, line: &'a str, switches: &mut Switched) {
        if let Some(range) = off::trusted_hosts(line).filter(|_| switches.has_hosts) {
            let range = offset + range.start..offset + range.end;
            self.found.push(Found {
                range,
                key: "pg_hba.conf".to_owned(),
                kind: self.kind,
                verdict: Verdict::Off {
                    product: "PostgreSQL".to_owned(),
                },
            });
        }
        let Some((path, range)) = switches.setting(line) else {
            return;
        };
        if !self.known.switches().may_be(&path) {
            return;
        }
        let value = &line[range.clone()];
        let place = Place {
            surroundings: self.around.surroundings,
            text: self.text,
            is_flag: false,
        };
        let verdict = self.known.switches().judge(&path, Some(value), place);
        self.found.extend(verdict.map(|verdict| Found {
            range: offset + range.start..offset + range.end,
            key: path,
            kind: self.kind,
            verdict,
        }));
    }

    /// A shell script: flags and options of the programs it runs.
    fn script(&mut self) {
        for argument in arguments(&[self.text], None) {
            let Some(value) = self.text.get(argument.value.clone()) else {
                continue;
            };
            let is_known = self.found.iter().any(|found| {
                found.range.start < argument.value.end && argument.value.start < found.range.end
            });
            if !is_known && !text::is_shell_reference(value) {
                self.add(
                    0,
                    argument.value,
                    &argument.key,
                    self.kind,
                    argument.meaning,
                );
            }
        }
    }
}

/// Where a text is, for the full names of its settings.
struct Switched {
    section: String,
    /// Keys above the line with their indentation.
    above: Vec<(usize, String)>,
    has_hosts: bool,
}

impl Switched {
    /// `None` where nothing in the text can switch authentication off.
    fn of(text: &str, syntax: Syntax) -> Option<Self> {
        let may = matches!(syntax, Syntax::Config | Syntax::Code) && off::may_switch(text);
        let has_hosts = text.contains("trust") && text.contains("host");
        (may || (has_hosts && syntax == Syntax::Config)).then(|| Self {
            section: String::new(),
            above: Vec::new(),
            has_hosts,
        })
    }

    /// The full name of a line's setting and the bytes of its value.
    fn setting(&mut self, line: &str) -> Option<(String, Range<usize>)> {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(section) = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            self.section = section.trim_matches(['[', ']', '"']).to_owned();
            return None;
        }
        let length = text.find(|one: char| one.is_whitespace() || "=:".contains(one))?;
        let key = text[..length].trim_matches(['"', '\'']);
        let rest = text[length..].trim_start_matches([' ', '\t', '=', ':']);
        self.above.retain(|(above, _)| *above < indent);
        if (rest.is_empty() && text.ends_with(':')) || rest == "{" {
            self.above.push((indent, key.to_owned()));
            return None;
        }
        let value = rest.split(" #").next().unwrap_or(rest).trim_end();
        let value = value.trim_matches(['"', '\'', ',', ';']);
        let start = line.rfind(value).filter(|_| !value.is_empty())?;
        let above = self.above.iter().map(|(_, key)| key.as_str());
        let names: Vec<&str> = std::iter::once(self.section.as_str())
            .chain(above)
            .chain([key])
            .filter(|name| !name.is_empty())
            .collect();
        Some((names.join("."), start..start + value.len()))
    }
}

/// Elements with a text on one line: the bytes of name and text.
fn elements(line: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(close) = line[from..].find("</").map(|at| from + at) {
        from = close + 2;
        let Some(end) = line[from..].find('>').map(|at| from + at) else {
            break;
        };
        let name = line[from..end].trim();
        let open = format!("<{name}");
        let Some(start) = line[..close].rfind(&open) else {
            continue;
        };
        let Some(text) = line[start..close].find('>').map(|at| start + at + 1) else {
            continue;
        };
        let local = name.rfind(':').map_or(0, |at| at + 1);
        if !line[text..close].contains('<') {
            found.push((from + local..from + name.len(), text..close));
        }
    }
    found
}

fn has_sql(text: &str) -> bool {
    [
        "create user",
        "alter user",
        "create role",
        "alter role",
        "create login",
        "identified",
        "set password",
    ]
    .iter()
    .any(|words| find_ignoring_case(text, words).is_some())
}

/// Where the password of a line in PostgreSQL's password file follows:
/// `host:port:database:user:password`.
fn pass_file(key: &str, line: &str) -> Option<usize> {
    let is_file = is_pass_file(key) && line.matches(':').count() == 4;
    line.rfind(':').filter(|_| is_file)
}

/// Whether a text is PostgreSQL's password file by the key it stands under.
pub(super) fn is_pass_file(key: &str) -> bool {
    find_ignoring_case(key, "pgpass").is_some()
}

/// `PASSWORD 'x'`, `PASSWORD = 'x'`, `IDENTIFIED BY 'x'` in a statement.
fn in_statement(line: &str) -> Option<Range<usize>> {
    let marks = [
        "identified by",
        "password",
        "identified with plaintext_password by",
    ];
    let after = marks.iter().filter_map(|mark| {
        let end = find_ignoring_case(line, mark)? + mark.len();
        let rest = &line[end..];
        let value = rest.trim_start_matches([' ', '=', '(', 'N']);
        let quote = value
            .strip_prefix('\'')
            .or_else(|| value.strip_prefix('"'))?;
        let start = line.len() - quote.len();
        let length = quote.find(['\'', '"'])?;
        (length > 0 && !quote.starts_with('*')).then_some(start..start + length)
    });
    after.min_by_key(|range| range.start)
}

/// Where Go's data sources have their address.
const ADDRESSES: [&str; 3] = ["@tcp(", "@unix(", "@("];

fn is_data_source(line: &str) -> bool {
    ADDRESSES.iter().any(|mark| line.contains(mark))
}

/// User and password of Go's data sources: `user:password@tcp(host)/database`.
fn data_source(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (end, mark) = ADDRESSES
        .iter()
        .find_map(|mark| Some((line.find(mark)?, mark)))?;
    // `@(` may also be in a regular expression.
    let address = line[end + mark.len()..].split_once(")/")?.0;
    let is_address = !address.is_empty()
        && address
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".:-_/[]$(){}".contains(&byte));
    let head = &line[..end];
    let start = head.rfind([' ', '"', '\'', '=']).map_or(0, |at| at + 1);
    let colon = start + head[start..].find(':')?;
    (is_address && colon > start && colon + 1 < end).then_some((start..colon, colon + 1..end))
}

/// The `nopass` of a Redis account that everyone has, unless it may do nothing.
fn open_account(line: &str) -> Option<Range<usize>> {
    let rest = line.trim_start().strip_prefix("user default ")?;
    let mut words = rest.split_whitespace();
    let has = |word: &str| rest.split_whitespace().any(|one| one == word);
    let may_nothing = has("-@all") && !words.any(|word| word.starts_with('+'));
    let at = line.find(" nopass")? + 1;
    (has("on") && has("nopass") && !may_nothing).then_some(at..at + "nopass".len())
}

/// PHP's `define('KEY', 'value')`: the bytes of key and value.
fn defined(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let quoted = |from: usize| {
        let start = from + line[from..].find(['\'', '"'])? + 1;
        let quote = line.as_bytes()[start - 1] as char;
        let length = line[start..].find(quote)?;
        Some(start..start + length)
    };
    let at = line.find("define(")?;
    let key = quoted(at)?;
    let value = quoted(key.end + 1)?;
    let between = &line[key.end + 1..value.start - 1];
    let is_pair = between.trim() == "," && !value.is_empty();
    is_pair.then_some((key, value))
}

/// Settings that are told from their value by a blank alone, and how many words stand before it.
const DIRECTIVES: [(&str, usize); 9] = [
    ("requirepass", 0),
    ("masterauth", 0),
    ("rootpw", 0),
    ("bindpw", 0),
    ("insecure-password", 0),
    ("auth-pass", 1),
    ("auth_pass", 0),
    ("sentinel auth-pass", 1),
    ("smtp_sasl_password", 0),
];

/// A directive's key and the bytes of its value.
fn directive(line: &str) -> Option<(&'static str, Range<usize>)> {
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
    (!value.starts_with(['=', ':'])).then(|| (key, start..start + value.len()))
}

/// The user names that a text sets.
fn all_users<'a>(text: &'a str, known: &[&'a str]) -> Vec<&'a str> {
    let is_user = |key: &str| {
        meaning(key) == Meaning::User
            || key.to_ascii_lowercase().ends_with("access_key_id")
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
    // A comparison in a shell script: `[ "$PASSWORD" = "x" ]`; an assignment in PHP.
    let is_php = syntax == Syntax::Code && line.trim_start().starts_with('$');
    if setting.before == Some(b'$') && !(is_php && setting.value_is_quoted) {
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
    let is_word = is_shell || is_property(&line[setting.key.clone()]);
    let first = value.find(char::is_whitespace).filter(|_| is_word);
    let length = first.unwrap_or(value.len());
    let is_listed = setting.before == Some(b';') && setting.separator == b'=';
    let is_computed = !is_listed && is_expression(&value[..length], setting.separator);
    let is_passed_on = is_call_argument(line, setting);
    if is_variable || !is_placed(line, setting, syntax) || is_computed || is_passed_on {
        return None;
    }
    Some(setting.value.start..setting.value.start + length)
}

/// Whether a key is one of Java's system properties on a command line: `-Da.password`.
fn is_property(key: &str) -> bool {
    key.strip_prefix("-D")
        .is_some_and(|property| property.contains('.'))
}

/// Whether a value is a variable in a program: `found_token = token_data`.
fn is_variable(setting: &Setting, value: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    setting.separator == b'='
        && setting.is_spaced
        && !setting.value_is_quoted
        && value.contains('_')
        && value.bytes().all(is_word)
}

/// Whether a setting is a named argument of a call in a program, whose value is a variable:
/// `password=password,`.
fn is_call_argument(line: &str, setting: &Setting) -> bool {
    let value = &line[setting.value.clone()];
    let after = line[setting.value.end..].trim_start();
    setting.separator == b'='
        && !setting.is_spaced
        && after.starts_with([',', ')'])
        && line[setting.key.clone()].eq_ignore_ascii_case(value)
}

/// Whether a setting stands where one may stand.
fn is_placed(line: &str, setting: &Setting, syntax: Syntax) -> bool {
    let is_equals = setting.separator == b'=';
    match (setting.before, syntax) {
        (None, Syntax::Inline) if is_property(&line[setting.key.clone()]) => is_equals,
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
        (Some(b'[' | b'$'), Syntax::Code) => is_equals && setting.value_is_quoted,
        (Some(_), _) => false,
    }
}

/// Whether a value without quotes is code or YAML's own syntax.
fn is_expression(value: &str, separator: u8) -> bool {
    let is_dotted = value.contains('.')
        && value.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"._".contains(&byte));
    value.contains(|one: char| "(){}[]`\"'".contains(one))
        || value.starts_with(['\\', '$'])
        || (separator == b':' && value.starts_with(['&', '*', '!', '|', '>', '%', '@']))
        || is_dotted
        || text::is_comment(value)
}
