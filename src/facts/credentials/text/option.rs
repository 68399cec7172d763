//! What the options of known programs make a password: `mysql -px`, `redis-cli -a x`,
//! `curl -u user:x`, `mc alias set`.

use std::ops::Range;

use super::argument::{Argument, argument};
use super::directive::account_of_machine;
use super::program::{AFTER, ATTACHED, LOGINS, NEXT, SETTERS, hashed_password};
use super::shell::{Word, without_quotes};
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::place;

/// Whether the word after this one is a password for some program, or a token by the flag's end.
pub(in crate::facts::credentials) fn is_password_option(word: &str) -> bool {
    NEXT.iter().any(|(_, option)| *option == word) || word.ends_with("-pat")
}

/// Whether a word is an option of a program with the password behind its letter: `-pVALUE`.
pub(super) fn is_attached(program: &str, word: &str) -> bool {
    ATTACHED.contains(&program) && word.len() > 2 && word.starts_with("-p")
}

/// The passwords among the words of one command.
pub(super) fn options(program: &str, words: &[Word<'_>], found: &mut Vec<Argument>) {
    found.extend(written(program, words));
    found.extend(set(program, words));
    if program == "htpasswd" {
        let password = hashed_password(words);
        found.extend(password.map(|word| argument(Meaning::Password, program, word)));
    }
    if matches!(program, "sqlplus" | "expdp" | "impdp" | "sqlldr") {
        found.extend(login_of_oracle(words));
    }
    for (at, word) in words.iter().enumerate() {
        if is_attached(program, word.text) {
            found.extend(attached(program, word));
        }
        found.extend(literal(word));
        found.extend(joined_header(word));
        if matches!(program, "curl" | "etcdctl") {
            found.extend(joined_user(program, word));
        }
        if at == 0 && program == "printf" {
            found.extend(formatted(words));
        }
        let next = words.get(at + 1);
        let Some(next) = next.filter(|next| !next.text.starts_with('-')) else {
            continue;
        };
        if logs_in(program, words) && NEXT.contains(&(program, word.text)) {
            let key = format!("{program} {}", word.text);
            found.push(argument(Meaning::Password, &key, next));
        }
        if matches!(program, "curl" | "wget" | "etcdctl" | "http")
            && matches!(word.text, "-u" | "--user" | "-a")
        {
            let key = format!("{program} {}", word.text);
            found.extend(behind(&key, next, ":"));
        }
        if matches!(program, "smbclient" | "rpcclient") && matches!(word.text, "-U" | "--user") {
            found.extend(behind("smbclient -U", next, "%"));
        }
        if program == "lftp" && word.text == "-u" {
            found.extend(behind("lftp -u", next, ","));
        }
        if program == "ttyd" && matches!(word.text, "-c" | "--credential") {
            found.extend(behind("ttyd -c", next, ":"));
        }
        if word.text == "-o" && program.starts_with("mount") {
            found.extend(mounted(next));
        }
        if matches!(word.text, "-H" | "--header") {
            found.extend(header(next));
        }
        if matches!(word.text, "-passin" | "-passout" | "-pass") && next.text.starts_with("pass:") {
            found.extend(behind(word.text, next, "pass:"));
        }
        for (name, command, skipped) in AFTER {
            let is_command = name == program
                && words.len() > at + command.len()
                && command
                    .iter()
                    .zip(&words[at..])
                    .all(|(one, word)| *one == word.text);
            let password = words.get(at + command.len() + skipped);
            if is_command && let Some(password) = password {
                let key = format!("{program} {}", command.join(" "));
                found.push(argument(Meaning::Password, &key, password));
            }
        }
    }
}

/// Whether a program's option is a password here, and no port or project.
fn logs_in(program: &str, words: &[Word<'_>]) -> bool {
    let mut own = LOGINS.iter().filter(|(name, _)| *name == program);
    own.all(|(_, command)| words.iter().any(|word| word.text == *command))
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

/// What a command that asks for a password on its input gets from the one before:
/// `echo x | docker login --password-stdin`, `echo user:x | chpasswd`.
pub(super) fn piped(before: &[Word<'_>], words: &[Word<'_>]) -> Option<Argument> {
    let [echo, .., given] = before else {
        return None;
    };
    let is_printed = matches!(echo.text, "echo" | "printf");
    let program = words.first()?.text;
    if is_printed && program.ends_with("chpasswd") {
        return behind("chpasswd", given, ":");
    }
    let asks = |word: &Word<'_>| {
        word.text == "--password-stdin"
            || (program == "passwd" && word.text == "--stdin")
            || (program == "sudo" && word.text == "-S")
            || (program == "kinit" && word.text.contains('@'))
    };
    (is_printed && words.iter().any(asks))
        .then(|| argument(Meaning::Password, "password-stdin", given))
}

/// What is printed into a file that is called like a credential: `echo x > /run/secrets/password`,
/// `echo "db:5432:*:shop:x" > ~/.pgpass`.
fn written(program: &str, words: &[Word<'_>]) -> Option<Argument> {
    if !matches!(program, "echo" | "printf") {
        return None;
    }
    let at = words
        .iter()
        .position(|word| matches!(word.text, ">" | ">>"))?;
    let given = words.get(at.checked_sub(1)?).filter(|_| at > 1)?;
    let file = words.get(at + 1)?.text.rsplit('/').next()?;
    if let Some((key, range)) = setting_of_yaml(given.text) {
        return Some(part(meaning(key), key, given, range));
    }
    if let Some(range) = account_of_machine(given.text) {
        return Some(part(Meaning::Password, file, given, range));
    }
    let is_line = file == ".pgpass" && given.text.matches(':').count() == 4;
    let start = if is_line {
        given.text.rfind(':')? + 1
    } else {
        0
    };
    let meaning = if is_line {
        Meaning::Password
    } else {
        meaning(file.trim_end_matches(".txt"))
    };
    let is_value = meaning.is_credential() && !given.text.contains([' ', '%', '\\']);
    is_value.then(|| part(meaning, file, given, start..given.text.len()))
}

/// A setting of YAML in one line: the key and the bytes of its value, `password: x`.
fn setting_of_yaml(text: &str) -> Option<(&str, Range<usize>)> {
    let (key, value) = text.split_once(": ")?;
    let value = value.trim();
    let is_set = meaning(key.trim()).is_credential()
        && !value.is_empty()
        && !value.contains([' ', '%', '\\']);
    is_set.then(|| (key.trim(), place(text, value)))
}

/// `airflow variables set api_token x`.
fn set(program: &str, words: &[Word<'_>]) -> Option<Argument> {
    let (_, command) = SETTERS.iter().find(|(name, _)| *name == program)?;
    let at = words.windows(command.len()).position(|some| {
        let mut pairs = some.iter().zip(*command);
        pairs.all(|(word, one)| word.text == *one)
    })?;
    let name = words.get(at + command.len())?.text;
    let value = words.get(at + command.len() + 1)?;
    let name = name.rsplit('/').next().unwrap_or(name);
    let meaning = meaning(name);
    (meaning.is_credential() && !value.text.starts_with('-'))
        .then(|| argument(meaning, name, value))
}

/// `mount -o username=shop,password=x`.
fn mounted(word: &Word<'_>) -> Option<Argument> {
    const MARK: &str = "password=";
    let start = word.text.find(MARK)? + MARK.len();
    let length = word.text[start..]
        .find(',')
        .unwrap_or(word.text.len() - start);
    (length > 0).then(|| part(Meaning::Password, "mount -o", word, start..start + length))
}

/// `--header=X-Api-Key: VALUE`.
fn joined_header(word: &Word<'_>) -> Option<Argument> {
    let value = word.text.strip_prefix("--header=")?;
    let range = without_quotes(value.as_bytes(), 0..value.len());
    header(&Word {
        text: &value[range.clone()],
        offset: word.offset + "--header=".len() + range.start,
        ..*word
    })
}

/// `--user=shop:VALUE` of a client; a server's is whom it runs as.
fn joined_user(program: &str, word: &Word<'_>) -> Option<Argument> {
    const FLAG: &str = "--user=";
    let (user, _) = word.text.strip_prefix(FLAG)?.split_once(':')?;
    let start = FLAG.len() + user.len() + 1;
    let key = format!("{program} --user");
    (start < word.text.len()).then(|| part(Meaning::Password, &key, word, start..word.text.len()))
}

/// `X-Api-Key: VALUE`, also with the scheme of an `Authorization`.
fn header(word: &Word<'_>) -> Option<Argument> {
    let (key, rest) = word.text.split_once(':')?;
    let meaning = meaning(key.trim());
    let value = rest.trim_start();
    let end = word.text.len();
    // What is encoded is told elsewhere.
    let is_basic = value.to_ascii_lowercase().starts_with("basic ");
    (meaning.is_credential() && !is_basic)
        .then(|| part(meaning, key.trim(), word, end - value.len()..end))
}

/// `-pVALUE`.
fn attached(program: &str, word: &Word<'_>) -> Option<Argument> {
    let value = word.text.strip_prefix("-p")?;
    let range = without_quotes(value.as_bytes(), 0..value.len());
    let is_value = !value.is_empty() && !value.starts_with('=');
    is_value.then(|| {
        part(
            Meaning::Password,
            &format!("{program} -p"),
            word,
            2 + range.start..2 + range.end,
        )
    })
}

/// `--from-literal=password=x`.
fn literal(word: &Word<'_>) -> Option<Argument> {
    let setting = word.text.strip_prefix("--from-literal=")?;
    let (key, value) = setting.split_once('=')?;
    let meaning = meaning(key);
    let end = word.text.len();
    meaning
        .is_credential()
        .then(|| part(meaning, key, word, end - value.len()..end))
}

/// What a format puts behind the name of a credential: `printf 'password=%s\n' x`.
fn formatted(words: &[Word<'_>]) -> Option<Argument> {
    let (format, given) = words.get(1..)?.split_first()?;
    let mut names = format.text.split("%s").zip(given);
    names.find_map(|(head, word)| {
        let head = head.trim_end().strip_suffix(['=', ':'])?;
        let is_end = |one: char| !(one.is_alphanumeric() || "_.-".contains(one));
        let key = head.trim_end().rsplit(is_end).next()?;
        let meaning = meaning(key);
        meaning
            .is_credential()
            .then(|| argument(meaning, key, word))
    })
}

/// The password behind a mark in a word.
fn behind(key: &str, word: &Word<'_>, mark: &str) -> Option<Argument> {
    let start = word.text.find(mark)? + mark.len();
    (start < word.text.len()).then(|| part(Meaning::Password, key, word, start..word.text.len()))
}

fn part(meaning: Meaning, key: &str, word: &Word<'_>, range: Range<usize>) -> Argument {
    Argument {
        user: None,
        meaning,
        key: key.to_owned(),
        item: word.item,
        value: word.offset + range.start..word.offset + range.end,
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    #[test]
    fn programs_have_their_own_options() {
        for (script, password) in [
            ("mysql -uroot -phQ7tr99x db", "hQ7tr99x"),
            ("mysqladmin -u root password 'hQ7tr99x'", "hQ7tr99x"),
            ("ldappasswd -s hQ7tr99x uid=shop", "hQ7tr99x"),
            ("oc login -u shop -p hQ7tr99x https://h", "hQ7tr99x"),
            (
                "airflow users create -u shop -p hQ7tr99x -r Admin",
                "hQ7tr99x",
            ),
            ("openssl enc -aes-256-cbc -k hQ7tr99x -in x", "hQ7tr99x"),
            ("unzip -P hQ7tr99x a.zip", "hQ7tr99x"),
            ("7z x -phQ7tr99x a.7z", "hQ7tr99x"),
            ("sqlplus -s shop/hQ7tr99x@orders @a.sql", "hQ7tr99x"),
            ("smbclient -U shop%hQ7tr99x //h/x", "hQ7tr99x"),
            ("neo4j-admin set-initial-password hQ7tr99x", "hQ7tr99x"),
            ("echo hQ7tr99x | kinit shop@EXAMPLE.COM", "hQ7tr99x"),
            ("redis-cli -a hQ7tr99x ping", "hQ7tr99x"),
            ("curl -u shop:hQ7tr99x http://h", "hQ7tr99x"),
            (
                "mc alias set local http://minio:9000 shop hQ7tr99x",
                "hQ7tr99x",
            ),
            (
                "mosquitto_sub -u shop -P hQ7tr99x -t orders -p 1883",
                "hQ7tr99x",
            ),
            ("server --auth=shop:hQ7tr99x", "hQ7tr99x"),
            ("server --basic-auth=shop:hQ7tr99x", "hQ7tr99x"),
            ("server --basic-auth shop=hQ7tr99x", "hQ7tr99x"),
            ("rabbitmqctl add_user shop hQ7tr99x", "hQ7tr99x"),
            ("vault login hQ7tr99x", "hQ7tr99x"),
            ("vault operator unseal hQ7tr99x", "hQ7tr99x"),
            (
                "echo -n 'hQ7tr99x' | docker login --password-stdin r",
                "hQ7tr99x",
            ),
            ("echo \"shop:hQ7tr99x\" | chpasswd", "hQ7tr99x"),
            ("openssl req -passout pass:hQ7tr99x -new", "hQ7tr99x"),
            ("docker login -u shop -p hQ7tr99x", "hQ7tr99x"),
            (
                "printf 'user=%s\\npassword=%s\\n' shop hQ7tr99x",
                "hQ7tr99x",
            ),
            (
                "kubectl create secret generic s --from-literal=password=hQ7tr99x",
                "hQ7tr99x",
            ),
            ("htpasswd -Bbn shop hQ7tr99x", "hQ7tr99x"),
            ("echo hQ7tr99x > /run/secrets/password", "hQ7tr99x"),
            ("printf '%s' 'hQ7tr99x' > /etc/restic-password", "hQ7tr99x"),
            ("echo 'db:5432:*:shop:hQ7tr99x' > ~/.pgpass", "hQ7tr99x"),
            ("echo \"password: hQ7tr99x\" > /etc/x.yaml", "hQ7tr99x"),
            (
                "echo 'machine a.b login shop password hQ7tr99x' > ~/.netrc",
                "hQ7tr99x",
            ),
            ("ttyd -c shop:hQ7tr99x bash", "hQ7tr99x"),
            ("etcdctl --user=root:hQ7tr99x get x", "hQ7tr99x"),
            ("airflow variables set api_token hQ7tr99x", "hQ7tr99x"),
            ("consul kv put app/password hQ7tr99x", "hQ7tr99x"),
            ("wp config set DB_PASSWORD hQ7tr99x", "hQ7tr99x"),
            (
                "mount -t cifs //a/b /c -o username=a,password=hQ7tr99x,ro",
                "hQ7tr99x",
            ),
            ("echo hQ7tr99x | passwd --stdin root", "hQ7tr99x"),
            ("curl --header='X-Api-Key: hQ7tr99x' http://h", "hQ7tr99x"),
            ("mc admin user add local shop hQ7tr99x", "hQ7tr99x"),
            ("mosquitto_passwd -b /etc/file shop hQ7tr99x", "hQ7tr99x"),
            ("curl -H 'X-Api-Key: hQ7tr99x' http://h", "hQ7tr99x"),
            (
                "curl --header \"Authorization: Bearer hQ7tr99x\" http://h",
                "Bearer hQ7tr99x",
            ),
        ] {
            let found = arguments(&[script], None);
            let values: Vec<&str> = found.iter().map(|one| &script[one.value.clone()]).collect();
            assert_eq!(values, [password], "{script}");
        }
        for script in [
            "mkdir -p /x y",
            "echo done > /run/token-ready",
            "echo 'the password is set' > /tmp/password",
            "airflow variables set region eu",
            "mount -o username=a,credentials=/x //a/b /c",
            "echo > /run/password",
            "echo 'password: to be set by hand' > /tmp/notes",
            "docker run --user=shop:shop x",
            "nginx -p x y",
            "mc ls local/x",
            "mc admin user list local",
            "curl -H 'Content-Type: application/json' http://h",
            "openssl rand -base64 32",
            "htpasswd -c file user",
            "airflow webserver -p 8080",
            "oc new-project -p shop",
            "openssl s_client -k x",
            "smbclient -U shop //h/x",
            "sqlplus / as sysdba",
            "sqlplus @sql/a.sql",
            "echo done | kinit -kt /x",
            "docker run -d -p 8000:8000 x",
            "docker compose -p shop up",
            "printf 'a=%s\\n' hQ7tr99x",
            "vault login -method=kubernetes role=shop",
            "echo hQ7tr99x | docker login",
            "cat /run/secret | docker login --password-stdin",
            "chpasswd",
            "mosquitto_sub -p 1883 -t orders",
            "server --auth=oidc:groups",
            "server --auth=auth.example.com:8080",
            "server --auth=none",
            "server --auth realm=shop",
            "server auth=shop:hQ7tr99x",
        ] {
            assert_eq!(arguments(&[script], None), [], "{script}");
        }
    }
}
