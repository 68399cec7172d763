//! Files of which each has a syntax, or names, of its own.

use super::found;

const NONE: [&str; 0] = [];

/// What is found in a file of a ConfigMap.
fn file(name: &str, text: &str) -> Vec<String> {
    let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
    found(&format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {name}: |\n{lines}"
    ))
}

#[test]
fn accounts_stand_in_lines_of_their_own() {
    for (name, text) in [
        ("msmtprc", "account default\nuser a\npassword hQ7tr99x"),
        (
            "frr.conf",
            "router bgp 65000\n neighbor 10.0.0.1 password hQ7tr99x",
        ),
        ("userlist.txt", "\"app\" \"hQ7tr99x\""),
        ("ipsec.secrets", "# a\n%any : PSK \"hQ7tr99x\""),
        ("users.properties", "shop=hQ7tr99x"),
        (
            "a.properties",
            "quarkus.security.users.embedded.users.shop=hQ7tr99x",
        ),
        (
            "advanced.config",
            "[{rabbit, [{default_pass, <<\"hQ7tr99x\">>}]}].",
        ),
        ("conf.yaml", "authentication:\n  secert: secert"),
        ("a.conf", "password WnXvBUTzEKEhrq\nport 1"),
        (".npmrc", "//r.example.com/:_auth=Y2k6aFE3dHI5OXg="),
        (
            "snmp.yml",
            "auths:\n  shop:\n    community: hQ7tr99x\n    version: 2",
        ),
        (
            "init.groovy",
            "realm.createAccount(\"admin\", \"hQ7tr99x\")",
        ),
        ("a.py", "smtp.login(\"a@example.com\", \"hQ7tr99x\")"),
        ("a.js", "config.set(\"password\", \"hQ7tr99x\")"),
        (
            "consul.json",
            "{\"acl\": {\"tokens\": {\"agent\": \"3f2b8c1e-7d4a-4b9e-9c3f-1a2b3c4d5e6f\"}}}",
        ),
        (
            "sureness.yml",
            "account:\n  - appId: shop\n    credential: hQ7tr99x\n    role: [user]",
        ),
    ] {
        assert_eq!(file(name, text).len(), 1, "{name}: {text}");
    }
    for (name, text) in [
        (
            "a.sql",
            "CREATE TABLE a (\n  password varchar(255),\n  name text\n)",
        ),
        (
            "userlist.txt",
            "\"app\" \"md5aa0c1d8f9f3e6d4e3c2b1a0f9e8d7c6b\"",
        ),
        ("snmp.yml", "auths:\n  shop:\n    community: public"),
        ("a.yml", "edition:\n  community: enterprise7Kd"),
        ("a.yml", "users:\n  shop: Shop Owner"),
        (
            "sureness.yml",
            "account:\n  - appId: shop\n    credential: 1A676730B0C7\n    salt: 123",
        ),
    ] {
        assert_eq!(file(name, text), NONE, "{name}: {text}");
    }
}

#[test]
fn files_let_everyone_in() {
    for (name, text) in [
        ("smb.conf", "[share]\n  path = /x\n  guest ok = yes"),
        ("a.sql", "CREATE USER 'shop'@'%' IDENTIFIED BY '';"),
        ("my.cnf", "[mysqld]\nskip-grant-tables"),
        ("oauth2-proxy.cfg", "skip_auth_routes = [ \"/.*\" ]"),
        (
            "users.xml",
            "<users><default>\n<password></password>\n<networks><ip>::/0</ip></networks>\n</default></users>",
        ),
    ] {
        let verdicts = file(name, text);
        assert!(
            verdicts.len() == 1 && verdicts[0].starts_with("off "),
            "{name}: {verdicts:?}"
        );
    }
    for (name, text) in [
        ("smb.conf", "[share]\n  path = /x\n  guest ok = no"),
        ("options", "noauth\nname shop-auth"),
        ("a.sql", "CREATE USER 'shop'@'localhost' IDENTIFIED BY '';"),
    ] {
        assert_eq!(file(name, text), NONE, "{name}");
    }
}

#[test]
fn a_patch_hands_on_flags() {
    let patch = |value: &str| {
        found(&format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  patches:\n  - patch: |\n      - op: add\n        path: /spec/containers/0/args\n        value: {value}\n"
        ))
    };
    assert_eq!(patch("--db-password=hQ7tr99x"), ["literal db-password"]);
    assert_eq!(
        patch("[\"--requirepass\", \"hQ7tr99x\"]"),
        ["literal requirepass"]
    );
    assert_eq!(patch("--db-password=$(DB_PASSWORD)"), NONE);
    assert_eq!(patch("--db-password-file=/run/x"), NONE);
}

#[test]
fn a_policy_makes_objects_and_changes_them() {
    let rule = |rule: &str| {
        found(&format!(
            "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec:\n  rules:\n  - name: a\n    {rule}\n"
        ))
    };
    let made = |kind: &str, field: &str| {
        rule(&format!(
            "generate: {{kind: {kind}, data: {{{field}: {{password: hQ7tr99x}}}}}}"
        ))
    };
    assert_eq!(made("Secret", "stringData"), ["literal password"]);
    assert_eq!(made("ConfigMap", "data"), ["literal password"]);
    assert_eq!(made("ConfigMap", "stringData"), NONE);
    let env = "env: [{name: DB_PASSWORD, value: hQ7tr99x}]";
    let patch = format!("mutate: {{patchStrategicMerge: {{spec: {{containers: [{{{env}}}]}}}}}}");
    assert_eq!(rule(&patch), ["literal DB_PASSWORD"]);
    let pattern = format!("validate: {{pattern: {{spec: {{containers: [{{{env}}}]}}}}}}");
    assert_eq!(rule(&pattern), NONE);
}

#[test]
fn the_account_of_a_key_is_no_name_of_a_secret() {
    let values = |text: &str| {
        found(&format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{{text}}}}}\n"
        ))
    };
    assert_eq!(
        values("walletId: shop, walletKey: {secret: shop}"),
        ["literal secret"]
    );
    assert_eq!(values("name: shop, walletKey: {secret: shop}"), NONE);
    assert_eq!(
        values("walletId: shop, walletKey: {secret: shop-wallet}"),
        NONE
    );
}

#[test]
fn nobody_has_the_password_of_a_part_that_is_not_chosen() {
    let values = |chosen: &str| {
        found(&format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{database: {{type: {chosen}, internal: {{x: 1}}, external: {{password: changeme}}}}}}}}\n"
        ))
    };
    assert_eq!(values("internal"), NONE);
    assert_eq!(values("external").len(), 1);
    assert_eq!(values("postgres").len(), 1);
}

#[test]
fn a_radius_server_shares_secrets_and_keeps_passwords() {
    for (name, text, expected) in [
        (
            "clients.conf",
            "client 0.0.0.0/0 {\n  secret = hunter2abc\n}",
            "literal RADIUS secret",
        ),
        (
            "clients.conf",
            "client localhost {\n  secret = testing123\n}",
            "default RADIUS secret",
        ),
        (
            "users",
            "shop Cleartext-Password := \"password\", MS-CHAP-Use-NTLM-Auth := 0",
            "weak Cleartext-Password",
        ),
    ] {
        let found = file(name, text);
        assert_eq!(found, [expected], "{text}");
    }
    for (name, text) in [
        ("clients.conf", "client a {\n  secret = SECRET\n}"),
        ("users", "shop Cleartext-Password := \"%{User-Name}\"\n."),
    ] {
        assert_eq!(file(name, text), NONE, "{text}");
    }
}
