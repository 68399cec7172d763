//! Whether a setting's value is written out, or a variable, a call or code of another kind.

use std::ops::Range;

use super::Setting;
use super::fallback::{of_setting, of_variable};
use super::syntax::Syntax;
use crate::facts::credentials::line::is_comment;

/// The bytes of a setting's value where it is written out, `None` where it is a variable, a call
/// or no setting at all.
pub(in crate::facts::credentials) fn literal(
    line: &str,
    setting: &Setting,
    key: &str,
    syntax: Syntax,
) -> Option<Range<usize>> {
    // A comparison in a shell script: `[ "$PASSWORD" = "x" ]`; an assignment in PHP.
    let is_php = syntax == Syntax::Code && line.trim_start().starts_with('$');
    if setting.before == Some(b'$') && !(is_php && setting.value_is_quoted) {
        return None;
    }
    let value = &line[setting.value.clone()];
    if syntax != Syntax::Inline
        && !setting.value_is_quoted
        && let Some(range) = of_setting(line, setting.value.start)
    {
        return Some(range);
    }
    // The setting says what it holds, whatever the variable is called: `spring.datasource.password=${X:x}`.
    if syntax == Syntax::Config
        && !setting.value_is_quoted
        && setting.before.is_none()
        && let Some(range) = of_variable(line, setting.value.clone())
    {
        return Some(range);
    }
    // A choice of a program: `isHidden ? 'password' : 'text'`.
    if setting.before == Some(b'?') && setting.key_is_quoted && setting.separator == b':' {
        return None;
    }
    if setting.value_is_quoted && closes_quotes(line, setting) {
        return None;
    }
    if setting.value_is_quoted {
        let after = line[setting.value.end..]
            .trim_start_matches(['"', '\'', '\\'])
            .trim_start();
        let is_joined = after.starts_with(['+', '.', '%']);
        return (!is_joined && (setting.key_is_quoted || is_placed(line, setting, syntax)))
            .then(|| setting.value.clone());
    }
    // Gitea's own quotes; in a shell a command stands there, and no blank before it.
    let in_backticks = value
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    if let Some(inner) = in_backticks.filter(|inner| is_in_ini(inner, setting, syntax)) {
        let start = setting.value.start + 1;
        return Some(start..start + inner.len());
    }
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let is_variable = syntax == Syntax::Code || (setting.key_is_quoted && !is_number);
    let is_screaming = !key.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_shell = is_screaming && setting.separator == b'=' && !setting.is_spaced;
    let is_word = is_shell || is_property(&line[setting.key.clone()]);
    let first = value.find(char::is_whitespace).filter(|_| is_word);
    let length = first.unwrap_or(value.len());
    let is_listed = setting.before == Some(b';') && setting.separator == b'=';
    let is_option = setting.before == Some(b',') && is_behind_host(line, setting.key.start);
    let own = &value[..length];
    let is_computed = match is_listed {
        true => is_call(own, setting.is_spaced),
        false => is_expression(own, setting.separator) || is_commented(own, key, setting),
    };
    let is_passed_on = (is_call_argument(line, setting) && !is_option)
        || is_parameter(line, setting)
        || is_declared(line, setting);
    if is_variable || !is_placed(line, setting, syntax) || is_computed || is_passed_on {
        return None;
    }
    Some(setting.value.start..setting.value.start + length)
}

/// Whether the quote behind the separator ends a text that begins with the key, as a program prints it: what
/// follows is the program. `print "DB_PASSWORD=" $2;`
fn closes_quotes(line: &str, setting: &Setting) -> bool {
    let quote = setting
        .value
        .start
        .checked_sub(1)
        .map(|at| &line[at..at + 1]);
    let opens = quote.is_some_and(|quote| line[..setting.key.start].ends_with(quote));
    opens
        && !setting.key_is_quoted
        && line[setting.value.start..]
            .starts_with(|next: char| next.is_whitespace() || ",+)".contains(next))
}

fn is_in_ini(inner: &str, setting: &Setting, syntax: Syntax) -> bool {
    let is_setting = setting.separator == b'=' && setting.is_spaced && setting.before.is_none();
    syntax == Syntax::Config && is_setting && !inner.contains(['`', '$', ' ']) && !inner.is_empty()
}

/// Whether a key is one of Java's system properties on a command line: `-Da.password`.
pub(super) fn is_property(key: &str) -> bool {
    key.strip_prefix("-D")
        .is_some_and(|property| property.contains('.'))
}

/// Whether a value is a variable in a program: `found_token = token_data`.
pub(in crate::facts::credentials) fn is_variable(setting: &Setting, value: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    setting.separator == b'='
        && setting.is_spaced
        && !setting.value_is_quoted
        && value.contains('_')
        && value.bytes().all(is_word)
}

/// Whether a value in a list behind `;` begins with a call, since the list is a program's statements:
/// `import a; password = a.b(c())`. A password without blanks around it may have brackets, too.
fn is_call(value: &str, is_spaced: bool) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphabetic() || b"._".contains(&byte);
    value.split_once('(').is_some_and(|(name, _)| {
        (is_spaced || name.contains('.')) && !name.is_empty() && name.bytes().all(is_name)
    })
}

/// Whether a text has a line with the name of a section, which no program has: `[server]`.
pub(super) fn has_sections(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-. :".contains(&byte);
    let section = |line: &str| {
        let name = line.trim().strip_prefix('[')?.strip_suffix(']')?;
        (!name.is_empty() && name.bytes().all(is_name)).then_some(())
    };
    text.lines().any(|line| section(line).is_some())
}

/// Whether a setting is a named argument of a call in a program, whose value is a variable:
/// `password=password,`, or `token=shop_token,` on a line of its own.
pub(super) fn is_call_argument(line: &str, setting: &Setting) -> bool {
    let value = &line[setting.value.clone()];
    let after = line[setting.value.end..].trim();
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let is_variable = after == "," && value.contains('_') && value.bytes().all(is_word);
    setting.separator == b'='
        && !setting.is_spaced
        && after.starts_with([',', ')'])
        && (is_variable || line[setting.key.clone()].eq_ignore_ascii_case(value))
}

/// Whether a setting is a parameter of a function with its type: `def login(user: str, token: str)`.
fn is_parameter(line: &str, setting: &Setting) -> bool {
    const TYPES: [&str; 8] = [
        "str", "string", "String", "&str", "bytes", "int", "bool", "any",
    ];
    setting.separator == b':'
        && setting.before.is_some()
        && TYPES.contains(&&line[setting.value.clone()])
}

/// Whether a setting is a variable that a program declares, and computes: `const firstPass = a >= b;`.
fn is_declared(line: &str, setting: &Setting) -> bool {
    let head = line[..setting.key.start].trim_end();
    let word = head.rsplit(|one: char| !one.is_alphanumeric()).next();
    setting.is_spaced && word.is_some_and(|word| matches!(word, "const" | "let" | "var"))
}

/// Whether a setting stands where one may stand.
pub(super) fn is_placed(line: &str, setting: &Setting, syntax: Syntax) -> bool {
    let is_equals = setting.separator == b'=';
    if setting.is_arrow {
        return setting.value_is_quoted;
    }
    match (setting.before, syntax) {
        (None, Syntax::Inline) if is_property(&line[setting.key.clone()]) => is_equals,
        (None, Syntax::Inline) => {
            is_equals && line[setting.value.end..].contains('=') && line.contains([';', ' ', '&'])
        }
        (None, _) => true,
        (Some(b';' | b'?' | b'&'), _) => is_equals,
        (Some(b','), _) if is_equals && is_behind_host(line, setting.key.start) => true,
        (Some(b' ' | b'\t'), _) => {
            let is_list =
                line[..setting.key.start].contains('=') || line[setting.value.end..].contains('=');
            is_equals
                && (is_list || setting.value_is_quoted)
                && (!setting.is_spaced || line.contains(';'))
        }
        // Python: `connect(host="db", password="x")`.
        (Some(b',' | b'('), Syntax::Config | Syntax::Code)
            if is_equals && setting.value_is_quoted && !is_in_table(line, setting) =>
        {
            !setting.is_spaced
        }
        // TOML, HCL, Lua: `db = { user = "shop", password = "x" }`; what selects metrics has no blanks.
        (Some(b'{' | b','), Syntax::Config | Syntax::Code)
            if is_equals && setting.value_is_quoted && is_in_table(line, setting) =>
        {
            setting.is_spaced
        }
        // Ruby, Python: `settings['password'] = 'x'`.
        (Some(b'['), Syntax::Config) => {
            is_equals && setting.value_is_quoted && is_subscript(line, setting)
        }
        // PHP: `$this->password = 'x'`.
        (Some(b'>'), Syntax::Code) => {
            is_equals && setting.value_is_quoted && line[..setting.key.start].ends_with("->")
        }
        (Some(b'{' | b','), Syntax::Config) => setting.separator == b':',
        // JavaScript: `createUser({ user: 'shop', pwd: 'x' })`.
        (Some(b'{' | b','), Syntax::Code) => !is_equals && setting.value_is_quoted,
        (Some(b'[' | b'$'), Syntax::Code) => is_equals && setting.value_is_quoted,
        (Some(_), _) => false,
    }
}

/// Whether a setting stands in braces on its line, with blanks as tables of TOML, HCL and Lua are written.
fn is_in_table(line: &str, setting: &Setting) -> bool {
    let before = &line[..setting.key.start];
    setting.is_spaced && before.rfind('{') > before.rfind('}')
}

/// Whether a key is what something is subscribed with: `settings['password']`.
fn is_subscript(line: &str, setting: &Setting) -> bool {
    line[setting.key.end..]
        .trim_start_matches(['"', '\''])
        .starts_with(']')
}

/// Whether what begins at a byte is an option behind hosts, as clients of Redis in .NET write them:
/// `redis:6379,ssl=true,password=x`.
fn is_behind_host(line: &str, start: usize) -> bool {
    let is_edge = |one: char| one.is_whitespace() || "\"'`".contains(one);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_host = |piece: &str| {
        let piece = piece.rsplit('=').next().unwrap_or_default();
        let (host, port) = piece.split_once(':').unwrap_or_default();
        !host.is_empty()
            && host.bytes().all(is_name)
            && !port.is_empty()
            && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let list = line[..start].rsplit(is_edge).next().unwrap_or_default();
    list.split(',').any(is_host)
}

/// Whether a value without quotes is code or YAML's own syntax.
pub(super) fn is_expression(value: &str, separator: u8) -> bool {
    let is_dotted = value.contains('.')
        && value.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || b"._".contains(&byte));
    (value.contains(|one: char| "(){}[]`\"'".contains(one)) && !has_loose_bracket(value))
        || value.starts_with(['\\', '$'])
        || (separator == b':' && value.starts_with(['&', '*', '!', '|', '>', '%', '@']))
        || is_dotted
}

/// Whether a bracket in a value is a character as any other, since it has no other half and the rest is as mixed
/// as what is drawn: `ym5G=1RM9]P]`. In a program or a template they come in pairs: `config[db]`, `{db}`.
fn has_loose_bracket(value: &str) -> bool {
    let count = |sign: char| value.matches(sign).count();
    let is_loose = count('{') != count('}') || count('[') != count(']');
    let is_open = value.starts_with(['{', '[']) || value.ends_with(['{', '[']);
    let has_syntax = value.contains(|one: char| "()`\"'$".contains(one));
    is_loose
        && !is_open
        && !has_syntax
        && !value.contains("{{")
        && !value.contains("}}")
        && is_mixed(value)
}

/// Whether a comment stands in the place of a value. Directly behind `=` such a sign is of the value itself, and so
/// it is in LDIF, which has no comments behind a setting: `userPassword: #x`.
fn is_commented(value: &str, key: &str, setting: &Setting) -> bool {
    let is_tight = setting.separator == b'=' && !setting.is_spaced;
    let may_be_sign = (is_tight || key == "userPassword") && value.starts_with(['#', ';', '!']);
    is_comment(value) && !(may_be_sign && is_mixed(value))
}

/// Whether a value is one word of eight characters or more with digits, large and small letters.
fn is_mixed(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    (8..=64).contains(&value.len())
        && !value.contains(char::is_whitespace)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::settings;
    use super::*;

    fn written(line: &str) -> Option<&str> {
        let setting = settings(line, |_| true).into_iter().next()?;
        let key = &line[setting.key.clone()];
        let range = literal(line, &setting, key, Syntax::Config)?;
        Some(&line[range])
    }

    #[test]
    fn a_bracket_alone_is_a_character() {
        for value in ["ym5G=1RM9]P]", "h5l[.ClX1>Gy", "DOf;@|{U5xGd", "hQ7}tr99x"] {
            for line in [format!("a.password={value}"), format!("password: {value}")] {
                assert!(written(&line) == Some(value), "{line}");
            }
        }
        for value in [
            "config[Db1].Pass",
            "{dbPass77}",
            "[hQ7tr99x,",
            "userPass1s[",
            "Shop{dbPass}7",
            "Pass7{{dbPass",
            "Foo7(a[1])",
            "shop]word",
        ] {
            assert_eq!(written(&format!("a.password={value}")), None, "{value}");
        }
    }

    #[test]
    fn a_sign_of_comments_may_begin_a_value() {
        for line in [
            "userPassword: #c!a0<=V0@XY",
            "DB_PASSWORD=#c!a0<=V0@XY",
            "a.pass=!hQ7tr99x",
        ] {
            assert!(written(line).is_some(), "{line}");
        }
        for line in [
            "password: #c!a0<=V0@XY",
            "password = #hQ7tr99x",
            "a.pass=#password",
        ] {
            assert_eq!(written(line), None, "{line}");
        }
    }
}
