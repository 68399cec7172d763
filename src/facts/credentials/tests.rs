//! What is found, what is left alone, and what is hidden, on resources as people write them.

mod alike;
mod around;
mod elsewhere;
mod files;
mod handed;
mod matrix;
mod named;
mod places;
mod written;

use std::sync::Arc;

use kube::core::GroupVersionKind;
use serde_yaml::Value;

use super::*;
use crate::model::{Artifact, Identity, Role, Scalar, Tree, TreeBuilder};

/// A resource from YAML; scalars have their place where they stand letter by letter.
pub(super) fn resource(yaml: &str) -> Resource {
    let value: Value = serde_yaml::from_str(yaml).expect("is YAML");
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (group, version) = match text("apiVersion").split_once('/') {
        Some((group, version)) => (group.to_owned(), version.to_owned()),
        None => (String::new(), text("apiVersion")),
    };
    let mut builder = TreeBuilder::new(10_000);
    build(&mut builder, &value, yaml, &mut 0);
    let identity = Identity {
        api_version: text("apiVersion"),
        kind: text("kind"),
        namespace: None,
        name: "x".to_owned(),
        origin: None,
    };
    Resource::bare(
        Arc::new(Artifact::new("a.yaml", "a.yaml", yaml.to_owned())),
        Arc::new(builder.finish().0),
        0,
        Role::Manifest,
        GroupVersionKind::gvk(&group, &version, &text("kind")),
        identity,
    )
}

fn place(source: &str, text: &str, from: &mut usize) -> Span {
    let start = source[*from..].find(text).map_or(*from, |at| *from + at);
    *from = start + text.len().min(source.len() - start);
    Span::new(start, *from)
}

fn build(builder: &mut TreeBuilder, value: &Value, source: &str, at: &mut usize) {
    let scalar = |builder: &mut TreeBuilder, scalar: Scalar<'_>, span: Span| {
        builder.scalar(scalar, span).expect("is small");
    };
    match value {
        Value::Mapping(entries) => {
            builder
                .begin_mapping(Span::new(*at, *at))
                .expect("is small");
            for (key, value) in entries {
                let key = key.as_str().expect("keys are strings");
                builder.key(key, place(source, key, at)).expect("is small");
                build(builder, value, source, at);
            }
            builder.end(*at);
        }
        Value::Sequence(items) => {
            builder
                .begin_sequence(Span::new(*at, *at))
                .expect("is small");
            items
                .iter()
                .for_each(|item| build(builder, item, source, at));
            builder.end(*at);
        }
        Value::String(text) => scalar(builder, Scalar::String(text), place(source, text, at)),
        Value::Number(number) => {
            let span = place(source, &number.to_string(), at);
            scalar(
                builder,
                Scalar::Signed(number.as_i64().unwrap_or_default()),
                span,
            );
        }
        Value::Bool(value) => scalar(builder, Scalar::Bool(*value), Span::new(*at, *at)),
        Value::Null | Value::Tagged(_) => scalar(builder, Scalar::Null, Span::new(*at, *at)),
    }
}

/// The document of a YAML text, or none where it is no YAML.
fn trees(text: &str) -> Vec<Tree> {
    let tree = |value: Value| {
        let mut builder = TreeBuilder::new(10_000);
        build(&mut builder, &value, text, &mut 0);
        builder.finish().0
    };
    let value = serde_yaml::from_str(text).ok();
    value.map(tree).into_iter().collect()
}

pub(super) fn detector() -> Detector {
    let text = concat!(
        include_str!("../../../policies/credentials/defaults.yaml"),
        include_str!("../../../policies/credentials/authentication.yaml")
    );
    Detector::lazy(
        move || serde_yaml::from_str(text).expect("is the data file"),
        trees,
    )
}

/// `verdict key` of everything that is found.
pub(super) fn found(yaml: &str) -> Vec<String> {
    let found = detector().held(&resource(yaml)).reported;
    found
        .iter()
        .map(|one| format!("{} {}", one.verdict.as_str().unwrap_or_default(), one.key))
        .collect()
}

fn environment(name: &str, value: &str) -> Vec<String> {
    found(&format!(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: example.com/app\n    env:\n    - name: {name}\n      value: '{value}'\n"
    ))
}

#[test]
fn a_known_default_names_its_product() {
    let yaml = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: docker.io/library/rabbitmq:3\n    env:\n    - {name: RABBITMQ_DEFAULT_USER, value: guest}\n    - {name: RABBITMQ_DEFAULT_PASS, value: guest}\n";
    let found = detector().held(&resource(yaml)).reported;
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].verdict,
        Verdict::Default {
            product: "RabbitMQ".to_owned(),
            user: Some("guest".to_owned()),
        }
    );
    assert_eq!(found[0].path.to_string(), "spec.containers[0].env[1].value");
    assert_eq!((found[0].part, found[0].length), (None, 5));
}

#[test]
fn environment_variables_are_judged() {
    for (name, value, verdict) in [
        ("POSTGRES_PASSWORD", "postgres", "default"),
        ("HARBOR_ADMIN_PASSWORD", "Harbor12345", "default"),
        ("ADMIN_PASS", "Harbor12345", "default"),
        ("APP_PASSWORD", "changeme", "weak"),
        ("JWT_SECRET_KEY", "my-test-key", "weak"),
        ("DB_PASSWORD", "qwer1234", "weak"),
        ("SECRETS_SYSTEM", "bananapineapplepizza", "literal"),
        ("APP_PASSWORD", "P@ssw0rd123", "weak"),
        ("JWT_SECRET", "secret", "weak"),
        ("APP_PASSWORD", "hQ7tr99x", "literal"),
        ("CLIENT_SECRET", "kW9-superSecretKey", "literal"),
        ("API_TOKEN", "aB3dE5gH7jK9mN1pQ3sT", "literal"),
        (
            "TENANT_TOKEN",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "literal",
        ),
        (
            "KEY_VAULTS_SECRET",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "literal",
        ),
        (
            "N8N_ENCRYPTION_KEY",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "literal",
        ),
        ("N8N_ENCRYPTION_KEY", "mysecretkey", "weak"),
        ("S3_SECRET", "minioadmin", "default"),
        ("SIGNING_KEY", "shop-secret-key-change-me-12345", "weak"),
        ("VAULT_DEV_ROOT_TOKEN_ID", "sample_root_token_id", "literal"),
        ("RABBITMQ_ERLANG_COOKIE", "SWQOKODSQALRPCLNMEQG", "literal"),
        ("API_KEY", "1kQfbvtTb2iY", "literal"),
        (
            "LLM_API_KEY",
            "sk-no7-9f86d081884c7d659a2feaa0c55ad015",
            "literal",
        ),
    ] {
        assert_eq!(
            environment(name, value),
            [format!("{verdict} {name}")],
            "{name}={value}"
        );
    }
}

#[test]
fn what_only_looks_alike_is_left_alone() {
    for (name, value) in [
        ("PASSWORD_RESET_ENABLED", "true"),
        ("DB_PASSWORD_FILE", "/run/x"),
        ("DB_PASSWORD", "$(X)"),
        ("DB_PASSWORD", "${X}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "/run/secrets/x"),
        ("DB_PASSWORD", "REPLACE_ME"),
        ("DB_PASSWORD", "****"),
        ("DB_PASSWORD", "xxx"),
        ("MIN_PASSWORD_LENGTH", "12"),
        ("APP_SECRET", "my-secret-name"),
        ("AUTH_SECRET_NAME", "x1y2z3"),
        ("TOKEN_URL", "https://h/token"),
        ("PWD", "/app"),
        ("TENANT_ID", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("AZURE_CLIENT_ID", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("BWS_SECRET_ID", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        (
            "APPINSIGHTS_INSTRUMENTATIONKEY",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        ),
        ("API_TOKEN", "12345678-1234-1234-1234-123456789012"),
        ("STRIPE_KEY", "pk_live_stripe_key_example"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_your-webhook-secret"),
        ("ERLANG_COOKIE_FILE", "/var/lib/cookie"),
        ("API_KEY", "access-token"),
        ("NEXUS_SECRET", "nexus-token"),
        ("DB_PASSWORD", "insert_password"),
        ("DB_PASSWORD", "somesecretgoeshere"),
        ("API_TOKEN", "put-your-token-here"),
        ("PASSWORD_KEY", "password"),
        ("DB_PASSWORD", "vault:secret/data/db#password"),
        ("HOME_URL", "https://h:8080/a?x=@b"),
        ("TLS_SECRET", "shop-tls-1a2b3c"),
        ("DB_USER", "admin"),
        ("DB_URL", "postgres://u@h/d"),
        ("URL", "amqp://$(U):$(P)@h"),
        ("URL", "http://%s:%s@h"),
        ("IMAGE", "a/b:1@sha256:0"),
    ] {
        assert_eq!(environment(name, value), [""; 0], "{name}={value}");
    }
}

#[test]
fn parts_of_strings_are_exact() {
    for (value, part, key) in [
        ("postgres://shop:hQ7tr99x@db/shop", "hQ7tr99x", "postgres"),
        (
            "Server=db;User Id=a;Password=hQ7tr99x;X=y",
            "hQ7tr99x",
            "Password",
        ),
        (
            "jdbc:postgresql://db/d?user=a&password=hQ7tr99x",
            "hQ7tr99x",
            "password",
        ),
        (
            r#"{"user":"a","password":"hQ7tr99x"}"#,
            "hQ7tr99x",
            "password",
        ),
    ] {
        let yaml = format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  env:\n  - name: X\n    value: '{value}'\n"
        );
        let found = detector().held(&resource(&yaml)).reported;
        assert_eq!(found.len(), 1, "{value}");
        let marked = found[0].part.expect("is a part");
        assert_eq!(
            (
                &value[marked.start..marked.start + marked.length],
                found[0].key.as_str()
            ),
            (part, key)
        );
    }
}

#[test]
fn config_maps_are_read_line_by_line() {
    let yaml = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.properties: |\n    # db.password=admin\n    db.user=shop\n    db.password=shop\n    db.min-password=3\n  b.yaml: |\n    db:\n      password: hQ7tr99x # no\n      passwordFile: /run/x\n      token: {{ .Values.x }}\n  c.py: |\n    password = settings.password\n    secret = open(x)\n  redis.conf: |\n    requirepass foobared\n";
    assert_eq!(
        found(yaml),
        ["weak db.password", "literal password", "weak requirepass"]
    );
}

#[test]
fn headers_have_their_name_in_another_setting() {
    let source = |name: &str| {
        format!(
            "jsonData:\n  httpHeaderName1: {name}\n  httpMethod: POST\nsecureJsonData:\n  httpHeaderValue1: shop-loki-secret\n"
        )
    };
    for (name, expected) in [
        ("X-Shop-Api-Key", 1),
        ("Authorization", 1),
        ("X-Scope-OrgID", 0),
    ] {
        let text = source(name).replace('\n', "\n    ");
        let config = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    {text}");
        assert_eq!(found(&config).len(), expected, "{name} in a file");
        let object = format!(
            "apiVersion: example.com/v1\nkind: Source\nspec:\n  {}",
            source(name).replace('\n', "\n  ")
        );
        assert_eq!(found(&object).len(), expected, "{name} in an object");
    }
    for (field, expected) in [
        ("httpHeaderValue1: hQ7tr99xH4kLmn", 1),
        ("hook: hQ7tr99xH4kLmn", 1),
        ("tlsClientCert: hQ7tr99xH4kLmn", 0),
        ("httpHeaderValue1: $__env{X}", 0),
    ] {
        let yaml = format!(
            "apiVersion: example.com/v1\nkind: Source\nspec:\n  secureJsonData:\n    {field}\n"
        );
        assert_eq!(found(&yaml).len(), expected, "{field}");
    }
    let yaml = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n    headers:\n      X-Shop-Api-Key: shop-loki-secret\n      Authorization: Bearer shop-token-1234\n      Content-Type: application/json\n";
    assert_eq!(found(yaml).len(), 2);
}

#[test]
fn password_files_are_known_by_their_key() {
    for key in ["pgpassFile", ".pgpass"] {
        let yaml = format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  {key}: \"db.shop:5432:*:shop:hQ7tr99x\"\n"
        );
        assert_eq!(found(&yaml), ["literal pgpass"], "{key}");
    }
}

#[test]
fn comments_alone_are_nothing_to_keep() {
    let yaml = "apiVersion: v1\nkind: Secret\nstringData:\n  pwfile: |\n    # TODO: generate it\n";
    assert_eq!(found(yaml), [""; 0]);
}

#[test]
fn scripts_are_told_from_settings() {
    let yaml = "apiVersion: v1\nkind: ConfigMap\ndata:\n  run.sh: |\n    if [ \"$PASSWORD\" = \"changeme\" ]; then exit 1; fi\n    PASSWORD=$(cat /x)\n    export DB_PASSWORD=\"${DB_PASSWORD:-}\"\n    PGPASSWORD=hQ7tr99x psql -c \"select '1'\"\n";
    assert_eq!(found(yaml), ["literal PGPASSWORD"]);
}

#[test]
fn secrets_are_decoded_and_marked_as_a_whole() {
    let yaml = "apiVersion: v1\nkind: Secret\ndata:\n  username: dXNlcm5hbWU=\n  password: cGFzc3dvcmQK\n  other: aGVsbG8=\nstringData:\n  api-password: hQ7tr99x\n";
    let found = detector().held(&resource(yaml)).reported;
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.path.to_string(), one.part, one.length))
        .collect();
    assert_eq!(
        told,
        [
            ("data.password".to_owned(), None, 8),
            ("stringData.api-password".to_owned(), None, 8)
        ]
    );
}

#[test]
fn schemas_references_and_ciphertext_are_passed_over() {
    for yaml in [
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {password: hQ7tr99x}\n",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {password: hQ7tr99x}}\n",
        "apiVersion: example.com/v1\nkind: App\nspec: {passwordSecretRef: {name: a, password: hQ7tr99x}, existingSecret: x, adminPassword: admin-password-1}\n",
        "apiVersion: v1\nkind: Secret\nstringData: {password: 'ENC[AES256_GCM,data:x]'}\n",
        "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\nstringData: {password: hQ7tr99x}\n",
    ] {
        assert_eq!(found(yaml), [""; 0], "{yaml}");
    }
}

#[test]
fn custom_resources_and_generators_have_credentials_too() {
    let yaml = "apiVersion: example.com/v1\nkind: App\nspec:\n  values:\n    adminPassword: hQ7tr99x\n    db: {username: shop, password: shop}\n";
    assert_eq!(found(yaml), ["literal adminPassword", "weak password"]);
    let yaml = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n- name: a\n  literals:\n  - DB_PASSWORD=hQ7tr99x\n";
    assert_eq!(found(yaml), ["literal DB_PASSWORD"]);
}

#[test]
fn private_keys_are_found_and_their_placeholders_are_not() {
    let body = "MIIEowIBAAKCAQEAx1y2z3A4B5C6D7E8F9G0H1I2J3K4L5M6N7O8P9Q0R1S2T3U4";
    let key = |body: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  tls.pem: |\n    -----BEGIN PRIVATE KEY-----\n    {body}\n    -----END PRIVATE KEY-----\n"
        )
    };
    assert_eq!(found(&key(body)), ["private-key tls.pem"]);
    assert_eq!(found(&key("...")), [""; 0]);
}

#[test]
fn spans_to_hide_cover_what_is_found_and_more() {
    let yaml = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - env:\n    - {name: DB_PASSWORD, value: hQ7tr99x}\n    - {name: URL, value: 'amqp://a:kL0pp@h'}\n    - {name: TOKEN, value: short1}\n    - {name: SAFE, value: visible}\n    args: [--password, zZ9, -x]\n";
    let spans = detector().sensitive_spans(&resource(yaml), None);
    let hidden: Vec<&str> = spans.iter().map(|span| &yaml[span.range()]).collect();
    assert_eq!(hidden, ["hQ7tr99x", "kL0pp", "short1", "zZ9"]);
}

#[test]
fn lines_are_masked_with_their_columns() {
    for (line, masked) in [
        ("  password: hQ7 # why", "  password: *** # why"),
        ("DB_PASSWORD=hQ7", "DB_PASSWORD=***"),
        (
            r#"{"a":1,"password":"hQ7","b":"c"}"#,
            r#"{"a":1,"password":"***","b":"c"}"#,
        ),
        ("x: amqp://a:hQ7@h/", "x: amqp://a:***@h/"),
        ("x: A=b;AccountKey=hQ7==;C=d", "x: A=b;AccountKey=*****;C=d"),
        (
            "x: https://h/c?sv=1&sig=hQ7%3D&x=1",
            "x: https://h/c?sv=1&sig=******&x=1",
        ),
        (
            "- {name: DB_PASSWORD, value: hQ7}",
            "- {name: DB_PASSWORD, value: ***}",
        ),
        (
            "args: [\"--password\", \"hQ7\"]",
            "args: [\"--password\", \"***\"]",
        ),
        ("  passwort: über", "  passwort: ****"),
        ("secretName: shop", "secretName: shop"),
        ("image: a@sha256:00", "image: a@sha256:00"),
        ("kind: Secret", "kind: Secret"),
    ] {
        assert_eq!(mask_line(line), masked);
    }
}

#[test]
fn masking_is_idempotent_and_keeps_the_number_of_characters() {
    let pieces = [
        "password",
        "=",
        ":",
        " ",
        "\"",
        "'",
        "\\",
        "ü",
        "😀",
        "://",
        "@",
        "a",
        ";",
        "&sig=",
        "-p",
        "--token",
        ",",
        "{",
        "}",
        "\t",
        "name",
        "value",
        "eyJ",
        "requirepass",
        "\u{0}",
        "#",
    ];
    let mut state: u32 = 7;
    for _ in 0..20_000 {
        let mut line = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            line.push_str(pieces[(state >> 16) as usize % pieces.len()]);
        }
        let once = mask_line(&line).into_owned();
        assert_eq!(once.chars().count(), line.chars().count(), "{line:?}");
        assert_eq!(mask_line(&once), once, "{line:?}");
    }
}

#[test]
fn any_text_is_read_without_a_panic() {
    let pieces = [
        "password",
        "=",
        ": ",
        "\n",
        "\"",
        "ü",
        "\\\"",
        "://",
        "a:b@",
        "name: x",
        "|",
        "😀",
        "-----BEGIN ",
    ];
    let mut state: u32 = 11;
    let detector = detector();
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..16 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(pieces[(state >> 16) as usize % pieces.len()]);
        }
        let around = value::around::Around::default();
        for syntax in [
            text::syntax::Syntax::Inline,
            text::syntax::Syntax::Config,
            text::syntax::Syntax::Code,
        ] {
            for found in
                text::embedded::embedded(detector.known(), &text, syntax, Kind::Config, around)
            {
                assert!(text.get(found.range).is_some(), "{text:?}");
            }
        }
        let _ = text::command::arguments(&[&text, "--password", &text], None);
    }
}

#[test]
fn every_beginning_of_a_token_is_looked_at_closely() {
    for (beginning, length) in crate::facts::credentials::value::token::TOKENS {
        let token = format!("{beginning}{}", "aB3dE5gH7".repeat(length / 9 + 2));
        assert_ne!(
            mask_line(&format!("x {token} y")),
            format!("x {token} y"),
            "{beginning}"
        );
    }
}

/// Every pair of every product, under every variable of the product beside its image, and under
/// every path of its chart.
#[test]
fn the_whole_list_of_defaults_is_found() {
    let text = concat!(
        include_str!("../../../policies/credentials/defaults.yaml"),
        include_str!("../../../policies/credentials/authentication.yaml")
    );
    let list: Value = serde_yaml::from_str(text).expect("is the data file");
    let strings = |product: &Value, key: &str| -> Vec<String> {
        let items = product.get(key).and_then(Value::as_sequence);
        items
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let detector = detector();
    let (mut tried, mut missed) = (0, Vec::new());
    for product in list["products"].as_sequence().expect("is a list") {
        let images = strings(product, "images");
        let image = images.first().map_or("example.com/app", String::as_str);
        let image = image.trim_end_matches('*');
        for pair in product["passwords"].as_sequence().expect("is a list") {
            let password = pair["password"].as_str().expect("is a string");
            let user = pair.get("username").and_then(Value::as_str);
            let is_habit = pair.get("habit").is_some();
            let quoted = serde_json::to_string(password).expect("is text");
            let user = user.map(|user| serde_json::to_string(user).expect("is text"));
            let mut resources = Vec::new();
            for key in strings(product, "environment") {
                // These hold a login with more around it.
                let is_url = ["URL", "URI", "CONN"].iter().any(|end| key.ends_with(end));
                let is_string = ["STRING", "Connection"]
                    .iter()
                    .any(|end| key.ends_with(end));
                let login = pair.get("username").and_then(Value::as_str).unwrap_or("u");
                let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let quoted = match key.as_str() {
                    "AzureWebJobsStorage" => continue,
                    "NEO4J_AUTH" => format!("{login}/{password}"),
                    "KAFKA_CFG_SASL_JAAS_CONFIG" => {
                        format!("'x required username=\"{login}\" password=\"{password}\";'")
                    }
                    _ if is_url && is_plain(password) => format!("x://{login}:{password}@h/d"),
                    _ if is_string => format!("'Server=db;User Id={login};Password={password};'"),
                    _ if is_url => continue,
                    _ => quoted.clone(),
                };
                let user = user.as_ref().map_or(String::new(), |user| {
                    format!("    - {{name: SERVICE_USER, value: {user}}}\n")
                });
                resources.push(format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {image}\n    env:\n{user}    - {{name: {key}, value: {quoted}}}\n"));
            }
            for path in strings(product, "values") {
                let id = product["id"].as_str().expect("is a string");
                let key = path.rsplit('.').next().unwrap_or(&path);
                // `admin.credentials.admin`, `adminHash`: the name alone says nothing.
                if !key::meaning(key).is_credential() {
                    continue;
                }
                let user = user
                    .as_ref()
                    .map_or(String::new(), |user| format!("    username: {user}\n"));
                resources.push(format!("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: x}}\nspec:\n  chart: {{spec: {{chart: {id}}}}}\n  values:\n{user}    {key}: {quoted}\n"));
            }
            for yaml in resources {
                tried += 1;
                let found = detector.held(&resource(&yaml)).reported;
                // In a connection string for any product the default is a weak password, and so is a word of habit.
                let is_told = |one: &Credential| match one.verdict {
                    Verdict::Default { .. } => true,
                    Verdict::Weak => one.part.is_some() || is_habit,
                    _ => false,
                };
                if !found.iter().any(is_told) {
                    let verdicts: Vec<_> = found.iter().map(|one| one.verdict.as_str()).collect();
                    let wanted = product["name"].as_str().unwrap_or_default();
                    missed.push(format!("{wanted}: {verdicts:?} in {yaml}"));
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(
        missed.is_empty(),
        "{} of {tried}: {}",
        missed.len(),
        missed.join("\n")
    );
}
