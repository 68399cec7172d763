//! Values that name what is kept elsewhere, or stand for what nobody has filled in.

use super::found;

const NONE: [&str; 0] = [];

fn release(values: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{{values}}}}}\n"
    ))
}

fn variables(list: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: x\n    env: [{list}]\n"
    ))
}

fn application(values: &str) -> Vec<String> {
    let indented: String = values
        .lines()
        .map(|line| format!("        {line}\n"))
        .collect();
    found(&format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n{indented}"
    ))
}

#[test]
fn keys_of_a_secret_are_words_for_what_it_keeps() {
    for values in [
        "secret: {name: shop-db, username: user, password: pass}",
        "userSecret: {name: shop-db, user: username, password: password}",
        "userSecret: {name: shop-db, password: passwordKeyInSecret}",
        "db: {secretName: shop-db, password: db-password}",
        "git: {vaultPath: shop, vaultKeyUsername: gitUsername, vaultKeyPassword: gitToken}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
    for values in [
        "secret: {name: shop-db, username: username, password: hQ7tr99xKq}",
        "db: {existingSecret: '', password: password}",
    ] {
        assert_eq!(release(values).len(), 1, "{values}");
    }
}

#[test]
fn maps_say_where_settings_are_taken_from() {
    for values in [
        "envMappings: {instanceSecret: SECRET, adminPassword: ADMIN_PASSWORD}",
        "envFromSecrets: {DB_PASSWORD: shop-db.password}",
        "vaultSecrets: {DB_PASSWORD: 'secret/data/shop#password'}",
        "keyVault: {secrets: {DB_PASSWORD: shop-db-password}}",
        "secretKeyMap: {DB_PASSWORD: db_password}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
    for values in [
        "keyVault: {secrets: {DB_PASSWORD: hQ7tr99xKq}}",
        "secrets: {DB_PASSWORD: hQ7tr99xKq}",
        "vault: {password: vault-password}",
    ] {
        assert_eq!(release(values).len(), 1, "{values}");
    }
}

#[test]
fn what_nobody_has_filled_in_is_no_password() {
    for values in [
        "db: {user: FILL-LATER, password: FILL-LATER, host: FILL-LATER, port: FILL-LATER}",
        "db: {jdbc_username: username, jdbc_password: password, jdbc_url: url}",
        "db: {shop_password: shop_password, shop_url: shop_url}",
        "logs: {secret: {exporter: {index: {password: logs-secret-exporter-index-password}}}}",
        "db: {password: 9f86d081884c7d659a2feaa0c55ad015, encoding: md5}",
        "db: {username: shop, password: md53f2a1b4c5d6e4f708192a3b4c5d6e7f8}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
    for values in [
        "db: {user: shop, password: shop, database: shop}",
        "db: {user: SHOP, password: SHOP, database: SHOP}",
        "db: {user: username, password: password, url: 'http://db'}",
        "db: {password: shop-db-password}",
        "db: {password: 9f86d081884c7d659a2feaa0c55ad015, encoding: utf-8}",
    ] {
        assert_eq!(release(values).len(), 1, "{values}");
    }
}

#[test]
fn variables_name_secrets_and_their_keys() {
    let map = "{name: CONFIG_MAP_NAME, value: shop-console}";
    for list in [
        "{name: DB_PASSWORD_SECRET_KEY, value: db-password}",
        "{name: CLIENT_SECRET_KEY, value: client-secret}",
        "{name: GITHUB_TOKEN_SECRET_KEY, value: token}",
        "{name: RECEIPT_KEY_SECRET, value: shop-receipts-ed25519}",
        "{name: SECRET, value: orders-db}",
        "{name: SHOP_SECRET_NAME, value: x}, {name: SHOP_SECRET_KEY, value: web-login-7}",
        &format!("{{name: CONSOLE_ADMIN_SECRET, value: shop-console}}, {map}"),
    ] {
        assert_eq!(variables(list), NONE, "{list}");
    }
    for list in [
        "{name: AWS_SECRET_KEY, value: changeme}",
        "{name: JWT_SECRET_KEY, value: secret}",
        "{name: JWT_SECRET_KEY, value: jwt-secret}",
        "{name: CLIENT_SECRET, value: shop-proxy-secret}",
        "{name: SECRET, value: hQ7tr99xKq}",
        "{name: TWILIO_API_KEY_SECRET, value: hQ7tr99xKq}",
        &format!("{{name: CONSOLE_ADMIN_SECRET, value: hQ7tr99xKq}}, {map}"),
    ] {
        assert_eq!(variables(list).len(), 1, "{list}");
    }
}

#[test]
fn values_in_a_text_name_keys_as_those_in_a_file_do() {
    let names = "auth:\n  secretName: shop-auth\n  jwtSignatureSecretKey: jwt-signature-secret\n  \
                 admin:\n    clientSecretSecretKey: shop-admin-client-secret\n  db:\n    \
                 existingSecret: shop-db\n    password: db-password\n";
    assert_eq!(application(names), NONE);
    let drawn = "auth:\n  jwtSecretKey: aB3dE5gH7jK9mN1pQ3sT5uV7\n  password: hQ7tr99xKq\n";
    assert_eq!(
        application(drawn),
        ["literal jwtSecretKey", "literal password"]
    );
}

#[test]
fn pages_have_keys_of_their_own() {
    let google = ["AIza", "SyDk3f9Xq2ZtR7yKpWeLm8vBn4cJh6gTs1a"].concat();
    let shop = |name: &str, value: &str| variables(&format!("{{name: {name}, value: {value}}}"));
    assert_eq!(shop("NEXT_PUBLIC_FIREBASE_API_KEY", &google), NONE);
    assert_eq!(
        shop("FIREBASE_API_KEY", &google),
        ["access-token FIREBASE_API_KEY"]
    );
    let hex = "9f86d081884c7d659a2feaa0c55ad015";
    assert_eq!(shop("VITE_MIXPANEL_TOKEN", hex), NONE);
    assert_eq!(shop("DD_API_KEY", hex), ["literal DD_API_KEY"]);
    let stripe = ["sk_live_", "9f86d081884c7d659a2feaa0"].concat();
    assert_eq!(shop("VITE_STRIPE_KEY", &stripe).len(), 1);
    let toss = ["live_sk_", "9f86d081884c7d659a2feaa0"].concat();
    assert_eq!(
        shop("TOSS_SECRET_KEY", &toss),
        ["access-token TOSS_SECRET_KEY"]
    );
}

#[test]
fn ciphertext_is_no_line_of_a_file_of_passwords() {
    let secret = |data: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Secret\nstringData: {{{data}}}\n"
        ))
    };
    let cipher = "PGPASSWORD: 'ENC[AES256_GCM,data:eBUn7KX3,iv:9ei7,tag:u8mY,type:str]'";
    assert_eq!(secret(cipher), NONE);
    assert_eq!(secret(&cipher.replace("PGPASSWORD", "pgpass")), NONE);
    assert_eq!(
        secret("PGPASSWORD: 'abc:def:ghi:jkl:mno'"),
        ["literal PGPASSWORD"]
    );
    assert_eq!(
        secret(".pgpass: 'db:5432:shop:shop:hQ7tr99x'"),
        ["literal pgpass"]
    );
}

#[test]
fn keys_of_a_ring_have_names() {
    let config = |key: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  vault.hcl: |\n    seal \"gcpckms\" {{\n      {key}\n      crypto_key = \"vault-key\"\n    }}\n"
        ))
    };
    assert_eq!(config("key_ring = \"vault-ring\""), NONE);
    assert_eq!(config("region = \"global\"").len(), 1);
}

#[test]
fn a_fingerprint_says_who_signs() {
    let print = "4A049ED6F2EBDE45C4CD5A0D2FA8829EBBD76EA2";
    let shop = |name: &str, value: &str| variables(&format!("{{name: {name}, value: {value}}}"));
    assert_eq!(shop("SIGNING_KEY", print), NONE);
    assert_eq!(shop("JWT_SIGNING_KEY", print).len(), 1);
    assert_eq!(shop("SIGNING_KEY", &print.to_lowercase()).len(), 1);
}

#[test]
fn addresses_of_documentation_have_no_login() {
    let shop = |value: &str| variables(&format!("{{name: SHOP_URL, value: '{value}'}}"));
    for value in [
        "redis://:password@host:6379",
        "rtsp://user:pass@camera-ip:554/stream1",
        "https://user:token@git.example.com",
    ] {
        assert_eq!(shop(value), NONE, "{value}");
    }
    for value in [
        "redis://:password@redis:6379",
        "https://shop:token@git.example.com",
        "https://user:hQ7tr99xKq@git.example.com",
    ] {
        assert_eq!(shop(value).len(), 1, "{value}");
    }
}

#[test]
fn keys_that_everyone_may_try_things_with_are_known() {
    let shop = |name: &str, value: &str| variables(&format!("{{name: {name}, value: {value}}}"));
    let key = "1x0000000000000000000000000000000AA";
    assert_eq!(
        shop("TURNSTILE_SECRET_KEY", key),
        ["default TURNSTILE_SECRET_KEY"]
    );
    let documented = ["sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    assert_eq!(shop("STRIPE_SECRET_KEY", &documented), NONE);
}

#[test]
fn values_have_a_login_in_one_word() {
    for values in [
        "db: {credentials: 'root:hQ7tr99xKq'}",
        "db: {credentials: 'shop:hQ7tr99xKq'}",
        "ingress: {basicAuth: 'admin:hQ7tr99xKq'}",
        "db: {credentials: 'admin:password'}",
    ] {
        assert_eq!(release(values).len(), 1, "{values}");
    }
    for values in [
        "db: {credentials: 'shop-db:db-password'}",
        "db: {credentials: 'vault:shop/db'}",
        "db: {credentials: shop-db}",
        "db: {url: 'root:hQ7tr99xKq'}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
}

#[test]
fn an_account_has_its_roles_behind_its_password() {
    let map = |entry: &str| release(&format!("auth: {{basic: {{property: {{{entry}}}}}}}"));
    assert_eq!(map("shop: 'hQ7tr99xKq,Administrators'"), ["literal shop"]);
    assert_eq!(map("shop: 'shop,Administrators'"), ["weak shop"]);
    assert_eq!(map("shop: '${SHOP},Administrators'"), NONE);
    assert_eq!(map("roles: Administrators"), NONE);
    let elsewhere = "basic: {properties: {shop: 'hQ7tr99xKq,Administrators'}}";
    assert_eq!(release(elsewhere), NONE);
}

#[test]
fn a_secret_of_a_client_is_called_like_its_id() {
    for values in [
        "clients: {shop: {id: shop, secret: shop-secret}}",
        "oidcClients: [{id: shop, secret: shop}]",
    ] {
        assert_eq!(release(values).len(), 1, "{values}");
    }
    for values in [
        "clients: {shop: {secret: shop-secret}}",
        "clients: {shop: {id: shop, secret: orders-secret}}",
        "servers: {shop: {id: shop, secret: shop-secret}}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
}

#[test]
fn a_small_number_is_the_password_of_an_account_and_counts_what_passes() {
    let variable = |name: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Pod\nspec: {{containers: [{{image: a, env: [{{name: {name}, value: '42'}}]}}]}}\n"
        ))
    };
    assert_eq!(variable("AUTH_PASS"), ["weak AUTH_PASS"]);
    assert_eq!(variable("TESTS_PASS"), NONE);
}

#[test]
fn a_consumer_of_kong_is_let_in_with_its_key() {
    let consumer = |of_type: &str, key: &str| {
        found(&format!(
            "apiVersion: configuration.konghq.com/v1\nkind: KongCredential\ntype: {of_type}\nconfig: {{key: '{key}'}}\n"
        ))
    };
    assert_eq!(consumer("key-auth", "123456"), ["weak key"]);
    assert_eq!(
        consumer("key-auth", "a36c3049b36249a3c9f8891cb127243c"),
        ["literal key"]
    );
    assert_eq!(consumer("jwt", "123456"), NONE);
    let secret = |data: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Secret\nstringData: {{{data}}}\n"
        ))
    };
    assert_eq!(
        secret("kongCredType: key-auth, key: '123456'"),
        ["weak key"]
    );
    assert_eq!(secret("kongCredType: jwt, key: my-issuer"), NONE);
    assert_eq!(secret("apikey: '123456'"), ["weak apikey"]);
    assert_eq!(secret("key: '123456'"), NONE);
    assert_eq!(secret("shopToken: 1qaz@WSX"), ["weak shopToken"]);
}
