//! What only names a credential that is kept elsewhere, and what stands in for one.

use super::alike::{NONE, object, release, secret, variable};
use super::found;

#[test]
fn keys_of_a_secret_are_named_in_a_map_of_keys() {
    for spec in [
        "secret: {keys: {clientID: key, clientSecret: secret}}",
        "outputSecret: {name: shop, keys: {password: password}}",
        "credentials: {secretName: shop, keys: {password: pw}}",
    ] {
        assert_eq!(object(spec), NONE, "{spec}");
    }
    let told = object("secret: {keys: {password: hQ7tr99xKq}}");
    assert_eq!(told, ["literal password"]);
    assert_eq!(object("shop: {keys: {password: hQ7tr99x}}").len(), 1);
}

#[test]
fn a_map_of_a_store_says_where_values_are_taken_from() {
    for values in [
        "vault: {secretConfig: {db: {password: db_password}, app: {api-password: api.password}}}",
        "vault: {secrets: {DB_PASSWORD: db_password}}",
        "externalSecrets: {DB_PASSWORD: db_password}",
    ] {
        assert_eq!(release(values), NONE, "{values}");
    }
    let told = release("vault: {secretConfig: {db: {password: hQ7tr99xKq}}}");
    assert_eq!(told, ["literal password"]);
}

#[test]
fn a_parameter_of_a_task_may_name_a_secret() {
    let parameter =
        |name: &str, value: &str| object(&format!("params: [{{name: {name}, value: {value}}}]"));
    assert_eq!(parameter("signing_secret", "shop-signing"), NONE);
    assert_eq!(parameter("api_secret", "shopsecrets"), NONE);
    for name in ["api_token", "webhook_secret"] {
        let told = parameter(name, "hQ7tr99xKq");
        assert_eq!(told, [format!("literal {name}")]);
    }
}

#[test]
fn two_names_of_which_the_last_says_what_is_kept_are_a_path() {
    for (name, value) in [
        ("ROTATION_SECRET_KEY", "database/password"),
        ("JWT_SECRET", "shop/jwt-secret"),
    ] {
        assert_eq!(variable("x", name, value), NONE, "{value}");
    }
    let told = variable("x", "DB_PASSWORD", "shop/hQ7tr99");
    assert_eq!(told, ["literal DB_PASSWORD"]);
}

#[test]
fn what_a_variable_falls_back_on_is_the_value() {
    assert_eq!(
        release("auth: {password: '${PW:=hQ7tr99x}'}"),
        ["literal password"]
    );
    assert_eq!(
        release("auth: {password: '${PW:=admin}'}"),
        ["weak password"]
    );
    assert_eq!(
        secret("A_PASSWORD: '${PW:-hQ7tr99x}'"),
        ["literal A_PASSWORD"]
    );
    assert_eq!(
        variable("x", "DB_PASSWORD", "${PW:-hQ7tr99x}"),
        ["literal DB_PASSWORD"]
    );
    for value in ["${PW}", "${PW:-}", "${PW:?is missing}", "${PW:-$OTHER}"] {
        assert_eq!(variable("x", "DB_PASSWORD", value), NONE, "{value}");
    }
}

#[test]
fn a_password_may_be_as_long_as_a_cloud_makes_it() {
    let long = "hQ7tr99xKq7xv2Lm".repeat(120);
    assert_eq!(variable("x", "DB_PASSWORD", &long), ["literal DB_PASSWORD"]);
    for start in ["MII", "H4sI", "LS0t"] {
        let text = format!("{start}{long}");
        assert_eq!(variable("x", "DB_PASSWORD", &text), NONE, "{start}");
    }
}

#[test]
fn keys_of_a_vault_open_it() {
    let text = "{\\n  \\\"unseal_keys_b64\\\": [\\n    \\\"inzES7TCAT/1Ps/8q+VdxhdavEZO/gNjEB3CVUWm+bw4\\\"\\n  ],\\n  \
                \\\"unseal_threshold\\\": 3\\n}\\n";
    let told = found(&format!(
        "apiVersion: v1\nkind: ConfigMap\ndata: {{init.json: \"{text}\"}}\n"
    ));
    assert_eq!(told, ["literal unseal_keys_b64"]);
}

#[test]
fn a_server_that_asks_nobody_is_told_by_its_own_file() {
    let config = |line: &str| {
        found(&format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  config.xml: |\n    <hudson>\n      {line}\n    </hudson>\n"
        ))
    };
    for line in [
        "<useSecurity>false</useSecurity>",
        "<authorizationStrategy class=\"hudson.security.AuthorizationStrategy$Unsecured\"/>",
    ] {
        assert_eq!(config(line), ["off config.xml"], "{line}");
    }
    assert_eq!(config("<useSecurity>true</useSecurity>"), NONE);
}

#[test]
fn a_word_is_a_key_where_nothing_else_is_called_so() {
    assert_eq!(variable("x", "SECRETKEY", "password"), ["weak SECRETKEY"]);
    assert_eq!(release("db: {secretKey: password}"), NONE);
    let flag = |flag: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: x\n    args: [\"{flag}\"]\n"
        ))
    };
    assert_eq!(flag("--shop-api-key=shopapi"), ["weak shop-api-key"]);
    for other in [
        "--shop-api-key=shop",
        "--api-key=api",
        "--shop-public-key=shoppublic",
    ] {
        assert_eq!(flag(other), NONE, "{other}");
    }
    // What Dex' example encodes is its client's secret as it stands.
    let client = "config: {staticClients: [{id: a, secret: ZXhhbXBsZS1hcHAtc2VjcmV0}]}";
    assert_eq!(release(client), ["default secret"]);
}

#[test]
fn a_database_elsewhere_is_logged_in_to_although_the_own_is_off() {
    let part = |server: &str| {
        release(&format!(
            "postgresql: {{enabled: false, {server}, postgresPassword: p@ssw0rd}}"
        ))
    };
    assert_eq!(part("postgresServer: 10.0.0.1"), ["weak postgresPassword"]);
    for server in [
        "postgresServer: ''",
        "mysqlServer: 10.0.0.1",
        "host: 10.0.0.1",
    ] {
        assert_eq!(part(server), NONE, "{server}");
    }
}

#[test]
fn an_id_is_no_key_where_its_password_is_taken_from_a_secret() {
    let mail = |password: &str| {
        object(&format!(
            "smtp: {{user: AKIAQ7TR99XKQ7XV2LMN, password: {password}}}"
        ))
    };
    assert_eq!(mail("{valueFrom: {secretKeyRef: {name: a, key: b}}}"), NONE);
    assert!(mail("hQ7tr99xKq").len() == 2);
}

#[test]
fn a_file_of_a_generator_is_called_by_its_key() {
    let generator = |list: &str| {
        found(&format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator: [{{name: a, {list}}}]\n"
        ))
    };
    assert_eq!(generator("files: [password=configs/pw-hQ7tr99x]"), NONE);
    assert_eq!(generator("literals: [password=hQ7tr99x]").len(), 1);
}

#[test]
fn a_container_that_ends_before_the_others_begin_lets_nobody_in() {
    let pod = |list: &str, more: &str| {
        found(&format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  {list}:\n  - image: postgres\n{more}    env: [{{name: POSTGRES_HOST_AUTH_METHOD, value: trust}}]\n"
        ))
    };
    let waits = "    command: [sh, -c, until pg_isready; do sleep 1; done]\n";
    assert_eq!(pod("initContainers", waits), NONE);
    assert_eq!(pod("containers", waits).len(), 1);
    assert_eq!(pod("initContainers", "").len(), 1);
    let starts = "    command: [sh, -c, docker-entrypoint.sh postgres]\n";
    assert_eq!(pod("initContainers", starts).len(), 1);
    let stays = format!("{waits}    restartPolicy: Always\n");
    assert_eq!(pod("initContainers", &stays).len(), 1);
}

#[test]
fn what_only_the_copy_of_an_object_holds_is_told_there() {
    let pod = |kind: &str, live: &str| {
        found(&format!(
            "apiVersion: v1\nkind: {kind}\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      \
             {{\"kind\":\"Pod\",\"spec\":{{\"containers\":[{{\"env\":[{{\"name\":\"DB_PASSWORD\",\"value\":\"hQ7tr99x\"}}]}}]}}}}\n\
             spec:\n  containers:\n  - env: [{{name: DB_PASSWORD, {live}}}]\n"
        ))
    };
    let elsewhere = "valueFrom: {secretKeyRef: {name: a, key: b}}";
    assert_eq!(pod("Pod", elsewhere), ["literal DB_PASSWORD"]);
    assert_eq!(pod("Pod", "value: hQ7tr99x"), ["literal DB_PASSWORD"]);
    assert_eq!(pod("Secret", elsewhere), NONE);
}
