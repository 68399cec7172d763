//! What the text, the keys and the names around a value say of it.

use super::found;

const NONE: [&str; 0] = [];

fn release(values: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{{values}}}}}\n"
    ))
}

fn variable(image: &str, name: &str, value: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {image}\n    env: [{{name: {name}, value: \"{value}\"}}]\n"
    ))
}

fn secret(data: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Secret\nstringData: {{{data}}}\n"
    ))
}

#[test]
fn switches_of_a_text_stand_below_a_key_or_behind_a_variable() {
    let map = |name: &str, text: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  config.yml: |\n    {text}\n"
        ))
    };
    let anonymous = |value: &str| map("a", &format!("GF_AUTH_ANONYMOUS_ENABLED={value}"));
    assert_eq!(anonymous("true"), ["off GF_AUTH_ANONYMOUS_ENABLED"]);
    let fallback = "${GF_AUTH_ANONYMOUS_ENABLED:-true}";
    assert_eq!(anonymous(fallback), ["off GF_AUTH_ANONYMOUS_ENABLED"]);
    for value in ["${ANONYMOUS:-false}", "${ANONYMOUS}", "${ANONYMOUS:-true}x"] {
        assert_eq!(anonymous(value), NONE, "{value}");
    }
}

#[test]
fn where_logins_are_off_anonymous_ones_count() {
    let broker = |fields: &str| release(&format!("mqtt: {{authentication: {{{fields}}}}}"));
    let off = ["off allowAnonymous"];
    assert_eq!(broker("allowAnonymous: true"), off);
    assert_eq!(broker("enabled: false, allowAnonymous: true"), off);
    assert_eq!(broker("enabled: true, allowAnonymous: false"), NONE);
    assert_eq!(
        release("mqtt: {enabled: false, allowAnonymous: true}"),
        NONE
    );
    assert_eq!(release("feed: {allowAnonymous: true}"), NONE);
}

#[test]
fn what_encrypts_credentials_is_no_name() {
    assert_eq!(
        release("nodered: {credentialSecret: change-me-to-something-random}"),
        ["weak credentialSecret"]
    );
    assert_eq!(
        release("nodered: {credentialSecret: hQ7tr99xkk2hQ7tr99B}"),
        ["literal credentialSecret"]
    );
    assert_eq!(release("shop: {credentialSecret: shop-credentials}"), NONE);
}

#[test]
fn what_says_that_it_is_none_opens_nothing() {
    for value in ["no-key", "access_key", "fake-token"] {
        assert_eq!(secret(&format!("SHOP_API_KEY: {value}")), NONE, "{value}");
    }
    assert_eq!(secret("SHOP_API_KEY: nova-key-7"), ["literal SHOP_API_KEY"]);
    let address = "grafana.shop.svc.cluster.local:9094";
    assert_eq!(variable("x", "CLIENT_SECRET", address), NONE);
    assert_eq!(variable("x", "CLIENT_SECRET", "shop.svcs:9094").len(), 1);
    let header = "client_id;client_secret;scope";
    assert_eq!(secret(&format!("clients.csv: '{header}'")), NONE);
    assert_eq!(secret("clients.csv: 'shop;hQ7tr99x;all'").len(), 1);
}

#[test]
fn a_password_that_repeats_what_stands_around_is_weak() {
    assert_eq!(
        release("mqtt: {host: mqtt, password: mqtt-password}"),
        ["weak password"]
    );
    assert_eq!(
        release("db: {name: shop-db, password: shop-db}"),
        ["weak password"]
    );
    assert_eq!(
        release("db: {username: shop, password: shop_pass}"),
        ["weak password"]
    );
    assert_eq!(
        variable("x", "MARIADB_ROOT_PASSWORD", "rootpw"),
        ["weak MARIADB_ROOT_PASSWORD"]
    );
    assert_eq!(
        release("mqtt: {host: mqtt, password: shop-broker}"),
        ["literal password"]
    );
}

#[test]
fn names_of_halves_are_no_key_pair() {
    let address = |login: &str| variable("x", "S3_URL", &format!("http://{login}@minio:9000"));
    assert_eq!(address("accessKey:secretKey"), NONE);
    assert_eq!(address("shop:secretKey").len(), 1);
    let text = |id: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yml: |\n    clientId: {id}\n    clientSecret: Shop-clientsecret\n"
        ))
    };
    assert_eq!(text("Shop-clientid"), NONE);
    assert_eq!(text("shop"), ["literal clientSecret"]);
}

#[test]
fn a_few_characters_are_no_key() {
    assert_eq!(secret("eth-private-key: '0x', api-key: ab"), NONE);
    assert_eq!(secret("eth-private-key: '0x4f'").len(), 1);
    assert_eq!(secret("DB_PASSWORD: ab").len(), 1);
}

#[test]
fn what_a_program_signs_with_is_told_by_name() {
    for name in ["cookie-hash", "cookieEncryption", "ACCESS_KEY_ENCRYPTION"] {
        let told = secret(&format!("{name}: changeme-{name}"));
        assert_eq!(told, [format!("weak {name}")]);
    }
    let both =
        "cookieHash: changeme-cookie-hash, accessKeyEncryption: changeme-access-key-encryption";
    assert_eq!(release(&format!("shop: {{{both}}}")).len(), 2);
    assert_eq!(secret("smtp-encryption: starttls"), NONE);
    for name in [
        "LOGGED_IN_KEY",
        "NONCE_KEY",
        "WORDPRESS_LOGGED_IN_SALT",
        "NONCE_SALT",
    ] {
        let told = variable("x", name, "rW5nB7tK2jF4qP9gM6sD3xH1cV8zL0");
        assert_eq!(told, [format!("literal {name}")]);
        let phrase = "put your unique phrase here";
        assert_eq!(variable("x", name, phrase), NONE, "{name}");
    }
    let name = "CHROMA_SERVER_AUTHN_CREDENTIALS";
    assert_eq!(
        variable("x", name, "shopkey123456"),
        [format!("literal {name}")]
    );
    for value in ["/etc/shop/users", "shop-credentials"] {
        assert_eq!(variable("x", name, value), NONE, "{value}");
    }
}

#[test]
fn a_word_that_everyone_tries_may_be_a_token() {
    for value in ["password", "admin", "qwerty"] {
        let told = variable("mysql:5", "OPENAI_API_KEY", value);
        assert_eq!(told, ["weak OPENAI_API_KEY"], "{value}");
        assert_eq!(secret(&format!("api-token: {value}")), ["weak api-token"]);
        assert_eq!(release(&format!("shop: {{apiToken: {value}}}")), NONE);
    }
    assert_eq!(variable("x", "SHOP_API_KEY", "sandbox"), NONE);
    assert_eq!(
        variable("mysql:5", "MYSQL_ROOT_PASSWORD", "password"),
        ["weak MYSQL_ROOT_PASSWORD"]
    );
}

#[test]
fn an_account_and_a_key_say_whose_a_password_is() {
    let told = |user: &str, name: &str, password: &str| {
        let data = format!("{user}, {name}: {password}");
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata: {{{data}}}\n"
        ))
    };
    let of_queue = told("RABBITMQ_USER: guest", "RABBITMQ_PASS", "guest");
    assert_eq!(of_queue, ["default RABBITMQ_PASS"]);
    let of_database = told("AUTH_DB_USER: postgres", "AUTH_DB_PASSWORD", "postgres");
    assert_eq!(of_database, ["default AUTH_DB_PASSWORD"]);
    let of_another = told("SHOP_USER: guest", "SHOP_PASS", "guest");
    assert_eq!(of_another, ["weak SHOP_PASS"]);
    let sample = told(
        "MAIL_USER: username@a.com",
        "MAIL_PASSWORD",
        "password@a.com",
    );
    assert_eq!(sample, NONE);
}

#[test]
fn a_template_for_a_secret_leaves_words_beside_it_unused() {
    let chart = |secret: &str, password: &str| {
        release(&format!(
            "db: {{existingSecret: '{secret}', password: {password}}}"
        ))
    };
    let template = "{{ include \"shop.secret\" . }}";
    assert_eq!(chart(template, "bogus-satisfy-upgrade"), NONE);
    assert_eq!(chart(template, "password"), NONE);
    assert_eq!(chart(template, "hQ7tr99xKq7xv2Lm"), ["literal password"]);
    assert_eq!(chart("", "bogus-satisfy-upgrade"), ["literal password"]);
}

#[test]
fn a_store_of_trusted_certificates_is_no_secret() {
    let told = |name: &str| variable("x", name, "changeit");
    assert_eq!(told("KAFKA_SSL_TRUSTSTORE_PASSWORD"), NONE);
    assert_eq!(
        told("KAFKA_SSL_KEYSTORE_PASSWORD"),
        ["default KAFKA_SSL_KEYSTORE_PASSWORD"]
    );
    assert_eq!(release("tls: {trustStore: {password: changeit}}"), NONE);
    assert_eq!(
        release("tls: {keyStore: {password: changeit}}"),
        ["weak password"]
    );
    let java = |store: &str| {
        variable(
            "x",
            "JAVA_OPTS",
            &format!("-Xmx1g -Djavax.net.ssl.{store}Password=changeit"),
        )
    };
    assert_eq!(java("trustStore"), NONE);
    assert_eq!(java("keyStore"), ["default javax.net.ssl.keyStorePassword"]);
    let command = |words: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: x\n    command: [sh, -c, 'keytool {words} -storepass changeit']\n"
        ))
    };
    assert_eq!(command("-importcert -keystore /certs/cacerts"), NONE);
    assert_eq!(command("-importcert -cacerts -file a.crt"), NONE);
    assert_eq!(command("-genkeypair -keystore /certs/shop.jks").len(), 1);
}

#[test]
fn entries_about_a_password_are_none() {
    for data in [
        "nativePasswordPlugin: mysql_native_password",
        "ed25519Hash: LaiG7DSx9qBz4TtYw2vKp0RmN3cE5fUhJkLsQoWiAyX",
        "ETCD_AUTH_TOKEN: 'jwt,priv-key=/certs/jwt-token.pem,sign-method=RS256,ttl=10m'",
    ] {
        assert_eq!(secret(data), NONE, "{data}");
    }
}

#[test]
fn signs_of_patterns_stand_in_passwords_of_addresses() {
    let told = |password: &str| {
        secret(&format!(
            "DATABASE_URL: 'mongodb+srv://shop:{password}@cluster0.example.net/orders'"
        ))
    };
    for password in ["Yp*7trD39x*uf", "Yp^7trD39x", "Yp(7trD39x)", "Yp|7trD39x"] {
        assert_eq!(told(password), ["literal mongodb+srv"], "{password}");
    }
    for password in [
        "****",
        "abc12***",
        "(.*)",
        "[^:]+",
        "([a-z0-9]+)",
        "^7trD39x.*",
        "(Yp7trD39|hQ7tr99x)",
        "<password>",
        "*",
        "password*",
    ] {
        assert_eq!(told(password), NONE, "{password}");
    }
}

#[test]
fn accounts_tell_whose_default_stands_beside_them() {
    let file = |text: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  shop.yml: |\n    output:\n      {text}\n"
        ))
    };
    let beats = |user: &str| file(&format!("username: {user}\n      password: changeme"));
    assert_eq!(beats("elastic"), ["default password"]);
    assert_eq!(beats("shop"), ["weak password"]);
    assert_eq!(
        variable("x", "SEARCH_URL", "https://elastic:changeme@search:9200"),
        ["default https"]
    );
    assert_eq!(
        variable("x", "PROMETHEUS_PASSWORD", "prom-operator"),
        ["default PROMETHEUS_PASSWORD"]
    );
    let extra = "extraEnv: \"- name: KC_BOOTSTRAP_ADMIN_USERNAME\\n  value: admin\\n- name: KC_BOOTSTRAP_ADMIN_PASSWORD\\n  value: admin\\n\"";
    assert_eq!(release(extra), ["default KC_BOOTSTRAP_ADMIN_PASSWORD"]);
}

#[test]
fn a_variable_of_a_secret_may_say_that_it_is_for_trying() {
    for value in ["test-token", "dev-secret"] {
        assert_eq!(
            variable("x", "RPC_SECRET", value),
            ["literal RPC_SECRET"],
            "{value}"
        );
    }
    for value in ["shop-token", "test-token-secret"] {
        assert_eq!(variable("x", "RPC_SECRET", value), NONE, "{value}");
    }
}

#[test]
fn a_token_is_no_id_of_what_stands_beside_it() {
    let token = "GPNUXCVZ7Lu8D5aKgbAjdUdnt24kuVsj7dW4up2L";
    let beside = |name: &str, other: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata: {{{name}: {token}, {other}: '${{X}}'}}\n"
        ))
    };
    for name in ["SHOP_ACCESS_TOKEN", "ACCESS_TOKEN", "SHOP_ACCESS_KEY"] {
        for other in ["JWT_SECRET", "SESSION_SECRET", "STRIPE_WEBHOOK_SECRET"] {
            assert_eq!(beside(name, other), [format!("literal {name}")], "{other}");
        }
    }
    for (name, other) in [
        ("S3_ACCESS_KEY", "S3_SECRET_KEY"),
        ("accessKey", "secretKey"),
    ] {
        assert_eq!(beside(name, other), NONE, "{name}");
    }
}

#[test]
fn a_word_that_anyone_sets_is_guessed_and_no_default() {
    let of_root = |value: &str| variable("mysql:8", "MYSQL_ROOT_PASSWORD", value);
    assert_eq!(of_root("password"), ["weak MYSQL_ROOT_PASSWORD"]);
    assert_eq!(of_root("my-secret-pw"), ["default MYSQL_ROOT_PASSWORD"]);
    let of_keycloak = |value: &str| {
        variable(
            "quay.io/keycloak/keycloak:26",
            "KEYCLOAK_ADMIN_PASSWORD",
            value,
        )
    };
    assert_eq!(of_keycloak("admin123"), ["weak KEYCLOAK_ADMIN_PASSWORD"]);
    assert_eq!(of_keycloak("admin"), ["default KEYCLOAK_ADMIN_PASSWORD"]);
    assert_eq!(
        variable("x", "AWS_SECRET_ACCESS_KEY", "password"),
        ["weak AWS_SECRET_ACCESS_KEY"]
    );
    assert_eq!(variable("x", "DB_PASSWORD", "app"), ["weak DB_PASSWORD"]);
    assert_eq!(
        variable("x", "DB_PASSWORD", "apq7"),
        ["literal DB_PASSWORD"]
    );
}

#[test]
fn the_name_of_a_chart_tells_whose_default_stands_in_its_values() {
    let vault = "vault: {server: {dev: {devRootToken: root}}}";
    assert_eq!(release(vault), ["default devRootToken"]);
    let shop = "shop: {server: {dev: {devRootToken: root}}}";
    assert_eq!(release(shop), ["weak devRootToken"]);
    let monitor = "hertzbeat: {manager: {account: {username: admin, password: hertzbeat}}}";
    assert_eq!(release(monitor), ["default password"]);
}
