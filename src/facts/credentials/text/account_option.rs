//! Options whose word holds more than the password: a user in front, `curl -u user:x`, or other settings,
//! `mount -o username=a,password=x`.

use super::argument::{Argument, part};
use super::word::Word;
use crate::facts::credentials::key::Meaning;

/// Options, the mark behind which the password stands in the next word, and their programs; without these any.
const MARKED: [(&[&str], &str, &[&str]); 9] = [
    (
        &["-u", "--user", "-a"],
        ":",
        &["curl", "wget", "etcdctl", "http"],
    ),
    (&["-U", "--proxy-user"], ":", &["curl"]),
    (&["-b", "--boot"], ":", &["fabric-ca-server"]),
    (&["-U", "--user"], "%", &["smbclient", "rpcclient"]),
    (&["-u"], ",", &["lftp"]),
    (&["-c", "--credential"], ":", &["ttyd"]),
    (&["-auth"], ":", &["java", "jenkins-cli"]),
    (
        &["--auth-params"],
        "token:",
        &["pulsar-admin", "pulsar-client"],
    ),
    (&["-passin", "-passout", "-pass"], "pass:", &[]),
];

/// Programs of Oracle that log in with their first word.
const OF_ORACLE: [&str; 4] = ["sqlplus", "expdp", "impdp", "sqlldr"];

/// What stands before a password among other settings.
const PASSWORD: &str = "password=";

/// The passwords in words of one command that hold more.
pub(super) fn accounts(program: &str, words: &[Word<'_>]) -> Vec<Argument> {
    let mut found = Vec::new();
    if OF_ORACLE.contains(&program) {
        found.extend(login_of_oracle(words));
    }
    for (at, word) in words.iter().enumerate() {
        if matches!(program, "curl" | "etcdctl") {
            found.extend(joined_user(program, word));
        }
        // Users of Kafka, whatever option adds them.
        if word.text.contains("SCRAM-SHA-") {
            found.extend(among(word, "kafka password", &[',', ']']));
        }
        let next = words.get(at + 1);
        let next = next.filter(|next| !next.text.starts_with('-'));
        if program == "curl" {
            found.extend(clustered(word, next));
        }
        let Some(next) = next else {
            continue;
        };
        for (options, mark, programs) in MARKED {
            let is_own = programs.is_empty() || programs.contains(&program);
            if is_own && options.contains(&word.text) {
                let key = format!("{program} {}", word.text);
                found.extend(behind(&key, next, mark));
            }
        }
        if program == "etcdctl" && word.text == "add" && at > 0 && words[at - 1].text == "user" {
            found.extend(behind("etcdctl user add", next, ":"));
        }
        if word.text == "-o" && program.starts_with("mount") {
            found.extend(among(next, "mount -o", &[',']));
        }
    }
    found
}

/// The password behind a mark in a word; a mark of several letters begins it.
pub(super) fn behind(key: &str, word: &Word<'_>, mark: &str) -> Option<Argument> {
    let at = word
        .text
        .find(mark)
        .filter(|at| mark.len() == 1 || *at == 0)?;
    let start = at + mark.len();
    (start < word.text.len()).then(|| part(Meaning::Password, key, word, start..word.text.len()))
}

/// `username=shop,password=x`, up to what ends a setting.
fn among(word: &Word<'_>, key: &str, ends: &[char]) -> Option<Argument> {
    let start = word.text.find(PASSWORD)? + PASSWORD.len();
    let rest = &word.text[start..];
    let length = rest.find(ends).unwrap_or(rest.len());
    (length > 0).then(|| part(Meaning::Password, key, word, start..start + length))
}

/// `-ushop:x` and `-sSfu shop:x` of curl, whose options of one letter may stand together.
fn clustered(word: &Word<'_>, next: Option<&Word<'_>>) -> Option<Argument> {
    const ALONE: &str = "sSfkLivgGnNaIjJlpqRZ#0123456";
    const KEY: &str = "curl -u";
    let letters = word.text.strip_prefix('-')?;
    let (before, user) = letters.split_once('u')?;
    if !before.chars().all(|one| ALONE.contains(one)) {
        return None;
    }
    match user.split_once(':') {
        None if user.is_empty() && !before.is_empty() => behind(KEY, next?, ":"),
        Some((_, password)) if !password.is_empty() => {
            let end = word.text.len();
            Some(part(
                Meaning::Password,
                KEY,
                word,
                end - password.len()..end,
            ))
        }
        _ => None,
    }
}

/// `--user=shop:VALUE` of a client; a server's is whom it runs as.
fn joined_user(program: &str, word: &Word<'_>) -> Option<Argument> {
    const FLAG: &str = "--user=";
    let (user, _) = word.text.strip_prefix(FLAG)?.split_once(':')?;
    let start = FLAG.len() + user.len() + 1;
    let key = format!("{program} --user");
    (start < word.text.len()).then(|| part(Meaning::Password, &key, word, start..word.text.len()))
}

/// `sqlplus shop/VALUE@orders`.
fn login_of_oracle(words: &[Word<'_>]) -> Option<Argument> {
    let mut own = words.iter().skip(1);
    let word = own.find(|word| !word.text.starts_with('-'))?;
    let (user, rest) = word.text.split_once('/')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_#$".contains(&byte);
    let is_login = !user.is_empty() && user.bytes().all(is_name) && !rest.starts_with('/');
    let start = user.len() + 1;
    let end = start + rest.find('@').unwrap_or(rest.len());
    (is_login && start < end).then(|| part(Meaning::Password, "sqlplus", word, start..end))
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    fn passwords(script: &str) -> Vec<&str> {
        let found = arguments(&[script], None);
        found.iter().map(|one| &script[one.value.clone()]).collect()
    }

    #[test]
    fn a_word_may_hold_more_than_the_password() {
        for script in [
            "curl -ushop:hQ7tr99x http://h",
            "curl -sSfu shop:hQ7tr99x http://h",
            "curl --proxy-user shop:hQ7tr99x http://h",
            "etcdctl user add root:hQ7tr99x",
            "fabric-ca-server start -b admin:hQ7tr99x -d",
            "java -jar jenkins-cli.jar -s http://h -auth admin:hQ7tr99x",
            "pulsar-admin --auth-params token:hQ7tr99x tenants list",
            "kafka-configs.sh --add-config 'SCRAM-SHA-512=[iterations=8192,password=hQ7tr99x]'",
            "kafka-storage.sh format --add-scram 'SCRAM-SHA-256=[name=a,password=hQ7tr99x]'",
        ] {
            assert_eq!(passwords(script), ["hQ7tr99x"], "{script}");
        }
        for script in [
            "curl -sSo out:put http://h",
            "curl -sSfu shop http://h",
            "curl -v --url h:80",
            "curl -output a:b",
            "etcdctl user add root --no-password",
            "java -jar a.jar -auth @/run/login",
            "openssl rsa -passin file:/a/bypass:x",
            "kafka-configs.sh --add-config 'SCRAM-SHA-512=[iterations=8192]'",
        ] {
            assert_eq!(passwords(script), [""; 0], "{script}");
        }
    }
}
