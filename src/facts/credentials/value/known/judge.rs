//! What a value is: asked in the order of what is surest.

use super::{Around, Known, is_token};
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::words::{self, contains_ignoring_case, ends_ignoring_case};
use crate::facts::credentials::key::{self, Meaning};
use crate::facts::credentials::value::characters;
use crate::facts::credentials::value::der::is_bare_private_key;
use crate::facts::credentials::value::guessed::numbered_word;
use crate::facts::credentials::value::key_name::is_auth_key;
use crate::facts::credentials::value::placeholder::is_to_be_changed;
use crate::facts::credentials::value::product::is_of_trust_store;
use crate::facts::credentials::value::row::is_row;
use crate::facts::credentials::value::sample::{
    is_any, is_of_anybody, is_sample_of_login, is_sham,
};
use crate::facts::credentials::value::shape::{Shape, shape};
use crate::facts::credentials::value::{name, token};

impl Known {
    /// Says what a value is, given what its key means and what stands around.
    pub(in crate::facts::credentials) fn judge(
        &self,
        meaning: Meaning,
        value: &str,
        around: Around<'_>,
    ) -> Verdict {
        let value = without_scheme(value.trim());
        if value.is_empty() || is_of_trust_store(value, around) {
            return Verdict::Empty;
        }
        let around = Around {
            may_be_name: around.may_be_name && words::is_field(around.key),
            ..around
        };
        // A part of a program that is off has a number in the place of its key: `secretKey: 111`.
        let is_number = value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && (meaning != Meaning::Password || counts(around.key)) {
            return Verdict::Unsure;
        }
        let meaning = self.meaning_in(meaning, around);
        // The half of a key pair that says which one it is, beside the secret half.
        if meaning == Meaning::AccessKey && around.users.contains(&value) {
            return Verdict::Unsure;
        }
        if let Some(verdict) = self.by_itself(meaning, value, around) {
            return verdict;
        }
        if meaning == Meaning::Password && is_of_anybody(value, around.users) {
            return Verdict::Empty;
        }
        // A key that is still to come may have its prefix: `0x`.
        if value.len() <= 3 && is_key(meaning) {
            return Verdict::Empty;
        }
        match shape(value) {
            Shape::Empty => Verdict::Empty,
            Shape::Reference => Verdict::Reference,
            Shape::Placeholder => self.placeholder(meaning, value, around),
            Shape::Weak => word(meaning, value, around),
            Shape::Plain => self.plain(meaning, value, around),
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

    /// What a value is that tells it whatever it looks like: a default, a service's token, a private key.
    fn by_itself(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Option<Verdict> {
        let may_be_default = meaning != Meaning::AccessKey;
        let may_be_token = is_token(meaning) || meaning == Meaning::Kept;
        let default = self.default(value, around).filter(|_| may_be_default);
        default.or_else(|| {
            if may_be_token && token::is_of_service(value) {
                Some(Verdict::AccessToken)
            } else {
                let is_key = is_bare_private_key(value) && meaning.is_credential();
                is_key.then_some(Verdict::PrivateKey)
            }
        })
    }

    /// What looks like a placeholder is a password where everybody guesses it.
    fn placeholder(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
        if is_sample_taken(value, around.key) {
            Verdict::Weak
        } else if !self.is_listed(value)
            || name::is_its_name(value, around.key)
            || is_shouted_into(value, around.key)
        {
            Verdict::Placeholder
        } else if may_name_key(meaning, value, around) {
            Verdict::Unsure
        } else {
            weak(meaning, value)
        }
    }

    /// What looks like nothing else is a name, a word that everyone guesses, or a literal.
    fn plain(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
        let may_be_key = is_token(meaning) || meaning == Meaning::Kept;
        // Charts: `accessKeySecret: accessKeySecret`.
        if name::is_name_of_key(meaning, value, around.key) {
            Verdict::Placeholder
        } else if (may_be_key && is_weak_key(value, around))
            || (meaning.is_credential() && is_row_of_hexadecimals(value))
        {
            Verdict::Weak
        } else if meaning == Meaning::Kept && name::says_nothing(value) {
            Verdict::Placeholder
        } else if is_word_as_token(meaning, value, around)
            || is_name_around(meaning, value, around)
            || (is_key(meaning) && is_counted(value))
        {
            Verdict::Weak
        } else if self.is_listed(value) || is_user(value, around) {
            // `secret: mysecret` may name a Secret.
            match meaning == Meaning::SureToken && around.may_be_name {
                true => Verdict::Unsure,
                false => weak(meaning, value),
            }
        } else if (meaning != Meaning::Password && (is_mock(value) || is_any(value)))
            || (is_key(meaning) && is_sham(value))
            || is_sample_of_login(value, around.users)
        {
            Verdict::Placeholder
        } else if meaning == Meaning::Secret && name::is_telling_name(value) {
            Verdict::Weak
        } else {
            self.literal(meaning, value, around)
        }
    }
}

/// Whether a name with a small number counts what went well: `pass=1`, `TESTS_PASS`; `AUTH_PASS` does not.
fn counts(key: &str) -> bool {
    const HOLDERS: [&str; 8] = ["admin", "auth", "db", "ftp", "mail", "root", "smtp", "user"];
    let of_holder = |holder: &&str| ends_ignoring_case(key, &format!("{holder}_pass"));
    ends_ignoring_case(key, "pass") && !HOLDERS.iter().any(of_holder)
}

/// Whether a name is of a key or token, which services draw, and not of a password.
fn is_key(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Token | Meaning::SureToken | Meaning::Kept | Meaning::Key | Meaning::AccessKey
    )
}

/// Whether a word that everyone tries first is the key of an interface, or its token: of a variable or an
/// entry of a Secret, since a field of such a name may say how somebody logs in.
fn is_word_as_token(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    const WORDS: [&str; 6] = [
        "password", "passwd", "admin", "qwerty", "letmein", "welcome",
    ];
    let may_be = matches!(meaning, Meaning::Kept | Meaning::Token | Meaning::SureToken);
    let is_sure = || meaning == Meaning::Kept || words::is_screaming(around.key);
    let is_tried = |value: &str| WORDS.iter().any(|word| word.eq_ignore_ascii_case(value));
    // In a Secret nothing else is called so: `token: token`.
    let is_own_name = meaning == Meaning::Kept && value == around.key;
    may_be
        && !around.may_be_name
        && (is_tried(value)
            || is_own_name
            || is_own_beginning(value, around.key)
            || numbered_word(value).is_some_and(|word| is_tried(&word)))
        && (lets_in(around.key)
            || (is_sure()
                && ["token", "secretkey"]
                    .iter()
                    .any(|end| ends_ignoring_case(around.key, end)))
            || is_own_beginning(value, around.key)
            || (meaning == Meaning::Kept && ends_ignoring_case(around.key, "secret")))
}

/// Whether a key is what somebody sends to be let in, as one says its password: `x-api-key`, `auth.key`,
/// `SHOP_ADMIN_KEY`.
fn lets_in(key: &str) -> bool {
    let name = characters::letters(key);
    ["apikey", "authkey", "adminkey"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether a key that lets in is all the words of its own name but the last, as one: `--shop-api-key=shopapi`.
fn is_own_beginning(value: &str, key: &str) -> bool {
    let name = characters::letters(key);
    let is_beginning = name
        .strip_suffix("key")
        .is_some_and(|rest| rest.len() > 3 && rest == value);
    is_beginning && lets_in(key) && words::words(key).len() > 2
}

/// Whether a key that lets in is no more than the name of whom it lets in: of the release, of the file of values.
fn is_name_around(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    let name = value.to_ascii_lowercase();
    let is_end = |one: Option<char>| one.is_none_or(|one| !one.is_ascii_alphanumeric());
    let is_whole = |(at, _): (usize, &str)| {
        let (before, behind) = around.surroundings.split_at(at);
        is_end(before.chars().next_back()) && is_end(behind[name.len()..].chars().next())
    };
    meaning == Meaning::SureToken
        && !around.may_be_name
        && (4..=40).contains(&name.len())
        && is_auth_key(around.key)
        && around.surroundings.match_indices(&name).any(is_whole)
}

/// `ldap_dnpass = PASSWORD`: a name in capitals where nothing else is written so is what a script replaces. In an
/// option, `--cookie-secret=SECRET`, it is taken as it is.
fn is_shouted_into(value: &str, key: &str) -> bool {
    words::is_screaming(value) && !words::is_screaming(key) && !key.contains('-')
}

/// `secretKey: secret` names a key of a Secret.
fn may_name_key(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    meaning == Meaning::SureToken
        && around.may_be_name
        && around.key != "secret"
        && !is_boast(value)
        && !is_to_be_changed(value)
}

/// What a word is that everyone guesses.
fn word(meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
    // Alone an access key is the key itself; under a field's name it may be the name of one.
    let is_access_key = meaning == Meaning::AccessKey
        && !(around.may_be_name || around.users.contains(&value))
        && (characters::letters(value).starts_with("secret") || is_to_be_changed(value));
    if may_name_key(meaning, value, around) {
        Verdict::Unsure
    } else if is_access_key
        || is_word_as_token(meaning, value, around)
        || is_same_digit(meaning, value, around.key)
    {
        Verdict::Weak
    } else {
        weak(meaning, value)
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
    characters::letters(value).ends_with("mock")
        || characters::starts_with_any(value, &["mock-", "mock_"])
}

/// `topsecret`: a word that only says how secret it is names nothing.
fn is_boast(value: &str) -> bool {
    let letters = characters::letters(value);
    ["supersecret", "verysecret", "topsecret"]
        .iter()
        .any(|boast| letters.starts_with(boast))
}

/// `my-very-secure-encrypt-key`: who only says what belongs there does not say how good it is.
fn is_boast_of_own(value: &str) -> bool {
    let words = words::words(value);
    let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    let is_word = |byte: u8| byte.is_ascii_alphabetic() || b"-_".contains(&byte);
    value.bytes().all(is_word)
        && words.first().is_some_and(|first| first == "my")
        && has(&["very", "super"])
        && has(&["secret", "secure", "strong"])
}

/// `somepassword`, `password123`; the bare word may be a type or a field.
fn is_some_password(value: &str) -> bool {
    let letters = characters::letters(value);
    letters.contains("password") && letters != "password"
}

/// What stands behind the scheme of a header: `Bearer x`.
fn without_scheme(value: &str) -> &str {
    let schemes = ["Bearer ", "bearer ", "Token ", "token ", "ApiKey "];
    let rest = schemes.iter().find_map(|scheme| value.strip_prefix(scheme));
    rest.map_or(value, str::trim)
}

/// A word that everyone guesses is a weak password; under a key that may hold anything else it
/// is only a word.
pub(super) fn weak(meaning: Meaning, value: &str) -> Verdict {
    match meaning {
        Meaning::Password | Meaning::Secret => Verdict::Weak,
        // `s3cr3t`, too.
        Meaning::SureToken | Meaning::Kept
            if characters::letters(value)
                .replace('3', "e")
                .contains("secret") =>
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
        Meaning::Kept if is_row(value) || is_row_of_digits(value) || is_along_keys(value) => {
            Verdict::Weak
        }
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

/// `1qaz2wsx`, `1q2w3e4r`: what lies on a keyboard side by side is the name of nothing.
fn is_along_keys(value: &str) -> bool {
    characters::starts_with_any(value, &["1qaz", "!qaz", "1q2w3e", "zaq1", "qazwsx"])
}

/// `0123456789abcdef0123456789abcdef`: the digits of a key in their order, as long as is asked for.
fn is_row_of_hexadecimals(value: &str) -> bool {
    value.len() >= 16 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_row(value)
}

/// Whether a key of one's own is the same hexadecimal digit again and again, as one is asked for that has
/// so many: `ENCRYPTION_KEY`. A service's would be to be filled in.
fn is_same_digit(meaning: Meaning, value: &str, key: &str) -> bool {
    matches!(meaning, Meaning::Token | Meaning::SureToken | Meaning::Kept)
        && value.len() >= 32
        && value.bytes().all(|one| one.is_ascii_hexdigit())
        && contains_ignoring_case(key, "encryption")
}

/// Whether a key counts from digit to digit until it is as long as is asked for: `12345678901234567890`.
fn is_counted(value: &str) -> bool {
    let digits = || value.bytes().map(|byte| byte.wrapping_sub(b'0'));
    value.len() >= 16
        && digits().all(|digit| digit < 10)
        && digits()
            .zip(digits().skip(1))
            .all(|(one, next)| (one + 1) % 10 == next)
}

/// A key that everyone guesses: a name for the key itself where no name of anything else is expected.
fn is_weak_key(value: &str, around: Around<'_>) -> bool {
    let name = characters::letters(around.key);
    let is_key = name.ends_with("key") || name.ends_with("token");
    // The token of a server of Vault for development.
    let is_root = value == "root" && name.ends_with("token") && !around.may_be_name;
    let is_boasted = || is_key && is_boast_of_own(value);
    is_root || (!around.may_be_name && ((is_key && name::is_telling_name(value)) || is_boasted()))
}

/// Whether the secret key of AWS's documentation, which everyone knows, is the password of a server of
/// one's own; towards AWS it opens nothing.
fn is_sample_taken(value: &str, key: &str) -> bool {
    value.len() == 40
        && value.ends_with("EXAMPLEKEY")
        && (key::meaning(key) == Meaning::Password || contains_ignoring_case(key, "minio"))
        && !contains_ignoring_case(key, "aws")
}
