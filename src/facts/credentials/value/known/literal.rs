//! Values that are nothing known: whether they are written out credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::judge::weak;
use super::{Around, Known, is_drawn, is_token};
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::vocabulary::SEEN_BY_ALL;
use crate::facts::credentials::key::words::{self, contains_ignoring_case};
use crate::facts::credentials::value::guessed::{
    is_guessed, is_numbered, is_numbered_password, is_password_of,
};
use crate::facts::credentials::value::patterns::Patterns;
use crate::facts::credentials::value::sendgrid::is_shaped_for_sendgrid;
use crate::facts::credentials::value::shuffled::is_shuffled;
use crate::facts::credentials::value::{characters, made_up, name, random, shape, token};

impl Known {
    /// What a value is that is neither known nor a word that everyone guesses.
    pub(super) fn literal(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
        let is_name =
            around.may_be_name && !(meaning == Meaning::Password && is_numbered_password(value));
        let around = Around {
            may_be_name: is_name,
            ..around
        };
        if is_fingerprint(value, around.key)
            || name::is_its_name(value, around.key)
            || name::names_password(value, around.key)
            || name::names_a_secret(value, around.key)
        {
            return Verdict::Reference;
        }
        if !is_literal(meaning, value, around) {
            return Verdict::Unsure;
        }
        let patterns = self.patterns();
        // `rabbitmqctl add_user` is a command, no setting.
        if !around.key.contains(' ') && patterns.keys.is_match(around.key) {
            return Verdict::Unsure;
        }
        if patterns.values.is_match(value) {
            return Verdict::Reference;
        }
        if !patterns.placeholders.is_match(value) {
            let encoded = self.encoded(meaning, value, around);
            return encoded.unwrap_or_else(|| self.written_out(meaning, value, around));
        }
        let is_placeholder = around.may_be_name
            || meaning == Meaning::SureToken
            || value.starts_with(['<', '{', '['])
            || is_somebodys(value);
        match is_placeholder {
            true => Verdict::Placeholder,
            false => weak(meaning, value),
        }
    }

    fn patterns(&self) -> &Patterns {
        let own = &self.defaults;
        self.patterns.get_or_init(|| {
            Patterns::new(
                &own.placeholders,
                &own.not_credentials,
                &own.not_credential_values,
            )
        })
    }

    /// What a value in base64 is by the text that it encodes, where that is nothing or known: `<redacted>`.
    fn encoded(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Option<Verdict> {
        let text = encoded_text(value)?;
        let verdict = self.judge(meaning, &text, around);
        let is_telling = matches!(
            verdict,
            Verdict::Placeholder | Verdict::Weak | Verdict::Default { .. }
        );
        is_telling.then_some(verdict)
    }

    /// How bad a credential is that is written out.
    fn written_out(&self, meaning: Meaning, value: &str, around: Around<'_>) -> Verdict {
        let is_word = matches!(meaning, Meaning::Password | Meaning::Secret | Meaning::Kept);
        let is_numbered = || is_numbered(value, around, |word| self.is_listed(word));
        let is_weak = self.is_program(value)
            || (meaning == Meaning::Password && (is_short(value) || is_guessed(value, around)))
            || (is_word && (is_password_of(value, around.users) || is_numbered()));
        if is_of_aws(around.key, value) {
            Verdict::AccessToken
        } else if is_weak {
            Verdict::Weak
        } else {
            Verdict::Literal
        }
    }
}

/// Whether a password has so few characters that all of them are tried at once.
fn is_short(password: &str) -> bool {
    password.chars().count() <= 3
}

/// Whether a value is written out, and not the name of what is kept elsewhere.
fn is_literal(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    match meaning {
        Meaning::Password | Meaning::Kept => {
            is_text(meaning, value, around)
                && !(around.may_be_name && name::is_object_name(value))
                && !(meaning == Meaning::Kept && name::names_a_thing(value))
        }
        Meaning::Secret => {
            let is_name = || value.len() < 8 || (name::is_name(value) && !value.contains('_'));
            is_text(meaning, value, around)
                && !name::names_a_thing(value)
                && !(around.may_be_name && is_name())
        }
        Meaning::Token | Meaning::SureToken | Meaning::AccessKey => {
            is_made_up(meaning, value, around) || is_key(meaning, value, around)
        }
        Meaning::Key => {
            let is_variable = !words::is_field(around.key);
            random::is_random(value, 32)
                || (is_variable && (characters::is_uuid(value) || is_opening(value, around.key)))
        }
        Meaning::Login | Meaning::User | Meaning::Named | Meaning::Other => false,
    }
}

/// The text that a value in base64 encodes, as a chart's values hold what it puts into a Secret.
fn encoded_text(value: &str) -> Option<String> {
    let may_be = (8..=128).contains(&value.len()) && value.len().is_multiple_of(4);
    let bytes = may_be.then(|| STANDARD.decode(value).ok()).flatten()?;
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    let text = String::from_utf8(bytes).ok()?;
    text.as_bytes().iter().all(is_text).then_some(text)
}

/// A text that may be a password: no prose, and no variable's name.
fn is_text(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    value.chars().any(char::is_alphanumeric)
        && !is_document(value)
        && (!shape::is_prose(value) || is_handed_phrase(meaning, value, around))
        && !name::is_variable_name(value)
}

/// Whether several words are what a program lets in with: its password, as it is given to it. What a variable calls
/// a secret may be a list of names.
fn is_handed_phrase(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    let is_list = || value.split(' ').all(name::is_object_name);
    around.is_handed
        && match meaning {
            Meaning::Password => shape::is_typed(value),
            Meaning::Secret => shape::is_typed(value) && !is_list(),
            Meaning::Token
            | Meaning::SureToken
            | Meaning::Kept
            | Meaning::Key
            | Meaning::AccessKey
            | Meaning::Login
            | Meaning::User
            | Meaning::Named
            | Meaning::Other => false,
        }
}

/// Whether a long text is no password, but what a file has: a certificate, JSON, what is packed. A token of a
/// registry in a cloud has some two thousand characters.
fn is_document(value: &str) -> bool {
    const BEGINNINGS: [&str; 8] = ["{", "[", "<", "---", "LS0t", "MII", "H4sI", "eyJrZXlz"];
    let is_marked = || BEGINNINGS.iter().any(|start| value.starts_with(start));
    value.len() > 512 && (value.len() > 4096 || is_marked() || value.contains('\\'))
}

/// A token that somebody made up where nothing but a token is expected.
fn is_made_up(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    meaning == Meaning::SureToken
        && (!around.may_be_name || name::is_no_name(value))
        && tokens(value).any(|one| made_up::is_made_up_token(one, around.key))
}

/// A key or token by its characters.
fn is_key(meaning: Meaning, value: &str, around: Around<'_>) -> bool {
    let mut keys = value.split([',', ':', ';']).map(str::trim);
    let is_shaped =
        |one| characters::is_uuid(one) || token::is_unleash(one) || is_shaped_for_sendgrid(one);
    let is_of_secret = || around.key.to_ascii_lowercase().ends_with("secret");
    keys.any(is_drawn)
        || random::is_drawn_with_signs(value)
        || (meaning == Meaning::AccessKey && random::is_complex(value))
        || (is_token(meaning) && tokens(value).any(|one| is_shaped(one) || is_shuffled(one)))
        || (is_of_secret() && name::is_camel(value))
}

/// Whether a variable that is called a key, whosever it is, has twenty characters or more of three classes in
/// which no words stand. What pages have may be seen by all.
fn is_opening(value: &str, key: &str) -> bool {
    value.len() >= 20
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && is_shuffled(value)
        && !words::words(key)
            .iter()
            .any(|word| SEEN_BY_ALL.contains(&word.as_str()))
}

/// `my_pw`, `my-admin-token`: what the reader has instead.
fn is_somebodys(value: &str) -> bool {
    // With `my-test-key` somebody tests.
    const TAKEN: [&str; 5] = ["secret", "password", "test", "demo", "dev"];
    (value.starts_with("my_") || value.starts_with("my-"))
        && !TAKEN.iter().any(|word| value.contains(word))
}

/// The tokens of a list with commas or semicolons, or the one.
fn tokens(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ';']).map(str::trim)
}

/// The fingerprint of a public key of GnuPG, by which what was fetched is checked and what is written is
/// signed: `GPG_KEY` with forty hexadecimal digits, `SIGNING_KEY` with as many in capitals.
fn is_fingerprint(value: &str, key: &str) -> bool {
    let is_of_gnupg = || {
        let programs = ["gpg", "pgp"];
        programs
            .iter()
            .any(|program| contains_ignoring_case(key, program))
    };
    let is_shouted = || !value.bytes().any(|byte| byte.is_ascii_lowercase());
    value.len() == 40
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (is_of_gnupg()
            || (is_shouted()
                && characters::letters(key).ends_with("signingkey")
                && words::words(key).len() <= 2))
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
