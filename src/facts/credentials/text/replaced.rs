//! Passwords that a command hands over to have another one in their place: afterwards nobody has them.

use super::settings;
use crate::facts::credentials::key::words::words;
use crate::facts::credentials::key::{Meaning, meaning};

/// Words in front of the name of a password that is to be replaced.
const OLD: [&str; 3] = ["old", "previous", "current"];

/// Whether the value under a key is replaced by what stands beside it in a line: `oldPassword` beside `newPassword`,
/// `previousPassword` beside `password`.
pub(super) fn is_replaced(key: &str, line: &str) -> bool {
    if !is_old(key) {
        return false;
    }
    let of_old = words(key);
    let is_new = |other: &str| {
        meaning(other) == Meaning::Password && {
            let own = words(other);
            own[..] == of_old[1..] || (own[0] == "new" && own[1..] == of_old[1..])
        }
    };
    !settings(line, is_new).is_empty()
}

/// Whether a word of a command has a password replaced.
pub(super) fn replaces_password(word: &str) -> bool {
    let may_replace = word.contains("assword") && OLD.iter().any(|old| word.contains(old));
    may_replace
        && settings(word, is_old)
            .iter()
            .any(|old| is_replaced(&word[old.key.clone()], word))
}

fn is_old(key: &str) -> bool {
    let words = words(key);
    words.len() > 1 && OLD.contains(&words[0].as_str()) && meaning(key) == Meaning::Password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_password_has_a_new_one_beside_it() {
        for word in [
            "$E/api/users/change_password?login=admin&previousPassword=admin&password=$P",
            r#"{"oldPassword":"admin","newPassword":"$NEW"}"#,
            r#"{\"old_password\":\"admin\",\"new_password\":\"$NEW\"}"#,
        ] {
            assert!(replaces_password(word), "{word}");
        }
        for word in [
            r#"{"oldPassword":"admin"}"#,
            r#"{"password":"admin","newPassword":"x"}"#,
            r#"{"oldPassword":"admin","newToken":"x"}"#,
        ] {
            assert!(!replaces_password(word), "{word}");
        }
    }
}
