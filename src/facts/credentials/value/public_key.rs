//! Public keys, and ids and addresses that look as keys do: what everyone may know by its shape.

use super::characters::is_base64;

/// Beginnings of public keys, with how many characters follow at least: of EOS and its kind, of
/// wallets, of age, and of keys in DER as base64.
const PUBLIC_KEYS: [(&str, usize); 16] = [
    // PostHog's, which pages have.
    ("phc_", 40),
    ("sb_publishable_", 20),
    ("EOS", 50),
    ("PUB_K1_", 40),
    ("PUB_R1_", 40),
    ("xpub6", 100),
    ("tpubD", 100),
    ("npub1", 50),
    ("age1", 50),
    ("MIIBIjANBgkqhkiG9w0BAQ", 100),
    ("MIICIjANBgkqhkiG9w0BAQ", 100),
    ("MIGfMA0GCSqGSIb3DQEBAQ", 100),
    ("MFkwEwYHKoZIzj0CAQ", 60),
    ("MHYwEAYHKoZIzj0CAQ", 60),
    ("MCowBQYDK2Vw", 30),
    ("MCowBQYDK2Vu", 30),
];

/// Whether a value is a public key by its shape.
pub(super) fn is_public_key(value: &str) -> bool {
    PUBLIC_KEYS.iter().any(|(beginning, length)| {
        value
            .strip_prefix(beginning)
            .is_some_and(|rest| rest.len() >= *length && rest.bytes().all(is_base64))
    })
}

/// Beginnings of ids, with how many hexadecimal digits follow exactly: addresses of contracts, which have
/// fewer than private keys, Datadog's tokens for pages, Twilio's keys and accounts, whose secrets are others.
const PUBLIC_IDS: [(&str, usize); 4] = [("0x", 40), ("pub", 32), ("SK", 32), ("AC", 32)];

/// Whether a value is such an id or address.
pub(super) fn is_public_id(value: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_hexdigit();
    PUBLIC_IDS.iter().any(|(beginning, length)| {
        let rest = value.strip_prefix(beginning);
        rest.is_some_and(|rest| rest.len() == *length && rest.bytes().all(is_digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_by_their_length() {
        let hex = |length| {
            "9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015"[..length].to_owned()
        };
        assert!(is_public_id(&format!("0x{}", hex(40))));
        assert!(is_public_id(&format!("pub{}", hex(32))));
        assert!(is_public_id(&format!("SK{}", hex(32))));
        assert!(!is_public_id(&format!("0x{}", hex(64))));
        assert!(!is_public_id(&format!("sk{}", hex(32))));
        assert!(!is_public_id(&hex(32)));
        assert!(is_public_key(
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
        ));
    }
}
