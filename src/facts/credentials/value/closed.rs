//! Switches that let nobody in, since something else in the same file closes the door.

use crate::facts::credentials::key::words::ends_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::is_comment;
use crate::facts::credentials::value::characters::letters;
use crate::model::{Node, Scalar};

/// Whether what a switch opens is closed by a field beside it or elsewhere in its file: Redis' protected mode
/// by a password, RabbitMQ's account `guest` by another one that the broker makes in its place, MySQL's empty
/// password by one of `root`, and what etcd's chart asks only where its users have no roles; or that is about how a
/// client logs in.
pub(in crate::facts::credentials) fn is_closed(
    key: &str,
    holder: Option<Node<'_>>,
    file: &str,
) -> bool {
    let is_password = |(key, value): (Node<'_>, Node<'_>)| {
        key.as_str().map(meaning) == Some(Meaning::Password)
            && value.as_str().is_some_and(|value| !value.is_empty())
    };
    let is_protected = ends_ignoring_case(key, "protected-mode")
        && (holder.is_some_and(|holder| holder.entries().any(is_password))
            || requires_password(file));
    let is_of_guest = ["loopback_users", "loopback_users.guest"]
        .iter()
        .any(|name| ends_ignoring_case(key, name));
    is_protected
        || (is_of_guest && makes_other_account(file))
        || (ends_ignoring_case(key, "allow_empty_password") && has_root_password(file))
        || (ends_ignoring_case(key, "authenticator_class") && has_password_of_all(file))
        || (key == "allowNoneAuthentication" && holder.is_some_and(has_roles))
        || (key == "enabled" && holder.is_some_and(has_root_token))
        || (is_of_authentication(key) && holder.is_some_and(is_client))
        || (ends_ignoring_case(key, "listeners") && is_told_by_switch(file))
}

/// Whether a switch says that somebody is asked, without a word on who.
fn is_of_authentication(key: &str) -> bool {
    const NAMES: [&str; 3] = ["authEnabled", "authenticationEnabled", "enableAuth"];
    NAMES.contains(&key)
}

/// Whether an object says how a program logs in at another one, by two things at least that only a client without
/// people has: whoever logs people in has an address to come back to, or who vouches for them.
fn is_client(holder: Node<'_>) -> bool {
    const OWN: [&str; 5] = [
        "clientid",
        "credentialpath",
        "keypath",
        "tokenendpoint",
        "tokenurl",
    ];
    const OF_PEOPLE: [&str; 4] = ["redirect", "callback", "issuer", "authoriz"];
    let keys = holder.entries().filter_map(|(key, _)| key.as_str());
    let keys: Vec<String> = keys.map(letters).collect();
    let count = keys
        .iter()
        .filter(|key| OWN.contains(&key.as_str()))
        .count();
    count >= 2
        && !keys
            .iter()
            .any(|key| OF_PEOPLE.iter().any(|word| key.contains(word)))
}

/// Whether a file tells by a switch of its own that Kafka listens to everyone: one fact is told once.
fn is_told_by_switch(file: &str) -> bool {
    file.contains("ALLOW_PLAINTEXT_LISTENER")
}

/// Whether Vault's development mode has a root token of its own in a chart's values: who knows it comes in, and it is
/// told where it stands.
fn has_root_token(dev: Node<'_>) -> bool {
    let token = dev.get("devRootToken").and_then(Node::as_str);
    token.is_some_and(|token| !token.is_empty())
}

/// Whether an object of a chart's values has etcd's own `root` and roles made: `rbac: {create: true}`.
fn has_roles(rbac: Node<'_>) -> bool {
    let is_on = |key| rbac.get(key).and_then(Node::scalar) == Some(Scalar::Bool(true));
    ["create", "enabled"].into_iter().any(is_on)
}

/// Whether a file gives JupyterHub's `DummyAuthenticator` the password that everyone has to know: on its line, or
/// below it.
fn has_password_of_all(file: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_set = |line: &str| {
        let (_, value) = line.split_once("password").unwrap_or_default();
        let value = value.trim_start_matches(['"', '\'', ' ', ':', '=']);
        !value.is_empty() && !value.starts_with(['}', '#', ','])
    };
    let mut lines = file.lines().filter(|line| !is_comment(line));
    while let Some(line) = lines.next() {
        let Some((_, rest)) = line.split_once("DummyAuthenticator") else {
            continue;
        };
        let is_below = |next: &&str| indent(next) > indent(line);
        if is_set(rest) || lines.clone().take_while(is_below).any(is_set) {
            return true;
        }
    }
    false
}

/// Whether a file gives MySQL or MariaDB the password of its `root`, which then counts whatever else is allowed.
fn has_root_password(file: &str) -> bool {
    const NAMES: [&str; 2] = ["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"];
    let mut lines = file.lines().filter(|line| !is_comment(line));
    lines.any(|line| NAMES.iter().any(|name| line.contains(name)))
}

/// Whether a file starts a server with `--requirepass`; a line of settings stands in the text that has
/// the other one, too.
fn requires_password(file: &str) -> bool {
    file.lines()
        .any(|line| line.contains("--requirepass") && !line.trim_start().starts_with('#'))
}

/// Whether a file gives RabbitMQ a first account that is not `guest`; its name may stand on the line below.
fn makes_other_account(file: &str) -> bool {
    const NAME: &str = "RABBITMQ_DEFAULT_USER";
    if !file.contains(NAME) {
        return false;
    }
    let mut lines = file.lines().filter(|line| !is_comment(line)).peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        if line.contains(NAME) && ![line, next].iter().any(|line| line.contains("guest")) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::credentials::tests::found;

    fn release(values: &str) -> Vec<String> {
        found(&format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{{values}}}}}\n"
        ))
    }

    #[test]
    fn a_password_of_root_counts_beside_an_empty_one() {
        let told = |file| is_closed("MYSQL_ALLOW_EMPTY_PASSWORD", None, file);
        assert!(told("- name: MYSQL_ROOT_PASSWORD\n  value: x\n"));
        assert!(!told("# MYSQL_ROOT_PASSWORD\n- name: MYSQL_DATABASE\n"));
        assert!(!is_closed("ALLOW_EMPTY", None, "MYSQL_ROOT_PASSWORD"));
    }

    #[test]
    fn roles_of_etcd_close_what_its_chart_would_leave_open() {
        let told = |values: &str| {
            let chart = release(&format!("etcd: {{auth: {{rbac: {{{values}}}}}}}"));
            chart.iter().any(|one| one == "off allowNoneAuthentication")
        };
        assert!(told("allowNoneAuthentication: true"));
        assert!(told("create: false, allowNoneAuthentication: true"));
        assert!(!told("create: true, allowNoneAuthentication: true"));
        assert!(!told("enabled: true, allowNoneAuthentication: true"));
    }

    #[test]
    fn a_client_without_people_is_no_door() {
        let told = |values: &str| {
            let chart = release(&format!("web: {{a: {{authEnabled: false{values}}}}}"));
            chart.iter().any(|one| one.starts_with("off "))
        };
        assert!(told("") && told(", clientId: shop"));
        assert!(told(", clientId: shop, tokenUrl: x, redirectUri: y"));
        assert!(!told(", clientId: shop, keyPath: /x"));
        assert!(!told(", clientId: , tokenEndpoint: , credentialPath: "));
    }

    #[test]
    fn a_password_of_all_closes_the_dummy() {
        let told = |file| is_closed("JupyterHub.authenticator_class", None, file);
        for file in [
            "JupyterHub:\n  authenticator_class: dummy\nDummyAuthenticator:\n  password: x\n",
            "DummyAuthenticator: {password: x}\n",
            "c.DummyAuthenticator.password = 'x'\n",
        ] {
            assert!(told(file), "{file}");
        }
        for file in [
            "authenticator_class: dummy\n",
            "# DummyAuthenticator: {password: x}\n",
            "DummyAuthenticator:\n  password: ''\nother:\n  password: x\n",
        ] {
            assert!(!told(file), "{file}");
        }
    }

    #[test]
    fn another_account_takes_the_place_of_guest() {
        let told = |file| is_closed("loopback_users.guest", None, file);
        assert!(told("- name: RABBITMQ_DEFAULT_USER\n  valueFrom: {}\n"));
        assert!(told("- {name: RABBITMQ_DEFAULT_USER, value: shop}\n"));
        for file in [
            "",
            "- name: RABBITMQ_DEFAULT_USER\n  value: guest\n",
            "# RABBITMQ_DEFAULT_USER: shop\n",
            "- {name: RABBITMQ_DEFAULT_PASS, value: shop}\n",
        ] {
            assert!(!told(file), "{file}");
        }
        assert!(!is_closed(
            "auth.enabled",
            None,
            "RABBITMQ_DEFAULT_USER: shop"
        ));
    }
}
