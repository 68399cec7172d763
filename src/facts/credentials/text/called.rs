//! Texts that are a shell's by the name that they stand under, without a first line that says so: `initScript`,
//! `lifecycle: {postStart: …}`.

use super::shell::commands;
use super::word::{Word, program};
use crate::facts::credentials::key::words::{ends_ignoring_case, words};

/// Last words of such names, and ends of those that are written as one.
const WORDS: [&str; 5] = ["script", "cmd", "command", "hook", "entrypoint"];
const ENDS: [&str; 7] = [
    "initscript",
    "initfile",
    "init-file",
    "init_file",
    "poststart",
    "prestop",
    "startupscript",
];

/// Programs of which a shell's line is one.
const PROGRAMS: [&str; 24] = [
    "airflow",
    "aws",
    "az",
    "curl",
    "docker",
    "htpasswd",
    "kubectl",
    "ldapadd",
    "ldapsearch",
    "mariadb",
    "mc",
    "mongo",
    "mongosh",
    "mysql",
    "mysqladmin",
    "mysqldump",
    "psql",
    "rabbitmqadmin",
    "rabbitmqctl",
    "redis-cli",
    "superset",
    "valkey-cli",
    "vault",
    "wget",
];

/// Whether a text is a shell's by its name and by a program that one of its lines runs. A first line may say
/// that it is another language's.
pub(in crate::facts::credentials) fn is_called_script(text: &str, key: &str) -> bool {
    names_script(key) && text.contains(' ') && !text.starts_with("#!") && runs_program(text)
}

fn names_script(key: &str) -> bool {
    let last = || words(key).pop().unwrap_or_default();
    ENDS.iter().any(|end| ends_ignoring_case(key, end))
        || (WORDS.iter().any(|word| ends_ignoring_case(key, word))
            && WORDS.contains(&last().as_str()))
}

/// Whether a line runs one of the known programs, or one by its path.
fn runs_program(text: &str) -> bool {
    let is_path = |word: &Word<'_>| word.text.starts_with(['/', '.']) && word.text.len() > 4;
    let is_known = |words: &[Word<'_>]| {
        let is_called = words.len() > 1 && words.first().is_some_and(is_path);
        is_called || PROGRAMS.contains(&program(words, None))
    };
    commands(&[text]).iter().any(|words| is_known(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_is_told_by_name_and_program() {
        for (key, text) in [
            ("initScript", "curl -u a:b http://x\n"),
            ("initscript", "superset fab create-admin \\\n  --password x"),
            ("postStart", "mysql -uroot -px -e 1"),
            ("init-script", "set -e\nuntil psql -h db; do sleep 1; done"),
            ("initFile", "/usr/local/bin/shop-init --password x"),
            ("preStopCommand", "/usr/bin/redis-cli -a x shutdown"),
        ] {
            assert!(is_called_script(text, key), "{key} {text}");
        }
        for (key, text) in [
            ("description", "curl -u a:b http://x"),
            ("postscript", "curl -u a:b http://x"),
            ("initScript", "CREATE USER shop PASSWORD 'x';"),
            ("script", "#!/usr/bin/env python3\ncurl -u a:b"),
            ("webhook", "curl -u a:b http://x"),
            ("groovyScript", "def mysql = new Sql(password)\n"),
            ("initFile", "db.createUser({user: 'a', pwd: 'b'})"),
        ] {
            assert!(!is_called_script(text, key), "{key} {text}");
        }
    }
}
