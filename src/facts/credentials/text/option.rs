//! What the options of known programs make a password: `mysql -px`, `redis-cli -a x`, `mc alias set`. Options
//! whose word holds more than the password are read elsewhere.

use std::ops::Range;

use super::account_option::{accounts, behind};
use super::argument::{Argument, argument, part};
use super::directive::account_of_machine;
use super::key_vault::kept;
use super::program::{AFTER, ATTACHED, NEXT, SET_TO, SETTERS, hashed_password};
use super::redis;
use super::shell::without_quotes;
use super::word::Word;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::place;

/// Whether the word after this one is a password for some program, or a token by the flag's end.
pub(in crate::facts::credentials) fn is_password_option(word: &str) -> bool {
    NEXT.iter().any(|(option, ..)| *option == word) || word.ends_with("-pat")
}

/// Whether a word is an option of a program with the password behind its letter: `-pVALUE`.
pub(super) fn is_attached(program: &str, word: &str, words: &[Word<'_>]) -> bool {
    let is_said = |behind: &str| words.iter().any(|word| word.text == behind);
    let is_own = |(option, behind, programs): &(&str, &str, &[&str])| {
        word.len() > option.len()
            && word.starts_with(option)
            && programs.contains(&program)
            && (behind.is_empty() || is_said(behind))
    };
    ATTACHED.iter().any(is_own)
}

/// The passwords among the words of one command.
pub(super) fn options(program: &str, words: &[Word<'_>], found: &mut Vec<Argument>) {
    found.extend(written(program, words));
    found.extend(set(program, words));
    if program == "htpasswd" {
        let password = hashed_password(words);
        found.extend(password.map(|word| argument(Meaning::Password, program, word)));
    }
    found.extend(accounts(program, words));
    found.extend(made_secure(words));
    found.extend(redis::passwords(program, words));
    found.extend(kept(program, words));
    for (at, word) in words.iter().enumerate() {
        if is_attached(program, word.text, words) {
            found.extend(attached(program, word));
        }
        found.extend(literal(word));
        found.extend(joined_header(word));
        found.extend(joined(program, words, word));
        if at == 0 && program == "printf" {
            found.extend(formatted(words));
        }
        let next = words.get(at + 1);
        let Some(next) = next.filter(|next| !next.text.starts_with('-')) else {
            continue;
        };
        if takes_password(program, word.text, words) {
            let key = format!("{program} {}", word.text);
            found.push(argument(Meaning::Password, &key, next));
        }
        if matches!(word.text, "-H" | "--header") {
            found.extend(header(next));
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

/// Whether a program's option is a password among these words, and no port or project.
fn takes_password(program: &str, option: &str, words: &[Word<'_>]) -> bool {
    let is_said = |behind: &str| words.iter().any(|word| word.text == behind);
    NEXT.iter().any(|(name, behind, programs)| {
        *name == option && programs.contains(&program) && (behind.is_empty() || is_said(behind))
    })
}

/// The same with the password behind `=`: `az keyvault secret set --value=x`.
fn joined(program: &str, words: &[Word<'_>], word: &Word<'_>) -> Option<Argument> {
    let (option, value) = word.text.split_once('=')?;
    let range = without_quotes(value.as_bytes(), 0..value.len());
    let start = option.len() + 1;
    let is_own = !range.is_empty() && takes_password(program, option, words);
    is_own.then(|| {
        let key = format!("{program} {option}");
        part(
            Meaning::Password,
            &key,
            word,
            start + range.start..start + range.end,
        )
    })
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
    // A user of the system, whose password stands elsewhere: `shop:x:1001:0::/home/shop:/bin/sh`.
    if file == "passwd" && given.text.split(':').count() == 7 {
        return None;
    }
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

/// `airflow variables set api_token x`, `gh secret set API_TOKEN --body x`.
fn set(program: &str, words: &[Word<'_>]) -> Option<Argument> {
    let (_, command) = SETTERS.iter().find(|(name, _)| *name == program)?;
    let at = words.windows(command.len()).position(|some| {
        let mut pairs = some.iter().zip(*command);
        pairs.all(|(word, one)| word.text == *one)
    })?;
    let own = &words[at + command.len()..];
    let mut plain = own.iter().filter(|word| !word.text.starts_with('-'));
    let name = plain.next()?.text;
    let said = own.iter().position(|word| SET_TO.contains(&word.text));
    let value = match said.filter(|_| program == "gh") {
        Some(said) => own.get(said + 1),
        None => plain
            .next()
            .filter(|word| !word.text.starts_with(['<', '>'])),
    };
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    let meaning = meaning(name);
    let value = value.filter(|_| meaning.is_credential())?;
    Some(argument(meaning, name, value))
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
    let (option, value) = word.text.split_at_checked(2)?;
    let range = without_quotes(value.as_bytes(), 0..value.len());
    let is_value = !value.is_empty() && !value.starts_with('=');
    is_value.then(|| {
        part(
            Meaning::Password,
            &format!("{program} {option}"),
            word,
            2 + range.start..2 + range.end,
        )
    })
}

/// What a command of PowerShell makes a password of: `ConvertTo-SecureString "x" -AsPlainText -Force`.
fn made_secure(words: &[Word<'_>]) -> Option<Argument> {
    const MAKER: &str = "ConvertTo-SecureString";
    let at = words
        .iter()
        .position(|word| word.text.eq_ignore_ascii_case(MAKER))?;
    let own = &words[at + 1..];
    let starts = |word: &Word<'_>, start: &str| {
        let own = word.text.get(..start.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(start))
    };
    let is_plain = own.iter().any(|word| starts(word, "-AsPlain"));
    let given = own.iter().find(|word| !word.text.starts_with('-'))?;
    is_plain.then(|| argument(Meaning::Password, MAKER, given))
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
            ("docker login -u shop -phQ7tr99x r.example.com", "hQ7tr99x"),
            ("mongosh -u shop -phQ7tr99x db", "hQ7tr99x"),
            (
                "$p = ConvertTo-SecureString \"hQ7tr99x\" -AsPlainText -Force",
                "hQ7tr99x",
            ),
            (
                "(ConvertTo-SecureString -AsPlainText -String 'hQ7tr99x')",
                "hQ7tr99x",
            ),
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
            ("az login --service-principal -u a -p hQ7tr99x", "hQ7tr99x"),
            (
                "az keyvault secret set --name a --value=hQ7tr99x",
                "hQ7tr99x",
            ),
            ("pulumi config set --secret dbPassword hQ7tr99x", "hQ7tr99x"),
            ("gh secret set DB_PASSWORD -R a/b -b hQ7tr99x", "hQ7tr99x"),
            ("dotnet user-secrets set Db:Password hQ7tr99x", "hQ7tr99x"),
            ("sqlcmd -S db -U sa -PhQ7tr99x -Q x", "hQ7tr99x"),
            ("docker run --env=DB_PASSWORD=hQ7tr99x x", "hQ7tr99x"),
            ("terraform apply -var='db_password=hQ7tr99x'", "hQ7tr99x"),
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
            "echo 'shop:x:1001:0::/home/shop:/bin/sh' >> /etc/passwd",
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
            "docker run -d -p8000:8000 x",
            "$p = ConvertTo-SecureString $sealed",
            "ConvertTo-SecureString -String hQ7tr99x -Key $k",
            "docker compose -p shop up",
            "printf 'a=%s\\n' hQ7tr99x",
            "vault login -method=kubernetes role=shop",
            "echo hQ7tr99x | docker login",
            "cat /run/secret | docker login --password-stdin",
            "chpasswd",
            "mosquitto_sub -p 1883 -t orders",
            "az webapp create -p plan -n shop",
            "az appconfig kv set --key a --value hQ7tr99x",
            "gitea web -p 3000",
            "dotnet run -p src/shop",
            "gh secret set DB_PASSWORD < /run/password",
            "pulumi config set region eu",
            "docker run --label=tier=web --env=TZ=UTC x",
            "nerdctl run -p 8000:8000 x",
            "ldapsearch -w",
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
