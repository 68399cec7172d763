//! Credentials on command lines: flags, assignments before a program, the short options of programs
//! that make the next word a password.

use std::ops::Range;

use super::argument::{Argument, argument};
use super::login::login;
use super::option::{is_attached, options, piped};
use super::replaced::replaces_password;
use super::shell::{commands, commands_in, without_quotes};
use super::word::{Word, program};
use crate::facts::credentials::key::{Meaning, meaning};

/// Flags that take a login.
const LOGINS: [&str; 9] = [
    "auth",
    "basic-auth",
    "http-auth",
    "web.auth",
    "credential",
    "credentials",
    "creds",
    "dest-creds",
    "src-creds",
];

/// The credentials in the items of a command, each a word of its own or a whole script.
pub(in crate::facts::credentials) fn arguments(
    items: &[&str],
    image: Option<&str>,
) -> Vec<Argument> {
    let mut found = Vec::new();
    let commands = commands(items);
    let last = commands.len() - 1;
    for (position, words) in commands.iter().enumerate() {
        // Only the items themselves, which come last, run the image's own program.
        command(words, image.filter(|_| position == last), &mut found);
        let before = position.checked_sub(1).map(|before| &commands[before]);
        found.extend(before.and_then(|before| piped(before, words)));
    }
    for one in &mut found {
        one.pass_over_user(items[one.item]);
    }
    found.retain(|one| !is_call_argument(items[one.item], one) && !is_call(items[one.item], one));
    found
}

/// Whether a value is the variable behind a named argument of a call, since the text is no shell
/// script but a program: `login(user=user, password=password)`.
fn is_call_argument(text: &str, found: &Argument) -> bool {
    let head = &text[..found.value.start];
    let before = head
        .strip_suffix('=')
        .and_then(|head| head.strip_suffix(found.key.as_str()));
    let is_inside = before.is_some_and(|head| head.trim_end().ends_with(['(', ',']));
    let value = text[found.value.clone()].trim_end_matches(',');
    let after = text[found.value.start + value.len()..].trim_start();
    let is_variable = value.starts_with(|first: char| first.is_ascii_alphabetic())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_inside && is_variable && after.starts_with([',', ')'])
}

/// Whether a value is the name of a function that a program calls: `password=os.getenv("X")`.
fn is_call(text: &str, found: &Argument) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
    text[found.value.end..].starts_with('(')
        && !found.value.is_empty()
        && text[found.value.clone()].bytes().all(is_name)
}

/// Reads the words of one command.
fn command(words: &[Word<'_>], image: Option<&str>, found: &mut Vec<Argument>) {
    let program = program(words, image);
    let before = found.len();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).filter(|next| !next.text.starts_with('-'));
        // The word itself is the password of `mysql -ppassword orders`, and no flag of that name.
        if !is_attached(program, word.text, words) {
            found.extend(flag(word, next));
        }
    }
    options(program, words, found);
    for own in words.iter().filter_map(held).flat_map(commands_in) {
        options(self::program(&own, None), &own, found);
    }
    // Its `--secret` says how the next word but one is kept.
    if program == "pulumi" {
        found.retain(|one| one.key != "secret");
    }
    if program == "keytool" && keeps_certificates(words) {
        found.retain(|one| !is_store_password(words, one));
    }
    if words.iter().any(|word| replaces_password(word.text)) {
        found.retain(|one| !is_login_of(program, &one.key));
    }
    let user = user_of(words).filter(|_| found.len() > before);
    for one in &mut found[before..] {
        one.user.clone_from(&user);
    }
    let mut seen = Vec::new();
    found.retain(|one| {
        let place = (one.item, one.value.start);
        let is_new = !seen.contains(&place);
        seen.push(place);
        is_new
    });
}

/// The command that a variable holds: `MYSQL="mysql -uroot -px"`. What known programs take is told of it alone, since
/// a text may as well speak of flags.
fn held<'a>(word: &Word<'a>) -> Option<Word<'a>> {
    let (name, value) = word.text.split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_variable = !name.is_empty() && name.bytes().all(is_name);
    let range = without_quotes(value.as_bytes(), 0..value.len());
    let is_line = is_variable && range.start > 0 && value.contains(" -") && !value.contains('\\');
    is_line.then(|| Word {
        text: &value[range.clone()],
        offset: word.offset + name.len() + 1 + range.start,
        ..*word
    })
}

/// The user that a command names: `--username shop`, `--user=shop`.
fn user_of(words: &[Word<'_>]) -> Option<(usize, Range<usize>)> {
    words.iter().enumerate().find_map(|(at, word)| {
        let name = word.text.strip_prefix('-')?.trim_start_matches('-');
        let (key, value) = name.split_once('=').unwrap_or((name, ""));
        if meaning(key) != Meaning::User {
            return None;
        }
        if key.len() < name.len() {
            let word = inner(word, value);
            return Some((word.item, word.offset..word.offset + word.text.len()));
        }
        let next = words
            .get(at + 1)
            .filter(|next| !next.text.starts_with('-'))?;
        Some((next.item, next.offset..next.offset + next.text.len()))
    })
}

/// Whether a credential is what a program logs in with: `curl -u`.
fn is_login_of(program: &str, key: &str) -> bool {
    let option = key.strip_prefix(program);
    option.is_some_and(|option| matches!(option, " -u" | " --user"))
}

/// Whether a command of Java's `keytool` is about certificates that are trusted, of which nothing is secret.
fn keeps_certificates(words: &[Word<'_>]) -> bool {
    words.iter().any(|word| {
        matches!(word.text, "-cacerts" | "-trustcacerts") || word.text.ends_with("/cacerts")
    })
}

/// Whether a value is the password of the store that one of these words names: `-storepass changeit`.
fn is_store_password(words: &[Word<'_>], found: &Argument) -> bool {
    let mut own = words.iter().filter(|word| word.item == found.item);
    found.key.ends_with("storepass")
        && own.any(|word| word.offset == found.value.start && word.text == "changeit")
}

/// `--password=x`, `--password x`, `-Djavax.net.ssl.keyStorePassword=x`, `NAME=x`, `a.password=x`.
fn flag(word: &Word<'_>, next: Option<&Word<'_>>) -> Option<Argument> {
    let name = word.text.trim_start_matches('-');
    let dashes = word.text.len() - name.len();
    match name.split_once('=') {
        Some((key, value)) => joined(word, dashes, key, value),
        None if dashes > 1 && LOGINS.contains(&name) => {
            next.and_then(|next| password_of_login(next, name, next.text))
        }
        None if dashes > 0 => {
            let meaning = key_meaning(name)?;
            next.map(|next| argument(meaning, name, next))
        }
        None => None,
    }
}

/// A flag with its value behind `=`, or an assignment.
fn joined<'a>(word: &Word<'a>, dashes: usize, key: &str, value: &'a str) -> Option<Argument> {
    let property = key.strip_prefix('D').filter(|key| key.contains('.'));
    let key = property.filter(|_| dashes == 1).unwrap_or(key);
    // A flag never names the Secret that holds the key of cookies.
    if dashes > 0 && LOGINS.contains(&key) {
        return password_of_login(word, key, value);
    }
    let meaning = match key {
        "cookie-secret" if dashes > 0 => Some(Meaning::Password),
        _ => key_meaning(key),
    };
    let Some(meaning) = meaning else {
        // A flag that takes settings: `--property=ssl.key.password=x`, `--env=DB_PASSWORD=x`.
        let is_setting = dashes > 0 && value.contains('=');
        return is_setting
            .then(|| flag(&inner(word, value), None))
            .flatten();
    };
    let start = word.offset + word.text.len() - value.len();
    let range = without_quotes(value.as_bytes(), 0..assigned(value, dashes));
    Some(Argument {
        meaning,
        key: key.to_owned(),
        item: word.item,
        value: start + range.start..start + range.end,
        user: None,
    })
}

/// How much of a word is the value: of a whole script in one word, the assignment ends at the next blank.
fn assigned(value: &str, dashes: usize) -> usize {
    let blank = value.find(char::is_whitespace);
    blank
        .filter(|_| dashes == 0 && !value.starts_with(['"', '\'']))
        .unwrap_or(value.len())
}

/// The word that the value at the end of another one is.
fn inner<'a>(word: &Word<'a>, value: &'a str) -> Word<'a> {
    let own = value.trim_start_matches(['"', '\'']);
    let quote = value.chars().next().filter(|_| own.len() < value.len());
    let text = quote.and_then(|quote| own.strip_suffix(quote));
    Word {
        text: text.unwrap_or(own),
        offset: word.offset + word.text.len() - own.len(),
        ..*word
    }
}

/// The password in a flag that takes a login: `--auth=shop:x`.
fn password_of_login(word: &Word<'_>, key: &str, value: &str) -> Option<Argument> {
    let (_, password) = login("basic-auth", value).or_else(|| assigned_login(key, value))?;
    let start = word.offset + word.text.len() - value.len();
    Some(Argument {
        meaning: Meaning::Password,
        key: key.to_owned(),
        item: word.item,
        value: start + password.start..start + password.end,
        user: None,
    })
}

/// User and password with `=` between, as some take them: `--basic-auth shop=x`. Of other flags it may be a setting.
fn assigned_login(key: &str, value: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (user, password) = value.split_once('=')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte);
    let is_login = matches!(key, "basic-auth" | "http-auth")
        && !user.is_empty()
        && user.bytes().all(is_name)
        && !password.is_empty();
    is_login.then(|| (0..user.len(), user.len() + 1..value.len()))
}

fn key_meaning(key: &str) -> Option<Meaning> {
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte);
    let is_name = !key.is_empty() && key.len() <= 96 && key.bytes().all(is_key);
    Some(meaning(key)).filter(|meaning| is_name && meaning.is_credential())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values<'a>(items: &[&'a str], image: Option<&str>) -> Vec<(String, &'a str)> {
        let found = arguments(items, image);
        found
            .into_iter()
            .map(|one| (one.key, &items[one.item][one.value]))
            .collect()
    }

    fn one<'a>(key: &str, value: &'a str) -> Vec<(String, &'a str)> {
        vec![(key.to_owned(), value)]
    }

    #[test]
    fn flags_and_assignments_are_found() {
        assert_eq!(values(&["app", "--password=x"], None), one("password", "x"));
        assert_eq!(
            values(&["app", "--db-password", "x"], None),
            one("db-password", "x")
        );
        assert_eq!(
            values(&["redis-server", "--requirepass", "x"], None),
            one("requirepass", "x")
        );
        assert_eq!(
            values(&["java", "-Djavax.net.ssl.keyStorePassword=x"], None),
            one("javax.net.ssl.keyStorePassword", "x")
        );
        for items in [
            ["consume", "--property=ssl.key.password=x"],
            ["consume", "--consumer-property=ssl.key.password=x"],
            ["--property", "ssl.key.password=x"],
        ] {
            assert_eq!(values(&items, None), one("ssl.key.password", "x"));
        }
        let login = "consume --property a.basic.auth.user.info=shop:x1 --from-beginning";
        assert_eq!(values(&[login], None), one("a.basic.auth.user.info", "x1"));
        assert_eq!(
            values(&["sh", "-c", "PGPASSWORD=x psql -h db"], None),
            one("PGPASSWORD", "x")
        );
        assert_eq!(
            values(&["sh", "-c", "mysql -uroot -p'x y' db"], None),
            one("mysql -p", "x y")
        );
        for script in ["mysql -uroot -ppassword orders", "sshpass -ppassword ssh h"] {
            let found: Vec<&str> = values(&[script], None)
                .into_iter()
                .map(|(_, value)| value)
                .collect();
            assert_eq!(found, ["password"], "{script}");
        }
        assert_eq!(
            values(&["-uroot", "-px"], Some("docker.io/library/mysql:8")),
            one("mysql -p", "x")
        );
        let copy = "skopeo copy --dest-creds ci:x1 docker://a docker://b";
        assert_eq!(values(&[copy], None), one("dest-creds", "x1"));
        assert_eq!(values(&["app --auth basic:x --credentials /x"], None), []);
        for words in ["until", "while !", "! ", "if false; then :; elif", "else"] {
            let script = format!("{words} mysql -uroot -px -e 1");
            assert_eq!(values(&[&script], None), one("mysql -p", "x"), "{words}");
        }
        for script in [
            "X=\"exec mysql -hdb -uroot -px\"\necho 1 | $X",
            "export X='mysql -uroot -px'; $X",
        ] {
            assert_eq!(values(&[script], None), one("mysql -p", "x"), "{script}");
        }
        assert_eq!(values(&["curl -u a:b http://h"], None), one("curl -u", "b"));
        assert_eq!(
            values(&["redis-cli", "-a", "x", "ping"], None),
            one("redis-cli -a", "x")
        );
    }

    #[test]
    fn other_options_are_left_alone() {
        assert_eq!(values(&["mkdir -p /x && cp -p a b"], None), []);
        for script in [
            "X=\"give it by --password x\"",
            "X=\"mysql -uroot -p\"",
            "X=\"mkdir -p /x\"; $X",
        ] {
            assert_eq!(values(&[script], None), [], "{script}");
        }
        assert_eq!(values(&["nginx", "-p", "x"], None), []);
        assert_eq!(
            values(&["app", "--password-file", "/x", "--token-ttl=1h"], None),
            []
        );
        assert_eq!(values(&["psql -p 5432 -U postgres"], None), []);
        assert_eq!(values(&["app", "--password"], None), []);
        assert_eq!(values(&["app", "--use-password", "x"], None), []);
        assert_eq!(
            values(&["login(\n  user=user,\n  password=password, x=y)"], None),
            []
        );
        assert_eq!(
            values(&["(PGPASSWORD=x psql -h db)"], None),
            one("PGPASSWORD", "x")
        );
    }
}
