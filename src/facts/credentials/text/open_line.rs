//! Lines that let everyone in and whose syntax no table of settings reads: of Samba, sshd, Gerrit, of
//! statements of SQL and of ClickHouse's accounts.

use std::ops::Range;

use crate::facts::credentials::key::words::find_ignoring_case;

/// What a text has that may hold such a line.
const MARKS: [&str; 11] = [
    "guest ok",
    "{loopback_users",
    "permitemptypasswords",
    "development_become_any_account",
    "identified by ''",
    "no_password",
    "::/0",
    "name=security-enabled",
    "<security-enabled>",
    JENKINS[0],
    JENKINS[1],
];

/// What Jenkins' own file has where it asks nobody, in lower case.
const JENKINS: [&str; 2] = ["<usesecurity>false<", "authorizationstrategy$unsecured\""];

/// Who is let in without being asked, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// What lets everyone in.
    pub product: &'static str,
    /// The setting.
    pub key: &'static str,
    /// The bytes of its value.
    pub range: Range<usize>,
}

/// Whether a text may hold a line that lets everyone in.
pub(super) fn may_be_open(text: &str) -> bool {
    MARKS
        .iter()
        .any(|mark| find_ignoring_case(text, mark).is_some())
}

/// What a line of a text opens.
pub(super) fn open_line(line: &str, text: &str) -> Option<Open> {
    setting(line)
        .or_else(|| account_of_statement(line))
        .or_else(|| account_of_clickhouse(line, text))
        .or_else(|| security_of_jenkins(line))
        .or_else(|| guest_of_rabbitmq(line, text))
        .or_else(|| security_of_artemis(line, text))
}

/// `<security-enabled>false<` of Artemis' own file, `write-attribute(name=security-enabled,value=false)` of the
/// WildFly that it is in.
fn security_of_artemis(line: &str, text: &str) -> Option<Open> {
    const NAME: &str = "security-enabled";
    let at = line.find(NAME)? + NAME.len();
    let rest = line[at..].trim_start_matches(['>', ',', ' ']);
    let value = rest
        .strip_prefix("value")
        .map_or(rest, |rest| rest.trim_start_matches(['=', ' ']));
    let start = line.len() - value.len();
    let is_off = value.starts_with("false") && text.contains("activemq");
    is_off.then_some(Open {
        product: "ActiveMQ Artemis",
        key: NAME,
        range: start..start + "false".len(),
    })
}

/// `{loopback_users, []}` of RabbitMQ's settings in Erlang, where its first account is called as shipped.
fn guest_of_rabbitmq(line: &str, text: &str) -> Option<Open> {
    let start = line.find("{loopback_users")?;
    let end = start + line[start..].find('}')? + 1;
    let bare: String = line[start..end].split_whitespace().collect();
    let is_open = bare == "{loopback_users,[]}" && !text.contains("default_user");
    is_open.then_some(Open {
        product: "RabbitMQ's remote guest",
        key: "loopback_users",
        range: start..end,
    })
}

/// `<useSecurity>false</useSecurity>`, `<authorizationStrategy class="….AuthorizationStrategy$Unsecured"/>`.
fn security_of_jenkins(line: &str) -> Option<Open> {
    JENKINS.iter().find_map(|mark| {
        let start = find_ignoring_case(line, mark)?;
        Some(Open {
            product: "Jenkins",
            key: "config.xml",
            range: start..start + mark.len(),
        })
    })
}

/// `guest ok = yes`, `PermitEmptyPasswords yes`, `type = DEVELOPMENT_BECOME_ANY_ACCOUNT`.
fn setting(line: &str) -> Option<Open> {
    const SETTINGS: [(&str, &str, &[&str]); 3] = [
        ("guest ok", "Samba's share", &["yes", "true", "1"]),
        ("PermitEmptyPasswords", "sshd", &["yes"]),
        ("type", "Gerrit", &["DEVELOPMENT_BECOME_ANY_ACCOUNT"]),
    ];
    let text = line.trim_start();
    SETTINGS.into_iter().find_map(|(key, product, values)| {
        let head = text.get(..key.len())?;
        let rest = &text[key.len()..];
        let value = rest.trim_start_matches([' ', '\t', '=']);
        let own = value.split_whitespace().next()?;
        let is_set = head.eq_ignore_ascii_case(key)
            && value.len() < rest.len()
            && values.iter().any(|one| own.eq_ignore_ascii_case(one));
        let start = line.len() - value.len();
        is_set.then(|| Open {
            product,
            key,
            range: start..start + own.len(),
        })
    })
}

/// `CREATE USER a IDENTIFIED BY ''`, `IDENTIFIED WITH no_password`: an account that others reach, since it is
/// not bound to its own host.
fn account_of_statement(line: &str) -> Option<Open> {
    const MARKS: [(&str, &str); 2] = [
        ("identified by ", "''"),
        ("identified with ", "no_password"),
    ];
    const LOCAL: [&str; 4] = ["@'localhost'", "@localhost", "@'127.", "host local"];
    let is_local = || {
        let mut hosts = LOCAL.iter();
        hosts.any(|host| find_ignoring_case(line, host).is_some())
    };
    MARKS.into_iter().find_map(|(mark, value)| {
        let start = find_ignoring_case(line, mark)? + mark.len();
        let own = line.get(start..start + value.len())?;
        let is_set = own.eq_ignore_ascii_case(value) && !is_local();
        is_set.then(|| Open {
            product: "the database's account",
            key: "IDENTIFIED",
            range: start..start + value.len(),
        })
    })
}

/// `<password></password>` and `<no_password/>` of ClickHouse's accounts, where other machines may log in.
fn account_of_clickhouse(line: &str, text: &str) -> Option<Open> {
    const ELEMENTS: [&str; 3] = ["<password></password>", "<password/>", "<no_password/>"];
    let element = ELEMENTS.into_iter().find(|one| line.contains(one))?;
    let is_of_accounts = text.contains("<users>") && text.contains("<networks");
    let start = line.find(element)?;
    (is_of_accounts && text.contains("::/0")).then(|| Open {
        product: "ClickHouse",
        key: "password",
        range: start..start + element.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &str = "<users><default><networks><ip>::/0</ip></networks></default></users>";

    #[test]
    fn a_line_lets_everyone_in() {
        for (line, value) in [
            ("  guest ok = yes", "yes"),
            ("PermitEmptyPasswords yes", "yes"),
            (
                "type = DEVELOPMENT_BECOME_ANY_ACCOUNT",
                "DEVELOPMENT_BECOME_ANY_ACCOUNT",
            ),
            ("CREATE USER 'a'@'%' IDENTIFIED BY '';", "''"),
            ("create user a identified with no_password", "no_password"),
            ("<password></password>", "<password></password>"),
            ("  <no_password/>", "<no_password/>"),
            (
                "[{rabbit, [{loopback_users, []}]}].",
                "{loopback_users, []}",
            ),
        ] {
            let found = open_line(line, ACCOUNTS).map(|open| &line[open.range]);
            assert_eq!(found, Some(value), "{line}");
        }
        for line in [
            "  guest ok = no",
            "guest okay = yes",
            "PermitEmptyPasswords no",
            "type = LDAP",
            "CREATE USER 'a'@'localhost' IDENTIFIED BY '';",
            "CREATE USER a IDENTIFIED BY 'x'",
            "<password>x</password>",
            "{loopback_users, [<<\"guest\">>]}",
        ] {
            assert_eq!(open_line(line, ACCOUNTS), None, "{line}");
        }
        for line in [
            "/subsystem=messaging-activemq/server=a:write-attribute(name=security-enabled,value=false)",
            "/subsystem=messaging-activemq/server=a:write-attribute(name=security-enabled, value=false)",
            "<core xmlns=\"urn:activemq:core\"><security-enabled>false</security-enabled></core>",
        ] {
            let found = open_line(line, line).map(|open| &line[open.range]);
            assert_eq!(found, Some("false"), "{line}");
            assert!(may_be_open(line), "{line}");
            assert_eq!(open_line(&line.replace("false", "true"), line), None);
        }
        let elsewhere = "<security-enabled>false</security-enabled>";
        assert_eq!(open_line(elsewhere, elsewhere), None);
        let of_own_host = "<users><networks><ip>127.0.0.1</ip></networks></users>";
        assert_eq!(open_line("<password/>", of_own_host), None);
        assert!(may_be_open("CREATE USER a IDENTIFIED BY ''"));
        assert!(!may_be_open("CREATE USER a IDENTIFIED BY 'x'"));
    }
}
