//! What is found in an object, and what looks alike and is none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::found;

pub(super) const NONE: [&str; 0] = [];

pub(super) fn object(spec: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: example.com/v1\nkind: App\nspec: {{{spec}}}\n"
    ))
}

pub(super) fn release(values: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{{values}}}}}\n"
    ))
}

fn container(image: &str, fields: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {image}\n    {fields}\n"
    ))
}

pub(super) fn variable(image: &str, name: &str, value: &str) -> Vec<String> {
    container(
        image,
        &format!("env: [{{name: {name}, value: \"{value}\"}}]"),
    )
}

pub(super) fn secret(data: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Secret\nstringData: {{{data}}}\n"
    ))
}

#[test]
fn a_key_of_a_secret_stands_beside_its_name() {
    assert_eq!(
        release("redis: {secretName: shop-redis, secretKey: password}"),
        NONE
    );
    let pair = "s3: {secretName: shop-tls, accessKey: shop, secretKey: hQ7tr99xKq7xv2Lm}";
    assert_eq!(release(pair), ["literal secretKey"]);
}

#[test]
fn a_login_may_stand_without_a_scheme() {
    let address = "shop:hQ7tr99x@db.example.com:5432/orders";
    assert_eq!(variable("x", "SHOP_URL", address), ["literal SHOP_URL"]);
    assert_eq!(secret(&format!("dsn: '{address}'")), ["literal dsn"]);
    let file = format!(".env: \"MODE=a\\nSHOP_URI={address}\\n\"");
    assert_eq!(secret(&file), ["literal SHOP_URI"]);
    assert_eq!(
        variable("x", "SHOP_AUTH", "admin:hQ7tr99x"),
        ["literal SHOP_AUTH"]
    );
    for (name, value) in [
        ("SHOP_URL", "shop:$(PASSWORD)@db:5432/orders"),
        ("SHOP_NAME", address),
        ("SHOP_URL", "example.com/shop:1@sha256:0a1b"),
        ("SHOP_AUTH", "keycloak:8080"),
        ("SHOP_AUTH", "admin:${PASSWORD}"),
    ] {
        assert_eq!(variable("x", name, value), NONE, "{name}: {value}");
    }
}

#[test]
fn each_entry_of_a_secret_with_a_name_that_tells_is_told() {
    let told = secret(
        "password: hQ7tr99x, shop-credential: 'Q7:tr99x', TOKEN_EXPIRATION: 15minutes, mode: fast-2",
    );
    assert_eq!(told, ["literal password", "stored shop-credential"]);
    assert_eq!(secret("SHOP_HASH_SALT: deadbeef"), ["weak SHOP_HASH_SALT"]);
    for data in [
        "bootstrap-servers: 'kafka:29092'",
        "target: 's3://backup@eu-central-1/shop'",
        "target: 's3://<bucket>@eu-central-1/shop'",
        "tls.key: BASE64_ENCODED_TLS_KEY",
    ] {
        assert_eq!(secret(data), NONE, "{data}");
    }
}

#[test]
fn maps_of_key_names_hold_no_passwords() {
    for key in [
        "existingSecretKeys",
        "secretKeys",
        "oidcSecretKeys",
        "secretRefKeys",
        "existingSecretKeyMapping",
    ] {
        let names = release(&format!(
            "db: {{{key}: {{password: password, token: x-token}}}}"
        ));
        assert_eq!(names, NONE, "{key}");
        let drawn = release(&format!("db: {{{key}: {{token: aB3dE5gH7jK9mN1pQ3sT}}}}"));
        assert_eq!(drawn, ["literal token"], "{key}");
    }
    let keys = "keys: {password: db-password}";
    assert_eq!(
        release(&format!("db: {{existingSecret: shop, {keys}}}")),
        NONE
    );
    assert_eq!(release("db: {password: password}"), ["weak password"]);
}

#[test]
fn a_map_of_passwords_has_them_under_the_names_of_accounts() {
    let map = |entries: &str| release(&format!("db: {{passwords: {{{entries}}}}}"));
    assert_eq!(
        map("shop: shop-dev, orders: hQ7tr99x"),
        ["literal shop", "literal orders"]
    );
    for entries in [
        "existingSecret: shop, length: 16",
        "shop: '', orders: $(ORDERS)",
        "secretKey: shop-password",
    ] {
        assert_eq!(map(entries), NONE, "{entries}");
    }
    let tokens = release("ci: {tokens: {deploy: shop-deploy, runner: Tr7!shop-99x-runner}}");
    assert_eq!(tokens, ["literal runner"]);
    let plain = object("passwords: {shop: shop-dev}");
    assert_eq!(plain, NONE);
}

#[test]
fn keys_in_a_secret_have_names_of_their_own() {
    let secret = "adminSecret: {name: x, userKey: username, passKey: password}";
    assert_eq!(release(secret), NONE);
}

#[test]
fn what_a_program_is_told_to_read_may_let_everyone_in() {
    let broker = |file: &str| {
        let command = format!("command: [mosquitto, -c, {file}]");
        container("eclipse-mosquitto:2", &command)
    };
    assert_eq!(broker("/mosquitto-no-auth.conf"), ["off c"]);
    assert_eq!(broker("/mosquitto/config/mosquitto.conf"), NONE);
}

#[test]
fn a_variable_in_quotes_is_no_empty_token() {
    let arguments = |token: &str| {
        let script = format!("exec start --ServerApp.token={token} --port=8888");
        container("x", &format!("command: [sh, -c, '{script}']"))
    };
    assert_eq!(arguments("\"$TOKEN\""), NONE);
    assert_eq!(arguments("\"\"").len(), 1);
}

#[test]
fn statements_stand_in_lists_of_operators() {
    let list = |statement: &str| object(&format!("postInitSQL: [\"{statement}\"]"));
    assert_eq!(
        list("CREATE ROLE shop WITH LOGIN PASSWORD 'hQ7tr99x'"),
        ["literal PASSWORD"]
    );
    assert_eq!(list("CREATE ROLE shop WITH LOGIN"), NONE);
    assert_eq!(list("Create a password 'hQ7tr99x' for the shop"), NONE);
}

#[test]
fn an_object_filled_with_names_is_an_example() {
    for fields in [
        "clientId: Shop-clientid, clientSecret: Shop-clientsecret",
        "apiKey: shApiKey, apiSecret: shApiSecret",
        "clientSecret: clientSecret",
    ] {
        assert_eq!(release(&format!("oauth: {{{fields}}}")), NONE, "{fields}");
    }
    for (fields, expected) in [
        (
            "clientId: shop, clientSecret: shopWebClientSecret",
            "literal clientSecret",
        ),
        (
            "username: db-username, password: hQ7tr99x",
            "literal password",
        ),
    ] {
        assert_eq!(release(&format!("oauth: {{{fields}}}")), [expected]);
    }
}

#[test]
fn what_the_reader_has_instead_is_no_password() {
    let values = |value: &str| release(&format!("db: {{password: {value}}}"));
    for value in ["my_pw", "my-admin-token", "shop-password-goes-here", "mock"] {
        assert_eq!(values(value), NONE, "{value}");
    }
    for value in ["my-password", "my_password", "my-secret-pw", "mystery-7"] {
        assert_eq!(values(value).len(), 1, "{value}");
    }
}

#[test]
fn a_token_of_a_server_that_is_off_opens_nothing() {
    let vault = |enabled| {
        let server = format!("dev: {{enabled: {enabled}, devRootToken: root}}");
        let all = release(&format!("vault: {{server: {{{server}}}}}"));
        all.iter().any(|one| one.ends_with("devRootToken"))
    };
    assert!(!vault("false"));
    assert!(vault("true"));
}

#[test]
fn protected_mode_matters_without_a_password_only() {
    let redis = |beside: &str| {
        let config = "config: |\n      protected-mode no\n      port 6379\n";
        found(&format!(
            "apiVersion: example.com/v1\nkind: App\nspec:\n  redis:\n    {beside}\n    {config}"
        ))
    };
    assert_eq!(redis("port: 6379"), ["off protected-mode"]);
    assert_eq!(redis("password: ''"), ["off protected-mode"]);
    assert_eq!(redis("password: hQ7tr99x"), ["literal password"]);
}

#[test]
fn a_kubeconfig_holds_the_key_of_its_user() {
    let encode = |kind: &str| {
        let body = "MHcCAQEEIBorders0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH";
        STANDARD.encode(format!(
            "-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"
        ))
    };
    let user = |fields: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Config\nusers:\n- name: shop\n  user: {{{fields}}}\n"
        ))
    };
    let (key, certificate) = (encode("EC PRIVATE KEY"), encode("CERTIFICATE"));
    for (fields, expected) in [
        (
            format!("client-key-data: {key}"),
            "private-key client-key-data",
        ),
        ("password: orders-of-shop".to_owned(), "literal password"),
        ("token: orders-of-shop".to_owned(), "literal token"),
    ] {
        assert_eq!(user(&fields), [expected], "{fields}");
    }
    let public = format!("client-certificate-data: {certificate}, client-key: key.pem");
    assert_eq!(user(&public), NONE);
    assert_eq!(user("tokenFile: /run/token"), NONE);
    let map = format!(
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  kubeconfig: |\n    users:\n    - user:\n        client-key-data: {key}\n"
    );
    assert_eq!(found(&map), ["private-key kubeconfig"]);
}

#[test]
fn accounts_stand_in_one_word() {
    let arguments = |image, word| container(image, &format!("args: ['{word}']"));
    assert_eq!(
        arguments("atmoz/sftp:alpine", "shop:hQ7tr99x:1001"),
        ["literal sftp"]
    );
    assert_eq!(arguments("example.com/app", "shop:hQ7tr99x:1001"), NONE);
    assert_eq!(arguments("atmoz/sftp", "shop:$6$ab$cdef:e:1001"), NONE);
    assert_eq!(arguments("atmoz/sftp", "guest::1002"), NONE);
    assert_eq!(
        variable("x", "SFTP_USERS", "a:hQ7tr99x:1 b:changeme:2"),
        ["literal SFTP_USERS", "weak SFTP_USERS"]
    );
    let samba = |value| variable("example.com/samba:1", "ACCOUNT_shop", value);
    assert_eq!(samba("hQ7tr99x"), ["literal ACCOUNT_shop"]);
    assert_eq!(
        samba("shop:1000:XXXX:8846F7EAEE8FB117AD06BDD830B7586C:[U]:"),
        NONE
    );
    assert_eq!(variable("x", "ACCOUNT_shop", "hQ7tr99x"), NONE);
}

#[test]
fn lists_of_arguments_are_read_as_command_lines() {
    let list = "extraArgs: [--enable-skip-login, --db-password, hQ7tr99x]";
    assert_eq!(
        object(list),
        ["literal db-password", "off enable-skip-login"]
    );
    assert_eq!(object("extraArgs: [--enable-skip-login=false]"), NONE);
    assert_eq!(object("regions: [--db-password, hQ7tr99x]"), NONE);
    let probe = |program| {
        let command = format!("command: [{program}, -u, shop, -p, cassandra]");
        container("x", &format!("livenessProbe: {{exec: {{{command}}}}}"))
    };
    assert_eq!(probe("/opt/cqlsh").len(), 1);
    assert_eq!(probe("mkdir"), NONE);
}

#[test]
fn a_flag_in_quotes_is_found_once() {
    let arguments = "--ServerApp.port=8888 --ServerApp.token=''";
    assert_eq!(variable("x", "ARGS", arguments), ["off ServerApp.token"]);
}

#[test]
fn a_secret_keeps_what_everyone_may_know_as_well() {
    assert_eq!(secret("accesskey: orders, secretkey: key-goes-here"), NONE);
    let base = "'ghcr.io/shop/%(type)s:%(version)s'";
    assert_eq!(secret(&format!("APP_IMAGE_BASE: {base}")), NONE);
    assert_eq!(secret(&format!("APP_CONNECTION: {base}")).len(), 1);
}

#[test]
fn capitals_with_numbers_name_no_variable() {
    assert_eq!(
        release("encryptionKey: SHOP_ENCRYPTION_KEY_32_CHARS_1234"),
        ["literal encryptionKey"]
    );
    assert_eq!(release("encryptionKey: SHOP_ENCRYPTION_KEY"), NONE);
}

#[test]
fn keys_of_wallets_are_told_by_their_shape() {
    let key = ["xprv9", &"s21ZrQH143K3QTDL4LXw2F7HEK".repeat(5)].concat();
    assert_eq!(object(&format!("wallet: {key}")), ["private-key wallet"]);
    assert_eq!(object("wallet: xprv9s21ZrQH143K3QTDL4LXw2F7HEK"), NONE);
}

#[test]
fn of_what_is_off_no_switch_lets_in() {
    let off = ["off values.redis.auth.enabled"];
    assert_eq!(release("redis: {auth: {enabled: false}}"), off);
    assert_eq!(
        release("redis: {enabled: true, auth: {enabled: false}}"),
        off
    );
    assert_eq!(
        release("redis: {enabled: false, auth: {enabled: false}}"),
        NONE
    );
    assert_eq!(release("redis: {enabled: false, usePassword: false}"), NONE);
    assert_eq!(
        release("cache: {deploy: false, redis: {auth: {enabled: false}}}"),
        NONE
    );
    let listener = "kafka: {deploy: DEPLOY, listeners: {client: {protocol: PLAINTEXT}}}";
    assert_eq!(release(&listener.replace("DEPLOY", "false")), NONE);
    assert_eq!(release(&listener.replace("DEPLOY", "true")).len(), 1);
    // What is off beside it, or says who may come in, does not keep it from running.
    for running in [
        "metrics: {enabled: false}, redis: {auth: {enabled: false}}",
        "cache: {metrics: {enabled: false}, redis: {auth: {enabled: false}}}",
        "cache: {security: {enabled: false, redis: {auth: {enabled: false}}}}",
    ] {
        assert_eq!(release(running).len(), 1, "{running}");
    }
    let written = release("redis: {enabled: false, password: Tr7-shop-99x}");
    assert_eq!(written, ["literal password"]);
}

#[test]
fn a_template_of_a_secret_says_literally_what_it_does_not_fill_in() {
    let template = |kind: &str, path: &str| {
        found(&format!(
            "apiVersion: example.com/v1\nkind: {kind}\nspec: {{encryptedData: {{token: AgBx}}, {path}}}\n"
        ))
    };
    let data = "data: {password: Tr7-shop-99x, token: \"{{ .token }}\", user: shop}";
    let sealed = template("SealedSecret", &format!("template: {{{data}}}"));
    assert_eq!(sealed, ["literal password"]);
    let external = template(
        "ExternalSecret",
        &format!("target: {{template: {{{data}}}}}"),
    );
    assert_eq!(external, ["literal password"]);
    let reference = "target: {template: {data: {password: \"{{ .password }}\"}}}, data: [{secretKey: password}]";
    assert_eq!(template("ExternalSecret", reference), NONE);
}

#[test]
fn defaults_that_say_whose_they_are_need_no_product_around() {
    let store = "{accessKey: shop, secretAccessKey: minioadmin}";
    assert_eq!(
        release(&format!("s3: {store}")),
        ["default secretAccessKey"]
    );
    let admin = "{username: shop, password: Harbor12345}";
    assert_eq!(release(&format!("registry: {admin}")), ["default password"]);
    assert_eq!(
        release("grafana: {adminUser: admin, adminPassword: admin}"),
        ["default adminPassword"]
    );
    assert_eq!(
        release("shop: {adminUser: admin, adminPassword: admin}"),
        ["weak adminPassword"]
    );
}

#[test]
fn sections_tell_a_setting_from_a_variable() {
    let config = |text: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  shop.cfg: |\n    {text}\n"
        ))
    };
    assert_eq!(
        config("[web]\n    secret_key = temporary_key"),
        ["literal secret_key"]
    );
    assert_eq!(config("import x\n    secret_key = temporary_key"), NONE);
    assert_eq!(config("shared_secret: generate"), NONE);
    let old = ["vault_token: s.", "aB3dE5gH7jK9mN1pQ3sT5uV7"].concat();
    assert_eq!(config(&old), ["access-token vault_token"]);
    assert_eq!(config("vault_token: s.shop.token"), NONE);
    let row = "INSERT INTO users (name, password) VALUES ('shop', 'Tr7-shop-99x');";
    assert_eq!(config(row), ["literal password"]);
    assert_eq!(
        config("INSERT INTO users (name) VALUES ('password');"),
        NONE
    );
}

#[test]
fn what_a_template_falls_back_on_is_its_value() {
    assert_eq!(
        secret("password: $(____(Tr7-shop-99x)___)"),
        ["literal password"]
    );
    assert_eq!(secret("password: $(_________)"), NONE);
    assert_eq!(secret("user: $(____(Tr7-shop-99x)___)"), NONE);
    let text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.json: |\n    {\"client_secret\": \"$(____(Tr7-shop-99x)___)\",\n    \"password\": \"$(_______)\"}\n";
    assert_eq!(found(text), ["literal client_secret"]);
    let encoded = "apiVersion: v1\nkind: Secret\ndata: {password: $(____(Tr7-shop-99x)_________________________)}\n";
    assert_eq!(found(encoded), ["literal password"]);
}

#[test]
fn an_image_of_samba_takes_accounts_as_arguments() {
    let told = |args: &str| container("dperson/samba", &format!("args: [{args}]"));
    for args in ["'-u shop;hQ7tr99xKw'", "-u, 'shop;hQ7tr99xKw;1001'"] {
        assert_eq!(told(args), ["literal samba -u"], "{args}");
    }
    assert_eq!(told("-u shop;shop"), ["weak samba -u"]);
    for args in [
        "'-s host;/host;yes;no'",
        "-u, $(ACCOUNT)",
        "'-u shop;$PASSWORD'",
    ] {
        assert_eq!(told(args), NONE, "{args}");
    }
    let other = container("dperson/ftp", "args: ['-u shop;hQ7tr99xKw']");
    assert_eq!(other, NONE);
}
