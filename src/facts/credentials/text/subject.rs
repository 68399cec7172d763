//! Keys that are credentials by what their file is about: the communities of SNMP, the tokens of Consul and
//! Nomad. Elsewhere the same words are anything.

use std::ops::Range;

use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::facts::credentials::line::{is_comment, lines};

/// What the access lists of Consul and Nomad call their tokens, below `tokens`.
const TOKENS: [&str; 9] = [
    "initial_management",
    "agent",
    "agent_recovery",
    "agent_master",
    "master",
    "replication",
    "default",
    "dns",
    "managed_service_provider",
];

/// What Alertmanager sends alerts with, by the service that takes them. Brokers of messages have routing keys, too.
const RECEIVERS: [(&str, &str); 2] = [("routing_key", "pagerduty"), ("user_key", "pushover")];

/// What subscriptions call the address at which a subscriber is called back; what he lets in with is `auth`.
pub(in crate::facts::credentials) const CALLBACKS: [&str; 3] =
    ["callback_url", "callbackUrl", "callbackURL"];

/// Whether the value of `auth` is no word for how somebody logs in: `basic`, `client-credentials`, `OAuth2`.
pub(in crate::facts::credentials) fn is_no_mode(value: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || b"-_ ".contains(&byte);
    value.len() >= 12 && !value.bytes().skip(1).all(is_word)
}

/// What a key means in a file of its subject, whose value is `value`.
pub(super) fn meaning_in(key: &str, value: &str, (file, text): (&str, &str)) -> Option<Meaning> {
    if key == "community" {
        // Whoever reads may call himself `public`; that is how devices are shipped.
        let is_about = |text: &str| contains_ignoring_case(text, "snmp");
        let is_own = !value.eq_ignore_ascii_case("public") && (is_about(file) || is_about(text));
        return is_own.then_some(Meaning::Password);
    }
    if let Some(meaning) = of_receiver(key, text) {
        return Some(meaning);
    }
    if key == "auth" {
        let is_called_back = CALLBACKS.iter().any(|name| text.contains(name));
        return (is_called_back && is_no_mode(value)).then_some(Meaning::Secret);
    }
    let is_token = TOKENS.contains(&key)
        && is_identifier(value)
        && text.contains("acl")
        && text.contains("tokens");
    is_token.then_some(Meaning::Password)
}

/// What a key of a receiver of alerts means, where something around names the service that takes them.
pub(in crate::facts::credentials) fn of_receiver(key: &str, around: &str) -> Option<Meaning> {
    let (_, service) = RECEIVERS.iter().find(|(own, _)| *own == key)?;
    around.contains(service).then_some(Meaning::SureToken)
}

/// Whether a key means something in the files of one subject: cheap.
pub(super) fn may_have_subject(key: &str) -> bool {
    matches!(key, "community" | "auth")
        || TOKENS.contains(&key)
        || RECEIVERS.iter().any(|(own, _)| *own == key)
}

/// `8-4-4-4-12` hexadecimal digits, as those tokens are.
fn is_identifier(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && value
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The bytes of user and password of accounts that Sureness reads: `{appId: shop, credential: x}`; beside a
/// `salt` it is hashed.
pub(super) fn accounts_of_sureness(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    if !text.contains("appId:") || !text.contains("credential:") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut user = None;
    let own = lines(text).filter(|(_, line)| !is_comment(line));
    for (offset, line) in own {
        let bare = line.trim_start().trim_start_matches("- ").trim();
        if line.trim_start().starts_with("- ") {
            user = None;
        }
        match bare.split_once(": ") {
            Some(("appId", value)) => user = Some(place(offset, line, value)),
            Some(("credential", value)) => {
                let password = place(offset, line, value);
                found.extend(user.clone().map(|user| (user, password)));
            }
            Some(("salt", _)) if user.is_some() => {
                found.pop();
            }
            _ => {}
        }
    }
    found
}

/// The bytes of a value without quotes.
fn place(offset: usize, line: &str, value: &str) -> Range<usize> {
    let value = value.trim().trim_matches(['"', '\'']);
    let start = value.as_ptr().addr() - line.as_ptr().addr() + offset;
    start..start + value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_something_in_its_file() {
        const ID: &str = "3f2b8c1e-7d4a-4b9e-9c3f-1a2b3c4d5e6f";
        let is_one = |key, value, text| meaning_in(key, value, ("a.conf", text)).is_some();
        assert!(is_one("community", "hQ7tr99x", "[[inputs.snmp]]"));
        assert!(!is_one("community", "public", "[[inputs.snmp]]"));
        assert!(!is_one("community", "hQ7tr99x", "edition: 1"));
        assert!(is_one("agent", ID, "acl { tokens {"));
        assert!(!is_one("agent", "shop", "acl { tokens {"));
        assert!(!is_one("agent", ID, "agents:"));
        assert!(is_one("routing_key", "x", "pagerduty_configs:"));
        assert!(!is_one("routing_key", "x", "exchange: a"));
        let subscriber = "- callback_url: http://shop/rest\n";
        assert!(is_one("auth", "hQ7tr99xKq7xv2Lm9", subscriber));
        assert!(is_one("auth", "shopOrdersApiSecretKey", subscriber));
        assert!(!is_one("auth", "client_credentials", subscriber));
        assert!(!is_one("auth", "hQ7tr99xKq7xv2Lm9", "url: http://shop"));
    }

    #[test]
    fn accounts_stand_beside_their_names() {
        let text = "account:\n  - appId: tom\n    credential: x1\n    role: [a]\n  - appId: guest\n    credential: 1A67\n    salt: 123\n";
        let found: Vec<_> = accounts_of_sureness(text)
            .into_iter()
            .map(|(user, password)| (&text[user], &text[password]))
            .collect();
        assert_eq!(found, [("tom", "x1")]);
        assert_eq!(accounts_of_sureness("appId: a\nb: c\n"), []);
    }
}
