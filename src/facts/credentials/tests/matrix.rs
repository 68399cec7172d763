//! One key and value in every place: what is judged to be a credential does not depend on where it
//! is written, unless Kubernetes wants a name there.

use super::places::{Place, places};
use super::{detector, resource};

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

impl Found {
    /// Whether something is found in a place.
    fn is_in(self, place: Place) -> bool {
        match self {
            Self::Everywhere => true,
            Self::NotInObjects => place != Place::Object,
            Self::NotInFields => !matches!(place, Place::Object | Place::Values),
            Self::InSecrets => place == Place::Secret,
            Self::Nowhere => false,
        }
    }
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
    ("keystore password ca", "hQ7tr99x", Everywhere),
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
    ("github pat", RANDOM, Everywhere),
    ("github pat", "changeme", Everywhere),
    ("plex claim", "claim-aB3dE5gH7jK9mN1pQ3sT", Everywhere),
    ("password seed", "changeme", Everywhere),
    ("jwt private key", "topsecret", Everywhere),
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
    ("path", "changeme", Nowhere),
    ("volume claim", "claim-shop-data-of-orders", Nowhere),
    ("shop secret checksum", RANDOM, InSecrets),
    // Placeholders and references.
    ("client secret", "orders-secret-goes-here", Nowhere),
    ("api token", "stripe-mock", Nowhere),
    ("client secret", "clientSecret", Nowhere),
    ("db password", "shop/data/databasePassword", Nowhere),
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
        for (name, place, yaml) in places(words, value, None) {
            let found = detector.held(&resource(&yaml)).reported;
            if found.is_empty() == expected.is_in(place) {
                wrong.push(format!("{words} = {value} as {name}: {}", found.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A key and its value.
type Setting = (&'static str, &'static str);

/// What stands beside a secret key, with the secret key and its value.
const PAIRS: &[(Setting, Setting, Found)] = &[
    (("access key", "shop"), ("secret key", "secret"), Everywhere),
    (
        ("access key", "shop"),
        ("secret key", "orders@shop"),
        Everywhere,
    ),
    (("access key", "shop"), ("secret key", "orders"), Everywhere),
    (
        ("access key id", "shop"),
        ("secret access key", "ordersandmore"),
        Everywhere,
    ),
    (
        ("aws access key", "shop"),
        ("aws secret key", "orders@shop"),
        Everywhere,
    ),
    (
        ("bucket access key", "shop"),
        ("bucket secret key", "secret"),
        Everywhere,
    ),
    // They name the keys of a Secret.
    (
        ("access key", "accessKey"),
        ("secret key", "secretKey"),
        Nowhere,
    ),
    (
        ("access key", "shop"),
        ("secret key", "${SECRET_KEY}"),
        Nowhere,
    ),
];

#[test]
fn beside_its_access_key_a_secret_key_is_the_secret_itself() {
    let detector = detector();
    let mut wrong = Vec::new();
    for (beside, (words, value), expected) in PAIRS {
        for (name, place, yaml) in places(words, value, Some(*beside)) {
            let found = detector.held(&resource(&yaml)).reported;
            let last = words.rsplit(' ').next().unwrap_or_default();
            let told = found.iter().filter(|one| {
                let key = one.key.to_ascii_lowercase();
                key.contains("secret") && key.ends_with(last)
            });
            if (told.count() == 0) == expected.is_in(place) {
                wrong.push(format!(
                    "{beside:?} {words} = {value} as {name}: {}",
                    found.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
