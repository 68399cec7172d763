//! One key and value in every place: what is judged to be a credential does not depend on where it
//! is written, unless Kubernetes wants a name there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tests::{detector, resource};

/// Where a credential is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// In every place.
    Everywhere,
    /// Not in fields of custom resources, where it may be the name of a Secret; charts call that
    /// by another key.
    NotInObjects,
    /// Not in fields of Kubernetes' objects and of charts, where it may be the name of a Secret or of its key.
    NotInFields,
    /// Only in a Secret, where everything under such a key is one.
    InSecrets,
    /// In no place.
    Nowhere,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A setting of a program.
    Setting,
    /// An entry of a Secret.
    Secret,
    /// A field of an object.
    Object,
    /// A chart's value.
    Values,
}

/// The words of a key as each language writes them.
struct Key {
    screaming: String,
    snake: String,
    kebab: String,
    camel: String,
}

impl Key {
    fn new(words: &str) -> Self {
        let words: Vec<&str> = words.split(' ').collect();
        let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
        let rest: String = words[1..].iter().map(capital).collect();
        Self {
            screaming: words.join("_").to_uppercase(),
            snake: words.join("_"),
            kebab: words.join("-"),
            camel: format!("{}{rest}", words[0]),
        }
    }
}

/// The same setting in every place, each an object of its own.
fn places(words: &str, value: &str) -> Vec<(&'static str, Place, String)> {
    let key = Key::new(words);
    let Key {
        screaming,
        snake,
        kebab,
        camel,
    } = &key;
    let config = |name: &str, text: &str| {
        let text = text.replace('\n', "\n    ");
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  {name}: |\n    {text}\n")
    };
    let container = |field: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: example.com/app\n    {field}\n"
        )
    };
    let encoded = STANDARD.encode(value);
    use Place::{Object, Secret, Setting, Values};
    vec![
        (
            "variable",
            Setting,
            container(&format!("env: [{{name: {screaming}, value: '{value}'}}]")),
        ),
        (
            "joined flag",
            Setting,
            container(&format!("args: ['--{kebab}={value}', --x]")),
        ),
        (
            "flag",
            Setting,
            container(&format!("args: [--{kebab}, '{value}', --x]")),
        ),
        (
            "script",
            Setting,
            container(&format!("command: [sh, -c, \"{screaming}='{value}' run\"]")),
        ),
        (
            "ConfigMap",
            Setting,
            format!("apiVersion: v1\nkind: ConfigMap\ndata: {{{screaming}: '{value}'}}\n"),
        ),
        (
            "YAML",
            Setting,
            config("a.yaml", &format!("a:\n  b: c\n  {snake}: {value}")),
        ),
        (
            "YAML's camel case",
            Setting,
            config("a.yaml", &format!("a:\n  b: c\n  {camel}: {value}")),
        ),
        (
            "JSON",
            Setting,
            config(
                "a.json",
                &format!("{{\n  \"b\": \"c\",\n  \"{snake}\": \"{value}\"\n}}"),
            ),
        ),
        (
            "properties",
            Setting,
            config("a.properties", &format!("a.b=c\na.{kebab}={value}")),
        ),
        (
            "ini",
            Setting,
            config("a.ini", &format!("[a]\nb = c\n{snake} = {value}")),
        ),
        (
            "TOML",
            Setting,
            config("a.toml", &format!("[a]\nb = \"c\"\n{snake} = \"{value}\"")),
        ),
        (
            "XML",
            Setting,
            config("a.xml", &format!("<a>\n  <{camel}>{value}</{camel}>\n</a>")),
        ),
        (
            "dotenv",
            Setting,
            config(".env", &format!("A=b\n{screaming}={value}")),
        ),
        (
            "generator",
            Setting,
            format!(
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator:\n- literals: ['{screaming}={value}']\n"
            ),
        ),
        (
            "stringData",
            Secret,
            format!("apiVersion: v1\nkind: Secret\nstringData: {{{kebab}: '{value}'}}\n"),
        ),
        (
            "data",
            Secret,
            format!("apiVersion: v1\nkind: Secret\ndata: {{{screaming}: {encoded}}}\n"),
        ),
        (
            "custom resource",
            Object,
            format!("apiVersion: example.com/v1\nkind: App\nspec: {{{camel}: '{value}'}}\n"),
        ),
        (
            "chart's values",
            Values,
            format!(
                "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {{values: {{a: {{{camel}: '{value}'}}}}}}\n"
            ),
        ),
        (
            "annotation",
            Setting,
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {{x: '{{\"{snake}\": \"{value}\"}}'}}}}\n"
            ),
        ),
    ]
}

const UUID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const RANDOM: &str = "aB3dE5gH7jK9mN1pQ3sT";

use Found::{Everywhere, InSecrets, NotInFields, NotInObjects, Nowhere};

const ROWS: &[(&str, &str, Found)] = &[
    // Passwords: whatever stands there.
    ("password", "hQ7tr99x", Everywhere),
    ("db password", "hQ7tr99x", Everywhere),
    ("db pass", "hQ7tr99x", Everywhere),
    ("admin passwd", "hQ7tr99x", Everywhere),
    ("root pwd", "hQ7tr99x", Everywhere),
    ("key passphrase", "hQ7tr99x", Everywhere),
    ("policy db password", "hQ7tr99x", Everywhere),
    ("update service password", "hQ7tr99x", Everywhere),
    ("smtp password", "changeme", Everywhere),
    ("smtp password", "secret", Everywhere),
    ("db password", "shop-db-password", NotInObjects),
    ("erlang cookie", "QWKODZSQALRPCLNMEQGT", Everywhere),
    // Secrets of clients and sessions.
    ("client secret", "hQ7tr99xK", Everywhere),
    ("client secret", "shop-client-secret", NotInFields),
    ("client secret", "devsecret", NotInFields),
    ("oauth client secret", RANDOM, Everywhere),
    ("jwt secret", "shop-jwt-secret", NotInFields),
    ("jwt secret", "mysecretkey", Everywhere),
    ("session secret", "hQ7tr99xK", Everywhere),
    ("cookie secret", "shop-cookie-1", NotInFields),
    ("webhook secret", RANDOM, Everywhere),
    ("secret access key", "minio123", Everywhere),
    (
        "aws secret access key",
        "wJalrXUtnFEMIK7MDENGbPxRfiCYaB3dE5gH7jK9",
        Everywhere,
    ),
    ("secret key", "ShopPassword99!", Everywhere),
    ("secret key", RANDOM, Everywhere),
    ("secret key", "devsecret", NotInFields),
    ("vault secret id", UUID, Everywhere),
    ("secret id", UUID, NotInFields),
    ("other secret", RANDOM, Everywhere),
    // Tokens and keys.
    ("token", RANDOM, Everywhere),
    ("api token", "shop-token-123456", NotInFields),
    ("access token", UUID, Everywhere),
    ("auth token", "devtoken99", NotInFields),
    ("api key", RANDOM, Everywhere),
    ("api key", "shop-loki-secret", NotInFields),
    ("apikey", RANDOM, Everywhere),
    ("x shop api key", "shop-loki-secret", NotInFields),
    ("signing key", "shop-key-change-me-1", Everywhere),
    ("encryption key", RANDOM, Everywhere),
    ("master key", RANDOM, Everywhere),
    ("fernet key", RANDOM, Everywhere),
    ("account key", RANDOM, Everywhere),
    (
        "unleash api token",
        "shop:development.04292e4cd549a5634e22dfa9ec38ae21",
        Everywhere,
    ),
    ("authorization", RANDOM, Everywhere),
    // A Secret keeps what is nowhere else one.
    ("shop key", "shop1", InSecrets),
    // Names of Secrets, rules, switches, user names.
    ("connect token secret", "shop-connect-token", InSecrets),
    ("tls secret", "shop-tls", Nowhere),
    ("image pull secret", "registry-credentials", Nowhere),
    ("existing secret", "shop-secret", Nowhere),
    ("client secret name", "shop-client-secret", Nowhere),
    ("secret name", "shop-secret", Nowhere),
    ("password policy", "strong-7x", Nowhere),
    ("password policy min length", "12", Nowhere),
    ("password file", "/run/secrets/password", Nowhere),
    ("token url", "https://example.com/token", Nowhere),
    ("token ttl", "3600", Nowhere),
    ("use password", "true", Nowhere),
    ("username", "shop-user-1", Nowhere),
    ("client id", UUID, Nowhere),
    ("tenant id", UUID, Nowhere),
    ("partition key", "shop-token-1", Nowhere),
    ("public key", RANDOM, Nowhere),
    // Placeholders and references.
    ("db password", "EXAMPLE_DB_PASS8675309", Nowhere),
    ("client secret", "EXAMPLE_XML-HL7-Shop_SECRET", Nowhere),
    ("api token", "ghp_REPLACE_WITH_REAL_PAT", Nowhere),
    ("api key", "your-api-key", Nowhere),
    (
        "secret key base",
        "long-and-random-alpha-numeric-string",
        Nowhere,
    ),
    ("db password", "${DB_PASSWORD}", Nowhere),
    ("client secret", "vault:secret/data/shop#client", Nowhere),
];

#[test]
fn a_key_and_its_value_are_judged_alike_everywhere() {
    let detector = detector();
    let mut wrong = Vec::new();
    for (words, value, expected) in ROWS {
        for (name, place, yaml) in places(words, value) {
            let wanted = match (expected, place) {
                (Found::Everywhere, _) => true,
                (Found::NotInObjects, place) => place != Place::Object,
                (Found::NotInFields, place) => !matches!(place, Place::Object | Place::Values),
                (Found::InSecrets, place) => place == Place::Secret,
                (Found::Nowhere, _) => false,
            };
            let found = detector.credentials(&resource(&yaml));
            if found.is_empty() == wanted {
                wrong.push(format!("{words} = {value} as {name}: {}", found.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
