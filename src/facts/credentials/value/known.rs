//! What is publicly known: default passwords by product, words that everyone guesses.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::der::is_bare_private_key;
use super::guessed::{is_guessed, is_numbered, is_password_of};
use super::off::{Row, Switches};
use super::patterns::Patterns;
use super::placeholder::{is_any, is_to_be_changed};
use super::product::{Pair, Product};
use super::shape::{self, Shape, shape};
use super::{made_up, name, random, token};
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::plural::nested_meaning;
use crate::facts::credentials::key::words::{self, contains_ignoring_case};
use crate::facts::credentials::key::{self, Meaning};

/// The data file `policies/credentials/defaults.yaml`, as far as detection needs it; what else
/// stands there is for rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Defaults {
    /// Products with the passwords they ship or that examples spread.
    #[serde(default)]
    products: Vec<Product>,
    /// Words that everyone guesses, in lower case.
    #[serde(default)]
    weak_passwords: Vec<String>,
    /// What programs are called, in lower case: as a password such a name is guessed, as a word it is
    /// mostly the program.
    #[serde(default)]
    program_names: Vec<String>,
    /// Regular expressions of values that are no good secret, by whatever cause.
    #[serde(default)]
    placeholders: Vec<String>,
    /// Regular expressions of keys whose value is none.
    #[serde(default)]
    not_credentials: Vec<String>,
    /// Regular expressions of values that are none.
    #[serde(default)]
    not_credential_values: Vec<String>,
    /// Hashes of known defaults.
    #[serde(default)]
    default_hashes: Vec<KnownHash>,
    /// Settings that switch authentication off.
    #[serde(default)]
    authentication_off: Vec<Row>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KnownHash {
    hash: String,
    name: String,
    #[serde(default)]
    username: Option<String>,
}

/// What stands around a value that may be a credential.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::facts::credentials) struct Around<'a> {
    /// The name of the setting.
    pub key: &'a str,
    /// User names that stand beside it.
    pub users: &'a [&'a str],
    /// The image of the container.
    pub image: Option<&'a str>,
    /// The key of the object or list that it stands in.
    pub parent: &'a str,
    /// What the object that it stands in is called.
    pub name: Option<&'a str>,
    /// The scheme of the URL.
    pub scheme: Option<&'a str>,
    /// Whether a name of something else may stand there as well.
    pub may_be_name: bool,
    /// Names around: image, chart, keys above, file. In lower case.
    pub surroundings: &'a str,
}

/// The data, ready to be asked.
pub(in crate::facts::credentials) struct Known {
    defaults: Defaults,
    weak: HashSet<String>,
    programs: HashSet<String>,
    /// Positions of products by their variables and Helm paths, in lower case.
    by_key: HashMap<String, Vec<usize>>,
    /// Positions of products by a password.
    by_password: HashMap<String, Vec<usize>>,
    switches: Switches,
    /// Regular expressions cost milliseconds to compile, so they wait for the first value that
    /// passes everything else.
    patterns: OnceLock<Patterns>,
}

impl Known {
    pub(in crate::facts::credentials) fn new(mut defaults: Defaults) -> Self {
        let weak = std::mem::take(&mut defaults.weak_passwords);
        let programs = std::mem::take(&mut defaults.program_names);
        let switches = Switches::new(std::mem::take(&mut defaults.authentication_off));
        let (mut by_key, mut by_password) = (HashMap::new(), HashMap::new());
        for (position, product) in defaults.products.iter().enumerate() {
            let add = |map: &mut HashMap<String, Vec<usize>>, key: String| {
                let positions = map.entry(key).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
            };
            for key in product.environment.iter().chain(&product.values) {
                add(&mut by_key, key.to_lowercase());
            }
            for pair in &product.passwords {
                add(&mut by_password, pair.password.clone());
            }
        }
        Self {
            defaults,
            weak: weak.into_iter().collect(),
            programs: programs.into_iter().collect(),
            by_key,
            by_password,
            switches,
            patterns: OnceLock::new(),
        }
    }

    /// Settings that switch authentication off.
    pub(in crate::facts::credentials) fn switches(&self) -> &Switches {
        &self.switches
    }

    /// What a key means: by its name, by the map that it names, and since a product keeps its
    /// password under it.
    pub(in crate::facts::credentials) fn meaning(&self, key: &str) -> Meaning {
        let meaning = key::meaning(key);
        if matches!(meaning, Meaning::Other | Meaning::Token)
            && let Some(nested) = nested_meaning(key)
        {
            return nested;
        }
        let is_own = meaning == Meaning::Other
            && key.len() > 5
            && self.by_key.contains_key(&key.to_lowercase());
        if is_own { Meaning::Named } else { meaning }
    }

    /// Says what a value is, given what its key means and what stands around.
    pub(in crate::facts::credentials) fn judge(
        &self,
        meaning: Meaning,
        value: &str,
        around: Around<'_>,
    ) -> Verdict {
        let value = without_scheme(value.trim());
        if value.is_empty() {
            return Verdict::Empty;
        }
        let around = Around {
            may_be_name: around.may_be_name && words::is_field(around.key),
            ..around
        };
        // A part of a program that is off has a number in the place of its key: `secretKey: 111`.
        let is_number = value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && meaning != Meaning::Password {
            return Verdict::Unsure;
        }
        let meaning = self.meaning_in(meaning, around);
        let may_be_default = meaning != Meaning::AccessKey;
        if let Some(verdict) = self.default(value, around).filter(|_| may_be_default) {
            return verdict;
        }
        let may_be_token = is_token(meaning) || meaning == Meaning::Kept;
        if may_be_token && token::is_of_service(value) {
            return Verdict::AccessToken;
        }
        if is_bare_private_key(value) && meaning.is_credential() {
            return Verdict::PrivateKey;
        }
        match shape(value) {
            Shape::Empty => Verdict::Empty,
            Shape::Reference => Verdict::Reference,
            Shape::Placeholder if is_sample_taken(value, around.key) => Verdict::Weak,
            Shape::Placeholder
                if !self.is_listed(value) || name::is_its_name(value, around.key) =>
            {
                Verdict::Placeholder
            }
            // `secretKey: secret` names a key of a Secret.
            Shape::Placeholder | Shape::Weak
                if meaning == Meaning::SureToken
                    && around.may_be_name
                    && around.key != "secret"
                    && !is_boast(value)
                    && !is_to_be_changed(value) =>
            {
                Verdict::Unsure
            }
            // Alone an access key is the key itself; under a field's name it may be the name of one.
            Shape::Weak
                if meaning == Meaning::AccessKey
                    && !(around.may_be_name || around.users.contains(&value))
                    && (shape::letters(value).starts_with("secret") || is_to_be_changed(value)) =>
            {
                Verdict::Weak
            }
            Shape::Placeholder | Shape::Weak => weak(meaning, value),
            // Charts: `accessKeySecret: accessKeySecret`.
            Shape::Plain if name::is_name_of_key(meaning, value, around.key) => {
                Verdict::Placeholder
            }
            Shape::Plain
                if (is_token(meaning) || meaning == Meaning::Kept)
                    && is_weak_key(value, around) =>
            {
                Verdict::Weak
            }
            Shape::Plain if meaning == Meaning::Kept && name::says_nothing(value) => {
                Verdict::Placeholder
            }
            Shape::Plain if self.is_listed(value) || is_user(value, around) => {
                // `secret: mysecret` may name a Secret.
                if meaning == Meaning::SureToken && around.may_be_name {
                    return Verdict::Unsure;
                }
                weak(meaning, value)
            }
            Shape::Plain if meaning != Meaning::Password && (is_mock(value) || is_any(value)) => {
                Verdict::Placeholder
            }
            Shape::Plain if meaning == Meaning::Secret && name::is_telling_name(value) => {
                Verdict::Weak
            }
            Shape::Plain => self.literal(meaning, value, around),
        }
    }

    /// What a variable means in a container: what its program reads as a secret names none.
    fn meaning_in(&self, meaning: Meaning, around: Around<'_>) -> Meaning {
        let Some(image) = around.image.filter(|_| meaning == Meaning::SureToken) else {
            return meaning;
        };
        let positions = self.by_key.get(&around.key.to_lowercase());
        let mut products = positions.into_iter().flatten();
        if products.any(|at| self.defaults.products[*at].reads(around.key, image)) {
            Meaning::Secret
        } else {
            meaning
        }
    }

    /// A password hash that is known to be of a default.
    pub(in crate::facts::credentials) fn hash(&self, hash: &str) -> Option<Verdict> {
        let known = self.defaults.default_hashes.iter();
        let product = known.into_iter().find(|known| known.hash == hash);
        product.map(|known| Verdict::Default {
            product: known.name.clone(),
            user: known.username.clone(),
        })
    }

    /// Whether a value is a key that a product ships and that nothing else is: drawn at random, and known.
    pub(in crate::facts::credentials) fn is_published(&self, value: &str) -> bool {
        value.len() >= 24 && self.by_password.contains_key(value) && is_drawn(value)
    }

    /// Whether a value is a word that everyone guesses, or such a word twice: `testtest`.
    fn is_listed(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        let halves = value.split_at_checked(value.len() / 2);
        let is_twice = |(one, other): (&str, &str)| one == other && self.weak.contains(one);
        self.weak.contains(&value) || halves.is_some_and(is_twice)
    }

    fn is_program(&self, value: &str) -> bool {
        self.programs.contains(&value.to_lowercase())
    }

    fn literal(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
        let has = |what: fn(char) -> bool| value.chars().any(what);
        if is_fingerprint(value, around.key) || name::is_its_name(value, around.key) {
            return Verdict::Reference;
        }
        let is_literal = match meaning {
            Meaning::Password | Meaning::Kept => {
                has(char::is_alphanumeric)
                    && value.len() <= 512
                    && !shape::is_prose(value)
                    && !name::is_variable_name(value)
                    && !(around.may_be_name && name::is_object_name(value))
                    && !(meaning == Meaning::Kept && name::names_a_thing(value))
            }
            Meaning::Secret => {
                has(char::is_alphanumeric)
                    && value.len() <= 512
                    && !shape::is_prose(value)
                    && !name::is_variable_name(value)
                    && !name::names_a_thing(value)
                    && !(around.may_be_name
                        && (value.len() < 8 || (name::is_name(value) && !value.contains('_'))))
            }
            Meaning::SureToken
                if (!around.may_be_name || name::is_no_name(value))
                    && tokens(value).any(|one| made_up::is_made_up_token(one, around.key)) =>
            {
                true
            }
            Meaning::Token | Meaning::SureToken | Meaning::AccessKey => {
                let mut keys = value.split([',', ':']).map(str::trim);
                let is_shaped = |one| {
                    random::is_uuid(one)
                        || token::is_unleash(one)
                        || token::is_shaped_for_sendgrid(one)
                };
                keys.any(is_drawn)
                    || random::is_drawn_with_signs(value)
                    || (meaning == Meaning::AccessKey && random::is_complex(value))
                    || (is_token(meaning) && tokens(value).any(is_shaped))
                    || (around.key.to_ascii_lowercase().ends_with("secret")
                        && name::is_camel(value))
            }
            Meaning::Key => {
                let is_variable = !words::is_field(around.key);
                random::is_random(value, 32) || (is_variable && random::is_uuid(value))
            }
            Meaning::Login | Meaning::User | Meaning::Named | Meaning::Other => false,
        };
        if !is_literal {
            return Verdict::Unsure;
        }
        let patterns = self.patterns.get_or_init(|| {
            let own = &self.defaults;
            Patterns::new(
                &own.placeholders,
                &own.not_credentials,
                &own.not_credential_values,
            )
        });
        // `rabbitmqctl add_user` is a command, no setting.
        if !around.key.contains(' ') && patterns.keys.is_match(around.key) {
            Verdict::Unsure
        } else if patterns.values.is_match(value) {
            Verdict::Reference
        } else if !patterns.placeholders.is_match(value) {
            if is_of_aws(around.key, value) {
                Verdict::AccessToken
            } else if self.is_program(value)
                || (meaning == Meaning::Password && is_guessed(value, around))
                || (matches!(meaning, Meaning::Password | Meaning::Secret | Meaning::Kept)
                    && (is_password_of(value, around.users)
                        || is_numbered(value, around, |word| self.is_listed(word))))
            {
                Verdict::Weak
            } else {
                Verdict::Literal
            }
        } else if around.may_be_name
            || meaning == Meaning::SureToken
            || value.starts_with(['<', '{', '['])
            || is_somebodys(value)
        {
            Verdict::Placeholder
        } else {
            weak(meaning, value)
        }
    }

    /// The product whose known default this is: by its environment variable or the container's
    /// image, or since nobody else has such a password.
    fn default(&self, value: &str, around: Around<'_>) -> Option<Verdict> {
        let value = self.without_filling(value);
        let positions = self.by_password.get(value)?;
        let mut best: Option<(u8, &Product, &Pair)> = None;
        for product in positions.iter().map(|at| &self.defaults.products[*at]) {
            let is_distinct = product.gives_its_name(value) || self.is_distinct(value);
            // What says by itself whose it is does so whatever user is set beside it.
            let any = || product.pairs(value).find(|_| is_distinct);
            let Some(pair) = product.pair(value, around.users).or_else(any) else {
                continue;
            };
            let strength = product.strength(around, is_distinct);
            if strength > best.map_or(0, |(strength, ..)| strength) {
                best = Some((strength, product, pair));
            }
        }
        best.map(|(_, product, pair)| Verdict::Default {
            product: product.name.clone(),
            user: pair.username.clone().filter(|user| {
                // The account of a database may be set elsewhere.
                pair.is_of(around.users)
                    && (!around.users.is_empty()
                        || !product.is_database()
                        || product.names_account(around.key, user))
            }),
        })
    }

    /// A known default without the dash that makes it as long as is asked for.
    fn without_filling<'v>(&self, value: &'v str) -> &'v str {
        let shorter = value.strip_suffix('-').filter(|rest| rest.len() >= 12);
        shorter
            .filter(|rest| self.by_password.contains_key(*rest))
            .unwrap_or(value)
    }

    /// Whether a password says by itself whose it is.
    fn is_distinct(&self, password: &str) -> bool {
        password.len() >= 8
            && password.bytes().any(|byte| !byte.is_ascii_lowercase())
            && !self.is_listed(password)
            && match shape(password) {
                Shape::Empty | Shape::Plain => true,
                // What begins with `Your` is a password where it meets the rules for one, or is so long
                // that nobody has it but who took over the product's example.
                Shape::Placeholder => {
                    (random::is_complex(password) && !password.starts_with('<'))
                        || (password.starts_with("your-") && password.len() >= 24)
                }
                Shape::Weak | Shape::Reference => false,
            }
    }
}

/// A password equal to its user name.
fn is_user(value: &str, around: Around<'_>) -> bool {
    // ClickHouse: `shop/password: shop`.
    let of_key = around.key.rsplit_once('/').map(|(user, _)| user);
    value.len() >= 2
        && around
            .users
            .iter()
            .copied()
            .chain(of_key)
            .any(|user| user.eq_ignore_ascii_case(value))
}

/// `stripe-mock`, `mock_secret`: a token of a service that is not there.
fn is_mock(value: &str) -> bool {
    shape::letters(value).ends_with("mock") || shape::starts_with_any(value, &["mock-", "mock_"])
}

/// `topsecret`: a word that only says how secret it is names nothing.
fn is_boast(value: &str) -> bool {
    let letters = shape::letters(value);
    ["supersecret", "verysecret", "topsecret"]
        .iter()
        .any(|boast| letters.starts_with(boast))
}

/// `somepassword`, `password123`; the bare word may be a type or a field.
fn is_some_password(value: &str) -> bool {
    let letters = shape::letters(value);
    letters.contains("password") && letters != "password"
}

/// `my_pw`, `my-admin-token`: what the reader has instead.
fn is_somebodys(value: &str) -> bool {
    // With `my-test-key` somebody tests.
    const TAKEN: [&str; 5] = ["secret", "password", "test", "demo", "dev"];
    (value.starts_with("my_") || value.starts_with("my-"))
        && !TAKEN.iter().any(|word| value.contains(word))
}

fn is_token(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Token | Meaning::SureToken)
}

/// The tokens of a list with commas, or the one.
fn tokens(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

/// What stands behind the scheme of a header: `Bearer x`.
fn without_scheme(value: &str) -> &str {
    let schemes = ["Bearer ", "bearer ", "Token ", "token ", "ApiKey "];
    let rest = schemes.iter().find_map(|scheme| value.strip_prefix(scheme));
    rest.map_or(value, str::trim)
}

/// Whether a key looks drawn at random.
pub(super) fn is_drawn(key: &str) -> bool {
    random::is_random(key, 16)
        || random::is_short_random(key)
        || random::is_drawn_letters(key)
        || random::is_drawn_in_parts(key)
}

/// A word that everyone guesses is a weak password; under a key that may hold anything else it
/// is only a word.
fn weak(meaning: Meaning, value: &str) -> Verdict {
    match meaning {
        Meaning::Password | Meaning::Secret => Verdict::Weak,
        // `s3cr3t`, too.
        Meaning::SureToken | Meaning::Kept
            if shape::letters(value).replace('3', "e").contains("secret") =>
        {
            Verdict::Weak
        }
        // Thirty-two times the same digit are a key where one of hexadecimal digits is asked for.
        Meaning::Key if value.len() >= 32 && value.bytes().all(|one| one.is_ascii_hexdigit()) => {
            Verdict::Weak
        }
        Meaning::Token | Meaning::SureToken | Meaning::Key | Meaning::Kept
            if is_to_be_changed(value) =>
        {
            Verdict::Weak
        }
        // Of a token's name nobody says `somepassword`, of its value one who made it up.
        Meaning::SureToken if is_some_password(value) => Verdict::Weak,
        Meaning::Token if is_boast(value) => Verdict::Weak,
        Meaning::Token | Meaning::SureToken if is_row_of_digits(value) => Verdict::Weak,
        Meaning::Kept => Verdict::Placeholder,
        Meaning::Token
        | Meaning::SureToken
        | Meaning::Key
        | Meaning::AccessKey
        | Meaning::Login
        | Meaning::User
        | Meaning::Named
        | Meaning::Other => Verdict::Unsure,
    }
}

/// `12345678`: no token is drawn so, and no number that stands for anything else.
fn is_row_of_digits(value: &str) -> bool {
    value.len() >= 6 && "1234567890".starts_with(value)
}

/// A key that everyone guesses: a name for the key itself where no name of anything else is expected.
fn is_weak_key(value: &str, around: Around<'_>) -> bool {
    let name = shape::letters(around.key);
    let is_key = name.ends_with("key") || name.ends_with("token");
    // The token of a server of Vault for development.
    let is_root = value == "root" && name.ends_with("token") && !around.may_be_name;
    is_root || (!around.may_be_name && is_key && name::is_telling_name(value))
}

/// The fingerprint of a public key of GnuPG, by which what was fetched is checked: `GPG_KEY` with forty
/// hexadecimal digits.
fn is_fingerprint(value: &str, key: &str) -> bool {
    value.len() == 40
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && ["gpg", "pgp"]
            .iter()
            .any(|program| contains_ignoring_case(key, program))
}

/// Whether the secret key of AWS's documentation, which everyone knows, is the password of a server of
/// one's own; towards AWS it opens nothing.
fn is_sample_taken(value: &str, key: &str) -> bool {
    value.len() == 40
        && value.ends_with("EXAMPLEKEY")
        && (key::meaning(key) == Meaning::Password || contains_ignoring_case(key, "minio"))
        && !contains_ignoring_case(key, "aws")
}

/// The secret half of an AWS key pair: forty characters under a name that says so.
fn is_of_aws(key: &str, value: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    value.len() == 40
        && value.bytes().all(is_base64)
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && [
            "secret_access_key",
            "secretaccesskey",
            "aws_secret",
            "aws-secret",
        ]
        .iter()
        .any(|word| contains_ignoring_case(key, word))
}
