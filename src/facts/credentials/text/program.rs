//! What known programs take as a password, by their options and commands: tables, and what takes more than one.

use super::shell::Word;

/// Programs whose `-pVALUE` is a password.
pub(super) const ATTACHED: [&str; 13] = [
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlcheck",
    "mysqlshow",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
    "sshpass",
    "7z",
    "7za",
    "7zz",
];

/// Programs, with the option whose next word is a password.
pub(super) const NEXT: [(&str, &str); 45] = [
    ("sshpass", "-p"),
    ("docker", "-p"),
    ("podman", "-p"),
    ("buildah", "-p"),
    ("skopeo", "-p"),
    ("az", "-p"),
    ("oras", "-p"),
    ("mongo", "-p"),
    ("mongosh", "-p"),
    ("mongodump", "-p"),
    ("mongorestore", "-p"),
    ("mongoimport", "-p"),
    ("cqlsh", "-p"),
    ("cypher-shell", "-p"),
    ("rabbitmqadmin", "-p"),
    ("sqlcmd", "-P"),
    ("bcp", "-P"),
    ("redis-cli", "-a"),
    ("valkey-cli", "-a"),
    ("keydb-cli", "-a"),
    ("ldapsearch", "-w"),
    ("ldapadd", "-w"),
    ("ldapmodify", "-w"),
    ("ldapwhoami", "-w"),
    ("helm", "-p"),
    ("useradd", "-p"),
    ("mongoexport", "-p"),
    ("mongostat", "-p"),
    ("mongotop", "-p"),
    ("mongofiles", "-p"),
    ("couchbase-cli", "-p"),
    ("beeline", "-p"),
    ("crane", "-p"),
    ("mosquitto_pub", "-P"),
    ("mosquitto_sub", "-P"),
    ("redis-benchmark", "-a"),
    ("ldapdelete", "-w"),
    ("ldappasswd", "-w"),
    ("ldappasswd", "-s"),
    ("oc", "-p"),
    ("airflow", "-p"),
    ("openssl", "-k"),
    ("ipmitool", "-P"),
    ("zip", "-P"),
    ("unzip", "-P"),
];

/// Those of them whose option is something else, as a port or a project, save behind this word.
pub(super) const LOGINS: [(&str, &str); 8] = [
    ("docker", "login"),
    ("podman", "login"),
    ("buildah", "login"),
    ("skopeo", "login"),
    ("helm", "login"),
    ("oc", "login"),
    ("airflow", "create"),
    ("openssl", "enc"),
];

/// Commands of programs, with how many words after the command stand before the password.
pub(super) const AFTER: [(&str, &[&str], usize); 18] = [
    ("rabbitmqctl", &["add_user"], 1),
    ("rabbitmqctl", &["change_password"], 1),
    ("mc", &["alias", "set"], 3),
    ("mc", &["config", "host", "add"], 3),
    ("mc", &["admin", "user", "add"], 2),
    ("mcli", &["alias", "set"], 3),
    ("mcli", &["admin", "user", "add"], 2),
    ("mosquitto_passwd", &["-b"], 2),
    ("grafana-cli", &["admin", "reset-admin-password"], 0),
    ("aws", &["configure", "set", "aws_secret_access_key"], 0),
    ("mysqladmin", &["password"], 0),
    ("neo4j-admin", &["set-initial-password"], 0),
    ("vault", &["login"], 0),
    ("vault", &["operator", "unseal"], 0),
    ("bao", &["operator", "unseal"], 0),
    ("bao", &["login"], 0),
    ("grafana", &["cli", "admin", "reset-admin-password"], 0),
    ("grafana", &["admin", "reset-admin-password"], 0),
];

/// Commands of programs that set what the word behind them names, to the word behind that.
pub(super) const SETTERS: [(&str, &[&str]); 5] = [
    ("airflow", &["variables", "set"]),
    ("consul", &["kv", "put"]),
    ("etcdctl", &["put"]),
    ("npm", &["config", "set"]),
    ("wp", &["config", "set"]),
];

/// The password that `htpasswd` is given on its command line, the last of file, user and password; with `n` it
/// prints, so that there is no file.
pub(super) fn hashed_password<'w, 'a>(words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let is_end = |word: &&Word<'_>| !word.text.contains('>');
    let own = || words.iter().skip(1).take_while(is_end);
    let is_flags = |word: &&Word<'_>| word.text.starts_with('-') && word.text.len() > 1;
    let flags = || own().filter(is_flags).flat_map(|word| word.text.chars());
    let has = |flag: char| flags().any(|one| one == flag);
    // How often bcrypt or SHA hash is a word of its own.
    let costs = flags().filter(|one| matches!(one, 'C' | 'r')).count();
    let given = own().filter(|word| !is_flags(word)).skip(costs);
    let expected = if has('n') { 2 } else { 3 };
    (has('b') && given.clone().count() == expected)
        .then(|| given.last())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    #[test]
    fn htpasswd_hashes_the_last_word() {
        for script in [
            "htpasswd -bBc /x shop hQ7tr99x",
            "htpasswd -B -b -c /x shop hQ7tr99x",
            "htpasswd -bnBC 10 shop hQ7tr99x",
            "htpasswd -nb shop hQ7tr99x > /x",
            "htpasswd -b /x shop hQ7tr99x 2>/dev/null",
        ] {
            let found = arguments(&[script], None);
            let values: Vec<&str> = found.iter().map(|one| &script[one.value.clone()]).collect();
            assert_eq!(values, ["hQ7tr99x"], "{script}");
        }
        for script in [
            "htpasswd -c /x shop",
            "htpasswd -D /x shop",
            "htpasswd -b /x shop",
            "htpasswd -vi /x shop",
        ] {
            assert_eq!(arguments(&[script], None), [], "{script}");
        }
    }
}
