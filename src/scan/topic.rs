//! What findings are about: who tells the same of one line tells it in other words.

use crate::model::{Location, Need, Rule};

/// Whether a rule tells credentials by themselves; who else has one is another matter.
pub(super) fn is_on_credentials(rule: &Rule) -> bool {
    let is_on_value = |need: &Need| matches!(need, Need::Fact(fact) if fact == "credentials");
    rule.family == "credentials" && rule.needs.iter().any(is_on_value)
}

/// Rule, file and line. Of a credential, rules say the same with other words, as its key in a Secret or
/// in a values file has it.
pub(super) type Told = (String, String, u32);

/// What two findings on the same characters have to share to say the same.
pub(super) fn topic(rule: &Rule) -> &str {
    match is_on_credentials(rule) {
        true => &rule.family,
        false => &rule.id,
    }
}

/// What a rule tells of a place.
pub(super) fn key(rule: &Rule, location: &Location) -> Told {
    (
        topic(rule).to_owned(),
        location.display.to_string(),
        location.region.line,
    )
}

/// A message, whichever namespace it is about.
pub(super) fn without_namespace(message: &str, namespace: &str) -> String {
    message
        .replace(&format!("`{namespace}`"), "`*`")
        .replace(&format!("`{namespace}/"), "`*/")
}
