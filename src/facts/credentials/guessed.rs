//! Passwords that are guessed by what stands around them: they repeat their own name, or the user's.

use std::ops::Range;

use super::Verdict;
use super::key::{Meaning, meaning};
use super::key_name::is_beside_name;
use super::known::Around;
use super::salted::{is_digest, stands_beside_salt};
use super::shape::letters;
use super::text::lines;

/// Words behind a user's name that make a password of it: `rootpw`.
const ENDINGS: [&str; 5] = ["pw", "pwd", "pass", "passwd", "password"];

/// Users that need not stand beside.
const ADMINISTRATORS: [&str; 2] = ["root", "admin"];

/// Whether a password says no more than its key, its key and the one above, what the object around is
/// called, or a user with a word behind: `mqtt: {password: mqtt-password}`, `user: shop` beside
/// `password: shop_pass`. With signs or numbers in it, it says more.
pub(super) fn is_guessed(value: &str, around: Around<'_>) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if value.len() > 64 || !value.bytes().all(is_plain) {
        return false;
    }
    let own = letters(value);
    let key = letters(around.key);
    let above = letters(around.parent);
    let is_users = |user: &str| {
        let rest = own.strip_prefix(letters(user).as_str());
        user.len() > 1 && rest.is_some_and(|rest| ENDINGS.contains(&rest))
    };
    let mut users = around.users.iter().chain(&ADMINISTRATORS);
    own == key
        || own.strip_prefix(above.as_str()) == Some(key.as_str())
        || around
            .name
            .is_some_and(|name| name.eq_ignore_ascii_case(value))
        || users.any(|user| is_users(user))
}

/// What a literal value under a key is by the text that it stands in.
pub(super) fn of_literal(text: &str, range: Range<usize>, key: &str) -> Verdict {
    let value = &text[range.clone()];
    let is_password = meaning(key) == Meaning::Password;
    if is_digest(value) && stands_beside_salt(text, range.start) {
        Verdict::Reference
    } else if !is_password && is_beside_name(text, value, key) {
        Verdict::Placeholder
    } else if is_password && is_name_in(text, value) {
        Verdict::Weak
    } else {
        Verdict::Literal
    }
}

/// Whether a text has the value as a name, too, as that of an account: `- name: suse`.
fn is_name_in(text: &str, value: &str) -> bool {
    text.contains("name:")
        && lines(text).any(|(_, line)| {
            let line = line.trim_start().trim_start_matches("- ").trim();
            let name = line.strip_prefix("name:").map(str::trim);
            name.is_some_and(|name| name.trim_matches(['"', '\'']) == value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_a_password_by_the_name_in_it() {
        let told = |text: &str| {
            let at = text.find("plain_text_passwd: ").expect("is there") + 19;
            of_literal(text, at..text.trim_end().len(), "plain_text_passwd")
        };
        assert_eq!(
            told("- name: suse\n  plain_text_passwd: suse\n"),
            Verdict::Weak
        );
        assert_eq!(
            told("- name: shop\n  plain_text_passwd: suse\n"),
            Verdict::Literal
        );
    }

    #[test]
    fn what_stands_around_tells_a_password() {
        let around = |key, parent| Around {
            key,
            parent,
            users: &["shop"],
            name: Some("suse"),
            ..Around::default()
        };
        for (value, key, parent) in [
            ("rootpw", "MARIADB_ROOT_PASSWORD", ""),
            ("adminpass", "password", ""),
            ("shop_pass", "password", ""),
            ("db_password", "DB_PASSWORD", ""),
            ("mqtt-password", "password", "mqtt"),
            ("suse", "plain_text_passwd", ""),
        ] {
            assert!(is_guessed(value, around(key, parent)), "{value}");
        }
        for (value, key, parent) in [
            ("rootpw7", "password", ""),
            ("orders-pass", "password", ""),
            ("mqtt-password", "password", "orders"),
            ("db@password", "DB_PASSWORD", ""),
        ] {
            assert!(!is_guessed(value, around(key, parent)), "{value}");
        }
    }
}
