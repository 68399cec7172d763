//! The user names that a text sets.

use super::directive::elements;
use super::key_pair::names_key_id;
use super::settings;
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::lines;

/// The user names that a text sets, behind those already known.
pub(super) fn all_users<'a>(text: &'a str, known: &[&'a str]) -> Vec<&'a str> {
    // An entry of LDIF is called by its `cn`.
    let is_ldif = text.contains("userPassword");
    let has_halves = contains_ignoring_case(text, "secret");
    let is_user = |key: &str| {
        meaning(key) == Meaning::User
            || (has_halves && names_key_id(key))
            || (is_ldif && key == "cn")
            || matches!(key, "uid" | "Uid" | "UID" | "User Id" | "Id" | "ID")
    };
    let mut users = known.to_vec();
    let mut named = false;
    for (_, line) in lines(text) {
        // `<name>a.user</name>` and its `<value>`, on one line or two.
        for (key, value) in elements(line) {
            match &line[key] {
                "name" => named = is_user(&line[value]),
                "value" if std::mem::take(&mut named) => users.push(&line[value]),
                _ => {}
            }
        }
        let found = settings(line, is_user);
        users.extend(
            found
                .into_iter()
                .map(|one| &line[one.value])
                .filter(|user| !user.is_empty()),
        );
    }
    users
}
