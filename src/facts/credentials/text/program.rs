//! What known programs take as a password, by their options and commands: tables, and what takes more than one.

use super::word::Word;

/// Programs whose `login` takes a password.
const LOGINS: &[&str] = &[
    "az", "buildah", "conjur", "docker", "helm", "nerdctl", "oc", "podman", "skopeo",
];

/// Options with a password right behind their letter, with the word that a command has to have for that, and the
/// programs: `mysql -pVALUE`, `docker login -pVALUE`.
pub(super) const ATTACHED: [(&str, &str, &[&str]); 4] = [
    (
        "-p",
        "",
        &[
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mysqlimport",
            "mysqlcheck",
            "mysqlshow",
            "mysqlslap",
            "mysqlsh",
            "mysqlpump",
            "mysqlbinlog",
            "mysql_upgrade",
            "mariadb",
            "mariadb-dump",
            "mariadb-admin",
            "mariadb-check",
            "mariadb-import",
            "mariadb-show",
            "mariadb-slap",
            "mongo",
            "mongodump",
            "mongoexport",
            "mongoimport",
            "mongorestore",
            "mongosh",
            "sshpass",
            "7z",
            "7za",
            "7zz",
        ],
    ),
    ("-p", "login", LOGINS),
    ("-P", "", &["sqlcmd", "bcp"]),
    (
        "-w",
        "",
        &["ldapadd", "ldapdelete", "ldapmodify", "ldapsearch"],
    ),
];

/// Options whose next word is a password, with the word that a command has to have for that, where the option is
/// something else without it, as a port or a project; and the programs.
pub(super) const NEXT: [(&str, &str, &[&str]); 27] = [
    (
        "-p",
        "",
        &[
            "add-user-keycloak.sh",
            "add-user.sh",
            "beeline",
            "couchbase-cli",
            "cqlsh",
            "crane",
            "cypher-shell",
            "elasticsearch-users",
            "hdbsql",
            "influx",
            "mongo",
            "mongodump",
            "mongoexport",
            "mongofiles",
            "mongoimport",
            "mongorestore",
            "mongosh",
            "mongostat",
            "mongotop",
            "mydumper",
            "myloader",
            "oras",
            "rabbitmqadmin",
            "regctl",
            "sshpass",
            "twine",
            "useradd",
        ],
    ),
    ("-p", "login", LOGINS),
    ("-p", "sql", &["az"]),
    ("-p", "postgres", &["az"]),
    ("-p", "mysql", &["az"]),
    ("-p", "create", &["airflow"]),
    ("-p", "set-password", &["kcadm.sh"]),
    ("-p", "change-password", &["gitea", "forgejo"]),
    ("-p", "nuget", &["dotnet"]),
    (
        "-P",
        "",
        &[
            "bcp",
            "ipmitool",
            "mosquitto_pub",
            "mosquitto_sub",
            "sqlcmd",
            "unzip",
            "zip",
        ],
    ),
    (
        "-a",
        "",
        &["keydb-cli", "redis-benchmark", "redis-cli", "valkey-cli"],
    ),
    (
        "-w",
        "",
        &[
            "dsconf",
            "dsidm",
            "ldapadd",
            "ldapdelete",
            "ldapmodify",
            "ldappasswd",
            "ldapsearch",
            "ldapwhoami",
            "odoo",
        ],
    ),
    ("-s", "", &["ldappasswd", "slappasswd"]),
    ("-k", "enc", &["openssl"]),
    ("-k", "nuget", &["dotnet"]),
    ("-t", "", &["influx"]),
    ("-r", "register", &["gitlab-runner"]),
    ("-A", "", &["snmpget", "snmpset", "snmpwalk"]),
    ("-X", "", &["snmpget", "snmpset", "snmpwalk"]),
    ("-id", "token", &["bao", "vault"]),
    ("--auth", "", &["nats-server"]),
    ("--setup-key", "", &["netbird"]),
    ("--secret-string", "", &["aws"]),
    ("--new-password", "", &["argocd"]),
    ("--current-password", "", &["argocd"]),
    ("--auth-token", "", &["argocd"]),
    ("--registration-token", "", &["gitlab-runner"]),
];

/// Commands of programs, with how many words after the command stand before the password.
pub(super) const AFTER: [(&str, &[&str], usize); 30] = [
    ("rabbitmqctl", &["add_user"], 1),
    ("rabbitmqctl", &["authenticate_user"], 1),
    ("rabbitmqctl", &["change_password"], 1),
    ("mc", &["alias", "set"], 3),
    ("mc", &["config", "host", "add"], 3),
    ("mc", &["admin", "user", "add"], 2),
    ("mcli", &["alias", "set"], 3),
    ("mcli", &["config", "host", "add"], 3),
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
    ("bw", &["login"], 1),
    ("consul", &["acl", "set-agent-token"], 1),
    ("drush", &["user:password"], 1),
    ("emqx", &["ctl", "admins", "add"], 1),
    ("emqx", &["ctl", "admins", "passwd"], 1),
    ("emqx_ctl", &["admins", "add"], 1),
    ("emqx_ctl", &["admins", "passwd"], 1),
    ("rclone", &["obscure"], 0),
    ("redis-cli", &["config", "set", "requirepass"], 0),
    ("valkey-cli", &["config", "set", "requirepass"], 0),
];

/// Commands of programs that set what the word behind them names, to the word behind that.
pub(super) const SETTERS: [(&str, &[&str]); 8] = [
    ("airflow", &["variables", "set"]),
    ("consul", &["kv", "put"]),
    ("dotnet", &["user-secrets", "set"]),
    ("etcdctl", &["put"]),
    ("gh", &["secret", "set"]),
    ("npm", &["config", "set"]),
    ("pulumi", &["config", "set"]),
    ("wp", &["config", "set"]),
];

/// Options of these that say what is set, wherever the name stands.
pub(super) const SET_TO: [&str; 2] = ["-b", "--body"];

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
    use super::*;
    use crate::facts::credentials::may_hold_credentials;

    #[test]
    fn every_command_is_looked_at() {
        let next = NEXT.iter().flat_map(|(option, behind, programs)| {
            let line = move |program: &&str| {
                let words = [program, *behind, *option, "hQ7tr99x"];
                words.join(" ").replace("  ", " ")
            };
            programs.iter().map(line)
        });
        let attached = ATTACHED.iter().flat_map(|(option, behind, programs)| {
            let line = move |program: &&str| {
                format!("{program} {behind} x {option}hQ7tr99x").replace("  ", " ")
            };
            programs.iter().map(line)
        });
        let after = AFTER.iter().map(|(program, command, before)| {
            let before = "x ".repeat(*before);
            format!("{program} {} {before}hQ7tr99x", command.join(" "))
        });
        for line in next.chain(attached).chain(after) {
            assert!(may_hold_credentials(&line), "{line}");
            let found = arguments(&[&line], None);
            let values: Vec<&str> = found.iter().map(|one| &line[one.value.clone()]).collect();
            assert_eq!(values, ["hQ7tr99x"], "{line}");
        }
    }

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
