//! Values of several words, words for none, and what services call the same: told by where they stand.

use super::alike::{NONE, object, release, secret, variable};
use super::found;

#[test]
fn several_words_are_a_password_where_a_program_is_given_them() {
    for phrase in [
        "correct horse battery staple",
        "my db passw0rd",
        "clumsy secret 77",
    ] {
        assert_eq!(
            variable("x", "DB_PASSWORD", phrase),
            ["literal DB_PASSWORD"],
            "{phrase}"
        );
        assert_eq!(
            secret(&format!("password: {phrase}")),
            ["literal password"],
            "{phrase}"
        );
    }
    assert_eq!(
        variable("x", "SECRET", "This is clumsy secret"),
        ["literal SECRET"]
    );
    let pod = |fields: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: x\n    {fields}\n"
        ))
    };
    let set = "helm install db x --set 'auth.password=correct horse battery staple'";
    assert_eq!(
        pod(&format!("command: [sh, -c, \"{set}\"]")),
        ["literal auth.password"]
    );
    let config = |key: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata: {{{key}: correct horse battery staple}}\n"
        ))
    };
    assert_eq!(config("DB_PASSWORD"), ["literal DB_PASSWORD"]);
    assert_eq!(config("login.password"), NONE);
}

#[test]
fn several_words_may_be_for_people() {
    for (name, value) in [
        ("PASSWORD_HINT", "correct horse battery staple"),
        ("PASSWORD_DESCRIPTION", "the password of the shop"),
        ("API_TOKEN", "correct horse battery staple"),
        ("DB_PASSWORD", "see the vault"),
        ("DB_PASSWORD", "set by CI"),
        ("DB_PASSWORD", "your password here"),
        ("DB_PASSWORD", "stored in 1Password"),
        ("DB_PASSWORD", "-Da.b=c -Dd=e"),
        ("DB_PASSWORD", "pass show shop/db"),
        ("DB_PASSWORD", "$A $B"),
        ("PULL_SECRET", "shop-pull orders-pull"),
    ] {
        assert_eq!(variable("x", name, value), NONE, "{name}={value}");
    }
    assert_eq!(object("password: the one from the wiki"), NONE);
    assert_eq!(object("description: correct horse, password: \"\""), NONE);
}

#[test]
fn a_client_of_keycloak_has_its_secret_itself() {
    let client = |kind: &str, client: &str| {
        found(&format!(
            "apiVersion: keycloak.org/v1alpha1\nkind: {kind}\nspec: {client}\n"
        ))
    };
    let fields = "{clientAuthenticatorType: client-secret, clientId: shop, secret: client-secret}";
    assert_eq!(
        client("KeycloakClient", &format!("{{client: {fields}}}")),
        ["weak secret"]
    );
    assert_eq!(
        client(
            "KeycloakClient",
            "{client: {clientId: shop, secret: client-secret}}"
        ),
        ["weak secret"]
    );
    assert_eq!(
        client(
            "KeycloakRealmImport",
            &format!("{{realm: {{clients: [{fields}]}}}}")
        ),
        ["weak secret"]
    );
    let filled = fields.replace("secret: client-secret", "secret: \"${CLIENT_SECRET}\"");
    assert_eq!(
        client("KeycloakClient", &format!("{{client: {filled}}}")),
        NONE
    );
    assert_eq!(object("client: {id: shop, secret: client-secret}"), NONE);
}

#[test]
fn the_value_of_another_is_none_either() {
    assert_eq!(
        secret("SECRET_KEY: secret_value, ANOTHER_KEY: another_secret_value"),
        NONE
    );
}

#[test]
fn a_word_for_none_stands_for_a_secret() {
    assert_eq!(
        release(
            "grafana: {admin: {existingSecret: bogus}, env: {GF_SECURITY_ADMIN_USER: bogus, GF_SECURITY_ADMIN_PASSWORD: bogus}}"
        ),
        NONE
    );
    assert_eq!(
        release(
            "postgresql: {postgresqlPostgresPassword: bogus, install: false, existingSecret: bogus}"
        ),
        NONE
    );
    assert_eq!(
        release(
            "grafana: {admin: {existingSecret: shop}, env: {GF_SECURITY_ADMIN_USER: shop, GF_SECURITY_ADMIN_PASSWORD: shop}}"
        ),
        ["weak GF_SECURITY_ADMIN_PASSWORD"]
    );
    assert_eq!(
        variable("postgres:16", "POSTGRES_PASSWORD", "bogus"),
        ["weak POSTGRES_PASSWORD"]
    );
}

#[test]
fn the_salts_of_a_sample_are_as_its_keys() {
    for key in ["WORDPRESS_AUTH_KEY", "WORDPRESS_AUTH_SALT"] {
        assert_eq!(
            variable("x", key, "put-unique-phrase-here-auth"),
            NONE,
            "{key}"
        );
    }
}

#[test]
fn a_licence_is_no_token() {
    let token = concat!(
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzaG9wIiwiaXNzIjoic2hvcCIsImlhdCI6MTUxNjIzOTAyMn0.",
        "Qx9vLm2ZtR7yKpWeHs4nBd8uFg3jTc6aXv1oIz5rEk0qYwMlPbNhGsVfUdCxJiOt"
    );
    assert_eq!(secret(&format!("license: {token}")), ["literal license"]);
    assert_eq!(
        secret(&format!("session: {token}")),
        ["access-token session"]
    );
}

#[test]
fn a_server_is_started_with_what_calls_itself_a_sample() {
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: hashicorp/vault\n    args: [server, -dev, -dev-root-token-id=sample_root_token_id]\n";
    assert_eq!(found(pod).len(), 1);
}

#[test]
fn published_defaults_are_those_of_their_product() {
    assert_eq!(
        variable(
            "openmrs/openmrs-core:2",
            "OMRS_CONFIG_ADMIN_USER_PASSWORD",
            "Admin123"
        ),
        ["default OMRS_CONFIG_ADMIN_USER_PASSWORD"]
    );
    assert_eq!(
        variable("x", "DB_PASSWORD", "Admin123"),
        ["weak DB_PASSWORD"]
    );
}

#[test]
fn a_script_tells_an_account_once() {
    let script = |login: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.sh: |\n    curl -X POST http://shop/api/register \\\n      -d '{{\"username\":\"alice\",\"password\":\"alice123\"}}'\n    curl -X POST http://shop/api/login \\\n      -d '{{\"username\":\"alice\",\"password\":\"{login}\"}}'\n"
        ))
    };
    assert_eq!(script("alice123"), ["weak password"]);
    assert_eq!(script("hQ7tr99x"), ["weak password", "literal password"]);
}

#[test]
fn an_option_of_one_letter_is_told_with_its_program() {
    let token = concat!("ghp_", "aB3dE5gH7jK9mN1pQ3sT5uV7wX9yZ1aB3dE5");
    let config = |line: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.txt: |\n    first\n    {line}\n"
        ))
    };
    assert_eq!(
        config(&format!("ls && /usr/bin/tool login -u=shop -x={token}")),
        ["access-token tool -x"]
    );
    assert_eq!(config(&format!("GH={token}")), ["access-token GH"]);
}
