//! What is publicly known: default passwords by product, words that everyone guesses.
//! `judge` says what a value is, `literal` what one that is nothing known is.

mod judge;
mod literal;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::around::Around;
use super::off::{Row, Switches};
use super::patterns::Patterns;
use super::product::{Pair, Product};
use super::random;
use super::shape::{Shape, shape};
use super::shuffled;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::plural::nested_meaning;
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

    /// The product whose known default this is: by its environment variable or the container's
    /// image, or since nobody else has such a password. Of a word of habit it is known only that it is guessed.
    fn default(&self, value: &str, around: Around<'_>) -> Option<Verdict> {
        let value = self.without_filling(value);
        let positions = self.by_password.get(value)?;
        let mut best: Option<(u8, &Product, &Pair)> = None;
        for product in positions.iter().map(|at| &self.defaults.products[*at]) {
            let is_distinct = product.gives_its_name(value) || self.is_distinct(value);
            // What says by itself whose it is does so whatever user is set beside it.
            let any = || {
                let mut pairs = product.pairs(value);
                pairs.find(|pair| is_distinct && !pair.everyday)
            };
            let Some(pair) = product.pair(value, around.users).or_else(any) else {
                continue;
            };
            let by_names = 2 * u8::from(product.owns_pair(around, pair));
            let is_distinct = is_distinct && !pair.everyday;
            let strength = product.strength(around, is_distinct).max(by_names);
            if strength > best.map_or(0, |(strength, ..)| strength) {
                best = Some((strength, product, pair));
            }
        }
        best.map(|(_, product, pair)| product.verdict(pair, around))
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

fn is_token(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Token | Meaning::SureToken)
}

/// Whether a key looks drawn at random.
pub(super) fn is_drawn(key: &str) -> bool {
    random::is_random(key, 16)
        || random::is_short_random(key)
        || random::is_drawn_letters(key)
        || shuffled::is_unspeakable(key)
        || random::is_drawn_in_parts(key)
}
