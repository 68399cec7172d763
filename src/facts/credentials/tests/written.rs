//! Ways of writing the same: on one line, in another language's signs, in a step of a workflow.

use super::found;

/// `verdict key` of what a line says under a key of a ConfigMap.
fn of_line(key: &str, line: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  {key}: |\n    {line}\n    end\n"
    ))
}

#[test]
fn maps_and_tables_stand_on_one_line() {
    for (key, line) in [
        (
            "a.yml",
            "basic_auth: {username: alice, password: \"hQ7tr99x\"}",
        ),
        (
            "a.yml",
            "- usernamePassword: {id: git, password: \"hQ7tr99x\"}",
        ),
        (
            "a.yml",
            "basicauth_credentials: [{username: a, password: hQ7tr99x}]",
        ),
        ("a.yml", "secret: {name: a, password: hQ7tr99x}"),
        ("a.toml", "db = { user = \"a\", password = \"hQ7tr99x\" }"),
        ("a.hcl", "provider \"x\" { password = \"hQ7tr99x\" }"),
        ("a.lua", "conn = {host = \"a\", password = \"hQ7tr99x\"}"),
        (
            "a.js",
            "db.createUser({user:'r',pwd:'hQ7tr99x',roles:['read']})",
        ),
        ("a.conf", "settings['smtp_password'] = 'hQ7tr99x'"),
        ("a.php", "$CFG->dbpass = 'hQ7tr99x';"),
        ("app.ini", "PASSWD = `hQ7tr99x`"),
        ("a.xml", "<entry key=\"password\">hQ7tr99x</entry>"),
    ] {
        assert_eq!(of_line(key, line).len(), 1, "{line}");
    }
    for (key, line) in [
        ("a.yml", "basic_auth: {username: u, password: ${P}}"),
        ("a.yml", "basic_auth: {username: shop, password_file: /x}"),
        ("a.yml", "basic_auth: {secretName: x}"),
        ("a.yml", "auth: {existingSecret: x, password: \"\"}"),
        ("a.yml", "password: {{ .Values.password }}"),
        ("a.hcl", "provider \"y\" { password = var.password }"),
        ("a.js", "f({user:user,pwd:password})"),
        (
            "a.yml",
            "expr: kube_secret_info{namespace=\"a\",secret=\"shop-tls\"}",
        ),
        ("a.yml", "expr: x{secret=\"shop-tls\"}"),
        ("a.conf", "settings['smtp_password'] = ENV['X']"),
        ("a.sh", "PASSWORD=`cat /x`"),
        ("a.php", "$this->password = $password;"),
    ] {
        assert_eq!(of_line(key, line), [""; 0], "{line}");
    }
}

#[test]
fn a_step_without_a_shell_of_its_own_runs_one() {
    let step = |script: &str| {
        found(&format!(
            "apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  steps:\n  - image: example.com/app\n    script: |\n      {script}\n"
        ))
    };
    assert_eq!(
        step("curl -u admin:hQ7tr99x https://x"),
        ["literal curl -u"]
    );
    assert_eq!(
        step("#!/usr/bin/env python3\n      curl -u admin:hQ7tr99x https://x"),
        [""; 0]
    );
    let source = |shell: &str| {
        found(&format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  templates:\n  - script:\n      image: example.com/app\n      command: [{shell}]\n      source: |\n        mysql -uroot -phQ7tr99x x\n"
        ))
    };
    assert_eq!(source("sh"), ["literal mysql -p"]);
    assert_eq!(source("python"), [""; 0]);
}

#[test]
fn certificates_in_clear_are_public_in_a_secret_too() {
    let secret = |text: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Secret\ndata:\n  cacerts: |\n    -----BEGIN {text}-----\n    MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n    -----END {text}-----\n"
        ))
    };
    assert_eq!(secret("CERTIFICATE"), [""; 0]);
    assert_eq!(secret("OPENSSH THING").len(), 1);
}

#[test]
fn what_copies_and_what_is_inserted_stands_in_clear() {
    for (key, lines) in [
        (
            "a.ldif",
            "olcSyncrepl:\n      bindmethod=simple\n      credentials=hQ7tr99x",
        ),
        (
            "a.sql",
            "INSERT INTO settings (name, value) VALUES ('jwt_secret', 'hQ7tr99xKq7xv2Lm')",
        ),
        ("jenkins.yaml", "managerPasswordSecret: \"admin\""),
        ("accumulo.properties", "instance.secret=DEFAULT"),
    ] {
        assert_eq!(of_line(key, lines).len(), 1, "{lines}");
    }
    for (key, lines) in [
        (
            "jenkins.yaml",
            "managerPasswordSecret: \"${LDAP_PASSWORD}\"",
        ),
        ("a.properties", "other.secret=DEFAULT"),
    ] {
        assert_eq!(of_line(key, lines), [""; 0], "{lines}");
    }
}

#[test]
fn a_call_and_a_variable_of_a_program_within_a_script_are_no_values() {
    for line in [
        "P=$(python3 -c \"import urllib.parse; encoded_pass = urllib.parse.quote(input()); print(encoded_pass)\")",
        "python3 -c \"import os;db_password=os.environ.get(X);print(db_password)\"",
        "mongosh --eval 'admin.createUser({ user: name, pwd: password, roles });'",
        "mongosh --eval 'admin.createUser({ user: name, pwd: pw, roles });'",
        "secret_access_key = xml.split(\"<SecretAccessKey>\")[1].split(\"</SecretAccessKey>\")[0]",
    ] {
        assert_eq!(of_line("a.sh", line), [""; 0], "{line}");
    }
    for line in [
        "python3 -c \"import x; encoded_pass = 'hQ7tr99x'; print(encoded_pass)\"",
        "url=\"Server=a;Password=hQ7(tr99)x;Encrypt=no\"",
        "mongosh --eval 'admin.createUser({ user: name, pwd: \"password\", roles });'",
        "x: {user: shop, pwd: hQ7tr99x}",
        "<SecretAccessKey>hQ7tr99x</SecretAccessKey>",
        "<password>\"hQ7tr99x\"</password>",
    ] {
        assert_eq!(of_line("a.sh", line).len(), 1, "{line}");
    }
}

#[test]
fn a_setting_tells_what_stands_in_for_a_variable_of_any_name() {
    for (key, line) in [
        (
            "a.properties",
            "shop.jwt.signing-key=${JWT:hQ7tr99xKq7xv2Lm}",
        ),
        (
            "a.properties",
            "spring.datasource.password=${DB_PW_X:hQ7tr99x}",
        ),
        ("a.yml", "password: ${X:hQ7tr99x}"),
        ("a.yml", "password: \"${X:hQ7tr99x}\""),
        ("a.sh", "DB_PASSWORD=${1:-hQ7tr99x}"),
        ("a.properties", "db.password=${DB_PASSWORD:hQ7tr99x}"),
    ] {
        assert_eq!(of_line(key, line).len(), 1, "{line}");
    }
    for (key, line) in [
        ("a.properties", "spring.datasource.password=${X:}"),
        ("a.properties", "spring.datasource.password=${X}"),
        ("a.properties", "spring.datasource.password=${X:${Y}}"),
        ("a.properties", "spring.datasource.url=${X:hQ7tr99x}"),
        ("a.yml", "password: ${file:/run/secrets/x}"),
        ("a.yml", "password: ${env:DB_PASSWORD}"),
        ("a.sh", "DB_PASSWORD=${P:?is missing}"),
        ("a.sh", "DB_PASSWORD=${P:0:8}"),
        ("a.sh", "DB_PASSWORD=${2:-/run/secrets/db}"),
    ] {
        assert_eq!(of_line(key, line), [""; 0], "{line}");
    }
}
